//! Evaluation, feedback, answer.

use leptos::prelude::*;

use super::Fields;

/// Records the evaluation of a task's period.
#[server(prefix = "/fn", endpoint = "evaluate_task")]
pub async fn evaluate_task(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::{evaluation::EvaluationFields, permissions::Permission},
        error::Notice,
        services::task_loop::{self, LoopKey},
        web::forms::{Done, submit},
    };
    submit(form, "evaluate_task", |visit, form| async move {
        let actor = visit.require(Permission::Evaluate)?;
        let plan = visit.plan_in_use(form.get("plan"))?;
        let key = LoopKey { task: form.get("task").to_owned(), period: form.get("period").to_owned() };
        let text = |field: &str| form.get(field).to_owned();
        let fields = EvaluationFields {
            progress_grade: text("progress_grade"),
            progress_reason: text("progress_reason"),
            quality_grade: text("quality_grade"),
            quality_reason: text("quality_reason"),
            effect_grade: text("effect_grade"),
            effect_reason: text("effect_reason"),
            effect_link: text("effect_link"),
            satisfaction_grade: text("satisfaction_grade"),
            satisfaction_reason: text("satisfaction_reason"),
        };
        task_loop::evaluate_task(&visit.shared.db, &actor, visit.now, &plan, key, &fields).await?;
        Ok(Done::back(&form).with(Notice::Evaluated))
    })
    .await
}

/// Gives feedback to one organisation.
#[server(prefix = "/fn", endpoint = "give_feedback")]
pub async fn give_feedback(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        error::Notice,
        services::task_loop::{self, FeedbackFields, LoopKey},
        web::forms::{Done, submit},
    };
    submit(form, "give_feedback", |visit, form| async move {
        let actor = visit.require(Permission::Evaluate)?;
        let plan = visit.plan_in_use(form.get("plan"))?;
        let key = LoopKey { task: form.get("task").to_owned(), period: form.get("period").to_owned() };
        let fields = FeedbackFields {
            organisation: form.get("instance").to_owned(),
            kind: form.get("kind").to_owned(),
            text: form.get("text").to_owned(),
        };
        task_loop::give_feedback(&visit.shared.db, &actor, visit.now, &plan, key, fields).await?;
        Ok(Done::back(&form).with(Notice::FeedbackGiven))
    })
    .await
}

/// Answers advice for the own organisation.
#[server(prefix = "/fn", endpoint = "answer_feedback")]
pub async fn answer_feedback(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        error::Notice,
        services::task_loop,
        web::forms::{Done, submit},
    };
    submit(form, "answer_feedback", |visit, form| async move {
        let actor = visit.require(Permission::Report)?;
        task_loop::answer_feedback(&visit.shared.db, &actor, visit.now, form.get("instance").into(), form.get("answer")).await?;
        Ok(Done::back(&form).with(Notice::Answered))
    })
    .await
}
