//! Lists of units, and of what an entry form offers. Invariant: nothing here writes.

use jiff::civil::Date;

use crate::{
    domain::{
        ids::{IndicatorId, OrganisationId, PlanId, ReportId, StepId, UnitId},
        words::{Level, Stage, UnitKind},
    },
    store::{Day, StoreError, Tx, fetch_all, fetch_one, units::StepOfUnit},
};

/// A unit in a list, with its holder's name.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ListedUnit {
    /// Its id.
    pub id: UnitId,
    /// Its kind.
    pub kind: UnitKind,
    /// Its code; empty without one.
    pub code: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name; may be empty.
    pub name_en: String,
    /// The holder's Chinese name.
    pub holder_zh: String,
    /// The holder's English name.
    pub holder_en: String,
    /// District, or empty.
    pub district: String,
    /// Recorded at, milliseconds since 1970.
    pub created_at: i64,
}

macro_rules! select_newest {
    ($columns:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM units u JOIN organisations o ON o.id = u.holder_id
              WHERE ($1 = '' OR EXISTS (SELECT 1 FROM recognitions x WHERE x.unit_id = u.id AND x.kind = $1))
              ORDER BY u.created_at DESC, u.id DESC LIMIT $2 OFFSET $3"
        )
    };
}

/// Units, those recorded last first; `recognition` empty: all.
pub async fn list_newest_units(tx: &mut Tx, recognition: &str, limit: i64, offset: i64) -> Result<Vec<ListedUnit>, StoreError> {
    fetch_all!(
        tx,
        ListedUnit,
        select_newest!(
            "u.id, u.kind, u.code, u.name_zh, u.name_en, o.name_zh AS holder_zh, o.name_en AS holder_en, u.district, u.created_at"
        ),
        recognition,
        limit,
        offset
    )
}

/// The steps of the units that [`list_newest_units`] gives.
pub async fn list_steps_of_newest(tx: &mut Tx, recognition: &str, limit: i64, offset: i64) -> Result<Vec<StepOfUnit>, StoreError> {
    fetch_all!(
        tx,
        StepOfUnit,
        concat!(
            "SELECT r.unit_id, r.id AS recognition_id, r.kind, r.level, s.stage, s.on_date
             FROM (",
            select_newest!("u.id"),
            ") n JOIN recognitions r ON r.unit_id = n.id
             JOIN stage_steps s ON s.recognition_id = r.id AND s.superseded_at IS NULL
             ORDER BY r.created_at, r.id, s.on_date, s.recorded_at, s.id"
        ),
        recognition,
        limit,
        offset
    )
}

/// How many units there are by recognition.
pub async fn count_units_by_recognition(tx: &mut Tx) -> Result<Vec<(String, i64)>, StoreError> {
    fetch_all!(tx, (String, i64), "SELECT kind, COUNT(DISTINCT unit_id) FROM recognitions GROUP BY kind")
}

/// How many units there are.
pub async fn count_units(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(fetch_one!(tx, (i64,), "SELECT COUNT(*) FROM units")?.0)
}

/// A step with what proves it, for a unit's history.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StepDetail {
    /// The step.
    pub id: StepId,
    /// Code of what the unit is recognised as.
    pub kind: String,
    /// Level of the recognition.
    pub level: Option<Level>,
    /// The stage that was reached.
    pub stage: Stage,
    /// On which day.
    #[sqlx(try_from = "Day")]
    pub on_date: Date,
    /// Document number, or empty.
    pub document: String,
    /// The unit it was merged into.
    pub merged_zh: String,
    /// The report it comes from.
    pub report_id: Option<ReportId>,
    /// Who verified it.
    pub verifier_name: String,
    /// Why, where it is an entry of staff.
    pub reason: String,
    /// Milliseconds since 1970.
    pub recorded_at: i64,
    /// Since when it no longer holds.
    pub superseded_at: Option<i64>,
    /// Whether staff took it back.
    pub withdrawn: i64,
}

/// Every step of a unit, those that no longer hold too.
pub async fn list_step_details(tx: &mut Tx, unit: &UnitId) -> Result<Vec<StepDetail>, StoreError> {
    fetch_all!(
        tx,
        StepDetail,
        "SELECT s.id, r.kind, r.level, s.stage, s.on_date, s.document, COALESCE(m.name_zh, '') AS merged_zh, s.report_id,
                COALESCE(a.display_name, '') AS verifier_name, s.reason, s.recorded_at, s.superseded_at,
                CASE WHEN EXISTS (SELECT 1 FROM step_withdrawals w WHERE w.step_id = s.id) THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END AS withdrawn
         FROM recognitions r JOIN stage_steps s ON s.recognition_id = r.id
         LEFT JOIN units m ON m.id = s.merged_into LEFT JOIN accounts a ON a.id = s.verifier_id
         WHERE r.unit_id = $1 ORDER BY s.on_date, s.recorded_at, s.id",
        unit
    )
}

/// An organisation that can hold a unit.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct HolderChoice {
    /// Its id.
    pub id: OrganisationId,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// District, or empty.
    pub district: String,
}

/// Every organisation in use, by name.
pub async fn list_holder_choices(tx: &mut Tx) -> Result<Vec<HolderChoice>, StoreError> {
    fetch_all!(tx, HolderChoice, "SELECT id, name_zh, name_en, district FROM organisations WHERE retired_at IS NULL ORDER BY sort_key, id")
}

/// Which recognition an indicator of a plan counts, at which level: code of the indicator, recognition, level.
pub async fn list_counted_kinds(tx: &mut Tx, plan: &PlanId) -> Result<Vec<(String, String, Option<Level>)>, StoreError> {
    fetch_all!(
        tx,
        (String, String, Option<Level>),
        "SELECT i.code, c.recognition, c.level FROM indicator_recognitions c JOIN indicators i ON i.id = c.indicator_id
         WHERE i.plan_id = $1 ORDER BY i.ordinal, c.ordinal",
        plan
    )
}

/// What every indicator counts: the indicator, a recognition, the kind of unit that is for.
pub async fn list_counted_recognitions(tx: &mut Tx) -> Result<Vec<(IndicatorId, String, UnitKind)>, StoreError> {
    fetch_all!(
        tx,
        (IndicatorId, String, UnitKind),
        "SELECT c.indicator_id, c.recognition, k.unit_kind FROM indicator_recognitions c JOIN recognition_kinds k ON k.code = c.recognition
         ORDER BY c.indicator_id, c.ordinal"
    )
}

/// Whether some indicator counts a recognition at one level only, so that the level has to be said.
pub async fn is_counted_by_level(tx: &mut Tx, recognition: &str) -> Result<bool, StoreError> {
    let sql = "SELECT COUNT(*) FROM indicator_recognitions WHERE recognition = $1 AND level IS NOT NULL";
    Ok(fetch_one!(tx, (i64,), sql, recognition)?.0 > 0)
}

/// An organisation's names in Chinese and English.
pub async fn find_holder_names(tx: &mut Tx, id: &OrganisationId) -> Result<(String, String), StoreError> {
    fetch_one!(tx, (String, String), "SELECT name_zh, name_en FROM organisations WHERE id = $1", id)
}
