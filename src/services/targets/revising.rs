//! A revision of a target with its milestones. Invariant: one act, one transaction, one audit row.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use super::{Later, RevisableTarget, find_revisable, read_later};
use crate::{
    domain::{
        fields::{FieldError, FieldProblem, read_required},
        number::format_grouped,
        report_form::MAX_SHORT_TEXT,
        target::TargetForm,
        target_revision::{
            HeldTarget, MilestoneChange, ReadRevision, RevisionContext, TypedTarget, goal_if_beyond, read_effective, read_revision,
        },
        words::Provenance,
    },
    error::UserError,
    services::{
        ServiceError,
        access::Actor,
        moment::{Moment, make_id},
        roster::MAX_REASON,
        trail::{Action, Change, record_change},
        visit::PlanHead,
    },
    store::{
        Db, Tx,
        target_revisions::{self as store, Act, NewTarget, TargetFact},
        with_tx,
    },
};

/// A revision as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RevisionInput {
    /// Code of the indicator.
    pub indicator: String,
    /// The version the form was made from.
    pub version: String,
    /// Target and milestones.
    pub target: TypedTarget,
    /// `keep` or `replace`: what becomes of revisions that take effect later.
    pub later: String,
    /// The document.
    pub document: String,
    /// Why.
    pub reason: String,
}

/// What the audit chain keeps of a target.
#[derive(Serialize)]
struct Recorded<'a> {
    indicator: &'a str,
    wording: &'a str,
    form: TargetForm,
    target_on: Date,
    milestones: &'a BTreeMap<Date, i64>,
    changed_milestones: Option<&'a BTreeMap<Date, MilestoneChange>>,
    effective_on: Date,
    document: &'a str,
    withdrawn: &'a [Date],
}

/// Revises an indicator's target and milestones in one act.
///
/// # Errors
/// `Invalid` with every field that is not right, milestones beyond the new target among them; `Stale` when another revision was
/// recorded since the form was made; `NotFound` without the indicator.
pub async fn revise_target(db: &Db, actor: &Actor, now: Moment, plan: &PlanHead, input: RevisionInput) -> Result<(), ServiceError> {
    let (actor, plan) = (actor.clone(), plan.clone());
    with_tx(db, move |tx| Box::pin(async move { revise_target_in(tx, &actor, now, &plan, &input).await })).await
}

async fn revise_target_in(tx: &mut Tx, actor: &Actor, now: Moment, plan: &PlanHead, input: &RevisionInput) -> Result<(), ServiceError> {
    let today = now.date_in(&plan.time_zone);
    let held = find_revisable(tx, plan, today, &input.indicator).await?;
    if held.history.version() != input.version {
        return Err(UserError::Stale.into());
    }
    let shown = held.history.shown_on(today).ok_or(UserError::WrongState)?;
    let before = held.history.target_on(today).cloned().ok_or(UserError::WrongState)?;
    let Checked { revision, later, document, reason } = check(&held, &shown, plan, input)?;
    let act = Act {
        indicator: &held.indicator.row.id,
        effective_on: revision.effective_on,
        reason: &reason,
        document: &document,
        officer: actor.account(),
        recorded_at: now.0,
    };
    let withdrawn = if later == Later::Replace { held.history.later_targets(act.effective_on) } else { Vec::new() };
    write(tx, act, &before, &revision, !withdrawn.is_empty(), now).await?;
    let code = held.indicator.row.code.as_str();
    let record = |target, changed, effective_on, document, withdrawn| record_of(code, target, changed, effective_on, document, withdrawn);
    let was = record(&shown, None, before.effective_on, before.document.as_str(), &[][..]);
    let is = record(&revision.target, Some(&revision.milestones), act.effective_on, &document, &withdrawn);
    let change = Change { action: Action::ReviseTarget, object_kind: "indicator", object_id: act.indicator.as_str(), reason: &reason };
    record_change(tx, &actor.author(), now, change, Some(&was), Some(&is)).await
}

fn record_of<'a>(
    indicator: &'a str,
    target: &'a HeldTarget,
    changed_milestones: Option<&'a BTreeMap<Date, MilestoneChange>>,
    effective_on: Date,
    document: &'a str,
    withdrawn: &'a [Date],
) -> Recorded<'a> {
    Recorded {
        indicator,
        wording: &target.wording_zh,
        form: target.form,
        target_on: target.target_on,
        milestones: &target.milestones,
        changed_milestones,
        effective_on,
        document,
        withdrawn,
    }
}

struct Checked {
    revision: ReadRevision,
    later: Later,
    document: String,
    reason: String,
}

fn check(held: &RevisableTarget, shown: &HeldTarget, plan: &PlanHead, input: &RevisionInput) -> Result<Checked, UserError> {
    let rule = held.rule();
    let first = held.history.first_target().map_or(plan.starts_on, |first| first.effective_on);
    let earliest = plan.starts_on.max(first);
    let context = RevisionContext {
        rule: &rule,
        direction: held.indicator.row.direction,
        tolerance: held.tolerance(),
        plan_starts_on: plan.starts_on,
        earliest,
        shown,
    };
    let mut errors = Vec::new();
    let revision = read_revision(&input.target, context).map_err(|problems| errors.extend(problems)).ok();
    // Said together with the rest, so that nobody has to submit twice.
    let effective_on = read_effective(&input.target.effective_on, earliest, &mut Vec::new());
    let takes_over = effective_on.map(|on| held.history.later_targets(on)).unwrap_or_default();
    let later = read_later(&input.later, &takes_over, &mut errors);
    if let (Some(read), Later::Keep) = (&revision, later) {
        errors.extend(find_beyond_later(held, read));
    }
    let document = read_required("document", &input.document, MAX_SHORT_TEXT, &mut errors);
    let reason = read_required("reason", &input.reason, MAX_REASON, &mut errors);
    if revision.as_ref().is_some_and(|read| !read.target_changed && read.milestones.is_empty()) && later == Later::Keep {
        errors.push(FieldError::new("wording_zh", FieldProblem::NothingChanged));
    }
    match revision {
        Some(revision) if errors.is_empty() => Ok(Checked { revision, later, document, reason }),
        _ => Err(UserError::Invalid(errors)),
    }
}

/// A milestone that this act sets has to fit the targets that take over later as well.
fn find_beyond_later(held: &RevisableTarget, read: &ReadRevision) -> Option<FieldError> {
    let (direction, tolerance) = (held.indicator.row.direction, held.tolerance());
    let goal = held.history.targets_after(read.effective_on).find_map(|target| {
        let form = target.form.0.with_tolerance(tolerance);
        let set = read.milestones.values().filter_map(|change| match change {
            MilestoneChange::Set(value) => Some(*value),
            MilestoneChange::Dropped => None,
        });
        set.into_iter().find_map(|value| goal_if_beyond(form, direction, value))
    })?;
    let goal = format_grouped(goal, held.rule().scale);
    Some(FieldError::new("later", FieldProblem::BeyondTarget { goal }))
}

/// Writes the rows of an act. A withdrawal sets the target anew, so that its reason is kept.
async fn write(
    tx: &mut Tx,
    act: Act<'_>,
    before: &TargetFact,
    revision: &ReadRevision,
    withdraws: bool,
    now: Moment,
) -> Result<(), ServiceError> {
    if withdraws {
        store::supersede_later_targets(tx, act).await?;
    }
    let target = &revision.target;
    if revision.target_changed || withdraws {
        let id: String = make_id(now)?;
        let date_provenance = if target.target_on == before.target_on { before.date_provenance } else { Provenance::Commission };
        let new = NewTarget {
            id: &id,
            wording_zh: &target.wording_zh,
            wording_en: &target.wording_en,
            form: target.form,
            target_on: target.target_on,
            date_provenance,
        };
        store::insert_target(tx, act, new).await?;
    }
    for (on, change) in &revision.milestones {
        let id: String = make_id(now)?;
        let (value, dropped) = match change {
            MilestoneChange::Set(value) => (*value, false),
            MilestoneChange::Dropped => (0, true),
        };
        store::insert_milestone(tx, act, &id, *on, value, dropped).await?;
    }
    Ok(())
}
