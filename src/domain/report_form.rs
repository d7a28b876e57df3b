//! From what an owner typed to what a report says. Invariant: a draft holds whatever was typed; only a report without a single error can be submitted.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::calendar::{DateError, parse_date};
use super::fields::{FieldError, FieldProblem, or_none, read_required, read_text};
use super::ids::UnitId;
use super::names::{normalise_code, normalise_name};
use super::number::{QuantityKind, parse_quantity};
use super::report_content::{EntryFields, EntryUnit, KnownUnit, NewUnit, ReportContext, ReportFields, ValidEntry, ValidReport, ValidValue};
use super::report_milestones::{MilestoneFields, read_milestones};
use super::roster::{Step, StepError, check_next_step};
use super::value_entry::read_stated;
use super::words::{Level, Stage, UnitKind};

/// Longest narrative, problem or coordination text, in characters.
pub const MAX_LONG_TEXT: usize = 4_000;
/// Longest name, code, district or document number, in characters.
pub const MAX_SHORT_TEXT: usize = 200;
/// Longest list of partners, in characters.
pub const MAX_PARTNERS: usize = 1_000;

/// Checks a whole report. All errors are found at once, in the order of the form.
pub fn validate_report(fields: &ReportFields, context: &ReportContext) -> Result<ValidReport, Vec<FieldError>> {
    let mut errors = Vec::new();
    if fields.no_change {
        check_no_change(fields, context, &mut errors);
    }
    let narrative = if fields.no_change {
        read_text("narrative", &fields.narrative, MAX_LONG_TEXT, &mut errors)
    } else {
        read_required("narrative", &fields.narrative, MAX_LONG_TEXT, &mut errors)
    };
    let percent = read_percent(fields, &mut errors);
    let values = read_values(fields, context, &mut errors);
    let entries: Vec<ValidEntry> = fields.entries.iter().filter_map(|entry| read_entry(entry, context, &mut errors)).collect();
    check_same_twice(&fields.entries, context, &mut errors);
    let milestones = read_milestones(fields, context, &mut errors);
    let problems = read_text("problems", &fields.problems, MAX_LONG_TEXT, &mut errors);
    let coordination = read_text("coordination", &fields.coordination, MAX_LONG_TEXT, &mut errors);
    let completed_on = read_completion(fields, context, &mut errors);
    if errors.is_empty() {
        let no_change = fields.no_change;
        Ok(ValidReport { narrative, percent, problems, coordination, completed_on, no_change, entries, values, milestones })
    } else {
        Err(errors)
    }
}

fn check_no_change(fields: &ReportFields, context: &ReportContext, errors: &mut Vec<FieldError>) {
    if !context.has_accepted_predecessor {
        errors.push(FieldError::new("no_change", FieldProblem::NoPredecessor));
    }
    let has_values = fields.values.iter().any(|value| !value.is_empty());
    let has_milestones = fields.milestones.iter().any(MilestoneFields::is_filled);
    if has_values || has_milestones || !fields.entries.is_empty() || !fields.completed_on.trim().is_empty() {
        errors.push(FieldError::new("no_change", FieldProblem::ChangesBesideNoChange));
    }
}

fn read_percent(fields: &ReportFields, errors: &mut Vec<FieldError>) -> Option<u8> {
    let text = &fields.percent_complete;
    if text.trim().is_empty() {
        if !fields.no_change {
            errors.push(FieldError::new("percent_complete", FieldProblem::Required));
        }
        return None;
    }
    let problem = match parse_quantity(text, 0, QuantityKind::Percentage) {
        Ok(quantity) if quantity.qualifier.is_some() => FieldProblem::NotExact,
        // The kind keeps it within 0-100.
        Ok(quantity) => return u8::try_from(quantity.raw).ok(),
        Err(error) => FieldProblem::Number(error),
    };
    errors.push(FieldError::new("percent_complete", problem));
    None
}

fn read_values(fields: &ReportFields, context: &ReportContext, errors: &mut Vec<FieldError>) -> Vec<ValidValue> {
    let mut values = Vec::new();
    for typed in fields.values.iter().filter(|typed| !typed.is_empty()) {
        let at = |problem| FieldError::new(format!("values.{}", typed.indicator), problem);
        let Some(rule) = context.values.get(&typed.indicator) else {
            errors.push(at(FieldProblem::UnknownChoice));
            continue;
        };
        if let Some(by) = context.stated.get(&typed.indicator) {
            errors.push(at(FieldProblem::ValueStated { by: by.clone() }));
        }
        match read_stated(typed, rule) {
            Ok(value) => values.extend(value),
            Err(problems) => errors.extend(problems),
        }
    }
    values
}

fn read_completion(fields: &ReportFields, context: &ReportContext, errors: &mut Vec<FieldError>) -> Option<Date> {
    if fields.completed_on.trim().is_empty() {
        return None;
    }
    let date = read_past_date("completed_on", &fields.completed_on, context.today, errors);
    if date.is_some_and(|date| date < context.plan.starts_on) {
        errors.push(FieldError::new("completed_on", FieldProblem::DateBeforePlan { starts_on: context.plan.starts_on }));
    }
    if context.report_evidence == 0 {
        errors.push(FieldError::new("evidence", FieldProblem::EvidenceRequired));
    }
    date
}

pub(super) fn read_past_date(field: &str, text: &str, today: Date, errors: &mut Vec<FieldError>) -> Option<Date> {
    let problem = match parse_date(text) {
        Ok(date) if date > today => FieldProblem::DateInFuture { today },
        Ok(date) => return Some(date),
        Err(DateError::Empty) => FieldProblem::Required,
        Err(error) => FieldProblem::Date(error),
    };
    errors.push(FieldError::new(field, problem));
    None
}

/// One entry with its errors under `entries.<key>.…`; none where it has any.
fn read_entry(entry: &EntryFields, context: &ReportContext, errors: &mut Vec<FieldError>) -> Option<ValidEntry> {
    let before = errors.len();
    let at = |field: &str| format!("entries.{}.{field}", entry.key);
    let known = read_unit(entry, context, errors);
    let kind = read_kind(entry, context, known, errors);
    let level = read_choice::<Level>(&at("level"), &entry.level, errors);
    let level = level.or_else(|| known.and_then(|unit| only_open_level(unit, entry.recognition.trim())));
    if level.is_none() && entry.level.trim().is_empty() && context.levelled.contains(entry.recognition.trim()) {
        errors.push(FieldError::new(at("level"), FieldProblem::Required));
    }
    let new_unit = if entry.unit_id.trim().is_empty() { Some(read_new_unit(entry, errors)) } else { None };
    let stage = read_choice::<Stage>(&at("stage"), &entry.stage, errors);
    if entry.stage.trim().is_empty() {
        errors.push(FieldError::new(at("stage"), FieldProblem::Required));
    }
    let on = read_past_date(&at("stage_date"), &entry.stage_date, context.today, errors);
    let document_number = or_none(read_text(&at("document_number"), &entry.document_number, MAX_SHORT_TEXT, errors));
    if let Some(stage) = stage {
        let files = context.entry_evidence.get(&entry.key).copied().unwrap_or(0);
        check_proof(entry, stage, document_number.is_some(), files, errors);
        if !context.is_correction {
            check_step(entry, known, level, stage, on, errors);
        }
    }
    let (Some(kind), Some(stage), Some(on), true) = (kind, stage, on, errors.len() == before) else {
        return None;
    };
    let unit = match new_unit {
        Some(unit) => EntryUnit::New(unit),
        None => EntryUnit::Existing(UnitId::from(entry.unit_id.trim())),
    };
    let recognition = entry.recognition.trim().to_owned();
    Some(ValidEntry { key: entry.key.clone(), unit, kind, recognition, level, step: Step { stage, on }, document_number })
}

fn read_unit<'context>(entry: &EntryFields, context: &'context ReportContext, errors: &mut Vec<FieldError>) -> Option<&'context KnownUnit> {
    let id = entry.unit_id.trim();
    if id.is_empty() {
        return None;
    }
    let unit = context.units.get(id);
    if unit.is_none() {
        errors.push(FieldError::new(format!("entries.{}.unit_id", entry.key), FieldProblem::UnknownChoice));
    }
    unit
}

/// The recognition decides the kind; a kind that was chosen beside it must be the same, and the unit's must be that or summed with it.
fn read_kind(entry: &EntryFields, context: &ReportContext, known: Option<&KnownUnit>, errors: &mut Vec<FieldError>) -> Option<UnitKind> {
    let at = |field: &str| format!("entries.{}.{field}", entry.key);
    let code = entry.recognition.trim();
    let expected = context.recognitions.get(code).copied();
    if expected.is_none() {
        let problem = if code.is_empty() { FieldProblem::Required } else { FieldProblem::UnknownChoice };
        errors.push(FieldError::new(at("recognition"), problem));
    }
    let chosen = read_choice::<UnitKind>(&at("unit_kind"), &entry.unit_kind, errors);
    let expected = expected?;
    if known.is_some_and(|unit| !context.sums.admits(unit.kind, code, expected)) {
        errors.push(FieldError::new(at("recognition"), FieldProblem::KindMismatch { expected }));
    } else if chosen.is_some_and(|kind| kind != expected) {
        errors.push(FieldError::new(at("unit_kind"), FieldProblem::KindMismatch { expected }));
    }
    Some(expected)
}

fn read_choice<T: std::str::FromStr>(field: &str, text: &str, errors: &mut Vec<FieldError>) -> Option<T> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let choice = text.parse().ok();
    if choice.is_none() {
        errors.push(FieldError::new(field, FieldProblem::UnknownChoice));
    }
    choice
}

/// Where a unit has one open recognition of the kind, its level need not be said again.
fn only_open_level(unit: &KnownUnit, recognition: &str) -> Option<Level> {
    let mut open = unit.recognitions.iter().filter(|history| history.kind == recognition && history.is_open());
    let level = open.next()?.level;
    if open.next().is_some() { None } else { level }
}

fn read_new_unit(entry: &EntryFields, errors: &mut Vec<FieldError>) -> NewUnit {
    let at = |field: &str| format!("entries.{}.{field}", entry.key);
    let code = or_none(read_text(&at("code"), &entry.code, MAX_SHORT_TEXT, errors));
    let name = read_required(&at("name"), &entry.name, MAX_SHORT_TEXT, errors);
    let normalised_name = normalise_name(&name);
    if normalised_name.is_empty() && !name.is_empty() {
        errors.push(FieldError::new(at("name"), FieldProblem::NoLetters));
    }
    let partners = read_text(&at("partners"), &entry.partners, MAX_PARTNERS, errors);
    let district = read_text(&at("district"), &entry.district, MAX_SHORT_TEXT, errors);
    NewUnit { code, name, normalised_name, partners, district }
}

/// From "approved" on, and for every end, a document number or a file; "recognised" needs both.
fn check_proof(entry: &EntryFields, stage: Stage, has_document: bool, files: usize, errors: &mut Vec<FieldError>) {
    let at = |field: &str| format!("entries.{}.{field}", entry.key);
    match stage {
        Stage::Nurtured | Stage::Applied => {}
        Stage::Recognised => {
            if !has_document {
                errors.push(FieldError::new(at("document_number"), FieldProblem::Required));
            }
            if files == 0 {
                errors.push(FieldError::new(at("evidence"), FieldProblem::EvidenceRequired));
            }
        }
        _ if !has_document && files == 0 => errors.push(FieldError::new(at("document_number"), FieldProblem::DocumentOrEvidence)),
        _ => {}
    }
}

/// The step against the open recognition of the same kind and level; without one it is the first of a new recognition.
fn check_step(
    entry: &EntryFields,
    known: Option<&KnownUnit>,
    level: Option<Level>,
    stage: Stage,
    on: Option<Date>,
    errors: &mut Vec<FieldError>,
) {
    let recognition = entry.recognition.trim();
    let open = known.and_then(|unit| {
        unit.recognitions.iter().find(|history| history.kind == recognition && history.level == level && history.is_open())
    });
    let steps: &[Step] = open.map_or(&[], |history| &history.steps);
    // Without a date the stage is still checked, against the last step's own day.
    let Some(on) = on.or_else(|| steps.last().map(|step| step.on)).or_else(|| stage.is_end().then_some(Date::MAX)) else {
        return;
    };
    if let Err(error) = check_next_step(steps, Step { stage, on }) {
        let field = if matches!(error, StepError::DateBack(_)) { "stage_date" } else { "stage" };
        errors.push(FieldError::new(format!("entries.{}.{field}", entry.key), FieldProblem::Step(error)));
    }
}

/// Two entries of one report are the same thing: the same unit and recognition, or a new unit of the same kind with the same code or folded name.
fn check_same_twice(entries: &[EntryFields], context: &ReportContext, errors: &mut Vec<FieldError>) {
    let mut first: BTreeMap<(&str, String, String), &str> = BTreeMap::new();
    for entry in entries {
        let recognition = entry.recognition.trim();
        let kind = context.recognitions.get(recognition).map_or(recognition, |kind| kind.as_str()).to_owned();
        let marks = if entry.unit_id.trim().is_empty() {
            vec![("name", kind.clone(), normalise_name(&entry.name)), ("code", kind, normalise_code(&entry.code))]
        } else {
            vec![("unit_id", format!("{recognition} {}", entry.level.trim()), entry.unit_id.trim().to_owned())]
        };
        for mark in marks.into_iter().filter(|(_, _, text)| !text.is_empty()) {
            let field = mark.0;
            if let Some(other) = first.get(&mark) {
                let problem = FieldProblem::SameNameTwice { other_key: (*other).to_owned() };
                errors.push(FieldError::new(format!("entries.{}.{field}", entry.key), problem));
                break;
            }
            first.insert(mark, &entry.key);
        }
    }
}

impl ReportFields {
    /// The same with days and the percentage as they were understood; what was not understood stands as it was typed.
    #[must_use]
    pub fn as_understood(&self) -> Self {
        let day = |typed: &mut String| {
            if let Ok(on) = parse_date(typed) {
                *typed = on.to_string();
            }
        };
        let mut said = self.clone();
        day(&mut said.completed_on);
        said.entries.iter_mut().for_each(|entry| day(&mut entry.stage_date));
        said.milestones.iter_mut().for_each(|milestone| day(&mut milestone.reached_on));
        if let Ok(percent) = parse_quantity(&said.percent_complete, 0, QuantityKind::Percentage) {
            said.percent_complete = percent.raw.to_string();
        }
        said
    }
}

#[cfg(test)]
#[path = "report_form_tests.rs"]
mod tests;
