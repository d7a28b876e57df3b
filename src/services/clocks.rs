//! The two clocks of every number. Invariant: the answer for a pair never changes, whatever is recorded later.
//!
//! `as_of` asks for which day: facts dated up to it, revisions effective by it. `known_at` asks what was known by when: rows that were
//! recorded by the end of that day and not superseded by then.

use jiff::civil::Date;

use super::moment::Moment;
use crate::store::Known;

/// A day, and what was known of it when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Clocks {
    /// Facts dated on or before this day count.
    pub as_of: Date,
    /// What was recorded by the end of this earlier day counts; none: everything that is recorded now.
    pub known_at: Option<Date>,
}

impl From<Date> for Clocks {
    /// The day as it is known now.
    fn from(as_of: Date) -> Self {
        Self { as_of, known_at: None }
    }
}

impl Clocks {
    /// The day as it was known at the end of another; a day that has not ended by `today` is as good as now.
    pub fn known_at(as_of: Date, known_at: Date, today: Date) -> Self {
        Self { as_of, known_at: (known_at < today).then_some(known_at) }
    }

    /// Whether it is asked what was known on an earlier day.
    pub const fn looks_back(self) -> bool {
        self.known_at.is_some()
    }

    /// Which rows were known, in the time zone of the plan.
    pub fn known(self, zone: &str) -> Known {
        self.known_at.map_or(Known::NOW, |day| Known::before(Moment::end_of(day, zone).0))
    }

    /// The instant from which entries count as accepted since: the end of `known_at`, or, as known now, the end of the day itself.
    pub fn since(self, zone: &str) -> Moment {
        Moment::end_of(self.known_at.unwrap_or(self.as_of), zone)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn only_a_day_that_has_ended_can_be_looked_back_at() {
        let (as_of, today) = (date(2026, 6, 30), date(2026, 10, 12));
        for (day, kept) in [(date(2026, 10, 11), true), (today, false), (date(2026, 10, 13), false)] {
            assert_eq!(Clocks::known_at(as_of, day, today).looks_back(), kept, "{day}");
        }
        assert_eq!(Clocks::known_at(as_of, today, today), Clocks::from(as_of), "one view for both ways to say now");
    }

    #[test]
    fn a_day_means_its_end_in_the_time_zone_of_the_plan() {
        let clocks = Clocks::known_at(date(2026, 6, 30), date(2026, 7, 1), date(2026, 10, 12));
        let end = Moment::end_of(date(2026, 7, 1), "Asia/Shanghai");
        assert_eq!(end.minute_in("UTC"), "2026-07-01 16:00");
        let known = clocks.known("Asia/Shanghai");
        assert!(known.holds(end.0 - 1, None), "recorded within the day");
        assert!(!known.holds(end.0, None), "recorded after it");
        assert!(known.holds(0, Some(end.0)), "superseded after it");
        assert!(!known.holds(0, Some(end.0 - 1)), "superseded within it");
        assert_eq!(clocks.since("Asia/Shanghai"), end);
        assert_eq!(Clocks::from(date(2026, 6, 30)).since("UTC"), Moment::end_of(date(2026, 6, 30), "UTC"));
    }
}
