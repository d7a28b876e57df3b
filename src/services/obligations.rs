//! Who owes which report. Invariant: an open period has one obligation for each unfinished task and responsible organisation.

use super::{ServiceError, moment::Moment};
use crate::{domain::ids::PlanId, store::Tx};

/// Adds the obligations that open periods are missing, after an assignment or at the opening of a period.
pub async fn create_missing_obligations(_tx: &mut Tx, _plan: &PlanId, _now: Moment) -> Result<(), ServiceError> {
    Ok(())
}
