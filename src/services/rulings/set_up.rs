//! How far a plan's set-up has come. Invariant: what is missing is computed from facts, never ticked off by hand.

use jiff::civil::Date;

use super::{RuledIndicator, list_ruled_indicators};
use crate::{
    domain::{
        calendar::{PeriodSpan, PlanDates, periods_of},
        target::TargetForm,
        words::RulingKind,
    },
    services::{ServiceError, visit::PlanHead},
    store::{
        Db,
        rulings::{self as store, OpenedPeriod, SetUpCounts},
    },
};

/// What is set up and what is missing.
#[derive(Debug, Clone)]
pub struct SetUp {
    /// Organisations, tasks, units.
    pub counts: SetUpCounts,
    /// How many indicators the plan has.
    pub indicators: usize,
    /// Codes of indicators whose light stays grey until their stage is ruled on.
    pub without_stage_ruling: Vec<String>,
    /// Codes of indicators whose baseline waits for a stock-take.
    pub without_stock_take: Vec<String>,
    /// How many indicators need a stock-take at all.
    pub with_stock: usize,
    /// Codes of "about" targets without a ruling on their tolerance, which then is 0.
    pub without_tolerance: Vec<String>,
    /// Periods that were opened, the latest first.
    pub opened: Vec<OpenedPeriod>,
    /// The earliest period after the first opened one that has begun and is not open; the present one where none was opened.
    pub to_open: Option<PeriodSpan>,
}

/// Reads how far a plan's set-up has come.
pub async fn read_set_up(db: &Db, plan: &PlanHead, today: Date) -> Result<SetUp, ServiceError> {
    let mut tx = db.read().await?;
    let indicators = list_ruled_indicators(&mut tx, plan, today).await?;
    let opened = store::list_opened_periods(&mut tx, &plan.id).await?;
    let counts = store::count_set_up(&mut tx, &plan.id).await?;
    let codes = |picks: fn(&RuledIndicator) -> bool| -> Vec<String> {
        indicators.iter().filter(|indicator| picks(indicator)).map(|indicator| indicator.row.code.clone()).collect()
    };
    let dates = PlanDates { starts_on: plan.starts_on, ends_on: plan.ends_on };
    // Periods before the first that was opened stay shut: nobody reports for a time before the plan was taken into use.
    let first = opened.iter().map(|period| period.ends_on).min();
    let mut to_open = periods_of(dates, plan.cadence);
    to_open.retain(|period| {
        period.starts_on <= today
            && first.is_none_or(|first| period.ends_on > first)
            && !opened.iter().any(|known| known.code == period.code)
    });
    Ok(SetUp {
        counts,
        indicators: indicators.len(),
        without_stage_ruling: codes(RuledIndicator::lacks_stage_ruling),
        without_stock_take: codes(RuledIndicator::lacks_stock_take),
        with_stock: indicators.iter().filter(|indicator| indicator.needs_stock_take()).count(),
        without_tolerance: codes(|indicator| {
            matches!(indicator.target, TargetForm::About { .. }) && indicator.current(RulingKind::Tolerance).is_none()
        }),
        to_open: if first.is_none() { to_open.pop() } else { to_open.into_iter().next() },
        opened,
    })
}
