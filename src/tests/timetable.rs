//! Stories of the timetable: dates that are revised and never lost, projects and milestones, the drawing, the table and the export.

use std::io::{Cursor, Read};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Method, Request, StatusCode, header},
};
use bihuan::{
    domain::{
        ids::ReportId,
        permissions::Permission,
        report::{Decision, MilestoneFields, ReportFields, ReportState},
    },
    services::{
        access::Identity,
        demonstration::load_demonstration,
        evidence::Received,
        plans::list_plan_heads,
        reports::{Attachment, DraftChange, Saved, save_draft, submit_report},
        reviews::{DecisionForm, decide, require_reviewer},
        verify::{Inspection, verify},
        visit::PlanHead,
    },
    web::{AppState, build_router, clock::Clock},
};
use tower::ServiceExt;

use crate::{
    fixtures::{Cast, add_small_plan, begin_session, usual_now},
    reader::words_of,
    support::{Place, change, read_number, read_texts},
};

const HOST: &str = "bihuan.example";
const MANAGE: &str = "/p/songshan/manage/tasks/1.1/projects";

/// A running site, and the cast of a small plan.
struct Stage {
    router: Router,
    place: Place,
    cast: Cast,
}

/// An answer, read to its end.
struct Answer {
    status: StatusCode,
    location: String,
    disposition: String,
    bytes: Vec<u8>,
}

impl Answer {
    /// The page, without the marks between pieces of text: nothing that a person would see.
    fn body(&self) -> String {
        String::from_utf8_lossy(&self.bytes).replace("<!>", "")
    }
}

impl Stage {
    async fn set(place: Place) -> Self {
        let cast = Cast::assemble(&place.db).await;
        add_small_plan(&place.db, &cast).await;
        let router = open_site(&place);
        Self { router, place, cast }
    }

    async fn send(&self, who: &Identity, method: Method, path: &str, fields: &[(&str, &str)], language: &str) -> Answer {
        let token = begin_session(&self.place.db, who.account(), usual_now()).await;
        send(&self.router, token.text(), method, path, fields, language).await
    }

    async fn get(&self, who: &Identity, path: &str) -> String {
        let answer = self.send(who, Method::GET, path, &[], "").await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        answer.body()
    }

    /// Sends a form of the staff's page, and gives the page it leads to.
    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let with_place: Vec<(&str, &str)> =
            fields.iter().copied().chain([("plan", "songshan"), ("task", "1.1"), ("back", MANAGE)]).collect();
        let token = begin_session(&self.place.db, self.cast.staff.account(), usual_now()).await;
        let answer = send(&self.router, token.text(), Method::POST, path, &with_place, "").await;
        assert!(answer.location.starts_with(MANAGE), "{path} {} {}", answer.status, answer.location);
        // What came back belongs to the account, so any session of it sees it.
        send(&self.router, token.text(), Method::GET, &answer.location, &[], "").await.body()
    }

    async fn add_project(&self, code: &str, name: &str) -> String {
        let fields = [
            ("kind", "project"),
            ("instance", "project"),
            ("code", code),
            ("name_zh", name),
            ("starts_on", "2026-01-01"),
            ("due_on", "2026年12月31日"),
            ("document", "松教〔2026〕5号"),
            ("reason", "分解任务"),
        ];
        let page = self.post("/fn/create_timetable_item", &fields).await;
        assert!(page.contains(name), "{page}");
        let sql = format!("SELECT id FROM timetable_items WHERE name_zh = '{name}'");
        read_texts(&self.place.db, &sql).await.remove(0)
    }

    async fn add_milestone(&self, project: &str, name: &str, planned_on: &str) -> String {
        let instance = if project.is_empty() { "milestone" } else { project };
        let fields = [
            ("kind", "milestone"),
            ("instance", instance),
            ("project", project),
            ("name_zh", name),
            ("due_on", planned_on),
            ("document", "松教〔2026〕5号"),
            ("reason", "分解任务"),
        ];
        let page = self.post("/fn/create_timetable_item", &fields).await;
        assert!(page.contains(name), "{page}");
        let sql = format!("SELECT id FROM timetable_items WHERE name_zh = '{name}'");
        read_texts(&self.place.db, &sql).await.remove(0)
    }

    async fn newest(&self, sql: &str) -> String {
        read_texts(&self.place.db, sql).await.pop().unwrap()
    }

    async fn plan(&self) -> PlanHead {
        let mut tx = self.place.db.read().await.unwrap();
        list_plan_heads(&mut tx).await.unwrap().remove(0)
    }

    /// Saves and submits a report that states milestones.
    async fn hand_in(&self, owner: &Identity, report: &str, reached: &[(&str, &str)]) {
        let (plan, report) = (self.plan().await, ReportId::from(report));
        let actor = owner.require(Permission::Report).unwrap();
        let state = |(item, day): &(&str, &str)| MilestoneFields {
            item: (*item).to_owned(),
            reached_on: (*day).to_owned(),
            document_number: "松教〔2026〕9号".to_owned(),
        };
        let fields = ReportFields {
            narrative: "建成一个中心。".to_owned(),
            percent_complete: "40".to_owned(),
            milestones: reached.iter().map(state).collect(),
            ..ReportFields::default()
        };
        let change = DraftChange {
            plan: plan.clone(),
            report: report.clone(),
            version: 0,
            fields,
            attachments: reached.iter().map(|(item, _)| proof_of(item)).collect(),
            detached: None,
            removed_entry: None,
        };
        let Saved::At(version) = save_draft(&self.place.db, &actor, usual_now(), change).await.unwrap() else { panic!("stale") };
        submit_report(&self.place.db, &actor, usual_now(), &plan, &report, version).await.unwrap();
    }

    async fn accept(&self, reviewer: &Identity, report: &str) -> ReportState {
        let version = read_number(&self.place.db, &format!("SELECT version FROM reports WHERE id = '{report}'")).await;
        let form = DecisionForm {
            plan: self.plan().await,
            report: ReportId::from(report),
            version,
            decision: Decision::Accept,
            reason: String::new(),
            text: String::new(),
        };
        decide(&self.place.db, &require_reviewer(reviewer).unwrap(), usual_now(), form).await.unwrap()
    }

    /// A second task of the area, a second area with one task, both with titles that a spreadsheet could take for formulas.
    async fn add_tasks(&self) {
        let (lead, owner) = (&self.cast.leading, &self.cast.owning_a);
        let sql = format!(
            "INSERT INTO areas (id, plan_id, code, ordinal, name_zh, name_en, short_zh, short_en, closing)
             VALUES ('area-2', 'plan', 'A2', 2, '国际合作', 'Abroad', '国际', 'Abroad', 0);
             INSERT INTO tasks (id, plan_id, area_id, code, ordinal, title_zh, title_en, deliverable_zh, deliverable_en, effect_zh,
                                effect_en, source_zh)
             VALUES ('task-2', 'plan', 'area', '1.2', 2, '=HYPERLINK(\"http://evil.example\")', '', '+1', '', '-1', '', ''),
                    ('task-3', 'plan', 'area-2', '2.1', 3, '@SUM(A1) <b>', 'Schools & abroad', '', '', '', '', '');
             INSERT INTO task_dates (id, task_id, starts_on, due_on, provenance, effective_on, reason, document, recorded_at)
             VALUES ('dates-2', 'task-2', '2026-01-01', '2026-06-30', 'text', '2025-01-01', '', '', 1),
                    ('dates-3', 'task-3', '2027-01-01', '2027-12-31', 'text', '2025-01-01', '', '', 1);
             INSERT INTO assignments (id, task_id, organisation_id, part, contact, assigned_at)
             VALUES ('lead-3', 'task-3', '{lead}', 'lead', '', 1), ('owner-2', 'task-2', '{owner}', 'responsible', '', 1)"
        );
        change(&self.place.db, &sql).await;
    }

    async fn export(&self, who: &Identity, query: &str, language: &str) -> Workbook {
        let answer = self.send(who, Method::GET, &format!("/p/songshan/tasks.xlsx{query}"), &[], language).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.disposition.starts_with("attachment; filename*=UTF-8''"), "{}", answer.disposition);
        Workbook::open(answer.bytes)
    }
}

/// A file that proves that a milestone was reached.
fn proof_of(item: &str) -> Attachment {
    let received = Received { sha256: "ab".repeat(32), size: 12, media_type: "application/pdf" };
    Attachment { entry_key: MilestoneFields::evidence_key(item), file_name: "验收单.pdf".to_owned(), received }
}

fn open_site(place: &Place) -> Router {
    let start = jiff::Timestamp::from_millisecond(usual_now().0).unwrap();
    let site = place.data_dir.join("no-site");
    build_router(AppState::new(place.db.clone(), place.data_dir.clone(), site, false, Clock::start(Some(start))))
}

async fn send(router: &Router, token: &str, method: Method, path: &str, fields: &[(&str, &str)], language: &str) -> Answer {
    let mut request = Request::builder().method(method.clone()).uri(path).header(header::HOST, HOST).header(header::ACCEPT, "text/html");
    request = request.header(header::COOKIE, format!("bihuan={token}"));
    if !language.is_empty() {
        request = request.header(header::ACCEPT_LANGUAGE, language);
    }
    let body = if method == Method::POST {
        request = request
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, format!("http://{HOST}"))
            .header("sec-fetch-site", "same-origin");
        Body::from(serde_urlencoded::to_string(fields).unwrap())
    } else {
        Body::empty()
    };
    let response = router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let text = |name: header::HeaderName| parts.headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
    Answer {
        status: parts.status,
        location: text(header::LOCATION),
        disposition: text(header::CONTENT_DISPOSITION),
        bytes: to_bytes(body, usize::MAX).await.unwrap().to_vec(),
    }
}

/// A spreadsheet, opened.
struct Workbook {
    strings: String,
    list: String,
    months: String,
    sheets: String,
}

impl Workbook {
    fn open(bytes: Vec<u8>) -> Self {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut read = |name: &str| {
            let mut text = String::new();
            archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
            text
        };
        Self {
            strings: read("xl/sharedStrings.xml"),
            list: read("xl/worksheets/sheet1.xml"),
            months: read("xl/worksheets/sheet2.xml"),
            sheets: read("xl/workbook.xml"),
        }
    }

    /// The text of a cell of the list that holds text.
    fn text_at(&self, cell: &str) -> String {
        let strings: Vec<&str> = self.strings.split("<si>").skip(1).map(|item| item.split("</si>").next().unwrap()).collect();
        let rest = self.list.split_once(&format!("<c r=\"{cell}\"")).unwrap_or_else(|| panic!("{cell} is missing")).1;
        let (head, rest) = rest.split_once('>').unwrap();
        assert!(head.contains("t=\"s\""), "{cell} is no text: {head}");
        let number: usize = rest.strip_prefix("<v>").unwrap().split('<').next().unwrap().parse().unwrap();
        let text = strings[number].split_once("<t").unwrap().1.split_once('>').unwrap().1;
        text.trim_end_matches("</t>").to_owned()
    }

    /// The number of a cell of the list: a date is the days since 1899-12-30.
    fn number_at(&self, cell: &str) -> String {
        let rest = self.list.split_once(&format!("<c r=\"{cell}\"")).unwrap_or_else(|| panic!("{cell} is missing")).1;
        let (head, rest) = rest.split_once('>').unwrap();
        assert!(!head.contains("t=\""), "{cell} is no number: {head}");
        rest.strip_prefix("<v>").unwrap().split('<').next().unwrap().to_owned()
    }
}

stories! {
    async fn a_task_due_in_june_and_completed_in_july_stays_yellow_for_good(place: Place) {
        let stage = Stage::set(place).await;
        let db = &stage.place.db;
        change(db, "UPDATE task_dates SET due_on = '2026-06-30'").await;
        let now = usual_now().0;
        for (owed, day) in [("owed-a", "2026-06-20"), ("owed-b", "2026-07-10")] {
            let sql = format!(
                "INSERT INTO reports (id, obligation_id, correction, state, version, submission, state_since, created_at, accepted_at,
                                      completed_on)
                 VALUES ('{owed}', '{owed}', 0, 'accepted', 1, 1, {now}, {now}, {now}, '{day}')"
            );
            change(db, &sql).await;
        }
        for path in ["/p/songshan/tasks", "/p/songshan/tasks?as_of=2026-12-31", "/p/songshan/tasks/1.1"] {
            let page = stage.get(&stage.cast.owner_a, path).await;
            assert!(page.contains("<span class=\"badge yellow\">逾期完成</span>"), "{path}: {page}");
        }
        let drawn = stage.get(&stage.cast.leader, "/p/songshan/tasks?view=gantt").await;
        assert!(drawn.contains("class=\"bar done-late\"") && drawn.contains("2026-07-10 完成"), "{drawn}");
        // A later time limit does not make it good.
        let page = stage
            .post(
                "/fn/revise_dates",
                &[
                    ("instance", "task"),
                    ("former", "dates"),
                    ("starts_on", "2025-01-01"),
                    ("due_on", "2026-09-30"),
                    ("effective_on", "2026-01-01"),
                    ("document", "松教〔2026〕7号"),
                    ("reason", "设备到货推迟"),
                ],
            )
            .await;
        assert!(words_of(&page).contains("2025-01-01 至 2026-09-30") && page.contains("原定 2026-06-30"), "{page}");
        assert!(page.contains("松教〔2026〕7号") && page.contains("设备到货推迟") && page.contains("2026-01-01 起生效"), "{page}");
        for path in ["/p/songshan/tasks", "/p/songshan/tasks?as_of=2027-12-31", "/p/songshan/tasks/1.1"] {
            let page = stage.get(&stage.cast.leader, path).await;
            assert!(page.contains("<span class=\"badge yellow\">逾期完成</span>"), "{path}");
            assert!(page.contains("2026-06-30") && page.contains("2026-09-30"), "{path}: both dates are shown");
        }
        assert_eq!(read_number(db, "SELECT COUNT(*) FROM task_dates").await, 2, "what was set first is kept");

        // Whoever was late leaves, and whoever comes afterwards reopens nothing.
        let (late, newcomer) = (&stage.cast.owning_b, &stage.cast.leading);
        let leaves = format!("UPDATE assignments SET ended_at = {} WHERE organisation_id = '{late}' AND part = 'responsible'", now + 1);
        let comes = format!(
            "INSERT INTO assignments (id, task_id, organisation_id, part, contact, assigned_at)
             SELECT 'newcomer', id, '{newcomer}', 'responsible', '', {} FROM tasks WHERE code = '1.1'",
            now + 2
        );
        for change_of_parts in [leaves, comes] {
            change(db, &change_of_parts).await;
            for path in ["/p/songshan/tasks", "/p/songshan/tasks?as_of=2027-12-31", "/p/songshan/tasks/1.1"] {
                let page = stage.get(&stage.cast.leader, path).await;
                assert!(page.contains("<span class=\"badge yellow\">逾期完成</span>"), "{path} after {change_of_parts}");
            }
        }
        let shown = stage.get(&stage.cast.leader, "/p/songshan/tasks/1.1").await;
        assert!(shown.contains("2026-07-10"), "the day on which the late one finished: {shown}");
    }

    async fn staff_set_up_change_revise_and_retire_projects_and_milestones(place: Place) {
        let stage = Stage::set(place).await;
        let db = &stage.place.db;
        // Refused, with everything typed and each fault at its field.
        let wrong = [
            ("kind", "project"),
            ("instance", "project"),
            ("code", "P1"),
            ("name_zh", "  "),
            ("deliverable_zh", "一个<b>中心</b>"),
            ("starts_on", "2026-12-31"),
            ("due_on", "2026-01-01"),
            ("organisation", "nobody"),
        ];
        let page = stage.post("/fn/create_timetable_item", &wrong).await;
        assert!(page.contains("role=\"alert\"") && page.contains("value=\"P1\""), "{page}");
        assert!(page.contains("一个&lt;b&gt;中心&lt;/b&gt;") && !page.contains("<b>中心</b>"), "typed text comes back as text");
        for field in ["name_zh", "due_on", "organisation", "document", "reason"] {
            assert!(page.contains(&format!("id=\"create_timetable_item-project-{field}-error\"")), "{field}: {page}");
        }
        assert_eq!(read_number(db, "SELECT COUNT(*) FROM timetable_items").await, 0);

        let project = stage.add_project("P1", "中心一期").await;
        let milestone = stage.add_milestone(&project, "一期验收", "2026-09-30").await;
        let again = stage
            .post(
                "/fn/create_timetable_item",
                &[("kind", "project"), ("instance", "project"), ("code", "P1"), ("name_zh", "另一个"), ("starts_on", "2026-01-01"),
                  ("due_on", "2026-12-31"), ("document", "1号"), ("reason", "再设一个")],
            )
            .await;
        assert!(again.contains("id=\"create_timetable_item-project-code-error\""), "a code is used once in a task");

        // Dates are revised: the form that is behind is refused, and what was set first stays.
        let former = stage.newest(&format!("SELECT id FROM timetable_dates WHERE item_id = '{milestone}'")).await;
        let revision = |former: &str, due: &str| {
            [("instance", milestone.clone()), ("item", milestone.clone()), ("former", former.to_owned()), ("due_on", due.to_owned()),
             ("effective_on", "2026-10-12".to_owned()), ("document", "松教〔2026〕8号".to_owned()), ("reason", "台风停工".to_owned())]
        };
        let send = |fields: [(&'static str, String); 7]| {
            let stage = &stage;
            async move {
                let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
                stage.post("/fn/revise_dates", &fields).await
            }
        };
        let page = send(revision(&former, "2026-11-30")).await;
        let page = words_of(&page);
        assert!(page.contains("计划 2026-11-30 · 原定 2026-09-30") && page.contains("台风停工"), "{page}");
        let stale = send(revision(&former, "2027-01-31")).await;
        assert!(stale.contains("role=\"alert\"") && stale.contains("value=\"2027-01-31\""), "{stale}");
        assert_eq!(read_number(db, &format!("SELECT COUNT(*) FROM timetable_dates WHERE item_id = '{milestone}'")).await, 2);
        let newest = format!("SELECT id FROM timetable_dates WHERE item_id = '{milestone}' ORDER BY recorded_at, id");
        let mut early = revision(&stage.newest(&newest).await, "2026-12-01");
        early[4].1 = "2026-01-01".to_owned();
        let page = send(early).await;
        assert!(page.contains(&format!("id=\"revise_dates-{milestone}-effective_on-error\"")), "a revision holds after what was set first");

        // Names change with a mark of what was seen.
        let change_with = |seen: String, document: &'static str, reason: &'static str| {
            let (stage, project) = (&stage, project.clone());
            async move {
                let organisation = stage.cast.owning_a.to_string();
                let fields = [
                    ("instance", project.as_str()),
                    ("seen", &seen),
                    ("name_zh", "中心一期（含实训楼）"),
                    ("name_en", "Centre, part one"),
                    ("organisation", &organisation),
                    ("document", document),
                    ("reason", reason),
                ];
                stage.post("/fn/change_timetable_item", &fields).await
            }
        };
        let shown = stage.get(&stage.cast.staff, MANAGE).await;
        let form = shown.split(&format!("value=\"{project}\"")).next().unwrap();
        assert!(!form.is_empty());
        let seen = shown
            .split("action=\"/fn/change_timetable_item\"")
            .skip(1)
            .find(|form| form.contains(&format!("name=\"instance\" value=\"{project}\"")))
            .and_then(|form| form.split("name=\"seen\" value=\"").nth(1))
            .and_then(|rest| rest.split('"').next())
            .unwrap()
            .to_owned();
        let page = change_with(seen.clone(), "", "").await;
        for field in ["document", "reason"] {
            assert!(page.contains(&format!("id=\"change_timetable_item-{project}-{field}-error\"")), "{field}: {page}");
        }
        let page = change_with(seen.clone(), "松教〔2026〕6号", "增加实训楼").await;
        assert!(page.contains("中心一期（含实训楼）") && page.contains("松山职业学院"), "{page}");
        let told = words_of(&page);
        for words in ["修改记录：P1 中心一期（含实训楼）", "增加实训楼", "松教〔2026〕6号", "中文名称 中心一期 中心一期（含实训楼）", "分解任务"] {
            assert!(told.contains(words), "{words}: {told}");
        }
        assert!(change_with(seen, "松教〔2026〕6号", "再改").await.contains("role=\"alert\""), "the second form was made from what no longer holds");

        // On the task's page, for everybody.
        let task = stage.get(&stage.cast.owner_b, "/p/songshan/tasks/1.1").await;
        for words in ["中心一期（含实训楼）", "一期验收", "2026-11-30", "原定 2026-09-30", "项目 P1"] {
            assert!(task.contains(words), "{words}: {task}");
        }
        assert!(!task.contains("/manage/tasks/1.1/projects"), "who cannot manage gets no link");

        let page = stage.post("/fn/retire_timetable_item", &[("instance", &project), ("reason", "")]).await;
        for field in ["document", "reason"] {
            assert!(page.contains(&format!("id=\"retire_timetable_item-{project}-{field}-error\"")), "{field}: {page}");
        }
        let grounds = [("instance", project.as_str()), ("document", "松教〔2026〕10号"), ("reason", "并入二期")];
        let page = stage.post("/fn/retire_timetable_item", &grounds).await;
        assert!(page.contains("已停用") && page.contains("一期验收"), "its history stays: {page}");
        assert!(page.contains("并入二期") && page.contains("松教〔2026〕10号"), "{page}");
        let task = stage.get(&stage.cast.owner_b, "/p/songshan/tasks/1.1").await;
        assert!(!task.contains("中心一期") && !task.contains("一期验收"), "a retired project takes its milestones along");
        assert_eq!(
            read_texts(db, "SELECT action FROM audit WHERE object_kind = 'timetable-item' ORDER BY sequence").await,
            ["create-timetable-item", "create-timetable-item", "revise-dates", "change-timetable-item", "retire-timetable-item"]
        );
        // Taken back, with its milestones, and once.
        let page = stage.post("/fn/revive_timetable_item", &[("instance", &project), ("reason", "")]).await;
        assert!(page.contains(&format!("id=\"revive_timetable_item-{project}-reason-error\"")), "{page}");
        let page = stage.post("/fn/revive_timetable_item", &grounds).await;
        assert!(!page.contains("action=\"/fn/revive_timetable_item\""), "nothing is retired any more: {page}");
        let task = stage.get(&stage.cast.owner_b, "/p/songshan/tasks/1.1").await;
        assert!(task.contains("中心一期（含实训楼）") && task.contains("一期验收"), "{task}");
        assert!(stage.post("/fn/revive_timetable_item", &grounds).await.contains("现在的状态不允许这样做"), "it is in use");
        for who in [&stage.cast.owner_a, &stage.cast.lead, &stage.cast.leader] {
            assert_eq!(stage.send(who, Method::GET, MANAGE, &[], "").await.status, StatusCode::NOT_FOUND);
        }
    }

    async fn a_milestone_is_reached_when_the_report_that_states_it_is_accepted(place: Place) {
        let stage = Stage::set(place).await;
        let project = stage.add_project("P1", "中心一期").await;
        let late = stage.add_milestone(&project, "主体完工", "2026-07-31").await;
        let other = stage.add_milestone("", "设备到位", "2026-12-31").await;
        let form = stage.get(&stage.cast.owner_a, "/p/songshan/reports/owed-a").await;
        for item in [&project, &late, &other] {
            assert!(form.contains(&format!("name=\"milestones.{item}.reached_on\"")), "{item}: {form}");
        }
        assert!(form.contains("主体完工") && form.contains("计划 2026-07-31"), "{form}");

        stage.hand_in(&stage.cast.owner_a, "owed-a", &[(&late, "2026年8月9日")]).await;
        let task = "/p/songshan/tasks/1.1";
        let before = stage.get(&stage.cast.staff, task).await;
        assert!(before.contains("<span class=\"badge red\">逾期</span>") && !before.contains("2026-08-09"), "it waits: {before}");
        assert_eq!(stage.accept(&stage.cast.lead, "owed-a").await, ReportState::LeadReviewed);
        assert!(!stage.get(&stage.cast.staff, task).await.contains("2026-08-09"), "half accepted is not accepted");
        let review = stage.get(&stage.cast.staff, "/p/songshan/reports/owed-a").await;
        assert!(review.contains("主体完工") && review.contains("2026-08-09") && review.contains("松教〔2026〕9号"), "{review}");
        assert_eq!(stage.accept(&stage.cast.staff, "owed-a").await, ReportState::Accepted);
        let after = stage.get(&stage.cast.staff, task).await;
        assert!(after.contains("2026-08-09") && after.contains("<span class=\"badge yellow\">逾期完成</span>"), "{after}");
        assert!(after.contains("/p/songshan/reports/owed-a"), "who may see the report gets to it");
        let file = stage.newest("SELECT id FROM evidence").await;
        assert!(after.contains(&format!("/p/songshan/evidence/{file}")) && after.contains("验收单.pdf"), "and to its proof: {after}");
        let items = |page: &str| page.split("id=\"items\"").nth(1).unwrap().split("</section>").next().unwrap().to_owned();
        let foreign = items(&stage.get(&stage.cast.owner_b, task).await);
        assert!(foreign.contains("2026-08-09") && !foreign.contains("/reports/owed-a") && !foreign.contains("验收单"), "the day is for all, the report is not: {foreign}");

        // It is no longer offered, and nobody else's report changes it.
        let form = stage.get(&stage.cast.owner_b, "/p/songshan/reports/owed-b").await;
        assert!(!form.contains(&format!("milestones.{late}.")) && form.contains(&format!("milestones.{other}.")), "{form}");
        stage.hand_in(&stage.cast.owner_b, "owed-b", &[(&late, "2026-09-01"), (&other, "2026-10-01")]).await;
        stage.accept(&stage.cast.lead, "owed-b").await;
        stage.accept(&stage.cast.staff, "owed-b").await;
        let reached = "SELECT reached_on FROM timetable_completions WHERE superseded_at IS NULL ORDER BY reached_on";
        assert_eq!(read_texts(&stage.place.db, reached).await, ["2026-08-09", "2026-10-01"]);
        // Looked at before it was reached, it was not.
        let then = stage.get(&stage.cast.leader, "/p/songshan/tasks?view=gantt&open=all&as_of=2026-08-01").await;
        assert!(then.contains("class=\"milestone missed\"") && !then.contains("class=\"milestone reached"), "{then}");
        let now = stage.get(&stage.cast.leader, "/p/songshan/tasks?view=gantt&open=all").await;
        assert!(now.contains("class=\"milestone reached late\"") && now.contains("class=\"milestone reached\""), "{now}");
        // Known a day earlier, before the reports were accepted, nothing was reached.
        let earlier = "UPDATE task_dates SET recorded_at = 1; UPDATE timetable_dates SET recorded_at = 1; UPDATE assignments SET assigned_at = 1";
        change(&stage.place.db, earlier).await;
        for path in ["/p/songshan/tasks?view=gantt&open=all", "/p/songshan/tasks/1.1?"] {
            let page = stage.get(&stage.cast.leader, &format!("{path}&known_at=2026-10-11")).await;
            assert!(page.contains("主体完工") && !page.contains("class=\"milestone reached") && !page.contains("2026-08-09"), "{path}: {page}");
        }
        // What no accepted report says must not be reached.
        change(&stage.place.db, "UPDATE reports SET state = 'submitted' WHERE id = 'owed-b'").await;
        let inspection = Inspection { data_dir: &stage.place.data_dir, now: usual_now(), head: None };
        let findings: Vec<String> = verify(&stage.place.db, inspection).await.unwrap().findings.iter().map(ToString::to_string).collect();
        assert!(findings.iter().any(|finding| finding.contains("owed-b is not accepted, yet 1 of its facts")), "{findings:?}");
    }

    async fn the_timetable_is_drawn_filtered_and_switched_by_links(place: Place) {
        let stage = Stage::set(place).await;
        stage.add_tasks().await;
        stage.add_project("P1", "中心一期").await;
        let who = &stage.cast.leader;
        let both = stage.get(who, "/p/songshan/tasks").await;
        assert!(both.contains("<svg class=\"gantt\"") && both.contains("<table class=\"data stack\""), "{both}");
        assert!(both.contains("gantt-panel wide-only"), "on a phone the table comes first");
        assert!(both.contains("role=\"img\"") && both.contains("<desc id=\"gantt-A1-desc\">"), "{both}");
        assert!(both.contains("@SUM(A1) &lt;b&gt;") && !both.contains("@SUM(A1) <b>"), "titles are text in the drawing too");
        assert_eq!(both.matches("class=\"gantt-row\"").count(), 3);
        let leads = |tag: &str| tag.contains("class=\"gantt-name\"") && tag.contains("href=\"/p/songshan/tasks/1.1\"");
        assert!(both.split("<a ").skip(1).filter_map(|rest| rest.split('>').next()).any(leads), "each row leads to its task");
        assert!(both.contains("class=\"bar overdue\"") && both.contains("class=\"bar not-started\""), "{both}");
        assert!(both.contains("class=\"bar unassigned\"") && words_of(&both).contains("未落实责任单位 1"), "{both}");
        assert!(!both.contains("bar project") && both.contains("open=1.1#row-1.1"), "projects are shown by a link");
        assert!(!both.contains(" style="), "the policy forbids inline styles");

        let open = stage.get(who, "/p/songshan/tasks?view=gantt&open=1.1").await;
        assert!(open.contains("class=\"bar project") && open.contains("gantt-row project") && open.contains("<details class=\"panel chart-data\""));
        let table = stage.get(who, "/p/songshan/tasks?view=table").await;
        assert!(!table.contains("<svg class=\"gantt\"") && table.contains("<table class=\"data stack\""));

        let rows = |page: &str| ["1.1", "1.2", "2.1"].map(|code| page.contains(&format!("<i>{code}</i>")));
        let lead = &stage.cast.leading;
        for (query, shown) in [
            ("area=A2".to_owned(), [false, false, true]),
            ("status=overdue".to_owned(), [false, true, false]),
            ("status=unassigned".to_owned(), [false, false, true]),
            (format!("lead={lead}"), [true, false, true]),
            ("lead=none".to_owned(), [false, true, false]),
            ("quarter=2025Q4".to_owned(), [true, false, false]),
            ("quarter=2026Q2".to_owned(), [true, true, false]),
            ("quarter=2027Q1".to_owned(), [true, false, true]),
            (format!("quarter=2027Q1&lead={lead}&area=A1"), [true, false, false]),
            ("quarter=1999Q1".to_owned(), [false, false, false]),
        ] {
            for view in ["table", "gantt"] {
                let page = stage.get(who, &format!("/p/songshan/tasks?view={view}&{query}")).await;
                assert_eq!(rows(&page), shown, "{query}");
            }
        }
        let filtered = stage.get(who, "/p/songshan/tasks?view=table&quarter=2027Q1&area=A1&as_of=2026-09-30").await;
        let links: Vec<String> =
            filtered.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap().replace("&amp;", "&")).collect();
        let has = |wanted: &str| links.iter().any(|link| link == wanted);
        assert!(has("/p/songshan/tasks?view=table&area=A1&as_of=2026-09-30"), "the quarter alone is taken out: {links:?}");
        assert!(has("/p/songshan/tasks?view=table&quarter=2027Q1&as_of=2026-09-30"), "the area alone is taken out");
        assert!(has("/p/songshan/tasks?as_of=2026-09-30&view=table"), "all are taken out");
        assert!(has("/p/songshan/tasks?quarter=2027Q1&area=A1&as_of=2026-09-30&view=gantt"), "the other view keeps them: {links:?}");
        assert!(has("/p/songshan/tasks.xlsx?area=A1&quarter=2027Q1&as_of=2026-09-30"), "so does the export");
        assert!(filtered.contains("显示 1 项，共 3 项") && filtered.contains("2027 年第 1 季度进行中或到期"));
    }

    async fn the_export_is_laid_out_for_print_and_holds_text_and_dates(place: Place) {
        let stage = Stage::set(place).await;
        stage.add_tasks().await;
        let project = stage.add_project("P1", "中心一期").await;
        stage.add_milestone(&project, "一期验收", "2026-09-30").await;
        stage.hand_in(&stage.cast.owner_a, "owed-a", &[]).await;
        stage.accept(&stage.cast.lead, "owed-a").await;
        stage.accept(&stage.cast.staff, "owed-a").await;
        let head = read_texts(&stage.place.db, "SELECT hash FROM audit_head").await.remove(0);
        let book = stage.export(&stage.cast.staff, "", "").await;
        assert_eq!(book.text_at("A1"), "松山 · 任务进度表");
        assert_eq!(book.text_at("A2"), "截至 2026-10-12 · 共 3 项任务");
        for (cell, head) in [("A3", "主要任务"), ("C3", "建设任务"), ("J3", "原定期限"), ("O3", "项目与里程碑")] {
            assert_eq!(book.text_at(cell), head);
        }
        assert_eq!(book.text_at("A4"), "A1 产教融合");
        assert_eq!((book.text_at("B4"), book.text_at("C4")), ("1.1".to_owned(), "建设实践中心".to_owned()));
        assert_eq!(book.text_at("F4"), "松山市产业局");
        let responsible = book.text_at("G4");
        assert!(responsible.lines().count() == 2 && responsible.contains("北湖职业学院") && responsible.contains("松山职业学院"));
        assert_eq!((book.number_at("I4"), book.number_at("J4")), ("45658".to_owned(), "46752".to_owned()), "real dates");
        assert_eq!((book.text_at("M4"), book.text_at("M5")), ("按期推进".to_owned(), "逾期".to_owned()));
        assert_eq!(book.text_at("M6"), "未落实责任单位");
        assert_eq!(book.text_at("N4"), "松山职业学院 40%");
        let items = book.text_at("O4");
        assert!(items.starts_with("【项目】P1 中心一期（2026-01-01 至 2026-12-31，"), "{items}");
        assert!(items.contains("\n◆ 一期验收（2026-09-30，逾期）"), "{items}");
        // What looks like a formula is text.
        assert_eq!(book.text_at("C5"), "=HYPERLINK(\"http://evil.example\")");
        assert_eq!((book.text_at("D5"), book.text_at("E5"), book.text_at("C6")), ("+1".to_owned(), "-1".to_owned(), "@SUM(A1) &lt;b&gt;".to_owned()));
        assert!(!book.list.contains("<f>") && !book.months.contains("<f>"));
        // The area's cells are one, and so is the title.
        for range in ["A1:O1", "A4:A5"] {
            assert!(book.list.contains(&format!("<mergeCell ref=\"{range}\"/>")), "{range}: {}", book.list);
        }
        assert!(!book.list.contains("ref=\"A6:"), "one task needs no merging");
        for (what, mark) in [
            ("A3 across", "paperSize=\"8\""),
            ("across", "orientation=\"landscape\""),
            ("one page wide", "fitToHeight=\"0\""),
            ("frozen head", "state=\"frozen\""),
            ("page numbers", "第 &amp;P 页，共 &amp;N 页"),
            ("the chain's head at the foot", head.as_str()),
        ] {
            assert!(book.list.contains(mark), "{what}: {}", book.list);
            assert!(book.months.contains(mark), "{what}");
        }
        assert!(book.sheets.contains("_xlnm.Print_Titles") && book.sheets.contains("$3:$3"), "{}", book.sheets);
        assert!(book.strings.contains(&head), "the head stands on the sheet too");
        assert!(book.months.contains("<mergeCell ref=\"A5:AM5\"/>"), "36 months: {}", book.months);
        assert!(!book.strings.contains("演示数据"), "nothing is made up here");

        // The same filter and day, in the language asked for; percentages only for whom they are.
        let english = stage.export(&stage.cast.owner_b, "?area=A2&as_of=2026-09-30", "en").await;
        assert_eq!(english.text_at("A1"), "Songshan · Timetable of tasks");
        assert_eq!(english.text_at("A2"), "As of 2026-09-30 · 1 task · Filters: Abroad");
        assert_eq!(english.text_at("C4"), "Schools &amp; abroad");
        let foreign = stage.export(&stage.cast.owner_b, "", "").await;
        assert!(!foreign.strings.contains("40%"), "a percentage is part of the report");
        assert!(foreign.strings.contains("北湖职业学院"));
        let none = stage.export(&stage.cast.leader, "?status=done", "").await;
        assert!(none.strings.contains("没有符合条件的任务"));
    }

    async fn the_demonstration_has_projects_in_every_state(place: Place) {
        let db = &place.db;
        assert!(load_demonstration(db, &place.data_dir).await.unwrap());
        let router = open_site(&place);
        let account = read_texts(db, "SELECT id FROM accounts WHERE username = 'leader'").await.remove(0);
        let token = begin_session(db, &account.as_str().into(), usual_now()).await;
        let get = async |path: &str| send(&router, token.text(), Method::GET, path, &[], "").await;
        let page = get("/p/bj-2025/tasks?view=gantt&open=all").await.body();
        assert!(page.contains("演示数据") && page.contains("精品课程建设一期"), "{page}");
        for form in ["bar overdue", "bar due-soon", "bar done", "bar done-late", "bar project done-late", "bar project on-schedule",
                     "milestone reached\"", "milestone reached late", "milestone missed", "milestone planned"] {
            assert!(page.contains(form), "{form}");
        }
        assert_eq!(page.matches("class=\"gantt-area\"").count(), 8);
        let book = Workbook::open(get("/p/bj-2025/tasks.xlsx").await.bytes);
        assert!(book.text_at("A3").contains("演示数据"), "made-up data says so");
        assert!(book.strings.contains("【项目】P1 产教联合体实体化运行"));
    }
}
