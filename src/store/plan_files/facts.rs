//! What a plan file sets about targets, counting and time. Invariant: such a row is only ever added; the product's own
//! revisions carry an officer, those of files carry none.

use jiff::civil::Date;

use crate::{
    domain::{
        ids::{IndicatorId, PlanId, TaskId},
        target::TargetForm,
        words::{Provenance, RulingKind},
    },
    store::{Day, Encoded, StoreError, Tx, execute, fetch_all},
};

/// A target as a file sets it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TargetRow {
    /// The indicator.
    pub indicator_id: IndicatorId,
    /// The text's wording.
    pub wording_zh: String,
    /// The wording in English.
    pub wording_en: String,
    /// The typed target.
    pub form: Encoded<TargetForm>,
    /// By when.
    #[sqlx(try_from = "Day")]
    pub target_on: Date,
    /// Where the date comes from.
    pub date_provenance: Provenance,
}

/// The targets that files have set, the original one first.
pub async fn list_file_targets(tx: &mut Tx, plan: &PlanId) -> Result<Vec<TargetRow>, StoreError> {
    fetch_all!(
        tx,
        TargetRow,
        "SELECT t.indicator_id, t.wording_zh, t.wording_en, t.form, t.target_on, t.date_provenance
         FROM targets t JOIN indicators i ON i.id = t.indicator_id
         WHERE i.plan_id = $1 AND t.officer_id IS NULL ORDER BY t.recorded_at, t.id",
        plan
    )
}

/// Where a fact of a file comes from.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// The id of the row.
    pub id: &'a str,
    /// The rule's name, where it is derived.
    pub reason: &'a str,
    /// The document, where it is its text.
    pub document: &'a str,
    /// From which day on it holds.
    pub effective_on: Date,
    /// Milliseconds since 1970.
    pub recorded_at: i64,
}

/// Adds a target; its number is the text's.
pub async fn insert_target(tx: &mut Tx, row: &TargetRow, origin: Origin<'_>) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO targets (id, indicator_id, wording_zh, wording_en, form, target_on, provenance, date_provenance, effective_on,
                              reason, document, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        origin.id,
        &row.indicator_id,
        &row.wording_zh,
        &row.wording_en,
        &row.form,
        Day(row.target_on),
        Provenance::Text,
        row.date_provenance,
        Day(origin.effective_on),
        origin.reason,
        origin.document,
        origin.recorded_at,
    )?;
    Ok(())
}

/// A ruling as a file sets it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct FileRulingRow {
    /// The indicator.
    pub indicator_id: IndicatorId,
    /// What it decides.
    pub kind: RulingKind,
    /// Word of the decision.
    pub value: String,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// The rulings that files have set, the original ones first.
pub async fn list_file_rulings(tx: &mut Tx, plan: &PlanId) -> Result<Vec<FileRulingRow>, StoreError> {
    fetch_all!(
        tx,
        FileRulingRow,
        "SELECT r.indicator_id, r.kind, r.value, r.provenance FROM rulings r JOIN indicators i ON i.id = r.indicator_id
         WHERE i.plan_id = $1 AND r.officer_id IS NULL ORDER BY r.recorded_at, r.id",
        plan
    )
}

/// Adds a ruling of the text or of a default rule.
pub async fn insert_file_ruling(tx: &mut Tx, row: &FileRulingRow, origin: Origin<'_>) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO rulings (id, indicator_id, kind, value, provenance, reason, document, decided_on, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        origin.id,
        &row.indicator_id,
        row.kind,
        &row.value,
        row.provenance,
        origin.reason,
        origin.document,
        Day(origin.effective_on),
        origin.recorded_at,
    )?;
    Ok(())
}

/// A baseline as a file sets it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct BaselineRow {
    /// The indicator.
    pub indicator_id: IndicatorId,
    /// Of which day.
    #[sqlx(try_from = "Day")]
    pub on_date: Date,
    /// How exactly the document dates it.
    pub dated: String,
    /// Units of 10^-scale.
    pub value: i64,
    /// The word that softens it.
    pub qualifier: Option<String>,
}

/// The baselines that files have set, the original ones first.
pub async fn list_file_baselines(tx: &mut Tx, plan: &PlanId) -> Result<Vec<BaselineRow>, StoreError> {
    fetch_all!(
        tx,
        BaselineRow,
        "SELECT b.indicator_id, b.on_date, b.dated, b.value, b.qualifier FROM baselines b JOIN indicators i ON i.id = b.indicator_id
         WHERE i.plan_id = $1 AND b.officer_id IS NULL ORDER BY b.recorded_at, b.id",
        plan
    )
}

/// Adds a baseline of the text.
pub async fn insert_file_baseline(tx: &mut Tx, row: &BaselineRow, origin: Origin<'_>) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO baselines (id, indicator_id, on_date, dated, value, qualifier, provenance, reason, document, recorded_at, effective_on)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        origin.id,
        &row.indicator_id,
        Day(row.on_date),
        &row.dated,
        row.value,
        &row.qualifier,
        Provenance::Text,
        origin.reason,
        origin.document,
        origin.recorded_at,
        Day(origin.effective_on),
    )?;
    Ok(())
}

/// A task's time limit as a file sets it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TaskDatesRow {
    /// The task.
    pub task_id: TaskId,
    /// First day.
    #[sqlx(try_from = "Day")]
    pub starts_on: Date,
    /// Last day.
    #[sqlx(try_from = "Day")]
    pub due_on: Date,
    /// Where the dates come from.
    pub provenance: Provenance,
}

/// The time limits that files have set, the original ones first.
pub async fn list_file_task_dates(tx: &mut Tx, plan: &PlanId) -> Result<Vec<TaskDatesRow>, StoreError> {
    fetch_all!(
        tx,
        TaskDatesRow,
        "SELECT d.task_id, d.starts_on, d.due_on, d.provenance FROM task_dates d JOIN tasks t ON t.id = d.task_id
         WHERE t.plan_id = $1 AND d.officer_id IS NULL ORDER BY d.recorded_at, d.id",
        plan
    )
}

/// Adds a task's time limit.
pub async fn insert_file_task_dates(tx: &mut Tx, row: &TaskDatesRow, origin: Origin<'_>) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO task_dates (id, task_id, starts_on, due_on, provenance, effective_on, reason, document, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        origin.id,
        &row.task_id,
        Day(row.starts_on),
        Day(row.due_on),
        row.provenance,
        Day(origin.effective_on),
        origin.reason,
        origin.document,
        origin.recorded_at,
    )?;
    Ok(())
}
