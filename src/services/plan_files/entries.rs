//! A plan file as it stands, checked within itself. Invariant: codes are unique, every reference leads somewhere, and
//! every indicator in use is linked to a task in use.
//!
//! An indicator stands in one of two forms. Written by hand, it has one target, a stage and a basis, and where they come from
//! follows from the text's section. Exported, it has every revision with its origin (`target_revision`, `ruling`, `milestone`,
//! `baseline_revision`); a task's time limit likewise (`time_limit`). Both are read into the same entries. What documents publish
//! stands in `values`, projects and milestones in `timetable`, who takes part in `parties`.

mod indicators;

use std::collections::BTreeSet;

use jiff::{civil::Date, tz::TimeZone};
use toml::Table;

pub use indicators::{BASIS_RULE, STAGE_RULE};

use super::{
    parties::{Parties, check_parties, read_parties},
    reading::{FileProblem, NO_DATE, Problems, Reader},
    timetable::{ItemEntry, read_items},
    values::{BodyEntry, read_bodies},
};
use crate::{
    domain::{
        definition::list_left_alone,
        words::{Cadence, Direction, Level, Measure, Provenance, UnitKind},
    },
    services::moment::Moment,
    store::plan_files::{BaselineRow, MilestoneRow, Origin, RulingRow, TargetRow, TimeLimitRow, ValueRow},
};

pub(super) struct PlanFile {
    pub(super) plan: PlanEntry,
    pub(super) recognitions: Vec<RecognitionEntry>,
    pub(super) areas: Vec<AreaEntry>,
    pub(super) indicators: Vec<IndicatorEntry>,
    pub(super) tasks: Vec<TaskEntry>,
    pub(super) parties: Parties,
}

pub(super) struct PlanEntry {
    pub(super) code: String,
    pub(super) name_zh: String,
    pub(super) name_en: String,
    pub(super) short_zh: String,
    pub(super) short_en: String,
    pub(super) issuer_zh: String,
    pub(super) issuer_en: String,
    pub(super) starts_on: Date,
    pub(super) ends_on: Date,
    pub(super) cadence: Cadence,
    pub(super) time_zone: String,
    pub(super) retired_at: Option<i64>,
    /// What the file was made from, where that is not the plan's own text; empty otherwise. It is cited by what was written by
    /// hand, and not kept.
    pub(super) document: String,
}

pub(super) struct RecognitionEntry {
    pub(super) code: String,
    pub(super) unit_kind: UnitKind,
    pub(super) name_zh: String,
    pub(super) name_en: String,
}

pub(super) struct AreaEntry {
    pub(super) code: String,
    pub(super) name_zh: String,
    pub(super) name_en: String,
    pub(super) short_zh: String,
    pub(super) short_en: String,
    pub(super) closing: bool,
    pub(super) retired_at: Option<i64>,
}

pub(super) struct IndicatorEntry {
    pub(super) code: String,
    pub(super) area: String,
    pub(super) name_zh: String,
    pub(super) name_en: String,
    pub(super) unit_zh: String,
    pub(super) unit_en: String,
    pub(super) source_zh: String,
    pub(super) measure: Measure,
    pub(super) direction: Direction,
    pub(super) scale: i64,
    /// Of a level in percent: whether it is kept as numerator and denominator.
    pub(super) fraction: bool,
    /// Of a roster indicator: whether a derived counting stage is not enough.
    pub(super) needs_stage_ruling: bool,
    /// Of a roster indicator: recognition and level.
    pub(super) counts: Vec<(String, Option<Level>)>,
    pub(super) retired_at: Option<i64>,
    /// Whether it was written by hand: then it says what the text set first, and nothing about later revisions.
    pub(super) by_hand: bool,
    pub(super) targets: Vec<TargetRow>,
    pub(super) rulings: Vec<RulingRow>,
    pub(super) milestones: Vec<MilestoneRow>,
    pub(super) baselines: Vec<BaselineRow>,
    /// Of a flow, level or rank: what documents publish.
    pub(super) values: Vec<ValueRow>,
}

pub(super) struct TaskEntry {
    pub(super) code: String,
    pub(super) area: String,
    pub(super) title_zh: String,
    pub(super) title_en: String,
    pub(super) deliverable_zh: String,
    pub(super) deliverable_en: String,
    pub(super) effect_zh: String,
    pub(super) effect_en: String,
    pub(super) source_zh: String,
    pub(super) retired_at: Option<i64>,
    /// Whether its time limit was written by hand.
    pub(super) by_hand: bool,
    pub(super) time_limits: Vec<TimeLimitRow>,
    /// Its projects and milestones.
    pub(super) items: Vec<ItemEntry>,
    pub(super) indicators: Vec<String>,
    /// Whom the document names.
    pub(super) bodies: Vec<BodyEntry>,
}

/// Checks a file that was read into tables.
pub(super) fn read_plan_table(table: Table, known_recognitions: &BTreeSet<String>, now: Moment) -> Result<PlanFile, Vec<FileProblem>> {
    let problems = Problems::default();
    let mut file = Reader::new("", table, &problems);
    let plan = read_plan(&mut file, now);
    let recognitions = file.tables("recognition", false).into_iter().map(read_recognition).collect();
    let areas = file.tables("area", true).into_iter().map(|entry| read_area(entry, now)).collect();
    let indicators = file.tables("indicator", true).into_iter().map(|entry| indicators::read_indicator(entry, &plan, now)).collect();
    let tasks = file.tables("task", true).into_iter().map(|entry| read_task(entry, &plan, now)).collect();
    let parties = read_parties(&mut file, &plan, now);
    file.finish();
    let file = PlanFile { plan, recognitions, areas, indicators, tasks, parties };
    check_references(&file, known_recognitions, &problems);
    check_parties(&file, &problems);
    let problems = problems.into_list();
    if problems.is_empty() { Ok(file) } else { Err(problems) }
}

fn read_plan(file: &mut Reader<'_>, now: Moment) -> PlanEntry {
    let Some(mut entry) = file.inner("plan") else {
        return PlanEntry {
            code: String::new(),
            name_zh: String::new(),
            name_en: String::new(),
            short_zh: String::new(),
            short_en: String::new(),
            issuer_zh: String::new(),
            issuer_en: String::new(),
            starts_on: NO_DATE,
            ends_on: NO_DATE,
            cadence: Cadence::Quarter,
            time_zone: String::new(),
            retired_at: None,
            document: String::new(),
        };
    };
    let plan = PlanEntry {
        code: entry.code("code"),
        name_zh: entry.text("name_zh"),
        name_en: entry.text_or_empty("name_en"),
        short_zh: entry.text("short_zh"),
        short_en: entry.text_or_empty("short_en"),
        issuer_zh: entry.text("issuer_zh"),
        issuer_en: entry.text_or_empty("issuer_en"),
        starts_on: entry.date("starts_on"),
        ends_on: entry.date("ends_on"),
        cadence: entry.word("cadence", Cadence::ALL, Cadence::as_str).unwrap_or(Cadence::Quarter),
        time_zone: entry.text("time_zone"),
        retired_at: entry.instant("retired_at", now),
        document: if entry.has("document") { entry.text("document") } else { String::new() },
    };
    if plan.starts_on != NO_DATE && plan.ends_on != NO_DATE && plan.ends_on < plan.starts_on {
        entry.note("ends_on", |text| text.file_fault_before_first_day(&plan.ends_on.to_string(), &plan.starts_on.to_string()));
    }
    if !plan.time_zone.is_empty() && TimeZone::get(&plan.time_zone).is_err() {
        entry.note("time_zone", |text| text.file_fault_time_zone(&plan.time_zone));
    }
    entry.finish();
    plan
}

fn read_recognition(mut entry: Reader<'_>) -> RecognitionEntry {
    let recognition = RecognitionEntry {
        code: entry.code("code"),
        unit_kind: entry.word("unit", UnitKind::ALL, UnitKind::as_str).unwrap_or(UnitKind::School),
        name_zh: entry.text("name_zh"),
        name_en: entry.text_or_empty("name_en"),
    };
    entry.finish();
    recognition
}

fn read_area(mut entry: Reader<'_>, now: Moment) -> AreaEntry {
    let area = AreaEntry {
        code: entry.code("code"),
        name_zh: entry.text("name_zh"),
        name_en: entry.text_or_empty("name_en"),
        short_zh: entry.text("short_zh"),
        short_en: entry.text_or_empty("short_en"),
        closing: entry.flag("closing"),
        retired_at: entry.instant("retired_at", now),
    };
    entry.finish();
    area
}

fn read_provenance(entry: &mut Reader<'_>, key: &str) -> Provenance {
    entry.word(key, Provenance::ALL, Provenance::as_str).unwrap_or(Provenance::Derived)
}

/// Where an exported fact comes from; `effective` is the key of the day from which on it holds.
fn read_origin(entry: &mut Reader<'_>, effective: &str, now: Moment) -> Origin {
    let origin = Origin {
        provenance: read_provenance(entry, "provenance"),
        reason: entry.optional_text("reason"),
        document: entry.optional_text("document"),
        officer: entry.optional_text("officer"),
        effective_on: entry.date(effective),
        recorded_at: entry.instant("recorded_at", now),
        superseded_at: entry.instant("superseded_at", now),
    };
    if let (Some(recorded), Some(superseded)) = (origin.recorded_at, origin.superseded_at)
        && superseded < recorded
    {
        entry.note("superseded_at", |text| text.file_fault_instants(&super::export::instant_text(recorded)));
    }
    origin
}

/// The document as staff cite it, with the section.
fn cite(plan: &PlanEntry, section: &str) -> String {
    match plan.document.as_str() {
        "" => format!("《{}》{section}", plan.name_zh),
        document => format!("{document} {section}").trim_end().to_owned(),
    }
}

/// Where a fact of a file that was written by hand comes from: the text itself, or a default rule with its name.
fn origin_by_hand(plan: &PlanEntry, provenance: Provenance, section: &str, rule: &str) -> Origin {
    let (reason, document) = match provenance {
        Provenance::Derived => (rule.to_owned(), String::new()),
        _ => (String::new(), cite(plan, section)),
    };
    Origin { provenance, reason, document, officer: String::new(), effective_on: plan.starts_on, recorded_at: None, superseded_at: None }
}

fn read_task(mut entry: Reader<'_>, plan: &PlanEntry, now: Moment) -> TaskEntry {
    let source_zh = entry.text_or_empty("source_zh");
    let by_hand = !entry.has("time_limit");
    let time_limits = if by_hand {
        vec![read_time_limit_by_hand(&mut entry, plan, &source_zh)]
    } else {
        entry.tables("time_limit", true).into_iter().map(|limit| read_time_limit(limit, now)).collect()
    };
    if time_limits.is_empty() {
        entry.note("time_limit", |text| text.file_fault_empty().to_owned());
    }
    let task = TaskEntry {
        code: entry.code("code"),
        area: entry.text("area"),
        title_zh: entry.text("title_zh"),
        title_en: entry.text_or_empty("title_en"),
        deliverable_zh: entry.text("deliverable_zh"),
        deliverable_en: entry.text_or_empty("deliverable_en"),
        effect_zh: entry.text("effect_zh"),
        effect_en: entry.text_or_empty("effect_en"),
        source_zh,
        retired_at: entry.instant("retired_at", now),
        by_hand,
        time_limits,
        items: read_items(&mut entry, now),
        indicators: entry.texts("indicators"),
        bodies: read_bodies(&mut entry),
    };
    entry.finish();
    task
}

fn read_time_limit_by_hand(entry: &mut Reader<'_>, plan: &PlanEntry, section: &str) -> TimeLimitRow {
    let dated = entry.has("starts_on") || entry.has("due_on");
    let starts_on = if entry.has("starts_on") { entry.date("starts_on") } else { plan.starts_on };
    let due_on = if entry.has("due_on") { entry.date("due_on") } else { plan.ends_on };
    check_time_limit(entry, starts_on, due_on);
    let provenance = if dated { Provenance::Text } else { Provenance::Derived };
    let origin = origin_by_hand(plan, provenance, section, "默认规则：文本未写时限的，取计划的起止日期");
    TimeLimitRow { owner: String::new(), starts_on, due_on, origin }
}

pub(super) fn read_time_limit(mut entry: Reader<'_>, now: Moment) -> TimeLimitRow {
    let (starts_on, due_on) = (entry.date("starts_on"), entry.date("due_on"));
    check_time_limit(&entry, starts_on, due_on);
    let row = TimeLimitRow { owner: String::new(), starts_on, due_on, origin: read_origin(&mut entry, "effective_on", now) };
    entry.finish();
    row
}

fn check_time_limit(entry: &Reader<'_>, starts_on: Date, due_on: Date) {
    if starts_on != NO_DATE && due_on != NO_DATE && due_on < starts_on {
        entry.note("due_on", |text| text.file_fault_due(&due_on.to_string(), &starts_on.to_string()));
    }
}

/// Codes that stand twice, references that lead nowhere, indicators that no task feeds.
fn check_references(file: &PlanFile, known_recognitions: &BTreeSet<String>, problems: &Problems) {
    let areas = check_unique("area", file.areas.iter().map(|area| area.code.as_str()), problems);
    let mut recognitions = check_unique("recognition", file.recognitions.iter().map(|kind| kind.code.as_str()), problems);
    recognitions.extend(known_recognitions.iter().map(String::as_str));
    let indicators = check_unique("indicator", file.indicators.iter().map(|indicator| indicator.code.as_str()), problems);
    check_unique("task", file.tasks.iter().map(|task| task.code.as_str()), problems);
    for (index, task) in file.tasks.iter().enumerate() {
        let place = format!("task[{}]", index + 1);
        if !task.area.is_empty() && !areas.contains(task.area.as_str()) {
            problems.note(format!("{place}.area"), &task.code, |text| text.file_fault_no_area(&task.area));
        }
        let mut seen = BTreeSet::new();
        for code in &task.indicators {
            if !indicators.contains(code.as_str()) {
                problems.note(format!("{place}.indicators"), &task.code, |text| text.file_fault_no_indicator(code));
            }
            if !seen.insert(code) {
                problems.note(format!("{place}.indicators"), &task.code, |text| text.file_fault_names_twice(code));
            }
        }
    }
    let in_use = file.indicators.iter().filter(|indicator| indicator.retired_at.is_none()).map(|indicator| indicator.code.as_str());
    let tasks = file.tasks.iter().filter(|task| task.retired_at.is_none());
    let links = tasks.flat_map(|task| task.indicators.iter().map(|code| (task.code.as_str(), code.as_str())));
    let left_alone = list_left_alone(in_use, links);
    for (index, indicator) in file.indicators.iter().enumerate() {
        let place = format!("indicator[{}]", index + 1);
        if !indicator.area.is_empty() && !areas.contains(indicator.area.as_str()) {
            problems.note(format!("{place}.area"), &indicator.code, |text| text.file_fault_no_area(&indicator.area));
        }
        if !indicator.code.is_empty() && left_alone.contains(&indicator.code) {
            problems.note(format!("{place}.code"), &indicator.code, |text| text.file_fault_no_task_linked().to_owned());
        }
        for (number, (recognition, _)) in indicator.counts.iter().enumerate() {
            if !recognition.is_empty() && !recognitions.contains(recognition.as_str()) {
                let key = format!("{place}.counts[{}].recognition", number + 1);
                problems.note(key, &indicator.code, |text| text.file_fault_no_recognition(recognition));
            }
        }
    }
}

fn check_unique<'f>(list: &str, codes: impl Iterator<Item = &'f str>, problems: &Problems) -> BTreeSet<&'f str> {
    let mut seen = BTreeSet::new();
    for (index, code) in codes.enumerate() {
        if !code.is_empty() && !seen.insert(code) {
            problems.note(format!("{list}[{}].code", index + 1), code, |text| text.file_fault_twice().to_owned());
        }
    }
    seen
}
