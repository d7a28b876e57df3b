//! A desk: somebody who is signed in opens pages, fills in their forms as a browser without scripts does, and sends them.
//! Invariant: what is sent is what the page's own form holds, but for the fields that the story names.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use bihuan::{
    services::{access::Identity, child::ChildReader, moment::Moment},
    web::{AppState, build_router, clock::Clock},
};
use tower::ServiceExt;

use crate::{
    fixtures::{begin_session, usual_now},
    support::Place,
};

/// The address the browser believes to be at.
const HOST: &str = "bihuan.example";

/// Somebody's browser.
pub struct Desk {
    router: Router,
    cookies: String,
}

/// An answer, read to its end.
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// The content as text.
    pub fn body(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// Where it leads.
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |value| value.to_str().unwrap())
    }
}

impl Desk {
    /// Signs somebody in.
    pub async fn sign_in(place: &Place, who: &Identity, language: &str) -> Self {
        Self::sign_in_at(place, who, language, usual_now()).await
    }

    /// Signs somebody in at an instant.
    pub async fn sign_in_at(place: &Place, who: &Identity, language: &str, now: Moment) -> Self {
        Self::sign_in_with(place, who, language, now, ChildReader::of(env!("CARGO_BIN_EXE_bihuan"))).await
    }

    /// Signs somebody in where documents are read by certain children.
    pub async fn sign_in_with(place: &Place, who: &Identity, language: &str, now: Moment, reader: ChildReader) -> Self {
        let start = jiff::Timestamp::from_millisecond(now.0).unwrap();
        let mut state =
            AppState::new(place.db.clone(), place.data_dir.clone(), place.data_dir.join("no-site"), false, Clock::start(Some(start)));
        state.shared.reader = Arc::new(reader);
        let token = begin_session(&place.db, who.account(), now).await;
        Self { router: build_router(state), cookies: format!("bihuan={}; bihuan-lang={language}", token.text()) }
    }

    fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, HOST)
            .header(header::COOKIE, &self.cookies)
            .header(header::ACCEPT, "text/html")
            .header(header::ORIGIN, format!("http://{HOST}"))
            .header("sec-fetch-site", "same-origin")
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        Answer { status: parts.status, headers: parts.headers, bytes: to_bytes(body, usize::MAX).await.unwrap().to_vec() }
    }

    /// Whatever an address answers.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path).body(Body::empty()).unwrap()).await
    }

    /// A page that must be there.
    pub async fn open(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body());
        answer.body()
    }

    /// The words of a page.
    pub async fn read(&self, path: &str) -> String {
        words_of(&self.open(path).await)
    }

    /// Sends fields to a server function.
    pub async fn post(&self, action: &str, fields: &[(String, String)]) -> Answer {
        let request = self
            .request(Method::POST, &format!("/fn/{action}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(serde_urlencoded::to_string(fields).unwrap()))
            .unwrap();
        self.send(request).await
    }

    /// Opens a page, changes fields of its form for a server function, sends it, and reads the page it leads to.
    pub async fn fill(&self, path: &str, action: &str, changes: &[(&str, &str)]) -> String {
        let fields = change_fields(read_form(&self.open(path).await, action), changes);
        self.send_and_follow(action, &fields).await
    }

    /// Sends fields to a server function and reads the page it leads to.
    pub async fn send_and_follow(&self, action: &str, fields: &[(String, String)]) -> String {
        let answer = self.post(action, fields).await;
        assert!(answer.status.is_redirection(), "{action}: {} {}", answer.status, answer.body());
        self.open(answer.location()).await
    }

    /// Uploads a file as a form with text fields, and gives the page it leads to.
    pub async fn upload(&self, address: &str, fields: &[(&str, &str)], file: &[u8]) -> Answer {
        let boundary = "----bihuan-story";
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend(format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
        }
        let head = "Content-Disposition: form-data; name=\"file\"; filename=\"plan\"\r\nContent-Type: application/octet-stream";
        body.extend(format!("--{boundary}\r\n{head}\r\n\r\n").bytes());
        body.extend_from_slice(file);
        body.extend(format!("\r\n--{boundary}--\r\n").bytes());
        let request = self
            .request(Method::POST, address)
            .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={boundary}"))
            .body(Body::from(body))
            .unwrap();
        self.send(request).await
    }
}

/// Fields with some of them set anew; `-name` takes one away, as a box that is no longer ticked.
pub fn change_fields(mut fields: Vec<(String, String)>, changes: &[(&str, &str)]) -> Vec<(String, String)> {
    for (name, value) in changes {
        let taken_away = name.strip_prefix('-');
        fields.retain(|(field, _)| field != taken_away.unwrap_or(name));
        if taken_away.is_none() {
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
    }
    fields
}

/// The text of a page without its tags, with single spaces.
pub fn words_of(html: &str) -> String {
    let mut text = String::new();
    for (index, piece) in html.split('<').enumerate() {
        let (tag, words) = if index == 0 { ("!", piece) } else { piece.split_once('>').unwrap_or_default() };
        // Marks between pieces of one text are no space; what stands in different elements is apart.
        if !tag.starts_with('!') {
            text.push(' ');
        }
        text.push_str(words);
    }
    unescape(&text).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#x27;", "'")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

/// What the form for a server function holds: the fields that a browser would send.
pub fn read_form(html: &str, action: &str) -> Vec<(String, String)> {
    let mark = format!("action=\"/fn/{action}\"");
    let start = html.find(&mark).unwrap_or_else(|| panic!("no form {action} in {html}"));
    let mut rest = &html[start..html[start..].find("</form>").map_or(html.len(), |end| start + end)];
    let (mut fields, mut select) = (Vec::new(), None);
    while let Some(begin) = rest.find('<') {
        rest = &rest[begin + 1..];
        let name = rest.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '/').next().unwrap_or_default();
        let (attributes, after) = read_attributes(&rest[name.len()..]);
        rest = after;
        let get = |wanted: &str| attributes.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
        match name {
            "input" => {
                let kind = get("type").unwrap_or_default();
                if kind != "file" && (kind != "checkbox" || get("checked").is_some()) {
                    fields.push((get("name").unwrap(), get("value").unwrap_or_default()));
                }
            }
            "select" => select = get("name"),
            "option" if get("selected").is_some() => fields.push((select.clone().unwrap(), get("value").unwrap_or_default())),
            "textarea" => {
                let text = rest.split("</textarea>").next().unwrap();
                fields.push((get("name").unwrap(), unescape(text).replace("<!>", "")));
            }
            _ => {}
        }
    }
    fields
}

/// The attributes of a tag, and what follows it.
fn read_attributes(text: &str) -> (Vec<(String, String)>, &str) {
    let mut attributes = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() && !rest.starts_with('>') {
        if let Some(after) = rest.strip_prefix('/') {
            rest = after.trim_start();
            continue;
        }
        let end = rest.find(|letter: char| letter.is_whitespace() || matches!(letter, '=' | '>' | '/')).unwrap_or(rest.len());
        let name = rest[..end].to_owned();
        rest = rest[end..].trim_start();
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix("=\"") {
            let (inside, behind) = after.split_once('"').unwrap_or((after, ""));
            value = unescape(inside);
            rest = behind.trim_start();
        }
        attributes.push((name, value));
    }
    (attributes, rest.strip_prefix('>').unwrap_or(rest))
}

#[test]
fn a_form_is_read_as_a_browser_would_send_it() {
    let html = "<form method=\"post\" action=\"/fn/other\"><input name=\"x\" value=\"1\"></form>\
                <form method=\"post\" action=\"/fn/save\" class=\"form\"><input type=\"hidden\" name=\"seen\" value=\"{&quot;a&quot;:1}\">\
                <input type=\"checkbox\" name=\"a.1\" value=\"on\" checked><input type=\"checkbox\" name=\"a.2\" value=\"on\">\
                <select name=\"s\"><option value=\"\">-</option><option value=\"two\" selected>2</option></select>\
                <textarea name=\"t\" rows=\"3\">a &lt;b&gt;</textarea><input type=\"file\" name=\"f\"></form>";
    let fields: Vec<(String, String)> = read_form(html, "save");
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(fields, [("seen", "{\"a\":1}"), ("a.1", "on"), ("s", "two"), ("t", "a <b>")]);
    assert_eq!(words_of("<p>一 <b>b</b>&lt;</p>"), "一 b <");
}
