//! Writes what a file adds or words differently. Invariant: it runs only after every comparison has passed.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    FileChange,
    comparing::Stored,
    entries::{AreaEntry, IndicatorEntry, PlanFile, TaskEntry},
    parties::{Enlisted, Parties},
    timetable::write_items,
    values::StoredValues,
};
use crate::{
    domain::ids::{AreaId, IndicatorId, PlanId, TaskId},
    services::{
        ServiceError,
        moment::{Moment, make_id},
        obligations::create_missing_obligations,
    },
    store::{
        Tx, former,
        plan_files::{self as store, AreaRow, CountedRow, IndicatorRow, PlanRow, RecognitionKindRow, TaskRow},
        published,
    },
};

/// What was written.
pub(super) struct Written {
    pub(super) plan: PlanId,
    pub(super) changes: Vec<FileChange>,
    pub(super) new_indicators: Vec<IndicatorId>,
    /// Names of the organisations that were made.
    pub(super) organisations: Vec<String>,
    /// How much was added of who takes part, by name.
    pub(super) parties: [(&'static str, usize); 2],
}

struct Writer<'w> {
    tx: &'w mut Tx,
    now: Moment,
    file: &'w PlanFile,
    stored: &'w Stored,
    plan: PlanId,
    changes: Vec<FileChange>,
}

pub(super) async fn write(tx: &mut Tx, file: &PlanFile, stored: &Stored, sha256: &str, now: Moment) -> Result<Written, ServiceError> {
    let plan = match &stored.plan {
        Some(plan) => plan.row.id.clone(),
        None => make_id(now)?,
    };
    let mut writer = Writer { tx, now, file, stored, plan, changes: Vec::new() };
    if stored.plan.is_none() {
        let row = writer.plan_row();
        store::save_plan(writer.tx, &row, sha256, now.0).await?;
    }
    writer.write_kinds().await?;
    let areas = writer.write_areas().await?;
    let (indicators, new_indicators) = writer.write_indicators(&areas).await?;
    let enlisted = writer.write_organisations().await?;
    let tasks = writer.write_tasks(&areas, &indicators, &enlisted).await?;
    let parties = writer.write_parties(&tasks, indicators, &enlisted).await?;
    if let Some(known) = &stored.plan {
        let row = writer.plan_row();
        writer.compare("plan", &plan_texts(&known.row), &plan_texts(&row));
        if !writer.changes.is_empty() {
            former::keep_plan(writer.tx, &row.id, now.0).await?;
            store::save_plan(writer.tx, &row, sha256, now.0).await?;
        }
    }
    Ok(Written { plan: writer.plan, changes: writer.changes, new_indicators, organisations: enlisted.made, parties })
}

/// The texts of a row by name, for comparison.
type Texts<'t> = [(&'static str, std::borrow::Cow<'t, str>)];

macro_rules! texts {
    ($row:expr; $($field:ident),+) => {
        [$((stringify!($field), std::borrow::Cow::Borrowed($row.$field.as_str()))),+]
    };
}

fn plan_texts(row: &PlanRow) -> [(&'static str, std::borrow::Cow<'_, str>); 6] {
    texts!(row; name_zh, name_en, short_zh, short_en, issuer_zh, issuer_en)
}

impl Writer<'_> {
    /// Notes each text that differs; whether any does.
    fn compare(&mut self, object: &str, before: &Texts<'_>, after: &Texts<'_>) -> bool {
        let differing = before.iter().zip(after).filter(|((_, before), (_, after))| before != after);
        let changes: Vec<FileChange> = differing
            .map(|((field, before), (_, after))| FileChange {
                object: object.to_owned(),
                field,
                before: before.clone().into_owned(),
                after: after.clone().into_owned(),
            })
            .collect();
        let any = !changes.is_empty();
        self.changes.extend(changes);
        any
    }

    fn note_added(&mut self, object: String, name: &str) {
        if self.stored.plan.is_some() {
            self.changes.push(FileChange { object, field: "added", before: String::new(), after: name.to_owned() });
        }
    }

    fn plan_row(&self) -> PlanRow {
        let entry = &self.file.plan;
        PlanRow {
            id: self.plan.clone(),
            code: entry.code.clone(),
            name_zh: entry.name_zh.clone(),
            name_en: entry.name_en.clone(),
            short_zh: entry.short_zh.clone(),
            short_en: entry.short_en.clone(),
            issuer_zh: entry.issuer_zh.clone(),
            issuer_en: entry.issuer_en.clone(),
            starts_on: entry.starts_on,
            ends_on: entry.ends_on,
            cadence: entry.cadence,
            time_zone: entry.time_zone.clone(),
            // A plan that is here already stays as it is: retiring it is an act of its own.
            retired_at: self.stored.plan.as_ref().map_or(entry.retired_at, |plan| plan.row.retired_at),
        }
    }

    async fn write_kinds(&mut self) -> Result<(), ServiceError> {
        let mut ordinal = self.stored.kinds.values().map(|kind| kind.ordinal).max().unwrap_or(0);
        let (file, stored) = (self.file, self.stored);
        for entry in &file.recognitions {
            let known = stored.kinds.get(&entry.code);
            let row = RecognitionKindRow {
                code: entry.code.clone(),
                unit_kind: entry.unit_kind,
                name_zh: entry.name_zh.clone(),
                name_en: entry.name_en.clone(),
                ordinal: known.map_or(ordinal + 1, |known| known.ordinal),
            };
            ordinal = ordinal.max(row.ordinal);
            let object = format!("recognition {}", entry.code);
            if let Some(known) = known {
                if self.compare(&object, &texts!(known; name_zh, name_en), &texts!(row; name_zh, name_en)) {
                    former::keep_recognition_kind(self.tx, &row.code, self.now.0).await?;
                    store::save_recognition_kind(self.tx, &row).await?;
                }
            } else {
                self.note_added(object, &entry.name_zh);
                store::save_recognition_kind(self.tx, &row).await?;
            }
        }
        Ok(())
    }

    async fn write_areas(&mut self) -> Result<Vec<(String, AreaId)>, ServiceError> {
        let (file, stored) = (self.file, self.stored);
        let mut ids = Vec::new();
        for (entry, ordinal) in file.areas.iter().zip(1..) {
            let AreaEntry { code, name_zh, name_en, short_zh, short_en, closing, retired_at } = entry;
            let known = stored.plan.as_ref().and_then(|plan| plan.areas.get(code));
            let row = AreaRow {
                id: known.map_or_else(|| make_id(self.now), |known| Ok(known.id.clone()))?,
                code: code.clone(),
                ordinal,
                name_zh: name_zh.clone(),
                name_en: name_en.clone(),
                short_zh: short_zh.clone(),
                short_en: short_en.clone(),
                closing: i64::from(*closing),
                retired_at: *retired_at,
            };
            let object = format!("area {code}");
            let save = if let Some(known) = known {
                self.compare(&object, &area_texts(known), &area_texts(&row))
            } else {
                self.note_added(object, name_zh);
                true
            };
            if save {
                former::keep_area(self.tx, &row.id, self.now.0).await?;
                // A plan that comes in whole brings records of its own instants; its areas, which have none, hold for all of them.
                let recorded_at = if stored.plan.is_none() { 0 } else { self.now.0 };
                store::save_area(self.tx, &self.plan, &row, recorded_at).await?;
            }
            ids.push((code.clone(), row.id));
        }
        Ok(ids)
    }

    /// The ids of all indicators by code, and of those that are new.
    async fn write_indicators(
        &mut self,
        areas: &[(String, AreaId)],
    ) -> Result<(Vec<(String, IndicatorId)>, Vec<IndicatorId>), ServiceError> {
        let (file, stored) = (self.file, self.stored);
        let (mut ids, mut new_ids) = (Vec::new(), Vec::new());
        for (entry, ordinal) in file.indicators.iter().zip(1..) {
            let known = stored.plan.as_ref().and_then(|plan| plan.indicators.get(&entry.code));
            let row = IndicatorRow {
                id: known.map_or_else(|| make_id(self.now), |known| Ok(known.id.clone()))?,
                area_id: id_of(areas, &entry.area)?,
                code: entry.code.clone(),
                ordinal,
                name_zh: entry.name_zh.clone(),
                name_en: entry.name_en.clone(),
                unit_zh: entry.unit_zh.clone(),
                unit_en: entry.unit_en.clone(),
                measure: entry.measure,
                direction: entry.direction,
                scale: entry.scale,
                source_zh: entry.source_zh.clone(),
                needs_stage_ruling: i64::from(entry.needs_stage_ruling),
                fraction: i64::from(entry.fraction),
                retired_at: entry.retired_at,
            };
            let object = format!("indicator {}", entry.code);
            if let Some(known) = known {
                if self.compare(&object, &indicator_texts(known), &indicator_texts(&row)) {
                    former::keep_indicator(self.tx, &row.id, self.now.0).await?;
                    store::save_indicator(self.tx, &self.plan, &row).await?;
                }
            } else {
                self.note_added(object, &entry.name_zh);
                store::save_indicator(self.tx, &self.plan, &row).await?;
                self.write_indicator_facts(&row.id, entry).await?;
                new_ids.push(row.id.clone());
            }
            self.write_values(&row.id, entry, known.is_some()).await?;
            ids.push((entry.code.clone(), row.id));
        }
        Ok((ids, new_ids))
    }

    /// Adds the published values that are not there yet.
    async fn write_values(&mut self, indicator: &IndicatorId, entry: &IndicatorEntry, is_known: bool) -> Result<(), ServiceError> {
        let (stored, nothing) = (self.stored, StoredValues::default());
        let published = stored.plan.as_ref().map_or(&nothing, |plan| &plan.published);
        for row in published.new_rows(indicator.as_str(), &entry.values) {
            if is_known {
                let said = format!("{} ({})", row.value, row.document);
                self.note_added(format!("indicator {} value of {}", entry.code, row.on_date), &said);
            }
            let id: String = make_id(self.now)?;
            store::insert_value(self.tx, &id, indicator, row, self.now.0).await?;
        }
        Ok(())
    }

    async fn write_indicator_facts(&mut self, indicator: &IndicatorId, entry: &IndicatorEntry) -> Result<(), ServiceError> {
        let (tx, now) = (&mut *self.tx, self.now);
        let id = || make_id::<String>(now);
        for row in &entry.targets {
            store::insert_target(tx, &id()?, indicator, row, now.0).await?;
        }
        for row in &entry.rulings {
            store::insert_file_ruling(tx, &id()?, indicator, row, now.0).await?;
        }
        for row in &entry.milestones {
            store::insert_milestone(tx, &id()?, indicator, row, now.0).await?;
        }
        for row in &entry.baselines {
            store::insert_file_baseline(tx, &id()?, indicator, row, now.0).await?;
        }
        for ((recognition, level), ordinal) in entry.counts.iter().zip(1..) {
            let row = CountedRow { indicator_id: indicator.clone(), recognition: recognition.clone(), level: *level };
            store::insert_counted(tx, &row, ordinal).await?;
        }
        Ok(())
    }

    async fn write_organisations(&mut self) -> Result<Enlisted, ServiceError> {
        let enlisted = self.file.parties.enlist(self.tx, &self.stored.organisations, self.now).await?;
        for name in &enlisted.made {
            self.note_added(format!("organisation {name}"), name);
        }
        Ok(enlisted)
    }

    /// Adds who takes part; in a plan that was there, new parts owe the reports of open periods.
    async fn write_parties(
        &mut self,
        tasks: &BTreeMap<String, TaskId>,
        indicators: Vec<(String, IndicatorId)>,
        enlisted: &Enlisted,
    ) -> Result<[(&'static str, usize); 2], ServiceError> {
        let (file, now, nobody) = (&self.file.parties, self.now, Parties::default());
        let stored = self.stored.plan.as_ref().map_or(&nobody, |plan| &plan.parties);
        let indicators: BTreeMap<String, IndicatorId> = indicators.into_iter().collect();
        let parts = file.write_assignments(self.tx, stored, tasks, enlisted, now).await?;
        let facts = file.write_facts(self.tx, stored, &indicators, enlisted, now).await?;
        let counts = [("assignments", parts.len()), ("pledges_and_stock_takes", facts.len())];
        if self.stored.plan.is_some() {
            if !parts.is_empty() {
                create_missing_obligations(self.tx, &self.plan, now).await?;
            }
            self.changes.extend(parts.into_iter().chain(facts));
        }
        Ok(counts)
    }

    async fn write_tasks(
        &mut self,
        areas: &[(String, AreaId)],
        indicators: &[(String, IndicatorId)],
        enlisted: &Enlisted,
    ) -> Result<BTreeMap<String, TaskId>, ServiceError> {
        let mut ids = BTreeMap::new();
        let (file, plan) = (self.file, self.stored.plan.as_ref());
        let (no_tasks, no_links, no_values) = (BTreeMap::new(), BTreeSet::new(), StoredValues::default());
        let (tasks, links) = plan.map_or((&no_tasks, &no_links), |plan| (&plan.tasks, &plan.links));
        let values = plan.map_or(&no_values, |plan| &plan.published);
        for (entry, ordinal) in file.tasks.iter().zip(1..) {
            let known = tasks.get(&entry.code);
            let row = TaskRow {
                id: known.map_or_else(|| make_id(self.now), |known| Ok(known.id.clone()))?,
                area_id: id_of(areas, &entry.area)?,
                code: entry.code.clone(),
                ordinal,
                title_zh: entry.title_zh.clone(),
                title_en: entry.title_en.clone(),
                deliverable_zh: entry.deliverable_zh.clone(),
                deliverable_en: entry.deliverable_en.clone(),
                effect_zh: entry.effect_zh.clone(),
                effect_en: entry.effect_en.clone(),
                source_zh: entry.source_zh.clone(),
                retired_at: entry.retired_at,
            };
            let object = format!("task {}", entry.code);
            if let Some(known) = known {
                if self.compare(&object, &task_texts(known), &task_texts(&row)) {
                    former::keep_task(self.tx, &row.id, self.now.0).await?;
                    store::save_task(self.tx, &self.plan, &row).await?;
                }
            } else {
                self.note_added(object, &entry.title_zh);
                store::save_task(self.tx, &self.plan, &row).await?;
                self.write_time_limits(&row.id, entry, enlisted).await?;
            }
            // A plan that comes in whole brings records of its own instants; its links, which have none, hold for all of them.
            let linked_at = if self.stored.plan.is_none() { 0 } else { self.now.0 };
            for code in &entry.indicators {
                let indicator = id_of(indicators, code)?;
                if links.contains(&(row.id.clone(), indicator.clone())) {
                    continue;
                }
                if known.is_some() {
                    self.note_added(format!("task {} indicator", entry.code), code);
                }
                store::insert_task_indicator(self.tx, &row.id, &indicator, linked_at).await?;
            }
            for (place, body) in values.new_bodies(&row.id, &entry.bodies) {
                if known.is_some() {
                    self.note_added(format!("task {} body", entry.code), &body.name_zh);
                }
                published::insert_task_body(self.tx, &body, place).await?;
            }
            ids.insert(entry.code.clone(), row.id);
        }
        Ok(ids)
    }

    async fn write_time_limits(&mut self, task: &TaskId, entry: &TaskEntry, enlisted: &Enlisted) -> Result<(), ServiceError> {
        for row in &entry.time_limits {
            let id: String = make_id(self.now)?;
            store::insert_time_limit(self.tx, &id, task, row, self.now.0).await?;
        }
        write_items(self.tx, task, &entry.items, enlisted, self.now).await
    }
}

fn area_texts(row: &AreaRow) -> Vec<(&'static str, std::borrow::Cow<'_, str>)> {
    let mut texts = texts!(row; name_zh, name_en, short_zh, short_en).to_vec();
    texts.push(("place", row.ordinal.to_string().into()));
    texts.push(("closing", (row.closing == 1).to_string().into()));
    texts
}

fn indicator_texts(row: &IndicatorRow) -> Vec<(&'static str, std::borrow::Cow<'_, str>)> {
    let mut texts = texts!(row; name_zh, name_en, unit_zh, unit_en, source_zh).to_vec();
    texts.push(("place", row.ordinal.to_string().into()));
    texts
}

fn task_texts(row: &TaskRow) -> Vec<(&'static str, std::borrow::Cow<'_, str>)> {
    let mut texts = texts!(row; title_zh, title_en, deliverable_zh, deliverable_en, effect_zh, effect_en, source_zh).to_vec();
    texts.push(("place", row.ordinal.to_string().into()));
    texts
}

fn id_of<Id: Clone>(ids: &[(String, Id)], code: &str) -> Result<Id, ServiceError> {
    let found = ids.iter().find(|(known, _)| known == code);
    found.map(|(_, id)| id.clone()).ok_or_else(|| ServiceError::Unexpected(format!("the plan file refers to {code}, which it checked")))
}
