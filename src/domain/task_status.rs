//! The status of a task. Invariant: it is computed from dates and accepted reports, never stored; a missed due date stays visible for good.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::calendar::days_between;
use super::light::Light;
use super::text_enum::text_enum;

/// Days before the due date from which a task is "due soon".
pub const DUE_SOON_DAYS: i64 = 30;

text_enum! {
    /// How a task stands.
    pub enum TaskStatus {
        /// 未开始: its start lies ahead, or nothing was accepted yet.
        NotStarted = "not-started",
        /// 按期推进
        OnSchedule = "on-schedule",
        /// 临期: due within 30 days.
        DueSoon = "due-soon",
        /// 逾期
        Overdue = "overdue",
        /// 按期完成
        Done = "done",
        /// 逾期完成: stays for good.
        DoneLate = "done-late",
    }
}

impl TaskStatus {
    /// Whether the deliverable is there; the task then owes no further reports.
    pub const fn is_done(self) -> bool {
        matches!(self, Self::Done | Self::DoneLate)
    }

    /// The colour beside the word; done late stays yellow.
    pub const fn light(self) -> Light {
        match self {
            Self::NotStarted => Light::Grey,
            Self::OnSchedule | Self::Done => Light::Green,
            Self::DueSoon | Self::DoneLate => Light::Yellow,
            Self::Overdue => Light::Red,
        }
    }
}

/// What the status of a task depends on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskFacts {
    /// First day.
    pub starts_on: Date,
    /// The due date that was set first.
    pub due_on: Date,
    /// The due date that holds now, where it was revised.
    pub revised_due_on: Option<Date>,
    /// The accepted completion date of each responsible organisation; none where it is not done.
    pub completions: Vec<Option<Date>>,
    /// Whether any report on the task was accepted.
    pub has_accepted_report: bool,
    /// The day that is judged.
    pub today: Date,
}

/// The status with what it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskJudgement {
    /// How the task stands.
    pub status: TaskStatus,
    /// The latest of the completions, when every responsible organisation is done.
    pub completed_on: Option<Date>,
    /// Days from the completion (or today) to the due date first set; negative: late by so many.
    pub days_to_original: i64,
    /// The same to the revised one, where there is one.
    pub days_to_revised: Option<i64>,
}

/// Judges a task by its dates (domain, "Tasks and the timetable").
pub fn judge_task(facts: &TaskFacts) -> TaskJudgement {
    // An unfinished organisation makes the whole unfinished; so does a task without any.
    let completed_on = facts.completions.iter().copied().collect::<Option<Vec<Date>>>().and_then(|dates| dates.into_iter().max());
    let reference = completed_on.unwrap_or(facts.today);
    let days_to_original = days_between(reference, facts.due_on);
    let days_to_revised = facts.revised_due_on.map(|due| days_between(reference, due));
    let left = days_to_revised.unwrap_or(days_to_original);
    let status = if completed_on.is_some() {
        if days_to_original < 0 || left < 0 { TaskStatus::DoneLate } else { TaskStatus::Done }
    } else if left < 0 {
        TaskStatus::Overdue
    } else if facts.today < facts.starts_on && !facts.has_accepted_report {
        TaskStatus::NotStarted
    } else if left <= DUE_SOON_DAYS {
        TaskStatus::DueSoon
    } else if facts.has_accepted_report {
        TaskStatus::OnSchedule
    } else {
        // Without any accepted report nobody can say that it is on schedule.
        TaskStatus::NotStarted
    };
    TaskJudgement { status, completed_on, days_to_original, days_to_revised }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn facts(today: Date) -> TaskFacts {
        TaskFacts {
            starts_on: date(2025, 1, 1),
            due_on: date(2026, 6, 30),
            revised_due_on: None,
            completions: vec![None, None],
            has_accepted_report: true,
            today,
        }
    }

    #[test]
    fn the_status_follows_from_the_dates() {
        let done = |one, other| vec![Some(one), other];
        let base = facts(date(2026, 1, 1));
        for (case, facts, status, completed_on) in [
            (
                "before the start",
                TaskFacts { today: date(2024, 12, 31), has_accepted_report: false, ..base.clone() },
                TaskStatus::NotStarted,
                None,
            ),
            ("begun early", TaskFacts { today: date(2024, 12, 31), ..base.clone() }, TaskStatus::OnSchedule, None),
            ("nothing accepted", TaskFacts { has_accepted_report: false, ..base.clone() }, TaskStatus::NotStarted, None),
            ("on its way", base.clone(), TaskStatus::OnSchedule, None),
            ("31 days left", facts(date(2026, 5, 30)), TaskStatus::OnSchedule, None),
            ("30 days left", facts(date(2026, 5, 31)), TaskStatus::DueSoon, None),
            ("soon, nothing accepted", TaskFacts { has_accepted_report: false, ..facts(date(2026, 6, 15)) }, TaskStatus::DueSoon, None),
            ("on the last day", facts(date(2026, 6, 30)), TaskStatus::DueSoon, None),
            ("a day after", facts(date(2026, 7, 1)), TaskStatus::Overdue, None),
            ("one of two", TaskFacts { completions: done(date(2026, 6, 1), None), ..facts(date(2026, 7, 1)) }, TaskStatus::Overdue, None),
            (
                "in time",
                TaskFacts { completions: done(date(2026, 6, 1), Some(date(2026, 6, 30))), ..facts(date(2026, 9, 1)) },
                TaskStatus::Done,
                Some(date(2026, 6, 30)),
            ),
            (
                "late",
                TaskFacts { completions: done(date(2026, 6, 1), Some(date(2026, 7, 10))), ..facts(date(2026, 7, 11)) },
                TaskStatus::DoneLate,
                Some(date(2026, 7, 10)),
            ),
            (
                "late for good",
                TaskFacts { completions: done(date(2026, 6, 1), Some(date(2026, 7, 10))), ..facts(date(2030, 1, 1)) },
                TaskStatus::DoneLate,
                Some(date(2026, 7, 10)),
            ),
            ("nobody responsible", TaskFacts { completions: vec![], ..base.clone() }, TaskStatus::OnSchedule, None),
        ] {
            let judgement = judge_task(&facts);
            assert_eq!((judgement.status, judgement.completed_on), (status, completed_on), "{case}");
        }
        assert_eq!(TaskStatus::DoneLate.light(), Light::Yellow);
    }

    #[test]
    fn either_missed_date_makes_it_late() {
        let base = facts(date(2026, 8, 1));
        for (revised, completed, status, original, left) in [
            (date(2026, 9, 30), Some(date(2026, 7, 10)), TaskStatus::DoneLate, -10, 82),
            (date(2026, 3, 31), Some(date(2026, 5, 1)), TaskStatus::DoneLate, 60, -31),
            (date(2026, 9, 30), Some(date(2026, 6, 30)), TaskStatus::Done, 0, 92),
            (date(2026, 9, 30), None, TaskStatus::OnSchedule, -32, 60),
        ] {
            let judgement = judge_task(&TaskFacts { revised_due_on: Some(revised), completions: vec![completed], ..base.clone() });
            assert_eq!(
                (judgement.status, judgement.days_to_original, judgement.days_to_revised),
                (status, original, Some(left)),
                "{revised} {completed:?}"
            );
        }
    }
}
