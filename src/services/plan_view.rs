//! Everything the pages of numbers show of a plan on a day. Invariant: a view is of one data version, and every number in it comes from one snapshot.
//!
//! A view is built once per version and pair of clocks and shared by all requests: see [`PlanViews`]. `plan_building` puts it together.

mod figures;
mod indicator;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    ServiceError,
    clocks::Clocks,
    plan_building::build_plan_view,
    visit::{PlanHead, Shared},
};
use crate::{
    domain::ids::PlanId,
    store::{Tx, settings::read_data_version},
};

pub use figures::{AreaView, LatestStep, LightCount, LoopFigures, PeriodFigures, PlanView};
pub use indicator::{AwaitingUnit, BaselineView, CountedKind, IndicatorView, MilestoneView, PeriodEnd, RulingView, Series, TargetView};

/// The views that were built, by plan and both clocks, for as long as their data version is the newest.
#[derive(Debug, Default)]
pub struct PlanViews {
    kept: Mutex<HashMap<ViewKey, Arc<PlanView>>>,
    /// The views that are being built: of those who want the same, the second waits and finds it made; who wants another does not wait.
    building: Mutex<HashMap<ViewKey, Arc<tokio::sync::Mutex<()>>>>,
}

type ViewKey = (PlanId, Clocks);

/// More pairs of days than people look at between two changes; past it the views are forgotten.
const MOST_VIEWS: usize = 64;

impl PlanViews {
    fn find(&self, plan: &PlanId, clocks: Clocks, version: i64) -> Option<Arc<PlanView>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&(plan.clone(), clocks)).filter(|view| view.version == version).cloned()
    }

    /// The lock of those who build one view. Locks that nobody holds are forgotten with it.
    fn lock_of(&self, plan: &PlanId, clocks: Clocks) -> Arc<tokio::sync::Mutex<()>> {
        let mut building = self.building.lock().unwrap_or_else(PoisonError::into_inner);
        building.retain(|_, lock| Arc::strong_count(lock) > 1);
        building.entry((plan.clone(), clocks)).or_default().clone()
    }

    fn keep(&self, view: &Arc<PlanView>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, other| other.version >= view.version);
        if kept.len() >= MOST_VIEWS {
            kept.clear();
        }
        kept.insert((view.plan.id.clone(), view.clocks()), view.clone());
    }
}

/// The view of a plan by both clocks. A day alone means: that day as it is known now.
///
/// ```text
/// read_plan_view(&shared, &plan, as_of).await?                                // known now
/// read_plan_view(&shared, &plan, Clocks::known_at(as_of, day, today)).await?  // as known at the end of `day`
/// ```
pub async fn read_plan_view(shared: &Shared, plan: &PlanHead, clocks: impl Into<Clocks>) -> Result<Arc<PlanView>, ServiceError> {
    let mut tx = shared.db.read().await?;
    read_plan_view_in(&mut tx, &shared.views, plan, clocks).await
}

/// The view of a plan by both clocks as a snapshot sees it, for pages that read rows beside it.
pub async fn read_plan_view_in(
    tx: &mut Tx,
    views: &PlanViews,
    plan: &PlanHead,
    clocks: impl Into<Clocks>,
) -> Result<Arc<PlanView>, ServiceError> {
    let clocks: Clocks = clocks.into();
    let version = read_data_version(tx).await?;
    if let Some(view) = views.find(&plan.id, clocks, version) {
        return Ok(view);
    }
    let lock = views.lock_of(&plan.id, clocks);
    let _one_at_a_time = lock.lock().await;
    if let Some(view) = views.find(&plan.id, clocks, version) {
        return Ok(view);
    }
    let view = Arc::new(build_plan_view(tx, plan, clocks, version).await?);
    views.keep(&view);
    Ok(view)
}
