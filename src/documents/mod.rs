//! Files that leave the product. Invariant: a document writes what it is handed and reads nothing itself.

pub mod csv_table;
