//! Periods and what is owed in them. Invariant: one obligation per period, task and organisation.

use jiff::civil::Date;

use super::{Day, StoreError, Tx, execute, fetch_all, fetch_optional};
use crate::domain::{
    ids::{AccountId, ObligationId, OrganisationId, PeriodId, PlanId, ReportId, TaskId},
    report::ReportState,
    ring::StationDues,
    words::OrganisationKind,
};

/// An opened period.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Period {
    /// Its id.
    pub id: PeriodId,
    /// Its plan.
    pub plan_id: PlanId,
    /// Its code, such as `2026Q3`.
    pub code: String,
    /// First day.
    #[sqlx(try_from = "Day")]
    pub starts_on: Date,
    /// Last day.
    #[sqlx(try_from = "Day")]
    pub ends_on: Date,
    /// Last day for reports.
    #[sqlx(try_from = "Day")]
    pub report_due: Date,
    /// Last day for the lead's review.
    #[sqlx(try_from = "Day")]
    pub lead_review_due: Date,
    /// Last day for the commission's review.
    #[sqlx(try_from = "Day")]
    pub commission_review_due: Date,
    /// Last day for the evaluation.
    #[sqlx(try_from = "Day")]
    pub evaluation_due: Date,
    /// Last day for feedback.
    #[sqlx(try_from = "Day")]
    pub feedback_due: Date,
    /// Last day for answers.
    #[sqlx(try_from = "Day")]
    pub answer_due: Date,
    /// When it was opened, in milliseconds since 1970.
    pub opened_at: i64,
}

impl Period {
    /// The last days of its stations.
    pub fn dues(&self) -> StationDues {
        StationDues {
            report: Some(self.report_due),
            lead_review: Some(self.lead_review_due),
            commission_review: Some(self.commission_review_due),
            evaluation: Some(self.evaluation_due),
            feedback: Some(self.feedback_due),
            answer: Some(self.answer_due),
        }
    }
}

macro_rules! select_periods {
    ($rest:literal) => {
        concat!(
            "SELECT id, plan_id, code, starts_on, ends_on, report_due, lead_review_due, commission_review_due,
                    evaluation_due, feedback_due, answer_due, opened_at
             FROM periods WHERE ",
            $rest
        )
    };
}

/// The opened periods of a plan, the latest first.
pub async fn list_periods(tx: &mut Tx, plan: &PlanId) -> Result<Vec<Period>, StoreError> {
    fetch_all!(tx, Period, select_periods!("plan_id = $1 ORDER BY ends_on DESC"), plan)
}

/// The opened period of a plan with an id or a code.
pub async fn find_period(tx: &mut Tx, plan: &PlanId, id_or_code: &str) -> Result<Option<Period>, StoreError> {
    fetch_optional!(tx, Period, select_periods!("plan_id = $1 AND (code = $2 OR id = $2)"), plan, id_or_code)
}

/// Opens a period.
pub async fn insert_period(tx: &mut Tx, period: &Period, opened_by: &AccountId) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO periods (id, plan_id, code, starts_on, ends_on, report_due, lead_review_due, commission_review_due,
                              evaluation_due, feedback_due, answer_due, opened_at, opened_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        &period.id,
        &period.plan_id,
        &period.code,
        Day(period.starts_on),
        Day(period.ends_on),
        Day(period.report_due),
        Day(period.lead_review_due),
        Day(period.commission_review_due),
        Day(period.evaluation_due),
        Day(period.feedback_due),
        Day(period.answer_due),
        period.opened_at,
        opened_by
    )?;
    Ok(())
}

/// Sets the last days of a period's stations to those given.
pub async fn update_dues(tx: &mut Tx, period: &Period) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE periods SET report_due = $2, lead_review_due = $3, commission_review_due = $4,
                            evaluation_due = $5, feedback_due = $6, answer_due = $7 WHERE id = $1",
        &period.id,
        Day(period.report_due),
        Day(period.lead_review_due),
        Day(period.commission_review_due),
        Day(period.evaluation_due),
        Day(period.feedback_due),
        Day(period.answer_due)
    )?;
    Ok(())
}

/// What is owed, with where its report stands.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Obligation {
    /// Its id.
    pub id: ObligationId,
    /// The period.
    pub period_id: PeriodId,
    /// The task.
    pub task_id: TaskId,
    /// Who owes.
    pub organisation_id: OrganisationId,
    /// Its Chinese name.
    pub organisation_zh: String,
    /// Its English name.
    pub organisation_en: String,
    /// Since when it is owed, in milliseconds since 1970.
    pub created_at: i64,
    /// The task's lead now.
    pub lead_id: Option<OrganisationId>,
    /// What the lead is.
    pub lead_kind: Option<OrganisationKind>,
    /// The report, if it was begun.
    pub report_id: Option<ReportId>,
    /// Where the report stands.
    pub state: Option<ReportState>,
    /// Since when, in milliseconds since 1970.
    pub state_since: Option<i64>,
    /// Percent complete as accepted.
    pub percent: Option<i64>,
}

macro_rules! select_obligations {
    ($rest:literal) => {
        concat!(
            "SELECT o.id, o.period_id, o.task_id, o.organisation_id, g.name_zh AS organisation_zh, g.name_en AS organisation_en,
                    o.created_at, a.organisation_id AS lead_id, l.kind AS lead_kind,
                    r.id AS report_id, r.state, r.state_since,
                    (SELECT v.percent FROM reports v WHERE v.obligation_id = o.id AND v.state = 'accepted'
                     ORDER BY v.correction DESC LIMIT 1) AS percent
             FROM obligations o
             JOIN organisations g ON g.id = o.organisation_id
             LEFT JOIN assignments a ON a.task_id = o.task_id AND a.part = 'lead' AND a.ended_at IS NULL
             LEFT JOIN organisations l ON l.id = a.organisation_id
             LEFT JOIN reports r ON r.obligation_id = o.id AND r.correction = 0 ",
            $rest,
            " ORDER BY g.sort_key, o.organisation_id, o.id"
        )
    };
}

/// Everything owed in a period, by organisation.
pub async fn list_obligations(tx: &mut Tx, period: &PeriodId) -> Result<Vec<Obligation>, StoreError> {
    fetch_all!(tx, Obligation, select_obligations!("WHERE o.period_id = $1"), period)
}

/// Everything owed for a task, in all periods.
pub async fn list_obligations_of_task(tx: &mut Tx, task: &TaskId) -> Result<Vec<Obligation>, StoreError> {
    fetch_all!(tx, Obligation, select_obligations!("WHERE o.task_id = $1"), task)
}

/// What is owed for one task in one period.
pub async fn list_obligations_of_loop(tx: &mut Tx, period: &PeriodId, task: &TaskId) -> Result<Vec<Obligation>, StoreError> {
    fetch_all!(tx, Obligation, select_obligations!("WHERE o.period_id = $1 AND o.task_id = $2"), period, task)
}

/// What is owed in the loops of a plan that are not closed: those in which an organisation has no closed feedback.
pub async fn list_obligations_of_open_loops(tx: &mut Tx, plan: &PlanId) -> Result<Vec<Obligation>, StoreError> {
    fetch_all!(
        tx,
        Obligation,
        select_obligations!(
            "WHERE EXISTS (SELECT 1 FROM periods p WHERE p.id = o.period_id AND p.plan_id = $1)
               AND EXISTS (SELECT 1 FROM obligations x
                           LEFT JOIN feedbacks f ON f.period_id = x.period_id AND f.task_id = x.task_id
                                                AND f.organisation_id = x.organisation_id
                           WHERE x.period_id = o.period_id AND x.task_id = o.task_id AND f.closed_at IS NULL)"
        ),
        plan
    )
}

/// Which organisation owes which task in a period already.
pub async fn list_owing(tx: &mut Tx, period: &PeriodId) -> Result<Vec<(TaskId, OrganisationId)>, StoreError> {
    fetch_all!(tx, (TaskId, OrganisationId), "SELECT task_id, organisation_id FROM obligations WHERE period_id = $1", period)
}

/// The tasks whose loop in a period was evaluated.
pub async fn list_evaluated_tasks(tx: &mut Tx, period: &PeriodId) -> Result<Vec<TaskId>, StoreError> {
    let rows = fetch_all!(tx, (TaskId,), "SELECT task_id FROM evaluations WHERE period_id = $1 AND superseded_at IS NULL", period)?;
    Ok(rows.into_iter().map(|(task,)| task).collect())
}

/// Lets an organisation owe a report.
pub async fn insert_obligation(
    tx: &mut Tx,
    id: &ObligationId,
    period: &PeriodId,
    task: &TaskId,
    organisation: &OrganisationId,
    now: i64,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO obligations (id, period_id, task_id, organisation_id, created_at) VALUES ($1, $2, $3, $4, $5)",
        id,
        period,
        task,
        organisation,
        now
    )?;
    Ok(())
}

/// How much of a period is reported.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PeriodCount {
    /// The period.
    pub period_id: PeriodId,
    /// Reports owed.
    pub owed: i64,
    /// Reports handed in or beyond.
    pub handed_in: i64,
    /// Reports accepted.
    pub accepted: i64,
}

/// How much of each period of a plan is reported.
pub async fn count_reports(tx: &mut Tx, plan: &PlanId) -> Result<Vec<PeriodCount>, StoreError> {
    fetch_all!(
        tx,
        PeriodCount,
        "SELECT o.period_id, COUNT(*) AS owed,
                CAST(SUM(CASE WHEN r.state IN ('submitted', 'lead-reviewed', 'accepted') THEN 1 ELSE 0 END) AS BIGINT) AS handed_in,
                CAST(SUM(CASE WHEN r.state = 'accepted' THEN 1 ELSE 0 END) AS BIGINT) AS accepted
         FROM obligations o
         JOIN periods p ON p.id = o.period_id
         LEFT JOIN reports r ON r.obligation_id = o.id AND r.correction = 0
         WHERE p.plan_id = $1 GROUP BY o.period_id",
        plan
    )
}

/// The names of the commission in both languages, if it was set up.
pub async fn find_commission_names(tx: &mut Tx) -> Result<Option<(String, String)>, StoreError> {
    fetch_optional!(
        tx,
        (String, String),
        "SELECT name_zh, name_en FROM organisations WHERE kind = 'commission' ORDER BY created_at LIMIT 1"
    )
}
