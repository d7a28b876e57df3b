//! Organisations.

use leptos::prelude::*;

use super::Fields;

/// Creates an organisation.
#[server(prefix = "/fn", endpoint = "create_organisation")]
pub async fn create_organisation(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        error::Notice,
        services::{
            editing::Grounds,
            organisations::{self, OrganisationFields},
        },
        web::forms::{Done, submit},
    };
    submit(form, "create_organisation", |visit, form| async move {
        let actor = visit.require(Permission::ManageAccounts)?;
        let typed = OrganisationFields {
            kind: form.get("kind").to_owned(),
            parent: form.get("parent").to_owned(),
            name_zh: form.get("name_zh").to_owned(),
            name_en: form.get("name_en").to_owned(),
            district: form.get("district").to_owned(),
            grounds: Grounds { reason: form.get("reason").to_owned(), document: form.get("document").to_owned() },
        };
        organisations::create_organisation(&visit.shared.db, &actor, visit.now, typed).await?;
        Ok(Done::to("/admin/organisations").with(Notice::Saved))
    })
    .await
}

/// Changes kind, parent, names or district.
#[server(prefix = "/fn", endpoint = "change_organisation")]
pub async fn change_organisation(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        services::{
            editing::Grounds,
            organisations::{self, OrganisationFields},
        },
        web::forms::{Done, submit},
    };
    submit(form, "change_organisation", |visit, form| async move {
        let actor = visit.require(Permission::ManageAccounts)?;
        let typed = OrganisationFields {
            kind: form.get("kind").to_owned(),
            parent: form.get("parent").to_owned(),
            name_zh: form.get("name_zh").to_owned(),
            name_en: form.get("name_en").to_owned(),
            district: form.get("district").to_owned(),
            grounds: Grounds { reason: form.get("reason").to_owned(), document: form.get("document").to_owned() },
        };
        let (id, seen) = (form.get("instance").into(), form.get("seen").to_owned());
        organisations::change_organisation(&visit.shared.db, &actor, visit.now, id, seen, typed).await?;
        Ok(Done::back(&form))
    })
    .await
}

/// Retires an organisation.
#[server(prefix = "/fn", endpoint = "retire_organisation")]
pub async fn retire_organisation(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        services::{editing::Grounds, organisations},
        web::forms::{Done, submit},
    };
    submit(form, "retire_organisation", |visit, form| async move {
        let actor = visit.require(Permission::ManageAccounts)?;
        let grounds = Grounds { reason: form.get("reason").to_owned(), document: form.get("document").to_owned() };
        organisations::retire_organisation(&visit.shared.db, &actor, visit.now, form.get("instance").into(), grounds).await?;
        Ok(Done::back(&form))
    })
    .await
}

/// Uses a retired organisation again.
#[server(prefix = "/fn", endpoint = "revive_organisation")]
pub async fn revive_organisation(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        services::{editing::Grounds, organisations},
        web::forms::{Done, submit},
    };
    submit(form, "revive_organisation", |visit, form| async move {
        let actor = visit.require(Permission::ManageAccounts)?;
        let grounds = Grounds { reason: form.get("reason").to_owned(), document: form.get("document").to_owned() };
        organisations::revive_organisation(&visit.shared.db, &actor, visit.now, form.get("instance").into(), grounds).await?;
        Ok(Done::back(&form))
    })
    .await
}
