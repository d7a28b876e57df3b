//! Personal tokens, with which a machine reads what its account may see. Invariant: the secret leaves this module once, on its creation;
//! a token opens nothing once it is revoked or expired, or its account is disabled or has another password.

use serde::Serialize;

use super::{
    ServiceError,
    access::{Actor, Identity},
    moment::{Moment, make_id},
    organisations::read_line,
    sign_in::{Token, identity_of},
    trail::{Action, Change, NOTHING, record_change},
};
use crate::{
    domain::{
        fields::{FieldError, FieldProblem},
        ids::{AccountId, TokenId},
        permissions::Permission,
        scopes::{Scope, TOKEN_DAYS, TOKEN_PREFIX, has_token_form},
    },
    error::UserError,
    store::{
        Db, Encoded, Tx, accounts,
        tokens::{self, TokenRow},
        with_tx,
    },
};

/// Most characters of a token's name.
const LONGEST_NAME: usize = 60;
/// The last use is written at most this often, in milliseconds.
const TOUCH_EVERY: i64 = 60 * 60 * 1000;
const DAY: i64 = 24 * 60 * 60 * 1000;

/// A token as it was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenFields {
    /// What its owner calls it.
    pub name: String,
    /// For how many days: one of [`TOKEN_DAYS`].
    pub days: String,
    /// Words of [`Scope`].
    pub scopes: Vec<String>,
}

/// Whether a token opens anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenStanding {
    /// It does.
    Live,
    /// Its time is over.
    Expired,
    /// It was revoked at this moment.
    Revoked(Moment),
}

impl TokenRow {
    /// Whether it opens anything now.
    pub fn standing(&self, now: Moment) -> TokenStanding {
        match self.revoked_at {
            Some(since) => TokenStanding::Revoked(Moment(since)),
            None if now.0 >= self.expires_at => TokenStanding::Expired,
            None => TokenStanding::Live,
        }
    }
}

/// What the audit trail keeps of a token; never its secret.
#[derive(Debug, Serialize)]
struct TokenState<'a> {
    name: &'a str,
    scopes: &'a [Scope],
    expires_at: i64,
}

const fn state_of(token: &TokenRow) -> TokenState<'_> {
    TokenState { name: token.name.as_str(), scopes: token.scopes.0.as_slice(), expires_at: token.expires_at }
}

/// Makes a token for the own account and gives its secret, which is kept nowhere.
///
/// # Errors
/// `Invalid`: the name is empty or that of another live token; no scope; a time that is not offered.
pub async fn create_token(db: &Db, actor: &Actor, now: Moment, typed: TokenFields) -> Result<Token, ServiceError> {
    actor.require(Permission::ReadPlans)?;
    let secret = Token::from_text(&format!("{TOKEN_PREFIX}{}", Token::make()?.text()));
    let (author, account, hash) = (actor.author(), actor.account().clone(), secret.hash());
    with_tx(db, move |tx| {
        Box::pin(async move {
            let present = tokens::list_tokens_of(tx, &account).await?;
            let token = check_fields(&typed, &present, account, now)?;
            tokens::insert_token(tx, &token, &hash).await?;
            let change = Change { action: Action::CreateToken, object_kind: "token", object_id: token.id.as_str(), reason: "" };
            record_change(tx, &author, now, change, NOTHING, Some(&state_of(&token))).await
        })
    })
    .await?;
    Ok(secret)
}

fn check_fields(typed: &TokenFields, present: &[TokenRow], account: AccountId, now: Moment) -> Result<TokenRow, ServiceError> {
    let mut errors = Vec::new();
    let name = read_line("name", &typed.name, LONGEST_NAME, &mut errors);
    if name.is_empty() {
        errors.push(FieldError::new("name", FieldProblem::Required));
    } else if present.iter().any(|token| token.name == name && token.standing(now) == TokenStanding::Live) {
        errors.push(FieldError::new("name", FieldProblem::NameTaken));
    }
    let days = typed.days.parse().ok().filter(|days| TOKEN_DAYS.contains(days));
    if days.is_none() {
        errors.push(FieldError::new("days", FieldProblem::UnknownChoice));
    }
    let mut scopes: Vec<Scope> = typed.scopes.iter().filter_map(|word| word.parse().ok()).collect();
    scopes.sort_unstable();
    scopes.dedup();
    if scopes.is_empty() || scopes.len() != typed.scopes.len() {
        errors.push(FieldError::new("scope.", FieldProblem::UnknownChoice));
    }
    match days {
        Some(days) if errors.is_empty() => Ok(TokenRow {
            id: make_id(now)?,
            account_id: account,
            name,
            scopes: Encoded(scopes),
            created_at: now.0,
            expires_at: now.0 + days * DAY,
            last_used_at: None,
            revoked_at: None,
        }),
        _ => Err(UserError::Invalid(errors).into()),
    }
}

/// Revokes a token: an own one, or, for security administrators, that of any account.
///
/// # Errors
/// `NotFound` for a foreign one; `WrongState` when it is revoked already.
pub async fn revoke_token(db: &Db, actor: &Actor, now: Moment, id: TokenId) -> Result<(), ServiceError> {
    let (actor, author) = (actor.clone(), actor.author());
    with_tx(db, move |tx| {
        Box::pin(async move {
            let token = tokens::find_token(tx, &id).await?;
            let token = token.filter(|token| token.account_id == *actor.account() || actor.may(Permission::GrantRoles));
            let token = token.ok_or(UserError::NotFound)?;
            if token.revoked_at.is_some() {
                return Err(UserError::WrongState.into());
            }
            tokens::revoke_token(tx, &id, now.0).await?;
            let change = Change { action: Action::RevokeToken, object_kind: "token", object_id: id.as_str(), reason: "" };
            record_change(tx, &author, now, change, Some(&state_of(&token)), NOTHING).await
        })
    })
    .await
}

/// The tokens of an account, the newest first.
pub async fn read_tokens(db: &Db, account: &AccountId) -> Result<Vec<TokenRow>, ServiceError> {
    let mut tx = db.read().await?;
    Ok(tokens::list_tokens_of(&mut tx, account).await?)
}

/// The token that a secret belongs to, if it is the account's and opens something: what a page shows of one that was just made.
pub async fn find_own_token(db: &Db, identity: &Identity, now: Moment, secret: &Token) -> Result<Option<TokenRow>, ServiceError> {
    let mut tx = db.read().await?;
    let found = tokens::find_token_by_hash(&mut tx, &secret.hash()).await?;
    Ok(found.filter(|token| token.account_id == *identity.account() && token.standing(now) == TokenStanding::Live))
}

/// Who a machine reads for, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    /// The account with the roles it has now.
    pub identity: Identity,
    /// What the token may be used for.
    pub scopes: Vec<Scope>,
}

/// Whom a token speaks for, while it lives and its account may sign in.
pub async fn find_bearer(db: &Db, tx: &mut Tx, now: Moment, secret: &Token) -> Result<Option<Bearer>, ServiceError> {
    if !has_token_form(secret.text()) {
        return Ok(None);
    }
    let found = tokens::find_token_by_hash(tx, &secret.hash()).await?;
    let Some(token) = found.filter(|token| token.standing(now) == TokenStanding::Live) else { return Ok(None) };
    let account = accounts::find_account(tx, &token.account_id).await?;
    let Some(account) = account.filter(|account| account.disabled_at.is_none()) else { return Ok(None) };
    let roles = accounts::list_roles(tx, &account.id).await?;
    if token.last_used_at.is_none_or(|last| now.0 - last >= TOUCH_EVERY) {
        let id = token.id.clone();
        with_tx(db, move |tx| Box::pin(async move { Ok::<_, ServiceError>(tokens::touch_token(tx, &id, now.0).await?) })).await?;
    }
    Ok(Some(Bearer { identity: identity_of(account, roles), scopes: token.scopes.0 }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(name: &str, days: &str, scopes: &[&str]) -> TokenFields {
        TokenFields { name: name.to_owned(), days: days.to_owned(), scopes: scopes.iter().map(|word| (*word).to_owned()).collect() }
    }

    fn refused(typed: &TokenFields, present: &[TokenRow], now: Moment) -> Vec<String> {
        match check_fields(typed, present, AccountId::from("a"), now) {
            Ok(_) => Vec::new(),
            Err(ServiceError::Refused(UserError::Invalid(errors))) => errors.into_iter().map(|error| error.field).collect(),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn a_token_needs_a_name_a_time_and_something_to_read() {
        let now = Moment(1_000);
        for (typed, fields) in [
            (ask("nightly", "30", &["read-numbers"]), vec![]),
            (ask(" nightly  run ", "365", &["read-tasks", "read-numbers"]), vec![]),
            (ask("", "30", &["read-numbers"]), vec!["name"]),
            (ask("a", "366", &["read-numbers"]), vec!["days"]),
            (ask("a", "", &["read-numbers"]), vec!["days"]),
            (ask("a", "30", &[]), vec!["scope."]),
            (ask("a", "30", &["read-numbers", "write"]), vec!["scope."]),
            (ask("", "0", &[]), vec!["name", "days", "scope."]),
        ] {
            assert_eq!(refused(&typed, &[], now), fields, "{typed:?}");
        }
        let made = check_fields(&ask("nightly", "7", &["read-tasks", "read-numbers"]), &[], AccountId::from("a"), now).unwrap();
        assert_eq!((made.expires_at, made.scopes.0.as_slice()), (1_000 + 7 * DAY, [Scope::ReadNumbers, Scope::ReadTasks].as_slice()));
        let again = ask("nightly", "30", &["read-numbers"]);
        assert_eq!(refused(&again, std::slice::from_ref(&made), now), ["name"]);
        assert_eq!(refused(&again, std::slice::from_ref(&made), Moment(made.expires_at)), Vec::<String>::new(), "an old name is free");
        let revoked = TokenRow { revoked_at: Some(2_000), ..made };
        assert_eq!(refused(&again, &[revoked], now), Vec::<String>::new());
    }
}
