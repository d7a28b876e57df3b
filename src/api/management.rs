//! Units, stock-takes, rulings.
