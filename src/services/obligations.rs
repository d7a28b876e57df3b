//! Who owes which report. Invariant: an open period has one obligation for each unfinished task and responsible
//! organisation.
//!
//! A period is open until the last deadline of its loop, the answer, has passed. A loop that was evaluated takes no
//! further organisations.

use std::collections::{BTreeSet, HashSet};

use super::{
    ServiceError,
    moment::{Moment, make_id},
    tasks::judge_tasks,
};
use crate::{
    domain::ids::{ObligationId, OrganisationId, PlanId, TaskId},
    store::{
        Tx,
        periods::{self, Period},
        plans::list_plan_summaries,
    },
};

/// Adds the obligations that open periods are missing, after an assignment. Those that are there stay as they are.
pub async fn create_missing_obligations(tx: &mut Tx, plan: &PlanId, now: Moment) -> Result<(), ServiceError> {
    let Some(summary) = list_plan_summaries(tx).await?.into_iter().find(|summary| summary.id == *plan) else { return Ok(()) };
    let today = now.date_in(&summary.time_zone);
    let open: Vec<Period> = periods::list_periods(tx, plan).await?.into_iter().filter(|period| today <= period.answer_due).collect();
    if open.is_empty() {
        return Ok(());
    }
    let owing = list_owing_pairs(tx, plan, now, &summary.time_zone).await?;
    for period in &open {
        add_obligations(tx, period, &owing, now).await?;
    }
    Ok(())
}

/// Creates the obligations of a period that has just been opened, even if its deadlines have passed; gives their number.
pub(super) async fn create_obligations_of(tx: &mut Tx, period: &Period, time_zone: &str, now: Moment) -> Result<usize, ServiceError> {
    let owing = list_owing_pairs(tx, &period.plan_id, now, time_zone).await?;
    add_obligations(tx, period, &owing, now).await
}

/// Every unfinished task of a plan with each of its responsible organisations.
async fn list_owing_pairs(
    tx: &mut Tx,
    plan: &PlanId,
    now: Moment,
    time_zone: &str,
) -> Result<BTreeSet<(TaskId, OrganisationId)>, ServiceError> {
    let today = now.date_in(time_zone);
    let judged = judge_tasks(tx, plan, today, today).await?;
    let unfinished = judged.iter().filter(|judged| !judged.judgement.status.is_done());
    Ok(unfinished.flat_map(|judged| judged.responsible().map(|part| (judged.task.id.clone(), part.organisation_id.clone()))).collect())
}

async fn add_obligations(
    tx: &mut Tx,
    period: &Period,
    owing: &BTreeSet<(TaskId, OrganisationId)>,
    now: Moment,
) -> Result<usize, ServiceError> {
    let there: HashSet<_> = periods::list_owing(tx, &period.id).await?.into_iter().collect();
    let evaluated: HashSet<_> = periods::list_evaluated_tasks(tx, &period.id).await?.into_iter().collect();
    let mut added = 0;
    for pair in owing.iter().filter(|pair| !there.contains(pair) && !evaluated.contains(&pair.0)) {
        let id: ObligationId = make_id(now)?;
        periods::insert_obligation(tx, &id, &period.id, &pair.0, &pair.1, now.0).await?;
        added += 1;
    }
    Ok(added)
}
