//! What staff correct about a unit: its names, its holder, a step recorded by mistake. Invariant: what was there before is kept; a
//! step is superseded, never removed.

use jiff::civil::Date;

use super::{Day, StoreError, Tx, execute, fetch_all, fetch_one, units::Unit};
use crate::domain::{
    ids::{AccountId, RecognitionId, ReportId, StepId, UnitId},
    words::{Level, Stage},
};

/// Who changed something, why, and when.
#[derive(Debug, Clone, Copy)]
pub struct ChangeMark<'a> {
    /// Why.
    pub reason: &'a str,
    /// By which document; empty without one.
    pub document: &'a str,
    /// Who.
    pub officer: &'a AccountId,
    /// Milliseconds since 1970.
    pub at: i64,
}

/// Keeps what a unit was before it is changed. `since`: when that state was recorded.
pub async fn insert_revision(tx: &mut Tx, id: &str, before: &Unit, since: i64, mark: ChangeMark<'_>) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO unit_revisions (id, unit_id, code, name_zh, name_en, holder_id, partners, district, recorded_at, superseded_at,
                                     reason, document, officer_id, sort_key, search_key)
         SELECT $1, units.id, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, units.sort_key,
                COALESCE((SELECT MIN(standings.search_key) FROM standings WHERE standings.unit_id = units.id), '')
         FROM units WHERE units.id = $2",
        id,
        &before.id,
        &before.code,
        &before.name_zh,
        &before.name_en,
        &before.holder_id,
        &before.partners,
        &before.district,
        since,
        mark.at,
        mark.reason,
        mark.document,
        mark.officer
    )?;
    Ok(())
}

/// When a unit became what it is.
pub async fn find_last_change(tx: &mut Tx, unit: &Unit) -> Result<i64, StoreError> {
    let (at,) = fetch_one!(
        tx,
        (i64,),
        "SELECT COALESCE((SELECT MAX(superseded_at) FROM unit_revisions WHERE unit_id = $1), $2)",
        &unit.id,
        unit.created_at
    )?;
    Ok(at)
}

/// Gives a unit other names, another holder, another place in lists.
pub async fn update_unit(tx: &mut Tx, unit: &Unit, sort_key: &str) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE units SET code = $2, name_zh = $3, name_en = $4, sort_key = $5, holder_id = $6, partners = $7, district = $8 WHERE id = $1",
        &unit.id,
        &unit.code,
        &unit.name_zh,
        &unit.name_en,
        sort_key,
        &unit.holder_id,
        &unit.partners,
        &unit.district
    )?;
    Ok(())
}

/// What a unit was once.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Revision {
    /// Its code then.
    pub code: String,
    /// Chinese name then.
    pub name_zh: String,
    /// English name then.
    pub name_en: String,
    /// Who held it then.
    pub holder_zh: String,
    /// The holder's English name.
    pub holder_en: String,
    /// Partners then.
    pub partners: String,
    /// District then.
    pub district: String,
    /// Until when, in milliseconds since 1970.
    pub superseded_at: i64,
    /// Why it was changed.
    pub reason: String,
    /// By which document.
    pub document: String,
    /// Who changed it.
    pub officer: String,
}

/// What a unit was before each change, the last first.
pub async fn list_revisions(tx: &mut Tx, unit: &UnitId) -> Result<Vec<Revision>, StoreError> {
    fetch_all!(
        tx,
        Revision,
        "SELECT v.code, v.name_zh, v.name_en, o.name_zh AS holder_zh, o.name_en AS holder_en, v.partners, v.district, v.superseded_at,
                v.reason, v.document, a.display_name AS officer
         FROM unit_revisions v JOIN organisations o ON o.id = v.holder_id JOIN accounts a ON a.id = v.officer_id
         WHERE v.unit_id = $1 ORDER BY v.superseded_at DESC, v.id DESC",
        unit
    )
}

/// Lets go of the name and code a unit holds.
pub async fn delete_holds_of_unit(tx: &mut Tx, unit: &UnitId) -> Result<u64, StoreError> {
    execute!(tx, "DELETE FROM name_holds WHERE unit_id = $1", unit)
}

/// Whether a unit holds its name, and how many of its steps hold.
pub async fn count_holds_and_steps(tx: &mut Tx, unit: &UnitId) -> Result<(i64, i64), StoreError> {
    fetch_one!(
        tx,
        (i64, i64),
        "SELECT (SELECT COUNT(*) FROM name_holds WHERE unit_id = $1),
                (SELECT COUNT(*) FROM stage_steps s JOIN recognitions r ON r.id = s.recognition_id
                 WHERE r.unit_id = $1 AND s.superseded_at IS NULL)",
        unit
    )
}

/// A step that holds, with what it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StepOfRecognition {
    /// The step.
    pub id: StepId,
    /// The unit.
    pub unit_id: UnitId,
    /// The recognition.
    pub recognition_id: RecognitionId,
    /// Code of what it is recognised as.
    pub kind: String,
    /// Level of the recognition.
    pub level: Option<Level>,
    /// The stage.
    pub stage: Stage,
    /// When it was reached.
    #[sqlx(try_from = "Day")]
    pub on_date: Date,
    /// Document number, or empty.
    pub document: String,
    /// The report it came with; none: an entry of staff.
    pub report_id: Option<ReportId>,
}

/// The steps of the unit of a step, that one included, by recognition and date.
pub async fn list_steps_beside(tx: &mut Tx, step: &StepId) -> Result<Vec<StepOfRecognition>, StoreError> {
    fetch_all!(
        tx,
        StepOfRecognition,
        "SELECT s.id, r.unit_id, s.recognition_id, r.kind, r.level, s.stage, s.on_date, s.document, s.report_id
         FROM stage_steps s JOIN recognitions r ON r.id = s.recognition_id
         WHERE s.superseded_at IS NULL AND r.unit_id = (SELECT own.unit_id FROM recognitions own JOIN stage_steps mine
                                                        ON mine.recognition_id = own.id WHERE mine.id = $1)
         ORDER BY r.created_at, r.id, s.on_date, s.recorded_at, s.id",
        step
    )
}

/// Takes a step back: it is superseded and the reason is kept. `false` when somebody was first.
pub async fn withdraw_step(tx: &mut Tx, step: &StepId, mark: ChangeMark<'_>) -> Result<bool, StoreError> {
    let superseded = execute!(tx, "UPDATE stage_steps SET superseded_at = $2 WHERE id = $1 AND superseded_at IS NULL", step, mark.at)?;
    if superseded == 1 {
        execute!(
            tx,
            "INSERT INTO step_withdrawals (step_id, reason, document, officer_id, recorded_at) VALUES ($1, $2, $3, $4, $5)",
            step,
            mark.reason,
            mark.document,
            mark.officer,
            mark.at
        )?;
    }
    Ok(superseded == 1)
}

/// Why a step was taken back.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Withdrawal {
    /// The step.
    pub step_id: StepId,
    /// Why.
    pub reason: String,
    /// By which document; empty without one.
    pub document: String,
    /// Who did it.
    pub officer: String,
    /// When, in milliseconds since 1970.
    pub recorded_at: i64,
}

/// The steps of a unit that were taken back.
pub async fn list_withdrawals(tx: &mut Tx, unit: &UnitId) -> Result<Vec<Withdrawal>, StoreError> {
    fetch_all!(
        tx,
        Withdrawal,
        "SELECT w.step_id, w.reason, w.document, a.display_name AS officer, w.recorded_at
         FROM step_withdrawals w JOIN stage_steps s ON s.id = w.step_id JOIN recognitions r ON r.id = s.recognition_id
         JOIN accounts a ON a.id = w.officer_id
         WHERE r.unit_id = $1",
        unit
    )
}

/// A unit that others may merge into.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct MergeTarget {
    /// The unit.
    pub id: UnitId,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Its code; empty without one.
    pub code: String,
    /// Who holds it.
    pub holder_zh: String,
    /// The holder's English name.
    pub holder_en: String,
}

/// Other units of the same kind whose search key matches a pattern, by name.
pub async fn find_merge_targets(tx: &mut Tx, unit: &Unit, pattern: &str, limit: i64) -> Result<Vec<MergeTarget>, StoreError> {
    fetch_all!(
        tx,
        MergeTarget,
        "SELECT u.id, u.name_zh, u.name_en, u.code, o.name_zh AS holder_zh, o.name_en AS holder_en
         FROM units u JOIN organisations o ON o.id = u.holder_id
         WHERE u.kind = $1 AND u.id <> $2
           AND EXISTS (SELECT 1 FROM standings s WHERE s.unit_id = u.id AND s.search_key LIKE $3)
         ORDER BY u.sort_key, u.id LIMIT $4",
        unit.kind,
        &unit.id,
        pattern,
        limit
    )
}
