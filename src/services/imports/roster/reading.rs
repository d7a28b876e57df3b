//! Rows of a table as the steps they mean. Invariant: a row is understood in full or named as faulty; nothing is guessed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::super::{OrganisationNames, table::Lines};
use crate::{
    domain::{
        calendar::{DateError, parse_date},
        fields::{FieldProblem, clean_text},
        ids::OrganisationId,
        names::{NameScope, name_scope, normalise_code, normalise_name},
        report_form::MAX_SHORT_TEXT,
        roster_rows::{Column, LineFault, RowFault},
        sums::Sums,
        words::{Level, Stage, UnitKind},
    },
    i18n::{Lang, Text},
    services::{
        ServiceError,
        roster::{RecognitionKind, read_sums},
    },
    store::{Tx, units},
};

/// A unit as the table names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RowUnit {
    /// The first line that names it.
    pub(super) line: u64,
    pub(super) kind: UnitKind,
    pub(super) name: String,
    pub(super) code: String,
    pub(super) holder: OrganisationId,
    pub(super) holder_name: String,
    pub(super) holder_district: String,
    pub(super) district: String,
    pub(super) steps: Vec<RowStep>,
}

/// By what units are told apart: kind, circle in which the name is unique, folded name.
pub(super) type UnitMark = (UnitKind, String, String);

/// A step as the table states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RowStep {
    pub(super) line: u64,
    /// Place in [`Vocabulary::kinds`].
    pub(super) recognition: usize,
    pub(super) level: Option<Level>,
    pub(super) stage: Stage,
    pub(super) on: Date,
    pub(super) document: String,
}

/// The words that cells may hold.
pub(super) struct Vocabulary {
    pub(super) kinds: Vec<RecognitionKind>,
    recognitions: BTreeMap<String, usize>,
    levelled: BTreeSet<String>,
    unit_kinds: BTreeMap<String, UnitKind>,
    levels: BTreeMap<String, Level>,
    stages: BTreeMap<String, Stage>,
    organisations: OrganisationNames,
    /// What indicators sum: a thing may stand in the table under either kind.
    pub(super) sums: Sums,
    today: Date,
}

impl Vocabulary {
    pub(super) async fn read(tx: &mut Tx, today: Date) -> Result<Self, ServiceError> {
        let kinds = units::list_recognition_kinds(tx).await?;
        let mut recognitions = BTreeMap::new();
        let mut levelled = BTreeSet::new();
        for (place, kind) in kinds.iter().enumerate() {
            for name in [&kind.code, &kind.name_zh, &kind.name_en] {
                recognitions.entry(normalise_name(name)).or_insert(place);
            }
            if units::is_counted_by_level(tx, &kind.code).await? {
                levelled.insert(kind.code.clone());
            }
        }
        let words = |lang| Text::new(lang);
        let (zh, en) = (words(Lang::Zh), words(Lang::En));
        let mut unit_kinds = BTreeMap::new();
        for kind in UnitKind::ALL {
            unit_kinds.extend([kind.as_str(), zh.unit_kind(*kind), en.unit_kind(*kind)].map(|word| (normalise_name(word), *kind)));
        }
        let mut levels = BTreeMap::new();
        for level in Level::ALL {
            levels.extend([level.as_str(), zh.level(*level), en.level(*level)].map(|word| (normalise_name(word), *level)));
        }
        let mut stages = BTreeMap::new();
        for stage in Stage::ALL {
            stages.extend([stage.as_str(), zh.stage(*stage), en.stage(*stage)].map(|word| (normalise_name(word), *stage)));
        }
        let organisations = OrganisationNames::read(tx).await?;
        let sums = read_sums(tx).await?;
        Ok(Self { kinds, recognitions, levelled, unit_kinds, levels, stages, organisations, sums, today })
    }
}

impl Vocabulary {
    /// Whether a unit of a kind can be recognised as everything that a row says.
    pub(super) fn admits(&self, kind: UnitKind, row: &RowUnit) -> bool {
        let mut recognitions = row.steps.iter().filter_map(|step| self.kinds.get(step.recognition));
        recognitions.all(|recognition| self.sums.admits(kind, &recognition.code, recognition.unit_kind))
    }
}

/// A table read to its end.
#[derive(Default)]
pub(super) struct ReadTable {
    pub(super) units: BTreeMap<UnitMark, RowUnit>,
    pub(super) faults: Vec<LineFault>,
    /// Rows below the head, the faulty ones too.
    pub(super) rows: usize,
}

/// Reads a table: the first line heads the columns, in any order; cells are parted by commas, or by tabs as spreadsheets copy them.
pub(super) fn read_table(bytes: &[u8], words: &Vocabulary) -> ReadTable {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let head_end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let delimiter = if bytes[..head_end].contains(&b'\t') { b'\t' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(bytes);
    let mut table = ReadTable::default();
    let mut columns: Option<Vec<Column>> = None;
    let mut record = csv::ByteRecord::new();
    let mut lines = Lines::of(bytes);
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                let line = lines.line_of(error.position());
                table.faults.push(LineFault::of_line(line, RowFault::Unreadable));
                return table;
            }
        }
        let line = lines.line_of(record.position());
        // What a spreadsheet leaves of a deleted row.
        if record.iter().all(|cell| cell.iter().all(u8::is_ascii_whitespace)) {
            continue;
        }
        match &columns {
            None => match read_head(&record, line) {
                Ok(found) => columns = Some(found),
                Err(faults) => {
                    table.faults = faults;
                    return table;
                }
            },
            Some(columns) => {
                table.rows += 1;
                take_row(&record, line, columns, words, &mut table);
            }
        }
    }
    if table.rows == 0 {
        table.faults.push(LineFault::of_line(1, RowFault::NoRows));
    }
    table
}

fn read_head(record: &csv::ByteRecord, line: u64) -> Result<Vec<Column>, Vec<LineFault>> {
    let (mut columns, mut faults): (Vec<Column>, Vec<LineFault>) = (Vec::new(), Vec::new());
    for cell in record {
        let head = String::from_utf8_lossy(cell).trim().to_owned();
        match Column::find(&head) {
            None => faults.push(LineFault { line, column: head, fault: RowFault::UnknownColumn }),
            Some(column) if columns.contains(&column) => faults.push(LineFault::new(line, column, RowFault::ColumnTwice)),
            Some(column) => columns.push(column),
        }
    }
    let missing = Column::ALL.iter().filter(|column| column.is_required() && !columns.contains(column));
    faults.extend(missing.map(|column| LineFault::new(line, *column, RowFault::ColumnMissing)));
    if faults.is_empty() { Ok(columns) } else { Err(faults) }
}

fn take_row(record: &csv::ByteRecord, line: u64, columns: &[Column], words: &Vocabulary, table: &mut ReadTable) {
    if record.len() != columns.len() {
        let fault = RowFault::CellCount { cells: record.len(), columns: columns.len() };
        table.faults.push(LineFault::of_line(line, fault));
        return;
    }
    let mut cells = BTreeMap::new();
    for (column, cell) in columns.iter().zip(record) {
        match std::str::from_utf8(cell) {
            Ok(cell) => {
                cells.insert(*column, clean_text(cell));
            }
            Err(_) => table.faults.push(LineFault::new(line, *column, RowFault::NotUtf8)),
        }
    }
    if cells.len() < columns.len() {
        return;
    }
    let before = table.faults.len();
    let read = RowReader { line, cells: &cells, words, faults: &mut table.faults }.read();
    if let (Some((mark, unit)), true) = (read, table.faults.len() == before) {
        let mark = find_mark(table, words, mark, &unit);
        join_unit(table, mark, unit);
    }
}

/// The mark under which earlier rows named the unit: its own, or that of a kind which an indicator sums with it.
fn find_mark(table: &ReadTable, words: &Vocabulary, mark: UnitMark, row: &RowUnit) -> UnitMark {
    if table.units.contains_key(&mark) {
        return mark;
    }
    let mut beside = marks_beside(words, &mark, &row.holder).into_iter();
    beside.find(|other| table.units.contains_key(other) && words.admits(other.0, row)).unwrap_or(mark)
}

/// The marks of a name under the kinds that an indicator sums with its own.
pub(super) fn marks_beside(words: &Vocabulary, mark: &UnitMark, holder: &OrganisationId) -> Vec<UnitMark> {
    words.sums.kinds_beside(mark.0).into_iter().map(|kind| (kind, scope_of(kind, holder), mark.2.clone())).collect()
}

/// The circle in which a name is unique: the holder's id, or empty for the whole city.
fn scope_of(kind: UnitKind, holder: &OrganisationId) -> String {
    match name_scope(kind) {
        NameScope::PerHolder => holder.to_string(),
        NameScope::CityWide => String::new(),
    }
}

/// One row within itself.
struct RowReader<'a> {
    line: u64,
    cells: &'a BTreeMap<Column, String>,
    words: &'a Vocabulary,
    faults: &'a mut Vec<LineFault>,
}

impl RowReader<'_> {
    fn cell(&self, column: Column) -> &str {
        self.cells.get(&column).map_or("", String::as_str)
    }

    fn refuse<T>(&mut self, column: Column, fault: RowFault) -> Option<T> {
        self.faults.push(LineFault::new(self.line, column, fault));
        None
    }

    fn text(&mut self, column: Column) -> String {
        let text = self.cell(column).to_owned();
        let actual = text.chars().count();
        if actual > MAX_SHORT_TEXT {
            self.refuse::<()>(column, RowFault::Field(FieldProblem::TooLong { max: MAX_SHORT_TEXT, actual }));
        }
        if text.is_empty() && column.is_required() {
            self.refuse::<()>(column, RowFault::Field(FieldProblem::Required));
        }
        text
    }

    /// A word of a list; `Ok(None)` where the cell is empty.
    fn word<Word: Copy>(&mut self, column: Column, list: &BTreeMap<String, Word>) -> Result<Option<Word>, ()> {
        let typed = normalise_name(self.cell(column));
        match list.get(&typed) {
            Some(word) => Ok(Some(*word)),
            None if self.cell(column).is_empty() && !column.is_required() => Ok(None),
            None => {
                let problem = if self.cell(column).is_empty() { FieldProblem::Required } else { FieldProblem::UnknownChoice };
                self.refuse::<()>(column, RowFault::Field(problem));
                Err(())
            }
        }
    }

    fn read(mut self) -> Option<(UnitMark, RowUnit)> {
        let words = self.words;
        let name = self.text(Column::Name);
        let (code, district, document) = (self.text(Column::Code), self.text(Column::District), self.text(Column::Document));
        let mark = normalise_name(&name);
        if mark.is_empty() && !name.is_empty() {
            self.refuse::<()>(Column::Name, RowFault::Field(FieldProblem::NoLetters));
        }
        let recognition = self.word(Column::Recognition, &words.recognitions);
        let kind = self.word(Column::Kind, &words.unit_kinds);
        let level = self.word(Column::Level, &words.levels);
        let stage = self.word(Column::Stage, &words.stages);
        let on = self.date();
        let holder = self.holder();
        let recognition = recognition.ok().flatten()?;
        let expected = words.kinds.get(recognition)?;
        let unit_kind = kind.ok().flatten().unwrap_or(expected.unit_kind);
        if !words.sums.admits(unit_kind, &expected.code, expected.unit_kind) {
            self.refuse::<()>(Column::Kind, RowFault::Field(FieldProblem::KindMismatch { expected: expected.unit_kind }));
        }
        if level == Ok(None) && words.levelled.contains(&expected.code) {
            self.refuse::<()>(Column::Level, RowFault::Field(FieldProblem::Required));
        }
        if stage == Ok(Some(Stage::Merged)) {
            self.refuse::<()>(Column::Stage, RowFault::MergerByHand);
        }
        let (holder, holder_name, holder_district) = holder?;
        let scope = scope_of(unit_kind, &holder);
        let step = RowStep { line: self.line, recognition, level: level.ok()?, stage: stage.ok().flatten()?, on: on?, document };
        let unit =
            RowUnit { line: self.line, kind: unit_kind, name, code, holder, holder_name, holder_district, district, steps: vec![step] };
        Some(((unit.kind, scope, mark), unit))
    }

    fn date(&mut self) -> Option<Date> {
        let problem = match parse_date(self.cell(Column::Date)) {
            Ok(date) if date > self.words.today => FieldProblem::DateInFuture { today: self.words.today },
            Ok(date) => return Some(date),
            Err(DateError::Empty) => FieldProblem::Required,
            Err(error) => FieldProblem::Date(error),
        };
        self.refuse(Column::Date, RowFault::Field(problem))
    }

    /// Id, Chinese name and district of the organisation.
    fn holder(&mut self) -> Option<(OrganisationId, String, String)> {
        let typed = self.cell(Column::Holder);
        if typed.is_empty() {
            return self.refuse(Column::Holder, RowFault::Field(FieldProblem::Required));
        }
        match self.words.organisations.find(typed) {
            Ok(found) if found.retired_at.is_some() => self.refuse(Column::Holder, RowFault::Field(FieldProblem::Retired)),
            Ok(found) => Some((found.id.clone(), found.name_zh.clone(), found.district.clone())),
            Err(_) => self.refuse(Column::Holder, RowFault::NoOrganisation),
        }
    }
}

/// Puts a row to the unit that earlier rows named, as far as they agree.
fn join_unit(table: &mut ReadTable, mark: UnitMark, row: RowUnit) {
    let Some(unit) = table.units.get_mut(&mark) else {
        table.units.insert(mark, row);
        return;
    };
    let mut says = |column: Column, value: &str| {
        table.faults.push(LineFault::new(row.line, column, RowFault::LineSays { line: unit.line, value: value.to_owned() }));
    };
    if unit.holder != row.holder {
        says(Column::Holder, &unit.holder_name);
    }
    if !row.code.is_empty() && !unit.code.is_empty() && normalise_code(&row.code) != normalise_code(&unit.code) {
        says(Column::Code, &unit.code);
    }
    if !row.district.is_empty() && !unit.district.is_empty() && row.district != unit.district {
        says(Column::District, &unit.district);
    }
    if unit.code.is_empty() {
        unit.code = row.code;
    }
    if unit.district.is_empty() {
        unit.district = row.district;
    }
    unit.steps.extend(row.steps);
}
