//! The audit chain and the invariants.
