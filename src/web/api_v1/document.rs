//! The OpenAPI document. Invariant: it is made from the handlers and records themselves, so that it cannot say anything else.

use std::sync::LazyLock;

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use utoipa::{
    Modify, OpenApi,
    openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
};

/// Where the session's cookie is named; over TLS it begins with `__Host-`.
const SESSION_COOKIE: &str = "bihuan";

/// The document of everything that machines can read.
#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "Bihuan",
        description = "The numbers, names and dates of the pages for machines. Decimal values are texts, dates are `YYYY-MM-DD` in the \
                       plan's time zone, instants RFC 3339. Every answer can be had as CSV (`?format=csv` or `Accept: text/csv`): UTF-8 \
                       without a byte order mark, the head in the first row, texts that a spreadsheet would compute begin with an \
                       apostrophe. `Bihuan-Audit-Head` carries the hash of the newest row of the audit chain. Paged answers link to \
                       their neighbours by `Link`. A parameter that an address does not know is refused."
    ),
    paths(
        super::list_plans,
        super::list_indicators,
        super::show_indicator,
        super::list_units,
        super::list_tasks,
        super::list_roster
    ),
    modifiers(&Schemes),
    tags(
        (name = "plans", description = "Plans"),
        (name = "numbers", description = "Indicators; needs `read-numbers`"),
        (name = "roster", description = "Named units; needs `read-roster`"),
        (name = "tasks", description = "Tasks; needs `read-tasks`")
    )
)]
pub struct Document;

#[derive(Debug)]
struct Schemes;

impl Modify for Schemes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("A personal token, made on the page /tokens"));
        components.add_security_scheme("token", SecurityScheme::Http(token.build()));
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(SESSION_COOKIE))));
    }
}

/// The text of the document.
static TEXT: LazyLock<String> = LazyLock::new(|| serde_json::to_string_pretty(&Document::openapi()).unwrap_or_default());

/// Hands out the document; it tells the shape of answers and holds no data.
pub async fn answer_document() -> Response {
    let mut response = TEXT.as_str().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::web::registry::{Kind, entries};

    #[test]
    fn the_registry_and_the_document_name_the_same_addresses() {
        let document = serde_json::to_value(Document::openapi()).unwrap();
        let described: BTreeSet<&str> = document["paths"].as_object().unwrap().keys().map(String::as_str).collect();
        let registered: BTreeSet<&str> =
            entries().filter(|entry| matches!(entry.kind, Kind::Machine(..))).map(|entry| entry.path).collect();
        assert_eq!(described, registered);
        assert!(entries().filter(|entry| entry.path.starts_with("/api/")).all(|entry| matches!(entry.kind, Kind::Machine(..))));
    }

    #[test]
    fn each_address_says_the_scope_the_registry_demands() {
        let document = serde_json::to_value(Document::openapi()).unwrap();
        for entry in entries() {
            let Kind::Machine(scope, _) = entry.kind else { continue };
            let said = &document["paths"][entry.path]["get"]["security"][0]["token"];
            let wanted: Vec<&str> = scope.iter().map(|scope| scope.as_str()).collect();
            assert_eq!(*said, serde_json::json!(wanted), "{}", entry.path);
        }
    }
}
