//! What a count is made of and why a unit does not count. Invariant: the reasons agree with `roster`: a unit that counts on a day has
//! the reason `Counts` on it, and no other unit has.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    roster::{
        Basis, RecognitionHistory, RosterRule, Span, Step, StepError, check_next_step, counted_spans, counts_on, in_pipeline_on, matches,
        merge, reached_on, subtract, unit_counts_on,
    },
    words::{Level, Stage},
};

/// From when until when a unit counts by each kind of an indicator that sums several, and under the empty kind by more than one of
/// them. Empty for an indicator of one kind.
pub fn spans_by_kind(unit: &[RecognitionHistory], rule: &RosterRule) -> BTreeMap<String, Vec<Span>> {
    let mut spans: BTreeMap<String, Vec<Span>> = BTreeMap::new();
    let mut codes: Vec<&str> = rule.counts.iter().map(|counted| counted.recognition.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    if codes.len() < 2 {
        return spans;
    }
    let mut together: Vec<Span> = Vec::new();
    let mut overlaps: Vec<Span> = Vec::new();
    for code in codes {
        let of_kind: Vec<RecognitionHistory> = unit.iter().filter(|history| history.kind == code).cloned().collect();
        let counted = counted_spans(&of_kind, rule);
        if counted.is_empty() {
            continue;
        }
        overlaps.extend(intersect(&counted, &together));
        together = merge(together.iter().chain(&counted).copied().collect());
        spans.insert(code.to_owned(), counted);
    }
    if !overlaps.is_empty() {
        spans.insert(String::new(), merge(overlaps));
    }
    spans
}

/// The days that lie in both.
fn intersect(one: &[Span], other: &[Span]) -> Vec<Span> {
    let outside = subtract(one.to_vec(), other);
    subtract(one.to_vec(), &outside)
}

/// Why a unit counts for an indicator, or why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum CountReason {
    /// It counts.
    Counts {
        /// Since when.
        since: Date,
    },
    /// It is on its way.
    Below {
        /// The stage it stands at.
        reached: Stage,
        /// The stage from which it counts.
        needed: Stage,
    },
    /// It reached the stage before the day from which new ones count.
    BeforeBasis {
        /// When it reached the stage.
        reached_on: Date,
        /// From when on.
        since: Date,
    },
    /// It was revoked, merged or not approved.
    Ended {
        /// How it ended.
        stage: Stage,
        /// When.
        on: Date,
    },
    /// It is recognised at another level than the one that is counted.
    OtherLevel {
        /// The level it holds; none: it has no level.
        held: Option<Level>,
        /// The level that counts.
        needed: Level,
    },
}

/// Why a unit counts on a day, or why not; none where no recognition of it is of a kind that the rule counts.
pub fn explain_count(unit: &[RecognitionHistory], rule: &RosterRule, as_of: Date) -> Option<CountReason> {
    if unit_counts_on(unit, rule, as_of) {
        let span = counted_spans(unit, rule).into_iter().find(|span| span.contains(as_of))?;
        return Some(CountReason::Counts { since: span.from });
    }
    let taken = |history: &RecognitionHistory| history.steps.iter().filter(|step| step.on <= as_of).copied().collect::<Vec<Step>>();
    let matching = || unit.iter().filter(|history| matches(rule, &history.kind, history.level));
    let on_its_way = matching()
        .filter(|history| in_pipeline_on(&history.steps, rule.counting_stage, as_of))
        .filter_map(|history| taken(history).last().map(|step| step.stage))
        .max_by_key(|stage| stage.rank());
    if let Some(reached) = on_its_way {
        return Some(CountReason::Below { reached, needed: rule.counting_stage });
    }
    let ended = matching().filter_map(|history| taken(history).into_iter().find(|step| step.stage.is_end())).max_by_key(|step| step.on);
    if let Basis::NewSince(since) = rule.basis {
        let early = matching()
            .filter(|history| counts_on(&history.steps, rule.counting_stage, Basis::Stock, as_of))
            .filter_map(|history| reached_on(&history.steps, rule.counting_stage))
            .max();
        if let Some(reached_on) = early {
            return Some(CountReason::BeforeBasis { reached_on, since });
        }
    }
    if let Some(step) = ended {
        return Some(CountReason::Ended { stage: step.stage, on: step.on });
    }
    let other_level = rule.counts.iter().find_map(|counted| {
        let needed = counted.level?;
        let held = unit.iter().find(|history| history.kind == counted.recognition && !taken(history).is_empty())?;
        Some(CountReason::OtherLevel { held: held.level, needed })
    });
    other_level.filter(|_| !matching().any(|history| !taken(history).is_empty()))
}

/// Whether steps can have been taken in this order.
pub fn check_steps(steps: &[Step]) -> Result<(), StepError> {
    (0..steps.len()).try_for_each(|place| check_next_step(&steps[..place], steps[place]))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::roster::CountedRecognition;

    fn history(kind: &str, level: Option<Level>, steps: &[(Stage, Date)]) -> RecognitionHistory {
        let steps = steps.iter().map(|(stage, on)| Step { stage: *stage, on: *on }).collect();
        RecognitionHistory { kind: kind.to_owned(), level, steps }
    }

    fn rule(counts: &[(&str, Option<Level>)], basis: Basis) -> RosterRule {
        RosterRule {
            counts: counts.iter().map(|(kind, level)| CountedRecognition { recognition: (*kind).to_owned(), level: *level }).collect(),
            counting_stage: Stage::Recognised,
            basis,
            includes_national: false,
        }
    }

    #[test]
    fn a_sum_knows_its_kinds_and_where_they_overlap() {
        let sum = rule(&[("centre", None), ("platform", None), ("lab", None)], Basis::Stock);
        let day = |month| date(2026, month, 1);
        let span = |from, until: Option<i8>| Span { from: day(from), until: until.map(day) };
        let centre = history("centre", None, &[(Stage::Recognised, day(1)), (Stage::Revoked, day(6))]);
        let platform = history("platform", None, &[(Stage::Recognised, day(3)), (Stage::Revoked, day(9))]);
        let lab = history("lab", None, &[(Stage::Recognised, day(8))]);
        for (unit, expected) in [
            (vec![], vec![]),
            (vec![centre.clone()], vec![("centre", vec![span(1, Some(6))])]),
            (
                vec![centre.clone(), platform.clone(), lab.clone()],
                vec![
                    ("", vec![span(3, Some(6)), span(8, Some(9))]),
                    ("centre", vec![span(1, Some(6))]),
                    ("lab", vec![span(8, None)]),
                    ("platform", vec![span(3, Some(9))]),
                ],
            ),
            (vec![centre, lab], vec![("centre", vec![span(1, Some(6))]), ("lab", vec![span(8, None)])]),
        ] {
            let found: Vec<(String, Vec<Span>)> = spans_by_kind(&unit, &sum).into_iter().collect();
            let expected: Vec<(String, Vec<Span>)> = expected.into_iter().map(|(kind, spans)| (kind.to_owned(), spans)).collect();
            assert_eq!(found, expected);
        }
        assert!(spans_by_kind(&[platform], &rule(&[("platform", None)], Basis::Stock)).is_empty(), "one kind is no sum");
    }

    #[test]
    fn every_unit_has_a_reason() {
        let stock = rule(&[("school", Some(Level::Municipal))], Basis::Stock);
        let new = rule(&[("school", Some(Level::Municipal))], Basis::NewSince(date(2025, 1, 1)));
        let municipal = Some(Level::Municipal);
        let on = date(2026, 6, 30);
        let (early, late) = (date(2024, 5, 1), date(2026, 3, 1));
        for (unit, rule, reason) in [
            (vec![], &stock, None),
            (vec![history("course", None, &[(Stage::Recognised, late)])], &stock, None),
            (vec![history("school", municipal, &[(Stage::Recognised, late)])], &stock, Some(CountReason::Counts { since: late })),
            (
                vec![history("school", municipal, &[(Stage::Applied, early), (Stage::Approved, late)])],
                &stock,
                Some(CountReason::Below { reached: Stage::Approved, needed: Stage::Recognised }),
            ),
            (
                vec![history("school", municipal, &[(Stage::Recognised, early), (Stage::Revoked, late)])],
                &stock,
                Some(CountReason::Ended { stage: Stage::Revoked, on: late }),
            ),
            (
                vec![history("school", municipal, &[(Stage::Recognised, early)])],
                &new,
                Some(CountReason::BeforeBasis { reached_on: early, since: date(2025, 1, 1) }),
            ),
            (
                vec![history("school", Some(Level::National), &[(Stage::Recognised, late)])],
                &stock,
                Some(CountReason::OtherLevel { held: Some(Level::National), needed: Level::Municipal }),
            ),
            // What is still to come says nothing yet.
            (vec![history("school", municipal, &[(Stage::Recognised, date(2026, 7, 1))])], &stock, None),
            // An ended recognition does not hide the one that came after it.
            (
                vec![
                    history("school", municipal, &[(Stage::Applied, early), (Stage::NotApproved, date(2025, 1, 1))]),
                    history("school", municipal, &[(Stage::Applied, late)]),
                ],
                &stock,
                Some(CountReason::Below { reached: Stage::Applied, needed: Stage::Recognised }),
            ),
        ] {
            assert_eq!(explain_count(&unit, rule, on), reason, "{unit:?}");
        }
    }

    #[test]
    fn steps_follow_each_other_or_not() {
        let step = |stage, year| Step { stage, on: date(year, 1, 1) };
        assert!(check_steps(&[]).is_ok());
        assert!(check_steps(&[step(Stage::Applied, 2025), step(Stage::Recognised, 2026)]).is_ok());
        assert!(check_steps(&[step(Stage::Revoked, 2026)]).is_err());
        assert!(check_steps(&[step(Stage::Recognised, 2026), step(Stage::Revoked, 2025)]).is_err());
    }
}
