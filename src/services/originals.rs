//! The targets as the text set them, beside those that hold. Invariant: either is judged by its own path, and the counted facts are the
//! same for both.

use super::plan_view::{IndicatorView, LightCount, MilestoneView, PeriodEnd, PlanView};
use crate::domain::path::Path;

/// The path of a target that was revised: it is kept beside the current one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptOriginal {
    /// Values expected on the way, as long as it held.
    pub milestones: Vec<MilestoneView>,
    /// The way from the baseline to it.
    pub path: Option<Path>,
    /// How it is judged at the end of each period that is over.
    pub history: Vec<PeriodEnd>,
}

impl PlanView {
    /// Whether any target was revised by the day, so that original and current differ.
    pub fn has_revisions(&self) -> bool {
        self.indicators.iter().any(|indicator| indicator.original.is_some())
    }

    /// The same day judged against the original targets.
    #[must_use]
    pub fn against_originals(&self) -> Self {
        let mut view = self.clone();
        for indicator in &mut view.indicators {
            turn_to_original(indicator);
        }
        let lights_of = |place: usize| view.indicators.iter().map(move |row| row.history.get(place).and_then(|end| end.light));
        let history = view.history.iter().enumerate().map(|(place, count)| LightCount::count(count.on, lights_of(place))).collect();
        view.history = history;
        view
    }
}

/// Puts the original target in the place of the current one, with its path and its lights.
fn turn_to_original(indicator: &mut IndicatorView) {
    let (Some((target, judgement)), Some(kept)) = (indicator.original.take(), indicator.kept_original.take()) else { return };
    indicator.target = Some(target);
    indicator.judgement = judgement;
    indicator.milestones = kept.milestones;
    indicator.path = kept.path;
    indicator.history = kept.history;
}
