//! Names that are held once, stages, stock-takes and rulings; plan files below.

mod plan_files;

use bihuan::{
    domain::{
        fields::FieldProblem,
        ids::{AccountId, OrganisationId, ReportId, UnitId},
        permissions::Permission,
        roster::StepError,
        words::{Level, OrganisationKind, RulingKind, Stage, UnitKind},
    },
    error::UserError,
    services::{
        ServiceError,
        access::Actor,
        plan_files::{BEIJING_2025, Loaded, import_plan_file},
        plans::list_plan_heads,
        roster::{
            self, NewHold, NewStep, NewUnit, StepEntry, UnitEntry, add_step, create_unit, hold_names, known_unit, merge_unit,
            pass_hold_to_unit, release_holds_of_report,
        },
        rulings::{self, RuledIndicator, RulingInput, StockTakeInput, count_on_eve, list_ruled_indicators, read_set_up},
        visit::PlanHead,
    },
    store::{Db, Tx, with_tx},
};
use futures_util::future::BoxFuture;
use jiff::civil::{Date, date};

use crate::{
    fixtures::{Cast, add_organisation, usual_now},
    support::{change, read_number, read_texts},
};

const TODAY: Date = date(2026, 10, 12);

async fn load_beijing(db: &Db) -> PlanHead {
    import_plan_file(db, BEIJING_2025.to_owned(), usual_now()).await.unwrap();
    let mut tx = db.read().await.unwrap();
    list_plan_heads(&mut tx).await.unwrap().remove(0)
}

async fn ruled(db: &Db, plan: &PlanHead, code: &str) -> RuledIndicator {
    let mut tx = db.read().await.unwrap();
    let all = list_ruled_indicators(&mut tx, plan, TODAY).await.unwrap();
    all.into_iter().find(|indicator| indicator.row.code == code).unwrap()
}

async fn write<T: Send + 'static>(
    db: &Db,
    work: impl for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, ServiceError>> + Send + 'static,
) -> Result<T, UserError> {
    with_tx(db, work).await.map_err(|error| match error {
        ServiceError::Refused(refusal) => refusal,
        other => panic!("{other}"),
    })
}

fn refusal<T: std::fmt::Debug>(answer: Result<T, ServiceError>) -> UserError {
    match answer {
        Err(ServiceError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn fields_of(error: &UserError) -> Vec<&str> {
    match error {
        UserError::Invalid(errors) => errors.iter().map(|error| error.field.as_str()).collect(),
        other => panic!("no field errors: {other}"),
    }
}

async fn hold(
    db: &Db,
    kind: UnitKind,
    holder: &OrganisationId,
    (name, code): (&str, &str),
    report: &str,
    admitted: &str,
) -> Result<(), UserError> {
    let (holder, name, code, admitted) = (holder.clone(), name.to_owned(), code.to_owned(), admitted.to_owned());
    let report = ReportId::from(report);
    write(db, move |tx| {
        Box::pin(async move {
            let new = NewHold {
                kind,
                holder: &holder,
                name: &name,
                code: &code,
                unit_id: None,
                report_id: Some(&report),
                entry_key: "k1",
                admitted: &admitted,
            };
            hold_names(tx, new, usual_now()).await
        })
    })
    .await
}

async fn add_unit(db: &Db, kind: UnitKind, holder: &OrganisationId, name: &str) -> UnitId {
    let new = NewUnit {
        kind,
        code: String::new(),
        name_zh: name.to_owned(),
        name_en: String::new(),
        holder: holder.clone(),
        partners: String::new(),
        district: String::new(),
    };
    write(db, move |tx| Box::pin(async move { create_unit(tx, usual_now(), new).await })).await.unwrap()
}

fn step(unit: &UnitId, recognition: &str, level: Option<Level>, stage: Stage, on: Date) -> NewStep {
    NewStep {
        unit: unit.clone(),
        recognition: recognition.to_owned(),
        level,
        stage,
        on,
        document: "松教〔2026〕1号".to_owned(),
        report: None,
        verifier: AccountId::from("verifier"),
        reason: String::new(),
        evidence: Vec::new(),
    }
}

async fn take(db: &Db, new: NewStep) -> Result<(), UserError> {
    write(db, move |tx| Box::pin(async move { add_step(tx, usual_now(), new).await.map(|_| ()) })).await
}

fn consortium(holder: &OrganisationId) -> UnitEntry {
    UnitEntry {
        recognition: "city-consortium".to_owned(),
        name_zh: "北湖（生物医药）产教联合体".to_owned(),
        holder: holder.to_string(),
        stage: "recognised".to_owned(),
        stage_date: "2024年6月1日".to_owned(),
        document: "松教〔2024〕6号".to_owned(),
        reason: "计划开始前已认定".to_owned(),
        ..UnitEntry::default()
    }
}

fn manager(cast: &Cast) -> Actor {
    cast.staff.require(Permission::ManagePlans).unwrap()
}

stories! {
    async fn a_name_is_held_once_however_it_is_written(db: Db) {
        let cast = Cast::assemble(&db).await;
        let (a, b) = (&cast.owning_a, &cast.owning_b);
        hold(&db, UnitKind::Consortium, a, ("北湖（生物医药）联合体", ""), "r1", "").await.unwrap();
        // The same report may hold it again, nobody else may, in whatever width, spacing or brackets.
        hold(&db, UnitKind::Consortium, a, ("北湖（生物医药）联合体", ""), "r1", "").await.unwrap();
        for spelling in ["北湖(生物医药)联合体", "北湖　生物医药 联合体", "“北湖”【生物医药】联合体"] {
            let taken = hold(&db, UnitKind::Consortium, b, (spelling, ""), "r2", "").await.unwrap_err();
            assert!(matches!(&taken, UserError::Taken { field, unit: None, .. } if field == "name"), "{taken:?}");
        }
        // Another kind is another thing, and an officer may admit a namesake.
        hold(&db, UnitKind::Community, b, ("北湖（生物医药）联合体", ""), "r3", "").await.unwrap();
        hold(&db, UnitKind::Consortium, b, ("北湖（生物医药）联合体", ""), "r4", "南区").await.unwrap();
        // A course need only be unique in its school; its code is unique in the city.
        hold(&db, UnitKind::Course, a, ("高职英语", "KC-001"), "r5", "").await.unwrap();
        hold(&db, UnitKind::Course, b, ("高职英语", ""), "r6", "").await.unwrap();
        let twice = hold(&db, UnitKind::Course, a, ("《高职英语》", ""), "r7", "").await.unwrap_err();
        assert!(matches!(twice, UserError::Taken { .. }));
        let code = hold(&db, UnitKind::Course, b, ("高职数学", "ｋｃ—001"), "r8", "").await.unwrap_err();
        assert!(matches!(&code, UserError::Taken { field, .. } if field == "code"), "{code:?}");
        let empty = hold(&db, UnitKind::Course, b, ("（——）", ""), "r9", "").await.unwrap_err();
        assert_eq!(empty, UserError::field("name", FieldProblem::NoLetters));
        // What was refused holds nothing, so the name is free.
        hold(&db, UnitKind::Course, b, ("高职数学", ""), "r10", "").await.unwrap();
    }

    async fn a_hold_is_released_or_passes_to_the_unit(db: Db) {
        let cast = Cast::assemble(&db).await;
        let (a, b) = (&cast.owning_a, &cast.owning_b);
        hold(&db, UnitKind::Team, a, ("数控团队", ""), "r1", "").await.unwrap();
        hold(&db, UnitKind::School, a, ("松山新校", ""), "r2", "").await.unwrap();
        write(&db, |tx| Box::pin(async move { release_holds_of_report(tx, &ReportId::from("r1")).await })).await.unwrap();
        hold(&db, UnitKind::Team, a, ("数控 团队", ""), "r3", "").await.unwrap();

        let unit = add_unit(&db, UnitKind::School, a, "松山新校").await;
        let passed = unit.clone();
        write(&db, move |tx| {
            Box::pin(async move {
                pass_hold_to_unit(tx, &ReportId::from("r2"), "k1", &passed).await?;
                // What the unit holds is no longer the report's to release.
                release_holds_of_report(tx, &ReportId::from("r2")).await
            })
        })
        .await
        .unwrap();
        let taken = hold(&db, UnitKind::School, b, ("松山新校", ""), "r4", "").await.unwrap_err();
        let expected = UserError::Taken {
            field: "name".to_owned(),
            name: "松山新校".to_owned(),
            unit: Some(unit.to_string()),
            holder: "松山职业学院".to_owned(),
            returned: false,
        };
        assert_eq!(taken, expected);
    }

    async fn an_entry_that_is_renamed_frees_its_former_name(db: Db) {
        let cast = Cast::assemble(&db).await;
        hold(&db, UnitKind::School, &cast.owning_a, ("东校", "X1"), "r1", "").await.unwrap();
        hold(&db, UnitKind::School, &cast.owning_a, ("西校", ""), "r1", "").await.unwrap();
        hold(&db, UnitKind::School, &cast.owning_b, ("东校", "X1"), "r2", "").await.unwrap();
    }

    async fn stages_go_forward_and_begin_anew_after_an_end(db: Db) {
        let cast = Cast::assemble(&db).await;
        load_beijing(&db).await;
        let school = add_unit(&db, UnitKind::School, &cast.owning_a, "松山职业学院").await;
        let (kind, level) = ("double-high-school", Some(Level::Municipal));
        let problem = |error: UserError| match error {
            UserError::Invalid(mut errors) => (errors.remove(0).field, errors.len()),
            other => panic!("{other:?}"),
        };
        let early = take(&db, step(&school, kind, level, Stage::Revoked, date(2025, 3, 1))).await.unwrap_err();
        assert_eq!(early, UserError::field("stage", FieldProblem::Step(StepError::EndWithoutStart)));
        take(&db, step(&school, kind, level, Stage::Applied, date(2025, 3, 1))).await.unwrap();
        // It may skip forward; it never goes back in stage or date.
        take(&db, step(&school, kind, level, Stage::UnderConstruction, date(2025, 6, 1))).await.unwrap();
        for (stage, on, field) in [
            (Stage::Approved, date(2025, 7, 1), "stage"),
            (Stage::UnderConstruction, date(2025, 7, 1), "stage"),
            (Stage::Recognised, date(2025, 5, 1), "stage_date"),
        ] {
            let refused = take(&db, step(&school, kind, level, stage, on)).await.unwrap_err();
            assert_eq!(problem(refused), (field.to_owned(), 0), "{stage} {on}");
        }
        // Another level is another recognition with a history of its own.
        take(&db, step(&school, kind, Some(Level::National), Stage::Nurtured, date(2025, 2, 1))).await.unwrap();
        take(&db, step(&school, kind, level, Stage::Recognised, date(2026, 1, 1))).await.unwrap();
        take(&db, step(&school, kind, level, Stage::Revoked, date(2026, 6, 1))).await.unwrap();
        let after = take(&db, step(&school, kind, level, Stage::Revoked, date(2026, 7, 1))).await.unwrap_err();
        assert!(matches!(&after, UserError::Invalid(errors) if matches!(errors[0].problem, FieldProblem::Step(StepError::AfterEnd(_)))));
        let before = take(&db, step(&school, kind, level, Stage::Applied, date(2026, 5, 1))).await.unwrap_err();
        assert_eq!(problem(before).0, "stage_date");
        take(&db, step(&school, kind, level, Stage::Applied, date(2026, 7, 1))).await.unwrap();
        let other_kind = take(&db, step(&school, "quality-course", None, Stage::Applied, date(2026, 7, 1))).await.unwrap_err();
        assert_eq!(other_kind, UserError::field("recognition", FieldProblem::KindMismatch { expected: UnitKind::Course }));
        let unknown = take(&db, step(&school, "nothing", None, Stage::Applied, date(2026, 7, 1))).await.unwrap_err();
        assert_eq!(unknown, UserError::field("recognition", FieldProblem::UnknownChoice));
        let nobody = take(&db, step(&UnitId::from("nobody"), kind, level, Stage::Applied, date(2026, 7, 1))).await.unwrap_err();
        assert_eq!(nobody, UserError::NotFound);

        let mut tx = db.read().await.unwrap();
        let held = known_unit(&mut tx, &school).await.unwrap().unwrap();
        let stages: Vec<Vec<Stage>> =
            held.recognitions.iter().map(|history| history.steps.iter().map(|step| step.stage).collect()).collect();
        assert_eq!(held.recognitions.len(), 3);
        assert!(stages.contains(&vec![Stage::Applied, Stage::UnderConstruction, Stage::Recognised, Stage::Revoked]), "{stages:?}");
        assert!(stages.contains(&vec![Stage::Nurtured]) && stages.contains(&vec![Stage::Applied]), "{stages:?}");
    }

    async fn a_unit_merges_into_another_one_only(db: Db) {
        let cast = Cast::assemble(&db).await;
        load_beijing(&db).await;
        let one = add_unit(&db, UnitKind::School, &cast.owning_a, "东校").await;
        let other = add_unit(&db, UnitKind::School, &cast.owning_b, "西校").await;
        take(&db, step(&one, "new-type-college", None, Stage::Recognised, date(2025, 6, 1))).await.unwrap();
        for into in [one.clone(), UnitId::from("nobody")] {
            let new = step(&one, "new-type-college", None, Stage::Merged, date(2026, 6, 1));
            let refused = write(&db, move |tx| Box::pin(async move { merge_unit(tx, usual_now(), new, &into).await })).await.unwrap_err();
            assert_eq!(refused, UserError::field("merged_into", FieldProblem::UnknownChoice));
        }
        let new = step(&one, "new-type-college", None, Stage::Merged, date(2026, 6, 1));
        let into = other.clone();
        write(&db, move |tx| Box::pin(async move { merge_unit(tx, usual_now(), new, &into).await })).await.unwrap();
        assert_eq!(read_texts(&db, "SELECT merged_into FROM stage_steps WHERE stage = 'merged'").await, [other.as_str()]);
    }

    async fn staff_record_a_unit_with_everything_in_one_go(db: Db) {
        let cast = Cast::assemble(&db).await;
        let plan = load_beijing(&db).await;
        let actor = manager(&cast);
        let wrong = UnitEntry { stage_date: "2027-01-01".to_owned(), holder: "nobody".to_owned(), ..UnitEntry::default() };
        let error = refusal(roster::record_unit(&db, &actor, usual_now(), &plan, wrong).await);
        assert_eq!(fields_of(&error), ["name", "recognition", "holder", "stage", "stage_date", "document", "reason"]);
        assert_eq!(read_number(&db, "SELECT COUNT(*) FROM units").await, 0);

        change(&db, &format!("UPDATE organisations SET district = '北湖区' WHERE id = '{}'", cast.owning_a)).await;
        let unit = roster::record_unit(&db, &actor, usual_now(), &plan, consortium(&cast.owning_a)).await.unwrap();
        assert_eq!(read_texts(&db, "SELECT district FROM units").await, ["北湖区"]);
        assert_eq!(read_texts(&db, "SELECT sort_key FROM units").await[0].get(..8), Some("bei3hu2s"));
        assert_eq!(read_texts(&db, "SELECT action FROM audit ORDER BY sequence DESC LIMIT 1").await, ["record-unit"]);
        assert_eq!(read_texts(&db, "SELECT reason FROM stage_steps").await, ["计划开始前已认定"]);

        let taken = refusal(roster::record_unit(&db, &actor, usual_now(), &plan, consortium(&cast.owning_b)).await);
        assert!(matches!(&taken, UserError::Taken { unit: Some(first), .. } if first == unit.as_str()), "{taken:?}");
        assert_eq!(read_number(&db, "SELECT COUNT(*) FROM units").await, 1);
        let namesake = UnitEntry { admitted: "南区".to_owned(), ..consortium(&cast.owning_b) };
        roster::record_unit(&db, &actor, usual_now(), &plan, namesake).await.unwrap();
        // A double-high school counts at one level only, so the level has to be said.
        let school = UnitEntry { recognition: "double-high-school".to_owned(), name_zh: "松山职业学院".to_owned(), ..consortium(&cast.owning_a) };
        let error = refusal(roster::record_unit(&db, &actor, usual_now(), &plan, school.clone()).await);
        assert_eq!(fields_of(&error), ["level"]);
        let school = UnitEntry { level: "national".to_owned(), stage: "revoked".to_owned(), ..school };
        let error = refusal(roster::record_unit(&db, &actor, usual_now(), &plan, school).await);
        assert_eq!(error, UserError::field("stage", FieldProblem::Step(StepError::EndWithoutStart)));
        assert_eq!(read_number(&db, "SELECT COUNT(*) FROM units").await, 2);
        assert_eq!(read_number(&db, "SELECT COUNT(*) FROM name_holds").await, 2);
    }

    async fn staff_record_further_stages(db: Db) {
        let cast = Cast::assemble(&db).await;
        let plan = load_beijing(&db).await;
        let actor = manager(&cast);
        let unit = roster::record_unit(&db, &actor, usual_now(), &plan, consortium(&cast.owning_a)).await.unwrap();
        let entry = StepEntry {
            unit: unit.to_string(),
            recognition: "city-consortium".to_owned(),
            stage: "revoked".to_owned(),
            stage_date: "2026-09-01".to_owned(),
            document: "松教〔2026〕9号".to_owned(),
            reason: "复核不合格".to_owned(),
            ..StepEntry::default()
        };
        let merged = StepEntry { stage: "merged".to_owned(), ..entry.clone() };
        let error = refusal(roster::record_step(&db, &actor, usual_now(), &plan, merged).await);
        assert_eq!(fields_of(&error), ["merged_into"]);
        let bare = StepEntry { document: String::new(), reason: " ".to_owned(), ..entry.clone() };
        let error = refusal(roster::record_step(&db, &actor, usual_now(), &plan, bare).await);
        assert_eq!(fields_of(&error), ["document", "reason"]);
        roster::record_step(&db, &actor, usual_now(), &plan, entry.clone()).await.unwrap();
        let again = refusal(roster::record_step(&db, &actor, usual_now(), &plan, entry).await);
        assert_eq!(fields_of(&again), ["stage"]);
        let before = read_texts(&db, "SELECT before_state FROM audit ORDER BY sequence DESC LIMIT 1").await;
        assert!(before[0].contains("recognised"), "{before:?}");
        let foreign = StepEntry { unit: "nobody".to_owned(), ..StepEntry::default() };
        assert_eq!(refusal(roster::record_step(&db, &actor, usual_now(), &plan, foreign).await), UserError::NotFound);
    }

    async fn two_officers_record_the_same_unit_at_once_and_one_is_told(db: Db) {
        let cast = Cast::assemble(&db).await;
        let plan = load_beijing(&db).await;
        let (one, other) = (manager(&cast), cast.staff_2.require(Permission::ManagePlans).unwrap());
        let (first, second) = tokio::join!(
            roster::record_unit(&db, &one, usual_now(), &plan, consortium(&cast.owning_a)),
            roster::record_unit(&db, &other, usual_now(), &plan, consortium(&cast.owning_b)),
        );
        assert_eq!(usize::from(first.is_ok()) + usize::from(second.is_ok()), 1);
        let told = refusal(if first.is_ok() { second } else { first });
        assert!(matches!(told, UserError::Taken { unit: Some(_), .. }), "{told:?}");
        assert_eq!(read_number(&db, "SELECT COUNT(*) FROM units").await, 1);
    }

    async fn stock_is_taken_even_where_there_is_none(db: Db) {
        let cast = Cast::assemble(&db).await;
        let plan = load_beijing(&db).await;
        let actor = manager(&cast);
        let set_up = read_set_up(&db, &plan, TODAY).await.unwrap();
        assert_eq!((set_up.without_stock_take.len(), set_up.with_stock), (14, 14));
        assert_eq!(set_up.without_stage_ruling, ["T03", "T04", "T05", "T06"]);
        assert_eq!((set_up.counts.tasks, set_up.counts.tasks_without_responsible), (55, 55));
        assert_eq!(set_up.to_open.map(|period| period.code), Some("2026Q4".to_owned()));

        let input = StockTakeInput {
            indicator: "T14".to_owned(),
            taken_on: "2026-10-10".to_owned(),
            document: "松教函〔2026〕3号".to_owned(),
            reason: "各区报告均无".to_owned(),
            ..StockTakeInput::default()
        };
        let empty = StockTakeInput { indicator: "T14".to_owned(), taken_on: "2026-10-13".to_owned(), ..StockTakeInput::default() };
        let error = refusal(rulings::take_stock(&db, &actor, usual_now(), &plan, empty).await);
        assert_eq!(fields_of(&error), ["taken_on", "document", "reason"]);
        assert_eq!(rulings::take_stock(&db, &actor, usual_now(), &plan, input.clone()).await.unwrap(), 0);
        assert!(!ruled(&db, &plan, "T14").await.lacks_stock_take());

        // A unit recognised before the plan counts on its eve, one recognised later does not.
        roster::record_unit(&db, &actor, usual_now(), &plan, consortium(&cast.owning_a)).await.unwrap();
        let later = UnitEntry { name_zh: "东山产教联合体".to_owned(), stage_date: "2025-01-01".to_owned(), ..consortium(&cast.owning_a) };
        roster::record_unit(&db, &actor, usual_now(), &plan, later).await.unwrap();
        let stale = refusal(rulings::take_stock(&db, &actor, usual_now(), &plan, input.clone()).await);
        assert_eq!(stale, UserError::Stale);
        let former = ruled(&db, &plan, "T14").await.stock_take().unwrap().id.clone();
        let input = StockTakeInput { former, reason: "补登一个".to_owned(), ..input };
        assert_eq!(rulings::take_stock(&db, &actor, usual_now(), &plan, input).await.unwrap(), 1);
        let t14 = ruled(&db, &plan, "T14").await;
        assert_eq!(t14.stock_takes.len(), 2, "the first is kept");
        assert_eq!(t14.stock_take().unwrap().reason, "补登一个");
        let mut tx = db.read().await.unwrap();
        assert_eq!(count_on_eve(&mut tx, &plan, &[t14]).await.unwrap()["T14"], 1);
        drop(tx);

        // What counts new ones only has nothing to take stock of.
        let new_only = StockTakeInput { indicator: "T01".to_owned(), ..StockTakeInput::default() };
        assert_eq!(refusal(rulings::take_stock(&db, &actor, usual_now(), &plan, new_only).await), UserError::WrongState);
        let nothing = StockTakeInput { indicator: "T99".to_owned(), ..StockTakeInput::default() };
        assert_eq!(refusal(rulings::take_stock(&db, &actor, usual_now(), &plan, nothing).await), UserError::NotFound);
        assert_eq!(read_number(&db, "SELECT COUNT(*) FROM audit WHERE action = 'take-stock'").await, 2);
    }

    async fn a_ruling_supersedes_the_former_and_both_stay(db: Db) {
        let cast = Cast::assemble(&db).await;
        let plan = load_beijing(&db).await;
        let actor = manager(&cast);
        let t05 = ruled(&db, &plan, "T05").await;
        assert!(t05.lacks_stage_ruling(), "a derived stage is not enough");
        assert_eq!(t05.kinds(), RulingKind::ALL);
        let former = t05.current(RulingKind::CountingStage).unwrap().id.clone();
        let input = RulingInput {
            indicator: "T05".to_owned(),
            kind: "counting-stage".to_owned(),
            former: former.clone(),
            value: "approved".to_owned(),
            decided_on: "2026-10-01".to_owned(),
            document: "松教〔2026〕8号".to_owned(),
            reason: "立项即纳入建设范围".to_owned(),
            ..RulingInput::default()
        };
        let wrong = RulingInput { value: "revoked".to_owned(), decided_on: "2026-10-13".to_owned(), document: String::new(), ..input.clone() };
        let error = refusal(rulings::record_ruling(&db, &actor, usual_now(), &plan, wrong).await);
        assert_eq!(fields_of(&error), ["value", "decided_on", "document"]);
        rulings::record_ruling(&db, &actor, usual_now(), &plan, input.clone()).await.unwrap();
        let stale = refusal(rulings::record_ruling(&db, &actor, usual_now(), &plan, input.clone()).await);
        assert_eq!(stale, UserError::Stale);
        let t05 = ruled(&db, &plan, "T05").await;
        assert!(!t05.lacks_stage_ruling());
        assert_eq!(t05.rule().counting_stage, Stage::Approved);
        let stages: Vec<(&str, bool)> = t05
            .rulings
            .iter()
            .filter(|ruling| ruling.kind == RulingKind::CountingStage)
            .map(|ruling| (ruling.value.as_str(), ruling.superseded_at.is_some()))
            .collect();
        assert_eq!(stages, [("approved", false), ("recognised", true)]);

        let tolerance = RulingInput { kind: "tolerance".to_owned(), former: String::new(), value: "15".to_owned(), ..input.clone() };
        let error = refusal(rulings::record_ruling(&db, &actor, usual_now(), &plan, tolerance.clone()).await);
        assert_eq!(fields_of(&error), ["value"]);
        let tolerance = RulingInput { value: "１".to_owned(), ..tolerance };
        rulings::record_ruling(&db, &actor, usual_now(), &plan, tolerance.clone()).await.unwrap();
        assert_eq!(ruled(&db, &plan, "T05").await.current(RulingKind::Tolerance).unwrap().value, "1");
        let exact = RulingInput { indicator: "T07".to_owned(), ..tolerance };
        assert_eq!(refusal(rulings::record_ruling(&db, &actor, usual_now(), &plan, exact).await), UserError::WrongState);

        let basis = ruled(&db, &plan, "T14").await.current(RulingKind::Basis).unwrap().id.clone();
        let basis = RulingInput { indicator: "T14".to_owned(), kind: "basis".to_owned(), former: basis, value: "new-since".to_owned(), ..input };
        let error = refusal(rulings::record_ruling(&db, &actor, usual_now(), &plan, basis.clone()).await);
        assert_eq!(fields_of(&error), ["since"]);
        let basis = RulingInput { since: "2025/1/1".to_owned(), ..basis };
        rulings::record_ruling(&db, &actor, usual_now(), &plan, basis).await.unwrap();
        let t14 = ruled(&db, &plan, "T14").await;
        assert_eq!(t14.current(RulingKind::Basis).unwrap().value, "new-since:2025-01-01");
        assert!(!t14.needs_stock_take(), "what counts new ones only starts from 0");
        // A file that came later still compares with what it brought itself.
        let again = import_plan_file(&db, BEIJING_2025.to_owned(), usual_now()).await.unwrap();
        assert!(matches!(again, Loaded::Unchanged { .. }));
        assert_eq!(read_number(&db, "SELECT COUNT(*) FROM audit WHERE action = 'record-ruling'").await, 3);
    }

    async fn the_set_up_names_what_is_missing_until_it_is_there(db: Db) {
        let cast = Cast::assemble(&db).await;
        let plan = load_beijing(&db).await;
        add_organisation(&db, OrganisationKind::School, "东山学校").await;
        let before = read_set_up(&db, &plan, TODAY).await.unwrap();
        assert_eq!((before.counts.organisations, before.counts.units, before.counts.tasks_without_lead), (5, 0, 55));
        let task = read_texts(&db, "SELECT id FROM tasks WHERE code = '6.5'").await.remove(0);
        for (id, part) in [("a1", "lead"), ("a2", "responsible")] {
            let sql = format!(
                "INSERT INTO assignments (id, task_id, organisation_id, part, contact, assigned_at)
                 VALUES ('{id}', '{task}', '{}', '{part}', '', 0)",
                cast.owning_a
            );
            change(&db, &sql).await;
        }
        roster::record_unit(&db, &manager(&cast), usual_now(), &plan, consortium(&cast.owning_a)).await.unwrap();
        let after = read_set_up(&db, &plan, TODAY).await.unwrap();
        assert_eq!((after.counts.units, after.counts.tasks_without_lead, after.counts.tasks_without_responsible), (1, 54, 54));
        assert!(after.opened.is_empty());
        assert_eq!(read_set_up(&db, &plan, date(2024, 12, 31)).await.unwrap().to_open, None);
    }
}
