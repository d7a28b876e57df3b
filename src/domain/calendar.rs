//! Calendar dates, reporting periods and working days. Invariant: a date is a day in the plan's time zone, and "due" means the end of that day.

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use super::names::fold_width;
use super::words::Cadence;

/// First and last day of a plan, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanDates {
    /// First day of the plan.
    pub starts_on: Date,
    /// Last day of the plan.
    pub ends_on: Date,
}

impl PlanDates {
    /// Whether the plan runs on `date`.
    pub fn contains(self, date: Date) -> bool {
        self.starts_on <= date && date <= self.ends_on
    }
}

/// One reporting period, clipped to its plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodSpan {
    /// `2026-07`, `2026Q3`, `2026H2` or `2026`.
    pub code: String,
    /// First day, included.
    pub starts_on: Date,
    /// Last day, included.
    pub ends_on: Date,
}

/// Why a typed text is no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum DateError {
    /// Nothing was typed.
    #[error("no date")]
    Empty,
    /// The text has not the parts year, month and day.
    #[error("not of the form year-month-day")]
    Format,
    /// There is no such month.
    #[error("there is no month {0}")]
    Month(i64),
    /// The month has no such day.
    #[error("{year}-{month:02} has no day {day}")]
    Day {
        /// Year as typed.
        year: i64,
        /// Month as typed, 1-12.
        month: i64,
        /// Day as typed, which the month does not have.
        day: i64,
    },
}

/// The day before `date`.
pub fn eve(date: Date) -> Date {
    // Only the first representable day has no eve, and no plan starts there.
    date.yesterday().unwrap_or(date)
}

/// The day after `date`.
pub fn day_after(date: Date) -> Date {
    date.tomorrow().unwrap_or(date)
}

/// Signed number of days from `from` to `to`.
pub fn days_between(from: Date, to: Date) -> i64 {
    from.duration_until(to).as_hours() / 24
}

/// The whole calendar period around `date`, not clipped to any plan.
pub fn calendar_period(date: Date, cadence: Cadence) -> PeriodSpan {
    let (year, month) = (date.year(), date.month());
    let (first, months, code) = match cadence {
        Cadence::Month => (month, 1, format!("{year:04}-{month:02}")),
        Cadence::Quarter => {
            let index = (month - 1) / 3;
            (index * 3 + 1, 3, format!("{year:04}Q{}", index + 1))
        }
        Cadence::HalfYear => {
            let index = (month - 1) / 6;
            (index * 6 + 1, 6, format!("{year:04}H{}", index + 1))
        }
        Cadence::Year => (1, 12, format!("{year:04}")),
    };
    let starts_on = Date::new(year, first, 1).unwrap_or(date);
    let ends_on = Date::new(year, first + months - 1, 1).map_or(date, Date::last_of_month);
    PeriodSpan { code, starts_on, ends_on }
}

fn clip(mut period: PeriodSpan, plan: PlanDates) -> PeriodSpan {
    period.starts_on = period.starts_on.max(plan.starts_on);
    period.ends_on = period.ends_on.min(plan.ends_on);
    period
}

/// All periods of a plan in order, the first and last clipped to the plan. Empty where the plan ends before it starts.
pub fn periods_of(plan: PlanDates, cadence: Cadence) -> Vec<PeriodSpan> {
    let mut periods = Vec::new();
    let mut day = plan.starts_on;
    while day <= plan.ends_on {
        let period = calendar_period(day, cadence);
        let next = day_after(period.ends_on);
        periods.push(clip(period, plan));
        if next <= day {
            break;
        }
        day = next;
    }
    periods
}

/// The period of the plan that holds `date`; none outside the plan.
pub fn period_containing(plan: PlanDates, cadence: Cadence, date: Date) -> Option<PeriodSpan> {
    plan.contains(date).then(|| clip(calendar_period(date, cadence), plan))
}

/// The end of the last period that is over on `as_of` (its last day counts), whether it was ever opened or not.
pub fn last_period_end_on_or_before(plan: PlanDates, cadence: Cadence, as_of: Date) -> Option<Date> {
    periods_of(plan, cadence).into_iter().map(|period| period.ends_on).take_while(|end| *end <= as_of).last()
}

/// Reads a typed date: `2026-9-2`, `2026/09/02`, `2026.9.2`, `20260902`, `2026年9月2日`, with digits and signs of either width.
pub fn parse_date(text: &str) -> Result<Date, DateError> {
    let folded: String = text.chars().map(fold_width).filter(|c| !c.is_whitespace()).collect();
    if folded.is_empty() {
        return Err(DateError::Empty);
    }
    let plain = if folded.len() == 8 && folded.bytes().all(|b| b.is_ascii_digit()) {
        format!("{}-{}-{}", &folded[..4], &folded[4..6], &folded[6..])
    } else if let Some((year, rest)) = folded.split_once('年') {
        let (month, day) = rest.split_once('月').ok_or(DateError::Format)?;
        format!("{year}-{month}-{}", day.trim_end_matches(['日', '号']))
    } else {
        folded.replace(['/', '.', '–', '—', '−'], "-")
    };
    let mut parts = plain.split('-');
    let (Some(year), Some(month), Some(day), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Err(DateError::Format);
    };
    if year.len() != 4 {
        return Err(DateError::Format);
    }
    let (year, month, day) = (read_part(year)?, read_part(month)?, read_part(day)?);
    if !(1..=12).contains(&month) {
        return Err(DateError::Month(month));
    }
    let wrong_day = DateError::Day { year, month, day };
    let (Ok(y), Ok(m), Ok(d)) = (i16::try_from(year), i8::try_from(month), i8::try_from(day)) else {
        return Err(wrong_day);
    };
    Date::new(y, m, d).map_err(|_| wrong_day)
}

fn read_part(part: &str) -> Result<i64, DateError> {
    if part.is_empty() || part.len() > 4 || !part.bytes().all(|b| b.is_ascii_digit()) {
        return Err(DateError::Format);
    }
    part.parse().map_err(|_| DateError::Format)
}

/// Public holidays and the weekend days worked in their place, as announced for each year.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct WorkingCalendar {
    /// Days off, weekdays and weekends alike.
    pub holidays: BTreeSet<Date>,
    /// Weekend days that are worked. They win over `holidays`.
    pub make_up_workdays: BTreeSet<Date>,
}

impl WorkingCalendar {
    /// Whether the day is worked.
    pub fn is_working_day(&self, date: Date) -> bool {
        self.make_up_workdays.contains(&date) || (!is_weekend(date) && !self.holidays.contains(&date))
    }

    /// Working days after `from` up to and including `to`; negative when `to` is the earlier one.
    pub fn working_days_between(&self, from: Date, to: Date) -> i64 {
        if to < from {
            return -self.working_days_between(to, from);
        }
        let total = days_between(from, to);
        let first = day_after(from);
        let mut days = total / 7 * 5;
        let mut day = first;
        for _ in 0..total % 7 {
            days += i64::from(!is_weekend(day));
            day = day_after(day);
        }
        if first > to {
            return days;
        }
        for holiday in self.holidays.range(first..=to) {
            days -= i64::from(!is_weekend(*holiday) && !self.make_up_workdays.contains(holiday));
        }
        for make_up in self.make_up_workdays.range(first..=to) {
            days += i64::from(is_weekend(*make_up));
        }
        days
    }

    /// The day on which the `days`-th working day after `from` falls; `from` itself for 0.
    pub fn working_day_after(&self, from: Date, days: u32) -> Date {
        let (mut day, mut left) = (from, days);
        while left > 0 {
            let next = day_after(day);
            if next == day {
                break;
            }
            day = next;
            left -= u32::from(self.is_working_day(day));
        }
        day
    }
}

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const PLAN: PlanDates = PlanDates { starts_on: date(2025, 1, 1), ends_on: date(2027, 12, 31) };

    #[test]
    fn periods_follow_the_cadence_and_are_clipped() {
        for (cadence, count, first, last) in [
            (Cadence::Month, 36, "2025-01", "2027-12"),
            (Cadence::Quarter, 12, "2025Q1", "2027Q4"),
            (Cadence::HalfYear, 6, "2025H1", "2027H2"),
            (Cadence::Year, 3, "2025", "2027"),
        ] {
            let periods = periods_of(PLAN, cadence);
            assert_eq!(periods.len(), count, "{cadence}");
            assert_eq!((periods[0].code.as_str(), periods[count - 1].code.as_str()), (first, last));
            assert_eq!(periods[0].starts_on, PLAN.starts_on);
            assert_eq!(periods[count - 1].ends_on, PLAN.ends_on);
            for pair in periods.windows(2) {
                assert_eq!(day_after(pair[0].ends_on), pair[1].starts_on);
            }
        }
        let short = PlanDates { starts_on: date(2023, 11, 20), ends_on: date(2024, 2, 5) };
        let periods = periods_of(short, Cadence::Quarter);
        assert_eq!(
            periods,
            [
                PeriodSpan { code: "2023Q4".into(), starts_on: date(2023, 11, 20), ends_on: date(2023, 12, 31) },
                PeriodSpan { code: "2024Q1".into(), starts_on: date(2024, 1, 1), ends_on: date(2024, 2, 5) },
            ]
        );
        assert!(periods_of(PlanDates { starts_on: date(2025, 1, 2), ends_on: date(2025, 1, 1) }, Cadence::Year).is_empty());
    }

    #[test]
    fn a_period_is_over_on_its_last_day() {
        for (as_of, end) in [
            (date(2025, 3, 30), None),
            (date(2025, 3, 31), Some(date(2025, 3, 31))),
            (date(2025, 12, 30), Some(date(2025, 9, 30))),
            (date(2030, 1, 1), Some(date(2027, 12, 31))),
            (date(2020, 1, 1), None),
        ] {
            assert_eq!(last_period_end_on_or_before(PLAN, Cadence::Quarter, as_of), end, "{as_of}");
        }
        assert_eq!(period_containing(PLAN, Cadence::HalfYear, date(2026, 7, 1)).map(|p| p.code), Some("2026H2".into()));
        assert_eq!(period_containing(PLAN, Cadence::Year, date(2024, 12, 31)), None);
    }

    #[test]
    fn dates_are_read_as_people_type_them() {
        for text in [
            "2026-09-02",
            "2026-9-2",
            "2026/09/02",
            "2026年9月2日",
            "２０２６年９月２日",
            "２０２６－０９－０２",
            " 2026.9.2 ",
            "20260902",
            "2026 年 9 月 2 日",
            "2026／9／2",
        ] {
            assert_eq!(parse_date(text), Ok(date(2026, 9, 2)), "{text}");
        }
        for (text, error) in [
            ("", DateError::Empty),
            ("　 ", DateError::Empty),
            ("2026", DateError::Format),
            ("2026-09", DateError::Format),
            ("26-09-02", DateError::Format),
            ("2026-09-02-01", DateError::Format),
            ("-2026-9-2", DateError::Format),
            ("2026年9-2", DateError::Format),
            ("tomorrow", DateError::Format),
            ("2026-+9-2", DateError::Format),
            ("2026-13-02", DateError::Month(13)),
            ("2026年0月2日", DateError::Month(0)),
            ("2026-02-30", DateError::Day { year: 2026, month: 2, day: 30 }),
            ("2025-02-29", DateError::Day { year: 2025, month: 2, day: 29 }),
            ("2026-04-310", DateError::Day { year: 2026, month: 4, day: 310 }),
        ] {
            assert_eq!(parse_date(text), Err(error), "{text}");
        }
        assert_eq!(parse_date("2024-2-29"), Ok(date(2024, 2, 29)));
    }

    #[test]
    fn working_days_know_holidays_and_make_up_days() {
        let calendar = WorkingCalendar {
            holidays: (1..=7).map(|day| date(2026, 10, day)).collect(),
            make_up_workdays: [date(2026, 9, 27), date(2026, 10, 10)].into(),
        };
        for (from, to, days) in [
            (date(2026, 9, 30), date(2026, 9, 30), 0),
            (date(2026, 9, 30), date(2026, 10, 7), 0),
            (date(2026, 9, 30), date(2026, 10, 8), 1),
            (date(2026, 9, 30), date(2026, 10, 12), 4),
            (date(2026, 9, 25), date(2026, 9, 28), 2),
            (date(2026, 10, 8), date(2026, 9, 30), -1),
        ] {
            assert_eq!(calendar.working_days_between(from, to), days, "{from} to {to}");
        }
        assert!(calendar.is_working_day(date(2026, 9, 27)));
        assert!(!calendar.is_working_day(date(2026, 10, 1)));
        assert_eq!(calendar.working_day_after(date(2026, 9, 30), 4), date(2026, 10, 12));
        assert_eq!(calendar.working_day_after(date(2026, 9, 30), 0), date(2026, 9, 30));
        // The closed form agrees with counting day by day.
        let from = date(2026, 9, 1);
        let (mut day, mut counted) = (from, 0);
        for _ in 0..90 {
            day = day_after(day);
            counted += i64::from(calendar.is_working_day(day));
            assert_eq!(calendar.working_days_between(from, day), counted, "{day}");
        }
    }

    #[test]
    fn the_eve_is_the_day_before() {
        assert_eq!(eve(date(2025, 1, 1)), date(2024, 12, 31));
        assert_eq!(days_between(date(2024, 12, 31), date(2027, 12, 31)), 1_095);
        assert_eq!(days_between(date(2025, 1, 1), date(2024, 12, 31)), -1);
    }
}
