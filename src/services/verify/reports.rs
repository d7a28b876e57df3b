//! Reports against their own history. Invariant: where a report stands follows from its submissions, decisions and withdrawals
//! alone, by the transitions of `domain::report`.

use std::collections::BTreeMap;

use super::Finding;
use crate::{
    domain::{
        ids::{AccountId, ReportId},
        report::{Decision, FallsAwayReason, LeadLevel, ReportState, ReviewLevel, may_review, review, submit, withdraw},
    },
    services::{ServiceError, trail::Action},
    store::{
        Tx,
        verify::{self as store, ReportStanding, ReviewMark, SubmissionMark},
    },
};

/// What is known of one report.
#[derive(Debug, Default)]
struct History {
    submissions: Vec<SubmissionMark>,
    reviews: Vec<ReviewMark>,
    /// Who typed into it, and when first.
    authors: Vec<(AccountId, i64)>,
    /// How often the audit chain has each action.
    actions: BTreeMap<String, i64>,
}

/// Checks every report, and that nothing counts before its report is accepted.
pub async fn check_reports(tx: &mut Tx, findings: &mut Vec<Finding>) -> Result<(), ServiceError> {
    let mut histories: BTreeMap<ReportId, History> = BTreeMap::new();
    for mark in store::list_submission_marks(tx).await? {
        histories.entry(mark.report_id.clone()).or_default().submissions.push(mark);
    }
    for mark in store::list_review_marks(tx).await? {
        histories.entry(mark.report_id.clone()).or_default().reviews.push(mark);
    }
    for (report, account, first) in store::list_draft_authors(tx).await? {
        histories.entry(report).or_default().authors.push((account, first));
    }
    for (report, action, count) in store::count_report_actions(tx).await? {
        histories.entry(ReportId::from(report)).or_default().actions.insert(action, count);
    }
    for standing in store::list_standings(tx).await? {
        let history = histories.remove(&standing.id).unwrap_or_default();
        check_report(&standing, &history, findings);
    }
    // What is left in the chain is about reports that are gone.
    for (report, history) in histories {
        check_action(&report, &history, Action::SubmitReport, 0, findings);
    }
    for (report, facts) in store::list_early_facts(tx).await? {
        findings.push(Finding::EarlyFacts { report: report.to_string(), facts });
    }
    Ok(())
}

fn check_report(standing: &ReportStanding, history: &History, findings: &mut Vec<Finding>) {
    let report = &standing.id;
    let kept = count(history.submissions.len());
    let numbered = history.submissions.iter().zip(1..).all(|(mark, number)| mark.submission == number);
    if standing.submission != kept || !numbered {
        findings.push(Finding::SubmissionCount { report: report.to_string(), says: standing.submission, kept });
    }
    let (reached, mut withdrawals) = replay(history, findings);
    let leads = match (standing.state.parse().ok(), reached) {
        (Some(ReportState::Draft), ReportState::Submitted) => {
            withdrawals += 1;
            ReportState::Draft
        }
        (_, reached) => reached,
    };
    let (is_accepted, is_dated) = (standing.state == ReportState::Accepted.as_str(), standing.accepted_at.is_some());
    if standing.state != leads.as_str() || is_accepted != is_dated {
        let says = match (is_accepted, is_dated) {
            (true, false) => format!("{} without a date", standing.state),
            (false, true) => format!("{} with a date of acceptance", standing.state),
            _ => standing.state.clone(),
        };
        findings.push(Finding::WrongState { report: report.to_string(), says, leads: leads.to_string() });
    }
    check_own_reviews(history, findings);
    let decided = |word: Decision| count(history.reviews.iter().filter(|mark| mark.decision == word.as_str()).count());
    for (action, kept) in [
        (Action::SubmitReport, kept),
        (Action::AcceptReport, decided(Decision::Accept)),
        (Action::ReturnReport, decided(Decision::Return)),
        (Action::WithdrawReport, withdrawals),
    ] {
        check_action(report, history, action, kept, findings);
    }
}

fn check_action(report: &ReportId, history: &History, action: Action, kept: i64, findings: &mut Vec<Finding>) {
    let acknowledged = history.actions.get(action.as_str()).copied().unwrap_or(0);
    if acknowledged != kept {
        findings.push(Finding::Acknowledged { report: report.to_string(), action: action.as_str(), acknowledged, kept });
    }
}

/// Goes the report's way again. Gives where it leads and how often the owner must have taken it back on the way.
fn replay(history: &History, findings: &mut Vec<Finding>) -> (ReportState, i64) {
    let (mut state, mut withdrawals) = (ReportState::Draft, 0);
    for mark in &history.submissions {
        let mut refuse = |problem: String| {
            let report = mark.report_id.to_string();
            findings.push(Finding::IllegalTransition { report, submission: mark.submission, problem });
        };
        // Submitted anew without a decision: the owner had taken it back.
        if let Ok(back) = withdraw(state) {
            (state, withdrawals) = (back, withdrawals + 1);
        }
        match submit(state) {
            Ok(next) => state = next,
            Err(problem) => {
                refuse(problem.to_string());
                state = ReportState::Submitted;
            }
        }
        for review_mark in history.reviews.iter().filter(|review| review.submission == mark.submission) {
            match decide(state, review_mark) {
                Ok(next) => state = next,
                Err(problem) => refuse(problem),
            }
        }
    }
    let known = |submission: i64| history.submissions.iter().any(|mark| mark.submission == submission);
    for stray in history.reviews.iter().filter(|review| !known(review.submission)) {
        let problem = "decided on, but never submitted".to_owned();
        findings.push(Finding::IllegalTransition { report: stray.report_id.to_string(), submission: stray.submission, problem });
    }
    (state, withdrawals)
}

fn decide(state: ReportState, mark: &ReviewMark) -> Result<ReportState, String> {
    let level: ReviewLevel = mark.level.parse().map_err(|error: crate::domain::text_enum::UnknownWord| error.to_string())?;
    let decision: Decision = mark.decision.parse().map_err(|error: crate::domain::text_enum::UnknownWord| error.to_string())?;
    // Who led the task then is not kept. A lead that decided was needed; the commission alone decided because none was.
    let lead = match level {
        ReviewLevel::Lead => LeadLevel::Needed,
        ReviewLevel::Commission => LeadLevel::FallsAway(FallsAwayReason::NoLead),
    };
    review(state, level, decision, lead).map_err(|problem| problem.to_string())
}

fn check_own_reviews(history: &History, findings: &mut Vec<Finding>) {
    for mark in &history.reviews {
        let typed = history.authors.iter().filter(|(_, first)| *first <= mark.at).map(|(account, _)| account);
        let released = history.submissions.iter().filter(|submission| submission.submitted_at <= mark.at);
        let authors: Vec<AccountId> = typed.chain(released.map(|submission| &submission.submitted_by)).cloned().collect();
        if may_review(&mark.reviewer_id, &authors).is_err() {
            findings.push(Finding::OwnReview {
                report: mark.report_id.to_string(),
                submission: mark.submission,
                reviewer: mark.reviewer.clone(),
            });
        }
    }
}

fn count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `s` submitted, `w` taken back, then decisions: `l` and `c` accept at a level, `L` and `C` return.
    fn tell(way: &str) -> History {
        let mut history = History::default();
        for (at, step) in (1_i64..).zip(way.chars()) {
            let submission = count(history.submissions.len());
            let action = match step {
                's' => {
                    let report_id = ReportId::from("r");
                    let submitted_by = AccountId::from("owner");
                    history.submissions.push(SubmissionMark { report_id, submission: submission + 1, submitted_at: at, submitted_by });
                    Action::SubmitReport
                }
                'w' => Action::WithdrawReport,
                _ => {
                    let level = if step.eq_ignore_ascii_case(&'l') { ReviewLevel::Lead } else { ReviewLevel::Commission };
                    let (decision, action) = if step.is_ascii_lowercase() {
                        (Decision::Accept, Action::AcceptReport)
                    } else {
                        (Decision::Return, Action::ReturnReport)
                    };
                    history.reviews.push(ReviewMark {
                        report_id: ReportId::from("r"),
                        submission,
                        level: level.to_string(),
                        decision: decision.to_string(),
                        reviewer_id: AccountId::from("reviewer"),
                        reviewer: "reviewer".to_owned(),
                        at,
                    });
                    action
                }
            };
            *history.actions.entry(action.to_string()).or_default() += 1;
        }
        history
    }

    fn check(way: &str, state: ReportState, change: impl FnOnce(&mut ReportStanding, &mut History)) -> Vec<String> {
        let mut history = tell(way);
        let accepted_at = (state == ReportState::Accepted).then_some(9);
        let submission = count(history.submissions.len());
        let mut standing = ReportStanding { id: ReportId::from("r"), state: state.to_string(), submission, accepted_at };
        change(&mut standing, &mut history);
        let mut findings = Vec::new();
        check_report(&standing, &history, &mut findings);
        findings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_way_the_product_knows_is_found_legal() {
        use ReportState::{Accepted, Draft, LeadReviewed, Returned, Submitted};
        for (way, state) in [
            ("", Draft),
            ("s", Submitted),
            ("sw", Draft),
            ("sws", Submitted),
            ("sl", LeadReviewed),
            ("slc", Accepted),
            ("sc", Accepted),
            ("sL", Returned),
            ("slC", Returned),
            ("sLslCswsc", Accepted),
        ] {
            assert_eq!(check(way, state, |_, _| ()), Vec::<String>::new(), "{way}");
        }
    }

    #[test]
    fn every_way_it_does_not_know_is_named() {
        use ReportState::{Accepted, Draft, LeadReviewed, Returned, Submitted};
        for (way, state, finding) in [
            ("s", Draft, "withdraw-report"),
            ("s", Accepted, "its history leads to “submitted”"),
            ("sc", Submitted, "its history leads to “accepted”"),
            ("sL", Draft, "its history leads to “returned”"),
            ("scl", Accepted, "submission 1"),
            ("sls", Submitted, "submission 2"),
            ("scs", Submitted, "submission 2"),
            ("sll", LeadReviewed, "submission 1"),
            ("l", Draft, "never submitted"),
            ("sLw", Returned, "withdraw-report"),
        ] {
            let found = check(way, state, |_, _| ());
            assert!(found.iter().any(|line| line.contains(finding)), "{way}: {found:?}");
        }
    }

    #[test]
    fn counts_numbers_words_and_authors_are_checked() {
        use ReportState::{Accepted, Submitted};
        let cases: [(&str, Vec<String>, &str); 8] = [
            ("said more", check("s", Submitted, |standing, _| standing.submission = 2), "submitted 2 times, 1 submissions are kept"),
            ("number left out", check("s", Submitted, |_, history| history.submissions[0].submission = 2), "submissions are kept"),
            (
                "acknowledged twice",
                check("s", Submitted, |_, history| *history.actions.entry("submit-report".to_owned()).or_default() = 2),
                "has 2 rows",
            ),
            ("no such state", check("s", Submitted, |standing, _| standing.state = "lost".to_owned()), "stands at “lost”"),
            ("no date", check("sc", Accepted, |standing, _| standing.accepted_at = None), "“accepted without a date”"),
            ("no such level", check("sc", Accepted, |_, history| history.reviews[0].level = "king".to_owned()), "`king`"),
            (
                "own",
                check("sc", Accepted, |_, history| history.reviews[0].reviewer_id = AccountId::from("owner")),
                "reviewer decided on a report",
            ),
            (
                "typed",
                check("sc", Accepted, |_, history| history.authors.push((AccountId::from("reviewer"), 0))),
                "had entered or released",
            ),
        ];
        for (name, found, finding) in cases {
            assert!(found.iter().any(|line| line.contains(finding)), "{name}: {found:?}");
        }
        let later = check("sc", Accepted, |_, history| history.authors.push((AccountId::from("reviewer"), 99)));
        assert_eq!(later, Vec::<String>::new(), "who typed only after the decision did not decide on their own");
    }
}
