//! Checks the invariants of the whole database. Invariant: it only reads, sees one instant, and names every fault it finds.

mod chain;
mod corrections;
mod files;
mod lists;
mod reports;
mod rollups;

use std::path::Path;

use jiff::civil::Date;

use super::{ServiceError, moment::Moment};
use crate::store::Db;

/// Something that cannot have come about by using the product.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    /// A row of the chain was changed after it was written.
    #[error("audit row {sequence} was changed: its content does not give its hash")]
    ChangedRow {
        /// Its number.
        sequence: i64,
    },
    /// A row does not follow the one before it.
    #[error("audit row {sequence} does not follow the row before it: that one has another hash")]
    BrokenLink {
        /// Its number.
        sequence: i64,
    },
    /// Rows are gone.
    #[error("audit rows {first} to {last} are missing")]
    MissingRows {
        /// The first that is missing.
        first: i64,
        /// The last that is missing.
        last: i64,
    },
    /// The head row is not about the newest row.
    #[error("the head of the audit chain says row {says}, the newest row is {newest}, or its hash is another")]
    WrongHead {
        /// The number in the head.
        says: i64,
        /// The number of the newest row.
        newest: i64,
    },
    /// The chain that a head was printed from is not this one.
    #[error("the given head {head} is the hash of no row: the chain was rewritten since it was printed")]
    UnknownHead {
        /// The hash that was given.
        head: String,
    },
    /// The number of submissions kept differs from what the report says.
    #[error("report {report} says it was submitted {says} times, {kept} submissions are kept")]
    SubmissionCount {
        /// The report.
        report: String,
        /// What its row says.
        says: i64,
        /// How many there are.
        kept: i64,
    },
    /// What the chain acknowledges of a report differs from what is kept.
    #[error("report {report}: the audit chain has {acknowledged} rows “{action}”, the report's own history gives {kept}")]
    Acknowledged {
        /// The report.
        report: String,
        /// Which action.
        action: &'static str,
        /// How often the chain has it.
        acknowledged: i64,
        /// How often it must have happened.
        kept: i64,
    },
    /// A step of a report's way that does not exist.
    #[error("report {report}, submission {submission}: {problem}")]
    IllegalTransition {
        /// The report.
        report: String,
        /// Which submission.
        submission: i64,
        /// What is not possible.
        problem: String,
    },
    /// The report stands where its history does not lead.
    #[error("report {report} stands at “{says}”, its history leads to “{leads}”")]
    WrongState {
        /// The report.
        report: String,
        /// What its row says.
        says: String,
        /// Where its submissions and decisions lead.
        leads: String,
    },
    /// Somebody decided on what they had entered or released.
    #[error("report {report}, submission {submission}: {reviewer} decided on a report that they had entered or released")]
    OwnReview {
        /// The report.
        report: String,
        /// Which submission.
        submission: i64,
        /// The name the reviewer signs in with.
        reviewer: String,
    },
    /// Facts count although their report is not accepted.
    #[error("report {report} is not accepted, yet {facts} of its facts count")]
    EarlyFacts {
        /// The report.
        report: String,
        /// How many.
        facts: i64,
    },
    /// The versions of a report do not follow each other.
    #[error("report {report}: {problem}")]
    WrongVersion {
        /// The version.
        report: String,
        /// What is wrong.
        problem: &'static str,
    },
    /// What holds is not what the version in force says.
    #[error("report {report} is in force with {steps} recognitions and {values} values, yet {held} and {held_values} hold")]
    WrongFacts {
        /// The version in force.
        report: String,
        /// Recognitions it names.
        steps: i64,
        /// Values it names.
        values: i64,
        /// Steps that hold.
        held: i64,
        /// Values that hold.
        held_values: i64,
    },
    /// A recognition took a step that cannot follow.
    #[error("unit {unit}: the step to “{stage}” on {on} cannot follow: {problem}")]
    IllegalStep {
        /// The unit's name.
        unit: String,
        /// The stage.
        stage: String,
        /// The day.
        on: Date,
        /// Why not.
        problem: String,
    },
    /// A stored span is not what the steps give.
    #[error("indicator {indicator}, unit {unit}: the days “{measure}” are stored as {stored}, a recount gives {recounted}")]
    WrongSpans {
        /// Plan and code.
        indicator: String,
        /// The unit's name.
        unit: String,
        /// Counted or on its way.
        measure: String,
        /// What is stored.
        stored: String,
        /// What the steps give.
        recounted: String,
    },
    /// A stored day is not what the steps give.
    #[error("indicator {indicator}: “{measure}” changes by {stored} on {on}, a recount gives {recounted}")]
    WrongDay {
        /// Plan and code.
        indicator: String,
        /// Counted or on its way.
        measure: String,
        /// The day.
        on: Date,
        /// What is stored.
        stored: i64,
        /// What the steps give.
        recounted: i64,
    },
    /// A row that lists or sums are read from is not what the steps give.
    #[error("{list} {of}: stored is {stored}, a recount gives {recounted}")]
    WrongList {
        /// Which rollup.
        list: &'static str,
        /// Of what.
        of: String,
        /// What is stored.
        stored: String,
        /// What the steps give.
        recounted: String,
    },
    /// A file of evidence is gone.
    #[error("evidence {id} ({file_name}): the file is missing")]
    MissingFile {
        /// The evidence.
        id: String,
        /// The name it came with.
        file_name: String,
    },
    /// A file of evidence has another content.
    #[error("evidence {id} ({file_name}): the file is not the one that was handed in")]
    ChangedFile {
        /// The evidence.
        id: String,
        /// The name it came with.
        file_name: String,
    },
    /// A file that belongs to nothing.
    #[error("the file {path} belongs to no evidence and is older than 24 hours")]
    OrphanFile {
        /// Where it lies, in the data directory.
        path: String,
    },
    /// The database's own check.
    #[error("the database reports: {problem}")]
    Unsound {
        /// In its words.
        problem: String,
    },
}

/// What is to be checked.
#[derive(Debug, Clone, Copy)]
pub struct Inspection<'a> {
    /// Where the files of evidence are.
    pub data_dir: &'a Path,
    /// The present; files younger than a day may still wait for their row.
    pub now: Moment,
    /// A head that was printed earlier; it must still be the hash of a row.
    pub head: Option<&'a str>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Rows in the audit chain.
    pub rows: i64,
    /// The hash of the newest; empty for an empty chain.
    pub head: String,
    /// Every fault, none when all is well.
    pub findings: Vec<Finding>,
}

/// Walks the audit chain alone, along one snapshot.
///
/// # Errors
/// The database cannot be read.
pub async fn verify_chain(db: &Db, head: Option<&str>) -> Result<Verdict, ServiceError> {
    let mut findings = Vec::new();
    let mut tx = db.read().await?;
    let (rows, head) = chain::check_chain(&mut tx, head, &mut findings).await?;
    Ok(Verdict { rows, head, findings })
}

/// Checks the audit chain, the reports' histories, the rollups, the files of evidence, and lets the database check itself.
///
/// # Errors
/// The database or the data directory cannot be read. A fault that can be named is a finding, not an error.
pub async fn verify(db: &Db, inspection: Inspection<'_>) -> Result<Verdict, ServiceError> {
    let mut findings = Vec::new();
    let mut tx = db.read().await?;
    let (rows, head) = chain::check_chain(&mut tx, inspection.head, &mut findings).await?;
    reports::check_reports(&mut tx, &mut findings).await?;
    corrections::check_corrections(&mut tx, &mut findings).await?;
    rollups::check_rollups(&mut tx, &mut findings).await?;
    files::check_files(&mut tx, inspection, &mut findings).await?;
    drop(tx);
    findings.extend(db.check_integrity().await?.into_iter().map(|problem| Finding::Unsound { problem }));
    Ok(Verdict { rows, head, findings })
}
