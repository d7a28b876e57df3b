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
        /// 未落实责任单位: nobody is responsible, so nobody is late.
        Unassigned = "unassigned",
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
            Self::Unassigned | Self::NotStarted => Light::Grey,
            Self::OnSchedule | Self::Done => Light::Green,
            Self::DueSoon | Self::DoneLate => Light::Yellow,
            Self::Overdue => Light::Red,
        }
    }
}

/// One organisation's responsibility for a task, from its assignment to its end. An organisation that was assigned again has
/// more than one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResponsiblePart {
    /// When it was assigned, in milliseconds since 1970.
    pub assigned_at: i64,
    /// When the part was ended; none while it goes on.
    pub ended_at: Option<i64>,
    /// What its accepted reports say; none where it is not done.
    pub completion: Option<Completion>,
}

/// The completion that accepted reports of an organisation state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completion {
    /// The day on which it finished.
    pub on: Date,
    /// When that was first accepted, in milliseconds since 1970.
    pub accepted_at: i64,
}

impl ResponsiblePart {
    fn is_in_force(&self, at: i64) -> bool {
        self.assigned_at <= at && self.ended_at.is_none_or(|ended| ended > at)
    }

    /// The day of its completion, where that was known at an instant.
    fn completed_on(&self, at: i64) -> Option<Date> {
        self.completion.filter(|completion| self.assigned_at <= at && completion.accepted_at <= at).map(|completion| completion.on)
    }
}

/// The day on which the responsible organisations finished a task; none while it is not done.
///
/// A task is done at the first instant at which everybody who is responsible then has finished, and somebody has. From then on it
/// stays done: whoever is assigned later does not reopen it. Ending an organisation's part leaves what it finished, and when.
pub fn find_completion(parts: &[ResponsiblePart]) -> Option<Date> {
    let accepted = parts.iter().filter_map(|part| Some(part.completion?.accepted_at.max(part.assigned_at)));
    let mut instants: Vec<i64> = accepted.chain(parts.iter().filter_map(|part| part.ended_at)).collect();
    instants.sort_unstable();
    instants.into_iter().find_map(|at| {
        let unfinished = parts.iter().any(|part| part.is_in_force(at) && part.completed_on(at).is_none());
        if unfinished { None } else { parts.iter().filter_map(|part| part.completed_on(at)).max() }
    })
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
    /// Every responsible part it ever had.
    pub responsible: Vec<ResponsiblePart>,
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

/// Judges a task by its dates (domain, "Tasks and the timetable"). Where nobody is responsible, nobody can be late.
pub fn judge_task(facts: &TaskFacts) -> TaskJudgement {
    let completed_on = find_completion(&facts.responsible);
    let mut judgement = judge_dates(facts, completed_on);
    if completed_on.is_none() && facts.responsible.iter().all(|part| part.ended_at.is_some()) {
        judgement.status = TaskStatus::Unassigned;
    }
    judgement
}

/// Judges by the dates alone; of the facts it asks for no organisation.
pub(super) fn judge_dates(facts: &TaskFacts, completed_on: Option<Date>) -> TaskJudgement {
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
            responsible: vec![part(None), part(None)],
            has_accepted_report: true,
            today,
        }
    }

    /// A part of the first hour; what it finished was accepted at 10.
    fn part(on: Option<Date>) -> ResponsiblePart {
        ResponsiblePart { assigned_at: 1, ended_at: None, completion: on.map(|on| Completion { on, accepted_at: 10 }) }
    }

    #[test]
    fn the_status_follows_from_the_dates() {
        let done = |one, other| vec![part(Some(one)), part(other)];
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
            ("one of two", TaskFacts { responsible: done(date(2026, 6, 1), None), ..facts(date(2026, 7, 1)) }, TaskStatus::Overdue, None),
            (
                "in time",
                TaskFacts { responsible: done(date(2026, 6, 1), Some(date(2026, 6, 30))), ..facts(date(2026, 9, 1)) },
                TaskStatus::Done,
                Some(date(2026, 6, 30)),
            ),
            (
                "late",
                TaskFacts { responsible: done(date(2026, 6, 1), Some(date(2026, 7, 10))), ..facts(date(2026, 7, 11)) },
                TaskStatus::DoneLate,
                Some(date(2026, 7, 10)),
            ),
            (
                "late for good",
                TaskFacts { responsible: done(date(2026, 6, 1), Some(date(2026, 7, 10))), ..facts(date(2030, 1, 1)) },
                TaskStatus::DoneLate,
                Some(date(2026, 7, 10)),
            ),
            ("nobody responsible", TaskFacts { responsible: vec![], ..base.clone() }, TaskStatus::Unassigned, None),
            (
                "nobody responsible before the start",
                TaskFacts { responsible: vec![], ..facts(date(2024, 12, 31)) },
                TaskStatus::Unassigned,
                None,
            ),
            ("due soon for nobody", TaskFacts { responsible: vec![], ..facts(date(2026, 6, 15)) }, TaskStatus::Unassigned, None),
            ("overdue for nobody", TaskFacts { responsible: vec![], ..facts(date(2026, 7, 1)) }, TaskStatus::Unassigned, None),
            (
                "whoever was responsible is so no longer",
                TaskFacts { responsible: vec![ResponsiblePart { ended_at: Some(5), ..part(None) }], ..facts(date(2026, 7, 1)) },
                TaskStatus::Unassigned,
                None,
            ),
            (
                "nobody is responsible any more for what is done",
                TaskFacts {
                    responsible: vec![ResponsiblePart { ended_at: Some(20), ..part(Some(date(2026, 6, 1))) }],
                    ..facts(date(2026, 7, 1))
                },
                TaskStatus::Done,
                Some(date(2026, 6, 1)),
            ),
        ] {
            let judgement = judge_task(&facts);
            assert_eq!((judgement.status, judgement.completed_on), (status, completed_on), "{case}");
        }
        assert_eq!((TaskStatus::DoneLate.light(), TaskStatus::Unassigned.light()), (Light::Yellow, Light::Grey));
    }

    #[test]
    fn what_was_done_stays_done_whoever_comes_and_goes() {
        let (early, late) = (date(2026, 6, 1), date(2026, 7, 10));
        let ended = |at, part: ResponsiblePart| ResponsiblePart { ended_at: Some(at), ..part };
        let from = |at, part: ResponsiblePart| ResponsiblePart { assigned_at: at, ..part };
        let accepted = |at, on| ResponsiblePart { completion: Some(Completion { on, accepted_at: at }), ..part(None) };
        for (case, parts, completed_on) in [
            ("the late one still there", vec![part(Some(early)), part(Some(late))], Some(late)),
            ("the late one ended", vec![part(Some(early)), ended(20, part(Some(late)))], Some(late)),
            ("both ended", vec![ended(20, part(Some(early))), ended(20, part(Some(late)))], Some(late)),
            ("ended before it was done", vec![part(Some(early)), ended(5, part(None))], Some(early)),
            ("the last unfinished one ended afterwards", vec![part(Some(early)), ended(20, part(None))], Some(early)),
            ("all unfinished ended", vec![ended(20, part(None)), ended(30, part(None))], None),
            ("assigned after it was done", vec![part(Some(late)), from(20, part(None))], Some(late)),
            ("assigned after it was done, and finished", vec![part(Some(early)), from(20, accepted(30, late))], Some(early)),
            ("assigned before that was accepted", vec![part(Some(early)), from(9, part(None))], None),
            ("handed over at once", vec![part(Some(early)), ended(20, part(None)), from(20, part(None))], None),
            ("handed over and finished", vec![part(Some(early)), ended(20, part(None)), from(20, accepted(30, late))], Some(late)),
            ("assigned again after it was done", vec![ended(20, part(Some(late))), from(40, part(Some(late)))], Some(late)),
            ("ended unfinished and assigned again", vec![ended(5, part(None)), from(7, accepted(8, early))], Some(early)),
        ] {
            assert_eq!(find_completion(&parts), completed_on, "{case}");
        }
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
            let judgement = judge_task(&TaskFacts { revised_due_on: Some(revised), responsible: vec![part(completed)], ..base.clone() });
            assert_eq!(
                (judgement.status, judgement.days_to_original, judgement.days_to_revised),
                (status, original, Some(left)),
                "{revised} {completed:?}"
            );
        }
    }
}
