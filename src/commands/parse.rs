//! The hidden command that reads a document for the server. Invariant: the limits hold before the first byte is read, and nothing but
//! the answer is written to standard output.

use std::io::{Read, Write, stdin, stdout};

use rustix::process::{Resource, Rlimit, setrlimit};

use super::CommandError;
use crate::{
    config::ParseLimits,
    services::plan_files::{LARGEST_PLAN_FILE, parse_plan},
};

/// Reads a plan file on standard input and writes its tables, or its faults, as JSON.
///
/// # Errors
/// Limits that cannot be set, and pipes that break.
pub fn parse_plan_file(limits: ParseLimits) -> Result<(), CommandError> {
    limit(Resource::As, limits.memory_mb.saturating_mul(1024 * 1024))?;
    limit(Resource::Cpu, limits.cpu_seconds)?;
    // What was in a document that breaks the reader does not stay on a disk.
    limit(Resource::Core, 0)?;
    let mut content = Vec::new();
    stdin().take(LARGEST_PLAN_FILE as u64).read_to_end(&mut content)?;
    let answer = serde_json::to_vec(&parse_plan(&content))?;
    stdout().write_all(&answer)?;
    Ok(())
}

fn limit(resource: Resource, most: u64) -> Result<(), CommandError> {
    Ok(setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?)
}
