//! The commands of the binary. Invariant: a command either does everything it says or nothing, and says which.

mod parse;

use std::{io::Read, path::Path};

use tokio::{io::AsyncWriteExt, net::TcpListener};

use crate::{
    config::{Command, CommandLine, ExportCommand, ImportCommand, ImportFile, ServeSettings, StoreSettings},
    domain::words::Role,
    error::UserError,
    i18n::{Lang, Text},
    services::{
        self,
        administrators::create_administrator,
        demonstration::{load_demonstration, refuse_demonstration},
        imports::{ImportError, roster::import_roster, values::import_values},
        moment::Moment,
        plan_files::{PlanFileError, export_plan, import_plan_file, load_shipped_plans},
        rollups::complete_rollups,
        verify::Inspection,
    },
    store::{Db, connect, connect_existing, with_tx},
    web::{AppState, clock::Clock, serve},
};

pub use parse::parse_plan_file;

/// Why a command failed, for whoever typed it.
pub type CommandError = Box<dyn std::error::Error + Send + Sync>;

/// Carries out a command; the answer is the exit code.
pub async fn run(line: CommandLine) -> Result<u8, CommandError> {
    match line.command {
        Command::Serve(settings) => serve_until_stopped(*settings).await.map(|()| 0),
        Command::Migrate(store) => {
            open_store(&store.complete()?).await?.close().await;
            println!("the schema is up to date");
            Ok(0)
        }
        Command::ImportPlan { file, store } => import_plan(&file, store.complete()?).await,
        Command::Export { what: ExportCommand::Plan { code, file, store } } => export_plan_to(&code, &file, store.complete()?).await,
        Command::Import(ImportCommand::Roster(import)) => take_roster(import).await,
        Command::Import(ImportCommand::Values(import)) => take_values(import).await,
        Command::CreateAdmin { name, role, password_stdin, store } => {
            create_admin(&name, role.into(), password_stdin, store.complete()?).await
        }
        Command::ParsePlan(limits) => parse_plan_file(limits).map(|()| 0),
        Command::Verify { head, store } => verify(head.as_deref(), store.complete()?).await,
    }
}

async fn open_store(settings: &StoreSettings) -> Result<Db, CommandError> {
    tokio::fs::create_dir_all(settings.data_dir()).await?;
    let db = connect(&settings.database_url()).await?;
    db.migrate().await?;
    let taken_in = with_tx(&db, |tx| Box::pin(async move { complete_rollups(tx).await })).await?;
    if taken_in > 0 {
        tracing::info!(units = taken_in, "the lists of an earlier version are made anew");
    }
    Ok(db)
}

fn clock_now() -> Moment {
    Clock::start(None).now()
}

async fn serve_until_stopped(settings: ServeSettings) -> Result<(), CommandError> {
    let db = open_store(&settings.store).await?;
    let clock = Clock::start(settings.now);
    let data_dir = settings.store.data_dir();
    if settings.demo {
        if load_demonstration(&db, &data_dir).await? {
            tracing::info!("the demonstration is loaded");
        }
    } else {
        refuse_demonstration(&db).await?;
        for loaded in load_shipped_plans(&db, clock.now()).await? {
            tracing::info!("{loaded}");
        }
    }
    let address = settings.listen.unwrap_or_else(|| std::net::SocketAddr::from(([127, 0, 0, 1], 3000)));
    let listener = TcpListener::bind(address).await?;
    let local = listener.local_addr()?;
    let mut state = AppState::new(db, data_dir, settings.site_dir(), settings.is_secure(), clock);
    state.shared.public_url = settings.public_url.as_deref().map(|url| url.trim_end_matches('/').into());
    println!("listening on http://{local}");
    serve(listener, state).await?;
    Ok(())
}

/// Loads a plan file; the exit code is 1, and every fault is named with file and key, when it is not taken in.
async fn import_plan(file: &Path, settings: StoreSettings) -> Result<u8, CommandError> {
    let content = tokio::fs::read(file).await.map_err(|error| format!("{}: {error}", file.display()))?;
    let db = open_store(&settings).await?;
    let outcome = import_plan_file(&db, content, clock_now()).await;
    db.close().await;
    match outcome {
        Ok(loaded) => {
            println!("{loaded}");
            Ok(0)
        }
        Err(PlanFileError::Faulty(problems)) => {
            for problem in problems {
                eprintln!("{}: {problem}", file.display());
            }
            Ok(1)
        }
        Err(PlanFileError::Service(error)) => Err(error.into()),
    }
}

/// Writes a plan to a file, and prints the head of the audit chain, which is not in it: it differs from system to system.
async fn export_plan_to(code: &str, file: &Path, settings: StoreSettings) -> Result<u8, CommandError> {
    let db = open_store(&settings).await?;
    let exported = export_plan(&db, code).await;
    db.close().await;
    let plan = match exported {
        Ok(plan) => plan,
        Err(services::ServiceError::Refused(UserError::NotFound)) => return Err(format!("there is no plan {code}").into()),
        Err(error) => return Err(error.into()),
    };
    let as_zip = file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip"));
    let content = if as_zip { plan.write_zip()? } else { plan.toml.into_bytes() };
    let mut options = tokio::fs::OpenOptions::new();
    let opened = options.write(true).create_new(true).open(file).await;
    let mut out = opened.map_err(|error| format!("{}: {error}", file.display()))?;
    out.write_all(&content).await?;
    out.sync_all().await?;
    let (areas, indicators, tasks) = plan.counts;
    println!("plan {code} is written to {}: {areas} areas, {indicators} indicators, {tasks} tasks", file.display());
    let (rows, head) = plan.head;
    println!("audit chain: {rows} rows, head {}", if head.is_empty() { "none" } else { &head });
    Ok(0)
}

async fn take_values(import: ImportFile) -> Result<u8, CommandError> {
    let bytes = tokio::fs::read(&import.file).await.map_err(|error| format!("{}: {error}", import.file.display()))?;
    let db = open_store(&import.store.complete()?).await?;
    let outcome = import_values(&db, bytes, clock_now(), import.dry_run).await;
    db.close().await;
    answer_import(&import.file, outcome)
}

async fn take_roster(import: ImportFile) -> Result<u8, CommandError> {
    let bytes = tokio::fs::read(&import.file).await.map_err(|error| format!("{}: {error}", import.file.display()))?;
    let db = open_store(&import.store.complete()?).await?;
    let outcome = import_roster(&db, bytes, clock_now(), import.dry_run).await;
    db.close().await;
    answer_import(&import.file, outcome)
}

/// Says what came in; the exit code is 1, and every faulty row is named, when nothing did.
fn answer_import(file: &Path, outcome: Result<impl std::fmt::Display, ImportError>) -> Result<u8, CommandError> {
    match outcome {
        Ok(imported) => {
            println!("{imported}");
            Ok(0)
        }
        Err(ImportError::Faulty(problems)) => {
            for problem in problems {
                eprintln!("{}: {problem}", file.display());
            }
            Ok(1)
        }
        Err(ImportError::Service(error)) => Err(error.into()),
    }
}

async fn create_admin(name: &str, role: Role, password_stdin: bool, settings: StoreSettings) -> Result<u8, CommandError> {
    let password = if password_stdin {
        let mut typed = String::new();
        std::io::stdin().read_to_string(&mut typed)?;
        Some(typed.trim_end_matches(['\r', '\n']).to_owned())
    } else {
        None
    };
    let db = open_store(&settings).await?;
    let created = create_administrator(&db, clock_now(), name, role, password).await;
    db.close().await;
    let link = match created {
        Err(services::ServiceError::Refused(UserError::Invalid(errors))) => {
            let text = Text::new(Lang::En);
            let problems: Vec<String> =
                errors.iter().map(|error| format!("{}: {}", error.field, text.field_problem(&error.problem))).collect();
            return Err(problems.join("; ").into());
        }
        created => created?,
    };
    match link {
        Some(link) => println!("{name} is created. Set the password within 48 hours at /set-password/{}", link.text()),
        None => println!("{name} is created"),
    }
    Ok(0)
}

async fn verify(head: Option<&str>, settings: StoreSettings) -> Result<u8, CommandError> {
    let data_dir = settings.data_dir();
    // It only reads: what it finds is what is there, so nothing is made or brought up to date first.
    let db = connect_existing(&settings.database_url()).await?;
    db.check_schema().await?;
    let verdict = services::verify::verify(&db, Inspection { data_dir: &data_dir, now: clock_now(), head }).await?;
    db.close().await;
    for finding in &verdict.findings {
        println!("{finding}");
    }
    if verdict.findings.is_empty() {
        println!("the chain holds: {} rows, head {}", verdict.rows, if verdict.head.is_empty() { "none" } else { &verdict.head });
        Ok(0)
    } else {
        println!("{} findings", verdict.findings.len());
        Ok(1)
    }
}
