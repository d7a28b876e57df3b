//! Rulings and stock-takes. Invariant: none is ever changed; a later one supersedes it, and both stay.

use jiff::civil::Date;

use super::{Day, Encoded, StoreError, Tx, execute, fetch_all, fetch_one};
use crate::domain::{
    ids::{AccountId, IndicatorId, PlanId},
    target::TargetForm,
    words::{Provenance, RulingKind},
};

/// A recorded decision on how an indicator counts.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Ruling {
    /// Its id.
    pub id: String,
    /// The indicator.
    pub indicator_id: IndicatorId,
    /// What it decides.
    pub kind: RulingKind,
    /// A stage, a whole number, `stock`, `new-since:2025-01-01`, `yes` or `no`, by kind.
    pub value: String,
    /// Where it comes from.
    pub provenance: Provenance,
    /// Why, or the rule's name where it is derived.
    pub reason: String,
    /// The document.
    pub document: String,
    /// Of which day.
    #[sqlx(try_from = "Day")]
    pub decided_on: Date,
    /// The officer's name; empty where it came with the plan.
    pub officer_name: String,
    /// Milliseconds since 1970.
    pub recorded_at: i64,
    /// Since when another holds.
    pub superseded_at: Option<i64>,
}

/// Every ruling on a plan's indicators, the newest first.
pub async fn list_rulings(tx: &mut Tx, plan: &PlanId) -> Result<Vec<Ruling>, StoreError> {
    fetch_all!(
        tx,
        Ruling,
        "SELECT r.id, r.indicator_id, r.kind, r.value, r.provenance, r.reason, r.document, r.decided_on,
                COALESCE(a.display_name, r.officer_name) AS officer_name, r.recorded_at, r.superseded_at
         FROM rulings r JOIN indicators i ON i.id = r.indicator_id LEFT JOIN accounts a ON a.id = r.officer_id
         WHERE i.plan_id = $1
         ORDER BY r.recorded_at DESC, CASE WHEN r.superseded_at IS NULL THEN 0 ELSE 1 END, r.id DESC",
        plan
    )
}

/// A ruling to be recorded.
#[derive(Debug, Clone, Copy)]
pub struct NewRuling<'a> {
    /// Its id.
    pub id: &'a str,
    /// The indicator.
    pub indicator_id: &'a IndicatorId,
    /// What it decides.
    pub kind: RulingKind,
    /// The decision.
    pub value: &'a str,
    /// Why.
    pub reason: &'a str,
    /// The document.
    pub document: &'a str,
    /// Of which day.
    pub decided_on: Date,
    /// The officer.
    pub officer_id: &'a AccountId,
    /// Milliseconds since 1970.
    pub recorded_at: i64,
}

/// Records a ruling of the commission; the one before it is superseded.
pub async fn insert_ruling(tx: &mut Tx, new: NewRuling<'_>) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE rulings SET superseded_at = $3 WHERE indicator_id = $1 AND kind = $2 AND superseded_at IS NULL",
        new.indicator_id,
        new.kind,
        new.recorded_at
    )?;
    execute!(
        tx,
        "INSERT INTO rulings (id, indicator_id, kind, value, provenance, reason, document, decided_on, officer_id, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        new.id,
        new.indicator_id,
        new.kind,
        new.value,
        Provenance::Commission,
        new.reason,
        new.document,
        Day(new.decided_on),
        new.officer_id,
        new.recorded_at,
    )?;
    Ok(())
}

/// Staff's statement that the units existing on the plan's eve are all recorded.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StockTake {
    /// Its id.
    pub id: String,
    /// The indicator.
    pub indicator_id: IndicatorId,
    /// Of which day.
    #[sqlx(try_from = "Day")]
    pub taken_on: Date,
    /// Why, or what it rests on.
    pub reason: String,
    /// The document.
    pub document: String,
    /// The officer's name.
    pub officer_name: String,
    /// Milliseconds since 1970.
    pub recorded_at: i64,
    /// Since when another holds.
    pub superseded_at: Option<i64>,
}

/// Every stock-take of a plan's indicators, the newest first.
pub async fn list_stock_takes(tx: &mut Tx, plan: &PlanId) -> Result<Vec<StockTake>, StoreError> {
    fetch_all!(
        tx,
        StockTake,
        "SELECT s.id, s.indicator_id, s.taken_on, s.reason, s.document, COALESCE(a.display_name, s.officer_name) AS officer_name,
                s.recorded_at, s.superseded_at
         FROM stock_takes s JOIN indicators i ON i.id = s.indicator_id LEFT JOIN accounts a ON a.id = s.officer_id
         WHERE i.plan_id = $1
         ORDER BY s.recorded_at DESC, CASE WHEN s.superseded_at IS NULL THEN 0 ELSE 1 END, s.id DESC",
        plan
    )
}

/// A stock-take to be recorded.
#[derive(Debug, Clone, Copy)]
pub struct NewStockTake<'a> {
    /// Its id.
    pub id: &'a str,
    /// The indicator.
    pub indicator_id: &'a IndicatorId,
    /// Of which day.
    pub taken_on: Date,
    /// Why, or what it rests on.
    pub reason: &'a str,
    /// The document.
    pub document: &'a str,
    /// The officer.
    pub officer_id: &'a AccountId,
    /// Milliseconds since 1970.
    pub recorded_at: i64,
}

/// Records a stock-take; the one before it is superseded.
pub async fn insert_stock_take(tx: &mut Tx, new: NewStockTake<'_>) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE stock_takes SET superseded_at = $2 WHERE indicator_id = $1 AND superseded_at IS NULL",
        new.indicator_id,
        new.recorded_at
    )?;
    execute!(
        tx,
        "INSERT INTO stock_takes (id, indicator_id, taken_on, reason, document, officer_id, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        new.id,
        new.indicator_id,
        Day(new.taken_on),
        new.reason,
        new.document,
        new.officer_id,
        new.recorded_at,
    )?;
    Ok(())
}

/// A revision of a target that holds today or will.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TargetRevision {
    /// The indicator.
    pub indicator_id: IndicatorId,
    /// The text's wording.
    pub wording_zh: String,
    /// The wording in English.
    pub wording_en: String,
    /// The typed target.
    pub form: Encoded<TargetForm>,
    /// From which day on it holds.
    #[sqlx(try_from = "Day")]
    pub effective_on: Date,
}

/// The targets of a plan's indicators, oldest first.
pub async fn list_target_revisions(tx: &mut Tx, plan: &PlanId) -> Result<Vec<TargetRevision>, StoreError> {
    fetch_all!(
        tx,
        TargetRevision,
        "SELECT t.indicator_id, t.wording_zh, t.wording_en, t.form, t.effective_on
         FROM targets t JOIN indicators i ON i.id = t.indicator_id
         WHERE i.plan_id = $1 AND t.superseded_at IS NULL ORDER BY t.effective_on, t.recorded_at, t.id",
        plan
    )
}

/// How far a plan's set-up has come, beside what rulings and stock-takes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct SetUpCounts {
    /// Organisations in use.
    pub organisations: i64,
    /// Tasks of the plan.
    pub tasks: i64,
    /// Those without a lead organisation.
    pub tasks_without_lead: i64,
    /// Those that nobody reports for.
    pub tasks_without_responsible: i64,
    /// Units that hold a recognition one of the plan's indicators counts.
    pub units: i64,
    /// Entries refused for their name and not submitted since.
    pub refused_names: i64,
    /// Entries of returned reports that still hold a name or code.
    pub held_by_returned: i64,
}

/// Counts what is set up.
pub async fn count_set_up(tx: &mut Tx, plan: &PlanId) -> Result<SetUpCounts, StoreError> {
    fetch_one!(
        tx,
        SetUpCounts,
        "SELECT (SELECT COUNT(*) FROM organisations WHERE retired_at IS NULL) AS organisations,
                (SELECT COUNT(*) FROM tasks WHERE plan_id = $1 AND retired_at IS NULL) AS tasks,
                (SELECT COUNT(*) FROM tasks t WHERE t.plan_id = $1 AND t.retired_at IS NULL AND NOT EXISTS
                    (SELECT 1 FROM assignments a WHERE a.task_id = t.id AND a.part = 'lead' AND a.ended_at IS NULL)) AS tasks_without_lead,
                (SELECT COUNT(*) FROM tasks t WHERE t.plan_id = $1 AND t.retired_at IS NULL AND NOT EXISTS
                    (SELECT 1 FROM assignments a WHERE a.task_id = t.id AND a.part = 'responsible' AND a.ended_at IS NULL))
                    AS tasks_without_responsible,
                (SELECT COUNT(DISTINCT r.unit_id) FROM recognitions r
                    JOIN indicator_recognitions c ON c.recognition = r.kind AND (c.level IS NULL OR c.level = r.level)
                    JOIN indicators i ON i.id = c.indicator_id WHERE i.plan_id = $1) AS units,
                (SELECT COUNT(*) FROM refused_names n JOIN reports r ON r.id = n.report_id JOIN obligations o ON o.id = r.obligation_id
                    JOIN periods p ON p.id = o.period_id WHERE p.plan_id = $1) AS refused_names,
                (SELECT COUNT(*) FROM (SELECT DISTINCT h.report_id, h.entry_key FROM name_holds h JOIN reports r ON r.id = h.report_id
                    JOIN obligations o ON o.id = r.obligation_id JOIN periods p ON p.id = o.period_id
                    WHERE p.plan_id = $1 AND h.unit_id IS NULL AND r.state IN ('returned', 'draft')) AS held) AS held_by_returned",
        plan
    )
}

/// A period that is open for reports.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OpenedPeriod {
    /// Its code, such as `2026Q3`.
    pub code: String,
    /// Last day.
    #[sqlx(try_from = "Day")]
    pub ends_on: Date,
    /// By when reports are due.
    #[sqlx(try_from = "Day")]
    pub report_due: Date,
}

/// The periods of a plan that were opened, the latest first.
pub async fn list_opened_periods(tx: &mut Tx, plan: &PlanId) -> Result<Vec<OpenedPeriod>, StoreError> {
    fetch_all!(tx, OpenedPeriod, "SELECT code, ends_on, report_due FROM periods WHERE plan_id = $1 ORDER BY ends_on DESC", plan)
}
