//! Tables as CSV (RFC 4180, UTF-8). Invariant: no cell that somebody typed begins as a spreadsheet's formula.

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Text, which somebody may have typed: neutralised where a spreadsheet would compute it.
    Text(String),
    /// A number or date the program wrote: left as it is, also with its minus sign.
    Exact(String),
}

impl Cell {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A number, a date, a word of a closed list.
    pub fn exact(value: impl std::fmt::Display) -> Self {
        Self::Exact(value.to_string())
    }

    /// The same, or an empty cell.
    pub fn optional(value: Option<impl std::fmt::Display>) -> Self {
        Self::Exact(value.map(|value| value.to_string()).unwrap_or_default())
    }

    fn written(&self) -> String {
        match self {
            Self::Exact(value) => value.clone(),
            Self::Text(text) => neutralise_formula(text),
        }
    }
}

/// What tells a spreadsheet on Windows that the file is UTF-8.
pub const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Puts an apostrophe before a text that a spreadsheet would take for a formula.
pub fn neutralise_formula(text: &str) -> String {
    let first = text.trim_start_matches([' ', '\u{3000}', '\u{feff}']).chars().next();
    match first {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠') => format!("'{text}"),
        _ => text.to_owned(),
    }
}

/// The lines of some rows, each ended by CR LF.
///
/// # Errors
/// When a row has another number of cells than the first.
pub fn write_rows<'row>(rows: impl IntoIterator<Item = &'row [Cell]>) -> Result<String, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row.iter().map(Cell::written))?;
    }
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(std::io::Error::other(error.to_string())))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A head of columns and its rows.
///
/// # Errors
/// When a row has another number of cells than there are columns.
pub fn write_table(columns: &[&str], rows: &[Vec<Cell>]) -> Result<String, csv::Error> {
    let head: Vec<Cell> = columns.iter().copied().map(Cell::exact).collect();
    write_rows(std::iter::once(head.as_slice()).chain(rows.iter().map(Vec::as_slice)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_no_formula_and_numbers_stay_numbers() {
        for (cell, written) in [
            (Cell::text("松山学院"), "松山学院"),
            (Cell::text("=1+1"), "'=1+1"),
            (Cell::text("  =1+1"), "'  =1+1"),
            (Cell::text("@SUM(A1)"), "'@SUM(A1)"),
            (Cell::text("-2"), "'-2"),
            (Cell::text("＝1"), "'＝1"),
            (Cell::text("\tx"), "'\tx"),
            (Cell::text("a=b"), "a=b"),
            (Cell::text(""), ""),
            (Cell::exact(-2), "-2"),
            (Cell::optional(None::<i64>), ""),
        ] {
            assert_eq!(cell.written(), written, "{cell:?}");
        }
    }

    #[test]
    fn a_table_reads_back_as_it_was() {
        let rows = [vec![Cell::text("a,\"b\"\r\nc"), Cell::exact(1)], vec![Cell::text("d"), Cell::exact("2026-09-30")]];
        let text = write_table(&["name", "value"], &rows).unwrap();
        assert_eq!(text, "name,value\r\n\"a,\"\"b\"\"\r\nc\",1\r\nd,2026-09-30\r\n");
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let read: Vec<Vec<String>> = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
        assert_eq!(read, [["a,\"b\"\r\nc", "1"], ["d", "2026-09-30"]]);
        assert!(write_table(&["name"], &rows).is_err(), "a row with too many cells");
    }
}
