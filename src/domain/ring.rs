//! The loop of a task and period: report, review, evaluation, feedback, answer. Invariant: it closes only when every responsible organisation has feedback and all of it is closed; what is late is seen, never passed by time.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::calendar::days_between;
use super::ids::OrganisationId;
use super::report::{LeadLevel, ReportState, ReviewLevel, waits_for};
use super::text_enum::text_enum;
use super::words::FeedbackKind;

pub use super::closure::{ClosureRate, closure_rate};

text_enum! {
    /// A station of the loop, in order.
    pub enum Station {
        /// 填报
        Report = "report",
        /// 审核
        Review = "review",
        /// 评估
        Evaluation = "evaluation",
        /// 反馈
        Feedback = "feedback",
        /// 回应
        Answer = "answer",
    }
}

text_enum! {
    /// How far a station is.
    pub enum StationStatus {
        /// Behind the loop.
        Done = "done",
        /// The loop is here.
        Now = "now",
        /// Still to come.
        Todo = "todo",
        /// Not needed this time.
        Skipped = "skipped",
        /// The loop is here, and the deadline has passed.
        Late = "late",
    }
}

/// What one responsible organisation owes in the period, and where its report stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RingObligation {
    /// The organisation.
    pub organisation: OrganisationId,
    /// State of its report; none before anything was typed.
    pub state: Option<ReportState>,
    /// Since when, in milliseconds since 1970; the opening of the period where there is no report.
    pub state_since: i64,
    /// Whether its report is reviewed by the lead first.
    pub lead_level: LeadLevel,
}

impl RingObligation {
    fn is_handed_in(&self) -> bool {
        self.state.is_some_and(ReportState::is_handed_in)
    }

    fn is_accepted(&self) -> bool {
        self.state == Some(ReportState::Accepted)
    }

    fn waits_for(&self) -> Option<ReviewLevel> {
        waits_for(self.state?, self.lead_level)
    }
}

/// The last day of each station.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StationDues {
    /// Reports.
    pub report: Option<Date>,
    /// Decisions of the lead.
    pub lead_review: Option<Date>,
    /// Decisions of the commission.
    pub commission_review: Option<Date>,
    /// The evaluation.
    pub evaluation: Option<Date>,
    /// Feedback to every responsible organisation.
    pub feedback: Option<Date>,
    /// Answers of the owners.
    pub answer: Option<Date>,
}

/// What the commission answered to one organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RingFeedback {
    /// To whom.
    pub organisation: OrganisationId,
    /// What kind.
    pub kind: FeedbackKind,
    /// When, in milliseconds since 1970.
    pub given_at: i64,
    /// When it was closed; one that is only acknowledged closes at once.
    pub closed_at: Option<i64>,
}

impl RingFeedback {
    fn closed(&self) -> Option<i64> {
        let at_once = (self.kind == FeedbackKind::Acknowledged).then_some(self.given_at);
        self.closed_at.or(at_once)
    }
}

/// Everything the loop of a task and period depends on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RingFacts {
    /// One per responsible organisation.
    pub obligations: Vec<RingObligation>,
    /// Deadlines.
    pub due: StationDues,
    /// When staff evaluated, in milliseconds since 1970.
    pub evaluation_at: Option<i64>,
    /// Feedback given so far.
    pub feedbacks: Vec<RingFeedback>,
    /// When the period was opened, in milliseconds since 1970.
    pub opened_at: i64,
    /// The day that is judged.
    pub today: Date,
}

/// One station as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StationView {
    /// Which.
    pub station: Station,
    /// How far.
    pub status: StationStatus,
    /// Organisations (or acts) that are through.
    pub done: u32,
    /// Out of how many.
    pub of: u32,
    /// Its last day.
    pub due: Option<Date>,
    /// Done: when the last one was through; now: since when it waits.
    pub since: Option<i64>,
}

/// Who has to act now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Holder {
    /// These organisations: their report or their answer is missing.
    Owners(Vec<OrganisationId>),
    /// The lead: reports wait for its decision.
    Lead,
    /// The commission: decision, evaluation or feedback.
    Commission,
    /// Nobody: the loop is closed.
    Closed,
    /// Nobody: no organisation owed anything.
    Nobody,
}

/// The loop of a task and period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ring {
    /// The five stations in order.
    pub stations: [StationView; 5],
    /// Who holds it.
    pub holder: Holder,
    /// The station at which it is held; none when closed.
    pub held_at: Option<Station>,
    /// Since when, in milliseconds since 1970.
    pub held_since: Option<i64>,
    /// When the period was opened.
    pub opened_at: i64,
    /// When the last feedback was closed.
    pub closed_at: Option<i64>,
    /// Days past the deadline of the holder; 0 when in time or closed.
    pub overdue_by_days: u32,
}

/// The evaluation cannot be written yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{} reports are not accepted yet", .missing.len())]
pub struct NotYet {
    /// Organisations without an accepted report.
    pub missing: Vec<OrganisationId>,
    /// The last day of waiting; from the next day on staff may evaluate without them.
    pub until: Option<Date>,
}

/// Whether staff may evaluate: once all reports are accepted, or after the last deadline of report and review. Gives the organisations whose reports are missing, which the evaluation names.
pub fn may_evaluate(obligations: &[RingObligation], due: &StationDues, today: Date) -> Result<Vec<OrganisationId>, NotYet> {
    let missing: Vec<_> = obligations.iter().filter(|owed| !owed.is_accepted()).map(|owed| owed.organisation.clone()).collect();
    let until = due.report.max(due.lead_review).max(due.commission_review);
    if missing.is_empty() || until.is_some_and(|until| today > until) { Ok(missing) } else { Err(NotYet { missing, until }) }
}

/// The loop as it stands (domain, "The loop of every task").
pub fn build_ring(facts: &RingFacts) -> Ring {
    let of = count(facts.obligations.len());
    let closed_at = closed_at(facts);
    let (holder, held_at, held_since) = find_holder(facts, closed_at);
    let held_due = held_at.and_then(|station| due_of(facts, station));
    let overdue = held_due.map_or(0, |due| days_between(due, facts.today).max(0));
    let view = |station: Station| {
        let (done, of) = progress(facts, station, of);
        let due = due_of(facts, station);
        let status = status_of(facts, station, held_at, (done, of), closed_at.is_some());
        let since = match status {
            StationStatus::Done => done_at(facts, station),
            StationStatus::Now | StationStatus::Late if held_at == Some(station) => held_since,
            _ => None,
        };
        StationView { station, status, done, of, due, since }
    };
    let stations = [Station::Report, Station::Review, Station::Evaluation, Station::Feedback, Station::Answer].map(view);
    Ring {
        stations,
        holder,
        held_at,
        held_since,
        opened_at: facts.opened_at,
        closed_at,
        overdue_by_days: u32::try_from(overdue).unwrap_or(u32::MAX),
    }
}

pub(crate) fn count(things: usize) -> u32 {
    u32::try_from(things).unwrap_or(u32::MAX)
}

fn has_feedback(facts: &RingFacts, organisation: &OrganisationId) -> bool {
    facts.feedbacks.iter().any(|given| given.organisation == *organisation)
}

fn all_have_feedback(facts: &RingFacts) -> bool {
    !facts.obligations.is_empty() && facts.obligations.iter().all(|owed| has_feedback(facts, &owed.organisation))
}

/// When the last feedback was closed; none while any organisation has none or any is open.
fn closed_at(facts: &RingFacts) -> Option<i64> {
    if !all_have_feedback(facts) {
        return None;
    }
    facts.feedbacks.iter().map(RingFeedback::closed).try_fold(i64::MIN, |latest, closed| closed.map(|at| latest.max(at)))
}

fn find_holder(facts: &RingFacts, closed_at: Option<i64>) -> (Holder, Option<Station>, Option<i64>) {
    if facts.obligations.is_empty() {
        return (Holder::Nobody, None, None);
    }
    if closed_at.is_some() {
        return (Holder::Closed, None, None);
    }
    if let Some(evaluated_at) = facts.evaluation_at {
        if !all_have_feedback(facts) {
            return (Holder::Commission, Some(Station::Feedback), Some(evaluated_at));
        }
        let open = || facts.feedbacks.iter().filter(|given| given.closed().is_none());
        let mut owners: Vec<_> = open().map(|given| given.organisation.clone()).collect();
        owners.sort();
        owners.dedup();
        return (Holder::Owners(owners), Some(Station::Answer), open().map(|given| given.given_at).min());
    }
    let owing = || facts.obligations.iter().filter(|owed| !owed.is_handed_in());
    if owing().next().is_some() {
        let owners = owing().map(|owed| owed.organisation.clone()).collect();
        return (Holder::Owners(owners), Some(Station::Report), owing().map(|owed| owed_since(facts, owed)).min());
    }
    for (level, holder) in [(ReviewLevel::Lead, Holder::Lead), (ReviewLevel::Commission, Holder::Commission)] {
        let since = facts.obligations.iter().filter(|owed| owed.waits_for() == Some(level)).map(|owed| owed.state_since).min();
        if since.is_some() {
            return (holder, Some(Station::Review), since);
        }
    }
    (Holder::Commission, Some(Station::Evaluation), facts.obligations.iter().map(|owed| owed.state_since).max())
}

/// A report that was sent back is owed since then, any other since the period was opened.
fn owed_since(facts: &RingFacts, owed: &RingObligation) -> i64 {
    if owed.state == Some(ReportState::Returned) { owed.state_since } else { facts.opened_at }
}

fn progress(facts: &RingFacts, station: Station, all: u32) -> (u32, u32) {
    let owing = |is: &dyn Fn(&RingObligation) -> bool| count(facts.obligations.iter().filter(|owed| is(owed)).count());
    match station {
        Station::Report => (owing(&RingObligation::is_handed_in), all),
        Station::Review => (owing(&RingObligation::is_accepted), all),
        Station::Evaluation => (u32::from(facts.evaluation_at.is_some()), 1),
        Station::Feedback => (owing(&|owed| has_feedback(facts, &owed.organisation)), all),
        Station::Answer => {
            let owed = || facts.feedbacks.iter().filter(|given| given.kind != FeedbackKind::Acknowledged);
            (count(owed().filter(|given| given.closed_at.is_some()).count()), count(owed().count()))
        }
    }
}

/// The deadline that is shown: for reviews that of the level which is waited for.
fn due_of(facts: &RingFacts, station: Station) -> Option<Date> {
    let due = &facts.due;
    match station {
        Station::Report => due.report,
        Station::Review if facts.obligations.iter().any(|owed| owed.waits_for() == Some(ReviewLevel::Lead)) => {
            due.lead_review.or(due.commission_review)
        }
        Station::Review => due.commission_review.or(due.lead_review),
        Station::Evaluation => due.evaluation,
        Station::Feedback => due.feedback,
        Station::Answer => due.answer,
    }
}

fn status_of(facts: &RingFacts, station: Station, held_at: Option<Station>, (done, of): (u32, u32), closed: bool) -> StationStatus {
    if facts.obligations.is_empty() {
        return StationStatus::Skipped;
    }
    let is_done = match station {
        Station::Answer => all_have_feedback(facts) && done == of && of > 0,
        _ => done == of,
    };
    if is_done {
        return StationStatus::Done;
    }
    if station == Station::Answer && all_have_feedback(facts) && of == 0 {
        return StationStatus::Skipped;
    }
    let is_passed = due_of(facts, station).is_some_and(|due| due < facts.today);
    let moves = match station {
        // The stations work side by side: one report may wait for review while another is not written.
        Station::Report => !closed,
        Station::Review => facts.obligations.iter().any(|owed| owed.waits_for().is_some()),
        Station::Evaluation => may_evaluate(&facts.obligations, &facts.due, facts.today).is_ok(),
        Station::Feedback => facts.evaluation_at.is_some() || done > 0,
        Station::Answer => of > 0,
    };
    if moves || held_at == Some(station) {
        if is_passed { StationStatus::Late } else { StationStatus::Now }
    } else if facts.evaluation_at.is_some() && matches!(station, Station::Report | Station::Review) {
        // The evaluation went on without the missing ones and named them.
        StationStatus::Skipped
    } else {
        StationStatus::Todo
    }
}

fn done_at(facts: &RingFacts, station: Station) -> Option<i64> {
    match station {
        // Once a report is accepted only the day of acceptance is known here.
        Station::Report | Station::Review => facts.obligations.iter().map(|owed| owed.state_since).max(),
        Station::Evaluation => facts.evaluation_at,
        Station::Feedback => facts.feedbacks.iter().map(|given| given.given_at).max(),
        Station::Answer => facts.feedbacks.iter().filter_map(RingFeedback::closed).max(),
    }
}

#[cfg(test)]
#[path = "ring_tests.rs"]
mod tests;
