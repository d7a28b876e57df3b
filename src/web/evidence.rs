//! Handing out evidence. Invariant: only to whoever may see its report, byte by byte as it came, and never as something a browser would run.

use axum::{
    Extension,
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use tokio_util::io::ReaderStream;

use super::{AppState, render::render_error};
use crate::{
    domain::ids::EvidenceId,
    error::UserError,
    services::{
        ServiceError,
        evidence::{evidence_path, find_visible_evidence, is_shown_inline},
        visit::Visit,
    },
    store::evidence::GuardedEvidence,
};

/// A file of evidence, or the page that says there is none.
pub async fn hand_out_evidence(
    State(state): State<AppState>,
    Extension(visit): Extension<Visit>,
    Path((plan, id)): Path<(String, String)>,
    request: Request,
) -> Response {
    match open(&state, &visit, &plan, &EvidenceId::from(id)).await {
        Ok(response) => response,
        Err(error) => render_error(visit, UserError::from(error), request).await,
    }
}

async fn open(state: &AppState, visit: &Visit, plan: &str, id: &EvidenceId) -> Result<Response, ServiceError> {
    let plan = visit.plan(plan)?;
    let found = find_visible_evidence(&visit.shared.db, &visit.viewer(), &plan.id, id).await?;
    let file = tokio::fs::File::open(evidence_path(&state.shared.data_dir, &found.sha256)).await?;
    let mut response = Body::from_stream(ReaderStream::new(file)).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_str(&found.media_type).unwrap_or(HeaderValue::from_static("application/octet-stream")),
    );
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(found.size));
    if let Ok(disposition) = HeaderValue::from_str(&disposition(&found)) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}

/// `inline` for images and PDF only; the name encoded as RFC 5987 wants it.
fn disposition(found: &GuardedEvidence) -> String {
    let kind = if is_shown_inline(&found.media_type) { "inline" } else { "attachment" };
    format!("{kind}; filename*=UTF-8''{}", encode_name(&found.file_name))
}

/// A file's name as RFC 5987 wants it in a header.
pub(super) fn encode_name(name: &str) -> String {
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
