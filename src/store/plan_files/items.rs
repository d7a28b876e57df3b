//! What else plan files carry: values that documents publish, projects and milestones of tasks. Invariant: rows are only added here.

use jiff::civil::Date;

use super::{Day, StoreError, TimeLimitRow, Tx};
use crate::{
    domain::{
        ids::{IndicatorId, OrganisationId, PlanId, TaskId},
        timetable::ItemKind,
    },
    store::{execute, fetch_all},
};

/// A value that a document publishes.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ValueRow {
    /// The id of the indicator; empty in a file.
    pub owner: String,
    /// The day it is kept under.
    #[sqlx(try_from = "Day")]
    pub on_date: Date,
    /// How exactly the document dates it.
    pub dated: String,
    /// Units of 10^-scale.
    pub value: i64,
    /// The word that softens it.
    pub qualifier: Option<String>,
    /// Of a rate: what is counted.
    pub numerator: Option<i64>,
    /// Of a rate: out of what.
    pub denominator: Option<i64>,
    /// Whom the document says it of; empty where that is plain.
    pub source: String,
    /// The document.
    pub document: String,
    /// When it was recorded, in milliseconds since 1970; none in a file that does not say.
    pub recorded_at: Option<i64>,
    /// Since when another holds.
    pub superseded_at: Option<i64>,
}

/// Every published value of a plan, corrected ones too.
pub async fn list_value_revisions(tx: &mut Tx, plan: &PlanId) -> Result<Vec<ValueRow>, StoreError> {
    fetch_all!(
        tx,
        ValueRow,
        "SELECT v.indicator_id AS owner, v.period_end AS on_date, v.dated, v.value, v.qualifier, v.numerator, v.denominator, v.source,
                v.document, v.recorded_at, v.superseded_at
         FROM accepted_values v JOIN indicators i ON i.id = v.indicator_id
         WHERE i.plan_id = $1 AND v.organisation_id IS NULL ORDER BY v.recorded_at, v.id",
        plan
    )
}

/// Adds a published value; `now` is when it is recorded where it does not say.
pub async fn insert_value(tx: &mut Tx, id: &str, indicator: &IndicatorId, row: &ValueRow, now: i64) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO accepted_values (id, indicator_id, period_end, dated, value, qualifier, numerator, denominator, source, document,
                                      recorded_at, superseded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        id,
        indicator,
        Day(row.on_date),
        &row.dated,
        row.value,
        &row.qualifier,
        row.numerator,
        row.denominator,
        &row.source,
        &row.document,
        row.recorded_at.unwrap_or(now),
        row.superseded_at,
    )?;
    Ok(())
}

/// A project or milestone of a task, without its dates.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ItemRow {
    /// Its id.
    pub id: String,
    /// The task.
    pub owner: String,
    /// The id of the project it belongs to.
    pub project_id: Option<String>,
    /// What it is.
    pub kind: ItemKind,
    /// Code of a project; empty for a milestone.
    pub code: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Deliverable, Chinese.
    pub deliverable_zh: String,
    /// Deliverable, English.
    pub deliverable_en: String,
    /// Who states it as reached; none: any responsible organisation of the task.
    pub organisation_id: Option<OrganisationId>,
    /// When it was set up, in milliseconds since 1970.
    pub created_at: i64,
    /// When it was retired.
    pub retired_at: Option<i64>,
}

/// Every project and milestone of a plan's tasks, retired ones too.
pub async fn list_items(tx: &mut Tx, plan: &PlanId) -> Result<Vec<ItemRow>, StoreError> {
    fetch_all!(
        tx,
        ItemRow,
        "SELECT x.id, x.task_id AS owner, x.project_id, x.kind, x.code, x.name_zh, x.name_en, x.deliverable_zh, x.deliverable_en,
                x.organisation_id, x.created_at, x.retired_at
         FROM timetable_items x JOIN tasks t ON t.id = x.task_id WHERE t.plan_id = $1 ORDER BY x.created_at, x.id",
        plan
    )
}

/// Every revision of the dates of a plan's projects and milestones; `owner` is the item.
pub async fn list_item_dates(tx: &mut Tx, plan: &PlanId) -> Result<Vec<TimeLimitRow>, StoreError> {
    fetch_all!(
        tx,
        TimeLimitRow,
        "SELECT d.item_id AS owner, d.starts_on, d.due_on, d.provenance, d.reason, d.document,
                COALESCE(a.display_name, d.officer_name) AS officer, d.effective_on, d.recorded_at, d.superseded_at
         FROM timetable_dates d JOIN timetable_items x ON x.id = d.item_id JOIN tasks t ON t.id = x.task_id
         LEFT JOIN accounts a ON a.id = d.officer_id
         WHERE t.plan_id = $1 ORDER BY d.recorded_at, d.id",
        plan
    )
}

/// Adds a project or milestone.
pub async fn insert_item(tx: &mut Tx, task: &TaskId, row: &ItemRow) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO timetable_items (id, task_id, project_id, kind, code, name_zh, name_en, deliverable_zh, deliverable_en,
                                      organisation_id, created_at, retired_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        &row.id,
        task,
        &row.project_id,
        row.kind,
        &row.code,
        &row.name_zh,
        &row.name_en,
        &row.deliverable_zh,
        &row.deliverable_en,
        &row.organisation_id,
        row.created_at,
        row.retired_at,
    )?;
    Ok(())
}

/// Adds a revision of an item's dates; `now` is when it is recorded where its origin does not say.
pub async fn insert_item_dates(tx: &mut Tx, id: &str, item: &str, row: &TimeLimitRow, now: i64) -> Result<(), StoreError> {
    let origin = &row.origin;
    execute!(
        tx,
        "INSERT INTO timetable_dates (id, item_id, starts_on, due_on, provenance, reason, document, officer_name, effective_on,
                                      recorded_at, superseded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        id,
        item,
        Day(row.starts_on),
        Day(row.due_on),
        origin.provenance,
        &origin.reason,
        &origin.document,
        &origin.officer,
        Day(origin.effective_on),
        origin.recorded_at.unwrap_or(now),
        origin.superseded_at,
    )?;
    Ok(())
}
