//! The units of which more was recorded since. Invariant: a unit that is not among them stood then where the rollups, on the day that is
//! asked for, have it now; what an indicator counts may have changed all the same.

use super::{Known, StoreError, Tx, batches::push_rows, fetch_all, on, rollups::StepRow};
use crate::domain::ids::UnitId;

/// So many units are looked at one by one at most; past that all are.
const MOST_TOUCHED: i64 = 4_000;

/// The units that were set up or changed, or of which a step was recorded or superseded, from the instant on; none where they are many.
pub async fn list_touched_units(tx: &mut Tx, known: Known) -> Result<Option<Vec<UnitId>>, StoreError> {
    let rows = fetch_all!(
        tx,
        (UnitId,),
        "SELECT unit_id FROM (SELECT DISTINCT unit_id FROM stage_steps JOIN recognitions ON recognitions.id = stage_steps.recognition_id
                              WHERE stage_steps.recorded_at >= $1 LIMIT $2) AS recorded
         UNION SELECT unit_id FROM (SELECT DISTINCT unit_id FROM stage_steps JOIN recognitions ON recognitions.id = stage_steps.recognition_id
                                    WHERE stage_steps.superseded_at >= $1 LIMIT $2) AS superseded
         UNION SELECT unit_id FROM (SELECT DISTINCT unit_id FROM unit_revisions WHERE superseded_at >= $1 LIMIT $2) AS changed
         UNION SELECT id FROM (SELECT id FROM units WHERE created_at >= $1 LIMIT $2) AS added
         LIMIT $2",
        known.instant(),
        MOST_TOUCHED + 1
    )?;
    let few = i64::try_from(rows.len()).is_ok_and(|count| count <= MOST_TOUCHED);
    Ok(few.then(|| rows.into_iter().map(|(unit,)| unit).collect()))
}

/// A step of a unit, whether it holds or not.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct KeptStep {
    /// The step.
    #[sqlx(flatten)]
    pub step: StepRow,
    /// Since when it no longer holds, in milliseconds since 1970.
    pub superseded_at: Option<i64>,
}

impl KeptStep {
    /// The step where it was known.
    pub fn known(&self, known: Known) -> Option<&StepRow> {
        known.holds(self.step.recorded_at, self.superseded_at).then_some(&self.step)
    }
}

/// The steps of some units, by unit, recognition and date: those that were known, or all.
pub async fn list_kept_steps(tx: &mut Tx, units: &[UnitId], known: Option<Known>) -> Result<Vec<KeptStep>, StoreError> {
    if units.is_empty() {
        return Ok(Vec::new());
    }
    let database = tx.kind();
    on!(tx, |conn| {
        let mut query = sqlx::QueryBuilder::new(
            "SELECT recognitions.unit_id, recognition_id, recognitions.kind, recognitions.level, stage, on_date, stage_steps.recorded_at,
                    stage_steps.superseded_at
             FROM recognitions JOIN stage_steps ON stage_steps.recognition_id = recognitions.id WHERE recognitions.unit_id IN ",
        );
        push_rows!(query, database, units);
        if let Some(known) = known {
            query.push(" AND stage_steps.recorded_at < ").push_bind(known.instant());
            query.push(" AND (stage_steps.superseded_at IS NULL OR stage_steps.superseded_at >= ").push_bind(known.instant()).push(")");
        }
        query.push(" ORDER BY recognitions.unit_id, recognition_id, on_date, stage_steps.recorded_at, stage_steps.id");
        query.build_query_as::<KeptStep>().fetch_all(conn).await
    })
}
