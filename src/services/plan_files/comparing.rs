//! What a file says against what stands in the database. Invariant: a difference that a number rests on, and anything
//! that is missing in the file, is a fault that names its key.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    entries::{IndicatorEntry, PlanFile, TaskEntry},
    reading::{FileProblem, Problems},
    values::StoredValues,
};
use crate::{
    domain::{
        ids::{IndicatorId, TaskId},
        words::RulingKind,
    },
    store::{
        StoreError, Tx,
        plan_files::{
            self as store, AreaRow, BaselineRow, CountedRow, FileRulingRow, IndicatorRow, PlanRow, RecognitionKindRow, TargetRow,
            TaskDatesRow, TaskRow,
        },
    },
};

/// The plan of a file as it stands in the database; empty where it is new.
#[derive(Debug, Default)]
pub(super) struct Stored {
    pub(super) plan: Option<PlanRow>,
    pub(super) kinds: BTreeMap<String, RecognitionKindRow>,
    pub(super) areas: BTreeMap<String, AreaRow>,
    pub(super) indicators: BTreeMap<String, IndicatorRow>,
    pub(super) tasks: BTreeMap<String, TaskRow>,
    pub(super) links: BTreeSet<(TaskId, IndicatorId)>,
    counted: Vec<CountedRow>,
    targets: Vec<TargetRow>,
    rulings: Vec<FileRulingRow>,
    baselines: Vec<BaselineRow>,
    dates: Vec<TaskDatesRow>,
    pub(super) published: StoredValues,
}

impl Stored {
    pub(super) async fn read(tx: &mut Tx, plan_code: &str, kinds: Vec<RecognitionKindRow>) -> Result<Self, StoreError> {
        let kinds = kinds.into_iter().map(|kind| (kind.code.clone(), kind)).collect();
        let Some(plan) = store::find_plan(tx, plan_code).await? else {
            return Ok(Self { kinds, ..Self::default() });
        };
        let areas = store::list_areas(tx, &plan.id).await?;
        let indicators = store::list_indicators(tx, &plan.id).await?;
        let tasks = store::list_tasks(tx, &plan.id).await?;
        Ok(Self {
            kinds,
            areas: areas.into_iter().map(|area| (area.code.clone(), area)).collect(),
            indicators: indicators.into_iter().map(|indicator| (indicator.code.clone(), indicator)).collect(),
            tasks: tasks.into_iter().map(|task| (task.code.clone(), task)).collect(),
            links: store::list_task_indicators(tx, &plan.id).await?.into_iter().collect(),
            counted: store::list_counted(tx, &plan.id).await?,
            targets: store::list_file_targets(tx, &plan.id).await?,
            rulings: store::list_file_rulings(tx, &plan.id).await?,
            baselines: store::list_file_baselines(tx, &plan.id).await?,
            dates: store::list_file_task_dates(tx, &plan.id).await?,
            published: StoredValues::read(tx, &plan.id).await?,
            plan: Some(plan),
        })
    }
}

const IN_THE_PRODUCT: &str = "is revised in the product, not by file";

/// Everything in which the file may not differ.
pub(super) fn find_conflicts(file: &PlanFile, stored: &Stored) -> Vec<FileProblem> {
    let problems = Problems::default();
    for (index, kind) in file.recognitions.iter().enumerate() {
        if let Some(known) = stored.kinds.get(&kind.code).filter(|known| known.unit_kind != kind.unit_kind) {
            let reason =
                format!("is {} here and {} in the database; what a recognition is for never changes", kind.unit_kind, known.unit_kind);
            problems.note(format!("recognition[{}].unit", index + 1), &kind.code, reason);
        }
    }
    if let Some(plan) = &stored.plan {
        compare_plan(file, plan, &problems);
        note_missing("area", stored.areas.keys(), file.areas.iter().map(|area| &area.code), &problems);
        note_missing("indicator", stored.indicators.keys(), file.indicators.iter().map(|indicator| &indicator.code), &problems);
        note_missing("task", stored.tasks.keys(), file.tasks.iter().map(|task| &task.code), &problems);
        for (index, indicator) in file.indicators.iter().enumerate() {
            compare_indicator(&format!("indicator[{}]", index + 1), indicator, stored, &problems);
        }
        for (index, task) in file.tasks.iter().enumerate() {
            compare_task(&format!("task[{}]", index + 1), task, stored, &problems);
        }
    }
    problems.into_list()
}

fn compare_plan(file: &PlanFile, plan: &PlanRow, problems: &Problems) {
    for (key, differs, present) in [
        ("starts_on", file.plan.starts_on != plan.starts_on, plan.starts_on.to_string()),
        ("ends_on", file.plan.ends_on != plan.ends_on, plan.ends_on.to_string()),
        ("cadence", file.plan.cadence != plan.cadence, plan.cadence.to_string()),
        ("time_zone", file.plan.time_zone != plan.time_zone, plan.time_zone.clone()),
    ] {
        if differs {
            problems.note(format!("plan.{key}"), &plan.code, format!("is {present} in the database and cannot be changed by file"));
        }
    }
}

fn note_missing<'c>(list: &str, stored: impl Iterator<Item = &'c String>, in_file: impl Iterator<Item = &'c String>, problems: &Problems) {
    let in_file: BTreeSet<&String> = in_file.collect();
    for code in stored.filter(|code| !in_file.contains(code)) {
        problems.note(list, code, "is missing in the file; nothing is deleted by file");
    }
}

fn compare_indicator(place: &str, entry: &IndicatorEntry, stored: &Stored, problems: &Problems) {
    let Some(known) = stored.indicators.get(&entry.code) else { return };
    let note = |key: &str, reason: &str| problems.note(format!("{place}.{key}"), &entry.code, reason);
    if stored.areas.get(&entry.area).is_none_or(|area| area.id != known.area_id) {
        note("area", "is another one in the database; an indicator keeps its area");
    }
    for (key, differs) in [
        ("measure", entry.measure != known.measure),
        ("direction", entry.direction != known.direction),
        ("scale", entry.scale != known.scale),
        ("fraction", i64::from(entry.fraction) != known.fraction),
    ] {
        if differs {
            note(key, "is another one in the database; how an indicator is measured never changes");
        }
    }
    if let Some(target) = stored.targets.iter().find(|target| target.indicator_id == known.id) {
        for (key, differs) in [
            ("target", entry.target != target.form.0),
            ("wording", entry.wording_zh != target.wording_zh),
            ("wording_en", entry.wording_en != target.wording_en),
            ("target_on", entry.target_on != target.target_on),
            ("target_on_provenance", entry.target_on_provenance != target.date_provenance),
        ] {
            if differs {
                note(key, &format!("differs from the database: a target {IN_THE_PRODUCT}"));
            }
        }
    }
    let baseline = stored.baselines.iter().find(|baseline| baseline.indicator_id == known.id);
    if baseline != entry.baseline.as_ref().map(|baseline| baseline.baseline_row(&known.id)).as_ref() {
        note("baseline", &format!("differs from the database: a baseline {IN_THE_PRODUCT}"));
    }
    stored.published.compare(place, &entry.code, &known.id, &entry.values, problems);
    let Some(roster) = &entry.roster else { return };
    let ruling = |kind: RulingKind| stored.rulings.iter().find(|ruling| ruling.indicator_id == known.id && ruling.kind == kind);
    let same_stage = ruling(RulingKind::CountingStage)
        .is_some_and(|ruling| ruling.value == roster.stage.as_str() && ruling.provenance == roster.stage_provenance);
    if !same_stage || known.needs_stage_ruling != i64::from(roster.needs_ruling) {
        note("stage", &format!("differs from the database: the counting stage {IN_THE_PRODUCT}"));
    }
    let same_basis =
        ruling(RulingKind::Basis).is_some_and(|ruling| ruling.value == roster.basis && ruling.provenance == roster.basis_provenance);
    if !same_basis {
        note("basis", &format!("differs from the database: the basis {IN_THE_PRODUCT}"));
    }
    let counted = stored.counted.iter().filter(|row| row.indicator_id == known.id).map(|row| (&row.recognition, row.level));
    if !counted.eq(roster.counts.iter().map(|(recognition, level)| (recognition, *level))) {
        note("counts", "differs from the database; what an indicator counts cannot be changed by file");
    }
}

fn compare_task(place: &str, entry: &TaskEntry, stored: &Stored, problems: &Problems) {
    let Some(known) = stored.tasks.get(&entry.code) else { return };
    let note = |key: &str, reason: String| problems.note(format!("{place}.{key}"), &entry.code, reason);
    if stored.areas.get(&entry.area).is_none_or(|area| area.id != known.area_id) {
        note("area", "is another one in the database; a task keeps its area".to_owned());
    }
    if let Some(dates) = stored.dates.iter().find(|dates| dates.task_id == known.id) {
        for (key, differs) in [("starts_on", entry.starts_on != dates.starts_on), ("due_on", entry.due_on != dates.due_on)] {
            if differs {
                note(key, format!("differs from the database: a time limit {IN_THE_PRODUCT}"));
            }
        }
    }
    for (code, indicator) in &stored.indicators {
        let is_linked = stored.links.contains(&(known.id.clone(), indicator.id.clone()));
        if is_linked && !entry.indicators.contains(code) {
            note("indicators", format!("{code} is missing in the file; no link is deleted by file"));
        }
    }
}
