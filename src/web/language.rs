//! The language switch. Invariant: it goes back to where it was called from, inside this site.

use axum::{
    extract::{Query, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{AppState, cookies, forms::inside_path};
use crate::i18n::Lang;

/// Which language, and where to go on.
#[derive(Debug, Deserialize)]
pub struct Switch {
    to: String,
    #[serde(default)]
    back: String,
}

/// Remembers the language in a cookie. It changes nothing but the caller's own display, so a GET may do it.
pub async fn switch_language(State(state): State<AppState>, Query(switch): Query<Switch>) -> Response {
    let Some(lang) = Lang::from_tag(&switch.to) else { return StatusCode::NOT_FOUND.into_response() };
    let Ok(back) = HeaderValue::from_str(inside_path(&switch.back)) else { return StatusCode::BAD_REQUEST.into_response() };
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, back)]).into_response();
    if let Some(cookie) = cookies::write_language(lang.tag(), state.shared.secure) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
