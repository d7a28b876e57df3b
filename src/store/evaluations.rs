//! Evaluations, feedback, answers: the second half of a loop. Invariant: one current evaluation per period and task, one
//! feedback per period, task and organisation.

use super::{Encoded, StoreError, Tx, execute, fetch_all, fetch_optional};
use crate::domain::{
    evaluation::Assessment,
    ids::{AccountId, EvaluationId, FeedbackId, OrganisationId, PeriodId, PlanId, TaskId},
    words::FeedbackKind,
};

/// An evaluation of a task's period.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Evaluation {
    /// Its id.
    pub id: EvaluationId,
    /// The period.
    pub period_id: PeriodId,
    /// The task.
    pub task_id: TaskId,
    /// The verdicts on the four dimensions.
    pub grades: Encoded<Vec<Assessment>>,
    /// What the effect is seen by; empty for nothing.
    pub effect_link: String,
    /// Organisations without an accepted report at that time.
    pub missing: Encoded<Vec<OrganisationId>>,
    /// Who evaluated.
    pub evaluator: String,
    /// When, in milliseconds since 1970.
    pub evaluated_at: i64,
}

macro_rules! select_evaluations {
    ($rest:literal) => {
        concat!(
            "SELECT e.id, e.period_id, e.task_id, e.grades, e.effect_link, e.missing, a.display_name AS evaluator, e.evaluated_at
             FROM evaluations e JOIN accounts a ON a.id = e.evaluated_by WHERE e.superseded_at IS NULL AND ",
            $rest
        )
    };
}

/// The evaluation of a task's period.
pub async fn find_evaluation(tx: &mut Tx, period: &PeriodId, task: &TaskId) -> Result<Option<Evaluation>, StoreError> {
    fetch_optional!(tx, Evaluation, select_evaluations!("e.period_id = $1 AND e.task_id = $2"), period, task)
}

/// The evaluations of a task, in all periods.
pub async fn list_evaluations_of_task(tx: &mut Tx, task: &TaskId) -> Result<Vec<Evaluation>, StoreError> {
    fetch_all!(tx, Evaluation, select_evaluations!("e.task_id = $1"), task)
}

/// When which loops of a plan were evaluated: period, task, instant.
pub async fn list_evaluation_instants(tx: &mut Tx, plan: &PlanId) -> Result<Vec<(PeriodId, TaskId, i64)>, StoreError> {
    fetch_all!(
        tx,
        (PeriodId, TaskId, i64),
        "SELECT e.period_id, e.task_id, e.evaluated_at FROM evaluations e JOIN periods p ON p.id = e.period_id
         WHERE p.plan_id = $1 AND e.superseded_at IS NULL",
        plan
    )
}

/// An evaluation to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvaluation<'a> {
    /// Its id.
    pub id: &'a EvaluationId,
    /// The period.
    pub period: &'a PeriodId,
    /// The task.
    pub task: &'a TaskId,
    /// The verdicts.
    pub grades: &'a [Assessment],
    /// What the effect is seen by; empty for nothing.
    pub effect_link: &'a str,
    /// Organisations without an accepted report.
    pub missing: &'a [OrganisationId],
    /// Who evaluates.
    pub by: &'a AccountId,
    /// When.
    pub at: i64,
}

/// Records an evaluation.
pub async fn insert_evaluation(tx: &mut Tx, new: NewEvaluation<'_>) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO evaluations (id, period_id, task_id, grades, effect_link, missing, evaluated_by, evaluated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        new.id,
        new.period,
        new.task,
        Encoded(new.grades.to_vec()),
        new.effect_link,
        Encoded(new.missing.to_vec()),
        new.by,
        new.at
    )?;
    Ok(())
}

/// What the commission answered to one organisation, and what that answered.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Feedback {
    /// Its id.
    pub id: FeedbackId,
    /// The period.
    pub period_id: PeriodId,
    /// The task.
    pub task_id: TaskId,
    /// To whom.
    pub organisation_id: OrganisationId,
    /// What kind.
    pub kind: FeedbackKind,
    /// In words; may be empty where it is only acknowledged.
    pub text: String,
    /// Who gave it.
    pub giver: String,
    /// When, in milliseconds since 1970.
    pub given_at: i64,
    /// The answer.
    pub answer: Option<String>,
    /// Who answered.
    pub answerer: Option<String>,
    /// When.
    pub answered_at: Option<i64>,
    /// When it was closed.
    pub closed_at: Option<i64>,
}

macro_rules! select_feedbacks {
    ($rest:literal) => {
        concat!(
            "SELECT f.id, f.period_id, f.task_id, f.organisation_id, f.kind, f.text, a.display_name AS giver, f.given_at,
                    f.answer, b.display_name AS answerer, f.answered_at, f.closed_at
             FROM feedbacks f JOIN accounts a ON a.id = f.given_by LEFT JOIN accounts b ON b.id = f.answered_by
             JOIN periods p ON p.id = f.period_id WHERE ",
            $rest
        )
    };
}

/// The feedback with an id.
pub async fn find_feedback(tx: &mut Tx, id: &FeedbackId) -> Result<Option<Feedback>, StoreError> {
    fetch_optional!(tx, Feedback, select_feedbacks!("f.id = $1"), id)
}

/// All feedback on a task, in all periods.
pub async fn list_feedbacks_of_task(tx: &mut Tx, task: &TaskId) -> Result<Vec<Feedback>, StoreError> {
    fetch_all!(tx, Feedback, select_feedbacks!("f.task_id = $1 ORDER BY f.given_at, f.id"), task)
}

/// All feedback in one loop.
pub async fn list_feedbacks_of_loop(tx: &mut Tx, period: &PeriodId, task: &TaskId) -> Result<Vec<Feedback>, StoreError> {
    fetch_all!(tx, Feedback, select_feedbacks!("f.period_id = $1 AND f.task_id = $2 ORDER BY f.given_at, f.id"), period, task)
}

/// All feedback in a period.
pub async fn list_feedbacks_of_period(tx: &mut Tx, period: &PeriodId) -> Result<Vec<Feedback>, StoreError> {
    fetch_all!(tx, Feedback, select_feedbacks!("f.period_id = $1 ORDER BY f.given_at, f.id"), period)
}

/// All feedback in the loops of a plan that are not closed.
pub async fn list_feedbacks_of_open_loops(tx: &mut Tx, plan: &PlanId) -> Result<Vec<Feedback>, StoreError> {
    fetch_all!(
        tx,
        Feedback,
        select_feedbacks!(
            "p.plan_id = $1
             AND EXISTS (SELECT 1 FROM obligations x
                         LEFT JOIN feedbacks y ON y.period_id = x.period_id AND y.task_id = x.task_id
                                              AND y.organisation_id = x.organisation_id
                         WHERE x.period_id = f.period_id AND x.task_id = f.task_id AND y.closed_at IS NULL)
             ORDER BY f.given_at, f.id"
        ),
        plan
    )
}

/// Feedback to be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFeedback<'a> {
    /// Its id.
    pub id: &'a FeedbackId,
    /// The period.
    pub period: &'a PeriodId,
    /// The task.
    pub task: &'a TaskId,
    /// To whom.
    pub organisation: &'a OrganisationId,
    /// What kind.
    pub kind: FeedbackKind,
    /// In words.
    pub text: &'a str,
    /// Who gives it.
    pub by: &'a AccountId,
    /// When.
    pub at: i64,
    /// When it is closed, where that is at once.
    pub closed_at: Option<i64>,
}

/// Gives feedback.
pub async fn insert_feedback(tx: &mut Tx, new: NewFeedback<'_>) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO feedbacks (id, period_id, task_id, organisation_id, kind, text, given_by, given_at, closed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        new.id,
        new.period,
        new.task,
        new.organisation,
        new.kind,
        new.text,
        new.by,
        new.at,
        new.closed_at
    )?;
    Ok(())
}

/// Answers feedback and closes it. `false` when it was closed already.
pub async fn close_with_answer(tx: &mut Tx, id: &FeedbackId, answer: &str, by: &AccountId, now: i64) -> Result<bool, StoreError> {
    let changed = execute!(
        tx,
        "UPDATE feedbacks SET answer = $2, answered_by = $3, answered_at = $4, closed_at = $4 WHERE id = $1 AND closed_at IS NULL",
        id,
        answer,
        by,
        now
    )?;
    Ok(changed == 1)
}

/// Advice that waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OpenFeedback {
    /// Its id.
    pub id: FeedbackId,
    /// The plan's code.
    pub plan_code: String,
    /// The period's code.
    pub period_code: String,
    /// The task's code.
    pub task_code: String,
    /// The task's Chinese title.
    pub task_title_zh: String,
    /// The task's English title.
    pub task_title_en: String,
    /// The advice.
    pub text: String,
    /// When it was given, in milliseconds since 1970.
    pub given_at: i64,
    /// Last day for the answer.
    #[sqlx(try_from = "super::Day")]
    pub answer_due: jiff::civil::Date,
}

/// Advice to an organisation that waits for its answer, the oldest first.
pub async fn list_open_feedback(tx: &mut Tx, organisation: &OrganisationId) -> Result<Vec<OpenFeedback>, StoreError> {
    fetch_all!(
        tx,
        OpenFeedback,
        "SELECT f.id, n.code AS plan_code, p.code AS period_code, t.code AS task_code,
                t.title_zh AS task_title_zh, t.title_en AS task_title_en, f.text, f.given_at, p.answer_due
         FROM feedbacks f
         JOIN periods p ON p.id = f.period_id
         JOIN plans n ON n.id = p.plan_id
         JOIN tasks t ON t.id = f.task_id
         WHERE f.organisation_id = $1 AND f.kind = 'advice' AND f.closed_at IS NULL
         ORDER BY p.answer_due, f.given_at, f.id",
        organisation
    )
}
