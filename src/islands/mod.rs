//! What the browser runs. Invariant: every island only adds convenience; the page works without it.

#![expect(missing_docs, reason = "`#[island]` makes undocumented items of its own")]

pub mod draft;
pub mod guard;
pub mod uploads;
