//! What a plan file writes, and what is compared with it. Invariant: rows are added or their texts changed, never deleted.

mod facts;
mod items;
mod parties;

use jiff::civil::Date;

use super::{Day, StoreError, Tx, execute, fetch_all, fetch_optional};
use crate::domain::{
    ids::{AreaId, IndicatorId, PlanId, TaskId},
    words::{Cadence, Direction, Level, Measure, UnitKind},
};

pub use facts::*;
pub use items::*;
pub use parties::*;

/// A plan.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PlanRow {
    /// Its id.
    pub id: PlanId,
    /// Its code in URLs.
    pub code: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Short Chinese name.
    pub short_zh: String,
    /// Short English name.
    pub short_en: String,
    /// Chinese name of the issuer.
    pub issuer_zh: String,
    /// English name of the issuer.
    pub issuer_en: String,
    /// First day.
    #[sqlx(try_from = "Day")]
    pub starts_on: Date,
    /// Last day.
    #[sqlx(try_from = "Day")]
    pub ends_on: Date,
    /// How often progress is reported.
    pub cadence: Cadence,
    /// Its time zone.
    pub time_zone: String,
    /// When it was retired, in milliseconds since 1970.
    pub retired_at: Option<i64>,
}

/// The plan with a code.
pub async fn find_plan(tx: &mut Tx, code: &str) -> Result<Option<PlanRow>, StoreError> {
    fetch_optional!(
        tx,
        PlanRow,
        "SELECT id, code, name_zh, name_en, short_zh, short_en, issuer_zh, issuer_en, starts_on, ends_on, cadence, time_zone, retired_at
         FROM plans WHERE code = $1",
        code
    )
}

/// Adds a plan, or changes its names.
pub async fn save_plan(tx: &mut Tx, row: &PlanRow, sha256: &str, now: i64) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO plans (id, code, name_zh, name_en, short_zh, short_en, issuer_zh, issuer_en, starts_on, ends_on, cadence, time_zone,
                            imported_from, imported_at, retired_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         ON CONFLICT (id) DO UPDATE SET name_zh = excluded.name_zh, name_en = excluded.name_en, short_zh = excluded.short_zh,
             short_en = excluded.short_en, issuer_zh = excluded.issuer_zh, issuer_en = excluded.issuer_en,
             imported_from = excluded.imported_from, imported_at = excluded.imported_at",
        &row.id,
        &row.code,
        &row.name_zh,
        &row.name_en,
        &row.short_zh,
        &row.short_en,
        &row.issuer_zh,
        &row.issuer_en,
        Day(row.starts_on),
        Day(row.ends_on),
        row.cadence,
        &row.time_zone,
        sha256,
        now,
        row.retired_at,
    )?;
    Ok(())
}

/// A kind of recognition; it belongs to no plan.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RecognitionKindRow {
    /// Its code.
    pub code: String,
    /// The kind of unit it is for.
    pub unit_kind: UnitKind,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Its place in lists.
    pub ordinal: i64,
}

/// Every kind of recognition, in order.
pub async fn list_recognition_kinds(tx: &mut Tx) -> Result<Vec<RecognitionKindRow>, StoreError> {
    fetch_all!(tx, RecognitionKindRow, "SELECT code, unit_kind, name_zh, name_en, ordinal FROM recognition_kinds ORDER BY ordinal, code")
}

/// Codes of the recognitions that only other plans count.
pub async fn list_foreign_recognitions(tx: &mut Tx, plan_code: &str) -> Result<Vec<String>, StoreError> {
    let rows = fetch_all!(
        tx,
        (String,),
        "SELECT DISTINCT c.recognition FROM indicator_recognitions c
         WHERE NOT EXISTS (SELECT 1 FROM indicator_recognitions o JOIN indicators i ON i.id = o.indicator_id JOIN plans p ON p.id = i.plan_id
                           WHERE o.recognition = c.recognition AND p.code = $1)
         ORDER BY c.recognition",
        plan_code
    )?;
    Ok(rows.into_iter().map(|(code,)| code).collect())
}

/// Adds a kind of recognition, or changes its names.
pub async fn save_recognition_kind(tx: &mut Tx, row: &RecognitionKindRow) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO recognition_kinds (code, unit_kind, name_zh, name_en, ordinal) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (code) DO UPDATE SET name_zh = excluded.name_zh, name_en = excluded.name_en",
        &row.code,
        row.unit_kind,
        &row.name_zh,
        &row.name_en,
        row.ordinal,
    )?;
    Ok(())
}

/// An area of a plan.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AreaRow {
    /// Its id.
    pub id: AreaId,
    /// Its code.
    pub code: String,
    /// Its place in the plan.
    pub ordinal: i64,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Short Chinese name.
    pub short_zh: String,
    /// Short English name.
    pub short_en: String,
    /// 1 for the closing section.
    pub closing: i64,
    /// When it was retired, in milliseconds since 1970.
    pub retired_at: Option<i64>,
}

/// The areas of a plan, in order; also those that are retired.
pub async fn list_areas(tx: &mut Tx, plan: &PlanId) -> Result<Vec<AreaRow>, StoreError> {
    fetch_all!(
        tx,
        AreaRow,
        "SELECT id, code, ordinal, name_zh, name_en, short_zh, short_en, closing, retired_at FROM areas WHERE plan_id = $1 ORDER BY ordinal, id",
        plan
    )
}

/// Adds an area that is recorded at an instant, or changes its texts.
pub async fn save_area(tx: &mut Tx, plan: &PlanId, row: &AreaRow, recorded_at: i64) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO areas (id, plan_id, code, ordinal, name_zh, name_en, short_zh, short_en, closing, retired_at, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (id) DO UPDATE SET ordinal = excluded.ordinal, name_zh = excluded.name_zh, name_en = excluded.name_en,
             short_zh = excluded.short_zh, short_en = excluded.short_en, closing = excluded.closing",
        &row.id,
        plan,
        &row.code,
        row.ordinal,
        &row.name_zh,
        &row.name_en,
        &row.short_zh,
        &row.short_en,
        row.closing,
        row.retired_at,
        recorded_at,
    )?;
    Ok(())
}

/// An indicator without its target.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct IndicatorRow {
    /// Its id.
    pub id: IndicatorId,
    /// Its area.
    pub area_id: AreaId,
    /// Its code.
    pub code: String,
    /// Its place in the plan.
    pub ordinal: i64,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Chinese unit of measurement.
    pub unit_zh: String,
    /// English unit of measurement.
    pub unit_en: String,
    /// How it is measured.
    pub measure: Measure,
    /// Which way it improves.
    pub direction: Direction,
    /// Decimal places.
    pub scale: i64,
    /// Section of the text.
    pub source_zh: String,
    /// 1 where a derived counting stage is not enough.
    pub needs_stage_ruling: i64,
    /// 1 where values are kept as numerator and denominator.
    pub fraction: i64,
    /// When it was retired, in milliseconds since 1970.
    pub retired_at: Option<i64>,
}

impl IndicatorRow {
    /// Whether it is no longer used.
    pub const fn is_retired(&self) -> bool {
        self.retired_at.is_some()
    }
}

/// The indicators of a plan, in order; also those that are retired.
pub async fn list_indicators(tx: &mut Tx, plan: &PlanId) -> Result<Vec<IndicatorRow>, StoreError> {
    fetch_all!(
        tx,
        IndicatorRow,
        "SELECT id, area_id, code, ordinal, name_zh, name_en, unit_zh, unit_en, measure, direction, scale, source_zh, needs_stage_ruling,
                fraction, retired_at
         FROM indicators WHERE plan_id = $1 ORDER BY ordinal, id",
        plan
    )
}

/// Adds an indicator, or changes its texts.
pub async fn save_indicator(tx: &mut Tx, plan: &PlanId, row: &IndicatorRow) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO indicators (id, plan_id, area_id, code, ordinal, name_zh, name_en, unit_zh, unit_en, measure, direction, scale,
                                 source_zh, needs_stage_ruling, fraction, retired_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
         ON CONFLICT (id) DO UPDATE SET ordinal = excluded.ordinal, name_zh = excluded.name_zh, name_en = excluded.name_en,
             unit_zh = excluded.unit_zh, unit_en = excluded.unit_en, source_zh = excluded.source_zh",
        &row.id,
        plan,
        &row.area_id,
        &row.code,
        row.ordinal,
        &row.name_zh,
        &row.name_en,
        &row.unit_zh,
        &row.unit_en,
        row.measure,
        row.direction,
        row.scale,
        &row.source_zh,
        row.needs_stage_ruling,
        row.fraction,
        row.retired_at,
    )?;
    Ok(())
}

/// Something an indicator counts.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CountedRow {
    /// The indicator.
    pub indicator_id: IndicatorId,
    /// Code of the recognition.
    pub recognition: String,
    /// The level it needs; none: any.
    pub level: Option<Level>,
}

/// What the indicators of a plan count.
pub async fn list_counted(tx: &mut Tx, plan: &PlanId) -> Result<Vec<CountedRow>, StoreError> {
    fetch_all!(
        tx,
        CountedRow,
        "SELECT c.indicator_id, c.recognition, c.level FROM indicator_recognitions c JOIN indicators i ON i.id = c.indicator_id
         WHERE i.plan_id = $1 ORDER BY i.ordinal, c.ordinal",
        plan
    )
}

/// Adds something an indicator counts.
pub async fn insert_counted(tx: &mut Tx, row: &CountedRow, ordinal: i64) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO indicator_recognitions (indicator_id, ordinal, recognition, level) VALUES ($1, $2, $3, $4)",
        &row.indicator_id,
        ordinal,
        &row.recognition,
        row.level,
    )?;
    Ok(())
}

/// A task without its dates.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TaskRow {
    /// Its id.
    pub id: TaskId,
    /// Its area.
    pub area_id: AreaId,
    /// Its code.
    pub code: String,
    /// Its place in the plan.
    pub ordinal: i64,
    /// Chinese title.
    pub title_zh: String,
    /// English title.
    pub title_en: String,
    /// What is delivered, in Chinese.
    pub deliverable_zh: String,
    /// What is delivered, in English.
    pub deliverable_en: String,
    /// The effect, in Chinese.
    pub effect_zh: String,
    /// The effect, in English.
    pub effect_en: String,
    /// Section of the text.
    pub source_zh: String,
    /// When it was retired, in milliseconds since 1970.
    pub retired_at: Option<i64>,
}

/// The tasks of a plan, in order; also those that are retired.
pub async fn list_tasks(tx: &mut Tx, plan: &PlanId) -> Result<Vec<TaskRow>, StoreError> {
    fetch_all!(
        tx,
        TaskRow,
        "SELECT id, area_id, code, ordinal, title_zh, title_en, deliverable_zh, deliverable_en, effect_zh, effect_en, source_zh,
                retired_at
         FROM tasks WHERE plan_id = $1 ORDER BY ordinal, id",
        plan
    )
}

/// Adds a task, or changes its texts.
pub async fn save_task(tx: &mut Tx, plan: &PlanId, row: &TaskRow) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO tasks (id, plan_id, area_id, code, ordinal, title_zh, title_en, deliverable_zh, deliverable_en, effect_zh, effect_en,
                            source_zh, retired_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         ON CONFLICT (id) DO UPDATE SET ordinal = excluded.ordinal, title_zh = excluded.title_zh, title_en = excluded.title_en,
             deliverable_zh = excluded.deliverable_zh, deliverable_en = excluded.deliverable_en, effect_zh = excluded.effect_zh,
             effect_en = excluded.effect_en, source_zh = excluded.source_zh",
        &row.id,
        plan,
        &row.area_id,
        &row.code,
        row.ordinal,
        &row.title_zh,
        &row.title_en,
        &row.deliverable_zh,
        &row.deliverable_en,
        &row.effect_zh,
        &row.effect_en,
        &row.source_zh,
        row.retired_at,
    )?;
    Ok(())
}

/// Which task feeds which indicator now.
pub async fn list_task_indicators(tx: &mut Tx, plan: &PlanId) -> Result<Vec<(TaskId, IndicatorId)>, StoreError> {
    fetch_all!(
        tx,
        (TaskId, IndicatorId),
        "SELECT l.task_id, l.indicator_id FROM task_indicators l JOIN tasks t ON t.id = l.task_id WHERE t.plan_id = $1 AND l.superseded_at IS NULL",
        plan
    )
}

/// Links a task with an indicator.
pub async fn insert_task_indicator(tx: &mut Tx, task: &TaskId, indicator: &IndicatorId, at: i64) -> Result<(), StoreError> {
    execute!(tx, "INSERT INTO task_indicators (task_id, indicator_id, recorded_at) VALUES ($1, $2, $3)", task, indicator, at)?;
    Ok(())
}
