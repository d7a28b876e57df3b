//! Personal tokens. Invariant: only the hash of a token is stored, and a token that was revoked stays so.

use super::{Encoded, StoreError, Tx, execute, fetch_all, fetch_optional};
use crate::domain::{
    ids::{AccountId, TokenId},
    scopes::Scope,
};

/// A token without its secret.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TokenRow {
    /// Its id.
    pub id: TokenId,
    /// Whose.
    pub account_id: AccountId,
    /// What its owner calls it.
    pub name: String,
    /// What it may be used for.
    pub scopes: Encoded<Vec<Scope>>,
    /// Made at, in milliseconds since 1970.
    pub created_at: i64,
    /// The first instant at which it opens nothing.
    pub expires_at: i64,
    /// Used last, to the hour.
    pub last_used_at: Option<i64>,
    /// Revoked since.
    pub revoked_at: Option<i64>,
}

macro_rules! select_tokens {
    ($rest:literal) => {
        concat!("SELECT id, account_id, name, scopes, created_at, expires_at, last_used_at, revoked_at FROM tokens ", $rest)
    };
}

/// Keeps a new token.
pub async fn insert_token(tx: &mut Tx, token: &TokenRow, token_hash: &str) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO tokens (id, account_id, name, token_hash, scopes, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &token.id,
        &token.account_id,
        &token.name,
        token_hash,
        &token.scopes,
        token.created_at,
        token.expires_at
    )?;
    Ok(())
}

/// The token of a hash, dead or alive.
pub async fn find_token_by_hash(tx: &mut Tx, token_hash: &str) -> Result<Option<TokenRow>, StoreError> {
    fetch_optional!(tx, TokenRow, select_tokens!("WHERE token_hash = $1"), token_hash)
}

/// The token with an id.
pub async fn find_token(tx: &mut Tx, id: &TokenId) -> Result<Option<TokenRow>, StoreError> {
    fetch_optional!(tx, TokenRow, select_tokens!("WHERE id = $1"), id)
}

/// Every token of an account, the newest first.
pub async fn list_tokens_of(tx: &mut Tx, account: &AccountId) -> Result<Vec<TokenRow>, StoreError> {
    fetch_all!(tx, TokenRow, select_tokens!("WHERE account_id = $1 ORDER BY created_at DESC, id DESC"), account)
}

/// Notes that a token is used.
pub async fn touch_token(tx: &mut Tx, id: &TokenId, now: i64) -> Result<(), StoreError> {
    execute!(tx, "UPDATE tokens SET last_used_at = $2 WHERE id = $1", id, now)?;
    Ok(())
}

/// Revokes a token.
pub async fn revoke_token(tx: &mut Tx, id: &TokenId, now: i64) -> Result<(), StoreError> {
    execute!(tx, "UPDATE tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL", id, now)?;
    Ok(())
}

/// Revokes every token of an account.
pub async fn revoke_tokens_of(tx: &mut Tx, account: &AccountId, now: i64) -> Result<(), StoreError> {
    execute!(tx, "UPDATE tokens SET revoked_at = $2 WHERE account_id = $1 AND revoked_at IS NULL", account, now)?;
    Ok(())
}
