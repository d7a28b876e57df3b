//! Pledges: what organisations take on.

use leptos::prelude::*;

use super::Fields;

/// Records what the own organisation takes on.
#[server(prefix = "/fn", endpoint = "take_on_pledge")]
pub async fn take_on_pledge(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        services::pledges::{PledgeInput, record_pledges},
        web::forms::{Done, submit},
    };
    submit(form, "take_on_pledge", |visit, form| async move {
        let actor = visit.require(Permission::Report)?;
        let plan = visit.plan_in_use(form.get("plan"))?;
        let input = PledgeInput::from_fields(&plan, |name| form.get(name).to_owned());
        record_pledges(&visit.shared.db, &actor, visit.now, &plan, input).await?;
        Ok(Done::back(&form))
    })
    .await
}

/// Records what any organisation takes on.
#[server(prefix = "/fn", endpoint = "record_pledge")]
pub async fn record_pledge(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        services::pledges::{PledgeInput, record_pledges},
        web::forms::{Done, submit},
    };
    submit(form, "record_pledge", |visit, form| async move {
        let actor = visit.require(Permission::ManagePlans)?;
        let plan = visit.plan_in_use(form.get("plan"))?;
        let input = PledgeInput::from_fields(&plan, |name| form.get(name).to_owned());
        record_pledges(&visit.shared.db, &actor, visit.now, &plan, input).await?;
        Ok(Done::back(&form))
    })
    .await
}
