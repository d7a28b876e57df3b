//! Projects and milestones of a task. Invariant: how one stands is computed from its dates and from the accepted day on which it was
//! reached, by the rule of tasks; a missed date stays visible for good.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::calendar::PeriodSpan;
use super::task_status::{TaskFacts, TaskJudgement, judge_dates};
use super::text_enum::text_enum;

text_enum! {
    /// What stands in the timetable below a task.
    pub enum ItemKind {
        /// 项目: has a start, a due date and a deliverable of its own.
        Project = "project",
        /// 里程碑: one day, of a task or of a project.
        Milestone = "milestone",
    }
}

/// What the status of a project or milestone depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemFacts {
    /// What it is.
    pub kind: ItemKind,
    /// First day; of a milestone the planned day.
    pub starts_on: Date,
    /// The due date that was set first.
    pub due_on: Date,
    /// The due date that holds now, where it was revised.
    pub revised_due_on: Option<Date>,
    /// The accepted day on which it was reached.
    pub reached_on: Option<Date>,
    /// Whether it is known to have begun: a milestone of the project was reached, or its task was reported on after its start.
    pub has_begun: bool,
    /// The day that is judged.
    pub today: Date,
}

/// Judges a project or milestone. What is reached after the judged day is not reached yet.
pub fn judge_item(facts: &ItemFacts) -> TaskJudgement {
    // A milestone has no beginning: until it is due soon it is on schedule.
    let (starts_on, has_accepted_report) = match facts.kind {
        ItemKind::Project => (facts.starts_on, facts.has_begun),
        ItemKind::Milestone => (Date::MIN, true),
    };
    let dates = TaskFacts {
        starts_on,
        due_on: facts.due_on,
        revised_due_on: facts.revised_due_on,
        responsible: Vec::new(),
        has_accepted_report,
        today: facts.today,
    };
    judge_dates(&dates, facts.reached_on.filter(|day| *day <= facts.today))
}

/// The first and last day on which something is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActiveDays {
    /// Its first day.
    pub starts_on: Date,
    /// The due date in force.
    pub due_on: Date,
    /// The day on which it was completed.
    pub completed_on: Option<Date>,
    /// The day that is judged.
    pub today: Date,
}

/// Whether something is active or due in a period: from its start until it is completed or else due. What is overdue stays
/// active until today.
pub fn is_active_in(days: ActiveDays, period: &PeriodSpan) -> bool {
    let ends_on = days.completed_on.unwrap_or_else(|| days.due_on.max(days.today));
    days.starts_on <= period.ends_on && ends_on >= period.starts_on
}

/// Why dates of a project or milestone do not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// They fit.
    Fits,
    /// It would be due before it starts.
    DueBeforeStart,
    /// The revision would hold before what was set first.
    BeforeFirst,
}

/// Checks the order of dates: due on or after the start; a revision holds on or after the first setting does, which otherwise would no
/// longer be the first.
pub fn check_dates(starts_on: Date, due_on: Date, effective_on: Date, first_effective_on: Option<Date>) -> DateOrder {
    if due_on < starts_on {
        DateOrder::DueBeforeStart
    } else if first_effective_on.is_some_and(|first| effective_on < first) {
        DateOrder::BeforeFirst
    } else {
        DateOrder::Fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        light::Light,
        task_status::{Completion, ResponsiblePart, TaskStatus, judge_task},
        words::Cadence,
    };
    use jiff::civil::date;

    fn facts(kind: ItemKind, today: Date) -> ItemFacts {
        ItemFacts {
            kind,
            starts_on: date(2026, 1, 1),
            due_on: date(2026, 6, 30),
            revised_due_on: None,
            reached_on: None,
            has_begun: true,
            today,
        }
    }

    #[test]
    fn a_project_and_a_milestone_stand_as_their_dates_say() {
        use ItemKind::{Milestone, Project};
        for (case, facts, status, completed_on) in [
            ("project before its start", ItemFacts { has_begun: false, ..facts(Project, date(2025, 12, 1)) }, TaskStatus::NotStarted, None),
            ("project nobody began", ItemFacts { has_begun: false, ..facts(Project, date(2026, 2, 1)) }, TaskStatus::NotStarted, None),
            ("project on its way", facts(Project, date(2026, 2, 1)), TaskStatus::OnSchedule, None),
            ("project due soon", facts(Project, date(2026, 6, 1)), TaskStatus::DueSoon, None),
            ("milestone far ahead", ItemFacts { has_begun: false, ..facts(Milestone, date(2025, 1, 1)) }, TaskStatus::OnSchedule, None),
            ("milestone due soon", facts(Milestone, date(2026, 6, 30)), TaskStatus::DueSoon, None),
            ("milestone missed", facts(Milestone, date(2026, 7, 1)), TaskStatus::Overdue, None),
            (
                "reached in time",
                ItemFacts { reached_on: Some(date(2026, 6, 30)), ..facts(Milestone, date(2026, 9, 1)) },
                TaskStatus::Done,
                Some(date(2026, 6, 30)),
            ),
            (
                "not reached yet on the day that is looked at",
                ItemFacts { reached_on: Some(date(2026, 6, 30)), ..facts(Milestone, date(2026, 6, 29)) },
                TaskStatus::DueSoon,
                None,
            ),
            (
                "late, though the date was moved",
                ItemFacts {
                    reached_on: Some(date(2026, 7, 10)),
                    revised_due_on: Some(date(2026, 9, 30)),
                    ..facts(Project, date(2027, 1, 1))
                },
                TaskStatus::DoneLate,
                Some(date(2026, 7, 10)),
            ),
            (
                "late for the date moved forward",
                ItemFacts {
                    reached_on: Some(date(2026, 5, 10)),
                    revised_due_on: Some(date(2026, 3, 31)),
                    ..facts(Milestone, date(2027, 1, 1))
                },
                TaskStatus::DoneLate,
                Some(date(2026, 5, 10)),
            ),
        ] {
            let judgement = judge_item(&facts);
            assert_eq!((judgement.status, judgement.completed_on), (status, completed_on), "{case}");
        }
    }

    #[test]
    fn a_task_due_in_june_and_completed_in_july_is_late_and_yellow_for_good() {
        let completion = Completion { on: date(2026, 7, 10), accepted_at: 2 };
        let part = ResponsiblePart { assigned_at: 1, ended_at: None, completion: Some(completion) };
        for today in [date(2026, 7, 10), date(2026, 12, 31), date(2031, 1, 1)] {
            let judgement = judge_task(&TaskFacts {
                starts_on: date(2025, 1, 1),
                due_on: date(2026, 6, 30),
                revised_due_on: None,
                responsible: vec![part],
                has_accepted_report: true,
                today,
            });
            assert_eq!((judgement.status, judgement.status.light()), (TaskStatus::DoneLate, Light::Yellow), "{today}");
            assert_eq!(judgement.days_to_original, -10, "{today}");
        }
    }

    #[test]
    fn a_period_holds_what_is_under_way_in_it() {
        let quarter = crate::domain::calendar::calendar_period(date(2026, 7, 1), Cadence::Quarter);
        let days = |starts_on, due_on, completed_on, today| ActiveDays { starts_on, due_on, completed_on, today };
        let today = date(2026, 10, 12);
        for (case, days, active) in [
            ("spans it", days(date(2025, 1, 1), date(2027, 12, 31), None, today), true),
            ("starts on its last day", days(date(2026, 9, 30), date(2027, 12, 31), None, today), true),
            ("starts after it", days(date(2026, 10, 1), date(2027, 12, 31), None, today), false),
            ("due on its first day", days(date(2025, 1, 1), date(2026, 7, 1), Some(date(2026, 7, 1)), today), true),
            ("completed before it", days(date(2025, 1, 1), date(2026, 6, 30), Some(date(2026, 6, 20)), today), false),
            ("completed before it, though due later", days(date(2025, 1, 1), date(2027, 6, 30), Some(date(2026, 6, 20)), today), false),
            ("completed late in it", days(date(2025, 1, 1), date(2026, 6, 30), Some(date(2026, 7, 10)), today), true),
            ("overdue until today", days(date(2025, 1, 1), date(2026, 6, 30), None, today), true),
            ("overdue, looked at before it", days(date(2025, 1, 1), date(2026, 6, 30), None, date(2026, 6, 1)), false),
        ] {
            assert_eq!(is_active_in(days, &quarter), active, "{case}");
        }
    }

    #[test]
    fn dates_come_in_order() {
        let (one, two, three) = (date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1));
        for (starts, due, effective, first, order) in [
            (one, two, one, None, DateOrder::Fits),
            (one, one, one, Some(one), DateOrder::Fits),
            (two, one, three, None, DateOrder::DueBeforeStart),
            (one, two, one, Some(two), DateOrder::BeforeFirst),
            (one, two, three, Some(two), DateOrder::Fits),
        ] {
            assert_eq!(check_dates(starts, due, effective, first), order, "{starts} {due} {effective} {first:?}");
        }
    }
}
