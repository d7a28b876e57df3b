//! The report form's rules as tables. Invariant: each row changes one thing in a form that is otherwise right.

use jiff::civil::date;

use super::super::calendar::PlanDates;
use super::super::ids::IndicatorId;
use super::super::number::{NumberError, Qualifier};
use super::super::report_content::{ValueFields, ValueRule};
use super::super::roster::RecognitionHistory;
use super::super::sums::Sums;
use super::super::words::Measure;
use super::*;

const TODAY: Date = date(2026, 7, 10);

fn context() -> ReportContext {
    let plan = PlanDates { starts_on: date(2025, 1, 1), ends_on: date(2027, 12, 31) };
    let mut context = ReportContext::new(TODAY, plan);
    context.recognitions = [
        ("city-consortium", UnitKind::Consortium),
        ("double-high-school", UnitKind::School),
        ("quality-course", UnitKind::Course),
        ("distinctive-school", UnitKind::School),
    ]
    .map(|(code, kind)| (code.to_owned(), kind))
    .into();
    context.sums = Sums::collect([
        (IndicatorId::from("T16"), "city-consortium".to_owned(), UnitKind::Consortium),
        (IndicatorId::from("T16"), "distinctive-school".to_owned(), UnitKind::School),
    ]);
    context.levelled = ["double-high-school".to_owned()].into();
    context.entry_evidence = [("a".to_owned(), 1)].into();
    let steps = vec![Step { stage: Stage::UnderConstruction, on: date(2026, 3, 1) }];
    let history = RecognitionHistory { kind: "double-high-school".into(), level: Some(Level::Municipal), steps };
    context.units = [("u1".to_owned(), KnownUnit { kind: UnitKind::School, recognitions: vec![history] })].into();
    context.values = [("satisfaction".to_owned(), ValueRule::new(Measure::Level, 1, ("%", "%"), false))].into();
    context
}

fn entry() -> EntryFields {
    EntryFields {
        key: "a".into(),
        recognition: "city-consortium".into(),
        name: "示范产教联合体".into(),
        stage: "recognised".into(),
        stage_date: "2026年3月1日".into(),
        document_number: "示范〔2026〕1号".into(),
        ..EntryFields::default()
    }
}

fn moved() -> EntryFields {
    EntryFields { unit_id: "u1".into(), recognition: "double-high-school".into(), name: String::new(), ..entry() }
}

fn fields(entries: Vec<EntryFields>) -> ReportFields {
    ReportFields { narrative: "完成认定。".into(), percent_complete: "６０％".into(), entries, ..ReportFields::default() }
}

fn problems_of(fields: &ReportFields, context: &ReportContext) -> Vec<(String, FieldProblem)> {
    validate_report(fields, context).err().unwrap_or_default().into_iter().map(|error| (error.field, error.problem)).collect()
}

fn check(case: &str, fields: &ReportFields, context: &ReportContext, expected: &[(&str, FieldProblem)]) {
    let expected: Vec<_> = expected.iter().map(|(field, problem)| ((*field).to_owned(), problem.clone())).collect();
    assert_eq!(problems_of(fields, context), expected, "{case}");
}

#[test]
fn a_right_form_becomes_facts() {
    let values = ["satisfaction", "not reported"]
        .map(|indicator| ValueFields {
            indicator: indicator.into(),
            value: if indicator == "satisfaction" { "近89.5%".into() } else { " ".into() },
            ..ValueFields::default()
        })
        .into();
    let mut context = context();
    context.entry_evidence.insert("b".into(), 2);
    let report =
        validate_report(&ReportFields { values, ..fields(vec![entry(), EntryFields { key: "b".into(), ..moved() }]) }, &context).unwrap();
    assert_eq!(report.percent, Some(60));
    assert_eq!(report.values, [ValidValue { indicator: "satisfaction".into(), raw: 895, qualifier: Some(Qualifier::Nearly), parts: None }]);
    assert_eq!(report.entries[0].kind, UnitKind::Consortium);
    assert_eq!(report.entries[0].step, Step { stage: Stage::Recognised, on: date(2026, 3, 1) });
    assert!(matches!(&report.entries[0].unit, EntryUnit::New(unit) if unit.normalised_name == "示范产教联合体" && unit.code.is_none()));
    assert_eq!(report.entries[1].unit, EntryUnit::Existing(UnitId::from("u1")));
    assert_eq!(report.entries[1].level, Some(Level::Municipal), "the level of the open recognition");
}

#[test]
fn the_report_itself_is_checked() {
    let right = fields(vec![]);
    check("right", &right, &context(), &[]);
    let long = "长".repeat(4_001);
    for (case, fields, expected) in [
        ("empty", ReportFields::default(), vec![("narrative", FieldProblem::Required), ("percent_complete", FieldProblem::Required)]),
        ("blank narrative", ReportFields { narrative: " \n　".into(), ..right.clone() }, vec![("narrative", FieldProblem::Required)]),
        (
            "long",
            ReportFields { narrative: long, ..right.clone() },
            vec![("narrative", FieldProblem::TooLong { max: 4_000, actual: 4_001 })],
        ),
        (
            "101",
            ReportFields { percent_complete: "101".into(), ..right.clone() },
            vec![("percent_complete", FieldProblem::Number(NumberError::PercentRange))],
        ),
        (
            "-1",
            ReportFields { percent_complete: "-1".into(), ..right.clone() },
            vec![("percent_complete", FieldProblem::Number(NumberError::PercentRange))],
        ),
        (
            "half",
            ReportFields { percent_complete: "60.5".into(), ..right.clone() },
            vec![("percent_complete", FieldProblem::Number(NumberError::TooManyDigits { scale: 0 }))],
        ),
        ("nearly", ReportFields { percent_complete: "近60".into(), ..right.clone() }, vec![("percent_complete", FieldProblem::NotExact)]),
        (
            "word",
            ReportFields { percent_complete: "六成".into(), ..right.clone() },
            vec![("percent_complete", FieldProblem::Number(NumberError::Format))],
        ),
        (
            "completed without proof",
            ReportFields { completed_on: "2026-06-30".into(), ..right.clone() },
            vec![("evidence", FieldProblem::EvidenceRequired)],
        ),
        (
            "completed tomorrow",
            ReportFields { completed_on: "2026-07-11".into(), ..right.clone() },
            vec![("completed_on", FieldProblem::DateInFuture { today: TODAY }), ("evidence", FieldProblem::EvidenceRequired)],
        ),
        (
            "unknown indicator and rate of 101",
            ReportFields {
                values: vec![
                    ValueFields { indicator: "x".into(), value: "1".into(), ..ValueFields::default() },
                    ValueFields { indicator: "satisfaction".into(), value: "101".into(), ..ValueFields::default() },
                ],
                ..right.clone()
            },
            vec![("values.x", FieldProblem::UnknownChoice), ("values.satisfaction", FieldProblem::Number(NumberError::PercentRange))],
        ),
    ] {
        check(case, &fields, &context(), &expected);
    }
    let proven = ReportContext { report_evidence: 1, ..context() };
    let done = ReportFields { completed_on: "2026-06-30".into(), ..right.clone() };
    assert_eq!(validate_report(&done, &proven).unwrap().completed_on, Some(date(2026, 6, 30)));
    check(
        "too early",
        &ReportFields { completed_on: "2024-12-31".into(), ..right },
        &proven,
        &[("completed_on", FieldProblem::DateBeforePlan { starts_on: date(2025, 1, 1) })],
    );
}

#[test]
fn no_change_needs_a_predecessor_and_nothing_beside_it() {
    let click = ReportFields { no_change: true, ..ReportFields::default() };
    let after = ReportContext { has_accepted_predecessor: true, ..context() };
    check("first report", &click, &context(), &[("no_change", FieldProblem::NoPredecessor)]);
    let report = validate_report(&click, &after).unwrap();
    assert_eq!((report.no_change, report.percent, report.narrative.as_str()), (true, None, ""));
    check(
        "with an entry",
        &ReportFields { entries: vec![entry()], ..click.clone() },
        &after,
        &[("no_change", FieldProblem::ChangesBesideNoChange)],
    );
    let proven = ReportContext { report_evidence: 1, ..after };
    check(
        "with a completion",
        &ReportFields { completed_on: "2026-07-01".into(), ..click },
        &proven,
        &[("no_change", FieldProblem::ChangesBesideNoChange)],
    );
}

#[test]
fn entries_are_checked_field_by_field() {
    let built = Step { stage: Stage::UnderConstruction, on: date(2026, 3, 1) };
    let with = |change: &dyn Fn(&mut EntryFields)| {
        let mut changed = entry();
        change(&mut changed);
        changed
    };
    let moving = |change: &dyn Fn(&mut EntryFields)| {
        let mut changed = moved();
        change(&mut changed);
        changed
    };
    for (case, entry, expected) in [
        (
            "empty",
            EntryFields { key: "a".into(), ..EntryFields::default() },
            vec![
                ("entries.a.recognition", FieldProblem::Required),
                ("entries.a.name", FieldProblem::Required),
                ("entries.a.stage", FieldProblem::Required),
                ("entries.a.stage_date", FieldProblem::Required),
            ],
        ),
        ("unknown recognition", with(&|e| e.recognition = "x".into()), vec![("entries.a.recognition", FieldProblem::UnknownChoice)]),
        ("unknown stage", with(&|e| e.stage = "x".into()), vec![("entries.a.stage", FieldProblem::UnknownChoice)]),
        ("unknown level", with(&|e| e.level = "x".into()), vec![("entries.a.level", FieldProblem::UnknownChoice)]),
        ("right kind", with(&|e| e.unit_kind = "consortium".into()), vec![]),
        (
            "wrong kind",
            with(&|e| e.unit_kind = "school".into()),
            vec![("entries.a.unit_kind", FieldProblem::KindMismatch { expected: UnitKind::Consortium })],
        ),
        ("only signs", with(&|e| e.name = "（——）".into()), vec![("entries.a.name", FieldProblem::NoLetters)]),
        ("long name", with(&|e| e.name = "名".repeat(201)), vec![("entries.a.name", FieldProblem::TooLong { max: 200, actual: 201 })]),
        (
            "bad month",
            with(&|e| e.stage_date = "2026-13-01".into()),
            vec![("entries.a.stage_date", FieldProblem::Date(DateError::Month(13)))],
        ),
        (
            "bad day",
            with(&|e| e.stage_date = "2026-02-30".into()),
            vec![("entries.a.stage_date", FieldProblem::Date(DateError::Day { year: 2026, month: 2, day: 30 }))],
        ),
        ("today", with(&|e| e.stage_date = "2026-7-10".into()), vec![]),
        (
            "tomorrow",
            with(&|e| e.stage_date = "2026-7-11".into()),
            vec![("entries.a.stage_date", FieldProblem::DateInFuture { today: TODAY })],
        ),
        ("recognised without document", with(&|e| e.document_number.clear()), vec![("entries.a.document_number", FieldProblem::Required)]),
        ("recognised without file", with(&|e| e.key = "b".into()), vec![("entries.b.evidence", FieldProblem::EvidenceRequired)]),
        (
            "approved by file",
            with(&|e| {
                e.stage = "approved".into();
                e.document_number.clear();
            }),
            vec![],
        ),
        (
            "approved by document",
            with(&|e| {
                e.stage = "approved".into();
                e.key = "b".into();
            }),
            vec![],
        ),
        (
            "approved without either",
            with(&|e| {
                e.stage = "approved".into();
                e.key = "b".into();
                e.document_number.clear();
            }),
            vec![("entries.b.document_number", FieldProblem::DocumentOrEvidence)],
        ),
        (
            "applied needs none",
            with(&|e| {
                e.stage = "applied".into();
                e.key = "b".into();
                e.document_number.clear();
            }),
            vec![],
        ),
        ("ends nothing", with(&|e| e.stage = "revoked".into()), vec![("entries.a.stage", FieldProblem::Step(StepError::EndWithoutStart))]),
        ("level needed", with(&|e| e.recognition = "double-high-school".into()), vec![("entries.a.level", FieldProblem::Required)]),
        ("moves on", moving(&|_| {}), vec![]),
        (
            "unknown unit",
            moving(&|e| {
                e.unit_id = "u2".into();
                e.level = "municipal".into();
            }),
            vec![("entries.a.unit_id", FieldProblem::UnknownChoice)],
        ),
        (
            "moves back",
            moving(&|e| e.stage = "approved".into()),
            vec![("entries.a.stage", FieldProblem::Step(StepError::StageBack(built)))],
        ),
        (
            "moves back, no date",
            moving(&|e| {
                e.stage = "approved".into();
                e.stage_date.clear();
            }),
            vec![("entries.a.stage_date", FieldProblem::Required), ("entries.a.stage", FieldProblem::Step(StepError::StageBack(built)))],
        ),
        (
            "dated back",
            moving(&|e| e.stage_date = "2026-02-28".into()),
            vec![("entries.a.stage_date", FieldProblem::Step(StepError::DateBack(built)))],
        ),
        (
            "another level starts anew",
            moving(&|e| {
                e.stage = "applied".into();
                e.level = "national".into();
            }),
            vec![],
        ),
        (
            "another kind, summed with its own",
            moving(&|e| {
                e.recognition = "city-consortium".into();
                e.stage = "applied".into();
            }),
            vec![],
        ),
        (
            "wrong thing",
            moving(&|e| e.recognition = "quality-course".into()),
            vec![("entries.a.recognition", FieldProblem::KindMismatch { expected: UnitKind::Course })],
        ),
    ] {
        check(case, &fields(vec![entry]), &context(), &expected);
    }
}

#[test]
fn the_same_thing_stands_once_in_a_report() {
    let mut context = context();
    context.entry_evidence.insert("b".into(), 1);
    let second = |change: &dyn Fn(&mut EntryFields)| {
        let mut changed = EntryFields { key: "b".into(), ..entry() };
        change(&mut changed);
        vec![EntryFields { code: "C-1".into(), ..entry() }, changed]
    };
    let twice = |field: &'static str| vec![(field, FieldProblem::SameNameTwice { other_key: "a".into() })];
    for (case, entries, expected) in [
        ("folded name", second(&|e| e.name = "示范（产教）联合体".into()), twice("entries.b.name")),
        ("other name", second(&|e| e.name = "另一联合体".into()), vec![]),
        (
            "same code",
            second(&|e| {
                e.name = "另一联合体".into();
                e.code = "ｃ－1".into();
            }),
            twice("entries.b.code"),
        ),
        ("other kind", second(&|e| e.recognition = "quality-course".into()), vec![]),
        ("same unit", vec![moved(), EntryFields { key: "b".into(), ..moved() }], twice("entries.b.unit_id")),
        (
            "same unit, other recognition",
            vec![moved(), EntryFields { key: "b".into(), recognition: "distinctive-school".into(), ..moved() }],
            vec![],
        ),
    ] {
        check(case, &fields(entries), &context, &expected);
    }
}
