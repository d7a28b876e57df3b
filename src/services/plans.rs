//! Plans as a whole.

use super::{
    ServiceError,
    clocks::Clocks,
    visit::{PlanHead, Visit},
};
use crate::store::{
    Tx,
    accounts::set_last_plan,
    plans::{find_former_head, list_plan_summaries},
    with_tx,
};

/// Every plan, for the frame of a page.
pub async fn list_plan_heads(tx: &mut Tx) -> Result<Vec<PlanHead>, ServiceError> {
    let plans = list_plan_summaries(tx).await?;
    Ok(plans
        .into_iter()
        .map(|plan| PlanHead {
            id: plan.id,
            code: plan.code,
            short_zh: plan.short_zh,
            short_en: plan.short_en,
            starts_on: plan.starts_on,
            ends_on: plan.ends_on,
            cadence: plan.cadence,
            time_zone: plan.time_zone,
            retired_at: plan.retired_at,
        })
        .collect())
}

/// A plan as it was known: its names and how often progress was reported.
pub(super) async fn recall_head(tx: &mut Tx, plan: &PlanHead, clocks: Clocks) -> Result<PlanHead, ServiceError> {
    if !clocks.looks_back() {
        return Ok(plan.clone());
    }
    let (short_zh, short_en, cadence) = find_former_head(tx, &plan.id, clocks.known(&plan.time_zone)).await?;
    Ok(PlanHead { short_zh, short_en, cadence, ..plan.clone() })
}

/// Remembers the plan an account looks at, so that the start page leads back to it. Writes only when it is another one.
pub async fn remember_plan(visit: &Visit, code: &str) -> Result<(), ServiceError> {
    let Some(identity) = visit.identity.as_ref().filter(|identity| identity.last_plan() != Some(code)) else { return Ok(()) };
    if visit.plan(code).is_err() {
        return Ok(());
    }
    let (account, code) = (identity.account().clone(), code.to_owned());
    with_tx(&visit.shared.db, move |tx| Box::pin(async move { Ok(set_last_plan(tx, &account, &code).await?) })).await
}
