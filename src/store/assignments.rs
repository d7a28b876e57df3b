//! Which organisations have which part in a task. Invariant: a task has one lead at a time.
