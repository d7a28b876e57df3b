//! Which records were known when. Invariant: nothing is overwritten, so what was known at an instant stays the same whatever is recorded later.

/// The first instant that is too late for a record to be known, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Known(i64);

impl Known {
    /// Everything that is recorded and not superseded.
    pub const NOW: Self = Self(i64::MAX);

    /// What was known just before an instant.
    pub const fn before(instant: i64) -> Self {
        Self(instant)
    }

    /// The instant.
    pub const fn instant(self) -> i64 {
        self.0
    }

    /// Whether a record was known: recorded before the instant and not superseded before it (domain, "Two clocks").
    pub fn holds(self, recorded_at: i64, superseded_at: Option<i64>) -> bool {
        recorded_at < self.0 && superseded_at.is_none_or(|at| at >= self.0)
    }
}

#[cfg(test)]
#[path = "known_tests.rs"]
mod tests;
