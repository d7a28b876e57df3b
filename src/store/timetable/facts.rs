//! What accepted reports say about the timetable: what was reached, how far a task is. Invariant: what was reached is superseded, never
//! changed.

use jiff::civil::Date;

use super::ANY_DAY;
use crate::{
    domain::ids::{AccountId, EvidenceId, OrganisationId, PlanId, ReportId, TaskId, TimetableItemId},
    store::{Day, Known, StoreError, Tx, execute, fetch_all, known},
};

/// What an accepted report says was reached.
#[derive(Debug, Clone, Copy)]
pub struct NewCompletion<'a> {
    /// Its id.
    pub id: &'a str,
    /// What was reached.
    pub item: &'a TimetableItemId,
    /// On which day.
    pub reached_on: Date,
    /// The document that says so, or empty.
    pub document: &'a str,
    /// The report.
    pub report: &'a ReportId,
    /// Who accepted it.
    pub officer_id: &'a AccountId,
    /// When, in milliseconds since 1970.
    pub recorded_at: i64,
}

/// Records that something was reached.
pub async fn insert_completion(tx: &mut Tx, new: NewCompletion<'_>) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO timetable_completions (id, item_id, reached_on, document, report_id, officer_id, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        new.id,
        new.item,
        Day(new.reached_on),
        new.document,
        new.report,
        new.officer_id,
        new.recorded_at
    )?;
    Ok(())
}

/// What an accepted report said was reached, and holds.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct HeldCompletion {
    /// Its id.
    pub id: String,
    /// What was reached.
    pub item_id: TimetableItemId,
    /// On which day.
    #[sqlx(try_from = "Day")]
    pub reached_on: Date,
    /// The document that says so, or empty.
    pub document: String,
}

/// What the versions of the same report said was reached, as far as it holds.
pub async fn list_completions_beside(tx: &mut Tx, report: &ReportId) -> Result<Vec<HeldCompletion>, StoreError> {
    fetch_all!(
        tx,
        HeldCompletion,
        "SELECT c.id, c.item_id, c.reached_on, c.document
         FROM reports r JOIN reports same ON same.obligation_id = r.obligation_id
         JOIN timetable_completions c ON c.report_id = same.id AND c.superseded_at IS NULL
         WHERE r.id = $1 ORDER BY c.id",
        report
    )
}

/// Ends what was said to be reached: a correction speaks in place of the report it corrects.
pub async fn supersede_completion(tx: &mut Tx, id: &str, now: i64) -> Result<(), StoreError> {
    execute!(tx, "UPDATE timetable_completions SET superseded_at = $2 WHERE id = $1 AND superseded_at IS NULL", id, now)?;
    Ok(())
}

/// The percentage an organisation stated last of a task in an accepted report, and whether it had any accepted.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StatedPercent {
    /// The task.
    pub task_id: TaskId,
    /// The organisation.
    pub organisation_id: OrganisationId,
    /// Percent complete.
    pub percent: i64,
}

/// What organisations stated last of their tasks, in reports that were known to be accepted, of periods that end on or before a date;
/// without one, of all. A report that says "no change" states nothing new; a correction speaks in place of the report it corrects.
pub async fn list_stated_percents(tx: &mut Tx, plan: &PlanId, until: Option<Date>, known: Known) -> Result<Vec<StatedPercent>, StoreError> {
    fetch_all!(
        tx,
        StatedPercent,
        "SELECT o.task_id, o.organisation_id, r.percent
         FROM obligations o JOIN periods p ON p.id = o.period_id JOIN reports r ON r.obligation_id = o.id
         WHERE p.plan_id = $1 AND p.ends_on <= $2 AND r.accepted_at < $3 AND r.percent IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM reports later WHERE later.obligation_id = r.obligation_id
                           AND later.accepted_at < $3 AND later.correction > r.correction)
           AND NOT EXISTS (SELECT 1 FROM obligations x JOIN periods y ON y.id = x.period_id JOIN reports z ON z.obligation_id = x.id
                           WHERE x.task_id = o.task_id AND x.organisation_id = o.organisation_id AND z.accepted_at < $3
                             AND z.percent IS NOT NULL AND y.ends_on <= $2 AND y.ends_on > p.ends_on)
         ORDER BY o.task_id, o.organisation_id",
        plan,
        Day(until.unwrap_or(ANY_DAY)),
        known.instant()
    )
}

/// The tasks of a plan on which any report was known to be accepted, of periods that end on or before a date; without one, of all.
pub async fn list_reported_tasks(tx: &mut Tx, plan: &PlanId, until: Option<Date>, known: Known) -> Result<Vec<TaskId>, StoreError> {
    let rows = fetch_all!(
        tx,
        (TaskId,),
        "SELECT DISTINCT o.task_id FROM obligations o JOIN periods p ON p.id = o.period_id JOIN reports r ON r.obligation_id = o.id
         WHERE p.plan_id = $1 AND p.ends_on <= $2 AND r.accepted_at < $3 ORDER BY o.task_id",
        plan,
        Day(until.unwrap_or(ANY_DAY)),
        known.instant()
    )?;
    Ok(rows.into_iter().map(|(task,)| task).collect())
}

/// A file that proves that something was reached.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Proof {
    /// What was reached.
    pub item_id: TimetableItemId,
    /// The file.
    pub evidence_id: EvidenceId,
    /// Its name.
    pub file_name: String,
    /// Bytes.
    pub size: i64,
}

/// The files that prove what was known to be reached of a task, in the order they came.
pub async fn list_proofs_of_task(tx: &mut Tx, task: &TaskId, known: Known) -> Result<Vec<Proof>, StoreError> {
    fetch_all!(
        tx,
        Proof,
        concat!(
            "SELECT c.item_id, e.id AS evidence_id, e.file_name, e.size
             FROM timetable_completions c
             JOIN timetable_items i ON i.id = c.item_id
             JOIN evidence e ON e.report_id = c.report_id AND e.entry_key = 'milestone.' || c.item_id AND e.removed_at IS NULL
             WHERE i.task_id = $1 AND ",
            known!("c", "$2"),
            " ORDER BY e.uploaded_at, e.id"
        ),
        task,
        known.instant()
    )
}
