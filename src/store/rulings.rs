//! Rulings and stock-takes. Invariant: a later row supersedes an earlier one; none is updated otherwise.
