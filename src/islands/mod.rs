//! What the browser runs. Invariant: every island only adds convenience; the page works without it.
