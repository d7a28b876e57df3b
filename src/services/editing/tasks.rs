//! Tasks: create, change texts, area and the indicators they work towards. Invariant: no indicator in use is left without a task
//! in use. Time limits are revised elsewhere; a new task has the plan's days until then.

use serde::Serialize;

use super::{
    Act, Definition, Grounds, check_present, problem, read_area, read_code, read_lines, read_name, read_optional_lines, read_optional_name,
};
use crate::{
    domain::{
        definition::{DefinitionProblem, list_left_alone},
        fields::{FieldError, FieldProblem},
        ids::IndicatorId,
        words::Provenance,
    },
    error::UserError,
    services::{
        ServiceError,
        access::Actor,
        moment::{Moment, make_id},
        trail::Action,
        visit::PlanHead,
    },
    store::{
        Db, definitions,
        plan_files::{self as store, Origin, TaskRow, TimeLimitRow},
        with_tx,
    },
};

/// A task as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaskInput {
    /// The state that the form showed; empty for a new one.
    pub seen: String,
    /// Its code.
    pub code: String,
    /// Code of its area.
    pub area: String,
    /// Chinese title.
    pub title_zh: String,
    /// English title.
    pub title_en: String,
    /// What is delivered, in Chinese.
    pub deliverable_zh: String,
    /// What is delivered, in English.
    pub deliverable_en: String,
    /// The effect, in Chinese.
    pub effect_zh: String,
    /// The effect, in English.
    pub effect_en: String,
    /// Section of the text.
    pub source_zh: String,
    /// Codes of the indicators it works towards.
    pub indicators: Vec<String>,
    /// Why.
    pub grounds: Grounds,
}

/// What the audit trail keeps of a task.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct TaskState<'a> {
    code: &'a str,
    area: &'a str,
    title_zh: &'a str,
    title_en: &'a str,
    deliverable_zh: &'a str,
    deliverable_en: &'a str,
    effect_zh: &'a str,
    effect_en: &'a str,
    source_zh: &'a str,
    indicators: Vec<String>,
    retired: bool,
}

impl<'a> TaskState<'a> {
    /// The state of a task; `area` is the code of its area.
    pub fn new(row: &'a TaskRow, area: &'a str, indicators: Vec<String>) -> Self {
        Self {
            code: &row.code,
            area,
            title_zh: &row.title_zh,
            title_en: &row.title_en,
            deliverable_zh: &row.deliverable_zh,
            deliverable_en: &row.deliverable_en,
            effect_zh: &row.effect_zh,
            effect_en: &row.effect_en,
            source_zh: &row.source_zh,
            indicators,
            retired: row.retired_at.is_some(),
        }
    }
}

impl Definition {
    /// The state of a task, as a form shows it and the audit trail keeps it.
    pub fn task_state<'a>(&'a self, row: &'a TaskRow) -> TaskState<'a> {
        TaskState::new(row, self.area_code(&row.area_id), self.indicators_of(&row.id))
    }
}

/// Creates a task.
///
/// # Errors
/// `Invalid` with every field that is not right.
pub async fn create_task(db: &Db, actor: &Actor, now: Moment, head: &PlanHead, input: TaskInput) -> Result<(), ServiceError> {
    let (actor, head) = (actor.clone(), head.clone());
    with_tx(db, move |tx| {
        Box::pin(async move {
            let definition = Definition::read(tx, &head).await?;
            let mut errors = Vec::new();
            let blank = TaskRow {
                id: make_id(now)?,
                area_id: "".into(),
                code: read_code(&input.code, definition.tasks.iter().map(|task| task.code.as_str()), &mut errors),
                ordinal: definition.tasks.iter().map(|task| task.ordinal).max().unwrap_or(0) + 1,
                title_zh: String::new(),
                title_en: String::new(),
                deliverable_zh: String::new(),
                deliverable_en: String::new(),
                effect_zh: String::new(),
                effect_en: String::new(),
                source_zh: String::new(),
                retired_at: None,
            };
            let (after, indicators) = read_fields(&definition, &input, blank, &mut errors);
            let (reason, document) = input.grounds.read(&mut errors);
            if !errors.is_empty() {
                return Err(UserError::Invalid(errors).into());
            }
            store::save_task(tx, &head.id, &after).await?;
            let id: String = make_id(now)?;
            store::insert_time_limit(tx, &id, &after.id, &plan_days(&head), now.0).await?;
            let ids: Vec<IndicatorId> = indicators.iter().map(|(id, _)| id.clone()).collect();
            definitions::replace_task_indicators(tx, &after.id, &ids, now.0).await?;
            let codes = indicators.into_iter().map(|(_, code)| code).collect();
            let state = TaskState::new(&after, definition.area_code(&after.area_id), codes);
            let object_id = after.id.as_str();
            let (author, grounds) = (actor.author(), (reason.as_str(), document.as_str()));
            let act = Act { author, now, action: Action::CreateTask, object_kind: "task", object_id, grounds };
            act.record(tx, None, &state).await
        })
    })
    .await
}

/// The time limit of a task that has none of its own.
fn plan_days(head: &PlanHead) -> TimeLimitRow {
    let origin = Origin {
        provenance: Provenance::Derived,
        reason: "默认规则：未定时限的，取计划的起止日期".to_owned(),
        document: String::new(),
        officer: String::new(),
        effective_on: head.starts_on,
        recorded_at: None,
        superseded_at: None,
    };
    TimeLimitRow { owner: String::new(), starts_on: head.starts_on, due_on: head.ends_on, origin }
}

/// Changes a task.
///
/// # Errors
/// `NotFound`; `Stale`; `Invalid` with every field that is not right, also where an indicator would be left without a task.
pub async fn change_task(db: &Db, actor: &Actor, now: Moment, head: &PlanHead, input: TaskInput) -> Result<(), ServiceError> {
    let (actor, head) = (actor.clone(), head.clone());
    with_tx(db, move |tx| {
        Box::pin(async move {
            let definition = Definition::read(tx, &head).await?;
            let before = definition.task(&input.code)?;
            let before_state = definition.task_state(before);
            check_present(&input.seen, &before_state)?;
            let mut errors = Vec::new();
            let (after, indicators) = read_fields(&definition, &input, before.clone(), &mut errors);
            let left_alone = list_left_alone_by(&definition, before, &indicators);
            if !left_alone.is_empty() {
                errors.push(problem("indicators.", DefinitionProblem::LeftAlone { indicators: left_alone }));
            }
            let (reason, document) = input.grounds.read(&mut errors);
            if !errors.is_empty() {
                return Err(UserError::Invalid(errors).into());
            }
            let (ids, codes): (Vec<IndicatorId>, Vec<String>) = indicators.into_iter().unzip();
            let state = TaskState::new(&after, definition.area_code(&after.area_id), codes);
            if state == before_state {
                return Ok(());
            }
            definitions::update_task(tx, &after, now.0).await?;
            definitions::replace_task_indicators(tx, &after.id, &ids, now.0).await?;
            let object_id = after.id.as_str();
            let (author, grounds) = (actor.author(), (reason.as_str(), document.as_str()));
            let act = Act { author, now, action: Action::ChangeTask, object_kind: "task", object_id, grounds };
            act.record(tx, Some(&before_state), &state).await
        })
    })
    .await
}

/// Indicators that this change would leave alone; those that stood alone before are not its fault.
fn list_left_alone_by(definition: &Definition, task: &TaskRow, indicators: &[(IndicatorId, String)]) -> Vec<String> {
    if task.retired_at.is_some() {
        return Vec::new();
    }
    let links = definition.links_in_use();
    let before = list_left_alone(definition.indicators_in_use(), links.iter().copied());
    let others = links.iter().copied().filter(|(other, _)| *other != task.code);
    let after = others.chain(indicators.iter().map(|(_, code)| (task.code.as_str(), code.as_str())));
    list_left_alone(definition.indicators_in_use(), after).into_iter().filter(|code| !before.contains(code)).collect()
}

fn read_fields(
    definition: &Definition,
    input: &TaskInput,
    present: TaskRow,
    errors: &mut Vec<FieldError>,
) -> (TaskRow, Vec<(IndicatorId, String)>) {
    let area = read_area(definition, &input.area, Some(&present.area_id), errors).map(|area| area.id.clone());
    if input.indicators.iter().any(|code| definition.indicator(code).is_err()) {
        errors.push(FieldError::new("indicators.", FieldProblem::UnknownChoice));
    }
    // The form offers what is in use; links to retired indicators stay as they are.
    let linked = definition.indicators_of(&present.id);
    let chosen = definition.indicators.iter().filter(|indicator| {
        let kept = if indicator.is_retired() { &linked } else { &input.indicators };
        kept.contains(&indicator.code)
    });
    let indicators = chosen.map(|indicator| (indicator.id.clone(), indicator.code.clone())).collect();
    let row = TaskRow {
        area_id: area.unwrap_or_else(|| present.area_id.clone()),
        title_zh: read_name("title_zh", &input.title_zh, errors),
        title_en: read_optional_name("title_en", &input.title_en, errors),
        deliverable_zh: read_lines("deliverable_zh", &input.deliverable_zh, errors),
        deliverable_en: read_optional_lines("deliverable_en", &input.deliverable_en, errors),
        effect_zh: read_lines("effect_zh", &input.effect_zh, errors),
        effect_en: read_optional_lines("effect_en", &input.effect_en, errors),
        source_zh: read_optional_lines("source_zh", &input.source_zh, errors),
        ..present
    };
    (row, indicators)
}
