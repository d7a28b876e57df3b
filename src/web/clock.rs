//! The one clock. Invariant: every instant in the product comes from here, so that `--now` and the tests can move it.

use jiff::Timestamp;

use crate::services::moment::Moment;

/// A clock that runs, perhaps from another start.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    /// Milliseconds to add to the system's time.
    offset: i64,
}

impl Clock {
    /// The system's clock, or one that starts now at another instant.
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the system for the time")]
    pub fn start(at: Option<Timestamp>) -> Self {
        let system = Timestamp::now().as_millisecond();
        Self { offset: at.map_or(0, |start| start.as_millisecond() - system) }
    }

    /// The instant it is for the file system, whose times no `--now` moves.
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the system for the time")]
    pub fn now_on_disk() -> Moment {
        Moment(Timestamp::now().as_millisecond())
    }

    /// The instant it is.
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the system for the time")]
    pub fn now(self) -> Moment {
        Moment(Timestamp::now().as_millisecond() + self.offset)
    }
}
