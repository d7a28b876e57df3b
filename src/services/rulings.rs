//! Rulings and stock-takes.
