//! The roster from a table: `bihuan import roster`, and the stock-take in bulk. Invariant: all rows come in or none, each with its
//! document; what the roster says already is skipped, so that a table may be taken in again.

mod checking;
mod reading;

use std::fmt;

use jiff::civil::Date;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{ImportError, RowProblem};
use crate::{
    domain::{
        fields::{FieldError, FieldProblem, read_required},
        ids::AccountId,
        roster_rows::LineFault,
    },
    error::UserError,
    i18n::{Lang, Text},
    services::{
        ServiceError,
        access::{Actor, Author},
        moment::Moment,
        plans::list_plan_heads,
        rollups::refresh_units,
        roster::{MAX_REASON, RecognitionKind},
        trail::{Action, Change, NOTHING, record_change},
        visit::PlanHead,
    },
    store::{Db, Tx, audit::hex, roster_import as store, with_tx},
};

pub use checking::AddedUnit;

use checking::{Additions, check_table};
use reading::{Vocabulary, read_table};

/// What a table would do, or did.
#[derive(Debug, Default)]
pub struct RosterCheck {
    /// Every fault, by line; none: the table can be taken in.
    pub faults: Vec<LineFault>,
    /// Rows below the head.
    pub rows: usize,
    /// Units that are new.
    pub new_units: usize,
    /// Steps that are new.
    pub new_steps: usize,
    /// Rows that the roster has already.
    pub unchanged: usize,
    /// Units that are new or move on, in the order of the table.
    pub added: Vec<AddedUnit>,
    /// What units are recognised as; steps name their place in it.
    pub kinds: Vec<RecognitionKind>,
}

/// What was, or would be, taken in, for the command line.
#[derive(Debug)]
pub struct ImportedRoster {
    check: RosterCheck,
    dry_run: bool,
}

impl fmt::Display for ImportedRoster {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let check = &self.check;
        if self.dry_run {
            for unit in &check.added {
                let what = if unit.is_new { "new" } else { "moves on" };
                write!(out, "line {}: {what}: {} “{}”, {}:", unit.line, unit.kind, unit.name, unit.holder)?;
                for (place, level, step) in &unit.steps {
                    let kind = check.kinds.get(*place).map_or("", |kind| kind.code.as_str());
                    let level = level.map(|level| format!(" {level}")).unwrap_or_default();
                    write!(out, " {kind}{level} {} {};", step.stage, step.on)?;
                }
                writeln!(out)?;
            }
            write!(out, "nothing is written: ")?;
        }
        write!(out, "{} new units, {} new stages, {} rows unchanged", check.new_units, check.new_steps, check.unchanged)
    }
}

/// What the audit chain keeps of an import; the rows themselves are in the roster, each with its document.
#[derive(Serialize)]
struct Recorded {
    sha256: String,
    units: usize,
    steps: usize,
    unchanged: usize,
}

/// Who takes a table in, and why.
struct Importer {
    author: Author,
    verifier: AccountId,
    reason: String,
}

/// Takes a file of the roster in; with `dry_run` it only says what it would do.
///
/// # Errors
/// Every faulty row with line, column and reason; nothing is written then.
pub async fn import_roster(db: &Db, bytes: Vec<u8>, now: Moment, dry_run: bool) -> Result<ImportedRoster, ImportError> {
    let mut tx = db.read().await?;
    let zone = list_plan_heads(&mut tx).await?.into_iter().next().map_or_else(|| "Asia/Shanghai".to_owned(), |plan| plan.time_zone);
    let today = now.date_in(&zone);
    let check = if dry_run {
        check_roster(&mut tx, &bytes, today, now).await?
    } else {
        drop(tx);
        let importer =
            Importer { author: Author::command_line(), verifier: AccountId::from("command-line"), reason: "import roster".to_owned() };
        with_tx(db, move |tx| Box::pin(async move { write_roster(tx, &bytes, today, now, &importer).await })).await?
    };
    if check.faults.is_empty() {
        return Ok(ImportedRoster { check, dry_run });
    }
    let text = Text::new(Lang::En);
    let problem = |fault: LineFault| RowProblem::new(fault.line, fault.column, text.row_fault(&fault.fault).trim_end_matches('.'));
    Err(ImportError::Faulty(check.faults.into_iter().map(problem).collect()))
}

/// Checks a table as it was pasted; writes nothing.
pub async fn check_roster(tx: &mut Tx, bytes: &[u8], today: Date, now: Moment) -> Result<RosterCheck, ServiceError> {
    Ok(prepare(tx, bytes, today, now).await?.0)
}

/// Records a table as it was pasted, all of it or, where a row is faulty, nothing.
///
/// # Errors
/// `Invalid` without a reason; `Invalid` at `rows` where a row is faulty, which [`check_roster`] names.
pub async fn record_table(
    db: &Db,
    actor: &Actor,
    now: Moment,
    plan: &PlanHead,
    rows: &str,
    reason: &str,
) -> Result<RosterCheck, ServiceError> {
    let mut errors = Vec::new();
    let reason = read_required("reason", reason, MAX_REASON, &mut errors);
    if rows.trim().is_empty() {
        errors.push(FieldError::new("rows", FieldProblem::Required));
    }
    let bytes = rows.as_bytes().to_vec();
    if !errors.is_empty() {
        return Err(UserError::Invalid(errors).into());
    }
    let today = now.date_in(&plan.time_zone);
    let importer = Importer { author: actor.author(), verifier: actor.account().clone(), reason };
    let check = with_tx(db, move |tx| Box::pin(async move { write_roster(tx, &bytes, today, now, &importer).await })).await?;
    if check.faults.is_empty() { Ok(check) } else { Err(UserError::Invalid(Vec::new()).into()) }
}

async fn prepare(tx: &mut Tx, bytes: &[u8], today: Date, now: Moment) -> Result<(RosterCheck, Additions), ServiceError> {
    let words = Vocabulary::read(tx, today).await?;
    let mut table = read_table(bytes, &words);
    let mut additions = check_table(tx, &mut table, &words, now).await?;
    let check = RosterCheck {
        faults: table.faults,
        rows: table.rows,
        new_units: additions.units.len(),
        new_steps: additions.steps.len(),
        unchanged: additions.unchanged,
        added: std::mem::take(&mut additions.lines),
        kinds: words.kinds,
    };
    Ok((check, additions))
}

async fn write_roster(tx: &mut Tx, bytes: &[u8], today: Date, now: Moment, importer: &Importer) -> Result<RosterCheck, ServiceError> {
    let (check, additions) = prepare(tx, bytes, today, now).await?;
    if !check.faults.is_empty() || additions.steps.is_empty() {
        return Ok(check);
    }
    store::insert_units(tx, &additions.units, now.0).await?;
    store::insert_holds(tx, &additions.holds, now.0).await?;
    store::insert_recognitions(tx, &additions.recognitions, now.0).await?;
    store::insert_steps(tx, &additions.steps, &importer.verifier, &importer.reason, now.0).await?;
    refresh_units(tx, &additions.moved).await?;
    let sha256 = hex(&Sha256::digest(bytes));
    let recorded = Recorded { sha256: sha256.clone(), units: check.new_units, steps: check.new_steps, unchanged: check.unchanged };
    let change = Change { action: Action::ImportRoster, object_kind: "roster", object_id: &sha256, reason: &importer.reason };
    record_change(tx, &importer.author, now, change, NOTHING, Some(&recorded)).await?;
    Ok(check)
}

impl RosterCheck {
    /// Whether there is something to record and nothing wrong.
    pub fn can_be_recorded(&self) -> bool {
        self.faults.is_empty() && self.new_steps > 0
    }
}
