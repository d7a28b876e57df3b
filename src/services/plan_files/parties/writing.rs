//! Writes who takes part by a file. Invariant: it runs only after every comparison has passed, and only adds.

use std::collections::BTreeMap;

use super::{OrganisationEntry, Parties, comparing::new_rows};
use crate::{
    domain::{
        ids::{IndicatorId, OrganisationId, TaskId},
        names::normalise_name,
    },
    services::{
        ServiceError,
        moment::{Moment, make_id},
        plan_files::FileChange,
    },
    store::{
        Tx,
        organisations::{Organisation, insert_organisation, make_sort_key},
        plan_files as store,
    },
};

/// Organisations by their folded names: those that were there, and those that a file brought.
#[derive(Debug, Default)]
pub(in crate::services::plan_files) struct Enlisted {
    ids: BTreeMap<String, OrganisationId>,
    /// What was made: names of organisations.
    pub(in crate::services::plan_files) made: Vec<String>,
}

impl Enlisted {
    /// The organisation with a name that was checked before.
    pub(in crate::services::plan_files) fn find(&self, name: &str) -> Result<&OrganisationId, ServiceError> {
        let found = self.ids.get(&normalise_name(name));
        found.ok_or_else(|| ServiceError::Unexpected(format!("the plan file refers to {name}, which it checked")))
    }
}

fn added(object: String, after: String) -> FileChange {
    FileChange { object, field: "added", before: String::new(), after }
}

impl Parties {
    /// Makes the organisations that are missing, those above before those below.
    pub(in crate::services::plan_files) async fn enlist(
        &self,
        tx: &mut Tx,
        known: &[Organisation],
        now: Moment,
    ) -> Result<Enlisted, ServiceError> {
        let mut enlisted = Enlisted::default();
        enlisted.ids.extend(known.iter().map(|one| (normalise_name(&one.name_zh), one.id.clone())));
        let mut left: Vec<&OrganisationEntry> = self.organisations.iter().collect();
        left.retain(|entry| !enlisted.ids.contains_key(&normalise_name(&entry.name_zh)));
        while !left.is_empty() {
            let is_next = |entry: &OrganisationEntry| entry.parent.is_empty() || enlisted.ids.contains_key(&normalise_name(&entry.parent));
            let (next, later): (Vec<_>, Vec<_>) = left.into_iter().partition(|entry| is_next(entry));
            if next.is_empty() {
                return Err(ServiceError::Unexpected("organisations of a plan file stand in a circle, which it checked".to_owned()));
            }
            for entry in next {
                let parent_id = if entry.parent.is_empty() { None } else { Some(enlisted.find(&entry.parent)?.clone()) };
                let new = Organisation {
                    id: make_id(now)?,
                    parent_id,
                    kind: entry.kind,
                    name_zh: entry.name_zh.clone(),
                    name_en: entry.name_en.clone(),
                    sort_key: make_sort_key(&entry.name_zh),
                    district: entry.district.clone(),
                    created_at: now.0,
                    retired_at: entry.retired_at,
                };
                insert_organisation(tx, &new).await?;
                enlisted.ids.insert(normalise_name(&new.name_zh), new.id);
                enlisted.made.push(new.name_zh);
            }
            left = later;
        }
        Ok(enlisted)
    }

    /// Adds the parts in tasks that are missing; what was added.
    pub(in crate::services::plan_files) async fn write_assignments(
        &self,
        tx: &mut Tx,
        stored: &Self,
        tasks: &BTreeMap<String, TaskId>,
        enlisted: &Enlisted,
        now: Moment,
    ) -> Result<Vec<FileChange>, ServiceError> {
        let mut changes = Vec::new();
        for (_, row) in new_rows(&self.assignments, &stored.assignments) {
            let id: String = make_id(now)?;
            store::insert_file_assignment(tx, &id, find(tasks, &row.task)?, enlisted.find(&row.organisation)?, row, now.0).await?;
            changes.push(added(format!("task {} {}", row.task, row.part), row.organisation.clone()));
        }
        Ok(changes)
    }

    /// Adds the pledges and stock-takes that are missing; what was added.
    pub(in crate::services::plan_files) async fn write_facts(
        &self,
        tx: &mut Tx,
        stored: &Self,
        indicators: &BTreeMap<String, IndicatorId>,
        enlisted: &Enlisted,
        now: Moment,
    ) -> Result<Vec<FileChange>, ServiceError> {
        let mut changes = Vec::new();
        for (_, row) in new_rows(&self.pledges, &stored.pledges) {
            let id: String = make_id(now)?;
            store::insert_file_pledge(tx, &id, find(indicators, &row.indicator)?, enlisted.find(&row.organisation)?, row, now.0).await?;
            let said = format!("{} {}: {}", row.organisation, row.year, row.quantity);
            changes.push(added(format!("indicator {} pledge", row.indicator), said));
        }
        for (_, row) in new_rows(&self.stock_takes, &stored.stock_takes) {
            let id: String = make_id(now)?;
            store::insert_file_stock_take(tx, &id, find(indicators, &row.indicator)?, row, now.0).await?;
            changes.push(added(format!("indicator {} stock-take", row.indicator), format!("{} ({})", row.taken_on, row.document)));
        }
        Ok(changes)
    }
}

fn find<'i, Id>(ids: &'i BTreeMap<String, Id>, code: &str) -> Result<&'i Id, ServiceError> {
    ids.get(code).ok_or_else(|| ServiceError::Unexpected(format!("the plan file refers to {code}, which it checked")))
}
