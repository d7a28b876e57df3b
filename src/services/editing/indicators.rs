//! Indicators: create with a target and at least one task, change names, source, area, and how they are measured.
//! Invariant: how an indicator is measured never changes under numbers that were recorded by it.

use serde::Serialize;

use super::{
    Act, Definition, Grounds, check_present, problem, read_area, read_code, read_name, read_optional_lines, read_optional_name, read_word,
};
use crate::{
    domain::{
        calendar::{DateError, parse_date},
        definition::{DefinitionProblem, Measuring, Recorded, check_measuring, check_measuring_change},
        fields::{FieldError, FieldProblem},
        ids::TaskId,
        number::MAX_SCALE,
        target::{TargetForm, TargetKind},
        target_revision::read_exact,
        value_entry::ValueRule,
        words::{Direction, Level, Measure, Provenance, RulingKind},
    },
    error::UserError,
    services::{
        ServiceError,
        access::Actor,
        moment::{Moment, make_id},
        plan_files::{BASIS_RULE, STAGE_RULE},
        rollups::refresh_indicator,
        trail::Action,
        visit::PlanHead,
    },
    store::{
        Db, Encoded, Tx, definitions,
        plan_files::{self as store, IndicatorRow, Origin, RulingRow, TargetRow},
        with_tx,
    },
};

/// An indicator as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IndicatorInput {
    /// The state that the form showed; empty for a new one.
    pub seen: String,
    /// Its code.
    pub code: String,
    /// Code of its area.
    pub area: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Chinese unit word.
    pub unit_zh: String,
    /// English unit word.
    pub unit_en: String,
    /// Section of the text.
    pub source_zh: String,
    /// How it is measured.
    pub measure: String,
    /// Which way it improves.
    pub direction: String,
    /// Decimal places.
    pub scale: String,
    /// Whether values are kept as numerator and denominator.
    pub fraction: bool,
    /// Whether a derived counting stage is not enough.
    pub needs_stage_ruling: bool,
    /// What it counts: `quality-course` or `double-high-school/national`.
    pub counts: Vec<String>,
    /// Of a new one: codes of the tasks that work towards it.
    pub tasks: Vec<String>,
    /// Of a new one: its target.
    pub target: TargetInput,
    /// Why.
    pub grounds: Grounds,
}

/// The first target of a new indicator as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TargetInput {
    /// The text's wording.
    pub wording_zh: String,
    /// The wording in English.
    pub wording_en: String,
    /// Its form.
    pub form: String,
    /// The number, or the lower end of a range.
    pub n: String,
    /// The upper end of a range.
    pub high: String,
    /// By when; empty for the plan's last day.
    pub target_on: String,
}

/// What the audit trail keeps of an indicator.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct IndicatorState<'a> {
    code: &'a str,
    area: &'a str,
    name_zh: &'a str,
    name_en: &'a str,
    unit_zh: &'a str,
    unit_en: &'a str,
    source_zh: &'a str,
    measure: Measure,
    direction: Direction,
    scale: i64,
    fraction: bool,
    needs_stage_ruling: bool,
    counts: Vec<String>,
    retired: bool,
}

/// A kind of recognition with its level in one word: `double-high-school/national`.
fn count_word(recognition: &str, level: Option<Level>) -> String {
    level.map_or_else(|| recognition.to_owned(), |level| format!("{recognition}/{level}"))
}

impl<'a> IndicatorState<'a> {
    /// The state of an indicator; `area` is the code of its area.
    pub fn new(row: &'a IndicatorRow, area: &'a str, counts: &[(String, Option<Level>)]) -> Self {
        Self {
            code: &row.code,
            area,
            name_zh: &row.name_zh,
            name_en: &row.name_en,
            unit_zh: &row.unit_zh,
            unit_en: &row.unit_en,
            source_zh: &row.source_zh,
            measure: row.measure,
            direction: row.direction,
            scale: row.scale,
            fraction: row.fraction == 1,
            needs_stage_ruling: row.needs_stage_ruling == 1,
            counts: counts.iter().map(|(recognition, level)| count_word(recognition, *level)).collect(),
            retired: row.is_retired(),
        }
    }
}

impl Definition {
    /// The state of an indicator, as a form shows it and the audit trail keeps it.
    pub fn indicator_state<'a>(&'a self, row: &'a IndicatorRow) -> IndicatorState<'a> {
        IndicatorState::new(row, self.area_code(&row.area_id), &self.counts_of(&row.id))
    }
}

/// Creates an indicator with its target, linked to at least one task.
///
/// # Errors
/// `Invalid` with every field that is not right.
pub async fn create_indicator(db: &Db, actor: &Actor, now: Moment, head: &PlanHead, input: IndicatorInput) -> Result<(), ServiceError> {
    let (actor, head) = (actor.clone(), head.clone());
    with_tx(db, move |tx| Box::pin(async move { create_in(tx, &actor, now, &head, &input).await })).await
}

async fn create_in(tx: &mut Tx, actor: &Actor, now: Moment, head: &PlanHead, input: &IndicatorInput) -> Result<(), ServiceError> {
    let definition = Definition::read(tx, head).await?;
    let mut errors = Vec::new();
    let blank = IndicatorRow {
        id: make_id(now)?,
        area_id: "".into(),
        code: read_code(&input.code, definition.indicators.iter().map(|indicator| indicator.code.as_str()), &mut errors),
        ordinal: definition.indicators.iter().map(|indicator| indicator.ordinal).max().unwrap_or(0) + 1,
        name_zh: String::new(),
        name_en: String::new(),
        unit_zh: String::new(),
        unit_en: String::new(),
        measure: Measure::Roster,
        direction: Direction::Rising,
        scale: 0,
        source_zh: String::new(),
        needs_stage_ruling: 0,
        fraction: 0,
        retired_at: None,
    };
    let (row, measuring) = read_fields(&definition, input, blank, &mut errors);
    errors.extend(check_measuring(&measuring));
    let rule = ValueRule::new(row.measure, row.scale, (&row.unit_zh, &row.unit_en), row.fraction != 0);
    let mut target = read_target(&input.target, &rule, head, &mut errors);
    let tasks: Vec<TaskId> = read_tasks(&definition, &input.tasks, &mut errors);
    let (reason, document) = input.grounds.read(&mut errors);
    if !errors.is_empty() {
        return Err(UserError::Invalid(errors).into());
    }
    (target.origin.reason, target.origin.document) = (reason.clone(), document.clone());
    store::save_indicator(tx, &head.id, &row).await?;
    let id: String = make_id(now)?;
    definitions::insert_first_target(tx, &id, &row.id, &target, actor.account(), now.0).await?;
    definitions::replace_counted(tx, &row.id, &measuring.counts).await?;
    if row.measure == Measure::Roster {
        add_default_rulings(tx, head, &row, now).await?;
    }
    for task in &tasks {
        store::insert_task_indicator(tx, task, &row.id, now.0).await?;
    }
    refresh_indicator(tx, &row.id).await?;
    let (author, grounds) = (actor.author(), (reason.as_str(), document.as_str()));
    let act = Act { author, now, action: Action::CreateIndicator, object_kind: "indicator", object_id: row.id.as_str(), grounds };
    let state = Created {
        indicator: IndicatorState::new(&row, definition.area_code(&row.area_id), &measuring.counts),
        tasks: &input.tasks,
        wording: &target.wording_zh,
        target: target.form.0,
        target_on: target.target_on,
    };
    act.record(tx, None, &state).await
}

/// What the audit trail keeps of a new indicator.
#[derive(Serialize)]
struct Created<'a> {
    #[serde(flatten)]
    indicator: IndicatorState<'a>,
    tasks: &'a [String],
    wording: &'a str,
    target: TargetForm,
    target_on: jiff::civil::Date,
}

/// From which stage, and whether all that exist: by the default rules, until staff rule otherwise.
async fn add_default_rulings(tx: &mut Tx, head: &PlanHead, row: &IndicatorRow, now: Moment) -> Result<(), ServiceError> {
    for (kind, value, rule) in [(RulingKind::CountingStage, "recognised", STAGE_RULE), (RulingKind::Basis, "stock", BASIS_RULE)] {
        let origin = Origin {
            provenance: Provenance::Derived,
            reason: rule.to_owned(),
            document: String::new(),
            officer: String::new(),
            effective_on: head.starts_on,
            recorded_at: None,
            superseded_at: None,
        };
        let ruling = RulingRow { owner: String::new(), kind, value: value.to_owned(), origin };
        let id: String = make_id(now)?;
        store::insert_file_ruling(tx, &id, &row.id, &ruling, now.0).await?;
    }
    Ok(())
}

fn read_tasks(definition: &Definition, codes: &[String], errors: &mut Vec<FieldError>) -> Vec<TaskId> {
    let in_use = |code: &String| definition.tasks.iter().find(|task| task.code == *code && task.retired_at.is_none());
    let found: Vec<TaskId> = codes.iter().filter_map(in_use).map(|task| task.id.clone()).collect();
    if found.is_empty() {
        errors.push(FieldError::new("tasks.", FieldProblem::NothingTicked));
    } else if found.len() < codes.len() {
        errors.push(FieldError::new("tasks.", FieldProblem::UnknownChoice));
    }
    found
}

/// Changes an indicator.
///
/// # Errors
/// `NotFound`; `Stale`; `Invalid` with every field that is not right, and with those that are fixed by what was recorded.
pub async fn change_indicator(db: &Db, actor: &Actor, now: Moment, head: &PlanHead, input: IndicatorInput) -> Result<(), ServiceError> {
    let (actor, head) = (actor.clone(), head.clone());
    with_tx(db, move |tx| Box::pin(async move { change_in(tx, &actor, now, &head, &input).await })).await
}

async fn change_in(tx: &mut Tx, actor: &Actor, now: Moment, head: &PlanHead, input: &IndicatorInput) -> Result<(), ServiceError> {
    let definition = Definition::read(tx, head).await?;
    let before = definition.indicator(&input.code)?;
    let before_state = definition.indicator_state(before);
    check_present(&input.seen, &before_state)?;
    let mut errors = Vec::new();
    let (after, measuring) = read_fields(&definition, input, before.clone(), &mut errors);
    let present = Measuring {
        unit_zh: before.unit_zh.clone(),
        unit_en: before.unit_en.clone(),
        measure: before.measure,
        direction: before.direction,
        scale: before.scale,
        fraction: before.fraction == 1,
        needs_stage_ruling: before.needs_stage_ruling == 1,
        counts: definition.counts_of(&before.id),
    };
    errors.extend(check_measuring(&measuring));
    if measuring != present {
        let recorded = read_recorded(tx, before, &measuring).await?;
        errors.extend(check_measuring_change(&present, &measuring, recorded));
    }
    let (reason, document) = input.grounds.read(&mut errors);
    if !errors.is_empty() {
        return Err(UserError::Invalid(errors).into());
    }
    let after_state = IndicatorState::new(&after, definition.area_code(&after.area_id), &measuring.counts);
    if after_state == before_state {
        return Ok(());
    }
    definitions::update_indicator(tx, &after, now.0).await?;
    if measuring.counts != present.counts {
        definitions::replace_counted(tx, &after.id, &measuring.counts).await?;
    }
    if measuring.measure == Measure::Roster && present.measure != Measure::Roster {
        let has_rulings = store::list_all_rulings(tx, &head.id).await?.iter().any(|ruling| ruling.owner == after.id.as_str());
        if !has_rulings {
            add_default_rulings(tx, head, &after, now).await?;
        }
    }
    if measuring != present {
        refresh_indicator(tx, &after.id).await?;
    }
    let (author, grounds) = (actor.author(), (reason.as_str(), document.as_str()));
    let act = Act { author, now, action: Action::ChangeIndicator, object_kind: "indicator", object_id: after.id.as_str(), grounds };
    act.record(tx, Some(&before_state), &after_state).await
}

/// What was recorded about an indicator, and of what it is to count: a kind with a history would bring its past along.
async fn read_recorded(tx: &mut Tx, row: &IndicatorRow, after: &Measuring) -> Result<Recorded, ServiceError> {
    let mut facts = definitions::count_facts(tx, &row.id).await?;
    for (recognition, _) in &after.counts {
        facts += definitions::count_steps_of_kind(tx, recognition).await?;
    }
    Ok(Recorded { facts: facts > 0, numbers: definitions::count_numbers(tx, &row.id).await? > 0 })
}

fn read_fields(
    definition: &Definition,
    input: &IndicatorInput,
    present: IndicatorRow,
    errors: &mut Vec<FieldError>,
) -> (IndicatorRow, Measuring) {
    let area = read_area(definition, &input.area, Some(&present.area_id), errors).map(|area| area.id.clone());
    let measure: Measure = read_word("measure", &input.measure, errors).unwrap_or(present.measure);
    let is_roster = measure == Measure::Roster;
    let direction: Direction = read_word("direction", &input.direction, errors).unwrap_or(present.direction);
    let scale = input.scale.parse().ok().filter(|scale| (0..=i64::from(MAX_SCALE)).contains(scale));
    if scale.is_none() {
        errors.push(FieldError::new("scale", FieldProblem::UnknownChoice));
    }
    let measuring = Measuring {
        unit_zh: read_name("unit_zh", &input.unit_zh, errors),
        unit_en: read_optional_name("unit_en", &input.unit_en, errors),
        measure,
        direction,
        scale: scale.unwrap_or(present.scale),
        fraction: input.fraction,
        needs_stage_ruling: is_roster && input.needs_stage_ruling,
        counts: if is_roster { read_counts(definition, &present, &input.counts, errors) } else { Vec::new() },
    };
    let row = IndicatorRow {
        area_id: area.unwrap_or_else(|| present.area_id.clone()),
        name_zh: read_name("name_zh", &input.name_zh, errors),
        name_en: read_optional_name("name_en", &input.name_en, errors),
        unit_zh: measuring.unit_zh.clone(),
        unit_en: measuring.unit_en.clone(),
        source_zh: read_optional_lines("source_zh", &input.source_zh, errors),
        measure,
        direction,
        scale: measuring.scale,
        needs_stage_ruling: i64::from(measuring.needs_stage_ruling),
        fraction: i64::from(measuring.fraction),
        ..present
    };
    (row, measuring)
}

/// What is ticked, in the order in which it was counted so far, then in that of the kinds.
fn read_counts(
    definition: &Definition,
    present: &IndicatorRow,
    ticked: &[String],
    errors: &mut Vec<FieldError>,
) -> Vec<(String, Option<Level>)> {
    let mut counts = Vec::new();
    for word in ticked {
        let (recognition, level) = word.split_once('/').map_or((word.as_str(), None), |(kind, level)| (kind, Some(level)));
        let known = definition.kinds.iter().any(|kind| kind.code == recognition);
        let level: Result<Option<Level>, _> = level.map(str::parse).transpose();
        match level {
            Ok(level) if known => counts.push((recognition.to_owned(), level)),
            _ => errors.push(FieldError::new("counts.", FieldProblem::UnknownChoice)),
        }
    }
    let so_far = definition.counts_of(&present.id);
    let place = |counted: &(String, Option<Level>)| {
        let before = so_far.iter().position(|other| other == counted).unwrap_or(usize::MAX);
        (before, definition.kinds.iter().position(|kind| kind.code == counted.0), counted.1)
    };
    counts.sort_by_key(place);
    counts
}

/// The first target; its origin is the commission's act.
fn read_target(input: &TargetInput, rule: &ValueRule, head: &PlanHead, errors: &mut Vec<FieldError>) -> TargetRow {
    let wording_zh = read_name("wording", &input.wording_zh, errors);
    let wording_en = read_optional_name("wording_en", &input.wording_en, errors);
    let form = read_form(input, rule, errors).unwrap_or(TargetForm::Unquantified);
    let (target_on, date_provenance) = match parse_date(&input.target_on) {
        Ok(day) => {
            if day < head.starts_on {
                errors.push(FieldError::new("target_on", FieldProblem::DateBeforePlan { starts_on: head.starts_on }));
            }
            (day, Provenance::Commission)
        }
        Err(DateError::Empty) => (head.ends_on, Provenance::Derived),
        Err(error) => {
            errors.push(FieldError::new("target_on", FieldProblem::Date(error)));
            (head.ends_on, Provenance::Derived)
        }
    };
    let origin = Origin {
        provenance: Provenance::Commission,
        reason: String::new(),
        document: String::new(),
        officer: String::new(),
        effective_on: head.starts_on,
        recorded_at: None,
        superseded_at: None,
    };
    TargetRow { owner: String::new(), wording_zh, wording_en, form: Encoded(form), target_on, date_provenance, origin }
}

fn read_form(input: &TargetInput, rule: &ValueRule, errors: &mut Vec<FieldError>) -> Option<TargetForm> {
    let kind: TargetKind = read_word("form", &input.form, errors)?;
    let mut number = |field: &str, text: &str| read_exact(field, text, rule, errors);
    let (n, high) = match kind {
        TargetKind::AtLeast | TargetKind::AtMost | TargetKind::About => (Some(number("n", &input.n)?), None),
        TargetKind::Range => {
            let (low, high) = (number("n", &input.n), number("high", &input.high));
            (Some(low?), Some(high?))
        }
        TargetKind::Unquantified => (None, None),
    };
    let form = TargetForm::from_parts(kind, n, high, 0);
    if form.is_none() {
        errors.push(problem("high", DefinitionProblem::RangeUpsideDown));
    }
    form
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_read_at_the_indicators_scale() {
        let count = || ValueRule::new(Measure::Roster, 0, ("门", ""), false);
        let rate = || ValueRule::new(Measure::Level, 1, ("%", "%"), false);
        let score = || ValueRule::new(Measure::Level, 1, ("分", "points"), false);
        let rank = || ValueRule::new(Measure::Rank, 0, ("位", "place"), false);
        for (form, n, high, rule, read, wrong) in [
            ("at-least", "３００门", "", count(), Some(TargetForm::AtLeast(300)), vec![]),
            ("at-most", "60.5", "", score(), Some(TargetForm::AtMost(605)), vec![]),
            ("at-least", "60.5", "", count(), None, vec!["n"]),
            ("range", "1", "2", count(), Some(TargetForm::Range { low: 1, high: 2 }), vec![]),
            ("range", "3", "2", count(), None, vec!["high"]),
            ("range", "", "x", count(), None, vec!["n", "high"]),
            ("about", "近20", "", count(), None, vec!["n"]),
            ("unquantified", "", "", count(), Some(TargetForm::Unquantified), vec![]),
            ("", "", "", count(), None, vec!["form"]),
            ("at-least", "89.5%", "", rate(), Some(TargetForm::AtLeast(895)), vec![]),
            ("at-least", "101", "", rate(), None, vec!["n"]),
            ("at-least", "-5", "", rate(), None, vec!["n"]),
            ("range", "90", "100.1", rate(), None, vec!["high"]),
            ("at-most", "0", "", rank(), None, vec!["n"]),
            ("at-least", "300人", "", count(), None, vec!["n"]),
            ("at-least", "-1", "", count(), None, vec!["n"]),
        ] {
            let input = TargetInput { form: form.to_owned(), n: n.to_owned(), high: high.to_owned(), ..TargetInput::default() };
            let mut errors = Vec::new();
            assert_eq!(read_form(&input, &rule, &mut errors), read, "{form} {n} {high}");
            assert_eq!(errors.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), wrong, "{form} {n} {high}");
        }
    }
}
