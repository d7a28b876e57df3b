//! Tables from CSV files. Invariant: a row knows its line in the file, and every fault is named with line and column, so that all of
//! them can be mended at once.

use std::{collections::BTreeMap, fmt};

/// One fault of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// Line of the file, from 1.
    pub line: u64,
    /// Name of the column; empty where the whole line is at fault.
    pub column: String,
    /// What is wrong.
    pub reason: String,
}

impl RowProblem {
    /// A fault at a column of a line.
    pub fn new(line: u64, column: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { line, column: column.into(), reason: reason.into() }
    }
}

impl fmt::Display for RowProblem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "line {}", self.line)?;
        if !self.column.is_empty() {
            write!(out, ", {}", self.column)?;
        }
        write!(out, ": {}", self.reason)
    }
}

/// One row: its cells by column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its line in the file, from 1.
    pub line: u64,
    cells: BTreeMap<String, String>,
}

impl Row {
    /// A cell without white space around it; empty where the column is missing.
    pub fn get(&self, column: &str) -> &str {
        self.cells.get(column).map_or("", |cell| cell.trim())
    }

    /// A fault at one of its columns.
    pub fn problem(&self, column: &str, reason: impl Into<String>) -> RowProblem {
        RowProblem::new(self.line, column, reason)
    }
}

/// Reads a CSV file in UTF-8, with or without a byte order mark. The first line names the columns, in any order.
///
/// # Errors
/// Every fault: columns that are missing, unknown or named twice, lines of another length, cells that are not UTF-8.
pub fn read_table(bytes: &[u8], required: &[&str], optional: &[&str]) -> Result<Vec<Row>, Vec<RowProblem>> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    let mut records = reader.byte_records();
    let header = match records.next() {
        Some(Ok(record)) => record,
        Some(Err(error)) => return Err(vec![RowProblem::new(1, "", error.to_string())]),
        None => return Err(vec![RowProblem::new(1, "", format!("the file is empty; its first line names {}", required.join(", ")))]),
    };
    let columns = read_header(&header, required, optional)?;
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    let mut lines = Lines::of(bytes);
    for record in records {
        match record {
            Ok(record) => {
                let line = lines.line_of(record.position());
                rows.extend(read_row(&record, line, &columns, &mut problems));
            }
            Err(error) => {
                let line = lines.line_of(error.position());
                problems.push(RowProblem::new(line, "", error.to_string()));
            }
        }
    }
    if rows.is_empty() && problems.is_empty() {
        problems.push(RowProblem::new(2, "", "there is no row"));
    }
    if problems.is_empty() { Ok(rows) } else { Err(problems) }
}

/// Counts lines up to where a record begins. The reader's own count lags behind where lines end in CR LF.
pub(super) struct Lines<'b> {
    bytes: &'b [u8],
    counted: usize,
    line: u64,
}

impl<'b> Lines<'b> {
    /// The lines of a file, without its byte order mark: what the reader reads.
    pub(super) const fn of(bytes: &'b [u8]) -> Self {
        Self { bytes, counted: 0, line: 1 }
    }

    /// The line, from 1, on which a record begins; asked for in the order of the file.
    pub(super) fn line_of(&mut self, position: Option<&csv::Position>) -> u64 {
        let start = position.and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(0).min(self.bytes.len());
        // Line ends before a record belong to the lines before it.
        let blank = self.bytes[start..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let start = start + blank;
        if let Some(between) = self.bytes.get(self.counted..start) {
            self.line += u64::try_from(between.split(|byte| *byte == b'\n').count() - 1).unwrap_or(0);
            self.counted = start;
        }
        self.line
    }
}

fn read_header(header: &csv::ByteRecord, required: &[&str], optional: &[&str]) -> Result<Vec<String>, Vec<RowProblem>> {
    let columns: Vec<String> = header.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_lowercase()).collect();
    let mut problems = Vec::new();
    for (place, column) in columns.iter().enumerate() {
        if !required.contains(&column.as_str()) && !optional.contains(&column.as_str()) {
            let known: Vec<&str> = required.iter().chain(optional).copied().collect();
            problems.push(RowProblem::new(1, column, format!("is none of the columns {}", known.join(", "))));
        } else if columns[..place].contains(column) {
            problems.push(RowProblem::new(1, column, "stands twice"));
        }
    }
    for column in required.iter().filter(|column| !columns.iter().any(|known| known == *column)) {
        problems.push(RowProblem::new(1, *column, "this column is missing"));
    }
    if problems.is_empty() { Ok(columns) } else { Err(problems) }
}

fn read_row(record: &csv::ByteRecord, line: u64, columns: &[String], problems: &mut Vec<RowProblem>) -> Option<Row> {
    // What a spreadsheet leaves of a deleted row.
    if record.iter().all(|cell| cell.iter().all(u8::is_ascii_whitespace)) {
        return None;
    }
    if record.len() != columns.len() {
        problems.push(RowProblem::new(line, "", format!("has {} cells; the first line names {} columns", record.len(), columns.len())));
        return None;
    }
    let mut cells = BTreeMap::new();
    for (column, cell) in columns.iter().zip(record) {
        match std::str::from_utf8(cell) {
            Ok(cell) => {
                cells.insert(column.clone(), cell.to_owned());
            }
            Err(_) => problems.push(RowProblem::new(line, column, "is not UTF-8; save the file as CSV UTF-8")),
        }
    }
    (cells.len() == columns.len()).then_some(Row { line, cells })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(bytes: &[u8]) -> Vec<String> {
        read_table(bytes, &["plan", "value"], &["note"]).unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn rows_know_their_lines_whatever_stands_between() {
        for text in ["plan,value,note\na,1,\n\n,,\n\"b\nc\", 2 ,x\n", "\u{feff}value,PLAN,note\r\n1,a,\r\n\r\n,,\r\n2,\"b\nc\",x"] {
            let rows = read_table(text.as_bytes(), &["plan", "value"], &["note"]).unwrap();
            let read: Vec<(u64, &str, &str)> = rows.iter().map(|row| (row.line, row.get("plan"), row.get("value"))).collect();
            assert_eq!(read, [(2, "a", "1"), (5, "b\nc", "2")], "{text:?}");
            assert_eq!((rows[1].get("note"), rows[1].get("other")), ("x", ""));
        }
        assert_eq!(read_table(b"plan,value\na,1\n", &["plan", "value"], &["note"]).unwrap().len(), 1, "an optional column may be missing");
    }

    #[test]
    fn every_fault_is_named_with_its_line_and_column() {
        assert_eq!(
            faults(b"plan,valeu,plan\n"),
            [
                "line 1, valeu: is none of the columns plan, value, note",
                "line 1, plan: stands twice",
                "line 1, value: this column is missing"
            ]
        );
        assert_eq!(
            faults(b"plan,value\na\n\xB1\xB1,2\nb,1,2\n"),
            [
                "line 2: has 1 cells; the first line names 2 columns",
                "line 3, plan: is not UTF-8; save the file as CSV UTF-8",
                "line 4: has 3 cells; the first line names 2 columns"
            ]
        );
        assert_eq!(faults(b""), ["line 1: the file is empty; its first line names plan, value"]);
        assert_eq!(faults(b"plan,value\n\n"), ["line 2: there is no row"]);
    }
}
