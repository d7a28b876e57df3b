//! [`Known`] as SQL. Invariant: the condition says what [`Known::holds`] says.

pub use crate::domain::known::Known;

/// The condition on a table's rows: `known!("stage_steps", "$2")`, with the instant of a [`Known`] bound.
macro_rules! known {
    ($table:literal, $instant:literal) => {
        concat!(
            $table,
            ".recorded_at < ",
            $instant,
            " AND (",
            $table,
            ".superseded_at IS NULL OR ",
            $table,
            ".superseded_at >= ",
            $instant,
            ")"
        )
    };
}
pub(crate) use known;

/// Joins what a unit was before the first change that was not known yet, as `former`: where nothing changed since, there is no such row.
/// As known now none is looked at.
macro_rules! join_former {
    ($instant:literal) => {
        concat!(
            " LEFT JOIN unit_revisions AS former ON former.id =
                   (SELECT first.id FROM unit_revisions AS first WHERE first.unit_id = units.id AND first.superseded_at >= ",
            $instant,
            " ORDER BY first.superseded_at, first.recorded_at, first.id LIMIT 1) "
        )
    };
}
pub(crate) use join_former;

/// The same for a query that is put together.
macro_rules! push_former {
    ($query:ident, $known:expr) => {
        $query
            .push(
                " LEFT JOIN unit_revisions AS former ON former.id =
                       (SELECT first.id FROM unit_revisions AS first WHERE first.unit_id = units.id AND first.superseded_at >= ",
            )
            .push_bind($known.instant())
            .push(" ORDER BY first.superseded_at, first.recorded_at, first.id LIMIT 1) ")
    };
}
pub(crate) use push_former;

/// A column of a unit as it was known, where `former` is joined.
macro_rules! then {
    ($column:literal) => {
        concat!("COALESCE(former.", $column, ", units.", $column, ")")
    };
}
pub(crate) use then;

/// The columns of a unit in a list as it was known, where `former` is joined, and its holder of then as `organisations`.
macro_rules! unit_columns_then {
    () => {
        concat!(
            "units.id, units.kind, ",
            $crate::store::known::then!("code"),
            " AS code, ",
            $crate::store::known::then!("name_zh"),
            " AS name_zh, ",
            $crate::store::known::then!("name_en"),
            " AS name_en, ",
            $crate::store::known::then!("district"),
            " AS district, ",
            $crate::store::known::then!("partners"),
            " AS partners, organisations.id AS holder_id, organisations.name_zh AS holder_zh, organisations.name_en AS holder_en"
        )
    };
}
pub(crate) use unit_columns_then;

/// Where a unit stood in lists, where `former` is joined.
macro_rules! sort_key_then {
    () => {
        "COALESCE(NULLIF(former.sort_key, ''), units.sort_key)"
    };
}
pub(crate) use sort_key_then;

/// Where a report stood whose row in a table waited for review: passed by the lead when that was decided after the row was recorded.
macro_rules! waiting_state {
    ($table:literal, $instant:literal) => {
        concat!(
            "CASE WHEN EXISTS (SELECT 1 FROM reviews WHERE reviews.report_id = ",
            $table,
            ".report_id AND reviews.level = 'lead' AND reviews.at >= ",
            $table,
            ".recorded_at AND reviews.at < ",
            $instant,
            ") THEN 'lead-reviewed' ELSE 'submitted' END"
        )
    };
}
pub(crate) use waiting_state;
