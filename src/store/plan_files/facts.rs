//! What is set about targets, counting and time, as plan files carry it: every revision with where it comes from. Invariant:
//! such a row is only ever added here; an officer's name stands where the product recorded it, files carry none of their own.

use jiff::civil::Date;

use crate::{
    domain::{
        ids::{IndicatorId, PlanId, TaskId},
        target::TargetForm,
        words::{Provenance, RulingKind},
    },
    store::{Day, Encoded, StoreError, Tx, execute, fetch_all},
};

/// Where a fact comes from, and when it was known.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Origin {
    /// Where it comes from.
    pub provenance: Provenance,
    /// Why; the rule's name, where it is derived.
    pub reason: String,
    /// The document.
    pub document: String,
    /// The officer's name; empty where no officer recorded it.
    pub officer: String,
    /// From which day on it holds; of a ruling the day of the decision.
    #[sqlx(try_from = "Day")]
    pub effective_on: Date,
    /// When it was recorded, in milliseconds since 1970; none in a file that does not say.
    pub recorded_at: Option<i64>,
    /// Since when another holds.
    pub superseded_at: Option<i64>,
}

/// A fact with its origin.
pub trait Revised: Clone + PartialEq + std::fmt::Debug {
    /// Where it comes from.
    fn origin(&self) -> &Origin;
    /// Where it comes from.
    fn origin_mut(&mut self) -> &mut Origin;
    /// The id of the indicator or task it belongs to; empty in a file.
    fn owner_mut(&mut self) -> &mut String;
}

macro_rules! revised {
    ($($Row:ident),+) => {$(
        impl Revised for $Row {
            fn origin(&self) -> &Origin {
                &self.origin
            }

            fn origin_mut(&mut self) -> &mut Origin {
                &mut self.origin
            }

            fn owner_mut(&mut self) -> &mut String {
                &mut self.owner
            }
        }
    )+};
}

revised!(TargetRow, RulingRow, MilestoneRow, BaselineRow, TimeLimitRow);

/// A revision of a target.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TargetRow {
    /// The indicator.
    pub owner: String,
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
    /// Where it comes from.
    #[sqlx(flatten)]
    pub origin: Origin,
}

/// Every revision of a plan's targets.
pub async fn list_target_revisions(tx: &mut Tx, plan: &PlanId) -> Result<Vec<TargetRow>, StoreError> {
    fetch_all!(
        tx,
        TargetRow,
        "SELECT t.indicator_id AS owner, t.wording_zh, t.wording_en, t.form, t.target_on, t.date_provenance, t.provenance, t.reason,
                t.document, COALESCE(a.display_name, t.officer_name) AS officer, t.effective_on, t.recorded_at, t.superseded_at
         FROM targets t JOIN indicators i ON i.id = t.indicator_id LEFT JOIN accounts a ON a.id = t.officer_id
         WHERE i.plan_id = $1 ORDER BY t.recorded_at, t.id",
        plan
    )
}

/// Adds a revision of a target; `now` is when it is recorded where its origin does not say.
pub async fn insert_target(tx: &mut Tx, id: &str, indicator: &IndicatorId, row: &TargetRow, now: i64) -> Result<(), StoreError> {
    let origin = &row.origin;
    execute!(
        tx,
        "INSERT INTO targets (id, indicator_id, wording_zh, wording_en, form, target_on, date_provenance, provenance, reason, document,
                              officer_name, effective_on, recorded_at, superseded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        id,
        indicator,
        &row.wording_zh,
        &row.wording_en,
        &row.form,
        Day(row.target_on),
        row.date_provenance,
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

/// A ruling.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RulingRow {
    /// The indicator.
    pub owner: String,
    /// What it decides.
    pub kind: RulingKind,
    /// The decision, as a word or number of its kind.
    pub value: String,
    /// Where it comes from.
    #[sqlx(flatten)]
    pub origin: Origin,
}

/// Every ruling on a plan's indicators.
pub async fn list_all_rulings(tx: &mut Tx, plan: &PlanId) -> Result<Vec<RulingRow>, StoreError> {
    fetch_all!(
        tx,
        RulingRow,
        "SELECT r.indicator_id AS owner, r.kind, r.value, r.provenance, r.reason, r.document,
                COALESCE(a.display_name, r.officer_name) AS officer, r.decided_on AS effective_on, r.recorded_at, r.superseded_at
         FROM rulings r JOIN indicators i ON i.id = r.indicator_id LEFT JOIN accounts a ON a.id = r.officer_id
         WHERE i.plan_id = $1 ORDER BY r.recorded_at, r.id",
        plan
    )
}

/// Adds a ruling; `now` is when it is recorded where its origin does not say.
pub async fn insert_file_ruling(tx: &mut Tx, id: &str, indicator: &IndicatorId, row: &RulingRow, now: i64) -> Result<(), StoreError> {
    let origin = &row.origin;
    execute!(
        tx,
        "INSERT INTO rulings (id, indicator_id, kind, value, provenance, reason, document, officer_name, decided_on, recorded_at,
                              superseded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        id,
        indicator,
        row.kind,
        &row.value,
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

/// A value expected on the way.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct MilestoneRow {
    /// The indicator.
    pub owner: String,
    /// When.
    #[sqlx(try_from = "Day")]
    pub on_date: Date,
    /// Units of 10^-scale.
    pub value: i64,
    /// 1 where the revision takes the milestone away.
    pub dropped: i64,
    /// Where it comes from.
    #[sqlx(flatten)]
    pub origin: Origin,
}

/// Every milestone of a plan's indicators.
pub async fn list_milestone_revisions(tx: &mut Tx, plan: &PlanId) -> Result<Vec<MilestoneRow>, StoreError> {
    fetch_all!(
        tx,
        MilestoneRow,
        "SELECT m.indicator_id AS owner, m.on_date, m.value, m.dropped, m.provenance, m.reason, m.document,
                COALESCE(a.display_name, m.officer_name) AS officer, m.effective_on, m.recorded_at, m.superseded_at
         FROM milestones m JOIN indicators i ON i.id = m.indicator_id LEFT JOIN accounts a ON a.id = m.officer_id
         WHERE i.plan_id = $1 ORDER BY m.recorded_at, m.id",
        plan
    )
}

/// Adds a milestone; `now` is when it is recorded where its origin does not say.
pub async fn insert_milestone(tx: &mut Tx, id: &str, indicator: &IndicatorId, row: &MilestoneRow, now: i64) -> Result<(), StoreError> {
    let origin = &row.origin;
    execute!(
        tx,
        "INSERT INTO milestones (id, indicator_id, on_date, value, dropped, provenance, reason, document, officer_name, effective_on,
                                 recorded_at, superseded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        id,
        indicator,
        Day(row.on_date),
        row.value,
        row.dropped,
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

/// A typed baseline (flow, level, rank).
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct BaselineRow {
    /// The indicator.
    pub owner: String,
    /// Of which day.
    #[sqlx(try_from = "Day")]
    pub on_date: Date,
    /// How exactly the document dates it.
    pub dated: String,
    /// Units of 10^-scale.
    pub value: i64,
    /// The word that softens it.
    pub qualifier: Option<String>,
    /// Where it comes from.
    #[sqlx(flatten)]
    pub origin: Origin,
}

/// Every typed baseline of a plan's indicators.
pub async fn list_baseline_revisions(tx: &mut Tx, plan: &PlanId) -> Result<Vec<BaselineRow>, StoreError> {
    fetch_all!(
        tx,
        BaselineRow,
        "SELECT b.indicator_id AS owner, b.on_date, b.dated, b.value, b.qualifier, b.provenance, b.reason, b.document,
                COALESCE(a.display_name, b.officer_name) AS officer, b.effective_on, b.recorded_at, b.superseded_at
         FROM baselines b JOIN indicators i ON i.id = b.indicator_id LEFT JOIN accounts a ON a.id = b.officer_id
         WHERE i.plan_id = $1 ORDER BY b.recorded_at, b.id",
        plan
    )
}

/// Adds a baseline; `now` is when it is recorded where its origin does not say.
pub async fn insert_file_baseline(tx: &mut Tx, id: &str, indicator: &IndicatorId, row: &BaselineRow, now: i64) -> Result<(), StoreError> {
    let origin = &row.origin;
    execute!(
        tx,
        "INSERT INTO baselines (id, indicator_id, on_date, dated, value, qualifier, provenance, reason, document, officer_name,
                                effective_on, recorded_at, superseded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        id,
        indicator,
        Day(row.on_date),
        &row.dated,
        row.value,
        &row.qualifier,
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

/// A revision of a task's time limit.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TimeLimitRow {
    /// The task.
    pub owner: String,
    /// First day.
    #[sqlx(try_from = "Day")]
    pub starts_on: Date,
    /// Last day.
    #[sqlx(try_from = "Day")]
    pub due_on: Date,
    /// Where it comes from.
    #[sqlx(flatten)]
    pub origin: Origin,
}

/// Every revision of the time limits of a plan's tasks.
pub async fn list_time_limits(tx: &mut Tx, plan: &PlanId) -> Result<Vec<TimeLimitRow>, StoreError> {
    fetch_all!(
        tx,
        TimeLimitRow,
        "SELECT d.task_id AS owner, d.starts_on, d.due_on, d.provenance, d.reason, d.document,
                COALESCE(a.display_name, d.officer_name) AS officer, d.effective_on, d.recorded_at, d.superseded_at
         FROM task_dates d JOIN tasks t ON t.id = d.task_id LEFT JOIN accounts a ON a.id = d.officer_id
         WHERE t.plan_id = $1 ORDER BY d.recorded_at, d.id",
        plan
    )
}

/// Adds a revision of a time limit; `now` is when it is recorded where its origin does not say.
pub async fn insert_time_limit(tx: &mut Tx, id: &str, task: &TaskId, row: &TimeLimitRow, now: i64) -> Result<(), StoreError> {
    let origin = &row.origin;
    execute!(
        tx,
        "INSERT INTO task_dates (id, task_id, starts_on, due_on, provenance, reason, document, officer_name, effective_on, recorded_at,
                                 superseded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        id,
        task,
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
