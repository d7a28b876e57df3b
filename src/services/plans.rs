//! Plans as a whole.

use super::{ServiceError, visit::PlanHead};
use crate::store::{Tx, plans::list_plan_summaries};

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
        })
        .collect())
}
