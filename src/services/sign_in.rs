//! Sign-in, sign-out, sessions, passwords. Invariant: a session ends at once when its account is disabled or its password changes
//! elsewhere; so do personal tokens.

use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::{
    ServiceError,
    access::{Author, Identity},
    moment::Moment,
    trail::{Action, Change, NOTHING, record_change},
};
use crate::{
    domain::{fields::FieldProblem, ids::AccountId, passwords::check_password, words::OrganisationKind},
    error::UserError,
    store::{
        Db, Tx,
        accounts::{self, Account},
        audit::hex,
        sessions, tokens, with_tx,
    },
};

/// Failures that lock an account.
const FAILURES_THAT_LOCK: i64 = 5;
/// How long it stays locked, in milliseconds.
const LOCKED_FOR: i64 = 15 * 60 * 1000;
/// A session unused for this long has ended, in milliseconds.
const IDLE_LIMIT: i64 = 30 * 60 * 1000;
/// No session lasts longer, in milliseconds.
const SESSION_LIMIT: i64 = 12 * 60 * 60 * 1000;
/// The last use is written at most this often, in milliseconds.
const TOUCH_EVERY: i64 = 60 * 1000;
/// How long a one-time password link opens, in milliseconds.
pub const LINK_LIMIT: i64 = 48 * 60 * 60 * 1000;

/// Hashing takes 20 MB and a core each time: no more than two at once.
static HASHING: Semaphore = Semaphore::const_new(2);

/// A secret that is handed to a browser once; only its hash is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl std::fmt::Debug for Token {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Token(…)")
    }
}

impl Token {
    /// 32 random bytes.
    pub fn make() -> Result<Self, ServiceError> {
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(hex(&bytes)))
    }

    /// The token as it came back.
    pub fn from_text(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text for the cookie or the link.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// What is stored in its place.
    pub fn hash(&self) -> String {
        hex(&Sha256::digest(self.0.as_bytes()))
    }
}

/// The argon2id hash of a password.
pub async fn hash_password(password: String) -> Result<String, ServiceError> {
    let _turn = HASHING.acquire().await.map_err(|error| ServiceError::Unexpected(error.to_string()))?;
    tokio::task::spawn_blocking(move || {
        Argon2::default()
            .hash_password(password.as_bytes())
            .map(|hash| hash.to_string())
            .map_err(|error| ServiceError::Unexpected(error.to_string()))
    })
    .await
    .map_err(|error| ServiceError::Unexpected(error.to_string()))?
}

/// Whether a password belongs to a hash. Without a hash the same work is done against nothing, so that the time taken
/// does not tell which names exist.
async fn verify_password(password: String, hash: Option<String>) -> Result<bool, ServiceError> {
    let Some(hash) = hash else {
        hash_password(password).await?;
        return Ok(false);
    };
    let _turn = HASHING.acquire().await.map_err(|error| ServiceError::Unexpected(error.to_string()))?;
    tokio::task::spawn_blocking(move || {
        let parsed = PasswordHash::new(&hash).map_err(|error| ServiceError::Unexpected(error.to_string()))?;
        Ok(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
    })
    .await
    .map_err(|error| ServiceError::Unexpected(error.to_string()))?
}

/// Signs in and gives the token of the new session.
///
/// # Errors
/// `SignInFailed` for an unknown name, a wrong password, a disabled account; `Locked` after five failures, for 15 minutes.
pub async fn sign_in(db: &Db, now: Moment, username: &str, password: String) -> Result<Token, ServiceError> {
    let mut tx = db.read().await?;
    let found = accounts::find_account_by_username(&mut tx, username).await?;
    drop(tx);
    if let Some(until) = found.as_ref().and_then(|account| account.locked_until).filter(|until| *until > now.0) {
        return Err(UserError::Locked { minutes: (until - now.0 + 59_999) / 60_000 }.into());
    }
    let matches = verify_password(password, found.as_ref().and_then(|account| account.password_hash.clone())).await?;
    let Some(account) = found.filter(|account| account.disabled_at.is_none()) else {
        return Err(UserError::SignInFailed.into());
    };
    let token = Token::make()?;
    let token_hash = token.hash();
    // The failure is committed too, so the transaction itself answers `Ok` and the refusal comes after it.
    let refusal = with_tx(db, move |tx| {
        Box::pin(async move {
            if matches {
                begin_session(tx, now, &account, &token_hash).await?;
                Ok::<_, ServiceError>(None)
            } else {
                Ok(Some(count_failure(tx, now, &account.id).await?))
            }
        })
    })
    .await?;
    match refusal {
        None => Ok(token),
        Some(refusal) => Err(refusal.into()),
    }
}

async fn begin_session(tx: &mut Tx, now: Moment, account: &Account, token_hash: &str) -> Result<(), ServiceError> {
    accounts::set_failures(tx, &account.id, 0, None).await?;
    sessions::insert_session(tx, token_hash, &account.id, now.0).await?;
    let change = Change { action: Action::SignIn, object_kind: "account", object_id: account.id.as_str(), reason: "" };
    record_change(tx, &author_of(account), now, change, NOTHING, NOTHING).await
}

async fn count_failure(tx: &mut Tx, now: Moment, id: &AccountId) -> Result<UserError, ServiceError> {
    // Read again inside the writer: several attempts may have been checked at once.
    let Some(account) = accounts::find_account(tx, id).await? else {
        return Ok(UserError::SignInFailed);
    };
    let failures = account.failed_attempts + 1;
    if failures < FAILURES_THAT_LOCK {
        accounts::set_failures(tx, id, failures, None).await?;
        return Ok(UserError::SignInFailed);
    }
    accounts::set_failures(tx, id, 0, Some(now.0 + LOCKED_FOR)).await?;
    let change = Change { action: Action::LockAccount, object_kind: "account", object_id: id.as_str(), reason: "" };
    record_change(tx, &author_of(&account), now, change, NOTHING, NOTHING).await?;
    Ok(UserError::Locked { minutes: LOCKED_FOR / 60_000 })
}

fn author_of(account: &Account) -> Author {
    Author { account: Some(account.id.clone()), name: account.display_name.clone(), organisation: account.organisation_id.clone() }
}

/// Ends a session.
pub async fn sign_out(db: &Db, now: Moment, identity: &Identity, token: &Token) -> Result<(), ServiceError> {
    let (identity, hash) = (identity.clone(), token.hash());
    with_tx(db, move |tx| {
        Box::pin(async move {
            sessions::delete_session(tx, &hash).await?;
            let author = Author {
                account: Some(identity.account.clone()),
                name: identity.name.clone(),
                organisation: identity.organisation.clone(),
            };
            let change = Change { action: Action::SignOut, object_kind: "account", object_id: identity.account.as_str(), reason: "" };
            record_change(tx, &author, now, change, NOTHING, NOTHING).await
        })
    })
    .await
}

/// Who a token belongs to, while its session lasts; the session is used, so it lasts on.
///
/// A session idle for 30 minutes or older than 12 hours, and one of a disabled account, is none.
pub async fn find_identity(db: &Db, tx: &mut Tx, now: Moment, token: &Token) -> Result<Option<Identity>, ServiceError> {
    let Some((session, identity)) = find_lasting(tx, now, token).await? else { return Ok(None) };
    if now.0 - session.last_seen_at > TOUCH_EVERY {
        let hash = token.hash();
        with_tx(db, move |tx| Box::pin(async move { Ok::<_, ServiceError>(sessions::touch_session(tx, &hash, now.0).await?) })).await?;
    }
    Ok(Some(identity))
}

/// As [`find_identity`], for what a page does by itself: the session does not last longer for it.
pub async fn find_identity_at_rest(tx: &mut Tx, now: Moment, token: &Token) -> Result<Option<Identity>, ServiceError> {
    Ok(find_lasting(tx, now, token).await?.map(|(_, identity)| identity))
}

async fn find_lasting(tx: &mut Tx, now: Moment, token: &Token) -> Result<Option<(sessions::Session, Identity)>, ServiceError> {
    let Some(session) = sessions::find_session(tx, &token.hash()).await? else { return Ok(None) };
    if now.0 - session.last_seen_at > IDLE_LIMIT || now.0 - session.created_at > SESSION_LIMIT {
        return Ok(None);
    }
    let Some(account) = accounts::find_account(tx, &session.account_id).await?.filter(|account| account.disabled_at.is_none()) else {
        return Ok(None);
    };
    let roles = accounts::list_roles(tx, &account.id).await?;
    Ok(Some((session, identity_of(account, roles))))
}

/// How long an ended session is remembered, in milliseconds: a form left open over a weekend still comes back to its account.
const ENDED_SESSIONS_KEPT: i64 = 7 * 24 * 60 * 60 * 1000;
/// How long the result of a form is remembered for a repeat of it, in milliseconds.
const FORM_RESULTS_KEPT: i64 = 7 * 24 * 60 * 60 * 1000;

/// Forgets sessions that ended long ago and forms that nobody repeats any more; gives how many of both.
pub async fn sweep_sessions(db: &Db, now: Moment) -> Result<u64, ServiceError> {
    with_tx(db, move |tx| {
        Box::pin(async move {
            let ended = sessions::delete_sessions_before(tx, now.0 - SESSION_LIMIT - ENDED_SESSIONS_KEPT).await?;
            let results = sessions::delete_form_results_before(tx, now.0 - FORM_RESULTS_KEPT).await?;
            Ok::<_, ServiceError>(ended + results)
        })
    })
    .await
}

/// Whose session a token belonged to, though it has ended.
pub async fn find_ended_account(tx: &mut Tx, token: &Token) -> Result<Option<AccountId>, ServiceError> {
    Ok(sessions::find_session(tx, &token.hash()).await?.map(|session| session.account_id))
}

/// Who an account is, for what is done on its behalf inside a transaction.
///
/// # Errors
/// `NotFound` without the account.
pub(super) async fn identify(tx: &mut Tx, account: &AccountId) -> Result<Identity, ServiceError> {
    let found = accounts::find_account(tx, account).await?.ok_or(UserError::NotFound)?;
    let roles = accounts::list_roles(tx, account).await?;
    Ok(identity_of(found, roles))
}

pub(super) fn identity_of(account: Account, roles: Vec<crate::domain::words::Role>) -> Identity {
    Identity {
        account: account.id,
        username: account.username,
        name: account.display_name,
        organisation: account.organisation_id,
        organisation_name: account.organisation_name,
        of_commission: account.organisation_kind == Some(OrganisationKind::Commission),
        roles: roles.into_iter().collect(),
        last_plan: account.last_plan_code,
    }
}

/// Changes the own password; every other session of the account ends.
///
/// # Errors
/// The old password is wrong, or the new one breaks a rule of `domain::passwords`.
pub async fn change_password(
    db: &Db,
    now: Moment,
    identity: &Identity,
    token: &Token,
    old: String,
    new: String,
) -> Result<(), ServiceError> {
    let mut tx = db.read().await?;
    let account = accounts::find_account(&mut tx, identity.account()).await?.ok_or(UserError::NotFound)?;
    drop(tx);
    if !verify_password(old, account.password_hash.clone()).await? {
        return Err(UserError::field("old_password", FieldProblem::WrongPassword).into());
    }
    check_password(&new, &account.username).map_err(|problem| UserError::field("new_password", FieldProblem::Password(problem)))?;
    set_password(db, now, account, hash_password(new).await?, token.hash(), None).await
}

/// Sets a password through a one-time link; every session of the account ends.
///
/// # Errors
/// `LinkExpired` when the link is used, replaced or older than 48 hours.
pub async fn set_password_by_link(db: &Db, now: Moment, link: &Token, new: String) -> Result<(), ServiceError> {
    let mut tx = db.read().await?;
    let account_id = sessions::find_password_link(&mut tx, &link.hash(), now.0).await?.ok_or(UserError::LinkExpired)?;
    let account = accounts::find_account(&mut tx, &account_id).await?.ok_or(UserError::LinkExpired)?;
    drop(tx);
    check_password(&new, &account.username).map_err(|problem| UserError::field("new_password", FieldProblem::Password(problem)))?;
    set_password(db, now, account, hash_password(new).await?, String::new(), Some(link.hash())).await
}

async fn set_password(
    db: &Db,
    now: Moment,
    account: Account,
    hash: String,
    keep_session: String,
    link: Option<String>,
) -> Result<(), ServiceError> {
    with_tx(db, move |tx| {
        Box::pin(async move {
            if let Some(link) = &link {
                // Asked again inside the writer: two uses of one link must not both succeed.
                sessions::find_password_link(tx, link, now.0).await?.ok_or(UserError::LinkExpired)?;
                sessions::use_password_link(tx, link, now.0).await?;
            }
            set_password_in(tx, now, &account, &hash, &keep_session).await
        })
    })
    .await
}

/// Sets a password, given as its hash, inside a transaction; sessions end but for the one that is kept, and so do tokens: whoever
/// knew the old password may have made one.
pub(super) async fn set_password_in(
    tx: &mut Tx,
    now: Moment,
    account: &Account,
    hash: &str,
    keep_session: &str,
) -> Result<(), ServiceError> {
    accounts::set_password(tx, &account.id, hash, now.0).await?;
    sessions::delete_sessions_of(tx, &account.id, keep_session).await?;
    tokens::revoke_tokens_of(tx, &account.id, now.0).await?;
    let change = Change { action: Action::ChangePassword, object_kind: "account", object_id: account.id.as_str(), reason: "" };
    record_change(tx, &author_of(account), now, change, NOTHING, NOTHING).await
}
