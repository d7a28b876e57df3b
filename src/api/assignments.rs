//! Which organisation has which part in a task.

use leptos::prelude::*;

use super::Fields;

/// Gives an organisation a part in every task that is ticked.
#[server(prefix = "/fn", endpoint = "assign_organisation")]
pub async fn assign_organisation(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        services::assignments::{self, AssignmentFields},
        web::forms::{Done, submit},
    };
    submit(form, "assign_organisation", |visit, form| async move {
        let actor = visit.require(Permission::ManagePlans)?;
        let plan = visit.plan_in_use(form.get("plan"))?;
        let ticked = |prefix| form.ticked(prefix).into_iter().map(str::to_owned).collect();
        let typed = AssignmentFields {
            tasks: ticked("task."),
            areas: ticked("area."),
            organisation: form.get("organisation").to_owned(),
            part: form.get("part").to_owned(),
            contact: form.get("contact").to_owned(),
        };
        assignments::assign_organisation(&visit.shared.db, &actor, visit.now, &plan, typed).await?;
        Ok(Done::back(&form))
    })
    .await
}

/// Names another person to talk to.
#[server(prefix = "/fn", endpoint = "change_contact")]
pub async fn change_contact(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        services::assignments,
        web::forms::{Done, submit},
    };
    submit(form, "change_contact", |visit, form| async move {
        let actor = visit.require(Permission::ManagePlans)?;
        let plan = visit.plan_in_use(form.get("plan"))?;
        let (id, contact) = (form.get("instance").into(), form.get("contact").to_owned());
        assignments::change_contact(&visit.shared.db, &actor, visit.now, &plan, id, contact).await?;
        Ok(Done::back(&form))
    })
    .await
}

/// Ends an organisation's part in a task.
#[server(prefix = "/fn", endpoint = "end_assignment")]
pub async fn end_assignment(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        services::assignments,
        web::forms::{Done, submit},
    };
    submit(form, "end_assignment", |visit, form| async move {
        let actor = visit.require(Permission::ManagePlans)?;
        let plan = visit.plan_in_use(form.get("plan"))?;
        let (id, reason) = (form.get("instance").into(), form.get("reason").to_owned());
        assignments::end_assignment(&visit.shared.db, &actor, visit.now, &plan, id, reason).await?;
        Ok(Done::back(&form))
    })
    .await
}
