//! Accounts and their roles. Invariant: a password is stored as its argon2id hash only.

use super::{StoreError, Tx, execute, fetch_all, fetch_one, fetch_optional};
use crate::domain::{
    ids::{AccountId, OrganisationId},
    words::{OrganisationKind, Role},
};

/// An account with what sign-in needs.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// The name to sign in with.
    pub username: String,
    /// The name shown.
    pub display_name: String,
    /// The organisation it acts for.
    pub organisation_id: Option<OrganisationId>,
    /// That organisation's name; empty without one.
    pub organisation_name: String,
    /// That organisation's kind.
    pub organisation_kind: Option<OrganisationKind>,
    /// The argon2id hash; `None` until a link has set the first password.
    pub password_hash: Option<String>,
    /// Failures since the last success.
    pub failed_attempts: i64,
    /// Locked until, in milliseconds since 1970.
    pub locked_until: Option<i64>,
    /// Disabled since.
    pub disabled_at: Option<i64>,
    /// The plan it looked at last.
    pub last_plan_code: Option<String>,
    /// Made at.
    pub created_at: i64,
}

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewAccount<'a> {
    /// Its id.
    pub id: &'a AccountId,
    /// The name to sign in with.
    pub username: &'a str,
    /// The name shown.
    pub display_name: &'a str,
    /// The organisation it acts for.
    pub organisation_id: Option<&'a OrganisationId>,
    /// The argon2id hash, if it has a password yet.
    pub password_hash: Option<&'a str>,
    /// Milliseconds since 1970.
    pub created_at: i64,
}

macro_rules! select_accounts {
    ($rest:literal) => {
        concat!(
            "SELECT accounts.id, username, display_name, organisation_id,
                    COALESCE(organisations.name_zh, '') AS organisation_name, organisations.kind AS organisation_kind,
                    password_hash, failed_attempts, locked_until, disabled_at, last_plan_code, accounts.created_at
             FROM accounts LEFT JOIN organisations ON organisations.id = accounts.organisation_id ",
            $rest
        )
    };
}

/// The account with a name to sign in with.
pub async fn find_account_by_username(tx: &mut Tx, username: &str) -> Result<Option<Account>, StoreError> {
    fetch_optional!(tx, Account, select_accounts!("WHERE username = $1"), username)
}

/// The account with an id.
pub async fn find_account(tx: &mut Tx, id: &AccountId) -> Result<Option<Account>, StoreError> {
    fetch_optional!(tx, Account, select_accounts!("WHERE accounts.id = $1"), id)
}

/// Every account, by name.
pub async fn list_accounts(tx: &mut Tx) -> Result<Vec<Account>, StoreError> {
    fetch_all!(tx, Account, select_accounts!("ORDER BY username"))
}

/// How many accounts there are.
pub async fn count_accounts(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(fetch_one!(tx, (i64,), "SELECT COUNT(*) FROM accounts")?.0)
}

/// Whether an account has a name to sign in with, whatever its case: `Admin` and `admin` would be taken for each other.
pub async fn is_username_taken(tx: &mut Tx, username: &str) -> Result<bool, StoreError> {
    Ok(fetch_one!(tx, (i64,), "SELECT COUNT(*) FROM accounts WHERE LOWER(username) = LOWER($1)", username)?.0 > 0)
}

/// The accounts of an organisation that are not disabled, by name.
pub async fn list_open_accounts_of(tx: &mut Tx, organisation: &OrganisationId) -> Result<Vec<Account>, StoreError> {
    fetch_all!(tx, Account, select_accounts!("WHERE accounts.organisation_id = $1 AND disabled_at IS NULL ORDER BY username"), organisation)
}

/// How many accounts of each organisation are not disabled.
pub async fn count_open_accounts_by_organisation(tx: &mut Tx) -> Result<Vec<(OrganisationId, i64)>, StoreError> {
    fetch_all!(
        tx,
        (OrganisationId, i64),
        "SELECT organisation_id, COUNT(*) FROM accounts
         WHERE organisation_id IS NOT NULL AND disabled_at IS NULL GROUP BY organisation_id"
    )
}

/// The roles of one account.
pub async fn list_roles(tx: &mut Tx, id: &AccountId) -> Result<Vec<Role>, StoreError> {
    let rows = fetch_all!(tx, (Role,), "SELECT role FROM account_roles WHERE account_id = $1 ORDER BY role", id)?;
    Ok(rows.into_iter().map(|(role,)| role).collect())
}

/// The accounts that hold a role and are not disabled; of one organisation where one is given.
pub async fn list_holders_of(tx: &mut Tx, role: Role, organisation: Option<&OrganisationId>) -> Result<Vec<AccountId>, StoreError> {
    let rows = fetch_all!(
        tx,
        (AccountId,),
        "SELECT id FROM accounts JOIN account_roles ON account_id = id
         WHERE role = $1 AND disabled_at IS NULL AND ($2 = '' OR organisation_id = $2) ORDER BY id",
        role,
        organisation.map_or("", OrganisationId::as_str)
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The roles of every account.
pub async fn list_all_roles(tx: &mut Tx) -> Result<Vec<(AccountId, Role)>, StoreError> {
    fetch_all!(tx, (AccountId, Role), "SELECT account_id, role FROM account_roles ORDER BY account_id, role")
}

/// Makes an account without roles.
pub async fn insert_account(tx: &mut Tx, new: NewAccount<'_>) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO accounts (id, username, display_name, organisation_id, password_hash, password_changed_at, failed_attempts, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, 0, $6)",
        new.id,
        new.username,
        new.display_name,
        new.organisation_id,
        new.password_hash,
        new.created_at,
    )?;
    Ok(())
}

/// Changes an account's shown name and organisation.
pub async fn update_account(
    tx: &mut Tx,
    id: &AccountId,
    display_name: &str,
    organisation_id: Option<&OrganisationId>,
) -> Result<(), StoreError> {
    execute!(tx, "UPDATE accounts SET display_name = $2, organisation_id = $3 WHERE id = $1", id, display_name, organisation_id)?;
    Ok(())
}

/// Replaces an account's roles.
pub async fn replace_roles(tx: &mut Tx, id: &AccountId, roles: &[Role], now: i64) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM account_roles WHERE account_id = $1", id)?;
    for role in roles {
        execute!(tx, "INSERT INTO account_roles (account_id, role, granted_at) VALUES ($1, $2, $3)", id, role, now)?;
    }
    Ok(())
}

/// Disables an account, or enables it again with `None`.
pub async fn set_disabled(tx: &mut Tx, id: &AccountId, since: Option<i64>) -> Result<(), StoreError> {
    execute!(tx, "UPDATE accounts SET disabled_at = $2 WHERE id = $1", id, since)?;
    Ok(())
}

/// Keeps the failures since the last success and until when the account is locked.
pub async fn set_failures(tx: &mut Tx, id: &AccountId, failed_attempts: i64, locked_until: Option<i64>) -> Result<(), StoreError> {
    execute!(tx, "UPDATE accounts SET failed_attempts = $2, locked_until = $3 WHERE id = $1", id, failed_attempts, locked_until)?;
    Ok(())
}

/// Sets a password's hash and forgets failures.
pub async fn set_password(tx: &mut Tx, id: &AccountId, hash: &str, now: i64) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE accounts SET password_hash = $2, password_changed_at = $3, failed_attempts = 0, locked_until = NULL WHERE id = $1",
        id,
        hash,
        now
    )?;
    Ok(())
}

/// Remembers the plan an account looked at.
pub async fn set_last_plan(tx: &mut Tx, id: &AccountId, plan_code: &str) -> Result<(), StoreError> {
    execute!(tx, "UPDATE accounts SET last_plan_code = $2 WHERE id = $1", id, plan_code)?;
    Ok(())
}
