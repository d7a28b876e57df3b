//! `test`: everything that can go red, in one run.
//!
//! Invariant: a missing tool is a failure, never a silent gap; PostgreSQL is stopped however the run ends.

use std::fs;
use std::path::Path;

use anyhow::{Result, bail, ensure};

use crate::build::{build_server, build_site};
use crate::postgres::Postgres;
use crate::processes::{read, run};
use crate::steps::Steps;
use crate::wasm::{WasmProfile, add_target};
use crate::workspace::Workspace;
use crate::{browser, tools};

const SERVER: [&str; 5] = ["--package", "bihuan", "--no-default-features", "--features", "ssr"];

/// Runs the checks and prints a table of them.
///
/// # Errors
/// When a tool is missing or a check fails.
pub fn run_tests(workspace: &Workspace, with_browser: bool, filters: &[String]) -> Result<()> {
    tools::check_system(with_browser)?;
    let mut steps = Steps::default();
    if filters.is_empty() {
        check_sources(workspace, &mut steps);
    }
    match steps.attempt("start PostgreSQL", Postgres::start) {
        Some(postgres) => {
            let url = postgres.url();
            steps.attempt("tests, both databases", || test_server(workspace, &url, filters));
            if filters.is_empty() {
                steps.attempt("tests of xtask", || test_package(workspace, &["--package", "xtask"], None, filters));
            }
            if filters.is_empty() && has_doctests(&workspace.root().join("src"))? {
                steps.attempt("documentation tests", || {
                    run(workspace.cargo(["test", "--quiet", "--doc"]).args(SERVER).env("BIHUAN_TEST_POSTGRES_URL", &url))
                });
            }
            if with_browser {
                tell_stories(workspace, &mut steps, &url, filters);
            }
        }
        None => steps.skip("tests"),
    }
    steps.finish()
}

fn check_sources(workspace: &Workspace, steps: &mut Steps) {
    steps.attempt("format", || run(&mut workspace.cargo(["fmt", "--all", "--check"])));
    steps.attempt("lints, server", || {
        run(workspace.cargo(["clippy", "--quiet", "--all-targets"]).args(SERVER).args(["--", "-D", "warnings"]))
    });
    steps.attempt("lints, browser", || {
        add_target()?;
        run(workspace.cargo(["clippy", "--quiet", "--package", "bihuan", "--lib", "--target", "wasm32-unknown-unknown"]).args([
            "--no-default-features",
            "--features",
            "hydrate",
            "--",
            "-D",
            "warnings",
        ]))
    });
    steps.attempt("lints, xtask", || {
        run(&mut workspace.cargo(["clippy", "--quiet", "--all-targets", "--package", "xtask", "--", "-D", "warnings"]))
    });
}

fn test_server(workspace: &Workspace, postgres_url: &str, filters: &[String]) -> Result<()> {
    test_package(workspace, &SERVER, Some(postgres_url), filters)
}

/// One package at a time: together, cargo would unite the features of their shared dependencies and compile the
/// server once more for the browser tests.
fn test_package(workspace: &Workspace, package: &[&str], postgres_url: Option<&str>, filters: &[String]) -> Result<()> {
    let has_nextest = read(&mut workspace.cargo(["nextest", "--version"])).is_ok();
    let mut command = if has_nextest {
        let mut command = workspace.cargo(["nextest", "run"]);
        if !filters.is_empty() {
            command.arg("--no-tests=pass");
        }
        command
    } else {
        // No documentation tests here: they have a step of their own.
        workspace.cargo(["test", "--all-targets", "--no-fail-fast"])
    };
    command.args(package);
    if let Some(url) = postgres_url {
        command.env("BIHUAN_TEST_POSTGRES_URL", url);
    }
    if !filters.is_empty() {
        // Several names: any of them matches, in both runners.
        command.arg("--").args(filters);
    }
    run(&mut command)
}

fn tell_stories(workspace: &Workspace, steps: &mut Steps, postgres_url: &str, filters: &[String]) {
    // The WASM as shipped: link-time and wasm-opt's mistakes show only there. It is compiled anew only when an
    // island, the rules or the catalogue change.
    let site = steps.attempt("build site", || build_site(workspace, WasmProfile::Shipped).map(drop));
    let server = steps.attempt("build server", || {
        build_test_server(workspace)?;
        browser::install_packages(workspace)
    });
    if site.is_some() && server.is_some() {
        steps.attempt("stories in the browser", || browser::run_stories(workspace, postgres_url, filters));
    } else {
        steps.skip("stories in the browser");
    }
}

/// Builds the server together with its tests, which are there already: alone, it would be without the features that
/// the tests' own dependencies switch on, and half of the dependencies would be compiled again.
fn build_test_server(workspace: &Workspace) -> Result<()> {
    if workspace.root().join("src/tests/mod.rs").is_file() {
        run(workspace.cargo(["build", "--bin", "bihuan", "--test", "*"]).args(SERVER))?;
    } else {
        build_server(workspace, false)?;
    }
    ensure!(workspace.server_binary(false).is_file(), "cargo left no server binary");
    Ok(())
}

/// Whether a documentation comment holds an example that cargo would run.
fn has_doctests(folder: &Path) -> Result<bool> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            if has_doctests(&path)? {
                return Ok(true);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let Ok(source) = fs::read_to_string(&path) else {
                bail!("{} is not UTF-8", path.display());
            };
            if source.lines().any(opens_example) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn opens_example(line: &str) -> bool {
    let line = line.trim_start();
    let comment = line.strip_prefix("///").or_else(|| line.strip_prefix("//!"));
    comment.is_some_and(|text| matches!(text.trim(), "```" | "```rust" | "```should_panic" | "```no_run" | "```compile_fail"))
}

#[cfg(test)]
mod tests {
    use super::opens_example;

    #[test]
    fn only_examples_that_run_count() {
        assert!(opens_example("    /// ```"));
        assert!(opens_example("//! ```rust"));
        assert!(!opens_example("/// ```text"));
        assert!(!opens_example("// ```"));
    }
}
