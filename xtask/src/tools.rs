//! What the system has to provide, and how to get it.
//!
//! Invariant: everything missing is named at once, in one line, with the command that installs it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::processes::read;

/// Names every missing system package in one error.
///
/// # Errors
/// When something is missing.
pub fn check_system(with_browser: bool) -> Result<()> {
    let mut missing = Vec::new();
    if find_postgres_folder().is_none() {
        missing.push("postgresql");
    }
    if with_browser {
        if find_program("node").is_none() || find_program("npm").is_none() {
            missing.push("nodejs npm");
        }
        if find_chromium().is_none() {
            missing.push("chromium");
        }
        if !has_chinese_font() {
            missing.push("fonts-noto-cjk");
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    let packages = missing.join(" ");
    bail!("missing {}; install with: apt-get install -y {packages}", missing.join(", "))
}

/// Finds a program on the search path.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// The browser of the tests: `BIHUAN_CHROMIUM`, or Chromium on the search path.
pub fn find_chromium() -> Option<PathBuf> {
    match env::var_os("BIHUAN_CHROMIUM") {
        Some(path) => Some(PathBuf::from(path)).filter(|path| path.is_file()),
        None => find_program("chromium"),
    }
}

/// The folder with `postgres`, `initdb` and `psql`, newest version first. Debian keeps it off the search path.
pub fn find_postgres_folder() -> Option<PathBuf> {
    let on_path = find_program("postgres").and_then(|path| path.canonicalize().ok());
    let mut folders: Vec<PathBuf> = on_path.iter().filter_map(|path| path.parent()).map(Path::to_path_buf).collect();
    if let Ok(versions) = fs::read_dir("/usr/lib/postgresql") {
        let mut found: Vec<(u32, PathBuf)> =
            versions.flatten().filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin")))).collect();
        found.sort();
        folders.extend(found.into_iter().rev().map(|(_, folder)| folder));
    }
    folders.into_iter().find(|folder| folder.join("postgres").is_file() && folder.join("initdb").is_file())
}

fn has_chinese_font() -> bool {
    match read(Command::new("fc-list").arg(":lang=zh-cn")) {
        Ok(fonts) => !fonts.trim().is_empty(),
        Err(_) => Path::new("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").is_file(),
    }
}
