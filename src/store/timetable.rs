//! Projects and milestones of tasks, revisions of their dates and of the tasks', and what was reached. Invariant: a date is only added
//! to, never changed; what was set first and what holds now are both read.

mod facts;

use jiff::civil::{Date, date};

pub use facts::{
    HeldCompletion, NewCompletion, Proof, StatedPercent, insert_completion, list_completions_beside, list_proofs_of_task,
    list_reported_tasks, list_stated_percents, supersede_completion,
};

use super::{Day, Known, StoreError, Tx, execute, fetch_all, fetch_optional, former, known};
use crate::domain::{
    ids::{AccountId, OrganisationId, PlanId, ReportId, TaskId, TimetableItemId},
    timetable::ItemKind,
    words::Provenance,
};

/// A revision that takes effect on any day at all is in force on this one.
const ANY_DAY: Date = date(9999, 12, 31);

/// A project or milestone with its dates on a day and with what was reached.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Item {
    /// Its id.
    pub id: TimetableItemId,
    /// Its task.
    pub task_id: TaskId,
    /// The project it belongs to.
    pub project_id: Option<TimetableItemId>,
    /// What it is.
    pub kind: ItemKind,
    /// Code of a project; empty for a milestone.
    pub code: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name, or empty.
    pub name_en: String,
    /// Deliverable, Chinese.
    pub deliverable_zh: String,
    /// Deliverable, English.
    pub deliverable_en: String,
    /// Who states it as reached; none: any responsible organisation.
    pub organisation_id: Option<OrganisationId>,
    /// Its Chinese name.
    pub organisation_zh: Option<String>,
    /// Its English name.
    pub organisation_en: Option<String>,
    /// When it was set up, in milliseconds since 1970.
    pub created_at: i64,
    /// When it was retired.
    pub retired_at: Option<i64>,
    /// First day, as it holds now; of a milestone the planned day.
    #[sqlx(try_from = "Day")]
    pub starts_on: Date,
    /// The due date that was set first.
    #[sqlx(try_from = "Day")]
    pub due_on: Date,
    revised_due_on: Option<Day>,
    /// Where the date in force comes from.
    pub date_provenance: Provenance,
    reached_on: Option<Day>,
    /// The document that says so, or empty.
    pub reached_document: Option<String>,
    /// The accepted report that says so.
    pub report_id: Option<ReportId>,
    /// Who reported it.
    pub reported_by: Option<OrganisationId>,
}

impl Item {
    /// The due date in force, where the first one was revised.
    pub fn revised_due_on(&self) -> Option<Date> {
        self.revised_due_on.map(|day| day.0)
    }

    /// The due date in force.
    pub fn current_due_on(&self) -> Date {
        self.revised_due_on().unwrap_or(self.due_on)
    }

    /// The accepted day on which it was reached.
    pub fn reached_on(&self) -> Option<Date> {
        self.reached_on.map(|day| day.0)
    }
}

// `$1` bounds the effective date of revisions; what was set first holds even before it takes effect. `$2` bounds what was known.
macro_rules! select_items {
    ($rest:literal) => {
        concat!(
            "SELECT i.id, i.task_id, i.project_id, i.kind, i.code, i.name_zh, i.name_en, i.deliverable_zh, i.deliverable_en,
                    i.organisation_id, g.name_zh AS organisation_zh, g.name_en AS organisation_en, i.created_at, i.retired_at,
                    COALESCE(n.starts_on, f.starts_on) AS starts_on, f.due_on,
                    CASE WHEN n.id <> f.id THEN n.due_on END AS revised_due_on,
                    COALESCE(n.provenance, f.provenance) AS date_provenance,
                    c.reached_on, c.document AS reached_document, c.report_id, o.organisation_id AS reported_by
             FROM ",
            former::timetable_item!(as_known, "$2"),
            " AS i
             JOIN tasks t ON t.id = i.task_id
             JOIN timetable_dates f ON f.id = (SELECT d.id FROM timetable_dates d WHERE d.item_id = i.id AND ",
            known!("d", "$2"),
            "                                  ORDER BY d.effective_on, d.recorded_at, d.id LIMIT 1)
             LEFT JOIN timetable_dates n ON n.id = (SELECT d.id FROM timetable_dates d
                                                    WHERE d.item_id = i.id AND d.effective_on <= $1 AND ",
            known!("d", "$2"),
            "                                       ORDER BY d.effective_on DESC, d.recorded_at DESC, d.id DESC LIMIT 1)
             LEFT JOIN ",
            former::organisation!(as_known, "$2"),
            " AS g ON g.id = i.organisation_id
             LEFT JOIN timetable_completions c ON c.item_id = i.id AND ",
            known!("c", "$2"),
            " LEFT JOIN reports r ON r.id = c.report_id
             LEFT JOIN obligations o ON o.id = r.obligation_id ",
            $rest
        )
    };
}

/// The projects and milestones of a plan that were not retired, with the dates in force on a day as they were known: projects by code,
/// milestones by date.
pub async fn list_items_on(tx: &mut Tx, plan: &PlanId, as_of: Date, known: Known) -> Result<Vec<Item>, StoreError> {
    fetch_all!(
        tx,
        Item,
        select_items!(
            "WHERE t.plan_id = $3 AND (i.retired_at IS NULL OR i.retired_at >= $2)
             ORDER BY i.task_id, i.code, COALESCE(n.due_on, f.due_on), i.created_at, i.id"
        ),
        Day(as_of),
        known.instant(),
        plan
    )
}

/// As [`list_items_on`], of one task.
pub async fn list_items_of_task_on(tx: &mut Tx, task: &TaskId, as_of: Date, known: Known) -> Result<Vec<Item>, StoreError> {
    fetch_all!(
        tx,
        Item,
        select_items!(
            "WHERE i.task_id = $3 AND (i.retired_at IS NULL OR i.retired_at >= $2)
             ORDER BY i.code, COALESCE(n.due_on, f.due_on), i.created_at, i.id"
        ),
        Day(as_of),
        known.instant(),
        task
    )
}

/// Every project and milestone of a plan, retired ones too, with the latest dates.
pub async fn list_all_items(tx: &mut Tx, plan: &PlanId) -> Result<Vec<Item>, StoreError> {
    fetch_all!(
        tx,
        Item,
        select_items!("WHERE t.plan_id = $3 ORDER BY i.task_id, i.code, COALESCE(n.due_on, f.due_on), i.created_at, i.id"),
        Day(ANY_DAY),
        Known::NOW.instant(),
        plan
    )
}

/// The projects and milestones of a task, retired ones too, with the latest dates.
pub async fn list_items_of_task(tx: &mut Tx, task: &TaskId) -> Result<Vec<Item>, StoreError> {
    fetch_all!(
        tx,
        Item,
        select_items!("WHERE i.task_id = $3 ORDER BY i.code, COALESCE(n.due_on, f.due_on), i.created_at, i.id"),
        Day(ANY_DAY),
        Known::NOW.instant(),
        task
    )
}

/// The project or milestone with an id.
pub async fn find_item(tx: &mut Tx, id: &TimetableItemId) -> Result<Option<Item>, StoreError> {
    fetch_optional!(tx, Item, select_items!("WHERE i.id = $3"), Day(ANY_DAY), Known::NOW.instant(), id)
}

/// A project or milestone to be set up.
#[derive(Debug, Clone, Copy)]
pub struct NewItem<'a> {
    /// Its id.
    pub id: &'a TimetableItemId,
    /// Its task.
    pub task_id: &'a TaskId,
    /// Its project.
    pub project_id: Option<&'a TimetableItemId>,
    /// What it is.
    pub kind: ItemKind,
    /// Code of a project.
    pub code: &'a str,
    /// What else is said of it.
    pub texts: ItemTexts<'a>,
    /// When, in milliseconds since 1970.
    pub created_at: i64,
}

/// What may be changed of a project or milestone.
#[derive(Debug, Clone, Copy)]
pub struct ItemTexts<'a> {
    /// Chinese name.
    pub name_zh: &'a str,
    /// English name.
    pub name_en: &'a str,
    /// Deliverable, Chinese.
    pub deliverable_zh: &'a str,
    /// Deliverable, English.
    pub deliverable_en: &'a str,
    /// Who states it as reached.
    pub organisation_id: Option<&'a OrganisationId>,
}

/// Sets up a project or milestone; its dates come as their own row.
pub async fn insert_item(tx: &mut Tx, new: NewItem<'_>) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO timetable_items (id, task_id, project_id, kind, code, name_zh, name_en, deliverable_zh, deliverable_en,
                                      organisation_id, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        new.id,
        new.task_id,
        new.project_id,
        new.kind,
        new.code,
        new.texts.name_zh,
        new.texts.name_en,
        new.texts.deliverable_zh,
        new.texts.deliverable_en,
        new.texts.organisation_id,
        new.created_at
    )?;
    Ok(())
}

/// Changes names, deliverable and organisation at an instant; what they were is kept.
pub async fn update_item(tx: &mut Tx, id: &TimetableItemId, texts: ItemTexts<'_>, at: i64) -> Result<(), StoreError> {
    former::keep_timetable_item(tx, id, at).await?;
    execute!(
        tx,
        "UPDATE timetable_items SET name_zh = $2, name_en = $3, deliverable_zh = $4, deliverable_en = $5, organisation_id = $6
         WHERE id = $1",
        id,
        texts.name_zh,
        texts.name_en,
        texts.deliverable_zh,
        texts.deliverable_en,
        texts.organisation_id
    )?;
    Ok(())
}

/// Retires a project with its milestones, or a milestone.
pub async fn retire_item(tx: &mut Tx, id: &TimetableItemId, now: i64) -> Result<(), StoreError> {
    execute!(tx, "UPDATE timetable_items SET retired_at = $2 WHERE (id = $1 OR project_id = $1) AND retired_at IS NULL", id, now)?;
    Ok(())
}

/// Takes back a project with the milestones that were retired with it, or a milestone, at an instant; that they were retired is kept.
pub async fn revive_item(tx: &mut Tx, id: &TimetableItemId, retired_at: i64, at: i64) -> Result<(), StoreError> {
    let rows = fetch_all!(
        tx,
        (TimetableItemId,),
        "SELECT id FROM timetable_items WHERE (id = $1 OR project_id = $1) AND retired_at = $2",
        id,
        retired_at
    )?;
    for (item,) in rows {
        former::keep_timetable_item(tx, &item, at).await?;
        execute!(tx, "UPDATE timetable_items SET retired_at = NULL WHERE id = $1", &item)?;
    }
    Ok(())
}

/// A revision of dates.
#[derive(Debug, Clone, Copy)]
pub struct NewDates<'a> {
    /// Its id.
    pub id: &'a str,
    /// First day.
    pub starts_on: Date,
    /// Due date.
    pub due_on: Date,
    /// From which day it holds.
    pub effective_on: Date,
    /// Why.
    pub reason: &'a str,
    /// The document.
    pub document: &'a str,
    /// Who.
    pub officer_id: &'a AccountId,
    /// When, in milliseconds since 1970.
    pub recorded_at: i64,
}

/// Adds dates of a project or milestone.
pub async fn insert_item_dates(tx: &mut Tx, item: &TimetableItemId, new: NewDates<'_>) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO timetable_dates (id, item_id, starts_on, due_on, provenance, effective_on, reason, document, officer_id, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        new.id,
        item,
        Day(new.starts_on),
        Day(new.due_on),
        Provenance::Commission,
        Day(new.effective_on),
        new.reason,
        new.document,
        new.officer_id,
        new.recorded_at
    )?;
    Ok(())
}

/// Adds dates of a task.
pub async fn insert_task_dates(tx: &mut Tx, task: &TaskId, new: NewDates<'_>) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO task_dates (id, task_id, starts_on, due_on, provenance, effective_on, reason, document, officer_id, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        new.id,
        task,
        Day(new.starts_on),
        Day(new.due_on),
        Provenance::Commission,
        Day(new.effective_on),
        new.reason,
        new.document,
        new.officer_id,
        new.recorded_at
    )?;
    Ok(())
}

/// Dates that were set, as the history shows them.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct DatesRow {
    /// Its id.
    pub id: String,
    /// Id of the task, or of the project or milestone.
    pub of: String,
    /// First day.
    #[sqlx(try_from = "Day")]
    pub starts_on: Date,
    /// Due date.
    #[sqlx(try_from = "Day")]
    pub due_on: Date,
    /// Where it comes from.
    pub provenance: Provenance,
    /// From which day it holds.
    #[sqlx(try_from = "Day")]
    pub effective_on: Date,
    /// Why.
    pub reason: String,
    /// The document.
    pub document: String,
    /// Who; none for what came with the plan's file.
    pub officer: Option<String>,
    /// When, in milliseconds since 1970.
    pub recorded_at: i64,
    /// Since when it no longer holds.
    pub superseded_at: Option<i64>,
}

/// Every setting of a task's dates, in the order in which they take effect.
pub async fn list_task_dates(tx: &mut Tx, task: &TaskId) -> Result<Vec<DatesRow>, StoreError> {
    fetch_all!(
        tx,
        DatesRow,
        "SELECT d.id, d.task_id AS \"of\", d.starts_on, d.due_on, d.provenance, d.effective_on, d.reason, d.document,
                COALESCE(a.display_name, NULLIF(d.officer_name, '')) AS officer, d.recorded_at, d.superseded_at
         FROM task_dates d LEFT JOIN accounts a ON a.id = d.officer_id
         WHERE d.task_id = $1 ORDER BY d.effective_on, d.recorded_at, d.id",
        task
    )
}

/// Every setting of the dates of the projects and milestones of a plan, in the order in which they take effect.
pub async fn list_item_dates(tx: &mut Tx, plan: &PlanId) -> Result<Vec<DatesRow>, StoreError> {
    fetch_all!(
        tx,
        DatesRow,
        "SELECT d.id, d.item_id AS \"of\", d.starts_on, d.due_on, d.provenance, d.effective_on, d.reason, d.document,
                COALESCE(a.display_name, NULLIF(d.officer_name, '')) AS officer, d.recorded_at, d.superseded_at
         FROM timetable_dates d JOIN timetable_items i ON i.id = d.item_id JOIN tasks t ON t.id = i.task_id
         LEFT JOIN accounts a ON a.id = d.officer_id
         WHERE t.plan_id = $1 ORDER BY d.item_id, d.effective_on, d.recorded_at, d.id",
        plan
    )
}

/// As [`list_item_dates`], of one task.
pub async fn list_item_dates_of_task(tx: &mut Tx, task: &TaskId) -> Result<Vec<DatesRow>, StoreError> {
    fetch_all!(
        tx,
        DatesRow,
        "SELECT d.id, d.item_id AS \"of\", d.starts_on, d.due_on, d.provenance, d.effective_on, d.reason, d.document,
                COALESCE(a.display_name, NULLIF(d.officer_name, '')) AS officer, d.recorded_at, d.superseded_at
         FROM timetable_dates d JOIN timetable_items i ON i.id = d.item_id LEFT JOIN accounts a ON a.id = d.officer_id
         WHERE i.task_id = $1 ORDER BY d.item_id, d.effective_on, d.recorded_at, d.id",
        task
    )
}
