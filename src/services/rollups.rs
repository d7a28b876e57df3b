//! Keeps the rollups in step with the roster. Invariant: after a write they equal a recount from the steps, whatever order steps and rulings came in.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{ServiceError, name_shelves::shelve_units, rulings::read_basis, standings::refresh_standings};
use crate::{
    domain::{
        counting::spans_by_kind,
        ids::{IndicatorId, OrganisationId, UnitId},
        roster::{
            Basis, CountedRecognition, RecognitionHistory, RosterRule, Span, Step, counted_spans, pipeline_spans, unit_counts_on,
            unit_in_pipeline_on,
        },
        words::{RulingKind, Stage},
    },
    store::{
        Known, Tx, held,
        name_shelves::has_shelves,
        rollups::{self as store, NewSpan, SpanMeasure, SpanRow, StepRow},
        standings::{self as sums, KindSpan, UnitKeys},
    },
};

/// Units whose rollups are brought up to date together: what is held in memory does not grow with an import.
const UNITS_AT_ONCE: usize = 500;

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
    /// Before the transaction ends: whoever says so refreshes every unit it touched; an indicator's rollups are not all of them.
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
    let units: Vec<&UnitId> = units.iter().collect::<BTreeSet<_>>().into_iter().collect();
    for some in units.chunks(UNITS_AT_ONCE) {
        refresh_some(tx, &rules, some).await?;
    }
    shelve_units(tx, &units).await
}

async fn refresh_some(tx: &mut Tx, rules: &BTreeMap<IndicatorId, RosterRule>, units: &[&UnitId]) -> Result<(), ServiceError> {
    let steps = store::list_steps_of_units(tx, units).await?;
    refresh_standings(tx, units, &steps).await?;
    let mut histories = group_steps(steps);
    let mut held: BTreeMap<(UnitId, IndicatorId, SpanMeasure), Vec<Span>> = BTreeMap::new();
    for row in store::list_spans_of_units(tx, units).await? {
        let span = row.span();
        held.entry((row.unit_id, row.indicator_id, row.measure)).or_default().push(span);
    }
    let mut by_kind = group_kind_spans(sums::list_kind_spans_of(tx, units).await?);
    let mut changes = Changes::default();
    for unit in units {
        let histories = histories.remove(*unit).unwrap_or_default();
        for (indicator, rule) in rules {
            for (measure, spans) in spans_of(&histories, rule) {
                let before = held.remove(&((*unit).clone(), indicator.clone(), measure)).unwrap_or_default();
                changes.replace_spans(Place { indicator, unit, measure }, &before, spans);
            }
            let before = by_kind.remove(&((*unit).clone(), indicator.clone())).unwrap_or_default();
            changes.replace_kinds(indicator, unit, before, spans_by_kind(&histories, rule));
        }
    }
    // Whatever is left belongs to an indicator that is no longer a roster.
    for ((unit, indicator, measure), before) in held {
        changes.replace_spans(Place { indicator: &indicator, unit: &unit, measure }, &before, Vec::new());
    }
    for ((unit, indicator), before) in by_kind {
        changes.replace_kinds(&indicator, &unit, before, BTreeMap::new());
    }
    changes.write(tx).await
}

/// Brings the rollups of one indicator up to date, after a ruling or a change of what it counts.
pub async fn refresh_indicator(tx: &mut Tx, indicator: &IndicatorId) -> Result<(), ServiceError> {
    let Some(rule) = load_rules(tx).await?.remove(indicator) else {
        store::delete_spans_of_indicator(tx, indicator).await?;
        sums::delete_sums_of_indicator(tx, indicator).await?;
        held::delete_holder_days(tx, indicator).await?;
        return Ok(store::delete_days(tx, indicator).await?);
    };
    let mut held: BTreeMap<(UnitId, SpanMeasure), Vec<Span>> = BTreeMap::new();
    for row in store::list_spans_of_indicator(tx, indicator).await? {
        let span = row.span();
        let SpanRow { unit_id, measure, .. } = row;
        held.entry((unit_id, measure)).or_default().push(span);
    }
    let mut by_kind = group_kind_spans(sums::list_kind_spans_of_indicator(tx, indicator).await?);
    let mut changes = Changes::default();
    for (unit, histories) in group_steps(store::list_steps_for_indicator(tx, indicator, Known::NOW).await?) {
        for (measure, spans) in spans_of(&histories, &rule) {
            let before = held.remove(&(unit.clone(), measure)).unwrap_or_default();
            changes.replace_spans(Place { indicator, unit: &unit, measure }, &before, spans);
        }
        let before = by_kind.remove(&(unit.clone(), indicator.clone())).unwrap_or_default();
        changes.replace_kinds(indicator, &unit, before, spans_by_kind(&histories, &rule));
    }
    for ((unit, measure), before) in held {
        changes.replace_spans(Place { indicator, unit: &unit, measure }, &before, Vec::new());
    }
    for ((unit, _), before) in by_kind {
        changes.replace_kinds(indicator, &unit, before, BTreeMap::new());
    }
    changes.write(tx).await
}

/// Brings the rollups of every unit up to date: the end of a load that took its steps with [`Counting::Later`].
pub async fn refresh_all_units(tx: &mut Tx) -> Result<(), ServiceError> {
    let units = sums::list_recognised_units(tx).await?;
    refresh_units(tx, &units).await
}

/// Makes the rollups that a database from before them lacks; gives how many units it took in.
pub async fn complete_rollups(tx: &mut Tx) -> Result<usize, ServiceError> {
    let units = sums::list_units_without_standings(tx).await?;
    refresh_units(tx, &units).await?;
    if has_shelves(tx).await? {
        return Ok(units.len());
    }
    let units = sums::list_recognised_units(tx).await?;
    shelve_units(tx, &units.iter().collect::<Vec<_>>()).await?;
    Ok(units.len())
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

/// As [`load_rules`], from what was counted and from the rulings that were known.
pub async fn load_rules_known(tx: &mut Tx, known: Known) -> Result<BTreeMap<IndicatorId, RosterRule>, ServiceError> {
    let mut counts: BTreeMap<IndicatorId, Vec<CountedRecognition>> = BTreeMap::new();
    for row in store::list_rule_rows(tx, known).await? {
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
    for StepRow { unit_id, recognition_id, kind, level, stage, on_date, .. } in rows {
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

/// The spans by kind of a unit in an indicator.
type SpansByKind = BTreeMap<String, Vec<Span>>;

fn group_kind_spans(rows: Vec<KindSpan>) -> BTreeMap<(UnitId, IndicatorId), SpansByKind> {
    let mut grouped: BTreeMap<(UnitId, IndicatorId), SpansByKind> = BTreeMap::new();
    for row in rows {
        let span = row.span();
        grouped.entry((row.unit_id, row.indicator_id)).or_default().entry(row.kind).or_default().push(span);
    }
    grouped
}

/// What differs, gathered first and then written in one order and with few statements.
#[derive(Default)]
struct Changes {
    gone: Vec<(IndicatorId, UnitId, SpanMeasure)>,
    new: Vec<NewSpan>,
    days: BTreeMap<(IndicatorId, SpanMeasure, Date), i64>,
    moves: BTreeMap<(IndicatorId, Date), (i64, i64)>,
    /// Beginnings and ends of counted spans, by unit: what its holder has more or less.
    of_units: Vec<(IndicatorId, UnitId, Date, i64)>,
    gone_kinds: Vec<(IndicatorId, UnitId)>,
    new_kinds: Vec<KindSpan>,
    kind_days: BTreeMap<(IndicatorId, String, Date), i64>,
}

impl Changes {
    fn replace_spans(&mut self, place: Place<'_>, before: &[Span], after: Vec<Span>) {
        if before == after {
            return;
        }
        for (spans, sign) in [(before, -1), (after.as_slice(), 1)] {
            for span in spans {
                self.add(place, span.from, sign, true);
                if let Some(until) = span.until {
                    self.add(place, until, sign, false);
                }
            }
        }
        if !before.is_empty() {
            self.gone.push((place.indicator.clone(), place.unit.clone(), place.measure));
        }
        self.new.extend(after.into_iter().map(|span| NewSpan {
            indicator: place.indicator.clone(),
            unit: place.unit.clone(),
            measure: place.measure,
            span,
            sort_key: String::new(),
        }));
    }

    /// One beginning or end of a span more (`sign` 1) or less (−1).
    fn add(&mut self, place: Place<'_>, on: Date, sign: i64, begins: bool) {
        let change = if begins { sign } else { -sign };
        *self.days.entry((place.indicator.clone(), place.measure, on)).or_default() += change;
        if place.measure == SpanMeasure::Counted {
            let (gained, lost) = self.moves.entry((place.indicator.clone(), on)).or_default();
            *(if begins { gained } else { lost }) += sign;
            self.of_units.push((place.indicator.clone(), place.unit.clone(), on, change));
        }
    }

    fn replace_kinds(&mut self, indicator: &IndicatorId, unit: &UnitId, before: SpansByKind, after: SpansByKind) {
        if before == after {
            return;
        }
        for (kinds, sign) in [(&before, -1), (&after, 1)] {
            for (kind, spans) in kinds {
                for span in spans {
                    *self.kind_days.entry((indicator.clone(), kind.clone(), span.from)).or_default() += sign;
                    if let Some(until) = span.until {
                        *self.kind_days.entry((indicator.clone(), kind.clone(), until)).or_default() -= sign;
                    }
                }
            }
        }
        if !before.is_empty() {
            self.gone_kinds.push((indicator.clone(), unit.clone()));
        }
        let rows = after.into_iter().flat_map(|(kind, spans)| {
            let row = move |span| KindSpan::new(indicator.clone(), kind.clone(), unit.clone(), span);
            spans.into_iter().map(row)
        });
        self.new_kinds.extend(rows);
    }

    async fn write(mut self, tx: &mut Tx) -> Result<(), ServiceError> {
        for (indicator, unit, measure) in &self.gone {
            store::delete_spans(tx, indicator, unit, *measure).await?;
        }
        let keys = self.read_keys(tx).await?;
        self.name_places(&keys);
        store::insert_spans(tx, &self.new).await?;
        for ((indicator, measure, on), change) in self.days {
            if change != 0 {
                store::add_to_day(tx, &indicator, measure, on, change).await?;
            }
        }
        for ((indicator, on), (gained, lost)) in self.moves {
            if (gained, lost) != (0, 0) {
                sums::add_to_moves(tx, &indicator, on, gained, lost).await?;
            }
        }
        for ((indicator, holder, on), change) in group_by_holder(&self.of_units, &keys) {
            if change != 0 {
                held::add_to_holder_day(tx, &indicator, &holder, on, change).await?;
            }
        }
        for (indicator, unit) in &self.gone_kinds {
            sums::delete_kind_spans(tx, indicator, unit).await?;
        }
        sums::insert_kind_spans(tx, &self.new_kinds).await?;
        for ((indicator, kind, on), change) in self.kind_days {
            if change != 0 {
                sums::add_to_kind_day(tx, &indicator, &kind, on, change).await?;
            }
        }
        Ok(())
    }

    /// What lists and holders know the units by.
    async fn read_keys(&self, tx: &mut Tx) -> Result<BTreeMap<UnitId, UnitKeys>, ServiceError> {
        let units = self.new.iter().map(|new| &new.unit).chain(self.of_units.iter().map(|(_, unit, ..)| unit));
        let units: Vec<&UnitId> = units.collect::<BTreeSet<_>>().into_iter().collect();
        Ok(sums::list_unit_keys(tx, &units).await?.into_iter().map(|keys| (keys.id.clone(), keys)).collect())
    }

    /// Gives each new span its unit's place in lists.
    fn name_places(&mut self, keys: &BTreeMap<UnitId, UnitKeys>) {
        for new in &mut self.new {
            new.sort_key = keys.get(&new.unit).map(|keys| keys.sort_key.clone()).unwrap_or_default();
        }
    }
}

/// What happened to units, as what happened to those who hold them.
fn group_by_holder(
    of_units: &[(IndicatorId, UnitId, Date, i64)],
    keys: &BTreeMap<UnitId, UnitKeys>,
) -> BTreeMap<(IndicatorId, OrganisationId, Date), i64> {
    let mut by_holder = BTreeMap::new();
    for (indicator, unit, on, change) in of_units {
        if let Some(keys) = keys.get(unit) {
            *by_holder.entry((indicator.clone(), keys.holder_id.clone(), *on)).or_default() += change;
        }
    }
    by_holder
}

/// What a unit counts for goes over to its new holder.
pub(super) async fn move_to_holder(tx: &mut Tx, unit: &UnitId, from: &OrganisationId, to: &OrganisationId) -> Result<(), ServiceError> {
    for row in store::list_spans_of_units(tx, &[unit]).await?.into_iter().filter(|row| row.measure == SpanMeasure::Counted) {
        let Span { from: begins, until } = row.span();
        for (on, change) in [(Some(begins), 1), (until, -1)] {
            let Some(on) = on else { continue };
            held::add_to_holder_day(tx, &row.indicator_id, from, on, -change).await?;
            held::add_to_holder_day(tx, &row.indicator_id, to, on, change).await?;
        }
    }
    Ok(())
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
