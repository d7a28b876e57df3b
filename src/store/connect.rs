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

    /// Refuses a schema that is not the one of this program: for commands that only read.
    ///
    /// # Errors
    /// `Unfit` where migrations are missing, or were made by a newer program.
    pub async fn check_schema(&self) -> Result<(), StoreError> {
        let (known, found) = match &self.pools {
            Pools::Sqlite { read, .. } => (list_known(&SQLITE_MIGRATIONS), sqlx::query_scalar(APPLIED).fetch_all(read).await),
            Pools::Postgres(pool) => (list_known(&POSTGRES_MIGRATIONS), sqlx::query_scalar(APPLIED).fetch_all(pool).await),
        };
        let applied: Vec<i64> = match found {
            Ok(applied) => applied,
            // The table is not there.
            Err(sqlx::Error::Database(_)) => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        compare_schema(&known, &applied).map_err(StoreError::Unfit)
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

/// The migrations that a database has gone through. Without the table there are none.
const APPLIED: &str = "SELECT version FROM _sqlx_migrations WHERE success ORDER BY version";

fn list_known(migrator: &Migrator) -> Vec<i64> {
    migrator.iter().map(|migration| migration.version).collect()
}

/// Whether a database is of this program's schema; if not, why.
fn compare_schema(known: &[i64], applied: &[i64]) -> Result<(), String> {
    if applied.iter().any(|version| !known.contains(version)) {
        return Err("the schema is of a newer bihuan; use that one".to_owned());
    }
    match known.iter().filter(|version| !applied.contains(version)).count() {
        0 => Ok(()),
        _ if applied.is_empty() => Err("there is no schema; check the address, or make one with `bihuan migrate`".to_owned()),
        missing => Err(format!("the schema lacks {missing} migrations; bring it up to date with `bihuan migrate`")),
    }
}

/// Opens `sqlite://…` or `postgres://…`. SQLite files are made when missing.
///
/// # Errors
/// An unknown scheme, an unreachable server, a SQLite below 3.51.3 or one that does not sync fully.
pub async fn connect(url: &str) -> Result<Db, StoreError> {
    open(url, true).await
}

/// As [`connect`], for a database that must exist.
///
/// # Errors
/// As [`connect`]; a SQLite file that is missing.
pub async fn connect_existing(url: &str) -> Result<Db, StoreError> {
    open(url, false).await
}

async fn open(url: &str, may_create: bool) -> Result<Db, StoreError> {
    let pools = if url.starts_with("sqlite:") {
        connect_sqlite(url, may_create).await?
    } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        Pools::Postgres(connect_postgres(url).await?)
    } else {
        return Err(StoreError::Unfit("the database URL begins neither with sqlite: nor with postgres:".to_owned()));
    };
    Ok(Db { pools, tracker: TaskTracker::new() })
}

async fn connect_sqlite(url: &str, may_create: bool) -> Result<Pools, StoreError> {
    let options = SqliteConnectOptions::from_str(url)?
        .create_if_missing(may_create)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10));
    let write = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
    check_sqlite(&write).await?;
    let read = SqlitePoolOptions::new().max_connections(8).connect_with(options.read_only(true).create_if_missing(false)).await?;
    Ok(Pools::Sqlite { read, write })
}

/// Whether a version of SQLite, such as `3.51.3`, is none of those that can corrupt their log.
fn is_fit_sqlite(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    (next(), next(), next()) >= OLDEST_SQLITE
}

async fn check_sqlite(pool: &SqlitePool) -> Result<(), StoreError> {
    let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(pool).await?;
    if !is_fit_sqlite(&version) {
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
        // A page's query reads few rows by an index and is over before a second process has begun to help; the server's own default
        // is for disks that turn.
        .after_connect(|connection, _| {
            Box::pin(async move {
                connection.execute("SET random_page_cost = 1.1").await?;
                connection.execute("SET max_parallel_workers_per_gather = 0").await?;
                // Or the log tells of every ROLLBACK below that found nothing to end.
                connection.execute("SET client_min_messages = error").await?;
                Ok(())
            })
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sqlite_that_can_corrupt_its_log_is_unfit() {
        for (version, fit) in [
            ("3.51.3", true),
            ("3.51.2", false),
            ("3.51.10", true),
            ("3.52.0", true),
            ("3.9.99", false),
            ("3.51", false),
            ("4.0.0", true),
            ("2.99.99", false),
            ("", false),
            ("unknown", false),
        ] {
            assert_eq!(is_fit_sqlite(version), fit, "{version}");
        }
    }

    #[test]
    fn a_schema_of_another_version_is_told_apart() {
        for (applied, said) in [
            (&[1, 2, 3][..], None),
            (&[1, 2], Some("lacks 1 migrations")),
            (&[], Some("there is no schema")),
            (&[1, 2, 3, 4], Some("newer bihuan")),
        ] {
            let compared = compare_schema(&[1, 2, 3], applied);
            match said {
                None => assert_eq!(compared, Ok(())),
                Some(said) => assert!(compared.unwrap_err().contains(said), "{applied:?}"),
            }
        }
    }
}
