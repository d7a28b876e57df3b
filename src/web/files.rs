//! Built files. Invariant: a file whose name carries its hash may be kept for a year, any other is asked for again.

use std::path::PathBuf;

use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use tower::ServiceExt;
use tower_http::services::ServeDir;

/// Serves a file of the site's folder, compressed where the browser takes it.
pub async fn serve_site_file(site_dir: PathBuf, request: Request) -> Response {
    let path = request.uri().path();
    // Snippets keep the names that the script imports them by.
    let hashed = path.starts_with("/pkg/") && !path.starts_with("/pkg/snippets/");
    let service = ServeDir::new(site_dir).append_index_html_on_directories(false).precompressed_br().precompressed_gzip();
    let mut response = match service.oneshot(request).await {
        Ok(response) => response.into_response(),
        Err(never) => match never {},
    };
    if response.status() == StatusCode::OK || response.status() == StatusCode::NOT_MODIFIED {
        let kept = if hashed { "public, max-age=31536000, immutable" } else { "public, max-age=3600" };
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    }
    response
}
