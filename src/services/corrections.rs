//! Corrections of accepted reports. Invariant: the accepted version stays in force until its correction is accepted, a version has one
//! correction at most, and what a correction leaves as it was keeps its row.
//!
//! A correction is a report of its own: it begins with the content in force and goes through the same reviews. What is
//! decided here beyond that:
//! - A unit is the entry that brought it: another name under the same entry describes the same unit anew; the former name
//!   stands in the former version and in the audit chain.
//! - A unit whose last step is taken back stays on record without a step. It counts for nothing, lets go of its name, so
//!   that whoever really has it can report it, and is offered for no further step.
//! - An owner may give a correction up; it is kept, and another one can be begun.

mod applying;
mod comparing;
mod planning;

use super::{
    ServiceError,
    access::Actor,
    moment::{Moment, make_id},
    reports::find_own,
    roster,
    trail::{Action, Change, record_change},
    visit::PlanHead,
};
use crate::{
    domain::{
        calendar::WorkingCalendar,
        fields::read_required,
        ids::{EvidenceId, ReportId},
        report::ReportState,
    },
    error::UserError,
    store::{
        Db, Tx,
        corrections::{self as store, NewCorrection, Version, find_in_force},
        evidence::list_evidence,
        reports::{self, Owed},
        with_tx,
    },
};

pub(super) use applying::{Accepted, apply_correction};
pub use comparing::{ComparedFields, CorrectionDiff, compare_files, compare_versions};
pub(super) use planning::{CorrectionPlan, plan_correction};

/// Longest reason, in characters.
pub const MAX_REASON: usize = 1_000;
/// Working days for each review of a correction, from the day it arrives (a default, as between the deadlines proposed for
/// a period; the text of the plan has none).
pub const REVIEW_DAYS: u32 = 5;

/// Begins the correction of an accepted report, as a draft with the content in force; gives its id.
///
/// # Errors
/// `NotFound` for another organisation's report, `WrongState` for one that is not accepted, `Stale` for a version that is
/// no longer in force, `CorrectionOpen` while another correction is under way, `Invalid` at `reason` without one.
pub async fn begin_correction(
    db: &Db,
    actor: &Actor,
    now: Moment,
    plan: &PlanHead,
    report: &ReportId,
    reason: &str,
) -> Result<ReportId, ServiceError> {
    let (actor, plan, report, reason) = (actor.clone(), plan.clone(), report.clone(), reason.to_owned());
    with_tx(db, move |tx| Box::pin(async move { begin_correction_in(tx, &actor, now, &plan, &report, &reason).await })).await
}

/// Begins a correction inside a transaction.
pub(super) async fn begin_correction_in(
    tx: &mut Tx,
    actor: &Actor,
    now: Moment,
    plan: &PlanHead,
    report: &ReportId,
    reason: &str,
) -> Result<ReportId, ServiceError> {
    let owed = find_own(tx, actor, plan, report).await?;
    let versions = store::list_versions(tx, &owed.obligation_id).await?;
    let in_force = find_in_force(&versions).ok_or(UserError::WrongState)?;
    if versions.iter().any(Version::is_open_correction) {
        return Err(UserError::CorrectionOpen.into());
    }
    if owed.report_id.as_ref() != Some(&in_force.report_id) {
        return Err(UserError::Stale.into());
    }
    let mut errors = Vec::new();
    let reason = read_required("reason", reason, MAX_REASON, &mut errors);
    if !errors.is_empty() {
        return Err(UserError::Invalid(errors).into());
    }
    let fields = in_force.fields().ok_or(UserError::WrongState)?;
    let id: ReportId = make_id(now)?;
    let number = versions.last().map_or(0, |version| version.correction) + 1;
    let new = NewCorrection {
        report: &id,
        obligation: &owed.obligation_id,
        number,
        corrects: &in_force.report_id,
        reason: &reason,
        begun_by: actor.account(),
        begun_at: now.0,
    };
    store::insert_correction(tx, new).await?;
    reports::insert_draft(tx, &id, 1, fields, actor.account(), now.0).await?;
    for file in list_evidence(tx, &in_force.report_id).await?.iter().filter(|file| file.removed_at.is_none()) {
        let copy: EvidenceId = make_id(now)?;
        store::copy_evidence(tx, &file.id, &copy, &id).await?;
    }
    let change = Change { action: Action::BeginCorrection, object_kind: "report", object_id: id.as_str(), reason: &reason };
    let (before, after) = (&in_force.report_id, (&owed.obligation_id, number));
    record_change(tx, &actor.author(), now, change, Some(before), Some(&after)).await?;
    Ok(id)
}

/// Gives up a correction that is not before a reviewer. It is kept as it is; what was in force stays so.
///
/// # Errors
/// `NotFound` for another organisation's, `WrongState` for what is no open correction or waits for a decision, `Stale`
/// when it was changed since.
pub async fn give_up_correction(
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
            let state = owed.state.ok_or(UserError::WrongState)?;
            if owed.correction == 0 || !owed.is_editable() {
                return Err(UserError::WrongState.into());
            }
            if !reports::move_report(tx, &report, version, state, now.0).await? {
                return Err(UserError::Stale.into());
            }
            store::set_given_up(tx, &report, actor.account(), now.0).await?;
            // A returned correction still holds the names it brought.
            roster::release_holds_of_report(tx, &report).await?;
            let change = Change { action: Action::GiveUpCorrection, object_kind: "report", object_id: report.as_str(), reason: "" };
            record_change(tx, &actor.author(), now, change, Some(&state), Some(&owed.correction)).await
        })
    })
    .await
}

/// The deadlines of a correction's reviews, which the period's deadlines say nothing about; anything else stays as it is.
pub fn set_review_dues(owed: &mut Owed, time_zone: &str) {
    if owed.correction == 0 {
        return;
    }
    let since = Moment(owed.state_since.unwrap_or_default()).date_in(time_zone);
    let due = WorkingCalendar::default().working_day_after(since, REVIEW_DAYS);
    (owed.lead_review_due, owed.commission_review_due) = (due, due);
}

/// What there is of an owed report, as its page shows it.
#[derive(Debug, Clone)]
pub struct Versions {
    /// The report and its corrections, in order; the report alone where nothing was corrected.
    pub list: Vec<Version>,
    /// How each correction differs from what it corrects; none for drafts that are not one's own.
    pub differences: Vec<(ReportId, CorrectionDiff)>,
}

impl Versions {
    /// The version in force.
    pub fn in_force(&self) -> Option<&Version> {
        find_in_force(&self.list)
    }

    /// The correction that is under way.
    pub fn open(&self) -> Option<&Version> {
        self.list.iter().find(|version| version.is_open_correction())
    }

    /// The version with an id.
    pub fn find(&self, report: &ReportId) -> Option<&Version> {
        self.list.iter().find(|version| version.report_id == *report)
    }

    /// How a correction differs from what it corrects.
    pub fn difference_of(&self, report: &ReportId) -> Option<&CorrectionDiff> {
        self.differences.iter().find(|(id, _)| id == report).map(|(_, difference)| difference)
    }
}

/// Reads the versions of an owed report. `draft`: the owner's present content of the report that is looked at.
pub(super) async fn read_versions(
    tx: &mut Tx,
    owed: &Owed,
    draft: Option<&crate::domain::report::ReportFields>,
) -> Result<Versions, ServiceError> {
    let list = store::list_versions(tx, &owed.obligation_id).await?;
    let mut differences = Vec::new();
    for version in list.iter().filter(|version| version.correction > 0) {
        let corrected = list.iter().find(|other| Some(&other.report_id) == version.corrects_id.as_ref());
        let shown = owed.report_id.as_ref() == Some(&version.report_id);
        let after = draft.filter(|_| shown && version.state.is_editable()).or_else(|| version.fields());
        let (Some(corrected), Some(after)) = (corrected, after) else { continue };
        let Some(before) = corrected.fields() else { continue };
        let difference = compare_versions(
            tx,
            ComparedFields { report: &corrected.report_id, fields: before },
            ComparedFields { report: &version.report_id, fields: after },
        )
        .await?;
        differences.push((version.report_id.clone(), difference));
    }
    Ok(Versions { list, differences })
}

/// Whether who owns a report may begin its correction now: it is the version in force, and no correction is under way.
pub fn may_begin(owed: &Owed, versions: &Versions) -> bool {
    owed.state == Some(ReportState::Accepted)
        && versions.open().is_none()
        && versions.in_force().is_some_and(|version| Some(&version.report_id) == owed.report_id.as_ref())
}
