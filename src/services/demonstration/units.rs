//! What units there are and when each takes which step. Invariant: no two units of one holder and recognition share a name.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{ToSpan, civil::Date};

use super::data::{Data, Names, PERIODS, Series, mix};
use crate::domain::{
    calendar::calendar_period,
    words::{Cadence, Level, Stage},
};

/// A unit with the steps of one of its recognitions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedUnit {
    /// Its name.
    pub name: String,
    /// Key of the organisation that holds it.
    pub holder: String,
    /// Code of the recognition.
    pub recognition: String,
    /// Its level.
    pub level: Option<Level>,
    /// Code of the task under which its steps are reported.
    pub task: String,
    /// In order; `None` stands for before the plan.
    pub steps: Vec<(Option<usize>, Stage)>,
    document: String,
    number: usize,
}

impl PlannedUnit {
    /// The day of a step: in its period, and well before the period ends.
    pub fn day(&self, period: Option<usize>) -> Date {
        let seed = mix(&[&self.name, &self.holder, &self.recognition]);
        let Some(period) = period else {
            let first = jiff::civil::date(2021, 9, 1);
            return first.saturating_add(i64::try_from(seed % 1_150).unwrap_or(0).days());
        };
        let first = first_day(period);
        first.saturating_add(i64::try_from(8 + seed % 70).unwrap_or(0).days())
    }

    /// The number of the document that says so.
    pub fn document_of(&self, on: Date) -> String {
        self.document.replace("{year}", &on.year().to_string()).replace("{number}", &(1 + self.number % 57).to_string())
    }
}

/// The first day of a period that is told.
pub fn first_day(period: usize) -> Date {
    let (years, quarter) = (period / 4, period % 4);
    let year = 2025 + i16::try_from(years).unwrap_or(0);
    let month = 1 + 3 * i8::try_from(quarter).unwrap_or(0);
    Date::new(year, month, 1).unwrap_or(Date::MIN)
}

/// The last day of a period that is told.
pub fn last_day(period: usize) -> Date {
    calendar_period(first_day(period), Cadence::Quarter).ends_on
}

/// Every unit.
pub fn plan_units(data: &Data) -> Vec<PlannedUnit> {
    let mut planned: Vec<PlannedUnit> = Vec::new();
    for (number, unit) in data.unit.iter().enumerate() {
        planned.push(PlannedUnit {
            name: unit.name.clone(),
            holder: unit.holder.clone(),
            recognition: unit.recognition.clone(),
            level: unit.level,
            task: unit.task.clone(),
            steps: unit.steps.iter().map(|(period, stage)| (PERIODS.iter().position(|code| code == period), *stage)).collect(),
            document: "示教认〔{year}〕{number}号".to_owned(),
            number,
        });
    }
    for series in &data.series {
        planned.extend(plan_series(data, series));
    }
    planned
}

fn plan_series(data: &Data, series: &Series) -> Vec<PlannedUnit> {
    let mut namer = Namer::new(data, series);
    let mut planned = Vec::new();
    let mut add = |steps: Vec<(Option<usize>, Stage)>| {
        let number = planned.len();
        if let Some((holder, name)) = namer.next() {
            planned.push(PlannedUnit {
                name,
                holder,
                recognition: series.recognition.clone(),
                level: series.level,
                task: series.task.clone(),
                steps,
                document: series.document.clone(),
                number,
            });
        }
    };
    for _ in 0..series.start {
        add(vec![(None, Stage::Recognised)]);
    }
    for (period, count) in series.quarters.into_iter().enumerate() {
        for index in 0..count {
            // Every third one was seen coming.
            let mut steps = Vec::new();
            if index % 3 == 1 && period > 0 {
                steps.push((Some(period - 1), if index % 2 == 0 { Stage::Approved } else { Stage::UnderConstruction }));
            }
            steps.push((Some(period), Stage::Recognised));
            add(steps);
        }
    }
    for index in 0..series.tail {
        let stage = [Stage::UnderConstruction, Stage::Approved, Stage::Applied][index % 3];
        add(vec![(Some(PERIODS.len() - 2 - index % 2), stage)]);
    }
    planned
}

/// Gives holders in turn and to each a name it does not have yet.
struct Namer<'d> {
    series: &'d Series,
    names: BTreeMap<&'d str, Vec<String>>,
    turn: usize,
    taken: BTreeSet<(String, String)>,
}

impl<'d> Namer<'d> {
    fn new(data: &'d Data, series: &'d Series) -> Self {
        let clusters = data.clusters();
        let mut names = BTreeMap::new();
        for organisation in &data.organisation {
            let own = || organisation.clusters.iter().filter_map(|key| clusters.get(key.as_str()));
            let base: Vec<&String> = match series.names {
                Names::Majors => own().flat_map(|cluster| &cluster.majors).collect(),
                Names::Courses | Names::Textbooks => own().flat_map(|cluster| &cluster.courses).collect(),
                Names::List => series.list.iter().collect(),
            };
            let forms = if series.forms.is_empty() { vec![String::new()] } else { series.forms.clone() };
            let made = forms.iter().flat_map(|form| {
                base.iter().map(move |name| match series.names {
                    Names::Textbooks => format!("《{name}》{form}"),
                    _ => format!("{name}{form}"),
                })
            });
            // Popped from the end, so the first name comes first.
            let mut made: Vec<String> = made.collect();
            made.reverse();
            names.insert(organisation.key.as_str(), made);
        }
        Self { series, names, turn: 0, taken: BTreeSet::new() }
    }
}

impl Iterator for Namer<'_> {
    type Item = (String, String);

    fn next(&mut self) -> Option<(String, String)> {
        let city_wide = self.series.city_wide || self.series.names == Names::List;
        let holders = &self.series.holders;
        for _ in 0..holders.len() {
            let holder = &holders[self.turn % holders.len()];
            self.turn += 1;
            let names = self.names.get_mut(holder.as_str())?;
            while let Some(name) = names.pop() {
                let circle = if city_wide { String::new() } else { holder.clone() };
                if self.taken.insert((circle, name.clone())) {
                    return Some((holder.clone(), name));
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_planned_unit_has_a_name_of_its_own_and_steps_in_order() {
        let data = Data::read().unwrap();
        let planned = plan_units(&data);
        let series: usize = data.series.iter().map(|series| series.start + series.quarters.iter().sum::<usize>() + series.tail).sum();
        assert_eq!(planned.len(), series + data.unit.len(), "a list of names is too short");
        let mut seen = BTreeSet::new();
        for unit in &planned {
            assert!(seen.insert((&unit.name, &unit.holder, &unit.recognition, unit.level)), "{} twice", unit.name);
            let days: Vec<Date> = unit.steps.iter().map(|(period, _)| unit.day(*period)).collect();
            assert!(days.is_sorted(), "{}: {days:?}", unit.name);
            for (period, _) in &unit.steps {
                let day = unit.day(*period);
                assert!(
                    period.map_or(day < first_day(0), |period| first_day(period) <= day && day <= last_day(period)),
                    "{} {day}",
                    unit.name
                );
            }
        }
    }
}
