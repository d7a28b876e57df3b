//! Where stories about corrections take place: two periods of one task, everybody who works on it, and a browser for each.
//! Invariant: reports and reviews go through the services or the pages, never past them.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Method, Request, StatusCode, header},
};
use bihuan::{
    domain::{
        ids::{OrganisationId, ReportId},
        permissions::Permission,
        report::{Decision, EntryFields, ReportFields, ReportState},
    },
    error::UserError,
    services::{
        ServiceError,
        access::Identity,
        assignments::{AssignmentFields, assign_organisation},
        clocks::Clocks,
        corrections::{begin_correction, give_up_correction},
        evidence::{Received, Receiver},
        moment::Moment,
        periods::{PeriodFields, open_period},
        plan_files::load_first_plan,
        plan_view::read_plan_view,
        plans::list_plan_heads,
        reports::{Attachment, DraftChange, Saved, save_draft, submit_report},
        reviews::{DecisionForm, decide, require_reviewer},
        verify::{Inspection, verify},
        visit::{PlanHead, Shared},
    },
    store::{Db, reports::find_draft},
    web::{AppState, build_router, clock::Clock},
};
use tower::ServiceExt;

use crate::{
    fixtures::{Cast, at, begin_session, usual_now},
    support::{Place, read_number, read_texts},
};

/// The task whose indicator counts overseas branches.
const TASK: &str = "5.2";
/// The address the browser believes to be at.
const HOST: &str = "bihuan.example";
/// When reports of the second quarter are handed in and accepted.
pub const IN_JULY: &str = "2026-07-10 09:00";
/// When reports of the third quarter are.
pub const IN_OCTOBER: &str = "2026-10-08 09:00";

/// Everybody, the plan, and the site.
pub struct Office {
    pub cast: Cast,
    pub plan: PlanHead,
    pub place: Place,
    router: Router,
}

/// A page as it came.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub location: String,
    pub body: String,
}

impl Answer {
    /// Panics with the page where a text is missing.
    pub fn shows(&self, texts: &[&str]) {
        for text in texts {
            assert!(self.body.contains(text), "{text} is not on the page: {}", self.body);
        }
    }

    /// Panics with the page where a text stands.
    pub fn hides(&self, texts: &[&str]) {
        for text in texts {
            assert!(!self.body.contains(text), "{text} is on the page: {}", self.body);
        }
    }
}

/// What a refusal says; any other error ends the story.
pub fn told<T>(result: Result<T, ServiceError>) -> Result<T, UserError> {
    result.map_err(|error| match error {
        ServiceError::Refused(refusal) => refusal,
        other => panic!("{other}"),
    })
}

/// A recognised overseas branch.
pub fn branch(key: &str, name: &str) -> EntryFields {
    EntryFields {
        key: key.to_owned(),
        recognition: "silk-road-branch".to_owned(),
        name: name.to_owned(),
        stage: "recognised".to_owned(),
        stage_date: "2026-06-02".to_owned(),
        document_number: "松教外〔2026〕3 号".to_owned(),
        ..EntryFields::default()
    }
}

/// A report of these recognitions.
pub fn report_of(entries: Vec<EntryFields>) -> ReportFields {
    ReportFields {
        narrative: "分校揭牌，首批学员入学。".to_owned(), percent_complete: "40".to_owned(), entries, ..ReportFields::default()
    }
}

impl Office {
    /// The plan, two responsible organisations and a lead on one task, the second and third quarter of 2026 open.
    pub async fn open(place: &Place) -> Self {
        let db = &place.db;
        load_first_plan(db, at("2025-01-02 09:00")).await.unwrap();
        let cast = Cast::assemble(db).await;
        let mut tx = db.read().await.unwrap();
        let plan = list_plan_heads(&mut tx).await.unwrap().remove(0);
        drop(tx);
        let staff = cast.staff.require(Permission::ManagePlans).unwrap();
        for (organisation, part) in [(&cast.owning_a, "responsible"), (&cast.owning_b, "responsible"), (&cast.leading, "lead")] {
            let fields = AssignmentFields {
                tasks: vec![TASK.to_owned()],
                areas: Vec::new(),
                organisation: organisation.to_string(),
                part: part.to_owned(),
                contact: String::new(),
            };
            assign_organisation(db, &staff, at("2026-06-20 09:00"), &plan, fields).await.unwrap();
        }
        for (period, opened, days) in [
            ("2026Q2", "2026-06-25 09:00", ["2026-07-15", "2026-07-20", "2026-07-25", "2026-07-30", "2026-08-05", "2026-08-10"]),
            ("2026Q3", "2026-09-25 09:00", ["2026-10-15", "2026-10-20", "2026-10-25", "2026-10-30", "2026-11-05", "2026-11-10"]),
        ] {
            let fields = PeriodFields { period: period.to_owned(), deadlines: days.map(str::to_owned), ..PeriodFields::default() };
            open_period(db, &staff, at(opened), &plan, &fields).await.unwrap();
        }
        let start = jiff::Timestamp::from_millisecond(usual_now().0).unwrap();
        let state = AppState::new(db.clone(), place.data_dir.clone(), place.data_dir.join("no-site"), false, Clock::start(Some(start)));
        Self { cast, plan, place: place.clone(), router: build_router(state) }
    }

    pub fn db(&self) -> &Db {
        &self.place.db
    }

    // ---- Through the services ----

    /// The report of an organisation in a period.
    pub async fn owed(&self, organisation: &OrganisationId, period: &str) -> ReportId {
        let sql = format!(
            "SELECT o.id FROM obligations o JOIN periods p ON p.id = o.period_id
             WHERE o.organisation_id = '{organisation}' AND p.code = '{period}'"
        );
        ReportId::from(read_texts(self.db(), &sql).await.remove(0))
    }

    /// A file with a content of its own, on disk.
    pub async fn file(&self, entry_key: &str, content: &str) -> Attachment {
        let mut receiver = Receiver::begin(&self.place.data_dir, usual_now()).await.unwrap();
        receiver.take(format!("%PDF-1.7 {content}").as_bytes()).await.unwrap();
        let received: Received = receiver.finish(&self.place.data_dir, "a.pdf").await.unwrap();
        Attachment { entry_key: entry_key.to_owned(), file_name: format!("{content}.pdf"), received }
    }

    pub async fn version(&self, report: &ReportId) -> i64 {
        read_number(self.db(), &format!("SELECT version FROM reports WHERE id = '{report}'")).await
    }

    /// What stands in the draft.
    pub async fn draft(&self, report: &ReportId) -> ReportFields {
        let mut tx = self.db().read().await.unwrap();
        find_draft(&mut tx, report).await.unwrap().unwrap().0
    }

    pub async fn save(
        &self,
        owner: &Identity,
        report: &ReportId,
        when: Moment,
        fields: ReportFields,
        files: Vec<Attachment>,
    ) -> Result<(), UserError> {
        let known = read_number(self.db(), &format!("SELECT COUNT(*) FROM reports WHERE id = '{report}'")).await;
        let version = if known == 0 { 0 } else { self.version(report).await };
        let change = DraftChange {
            plan: self.plan.clone(),
            report: report.clone(),
            version,
            fields,
            attachments: files,
            detached: None,
            removed_entry: None,
        };
        let actor = owner.require(Permission::Report).unwrap();
        told(save_draft(self.db(), &actor, when, change).await).map(|saved| assert_ne!(saved, Saved::Stale))
    }

    pub async fn submit(&self, owner: &Identity, report: &ReportId, when: Moment) -> Result<(), UserError> {
        let actor = owner.require(Permission::Report).unwrap();
        let version = self.version(report).await;
        told(submit_report(self.db(), &actor, when, &self.plan, report, version).await)
    }

    pub async fn decide(&self, reviewer: &Identity, report: &ReportId, when: Moment, decision: Decision) -> Result<ReportState, UserError> {
        let actor = require_reviewer(reviewer).unwrap();
        let back = decision == Decision::Return;
        let form = DecisionForm {
            plan: self.plan.clone(),
            report: report.clone(),
            version: self.version(report).await,
            decision,
            reason: if back { "evidence".to_owned() } else { String::new() },
            text: if back { "请补充说明。".to_owned() } else { String::new() },
        };
        told(decide(self.db(), &actor, when, form).await)
    }

    /// The lead and the commission accept.
    pub async fn accept(&self, report: &ReportId, when: Moment) -> Result<ReportState, UserError> {
        self.decide(&self.cast.lead, report, when, Decision::Accept).await?;
        self.decide(&self.cast.staff, report, when, Decision::Accept).await
    }

    /// Hands in and accepts a report of the first responsible organisation, with a file for each entry.
    pub async fn report(&self, period: &str, when: &str, fields: ReportFields) -> ReportId {
        let report = self.owed(&self.cast.owning_a, period).await;
        let mut files = Vec::new();
        for entry in &fields.entries {
            files.push(self.file(&entry.key, &format!("{period}-{}", entry.key)).await);
        }
        self.save(&self.cast.owner_a, &report, at(when), fields, files).await.unwrap();
        self.submit(&self.cast.owner_a, &report, at(when)).await.unwrap();
        assert_eq!(self.accept(&report, at(when)).await, Ok(ReportState::Accepted));
        report
    }

    pub async fn begin(&self, owner: &Identity, report: &ReportId) -> Result<ReportId, UserError> {
        let actor = owner.require(Permission::Report).unwrap();
        told(begin_correction(self.db(), &actor, usual_now(), &self.plan, report, "核对后发现有误").await)
    }

    pub async fn give_up(&self, owner: &Identity, report: &ReportId) -> Result<(), UserError> {
        let actor = owner.require(Permission::Report).unwrap();
        let version = self.version(report).await;
        told(give_up_correction(self.db(), &actor, usual_now(), &self.plan, report, version).await)
    }

    /// Begins a correction, changes its content and submits it.
    pub async fn correct(&self, report: &ReportId, change: impl FnOnce(&mut ReportFields)) -> Result<ReportId, UserError> {
        let correction = self.begin(&self.cast.owner_a, report).await?;
        let mut fields = self.draft(&correction).await;
        change(&mut fields);
        self.save(&self.cast.owner_a, &correction, usual_now(), fields, Vec::new()).await?;
        self.submit(&self.cast.owner_a, &correction, usual_now()).await.map(|()| correction)
    }

    /// Actual and awaiting of T10 as the cockpit shows them.
    pub async fn count(&self) -> (i64, usize) {
        self.count_by(Clocks::from(usual_now().date_in("Asia/Shanghai"))).await
    }

    /// The same by both clocks.
    pub async fn count_by(&self, clocks: Clocks) -> (i64, usize) {
        let shared = Shared {
            db: self.db().clone(),
            data_dir: Arc::new(self.place.data_dir.clone()),
            site: Arc::default(),
            secure: false,
            public_url: None,
            views: Arc::default(),
            reader: Arc::default(),
        };
        let view = read_plan_view(&shared, &self.plan, clocks).await.unwrap();
        let indicator = view.indicators.iter().find(|indicator| indicator.code == "T10").unwrap();
        (indicator.actual.unwrap_or(0), indicator.awaiting.len())
    }

    /// What `bihuan verify` finds.
    pub async fn verify(&self) -> Vec<String> {
        let inspection = Inspection { data_dir: &self.place.data_dir, now: usual_now(), head: None };
        verify(self.db(), inspection).await.unwrap().findings.iter().map(ToString::to_string).collect()
    }

    // ---- Through the pages ----

    async fn send(&self, who: &Identity, request: axum::http::request::Builder, body: Body) -> Answer {
        let token = begin_session(self.db(), who.account(), usual_now()).await;
        let request = request
            .header(header::HOST, HOST)
            .header(header::ACCEPT, "text/html")
            .header(header::COOKIE, format!("bihuan={}", token.text()))
            .header(header::ORIGIN, format!("http://{HOST}"))
            .header("sec-fetch-site", "same-origin")
            .body(body)
            .unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let location = parts.headers.get(header::LOCATION).map_or("", |value| value.to_str().unwrap()).to_owned();
        // The marks between pieces of text are nothing that a person would see.
        let body = String::from_utf8_lossy(&bytes).replace("<!>", "");
        Answer { status: parts.status, location, body }
    }

    /// The address of a page of the plan.
    pub fn path(&self, rest: &str) -> String {
        self.plan.path(rest)
    }

    pub async fn get(&self, who: &Identity, path: &str) -> Answer {
        self.send(who, Request::builder().method(Method::GET).uri(path), Body::empty()).await
    }

    /// The page of a report.
    pub async fn page(&self, who: &Identity, report: &ReportId) -> Answer {
        self.get(who, &self.path(&format!("/reports/{report}"))).await
    }

    /// A form as a browser without scripts sends it.
    pub async fn post(&self, who: &Identity, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = Request::builder().method(Method::POST).uri(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(who, request, Body::from(serde_urlencoded::to_string(fields).unwrap())).await
    }

    /// The report's own form.
    pub async fn post_report(&self, who: &Identity, report: &ReportId, fields: &[(&str, &str)]) -> Answer {
        let mut body = String::new();
        for (name, value) in fields {
            body.push_str(&format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
        }
        body.push_str("--edge--\r\n");
        let request = Request::builder()
            .method(Method::POST)
            .uri(self.path(&format!("/reports/{report}/form")))
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
        self.send(who, request, Body::from(body)).await
    }
}
