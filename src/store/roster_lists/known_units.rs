//! The units behind a number as it was known on an earlier day. Invariant: nothing that is rolled up is read; the reader picks the units.

use super::UnitRow;
use crate::{
    domain::ids::{IndicatorId, UnitId},
    store::{
        Known, StoreError, Tx, fetch_all, fetch_optional, former,
        known::{join_former, then, unit_columns_then},
    },
};

macro_rules! select_units_then {
    ($instant:literal, $rest:expr) => {
        concat!(
            "SELECT ",
            unit_columns_then!(),
            " FROM units ",
            join_former!($instant),
            "JOIN ",
            former::organisation!(as_known, $instant),
            " AS organisations ON organisations.id = ",
            then!("holder_id"),
            " ",
            $rest
        )
    };
}

/// A unit by its id, as it was known; none where it was recorded later.
pub async fn find_unit(tx: &mut Tx, id: &UnitId, known: Known) -> Result<Option<UnitRow>, StoreError> {
    fetch_optional!(tx, UnitRow, select_units_then!("$2", "WHERE units.id = $1 AND units.created_at < $2"), id, known.instant())
}

/// The districts in which units were: those of now in which one was then as well, and those that units have left since.
pub async fn list_districts(tx: &mut Tx, known: Known) -> Result<Vec<String>, StoreError> {
    let rows = fetch_all!(
        tx,
        (String,),
        concat!(
            "WITH RECURSIVE found (district) AS (
                 SELECT MIN(district) FROM units WHERE district > ''
                 UNION ALL
                 SELECT (SELECT MIN(units.district) FROM units WHERE units.district > found.district)
                 FROM found WHERE found.district IS NOT NULL)
             SELECT district FROM found
             WHERE EXISTS (SELECT 1 FROM units WHERE units.district = found.district AND units.created_at < $1
                           AND NOT EXISTS (SELECT 1 FROM unit_revisions AS later WHERE later.unit_id = units.id AND later.superseded_at >= $1))
             UNION
             SELECT former.district FROM units ",
            join_former!("$1"),
            "WHERE former.district > '' AND units.created_at < $1
               AND units.id IN (SELECT unit_id FROM unit_revisions WHERE superseded_at >= $1)
             ORDER BY district"
        ),
        known.instant()
    )?;
    Ok(rows.into_iter().map(|(district,)| district).collect())
}

/// What an indicator of any plan is called.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct IndicatorNameRow {
    /// The indicator.
    pub id: IndicatorId,
    /// The plan's code.
    pub plan_code: String,
    /// The indicator's code.
    pub code: String,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
}

/// What the indicators of every plan were called, by plan and code.
pub async fn list_indicator_names(tx: &mut Tx, known: Known) -> Result<Vec<IndicatorNameRow>, StoreError> {
    fetch_all!(
        tx,
        IndicatorNameRow,
        concat!(
            "SELECT indicators.id, plans.code AS plan_code, indicators.code, indicators.name_zh, indicators.name_en
             FROM ",
            former::indicator!(as_known, "$1"),
            " AS indicators JOIN plans ON plans.id = indicators.plan_id ORDER BY plans.code, indicators.code"
        ),
        known.instant()
    )
}
