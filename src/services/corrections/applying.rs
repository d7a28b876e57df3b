//! The acceptance of a correction. Invariant: what is superseded and what takes its place bear the same instant, in the caller's
//! transaction.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::planning::{CorrectionPlan, StepPlace};
use crate::{
    domain::{
        ids::{RecognitionId, ReportId, StepId, UnitId},
        names::{normalise_code, normalise_name},
        number::Qualifier,
        report::{NewUnit, ValidReport},
    },
    error::UserError,
    services::{
        ServiceError,
        access::Actor,
        moment::{Moment, make_id},
        reviews::place_unit,
        roster,
    },
    store::{
        Tx,
        corrections::{self as store, Description},
        evidence::list_evidence,
        reports::{self, NewValue, Owed},
        units::{self, StepRow},
    },
};

/// What a correction changed, for the audit chain.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Applied {
    /// Steps that no longer hold.
    pub steps_superseded: Vec<StepId>,
    /// Steps that were recorded.
    pub steps_recorded: Vec<StepId>,
    /// Values that no longer hold.
    pub values_superseded: Vec<String>,
    /// Values that were recorded.
    pub values_recorded: Vec<String>,
    /// Units described anew: id and former name.
    pub described: Vec<(UnitId, String)>,
    /// Units whose counts have to follow.
    #[serde(skip)]
    pub moved: Vec<UnitId>,
}

/// What is accepted.
#[derive(Debug, Clone, Copy)]
pub(in crate::services) struct Accepted<'a> {
    /// What is owed, with the correction.
    pub owed: &'a Owed,
    /// The correction.
    pub report: &'a ReportId,
    /// What it says.
    pub valid: &'a ValidReport,
    /// What that changes.
    pub plan: &'a CorrectionPlan,
}

/// Puts a correction in force. The caller refreshes the counts of the units that moved.
///
/// # Errors
/// `Stale` when a fact was superseded in the meantime.
pub(in crate::services) async fn apply_correction(
    tx: &mut Tx,
    actor: &Actor,
    now: Moment,
    accepted: Accepted<'_>,
) -> Result<Applied, ServiceError> {
    let Accepted { report, plan, .. } = accepted;
    let mut applied = Applied::default();
    let mut moved = BTreeSet::new();
    for step in &plan.taken_back {
        if !store::supersede_step(tx, &step.id, now.0).await? {
            return Err(UserError::Stale.into());
        }
        moved.insert(step.unit_id.clone());
        applied.steps_superseded.push(step.id.clone());
    }
    for (key, unit) in &plan.described {
        let Some(id) = plan.units.get(key) else { continue };
        let former = describe(tx, report, key, id, unit).await?;
        moved.insert(id.clone());
        applied.described.push((id.clone(), former));
    }
    record_steps(tx, actor, now, accepted, &mut applied, &mut moved).await?;
    for unit in &moved {
        if store::count_held_steps(tx, unit).await? == 0 {
            store::release_marks_of_unit(tx, unit, "", "").await?;
        }
    }
    record_values(tx, now, accepted, &mut applied).await?;
    applied.moved = moved.into_iter().collect();
    Ok(applied)
}

/// Describes a unit as the correction does; gives its former name.
async fn describe(tx: &mut Tx, report: &ReportId, key: &str, id: &UnitId, new: &NewUnit) -> Result<String, ServiceError> {
    let former = units::find_unit(tx, id).await?.ok_or(UserError::NotFound)?.name_zh;
    let code = new.code.as_deref().unwrap_or_default();
    let sort_key = roster::make_sort_key(&new.name);
    let description = Description { name_zh: &new.name, sort_key: &sort_key, code, partners: &new.partners, district: &new.district };
    store::update_description(tx, id, description).await?;
    roster::pass_hold_to_unit(tx, report, key, id).await?;
    // A name is held by what bears it.
    store::release_marks_of_unit(tx, id, &normalise_name(&new.name), &normalise_code(code)).await?;
    Ok(former)
}

async fn record_steps(
    tx: &mut Tx,
    actor: &Actor,
    now: Moment,
    accepted: Accepted<'_>,
    applied: &mut Applied,
    moved: &mut BTreeSet<UnitId>,
) -> Result<(), ServiceError> {
    let Accepted { owed, report, valid, plan } = accepted;
    let files = list_evidence(tx, report).await?;
    let mut begun: BTreeMap<usize, RecognitionId> = BTreeMap::new();
    for added in &plan.added {
        let Some(entry) = valid.entries.iter().find(|entry| entry.key == added.entry_key) else { continue };
        let unit = match &added.unit {
            Some(unit) => unit.clone(),
            None => place_unit(tx, owed, report, entry, now).await?,
        };
        let known = match &added.place {
            StepPlace::Known(id) => Some(id.clone()),
            StepPlace::New(number) => begun.get(number).cloned(),
        };
        let recognition = match (known, &added.place) {
            (Some(id), _) => id,
            (None, place) => {
                let id: RecognitionId = make_id(now)?;
                units::insert_recognition(tx, &id, &unit, &entry.recognition, added.level, now.0).await?;
                if let StepPlace::New(number) = place {
                    begun.insert(*number, id.clone());
                }
                id
            }
        };
        let id: StepId = make_id(now)?;
        let row = StepRow {
            id: &id,
            recognition_id: &recognition,
            stage: entry.step.stage,
            on: entry.step.on,
            document: entry.document_number.as_deref().unwrap_or_default(),
            merged_into: None,
            report_id: Some(report),
            verifier_id: actor.account(),
            reason: "",
            recorded_at: now.0,
        };
        units::insert_step(tx, row).await?;
        for file in files.iter().filter(|file| file.removed_at.is_none() && file.entry_key == entry.key) {
            units::insert_step_evidence(tx, &id, &file.id).await?;
        }
        moved.insert(unit);
        applied.steps_recorded.push(id);
    }
    Ok(())
}

async fn record_values(tx: &mut Tx, now: Moment, accepted: Accepted<'_>, applied: &mut Applied) -> Result<(), ServiceError> {
    let Accepted { owed, report, plan, .. } = accepted;
    for value in &plan.values_back {
        if !store::supersede_value(tx, &value.id, now.0).await? {
            return Err(UserError::Stale.into());
        }
        applied.values_superseded.push(value.id.clone());
    }
    for value in &plan.values_added {
        let id: String = make_id(now)?;
        let qualifier = value.qualifier.map(Qualifier::as_str);
        let new = NewValue { id: &id, indicator: &value.indicator, raw: value.raw, qualifier, parts: value.parts };
        reports::insert_accepted_value(tx, owed, report, new, now.0).await?;
        applied.values_recorded.push(id);
    }
    Ok(())
}
