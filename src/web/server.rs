//! The server: its state, its router, its start and its end. Invariant: work that was begun is finished before the process ends.

use std::{path::PathBuf, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    http::StatusCode,
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{get, post},
    serve::ListenerExt,
};
use tokio::net::TcpListener;
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    csrf::{CsrfLayer, ProtectionError},
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, RequestId, SetRequestIdLayer},
};
use tracing::Instrument;

use super::{
    api_v1::admission::{Needs, admit_machine, answer_unknown},
    clock::Clock,
    files::serve_site_file,
    headers::{SecurityHeaders, add_headers},
    jobs::start_jobs,
    kept_pages::KeptPages,
    registry::{Access, Kind, entries},
    render::{admit_visit, render_not_found, render_page, run_server_function},
    visits::PlanHeads,
};
use crate::{
    pages::{App, inline_scripts},
    services::visit::{Shared, SiteFiles},
    store::Db,
};

/// How long a shutdown waits for requests under way.
const LAST_REQUESTS: Duration = Duration::from_secs(20);

/// What every request has at hand.
#[derive(Debug, Clone)]
pub struct AppState {
    /// What services and pages share.
    pub shared: Shared,
    /// The clock.
    pub clock: Clock,
    /// The headers of every response.
    pub headers: SecurityHeaders,
    /// The plans that pages lead to.
    pub plans: PlanHeads,
    /// The pages that are kept.
    pub pages: KeptPages,
    /// The folder of the built site.
    pub site_dir: Arc<PathBuf>,
}

impl AppState {
    /// The state for a database and a data directory.
    pub fn new(db: Db, data_dir: PathBuf, site_dir: PathBuf, secure: bool, clock: Clock) -> Self {
        // Listing the pages also starts the executor that rendering needs.
        let pages = leptos_axum::generate_route_list(App).len();
        tracing::debug!(pages, "pages are listed");
        let site = Arc::new(read_site_files(&site_dir));
        let headers = SecurityHeaders::new(&inline_scripts(&site), secure);
        let shared =
            Shared { db, public_url: None, data_dir: Arc::new(data_dir), site, secure, views: Arc::default(), reader: Arc::default() };
        Self { shared, clock, headers, plans: PlanHeads::default(), pages: KeptPages::default(), site_dir: Arc::new(site_dir) }
    }
}

/// Reads which files the build made. Without them pages work and look plain; a warning says so.
fn read_site_files(site_dir: &std::path::Path) -> SiteFiles {
    let manifest = site_dir.join("manifest.json");
    let read = std::fs::read_to_string(&manifest).map_err(|error| error.to_string());
    read.and_then(|text| serde_json::from_str(&text).map_err(|error| error.to_string())).unwrap_or_else(|problem| {
        tracing::warn!(file = %manifest.display(), %problem, "no built site: pages have no style and no islands");
        SiteFiles::default()
    })
}

/// The router, made from the registry.
pub fn build_router(state: AppState) -> Router {
    let mut router = Router::new();
    for entry in entries() {
        let access = entry.access;
        router = match entry.kind {
            Kind::Page { kept } => router
                .route(entry.path, get(move |State(state): State<AppState>, request: Request| render_page(state, access, kept, request))),
            Kind::ServerFunction => router.route(
                entry.path,
                post(move |State(state): State<AppState>, request: Request| run_server_function(state, access, request)),
            ),
            Kind::Handler(make) => router.route(entry.path, guard(make(), &state, access)),
            Kind::Machine(scope, make) => {
                let state = state.clone();
                let admission =
                    from_fn(move |request: Request, next: Next| admit_machine(state.clone(), Needs { access, scope }, request, next));
                router.route(entry.path, make().layer(admission))
            }
            Kind::Bare(make) => router.route(entry.path, make()),
        };
    }
    surround(router.fallback(serve_file_or_not_found), state)
}

/// What lies around every route.
fn surround(router: Router<AppState>, state: AppState) -> Router {
    router
        .layer(CatchPanicLayer::custom(answer_panic))
        .layer(
            ServiceBuilder::new()
                .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
                .layer(PropagateRequestIdLayer::x_request_id())
                // Around the check of where a form comes from, so that what it refuses is in the log too.
                .layer(from_fn(log_request))
                .layer(from_fn_with_state(state.clone(), add_headers))
                .layer(CsrfLayer::new()),
        )
        .with_state(state)
}

/// What panics is a fault of ours; its words may hold anything, so they go to the panic's own message only.
fn answer_panic(_words: Box<dyn std::any::Any + Send>) -> Response {
    tracing::error!("a request panicked");
    (StatusCode::INTERNAL_SERVER_ERROR, "internal error").into_response()
}

fn guard(route: axum::routing::MethodRouter<AppState>, state: &AppState, access: Access) -> axum::routing::MethodRouter<AppState> {
    let state = state.clone();
    route.layer(from_fn(move |request: Request, next: Next| admit_visit(state.clone(), access, request, next)))
}

async fn serve_file_or_not_found(State(state): State<AppState>, request: Request) -> Response {
    let path = request.uri().path();
    if path.starts_with("/api/") {
        return answer_unknown(request.headers(), request.uri());
    }
    let is_file = request.method() == axum::http::Method::GET
        && !path.contains("..")
        && path.len() > 1
        && tokio::fs::metadata(state.site_dir.join(path.trim_start_matches('/'))).await.is_ok_and(|found| found.is_file());
    if is_file { serve_site_file(state.site_dir.to_path_buf(), request).await } else { render_not_found(state, request).await }
}

/// One line a request: the route, never the address, which may carry a one-time link. Whatever is logged on the way stands in the
/// request's span and so carries its number.
async fn log_request(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or_else(|| "-".to_owned(), |path| path.as_str().to_owned());
    let id = request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok()).unwrap_or_default().to_owned();
    let span = tracing::info_span!("request", request_id = id, %method, route);
    async {
        let response = next.run(request).await;
        if let Some(reason) = response.extensions().get::<ProtectionError>() {
            tracing::warn!(%reason, "a form from another site is refused");
        }
        tracing::info!(status = response.status().as_u16(), "request");
        response
    }
    .instrument(span)
    .await
}

/// Serves until asked to stop, then finishes what is under way.
pub async fn serve(listener: TcpListener, state: AppState) -> std::io::Result<()> {
    let db = state.shared.db.clone();
    start_jobs(&state);
    let router = build_router(state);
    // With Nagle's algorithm on, an answer over a kept-alive connection waits 25 ms for its second packet.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY could not be set");
        }
    });
    let (stopping, stopped) = tokio::sync::watch::channel(false);
    let serving = axum::serve(listener, router).with_graceful_shutdown(async move {
        wait_for_signal().await;
        tracing::info!("stopping: no new requests, those under way are finished");
        let _ = stopping.send(true);
    });
    let mut stopped_too_long = stopped.clone();
    tokio::select! {
        served = serving.into_future() => served?,
        () = async { let _ = stopped_too_long.wait_for(|stopped| *stopped).await; tokio::time::sleep(LAST_REQUESTS).await } => {
            tracing::warn!("some requests did not end in time");
        }
    }
    db.close().await;
    tracing::info!("stopped");
    Ok(())
}

async fn wait_for_signal() {
    let interrupted = tokio::signal::ctrl_c();
    let Ok(mut terminated) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
        let _ = interrupted.await;
        return;
    };
    tokio::select! {
        _ = interrupted => {}
        _ = terminated.recv() => {}
    }
}

#[cfg(test)]
mod tests {
    use axum::{body::to_bytes, http::header};
    use tower::ServiceExt;

    use super::*;
    use crate::store::connect;

    #[tokio::test]
    async fn a_panic_is_answered_as_any_other_fault() {
        let folder = tempfile::tempdir().unwrap();
        let db = connect(&format!("sqlite://{}", folder.path().join("s.sqlite").display())).await.unwrap();
        let state = AppState::new(db, folder.path().to_owned(), folder.path().join("no-site"), false, Clock::start(None));
        let router = surround(Router::new().route("/", get(|| async { String::from_utf8(vec![0xff]).unwrap() })), state);
        let response = router.oneshot(Request::builder().uri("/").body(axum::body::Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        for name in ["x-request-id", "content-security-policy", "x-content-type-options"] {
            assert!(response.headers().contains_key(name), "{name} is missing");
        }
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
        assert_eq!(to_bytes(response.into_body(), 1024).await.unwrap(), "internal error");
    }
}
