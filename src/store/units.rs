//! Units of the roster, what they are recognised as, and who holds which name. Invariant: a name or code is held once in
//! its scope, and the primary key of `name_holds` is the final judge of that.

mod lists;

use jiff::civil::Date;

use super::{Day, Known, StoreError, Tx, execute, fetch_all, fetch_optional, former};
use crate::domain::{
    ids::{AccountId, EvidenceId, OrganisationId, RecognitionId, ReportId, StepId, UnitId},
    report::ReportState,
    words::{Level, Stage, UnitKind},
};

pub use lists::*;

/// A unit as it stands.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Unit {
    /// Its id.
    pub id: UnitId,
    /// Its kind.
    pub kind: UnitKind,
    /// Its code; empty without one.
    pub code: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name; may be empty.
    pub name_en: String,
    /// The organisation that holds it.
    pub holder_id: OrganisationId,
    /// Partners, or empty.
    pub partners: String,
    /// District, or empty.
    pub district: String,
    /// Recorded at, milliseconds since 1970.
    pub created_at: i64,
}

/// A unit to be added.
#[derive(Debug, Clone, Copy)]
pub struct UnitRow<'a> {
    /// Its id.
    pub id: &'a UnitId,
    /// Its kind.
    pub kind: UnitKind,
    /// Its code; empty without one.
    pub code: &'a str,
    /// Chinese name.
    pub name_zh: &'a str,
    /// English name; may be empty.
    pub name_en: &'a str,
    /// Pinyin, so that both databases sort alike.
    pub sort_key: &'a str,
    /// The organisation that holds it.
    pub holder_id: &'a OrganisationId,
    /// Partners, or empty.
    pub partners: &'a str,
    /// District, or empty.
    pub district: &'a str,
    /// Milliseconds since 1970.
    pub created_at: i64,
}

/// Adds a unit.
pub async fn insert_unit(tx: &mut Tx, new: UnitRow<'_>) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO units (id, kind, code, name_zh, name_en, sort_key, holder_id, partners, district, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        new.id,
        new.kind,
        new.code,
        new.name_zh,
        new.name_en,
        new.sort_key,
        new.holder_id,
        new.partners,
        new.district,
        new.created_at,
    )?;
    Ok(())
}

/// The unit with an id.
pub async fn find_unit(tx: &mut Tx, id: &UnitId) -> Result<Option<Unit>, StoreError> {
    fetch_optional!(
        tx,
        Unit,
        "SELECT id, kind, code, name_zh, name_en, holder_id, partners, district, created_at FROM units WHERE id = $1",
        id
    )
}

/// The units an organisation holds, by name.
pub async fn list_units_of_holder(tx: &mut Tx, holder: &OrganisationId) -> Result<Vec<Unit>, StoreError> {
    fetch_all!(
        tx,
        Unit,
        "SELECT id, kind, code, name_zh, name_en, holder_id, partners, district, created_at
         FROM units WHERE holder_id = $1 ORDER BY sort_key, id",
        holder
    )
}

/// One accepted step with the recognition it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StepOfUnit {
    /// The unit.
    pub unit_id: UnitId,
    /// The recognition.
    pub recognition_id: RecognitionId,
    /// Code of what it is recognised as.
    pub kind: String,
    /// Level of the recognition.
    pub level: Option<Level>,
    /// The stage that was reached.
    pub stage: Stage,
    /// On which day.
    #[sqlx(try_from = "Day")]
    pub on_date: Date,
}

macro_rules! select_steps {
    ($rest:literal) => {
        concat!(
            "SELECT r.unit_id, r.id AS recognition_id, r.kind, r.level, s.stage, s.on_date
             FROM recognitions r JOIN stage_steps s ON s.recognition_id = r.id AND s.superseded_at IS NULL ",
            $rest,
            " ORDER BY r.created_at, r.id, s.on_date, s.recorded_at, s.id"
        )
    };
}

/// The accepted steps of a unit, recognition by recognition.
pub async fn list_steps_of_unit(tx: &mut Tx, unit: &UnitId) -> Result<Vec<StepOfUnit>, StoreError> {
    fetch_all!(tx, StepOfUnit, select_steps!("WHERE r.unit_id = $1"), unit)
}

/// The accepted steps of every unit an organisation holds.
pub async fn list_steps_of_holder(tx: &mut Tx, holder: &OrganisationId) -> Result<Vec<StepOfUnit>, StoreError> {
    fetch_all!(tx, StepOfUnit, select_steps!("JOIN units u ON u.id = r.unit_id WHERE u.holder_id = $1"), holder)
}

/// Begins a recognition.
pub async fn insert_recognition(
    tx: &mut Tx,
    id: &RecognitionId,
    unit: &UnitId,
    kind: &str,
    level: Option<Level>,
    now: i64,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO recognitions (id, unit_id, kind, level, created_at) VALUES ($1, $2, $3, $4, $5)",
        id,
        unit,
        kind,
        level,
        now
    )?;
    Ok(())
}

/// A stage step to be added.
#[derive(Debug, Clone, Copy)]
pub struct StepRow<'a> {
    /// Its id.
    pub id: &'a StepId,
    /// The recognition it belongs to.
    pub recognition_id: &'a RecognitionId,
    /// The stage that was reached.
    pub stage: Stage,
    /// On which day.
    pub on: Date,
    /// Document number, or empty.
    pub document: &'a str,
    /// The unit it was merged into.
    pub merged_into: Option<&'a UnitId>,
    /// The report it comes from; none: an entry of staff.
    pub report_id: Option<&'a ReportId>,
    /// Who verified it.
    pub verifier_id: &'a AccountId,
    /// Why, where it is an entry of staff.
    pub reason: &'a str,
    /// Milliseconds since 1970.
    pub recorded_at: i64,
}

/// Adds a stage step.
pub async fn insert_step(tx: &mut Tx, new: StepRow<'_>) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO stage_steps (id, recognition_id, stage, on_date, document, merged_into, report_id, verifier_id, reason, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        new.id,
        new.recognition_id,
        new.stage,
        Day(new.on),
        new.document,
        new.merged_into,
        new.report_id,
        new.verifier_id,
        new.reason,
        new.recorded_at,
    )?;
    Ok(())
}

/// Ties a file of evidence to a step.
pub async fn insert_step_evidence(tx: &mut Tx, step: &StepId, evidence: &EvidenceId) -> Result<(), StoreError> {
    execute!(tx, "INSERT INTO step_evidence (step_id, evidence_id) VALUES ($1, $2)", step, evidence)?;
    Ok(())
}

/// A name or code that is held, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Hold {
    /// The unit, once accepted.
    pub unit_id: Option<UnitId>,
    /// The report that brought it.
    pub report_id: Option<ReportId>,
    /// The entry of that report.
    pub entry_key: String,
    /// The discriminator an officer admitted, or empty.
    pub admitted: String,
    /// The name as the first wrote it; empty where it is not known.
    pub name_zh: String,
    /// The holding organisation's Chinese name; empty where it is not known.
    pub holder_name_zh: String,
    /// How that report stands.
    pub report_state: Option<ReportState>,
}

/// Where a mark stands: kind of unit, scope, whether a name or a code, and its normalised text.
#[derive(Debug, Clone, Copy)]
pub struct Mark<'a> {
    /// The kind of unit.
    pub kind: UnitKind,
    /// The holding organisation where the mark need only be unique there, else empty.
    pub scope: &'a str,
    /// `name` or `code`.
    pub mark_kind: &'a str,
    /// Normalised text.
    pub text: &'a str,
}

/// Whoever holds a mark, the first one first.
pub async fn list_holds(tx: &mut Tx, mark: Mark<'_>) -> Result<Vec<Hold>, StoreError> {
    fetch_all!(
        tx,
        Hold,
        "SELECT h.unit_id, h.report_id, h.entry_key, h.admitted,
                COALESCE(u.name_zh, NULLIF(h.name, ''), e.name_zh, '') AS name_zh, COALESCE(uo.name_zh, ro.name_zh, '') AS holder_name_zh,
                r.state AS report_state
         FROM name_holds h
         LEFT JOIN units u ON u.id = h.unit_id
         LEFT JOIN organisations uo ON uo.id = u.holder_id
         LEFT JOIN submitted_entries e ON e.report_id = h.report_id AND e.entry_key = h.entry_key AND e.superseded_at IS NULL
         LEFT JOIN reports r ON r.id = h.report_id
         LEFT JOIN obligations o ON o.id = r.obligation_id
         LEFT JOIN organisations ro ON ro.id = o.organisation_id
         WHERE h.kind = $1 AND h.scope = $2 AND h.mark_kind = $3 AND h.mark = $4
         ORDER BY h.held_at, h.admitted",
        mark.kind,
        mark.scope,
        mark.mark_kind,
        mark.text,
    )
}

/// Who wants to hold a mark.
#[derive(Debug, Clone, Copy)]
pub struct Holder<'a> {
    /// The discriminator an officer admitted, or empty.
    pub admitted: &'a str,
    /// The unit, once accepted.
    pub unit_id: Option<&'a UnitId>,
    /// The report that brings it.
    pub report_id: Option<&'a ReportId>,
    /// The entry of that report.
    pub entry_key: &'a str,
    /// Name or code as it was typed.
    pub name: &'a str,
    /// Milliseconds since 1970.
    pub held_at: i64,
}

/// Holds a mark; `false` when somebody has it. A refused row leaves the transaction usable on both databases.
pub async fn insert_hold(tx: &mut Tx, mark: Mark<'_>, holder: Holder<'_>) -> Result<bool, StoreError> {
    let rows = execute!(
        tx,
        "INSERT INTO name_holds (kind, scope, mark_kind, mark, admitted, unit_id, report_id, entry_key, held_at, name)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
        mark.kind,
        mark.scope,
        mark.mark_kind,
        mark.text,
        holder.admitted,
        holder.unit_id,
        holder.report_id,
        holder.entry_key,
        holder.held_at,
        holder.name,
    )?;
    Ok(rows == 1)
}

/// Lets go of what a report's entry holds, as far as no unit has taken it over.
pub async fn delete_holds_of_entry(tx: &mut Tx, report: &ReportId, entry_key: &str) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM name_holds WHERE report_id = $1 AND entry_key = $2 AND unit_id IS NULL", report, entry_key)?;
    Ok(())
}

/// Lets go of the name, or the code, a unit holds.
pub async fn delete_hold_of_unit(tx: &mut Tx, unit: &UnitId, mark_kind: &str) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM name_holds WHERE unit_id = $1 AND mark_kind = $2", unit, mark_kind)?;
    Ok(())
}

/// Lets go of everything a report holds, as far as no unit has taken it over.
pub async fn delete_holds_of_report(tx: &mut Tx, report: &ReportId) -> Result<u64, StoreError> {
    execute!(tx, "DELETE FROM name_holds WHERE report_id = $1 AND unit_id IS NULL", report)
}

/// The unit takes over what a report's entry holds.
pub async fn pass_holds(tx: &mut Tx, report: &ReportId, entry_key: &str, unit: &UnitId) -> Result<u64, StoreError> {
    execute!(tx, "UPDATE name_holds SET unit_id = $3 WHERE report_id = $1 AND entry_key = $2 AND unit_id IS NULL", report, entry_key, unit)
}

/// What a unit can be recognised as.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RecognitionKind {
    /// Its code.
    pub code: String,
    /// The kind of unit it is for.
    pub unit_kind: UnitKind,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
}

/// Has every other transaction that asks for the same kind wait until this one ends.
pub async fn lock_kind(tx: &mut Tx, kind: UnitKind) -> Result<(), StoreError> {
    execute!(tx, "UPDATE recognition_kinds SET ordinal = ordinal WHERE unit_kind = $1", kind)?;
    Ok(())
}

/// Everything a unit can be recognised as, in the order of the plan files.
pub async fn list_recognition_kinds(tx: &mut Tx) -> Result<Vec<RecognitionKind>, StoreError> {
    list_known_recognition_kinds(tx, Known::NOW).await
}

/// As [`list_recognition_kinds`], by the names they were known under.
pub async fn list_known_recognition_kinds(tx: &mut Tx, known: Known) -> Result<Vec<RecognitionKind>, StoreError> {
    let sql = concat!(
        "SELECT code, unit_kind, name_zh, name_en FROM ",
        former::recognition_kinds_as_known!("$1"),
        " AS recognition_kinds ORDER BY ordinal, code"
    );
    fetch_all!(tx, RecognitionKind, sql, known.instant())
}

/// What one code stands for.
pub async fn find_recognition_kind(tx: &mut Tx, code: &str) -> Result<Option<RecognitionKind>, StoreError> {
    fetch_optional!(tx, RecognitionKind, "SELECT code, unit_kind, name_zh, name_en FROM recognition_kinds WHERE code = $1", code)
}
