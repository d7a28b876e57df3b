//! The roster: names that several want, corrections, rows from a table.

use leptos::prelude::*;

use super::Fields;

/// Admits that two things of one name are different things.
#[server(prefix = "/fn", endpoint = "admit_name")]
pub async fn admit_name(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        services::roster::{self, AdmissionEntry},
        web::forms::{Done, submit},
    };
    submit(form, "admit_name", |visit, form| async move {
        let actor = visit.require(Permission::ManagePlans)?;
        let text = |name: &str| form.get(name).to_owned();
        let entry = AdmissionEntry {
            kind: text("kind"),
            mark_kind: text("mark_kind"),
            name: text("name"),
            holder: text("holder"),
            distinction: text("distinction"),
            document: text("document"),
            reason: text("reason"),
        };
        roster::admit_name(&visit.shared.db, &actor, visit.now, entry).await?;
        Ok(Done::back(&form))
    })
    .await
}

/// Releases the names an entry of a returned report holds.
#[server(prefix = "/fn", endpoint = "release_name")]
pub async fn release_name(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        services::roster,
        web::forms::{Done, submit},
    };
    submit(form, "release_name", |visit, form| async move {
        let actor = visit.require(Permission::ManagePlans)?;
        let plan = visit.plan_in_use(form.get("plan"))?;
        let entry = (form.get("report"), form.get("entry"));
        roster::release_name(&visit.shared.db, &actor, visit.now, &plan, entry, form.get("reason")).await?;
        Ok(Done::back(&form))
    })
    .await
}

/// Gives a unit other names or another holder.
#[server(prefix = "/fn", endpoint = "change_unit")]
pub async fn change_unit(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        services::roster::{self, UnitChange},
        web::forms::{Done, submit},
    };
    submit(form, "change_unit", |visit, form| async move {
        let actor = visit.require(Permission::ManagePlans)?;
        let text = |name: &str| form.get(name).to_owned();
        let entry = UnitChange {
            unit: text("unit"),
            seen: text("seen"),
            name_zh: text("name"),
            name_en: text("name_en"),
            code: text("code"),
            holder: text("holder"),
            district: text("district"),
            partners: text("partners"),
            admitted: text("admitted"),
            document: text("document"),
            reason: text("reason"),
        };
        roster::change_unit(&visit.shared.db, &actor, visit.now, entry).await?;
        Ok(Done::back(&form))
    })
    .await
}

/// Takes a stage back that staff recorded by mistake.
#[server(prefix = "/fn", endpoint = "withdraw_step")]
pub async fn withdraw_step(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        services::roster,
        web::forms::{Done, submit},
    };
    submit(form, "withdraw_step", |visit, form| async move {
        let actor = visit.require(Permission::ManagePlans)?;
        let (step, document, reason) = (form.get("step"), form.get("document"), form.get("reason"));
        roster::withdraw_step(&visit.shared.db, &actor, visit.now, step, document, reason).await?;
        Ok(Done::back(&form))
    })
    .await
}

/// Releases the name of a unit without any stage.
#[server(prefix = "/fn", endpoint = "release_unit")]
pub async fn release_unit(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        services::roster,
        web::forms::{Done, submit},
    };
    submit(form, "release_unit", |visit, form| async move {
        let actor = visit.require(Permission::ManagePlans)?;
        roster::release_unit(&visit.shared.db, &actor, visit.now, form.get("unit"), form.get("reason")).await?;
        Ok(Done::back(&form))
    })
    .await
}

/// Checks pasted rows: writes nothing, and brings the form back to its page, which says what the check found.
#[server(prefix = "/fn", endpoint = "check_units")]
pub async fn check_units(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::{
            fields::{FieldError, FieldProblem},
            permissions::Permission,
        },
        error::UserError,
        web::forms::submit,
    };
    submit(form, "check_units", |visit, form| async move {
        visit.require(Permission::ManagePlans)?;
        let missing = form.get("rows").is_empty().then(|| FieldError::new("rows", FieldProblem::Required));
        Err(UserError::Invalid(missing.into_iter().collect()).into())
    })
    .await
}

/// Records pasted rows, all of them or none.
#[server(prefix = "/fn", endpoint = "record_units")]
pub async fn record_units(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        services::imports::roster::record_table,
        web::forms::{Done, find_parked_rows, submit},
    };
    submit(form, "check_units", |visit, form| async move {
        let actor = visit.require(Permission::ManagePlans)?;
        let plan = visit.plan_in_use(form.get("plan"))?;
        // A large table was left on the server after its check.
        let rows = match form.get("parked") {
            "" => form.raw("rows").to_owned(),
            id => find_parked_rows(&visit, id).await?,
        };
        record_table(&visit.shared.db, &actor, visit.now, &plan, &rows, form.get("reason")).await?;
        Ok(Done::back(&form))
    })
    .await
}
