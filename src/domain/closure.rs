//! The closure rate of loops. Invariant: an open loop that is overdue counts against it; time alone never improves it.

use serde::{Deserialize, Serialize};

use super::ring::{Ring, count};

const DAY_MS: i64 = 86_400_000;

/// How many loops close, and how fast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ClosureRate {
    /// Closed loops.
    pub closed: u32,
    /// Closed loops and overdue open ones.
    pub of: u32,
    /// Median of the whole days from opening to closing; the mean of the middle two, rounded down.
    pub median_days: Option<i64>,
}

/// Closed ÷ (closed + overdue open); loops that are open and in time are left out.
pub fn closure_rate<'rings>(rings: impl IntoIterator<Item = &'rings Ring>) -> ClosureRate {
    let mut days = Vec::new();
    let mut overdue = 0;
    for ring in rings {
        match ring.closed_at {
            Some(closed_at) => days.push((closed_at - ring.opened_at).div_euclid(DAY_MS)),
            None => overdue += u32::from(ring.overdue_by_days > 0),
        }
    }
    days.sort_unstable();
    let closed = count(days.len());
    let middle = days.len() / 2;
    let median_days = match (days.get(middle), days.len() % 2) {
        (Some(upper), 0) => days.get(middle.wrapping_sub(1)).map(|lower| (lower + upper).div_euclid(2)),
        (upper, _) => upper.copied(),
    };
    ClosureRate { closed, of: closed.saturating_add(overdue), median_days }
}
