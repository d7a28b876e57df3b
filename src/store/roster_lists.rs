//! The roster as it is read: named units by filter, the units behind a number, one unit with its whole history. Invariant: a list
//! is one page; its rows, their stages and their evidence are read together, never one by one.

use jiff::civil::Date;

use super::{
    Day, Known, StoreError, Tx,
    batches::{push_rows, select_among},
    fetch_all, former, known,
    known::{push_former, sort_key_then},
    on,
    rollups::SpanMeasure,
};
use crate::domain::{
    ids::{EvidenceId, IndicatorId, OrganisationId, RecognitionId, ReportId, StepId, UnitId},
    words::{Level, Stage, UnitKind},
};

/// A unit in a list.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct UnitRow {
    /// Its id.
    pub id: UnitId,
    /// What kind of thing it is.
    pub kind: UnitKind,
    /// Its code; empty without one.
    pub code: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Where it is; empty where it has no district.
    pub district: String,
    /// Who takes part beside the holder.
    pub partners: String,
    /// The organisation that holds it.
    pub holder_id: OrganisationId,
    /// Its Chinese name.
    pub holder_zh: String,
    /// The holder's English name.
    pub holder_en: String,
}

/// A step with everything that proves it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ProvenStepRow {
    /// The step.
    pub step_id: StepId,
    /// The unit.
    pub unit_id: UnitId,
    /// The recognition.
    pub recognition_id: RecognitionId,
    /// What it is recognised as.
    pub kind: String,
    /// At which level.
    pub level: Option<Level>,
    /// The stage it reached.
    pub stage: Stage,
    /// When.
    #[sqlx(try_from = "Day")]
    pub on_date: Date,
    /// The document number; empty without one.
    pub document: String,
    /// The unit it was merged into.
    pub merged_into: Option<UnitId>,
    /// That unit's name; empty without one.
    pub merged_name: String,
    /// The report it came with; none where staff recorded it.
    pub report_id: Option<ReportId>,
    /// Whose report it was.
    pub owner_id: Option<OrganisationId>,
    /// Who leads that report's task now.
    pub lead_id: Option<OrganisationId>,
    /// Who let it pass.
    pub verifier: String,
    /// Why staff recorded it; empty for a report.
    pub reason: String,
    /// When it was recorded.
    pub recorded_at: i64,
    /// When a correction took its place.
    pub superseded_at: Option<i64>,
}

/// A file that proves a step.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StepEvidenceRow {
    /// The step.
    pub step_id: StepId,
    /// The file.
    pub evidence_id: EvidenceId,
    /// Its name.
    pub file_name: String,
    /// Its size in bytes.
    pub size: i64,
    /// The organisation it belongs to.
    pub organisation_id: Option<OrganisationId>,
}

macro_rules! select_proven_steps {
    ($from:expr, $rest:expr) => {
        concat!(
            "SELECT stage_steps.id AS step_id, recognitions.unit_id, recognition_id, recognitions.kind, recognitions.level, stage,
                    stage_steps.on_date, document, merged_into, COALESCE(target.name_zh, '') AS merged_name, report_id,
                    obligations.organisation_id AS owner_id, assignments.organisation_id AS lead_id,
                    COALESCE(accounts.display_name, '') AS verifier, stage_steps.reason, stage_steps.recorded_at,
                    stage_steps.superseded_at
             FROM ",
            $from,
            " JOIN stage_steps ON stage_steps.recognition_id = recognitions.id
             LEFT JOIN units AS target ON target.id = stage_steps.merged_into
             LEFT JOIN reports ON reports.id = stage_steps.report_id
             LEFT JOIN obligations ON obligations.id = reports.obligation_id
             LEFT JOIN assignments ON assignments.task_id = obligations.task_id AND assignments.part = 'lead' AND assignments.ended_at IS NULL
             LEFT JOIN accounts ON accounts.id = stage_steps.verifier_id ",
            $rest
        )
    };
}

macro_rules! select_step_evidence {
    ($from:expr, $rest:expr) => {
        concat!(
            "SELECT step_evidence.step_id, step_evidence.evidence_id, file_name, size, evidence.organisation_id FROM ",
            $from,
            " JOIN stage_steps ON stage_steps.recognition_id = recognitions.id
             JOIN step_evidence ON step_evidence.step_id = stage_steps.id
             JOIN evidence ON evidence.id = step_evidence.evidence_id ",
            $rest
        )
    };
}

// Below the macros, which it uses.
pub mod known_units;

// ---- The units behind a number ----

/// One page of the units of a measure of an indicator on a day.
#[derive(Debug, Clone, Copy)]
pub struct SpanPage<'a> {
    /// The indicator.
    pub indicator: &'a IndicatorId,
    /// Counted or on its way.
    pub measure: SpanMeasure,
    /// The day.
    pub as_of: Date,
    /// How many at most.
    pub limit: i64,
    /// How many are left out before.
    pub offset: i64,
}

/// The ids of the units of the page, by name.
pub async fn find_span_units(tx: &mut Tx, page: SpanPage<'_>) -> Result<Vec<UnitId>, StoreError> {
    let SpanPage { indicator, measure, as_of, limit, offset } = page;
    let rows = fetch_all!(
        tx,
        (UnitId,),
        "SELECT unit_id FROM counted_spans
         WHERE indicator_id = $1 AND measure = $2 AND from_date <= $3 AND (until_date IS NULL OR until_date > $3)
         ORDER BY sort_key, unit_id LIMIT $4 OFFSET $5",
        indicator,
        measure.as_str(),
        Day(as_of),
        limit,
        offset
    )?;
    Ok(rows.into_iter().map(|(unit,)| unit).collect())
}

/// As [`find_span_units`], as it was known: the units of `standing`, and where it is known which units were `touched` since, those others
/// that stand there now.
pub async fn find_known_span_units(
    tx: &mut Tx,
    page: SpanPage<'_>,
    known: Known,
    touched: Option<&[UnitId]>,
    standing: &[UnitId],
) -> Result<Vec<UnitId>, StoreError> {
    let SpanPage { indicator, measure, as_of, limit, offset } = page;
    let database = tx.kind();
    let rows: Vec<(UnitId,)> = on!(tx, |conn| {
        let mut query = sqlx::QueryBuilder::new("SELECT unit_id FROM (");
        if let Some(touched) = touched {
            query.push("SELECT sort_key, unit_id FROM (SELECT sort_key, unit_id FROM counted_spans WHERE indicator_id = ");
            query.push_bind(indicator).push(" AND measure = ").push_bind(measure);
            query.push(" AND from_date <= ").push_bind(Day(as_of));
            query.push(" AND (until_date IS NULL OR until_date > ").push_bind(Day(as_of)).push(") AND unit_id NOT IN ");
            push_rows!(query, database, touched);
            query.push(" ORDER BY sort_key, unit_id LIMIT ").push_bind(offset + limit).push(") AS present UNION ALL ");
        }
        query.push(concat!("SELECT ", sort_key_then!(), " AS sort_key, units.id AS unit_id FROM units "));
        push_former!(query, known);
        query.push(" WHERE units.id IN ");
        push_rows!(query, database, standing);
        query.push(") AS places ORDER BY sort_key, unit_id LIMIT ").push_bind(limit).push(" OFFSET ").push_bind(offset);
        query.build_query_as().fetch_all(conn).await
    })?;
    Ok(rows.into_iter().map(|(unit,)| unit).collect())
}

/// The steps of some units as they were known, each recognition's in their order. They are asked for by the units' ids: PostgreSQL
/// keeps the plan of such a query, and plans one with a limit anew each time.
pub async fn list_steps_of(tx: &mut Tx, units: &[UnitId], known: Known) -> Result<Vec<ProvenStepRow>, StoreError> {
    let mut steps: Vec<ProvenStepRow> = select_among!(
        tx,
        ProvenStepRow,
        select_proven_steps!("recognitions", "WHERE recognitions.unit_id IN ("),
        units,
        ") ORDER BY recognitions.unit_id, recognition_id, stage_steps.on_date, stage_steps.recorded_at, stage_steps.id"
    )?;
    steps.retain(|step| known.holds(step.recorded_at, step.superseded_at));
    Ok(steps)
}

/// The files that prove the steps of some units.
pub async fn list_evidence_of(tx: &mut Tx, units: &[UnitId]) -> Result<Vec<StepEvidenceRow>, StoreError> {
    select_among!(
        tx,
        StepEvidenceRow,
        select_step_evidence!("recognitions", "WHERE recognitions.unit_id IN ("),
        units,
        ") ORDER BY step_evidence.step_id, file_name"
    )
}

/// A file of an entry that waits for review.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AwaitingEvidenceRow {
    /// The report.
    pub report_id: ReportId,
    /// The entry it proves.
    pub entry_key: String,
    /// The file.
    pub evidence_id: EvidenceId,
    /// Its name.
    pub file_name: String,
    /// Its size in bytes.
    pub size: i64,
}

macro_rules! select_awaiting_evidence {
    ($counted:expr, $which:expr) => {
        concat!(
            "SELECT evidence.report_id, evidence.entry_key, evidence.id AS evidence_id, file_name, size
         FROM reports
         JOIN submitted_entries ON submitted_entries.report_id = reports.id
         JOIN evidence ON evidence.report_id = submitted_entries.report_id AND evidence.entry_key = submitted_entries.entry_key
         WHERE ",
            $which,
            " AND submitted_entries.recognition IN (SELECT recognition FROM ",
            $counted,
            " AS counted WHERE indicator_id = $1)
         ORDER BY evidence.report_id, evidence.entry_key, file_name"
        )
    };
}

/// The files of the entries that waited for review and are of a kind an indicator counts.
pub async fn list_awaiting_evidence(tx: &mut Tx, indicator: &IndicatorId, known: Known) -> Result<Vec<AwaitingEvidenceRow>, StoreError> {
    if known == Known::NOW {
        let now = select_awaiting_evidence!(
            "indicator_recognitions",
            "reports.state IN ('submitted', 'lead-reviewed') AND submitted_entries.superseded_at IS NULL AND evidence.removed_at IS NULL"
        );
        return fetch_all!(tx, AwaitingEvidenceRow, now, indicator);
    }
    let then = select_awaiting_evidence!(
        former::counted_as_known!("$2"),
        concat!(
            known!("submitted_entries", "$2"),
            " AND evidence.uploaded_at < $2 AND (evidence.removed_at IS NULL OR evidence.removed_at >= $2)"
        )
    );
    fetch_all!(tx, AwaitingEvidenceRow, then, indicator, known.instant())
}

// ---- One unit ----

/// Every step of a unit, also those that a correction replaced, by recognition and date.
pub async fn list_unit_steps(tx: &mut Tx, id: &UnitId) -> Result<Vec<ProvenStepRow>, StoreError> {
    fetch_all!(
        tx,
        ProvenStepRow,
        select_proven_steps!(
            "recognitions",
            "WHERE recognitions.unit_id = $1
             ORDER BY recognitions.created_at, recognition_id, stage_steps.on_date, stage_steps.recorded_at, stage_steps.id"
        ),
        id
    )
}

/// The files that prove the steps of a unit.
pub async fn list_unit_evidence(tx: &mut Tx, id: &UnitId) -> Result<Vec<StepEvidenceRow>, StoreError> {
    fetch_all!(
        tx,
        StepEvidenceRow,
        select_step_evidence!("recognitions", "WHERE recognitions.unit_id = $1 ORDER BY step_evidence.step_id, file_name"),
        id
    )
}

/// What every kind of recognition was called: code, Chinese, English.
pub async fn list_recognition_names(tx: &mut Tx, known: Known) -> Result<Vec<(String, String, String)>, StoreError> {
    let sql = concat!(
        "SELECT code, name_zh, name_en FROM ",
        former::recognition_kinds_as_known!("$1"),
        " AS recognition_kinds ORDER BY ordinal, code"
    );
    fetch_all!(tx, (String, String, String), sql, known.instant())
}

/// An indicator that counts a unit or has it on its way.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CountingRow {
    /// The plan's code.
    pub plan_code: String,
    /// The indicator's code.
    pub code: String,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
    /// Counted or on its way.
    pub measure: SpanMeasure,
    /// First day.
    #[sqlx(try_from = "Day")]
    pub from_date: Date,
    /// First day after it.
    pub until_date: Option<Day>,
}

impl CountingRow {
    /// First day on which it no longer holds.
    pub fn until(&self) -> Option<Date> {
        self.until_date.map(Date::from)
    }
}

/// In which indicators, of every plan, a unit counts or is on its way, and from when until when.
pub async fn list_counting_indicators(tx: &mut Tx, id: &UnitId) -> Result<Vec<CountingRow>, StoreError> {
    fetch_all!(
        tx,
        CountingRow,
        "SELECT plans.code AS plan_code, indicators.code, indicators.name_zh, indicators.name_en, counted_spans.measure, from_date, until_date
         FROM counted_spans
         JOIN indicators ON indicators.id = counted_spans.indicator_id
         JOIN plans ON plans.id = indicators.plan_id
         WHERE counted_spans.unit_id = $1 ORDER BY plans.code, indicators.code, counted_spans.measure, from_date",
        id
    )
}
