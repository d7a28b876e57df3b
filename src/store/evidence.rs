//! Files of evidence. Invariant: a row exists only once its file is on disk under its hash.

use super::{StoreError, Tx, execute, fetch_all, fetch_optional};
use crate::domain::ids::{AccountId, EvidenceId, OrganisationId, PlanId, ReportId};

/// A file of evidence.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Evidence {
    /// Its id.
    pub id: EvidenceId,
    /// The entry it proves; empty for the report as a whole.
    pub entry_key: String,
    /// The name it came with.
    pub file_name: String,
    /// What its content is.
    pub media_type: String,
    /// Bytes.
    pub size: i64,
    /// SHA-256 of the content.
    pub sha256: String,
    /// When it came.
    pub uploaded_at: i64,
    /// Taken out of the draft again.
    pub removed_at: Option<i64>,
}

/// A file to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvidence {
    /// Its id.
    pub id: EvidenceId,
    /// The report it belongs to.
    pub report: ReportId,
    /// The organisation it belongs to.
    pub organisation: OrganisationId,
    /// The entry it proves; empty for the report as a whole.
    pub entry_key: String,
    /// The name it came with.
    pub file_name: String,
    /// What its content is.
    pub media_type: &'static str,
    /// Bytes.
    pub size: i64,
    /// SHA-256 of the content.
    pub sha256: String,
    /// Who brought it.
    pub uploaded_by: AccountId,
    /// When.
    pub uploaded_at: i64,
}

/// Records a file that is on disk.
pub async fn insert_evidence(tx: &mut Tx, new: &NewEvidence) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO evidence (id, organisation_id, report_id, entry_key, file_name, media_type, size, sha256, uploaded_by, uploaded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &new.id,
        &new.organisation,
        &new.report,
        &new.entry_key,
        &new.file_name,
        new.media_type,
        new.size,
        &new.sha256,
        &new.uploaded_by,
        new.uploaded_at
    )?;
    Ok(())
}

/// The files of a report, also those taken out again, in the order they came.
pub async fn list_evidence(tx: &mut Tx, report: &ReportId) -> Result<Vec<Evidence>, StoreError> {
    fetch_all!(
        tx,
        Evidence,
        "SELECT id, entry_key, file_name, media_type, size, sha256, uploaded_at, removed_at FROM evidence
         WHERE report_id = $1 ORDER BY uploaded_at, id",
        report
    )
}

/// Takes a file out of a report's draft; the file itself stays.
pub async fn remove_evidence(tx: &mut Tx, report: &ReportId, id: &EvidenceId, now: i64) -> Result<bool, StoreError> {
    let removed =
        execute!(tx, "UPDATE evidence SET removed_at = $3 WHERE id = $1 AND report_id = $2 AND removed_at IS NULL", id, report, now)?;
    Ok(removed == 1)
}

/// Takes the files of an entry out with it.
pub async fn remove_entry_evidence(tx: &mut Tx, report: &ReportId, entry_key: &str, now: i64) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE evidence SET removed_at = $3 WHERE report_id = $1 AND entry_key = $2 AND removed_at IS NULL",
        report,
        entry_key,
        now
    )?;
    Ok(())
}

/// A file with what decides who may see it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct GuardedEvidence {
    /// The name it came with.
    pub file_name: String,
    /// What its content is.
    pub media_type: String,
    /// Bytes.
    pub size: i64,
    /// SHA-256 of the content.
    pub sha256: String,
    /// Who owns its report.
    pub owner_id: OrganisationId,
    /// The task's lead now.
    pub lead_id: Option<OrganisationId>,
}

/// A file of a plan's report.
pub async fn find_guarded_evidence(tx: &mut Tx, plan: &PlanId, id: &EvidenceId) -> Result<Option<GuardedEvidence>, StoreError> {
    fetch_optional!(
        tx,
        GuardedEvidence,
        "SELECT e.file_name, e.media_type, e.size, e.sha256, o.organisation_id AS owner_id, a.organisation_id AS lead_id
         FROM evidence e
         JOIN reports r ON r.id = e.report_id
         JOIN obligations o ON o.id = r.obligation_id
         JOIN periods p ON p.id = o.period_id
         LEFT JOIN assignments a ON a.task_id = o.task_id AND a.part = 'lead' AND a.ended_at IS NULL
         WHERE e.id = $1 AND p.plan_id = $2",
        id,
        plan
    )
}

/// The hashes of all files that a row refers to.
pub async fn list_hashes(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    let rows = fetch_all!(tx, (String,), "SELECT DISTINCT sha256 FROM evidence ORDER BY sha256")?;
    Ok(rows.into_iter().map(|(hash,)| hash).collect())
}
