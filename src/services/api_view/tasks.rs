//! Tasks for machines. Invariant: status and dates are those of the timetable on the same day; no person is named.

use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::Validity;
use crate::{
    domain::{
        task_status::TaskStatus,
        words::{Part, Provenance},
    },
    services::{
        ServiceError,
        clocks::Clocks,
        loops::read_timetable,
        tasks::JudgedTask,
        visit::{PlanHead, Visit},
    },
    store::{settings::read_data_version, tasks::TaskPart},
};

/// An organisation with a part in a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublishedPart {
    /// `lead`, `responsible` or `supporting`.
    #[schema(value_type = String)]
    pub part: Part,
    /// Chinese name.
    pub name_zh: String,
    /// English name; may be empty.
    pub name_en: String,
}

/// A task on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublishedTask {
    /// Its code, such as `6.4`.
    pub code: String,
    /// Code of its area.
    pub area: String,
    /// Chinese title.
    pub title_zh: String,
    /// English title.
    pub title_en: String,
    /// Deliverable, Chinese.
    pub deliverable_zh: String,
    /// Deliverable, English.
    pub deliverable_en: String,
    /// Effect, Chinese.
    pub effect_zh: String,
    /// Effect, English.
    pub effect_en: String,
    /// First day.
    #[schema(value_type = String, format = Date)]
    pub starts_on: Date,
    /// The due date that was set first.
    #[schema(value_type = String, format = Date)]
    pub due_on: Date,
    /// The due date in force, where the first one was revised.
    #[schema(value_type = Option<String>, format = Date)]
    pub revised_due_on: Option<Date>,
    /// Where the time limit in force comes from: `text`, `commission` or `derived`.
    #[schema(value_type = String)]
    pub date_provenance: Provenance,
    /// `unassigned`, `not-started`, `on-schedule`, `due-soon`, `overdue`, `done` or `done-late`.
    #[schema(value_type = String)]
    pub status: TaskStatus,
    /// When the last responsible organisation finished; none before that.
    #[schema(value_type = Option<String>, format = Date)]
    pub completed_on: Option<Date>,
    /// Days from the completion (or the day) to the due date first set; negative: late by so many.
    pub days_to_original: i64,
    /// The same to the revised one.
    pub days_to_revised: Option<i64>,
    /// The organisations with a part in it now.
    pub organisations: Vec<PublishedPart>,
    /// Codes of the indicators it works towards.
    pub indicators: Vec<String>,
}

/// The tasks of a plan on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublishedTasks {
    /// For what the answer holds.
    pub validity: Validity,
    /// The tasks, in the order of the plan.
    pub tasks: Vec<PublishedTask>,
}

/// The tasks of a plan on a day.
pub async fn publish_tasks(visit: &Visit, plan: &PlanHead, clocks: Clocks) -> Result<PublishedTasks, ServiceError> {
    let mut tx = visit.shared.db.read().await?;
    let version = read_data_version(&mut tx).await?;
    drop(tx);
    let timetable = read_timetable(&visit.shared.db, plan, clocks, visit.today(plan)).await?;
    let tasks = timetable.tasks.iter().map(|(judged, _)| publish(judged)).collect();
    Ok(PublishedTasks { validity: Validity::new(visit, plan, clocks, version), tasks })
}

fn publish(judged: &JudgedTask) -> PublishedTask {
    let (task, judgement) = (&judged.task, &judged.judgement);
    let part = |part: &TaskPart| PublishedPart { part: part.part, name_zh: part.name_zh.clone(), name_en: part.name_en.clone() };
    PublishedTask {
        code: task.code.clone(),
        area: task.area_code.clone(),
        title_zh: task.title_zh.clone(),
        title_en: task.title_en.clone(),
        deliverable_zh: task.deliverable_zh.clone(),
        deliverable_en: task.deliverable_en.clone(),
        effect_zh: task.effect_zh.clone(),
        effect_en: task.effect_en.clone(),
        starts_on: task.starts_on,
        due_on: task.due_on,
        revised_due_on: task.revised_due_on(),
        date_provenance: task.date_provenance,
        status: judgement.status,
        completed_on: judgement.completed_on,
        days_to_original: judgement.days_to_original,
        days_to_revised: judgement.days_to_revised,
        organisations: judged.parts.iter().map(part).collect(),
        indicators: judged.indicators.iter().map(|indicator| indicator.code.clone()).collect(),
    }
}
