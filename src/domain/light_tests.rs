//! The examples of the domain and the edges of each step. Invariant: every row names the step it proves.

use jiff::civil::date;

use super::*;

fn input(target: TargetForm, as_of: Date, actual: i64) -> ScheduleInput {
    ScheduleInput {
        plan: PlanDates { starts_on: date(2025, 1, 1), ends_on: date(2027, 12, 31) },
        cadence: Cadence::Quarter,
        as_of,
        measure: Measure::Roster,
        direction: Direction::Rising,
        scale: 0,
        target,
        target_on: date(2027, 12, 31),
        baseline: Some(0),
        milestones: Vec::new(),
        missing: None,
        actual: Some(actual),
        has_fact: true,
        last_fact_on: Some(as_of),
    }
}

fn whole(raw: i64) -> ShownValue {
    ShownValue { raw, scale: 0 }
}

const T07: TargetForm = TargetForm::AtLeast(300);
const T12: TargetForm = TargetForm::Range { low: 1, high: 2 };
const T14: TargetForm = TargetForm::About { n: 20, tolerance: 0 };
const T05: TargetForm = TargetForm::About { n: 15, tolerance: 0 };
const LAST: Date = date(2027, 12, 31);

#[test]
fn the_examples_hold() {
    let stock = |actual| ScheduleInput { baseline: Some(20), ..input(TargetForm::AtLeast(15), date(2025, 6, 30), actual) };
    let rank = |as_of, actual| ScheduleInput {
        measure: Measure::Rank,
        direction: Direction::Falling,
        baseline: Some(107),
        ..input(TargetForm::AtMost(60), as_of, actual)
    };
    let fall = |as_of, target, actual| ScheduleInput { direction: Direction::Falling, baseline: Some(200), ..input(target, as_of, actual) };
    for (case, input, light, reason) in [
        (
            "T07 2025",
            input(T07, date(2025, 12, 31), 1),
            Light::Red,
            ScheduleReason::Ratio { actual: 1, expected: whole(100), short: whole(99), percent: "1".into() },
        ),
        ("T07 last day", input(T07, LAST, 270), Light::Red, ScheduleReason::Missed { actual: 270, goal: 300, target_on: LAST }),
        ("T12 0 in 2026", input(T12, date(2026, 12, 31), 0), Light::Grey, ScheduleReason::NothingDueYet { first_due: Some(LAST) }),
        ("T12 1", input(T12, date(2026, 12, 31), 1), Light::Green, ScheduleReason::Reached { actual: 1, goal: 1, beyond_range: false }),
        ("T12 3", input(T12, date(2026, 12, 31), 3), Light::Green, ScheduleReason::Reached { actual: 3, goal: 1, beyond_range: true }),
        ("T12 0 at last", input(T12, LAST, 0), Light::Red, ScheduleReason::Missed { actual: 0, goal: 1, target_on: LAST }),
        ("T05 14", input(T05, LAST, 14), Light::Red, ScheduleReason::Missed { actual: 14, goal: 15, target_on: LAST }),
        (
            "T05 14 tolerated",
            input(T05.with_tolerance(1), LAST, 14),
            Light::Green,
            ScheduleReason::Reached { actual: 14, goal: 14, beyond_range: false },
        ),
        (
            "T14 2",
            input(T14, date(2025, 6, 30), 2),
            Light::Yellow,
            ScheduleReason::ShortBy { actual: 2, expected: whole(3), short: whole(1) },
        ),
        ("stock 20 of 15", stock(20), Light::Green, ScheduleReason::Reached { actual: 20, goal: 15, beyond_range: false }),
        (
            "100, original",
            input(TargetForm::AtLeast(100), date(2026, 6, 30), 42),
            Light::Red,
            ScheduleReason::Ratio { actual: 42, expected: whole(49), short: whole(7), percent: "86".into() },
        ),
        (
            "100 revised to 80",
            input(TargetForm::AtLeast(80), date(2026, 6, 30), 42),
            Light::Green,
            ScheduleReason::OnSchedule { actual: 42, expected: whole(39), ahead: whole(3) },
        ),
        ("rank 60", rank(date(2025, 6, 30), 60), Light::Green, ScheduleReason::Reached { actual: 60, goal: 60, beyond_range: false }),
        (
            "rank on its way",
            rank(date(2025, 12, 31), 92),
            Light::Green,
            ScheduleReason::OnSchedule { actual: 92, expected: whole(92), ahead: whole(0) },
        ),
        (
            "a rate that is to fall, at last",
            ScheduleInput { measure: Measure::Level, scale: 1, ..fall(LAST, TargetForm::AtMost(50), 51) },
            Light::Red,
            ScheduleReason::Missed { actual: 51, goal: 50, target_on: LAST },
        ),
        // 200 to 50 by the last day is 150 in the first of three years; of the 50 due 46 were made up.
        (
            "a rate that falls nearly as it should",
            ScheduleInput { measure: Measure::Level, scale: 1, ..fall(date(2025, 12, 31), TargetForm::AtMost(50), 154) },
            Light::Yellow,
            ScheduleReason::Ratio {
                actual: 154,
                expected: ShownValue { raw: 150, scale: 1 },
                short: ShownValue { raw: 4, scale: 1 },
                percent: "92".into(),
            },
        ),
        (
            "a sum that is to stay small, within its range",
            ScheduleInput { measure: Measure::Flow, ..fall(date(2025, 12, 31), TargetForm::Range { low: 40, high: 60 }, 30) },
            Light::Green,
            ScheduleReason::Reached { actual: 30, goal: 60, beyond_range: true },
        ),
        (
            "about so few, not yet",
            ScheduleInput { measure: Measure::Flow, ..fall(LAST, TargetForm::About { n: 50, tolerance: 5 }, 56) },
            Light::Red,
            ScheduleReason::Missed { actual: 56, goal: 55, target_on: LAST },
        ),
        (
            "about so few, as tolerated",
            ScheduleInput { measure: Measure::Flow, ..fall(LAST, TargetForm::About { n: 50, tolerance: 5 }, 55) },
            Light::Green,
            ScheduleReason::Reached { actual: 55, goal: 55, beyond_range: false },
        ),
        (
            "rank behind",
            rank(date(2025, 12, 31), 100),
            Light::Red,
            ScheduleReason::Ratio { actual: 100, expected: whole(92), short: whole(8), percent: "47".into() },
        ),
    ] {
        let judgement = judge_schedule(&input);
        assert_eq!((judgement.light, judgement.reason), (Some(light), reason), "{case}");
    }
}

#[test]
fn what_cannot_be_judged_is_grey_and_says_why() {
    let base = input(TargetForm::AtLeast(7), date(2026, 6, 30), 0);
    let xiong = ScheduleInput {
        measure: Measure::Rank,
        direction: Direction::Falling,
        target: TargetForm::Unquantified,
        baseline: Some(107),
        actual: Some(60),
        ..base.clone()
    };
    for (case, input, light, reason) in [
        ("rank 107 to 60 without a target", xiong, None, ScheduleReason::Unquantified),
        (
            "unquantified",
            ScheduleInput {
                target: TargetForm::Unquantified,
                direction: Direction::Falling,
                missing: Some(Missing::Baseline),
                ..base.clone()
            },
            None,
            ScheduleReason::Unquantified,
        ),
        (
            "before the start",
            ScheduleInput { as_of: date(2024, 12, 31), missing: Some(Missing::StageRuling), ..base.clone() },
            Some(Light::Grey),
            ScheduleReason::BeforeStart { starts_on: date(2025, 1, 1) },
        ),
        (
            "T03 without its ruling",
            ScheduleInput { missing: Some(Missing::StageRuling), has_fact: false, ..base.clone() },
            Some(Light::Grey),
            ScheduleReason::Missing(Missing::StageRuling),
        ),
        (
            "reached, but not ruled",
            ScheduleInput { missing: Some(Missing::StageRuling), actual: Some(9), ..base.clone() },
            Some(Light::Grey),
            ScheduleReason::Missing(Missing::StageRuling),
        ),
        (
            "roster without stock-take",
            ScheduleInput { baseline: None, ..base.clone() },
            Some(Light::Grey),
            ScheduleReason::Missing(Missing::StockTake),
        ),
        (
            "level without baseline",
            ScheduleInput { baseline: None, measure: Measure::Level, ..base.clone() },
            Some(Light::Grey),
            ScheduleReason::Missing(Missing::Baseline),
        ),
        ("no report yet", ScheduleInput { has_fact: false, last_fact_on: None, ..base.clone() }, Some(Light::Grey), ScheduleReason::NoData),
        ("no value", ScheduleInput { actual: None, ..base.clone() }, Some(Light::Grey), ScheduleReason::NoData),
        (
            "no data on the last day",
            ScheduleInput { as_of: LAST, has_fact: false, ..base.clone() },
            Some(Light::Grey),
            ScheduleReason::NoData,
        ),
        (
            "no period over",
            ScheduleInput { as_of: date(2025, 3, 30), actual: Some(1), ..base },
            Some(Light::Grey),
            ScheduleReason::NothingDueYet { first_due: Some(date(2025, 6, 30)) },
        ),
    ] {
        let judgement = judge_schedule(&input);
        assert_eq!((judgement.light, judgement.reason), (light, reason), "{case}");
    }
}

#[test]
fn the_period_end_decides_not_the_day() {
    for (as_of, expected_on, expected) in [
        (date(2025, 3, 31), date(2025, 3, 31), 24),
        (date(2025, 6, 29), date(2025, 3, 31), 24),
        (date(2025, 6, 30), date(2025, 6, 30), 49),
        (date(2026, 2, 1), date(2025, 12, 31), 100),
    ] {
        let judgement = judge_schedule(&input(T07, as_of, 60));
        assert_eq!(judgement.expected_on, Some(expected_on), "{as_of}");
        assert_eq!(judgement.expected.map(|value| value.shown), Some(expected), "{as_of}");
        assert!(judgement.path_derived);
    }
    let bent = ScheduleInput { milestones: vec![(date(2025, 12, 31), 30)], ..input(T07, date(2025, 12, 31), 30) };
    let judgement = judge_schedule(&bent);
    assert_eq!(judgement.light, Some(Light::Green));
    assert!(!judgement.path_derived);
}

#[test]
fn nothing_due_is_judged_against_the_baseline() {
    // 5 of 20 by the end: nothing is due at the end of the first quarter.
    let base = ScheduleInput { baseline: Some(5), ..input(TargetForm::AtLeast(7), date(2025, 3, 31), 5) };
    for (actual, light) in [(4, Light::Red), (5, Light::Grey), (6, Light::Green)] {
        let judgement = judge_schedule(&ScheduleInput { actual: Some(actual), ..base.clone() });
        assert_eq!(judgement.light, Some(light), "{actual}");
    }
    let falling =
        ScheduleInput { direction: Direction::Falling, measure: Measure::Rank, baseline: Some(9), target: TargetForm::AtMost(7), ..base };
    for (actual, light) in [(10, Light::Red), (9, Light::Grey), (8, Light::Green)] {
        let judgement = judge_schedule(&ScheduleInput { actual: Some(actual), ..falling.clone() });
        assert_eq!(judgement.light, Some(light), "{actual}");
    }
}

#[test]
fn small_counts_go_by_units_and_large_ones_by_ratio() {
    // Expected gains on 2025-12-31 are a third of the target.
    for (target, actual, light) in [
        (30, 10, Light::Green),
        (30, 9, Light::Yellow),
        (30, 8, Light::Red),
        (32, 9, Light::Yellow),
        (33, 10, Light::Yellow),
        (33, 9, Light::Red),
        (300, 100, Light::Green),
        (300, 99, Light::Yellow),
        (300, 90, Light::Yellow),
        (300, 89, Light::Red),
    ] {
        let judgement = judge_schedule(&input(TargetForm::AtLeast(target), date(2025, 12, 31), actual));
        assert_eq!(judgement.light, Some(light), "{actual} on the way to {target}");
    }
    // A flow in fractions of its unit is no count: one missing hundredth of a small gain is a share.
    let flow = ScheduleInput { measure: Measure::Flow, scale: 2, ..input(TargetForm::AtLeast(24), date(2025, 12, 31), 7) };
    assert_eq!(judge_schedule(&flow).light, Some(Light::Red));
    assert_eq!(judge_schedule(&ScheduleInput { scale: 0, ..flow }).light, Some(Light::Yellow));
}

#[test]
fn levels_compare_exactly_and_show_enough_digits() {
    // 62.0 % to 89.0 %: on 2025-06-30 due are 62 + 27 × 181 ÷ 1,095 = 66.4630…
    let base =
        ScheduleInput { measure: Measure::Level, scale: 1, baseline: Some(620), ..input(TargetForm::AtLeast(890), date(2025, 6, 30), 664) };
    let judgement = judge_schedule(&base);
    assert_eq!(judgement.light, Some(Light::Yellow));
    assert_eq!(
        judgement.reason,
        ScheduleReason::Ratio {
            actual: 664,
            expected: ShownValue { raw: 6_646, scale: 2 },
            short: ShownValue { raw: 6, scale: 2 },
            percent: "99".into(),
        }
    );
    assert_eq!(judge_schedule(&ScheduleInput { actual: Some(665), ..base.clone() }).light, Some(Light::Green));
    // r = 40 ÷ 44.63 = 0.896…
    let behind = judge_schedule(&ScheduleInput { actual: Some(660), ..base.clone() });
    assert_eq!(behind.light, Some(Light::Red));
    assert!(matches!(behind.reason, ScheduleReason::Ratio { percent, .. } if percent == "89.6"));
    let fallen = judge_schedule(&ScheduleInput { actual: Some(600), ..base });
    assert!(matches!(fallen.reason, ScheduleReason::Ratio { percent, .. } if percent == "-45"));
}

#[test]
fn a_zero_baseline_is_a_baseline() {
    // Growth rates cannot be formed from 0; shares of the expected gain can.
    for (actual, light) in [(0, Light::Red), (45, Light::Red), (90, Light::Yellow), (100, Light::Green)] {
        let judgement = judge_schedule(&input(T07, date(2025, 12, 31), actual));
        assert_eq!(judgement.light, Some(light), "{actual}");
    }
    let level = ScheduleInput { measure: Measure::Level, ..input(TargetForm::AtLeast(0), date(2025, 12, 31), -1) };
    assert_eq!(judge_schedule(&level).light, Some(Light::Red));
}

#[test]
fn a_target_below_the_baseline_never_turns_a_loss_green() {
    let base = ScheduleInput { baseline: Some(200), ..input(TargetForm::AtLeast(150), date(2026, 6, 30), 140) };
    assert_eq!(judge_schedule(&base).light, Some(Light::Red));
    assert_eq!(judge_schedule(&ScheduleInput { actual: Some(150), ..base }).light, Some(Light::Green));
}

#[test]
fn old_facts_make_a_light_stale() {
    for (last_fact_on, stale) in
        [(Some(date(2026, 4, 1)), false), (Some(date(2026, 3, 31)), true), (Some(date(2026, 8, 1)), false), (None, false)]
    {
        let judgement = judge_schedule(&ScheduleInput { last_fact_on, ..input(T07, date(2026, 7, 15), 200) });
        assert_eq!(judgement.stale, stale, "{last_fact_on:?}");
    }
}

#[test]
fn extreme_values_do_not_overflow() {
    for (measure, scale) in [(Measure::Level, 9), (Measure::Flow, 0)] {
        // Half the way is nearly gone by the middle of 2026: 0.5 of 0.4986.
        let extreme =
            ScheduleInput { measure, scale, baseline: Some(i64::MIN), ..input(TargetForm::AtLeast(i64::MAX), date(2026, 6, 30), 0) };
        assert_eq!(judge_schedule(&extreme).light, Some(Light::Green));
        assert_eq!(judge_schedule(&ScheduleInput { actual: Some(i64::MIN), ..extreme }).light, Some(Light::Red));
    }
}
