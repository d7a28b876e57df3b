//! The roster in full: names that several want, corrections, tables, lists. Invariant: a thing is counted once, whoever names it
//! however often, and whatever is decided stands on its page.

mod lists;
mod names;
mod tables;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Method, Request, StatusCode, header},
};
use bihuan::{
    domain::{
        ids::{OrganisationId, ReportId, UnitId},
        permissions::Permission,
        words::{Level, Stage},
    },
    services::{
        access::{Actor, Identity},
        assignments::{AssignmentFields, assign_organisation},
        periods::{PeriodFields, open_period},
        plan_files::load_first_plan,
        plans::list_plan_heads,
        roster::{self, StepEntry, UnitEntry},
        verify::{Inspection, verify},
        visit::PlanHead,
    },
    store::Db,
    web::{AppState, build_router, clock::Clock},
};
use tower::ServiceExt;

use crate::{
    fixtures::{Cast, at, begin_session, usual_now},
    support::{Place, read_number, read_texts},
};

const HOST: &str = "bihuan.example";
/// The task both owners report on.
const TASK: &str = "6.5";

/// An answer, read to its end.
#[derive(Debug)]
struct Answer {
    status: StatusCode,
    location: String,
    body: String,
}

impl Answer {
    /// The page as a person reads it: without marks, white space folded.
    fn text(&self) -> String {
        let mut text = String::new();
        let mut inside = false;
        for character in self.body.chars() {
            match character {
                '<' => inside = true,
                '>' => {
                    inside = false;
                    text.push(' ');
                }
                _ if !inside => text.push(character),
                _ => {}
            }
        }
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn assert_says(&self, words: &str) -> &Self {
        assert!(self.text().contains(words), "“{words}” is not in: {}", self.text());
        self
    }

    fn assert_lacks(&self, words: &str) -> &Self {
        assert!(!self.text().contains(words), "“{words}” is in: {}", self.text());
        self
    }

    /// The value of the first element with a name.
    fn value_of(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\"");
        let place = self.body.find(&mark).unwrap_or_else(|| panic!("no field {name} in {}", self.body));
        let start = self.body[..place].rfind('<').unwrap();
        let end = place + self.body[place..].find('>').unwrap();
        let element = &self.body[start..end];
        let (_, rest) = element.split_once("value=\"").unwrap_or(("", "\""));
        rest.split('"').next().unwrap().to_owned()
    }
}

/// The plan in use: two owners on one task, an open period, a site.
struct World {
    place: Place,
    db: Db,
    cast: Cast,
    plan: PlanHead,
    router: Router,
}

impl World {
    async fn begin(place: Place) -> Self {
        let db = place.db.clone();
        load_first_plan(&db, at("2025-01-02 09:00")).await.unwrap();
        let cast = Cast::assemble(&db).await;
        let mut tx = db.read().await.unwrap();
        let plan = list_plan_heads(&mut tx).await.unwrap().remove(0);
        drop(tx);
        let staff = cast.staff.require(Permission::ManagePlans).unwrap();
        for organisation in [&cast.owning_a, &cast.owning_b] {
            let fields = AssignmentFields {
                tasks: vec![TASK.to_owned()],
                areas: Vec::new(),
                organisation: organisation.to_string(),
                part: "responsible".to_owned(),
                contact: String::new(),
            };
            assign_organisation(&db, &staff, usual_now(), &plan, fields).await.unwrap();
        }
        let deadlines = ["2026-10-15", "2026-10-20", "2026-10-25", "2026-10-30", "2026-11-05", "2026-11-10"].map(str::to_owned);
        let fields = PeriodFields { period: "2026Q3".to_owned(), deadlines, was: String::new(), reason: String::new() };
        open_period(&db, &staff, usual_now(), &plan, &fields).await.unwrap();
        let start = jiff::Timestamp::from_millisecond(usual_now().0).unwrap();
        let state = AppState::new(db.clone(), place.data_dir.clone(), place.data_dir.join("no-site"), false, Clock::start(Some(start)));
        Self { router: build_router(state), place, db, cast, plan }
    }

    fn staff(&self) -> Actor {
        self.cast.staff.require(Permission::ManagePlans).unwrap()
    }

    fn path(&self, rest: &str) -> String {
        self.plan.path(rest)
    }

    async fn session(&self, who: &Identity) -> String {
        format!("bihuan={}", begin_session(&self.db, who.account(), usual_now()).await.text())
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let location = parts.headers.get(header::LOCATION).map_or("", |value| value.to_str().unwrap()).to_owned();
        Answer { status: parts.status, location, body: String::from_utf8_lossy(&bytes).into_owned() }
    }

    async fn request(&self, who: &Identity, method: Method, path: &str, kind: Option<&str>, body: Vec<u8>) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, HOST)
            .header(header::COOKIE, self.session(who).await)
            .header(header::ACCEPT, "text/html")
            .header(header::ORIGIN, format!("http://{HOST}"))
            .header("sec-fetch-site", "same-origin");
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// A page as somebody sees it.
    async fn see(&self, who: &Identity, path: &str) -> Answer {
        let answer = self.request(who, Method::GET, path, None, Vec::new()).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
        answer
    }

    /// Sends a form as a browser does without scripts, and sees where it leads.
    async fn fill_in(&self, who: &Identity, function: &str, fields: &[(&str, &str)]) -> Answer {
        let body = serde_urlencoded::to_string(fields).unwrap().into_bytes();
        let path = format!("/fn/{function}");
        let answer = self.request(who, Method::POST, &path, Some("application/x-www-form-urlencoded"), body).await;
        assert!(answer.status.is_redirection(), "{function}: {} {}", answer.status, answer.text());
        self.see(who, &answer.location).await
    }

    /// Fills in a report with one consortium and submits it; gives the page it leads to.
    async fn report(&self, who: &Identity, organisation: &OrganisationId, name: &str) -> Answer {
        let report = self.report_of(organisation).await;
        let sql = format!("SELECT COALESCE(MAX(version), 0) FROM reports WHERE id = '{report}'");
        let version = read_number(&self.db, &sql).await.to_string();
        let fields = [
            ("intent", "submit"),
            ("version", version.as_str()),
            ("narrative", "联合体已获批复。"),
            ("percent_complete", "40"),
            ("entry_keys", "k1"),
            ("entries.k1.recognition", "city-consortium"),
            ("entries.k1.name", name),
            ("entries.k1.stage", "recognised"),
            ("entries.k1.stage_date", "2026-09-02"),
            ("entries.k1.document_number", "松教〔2026〕3 号"),
        ];
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend(format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes());
        }
        let file =
            "--edge\r\nContent-Disposition: form-data; name=\"file.k1\"; filename=\"p.pdf\"\r\nContent-Type: application/pdf\r\n\r\n";
        body.extend(file.as_bytes());
        body.extend(b"%PDF-1.7 recognised\r\n--edge--\r\n");
        let path = self.path(&format!("/reports/{report}/form"));
        let answer = self.request(who, Method::POST, &path, Some("multipart/form-data; boundary=edge"), body).await;
        assert!(answer.status.is_redirection(), "{} {}", answer.status, answer.text());
        self.see(who, &answer.location).await
    }

    async fn report_of(&self, organisation: &OrganisationId) -> ReportId {
        ReportId::from(
            read_texts(&self.db, &format!("SELECT id FROM obligations WHERE organisation_id = '{organisation}'")).await.remove(0),
        )
    }

    /// The commission decides on an organisation's report.
    async fn decide(&self, organisation: &OrganisationId, decision: &str) {
        let report = self.report_of(organisation).await;
        let version = read_number(&self.db, &format!("SELECT version FROM reports WHERE id = '{report}'")).await.to_string();
        let (reason, text) = if decision == "return" { ("evidence", "缺公章。") } else { ("", "") };
        let back = self.path(&format!("/reports/{report}"));
        let fields = [
            ("plan", self.plan.code.as_str()),
            ("report", report.as_str()),
            ("version", &version),
            ("decision", decision),
            ("reason", reason),
            ("text", text),
            ("back", &back),
        ];
        self.fill_in(&self.cast.staff, "decide_report", &fields).await;
    }

    /// Staff record a unit that exists already.
    async fn record(&self, recognition: &str, level: &str, name: &str, stage: Stage, on: &str) -> UnitId {
        let entry = UnitEntry {
            recognition: recognition.to_owned(),
            level: level.to_owned(),
            name_zh: name.to_owned(),
            holder: self.cast.owning_a.to_string(),
            stage: stage.to_string(),
            stage_date: on.to_owned(),
            document: "松教〔2024〕6号".to_owned(),
            reason: "存量".to_owned(),
            ..UnitEntry::default()
        };
        roster::record_unit(&self.db, &self.staff(), usual_now(), &self.plan, entry).await.unwrap()
    }

    async fn step(&self, unit: &UnitId, recognition: &str, level: Option<Level>, stage: Stage, on: &str) {
        let entry = StepEntry {
            unit: unit.to_string(),
            recognition: recognition.to_owned(),
            level: level.map(|level| level.to_string()).unwrap_or_default(),
            stage: stage.to_string(),
            stage_date: on.to_owned(),
            document: "松教〔2026〕9号".to_owned(),
            reason: "按文件登记".to_owned(),
            ..StepEntry::default()
        };
        roster::record_step(&self.db, &self.staff(), usual_now(), &self.plan, entry).await.unwrap();
    }

    async fn unit_named(&self, name: &str) -> UnitId {
        UnitId::from(
            read_texts(&self.db, &format!("SELECT id FROM units WHERE name_zh = '{name}' ORDER BY created_at, id")).await.remove(0),
        )
    }

    /// Nothing that the product keeps contradicts anything else.
    async fn assert_sound(&self) {
        let inspection = Inspection { data_dir: &self.place.data_dir, now: usual_now(), head: None };
        let found: Vec<String> = verify(&self.db, inspection).await.unwrap().findings.iter().map(ToString::to_string).collect();
        assert_eq!(found, Vec::<String>::new());
    }
}
