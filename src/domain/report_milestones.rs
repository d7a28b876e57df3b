//! Milestones and projects that a report states as reached. Invariant: each names its day and its proof, and takes effect only when the
//! report is accepted.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::fields::{FieldError, FieldProblem, or_none, read_text};
use super::ids::TimetableItemId;
use super::report_content::{ReportContext, ReportFields};
use super::report_form::{MAX_SHORT_TEXT, read_past_date};

/// One milestone or project as reached, as it was typed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MilestoneFields {
    /// Id of the milestone or project.
    pub item: String,
    /// The day on which it was reached; empty while it is not.
    pub reached_on: String,
    /// Number of the document that says so.
    pub document_number: String,
}

impl MilestoneFields {
    /// Whether anything was typed.
    pub fn is_filled(&self) -> bool {
        !self.reached_on.trim().is_empty() || !self.document_number.trim().is_empty()
    }

    /// Under which key its files hang on the report.
    pub fn evidence_key(item: &str) -> String {
        format!("milestone.{item}")
    }
}

/// A milestone or project that was reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidMilestone {
    /// The milestone or project.
    pub item: TimetableItemId,
    /// The day.
    pub reached_on: Date,
    /// The document that says so; none where a file proves it.
    pub document_number: Option<String>,
}

/// Reads what was typed of milestones, with errors under `milestones.<id>.…`.
pub fn read_milestones(fields: &ReportFields, context: &ReportContext, errors: &mut Vec<FieldError>) -> Vec<ValidMilestone> {
    fields.milestones.iter().filter(|typed| typed.is_filled()).filter_map(|typed| read_milestone(typed, context, errors)).collect()
}

fn read_milestone(typed: &MilestoneFields, context: &ReportContext, errors: &mut Vec<FieldError>) -> Option<ValidMilestone> {
    let before = errors.len();
    let at = |field: &str| format!("milestones.{}.{field}", typed.item);
    if !context.milestones.contains(&typed.item) {
        errors.push(FieldError::new(at("reached_on"), FieldProblem::UnknownChoice));
    }
    let reached_on = read_past_date(&at("reached_on"), &typed.reached_on, context.today, errors);
    if reached_on.is_some_and(|day| day < context.plan.starts_on) {
        errors.push(FieldError::new(at("reached_on"), FieldProblem::DateBeforePlan { starts_on: context.plan.starts_on }));
    }
    let document_number = or_none(read_text(&at("document_number"), &typed.document_number, MAX_SHORT_TEXT, errors));
    let files = context.entry_evidence.get(&MilestoneFields::evidence_key(&typed.item)).copied().unwrap_or(0);
    if document_number.is_none() && files == 0 {
        errors.push(FieldError::new(at("document_number"), FieldProblem::DocumentOrEvidence));
    }
    let item = TimetableItemId::from(typed.item.as_str());
    (errors.len() == before).then_some(())?;
    Some(ValidMilestone { item, reached_on: reached_on?, document_number })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        calendar::{DateError, PlanDates},
        report::validate_report,
    };
    use jiff::civil::date;

    fn context() -> ReportContext {
        let plan = PlanDates { starts_on: date(2025, 1, 1), ends_on: date(2027, 12, 31) };
        let mut context = ReportContext::new(date(2026, 10, 12), plan);
        context.milestones = ["m1", "m2"].map(str::to_owned).into();
        context.entry_evidence.insert("milestone.m2".to_owned(), 1);
        context
    }

    fn typed(item: &str, reached_on: &str, document_number: &str) -> MilestoneFields {
        MilestoneFields { item: item.to_owned(), reached_on: reached_on.to_owned(), document_number: document_number.to_owned() }
    }

    fn report(milestones: Vec<MilestoneFields>) -> ReportFields {
        ReportFields { narrative: "完成。".to_owned(), percent_complete: "50".to_owned(), milestones, ..ReportFields::default() }
    }

    #[test]
    fn a_milestone_needs_its_day_and_a_proof() {
        for (case, typed, expected) in [
            ("a document", typed("m1", "2026年9月1日", "松教〔2026〕3号"), Ok(date(2026, 9, 1))),
            ("a file", typed("m2", "2026-09-01", ""), Ok(date(2026, 9, 1))),
            ("no proof", typed("m1", "2026-09-01", " "), Err(("milestones.m1.document_number", FieldProblem::DocumentOrEvidence))),
            ("no day", typed("m1", "", "3号"), Err(("milestones.m1.reached_on", FieldProblem::Required))),
            (
                "no such day",
                typed("m2", "2026-02-30", ""),
                Err(("milestones.m2.reached_on", FieldProblem::Date(DateError::Day { year: 2026, month: 2, day: 30 }))),
            ),
            (
                "to come",
                typed("m2", "2026-10-13", ""),
                Err(("milestones.m2.reached_on", FieldProblem::DateInFuture { today: date(2026, 10, 12) })),
            ),
            (
                "before the plan",
                typed("m2", "2024-12-31", ""),
                Err(("milestones.m2.reached_on", FieldProblem::DateBeforePlan { starts_on: date(2025, 1, 1) })),
            ),
            ("another task's", typed("m3", "2026-09-01", "3号"), Err(("milestones.m3.reached_on", FieldProblem::UnknownChoice))),
        ] {
            let answer = validate_report(&report(vec![typed]), &context());
            match expected {
                Ok(day) => assert_eq!(answer.unwrap().milestones[0].reached_on, day, "{case}"),
                Err((field, problem)) => assert_eq!(answer.unwrap_err(), [FieldError::new(field, problem)], "{case}"),
            }
        }
    }

    #[test]
    fn what_is_left_empty_is_not_reached_and_no_change_reaches_nothing() {
        let valid = validate_report(&report(vec![typed("m1", " ", ""), typed("m2", "", "")]), &context()).unwrap();
        assert_eq!(valid.milestones, []);
        let mut context = context();
        context.has_accepted_predecessor = true;
        let fields = ReportFields { no_change: true, milestones: vec![typed("m2", "2026-09-01", "")], ..ReportFields::default() };
        let errors = validate_report(&fields, &context).unwrap_err();
        assert_eq!(errors, [FieldError::new("no_change", FieldProblem::ChangesBesideNoChange)]);
        let empty = ReportFields { no_change: true, milestones: vec![typed("m2", "", "")], ..ReportFields::default() };
        assert!(validate_report(&empty, &context).is_ok());
    }
}
