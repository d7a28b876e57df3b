//! Opening periods and changing their deadlines.

use leptos::prelude::*;

use super::Fields;

/// Opens a period for reports.
#[server(prefix = "/fn", endpoint = "open_period")]
pub async fn open_period(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        error::Notice,
        services::periods::{self, DUE_FIELDS, PeriodFields},
        web::forms::{Done, submit},
    };
    submit(form, "open_period", |visit, form| async move {
        let actor = visit.require(Permission::ManagePlans)?;
        let plan = visit.plan_in_use(form.get("plan"))?;
        let fields = PeriodFields {
            period: form.get("period").to_owned(),
            deadlines: DUE_FIELDS.map(|field| form.get(field).to_owned()),
            ..PeriodFields::default()
        };
        let code = periods::open_period(&visit.shared.db, &actor, visit.now, &plan, &fields).await?;
        Ok(Done::to(&plan.path(&format!("/periods/{code}"))).with(Notice::PeriodOpened))
    })
    .await
}

/// Changes the deadlines of an open period.
#[server(prefix = "/fn", endpoint = "change_period")]
pub async fn change_period(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        services::periods::{self, DUE_FIELDS, PeriodFields},
        web::forms::{Done, submit},
    };
    submit(form, "change_period", |visit, form| async move {
        let actor = visit.require(Permission::ManagePlans)?;
        let plan = visit.plan_in_use(form.get("plan"))?;
        let fields = PeriodFields {
            period: form.get("period").to_owned(),
            deadlines: DUE_FIELDS.map(|field| form.get(field).to_owned()),
            was: form.get("was").to_owned(),
            reason: form.get("reason").to_owned(),
        };
        periods::change_period(&visit.shared.db, &actor, visit.now, &plan, &fields).await?;
        Ok(Done::back(&form))
    })
    .await
}
