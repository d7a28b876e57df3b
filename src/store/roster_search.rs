//! The roster by filter and search. Invariant: whatever is filtered, one pass over the standings answers it, and a page is read with
//! its rows, never row by row.

use jiff::civil::Date;

use super::{
    Day, DbKind, Encoded, Known, StoreError, Tx,
    batches::{collected, push_rows},
    fetch_one, former,
    known::{push_former, sort_key_then, then},
    on,
    rollups::SpanMeasure,
};
use crate::domain::{
    ids::{IndicatorId, OrganisationId, UnitId},
    words::{Stage, UnitKind},
};

/// What a list of the roster shows. What is empty does not filter, but for the facets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterFilter {
    /// Which recognitions put a unit on the list: `kind:level`. None of them: nothing.
    pub facets: Vec<String>,
    /// The stage reached on the day.
    pub stage: Option<Stage>,
    /// A district.
    pub district: String,
    /// An organisation that holds units.
    pub holder: String,
    /// Words that the search key must all hold, folded as search keys are.
    pub words: Vec<String>,
    /// The units whose names hold them, where they have been found already.
    pub named: Option<Vec<UnitId>>,
    /// The units that were touched since what is known, where they are few: the others stood where they are found now.
    pub touched: Option<Vec<UnitId>>,
    /// Only units that count, or are on their way, for an indicator.
    pub measure: Option<(IndicatorId, SpanMeasure)>,
    /// As known earlier, those units among the ones that are put together from the steps.
    pub standing: Vec<UnitId>,
    /// The day.
    pub as_of: Date,
    /// What was known, where it is asked what was known earlier.
    pub known: Option<Known>,
    /// Whether a step was taken after the day, so that standings of then have to be looked up.
    pub is_past: bool,
}

/// The last day on which a step was taken; none where there is none.
pub async fn find_last_step_day(tx: &mut Tx) -> Result<Option<Date>, StoreError> {
    let (day,) = fetch_one!(tx, (Option<Day>,), "SELECT MAX(on_date) FROM step_days")?;
    Ok(day.map(Date::from))
}

/// Adds who holds the units, as they were known.
macro_rules! push_holders {
    ($query:ident, $known:expr) => {
        match $known {
            Some(known) => $query.push(concat!("JOIN ", former::organisation!(as_known_until))).push_bind(known.instant()).push("))"),
            None => $query.push("JOIN organisations"),
        };
        $query.push(concat!(" AS organisations ON organisations.id = ", then!("holder_id")));
    };
}

/// The columns that hold when a stage was reached, the last stage first, with what the stage is there. Where a recognition stood on
/// a day is the first of them that had come; as what it ended is only in its standing of now.
const STAGE_COLUMNS: [(&str, &str, Option<Stage>); 6] = [
    ("ended_on", "stage", None),
    ("recognised_on", "'recognised'", Some(Stage::Recognised)),
    ("construction_on", "'under-construction'", Some(Stage::UnderConstruction)),
    ("approved_on", "'approved'", Some(Stage::Approved)),
    ("applied_on", "'applied'", Some(Stage::Applied)),
    ("nurtured_on", "'nurtured'", Some(Stage::Nurtured)),
];

/// The column of a stage, and those of the stages behind it.
fn columns_of(stage: Stage) -> (&'static str, impl Iterator<Item = &'static str>) {
    let place = STAGE_COLUMNS.iter().position(|(_, _, column)| *column == Some(stage)).unwrap_or(0);
    (STAGE_COLUMNS[place].0, STAGE_COLUMNS.iter().take(place).map(|(column, _, _)| *column))
}

/// Adds `standings` as they were on the day, those at a stage if one is given: as they are, or where a step was taken since, by the
/// days of their stages. As known earlier they are put together from the steps, those of some units only where they are given.
macro_rules! push_source {
    ($query:ident, $filter:ident, $stage:expr, $only:expr, $database:expr) => {
        if let Some(known) = $filter.known {
            $query.push(concat!(
                "(SELECT ",
                sort_key_then!(),
                " AS sort_key, recognitions.unit_id, recognitions.id AS recognition_id,
                             recognitions.kind || ':' || COALESCE(recognitions.level, '') AS facet, step.stage, step.on_date, ",
                then!("district"),
                " AS district, ",
                then!("holder_id"),
                " AS holder_id,
                             COALESCE(NULLIF(former.search_key, ''), former.name_zh,
                                      (SELECT MIN(search_key) FROM standings AS now WHERE now.unit_id = units.id), units.name_zh)
                                 AS search_key,
                             CAST(0 AS BIGINT) AS lone
                      FROM recognitions JOIN units ON units.id = recognitions.unit_id "
            ));
            push_former!($query, known);
            $query
                .push(
                    "JOIN stage_steps AS step ON step.id =
                           (SELECT latest.id FROM stage_steps AS latest
                            WHERE latest.recognition_id = recognitions.id AND latest.on_date <= ",
                )
                .push_bind(Day($filter.as_of))
                .push(" AND latest.recorded_at < ")
                .push_bind(known.instant())
                .push(" AND (latest.superseded_at IS NULL OR latest.superseded_at >= ")
                .push_bind(known.instant())
                .push(") ORDER BY latest.on_date DESC, latest.recorded_at DESC, latest.id DESC LIMIT 1)");
            if let Some(only) = $only {
                $query.push(" WHERE recognitions.unit_id IN ");
                push_rows!($query, $database, only);
            }
            $query.push(") AS standings");
        } else if $filter.is_past {
            $query.push("(SELECT sort_key, unit_id, recognition_id, facet, CASE");
            for (column, stage, _) in STAGE_COLUMNS {
                $query.push(format!(" WHEN {column} <= ")).push_bind(Day($filter.as_of)).push(format!(" THEN {stage}"));
            }
            $query.push(" END AS stage, CASE");
            for (column, _, _) in STAGE_COLUMNS {
                $query.push(format!(" WHEN {column} <= ")).push_bind(Day($filter.as_of)).push(format!(" THEN {column}"));
            }
            $query
                .push(" END AS on_date, district, holder_id, search_key, lone FROM standings WHERE began_on <= ")
                .push_bind(Day($filter.as_of));
            // Said by the columns as well, whose values a planner knows: how often the expression above is a stage it can but guess.
            if let Some(stage) = $stage {
                let (reached, behind) = columns_of(stage);
                $query.push(format!(" AND {reached} <= ")).push_bind(Day($filter.as_of));
                for column in behind {
                    $query.push(format!(" AND ({column} IS NULL OR {column} > ")).push_bind(Day($filter.as_of)).push(")");
                }
                if stage.is_end() {
                    $query.push(" AND stage = ").push_bind(stage);
                }
            }
            $query.push(") AS standings");
        } else {
            $query.push("standings");
        }
    };
}

macro_rules! push_list {
    ($query:ident, $values:expr) => {
        $query.push("(");
        let mut list = $query.separated(", ");
        for value in $values {
            list.push_bind(value.to_owned());
        }
        $query.push(")");
    };
}

/// Adds the conditions on where units stand, at a stage if one is given. The facets are many, so they are looked at last.
macro_rules! push_places {
    ($query:ident, $filter:ident, $stage:expr) => {
        if let Some(stage) = $stage {
            $query.push("stage = ").push_bind(stage).push(" AND ");
        }
        if !$filter.district.is_empty() {
            $query.push("district = ").push_bind($filter.district.clone()).push(" AND ");
        }
        if !$filter.holder.is_empty() {
            $query.push("holder_id = ").push_bind($filter.holder.clone()).push(" AND ");
        }
        $query.push("facet IN ");
        push_list!($query, &$filter.facets);
    };
}

macro_rules! push_filter {
    ($query:ident, $filter:ident, $database:expr) => {
        push_source!($query, $filter, $filter.stage, &$filter.touched, $database);
        $query.push(" WHERE ");
        // Shelves hold the names of now.
        if let Some(named) = $filter.named.as_ref().filter(|_| $filter.known.is_none()) {
            $query.push("unit_id IN ");
            push_rows!($query, $database, named);
            $query.push(" AND ");
        } else {
            for word in &$filter.words {
                $query.push("search_key LIKE ").push_bind(format!("%{word}%")).push(" AND ");
            }
        }
        // On a past day the source has only those at the stage.
        push_places!($query, $filter, $filter.stage.filter(|_| !$filter.is_stage_in_source()));
        if $filter.measure.is_some() && $filter.known.is_some() {
            $query.push(" AND unit_id IN ");
            push_rows!($query, $database, $filter.standing);
        } else if let Some((indicator, measure)) = &$filter.measure {
            $query.push(" AND EXISTS (SELECT 1 FROM counted_spans WHERE ");
            // In SQLite neighbours in the list are found beside each other; PostgreSQL would take one condition more for fewer rows.
            if $database == DbKind::Sqlite {
                $query.push("counted_spans.sort_key = standings.sort_key AND ");
            }
            $query
                .push("counted_spans.unit_id = standings.unit_id AND indicator_id = ")
                .push_bind(indicator.clone())
                .push(" AND measure = ")
                .push_bind(*measure)
                .push(" AND from_date <= ")
                .push_bind(Day($filter.as_of))
                .push(" AND (until_date IS NULL OR until_date > ")
                .push_bind(Day($filter.as_of))
                .push("))");
        }
    };
}

// Below the macros, which it uses.
mod units_by_id;

pub use units_by_id::{list_unit_holders, list_unit_names, list_units};

impl RosterFilter {
    /// Whether the rollups know how many units it shows: words, what an indicator counts and what was known are not in them.
    pub const fn is_rolled_up(&self) -> bool {
        self.words.is_empty() && self.measure.is_none() && self.known.is_none()
    }

    /// Whether the standings are looked up as of a past day, by the days of their stages.
    const fn is_stage_in_source(&self) -> bool {
        self.known.is_none() && self.is_past
    }
}

/// How many units a filter of which that is true shows.
pub async fn count_roster(tx: &mut Tx, filter: &RosterFilter) -> Result<i64, StoreError> {
    if filter.facets.is_empty() {
        return Ok(0);
    }
    Ok(count_lone(tx, filter).await? + count_shared(tx, filter).await?)
}

/// How many units with one recognition only a filter without words shows, by the rollups: now, and from there back to the day.
async fn count_lone(tx: &mut Tx, filter: &RosterFilter) -> Result<i64, StoreError> {
    let (total,): (i64,) = on!(tx, |conn| {
        let mut query = sqlx::QueryBuilder::new("SELECT CAST(COALESCE((SELECT SUM(units) FROM standing_counts WHERE ");
        push_places!(query, filter, filter.stage);
        query.push("), 0)");
        if filter.is_past {
            query.push(" - COALESCE((SELECT SUM(change) FROM standing_days WHERE on_date > ").push_bind(Day(filter.as_of)).push(" AND ");
            push_places!(query, filter, filter.stage);
            query.push("), 0)");
        }
        query.push(" AS BIGINT)");
        query.build_query_as().fetch_one(conn).await
    })?;
    Ok(total)
}

/// How many units with several recognitions it shows: they are told apart, and are few.
async fn count_shared(tx: &mut Tx, filter: &RosterFilter) -> Result<i64, StoreError> {
    let database = tx.kind();
    let (total,): (i64,) = on!(tx, |conn| {
        let mut query = sqlx::QueryBuilder::new("SELECT COUNT(DISTINCT unit_id) FROM ");
        push_filter!(query, filter, database);
        query.push(" AND lone = 0");
        query.build_query_as().fetch_one(conn).await
    })?;
    Ok(total)
}

/// The units of a part of what a filter shows, by pinyin.
pub async fn find_units(tx: &mut Tx, filter: &RosterFilter, window: Window) -> Result<Vec<UnitId>, StoreError> {
    if filter.facets.is_empty() {
        return Ok(Vec::new());
    }
    if let (Some(_), Some(touched)) = (filter.known, &filter.touched) {
        return find_known_units(tx, filter, touched, window).await;
    }
    let database = tx.kind();
    let (units,): (Encoded<Vec<UnitId>>,) = on!(tx, |conn| {
        let mut query = sqlx::QueryBuilder::new("SELECT ");
        query.push(collected!(database, "unit_id ORDER BY sort_key, unit_id")).push(" FROM (SELECT DISTINCT sort_key, unit_id FROM ");
        push_filter!(query, filter, database);
        query.push(if window.from_end { " ORDER BY sort_key DESC, unit_id DESC LIMIT " } else { " ORDER BY sort_key, unit_id LIMIT " });
        query.push_bind(window.limit).push(" OFFSET ").push_bind(window.offset).push(") AS found");
        query.build_query_as().fetch_one(conn).await
    })?;
    Ok(units.0)
}

/// As [`find_units`], where few units were touched since: these as they stood then, and the others where they are found now.
async fn find_known_units(tx: &mut Tx, filter: &RosterFilter, touched: &[UnitId], window: Window) -> Result<Vec<UnitId>, StoreError> {
    let database = tx.kind();
    let present = &RosterFilter { known: None, ..filter.clone() };
    let (units,): (Encoded<Vec<UnitId>>,) = on!(tx, |conn| {
        let mut query = sqlx::QueryBuilder::new("SELECT ");
        query.push(collected!(database, "unit_id ORDER BY sort_key, unit_id"));
        query.push(" FROM (SELECT sort_key, unit_id FROM (SELECT sort_key, unit_id FROM (SELECT DISTINCT sort_key, unit_id FROM ");
        push_filter!(query, present, database);
        query.push(" AND unit_id NOT IN ");
        push_rows!(query, database, touched);
        query.push(" ORDER BY sort_key, unit_id LIMIT ").push_bind(window.offset + window.limit);
        query.push(") AS present UNION ALL SELECT sort_key, unit_id FROM (SELECT DISTINCT sort_key, unit_id FROM ");
        push_filter!(query, filter, database);
        query.push(") AS moved) AS places ORDER BY sort_key, unit_id LIMIT ").push_bind(window.limit);
        query.push(" OFFSET ").push_bind(window.offset).push(") AS found");
        query.build_query_as().fetch_one(conn).await
    })?;
    Ok(units.0)
}

/// The part of a list that is read; always in the order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// How many units at most.
    pub limit: i64,
    /// How many are passed over.
    pub offset: i64,
    /// Whether they are passed over at the end of the list: what lies behind them is nearer from there.
    pub from_end: bool,
}

impl Window {
    /// The page that begins with the unit `first`, from 0, of a list of `total`, read from the nearer end. It asks for no more units than
    /// there are: a search for one more would not end before the last row.
    pub fn of_page(first: i64, size: i64, total: i64) -> Self {
        let behind = total - first - size;
        if first > total / 2 {
            Self { limit: size.min(total - first), offset: behind.max(0), from_end: true }
        } else {
            Self { limit: size.min(total - first), offset: first, from_end: false }
        }
    }
}

/// Where a recognition stands on the day.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StandingRow {
    /// The unit.
    pub unit_id: UnitId,
    /// `kind:level`.
    pub facet: String,
    /// The stage it has reached.
    pub stage: Stage,
    /// Since when.
    #[sqlx(try_from = "Day")]
    pub on_date: Date,
}

/// Where the recognitions of some units stand, as far as they are of `facets`. At most some hundred units.
pub async fn list_roster_standings(
    tx: &mut Tx,
    filter: &RosterFilter,
    units: &[UnitId],
    facets: &[String],
) -> Result<Vec<StandingRow>, StoreError> {
    if units.is_empty() || facets.is_empty() {
        return Ok(Vec::new());
    }
    let database = tx.kind();
    on!(tx, |conn| {
        let mut query = sqlx::QueryBuilder::new("SELECT unit_id, facet, stage, on_date FROM ");
        push_source!(query, filter, None::<Stage>, Some(units), database);
        query.push(" WHERE unit_id IN ");
        push_list!(query, units);
        query.push(" AND facet IN ");
        push_list!(query, facets);
        query.push(" ORDER BY unit_id, on_date, facet");
        query.build_query_as::<StandingRow>().fetch_all(conn).await
    })
}

/// A line of the roster for a table: a unit with one of its recognitions.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RosterLine {
    /// The kind of unit.
    pub kind: UnitKind,
    /// Its code; empty without one.
    pub code: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name; may be empty.
    pub name_en: String,
    /// Who holds it.
    pub holder_zh: String,
    /// Its district, or empty.
    pub district: String,
    /// `kind:level` of the recognition.
    pub facet: String,
    /// The stage it has reached.
    pub stage: Stage,
    /// Since when.
    #[sqlx(try_from = "Day")]
    pub on_date: Date,
}

/// Every line a filter shows, by pinyin.
pub async fn list_roster_lines(tx: &mut Tx, filter: &RosterFilter) -> Result<Vec<RosterLine>, StoreError> {
    if filter.facets.is_empty() {
        return Ok(Vec::new());
    }
    let database = tx.kind();
    on!(tx, |conn| {
        let mut query = sqlx::QueryBuilder::new(concat!(
            "SELECT units.kind, ",
            then!("code"),
            " AS code, ",
            then!("name_zh"),
            " AS name_zh, ",
            then!("name_en"),
            " AS name_en, organisations.name_zh AS holder_zh, ",
            then!("district"),
            " AS district, line.facet, line.stage, line.on_date
             FROM ("
        ));
        if let (Some(_), Some(touched)) = (filter.known, &filter.touched) {
            let present = &RosterFilter { known: None, ..filter.clone() };
            query.push("SELECT sort_key, unit_id, recognition_id, facet, stage, on_date FROM ");
            push_filter!(query, present, database);
            query.push(" AND unit_id NOT IN ");
            push_rows!(query, database, touched);
            query.push(" UNION ALL ");
        }
        query.push("SELECT sort_key, unit_id, recognition_id, facet, stage, on_date FROM ");
        push_filter!(query, filter, database);
        query.push(") AS line JOIN units ON units.id = line.unit_id ");
        push_former!(query, filter.known.unwrap_or(Known::NOW));
        push_holders!(query, filter.known);
        query.push(" ORDER BY line.sort_key, line.unit_id, line.recognition_id");
        query.build_query_as::<RosterLine>().fetch_all(conn).await
    })
}

/// The districts in which units are. Each is found by one look into the index, however many units there are.
pub async fn list_districts(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    let rows = super::fetch_all!(
        tx,
        (String,),
        "WITH RECURSIVE found (district) AS (
             SELECT MIN(district) FROM units WHERE district > ''
             UNION ALL
             SELECT (SELECT MIN(units.district) FROM units WHERE units.district > found.district) FROM found WHERE found.district IS NOT NULL)
         SELECT district FROM found WHERE district IS NOT NULL ORDER BY district"
    )?;
    Ok(rows.into_iter().map(|(district,)| district).collect())
}

/// The names of an organisation that held units: Chinese, English.
pub async fn find_holder(tx: &mut Tx, id: &OrganisationId, known: Known) -> Result<Option<(String, String)>, StoreError> {
    let sql = concat!("SELECT name_zh, name_en FROM ", former::organisation!(as_known, "$2"), " AS organisations WHERE id = $1");
    super::fetch_optional!(tx, (String, String), sql, id, known.instant())
}

#[cfg(test)]
mod tests {
    use super::Window;

    #[test]
    fn a_page_is_read_from_the_nearer_end() {
        for (first, total, limit, offset, from_end) in [
            (0, 0, 0, 0, false),
            (0, 40, 40, 0, false),
            (50, 120, 50, 50, false),
            (100, 120, 20, 0, true),
            (50, 100, 50, 50, false),
            (99_950, 100_000, 50, 0, true),
            (99_900, 100_000, 50, 50, true),
            (50_000, 100_000, 50, 50_000, false),
        ] {
            assert_eq!(Window::of_page(first, 50, total), Window { limit, offset, from_end }, "{first} of {total}");
        }
    }
}
