//! Settings. Invariant: a flag wins over a `BIHUAN_…` variable, and that over the TOML file.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use serde::Deserialize;

use crate::domain::words::Role;

/// The command line.
#[derive(Debug, Parser)]
#[command(
    name = "bihuan",
    version,
    about = "Monitors a government action plan: targets traced to named units, and a closed loop for every task"
)]
pub struct CommandLine {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

impl CommandLine {
    /// Fills in what the settings file says about serving; the other commands read it when they open their database.
    ///
    /// # Errors
    /// A file that is missing, not TOML, or names an unknown setting.
    pub fn complete(self) -> Result<Self, SettingsError> {
        let command = match self.command {
            Command::Serve(settings) => Command::Serve(Box::new(settings.complete()?)),
            other => other,
        };
        Ok(Self { command })
    }

    /// Whether the log is JSON.
    pub fn logs_json(&self) -> bool {
        matches!(&self.command, Command::Serve(settings) if settings.log_json)
    }
}

/// What the binary does.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Migrates the database, then serves.
    Serve(Box<ServeSettings>),
    /// Brings the schema up to date.
    Migrate(StoreSettings),
    /// Loads a plan from a TOML file or a zip of CSV files; the same file twice changes nothing.
    ImportPlan {
        /// The file.
        file: PathBuf,
        /// Where to.
        #[command(flatten)]
        store: StoreSettings,
    },
    /// Takes data out.
    Export {
        /// What.
        #[command(subcommand)]
        what: ExportCommand,
    },
    /// Takes a table in: all of its rows or none.
    #[command(subcommand)]
    Import(ImportCommand),
    /// Makes an administrator and prints the one-time link's path that sets the password.
    CreateAdmin {
        /// The name to sign in with.
        name: String,
        /// Which of the three.
        #[arg(long, value_enum)]
        role: AdministratorRole,
        /// Reads the password from standard input instead of printing a link.
        #[arg(long)]
        password_stdin: bool,
        /// Where to.
        #[command(flatten)]
        store: StoreSettings,
    },
    /// Reads a plan file on standard input for the server, and answers in JSON.
    #[command(hide = true)]
    ParsePlan(ParseLimits),
    /// Walks the audit chain and checks the invariants; exit code 1 and the findings if one is broken.
    Verify {
        /// A hash printed earlier; the chain must still hold it.
        #[arg(long)]
        head: Option<String>,
        /// What to check.
        #[command(flatten)]
        store: StoreSettings,
    },
}

/// What may be spent on a document.
#[derive(Debug, Clone, Copy, Args)]
pub struct ParseLimits {
    /// Memory, in megabytes.
    #[arg(long)]
    pub memory_mb: u64,
    /// Time of the processor, in seconds.
    #[arg(long)]
    pub cpu_seconds: u64,
}

/// What can be taken out.
#[derive(Debug, Subcommand)]
pub enum ExportCommand {
    /// Everything that defines a plan, with every revision; prints the head of the audit chain beside it.
    Plan {
        /// The plan's code.
        code: String,
        /// The file: `.zip` for a zip of CSV files, else TOML. One that exists is not written over.
        file: PathBuf,
        /// Where from.
        #[command(flatten)]
        store: StoreSettings,
    },
}

/// Which table is taken in.
#[derive(Debug, Subcommand)]
pub enum ImportCommand {
    /// Units with their recognitions and stages: kind, code, name, holder, district, recognition, level, stage, date, document.
    Roster(ImportFile),
    /// Values of indicators: plan, indicator, org, `period_end`, value, document.
    Values(ImportFile),
}

/// A CSV file in UTF-8 whose first line names its columns.
#[derive(Debug, Clone, Args)]
pub struct ImportFile {
    /// The file.
    pub file: PathBuf,
    /// Shows what would change and writes nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Where to.
    #[command(flatten)]
    pub store: StoreSettings,
}

/// The three administrator roles as the command line names them.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum AdministratorRole {
    /// Organisations and accounts.
    System,
    /// Roles, unlocking, password links.
    Security,
    /// Reads the audit trail.
    Audit,
}

impl From<AdministratorRole> for Role {
    fn from(role: AdministratorRole) -> Self {
        match role {
            AdministratorRole::System => Self::SystemAdministrator,
            AdministratorRole::Security => Self::SecurityAdministrator,
            AdministratorRole::Audit => Self::AuditAdministrator,
        }
    }
}

/// Where the data is.
#[derive(Debug, Clone, Args)]
pub struct StoreSettings {
    /// `sqlite://FILE` or `postgres://…`; a SQLite file in the data directory unless set.
    #[arg(long, env = "BIHUAN_DATABASE_URL")]
    pub database_url: Option<String>,
    /// Evidence, and the SQLite file [default: data].
    #[arg(long, env = "BIHUAN_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
    /// A TOML file with any of these settings, named as the flags are.
    #[arg(long, env = "BIHUAN_CONFIG")]
    pub config: Option<PathBuf>,
}

/// How the server runs.
#[derive(Debug, Clone, Args)]
pub struct ServeSettings {
    /// Where to listen [default: 127.0.0.1:3000]; port 0 takes a free one and prints it.
    #[arg(long, env = "BIHUAN_LISTEN")]
    pub listen: Option<SocketAddr>,
    /// The address users see; `https://…` makes cookies secure.
    #[arg(long, env = "BIHUAN_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// The folder of style sheets, scripts and the browser's program [default: target/site, or `site` beside the binary].
    #[arg(long, env = "BIHUAN_SITE_DIR")]
    pub site_dir: Option<PathBuf>,
    /// Adds demonstration organisations, accounts and progress, marked on every page.
    #[arg(long, env = "BIHUAN_DEMO")]
    pub demo: bool,
    /// Starts the clock at an instant, such as 2026-10-12T09:00:00+08:00 (demonstration and tests only).
    #[arg(long, env = "BIHUAN_NOW")]
    pub now: Option<jiff::Timestamp>,
    /// Logs as JSON.
    #[arg(long, env = "BIHUAN_LOG_JSON")]
    pub log_json: bool,
    /// Where the data is.
    #[command(flatten)]
    pub store: StoreSettings,
}

/// The TOML file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct SettingsFile {
    database_url: Option<String>,
    data_dir: Option<PathBuf>,
    listen: Option<SocketAddr>,
    public_url: Option<String>,
    site_dir: Option<PathBuf>,
    demo: Option<bool>,
    now: Option<jiff::Timestamp>,
    log_json: Option<bool>,
}

/// The settings file cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("settings file {}: {problem}", path.display())]
pub struct SettingsError {
    path: PathBuf,
    problem: String,
}

impl StoreSettings {
    fn read_file(&self) -> Result<SettingsFile, SettingsError> {
        let Some(path) = &self.config else { return Ok(SettingsFile::default()) };
        let failed = |problem: String| SettingsError { path: path.clone(), problem };
        let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
        toml::from_str(&text).map_err(|error| failed(error.to_string()))
    }

    /// Fills in what the file sets.
    ///
    /// # Errors
    /// A file that is missing, not TOML, or names an unknown setting.
    pub fn complete(mut self) -> Result<Self, SettingsError> {
        let file = self.read_file()?;
        self.database_url = self.database_url.or(file.database_url);
        self.data_dir = self.data_dir.or(file.data_dir);
        Ok(self)
    }

    /// The data directory.
    pub fn data_dir(&self) -> PathBuf {
        self.data_dir.clone().unwrap_or_else(|| PathBuf::from("data"))
    }

    /// The database's URL.
    pub fn database_url(&self) -> String {
        self.database_url.clone().unwrap_or_else(|| format!("sqlite://{}", self.data_dir().join("bihuan.sqlite").display()))
    }
}

impl ServeSettings {
    /// Fills in what the file sets.
    ///
    /// # Errors
    /// A file that is missing, not TOML, or names an unknown setting.
    pub fn complete(mut self) -> Result<Self, SettingsError> {
        let file = self.store.read_file()?;
        self.listen = self.listen.or(file.listen);
        self.public_url = self.public_url.or(file.public_url);
        self.site_dir = self.site_dir.or(file.site_dir);
        self.demo |= file.demo.unwrap_or(false);
        self.now = self.now.or(file.now);
        self.log_json |= file.log_json.unwrap_or(false);
        self.store = self.store.complete()?;
        Ok(self)
    }

    /// Whether users reach the server over TLS.
    pub fn is_secure(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }

    /// The folder of the site's files.
    pub fn site_dir(&self) -> PathBuf {
        self.site_dir.clone().unwrap_or_else(|| {
            let beside = std::env::current_exe().ok().and_then(|path| path.parent().map(|folder| folder.join("site")));
            beside.filter(|folder| folder.is_dir()).unwrap_or_else(|| PathBuf::from("target/site"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_named_with_its_file() {
        for (word, dry) in [("values", false), ("roster", true)] {
            let mut words = vec!["bihuan", "import", word, "rows.csv", "--data-dir", "/srv/bihuan"];
            words.extend(dry.then_some("--dry-run"));
            let Command::Import(import) = CommandLine::parse_from(words).command else { panic!("not import") };
            let (ImportCommand::Roster(file) | ImportCommand::Values(file)) = import;
            assert_eq!((file.file.to_str(), file.dry_run), (Some("rows.csv"), dry));
        }
        assert!(CommandLine::try_parse_from(["bihuan", "import", "values"]).is_err());
    }

    #[test]
    fn a_flag_wins_over_the_file_and_the_file_over_the_default() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bihuan.toml");
        std::fs::write(&file, "data-dir = \"/srv/bihuan\"\nlisten = \"0.0.0.0:80\"\n").unwrap();
        let path = file.to_str().unwrap();
        let parsed = CommandLine::parse_from(["bihuan", "serve", "--config", path, "--listen", "127.0.0.1:9"]);
        let Command::Serve(settings) = parsed.command else { panic!("not serve") };
        let settings = settings.complete().unwrap();
        assert_eq!(settings.listen.unwrap().to_string(), "127.0.0.1:9");
        assert_eq!(settings.store.database_url(), "sqlite:///srv/bihuan/bihuan.sqlite");
        assert!(!settings.demo && settings.now.is_none());
        std::fs::write(&file, "data-dri = \"x\"\n").unwrap();
        let misspelt = StoreSettings { database_url: None, data_dir: None, config: Some(file) }.complete();
        assert!(misspelt.unwrap_err().to_string().contains("data-dri"));
    }

    #[test]
    fn the_file_knows_every_setting_that_the_flags_do() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bihuan.toml");
        let settings_of = |text: &str, flags: &[&str]| {
            std::fs::write(&file, text).unwrap();
            let words = ["bihuan", "serve", "--config", file.to_str().unwrap()];
            CommandLine::parse_from(words.iter().chain(flags)).complete()
        };
        let whole = "database-url = \"sqlite://a\"\ndata-dir = \"b\"\nlisten = \"0.0.0.0:80\"\npublic-url = \"https://c\"\n\
                     site-dir = \"d\"\ndemo = true\nnow = \"2026-10-12T09:00:00+08:00\"\nlog-json = true\n";
        let line = settings_of(whole, &[]).unwrap();
        assert!(line.logs_json(), "known before the first line is logged");
        let Command::Serve(settings) = line.command else { panic!("not serve") };
        assert!(settings.demo && settings.is_secure());
        assert_eq!(settings.now.unwrap().to_string(), "2026-10-12T01:00:00Z");
        let Command::Serve(settings) = settings_of(whole, &["--now", "2027-01-01T00:00:00Z"]).unwrap().command else { panic!("not serve") };
        assert_eq!(settings.now.unwrap().to_string(), "2027-01-01T00:00:00Z", "the flag wins");
        assert!(!settings_of("", &[]).unwrap().logs_json());
        assert!(settings_of("now = \"yesterday\"\n", &[]).unwrap_err().to_string().contains("bihuan.toml"));
    }
}
