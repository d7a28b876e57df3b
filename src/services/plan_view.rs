//! The read model of a plan.
