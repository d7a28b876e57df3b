//! What plans, areas, indicators, tasks, projects, milestones and organisations were before each change. Invariant: whoever changes one keeps what it was in the
//! same transaction, so that what was known earlier is read by the same queries, from the tables below in place of the present ones.

use super::{StoreError, Tx, execute};
use crate::domain::ids::{AreaId, IndicatorId, OrganisationId, PlanId, TaskId, TimetableItemId};

/// A table as it was known, in place of its name: what a row was before the first change that was not known yet, or what it is.
/// As known now no former row is looked at.
macro_rules! as_known {
    ($kind:literal, $fixed:tt, $columns:tt, $instant:literal) => {
        concat!($crate::store::former::as_known_until!($kind, $fixed, $columns), $instant, "))")
    };
}
pub(crate) use as_known;

/// The same for a query that is put together: the instant and `))` follow.
macro_rules! as_known_until {
    ($kind:literal, [$($fixed:literal),*], [$($column:literal),*]) => {
        concat!(
            "(SELECT present.id",
            $(", present.", $fixed,)*
            $(", CASE WHEN former.superseded_at IS NULL THEN present.", $column, " ELSE former.", $column, " END AS ", $column,)*
            ", CASE WHEN former.superseded_at IS NULL THEN present.retired_at ELSE former.retired_at END AS retired_at FROM ",
            $kind,
            "s AS present LEFT JOIN ",
            $kind,
            "_revisions AS former ON former.",
            $kind,
            "_id = present.id AND former.superseded_at = (SELECT MIN(first.superseded_at) FROM ",
            $kind,
            "_revisions AS first WHERE first.",
            $kind,
            "_id = present.id AND first.superseded_at >= "
        )
    };
}
pub(crate) use as_known_until;

/// Keeps what `$1` was until `$2`. What begins and ends at one instant was never known: the first to be kept stays.
macro_rules! keep_former {
    ($kind:literal, [$($fixed:literal),*], [$($column:literal),*]) => {
        concat!(
            "INSERT INTO ",
            $kind,
            "_revisions (",
            $kind,
            "_id, superseded_at",
            $(", ", $column,)*
            ", retired_at) SELECT id, $2",
            $(", ", $column,)*
            ", retired_at FROM ",
            $kind,
            "s WHERE id = $1 ON CONFLICT DO NOTHING"
        )
    };
}
pub(crate) use keep_former;

/// `area!(as_known, "$2")`: the areas as they were known.
macro_rules! area {
    ($sql:ident $(, $instant:literal)?) => {
        $crate::store::former::$sql!(
            "area",
            ["plan_id", "code", "recorded_at"],
            ["ordinal", "name_zh", "name_en", "short_zh", "short_en", "closing"]
            $(, $instant)?
        )
    };
}
pub(crate) use area;

/// `indicator!(as_known, "$2")`: the indicators as they were known.
macro_rules! indicator {
    ($sql:ident $(, $instant:literal)?) => {
        $crate::store::former::$sql!(
            "indicator",
            ["plan_id", "code"],
            ["area_id", "ordinal", "name_zh", "name_en", "unit_zh", "unit_en", "measure", "direction", "scale", "source_zh",
             "needs_stage_ruling", "fraction"]
            $(, $instant)?
        )
    };
}
pub(crate) use indicator;

/// `task!(as_known, "$2")`: the tasks as they were known.
macro_rules! task {
    ($sql:ident $(, $instant:literal)?) => {
        $crate::store::former::$sql!(
            "task",
            ["plan_id", "code"],
            ["area_id", "ordinal", "title_zh", "title_en", "deliverable_zh", "deliverable_en", "effect_zh", "effect_en", "source_zh"]
            $(, $instant)?
        )
    };
}
pub(crate) use task;

/// `timetable_item!(as_known, "$2")`: the projects and milestones as they were known.
macro_rules! timetable_item {
    ($sql:ident $(, $instant:literal)?) => {
        $crate::store::former::$sql!(
            "timetable_item",
            ["task_id", "project_id", "kind", "code", "created_at"],
            ["name_zh", "name_en", "deliverable_zh", "deliverable_en", "organisation_id"]
            $(, $instant)?
        )
    };
}
pub(crate) use timetable_item;

/// `organisation!(as_known, "$2")`: the organisations as they were known.
macro_rules! organisation {
    ($sql:ident $(, $instant:literal)?) => {
        $crate::store::former::$sql!(
            "organisation",
            ["created_at"],
            ["kind", "name_zh", "name_en", "sort_key", "district"]
            $(, $instant)?
        )
    };
}
pub(crate) use organisation;

/// `plan!(as_known, "$2")`: the plans as they were known.
macro_rules! plan {
    ($sql:ident $(, $instant:literal)?) => {
        $crate::store::former::$sql!(
            "plan",
            ["code", "starts_on", "ends_on", "time_zone"],
            ["name_zh", "name_en", "short_zh", "short_en", "issuer_zh", "issuer_en", "cadence"]
            $(, $instant)?
        )
    };
}
pub(crate) use plan;

/// `indicator_recognitions` as they were known, in place of its name: what an indicator counted is kept whole with each of its revisions.
macro_rules! counted_as_known {
    ($instant:literal) => {
        concat!(
            "(SELECT present.indicator_id, present.ordinal, present.recognition, present.level FROM indicator_recognitions AS present
              WHERE NOT EXISTS (SELECT 1 FROM indicator_revisions AS later
                                WHERE later.indicator_id = present.indicator_id AND later.superseded_at >= ",
            $instant,
            ") UNION ALL
              SELECT former.indicator_id, former.ordinal, former.recognition, former.level FROM indicator_recognition_revisions AS former
              WHERE former.superseded_at = (SELECT MIN(first.superseded_at) FROM indicator_revisions AS first
                                            WHERE first.indicator_id = former.indicator_id AND first.superseded_at >= ",
            $instant,
            "))"
        )
    };
}
pub(crate) use counted_as_known;

/// `recognition_kinds` as they were named, in place of its name.
macro_rules! recognition_kinds_as_known {
    ($instant:literal) => {
        concat!(
            "(SELECT present.code, present.unit_kind, present.ordinal, COALESCE(former.name_zh, present.name_zh) AS name_zh,
                     COALESCE(former.name_en, present.name_en) AS name_en
              FROM recognition_kinds AS present LEFT JOIN recognition_kind_revisions AS former ON former.code = present.code
               AND former.superseded_at = (SELECT MIN(first.superseded_at) FROM recognition_kind_revisions AS first
                                           WHERE first.code = present.code AND first.superseded_at >= ",
            $instant,
            "))"
        )
    };
}
pub(crate) use recognition_kinds_as_known;

/// Keeps what an area was until an instant.
pub async fn keep_area(tx: &mut Tx, id: &AreaId, until: i64) -> Result<(), StoreError> {
    execute!(tx, area!(keep_former), id, until)?;
    Ok(())
}

/// Keeps what an indicator was until an instant, and what it counted.
pub async fn keep_indicator(tx: &mut Tx, id: &IndicatorId, until: i64) -> Result<(), StoreError> {
    if execute!(tx, indicator!(keep_former), id, until)? > 0 {
        execute!(
            tx,
            "INSERT INTO indicator_recognition_revisions (indicator_id, superseded_at, ordinal, recognition, level)
             SELECT indicator_id, $2, ordinal, recognition, level FROM indicator_recognitions WHERE indicator_id = $1",
            id,
            until
        )?;
    }
    Ok(())
}

/// Keeps what a task was until an instant.
pub async fn keep_task(tx: &mut Tx, id: &TaskId, until: i64) -> Result<(), StoreError> {
    execute!(tx, task!(keep_former), id, until)?;
    Ok(())
}

/// Keeps what a project or milestone was until an instant.
pub async fn keep_timetable_item(tx: &mut Tx, id: &TimetableItemId, until: i64) -> Result<(), StoreError> {
    execute!(tx, timetable_item!(keep_former), id, until)?;
    Ok(())
}

/// Keeps what a kind of recognition was called until an instant.
pub async fn keep_recognition_kind(tx: &mut Tx, code: &str, until: i64) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO recognition_kind_revisions (code, superseded_at, name_zh, name_en)
         SELECT code, $2, name_zh, name_en FROM recognition_kinds WHERE code = $1 ON CONFLICT DO NOTHING",
        code,
        until
    )?;
    Ok(())
}

/// Keeps what an organisation was until an instant.
pub async fn keep_organisation(tx: &mut Tx, id: &OrganisationId, until: i64) -> Result<(), StoreError> {
    execute!(tx, organisation!(keep_former), id, until)?;
    Ok(())
}

/// Keeps what a plan was until an instant.
pub async fn keep_plan(tx: &mut Tx, id: &PlanId, until: i64) -> Result<(), StoreError> {
    execute!(tx, plan!(keep_former), id, until)?;
    Ok(())
}
