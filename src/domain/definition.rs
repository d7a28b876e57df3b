//! What may be changed about a plan's definition. Invariant: every indicator in use is linked to at least one task in use,
//! and how an indicator is measured never changes under numbers that were recorded by it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    fields::{FieldError, FieldProblem},
    words::{Direction, Level, Measure},
};

/// Most characters of a code.
pub const LONGEST_CODE: usize = 40;

/// Whether a text can be a code: letters, digits, points and dashes, because codes stand in addresses.
pub fn is_code(text: &str) -> bool {
    let fits = |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '-');
    !text.is_empty() && text.len() <= LONGEST_CODE && text.chars().all(fits)
}

/// What is wrong with a typed field of a definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum DefinitionProblem {
    /// No code: see [`is_code`].
    CodeForm,
    /// Another area, indicator or task of the plan has the code, perhaps a retired one.
    CodeTaken,
    /// A period was opened by the present cadence.
    FixedByPeriods,
    /// Numbers were recorded by the present way of measuring.
    FixedByFacts,
    /// Numbers were recorded in the present unit.
    UnitFixed {
        /// The word of the unit.
        unit: String,
    },
    /// Units are counted whole.
    WholeUnits,
    /// Only a level is kept as numerator and denominator.
    OnlyLevels,
    /// Of a rank, lower is better.
    RankFalls,
    /// A roster indicator counts at least one kind of recognition.
    CountsNothing,
    /// The upper end of a range lies below the lower one.
    RangeUpsideDown,
    /// These indicators would be left without a task.
    LeftAlone {
        /// Their codes.
        indicators: Vec<String>,
    },
    /// The area is retired.
    AreaRetired,
    /// The plan file has faults, which are listed.
    FaultyFile {
        /// How many.
        faults: usize,
    },
    /// Reading the file took more memory or time than may be spent on one.
    CostlyFile,
    /// No file came, or one that is neither TOML nor a zip of CSV.
    NoPlanFile,
}

/// Why something cannot be retired, or not be used again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RetireProblem {
    /// Loops of the task are not closed.
    OpenLoops {
        /// Codes of their periods.
        periods: Vec<String>,
    },
    /// No other plan is in use.
    OnlyPlan,
    /// Loops of the plan are not closed.
    OpenPeriods {
        /// Codes of their periods.
        periods: Vec<String>,
    },
    /// Indicators in use would be left without a task.
    LastTask {
        /// Their codes.
        indicators: Vec<String>,
    },
    /// Indicators or tasks in use belong to the area.
    HoldsParts {
        /// Codes of the indicators.
        indicators: Vec<String>,
        /// Codes of the tasks.
        tasks: Vec<String>,
    },
    /// It belongs to an area that is retired itself.
    AreaRetired {
        /// The area's code.
        area: String,
    },
    /// No task in use is linked to the indicator.
    WithoutTask,
}

/// Indicators in use to which no task in use is linked, in their order. `links` are pairs of task and indicator, of tasks
/// in use.
pub fn list_left_alone<'c>(
    indicators: impl IntoIterator<Item = &'c str>,
    links: impl IntoIterator<Item = (&'c str, &'c str)>,
) -> Vec<String> {
    let linked: BTreeSet<&str> = links.into_iter().map(|(_, indicator)| indicator).collect();
    indicators.into_iter().filter(|indicator| !linked.contains(indicator)).map(str::to_owned).collect()
}

/// Whether a task can be retired: no loop of it is open, and no indicator would be left alone.
///
/// # Errors
/// What stands in the way; open loops first, because they have to be finished anyway.
pub fn check_retire_task(open_periods: Vec<String>, left_alone: Vec<String>) -> Result<(), RetireProblem> {
    if !open_periods.is_empty() {
        return Err(RetireProblem::OpenLoops { periods: open_periods });
    }
    if left_alone.is_empty() { Ok(()) } else { Err(RetireProblem::LastTask { indicators: left_alone }) }
}

/// Whether a plan can be retired: another one is in use, and no loop of any of its tasks is open.
///
/// # Errors
/// What stands in the way.
pub fn check_retire_plan(others_in_use: usize, open_periods: Vec<String>) -> Result<(), RetireProblem> {
    if others_in_use == 0 {
        return Err(RetireProblem::OnlyPlan);
    }
    if open_periods.is_empty() { Ok(()) } else { Err(RetireProblem::OpenPeriods { periods: open_periods }) }
}

/// Whether an area can be retired: nothing in use belongs to it.
///
/// # Errors
/// What still belongs to it.
pub fn check_retire_area(indicators: Vec<String>, tasks: Vec<String>) -> Result<(), RetireProblem> {
    if indicators.is_empty() && tasks.is_empty() { Ok(()) } else { Err(RetireProblem::HoldsParts { indicators, tasks }) }
}

/// How an indicator is measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measuring {
    /// The Chinese word of its unit.
    pub unit_zh: String,
    /// The English one; may be empty.
    pub unit_en: String,
    /// The measure.
    pub measure: Measure,
    /// Which way it improves.
    pub direction: Direction,
    /// Decimal places.
    pub scale: i64,
    /// Whether values are kept as numerator and denominator.
    pub fraction: bool,
    /// Whether a derived counting stage is not enough.
    pub needs_stage_ruling: bool,
    /// What a roster indicator counts: recognition and level.
    pub counts: Vec<(String, Option<Level>)>,
}

/// What has been recorded about an indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Recorded {
    /// Accepted values, stock-takes, or steps of the recognitions it counts or is to count.
    pub facts: bool,
    /// Numbers that are kept in units of its scale: targets, milestones, baselines.
    pub numbers: bool,
}

/// Everything wrong with a way of measuring in itself.
pub fn check_measuring(measuring: &Measuring) -> Vec<FieldError> {
    let error = |field: &str, problem| FieldError::new(field, FieldProblem::Definition(problem));
    let mut errors = Vec::new();
    if measuring.measure == Measure::Roster {
        if measuring.scale != 0 {
            errors.push(error("scale", DefinitionProblem::WholeUnits));
        }
        if measuring.counts.is_empty() {
            errors.push(error("counts.", DefinitionProblem::CountsNothing));
        }
    }
    if measuring.fraction && measuring.measure != Measure::Level {
        errors.push(error("fraction", DefinitionProblem::OnlyLevels));
    }
    if measuring.measure == Measure::Rank && measuring.direction != Direction::Falling {
        errors.push(error("direction", DefinitionProblem::RankFalls));
    }
    errors
}

/// Whether a word of a unit has to stay: 230,919 person-times are not as many persons. What is empty may be filled in.
pub fn is_unit_fixed(before: &str, after: &str, has_facts: bool) -> bool {
    has_facts && !before.is_empty() && before != after
}

/// What of a change of measuring is not possible any more: unit, measure and direction once there are facts, the scale once there are
/// numbers in it. Which recognitions a roster indicator counts may change under its facts: the units are counted anew, and what was
/// counted before stays known for the days before.
pub fn check_measuring_change(before: &Measuring, after: &Measuring, recorded: Recorded) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for (field, differs, fixed) in [
        ("measure", before.measure != after.measure, recorded.facts),
        ("direction", before.direction != after.direction, recorded.facts),
        ("scale", before.scale != after.scale, recorded.facts || recorded.numbers),
        ("fraction", before.fraction != after.fraction, recorded.facts),
        ("counts.", before.counts != after.counts, recorded.facts && before.measure != after.measure),
    ] {
        if differs && fixed {
            errors.push(FieldError::new(field, FieldProblem::Definition(DefinitionProblem::FixedByFacts)));
        }
    }
    for (field, before, after) in [("unit_zh", &before.unit_zh, &after.unit_zh), ("unit_en", &before.unit_en, &after.unit_en)] {
        if is_unit_fixed(before, after, recorded.facts) {
            let problem = DefinitionProblem::UnitFixed { unit: before.clone() };
            errors.push(FieldError::new(field, FieldProblem::Definition(problem)));
        }
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_fit_into_addresses() {
        for (text, fits) in [("T01", true), ("4.5", true), ("bj-2025", true), ("", false), ("一", false), ("a b", false), ("a/b", false)] {
            assert_eq!(is_code(text), fits, "{text}");
        }
        assert!(is_code(&"a".repeat(40)) && !is_code(&"a".repeat(41)));
    }

    #[test]
    fn an_indicator_is_left_alone_when_no_task_in_use_is_linked_to_it() {
        for (indicators, links, left) in [
            (vec!["T01", "T02"], vec![("1.1", "T01"), ("1.2", "T02")], vec![]),
            (vec!["T01", "T02"], vec![("1.1", "T01"), ("1.2", "T01")], vec!["T02"]),
            (vec!["T02", "T01"], vec![], vec!["T02", "T01"]),
            (vec![], vec![("1.1", "T01")], vec![]),
        ] {
            assert_eq!(list_left_alone(indicators, links), left);
        }
    }

    #[test]
    fn what_is_still_needed_is_not_retired() {
        let codes = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect::<Vec<_>>();
        assert_eq!(check_retire_task(vec![], vec![]), Ok(()));
        let last = RetireProblem::LastTask { indicators: codes(&["T01"]) };
        assert_eq!(check_retire_task(vec![], codes(&["T01"])), Err(last));
        let open = RetireProblem::OpenLoops { periods: codes(&["2026Q3"]) };
        assert_eq!(check_retire_task(codes(&["2026Q3"]), codes(&["T01"])), Err(open));
        assert_eq!(check_retire_plan(1, vec![]), Ok(()));
        assert_eq!(check_retire_plan(0, vec![]), Err(RetireProblem::OnlyPlan));
        assert_eq!(check_retire_plan(1, codes(&["2026Q3"])), Err(RetireProblem::OpenPeriods { periods: codes(&["2026Q3"]) }));
        assert_eq!(check_retire_area(vec![], vec![]), Ok(()));
        for (indicators, tasks) in [(codes(&["T01"]), vec![]), (vec![], codes(&["1.1"]))] {
            let holds = RetireProblem::HoldsParts { indicators: indicators.clone(), tasks: tasks.clone() };
            assert_eq!(check_retire_area(indicators, tasks), Err(holds));
        }
    }

    fn roster() -> Measuring {
        Measuring {
            unit_zh: "人次".to_owned(),
            unit_en: String::new(),
            measure: Measure::Roster,
            direction: Direction::Rising,
            scale: 0,
            fraction: false,
            needs_stage_ruling: false,
            counts: vec![("quality-course".to_owned(), None)],
        }
    }

    fn fields(errors: &[FieldError]) -> Vec<&str> {
        errors.iter().map(|error| error.field.as_str()).collect()
    }

    #[test]
    fn a_way_of_measuring_fits_in_itself() {
        for (measuring, wrong) in [
            (roster(), vec![]),
            (Measuring { scale: 1, counts: vec![], ..roster() }, vec!["scale", "counts."]),
            (Measuring { measure: Measure::Level, scale: 1, counts: vec![], ..roster() }, vec![]),
            (Measuring { measure: Measure::Level, fraction: true, counts: vec![], ..roster() }, vec![]),
            (Measuring { measure: Measure::Flow, fraction: true, counts: vec![], ..roster() }, vec!["fraction"]),
            (Measuring { measure: Measure::Rank, counts: vec![], ..roster() }, vec!["direction"]),
            (Measuring { measure: Measure::Rank, direction: Direction::Falling, counts: vec![], ..roster() }, vec![]),
        ] {
            assert_eq!(fields(&check_measuring(&measuring)), wrong, "{measuring:?}");
        }
    }

    #[test]
    fn a_way_of_measuring_stays_once_something_was_recorded_by_it() {
        let nothing = Recorded::default();
        let facts = Recorded { facts: true, numbers: true };
        let numbers = Recorded { facts: false, numbers: true };
        let level = Measuring { measure: Measure::Level, scale: 1, counts: vec![], ..roster() };
        let more = Measuring { counts: vec![("quality-course".to_owned(), None), ("new-form-textbook".to_owned(), None)], ..roster() };
        let persons = Measuring { unit_zh: "人".to_owned(), unit_en: "persons".to_owned(), ..roster() };
        let worded = Measuring { unit_en: "person-times".to_owned(), ..roster() };
        let ruled = Measuring { needs_stage_ruling: true, ..roster() };
        for (after, recorded, wrong) in [
            (&level, nothing, vec![]),
            (&level, numbers, vec!["scale"]),
            (&level, facts, vec!["measure", "scale", "counts."]),
            (&more, numbers, vec![]),
            (&more, facts, vec![]),
            (&ruled, facts, vec![]),
            (&persons, nothing, vec![]),
            (&persons, numbers, vec![]),
            (&persons, facts, vec!["unit_zh"]),
            (&worded, facts, vec![]),
            (&roster(), facts, vec![]),
        ] {
            assert_eq!(fields(&check_measuring_change(&roster(), after, recorded)), wrong, "{after:?} {recorded:?}");
        }
        assert_eq!(fields(&check_measuring_change(&worded, &persons, facts)), ["unit_zh", "unit_en"]);
    }
}
