//! Documents from browsers are read in a child process. Invariant: the server itself sees only what a child made of a document, and a
//! child that spends too much ends alone.
//!
//! The child is this program with a hidden command (`commands::parse`). It gets the document on standard input and nothing else: no
//! environment, no open files. It limits its own memory and processor time at its start.

use std::{path::PathBuf, process::Stdio, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::Command,
    time::timeout,
};

use super::plan_files::{FileProblem, PlanFileError, PlanTable};
use crate::{
    domain::{definition::DefinitionProblem, fields::FieldProblem},
    error::UserError,
    services::ServiceError,
};

/// What is taken of a child's answer, in bytes; the tables of the largest plan file are a few times as long as the file.
const LARGEST_ANSWER: u64 = 64 * 1024 * 1024;
/// What is logged of its complaint, in bytes.
const LONGEST_COMPLAINT: u64 = 4096;

/// Starts the children.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChildReader {
    /// This program's file.
    pub program: PathBuf,
    /// Memory of a child, in megabytes.
    pub memory_mb: u64,
    /// Processor time of a child, in seconds.
    pub cpu_seconds: u64,
    /// How long is waited for it.
    pub patience: Duration,
}

impl Default for ChildReader {
    fn default() -> Self {
        Self::of(std::env::current_exe().unwrap_or_else(|_| PathBuf::from("/proc/self/exe")))
    }
}

impl ChildReader {
    /// Children of a program, with the usual limits.
    pub fn of(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into(), memory_mb: 256, cpu_seconds: 5, patience: Duration::from_secs(30) }
    }

    /// Reads a plan file.
    ///
    /// # Errors
    /// `Faulty` with what is wrong with the file; `Invalid` at the file's field where reading it took too much.
    pub async fn read_plan(&self, content: &[u8]) -> Result<PlanTable, PlanFileError> {
        let heard = timeout(self.patience, self.ask("parse-plan", content)).await;
        let answer = match heard {
            Ok(answer) => answer.map_err(ServiceError::from)?,
            Err(_) => None,
        };
        let read = answer.and_then(|answer| serde_json::from_slice::<Result<PlanTable, Vec<FileProblem>>>(&answer).ok());
        let refused = || UserError::field("file", FieldProblem::Definition(DefinitionProblem::CostlyFile));
        read.ok_or_else(|| ServiceError::from(refused()))?.map_err(PlanFileError::Faulty)
    }

    /// What a child answers; nothing where it ended badly.
    async fn ask(&self, command: &str, content: &[u8]) -> std::io::Result<Option<Vec<u8>>> {
        let (memory, time) = (self.memory_mb.to_string(), self.cpu_seconds.to_string());
        let mut child = Command::new(&self.program)
            .args([command, "--memory-mb", &memory, "--cpu-seconds", &time])
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let feed = async move {
            // A child that ended hears no more; its status tells.
            if let Some(mut stdin) = stdin {
                let _ = stdin.write_all(content).await;
            }
        };
        let (mut answer, mut complaint) = (Vec::new(), Vec::new());
        let hear = async {
            match stdout {
                Some(stdout) => stdout.take(LARGEST_ANSWER).read_to_end(&mut answer).await,
                None => Ok(0),
            }
        };
        let note = async {
            match stderr {
                Some(stderr) => stderr.take(LONGEST_COMPLAINT).read_to_end(&mut complaint).await,
                None => Ok(0),
            }
        };
        let ((), heard, noted) = tokio::join!(feed, hear, note);
        heard?;
        noted?;
        let status = child.wait().await?;
        if status.success() {
            return Ok(Some(answer));
        }
        tracing::warn!(%status, complaint = %String::from_utf8_lossy(&complaint), "a document could not be read");
        Ok(None)
    }
}
