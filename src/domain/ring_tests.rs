//! The loop, station by station. Invariant: each row is one moment of the same loop of two organisations.

use jiff::civil::date;

use super::super::report::FallsAwayReason;
use super::*;

fn dues() -> StationDues {
    StationDues {
        report: Some(date(2026, 7, 10)),
        lead_review: Some(date(2026, 7, 15)),
        commission_review: Some(date(2026, 7, 20)),
        evaluation: Some(date(2026, 7, 25)),
        feedback: Some(date(2026, 7, 28)),
        answer: Some(date(2026, 8, 10)),
    }
}

fn owed(organisation: &str, state: Option<ReportState>, since: i64) -> RingObligation {
    RingObligation { organisation: organisation.into(), state, state_since: since, lead_level: LeadLevel::Needed }
}

fn facts(states: [Option<ReportState>; 2], today: Date) -> RingFacts {
    RingFacts {
        obligations: vec![owed("a", states[0], 10), owed("b", states[1], 20)],
        due: dues(),
        evaluation_at: None,
        feedbacks: Vec::new(),
        opened_at: 1,
        today,
    }
}

fn given(organisation: &str, kind: FeedbackKind, closed_at: Option<i64>) -> RingFeedback {
    RingFeedback { organisation: organisation.into(), kind, given_at: 40, closed_at }
}

fn statuses(ring: &Ring) -> [StationStatus; 5] {
    ring.stations.map(|view| view.status)
}

fn owners(names: &[&str]) -> Holder {
    Holder::Owners(names.iter().map(|name| OrganisationId::from(*name)).collect())
}

const DRAFT: Option<ReportState> = Some(ReportState::Draft);
const SUBMITTED: Option<ReportState> = Some(ReportState::Submitted);
const REVIEWED: Option<ReportState> = Some(ReportState::LeadReviewed);
const ACCEPTED: Option<ReportState> = Some(ReportState::Accepted);
const RETURNED: Option<ReportState> = Some(ReportState::Returned);

#[test]
fn reports_and_reviews_show_who_holds_the_loop() {
    use StationStatus::{Done, Late, Now, Todo};
    for (case, states, today, expected, counts, holder, since, overdue) in [
        ("opened", [None, DRAFT], date(2026, 7, 10), [Now, Todo, Todo, Todo, Todo], (0, 0), owners(&["a", "b"]), 1, 0),
        ("one late", [SUBMITTED, None], date(2026, 7, 13), [Late, Now, Todo, Todo, Todo], (1, 0), owners(&["b"]), 1, 3),
        ("sent back", [ACCEPTED, RETURNED], date(2026, 7, 9), [Now, Todo, Todo, Todo, Todo], (1, 1), owners(&["b"]), 20, 0),
        ("with the lead", [SUBMITTED, REVIEWED], date(2026, 7, 16), [Done, Late, Todo, Todo, Todo], (2, 0), Holder::Lead, 10, 1),
        ("with the commission", [ACCEPTED, REVIEWED], date(2026, 7, 16), [Done, Now, Todo, Todo, Todo], (2, 1), Holder::Commission, 20, 0),
        ("to evaluate", [ACCEPTED, ACCEPTED], date(2026, 7, 16), [Done, Done, Now, Todo, Todo], (2, 2), Holder::Commission, 20, 0),
        ("evaluation late", [ACCEPTED, ACCEPTED], date(2026, 7, 27), [Done, Done, Late, Todo, Todo], (2, 2), Holder::Commission, 20, 2),
    ] {
        let ring = build_ring(&facts(states, today));
        assert_eq!(statuses(&ring), expected, "{case}");
        assert_eq!((ring.stations[0].done, ring.stations[1].done), counts, "{case}");
        assert_eq!((ring.stations[0].of, ring.stations[1].of), (2, 2), "{case}");
        assert_eq!((ring.holder, ring.held_since, ring.overdue_by_days), (holder, Some(since), overdue), "{case}");
        assert_eq!(ring.closed_at, None, "{case}");
    }
}

#[test]
fn the_lead_is_not_waited_for_where_it_falls_away() {
    let mut facts = facts([SUBMITTED, ACCEPTED], date(2026, 7, 16));
    facts.obligations[0].lead_level = LeadLevel::FallsAway(FallsAwayReason::NoLead);
    let ring = build_ring(&facts);
    assert_eq!((ring.holder, ring.stations[1].due, ring.overdue_by_days), (Holder::Commission, Some(date(2026, 7, 20)), 0));
}

#[test]
fn feedback_and_answers_close_the_loop() {
    use FeedbackKind::{Acknowledged, Advice, Order};
    use StationStatus::{Done, Now, Skipped, Todo};
    for (case, feedbacks, expected, holder, held_at, closed_at) in [
        ("evaluated", vec![], [Done, Done, Done, Now, Todo], Holder::Commission, Some(Station::Feedback), None),
        (
            "one of two",
            vec![given("a", Acknowledged, Some(40))],
            [Done, Done, Done, Now, Todo],
            Holder::Commission,
            Some(Station::Feedback),
            None,
        ),
        (
            "advice open",
            vec![given("a", Acknowledged, None), given("b", Advice, None)],
            [Done, Done, Done, Done, Now],
            owners(&["b"]),
            Some(Station::Answer),
            None,
        ),
        ("advice answered", vec![given("a", Acknowledged, None), given("b", Advice, Some(50))], [Done; 5], Holder::Closed, None, Some(50)),
        (
            "order open",
            vec![given("a", Order, None), given("b", Advice, Some(50))],
            [Done, Done, Done, Done, Now],
            owners(&["a"]),
            Some(Station::Answer),
            None,
        ),
        (
            "all acknowledged",
            vec![given("a", Acknowledged, None), given("b", Acknowledged, None)],
            [Done, Done, Done, Done, Skipped],
            Holder::Closed,
            None,
            Some(40),
        ),
    ] {
        let ring = build_ring(&RingFacts { evaluation_at: Some(30), feedbacks, ..facts([ACCEPTED, ACCEPTED], date(2026, 7, 26)) });
        assert_eq!(statuses(&ring), expected, "{case}");
        assert_eq!((ring.holder, ring.held_at, ring.closed_at), (holder, held_at, closed_at), "{case}");
    }
    let late = RingFacts {
        evaluation_at: Some(30),
        feedbacks: vec![given("a", Advice, None), given("b", Advice, Some(50))],
        ..facts([ACCEPTED, ACCEPTED], date(2026, 8, 13))
    };
    let ring = build_ring(&late);
    assert_eq!((ring.overdue_by_days, ring.stations[4].status, ring.stations[4].done, ring.stations[4].of), (3, StationStatus::Late, 1, 2));
    assert_eq!(ring.held_since, Some(40));
}

#[test]
fn staff_evaluate_without_the_missing_after_the_deadline() {
    let b = OrganisationId::from("b");
    for (states, today, result) in [
        ([ACCEPTED, ACCEPTED], date(2026, 7, 1), Ok(vec![])),
        ([ACCEPTED, SUBMITTED], date(2026, 7, 20), Err(NotYet { missing: vec![b.clone()], until: Some(date(2026, 7, 20)) })),
        ([ACCEPTED, SUBMITTED], date(2026, 7, 21), Ok(vec![b.clone()])),
        ([ACCEPTED, None], date(2026, 7, 21), Ok(vec![b])),
    ] {
        let facts = facts(states, today);
        assert_eq!(may_evaluate(&facts.obligations, &facts.due, today), result, "{today}");
    }
    let open = facts([None, None], date(2030, 1, 1));
    assert!(may_evaluate(&open.obligations, &StationDues::default(), open.today).is_err(), "without a deadline it waits");
    // Evaluated without b: the loop goes on, and b's report stays late.
    let ring = build_ring(&RingFacts { evaluation_at: Some(30), ..facts([ACCEPTED, None], date(2026, 7, 26)) });
    assert_eq!((ring.holder.clone(), ring.held_at), (Holder::Commission, Some(Station::Feedback)));
    assert_eq!(
        statuses(&ring),
        [StationStatus::Late, StationStatus::Skipped, StationStatus::Done, StationStatus::Now, StationStatus::Todo]
    );
}

#[test]
fn a_loop_nobody_owes_in_is_no_loop() {
    let ring = build_ring(&RingFacts { obligations: Vec::new(), ..facts([None, None], date(2026, 9, 1)) });
    assert_eq!(ring.holder, Holder::Nobody);
    assert_eq!(statuses(&ring), [StationStatus::Skipped; 5]);
    assert_eq!(ring.closed_at, None);
}

#[test]
fn the_closure_rate_counts_what_is_overdue() {
    let closed = |days: i64| Ring { closed_at: Some(1 + days * 86_400_000), ..build_ring(&facts([None, None], date(2026, 7, 1))) };
    let open = |today| build_ring(&facts([None, None], today));
    for (rings, expected) in [
        (vec![], ClosureRate::default()),
        (vec![open(date(2026, 7, 10))], ClosureRate::default()),
        (vec![open(date(2026, 7, 11))], ClosureRate { closed: 0, of: 1, median_days: None }),
        (
            vec![closed(9), closed(30), closed(12), open(date(2026, 7, 11)), open(date(2026, 7, 1))],
            ClosureRate { closed: 3, of: 4, median_days: Some(12) },
        ),
        (vec![closed(9), closed(12)], ClosureRate { closed: 2, of: 2, median_days: Some(10) }),
    ] {
        assert_eq!(closure_rate(&rings), expected);
    }
}
