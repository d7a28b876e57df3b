//! Projects, milestones and dates as staff set them. Invariant: dates are revised, never changed, and a project or milestone that has a
//! history is retired, never deleted.

mod retiring;

use jiff::civil::Date;
use serde::Serialize;

use super::{
    ServiceError,
    access::Actor,
    editing::{Act, Grounds, HistoryEntry, read_history},
    moment::{Moment, make_id},
    roster::MAX_REASON,
    seen::check_seen,
    trail::{Action, Change, record_change},
    visit::PlanHead,
};
use crate::{
    domain::{
        calendar::{DateError, parse_date},
        definition::DefinitionProblem,
        fields::{FieldError, FieldProblem, read_required, read_text},
        ids::{OrganisationId, TimetableItemId},
        report_form::MAX_SHORT_TEXT,
        timetable::{DateOrder, ItemKind, check_dates},
        words::Part,
    },
    error::UserError,
    store::{
        Db, Known, Tx,
        tasks::{self, Task, TaskPart},
        timetable::{self as store, DatesRow, Item, ItemTexts, NewDates, NewItem},
        with_tx,
    },
};

pub use retiring::{retire_item, revive_item};

/// The kind of object in the audit trail.
const ITEM: &str = "timetable-item";
/// Longest deliverable, in characters.
const MAX_DELIVERABLE: usize = 1_000;
/// Longest code of a project, in characters.
const MAX_CODE: usize = 20;

/// A task with its projects, milestones and every setting of their dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagedTask {
    /// The task, with its latest dates.
    pub task: Task,
    /// Everybody with a part in it.
    pub parts: Vec<TaskPart>,
    /// Its projects and milestones, retired ones too.
    pub items: Vec<Item>,
    /// Every setting of its dates, in the order in which they take effect.
    pub dates: Vec<DatesRow>,
    /// Every setting of the dates of its projects and milestones.
    pub item_dates: Vec<DatesRow>,
}

/// What happened to each of some projects and milestones, in their order, the newest first.
pub async fn read_item_histories(db: &Db, items: &[Item]) -> Result<Vec<(TimetableItemId, Vec<HistoryEntry>)>, ServiceError> {
    let mut histories = Vec::with_capacity(items.len());
    for item in items {
        histories.push((item.id.clone(), read_history(db, ITEM, item.id.as_str()).await?));
    }
    Ok(histories)
}

impl ManagedTask {
    /// Every setting of the dates of a project or milestone.
    pub fn dates_of(&self, item: &TimetableItemId) -> impl Iterator<Item = &DatesRow> {
        self.item_dates.iter().filter(move |row| row.of == item.as_str())
    }

    /// The organisations that report on the task.
    pub fn responsible(&self) -> impl Iterator<Item = &TaskPart> {
        self.parts.iter().filter(|part| part.part == Part::Responsible)
    }
}

/// Reads a task with everything of its timetable.
///
/// # Errors
/// `NotFound` for an unknown code.
pub async fn read_managed_task(db: &Db, plan: &PlanHead, code: &str) -> Result<ManagedTask, ServiceError> {
    let mut tx = db.read().await?;
    read_managed_task_in(&mut tx, plan, code).await
}

async fn read_managed_task_in(tx: &mut Tx, plan: &PlanHead, code: &str) -> Result<ManagedTask, ServiceError> {
    let task = tasks::find_task_by_code(tx, &plan.id, code).await?.ok_or(UserError::NotFound)?;
    Ok(ManagedTask {
        parts: tasks::list_parts_of_task(tx, &task.id, Known::NOW).await?,
        items: store::list_items_of_task(tx, &task.id).await?,
        dates: store::list_task_dates(tx, &task.id).await?,
        item_dates: store::list_item_dates_of_task(tx, &task.id).await?,
        task,
    })
}

/// The setting that was recorded last; a form carries its id.
pub fn newest_setting<'rows>(rows: impl Iterator<Item = &'rows DatesRow>) -> Option<&'rows DatesRow> {
    rows.max_by(|one, other| (one.recorded_at, &one.id).cmp(&(other.recorded_at, &other.id)))
}

/// A project or milestone as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ItemInput {
    /// Code of the task.
    pub task: String,
    /// `project` or `milestone`.
    pub kind: String,
    /// Id of the project a milestone belongs to; empty for none.
    pub project: String,
    /// Code of a project.
    pub code: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Deliverable, Chinese.
    pub deliverable_zh: String,
    /// Deliverable, English.
    pub deliverable_en: String,
    /// Id of the organisation that states it as reached; empty: any responsible one.
    pub organisation: String,
    /// First day of a project.
    pub starts_on: String,
    /// Due date of a project, planned day of a milestone.
    pub due_on: String,
    /// Why.
    pub grounds: Grounds,
}

/// What the audit chain keeps, and what a form was made from.
#[derive(Debug, Serialize)]
pub struct ItemState<'a> {
    item_kind: ItemKind,
    code: &'a str,
    name_zh: &'a str,
    name_en: &'a str,
    deliverable_zh: &'a str,
    deliverable_en: &'a str,
    organisation: Option<&'a str>,
    retired: bool,
}

/// The state of a project or milestone, for the mark of its form.
pub fn state_of(item: &Item) -> ItemState<'_> {
    ItemState {
        item_kind: item.kind,
        code: &item.code,
        name_zh: &item.name_zh,
        name_en: &item.name_en,
        deliverable_zh: &item.deliverable_zh,
        deliverable_en: &item.deliverable_en,
        organisation: item.organisation_zh.as_deref(),
        retired: item.retired_at.is_some(),
    }
}

/// What the audit chain keeps of a new one.
#[derive(Serialize)]
struct Created<'a> {
    task: &'a str,
    #[serde(flatten)]
    item: ItemState<'a>,
    starts_on: Date,
    due_on: Date,
}

#[derive(Serialize)]
struct DatesState<'a> {
    task: &'a str,
    starts_on: Date,
    due_on: Date,
    effective_on: Date,
    document: &'a str,
}

struct Texts {
    name_zh: String,
    name_en: String,
    deliverable_zh: String,
    deliverable_en: String,
    organisation: Option<OrganisationId>,
}

impl Texts {
    fn row(&self) -> ItemTexts<'_> {
        ItemTexts {
            name_zh: &self.name_zh,
            name_en: &self.name_en,
            deliverable_zh: &self.deliverable_zh,
            deliverable_en: &self.deliverable_en,
            organisation_id: self.organisation.as_ref(),
        }
    }
}

fn read_texts(input: &ItemInput, found: &ManagedTask, present: Option<&Item>, errors: &mut Vec<FieldError>) -> Texts {
    let organisation = input.organisation.trim();
    let kept = present.and_then(|item| item.organisation_id.as_ref()).is_some_and(|kept| kept.as_str() == organisation);
    if !organisation.is_empty() && !kept && !found.responsible().any(|part| part.organisation_id.as_str() == organisation) {
        errors.push(FieldError::new("organisation", FieldProblem::UnknownChoice));
    }
    Texts {
        name_zh: read_required("name_zh", &input.name_zh, MAX_SHORT_TEXT, errors),
        name_en: read_text("name_en", &input.name_en, MAX_SHORT_TEXT, errors),
        deliverable_zh: read_text("deliverable_zh", &input.deliverable_zh, MAX_DELIVERABLE, errors),
        deliverable_en: read_text("deliverable_en", &input.deliverable_en, MAX_DELIVERABLE, errors),
        organisation: (!organisation.is_empty()).then(|| OrganisationId::from(organisation)),
    }
}

fn read_day(field: &str, text: &str, errors: &mut Vec<FieldError>) -> Option<Date> {
    let problem = match parse_date(text) {
        Ok(date) => return Some(date),
        Err(DateError::Empty) => FieldProblem::Required,
        Err(error) => FieldProblem::Date(error),
    };
    errors.push(FieldError::new(field, problem));
    None
}

/// Sets up a project or milestone with its first dates.
///
/// # Errors
/// `Invalid` with every field that is not right; `NotFound` without the task or the project.
pub async fn create_item(db: &Db, actor: &Actor, now: Moment, plan: &PlanHead, input: ItemInput) -> Result<(), ServiceError> {
    let (actor, plan) = (actor.clone(), plan.clone());
    with_tx(db, move |tx| Box::pin(async move { create_item_in(tx, &actor, now, &plan, &input).await.map(|_| ()) })).await
}

/// Sets up a project or milestone inside a transaction.
pub(super) async fn create_item_in(
    tx: &mut Tx,
    actor: &Actor,
    now: Moment,
    plan: &PlanHead,
    input: &ItemInput,
) -> Result<TimetableItemId, ServiceError> {
    let found = read_managed_task_in(tx, plan, &input.task).await?;
    let kind: ItemKind = input.kind.parse().map_err(|_| UserError::WrongState)?;
    let project = match (kind, input.project.as_str()) {
        (ItemKind::Milestone, id) if !id.is_empty() => {
            let of_task = |item: &&Item| item.id.as_str() == id && item.kind == ItemKind::Project && item.retired_at.is_none();
            Some(found.items.iter().find(of_task).ok_or(UserError::NotFound)?.id.clone())
        }
        _ => None,
    };
    let mut errors = Vec::new();
    let code = match kind {
        ItemKind::Project => read_required("code", &input.code, MAX_CODE, &mut errors),
        ItemKind::Milestone => String::new(),
    };
    if !code.is_empty() && found.items.iter().any(|item| item.code == code) {
        errors.push(FieldError::new("code", FieldProblem::Definition(DefinitionProblem::CodeTaken)));
    }
    let texts = read_texts(input, &found, None, &mut errors);
    let due_on = read_day("due_on", &input.due_on, &mut errors);
    let starts_on = match kind {
        ItemKind::Project => read_day("starts_on", &input.starts_on, &mut errors),
        ItemKind::Milestone => due_on,
    };
    let today = now.date_in(&plan.time_zone);
    check_order(starts_on, due_on, (today, None), &mut errors);
    let (reason, document) = input.grounds.read(&mut errors);
    let (Some(starts_on), Some(due_on), true) = (starts_on, due_on, errors.is_empty()) else {
        return Err(UserError::Invalid(errors).into());
    };
    let id: TimetableItemId = make_id(now)?;
    let new = NewItem {
        id: &id,
        task_id: &found.task.id,
        project_id: project.as_ref(),
        kind,
        code: &code,
        texts: texts.row(),
        created_at: now.0,
    };
    store::insert_item(tx, new).await?;
    let row: String = make_id(now)?;
    let dates = NewDates {
        id: &row,
        starts_on,
        due_on,
        effective_on: today,
        reason: &reason,
        document: &document,
        officer_id: actor.account(),
        recorded_at: now.0,
    };
    store::insert_item_dates(tx, &id, dates).await?;
    let item = store::find_item(tx, &id).await?.ok_or(UserError::NotFound)?;
    let after = Created { task: &found.task.code, item: state_of(&item), starts_on, due_on };
    act(actor, now, Action::CreateTimetableItem, &id, (&reason, &document)).record(tx, None, &after).await?;
    Ok(id)
}

fn act<'a>(actor: &Actor, now: Moment, action: Action, id: &'a TimetableItemId, grounds: (&'a str, &'a str)) -> Act<'a> {
    Act { author: actor.author(), now, action, object_kind: ITEM, object_id: id.as_str(), grounds }
}

fn check_order(starts_on: Option<Date>, due_on: Option<Date>, (effective_on, first): (Date, Option<Date>), errors: &mut Vec<FieldError>) {
    let (Some(starts_on), Some(due_on)) = (starts_on, due_on) else { return };
    let (field, earliest) = match check_dates(starts_on, due_on, effective_on, first) {
        DateOrder::Fits => return,
        DateOrder::DueBeforeStart => ("due_on", starts_on),
        DateOrder::BeforeFirst => ("effective_on", first.unwrap_or(effective_on)),
    };
    errors.push(FieldError::new(field, FieldProblem::DateBefore { earliest }));
}

/// The project or milestone of a plan with an id that is in use, with its task.
async fn find_of_plan(tx: &mut Tx, plan: &PlanHead, id: &TimetableItemId) -> Result<(Item, Task), ServiceError> {
    let (item, task) = find_any_of_plan(tx, plan, id).await?;
    if item.retired_at.is_some() {
        return Err(UserError::WrongState.into());
    }
    Ok((item, task))
}

/// The same, also where it is retired.
async fn find_any_of_plan(tx: &mut Tx, plan: &PlanHead, id: &TimetableItemId) -> Result<(Item, Task), ServiceError> {
    let item = store::find_item(tx, id).await?.ok_or(UserError::NotFound)?;
    let task = tasks::find_task(tx, &item.task_id).await?.filter(|task| task.plan_id == plan.id).ok_or(UserError::NotFound)?;
    Ok((item, task))
}

/// Changes names, deliverable or organisation of a project or milestone; `seen` is the mark of what the form showed.
///
/// # Errors
/// `Invalid`, `Stale` when somebody changed it since, `NotFound`, `WrongState` once it is retired.
pub async fn change_item(
    db: &Db,
    actor: &Actor,
    now: Moment,
    plan: &PlanHead,
    (id, seen): (TimetableItemId, String),
    input: ItemInput,
) -> Result<(), ServiceError> {
    let (actor, plan) = (actor.clone(), plan.clone());
    with_tx(db, move |tx| {
        Box::pin(async move {
            let (item, task) = find_of_plan(tx, &plan, &id).await?;
            check_seen(&seen, &state_of(&item))?;
            let found = read_managed_task_in(tx, &plan, &task.code).await?;
            let mut errors = Vec::new();
            let texts = read_texts(&input, &found, Some(&item), &mut errors);
            let (reason, document) = input.grounds.read(&mut errors);
            if !errors.is_empty() {
                return Err(UserError::Invalid(errors).into());
            }
            store::update_item(tx, &id, texts.row(), now.0).await?;
            let after = store::find_item(tx, &id).await?.ok_or(UserError::NotFound)?;
            let act = act(&actor, now, Action::ChangeTimetableItem, &id, (&reason, &document));
            act.record(tx, Some(&state_of(&item)), &state_of(&after)).await
        })
    })
    .await
}

/// Other dates, as they were typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DatesInput {
    /// Code of the task.
    pub task: String,
    /// Id of the project or milestone; empty for the task itself.
    pub item: String,
    /// Id of the last setting when the form was made.
    pub former: String,
    /// First day; not asked of a milestone.
    pub starts_on: String,
    /// Due date, or planned day.
    pub due_on: String,
    /// From which day the revision holds.
    pub effective_on: String,
    /// The document.
    pub document: String,
    /// Why.
    pub reason: String,
}

/// Revises the dates of a task, project or milestone. What was set first is kept and judged too.
///
/// # Errors
/// `Invalid` with every field that is not right; `Stale` when somebody revised them since; `NotFound`; `WrongState` once it is retired.
pub async fn revise_dates(db: &Db, actor: &Actor, now: Moment, plan: &PlanHead, input: DatesInput) -> Result<(), ServiceError> {
    let (actor, plan) = (actor.clone(), plan.clone());
    with_tx(db, move |tx| Box::pin(async move { revise_dates_in(tx, &actor, now, &plan, &input).await })).await
}

/// Revises dates inside a transaction.
pub(super) async fn revise_dates_in(
    tx: &mut Tx,
    actor: &Actor,
    now: Moment,
    plan: &PlanHead,
    input: &DatesInput,
) -> Result<(), ServiceError> {
    let found = read_managed_task_in(tx, plan, &input.task).await?;
    let item = if input.item.is_empty() {
        None
    } else {
        let item = found.items.iter().find(|item| item.id.as_str() == input.item).ok_or(UserError::NotFound)?;
        if item.retired_at.is_some() {
            return Err(UserError::WrongState.into());
        }
        Some(item)
    };
    let settings: Vec<&DatesRow> = match item {
        Some(item) => found.dates_of(&item.id).collect(),
        None => found.dates.iter().collect(),
    };
    let first = settings.iter().find(|row| row.superseded_at.is_none()).ok_or(UserError::NotFound)?;
    let last = newest_setting(settings.iter().copied()).ok_or(UserError::NotFound)?;
    if last.id != input.former {
        return Err(UserError::Stale.into());
    }
    let mut errors = Vec::new();
    let due_on = read_day("due_on", &input.due_on, &mut errors);
    let starts_on = match item {
        Some(item) if item.kind == ItemKind::Milestone => due_on,
        _ => read_day("starts_on", &input.starts_on, &mut errors),
    };
    let effective_on = read_day("effective_on", &input.effective_on, &mut errors);
    if let Some(effective_on) = effective_on {
        check_order(starts_on, due_on, (effective_on, Some(first.effective_on)), &mut errors);
    }
    let document = read_required("document", &input.document, MAX_SHORT_TEXT, &mut errors);
    let reason = read_required("reason", &input.reason, MAX_REASON, &mut errors);
    let (Some(starts_on), Some(due_on), Some(effective_on), true) = (starts_on, due_on, effective_on, errors.is_empty()) else {
        return Err(UserError::Invalid(errors).into());
    };
    let id: String = make_id(now)?;
    let new = NewDates {
        id: &id,
        starts_on,
        due_on,
        effective_on,
        reason: &reason,
        document: &document,
        officer_id: actor.account(),
        recorded_at: now.0,
    };
    match item {
        Some(item) => store::insert_item_dates(tx, &item.id, new).await?,
        None => store::insert_task_dates(tx, &found.task.id, new).await?,
    }
    let code = found.task.code.as_str();
    let before = DatesState {
        task: code,
        starts_on: last.starts_on,
        due_on: last.due_on,
        effective_on: last.effective_on,
        document: &last.document,
    };
    let after = DatesState { task: code, starts_on, due_on, effective_on, document: &document };
    let (object_kind, object_id) = item.map_or(("task", found.task.id.as_str()), |item| (ITEM, item.id.as_str()));
    let change = Change { action: Action::ReviseDates, object_kind, object_id, reason: &reason };
    record_change(tx, &actor.author(), now, change, Some(&before), Some(&after)).await
}
