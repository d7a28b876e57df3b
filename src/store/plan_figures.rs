//! What a page of all indicators shows beside the rollups: last facts, what waits for review, what was accepted lately, where the
//! loops stand. Invariant: each is one query for the whole plan, and none reads every report.

use jiff::civil::Date;

use super::{
    Day, Known, StoreError, Tx, fetch_all, fetch_optional, former,
    known::{join_former, known, then, waiting_state},
    standings::slot_of,
};
use crate::domain::{
    ids::{IndicatorId, OrganisationId, PeriodId, PlanId, ReportId, UnitId},
    report::ReportState,
    words::{Level, Stage, UnitKind},
};

/// What the accepted steps of one kind of recognition and level come to.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StepFiguresRow {
    /// Code of the recognition.
    pub kind: String,
    /// Its level.
    pub level: Option<Level>,
    first_on: Option<Day>,
    last_on: Option<Day>,
    /// Steps dated on or before the day that is shown, holding now and recorded since.
    pub recorded_since: i64,
}

impl StepFiguresRow {
    /// The first and the last of the known steps on or before the day that is shown; none where none was known.
    pub fn span(&self) -> Option<(Date, Date)> {
        Some((self.first_on?.0, self.last_on?.0))
    }
}

/// Figures of the known steps dated on or before `as_of`, by kind and level, and how many were recorded from the instant `since` on.
/// Those that hold now are rolled up, by the quarters of an hour in which they were recorded; those that no longer do are few.
pub async fn list_step_figures(tx: &mut Tx, as_of: Date, known: Known, since: i64) -> Result<Vec<StepFiguresRow>, StoreError> {
    fetch_all!(
        tx,
        StepFiguresRow,
        "SELECT kind, NULLIF(level, '') AS level, MIN(first_on) AS first_on, MAX(last_on) AS last_on,
                CAST(SUM(recorded_since) AS BIGINT) AS recorded_since
         FROM (SELECT kind, level, MIN(CASE WHEN recorded < $2 THEN on_date END) AS first_on,
                      MAX(CASE WHEN recorded < $2 THEN on_date END) AS last_on,
                      CAST(SUM(CASE WHEN recorded >= $3 THEN steps ELSE 0 END) AS BIGINT) AS recorded_since
               FROM step_days WHERE on_date <= $1 GROUP BY kind, level
               UNION ALL
               SELECT recognitions.kind, COALESCE(recognitions.level, ''), MIN(on_date), MAX(on_date), CAST(0 AS BIGINT)
               FROM stage_steps JOIN recognitions ON recognitions.id = stage_steps.recognition_id
               WHERE stage_steps.superseded_at >= $4 AND stage_steps.recorded_at < $4 AND on_date <= $1
               GROUP BY recognitions.kind, COALESCE(recognitions.level, '')) AS figures
         GROUP BY kind, level ORDER BY kind, level",
        Day(as_of),
        slot_of(known.instant()),
        slot_of(since),
        known.instant()
    )
}

/// How many accepted values of periods that end on or before `as_of` hold now and were recorded from the instant `since` on, by indicator.
pub async fn count_values_since(tx: &mut Tx, plan: &PlanId, as_of: Date, since: i64) -> Result<Vec<(IndicatorId, i64)>, StoreError> {
    fetch_all!(
        tx,
        (IndicatorId, i64),
        "SELECT indicator_id, COUNT(*) FROM accepted_values JOIN indicators ON indicators.id = accepted_values.indicator_id
         WHERE indicators.plan_id = $1 AND superseded_at IS NULL AND period_end <= $2 AND recorded_at >= $3
         GROUP BY indicator_id ORDER BY indicator_id",
        plan,
        Day(as_of),
        since
    )
}

/// The first and the last period with an accepted report of a task linked to an indicator.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct LinkedReportRow {
    /// The indicator.
    pub indicator_id: IndicatorId,
    /// End of the first such period.
    #[sqlx(try_from = "Day")]
    pub first_on: Date,
    /// End of the last such period on or before the day that is shown.
    #[sqlx(try_from = "Day")]
    pub last_on: Date,
}

/// In which periods up to `as_of` a linked task has a report that was known to be accepted. Asks whether there is one, never how many.
pub async fn list_linked_reports(tx: &mut Tx, plan: &PlanId, as_of: Date, known: Known) -> Result<Vec<LinkedReportRow>, StoreError> {
    fetch_all!(
        tx,
        LinkedReportRow,
        concat!(
            "SELECT task_indicators.indicator_id, MIN(periods.ends_on) AS first_on, MAX(periods.ends_on) AS last_on
         FROM indicators
         JOIN task_indicators ON task_indicators.indicator_id = indicators.id AND ",
            known!("task_indicators", "$3"),
            " JOIN periods ON periods.plan_id = indicators.plan_id
         WHERE indicators.plan_id = $1 AND periods.ends_on <= $2
           AND EXISTS (SELECT 1 FROM obligations JOIN reports ON reports.obligation_id = obligations.id
                       WHERE obligations.task_id = task_indicators.task_id AND obligations.period_id = periods.id
                         AND reports.accepted_at < $3)
         GROUP BY task_indicators.indicator_id ORDER BY task_indicators.indicator_id"
        ),
        plan,
        Day(as_of),
        known.instant()
    )
}

/// An entry of a report that waits for a decision.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AwaitingRow {
    /// Its report.
    pub report_id: ReportId,
    /// Which entry of the report.
    pub entry_key: String,
    /// The unit, when it exists already.
    pub unit_id: Option<UnitId>,
    /// What kind of thing.
    pub unit_kind: UnitKind,
    /// What it is to be recognised as.
    pub recognition: String,
    /// At which level.
    pub level: Option<Level>,
    /// Its name.
    pub name_zh: String,
    /// The stage it has reached.
    pub stage: Stage,
    /// When.
    #[sqlx(try_from = "Day")]
    pub on_date: Date,
    /// Who holds it.
    pub holder_id: OrganisationId,
    /// The holder's name.
    pub holder_zh: String,
    /// The holder's name in English.
    pub holder_en: String,
    /// Where its report stands.
    pub state: ReportState,
    /// Whose report it is.
    pub owner_id: OrganisationId,
    /// Who reviews it first.
    pub lead_id: Option<OrganisationId>,
}

macro_rules! select_awaiting {
    ($state:expr, $organisations:expr, $which:expr) => {
        concat!(
            "SELECT submitted_entries.report_id, entry_key, unit_id, unit_kind, recognition, submitted_entries.level,
                submitted_entries.name_zh, stage, on_date, holder_id,
                organisations.name_zh AS holder_zh, organisations.name_en AS holder_en, ",
            $state,
            " AS state, obligations.organisation_id AS owner_id, assignments.organisation_id AS lead_id
         FROM reports
         JOIN submitted_entries ON submitted_entries.report_id = reports.id
         JOIN ",
            $organisations,
            " AS organisations ON organisations.id = submitted_entries.holder_id
         JOIN obligations ON obligations.id = reports.obligation_id
         LEFT JOIN assignments ON assignments.task_id = obligations.task_id AND assignments.part = 'lead' AND assignments.ended_at IS NULL
         WHERE ",
            $which,
            " AND on_date <= $1 ORDER BY submitted_entries.name_zh, submitted_entries.report_id, submitted_entries.entry_key"
        )
    };
}

/// The entries of every report that is submitted and not decided by the commission, by name.
pub async fn list_awaiting(tx: &mut Tx, as_of: Date) -> Result<Vec<AwaitingRow>, StoreError> {
    fetch_all!(
        tx,
        AwaitingRow,
        // By state first: reports that wait are few, rows of those decided are many.
        select_awaiting!(
            "reports.state",
            "organisations",
            "reports.state IN ('submitted', 'lead-reviewed') AND submitted_entries.superseded_at IS NULL"
        ),
        Day(as_of)
    )
}

/// The entries that waited when it was known, and where their reports stood then.
pub async fn list_awaiting_known(tx: &mut Tx, as_of: Date, known: Known) -> Result<Vec<AwaitingRow>, StoreError> {
    fetch_all!(
        tx,
        AwaitingRow,
        select_awaiting!(
            waiting_state!("submitted_entries", "$2"),
            former::organisation!(as_known, "$2"),
            known!("submitted_entries", "$2")
        ),
        Day(as_of),
        known.instant()
    )
}

/// A unit in one measure of an indicator on a day.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct HeldRow {
    /// The indicator.
    pub indicator_id: IndicatorId,
    /// The unit.
    pub unit_id: UnitId,
}

/// Of the units that wait for a decision: in which indicators of the plan they count, or are on their way, on a day.
pub async fn list_awaiting_spans(tx: &mut Tx, plan: &PlanId, measure: &str, as_of: Date) -> Result<Vec<HeldRow>, StoreError> {
    fetch_all!(
        tx,
        HeldRow,
        "SELECT DISTINCT counted_spans.indicator_id, counted_spans.unit_id
         FROM reports
         JOIN submitted_entries ON submitted_entries.report_id = reports.id
         JOIN counted_spans ON counted_spans.unit_id = submitted_entries.unit_id
         JOIN indicators ON indicators.id = counted_spans.indicator_id
         WHERE reports.state IN ('submitted', 'lead-reviewed') AND submitted_entries.superseded_at IS NULL
           AND indicators.plan_id = $1 AND counted_spans.measure = $2
           AND from_date <= $3 AND (until_date IS NULL OR until_date > $3)
         ORDER BY counted_spans.indicator_id, counted_spans.unit_id",
        plan,
        measure,
        Day(as_of)
    )
}

/// How many units began and ceased to count in an indicator.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct MovementRow {
    /// The indicator.
    pub indicator_id: IndicatorId,
    /// Began to count.
    pub gained: i64,
    /// Ceased to count.
    pub lost: i64,
}

/// Which units began and ceased to count after one day, up to another.
pub async fn list_movements(tx: &mut Tx, plan: &PlanId, after: Date, up_to: Date) -> Result<Vec<MovementRow>, StoreError> {
    fetch_all!(
        tx,
        MovementRow,
        "SELECT indicator_id, CAST(SUM(gained) AS BIGINT) AS gained, CAST(SUM(lost) AS BIGINT) AS lost
         FROM indicator_moves JOIN indicators ON indicators.id = indicator_moves.indicator_id
         WHERE indicators.plan_id = $1 AND on_date > $2 AND on_date <= $3
         GROUP BY indicator_id ORDER BY indicator_id",
        plan,
        Day(after),
        Day(up_to)
    )
}

/// A stage step that was accepted lately.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct LatestRow {
    /// The unit.
    pub unit_id: UnitId,
    /// Its Chinese name.
    pub unit_zh: String,
    /// Its English name.
    pub unit_en: String,
    /// What it is recognised as.
    pub kind: String,
    /// At which level.
    pub level: Option<Level>,
    /// The stage it reached.
    pub stage: Stage,
    /// When.
    #[sqlx(try_from = "Day")]
    pub on_date: Date,
    /// The organisation that holds it.
    pub holder_zh: String,
    /// The holder's English name.
    pub holder_en: String,
    /// The report it came with.
    pub report_id: Option<ReportId>,
    /// Whose report it was.
    pub owner_id: Option<OrganisationId>,
    /// Who leads that report's task now.
    pub lead_id: Option<OrganisationId>,
    /// When it was accepted.
    pub recorded_at: i64,
}

/// The known steps recorded last, of kinds that the plan counts and dated on or before `as_of`.
pub async fn list_latest_steps(tx: &mut Tx, plan: &PlanId, as_of: Date, known: Known, limit: i64) -> Result<Vec<LatestRow>, StoreError> {
    fetch_all!(
        tx,
        LatestRow,
        concat!(
            "SELECT units.id AS unit_id, ",
            then!("name_zh"),
            " AS unit_zh, ",
            then!("name_en"),
            " AS unit_en, recognitions.kind, recognitions.level, stage,
                on_date, organisations.name_zh AS holder_zh, organisations.name_en AS holder_en, report_id,
                obligations.organisation_id AS owner_id, assignments.organisation_id AS lead_id, stage_steps.recorded_at
         FROM stage_steps
         JOIN recognitions ON recognitions.id = stage_steps.recognition_id
         JOIN units ON units.id = recognitions.unit_id",
            join_former!("$4"),
            "JOIN ",
            former::organisation!(as_known, "$4"),
            " AS organisations ON organisations.id = ",
            then!("holder_id"),
            " LEFT JOIN reports ON reports.id = stage_steps.report_id
         LEFT JOIN obligations ON obligations.id = reports.obligation_id
         LEFT JOIN assignments ON assignments.task_id = obligations.task_id AND assignments.part = 'lead' AND assignments.ended_at IS NULL
         WHERE on_date <= $2
           AND EXISTS (SELECT 1 FROM ",
            former::counted_as_known!("$4"),
            " AS counted JOIN indicators ON indicators.id = counted.indicator_id
                       WHERE indicators.plan_id = $1 AND counted.recognition = recognitions.kind)
           AND ",
            known!("stage_steps", "$4"),
            " ORDER BY stage_steps.recorded_at DESC, stage_steps.id DESC LIMIT $3"
        ),
        plan,
        Day(as_of),
        limit,
        known.instant()
    )
}

/// How many tasks the plan had.
pub async fn count_tasks(tx: &mut Tx, plan: &PlanId, known: Known) -> Result<i64, StoreError> {
    let sql = concat!(
        "SELECT COUNT(*) FROM ",
        former::task!(as_known, "$2"),
        " AS tasks WHERE plan_id = $1 AND (retired_at IS NULL OR retired_at >= $2)"
    );
    let row = fetch_optional!(tx, (i64,), sql, plan, known.instant())?;
    Ok(row.map_or(0, |(count,)| count))
}

/// A period that is open for reports.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OpenPeriodRow {
    /// Its id.
    pub id: PeriodId,
    /// Its code.
    pub code: String,
    /// Its last day.
    #[sqlx(try_from = "Day")]
    pub ends_on: Date,
    /// Until when reports are due.
    #[sqlx(try_from = "Day")]
    pub report_due: Date,
    /// Until when answers are due.
    #[sqlx(try_from = "Day")]
    pub answer_due: Date,
}

/// The latest period that was opened and had begun on a day.
pub async fn find_latest_period(tx: &mut Tx, plan: &PlanId, as_of: Date) -> Result<Option<OpenPeriodRow>, StoreError> {
    fetch_optional!(
        tx,
        OpenPeriodRow,
        "SELECT id, code, ends_on, report_due, answer_due FROM periods WHERE plan_id = $1 AND starts_on <= $2
         ORDER BY starts_on DESC LIMIT 1",
        plan,
        Day(as_of)
    )
}

/// One task's loop in a period, as numbers.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct LoopRow {
    /// Responsible organisations.
    pub owed: i64,
    /// Reports that were handed in and not returned.
    pub handed_in: i64,
    /// Reports that were accepted.
    pub accepted: i64,
    /// Organisations whose feedback is closed.
    pub closed: i64,
}

/// The loops of one period: one row a task.
pub async fn list_loops(tx: &mut Tx, period: &PeriodId) -> Result<Vec<LoopRow>, StoreError> {
    fetch_all!(
        tx,
        LoopRow,
        "SELECT COUNT(*) AS owed,
                CAST(SUM(CASE WHEN reports.state IN ('submitted', 'lead-reviewed', 'accepted') THEN 1 ELSE 0 END) AS BIGINT) AS handed_in,
                CAST(SUM(CASE WHEN reports.accepted_at IS NOT NULL THEN 1 ELSE 0 END) AS BIGINT) AS accepted,
                CAST(SUM(CASE WHEN feedbacks.closed_at IS NOT NULL THEN 1 ELSE 0 END) AS BIGINT) AS closed
         FROM obligations
         LEFT JOIN reports ON reports.obligation_id = obligations.id AND reports.correction = 0
         LEFT JOIN feedbacks ON feedbacks.period_id = obligations.period_id AND feedbacks.task_id = obligations.task_id
              AND feedbacks.organisation_id = obligations.organisation_id
         WHERE obligations.period_id = $1 GROUP BY obligations.task_id ORDER BY obligations.task_id",
        period
    )
}
