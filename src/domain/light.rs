//! The schedule light. Invariant: colour comes from exact integers in the nine steps of the rule, and what is shown is shown with enough digits to agree with it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::calendar::{PlanDates, calendar_period, eve, last_period_end_on_or_before, periods_of};
use super::path::{Expected, Path};
use super::shown::show_expected;
use super::target::{Reached, TargetForm};
use super::text_enum::text_enum;
use super::words::{Cadence, Direction, Measure};

pub use super::shown::{ShownValue, shown_percent};

/// Counts whose expected gain is at most this many units are judged by missing units, larger ones by ratio.
const SMALL_COUNT: i64 = 10;

text_enum! {
    /// What a light shows; each colour has its own shape and word in the interface.
    pub enum Light {
        /// On schedule or reached.
        Green = "green",
        /// A little behind.
        Yellow = "yellow",
        /// Behind or missed.
        Red = "red",
        /// Cannot be judged; the reason says why.
        Grey = "grey",
    }
}

text_enum! {
    /// What must be recorded before an indicator can be judged.
    pub enum Missing {
        /// The ruling from which stage a recognition counts.
        StageRuling = "stage-ruling",
        /// The stock-take of the units that existed on the eve of the plan.
        StockTake = "stock-take",
        /// The baseline value.
        Baseline = "baseline",
    }
}

/// Everything the schedule light depends on. Values are units of 10^-scale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleInput {
    /// First and last day of the plan.
    pub plan: PlanDates,
    /// How often the plan reports.
    pub cadence: Cadence,
    /// The day that is judged.
    pub as_of: Date,
    /// How the indicator is measured.
    pub measure: Measure,
    /// Which way it improves.
    pub direction: Direction,
    /// Decimal places of its values.
    pub scale: u8,
    /// The target, with the tolerance of its ruling.
    pub target: TargetForm,
    /// The day by which it must be reached.
    pub target_on: Date,
    /// The value on the eve of the plan.
    pub baseline: Option<i64>,
    /// Values expected on the way, in any order.
    pub milestones: Vec<(Date, i64)>,
    /// A ruling or record that is needed and not there.
    pub missing: Option<Missing>,
    /// The value on `as_of`.
    pub actual: Option<i64>,
    /// Whether any accepted fact stands behind `actual`: a count of 0 without one is no data.
    pub has_fact: bool,
    /// The day of the last accepted fact.
    pub last_fact_on: Option<Date>,
}

/// Why a schedule light is what it is, with its numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ScheduleReason {
    /// No number to judge by: no light.
    Unquantified,
    /// The plan has not begun.
    BeforeStart {
        /// Its first day.
        starts_on: Date,
    },
    /// Something must be recorded first.
    Missing(Missing),
    /// Nothing was accepted yet.
    NoData,
    /// The target is reached.
    Reached {
        /// The value.
        actual: i64,
        /// The least value that counts as reached.
        goal: i64,
        /// Better than the range of the text.
        beyond_range: bool,
    },
    /// The date has come and the target is not reached.
    Missed {
        /// The value.
        actual: i64,
        /// The least value that counts as reached.
        goal: i64,
        /// The day by which it had to be reached.
        target_on: Date,
    },
    /// The path does not ask for anything yet, and nothing was lost.
    NothingDueYet {
        /// The period end (or target date) on which something is due first.
        first_due: Option<Date>,
    },
    /// Nothing is due yet, and the value is already better than the baseline.
    AheadOfNothingDue {
        /// The value.
        actual: i64,
        /// The value on the eve of the plan.
        baseline: i64,
    },
    /// Nothing is due yet, and the value is worse than the baseline.
    BehindBaseline {
        /// The value.
        actual: i64,
        /// The value on the eve of the plan.
        baseline: i64,
    },
    /// At or ahead of the expected value.
    OnSchedule {
        /// The value.
        actual: i64,
        /// What was due.
        expected: ShownValue,
        /// How far ahead, 0 or more.
        ahead: ShownValue,
    },
    /// Short by whole units of a small count.
    ShortBy {
        /// The value.
        actual: i64,
        /// What was due.
        expected: ShownValue,
        /// How much is missing, above 0.
        short: ShownValue,
    },
    /// Behind, judged by the share of the expected gain.
    Ratio {
        /// The value.
        actual: i64,
        /// What was due.
        expected: ShownValue,
        /// How much is missing, above 0.
        short: ShownValue,
        /// The share of the expected gain in percent, with as many digits as agree with the colour; no percent sign.
        percent: String,
    },
}

/// The schedule light of an indicator on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleJudgement {
    /// None where the target is unquantified.
    pub light: Option<Light>,
    /// Why.
    pub reason: ScheduleReason,
    /// The value that was due, where there is a path and a period is over.
    pub expected: Option<Expected>,
    /// The day for which `expected` holds.
    pub expected_on: Option<Date>,
    /// The path is the default straight line.
    pub path_derived: bool,
    /// The last accepted fact is older than the period before the current one.
    pub stale: bool,
}

/// Judges an indicator against its schedule: the nine steps of the domain's "Schedule light", the first that applies.
pub fn judge_schedule(input: &ScheduleInput) -> ScheduleJudgement {
    let mut judgement = ScheduleJudgement {
        light: Some(Light::Grey),
        reason: ScheduleReason::NoData,
        expected: None,
        expected_on: None,
        path_derived: false,
        stale: false,
    };
    // 1
    let Some(goal) = input.target.least_reaching(input.direction) else {
        return ScheduleJudgement { light: None, reason: ScheduleReason::Unquantified, ..judgement };
    };
    // 2
    if input.as_of < input.plan.starts_on {
        return ScheduleJudgement { reason: ScheduleReason::BeforeStart { starts_on: input.plan.starts_on }, ..judgement };
    }
    // 3
    let baseline_missing = if input.measure == Measure::Roster { Missing::StockTake } else { Missing::Baseline };
    let baseline = match (input.missing, input.baseline) {
        (None, Some(baseline)) => baseline,
        (missing, _) => {
            return ScheduleJudgement { reason: ScheduleReason::Missing(missing.unwrap_or(baseline_missing)), ..judgement };
        }
    };
    let path = Path::new((eve(input.plan.starts_on), baseline), &input.milestones, (input.target_on, goal));
    let due_on = if input.as_of >= input.target_on {
        Some(input.target_on)
    } else {
        last_period_end_on_or_before(input.plan, input.cadence, input.as_of)
    };
    judgement.path_derived = path.derived;
    judgement.expected_on = due_on;
    judgement.expected = due_on.map(|on| path.expected_on(on));
    // 4
    let (true, Some(actual)) = (input.has_fact, input.actual) else {
        return judgement;
    };
    judgement.stale = is_stale(input);
    let facts = Facts { input, path: &path, baseline, goal, actual };
    let (light, reason) = facts.judge(judgement.expected);
    judgement.light = Some(light);
    judgement.reason = reason;
    judgement
}

/// What the steps from the fifth on compare.
struct Facts<'input> {
    input: &'input ScheduleInput,
    path: &'input Path,
    baseline: i64,
    goal: i64,
    actual: i64,
}

impl Facts<'_> {
    fn judge(&self, expected: Option<Expected>) -> (Light, ScheduleReason) {
        let Self { input, baseline, goal, actual, .. } = *self;
        // 5
        let reached = input.target.judge(input.direction, actual);
        if reached != Reached::No {
            let beyond_range = reached == Reached::BeyondRange;
            return (Light::Green, ScheduleReason::Reached { actual, goal, beyond_range });
        }
        // 6
        if input.as_of >= input.target_on {
            return (Light::Red, ScheduleReason::Missed { actual, goal, target_on: input.target_on });
        }
        // 7
        let Some(expected) = expected else {
            return (Light::Grey, ScheduleReason::NothingDueYet { first_due: self.first_due() });
        };
        // 8
        if !self.is_due(expected) {
            return match self.gain(i128::from(actual), i128::from(baseline)) {
                0 => (Light::Grey, ScheduleReason::NothingDueYet { first_due: self.first_due() }),
                1.. => (Light::Green, ScheduleReason::AheadOfNothingDue { actual, baseline }),
                _ => (Light::Red, ScheduleReason::BehindBaseline { actual, baseline }),
            };
        }
        // 9
        self.compare(expected)
    }

    /// Counts are whole things: they are compared with the rounded value and, when small, by units.
    fn is_count(&self) -> bool {
        match self.input.measure {
            Measure::Roster => true,
            Measure::Flow | Measure::Rank => self.input.scale == 0,
            Measure::Level => false,
        }
    }

    /// How much better `value` is than `other`.
    fn gain(&self, value: i128, other: i128) -> i128 {
        match self.input.target.sense(self.input.direction) {
            Direction::Rising => value - other,
            Direction::Falling => other - value,
        }
    }

    /// Whether the path asks for anything else than the baseline.
    fn is_due(&self, expected: Expected) -> bool {
        if self.is_count() { expected.shown != self.baseline } else { !expected.is_exactly(self.baseline) }
    }

    fn first_due(&self) -> Option<Date> {
        let Self { input, path, .. } = *self;
        let ends = periods_of(input.plan, input.cadence).into_iter().map(|period| period.ends_on).filter(|end| *end < input.target_on);
        ends.chain([input.target_on]).find(|on| *on > input.as_of && self.is_due(path.expected_on(*on)))
    }

    fn compare(&self, expected: Expected) -> (Light, ScheduleReason) {
        let Self { baseline, actual, .. } = *self;
        let (base, value) = (i128::from(baseline), i128::from(actual));
        let is_count = self.is_count();
        let (num, den) = if is_count { (i128::from(expected.shown), 1) } else { (expected.num, expected.den) };
        // All three over the same denominator, so that nothing is rounded.
        let ahead = self.gain(value * den, num);
        let due = self.gain(num, base * den);
        let (shown, difference) = show_expected((num, den), actual, baseline, self.input.scale);
        if ahead >= 0 {
            return (Light::Green, ScheduleReason::OnSchedule { actual, expected: shown, ahead: difference });
        }
        if is_count && due.abs() <= i128::from(SMALL_COUNT) {
            let light = if ahead == -1 { Light::Yellow } else { Light::Red };
            return (light, ScheduleReason::ShortBy { actual, expected: shown, short: difference });
        }
        if due < 0 {
            // A path that leads the wrong way (the baseline was better than the target) has no share
            // of a gain: whoever is behind even that is red.
            return (Light::Red, ScheduleReason::ShortBy { actual, expected: shown, short: difference });
        }
        let gained = self.gain(value * den, base * den);
        let light = if gained * 10 >= due * 9 { Light::Yellow } else { Light::Red };
        let percent = shown_percent(gained, due, 0);
        (light, ScheduleReason::Ratio { actual, expected: shown, short: difference, percent })
    }
}

/// The last accepted fact lies before the period before the current one.
fn is_stale(input: &ScheduleInput) -> bool {
    let current = calendar_period(input.as_of, input.cadence);
    let before = calendar_period(eve(current.starts_on), input.cadence);
    input.last_fact_on.is_some_and(|on| on < before.starts_on)
}

#[cfg(test)]
#[path = "light_tests.rs"]
mod tests;
