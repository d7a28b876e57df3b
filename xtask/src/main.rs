//! `cargo xtask`: the only build tool the project needs.
//!
//! Invariant: every command works from a fresh checkout. What it can fetch itself (Rust's WASM target, npm
//! packages) it fetches; what the system has to provide it names in one line, with the command that installs it.

mod bench;
mod browser;
mod build;
mod growth;
mod http;
mod load;
mod postgres;
mod processes;
mod server;
mod site;
mod steps;
mod styles;
mod test;
mod tools;
mod wasm;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::workspace::Workspace;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Builds, runs, tests and measures Bihuan")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build the site (WASM, styles, public files) into target/site, and the server
    Build {
        /// Optimise for size and speed, as shipped
        #[arg(long)]
        release: bool,
    },
    /// Build, then serve the demonstration on <http://127.0.0.1:3000>
    Run {
        /// Throw away what earlier runs stored
        #[arg(long)]
        fresh: bool,
        /// Passed on to `bihuan serve`, after `--`
        #[arg(last = true)]
        extra: Vec<String>,
    },
    /// Run every check: format, lints, tests on both databases, stories in a browser
    Test {
        /// Leave the browser out
        #[arg(long)]
        no_browser: bool,
        /// Only tests whose name holds one of these; format and lints are left out then
        filters: Vec<String>,
    },
    /// Measure the release build and print the figures beside those to reach
    Bench,
}

fn main() -> ExitCode {
    let task = Arguments::parse().task;
    let outcome = processes::watch_interrupts().and_then(|()| {
        let workspace = Workspace::locate()?;
        match task {
            Task::Build { release } => build::build_all(&workspace, release),
            Task::Run { fresh, extra } => build::run_demonstration(&workspace, fresh, &extra),
            Task::Test { no_browser, filters } => test::run_tests(&workspace, !no_browser, &filters),
            Task::Bench => bench::run_bench(&workspace),
        }
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) if processes::interrupted() => {
            eprintln!("interrupted");
            ExitCode::from(130)
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
