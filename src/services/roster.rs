//! The roster as use cases write it.
