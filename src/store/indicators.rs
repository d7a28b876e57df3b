//! Indicators and the facts set about them: targets, milestones, baselines, rulings, stock-takes. Invariant: such a fact is never updated; a later row supersedes it.
//!
//! Everything is read for a whole plan at once, so that a page of all indicators costs as many queries as one of a single one.

use jiff::civil::Date;

use super::{Day, Encoded, Known, StoreError, Tx, fetch_all, former, known};
use crate::domain::{
    ids::{AreaId, IndicatorId, PlanId, TaskId},
    target::TargetForm,
    words::{Direction, Level, Measure, Provenance, RulingKind, UnitKind},
};

/// An area of a plan.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AreaRow {
    /// Its id.
    pub id: AreaId,
    /// Its code in the plan.
    pub code: String,
    /// Full Chinese name.
    pub name_zh: String,
    /// Full English name.
    pub name_en: String,
    /// Short Chinese name.
    pub short_zh: String,
    /// Short English name.
    pub short_en: String,
    /// 1 for the closing section.
    pub closing: i64,
}

/// The areas of a plan in order as they were known, without those that were retired then.
pub async fn list_areas(tx: &mut Tx, plan: &PlanId, known: Known) -> Result<Vec<AreaRow>, StoreError> {
    fetch_all!(
        tx,
        AreaRow,
        concat!(
            "SELECT id, code, name_zh, name_en, short_zh, short_en, closing FROM ",
            former::area!(as_known, "$2"),
            " AS areas
             WHERE plan_id = $1 AND recorded_at < $2 AND (retired_at IS NULL OR retired_at >= $2) ORDER BY ordinal"
        ),
        plan,
        known.instant()
    )
}

/// An indicator as the plan defines it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct IndicatorRow {
    /// Its id.
    pub id: IndicatorId,
    /// Its area.
    pub area_id: AreaId,
    /// Its code in the plan.
    pub code: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Chinese unit word.
    pub unit_zh: String,
    /// English unit word, plural.
    pub unit_en: String,
    /// How it is measured.
    pub measure: Measure,
    /// Which way it improves.
    pub direction: Direction,
    /// Decimal places of its values.
    pub scale: i64,
    /// The section of the text.
    pub source_zh: String,
    /// 1 where the light stays grey until the counting stage is ruled on.
    pub needs_stage_ruling: i64,
}

/// The indicators of a plan that were in use as they were known, in the order of the plan.
pub async fn list_indicators(tx: &mut Tx, plan: &PlanId, known: Known) -> Result<Vec<IndicatorRow>, StoreError> {
    fetch_all!(
        tx,
        IndicatorRow,
        concat!(
            "SELECT indicators.id, area_id, indicators.code, indicators.name_zh, indicators.name_en, unit_zh, unit_en, measure, direction,
                    scale, source_zh, needs_stage_ruling
             FROM ",
            former::indicator!(as_known, "$2"),
            " AS indicators JOIN ",
            former::area!(as_known, "$2"),
            " AS areas ON areas.id = indicators.area_id
             WHERE indicators.plan_id = $1 AND (indicators.retired_at IS NULL OR indicators.retired_at >= $2)
             ORDER BY areas.ordinal, indicators.ordinal"
        ),
        plan,
        known.instant()
    )
}

/// One kind of recognition that an indicator counts.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CountedRow {
    /// The indicator.
    pub indicator_id: IndicatorId,
    /// Code of the recognition.
    pub recognition: String,
    /// The level it needs; none: any.
    pub level: Option<Level>,
    /// What kind of thing can hold it.
    pub unit_kind: UnitKind,
    /// Chinese name of the recognition.
    pub name_zh: String,
    /// English name of the recognition.
    pub name_en: String,
}

/// What the indicators of a plan counted.
pub async fn list_counted_recognitions(tx: &mut Tx, plan: &PlanId, known: Known) -> Result<Vec<CountedRow>, StoreError> {
    fetch_all!(
        tx,
        CountedRow,
        concat!(
            "SELECT indicator_id, recognition, level, unit_kind, recognition_kinds.name_zh, recognition_kinds.name_en
             FROM ",
            former::counted_as_known!("$2"),
            " AS counted
             JOIN ",
            former::recognition_kinds_as_known!("$2"),
            " AS recognition_kinds ON recognition_kinds.code = counted.recognition
             JOIN indicators ON indicators.id = counted.indicator_id
             WHERE indicators.plan_id = $1 ORDER BY indicator_id, counted.ordinal"
        ),
        plan,
        known.instant()
    )
}

/// A revision of a target.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TargetRow {
    /// The indicator.
    pub indicator_id: IndicatorId,
    /// As the text words it.
    pub wording_zh: String,
    /// The wording in English.
    pub wording_en: String,
    /// The typed target.
    pub form: Encoded<TargetForm>,
    /// The day by which it must be reached.
    #[sqlx(try_from = "Day")]
    pub target_on: Date,
    /// Where the number comes from.
    pub provenance: Provenance,
    /// Where the date comes from.
    pub date_provenance: Provenance,
    /// The first day on which it holds.
    #[sqlx(try_from = "Day")]
    pub effective_on: Date,
    /// Why it was set.
    pub reason: String,
    /// The document that sets it.
    pub document: String,
    /// Who recorded it; empty for the plan's file.
    pub officer: String,
    /// When it was recorded.
    pub recorded_at: i64,
}

/// Every known revision of the plan's targets, oldest first.
pub async fn list_targets(tx: &mut Tx, plan: &PlanId, known: Known) -> Result<Vec<TargetRow>, StoreError> {
    fetch_all!(
        tx,
        TargetRow,
        concat!(
            "SELECT indicator_id, wording_zh, wording_en, form, target_on, provenance, date_provenance, effective_on, reason, document,
                COALESCE(accounts.display_name, targets.officer_name) AS officer, recorded_at
         FROM targets JOIN indicators ON indicators.id = targets.indicator_id LEFT JOIN accounts ON accounts.id = targets.officer_id
         WHERE indicators.plan_id = $1 AND ",
            known!("targets", "$2"),
            " ORDER BY indicator_id, effective_on, recorded_at"
        ),
        plan,
        known.instant()
    )
}

/// A value expected on the way.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct MilestoneRow {
    /// The indicator.
    pub indicator_id: IndicatorId,
    /// When it is expected.
    #[sqlx(try_from = "Day")]
    pub on_date: Date,
    /// The value, in units of 10^-scale.
    pub value: i64,
    /// Where it comes from.
    pub provenance: Provenance,
    /// The first day on which it holds.
    #[sqlx(try_from = "Day")]
    pub effective_on: Date,
    /// When it was recorded.
    pub recorded_at: i64,
    /// 1 where the revision takes the milestone away.
    pub dropped: i64,
}

/// Every known milestone of the plan's indicators.
pub async fn list_milestones(tx: &mut Tx, plan: &PlanId, known: Known) -> Result<Vec<MilestoneRow>, StoreError> {
    fetch_all!(
        tx,
        MilestoneRow,
        concat!(
            "SELECT indicator_id, on_date, value, provenance, effective_on, recorded_at, dropped
         FROM milestones JOIN indicators ON indicators.id = milestones.indicator_id
         WHERE indicators.plan_id = $1 AND ",
            known!("milestones", "$2"),
            " ORDER BY indicator_id, on_date, effective_on, recorded_at"
        ),
        plan,
        known.instant()
    )
}

/// A typed baseline (flow, level, rank).
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct BaselineRow {
    /// The indicator.
    pub indicator_id: IndicatorId,
    /// The day for which it holds.
    #[sqlx(try_from = "Day")]
    pub on_date: Date,
    /// The word of how exactly its document dates it.
    pub dated: String,
    /// The value, in units of 10^-scale.
    pub value: i64,
    /// Softening word.
    pub qualifier: Option<String>,
    /// Where it comes from.
    pub provenance: Provenance,
    /// The document.
    pub document: String,
    /// The first day on which it holds.
    #[sqlx(try_from = "Day")]
    pub effective_on: Date,
    /// When it was recorded.
    pub recorded_at: i64,
}

/// The known typed baselines of the plan, the one recorded last at the end.
pub async fn list_baselines(tx: &mut Tx, plan: &PlanId, known: Known) -> Result<Vec<BaselineRow>, StoreError> {
    fetch_all!(
        tx,
        BaselineRow,
        concat!(
            "SELECT indicator_id, on_date, dated, value, qualifier, provenance, document, effective_on, recorded_at
         FROM baselines JOIN indicators ON indicators.id = baselines.indicator_id
         WHERE indicators.plan_id = $1 AND ",
            known!("baselines", "$2"),
            " ORDER BY indicator_id, recorded_at"
        ),
        plan,
        known.instant()
    )
}

/// A ruling on how an indicator counts.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RulingRow {
    /// The indicator.
    pub indicator_id: IndicatorId,
    /// What it decides.
    pub kind: RulingKind,
    /// The decision, as a word or number of its kind.
    pub value: String,
    /// Where it comes from.
    pub provenance: Provenance,
    /// Why.
    pub reason: String,
    /// The document.
    pub document: String,
    /// The day of the decision.
    #[sqlx(try_from = "Day")]
    pub decided_on: Date,
    /// Who recorded it; empty for the plan's file.
    pub officer: String,
    /// When it was recorded.
    pub recorded_at: i64,
    /// When a later one took its place.
    pub superseded_at: Option<i64>,
}

macro_rules! select_rulings {
    ($rest:literal) => {
        concat!(
            "SELECT indicator_id, kind, value, provenance, reason, document, decided_on,
                    COALESCE(accounts.display_name, rulings.officer_name) AS officer, recorded_at, superseded_at
             FROM rulings JOIN indicators ON indicators.id = rulings.indicator_id LEFT JOIN accounts ON accounts.id = rulings.officer_id ",
            $rest
        )
    };
}

/// The rulings of the plan that held, the one recorded last at the end.
pub async fn list_rulings(tx: &mut Tx, plan: &PlanId, known: Known) -> Result<Vec<RulingRow>, StoreError> {
    fetch_all!(
        tx,
        RulingRow,
        concat!(select_rulings!("WHERE indicators.plan_id = $1 AND "), known!("rulings", "$2"), " ORDER BY indicator_id, recorded_at"),
        plan,
        known.instant()
    )
}

/// Every ruling on one indicator, also those that no longer hold, newest first.
pub async fn list_rulings_of(tx: &mut Tx, indicator: &IndicatorId) -> Result<Vec<RulingRow>, StoreError> {
    fetch_all!(tx, RulingRow, select_rulings!("WHERE indicator_id = $1 ORDER BY recorded_at DESC, rulings.id DESC"), indicator)
}

/// A stock-take: the units of the plan's eve are all recorded.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StockTakeRow {
    /// The indicator.
    pub indicator_id: IndicatorId,
    /// The day on which stock was taken.
    #[sqlx(try_from = "Day")]
    pub taken_on: Date,
    /// The document.
    pub document: String,
    /// Who recorded it.
    pub officer: String,
}

/// The stock-takes of the plan that held, the one recorded last at the end.
pub async fn list_stock_takes(tx: &mut Tx, plan: &PlanId, known: Known) -> Result<Vec<StockTakeRow>, StoreError> {
    fetch_all!(
        tx,
        StockTakeRow,
        concat!(
            "SELECT indicator_id, taken_on, document, COALESCE(accounts.display_name, stock_takes.officer_name) AS officer
         FROM stock_takes JOIN indicators ON indicators.id = stock_takes.indicator_id
         LEFT JOIN accounts ON accounts.id = stock_takes.officer_id
         WHERE indicators.plan_id = $1 AND ",
            known!("stock_takes", "$2"),
            " ORDER BY indicator_id, recorded_at"
        ),
        plan,
        known.instant()
    )
}

/// An accepted value of a flow, level or rank indicator.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ValueRow {
    /// The indicator.
    pub indicator_id: IndicatorId,
    /// The period's end.
    #[sqlx(try_from = "Day")]
    pub period_end: Date,
    /// The value, in units of 10^-scale.
    pub value: i64,
    /// Of a rate: what is counted.
    pub numerator: Option<i64>,
    /// Of a rate: out of what.
    pub denominator: Option<i64>,
    /// When it was recorded.
    pub recorded_at: i64,
}

/// The known accepted values of the plan's flow, level and rank indicators, by period.
pub async fn list_values(tx: &mut Tx, plan: &PlanId, known: Known) -> Result<Vec<ValueRow>, StoreError> {
    fetch_all!(
        tx,
        ValueRow,
        concat!(
            "SELECT indicator_id, period_end, value, numerator, denominator, recorded_at
         FROM accepted_values JOIN indicators ON indicators.id = accepted_values.indicator_id
         WHERE indicators.plan_id = $1 AND ",
            known!("accepted_values", "$2"),
            " ORDER BY indicator_id, period_end, recorded_at"
        ),
        plan,
        known.instant()
    )
}

/// A task that feeds an indicator.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct LinkedTaskRow {
    /// Its id.
    pub id: TaskId,
    /// Its code in the plan.
    pub code: String,
    /// Chinese title.
    pub title_zh: String,
    /// English title.
    pub title_en: String,
    /// The lead organisation; empty without one.
    pub lead_zh: String,
    /// The lead organisation in English.
    pub lead_en: String,
}

/// The tasks that were linked to an indicator, in the order of the plan.
pub async fn list_linked_tasks(tx: &mut Tx, indicator: &IndicatorId, known: Known) -> Result<Vec<LinkedTaskRow>, StoreError> {
    fetch_all!(
        tx,
        LinkedTaskRow,
        concat!(
            "SELECT tasks.id, tasks.code, title_zh, title_en, COALESCE(organisations.name_zh, '') AS lead_zh,
                COALESCE(organisations.name_en, '') AS lead_en
         FROM task_indicators JOIN ",
            former::task!(as_known, "$2"),
            " AS tasks ON tasks.id = task_indicators.task_id JOIN ",
            former::area!(as_known, "$2"),
            " AS areas ON areas.id = tasks.area_id
         LEFT JOIN assignments ON assignments.task_id = tasks.id AND assignments.part = 'lead'
              AND assignments.assigned_at < $2 AND (assignments.ended_at IS NULL OR assignments.ended_at >= $2)
         LEFT JOIN ",
            former::organisation!(as_known, "$2"),
            " AS organisations ON organisations.id = assignments.organisation_id
         WHERE task_indicators.indicator_id = $1 AND (tasks.retired_at IS NULL OR tasks.retired_at >= $2) AND ",
            known!("task_indicators", "$2"),
            " ORDER BY areas.ordinal, tasks.ordinal"
        ),
        indicator,
        known.instant()
    )
}
