//! Who takes part by a file against who does in the database. Invariant: what is missing there is new, what stands there otherwise is a
//! fault, and what the file does not say of instants is not compared.

use std::collections::BTreeSet;

use super::Parties;
use crate::{
    domain::{
        names::normalise_name,
        words::{OrganisationKind, Part},
    },
    i18n::Text,
    services::plan_files::{entries::TaskEntry, reading::Problems},
    store::{
        organisations::Organisation,
        plan_files::{AssignmentRow, PledgeRow, StockTakeRow},
    },
};

/// A row that is added or refused, never changed.
pub(super) trait PartyRow: Sized {
    /// The row as a file that says nothing of some instants would have it.
    fn as_said_by(&self, said: &Self) -> Self;
    /// Whether two rows are about the same thing at the same time, so that they cannot both stand.
    fn excludes(&self, other: &Self) -> bool;
}

fn same_name(one: &str, other: &str) -> bool {
    normalise_name(one) == normalise_name(other)
}

fn same_instant(one: Option<i64>, other: Option<i64>) -> bool {
    one.is_some() && one == other
}

impl PartyRow for AssignmentRow {
    fn as_said_by(&self, said: &Self) -> Self {
        let assigned_at = said.assigned_at.and(self.assigned_at);
        let ended_at = said.ended_at.and(self.ended_at);
        let organisation = if same_name(&self.organisation, &said.organisation) { &said.organisation } else { &self.organisation };
        Self { assigned_at, ended_at, organisation: organisation.clone(), ..self.clone() }
    }

    fn excludes(&self, other: &Self) -> bool {
        let both_open = self.ended_at.is_none() && other.ended_at.is_none();
        let same_part = self.task == other.task && self.part == other.part;
        let same_organisation = same_name(&self.organisation, &other.organisation);
        let at_once = both_open || same_instant(self.assigned_at, other.assigned_at);
        same_part && ((same_organisation && at_once) || (self.part == Part::Lead && both_open))
    }
}

impl PartyRow for PledgeRow {
    fn as_said_by(&self, said: &Self) -> Self {
        let recorded_at = said.recorded_at.and(self.recorded_at);
        let superseded_at = said.superseded_at.and(self.superseded_at);
        let organisation = if same_name(&self.organisation, &said.organisation) { &said.organisation } else { &self.organisation };
        Self { recorded_at, superseded_at, organisation: organisation.clone(), ..self.clone() }
    }

    fn excludes(&self, other: &Self) -> bool {
        let at_once = self.superseded_at.is_none() && other.superseded_at.is_none() || same_instant(self.recorded_at, other.recorded_at);
        self.indicator == other.indicator && self.year == other.year && same_name(&self.organisation, &other.organisation) && at_once
    }
}

impl PartyRow for StockTakeRow {
    fn as_said_by(&self, said: &Self) -> Self {
        let recorded_at = said.recorded_at.and(self.recorded_at);
        let superseded_at = said.superseded_at.and(self.superseded_at);
        Self { recorded_at, superseded_at, ..self.clone() }
    }

    fn excludes(&self, other: &Self) -> bool {
        let at_once = self.superseded_at.is_none() && other.superseded_at.is_none() || same_instant(self.recorded_at, other.recorded_at);
        self.indicator == other.indicator && at_once
    }
}

/// The rows of a file that do not stand in the database, with their places in the file from 1.
pub(super) fn new_rows<'f, Row: PartyRow + PartialEq>(said: &'f [Row], stored: &[Row]) -> Vec<(usize, &'f Row)> {
    let rows = (1..).zip(said);
    rows.filter(|(_, row)| !stored.iter().any(|known| known.as_said_by(row) == **row)).collect()
}

impl Parties {
    /// Notes where the database says otherwise, and names that lead nowhere.
    pub(in crate::services::plan_files) fn compare(&self, stored: &Self, known: &[Organisation], tasks: &[TaskEntry], problems: &Problems) {
        let find = |name: &str| known.iter().find(|one| same_name(&one.name_zh, name));
        for (number, entry) in (1..).zip(&self.organisations) {
            let key = format!("organisation[{number}].kind");
            match find(&entry.name_zh) {
                Some(there) if there.kind != entry.kind => {
                    problems.note(key, &entry.name_zh, |text| text.file_fault_organisation_kind(there.kind.as_str()));
                }
                None if entry.kind == OrganisationKind::Commission && known.iter().any(|one| one.kind == entry.kind) => {
                    problems.note(key, &entry.name_zh, |text| text.file_fault_second_commission().to_owned());
                }
                _ => {}
            }
        }
        let in_file: BTreeSet<String> = self.organisations.iter().map(|entry| normalise_name(&entry.name_zh)).collect();
        let check = |key: String, code: &str, name: &str| {
            if !name.is_empty() && !in_file.contains(&normalise_name(name)) && find(name).is_none() {
                problems.note(key, code, |text| text.file_fault_no_organisation(name));
            }
        };
        for (number, row) in (1..).zip(&self.assignments) {
            check(format!("assignment[{number}].organisation"), &row.task, &row.organisation);
        }
        for (number, row) in (1..).zip(&self.pledges) {
            check(format!("pledge[{number}].organisation"), &row.indicator, &row.organisation);
        }
        for (number, task) in (1..).zip(tasks) {
            for (place, item) in (1..).zip(&task.items) {
                let name = item.organisation.as_deref().unwrap_or_default();
                check(format!("task[{number}].item[{place}].organisation"), &task.code, name);
            }
        }
        let is_retired = |name: &str| match find(name) {
            Some(there) => there.is_retired(),
            None => self.organisations.iter().any(|entry| same_name(&entry.name_zh, name) && entry.retired_at.is_some()),
        };
        for (number, row) in new_rows(&self.assignments, &stored.assignments) {
            if row.ended_at.is_none() && is_retired(&row.organisation) {
                let key = format!("assignment[{number}].organisation");
                problems.note(key, &row.task, |text| text.file_fault_retired_part().to_owned());
            }
        }
        refuse(
            ("assignment", |row: &AssignmentRow| &row.task),
            &self.assignments,
            &stored.assignments,
            problems,
            Text::file_fault_assignment,
        );
        refuse(("pledge", |row: &PledgeRow| &row.indicator), &self.pledges, &stored.pledges, problems, Text::file_fault_pledge);
        refuse(
            ("stock_take", |row: &StockTakeRow| &row.indicator),
            &self.stock_takes,
            &stored.stock_takes,
            problems,
            Text::file_fault_stock_take,
        );
    }
}

/// Notes each new row that cannot stand beside one of the database.
fn refuse<Row: PartyRow + PartialEq>(
    (list, code_of): (&str, fn(&Row) -> &String),
    said: &[Row],
    stored: &[Row],
    problems: &Problems,
    say: fn(Text) -> &'static str,
) {
    for (number, row) in new_rows(said, stored) {
        if stored.iter().any(|known| known.excludes(row)) {
            problems.note(format!("{list}[{number}]"), code_of(row), |text| say(text).to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(organisation: &str, part: Part, contact: &str, (assigned_at, ended_at): (Option<i64>, Option<i64>)) -> AssignmentRow {
        let (organisation, contact) = (organisation.to_owned(), contact.to_owned());
        AssignmentRow { task: "1.1".to_owned(), organisation, part, contact, assigned_at, ended_at }
    }

    #[test]
    fn a_part_stands_is_new_or_is_refused() {
        let stored = [
            part("甲校", Part::Responsible, "张", (Some(1), Some(5))),
            part("甲校", Part::Responsible, "李", (Some(7), None)),
            part("乙局", Part::Lead, "", (Some(1), None)),
        ];
        for (said, new, refused) in [
            (part("甲校", Part::Responsible, "李", (Some(7), None)), false, false),
            (part("甲 校", Part::Responsible, "李", (None, None)), false, false),
            (part("甲校", Part::Responsible, "张", (Some(1), None)), false, false),
            (part("甲校", Part::Responsible, "张", (Some(1), Some(6))), true, true),
            (part("甲校", Part::Responsible, "王", (Some(7), None)), true, true),
            (part("甲校", Part::Supporting, "王", (Some(7), None)), true, false),
            (part("丙校", Part::Responsible, "", (None, None)), true, false),
            (part("丙校", Part::Lead, "", (None, None)), true, true),
            (part("丙校", Part::Lead, "", (Some(0), Some(1))), true, false),
        ] {
            let rows = [said.clone()];
            let found = new_rows(&rows, &stored);
            assert_eq!(!found.is_empty(), new, "{said:?}");
            assert_eq!(!found.is_empty() && stored.iter().any(|known| known.excludes(&said)), refused, "{said:?}");
        }
    }
}
