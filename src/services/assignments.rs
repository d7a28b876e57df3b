//! Which organisation has which part in a task. Invariant: a task has one lead at most, an organisation has a part once, and what is owed
//! follows the responsible organisations.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    ServiceError,
    access::{Actor, Author},
    moment::{Moment, make_id},
    obligations::create_missing_obligations,
    organisations::{read_line, require_reason},
    trail::{Action, Change, NOTHING, record_change},
    visit::PlanHead,
};
use crate::{
    domain::{
        fields::{FieldError, FieldProblem},
        ids::{AssignmentId, OrganisationId, TaskId},
        permissions::Permission,
        words::Part,
    },
    error::UserError,
    store::{
        Db, Tx,
        assignments::{
            self, AssignableTask, Assignment, NewAssignment, delete_obligation, find_open_assignment, insert_assignment,
            list_assignable_tasks, list_assignments, list_unbegun_obligations, set_assignment_ended, update_contact,
        },
        organisations::{Organisation, find_organisation, list_organisations},
        with_tx,
    },
};

/// Most characters of a contact.
const LONGEST_CONTACT: usize = 100;

/// What was typed to assign an organisation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AssignmentFields {
    /// Codes of the tasks that are ticked.
    pub tasks: Vec<String>,
    /// Codes of areas that are ticked: all their tasks, but for those in which the organisation has the part already.
    pub areas: Vec<String>,
    /// The organisation's id.
    pub organisation: String,
    /// The word of the part.
    pub part: String,
    /// Who to talk to there; may be empty.
    pub contact: String,
}

/// A task with its open assignments: the lead first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignedTask {
    /// The task.
    pub task: AssignableTask,
    /// Who has a part in it.
    pub assignments: Vec<Assignment>,
}

impl AssignedTask {
    /// Those with one part.
    pub fn with_part(&self, part: Part) -> impl Iterator<Item = &Assignment> {
        self.assignments.iter().filter(move |assignment| assignment.part == part)
    }

    /// Whether nobody owes its reports.
    pub fn is_unassigned(&self) -> bool {
        self.with_part(Part::Responsible).next().is_none()
    }
}

/// Every task of a plan with its assignments, and the organisations that can get parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AssignmentList {
    /// The tasks in the order of the plan.
    pub tasks: Vec<AssignedTask>,
    /// Organisations that are not retired, in the order of their pinyin.
    pub organisations: Vec<Organisation>,
}

/// What the audit trail keeps of an assignment.
#[derive(Debug, Serialize)]
struct AssignmentState<'a> {
    task: &'a TaskId,
    organisation: &'a OrganisationId,
    part: Part,
    contact: &'a str,
}

/// What the audit trail keeps of an assignment's end.
#[derive(Debug, Default, Serialize)]
struct EndState<'a> {
    /// The new lead that took its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    replaced_by: Option<&'a OrganisationId>,
    /// Codes of the periods whose report is no longer owed.
    no_longer_owed: Vec<String>,
}

const fn state_of(assignment: &Assignment) -> AssignmentState<'_> {
    AssignmentState {
        task: &assignment.task_id,
        organisation: &assignment.organisation_id,
        part: assignment.part,
        contact: assignment.contact.as_str(),
    }
}

/// The tasks of a plan with who has which part.
pub async fn read_assignments(db: &Db, plan: &PlanHead) -> Result<AssignmentList, ServiceError> {
    let mut tx = db.read().await?;
    let mut by_task: BTreeMap<TaskId, Vec<Assignment>> = BTreeMap::new();
    for assignment in list_assignments(&mut tx, &plan.id).await? {
        by_task.entry(assignment.task_id.clone()).or_default().push(assignment);
    }
    let tasks = list_assignable_tasks(&mut tx, &plan.id).await?;
    let organisations = list_organisations(&mut tx).await?;
    Ok(AssignmentList {
        tasks: tasks.into_iter().map(|task| AssignedTask { assignments: by_task.remove(&task.id).unwrap_or_default(), task }).collect(),
        organisations: organisations.into_iter().filter(|organisation| !organisation.is_retired()).collect(),
    })
}

/// Gives an organisation one part in one or many tasks, all or none. A new lead takes the place of the present one.
///
/// # Errors
/// `Invalid`: no task ticked, an unknown task, an organisation that is not offered or retired, no part, or tasks in which the organisation
/// has this part already.
pub async fn assign_organisation(
    db: &Db,
    actor: &Actor,
    now: Moment,
    plan: &PlanHead,
    typed: AssignmentFields,
) -> Result<usize, ServiceError> {
    let (actor, plan) = (actor.clone(), plan.clone());
    with_tx(db, move |tx| Box::pin(async move { assign_organisation_in(tx, &actor, now, &plan, &typed).await })).await
}

/// Gives an organisation a part inside a transaction.
pub(super) async fn assign_organisation_in(
    tx: &mut Tx,
    actor: &Actor,
    now: Moment,
    plan: &PlanHead,
    typed: &AssignmentFields,
) -> Result<usize, ServiceError> {
    let author = actor.require(Permission::ManagePlans)?.author();
    let wanted = check_fields(tx, plan, typed).await?;
    let mut added = Vec::with_capacity(wanted.tasks.len());
    let mut replaced = Vec::new();
    for task in &wanted.tasks {
        if wanted.part == Part::Lead {
            for present in assignments::list_assignments_of_task(tx, task).await? {
                if present.part == Part::Lead {
                    set_assignment_ended(tx, &present.id, now.0).await?;
                    replaced.push(present);
                }
            }
        }
        let id: AssignmentId = make_id(now)?;
        let new = NewAssignment {
            id: &id,
            task,
            organisation: &wanted.organisation,
            part: wanted.part,
            contact: &wanted.contact,
            assigned_at: now.0,
        };
        insert_assignment(tx, new).await?;
        added.push((id, task));
    }
    create_missing_obligations(tx, &plan.id, now).await?;
    for former in &replaced {
        let end = EndState { replaced_by: Some(&wanted.organisation), no_longer_owed: Vec::new() };
        record_end(tx, &author, now, former, "", &end).await?;
    }
    for (id, task) in &added {
        let state = AssignmentState { task, organisation: &wanted.organisation, part: wanted.part, contact: wanted.contact.as_str() };
        let change = Change { action: Action::AssignOrganisation, object_kind: "assignment", object_id: id.as_str(), reason: "" };
        record_change(tx, &author, now, change, NOTHING, Some(&state)).await?;
    }
    Ok(added.len())
}

struct Wanted {
    tasks: Vec<TaskId>,
    organisation: OrganisationId,
    part: Part,
    contact: String,
}

async fn check_fields(tx: &mut Tx, plan: &PlanHead, typed: &AssignmentFields) -> Result<Wanted, ServiceError> {
    let mut errors = Vec::new();
    let contact = read_line("contact", &typed.contact, LONGEST_CONTACT, &mut errors);
    let organisation = OrganisationId::from(typed.organisation.as_str());
    match find_organisation(tx, &organisation).await? {
        _ if typed.organisation.is_empty() => errors.push(FieldError::new("organisation", FieldProblem::Required)),
        None => errors.push(FieldError::new("organisation", FieldProblem::UnknownChoice)),
        Some(found) if found.is_retired() => errors.push(FieldError::new("organisation", FieldProblem::Retired)),
        Some(_) => {}
    }
    let part = typed.part.parse::<Part>().ok();
    if part.is_none() {
        let problem = if typed.part.is_empty() { FieldProblem::Required } else { FieldProblem::UnknownChoice };
        errors.push(FieldError::new("part", problem));
    }
    if typed.tasks.is_empty() && typed.areas.is_empty() {
        errors.push(FieldError::new("task.", FieldProblem::NothingTicked));
    }
    let known = list_assignable_tasks(tx, &plan.id).await?;
    let all_known = typed.tasks.iter().all(|code| known.iter().any(|task| task.code == *code))
        && typed.areas.iter().all(|code| known.iter().any(|task| task.area_code == *code));
    if !all_known {
        errors.push(FieldError::new("task.", FieldProblem::UnknownChoice));
    }
    let present = list_assignments(tx, &plan.id).await?;
    let has_it =
        |task: &TaskId| present.iter().any(|one| one.task_id == *task && one.organisation_id == organisation && Some(one.part) == part);
    let twice: Vec<String> =
        known.iter().filter(|task| typed.tasks.contains(&task.code) && has_it(&task.id)).map(|task| task.code.clone()).collect();
    if !twice.is_empty() {
        errors.push(FieldError::new("task.", FieldProblem::AlreadyAssigned { tasks: twice }));
    }
    let tasks: Vec<TaskId> = known
        .iter()
        .filter(|task| typed.tasks.contains(&task.code) || (typed.areas.contains(&task.area_code) && !has_it(&task.id)))
        .map(|task| task.id.clone())
        .collect();
    if errors.is_empty() && tasks.is_empty() {
        // Only areas were ticked, and the organisation has the part in all of their tasks.
        let tasks = known.iter().filter(|task| typed.areas.contains(&task.area_code)).map(|task| task.code.clone()).collect();
        errors.push(FieldError::new("task.", FieldProblem::AlreadyAssigned { tasks }));
    }
    match part {
        Some(part) if errors.is_empty() => Ok(Wanted { tasks, organisation, part, contact }),
        _ => Err(UserError::Invalid(errors).into()),
    }
}

/// Names another person to talk to.
///
/// # Errors
/// `NotFound` for an assignment of another plan or one that has ended; `Invalid` when the name is too long.
pub async fn change_contact(
    db: &Db,
    actor: &Actor,
    now: Moment,
    plan: &PlanHead,
    id: AssignmentId,
    contact: String,
) -> Result<(), ServiceError> {
    actor.require(Permission::ManagePlans)?;
    let (author, plan) = (actor.author(), plan.clone());
    with_tx(db, move |tx| {
        Box::pin(async move {
            let before = find_open_assignment(tx, &plan.id, &id).await?.ok_or(UserError::NotFound)?;
            let mut errors = Vec::new();
            let contact = read_line("contact", &contact, LONGEST_CONTACT, &mut errors);
            if !errors.is_empty() {
                return Err(UserError::Invalid(errors).into());
            }
            let after = Assignment { contact, ..before.clone() };
            if after == before {
                return Ok(());
            }
            update_contact(tx, &id, &after.contact).await?;
            let change = Change { action: Action::AssignOrganisation, object_kind: "assignment", object_id: id.as_str(), reason: "" };
            record_change(tx, &author, now, change, Some(&state_of(&before)), Some(&state_of(&after))).await
        })
    })
    .await
}

/// Ends an organisation's part in a task. A responsible organisation keeps what it reported or began and what it owed in periods that are
/// over; what it owes in open periods, and has not begun, is taken back.
///
/// # Errors
/// `NotFound` for an assignment of another plan or one that has ended; `Invalid` without a reason.
pub async fn end_assignment(
    db: &Db,
    actor: &Actor,
    now: Moment,
    plan: &PlanHead,
    id: AssignmentId,
    reason: String,
) -> Result<(), ServiceError> {
    actor.require(Permission::ManagePlans)?;
    let (author, plan) = (actor.author(), plan.clone());
    with_tx(db, move |tx| {
        Box::pin(async move {
            let assignment = find_open_assignment(tx, &plan.id, &id).await?.ok_or(UserError::NotFound)?;
            let reason = require_reason(&reason)?;
            set_assignment_ended(tx, &id, now.0).await?;
            let mut no_longer_owed = Vec::new();
            if assignment.part == Part::Responsible {
                let today = now.date_in(&plan.time_zone);
                for (obligation, period) in list_unbegun_obligations(tx, &assignment.task_id, &assignment.organisation_id, today).await? {
                    delete_obligation(tx, &obligation).await?;
                    no_longer_owed.push(period);
                }
            }
            create_missing_obligations(tx, &plan.id, now).await?;
            record_end(tx, &author, now, &assignment, &reason, &EndState { replaced_by: None, no_longer_owed }).await
        })
    })
    .await
}

async fn record_end(
    tx: &mut Tx,
    author: &Author,
    now: Moment,
    ended: &Assignment,
    reason: &str,
    end: &EndState<'_>,
) -> Result<(), ServiceError> {
    let change = Change { action: Action::EndAssignment, object_kind: "assignment", object_id: ended.id.as_str(), reason };
    record_change(tx, author, now, change, Some(&state_of(ended)), Some(end)).await
}
