//! Tests of what was known when. Invariant: the answer for a pair of instants never changes.

use jiff::{ToSpan, civil::Date, civil::date};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, RngSeed},
};

use super::Known;
use crate::domain::{
    roster::{
        Basis, CountedRecognition, RecognitionHistory, RosterRule, Span, Step, counted_spans, pipeline_spans, unit_counts_on,
        unit_in_pipeline_on,
    },
    words::{Level, Stage},
};

#[test]
fn a_record_is_known_until_it_is_superseded() {
    for (recorded, superseded, until, is_known) in
        [(10, None, 10, false), (10, None, 11, true), (10, Some(20), 20, true), (10, Some(20), 21, false), (10, Some(10), 11, false)]
    {
        assert_eq!(Known::before(until).holds(recorded, superseded), is_known, "{recorded} {superseded:?} {until}");
    }
    assert!(Known::NOW.holds(i64::MAX - 1, None) && !Known::NOW.holds(10, Some(20)));
}

/// The same cases on every run.
fn config(cases: u32) -> Config {
    Config { cases, rng_seed: RngSeed::Fixed(2_025), failure_persistence: None, ..Config::default() }
}

const FIRST: Date = date(2025, 1, 1);
const DAYS: i64 = 40;

fn day(number: i64) -> Date {
    FIRST.checked_add(number.days()).unwrap()
}

/// What may happen to one unit: a step is recorded in one of its recognitions, a record is corrected, a ruling moves the stage.
#[derive(Debug, Clone)]
enum Event {
    Record { recognition: usize, stage: Stage, on: i64 },
    Supersede { record: usize },
    Rule { stage: Stage, from: Option<i64>, includes_national: bool },
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let stage = || prop::sample::select(Stage::ALL);
    let record = (0..3_usize, stage(), 0..DAYS).prop_map(|(recognition, stage, on)| Event::Record { recognition, stage, on });
    let rule = (prop::sample::select(&Stage::ALL[..5]), prop::option::of(0..DAYS), any::<bool>())
        .prop_map(|(stage, from, includes_national)| Event::Rule { stage, from, includes_national });
    let supersede = (0..20_usize).prop_map(|record| Event::Supersede { record });
    vec(prop_oneof![6 => record, 2 => supersede, 1 => rule], 1..20)
}

/// A ledger that only grows: each record with when it was recorded and when it was superseded.
#[derive(Debug, Default)]
struct Ledger {
    steps: Vec<(usize, Step, i64, Option<i64>)>,
    rules: Vec<(RosterRule, i64, Option<i64>)>,
}

impl Ledger {
    fn take(&mut self, event: &Event, now: i64) {
        match *event {
            Event::Record { recognition, stage, on } => self.steps.push((recognition, Step { stage, on: day(on) }, now, None)),
            Event::Supersede { record } => {
                let holding = self.steps.iter_mut().filter(|(.., superseded)| superseded.is_none()).nth(record);
                if let Some((.., superseded)) = holding {
                    *superseded = Some(now);
                }
            }
            Event::Rule { stage, from, includes_national } => {
                for (.., superseded) in self.rules.iter_mut().filter(|(.., superseded)| superseded.is_none()) {
                    *superseded = Some(now);
                }
                self.rules.push((rule(stage, from, includes_national), now, None));
            }
        }
    }

    /// The unit and its rule, from the records that were known.
    fn read(&self, known: Known) -> (Vec<RecognitionHistory>, RosterRule) {
        let history = |recognition: usize| RecognitionHistory {
            kind: "centre".to_owned(),
            level: [Some(Level::National), Some(Level::Municipal), None][recognition],
            steps: self
                .steps
                .iter()
                .filter(|(of, _, recorded, superseded)| *of == recognition && known.holds(*recorded, *superseded))
                .map(|(_, step, ..)| *step)
                .collect(),
        };
        let held = self.rules.iter().rev().find(|(_, recorded, superseded)| known.holds(*recorded, *superseded));
        let rule = held.map_or_else(|| rule(Stage::Recognised, None, false), |(rule, ..)| rule.clone());
        ((0..3).map(history).collect(), rule)
    }
}

fn rule(stage: Stage, from: Option<i64>, includes_national: bool) -> RosterRule {
    RosterRule {
        counts: vec![CountedRecognition { recognition: "centre".to_owned(), level: Some(Level::Municipal) }],
        counting_stage: stage,
        basis: from.map_or(Basis::Stock, |from| Basis::NewSince(day(from))),
        includes_national,
    }
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn what_was_known_is_what_a_replay_until_then_gives(events in events()) {
        let mut whole = Ledger::default();
        for (now, event) in (0..).zip(&events) {
            whole.take(event, now);
        }
        let mut replayed = Ledger::default();
        for (now, event) in (0..).zip(&events) {
            replayed.take(event, now);
            let (then, known) = (replayed.read(Known::NOW), whole.read(Known::before(now + 1)));
            prop_assert_eq!(&then, &known, "after event {}", now);
        }
    }

    #[test]
    fn spans_of_known_records_agree_with_a_recount_on_every_day(events in events()) {
        let mut ledger = Ledger::default();
        for (now, event) in (0..).zip(&events) {
            ledger.take(event, now);
        }
        for now in 0..=i64::try_from(events.len()).unwrap() {
            let (unit, rule) = ledger.read(Known::before(now));
            let (counted, pipeline) = (counted_spans(&unit, &rule), pipeline_spans(&unit, &rule));
            for number in -1..=DAYS {
                let on = day(number);
                let within = |spans: &[Span]| spans.iter().filter(|span| span.contains(on)).count();
                prop_assert_eq!(within(&counted), usize::from(unit_counts_on(&unit, &rule, on)), "counted on {} at {}", on, now);
                prop_assert_eq!(within(&pipeline), usize::from(unit_in_pipeline_on(&unit, &rule, on)), "on its way on {} at {}", on, now);
            }
        }
    }
}
