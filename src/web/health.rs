//! Health. Invariant: `/healthz` says the process runs, `/readyz` that it can serve.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::AppState;
use crate::store::settings::read_data_version;

/// The process runs.
pub async fn answer_health() -> &'static str {
    "ok\n"
}

/// The database is reached and migrated, and the data directory can be written to.
pub async fn answer_ready(State(state): State<AppState>) -> Response {
    let database = async {
        let mut tx = state.shared.db.read().await?;
        read_data_version(&mut tx).await
    };
    if let Err(error) = database.await {
        tracing::warn!(%error, "not ready: database");
        return (StatusCode::SERVICE_UNAVAILABLE, "database\n").into_response();
    }
    let probe = state.shared.data_dir.join(format!(".ready-{}", std::process::id()));
    let written = async {
        tokio::fs::write(&probe, b"ready").await?;
        tokio::fs::remove_file(&probe).await
    };
    if let Err(error) = written.await {
        tracing::warn!(%error, "not ready: data directory");
        return (StatusCode::SERVICE_UNAVAILABLE, "data directory\n").into_response();
    }
    "ready\n".into_response()
}
