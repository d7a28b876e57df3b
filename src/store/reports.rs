//! Reports: drafts, submissions, reviews. Invariant: what was submitted and what was decided is only added to, never changed.

mod owed;

use jiff::civil::Date;

use super::{Day, Encoded, StoreError, Tx, execute, fetch_all, fetch_one, fetch_optional};
use crate::domain::{
    ids::{AccountId, ObligationId, OrganisationId, PlanId, ReportId, TaskId},
    report::{Decision, ReportFields, ReportState, ReviewLevel, ValidEntry},
    words::{Level, ReturnReason, Stage, UnitKind},
};

pub use owed::*;

/// Whether an organisation's report on a task was accepted in an earlier period.
pub async fn has_accepted_before(tx: &mut Tx, task: &TaskId, organisation: &OrganisationId, ends_on: Date) -> Result<bool, StoreError> {
    let (count,) = fetch_one!(
        tx,
        (i64,),
        "SELECT COUNT(*) FROM reports r JOIN obligations o ON o.id = r.obligation_id JOIN periods p ON p.id = o.period_id
         WHERE o.task_id = $1 AND o.organisation_id = $2 AND r.state = 'accepted' AND p.ends_on < $3",
        task,
        organisation,
        Day(ends_on)
    )?;
    Ok(count > 0)
}

/// The newest draft of a report.
pub async fn find_draft(tx: &mut Tx, report: &ReportId) -> Result<Option<(ReportFields, i64, String)>, StoreError> {
    let row = fetch_optional!(
        tx,
        (Encoded<ReportFields>, i64, String),
        "SELECT d.fields, d.saved_at, a.display_name FROM report_drafts d JOIN accounts a ON a.id = d.saved_by
         WHERE d.report_id = $1 ORDER BY d.version DESC LIMIT 1",
        report
    )?;
    Ok(row.map(|(fields, saved_at, name)| (fields.0, saved_at, name)))
}

/// Begins a report as a draft.
pub async fn insert_report(tx: &mut Tx, report: &ReportId, obligation: &ObligationId, now: i64) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO reports (id, obligation_id, correction, state, version, submission, state_since, created_at)
         VALUES ($1, $2, 0, 'draft', 0, 0, $3, $3)",
        report,
        obligation,
        now
    )?;
    Ok(())
}

/// Adds a version of the draft.
pub async fn insert_draft(
    tx: &mut Tx,
    report: &ReportId,
    version: i64,
    fields: &ReportFields,
    by: &AccountId,
    now: i64,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO report_drafts (report_id, version, fields, saved_at, saved_by) VALUES ($1, $2, $3, $4, $5)",
        report,
        version,
        Encoded(fields.clone()),
        now,
        by
    )?;
    execute!(tx, "UPDATE reports SET version = $2 WHERE id = $1", report, version)?;
    Ok(())
}

/// Moves a report on. `false` when its version is no longer the one given: somebody else moved it.
pub async fn move_report(tx: &mut Tx, report: &ReportId, from_version: i64, state: ReportState, now: i64) -> Result<bool, StoreError> {
    let moved = execute!(
        tx,
        "UPDATE reports SET state = $3, state_since = $4, version = version + 1 WHERE id = $1 AND version = $2",
        report,
        from_version,
        state,
        now
    )?;
    Ok(moved == 1)
}

/// Keeps what was submitted, as it was.
pub async fn insert_submission(
    tx: &mut Tx,
    report: &ReportId,
    submission: i64,
    fields: &ReportFields,
    by: &AccountId,
    now: i64,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO submissions (report_id, submission, fields, submitted_at, submitted_by) VALUES ($1, $2, $3, $4, $5)",
        report,
        submission,
        Encoded(fields.clone()),
        now,
        by
    )?;
    execute!(tx, "UPDATE reports SET submission = $2, submitted_at = $3 WHERE id = $1", report, submission, now)?;
    Ok(())
}

/// A submission of a report.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Submission {
    /// 1, 2, 3 …
    pub submission: i64,
    /// What was submitted.
    pub fields: Encoded<ReportFields>,
    /// When.
    pub submitted_at: i64,
    /// Who.
    pub submitted_by: AccountId,
    /// Their name.
    pub name: String,
}

/// Everything that was submitted for a report, in order.
pub async fn list_submissions(tx: &mut Tx, report: &ReportId) -> Result<Vec<Submission>, StoreError> {
    fetch_all!(
        tx,
        Submission,
        "SELECT s.submission, s.fields, s.submitted_at, s.submitted_by, a.display_name AS name
         FROM submissions s JOIN accounts a ON a.id = s.submitted_by WHERE s.report_id = $1 ORDER BY s.submission",
        report
    )
}

/// Everybody who typed into a report, or into a version of it that this one corrects, or released one of them.
pub async fn list_authors(tx: &mut Tx, report: &ReportId) -> Result<Vec<AccountId>, StoreError> {
    let rows = fetch_all!(
        tx,
        (AccountId,),
        "SELECT d.saved_by FROM report_drafts d JOIN reports v ON v.id = d.report_id
         WHERE v.obligation_id = (SELECT obligation_id FROM reports WHERE id = $1)
         UNION SELECT s.submitted_by FROM submissions s JOIN reports v ON v.id = s.report_id
         WHERE v.obligation_id = (SELECT obligation_id FROM reports WHERE id = $1)",
        report
    )?;
    Ok(rows.into_iter().map(|(account,)| account).collect())
}

/// A recognition that waits for review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingEntry<'a> {
    /// The entry.
    pub entry: &'a ValidEntry,
    /// The unit, where it exists already.
    pub unit_id: Option<&'a str>,
    /// The unit's name.
    pub name: &'a str,
}

/// Lists a report's recognitions as awaiting review.
pub async fn insert_waiting_entries(
    tx: &mut Tx,
    report: &ReportId,
    holder: &OrganisationId,
    entries: &[WaitingEntry<'_>],
    at: i64,
) -> Result<(), StoreError> {
    for waiting in entries {
        let entry = waiting.entry;
        let (kind, level, stage): (UnitKind, Option<Level>, Stage) = (entry.kind, entry.level, entry.step.stage);
        execute!(
            tx,
            "INSERT INTO submitted_entries (report_id, entry_key, unit_id, unit_kind, recognition, level, name_zh, stage, on_date, holder_id,
                                            recorded_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            report,
            &entry.key,
            waiting.unit_id,
            kind,
            &entry.recognition,
            level,
            waiting.name,
            stage,
            Day(entry.step.on),
            holder,
            at
        )?;
    }
    Ok(())
}

/// Takes a report's recognitions and values off the lists of those awaiting review; that they waited stays known for earlier days.
pub async fn end_waiting(tx: &mut Tx, report: &ReportId, at: i64) -> Result<(), StoreError> {
    // What begins and ends at one instant was never known.
    execute!(tx, "DELETE FROM submitted_entries WHERE report_id = $1 AND recorded_at = $2", report, at)?;
    execute!(tx, "DELETE FROM submitted_values WHERE report_id = $1 AND recorded_at = $2", report, at)?;
    execute!(tx, "UPDATE submitted_entries SET superseded_at = $2 WHERE report_id = $1 AND superseded_at IS NULL", report, at)?;
    execute!(tx, "UPDATE submitted_values SET superseded_at = $2 WHERE report_id = $1 AND superseded_at IS NULL", report, at)?;
    Ok(())
}

/// A decision to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReview<'a> {
    /// Its id.
    pub id: &'a str,
    /// The report.
    pub report: &'a ReportId,
    /// Which submission was decided on.
    pub submission: i64,
    /// At which level.
    pub level: ReviewLevel,
    /// How.
    pub decision: Decision,
    /// Why it goes back.
    pub reason: Option<ReturnReason>,
    /// In words.
    pub text: &'a str,
    /// By whom.
    pub reviewer: &'a AccountId,
    /// When.
    pub at: i64,
}

/// Records a decision.
pub async fn insert_review(tx: &mut Tx, new: NewReview<'_>) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO reviews (id, report_id, submission, level, decision, reason_code, text, reviewer_id, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        new.id,
        new.report,
        new.submission,
        new.level,
        new.decision,
        new.reason,
        new.text,
        new.reviewer,
        new.at
    )?;
    Ok(())
}

/// A decision on a report.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Review {
    /// Which submission was decided on.
    pub submission: i64,
    /// At which level.
    pub level: ReviewLevel,
    /// How.
    pub decision: Decision,
    /// Why it went back.
    pub reason_code: Option<ReturnReason>,
    /// In words.
    pub text: String,
    /// When.
    pub at: i64,
    /// By whom.
    pub name: String,
    /// For which organisation.
    pub organisation: String,
}

/// Every decision on a report, in order.
pub async fn list_reviews(tx: &mut Tx, report: &ReportId) -> Result<Vec<Review>, StoreError> {
    fetch_all!(
        tx,
        Review,
        "SELECT v.submission, v.level, v.decision, v.reason_code, v.text, v.at, a.display_name AS name, COALESCE(g.name_zh, '') AS organisation
         FROM reviews v JOIN accounts a ON a.id = v.reviewer_id LEFT JOIN organisations g ON g.id = a.organisation_id
         WHERE v.report_id = $1 ORDER BY v.at, v.id",
        report
    )
}

/// Notes what an accepted report says, for lists and the status of its task.
pub async fn set_accepted(
    tx: &mut Tx,
    report: &ReportId,
    percent: Option<i64>,
    completed_on: Option<Date>,
    now: i64,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE reports SET accepted_at = $2, percent = $3, completed_on = $4 WHERE id = $1",
        report,
        now,
        percent,
        completed_on.map(Day)
    )?;
    Ok(())
}

/// A value to be counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewValue<'a> {
    /// Its id.
    pub id: &'a str,
    /// Code of the indicator.
    pub indicator: &'a str,
    /// Units of 10^-scale.
    pub raw: i64,
    /// Softening word.
    pub qualifier: Option<&'a str>,
    /// Of a rate that is kept in parts: numerator and denominator.
    pub parts: Option<(i64, i64)>,
}

/// Counts a value of an accepted report.
pub async fn insert_accepted_value(tx: &mut Tx, owed: &Owed, report: &ReportId, value: NewValue<'_>, now: i64) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO accepted_values (id, indicator_id, organisation_id, period_end, value, qualifier, document, report_id, recorded_at,
                                      numerator, denominator)
         SELECT $1, i.id, $3, $4, $5, $6, '', $7, $8, $10, $11 FROM indicators i WHERE i.plan_id = $9 AND i.code = $2",
        value.id,
        value.indicator,
        &owed.organisation_id,
        Day(owed.period_ends_on),
        value.raw,
        value.qualifier,
        report,
        now,
        &owed.plan_id,
        value.parts.map(|(numerator, _)| numerator),
        value.parts.map(|(_, denominator)| denominator)
    )?;
    Ok(())
}

/// Recognitions that a plan counts at one level only, by code.
pub async fn list_levelled_recognitions(tx: &mut Tx, plan: &PlanId) -> Result<Vec<String>, StoreError> {
    let rows = fetch_all!(
        tx,
        (String,),
        "SELECT DISTINCT ir.recognition FROM indicator_recognitions ir JOIN indicators i ON i.id = ir.indicator_id
         WHERE i.plan_id = $1 AND ir.level IS NOT NULL ORDER BY ir.recognition",
        plan
    )?;
    Ok(rows.into_iter().map(|(code,)| code).collect())
}

/// Codes of the recognitions that a task's indicators count.
pub async fn list_task_recognitions(tx: &mut Tx, task: &TaskId) -> Result<Vec<(String, Option<Level>)>, StoreError> {
    fetch_all!(
        tx,
        (String, Option<Level>),
        "SELECT ir.recognition, ir.level FROM indicator_recognitions ir JOIN task_indicators ti ON ti.indicator_id = ir.indicator_id
         JOIN indicators i ON i.id = ir.indicator_id WHERE ti.task_id = $1 AND ti.superseded_at IS NULL AND i.retired_at IS NULL
         ORDER BY i.ordinal, ir.ordinal",
        task
    )
}

/// Flow, level and rank indicators linked to a task: code, Chinese and English name, measure, scale, unit words.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TaskValue {
    /// Code.
    pub code: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// How it is measured.
    pub measure: crate::domain::words::Measure,
    /// Decimal places.
    pub scale: i64,
    /// Chinese unit word.
    pub unit_zh: String,
    /// English unit word; may be empty.
    pub unit_en: String,
    /// 1 where it is kept as numerator and denominator.
    pub fraction: i64,
}

impl TaskValue {
    /// How its values are written.
    pub fn rule(&self) -> crate::domain::value_entry::ValueRule {
        crate::domain::value_entry::ValueRule::new(self.measure, self.scale, (&self.unit_zh, &self.unit_en), self.fraction == 1)
    }
}

/// The indicators of a task whose values are typed.
pub async fn list_task_values(tx: &mut Tx, task: &TaskId) -> Result<Vec<TaskValue>, StoreError> {
    fetch_all!(
        tx,
        TaskValue,
        "SELECT i.code, i.name_zh, i.name_en, i.measure, i.scale, i.unit_zh, i.unit_en, i.fraction FROM indicators i
         JOIN task_indicators ti ON ti.indicator_id = i.id
         WHERE ti.task_id = $1 AND ti.superseded_at IS NULL AND i.measure <> 'roster' AND i.retired_at IS NULL ORDER BY i.ordinal",
        task
    )
}
