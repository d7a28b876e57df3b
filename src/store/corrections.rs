//! Corrections of accepted reports, and what the versions of a report have said. Invariant: a fact that is corrected is superseded,
//! never changed; of an obligation's versions the accepted one with the highest number is in force.

use jiff::civil::Date;

use super::{Day, Encoded, StoreError, Tx, execute, fetch_all, fetch_one};
use crate::domain::{
    ids::{AccountId, EvidenceId, ObligationId, RecognitionId, ReportId, StepId, UnitId},
    report::{ReportFields, ReportState},
    words::{Level, Stage},
};

/// A version of a report: the report itself, or a correction of it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Version {
    /// The report.
    pub report_id: ReportId,
    /// 0 for the report itself, then 1, 2, 3 …
    pub correction: i64,
    /// Where it stands.
    pub state: ReportState,
    /// When it was begun.
    pub created_at: i64,
    /// When it was submitted last.
    pub submitted_at: Option<i64>,
    /// Who submitted it last; empty before.
    pub submitted_name: String,
    /// When it was accepted.
    pub accepted_at: Option<i64>,
    /// What it corrects.
    pub corrects_id: Option<ReportId>,
    /// Why it was begun; empty for the report itself.
    pub reason: String,
    /// Who began it; empty for the report itself.
    pub begun_name: String,
    /// When its owner gave it up.
    pub given_up_at: Option<i64>,
    fields: Option<Encoded<ReportFields>>,
}

impl Version {
    /// What was submitted last, if anything was.
    pub fn fields(&self) -> Option<&ReportFields> {
        self.fields.as_ref().map(|fields| &fields.0)
    }

    /// Whether it is a correction that is neither accepted nor given up.
    pub fn is_open_correction(&self) -> bool {
        self.correction > 0 && self.state != ReportState::Accepted && self.given_up_at.is_none()
    }
}

/// The version in force: the accepted one with the highest number.
pub fn find_in_force(versions: &[Version]) -> Option<&Version> {
    versions.iter().rev().find(|version| version.state == ReportState::Accepted)
}

/// Every version of what is owed, in order.
pub async fn list_versions(tx: &mut Tx, obligation: &ObligationId) -> Result<Vec<Version>, StoreError> {
    fetch_all!(
        tx,
        Version,
        "SELECT r.id AS report_id, r.correction, r.state, r.created_at, r.submitted_at, COALESCE(sa.display_name, '') AS submitted_name,
                r.accepted_at, c.corrects_id, COALESCE(c.reason, '') AS reason, COALESCE(ba.display_name, '') AS begun_name,
                c.given_up_at, s.fields
         FROM reports r
         LEFT JOIN corrections c ON c.report_id = r.id
         LEFT JOIN accounts ba ON ba.id = c.begun_by
         LEFT JOIN submissions s ON s.report_id = r.id AND s.submission = r.submission
         LEFT JOIN accounts sa ON sa.id = s.submitted_by
         WHERE r.obligation_id = $1 ORDER BY r.correction",
        obligation
    )
}

/// A correction to be begun.
#[derive(Debug, Clone, Copy)]
pub struct NewCorrection<'a> {
    /// Its report.
    pub report: &'a ReportId,
    /// What is owed.
    pub obligation: &'a ObligationId,
    /// Its number.
    pub number: i64,
    /// The version in force.
    pub corrects: &'a ReportId,
    /// Why.
    pub reason: &'a str,
    /// Who begins it.
    pub begun_by: &'a AccountId,
    /// When.
    pub begun_at: i64,
}

/// Begins a correction as a report without a draft.
pub async fn insert_correction(tx: &mut Tx, new: NewCorrection<'_>) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO reports (id, obligation_id, correction, state, version, submission, state_since, created_at)
         VALUES ($1, $2, $3, 'draft', 0, 0, $4, $4)",
        new.report,
        new.obligation,
        new.number,
        new.begun_at
    )?;
    execute!(
        tx,
        "INSERT INTO corrections (report_id, corrects_id, reason, begun_by, begun_at) VALUES ($1, $2, $3, $4, $5)",
        new.report,
        new.corrects,
        new.reason,
        new.begun_by,
        new.begun_at
    )?;
    Ok(())
}

/// Marks a correction as given up by its owner.
pub async fn set_given_up(tx: &mut Tx, report: &ReportId, by: &AccountId, now: i64) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE corrections SET given_up_by = $2, given_up_at = $3 WHERE report_id = $1 AND given_up_at IS NULL",
        report,
        by,
        now
    )?;
    Ok(())
}

/// Gives a file of one report to another as well: a row of its own, so that taking it out there leaves it here.
pub async fn copy_evidence(tx: &mut Tx, from: &EvidenceId, id: &EvidenceId, report: &ReportId) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO evidence (id, organisation_id, report_id, entry_key, file_name, media_type, size, sha256, uploaded_by, uploaded_at)
         SELECT $2, organisation_id, $3, entry_key, file_name, media_type, size, sha256, uploaded_by, uploaded_at FROM evidence WHERE id = $1",
        from,
        id,
        report
    )?;
    Ok(())
}

// ---- What the versions have said and still holds ----

/// A step that some version of a report brought and that holds.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SaidStep {
    /// The step.
    pub id: StepId,
    /// The recognition.
    pub recognition_id: RecognitionId,
    /// The unit.
    pub unit_id: UnitId,
    /// Code of what the unit is recognised as.
    pub kind: String,
    /// At which level.
    pub level: Option<Level>,
    /// The stage.
    pub stage: Stage,
    /// On which day.
    #[sqlx(try_from = "Day")]
    pub on_date: Date,
    /// Document number, or empty.
    pub document: String,
}

/// The steps that hold and came with any version of what is owed.
pub async fn list_said_steps(tx: &mut Tx, obligation: &ObligationId) -> Result<Vec<SaidStep>, StoreError> {
    fetch_all!(
        tx,
        SaidStep,
        "SELECT s.id, s.recognition_id, r.unit_id, r.kind, r.level, s.stage, s.on_date, s.document
         FROM reports p
         JOIN stage_steps s ON s.report_id = p.id AND s.superseded_at IS NULL
         JOIN recognitions r ON r.id = s.recognition_id
         WHERE p.obligation_id = $1 ORDER BY s.on_date, s.id",
        obligation
    )
}

/// The content of the files that prove those steps: step and SHA-256.
pub async fn list_said_evidence(tx: &mut Tx, obligation: &ObligationId) -> Result<Vec<(StepId, String)>, StoreError> {
    fetch_all!(
        tx,
        (StepId, String),
        "SELECT s.id, e.sha256
         FROM reports p
         JOIN stage_steps s ON s.report_id = p.id AND s.superseded_at IS NULL
         JOIN step_evidence x ON x.step_id = s.id
         JOIN evidence e ON e.id = x.evidence_id
         WHERE p.obligation_id = $1 ORDER BY s.id, e.sha256",
        obligation
    )
}

/// A step that holds, whoever brought it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct HeldStep {
    /// The step.
    pub id: StepId,
    /// The recognition.
    pub recognition_id: RecognitionId,
    /// Code of what the unit is recognised as.
    pub kind: String,
    /// At which level.
    pub level: Option<Level>,
    /// The stage.
    pub stage: Stage,
    /// On which day.
    #[sqlx(try_from = "Day")]
    pub on_date: Date,
}

/// Every step of a unit that holds, by recognition in the order in which they began.
pub async fn list_held_steps(tx: &mut Tx, unit: &UnitId) -> Result<Vec<HeldStep>, StoreError> {
    fetch_all!(
        tx,
        HeldStep,
        "SELECT s.id, s.recognition_id, r.kind, r.level, s.stage, s.on_date
         FROM recognitions r JOIN stage_steps s ON s.recognition_id = r.id AND s.superseded_at IS NULL
         WHERE r.unit_id = $1 ORDER BY r.created_at, r.id, s.on_date, s.recorded_at, s.id",
        unit
    )
}

/// Which unit each entry of any version brought to the roster, as long as the unit bears its name.
pub async fn list_entry_units(tx: &mut Tx, obligation: &ObligationId) -> Result<Vec<(String, UnitId)>, StoreError> {
    fetch_all!(
        tx,
        (String, UnitId),
        "SELECT DISTINCT h.entry_key, h.unit_id FROM reports r JOIN name_holds h ON h.report_id = r.id
         WHERE r.obligation_id = $1 AND h.unit_id IS NOT NULL ORDER BY h.entry_key, h.unit_id",
        obligation
    )
}

/// A value that some version of a report brought and that holds.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SaidValue {
    /// Its id.
    pub id: String,
    /// Code of the indicator.
    pub indicator: String,
    /// Units of 10^-scale.
    pub value: i64,
    /// Softening word.
    pub qualifier: Option<String>,
    /// Of a rate that is kept in parts: what is counted.
    pub numerator: Option<i64>,
    /// Of such a rate: out of what.
    pub denominator: Option<i64>,
}

/// The values that hold and came with any version of what is owed.
pub async fn list_said_values(tx: &mut Tx, obligation: &ObligationId) -> Result<Vec<SaidValue>, StoreError> {
    fetch_all!(
        tx,
        SaidValue,
        "SELECT v.id, i.code AS indicator, v.value, v.qualifier, v.numerator, v.denominator
         FROM reports p
         JOIN accepted_values v ON v.report_id = p.id AND v.superseded_at IS NULL
         JOIN indicators i ON i.id = v.indicator_id
         WHERE p.obligation_id = $1 ORDER BY i.code, v.id",
        obligation
    )
}

/// Ends what a step says: from now on another one, or none, stands in its place.
pub async fn supersede_step(tx: &mut Tx, step: &StepId, now: i64) -> Result<bool, StoreError> {
    let done = execute!(tx, "UPDATE stage_steps SET superseded_at = $2 WHERE id = $1 AND superseded_at IS NULL", step, now)?;
    Ok(done == 1)
}

/// Ends what a value says.
pub async fn supersede_value(tx: &mut Tx, value: &str, now: i64) -> Result<bool, StoreError> {
    let done = execute!(tx, "UPDATE accepted_values SET superseded_at = $2 WHERE id = $1 AND superseded_at IS NULL", value, now)?;
    Ok(done == 1)
}

/// How many steps of a unit hold.
pub async fn count_held_steps(tx: &mut Tx, unit: &UnitId) -> Result<i64, StoreError> {
    let (count,) = fetch_one!(
        tx,
        (i64,),
        "SELECT COUNT(*) FROM recognitions r JOIN stage_steps s ON s.recognition_id = r.id AND s.superseded_at IS NULL
         WHERE r.unit_id = $1",
        unit
    )?;
    Ok(count)
}

/// How a unit is described.
#[derive(Debug, Clone, Copy)]
pub struct Description<'a> {
    /// Chinese name.
    pub name_zh: &'a str,
    /// Pinyin of the name.
    pub sort_key: &'a str,
    /// Code, or empty.
    pub code: &'a str,
    /// Partners, or empty.
    pub partners: &'a str,
    /// District, or empty.
    pub district: &'a str,
}

/// Describes a unit anew.
pub async fn update_description(tx: &mut Tx, unit: &UnitId, new: Description<'_>) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE units SET name_zh = $2, sort_key = $3, code = $4, partners = $5, district = $6 WHERE id = $1",
        unit,
        new.name_zh,
        new.sort_key,
        new.code,
        new.partners,
        new.district
    )?;
    Ok(())
}

/// Lets go of a unit's names and codes, all but those given: its normalised name and code as they are now, or nothing.
pub async fn release_marks_of_unit(tx: &mut Tx, unit: &UnitId, name: &str, code: &str) -> Result<(), StoreError> {
    execute!(
        tx,
        "DELETE FROM name_holds WHERE unit_id = $1 AND NOT (mark_kind = 'name' AND mark = $2) AND NOT (mark_kind = 'code' AND mark = $3)",
        unit,
        name,
        code
    )?;
    Ok(())
}
