//! Cookies. Invariant: the session's cookie is `HttpOnly; SameSite=Lax`, and `Secure` with the `__Host-` prefix over TLS.

use axum::http::{HeaderMap, HeaderValue, header::COOKIE};

/// The session's token.
const SESSION: &str = "bihuan";
/// A random mark of browsers that are not signed in.
const VISITOR: &str = "bihuan-visitor";
/// A personal token on its way to the page that shows it once.
const NEW_TOKEN: &str = "bihuan-new-token";
/// The language chosen.
pub const LANGUAGE: &str = "bihuan-lang";

fn name_of(base: &str, secure: bool) -> String {
    if secure { format!("__Host-{base}") } else { base.to_owned() }
}

fn read(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

fn write(name: &str, value: &str, secure: bool, attributes: &str) -> Option<HeaderValue> {
    let tls = if secure { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{name}={value}; Path=/; SameSite=Lax{attributes}{tls}")).ok()
}

/// The session's token, as the browser sent it.
pub fn read_session(headers: &HeaderMap, secure: bool) -> Option<String> {
    read(headers, &name_of(SESSION, secure))
}

/// Hands the browser its session.
pub fn write_session(token: &str, secure: bool) -> Option<HeaderValue> {
    write(&name_of(SESSION, secure), token, secure, "; HttpOnly")
}

/// Takes the session back.
pub fn clear_session(secure: bool) -> Option<HeaderValue> {
    write(&name_of(SESSION, secure), "", secure, "; HttpOnly; Max-Age=0")
}

/// The personal token that was just made, as the browser brings it to the page that shows it.
pub fn read_new_token(headers: &HeaderMap, secure: bool) -> Option<String> {
    read(headers, &name_of(NEW_TOKEN, secure))
}

/// Hands a personal token to the browser for two minutes: the page shows it, and nothing here keeps it.
pub fn write_new_token(token: &str, secure: bool) -> Option<HeaderValue> {
    write(&name_of(NEW_TOKEN, secure), token, secure, "; HttpOnly; Max-Age=120")
}

/// Takes it back once it was shown.
pub fn clear_new_token(secure: bool) -> Option<HeaderValue> {
    write(&name_of(NEW_TOKEN, secure), "", secure, "; HttpOnly; Max-Age=0")
}

/// The mark of a browser that is not signed in.
pub fn read_visitor(headers: &HeaderMap, secure: bool) -> Option<String> {
    read(headers, &name_of(VISITOR, secure))
}

/// Marks a browser that is not signed in.
pub fn write_visitor(mark: &str, secure: bool) -> Option<HeaderValue> {
    write(&name_of(VISITOR, secure), mark, secure, "; HttpOnly; Max-Age=86400")
}

/// The language the browser was set to.
pub fn read_language(headers: &HeaderMap) -> Option<String> {
    read(headers, LANGUAGE)
}

/// Remembers a language for a year.
pub fn write_language(tag: &str, secure: bool) -> Option<HeaderValue> {
    write(LANGUAGE, tag, secure, "; HttpOnly; Max-Age=31536000")
}
