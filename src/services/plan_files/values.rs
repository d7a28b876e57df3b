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
//! ```
//!
//! A baseline has the same keys but numerator and denominator, and its document may be left out where it is the plan itself.
//! Values stand at indicators of the measures flow, level and rank; a roster counts its units.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::reading::{NO_DATE, Problems, Reader};
use crate::{
    domain::{
        ids::{IndicatorId, TaskId},
        number::{Qualifier, QuantityKind},
        published::Dated,
        words::Measure,
    },
    store::{
        StoreError, Tx,
        plan_files::BaselineRow,
        published::{self as store, PublishedRow, TaskBodyRow},
    },
};

/// A value of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ValueEntry {
    pub(super) on: Date,
    pub(super) dated: Dated,
    pub(super) value: i64,
    pub(super) qualifier: Option<Qualifier>,
    pub(super) parts: Option<(i64, i64)>,
    pub(super) document: String,
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

fn text_if_given(entry: &mut Reader<'_>, key: &str) -> String {
    if entry.has(key) { entry.text_or_empty(key) } else { String::new() }
}

/// The keys that a value and a baseline share.
fn read_figure(entry: &mut Reader<'_>, scale: u8, kind: QuantityKind) -> ValueEntry {
    let quantity = entry.quantity("value", scale, kind);
    let given = if entry.has("qualifier") { entry.word("qualifier", Qualifier::ALL, Qualifier::as_str) } else { None };
    if given.is_some() && quantity.qualifier.is_some() && given != quantity.qualifier {
        entry.note("qualifier", "is another one than in `value`");
    }
    let dated = if entry.has("dated") { entry.word("dated", Dated::ALL, Dated::as_str) } else { None };
    ValueEntry {
        on: entry.date("on"),
        dated: dated.unwrap_or(Dated::Day),
        value: quantity.raw,
        qualifier: given.or(quantity.qualifier),
        parts: None,
        document: String::new(),
        who: text_if_given(entry, "who"),
    }
}

pub(super) fn read_values(indicator: &mut Reader<'_>, scale: u8, kind: QuantityKind) -> Vec<ValueEntry> {
    let mut values: Vec<ValueEntry> = Vec::new();
    for mut entry in indicator.tables("value", false) {
        let mut value = read_figure(&mut entry, scale, kind);
        value.document = entry.text("document");
        if entry.has("numerator") || entry.has("denominator") {
            let parts = (entry.whole("numerator"), entry.whole("denominator"));
            if parts.1 <= 0 {
                entry.note("denominator", "is not above 0");
            }
            value.parts = Some(parts);
        }
        if value.on != NO_DATE && values.iter().any(|other| (other.on, &other.who) == (value.on, &value.who)) {
            entry.note("on", format!("{} stands twice", value.on));
        }
        entry.finish();
        values.push(value);
    }
    values
}

pub(super) fn read_baseline(indicator: &mut Reader<'_>, scale: u8, kind: QuantityKind) -> Option<ValueEntry> {
    if !indicator.has("baseline") {
        return None;
    }
    let mut entry = indicator.inner("baseline")?;
    let mut baseline = read_figure(&mut entry, scale, kind);
    baseline.document = text_if_given(&mut entry, "document");
    entry.finish();
    Some(baseline)
}

pub(super) fn read_bodies(task: &mut Reader<'_>) -> Vec<BodyEntry> {
    let read = |mut entry: Reader<'_>| {
        let body = BodyEntry { name_zh: entry.text("name_zh"), name_en: entry.text_or_empty("name_en") };
        entry.finish();
        body
    };
    task.tables("bodies", false).into_iter().map(read).collect()
}

impl ValueEntry {
    pub(super) fn row(&self, indicator: &IndicatorId) -> PublishedRow {
        PublishedRow {
            indicator_id: indicator.clone(),
            on_date: self.on,
            dated: self.dated.to_string(),
            value: self.value,
            qualifier: self.qualifier.map(|qualifier| qualifier.to_string()),
            numerator: self.parts.map(|parts| parts.0),
            denominator: self.parts.map(|parts| parts.1),
            source: self.who.clone(),
            document: self.document.clone(),
        }
    }

    pub(super) fn baseline_row(&self, indicator: &IndicatorId) -> BaselineRow {
        BaselineRow {
            indicator_id: indicator.clone(),
            on_date: self.on,
            dated: self.dated.to_string(),
            value: self.value,
            qualifier: self.qualifier.map(|qualifier| qualifier.to_string()),
        }
    }
}

/// What documents publish about a plan, as it stands in the database.
#[derive(Debug, Default)]
pub(super) struct StoredValues {
    values: BTreeMap<IndicatorId, Vec<PublishedRow>>,
    bodies: BTreeMap<TaskId, Vec<TaskBodyRow>>,
}

impl StoredValues {
    pub(super) async fn read(tx: &mut Tx, plan: &crate::domain::ids::PlanId) -> Result<Self, StoreError> {
        let mut stored = Self::default();
        for row in store::list_file_values(tx, plan).await? {
            stored.values.entry(row.indicator_id.clone()).or_default().push(row);
        }
        for row in store::list_task_bodies(tx, plan).await? {
            stored.bodies.entry(row.task_id.clone()).or_default().push(row);
        }
        Ok(stored)
    }

    fn of(&self, indicator: &IndicatorId) -> &[PublishedRow] {
        self.values.get(indicator).map_or(&[], Vec::as_slice)
    }

    /// Notes what the file says otherwise or leaves out.
    pub(super) fn compare(&self, place: &str, code: &str, indicator: &IndicatorId, entries: &[ValueEntry], problems: &Problems) {
        let stored = self.of(indicator);
        let rows: Vec<PublishedRow> = entries.iter().map(|entry| entry.row(indicator)).collect();
        let same_place = |one: &PublishedRow, other: &PublishedRow| one.on_date == other.on_date && one.source == other.source;
        for row in stored.iter().filter(|row| !rows.iter().any(|other| same_place(row, other))) {
            let key = format!("{place}.value");
            problems.note(key, code, format!("that of {} is missing in the file; nothing is deleted by file", row.on_date));
        }
        for (number, row) in rows.iter().enumerate() {
            if stored.iter().any(|other| same_place(row, other)) && !stored.contains(row) {
                let key = format!("{place}.value[{}]", number + 1);
                problems.note(key, code, "differs from the database: a value is corrected in the product, not by file");
            }
        }
    }

    /// The values of a file that are not there yet.
    pub(super) fn new_rows(&self, indicator: &IndicatorId, entries: &[ValueEntry]) -> Vec<PublishedRow> {
        let stored = self.of(indicator);
        entries.iter().map(|entry| entry.row(indicator)).filter(|row| !stored.contains(row)).collect()
    }

    /// The bodies of a file that are not there yet, with their places.
    pub(super) fn new_bodies(&self, task: &TaskId, entries: &[BodyEntry]) -> Vec<(i64, TaskBodyRow)> {
        let stored = self.bodies.get(task).map_or(&[][..], Vec::as_slice);
        let new = entries.iter().filter(|entry| !stored.iter().any(|row| row.name_zh == entry.name_zh));
        let next = i64::try_from(stored.len()).unwrap_or(i64::MAX).saturating_add(1);
        (next..)
            .zip(new.map(|entry| TaskBodyRow { task_id: task.clone(), name_zh: entry.name_zh.clone(), name_en: entry.name_en.clone() }))
            .collect()
    }
}
