//! Instants. Invariant: a moment is handed in from the clock at the edge; nothing below asks the time itself.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// An instant, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub i64);

impl Moment {
    /// The calendar date in a time zone; UTC where the zone is not known.
    pub fn date_in(self, zone: &str) -> Date {
        self.zoned(zone).date()
    }

    /// Day and time in a zone, for display: `2026-09-30 14:32`.
    pub fn minute_in(self, zone: &str) -> String {
        self.zoned(zone).strftime("%Y-%m-%d %H:%M").to_string()
    }

    /// The instant in a zone as RFC 3339, to the millisecond: `2026-09-30T14:32:05.120+08:00`.
    pub fn instant_in(self, zone: &str) -> String {
        self.zoned(zone).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
    }

    /// This moment, later by some milliseconds.
    #[must_use]
    pub const fn plus(self, milliseconds: i64) -> Self {
        Self(self.0 + milliseconds)
    }

    /// The first instant after a calendar date: what was recorded before it was known on that date.
    pub fn end_of(date: Date, zone: &str) -> Self {
        let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
        let next = date.tomorrow().unwrap_or(date);
        Self(next.to_zoned(zone).map_or(i64::MAX, |zoned| zoned.timestamp().as_millisecond()))
    }

    fn zoned(self, zone: &str) -> jiff::Zoned {
        let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
        Timestamp::from_millisecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone)
    }
}

/// An id made from this moment and randomness, so that ids sort by age.
///
/// # Errors
/// When the system gives no randomness.
pub fn make_id<Id: From<String>>(now: Moment) -> Result<Id, super::ServiceError> {
    let mut random = [0_u8; 10];
    getrandom::fill(&mut random)?;
    let milliseconds = u64::try_from(now.0).unwrap_or(0);
    Ok(Id::from(uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid().to_string()))
}
