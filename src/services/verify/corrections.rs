//! Versions of reports against each other. Invariant: of an obligation's versions each corrects the one that was in force, one
//! correction at most is under way, and what holds is what the version in force says.

use std::collections::BTreeMap;

use super::Finding;
use crate::{
    domain::{
        ids::ObligationId,
        report::{ReportFields, ReportState},
    },
    services::ServiceError,
    store::{
        Tx,
        verify::{self as store, VersionMark},
    },
};

/// Checks every report that was ever corrected.
pub async fn check_corrections(tx: &mut Tx, findings: &mut Vec<Finding>) -> Result<(), ServiceError> {
    let mut owed: BTreeMap<ObligationId, Vec<VersionMark>> = BTreeMap::new();
    for mark in store::list_version_marks(tx).await? {
        owed.entry(mark.obligation_id.clone()).or_default().push(mark);
    }
    let held: BTreeMap<ObligationId, (i64, i64)> =
        store::count_held_facts(tx).await?.into_iter().map(|(obligation, steps, values)| (obligation, (steps, values))).collect();
    for (obligation, versions) in owed {
        for (report, problem) in find_breaks(&versions) {
            findings.push(Finding::WrongVersion { report, problem });
        }
        let Some(in_force) = versions.iter().rev().find(|mark| is_accepted(mark)) else { continue };
        let says = count_said(in_force.fields.as_deref().unwrap_or_default());
        let holds = held.get(&obligation).copied().unwrap_or_default();
        if says != Some(holds) {
            let (steps, values) = says.unwrap_or_default();
            findings.push(Finding::WrongFacts {
                report: in_force.report_id.to_string(),
                steps,
                values,
                held: holds.0,
                held_values: holds.1,
            });
        }
    }
    Ok(())
}

fn is_accepted(mark: &VersionMark) -> bool {
    mark.state == ReportState::Accepted.as_str()
}

/// How many recognitions and values a submission names; none where it cannot be read.
fn count_said(fields: &str) -> Option<(i64, i64)> {
    let fields: ReportFields = serde_json::from_str(fields).ok()?;
    let values = fields.values.iter().filter(|value| !value.value.trim().is_empty()).count();
    Some((i64::try_from(fields.entries.len()).ok()?, i64::try_from(values).ok()?))
}

/// What is wrong with the versions of one obligation, given in order: report and problem.
fn find_breaks(versions: &[VersionMark]) -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    let (mut in_force, mut open): (Option<&VersionMark>, Option<&VersionMark>) = (None, None);
    for (mark, number) in versions.iter().zip(0_i64..) {
        let mut name = |problem: &'static str| found.push((mark.report_id.to_string(), problem));
        if mark.correction != number {
            name("a version before it is missing");
        }
        if mark.correction > 0 {
            match (&mark.corrects_id, in_force) {
                (None, _) => name("it is not kept what it corrects"),
                (Some(corrected), Some(former)) if *corrected == former.report_id => {}
                (Some(_), _) => name("it corrects a version that was not in force"),
            }
        }
        if open.is_some() {
            name("it was begun although another correction was under way");
        }
        if !is_accepted(mark) {
            open = open.or_else(|| (mark.correction > 0 && mark.given_up_at.is_none()).then_some(mark));
            continue;
        }
        if mark.given_up_at.is_some() {
            name("it was given up and accepted");
        }
        if in_force.is_some_and(|former| former.accepted_at > mark.accepted_at) {
            name("it was accepted before what it corrects");
        }
        in_force = Some(mark);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::ReportId;

    fn mark(number: i64, state: ReportState, corrects: Option<&str>, given_up: bool) -> VersionMark {
        VersionMark {
            report_id: ReportId::from(format!("r{number}")),
            obligation_id: ObligationId::from("o"),
            correction: number,
            state: state.to_string(),
            accepted_at: (state == ReportState::Accepted).then_some(number),
            corrects_id: corrects.map(ReportId::from),
            given_up_at: given_up.then_some(9),
            fields: None,
        }
    }

    #[test]
    fn each_version_corrects_the_one_in_force() {
        use ReportState::{Accepted, Draft, Returned};
        let first = || mark(0, Accepted, None, false);
        let early = || VersionMark { accepted_at: Some(-1), ..mark(1, Accepted, Some("r0"), false) };
        for (case, versions, problem) in [
            ("under way", vec![first(), mark(1, Draft, Some("r0"), false)], None),
            ("accepted twice", vec![first(), mark(1, Accepted, Some("r0"), false), mark(2, Accepted, Some("r1"), false)], None),
            ("given up before", vec![first(), mark(1, Returned, Some("r0"), true), mark(2, Draft, Some("r0"), false)], None),
            ("no record", vec![first(), mark(1, Draft, None, false)], Some("not kept")),
            (
                "of an older version",
                vec![first(), mark(1, Accepted, Some("r0"), false), mark(2, Draft, Some("r0"), false)],
                Some("not in force"),
            ),
            ("before acceptance", vec![mark(0, Draft, None, false), mark(1, Draft, Some("r0"), false)], Some("not in force")),
            ("two at once", vec![first(), mark(1, Draft, Some("r0"), false), mark(2, Draft, Some("r0"), false)], Some("under way")),
            ("a gap", vec![first(), mark(2, Draft, Some("r0"), false)], Some("missing")),
            ("given up and accepted", vec![first(), mark(1, Accepted, Some("r0"), true)], Some("given up and accepted")),
            ("too early", vec![first(), early()], Some("accepted before")),
        ] {
            let found = find_breaks(&versions);
            match problem {
                None => assert_eq!(found, [], "{case}"),
                Some(problem) => assert!(found.iter().any(|(_, line)| line.contains(problem)), "{case}: {found:?}"),
            }
        }
    }

    #[test]
    fn what_is_said_is_counted_as_it_would_be_recorded() {
        let fields = r#"{"entries":[{"key":"a"},{"key":"b"}],"values":[{"indicator":"V","value":" "},{"indicator":"W","value":"3"}]}"#;
        assert_eq!(count_said(fields), Some((2, 1)));
        assert_eq!(count_said("{}"), Some((0, 0)));
        assert_eq!(count_said("no"), None);
    }
}
