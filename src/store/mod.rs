//! All SQL. Invariant: one SQL text serves both databases, and every write goes through [`with_tx`].
//!
//! To add an aggregate: a file named after it, functions `verb_noun` that take a [`Tx`], one `&'static str` per
//! query with `$1`, and a story in `src/tests` (which runs on both databases).

mod batches;
mod columns;
mod connect;
mod known;
mod tx;

pub mod accounts;
pub mod assignments;
pub mod audit;
pub mod audit_lists;
pub mod corrections;
pub mod definitions;
pub mod evaluations;
pub mod evidence;
pub mod former;
pub mod held;
pub mod indicators;
pub mod name_shelves;
pub mod organisations;
pub mod periods;
pub mod plan_figures;
pub mod plan_files;
pub mod plans;
pub mod pledges;
pub mod published;
pub mod reports;
pub mod rollups;
pub mod roster_changes;
pub mod roster_import;
pub mod roster_lists;
pub mod roster_names;
pub mod roster_search;
pub mod rulings;
pub mod sessions;
pub mod settings;
pub mod standing_counts;
pub mod standings;
pub mod target_revisions;
pub mod tasks;
pub mod timetable;
pub mod tokens;
pub mod touched;
pub mod units;
pub mod values;
pub mod verify;

pub use columns::{Day, Encoded};
pub use connect::{Db, DbKind, connect, connect_existing};
pub use known::Known;
pub(crate) use known::known;
pub use tx::{Connection, Tx, with_tx};

/// What can go wrong between the program and its database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or could not be reached.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// A migration failed.
    #[error("migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A row does not mean anything.
    #[error("inconsistent row in {table}: {problem}")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// What is wrong with the row.
        problem: String,
    },
    /// The database is not fit to be used.
    #[error("unfit database: {0}")]
    Unfit(String),
    /// The task that carried the transaction ended without an answer.
    #[error("the transaction was abandoned: {0}")]
    Abandoned(#[from] tokio::task::JoinError),
}

impl StoreError {
    /// Whether the write broke a uniqueness rule of the schema.
    pub fn is_unique_violation(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(error)) if error.is_unique_violation())
    }
}

/// Runs one query text against whichever database the transaction belongs to.
///
/// `on!(tx, |conn| sqlx::query(SQL).bind(id).execute(conn).await)`
macro_rules! on {
    ($tx:expr, |$conn:ident| $body:expr) => {
        match $tx.connection() {
            $crate::store::Connection::Sqlite($conn) => $body.map_err($crate::store::StoreError::from),
            $crate::store::Connection::Postgres($conn) => $body.map_err($crate::store::StoreError::from),
        }
    };
}
pub(crate) use on;

/// Runs a statement and gives the number of rows it changed.
macro_rules! execute {
    ($tx:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        match $tx.connection() {
            $crate::store::Connection::Sqlite(conn) => sqlx::query($sql)$(.bind($value))*.execute(conn).await.map(|done| done.rows_affected()),
            $crate::store::Connection::Postgres(conn) => sqlx::query($sql)$(.bind($value))*.execute(conn).await.map(|done| done.rows_affected()),
        }
        .map_err($crate::store::StoreError::from)
    };
}
pub(crate) use execute;

/// All rows of a query, each as `$Row`.
macro_rules! fetch_all {
    ($tx:expr, $Row:ty, $sql:expr $(, $value:expr)* $(,)?) => {
        $crate::store::on!($tx, |conn| sqlx::query_as::<_, $Row>($sql)$(.bind($value))*.fetch_all(conn).await)
    };
}
pub(crate) use fetch_all;

/// The row of a query as `$Row`, or `None`.
macro_rules! fetch_optional {
    ($tx:expr, $Row:ty, $sql:expr $(, $value:expr)* $(,)?) => {
        $crate::store::on!($tx, |conn| sqlx::query_as::<_, $Row>($sql)$(.bind($value))*.fetch_optional(conn).await)
    };
}
pub(crate) use fetch_optional;

/// The row of a query as `$Row`; its absence is an error.
macro_rules! fetch_one {
    ($tx:expr, $Row:ty, $sql:expr $(, $value:expr)* $(,)?) => {
        $crate::store::on!($tx, |conn| sqlx::query_as::<_, $Row>($sql)$(.bind($value))*.fetch_one(conn).await)
    };
}
pub(crate) use fetch_one;
