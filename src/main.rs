//! The binary: reads settings and hands over to the command.

use std::process::ExitCode;

use bihuan::{
    commands,
    config::{Command, CommandLine},
};
use clap::Parser;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let line = match CommandLine::parse().complete() {
        Ok(line) => line,
        Err(error) => return fail(&error),
    };
    // Before any thread: the stacks of threads would count towards its memory.
    if let Command::ParsePlan(limits) = line.command {
        return commands::parse_plan_file(limits).map_or_else(|error| fail(error.as_ref()), |()| ExitCode::SUCCESS);
    }
    start_log(line.logs_json());
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    match runtime.block_on(commands::run(line)) {
        Ok(code) => ExitCode::from(code),
        Err(error) => fail(error.as_ref()),
    }
}

fn fail(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("bihuan: {error}");
    ExitCode::FAILURE
}

/// Logs go to standard error, as text or JSON; `RUST_LOG` sets the level.
fn start_log(json: bool) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if json {
        log.json().init();
    } else {
        log.init();
    }
}
