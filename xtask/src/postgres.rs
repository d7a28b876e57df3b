//! One throw-away PostgreSQL for the tests.
//!
//! Invariant: it listens on a socket in its own folder under /tmp only, and both vanish when the value is dropped.
//! Should this process be killed outright, the kernel tells the server to stop.

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::processes::{interrupted, read, stop};
use crate::tools::{find_postgres_folder, find_program};

/// A running server; every role may connect without a password, through the socket.
pub struct Postgres {
    child: Child,
    folder: Folder,
}

/// Deleted with all it holds when dropped.
struct Folder(PathBuf);

/// Whom the server runs as.
#[derive(Clone, Copy)]
struct Account {
    user: u32,
    group: u32,
}

impl Postgres {
    /// Sets up an empty cluster and starts it.
    ///
    /// # Errors
    /// When PostgreSQL is missing or does not come up within a minute; the message holds the end of its log.
    pub fn start() -> Result<Self> {
        let programs = find_postgres_folder().context("PostgreSQL is missing")?;
        // PostgreSQL refuses to run as root.
        let account = if read(Command::new("id").arg("-u"))?.trim() == "0" { Some(find_account()?) } else { None };
        let folder = Folder::create(account)?;
        let data = folder.0.join("data");
        // No collation of the system's: the tests sort alike on every machine.
        read(
            start_as(account, &programs.join("initdb"), &folder.0)
                .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "-D"])
                .arg(&data),
        )?;
        let log = folder.0.join("log");
        let child = start_as(account, &programs.join("postgres"), &folder.0)
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(&folder.0)
            .args(["-c", "listen_addresses=", "-c", "max_connections=300"])
            .stdin(Stdio::null())
            .stdout(File::create(&log)?)
            .stderr(File::options().append(true).open(&log)?)
            // A Ctrl-C at the terminal must not take the database away from under tests that still clear up.
            .process_group(0)
            .spawn()
            .context("cannot start PostgreSQL")?;
        let mut server = Self { child, folder };
        server.wait_until_ready(&data, &log)?;
        Ok(server)
    }

    /// A connection URL for the superuser, as sqlx and libpq understand it.
    pub fn url(&self) -> String {
        format!("postgres://postgres@localhost/postgres?host={}", self.folder.0.display())
    }

    /// Adds an empty database and gives its URL.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn create_database(&self, name: &str) -> Result<String> {
        let programs = find_postgres_folder().context("PostgreSQL is missing")?;
        read(Command::new(programs.join("createdb")).arg("-h").arg(&self.folder.0).args(["-U", "postgres", name]))?;
        Ok(format!("postgres://postgres@localhost/{name}?host={}", self.folder.0.display()))
    }

    /// Clears up and counts anew what is in every database, as autovacuum does in its own time.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn vacuum(&self) -> Result<()> {
        let programs = find_postgres_folder().context("PostgreSQL is missing")?;
        read(Command::new(programs.join("vacuumdb")).arg("-h").arg(&self.folder.0).args([
            "-U",
            "postgres",
            "--all",
            "--analyze",
            "--quiet",
        ]))?;
        Ok(())
    }

    fn wait_until_ready(&mut self, data: &Path, log: &Path) -> Result<()> {
        let deadline = Instant::now() + Duration::from_mins(1);
        loop {
            // The last line of the lock file is the server's own state.
            let state = fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
            if state.lines().last().is_some_and(|line| line.trim() == "ready") {
                return Ok(());
            }
            ensure!(!interrupted(), "interrupted");
            if self.child.try_wait()?.is_some() || Instant::now() > deadline {
                bail!("PostgreSQL does not start: {}", fs::read_to_string(log).unwrap_or_default().trim());
            }
            sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // An interrupt is PostgreSQL's fast shutdown: it does not wait for clients.
        stop(&mut self.child, "INT", Duration::from_secs(20));
    }
}

impl Folder {
    /// Under /tmp whatever `TMPDIR` says: a socket's path has to be short and its folder open to another account.
    fn create(account: Option<Account>) -> Result<Self> {
        let path = PathBuf::from(format!("/tmp/bihuan-pg-{}", std::process::id()));
        fs::create_dir(&path).with_context(|| format!("cannot create {}", path.display()))?;
        let folder = Self(path);
        fs::set_permissions(&folder.0, fs::Permissions::from_mode(0o755))?;
        if let Some(account) = account {
            chown(&folder.0, Some(account.user), Some(account.group))?;
        }
        Ok(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("cannot delete {}: {error}", self.0.display());
        }
    }
}

fn find_account() -> Result<Account> {
    for name in ["postgres", "nobody"] {
        let user = read(Command::new("id").args(["-u", name]));
        let group = read(Command::new("id").args(["-g", name]));
        if let (Ok(user), Ok(group)) = (user, group) {
            return Ok(Account { user: user.trim().parse()?, group: group.trim().parse()? });
        }
    }
    bail!("there is no account `postgres` or `nobody` to run PostgreSQL as")
}

fn start_as(account: Option<Account>, program: &Path, folder: &Path) -> Command {
    // setpriv becomes the program, so the child's id is the server's.
    let mut command = match (account, find_program("setpriv")) {
        (Some(account), _) => {
            let mut command = Command::new("setpriv");
            command.args(["--reuid", &account.user.to_string(), "--regid", &account.group.to_string()]);
            command.args(["--clear-groups", "--pdeathsig", "INT"]).arg(program);
            command
        }
        (None, Some(setpriv)) => {
            let mut command = Command::new(setpriv);
            command.args(["--pdeathsig", "INT"]).arg(program);
            command
        }
        (None, None) => Command::new(program),
    };
    command.current_dir(folder).env("LC_ALL", "C");
    command
}

#[cfg(test)]
mod tests {
    use super::Postgres;

    #[test]
    fn it_starts_answers_on_its_socket_and_leaves_nothing_behind() -> anyhow::Result<()> {
        let server = Postgres::start()?;
        let folder = server.folder.0.clone();
        assert!(folder.join(".s.PGSQL.5432").exists());
        drop(server);
        assert!(!folder.exists());
        Ok(())
    }
}
