//! Opening a database. Invariant: a database that could lose or corrupt what was acknowledged is refused at the start.

use std::{str::FromStr, time::Duration};

use sqlx::{
    Executor, PgPool, SqlitePool,
    migrate::Migrator,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio_util::task::TaskTracker;

use super::StoreError;

static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// The first SQLite without the WAL-reset corruption (3.7.0 to 3.51.2 have it).
const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);

/// The product's database.
#[derive(Debug, Clone)]
pub struct Db {
    pub(super) pools: Pools,
    /// Transactions under way; a shutdown waits for them.
    pub(super) tracker: TaskTracker,
}

#[derive(Debug, Clone)]
pub(super) enum Pools {
    Sqlite { read: SqlitePool, write: SqlitePool },
    Postgres(PgPool),
}

/// Which of the two databases it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DbKind {
    /// Embedded, one machine.
    Sqlite,
    /// Several replicas.
    Postgres,
}

impl Db {
    /// Which of the two databases it is.
    pub fn kind(&self) -> DbKind {
        match self.pools {
            Pools::Sqlite { .. } => DbKind::Sqlite,
            Pools::Postgres(_) => DbKind::Postgres,
        }
    }

    /// Brings the schema up to date.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        match &self.pools {
            Pools::Sqlite { write, .. } => SQLITE_MIGRATIONS.run(write).await?,
            Pools::Postgres(pool) => POSTGRES_MIGRATIONS.run(pool).await?,
        }
        Ok(())
    }

    /// Waits for the transactions under way, then closes the pools. Nothing may be written afterwards.
    pub async fn close(&self) {
        self.tracker.close();
        self.tracker.wait().await;
        match &self.pools {
            Pools::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }

    /// The database's own integrity check: its findings, none when it is sound.
    pub async fn check_integrity(&self) -> Result<Vec<String>, StoreError> {
        match &self.pools {
            Pools::Sqlite { read, .. } => {
                let rows: Vec<(String,)> = sqlx::query_as("PRAGMA integrity_check").fetch_all(read).await?;
                let orphans: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM pragma_foreign_key_check").fetch_one(read).await?;
                let mut findings: Vec<String> = rows.into_iter().map(|(line,)| line).filter(|line| line != "ok").collect();
                if orphans > 0 {
                    findings.push(format!("{orphans} rows refer to rows that do not exist"));
                }
                Ok(findings)
            }
            // PostgreSQL checks pages and constraints as it reads and writes them; reading every table is the check.
            Pools::Postgres(pool) => {
                let unvalidated: i64 =
                    sqlx::query_scalar("SELECT COUNT(*) FROM pg_constraint WHERE NOT convalidated").fetch_one(pool).await?;
                Ok(if unvalidated > 0 { vec![format!("{unvalidated} constraints are not validated")] } else { Vec::new() })
            }
        }
    }
}

/// Opens `sqlite://…` or `postgres://…`. SQLite files are made when missing.
///
/// # Errors
/// An unknown scheme, an unreachable server, a SQLite below 3.51.3 or one that does not sync fully.
pub async fn connect(url: &str) -> Result<Db, StoreError> {
    let pools = if url.starts_with("sqlite:") {
        connect_sqlite(url).await?
    } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        Pools::Postgres(connect_postgres(url).await?)
    } else {
        return Err(StoreError::Unfit("the database URL begins neither with sqlite: nor with postgres:".to_owned()));
    };
    Ok(Db { pools, tracker: TaskTracker::new() })
}

async fn connect_sqlite(url: &str) -> Result<Pools, StoreError> {
    let options = SqliteConnectOptions::from_str(url)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10));
    let write = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
    check_sqlite(&write).await?;
    let read = SqlitePoolOptions::new().max_connections(8).connect_with(options.read_only(true).create_if_missing(false)).await?;
    Ok(Pools::Sqlite { read, write })
}

async fn check_sqlite(pool: &SqlitePool) -> Result<(), StoreError> {
    let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(pool).await?;
    let parts: Vec<u32> = version.split('.').filter_map(|part| part.parse().ok()).collect();
    let found = (parts.first().copied().unwrap_or(0), parts.get(1).copied().unwrap_or(0), parts.get(2).copied().unwrap_or(0));
    if found < OLDEST_SQLITE {
        return Err(StoreError::Unfit(format!("SQLite {version} can corrupt its log; 3.51.3 is the oldest that is accepted")));
    }
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(pool).await?;
    if synchronous != 2 {
        return Err(StoreError::Unfit(format!("PRAGMA synchronous is {synchronous}, not 2 (FULL)")));
    }
    let foreign_keys: i64 = sqlx::query_scalar("PRAGMA foreign_keys").fetch_one(pool).await?;
    if foreign_keys != 1 {
        return Err(StoreError::Unfit("PRAGMA foreign_keys is off".to_owned()));
    }
    Ok(())
}

async fn connect_postgres(url: &str) -> Result<PgPool, StoreError> {
    Ok(PgPoolOptions::new()
        .max_connections(16)
        .acquire_timeout(Duration::from_secs(10))
        // sqlx 0.9.0 can give a connection back inside a transaction when `begin` is cancelled; what the next user
        // of that connection then writes would be rolled back after it was acknowledged.
        .before_acquire(|connection, _| {
            Box::pin(async move {
                connection.execute("ROLLBACK").await?;
                Ok(true)
            })
        })
        .connect(url)
        .await?)
}
