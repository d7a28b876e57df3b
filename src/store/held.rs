//! How many counted units each organisation holds, as a rollup. Invariant: for each indicator and holder the changes of `holder_days` are
//! those of the counted spans of the units it holds now: one more at each beginning, one less at each end.

use jiff::civil::Date;

use super::{Day, StoreError, Tx, execute, fetch_all};
use crate::domain::ids::{IndicatorId, OrganisationId, PlanId, UnitId};

/// Changes by how much the number moves on a day; a day on which nothing is left drops out.
pub async fn add_to_holder_day(
    tx: &mut Tx,
    indicator: &IndicatorId,
    holder: &OrganisationId,
    on: Date,
    change: i64,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO holder_days (indicator_id, holder_id, on_date, change) VALUES ($1, $2, $3, $4)
         ON CONFLICT (indicator_id, holder_id, on_date) DO UPDATE SET change = holder_days.change + excluded.change",
        indicator,
        holder,
        Day(on),
        change,
    )?;
    execute!(
        tx,
        "DELETE FROM holder_days WHERE indicator_id = $1 AND holder_id = $2 AND on_date = $3 AND change = 0",
        indicator,
        holder,
        Day(on),
    )?;
    Ok(())
}

/// Forgets every rolled-up day of an indicator.
pub async fn delete_holder_days(tx: &mut Tx, indicator: &IndicatorId) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM holder_days WHERE indicator_id = $1", indicator)?;
    Ok(())
}

macro_rules! count_held {
    ($where:literal) => {
        concat!(
            "SELECT days.indicator_id, days.holder_id, CAST(SUM(days.change) AS BIGINT)
             FROM holder_days AS days JOIN indicators ON indicators.id = days.indicator_id
             WHERE ",
            $where,
            " AND days.on_date <= $2 GROUP BY days.indicator_id, days.holder_id"
        )
    };
}

/// How many units that count on a day each organisation holds, by indicator of a plan.
pub async fn count_held(tx: &mut Tx, plan: &PlanId, as_of: Date) -> Result<Vec<(IndicatorId, OrganisationId, i64)>, StoreError> {
    fetch_all!(tx, (IndicatorId, OrganisationId, i64), count_held!("indicators.plan_id = $1"), plan, Day(as_of))
}

/// The same for one indicator.
pub async fn count_held_of(
    tx: &mut Tx,
    indicator: &IndicatorId,
    as_of: Date,
) -> Result<Vec<(IndicatorId, OrganisationId, i64)>, StoreError> {
    fetch_all!(tx, (IndicatorId, OrganisationId, i64), count_held!("days.indicator_id = $1"), indicator, Day(as_of))
}

/// The stored days: indicator, holder, day, change.
pub async fn list_holder_days(tx: &mut Tx) -> Result<Vec<(IndicatorId, OrganisationId, Day, i64)>, StoreError> {
    fetch_all!(tx, (IndicatorId, OrganisationId, Day, i64), "SELECT indicator_id, holder_id, on_date, change FROM holder_days")
}

/// Who holds each unit.
pub async fn list_unit_holders(tx: &mut Tx) -> Result<Vec<(UnitId, OrganisationId)>, StoreError> {
    fetch_all!(tx, (UnitId, OrganisationId), "SELECT id, holder_id FROM units")
}
