//! Reports: drafts, submission, withdrawal. Invariant: a draft keeps whatever was typed; only a valid report can be submitted, and its names are held from then on.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{
    ServiceError,
    access::Actor,
    corrections::{CorrectionPlan, plan_correction},
    milestones,
    moment::{Moment, make_id},
    roster::{self, HeldUnit, NewHold},
    trail::{Action, Change, NOTHING, record_change},
    visit::PlanHead,
};
use crate::{
    domain::{
        calendar::PlanDates,
        ids::{EvidenceId, OrganisationId, ReportId, UnitId},
        report::{
            EntryUnit, FieldError, KnownUnit, LeadLevel, ReportContext, ReportFields, ReportState, ValidEntry, ValidReport, lead_level,
            submit, validate_report, withdraw,
        },
        words::Measure,
    },
    error::UserError,
    store::{
        Db, Tx,
        evidence::{Evidence, NewEvidence, insert_evidence, list_evidence, remove_entry_evidence, remove_evidence},
        organisations::find_commission,
        reports::{self, Owed, TaskValue, WaitingEntry},
        settings::raise_data_version,
        values::{insert_submitted_values, list_stated},
        with_tx,
    },
};

use super::evidence::Received;

/// A file that came with the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The entry it proves; empty for the report as a whole.
    pub entry_key: String,
    /// The name it came with.
    pub file_name: String,
    /// The file.
    pub received: Received,
}

/// What a form changes about a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftChange {
    /// The plan.
    pub plan: PlanHead,
    /// The report.
    pub report: ReportId,
    /// The version the form was made from.
    pub version: i64,
    /// Everything typed.
    pub fields: ReportFields,
    /// Files that came with it.
    pub attachments: Vec<Attachment>,
    /// A file taken out.
    pub detached: Option<EvidenceId>,
    /// An entry taken out.
    pub removed_entry: Option<String>,
}

/// How saving went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// The draft has this version now.
    At(i64),
    /// Somebody saved another version since the form was made. Files are kept; what was typed has to be parked.
    Stale,
}

/// The obligation behind a report that the actor's organisation owes.
pub(super) async fn find_own(tx: &mut Tx, actor: &Actor, plan: &PlanHead, report: &ReportId) -> Result<Owed, ServiceError> {
    let owed = reports::find_owed(tx, report).await?.filter(|owed| owed.plan_id == plan.id).ok_or(UserError::NotFound)?;
    if Some(&owed.organisation_id) == actor.organisation() { Ok(owed) } else { Err(UserError::NotFound.into()) }
}

/// Whether the task's lead reviews this report first.
pub async fn lead_level_of(tx: &mut Tx, owed: &Owed) -> Result<LeadLevel, ServiceError> {
    let commission = find_commission(tx).await?.unwrap_or_else(|| OrganisationId::from(""));
    Ok(lead_level(owed.lead_id.as_ref(), &owed.organisation_id, &commission))
}

/// Saves a draft, valid or not.
///
/// # Errors
/// `NotFound` for another organisation's report, `WrongState` once it is submitted.
pub async fn save_draft(db: &Db, actor: &Actor, now: Moment, change: DraftChange) -> Result<Saved, ServiceError> {
    let actor = actor.clone();
    with_tx(db, move |tx| Box::pin(async move { save_draft_in(tx, &actor, now, &change).await })).await
}

/// Saves a draft inside a transaction.
pub(super) async fn save_draft_in(tx: &mut Tx, actor: &Actor, now: Moment, change: &DraftChange) -> Result<Saved, ServiceError> {
    let owed = find_own(tx, actor, &change.plan, &change.report).await?;
    if !owed.is_editable() {
        return Err(UserError::WrongState.into());
    }
    if owed.report_id.is_none() {
        reports::insert_report(tx, &change.report, &owed.obligation_id, now.0).await?;
    }
    for attachment in &change.attachments {
        insert_evidence(tx, &new_evidence(actor, &owed, &change.report, attachment, now)?).await?;
    }
    let present = owed.version.unwrap_or(0);
    if present != change.version {
        return Ok(Saved::Stale);
    }
    if let Some(id) = &change.detached {
        remove_evidence(tx, &change.report, id, now.0).await?;
    }
    if let Some(key) = &change.removed_entry {
        remove_entry_evidence(tx, &change.report, key, now.0).await?;
    }
    let last = reports::find_draft(tx, &change.report).await?;
    if last.is_some_and(|(fields, _, _)| fields == change.fields) {
        return Ok(Saved::At(present));
    }
    reports::insert_draft(tx, &change.report, present + 1, &change.fields, actor.account(), now.0).await?;
    raise_data_version(tx).await?;
    Ok(Saved::At(present + 1))
}

fn new_evidence(actor: &Actor, owed: &Owed, report: &ReportId, attachment: &Attachment, now: Moment) -> Result<NewEvidence, ServiceError> {
    Ok(NewEvidence {
        id: make_id(now)?,
        report: report.clone(),
        organisation: owed.organisation_id.clone(),
        entry_key: attachment.entry_key.clone(),
        file_name: attachment.file_name.clone(),
        media_type: attachment.received.media_type,
        size: i64::try_from(attachment.received.size).unwrap_or(i64::MAX),
        sha256: attachment.received.sha256.clone(),
        uploaded_by: actor.account().clone(),
        uploaded_at: now.0,
    })
}

/// Submits the saved draft.
///
/// # Errors
/// `Invalid` with every problem, `Taken` when a unit is registered already, `Stale` when the draft was changed since, and
/// `WrongState` when it is submitted already.
pub async fn submit_report(
    db: &Db,
    actor: &Actor,
    now: Moment,
    plan: &PlanHead,
    report: &ReportId,
    version: i64,
) -> Result<(), ServiceError> {
    let (actor, plan, submitted) = (actor.clone(), plan.clone(), report.clone());
    let outcome = with_tx(db, move |tx| Box::pin(async move { submit_in(tx, &actor, now, &plan, &submitted, version).await })).await;
    if let Err(ServiceError::Refused(UserError::Taken { field, .. })) = &outcome {
        // The refusal itself left no trace; staff see it where they can admit the name.
        roster::note_refusal(db, now, report, field).await?;
    }
    outcome
}

/// Submits the saved draft inside a transaction.
pub(super) async fn submit_in(
    tx: &mut Tx,
    actor: &Actor,
    now: Moment,
    plan: &PlanHead,
    report: &ReportId,
    version: i64,
) -> Result<(), ServiceError> {
    let owed = find_own(tx, actor, plan, report).await?;
    if !owed.is_editable() {
        return Err(UserError::WrongState.into());
    }
    let state = submit(owed.state.ok_or(UserError::WrongState)?).map_err(|_| UserError::WrongState)?;
    let (fields, ..) = reports::find_draft(tx, report).await?.ok_or(UserError::WrongState)?;
    let context = read_context(tx, &owed, plan, &fields, now.date_in(&plan.time_zone)).await?;
    let valid = validate_report(&fields, &context).map_err(UserError::Invalid)?;
    let correction = plan_correction(tx, &owed, &fields, &valid).await?;
    if !reports::move_report(tx, report, version, state, now.0).await? {
        return Err(UserError::Stale.into());
    }
    let submission = owed.submission.unwrap_or(0) + 1;
    reports::insert_submission(tx, report, submission, &fields, actor.account(), now.0).await?;
    // A returned report still holds its names; it takes them again as they are written now.
    roster::release_holds_of_report(tx, report).await?;
    hold_entries(tx, &owed, report, Checked { valid: &valid, correction: correction.as_ref() }, now).await?;
    list_as_waiting(tx, &owed, report, Checked { valid: &valid, correction: correction.as_ref() }, now).await?;
    roster::forget_refusals(tx, report).await?;
    let change = Change { action: Action::SubmitReport, object_kind: "report", object_id: report.as_str(), reason: "" };
    let after = (submission, &fields);
    record_change(tx, &actor.author(), now, change, NOTHING, Some(&after)).await
}

/// A report that may be submitted, with what it would change if it is a correction.
#[derive(Clone, Copy)]
struct Checked<'a> {
    valid: &'a ValidReport,
    correction: Option<&'a CorrectionPlan>,
}

impl Checked<'_> {
    /// The unit that an earlier version of the report brought with an entry.
    fn unit_of(&self, entry_key: &str) -> Option<&UnitId> {
        self.correction?.units.get(entry_key)
    }
}

async fn hold_entries(tx: &mut Tx, owed: &Owed, report: &ReportId, checked: Checked<'_>, now: Moment) -> Result<(), ServiceError> {
    for entry in &checked.valid.entries {
        let EntryUnit::New(unit) = &entry.unit else { continue };
        let hold = NewHold {
            kind: entry.kind,
            holder: &owed.organisation_id,
            name: &unit.name,
            code: unit.code.as_deref().unwrap_or_default(),
            unit_id: None,
            report_id: Some(report),
            entry_key: &entry.key,
            admitted: "",
        };
        let held = match checked.unit_of(&entry.key) {
            Some(own) => roster::hold_names_of_unit(tx, hold, own, now).await,
            None => roster::hold_names(tx, hold, now).await,
        };
        held.map_err(|error| match error {
            ServiceError::Refused(UserError::Taken { field, name, unit, holder, returned }) => {
                UserError::Taken { field: format!("entries.{}.{field}", entry.key), name, unit, holder, returned }.into()
            }
            other => other,
        })?;
    }
    Ok(())
}

/// Lists what waits for review: of a correction only what it brings, since the rest counts already.
async fn list_as_waiting(tx: &mut Tx, owed: &Owed, report: &ReportId, checked: Checked<'_>, now: Moment) -> Result<(), ServiceError> {
    let mut names = BTreeMap::new();
    let entries = checked.valid.entries.iter();
    let brought: Vec<&ValidEntry> = entries.filter(|entry| checked.correction.is_none_or(|plan| plan.changes(&entry.key))).collect();
    for entry in &brought {
        let name = match &entry.unit {
            EntryUnit::New(unit) => unit.name.clone(),
            EntryUnit::Existing(id) => roster::known_unit(tx, id).await?.map(|unit| unit.name_zh).unwrap_or_default(),
        };
        names.insert(entry.key.clone(), name);
    }
    let waiting: Vec<WaitingEntry<'_>> = brought
        .iter()
        .copied()
        .map(|entry| WaitingEntry {
            entry,
            unit_id: match &entry.unit {
                EntryUnit::Existing(id) => Some(id.as_str()),
                EntryUnit::New(_) => checked.unit_of(&entry.key).map(UnitId::as_str),
            },
            name: names.get(&entry.key).map_or("", String::as_str),
        })
        .collect();
    reports::end_waiting(tx, report, now.0).await?;
    let values = checked.correction.map_or(&checked.valid.values, |plan| &plan.values_added);
    insert_submitted_values(tx, report, &owed.plan_id, values, now.0).await?;
    Ok(reports::insert_waiting_entries(tx, report, &owed.organisation_id, &waiting, now.0).await?)
}

/// Takes a submitted report back before anybody has decided on it.
///
/// # Errors
/// `AlreadyDecided` when a decision came first.
pub async fn withdraw_report(
    db: &Db,
    actor: &Actor,
    now: Moment,
    plan: &PlanHead,
    report: &ReportId,
    version: i64,
) -> Result<(), ServiceError> {
    let (actor, plan, report) = (actor.clone(), plan.clone(), report.clone());
    with_tx(db, move |tx| {
        Box::pin(async move {
            let owed = find_own(tx, &actor, &plan, &report).await?;
            let state = withdraw(owed.state.ok_or(UserError::WrongState)?).map_err(|_| UserError::AlreadyDecided)?;
            if !reports::move_report(tx, &report, version, state, now.0).await? {
                return Err(UserError::Stale.into());
            }
            reports::end_waiting(tx, &report, now.0).await?;
            roster::release_holds_of_report(tx, &report).await?;
            let change = Change { action: Action::WithdrawReport, object_kind: "report", object_id: report.as_str(), reason: "" };
            record_change(tx, &actor.author(), now, change, Some(&ReportState::Submitted), Some(&state)).await
        })
    })
    .await
}

/// What a report of an obligation is checked against. Of the organisation's units it holds those that the report names.
pub async fn read_context(
    tx: &mut Tx,
    owed: &Owed,
    plan: &PlanHead,
    fields: &ReportFields,
    today: Date,
) -> Result<ReportContext, ServiceError> {
    let files = list_evidence(tx, &owed.id()).await?;
    let kinds = roster::list_recognition_kinds(tx).await?;
    let values = reports::list_task_values(tx, &owed.task_id).await?;
    let mut context = ReportContext::new(today, PlanDates { starts_on: plan.starts_on, ends_on: plan.ends_on });
    context.recognitions = kinds.into_iter().map(|kind| (kind.code, kind.unit_kind)).collect();
    context.sums = roster::read_sums(tx).await?;
    context.levelled = reports::list_levelled_recognitions(tx, &plan.id).await?.into_iter().collect::<BTreeSet<_>>();
    for file in files.iter().filter(|file| file.removed_at.is_none()) {
        if file.entry_key.is_empty() {
            context.report_evidence += 1;
        } else {
            *context.entry_evidence.entry(file.entry_key.clone()).or_default() += 1;
        }
    }
    let named: BTreeSet<&str> = fields.entries.iter().map(|entry| entry.unit_id.trim()).filter(|id| !id.is_empty()).collect();
    for id in named {
        let unit = roster::known_unit(tx, &UnitId::from(id)).await?;
        // One whose every step was taken back is on record only.
        context.units.extend(unit.filter(|unit| unit.holder == owed.organisation_id && !unit.recognitions.is_empty()).map(known));
    }
    context.stated = list_stated_elsewhere(tx, owed, &values).await?;
    context.values = values.into_iter().map(|value| (value.code.clone(), value.rule())).collect();
    context.milestones = milestones::list_statable(tx, owed).await?;
    context.has_accepted_predecessor = reports::has_accepted_before(tx, &owed.task_id, &owed.organisation_id, owed.period_ends_on).await?;
    context.is_correction = owed.correction > 0;
    Ok(context)
}

/// Who has stated the values of this period already: the same organisation for another task, or, of a rate or rank that is not kept
/// in parts, anybody else.
async fn list_stated_elsewhere(tx: &mut Tx, owed: &Owed, values: &[TaskValue]) -> Result<BTreeMap<String, String>, ServiceError> {
    if values.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut stated = BTreeMap::new();
    for row in list_stated(tx, &owed.task_id, owed.period_ends_on, &owed.obligation_id).await? {
        let Some(value) = values.iter().find(|value| value.code == row.indicator) else { continue };
        let one_body_only = matches!(value.measure, Measure::Level | Measure::Rank) && value.fraction == 0;
        if one_body_only || row.organisation_id.as_ref() == Some(&owed.organisation_id) {
            let by = if row.task.is_empty() { row.organisation_zh } else { format!("{} {}", row.organisation_zh, row.task) };
            stated.entry(row.indicator).or_insert(by);
        }
    }
    Ok(stated)
}

fn known(unit: HeldUnit) -> (String, KnownUnit) {
    (unit.id.to_string(), KnownUnit { kind: unit.kind, recognitions: unit.recognitions })
}

/// The problems of a draft as it stands.
pub fn list_problems(fields: &ReportFields, context: &ReportContext) -> Vec<FieldError> {
    validate_report(fields, context).err().unwrap_or_default()
}

/// The files of a report that are in it now.
pub fn present_files(files: &[Evidence]) -> Vec<Evidence> {
    files.iter().filter(|file| file.removed_at.is_none()).cloned().collect()
}

/// The unit of an entry, for its page.
pub fn unit_of(units: &[HeldUnit], id: &UnitId) -> Option<HeldUnit> {
    units.iter().find(|unit| unit.id == *id).cloned()
}
