//! How many units stand where, as rollups: now, and by how much that changed on which day. Invariant: they count the standings of units
//! with one recognition only, whose units can be counted by counting rows; `services::standings` alone writes them.

use jiff::civil::Date;

use super::{Day, StoreError, Tx, batches::insert_rows, execute, fetch_all};
use crate::domain::{ids::OrganisationId, words::Stage};

/// What units are counted by: all that a list can be filtered by but words and indicators.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub struct StandingPlace {
    /// `kind:level` of the recognition.
    pub facet: String,
    /// The stage at which it stands.
    pub stage: Stage,
    /// The unit's district, or empty.
    pub district: String,
    /// Who holds the unit.
    pub holder_id: OrganisationId,
}

/// How many units stand at a place now.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StandingCount {
    /// Where.
    #[sqlx(flatten)]
    pub place: StandingPlace,
    /// How many.
    pub units: i64,
}

/// By how much the number at a place changed on a day.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StandingDay {
    /// The day.
    #[sqlx(try_from = "Day")]
    pub on_date: Date,
    /// Where.
    #[sqlx(flatten)]
    pub place: StandingPlace,
    /// By how much.
    pub change: i64,
}

/// Changes how many units stand at places, each place once; a place without any drops out.
pub async fn add_to_standing_counts(tx: &mut Tx, changes: &[StandingCount]) -> Result<(), StoreError> {
    insert_rows!(
        tx,
        "INSERT INTO standing_counts (facet, stage, district, holder_id, units) ",
        changes,
        |to, row| {
            to.push_bind(&row.place.facet)
                .push_bind(row.place.stage)
                .push_bind(&row.place.district)
                .push_bind(&row.place.holder_id)
                .push_bind(row.units);
        },
        " ON CONFLICT (facet, stage, district, holder_id) DO UPDATE SET units = standing_counts.units + excluded.units"
    );
    // Only where units were taken away can none be left.
    for StandingCount { place, .. } in changes.iter().filter(|row| row.units < 0) {
        let sql = "DELETE FROM standing_counts WHERE facet = $1 AND stage = $2 AND district = $3 AND holder_id = $4 AND units = 0";
        execute!(tx, sql, &place.facet, place.stage, &place.district, &place.holder_id)?;
    }
    Ok(())
}

/// Changes by how much those numbers change on days, each day and place once; what is left without a change drops out.
pub async fn add_to_standing_days(tx: &mut Tx, changes: &[StandingDay]) -> Result<(), StoreError> {
    insert_rows!(
        tx,
        "INSERT INTO standing_days (on_date, facet, stage, district, holder_id, change) ",
        changes,
        |to, row| {
            to.push_bind(Day(row.on_date))
                .push_bind(&row.place.facet)
                .push_bind(row.place.stage)
                .push_bind(&row.place.district)
                .push_bind(&row.place.holder_id)
                .push_bind(row.change);
        },
        " ON CONFLICT (on_date, facet, stage, district, holder_id) DO UPDATE SET change = standing_days.change + excluded.change"
    );
    let mut days: Vec<Date> = changes.iter().map(|row| row.on_date).collect();
    days.sort_unstable();
    days.dedup();
    for on in days {
        execute!(tx, "DELETE FROM standing_days WHERE on_date = $1 AND change = 0", Day(on))?;
    }
    Ok(())
}

/// The stored numbers, for checks.
pub async fn list_standing_counts(tx: &mut Tx) -> Result<Vec<StandingCount>, StoreError> {
    fetch_all!(tx, StandingCount, "SELECT facet, stage, district, holder_id, units FROM standing_counts")
}

/// The stored changes, for checks.
pub async fn list_standing_days(tx: &mut Tx) -> Result<Vec<StandingDay>, StoreError> {
    fetch_all!(tx, StandingDay, "SELECT on_date, facet, stage, district, holder_id, change FROM standing_days")
}
