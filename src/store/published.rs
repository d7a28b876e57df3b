//! Values that documents publish, and the bodies they name. Invariant: a published value belongs to no organisation and names its
//! document.

use jiff::civil::Date;

use super::{Day, Known, StoreError, Tx, execute, fetch_all, known};
use crate::domain::ids::{IndicatorId, PlanId, TaskId};

/// A value of a document, or a baseline.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PublishedRow {
    /// The indicator.
    pub indicator_id: IndicatorId,
    /// The day it is kept under.
    #[sqlx(try_from = "Day")]
    pub on_date: Date,
    /// The word of how exactly the document dates it.
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
}

macro_rules! select_values {
    ($rest:expr) => {
        concat!(
            "SELECT v.indicator_id, v.period_end AS on_date, v.dated, v.value, v.qualifier, v.numerator, v.denominator, v.source,
                    v.document
             FROM accepted_values v JOIN indicators i ON i.id = v.indicator_id ",
            $rest
        )
    };
}

/// The known published values of a plan up to a day, the earliest first.
pub async fn list_published_values(tx: &mut Tx, plan: &PlanId, as_of: Date, known: Known) -> Result<Vec<PublishedRow>, StoreError> {
    fetch_all!(
        tx,
        PublishedRow,
        select_values!(concat!(
            "WHERE i.plan_id = $1 AND v.period_end <= $2 AND v.organisation_id IS NULL AND ",
            known!("v", "$3"),
            " ORDER BY v.indicator_id, v.period_end, v.recorded_at, v.id"
        )),
        plan,
        Day(as_of),
        known.instant()
    )
}

/// The known baselines of a plan, the one recorded last at the end.
pub async fn list_published_baselines(tx: &mut Tx, plan: &PlanId, known: Known) -> Result<Vec<PublishedRow>, StoreError> {
    fetch_all!(
        tx,
        PublishedRow,
        concat!(
            "SELECT b.indicator_id, b.on_date, b.dated, b.value, b.qualifier, CAST(NULL AS BIGINT) AS numerator,
                    CAST(NULL AS BIGINT) AS denominator, '' AS source, b.document
             FROM baselines b JOIN indicators i ON i.id = b.indicator_id
             WHERE i.plan_id = $1 AND ",
            known!("b", "$2"),
            " ORDER BY b.indicator_id, b.recorded_at, b.id"
        ),
        plan,
        known.instant()
    )
}

/// A body that a document names for a task.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TaskBodyRow {
    /// The task.
    pub task_id: TaskId,
    /// As the document names it.
    pub name_zh: String,
    /// In English; may be empty.
    pub name_en: String,
}

/// The bodies that a document names for the tasks of a plan, by task and place.
pub async fn list_task_bodies(tx: &mut Tx, plan: &PlanId) -> Result<Vec<TaskBodyRow>, StoreError> {
    fetch_all!(
        tx,
        TaskBodyRow,
        "SELECT b.task_id, b.name_zh, b.name_en FROM task_bodies b JOIN tasks t ON t.id = b.task_id WHERE t.plan_id = $1
         ORDER BY b.task_id, b.ordinal",
        plan
    )
}

/// The bodies that a document names for one task.
pub async fn list_bodies_of_task(tx: &mut Tx, task: &TaskId) -> Result<Vec<TaskBodyRow>, StoreError> {
    fetch_all!(tx, TaskBodyRow, "SELECT task_id, name_zh, name_en FROM task_bodies WHERE task_id = $1 ORDER BY ordinal", task)
}

/// Adds a body to a task, at its place among those named.
pub async fn insert_task_body(tx: &mut Tx, row: &TaskBodyRow, ordinal: i64) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO task_bodies (task_id, ordinal, name_zh, name_en) VALUES ($1, $2, $3, $4)",
        &row.task_id,
        ordinal,
        &row.name_zh,
        &row.name_en
    )?;
    Ok(())
}
