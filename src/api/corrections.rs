//! Corrections of accepted reports. What is corrected is typed into the report form itself; this is its beginning and its end.

use leptos::prelude::*;

use super::Fields;

/// Begins the correction of an accepted report and leads to its draft.
#[server(prefix = "/fn", endpoint = "begin_correction")]
pub async fn begin_correction(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::{ids::ReportId, permissions::Permission},
        error::Notice,
        services::corrections,
        web::forms::{Done, submit},
    };
    submit(form, "begin_correction", |visit, form| async move {
        let actor = visit.require(Permission::Report)?;
        let plan = visit.plan_in_use(form.get("plan"))?;
        let report = ReportId::from(form.get("report"));
        let begun = corrections::begin_correction(&visit.shared.db, &actor, visit.now, &plan, &report, form.get("reason")).await?;
        Ok(Done::to(&plan.path(&format!("/reports/{begun}"))).with(Notice::CorrectionBegun))
    })
    .await
}

/// Gives an open correction up.
#[server(prefix = "/fn", endpoint = "give_up_correction")]
pub async fn give_up_correction(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::{ids::ReportId, permissions::Permission},
        error::Notice,
        services::corrections,
        web::forms::{Done, submit},
    };
    submit(form, "give_up_correction", |visit, form| async move {
        let actor = visit.require(Permission::Report)?;
        let plan = visit.plan_in_use(form.get("plan"))?;
        let (report, version) = (ReportId::from(form.get("report")), form.get("version").parse().unwrap_or(0));
        corrections::give_up_correction(&visit.shared.db, &actor, visit.now, &plan, &report, version).await?;
        Ok(Done::back(&form).with(Notice::CorrectionGivenUp))
    })
    .await
}
