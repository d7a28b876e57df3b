//! Stock-takes: staff state that the units existing on the plan's eve are all recorded. Invariant: the number itself is
//! never typed; it is what the recorded units give.

use std::collections::HashMap;

use jiff::civil::Date;
use serde::Serialize;

use super::{RuledIndicator, find_ruled};
use crate::{
    domain::{calendar::eve, fields::read_required, report_form::MAX_SHORT_TEXT},
    error::UserError,
    services::{
        ServiceError,
        access::Actor,
        moment::{Moment, make_id},
        roster::{MAX_REASON, read_past_date},
        trail::{Action, Change, record_change},
        visit::PlanHead,
    },
    store::{
        Db, Tx,
        rollups::read_counts,
        rulings::{self as store, NewStockTake},
        with_tx,
    },
};

/// A stock-take as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StockTakeInput {
    /// Code of the indicator.
    pub indicator: String,
    /// Id of the stock-take that held when the form was made; empty for none.
    pub former: String,
    /// Of which day it is.
    pub taken_on: String,
    /// The document.
    pub document: String,
    /// What it rests on.
    pub reason: String,
}

/// What the audit chain keeps of a stock-take.
#[derive(Serialize)]
struct Recorded<'a> {
    indicator: &'a str,
    taken_on: Date,
    document: &'a str,
    /// Units that count on the plan's eve; not kept for the one before.
    units: Option<usize>,
}

/// How many units count for each indicator on the plan's eve, by the rulings that hold; by the indicator's code.
pub async fn count_on_eve(tx: &mut Tx, plan: &PlanHead, indicators: &[RuledIndicator]) -> Result<HashMap<String, usize>, ServiceError> {
    let eve = eve(plan.starts_on);
    let mut counts = HashMap::with_capacity(indicators.len());
    for indicator in indicators {
        let (counted, _) = read_counts(tx, &indicator.row.id, eve).await?;
        counts.insert(indicator.row.code.clone(), usize::try_from(counted).unwrap_or(0));
    }
    Ok(counts)
}

/// Records that the units existing on the plan's eve are all there, be they none; gives how many count.
///
/// # Errors
/// `Invalid` with every field that is not right; `Stale` when another was recorded since the form was made; `NotFound`
/// without the indicator; `WrongState` where nothing that exists already counts.
pub async fn take_stock(db: &Db, actor: &Actor, now: Moment, plan: &PlanHead, input: StockTakeInput) -> Result<usize, ServiceError> {
    let (actor, plan) = (actor.clone(), plan.clone());
    with_tx(db, move |tx| Box::pin(async move { take_stock_in(tx, &actor, now, &plan, &input).await })).await
}

/// Records a stock-take inside a transaction.
pub(in crate::services) async fn take_stock_in(
    tx: &mut Tx,
    actor: &Actor,
    now: Moment,
    plan: &PlanHead,
    input: &StockTakeInput,
) -> Result<usize, ServiceError> {
    let today = now.date_in(&plan.time_zone);
    let indicator = find_ruled(tx, plan, today, &input.indicator).await?;
    if !indicator.needs_stock_take() {
        return Err(UserError::WrongState.into());
    }
    let former = indicator.stock_take();
    if former.map_or("", |former| former.id.as_str()) != input.former {
        return Err(UserError::Stale.into());
    }
    let mut errors = Vec::new();
    let taken_on = read_past_date("taken_on", &input.taken_on, today, &mut errors);
    let document = read_required("document", &input.document, MAX_SHORT_TEXT, &mut errors);
    let reason = read_required("reason", &input.reason, MAX_REASON, &mut errors);
    let (Some(taken_on), true) = (taken_on, errors.is_empty()) else {
        return Err(UserError::Invalid(errors).into());
    };
    let id: String = make_id(now)?;
    let new = NewStockTake {
        id: &id,
        indicator_id: &indicator.row.id,
        taken_on,
        reason: &reason,
        document: &document,
        officer_id: actor.account(),
        recorded_at: now.0,
    };
    store::insert_stock_take(tx, new).await?;
    let counted = count_on_eve(tx, plan, std::slice::from_ref(&indicator)).await?;
    let units = counted.values().sum();
    let code = indicator.row.code.as_str();
    let before = former.map(|former| Recorded { indicator: code, taken_on: former.taken_on, document: &former.document, units: None });
    let after = Recorded { indicator: code, taken_on, document: &document, units: Some(units) };
    let object_id = indicator.row.id.as_str();
    let change = Change { action: Action::TakeStock, object_kind: "indicator", object_id, reason: &reason };
    record_change(tx, &actor.author(), now, change, before.as_ref(), Some(&after)).await?;
    Ok(units)
}
