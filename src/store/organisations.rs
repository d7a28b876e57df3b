//! Organisations. Invariant: names are unique; one that has history is retired, never deleted.
