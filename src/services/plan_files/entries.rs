//! A plan file as it stands, checked within itself. Invariant: codes are unique, every reference leads somewhere, and
//! every indicator is linked to a task.

use std::collections::BTreeSet;

use jiff::{civil::Date, tz::TimeZone};
use toml::Table;

use super::{
    reading::{FileProblem, NO_DATE, Problems, Reader},
    values::{BodyEntry, ValueEntry, kind_of, read_baseline, read_bodies, read_values},
};
use crate::domain::{
    number::MAX_SCALE,
    target::{TargetForm, TargetKind},
    words::{Cadence, Direction, Level, Measure, Provenance, Stage, UnitKind},
};

pub(super) struct PlanFile {
    pub(super) plan: PlanEntry,
    pub(super) recognitions: Vec<RecognitionEntry>,
    pub(super) areas: Vec<AreaEntry>,
    pub(super) indicators: Vec<IndicatorEntry>,
    pub(super) tasks: Vec<TaskEntry>,
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
    /// What the file was made from, where that is not the plan's own text; empty otherwise.
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
    pub(super) wording_zh: String,
    pub(super) wording_en: String,
    pub(super) target: TargetForm,
    pub(super) target_on: Date,
    pub(super) target_on_provenance: Provenance,
    /// Of a roster indicator: how it counts.
    pub(super) roster: Option<RosterEntry>,
    /// Of a level in percent: whether it is kept as numerator and denominator.
    pub(super) fraction: bool,
    /// Of a flow, level or rank: the value it starts from, where the text gives one.
    pub(super) baseline: Option<ValueEntry>,
    /// Of a flow, level or rank: what documents publish.
    pub(super) values: Vec<ValueEntry>,
}

pub(super) struct RosterEntry {
    /// `stock` or `new-since:2025-01-01`.
    pub(super) basis: String,
    pub(super) basis_provenance: Provenance,
    pub(super) stage: Stage,
    pub(super) stage_provenance: Provenance,
    pub(super) needs_ruling: bool,
    pub(super) counts: Vec<(String, Option<Level>)>,
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
    pub(super) starts_on: Date,
    pub(super) due_on: Date,
    pub(super) date_provenance: Provenance,
    pub(super) indicators: Vec<String>,
    /// Whom the document names.
    pub(super) bodies: Vec<BodyEntry>,
}

/// Reads a file and checks it within itself; `known_recognitions` are those that earlier files brought.
pub(super) fn read_plan_file(text: &str, known_recognitions: &BTreeSet<String>) -> Result<PlanFile, Vec<FileProblem>> {
    let table: Table = match text.parse() {
        Ok(table) => table,
        Err(error) => {
            let reason = error.to_string().trim_end().replace('\n', "\n    ");
            return Err(vec![FileProblem { key: "file".to_owned(), code: String::new(), reason }]);
        }
    };
    let problems = Problems::default();
    let mut file = Reader::new("", table, &problems);
    let plan = read_plan(&mut file);
    let recognitions = file.tables("recognition", false).into_iter().map(read_recognition).collect();
    let areas = file.tables("area", true).into_iter().map(read_area).collect();
    let indicators = file.tables("indicator", true).into_iter().map(|entry| read_indicator(entry, &plan)).collect();
    let tasks = file.tables("task", true).into_iter().map(|entry| read_task(entry, &plan)).collect();
    file.finish();
    let file = PlanFile { plan, recognitions, areas, indicators, tasks };
    check_references(&file, known_recognitions, &problems);
    let problems = problems.into_list();
    if problems.is_empty() { Ok(file) } else { Err(problems) }
}

fn read_plan(file: &mut Reader<'_>) -> PlanEntry {
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
        document: if entry.has("document") { entry.text("document") } else { String::new() },
    };
    if plan.starts_on != NO_DATE && plan.ends_on != NO_DATE && plan.ends_on < plan.starts_on {
        entry.note("ends_on", format!("{} lies before the first day, {}", plan.ends_on, plan.starts_on));
    }
    if !plan.time_zone.is_empty() && TimeZone::get(&plan.time_zone).is_err() {
        entry.note("time_zone", format!("`{}` is no time zone", plan.time_zone));
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

fn read_area(mut entry: Reader<'_>) -> AreaEntry {
    let area = AreaEntry {
        code: entry.code("code"),
        name_zh: entry.text("name_zh"),
        name_en: entry.text_or_empty("name_en"),
        short_zh: entry.text("short_zh"),
        short_en: entry.text_or_empty("short_en"),
        closing: entry.flag("closing"),
    };
    entry.finish();
    area
}

fn read_indicator(mut entry: Reader<'_>, plan: &PlanEntry) -> IndicatorEntry {
    let measure = entry.word("measure", Measure::ALL, Measure::as_str).unwrap_or(Measure::Roster);
    let scale = entry.whole("scale");
    let places = u8::try_from(scale).ok().filter(|places| *places <= MAX_SCALE);
    if places.is_none() {
        entry.note("scale", format!("{scale} decimal places; 0 to {MAX_SCALE} are possible"));
    }
    let places = places.unwrap_or(0);
    if measure == Measure::Roster && places != 0 {
        entry.note("scale", "units are counted whole: 0");
    }
    let fraction = entry.has("fraction") && entry.flag("fraction");
    if fraction && measure != Measure::Level {
        entry.note("fraction", "only a level is kept as numerator and denominator");
    }
    let unit_zh = entry.text("unit_zh");
    let kind = kind_of(measure, &unit_zh);
    let target = entry.inner("target").and_then(|target| read_target(target, places)).unwrap_or(TargetForm::Unquantified);
    // What sets no number sets no day for it either.
    let is_dated = target != TargetForm::Unquantified || entry.has("target_on");
    let target_on = if is_dated { entry.date("target_on") } else { plan.ends_on };
    let target_on_provenance = if is_dated { read_provenance(&mut entry, "target_on_provenance") } else { Provenance::Derived };
    if target_on != NO_DATE && target_on < plan.starts_on {
        entry.note("target_on", format!("{target_on} lies before the plan's first day, {}", plan.starts_on));
    }
    let indicator = IndicatorEntry {
        code: entry.code("code"),
        area: entry.text("area"),
        name_zh: entry.text("name_zh"),
        name_en: entry.text_or_empty("name_en"),
        unit_zh,
        unit_en: entry.text_or_empty("unit_en"),
        source_zh: entry.text_or_empty("source_zh"),
        measure,
        direction: entry.word("direction", Direction::ALL, Direction::as_str).unwrap_or(Direction::Rising),
        scale: i64::from(places),
        wording_zh: entry.text("wording"),
        wording_en: entry.text_or_empty("wording_en"),
        target,
        target_on,
        target_on_provenance,
        fraction,
        roster: (measure == Measure::Roster).then(|| read_roster(&mut entry)),
        baseline: if measure == Measure::Roster { None } else { read_baseline(&mut entry, places, kind) },
        values: if measure == Measure::Roster { Vec::new() } else { read_values(&mut entry, places, kind) },
    };
    if measure == Measure::Rank && indicator.direction != Direction::Falling {
        entry.note("direction", "a rank is better the lower it is: falling");
    }
    entry.finish();
    indicator
}

fn read_provenance(entry: &mut Reader<'_>, key: &str) -> Provenance {
    entry.word(key, Provenance::ALL, Provenance::as_str).unwrap_or(Provenance::Derived)
}

fn read_target(mut entry: Reader<'_>, scale: u8) -> Option<TargetForm> {
    let kind = entry.word("form", TargetKind::ALL, TargetKind::as_str)?;
    let (n, high) = match kind {
        TargetKind::AtLeast | TargetKind::AtMost | TargetKind::About => (Some(entry.scaled("n", scale)), None),
        TargetKind::Range => (Some(entry.scaled("low", scale)), Some(entry.scaled("high", scale))),
        TargetKind::Unquantified => (None, None),
    };
    let target = TargetForm::from_parts(kind, n, high, 0);
    if target.is_none() {
        entry.note("high", "lies below `low`");
    }
    entry.finish();
    target
}

fn read_roster(entry: &mut Reader<'_>) -> RosterEntry {
    let (basis, basis_provenance) = entry.inner("basis").map_or_else(|| (String::new(), Provenance::Derived), read_basis);
    let (mut stage, mut stage_provenance, mut needs_ruling) = (Stage::Recognised, Provenance::Derived, false);
    if let Some(mut inner) = entry.inner("stage") {
        stage = inner.word("stage", Stage::ALL, Stage::as_str).unwrap_or(stage);
        if stage.is_end() {
            inner.note("stage", format!("`{stage}` is an end, from which nothing counts"));
        }
        stage_provenance = read_provenance(&mut inner, "provenance");
        needs_ruling = inner.flag("needs_ruling");
        inner.finish();
    }
    let mut counts = Vec::new();
    for mut counted in entry.tables("counts", true) {
        let recognition = counted.text("recognition");
        let level = if counted.has("level") { counted.word("level", Level::ALL, Level::as_str) } else { None };
        counted.finish();
        counts.push((recognition, level));
    }
    if counts.is_empty() {
        entry.note("counts", "counts nothing");
    }
    RosterEntry { basis, basis_provenance, stage, stage_provenance, needs_ruling, counts }
}

fn read_basis(mut entry: Reader<'_>) -> (String, Provenance) {
    let kind = entry.text("kind");
    let basis = match kind.as_str() {
        "stock" => kind,
        "new-since" => format!("new-since:{}", entry.date("date")),
        _ => {
            if !kind.is_empty() {
                entry.note("kind", format!("`{kind}` is none of stock, new-since"));
            }
            String::new()
        }
    };
    let provenance = read_provenance(&mut entry, "provenance");
    entry.finish();
    (basis, provenance)
}

fn read_task(mut entry: Reader<'_>, plan: &PlanEntry) -> TaskEntry {
    let dated = entry.has("starts_on") || entry.has("due_on");
    let starts_on = if entry.has("starts_on") { entry.date("starts_on") } else { plan.starts_on };
    let due_on = if entry.has("due_on") { entry.date("due_on") } else { plan.ends_on };
    if starts_on != NO_DATE && due_on != NO_DATE && due_on < starts_on {
        entry.note("due_on", format!("{due_on} lies before the start, {starts_on}"));
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
        source_zh: entry.text_or_empty("source_zh"),
        starts_on,
        due_on,
        date_provenance: if dated { Provenance::Text } else { Provenance::Derived },
        indicators: entry.texts("indicators"),
        bodies: read_bodies(&mut entry),
    };
    entry.finish();
    task
}

/// Codes that stand twice, references that lead nowhere, indicators that no task feeds.
fn check_references(file: &PlanFile, known_recognitions: &BTreeSet<String>, problems: &Problems) {
    let areas = check_unique("area", file.areas.iter().map(|area| area.code.as_str()), problems);
    let mut recognitions = check_unique("recognition", file.recognitions.iter().map(|kind| kind.code.as_str()), problems);
    recognitions.extend(known_recognitions.iter().map(String::as_str));
    let indicators = check_unique("indicator", file.indicators.iter().map(|indicator| indicator.code.as_str()), problems);
    check_unique("task", file.tasks.iter().map(|task| task.code.as_str()), problems);
    let mut linked = BTreeSet::new();
    for (index, task) in file.tasks.iter().enumerate() {
        let place = format!("task[{}]", index + 1);
        if !task.area.is_empty() && !areas.contains(task.area.as_str()) {
            problems.note(format!("{place}.area"), &task.code, format!("there is no area {}", task.area));
        }
        let mut seen = BTreeSet::new();
        for code in &task.indicators {
            if !indicators.contains(code.as_str()) {
                problems.note(format!("{place}.indicators"), &task.code, format!("there is no indicator {code}"));
            }
            if !seen.insert(code) {
                problems.note(format!("{place}.indicators"), &task.code, format!("names {code} twice"));
            }
            linked.insert(code.as_str());
        }
    }
    for (index, indicator) in file.indicators.iter().enumerate() {
        let place = format!("indicator[{}]", index + 1);
        if !indicator.area.is_empty() && !areas.contains(indicator.area.as_str()) {
            problems.note(format!("{place}.area"), &indicator.code, format!("there is no area {}", indicator.area));
        }
        if !indicator.code.is_empty() && !linked.contains(indicator.code.as_str()) {
            problems.note(format!("{place}.code"), &indicator.code, "no task is linked to it");
        }
        for (number, (recognition, _)) in indicator.roster.iter().flat_map(|roster| &roster.counts).enumerate() {
            if !recognition.is_empty() && !recognitions.contains(recognition.as_str()) {
                let key = format!("{place}.counts[{}].recognition", number + 1);
                problems.note(key, &indicator.code, format!("there is no recognition {recognition}"));
            }
        }
    }
}

fn check_unique<'f>(list: &str, codes: impl Iterator<Item = &'f str>, problems: &Problems) -> BTreeSet<&'f str> {
    let mut seen = BTreeSet::new();
    for (index, code) in codes.enumerate() {
        if !code.is_empty() && !seen.insert(code) {
            problems.note(format!("{list}[{}].code", index + 1), code, "stands twice");
        }
    }
    seen
}
