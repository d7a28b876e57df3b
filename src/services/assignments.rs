//! Assigning organisations to tasks.
