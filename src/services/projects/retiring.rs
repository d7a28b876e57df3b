//! Projects and milestones out of the timetable and back into it. Invariant: what was retired keeps its history, and comes back with what
//! was retired along with it.

use super::{ItemState, act, find_any_of_plan, find_of_plan, state_of};
use crate::{
    domain::ids::TimetableItemId,
    error::UserError,
    services::{ServiceError, access::Actor, editing::Grounds, moment::Moment, trail::Action, visit::PlanHead},
    store::{Db, timetable as store, with_tx},
};

/// Takes a project with its milestones, or a milestone, out of the timetable; its history stays.
///
/// # Errors
/// `Invalid` without a reason or a document, `NotFound`, `WrongState` when it is retired already.
pub async fn retire_item(
    db: &Db,
    actor: &Actor,
    now: Moment,
    plan: &PlanHead,
    id: TimetableItemId,
    grounds: Grounds,
) -> Result<(), ServiceError> {
    let (actor, plan) = (actor.clone(), plan.clone());
    with_tx(db, move |tx| {
        Box::pin(async move {
            let (item, _) = find_of_plan(tx, &plan, &id).await?;
            let (reason, document) = grounds.demand()?;
            store::retire_item(tx, &id, now.0).await?;
            let after = ItemState { retired: true, ..state_of(&item) };
            act(&actor, now, Action::RetireTimetableItem, &id, (&reason, &document)).record(tx, Some(&state_of(&item)), &after).await
        })
    })
    .await
}

/// Takes a retired project, with the milestones that were retired with it, or a milestone back into the timetable.
///
/// # Errors
/// `Invalid` without a reason or a document, `NotFound`, `WrongState` when it is in use or its project is not.
pub async fn revive_item(
    db: &Db,
    actor: &Actor,
    now: Moment,
    plan: &PlanHead,
    id: TimetableItemId,
    grounds: Grounds,
) -> Result<(), ServiceError> {
    let (actor, plan) = (actor.clone(), plan.clone());
    with_tx(db, move |tx| {
        Box::pin(async move {
            let (item, _) = find_any_of_plan(tx, &plan, &id).await?;
            let Some(retired_at) = item.retired_at else { return Err(UserError::WrongState.into()) };
            if let Some(project) = &item.project_id {
                find_of_plan(tx, &plan, project).await?;
            }
            let (reason, document) = grounds.demand()?;
            store::revive_item(tx, &id, retired_at, now.0).await?;
            let after = ItemState { retired: false, ..state_of(&item) };
            act(&actor, now, Action::ReviveTimetableItem, &id, (&reason, &document)).record(tx, Some(&state_of(&item)), &after).await
        })
    })
    .await
}
