//! The data file of the demonstration. Invariant: it names organisations by keys of its own, and a key it does not declare is an error.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::DemonstrationError;
use crate::domain::{
    report::ReportState,
    words::{Level, OrganisationKind, Role, Stage},
};

/// The file.
const TEXT: &str = include_str!("../../plans/demonstration.toml");

/// The periods that are told, the first one first.
pub const PERIODS: [&str; 7] = ["2025Q1", "2025Q2", "2025Q3", "2025Q4", "2026Q1", "2026Q2", "2026Q3"];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    pub organisation: Vec<OrganisationData>,
    pub account: Vec<AccountData>,
    pub cluster: Vec<Cluster>,
    pub series: Vec<Series>,
    pub unit: Vec<UnitData>,
    pub revocation: Vec<Revocation>,
    pub ruling: Vec<RulingData>,
    pub stock_take: StockTakeData,
    pub task: Vec<TaskData>,
    pub words: Words,
    #[serde(rename = "return")]
    pub returns: Vec<Return>,
    pub grading: Vec<Grading>,
    pub advice: Vec<Advice>,
    pub last: Vec<LastState>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrganisationData {
    pub key: String,
    pub kind: OrganisationKind,
    #[serde(default)]
    pub parent: String,
    pub name_zh: String,
    pub name_en: String,
    /// Its fields of study.
    #[serde(default)]
    pub clusters: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountData {
    pub username: String,
    pub name: String,
    pub organisation: String,
    pub role: Role,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cluster {
    pub key: String,
    pub majors: Vec<String>,
    pub courses: Vec<String>,
}

/// Where the names of a series come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Names {
    /// The holder's majors, each with every form.
    Majors,
    /// The holder's courses.
    Courses,
    /// The holder's courses as book titles, each with every form.
    Textbooks,
    /// The series' own list, whoever holds them.
    List,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Series {
    /// For the reader of the file.
    #[expect(dead_code, reason = "says in the file which target the series works towards")]
    pub indicator: String,
    pub recognition: String,
    pub level: Option<Level>,
    pub task: String,
    /// In turn; one that stands twice holds twice as many.
    pub holders: Vec<String>,
    pub names: Names,
    #[serde(default)]
    pub list: Vec<String>,
    #[serde(default)]
    pub forms: Vec<String>,
    #[serde(default)]
    pub city_wide: bool,
    /// How many stood before the plan.
    pub start: usize,
    /// How many are recognised in each period.
    pub quarters: [usize; PERIODS.len()],
    /// How many are still on their way.
    pub tail: usize,
    pub document: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitData {
    pub name: String,
    pub holder: String,
    pub recognition: String,
    pub level: Option<Level>,
    pub task: String,
    /// Period, or `start`, and stage.
    pub steps: Vec<(String, Stage)>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revocation {
    pub name: String,
    pub holder: String,
    pub recognition: String,
    pub on: String,
    pub document: String,
    pub reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulingData {
    pub indicator: String,
    pub kind: String,
    pub value: String,
    pub document: String,
    pub reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StockTakeData {
    pub document: String,
    pub reason: String,
    pub indicators: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskData {
    pub code: String,
    #[serde(default)]
    pub lead: String,
    pub responsible: Vec<String>,
    #[serde(default)]
    pub supporting: Vec<String>,
    /// 1, 2 or 3: when it was assigned.
    pub wave: usize,
    /// The period in which its deliverable was there.
    #[serde(default)]
    pub done: String,
    pub steps: [String; 3],
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    pub openings: Vec<String>,
    pub closings: Vec<String>,
    pub problems: Vec<String>,
    pub coordination: Vec<String>,
    pub contacts: Vec<String>,
    pub comments: Vec<String>,
    pub no_change: String,
    pub missing: String,
    pub missing_answer: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Return {
    pub reason: String,
    pub text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grading {
    pub grades: [String; 4],
    pub reasons: [String; 4],
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Advice {
    pub text: String,
    pub answer: String,
}

/// Where a report stands in the last period that is told; without a state it is not begun.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LastState {
    pub task: String,
    pub organisation: String,
    pub state: Option<ReportState>,
}

impl Data {
    /// Reads the file.
    pub fn read() -> Result<Self, DemonstrationError> {
        toml::from_str(TEXT).map_err(|error| DemonstrationError::Data(error.to_string()))
    }

    /// The fields of study by key.
    pub fn clusters(&self) -> BTreeMap<&str, &Cluster> {
        self.cluster.iter().map(|cluster| (cluster.key.as_str(), cluster)).collect()
    }
}

/// A number that looks like chance and is always the same for the same texts.
pub fn mix(parts: &[&str]) -> usize {
    let mut hash: u32 = 0x811c_9dc5;
    for byte in parts.iter().flat_map(|part| part.bytes().chain([0])) {
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    // The low bits of this hash are the weak ones.
    usize::try_from((hash >> 15) ^ (hash & 0x7fff)).unwrap_or_default()
}

/// One of a list, always the same for the same number; the default of an empty one.
pub fn pick<T: Default + Clone>(list: &[T], number: usize) -> T {
    if list.is_empty() { T::default() } else { list[number % list.len()].clone() }
}
