//! What a report holds: as it was typed, what it is checked against, and as facts. Invariant: only `report_form` makes facts of typed text.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::calendar::PlanDates;
use super::ids::UnitId;
use super::number::Qualifier;
use super::report_milestones::{MilestoneFields, ValidMilestone};
use super::roster::{RecognitionHistory, Step};
use super::sums::Sums;
use super::words::{Level, UnitKind};

pub use super::value_entry::ValueRule;

/// The report form as it was typed, valid or not.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ReportFields {
    /// What was done.
    pub narrative: String,
    /// The owner's own statement, 0-100.
    pub percent_complete: String,
    /// What stands in the way.
    pub problems: String,
    /// What others must settle.
    pub coordination: String,
    /// The day on which the deliverable was there; empty while it is not.
    pub completed_on: String,
    /// Nothing has changed since the last accepted report.
    pub no_change: bool,
    /// Recognitions added or moved.
    pub entries: Vec<EntryFields>,
    /// Values of flow, level and rank indicators.
    pub values: Vec<ValueFields>,
    /// Milestones and projects reached.
    pub milestones: Vec<MilestoneFields>,
}

/// One recognition added or moved, as it was typed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EntryFields {
    /// Stable within the draft; names the fields and the evidence of the entry.
    pub key: String,
    /// The unit that moves on; empty for a new one.
    pub unit_id: String,
    /// Kind of a new unit; may be left empty, since the recognition decides.
    pub unit_kind: String,
    /// Code of the recognition.
    pub recognition: String,
    /// Level of the recognition, or empty.
    pub level: String,
    /// Code of a new unit, or empty.
    pub code: String,
    /// Name of a new unit.
    pub name: String,
    /// Partners of a new unit.
    pub partners: String,
    /// District of a new unit.
    pub district: String,
    /// The stage that was reached.
    pub stage: String,
    /// The day on which it was reached.
    pub stage_date: String,
    /// Number of the document that says so.
    pub document_number: String,
}

/// One value of an indicator, as it was typed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ValueFields {
    /// Code of the indicator.
    pub indicator: String,
    /// The value; empty: none is reported.
    pub value: String,
    /// Of a rate that is kept in parts: what is counted.
    pub numerator: String,
    /// Of such a rate: out of what.
    pub denominator: String,
}

impl ValueFields {
    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        [&self.value, &self.numerator, &self.denominator].iter().all(|text| text.trim().is_empty())
    }
}

/// A unit an entry may move on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownUnit {
    /// Its kind.
    pub kind: UnitKind,
    /// Its recognitions with their accepted steps.
    pub recognitions: Vec<RecognitionHistory>,
}

/// What a report is checked against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportContext {
    /// The day of the check.
    pub today: Date,
    /// First and last day of the plan.
    pub plan: PlanDates,
    /// Recognition code → kind of unit it is for.
    pub recognitions: BTreeMap<String, UnitKind>,
    /// What indicators sum, so that a unit of one kind can be recognised as another.
    pub sums: Sums,
    /// Recognitions that are counted at one level only, so that the level has to be said.
    pub levelled: BTreeSet<String>,
    /// Files attached to the report itself.
    pub report_evidence: usize,
    /// Entry key → files attached to the entry.
    pub entry_evidence: BTreeMap<String, usize>,
    /// Unit id → the units that may be chosen.
    pub units: BTreeMap<String, KnownUnit>,
    /// Indicator code → how its values are written.
    pub values: BTreeMap<String, ValueRule>,
    /// Indicator code → who has stated the value of this period already, so that it is not counted twice.
    pub stated: BTreeMap<String, String>,
    /// Ids of the milestones and projects that the owner may state as reached.
    pub milestones: BTreeSet<String>,
    /// Whether the owner's last report on the task was accepted, so that "no change" means something.
    pub has_accepted_predecessor: bool,
    /// Whether an accepted report is corrected: its steps are then judged within whole histories, by `domain::correction`.
    pub is_correction: bool,
}

impl ReportContext {
    /// A context without recognitions, units, values or evidence.
    pub fn new(today: Date, plan: PlanDates) -> Self {
        Self {
            today,
            plan,
            recognitions: BTreeMap::new(),
            sums: Sums::default(),
            levelled: BTreeSet::new(),
            report_evidence: 0,
            entry_evidence: BTreeMap::new(),
            units: BTreeMap::new(),
            values: BTreeMap::new(),
            stated: BTreeMap::new(),
            milestones: BTreeSet::new(),
            has_accepted_predecessor: false,
            is_correction: false,
        }
    }
}

/// A report that can be submitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidReport {
    /// What was done; may be empty with `no_change`.
    pub narrative: String,
    /// 0-100; none with `no_change`, where the last one stands.
    pub percent: Option<u8>,
    /// What stands in the way, or empty.
    pub problems: String,
    /// What others must settle, or empty.
    pub coordination: String,
    /// The completion date, if the deliverable is there.
    pub completed_on: Option<Date>,
    /// Nothing has changed since the last accepted report.
    pub no_change: bool,
    /// Recognitions added or moved.
    pub entries: Vec<ValidEntry>,
    /// Values of indicators.
    pub values: Vec<ValidValue>,
    /// Milestones and projects reached.
    pub milestones: Vec<ValidMilestone>,
}

/// A recognition added or moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidEntry {
    /// Key within the draft.
    pub key: String,
    /// The unit.
    pub unit: EntryUnit,
    /// Kind of the unit.
    pub kind: UnitKind,
    /// Code of the recognition.
    pub recognition: String,
    /// Level of the recognition.
    pub level: Option<Level>,
    /// The step that is reported.
    pub step: Step,
    /// The document that says so.
    pub document_number: Option<String>,
}

/// The unit of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum EntryUnit {
    /// One that is on the roster.
    Existing(UnitId),
    /// One to be added; whether its name is free is the store's affair.
    New(NewUnit),
}

/// A unit to be added to the roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewUnit {
    /// Code, where it has one.
    pub code: Option<String>,
    /// Name.
    pub name: String,
    /// Folded name, by which duplicates are found.
    pub normalised_name: String,
    /// Partners, or empty.
    pub partners: String,
    /// District, or empty.
    pub district: String,
}

/// A value of an indicator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidValue {
    /// Code of the indicator.
    pub indicator: String,
    /// Units of 10^-scale.
    pub raw: i64,
    /// Softening word.
    pub qualifier: Option<Qualifier>,
    /// Of a rate that is kept in parts: numerator and denominator.
    pub parts: Option<(i64, i64)>,
}
