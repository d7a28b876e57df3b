//! The rollups that lists and sums are read from: standings, days of steps, spans by kind, movements. Invariant: each row follows
//! from the steps that hold, the units and the rulings; only `services::rollups` writes them.

use jiff::civil::Date;

use super::{
    Day, StoreError, Tx,
    batches::{delete_among, insert_rows, select_among},
    execute, fetch_all, fetch_one,
};
use crate::domain::{
    ids::{IndicatorId, OrganisationId, PlanId, RecognitionId, UnitId},
    roster::Span,
    words::{Level, Stage},
};

/// What lists need of a unit.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct UnitKeys {
    /// The unit.
    pub id: UnitId,
    /// Its code; empty without one.
    pub code: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name; may be empty.
    pub name_en: String,
    /// Pinyin, by which lists are sorted.
    pub sort_key: String,
    /// Who holds it.
    pub holder_id: OrganisationId,
    /// District, or empty.
    pub district: String,
}

/// What lists need of some units.
pub async fn list_unit_keys(tx: &mut Tx, units: &[&UnitId]) -> Result<Vec<UnitKeys>, StoreError> {
    select_among!(
        tx,
        UnitKeys,
        "SELECT id, code, name_zh, name_en, sort_key, holder_id, district FROM units WHERE id IN (",
        units,
        ") ORDER BY id"
    )
}

/// Where a recognition stands now.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Standing {
    /// The unit's place in lists.
    pub sort_key: String,
    /// The unit.
    pub unit_id: UnitId,
    /// The recognition.
    pub recognition_id: RecognitionId,
    /// `kind:level`, without a level `kind:`.
    pub facet: String,
    /// The stage it has reached.
    pub stage: Stage,
    /// Since when.
    #[sqlx(try_from = "Day")]
    pub on_date: Date,
    /// The unit's district, or empty.
    pub district: String,
    /// Who holds the unit.
    pub holder_id: OrganisationId,
    /// What a search looks into.
    pub search_key: String,
    /// 1 where the unit has one recognition only.
    pub lone: i64,
    /// The days of its steps, each with the [`slot_of`] its record, joined by spaces: `2026-03-01@1973376`.
    pub days: String,
    /// When it reached which stage.
    #[sqlx(flatten)]
    pub reached: StageDays,
}

/// When a recognition reached each stage: where it stood on any day follows from them without a look at its steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct StageDays {
    /// The first of its days.
    pub began_on: Day,
    /// Nurtured.
    pub nurtured_on: Option<Day>,
    /// Applied for.
    pub applied_on: Option<Day>,
    /// Approved.
    pub approved_on: Option<Day>,
    /// Under construction.
    pub construction_on: Option<Day>,
    /// Recognised.
    pub recognised_on: Option<Day>,
    /// Not approved, revoked or merged: as which it stands at the end.
    pub ended_on: Option<Day>,
}

impl StageDays {
    /// A recognition that began on a day and has reached nothing yet.
    pub const fn begin(on: Date) -> Self {
        Self {
            began_on: Day(on),
            nurtured_on: None,
            applied_on: None,
            approved_on: None,
            construction_on: None,
            recognised_on: None,
            ended_on: None,
        }
    }

    /// Enters the day of a stage.
    pub fn enter(&mut self, stage: Stage, on: Date) {
        let day = match stage {
            Stage::Nurtured => &mut self.nurtured_on,
            Stage::Applied => &mut self.applied_on,
            Stage::Approved => &mut self.approved_on,
            Stage::UnderConstruction => &mut self.construction_on,
            Stage::Recognised => &mut self.recognised_on,
            Stage::NotApproved | Stage::Revoked | Stage::Merged => &mut self.ended_on,
        };
        *day = Some(Day(on));
    }

    /// From when until when it stood at each stage; `last` is where it stands at the end. A stage that was left on the day on which it
    /// was reached has no days.
    pub fn stays(&self, last: Stage) -> Vec<(Stage, Span)> {
        let days = [
            (Stage::Nurtured, self.nurtured_on),
            (Stage::Applied, self.applied_on),
            (Stage::Approved, self.approved_on),
            (Stage::UnderConstruction, self.construction_on),
            (Stage::Recognised, self.recognised_on),
            (last, self.ended_on),
        ];
        let reached: Vec<(Stage, Date)> = days.into_iter().filter_map(|(stage, on)| on.map(|on| (stage, on.0))).collect();
        let left = reached.iter().skip(1).map(|(_, on)| Some(*on)).chain([None]);
        reached.iter().zip(left).map(|((stage, from), until)| (*stage, Span { from: *from, until })).collect()
    }

    /// The stages that were reached, by their columns, with their days.
    pub fn list(&self) -> Vec<(&'static str, Date)> {
        let days = [
            ("nurtured", self.nurtured_on),
            ("applied", self.applied_on),
            ("approved", self.approved_on),
            ("under-construction", self.construction_on),
            ("recognised", self.recognised_on),
            ("ended", self.ended_on),
        ];
        days.into_iter().filter_map(|(stage, on)| on.map(|on| (stage, on.0))).collect()
    }
}

impl Standing {
    /// Kind and level of the recognition, the level empty without one.
    pub fn kind_and_level(&self) -> (&str, &str) {
        self.facet.split_once(':').unwrap_or((&self.facet, ""))
    }

    /// The days of its steps, with the quarter of an hour in which each was recorded.
    pub fn recorded_days(&self) -> impl Iterator<Item = (Date, i64)> {
        self.days.split(' ').filter_map(|word| {
            let (day, slot) = word.split_once('@')?;
            Some((day.parse().ok()?, slot.parse().ok()?))
        })
    }
}

/// The quarter of an hour since 1970 that an instant lies in. Days end between two of them in every time zone in use.
pub const fn slot_of(instant: i64) -> i64 {
    instant.div_euclid(15 * 60 * 1000)
}

/// What stands in [`Standing::days`] for a step.
pub fn write_recorded_day(on: Date, recorded_at: i64) -> String {
    format!("{on}@{}", slot_of(recorded_at))
}

/// How many steps that hold were taken on a day and recorded in one quarter of an hour.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StepDay {
    /// Code of the recognition.
    pub kind: String,
    /// Its level; empty without one.
    pub level: String,
    /// The day.
    #[sqlx(try_from = "Day")]
    pub on_date: Date,
    /// When they were recorded; see [`slot_of`].
    pub recorded: i64,
    /// How many.
    pub steps: i64,
}

/// The word by which a kind of recognition at a level is filtered.
pub fn make_facet(kind: &str, level: Option<Level>) -> String {
    format!("{kind}:{}", level.map_or("", Level::as_str))
}

/// The standings of some units.
pub async fn list_standings_of(tx: &mut Tx, units: &[&UnitId]) -> Result<Vec<Standing>, StoreError> {
    select_among!(
        tx,
        Standing,
        "SELECT sort_key, unit_id, recognition_id, facet, stage, on_date, district, holder_id, search_key, lone, days,
                began_on, nurtured_on, applied_on, approved_on, construction_on, recognised_on, ended_on
         FROM standings WHERE unit_id IN (",
        units,
        ") ORDER BY unit_id, recognition_id"
    )
}

/// What a search looks into, of those of some units that have a standing.
pub async fn list_search_keys(tx: &mut Tx, units: &[&UnitId]) -> Result<Vec<(UnitId, String)>, StoreError> {
    select_among!(
        tx,
        (UnitId, String),
        "SELECT DISTINCT unit_id, search_key FROM standings WHERE unit_id IN (",
        units,
        ") ORDER BY unit_id"
    )
}

/// Every standing, for checks.
pub async fn list_all_standings(tx: &mut Tx) -> Result<Vec<Standing>, StoreError> {
    fetch_all!(
        tx,
        Standing,
        "SELECT sort_key, unit_id, recognition_id, facet, stage, on_date, district, holder_id, search_key, lone, days,
                began_on, nurtured_on, applied_on, approved_on, construction_on, recognised_on, ended_on
         FROM standings ORDER BY unit_id, recognition_id"
    )
}

/// Takes the standings of some units away.
pub async fn delete_standings_of(tx: &mut Tx, units: &[&UnitId]) -> Result<(), StoreError> {
    delete_among!(tx, "DELETE FROM standings WHERE unit_id IN (", units);
    Ok(())
}

/// Adds standings.
pub async fn insert_standings(tx: &mut Tx, rows: &[Standing]) -> Result<(), StoreError> {
    insert_rows!(
        tx,
        "INSERT INTO standings (sort_key, unit_id, recognition_id, facet, stage, on_date, district, holder_id, search_key, lone, days,
                                began_on, nurtured_on, applied_on, approved_on, construction_on, recognised_on, ended_on) ",
        rows,
        |to, row| {
            to.push_bind(&row.sort_key)
                .push_bind(&row.unit_id)
                .push_bind(&row.recognition_id)
                .push_bind(&row.facet)
                .push_bind(row.stage)
                .push_bind(Day(row.on_date))
                .push_bind(&row.district)
                .push_bind(&row.holder_id)
                .push_bind(&row.search_key)
                .push_bind(row.lone)
                .push_bind(&row.days)
                .push_bind(row.reached.began_on)
                .push_bind(row.reached.nurtured_on)
                .push_bind(row.reached.applied_on)
                .push_bind(row.reached.approved_on)
                .push_bind(row.reached.construction_on)
                .push_bind(row.reached.recognised_on)
                .push_bind(row.reached.ended_on);
        }
    );
    Ok(())
}

/// The units that have steps and are in no rollup yet: those of a database from before there were standings.
pub async fn list_units_without_standings(tx: &mut Tx) -> Result<Vec<UnitId>, StoreError> {
    // One look tells the usual case, in which nothing is missing.
    let (standings, steps): (i64, i64) = fetch_one!(
        tx,
        (i64, i64),
        "SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM standings LIMIT 1) s), (SELECT COUNT(*) FROM (SELECT 1 FROM stage_steps LIMIT 1) t)"
    )?;
    if standings > 0 || steps == 0 {
        return Ok(Vec::new());
    }
    list_recognised_units(tx).await
}

/// The units that are or were recognised as anything.
pub async fn list_recognised_units(tx: &mut Tx) -> Result<Vec<UnitId>, StoreError> {
    let rows = fetch_all!(tx, (UnitId,), "SELECT DISTINCT unit_id FROM recognitions ORDER BY unit_id")?;
    Ok(rows.into_iter().map(|(unit,)| unit).collect())
}

/// Changes how many steps were taken, each day and quarter of an hour once. Where none is left the row drops out.
pub async fn add_to_step_days(tx: &mut Tx, changes: &[StepDay]) -> Result<(), StoreError> {
    insert_rows!(
        tx,
        "INSERT INTO step_days (kind, level, on_date, recorded, steps) ",
        changes,
        |to, row| {
            to.push_bind(&row.kind).push_bind(&row.level).push_bind(Day(row.on_date)).push_bind(row.recorded).push_bind(row.steps);
        },
        " ON CONFLICT (kind, level, on_date, recorded) DO UPDATE SET steps = step_days.steps + excluded.steps"
    );
    // Only where steps were taken away can none be left.
    for row in changes.iter().filter(|row| row.steps < 0) {
        let sql = "DELETE FROM step_days WHERE kind = $1 AND level = $2 AND on_date = $3 AND recorded = $4 AND steps = 0";
        execute!(tx, sql, &row.kind, &row.level, Day(row.on_date), row.recorded)?;
    }
    Ok(())
}

/// Changes how many units began and ceased to count on a day; a day without any drops out.
pub async fn add_to_moves(tx: &mut Tx, indicator: &IndicatorId, on: Date, gained: i64, lost: i64) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO indicator_moves (indicator_id, on_date, gained, lost) VALUES ($1, $2, $3, $4)
         ON CONFLICT (indicator_id, on_date)
         DO UPDATE SET gained = indicator_moves.gained + excluded.gained, lost = indicator_moves.lost + excluded.lost",
        indicator,
        Day(on),
        gained,
        lost
    )?;
    execute!(tx, "DELETE FROM indicator_moves WHERE indicator_id = $1 AND on_date = $2 AND gained = 0 AND lost = 0", indicator, Day(on))?;
    Ok(())
}

/// Forgets the movements of an indicator and everything it counts by kind.
pub async fn delete_sums_of_indicator(tx: &mut Tx, indicator: &IndicatorId) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM indicator_moves WHERE indicator_id = $1", indicator)?;
    execute!(tx, "DELETE FROM kind_spans WHERE indicator_id = $1", indicator)?;
    execute!(tx, "DELETE FROM kind_days WHERE indicator_id = $1", indicator)?;
    Ok(())
}

/// From when until when a unit counts by one kind; an empty kind: by more than one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub struct KindSpan {
    /// The indicator.
    pub indicator_id: IndicatorId,
    /// Code of the recognition, or empty.
    pub kind: String,
    /// The unit.
    pub unit_id: UnitId,
    /// First day.
    #[sqlx(try_from = "Day")]
    pub from_date: Date,
    /// First day after it.
    until_date: Option<Day>,
}

impl KindSpan {
    /// A row of a span.
    pub fn new(indicator_id: IndicatorId, kind: String, unit_id: UnitId, span: Span) -> Self {
        Self { indicator_id, kind, unit_id, from_date: span.from, until_date: span.until.map(Day) }
    }

    /// The days.
    pub fn span(&self) -> Span {
        Span { from: self.from_date, until: self.until_date.map(Date::from) }
    }
}

/// The kinds by which some units count, in every indicator that sums several.
pub async fn list_kind_spans_of(tx: &mut Tx, units: &[&UnitId]) -> Result<Vec<KindSpan>, StoreError> {
    select_among!(
        tx,
        KindSpan,
        "SELECT indicator_id, kind, unit_id, from_date, until_date FROM kind_spans WHERE unit_id IN (",
        units,
        ") ORDER BY unit_id, indicator_id, kind, from_date"
    )
}

/// The kinds by which the units of one indicator count.
pub async fn list_kind_spans_of_indicator(tx: &mut Tx, indicator: &IndicatorId) -> Result<Vec<KindSpan>, StoreError> {
    fetch_all!(
        tx,
        KindSpan,
        "SELECT indicator_id, kind, unit_id, from_date, until_date FROM kind_spans WHERE indicator_id = $1
         ORDER BY unit_id, kind, from_date",
        indicator
    )
}

/// Every span by kind, for checks.
pub async fn list_all_kind_spans(tx: &mut Tx) -> Result<Vec<KindSpan>, StoreError> {
    fetch_all!(tx, KindSpan, "SELECT indicator_id, kind, unit_id, from_date, until_date FROM kind_spans")
}

/// Takes the spans by kind of a unit out of an indicator.
pub async fn delete_kind_spans(tx: &mut Tx, indicator: &IndicatorId, unit: &UnitId) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM kind_spans WHERE indicator_id = $1 AND unit_id = $2", indicator, unit)?;
    Ok(())
}

/// Adds spans by kind.
pub async fn insert_kind_spans(tx: &mut Tx, rows: &[KindSpan]) -> Result<(), StoreError> {
    insert_rows!(tx, "INSERT INTO kind_spans (indicator_id, kind, unit_id, from_date, until_date) ", rows, |to, row| {
        to.push_bind(&row.indicator_id)
            .push_bind(&row.kind)
            .push_bind(&row.unit_id)
            .push_bind(Day(row.from_date))
            .push_bind(row.until_date);
    });
    Ok(())
}

/// Changes by how much a count by kind differs on a day; a day on which nothing is left drops out.
pub async fn add_to_kind_day(tx: &mut Tx, indicator: &IndicatorId, kind: &str, on: Date, change: i64) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO kind_days (indicator_id, kind, on_date, change) VALUES ($1, $2, $3, $4)
         ON CONFLICT (indicator_id, kind, on_date) DO UPDATE SET change = kind_days.change + excluded.change",
        indicator,
        kind,
        Day(on),
        change
    )?;
    execute!(tx, "DELETE FROM kind_days WHERE indicator_id = $1 AND kind = $2 AND on_date = $3 AND change = 0", indicator, kind, Day(on))?;
    Ok(())
}

/// How many units count by one kind on a day.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct KindCount {
    /// The indicator.
    pub indicator_id: IndicatorId,
    /// Code of the recognition; empty: units that count by more than one.
    pub kind: String,
    /// How many.
    pub counted: i64,
}

/// The counts by kind on a day of those indicators of a plan that sum several kinds.
pub async fn list_kind_counts(tx: &mut Tx, plan: &PlanId, as_of: Date) -> Result<Vec<KindCount>, StoreError> {
    fetch_all!(
        tx,
        KindCount,
        "SELECT indicator_id, kind, CAST(SUM(change) AS BIGINT) AS counted
         FROM kind_days JOIN indicators ON indicators.id = kind_days.indicator_id
         WHERE indicators.plan_id = $1 AND on_date <= $2 GROUP BY indicator_id, kind ORDER BY indicator_id, kind",
        plan,
        Day(as_of)
    )
}

/// The units that count by more than one kind on a day, in those indicators of a plan that sum several.
pub async fn list_overlaps(tx: &mut Tx, plan: &PlanId, as_of: Date) -> Result<Vec<(IndicatorId, UnitId)>, StoreError> {
    fetch_all!(
        tx,
        (IndicatorId, UnitId),
        "SELECT kind_spans.indicator_id, kind_spans.unit_id
         FROM indicators JOIN kind_spans ON kind_spans.indicator_id = indicators.id AND kind_spans.kind = ''
         WHERE indicators.plan_id = $1 AND from_date <= $2 AND (until_date IS NULL OR until_date > $2)",
        plan,
        Day(as_of)
    )
}

/// The stored days of steps, for checks.
pub async fn list_step_days(tx: &mut Tx) -> Result<Vec<StepDay>, StoreError> {
    fetch_all!(tx, StepDay, "SELECT kind, level, on_date, recorded, steps FROM step_days")
}

/// The stored movements, for checks: indicator, day, gained, lost.
pub async fn list_all_moves(tx: &mut Tx) -> Result<Vec<(IndicatorId, Date, i64, i64)>, StoreError> {
    let rows = fetch_all!(tx, (IndicatorId, Day, i64, i64), "SELECT indicator_id, on_date, gained, lost FROM indicator_moves")?;
    Ok(rows.into_iter().map(|(indicator, on, gained, lost)| (indicator, on.0, gained, lost)).collect())
}

/// The stored days by kind, for checks: indicator, kind, day, change.
pub async fn list_all_kind_days(tx: &mut Tx) -> Result<Vec<(IndicatorId, String, Date, i64)>, StoreError> {
    let rows = fetch_all!(tx, (IndicatorId, String, Day, i64), "SELECT indicator_id, kind, on_date, change FROM kind_days")?;
    Ok(rows.into_iter().map(|(indicator, kind, on, change)| (indicator, kind, on.0, change)).collect())
}
