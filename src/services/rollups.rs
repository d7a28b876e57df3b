//! Keeps the rollups in step with the roster. Invariant: after a write they equal a recount from the steps, whatever order steps and rulings came in.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{ServiceError, rulings::read_basis};
use crate::{
    domain::{
        ids::{IndicatorId, UnitId},
        roster::{
            Basis, CountedRecognition, RecognitionHistory, RosterRule, Span, Step, counted_spans, pipeline_spans, unit_counts_on,
            unit_in_pipeline_on,
        },
        words::{RulingKind, Stage},
    },
    store::{
        Known, Tx,
        rollups::{self as store, SpanMeasure, SpanRow, StepRow},
    },
};

/// What an indicator counts, put together from what the plan says and from the rulings that hold (later ones win).
/// A ruling that cannot be read leaves the default in place.
pub fn make_rule<'ruling>(counts: Vec<CountedRecognition>, rulings: impl IntoIterator<Item = (RulingKind, &'ruling str)>) -> RosterRule {
    let mut rule = RosterRule { counts, counting_stage: Stage::Recognised, basis: Basis::Stock, includes_national: false };
    for (kind, value) in rulings {
        match kind {
            RulingKind::CountingStage => {
                if let Some(stage) = value.parse().ok().filter(|stage: &Stage| !stage.is_end()) {
                    rule.counting_stage = stage;
                }
            }
            RulingKind::Basis => rule.basis = read_basis(value).unwrap_or(rule.basis),
            RulingKind::IncludesNational => rule.includes_national = value == "yes",
            RulingKind::Tolerance => {}
        }
    }
    rule
}

/// When the rollups follow a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counting {
    /// With it.
    Now,
    /// Before the transaction ends: whoever says so refreshes every unit or indicator it touched.
    Later,
}

/// What a recount gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Recount {
    /// Units that count.
    pub counted: i64,
    /// Units on their way.
    pub pipeline: i64,
}

/// Brings the rollups of some units up to date, in every indicator of every plan. What it costs depends on those units
/// and on the number of indicators, not on how many units or reports there are.
pub async fn refresh_units(tx: &mut Tx, units: &[UnitId]) -> Result<(), ServiceError> {
    let rules = load_rules(tx).await?;
    let mut changes = Changes::default();
    for unit in units.iter().collect::<BTreeSet<_>>() {
        let histories = group_steps(store::list_steps_of_unit(tx, unit, Known::NOW).await?).remove(unit).unwrap_or_default();
        let mut held: BTreeMap<(IndicatorId, SpanMeasure), Vec<Span>> = BTreeMap::new();
        for row in store::list_spans_of_unit(tx, unit).await? {
            held.entry((row.indicator_id.clone(), row.measure)).or_default().push(row.span());
        }
        for (indicator, rule) in &rules {
            for (measure, spans) in spans_of(&histories, rule) {
                let before = held.remove(&(indicator.clone(), measure)).unwrap_or_default();
                replace_spans(tx, &mut changes, Place { indicator, unit, measure }, &before, &spans).await?;
            }
        }
        // Whatever is left belongs to an indicator that is no longer a roster.
        for ((indicator, measure), before) in held {
            replace_spans(tx, &mut changes, Place { indicator: &indicator, unit, measure }, &before, &[]).await?;
        }
    }
    changes.write(tx).await
}

/// Brings the rollups of one indicator up to date, after a ruling or a change of what it counts.
pub async fn refresh_indicator(tx: &mut Tx, indicator: &IndicatorId) -> Result<(), ServiceError> {
    let Some(rule) = load_rules(tx).await?.remove(indicator) else {
        store::delete_spans_of_indicator(tx, indicator).await?;
        return Ok(store::delete_days(tx, indicator).await?);
    };
    let mut held: BTreeMap<(UnitId, SpanMeasure), Vec<Span>> = BTreeMap::new();
    for row in store::list_spans_of_indicator(tx, indicator).await? {
        let span = row.span();
        let SpanRow { unit_id, measure, .. } = row;
        held.entry((unit_id, measure)).or_default().push(span);
    }
    let mut changes = Changes::default();
    for (unit, histories) in group_steps(store::list_steps_for_indicator(tx, indicator, Known::NOW).await?) {
        for (measure, spans) in spans_of(&histories, &rule) {
            let before = held.remove(&(unit.clone(), measure)).unwrap_or_default();
            replace_spans(tx, &mut changes, Place { indicator, unit: &unit, measure }, &before, &spans).await?;
        }
    }
    for ((unit, measure), before) in held {
        replace_spans(tx, &mut changes, Place { indicator, unit: &unit, measure }, &before, &[]).await?;
    }
    changes.write(tx).await
}

/// Counts straight from the steps, day by day and without spans: what the rollups are checked against.
pub async fn recount(tx: &mut Tx, indicator: &IndicatorId, as_of: Date) -> Result<Recount, ServiceError> {
    recount_known(tx, indicator, as_of, Known::NOW).await
}

/// As [`recount`], from the steps and rulings that were known.
pub async fn recount_known(tx: &mut Tx, indicator: &IndicatorId, as_of: Date, known: Known) -> Result<Recount, ServiceError> {
    let Some(rule) = load_rules_known(tx, known).await?.remove(indicator) else {
        return Ok(Recount::default());
    };
    let mut found = Recount::default();
    for histories in group_steps(store::list_steps_for_indicator(tx, indicator, known).await?).values() {
        found.counted += i64::from(unit_counts_on(histories, &rule, as_of));
        found.pipeline += i64::from(unit_in_pipeline_on(histories, &rule, as_of));
    }
    Ok(found)
}

/// The rules of every roster indicator of every plan.
pub async fn load_rules(tx: &mut Tx) -> Result<BTreeMap<IndicatorId, RosterRule>, ServiceError> {
    load_rules_known(tx, Known::NOW).await
}

/// As [`load_rules`], from the rulings that were known.
pub async fn load_rules_known(tx: &mut Tx, known: Known) -> Result<BTreeMap<IndicatorId, RosterRule>, ServiceError> {
    let mut counts: BTreeMap<IndicatorId, Vec<CountedRecognition>> = BTreeMap::new();
    for row in store::list_rule_rows(tx).await? {
        counts.entry(row.indicator_id).or_default().push(CountedRecognition { recognition: row.recognition, level: row.level });
    }
    let mut rulings: BTreeMap<IndicatorId, Vec<(RulingKind, String)>> = BTreeMap::new();
    for (indicator, kind, value) in store::list_ruling_values(tx, known).await? {
        rulings.entry(indicator).or_default().push((kind, value));
    }
    Ok(counts
        .into_iter()
        .map(|(indicator, counts)| {
            let of_it = rulings.remove(&indicator).unwrap_or_default();
            let rule = make_rule(counts, of_it.iter().map(|(kind, value)| (*kind, value.as_str())));
            (indicator, rule)
        })
        .collect())
}

/// Steps as histories of recognitions, by unit.
pub fn group_steps(rows: impl IntoIterator<Item = StepRow>) -> BTreeMap<UnitId, Vec<RecognitionHistory>> {
    let mut units: BTreeMap<UnitId, BTreeMap<_, RecognitionHistory>> = BTreeMap::new();
    for StepRow { unit_id, recognition_id, kind, level, stage, on_date } in rows {
        let history = units.entry(unit_id).or_default().entry(recognition_id).or_insert_with(|| RecognitionHistory {
            kind,
            level,
            steps: Vec::new(),
        });
        history.steps.push(Step { stage, on: on_date });
    }
    units.into_iter().map(|(unit, histories)| (unit, histories.into_values().collect())).collect()
}

/// The spans of a unit in both measures of an indicator.
pub(super) fn spans_of(histories: &[RecognitionHistory], rule: &RosterRule) -> [(SpanMeasure, Vec<Span>); 2] {
    [(SpanMeasure::Counted, counted_spans(histories, rule)), (SpanMeasure::Pipeline, pipeline_spans(histories, rule))]
}

/// Where spans stand.
#[derive(Clone, Copy)]
struct Place<'a> {
    indicator: &'a IndicatorId,
    unit: &'a UnitId,
    measure: SpanMeasure,
}

async fn replace_spans(tx: &mut Tx, changes: &mut Changes, place: Place<'_>, before: &[Span], after: &[Span]) -> Result<(), ServiceError> {
    if before == after {
        return Ok(());
    }
    if !before.is_empty() {
        store::delete_spans(tx, place.indicator, place.unit, place.measure).await?;
    }
    for span in after {
        store::insert_span(tx, place.indicator, place.unit, place.measure, *span).await?;
    }
    for (spans, sign) in [(before, -1), (after, 1)] {
        for span in spans {
            changes.add(place, span.from, sign);
            if let Some(until) = span.until {
                changes.add(place, until, -sign);
            }
        }
    }
    Ok(())
}

/// By how much days change, gathered first and then written in one order.
#[derive(Default)]
struct Changes(BTreeMap<(IndicatorId, SpanMeasure, Date), i64>);

impl Changes {
    fn add(&mut self, place: Place<'_>, on: Date, change: i64) {
        *self.0.entry((place.indicator.clone(), place.measure, on)).or_default() += change;
    }

    async fn write(self, tx: &mut Tx) -> Result<(), ServiceError> {
        for ((indicator, measure, on), change) in self.0 {
            if change != 0 {
                store::add_to_day(tx, &indicator, measure, on, change).await?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn rulings_make_the_rule_and_later_ones_win() {
        let rule = make_rule(
            Vec::new(),
            [
                (RulingKind::CountingStage, "approved"),
                (RulingKind::Basis, "new-since:2025-01-01"),
                (RulingKind::IncludesNational, "yes"),
                (RulingKind::Tolerance, "1"),
                (RulingKind::CountingStage, "under-construction"),
                (RulingKind::CountingStage, "revoked"),
            ],
        );
        assert_eq!(rule.counting_stage, Stage::UnderConstruction);
        assert_eq!(rule.basis, Basis::NewSince(date(2025, 1, 1)));
        assert!(rule.includes_national);
        assert_eq!(read_basis("stock"), Some(Basis::Stock));
        assert_eq!(read_basis("new-since:2025-13-01"), None);
        assert_eq!(read_basis("everything"), None);
    }
}
