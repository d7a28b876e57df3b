//! Runs a page or a server function. Invariant: access is decided here, before any of their code runs.

use std::collections::BTreeSet;

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures_util::StreamExt;
use leptos::prelude::{IntoAny, provide_context, view};

use super::{
    AppState, cookies,
    forms::{inside_path, park_after_sign_out},
    kept_pages::PageKey,
    plan_files::LARGEST_UPLOAD,
    registry::Access,
    visits::open_visit,
};
use crate::{
    error::UserError,
    pages::{App, ErrorPage, shell},
    services::{plans::remember_plan, visit::Visit},
};

/// No page is larger.
pub(super) const LARGEST_PAGE: usize = 64 * 1024 * 1024;
/// No small form is larger; the report's form has its own handler and limit.
const LARGEST_FORM: usize = 1024 * 1024;

// Headers and address apart: a borrowed body cannot wait across threads.
async fn visit_of(state: &AppState, headers: &HeaderMap, uri: &Uri) -> Result<Visit, UserError> {
    open_visit(state, headers, uri).await.map_err(UserError::from)
}

pub(super) fn check_access(visit: &Visit, access: Access) -> Result<(), UserError> {
    match access {
        Access::Anyone => Ok(()),
        Access::SignedIn => visit.identity().map(|_| ()),
        Access::Needs(permission) => visit.require(permission).map(|_| ()),
        Access::NeedsAny(permissions) => {
            visit.identity()?;
            if permissions.iter().any(|permission| visit.may(*permission)) { Ok(()) } else { Err(UserError::NotFound) }
        }
    }
}

/// Answers with a page of the Leptos router: rendered, or as it is kept.
pub async fn render_page(state: AppState, access: Access, kept: bool, request: Request) -> Response {
    let visit = match visit_of(&state, request.headers(), request.uri()).await {
        Ok(visit) => visit,
        Err(error) => return (status_of(&error), "internal error").into_response(),
    };
    match check_access(&visit, access) {
        Ok(()) => {
            let plan = visit.path().strip_prefix("/p/").and_then(|rest| rest.split('/').next());
            // A page is not refused because a convenience could not be kept.
            if let Some(plan) = plan
                && let Err(error) = remember_plan(&visit, plan).await
            {
                tracing::warn!(%error, "the last plan could not be remembered");
            }
            let Some(key) = kept.then(|| PageKey::of(&visit)).flatten() else { return render(visit, None, request).await };
            let headers = request.headers().clone();
            state.pages.answer(&visit, &headers, key, render(visit.clone(), None, request)).await
        }
        Err(UserError::SignedOut) => go_and_sign_in(&visit),
        Err(error) => render(visit, Some(error), request).await,
    }
}

/// Lets a handler be reached only with its access, and hands it the visit.
pub async fn admit_visit(state: AppState, access: Access, mut request: Request, next: Next) -> Response {
    let visit = match visit_of(&state, request.headers(), request.uri()).await {
        Ok(visit) => visit,
        Err(error) => return (status_of(&error), "internal error").into_response(),
    };
    match check_access(&visit, access) {
        Ok(()) => {
            request.extensions_mut().insert(visit);
            next.run(request).await
        }
        // A form's handler keeps what was typed before it asks who is there.
        Err(UserError::SignedOut) if request.method() == axum::http::Method::POST => {
            request.extensions_mut().insert(visit);
            next.run(request).await
        }
        Err(UserError::SignedOut) => go_and_sign_in(&visit),
        Err(error) => render(visit, Some(error), request).await,
    }
}

/// The page for an address that leads nowhere.
pub async fn render_not_found(state: AppState, request: Request) -> Response {
    match visit_of(&state, request.headers(), request.uri()).await {
        Ok(visit) => render(visit, Some(UserError::NotFound), request).await,
        Err(error) => (status_of(&error), "internal error").into_response(),
    }
}

/// The page that says what went wrong.
pub async fn render_error(visit: Visit, error: UserError, request: Request) -> Response {
    render(visit, Some(error), request).await
}

async fn render(visit: Visit, error: Option<UserError>, request: Request) -> Response {
    let status = error.as_ref().map(status_of);
    let context = {
        let visit = visit.clone();
        move || provide_context(visit.clone())
    };
    let shown = visit.clone();
    let page = move || match error.clone() {
        Some(error) => shell(&shown, view! { <ErrorPage error /> }.into_any()),
        None => shell(&shown, view! { <App /> }.into_any()),
    };
    let rendered = leptos_axum::render_app_async_with_context(context, page)(request).await;
    send_whole(rendered, status, &visit).await
}

/// Sends a page whole, with its length: streamed in pieces over a kept-alive connection it takes many times as long.
async fn send_whole(response: Response, status: Option<StatusCode>, visit: &Visit) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, LARGEST_PAGE).await else {
        return (StatusCode::INTERNAL_SERVER_ERROR, "internal error").into_response();
    };
    let bytes = drop_nonces(bytes.into());
    if let Some(status) = status {
        parts.status = status;
    }
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    if visit.identity.is_none()
        && visit.visitor.is_none()
        && let Some(cookie) = new_visitor(visit)
    {
        parts.headers.append(header::SET_COOKIE, cookie);
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// Takes out the nonces that Leptos puts at its scripts: the policy knows them by their hashes, and a page that is the
/// same for everybody can be kept.
fn drop_nonces(page: Vec<u8>) -> Vec<u8> {
    let Ok(mut text) = String::from_utf8(page) else { return Vec::new() };
    // `<` is escaped in whatever somebody typed, so these are the page's own tags.
    let nonces: BTreeSet<String> = ["<script type=\"module\" nonce=\"", "<script nonce=\""]
        .iter()
        .flat_map(|mark| text.split(mark).skip(1))
        .filter_map(|rest| rest.split_once('"').map(|(nonce, _)| nonce.to_owned()))
        .collect();
    for nonce in nonces {
        text = text.replace(&format!(" nonce=\"{nonce}\""), "").replace(&format!("crossorigin=\"{nonce}\""), "crossorigin=\"\"");
    }
    text.into_bytes()
}

fn new_visitor(visit: &Visit) -> Option<HeaderValue> {
    let mark = crate::services::sign_in::Token::make().ok()?;
    cookies::write_visitor(mark.text(), visit.shared.secure)
}

fn go_and_sign_in(visit: &Visit) -> Response {
    let next = serde_urlencoded::to_string([("next", visit.address.as_str())]).unwrap_or_default();
    see_other(&format!("/sign-in?{next}"))
}

/// A redirect that turns a POST into a GET.
pub fn see_other(path: &str) -> Response {
    match HeaderValue::from_str(path) {
        Ok(location) => (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn status_of(error: &UserError) -> StatusCode {
    StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The whole of a small form. A longer one is still read to its end: a browser that is cut off shows no answer at all.
async fn read_form(body: Body) -> Option<Vec<u8>> {
    let mut pieces = body.into_data_stream();
    let (mut kept, mut length) = (Vec::new(), 0);
    while let Some(piece) = pieces.next().await {
        let piece = piece.ok()?;
        length += piece.len();
        if length > LARGEST_UPLOAD {
            break;
        }
        if length <= LARGEST_FORM {
            kept.extend_from_slice(&piece);
        }
    }
    (length <= LARGEST_FORM).then_some(kept)
}

/// The page on which a form stood, as the browser says; the policy of every page lets it say so.
fn page_of_form(headers: &HeaderMap) -> String {
    let page = headers.get(header::REFERER).and_then(|value| value.to_str().ok()).and_then(|page| page.parse::<Uri>().ok());
    let path = page.as_ref().and_then(Uri::path_and_query).map_or("/", |path| path.as_str());
    inside_path(path).to_owned()
}

/// Runs a server function. A form that comes after its session ended is parked and comes back after sign-in.
pub async fn run_server_function(state: AppState, access: Access, request: Request) -> Response {
    let visit = match visit_of(&state, request.headers(), request.uri()).await {
        Ok(visit) => visit,
        Err(error) => return (status_of(&error), "internal error").into_response(),
    };
    let (parts, body) = request.into_parts();
    let wants_page =
        parts.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|accept| accept.contains("text/html"));
    let Some(bytes) = read_form(body).await else {
        let error = UserError::FormTooLong { megabytes: 1 };
        if !wants_page {
            return (status_of(&error), error.to_string()).into_response();
        }
        let visit = Visit { address: page_of_form(&parts.headers), ..visit };
        return render(visit, Some(error), Request::from_parts(parts, Body::empty())).await;
    };
    match check_access(&visit, access) {
        Ok(()) => {}
        Err(UserError::SignedOut) if wants_page => return park_after_sign_out(&visit, parts.uri.path(), &bytes).await,
        Err(error) => return (status_of(&error), error.to_string()).into_response(),
    }
    let request = Request::from_parts(parts, Body::from(bytes));
    let context = move || provide_context(visit.clone());
    leptos_axum::handle_server_fns_with_context(context, request).await.into_response()
}

#[cfg(test)]
mod tests {
    use super::drop_nonces;

    #[test]
    fn only_the_nonces_of_the_pages_own_scripts_go() {
        let page =
            r#"<link crossorigin="N1"><script type="module" nonce="N1">a</script><p> nonce="typed"</p><script nonce="N2">b</script>"#;
        let kept = r#"<link crossorigin=""><script type="module">a</script><p> nonce="typed"</p><script>b</script>"#;
        assert_eq!(String::from_utf8(drop_nonces(page.into())).unwrap(), kept);
    }
}
