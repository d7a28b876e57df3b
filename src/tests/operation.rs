//! What whoever runs the product reads in its log. Invariant: whatever is logged for a request carries the number that its answer
//! carries, and no line holds an address.

use std::{
    io,
    sync::{Arc, Mutex},
};

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use serde_json::Value;

use crate::{
    fixtures::{Cast, add_small_plan},
    reader::{Reader, words_of},
    support::{Place, change},
};

/// Where the lines of a log go that a story reads.
#[derive(Debug, Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Takes what this thread logs, until the guard goes.
    fn listen(&self) -> tracing::subscriber::DefaultGuard {
        let log = self.clone();
        let subscriber = tracing_subscriber::fmt().json().with_writer(move || log.clone()).with_max_level(tracing::Level::INFO).finish();
        tracing::subscriber::set_default(subscriber)
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// The request's number in the one line with a message.
    fn number_of(&self, message: &str) -> String {
        let text = self.text();
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let found: Vec<&Value> = lines.iter().filter(|line| line["fields"]["message"] == message).collect();
        assert_eq!(found.len(), 1, "{message}: {text}");
        found[0]["span"]["request_id"].as_str().unwrap_or_else(|| panic!("no number: {text}")).to_owned()
    }
}

stories! {
    async fn a_fault_is_found_in_the_log_by_the_number_on_its_page(place: Place) {
        let cast = Cast::assemble(&place.db).await;
        add_small_plan(&place.db, &cast).await;
        let reader = Reader::sign_in(&place, &cast.leader, "zh-CN").await;
        change(&place.db, "ALTER TABLE areas RENAME TO areas_gone").await;
        let log = Log::default();
        let listening = log.listen();
        let request = reader.request(Method::GET, "/p/songshan/tasks?q=secret").body(Body::empty()).unwrap();
        let (headers, status, page) = reader.deliver(request).await;
        drop(listening);
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR, "{page}");
        let number = headers["x-request-id"].to_str().unwrap();
        let words = words_of(&page);
        assert!(words.contains(&format!("请求编号：{number}")), "{words}");
        assert_eq!(log.number_of("a use case failed"), number);
        assert_eq!(log.number_of("request"), number);
        assert!(!log.text().contains("secret"), "{}", log.text());
    }

    async fn a_form_from_another_site_is_in_the_log(place: Place) {
        let cast = Cast::assemble(&place.db).await;
        let reader = Reader::sign_in(&place, &cast.leader, "zh-CN").await;
        let log = Log::default();
        let listening = log.listen();
        let request: Request<Body> = reader
            .request(Method::POST, "/fn/sign_out?to=secret")
            .header(header::ORIGIN, "https://evil.example")
            .header("sec-fetch-site", "cross-site")
            .body(Body::empty())
            .unwrap();
        let (headers, status, _) = reader.deliver(request).await;
        drop(listening);
        assert_eq!(status, StatusCode::FORBIDDEN);
        let number = headers["x-request-id"].to_str().unwrap();
        assert_eq!(log.number_of("a form from another site is refused"), number);
        assert_eq!(log.number_of("request"), number);
        assert!(log.text().contains("/fn/sign_out") && !log.text().contains("secret"), "{}", log.text());
    }
}
