//! Plans from their files. Invariant: a file is taken in as a whole or not at all, the same file twice changes nothing,
//! and nothing that stands in the database is ever deleted by one.
//!
//! Texts that differ are changed; what a number rests on (targets, dates, how an indicator counts) is revised in the
//! product, where a document and a reason are asked for, so a file that differs there is refused. Values that documents publish
//! are added, never changed; how they stand in a file is told in `values`.
//!
//! Organisations that a file names and the system lacks are made; who takes part (assignments, pledges, stock-takes) is added where it
//! is missing, and refused where something else stands: see `parties`.
//!
//! A file is TOML, or a zip of CSV files with the same content; an export is one or the other.

mod comparing;
mod entries;
mod export;
mod parties;
mod reading;
mod sheets;
mod timetable;
mod values;
mod writing;

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use toml::{Table, Value};

pub use entries::{BASIS_RULE, STAGE_RULE};
pub use export::{ExportedPlan, export_plan, read_audit_head};
pub use reading::FileProblem;
pub use sheets::LARGEST_PLAN_FILE;

use super::{
    ServiceError,
    access::{Actor, Author},
    moment::Moment,
    rollups::refresh_indicator,
    trail::{Action, Change, record_change},
    visit::Shared,
};
use crate::{
    domain::{
        definition::DefinitionProblem,
        fields::{FieldError, FieldProblem},
    },
    error::UserError,
    store::{Db, StoreError, Tx, audit::hex, plan_files as store, plans::list_plan_summaries, with_tx},
};

/// Beijing's plan, which an empty database starts with.
pub const BEIJING_2025: &str = include_str!("../plans/beijing-2025-2027.toml");
/// The action plan of Beijing, Tianjin and Hebei for education.
pub const BEIJING_TIANJIN_HEBEI_2023: &str = include_str!("../plans/beijing-tianjin-hebei-2023-2025.toml");
/// The case of a county's vocational centre: a rank, a satisfaction, what is shared.
pub const XIONG_COUNTY_2017: &str = include_str!("../plans/xiongxian-2017-2024.toml");
/// The case of a university's training: person-times and programmes.
pub const TRAINING_2020: &str = include_str!("../plans/training-2020-2025.toml");
/// Every plan that ships, the default one first.
pub const SHIPPED: [&str; 4] = [BEIJING_2025, BEIJING_TIANJIN_HEBEI_2023, XIONG_COUNTY_2017, TRAINING_2020];

/// What a file did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Loaded {
    /// The plan is new.
    Created {
        /// Its code.
        code: String,
        /// How many areas it has.
        areas: usize,
        /// How many indicators it has.
        indicators: usize,
        /// How many tasks it has.
        tasks: usize,
    },
    /// Texts were changed, or areas, indicators, tasks or links added.
    Changed {
        /// The plan's code.
        code: String,
        /// Each change.
        changes: Vec<FileChange>,
    },
    /// Everything stands there already.
    Unchanged {
        /// The plan's code.
        code: String,
    },
}

impl fmt::Display for Loaded {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Created { code, areas, indicators, tasks } => {
                write!(out, "plan {code} is loaded: {areas} areas, {indicators} indicators, {tasks} tasks")
            }
            Self::Unchanged { code } => write!(out, "plan {code}: nothing changed"),
            Self::Changed { code, changes } => {
                write!(out, "plan {code}: {} changes", changes.len())?;
                for change in changes {
                    write!(out, "\n  {change}")?;
                }
                Ok(())
            }
        }
    }
}

/// One thing a file changed in a plan that was there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileChange {
    /// What: `task 4.5`.
    pub object: String,
    /// Which of its texts; `added` where it is new.
    pub field: &'static str,
    /// What stood there; empty where it is new.
    pub before: String,
    /// What stands there now.
    pub after: String,
}

impl fmt::Display for FileChange {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.before.is_empty() {
            write!(out, "{} {}: {}", self.object, self.field, self.after)
        } else {
            write!(out, "{} {}: {} -> {}", self.object, self.field, self.before, self.after)
        }
    }
}

/// Why a file was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum PlanFileError {
    /// The file is at fault; every fault is listed.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Faulty(Vec<FileProblem>),
    /// Anything else.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<StoreError> for PlanFileError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

/// A plan file that came in.
#[derive(Debug, Clone)]
pub struct IncomingFile {
    /// Its content: TOML, or a zip of CSV files.
    pub content: Vec<u8>,
    /// Who brings it.
    pub author: Author,
    /// Why.
    pub reason: String,
    /// The document that orders it; empty on the command line.
    pub document: String,
}

impl IncomingFile {
    /// A file from the command line of the server.
    pub fn of_command_line(content: impl Into<Vec<u8>>) -> Self {
        Self { content: content.into(), author: Author::command_line(), reason: String::new(), document: String::new() }
    }
}

/// The tables of a plan file, before anything is known of what stands in them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanTable(Table);

/// Reads TOML, or a zip of CSV files, into tables. What a browser brings goes through [`super::child`] instead.
///
/// # Errors
/// What is wrong with the file as a file.
pub fn parse_plan(content: &[u8]) -> Result<PlanTable, Vec<FileProblem>> {
    if sheets::is_zip(content) {
        return sheets::read_sheets(content).map(PlanTable);
    }
    let faulty = |problem| vec![problem];
    let text = std::str::from_utf8(content);
    let text = text.map_err(|_| faulty(FileProblem::new("file", "", |text| text.file_fault_encoding().to_owned())))?;
    let mut table: Table = text.parse().map_err(|error: toml::de::Error| {
        let why = error.to_string().trim_end().replace('\n', "\n    ");
        faulty(FileProblem::new("file", "", |text| text.file_fault_syntax(&why)))
    })?;
    for (_, value) in &mut table {
        word_odd_numbers(value);
    }
    Ok(PlanTable(table))
}

/// Makes `nan` and `inf` words: they are faults wherever they stand, and JSON has none.
fn word_odd_numbers(value: &mut Value) {
    match value {
        Value::Float(number) if !number.is_finite() => *value = Value::String(number.to_string()),
        Value::Array(values) => values.iter_mut().for_each(word_odd_numbers),
        Value::Table(table) => table.iter_mut().map(|(_, value)| value).for_each(word_odd_numbers),
        _ => {}
    }
}

/// Takes a plan file of the product's own in, inside the caller's transaction.
///
/// # Errors
/// Every fault of the file with its key; nothing is written then.
pub async fn load_plan_file(tx: &mut Tx, text: &str, now: Moment) -> Result<Loaded, PlanFileError> {
    let table = parse_plan(text.as_bytes()).map_err(PlanFileError::Faulty)?;
    load_incoming_file(tx, &IncomingFile::of_command_line(text), table, now).await
}

/// Takes a plan file in, inside the caller's transaction.
///
/// # Errors
/// Every fault of the file with its key; nothing is written then.
async fn load_incoming_file(tx: &mut Tx, incoming: &IncomingFile, table: PlanTable, now: Moment) -> Result<Loaded, PlanFileError> {
    let kinds = store::list_recognition_kinds(tx).await?;
    let known: BTreeSet<String> = kinds.iter().map(|kind| kind.code.clone()).collect();
    let file = entries::read_plan_table(table.0, &known, now).map_err(PlanFileError::Faulty)?;
    let stored = comparing::Stored::read(tx, &file.plan.code, kinds).await?;
    let problems = comparing::find_conflicts(&file, &stored);
    if !problems.is_empty() {
        return Err(PlanFileError::Faulty(problems));
    }
    let code = file.plan.code.clone();
    let sha256 = hex(&Sha256::digest(&incoming.content));
    let written = writing::write(tx, &file, &stored, &sha256, now).await?;
    for indicator in &written.new_indicators {
        refresh_indicator(tx, indicator).await?;
    }
    let is_new = stored.plan.is_none();
    if !is_new && written.changes.is_empty() {
        return Ok(Loaded::Unchanged { code });
    }
    let counts = (file.areas.len(), file.indicators.len(), file.tasks.len());
    let change = Change { action: Action::ImportPlan, object_kind: "plan", object_id: written.plan.as_str(), reason: &incoming.reason };
    if is_new {
        let mut after = serde_json::json!({ "code": code, "sha256": sha256, "areas": counts.0, "indicators": counts.1, "tasks": counts.2 });
        if !incoming.document.is_empty() {
            after["document"] = incoming.document.as_str().into();
        }
        if !written.organisations.is_empty() {
            after["organisations"] = written.organisations.into();
        }
        for (name, count) in written.parties.into_iter().filter(|(_, count)| *count > 0) {
            after[name] = count.into();
        }
        record_change(tx, &incoming.author, now, change, super::trail::NOTHING, Some(&after)).await?;
        return Ok(Loaded::Created { code, areas: counts.0, indicators: counts.1, tasks: counts.2 });
    }
    let side = |pick: fn(&FileChange) -> &String| -> Vec<serde_json::Value> {
        let texts = written
            .changes
            .iter()
            .map(|change| serde_json::json!({ "object": change.object, "field": change.field, "text": pick(change) }));
        texts.collect()
    };
    let (before, mut after) = (side(|change| &change.before), side(|change| &change.after));
    if !incoming.document.is_empty() {
        after.push(serde_json::json!({ "object": "", "field": "document", "text": incoming.document }));
    }
    record_change(tx, &incoming.author, now, change, Some(&before), Some(&after)).await?;
    Ok(Loaded::Changed { code, changes: written.changes })
}

/// Takes a plan file in, in a transaction of its own.
///
/// # Errors
/// Every fault of the file with its key; nothing is written then.
pub async fn import_plan_file(db: &Db, content: impl Into<Vec<u8>>, now: Moment) -> Result<Loaded, PlanFileError> {
    let incoming = IncomingFile::of_command_line(content);
    let table = parse_plan(&incoming.content).map_err(PlanFileError::Faulty)?;
    with_tx(db, move |tx| Box::pin(async move { load_incoming_file(tx, &incoming, table, now).await })).await
}

/// Takes in a plan file that staff bring, with a reason and a document. A child process reads it.
///
/// # Errors
/// `Invalid` without a reason, a document or a file; else every fault of the file with its key. Nothing is written then.
pub async fn upload_plan_file(
    shared: &Shared,
    actor: &Actor,
    now: Moment,
    content: Vec<u8>,
    grounds: super::editing::Grounds,
) -> Result<Loaded, PlanFileError> {
    let mut errors = Vec::new();
    let (reason, document) = grounds.read(&mut errors);
    if content.is_empty() {
        errors.push(FieldError::new("file", FieldProblem::Definition(DefinitionProblem::NoPlanFile)));
    }
    if !errors.is_empty() {
        return Err(PlanFileError::Service(UserError::Invalid(errors).into()));
    }
    let table = shared.reader.read_plan(&content).await?;
    let incoming = IncomingFile { content, author: actor.author(), reason, document };
    with_tx(&shared.db, move |tx| Box::pin(async move { load_incoming_file(tx, &incoming, table, now).await })).await
}

/// Gives an empty database every plan that ships, Beijing's first; one that has a plan stays as it is.
///
/// # Errors
/// As [`load_plan_file`].
pub async fn load_shipped_plans(db: &Db, now: Moment) -> Result<Vec<Loaded>, PlanFileError> {
    with_tx(db, move |tx| {
        Box::pin(async move {
            let is_empty = list_plan_summaries(tx).await?.is_empty();
            if is_empty { load_plans_in(tx, &SHIPPED, now).await } else { Ok(Vec::new()) }
        })
    })
    .await
}

/// Takes plan files in, one after the other: plans are listed in the order in which they came.
pub(super) async fn load_plans_in(tx: &mut Tx, files: &[&str], now: Moment) -> Result<Vec<Loaded>, PlanFileError> {
    let mut loaded = Vec::new();
    for (file, later) in files.iter().zip(0..) {
        loaded.push(load_plan_file(tx, file, now.plus(later)).await?);
    }
    Ok(loaded)
}

/// Gives an empty database Beijing's plan alone; one that has a plan stays as it is.
///
/// # Errors
/// As [`load_plan_file`].
pub async fn load_first_plan(db: &Db, now: Moment) -> Result<Option<Loaded>, PlanFileError> {
    with_tx(db, move |tx| {
        Box::pin(async move {
            if !list_plan_summaries(tx).await?.is_empty() {
                return Ok(None);
            }
            load_plan_file(tx, BEIJING_2025, now).await.map(Some)
        })
    })
    .await
}
