//! The first administrators, from the command line. Invariant: each holds exactly one of the three administrator roles.

use super::{
    ServiceError,
    access::Author,
    accounts::check_username,
    moment::{Moment, make_id},
    sign_in::{LINK_LIMIT, Token, hash_password},
    trail::{Action, Change, NOTHING, record_change},
};
use crate::{
    domain::{fields::FieldProblem, ids::AccountId, passwords::check_password, words::Role},
    error::UserError,
    store::{
        Db, Tx,
        accounts::{self, NewAccount},
        sessions, with_tx,
    },
};

/// Makes an administrator with a password, or with a one-time link that sets it.
///
/// # Errors
/// The name is taken or breaks the rule of names, or the password breaks one.
pub async fn create_administrator(
    db: &Db,
    now: Moment,
    username: &str,
    role: Role,
    password: Option<String>,
) -> Result<Option<Token>, ServiceError> {
    check_username(username).map_err(|problem| UserError::field("username", problem))?;
    if let Some(password) = &password {
        check_password(password, username).map_err(|problem| UserError::field("password", FieldProblem::Password(problem)))?;
    }
    let hash = match password {
        Some(password) => Some(hash_password(password).await?),
        None => None,
    };
    let link = if hash.is_none() { Some(Token::make()?) } else { None };
    let (username, link_hash) = (username.to_owned(), link.as_ref().map(Token::hash));
    with_tx(db, move |tx| {
        Box::pin(async move {
            let (password_hash, link_hash) = (hash.as_deref(), link_hash.as_deref());
            let new = NewAdministrator { username: &username, display_name: &username, role, password_hash, link_hash };
            create_administrator_in(tx, now, new).await
        })
    })
    .await?;
    Ok(link)
}

/// An administrator to be made.
pub(super) struct NewAdministrator<'a> {
    /// The name to sign in with.
    pub(super) username: &'a str,
    /// The name shown.
    pub(super) display_name: &'a str,
    /// The one role.
    pub(super) role: Role,
    /// The password's hash; none until a link sets it.
    pub(super) password_hash: Option<&'a str>,
    /// The hash of that link's token.
    pub(super) link_hash: Option<&'a str>,
}

/// Makes an administrator inside a transaction.
pub(super) async fn create_administrator_in(tx: &mut Tx, now: Moment, new: NewAdministrator<'_>) -> Result<AccountId, ServiceError> {
    if accounts::is_username_taken(tx, new.username).await? {
        return Err(UserError::field("username", FieldProblem::NameTaken).into());
    }
    let id: AccountId = make_id(now)?;
    let row = NewAccount {
        id: &id,
        username: new.username,
        display_name: new.display_name,
        organisation_id: None,
        password_hash: new.password_hash,
        created_at: now.0,
    };
    accounts::insert_account(tx, row).await?;
    accounts::replace_roles(tx, &id, &[new.role], now.0).await?;
    if let Some(link_hash) = new.link_hash {
        sessions::insert_password_link(tx, link_hash, &id, now.0, now.0 + LINK_LIMIT).await?;
    }
    let change = Change { action: Action::CreateAdministrator, object_kind: "account", object_id: id.as_str(), reason: "" };
    record_change(tx, &Author::command_line(), now, change, NOTHING, Some(&(new.username, new.role))).await?;
    Ok(id)
}
