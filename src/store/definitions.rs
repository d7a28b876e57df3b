//! What staff change about a plan's definition. Invariant: a row is changed or retired, never deleted, and what it was until then is
//! kept; a link between a task and an indicator is superseded.

use super::{StoreError, Tx, execute, fetch_all, fetch_one, former};
use crate::{
    domain::{
        ids::{AccountId, AreaId, IndicatorId, PlanId, TaskId},
        words::Level,
    },
    store::{
        Day,
        plan_files::{self, AreaRow, IndicatorRow, PlanRow, TargetRow, TaskRow, insert_task_indicator},
    },
};

/// Changes names, issuer and cadence of a plan, and whether it is used, at an instant.
pub async fn update_plan(tx: &mut Tx, row: &PlanRow, at: i64) -> Result<(), StoreError> {
    former::keep_plan(tx, &row.id, at).await?;
    execute!(
        tx,
        "UPDATE plans SET name_zh = $2, name_en = $3, short_zh = $4, short_en = $5, issuer_zh = $6, issuer_en = $7, cadence = $8,
             retired_at = $9
         WHERE id = $1",
        &row.id,
        &row.name_zh,
        &row.name_en,
        &row.short_zh,
        &row.short_en,
        &row.issuer_zh,
        &row.issuer_en,
        row.cadence,
        row.retired_at,
    )?;
    Ok(())
}

/// Adds a plan without content; it came from no file.
pub async fn insert_plan(tx: &mut Tx, row: &PlanRow, now: i64) -> Result<(), StoreError> {
    plan_files::save_plan(tx, row, "", now).await
}

/// How many periods of a plan were opened.
pub async fn count_periods(tx: &mut Tx, plan: &PlanId) -> Result<i64, StoreError> {
    Ok(fetch_one!(tx, (i64,), "SELECT COUNT(*) FROM periods WHERE plan_id = $1", plan)?.0)
}

/// Changes names and place of an area, and whether it is used, at an instant.
pub async fn update_area(tx: &mut Tx, row: &AreaRow, at: i64) -> Result<(), StoreError> {
    former::keep_area(tx, &row.id, at).await?;
    execute!(
        tx,
        "UPDATE areas SET ordinal = $2, name_zh = $3, name_en = $4, short_zh = $5, short_en = $6, closing = $7, retired_at = $8
         WHERE id = $1",
        &row.id,
        row.ordinal,
        &row.name_zh,
        &row.name_en,
        &row.short_zh,
        &row.short_en,
        row.closing,
        row.retired_at,
    )?;
    Ok(())
}

/// Puts an area at a place, at an instant.
pub async fn move_area(tx: &mut Tx, area: &AreaId, ordinal: i64, at: i64) -> Result<(), StoreError> {
    former::keep_area(tx, area, at).await?;
    execute!(tx, "UPDATE areas SET ordinal = $2 WHERE id = $1", area, ordinal)?;
    Ok(())
}

/// Changes everything about an indicator but its code and place, at an instant; what it counts is set after this.
pub async fn update_indicator(tx: &mut Tx, row: &IndicatorRow, at: i64) -> Result<(), StoreError> {
    former::keep_indicator(tx, &row.id, at).await?;
    execute!(
        tx,
        "UPDATE indicators SET area_id = $2, name_zh = $3, name_en = $4, unit_zh = $5, unit_en = $6, measure = $7, direction = $8,
                scale = $9, source_zh = $10, needs_stage_ruling = $11, fraction = $12, retired_at = $13
         WHERE id = $1",
        &row.id,
        &row.area_id,
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

/// Sets what an indicator counts; what it counted was kept with what it was.
pub async fn replace_counted(tx: &mut Tx, indicator: &IndicatorId, counts: &[(String, Option<Level>)]) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM indicator_recognitions WHERE indicator_id = $1", indicator)?;
    for ((recognition, level), ordinal) in counts.iter().zip(1_i64..) {
        execute!(
            tx,
            "INSERT INTO indicator_recognitions (indicator_id, ordinal, recognition, level) VALUES ($1, $2, $3, $4)",
            indicator,
            ordinal,
            recognition,
            *level,
        )?;
    }
    Ok(())
}

/// How many facts were recorded about an indicator: accepted values, stock-takes, steps of what it counts.
pub async fn count_facts(tx: &mut Tx, indicator: &IndicatorId) -> Result<i64, StoreError> {
    let row = fetch_one!(
        tx,
        (i64,),
        "SELECT (SELECT COUNT(*) FROM accepted_values WHERE indicator_id = $1) + (SELECT COUNT(*) FROM stock_takes WHERE indicator_id = $1)
                + (SELECT COUNT(*) FROM stage_steps s JOIN recognitions r ON r.id = s.recognition_id
                   WHERE r.kind IN (SELECT recognition FROM indicator_recognitions WHERE indicator_id = $1))",
        indicator
    )?;
    Ok(row.0)
}

/// The indicators of a plan about which facts were recorded, as [`count_facts`] counts them.
pub async fn list_measured(tx: &mut Tx, plan: &PlanId) -> Result<Vec<IndicatorId>, StoreError> {
    let rows = fetch_all!(
        tx,
        (IndicatorId,),
        "SELECT i.id FROM indicators i
         WHERE i.plan_id = $1 AND (EXISTS (SELECT 1 FROM accepted_values v WHERE v.indicator_id = i.id)
               OR EXISTS (SELECT 1 FROM stock_takes t WHERE t.indicator_id = i.id)
               OR EXISTS (SELECT 1 FROM stage_steps s JOIN recognitions r ON r.id = s.recognition_id
                          JOIN indicator_recognitions c ON c.recognition = r.kind WHERE c.indicator_id = i.id))",
        plan
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// How many steps were recorded of recognitions of a kind.
pub async fn count_steps_of_kind(tx: &mut Tx, recognition: &str) -> Result<i64, StoreError> {
    let row = fetch_one!(
        tx,
        (i64,),
        "SELECT COUNT(*) FROM stage_steps s JOIN recognitions r ON r.id = s.recognition_id WHERE r.kind = $1",
        recognition
    )?;
    Ok(row.0)
}

/// How many numbers are kept in units of an indicator's scale: targets with a number, milestones, baselines.
pub async fn count_numbers(tx: &mut Tx, indicator: &IndicatorId) -> Result<i64, StoreError> {
    let row = fetch_one!(
        tx,
        (i64,),
        "SELECT (SELECT COUNT(*) FROM targets WHERE indicator_id = $1 AND form <> '\"unquantified\"')
                + (SELECT COUNT(*) FROM milestones WHERE indicator_id = $1) + (SELECT COUNT(*) FROM baselines WHERE indicator_id = $1)",
        indicator
    )?;
    Ok(row.0)
}

/// Adds the first target of an indicator that the commission made.
pub async fn insert_first_target(
    tx: &mut Tx,
    id: &str,
    indicator: &IndicatorId,
    row: &TargetRow,
    officer: &AccountId,
    now: i64,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO targets (id, indicator_id, wording_zh, wording_en, form, target_on, date_provenance, provenance, reason, document,
                              officer_id, effective_on, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        id,
        indicator,
        &row.wording_zh,
        &row.wording_en,
        &row.form,
        Day(row.target_on),
        row.date_provenance,
        row.origin.provenance,
        &row.origin.reason,
        &row.origin.document,
        officer,
        Day(row.origin.effective_on),
        now,
    )?;
    Ok(())
}

/// Changes everything about a task but its code, place and time limit, at an instant.
pub async fn update_task(tx: &mut Tx, row: &TaskRow, at: i64) -> Result<(), StoreError> {
    former::keep_task(tx, &row.id, at).await?;
    execute!(
        tx,
        "UPDATE tasks SET area_id = $2, title_zh = $3, title_en = $4, deliverable_zh = $5, deliverable_en = $6, effect_zh = $7,
                effect_en = $8, source_zh = $9, retired_at = $10
         WHERE id = $1",
        &row.id,
        &row.area_id,
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

/// Sets the indicators that a task works towards from an instant on; links that end stay known for earlier days.
pub async fn replace_task_indicators(tx: &mut Tx, task: &TaskId, indicators: &[IndicatorId], at: i64) -> Result<(), StoreError> {
    let linked = "SELECT indicator_id FROM task_indicators WHERE task_id = $1 AND superseded_at IS NULL";
    let linked: Vec<IndicatorId> = fetch_all!(tx, (IndicatorId,), linked, task)?.into_iter().map(|(id,)| id).collect();
    for indicator in linked.iter().filter(|id| !indicators.contains(id)) {
        // What begins and ends at one instant was never known.
        execute!(tx, "DELETE FROM task_indicators WHERE task_id = $1 AND indicator_id = $2 AND recorded_at = $3", task, indicator, at)?;
        execute!(
            tx,
            "UPDATE task_indicators SET superseded_at = $3 WHERE task_id = $1 AND indicator_id = $2 AND superseded_at IS NULL",
            task,
            indicator,
            at
        )?;
    }
    for indicator in indicators.iter().filter(|id| !linked.contains(id)) {
        insert_task_indicator(tx, task, indicator, at).await?;
    }
    Ok(())
}

macro_rules! select_open_periods {
    ($of:literal) => {
        concat!(
            "SELECT DISTINCT p.code, p.ends_on FROM obligations o JOIN periods p ON p.id = o.period_id
             WHERE ",
            $of,
            " AND NOT EXISTS
                   (SELECT 1 FROM feedbacks f WHERE f.period_id = o.period_id AND f.task_id = o.task_id
                    AND f.organisation_id = o.organisation_id AND f.closed_at IS NOT NULL)
             ORDER BY p.ends_on"
        )
    };
}

/// Codes of the periods in which loops of a plan are not closed, in their order.
pub async fn list_open_periods(tx: &mut Tx, plan: &PlanId) -> Result<Vec<String>, StoreError> {
    let rows = fetch_all!(tx, (String, Day), select_open_periods!("p.plan_id = $1"), plan)?;
    Ok(rows.into_iter().map(|(code, _)| code).collect())
}

/// Codes of the periods in which a loop of the task is open: feedback to some responsible organisation is not closed.
pub async fn list_open_loops(tx: &mut Tx, task: &TaskId) -> Result<Vec<String>, StoreError> {
    let rows = fetch_all!(tx, (String, Day), select_open_periods!("o.task_id = $1"), task)?;
    Ok(rows.into_iter().map(|(code, _)| code).collect())
}
