//! From a form to a number: draft, submission, reviews, acceptance. Invariant: what waits for review never counts, what is
//! accepted counts once, and of two who act at the same time one is told.

use std::sync::Arc;

use bihuan::{
    domain::{
        ids::{OrganisationId, ReportId},
        permissions::Permission,
        report::{Decision, EntryFields, FieldProblem, ReportFields, ReportState},
        words::Role,
    },
    error::UserError,
    i18n::{Lang, Text},
    services::{
        ServiceError,
        access::Identity,
        assignments::{AssignmentFields, assign_organisation},
        evidence::Received,
        moment::Moment,
        periods::{PeriodFields, open_period},
        plan_files::load_first_plan,
        plan_view::read_plan_view,
        plans::list_plan_heads,
        reports::{Attachment, DraftChange, Saved, save_draft, submit_report, withdraw_report},
        reviews::{DecisionForm, decide, require_reviewer},
        verify::{Inspection, verify},
        visit::{PlanHead, Shared},
    },
    store::Db,
};

use crate::{
    fixtures::{Cast, add_account, at, usual_now},
    reader::Reader,
    support::{Place, change, read_number, read_texts},
};

/// The task whose indicator counts overseas branches.
const TASK: &str = "5.2";
const PERIOD: &str = "2026Q3";

struct Stage {
    cast: Cast,
    plan: PlanHead,
    shared: Shared,
}

fn shared(place: &Place) -> Shared {
    Shared {
        db: place.db.clone(),
        data_dir: Arc::new(place.data_dir.clone()),
        site: Arc::default(),
        secure: false,
        public_url: None,
        views: Arc::default(),
        reader: Arc::default(),
    }
}

/// The plan, the cast, two responsible organisations on one task, an open period.
async fn set_the_stage(place: &Place, with_lead: bool) -> Stage {
    let db = &place.db;
    load_first_plan(db, at("2025-01-02 09:00")).await.unwrap();
    let cast = Cast::assemble(db).await;
    let mut tx = db.read().await.unwrap();
    let plan = list_plan_heads(&mut tx).await.unwrap().remove(0);
    drop(tx);
    let staff = cast.staff.require(Permission::ManagePlans).unwrap();
    let mut parts = vec![(cast.owning_a.clone(), "responsible"), (cast.owning_b.clone(), "responsible")];
    if with_lead {
        parts.push((cast.leading.clone(), "lead"));
    }
    for (organisation, part) in parts {
        let fields = AssignmentFields {
            tasks: vec![TASK.to_owned()],
            areas: Vec::new(),
            organisation: organisation.to_string(),
            part: part.to_owned(),
            contact: String::new(),
        };
        assign_organisation(db, &staff, usual_now(), &plan, fields).await.unwrap();
    }
    let deadlines = ["2026-10-15", "2026-10-20", "2026-10-25", "2026-10-30", "2026-11-05", "2026-11-10"].map(str::to_owned);
    let fields = PeriodFields { period: PERIOD.to_owned(), deadlines, was: String::new(), reason: String::new() };
    open_period(db, &staff, usual_now(), &plan, &fields).await.unwrap();
    Stage { cast, plan, shared: shared(place) }
}

async fn report_of(db: &Db, organisation: &OrganisationId) -> ReportId {
    let sql = format!("SELECT id FROM obligations WHERE organisation_id = '{organisation}'");
    ReportId::from(read_texts(db, &sql).await.remove(0))
}

fn branch(key: &str, name: &str) -> EntryFields {
    EntryFields {
        key: key.to_owned(),
        recognition: "silk-road-branch".to_owned(),
        name: name.to_owned(),
        stage: "recognised".to_owned(),
        stage_date: "2026-09-02".to_owned(),
        document_number: "松教外〔2026〕3 号".to_owned(),
        ..EntryFields::default()
    }
}

fn filled(name: &str) -> ReportFields {
    ReportFields {
        narrative: "分校揭牌，首批学员入学。".to_owned(),
        percent_complete: "４０".to_owned(),
        entries: vec![branch("k1", name)],
        ..ReportFields::default()
    }
}

fn proof() -> Attachment {
    let received = Received { sha256: "ab".repeat(32), size: 12, media_type: "application/pdf" };
    Attachment { entry_key: "k1".to_owned(), file_name: "批复.pdf".to_owned(), received }
}

fn draft(stage: &Stage, report: &ReportId, version: i64, fields: ReportFields, attachments: Vec<Attachment>) -> DraftChange {
    DraftChange { plan: stage.plan.clone(), report: report.clone(), version, fields, attachments, detached: None, removed_entry: None }
}

async fn save(stage: &Stage, owner: &Identity, report: &ReportId, version: i64, fields: ReportFields, files: Vec<Attachment>) -> i64 {
    let actor = owner.require(Permission::Report).unwrap();
    match save_draft(&stage.shared.db, &actor, usual_now(), draft(stage, report, version, fields, files)).await.unwrap() {
        Saved::At(version) => version,
        Saved::Stale => panic!("nobody else saved"),
    }
}

async fn submit(stage: &Stage, owner: &Identity, report: &ReportId, version: i64) -> Result<(), UserError> {
    let actor = owner.require(Permission::Report).unwrap();
    told(submit_report(&stage.shared.db, &actor, usual_now(), &stage.plan, report, version).await)
}

async fn hand_in(stage: &Stage, owner: &Identity, organisation: &OrganisationId, name: &str) -> Result<ReportId, UserError> {
    let report = report_of(&stage.shared.db, organisation).await;
    let version = save(stage, owner, &report, 0, filled(name), vec![proof()]).await;
    submit(stage, owner, &report, version).await.map(|()| report)
}

async fn review(stage: &Stage, reviewer: &Identity, report: &ReportId, decision: Decision, now: Moment) -> Result<ReportState, UserError> {
    let version = read_number(&stage.shared.db, &format!("SELECT version FROM reports WHERE id = '{report}'")).await;
    review_at(stage, reviewer, report, decision, now, version).await
}

async fn review_at(
    stage: &Stage,
    reviewer: &Identity,
    report: &ReportId,
    decision: Decision,
    now: Moment,
    version: i64,
) -> Result<ReportState, UserError> {
    let actor = require_reviewer(reviewer).unwrap();
    let form = DecisionForm {
        plan: stage.plan.clone(),
        report: report.clone(),
        version,
        decision,
        reason: if decision == Decision::Return { "evidence".to_owned() } else { String::new() },
        text: if decision == Decision::Return { "批复文件缺公章。".to_owned() } else { String::new() },
    };
    told(decide(&stage.shared.db, &actor, now, form).await)
}

fn told<T>(result: Result<T, ServiceError>) -> Result<T, UserError> {
    result.map_err(|error| match error {
        ServiceError::Refused(refusal) => refusal,
        other => panic!("{other}"),
    })
}

/// Actual and awaiting of T10 as the cockpit shows them.
async fn count(stage: &Stage) -> (i64, usize) {
    let view = read_plan_view(&stage.shared, &stage.plan, at("2026-10-12 09:00").date_in("Asia/Shanghai")).await.unwrap();
    let indicator = view.indicators.iter().find(|indicator| indicator.code == "T10").unwrap();
    (indicator.actual.unwrap_or(0), indicator.awaiting.len())
}

stories! {
    async fn a_unit_counts_on_acceptance_and_only_then(place: Place) {
        let stage = set_the_stage(&place, true).await;
        assert_eq!(count(&stage).await, (0, 0));
        let report = hand_in(&stage, &stage.cast.owner_a, &stage.cast.owning_a, "星河丝路学堂（曼谷）").await.unwrap();
        assert_eq!(count(&stage).await, (0, 1), "what waits for review does not count");
        // The commission does not decide before the lead.
        assert_eq!(review(&stage, &stage.cast.staff, &report, Decision::Accept, usual_now()).await, Err(UserError::WrongState));
        assert_eq!(review(&stage, &stage.cast.lead, &report, Decision::Accept, usual_now()).await, Ok(ReportState::LeadReviewed));
        assert_eq!(count(&stage).await, (0, 1));
        assert_eq!(review(&stage, &stage.cast.staff, &report, Decision::Accept, usual_now()).await, Ok(ReportState::Accepted));
        assert_eq!(count(&stage).await, (1, 0));
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM step_evidence").await, 1, "the proof hangs on the step");
        assert_eq!(review(&stage, &stage.cast.staff_2, &report, Decision::Return, usual_now()).await, Err(UserError::AlreadyDecided));
        assert_eq!(count(&stage).await, (1, 0));
    }

    async fn a_returned_report_keeps_its_reason_and_starts_at_the_first_level(place: Place) {
        let stage = set_the_stage(&place, true).await;
        let report = hand_in(&stage, &stage.cast.owner_a, &stage.cast.owning_a, "星河丝路学堂").await.unwrap();
        review(&stage, &stage.cast.lead, &report, Decision::Accept, usual_now()).await.unwrap();
        assert_eq!(review(&stage, &stage.cast.staff, &report, Decision::Return, usual_now()).await, Ok(ReportState::Returned));
        assert_eq!(count(&stage).await, (0, 0));
        let version = read_number(&place.db, "SELECT version FROM reports").await;
        let version = save(&stage, &stage.cast.owner_a, &report, version, filled("星河丝路学堂（河内）"), Vec::new()).await;
        submit(&stage, &stage.cast.owner_a, &report, version).await.unwrap();
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM submissions").await, 2, "both submissions are kept");
        assert_eq!(read_texts(&place.db, "SELECT text FROM reviews WHERE decision = 'return'").await, ["批复文件缺公章。"]);
        assert_eq!(review(&stage, &stage.cast.staff, &report, Decision::Accept, usual_now()).await, Err(UserError::WrongState));
        review(&stage, &stage.cast.lead, &report, Decision::Accept, usual_now()).await.unwrap();
        review(&stage, &stage.cast.staff_2, &report, Decision::Accept, usual_now()).await.unwrap();
        assert_eq!(count(&stage).await, (1, 0));
        let inspection = Inspection { data_dir: &place.data_dir, now: usual_now(), head: None };
        assert_eq!(verify(&place.db, inspection).await.unwrap().findings.len(), 1, "only the made-up file is missing");
    }

    async fn without_a_lead_the_commission_reviews_alone(place: Place) {
        let stage = set_the_stage(&place, false).await;
        let report = hand_in(&stage, &stage.cast.owner_a, &stage.cast.owning_a, "星河丝路学堂").await.unwrap();
        assert_eq!(review(&stage, &stage.cast.lead, &report, Decision::Accept, usual_now()).await, Err(UserError::NotFound));
        assert_eq!(review(&stage, &stage.cast.staff, &report, Decision::Accept, usual_now()).await, Ok(ReportState::Accepted));
    }

    async fn two_acceptances_at_once_count_once(place: Place) {
        let stage = set_the_stage(&place, false).await;
        let report = hand_in(&stage, &stage.cast.owner_a, &stage.cast.owning_a, "星河丝路学堂").await.unwrap();
        let version = read_number(&place.db, "SELECT version FROM reports").await;
        let (first, second) = tokio::join!(
            review_at(&stage, &stage.cast.staff, &report, Decision::Accept, usual_now(), version),
            review_at(&stage, &stage.cast.staff_2, &report, Decision::Accept, usual_now(), version),
        );
        let mut outcomes = [first, second];
        outcomes.sort_by_key(Result::is_err);
        assert_eq!(outcomes, [Ok(ReportState::Accepted), Err(UserError::AlreadyDecided)]);
        assert_eq!(count(&stage).await, (1, 0));
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM audit WHERE action = 'accept-report'").await, 1);
    }

    async fn the_same_unit_from_two_owners_at_once_is_held_by_one(place: Place) {
        let stage = set_the_stage(&place, false).await;
        let (a, b) = tokio::join!(
            hand_in(&stage, &stage.cast.owner_a, &stage.cast.owning_a, "星河丝路学堂"),
            hand_in(&stage, &stage.cast.owner_b, &stage.cast.owning_b, " 星河「丝路」学堂 "),
        );
        let (won, lost) = if a.is_ok() { (a, b) } else { (b, a) };
        let report = won.unwrap();
        match lost.unwrap_err() {
            UserError::Taken { field, name, holder, .. } => {
                assert_eq!(field, "entries.k1.name");
                assert!(name.contains("星河") && holder.contains("职业学院"), "{name} {holder}");
            }
            other => panic!("{other}"),
        }
        assert_eq!(count(&stage).await, (0, 1));
        review(&stage, &stage.cast.staff, &report, Decision::Accept, usual_now()).await.unwrap();
        assert_eq!(count(&stage).await, (1, 0));
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM reports WHERE state = 'draft'").await, 1, "the other draft is kept");
    }

    async fn a_name_that_a_returned_report_holds_is_said_to_be_kept_for_it(place: Place) {
        let stage = set_the_stage(&place, false).await;
        let first = hand_in(&stage, &stage.cast.owner_a, &stage.cast.owning_a, "星河丝路学堂").await.unwrap();
        let owner = &stage.cast.owner_b;
        let waiting = hand_in(&stage, owner, &stage.cast.owning_b, "星河丝路学堂").await.unwrap_err();
        assert!(matches!(waiting, UserError::Taken { returned: false, .. }), "{waiting}");
        let said = |error: &UserError| Text::new(Lang::Zh).user_error(error);
        assert_eq!(said(&waiting), "“星河丝路学堂”已由 松山职业学院 登记，同一单元只计一次。");
        review(&stage, &stage.cast.staff, &first, Decision::Return, usual_now()).await.unwrap();
        let second = report_of(&place.db, &stage.cast.owning_b).await;
        let version = read_number(&place.db, &format!("SELECT version FROM reports WHERE id = '{second}'")).await;
        let kept = submit(&stage, owner, &second, version).await.unwrap_err();
        assert!(matches!(kept, UserError::Taken { returned: true, unit: None, .. }), "{kept}");
        assert_eq!(said(&kept), "“星河丝路学堂”保留给 松山职业学院 一份退回修改的填报，同一单元只计一次。");
    }

    async fn a_draft_keeps_anything_and_submission_names_every_problem(place: Place) {
        let stage = set_the_stage(&place, false).await;
        let report = report_of(&place.db, &stage.cast.owning_a).await;
        let mut fields = ReportFields { percent_complete: "很多".to_owned(), entries: vec![branch("k1", "")], ..ReportFields::default() };
        fields.entries[0].stage_date = "2026-13-02".to_owned();
        let version = save(&stage, &stage.cast.owner_a, &report, 0, fields, Vec::new()).await;
        let UserError::Invalid(errors) = submit(&stage, &stage.cast.owner_a, &report, version).await.unwrap_err() else {
            panic!("it is not valid")
        };
        let names: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        for field in ["narrative", "percent_complete", "entries.k1.name", "entries.k1.stage_date", "entries.k1.evidence"] {
            assert!(names.contains(&field), "{field} in {names:?}");
        }
        assert!(errors.iter().any(|error| matches!(error.problem, FieldProblem::Date(_))));
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM submissions").await, 0);
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM report_drafts").await, 1, "what was typed is kept");
    }

    async fn a_stale_form_is_told_and_its_files_are_kept(place: Place) {
        let stage = set_the_stage(&place, false).await;
        let report = report_of(&place.db, &stage.cast.owning_a).await;
        save(&stage, &stage.cast.owner_a, &report, 0, filled("一"), Vec::new()).await;
        let actor = stage.cast.owner_a.require(Permission::Report).unwrap();
        let late = save_draft(&place.db, &actor, usual_now(), draft(&stage, &report, 0, filled("二"), vec![proof()])).await.unwrap();
        assert_eq!(late, Saved::Stale);
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM evidence").await, 1);
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM report_drafts").await, 1);
    }

    async fn nobody_touches_a_report_that_is_not_theirs(place: Place) {
        let stage = set_the_stage(&place, true).await;
        let report = report_of(&place.db, &stage.cast.owning_a).await;
        let other = stage.cast.owner_b.require(Permission::Report).unwrap();
        let foreign = save_draft(&place.db, &other, usual_now(), draft(&stage, &report, 0, filled("甲"), Vec::new())).await;
        assert_eq!(told(foreign), Err(UserError::NotFound));
        let version = save(&stage, &stage.cast.owner_a, &report, 0, filled("甲"), vec![proof()]).await;
        assert_eq!(submit(&stage, &stage.cast.owner_b, &report, version).await, Err(UserError::NotFound));
        submit(&stage, &stage.cast.owner_a, &report, version).await.unwrap();
        assert_eq!(submit(&stage, &stage.cast.owner_a, &report, version).await, Err(UserError::WrongState), "twice is once");
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM submissions").await, 1);
        let foreign = withdraw_report(&place.db, &other, usual_now(), &stage.plan, &report, version + 1).await;
        assert_eq!(told(foreign), Err(UserError::NotFound));
    }

    async fn withdrawing_frees_the_name(place: Place) {
        let stage = set_the_stage(&place, false).await;
        let report = hand_in(&stage, &stage.cast.owner_a, &stage.cast.owning_a, "星河丝路学堂").await.unwrap();
        let actor = stage.cast.owner_a.require(Permission::Report).unwrap();
        let version = read_number(&place.db, "SELECT version FROM reports").await;
        withdraw_report(&place.db, &actor, usual_now(), &stage.plan, &report, version).await.unwrap();
        assert_eq!(count(&stage).await, (0, 0));
        hand_in(&stage, &stage.cast.owner_b, &stage.cast.owning_b, "星河丝路学堂").await.unwrap();
        assert_eq!(count(&stage).await, (0, 1));
    }

    async fn nobody_reviews_what_they_typed(place: Place) {
        let stage = set_the_stage(&place, false).await;
        // An officer who also reports for the school.
        let staff = stage.cast.staff.account();
        change(&place.db, &format!("INSERT INTO account_roles (account_id, role, granted_at) VALUES ('{staff}', 'owner', 0)")).await;
        change(&place.db, &format!("UPDATE accounts SET organisation_id = '{}' WHERE id = '{staff}'", stage.cast.owning_a)).await;
        let both = crate::fixtures::identify(&place.db, staff).await;
        let report = hand_in(&stage, &both, &stage.cast.owning_a, "星河丝路学堂").await.unwrap();
        let page = stage.plan.path(&format!("/reports/{report}"));
        let queue = stage.plan.path("/reviews");
        let (own, other) = (Reader::sign_in(&place, &both, "zh-CN").await, Reader::sign_in(&place, &stage.cast.staff_2, "zh-CN").await);
        for path in [&page, &queue] {
            let (mine, theirs) = (own.read(path).await, other.read(path).await);
            assert!(mine.contains("您参与了填报或提交，由另一位审核人员决定"), "{path}: {mine}");
            assert!(!theirs.contains("您参与了填报或提交") && !theirs.contains("没有其他人员可以审核"), "{path}: {theirs}");
        }
        assert!(!own.open(&page).await.contains("/fn/decide_report"), "no button that only refuses");
        assert!(other.open(&page).await.contains("/fn/decide_report"));
        assert_eq!(review(&stage, &both, &report, Decision::Accept, usual_now()).await, Err(UserError::OwnWork));
        assert_eq!(review(&stage, &stage.cast.staff_2, &report, Decision::Accept, usual_now()).await, Ok(ReportState::Accepted));
    }

    async fn a_report_that_nobody_else_may_review_waits_and_says_so(place: Place) {
        let stage = set_the_stage(&place, true).await;
        let lead = stage.cast.lead.account();
        // The only officer of the lead once typed into it.
        let report = hand_in(&stage, &stage.cast.owner_a, &stage.cast.owning_a, "星河丝路学堂").await.unwrap();
        change(&place.db, &format!("UPDATE report_drafts SET saved_by = '{lead}'")).await;
        let page = stage.plan.path(&format!("/reports/{report}"));
        let queue = stage.plan.path("/reviews");
        let waits = "没有其他人员可以审核，因此仍在等待";
        let (officer, owner) =
            (Reader::sign_in(&place, &stage.cast.lead, "zh-CN").await, Reader::sign_in(&place, &stage.cast.owner_a, "zh-CN").await);
        for (reader, path) in [(&officer, &page), (&officer, &queue), (&owner, &page)] {
            let words = reader.read(path).await;
            assert!(words.contains(waits), "{path}: {words}");
        }
        assert!(!officer.open(&page).await.contains("/fn/decide_report"));
        let second = add_account(&place.db, "lead-2", &[Role::Lead], Some(&stage.cast.leading)).await;
        let second = crate::fixtures::identify(&place.db, &second).await;
        assert!(!owner.read(&page).await.contains(waits), "now somebody may");
        assert_eq!(review(&stage, &second, &report, Decision::Accept, usual_now()).await, Ok(ReportState::LeadReviewed));
    }
}
