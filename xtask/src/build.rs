//! `build` and `run`: the site and the server together.
//!
//! Invariant: the server is only started with a site built in the same run.

use std::fs;
use std::os::unix::process::CommandExt;

use anyhow::{Context, Result};

use crate::processes::run;
use crate::site::{self, Site};
use crate::wasm::{self, WasmProfile};
use crate::workspace::Workspace;
use crate::{browser, styles};

/// The address of the demonstration.
pub const DEMONSTRATION: &str = "127.0.0.1:3000";

/// Builds the site and the server, and prints the sizes of the site's files.
///
/// # Errors
/// When a compiler, a style sheet or a missing tool stops the build.
pub fn build_all(workspace: &Workspace, release: bool) -> Result<()> {
    let profile = if release { WasmProfile::Shipped } else { WasmProfile::Quick };
    let site = build_site(workspace, profile)?;
    build_server(workspace, release)?;
    print!("{}", site.describe());
    println!("server  {}", workspace.server_binary(release).display());
    Ok(())
}

/// Builds target/site: WASM, glue, styles and public files, hashed and compressed.
///
/// # Errors
/// As [`build_all`].
pub fn build_site(workspace: &Workspace, profile: WasmProfile) -> Result<Site> {
    if profile == WasmProfile::Shipped {
        browser::install_packages(workspace)?;
    }
    let glue = wasm::build_wasm(workspace, profile)?;
    let css = styles::bundle_styles(&workspace.root().join("style"), profile == WasmProfile::Shipped)?;
    site::write_site(workspace, &glue, &css, profile)
}

/// Builds the server binary.
///
/// # Errors
/// When cargo fails.
pub fn build_server(workspace: &Workspace, release: bool) -> Result<()> {
    let mut command = workspace.cargo(["build", "--package", "bihuan", "--bin", "bihuan", "--no-default-features", "--features", "ssr"]);
    if release {
        command.arg("--release");
    }
    run(&mut command)
}

/// Builds for development and becomes the server, with demonstration data kept in target/demo-data.
///
/// # Errors
/// As [`build_all`], or when the server cannot be started; returns on success never.
pub fn run_demonstration(workspace: &Workspace, fresh: bool, extra: &[String]) -> Result<()> {
    build_all(workspace, false)?;
    let data = workspace.target().join("demo-data");
    if fresh && data.exists() {
        fs::remove_dir_all(&data).with_context(|| format!("cannot delete {}", data.display()))?;
    }
    fs::create_dir_all(&data)?;
    let mut command = std::process::Command::new(workspace.server_binary(false));
    command.current_dir(workspace.root()).env("BIHUAN_SITE_DIR", workspace.site());
    command.args(["serve", "--demo", "--data-dir"]).arg(&data);
    if !extra.iter().any(|argument| argument == "--listen" || argument.starts_with("--listen=")) {
        command.args(["--listen", DEMONSTRATION]);
        println!("\n  http://{DEMONSTRATION}  (Ctrl-C ends it)\n");
    }
    // Replacing this process hands signals and the exit code through.
    Err(command.args(extra).exec()).context("cannot start the server")
}
