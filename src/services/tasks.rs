//! Tasks and how they stand. Invariant: a status is computed from dates and accepted reports each time it is asked for.

use std::collections::HashMap;

use jiff::civil::Date;

use super::{ServiceError, clocks::Clocks, visit::PlanHead};
use crate::{
    domain::{
        ids::{OrganisationId, PlanId, TaskId},
        task_status::{Completion, ResponsiblePart, TaskFacts, TaskJudgement, judge_task},
        words::Part,
    },
    i18n::Lang,
    store::{
        Known, Tx,
        tasks::{self, AcceptedProgress, LinkedIndicator, ResponsibleSpan, Task, TaskPart},
    },
};

/// A task with everything its status rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedTask {
    /// The task.
    pub task: Task,
    /// Organisations with a part in it now, by name.
    pub parts: Vec<TaskPart>,
    /// Its status.
    pub judgement: TaskJudgement,
    /// The indicators it works towards.
    pub indicators: Vec<LinkedIndicator>,
}

impl JudgedTask {
    /// The organisation that leads it.
    pub fn lead(&self) -> Option<&TaskPart> {
        self.parts.iter().find(|part| part.part == Part::Lead)
    }

    /// The organisations that report on it.
    pub fn responsible(&self) -> impl Iterator<Item = &TaskPart> {
        self.parts.iter().filter(|part| part.part == Part::Responsible)
    }
}

impl Task {
    /// The title in a language.
    pub fn title(&self, lang: Lang) -> &str {
        lang.pick(&self.title_zh, &self.title_en)
    }

    /// The name of its area in a language.
    pub fn area_name(&self, lang: Lang) -> &str {
        lang.pick(&self.area_name_zh, &self.area_name_en)
    }

    /// The short name of its area in a language.
    pub fn area_short(&self, lang: Lang) -> &str {
        lang.pick(&self.area_short_zh, &self.area_short_en)
    }
}

impl TaskPart {
    /// The organisation's name in a language.
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_zh, &self.name_en)
    }
}

impl LinkedIndicator {
    /// The indicator's name in a language.
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_zh, &self.name_en)
    }
}

/// The tasks of a plan as they stood on `as_of`, in their order. Of a past day only reports of periods that had ended count.
pub async fn judge_tasks(tx: &mut Tx, plan: &PlanId, as_of: Date, today: Date) -> Result<Vec<JudgedTask>, ServiceError> {
    judge_tasks_known(tx, plan, as_of, today, Known::NOW).await
}

/// As [`judge_tasks`], from what was known.
pub async fn judge_tasks_known(
    tx: &mut Tx,
    plan: &PlanId,
    as_of: Date,
    today: Date,
    known: Known,
) -> Result<Vec<JudgedTask>, ServiceError> {
    let listed = tasks::list_tasks_on(tx, plan, as_of, known).await?;
    let mut parts = group_by_task(tasks::list_parts(tx, plan, known).await?, |part| &part.task_id);
    let mut spans = group_by_task(tasks::list_responsible_spans(tx, plan, known).await?, |span| &span.task_id);
    let mut indicators = group_by_task(tasks::list_linked_indicators(tx, plan, known).await?, |link| &link.task_id);
    let mut progress = group_by_task(tasks::list_progress(tx, plan, past(as_of, today), known).await?, |row| &row.task_id);
    Ok(listed
        .into_iter()
        .map(|task| {
            let parts = parts.remove(&task.id).unwrap_or_default();
            let spans = spans.remove(&task.id).unwrap_or_default();
            let progress = progress.remove(&task.id).unwrap_or_default();
            let indicators = indicators.remove(&task.id).unwrap_or_default();
            let judgement = judge(&task, &spans, &progress, as_of);
            JudgedTask { task, parts, judgement, indicators }
        })
        .collect())
}

/// One task of a plan by both clocks; none where the plan had no such code.
pub async fn find_judged_task(
    tx: &mut Tx,
    plan: &PlanHead,
    code: &str,
    clocks: Clocks,
    today: Date,
) -> Result<Option<JudgedTask>, ServiceError> {
    let (known, as_of) = (clocks.known(&plan.time_zone), clocks.as_of);
    let Some(task) = tasks::find_task_by_code_on(tx, &plan.id, code, as_of, known).await? else { return Ok(None) };
    let parts = tasks::list_parts_of_task(tx, &task.id, known).await?;
    let spans = tasks::list_responsible_spans_of_task(tx, &task.id, known).await?;
    let indicators = tasks::list_linked_indicators_of_task(tx, &task.id, known).await?;
    let progress = tasks::list_progress_of_task(tx, &task.id, past(as_of, today), known).await?;
    let judgement = judge(&task, &spans, &progress, as_of);
    Ok(Some(JudgedTask { task, parts, judgement, indicators }))
}

/// Today everything that was accepted counts, even of a period that has not ended.
fn past(as_of: Date, today: Date) -> Option<Date> {
    (as_of < today).then_some(as_of)
}

fn judge(task: &Task, spans: &[ResponsibleSpan], progress: &[AcceptedProgress], as_of: Date) -> TaskJudgement {
    let completion = |organisation: &OrganisationId| {
        let row = progress.iter().find(|row| row.organisation_id == *organisation)?;
        let completion = Completion { on: row.completed_on()?, accepted_at: row.first_accepted_at()? };
        Some(completion).filter(|completion| completion.on <= as_of)
    };
    let responsible = spans.iter().map(|span| ResponsiblePart {
        assigned_at: span.assigned_at,
        ended_at: span.ended_at,
        completion: completion(&span.organisation_id),
    });
    judge_task(&TaskFacts {
        starts_on: task.starts_on,
        due_on: task.due_on,
        revised_due_on: task.revised_due_on(),
        responsible: responsible.collect(),
        has_accepted_report: !progress.is_empty(),
        today: as_of,
    })
}

pub(super) fn group_by_task<Row>(rows: Vec<Row>, task_of: impl Fn(&Row) -> &TaskId) -> HashMap<TaskId, Vec<Row>> {
    let mut groups: HashMap<TaskId, Vec<Row>> = HashMap::new();
    for row in rows {
        groups.entry(task_of(&row).clone()).or_default().push(row);
    }
    groups
}
