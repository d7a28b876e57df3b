//! Reports. The form itself is multipart and has its own handler (`web::report_form`); this is the rest.

use leptos::prelude::*;

use super::Fields;

/// Takes a submitted report back before a decision.
#[server(prefix = "/fn", endpoint = "withdraw_report")]
pub async fn withdraw_report(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::{ids::ReportId, permissions::Permission},
        error::Notice,
        services::reports,
        web::forms::{Done, submit},
    };
    submit(form, "withdraw_report", |visit, form| async move {
        let actor = visit.require(Permission::Report)?;
        let plan = visit.plan_in_use(form.get("plan"))?;
        let (report, version) = (ReportId::from(form.get("report")), form.get("version").parse().unwrap_or(0));
        reports::withdraw_report(&visit.shared.db, &actor, visit.now, &plan, &report, version).await?;
        Ok(Done::back(&form).with(Notice::ReportWithdrawn))
    })
    .await
}
