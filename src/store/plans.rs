//! Plans, areas, kinds of recognition. Invariant: codes are unique in their plan.

use jiff::civil::Date;

use super::{Day, Known, StoreError, Tx, fetch_all, fetch_one, former};
use crate::domain::{ids::PlanId, words::Cadence};

/// A plan as every page's frame needs it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PlanSummary {
    /// Its id.
    pub id: PlanId,
    /// Its code in URLs.
    pub code: String,
    /// Short Chinese name.
    pub short_zh: String,
    /// Short English name.
    pub short_en: String,
    /// First day.
    #[sqlx(try_from = "Day")]
    pub starts_on: Date,
    /// Last day.
    #[sqlx(try_from = "Day")]
    pub ends_on: Date,
    /// How often progress is reported.
    pub cadence: Cadence,
    /// Its time zone.
    pub time_zone: String,
    /// When it was retired, in milliseconds since 1970.
    pub retired_at: Option<i64>,
}

/// The short names and the cadence of a plan as they were known.
pub async fn find_former_head(tx: &mut Tx, plan: &PlanId, known: Known) -> Result<(String, String, Cadence), StoreError> {
    let sql = concat!("SELECT short_zh, short_en, cadence FROM ", former::plan!(as_known, "$2"), " AS plans WHERE id = $1");
    fetch_one!(tx, (String, String, Cadence), sql, plan, known.instant())
}

/// Every plan, retired ones too, in the order in which they came: ids sort by age.
pub async fn list_plan_summaries(tx: &mut Tx) -> Result<Vec<PlanSummary>, StoreError> {
    fetch_all!(
        tx,
        PlanSummary,
        "SELECT id, code, short_zh, short_en, starts_on, ends_on, cadence, time_zone, retired_at FROM plans ORDER BY id"
    )
}
