//! The timetable as pages and exports read it. Invariant: one filter decides for all of them which tasks are shown.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;

use super::{
    ServiceError,
    clocks::Clocks,
    tasks::{JudgedTask, group_by_task, judge_tasks_known},
    visit::PlanHead,
};
use crate::{
    domain::{
        calendar::{PeriodSpan, PlanDates, periods_of},
        ids::{OrganisationId, TaskId},
        task_status::TaskJudgement,
        timetable::{ActiveDays, ItemFacts, ItemKind, is_active_in, judge_item},
        visibility::{Viewer, may_see_report},
        words::Cadence,
    },
    i18n::Lang,
    store::{
        Db, Tx, audit,
        timetable::{self as store, Item, Proof},
    },
};

/// A project or milestone with how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedItem {
    /// The project or milestone.
    pub item: Item,
    /// How it stands.
    pub judgement: TaskJudgement,
}

/// A project with its milestones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedProject {
    /// The project.
    pub project: JudgedItem,
    /// Its milestones, by date.
    pub milestones: Vec<JudgedItem>,
}

/// What stands below a task.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaskItems {
    /// Its projects, by code.
    pub projects: Vec<JudgedProject>,
    /// Its own milestones, by date.
    pub milestones: Vec<JudgedItem>,
}

impl TaskItems {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.projects.is_empty() && self.milestones.is_empty()
    }

    /// Every milestone, of the task and of its projects.
    pub fn all_milestones(&self) -> impl Iterator<Item = &JudgedItem> {
        self.milestones.iter().chain(self.projects.iter().flat_map(|project| &project.milestones))
    }
}

impl Item {
    /// The name in a language.
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_zh, &self.name_en)
    }

    /// The deliverable in a language.
    pub fn deliverable(&self, lang: Lang) -> &str {
        lang.pick(&self.deliverable_zh, &self.deliverable_en)
    }

    /// The organisation that states it as reached, in a language.
    pub fn organisation(&self, lang: Lang) -> Option<&str> {
        let zh = self.organisation_zh.as_deref()?;
        Some(lang.pick(zh, self.organisation_en.as_deref().unwrap_or_default()))
    }
}

/// Judges the projects and milestones of one task; `reported` says whether any report on the task was accepted.
pub fn judge_items(items: Vec<Item>, reported: bool, as_of: Date) -> TaskItems {
    let begun: HashSet<_> =
        items.iter().filter(|item| item.reached_on().is_some_and(|day| day <= as_of)).filter_map(|item| item.project_id.clone()).collect();
    let judge = |item: Item| {
        let facts = ItemFacts {
            kind: item.kind,
            starts_on: item.starts_on,
            due_on: item.due_on,
            revised_due_on: item.revised_due_on(),
            reached_on: item.reached_on(),
            has_begun: begun.contains(&item.id) || (reported && item.starts_on <= as_of),
            today: as_of,
        };
        JudgedItem { judgement: judge_item(&facts), item }
    };
    let mut found = TaskItems::default();
    let mut of_projects: Vec<JudgedItem> = Vec::new();
    for judged in items.into_iter().map(judge) {
        match (judged.item.kind, &judged.item.project_id) {
            (ItemKind::Project, _) => found.projects.push(JudgedProject { project: judged, milestones: Vec::new() }),
            (ItemKind::Milestone, Some(_)) => of_projects.push(judged),
            (ItemKind::Milestone, None) => found.milestones.push(judged),
        }
    }
    for milestone in of_projects {
        let project = found.projects.iter_mut().find(|project| Some(&project.project.item.id) == milestone.item.project_id.as_ref());
        if let Some(project) = project {
            project.milestones.push(milestone);
        }
    }
    found
}

/// What stands below each task of a plan by both clocks. Of a past day only reports of periods that had ended count as begun.
pub async fn read_items(tx: &mut Tx, plan: &PlanHead, clocks: Clocks, today: Date) -> Result<HashMap<TaskId, TaskItems>, ServiceError> {
    let (known, as_of) = (clocks.known(&plan.time_zone), clocks.as_of);
    let reported: HashSet<TaskId> = store::list_reported_tasks(tx, &plan.id, past(as_of, today), known).await?.into_iter().collect();
    let items = group_by_task(store::list_items_on(tx, &plan.id, as_of, known).await?, |item| &item.task_id);
    Ok(items
        .into_iter()
        .map(|(task, items)| {
            let judged = judge_items(items, reported.contains(&task), as_of);
            (task, judged)
        })
        .collect())
}

/// As [`read_items`], in a snapshot of its own.
pub async fn read_plan_items(db: &Db, plan: &PlanHead, clocks: Clocks, today: Date) -> Result<HashMap<TaskId, TaskItems>, ServiceError> {
    let mut tx = db.read().await?;
    read_items(&mut tx, plan, clocks, today).await
}

/// Today everything that was accepted counts, even of a period that has not ended.
fn past(as_of: Date, today: Date) -> Option<Date> {
    (as_of < today).then_some(as_of)
}

/// What stands below one task, with the files that prove it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProvedItems {
    /// Projects and milestones.
    pub items: TaskItems,
    /// The files a viewer may see.
    pub proofs: Vec<Proof>,
    /// Items whose report the viewer may see.
    pub open_reports: HashSet<crate::domain::ids::TimetableItemId>,
}

/// Reads what stands below a task by both clocks; reports and files only where the viewer may see the report.
pub async fn read_task_items(
    db: &Db,
    plan: &PlanHead,
    task: &JudgedTask,
    viewer: &Viewer,
    (clocks, today): (Clocks, Date),
) -> Result<ProvedItems, ServiceError> {
    let (known, as_of) = (clocks.known(&plan.time_zone), clocks.as_of);
    let mut tx = db.read().await?;
    let id = &task.task.id;
    let items = store::list_items_of_task_on(&mut tx, id, as_of, known).await?;
    let mut proofs = store::list_proofs_of_task(&mut tx, id, known).await?;
    let reported = store::list_reported_tasks(&mut tx, &plan.id, past(as_of, today), known).await?.contains(id);
    let lead = task.lead().map(|lead| &lead.organisation_id);
    let open_reports: HashSet<_> = items
        .iter()
        .filter(|item| item.reported_by.as_ref().is_some_and(|owner| may_see_report(viewer, owner, lead)))
        .map(|item| item.id.clone())
        .collect();
    proofs.retain(|proof| open_reports.contains(&proof.item_id));
    Ok(ProvedItems { items: judge_items(items, reported, as_of), proofs, open_reports })
}

/// Which tasks are shown. Nothing means all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TimetableFilter {
    /// Code of an area.
    pub area: Option<String>,
    /// Id of the lead organisation, or `none` for tasks without one.
    pub lead: Option<String>,
    /// A word of the status.
    pub status: Option<String>,
    /// A quarter in which a task is active or due: `2026Q3`.
    pub quarter: Option<String>,
}

/// The parameters of the address that filter.
pub const FILTERS: [&str; 4] = ["area", "lead", "status", "quarter"];

/// The value of `lead` for tasks without a lead.
pub const NO_LEAD: &str = "none";

impl TimetableFilter {
    /// Reads the filter from the parameters of an address.
    pub fn read(query: impl Fn(&str) -> Option<String>) -> Self {
        Self { area: query("area"), lead: query("lead"), status: query("status"), quarter: query("quarter") }
    }

    /// Whether anything is left out.
    pub fn is_set(&self) -> bool {
        *self != Self::default()
    }

    /// Whether a task is shown. A quarter that the plan does not have shows nothing.
    pub fn shows(&self, plan: &PlanHead, judged: &JudgedTask, as_of: Date) -> bool {
        let lead = judged.lead().map_or(NO_LEAD, |lead| lead.organisation_id.as_str());
        let is = |wanted: &Option<String>, found: &str| wanted.as_deref().is_none_or(|wanted| wanted == found);
        let in_quarter = |code: &String| {
            let quarter = quarters(plan).into_iter().find(|quarter| quarter.code == *code);
            quarter.is_some_and(|quarter| is_active(judged, &quarter, as_of))
        };
        is(&self.area, &judged.task.area_code)
            && is(&self.lead, lead)
            && is(&self.status, judged.judgement.status.as_str())
            && self.quarter.as_ref().is_none_or(in_quarter)
    }
}

/// The quarters of a plan, whatever its cadence.
pub fn quarters(plan: &PlanHead) -> Vec<PeriodSpan> {
    periods_of(PlanDates { starts_on: plan.starts_on, ends_on: plan.ends_on }, Cadence::Quarter)
}

/// Whether a task is active or due in a quarter.
pub fn is_active(judged: &JudgedTask, quarter: &PeriodSpan, as_of: Date) -> bool {
    let days = ActiveDays {
        starts_on: judged.task.starts_on,
        due_on: judged.task.current_due_on(),
        completed_on: judged.judgement.completed_on,
        today: as_of,
    };
    is_active_in(days, quarter)
}

/// What an export of the timetable holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedTimetable {
    /// The tasks that the filter shows, in their order, each with what stands below it.
    pub tasks: Vec<(JudgedTask, TaskItems)>,
    /// The percentages that organisations stated, as far as the viewer may see them.
    pub percents: HashMap<TaskId, Vec<(OrganisationId, i64)>>,
    /// Number and hash of the newest row of the audit chain.
    pub head: (i64, String),
}

/// Reads the tasks of a plan for an export, all of one instant.
pub async fn read_export(
    db: &Db,
    plan: &PlanHead,
    viewer: &Viewer,
    (clocks, today): (Clocks, Date),
    filter: &TimetableFilter,
) -> Result<ExportedTimetable, ServiceError> {
    let (known, as_of) = (clocks.known(&plan.time_zone), clocks.as_of);
    let mut tx = db.read().await?;
    let mut items = read_items(&mut tx, plan, clocks, today).await?;
    let judged = judge_tasks_known(&mut tx, &plan.id, as_of, today, known).await?;
    let stated = store::list_stated_percents(&mut tx, &plan.id, past(as_of, today), known).await?;
    let mut percents: HashMap<TaskId, Vec<(OrganisationId, i64)>> = HashMap::new();
    for stated in stated {
        let lead = judged.iter().find(|judged| judged.task.id == stated.task_id).and_then(JudgedTask::lead);
        if may_see_report(viewer, &stated.organisation_id, lead.map(|lead| &lead.organisation_id)) {
            percents.entry(stated.task_id).or_default().push((stated.organisation_id, stated.percent));
        }
    }
    let tasks = judged
        .into_iter()
        .filter(|judged| filter.shows(plan, judged, as_of))
        .map(|judged| {
            let below = items.remove(&judged.task.id).unwrap_or_default();
            (judged, below)
        })
        .collect();
    Ok(ExportedTimetable { tasks, percents, head: audit::read_head(&mut tx).await? })
}
