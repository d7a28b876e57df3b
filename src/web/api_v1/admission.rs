//! Who may read through `/api/v1`. Invariant: a request with a token is that token's alone, its cookies are not looked at; without one
//! the session of the browser counts.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, Uri, header},
    middleware::Next,
    response::Response,
};

use super::problem::Refusal;
use crate::{
    domain::scopes::Scope,
    i18n::Lang,
    services::{
        sign_in::Token,
        tokens::{Bearer, find_bearer},
        visit::Visit,
    },
    web::{
        AppState,
        registry::Access,
        render::check_access,
        visits::{language_of, open_visit},
    },
};

/// What an address of `/api/v1` asks of whoever reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Needs {
    /// Of the account.
    pub access: Access,
    /// Of the token, where one is used.
    pub scope: Option<Scope>,
}

/// Lets a handler be reached only with its access, with a token of its scope, and hands it the visit.
pub async fn admit_machine(state: AppState, needs: Needs, mut request: Request, next: Next) -> Response {
    let lang = wanted_language(request.headers(), request.uri());
    let (headers, uri) = (request.headers().clone(), request.uri().clone());
    let mut response = match admit(&state, needs, request.method(), headers, &uri).await {
        Ok(mut visit) => {
            visit.lang = lang;
            request.extensions_mut().insert(visit);
            next.run(request).await
        }
        Err(refusal) => refusal.respond(lang),
    };
    // What the router itself refuses is told like everything else.
    let status = response.status();
    let is_problem = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/problem+json");
    if (status.is_client_error() || status.is_server_error()) && !is_problem {
        response = Refusal::of_status(status).respond(lang);
    }
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept, accept-language, authorization, cookie"));
    response
}

async fn admit(state: &AppState, needs: Needs, method: &Method, mut headers: HeaderMap, uri: &Uri) -> Result<Visit, Refusal> {
    if method != Method::GET && method != Method::HEAD {
        return Err(Refusal::Method);
    }
    let visit = match headers.get(header::AUTHORIZATION).map(read_token) {
        None => open_visit(state, &headers, uri).await?,
        Some(None) => return Err(Refusal::DeadToken),
        Some(Some(token)) => {
            headers.remove(header::COOKIE);
            let mut visit = open_visit(state, &headers, uri).await?;
            let mut tx = state.shared.db.read().await.map_err(crate::services::ServiceError::from)?;
            let bearer = find_bearer(&state.shared.db, &mut tx, visit.now, &token).await?;
            let Bearer { identity, scopes } = bearer.ok_or(Refusal::DeadToken)?;
            if let Some(scope) = needs.scope.filter(|scope| !scopes.contains(scope)) {
                return Err(Refusal::Scope(scope));
            }
            visit.identity = Some(identity);
            visit
        }
    };
    check_access(&visit, needs.access)?;
    Ok(visit)
}

/// The token of an `Authorization` header; none where it is of another scheme.
fn read_token(value: &HeaderValue) -> Option<Token> {
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| Token::from_text(token.trim()))
}

/// The language of `?lang=`, else that of the browser.
fn wanted_language(headers: &HeaderMap, uri: &Uri) -> Lang {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(uri.query().unwrap_or_default()).unwrap_or_default();
    let asked = pairs.iter().find(|(name, _)| name == "lang").and_then(|(_, tag)| Lang::from_tag(tag));
    asked.unwrap_or_else(|| language_of(headers))
}

/// The answer for an address below `/api` that leads nowhere.
pub fn answer_unknown(headers: &HeaderMap, uri: &Uri) -> Response {
    Refusal::NotFound.respond(wanted_language(headers, uri))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_bearer_tokens_are_read() {
        for (header, token) in [
            ("Bearer bhn_1", Some("bhn_1")),
            ("bearer  bhn_1 ", Some("bhn_1")),
            ("Basic YTpi", None),
            ("Bearer", None),
            ("bhn_1", None),
            ("", None),
        ] {
            let found = read_token(&HeaderValue::from_static(header));
            assert_eq!(found.as_ref().map(Token::text), token, "{header}");
        }
    }
}
