//! Personal tokens.

use leptos::prelude::*;

use super::Fields;

/// Makes a token for the own account; its page shows it once.
#[server(prefix = "/fn", endpoint = "create_token")]
pub async fn create_token(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        services::tokens::{self, TokenFields},
        web::forms::{Done, hand_over_token, submit},
    };
    submit(form, "create_token", |visit, form| async move {
        let actor = visit.require(Permission::ReadPlans)?;
        let typed = TokenFields {
            name: form.get("name").to_owned(),
            days: form.get("days").to_owned(),
            scopes: form.ticked("scope.").into_iter().map(str::to_owned).collect(),
        };
        let token = tokens::create_token(&visit.shared.db, &actor, visit.now, typed).await?;
        hand_over_token(&visit, &token);
        Ok(Done::to("/tokens"))
    })
    .await
}

/// Revokes a token.
#[server(prefix = "/fn", endpoint = "revoke_token")]
pub async fn revoke_token(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        error::Notice,
        services::tokens,
        web::forms::{Done, submit},
    };
    submit(form, "revoke_token", |visit, form| async move {
        let actor = visit.require(Permission::ReadPlans)?;
        tokens::revoke_token(&visit.shared.db, &actor, visit.now, form.get("instance").into()).await?;
        Ok(Done::back(&form).with(Notice::TokenRevoked))
    })
    .await
}
