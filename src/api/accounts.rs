//! Accounts and roles.

use leptos::prelude::*;

use super::Fields;

/// Creates an account without roles.
#[server(prefix = "/fn", endpoint = "create_account")]
pub async fn create_account(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        error::Notice,
        services::accounts::{self, AccountFields},
        web::forms::{Done, submit},
    };
    submit(form, "create_account", |visit, form| async move {
        let actor = visit.require(Permission::ManageAccounts)?;
        let typed = AccountFields {
            username: form.get("username").to_owned(),
            display_name: form.get("display_name").to_owned(),
            organisation: form.get("organisation").to_owned(),
        };
        let id = accounts::create_account(&visit.shared.db, &actor, visit.now, typed).await?;
        Ok(Done::to(&format!("/admin/accounts/{id}")).with(Notice::Saved))
    })
    .await
}

/// Changes the shown name or the organisation.
#[server(prefix = "/fn", endpoint = "change_account")]
pub async fn change_account(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        services::accounts::{self, AccountFields},
        web::forms::{Done, submit},
    };
    submit(form, "change_account", |visit, form| async move {
        let actor = visit.require(Permission::ManageAccounts)?;
        let typed = AccountFields {
            username: String::new(),
            display_name: form.get("display_name").to_owned(),
            organisation: form.get("organisation").to_owned(),
        };
        let (id, seen) = (form.get("instance").into(), form.get("seen").to_owned());
        accounts::change_account(&visit.shared.db, &actor, visit.now, id, seen, typed).await?;
        Ok(Done::back(&form))
    })
    .await
}

/// Disables an account.
#[server(prefix = "/fn", endpoint = "disable_account")]
pub async fn disable_account(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        services::accounts,
        web::forms::{Done, submit},
    };
    submit(form, "disable_account", |visit, form| async move {
        let actor = visit.require(Permission::ManageAccounts)?;
        let (id, reason) = (form.get("instance").into(), form.get("reason").to_owned());
        accounts::disable_account(&visit.shared.db, &actor, visit.now, id, reason).await?;
        Ok(Done::back(&form))
    })
    .await
}

/// Lets a disabled account sign in again.
#[server(prefix = "/fn", endpoint = "enable_account")]
pub async fn enable_account(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        services::accounts,
        web::forms::{Done, submit},
    };
    submit(form, "enable_account", |visit, form| async move {
        let actor = visit.require(Permission::ManageAccounts)?;
        let (id, reason) = (form.get("instance").into(), form.get("reason").to_owned());
        accounts::enable_account(&visit.shared.db, &actor, visit.now, id, reason).await?;
        Ok(Done::back(&form))
    })
    .await
}

/// Grants exactly the roles that are ticked.
#[server(prefix = "/fn", endpoint = "grant_roles")]
pub async fn grant_roles(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        services::accounts,
        web::forms::{Done, submit},
    };
    submit(form, "grant_roles", |visit, form| async move {
        let actor = visit.require(Permission::GrantRoles)?;
        let typed = accounts::RolesForm {
            id: form.get("instance").into(),
            seen: form.get("seen").to_owned(),
            roles: form.ticked("role.").into_iter().map(str::to_owned).collect(),
            reason: form.get("reason").to_owned(),
        };
        accounts::grant_roles(&visit.shared.db, &actor, visit.now, typed).await?;
        Ok(Done::back(&form))
    })
    .await
}

/// Opens a locked account before its time.
#[server(prefix = "/fn", endpoint = "unlock_account")]
pub async fn unlock_account(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        services::accounts,
        web::forms::{Done, submit},
    };
    submit(form, "unlock_account", |visit, form| async move {
        let actor = visit.require(Permission::GrantRoles)?;
        accounts::unlock_account(&visit.shared.db, &actor, visit.now, form.get("instance").into()).await?;
        Ok(Done::back(&form))
    })
    .await
}

/// Issues a one-time password link; the account's page shows it once.
#[server(prefix = "/fn", endpoint = "issue_password_link")]
pub async fn issue_password_link(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::{ids::AccountId, permissions::Permission},
        services::accounts,
        web::forms::{Done, submit},
    };
    submit(form, "issue_password_link", |visit, form| async move {
        let actor = visit.require(Permission::GrantRoles)?;
        let id = AccountId::from(form.get("instance"));
        accounts::issue_password_link(&visit.shared.db, &actor, visit.now, id.clone()).await?;
        Ok(Done::to(&format!("/admin/accounts/{id}")))
    })
    .await
}
