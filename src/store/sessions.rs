//! Sessions, one-time password links, parked forms, form keys. Invariant: only hashes of tokens are stored.

use super::{Encoded, StoreError, Tx, execute, fetch_optional};
use crate::domain::ids::AccountId;

/// A session as it stands in the database.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Session {
    /// Whose.
    pub account_id: AccountId,
    /// Begun at.
    pub created_at: i64,
    /// Last used at.
    pub last_seen_at: i64,
}

/// The session of a token's hash.
pub async fn find_session(tx: &mut Tx, token_hash: &str) -> Result<Option<Session>, StoreError> {
    fetch_optional!(tx, Session, "SELECT account_id, created_at, last_seen_at FROM sessions WHERE token_hash = $1", token_hash)
}

/// Begins a session.
pub async fn insert_session(tx: &mut Tx, token_hash: &str, account_id: &AccountId, now: i64) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO sessions (token_hash, account_id, created_at, last_seen_at) VALUES ($1, $2, $3, $3)",
        token_hash,
        account_id,
        now
    )?;
    Ok(())
}

/// Notes that a session is used.
pub async fn touch_session(tx: &mut Tx, token_hash: &str, now: i64) -> Result<(), StoreError> {
    execute!(tx, "UPDATE sessions SET last_seen_at = $2 WHERE token_hash = $1", token_hash, now)?;
    Ok(())
}

/// Ends a session.
pub async fn delete_session(tx: &mut Tx, token_hash: &str) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM sessions WHERE token_hash = $1", token_hash)?;
    Ok(())
}

/// Ends all sessions of an account but one.
pub async fn delete_sessions_of(tx: &mut Tx, account_id: &AccountId, but: &str) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM sessions WHERE account_id = $1 AND token_hash <> $2", account_id, but)?;
    Ok(())
}

/// Forgets the sessions that began before an instant; gives how many.
pub async fn delete_sessions_before(tx: &mut Tx, instant: i64) -> Result<u64, StoreError> {
    execute!(tx, "DELETE FROM sessions WHERE created_at < $1", instant)
}

/// Makes a one-time link to set a password.
pub async fn insert_password_link(
    tx: &mut Tx,
    token_hash: &str,
    account_id: &AccountId,
    now: i64,
    expires_at: i64,
) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM password_links WHERE account_id = $1", account_id)?;
    execute!(
        tx,
        "INSERT INTO password_links (token_hash, account_id, created_at, expires_at) VALUES ($1, $2, $3, $4)",
        token_hash,
        account_id,
        now,
        expires_at
    )?;
    Ok(())
}

/// The account an unused link of a token's hash still opens.
pub async fn find_password_link(tx: &mut Tx, token_hash: &str, now: i64) -> Result<Option<AccountId>, StoreError> {
    let row = fetch_optional!(
        tx,
        (AccountId,),
        "SELECT account_id FROM password_links WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2",
        token_hash,
        now
    )?;
    Ok(row.map(|(account,)| account))
}

/// Uses a link up.
pub async fn use_password_link(tx: &mut Tx, token_hash: &str, now: i64) -> Result<(), StoreError> {
    execute!(tx, "UPDATE password_links SET used_at = $2 WHERE token_hash = $1", token_hash, now)?;
    Ok(())
}

/// Takes every one-time link of an account back.
pub async fn delete_password_links_of(tx: &mut Tx, account_id: &AccountId) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM password_links WHERE account_id = $1", account_id)?;
    Ok(())
}

/// A refused form with what was typed.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ParkedForm {
    /// Whose; `None` where nobody was signed in.
    pub account_id: Option<String>,
    /// The hash of the browser's cookie where nobody was signed in.
    pub visitor: Option<String>,
    /// Which form.
    pub form: String,
    /// JSON of what was typed.
    pub fields: Encoded<serde_json::Value>,
    /// JSON of the refusal.
    pub problems: Encoded<serde_json::Value>,
}

/// Keeps a refused form, and sweeps those older than 24 hours.
pub async fn insert_parked_form(tx: &mut Tx, id: &str, parked: &ParkedForm, now: i64) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM parked_forms WHERE created_at < $1", now - PARKED_FOR)?;
    execute!(
        tx,
        "INSERT INTO parked_forms (id, account_id, visitor, form, fields, problems, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        id,
        &parked.account_id,
        &parked.visitor,
        &parked.form,
        &parked.fields,
        &parked.problems,
        now
    )?;
    Ok(())
}

/// How long a refused form is kept, in milliseconds.
pub const PARKED_FOR: i64 = 24 * 60 * 60 * 1000;

/// A refused form that is not too old.
pub async fn find_parked_form(tx: &mut Tx, id: &str, now: i64) -> Result<Option<ParkedForm>, StoreError> {
    fetch_optional!(
        tx,
        ParkedForm,
        "SELECT account_id, visitor, form, fields, problems FROM parked_forms WHERE id = $1 AND created_at >= $2",
        id,
        now - PARKED_FOR
    )
}

/// The newest form parked under an account for one form.
pub async fn find_parked_form_of(tx: &mut Tx, account_id: &str, form: &str, now: i64) -> Result<Option<ParkedForm>, StoreError> {
    fetch_optional!(
        tx,
        ParkedForm,
        "SELECT account_id, visitor, form, fields, problems FROM parked_forms
         WHERE account_id = $1 AND form = $2 AND created_at >= $3 ORDER BY created_at DESC LIMIT 1",
        account_id,
        form,
        now - PARKED_FOR
    )
}

/// Forgets what was parked under an account for one form.
pub async fn delete_parked_forms_of(tx: &mut Tx, account_id: &str, form: &str) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM parked_forms WHERE account_id = $1 AND form = $2", account_id, form)?;
    Ok(())
}

/// The result of a form key that has been used.
pub async fn find_form_result(tx: &mut Tx, account_id: &AccountId, form_key: &str) -> Result<Option<String>, StoreError> {
    let row = fetch_optional!(
        tx,
        (String,),
        "SELECT result FROM idempotency_keys WHERE account_id = $1 AND form_key = $2",
        account_id,
        form_key
    )?;
    Ok(row.map(|(result,)| result))
}

/// Keeps the result of a form key.
pub async fn insert_form_result(
    tx: &mut Tx,
    account_id: &AccountId,
    form_key: &str,
    action: &str,
    result: &str,
    now: i64,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO idempotency_keys (account_id, form_key, action, result, created_at) VALUES ($1, $2, $3, $4, $5)",
        account_id,
        form_key,
        action,
        result,
        now
    )?;
    Ok(())
}

/// Forgets the results of forms that were sent before an instant; gives how many.
pub async fn delete_form_results_before(tx: &mut Tx, instant: i64) -> Result<u64, StoreError> {
    execute!(tx, "DELETE FROM idempotency_keys WHERE created_at < $1", instant)
}
