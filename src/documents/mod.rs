//! Files that leave the product. Invariant: a document writes what it is handed and reads nothing itself.

pub mod csv_table;
//! Documents that leave the product. Invariant: what was typed is text in them, never a formula, and each carries the head of the audit
//! chain it was made at.

mod timetable;

pub use timetable::{ItemLine, TaskLine, TimetableDocument, write_timetable};

/// A document could not be written.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The spreadsheet refused something.
    #[error("spreadsheet: {0}")]
    Spreadsheet(#[from] rust_xlsxwriter::XlsxError),
    /// More rows or columns than a sheet holds.
    #[error("too large for a sheet")]
    TooLarge,
}
