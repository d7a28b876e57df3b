//! The steps of a longer run, timed, with a table at the end.
//!
//! Invariant: a step that failed or was skipped makes the whole run fail; the table shows each.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::processes::interrupted;

/// How a step ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failed,
    Skipped,
}

/// What has been run so far.
#[derive(Default)]
pub struct Steps {
    rows: Vec<(String, Duration, Outcome)>,
}

impl Steps {
    /// Runs one step and remembers how it went; gives its value when it passed.
    pub fn attempt<T>(&mut self, name: &str, step: impl FnOnce() -> Result<T>) -> Option<T> {
        if interrupted() {
            self.skip(name);
            return None;
        }
        println!("\n── {name}");
        let start = Instant::now();
        let result = step();
        let outcome = if result.is_ok() { Outcome::Passed } else { Outcome::Failed };
        self.rows.push((name.to_owned(), start.elapsed(), outcome));
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                eprintln!("{name}: {error:#}");
                None
            }
        }
    }

    /// Remembers a step that could not be run because an earlier one failed.
    pub fn skip(&mut self, name: &str) {
        self.rows.push((name.to_owned(), Duration::ZERO, Outcome::Skipped));
    }

    /// Prints the table.
    ///
    /// # Errors
    /// When a step failed or was skipped.
    pub fn finish(self) -> Result<()> {
        println!("\n{:<28} {:>9}  result", "step", "seconds");
        for (name, duration, outcome) in &self.rows {
            let word = match outcome {
                Outcome::Passed => "passed",
                Outcome::Failed => "FAILED",
                Outcome::Skipped => "skipped",
            };
            println!("{name:<28} {:>9.1}  {word}", duration.as_secs_f64());
        }
        let total: Duration = self.rows.iter().map(|(_, duration, _)| *duration).sum();
        println!("{:<28} {:>9.1}", "all", total.as_secs_f64());
        let failed: Vec<&str> = self.rows.iter().filter(|row| row.2 != Outcome::Passed).map(|row| row.0.as_str()).collect();
        if !failed.is_empty() {
            bail!("not passed: {}", failed.join(", "));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Steps;

    #[test]
    fn one_failed_or_skipped_step_fails_the_run_and_the_rest_still_runs() {
        let mut steps = Steps::default();
        assert!(steps.attempt("first", || anyhow::bail!("no") as anyhow::Result<()>).is_none());
        assert_eq!(steps.attempt("second", || Ok(7)), Some(7));
        steps.skip("third");
        let error = steps.finish().err().map(|error| error.to_string());
        assert_eq!(error.as_deref(), Some("not passed: first, third"));
    }

    #[test]
    fn passed_steps_pass_the_run() {
        let mut steps = Steps::default();
        steps.attempt("only", || Ok(()));
        assert!(steps.finish().is_ok());
    }
}
