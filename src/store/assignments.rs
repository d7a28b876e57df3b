//! Which organisation has which part in a task. Invariant: an assignment that ends keeps its row; among the open ones a task has one
//! lead at most, and an organisation has a part once.

use jiff::civil::Date;

use super::{Day, StoreError, Tx, execute, fetch_all, fetch_optional};
use crate::{
    domain::{
        ids::{AreaId, AssignmentId, ObligationId, OrganisationId, PlanId, TaskId},
        words::Part,
    },
    lang::Lang,
};

/// An open assignment.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Assignment {
    /// Its id.
    pub id: AssignmentId,
    /// The task.
    pub task_id: TaskId,
    /// The organisation.
    pub organisation_id: OrganisationId,
    /// Its Chinese name.
    pub organisation_name_zh: String,
    /// Its English name; may be empty.
    pub organisation_name_en: String,
    /// Pinyin of its Chinese name.
    pub organisation_sort_key: String,
    /// Its part in the task.
    pub part: Part,
    /// Who to talk to there; may be empty.
    pub contact: String,
    /// Since when, in milliseconds since 1970.
    pub assigned_at: i64,
}

impl Assignment {
    /// The organisation's name in a language.
    pub fn organisation_name(&self, lang: Lang) -> &str {
        lang.pick(&self.organisation_name_zh, &self.organisation_name_en)
    }
}

/// A task of a plan as far as assigning needs it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AssignableTask {
    /// Its id.
    pub id: TaskId,
    /// Its code.
    pub code: String,
    /// Chinese title.
    pub title_zh: String,
    /// English title.
    pub title_en: String,
    /// The area it stands in.
    pub area_id: AreaId,
    /// The area's code.
    pub area_code: String,
    /// The area's short Chinese name.
    pub area_zh: String,
    /// The area's short English name.
    pub area_en: String,
}

macro_rules! select_assignments {
    ($rest:literal) => {
        concat!(
            "SELECT assignments.id, task_id, organisation_id, organisations.name_zh AS organisation_name_zh,
                    organisations.name_en AS organisation_name_en, organisations.sort_key AS organisation_sort_key,
                    part, contact, assigned_at
             FROM assignments JOIN organisations ON organisations.id = assignments.organisation_id ",
            $rest
        )
    };
}

// Sorted here: the two databases do not agree on the order of texts.
fn sort_assignments(mut assignments: Vec<Assignment>) -> Vec<Assignment> {
    assignments.sort_by(|one, other| {
        (&one.task_id, one.part, &one.organisation_sort_key, &one.id).cmp(&(
            &other.task_id,
            other.part,
            &other.organisation_sort_key,
            &other.id,
        ))
    });
    assignments
}

/// Every open assignment of a plan: task by task, leads first, then by the organisation's pinyin.
pub async fn list_assignments(tx: &mut Tx, plan: &PlanId) -> Result<Vec<Assignment>, StoreError> {
    Ok(sort_assignments(fetch_all!(
        tx,
        Assignment,
        select_assignments!("JOIN tasks ON tasks.id = assignments.task_id WHERE tasks.plan_id = $1 AND ended_at IS NULL"),
        plan
    )?))
}

/// The open assignments of one task: the lead first, then by the organisation's pinyin.
pub async fn list_assignments_of_task(tx: &mut Tx, task: &TaskId) -> Result<Vec<Assignment>, StoreError> {
    Ok(sort_assignments(fetch_all!(tx, Assignment, select_assignments!("WHERE task_id = $1 AND ended_at IS NULL"), task)?))
}

/// An open assignment of a plan.
pub async fn find_open_assignment(tx: &mut Tx, plan: &PlanId, id: &AssignmentId) -> Result<Option<Assignment>, StoreError> {
    fetch_optional!(
        tx,
        Assignment,
        select_assignments!(
            "JOIN tasks ON tasks.id = assignments.task_id WHERE assignments.id = $1 AND tasks.plan_id = $2 AND ended_at IS NULL"
        ),
        id,
        plan
    )
}

/// The organisation that leads a task.
pub async fn find_lead(tx: &mut Tx, task: &TaskId) -> Result<Option<OrganisationId>, StoreError> {
    let row = fetch_optional!(
        tx,
        (OrganisationId,),
        "SELECT organisation_id FROM assignments WHERE task_id = $1 AND part = $2 AND ended_at IS NULL",
        task,
        Part::Lead
    )?;
    Ok(row.map(|(organisation,)| organisation))
}

/// The tasks of a plan that are not retired, in the order of the plan.
pub async fn list_assignable_tasks(tx: &mut Tx, plan: &PlanId) -> Result<Vec<AssignableTask>, StoreError> {
    fetch_all!(
        tx,
        AssignableTask,
        "SELECT tasks.id, tasks.code, title_zh, title_en, area_id, areas.code AS area_code, areas.short_zh AS area_zh,
                areas.short_en AS area_en
         FROM tasks JOIN areas ON areas.id = tasks.area_id
         WHERE tasks.plan_id = $1 AND tasks.retired_at IS NULL ORDER BY areas.ordinal, tasks.ordinal",
        plan
    )
}

/// Code, Chinese and English title of every task in which an organisation has an open part, in the order of the plans.
pub async fn list_tasks_of_organisation(tx: &mut Tx, organisation: &OrganisationId) -> Result<Vec<(String, String, String)>, StoreError> {
    fetch_all!(
        tx,
        (String, String, String),
        "SELECT tasks.code, title_zh, title_en FROM tasks JOIN areas ON areas.id = tasks.area_id
         WHERE EXISTS (SELECT 1 FROM assignments
                       WHERE assignments.task_id = tasks.id AND assignments.organisation_id = $1 AND ended_at IS NULL)
         ORDER BY tasks.plan_id, areas.ordinal, tasks.ordinal",
        organisation
    )
}

/// In how many tasks each organisation has an open part.
pub async fn count_tasks_by_organisation(tx: &mut Tx) -> Result<Vec<(OrganisationId, i64)>, StoreError> {
    fetch_all!(
        tx,
        (OrganisationId, i64),
        "SELECT organisation_id, COUNT(DISTINCT task_id) FROM assignments WHERE ended_at IS NULL GROUP BY organisation_id"
    )
}

/// A part in a task to be given.
#[derive(Debug, Clone, Copy)]
pub struct NewAssignment<'a> {
    /// Its id.
    pub id: &'a AssignmentId,
    /// The task.
    pub task: &'a TaskId,
    /// Who gets it.
    pub organisation: &'a OrganisationId,
    /// Which.
    pub part: Part,
    /// Whom to talk to.
    pub contact: &'a str,
    /// Milliseconds since 1970.
    pub assigned_at: i64,
}

/// Gives an organisation a part in a task.
pub async fn insert_assignment(tx: &mut Tx, new: NewAssignment<'_>) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO assignments (id, task_id, organisation_id, part, contact, assigned_at) VALUES ($1, $2, $3, $4, $5, $6)",
        new.id,
        new.task,
        new.organisation,
        new.part,
        new.contact,
        new.assigned_at
    )?;
    Ok(())
}

/// Names another person to talk to.
pub async fn update_contact(tx: &mut Tx, id: &AssignmentId, contact: &str) -> Result<(), StoreError> {
    execute!(tx, "UPDATE assignments SET contact = $2 WHERE id = $1", id, contact)?;
    Ok(())
}

/// Ends an assignment.
pub async fn set_assignment_ended(tx: &mut Tx, id: &AssignmentId, now: i64) -> Result<(), StoreError> {
    execute!(tx, "UPDATE assignments SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL", id, now)?;
    Ok(())
}

/// What an organisation owes for a task in periods that are open on `today` (until the answers are due), as far as nothing was begun:
/// the obligation and its period's code.
pub async fn list_unbegun_obligations(
    tx: &mut Tx,
    task: &TaskId,
    organisation: &OrganisationId,
    today: Date,
) -> Result<Vec<(ObligationId, String)>, StoreError> {
    fetch_all!(
        tx,
        (ObligationId, String),
        "SELECT obligations.id, periods.code FROM obligations JOIN periods ON periods.id = obligations.period_id
         WHERE task_id = $1 AND organisation_id = $2 AND answer_due >= $3
           AND NOT EXISTS (SELECT 1 FROM reports WHERE reports.obligation_id = obligations.id)
         ORDER BY periods.starts_on",
        task,
        organisation,
        Day(today)
    )
}

/// Takes an obligation back for which nothing was begun.
pub async fn delete_obligation(tx: &mut Tx, id: &ObligationId) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM obligations WHERE id = $1", id)?;
    Ok(())
}
