//! What the checks read: whole tables, as they stand. Invariant: nothing here writes, and words of reports come as text, so that
//! a row that means nothing is a finding and not an error.

use jiff::civil::Date;

use super::{Day, StoreError, Tx, fetch_all};
use crate::domain::{
    ids::{AccountId, EvidenceId, IndicatorId, ObligationId, OrganisationId, RecognitionId, ReportId, StepId, UnitId},
    words::{Level, RulingKind, Stage},
};

/// A report as its row says it stands.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ReportStanding {
    /// Its id.
    pub id: ReportId,
    /// Its state.
    pub state: String,
    /// How often it was submitted.
    pub submission: i64,
    /// When it was accepted.
    pub accepted_at: Option<i64>,
}

/// Every report.
pub async fn list_standings(tx: &mut Tx) -> Result<Vec<ReportStanding>, StoreError> {
    fetch_all!(tx, ReportStanding, "SELECT id, state, submission, accepted_at FROM reports ORDER BY id")
}

/// A submission, without what was submitted.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SubmissionMark {
    /// The report.
    pub report_id: ReportId,
    /// 1, 2, 3 …
    pub submission: i64,
    /// When.
    pub submitted_at: i64,
    /// By whom.
    pub submitted_by: AccountId,
}

/// Every submission, by report and number.
pub async fn list_submission_marks(tx: &mut Tx) -> Result<Vec<SubmissionMark>, StoreError> {
    fetch_all!(
        tx,
        SubmissionMark,
        "SELECT report_id, submission, submitted_at, submitted_by FROM submissions ORDER BY report_id, submission"
    )
}

/// A decision, without its text.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ReviewMark {
    /// The report.
    pub report_id: ReportId,
    /// On which submission.
    pub submission: i64,
    /// At which level.
    pub level: String,
    /// How.
    pub decision: String,
    /// By whom.
    pub reviewer_id: AccountId,
    /// The name they sign in with.
    pub reviewer: String,
    /// When.
    pub at: i64,
}

/// Every decision, by report, in order. Of two at one instant the lead's comes first.
pub async fn list_review_marks(tx: &mut Tx) -> Result<Vec<ReviewMark>, StoreError> {
    fetch_all!(
        tx,
        ReviewMark,
        "SELECT report_id, submission, level, decision, reviewer_id, accounts.username AS reviewer, at
         FROM reviews JOIN accounts ON accounts.id = reviewer_id ORDER BY report_id, submission, at, level DESC"
    )
}

/// Who typed into which report, and when first.
pub async fn list_draft_authors(tx: &mut Tx) -> Result<Vec<(ReportId, AccountId, i64)>, StoreError> {
    fetch_all!(
        tx,
        (ReportId, AccountId, i64),
        "SELECT report_id, saved_by, MIN(saved_at) FROM report_drafts GROUP BY report_id, saved_by ORDER BY report_id, saved_by"
    )
}

/// How often each action was taken on each report, as the audit chain tells it.
pub async fn count_report_actions(tx: &mut Tx) -> Result<Vec<(String, String, i64)>, StoreError> {
    fetch_all!(
        tx,
        (String, String, i64),
        "SELECT object_id, action, COUNT(*) FROM audit WHERE object_kind = 'report' GROUP BY object_id, action ORDER BY object_id, action"
    )
}

/// Reports that are not accepted although facts of theirs count: report, and how many facts.
pub async fn list_early_facts(tx: &mut Tx) -> Result<Vec<(ReportId, i64)>, StoreError> {
    fetch_all!(
        tx,
        (ReportId, i64),
        "SELECT reports.id, COUNT(*) FROM reports
         JOIN (SELECT report_id FROM stage_steps WHERE superseded_at IS NULL
               UNION ALL SELECT report_id FROM accepted_values WHERE superseded_at IS NULL
               UNION ALL SELECT report_id FROM timetable_completions WHERE superseded_at IS NULL) facts ON facts.report_id = reports.id
         WHERE reports.state <> 'accepted' GROUP BY reports.id ORDER BY reports.id"
    )
}

/// A version of a report that was ever corrected.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct VersionMark {
    /// The report.
    pub report_id: ReportId,
    /// What is owed.
    pub obligation_id: ObligationId,
    /// 0 for the report itself, then 1, 2, 3 …
    pub correction: i64,
    /// Its state.
    pub state: String,
    /// When it was accepted.
    pub accepted_at: Option<i64>,
    /// What it corrects.
    pub corrects_id: Option<ReportId>,
    /// When it was given up.
    pub given_up_at: Option<i64>,
    /// What was submitted last, as JSON.
    pub fields: Option<String>,
}

/// Every version of the reports that were ever corrected, by obligation and number.
pub async fn list_version_marks(tx: &mut Tx) -> Result<Vec<VersionMark>, StoreError> {
    fetch_all!(
        tx,
        VersionMark,
        "SELECT r.id AS report_id, r.obligation_id, r.correction, r.state, r.accepted_at, c.corrects_id, c.given_up_at, s.fields
         FROM reports r
         LEFT JOIN corrections c ON c.report_id = r.id
         LEFT JOIN submissions s ON s.report_id = r.id AND s.submission = r.submission
         WHERE r.obligation_id IN (SELECT obligation_id FROM reports WHERE correction > 0)
         ORDER BY r.obligation_id, r.correction"
    )
}

/// How many steps and values hold of the reports that were ever corrected: what is owed, steps, values.
pub async fn count_held_facts(tx: &mut Tx) -> Result<Vec<(ObligationId, i64, i64)>, StoreError> {
    fetch_all!(
        tx,
        (ObligationId, i64, i64),
        "SELECT r.obligation_id, CAST(SUM(f.step) AS BIGINT), CAST(SUM(1 - f.step) AS BIGINT)
         FROM reports r
         JOIN (SELECT report_id, 1 AS step FROM stage_steps WHERE superseded_at IS NULL
               UNION ALL SELECT report_id, 0 AS step FROM accepted_values WHERE superseded_at IS NULL) f ON f.report_id = r.id
         WHERE r.obligation_id IN (SELECT obligation_id FROM reports WHERE correction > 0)
         GROUP BY r.obligation_id ORDER BY r.obligation_id"
    )
}

/// What a roster indicator counts.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CountedKind {
    /// The indicator.
    pub indicator_id: IndicatorId,
    /// Code of the recognition.
    pub recognition: String,
    /// The level it needs; none: any.
    pub level: Option<Level>,
}

/// What every roster indicator counts.
pub async fn list_counted_kinds(tx: &mut Tx) -> Result<Vec<CountedKind>, StoreError> {
    fetch_all!(
        tx,
        CountedKind,
        "SELECT indicator_id, recognition, level FROM indicator_recognitions
         JOIN indicators ON indicators.id = indicator_id WHERE indicators.measure = 'roster' ORDER BY indicator_id, recognition"
    )
}

/// The rulings that hold, the latest last.
pub async fn list_current_rulings(tx: &mut Tx) -> Result<Vec<(IndicatorId, RulingKind, String)>, StoreError> {
    fetch_all!(
        tx,
        (IndicatorId, RulingKind, String),
        "SELECT indicator_id, kind, value FROM rulings WHERE superseded_at IS NULL ORDER BY indicator_id, recorded_at, id"
    )
}

/// A step that holds.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct HeldStep {
    /// The step.
    pub id: StepId,
    /// The unit.
    pub unit_id: UnitId,
    /// The unit's Chinese name.
    pub unit_name: String,
    /// The recognition.
    pub recognition_id: RecognitionId,
    /// Code of the recognition.
    pub kind: String,
    /// Its level.
    pub level: Option<Level>,
    /// The stage that was reached.
    pub stage: Stage,
    /// When.
    #[sqlx(try_from = "Day")]
    pub on_date: Date,
    /// When it was recorded, in milliseconds since 1970.
    pub recorded_at: i64,
}

/// Every step that holds, by unit and recognition, in the order in which they were recorded.
pub async fn list_held_steps(tx: &mut Tx) -> Result<Vec<HeldStep>, StoreError> {
    fetch_all!(
        tx,
        HeldStep,
        "SELECT stage_steps.id, recognitions.unit_id, units.name_zh AS unit_name, recognition_id, recognitions.kind, level, stage, on_date, recorded_at
         FROM stage_steps
         JOIN recognitions ON recognitions.id = recognition_id
         JOIN units ON units.id = recognitions.unit_id
         WHERE superseded_at IS NULL ORDER BY recognitions.unit_id, recognition_id, recorded_at, stage_steps.id"
    )
}

/// A stored span.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StoredSpan {
    /// The indicator.
    pub indicator_id: IndicatorId,
    /// The unit.
    pub unit_id: UnitId,
    /// `counted` or `pipeline`.
    pub measure: String,
    /// First day.
    #[sqlx(try_from = "Day")]
    pub from_date: Date,
    /// First day after it.
    pub until_date: Option<Day>,
}

/// Every stored span.
pub async fn list_stored_spans(tx: &mut Tx) -> Result<Vec<StoredSpan>, StoreError> {
    fetch_all!(tx, StoredSpan, "SELECT indicator_id, unit_id, measure, from_date, until_date FROM counted_spans")
}

/// A stored day.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StoredDay {
    /// The indicator.
    pub indicator_id: IndicatorId,
    /// `counted` or `pipeline`.
    pub measure: String,
    /// The day.
    #[sqlx(try_from = "Day")]
    pub on_date: Date,
    /// By how much the measure changes on it.
    pub change: i64,
}

/// Every stored day.
pub async fn list_stored_days(tx: &mut Tx) -> Result<Vec<StoredDay>, StoreError> {
    fetch_all!(tx, StoredDay, "SELECT indicator_id, measure, on_date, change FROM indicator_days")
}

/// Codes of all indicators with their plan's: `beijing-2025-2027 T01`.
pub async fn list_indicator_codes(tx: &mut Tx) -> Result<Vec<(IndicatorId, String)>, StoreError> {
    fetch_all!(
        tx,
        (IndicatorId, String),
        "SELECT indicators.id, plans.code || ' ' || indicators.code FROM indicators JOIN plans ON plans.id = plan_id"
    )
}

/// Chinese names of all units.
pub async fn list_unit_names(tx: &mut Tx) -> Result<Vec<(UnitId, String)>, StoreError> {
    fetch_all!(tx, (UnitId, String), "SELECT id, name_zh FROM units")
}

/// Where a unit stands in lists.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct UnitPlace {
    /// The unit.
    pub id: UnitId,
    /// Pinyin of its name.
    pub sort_key: String,
    /// Its district, or empty.
    pub district: String,
    /// Who holds it.
    pub holder_id: OrganisationId,
}

/// Where every unit stands in lists.
pub async fn list_unit_places(tx: &mut Tx) -> Result<Vec<UnitPlace>, StoreError> {
    fetch_all!(tx, UnitPlace, "SELECT id, sort_key, district, holder_id FROM units")
}

/// A file as its row says it is.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct FileMark {
    /// The evidence.
    pub id: EvidenceId,
    /// The name it came with.
    pub file_name: String,
    /// Bytes.
    pub size: i64,
    /// SHA-256 of the content.
    pub sha256: String,
    /// Whether anything shows it or counts by it: 1, or 0 for a file that was taken out of a draft.
    pub needed: i64,
}

/// Every file of evidence.
pub async fn list_file_marks(tx: &mut Tx) -> Result<Vec<FileMark>, StoreError> {
    fetch_all!(
        tx,
        FileMark,
        "SELECT id, file_name, size, sha256,
                CAST(CASE WHEN removed_at IS NULL OR EXISTS (SELECT 1 FROM step_evidence WHERE evidence_id = evidence.id)
                     THEN 1 ELSE 0 END AS BIGINT) AS needed
         FROM evidence ORDER BY sha256, id"
    )
}
