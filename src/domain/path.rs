//! The way from the baseline to the target. Invariant: an expected value is an exact fraction; only what is shown is rounded, and then toward the baseline.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::calendar::days_between;

/// Points in time order, joined by straight lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Path {
    points: Vec<(Date, i64)>,
    baseline: i64,
    /// The path has no milestone: it is the straight line by default and is marked so.
    pub derived: bool,
}

/// The value that is due on a date, in units of 10^-scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// Numerator of the exact value.
    pub num: i128,
    /// Denominator of the exact value, above 0.
    pub den: i128,
    /// The whole unit next to the exact value on the baseline's side: what counts are compared with.
    pub shown: i64,
}

impl Path {
    /// A path from the baseline (on the eve of the plan) through the milestones to the goal.
    /// Milestones not strictly between the two dates are left out; of several on one day the last stands.
    pub fn new(baseline: (Date, i64), milestones: &[(Date, i64)], goal: (Date, i64)) -> Self {
        let mut points = Vec::with_capacity(milestones.len() + 2);
        points.extend(milestones.iter().copied().filter(|(on, _)| baseline.0 < *on && *on < goal.0));
        points.sort_by_key(|(on, _)| *on);
        points.dedup_by(|later, earlier| {
            let same = later.0 == earlier.0;
            if same {
                earlier.1 = later.1;
            }
            same
        });
        let derived = points.is_empty();
        if baseline.0 < goal.0 {
            points.insert(0, baseline);
        }
        points.push(goal);
        Self { points, baseline: baseline.1, derived }
    }

    /// The points in time order: baseline, milestones, goal.
    pub fn points(&self) -> &[(Date, i64)] {
        &self.points
    }

    /// The value due on a date; before the baseline the baseline, after the goal the goal.
    pub fn expected_on(&self, date: Date) -> Expected {
        let after = self.points.iter().position(|(on, _)| *on >= date);
        let (num, den) = match after {
            Some(index) if self.points[index].0 == date || index == 0 => (i128::from(self.points[index].1), 1),
            Some(index) => {
                let ((from_on, from), (to_on, to)) = (self.points[index - 1], self.points[index]);
                let span = i128::from(days_between(from_on, to_on));
                let gone = i128::from(days_between(from_on, date));
                (i128::from(from) * span + (i128::from(to) - i128::from(from)) * gone, span)
            }
            None => (self.points.last().map_or(i128::from(self.baseline), |(_, value)| i128::from(*value)), 1),
        };
        let shown = round_toward(num, den, self.baseline);
        Expected { num, den, shown: i64::try_from(shown).unwrap_or(self.baseline) }
    }
}

impl Expected {
    /// Whether the exact value is `value`.
    pub fn is_exactly(&self, value: i64) -> bool {
        self.num == i128::from(value) * self.den
    }
}

/// `num / den` as a whole number, rounded toward `baseline`. `den` must be above 0.
pub(crate) fn round_toward(num: i128, den: i128, baseline: i64) -> i128 {
    let floor = num.div_euclid(den);
    if num >= i128::from(baseline) * den || floor * den == num { floor } else { floor + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const EVE: Date = date(2024, 12, 31);
    const END: Date = date(2027, 12, 31);

    #[test]
    fn expected_values_are_linear_by_days() {
        for (baseline, goal, on, num, den, shown) in [
            (0, 300, date(2025, 12, 31), 300 * 365, 1_095, 100),
            (0, 20, date(2025, 6, 30), 20 * 181, 1_095, 3),
            (0, 1, date(2026, 12, 31), 730, 1_095, 0),
            (0, 100, date(2026, 6, 30), 100 * 546, 1_095, 49),
            (0, 80, date(2026, 6, 30), 80 * 546, 1_095, 39),
            (107, 60, date(2025, 12, 31), 107 * 1_095 - 47 * 365, 1_095, 92),
            (-10, -5, date(2025, 12, 31), -10 * 1_095 + 5 * 365, 1_095, -9),
            (0, 300, EVE, 0, 1, 0),
            (0, 300, date(2020, 1, 1), 0, 1, 0),
            (0, 300, END, 300, 1, 300),
            (0, 300, date(2030, 1, 1), 300, 1, 300),
        ] {
            let expected = Path::new((EVE, baseline), &[], (END, goal)).expected_on(on);
            assert_eq!(expected, Expected { num, den, shown }, "{baseline} to {goal} on {on}");
        }
    }

    #[test]
    fn milestones_bend_the_path() {
        let path = Path::new((EVE, 0), &[(date(2026, 12, 31), 200), (date(2025, 12, 31), 30), (END, 999), (EVE, 999)], (END, 300));
        assert!(!path.derived);
        assert_eq!(path.points().len(), 4);
        for (on, shown) in
            [(date(2025, 12, 31), 30), (date(2025, 6, 30), 14), (date(2026, 12, 31), 200), (date(2027, 6, 30), 249), (END, 300)]
        {
            assert_eq!(path.expected_on(on).shown, shown, "{on}");
        }
        assert!(Path::new((EVE, 0), &[], (END, 1)).derived);
        let twice = Path::new((EVE, 0), &[(date(2026, 1, 1), 5), (date(2026, 1, 1), 7)], (END, 10));
        assert_eq!(twice.expected_on(date(2026, 1, 1)).shown, 7);
    }

    #[test]
    fn a_goal_on_or_before_the_eve_is_due_at_once() {
        let path = Path::new((EVE, 0), &[], (EVE, 9));
        assert_eq!(path.expected_on(date(2025, 1, 1)).shown, 9);
    }

    #[test]
    fn extreme_values_stay_exact() {
        let path = Path::new((EVE, i64::MIN), &[], (END, i64::MAX));
        assert!(path.expected_on(date(2026, 7, 1)).den == 1_095);
        assert_eq!(path.expected_on(END).shown, i64::MAX);
    }
}
