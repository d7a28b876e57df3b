//! Rollups against a recount. Invariant: the recount reads steps and rulings itself and shares nothing with what keeps the
//! rollups but the rules of `domain::roster`.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{
    Finding,
    lists::{Recounted, check_lists, compare},
};
use crate::{
    domain::{
        ids::{IndicatorId, OrganisationId, RecognitionId, UnitId},
        roster::{Basis, CountedRecognition, RecognitionHistory, RosterRule, Span, Step, check_next_step, counted_spans, pipeline_spans},
        words::{RulingKind, Stage},
    },
    services::ServiceError,
    store::{Tx, held, verify as store},
};

/// How a measure is recounted.
type Recount = fn(&[RecognitionHistory], &RosterRule) -> Vec<Span>;
/// The two measures by the words that are stored, and how each is recounted.
const MEASURES: [(&str, Recount); 2] = [("counted", counted_spans), ("pipeline", pipeline_spans)];

type SpanKey = (IndicatorId, UnitId, String);
type DayKey = (IndicatorId, String, Date);

/// Checks every step, span and day.
pub async fn check_rollups(tx: &mut Tx, findings: &mut Vec<Finding>) -> Result<(), ServiceError> {
    let units = read_units(tx, findings).await?;
    let mut recounted: BTreeMap<SpanKey, Vec<Span>> = BTreeMap::new();
    let rules = read_rules(tx).await?;
    for (indicator, rule) in &rules {
        for (unit, histories) in &units {
            for (measure, recount) in MEASURES {
                let spans = recount(histories, rule);
                if !spans.is_empty() {
                    recounted.insert((indicator.clone(), unit.clone(), measure.to_owned()), spans);
                }
            }
        }
    }
    let mut stored: BTreeMap<SpanKey, Vec<Span>> = BTreeMap::new();
    for row in store::list_stored_spans(tx).await? {
        let span = Span { from: row.from_date, until: row.until_date.map(Date::from) };
        stored.entry((row.indicator_id, row.unit_id, row.measure)).or_default().push(span);
    }
    for spans in stored.values_mut() {
        spans.sort_by_key(|span| span.from);
    }
    let codes: BTreeMap<IndicatorId, String> = store::list_indicator_codes(tx).await?.into_iter().collect();
    let names: BTreeMap<UnitId, String> = store::list_unit_names(tx).await?.into_iter().collect();
    let code_of = |id: &IndicatorId| codes.get(id).cloned().unwrap_or_else(|| id.to_string());
    for key in stored.keys().chain(recounted.keys()).collect::<BTreeSet<_>>() {
        if stored.get(key) != recounted.get(key) {
            let (indicator, unit, measure) = key;
            findings.push(Finding::WrongSpans {
                indicator: code_of(indicator),
                unit: names.get(unit).cloned().unwrap_or_else(|| unit.to_string()),
                measure: measure.clone(),
                stored: show_spans(stored.get(key)),
                recounted: show_spans(recounted.get(key)),
            });
        }
    }
    let expected = sum_days(&recounted);
    let mut days: BTreeMap<DayKey, i64> = BTreeMap::new();
    for day in store::list_stored_days(tx).await? {
        days.insert((day.indicator_id, day.measure, day.on_date), day.change);
    }
    for key in days.keys().chain(expected.keys()).collect::<BTreeSet<_>>() {
        let (is, should_be) = (days.get(key).copied().unwrap_or(0), expected.get(key).copied().unwrap_or(0));
        if is != should_be {
            let (indicator, measure, on) = key;
            findings.push(Finding::WrongDay {
                indicator: code_of(indicator),
                measure: measure.clone(),
                on: *on,
                stored: is,
                recounted: should_be,
            });
        }
    }
    check_holders(tx, &recounted, findings).await?;
    let counted =
        recounted.into_iter().filter(|((_, _, measure), _)| measure == "counted").map(|((indicator, ..), spans)| (indicator, spans));
    check_lists(tx, Recounted { units: &units, rules: &rules, counted: counted.collect() }, findings).await
}

/// Checks how many counted units each organisation holds.
async fn check_holders(tx: &mut Tx, recounted: &BTreeMap<SpanKey, Vec<Span>>, findings: &mut Vec<Finding>) -> Result<(), ServiceError> {
    let holders: BTreeMap<UnitId, OrganisationId> = held::list_unit_holders(tx).await?.into_iter().collect();
    let mut expected: BTreeMap<(IndicatorId, OrganisationId, Date), i64> = BTreeMap::new();
    for ((indicator, unit, _), spans) in recounted.iter().filter(|((.., measure), _)| measure == "counted") {
        let Some(holder) = holders.get(unit) else { continue };
        for span in spans {
            *expected.entry((indicator.clone(), holder.clone(), span.from)).or_default() += 1;
            if let Some(until) = span.until {
                *expected.entry((indicator.clone(), holder.clone(), until)).or_default() -= 1;
            }
        }
    }
    let told = expected.into_iter().filter(|(_, change)| *change != 0).map(|(key, change)| (key, change.to_string())).collect();
    let stored = held::list_holder_days(tx).await?;
    let stored =
        stored.into_iter().map(|(indicator, holder, on, change)| ((indicator, holder, Date::from(on)), change.to_string())).collect();
    compare("units of holder", &stored, &told, |(indicator, holder, on)| format!("{holder} in {indicator} on {on}"), findings);
    Ok(())
}

/// The histories of every unit; a step that cannot follow the one before it is a finding. Their order is that of their days,
/// not that in which they were recorded: a correction records an early step late.
async fn read_units(tx: &mut Tx, findings: &mut Vec<Finding>) -> Result<BTreeMap<UnitId, Vec<RecognitionHistory>>, ServiceError> {
    let mut units: BTreeMap<UnitId, BTreeMap<RecognitionId, RecognitionHistory>> = BTreeMap::new();
    let mut rows = store::list_held_steps(tx).await?;
    rows.sort_by_key(|row| (row.on_date, row.stage.rank().unwrap_or(u8::MAX)));
    for row in rows {
        let (kind, level) = (row.kind, row.level);
        let history = units.entry(row.unit_id).or_default().entry(row.recognition_id).or_insert_with(|| RecognitionHistory {
            kind,
            level,
            steps: Vec::new(),
        });
        let step = Step { stage: row.stage, on: row.on_date };
        if let Err(problem) = check_next_step(&history.steps, step) {
            findings.push(Finding::IllegalStep {
                unit: row.unit_name,
                stage: step.stage.to_string(),
                on: step.on,
                problem: problem.to_string(),
            });
        }
        history.steps.push(step);
    }
    Ok(units.into_iter().map(|(unit, histories)| (unit, histories.into_values().collect())).collect())
}

/// What each roster indicator counts: recognised and stock, unless a ruling that holds says otherwise.
async fn read_rules(tx: &mut Tx) -> Result<BTreeMap<IndicatorId, RosterRule>, ServiceError> {
    let mut rules: BTreeMap<IndicatorId, RosterRule> = BTreeMap::new();
    for counted in store::list_counted_kinds(tx).await? {
        let rule = rules.entry(counted.indicator_id).or_insert_with(|| RosterRule {
            counts: Vec::new(),
            counting_stage: Stage::Recognised,
            basis: Basis::Stock,
            includes_national: false,
        });
        rule.counts.push(CountedRecognition { recognition: counted.recognition, level: counted.level });
    }
    for (indicator, kind, value) in store::list_current_rulings(tx).await? {
        let Some(rule) = rules.get_mut(&indicator) else { continue };
        match kind {
            RulingKind::CountingStage => {
                if let Some(stage) = value.parse::<Stage>().ok().filter(|stage| !stage.is_end()) {
                    rule.counting_stage = stage;
                }
            }
            RulingKind::Basis => match value.strip_prefix("new-since:").map(str::parse::<Date>) {
                Some(Ok(date)) => rule.basis = Basis::NewSince(date),
                None if value == "stock" => rule.basis = Basis::Stock,
                _ => {}
            },
            RulingKind::IncludesNational => rule.includes_national = value == "yes",
            RulingKind::Tolerance => {}
        }
    }
    Ok(rules)
}

/// By how much each measure changes on each day: one more at a beginning, one less at an end.
fn sum_days(spans: &BTreeMap<SpanKey, Vec<Span>>) -> BTreeMap<DayKey, i64> {
    let mut days: BTreeMap<DayKey, i64> = BTreeMap::new();
    for ((indicator, _, measure), spans) in spans {
        for span in spans {
            *days.entry((indicator.clone(), measure.clone(), span.from)).or_default() += 1;
            if let Some(until) = span.until {
                *days.entry((indicator.clone(), measure.clone(), until)).or_default() -= 1;
            }
        }
    }
    days
}

fn show_spans(spans: Option<&Vec<Span>>) -> String {
    let Some(spans) = spans else { return "none".to_owned() };
    let shown: Vec<String> = spans
        .iter()
        .map(|span| match span.until {
            Some(until) => format!("{} until {until}", span.from),
            None => format!("since {}", span.from),
        })
        .collect();
    shown.join(", ")
}
