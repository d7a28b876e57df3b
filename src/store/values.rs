//! Stated values of flow, level and rank indicators. Invariant: an accepted value is superseded, never changed, and what waits for
//! review is no accepted value.

use jiff::civil::Date;

use super::{
    Day, Known, StoreError, Tx, execute, fetch_all, fetch_one, former,
    known::{known, waiting_state},
};
use crate::domain::{
    ids::{IndicatorId, ObligationId, OrganisationId, PlanId, ReportId, TaskId},
    number::Qualifier,
    report::{ReportState, ValidValue},
};

/// Lists the values of a report that was submitted.
pub async fn insert_submitted_values(
    tx: &mut Tx,
    report: &ReportId,
    plan: &PlanId,
    values: &[ValidValue],
    at: i64,
) -> Result<(), StoreError> {
    for value in values {
        execute!(
            tx,
            "INSERT INTO submitted_values (report_id, indicator_id, value, qualifier, numerator, denominator, recorded_at)
             SELECT $1, i.id, $4, $5, $6, $7, $8 FROM indicators i WHERE i.plan_id = $2 AND i.code = $3",
            report,
            plan,
            &value.indicator,
            value.raw,
            value.qualifier.map(Qualifier::as_str),
            value.parts.map(|(numerator, _)| numerator),
            value.parts.map(|(_, denominator)| denominator),
            at,
        )?;
    }
    Ok(())
}

/// A value of a period that somebody has stated, accepted or waiting for review.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StatedRow {
    /// Code of the indicator.
    pub indicator: String,
    /// Whose value; none for a published one.
    pub organisation_id: Option<OrganisationId>,
    /// The organisation's Chinese name, or the document of a published value.
    pub organisation_zh: String,
    /// Code of the task of its report; empty for an imported one.
    pub task: String,
}

/// The values of a task's indicators that are stated for a period outside one obligation.
pub async fn list_stated(tx: &mut Tx, task: &TaskId, period_end: Date, obligation: &ObligationId) -> Result<Vec<StatedRow>, StoreError> {
    fetch_all!(
        tx,
        StatedRow,
        "SELECT i.code AS indicator, v.organisation_id, COALESCE(o.name_zh, v.document) AS organisation_zh, COALESCE(t.code, '') AS task
         FROM accepted_values v JOIN indicators i ON i.id = v.indicator_id JOIN task_indicators ti ON ti.indicator_id = i.id
         LEFT JOIN organisations o ON o.id = v.organisation_id
         LEFT JOIN reports r ON r.id = v.report_id LEFT JOIN obligations ob ON ob.id = r.obligation_id
         LEFT JOIN tasks t ON t.id = ob.task_id
         WHERE ti.task_id = $1 AND ti.superseded_at IS NULL AND v.period_end = $2 AND v.superseded_at IS NULL AND (ob.id IS NULL OR ob.id <> $3)
         UNION ALL
         SELECT i.code AS indicator, ob.organisation_id, o.name_zh AS organisation_zh, t.code AS task
         FROM submitted_values s JOIN indicators i ON i.id = s.indicator_id JOIN task_indicators ti ON ti.indicator_id = i.id
         JOIN reports r ON r.id = s.report_id JOIN obligations ob ON ob.id = r.obligation_id JOIN periods p ON p.id = ob.period_id
         JOIN organisations o ON o.id = ob.organisation_id JOIN tasks t ON t.id = ob.task_id
         WHERE ti.task_id = $1 AND ti.superseded_at IS NULL AND s.superseded_at IS NULL AND p.ends_on = $2 AND ob.id <> $3
         ORDER BY indicator, organisation_zh, task",
        task,
        Day(period_end),
        obligation
    )
}

/// A value with everything that stands behind it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct NamedValueRow {
    /// Whose value; none for one that a document publishes.
    pub organisation_id: Option<OrganisationId>,
    /// The organisation's Chinese name, or whom the document says it of; may be empty then.
    pub organisation_zh: String,
    /// The organisation's English name; may be empty.
    pub organisation_en: String,
    /// End of the period it is for.
    #[sqlx(try_from = "Day")]
    pub period_end: Date,
    /// Units of 10^-scale.
    pub value: i64,
    /// Softening word.
    pub qualifier: Option<String>,
    /// Of a rate that is kept in parts: what is counted.
    pub numerator: Option<i64>,
    /// Of such a rate: out of what.
    pub denominator: Option<i64>,
    /// The document of an import; empty otherwise.
    pub document: String,
    /// The report it came with.
    pub report_id: Option<ReportId>,
    /// Whose report it was.
    pub owner_id: Option<OrganisationId>,
    /// Who leads that report's task now.
    pub lead_id: Option<OrganisationId>,
    /// Where the report stands; none for an accepted value.
    pub state: Option<ReportState>,
}

/// A page of an indicator's accepted values.
#[derive(Debug, Clone, Copy)]
pub struct ValuePage<'a> {
    /// The indicator.
    pub indicator: &'a IndicatorId,
    /// Values of periods that end on or before this day.
    pub as_of: Date,
    /// Which rows were known.
    pub known: Known,
    /// Rows of a page.
    pub limit: i64,
    /// Rows before it.
    pub offset: i64,
}

/// The accepted values behind an indicator's number, the latest period first.
pub async fn list_named_values(tx: &mut Tx, page: ValuePage<'_>) -> Result<Vec<NamedValueRow>, StoreError> {
    fetch_all!(
        tx,
        NamedValueRow,
        concat!(
            "SELECT v.organisation_id, COALESCE(o.name_zh, v.source) AS organisation_zh, COALESCE(o.name_en, '') AS organisation_en, v.period_end,
                v.value, v.qualifier, v.numerator, v.denominator, v.document, v.report_id, ob.organisation_id AS owner_id, a.organisation_id AS lead_id, CAST(NULL AS TEXT) AS state
         FROM accepted_values v LEFT JOIN ",
            former::organisation!(as_known, "$3"),
            " AS o ON o.id = v.organisation_id
         LEFT JOIN reports r ON r.id = v.report_id LEFT JOIN obligations ob ON ob.id = r.obligation_id
         LEFT JOIN assignments a ON a.task_id = ob.task_id AND a.part = 'lead' AND a.ended_at IS NULL
         WHERE v.indicator_id = $1 AND v.period_end <= $2 AND v.recorded_at < $3 AND (v.superseded_at IS NULL OR v.superseded_at >= $3)
         ORDER BY v.period_end DESC, COALESCE(o.sort_key, ''), v.id LIMIT $4 OFFSET $5"
        ),
        page.indicator,
        Day(page.as_of),
        page.known.instant(),
        page.limit,
        page.offset
    )
}

/// How many there are, and the latest period among them.
pub async fn count_named_values(tx: &mut Tx, page: ValuePage<'_>) -> Result<(i64, Option<Date>), StoreError> {
    let (count, last): (i64, Option<String>) = fetch_one!(
        tx,
        (i64, Option<String>),
        "SELECT COUNT(*), MAX(period_end) FROM accepted_values
         WHERE indicator_id = $1 AND period_end <= $2 AND recorded_at < $3 AND (superseded_at IS NULL OR superseded_at >= $3)",
        page.indicator,
        Day(page.as_of),
        page.known.instant()
    )?;
    Ok((count, last.and_then(|day| day.parse().ok())))
}

macro_rules! select_awaiting_values {
    ($state:expr, $organisations:expr, $which:expr) => {
        concat!(
            "SELECT ob.organisation_id, o.name_zh AS organisation_zh, o.name_en AS organisation_en, p.ends_on AS period_end, s.value, s.qualifier, s.numerator,
                s.denominator, '' AS document, s.report_id, ob.organisation_id AS owner_id, a.organisation_id AS lead_id, ",
            $state,
            " AS state
         FROM submitted_values s JOIN reports r ON r.id = s.report_id JOIN obligations ob ON ob.id = r.obligation_id
         JOIN periods p ON p.id = ob.period_id JOIN ",
            $organisations,
            " AS o ON o.id = ob.organisation_id
         LEFT JOIN assignments a ON a.task_id = ob.task_id AND a.part = 'lead' AND a.ended_at IS NULL
         WHERE s.indicator_id = $1 AND p.ends_on <= $2 AND ",
            $which,
            " ORDER BY p.ends_on DESC, o.sort_key, s.report_id"
        )
    };
}

macro_rules! wait_now {
    () => {
        "r.state IN ('submitted', 'lead-reviewed') AND s.superseded_at IS NULL"
    };
}

/// The values of an indicator that waited for review, of periods that end on or before a day.
pub async fn list_awaiting_values(
    tx: &mut Tx,
    indicator: &IndicatorId,
    as_of: Date,
    known: Known,
) -> Result<Vec<NamedValueRow>, StoreError> {
    if known == Known::NOW {
        return fetch_all!(tx, NamedValueRow, select_awaiting_values!("r.state", "organisations", wait_now!()), indicator, Day(as_of));
    }
    let then = select_awaiting_values!(waiting_state!("s", "$3"), former::organisation!(as_known, "$3"), known!("s", "$3"));
    fetch_all!(tx, NamedValueRow, then, indicator, Day(as_of), known.instant())
}

macro_rules! count_awaiting_values {
    ($which:expr) => {
        concat!(
            "SELECT s.indicator_id, COUNT(*) FROM submitted_values s JOIN reports r ON r.id = s.report_id
             JOIN obligations ob ON ob.id = r.obligation_id JOIN periods p ON p.id = ob.period_id
             WHERE p.plan_id = $1 AND p.ends_on <= $2 AND ",
            $which,
            " GROUP BY s.indicator_id"
        )
    };
}

/// How many values of each of a plan's indicators waited for review, of periods that end on or before a day.
pub async fn count_awaiting_values(tx: &mut Tx, plan: &PlanId, as_of: Date, known: Known) -> Result<Vec<(IndicatorId, i64)>, StoreError> {
    if known == Known::NOW {
        return fetch_all!(tx, (IndicatorId, i64), count_awaiting_values!(wait_now!()), plan, Day(as_of));
    }
    fetch_all!(tx, (IndicatorId, i64), count_awaiting_values!(known!("s", "$3")), plan, Day(as_of), known.instant())
}

/// An accepted value that holds, as an import compares with it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct HeldValue {
    /// Its id.
    pub id: String,
    /// The indicator.
    pub indicator_id: IndicatorId,
    /// Whose value; none for one that a document publishes.
    pub organisation_id: Option<OrganisationId>,
    /// End of the period it is for.
    #[sqlx(try_from = "Day")]
    pub period_end: Date,
    /// Units of 10^-scale.
    pub value: i64,
    /// Softening word.
    pub qualifier: Option<String>,
    /// Of a rate that is kept in parts: what is counted.
    pub numerator: Option<i64>,
    /// Of such a rate: out of what.
    pub denominator: Option<i64>,
    /// The document of an import; empty otherwise.
    pub document: String,
}

/// The accepted values of a plan's indicators that hold.
pub async fn list_held_values(tx: &mut Tx, plan: &PlanId) -> Result<Vec<HeldValue>, StoreError> {
    fetch_all!(
        tx,
        HeldValue,
        "SELECT v.id, v.indicator_id, v.organisation_id, v.period_end, v.value, v.qualifier, v.numerator, v.denominator, v.document
         FROM accepted_values v JOIN indicators i ON i.id = v.indicator_id
         WHERE i.plan_id = $1 AND v.superseded_at IS NULL ORDER BY v.recorded_at, v.id",
        plan
    )
}

/// A value that comes with a document.
#[derive(Debug, Clone, Copy)]
pub struct ImportedValue<'a> {
    /// Its id.
    pub id: &'a str,
    /// The indicator.
    pub indicator: &'a IndicatorId,
    /// Whose value.
    pub organisation: &'a OrganisationId,
    /// End of the period it is for.
    pub period_end: Date,
    /// The value.
    pub value: &'a ValidValue,
    /// The document.
    pub document: &'a str,
    /// Milliseconds since 1970.
    pub recorded_at: i64,
}

/// Records an imported value; what held for the same indicator, organisation and period is superseded.
pub async fn insert_imported_value(tx: &mut Tx, new: ImportedValue<'_>) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE accepted_values SET superseded_at = $4
         WHERE indicator_id = $1 AND organisation_id = $2 AND period_end = $3 AND superseded_at IS NULL",
        new.indicator,
        new.organisation,
        Day(new.period_end),
        new.recorded_at
    )?;
    execute!(
        tx,
        "INSERT INTO accepted_values (id, indicator_id, organisation_id, period_end, value, qualifier, numerator, denominator, document,
                                      recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        new.id,
        new.indicator,
        new.organisation,
        Day(new.period_end),
        new.value.raw,
        new.value.qualifier.map(Qualifier::as_str),
        new.value.parts.map(|(numerator, _)| numerator),
        new.value.parts.map(|(_, denominator)| denominator),
        new.document,
        new.recorded_at
    )?;
    Ok(())
}
