//! Evaluation, feedback, answer. Invariant: each is given once, in this order, and decided under the one writer, so that
//! of two at the same time the second is told.

use std::collections::HashMap;

use jiff::civil::Date;

use super::{
    ServiceError,
    access::Actor,
    loops::{Loop, assemble, group_by_loop, ring_obligations},
    moment::{Moment, make_id},
    tasks::judge_tasks,
    trail::{Action, Change, NOTHING, record_change},
    visit::PlanHead,
};
use crate::{
    domain::{
        evaluation::{EvaluationFields, validate_evaluation},
        fields::{FieldError, FieldProblem, read_required, read_text},
        ids::{EvaluationId, FeedbackId, OrganisationId, PlanId},
        report::{MAX_LONG_TEXT, ReportState},
        ring::{Station, may_evaluate},
        words::FeedbackKind,
    },
    error::UserError,
    store::{
        Db, Tx,
        evaluations::{self, NewEvaluation, NewFeedback, OpenFeedback},
        periods::{self, Period},
        tasks::{self, Task},
        with_tx,
    },
};

/// Which loop of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoopKey {
    /// The task's code.
    pub task: String,
    /// The period's code or id.
    pub period: String,
}

async fn find_loop(tx: &mut Tx, plan: &PlanId, key: &LoopKey) -> Result<(Task, Period), ServiceError> {
    let task = tasks::find_task_by_code(tx, plan, &key.task).await?.ok_or(UserError::NotFound)?;
    let period = periods::find_period(tx, plan, &key.period).await?.ok_or(UserError::NotFound)?;
    Ok((task, period))
}

/// Records the evaluation of a loop: once all its reports are accepted, or after the deadline, naming the missing.
///
/// # Errors
/// `AlreadyDecided` when it was evaluated; `WrongState` while reports may still come, or where none is owed; field errors.
pub async fn evaluate_task(
    db: &Db,
    actor: &Actor,
    now: Moment,
    plan: &PlanHead,
    key: LoopKey,
    fields: &EvaluationFields,
) -> Result<(), ServiceError> {
    let (actor, plan, fields) = (actor.clone(), plan.clone(), fields.clone());
    with_tx(db, move |tx| Box::pin(async move { evaluate_task_in(tx, &actor, now, &plan, &key, &fields).await })).await
}

/// Records an evaluation inside a transaction.
pub(super) async fn evaluate_task_in(
    tx: &mut Tx,
    actor: &Actor,
    now: Moment,
    plan: &PlanHead,
    key: &LoopKey,
    fields: &EvaluationFields,
) -> Result<(), ServiceError> {
    let valid = validate_evaluation(fields);
    let today = now.date_in(&plan.time_zone);
    let (task, period) = find_loop(tx, &plan.id, key).await?;
    if evaluations::find_evaluation(tx, &period.id, &task.id).await?.is_some() {
        return Err(UserError::AlreadyDecided.into());
    }
    let owed = ring_obligations(&periods::list_obligations_of_loop(tx, &period.id, &task.id).await?);
    let missing = may_evaluate(&owed, &period.dues(), today).map_err(|_| UserError::WrongState)?;
    if owed.is_empty() {
        return Err(UserError::WrongState.into());
    }
    let valid = valid.map_err(UserError::Invalid)?;
    let id: EvaluationId = make_id(now)?;
    let link = valid.effect_link.clone().unwrap_or_default();
    let new = NewEvaluation {
        id: &id,
        period: &period.id,
        task: &task.id,
        grades: &valid.assessments,
        effect_link: &link,
        missing: &missing,
        by: actor.account(),
        at: now.0,
    };
    evaluations::insert_evaluation(tx, new).await?;
    let change = Change { action: Action::EvaluateTask, object_kind: "evaluation", object_id: id.as_str(), reason: "" };
    let after = serde_json::json!({ "task": task.code, "period": period.code, "evaluation": valid, "missing": missing });
    record_change(tx, &actor.author(), now, change, NOTHING, Some(&after)).await
}

/// Feedback as it was typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeedbackFields {
    /// Id of the organisation it goes to.
    pub organisation: String,
    /// `acknowledged` or `advice`.
    pub kind: String,
    /// In words; advice needs them.
    pub text: String,
}

fn read_feedback(fields: &FeedbackFields) -> Result<(FeedbackKind, String), Vec<FieldError>> {
    let mut errors = Vec::new();
    // Orders have a loop of their own and are not given here.
    let kind = match fields.kind.parse() {
        Ok(kind @ (FeedbackKind::Acknowledged | FeedbackKind::Advice)) => Some(kind),
        _ if fields.kind.is_empty() => {
            errors.push(FieldError::new("kind", FieldProblem::Required));
            None
        }
        _ => {
            errors.push(FieldError::new("kind", FieldProblem::UnknownChoice));
            None
        }
    };
    let text = match kind {
        Some(FeedbackKind::Acknowledged) => read_text("text", &fields.text, MAX_LONG_TEXT, &mut errors),
        _ => read_required("text", &fields.text, MAX_LONG_TEXT, &mut errors),
    };
    match kind {
        Some(kind) if errors.is_empty() => Ok((kind, text)),
        _ => Err(errors),
    }
}

/// Gives feedback to one responsible organisation of an evaluated loop. What is only acknowledged closes at once.
///
/// An organisation whose report is missing gets advice only: there is nothing to acknowledge.
///
/// # Errors
/// `NotFound` for an organisation that owes nothing there, `WrongState` before the evaluation, `AlreadyDecided` when it
/// was given; field errors.
pub async fn give_feedback(
    db: &Db,
    actor: &Actor,
    now: Moment,
    plan: &PlanHead,
    key: LoopKey,
    fields: FeedbackFields,
) -> Result<(), ServiceError> {
    let (actor, plan) = (actor.clone(), plan.clone());
    with_tx(db, move |tx| Box::pin(async move { give_feedback_in(tx, &actor, now, &plan, &key, &fields).await })).await
}

/// Gives feedback inside a transaction.
pub(super) async fn give_feedback_in(
    tx: &mut Tx,
    actor: &Actor,
    now: Moment,
    plan: &PlanHead,
    key: &LoopKey,
    fields: &FeedbackFields,
) -> Result<(), ServiceError> {
    let (task, period) = find_loop(tx, &plan.id, key).await?;
    let organisation = OrganisationId::from(fields.organisation.as_str());
    let owed = periods::list_obligations_of_loop(tx, &period.id, &task.id).await?;
    let owed = owed.iter().find(|owed| owed.organisation_id == organisation).ok_or(UserError::NotFound)?;
    let given = evaluations::list_feedbacks_of_loop(tx, &period.id, &task.id).await?;
    if given.iter().any(|given| given.organisation_id == organisation) {
        return Err(UserError::AlreadyDecided.into());
    }
    if evaluations::find_evaluation(tx, &period.id, &task.id).await?.is_none() {
        return Err(UserError::WrongState.into());
    }
    let (kind, text) = read_feedback(fields).map_err(UserError::Invalid)?;
    if kind == FeedbackKind::Acknowledged && owed.state != Some(ReportState::Accepted) {
        return Err(UserError::field("kind", FieldProblem::UnknownChoice).into());
    }
    let id: FeedbackId = make_id(now)?;
    let new = NewFeedback {
        id: &id,
        period: &period.id,
        task: &task.id,
        organisation: &organisation,
        kind,
        text: &text,
        by: actor.account(),
        at: now.0,
        closed_at: (kind == FeedbackKind::Acknowledged).then_some(now.0),
    };
    evaluations::insert_feedback(tx, new).await?;
    let change = Change { action: Action::GiveFeedback, object_kind: "feedback", object_id: id.as_str(), reason: "" };
    let after = serde_json::json!({
        "task": task.code, "period": period.code, "organisation": organisation, "kind": kind, "text": text,
    });
    record_change(tx, &actor.author(), now, change, NOTHING, Some(&after)).await
}

/// Answers advice for the own organisation, which closes it.
///
/// # Errors
/// `NotFound` for feedback to another organisation, `AlreadyDecided` when it is closed; field errors.
pub async fn answer_feedback(db: &Db, actor: &Actor, now: Moment, id: FeedbackId, answer: &str) -> Result<(), ServiceError> {
    let (actor, answer) = (actor.clone(), answer.to_owned());
    with_tx(db, move |tx| Box::pin(async move { answer_feedback_in(tx, &actor, now, &id, &answer).await })).await
}

/// Answers advice inside a transaction.
pub(super) async fn answer_feedback_in(tx: &mut Tx, actor: &Actor, now: Moment, id: &FeedbackId, answer: &str) -> Result<(), ServiceError> {
    let mut errors = Vec::new();
    let answer = read_required("answer", answer, MAX_LONG_TEXT, &mut errors);
    let own = actor.own_organisation()?;
    let before = evaluations::find_feedback(tx, id).await?.filter(|given| given.organisation_id == *own);
    let before = before.ok_or(UserError::NotFound)?;
    if before.closed_at.is_some() {
        return Err(UserError::AlreadyDecided.into());
    }
    if before.kind != FeedbackKind::Advice {
        return Err(UserError::WrongState.into());
    }
    if !errors.is_empty() {
        return Err(UserError::Invalid(errors).into());
    }
    if !evaluations::close_with_answer(tx, id, &answer, actor.account(), now.0).await? {
        return Err(UserError::AlreadyDecided.into());
    }
    let change = Change { action: Action::AnswerFeedback, object_kind: "feedback", object_id: id.as_str(), reason: "" };
    record_change(tx, &actor.author(), now, change, NOTHING, Some(&serde_json::json!({ "answer": answer }))).await
}

/// Advice to an organisation that waits for its answer, the earliest deadline first.
pub async fn list_open_feedback(tx: &mut Tx, organisation: &OrganisationId) -> Result<Vec<OpenFeedback>, ServiceError> {
    Ok(evaluations::list_open_feedback(tx, organisation).await?)
}

/// A loop in which the commission has to act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingLoop {
    /// The task.
    pub task: Task,
    /// The period.
    pub period: Period,
    /// `Evaluation` or `Feedback`.
    pub station: Station,
    /// Reports that are not accepted.
    pub missing: usize,
    /// Organisations that still wait for feedback; 0 before the evaluation.
    pub without_feedback: usize,
    /// Since when it waits, in milliseconds since 1970.
    pub since: Option<i64>,
    /// Its deadline.
    pub due: Date,
}

/// The loops of a plan that are ready for their evaluation or for feedback, the earliest deadline first.
pub async fn list_waiting_evaluations(tx: &mut Tx, plan: &PlanHead, today: Date) -> Result<Vec<WaitingLoop>, ServiceError> {
    let mut owed = group_by_loop(periods::list_obligations_of_open_loops(tx, &plan.id).await?, |row| (&row.period_id, &row.task_id));
    let given = evaluations::list_feedbacks_of_open_loops(tx, &plan.id).await?;
    let mut given = group_by_loop(given, |row| (&row.period_id, &row.task_id));
    let evaluated = evaluations::list_evaluation_instants(tx, &plan.id).await?;
    let evaluated: HashMap<_, _> = evaluated.into_iter().map(|(period, task, at)| ((period, task), at)).collect();
    let opened = periods::list_periods(tx, &plan.id).await?;
    let judged = judge_tasks(tx, &plan.id, today, today).await?;
    let mut waiting = Vec::new();
    for period in &opened {
        for task in judged.iter().map(|judged| &judged.task) {
            let key = (period.id.clone(), task.id.clone());
            let Some(owed) = owed.remove(&key) else { continue };
            let given = given.remove(&key).unwrap_or_default();
            waiting.extend(wait_for_commission(task, assemble(period, owed, evaluated.get(&key).copied(), given, today)));
        }
    }
    waiting.sort_by(|a, b| (a.due, &a.period.ends_on).cmp(&(b.due, &b.period.ends_on)));
    Ok(waiting)
}

fn wait_for_commission(task: &Task, found: Loop) -> Option<WaitingLoop> {
    let owed = ring_obligations(&found.obligations);
    let missing = found.obligations.iter().filter(|owed| owed.state != Some(ReportState::Accepted)).count();
    let has_feedback = |organisation: &OrganisationId| found.feedbacks.iter().any(|given| given.organisation_id == *organisation);
    let without_feedback = found.obligations.iter().filter(|owed| !has_feedback(&owed.organisation_id)).count();
    let (station, since, due) = if let Some(evaluated_at) = found.evaluated_at {
        if without_feedback == 0 {
            return None;
        }
        (Station::Feedback, Some(evaluated_at), found.period.feedback_due)
    } else {
        may_evaluate(&owed, &found.period.dues(), found.today).ok()?;
        (Station::Evaluation, owed.iter().map(|owed| owed.state_since).max(), found.period.evaluation_due)
    };
    let without_feedback = if found.evaluated_at.is_some() { without_feedback } else { 0 };
    Some(WaitingLoop { task: task.clone(), period: found.period, station, missing, without_feedback, since, due })
}
