//! The roster: stages, what counts, and what is on its way. Invariant: a unit counts at most once per rule on any day, however many of its recognitions match.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::words::{Level, Stage};

impl Stage {
    /// The place of a forward stage, 0 to 4; none for an end.
    pub const fn rank(self) -> Option<u8> {
        match self {
            Self::Nurtured => Some(0),
            Self::Applied => Some(1),
            Self::Approved => Some(2),
            Self::UnderConstruction => Some(3),
            Self::Recognised => Some(4),
            Self::NotApproved | Self::Revoked | Self::Merged => None,
        }
    }

    /// Whether nothing can follow.
    pub const fn is_end(self) -> bool {
        self.rank().is_none()
    }

    /// Whether the step takes a counted unit out of the count; "not approved" only leaves the pipeline.
    pub const fn takes_out(self) -> bool {
        matches!(self, Self::Revoked | Self::Merged)
    }
}

/// One dated step of a recognition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The stage that was reached.
    pub stage: Stage,
    /// The day on which it was reached.
    pub on: Date,
}

/// One recognition of a unit with its accepted steps in the order in which they were taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecognitionHistory {
    /// Code of what the unit is recognised as.
    pub kind: String,
    /// Level, where the recognition has one.
    pub level: Option<Level>,
    /// Steps in order.
    pub steps: Vec<Step>,
}

impl RecognitionHistory {
    /// Whether it has begun and not ended.
    pub fn is_open(&self) -> bool {
        self.steps.last().is_some_and(|step| !step.stage.is_end())
    }
}

/// Why a step cannot follow a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum StepError {
    /// The recognition has ended.
    #[error("ended as {} on {}", .0.stage, .0.on)]
    AfterEnd(Step),
    /// The step lies before the last one in time.
    #[error("the last step is dated {}", .0.on)]
    DateBack(Step),
    /// The stage is behind the one that was reached.
    #[error("already at {}", .0.stage)]
    StageBack(Step),
    /// The stage was reached before.
    #[error("reached on {}", .0.on)]
    AlreadyReached(Step),
    /// Nothing has begun that could end.
    #[error("nothing has begun that could end")]
    EndWithoutStart,
    /// A recognised unit can be revoked or merged, not refused.
    #[error("recognised on {}", .0.on)]
    RefusedAfterRecognised(Step),
}

/// Whether `next` may follow `history`: forward only, with skips; never back in stage or date; nothing after an end (domain, "The roster").
pub fn check_next_step(history: &[Step], next: Step) -> Result<(), StepError> {
    let Some(last) = history.last().copied() else {
        return if next.stage.is_end() { Err(StepError::EndWithoutStart) } else { Ok(()) };
    };
    let Some(reached) = last.stage.rank() else {
        return Err(StepError::AfterEnd(last));
    };
    match next.stage.rank() {
        Some(rank) if rank < reached => return Err(StepError::StageBack(last)),
        Some(rank) if rank == reached => return Err(StepError::AlreadyReached(last)),
        None if next.stage == Stage::NotApproved && last.stage == Stage::Recognised => {
            return Err(StepError::RefusedAfterRecognised(last));
        }
        _ => {}
    }
    if next.on < last.on { Err(StepError::DateBack(last)) } else { Ok(()) }
}

/// Which units an indicator counts by the age of their recognition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Basis {
    /// All that exist.
    Stock,
    /// Only those that reached the counting stage on or after the date.
    NewSince(Date),
}

impl Basis {
    fn takes(self, reached_on: Date) -> bool {
        match self {
            Self::Stock => true,
            Self::NewSince(date) => reached_on >= date,
        }
    }
}

/// One thing a unit may be recognised as in order to count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountedRecognition {
    /// Code of the recognition.
    pub recognition: String,
    /// The level it needs; none: any.
    pub level: Option<Level>,
}

/// What an indicator counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterRule {
    /// Any of these makes a unit count.
    pub counts: Vec<CountedRecognition>,
    /// The stage from which a recognition counts.
    pub counting_stage: Stage,
    /// By which age.
    pub basis: Basis,
    /// Whether a municipal count takes national recognitions too; a ruling, default no.
    pub includes_national: bool,
}

/// A stretch of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// First day, included.
    pub from: Date,
    /// First day after it; none: it goes on.
    pub until: Option<Date>,
}

impl Span {
    /// Whether the day lies in the span.
    pub fn contains(self, date: Date) -> bool {
        self.from <= date && self.until.is_none_or(|until| date < until)
    }
}

/// Whether a recognition of this kind and level is what the rule counts.
pub fn matches(rule: &RosterRule, kind: &str, level: Option<Level>) -> bool {
    rule.counts.iter().any(|counted| {
        counted.recognition == kind
            && match counted.level {
                None => true,
                Some(Level::Municipal) if rule.includes_national => {
                    matches!(level, Some(Level::Municipal | Level::National))
                }
                needed => needed == level,
            }
    })
}

/// The day on which the recognition reached the stage or one beyond it.
pub fn reached_on(history: &[Step], stage: Stage) -> Option<Date> {
    let needed = stage.rank()?;
    history.iter().filter(|step| step.stage.rank().is_some_and(|rank| rank >= needed)).map(|step| step.on).min()
}

/// Whether a recognition counts on a day: the stage reached on or before it, and not revoked or merged on or before it.
pub fn counts_on(history: &[Step], counting_stage: Stage, basis: Basis, as_of: Date) -> bool {
    reached_on(history, counting_stage).is_some_and(|on| on <= as_of && basis.takes(on))
        && !history.iter().any(|step| step.stage.takes_out() && step.on <= as_of)
}

/// Whether a recognition is on its way on a day: begun, not ended, below the counting stage.
pub fn in_pipeline_on(history: &[Step], counting_stage: Stage, as_of: Date) -> bool {
    let taken = || history.iter().filter(|step| step.on <= as_of);
    taken().next().is_some() && !taken().any(|step| step.stage.is_end()) && reached_on(history, counting_stage).is_none_or(|on| on > as_of)
}

/// The days on which a unit counts, as separate spans in order.
pub fn counted_spans(unit: &[RecognitionHistory], rule: &RosterRule) -> Vec<Span> {
    let spans = matching(unit, rule).filter_map(|history| {
        let from = reached_on(&history.steps, rule.counting_stage).filter(|on| rule.basis.takes(*on))?;
        let until = history.steps.iter().filter(|step| step.stage.takes_out()).map(|step| step.on).min();
        Some(Span { from, until })
    });
    merge(spans.collect())
}

/// The days on which a unit is on its way and does not count yet (or no longer), as separate spans in order.
pub fn pipeline_spans(unit: &[RecognitionHistory], rule: &RosterRule) -> Vec<Span> {
    let open = matching(unit, rule).filter_map(|history| {
        let from = history.steps.iter().map(|step| step.on).min()?;
        let end = history.steps.iter().filter(|step| step.stage.is_end()).map(|step| step.on).min();
        let reached = reached_on(&history.steps, rule.counting_stage);
        let until = match (end, reached) {
            (Some(end), Some(reached)) => Some(end.min(reached)),
            (one, other) => one.or(other),
        };
        Some(Span { from, until })
    });
    subtract(merge(open.collect()), &counted_spans(unit, rule))
}

/// Whether any recognition of the unit counts on a day.
pub fn unit_counts_on(unit: &[RecognitionHistory], rule: &RosterRule, as_of: Date) -> bool {
    matching(unit, rule).any(|history| counts_on(&history.steps, rule.counting_stage, rule.basis, as_of))
}

/// Whether the unit is on its way on a day and does not count.
pub fn unit_in_pipeline_on(unit: &[RecognitionHistory], rule: &RosterRule, as_of: Date) -> bool {
    !unit_counts_on(unit, rule, as_of) && matching(unit, rule).any(|history| in_pipeline_on(&history.steps, rule.counting_stage, as_of))
}

/// The recognitions by which a unit counts on a day, each code once; more than one is an overlap that is named, never counted twice.
pub fn counting_recognitions_on<'unit>(unit: &'unit [RecognitionHistory], rule: &RosterRule, as_of: Date) -> Vec<&'unit str> {
    let mut kinds: Vec<&str> = matching(unit, rule)
        .filter(|history| counts_on(&history.steps, rule.counting_stage, rule.basis, as_of))
        .map(|history| history.kind.as_str())
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// How many units count on a day: the plain recount against which rollups are checked.
pub fn count_on(units: &[Vec<RecognitionHistory>], rule: &RosterRule, as_of: Date) -> usize {
    units.iter().filter(|unit| unit_counts_on(unit, rule, as_of)).count()
}

fn matching<'unit>(unit: &'unit [RecognitionHistory], rule: &RosterRule) -> impl Iterator<Item = &'unit RecognitionHistory> {
    unit.iter().filter(|history| matches(rule, &history.kind, history.level))
}

/// Joins spans that overlap or touch, and drops empty ones.
pub(super) fn merge(mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|span| span.until.is_none_or(|until| span.from < until));
    spans.sort_by_key(|span| span.from);
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if last.until.is_none_or(|until| span.from <= until) => {
                last.until = match (last.until, span.until) {
                    (Some(one), Some(other)) => Some(one.max(other)),
                    _ => None,
                };
            }
            _ => merged.push(span),
        }
    }
    merged
}

/// What is left of `spans` outside `taken`; both merged and in order.
pub(super) fn subtract(spans: Vec<Span>, taken: &[Span]) -> Vec<Span> {
    let mut left = Vec::with_capacity(spans.len());
    for span in spans {
        let mut rest = Some(span);
        for cut in taken {
            let Some(current) = rest else { break };
            if cut.until.is_some_and(|until| until <= current.from) || current.until.is_some_and(|until| until <= cut.from) {
                continue;
            }
            if current.from < cut.from {
                left.push(Span { from: current.from, until: Some(cut.from) });
            }
            rest = cut.until.filter(|until| current.until.is_none_or(|end| *until < end)).map(|from| Span { from, until: current.until });
        }
        left.extend(rest);
    }
    left
}

#[cfg(test)]
#[path = "roster_tests.rs"]
mod tests;
