//! Words of organisations, accounts, assignments.

messages! {}
