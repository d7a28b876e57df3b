//! Transactions. Invariant: a write is carried to its end whatever happens to whoever asked for it, and there is one writer at a time.

use futures_util::future::BoxFuture;
use sqlx::{PgConnection, Postgres, Sqlite, SqliteConnection, Transaction};

use super::{Db, DbKind, StoreError, connect::Pools};

/// A transaction on either database: a snapshot to read from, or the one writer.
#[derive(Debug)]
pub struct Tx(Inner);

#[derive(Debug)]
enum Inner {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// The typed connection below a [`Tx`]; see [`super::on`].
#[derive(Debug)]
pub enum Connection<'c> {
    /// SQLite.
    Sqlite(&'c mut SqliteConnection),
    /// PostgreSQL.
    Postgres(&'c mut PgConnection),
}

impl Tx {
    /// Which of the two databases it is on.
    pub const fn kind(&self) -> DbKind {
        match self.0 {
            Inner::Sqlite(_) => DbKind::Sqlite,
            Inner::Postgres(_) => DbKind::Postgres,
        }
    }

    /// The connection, for the `on!` macro.
    pub fn connection(&mut self) -> Connection<'_> {
        match &mut self.0 {
            Inner::Sqlite(tx) => Connection::Sqlite(tx),
            Inner::Postgres(tx) => Connection::Postgres(tx),
        }
    }

    async fn commit(self) -> Result<(), StoreError> {
        match self.0 {
            Inner::Sqlite(tx) => tx.commit().await?,
            Inner::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    async fn rollback(self) -> Result<(), StoreError> {
        match self.0 {
            Inner::Sqlite(tx) => tx.rollback().await?,
            Inner::Postgres(tx) => tx.rollback().await?,
        }
        Ok(())
    }
}

impl Db {
    /// A snapshot: everything read through it is of one instant.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        Ok(Tx(match &self.pools {
            Pools::Sqlite { read, .. } => Inner::Sqlite(read.begin().await?),
            Pools::Postgres(pool) => Inner::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?),
        }))
    }

    /// The writer. Both databases let one in at a time: SQLite by its lock, PostgreSQL by the locked head of the audit
    /// chain, so that what a service checked still holds when it writes.
    async fn write(&self) -> Result<Tx, StoreError> {
        Ok(Tx(match &self.pools {
            Pools::Sqlite { write, .. } => Inner::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Pools::Postgres(pool) => {
                let mut tx = pool.begin().await?;
                sqlx::query("SELECT sequence FROM audit_head WHERE one = 1 FOR UPDATE").execute(&mut *tx).await?;
                Inner::Postgres(tx)
            }
        }))
    }
}

/// Runs `work` as one transaction: committed when it answers `Ok`, rolled back otherwise.
///
/// It runs in a task of its own, so a client that goes away cannot cut it in two. `work` owns its inputs, must not
/// nest another `with_tx` (the one writer would wait for itself), and finds no Leptos context inside.
///
/// # Errors
/// Whatever `work` answers, and what the database says at the begin or at the commit.
pub async fn with_tx<T, E, F>(db: &Db, work: F) -> Result<T, E>
where
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    let owned = db.clone();
    let running = db.tracker.spawn(async move {
        let mut tx = owned.write().await?;
        match work(&mut tx).await {
            Ok(value) => {
                tx.commit().await?;
                Ok(value)
            }
            Err(refusal) => {
                if let Err(error) = tx.rollback().await {
                    tracing::warn!(%error, "a refused transaction could not be rolled back; its connection is dropped");
                }
                Err(refusal)
            }
        }
    });
    running.await.map_err(StoreError::from)?
}
