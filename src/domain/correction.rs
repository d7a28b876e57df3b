//! What a correction does to the histories of recognitions. Invariant: after it, every history it touches is legal together
//! with the steps that other reports and staff have recorded since.
//!
//! A correction does not append: it takes steps back and puts others in their place, and steps accepted later may build on
//! them. So a whole history is judged, not its last step.

use super::roster::{Step, StepError, check_next_step};

/// One recognition of a unit, of the kind and level in question, beside a correction.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// Steps that stay: of other reports, of staff, and those of this report that the correction leaves as they were.
    pub stays: Vec<Step>,
    /// Steps of this report that the correction takes back.
    pub taken_back: Vec<Step>,
}

/// Why a correction would leave a history that cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// A step of the correction cannot follow the steps before it.
    Step {
        /// Which of the wanted steps.
        wanted: usize,
        /// Why not.
        problem: StepError,
    },
    /// A step that was accepted since cannot follow one of the correction.
    Later {
        /// Which of the wanted steps.
        wanted: usize,
        /// The step that was accepted since.
        later: Step,
    },
    /// A step that was accepted since builds on one that is taken back.
    Needed {
        /// The step that is taken back.
        taken: Step,
        /// The step that was accepted since.
        later: Step,
    },
}

/// A step of a line, with its place among the wanted ones if it is one of them.
#[derive(Debug, Clone, Copy)]
struct Set {
    step: Step,
    wanted: Option<usize>,
}

/// Where each wanted step goes: the index of its line; those beyond the last are recognitions that begin with it
/// (domain, "The roster": forward only, nothing after an end, at most one open recognition per kind and level).
///
/// A step goes first where the correction takes one back, then to the recognition that began last, then to a new one.
///
/// # Errors
/// The first history that cannot be.
pub fn place_steps(lines: &[Line], wanted: &[Step]) -> Result<Vec<usize>, Refusal> {
    let mut sets: Vec<Vec<Set>> =
        lines.iter().map(|line| in_order(line.stays.iter().map(|step| Set { step: *step, wanted: None }).collect())).collect();
    let mut places = vec![0; wanted.len()];
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(|index| key_of(wanted[*index]));
    for index in order {
        let place = find_place(lines, &sets, Set { step: wanted[index], wanted: Some(index) })?;
        let set = Set { step: wanted[index], wanted: Some(index) };
        if place == sets.len() {
            sets.push(Vec::new());
        }
        sets[place] = with(&sets[place], set);
        places[index] = place;
    }
    for (index, line) in sets.iter().enumerate() {
        if let Some((at, problem)) = find_break(line)
            && let Some(refusal) = explain(line, at, problem, taken_of(lines, index))
        {
            return Err(refusal);
        }
    }
    find_overlap(lines, &sets).map_or(Ok(places), Err)
}

/// What the correction takes back of a line; nothing of one that begins with it.
fn taken_of(lines: &[Line], index: usize) -> &[Step] {
    lines.get(index).map_or(&[], |line| &line.taken_back)
}

fn key_of(step: Step) -> (jiff::civil::Date, u8) {
    (step.on, step.stage.rank().unwrap_or(u8::MAX))
}

fn in_order(mut line: Vec<Set>) -> Vec<Set> {
    line.sort_by_key(|set| key_of(set.step));
    line
}

fn with(line: &[Set], set: Set) -> Vec<Set> {
    in_order(line.iter().copied().chain([set]).collect())
}

fn find_place(lines: &[Line], sets: &[Vec<Set>], set: Set) -> Result<usize, Refusal> {
    let is_freed = |index: &usize| lines.get(*index).is_some_and(|line| !line.taken_back.is_empty());
    let freed = (0..sets.len()).filter(is_freed);
    let others = (0..sets.len()).rev().filter(|index| !is_freed(index) && !sets[*index].is_empty());
    let mut first = None;
    for place in freed.chain(others) {
        let line = with(&sets[place], set);
        match find_break(&line) {
            None => return Ok(place),
            Some((at, problem)) => first = first.or_else(|| explain(&line, at, problem, taken_of(lines, place))),
        }
    }
    let mut begun = sets.to_vec();
    begun.push(vec![set]);
    match (check_next_step(&[], set.step), first) {
        (Ok(()), None) => Ok(sets.len()),
        (Ok(()), Some(_)) if find_overlap(lines, &begun).is_none() => Ok(sets.len()),
        (_, Some(refusal)) => Err(refusal),
        (Err(problem), None) => Err(Refusal::Step { wanted: set.wanted.unwrap_or_default(), problem }),
    }
}

/// The first step of a line that cannot follow those before it.
fn find_break(line: &[Set]) -> Option<(usize, StepError)> {
    let mut history = Vec::with_capacity(line.len());
    for (index, set) in line.iter().enumerate() {
        if let Err(problem) = check_next_step(&history, set.step) {
            return Some((index, problem));
        }
        history.push(set.step);
    }
    None
}

/// What of the correction breaks the line; none where it was broken before.
fn explain(line: &[Set], at: usize, problem: StepError, taken: &[Step]) -> Option<Refusal> {
    let broken = line.get(at)?;
    if let Some(wanted) = broken.wanted {
        return Some(Refusal::Step { wanted, problem });
    }
    let before = line[..at].iter().rev().find_map(|set| set.wanted);
    let taken = taken.last().copied();
    match (before, taken) {
        (Some(wanted), _) => Some(Refusal::Later { wanted, later: broken.step }),
        (None, Some(taken)) => Some(Refusal::Needed { taken, later: broken.step }),
        (None, None) => None,
    }
}

/// Of two recognitions of a kind and level the earlier one has to end before the later one begins.
fn find_overlap(lines: &[Line], sets: &[Vec<Set>]) -> Option<Refusal> {
    let mut begun: Vec<(usize, Set, Set)> =
        sets.iter().enumerate().filter_map(|(index, line)| Some((index, *line.first()?, *line.last()?))).collect();
    begun.sort_by_key(|(_, first, _)| first.step.on);
    let (former, later) = begun.iter().zip(begun.iter().skip(1)).find_map(|((index, _, last), (_, first, _))| {
        let is_over = last.step.stage.is_end() && last.step.on <= first.step.on;
        (!is_over).then_some(((*index, *last), *first))
    })?;
    if let Some(wanted) = later.wanted {
        return Some(Refusal::Step { wanted, problem: StepError::DateBack(former.1.step) });
    }
    if let Some(wanted) = former.1.wanted {
        return Some(Refusal::Later { wanted, later: later.step });
    }
    let of_line = lines.get(former.0).and_then(|line| line.taken_back.last());
    let taken = of_line.or_else(|| lines.iter().find_map(|line| line.taken_back.last()));
    taken.map(|taken| Refusal::Needed { taken: *taken, later: later.step })
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};

    use super::*;
    use crate::domain::words::Stage::{self, Applied, Approved, NotApproved, Recognised, Revoked};

    fn day(month: i8) -> Date {
        date(2026, month, 1)
    }

    fn at(stage: Stage, month: i8) -> Step {
        Step { stage, on: day(month) }
    }

    fn line(stays: &[(Stage, i8)], taken_back: &[(Stage, i8)]) -> Line {
        let steps = |of: &[(Stage, i8)]| of.iter().map(|(stage, month)| at(*stage, *month)).collect();
        Line { stays: steps(stays), taken_back: steps(taken_back) }
    }

    #[test]
    fn a_step_goes_where_its_history_stays_legal() {
        for (case, lines, wanted, places) in [
            ("a new unit", vec![], vec![(Recognised, 3)], vec![0]),
            ("two steps of a new unit", vec![], vec![(Approved, 4), (Applied, 3)], vec![0, 0]),
            ("another date", vec![line(&[(Applied, 1)], &[(Approved, 3)])], vec![(Approved, 4)], vec![0]),
            ("another date below a later step", vec![line(&[(Recognised, 6)], &[(Approved, 3)])], vec![(Approved, 4)], vec![0]),
            ("another stage below a later step", vec![line(&[(Recognised, 6)], &[(Approved, 3)])], vec![(Applied, 3)], vec![0]),
            ("taken back without need", vec![line(&[(Recognised, 6)], &[(Approved, 3)])], vec![], vec![]),
            ("the only step taken back", vec![line(&[], &[(Approved, 3)])], vec![], vec![]),
            ("forgotten before a later step", vec![line(&[(Recognised, 6)], &[])], vec![(Approved, 3)], vec![0]),
            ("after an end a new one begins", vec![line(&[(Applied, 1), (NotApproved, 2)], &[])], vec![(Applied, 5)], vec![1]),
            (
                "the end moves",
                vec![line(&[(Applied, 1)], &[(NotApproved, 2)]), line(&[(Applied, 5)], &[])],
                vec![(NotApproved, 4)],
                vec![0],
            ),
            ("of the second", vec![line(&[(Applied, 1), (NotApproved, 2)], &[]), line(&[], &[(Applied, 5)])], vec![(Applied, 4)], vec![1]),
        ] {
            let wanted: Vec<Step> = wanted.into_iter().map(|(stage, month)| at(stage, month)).collect();
            assert_eq!(place_steps(&lines, &wanted), Ok(places), "{case}");
        }
    }

    #[test]
    fn what_later_steps_build_on_cannot_be_taken_away() {
        for (case, lines, wanted, refusal) in [
            (
                "the start of what was revoked",
                vec![line(&[(Revoked, 6)], &[(Recognised, 3)])],
                vec![],
                Refusal::Needed { taken: at(Recognised, 3), later: at(Revoked, 6) },
            ),
            (
                "moved behind a later step",
                vec![line(&[(Recognised, 6)], &[(Approved, 3)])],
                vec![(Approved, 7)],
                Refusal::Step { wanted: 0, problem: StepError::StageBack(at(Recognised, 6)) },
            ),
            (
                "raised to what a later step reached",
                vec![line(&[(Recognised, 6)], &[(Approved, 3)])],
                vec![(Recognised, 3)],
                Refusal::Later { wanted: 0, later: at(Recognised, 6) },
            ),
            (
                "an end before later steps",
                vec![line(&[(Applied, 1), (Recognised, 6)], &[(Approved, 3)])],
                vec![(NotApproved, 3)],
                Refusal::Later { wanted: 0, later: at(Recognised, 6) },
            ),
            (
                "the end that a new recognition followed",
                vec![line(&[(Applied, 1)], &[(NotApproved, 2)]), line(&[(Applied, 5)], &[])],
                vec![],
                Refusal::Needed { taken: at(NotApproved, 2), later: at(Applied, 5) },
            ),
            (
                "that end moved too far",
                vec![line(&[(Applied, 1)], &[(NotApproved, 2)]), line(&[(Applied, 5)], &[])],
                vec![(NotApproved, 6)],
                Refusal::Later { wanted: 0, later: at(Applied, 5) },
            ),
            ("an end without a start", vec![], vec![(Revoked, 3)], Refusal::Step { wanted: 0, problem: StepError::EndWithoutStart }),
            (
                "a stage that was reached",
                vec![line(&[(Approved, 3)], &[])],
                vec![(Approved, 4)],
                Refusal::Step { wanted: 0, problem: StepError::AlreadyReached(at(Approved, 3)) },
            ),
        ] {
            let wanted: Vec<Step> = wanted.into_iter().map(|(stage, month)| at(stage, month)).collect();
            assert_eq!(place_steps(&lines, &wanted), Err(refusal), "{case}");
        }
    }

    #[test]
    fn what_was_broken_before_is_not_the_corrections_fault() {
        let broken = line(&[(Recognised, 1), (Applied, 2)], &[]);
        assert_eq!(place_steps(&[broken], &[]), Ok(vec![]));
    }
}
