//! Accounts and their roles. Invariant: whoever makes accounts cannot grant roles, whoever grants roles cannot make accounts, and nobody
//! does either to the own account.

mod roles;

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::json;

use super::{
    ServiceError,
    access::{Actor, Identity},
    moment::{Moment, make_id},
    organisations::{read_line, require_reason},
    seen::{check_seen, mark_state},
    sign_in::{LINK_LIMIT, Token},
    trail::{Action, Change, NOTHING, record_change},
};
use crate::{
    domain::{
        fields::{FieldError, FieldProblem},
        ids::{AccountId, OrganisationId},
        permissions::Permission,
        words::{OrganisationKind, Role},
    },
    error::UserError,
    store::{
        Db, Encoded, Tx,
        accounts::{self, Account, NewAccount},
        organisations::{Organisation, find_organisation, list_organisations},
        sessions::{self, PARKED_FOR, ParkedForm},
        tokens, with_tx,
    },
};

pub(super) use roles::grant_roles_in;
pub use roles::{RolesForm, grant_roles};

/// Most characters of a shown name.
const LONGEST_NAME: usize = 60;
/// A new password link waits this long to be shown, in milliseconds.
const SHOWN_FOR: i64 = 10 * 60 * 1000;

/// An account as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountFields {
    /// The name to sign in with.
    pub username: String,
    /// The name shown.
    pub display_name: String,
    /// The id of its organisation; empty for none.
    pub organisation: String,
}

/// An account with everything its page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountView {
    /// The account.
    pub account: Account,
    /// Its roles.
    pub roles: BTreeSet<Role>,
    /// Its organisation.
    pub organisation: Option<Organisation>,
}

/// What an account can do at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It may not sign in.
    Disabled,
    /// No link has set its first password.
    WithoutPassword,
    /// Too many failures; open again at this moment.
    Locked(Moment),
    /// It may sign in.
    Open,
}

impl AccountView {
    /// What it can do at the door.
    pub fn standing(&self, now: Moment) -> Standing {
        if self.account.disabled_at.is_some() {
            return Standing::Disabled;
        }
        match self.account.locked_until {
            Some(until) if until > now.0 => Standing::Locked(Moment(until)),
            _ if self.account.password_hash.is_none() => Standing::WithoutPassword,
            _ => Standing::Open,
        }
    }

    /// The mark of what the form about name and organisation shows.
    pub fn mark_account(&self) -> Result<String, ServiceError> {
        mark_state(&state_of(&self.account))
    }

    /// The mark of what the form about roles shows.
    pub fn mark_roles(&self) -> Result<String, ServiceError> {
        mark_state(&self.roles)
    }
}

/// What the audit trail keeps of an account; never its password.
#[derive(Debug, Serialize)]
struct AccountState<'a> {
    username: &'a str,
    display_name: &'a str,
    organisation: Option<&'a OrganisationId>,
    disabled: bool,
}

const fn state_of(account: &Account) -> AccountState<'_> {
    AccountState {
        username: account.username.as_str(),
        display_name: account.display_name.as_str(),
        organisation: account.organisation_id.as_ref(),
        disabled: account.disabled_at.is_some(),
    }
}

/// Every account, by the name to sign in with.
pub async fn read_accounts(db: &Db) -> Result<Vec<AccountView>, ServiceError> {
    let mut tx = db.read().await?;
    let organisations = list_organisations(&mut tx).await?;
    let roles = accounts::list_all_roles(&mut tx).await?;
    let mut listed = accounts::list_accounts(&mut tx).await?;
    listed.sort_by(|one, other| one.username.cmp(&other.username));
    Ok(listed
        .into_iter()
        .map(|account| AccountView {
            roles: roles.iter().filter(|(id, _)| *id == account.id).map(|(_, role)| *role).collect(),
            organisation: organisations.iter().find(|organisation| account.organisation_id.as_ref() == Some(&organisation.id)).cloned(),
            account,
        })
        .collect())
}

/// One account, and every organisation it could act for.
///
/// # Errors
/// `NotFound`.
pub async fn read_account(db: &Db, id: &AccountId) -> Result<(AccountView, Vec<Organisation>), ServiceError> {
    let mut tx = db.read().await?;
    let account = accounts::find_account(&mut tx, id).await?.ok_or(UserError::NotFound)?;
    let roles = accounts::list_roles(&mut tx, id).await?.into_iter().collect();
    let organisations = list_organisations(&mut tx).await?;
    let organisation = organisations.iter().find(|organisation| account.organisation_id.as_ref() == Some(&organisation.id)).cloned();
    Ok((AccountView { account, roles, organisation }, organisations))
}

/// Creates an account without roles and without a password.
///
/// # Errors
/// `Invalid`: the name to sign in with is taken or not 2 to 40 of `a-z A-Z 0-9 . - _`; the shown name is empty; the organisation is not
/// offered or retired.
pub async fn create_account(db: &Db, actor: &Actor, now: Moment, typed: AccountFields) -> Result<AccountId, ServiceError> {
    let actor = actor.clone();
    with_tx(db, move |tx| Box::pin(async move { create_account_in(tx, &actor, now, &typed).await })).await
}

/// Creates an account inside a transaction.
pub(super) async fn create_account_in(tx: &mut Tx, actor: &Actor, now: Moment, typed: &AccountFields) -> Result<AccountId, ServiceError> {
    actor.require(Permission::ManageAccounts)?;
    let mut errors = Vec::new();
    let username = typed.username.trim().to_owned();
    match check_username(&username) {
        Err(problem) => errors.push(FieldError::new("username", problem)),
        Ok(()) if accounts::is_username_taken(tx, &username).await? => {
            errors.push(FieldError::new("username", FieldProblem::NameTaken));
        }
        Ok(()) => {}
    }
    let display_name = read_display_name(&typed.display_name, &mut errors);
    let organisation = read_organisation(tx, &typed.organisation, None, &mut errors).await?;
    if !errors.is_empty() {
        return Err(UserError::Invalid(errors).into());
    }
    let id: AccountId = make_id(now)?;
    let new = NewAccount {
        id: &id,
        username: &username,
        display_name: &display_name,
        organisation_id: organisation.as_ref(),
        password_hash: None,
        created_at: now.0,
    };
    accounts::insert_account(tx, new).await?;
    let state = AccountState { username: &username, display_name: &display_name, organisation: organisation.as_ref(), disabled: false };
    let change = Change { action: Action::CreateAccount, object_kind: "account", object_id: id.as_str(), reason: "" };
    record_change(tx, &actor.author(), now, change, NOTHING, Some(&state)).await?;
    Ok(id)
}

/// Names to sign in with: 2 to 40 ASCII letters, digits, `.`, `-`, `_`.
/// The form of a name to sign in with.
pub(super) fn check_username(username: &str) -> Result<(), FieldProblem> {
    if username.is_empty() {
        return Err(FieldProblem::Required);
    }
    let fits = (2..=40).contains(&username.len())
        && username.chars().all(|character| character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | '_'));
    if fits { Ok(()) } else { Err(FieldProblem::UserNameForm) }
}

fn read_display_name(typed: &str, errors: &mut Vec<FieldError>) -> String {
    let name = read_line("display_name", typed, LONGEST_NAME, errors);
    if name.is_empty() {
        errors.push(FieldError::new("display_name", FieldProblem::Required));
    }
    name
}

async fn read_organisation(
    tx: &mut Tx,
    typed: &str,
    present: Option<&OrganisationId>,
    errors: &mut Vec<FieldError>,
) -> Result<Option<OrganisationId>, ServiceError> {
    if typed.is_empty() {
        return Ok(None);
    }
    let id = OrganisationId::from(typed);
    let problem = match find_organisation(tx, &id).await? {
        None => FieldProblem::UnknownChoice,
        Some(organisation) if organisation.is_retired() && present != Some(&id) => FieldProblem::Retired,
        Some(_) => return Ok(Some(id)),
    };
    errors.push(FieldError::new("organisation", problem));
    Ok(None)
}

/// Changes the shown name or the organisation. `seen` is the mark of what the form showed.
///
/// # Errors
/// `NotFound`; `Stale`; `Invalid` as for a new account.
pub async fn change_account(
    db: &Db,
    actor: &Actor,
    now: Moment,
    id: AccountId,
    seen: String,
    typed: AccountFields,
) -> Result<(), ServiceError> {
    actor.require(Permission::ManageAccounts)?;
    let author = actor.author();
    with_tx(db, move |tx| {
        Box::pin(async move {
            let before = accounts::find_account(tx, &id).await?.ok_or(UserError::NotFound)?;
            check_seen(&seen, &state_of(&before))?;
            let mut errors = Vec::new();
            let display_name = read_display_name(&typed.display_name, &mut errors);
            let organisation_id = read_organisation(tx, &typed.organisation, before.organisation_id.as_ref(), &mut errors).await?;
            if organisation_id != before.organisation_id
                && let Some(id) = &organisation_id
                && accounts::list_roles(tx, &before.id).await?.contains(&Role::Staff)
                && find_organisation(tx, id).await?.is_some_and(|other| other.kind != OrganisationKind::Commission)
            {
                errors.push(FieldError::new("organisation", FieldProblem::StaffElsewhere));
            }
            if !errors.is_empty() {
                return Err(UserError::Invalid(errors).into());
            }
            let after = Account { display_name, organisation_id, ..before.clone() };
            if after == before {
                return Ok(());
            }
            accounts::update_account(tx, &id, &after.display_name, after.organisation_id.as_ref()).await?;
            let change = Change { action: Action::ChangeAccount, object_kind: "account", object_id: id.as_str(), reason: "" };
            record_change(tx, &author, now, change, Some(&state_of(&before)), Some(&state_of(&after))).await
        })
    })
    .await
}

/// Disables an account: its sessions end at once, its password links and tokens no longer open.
///
/// # Errors
/// `OwnAccount`; `NotFound`; `WrongState` when it is disabled already; `Invalid` without a reason.
pub async fn disable_account(db: &Db, actor: &Actor, now: Moment, id: AccountId, reason: String) -> Result<(), ServiceError> {
    set_disabled(db, actor, now, id, reason, Some(now.0)).await
}

/// Lets a disabled account sign in again.
///
/// # Errors
/// `OwnAccount`; `NotFound`; `WrongState` when it is not disabled; `Invalid` without a reason, or where its organisation is retired.
pub async fn enable_account(db: &Db, actor: &Actor, now: Moment, id: AccountId, reason: String) -> Result<(), ServiceError> {
    set_disabled(db, actor, now, id, reason, None).await
}

async fn set_disabled(db: &Db, actor: &Actor, now: Moment, id: AccountId, reason: String, since: Option<i64>) -> Result<(), ServiceError> {
    actor.require(Permission::ManageAccounts)?;
    check_other(actor, &id)?;
    let author = actor.author();
    with_tx(db, move |tx| {
        Box::pin(async move {
            let before = accounts::find_account(tx, &id).await?.ok_or(UserError::NotFound)?;
            if before.disabled_at.is_some() == since.is_some() {
                return Err(UserError::WrongState.into());
            }
            let reason = require_reason(&reason)?;
            if since.is_none() {
                check_organisation_open(tx, &before).await?;
            }
            accounts::set_disabled(tx, &id, since).await?;
            let action = if since.is_some() {
                sessions::delete_sessions_of(tx, &id, "").await?;
                sessions::delete_password_links_of(tx, &id).await?;
                tokens::revoke_tokens_of(tx, &id, now.0).await?;
                Action::DisableAccount
            } else {
                Action::EnableAccount
            };
            let after = Account { disabled_at: since, ..before.clone() };
            let change = Change { action, object_kind: "account", object_id: id.as_str(), reason: &reason };
            record_change(tx, &author, now, change, Some(&state_of(&before)), Some(&state_of(&after))).await
        })
    })
    .await
}

/// A retired organisation has no account that can sign in: first another organisation, then enabled.
async fn check_organisation_open(tx: &mut Tx, account: &Account) -> Result<(), ServiceError> {
    let Some(id) = &account.organisation_id else { return Ok(()) };
    match find_organisation(tx, id).await? {
        Some(organisation) if organisation.is_retired() => Err(UserError::field("reason", FieldProblem::Retired).into()),
        _ => Ok(()),
    }
}

fn check_other(actor: &Actor, id: &AccountId) -> Result<(), UserError> {
    if actor.account() == id { Err(UserError::OwnAccount) } else { Ok(()) }
}

/// Opens an account before its 15 minutes are over.
///
/// # Errors
/// `NotFound`; `WrongState` when it is not locked.
pub async fn unlock_account(db: &Db, actor: &Actor, now: Moment, id: AccountId) -> Result<(), ServiceError> {
    actor.require(Permission::GrantRoles)?;
    let author = actor.author();
    with_tx(db, move |tx| {
        Box::pin(async move {
            let account = accounts::find_account(tx, &id).await?.ok_or(UserError::NotFound)?;
            let Some(until) = account.locked_until.filter(|until| *until > now.0) else {
                return Err(UserError::WrongState.into());
            };
            accounts::set_failures(tx, &id, 0, None).await?;
            let change = Change { action: Action::UnlockAccount, object_kind: "account", object_id: id.as_str(), reason: "" };
            record_change(tx, &author, now, change, Some(&json!({ "locked_until": until })), NOTHING).await
        })
    })
    .await
}

/// Issues a link that sets a password once, within 48 hours; earlier links of the account no longer open. The link waits under the
/// acting account until [`take_password_link`] shows it.
///
/// # Errors
/// `OwnAccount`; `NotFound`; `WrongState` for a disabled account.
pub async fn issue_password_link(db: &Db, actor: &Actor, now: Moment, id: AccountId) -> Result<(), ServiceError> {
    actor.require(Permission::GrantRoles)?;
    check_other(actor, &id)?;
    let (author, officer) = (actor.author(), actor.account().to_string());
    let link = Token::make()?;
    with_tx(db, move |tx| {
        Box::pin(async move {
            let account = accounts::find_account(tx, &id).await?.ok_or(UserError::NotFound)?;
            if account.disabled_at.is_some() {
                return Err(UserError::WrongState.into());
            }
            let expires_at = now.0 + LINK_LIMIT;
            sessions::insert_password_link(tx, &link.hash(), &id, now.0, expires_at).await?;
            let form = waiting_name(&id);
            sessions::delete_parked_forms_of(tx, &officer, &form).await?;
            let waiting = ParkedForm {
                account_id: Some(officer),
                visitor: None,
                form,
                fields: Encoded(json!({ "link": link.text() })),
                // It is no refused form: whoever guesses its id is told what a used link tells.
                problems: Encoded(serde_json::to_value(UserError::LinkExpired)?),
            };
            let parked: String = make_id(now)?;
            sessions::insert_parked_form(tx, &parked, &waiting, now.0).await?;
            let change = Change { action: Action::IssuePasswordLink, object_kind: "account", object_id: id.as_str(), reason: "" };
            record_change(tx, &author, now, change, NOTHING, Some(&json!({ "expires_at": expires_at }))).await
        })
    })
    .await
}

fn waiting_name(id: &AccountId) -> String {
    format!("password-link:{id}")
}

/// The link that this identity has just issued for an account: shown once, within ten minutes, and then forgotten.
///
/// # Errors
/// The database.
pub async fn take_password_link(db: &Db, identity: &Identity, now: Moment, id: &AccountId) -> Result<Option<Token>, ServiceError> {
    if !identity.may(Permission::GrantRoles) {
        return Ok(None);
    }
    let (officer, form) = (identity.account().to_string(), waiting_name(id));
    // The store asks for forms of the last 24 hours; a link waits for a shorter time.
    let asked_at = now.0 + PARKED_FOR - SHOWN_FOR;
    let mut tx = db.read().await?;
    let waits = sessions::find_parked_form_of(&mut tx, &officer, &form, asked_at).await?.is_some();
    drop(tx);
    if !waits {
        return Ok(None);
    }
    with_tx(db, move |tx| {
        Box::pin(async move {
            // Asked again inside the writer: of two pages opened at once only one shows it.
            let waiting = sessions::find_parked_form_of(tx, &officer, &form, asked_at).await?;
            sessions::delete_parked_forms_of(tx, &officer, &form).await?;
            let link = waiting.and_then(|row| row.fields.0.get("link").and_then(|link| link.as_str()).map(Token::from_text));
            let Some(link) = link else { return Ok(None) };
            let opens = sessions::find_password_link(tx, &link.hash(), now.0).await?.is_some();
            Ok(opens.then_some(link))
        })
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_to_sign_in_with_hold_plain_characters_only() {
        for (name, result) in [
            ("li.wei", Ok(())),
            ("a1", Ok(())),
            ("A_b-c.9", Ok(())),
            ("", Err(FieldProblem::Required)),
            ("a", Err(FieldProblem::UserNameForm)),
            ("张三", Err(FieldProblem::UserNameForm)),
            ("a b", Err(FieldProblem::UserNameForm)),
            ("ａｂ", Err(FieldProblem::UserNameForm)),
            ("a@b", Err(FieldProblem::UserNameForm)),
        ] {
            assert_eq!(check_username(name), result, "{name}");
        }
        assert_eq!(check_username(&"a".repeat(40)), Ok(()));
        assert_eq!(check_username(&"a".repeat(41)), Err(FieldProblem::UserNameForm));
    }
}
