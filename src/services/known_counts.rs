//! Counts as they were known on an earlier day. Invariant: the rules are those the rollups follow. Where few units were touched since and
//! an indicator counts by the same rule, its rollups are taken and those units counted anew; otherwise everything is, from the steps.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{
    ServiceError,
    clocks::Clocks,
    plan_view::PlanView,
    rollups::{group_steps, load_rules, load_rules_known, spans_of},
    visit::PlanHead,
};
use crate::{
    domain::{
        counting::spans_by_kind,
        ids::{IndicatorId, OrganisationId, UnitId},
        roster::{RecognitionHistory, RosterRule, Span, unit_counts_on, unit_in_pipeline_on},
    },
    store::{
        Known, Tx,
        held::count_held_of,
        plan_figures::list_movements,
        rollups::{self as store, DayRow, SpanMeasure},
        roster_search::{list_unit_holders, list_unit_names},
        standings::{KindCount, list_kind_counts, list_overlaps},
        touched::{KeptStep, list_kept_steps, list_touched_units},
    },
};

/// What stands in the rollups of a plan now, as it would have stood in them then.
#[derive(Debug, Default)]
pub(super) struct KnownCounts {
    /// By how much each measure changes on each day.
    pub(super) days: BTreeMap<IndicatorId, Vec<DayRow>>,
    /// How many units began and ceased to count in the days that are compared.
    pub(super) movements: BTreeMap<IndicatorId, (i64, i64)>,
    /// How many units count by each kind, in indicators that sum several.
    pub(super) kind_counts: BTreeMap<IndicatorId, Vec<KindCount>>,
    /// The units that count by more than one.
    pub(super) overlaps: Vec<(IndicatorId, UnitId)>,
    /// The units that were touched since, where they are few.
    pub(super) touched: Option<Vec<UnitId>>,
    /// Of the units that waited for review: where they counted on the day.
    pub(super) counted_already: BTreeSet<(IndicatorId, UnitId)>,
    /// Of those units: where they were on their way.
    pub(super) on_their_way: BTreeSet<(IndicatorId, UnitId)>,
}

/// What is counted, and of which units it is asked where they stood.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) indicators: BTreeSet<IndicatorId>,
    pub(super) waiting: BTreeSet<UnitId>,
}

/// Units with their histories.
type Histories = BTreeMap<UnitId, Vec<RecognitionHistory>>;

/// The days of a count: movements are those after the first, up to the second, on which units are told apart.
#[derive(Debug, Clone, Copy)]
struct Days {
    after: Date,
    as_of: Date,
}

/// Counts a plan's indicators as they were known; movements are those after `compared_to`.
pub(super) async fn count_known(
    tx: &mut Tx,
    plan: &PlanHead,
    clocks: Clocks,
    compared_to: Date,
    wanted: Wanted,
) -> Result<KnownCounts, ServiceError> {
    let known = clocks.known(&plan.time_zone);
    let days = Days { after: compared_to, as_of: clocks.as_of };
    let mut rules = load_rules_known(tx, known).await?;
    rules.retain(|indicator, _| wanted.indicators.contains(indicator));
    let mut counts: BTreeMap<IndicatorId, Count> = BTreeMap::new();
    let touched = list_touched_units(tx, known).await?;
    if let Some(touched) = &touched {
        let mut rolled_up = Rollups::read(tx, plan, days).await?;
        let present = load_rules(tx).await?;
        let steps = list_kept_steps(tx, touched, None).await?;
        let (now, then) = (histories_of(&steps, Known::NOW), histories_of(&steps, known));
        for (indicator, rule) in &rules {
            let count = if present.get(indicator) == Some(rule) {
                let mut count = rolled_up.take(indicator);
                count.add_all(&now, rule, days, -1);
                count.add_all(&then, rule, days, 1);
                count
            } else {
                Count::of(&group_steps(store::list_steps_for_indicator(tx, indicator, known).await?), rule, days)
            };
            counts.insert(indicator.clone(), count);
        }
    } else {
        let units = group_steps(store::list_known_steps(tx, &plan.id, known).await?);
        counts.extend(rules.iter().map(|(indicator, rule)| (indicator.clone(), Count::of(&units, rule, days))));
    }
    let mut found = KnownCounts { touched, ..KnownCounts::default() };
    for (indicator, count) in counts {
        found.enter(indicator, count);
    }
    let waiting: Vec<UnitId> = wanted.waiting.into_iter().collect();
    for (unit, histories) in histories_of(&list_kept_steps(tx, &waiting, Some(known)).await?, known) {
        for (indicator, rule) in &rules {
            found.enter_waiting(indicator, rule, (&unit, &histories), clocks.as_of);
        }
    }
    Ok(found)
}

/// Units by those of their steps that were known.
fn histories_of(steps: &[KeptStep], known: Known) -> Histories {
    group_steps(steps.iter().filter_map(|kept| kept.known(known)).cloned())
}

/// The names of units that count by more than one kind, by indicator and in the order of lists.
pub(super) async fn name_overlaps(
    tx: &mut Tx,
    overlaps: Vec<(IndicatorId, UnitId)>,
    known: Known,
) -> Result<BTreeMap<IndicatorId, Vec<String>>, ServiceError> {
    let units: BTreeSet<UnitId> = overlaps.iter().map(|(_, unit)| unit.clone()).collect();
    let mut by_unit: BTreeMap<UnitId, Vec<IndicatorId>> = BTreeMap::new();
    for (indicator, unit) in overlaps {
        by_unit.entry(unit).or_default().push(indicator);
    }
    let mut named: BTreeMap<IndicatorId, Vec<String>> = BTreeMap::new();
    for (unit, name) in list_unit_names(tx, known, &units.into_iter().collect::<Vec<_>>()).await? {
        for indicator in by_unit.remove(&unit).unwrap_or_default() {
            named.entry(indicator).or_default().push(name.clone());
        }
    }
    Ok(named)
}

/// The units that stood somewhere as it was known.
#[derive(Debug)]
pub(super) struct KnownStanding {
    /// Whether all that were not touched since stood where the rollups have them.
    pub(super) by_rollups: bool,
    /// Of the touched ones those that stood there; of all units where the rollups do not tell.
    pub(super) units: Vec<UnitId>,
}

/// Finds the units that counted for an indicator of a view on its day, or were on their way, by the rule that was known.
pub(super) async fn find_known_standing(
    tx: &mut Tx,
    view: &PlanView,
    (indicator, rule): (&IndicatorId, &RosterRule),
    measure: SpanMeasure,
) -> Result<KnownStanding, ServiceError> {
    let known = view.clocks().known(&view.plan.time_zone);
    let stands_there = |histories: &[RecognitionHistory]| match measure {
        SpanMeasure::Counted => unit_counts_on(histories, rule, view.as_of),
        SpanMeasure::Pipeline => unit_in_pipeline_on(histories, rule, view.as_of),
    };
    let is_same = load_rules(tx).await?.get(indicator) == Some(rule);
    let touched = view.touched.as_deref().filter(|_| is_same);
    let histories = match touched {
        Some(touched) => histories_of(&list_kept_steps(tx, touched, Some(known)).await?, known),
        None => group_steps(store::list_steps_for_indicator(tx, indicator, known).await?),
    };
    let units = histories.into_iter().filter(|(_, histories)| stands_there(histories)).map(|(unit, _)| unit).collect();
    Ok(KnownStanding { by_rollups: touched.is_some(), units })
}

/// How many units each holder had that counted for some indicators of a view on its day, by the rules that were known.
pub(super) async fn count_known_held(
    tx: &mut Tx,
    view: &PlanView,
    rules: &[(&IndicatorId, &RosterRule)],
) -> Result<BTreeMap<(IndicatorId, OrganisationId), i64>, ServiceError> {
    let known = view.clocks().known(&view.plan.time_zone);
    let touched = list_kept_steps(tx, view.touched.as_deref().unwrap_or_default(), Some(Known::NOW)).await?;
    let now = histories_of(&touched, Known::NOW);
    let mut held: BTreeMap<(IndicatorId, OrganisationId), i64> = BTreeMap::new();
    for (indicator, rule) in rules {
        let mut add = |holder, count| *held.entry(((*indicator).clone(), holder)).or_default() += count;
        let standing = find_known_standing(tx, view, (indicator, rule), SpanMeasure::Counted).await?;
        for (_, holder) in list_unit_holders(tx, known, &standing.units).await? {
            add(holder, 1);
        }
        if standing.by_rollups {
            let counting = now.iter().filter(|(_, histories)| unit_counts_on(histories, rule, view.as_of));
            let counting: Vec<UnitId> = counting.map(|(unit, _)| unit.clone()).collect();
            for (_, holder) in list_unit_holders(tx, Known::NOW, &counting).await? {
                add(holder, -1);
            }
            for (_, holder, count) in count_held_of(tx, indicator, view.as_of).await? {
                add(holder, count);
            }
        }
    }
    Ok(held)
}

/// What one indicator counts.
#[derive(Debug, Default)]
struct Count {
    changes: BTreeMap<(SpanMeasure, Date), i64>,
    gained: i64,
    lost: i64,
    kinds: BTreeMap<String, i64>,
    /// By more than one kind.
    twice: BTreeSet<UnitId>,
}

impl Count {
    fn of(units: &Histories, rule: &RosterRule, days: Days) -> Self {
        let mut count = Self::default();
        count.add_all(units, rule, days, 1);
        count
    }

    /// Some units more (`sign` 1) or less (−1).
    fn add_all(&mut self, units: &Histories, rule: &RosterRule, days: Days, sign: i64) {
        for (unit, histories) in units {
            for (measure, spans) in spans_of(histories, rule) {
                for span in spans {
                    self.add_span(measure, span, days, sign);
                }
            }
            for (kind, spans) in spans_by_kind(histories, rule) {
                if spans.iter().any(|span| span.contains(days.as_of)) {
                    self.add_kind(unit, kind, sign);
                }
            }
        }
    }

    fn add_span(&mut self, measure: SpanMeasure, Span { from, until }: Span, days: Days, sign: i64) {
        *self.changes.entry((measure, from)).or_default() += sign;
        if let Some(until) = until {
            *self.changes.entry((measure, until)).or_default() -= sign;
        }
        if measure == SpanMeasure::Counted {
            let moved = |on: Date| if on > days.after && on <= days.as_of { sign } else { 0 };
            self.gained += moved(from);
            self.lost += until.map_or(0, moved);
        }
    }

    fn add_kind(&mut self, unit: &UnitId, kind: String, sign: i64) {
        if !kind.is_empty() {
            *self.kinds.entry(kind).or_default() += sign;
        } else if sign > 0 {
            self.twice.insert(unit.clone());
        } else {
            self.twice.remove(unit);
        }
    }
}

/// The rollups of a plan's indicators.
#[derive(Debug, Default)]
struct Rollups(BTreeMap<IndicatorId, Count>);

impl Rollups {
    async fn read(tx: &mut Tx, plan: &PlanHead, days: Days) -> Result<Self, ServiceError> {
        let mut counts: BTreeMap<IndicatorId, Count> = BTreeMap::new();
        for row in store::list_days(tx, &plan.id).await? {
            counts.entry(row.indicator_id).or_default().changes.insert((row.measure, row.on_date), row.change);
        }
        for row in list_movements(tx, &plan.id, days.after, days.as_of).await? {
            let count = counts.entry(row.indicator_id).or_default();
            (count.gained, count.lost) = (row.gained, row.lost);
        }
        for row in list_kind_counts(tx, &plan.id, days.as_of).await? {
            if !row.kind.is_empty() {
                counts.entry(row.indicator_id).or_default().kinds.insert(row.kind, row.counted);
            }
        }
        for (indicator, unit) in list_overlaps(tx, &plan.id, days.as_of).await? {
            counts.entry(indicator).or_default().twice.insert(unit);
        }
        Ok(Self(counts))
    }

    fn take(&mut self, indicator: &IndicatorId) -> Count {
        self.0.remove(indicator).unwrap_or_default()
    }
}

impl KnownCounts {
    fn enter(&mut self, indicator: IndicatorId, count: Count) {
        let days = count.changes.into_iter().filter(|(_, change)| *change != 0);
        let days = days.map(|((measure, on_date), change)| DayRow { indicator_id: indicator.clone(), measure, on_date, change });
        self.days.insert(indicator.clone(), days.collect());
        self.movements.insert(indicator.clone(), (count.gained, count.lost));
        let kinds = count.kinds.into_iter().filter(|(_, counted)| *counted != 0);
        let kinds = kinds.map(|(kind, counted)| KindCount { indicator_id: indicator.clone(), kind, counted });
        self.kind_counts.insert(indicator.clone(), kinds.collect());
        self.overlaps.extend(count.twice.into_iter().map(|unit| (indicator.clone(), unit)));
    }

    fn enter_waiting(
        &mut self,
        indicator: &IndicatorId,
        rule: &RosterRule,
        (unit, histories): (&UnitId, &[RecognitionHistory]),
        as_of: Date,
    ) {
        for (measure, spans) in spans_of(histories, rule) {
            if spans.iter().any(|span| span.contains(as_of)) {
                let held = match measure {
                    SpanMeasure::Counted => &mut self.counted_already,
                    SpanMeasure::Pipeline => &mut self.on_their_way,
                };
                held.insert((indicator.clone(), unit.clone()));
            }
        }
    }
}
