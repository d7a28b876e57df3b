//! A small load loop: several connections, a fixed number of requests, each sent when the one before is answered.
//!
//! Invariant: every request counts, and a reply other than 200 is never taken for work done.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};

use crate::http::Connection;

/// Connections held open at the same time.
pub const CONNECTIONS: u32 = 16;

/// Makes the next request, the same each time or another.
pub type Make<'m> = &'m (dyn Fn() -> Vec<u8> + Sync);

/// What one round of load came to.
#[derive(Clone, Copy)]
pub struct Round {
    /// Replies with status 200 per second.
    pub rate: f64,
    /// Half of the replies took no longer.
    pub p50: Duration,
    /// 99 of 100 replies took no longer.
    pub p99: Duration,
    /// Replies with another status.
    pub refused: u32,
}

/// Sends `requests` requests, each as it is made, over [`CONNECTIONS`] connections.
///
/// # Errors
/// When a connection breaks.
pub fn run_load(address: SocketAddr, make: Make<'_>, requests: u32) -> Result<Round> {
    let sent = AtomicU32::new(0);
    let refused = AtomicU32::new(0);
    let start = Instant::now();
    let mut delays = Vec::new();
    thread::scope(|scope| -> Result<()> {
        let workers: Vec<_> =
            (0..CONNECTIONS).map(|_| scope.spawn(|| drive_connection(address, make, requests, &sent, &refused))).collect();
        for worker in workers {
            delays.extend(worker.join().map_err(|_| anyhow!("a connection's thread broke off"))??);
        }
        Ok(())
    })?;
    let elapsed = start.elapsed();
    delays.sort_unstable();
    let refused = refused.into_inner();
    let rate = f64::from(requests.saturating_sub(refused)) / elapsed.as_secs_f64();
    Ok(Round { rate, p50: percentile(&delays, 50), p99: percentile(&delays, 99), refused })
}

/// How many requests fill about `span`, between 200 and 100,000; sends 100 to find out, which also warms up.
///
/// # Errors
/// As [`run_load`].
pub fn choose_count(address: SocketAddr, make: Make<'_>, span: Duration) -> Result<u32> {
    let start = Instant::now();
    run_load(address, make, 100)?;
    let round = run_load(address, make, 100)?;
    let nanos = (start.elapsed() / 200).as_nanos().max(1);
    let fits = u32::try_from(span.as_nanos() / nanos).unwrap_or(u32::MAX);
    Ok(if round.refused > 0 { 200 } else { fits.clamp(200, 100_000) })
}

fn drive_connection(address: SocketAddr, make: Make<'_>, requests: u32, sent: &AtomicU32, refused: &AtomicU32) -> Result<Vec<Duration>> {
    let mut connection = Connection::open(address)?;
    let mut delays = Vec::new();
    while sent.fetch_add(1, Ordering::Relaxed) < requests {
        let request = make();
        let start = Instant::now();
        let (status, _) = connection.exchange(&request)?;
        delays.push(start.elapsed());
        if status != 200 {
            refused.fetch_add(1, Ordering::Relaxed);
        }
    }
    Ok(delays)
}

/// The smallest delay that `percent` of 100 do not exceed; zero when there are none.
pub fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::percentile;

    #[test]
    fn percentiles_by_nearest_rank() {
        let delays: Vec<Duration> = (1..=200).map(Duration::from_millis).collect();
        assert_eq!(percentile(&delays, 50), Duration::from_millis(100));
        assert_eq!(percentile(&delays, 99), Duration::from_millis(198));
        assert_eq!(percentile(&[], 99), Duration::ZERO);
    }
}
