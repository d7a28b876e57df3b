//! Reviews. Invariant: a report is decided once at each level, never by who entered it; only acceptance by the commission makes its facts count.

use super::{
    ServiceError,
    access::Actor,
    corrections::{Accepted, CorrectionPlan, apply_correction, plan_correction},
    milestones,
    moment::{Moment, make_id},
    reports::{lead_level_of, read_context},
    rollups::{Counting, refresh_units},
    roster::{self, NewHold, NewStep, NewUnit},
    trail::{Action, Change, record_change},
    visit::PlanHead,
};
use crate::{
    domain::{
        fields::{FieldError, FieldProblem, read_required, read_text},
        ids::{AccountId, ReportId, UnitId},
        number::Qualifier,
        permissions::Permission,
        report::{
            Deciders, Decision, EntryUnit, LeadLevel, ReportState, ReviewLevel, ValidEntry, ValidReport, find_deciders, may_review, review,
            validate_report, waits_for,
        },
        words::{ReturnReason, Role},
    },
    error::UserError,
    store::{
        Db, Tx, accounts,
        evidence::list_evidence,
        reports::{self, NewReview, NewValue, Owed},
        with_tx,
    },
};

/// Longest comment, in characters.
const LONGEST_COMMENT: usize = 2_000;

/// A decision as the form sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionForm {
    /// The plan.
    pub plan: PlanHead,
    /// The report.
    pub report: ReportId,
    /// The version the page showed.
    pub version: i64,
    /// How.
    pub decision: Decision,
    /// Why it goes back: a word of `ReturnReason`.
    pub reason: String,
    /// In words; required for a return.
    pub text: String,
}

/// The level at which an actor may decide on a report now, if any.
pub fn level_for(
    owed: &Owed,
    lead: LeadLevel,
    organisation: Option<&crate::domain::ids::OrganisationId>,
    may: impl Fn(Permission) -> bool,
) -> Option<ReviewLevel> {
    match waits_for(owed.state?, lead)? {
        ReviewLevel::Lead => {
            (may(Permission::ReviewAsLead) && owed.lead_id.as_ref() == organisation && organisation.is_some()).then_some(ReviewLevel::Lead)
        }
        ReviewLevel::Commission => may(Permission::ReviewAsCommission).then_some(ReviewLevel::Commission),
    }
}

/// Who is left to decide on a report at the level at which it waits.
pub(super) async fn find_left_deciders(tx: &mut Tx, owed: &Owed, level: ReviewLevel, looker: &AccountId) -> Result<Deciders, ServiceError> {
    let (permission, organisation) = match level {
        ReviewLevel::Lead => (Permission::ReviewAsLead, owed.lead_id.as_ref()),
        ReviewLevel::Commission => (Permission::ReviewAsCommission, None),
    };
    let mut officers = Vec::new();
    for role in Role::ALL.iter().filter(|role| role.grants(permission)) {
        officers.extend(accounts::list_holders_of(tx, *role, organisation).await?);
    }
    Ok(find_deciders(looker, &officers, &reports::list_authors(tx, &owed.id()).await?))
}

/// Decides on a report at the level at which it waits.
///
/// # Errors
/// `AlreadyDecided` when another reviewer was first, `OwnWork` for one's own report, `NotFound` for a report that is not
/// before the actor, `Invalid` for a return without reason.
pub async fn decide(db: &Db, actor: &Actor, now: Moment, form: DecisionForm) -> Result<ReportState, ServiceError> {
    let actor = actor.clone();
    with_tx(db, move |tx| Box::pin(async move { decide_in(tx, &actor, now, &form, Counting::Now).await })).await
}

/// Decides inside a transaction.
pub(super) async fn decide_in(
    tx: &mut Tx,
    actor: &Actor,
    now: Moment,
    form: &DecisionForm,
    counting: Counting,
) -> Result<ReportState, ServiceError> {
    let (reason, text) = read_reason(form)?;
    let owed = reports::find_owed(tx, &form.report).await?.filter(|owed| owed.plan_id == form.plan.id).ok_or(UserError::NotFound)?;
    let lead = lead_level_of(tx, &owed).await?;
    let Some(level) = level_for(&owed, lead, actor.organisation(), |permission| actor.may(permission)) else {
        return Err(refuse_level(&owed, actor).into());
    };
    let before = owed.state.ok_or(UserError::NotFound)?;
    let authors = reports::list_authors(tx, &form.report).await?;
    may_review(actor.account(), &authors).map_err(|_| UserError::OwnWork)?;
    let state = review(before, level, form.decision, lead).map_err(|_| UserError::AlreadyDecided)?;
    if !reports::move_report(tx, &form.report, form.version, state, now.0).await? {
        return Err(UserError::AlreadyDecided.into());
    }
    let id: String = make_id(now)?;
    let new = NewReview {
        id: &id,
        report: &form.report,
        submission: owed.submission.unwrap_or(0),
        level,
        decision: form.decision,
        reason,
        text: &text,
        reviewer: actor.account(),
        at: now.0,
    };
    reports::insert_review(tx, new).await?;
    if matches!(state, ReportState::Accepted | ReportState::Returned) {
        reports::end_waiting(tx, &form.report, now.0).await?;
    }
    let mut applied = None;
    if state == ReportState::Accepted {
        let (valid, plan) = read_submitted(tx, &owed, form).await?;
        reports::set_accepted(tx, &form.report, valid.percent.map(i64::from), valid.completed_on, now.0).await?;
        milestones::record_reached(tx, actor, &form.report, &valid.milestones, now).await?;
        let moved = match plan {
            None => count_facts(tx, actor, &owed, &form.report, &valid, now).await?,
            Some(plan) => {
                let accepted = Accepted { owed: &owed, report: &form.report, valid: &valid, plan: &plan };
                let done = apply_correction(tx, actor, now, accepted).await?;
                let moved = done.moved.clone();
                applied = Some(done);
                moved
            }
        };
        if counting == Counting::Now {
            refresh_units(tx, &moved).await?;
        }
    }
    let action = match form.decision {
        Decision::Accept => Action::AcceptReport,
        Decision::Return => Action::ReturnReport,
    };
    let change = Change { action, object_kind: "report", object_id: form.report.as_str(), reason: &text };
    match applied {
        Some(applied) => record_change(tx, &actor.author(), now, change, Some(&before), Some(&(state, level, applied))).await?,
        None => record_change(tx, &actor.author(), now, change, Some(&before), Some(&(state, level))).await?,
    }
    Ok(state)
}

/// A report that one may see but that does not wait here was decided by somebody else; any other does not exist.
fn refuse_level(owed: &Owed, actor: &Actor) -> UserError {
    let own_queue = actor.may(Permission::ReviewAsCommission) || (owed.lead_id.is_some() && owed.lead_id.as_ref() == actor.organisation());
    match owed.state {
        Some(ReportState::Accepted | ReportState::Returned | ReportState::LeadReviewed) if own_queue => UserError::AlreadyDecided,
        Some(ReportState::Submitted | ReportState::Draft) if own_queue => UserError::WrongState,
        _ => UserError::NotFound,
    }
}

fn read_reason(form: &DecisionForm) -> Result<(Option<ReturnReason>, String), UserError> {
    let mut errors = Vec::new();
    if form.decision == Decision::Accept {
        let text = read_text("text", &form.text, LONGEST_COMMENT, &mut errors);
        return if errors.is_empty() { Ok((None, text)) } else { Err(UserError::Invalid(errors)) };
    }
    let reason: Option<ReturnReason> = form.reason.parse().ok();
    if reason.is_none() {
        errors.push(FieldError::new("reason", FieldProblem::Required));
    }
    let text = read_required("text", &form.text, LONGEST_COMMENT, &mut errors);
    if errors.is_empty() { Ok((reason, text)) } else { Err(UserError::Invalid(errors)) }
}

/// The facts of the submission that is decided on, checked again against the roster as it is now.
async fn read_submitted(tx: &mut Tx, owed: &Owed, form: &DecisionForm) -> Result<(ValidReport, Option<CorrectionPlan>), ServiceError> {
    let submissions = reports::list_submissions(tx, &form.report).await?;
    let last = submissions.last().ok_or(UserError::WrongState)?;
    let submitted_on = Moment(last.submitted_at).date_in(&form.plan.time_zone);
    let context = read_context(tx, owed, &form.plan, &last.fields.0, submitted_on).await?;
    let valid = validate_report(&last.fields.0, &context).map_err(UserError::Invalid)?;
    let plan = plan_correction(tx, owed, &last.fields.0, &valid).await?;
    Ok((valid, plan))
}

/// Writes the facts of an accepted report; gives the units whose counts have to follow.
async fn count_facts(
    tx: &mut Tx,
    actor: &Actor,
    owed: &Owed,
    report: &ReportId,
    valid: &ValidReport,
    now: Moment,
) -> Result<Vec<UnitId>, ServiceError> {
    let files = list_evidence(tx, report).await?;
    let mut moved = Vec::with_capacity(valid.entries.len());
    for entry in &valid.entries {
        let unit = place_unit(tx, owed, report, entry, now).await?;
        moved.push(unit.clone());
        let evidence =
            files.iter().filter(|file| file.removed_at.is_none() && file.entry_key == entry.key).map(|file| file.id.clone()).collect();
        let step = NewStep {
            unit,
            recognition: entry.recognition.clone(),
            level: entry.level,
            stage: entry.step.stage,
            on: entry.step.on,
            document: entry.document_number.clone().unwrap_or_default(),
            report: Some(report.clone()),
            verifier: actor.account().clone(),
            reason: String::new(),
            evidence,
        };
        roster::add_step_counting(tx, now, step, Counting::Later).await?;
    }
    for value in &valid.values {
        let id: String = make_id(now)?;
        let qualifier = value.qualifier.map(Qualifier::as_str);
        let new = NewValue { id: &id, indicator: &value.indicator, raw: value.raw, qualifier, parts: value.parts };
        reports::insert_accepted_value(tx, owed, report, new, now.0).await?;
    }
    Ok(moved)
}

/// The unit of an accepted entry; a new one comes onto the roster with the names that the report held for it.
pub(super) async fn place_unit(
    tx: &mut Tx,
    owed: &Owed,
    report: &ReportId,
    entry: &ValidEntry,
    now: Moment,
) -> Result<UnitId, ServiceError> {
    let unit = match &entry.unit {
        EntryUnit::Existing(id) => return Ok(id.clone()),
        EntryUnit::New(unit) => unit,
    };
    let new = NewUnit {
        kind: entry.kind,
        code: unit.code.clone().unwrap_or_default(),
        name_zh: unit.name.clone(),
        name_en: String::new(),
        holder: owed.organisation_id.clone(),
        partners: unit.partners.clone(),
        district: unit.district.clone(),
    };
    let id = roster::create_unit(tx, now, new.clone()).await?;
    roster::pass_hold_to_unit(tx, report, &entry.key, &id).await?;
    // Whatever became of the report's hold, no unit goes without its name.
    let hold = NewHold {
        kind: new.kind,
        holder: &new.holder,
        name: &new.name_zh,
        code: &new.code,
        unit_id: Some(&id),
        report_id: None,
        entry_key: "",
        admitted: "",
    };
    roster::hold_names(tx, hold, now).await?;
    Ok(id)
}

/// An actor who may review at one of the two levels.
///
/// # Errors
/// `NotFound` for anybody else.
pub fn require_reviewer(identity: &super::access::Identity) -> Result<Actor, UserError> {
    identity.require(Permission::ReviewAsCommission).or_else(|_| identity.require(Permission::ReviewAsLead))
}

/// Accepts reports that say "no change", each as its own decision; the first refusal stops.
///
/// # Errors
/// `WrongState` for a report that says something else; otherwise as [`decide`].
pub async fn accept_unchanged(db: &Db, actor: &Actor, now: Moment, plan: &PlanHead, ids: Vec<&str>) -> Result<(), ServiceError> {
    for id in ids {
        let report = ReportId::from(id);
        let mut tx = db.read().await?;
        let owed = reports::find_owed(&mut tx, &report).await?.filter(|owed| owed.plan_id == plan.id).ok_or(UserError::NotFound)?;
        let submissions = reports::list_submissions(&mut tx, &report).await?;
        drop(tx);
        if owed.correction > 0 || !submissions.last().is_some_and(|last| last.fields.0.no_change) {
            return Err(UserError::WrongState.into());
        }
        let form = DecisionForm {
            plan: plan.clone(),
            report,
            version: owed.version.unwrap_or(0),
            decision: Decision::Accept,
            reason: String::new(),
            text: String::new(),
        };
        decide(db, actor, now, form).await?;
    }
    Ok(())
}
