//! Who takes part in a plan, in its file: organisations, their parts in tasks, what they pledge, and the stock that was taken.
//! Invariant: organisations and officers stand by name, since ids differ from system to system, and the same name is the same
//! organisation.
//!
//! ```toml
//! [[organisation]]         # those that the rest of the file refers to, and what stands above them
//! name_zh = "…"
//! name_en = "…"            # may be empty
//! kind = "school"
//! parent = "…"             # Chinese name of the one above; may be empty
//! district = "…"           # may be empty
//!
//! [[assignment]]
//! task = "4.5"
//! organisation = "…"
//! part = "responsible"
//! contact = "…"            # may be empty
//! assigned_at = "…"        # an instant; without it the import's
//! ended_at = "…"           # only of a part that has ended
//!
//! [[pledge]]
//! indicator = "T07"
//! organisation = "…"
//! year = 2026
//! quantity = 30
//!
//! [[stock_take]]
//! indicator = "T05"
//! taken_on = "2026-03-01"
//! document = "…"
//! ```
//!
//! Pledges and stock-takes carry note, reason, document, officer, `recorded_at` and `superseded_at` too.

mod comparing;
mod writing;

use std::collections::{BTreeMap, BTreeSet};

use super::{
    entries::{PlanEntry, PlanFile},
    export::{Out, instant_text},
    reading::{Problems, Reader},
};
use crate::{
    domain::{
        districts::find_district,
        ids::PlanId,
        names::normalise_name,
        pledges::MOST_PLEDGED,
        words::{Measure, OrganisationKind, Part},
    },
    i18n::Text,
    services::moment::Moment,
    store::{
        StoreError, Tx,
        organisations::Organisation,
        plan_files::{self as store, AssignmentRow, PledgeRow, StockTakeRow},
    },
};

pub(super) use writing::Enlisted;

/// An organisation of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OrganisationEntry {
    name_zh: String,
    name_en: String,
    kind: OrganisationKind,
    parent: String,
    district: String,
    retired_at: Option<i64>,
}

/// Who takes part, as a file says it or as it stands in the database.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Parties {
    organisations: Vec<OrganisationEntry>,
    assignments: Vec<AssignmentRow>,
    pledges: Vec<PledgeRow>,
    stock_takes: Vec<StockTakeRow>,
}

pub(super) fn read_parties(file: &mut Reader<'_>, plan: &PlanEntry, now: Moment) -> Parties {
    Parties {
        organisations: file.tables("organisation", false).into_iter().map(|entry| read_organisation(entry, now)).collect(),
        assignments: file.tables("assignment", false).into_iter().map(|entry| read_assignment(entry, now)).collect(),
        pledges: file.tables("pledge", false).into_iter().map(|entry| read_pledge(entry, plan, now)).collect(),
        stock_takes: file.tables("stock_take", false).into_iter().map(|entry| read_stock_take(entry, now)).collect(),
    }
}

fn read_organisation(mut entry: Reader<'_>, now: Moment) -> OrganisationEntry {
    let organisation = OrganisationEntry {
        name_zh: entry.text("name_zh"),
        name_en: entry.optional_text("name_en"),
        kind: entry.word("kind", OrganisationKind::ALL, OrganisationKind::as_str).unwrap_or(OrganisationKind::Other),
        parent: entry.optional_text("parent"),
        district: entry.optional_text("district"),
        retired_at: entry.instant("retired_at", now),
    };
    if !organisation.district.is_empty() && find_district(&organisation.district).is_none() {
        entry.note("district", |text| text.file_fault_district(&organisation.district));
    }
    entry.finish();
    organisation
}

/// Two instants of which the second never lies before the first.
fn read_span(entry: &mut Reader<'_>, (from, until): (&str, &str), now: Moment) -> (Option<i64>, Option<i64>) {
    let (first, last) = (entry.instant(from, now), entry.instant(until, now));
    if let (Some(first), Some(last)) = (first, last)
        && last < first
    {
        entry.note(until, |text| text.file_fault_instants(&instant_text(first)));
    }
    (first, last)
}

fn read_assignment(mut entry: Reader<'_>, now: Moment) -> AssignmentRow {
    let (assigned_at, ended_at) = read_span(&mut entry, ("assigned_at", "ended_at"), now);
    let assignment = AssignmentRow {
        task: entry.text("task"),
        organisation: entry.text("organisation"),
        part: entry.word("part", Part::ALL, Part::as_str).unwrap_or(Part::Supporting),
        contact: entry.optional_text("contact"),
        assigned_at,
        ended_at,
    };
    entry.finish();
    assignment
}

fn read_pledge(mut entry: Reader<'_>, plan: &PlanEntry, now: Moment) -> PledgeRow {
    let (recorded_at, superseded_at) = read_span(&mut entry, ("recorded_at", "superseded_at"), now);
    let pledge = PledgeRow {
        indicator: entry.text("indicator"),
        organisation: entry.text("organisation"),
        year: entry.whole("year"),
        quantity: entry.whole("quantity"),
        note: entry.optional_text("note"),
        document: entry.optional_text("document"),
        reason: entry.optional_text("reason"),
        officer: entry.optional_text("officer"),
        recorded_at,
        superseded_at,
    };
    let years = i64::from(plan.starts_on.year())..=i64::from(plan.ends_on.year());
    if !years.contains(&pledge.year) {
        entry.note("year", |text| text.file_fault_pledge_year(pledge.year));
    }
    if !(0..=MOST_PLEDGED).contains(&pledge.quantity) {
        entry.note("quantity", |text| text.file_fault_pledge_quantity(pledge.quantity, MOST_PLEDGED));
    }
    entry.finish();
    pledge
}

fn read_stock_take(mut entry: Reader<'_>, now: Moment) -> StockTakeRow {
    let (recorded_at, superseded_at) = read_span(&mut entry, ("recorded_at", "superseded_at"), now);
    let taken = StockTakeRow {
        indicator: entry.text("indicator"),
        taken_on: entry.date("taken_on"),
        reason: entry.optional_text("reason"),
        document: entry.text("document"),
        officer: entry.optional_text("officer"),
        recorded_at,
        superseded_at,
    };
    entry.finish();
    taken
}

/// What is wrong with the parties of a file within itself: references to tasks and indicators, things that stand twice.
pub(super) fn check_parties(file: &PlanFile, problems: &Problems) {
    let parties = &file.parties;
    check_organisations(&parties.organisations, problems);
    let tasks: BTreeSet<&str> = file.tasks.iter().map(|task| task.code.as_str()).collect();
    let (mut open, mut led) = (BTreeSet::new(), BTreeSet::new());
    for (number, row) in (1..).zip(&parties.assignments) {
        let note = |key: &str, say: &dyn Fn(Text) -> String| problems.note(format!("assignment[{number}].{key}"), &row.task, say);
        if !row.task.is_empty() && !tasks.contains(row.task.as_str()) {
            note("task", &|text| text.file_fault_no_task(&row.task));
        }
        if row.ended_at.is_some() {
            continue;
        }
        if !open.insert((row.task.as_str(), normalise_name(&row.organisation), row.part)) {
            note("organisation", &|text| text.file_fault_party_twice().to_owned());
        } else if row.part == Part::Lead && !led.insert(row.task.as_str()) {
            note("part", &|text| text.file_fault_second_lead().to_owned());
        }
    }
    let counting: BTreeMap<&str, bool> =
        file.indicators.iter().map(|indicator| (indicator.code.as_str(), indicator.measure == Measure::Roster)).collect();
    let check_indicator = |list: &str, number: usize, code: &str| match counting.get(code) {
        Some(true) => {}
        Some(false) => problems.note(format!("{list}[{number}].indicator"), code, |text| text.file_fault_no_roster().to_owned()),
        None if code.is_empty() => {}
        None => problems.note(format!("{list}[{number}].indicator"), code, |text| text.file_fault_no_indicator(code)),
    };
    let mut in_force = BTreeSet::new();
    for (number, row) in (1..).zip(&parties.pledges) {
        check_indicator("pledge", number, &row.indicator);
        let holds = row.superseded_at.is_none();
        if holds && !in_force.insert((row.indicator.as_str(), normalise_name(&row.organisation), row.year)) {
            problems.note(format!("pledge[{number}].year"), &row.indicator, |text| text.file_fault_party_twice().to_owned());
        }
    }
    let mut taken = BTreeSet::new();
    for (number, row) in (1..).zip(&parties.stock_takes) {
        check_indicator("stock_take", number, &row.indicator);
        if row.superseded_at.is_none() && !taken.insert(row.indicator.as_str()) {
            problems.note(format!("stock_take[{number}].indicator"), &row.indicator, |text| text.file_fault_party_twice().to_owned());
        }
    }
}

/// Names that stand twice, parents that are not there or stand in a circle, a second commission.
fn check_organisations(organisations: &[OrganisationEntry], problems: &Problems) {
    let above: BTreeMap<String, String> =
        organisations.iter().map(|entry| (normalise_name(&entry.name_zh), normalise_name(&entry.parent))).collect();
    let mut seen = BTreeSet::new();
    let mut commissions = 0;
    for (number, entry) in (1..).zip(organisations) {
        let note = |key: &str, say: &dyn Fn(Text) -> String| problems.note(format!("organisation[{number}].{key}"), &entry.name_zh, say);
        let name = normalise_name(&entry.name_zh);
        if name.is_empty() && !entry.name_zh.is_empty() {
            note("name_zh", &|text| text.file_fault_empty().to_owned());
        }
        if !name.is_empty() && !seen.insert(name.clone()) {
            note("name_zh", &|text| text.file_fault_party_twice().to_owned());
        }
        let (mut at, mut steps) = (above.get(&name), 0);
        while let Some(parent) = at.filter(|parent| !parent.is_empty() && steps <= organisations.len()) {
            (at, steps) = (above.get(parent), steps + 1);
        }
        if steps > organisations.len() {
            note("parent", &|text| text.file_fault_parent_circle().to_owned());
        } else if !entry.parent.is_empty() && !above.contains_key(&normalise_name(&entry.parent)) {
            note("parent", &|text| text.file_fault_no_organisation(&entry.parent));
        }
        commissions += usize::from(entry.kind == OrganisationKind::Commission);
        if entry.kind == OrganisationKind::Commission && commissions > 1 {
            note("kind", &|text| text.file_fault_second_commission().to_owned());
        }
    }
}

impl Parties {
    /// Who takes part as it stands in the database; organisations are those that `named` and the rows refer to, with all above them.
    pub(super) async fn read(tx: &mut Tx, plan: &PlanId, organisations: &[Organisation], named: &[&str]) -> Result<Self, StoreError> {
        let assignments = store::list_all_assignments(tx, plan).await?;
        let pledges = store::list_all_pledges(tx, plan).await?;
        let stock_takes = store::list_all_stock_takes(tx, plan).await?;
        let referred = assignments.iter().map(|row| row.organisation.as_str()).chain(pledges.iter().map(|row| row.organisation.as_str()));
        let mut wanted: BTreeSet<&str> = referred.chain(named.iter().copied()).collect();
        let by_id: BTreeMap<_, _> = organisations.iter().map(|one| (&one.id, one)).collect();
        let parent_of = |one: &Organisation| one.parent_id.as_ref().and_then(|id| by_id.get(id)).copied();
        for one in organisations.iter().filter(|one| wanted.contains(one.name_zh.as_str())).collect::<Vec<_>>() {
            let mut at = parent_of(one);
            while let Some(parent) = at.filter(|parent| wanted.insert(parent.name_zh.as_str())) {
                at = parent_of(parent);
            }
        }
        // In the order of their names, which is the same in every system.
        let mut entries: Vec<OrganisationEntry> = organisations
            .iter()
            .filter(|one| wanted.contains(one.name_zh.as_str()))
            .map(|one| OrganisationEntry {
                name_zh: one.name_zh.clone(),
                name_en: one.name_en.clone(),
                kind: one.kind,
                parent: parent_of(one).map(|parent| parent.name_zh.clone()).unwrap_or_default(),
                district: one.district.clone(),
                retired_at: one.retired_at,
            })
            .collect();
        entries.sort_by(|one, other| one.name_zh.cmp(&other.name_zh));
        Ok(Self { organisations: entries, assignments, pledges, stock_takes })
    }

    /// Writes them in an order that follows from what they say; `tasks` and `indicators` are the codes in the order of the plan.
    pub(super) fn write(&self, out: &mut Out, tasks: &[&str], indicators: &[&str]) {
        let place = |codes: &[&str], code: &str| codes.iter().position(|known| *known == code);
        for entry in &self.organisations {
            out.begin("[[organisation]]");
            out.line("name_zh", &entry.name_zh);
            out.line("name_en", &entry.name_en);
            out.line("kind", entry.kind.as_str());
            out.line("parent", &entry.parent);
            out.line("district", &entry.district);
            out.instant("retired_at", entry.retired_at);
        }
        let mut assignments: Vec<&AssignmentRow> = self.assignments.iter().collect();
        assignments.sort_by_cached_key(|row| (place(tasks, &row.task), row.assigned_at, row.part, format!("{row:?}")));
        for row in assignments {
            out.begin("[[assignment]]");
            out.line("task", &row.task);
            out.line("organisation", &row.organisation);
            out.line("part", row.part.as_str());
            out.line("contact", &row.contact);
            out.instant("assigned_at", row.assigned_at);
            out.instant("ended_at", row.ended_at);
        }
        let mut pledges: Vec<&PledgeRow> = self.pledges.iter().collect();
        pledges.sort_by_cached_key(|row| {
            (place(indicators, &row.indicator), row.organisation.clone(), row.year, row.recorded_at, format!("{row:?}"))
        });
        for row in pledges {
            out.begin("[[pledge]]");
            out.line("indicator", &row.indicator);
            out.line("organisation", &row.organisation);
            out.raw("year", &row.year.to_string());
            out.raw("quantity", &row.quantity.to_string());
            out.line("note", &row.note);
            write_grounds(out, (&row.reason, &row.document, &row.officer), (row.recorded_at, row.superseded_at));
        }
        let mut taken: Vec<&StockTakeRow> = self.stock_takes.iter().collect();
        taken.sort_by_cached_key(|row| (place(indicators, &row.indicator), row.recorded_at, format!("{row:?}")));
        for row in taken {
            out.begin("[[stock_take]]");
            out.line("indicator", &row.indicator);
            out.date("taken_on", row.taken_on);
            write_grounds(out, (&row.reason, &row.document, &row.officer), (row.recorded_at, row.superseded_at));
        }
    }
}

fn write_grounds(out: &mut Out, (reason, document, officer): (&str, &str, &str), (recorded, superseded): (Option<i64>, Option<i64>)) {
    out.line("reason", reason);
    out.line("document", document);
    out.line("officer", officer);
    out.instant("recorded_at", recorded);
    out.instant("superseded_at", superseded);
}
