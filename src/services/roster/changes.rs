//! What staff correct about a unit. Invariant: what was there before stays to be read, each correction has its reason, and the counts
//! follow in the same transaction.

use serde::Serialize;

use super::{NewHold, code_mark, hold_mark, make_sort_key, name_mark, names};
use crate::{
    domain::{
        counting::check_steps,
        fields::{FieldError, FieldProblem, read_required, read_text},
        ids::{StepId, UnitId},
        names::{normalise_code, normalise_name},
        report_form::{MAX_PARTNERS, MAX_SHORT_TEXT},
        roster::Step,
    },
    error::UserError,
    services::{
        ServiceError,
        access::Actor,
        moment::{Moment, make_id},
        rollups::{move_to_holder, refresh_units},
        roster::MAX_REASON,
        seen::{check_seen, mark_state},
        trail::{Action, Change, NOTHING, record_change},
    },
    store::{
        Db, Tx,
        rollups::set_sort_key_of_spans,
        roster_changes::{self as store, ChangeMark, StepOfRecognition},
        units::{self, Mark, Unit},
        with_tx,
    },
};

/// Other names, another holder of a unit, as they were typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnitChange {
    /// Id of the unit.
    pub unit: String,
    /// The mark of the state the form was made from.
    pub seen: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name, or empty.
    pub name_en: String,
    /// Code, or empty.
    pub code: String,
    /// Id of the organisation that holds it.
    pub holder: String,
    /// District, or empty.
    pub district: String,
    /// Partners, or empty.
    pub partners: String,
    /// What tells it from a namesake; empty where it has none.
    pub admitted: String,
    /// By which document.
    pub document: String,
    /// Why.
    pub reason: String,
}

/// What the audit chain keeps of a unit.
#[derive(Serialize)]
struct Recorded<'a> {
    name_zh: &'a str,
    name_en: &'a str,
    code: &'a str,
    holder: &'a str,
    district: &'a str,
    partners: &'a str,
}

impl<'a> From<&'a Unit> for Recorded<'a> {
    fn from(unit: &'a Unit) -> Self {
        Self {
            name_zh: &unit.name_zh,
            name_en: &unit.name_en,
            code: &unit.code,
            holder: unit.holder_id.as_str(),
            district: &unit.district,
            partners: &unit.partners,
        }
    }
}

/// The mark of a unit's present names, for the form that changes them.
pub fn seen_of(unit: &Unit) -> Result<String, ServiceError> {
    mark_state(&Recorded::from(unit))
}

/// Gives a unit other names, another code, holder, district or partners. What it was is kept.
///
/// # Errors
/// `Invalid` with every field that is not right; `Taken` where the new name or code is held; `Stale` when somebody else changed it
/// since; `NotFound` without the unit.
pub async fn change_unit(db: &Db, actor: &Actor, now: Moment, entry: UnitChange) -> Result<(), ServiceError> {
    let actor = actor.clone();
    with_tx(db, move |tx| Box::pin(async move { change_unit_in(tx, &actor, now, &entry).await })).await
}

async fn change_unit_in(tx: &mut Tx, actor: &Actor, now: Moment, entry: &UnitChange) -> Result<(), ServiceError> {
    let before = units::find_unit(tx, &UnitId::from(entry.unit.as_str())).await?.ok_or(UserError::NotFound)?;
    check_seen(&entry.seen, &Recorded::from(&before))?;
    let mut errors = Vec::new();
    let name_zh = read_required("name", &entry.name_zh, MAX_SHORT_TEXT, &mut errors);
    if !name_zh.is_empty() && normalise_name(&name_zh).is_empty() {
        errors.push(FieldError::new("name", FieldProblem::NoLetters));
    }
    let name_en = read_text("name_en", &entry.name_en, MAX_SHORT_TEXT, &mut errors);
    let code = read_text("code", &entry.code, MAX_SHORT_TEXT, &mut errors);
    let district = read_text("district", &entry.district, MAX_SHORT_TEXT, &mut errors);
    let partners = read_text("partners", &entry.partners, MAX_PARTNERS, &mut errors);
    let admitted = read_text("admitted", &entry.admitted, MAX_SHORT_TEXT, &mut errors);
    let document = read_required("document", &entry.document, MAX_SHORT_TEXT, &mut errors);
    let reason = read_required("reason", &entry.reason, MAX_REASON, &mut errors);
    let holder = units::list_holder_choices(tx).await?.into_iter().find(|holder| holder.id.as_str() == entry.holder);
    // A retired organisation may keep what it holds.
    let holder_id = holder.map(|holder| holder.id).or_else(|| Some(before.holder_id.clone()).filter(|id| id.as_str() == entry.holder));
    if holder_id.is_none() {
        errors.push(FieldError::new("holder", FieldProblem::UnknownChoice));
    }
    let (Some(holder_id), true) = (holder_id, errors.is_empty()) else {
        return Err(UserError::Invalid(errors).into());
    };
    let after = Unit { code, name_zh, name_en, holder_id, partners, district, ..before.clone() };
    if after == before {
        return Ok(());
    }
    let mark = ChangeMark { reason: &reason, document: &document, officer: actor.account(), at: now.0 };
    let since = store::find_last_change(tx, &before).await?;
    let id: String = make_id(now)?;
    store::insert_revision(tx, &id, &before, since, mark).await?;
    let sort_key = make_sort_key(&after.name_zh);
    store::update_unit(tx, &after, &sort_key).await?;
    set_sort_key_of_spans(tx, &after.id, &sort_key).await?;
    if before.holder_id != after.holder_id {
        move_to_holder(tx, &after.id, &before.holder_id, &after.holder_id).await?;
    }
    hold_anew(tx, now, &before, &after, &normalise_name(&admitted)).await?;
    if !admitted.is_empty() {
        let own = names::OwnAdmission { distinction: &admitted, document: &document, reason: &reason };
        names::note_own_admission(tx, actor, now, &as_new(&after), own).await?;
    }
    refresh_units(tx, std::slice::from_ref(&after.id)).await?;
    let change = Change { action: Action::ChangeUnit, object_kind: "unit", object_id: after.id.as_str(), reason: &reason };
    record_change(tx, &actor.author(), now, change, Some(&Recorded::from(&before)), Some(&Recorded::from(&after))).await
}

fn as_new(unit: &Unit) -> super::NewUnit {
    super::NewUnit {
        kind: unit.kind,
        code: unit.code.clone(),
        name_zh: unit.name_zh.clone(),
        name_en: unit.name_en.clone(),
        holder: unit.holder_id.clone(),
        partners: unit.partners.clone(),
        district: unit.district.clone(),
    }
}

/// Lets go of a name or code that changed and holds the new one; what did not change stays held as it was admitted.
async fn hold_anew(tx: &mut Tx, now: Moment, before: &Unit, after: &Unit, admitted: &str) -> Result<(), ServiceError> {
    let new = NewHold {
        kind: after.kind,
        holder: &after.holder_id,
        name: &after.name_zh,
        code: &after.code,
        unit_id: Some(&after.id),
        report_id: None,
        entry_key: "",
        admitted,
    };
    let (name_before, name) = (normalise_name(&before.name_zh), normalise_name(&after.name_zh));
    let (code_before, code) = (normalise_code(&before.code), normalise_code(&after.code));
    let was = [name_mark(before.kind, &before.holder_id, &name_before), code_mark(before.kind, &code_before)];
    let is = [name_mark(after.kind, &after.holder_id, &name), code_mark(after.kind, &code)];
    for (was, is) in was.into_iter().zip(is) {
        let place = |mark: Mark<'_>| (mark.scope.to_owned(), mark.text.to_owned());
        if place(was) != place(is) {
            units::delete_hold_of_unit(tx, &after.id, is.mark_kind).await?;
        }
        if !is.text.is_empty() {
            hold_mark(tx, &new, is, now).await?;
        }
    }
    Ok(())
}

/// What the audit chain keeps of a step that was taken back.
#[derive(Serialize)]
struct WithdrawnStep<'a> {
    recognition: &'a str,
    level: Option<crate::domain::words::Level>,
    step: Step,
    document: &'a str,
    by: &'a str,
}

/// Takes a step back that staff recorded by mistake. It stays to be read, and counts no more.
///
/// # Errors
/// `NotFound` without such a step that holds; `WrongState` for a step of a report, which is corrected through its report; `Invalid`
/// at `step` where the steps that are left could not have been taken, and without a reason or document.
pub async fn withdraw_step(db: &Db, actor: &Actor, now: Moment, step: &str, document: &str, reason: &str) -> Result<(), ServiceError> {
    let (actor, step) = (actor.clone(), StepId::from(step));
    let (document, reason) = (document.to_owned(), reason.to_owned());
    with_tx(db, move |tx| {
        Box::pin(async move {
            let steps = store::list_steps_beside(tx, &step).await?;
            let taken = steps.iter().find(|other| other.id == step).ok_or(UserError::NotFound)?;
            if taken.report_id.is_some() {
                return Err(UserError::WrongState.into());
            }
            let mut errors = Vec::new();
            let document = read_required("document", &document, MAX_SHORT_TEXT, &mut errors);
            let reason = read_required("reason", &reason, MAX_REASON, &mut errors);
            errors.extend(check_without(&steps, taken).map(|problem| FieldError::new("step", problem)));
            if !errors.is_empty() {
                return Err(UserError::Invalid(errors).into());
            }
            let mark = ChangeMark { reason: &reason, document: &document, officer: actor.account(), at: now.0 };
            if !store::withdraw_step(tx, &step, mark).await? {
                return Err(UserError::AlreadyDecided.into());
            }
            refresh_units(tx, std::slice::from_ref(&taken.unit_id)).await?;
            let before = WithdrawnStep {
                recognition: &taken.kind,
                level: taken.level,
                step: Step { stage: taken.stage, on: taken.on_date },
                document: &taken.document,
                by: &document,
            };
            let unit = taken.unit_id.as_str();
            let change = Change { action: Action::WithdrawStep, object_kind: "unit", object_id: unit, reason: &reason };
            record_change(tx, &actor.author(), now, change, Some(&before), NOTHING).await
        })
    })
    .await
}

/// What would be wrong with a unit's steps without one of them.
fn check_without(steps: &[StepOfRecognition], taken: &StepOfRecognition) -> Option<FieldProblem> {
    let mut left: Vec<Step> = steps
        .iter()
        .filter(|step| step.recognition_id == taken.recognition_id && step.id != taken.id)
        .map(|step| Step { stage: step.stage, on: step.on_date })
        .collect();
    left.sort_by_key(|step| (step.on, step.stage.rank().unwrap_or(u8::MAX)));
    if let Err(problem) = check_steps(&left) {
        return Some(FieldProblem::Step(problem));
    }
    if !taken.stage.is_end() || left.is_empty() {
        return None;
    }
    // Without its end the recognition is open again, so that none of the kind may have begun since.
    let beside = |step: &&StepOfRecognition| {
        step.recognition_id != taken.recognition_id && step.kind == taken.kind && step.level == taken.level && step.on_date >= taken.on_date
    };
    steps.iter().filter(beside).map(|step| step.on_date).min().map(|on| FieldProblem::BeganAgain { on })
}

/// Releases the name and code of a unit all of whose steps were taken back: it was no unit, and another may be called so.
///
/// # Errors
/// `WrongState` while a step holds or where nothing is held; `Invalid` without a reason; `NotFound` without the unit.
pub async fn release_unit(db: &Db, actor: &Actor, now: Moment, unit: &str, reason: &str) -> Result<(), ServiceError> {
    let (actor, unit, reason) = (actor.clone(), UnitId::from(unit), reason.to_owned());
    with_tx(db, move |tx| {
        Box::pin(async move {
            let found = units::find_unit(tx, &unit).await?.ok_or(UserError::NotFound)?;
            let (holds, steps) = store::count_holds_and_steps(tx, &unit).await?;
            if holds == 0 || steps > 0 {
                return Err(UserError::WrongState.into());
            }
            let mut errors = Vec::new();
            let reason = read_required("reason", &reason, MAX_REASON, &mut errors);
            if !errors.is_empty() {
                return Err(UserError::Invalid(errors).into());
            }
            store::delete_holds_of_unit(tx, &unit).await?;
            let released: Vec<&str> = [found.name_zh.as_str(), found.code.as_str()].into_iter().filter(|name| !name.is_empty()).collect();
            let change = Change { action: Action::ReleaseName, object_kind: "unit", object_id: unit.as_str(), reason: &reason };
            record_change(tx, &actor.author(), now, change, Some(&released), NOTHING).await
        })
    })
    .await
}
