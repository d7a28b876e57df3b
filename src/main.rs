//! The binary: reads settings and hands over to the command.

use std::process::ExitCode;

use bihuan::{commands, config::CommandLine};
use clap::Parser;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let line = match CommandLine::parse().complete() {
        Ok(line) => line,
        Err(error) => return fail(&error),
    };
    start_log(line.logs_json());
    match commands::run(line).await {
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
