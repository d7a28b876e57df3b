//! Targets of every measure and what staff revise about them, as a person meets them on the pages. Invariant: what a page says is what
//! the domain's examples say, and nothing that held is gone.

mod examples;
mod imports;
mod revisions;
mod values;

use std::collections::BTreeMap;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Method, Request, StatusCode, header},
};
use bihuan::{
    domain::{
        ids::{OrganisationId, UnitId},
        permissions::Permission,
        words::{Stage, UnitKind},
    },
    services::{
        ServiceError,
        access::Identity,
        assignments::{AssignmentFields, assign_organisation},
        moment::make_id,
        periods::{PeriodFields, open_period},
        plan_files::import_plan_file,
        plans::list_plan_heads,
        rollups::refresh_units,
        visit::PlanHead,
    },
    store::{Db, with_tx},
    web::{AppState, build_router, clock::Clock},
};
use jiff::civil::Date;
use tower::ServiceExt;

use crate::{
    fixtures::{Cast, at, begin_session, usual_now},
    support::{Place, change, read_texts},
};

const HOST: &str = "bihuan.example";

/// A plan with an indicator of each measure that is not counted on the roster.
const TRAINING: &str = r#"
[plan]
code = "training"
name_zh = "松山市职业培训计划"
name_en = "Songshan training plan"
short_zh = "培训"
short_en = "Training"
issuer_zh = "松山市"
issuer_en = "Songshan"
starts_on = "2025-01-01"
ends_on = "2027-12-31"
cadence = "quarter"
time_zone = "Asia/Shanghai"

[[area]]
code = "1"
name_zh = "职业培训"
name_en = "Training"
short_zh = "培训"
short_en = "Training"
closing = false

[[indicator]]
code = "F1"
area = "1"
name_zh = "培训规模"
name_en = "Training"
unit_zh = "人次"
unit_en = "person-times"
measure = "flow"
direction = "rising"
scale = 0
source_zh = "一"
wording = "120万人次"
wording_en = "1.2 million person-times"
target = { form = "at-least", n = "120万" }
target_on = "2027-12-31"
target_on_provenance = "text"
baseline = { on = "2024-12-31", value = 0 }

[[indicator]]
code = "P1"
area = "1"
name_zh = "取得证书"
name_en = "Certified"
unit_zh = "人"
unit_en = "persons"
measure = "flow"
direction = "rising"
scale = 0
source_zh = "一"
wording = "3万人"
wording_en = "30,000 persons"
target = { form = "at-least", n = 30000 }
target_on = "2027-12-31"
target_on_provenance = "text"
baseline = { on = "2024-12-31", value = 0 }

[[indicator]]
code = "L1"
area = "1"
name_zh = "满意度"
name_en = "Satisfaction"
unit_zh = "%"
unit_en = "%"
measure = "level"
direction = "rising"
scale = 1
source_zh = "一"
wording = "89%以上"
wording_en = "at least 89 %"
target = { form = "at-least", n = 89 }
target_on = "2027-12-31"
target_on_provenance = "text"
baseline = { on = "2024-12-31", value = 62 }

[[indicator]]
code = "Q1"
area = "1"
name_zh = "就业率"
name_en = "Employment"
unit_zh = "%"
unit_en = "%"
measure = "level"
direction = "rising"
scale = 1
source_zh = "一"
fraction = true
wording = "90%以上"
wording_en = "at least 90 %"
target = { form = "at-least", n = 90 }
target_on = "2027-12-31"
target_on_provenance = "text"

[[indicator]]
code = "R1"
area = "1"
name_zh = "综合竞争力排名"
name_en = "Rank"
unit_zh = "位"
unit_en = ""
measure = "rank"
direction = "falling"
scale = 0
source_zh = "一"
wording = "位次前移"
wording_en = "a better rank"
target = { form = "unquantified" }
target_on = "2027-12-31"
target_on_provenance = "derived"
baseline = { on = "2017-12-31", value = 107 }

[[indicator]]
code = "R2"
area = "1"
name_zh = "赛事排名"
name_en = "Contest rank"
unit_zh = "位"
unit_en = ""
measure = "rank"
direction = "falling"
scale = 0
source_zh = "一"
wording = "前60位"
wording_en = "among the first 60"
target = { form = "at-most", n = 60 }
target_on = "2027-12-31"
target_on_provenance = "text"
baseline = { on = "2024-12-31", value = 107 }

[[task]]
code = "1.1"
area = "1"
title_zh = "开展职业培训"
title_en = "Train"
deliverable_zh = "培训报告"
deliverable_en = ""
effect_zh = "技能提升"
effect_en = ""
source_zh = "一"
indicators = ["F1", "P1", "L1", "Q1", "R1", "R2"]

[[task]]
code = "1.2"
area = "1"
title_zh = "培训质量评价"
title_en = "Assess"
deliverable_zh = "评价报告"
deliverable_en = ""
effect_zh = "质量提升"
effect_en = ""
source_zh = "一"
indicators = ["F1"]
"#;

/// A site, its database, and everybody in it.
struct World {
    db: Db,
    router: Router,
    cast: Cast,
    plan: PlanHead,
}

/// An answer, read to its end.
struct Answer {
    status: StatusCode,
    location: String,
    body: String,
}

impl World {
    /// A plan in use, with the cast around it.
    async fn begin(place: &Place, file: &str) -> Self {
        import_plan_file(&place.db, file.to_owned(), at("2025-01-02 09:00")).await.unwrap();
        let cast = Cast::assemble(&place.db).await;
        let mut tx = place.db.read().await.unwrap();
        let plan = list_plan_heads(&mut tx).await.unwrap().remove(0);
        drop(tx);
        let start = jiff::Timestamp::from_millisecond(usual_now().0).unwrap();
        let state =
            AppState::new(place.db.clone(), place.data_dir.clone(), place.data_dir.join("no-site"), false, Clock::start(Some(start)));
        Self { db: place.db.clone(), router: build_router(state), cast, plan }
    }

    /// Both schools report on a task in the third quarter of 2026, without a lead.
    async fn open(&self, task: &str) {
        let staff = self.cast.staff.require(Permission::ManagePlans).unwrap();
        for organisation in [&self.cast.owning_a, &self.cast.owning_b] {
            let fields = AssignmentFields {
                tasks: vec![task.to_owned()],
                areas: Vec::new(),
                organisation: organisation.to_string(),
                part: "responsible".to_owned(),
                contact: String::new(),
            };
            assign_organisation(&self.db, &staff, usual_now(), &self.plan, fields).await.unwrap();
        }
    }

    async fn open_period(&self) {
        let staff = self.cast.staff.require(Permission::ManagePlans).unwrap();
        let deadlines = ["2026-10-15", "2026-10-20", "2026-10-25", "2026-10-30", "2026-11-05", "2026-11-10"].map(str::to_owned);
        let fields = PeriodFields { period: "2026Q3".to_owned(), deadlines, was: String::new(), reason: String::new() };
        open_period(&self.db, &staff, usual_now(), &self.plan, &fields).await.unwrap();
    }

    async fn report_of(&self, organisation: &OrganisationId, task: &str) -> String {
        let sql = format!(
            "SELECT o.id FROM obligations o JOIN tasks t ON t.id = o.task_id WHERE o.organisation_id = '{organisation}' AND t.code = '{task}'"
        );
        read_texts(&self.db, &sql).await.remove(0)
    }

    async fn request(&self, who: &Identity, method: Method, path: &str) -> axum::http::request::Builder {
        let token = begin_session(&self.db, who.account(), usual_now()).await;
        Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, HOST)
            .header(header::ACCEPT, "text/html")
            .header(header::ORIGIN, format!("http://{HOST}"))
            .header("sec-fetch-site", "same-origin")
            .header(header::COOKIE, format!("bihuan={}", token.text()))
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let location = parts.headers.get(header::LOCATION).map_or("", |value| value.to_str().unwrap()).to_owned();
        Answer { status: parts.status, location, body: String::from_utf8_lossy(&bytes).into_owned() }
    }

    /// The HTML of a page.
    async fn html(&self, who: &Identity, path: &str) -> String {
        let answer = self.send(self.request(who, Method::GET, path).await.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        answer.body
    }

    /// The words of a page, as a person reads them.
    async fn words(&self, who: &Identity, path: &str) -> String {
        words_of(&self.html(who, path).await)
    }

    /// The same in English.
    async fn english(&self, who: &Identity, path: &str) -> String {
        let request = self.request(who, Method::GET, path).await.header(header::ACCEPT_LANGUAGE, "en");
        words_of(&self.send(request.body(Body::empty()).unwrap()).await.body)
    }

    /// Sends a form without scripts.
    async fn try_post(&self, who: &Identity, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self.request(who, Method::POST, path).await.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(serde_urlencoded::to_string(fields).unwrap())).unwrap()).await
    }

    /// Sends a form without scripts; gives where it leads.
    async fn post(&self, who: &Identity, path: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.try_post(who, path, fields).await;
        assert!(answer.status.is_redirection(), "{path}: {} {}", answer.status, answer.body);
        answer.location
    }

    /// Sends the report form; gives where it leads.
    async fn post_report(&self, who: &Identity, report: &str, fields: &[(&str, &str)]) -> String {
        let mut body = String::new();
        for (name, value) in fields {
            body.push_str(&format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
        }
        body.push_str("--edge--\r\n");
        let path = self.plan.path(&format!("/reports/{report}/form"));
        let request = self.request(who, Method::POST, &path).await.header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
        let answer = self.send(request.body(Body::from(body)).unwrap()).await;
        assert!(answer.status.is_redirection(), "{path}: {} {}", answer.status, answer.body);
        answer.location
    }

    async fn accept(&self, who: &Identity, report: &str) {
        let version = read_texts(&self.db, &format!("SELECT CAST(version AS TEXT) FROM reports WHERE id = '{report}'")).await.remove(0);
        let place = self.plan.path(&format!("/reports/{report}"));
        let fields = [
            ("plan", self.plan.code.as_str()),
            ("report", report),
            ("version", &version),
            ("decision", "accept"),
            ("back", &place),
            ("instance", report),
        ];
        self.post(who, "/fn/decide_report", &fields).await;
        let state = read_texts(&self.db, &format!("SELECT state FROM reports WHERE id = '{report}'")).await;
        assert_eq!(state, ["accepted"]);
    }

    /// Adds units that hold one recognition each, with its steps, known since the plan's first week.
    async fn add_units(&self, count: usize, kind: UnitKind, recognition: (&str, &str), steps: &[(Stage, Date)]) {
        let (mut sql, mut units) = (String::new(), Vec::new());
        let (holder, officer) = (&self.cast.owning_a, self.cast.staff.account());
        for _ in 0..count {
            let unit: UnitId = make_id(usual_now()).unwrap();
            let (code, level) = recognition;
            let level = if level.is_empty() { "NULL".to_owned() } else { format!("'{level}'") };
            sql.push_str(&format!(
                "INSERT INTO units (id, kind, code, name_zh, name_en, sort_key, holder_id, partners, district, created_at)
                 VALUES ('{unit}', '{kind}', '', '{unit}', '', '{unit}', '{holder}', '', '', 0);
                 INSERT INTO recognitions (id, unit_id, kind, level, created_at) VALUES ('r-{unit}', '{unit}', '{code}', {level}, 0);"
            ));
            for (number, (stage, on)) in steps.iter().enumerate() {
                sql.push_str(&format!(
                    "INSERT INTO stage_steps (id, recognition_id, stage, on_date, document, verifier_id, reason, recorded_at)
                     VALUES ('s{number}-{unit}', 'r-{unit}', '{stage}', '{on}', '文〔2025〕1 号', '{officer}', '', {});",
                    at("2025-01-03 09:00").0
                ));
            }
            units.push(unit);
        }
        sql.push_str("UPDATE data_version SET version = version + 1;");
        change(&self.db, &sql).await;
        with_tx(&self.db, move |tx| Box::pin(async move { refresh_units(tx, &units).await }))
            .await
            .map_err(|error: ServiceError| error)
            .unwrap();
    }

    /// Staff take stock through the page's form.
    async fn take_stock(&self, indicator: &str) {
        let back = self.plan.path("/manage/units?stock=all");
        let fields = [
            ("plan", self.plan.code.as_str()),
            ("indicator", indicator),
            ("former", ""),
            ("taken_on", "2025-02-01"),
            ("document", "存量〔2025〕1 号"),
            ("reason", "存量核定"),
            ("back", &back),
        ];
        let location = self.post(&self.cast.staff, "/fn/take_stock", &fields).await;
        assert!(location.contains("done=saved"), "{location}");
    }

    /// Staff rule through the page's form.
    async fn rule(&self, indicator: &str, kind: &str, value: &str) {
        let sql = format!(
            "SELECT r.id FROM rulings r JOIN indicators i ON i.id = r.indicator_id
             WHERE i.code = '{indicator}' AND r.kind = '{kind}' AND r.superseded_at IS NULL"
        );
        let former = read_texts(&self.db, &sql).await.pop().unwrap_or_default();
        let back = self.plan.path("/manage/rulings");
        let fields = [
            ("plan", self.plan.code.as_str()),
            ("indicator", indicator),
            ("kind", kind),
            ("former", &former),
            ("value", value),
            ("decided_on", "2026-02-01"),
            ("document", "口径〔2026〕2 号"),
            ("reason", "会议议定"),
            ("back", &back),
        ];
        let location = self.post(&self.cast.staff, "/fn/record_ruling", &fields).await;
        assert!(location.contains("done=saved"), "{location}");
    }
}

/// The text of a page without its tags, with single spaces.
fn words_of(html: &str) -> String {
    let main = html.split_once("<main").and_then(|(_, main)| main.split_once('>')).map_or(html, |(_, main)| main);
    let mut words = String::new();
    let mut rest = main;
    while let Some((text, after)) = rest.split_once('<') {
        words.push_str(text);
        // Comments stand between the pieces of one text.
        if !after.starts_with('!') {
            words.push(' ');
        }
        rest = after.split_once('>').map_or("", |(_, after)| after);
    }
    words.push_str(rest);
    let words = words.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The value of each named field of the form with an action, as it stands on a page.
fn fields_of(html: &str, action: &str) -> BTreeMap<String, String> {
    let form = html.split_once(&format!("action=\"{action}\"")).unwrap_or_else(|| panic!("no form {action}")).1;
    let form = form.split_once("</form>").unwrap().0;
    let mut fields = BTreeMap::new();
    for input in form.split("<input ").skip(1) {
        let tag = input.split_once('>').unwrap().0;
        let attribute = |name: &str| Some(tag.split_once(&format!("{name}=\""))?.1.split_once('"')?.0.to_owned());
        if tag.contains("type=\"checkbox\"") {
            continue;
        }
        if let Some(name) = attribute("name") {
            fields.insert(name, attribute("value").unwrap_or_default());
        }
    }
    for select in form.split("<select ").skip(1) {
        let name = select.split_once("name=\"").unwrap().1.split_once('"').unwrap().0.to_owned();
        let options = select.split_once("</select>").unwrap().0;
        let chosen = options.split("<option ").skip(1).find(|option| option.split_once('>').unwrap().0.contains("selected"));
        let value = chosen.and_then(|option| Some(option.split_once("value=\"")?.1.split_once('"')?.0.to_owned()));
        fields.insert(name, value.unwrap_or_default());
    }
    fields
}

#[test]
fn a_page_is_read_as_a_person_reads_it() {
    assert_eq!(words_of("<main><p>应达 <!>3<!> 个</p>，<b>差</b></main>"), "应达 3 个 ， 差");
    let html = "<form action=\"/fn/x\"><input name=\"a\" value=\"1\"><select name=\"b\"><option value=\"\">-</option>\
                <option value=\"k\" selected>K</option></select></form>";
    assert_eq!(fields_of(html, "/fn/x"), [("a", "1"), ("b", "k")].map(|(k, v)| (k.to_owned(), v.to_owned())).into());
}
