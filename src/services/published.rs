//! Published figures of a plan's indicators, as pages show them. Invariant: each figure names its document, and one that is not
//! dated is never shown with a day of its own.

use std::collections::BTreeMap;

use super::{ServiceError, plan_view::PlanView};
use crate::{
    domain::{
        ids::{IndicatorId, TaskId},
        published::{Dated, Movement, PublishedFigure, movement},
        target::TargetForm,
        words::Direction,
    },
    store::{
        Db, Tx,
        published::{self as store, PublishedRow, TaskBodyRow},
    },
};

/// A figure with its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourcedFigure {
    /// The figure.
    pub figure: PublishedFigure,
    /// Of a rate: what is counted, and out of what.
    pub parts: Option<(i64, i64)>,
    /// Whom the document says it of; empty where that is plain.
    pub who: String,
    /// The document.
    pub document: String,
}

/// What is published of one indicator.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Published {
    /// The value it starts from.
    pub baseline: Option<SourcedFigure>,
    /// The values, the earliest first; never empty in the lists that services give.
    pub values: Vec<SourcedFigure>,
}

impl Published {
    /// The latest value.
    pub fn latest(&self) -> Option<&SourcedFigure> {
        self.values.last()
    }

    /// From where the latest value has moved, and how: from the baseline, or else from the first of several values.
    pub fn moved(&self, direction: Direction) -> Option<(&SourcedFigure, Movement)> {
        let latest = self.latest()?;
        let from = self.baseline.as_ref().or_else(|| self.values.first().filter(|_| self.values.len() > 1))?;
        Some((from, movement(direction, from.figure.value, latest.figure.value)))
    }
}

/// Published figures by indicator.
pub type PublishedByIndicator = BTreeMap<IndicatorId, Published>;

/// What is published of a plan's indicators up to a day; nothing is read where every indicator counts units.
pub async fn read_published(tx: &mut Tx, view: &PlanView) -> Result<PublishedByIndicator, ServiceError> {
    if view.indicators.iter().all(|indicator| indicator.rule.is_some()) {
        return Ok(PublishedByIndicator::new());
    }
    let mut published = PublishedByIndicator::new();
    for row in store::list_published_values(tx, &view.plan.id, view.as_of).await? {
        published.entry(row.indicator_id.clone()).or_default().values.push(read_row(row));
    }
    for row in store::list_published_baselines(tx, &view.plan.id).await? {
        if let Some(of_it) = published.get_mut(&row.indicator_id) {
            of_it.baseline = Some(read_row(row));
        }
    }
    Ok(published)
}

/// Words that this version does not know are read as the plainest ones.
fn read_row(row: PublishedRow) -> SourcedFigure {
    SourcedFigure {
        figure: PublishedFigure {
            on: row.on_date,
            dated: row.dated.parse().unwrap_or(Dated::Day),
            value: row.value,
            qualifier: row.qualifier.and_then(|word| word.parse().ok()),
        },
        parts: row.numerator.zip(row.denominator),
        who: row.source,
        document: row.document,
    }
}

/// Whether no indicator of a plan has a number to reach: nothing has a light then.
pub fn is_without_targets(view: &PlanView) -> bool {
    !view.indicators.is_empty()
        && view.indicators.iter().all(|indicator| is_unquantified(indicator.target.as_ref().map(|target| target.form)))
}

/// Whether a target has no number.
pub fn is_unquantified(form: Option<TargetForm>) -> bool {
    form.is_none_or(|form| form == TargetForm::Unquantified)
}

/// The bodies that the plan's document names for a task.
pub async fn read_task_bodies(db: &Db, task: &TaskId) -> Result<Vec<TaskBodyRow>, ServiceError> {
    Ok(store::list_bodies_of_task(&mut db.read().await?, task).await?)
}
