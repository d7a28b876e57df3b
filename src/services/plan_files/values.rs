//! What documents publish, in a plan file: values, the baseline they start from, the bodies named for a task. Invariant: every
//! value names its document, and a day that the document does not give is never written as if it did.
//!
//! ```toml
//! [[indicator.value]]
//! on = "2024-12-31"        # the day; of a year its last one; of what is not dated the day of publication
//! dated = "year"           # "day" (may be left out), "year" or "undated"
//! value = 60               # a whole number, or a text such as "99.5" or "20余"
//! qualifier = "more-than"  # may be left out: "more-than" (余), "nearly" (近), "over" (超)
//! numerator = 60           # of a rate, together with `denominator`; both may be left out
//! denominator = 120
//! document = "…"           # needed: what publishes it
//! who = "…"                # whom it is said of or by; may be left out
//! recorded_at = "2026-10-12T01:00:00.000Z"    # of an export: when it was recorded
//! superseded_at = "2026-11-12T01:00:00.000Z"  # of an export: since when a correction holds
//! ```
//!
//! A baseline has the same keys but numerator and denominator, and its document may be left out where it is the plan itself.
//! Values stand at indicators of the measures flow, level and rank; a roster counts its units.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::reading::{NO_DATE, Problems, Reader};
use crate::{
    domain::{
        number::{Qualifier, QuantityKind},
        published::Dated,
        words::Measure,
    },
    services::moment::Moment,
    store::{
        StoreError, Tx,
        plan_files::{ValueRow, list_value_revisions},
        published::{TaskBodyRow, list_task_bodies},
    },
};

/// What a value and a baseline share.
pub(super) struct Figure {
    pub(super) on: Date,
    pub(super) dated: Dated,
    pub(super) value: i64,
    pub(super) qualifier: Option<Qualifier>,
    pub(super) who: String,
}

/// A body that the document names for a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BodyEntry {
    pub(super) name_zh: String,
    pub(super) name_en: String,
}

/// What numbers an indicator takes: percentages lie within 0 to 100, sums and ranks are never negative.
pub(super) fn kind_of(measure: Measure, unit_zh: &str) -> QuantityKind {
    match measure {
        Measure::Level if unit_zh == "%" => QuantityKind::Percentage,
        Measure::Level => QuantityKind::Amount,
        Measure::Rank => QuantityKind::Rank,
        Measure::Roster | Measure::Flow => QuantityKind::Count,
    }
}

/// The keys that a value and a baseline share.
pub(super) fn read_figure(entry: &mut Reader<'_>, scale: u8, kind: QuantityKind) -> Figure {
    let quantity = entry.quantity("value", scale, kind);
    let given = if entry.has("qualifier") { entry.word("qualifier", Qualifier::ALL, Qualifier::as_str) } else { None };
    if given.is_some() && quantity.qualifier.is_some() && given != quantity.qualifier {
        entry.note("qualifier", |text| text.file_fault_other_qualifier().to_owned());
    }
    let dated = read_dated(entry);
    Figure { on: entry.date("on"), dated, value: quantity.raw, qualifier: given.or(quantity.qualifier), who: entry.optional_text("who") }
}

/// How exactly a figure is dated: to the day, unless the file says otherwise.
pub(super) fn read_dated(entry: &mut Reader<'_>) -> Dated {
    let dated = if entry.has("dated") { entry.word("dated", Dated::ALL, Dated::as_str) } else { None };
    dated.unwrap_or(Dated::Day)
}

pub(super) fn read_values(indicator: &mut Reader<'_>, scale: u8, kind: QuantityKind, now: Moment) -> Vec<ValueRow> {
    let mut values: Vec<ValueRow> = Vec::new();
    for mut entry in indicator.tables("value", false) {
        let figure = read_figure(&mut entry, scale, kind);
        let mut value = ValueRow {
            owner: String::new(),
            on_date: figure.on,
            dated: figure.dated.to_string(),
            value: figure.value,
            qualifier: figure.qualifier.map(|qualifier| qualifier.to_string()),
            numerator: None,
            denominator: None,
            source: figure.who,
            document: entry.text("document"),
            recorded_at: entry.instant("recorded_at", now),
            superseded_at: entry.instant("superseded_at", now),
        };
        if entry.has("numerator") || entry.has("denominator") {
            (value.numerator, value.denominator) = (Some(entry.whole("numerator")), Some(entry.whole("denominator")));
            if value.denominator.is_some_and(|denominator| denominator <= 0) {
                entry.note("denominator", |text| text.file_fault_not_above_zero().to_owned());
            }
        }
        let holds = value.superseded_at.is_none() && value.on_date != NO_DATE;
        if holds && values.iter().any(|other| other.superseded_at.is_none() && same_place(other, &value)) {
            entry.note("on", |text| text.file_fault_value_twice(&value.on_date.to_string()));
        }
        entry.finish();
        values.push(value);
    }
    values
}

pub(super) fn read_bodies(task: &mut Reader<'_>) -> Vec<BodyEntry> {
    let read = |mut entry: Reader<'_>| {
        let body = BodyEntry { name_zh: entry.text("name_zh"), name_en: entry.text_or_empty("name_en") };
        entry.finish();
        body
    };
    task.tables("bodies", false).into_iter().map(read).collect()
}

fn same_place(one: &ValueRow, other: &ValueRow) -> bool {
    one.on_date == other.on_date && one.source == other.source
}

/// Whether a value of a file is one that stands in the database; what the file does not say of instants is not compared.
fn is_same(said: &ValueRow, known: &ValueRow) -> bool {
    let recorded_at = said.recorded_at.and(known.recorded_at);
    let superseded_at = said.superseded_at.and(known.superseded_at);
    ValueRow { recorded_at, superseded_at, ..known.clone() } == *said
}

/// What documents publish about a plan, as it stands in the database.
#[derive(Debug, Default)]
pub(super) struct StoredValues {
    values: BTreeMap<String, Vec<ValueRow>>,
    bodies: BTreeMap<String, Vec<TaskBodyRow>>,
}

impl StoredValues {
    pub(super) async fn read(tx: &mut Tx, plan: &crate::domain::ids::PlanId) -> Result<Self, StoreError> {
        let mut stored = Self::default();
        for mut row in list_value_revisions(tx, plan).await? {
            stored.values.entry(std::mem::take(&mut row.owner)).or_default().push(row);
        }
        for values in stored.values.values_mut() {
            values.sort_by_cached_key(|row| (row.on_date, row.source.clone(), row.recorded_at, format!("{row:?}")));
        }
        for row in list_task_bodies(tx, plan).await? {
            stored.bodies.entry(row.task_id.to_string()).or_default().push(row);
        }
        Ok(stored)
    }

    /// The values of the indicator with an id, in an order that follows from what they say.
    pub(super) fn of(&self, indicator: &str) -> &[ValueRow] {
        self.values.get(indicator).map_or(&[], Vec::as_slice)
    }

    /// The bodies named for the task with an id, in their places.
    pub(super) fn bodies_of(&self, task: &str) -> &[TaskBodyRow] {
        self.bodies.get(task).map_or(&[], Vec::as_slice)
    }

    /// Notes what the file says otherwise or leaves out.
    pub(super) fn compare(&self, place: &str, code: &str, indicator: &str, rows: &[ValueRow], problems: &Problems) {
        let stored = self.of(indicator);
        let holding = stored.iter().filter(|row| row.superseded_at.is_none());
        for row in holding.filter(|row| !rows.iter().any(|other| same_place(row, other))) {
            problems.note(format!("{place}.value"), code, |text| text.file_fault_value_missing(&row.on_date.to_string()));
        }
        for (number, row) in rows.iter().enumerate() {
            if stored.iter().any(|other| same_place(row, other)) && !stored.iter().any(|known| is_same(row, known)) {
                let key = format!("{place}.value[{}]", number + 1);
                problems.note(key, code, |text| text.file_fault_value_differs().to_owned());
            }
        }
    }

    /// The values of a file that are not there yet.
    pub(super) fn new_rows<'f>(&self, indicator: &str, rows: &'f [ValueRow]) -> Vec<&'f ValueRow> {
        let stored = self.of(indicator);
        rows.iter().filter(|row| !stored.iter().any(|known| is_same(row, known))).collect()
    }

    /// The bodies of a file that are not there yet, with their places.
    pub(super) fn new_bodies(&self, task: &crate::domain::ids::TaskId, entries: &[BodyEntry]) -> Vec<(i64, TaskBodyRow)> {
        let stored = self.bodies_of(task.as_str());
        let new = entries.iter().filter(|entry| !stored.iter().any(|row| row.name_zh == entry.name_zh));
        let next = i64::try_from(stored.len()).unwrap_or(i64::MAX).saturating_add(1);
        (next..)
            .zip(new.map(|entry| TaskBodyRow { task_id: task.clone(), name_zh: entry.name_zh.clone(), name_en: entry.name_en.clone() }))
            .collect()
    }
}
