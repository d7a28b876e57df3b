//! The npm packages, and the stories told in a browser.
//!
//! Invariant: the packages installed are those of the lockfile; no browser is downloaded, the system's Chromium is used.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result};

use crate::processes::run;
use crate::tools::{find_chromium, find_postgres_folder};
use crate::workspace::Workspace;

/// Installs what the lockfile lists, unless it is installed already.
///
/// # Errors
/// When npm is missing or fails.
pub fn install_packages(workspace: &Workspace) -> Result<()> {
    let folder = workspace.end2end();
    let installed = modified(&folder.join("node_modules/.package-lock.json"));
    if installed.is_some() && installed >= modified(&folder.join("package-lock.json")) {
        return Ok(());
    }
    run(Command::new("npm").args(["ci", "--no-progress"]).current_dir(folder).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))
}

/// Runs the stories against a built server and site.
///
/// # Errors
/// When one fails. Without filters, finding no story is a failure as well.
pub fn run_stories(workspace: &Workspace, postgres_url: &str, filters: &[String]) -> Result<()> {
    let folder = workspace.end2end();
    // Not through npx: it would stand between an interruption and Playwright's own clearing up.
    let mut command = Command::new("node");
    command
        .arg(folder.join("node_modules/@playwright/test/cli.js"))
        .arg("test")
        .current_dir(&folder)
        .env("BIHUAN_BIN", workspace.server_binary(false))
        .env("BIHUAN_SITE_DIR", workspace.site())
        .env("BIHUAN_TEST_POSTGRES_URL", postgres_url)
        .env("BIHUAN_CHROMIUM", find_chromium().context("Chromium is missing")?)
        .env("BIHUAN_POSTGRES_BIN", find_postgres_folder().context("PostgreSQL is missing")?);
    if !filters.is_empty() {
        let pattern: Vec<String> = filters.iter().map(|filter| escape_pattern(filter)).collect();
        command.arg("--pass-with-no-tests").arg("--grep").arg(pattern.join("|"));
    }
    run(&mut command)
}

/// Playwright takes a regular expression, nextest plain text: both get plain text.
fn escape_pattern(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        if letter.is_ascii_punctuation() && !matches!(letter, '-' | '_' | '/' | ':' | '@') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}

#[cfg(test)]
mod tests {
    use super::escape_pattern;

    #[test]
    fn filters_are_taken_literally() {
        assert_eq!(escape_pattern("sign-in (once)"), "sign-in \\(once\\)");
        assert_eq!(escape_pattern("整改单"), "整改单");
    }
}
