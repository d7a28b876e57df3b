//! Puts a [`PlanView`] together. Invariant: a fixed number of queries, however many indicators, units and reports there are; every judgement is the domain's.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{
    ServiceError,
    clocks::Clocks,
    originals::KeptOriginal,
    plan_facts::{Facts, find_awaiting, latest_values, view_baseline, view_kind, view_ruling, view_target},
    plan_view::{
        AreaView, BaselineView, CountedKind, IndicatorView, LatestStep, LightCount, LoopFigures, MilestoneView, PeriodEnd, PeriodFigures,
        PlanView, RulingView, Series, TargetView,
    },
    plans::recall_head,
    rollups::make_rule,
    visit::PlanHead,
};
use crate::{
    domain::{
        calendar::{PlanDates, calendar_period, eve, last_period_end_on_or_before, periods_of},
        ids::IndicatorId,
        light::{Missing, ScheduleInput, ScheduleJudgement, judge_schedule},
        path::Path,
        published::Dated,
        roster::{Basis, CountedRecognition, RosterRule, matches},
        target::{Revision, TargetForm, current_on, original},
        words::{Measure, Provenance, RulingKind},
    },
    store::{Tx, indicators as facts, plan_figures as figures, rollups::SpanMeasure},
};

/// How many of the steps accepted last are shown, and among how many they are looked for.
const LATEST: (usize, i64) = (8, 32);

/// Reads and judges everything a plan's pages show by both clocks.
pub(super) async fn build_plan_view(tx: &mut Tx, plan: &PlanHead, clocks: Clocks, version: i64) -> Result<PlanView, ServiceError> {
    let plan = &recall_head(tx, plan, clocks).await?;
    let Clocks { as_of, known_at } = clocks;
    let known = clocks.known(&plan.time_zone);
    let compared_to = eve(calendar_period(as_of, plan.cadence).starts_on);
    let areas = facts::list_areas(tx, &plan.id, known).await?;
    let mut rows = facts::list_indicators(tx, &plan.id, known).await?;
    let mut facts = Facts::load(tx, plan, clocks, compared_to).await?;
    let latest = figures::list_latest_steps(tx, &plan.id, as_of, known, LATEST.1).await?;
    let loops = read_loops(tx, plan, clocks).await?;
    if clocks.looks_back() {
        // An indicator begins with its target: one that nobody had set yet is not "unquantified", it was not there.
        rows.retain(|row| facts.targets.contains_key(&row.id));
    }

    let area_code = |id| areas.iter().find(|area| area.id == id).map(|area| area.code.clone()).unwrap_or_default();
    let mut indicators = Vec::with_capacity(rows.len());
    for row in rows {
        let area_code = area_code(row.area_id.clone());
        indicators.push(Assembly::new(plan, as_of, row, &mut facts).finish(area_code, &facts));
    }
    let is_of_plan = |kind: &str, level| indicators.iter().filter_map(|view| view.rule.as_ref()).any(|rule| matches(rule, kind, level));
    let steps_since: i64 = facts.steps.iter().filter(|row| is_of_plan(&row.kind, row.level)).map(|row| row.recorded_since).sum();
    let entries_since = steps_since + facts.values_since.values().sum::<i64>();
    let ends: Vec<Date> = indicators.first().map(|view| view.history.iter().map(|end| end.on).collect()).unwrap_or_default();
    let history = ends
        .into_iter()
        .enumerate()
        .map(|(place, on)| LightCount::count(on, indicators.iter().map(|view| view.history.get(place).and_then(|end| end.light))))
        .collect();
    let latest = latest.into_iter().filter_map(|row| name_latest(&indicators, row)).take(LATEST.0).collect();
    let areas = areas
        .into_iter()
        .map(|area| AreaView {
            indicators: (0..indicators.len()).filter(|place| indicators[*place].area_code == area.code).collect(),
            code: area.code,
            name_zh: area.name_zh,
            name_en: area.name_en,
            short_zh: area.short_zh,
            short_en: area.short_en,
            closing: area.closing != 0,
        })
        .collect();
    let expected_on = last_period_end_on_or_before(dates_of(plan), plan.cadence, as_of);
    Ok(PlanView {
        plan: plan.clone(),
        as_of,
        known_at,
        version,
        areas,
        indicators,
        history,
        latest,
        loops,
        entries_since,
        compared_to,
        expected_on,
        touched: facts.touched,
    })
}

fn dates_of(plan: &PlanHead) -> PlanDates {
    PlanDates { starts_on: plan.starts_on, ends_on: plan.ends_on }
}

async fn read_loops(tx: &mut Tx, plan: &PlanHead, clocks: Clocks) -> Result<LoopFigures, ServiceError> {
    let tasks = figures::count_tasks(tx, &plan.id, clocks.known(&plan.time_zone)).await?;
    if clocks.looks_back() {
        return Ok(LoopFigures { tasks, period: None });
    }
    let Some(period) = figures::find_latest_period(tx, &plan.id, clocks.as_of).await? else {
        return Ok(LoopFigures { tasks, period: None });
    };
    let mut sum = PeriodFigures {
        code: period.code,
        report_due: period.report_due,
        answer_due: period.answer_due,
        owed: 0,
        handed_in: 0,
        accepted: 0,
        loops: 0,
        closed: 0,
    };
    for row in figures::list_loops(tx, &period.id).await? {
        sum.owed += row.owed;
        sum.handed_in += row.handed_in;
        sum.accepted += row.accepted;
        sum.loops += 1;
        sum.closed += i64::from(row.closed == row.owed);
    }
    Ok(LoopFigures { tasks, period: Some(sum) })
}

fn name_latest(indicators: &[IndicatorView], row: figures::LatestRow) -> Option<LatestStep> {
    let looks_at = |view: &&IndicatorView| view.rule.as_ref().is_some_and(|rule| matches(rule, &row.kind, row.level));
    let indicators: Vec<String> = indicators.iter().filter(looks_at).map(|view| view.code.clone()).collect();
    (!indicators.is_empty()).then_some(LatestStep {
        unit: row.unit_id,
        unit_zh: row.unit_zh,
        unit_en: row.unit_en,
        stage: row.stage,
        on: row.on_date,
        holder_zh: row.holder_zh,
        holder_en: row.holder_en,
        indicators,
        report: row.report_id,
        owner: row.owner_id,
        lead: row.lead_id,
        recorded_at: row.recorded_at,
    })
}

/// One indicator while it is put together.
struct Assembly<'a> {
    plan: &'a PlanHead,
    as_of: Date,
    row: facts::IndicatorRow,
    scale: u8,
    rule: Option<RosterRule>,
    kinds: Vec<CountedKind>,
    rulings: Vec<RulingView>,
    targets: Vec<Revision<TargetView>>,
    milestones: Vec<facts::MilestoneRow>,
    baseline: Option<BaselineView>,
    /// Of values that are reported: the revisions of the typed baseline.
    baselines: Vec<Revision<BaselineView>>,
    /// Of a flow: what was accepted for each period end.
    flows: BTreeMap<Date, i64>,
    missing: Option<Missing>,
    values: Series,
    pipeline_values: Series,
    first_fact_on: Option<Date>,
    last_fact_on: Option<Date>,
    entries_since: i64,
}

impl<'a> Assembly<'a> {
    fn new(plan: &'a PlanHead, as_of: Date, row: facts::IndicatorRow, facts: &mut Facts) -> Self {
        let id = row.id.clone();
        let rulings: Vec<RulingView> = facts.rulings.remove(&id).unwrap_or_default().into_iter().map(view_ruling).collect();
        let kinds: Vec<CountedKind> = facts.counted.remove(&id).unwrap_or_default().into_iter().map(view_kind).collect();
        let counts = kinds.iter().map(|kind| CountedRecognition { recognition: kind.recognition.clone(), level: kind.level }).collect();
        let rule =
            (row.measure == Measure::Roster).then(|| make_rule(counts, rulings.iter().map(|ruling| (ruling.kind, ruling.value.as_str()))));
        let of_kind = |kind: RulingKind| rulings.iter().rev().find(move |ruling| ruling.kind == kind);
        let tolerance = of_kind(RulingKind::Tolerance).and_then(|ruling| ruling.value.parse().ok()).unwrap_or(0);
        let stage_is_ruled =
            rulings.iter().any(|ruling| ruling.kind == RulingKind::CountingStage && ruling.provenance != Provenance::Derived);
        let missing = (row.needs_stage_ruling != 0 && !stage_is_ruled).then_some(Missing::StageRuling);
        let targets = facts.targets.remove(&id).unwrap_or_default().into_iter().map(|target| view_target(target, tolerance)).collect();
        let scale = u8::try_from(row.scale).unwrap_or(0);
        let mut assembly = Self {
            plan,
            as_of,
            scale,
            rule,
            kinds,
            rulings,
            targets,
            milestones: facts.milestones.remove(&id).unwrap_or_default(),
            baseline: None,
            baselines: Vec::new(),
            flows: BTreeMap::new(),
            missing,
            values: Series::default(),
            pipeline_values: Series::default(),
            first_fact_on: None,
            last_fact_on: None,
            entries_since: 0,
            row,
        };
        if assembly.rule.is_some() {
            assembly.read_roster(&id, facts);
        } else {
            assembly.read_values(&id, facts);
        }
        if let Some(report) = facts.reports.get(&id) {
            assembly.add_fact(report.first_on, report.last_on);
        }
        assembly
    }

    fn add_fact(&mut self, first: Date, last: Date) {
        self.first_fact_on = Some(self.first_fact_on.map_or(first, |on| on.min(first)));
        self.last_fact_on = Some(self.last_fact_on.map_or(last, |on| on.max(last)));
    }

    /// Counts, baseline and facts of an indicator that counts units.
    fn read_roster(&mut self, id: &IndicatorId, facts: &mut Facts) {
        let Some(rule) = self.rule.clone() else { return };
        let mut changes: BTreeMap<SpanMeasure, Vec<(Date, i64)>> = BTreeMap::new();
        for day in facts.days.remove(id).unwrap_or_default() {
            changes.entry(day.measure).or_default().push((day.on_date, day.change));
        }
        let mut series = |measure| Series::from_changes(changes.remove(&measure).unwrap_or_default());
        self.values = series(SpanMeasure::Counted);
        self.pipeline_values = series(SpanMeasure::Pipeline);
        let steps: Vec<_> = facts.steps.iter().filter(|row| matches(&rule, &row.kind, row.level)).collect();
        for (first, last) in steps.iter().filter_map(|row| row.span()) {
            self.add_fact(first, last);
        }
        self.entries_since = steps.iter().map(|row| row.recorded_since).sum();
        let on = eve(self.plan.starts_on);
        let take = facts.stock_takes.remove(id).and_then(|mut takes| takes.pop());
        if let Some(take) = &take {
            // It states what stood on the eve of the plan, so it holds from then on, whenever it was taken.
            self.first_fact_on = Some(self.first_fact_on.map_or(on, |first| first.min(on)));
            self.last_fact_on = Some(self.last_fact_on.unwrap_or(if take.taken_on <= self.as_of { take.taken_on } else { on }));
        }
        self.baseline = match (rule.basis, take) {
            (Basis::NewSince(_), _) => {
                let (dated, provenance) = (Dated::Day, Provenance::Derived);
                Some(BaselineView { value: 0, qualifier: None, on, dated, provenance, document: String::new() })
            }
            (Basis::Stock, Some(take)) => Some(BaselineView {
                value: self.values.value_on(on).unwrap_or(0),
                qualifier: None,
                on,
                dated: Dated::Day,
                provenance: Provenance::Commission,
                document: take.document,
            }),
            (Basis::Stock, None) => None,
        };
    }

    /// Values, baseline and facts of an indicator whose values are reported.
    fn read_values(&mut self, id: &IndicatorId, facts: &mut Facts) {
        self.baselines = facts.baselines.remove(id).unwrap_or_default().into_iter().map(view_baseline).collect();
        self.baseline = self.baseline_on(self.as_of).cloned();
        let rows = facts.values.remove(id).unwrap_or_default();
        if let (Some(first), Some(last)) = (rows.first(), rows.iter().map(|row| row.period_end).filter(|on| *on <= self.as_of).max())
            && first.period_end <= self.as_of
        {
            self.add_fact(first.period_end, last);
        }
        self.entries_since = facts.values_since.get(id).copied().unwrap_or(0);
        if self.row.measure != Measure::Flow {
            self.values = Series::new(latest_values(&rows, self.scale));
            return;
        }
        for row in &rows {
            *self.flows.entry(row.period_end).or_default() += row.value;
        }
        let (from, value) = self.baseline.as_ref().map_or((None, 0), |baseline| (Some(baseline.on), baseline.value));
        let since = self.flows.iter().filter(|(on, _)| from.is_none_or(|from| **on > from)).map(|(on, value)| (*on, *value));
        self.values = Series::from_changes(from.map(|from| (from, value)).into_iter().chain(since));
    }

    /// The baseline that holds on a date; a typed one by its revisions.
    fn baseline_on(&self, date: Date) -> Option<&BaselineView> {
        if self.rule.is_some() {
            return self.baseline.as_ref();
        }
        current_on(&self.baselines, date).or_else(|| original(&self.baselines)).map(|revision| &revision.value)
    }

    fn value_on(&self, date: Date) -> Option<i64> {
        match (&self.rule, self.row.measure) {
            (Some(_), _) => Some(self.values.value_on(date).unwrap_or(0)),
            (None, Measure::Flow) => self.flow_on(date),
            (None, _) => self.values.value_on(date),
        }
    }

    /// The sum since the baseline that holds on the date, which may not be the one that holds on the day of the view.
    fn flow_on(&self, date: Date) -> Option<i64> {
        let baseline = self.baseline_on(date).filter(|baseline| baseline.on <= date);
        let since = self.flows.range(..=date).filter(|(on, _)| baseline.is_none_or(|baseline| **on > baseline.on));
        let (count, sum) = since.fold((0, 0_i64), |(count, sum), (_, value)| (count + 1, sum.saturating_add(*value)));
        (count > 0 || baseline.is_some()).then(|| sum.saturating_add(baseline.map_or(0, |baseline| baseline.value)))
    }

    fn target_on(&self, date: Date) -> Option<&Revision<TargetView>> {
        current_on(&self.targets, date).or_else(|| original(&self.targets))
    }

    /// The milestones of a target: the latest set for each day while it held, without those that were dropped. What was set with or
    /// after the revision that followed it belongs to that one.
    fn milestones_for(&self, target: &Revision<TargetView>, as_of: Date) -> Vec<MilestoneView> {
        let set = (target.effective_on, target.recorded_at);
        let next = self.targets.iter().map(|other| (other.effective_on, other.recorded_at)).filter(|other| *other > set).min();
        let known_by = as_of.max(target.effective_on);
        let mut by_day: BTreeMap<Date, &facts::MilestoneRow> = BTreeMap::new();
        for row in self.milestones.iter().filter(|row| row.effective_on <= known_by) {
            if next.is_some_and(|next| (row.effective_on, row.recorded_at) >= next) {
                continue;
            }
            let held = by_day.entry(row.on_date).or_insert(row);
            if (held.effective_on, held.recorded_at) <= (row.effective_on, row.recorded_at) {
                *held = row;
            }
        }
        let kept = by_day.into_values().filter(|row| row.dropped == 0);
        kept.map(|row| MilestoneView { on: row.on_date, value: row.value, provenance: row.provenance }).collect()
    }

    fn judge(&self, target: Option<&Revision<TargetView>>, as_of: Date) -> ScheduleJudgement {
        let milestones = target.map(|target| self.milestones_for(target, as_of)).unwrap_or_default();
        judge_schedule(&ScheduleInput {
            plan: dates_of(self.plan),
            cadence: self.plan.cadence,
            as_of,
            measure: self.row.measure,
            direction: self.row.direction,
            scale: self.scale,
            target: target.map_or(TargetForm::Unquantified, |target| target.value.form),
            target_on: target.map_or(self.plan.ends_on, |target| target.value.target_on),
            baseline: self.baseline_on(as_of).map(|baseline| baseline.value),
            milestones: milestones.iter().map(|milestone| (milestone.on, milestone.value)).collect(),
            missing: self.missing,
            actual: self.value_on(as_of),
            has_fact: self.first_fact_on.is_some_and(|first| first <= as_of),
            last_fact_on: self.last_fact_on.filter(|last| *last <= as_of),
        })
    }

    fn judge_end(&self, target: Option<&Revision<TargetView>>, on: Date) -> PeriodEnd {
        let judged = self.judge(target, on);
        PeriodEnd { on, light: judged.light, expected: judged.expected.map(|expected| expected.shown) }
    }

    fn path_to(&self, target: &Revision<TargetView>) -> Option<Path> {
        let goal = target.value.form.least_reaching(self.row.direction)?;
        let milestones: Vec<_> = self.milestones_for(target, self.as_of).iter().map(|milestone| (milestone.on, milestone.value)).collect();
        Some(Path::new((eve(self.plan.starts_on), self.baseline.as_ref()?.value), &milestones, (target.value.target_on, goal)))
    }

    fn finish(mut self, area_code: String, facts: &Facts) -> IndicatorView {
        let id = self.row.id.clone();
        let as_of = self.as_of;
        let current = self.target_on(as_of).cloned();
        let first = original(&self.targets).filter(|first| current.as_ref().is_some_and(|current| current != *first)).cloned();
        let judgement = self.judge(current.as_ref(), as_of);
        let ends = periods_of(dates_of(self.plan), self.plan.cadence).into_iter().map(|period| period.ends_on);
        let ends: Vec<Date> = ends.take_while(|end| *end <= as_of).collect();
        let history = ends.iter().map(|end| self.judge_end(self.target_on(*end), *end)).collect();
        let kept = first.as_ref().map(|first| KeptOriginal {
            milestones: self.milestones_for(first, as_of),
            path: self.path_to(first),
            history: ends.iter().map(|end| self.judge_end(Some(first), *end)).collect(),
        });
        let actual = self.value_on(as_of);
        let overlaps = self.count_kinds(actual.unwrap_or(0), &id, facts);
        let (gained, lost) = facts.movements.get(&id).copied().unwrap_or_default();
        IndicatorView {
            milestones: current.as_ref().map(|current| self.milestones_for(current, as_of)).unwrap_or_default(),
            path: current.as_ref().and_then(|current| self.path_to(current)),
            original: first.map(|first| {
                let judgement = self.judge(Some(&first), as_of);
                (first.value, judgement)
            }),
            kept_original: kept,
            awaiting_values: facts.awaiting_values.get(&id).copied().unwrap_or(0),
            awaiting: self.rule.as_ref().map(|rule| find_awaiting(&id, rule, as_of, facts)).unwrap_or_default(),
            pipeline: self.pipeline_values.value_on(as_of).unwrap_or(0),
            target: current.map(|current| current.value),
            id,
            code: self.row.code,
            name_zh: self.row.name_zh,
            name_en: self.row.name_en,
            unit_zh: self.row.unit_zh,
            unit_en: self.row.unit_en,
            area_code,
            measure: self.row.measure,
            direction: self.row.direction,
            scale: self.scale,
            source_zh: self.row.source_zh,
            kinds: self.kinds,
            overlaps,
            rule: self.rule,
            rulings: self.rulings,
            baseline: self.baseline,
            actual,
            gained,
            lost,
            values: self.values,
            pipeline_values: self.pipeline_values,
            judgement,
            history,
            entries_since: self.entries_since,
            last_fact_on: self.last_fact_on,
        }
    }

    /// Counts each kind of a sum apart, and names the units that count by more than one.
    fn count_kinds(&mut self, actual: i64, id: &IndicatorId, facts: &Facts) -> Vec<String> {
        if let [only] = &mut self.kinds[..] {
            only.counted = actual;
            return Vec::new();
        }
        let counts = facts.kind_counts.get(id).map_or(&[][..], Vec::as_slice);
        for kind in &mut self.kinds {
            kind.counted = counts.iter().find(|row| row.kind == kind.recognition).map_or(0, |row| row.counted);
        }
        facts.overlaps.get(id).cloned().unwrap_or_default()
    }
}
