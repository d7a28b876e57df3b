//! What a file says against what stands in the database. Invariant: a difference that a number rests on, and anything
//! that is missing in the file, is a fault that names its key.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    entries::{IndicatorEntry, PlanFile, TaskEntry},
    parties::Parties,
    reading::{FileProblem, Problems},
    timetable::{ItemEntry, compare_items, read_stored_items},
    values::StoredValues,
};
use crate::{
    domain::{
        definition::is_unit_fixed,
        ids::{IndicatorId, TaskId},
        words::{Measure, RulingKind},
    },
    i18n::Text,
    store::{
        StoreError, Tx, definitions,
        organisations::{Organisation, list_organisations},
        plan_files::{
            self as store, AreaRow, BaselineRow, CountedRow, IndicatorRow, MilestoneRow, PlanRow, RecognitionKindRow, Revised, RulingRow,
            TargetRow, TaskRow, TimeLimitRow,
        },
    },
};

/// What stands in the database: the kinds of recognition, the organisations, and the plan unless it is new.
#[derive(Debug, Default)]
pub(super) struct Stored {
    pub(super) kinds: BTreeMap<String, RecognitionKindRow>,
    pub(super) organisations: Vec<Organisation>,
    pub(super) plan: Option<StoredPlan>,
}

/// A plan as it stands in the database, by codes; retired things too.
#[derive(Debug)]
pub(super) struct StoredPlan {
    pub(super) row: PlanRow,
    pub(super) areas: BTreeMap<String, AreaRow>,
    pub(super) indicators: BTreeMap<String, IndicatorRow>,
    pub(super) tasks: BTreeMap<String, TaskRow>,
    pub(super) links: BTreeSet<(TaskId, IndicatorId)>,
    pub(super) counted: Vec<CountedRow>,
    facts: BTreeMap<String, Facts>,
    measured: BTreeSet<IndicatorId>,
    time_limits: BTreeMap<String, Vec<TimeLimitRow>>,
    items: BTreeMap<String, Vec<ItemEntry>>,
    pub(super) published: StoredValues,
    pub(super) parties: Parties,
}

/// Every revision that was recorded about an indicator, in an order that follows from what they say.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) targets: Vec<TargetRow>,
    pub(super) rulings: Vec<RulingRow>,
    pub(super) milestones: Vec<MilestoneRow>,
    pub(super) baselines: Vec<BaselineRow>,
}

static NO_FACTS: Facts = Facts { targets: Vec::new(), rulings: Vec::new(), milestones: Vec::new(), baselines: Vec::new() };

/// Rows by the id of what they belong to, sorted by what they say: ids and insertion order differ from system to system.
pub(super) fn group<Row: Revised, Key: Ord>(rows: Vec<Row>, key: impl Fn(&Row) -> Key) -> BTreeMap<String, Vec<Row>> {
    let mut groups: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for mut row in rows {
        groups.entry(std::mem::take(row.owner_mut())).or_default().push(row);
    }
    for rows in groups.values_mut() {
        // Written out, a row also tells apart what was recorded in the same instant.
        rows.sort_by_cached_key(|row| (key(row), row.origin().recorded_at, row.origin().effective_on, format!("{row:?}")));
    }
    groups
}

impl Stored {
    pub(super) async fn read(tx: &mut Tx, plan_code: &str, kinds: Vec<RecognitionKindRow>) -> Result<Self, StoreError> {
        let kinds = kinds.into_iter().map(|kind| (kind.code.clone(), kind)).collect();
        let organisations = list_organisations(tx).await?;
        let Some(row) = store::find_plan(tx, plan_code).await? else { return Ok(Self { kinds, organisations, plan: None }) };
        let (areas, indicators) = (store::list_areas(tx, &row.id).await?, store::list_indicators(tx, &row.id).await?);
        let tasks = store::list_tasks(tx, &row.id).await?;
        let mut facts: BTreeMap<String, Facts> = BTreeMap::new();
        for (owner, rows) in group(store::list_target_revisions(tx, &row.id).await?, |_| ()) {
            facts.entry(owner).or_default().targets = rows;
        }
        for (owner, rows) in group(store::list_all_rulings(tx, &row.id).await?, |row| row.kind.as_str()) {
            facts.entry(owner).or_default().rulings = rows;
        }
        for (owner, rows) in group(store::list_milestone_revisions(tx, &row.id).await?, |row| row.on_date) {
            facts.entry(owner).or_default().milestones = rows;
        }
        for (owner, rows) in group(store::list_baseline_revisions(tx, &row.id).await?, |row| row.on_date) {
            facts.entry(owner).or_default().baselines = rows;
        }
        let items = read_stored_items(tx, &row.id, &organisations).await?;
        let named: Vec<&str> = items.values().flatten().filter_map(|item| item.organisation.as_deref()).collect();
        let parties = Parties::read(tx, &row.id, &organisations, &named).await?;
        let plan = StoredPlan {
            areas: areas.into_iter().map(|area| (area.code.clone(), area)).collect(),
            indicators: indicators.into_iter().map(|indicator| (indicator.code.clone(), indicator)).collect(),
            tasks: tasks.into_iter().map(|task| (task.code.clone(), task)).collect(),
            links: store::list_task_indicators(tx, &row.id).await?.into_iter().collect(),
            counted: store::list_counted(tx, &row.id).await?,
            facts,
            measured: definitions::list_measured(tx, &row.id).await?.into_iter().collect(),
            time_limits: group(store::list_time_limits(tx, &row.id).await?, |_| ()),
            items,
            published: StoredValues::read(tx, &row.id).await?,
            parties,
            row,
        };
        Ok(Self { kinds, organisations, plan: Some(plan) })
    }
}

impl StoredPlan {
    /// What was recorded about the indicator with an id.
    pub(super) fn facts_of(&self, indicator: &str) -> &Facts {
        self.facts.get(indicator).unwrap_or(&NO_FACTS)
    }

    /// The time limits of the task with an id.
    pub(super) fn time_limits_of(&self, task: &str) -> &[TimeLimitRow] {
        self.time_limits.get(task).map_or(&[], Vec::as_slice)
    }

    /// The projects and milestones of the task with an id.
    pub(super) fn items_of(&self, task: &str) -> &[ItemEntry] {
        self.items.get(task).map_or(&[], Vec::as_slice)
    }
}

/// What a file set first: no officer recorded it.
fn first_by_file<Row: Revised>(rows: &[Row]) -> Option<&Row> {
    rows.iter().filter(|row| row.origin().officer.is_empty()).min_by_key(|row| row.origin().recorded_at)
}

/// Whether a revision of a file stands in the database. It may have been superseded since; what the file does not say of its
/// origin is not compared.
fn stands<Row: Revised>(row: &Row, stored: &[Row]) -> bool {
    stored.iter().any(|known| {
        let mut known = known.clone();
        let (origin, said) = (known.origin_mut(), row.origin());
        if said.recorded_at.is_none() {
            origin.recorded_at = None;
        }
        if said.superseded_at.is_none() {
            origin.superseded_at = None;
        }
        known == *row
    })
}

pub(super) fn all_stand<Row: Revised>(rows: &[Row], stored: &[Row]) -> bool {
    rows.iter().all(|row| stands(row, stored))
}

/// Everything in which the file may not differ.
pub(super) fn find_conflicts(file: &PlanFile, stored: &Stored) -> Vec<FileProblem> {
    let problems = Problems::default();
    for (index, kind) in file.recognitions.iter().enumerate() {
        if let Some(known) = stored.kinds.get(&kind.code).filter(|known| known.unit_kind != kind.unit_kind) {
            let key = format!("recognition[{}].unit", index + 1);
            problems.note(key, &kind.code, |text| text.file_fault_unit_kind(kind.unit_kind.as_str(), known.unit_kind.as_str()));
        }
    }
    let nobody = Parties::default();
    let parties = stored.plan.as_ref().map_or(&nobody, |plan| &plan.parties);
    file.parties.compare(parties, &stored.organisations, &file.tasks, &problems);
    if let Some(plan) = &stored.plan {
        compare_plan(file, &plan.row, &problems);
        compare_retired("plan", &plan.row.code, file.plan.retired_at, plan.row.retired_at, &problems);
        note_missing("area", plan.areas.keys(), file.areas.iter().map(|area| &area.code), &problems);
        note_missing("indicator", plan.indicators.keys(), file.indicators.iter().map(|indicator| &indicator.code), &problems);
        note_missing("task", plan.tasks.keys(), file.tasks.iter().map(|task| &task.code), &problems);
        for (index, area) in file.areas.iter().enumerate() {
            if let Some(known) = plan.areas.get(&area.code) {
                compare_retired(&format!("area[{}]", index + 1), &area.code, area.retired_at, known.retired_at, &problems);
            }
        }
        for (index, indicator) in file.indicators.iter().enumerate() {
            compare_indicator(&format!("indicator[{}]", index + 1), indicator, plan, &problems);
        }
        for (index, task) in file.tasks.iter().enumerate() {
            compare_task(&format!("task[{}]", index + 1), task, plan, &problems);
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
            problems.note(format!("plan.{key}"), &plan.code, |text| text.file_fault_plan_field(&present));
        }
    }
}

fn note_missing<'c>(list: &str, stored: impl Iterator<Item = &'c String>, in_file: impl Iterator<Item = &'c String>, problems: &Problems) {
    let in_file: BTreeSet<&String> = in_file.collect();
    for code in stored.filter(|code| !in_file.contains(code)) {
        problems.note(list, code, |text| text.file_fault_not_in_file().to_owned());
    }
}

/// A file that does not say that something is retired leaves it as it is.
fn compare_retired(place: &str, code: &str, said: Option<i64>, known: Option<i64>, problems: &Problems) {
    if said.is_some() && known != said {
        problems.note(format!("{place}.retired_at"), code, |text| text.file_fault_retired().to_owned());
    }
}

fn compare_indicator(place: &str, entry: &IndicatorEntry, plan: &StoredPlan, problems: &Problems) {
    let Some(known) = plan.indicators.get(&entry.code) else { return };
    let note = |key: &str, say: fn(Text) -> &'static str| {
        problems.note(format!("{place}.{key}"), &entry.code, |text| say(text).to_owned());
    };
    compare_retired(place, &entry.code, entry.retired_at, known.retired_at, problems);
    if plan.areas.get(&entry.area).is_none_or(|area| area.id != known.area_id) {
        note("area", Text::file_fault_indicator_area);
    }
    for (key, differs) in [
        ("measure", entry.measure != known.measure),
        ("direction", entry.direction != known.direction),
        ("scale", entry.scale != known.scale),
        ("fraction", i64::from(entry.fraction) != known.fraction),
    ] {
        if differs {
            note(key, Text::file_fault_measuring);
        }
    }
    let has_facts = plan.measured.contains(&known.id);
    for (key, before, after) in [("unit_zh", &known.unit_zh, &entry.unit_zh), ("unit_en", &known.unit_en, &entry.unit_en)] {
        if is_unit_fixed(before, after, has_facts) {
            problems.note(format!("{place}.{key}"), &entry.code, |text| text.file_fault_unit(before));
        }
    }
    let facts = plan.facts_of(known.id.as_str());
    if entry.by_hand {
        compare_by_hand(entry, known, facts, &note);
    } else {
        for (key, differs, say) in [
            ("target_revision", !all_stand(&entry.targets, &facts.targets), Text::file_fault_target as fn(Text) -> &'static str),
            ("ruling", !all_stand(&entry.rulings, &facts.rulings), Text::file_fault_rulings),
            ("milestone", !all_stand(&entry.milestones, &facts.milestones), Text::file_fault_milestone),
            ("baseline_revision", !all_stand(&entry.baselines, &facts.baselines), Text::file_fault_baseline),
            ("needs_stage_ruling", known.needs_stage_ruling != i64::from(entry.needs_stage_ruling), Text::file_fault_stage),
        ] {
            if differs {
                note(key, say);
            }
        }
    }
    plan.published.compare(place, &entry.code, known.id.as_str(), &entry.values, problems);
    let counted = plan.counted.iter().filter(|row| row.indicator_id == known.id).map(|row| (&row.recognition, row.level));
    if entry.measure == Measure::Roster && !counted.eq(entry.counts.iter().map(|(recognition, level)| (recognition, *level))) {
        note("counts", Text::file_fault_counts);
    }
}

/// A file that was written by hand says what the text set first; what came after it is the product's.
fn compare_by_hand(entry: &IndicatorEntry, known: &IndicatorRow, facts: &Facts, note: &impl Fn(&str, fn(Text) -> &'static str)) {
    if let (Some(target), Some(said)) = (first_by_file(&facts.targets), entry.targets.first()) {
        for (key, differs) in [
            ("target", said.form != target.form),
            ("wording", said.wording_zh != target.wording_zh),
            ("wording_en", said.wording_en != target.wording_en),
            ("target_on", said.target_on != target.target_on),
            ("target_on_provenance", said.date_provenance != target.date_provenance),
        ] {
            if differs {
                note(key, Text::file_fault_target);
            }
        }
    }
    let figure_of = |row: &BaselineRow| (row.on_date, row.dated.clone(), row.value, row.qualifier.clone());
    if first_by_file(&facts.baselines).map(figure_of) != entry.baselines.first().map(figure_of) {
        note("baseline", Text::file_fault_baseline);
    }
    let differs = |kind: RulingKind| {
        let of_kind: Vec<RulingRow> = facts.rulings.iter().filter(|ruling| ruling.kind == kind).cloned().collect();
        let said = entry.rulings.iter().find(|ruling| ruling.kind == kind);
        let known = first_by_file(&of_kind);
        said.is_some_and(|said| known.is_none_or(|known| known.value != said.value || known.origin.provenance != said.origin.provenance))
    };
    let other_need = entry.measure == Measure::Roster && known.needs_stage_ruling != i64::from(entry.needs_stage_ruling);
    if differs(RulingKind::CountingStage) || other_need {
        note("stage", Text::file_fault_stage);
    }
    if differs(RulingKind::Basis) {
        note("basis", Text::file_fault_basis);
    }
}

fn compare_task(place: &str, entry: &TaskEntry, plan: &StoredPlan, problems: &Problems) {
    let Some(known) = plan.tasks.get(&entry.code) else { return };
    let note = |key: &str, say: fn(Text) -> &'static str| {
        problems.note(format!("{place}.{key}"), &entry.code, |text| say(text).to_owned());
    };
    compare_retired(place, &entry.code, entry.retired_at, known.retired_at, problems);
    if plan.areas.get(&entry.area).is_none_or(|area| area.id != known.area_id) {
        note("area", Text::file_fault_task_area);
    }
    let limits = plan.time_limits_of(known.id.as_str());
    if !entry.by_hand {
        if !all_stand(&entry.time_limits, limits) {
            note("time_limit", Text::file_fault_time_limit);
        }
    } else if let (Some(limit), Some(said)) = (first_by_file(limits), entry.time_limits.first()) {
        for (key, differs) in [("starts_on", said.starts_on != limit.starts_on), ("due_on", said.due_on != limit.due_on)] {
            if differs {
                note(key, Text::file_fault_time_limit);
            }
        }
    }
    compare_items(place, &entry.code, &entry.items, plan.items_of(known.id.as_str()), problems);
    for (code, indicator) in &plan.indicators {
        let is_linked = plan.links.contains(&(known.id.clone(), indicator.id.clone()));
        if is_linked && !entry.indicators.contains(code) {
            problems.note(format!("{place}.indicators"), &entry.code, |text| text.file_fault_link(code));
        }
    }
}
