//! Reviews.

use leptos::prelude::*;

use super::Fields;

/// Accepts or returns a report at the level at which it waits.
#[server(prefix = "/fn", endpoint = "decide_report")]
pub async fn decide_report(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::{
            ids::ReportId,
            report::{Decision, ReportState},
        },
        error::{Notice, UserError},
        services::reviews::{DecisionForm, decide, require_reviewer},
        web::forms::{Done, submit},
    };
    submit(form, "decide_report", |visit, form| async move {
        let actor = require_reviewer(visit.identity()?)?;
        let decision: Decision = form.get("decision").parse().map_err(|_| UserError::WrongState)?;
        let input = DecisionForm {
            plan: visit.plan_in_use(form.get("plan"))?,
            report: ReportId::from(form.get("report")),
            version: form.get("version").parse().unwrap_or(0),
            decision,
            reason: form.get("reason").to_owned(),
            text: form.get("text").to_owned(),
        };
        let state = decide(&visit.shared.db, &actor, visit.now, input).await?;
        let notice = if state == ReportState::Returned { Notice::ReportReturned } else { Notice::ReportAccepted };
        Ok(Done::back(&form).with(notice))
    })
    .await
}

/// Accepts several reports that say "no change".
#[server(prefix = "/fn", endpoint = "accept_unchanged")]
pub async fn accept_unchanged(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        error::Notice,
        services::reviews::{accept_unchanged, require_reviewer},
        web::forms::{Done, submit},
    };
    submit(form, "accept_unchanged", |visit, form| async move {
        let actor = require_reviewer(visit.identity()?)?;
        let plan = visit.plan_in_use(form.get("plan"))?;
        accept_unchanged(&visit.shared.db, &actor, visit.now, &plan, form.ticked("report.")).await?;
        Ok(Done::back(&form).with(Notice::ReportAccepted))
    })
    .await
}
