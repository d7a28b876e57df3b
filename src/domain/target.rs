//! What an indicator must reach. Invariant: a target is typed, and whether it is reached follows from its form alone; colour is `light`'s affair.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::text_enum::text_enum;
use super::words::Direction;

text_enum! {
    /// The word of a target's form, as the database and the plan files carry it.
    pub enum TargetKind {
        /// n or more.
        AtLeast = "at-least",
        /// n or less.
        AtMost = "at-most",
        /// About n.
        About = "about",
        /// From low to high.
        Range = "range",
        /// A direction without a number.
        Unquantified = "unquantified",
    }
}

/// A typed target; numbers are units of 10^-scale of the indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetForm {
    /// Reached from n up.
    AtLeast(i64),
    /// Reached from n down.
    AtMost(i64),
    /// Reached from n − tolerance up (falling: from n + tolerance down).
    About {
        /// The number in the text.
        n: i64,
        /// How far from it still counts; 0 until a ruling records another.
        tolerance: i64,
    },
    /// Reached from low up (falling: from high down); past the other end it is reached and beyond the range.
    Range {
        /// Lower end, included.
        low: i64,
        /// Upper end, included.
        high: i64,
    },
    /// A direction without a number: no light and no percentage.
    Unquantified,
}

/// Whether a value reaches a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reached {
    /// Not yet.
    No,
    /// Yes.
    Yes,
    /// Yes, and better than the range of the text.
    BeyondRange,
}

impl TargetForm {
    /// Puts a target together from its stored parts. `n` is the low end of a range. None where a part is missing or the range is upside down.
    pub fn from_parts(kind: TargetKind, n: Option<i64>, high: Option<i64>, tolerance: i64) -> Option<Self> {
        match (kind, n, high) {
            (TargetKind::AtLeast, Some(n), _) => Some(Self::AtLeast(n)),
            (TargetKind::AtMost, Some(n), _) => Some(Self::AtMost(n)),
            (TargetKind::About, Some(n), _) => Some(Self::About { n, tolerance: tolerance.max(0) }),
            (TargetKind::Range, Some(low), Some(high)) if low <= high => Some(Self::Range { low, high }),
            (TargetKind::Unquantified, ..) => Some(Self::Unquantified),
            _ => None,
        }
    }

    /// The stored parts: kind, n (or low), high. The inverse of [`Self::from_parts`]; the tolerance lives in its ruling.
    pub const fn to_parts(self) -> (TargetKind, Option<i64>, Option<i64>) {
        match self {
            Self::AtLeast(n) => (TargetKind::AtLeast, Some(n), None),
            Self::AtMost(n) => (TargetKind::AtMost, Some(n), None),
            Self::About { n, .. } => (TargetKind::About, Some(n), None),
            Self::Range { low, high } => (TargetKind::Range, Some(low), Some(high)),
            Self::Unquantified => (TargetKind::Unquantified, None, None),
        }
    }

    /// The word of the form.
    pub const fn kind(self) -> TargetKind {
        self.to_parts().0
    }

    /// The way in which this target improves: its form decides where it can, else the indicator.
    pub const fn sense(self, direction: Direction) -> Direction {
        match self {
            Self::AtLeast(_) => Direction::Rising,
            Self::AtMost(_) => Direction::Falling,
            _ => direction,
        }
    }

    /// The least value that counts as reached: where the path ends.
    pub const fn least_reaching(&self, direction: Direction) -> Option<i64> {
        match (*self, direction) {
            (Self::AtLeast(n) | Self::AtMost(n), _) => Some(n),
            (Self::About { n, tolerance }, Direction::Rising) => Some(n.saturating_sub(tolerance)),
            (Self::About { n, tolerance }, Direction::Falling) => Some(n.saturating_add(tolerance)),
            (Self::Range { low, .. }, Direction::Rising) => Some(low),
            (Self::Range { high, .. }, Direction::Falling) => Some(high),
            (Self::Unquantified, _) => None,
        }
    }

    /// Whether `actual` reaches the target (domain, "Reached"). `Unquantified` is never reached.
    pub fn judge(&self, direction: Direction, actual: i64) -> Reached {
        let Some(least) = self.least_reaching(direction) else {
            return Reached::No;
        };
        match (*self, self.sense(direction)) {
            (Self::Range { high, .. }, Direction::Rising) if actual > high => Reached::BeyondRange,
            (Self::Range { low, .. }, Direction::Falling) if actual < low => Reached::BeyondRange,
            (_, Direction::Rising) if actual >= least => Reached::Yes,
            (_, Direction::Falling) if actual <= least => Reached::Yes,
            _ => Reached::No,
        }
    }

    /// The same target with the tolerance of a ruling; only "about" has one. Negative tolerances count as 0.
    #[must_use]
    pub const fn with_tolerance(self, tolerance: i64) -> Self {
        match self {
            Self::About { n, .. } => Self::About { n, tolerance: if tolerance < 0 { 0 } else { tolerance } },
            other => other,
        }
    }

    /// The number at a bar's end: n, or the upper end of a range.
    pub const fn headline(&self) -> Option<i64> {
        match *self {
            Self::AtLeast(n) | Self::AtMost(n) | Self::About { n, .. } => Some(n),
            Self::Range { high, .. } => Some(high),
            Self::Unquantified => None,
        }
    }
}

/// A value that was set by an act and holds from a date on; earlier ones are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision<T> {
    /// What was set.
    pub value: T,
    /// The first day on which it holds.
    pub effective_on: Date,
    /// When it was recorded, in milliseconds since 1970.
    pub recorded_at: i64,
}

/// The revision that holds on a date: the latest effective on or before it, among equals the latest recorded.
pub fn current_on<T>(revisions: &[Revision<T>], as_of: Date) -> Option<&Revision<T>> {
    revisions.iter().filter(|revision| revision.effective_on <= as_of).max_by_key(|revision| (revision.effective_on, revision.recorded_at))
}

/// The revision that was set first, to be judged and shown beside the current one.
pub fn original<T>(revisions: &[Revision<T>]) -> Option<&Revision<T>> {
    revisions.iter().min_by_key(|revision| (revision.effective_on, revision.recorded_at))
}

#[cfg(test)]
mod tests {
    use super::Direction::{Falling, Rising};
    use super::*;
    use jiff::civil::date;

    const ABOUT: TargetForm = TargetForm::About { n: 15, tolerance: 0 };
    const RANGE: TargetForm = TargetForm::Range { low: 1, high: 2 };

    #[test]
    fn reached_follows_from_the_form() {
        for (form, direction, actual, reached) in [
            (TargetForm::AtLeast(300), Rising, 299, Reached::No),
            (TargetForm::AtLeast(300), Rising, 300, Reached::Yes),
            (TargetForm::AtLeast(15), Rising, 20, Reached::Yes),
            (TargetForm::AtMost(60), Falling, 60, Reached::Yes),
            (TargetForm::AtMost(60), Falling, 61, Reached::No),
            (TargetForm::AtMost(60), Falling, 59, Reached::Yes),
            (ABOUT, Rising, 14, Reached::No),
            (ABOUT, Rising, 15, Reached::Yes),
            (ABOUT, Rising, 99, Reached::Yes),
            (ABOUT.with_tolerance(1), Rising, 14, Reached::Yes),
            (ABOUT.with_tolerance(1), Rising, 13, Reached::No),
            (ABOUT.with_tolerance(1), Falling, 16, Reached::Yes),
            (ABOUT.with_tolerance(1), Falling, 17, Reached::No),
            (RANGE, Rising, 0, Reached::No),
            (RANGE, Rising, 1, Reached::Yes),
            (RANGE, Rising, 2, Reached::Yes),
            (RANGE, Rising, 3, Reached::BeyondRange),
            (RANGE, Falling, 3, Reached::No),
            (RANGE, Falling, 2, Reached::Yes),
            (RANGE, Falling, 0, Reached::BeyondRange),
            (TargetForm::Unquantified, Falling, 60, Reached::No),
        ] {
            assert_eq!(form.judge(direction, actual), reached, "{form:?} {direction} {actual}");
        }
    }

    #[test]
    fn paths_end_at_the_least_value_and_bars_at_the_headline() {
        for (form, direction, least, headline) in [
            (TargetForm::AtLeast(300), Rising, Some(300), Some(300)),
            (TargetForm::AtMost(60), Falling, Some(60), Some(60)),
            (ABOUT, Rising, Some(15), Some(15)),
            (ABOUT.with_tolerance(2), Rising, Some(13), Some(15)),
            (ABOUT.with_tolerance(2), Falling, Some(17), Some(15)),
            (ABOUT.with_tolerance(-2), Rising, Some(15), Some(15)),
            (RANGE, Rising, Some(1), Some(2)),
            (RANGE, Falling, Some(2), Some(2)),
            (TargetForm::Unquantified, Rising, None, None),
        ] {
            assert_eq!(form.least_reaching(direction), least, "{form:?}");
            assert_eq!(form.headline(), headline, "{form:?}");
        }
        assert_eq!(RANGE.with_tolerance(3), RANGE);
    }

    #[test]
    fn parts_go_there_and_back() {
        for form in [TargetForm::AtLeast(7), TargetForm::AtMost(60), ABOUT, RANGE, TargetForm::Unquantified] {
            let (kind, n, high) = form.to_parts();
            assert_eq!(TargetForm::from_parts(kind, n, high, 0), Some(form));
            assert_eq!(form.kind(), kind);
        }
        for (kind, n, high) in
            [(TargetKind::AtLeast, None, None), (TargetKind::Range, Some(1), None), (TargetKind::Range, Some(3), Some(2))]
        {
            assert_eq!(TargetForm::from_parts(kind, n, high, 0), None);
        }
    }

    #[test]
    fn the_latest_effective_revision_holds() {
        let revisions = [
            Revision { value: 100, effective_on: date(2025, 1, 1), recorded_at: 1 },
            Revision { value: 80, effective_on: date(2026, 1, 1), recorded_at: 5 },
            Revision { value: 85, effective_on: date(2026, 1, 1), recorded_at: 4 },
        ];
        for (as_of, value) in
            [(date(2024, 12, 31), None), (date(2025, 12, 31), Some(100)), (date(2026, 1, 1), Some(80)), (date(2026, 6, 30), Some(80))]
        {
            assert_eq!(current_on(&revisions, as_of).map(|revision| revision.value), value, "{as_of}");
        }
        assert_eq!(original(&revisions).map(|revision| revision.value), Some(100));
    }
}
