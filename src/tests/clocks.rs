//! Stories of the two clocks: which day, as known when. Invariant: the answer for a pair of days never changes, whatever is recorded later.

mod edits;
mod replay;
mod world;

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use bihuan::{
    domain::{
        ids::UnitId,
        visibility::Viewer,
        words::{Level, Role, Stage, UnitKind},
    },
    services::{
        clocks::Clocks,
        imports::roster::import_roster,
        indicators::{IndicatorQuery, UnitsShown, read_indicator},
        roster_view::{RosterQuery, UnitBackground, read_roster, read_roster_table, read_unit, read_unit_background},
        tasks::judge_tasks_known,
    },
    store::{Known, touched::list_touched_units},
    web::{AppState, build_router, clock::Clock},
};
use jiff::civil::{Date, date};
use tower::ServiceExt;

use self::world::{Reached, World, settled};
use crate::{
    fixtures::{add_account, at, begin_session, usual_now},
    reader::words_of,
    support::{Place, change, read_texts},
};

const COURSE: &str = "quality-course";

const fn course(stage: Stage, on: Date) -> Reached<'static> {
    Reached { recognition: COURSE, level: None, stage, on }
}

/// A leader in front of the site, on the usual day.
struct Reader {
    place: Place,
    cookie: String,
}

impl Reader {
    async fn arrive(place: &Place) -> Self {
        let account = add_account(&place.db, "leader", &[Role::Leader], None).await;
        let token = begin_session(&place.db, &account, usual_now()).await;
        Self { place: place.clone(), cookie: format!("bihuan={}", token.text()) }
    }

    /// A page of Beijing's plan in a language, as it is read.
    async fn read(&self, language: &str, path: &str) -> (StatusCode, String) {
        self.get(language, "text/html", &format!("/p/bj-2025{path}")).await
    }

    async fn get(&self, language: &str, accept: &str, path: &str) -> (StatusCode, String) {
        let start = jiff::Timestamp::from_millisecond(usual_now().0).unwrap();
        let Place { db, data_dir, .. } = &self.place;
        let state = AppState::new(db.clone(), data_dir.clone(), data_dir.join("no-site"), false, Clock::start(Some(start)));
        let request = Request::get(path)
            .header(header::HOST, "bihuan.example")
            .header(header::ACCEPT, accept)
            .header(header::COOKIE, &self.cookie)
            .header(header::ACCEPT_LANGUAGE, language)
            .body(Body::empty())
            .unwrap();
        let (parts, body) = build_router(state).oneshot(request).await.unwrap().into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        (parts.status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    async fn page(&self, language: &str, path: &str) -> String {
        let (status, html) = self.read(language, path).await;
        assert_eq!(status, StatusCode::OK, "{path}: {html}");
        html
    }

    /// What a person reads of a page.
    async fn words(&self, path: &str) -> String {
        words_of(&self.page("zh-CN", path).await)
    }

    /// Everything that is told for the pair, but for how much was accepted since: pages as they are read, and answers for machines.
    async fn read_pair(&self, unit: &UnitId) -> Vec<String> {
        let mut told = Vec::new();
        let unit = format!("/roster/{unit}");
        for path in [
            "/cockpit?",
            "/indicators?",
            "/indicators/T07?",
            "/indicators/T07?units=pipeline&",
            "/indicators/T07?units=awaiting&",
            "/indicators/T05?",
            "/indicators/F01?",
            "/tasks?",
            "/roster?",
            "/roster?indicator=T07&measure=counted&",
            "/pledges?",
            &format!("{unit}?"),
        ] {
            let html = self.page("zh-CN", &format!("{path}{PAIR}")).await;
            // The frame leads through the plans as they are called now.
            let main = html.find("<main").expect("a page has its main part");
            let words = words_of(&without_loops(&html[main..]));
            let settled = match words.split_once("此后又采信") {
                Some((before, after)) => format!("{before}{}", after.split_once("条。").unwrap().1),
                None => words,
            };
            told.push(format!("{path} {settled}"));
        }
        for path in ["indicators?", "indicators/T07?", "indicators/T07/units?shown=awaiting&", "tasks?", "roster?"] {
            let (status, answer) = self.get("zh-CN", "application/json", &format!("/api/v1/plans/bj-2025/{path}{PAIR}")).await;
            assert_eq!(status, StatusCode::OK, "{path}: {answer}");
            let mut answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
            settle_answer(&mut answer);
            told.push(format!("{path} {answer}"));
        }
        told
    }
}

/// A page without the column of loops, which says of itself that it is of now.
fn without_loops(html: &str) -> String {
    let mut cells = html.split("<td");
    let mut kept = cells.next().unwrap_or_default().to_owned();
    for cell in cells {
        let tag = cell.split('>').next().unwrap_or_default();
        if tag.contains("data-label=\"") && tag.contains("闭环\"") {
            kept.push_str(cell.split_once("</td>").map_or("", |(_, rest)| rest));
        } else {
            kept.push_str("<td");
            kept.push_str(cell);
        }
    }
    kept
}

/// Takes out of an answer what is of now by its nature: for what it holds, and how much was accepted since.
fn settle_answer(answer: &mut serde_json::Value) {
    match answer {
        serde_json::Value::Object(fields) => {
            fields.remove("validity");
            fields.remove("entries_since");
            fields.values_mut().for_each(settle_answer);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(settle_answer),
        _ => {}
    }
}

/// What a link says: the inside of the first one to an address, without the marks between texts.
fn link_text(html: &str, address: &str) -> String {
    let rest = html.split_once(&format!("href=\"{address}\"")).unwrap_or_else(|| panic!("no link to {address} in {html}")).1;
    let (_, rest) = rest.split_once('>').unwrap();
    rest.split_once("</a>").unwrap().0.replace("<!>", "")
}

/// Whether the second clock stands open on a page; none where it has none.
fn second_clock(html: &str) -> Option<bool> {
    let tags = html.split("<details").skip(1).filter_map(|rest| rest.split('>').next());
    tags.into_iter().find(|tag| tag.contains("known-at")).map(|tag| tag.contains(" open"))
}

stories! {
    // Where more units were touched since than are looked at one by one, everything is put together from the steps.
    async fn what_was_known_before_thousands_of_units_came_stays_the_same(place: Place) {
        let world = World::begin(place.db.clone(), at("2025-01-02 09:00")).await;
        let early = at("2026-06-01 10:00");
        for (name, stage) in [("数控编程", Stage::Recognised), ("增材制造", Stage::Approved)] {
            let unit = world.add_unit(early, UnitKind::Course, name).await;
            world.add_step(early, &unit, course(stage, date(2026, 3, 1))).await.unwrap();
        }
        let told = async || {
            let (clocks, viewer) = (Clocks::known_at(date(2026, 6, 30), date(2026, 7, 1), TODAY), Viewer { organisation: None, reads_all: true });
            let shared = world.shared();
            let view = settled(world.view(clocks).await);
            let roster = read_roster(&shared, &world.plan, clocks, &RosterQuery::default()).await.unwrap();
            let found = RosterQuery { words: "编程".to_owned(), ..RosterQuery::default() };
            let found = read_roster(&shared, &world.plan, clocks, &found).await.unwrap();
            let query = IndicatorQuery { code: "T07", clocks, shown: UnitsShown::Counted, page: 1 };
            let page = read_indicator(&shared, &world.plan, &viewer, query).await.unwrap();
            assert_eq!((roster.total, found.total, page.total), (2, 1, 1));
            format!("{view:?} {:?} {:?} {:?}", roster.units, found.units, page.units)
        };
        let before = told().await;
        let mut rows = "code,name,holder,district,recognition,stage,date,document\n".to_owned();
        for number in 0..4_001 {
            rows.push_str(&format!(",编程课程{number},松山职业学院,,quality-course,recognised,2026-02-01,批文\n"));
        }
        import_roster(&world.db, rows.into_bytes(), at("2026-08-03 09:00"), false).await.unwrap();
        let mut tx = world.db.read().await.unwrap();
        assert_eq!(list_touched_units(&mut tx, Known::before(at("2026-07-02 00:00").0)).await.unwrap(), None);
        assert_eq!(list_touched_units(&mut tx, Known::before(at("2026-08-04 00:00").0)).await.unwrap(), Some(Vec::new()));
        drop(tx);
        assert_eq!(told().await, before);
    }

    async fn what_was_accepted_in_july_was_not_known_on_the_first(place: Place) {
        let world = World::begin(place.db.clone(), at("2025-01-02 09:00")).await;
        let unit = world.add_unit(at("2026-06-01 10:00"), UnitKind::Course, "数控编程").await;
        world.add_step(at("2026-07-10 10:00"), &unit, course(Stage::Recognised, date(2026, 3, 1))).await.unwrap();
        let reader = Reader::arrive(&place).await;
        let (now, then) = ("?as_of=2026-06-30", "?as_of=2026-06-30&known_at=2026-07-01");
        let units = |clocks: &str| {
            format!("/p/bj-2025/indicators/T07?units=counted&amp;{}#units", clocks.trim_start_matches('?').replace('&', "&amp;"))
        };
        for path in ["/cockpit", "/indicators", "/indicators/T07"] {
            let html = reader.page("en", &format!("{path}{now}")).await;
            assert!(html.contains("This is the state as of 2026-06-30; 1 entry accepted since."), "{path}: {html}");
            let html = reader.page("en", &format!("{path}{then}")).await;
            let said = "This is the state as of 2026-06-30, as known at the end of 2026-07-01. 1 entry accepted since.";
            assert!(html.contains(said), "{path}: {html}");
            let html = reader.page("zh-CN", &format!("{path}{then}")).await;
            assert!(html.contains("这是截至 2026-06-30 的情况，按 2026-07-01 结束时已知的数据计算。此后又采信 1 条。"), "{path}: {html}");
        }
        for path in ["/cockpit", "/indicators"] {
            assert_eq!(link_text(&reader.page("zh-CN", &format!("{path}{now}")).await, &units(now)), "1", "{path}");
            assert_eq!(link_text(&reader.page("zh-CN", &format!("{path}{then}")).await, &units(then)), "0", "{path}");
        }
        for (clocks, counted, is_named) in [(now, "1", true), (then, "0", false), ("?as_of=2026-06-30&known_at=2026-07-10", "1", true)] {
            let html = reader.page("zh-CN", &format!("/indicators/T07{clocks}")).await;
            assert!(link_text(&html, &units(clocks)).contains(&format!("<small>{counted}</small>")), "{clocks}: {html}");
            assert_eq!(html.contains("数控编程"), is_named, "{clocks}");
            let html = reader.page("zh-CN", &format!("/roster{clocks}")).await;
            assert_eq!(html.contains("数控编程"), is_named, "{clocks}");
            let html = reader.page("zh-CN", &format!("/roster/{unit}{clocks}")).await;
            assert_eq!(html.contains("2026-03-01"), is_named, "{clocks}: {html}");
            assert!(html.contains("name=\"known_at\""), "{clocks}");
        }
        assert!(reader.page("zh-CN", &format!("/roster/{unit}{then}")).await.contains("此后又采信 1 条。"));
    }

    async fn both_clocks_are_kept_by_links_and_wrong_days_are_said_at_their_fields(place: Place) {
        let world = World::begin(place.db.clone(), at("2025-01-02 09:00")).await;
        let reader = Reader::arrive(&place).await;
        let clocks = "as_of=2026-06-30&amp;known_at=2026-07-01";
        for (path, link) in [
            ("/cockpit", "/indicators/T07"),
            ("/cockpit", "/tasks"),
            ("/indicators", "/indicators/T07"),
            ("/indicators/T07", "/cockpit"),
            ("/tasks", "/tasks/4.5"),
            ("/tasks", "/indicators/T07"),
            ("/tasks/4.5", "/tasks"),
            ("/tasks/4.5", "/indicators/T07"),
        ] {
            let html = reader.page("zh-CN", &format!("{path}?as_of=2026-06-30&known_at=2026-07-01")).await;
            assert!(html.contains(&format!("href=\"/p/bj-2025{link}?{clocks}")), "{path} to {link}: {html}");
            assert!(html.contains("按 2026-07-01 结束时已知的数据计算"), "{path}");
            assert_eq!(second_clock(&html), Some(true), "{path}: what was chosen is seen");
        }
        let html = reader.page("zh-CN", "/roster?as_of=2026-06-30&known_at=2026-07-01").await;
        let search = html.split_once("role=\"search\"").unwrap().1.split_once("</form>").unwrap().0;
        assert!(search.contains("name=\"as_of\" value=\"2026-06-30\"") && search.contains("name=\"known_at\" value=\"2026-07-01\""), "{search}");

        let plain = reader.page("zh-CN", "/cockpit").await;
        assert_eq!(second_clock(&plain), Some(false), "folded away until it is wanted");
        assert!(!plain.contains("known_at="), "{plain}");
        for (typed, said) in [("2026-02-30", "known-at-error"), ("2026-10-13", "known-at-error"), ("soon", "known-at-error")] {
            let html = reader.page("zh-CN", &format!("/cockpit?as_of=2026-06-30&known_at={typed}")).await;
            assert!(html.contains(said) && html.contains(&format!("value=\"{typed}\"")), "{typed}: {html}");
            assert!(html.contains("现在按目前已采信的数据显示") && !html.contains("结束时已知的数据计算"), "{typed}: {html}");
        }
        let both = reader.page("zh-CN", "/cockpit?as_of=2026-13-01&known_at=2027-01-01").await;
        assert!(both.contains("id=\"as-of-error\"") && both.contains("id=\"known-at-error\""), "each at its field: {both}");
        let today = reader.page("zh-CN", "/cockpit?known_at=2026-10-12").await;
        assert!(!today.contains("结束时已知的数据计算"), "today has not ended: known today is known now");
        drop(world);
    }

    async fn what_was_not_recorded_yet_is_said_and_not_shown_as_nought(place: Place) {
        World::begin(place.db.clone(), at("2026-05-04 09:00")).await;
        let reader = Reader::arrive(&place).await;
        let html = reader.page("en", "/cockpit?known_at=2026-05-03").await;
        assert!(html.contains("The plan was not recorded by then."), "{html}");
        for path in ["/indicators/T07", "/tasks/4.5"] {
            let html = reader.page("en", &format!("{path}?known_at=2026-05-03")).await;
            assert!(html.contains("At the end of 2026-05-03 this was not recorded yet.") && html.contains("name=\"known_at\""), "{html}");
            assert_eq!(reader.read("en", &format!("{path}9")).await.0, StatusCode::NOT_FOUND);
        }
        let html = reader.page("en", "/cockpit?known_at=2026-05-04").await;
        assert!(html.contains("16 indicators"), "{html}");
        assert!(html.contains("How reports and loops stood then is not kept"), "{html}");
        let html = reader.page("en", "/indicators/T07?known_at=2026-05-04&units=awaiting").await;
        assert!(html.contains("No unit waits for review"), "{html}");
    }

    async fn the_answer_for_a_pair_of_days_never_changes(place: Place) {
        let world = World::begin(place.db.clone(), at("2025-01-02 09:00")).await;
        let early = Early::record(&world).await;
        let reader = Reader::arrive(&place).await;
        let before = early.read(&world, None).await;
        let told_before = reader.read_pair(&early.recognised).await;
        early.record_later(&world).await;
        for (before, then) in told_before.iter().zip(reader.read_pair(&early.recognised).await) {
            assert_eq!(*before, then, "what a person or a machine is told for a pair");
        }
        let now = early.read(&world, None).await;
        let then = early.read(&world, Some(date(2026, 7, 15))).await;
        for ((on, before), then) in ON.iter().zip(&before.views).zip(&then.views) {
            assert_eq!(before, then, "as of {on}");
        }
        assert_eq!(before.tasks, then.tasks);
        assert_eq!(before.named, then.named);
        assert_eq!(before.steps, then.steps);
        // Everything that was asked for has another answer now.
        assert!(before.views.iter().zip(&now.views).all(|(before, now)| before != now), "the later records matter on every day");
        assert!(before.tasks != now.tasks && before.named != now.named && before.steps != now.steps);
        let counted = |answers: &Answers, code: &str| answers.views[2].indicator(code).unwrap().actual;
        assert_eq!((counted(&then, "T07"), counted(&now, "T07")), (Some(2), Some(5)));
        assert_eq!((counted(&then, "F01"), counted(&now, "F01")), (Some(120), Some(170)));
        let clocks = Clocks::known_at(date(2026, 6, 30), date(2026, 7, 15), TODAY);
        let view = world.view(clocks).await;
        assert_eq!(view.indicator("T07").unwrap().entries_since, 4, "one step further, one corrected, two of new units");
        assert_eq!(view.indicator("F01").unwrap().entries_since, 2);
        assert_eq!(view.entries_since, 7, "a textbook too, which another indicator counted then");

        // What the unit was called, what waited, and what was taken on, each by its own page.
        let unit = format!("/roster/{}", early.recognised);
        let (then, now) = (reader.words(&format!("{unit}?{PAIR}")).await, reader.words(&unit).await);
        assert!(then.contains("数控编程") && !then.contains("爱数控") && !then.contains("更名"), "{then}");
        assert!(now.contains("爱数控") && now.contains("更名"), "{now}");
        let found = reader.words(&format!("/roster?q=%E6%95%B0%E6%8E%A7%E7%BC%96%E7%A8%8B&{PAIR}")).await;
        assert!(found.contains("数控编程") && found.contains("松山职业学院"), "{found}");
        let awaiting = "/indicators/T07?units=awaiting";
        let (then, now) = (reader.words(&format!("{awaiting}&{PAIR}")).await, reader.words(awaiting).await);
        assert!(then.contains("服务机器人") && then.contains("智能制造") && !then.contains("无人机"), "{then}");
        assert!(!now.contains("服务机器人") && now.contains("无人机"), "{now}");
        let (then, now) = (reader.words(&format!("/indicators/F01?{PAIR}")).await, reader.words("/indicators/F01").await);
        assert!(then.contains("待审的数值") && !now.contains("待审的数值"), "{then} / {now}");
        let (then, now) = (reader.words(&format!("/tasks?{PAIR}")).await, reader.words("/tasks").await);
        assert!(then.contains("T06") && !now.contains("T06"), "T06 is linked with one task only: {now}");
        edits::assert_texts(&reader).await;
    }
}

/// The pair that people and machines ask for: known at the end of the day after which everything changes.
const PAIR: &str = "as_of=2026-06-30&known_at=2026-07-15";

const TODAY: Date = date(2030, 1, 1);
/// The days that are asked for.
const ON: [Date; 4] = [date(2025, 12, 31), date(2026, 3, 31), date(2026, 6, 30), date(2026, 12, 31)];

/// What is recorded until 2026-07-15, and what changes all of it later.
struct Early {
    recognised: UnitId,
    first_step: bihuan::domain::ids::StepId,
    on_its_way: UnitId,
    revoked: UnitId,
}

/// Everything that can be asked of a pair of clocks.
#[derive(Debug)]
struct Answers {
    views: Vec<bihuan::services::plan_view::PlanView>,
    /// Tasks as they stood.
    tasks: Vec<Vec<bihuan::services::tasks::JudgedTask>>,
    /// The names behind the numbers, and those of the roster with where they stand.
    named: Vec<String>,
    /// The history of one unit and where it counts.
    steps: Vec<String>,
}

impl Early {
    async fn record(world: &World) -> Self {
        let now = at("2026-05-02 09:00");
        let mut units = Vec::new();
        for name in ["数控编程", "智能制造", "增材制造"] {
            units.push(world.add_unit(now, UnitKind::Course, name).await);
        }
        let [recognised, on_its_way, revoked] = <[_; 3]>::try_from(units).unwrap();
        let first_step = world.add_step(at("2026-07-10 10:00"), &recognised, course(Stage::Recognised, date(2026, 3, 1))).await.unwrap();
        world.add_step(now, &on_its_way, course(Stage::Approved, date(2025, 11, 1))).await.unwrap();
        world.add_step(now, &revoked, course(Stage::Recognised, date(2026, 4, 1))).await.unwrap();
        let school = world.add_unit(now, UnitKind::School, "松山职业学校").await;
        let municipal =
            Reached { recognition: "double-high-school", level: Some(Level::Municipal), stage: Stage::Recognised, on: date(2025, 6, 1) };
        world.add_step(now, &school, municipal).await.unwrap();
        let (plan, officer, owner, courses) = (&world.plan.id, &world.officer, &world.school, world.indicator("T07").await);
        let at = now.0;
        let sql = format!(
            "INSERT INTO indicators (id, plan_id, area_id, code, ordinal, name_zh, name_en, unit_zh, unit_en, measure, direction, scale,
                                     source_zh, needs_stage_ruling)
             SELECT 'flow', plan_id, area_id, 'F01', 99, '培训人次', 'Trained', '人次', '', 'flow', 'rising', 0, '', 0
             FROM indicators WHERE code = 'T01';
             INSERT INTO targets (id, indicator_id, wording_zh, wording_en, form, target_on, provenance, date_provenance, effective_on, reason,
                                  document, recorded_at)
             VALUES ('flow-target', 'flow', '1000人次', '1,000', '{{\"at-least\":1000}}', '2027-12-31', 'text', 'text', '2025-01-01', '', '', {at});
             INSERT INTO baselines (id, indicator_id, on_date, value, provenance, reason, document, officer_id, recorded_at)
             VALUES ('flow-base', 'flow', '2024-12-31', 20, 'commission', '', '', '{officer}', {at});
             INSERT INTO accepted_values (id, indicator_id, organisation_id, period_end, value, document, recorded_at)
             VALUES ('v1', 'flow', '{owner}', '2025-12-31', 60, '', {at}), ('v2', 'flow', '{owner}', '2026-03-31', 40, '', {at});
             INSERT INTO stock_takes (id, indicator_id, taken_on, reason, document, officer_id, recorded_at)
             VALUES ('stock', '{courses}', '2025-02-01', '', '存量〔2025〕1 号', '{officer}', {at});
             INSERT INTO milestones (id, indicator_id, on_date, value, provenance, effective_on, reason, document, recorded_at)
             VALUES ('milestone', '{courses}', '2026-12-31', 100, 'commission', '2025-01-01', '', '', {at});
             INSERT INTO periods (id, plan_id, code, starts_on, ends_on, report_due, lead_review_due, commission_review_due, evaluation_due,
                                  feedback_due, answer_due, opened_at, opened_by)
             VALUES ('p', '{plan}', '2025Q4', '2025-10-01', '2025-12-31', '2026-01-15', '2026-01-15', '2026-01-15', '2026-01-15', '2026-01-15',
                     '2026-01-15', {at}, '{officer}');
             INSERT INTO assignments (id, task_id, organisation_id, part, contact, assigned_at)
             SELECT 'part', id, '{owner}', 'responsible', '', {at} FROM tasks WHERE code = '4.5';
             INSERT INTO obligations (id, period_id, task_id, organisation_id, created_at)
             SELECT 'owed', 'p', id, '{owner}', {at} FROM tasks WHERE code = '4.5';
             INSERT INTO reports (id, obligation_id, correction, state, version, submission, state_since, created_at)
             VALUES ('report', 'owed', 0, 'submitted', 1, 1, {at}, {at});
             INSERT INTO submitted_entries (report_id, entry_key, unit_id, unit_kind, recognition, name_zh, stage, on_date, holder_id, recorded_at)
             VALUES ('report', 'new', NULL, 'course', '{COURSE}', '服务机器人', 'recognised', '2025-10-01', '{owner}', {at}),
                    ('report', 'held', '{on_its_way}', 'course', '{COURSE}', '智能制造', 'recognised', '2025-11-20', '{owner}', {at}),
                    ('report', 'counted', '{revoked}', 'course', '{COURSE}', '增材制造', 'recognised', '2025-11-20', '{owner}', {at});
             INSERT INTO submitted_values (report_id, indicator_id, value, recorded_at) VALUES ('report', 'flow', 30, {at});
             INSERT INTO periods (id, plan_id, code, starts_on, ends_on, report_due, lead_review_due, commission_review_due, evaluation_due,
                                  feedback_due, answer_due, opened_at, opened_by)
             SELECT 'p-0', plan_id, '2025Q3', '2025-07-01', '2025-09-30', report_due, lead_review_due, commission_review_due, evaluation_due,
                    feedback_due, answer_due, opened_at, opened_by FROM periods WHERE id = 'p';
             INSERT INTO obligations (id, period_id, task_id, organisation_id, created_at)
             SELECT 'owed-0', 'p-0', id, '{owner}', {at} FROM tasks WHERE code = '4.5';
             INSERT INTO reports (id, obligation_id, correction, state, version, submission, state_since, created_at, accepted_at)
             VALUES ('accepted', 'owed-0', 0, 'accepted', 1, 1, {at}, {at}, {at});
             INSERT INTO pledges (id, indicator_id, organisation_id, year, quantity, note, document, reason, account_id, recorded_at)
             VALUES ('pledged', '{courses}', '{owner}', 2026, 60, '', '', '', '{officer}', {at})"
        );
        change(&world.db, &sql).await;
        world.add_project(now).await;
        Self { recognised, first_step, on_its_way, revoked }
    }

    /// After 2026-07-15: new facts, corrections, a ruling, revisions, and what is replaced.
    async fn record_later(&self, world: &World) {
        let now = at("2026-08-03 09:00");
        world.add_step(now, &self.on_its_way, course(Stage::Recognised, date(2026, 6, 1))).await.unwrap();
        world.add_step(now, &self.revoked, course(Stage::Revoked, date(2026, 9, 1))).await.unwrap();
        assert!(world.withdraw(now, &self.first_step).await);
        world.add_instead(now, &self.first_step, Stage::Recognised, date(2025, 12, 1)).await.unwrap();
        for (name, stage, on) in [("工业机器人", Stage::Approved, date(2025, 7, 1)), ("云计算", Stage::Applied, date(2025, 8, 1))] {
            let unit = world.add_unit(now, UnitKind::Course, name).await;
            world.add_step(now, &unit, course(stage, on)).await.unwrap();
        }
        world.rule(now, "T07", "counting-stage", "approved").await;
        world.rule(now, "T05", "includes-national", "yes").await;
        world.revise(now, "T07", 80, date(2025, 6, 1)).await;
        let (officer, owner, courses, at) = (&world.officer, &world.school, world.indicator("T07").await, now.0);
        let sql = format!(
            "UPDATE baselines SET superseded_at = {at} WHERE id = 'flow-base';
             INSERT INTO baselines (id, indicator_id, on_date, value, provenance, reason, document, officer_id, recorded_at)
             VALUES ('flow-base-2', 'flow', '2024-12-31', 10, 'commission', '', '', '{officer}', {at});
             UPDATE accepted_values SET superseded_at = {at} WHERE id = 'v2';
             INSERT INTO accepted_values (id, indicator_id, organisation_id, period_end, value, document, recorded_at)
             VALUES ('v2-corrected', 'flow', '{owner}', '2026-03-31', 80, '', {at}), ('v3', 'flow', '{owner}', '2026-06-30', 20, '', {at});
             UPDATE stock_takes SET superseded_at = {at} WHERE id = 'stock';
             INSERT INTO stock_takes (id, indicator_id, taken_on, reason, document, officer_id, recorded_at)
             VALUES ('stock-2', '{courses}', '2025-03-01', '', '存量〔2026〕9 号', '{officer}', {at});
             UPDATE milestones SET superseded_at = {at} WHERE id = 'milestone';
             INSERT INTO milestones (id, indicator_id, on_date, value, provenance, effective_on, reason, document, recorded_at)
             VALUES ('milestone-2', '{courses}', '2026-12-31', 40, 'commission', '2025-01-01', '', '', {at});
             INSERT INTO task_dates (id, task_id, starts_on, due_on, provenance, effective_on, reason, document, recorded_at)
             SELECT 'later', id, '2025-01-01', '2026-02-28', 'commission', '2025-06-01', '', '', {at} FROM tasks WHERE code = '4.5';
             UPDATE reports SET state = 'accepted', accepted_at = {at}, completed_on = '2025-12-20' WHERE id = 'report';
             UPDATE indicators SET retired_at = {at} WHERE code = 'T16';
             UPDATE tasks SET retired_at = {at} WHERE code = '4.6';
             UPDATE pledges SET superseded_at = {at} WHERE id = 'pledged';
             INSERT INTO pledges (id, indicator_id, organisation_id, year, quantity, note, document, reason, account_id, recorded_at)
             VALUES ('pledged-2', '{courses}', '{owner}', 2026, 40, '', '', '', '{officer}', {at});
             INSERT INTO reports (id, obligation_id, correction, state, version, submission, state_since, created_at)
             VALUES ('report-2', 'owed-0', 1, 'submitted', 1, 1, {at}, {at});
             INSERT INTO submitted_entries (report_id, entry_key, unit_kind, recognition, name_zh, stage, on_date, holder_id, recorded_at)
             VALUES ('report-2', 'new', 'course', '{COURSE}', '无人机', 'recognised', '2025-10-01', '{owner}', {at})"
        );
        change(&world.db, &sql).await;
        world.end_waiting(now, "report").await;
        world.link(now, "4.5", &["T08"]).await;
        world.rename(now, &self.recognised, "爱数控").await;
        world.edit_definition(now).await;
    }

    async fn read(&self, world: &World, known_at: Option<Date>) -> Answers {
        let viewer = Viewer { organisation: None, reads_all: true };
        let shared = world.shared();
        let mut answers = Answers { views: Vec::new(), tasks: Vec::new(), named: Vec::new(), steps: Vec::new() };
        for on in ON {
            let clocks = Clocks { as_of: on, known_at };
            answers.views.push(settled(world.view(clocks).await));
            let mut tx = world.db.read().await.unwrap();
            let known = clocks.known(&world.plan.time_zone);
            assert_eq!(known == Known::NOW, known_at.is_none());
            answers.tasks.push(judge_tasks_known(&mut tx, &world.plan.id, on, TODAY, known).await.unwrap());
            drop(tx);
            for shown in UnitsShown::ALL.iter().copied() {
                let query = IndicatorQuery { code: "T07", clocks, shown, page: 1 };
                let page = read_indicator(&shared, &world.plan, &viewer, query).await.unwrap();
                assert_eq!(usize::try_from(page.total).unwrap(), page.units.len(), "as many names as the number says");
                answers.named.push(format!("{on} {shown}: {:?} {:?} {:?} {:?}", page.units, page.rulings, page.history, page.tasks));
                // The roster narrowed to them lists the same units.
                if let Ok(measure) = shown.as_str().parse() {
                    let query = RosterQuery { indicator: Some("T07".to_owned()), measure: Some(measure), ..RosterQuery::default() };
                    let listed = read_roster(&shared, &world.plan, clocks, &query).await.unwrap();
                    let listed: Vec<_> = listed.units.into_iter().map(|listed| listed.unit.name_zh).collect();
                    assert_eq!(listed, page.units.iter().map(|unit| unit.name_zh.clone()).collect::<Vec<_>>(), "{on} {shown}");
                    let table = read_roster_table(&shared, &world.plan, clocks, &query).await.unwrap();
                    assert_eq!(table.len(), listed.len(), "each of them has one recognition");
                }
            }
            let roster = read_roster(&shared, &world.plan, clocks, &RosterQuery::default()).await.unwrap();
            answers.named.push(format!("{on}: {} {:?} {:?}", roster.total, roster.units, roster.districts));
            let unit = read_unit(&shared, &world.plan, &viewer, &self.recognised, clocks).await.unwrap();
            let UnitBackground { revisions, reasons, .. } =
                read_unit_background(&shared, &world.plan, &self.recognised, clocks).await.unwrap();
            answers.steps.push(format!("{on}: {:?} {:?} {:?} {revisions:?} {reasons:?}", unit.unit, unit.recognitions, unit.counting));
        }
        let codes = read_texts(&world.db, "SELECT code FROM indicators WHERE retired_at IS NULL").await;
        assert!(!codes.is_empty());
        answers
    }
}
