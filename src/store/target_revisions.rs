//! Revisions of targets, milestones and typed baselines with everything that stands behind them. Invariant: a row is only ever added, or
//! superseded by an act that says so.

use jiff::civil::Date;

use super::{Day, Encoded, StoreError, Tx, execute, fetch_all};
use crate::domain::{
    ids::{AccountId, IndicatorId, PlanId},
    number::Qualifier,
    target::TargetForm,
    words::Provenance,
};

/// A revision of a target.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TargetFact {
    /// Its id.
    pub id: String,
    /// The indicator.
    pub indicator_id: IndicatorId,
    /// As the text words it.
    pub wording_zh: String,
    /// The wording in English.
    pub wording_en: String,
    /// The typed target.
    pub form: Encoded<TargetForm>,
    /// The day by which it must be reached.
    #[sqlx(try_from = "Day")]
    pub target_on: Date,
    /// Where the number comes from.
    pub provenance: Provenance,
    /// Where the date comes from.
    pub date_provenance: Provenance,
    /// The first day on which it holds.
    #[sqlx(try_from = "Day")]
    pub effective_on: Date,
    /// Why it was set.
    pub reason: String,
    /// The document.
    pub document: String,
    /// Who recorded it; empty for the plan's file.
    pub officer: String,
    /// When it was recorded.
    pub recorded_at: i64,
    /// When a later act took its place.
    pub superseded_at: Option<i64>,
}

/// Every revision of the targets of a plan's indicators, also those that were withdrawn, oldest first.
pub async fn list_target_facts(tx: &mut Tx, plan: &PlanId) -> Result<Vec<TargetFact>, StoreError> {
    fetch_all!(
        tx,
        TargetFact,
        "SELECT t.id, t.indicator_id, t.wording_zh, t.wording_en, t.form, t.target_on, t.provenance, t.date_provenance, t.effective_on, t.reason,
                t.document, COALESCE(a.display_name, t.officer_name) AS officer, t.recorded_at, t.superseded_at
         FROM targets t JOIN indicators i ON i.id = t.indicator_id LEFT JOIN accounts a ON a.id = t.officer_id
         WHERE i.plan_id = $1 ORDER BY t.recorded_at, t.id",
        plan
    )
}

/// A revision of a milestone.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct MilestoneFact {
    /// Its id.
    pub id: String,
    /// The indicator.
    pub indicator_id: IndicatorId,
    /// Its day.
    #[sqlx(try_from = "Day")]
    pub on_date: Date,
    /// The value, in units of 10^-scale.
    pub value: i64,
    /// 1 where the revision takes the milestone away.
    pub dropped: i64,
    /// Where it comes from.
    pub provenance: Provenance,
    /// The first day on which it holds.
    #[sqlx(try_from = "Day")]
    pub effective_on: Date,
    /// Why it was set.
    pub reason: String,
    /// The document.
    pub document: String,
    /// Who recorded it; empty for the plan's file.
    pub officer: String,
    /// When it was recorded.
    pub recorded_at: i64,
    /// When a later act took its place.
    pub superseded_at: Option<i64>,
}

/// Every revision of the milestones of a plan's indicators, also those that were withdrawn, oldest first.
pub async fn list_milestone_facts(tx: &mut Tx, plan: &PlanId) -> Result<Vec<MilestoneFact>, StoreError> {
    fetch_all!(
        tx,
        MilestoneFact,
        "SELECT m.id, m.indicator_id, m.on_date, m.value, m.dropped, m.provenance, m.effective_on, m.reason, m.document,
                COALESCE(a.display_name, m.officer_name) AS officer, m.recorded_at, m.superseded_at
         FROM milestones m JOIN indicators i ON i.id = m.indicator_id LEFT JOIN accounts a ON a.id = m.officer_id
         WHERE i.plan_id = $1 ORDER BY m.recorded_at, m.id",
        plan
    )
}

/// A revision of a typed baseline.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct BaselineFact {
    /// Its id.
    pub id: String,
    /// The indicator.
    pub indicator_id: IndicatorId,
    /// The day for which it holds.
    #[sqlx(try_from = "Day")]
    pub on_date: Date,
    /// The word of how exactly its document dates it.
    pub dated: String,
    /// The value, in units of 10^-scale.
    pub value: i64,
    /// Softening word.
    pub qualifier: Option<String>,
    /// Where it comes from.
    pub provenance: Provenance,
    /// The first day on which it holds.
    #[sqlx(try_from = "Day")]
    pub effective_on: Date,
    /// Why it was set.
    pub reason: String,
    /// The document.
    pub document: String,
    /// Who recorded it; empty for the plan's file.
    pub officer: String,
    /// When it was recorded.
    pub recorded_at: i64,
    /// When a later act took its place.
    pub superseded_at: Option<i64>,
}

/// Every revision of the typed baselines of a plan's indicators, also those that were withdrawn, oldest first.
pub async fn list_baseline_facts(tx: &mut Tx, plan: &PlanId) -> Result<Vec<BaselineFact>, StoreError> {
    fetch_all!(
        tx,
        BaselineFact,
        "SELECT b.id, b.indicator_id, b.on_date, b.dated, b.value, b.qualifier, b.provenance, b.effective_on, b.reason, b.document,
                COALESCE(a.display_name, b.officer_name) AS officer, b.recorded_at, b.superseded_at
         FROM baselines b JOIN indicators i ON i.id = b.indicator_id LEFT JOIN accounts a ON a.id = b.officer_id
         WHERE i.plan_id = $1 ORDER BY b.recorded_at, b.id",
        plan
    )
}

/// What all rows of one act have in common.
#[derive(Debug, Clone, Copy)]
pub struct Act<'a> {
    /// The indicator.
    pub indicator: &'a IndicatorId,
    /// From which day on it holds.
    pub effective_on: Date,
    /// Why.
    pub reason: &'a str,
    /// The document.
    pub document: &'a str,
    /// The officer.
    pub officer: &'a AccountId,
    /// Milliseconds since 1970.
    pub recorded_at: i64,
}

/// The target of an act.
#[derive(Debug, Clone, Copy)]
pub struct NewTarget<'a> {
    /// Its id.
    pub id: &'a str,
    /// The wording in Chinese.
    pub wording_zh: &'a str,
    /// The wording in English.
    pub wording_en: &'a str,
    /// The typed target.
    pub form: TargetForm,
    /// The day by which it must be reached.
    pub target_on: Date,
    /// Where that day comes from.
    pub date_provenance: Provenance,
}

/// Records a revision of a target; the commission decides it.
pub async fn insert_target(tx: &mut Tx, act: Act<'_>, new: NewTarget<'_>) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO targets (id, indicator_id, wording_zh, wording_en, form, target_on, provenance, date_provenance, effective_on, reason,
                              document, officer_id, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        new.id,
        act.indicator,
        new.wording_zh,
        new.wording_en,
        Encoded(new.form),
        Day(new.target_on),
        Provenance::Commission,
        new.date_provenance,
        Day(act.effective_on),
        act.reason,
        act.document,
        act.officer,
        act.recorded_at,
    )?;
    Ok(())
}

/// Records what an act says about the milestone of a day.
pub async fn insert_milestone(tx: &mut Tx, act: Act<'_>, id: &str, on: Date, value: i64, dropped: bool) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO milestones (id, indicator_id, on_date, value, provenance, effective_on, reason, document, officer_id, recorded_at, dropped)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        id,
        act.indicator,
        Day(on),
        value,
        Provenance::Commission,
        Day(act.effective_on),
        act.reason,
        act.document,
        act.officer,
        act.recorded_at,
        i64::from(dropped),
    )?;
    Ok(())
}

/// The baseline of an act.
#[derive(Debug, Clone, Copy)]
pub struct NewBaseline<'a> {
    /// Its id.
    pub id: &'a str,
    /// The day for which it holds.
    pub on: Date,
    /// The value, in units of 10^-scale.
    pub value: i64,
    /// Softening word.
    pub qualifier: Option<Qualifier>,
}

/// Records a revision of a typed baseline.
pub async fn insert_baseline(tx: &mut Tx, act: Act<'_>, new: NewBaseline<'_>) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO baselines (id, indicator_id, on_date, value, qualifier, provenance, effective_on, reason, document, officer_id, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        new.id,
        act.indicator,
        Day(new.on),
        new.value,
        new.qualifier.map(Qualifier::as_str),
        Provenance::Commission,
        Day(act.effective_on),
        act.reason,
        act.document,
        act.officer,
        act.recorded_at,
    )?;
    Ok(())
}

/// Withdraws the revisions of target and milestones that would take effect after an act.
pub async fn supersede_later_targets(tx: &mut Tx, act: Act<'_>) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE targets SET superseded_at = $3 WHERE indicator_id = $1 AND effective_on > $2 AND superseded_at IS NULL",
        act.indicator,
        Day(act.effective_on),
        act.recorded_at
    )?;
    execute!(
        tx,
        "UPDATE milestones SET superseded_at = $3 WHERE indicator_id = $1 AND effective_on > $2 AND superseded_at IS NULL",
        act.indicator,
        Day(act.effective_on),
        act.recorded_at
    )?;
    Ok(())
}

/// Withdraws the revisions of the baseline that would take effect after an act.
pub async fn supersede_later_baselines(tx: &mut Tx, act: Act<'_>) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE baselines SET superseded_at = $3 WHERE indicator_id = $1 AND effective_on > $2 AND superseded_at IS NULL",
        act.indicator,
        Day(act.effective_on),
        act.recorded_at
    )?;
    Ok(())
}
