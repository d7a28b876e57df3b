//! Projects and milestones of tasks in a plan file. Invariant: they are taken in with their task, and changed in the product only.
//!
//! ```toml
//! [[task.item]]
//! number = 1            # 1, 2, 3 …: the place among the task's projects and milestones
//! kind = "milestone"    # or "project"
//! code = ""             # of a project its code
//! project = "P1"        # of a project's milestone the project's code
//! name_zh = "…"
//! organisation = "…"    # who states it as reached; may be left out
//!
//! [[task.item_date]]
//! item = 1              # the number of the item
//! starts_on = "2026-03-01"
//! due_on = "2026-03-01"
//! ```
//!
//! The organisation is one of the file's `[[organisation]]`, or one that the system has.

use std::collections::BTreeMap;

use super::{
    comparing::{all_stand, group},
    entries::read_time_limit,
    parties::Enlisted,
    reading::{Problems, Reader},
};
use crate::{
    domain::{
        ids::{PlanId, TaskId},
        names::normalise_name,
        timetable::ItemKind,
    },
    services::{
        ServiceError,
        moment::{Moment, make_id},
    },
    store::{
        StoreError, Tx,
        organisations::Organisation,
        plan_files::{self as store, ItemRow, TimeLimitRow},
    },
};

/// A project or milestone with every revision of its dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ItemEntry {
    pub(super) kind: ItemKind,
    /// Code of a project; empty for a milestone.
    pub(super) code: String,
    /// Code of the project that a milestone belongs to; empty for one of the task.
    pub(super) project: String,
    pub(super) name_zh: String,
    pub(super) name_en: String,
    pub(super) deliverable_zh: String,
    pub(super) deliverable_en: String,
    /// Chinese name of who states it as reached.
    pub(super) organisation: Option<String>,
    pub(super) created_at: Option<i64>,
    pub(super) retired_at: Option<i64>,
    pub(super) dates: Vec<TimeLimitRow>,
}

pub(super) fn read_items(task: &mut Reader<'_>, now: Moment) -> Vec<ItemEntry> {
    let mut items: Vec<ItemEntry> = Vec::new();
    for (mut entry, number) in task.tables("item", false).into_iter().zip(1_i64..) {
        if entry.whole("number") != number {
            entry.note("number", |text| text.file_fault_item_number(number));
        }
        let kind = entry.word("kind", ItemKind::ALL, ItemKind::as_str).unwrap_or(ItemKind::Milestone);
        let item = ItemEntry {
            kind,
            code: if kind == ItemKind::Project { entry.text("code") } else { entry.optional_text("code") },
            project: entry.optional_text("project"),
            name_zh: entry.text("name_zh"),
            name_en: entry.optional_text("name_en"),
            deliverable_zh: entry.optional_text("deliverable_zh"),
            deliverable_en: entry.optional_text("deliverable_en"),
            organisation: if entry.has("organisation") { Some(entry.text("organisation")) } else { None },
            created_at: entry.instant("created_at", now),
            retired_at: entry.instant("retired_at", now),
            dates: Vec::new(),
        };
        entry.finish();
        items.push(item);
    }
    for mut entry in task.tables("item_date", false) {
        let number = entry.whole("item");
        let place = number.checked_sub(1).and_then(|place| usize::try_from(place).ok());
        let known = place.is_some_and(|place| place < items.len());
        if !known {
            entry.note("item", |text| text.file_fault_no_item(&number.to_string()));
        }
        let dates = read_time_limit(entry, now);
        if let Some(item) = place.and_then(|place| items.get_mut(place)) {
            item.dates.push(dates);
        }
    }
    check_items(task, &items);
    items
}

fn check_items(task: &Reader<'_>, items: &[ItemEntry]) {
    let projects: Vec<&str> = items.iter().filter(|item| item.kind == ItemKind::Project).map(|item| item.code.as_str()).collect();
    for (item, number) in items.iter().zip(1..) {
        if item.dates.is_empty() {
            task.note(&format!("item[{number}]"), |text| text.file_fault_empty().to_owned());
        }
        if !item.project.is_empty() && !projects.contains(&item.project.as_str()) {
            task.note(&format!("item[{number}].project"), |text| text.file_fault_no_project(&item.project));
        }
        let is_twice = item.kind == ItemKind::Project && projects.iter().filter(|code| **code == item.code).count() > 1;
        if is_twice {
            task.note(&format!("item[{number}].code"), |text| text.file_fault_twice().to_owned());
        }
    }
}

/// The projects and milestones of a plan as they stand in the database, by the id of their task.
pub(super) async fn read_stored_items(
    tx: &mut Tx,
    plan: &PlanId,
    organisations: &[Organisation],
) -> Result<BTreeMap<String, Vec<ItemEntry>>, StoreError> {
    let rows = store::list_items(tx, plan).await?;
    let mut dates = group(store::list_item_dates(tx, plan).await?, |_| ());
    let code_of = |id: Option<&str>| {
        let project = rows.iter().find(|row| id == Some(row.id.as_str()));
        project.map(|row| row.code.clone()).unwrap_or_default()
    };
    let mut items: BTreeMap<String, Vec<ItemEntry>> = BTreeMap::new();
    for row in &rows {
        items.entry(row.owner.clone()).or_default().push(ItemEntry {
            kind: row.kind,
            code: row.code.clone(),
            project: code_of(row.project_id.as_deref()),
            name_zh: row.name_zh.clone(),
            name_en: row.name_en.clone(),
            deliverable_zh: row.deliverable_zh.clone(),
            deliverable_en: row.deliverable_en.clone(),
            organisation: organisations.iter().find(|one| row.organisation_id.as_ref() == Some(&one.id)).map(|one| one.name_zh.clone()),
            created_at: Some(row.created_at),
            retired_at: row.retired_at,
            dates: dates.remove(&row.id).unwrap_or_default(),
        });
    }
    for items in items.values_mut() {
        // Projects first; then by what they say, because ids differ from system to system.
        items.sort_by_cached_key(|item| {
            (item.kind != ItemKind::Project, item.project.clone(), item.code.clone(), item.created_at, format!("{item:?}"))
        });
    }
    Ok(items)
}

/// Notes what the file says otherwise of a task's projects and milestones.
pub(super) fn compare_items(place: &str, code: &str, said: &[ItemEntry], stored: &[ItemEntry], problems: &Problems) {
    for (item, number) in said.iter().zip(1..) {
        if !stored.iter().any(|known| is_same(item, known)) {
            problems.note(format!("{place}.item[{number}]"), code, |text| text.file_fault_item().to_owned());
        }
    }
}

/// What the file does not say of instants, and of who states it as reached, is not compared.
fn is_same(said: &ItemEntry, known: &ItemEntry) -> bool {
    let folded = |item: &ItemEntry| item.organisation.as_deref().map(normalise_name);
    let is_compared = said.organisation.is_some() && folded(said) != folded(known);
    let known_without_dates = ItemEntry {
        organisation: if is_compared { known.organisation.clone() } else { said.organisation.clone() },
        created_at: said.created_at.and(known.created_at),
        retired_at: said.retired_at.and(known.retired_at),
        dates: said.dates.clone(),
        ..known.clone()
    };
    known_without_dates == *said && all_stand(&said.dates, &known.dates)
}

/// Writes the projects and milestones of a new task.
pub(super) async fn write_items(
    tx: &mut Tx,
    task: &TaskId,
    items: &[ItemEntry],
    enlisted: &Enlisted,
    now: Moment,
) -> Result<(), ServiceError> {
    let mut projects: BTreeMap<&str, String> = BTreeMap::new();
    let (first, then): (Vec<&ItemEntry>, Vec<&ItemEntry>) = items.iter().partition(|item| item.kind == ItemKind::Project);
    for item in first.into_iter().chain(then) {
        let id: String = make_id(now)?;
        let row = ItemRow {
            id: id.clone(),
            owner: task.to_string(),
            project_id: projects.get(item.project.as_str()).cloned(),
            kind: item.kind,
            code: item.code.clone(),
            name_zh: item.name_zh.clone(),
            name_en: item.name_en.clone(),
            deliverable_zh: item.deliverable_zh.clone(),
            deliverable_en: item.deliverable_en.clone(),
            organisation_id: item.organisation.as_deref().map(|name| enlisted.find(name)).transpose()?.cloned(),
            created_at: item.created_at.unwrap_or(now.0),
            retired_at: item.retired_at,
        };
        store::insert_item(tx, task, &row).await?;
        for dates in &item.dates {
            let date_id: String = make_id(now)?;
            store::insert_item_dates(tx, &date_id, &id, dates, now.0).await?;
        }
        if item.kind == ItemKind::Project {
            projects.insert(&item.code, id);
        }
    }
    Ok(())
}
