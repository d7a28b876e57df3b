//! Stories of the numbers: rollups that equal a recount, lights that say what the domain's examples say, names behind each number.

use std::sync::Arc;

use bihuan::{
    domain::{
        ids::{AccountId, IndicatorId, OrganisationId, RecognitionId, UnitId},
        light::{Light, Missing, ScheduleReason},
        roster::{Step, check_next_step},
        target::TargetForm,
        visibility::Viewer,
        words::{OrganisationKind, Role, Stage, UnitKind},
    },
    services::{
        ServiceError,
        indicators::{IndicatorQuery, UnitsShown, read_indicator},
        moment::{Moment, make_id},
        plan_files::{BEIJING_2025, import_plan_file},
        plan_view::{PeriodEnd, PlanView, PlanViews, read_plan_view_in},
        plans::list_plan_heads,
        rollups::{recount, refresh_indicator, refresh_units},
        roster_view::{RosterQuery, read_roster, read_unit},
        visit::{PlanHead, Shared},
    },
    store::{Db, rollups::read_counts, with_tx},
};
use jiff::civil::{Date, date};

use crate::{
    fixtures::{add_account, add_organisation, at, usual_now},
    support::{change, read_number, read_texts},
};

/// Beijing's plan with somebody who can hold units and somebody who lets them pass.
struct World {
    db: Db,
    plan: PlanHead,
    school: OrganisationId,
    officer: AccountId,
}

impl World {
    async fn begin(db: Db) -> Self {
        import_plan_file(&db, BEIJING_2025.to_owned(), at("2025-01-02 09:00")).await.unwrap();
        let school = add_organisation(&db, OrganisationKind::School, "松山职业学院").await;
        let officer = add_account(&db, "officer", &[Role::Staff], None).await;
        let mut tx = db.read().await.unwrap();
        let plan = list_plan_heads(&mut tx).await.unwrap().remove(0);
        drop(tx);
        Self { db, plan, school, officer }
    }

    async fn view(&self, as_of: Date) -> PlanView {
        let mut tx = self.db.read().await.unwrap();
        let view = read_plan_view_in(&mut tx, &PlanViews::default(), &self.plan, as_of).await.unwrap();
        Arc::into_inner(view).expect("nothing keeps the view but its cache, which is gone")
    }

    fn shared(&self) -> Shared {
        Shared {
            db: self.db.clone(),
            public_url: None,
            data_dir: Arc::default(),
            site: Arc::default(),
            secure: false,
            views: Arc::default(),
            reader: Arc::default(),
        }
    }

    async fn indicator(&self, code: &str) -> IndicatorId {
        let found = read_texts(&self.db, &format!("SELECT id FROM indicators WHERE code = '{code}'")).await;
        IndicatorId::from(found[0].as_str())
    }

    /// Adds units that hold one recognition each, with its steps.
    async fn add_units(&self, count: usize, kind: UnitKind, recognition: &str, level: &str, steps: &[(Stage, Date)]) -> Vec<UnitId> {
        let mut sql = String::new();
        let mut units = Vec::new();
        for _ in 0..count {
            let (unit, add) = self.unit_sql(kind, "");
            sql.push_str(&add);
            let (id, add) = Self::recognition_sql(&unit, recognition, level);
            sql.push_str(&add);
            for (stage, on) in steps {
                sql.push_str(&self.step_sql(&id, *stage, *on, at("2025-01-03 09:00"), None).1);
            }
            units.push(unit);
        }
        change(&self.db, &sql).await;
        self.refresh(&units).await;
        units
    }

    fn unit_sql(&self, kind: UnitKind, name: &str) -> (UnitId, String) {
        let id: UnitId = make_id(usual_now()).unwrap();
        let name = if name.is_empty() { id.as_str() } else { name };
        let sql = format!(
            "INSERT INTO units (id, kind, code, name_zh, name_en, sort_key, holder_id, partners, district, created_at)
             VALUES ('{id}', '{kind}', '', '{name}', '', '{name}', '{}', '', '海淀区', 0);",
            self.school
        );
        (id, sql)
    }

    fn recognition_sql(unit: &UnitId, recognition: &str, level: &str) -> (RecognitionId, String) {
        let id: RecognitionId = make_id(usual_now()).unwrap();
        let level = if level.is_empty() { "NULL".to_owned() } else { format!("'{level}'") };
        let sql = format!(
            "INSERT INTO recognitions (id, unit_id, kind, level, created_at) VALUES ('{id}', '{unit}', '{recognition}', {level}, 0);"
        );
        (id, sql)
    }

    fn step_sql(&self, recognition: &RecognitionId, stage: Stage, on: Date, recorded: Moment, report: Option<&str>) -> (String, String) {
        let id: String = make_id(usual_now()).unwrap();
        let report = report.map_or_else(|| "NULL".to_owned(), |report| format!("'{report}'"));
        let sql = format!(
            "INSERT INTO stage_steps (id, recognition_id, stage, on_date, document, report_id, verifier_id, reason, recorded_at)
             VALUES ('{id}', '{recognition}', '{stage}', '{on}', '文〔2026〕1 号', {report}, '{}', '', {});",
            self.officer, recorded.0
        );
        (id, sql)
    }

    async fn refresh(&self, units: &[UnitId]) {
        let units = units.to_vec();
        with_tx(&self.db, move |tx| Box::pin(async move { refresh_units(tx, &units).await })).await.unwrap();
    }

    async fn take_stock(&self, code: &str) {
        let indicator = self.indicator(code).await;
        let sql = format!(
            "INSERT INTO stock_takes (id, indicator_id, taken_on, reason, document, officer_id, recorded_at)
             VALUES ('stock-{code}', '{indicator}', '2025-02-01', '', '存量〔2025〕1 号', '{}', {})",
            self.officer,
            at("2025-02-01 09:00").0
        );
        change(&self.db, &sql).await;
    }

    async fn rule(&self, code: &str, kind: &str, value: &str) {
        let indicator = self.indicator(code).await;
        let id: String = make_id(usual_now()).unwrap();
        let now = usual_now().0;
        let sql = format!(
            "UPDATE rulings SET superseded_at = {now} WHERE indicator_id = '{indicator}' AND kind = '{kind}' AND superseded_at IS NULL;
             INSERT INTO rulings (id, indicator_id, kind, value, provenance, reason, document, decided_on, officer_id, recorded_at)
             VALUES ('{id}', '{indicator}', '{kind}', '{value}', 'commission', '会议议定', '口径〔2026〕2 号', '2026-02-01', '{}', {now})",
            self.officer
        );
        change(&self.db, &sql).await;
        with_tx(&self.db, move |tx| Box::pin(async move { refresh_indicator(tx, &indicator).await })).await.unwrap();
    }

    /// One report of the school in an open period, in a state.
    async fn add_report(&self, id: &str, task: &str, period: &str, state: &str) {
        let owner = &self.school;
        let accepted = if state == "accepted" { usual_now().0.to_string() } else { "NULL".to_owned() };
        let sql = format!(
            "INSERT INTO obligations (id, period_id, task_id, organisation_id, created_at)
             SELECT 'o-{id}', periods.id, tasks.id, '{owner}', 0 FROM periods, tasks WHERE periods.code = '{period}' AND tasks.code = '{task}';
             INSERT INTO reports (id, obligation_id, correction, state, version, submission, state_since, created_at, accepted_at)
             VALUES ('{id}', 'o-{id}', 0, '{state}', 1, 1, 0, 0, {accepted})"
        );
        change(&self.db, &sql).await;
    }

    async fn open_period(&self, code: &str, from: Date, to: Date) {
        let due = "'2026-10-15'";
        let sql = format!(
            "INSERT INTO periods (id, plan_id, code, starts_on, ends_on, report_due, lead_review_due, commission_review_due, evaluation_due,
                                  feedback_due, answer_due, opened_at, opened_by)
             VALUES ('p-{code}', '{}', '{code}', '{from}', '{to}', {due}, {due}, {due}, {due}, {due}, {due}, 0, 'officer')",
            self.plan.id
        );
        change(&self.db, &sql).await;
    }

    async fn await_review(&self, (report, key): (&str, &str), unit: Option<&UnitId>, recognition: &str, name: &str, stage: Stage) {
        let unit = unit.map_or_else(|| "NULL".to_owned(), |unit| format!("'{unit}'"));
        let sql = format!(
            "INSERT INTO submitted_entries (report_id, entry_key, unit_id, unit_kind, recognition, level, name_zh, stage, on_date, holder_id)
             VALUES ('{report}', '{key}', {unit}, 'course', '{recognition}', NULL, '{name}', '{stage}', '2026-08-01', '{}')",
            self.school
        );
        change(&self.db, &sql).await;
    }
}

fn light_of(view: &PlanView, code: &str) -> (Option<Light>, ScheduleReason) {
    let judgement = &view.indicator(code).unwrap().judgement;
    (judgement.light, judgement.reason.clone())
}

const COURSE: (UnitKind, &str) = (UnitKind::Course, "quality-course");

stories! {
    async fn nothing_accepted_is_no_data_and_never_nought_percent(db: Db) {
        let world = World::begin(db).await;
        let view = world.view(date(2026, 9, 30)).await;
        assert_eq!(view.indicators.len(), 16);
        assert_eq!(light_of(&view, "T01"), (Some(Light::Grey), ScheduleReason::NoData));
        assert_eq!(light_of(&view, "T03"), (Some(Light::Grey), ScheduleReason::Missing(Missing::StageRuling)));
        assert_eq!(light_of(&view, "T07"), (Some(Light::Grey), ScheduleReason::Missing(Missing::StockTake)));
        assert_eq!(view.indicator("T01").unwrap().baseline.as_ref().unwrap().value, 0, "what is new begins at 0");
        assert_eq!(view.indicator("T07").unwrap().baseline, None, "a stock is unknown until it is taken");
        assert_eq!((view.lights().grey, view.loops.tasks), (16, 55));
        let early = world.view(date(2024, 12, 31)).await;
        assert!(matches!(light_of(&early, "T07"), (Some(Light::Grey), ScheduleReason::BeforeStart { .. })));
    }

    async fn an_accepted_report_of_a_linked_task_is_a_fact(db: Db) {
        let world = World::begin(db).await;
        world.open_period("2025Q1", date(2025, 1, 1), date(2025, 3, 31)).await;
        let task = read_texts(
            &world.db,
            "SELECT tasks.code FROM tasks JOIN task_indicators ON task_indicators.task_id = tasks.id
             JOIN indicators ON indicators.id = task_indicators.indicator_id WHERE indicators.code = 'T01' ORDER BY tasks.code",
        )
        .await;
        world.add_report("r1", &task[0], "2025Q1", "accepted").await;
        assert_eq!(light_of(&world.view(date(2025, 3, 30)).await, "T01").1, ScheduleReason::NoData, "not before the end of its period");
        let view = world.view(date(2025, 3, 31)).await;
        assert!(matches!(light_of(&view, "T01"), (Some(Light::Grey), ScheduleReason::NothingDueYet { .. })));
        assert_eq!(view.indicator("T01").unwrap().last_fact_on, Some(date(2025, 3, 31)));
        let view = world.view(date(2026, 9, 30)).await;
        assert!(view.indicator("T01").unwrap().judgement.stale, "the fact is older than the period before the current one");
    }

    async fn one_course_of_the_hundred_that_are_due_is_red(db: Db) {
        let world = World::begin(db).await;
        world.take_stock("T07").await;
        world.add_units(1, COURSE.0, COURSE.1, "", &[(Stage::Recognised, date(2025, 10, 8))]).await;
        let view = world.view(date(2025, 12, 31)).await;
        let courses = view.indicator("T07").unwrap();
        assert_eq!((courses.actual, courses.judgement.light), (Some(1), Some(Light::Red)));
        assert_eq!(courses.judgement.expected.map(|expected| expected.shown), Some(100));
        assert!(matches!(courses.judgement.reason, ScheduleReason::Ratio { .. }));
        assert!(courses.judgement.path_derived);
        assert_eq!((courses.gained, courses.lost), (1, 0));
        assert_eq!(view.compared_to, date(2025, 9, 30));
        assert_eq!(view.history.len(), 4, "one count of lights for each period that is over");
        assert_eq!(courses.history.last(), Some(&PeriodEnd { on: date(2025, 12, 31), light: Some(Light::Red), expected: Some(100) }));
        world.add_units(269, COURSE.0, COURSE.1, "", &[(Stage::Recognised, date(2027, 6, 1))]).await;
        let last = world.view(date(2027, 12, 31)).await;
        assert!(matches!(light_of(&last, "T07"), (Some(Light::Red), ScheduleReason::Missed { actual: 270, goal: 300, .. })));
    }

    async fn a_range_is_due_when_its_path_reaches_a_whole_unit(db: Db) {
        let world = World::begin(db).await;
        world.take_stock("T12").await;
        let before = world.view(date(2026, 12, 31)).await;
        assert!(matches!(light_of(&before, "T12"), (Some(Light::Grey), ScheduleReason::NothingDueYet { .. })));
        assert!(matches!(light_of(&world.view(date(2027, 12, 31)).await, "T12"), (Some(Light::Red), ScheduleReason::Missed { .. })));
        let step = [(Stage::Recognised, date(2026, 5, 1))];
        world.add_units(1, UnitKind::OverseasUniversity, "overseas-vocational-university", "", &step).await;
        let one = light_of(&world.view(date(2026, 12, 31)).await, "T12");
        assert!(matches!(one, (Some(Light::Green), ScheduleReason::Reached { beyond_range: false, .. })));
        world.add_units(2, UnitKind::OverseasUniversity, "overseas-vocational-university", "", &step).await;
        let three = light_of(&world.view(date(2026, 12, 31)).await, "T12");
        assert!(matches!(three, (Some(Light::Green), ScheduleReason::Reached { beyond_range: true, .. })));
    }

    async fn about_fifteen_is_fifteen_until_a_tolerance_is_ruled(db: Db) {
        let world = World::begin(db).await;
        world.take_stock("T05").await;
        world.rule("T05", "counting-stage", "recognised").await;
        world.add_units(14, UnitKind::School, "double-high-school", "municipal", &[(Stage::Recognised, date(2026, 3, 1))]).await;
        let last = date(2027, 12, 31);
        assert!(matches!(light_of(&world.view(last).await, "T05"), (Some(Light::Red), ScheduleReason::Missed { actual: 14, goal: 15, .. })));
        world.rule("T05", "tolerance", "1").await;
        let view = world.view(last).await;
        assert!(matches!(light_of(&view, "T05"), (Some(Light::Green), ScheduleReason::Reached { actual: 14, goal: 14, .. })));
        let target = view.indicator("T05").unwrap().target.as_ref().unwrap();
        assert_eq!((target.wording_zh.as_str(), target.stated), ("15所左右", TargetForm::About { n: 15, tolerance: 0 }));
        assert_eq!(target.form, TargetForm::About { n: 15, tolerance: 1 });
    }

    async fn a_municipal_count_takes_national_ones_only_by_a_ruling(db: Db) {
        let world = World::begin(db).await;
        world.add_units(2, UnitKind::School, "double-high-school", "national", &[(Stage::Recognised, date(2026, 3, 1))]).await;
        let on = date(2026, 6, 30);
        assert_eq!(world.view(on).await.indicator("T05").unwrap().actual, Some(0));
        world.rule("T05", "includes-national", "yes").await;
        assert_eq!(world.view(on).await.indicator("T05").unwrap().actual, Some(2));
        assert_eq!(world.view(on).await.indicator("T03").unwrap().actual, Some(2));
        world.rule("T05", "includes-national", "no").await;
        assert_eq!(world.view(on).await.indicator("T05").unwrap().actual, Some(0));
    }

    async fn two_of_three_is_one_short_and_yellow(db: Db) {
        let world = World::begin(db).await;
        world.take_stock("T14").await;
        world.add_units(2, UnitKind::Consortium, "city-consortium", "", &[(Stage::Recognised, date(2025, 5, 1))]).await;
        world.add_units(3, UnitKind::Consortium, "city-consortium", "", &[(Stage::Approved, date(2025, 5, 1))]).await;
        let view = world.view(date(2025, 6, 30)).await;
        let consortia = view.indicator("T14").unwrap();
        assert_eq!((consortia.actual, consortia.pipeline, consortia.judgement.light), (Some(2), 3, Some(Light::Yellow)));
        assert_eq!(consortia.judgement.expected.map(|expected| expected.shown), Some(3));
    }

    async fn the_stock_of_the_eve_is_the_baseline(db: Db) {
        let world = World::begin(db).await;
        world.add_units(5, COURSE.0, COURSE.1, "", &[(Stage::Recognised, date(2023, 5, 1))]).await;
        world.add_units(1, COURSE.0, COURSE.1, "", &[(Stage::Recognised, date(2025, 5, 1))]).await;
        world.add_units(1, UnitKind::School, "vocational-university", "", &[(Stage::Recognised, date(2023, 5, 1))]).await;
        world.take_stock("T07").await;
        let view = world.view(date(2025, 6, 30)).await;
        let courses = view.indicator("T07").unwrap();
        assert_eq!((courses.baseline.as_ref().unwrap().value, courses.actual), (5, Some(6)));
        assert_eq!(courses.baseline.as_ref().unwrap().document, "存量〔2025〕1 号");
        assert_eq!(view.indicator("T01").unwrap().actual, Some(0), "an old university is not a new one");
    }

    async fn what_was_revoked_counts_until_then(db: Db) {
        let world = World::begin(db).await;
        let steps = [(Stage::Recognised, date(2026, 3, 1)), (Stage::Revoked, date(2026, 9, 1))];
        world.add_units(1, COURSE.0, COURSE.1, "", &steps).await;
        for (on, actual) in
            [(date(2026, 2, 28), 0), (date(2026, 6, 30), 1), (date(2026, 8, 31), 1), (date(2026, 9, 1), 0), (date(2026, 9, 30), 0)]
        {
            assert_eq!(world.view(on).await.indicator("T07").unwrap().actual, Some(actual), "{on}");
        }
        let view = world.view(date(2026, 9, 30)).await;
        assert_eq!((view.indicator("T07").unwrap().gained, view.indicator("T07").unwrap().lost), (0, 1));
    }

    async fn a_past_day_says_what_was_accepted_since(db: Db) {
        let world = World::begin(db).await;
        let (unit, mut sql) = world.unit_sql(COURSE.0, "数控编程");
        let (recognition, add) = World::recognition_sql(&unit, COURSE.1, "");
        sql.push_str(&add);
        sql.push_str(&world.step_sql(&recognition, Stage::Recognised, date(2026, 3, 1), at("2026-07-10 10:00"), None).1);
        change(&world.db, &sql).await;
        world.refresh(std::slice::from_ref(&unit)).await;
        let view = world.view(date(2026, 6, 30)).await;
        assert_eq!((view.indicator("T07").unwrap().actual, view.indicator("T07").unwrap().entries_since, view.entries_since), (Some(1), 1, 1));
        assert_eq!(world.view(date(2026, 7, 10)).await.entries_since, 0);
        assert_eq!(view.latest.len(), 1);
        assert_eq!((view.latest[0].unit_zh.as_str(), view.latest[0].indicators.as_slice()), ("数控编程", ["T07".to_owned()].as_slice()));
    }

    async fn a_revised_target_is_judged_beside_the_original(db: Db) {
        let world = World::begin(db).await;
        world.take_stock("T16").await;
        world.add_units(42, UnitKind::PracticeCentre, "open-practice-centre", "", &[(Stage::Recognised, date(2026, 5, 1))]).await;
        let indicator = world.indicator("T16").await;
        let sql = format!(
            "INSERT INTO targets (id, indicator_id, wording_zh, wording_en, form, target_on, provenance, date_provenance, effective_on, reason,
                                  document, recorded_at)
             VALUES ('t-new', '{indicator}', '80个', '80', '{{\"at-least\":80}}', '2027-12-31', 'commission', 'derived', '2026-01-01', '调整',
                     '调整〔2026〕1 号', {})",
            at("2026-01-05 09:00").0
        );
        change(&world.db, &sql).await;
        let view = world.view(date(2026, 6, 30)).await;
        let centres = view.indicator("T16").unwrap();
        assert_eq!((centres.judgement.light, centres.judgement.expected.map(|expected| expected.shown)), (Some(Light::Green), Some(39)));
        let (target, judgement) = centres.original.as_ref().unwrap();
        assert_eq!((judgement.light, judgement.expected.map(|expected| expected.shown)), (Some(Light::Red), Some(49)));
        assert_eq!((target.wording_zh.as_str(), centres.target.as_ref().unwrap().wording_zh.as_str()), ("100个", "80个"));
        assert_eq!(world.view(date(2025, 12, 31)).await.indicator("T16").unwrap().original, None, "not yet revised then");
    }

    async fn a_sum_shows_its_kinds_and_counts_a_unit_once(db: Db) {
        let world = World::begin(db).await;
        let step = [(Stage::Recognised, date(2026, 5, 1))];
        let centres = world.add_units(2, UnitKind::PracticeCentre, "open-practice-centre", "", &step).await;
        world.add_units(1, UnitKind::ServicePlatform, "common-technology-platform", "", &step).await;
        let (second, mut sql) = World::recognition_sql(&centres[0], "common-technology-platform", "");
        sql.push_str(&world.step_sql(&second, Stage::Recognised, date(2026, 6, 1), usual_now(), None).1);
        change(&world.db, &sql).await;
        world.refresh(&centres).await;
        let view = world.view(date(2026, 6, 30)).await;
        let sum = view.indicator("T16").unwrap();
        assert_eq!(sum.actual, Some(3));
        let kinds: Vec<(&str, i64)> = sum.kinds.iter().map(|kind| (kind.recognition.as_str(), kind.counted)).collect();
        assert_eq!(kinds, [("open-practice-centre", 2), ("common-technology-platform", 2)]);
        assert_eq!(sum.overlaps, [centres[0].to_string()]);
        assert!(world.view(date(2026, 5, 31)).await.indicator("T16").unwrap().overlaps.is_empty());
    }

    async fn what_waits_for_review_stands_beside_the_count(db: Db) {
        let world = World::begin(db).await;
        world.open_period("2026Q3", date(2026, 7, 1), date(2026, 9, 30)).await;
        let counted = world.add_units(1, COURSE.0, COURSE.1, "", &[(Stage::Recognised, date(2026, 5, 1))]).await;
        let on_its_way = world.add_units(1, COURSE.0, COURSE.1, "", &[(Stage::Approved, date(2026, 5, 1))]).await;
        for (report, task, state) in [("sent", "4.5", "submitted"), ("seen", "4.6", "lead-reviewed"), ("back", "4.7", "returned")] {
            world.add_report(report, task, "2026Q3", state).await;
        }
        world.await_review(("sent", "1"), None, COURSE.1, "智能制造基础", Stage::Recognised).await;
        world.await_review(("seen", "1"), None, COURSE.1, "智能 制造（基础）", Stage::Approved).await;
        world.await_review(("sent", "2"), Some(&on_its_way[0]), COURSE.1, "在建课程", Stage::Recognised).await;
        world.await_review(("sent", "3"), Some(&counted[0]), COURSE.1, "已计课程", Stage::Revoked).await;
        world.await_review(("back", "1"), None, COURSE.1, "退回的课程", Stage::Recognised).await;
        let view = world.view(date(2026, 9, 30)).await;
        let courses = view.indicator("T07").unwrap();
        assert_eq!((courses.actual, courses.pipeline, courses.awaiting.len(), courses.awaiting_new()), (Some(1), 1, 2, 1));
        let named: Vec<(&str, Stage)> = courses.awaiting.iter().map(|unit| (unit.name_zh.as_str(), unit.stage)).collect();
        assert_eq!(named, [("在建课程", Stage::Recognised), ("智能制造基础", Stage::Recognised)]);
        assert!(world.view(date(2026, 7, 31)).await.indicator("T07").unwrap().awaiting.is_empty(), "dated later");
        let period = view.loops.period.as_ref().unwrap();
        assert_eq!((period.owed, period.handed_in, period.accepted, period.loops, period.closed), (3, 2, 0, 3, 0));
    }

    async fn names_stand_behind_each_number_and_reports_are_for_those_who_may_see_them(db: Db) {
        let world = World::begin(db).await;
        world.open_period("2026Q3", date(2026, 7, 1), date(2026, 9, 30)).await;
        world.add_report("r1", "4.5", "2026Q3", "accepted").await;
        let (unit, mut sql) = world.unit_sql(COURSE.0, "数控编程");
        let (recognition, add) = World::recognition_sql(&unit, COURSE.1, "municipal");
        sql.push_str(&add);
        sql.push_str(&world.step_sql(&recognition, Stage::Approved, date(2026, 2, 1), usual_now(), None).1);
        let (step, add) = world.step_sql(&recognition, Stage::Recognised, date(2026, 8, 1), usual_now(), Some("r1"));
        sql.push_str(&add);
        sql.push_str(&format!(
            "INSERT INTO evidence (id, organisation_id, report_id, entry_key, file_name, media_type, size, sha256, uploaded_by, uploaded_at)
             VALUES ('e1', '{}', 'r1', '1', '认定文件.pdf', 'application/pdf', 2048, 'x', '{}', 0);
             INSERT INTO step_evidence (step_id, evidence_id) VALUES ('{step}', 'e1');",
            world.school, world.officer
        ));
        change(&world.db, &sql).await;
        world.refresh(std::slice::from_ref(&unit)).await;
        let shared = world.shared();
        let other = Viewer { organisation: Some(OrganisationId::from("other")), reads_all: false };
        let owner = Viewer { organisation: Some(world.school.clone()), reads_all: false };
        let staff = Viewer { organisation: None, reads_all: true };
        for (viewer, sees) in [(&other, false), (&owner, true), (&staff, true)] {
            let query = IndicatorQuery { code: "T07", clocks: date(2026, 9, 30).into(), shown: UnitsShown::Counted, page: 1 };
            let page = read_indicator(&shared, &world.plan, viewer, query).await.unwrap();
            assert_eq!((page.total, page.units.len(), page.pages), (1, 1, 1));
            let row = &page.units[0];
            assert_eq!((row.name_zh.as_str(), row.stage, row.on, row.holder_zh.as_str()), ("数控编程", Stage::Recognised, date(2026, 8, 1), "松山职业学院"));
            assert_eq!((row.proof.report.is_some(), row.proof.evidence.len()), (sees, usize::from(sees)), "{viewer:?}");
            let page = read_unit(&shared, &world.plan, viewer, &unit, date(2026, 9, 30)).await.unwrap();
            assert_eq!(page.recognitions.len(), 1);
            assert_eq!(page.recognitions[0].steps.len(), 2);
            assert_eq!(page.recognitions[0].steps[1].proof.report.is_some(), sees);
            assert_eq!(page.counting.len(), 2, "on its way first, then counted");
        }
        let before = IndicatorQuery { code: "T07", clocks: date(2026, 7, 31).into(), shown: UnitsShown::Pipeline, page: 9 };
        let page = read_indicator(&shared, &world.plan, &other, before).await.unwrap();
        assert_eq!((page.page, page.units.len(), page.units[0].stage), (1, 1, Stage::Approved));
        assert!(matches!(
            read_unit(&shared, &world.plan, &staff, &UnitId::from("none"), date(2026, 9, 30)).await,
            Err(ServiceError::Refused(bihuan::error::UserError::NotFound))
        ));
    }

    async fn the_roster_is_found_by_filter_and_by_words(db: Db) {
        let world = World::begin(db).await;
        world.add_units(60, COURSE.0, COURSE.1, "", &[(Stage::Approved, date(2026, 2, 1))]).await;
        world.add_units(1, UnitKind::IndustryCollege, "industry-college", "", &[(Stage::Recognised, date(2026, 2, 1))]).await;
        let (unit, mut sql) = world.unit_sql(UnitKind::School, "北湖100%职业学校");
        let (recognition, add) = World::recognition_sql(&unit, "double-high-school", "municipal");
        sql.push_str(&add);
        sql.push_str(&world.step_sql(&recognition, Stage::Applied, date(2026, 1, 1), usual_now(), None).1);
        sql.push_str(&world.step_sql(&recognition, Stage::Recognised, date(2026, 4, 1), usual_now(), None).1);
        change(&world.db, &sql).await;
        world.refresh(std::slice::from_ref(&unit)).await;
        let shared = world.shared();
        let total = async |query: RosterQuery, on: Date| read_roster(&shared, &world.plan, on, &query).await.unwrap();
        let on = date(2026, 9, 30);
        let all = total(RosterQuery::default(), on).await;
        assert_eq!((all.total, all.units.len(), all.pages), (61, 50, 2), "what no indicator counts is not in the plan's roster");
        assert_eq!(total(RosterQuery { page: 2, ..RosterQuery::default() }, on).await.units.len(), 11);
        assert_eq!(all.districts, ["海淀区"]);
        for (query, found) in [
            (RosterQuery { kind: Some(UnitKind::School), ..RosterQuery::default() }, 1),
            (RosterQuery { stage: Some(Stage::Approved), ..RosterQuery::default() }, 60),
            (RosterQuery { stage: Some(Stage::Applied), ..RosterQuery::default() }, 0),
            (RosterQuery { level: Some(bihuan::domain::words::Level::Municipal), ..RosterQuery::default() }, 1),
            (RosterQuery { indicator: Some("T07".into()), ..RosterQuery::default() }, 60),
            (RosterQuery { indicator: Some("T03".into()), ..RosterQuery::default() }, 0),
            (RosterQuery { district: Some("海淀区".into()), ..RosterQuery::default() }, 61),
            (RosterQuery { district: Some("昌平区".into()), ..RosterQuery::default() }, 0),
            (RosterQuery { words: "北湖".into(), ..RosterQuery::default() }, 1),
            (RosterQuery { words: "１００％职业".into(), ..RosterQuery::default() }, 1),
            (RosterQuery { words: "北%校".into(), ..RosterQuery::default() }, 0),
        ] {
            assert_eq!(total(query.clone(), on).await.total, found, "{query:?}");
        }
        let school = total(RosterQuery { stage: Some(Stage::Applied), ..RosterQuery::default() }, date(2026, 3, 31)).await;
        assert_eq!((school.total, school.units[0].standings[0].stage), (1, Stage::Applied), "as it stood then");
    }

    async fn a_view_is_built_once_for_each_version_and_day(db: Db) {
        let world = World::begin(db).await;
        let views = PlanViews::default();
        let on = date(2026, 9, 30);
        let read = async |on: Date| {
            let mut tx = world.db.read().await.unwrap();
            read_plan_view_in(&mut tx, &views, &world.plan, on).await.unwrap()
        };
        let first = read(on).await;
        assert!(Arc::ptr_eq(&first, &read(on).await), "shared while nothing changed");
        assert!(!Arc::ptr_eq(&first, &read(date(2026, 9, 29)).await), "another day is another view");
        change(&world.db, "UPDATE data_version SET version = version + 1").await;
        let second = read(on).await;
        assert!(!Arc::ptr_eq(&first, &second) && second.version == first.version + 1, "built anew after a change");
    }

    async fn rollups_equal_a_recount_whatever_happens_in_whatever_order(db: Db) {
        let world = World::begin(db).await;
        let mut dice = Dice(20_260_930);
        let kinds = [
            (UnitKind::School, "double-high-school"),
            (UnitKind::School, "vocational-university"),
            (UnitKind::Course, "quality-course"),
            (UnitKind::PracticeCentre, "open-practice-centre"),
            (UnitKind::PracticeCentre, "common-technology-platform"),
        ];
        let mut units: Vec<Drawn> = Vec::new();
        for round in 0..12 {
            let (mut sql, mut touched) = (String::new(), Vec::new());
            for _ in 0..8 {
                world.play(&mut dice, &kinds, &mut units, &mut sql, &mut touched);
            }
            change(&world.db, &sql).await;
            world.refresh(&touched).await;
            if round % 3 == 2 {
                let code = ["T01", "T03", "T05", "T07", "T16"][dice.roll(5)];
                let (kind, value) = [
                    ("counting-stage", "approved"),
                    ("counting-stage", "under-construction"),
                    ("counting-stage", "recognised"),
                    ("basis", "new-since:2025-06-01"),
                    ("basis", "stock"),
                    ("includes-national", "yes"),
                ][dice.roll(6)];
                world.rule(code, kind, value).await;
            }
            world.check_rollups(&mut dice).await;
        }
        assert!(read_number(&world.db, "SELECT COUNT(*) FROM counted_spans").await > 20, "the story is about something");
    }
}

/// A unit of the pseudo-random story, with its recognitions.
struct Drawn {
    unit: UnitId,
    recognitions: Vec<(RecognitionId, Vec<(String, Step)>)>,
}

/// Pseudo-random and the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn day(&mut self) -> Date {
        Date::new(
            2024 + i16::try_from(self.roll(4)).unwrap(),
            1 + i8::try_from(self.roll(12)).unwrap(),
            1 + i8::try_from(self.roll(28)).unwrap(),
        )
        .unwrap()
    }
}

impl World {
    /// One thing that may happen: a new unit, a new recognition, a further step, a correction.
    fn play(&self, dice: &mut Dice, kinds: &[(UnitKind, &str)], units: &mut Vec<Drawn>, sql: &mut String, touched: &mut Vec<UnitId>) {
        if units.is_empty() || dice.roll(3) == 0 {
            let (unit, add) = self.unit_sql(kinds[dice.roll(kinds.len())].0, "");
            sql.push_str(&add);
            units.push(Drawn { unit, recognitions: Vec::new() });
        }
        let place = dice.roll(units.len());
        let drawn = &mut units[place];
        touched.push(drawn.unit.clone());
        if drawn.recognitions.is_empty() || dice.roll(4) == 0 {
            let (kind, level) = (kinds[dice.roll(kinds.len())].1, ["national", "municipal", ""][dice.roll(3)]);
            let (recognition, add) = World::recognition_sql(&drawn.unit, kind, level);
            sql.push_str(&add);
            drawn.recognitions.push((recognition, Vec::new()));
        }
        let place = dice.roll(drawn.recognitions.len());
        let (recognition, steps) = &mut drawn.recognitions[place];
        for _ in 0..3 {
            let next = Step { stage: Stage::ALL[dice.roll(Stage::ALL.len())], on: dice.day() };
            let history: Vec<Step> = steps.iter().map(|(_, step)| *step).collect();
            if check_next_step(&history, next).is_ok() {
                let (id, add) = self.step_sql(recognition, next.stage, next.on, usual_now(), None);
                sql.push_str(&add);
                steps.push((id, next));
            }
        }
        if dice.roll(5) == 0
            && let Some((id, _)) = steps.pop()
        {
            sql.push_str(&format!("UPDATE stage_steps SET superseded_at = {} WHERE id = '{id}';", usual_now().0));
        }
    }

    async fn check_rollups(&self, dice: &mut Dice) {
        let mut days = vec![date(2024, 12, 31), date(2028, 1, 1)];
        days.extend((0..4).map(|_| dice.day()));
        let mut tx = self.db.read().await.unwrap();
        for code in ["T01", "T03", "T05", "T07", "T16"] {
            let indicator =
                IndicatorId::from(read_texts(&self.db, &format!("SELECT id FROM indicators WHERE code = '{code}'")).await[0].as_str());
            for day in &days {
                let counted = recount(&mut tx, &indicator, *day).await.unwrap();
                let rolled_up = read_counts(&mut tx, &indicator, *day).await.unwrap();
                assert_eq!(rolled_up, (counted.counted, counted.pipeline), "{code} on {day}");
            }
        }
        drop(tx);
        assert_eq!(
            read_number(&self.db, "SELECT COUNT(*) FROM indicator_days WHERE change = 0").await,
            0,
            "a day that came to nothing is gone"
        );
    }
}
