//! Stories of periods, obligations and the loop of a task.

use bihuan::{
    domain::{
        evaluation::EvaluationFields,
        fields::FieldProblem,
        ids::{OrganisationId, PlanId},
        permissions::Permission,
        ring::{Holder, Station, StationStatus},
        visibility::Viewer,
        words::{Cadence, OrganisationKind, Role},
    },
    error::UserError,
    services::{
        ServiceError,
        access::{Actor, Identity},
        loops::{Loop, read_period, read_task, read_timetable},
        moment::Moment,
        obligations::create_missing_obligations,
        periods::{self, PeriodFields, propose_deadlines, read_periods},
        task_loop::{FeedbackFields, LoopKey, answer_feedback, evaluate_task, give_feedback, list_open_feedback, list_waiting_evaluations},
        visit::PlanHead,
    },
    store::{Db, with_tx},
};
use jiff::civil::{Date, date};

use crate::{
    fixtures::{Cast, add_account, add_organisation, at, identify, usual_now},
    support::change,
};

/// The day after the third quarter's reviews are due.
const AFTER_REVIEWS: &str = "2026-11-03 09:00";

fn plan() -> PlanHead {
    PlanHead {
        id: "plan".into(),
        code: "plan".to_owned(),
        short_zh: "计划".to_owned(),
        short_en: "Plan".to_owned(),
        starts_on: date(2025, 1, 1),
        ends_on: date(2027, 12, 31),
        cadence: Cadence::Quarter,
        time_zone: "Asia/Shanghai".to_owned(),
        retired_at: None,
    }
}

/// A plan with an area and the tasks 1.1 and 1.2, and the cast; both owners are responsible for 1.1.
async fn set_up(db: &Db) -> Cast {
    let cast = Cast::assemble(db).await;
    change(
        db,
        "INSERT INTO plans (id, code, name_zh, name_en, short_zh, short_en, issuer_zh, issuer_en, starts_on, ends_on, cadence, time_zone, imported_from, imported_at)
         VALUES ('plan', 'plan', '计划', 'Plan', '计划', 'Plan', '', '', '2025-01-01', '2027-12-31', 'quarter', 'Asia/Shanghai', '', 0)",
    )
    .await;
    change(
        db,
        "INSERT INTO areas (id, plan_id, code, ordinal, name_zh, name_en, short_zh, short_en, closing)
         VALUES ('area', 'plan', '1', 1, '主要任务', 'Area', '任务', 'Area', 0)",
    )
    .await;
    for (ordinal, code) in ["1.1", "1.2"].into_iter().enumerate() {
        change(
            db,
            &format!(
                "INSERT INTO tasks (id, plan_id, area_id, code, ordinal, title_zh, title_en, deliverable_zh, deliverable_en, effect_zh, effect_en, source_zh)
                 VALUES ('task {code}', 'plan', 'area', '{code}', {ordinal}, '任务{code}', 'Task {code}', '', '', '', '', '')"
            ),
        )
        .await;
        change(
            db,
            &format!(
                "INSERT INTO task_dates (id, task_id, starts_on, due_on, provenance, effective_on, reason, document, recorded_at)
                 VALUES ('dates {code}', 'task {code}', '2025-01-01', '2027-12-31', 'derived', '2025-01-01', '', '', 0)"
            ),
        )
        .await;
    }
    assign(db, "1.1", &cast.leading, "lead").await;
    assign(db, "1.1", &cast.owning_a, "responsible").await;
    assign(db, "1.1", &cast.owning_b, "responsible").await;
    cast
}

async fn assign(db: &Db, task: &str, organisation: &OrganisationId, part: &str) {
    let sql = format!(
        "INSERT INTO assignments (id, task_id, organisation_id, part, contact, assigned_at)
         VALUES ('{task} {organisation} {part}', 'task {task}', '{organisation}', '{part}', '', 0)"
    );
    change(db, &sql).await;
}

/// Puts a report of the third quarter into a state, as if it had gone there.
async fn put_report(db: &Db, task: &str, organisation: &OrganisationId, state: &str, completed_on: Option<&str>) {
    let completed = completed_on.map_or("NULL".to_owned(), |day| format!("'{day}'"));
    let owed = format!("SELECT id FROM obligations WHERE task_id = 'task {task}' AND organisation_id = '{organisation}'");
    change(db, &format!("DELETE FROM reports WHERE obligation_id IN ({owed})")).await;
    let sql = format!(
        "INSERT INTO reports (id, obligation_id, correction, state, version, submission, state_since, created_at, accepted_at, completed_on)
         SELECT id, id, 0, '{state}', 1, 1, {now}, {now}, {accepted}, {completed} FROM obligations
         WHERE task_id = 'task {task}' AND organisation_id = '{organisation}'",
        now = usual_now().0,
        accepted = if state == "accepted" { usual_now().0.to_string() } else { "NULL".to_owned() },
    );
    change(db, &sql).await;
}

fn deadlines(days: [Date; 6]) -> [String; 6] {
    days.map(|day| day.to_string())
}

fn third_quarter() -> PeriodFields {
    let days = [date(2026, 10, 20), date(2026, 10, 27), date(2026, 11, 2), date(2026, 11, 10), date(2026, 11, 17), date(2026, 12, 1)];
    PeriodFields { period: "2026Q3".to_owned(), deadlines: deadlines(days), ..PeriodFields::default() }
}

fn staff(who: &Identity) -> Actor {
    who.require(Permission::ManagePlans).unwrap()
}

fn evaluator(who: &Identity) -> Actor {
    who.require(Permission::Evaluate).unwrap()
}

fn owner(who: &Identity) -> Actor {
    who.require(Permission::Report).unwrap()
}

async fn open(db: &Db, cast: &Cast) {
    periods::open_period(db, &staff(&cast.staff), usual_now(), &plan(), &third_quarter()).await.unwrap();
}

async fn create_missing(db: &Db, now: Moment) {
    with_tx(db, move |tx| Box::pin(async move { create_missing_obligations(tx, &PlanId::from("plan"), now).await })).await.unwrap();
}

async fn owing(db: &Db) -> Vec<(String, String)> {
    let view = read_period(db, &plan(), "2026Q3", date(2026, 10, 12)).await.unwrap();
    let pairs =
        view.tasks.iter().flat_map(|(judged, owed)| owed.iter().map(|owed| (judged.task.code.clone(), owed.organisation_zh.clone())));
    let mut pairs: Vec<_> = pairs.collect();
    pairs.sort();
    pairs
}

fn key() -> LoopKey {
    LoopKey { task: "1.1".to_owned(), period: "2026Q3".to_owned() }
}

fn evaluation() -> EvaluationFields {
    let (grade, reason) = ("B".to_owned(), "按计划推进".to_owned());
    EvaluationFields {
        progress_grade: grade.clone(),
        progress_reason: reason.clone(),
        quality_grade: grade.clone(),
        quality_reason: reason.clone(),
        effect_grade: grade,
        effect_reason: reason.clone(),
        effect_link: "成果清单".to_owned(),
        satisfaction_grade: "not-assessed".to_owned(),
        satisfaction_reason: reason,
    }
}

async fn evaluate(db: &Db, who: &Identity, now: Moment) -> Result<(), ServiceError> {
    evaluate_task(db, &evaluator(who), now, &plan(), key(), &evaluation()).await
}

async fn feed_back(db: &Db, who: &Identity, organisation: &OrganisationId, kind: &str, text: &str) -> Result<(), ServiceError> {
    let fields = FeedbackFields { organisation: organisation.to_string(), kind: kind.to_owned(), text: text.to_owned() };
    give_feedback(db, &evaluator(who), at("2026-11-12 09:00"), &plan(), key(), fields).await
}

async fn loop_seen_by(db: &Db, viewer: &Viewer, today: Date) -> Loop {
    read_task(db, &plan(), "1.1", viewer, today, today).await.unwrap().loops.remove(0)
}

fn everything() -> Viewer {
    Viewer { organisation: None, reads_all: true }
}

fn seen_from(organisation: &OrganisationId) -> Viewer {
    Viewer { organisation: Some(organisation.clone()), reads_all: false }
}

fn refusal<T: std::fmt::Debug>(result: Result<T, ServiceError>) -> UserError {
    match result {
        Err(ServiceError::Refused(error)) => error,
        other => panic!("not a refusal: {other:?}"),
    }
}

stories! {
    async fn opening_a_period_creates_each_obligation_once(db: Db) {
        let cast = set_up(&db).await;
        let list = read_periods(&db, &plan(), date(2026, 10, 12)).await.unwrap();
        assert_eq!((list.lines.len(), list.next.as_deref()), (12, Some("2026Q3")));
        let span = list.lines[6].span.clone();
        assert_eq!(propose_deadlines(&span)[0], date(2026, 10, 14), "ten working days after the end");
        open(&db, &cast).await;
        let both = [("1.1".to_owned(), "北湖职业学院".to_owned()), ("1.1".to_owned(), "松山职业学院".to_owned())];
        assert_eq!(owing(&db).await, both);
        let again = periods::open_period(&db, &staff(&cast.staff_2), usual_now(), &plan(), &third_quarter()).await;
        assert_eq!(refusal(again), UserError::AlreadyDecided);
        create_missing(&db, usual_now()).await;
        create_missing(&db, usual_now()).await;
        assert_eq!(owing(&db).await, both);
        let list = read_periods(&db, &plan(), date(2026, 10, 12)).await.unwrap();
        assert_eq!((list.next.as_deref(), list.lines[6].count.owed, list.lines[6].count.handed_in), (Some("2026Q4"), 2, 0));
    }

    async fn an_organisation_assigned_later_owes_in_the_open_period_only(db: Db) {
        let cast = set_up(&db).await;
        open(&db, &cast).await;
        assign(&db, "1.2", &cast.owning_b, "responsible").await;
        create_missing(&db, at("2026-12-02 09:00")).await;
        assert_eq!(owing(&db).await.len(), 2, "the loop's last deadline has passed");
        create_missing(&db, at("2026-12-01 23:00")).await;
        assert_eq!(owing(&db).await.len(), 3);
        let support = add_organisation(&db, OrganisationKind::Enterprise, "北湖企业").await;
        assign(&db, "1.2", &support, "supporting").await;
        create_missing(&db, usual_now()).await;
        assert_eq!(owing(&db).await.len(), 3, "supporting organisations owe nothing");
        put_report(&db, "1.2", &cast.owning_b, "accepted", None).await;
        let key = LoopKey { task: "1.2".to_owned(), period: "2026Q3".to_owned() };
        evaluate_task(&db, &evaluator(&cast.staff), usual_now(), &plan(), key, &evaluation()).await.unwrap();
        assign(&db, "1.2", &cast.owning_a, "responsible").await;
        create_missing(&db, usual_now()).await;
        assert_eq!(owing(&db).await.len(), 3, "an evaluated loop takes nobody in");
    }

    async fn a_finished_task_owes_nothing_further(db: Db) {
        let cast = set_up(&db).await;
        open(&db, &cast).await;
        put_report(&db, "1.1", &cast.owning_a, "accepted", Some("2026-09-30")).await;
        put_report(&db, "1.1", &cast.owning_b, "submitted", Some("2026-09-30")).await;
        let fourth = PeriodFields { period: "2026Q4".to_owned(), ..third_quarter() };
        let timetable = read_timetable(&db, &plan(), date(2026, 10, 12), date(2026, 10, 12)).await.unwrap();
        assert_eq!(timetable.tasks[0].0.judgement.completed_on, None, "only what was accepted counts");
        put_report(&db, "1.1", &cast.owning_b, "accepted", Some("2026-10-02")).await;
        let timetable = read_timetable(&db, &plan(), date(2026, 10, 12), date(2026, 10, 12)).await.unwrap();
        assert_eq!(timetable.tasks[0].0.judgement.completed_on, Some(date(2026, 10, 2)));
        let before = read_timetable(&db, &plan(), date(2026, 10, 1), date(2026, 10, 12)).await.unwrap();
        assert_eq!(before.tasks[0].0.judgement.completed_on, None, "one of the two was not done on that day");
        periods::open_period(&db, &staff(&cast.staff), usual_now(), &plan(), &fourth).await.unwrap();
        let view = read_period(&db, &plan(), "2026Q4", date(2026, 10, 12)).await.unwrap();
        assert!(view.tasks.is_empty());
    }

    async fn deadlines_are_checked_and_changed_with_a_reason(db: Db) {
        let cast = set_up(&db).await;
        let mut wrong = third_quarter();
        wrong.deadlines[0] = "2026-06-30".to_owned();
        wrong.deadlines[2] = "2026-10-26".to_owned();
        wrong.deadlines[5] = "明天".to_owned();
        let error = refusal(periods::open_period(&db, &staff(&cast.staff), usual_now(), &plan(), &wrong).await);
        let UserError::Invalid(errors) = error else { panic!("{error:?}") };
        assert_eq!(errors.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), ["report_due", "commission_review_due", "answer_due"]);
        assert_eq!(errors[0].problem, FieldProblem::DateBefore { earliest: date(2026, 7, 1) });
        assert_eq!(errors[1].problem, FieldProblem::DateBefore { earliest: date(2026, 10, 27) });
        open(&db, &cast).await;
        let period = read_period(&db, &plan(), "2026Q3", date(2026, 10, 12)).await.unwrap().period;
        let mut later = PeriodFields { was: period.fingerprint(), ..third_quarter() };
        later.deadlines[5] = "2026年12月31日".to_owned();
        let actor = staff(&cast.staff);
        let error = refusal(periods::change_period(&db, &actor, usual_now(), &plan(), &later).await);
        assert_eq!(error, UserError::field("reason", FieldProblem::Required));
        later.reason = "国庆假期".to_owned();
        periods::change_period(&db, &actor, usual_now(), &plan(), &later).await.unwrap();
        let period = read_period(&db, &plan(), period.id.as_str(), date(2026, 10, 12)).await.unwrap().period;
        assert_eq!(period.answer_due, date(2026, 12, 31));
        assert_eq!(refusal(periods::change_period(&db, &actor, usual_now(), &plan(), &later).await), UserError::Stale);
    }

    async fn an_evaluation_waits_for_the_reports_or_names_the_missing(db: Db) {
        let cast = set_up(&db).await;
        open(&db, &cast).await;
        put_report(&db, "1.1", &cast.owning_a, "accepted", None).await;
        put_report(&db, "1.1", &cast.owning_b, "submitted", None).await;
        let before = loop_seen_by(&db, &everything(), date(2026, 11, 2)).await;
        assert_eq!((&before.ring.holder, before.ring.held_at), (&Holder::Lead, Some(Station::Review)));
        assert_eq!(refusal(evaluate(&db, &cast.staff, at("2026-11-02 23:59")).await), UserError::WrongState);
        let mut tx = db.read().await.unwrap();
        assert!(list_waiting_evaluations(&mut tx, &plan(), date(2026, 11, 2)).await.unwrap().is_empty());
        let waiting = list_waiting_evaluations(&mut tx, &plan(), date(2026, 11, 3)).await.unwrap();
        assert_eq!(waiting.iter().map(|one| (one.station, one.missing)).collect::<Vec<_>>(), [(Station::Evaluation, 1)]);
        drop(tx);
        let empty = evaluate_task(&db, &evaluator(&cast.staff), at(AFTER_REVIEWS), &plan(), key(), &EvaluationFields::default()).await;
        assert!(matches!(refusal(empty), UserError::Invalid(errors) if errors.len() == 8));
        evaluate(&db, &cast.staff, at(AFTER_REVIEWS)).await.unwrap();
        let seen = loop_seen_by(&db, &everything(), date(2026, 11, 3)).await;
        assert_eq!(seen.evaluation.unwrap().missing.0, std::slice::from_ref(&cast.owning_b));
        assert_eq!(seen.ring.stations[1].status, StationStatus::Late);
        let nothing = LoopKey { task: "1.2".to_owned(), ..key() };
        let nobody = evaluate_task(&db, &evaluator(&cast.staff), at(AFTER_REVIEWS), &plan(), nothing, &evaluation()).await;
        assert_eq!(refusal(nobody), UserError::WrongState, "nobody owes there");
    }

    async fn feedback_and_answers_close_the_loop(db: Db) {
        let cast = set_up(&db).await;
        open(&db, &cast).await;
        put_report(&db, "1.1", &cast.owning_a, "accepted", None).await;
        put_report(&db, "1.1", &cast.owning_b, "accepted", None).await;
        assert_eq!(refusal(feed_back(&db, &cast.staff, &cast.owning_a, "advice", "早").await), UserError::WrongState);
        evaluate(&db, &cast.staff, usual_now()).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let waiting = list_waiting_evaluations(&mut tx, &plan(), date(2026, 10, 13)).await.unwrap();
        assert_eq!(waiting.iter().map(|one| (one.station, one.without_feedback)).collect::<Vec<_>>(), [(Station::Feedback, 2)]);
        drop(tx);
        for (kind, text, field, problem) in [
            ("", "x", "kind", FieldProblem::Required),
            ("order", "x", "kind", FieldProblem::UnknownChoice),
            ("advice", " ", "text", FieldProblem::Required),
        ] {
            assert_eq!(refusal(feed_back(&db, &cast.staff, &cast.owning_a, kind, text).await), UserError::field(field, problem), "{kind}");
        }
        assert_eq!(refusal(feed_back(&db, &cast.staff, &cast.leading, "advice", "x").await), UserError::NotFound);
        feed_back(&db, &cast.staff, &cast.owning_a, "acknowledged", "").await.unwrap();
        assert_eq!(refusal(feed_back(&db, &cast.staff_2, &cast.owning_a, "advice", "x").await), UserError::AlreadyDecided);
        feed_back(&db, &cast.staff, &cast.owning_b, "advice", "补充企业名单").await.unwrap();
        let seen = loop_seen_by(&db, &everything(), date(2026, 11, 13)).await;
        assert_eq!((&seen.ring.holder, seen.ring.held_at), (&Holder::Owners(vec![cast.owning_b.clone()]), Some(Station::Answer)));
        // Both were given at the same instant, so their order says nothing.
        let to = |organisation: &OrganisationId| seen.feedbacks.iter().find(|given| given.organisation_id == *organisation).unwrap();
        assert!(to(&cast.owning_a).closed_at.is_some(), "an acknowledgement closes at once");
        let advice = to(&cast.owning_b).id.clone();
        let mut tx = db.read().await.unwrap();
        assert!(list_open_feedback(&mut tx, &cast.owning_a).await.unwrap().is_empty());
        let open = list_open_feedback(&mut tx, &cast.owning_b).await.unwrap();
        assert_eq!((open[0].id.clone(), open[0].text.as_str(), open[0].answer_due), (advice.clone(), "补充企业名单", date(2026, 12, 1)));
        drop(tx);
        let now = at("2026-11-20 10:00");
        assert_eq!(refusal(answer_feedback(&db, &owner(&cast.owner_a), now, advice.clone(), "代答").await), UserError::NotFound);
        let empty = answer_feedback(&db, &owner(&cast.owner_b), now, advice.clone(), " ").await;
        assert_eq!(refusal(empty), UserError::field("answer", FieldProblem::Required));
        answer_feedback(&db, &owner(&cast.owner_b), now, advice.clone(), "已补充").await.unwrap();
        assert_eq!(refusal(answer_feedback(&db, &owner(&cast.owner_b), now, advice, "再答").await), UserError::AlreadyDecided);
        let seen = loop_seen_by(&db, &everything(), date(2026, 11, 20)).await;
        assert_eq!((&seen.ring.holder, seen.ring.closed_at), (&Holder::Closed, Some(now.0)));
        let mut tx = db.read().await.unwrap();
        assert!(list_waiting_evaluations(&mut tx, &plan(), date(2027, 1, 1)).await.unwrap().is_empty());
    }

    async fn who_is_missing_gets_advice_and_nothing_to_acknowledge(db: Db) {
        let cast = set_up(&db).await;
        open(&db, &cast).await;
        put_report(&db, "1.1", &cast.owning_a, "accepted", None).await;
        evaluate(&db, &cast.staff, at(AFTER_REVIEWS)).await.unwrap();
        let acknowledged = feed_back(&db, &cast.staff, &cast.owning_b, "acknowledged", "").await;
        assert_eq!(refusal(acknowledged), UserError::field("kind", FieldProblem::UnknownChoice));
        feed_back(&db, &cast.staff, &cast.owning_b, "advice", "请补报").await.unwrap();
    }

    async fn feedback_of_others_is_not_shown(db: Db) {
        let cast = set_up(&db).await;
        open(&db, &cast).await;
        put_report(&db, "1.1", &cast.owning_a, "accepted", None).await;
        put_report(&db, "1.1", &cast.owning_b, "accepted", None).await;
        evaluate(&db, &cast.staff, usual_now()).await.unwrap();
        feed_back(&db, &cast.staff, &cast.owning_a, "advice", "甲").await.unwrap();
        feed_back(&db, &cast.staff, &cast.owning_b, "advice", "乙").await.unwrap();
        let stranger = add_organisation(&db, OrganisationKind::School, "西山学校").await;
        for (viewer, texts, sees_evaluation) in [
            (seen_from(&cast.owning_a), vec!["甲"], true),
            (seen_from(&cast.owning_b), vec!["乙"], true),
            (seen_from(&cast.leading), vec!["甲", "乙"], true),
            (everything(), vec!["甲", "乙"], true),
            (seen_from(&stranger), vec![], false),
            (Viewer::default(), vec![], false),
        ] {
            let seen = loop_seen_by(&db, &viewer, date(2026, 11, 13)).await;
            let mut found: Vec<_> = seen.feedbacks.iter().map(|given| given.text.as_str()).collect();
            found.sort_unstable_by_key(|text| *text != "甲");
            assert_eq!((found, seen.evaluation.is_some()), (texts, sees_evaluation), "{viewer:?}");
            assert_eq!(seen.ring.held_at, Some(Station::Answer), "everybody sees the ring");
            assert!(seen.evaluated_at.is_some());
        }
    }

    async fn of_two_evaluations_at_once_the_second_is_told(db: Db) {
        let cast = set_up(&db).await;
        open(&db, &cast).await;
        put_report(&db, "1.1", &cast.owning_a, "accepted", None).await;
        put_report(&db, "1.1", &cast.owning_b, "accepted", None).await;
        let (first, second) = futures_util::join!(evaluate(&db, &cast.staff, usual_now()), evaluate(&db, &cast.staff_2, usual_now()));
        let (told, went) = if first.is_ok() { (second, first) } else { (first, second) };
        went.unwrap();
        assert_eq!(refusal(told), UserError::AlreadyDecided);
        let (first, second) = futures_util::join!(
            feed_back(&db, &cast.staff, &cast.owning_a, "advice", "甲"),
            feed_back(&db, &cast.staff_2, &cast.owning_a, "acknowledged", ""),
        );
        assert_eq!(refusal(if first.is_ok() { second } else { first }), UserError::AlreadyDecided);
        assert_eq!(loop_seen_by(&db, &everything(), date(2026, 11, 13)).await.feedbacks.len(), 1);
    }

    async fn only_staff_open_and_evaluate(db: Db) {
        let cast = set_up(&db).await;
        let plain = identify(&db, &add_account(&db, "plain", &[Role::Leader], Some(&cast.commission)).await).await;
        for who in [&cast.lead, &cast.owner_a, &cast.system, &plain] {
            assert_eq!(who.require(Permission::ManagePlans).unwrap_err(), UserError::NotFound);
            assert_eq!(who.require(Permission::Evaluate).unwrap_err(), UserError::NotFound);
        }
        assert_eq!(cast.staff.require(Permission::Report).unwrap_err(), UserError::NotFound);
        let found = read_task(&db, &plan(), "9.9", &everything(), date(2026, 10, 12), date(2026, 10, 12)).await;
        assert_eq!(refusal(found), UserError::NotFound);
        let found = read_period(&db, &plan(), "2026Q3", date(2026, 10, 12)).await;
        assert_eq!(refusal(found), UserError::NotFound);
    }
}
