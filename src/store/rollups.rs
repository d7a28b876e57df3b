//! The rollups that counts are read from, and the steps they are made of. Invariant: for each indicator and measure, the changes
//! of `indicator_days` are those of its `counted_spans`: one more at each beginning, one less at each end.

use jiff::civil::Date;

use super::{
    Day, Known, StoreError, Tx,
    batches::{insert_rows, select_among},
    execute, fetch_all, former, known,
};
use crate::domain::{
    ids::{IndicatorId, PlanId, RecognitionId, UnitId},
    roster::Span,
    text_enum::text_enum,
    words::{Level, RulingKind, Stage},
};

text_enum! {
    /// What a rollup measures.
    pub enum SpanMeasure {
        /// The unit counts.
        Counted = "counted",
        /// The unit is on its way and does not count.
        Pipeline = "pipeline",
    }
}

/// One kind of recognition that a roster indicator counts, of any plan.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RuleRow {
    /// The indicator.
    pub indicator_id: IndicatorId,
    /// Code of the recognition.
    pub recognition: String,
    /// The level it needs; none: any.
    pub level: Option<Level>,
}

/// What every roster indicator of every plan counted.
pub async fn list_rule_rows(tx: &mut Tx, known: Known) -> Result<Vec<RuleRow>, StoreError> {
    fetch_all!(
        tx,
        RuleRow,
        concat!(
            "SELECT indicator_id, recognition, level
             FROM ",
            former::counted_as_known!("$1"),
            " AS counted JOIN ",
            former::indicator!(as_known, "$1"),
            " AS indicators ON indicators.id = counted.indicator_id
             WHERE indicators.measure = 'roster' ORDER BY indicator_id, counted.ordinal"
        ),
        known.instant()
    )
}

/// The rulings that held for every indicator of every plan: indicator, kind, value; the one recorded last at the end.
pub async fn list_ruling_values(tx: &mut Tx, known: Known) -> Result<Vec<(IndicatorId, RulingKind, String)>, StoreError> {
    fetch_all!(
        tx,
        (IndicatorId, RulingKind, String),
        concat!("SELECT indicator_id, kind, value FROM rulings WHERE ", known!("rulings", "$1"), " ORDER BY indicator_id, recorded_at"),
        known.instant()
    )
}

/// A step of a unit's recognition, as counting needs it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StepRow {
    /// The unit.
    pub unit_id: UnitId,
    /// The recognition.
    pub recognition_id: RecognitionId,
    /// Code of the recognition.
    pub kind: String,
    /// Its level.
    pub level: Option<Level>,
    /// The stage that was reached.
    pub stage: Stage,
    /// When.
    #[sqlx(try_from = "Day")]
    pub on_date: Date,
    /// When it was recorded, in milliseconds since 1970.
    pub recorded_at: i64,
}

macro_rules! select_steps {
    ($which:expr, $order:literal) => {
        concat!(
            "SELECT recognitions.unit_id, recognition_id, recognitions.kind, recognitions.level, stage, on_date, stage_steps.recorded_at
             FROM recognitions JOIN stage_steps ON stage_steps.recognition_id = recognitions.id WHERE ",
            $which,
            " AND ",
            known!("stage_steps", "$2"),
            " ORDER BY ",
            $order,
            "recognition_id, on_date, stage_steps.recorded_at, stage_steps.id"
        )
    };
}

/// The steps of some units that hold, by unit, recognition and date.
pub async fn list_steps_of_units(tx: &mut Tx, units: &[&UnitId]) -> Result<Vec<StepRow>, StoreError> {
    select_among!(
        tx,
        StepRow,
        "SELECT recognitions.unit_id, recognition_id, recognitions.kind, recognitions.level, stage, on_date, stage_steps.recorded_at
         FROM recognitions JOIN stage_steps ON stage_steps.recognition_id = recognitions.id AND stage_steps.superseded_at IS NULL
         WHERE recognitions.unit_id IN (",
        units,
        ") ORDER BY recognitions.unit_id, recognition_id, on_date, stage_steps.recorded_at, stage_steps.id"
    )
}

/// The steps of one unit that were known, by recognition and date.
pub async fn list_steps_of_unit(tx: &mut Tx, unit: &UnitId, known: Known) -> Result<Vec<StepRow>, StoreError> {
    fetch_all!(tx, StepRow, select_steps!("recognitions.unit_id = $1", ""), unit, known.instant())
}

/// The known steps of all units that have a recognition of a kind the indicator counts, by unit, recognition and date.
pub async fn list_steps_for_indicator(tx: &mut Tx, indicator: &IndicatorId, known: Known) -> Result<Vec<StepRow>, StoreError> {
    fetch_all!(
        tx,
        StepRow,
        select_steps!(
            concat!(
                "recognitions.kind IN (SELECT recognition FROM ",
                former::counted_as_known!("$2"),
                " AS counted WHERE indicator_id = $1)"
            ),
            "recognitions.unit_id, "
        ),
        indicator,
        known.instant()
    )
}

/// Every step of a plan's roster that was known, by unit, recognition and date.
pub async fn list_known_steps(tx: &mut Tx, plan: &PlanId, known: Known) -> Result<Vec<StepRow>, StoreError> {
    fetch_all!(
        tx,
        StepRow,
        select_steps!(
            concat!(
                "recognitions.kind IN (SELECT recognition FROM ",
                former::counted_as_known!("$2"),
                " AS counted JOIN indicators ON indicators.id = counted.indicator_id WHERE indicators.plan_id = $1)"
            ),
            "recognitions.unit_id, "
        ),
        plan,
        known.instant()
    )
}

/// A stored span.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SpanRow {
    /// The indicator.
    pub indicator_id: IndicatorId,
    /// The unit.
    pub unit_id: UnitId,
    /// Counted or on its way.
    pub measure: SpanMeasure,
    /// First day.
    #[sqlx(try_from = "Day")]
    from_date: Date,
    /// First day after it.
    until_date: Option<Day>,
}

impl SpanRow {
    /// The days.
    pub fn span(&self) -> Span {
        Span { from: self.from_date, until: self.until_date.map(Date::from) }
    }
}

/// The spans of some units in every indicator.
pub async fn list_spans_of_units(tx: &mut Tx, units: &[&UnitId]) -> Result<Vec<SpanRow>, StoreError> {
    select_among!(
        tx,
        SpanRow,
        "SELECT indicator_id, unit_id, measure, from_date, until_date FROM counted_spans WHERE unit_id IN (",
        units,
        ") ORDER BY unit_id, indicator_id, measure, from_date"
    )
}

/// The spans of one indicator.
pub async fn list_spans_of_indicator(tx: &mut Tx, indicator: &IndicatorId) -> Result<Vec<SpanRow>, StoreError> {
    fetch_all!(
        tx,
        SpanRow,
        "SELECT indicator_id, unit_id, measure, from_date, until_date FROM counted_spans WHERE indicator_id = $1
         ORDER BY unit_id, measure, from_date",
        indicator
    )
}

/// Takes the spans of a unit out of one measure of an indicator.
pub async fn delete_spans(tx: &mut Tx, indicator: &IndicatorId, unit: &UnitId, measure: SpanMeasure) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM counted_spans WHERE indicator_id = $1 AND unit_id = $2 AND measure = $3", indicator, unit, measure.as_str())?;
    Ok(())
}

/// A span to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSpan {
    /// The indicator.
    pub indicator: IndicatorId,
    /// The unit.
    pub unit: UnitId,
    /// Counted or on its way.
    pub measure: SpanMeasure,
    /// The days.
    pub span: Span,
    /// The unit's place in lists.
    pub sort_key: String,
}

/// Adds spans.
pub async fn insert_spans(tx: &mut Tx, spans: &[NewSpan]) -> Result<(), StoreError> {
    insert_rows!(tx, "INSERT INTO counted_spans (indicator_id, unit_id, measure, from_date, until_date, sort_key) ", spans, |to, new| {
        to.push_bind(&new.indicator)
            .push_bind(&new.unit)
            .push_bind(new.measure.as_str())
            .push_bind(Day(new.span.from))
            .push_bind(new.span.until.map(Day))
            .push_bind(&new.sort_key);
    });
    Ok(())
}

/// Moves a unit to another place in the lists behind numbers.
pub async fn set_sort_key_of_spans(tx: &mut Tx, unit: &UnitId, sort_key: &str) -> Result<(), StoreError> {
    execute!(tx, "UPDATE counted_spans SET sort_key = $2 WHERE unit_id = $1", unit, sort_key)?;
    Ok(())
}

/// Changes by how much a measure moves on a day; a day on which nothing is left drops out.
pub async fn add_to_day(tx: &mut Tx, indicator: &IndicatorId, measure: SpanMeasure, on: Date, change: i64) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO indicator_days (indicator_id, measure, on_date, change) VALUES ($1, $2, $3, $4)
         ON CONFLICT (indicator_id, measure, on_date) DO UPDATE SET change = indicator_days.change + excluded.change",
        indicator,
        measure.as_str(),
        Day(on),
        change,
    )?;
    execute!(
        tx,
        "DELETE FROM indicator_days WHERE indicator_id = $1 AND measure = $2 AND on_date = $3 AND change = 0",
        indicator,
        measure.as_str(),
        Day(on),
    )?;
    Ok(())
}

/// Forgets every rolled-up day of an indicator.
pub async fn delete_days(tx: &mut Tx, indicator: &IndicatorId) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM indicator_days WHERE indicator_id = $1", indicator)?;
    Ok(())
}

/// Forgets every span of an indicator.
pub async fn delete_spans_of_indicator(tx: &mut Tx, indicator: &IndicatorId) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM counted_spans WHERE indicator_id = $1", indicator)?;
    Ok(())
}

/// By how much a measure changes on a day.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct DayRow {
    /// The indicator.
    pub indicator_id: IndicatorId,
    /// Counted or on its way.
    pub measure: SpanMeasure,
    /// The day.
    #[sqlx(try_from = "Day")]
    pub on_date: Date,
    /// By how much.
    pub change: i64,
}

/// The rolled-up days of a plan's indicators, in order.
pub async fn list_days(tx: &mut Tx, plan: &PlanId) -> Result<Vec<DayRow>, StoreError> {
    fetch_all!(
        tx,
        DayRow,
        "SELECT indicator_id, indicator_days.measure, on_date, change
         FROM indicator_days JOIN indicators ON indicators.id = indicator_days.indicator_id
         WHERE indicators.plan_id = $1 ORDER BY indicator_id, indicator_days.measure, on_date",
        plan
    )
}

/// What the rollups of one indicator say on a day: counted and on its way.
pub async fn read_counts(tx: &mut Tx, indicator: &IndicatorId, as_of: Date) -> Result<(i64, i64), StoreError> {
    let rows = fetch_all!(
        tx,
        (SpanMeasure, i64),
        "SELECT measure, CAST(SUM(change) AS BIGINT) FROM indicator_days WHERE indicator_id = $1 AND on_date <= $2 GROUP BY measure",
        indicator,
        Day(as_of)
    )?;
    let of = |wanted| rows.iter().find(|(measure, _)| *measure == wanted).map_or(0, |(_, sum)| *sum);
    Ok((of(SpanMeasure::Counted), of(SpanMeasure::Pipeline)))
}
