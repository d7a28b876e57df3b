//! What runs by itself while the server does. Invariant: a job only takes away what nothing refers to, or what has lost its use.

use std::time::Duration;

use super::{AppState, clock::Clock};
use crate::services::{evidence::sweep_orphans, sign_in::sweep_sessions};

/// How often the sweeps run.
const SWEEP_EVERY: Duration = Duration::from_hours(1);

/// Starts the jobs; they end with the runtime.
pub fn start_jobs(state: &AppState) {
    let state = state.clone();
    tokio::spawn(async move {
        let mut turn = tokio::time::interval(SWEEP_EVERY);
        loop {
            turn.tick().await;
            sweep(&state).await;
        }
    });
}

/// One turn of the sweeps. Files are as old as the disk says, everything else as the clock does.
async fn sweep(state: &AppState) {
    match sweep_orphans(&state.shared.db, &state.shared.data_dir, Clock::now_on_disk()).await {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "files of evidence that nothing refers to were removed"),
        Err(error) => tracing::warn!(%error, "orphans could not be swept"),
    }
    match sweep_sessions(&state.shared.db, state.clock.now()).await {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "ended sessions and results of old forms were forgotten"),
        Err(error) => tracing::warn!(%error, "sessions could not be swept"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        services::evidence::{Receiver, evidence_folder},
        store::connect,
    };

    #[tokio::test]
    async fn a_clock_set_ahead_takes_no_upload_away() {
        let folder = tempfile::tempdir().unwrap();
        let db = connect(&format!("sqlite://{}", folder.path().join("s.sqlite").display())).await.unwrap();
        db.migrate().await.unwrap();
        let clock = Clock::start(Some("2099-01-01T00:00:00Z".parse().unwrap()));
        let mut receiver = Receiver::begin(folder.path(), clock.now()).await.unwrap();
        receiver.take(b"%PDF-1.4 under way").await.unwrap();
        let state = AppState::new(db, folder.path().to_owned(), folder.path().join("no-site"), false, clock);
        sweep(&state).await;
        assert_eq!(std::fs::read_dir(evidence_folder(folder.path()).join("incoming")).unwrap().count(), 1);
        assert!(receiver.finish(folder.path(), "a.pdf").await.is_ok());
    }
}
