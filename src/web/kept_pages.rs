//! Rendered pages that are kept until something changes. Invariant: a kept page is the same for every account with these roles in this
//! organisation; the account's own name is put in when it is sent, and nothing else about it stands there.
//!
//! What a page shows follows from its key: the data version rises with every change, and days end by the plan's calendar.

use std::{collections::BTreeSet, fmt, sync::Arc};

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::civil::Date;
use quick_cache::{Weighter, sync::Cache};
use sha2::{Digest, Sha256};

use super::render::LARGEST_PAGE;
use crate::{
    domain::{ids::OrganisationId, words::Role},
    i18n::Lang,
    services::visit::Visit,
    store::audit::hex,
};

/// All kept pages together take no more bytes.
const MOST_BYTES: u64 = 32 * 1024 * 1024;
/// About how many pages that is.
const USUAL_PAGES: usize = 512;

/// What a page depends on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct PageKey {
    version: i64,
    /// In the plan's time zone.
    today: Date,
    address: String,
    lang: Lang,
    roles: BTreeSet<Role>,
    organisation: Option<OrganisationId>,
}

impl PageKey {
    /// The key of the page that is asked for; none where it belongs to nobody else: a form that came back is on it, or the plan does not
    /// exist.
    pub(super) fn of(visit: &Visit) -> Option<Self> {
        let identity = visit.identity.as_ref().filter(|_| visit.parked.is_none())?;
        let code = visit.path().strip_prefix("/p/")?.split('/').next()?;
        Some(Self {
            version: visit.data_version,
            today: visit.today(&visit.plan(code).ok()?),
            address: visit.address.clone(),
            lang: visit.lang,
            roles: identity.roles().clone(),
            organisation: identity.organisation().cloned(),
        })
    }
}

/// A page without the name of whoever asked for it.
struct KeptPage {
    /// Up to the name.
    head: String,
    /// From its end on.
    tail: String,
    /// Changes with both.
    mark: String,
}

/// Ends before the account's name; no text that somebody typed holds a `<`.
const NAME_BEGINS: &str = r#"<details class="menu who"><summary>"#;
const NAME_ENDS: &str = "</summary>";
/// Stands in forms that are answered once: a page with one belongs to whoever asked for it.
const ONCE_ONLY: &str = r#"name="form_key""#;

impl KeptPage {
    fn cut(page: &str) -> Option<Self> {
        let (head, rest) = page.split_once(NAME_BEGINS)?;
        let (_, tail) = rest.split_once(NAME_ENDS)?;
        if page.contains(ONCE_ONLY) {
            return None;
        }
        let (head, tail) = (format!("{head}{NAME_BEGINS}"), format!("{NAME_ENDS}{tail}"));
        let mark = hash(&[&head, &tail]);
        Some(Self { head, tail, mark })
    }

    /// The page for an account, or that its browser has it already.
    fn answer(&self, name: &str, headers: &HeaderMap) -> Response {
        let tag = format!("\"{}-{}\"", self.mark, hash(&[name]));
        let mut response = if has_already(headers, &tag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let page = [self.head.as_str(), &html_escape::encode_text(name), &self.tail].concat();
            let mut response = Response::new(Body::from(page));
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
            response
        };
        let headers = response.headers_mut();
        // The browser keeps it and asks each time; for whom and in which language it was made, its cookies say.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        headers.insert(header::VARY, HeaderValue::from_static("cookie, accept-language"));
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            headers.insert(header::ETAG, tag);
        }
        response
    }
}

fn hash(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
    }
    let mut mark = hex(&hasher.finalize());
    mark.truncate(24);
    mark
}

/// Whether one of the tags that the browser names is this one.
fn has_already(headers: &HeaderMap, tag: &str) -> bool {
    let named = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    named.flat_map(|list| list.split(',')).any(|named| named.trim().trim_start_matches("W/") == tag)
}

/// The pages that are kept.
#[derive(Clone)]
pub struct KeptPages(Arc<Cache<PageKey, Arc<KeptPage>, Bytes>>);

#[derive(Clone)]
struct Bytes;

impl Weighter<PageKey, Arc<KeptPage>> for Bytes {
    fn weight(&self, key: &PageKey, page: &Arc<KeptPage>) -> u64 {
        (key.address.len() + page.head.len() + page.tail.len()) as u64
    }
}

impl Default for KeptPages {
    fn default() -> Self {
        Self(Arc::new(Cache::with_weighter(USUAL_PAGES, MOST_BYTES, Bytes)))
    }
}

impl fmt::Debug for KeptPages {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("KeptPages").field(&self.0.len()).finish()
    }
}

impl KeptPages {
    /// The page from those that are kept, else as it is rendered: of those who want the same, one renders it and the others wait.
    pub(super) async fn answer<Rendering>(&self, visit: &Visit, headers: &HeaderMap, key: PageKey, render: Rendering) -> Response
    where
        Rendering: Future<Output = Response>,
    {
        let made = self.0.get_or_insert_async(&key, async {
            let (parts, body) = render.await.into_parts();
            let Ok(bytes) = to_bytes(body, LARGEST_PAGE).await else {
                return Err((StatusCode::INTERNAL_SERVER_ERROR, "internal error").into_response());
            };
            let page = std::str::from_utf8(&bytes).ok().filter(|_| parts.status == StatusCode::OK).and_then(KeptPage::cut);
            page.map(Arc::new).ok_or_else(|| Response::from_parts(parts, Body::from(bytes)))
        });
        match made.await {
            Ok(page) => page.answer(visit.identity.as_ref().map_or("", |identity| identity.name()), headers),
            // An error, or a page of whoever asked alone.
            Err(response) => response,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<html><details class="menu who"><summary>王芳</summary><p>&lt;summary></p></details><main>7 / 10</main></html>"#;

    #[test]
    fn a_page_is_kept_without_the_name_and_sent_with_that_of_whoever_asks() {
        let page = KeptPage::cut(PAGE).unwrap();
        assert!(!page.head.contains("王芳") && !page.tail.contains("王芳"));
        assert!(KeptPage::cut("<html>no account</html>").is_none());
        assert!(KeptPage::cut(&PAGE.replace("7 / 10", r#"<input name="form_key">"#)).is_none());
    }

    #[test]
    fn a_browser_that_has_the_page_is_told_so() {
        let page = KeptPage::cut(PAGE).unwrap();
        let first = page.answer("李<雷>", &HeaderMap::new());
        let tag = first.headers()[header::ETAG].clone();
        let other = KeptPage::cut(&PAGE.replace("7 / 10", "8 / 10")).unwrap();
        let asked = |value: &str| HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_str(value).unwrap())]);
        let same = tag.to_str().unwrap();
        for (page, name, asked, status) in [
            (&page, "李<雷>", asked(same), StatusCode::NOT_MODIFIED),
            (&page, "李<雷>", asked(&format!("\"old\", W/{same}")), StatusCode::NOT_MODIFIED),
            (&page, "李<雷>", asked("\"old\""), StatusCode::OK),
            (&page, "韩梅梅", asked(same), StatusCode::OK),
            (&other, "李<雷>", asked(same), StatusCode::OK),
        ] {
            let answer = page.answer(name, &asked);
            assert_eq!(answer.status(), status, "{name} {asked:?}");
            assert_eq!(answer.headers()[header::CACHE_CONTROL], "private, no-cache");
        }
    }
}
