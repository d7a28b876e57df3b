//! Counts as they were known on an earlier day, put together from the rows of that day. Invariant: the rules are those the rollups follow,
//! and nothing that is rolled up is read, since rollups know only now.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{
    ServiceError,
    clocks::Clocks,
    rollups::{group_steps, load_rules_known, spans_of},
    visit::PlanHead,
};
use crate::{
    domain::{
        counting::spans_by_kind,
        ids::{IndicatorId, UnitId},
        roster::{RecognitionHistory, RosterRule, Span},
    },
    store::{
        Tx,
        rollups::{self as store, DayRow, NamedStepRow, SpanMeasure},
        standings::KindCount,
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
    /// The units that count by more than one, by name.
    pub(super) overlaps: BTreeMap<IndicatorId, Vec<(IndicatorId, String)>>,
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

/// Counts a plan's indicators as they were known; movements are those after `compared_to`.
pub(super) async fn count_known(
    tx: &mut Tx,
    plan: &PlanHead,
    clocks: Clocks,
    compared_to: Date,
    wanted: Wanted,
) -> Result<KnownCounts, ServiceError> {
    let known = clocks.known(&plan.time_zone);
    let mut rules = load_rules_known(tx, known).await?;
    rules.retain(|indicator, _| wanted.indicators.contains(indicator));
    let steps = store::list_known_steps(tx, &plan.id, known).await?;
    let units = group_steps(steps.iter().map(|row| row.step.clone()));
    Ok(rules.iter().fold(KnownCounts::default(), |mut counts, (indicator, rule)| {
        counts.add(indicator, rule, &units, (compared_to, clocks.as_of));
        counts.add_kinds(indicator, rule, &units, &steps, clocks.as_of);
        for unit in &wanted.waiting {
            counts.add_waiting(indicator, rule, unit, (&units, clocks.as_of));
        }
        counts
    }))
}

impl KnownCounts {
    fn add(
        &mut self,
        indicator: &IndicatorId,
        rule: &RosterRule,
        units: &BTreeMap<UnitId, Vec<RecognitionHistory>>,
        (after, up_to): (Date, Date),
    ) {
        let mut changes: BTreeMap<(SpanMeasure, Date), i64> = BTreeMap::new();
        let (mut gained, mut lost) = (0, 0);
        for (measure, spans) in units.values().flat_map(|histories| spans_of(histories, rule)) {
            for Span { from, until } in spans {
                *changes.entry((measure, from)).or_default() += 1;
                if let Some(until) = until {
                    *changes.entry((measure, until)).or_default() -= 1;
                }
                if measure == SpanMeasure::Counted {
                    let moved = |on: Date| i64::from(on > after && on <= up_to);
                    gained += moved(from);
                    lost += until.map_or(0, moved);
                }
            }
        }
        let days = changes.into_iter().filter(|(_, change)| *change != 0);
        let days = days.map(|((measure, on_date), change)| DayRow { indicator_id: indicator.clone(), measure, on_date, change });
        self.days.insert(indicator.clone(), days.collect());
        self.movements.insert(indicator.clone(), (gained, lost));
    }

    fn add_waiting(
        &mut self,
        indicator: &IndicatorId,
        rule: &RosterRule,
        unit: &UnitId,
        (units, as_of): (&BTreeMap<UnitId, Vec<RecognitionHistory>>, Date),
    ) {
        let Some(histories) = units.get(unit) else { return };
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

    fn add_kinds(
        &mut self,
        indicator: &IndicatorId,
        rule: &RosterRule,
        units: &BTreeMap<UnitId, Vec<RecognitionHistory>>,
        steps: &[NamedStepRow],
        as_of: Date,
    ) {
        let mut by_kind: BTreeMap<String, BTreeSet<&UnitId>> = BTreeMap::new();
        for (unit, histories) in units {
            for (kind, spans) in spans_by_kind(histories, rule) {
                if spans.iter().any(|span| span.contains(as_of)) {
                    by_kind.entry(kind).or_default().insert(unit);
                }
            }
        }
        let twice = by_kind.remove("").unwrap_or_default();
        let mut names: Vec<(IndicatorId, String)> = Vec::new();
        // Steps come by name of their unit, each unit's in a row.
        for (place, row) in steps.iter().enumerate() {
            let is_first = place == 0 || steps[place - 1].step.unit_id != row.step.unit_id;
            if is_first && twice.contains(&row.step.unit_id) {
                names.push((indicator.clone(), row.name_zh.clone()));
            }
        }
        let count = |(kind, counting): (String, BTreeSet<&UnitId>)| KindCount {
            indicator_id: indicator.clone(),
            kind,
            counted: i64::try_from(counting.len()).unwrap_or(i64::MAX),
        };
        self.kind_counts.insert(indicator.clone(), by_kind.into_iter().map(count).collect());
        self.overlaps.insert(indicator.clone(), names);
    }
}
