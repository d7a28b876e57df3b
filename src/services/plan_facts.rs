//! The rows a plan's view is put together from. Invariant: each list is read once for the whole plan.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{
    ServiceError,
    clocks::Clocks,
    known_counts::{KnownCounts, Wanted, count_known, name_overlaps},
    plan_view::{AwaitingUnit, BaselineView, CountedKind, RulingView, TargetView},
    visit::PlanHead,
};
use crate::{
    domain::{
        ids::{IndicatorId, UnitId},
        names::{NameScope, name_scope, normalise_name},
        published::Dated,
        roster::{RecognitionHistory, RosterRule, Step, unit_counts_on, unit_in_pipeline_on},
        target::Revision,
        value_entry::share_of,
    },
    store::{
        Tx, indicators as facts,
        plan_figures::{self as figures, AwaitingRow, LinkedReportRow, StepFiguresRow},
        rollups::{self as rollup_store, SpanMeasure},
        standings::{self, KindCount},
        values::count_awaiting_values,
    },
};

/// Rows of many indicators, by indicator.
fn by_indicator<Row>(rows: Vec<Row>, of: impl Fn(&Row) -> &IndicatorId) -> BTreeMap<IndicatorId, Vec<Row>> {
    let mut map: BTreeMap<IndicatorId, Vec<Row>> = BTreeMap::new();
    for row in rows {
        map.entry(of(&row).clone()).or_default().push(row);
    }
    map
}

/// What is set about the indicators and what is counted, by indicator.
#[derive(Default)]
pub(super) struct Facts {
    pub(super) counted: BTreeMap<IndicatorId, Vec<facts::CountedRow>>,
    pub(super) targets: BTreeMap<IndicatorId, Vec<facts::TargetRow>>,
    pub(super) milestones: BTreeMap<IndicatorId, Vec<facts::MilestoneRow>>,
    pub(super) baselines: BTreeMap<IndicatorId, Vec<facts::BaselineRow>>,
    pub(super) rulings: BTreeMap<IndicatorId, Vec<facts::RulingRow>>,
    pub(super) stock_takes: BTreeMap<IndicatorId, Vec<facts::StockTakeRow>>,
    pub(super) values: BTreeMap<IndicatorId, Vec<facts::ValueRow>>,
    pub(super) awaiting_values: BTreeMap<IndicatorId, i64>,
    /// How many values were accepted since.
    pub(super) values_since: BTreeMap<IndicatorId, i64>,
    pub(super) days: BTreeMap<IndicatorId, Vec<rollup_store::DayRow>>,
    pub(super) steps: Vec<StepFiguresRow>,
    pub(super) reports: BTreeMap<IndicatorId, LinkedReportRow>,
    pub(super) movements: BTreeMap<IndicatorId, (i64, i64)>,
    pub(super) kind_counts: BTreeMap<IndicatorId, Vec<KindCount>>,
    pub(super) overlaps: BTreeMap<IndicatorId, Vec<String>>,
    pub(super) awaiting: Vec<AwaitingRow>,
    /// As known earlier the units that were touched since, where they are few.
    pub(super) touched: Option<Vec<UnitId>>,
    pub(super) counted_already: BTreeSet<(IndicatorId, UnitId)>,
    pub(super) on_their_way: BTreeSet<(IndicatorId, UnitId)>,
}

impl Facts {
    /// Reads what was known. Counts come from the rollups as known now, and are put together from the steps for an earlier day.
    pub(super) async fn load(tx: &mut Tx, plan: &PlanHead, clocks: Clocks, compared_to: Date) -> Result<Self, ServiceError> {
        let (id, as_of) = (&plan.id, clocks.as_of);
        let known = clocks.known(&plan.time_zone);
        let since = clocks.since(&plan.time_zone).0;
        let reports = figures::list_linked_reports(tx, id, as_of, known).await?;
        let facts = Self {
            counted: by_indicator(facts::list_counted_recognitions(tx, id, known).await?, |row| &row.indicator_id),
            targets: by_indicator(facts::list_targets(tx, id, known).await?, |row| &row.indicator_id),
            milestones: by_indicator(facts::list_milestones(tx, id, known).await?, |row| &row.indicator_id),
            baselines: by_indicator(facts::list_baselines(tx, id, known).await?, |row| &row.indicator_id),
            rulings: by_indicator(facts::list_rulings(tx, id, known).await?, |row| &row.indicator_id),
            stock_takes: by_indicator(facts::list_stock_takes(tx, id, known).await?, |row| &row.indicator_id),
            values: by_indicator(facts::list_values(tx, id, known).await?, |row| &row.indicator_id),
            values_since: figures::count_values_since(tx, id, as_of, since).await?.into_iter().collect(),
            awaiting_values: count_awaiting_values(tx, id, as_of, known).await?.into_iter().collect(),
            steps: figures::list_step_figures(tx, as_of, known, since).await?,
            reports: reports.into_iter().map(|row| (row.indicator_id.clone(), row)).collect(),
            ..Self::default()
        };
        if clocks.looks_back() {
            let indicators = facts.counted.keys().cloned().collect();
            let awaiting = figures::list_awaiting_known(tx, as_of, known).await?;
            let waiting = awaiting.iter().filter_map(|row| row.unit_id.clone()).collect();
            let counts = count_known(tx, plan, clocks, compared_to, Wanted { indicators, waiting }).await?;
            let KnownCounts { days, movements, kind_counts, overlaps, touched, counted_already, on_their_way } = counts;
            let overlaps = name_overlaps(tx, overlaps, known).await?;
            return Ok(Self { days, movements, kind_counts, overlaps, awaiting, touched, counted_already, on_their_way, ..facts });
        }
        let overlaps = standings::list_overlaps(tx, id, as_of).await?;
        let held = |rows: Vec<figures::HeldRow>| rows.into_iter().map(|row| (row.indicator_id, row.unit_id)).collect();
        Ok(Self {
            days: by_indicator(rollup_store::list_days(tx, id).await?, |row| &row.indicator_id),
            movements: figures::list_movements(tx, id, compared_to, as_of)
                .await?
                .into_iter()
                .map(|row| (row.indicator_id, (row.gained, row.lost)))
                .collect(),
            kind_counts: by_indicator(standings::list_kind_counts(tx, id, as_of).await?, |row| &row.indicator_id),
            overlaps: name_overlaps(tx, overlaps, known).await?,
            awaiting: figures::list_awaiting(tx, as_of).await?,
            counted_already: held(figures::list_awaiting_spans(tx, id, SpanMeasure::Counted.as_str(), as_of).await?),
            on_their_way: held(figures::list_awaiting_spans(tx, id, SpanMeasure::Pipeline.as_str(), as_of).await?),
            ..facts
        })
    }
}

/// Each unit that waits for review and would count or stand on its way, once; not those that count already.
pub(super) fn find_awaiting(id: &IndicatorId, rule: &RosterRule, as_of: Date, facts: &Facts) -> Vec<AwaitingUnit> {
    let mut found: BTreeMap<(String, String, String), AwaitingUnit> = BTreeMap::new();
    for row in &facts.awaiting {
        let step = Step { stage: row.stage, on: row.on_date };
        let history = [RecognitionHistory { kind: row.recognition.clone(), level: row.level, steps: vec![step] }];
        if !unit_counts_on(&history, rule, as_of) && !unit_in_pipeline_on(&history, rule, as_of) {
            continue;
        }
        let held = row.unit_id.clone().map(|unit| (id.clone(), unit));
        if held.as_ref().is_some_and(|held| facts.counted_already.contains(held)) {
            continue;
        }
        let scope = if name_scope(row.unit_kind) == NameScope::PerHolder { row.holder_id.to_string() } else { String::new() };
        let key = match &row.unit_id {
            Some(unit) => (String::new(), String::new(), unit.to_string()),
            None => (row.unit_kind.to_string(), scope, normalise_name(&row.name_zh)),
        };
        let unit = AwaitingUnit {
            report: row.report_id.clone(),
            entry_key: row.entry_key.clone(),
            unit: row.unit_id.clone(),
            name_zh: row.name_zh.clone(),
            recognition: row.recognition.clone(),
            level: row.level,
            stage: row.stage,
            on: row.on_date,
            holder_zh: row.holder_zh.clone(),
            holder_en: row.holder_en.clone(),
            state: row.state,
            owner: row.owner_id.clone(),
            lead: row.lead_id.clone(),
            on_its_way: held.is_some_and(|held| facts.on_their_way.contains(&held)),
        };
        let further = found.get(&key).is_none_or(|other| other.stage.rank() < unit.stage.rank());
        if further {
            found.insert(key, unit);
        }
    }
    let mut units: Vec<AwaitingUnit> = found.into_values().collect();
    units.sort_by(|one, other| one.name_zh.cmp(&other.name_zh));
    units
}

/// The latest value of each period. Rates of several bodies are put together from their parts, never averaged.
pub(super) fn latest_values(rows: &[facts::ValueRow], scale: u8) -> Vec<(Date, i64)> {
    let mut periods: BTreeMap<Date, Vec<&facts::ValueRow>> = BTreeMap::new();
    for row in rows {
        periods.entry(row.period_end).or_default().push(row);
    }
    let value_of = |rows: &[&facts::ValueRow]| {
        let parts: Option<Vec<(i64, i64)>> = rows.iter().map(|row| row.numerator.zip(row.denominator)).collect();
        let (num, den) = parts?.iter().fold((0_i128, 0_i128), |sum, part| (sum.0 + i128::from(part.0), sum.1 + i128::from(part.1)));
        share_of(num, den, scale)
    };
    let stated = |rows: &[&facts::ValueRow]| rows.iter().max_by_key(|row| row.recorded_at).map(|row| row.value);
    periods.into_iter().filter_map(|(on, rows)| value_of(&rows).or_else(|| stated(&rows)).map(|value| (on, value))).collect()
}

pub(super) fn view_ruling(row: facts::RulingRow) -> RulingView {
    RulingView {
        kind: row.kind,
        value: row.value,
        provenance: row.provenance,
        reason: row.reason,
        document: row.document,
        decided_on: row.decided_on,
        officer: row.officer,
    }
}

pub(super) fn view_baseline(row: facts::BaselineRow) -> Revision<BaselineView> {
    let qualifier = row.qualifier.as_deref().and_then(|word| word.parse().ok());
    // A word that this version does not know is read as the plainest one.
    let dated = row.dated.parse().unwrap_or(Dated::Day);
    let value = BaselineView { value: row.value, qualifier, on: row.on_date, dated, provenance: row.provenance, document: row.document };
    Revision { value, effective_on: row.effective_on, recorded_at: row.recorded_at }
}

pub(super) fn view_kind(row: facts::CountedRow) -> CountedKind {
    CountedKind {
        recognition: row.recognition,
        level: row.level,
        unit_kind: row.unit_kind,
        name_zh: row.name_zh,
        name_en: row.name_en,
        counted: 0,
    }
}

pub(super) fn view_target(row: facts::TargetRow, tolerance: i64) -> Revision<TargetView> {
    let (effective_on, recorded_at) = (row.effective_on, row.recorded_at);
    let value = TargetView {
        wording_zh: row.wording_zh,
        wording_en: row.wording_en,
        form: row.form.0.with_tolerance(tolerance),
        stated: row.form.0,
        target_on: row.target_on,
        provenance: row.provenance,
        date_provenance: row.date_provenance,
        effective_on,
        reason: row.reason,
        document: row.document,
        officer: row.officer,
    };
    Revision { value, effective_on, recorded_at }
}
