//! What a machine asked for, and how it is answered. Invariant: a parameter that cannot be read, or that nobody reads, is refused; none
//! is guessed or passed over.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderName, HeaderValue, Uri, header, request::Parts},
    response::{IntoResponse, Response},
};
use jiff::civil::Date;
use serde::Serialize;

use super::{
    problem::{ParameterProblem, Refusal, WrongParameter},
    tables::Table,
};
use crate::{
    documents::csv_table::write_table,
    domain::calendar::parse_date,
    services::{
        api_view::read_audit_head,
        clocks::Clocks,
        visit::{PlanHead, Visit},
    },
};

/// The hash of the newest audit row, on every answer: by it a rewritten chain is told from the one that was exported.
pub static AUDIT_HEAD: HeaderName = HeaderName::from_static("bihuan-audit-head");

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Json,
    Csv,
}

const FORMATS: [(&str, Format); 2] = [("json", Format::Json), ("csv", Format::Csv)];

/// A request with the parameters that were not read yet.
#[derive(Debug)]
pub struct Asked {
    /// Who asks, and what the server shares.
    pub visit: Visit,
    uri: Uri,
    format: Format,
    left: Vec<(String, String)>,
    wrong: Vec<WrongParameter>,
}

impl<State: Send + Sync> FromRequestParts<State> for Asked {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Self, Response> {
        // Admission puts it there; without it the address is not guarded.
        let visit = parts.extensions.get::<Visit>().cloned();
        let visit = visit.ok_or_else(|| Refusal::NotFound.respond(crate::i18n::Lang::default()))?;
        Ok(Self::new(visit, &parts.headers, parts.uri.clone()))
    }
}

impl Asked {
    fn new(visit: Visit, headers: &HeaderMap, uri: Uri) -> Self {
        let left = serde_urlencoded::from_str(uri.query().unwrap_or_default()).unwrap_or_default();
        let mut asked = Self { visit, uri, format: accepted_format(headers), left, wrong: Vec::new() };
        if let Some(format) = asked.take_word("format", &FORMATS) {
            asked.format = format;
        }
        // Which language was settled on admission; here it is only checked.
        asked.take_word("lang", &[("zh", ()), ("zh-CN", ()), ("en", ())]);
        asked
    }

    fn refuse(&mut self, name: &str, value: String, problem: ParameterProblem) {
        self.wrong.push(WrongParameter { name: name.to_owned(), value, problem });
    }

    fn take(&mut self, name: &str) -> Option<String> {
        let place = self.left.iter().position(|(key, _)| key == name)?;
        let (_, value) = self.left.remove(place);
        if let Some(place) = self.left.iter().position(|(key, _)| key == name) {
            let (_, second) = self.left.remove(place);
            self.refuse(name, second, ParameterProblem::Twice);
        }
        // A form that was left empty asks for nothing.
        (!value.is_empty()).then_some(value)
    }

    fn take_word<T: Copy>(&mut self, name: &str, offered: &[(&'static str, T)]) -> Option<T> {
        let value = self.take(name)?;
        let found = offered.iter().find(|(word, _)| *word == value).map(|(_, meaning)| *meaning);
        if found.is_none() {
            self.refuse(name, value, ParameterProblem::Choice(offered.iter().map(|(word, _)| *word).collect()));
        }
        found
    }

    /// A text as it was sent.
    pub fn text(&mut self, name: &str) -> Option<String> {
        self.take(name)
    }

    /// One word of a closed list.
    pub fn choice<T: Copy>(&mut self, name: &str, all: &[T], word: impl Fn(T) -> &'static str) -> Option<T> {
        let offered: Vec<(&'static str, T)> = all.iter().map(|meaning| (word(*meaning), *meaning)).collect();
        self.take_word(name, &offered)
    }

    /// Both clocks: today in the plan's zone, as known now, without them.
    pub fn clocks(&mut self, plan: &PlanHead) -> Clocks {
        let today = self.visit.today(plan);
        let as_of = self.day("as_of").unwrap_or(today);
        match self.day("known_at") {
            Some(day) if day > today => {
                self.refuse("known_at", day.to_string(), ParameterProblem::Future(today));
                Clocks::from(as_of)
            }
            Some(day) => Clocks::known_at(as_of, day, today),
            None => Clocks::from(as_of),
        }
    }

    fn day(&mut self, name: &str) -> Option<Date> {
        let value = self.take(name)?;
        match parse_date(&value) {
            Ok(date) => Some(date),
            Err(error) => {
                self.refuse(name, value, ParameterProblem::Date(error));
                None
            }
        }
    }

    /// The page, from 1.
    pub fn page(&mut self) -> i64 {
        let Some(value) = self.take("page") else { return 1 };
        match value.parse() {
            Ok(page) if page >= 1 => page,
            _ => {
                self.refuse("page", value, ParameterProblem::Page);
                1
            }
        }
    }

    /// Refuses the request if a parameter was wrong, or is one that nobody read.
    pub fn finish(&mut self) -> Result<(), Refusal> {
        for (name, value) in std::mem::take(&mut self.left) {
            self.refuse(&name, value, ParameterProblem::Unknown);
        }
        if self.wrong.is_empty() { Ok(()) } else { Err(Refusal::Parameters(std::mem::take(&mut self.wrong))) }
    }

    /// Refuses a page after the last one: whoever counts pages up would otherwise get the last for ever.
    pub fn check_page(&self, page: i64, pages: i64) -> Result<(), Refusal> {
        if page <= pages {
            return Ok(());
        }
        let problem = ParameterProblem::PageBeyond(pages);
        Err(Refusal::Parameters(vec![WrongParameter { name: "page".to_owned(), value: page.to_string(), problem }]))
    }

    /// Answers with what was found, as JSON or CSV, or with the refusal.
    pub async fn answer<Found: Serialize + Table>(&self, found: Result<Found, Refusal>) -> Response {
        let written = match found {
            Ok(found) => self.write(&found).await,
            Err(refusal) => Err(refusal),
        };
        written.unwrap_or_else(|refusal| refusal.respond(self.visit.lang))
    }

    async fn write<Found: Serialize + Table>(&self, found: &Found) -> Result<Response, Refusal> {
        let internal = |error: &dyn std::error::Error| {
            tracing::error!(%error, "an answer could not be written");
            Refusal::Internal
        };
        let (kind, body) = match self.format {
            Format::Json => ("application/json", serde_json::to_string(found).map_err(|error| internal(&error))?),
            Format::Csv => {
                ("text/csv; charset=utf-8; header=present", write_table(Found::COLUMNS, &found.rows()).map_err(|error| internal(&error))?)
            }
        };
        let mut response = body.into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        if let Some(head) = read_audit_head(&self.visit).await?
            && let Ok(head) = HeaderValue::from_str(&head)
        {
            headers.insert(AUDIT_HEAD.clone(), head);
        }
        if let Some((page, pages)) = found.pages() {
            let links = [("prev", page - 1), ("next", page + 1)].into_iter().filter(|(_, to)| (1..=pages).contains(to));
            let links: Vec<String> = links.map(|(rel, to)| format!("<{}>; rel=\"{rel}\"", self.address_of_page(to))).collect();
            if let (false, Ok(links)) = (links.is_empty(), HeaderValue::from_str(&links.join(", "))) {
                headers.insert(header::LINK, links);
            }
        }
        Ok(response)
    }

    fn address_of_page(&self, page: i64) -> String {
        let mut pairs: Vec<(String, String)> = serde_urlencoded::from_str(self.uri.query().unwrap_or_default()).unwrap_or_default();
        pairs.retain(|(key, _)| key != "page");
        pairs.push(("page".to_owned(), page.to_string()));
        format!("{}?{}", self.uri.path(), serde_urlencoded::to_string(pairs).unwrap_or_default())
    }
}

/// CSV where it is asked for and JSON is not.
fn accepted_format(headers: &HeaderMap) -> Format {
    let accepted: Vec<&str> = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    let names = |kind: &str| {
        let mut parts = accepted.iter().flat_map(|value| value.split(','));
        parts.any(|part| part.split(';').next().is_some_and(|name| name.trim().eq_ignore_ascii_case(kind)))
    };
    if names("text/csv") && !names("application/json") { Format::Csv } else { Format::Json }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_is_given_to_whoever_asks_for_nothing_else() {
        for (accept, format) in [
            ("", Format::Json),
            ("*/*", Format::Json),
            ("application/json", Format::Json),
            ("text/csv", Format::Csv),
            ("TEXT/CSV; q=0.9, */*; q=0.1", Format::Csv),
            ("text/csv, application/json", Format::Json),
            ("text/html,application/xhtml+xml,*/*;q=0.8", Format::Json),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
            assert_eq!(accepted_format(&headers), format, "{accept}");
        }
    }
}
