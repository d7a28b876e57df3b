//! Running other programs, and stopping them when this one is asked to stop.
//!
//! Invariant: after Ctrl-C or a termination signal no further program is started, and whatever was set up (a
//! database, a server) is taken down by its owner's `Drop`.

use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Remembers interruptions from now on instead of dying by them.
///
/// # Errors
/// When the handler cannot be set.
pub fn watch_interrupts() -> Result<()> {
    ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::SeqCst)).context("cannot watch for Ctrl-C")
}

/// Whether the user, or whoever runs this, asked to stop.
pub fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// Runs a program to its end, with our own input and output.
///
/// # Errors
/// When it cannot be started, fails, or the run is interrupted.
pub fn run(command: &mut Command) -> Result<()> {
    ensure!(!interrupted(), "interrupted");
    let name = describe(command);
    let mut child = command.spawn().with_context(|| format!("cannot start {name}"))?;
    let status = wait_or_stop(&mut child)?;
    ensure!(status.success(), "{name} failed ({status})");
    Ok(())
}

/// Runs a program quietly and returns what it printed.
///
/// # Errors
/// When it cannot be started or fails; the message holds what it printed to its error stream.
pub fn read(command: &mut Command) -> Result<String> {
    let name = describe(command);
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot start {name}"))?;
    if !output.status.success() {
        bail!("{name} failed ({}): {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Asks a child to stop with `signal`, and kills it when it has not left after `patience`.
pub fn stop(child: &mut Child, signal: &str, patience: Duration) {
    send_signal(child, signal);
    let deadline = Instant::now() + patience;
    while Instant::now() < deadline {
        if !matches!(child.try_wait(), Ok(None)) {
            return;
        }
        sleep(Duration::from_millis(5));
    }
    // Both fail only when the child has ended meanwhile.
    child.kill().ok();
    child.wait().ok();
}

fn wait_or_stop(child: &mut Child) -> Result<ExitStatus> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if interrupted() {
            // A terminal's Ctrl-C has reached the child as well; a second signal would cut its own clearing up short.
            let deadline = Instant::now() + Duration::from_secs(2);
            while Instant::now() < deadline && child.try_wait()?.is_none() {
                sleep(Duration::from_millis(20));
            }
            stop(child, "INT", Duration::from_secs(10));
            bail!("interrupted");
        }
        sleep(Duration::from_millis(20));
    }
}

fn send_signal(child: &mut Child, signal: &str) {
    if matches!(child.try_wait(), Ok(None)) {
        // The standard library can only kill outright.
        Command::new("kill").arg(format!("-{signal}")).arg(child.id().to_string()).status().ok();
    }
}

fn describe(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program()).to_string_lossy();
    let first = command.get_args().next().map(|argument| argument.to_string_lossy()).unwrap_or_default();
    format!("`{program} {first}`").replace(" `", "`")
}
