//! One indicator on a day, with everything its numbers rest on. Invariant: plain values; every judgement in them is the domain's.

use jiff::civil::Date;

use crate::{
    domain::{
        ids::{IndicatorId, OrganisationId, ReportId, UnitId},
        light::{Light, ScheduleJudgement},
        number::Qualifier,
        path::Path,
        published::Dated,
        report::ReportState,
        roster::RosterRule,
        target::TargetForm,
        words::{Direction, Level, Measure, Provenance, RulingKind, Stage, UnitKind},
    },
    i18n::Lang,
    services::originals::KeptOriginal,
};

/// An indicator on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndicatorView {
    /// Its id.
    pub id: IndicatorId,
    /// Its code.
    pub code: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Chinese unit word.
    pub unit_zh: String,
    /// English unit word, plural.
    pub unit_en: String,
    /// Code of its area.
    pub area_code: String,
    /// How it is measured.
    pub measure: Measure,
    /// Which way it improves.
    pub direction: Direction,
    /// Decimal places of its values.
    pub scale: u8,
    /// The section of the text.
    pub source_zh: String,
    /// What it counts, each kind with its own count.
    pub kinds: Vec<CountedKind>,
    /// Units that count by more than one kind: counted once, and named.
    pub overlaps: Vec<String>,
    /// The rule of a roster indicator.
    pub rule: Option<RosterRule>,
    /// The rulings that hold.
    pub rulings: Vec<RulingView>,
    /// The target that holds on the day.
    pub target: Option<TargetView>,
    /// The target of the text, judged beside the current one, where it was revised.
    pub original: Option<(TargetView, ScheduleJudgement)>,
    /// What the original target is judged by, where it was revised.
    pub kept_original: Option<KeptOriginal>,
    /// The value on the eve of the plan.
    pub baseline: Option<BaselineView>,
    /// The value on the day; none where nothing was accepted of a level or rank.
    pub actual: Option<i64>,
    /// Units on their way.
    pub pipeline: i64,
    /// Units that wait for review, or waited when it was known.
    pub awaiting: Vec<AwaitingUnit>,
    /// Values that wait for review, or waited when it was known.
    pub awaiting_values: i64,
    /// Units that began to count since `compared_to` of the plan's view.
    pub gained: i64,
    /// Units that ceased to count since then.
    pub lost: i64,
    /// Values expected on the way, for the target that holds.
    pub milestones: Vec<MilestoneView>,
    /// The way from the baseline to the target.
    pub path: Option<Path>,
    /// The value on each day on which it changed.
    pub values: Series,
    /// The units on their way on each day on which their number changed.
    pub pipeline_values: Series,
    /// The schedule light with its reason.
    pub judgement: ScheduleJudgement,
    /// How it was judged at the end of each period that is over.
    pub history: Vec<PeriodEnd>,
    /// Steps and values of dates up to the day that were accepted later, as in the plan's view.
    pub entries_since: i64,
    /// The day of the last accepted fact.
    pub last_fact_on: Option<Date>,
}

/// How an indicator was judged at the end of a period, by the target that held then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeriodEnd {
    /// The last day of the period.
    pub on: Date,
    /// The light.
    pub light: Option<Light>,
    /// What was expected, at the indicator's scale.
    pub expected: Option<i64>,
}

/// One kind of recognition that an indicator counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedKind {
    /// Code of the recognition.
    pub recognition: String,
    /// The level it needs; none: any.
    pub level: Option<Level>,
    /// What kind of thing can hold it.
    pub unit_kind: UnitKind,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Units that count by it on the day.
    pub counted: i64,
}

/// A ruling that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulingView {
    /// What it decides.
    pub kind: RulingKind,
    /// The decision.
    pub value: String,
    /// Where it comes from.
    pub provenance: Provenance,
    /// Why.
    pub reason: String,
    /// The document.
    pub document: String,
    /// When it was decided.
    pub decided_on: Date,
    /// Who recorded it; empty for the plan's file.
    pub officer: String,
}

/// A revision of a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetView {
    /// As the text words it.
    pub wording_zh: String,
    /// In English.
    pub wording_en: String,
    /// The typed target with the tolerance of its ruling.
    pub form: TargetForm,
    /// The typed target as the text has it.
    pub stated: TargetForm,
    /// The day by which it must be reached.
    pub target_on: Date,
    /// Where the number comes from.
    pub provenance: Provenance,
    /// Where the date comes from.
    pub date_provenance: Provenance,
    /// The first day on which it holds.
    pub effective_on: Date,
    /// Why it was set.
    pub reason: String,
    /// The document.
    pub document: String,
    /// Who recorded it; empty for the plan's file.
    pub officer: String,
}

/// The value on the eve of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaselineView {
    /// The value, in units of 10^-scale.
    pub value: i64,
    /// Softening word, where it was stated with one.
    pub qualifier: Option<Qualifier>,
    /// The day for which it holds.
    pub on: Date,
    /// How exactly its document dates it.
    pub dated: Dated,
    /// Where it comes from.
    pub provenance: Provenance,
    /// The document of the stock-take or of the typed value; empty for a default.
    pub document: String,
}

/// A value expected on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MilestoneView {
    /// When.
    pub on: Date,
    /// The value, in units of 10^-scale.
    pub value: i64,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// A unit that waits for review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwaitingUnit {
    /// Its report.
    pub report: ReportId,
    /// Which entry of the report.
    pub entry_key: String,
    /// The unit, where it exists already.
    pub unit: Option<UnitId>,
    /// Its name.
    pub name_zh: String,
    /// What it is to be recognised as.
    pub recognition: String,
    /// At which level.
    pub level: Option<Level>,
    /// The stage it has reached.
    pub stage: Stage,
    /// When.
    pub on: Date,
    /// Who holds it.
    pub holder_zh: String,
    /// The holder's English name.
    pub holder_en: String,
    /// Where the report stands.
    pub state: ReportState,
    /// Whose report it is.
    pub owner: OrganisationId,
    /// Who leads its task.
    pub lead: Option<OrganisationId>,
    /// Whether the unit stands in the pipeline already.
    pub on_its_way: bool,
}

/// A value over time: what it became on each day on which it changed, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Series(Vec<(Date, i64)>);

impl Series {
    /// A series from days and values in order.
    pub fn new(points: Vec<(Date, i64)>) -> Self {
        Self(points)
    }

    /// A series from days and changes in order, starting at 0.
    pub fn from_changes(changes: impl IntoIterator<Item = (Date, i64)>) -> Self {
        let mut sum = 0;
        Self(
            changes
                .into_iter()
                .map(|(on, change)| {
                    sum += change;
                    (on, sum)
                })
                .collect(),
        )
    }

    /// The value on a day; none before the first.
    pub fn value_on(&self, date: Date) -> Option<i64> {
        let after = self.0.partition_point(|(on, _)| *on <= date);
        after.checked_sub(1).and_then(|last| self.0.get(last)).map(|(_, value)| *value)
    }

    /// Days and values.
    pub fn points(&self) -> &[(Date, i64)] {
        &self.0
    }
}

impl IndicatorView {
    /// The name in a language.
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_zh, &self.name_en)
    }

    /// The unit word in a language.
    pub fn unit(&self, lang: Lang) -> &str {
        lang.pick(&self.unit_zh, &self.unit_en)
    }

    /// Units that wait for review and do not stand in the pipeline: what a bar adds behind it.
    pub fn awaiting_new(&self) -> i64 {
        i64::try_from(self.awaiting.iter().filter(|unit| !unit.on_its_way).count()).unwrap_or(i64::MAX)
    }

    /// How many units and values wait for review.
    pub fn waiting(&self) -> i64 {
        i64::try_from(self.awaiting.len()).unwrap_or(i64::MAX).saturating_add(self.awaiting_values)
    }

    /// The ruling of a kind that holds.
    pub fn ruling(&self, kind: RulingKind) -> Option<&RulingView> {
        self.rulings.iter().rev().find(|ruling| ruling.kind == kind)
    }
}

impl TargetView {
    /// The wording in a language.
    pub fn wording(&self, lang: Lang) -> &str {
        lang.pick(&self.wording_zh, &self.wording_en)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_series_holds_each_value_until_the_next() {
        let series = Series::from_changes([(date(2025, 3, 1), 2), (date(2025, 9, 1), -1), (date(2026, 1, 1), 4)]);
        for (on, value) in [
            (date(2025, 2, 28), None),
            (date(2025, 3, 1), Some(2)),
            (date(2025, 8, 31), Some(2)),
            (date(2025, 9, 1), Some(1)),
            (date(2027, 1, 1), Some(5)),
        ] {
            assert_eq!(series.value_on(on), value, "{on}");
        }
    }
}
