//! Targets, milestones and baselines as staff revise them. Invariant: nothing is overwritten; each act names its reason, document,
//! effective date and officer, and stands in the audit chain.

mod baselines;
mod revising;

use std::collections::BTreeMap;

use jiff::civil::Date;

pub use baselines::{BaselineInput, revise_baseline};
pub use revising::{RevisionInput, revise_target};

use super::{
    ServiceError,
    rulings::{RuledIndicator, list_ruled_indicators},
    visit::PlanHead,
};
use crate::{
    domain::{
        fields::{FieldError, FieldProblem},
        ids::{IndicatorId, PlanId},
        roster::Basis,
        target::{Revision, current_on, original},
        target_revision::HeldTarget,
        value_entry::ValueRule,
        words::{Measure, RulingKind},
    },
    error::UserError,
    store::{
        Known, Tx,
        target_revisions::{self as store, BaselineFact, MilestoneFact, TargetFact},
    },
};

/// Everything that was ever set about an indicator's target.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TargetHistory {
    /// The revisions of the target, oldest first.
    pub targets: Vec<TargetFact>,
    /// The revisions of milestones, oldest first.
    pub milestones: Vec<MilestoneFact>,
    /// The revisions of the typed baseline, oldest first.
    pub baselines: Vec<BaselineFact>,
}

/// How a baseline comes to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BaselineKind {
    /// Staff type it.
    Typed,
    /// It is the units counting on the eve of the plan.
    Stock,
    /// It is 0.
    New,
}

impl TargetHistory {
    /// Reads those of a plan's indicators.
    pub async fn read_all(tx: &mut Tx, plan: &PlanId) -> Result<BTreeMap<IndicatorId, Self>, ServiceError> {
        let mut all: BTreeMap<IndicatorId, Self> = BTreeMap::new();
        for row in store::list_target_facts(tx, plan).await? {
            all.entry(row.indicator_id.clone()).or_default().targets.push(row);
        }
        for row in store::list_milestone_facts(tx, plan).await? {
            all.entry(row.indicator_id.clone()).or_default().milestones.push(row);
        }
        for row in store::list_baseline_facts(tx, plan).await? {
            all.entry(row.indicator_id.clone()).or_default().baselines.push(row);
        }
        Ok(all)
    }

    /// Leaves what was known: later acts are gone, and what they withdrew holds.
    pub fn keep_known(&mut self, known: Known) {
        macro_rules! keep {
            ($($rows:expr),+) => {$(
                $rows.retain(|row| known.holds(row.recorded_at, None));
                for row in &mut $rows {
                    row.superseded_at = row.superseded_at.filter(|at| known.holds(*at, None));
                }
            )+};
        }
        keep!(self.targets, self.milestones, self.baselines);
    }

    /// What a form carries to tell whether anything was revised since: it rises with every act.
    pub fn version(&self) -> String {
        let rows = self.targets.len() + self.milestones.len() + self.baselines.len();
        let ends = self.targets.iter().map(|row| row.superseded_at);
        let ends =
            ends.chain(self.milestones.iter().map(|row| row.superseded_at)).chain(self.baselines.iter().map(|row| row.superseded_at));
        format!("{rows}-{}", ends.flatten().count())
    }

    fn revisions(&self) -> Vec<Revision<&TargetFact>> {
        let held = self.targets.iter().filter(|row| row.superseded_at.is_none());
        held.map(|row| Revision { value: row, effective_on: row.effective_on, recorded_at: row.recorded_at }).collect()
    }

    /// The target that holds on a date; the first one before any.
    pub fn target_on(&self, date: Date) -> Option<&TargetFact> {
        let revisions = self.revisions();
        current_on(&revisions, date).or_else(|| original(&revisions)).map(|revision| revision.value)
    }

    /// The target that was set first.
    pub fn first_target(&self) -> Option<&TargetFact> {
        original(&self.revisions()).map(|revision| revision.value)
    }

    /// The baseline that holds on a date; the first one before any.
    pub fn baseline_on(&self, date: Date) -> Option<&BaselineFact> {
        let held = self.baselines.iter().filter(|row| row.superseded_at.is_none());
        let revisions: Vec<_> =
            held.map(|row| Revision { value: row, effective_on: row.effective_on, recorded_at: row.recorded_at }).collect();
        current_on(&revisions, date).or_else(|| original(&revisions)).map(|revision| revision.value)
    }

    /// The milestones as they are set last, also those that take effect later.
    pub fn milestones(&self) -> BTreeMap<Date, i64> {
        let mut last: BTreeMap<Date, &MilestoneFact> = BTreeMap::new();
        for row in self.milestones.iter().filter(|row| row.superseded_at.is_none()) {
            let held = last.entry(row.on_date).or_insert(row);
            if (held.effective_on, held.recorded_at) <= (row.effective_on, row.recorded_at) {
                *held = row;
            }
        }
        last.into_iter().filter(|(_, row)| row.dropped == 0).map(|(on, row)| (on, row.value)).collect()
    }

    /// What a form shows on a day: the target that holds, and the milestones as they are set last.
    pub fn shown_on(&self, date: Date) -> Option<HeldTarget> {
        let target = self.target_on(date)?;
        Some(HeldTarget {
            wording_zh: target.wording_zh.clone(),
            wording_en: target.wording_en.clone(),
            form: target.form.0,
            target_on: target.target_on,
            milestones: self.milestones(),
        })
    }

    /// How often the target, a milestone or the baseline was revised by staff.
    pub fn acts(&self) -> usize {
        let recorded = self.targets.iter().filter(|row| !row.officer.is_empty()).map(|row| row.recorded_at);
        let recorded = recorded
            .chain(self.milestones.iter().filter(|row| !row.officer.is_empty()).map(|row| row.recorded_at))
            .chain(self.baselines.iter().filter(|row| !row.officer.is_empty()).map(|row| row.recorded_at));
        let mut acts: Vec<i64> = recorded.collect();
        acts.sort_unstable();
        acts.dedup();
        acts.len()
    }

    /// The days on which revisions of target or milestones take effect after a day, in order.
    pub fn later_targets(&self, after: Date) -> Vec<Date> {
        let targets = self.targets.iter().filter(|row| row.superseded_at.is_none()).map(|row| row.effective_on);
        let milestones = self.milestones.iter().filter(|row| row.superseded_at.is_none()).map(|row| row.effective_on);
        sorted(targets.chain(milestones).filter(|on| *on > after))
    }

    /// The targets that take effect after a day.
    pub fn targets_after(&self, after: Date) -> impl Iterator<Item = &TargetFact> {
        self.targets.iter().filter(move |row| row.superseded_at.is_none() && row.effective_on > after)
    }

    /// The days on which revisions of the baseline take effect after a day, in order.
    pub fn later_baselines(&self, after: Date) -> Vec<Date> {
        let baselines = self.baselines.iter().filter(|row| row.superseded_at.is_none()).map(|row| row.effective_on);
        sorted(baselines.filter(|on| *on > after))
    }
}

fn sorted(days: impl Iterator<Item = Date>) -> Vec<Date> {
    let mut days: Vec<Date> = days.collect();
    days.sort_unstable();
    days.dedup();
    days
}

/// An indicator with everything its target can be revised by.
#[derive(Debug, Clone)]
pub struct RevisableTarget {
    /// The indicator with its rulings.
    pub indicator: RuledIndicator,
    /// What was ever set.
    pub history: TargetHistory,
}

impl RevisableTarget {
    /// How its values are written.
    pub fn rule(&self) -> ValueRule {
        let row = &self.indicator.row;
        ValueRule::new(row.measure, row.scale, (&row.unit_zh, &row.unit_en), row.fraction == 1)
    }

    /// The tolerance that is ruled for "about".
    pub fn tolerance(&self) -> i64 {
        self.indicator.current(RulingKind::Tolerance).and_then(|ruling| ruling.value.parse().ok()).unwrap_or(0)
    }

    /// How its baseline comes to be.
    pub fn baseline_kind(&self) -> BaselineKind {
        match (self.indicator.row.measure, self.indicator.rule().basis) {
            (Measure::Roster, Basis::Stock) => BaselineKind::Stock,
            (Measure::Roster, Basis::NewSince(_)) => BaselineKind::New,
            _ => BaselineKind::Typed,
        }
    }
}

/// The indicators of a plan with everything set about their targets.
pub async fn list_revisable(tx: &mut Tx, plan: &PlanHead, today: Date) -> Result<Vec<RevisableTarget>, ServiceError> {
    let mut histories = TargetHistory::read_all(tx, &plan.id).await?;
    let indicators = list_ruled_indicators(tx, plan, today).await?;
    Ok(indicators
        .into_iter()
        .map(|indicator| RevisableTarget { history: histories.remove(&indicator.row.id).unwrap_or_default(), indicator })
        .collect())
}

/// The indicator with a code, with everything set about its target.
///
/// # Errors
/// `NotFound` without such an indicator.
pub async fn find_revisable(tx: &mut Tx, plan: &PlanHead, today: Date, code: &str) -> Result<RevisableTarget, ServiceError> {
    let found = list_revisable(tx, plan, today).await?.into_iter().find(|target| target.indicator.row.code == code);
    Ok(found.ok_or(UserError::NotFound)?)
}

/// What becomes of revisions that take effect later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Later {
    /// They take over on their day, or there are none.
    Keep,
    /// They are withdrawn.
    Replace,
}

/// Reads the choice; it is needed where something takes effect later.
fn read_later(typed: &str, later: &[Date], errors: &mut Vec<FieldError>) -> Later {
    match (typed.trim(), later) {
        (_, []) | ("keep", _) => Later::Keep,
        ("replace", _) => Later::Replace,
        (other, _) => {
            let problem = if other.is_empty() { FieldProblem::Required } else { FieldProblem::UnknownChoice };
            errors.push(FieldError::new("later", problem));
            Later::Keep
        }
    }
}
