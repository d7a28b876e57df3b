//! A typed baseline. Invariant: only flow, level and rank have one; what counts units takes its baseline from the roster.

use jiff::civil::Date;
use serde::Serialize;

use super::{BaselineKind, Later, find_revisable, read_later};
use crate::{
    domain::{
        fields::{FieldError, FieldProblem, read_required},
        number::{NumberError, Qualifier},
        report_form::MAX_SHORT_TEXT,
        target_revision::read_effective,
        value_entry::read_value,
    },
    error::UserError,
    services::{
        ServiceError,
        access::Actor,
        moment::{Moment, make_id},
        roster::{MAX_REASON, read_past_date},
        trail::{Action, Change, record_change},
        visit::PlanHead,
    },
    store::{
        Db, Tx,
        target_revisions::{self as store, Act, NewBaseline},
        with_tx,
    },
};

/// A baseline as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BaselineInput {
    /// Code of the indicator.
    pub indicator: String,
    /// The version the form was made from.
    pub version: String,
    /// The value.
    pub value: String,
    /// The day for which it holds.
    pub on: String,
    /// From which day on it is judged by.
    pub effective_on: String,
    /// `keep` or `replace`: what becomes of revisions that take effect later.
    pub later: String,
    /// The document.
    pub document: String,
    /// Why.
    pub reason: String,
}

/// What the audit chain keeps of a baseline.
#[derive(Serialize)]
struct Recorded<'a> {
    indicator: &'a str,
    value: i64,
    qualifier: Option<&'a str>,
    on: Date,
    effective_on: Date,
    document: &'a str,
}

/// Revises the typed baseline of a flow, level or rank.
///
/// # Errors
/// `WrongState` for an indicator that counts units; `Invalid` with every field that is not right; `Stale` when another revision was
/// recorded since the form was made; `NotFound` without the indicator.
pub async fn revise_baseline(db: &Db, actor: &Actor, now: Moment, plan: &PlanHead, input: BaselineInput) -> Result<(), ServiceError> {
    let (actor, plan) = (actor.clone(), plan.clone());
    with_tx(db, move |tx| Box::pin(async move { revise_baseline_in(tx, &actor, now, &plan, &input).await })).await
}

async fn revise_baseline_in(tx: &mut Tx, actor: &Actor, now: Moment, plan: &PlanHead, input: &BaselineInput) -> Result<(), ServiceError> {
    let today = now.date_in(&plan.time_zone);
    let held = find_revisable(tx, plan, today, &input.indicator).await?;
    if held.baseline_kind() != BaselineKind::Typed {
        return Err(UserError::WrongState.into());
    }
    if held.history.version() != input.version {
        return Err(UserError::Stale.into());
    }
    let mut errors = Vec::new();
    let value = match read_value(&input.value, &held.rule()) {
        Ok(value) => Some(value),
        Err(problem) => {
            let problem = if problem == FieldProblem::Number(NumberError::Empty) { FieldProblem::Required } else { problem };
            errors.push(FieldError::new("value", problem));
            None
        }
    };
    let on = read_past_date("on", &input.on, today, &mut errors);
    let effective_on = read_effective(&input.effective_on, plan.starts_on, &mut errors);
    let later = effective_on.map(|on| held.history.later_baselines(on)).unwrap_or_default();
    let choice = read_later(&input.later, &later, &mut errors);
    let document = read_required("document", &input.document, MAX_SHORT_TEXT, &mut errors);
    let reason = read_required("reason", &input.reason, MAX_REASON, &mut errors);
    let (Some(value), Some(on), Some(effective_on), true) = (value, on, effective_on, errors.is_empty()) else {
        return Err(UserError::Invalid(errors).into());
    };
    let before = held.history.baseline_on(today);
    let word = value.qualifier.map(Qualifier::as_str);
    let same = before.is_some_and(|before| (before.value, before.qualifier.as_deref(), before.on_date) == (value.raw, word, on));
    if same && choice == Later::Keep {
        return Err(UserError::Invalid(vec![FieldError::new("value", FieldProblem::NothingChanged)]).into());
    }
    let act = Act {
        indicator: &held.indicator.row.id,
        effective_on,
        reason: &reason,
        document: &document,
        officer: actor.account(),
        recorded_at: now.0,
    };
    if choice == Later::Replace {
        store::supersede_later_baselines(tx, act).await?;
    }
    let id: String = make_id(now)?;
    store::insert_baseline(tx, act, NewBaseline { id: &id, on, value: value.raw, qualifier: value.qualifier }).await?;
    let indicator = held.indicator.row.code.as_str();
    let was = before.map(|before| Recorded {
        indicator,
        value: before.value,
        qualifier: before.qualifier.as_deref(),
        on: before.on_date,
        effective_on: before.effective_on,
        document: &before.document,
    });
    let is = Recorded { indicator, value: value.raw, qualifier: word, on, effective_on, document: &document };
    let change = Change { action: Action::ReviseBaseline, object_kind: "indicator", object_id: act.indicator.as_str(), reason: &reason };
    record_change(tx, &actor.author(), now, change, was.as_ref(), Some(&is)).await
}
