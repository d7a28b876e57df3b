//! The audit chain. Invariant: each change appends one row whose hash covers the row before it; no row is ever changed.

use sha2::{Digest, Sha256};

use super::{StoreError, Tx, execute, fetch_all, fetch_one};

/// A row of the chain, without what the chain itself adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAuditRow {
    /// Milliseconds since 1970.
    pub at: i64,
    /// The acting account; `None` for the command line.
    pub actor_id: Option<String>,
    /// The acting account's name as it was then.
    pub actor_name: String,
    /// The acting account's organisation.
    pub organisation_id: Option<String>,
    /// The declared action.
    pub action: &'static str,
    /// What kind of object changed.
    pub object_kind: &'static str,
    /// Which one.
    pub object_id: String,
    /// JSON of what was there before; never a secret.
    pub before: Option<String>,
    /// JSON of what is there now; never a secret.
    pub after: Option<String>,
    /// Why.
    pub reason: String,
}

/// A row of the chain.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AuditRow {
    /// 1, 2, 3 … without gaps.
    pub sequence: i64,
    /// Milliseconds since 1970.
    pub at: i64,
    /// The acting account; `None` for the command line.
    pub actor_id: Option<String>,
    /// The acting account's name as it was then.
    pub actor_name: String,
    /// The acting account's organisation.
    pub organisation_id: Option<String>,
    /// The declared action.
    pub action: String,
    /// What kind of object changed.
    pub object_kind: String,
    /// Which one.
    pub object_id: String,
    /// JSON of what was there before.
    pub before_state: Option<String>,
    /// JSON of what is there now.
    pub after_state: Option<String>,
    /// Why.
    pub reason: String,
    /// Hash of the row before; empty for the first.
    pub previous_hash: String,
    /// Hash of this row.
    pub hash: String,
}

impl AuditRow {
    /// The hash this row must carry: SHA-256 over its fields, each with its length before it.
    pub fn compute_hash(&self) -> String {
        let mut hasher = Sha256::new();
        let mut add = |text: &str| {
            hasher.update((text.len() as u64).to_be_bytes());
            hasher.update(text.as_bytes());
        };
        add(&self.previous_hash);
        add(&self.sequence.to_string());
        add(&self.at.to_string());
        for optional in [&self.actor_id, &self.organisation_id, &self.before_state, &self.after_state] {
            add(if optional.is_some() { "1" } else { "0" });
            add(optional.as_deref().unwrap_or_default());
        }
        for text in [&self.actor_name, &self.action, &self.object_kind, &self.object_id, &self.reason] {
            add(text);
        }
        hex(&hasher.finalize())
    }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        text.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
        text.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
        text
    })
}

/// Appends a row. The last statement of a use case: it ties the change to its reason.
pub async fn append_audit_row(tx: &mut Tx, new: NewAuditRow) -> Result<(), StoreError> {
    let (sequence, hash) = read_head(tx).await?;
    let mut row = AuditRow {
        sequence: sequence + 1,
        at: new.at,
        actor_id: new.actor_id,
        actor_name: new.actor_name,
        organisation_id: new.organisation_id,
        action: new.action.to_owned(),
        object_kind: new.object_kind.to_owned(),
        object_id: new.object_id,
        before_state: new.before,
        after_state: new.after,
        reason: new.reason,
        previous_hash: hash,
        hash: String::new(),
    };
    row.hash = row.compute_hash();
    execute!(
        tx,
        "INSERT INTO audit (sequence, at, actor_id, actor_name, organisation_id, action, object_kind, object_id,
                            before_state, after_state, reason, previous_hash, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        row.sequence,
        row.at,
        &row.actor_id,
        &row.actor_name,
        &row.organisation_id,
        &row.action,
        &row.object_kind,
        &row.object_id,
        &row.before_state,
        &row.after_state,
        &row.reason,
        &row.previous_hash,
        &row.hash,
    )?;
    execute!(tx, "UPDATE audit_head SET sequence = $1, hash = $2 WHERE one = 1", row.sequence, &row.hash)?;
    super::settings::raise_data_version(tx).await
}

/// The newest sequence number and hash; 0 and empty for an empty chain.
pub async fn read_head(tx: &mut Tx) -> Result<(i64, String), StoreError> {
    fetch_one!(tx, (i64, String), "SELECT sequence, hash FROM audit_head WHERE one = 1")
}

/// Up to `limit` rows after a sequence number, in order.
pub async fn list_audit_rows(tx: &mut Tx, after: i64, limit: i64) -> Result<Vec<AuditRow>, StoreError> {
    fetch_all!(
        tx,
        AuditRow,
        "SELECT sequence, at, actor_id, actor_name, organisation_id, action, object_kind, object_id,
                before_state, after_state, reason, previous_hash, hash
         FROM audit WHERE sequence > $1 ORDER BY sequence LIMIT $2",
        after,
        limit
    )
}

/// Every row about one object, the newest first.
pub async fn list_audit_rows_of(tx: &mut Tx, object_kind: &str, object_id: &str) -> Result<Vec<AuditRow>, StoreError> {
    fetch_all!(
        tx,
        AuditRow,
        "SELECT sequence, at, actor_id, actor_name, organisation_id, action, object_kind, object_id,
                before_state, after_state, reason, previous_hash, hash
         FROM audit WHERE object_kind = $1 AND object_id = $2 ORDER BY sequence DESC",
        object_kind,
        object_id
    )
}
