//! Projects, milestones and revised dates of the demonstration. Invariant: staff set them up after their tasks are assigned, and what is
//! reached stands in an accepted report of its period.

use serde::Deserialize;

use super::{
    DemonstrationError,
    cast::Cast,
    data::{Data, PERIODS},
    units::last_day,
};
use crate::{
    domain::{permissions::Permission, report::MilestoneFields, timetable::ItemKind},
    services::{
        ServiceError,
        editing::Grounds,
        moment::Moment,
        projects::{DatesInput, ItemInput, create_item_in, newest_setting, revise_dates_in},
        visit::PlanHead,
    },
    store::{Tx, tasks::find_task_by_code, timetable},
};

/// Why staff set up projects and milestones.
const SET_UP: &str = "按实施方案分解任务，纳入时间进度表。";

/// The file.
const TEXT: &str = include_str!("../../plans/demonstration-timetable.toml");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimetableData {
    project: Vec<ProjectData>,
    milestone: Vec<MilestoneData>,
    revision: Vec<RevisionData>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProjectData {
    task: String,
    code: String,
    name_zh: String,
    name_en: String,
    deliverable_zh: String,
    deliverable_en: String,
    organisation: String,
    starts_on: String,
    due_on: String,
    document: String,
    /// The period whose report states it as completed.
    #[serde(default)]
    reached: String,
    #[serde(default)]
    milestone: Vec<MilestoneData>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MilestoneData {
    /// Of a milestone that belongs to no project.
    #[serde(default)]
    task: String,
    name_zh: String,
    name_en: String,
    planned_on: String,
    /// Who reports it, where no project says so.
    #[serde(default)]
    by: String,
    /// The period whose report states it as reached.
    #[serde(default)]
    reached: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RevisionData {
    task: String,
    /// With which wave of assignments it was decided.
    wave: usize,
    starts_on: String,
    due_on: String,
    effective_on: String,
    document: String,
    reason: String,
}

impl TimetableData {
    /// Reads the file.
    pub fn read() -> Result<Self, DemonstrationError> {
        toml::from_str(TEXT).map_err(|error| DemonstrationError::Data(error.to_string()))
    }

    /// Names of what an organisation's report on a task states as reached in a period.
    fn names_reached(&self, task: &str, key: &str, period: usize) -> Vec<&str> {
        let code = PERIODS[period];
        let of_task = self.milestone.iter().filter(|one| one.task == task && one.by == key);
        let projects = self.project.iter().filter(|project| project.task == task && project.organisation == key);
        let of_projects = projects.clone().flat_map(|project| &project.milestone);
        let milestones = of_task.chain(of_projects).filter(|one| one.reached == code).map(|one| one.name_zh.as_str());
        let done = projects.filter(|project| project.reached == code).map(|project| project.name_zh.as_str());
        milestones.chain(done).collect()
    }

    /// Whether a report states anything as reached, so that it has to be accepted.
    pub fn states(&self, task: &str, key: &str, period: usize) -> bool {
        !self.names_reached(task, key, period).is_empty()
    }

    /// What an organisation's report on a task states as reached.
    pub async fn write_reached(
        &self,
        tx: &mut Tx,
        plan: &PlanHead,
        task: &str,
        key: &str,
        period: usize,
    ) -> Result<Vec<MilestoneFields>, ServiceError> {
        let names = self.names_reached(task, key, period);
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let found = find_task_by_code(tx, &plan.id, task).await?.ok_or_else(|| ServiceError::Unexpected(format!("no task {task}")))?;
        let items = timetable::list_items_of_task(tx, &found.id).await?;
        let mut reached = Vec::with_capacity(names.len());
        for (number, name) in (1..).zip(names) {
            let item = items.iter().find(|item| item.name_zh == name);
            let item = item.ok_or_else(|| ServiceError::Unexpected(format!("{name} is not in the timetable of {task}")))?;
            let day = last_day(period).yesterday().unwrap_or_default();
            let document_number = format!("松产融〔{}〕{}号", day.year(), 20 + number);
            reached.push(MilestoneFields { item: item.id.to_string(), reached_on: day.to_string(), document_number });
        }
        Ok(reached)
    }

    /// Sets up what belongs to the tasks of a wave.
    pub async fn record_wave(
        &self,
        tx: &mut Tx,
        data: &Data,
        cast: &Cast,
        plan: &PlanHead,
        (wave, now): (usize, Moment),
    ) -> Result<(), ServiceError> {
        let staff = cast.actor("staff", Permission::ManagePlans)?;
        let of_wave = |code: &str| data.task.iter().any(|task| task.code == code && task.wave == wave);
        for project in self.project.iter().filter(|project| of_wave(&project.task)) {
            let organisation = cast.organisation(&project.organisation)?.to_string();
            let input = ItemInput {
                task: project.task.clone(),
                kind: ItemKind::Project.to_string(),
                code: project.code.clone(),
                name_zh: project.name_zh.clone(),
                name_en: project.name_en.clone(),
                deliverable_zh: project.deliverable_zh.clone(),
                deliverable_en: project.deliverable_en.clone(),
                organisation: organisation.clone(),
                starts_on: project.starts_on.clone(),
                due_on: project.due_on.clone(),
                grounds: Grounds { reason: SET_UP.to_owned(), document: project.document.clone() },
                ..ItemInput::default()
            };
            let id = create_item_in(tx, &staff, now, plan, &input).await.map_err(|error| told(&project.name_zh, &error))?;
            for milestone in &project.milestone {
                let mut input = milestone_input(milestone, &project.task, &project.document);
                input.project = id.to_string();
                input.organisation = organisation.clone();
                create_item_in(tx, &staff, now, plan, &input).await.map_err(|error| told(&milestone.name_zh, &error))?;
            }
        }
        for milestone in self.milestone.iter().filter(|milestone| of_wave(&milestone.task)) {
            let input = milestone_input(milestone, &milestone.task, "松产融〔2026〕3号");
            create_item_in(tx, &staff, now, plan, &input).await.map_err(|error| told(&milestone.name_zh, &error))?;
        }
        for revision in self.revision.iter().filter(|revision| revision.wave == wave) {
            let task = find_task_by_code(tx, &plan.id, &revision.task).await?;
            let task = task.ok_or_else(|| ServiceError::Unexpected(format!("no task {}", revision.task)))?;
            let settings = timetable::list_task_dates(tx, &task.id).await?;
            let input = DatesInput {
                task: revision.task.clone(),
                item: String::new(),
                former: newest_setting(settings.iter()).map(|row| row.id.clone()).unwrap_or_default(),
                starts_on: revision.starts_on.clone(),
                due_on: revision.due_on.clone(),
                effective_on: revision.effective_on.clone(),
                document: revision.document.clone(),
                reason: revision.reason.clone(),
            };
            revise_dates_in(tx, &staff, now, plan, &input).await.map_err(|error| told(&revision.task, &error))?;
        }
        Ok(())
    }
}

fn milestone_input(milestone: &MilestoneData, task: &str, document: &str) -> ItemInput {
    ItemInput {
        task: task.to_owned(),
        kind: ItemKind::Milestone.to_string(),
        name_zh: milestone.name_zh.clone(),
        name_en: milestone.name_en.clone(),
        due_on: milestone.planned_on.clone(),
        grounds: Grounds { reason: SET_UP.to_owned(), document: document.to_owned() },
        ..ItemInput::default()
    }
}

fn told(what: &str, error: &ServiceError) -> ServiceError {
    ServiceError::Unexpected(format!("{what}: {error:?}"))
}
