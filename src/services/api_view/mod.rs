//! What machines are told: the numbers, names and dates of the pages as plain records. Invariant: each is made from the same view as
//! its page, so that a number read by a machine equals the number a person sees.
//!
//! Decimal values are texts (`"89.5"`): a JSON number would pass through a float in most readers. Dates are `YYYY-MM-DD` in the
//! plan's time zone, instants RFC 3339. Names, wordings and reasons stand in Chinese and English side by side.

pub mod figures;
pub mod indicators;
pub mod roster;
pub mod tasks;
pub mod units;

use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    ServiceError,
    clocks::Clocks,
    moment::Moment,
    plan_view::PlanView,
    roster_view::Proof,
    visit::{PlanHead, Visit},
};
use crate::{
    domain::{number::format_raw, words::Cadence},
    store::{audit::read_head, settings::read_data_version},
};

/// An exact decimal number as text, such as `300` or `89.5`; never rounded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(example = "89.5", pattern = r"^-?[0-9]+(\.[0-9]+)?$")]
pub struct Decimal(String);

impl Decimal {
    /// The text of a fixed-point value.
    pub fn new(raw: i64, scale: u8) -> Self {
        Self(format_raw(raw, scale))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

/// For which plan, day and knowledge an answer holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Validity {
    /// Code of the plan.
    pub plan: String,
    /// The day that is shown: facts dated on or before it count.
    #[schema(value_type = String, format = Date)]
    pub as_of: Date,
    /// What was recorded before this instant counts: the end of the day that was asked for, or now.
    #[schema(format = DateTime)]
    pub known_at: String,
    /// Rises with every committed change; two answers of one version agree.
    pub data_version: i64,
    /// Whether the database holds demonstration data: made-up organisations and progress.
    pub demonstration: bool,
}

impl Validity {
    /// The validity of a view that a visit asked for.
    pub fn of_view(visit: &Visit, view: &PlanView) -> Self {
        Self::new(visit, &view.plan, view.clocks(), view.version)
    }

    /// The validity of rows that were read for two clocks.
    pub fn new(visit: &Visit, plan: &PlanHead, clocks: Clocks, data_version: i64) -> Self {
        let known_at = clocks.known_at.map_or(visit.now, |day| Moment::end_of(day, &plan.time_zone));
        Self {
            plan: plan.code.clone(),
            as_of: clocks.as_of,
            known_at: known_at.instant_in(&plan.time_zone),
            data_version,
            demonstration: visit.demonstration,
        }
    }
}

/// A plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublishedPlan {
    /// Its code in addresses.
    pub code: String,
    /// Short Chinese name.
    pub name_zh: String,
    /// Short English name.
    pub name_en: String,
    /// First day.
    #[schema(value_type = String, format = Date)]
    pub starts_on: Date,
    /// Last day.
    #[schema(value_type = String, format = Date)]
    pub ends_on: Date,
    /// How often progress is reported: `month`, `quarter`, `half-year` or `year`.
    #[schema(value_type = String)]
    pub cadence: Cadence,
    /// IANA name of its time zone.
    pub time_zone: String,
}

/// Every plan in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublishedPlans {
    /// Rises with every committed change.
    pub data_version: i64,
    /// Whether the database holds demonstration data.
    pub demonstration: bool,
    /// The plans, in their order.
    pub plans: Vec<PublishedPlan>,
}

/// Every plan of the system that is in use.
pub async fn publish_plans(visit: &Visit) -> Result<PublishedPlans, ServiceError> {
    let mut tx = visit.shared.db.read().await?;
    let data_version = read_data_version(&mut tx).await?;
    let plans = visit
        .plans_in_use()
        .map(|plan| PublishedPlan {
            code: plan.code.clone(),
            name_zh: plan.short_zh.clone(),
            name_en: plan.short_en.clone(),
            starts_on: plan.starts_on,
            ends_on: plan.ends_on,
            cadence: plan.cadence,
            time_zone: plan.time_zone.clone(),
        })
        .collect();
    Ok(PublishedPlans { data_version, demonstration: visit.demonstration, plans })
}

/// A file of evidence that the account may open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublishedFile {
    /// Its address on this site; it opens for a session of the same account.
    pub path: String,
    /// Its name.
    pub file_name: String,
    /// Its size in bytes.
    pub size: i64,
}

/// The addresses of what proves a step, as far as the account may see it.
fn publish_proof(plan: &PlanHead, proof: &Proof) -> (Option<String>, Vec<PublishedFile>) {
    let report = proof.report.as_ref().map(|report| plan.path(&format!("/reports/{report}")));
    let files = proof
        .evidence
        .iter()
        .map(|file| PublishedFile {
            path: plan.path(&format!("/evidence/{}", file.id)),
            file_name: file.file_name.clone(),
            size: file.size,
        })
        .collect();
    (report, files)
}

/// The hash of the newest row of the audit chain, to be printed on what leaves the product; none for an empty chain.
pub async fn read_audit_head(visit: &Visit) -> Result<Option<String>, ServiceError> {
    let mut tx = visit.shared.db.read().await?;
    let (_, hash) = read_head(&mut tx).await?;
    Ok((!hash.is_empty()).then_some(hash))
}
