//! Machines read what people see. Invariant: a number that a machine is told is the number on the page, a token opens no more than its
//! account and its scopes, and what is refused says why.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use bihuan::{
    domain::{
        ids::AccountId,
        permissions::Permission,
        scopes::{Scope, TOKEN_PREFIX},
        words::Role,
    },
    services::{
        accounts::{RolesForm, disable_account, enable_account, grant_roles},
        demonstration::load_demonstration,
        moment::Moment,
        plan_files::SHIPPED,
        seen::mark_state,
        sign_in::{Token, set_password_by_link},
        tokens::{TokenFields, create_token},
    },
    store::Db,
    web::{AppState, api_v1::document::Document, build_router, clock::Clock},
};
use serde_json::Value;
use tower::ServiceExt;
use utoipa::OpenApi;

use crate::{
    fixtures::{Cast, add_account, add_small_plan, begin_session, identify, usual_now},
    support::{Place, change, read_number, read_texts},
};

const HOST: &str = "bihuan.example";
const DAY: i64 = 24 * 60 * 60 * 1000;
/// The plan whose progress the demonstration tells.
const PLAN: &str = "bj-2025";

/// A running site without a network.
pub struct Site {
    router: Router,
    /// Its database.
    pub db: Db,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The rows of a CSV answer, each by the heads of its columns.
    pub fn rows(&self) -> Vec<BTreeMap<String, String>> {
        let mut reader = csv::Reader::from_reader(self.body.trim_start_matches('\u{feff}').as_bytes());
        reader.deserialize().map(|row| row.unwrap()).collect()
    }

    /// The text a person sees.
    pub fn text(&self) -> String {
        strip_tags(&self.body)
    }
}

/// What is left of a piece of a page without its tags, with single spaces.
pub fn strip_tags(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for letter in html.chars() {
        match letter {
            '<' => {
                inside = true;
                text.push(' ');
            }
            '>' => inside = false,
            _ if !inside => text.push(letter),
            _ => {}
        }
    }
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Site {
    pub fn open(place: &Place, now: Moment) -> Self {
        let start = jiff::Timestamp::from_millisecond(now.0).unwrap();
        let state =
            AppState::new(place.db.clone(), place.data_dir.clone(), place.data_dir.join("no-site"), false, Clock::start(Some(start)));
        Self { router: build_router(state), db: place.db.clone() }
    }

    pub async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Reply { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&bytes).into_owned() }
    }

    /// A page, or anything else a browser with a session asks for.
    pub async fn browse(&self, session: &Token, path: &str) -> Reply {
        let request = Request::builder().uri(path).header(header::HOST, HOST).header(header::ACCEPT, "text/html");
        self.send(request.header(header::COOKIE, format!("bihuan={}", session.text())).body(Body::empty()).unwrap()).await
    }

    /// A form as a browser with a session sends it without scripts.
    pub async fn post(&self, session: &Token, path: &str, fields: &[(&str, &str)]) -> Reply {
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::HOST, HOST)
            .header(header::ACCEPT, "text/html")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, format!("http://{HOST}"))
            .header("sec-fetch-site", "same-origin")
            .header(header::COOKIE, format!("bihuan={}", session.text()));
        self.send(request.body(Body::from(serde_urlencoded::to_string(fields).unwrap())).unwrap()).await
    }

    /// What a machine with a token asks for.
    async fn read(&self, token: &str, path: &str) -> Reply {
        let request = Request::builder().uri(path).header(header::HOST, HOST).header(header::AUTHORIZATION, format!("Bearer {token}"));
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// The JSON that an account is told at an address.
    pub async fn told(&self, account: &AccountId, path: &str) -> Value {
        self.browse(&begin_session(&self.db, account, usual_now()).await, path).await.json()
    }

    async fn session(&self, username: &str, now: Moment) -> Token {
        begin_session(&self.db, &account(&self.db, username).await, now).await
    }
}

async fn account(db: &Db, username: &str) -> AccountId {
    AccountId::from(read_texts(db, &format!("SELECT id FROM accounts WHERE username = '{username}'")).await[0].as_str())
}

/// A token of an account, made at an instant.
async fn make_token(db: &Db, owner: &AccountId, now: Moment, days: &str, scopes: &[Scope]) -> Token {
    let actor = identify(db, owner).await.require(Permission::ReadPlans).unwrap();
    let name = format!("token {}", read_number(db, "SELECT COUNT(*) FROM tokens").await);
    let scopes = scopes.iter().map(ToString::to_string).collect();
    create_token(db, &actor, now, TokenFields { name, days: days.to_owned(), scopes }).await.unwrap()
}

/// The row of a table of the page that begins with a code.
fn row_of<'page>(page: &'page str, code: &str) -> &'page str {
    let mark = format!(">{code}<");
    let rows = page.split("<tr").filter(|row| row.contains(&mark));
    rows.last().unwrap_or_else(|| panic!("no row {code}")).split("</tr>").next().unwrap()
}

/// The first word of the cell with a label.
fn cell(row: &str, label: &str) -> String {
    let cell = row.split("<td").find(|cell| cell.contains(&format!("data-label=\"{label}\""))).unwrap_or_else(|| panic!("{label}: {row}"));
    let text = strip_tags(&format!("<td{cell}"));
    text.split(' ').next().unwrap_or_default().to_owned()
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "—".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The number in the tab of a list of units; none where there is no such list.
fn tab(page: &str, which: &str) -> Option<i64> {
    let link = page.split("<a ").find(|link| link.contains(&format!("units={which}")) && link.contains("<small>"))?;
    let small = link.split("<small>").nth(1).unwrap();
    Some(strip_tags(small.split("</small>").next().unwrap()).parse().unwrap())
}

stories! {
    async fn a_machine_reads_the_numbers_of_the_pages(place: Place) {
        load_demonstration(&place.db, &place.data_dir).await.unwrap();
        let site = Site::open(&place, usual_now());
        let leader = site.session("leader", usual_now()).await;
        let token = make_token(&place.db, &account(&place.db, "leader").await, usual_now(), "30", Scope::ALL).await;
        let plans = site.read(token.text(), "/api/v1/plans").await.json();
        assert_eq!(plans["demonstration"], true);
        let plan = PLAN;
        assert!(plans["plans"].as_array().unwrap().iter().any(|one| one["code"] == plan));
        for (as_of, known_at) in [("2026-09-30", ""), ("2025-12-31", ""), ("2026-09-30", "&known_at=2026-09-15")] {
            let clocks = format!("as_of={as_of}{known_at}");
            let page = site.browse(&leader, &format!("/p/{plan}/indicators?{clocks}")).await;
            let path = format!("/api/v1/plans/{plan}/indicators?{clocks}");
            let told = site.read(token.text(), &path).await;
            assert_eq!(told.header("content-type"), "application/json");
            let head = read_texts(&place.db, "SELECT hash FROM audit_head").await;
            assert_eq!(told.header("bihuan-audit-head"), head[0]);
            let told = told.json();
            assert_eq!((told["validity"]["as_of"].as_str(), told["validity"]["plan"].as_str()), (Some(as_of), Some(plan)));
            let known = if known_at.is_empty() { "2026-10-12T09:00" } else { "2026-09-16T00:00:00.000+08:00" };
            assert!(told["validity"]["known_at"].as_str().unwrap().starts_with(known), "{}", told["validity"]);
            let table = site.read(token.text(), &format!("{path}&format=csv")).await;
            assert_eq!(table.header("content-type"), "text/csv; charset=utf-8; header=present");
            assert_eq!(table.header("bihuan-audit-head"), head[0]);
            let rows = table.rows();
            let indicators = told["indicators"].as_array().unwrap();
            assert_eq!((indicators.len(), rows.len()), (16, 16));
            for (indicator, row) in indicators.iter().zip(&rows) {
                let code = indicator["code"].as_str().unwrap();
                let shown_row = row_of(&page.body, code);
                for (label, key, column) in [("实际", &indicator["actual"], "actual"), ("应达", &indicator["expected"], "expected"),
                                             ("基数", &indicator["baseline"]["value"], "baseline")] {
                    assert_eq!(cell(shown_row, label), shown(key), "{clocks} {code} {label}");
                    assert_eq!(row[column], key.as_str().unwrap_or_default(), "{clocks} {code} {label}");
                }
                assert_eq!(cell(shown_row, "期限"), shown(&indicator["target"]["target_on"]), "{clocks} {code}");
                assert_eq!(row["reason_zh"], indicator["reason"]["zh"].as_str().unwrap(), "{clocks} {code}");
                let one_page = site.browse(&leader, &format!("/p/{plan}/indicators/{code}?{clocks}")).await;
                let reason = indicator["reason"]["zh"].as_str().unwrap();
                assert!(one_page.text().contains(reason), "{clocks} {code}: {reason}");
                assert_eq!(row["light"], indicator["light"].as_str().unwrap_or_default());
                let one = site.read(token.text(), &format!("/api/v1/plans/{plan}/indicators/{code}?{clocks}")).await.json();
                assert_eq!(one["indicator"], *indicator, "the list and the one say the same");
                let counted = indicator["actual"].as_str().unwrap().parse().ok();
                for (which, number) in [
                    ("counted", counted),
                    ("pipeline", indicator["pipeline"].as_i64()),
                    ("awaiting", indicator["awaiting_review"].as_i64()),
                ] {
                    let address = format!("/api/v1/plans/{plan}/indicators/{code}/units?{clocks}&shown={which}");
                    let units = site.read(token.text(), &address).await;
                    assert_eq!(tab(&one_page.body, which), number, "{clocks} {code} {which}");
                    assert_eq!(units.json()["total"], number.unwrap(), "{clocks} {code} {which}");
                }
            }
        }
    }

    async fn what_documents_publish_is_told_as_the_pages_of_every_plan_show_it(place: Place) {
        load_demonstration(&place.db, &place.data_dir).await.unwrap();
        let site = Site::open(&place, usual_now());
        let leader = site.session("leader", usual_now()).await;
        let mut told_plans = 0;
        for plan in read_texts(&place.db, "SELECT code FROM plans ORDER BY code").await {
            if plan == PLAN {
                continue;
            }
            told_plans += 1;
            let page = site.browse(&leader, &format!("/p/{plan}/indicators")).await.body;
            let told = site.browse(&leader, &format!("/api/v1/plans/{plan}/indicators")).await.json();
            let rows = site.browse(&leader, &format!("/api/v1/plans/{plan}/indicators?format=csv")).await.rows();
            let indicators = told["indicators"].as_array().unwrap();
            assert!(!indicators.is_empty() && indicators.len() == rows.len(), "{plan}");
            for (indicator, row) in indicators.iter().zip(&rows) {
                let code = indicator["code"].as_str().unwrap();
                let shown_row = strip_tags(&format!("<tr{}", row_of(&page, code)));
                let one_page = site.browse(&leader, &format!("/p/{plan}/indicators/{code}")).await.text();
                let one = site.browse(&leader, &format!("/api/v1/plans/{plan}/indicators/{code}")).await.json();
                assert_eq!(one["indicator"], *indicator, "{plan} {code}");
                let values = one["published"].as_array().unwrap();
                let latest = &indicator["published"];
                assert_eq!(values.last().unwrap_or(&Value::Null), latest, "{plan} {code}");
                for figure in values.iter().chain(Some(&indicator["baseline"]).filter(|baseline| !baseline.is_null())) {
                    for part in [&figure["said_zh"], &figure["document"]] {
                        assert!(one_page.contains(part.as_str().unwrap()), "{plan} {code}: {part} in {one_page}");
                    }
                    let (on, year) = (figure["on"].as_str(), figure["year"].as_i64());
                    let when = match figure["dated"].as_str().unwrap() {
                        "day" => on.unwrap().to_owned(),
                        "year" => format!("{} 年", year.unwrap()),
                        _ => "未注明日期".to_owned(),
                    };
                    assert!(one_page.contains(&when) && (on.is_some() == (figure["dated"] == "day")), "{plan} {code}: {figure}");
                    assert_eq!(year.is_none(), figure["dated"] == "undated", "{plan} {code}: {figure}");
                }
                let said = latest["said_zh"].as_str().unwrap_or("—");
                assert!(shown_row.contains(said), "{plan} {code}: {said} in {shown_row}");
                for (column, value) in [
                    ("published", &latest["value"]),
                    ("published_said_zh", &latest["said_zh"]),
                    ("published_qualifier", &latest["qualifier"]),
                    ("published_dated", &latest["dated"]),
                    ("published_on", &latest["on"]),
                    ("published_document", &latest["document"]),
                    ("baseline", &indicator["baseline"]["value"]),
                    ("baseline_dated", &indicator["baseline"]["dated"]),
                    ("baseline_on", &indicator["baseline"]["on"]),
                    ("baseline_document", &indicator["baseline"]["document"]),
                    ("target_document", &indicator["target"]["document"]),
                ] {
                    assert_eq!(row[column], value.as_str().unwrap_or_default(), "{plan} {code} {column}");
                }
            }
        }
        assert_eq!(told_plans, SHIPPED.len() - 1);
        let told = site.browse(&leader, "/api/v1/plans/training-2020/indicators/B05").await.json();
        let latest = &told["indicator"]["published"];
        assert_eq!((&latest["value"], &latest["qualifier"], &latest["said_zh"]), (&"20".into(), &"more-than".into(), &"20余个".into()));
        let told = site.browse(&leader, "/api/v1/plans/xiongxian-2017/indicators/X02").await.json();
        let baseline = &told["indicator"]["baseline"];
        assert_eq!((&baseline["value"], &baseline["dated"], &baseline["on"]), (&"62".into(), &"undated".into(), &Value::Null));
    }

    async fn the_units_behind_a_number_are_those_of_the_page(place: Place) {
        load_demonstration(&place.db, &place.data_dir).await.unwrap();
        let site = Site::open(&place, usual_now());
        let plan = PLAN;
        let mut with_report: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        let mut names: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        let codes = "SELECT indicators.code FROM indicators JOIN plans ON plans.id = plan_id WHERE plans.code = 'bj-2025' ORDER BY ordinal";
        let codes = read_texts(&place.db, codes).await;
        assert_eq!(codes.len(), 16);
        for who in ["leader", "owner-a", "owner-b"] {
            let session = site.session(who, usual_now()).await;
            for code in &codes {
                for which in ["counted", "awaiting"] {
                    let page = site.browse(&session, &format!("/p/{plan}/indicators/{code}?units={which}")).await.body;
                    let told = site.browse(&session, &format!("/api/v1/plans/{plan}/indicators/{code}/units?shown={which}")).await.json();
                    for unit in told["units"].as_array().unwrap() {
                        let name = unit["name_zh"].as_str().unwrap();
                        assert!(page.contains(name), "{who} {code} {which} {name}");
                        if which == "awaiting" {
                            names.entry(who).or_default().push(name.to_owned());
                        }
                        for path in unit["report"].as_str().into_iter().chain(unit["evidence"].as_array().unwrap().iter().map(|file| {
                            file["path"].as_str().unwrap()
                        })) {
                            assert!(page.contains(&format!("href=\"{path}\"")), "{who} {code} {which} {path}");
                            with_report.entry(who).or_default().insert(path.to_owned());
                        }
                    }
                    let links = page.matches(&format!("href=\"/p/{plan}/evidence/")).count();
                    let files: usize = told["units"].as_array().unwrap().iter().map(|unit| unit["evidence"].as_array().unwrap().len()).sum();
                    assert_eq!(links, files, "{who} {code} {which}");
                }
            }
        }
        assert!(!names["leader"].is_empty());
        assert_eq!(names["leader"], names["owner-a"], "everybody sees which units wait");
        assert_eq!(names["leader"], names["owner-b"]);
        let (all, own, other) = (&with_report["leader"], &with_report["owner-a"], &with_report["owner-b"]);
        assert!(own.is_subset(all) && other.is_subset(all) && own.is_disjoint(other), "a foreign report has no address");
        assert!(own.len() < all.len() && !own.is_empty());
        // An address that is not told does not open either.
        let foreign = other.iter().find(|path| path.contains("/reports/")).unwrap();
        let session = site.session("owner-a", usual_now()).await;
        assert_eq!(site.browse(&session, foreign).await.status, StatusCode::NOT_FOUND);
    }

    async fn roster_and_tasks_are_those_of_the_pages(place: Place) {
        load_demonstration(&place.db, &place.data_dir).await.unwrap();
        let site = Site::open(&place, usual_now());
        let session = site.session("staff", usual_now()).await;
        let plan = PLAN;
        let first = site.browse(&session, &format!("/api/v1/plans/{plan}/roster?kind=course&stage=recognised")).await;
        assert!(first.header("link").contains("page=2>; rel=\"next\"") && first.header("link").contains("kind=course"));
        let told = first.json();
        let pages = told["pages"].as_i64().unwrap();
        let mut seen = BTreeSet::new();
        for number in 1..=pages {
            let query = format!("kind=course&stage=recognised&page={number}");
            let page = site.browse(&session, &format!("/p/{plan}/roster?{query}")).await.body;
            let told = site.browse(&session, &format!("/api/v1/plans/{plan}/roster?{query}")).await.json();
            let rows = site.browse(&session, &format!("/api/v1/plans/{plan}/roster?{query}&format=csv")).await.rows();
            for unit in told["units"].as_array().unwrap() {
                let id = unit["id"].as_str().unwrap();
                assert!(page.contains(&format!("/roster/{id}")), "{number} {id}");
                assert!(rows.iter().any(|row| row["id"] == id && row["name_zh"] == unit["name_zh"].as_str().unwrap()));
                seen.insert(id.to_owned());
            }
        }
        assert_eq!(Some(seen.len()), told["total"].as_u64().and_then(|total| usize::try_from(total).ok()), "every unit once");
        // An answer says by what the next one can be filtered.
        let holder = told["units"][0]["holder"].as_str().unwrap().to_owned();
        let held = site.browse(&session, &format!("/api/v1/plans/{plan}/roster?holder={holder}")).await.json();
        assert!(held["units"].as_array().unwrap().iter().all(|unit| unit["holder"] == holder.as_str()), "{held}");
        for query in [
            "recognition=quality-course".to_owned(),
            format!("holder={holder}"),
            "indicator=T07&measure=counted".to_owned(),
            "indicator=T07&measure=pipeline".to_owned(),
        ] {
            let page = site.browse(&session, &format!("/p/{plan}/roster?{query}")).await.body;
            let told = site.browse(&session, &format!("/api/v1/plans/{plan}/roster?{query}")).await.json();
            let (units, all) = (told["units"].as_array().unwrap(), told["total"].as_i64().unwrap());
            assert!(!units.is_empty() && page.contains(&format!("找到 {all} 个单元")), "{query}: {all}");
            for unit in units {
                assert!(page.contains(&format!("/roster/{}", unit["id"].as_str().unwrap())), "{query} {unit}");
            }
        }
        let tasks = site.browse(&session, &format!("/api/v1/plans/{plan}/tasks?as_of=2026-09-30")).await.json();
        let page = site.browse(&session, &format!("/p/{plan}/tasks?as_of=2026-09-30")).await.body;
        let tasks = tasks["tasks"].as_array().unwrap();
        assert_eq!(tasks.len(), 55);
        for task in tasks {
            let (code, status) = (task["code"].as_str().unwrap(), task["status"].as_str().unwrap());
            let filtered = format!("/p/{plan}/tasks?as_of=2026-09-30&status={status}");
            assert!(page.contains(task["title_zh"].as_str().unwrap()), "{code}");
            if code == "1.1" || code == "6.4" {
                let listed = site.browse(&session, &filtered).await.body;
                assert!(listed.contains(task["title_zh"].as_str().unwrap()), "{code} is {status} on the page too");
            }
            assert!(task.to_string().find("contact").is_none(), "no person is named");
        }
    }

    async fn a_token_opens_what_its_scopes_name(place: Place) {
        let cast = Cast::assemble(&place.db).await;
        add_small_plan(&place.db, &cast).await;
        let site = Site::open(&place, usual_now());
        let plan = "/api/v1/plans/songshan";
        let addresses = [
            ("/indicators", Scope::ReadNumbers),
            ("/indicators/T01", Scope::ReadNumbers),
            ("/indicators/T01/units", Scope::ReadRoster),
            ("/roster", Scope::ReadRoster),
            ("/tasks", Scope::ReadTasks),
        ];
        for scope in Scope::ALL {
            let token = make_token(&place.db, cast.owner_a.account(), usual_now(), "7", &[*scope]).await;
            assert_eq!(site.read(token.text(), "/api/v1/plans").await.status, StatusCode::OK);
            for (path, wanted) in addresses {
                let answer = site.read(token.text(), &format!("{plan}{path}")).await;
                if wanted == *scope {
                    assert_eq!(answer.status, StatusCode::OK, "{scope} {path}: {}", answer.body);
                    continue;
                }
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{scope} {path}");
                assert_eq!(answer.header("content-type"), "application/problem+json");
                assert_eq!(answer.json()["code"], "insufficient-scope");
                assert!(answer.header("www-authenticate").contains(&format!("scope=\"{wanted}\"")));
                assert!(!answer.body.contains("实践中心"));
            }
        }
        // A token is nothing on a page.
        let token = make_token(&place.db, cast.staff.account(), usual_now(), "7", Scope::ALL).await;
        assert!(site.read(token.text(), "/p/songshan/indicators").await.header("location").starts_with("/sign-in"));
        // The session in a cookie does not help a dead token.
        let session = begin_session(&place.db, cast.staff.account(), usual_now()).await;
        let request = Request::builder()
            .uri(format!("{plan}/indicators"))
            .header(header::HOST, HOST)
            .header(header::COOKIE, format!("bihuan={}", session.text()))
            .header(header::AUTHORIZATION, "Bearer bhn_dead");
        assert_eq!(site.send(request.body(Body::empty()).unwrap()).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(site.browse(&session, &format!("{plan}/indicators")).await.status, StatusCode::OK);
    }

    async fn a_token_dies_with_its_time_its_account_and_its_password(place: Place) {
        let cast = Cast::assemble(&place.db).await;
        add_small_plan(&place.db, &cast).await;
        let (db, now) = (&place.db, usual_now());
        let site = Site::open(&place, now);
        let path = "/api/v1/plans/songshan/indicators";
        let status = async |token: &Token| site.read(token.text(), path).await.status;
        let owner = cast.owner_a.account();
        let week = make_token(db, owner, Moment(now.0 - 7 * DAY + 60_000), "7", Scope::ALL).await;
        assert_eq!(status(&week).await, StatusCode::OK);
        let over = make_token(db, owner, Moment(now.0 - 7 * DAY), "7", Scope::ALL).await;
        let answer = site.read(over.text(), path).await;
        assert_eq!((answer.status, answer.json()["code"].as_str()), (StatusCode::UNAUTHORIZED, Some("invalid-token")));
        assert!(answer.header("www-authenticate").contains("error=\"invalid_token\""));

        // The last use is kept, but not written each time.
        let used = "SELECT COUNT(*) FROM tokens WHERE last_used_at IS NOT NULL";
        assert_eq!(read_number(db, used).await, 1);
        let at = read_number(db, "SELECT last_used_at FROM tokens WHERE last_used_at IS NOT NULL").await;
        assert_eq!(status(&week).await, StatusCode::OK);
        assert_eq!(read_number(db, "SELECT last_used_at FROM tokens WHERE last_used_at IS NOT NULL").await, at);

        // Roles are those of the moment.
        let security = cast.security.require(Permission::GrantRoles).unwrap();
        let seen = mark_state(&BTreeSet::from([Role::Owner])).unwrap();
        let none = RolesForm { id: owner.clone(), seen, roles: Vec::new(), reason: String::new() };
        grant_roles(db, &security, now, none).await.unwrap();
        assert_eq!(status(&week).await, StatusCode::NOT_FOUND, "without a role there is nothing to see");
        let seen = mark_state(&BTreeSet::<Role>::new()).unwrap();
        let one = RolesForm { id: owner.clone(), seen, roles: vec!["owner".to_owned()], reason: String::new() };
        grant_roles(db, &security, now, one).await.unwrap();
        assert_eq!(status(&week).await, StatusCode::OK);

        let system = cast.system.require(Permission::ManageAccounts).unwrap();
        disable_account(db, &system, now, owner.clone(), "离职".to_owned()).await.unwrap();
        assert_eq!(status(&week).await, StatusCode::UNAUTHORIZED);
        enable_account(db, &system, now, owner.clone(), "返聘".to_owned()).await.unwrap();
        assert_eq!(status(&week).await, StatusCode::UNAUTHORIZED, "it does not come back");

        let fresh = make_token(db, owner, now, "7", Scope::ALL).await;
        assert_eq!(status(&fresh).await, StatusCode::OK);
        let link = Token::make().unwrap();
        let sql = format!(
            "INSERT INTO password_links (token_hash, account_id, created_at, expires_at) VALUES ('{}', '{owner}', {}, {})",
            link.hash(),
            now.0,
            now.0 + DAY
        );
        change(db, &sql).await;
        set_password_by_link(db, now, &link, "another long password".to_owned()).await.unwrap();
        assert_eq!(status(&fresh).await, StatusCode::UNAUTHORIZED);
    }

    async fn a_token_is_shown_once_and_stored_nowhere(place: Place) {
        let cast = Cast::assemble(&place.db).await;
        let site = Site::open(&place, usual_now());
        let session = begin_session(&place.db, cast.owner_a.account(), usual_now()).await;
        let fields = [("name", "月报程序"), ("days", "90"), ("scope.read-numbers", "on"), ("form_key", "k1"), ("back", "/tokens")];
        let made = site.post(&session, "/fn/create_token", &fields).await;
        assert_eq!(made.header("location"), "/tokens");
        let cookie = made.header("set-cookie").to_owned();
        assert!(cookie.contains("HttpOnly") && cookie.contains("Max-Age=120"), "{cookie}");
        let secret = cookie.split(['=', ';']).nth(1).unwrap().to_owned();
        assert!(secret.starts_with(TOKEN_PREFIX) && secret.len() == TOKEN_PREFIX.len() + 64);

        let with_secret = |session: &Token| {
            let cookies = format!("bihuan={}; bihuan-new-token={secret}", session.text());
            let request = Request::builder().uri("/tokens").header(header::HOST, HOST).header(header::ACCEPT, "text/html");
            request.header(header::COOKIE, cookies).body(Body::empty()).unwrap()
        };
        let page = site.send(with_secret(&session)).await;
        assert!(page.body.contains(&secret) && page.text().contains("令牌“月报程序”已创建"), "{}", page.text());
        assert!(page.headers.get_all(header::SET_COOKIE).iter().any(|line| line.to_str().unwrap().contains("bihuan-new-token=;")));
        let again = site.browse(&session, "/tokens").await;
        assert!(again.text().contains("月报程序") && !again.body.contains(&secret));
        let other = begin_session(&place.db, cast.owner_b.account(), usual_now()).await;
        assert!(!site.send(with_secret(&other)).await.body.contains(&secret), "somebody else's token is not shown");

        let hash = read_texts(&place.db, "SELECT token_hash FROM tokens").await.remove(0);
        assert_eq!(hash, Token::from_text(&secret).hash());
        for column in ["before_state", "after_state", "reason", "object_id"] {
            let found = read_number(&place.db, &format!("SELECT COUNT(*) FROM audit WHERE {column} LIKE '%bhn%' OR {column} LIKE '%{hash}%'")).await;
            assert_eq!(found, 0, "{column}");
        }
        let result = read_texts(&place.db, "SELECT result FROM idempotency_keys").await.join(" ");
        assert!(!result.contains("bhn_"));
        assert_eq!(site.read(&secret, "/api/v1/plans").await.status, StatusCode::OK);

        // Another cannot revoke it, its owner can.
        let id = read_texts(&place.db, "SELECT id FROM tokens").await.remove(0);
        let revoke = [("instance", id.as_str()), ("back", "/tokens")];
        site.post(&other, "/fn/revoke_token", &revoke).await;
        assert_eq!(site.read(&secret, "/api/v1/plans").await.status, StatusCode::OK);
        let revoked = site.post(&session, "/fn/revoke_token", &revoke).await;
        assert_eq!(revoked.header("location"), "/tokens?done=token-revoked");
        assert_eq!(site.read(&secret, "/api/v1/plans").await.status, StatusCode::UNAUTHORIZED);
        let actions = read_texts(&place.db, "SELECT action FROM audit WHERE object_kind = 'token' ORDER BY sequence").await;
        assert_eq!(actions, ["create-token", "revoke-token"]);
        let page = site.browse(&session, "/tokens").await;
        assert!(page.text().contains("已撤销"), "{}", page.text());
    }

    async fn a_refused_token_form_keeps_what_was_typed(place: Place) {
        let cast = Cast::assemble(&place.db).await;
        let site = Site::open(&place, usual_now());
        let session = begin_session(&place.db, cast.lead.account(), usual_now()).await;
        let fields = [("name", "夜间任务"), ("days", "3650"), ("scope.read-tasks", "on"), ("back", "/tokens")];
        let refused = site.post(&session, "/fn/create_token", &fields).await;
        let page = site.browse(&session, refused.header("location")).await;
        assert!(page.body.contains("value=\"夜间任务\"") && page.text().contains("请从列表中选择"), "{}", page.text());
        let ticked = page.body.split("<input").find(|input| input.contains("scope.read-tasks")).unwrap();
        assert!(ticked.contains("checked"), "{ticked}");
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM tokens").await, 0);
    }

    async fn security_administrators_revoke_the_tokens_of_others(place: Place) {
        let cast = Cast::assemble(&place.db).await;
        let site = Site::open(&place, usual_now());
        let token = make_token(&place.db, cast.owner_a.account(), usual_now(), "30", &[Scope::ReadNumbers]).await;
        let page = format!("/admin/accounts/{}", cast.owner_a.account());
        let system = begin_session(&place.db, cast.system.account(), usual_now()).await;
        assert!(!site.browse(&system, &page).await.text().contains("token 0"), "whoever makes accounts does not see them");
        let security = begin_session(&place.db, cast.security.account(), usual_now()).await;
        let shown = site.browse(&security, &page).await;
        assert!(shown.text().contains("token 0") && shown.body.contains("/fn/revoke_token"), "{}", shown.text());
        let id = read_texts(&place.db, "SELECT id FROM tokens").await.remove(0);
        site.post(&security, "/fn/revoke_token", &[("instance", id.as_str()), ("back", page.as_str())]).await;
        assert_eq!(site.read(token.text(), "/api/v1/plans").await.status, StatusCode::UNAUTHORIZED);
        let who = read_texts(&place.db, "SELECT actor_name FROM audit WHERE action = 'revoke-token'").await;
        assert_eq!(who, ["admin-sec"]);
    }

    async fn what_is_wrong_with_a_request_is_said(place: Place) {
        let cast = Cast::assemble(&place.db).await;
        add_small_plan(&place.db, &cast).await;
        let site = Site::open(&place, usual_now());
        let token = make_token(&place.db, cast.owner_a.account(), usual_now(), "7", Scope::ALL).await;
        let plan = "/api/v1/plans/songshan";
        for (path, parameter, code) in [
            ("/indicators?as_of=2026-13-01", "as_of", "date"),
            ("/indicators?as_of=yesterday", "as_of", "date"),
            ("/indicators?asof=2026-09-30", "asof", "unknown-parameter"),
            ("/indicators?format=xml", "format", "choice"),
            ("/indicators?lang=fr", "lang", "choice"),
            ("/indicators?as_of=2026-09-30&as_of=2026-06-30", "as_of", "given-twice"),
            ("/indicators/T01/units?shown=all", "shown", "choice"),
            ("/indicators/T01/units?page=0", "page", "page"),
            ("/indicators/T01/units?page=2", "page", "page-beyond-last"),
            ("/roster?kind=castle", "kind", "choice"),
            ("/roster?measure=counted", "measure", "unknown-parameter"),
            ("/roster?indicator=T07&measure=all", "measure", "choice"),
            ("/roster?page=9", "page", "page-beyond-last"),
            ("/tasks?status=done", "status", "unknown-parameter"),
            ("/tasks?as_of=%FF", "as_of", "date"),
            ("/tasks?known_at=2026-10-13", "known_at", "future"),
            ("/roster?known_at=x", "known_at", "date"),
        ] {
            let answer = site.read(token.text(), &format!("{plan}{path}")).await;
            assert_eq!((answer.status, answer.header("content-type")), (StatusCode::BAD_REQUEST, "application/problem+json"), "{path}");
            let problem = answer.json();
            assert_eq!(problem["code"], "bad-parameter", "{path}");
            let wrong = &problem["parameters"][0];
            assert_eq!((wrong["name"].as_str(), wrong["code"].as_str()), (Some(parameter), Some(code)), "{path}: {problem}");
            assert!(!wrong["detail"].as_str().unwrap().is_empty());
        }
        let both = site.read(token.text(), &format!("{plan}/roster?as_of=x&kind=y&lang=en")).await.json();
        assert_eq!(both["parameters"].as_array().unwrap().len(), 2, "all of them at once");
        assert!(both["detail"].as_str().unwrap().starts_with("A parameter"));
        for (path, status) in [
            ("/api/v1/plans/nothing/indicators", StatusCode::NOT_FOUND),
            ("/api/v1/plans/songshan/indicators/T99", StatusCode::NOT_FOUND),
            ("/api/v1/plans/songshan/indicators/T99/units", StatusCode::NOT_FOUND),
            ("/api/v1/nothing", StatusCode::NOT_FOUND),
            ("/api/v2/plans", StatusCode::NOT_FOUND),
        ] {
            let answer = site.read(token.text(), path).await;
            assert_eq!((answer.status, answer.json()["code"].as_str()), (status, Some("not-found")), "{path}");
        }
        let request = Request::builder().method(Method::DELETE).uri(format!("{plan}/tasks")).header(header::HOST, HOST);
        let request = request.header(header::AUTHORIZATION, format!("Bearer {}", token.text()));
        let answer = site.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!((answer.status, answer.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "GET, HEAD"));
        assert_eq!(answer.json()["code"], "method-not-allowed");
        let answer = site.send(Request::builder().uri(format!("{plan}/tasks")).header(header::HOST, HOST).body(Body::empty()).unwrap()).await;
        assert_eq!((answer.status, answer.json()["code"].as_str()), (StatusCode::UNAUTHORIZED, Some("signed-out")));
        assert!(answer.header("www-authenticate").starts_with("Bearer"));
        let account = add_account(&place.db, "newcomer", &[], None).await;
        let session = begin_session(&place.db, &account, usual_now()).await;
        assert_eq!(site.browse(&session, &format!("{plan}/tasks")).await.status, StatusCode::NOT_FOUND, "without a role there is nothing");
    }

    async fn what_was_typed_is_no_formula_in_a_spreadsheet(place: Place) {
        let cast = Cast::assemble(&place.db).await;
        add_small_plan(&place.db, &cast).await;
        let site = Site::open(&place, usual_now());
        change(&place.db, "UPDATE indicators SET name_zh = '=HYPERLINK(\"x\")'; UPDATE tasks SET title_zh = '-1+1, \"a\"'").await;
        let session = begin_session(&place.db, cast.staff.account(), usual_now()).await;
        let csv = async |path: &str| {
            let request = Request::builder().uri(format!("/api/v1/plans/songshan{path}")).header(header::HOST, HOST);
            let request = request.header(header::COOKIE, format!("bihuan={}", session.text())).header(header::ACCEPT, "text/csv");
            site.send(request.body(Body::empty()).unwrap()).await.rows()
        };
        assert_eq!(csv("/indicators").await[0]["name_zh"], "'=HYPERLINK(\"x\")");
        let tasks = csv("/tasks").await;
        assert_eq!(tasks[0]["title_zh"], "'-1+1, \"a\"");
        assert!(tasks[0]["days_to_original"].parse::<i64>().is_ok(), "a number stays one");
    }

    async fn every_answer_has_the_shape_that_the_document_says(place: Place) {
        load_demonstration(&place.db, &place.data_dir).await.unwrap();
        let site = Site::open(&place, usual_now());
        let open = site.send(Request::builder().uri("/openapi.json").header(header::HOST, HOST).body(Body::empty()).unwrap()).await;
        assert_eq!((open.status, open.header("content-type")), (StatusCode::OK, "application/json"));
        let document = open.json();
        assert_eq!(document, serde_json::to_value(Document::openapi()).unwrap());
        let plan = PLAN;
        let session = site.session("staff", usual_now()).await;
        let mut checked = 0;
        for (path, operation) in document["paths"].as_object().unwrap() {
            let schema = &operation["get"]["responses"]["200"]["content"]["application/json"]["schema"];
            let address = path.replace("{plan}", plan).replace("{code}", "T07");
            for query in ["", "?shown=awaiting", "?shown=pipeline"].iter().take(if path.ends_with("/units") { 3 } else { 1 }) {
                let answer = site.browse(&session, &format!("{address}{query}")).await;
                assert_eq!(answer.status, StatusCode::OK, "{address}");
                check_shape(&document, schema, &answer.json(), path);
                checked += 1;
            }
            let refused = site.browse(&session, &format!("{address}?nothing=1")).await.json();
            let schema = &operation["get"]["responses"]["400"]["content"]["application/problem+json"]["schema"];
            check_shape(&document, schema, &refused, path);
        }
        assert_eq!(checked, 8);
    }
}

/// Checks that a value has the shape of a schema: each needed member is there, none that is not described, each of its type.
fn check_shape(document: &Value, schema: &Value, value: &Value, place: &str) {
    if let Some(name) = schema["$ref"].as_str() {
        let named = document.pointer(name.trim_start_matches('#')).unwrap_or_else(|| panic!("{place}: no {name}"));
        return check_shape(document, named, value, place);
    }
    for several in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[several].as_array() {
            if value.is_null() {
                assert!(choices.iter().any(|choice| choice["type"] == "null"), "{place} may not be null");
                return;
            }
            let choice = choices.iter().find(|choice| choice["type"] != "null").unwrap();
            return check_shape(document, choice, value, place);
        }
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one.as_str()],
        Value::Array(several) => several.iter().map(|one| one.as_str().unwrap()).collect(),
        other => panic!("{place}: a schema without a type: {other} {schema}"),
    };
    let found = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    assert!(types.contains(&found), "{place} is {found}, not {types:?}");
    match value {
        Value::Array(members) => members.iter().for_each(|member| check_shape(document, &schema["items"], member, &format!("{place}[]"))),
        Value::Object(members) => {
            let described = schema["properties"].as_object().unwrap();
            for (name, member) in members {
                let of = described.get(name).unwrap_or_else(|| panic!("{place}.{name} is not described"));
                check_shape(document, of, member, &format!("{place}.{name}"));
            }
            for needed in schema["required"].as_array().into_iter().flatten() {
                assert!(members.contains_key(needed.as_str().unwrap()), "{place}.{needed} is missing");
            }
        }
        _ => {}
    }
}

#[test]
#[should_panic(expected = "missing")]
fn a_missing_member_is_found() {
    let schema = serde_json::json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}});
    check_shape(&Value::Null, &schema, &serde_json::json!({}), "here");
}
