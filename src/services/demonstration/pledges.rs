//! What the organisations of the demonstration take on. Invariant: everything goes through the service, by staff.

use serde::Deserialize;

use super::{DemonstrationError, cast::Cast};
use crate::{
    domain::permissions::Permission,
    services::{
        ServiceError,
        moment::Moment,
        pledges::{PledgeInput, read_pledge_form, record_pledges_in, years_of},
        visit::PlanHead,
    },
    store::Tx,
};

/// The file.
const TEXT: &str = include_str!("../../plans/demonstration-pledges.toml");

/// Pledges before anything is told, and changes at its end.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pledges {
    pub pledge: Vec<PledgeData>,
    pub change: Vec<PledgeData>,
}

/// What one organisation takes on for one indicator, by the years of the plan.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PledgeData {
    indicator: String,
    organisation: String,
    years: [i64; 3],
    #[serde(default)]
    note: String,
    #[serde(default)]
    reason: String,
}

impl Pledges {
    /// Reads the file.
    pub fn read() -> Result<Self, DemonstrationError> {
        toml::from_str(TEXT).map_err(|error| DemonstrationError::Data(format!("pledges: {error}")))
    }
}

/// Records pledges in the order of the file.
pub async fn record(tx: &mut Tx, pledges: &[PledgeData], cast: &Cast, plan: &PlanHead, now: Moment) -> Result<(), ServiceError> {
    let staff = cast.actor("staff", Permission::ManagePlans)?;
    for pledge in pledges {
        let organisation = cast.organisation(&pledge.organisation)?;
        let form = read_pledge_form(tx, plan, now, &pledge.indicator, organisation).await?;
        let typed = |quantity: &i64| if *quantity == 0 { String::new() } else { quantity.to_string() };
        let input = PledgeInput {
            indicator: pledge.indicator.clone(),
            organisation: organisation.to_string(),
            seen: form.seen,
            quantities: years_of(plan).into_iter().zip(pledge.years.iter().map(typed)).collect(),
            note: pledge.note.clone(),
            document: String::new(),
            reason: pledge.reason.clone(),
        };
        let recorded = record_pledges_in(tx, &staff, now, plan, &input).await;
        recorded.map_err(|error| ServiceError::Unexpected(format!("pledge {} {}: {error:?}", pledge.indicator, pledge.organisation)))?;
    }
    Ok(())
}
