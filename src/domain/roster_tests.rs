//! The roster's examples and its recount. Invariant: spans and plain recount agree on every day.

use jiff::ToSpan;
use jiff::civil::date;

use super::super::calendar::day_after;
use super::*;

fn step(stage: Stage, on: Date) -> Step {
    Step { stage, on }
}

fn school(level: Level, steps: &[(Stage, Date)]) -> RecognitionHistory {
    RecognitionHistory {
        kind: "double-high-school".into(),
        level: Some(level),
        steps: steps.iter().map(|(stage, on)| step(*stage, *on)).collect(),
    }
}

fn rule(level: Option<Level>, basis: Basis, includes_national: bool) -> RosterRule {
    let counted = CountedRecognition { recognition: "double-high-school".into(), level };
    RosterRule { counts: vec![counted], counting_stage: Stage::Recognised, basis, includes_national }
}

#[test]
fn steps_go_forward_only() {
    let (a, b, c) = (date(2025, 3, 1), date(2025, 6, 1), date(2025, 9, 1));
    let built = step(Stage::UnderConstruction, b);
    let recognised = step(Stage::Recognised, b);
    let revoked = step(Stage::Revoked, b);
    for (case, history, next, result) in [
        ("first", vec![], step(Stage::Nurtured, a), Ok(())),
        ("first may skip", vec![], step(Stage::Recognised, a), Ok(())),
        ("end without start", vec![], step(Stage::Revoked, a), Err(StepError::EndWithoutStart)),
        ("skip", vec![step(Stage::Applied, a)], built, Ok(())),
        ("same day", vec![built], step(Stage::Recognised, b), Ok(())),
        ("back in stage", vec![built], step(Stage::Approved, c), Err(StepError::StageBack(built))),
        ("again", vec![built], step(Stage::UnderConstruction, c), Err(StepError::AlreadyReached(built))),
        ("back in date", vec![built], step(Stage::Recognised, a), Err(StepError::DateBack(built))),
        ("refused", vec![built], step(Stage::NotApproved, c), Ok(())),
        ("refused after recognised", vec![recognised], step(Stage::NotApproved, c), Err(StepError::RefusedAfterRecognised(recognised))),
        ("revoked", vec![recognised], step(Stage::Revoked, c), Ok(())),
        ("merged while open", vec![built], step(Stage::Merged, c), Ok(())),
        ("revoked before the last step", vec![recognised], step(Stage::Revoked, a), Err(StepError::DateBack(recognised))),
        ("after an end", vec![recognised, revoked], step(Stage::Recognised, c), Err(StepError::AfterEnd(revoked))),
    ] {
        assert_eq!(check_next_step(&history, next), result, "{case}");
    }
}

#[test]
fn a_revoked_recognition_counts_until_the_day_before() {
    let unit = [school(Level::Municipal, &[(Stage::Recognised, date(2026, 3, 1)), (Stage::Revoked, date(2026, 9, 1))])];
    let rule = rule(Some(Level::Municipal), Basis::Stock, false);
    for (as_of, counts) in [
        (date(2026, 2, 28), false),
        (date(2026, 3, 1), true),
        (date(2026, 6, 30), true),
        (date(2026, 8, 31), true),
        (date(2026, 9, 1), false),
        (date(2026, 9, 30), false),
    ] {
        assert_eq!(unit_counts_on(&unit, &rule, as_of), counts, "{as_of}");
    }
    assert_eq!(counted_spans(&unit, &rule), [Span { from: date(2026, 3, 1), until: Some(date(2026, 9, 1)) }]);
}

#[test]
fn levels_and_kinds_must_match() {
    let municipal = |includes| rule(Some(Level::Municipal), Basis::Stock, includes);
    for (rule, kind, level, result) in [
        (municipal(false), "double-high-school", Some(Level::Municipal), true),
        (municipal(false), "double-high-school", Some(Level::National), false),
        (municipal(true), "double-high-school", Some(Level::National), true),
        (municipal(true), "double-high-school", Some(Level::District), false),
        (municipal(true), "double-high-school", None, false),
        (municipal(true), "quality-course", Some(Level::Municipal), false),
        (rule(Some(Level::National), Basis::Stock, true), "double-high-school", Some(Level::Municipal), false),
        (rule(None, Basis::Stock, false), "double-high-school", Some(Level::District), true),
        (rule(None, Basis::Stock, false), "double-high-school", None, true),
    ] {
        assert_eq!(matches(&rule, kind, level), result, "{rule:?} {kind} {level:?}");
    }
}

#[test]
fn new_since_takes_only_what_came_after() {
    let since = Basis::NewSince(date(2025, 1, 1));
    for (on, counts) in [(date(2024, 12, 31), false), (date(2025, 1, 1), true), (date(2026, 5, 1), true)] {
        let steps = [step(Stage::Recognised, on)];
        assert_eq!(counts_on(&steps, Stage::Recognised, since, date(2027, 12, 31)), counts, "{on}");
        assert!(counts_on(&steps, Stage::Recognised, Basis::Stock, date(2027, 12, 31)));
        assert!(!in_pipeline_on(&steps, Stage::Recognised, date(2027, 12, 31)));
    }
    // Reached by a skip: the later stage stands for the earlier one.
    assert_eq!(reached_on(&[step(Stage::Recognised, date(2026, 1, 1))], Stage::Approved), Some(date(2026, 1, 1)));
    assert_eq!(reached_on(&[step(Stage::Recognised, date(2026, 1, 1))], Stage::Revoked), None);
}

#[test]
fn the_pipeline_is_what_is_on_its_way() {
    let steps =
        [step(Stage::Applied, date(2025, 2, 1)), step(Stage::Approved, date(2025, 8, 1)), step(Stage::Recognised, date(2026, 2, 1))];
    for (as_of, open) in [(date(2025, 1, 31), false), (date(2025, 2, 1), true), (date(2026, 1, 31), true), (date(2026, 2, 1), false)] {
        assert_eq!(in_pipeline_on(&steps, Stage::Recognised, as_of), open, "{as_of}");
    }
    let refused = [step(Stage::Applied, date(2025, 2, 1)), step(Stage::NotApproved, date(2025, 8, 1))];
    assert!(!in_pipeline_on(&refused, Stage::Recognised, date(2025, 8, 1)));
    // After an end a new recognition may start; the unit then is on its way again.
    let unit = [
        school(Level::Municipal, &[(Stage::Recognised, date(2025, 3, 1)), (Stage::Revoked, date(2025, 9, 1))]),
        school(Level::Municipal, &[(Stage::Applied, date(2025, 6, 1)), (Stage::Recognised, date(2026, 1, 1))]),
    ];
    let rule = rule(Some(Level::Municipal), Basis::Stock, false);
    assert_eq!(pipeline_spans(&unit, &rule), [Span { from: date(2025, 9, 1), until: Some(date(2026, 1, 1)) }]);
    assert_eq!(
        counted_spans(&unit, &rule),
        [Span { from: date(2025, 3, 1), until: Some(date(2025, 9, 1)) }, Span { from: date(2026, 1, 1), until: None },]
    );
}

#[test]
fn a_unit_counts_once_and_overlaps_are_named() {
    let recognition =
        |kind: &str| RecognitionHistory { kind: kind.into(), level: None, steps: vec![step(Stage::Recognised, date(2026, 1, 1))] };
    let counted = |kind: &str| CountedRecognition { recognition: kind.into(), level: None };
    let rule = RosterRule {
        counts: vec![counted("practice"), counted("platform")],
        counting_stage: Stage::Recognised,
        basis: Basis::Stock,
        includes_national: false,
    };
    let units = [vec![recognition("practice"), recognition("platform")], vec![recognition("platform")], vec![recognition("other")], vec![]];
    assert_eq!(count_on(&units, &rule, date(2026, 6, 30)), 2);
    assert_eq!(counting_recognitions_on(&units[0], &rule, date(2026, 6, 30)), ["platform", "practice"]);
}

/// A small linear congruential generator: the same histories on every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % sides).unwrap()
    }
}

#[test]
fn spans_agree_with_the_recount_on_every_day() {
    let mut dice = Dice(20_250_101);
    let (first, days) = (date(2025, 1, 1), 120);
    for _ in 0..400 {
        let mut unit = Vec::new();
        for _ in 0..=dice.roll(4) {
            let mut steps: Vec<Step> = Vec::new();
            let mut on = first.checked_add(i64::try_from(dice.roll(60)).unwrap().days()).unwrap();
            for _ in 0..dice.roll(7) {
                let next = step(Stage::ALL[dice.roll(8)], on);
                if check_next_step(&steps, next).is_ok() {
                    steps.push(next);
                    on = on.checked_add(i64::try_from(dice.roll(25)).unwrap().days()).unwrap();
                }
            }
            unit.push(school(
                [Level::National, Level::Municipal][dice.roll(2)],
                &steps.iter().map(|s| (s.stage, s.on)).collect::<Vec<_>>(),
            ));
        }
        let rule = RosterRule {
            counting_stage: Stage::ALL[dice.roll(5)],
            ..rule(
                [None, Some(Level::Municipal), Some(Level::National)][dice.roll(3)],
                [Basis::Stock, Basis::NewSince(date(2025, 2, 1))][dice.roll(2)],
                dice.roll(2) == 0,
            )
        };
        let (counted, pipeline) = (counted_spans(&unit, &rule), pipeline_spans(&unit, &rule));
        let mut day = first;
        for _ in 0..days {
            let in_spans = |spans: &[Span]| spans.iter().filter(|span| span.contains(day)).count();
            assert_eq!(in_spans(&counted), usize::from(unit_counts_on(&unit, &rule, day)), "{day} {unit:?} {rule:?}");
            assert_eq!(in_spans(&pipeline), usize::from(unit_in_pipeline_on(&unit, &rule, day)), "{day} {unit:?} {rule:?}");
            day = day_after(day);
        }
    }
}
