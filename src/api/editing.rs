//! Staff change a plan's definition.

use leptos::prelude::*;

use super::Fields;

/// Creates a plan without content.
#[server(prefix = "/fn", endpoint = "create_plan")]
pub async fn create_plan(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        error::Notice,
        services::editing,
        web::{
            definition_forms::read_plan_form,
            forms::{Done, submit},
        },
    };
    submit(form, "create_plan", |visit, form| async move {
        let actor = visit.require(Permission::ManagePlans)?;
        let beside = visit.plan(form.get("plan"))?;
        editing::create_plan(&visit.shared.db, &actor, visit.now, &beside.time_zone, read_plan_form(&form)).await?;
        let place = format!("/p/{}/manage/plan", form.get("code").trim());
        Ok(Done::to(&place).with(Notice::Saved))
    })
    .await
}

/// Changes names, issuer or cadence of a plan.
#[server(prefix = "/fn", endpoint = "change_plan")]
pub async fn change_plan(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        services::editing,
        web::{
            definition_forms::read_plan_form,
            forms::{Done, submit},
        },
    };
    submit(form, "change_plan", |visit, form| async move {
        let actor = visit.require(Permission::ManagePlans)?;
        let plan = visit.plan_in_use(form.get("plan"))?;
        editing::change_plan(&visit.shared.db, &actor, visit.now, &plan, read_plan_form(&form)).await?;
        Ok(Done::back(&form))
    })
    .await
}

/// Creates an area.
#[server(prefix = "/fn", endpoint = "create_area")]
pub async fn create_area(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        error::Notice,
        services::editing::{self, AreaInput, Grounds},
        web::forms::{Done, submit},
    };
    submit(form, "create_area", |visit, form| async move {
        let actor = visit.require(Permission::ManagePlans)?;
        let plan = visit.plan_in_use(form.get("plan"))?;
        let text = |name: &str| form.get(name).to_owned();
        let input = AreaInput {
            seen: text("seen"),
            code: text("code"),
            place: text("place"),
            name_zh: text("name_zh"),
            name_en: text("name_en"),
            short_zh: text("short_zh"),
            short_en: text("short_en"),
            closing: form.is_on("closing"),
            grounds: Grounds { reason: text("reason"), document: text("document") },
        };
        editing::create_area(&visit.shared.db, &actor, visit.now, &plan, input).await?;
        let place = plan.path(&format!("/manage/areas?edit={}", form.get("code")));
        Ok(Done::to(&place).with(Notice::Saved))
    })
    .await
}

/// Changes names or place of an area.
#[server(prefix = "/fn", endpoint = "change_area")]
pub async fn change_area(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        services::editing::{self, AreaInput, Grounds},
        web::forms::{Done, submit},
    };
    submit(form, "change_area", |visit, form| async move {
        let actor = visit.require(Permission::ManagePlans)?;
        let plan = visit.plan_in_use(form.get("plan"))?;
        let text = |name: &str| form.get(name).to_owned();
        let input = AreaInput {
            seen: text("seen"),
            code: text("code"),
            place: text("place"),
            name_zh: text("name_zh"),
            name_en: text("name_en"),
            short_zh: text("short_zh"),
            short_en: text("short_en"),
            closing: form.is_on("closing"),
            grounds: Grounds { reason: text("reason"), document: text("document") },
        };
        editing::change_area(&visit.shared.db, &actor, visit.now, &plan, input).await?;
        Ok(Done::back(&form))
    })
    .await
}

/// Creates an indicator with its target.
#[server(prefix = "/fn", endpoint = "create_indicator")]
pub async fn create_indicator(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        error::Notice,
        services::editing,
        web::{
            definition_forms::read_indicator_form,
            forms::{Done, submit},
        },
    };
    submit(form, "create_indicator", |visit, form| async move {
        let actor = visit.require(Permission::ManagePlans)?;
        let plan = visit.plan_in_use(form.get("plan"))?;
        let input = read_indicator_form(&form);
        editing::create_indicator(&visit.shared.db, &actor, visit.now, &plan, input).await?;
        let place = plan.path(&format!("/manage/indicators?edit={}", form.get("code")));
        Ok(Done::to(&place).with(Notice::Saved))
    })
    .await
}

/// Changes an indicator.
#[server(prefix = "/fn", endpoint = "change_indicator")]
pub async fn change_indicator(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        services::editing,
        web::{
            definition_forms::read_indicator_form,
            forms::{Done, submit},
        },
    };
    submit(form, "change_indicator", |visit, form| async move {
        let actor = visit.require(Permission::ManagePlans)?;
        let plan = visit.plan_in_use(form.get("plan"))?;
        let input = read_indicator_form(&form);
        editing::change_indicator(&visit.shared.db, &actor, visit.now, &plan, input).await?;
        Ok(Done::back(&form))
    })
    .await
}

/// Creates a task.
#[server(prefix = "/fn", endpoint = "create_task")]
pub async fn create_task(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        error::Notice,
        services::editing,
        web::{
            definition_forms::read_task_form,
            forms::{Done, submit},
        },
    };
    submit(form, "create_task", |visit, form| async move {
        let actor = visit.require(Permission::ManagePlans)?;
        let plan = visit.plan_in_use(form.get("plan"))?;
        let input = read_task_form(&form);
        editing::create_task(&visit.shared.db, &actor, visit.now, &plan, input).await?;
        let place = plan.path(&format!("/manage/tasks?edit={}", form.get("code")));
        Ok(Done::to(&place).with(Notice::Saved))
    })
    .await
}

/// Changes a task.
#[server(prefix = "/fn", endpoint = "change_task")]
pub async fn change_task(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        services::editing,
        web::{
            definition_forms::read_task_form,
            forms::{Done, submit},
        },
    };
    submit(form, "change_task", |visit, form| async move {
        let actor = visit.require(Permission::ManagePlans)?;
        let plan = visit.plan_in_use(form.get("plan"))?;
        let input = read_task_form(&form);
        editing::change_task(&visit.shared.db, &actor, visit.now, &plan, input).await?;
        Ok(Done::back(&form))
    })
    .await
}

/// Retires a plan, an area, an indicator or a task.
#[server(prefix = "/fn", endpoint = "retire_part")]
pub async fn retire_part(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        error::UserError,
        services::editing::{self, Grounds, PartInput, PartKind},
        web::forms::{Done, submit},
    };
    submit(form, "retire_part", |visit, form| async move {
        let actor = visit.require(Permission::ManagePlans)?;
        let plan = visit.plan_in_use(form.get("plan"))?;
        let text = |name: &str| form.get(name).to_owned();
        let input = PartInput {
            kind: form.get("kind").parse::<PartKind>().map_err(|_| UserError::NotFound)?,
            code: text("code"),
            seen: text("seen"),
            grounds: Grounds { reason: text("reason"), document: text("document") },
        };
        editing::set_part_retired(&visit.shared.db, &actor, visit.now, &plan, input, true).await?;
        Ok(Done::back(&form))
    })
    .await
}

/// Uses a retired plan, area, indicator or task again.
#[server(prefix = "/fn", endpoint = "revive_part")]
pub async fn revive_part(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        error::UserError,
        services::editing::{self, Grounds, PartInput, PartKind},
        web::forms::{Done, submit},
    };
    submit(form, "revive_part", |visit, form| async move {
        let actor = visit.require(Permission::ManagePlans)?;
        let plan = visit.plan(form.get("plan"))?;
        let text = |name: &str| form.get(name).to_owned();
        let input = PartInput {
            kind: form.get("kind").parse::<PartKind>().map_err(|_| UserError::NotFound)?,
            code: text("code"),
            seen: text("seen"),
            grounds: Grounds { reason: text("reason"), document: text("document") },
        };
        editing::set_part_retired(&visit.shared.db, &actor, visit.now, &plan, input, false).await?;
        Ok(Done::back(&form))
    })
    .await
}
