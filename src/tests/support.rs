//! The harness. Invariant: each story gets a migrated database that nobody else sees, and it is gone afterwards.
//!
//! `stories! { async fn name(db: Db) { … } }` makes two tests, `name::sqlite` and `name::postgres`. A story that needs
//! more than the database takes a [`Place`].

use std::{
    env,
    panic::{AssertUnwindSafe, resume_unwind},
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

use bihuan::store::{Connection, Db, StoreError, audit::hex, connect, with_tx};
use futures_util::FutureExt;
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tempfile::TempDir;

/// The variable that says where PostgreSQL is.
const POSTGRES_URL: &str = "BIHUAN_TEST_POSTGRES_URL";
/// Processes that want to make the template wait for each other under this number.
const TEMPLATE_LOCK: i64 = 0x6269_6875_616e;

/// Makes two tests of each story: `name::sqlite` and `name::postgres`.
macro_rules! stories {
    ($($(#[$meta:meta])* async fn $name:ident($arg:ident: $Arg:ty) $body:block)+) => {$(
        $(#[$meta])*
        async fn $name($arg: $Arg) $body

        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                $crate::support::tell_on_sqlite(super::$name).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                $crate::support::tell_on_postgres(super::$name).await;
            }
        }
    )+};
}

/// Where a story takes place.
#[derive(Debug, Clone)]
pub struct Place {
    /// The migrated database.
    pub db: Db,
    /// Its URL, for another connection or another process.
    pub url: String,
    /// An empty folder for evidence.
    pub data_dir: PathBuf,
}

impl From<Place> for Db {
    fn from(place: Place) -> Self {
        place.db
    }
}

/// Tells a story in a SQLite file of its own.
pub async fn tell_on_sqlite<Arg: From<Place>, Told: Future<Output = ()>>(story: impl FnOnce(Arg) -> Told) {
    let folder = TempDir::new().unwrap();
    let url = format!("sqlite://{}", folder.path().join("story.sqlite").display());
    let db = connect(&url).await.unwrap();
    db.migrate().await.unwrap();
    story(Arg::from(Place { db, url, data_dir: make_data_dir(&folder) })).await;
}

/// Tells a story in a PostgreSQL database of its own.
pub async fn tell_on_postgres<Arg: From<Place>, Told: Future<Output = ()>>(story: impl FnOnce(Arg) -> Told) {
    let folder = TempDir::new().unwrap();
    let server = postgres_url();
    let name = create_database(&server).await;
    let url = with_database(&server, &name);
    let place = Place { db: connect(&url).await.unwrap(), url, data_dir: make_data_dir(&folder) };
    let told = AssertUnwindSafe(story(Arg::from(place))).catch_unwind().await;
    // Best effort: a server that is thrown away after the run takes its databases with it.
    run_on_server(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.ok();
    if let Err(panic) = told {
        resume_unwind(panic);
    }
}

fn make_data_dir(folder: &TempDir) -> PathBuf {
    let data_dir = folder.path().join("data");
    std::fs::create_dir(&data_dir).unwrap();
    data_dir
}

/// The server's URL; a story is never skipped for want of it.
fn postgres_url() -> String {
    env::var(POSTGRES_URL).unwrap_or_else(|_| {
        panic!("{POSTGRES_URL} is not set: run `cargo xtask test`, which starts a PostgreSQL for the stories, or set it to one of yours")
    })
}

/// The same server, another database: `postgres://user@host/NAME?host=/socket`.
fn with_database(server: &str, name: &str) -> String {
    let (address, options) = server.split_once('?').unwrap_or((server, ""));
    let (authority, _) = address.rsplit_once('/').expect("a PostgreSQL URL names a database");
    if options.is_empty() { format!("{authority}/{name}") } else { format!("{authority}/{name}?{options}") }
}

async fn run_on_server(server: &str, sql: &str) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(server).await?;
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await?;
    connection.close().await
}

async fn create_database(server: &str) -> String {
    static STORIES: AtomicU32 = AtomicU32::new(0);
    let template = make_template(server).await;
    let mut random = [0_u8; 4];
    getrandom::fill(&mut random).unwrap();
    let number = STORIES.fetch_add(1, Ordering::Relaxed);
    let name = format!("bihuan_story_{}_{number}_{}", std::process::id(), hex(&random));
    run_on_server(server, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await.unwrap();
    name
}

/// The migrated database that all others are copied from: made once, whichever process comes first.
async fn make_template(server: &str) -> String {
    let template = format!("bihuan_template_{}", hash_migrations());
    let mut connection = PgConnection::connect(server).await.expect("PostgreSQL answers");
    // Held until the connection ends, so a process that dies does not block the others.
    sqlx::query("SELECT pg_advisory_lock($1)").bind(TEMPLATE_LOCK).execute(&mut connection).await.unwrap();
    let exists: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)")
        .bind(&template)
        .fetch_one(&mut connection)
        .await
        .unwrap();
    if !exists {
        // Renamed when it is complete: half a template would spoil every story after it.
        let draft = format!("{template}_draft");
        for sql in [format!("DROP DATABASE IF EXISTS {draft} WITH (FORCE)"), format!("CREATE DATABASE {draft}")] {
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
        }
        let db = connect(&with_database(server, &draft)).await.unwrap();
        db.migrate().await.unwrap();
        db.close().await;
        let rename = format!("ALTER DATABASE {draft} RENAME TO {template}");
        sqlx::raw_sql(AssertSqlSafe(rename)).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
    template
}

/// Twelve digits that change with every change of a migration.
fn hash_migrations() -> String {
    let mut hasher = Sha256::new();
    for migration in sqlx::migrate!("migrations/postgres").iter() {
        hasher.update(migration.version.to_be_bytes());
        hasher.update(&migration.checksum);
    }
    let mut hash = hex(&hasher.finalize());
    hash.truncate(12);
    hash
}

/// Changes rows behind the product's back; several statements are one transaction. Gives how many rows changed.
pub async fn change(db: &Db, sql: &str) -> u64 {
    let sql = AssertSqlSafe(sql.to_owned());
    with_tx(db, move |tx| {
        Box::pin(async move {
            let changed = match tx.connection() {
                Connection::Sqlite(conn) => sqlx::raw_sql(sql).execute(conn).await?.rows_affected(),
                Connection::Postgres(conn) => sqlx::raw_sql(sql).execute(conn).await?.rows_affected(),
            };
            Ok::<_, StoreError>(changed)
        })
    })
    .await
    .unwrap()
}

/// The one number that a query gives: `SELECT COUNT(*) FROM accounts`.
pub async fn read_number(db: &Db, sql: &str) -> i64 {
    let sql = AssertSqlSafe(sql.to_owned());
    let mut tx = db.read().await.unwrap();
    match tx.connection() {
        Connection::Sqlite(conn) => sqlx::query_scalar(sql).fetch_one(conn).await.unwrap(),
        Connection::Postgres(conn) => sqlx::query_scalar(sql).fetch_one(conn).await.unwrap(),
    }
}

/// The texts that a query with one column gives, in its order.
pub async fn read_texts(db: &Db, sql: &str) -> Vec<String> {
    let sql = AssertSqlSafe(sql.to_owned());
    let mut tx = db.read().await.unwrap();
    match tx.connection() {
        Connection::Sqlite(conn) => sqlx::query_scalar(sql).fetch_all(conn).await.unwrap(),
        Connection::Postgres(conn) => sqlx::query_scalar(sql).fetch_all(conn).await.unwrap(),
    }
}

#[test]
fn the_name_of_the_database_is_put_into_the_url() {
    for (server, url) in [
        ("postgres://postgres@localhost/postgres?host=/tmp/x", "postgres://postgres@localhost/one?host=/tmp/x"),
        ("postgres://u:p@db:5432/postgres", "postgres://u:p@db:5432/one"),
    ] {
        assert_eq!(with_database(server, "one"), url);
    }
}

stories! {
    async fn a_story_starts_in_an_empty_database_of_its_own(place: Place) {
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM audit").await, 0);
        assert_eq!(change(&place.db, "INSERT INTO settings (name, value) VALUES ('story', 'told')").await, 1);
        assert_eq!(read_texts(&place.db, "SELECT value FROM settings").await, ["told"]);
        let other = connect(&place.url).await.unwrap();
        assert_eq!(read_texts(&other, "SELECT value FROM settings").await, ["told"]);
    }
}
