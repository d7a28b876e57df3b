//! Somebody who is signed in and reads pages, sends forms and follows where they lead. Invariant: everything goes through the
//! router, as from a browser without scripts.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use bihuan::{
    services::{access::Identity, moment::Moment, sign_in::Token},
    web::{AppState, build_router, clock::Clock},
};
use tower::ServiceExt;

use crate::{
    fixtures::{begin_session, usual_now},
    support::Place,
};

/// The address the browser believes to be at.
const HOST: &str = "bihuan.example";

/// A signed-in reader of one language.
pub struct Reader {
    router: Router,
    cookies: String,
}

/// What a form led to.
#[derive(Debug)]
pub struct Sent {
    /// The status of the answer.
    pub status: StatusCode,
    /// Where it leads.
    pub location: String,
}

impl Reader {
    /// Signs somebody in who reads `zh-CN` or `en`.
    pub async fn sign_in(place: &Place, who: &Identity, language: &str) -> Self {
        let token = begin_session(&place.db, who.account(), usual_now()).await;
        Self::with_session(place, &token, language, usual_now())
    }

    /// Somebody with a session, at an instant.
    pub fn with_session(place: &Place, token: &Token, language: &str, now: Moment) -> Self {
        let start = jiff::Timestamp::from_millisecond(now.0).unwrap();
        let state =
            AppState::new(place.db.clone(), place.data_dir.clone(), place.data_dir.join("no-site"), false, Clock::start(Some(start)));
        Self { router: build_router(state), cookies: format!("bihuan={}; bihuan-lang={language}", token.text()) }
    }

    async fn answer(&self, request: Request<Body>) -> (StatusCode, String, String) {
        let (headers, status, body) = self.deliver(request).await;
        (status, headers.get(header::LOCATION).map_or("", |value| value.to_str().unwrap()).to_owned(), body)
    }

    /// Whatever comes back for a request.
    pub async fn deliver(&self, request: Request<Body>) -> (HeaderMap, StatusCode, String) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        (parts.headers, parts.status, String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Sends a report's form with its files.
    pub async fn send_multipart(&self, path: &str, boundary: &str, body: Body) -> Sent {
        let request = self.request(Method::POST, path).header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={boundary}"));
        let (status, location, _) = self.answer(request.body(body).unwrap()).await;
        Sent { status, location }
    }

    /// A request as this browser sends it.
    pub fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, HOST)
            .header(header::COOKIE, &self.cookies)
            .header(header::ACCEPT, "text/html")
    }

    /// The words of a page with its tags, comments and line breaks left out; the page must be there.
    pub async fn read(&self, path: &str) -> String {
        words_of(&self.open(path).await)
    }

    /// A page as it is sent; it must be there.
    pub async fn open(&self, path: &str) -> String {
        let (status, _, body) = self.answer(self.request(Method::GET, path).body(Body::empty()).unwrap()).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        body
    }

    /// Where a page leads, and its status.
    pub async fn try_open(&self, path: &str) -> Sent {
        let (status, location, _) = self.answer(self.request(Method::GET, path).body(Body::empty()).unwrap()).await;
        Sent { status, location }
    }

    /// Sends a form without scripts.
    pub async fn send(&self, path: &str, fields: &[(&str, &str)]) -> Sent {
        let request = self
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, format!("http://{HOST}"))
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(serde_urlencoded::to_string(fields).unwrap()))
            .unwrap();
        let (status, location, _) = self.answer(request).await;
        Sent { status, location }
    }
}

/// The value of a hidden field of a page.
pub fn hidden_field(page: &str, name: &str) -> String {
    let named = format!("name=\"{name}\"");
    let mut tags = page.split('<').filter_map(|tag| tag.split('>').next());
    let tag = tags.find(|tag| tag.contains("type=\"hidden\"") && tag.contains(&named));
    let tag = tag.unwrap_or_else(|| panic!("no field {name} in {page}"));
    let value = tag.split_once("value=\"").unwrap_or_else(|| panic!("no value in {tag}")).1;
    value.split('"').next().unwrap().to_owned()
}

/// What a person reads of a page: one space between the texts.
pub fn words_of(page: &str) -> String {
    let body = page.split_once("<body").and_then(|(_, body)| body.split_once('>')).map_or(page, |(_, body)| body);
    let mut words = String::new();
    let mut rest = body;
    while let Some((text, after)) = rest.split_once('<') {
        words.push_str(text);
        let end = if after.starts_with("!--") { "-->" } else { ">" };
        let skipped = if after.starts_with("script") { after.find("</script>").map(|at| &after[at..]) } else { Some(after) };
        rest = skipped.and_then(|after| after.split_once(end)).map_or("", |(_, rest)| rest);
        // The marks between two texts do not part words.
        if !after.starts_with('!') {
            words.push(' ');
        }
    }
    words.push_str(rest);
    let words = words.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn words_are_what_stands_between_the_tags() {
    let page = "<html><body class=\"a\"><p>1<!>0<!-- --> of <b>20</b></p><script>1 < 2</script>\n<i>余 &amp; more</i></body>";
    assert_eq!(words_of(page), "10 of 20 余 & more");
    assert_eq!(hidden_field("<input type=\"hidden\" name=\"seen\" value=\"ab\"/>", "seen"), "ab");
}
