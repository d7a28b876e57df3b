//! Who takes part in a plan, as plan files carry it: assignments, pledges and stock-takes, with organisations and officers by name.
//! Invariant: rows are only added here.

use jiff::civil::Date;

use super::{Day, StoreError, Tx};
use crate::{
    domain::{
        ids::{IndicatorId, OrganisationId, PlanId, TaskId},
        words::Part,
    },
    store::{execute, fetch_all},
};

/// An organisation's part in a task.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AssignmentRow {
    /// Code of the task.
    pub task: String,
    /// Chinese name of the organisation.
    pub organisation: String,
    /// Its part.
    pub part: Part,
    /// Who to talk to there; may be empty.
    pub contact: String,
    /// Since when, in milliseconds since 1970; none in a file that does not say.
    pub assigned_at: Option<i64>,
    /// Until when.
    pub ended_at: Option<i64>,
}

/// Every assignment of a plan, ended ones too.
pub async fn list_all_assignments(tx: &mut Tx, plan: &PlanId) -> Result<Vec<AssignmentRow>, StoreError> {
    fetch_all!(
        tx,
        AssignmentRow,
        "SELECT t.code AS task, o.name_zh AS organisation, x.part, x.contact, x.assigned_at, x.ended_at
         FROM assignments x JOIN tasks t ON t.id = x.task_id JOIN organisations o ON o.id = x.organisation_id
         WHERE t.plan_id = $1 ORDER BY x.assigned_at, x.id",
        plan
    )
}

/// Adds an assignment; `now` is since when it holds where it does not say.
pub async fn insert_file_assignment(
    tx: &mut Tx,
    id: &str,
    task: &TaskId,
    organisation: &OrganisationId,
    row: &AssignmentRow,
    now: i64,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO assignments (id, task_id, organisation_id, part, contact, assigned_at, ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        id,
        task,
        organisation,
        row.part,
        &row.contact,
        row.assigned_at.unwrap_or(now),
        row.ended_at,
    )?;
    Ok(())
}

/// What an organisation takes on for an indicator in a year.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PledgeRow {
    /// Code of the indicator.
    pub indicator: String,
    /// Chinese name of the organisation.
    pub organisation: String,
    /// The calendar year.
    pub year: i64,
    /// How many recognitions; 0 where a pledge was taken back.
    pub quantity: i64,
    /// What the organisation says about it.
    pub note: String,
    /// The document.
    pub document: String,
    /// Why it took the place of another.
    pub reason: String,
    /// The name of who entered it.
    pub officer: String,
    /// When it was recorded, in milliseconds since 1970; none in a file that does not say.
    pub recorded_at: Option<i64>,
    /// Since when another holds.
    pub superseded_at: Option<i64>,
}

/// Every pledge of a plan, superseded ones too.
pub async fn list_all_pledges(tx: &mut Tx, plan: &PlanId) -> Result<Vec<PledgeRow>, StoreError> {
    fetch_all!(
        tx,
        PledgeRow,
        "SELECT i.code AS indicator, o.name_zh AS organisation, p.year, p.quantity, p.note, p.document, p.reason,
                COALESCE(a.display_name, p.officer_name) AS officer, p.recorded_at, p.superseded_at
         FROM pledges p JOIN indicators i ON i.id = p.indicator_id JOIN organisations o ON o.id = p.organisation_id
         LEFT JOIN accounts a ON a.id = p.account_id
         WHERE i.plan_id = $1 ORDER BY p.recorded_at, p.id",
        plan
    )
}

/// Adds a pledge; `now` is when it is recorded where it does not say.
pub async fn insert_file_pledge(
    tx: &mut Tx,
    id: &str,
    indicator: &IndicatorId,
    organisation: &OrganisationId,
    row: &PledgeRow,
    now: i64,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO pledges (id, indicator_id, organisation_id, year, quantity, note, document, reason, officer_name, recorded_at,
                              superseded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        id,
        indicator,
        organisation,
        row.year,
        row.quantity,
        &row.note,
        &row.document,
        &row.reason,
        &row.officer,
        row.recorded_at.unwrap_or(now),
        row.superseded_at,
    )?;
    Ok(())
}

/// A statement that the units of the plan's eve are all recorded.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StockTakeRow {
    /// Code of the indicator.
    pub indicator: String,
    /// Of which day.
    #[sqlx(try_from = "Day")]
    pub taken_on: Date,
    /// What it rests on.
    pub reason: String,
    /// The document.
    pub document: String,
    /// The officer's name.
    pub officer: String,
    /// When it was recorded, in milliseconds since 1970; none in a file that does not say.
    pub recorded_at: Option<i64>,
    /// Since when another holds.
    pub superseded_at: Option<i64>,
}

/// Every stock-take of a plan, superseded ones too.
pub async fn list_all_stock_takes(tx: &mut Tx, plan: &PlanId) -> Result<Vec<StockTakeRow>, StoreError> {
    fetch_all!(
        tx,
        StockTakeRow,
        "SELECT i.code AS indicator, s.taken_on, s.reason, s.document, COALESCE(a.display_name, s.officer_name) AS officer,
                s.recorded_at, s.superseded_at
         FROM stock_takes s JOIN indicators i ON i.id = s.indicator_id LEFT JOIN accounts a ON a.id = s.officer_id
         WHERE i.plan_id = $1 ORDER BY s.recorded_at, s.id",
        plan
    )
}

/// Adds a stock-take; `now` is when it is recorded where it does not say.
pub async fn insert_file_stock_take(
    tx: &mut Tx,
    id: &str,
    indicator: &IndicatorId,
    row: &StockTakeRow,
    now: i64,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO stock_takes (id, indicator_id, taken_on, reason, document, officer_name, recorded_at, superseded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        id,
        indicator,
        Day(row.taken_on),
        &row.reason,
        &row.document,
        &row.officer,
        row.recorded_at.unwrap_or(now),
        row.superseded_at,
    )?;
    Ok(())
}
