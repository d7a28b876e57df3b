//! Tasks with their time limits, and what accepted reports say about their completion. Invariant: a revised time limit
//! never replaces the one that was set first; both are read.

use jiff::civil::{Date, date};

use super::{Day, Known, StoreError, Tx, fetch_all, fetch_optional, former, known};
use crate::domain::{
    ids::{AreaId, IndicatorId, OrganisationId, PlanId, TaskId},
    words::{Part, Provenance},
};

/// A revision that takes effect on any day at all is in force on this one.
const ANY_DAY: Date = date(9999, 12, 31);

/// A task with its time limit on a date.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// Its plan.
    pub plan_id: PlanId,
    /// Its area.
    pub area_id: AreaId,
    /// The area's code.
    pub area_code: String,
    /// The area's Chinese name.
    pub area_name_zh: String,
    /// The area's English name.
    pub area_name_en: String,
    /// The area's short Chinese name.
    pub area_short_zh: String,
    /// The area's short English name.
    pub area_short_en: String,
    /// Its code, such as `6.4`.
    pub code: String,
    /// Chinese title.
    pub title_zh: String,
    /// English title.
    pub title_en: String,
    /// Deliverable, Chinese.
    pub deliverable_zh: String,
    /// Deliverable, English.
    pub deliverable_en: String,
    /// Effect, Chinese.
    pub effect_zh: String,
    /// Effect, English.
    pub effect_en: String,
    /// The section of the text it comes from.
    pub source_zh: String,
    /// First day, as it holds now.
    #[sqlx(try_from = "Day")]
    pub starts_on: Date,
    /// The due date that was set first.
    #[sqlx(try_from = "Day")]
    pub due_on: Date,
    /// The due date in force, where the first one was revised.
    revised_due_on: Option<Day>,
    /// Where the time limit in force comes from.
    pub date_provenance: Provenance,
    /// When it was retired, in milliseconds since 1970.
    pub retired_at: Option<i64>,
}

impl Task {
    /// The due date in force, where the first one was revised.
    pub fn revised_due_on(&self) -> Option<Date> {
        self.revised_due_on.map(|day| day.0)
    }

    /// The due date in force.
    pub fn current_due_on(&self) -> Date {
        self.revised_due_on().unwrap_or(self.due_on)
    }
}

// `$1` bounds the effective date of revisions; what was set first holds even before it takes effect. `$2` bounds what was known.
macro_rules! select_tasks {
    ($rest:literal) => {
        concat!(
            "SELECT t.id, t.plan_id, t.area_id, a.code AS area_code, a.name_zh AS area_name_zh, a.name_en AS area_name_en,
                    a.short_zh AS area_short_zh, a.short_en AS area_short_en,
                    t.code, t.title_zh, t.title_en, t.deliverable_zh, t.deliverable_en, t.effect_zh, t.effect_en, t.source_zh,
                    COALESCE(n.starts_on, f.starts_on) AS starts_on, f.due_on,
                    CASE WHEN n.id <> f.id THEN n.due_on END AS revised_due_on,
                    COALESCE(n.provenance, f.provenance) AS date_provenance, CASE WHEN t.retired_at < $2 THEN t.retired_at END AS retired_at
             FROM ",
            former::task!(as_known, "$2"),
            " AS t
             JOIN ",
            former::area!(as_known, "$2"),
            " AS a ON a.id = t.area_id
             JOIN task_dates f ON f.id = (SELECT d.id FROM task_dates d WHERE d.task_id = t.id AND ",
            known!("d", "$2"),
            "                             ORDER BY d.effective_on, d.recorded_at, d.id LIMIT 1)
             LEFT JOIN task_dates n ON n.id = (SELECT d.id FROM task_dates d
                                               WHERE d.task_id = t.id AND d.effective_on <= $1 AND ",
            known!("d", "$2"),
            "                                  ORDER BY d.effective_on DESC, d.recorded_at DESC, d.id DESC LIMIT 1) ",
            $rest
        )
    };
}

/// The tasks of a plan in their order, with the latest time limits.
pub async fn list_tasks(tx: &mut Tx, plan: &PlanId) -> Result<Vec<Task>, StoreError> {
    list_tasks_on(tx, plan, ANY_DAY, Known::NOW).await
}

/// The tasks of a plan in their order, with the time limits in force on a date as they were known.
pub async fn list_tasks_on(tx: &mut Tx, plan: &PlanId, as_of: Date, known: Known) -> Result<Vec<Task>, StoreError> {
    fetch_all!(
        tx,
        Task,
        select_tasks!("WHERE t.plan_id = $3 AND (t.retired_at IS NULL OR t.retired_at >= $2) ORDER BY a.ordinal, t.ordinal, t.code"),
        Day(as_of),
        known.instant(),
        plan
    )
}

/// The task of a plan with a code.
pub async fn find_task_by_code(tx: &mut Tx, plan: &PlanId, code: &str) -> Result<Option<Task>, StoreError> {
    find_task_by_code_on(tx, plan, code, ANY_DAY, Known::NOW).await
}

/// The task of a plan with a code, with the time limit in force on a date as it was known; none where it was not known yet.
pub async fn find_task_by_code_on(tx: &mut Tx, plan: &PlanId, code: &str, as_of: Date, known: Known) -> Result<Option<Task>, StoreError> {
    let on = Day(as_of);
    fetch_optional!(tx, Task, select_tasks!("WHERE t.plan_id = $3 AND t.code = $4"), on, known.instant(), plan, code)
}

/// The task with an id.
pub async fn find_task(tx: &mut Tx, id: &TaskId) -> Result<Option<Task>, StoreError> {
    fetch_optional!(tx, Task, select_tasks!("WHERE t.id = $3"), Day(ANY_DAY), Known::NOW.instant(), id)
}

/// An organisation with a part in a task.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TaskPart {
    /// The task.
    pub task_id: TaskId,
    /// The organisation.
    pub organisation_id: OrganisationId,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
    /// Its part.
    pub part: Part,
    /// The person to ask.
    pub contact: String,
}

macro_rules! select_parts {
    ($rest:literal) => {
        concat!(
            "SELECT s.task_id, s.organisation_id, g.name_zh, g.name_en, s.part, s.contact
             FROM assignments s JOIN ",
            former::organisation!(as_known, "$1"),
            " AS g ON g.id = s.organisation_id JOIN tasks t ON t.id = s.task_id
             WHERE s.assigned_at < $1 AND (s.ended_at IS NULL OR s.ended_at >= $1) AND ",
            $rest,
            " ORDER BY g.sort_key, g.id"
        )
    };
}

/// Everybody with a part in a task of the plan as it was known, by name.
pub async fn list_parts(tx: &mut Tx, plan: &PlanId, known: Known) -> Result<Vec<TaskPart>, StoreError> {
    fetch_all!(tx, TaskPart, select_parts!("t.plan_id = $2"), known.instant(), plan)
}

/// Everybody with a part in a task as it was known, by name.
pub async fn list_parts_of_task(tx: &mut Tx, task: &TaskId, known: Known) -> Result<Vec<TaskPart>, StoreError> {
    fetch_all!(tx, TaskPart, select_parts!("s.task_id = $2"), known.instant(), task)
}

/// A responsible part that an organisation has or had in a task.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ResponsibleSpan {
    /// The task.
    pub task_id: TaskId,
    /// The organisation.
    pub organisation_id: OrganisationId,
    /// When it was assigned, in milliseconds since 1970.
    pub assigned_at: i64,
    /// When the part was ended, where that was known.
    pub ended_at: Option<i64>,
}

macro_rules! select_responsible {
    ($rest:literal) => {
        concat!(
            "SELECT s.task_id, s.organisation_id, s.assigned_at, CASE WHEN s.ended_at < $1 THEN s.ended_at END AS ended_at
             FROM assignments s JOIN tasks t ON t.id = s.task_id
             WHERE s.part = 'responsible' AND s.assigned_at < $1 AND ",
            $rest,
            " ORDER BY s.assigned_at, s.id"
        )
    };
}

/// Every responsible part in tasks of the plan as it was known, ended ones too.
pub async fn list_responsible_spans(tx: &mut Tx, plan: &PlanId, known: Known) -> Result<Vec<ResponsibleSpan>, StoreError> {
    fetch_all!(tx, ResponsibleSpan, select_responsible!("t.plan_id = $2"), known.instant(), plan)
}

/// As [`list_responsible_spans`], of one task.
pub async fn list_responsible_spans_of_task(tx: &mut Tx, task: &TaskId, known: Known) -> Result<Vec<ResponsibleSpan>, StoreError> {
    fetch_all!(tx, ResponsibleSpan, select_responsible!("s.task_id = $2"), known.instant(), task)
}

/// What the accepted reports of one organisation say about a task.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AcceptedProgress {
    /// The task.
    pub task_id: TaskId,
    /// The organisation.
    pub organisation_id: OrganisationId,
    completed_on: Option<Day>,
    first_accepted_at: Option<i64>,
}

impl AcceptedProgress {
    /// When a report that states a completion was accepted first; a correction of it does not move that.
    pub fn first_accepted_at(&self) -> Option<i64> {
        self.first_accepted_at
    }

    /// The day on which it says to have finished.
    pub fn completed_on(&self) -> Option<Date> {
        self.completed_on.map(|day| day.0)
    }
}

// A correction speaks in place of the report it corrects.
macro_rules! select_progress {
    ($rest:literal) => {
        concat!(
            "SELECT o.task_id, o.organisation_id, MAX(r.completed_on) AS completed_on,
                    MIN(CASE WHEN r.completed_on IS NOT NULL THEN
                            (SELECT MIN(e.accepted_at) FROM reports e
                             WHERE e.obligation_id = r.obligation_id AND e.completed_on IS NOT NULL AND e.accepted_at < $2)
                        END) AS first_accepted_at
             FROM obligations o
             JOIN periods p ON p.id = o.period_id
             JOIN reports r ON r.obligation_id = o.id
             WHERE r.accepted_at < $2 AND p.ends_on <= $1
               AND NOT EXISTS (SELECT 1 FROM reports later WHERE later.obligation_id = r.obligation_id
                               AND later.accepted_at < $2 AND later.correction > r.correction)
               AND ",
            $rest,
            " GROUP BY o.task_id, o.organisation_id ORDER BY o.task_id, o.organisation_id"
        )
    };
}

/// What reports that were known to be accepted say in a plan, of periods that end on or before a date; without one, of all.
pub async fn list_progress(tx: &mut Tx, plan: &PlanId, until: Option<Date>, known: Known) -> Result<Vec<AcceptedProgress>, StoreError> {
    let until = Day(until.unwrap_or(ANY_DAY));
    fetch_all!(tx, AcceptedProgress, select_progress!("p.plan_id = $3"), until, known.instant(), plan)
}

/// As [`list_progress`], for one task.
pub async fn list_progress_of_task(
    tx: &mut Tx,
    task: &TaskId,
    until: Option<Date>,
    known: Known,
) -> Result<Vec<AcceptedProgress>, StoreError> {
    let until = Day(until.unwrap_or(ANY_DAY));
    fetch_all!(tx, AcceptedProgress, select_progress!("o.task_id = $3"), until, known.instant(), task)
}

/// How many reports of a plan, of periods that end on or before a date, were accepted from the instant `since` on.
pub async fn count_reports_since(tx: &mut Tx, plan: &PlanId, until: Date, since: i64) -> Result<i64, StoreError> {
    let row = fetch_optional!(
        tx,
        (i64,),
        "SELECT COUNT(*) FROM reports r JOIN obligations o ON o.id = r.obligation_id JOIN periods p ON p.id = o.period_id
         WHERE p.plan_id = $1 AND p.ends_on <= $2 AND r.accepted_at >= $3",
        plan,
        Day(until),
        since
    )?;
    Ok(row.map_or(0, |(count,)| count))
}

/// As [`count_reports_since`], of one task.
pub async fn count_reports_of_task_since(tx: &mut Tx, task: &TaskId, until: Date, since: i64) -> Result<i64, StoreError> {
    let row = fetch_optional!(
        tx,
        (i64,),
        "SELECT COUNT(*) FROM reports r JOIN obligations o ON o.id = r.obligation_id JOIN periods p ON p.id = o.period_id
         WHERE o.task_id = $1 AND p.ends_on <= $2 AND r.accepted_at >= $3",
        task,
        Day(until),
        since
    )?;
    Ok(row.map_or(0, |(count,)| count))
}

/// An indicator that a task works towards.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct LinkedIndicator {
    /// The task.
    pub task_id: TaskId,
    /// The indicator.
    pub indicator_id: IndicatorId,
    /// Its code.
    pub code: String,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
}

/// Which indicators the tasks of a plan worked towards, in the indicators' order.
pub async fn list_linked_indicators(tx: &mut Tx, plan: &PlanId, known: Known) -> Result<Vec<LinkedIndicator>, StoreError> {
    fetch_all!(
        tx,
        LinkedIndicator,
        concat!(
            "SELECT l.task_id, l.indicator_id, i.code, i.name_zh, i.name_en
             FROM task_indicators l JOIN ",
            former::indicator!(as_known, "$2"),
            " AS i ON i.id = l.indicator_id
             WHERE i.plan_id = $1 AND (i.retired_at IS NULL OR i.retired_at >= $2) AND ",
            known!("l", "$2"),
            " ORDER BY i.ordinal, i.code"
        ),
        plan,
        known.instant()
    )
}

/// Which indicators one task worked towards.
pub async fn list_linked_indicators_of_task(tx: &mut Tx, task: &TaskId, known: Known) -> Result<Vec<LinkedIndicator>, StoreError> {
    fetch_all!(
        tx,
        LinkedIndicator,
        concat!(
            "SELECT l.task_id, l.indicator_id, i.code, i.name_zh, i.name_en
             FROM task_indicators l JOIN ",
            former::indicator!(as_known, "$2"),
            " AS i ON i.id = l.indicator_id
             WHERE l.task_id = $1 AND (i.retired_at IS NULL OR i.retired_at >= $2) AND ",
            known!("l", "$2"),
            " ORDER BY i.ordinal, i.code"
        ),
        task,
        known.instant()
    )
}
