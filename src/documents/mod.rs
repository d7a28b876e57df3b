//! Documents that leave the product. Invariant: a document writes what it is handed and reads nothing itself; what was typed is text
//! in it, never a formula, and the head of the audit chain it was made at goes with it.

pub mod csv_table;
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
