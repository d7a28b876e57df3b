//! What the browser runs. Invariant: every island only adds convenience; the page works without it.

pub mod draft;
pub mod guard;
