//! Milestones and projects as reports state them. Invariant: they are reached only by an accepted report; what a correction says takes
//! the place of what the corrected report said.

use std::collections::BTreeSet;

use super::{
    ServiceError,
    access::Actor,
    moment::{Moment, make_id},
};
use crate::{
    domain::{
        ids::ReportId,
        report::{ReportFields, ValidMilestone},
    },
    store::{
        Tx,
        reports::Owed,
        timetable::{self, Item, NewCompletion},
    },
};

/// Ids of the projects and milestones that an organisation may state as reached: those of its task that are nobody else's.
pub(super) async fn list_statable(tx: &mut Tx, owed: &Owed) -> Result<BTreeSet<String>, ServiceError> {
    let items = timetable::list_items_of_task(tx, &owed.task_id).await?;
    Ok(items.into_iter().filter(|item| is_statable(item, owed)).map(|item| item.id.to_string()).collect())
}

fn is_statable(item: &Item, owed: &Owed) -> bool {
    item.organisation_id.as_ref().is_none_or(|organisation| *organisation == owed.organisation_id)
}

/// Whether the form of a report offers a project or milestone: it is open, or the report names it already.
pub fn is_offered(item: &Item, owed: &Owed, fields: &ReportFields) -> bool {
    let named = fields.milestones.iter().any(|typed| typed.item == item.id.as_str());
    named || (is_statable(item, owed) && item.retired_at.is_none() && item.reached_on().is_none())
}

/// Records what an accepted report says was reached. What a correction repeats keeps its row; what another organisation's accepted report reached before it stays as it is.
pub(super) async fn record_reached(
    tx: &mut Tx,
    officer: &Actor,
    report: &ReportId,
    milestones: &[ValidMilestone],
    now: Moment,
) -> Result<(), ServiceError> {
    let mut kept = BTreeSet::new();
    for held in timetable::list_completions_beside(tx, report).await? {
        let is_repeated = milestones.iter().any(|reached| {
            reached.item == held.item_id
                && reached.reached_on == held.reached_on
                && reached.document_number.as_deref().unwrap_or_default() == held.document
        });
        if is_repeated {
            kept.insert(held.item_id);
        } else {
            timetable::supersede_completion(tx, &held.id, now.0).await?;
        }
    }
    for reached in milestones.iter().filter(|reached| !kept.contains(&reached.item)) {
        let item = timetable::find_item(tx, &reached.item).await?;
        if item.is_none_or(|item| item.retired_at.is_some() || item.reached_on().is_some()) {
            continue;
        }
        let id: String = make_id(now)?;
        let new = NewCompletion {
            id: &id,
            item: &reached.item,
            reached_on: reached.reached_on,
            document: reached.document_number.as_deref().unwrap_or_default(),
            report,
            officer_id: officer.account(),
            recorded_at: now.0,
        };
        timetable::insert_completion(tx, new).await?;
    }
    Ok(())
}
