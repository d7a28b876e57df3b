//! What runs by itself while the server does. Invariant: a job only takes away what nothing refers to.

use std::time::Duration;

use super::AppState;
use crate::services::evidence::sweep_orphans;

/// How often orphans are looked for.
const SWEEP_EVERY: Duration = Duration::from_hours(1);

/// Starts the jobs; they end with the runtime.
pub fn start_jobs(state: &AppState) {
    let state = state.clone();
    tokio::spawn(async move {
        let mut turn = tokio::time::interval(SWEEP_EVERY);
        loop {
            turn.tick().await;
            match sweep_orphans(&state.shared.db, &state.shared.data_dir, state.clock.now()).await {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "files of evidence that nothing refers to were removed"),
                Err(error) => tracing::warn!(%error, "orphans could not be swept"),
            }
        }
    });
}
