//! The server under measurement: started on a port of its own, asked, and stopped.
//!
//! Invariant: it is stopped when the value is dropped.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::http::{Connection, get};
use crate::processes::{interrupted, stop};
use crate::workspace::Workspace;

/// A running server with demonstration data.
pub struct Server {
    child: Child,
    address: SocketAddr,
    started: Instant,
}

impl Server {
    /// Starts the release build on a data folder and waits for the line that names its address. Its log goes to
    /// `bench-server.log` in the target folder.
    ///
    /// # Errors
    /// When it ends or says nothing for two minutes (the first start fills the database).
    pub fn start(workspace: &Workspace, data: &Path) -> Result<Self> {
        Self::start_on(workspace, data, None)
    }

    /// As [`Server::start`], with the database at a URL instead of a file in the data folder.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub fn start_on(workspace: &Workspace, data: &Path, database: Option<&str>) -> Result<Self> {
        let log = workspace.target().join("bench-server.log");
        let started = Instant::now();
        let mut command = Command::new(workspace.server_binary(true));
        if let Some(url) = database {
            command.env("BIHUAN_DATABASE_URL", url);
        }
        let mut child = command
            .current_dir(workspace.root())
            .env("BIHUAN_SITE_DIR", workspace.site())
            .args(["serve", "--demo", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(data)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::options().create(true).append(true).open(&log)?)
            .spawn()
            .context("cannot start the server")?;
        let lines = child.stdout.take().map(read_lines).context("the server has no output")?;
        let address = match await_address(&lines) {
            Ok(address) => address,
            Err(error) => {
                stop(&mut child, "TERM", Duration::from_secs(5));
                return Err(error.context(format!("see {}", log.display())));
            }
        };
        // Its output is read on by that thread, so that the server never waits for us.
        Ok(Self { child, address, started })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits until `/readyz` answers 200, and tells how long that took since the start.
    ///
    /// # Errors
    /// When it does not within a minute.
    pub fn wait_until_ready(&mut self) -> Result<Duration> {
        let request = get(self.address, "/readyz", "");
        while self.started.elapsed() < Duration::from_mins(1) {
            ensure!(!interrupted(), "interrupted");
            ensure!(self.child.try_wait()?.is_none(), "the server ended");
            let status = Connection::open(self.address).and_then(|mut connection| connection.exchange(&request));
            if matches!(status, Ok((200, _))) {
                return Ok(self.started.elapsed());
            }
            thread::sleep(Duration::from_millis(1));
        }
        bail!("the server is not ready after a minute")
    }

    /// Memory held in RAM, in bytes, where the system tells (Linux).
    pub fn resident_memory(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        Some(kibibytes * 1024)
    }

    /// Signs a demonstration account in and gives the `Cookie` header line for its requests.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn sign_in(&self, account: &str) -> Result<String> {
        let body = format!("username={account}&password=bihuan-demo");
        let request = format!(
            "POST /fn/sign_in HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nAccept: text/html\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {1}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        let reply = Connection::open(self.address)?.fetch(request.as_bytes())?;
        let cookies: Vec<&str> =
            reply.headers.iter().filter(|(name, _)| name == "set-cookie").filter_map(|(_, value)| value.split(';').next()).collect();
        ensure!(reply.status < 400 && !cookies.is_empty(), "sign-in answered {} without a cookie", reply.status);
        Ok(format!("Cookie: {}\r\n", cookies.join("; ")))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        stop(&mut self.child, "TERM", Duration::from_secs(15));
    }
}

fn read_lines(output: ChildStdout) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            // Nobody listens after the address is known; the reading itself has to go on.
            sender.send(line).ok();
        }
    });
    receiver
}

fn await_address(lines: &Receiver<String>) -> Result<SocketAddr> {
    let deadline = Instant::now() + Duration::from_mins(2);
    loop {
        ensure!(!interrupted(), "interrupted");
        let left = deadline.saturating_duration_since(Instant::now());
        let line = lines.recv_timeout(left).context("the server did not say where it listens")?;
        if let Some((_, address)) = line.split_once("listening on http://") {
            return address.trim().trim_end_matches('/').parse().with_context(|| format!("no address: {line}"));
        }
    }
}
