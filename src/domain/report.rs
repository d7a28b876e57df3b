//! The states of a report. Invariant: only the transitions below exist, time never approves anything, and nobody reviews what they entered or released.

use serde::{Deserialize, Serialize};

use super::ids::{AccountId, OrganisationId};
use super::text_enum::text_enum;

pub use super::fields::{FieldError, FieldProblem};
pub use super::report_content::*;
pub use super::report_form::*;
pub use super::report_milestones::*;

text_enum! {
    /// Where a report stands.
    pub enum ReportState {
        /// With its owner, not yet handed in.
        Draft = "draft",
        /// Handed in; no decision yet.
        Submitted = "submitted",
        /// Accepted by the lead, waiting for the commission.
        LeadReviewed = "lead-reviewed",
        /// Accepted by the commission: its facts count.
        Accepted = "accepted",
        /// Sent back to its owner with a reason.
        Returned = "returned",
    }
}

impl ReportState {
    /// Whether the owner may change it.
    pub const fn is_editable(self) -> bool {
        matches!(self, Self::Draft | Self::Returned)
    }

    /// Whether the owner has done their part for now.
    pub const fn is_handed_in(self) -> bool {
        matches!(self, Self::Submitted | Self::LeadReviewed | Self::Accepted)
    }
}

text_enum! {
    /// Who decides on a report, in this order.
    pub enum ReviewLevel {
        /// The lead organisation of the task.
        Lead = "lead",
        /// The commission.
        Commission = "commission",
    }
}

text_enum! {
    /// A reviewer's decision.
    pub enum Decision {
        /// The report is right.
        Accept = "accept",
        /// The report goes back, with a reason.
        Return = "return",
    }
}

text_enum! {
    /// Why there is no review by a lead.
    pub enum FallsAwayReason {
        /// The task has no lead.
        NoLead = "no-lead",
        /// The lead is the reporting organisation.
        LeadIsReporter = "lead-is-reporter",
        /// The lead is the commission, which decides anyway.
        LeadIsCommission = "lead-is-commission",
    }
}

/// Whether the first level of review applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LeadLevel {
    /// The lead reviews first.
    Needed,
    /// The commission reviews alone.
    FallsAway(FallsAwayReason),
}

/// Whether a report is reviewed by the task's lead first (domain, "Periods, reports, review").
pub fn lead_level(lead: Option<&OrganisationId>, reporter: &OrganisationId, commission: &OrganisationId) -> LeadLevel {
    match lead {
        None => LeadLevel::FallsAway(FallsAwayReason::NoLead),
        Some(lead) if lead == reporter => LeadLevel::FallsAway(FallsAwayReason::LeadIsReporter),
        Some(lead) if lead == commission => LeadLevel::FallsAway(FallsAwayReason::LeadIsCommission),
        Some(_) => LeadLevel::Needed,
    }
}

/// Why a report cannot take a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum TransitionError {
    /// Only a draft or a returned report can be handed in.
    #[error("a report that is {0} cannot be submitted")]
    NotEditable(ReportState),
    /// Only a report without a decision can be taken back.
    #[error("a report that is {0} cannot be withdrawn")]
    NotWithdrawable(ReportState),
    /// The report does not wait for any decision.
    #[error("a report that is {0} waits for no decision")]
    NotUnderReview(ReportState),
    /// The lead has to decide first.
    #[error("the lead reviews first")]
    LeadFirst,
    /// The lead has decided already.
    #[error("the lead has reviewed already")]
    LeadDone,
    /// There is no review by a lead.
    #[error("no review by a lead: {0}")]
    NoLeadLevel(FallsAwayReason),
}

/// Hands a report in; a returned one starts at the first level again.
pub const fn submit(state: ReportState) -> Result<ReportState, TransitionError> {
    if state.is_editable() { Ok(ReportState::Submitted) } else { Err(TransitionError::NotEditable(state)) }
}

/// Takes a report back to draft, before anybody has decided on it.
pub const fn withdraw(state: ReportState) -> Result<ReportState, TransitionError> {
    match state {
        ReportState::Submitted => Ok(ReportState::Draft),
        other => Err(TransitionError::NotWithdrawable(other)),
    }
}

/// The level whose decision a report waits for; none where it waits for no decision.
pub const fn waits_for(state: ReportState, lead: LeadLevel) -> Option<ReviewLevel> {
    match (state, lead) {
        (ReportState::Submitted, LeadLevel::Needed) => Some(ReviewLevel::Lead),
        (ReportState::Submitted, LeadLevel::FallsAway(_)) | (ReportState::LeadReviewed, _) => Some(ReviewLevel::Commission),
        _ => None,
    }
}

/// The state after a decision of `level`.
pub fn review(state: ReportState, level: ReviewLevel, decision: Decision, lead: LeadLevel) -> Result<ReportState, TransitionError> {
    match (waits_for(state, lead), level) {
        (None, _) => Err(TransitionError::NotUnderReview(state)),
        (Some(ReviewLevel::Lead), ReviewLevel::Commission) => Err(TransitionError::LeadFirst),
        (Some(ReviewLevel::Commission), ReviewLevel::Lead) => match lead {
            LeadLevel::FallsAway(reason) => Err(TransitionError::NoLeadLevel(reason)),
            LeadLevel::Needed => Err(TransitionError::LeadDone),
        },
        _ => Ok(match (decision, level) {
            (Decision::Return, _) => ReportState::Returned,
            (Decision::Accept, ReviewLevel::Lead) => ReportState::LeadReviewed,
            (Decision::Accept, ReviewLevel::Commission) => ReportState::Accepted,
        }),
    }
}

/// The reviewer entered or released the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("nobody reviews what they entered or released")]
pub struct OwnReport;

/// Nobody reviews what they entered or released; `entered_by` holds everyone who did either.
pub fn may_review(reviewer: &AccountId, entered_by: &[AccountId]) -> Result<(), OwnReport> {
    if entered_by.contains(reviewer) { Err(OwnReport) } else { Ok(()) }
}

/// Who is left to decide on a report where it waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deciders {
    /// Whoever looks, perhaps with others.
    Looker,
    /// Others only.
    Others,
    /// Nobody: all who may review there entered or released it.
    Nobody,
}

/// Who is left of the officers who may review where a report waits.
pub fn find_deciders(looker: &AccountId, officers: &[AccountId], entered_by: &[AccountId]) -> Deciders {
    let mut left = officers.iter().filter(|officer| may_review(officer, entered_by).is_ok()).peekable();
    if left.peek().is_none() {
        return Deciders::Nobody;
    }
    if left.any(|officer| officer == looker) { Deciders::Looker } else { Deciders::Others }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AWAY: LeadLevel = LeadLevel::FallsAway(FallsAwayReason::NoLead);

    #[test]
    fn a_report_goes_through_its_levels() {
        use Decision::{Accept, Return};
        use LeadLevel::Needed;
        use ReportState::{Accepted, Draft, LeadReviewed, Returned, Submitted};
        use ReviewLevel::{Commission, Lead};
        for (state, level, decision, lead, result) in [
            (Submitted, Lead, Accept, Needed, Ok(LeadReviewed)),
            (Submitted, Lead, Return, Needed, Ok(Returned)),
            (Submitted, Commission, Accept, Needed, Err(TransitionError::LeadFirst)),
            (Submitted, Commission, Return, Needed, Err(TransitionError::LeadFirst)),
            (Submitted, Commission, Accept, AWAY, Ok(Accepted)),
            (Submitted, Commission, Return, AWAY, Ok(Returned)),
            (Submitted, Lead, Accept, AWAY, Err(TransitionError::NoLeadLevel(FallsAwayReason::NoLead))),
            (LeadReviewed, Commission, Accept, Needed, Ok(Accepted)),
            (LeadReviewed, Commission, Return, Needed, Ok(Returned)),
            (LeadReviewed, Lead, Accept, Needed, Err(TransitionError::LeadDone)),
            // The lead was changed after its decision: the report goes on where it stands.
            (LeadReviewed, Commission, Accept, AWAY, Ok(Accepted)),
            (Draft, Commission, Accept, AWAY, Err(TransitionError::NotUnderReview(Draft))),
            (Returned, Lead, Accept, Needed, Err(TransitionError::NotUnderReview(Returned))),
            (Accepted, Commission, Return, Needed, Err(TransitionError::NotUnderReview(Accepted))),
        ] {
            assert_eq!(review(state, level, decision, lead), result, "{state} {level} {decision} {lead:?}");
        }
    }

    #[test]
    fn only_the_owner_side_moves_before_a_decision() {
        for state in ReportState::ALL.iter().copied() {
            let editable = matches!(state, ReportState::Draft | ReportState::Returned);
            assert_eq!(submit(state), if editable { Ok(ReportState::Submitted) } else { Err(TransitionError::NotEditable(state)) });
            let fresh = state == ReportState::Submitted;
            assert_eq!(withdraw(state), if fresh { Ok(ReportState::Draft) } else { Err(TransitionError::NotWithdrawable(state)) });
        }
    }

    #[test]
    fn the_lead_level_falls_away_where_it_would_mean_nothing() {
        let (a, b, c) = (OrganisationId::from("a"), OrganisationId::from("b"), OrganisationId::from("commission"));
        for (lead, level) in [
            (None, AWAY),
            (Some(&a), LeadLevel::FallsAway(FallsAwayReason::LeadIsReporter)),
            (Some(&c), LeadLevel::FallsAway(FallsAwayReason::LeadIsCommission)),
            (Some(&b), LeadLevel::Needed),
        ] {
            assert_eq!(lead_level(lead, &a, &c), level, "{lead:?}");
        }
    }

    #[test]
    fn nobody_reviews_their_own() {
        let (one, two) = (AccountId::from("1"), AccountId::from("2"));
        assert_eq!(may_review(&one, &[two.clone(), one.clone()]), Err(OwnReport));
        assert_eq!(may_review(&one, &[two]), Ok(()));
        assert_eq!(may_review(&one, &[]), Ok(()));
    }

    #[test]
    fn a_report_waits_for_whoever_did_not_enter_it() {
        let [me, other, owner] = ["me", "other", "owner"].map(AccountId::from);
        for (officers, entered_by, left) in [
            (vec![&me, &other], vec![&owner], Deciders::Looker),
            (vec![&me, &other], vec![&other], Deciders::Looker),
            (vec![&me, &other], vec![&me], Deciders::Others),
            (vec![&other], vec![&owner], Deciders::Others),
            (vec![&me], vec![&owner, &me], Deciders::Nobody),
            (vec![], vec![&owner], Deciders::Nobody),
        ] {
            let [officers, entered_by] = [officers, entered_by].map(|ids| ids.into_iter().cloned().collect::<Vec<_>>());
            assert_eq!(find_deciders(&me, &officers, &entered_by), left, "{officers:?} {entered_by:?}");
        }
    }
}
