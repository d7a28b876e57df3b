//! Sign-in, sign-out and passwords.

use leptos::prelude::*;

use super::Fields;

/// Begins a session.
#[server(prefix = "/fn", endpoint = "sign_in")]
pub async fn sign_in(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        services::sign_in,
        web::forms::{Done, inside_path, set_session, submit},
    };
    submit(form, "sign_in", |visit, form| async move {
        let token = sign_in::sign_in(&visit.shared.db, visit.now, form.get("username"), form.raw("password").to_owned()).await?;
        set_session(&visit, &token);
        Ok(Done::to(inside_path(form.get("next"))))
    })
    .await
}

/// Ends the session.
#[server(prefix = "/fn", endpoint = "sign_out")]
pub async fn sign_out(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        error::Notice,
        services::sign_in,
        web::forms::{Done, end_session, submit},
    };
    submit(form, "sign_out", |visit, _| async move {
        if let (Some(identity), Some(token)) = (&visit.identity, &visit.token) {
            sign_in::sign_out(&visit.shared.db, visit.now, identity, token).await?;
        }
        end_session(&visit);
        Ok(Done::to("/sign-in").with(Notice::SignedOut))
    })
    .await
}

/// Changes the own password.
#[server(prefix = "/fn", endpoint = "change_password")]
pub async fn change_password(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        error::{Notice, UserError},
        services::sign_in,
        web::forms::{Done, submit},
    };
    submit(form, "change_password", |visit, form| async move {
        let token = visit.token.clone().ok_or(UserError::SignedOut)?;
        let (old, new) = (form.raw("old_password").to_owned(), form.raw("new_password").to_owned());
        sign_in::change_password(&visit.shared.db, visit.now, visit.identity()?, &token, old, new).await?;
        Ok(Done::back(&form).with(Notice::PasswordChanged))
    })
    .await
}

/// Sets a password through a one-time link.
#[server(prefix = "/fn", endpoint = "set_password")]
pub async fn set_password(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        error::Notice,
        services::sign_in::{self, Token},
        web::forms::{Done, submit},
    };
    submit(form, "set_password", |visit, form| async move {
        let link = Token::from_text(form.get("link"));
        sign_in::set_password_by_link(&visit.shared.db, visit.now, &link, form.raw("new_password").to_owned()).await?;
        Ok(Done::to("/sign-in").with(Notice::PasswordSet))
    })
    .await
}
