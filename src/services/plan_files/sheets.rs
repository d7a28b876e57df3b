//! A plan as a zip of CSV files: the same content as its TOML file, one sheet for each list of tables. Invariant: what was
//! written comes back the same, cell by cell.
//!
//! A spreadsheet takes a cell that begins with `=`, `+`, `-`, `@`, a tab or a line end for a formula. Such a cell gets an
//! apostrophe before it, and so does one that begins with an apostrophe, so that reading takes away exactly what writing added:
//! one apostrophe at the beginning of a cell.

mod columns;

use std::{
    collections::BTreeMap,
    io::{Cursor, Read, Write},
};

use toml::{Table, Value};
use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

use columns::{Cell, SHEETS, Sheet};

use super::reading::{FileProblem, Problems};
use crate::services::ServiceError;

/// The largest plan file that is taken in, and the most that a zip may unpack to, in bytes.
pub const LARGEST_PLAN_FILE: usize = 8 * 1024 * 1024;

/// The lists that every entry has, also an empty one, so that an entry of a sheet is never taken for one written by hand.
const ALWAYS: [(&str, &[&str]); 2] = [("indicator", &["target_revision"]), ("task", &["indicators", "time_limit"])];

/// Whether a file is a zip.
pub(super) fn is_zip(content: &[u8]) -> bool {
    content.starts_with(b"PK\x03\x04")
}

fn guard_cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\'']) { format!("'{text}") } else { text.to_owned() }
}

fn bare_cell(text: &str) -> &str {
    text.strip_prefix('\'').unwrap_or(text)
}

/// Writes an exported file as a zip of CSV files. It is the same whenever it is written.
pub(super) fn write_sheets(toml: &str) -> Result<Vec<u8>, ServiceError> {
    let broken = |problem: String| ServiceError::Unexpected(format!("an exported plan could not be written as CSV: {problem}"));
    let file: Table = toml.parse().map_err(|error: toml::de::Error| broken(error.to_string()))?;
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    // The time of a file in a zip would be the only thing that differs from one export to the next.
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).last_modified_time(zip::DateTime::default());
    for sheet in SHEETS {
        let csv = write_sheet(sheet, &file).map_err(|error| broken(error.to_string()))?;
        archive.start_file(format!("{}.csv", sheet.name), options).map_err(|error| broken(error.to_string()))?;
        // Spreadsheets take a file for UTF-8 only with this mark.
        archive.write_all("\u{feff}".as_bytes())?;
        archive.write_all(&csv)?;
    }
    Ok(archive.finish().map_err(|error| broken(error.to_string()))?.into_inner())
}

fn write_sheet(sheet: &Sheet, file: &Table) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let (list, below) = sheet.list;
    csv.write_record(below.map(|_| list).into_iter().chain(sheet.columns.iter().map(|(name, _)| *name)))?;
    for entry in entries_of(file, list) {
        let Some(below) = below else {
            csv.write_record(sheet.columns.iter().map(|(name, _)| guard_cell(&cell_text(entry, name))))?;
            continue;
        };
        let code = guard_cell(&cell_text(entry, "code"));
        for value in entry.get(below).and_then(Value::as_array).into_iter().flatten() {
            let cells: Vec<String> = match value {
                Value::Table(inner) => sheet.columns.iter().map(|(name, _)| guard_cell(&cell_text(inner, name))).collect(),
                other => vec![guard_cell(other.as_str().unwrap_or_default())],
            };
            csv.write_record(std::iter::once(code.clone()).chain(cells))?;
        }
    }
    Ok(csv.into_inner()?)
}

/// The tables of a list, or the one table of that name.
fn entries_of<'f>(file: &'f Table, list: &str) -> Vec<&'f Table> {
    match file.get(list) {
        Some(Value::Table(one)) => vec![one],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_table).collect(),
        _ => Vec::new(),
    }
}

fn cell_text(table: &Table, name: &str) -> String {
    let value = match name.split_once('.') {
        Some((outer, inner)) => table.get(outer).and_then(Value::as_table).and_then(|table| table.get(inner)),
        None => table.get(name),
    };
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    }
}

/// Reads a zip of CSV files into the tables that the TOML file would give.
pub(super) fn read_sheets(content: &[u8]) -> Result<Table, Vec<FileProblem>> {
    let problems = Problems::default();
    let mut file = Table::new();
    match unpack(content, &problems) {
        Ok(texts) => {
            for sheet in SHEETS {
                if let Some(text) = texts.get(sheet.name) {
                    read_sheet(sheet, text, &mut file, &problems);
                }
            }
            for (list, keys) in ALWAYS {
                for entry in file.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten().filter_map(Value::as_table_mut) {
                    for key in keys {
                        entry.entry((*key).to_owned()).or_insert_with(|| Value::Array(Vec::new()));
                    }
                }
            }
        }
        Err(problem) => problems.extend(vec![problem]),
    }
    let problems = problems.into_list();
    if problems.is_empty() { Ok(file) } else { Err(problems) }
}

/// The texts of the sheets by name.
fn unpack(content: &[u8], problems: &Problems) -> Result<BTreeMap<String, String>, FileProblem> {
    let faulty = |error: &zip::result::ZipError| FileProblem::new("file", "", |text| text.file_fault_zip(&error.to_string()));
    let megabytes = LARGEST_PLAN_FILE as u64 / (1024 * 1024);
    let mut archive = ZipArchive::new(Cursor::new(content)).map_err(|error| faulty(&error))?;
    let (mut texts, mut left) = (BTreeMap::new(), LARGEST_PLAN_FILE as u64);
    for index in 0..archive.len() {
        let packed = archive.by_index(index).map_err(|error| faulty(&error))?;
        let name = packed.name().map_err(|error| faulty(&error))?.into_owned();
        let sheet = name.strip_suffix(".csv").filter(|name| SHEETS.iter().any(|sheet| sheet.name == *name));
        let Some(sheet) = sheet.map(str::to_owned) else {
            problems.note(name, "", |text| text.file_fault_unknown_sheet().to_owned());
            continue;
        };
        // A small zip may ask for a lot: what it says about its size is not believed.
        let mut bytes = Vec::new();
        let read = packed.take(left + 1).read_to_end(&mut bytes);
        if let Err(error) = read {
            return Err(FileProblem::new(name, "", |text| text.file_fault_zip(&error.to_string())));
        }
        left = left
            .checked_sub(bytes.len() as u64)
            .ok_or_else(|| FileProblem::new(name.as_str(), "", |text| text.file_fault_too_large(megabytes)))?;
        match String::from_utf8(bytes) {
            Ok(text) => {
                texts.insert(sheet, text);
            }
            Err(_) => problems.note(name, "", |text| text.file_fault_encoding().to_owned()),
        }
    }
    Ok(texts)
}

fn read_sheet(sheet: &Sheet, text: &str, file: &mut Table, problems: &Problems) {
    let name = format!("{}.csv", sheet.name);
    let mut csv = csv::ReaderBuilder::new().from_reader(text.strip_prefix('\u{feff}').unwrap_or(text).as_bytes());
    let header: Vec<String> = match csv.headers() {
        Ok(header) => header.iter().map(|cell| cell.trim().to_owned()).collect(),
        Err(error) => return problems.note(name, "", |text| text.file_fault_csv(&error.to_string())),
    };
    let (list, below) = sheet.list;
    let is_known = |cell: &str| sheet.columns.iter().any(|(column, _)| *column == cell) || (below.is_some() && cell == list);
    for cell in header.iter().filter(|cell| !is_known(cell)) {
        problems.note(format!("{name}[1].{cell}"), "", |text| text.file_fault_unknown_column().to_owned());
    }
    let mut rows = 0;
    for (index, record) in csv.records().enumerate() {
        let place = format!("{name}[{}]", index + 2);
        let record = match record {
            Ok(record) => record,
            Err(error) => return problems.note(place, "", |text| text.file_fault_csv(&error.to_string())),
        };
        // Lines without content are what spreadsheets leave behind.
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        rows += 1;
        let cells: BTreeMap<&str, &str> = header.iter().map(String::as_str).zip(record.iter().map(bare_cell)).collect();
        let entry = read_row(sheet, &cells, &place, problems);
        match below {
            None if list == "plan" => {
                file.insert(list.to_owned(), Value::Table(entry));
            }
            None => push(file, list, Value::Table(entry)),
            Some(below) => {
                let code = cells.get(list).copied().unwrap_or_default();
                let owner = file.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten().filter_map(Value::as_table_mut);
                let mut owner = owner.filter(|table| table.get("code").and_then(Value::as_str) == Some(code));
                match owner.next() {
                    Some(owner) if below == "indicators" => push(owner, below, entry.get("indicator").cloned().unwrap_or("".into())),
                    Some(owner) => push(owner, below, Value::Table(entry)),
                    None if list == "task" => problems.note(place, code, |text| text.file_fault_no_task(code)),
                    None => problems.note(place, code, |text| text.file_fault_no_indicator(code)),
                }
            }
        }
    }
    if list == "plan" && rows != 1 {
        problems.note(name, "", |text| text.file_fault_one_plan().to_owned());
    }
}

fn push(table: &mut Table, list: &str, value: Value) {
    let list = table.entry(list.to_owned()).or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(list) = list {
        list.push(value);
    }
}

/// A row as a table; a column that is missing is left out, and the reader of the plan says so.
fn read_row(sheet: &Sheet, cells: &BTreeMap<&str, &str>, place: &str, problems: &Problems) -> Table {
    let mut entry = Table::new();
    let code = cells.get("code").copied().unwrap_or_default();
    for (column, kind) in sheet.columns {
        let Some(text) = cells.get(column).copied() else { continue };
        if text.is_empty() && *kind != Cell::Text {
            continue;
        }
        let value = match kind {
            Cell::Text | Cell::Optional => Some(Value::String(text.to_owned())),
            Cell::Number => Some(text.parse().map_or_else(|_| Value::String(text.to_owned()), Value::Integer)),
            Cell::Whole => text.trim().parse().ok().map(Value::Integer),
            // Spreadsheets write TRUE.
            Cell::Flag => text.trim().to_ascii_lowercase().parse().ok().map(Value::Boolean),
        };
        let Some(value) = value else {
            let key = format!("{place}.{column}");
            match kind {
                Cell::Flag => problems.note(key, code, |words| words.file_fault_cell_flag(text)),
                _ => problems.note(key, code, |words| words.file_fault_cell_whole(text)),
            }
            continue;
        };
        match column.split_once('.') {
            Some((outer, inner)) => {
                let outer = entry.entry(outer.to_owned()).or_insert_with(|| Value::Table(Table::new()));
                if let Value::Table(outer) = outer {
                    outer.insert(inner.to_owned(), value);
                }
            }
            None => {
                entry.insert((*column).to_owned(), value);
            }
        }
    }
    entry
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_every_cell_comes_back() {
        for text in ["", "=1+1", "+1", "-5", "@x", "'=1", "''", "a=b", "\tx", "\nx", "一"] {
            let guarded = guard_cell(text);
            assert!(!guarded.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']), "{guarded:?}");
            assert_eq!(bare_cell(&guarded), text);
        }
    }

    #[test]
    fn a_zip_that_is_none_and_one_with_foreign_files_are_refused() {
        let broken = read_sheets(b"PK\x03\x04 and nothing more").unwrap_err();
        assert_eq!(broken[0].key, "file");
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        archive.start_file("notes.txt", SimpleFileOptions::default().compression_method(CompressionMethod::Stored)).unwrap();
        archive.start_file("plan.csv", SimpleFileOptions::default().compression_method(CompressionMethod::Stored)).unwrap();
        archive.write_all("code,colour\r\na,red\r\nb,blue\r\n".as_bytes()).unwrap();
        let faults = read_sheets(&archive.finish().unwrap().into_inner()).unwrap_err();
        let named: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert_eq!(
            named,
            ["notes.txt: is no sheet of a plan", "plan.csv[1].colour: is no column of this sheet", "plan.csv: wants exactly one row"]
        );
    }
}
