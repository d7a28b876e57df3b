//! Projects, milestones and dates of tasks.

use leptos::prelude::*;

use super::Fields;

/// Sets up a project or a milestone.
#[server(prefix = "/fn", endpoint = "create_timetable_item")]
pub async fn create_timetable_item(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        services::{
            editing::Grounds,
            projects::{self, ItemInput},
        },
        web::forms::{Done, submit},
    };
    submit(form, "create_timetable_item", |visit, form| async move {
        let actor = visit.require(Permission::ManagePlans)?;
        let plan = visit.plan_in_use(form.get("plan"))?;
        let text = |name: &str| form.get(name).to_owned();
        let input = ItemInput {
            task: text("task"),
            kind: text("kind"),
            project: text("project"),
            code: text("code"),
            name_zh: text("name_zh"),
            name_en: text("name_en"),
            deliverable_zh: text("deliverable_zh"),
            deliverable_en: text("deliverable_en"),
            organisation: text("organisation"),
            starts_on: text("starts_on"),
            due_on: text("due_on"),
            grounds: Grounds { reason: text("reason"), document: text("document") },
        };
        projects::create_item(&visit.shared.db, &actor, visit.now, &plan, input).await?;
        Ok(Done::back(&form))
    })
    .await
}

/// Changes names, deliverable or organisation of a project or milestone.
#[server(prefix = "/fn", endpoint = "change_timetable_item")]
pub async fn change_timetable_item(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        services::{
            editing::Grounds,
            projects::{self, ItemInput},
        },
        web::forms::{Done, submit},
    };
    submit(form, "change_timetable_item", |visit, form| async move {
        let actor = visit.require(Permission::ManagePlans)?;
        let plan = visit.plan_in_use(form.get("plan"))?;
        let text = |name: &str| form.get(name).to_owned();
        let input = ItemInput {
            name_zh: text("name_zh"),
            name_en: text("name_en"),
            deliverable_zh: text("deliverable_zh"),
            deliverable_en: text("deliverable_en"),
            organisation: text("organisation"),
            grounds: Grounds { reason: text("reason"), document: text("document") },
            ..ItemInput::default()
        };
        let seen = (form.get("instance").into(), text("seen"));
        projects::change_item(&visit.shared.db, &actor, visit.now, &plan, seen, input).await?;
        Ok(Done::back(&form))
    })
    .await
}

/// Takes a project or milestone out of the timetable.
#[server(prefix = "/fn", endpoint = "retire_timetable_item")]
pub async fn retire_timetable_item(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        services::{editing::Grounds, projects},
        web::forms::{Done, submit},
    };
    submit(form, "retire_timetable_item", |visit, form| async move {
        let actor = visit.require(Permission::ManagePlans)?;
        let plan = visit.plan_in_use(form.get("plan"))?;
        let grounds = Grounds { reason: form.get("reason").to_owned(), document: form.get("document").to_owned() };
        projects::retire_item(&visit.shared.db, &actor, visit.now, &plan, form.get("instance").into(), grounds).await?;
        Ok(Done::back(&form))
    })
    .await
}

/// Takes a retired project or milestone back into the timetable.
#[server(prefix = "/fn", endpoint = "revive_timetable_item")]
pub async fn revive_timetable_item(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        services::{editing::Grounds, projects},
        web::forms::{Done, submit},
    };
    submit(form, "revive_timetable_item", |visit, form| async move {
        let actor = visit.require(Permission::ManagePlans)?;
        let plan = visit.plan_in_use(form.get("plan"))?;
        let grounds = Grounds { reason: form.get("reason").to_owned(), document: form.get("document").to_owned() };
        projects::revive_item(&visit.shared.db, &actor, visit.now, &plan, form.get("instance").into(), grounds).await?;
        Ok(Done::back(&form))
    })
    .await
}

/// Revises the dates of a task, project or milestone.
#[server(prefix = "/fn", endpoint = "revise_dates")]
pub async fn revise_dates(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        services::projects::{self, DatesInput},
        web::forms::{Done, submit},
    };
    submit(form, "revise_dates", |visit, form| async move {
        let actor = visit.require(Permission::ManagePlans)?;
        let plan = visit.plan_in_use(form.get("plan"))?;
        let text = |name: &str| form.get(name).to_owned();
        let input = DatesInput {
            task: text("task"),
            item: text("item"),
            former: text("former"),
            starts_on: text("starts_on"),
            due_on: text("due_on"),
            effective_on: text("effective_on"),
            document: text("document"),
            reason: text("reason"),
        };
        projects::revise_dates(&visit.shared.db, &actor, visit.now, &plan, input).await?;
        Ok(Done::back(&form))
    })
    .await
}
