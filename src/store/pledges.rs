//! Pledges: what organisations take on for an indicator by year. Invariant: a pledge is superseded, never changed, and at most one
//! of an organisation, indicator and year is in force.

use super::{StoreError, Tx, execute, fetch_all, fetch_one, former};
use crate::domain::ids::{AccountId, IndicatorId, OrganisationId, PlanId};

/// A pledge with who took it on and who entered it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PledgeRow {
    /// Its id.
    pub id: String,
    /// The indicator.
    pub indicator_id: IndicatorId,
    /// The organisation that takes it on.
    pub organisation_id: OrganisationId,
    /// Its Chinese name.
    pub organisation_zh: String,
    /// Its English name; may be empty.
    pub organisation_en: String,
    /// The calendar year.
    pub year: i64,
    /// How many recognitions; 0 where a pledge was taken back.
    pub quantity: i64,
    /// What the organisation says about it; may be empty.
    pub note: String,
    /// The document; may be empty.
    pub document: String,
    /// Why it took the place of another; empty for the first.
    pub reason: String,
    /// Who entered it.
    pub officer: String,
    /// Milliseconds since 1970.
    pub recorded_at: i64,
    /// Since when another holds.
    pub superseded_at: Option<i64>,
}

macro_rules! select_pledges {
    ($organisations:expr, $rest:literal) => {
        concat!(
            "SELECT p.id, p.indicator_id, p.organisation_id, o.name_zh AS organisation_zh, o.name_en AS organisation_en, p.year, p.quantity,
                    p.note, p.document, p.reason, COALESCE(a.display_name, p.officer_name) AS officer, p.recorded_at, p.superseded_at
             FROM pledges p JOIN ",
            $organisations,
            " AS o ON o.id = p.organisation_id JOIN indicators i ON i.id = p.indicator_id
             LEFT JOIN accounts a ON a.id = p.account_id ",
            $rest
        )
    };
}

/// The pledges of a plan that were in force just before an instant, by organisation and year.
pub async fn list_pledges_before(tx: &mut Tx, plan: &PlanId, before: i64) -> Result<Vec<PledgeRow>, StoreError> {
    fetch_all!(
        tx,
        PledgeRow,
        select_pledges!(
            former::organisation!(as_known, "$2"),
            "WHERE i.plan_id = $1 AND p.recorded_at < $2 AND (p.superseded_at IS NULL OR p.superseded_at >= $2)
             ORDER BY p.indicator_id, o.sort_key, p.organisation_id, p.year"
        ),
        plan,
        before
    )
}

/// How many pledges of a plan that hold now were recorded from the instant `since` on.
pub async fn count_pledges_since(tx: &mut Tx, plan: &PlanId, since: i64) -> Result<i64, StoreError> {
    let (count,): (i64,) = fetch_one!(
        tx,
        (i64,),
        "SELECT COUNT(*) FROM pledges JOIN indicators ON indicators.id = pledges.indicator_id
         WHERE indicators.plan_id = $1 AND pledges.superseded_at IS NULL AND pledges.recorded_at >= $2",
        plan,
        since
    )?;
    Ok(count)
}

/// Every pledge of one organisation for one indicator, also those superseded, the newest first.
pub async fn list_pledges_of(tx: &mut Tx, indicator: &IndicatorId, organisation: &OrganisationId) -> Result<Vec<PledgeRow>, StoreError> {
    fetch_all!(
        tx,
        PledgeRow,
        select_pledges!(
            "organisations",
            "WHERE p.indicator_id = $1 AND p.organisation_id = $2
             ORDER BY p.recorded_at DESC, CASE WHEN p.superseded_at IS NULL THEN 0 ELSE 1 END, p.year, p.id DESC"
        ),
        indicator,
        organisation
    )
}

/// A pledge to be recorded.
#[derive(Debug, Clone, Copy)]
pub struct NewPledge<'a> {
    /// Its id.
    pub id: &'a str,
    /// The indicator.
    pub indicator_id: &'a IndicatorId,
    /// The organisation that takes it on.
    pub organisation_id: &'a OrganisationId,
    /// The calendar year.
    pub year: i64,
    /// How many recognitions.
    pub quantity: i64,
    /// What the organisation says about it.
    pub note: &'a str,
    /// The document.
    pub document: &'a str,
    /// Why it takes the place of another.
    pub reason: &'a str,
    /// Who enters it.
    pub account_id: &'a AccountId,
    /// Milliseconds since 1970.
    pub recorded_at: i64,
}

/// Records a pledge; the one before it is superseded.
pub async fn insert_pledge(tx: &mut Tx, new: NewPledge<'_>) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE pledges SET superseded_at = $4
         WHERE indicator_id = $1 AND organisation_id = $2 AND year = $3 AND superseded_at IS NULL",
        new.indicator_id,
        new.organisation_id,
        new.year,
        new.recorded_at
    )?;
    execute!(
        tx,
        "INSERT INTO pledges (id, indicator_id, organisation_id, year, quantity, note, document, reason, account_id, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        new.id,
        new.indicator_id,
        new.organisation_id,
        new.year,
        new.quantity,
        new.note,
        new.document,
        new.reason,
        new.account_id,
        new.recorded_at,
    )?;
    Ok(())
}
