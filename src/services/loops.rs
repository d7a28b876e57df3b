//! The loops as pages read them. Invariant: what a viewer may not see is left out here, not on the page.

use std::{collections::HashMap, hash::Hash};

use jiff::civil::Date;

use super::{
    ServiceError,
    clocks::Clocks,
    tasks::{JudgedTask, find_judged_task, judge_tasks, judge_tasks_known},
    visit::PlanHead,
};
use crate::{
    domain::{
        ids::{OrganisationId, PeriodId, TaskId},
        report::{LeadLevel, ReportState, ReviewLevel, lead_level, waits_for},
        ring::{NotYet, Ring, RingFacts, RingFeedback, RingObligation, Station, StationStatus, build_ring, may_evaluate},
        visibility::{Viewer, may_see_report},
        words::{OrganisationKind, Part},
    },
    error::UserError,
    i18n::Lang,
    store::{
        Db,
        evaluations::{self, Evaluation, Feedback},
        periods::{self, Obligation, Period},
        tasks::{count_reports_of_task_since, count_reports_since},
    },
};

/// Who is waited for at a station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Party {
    /// This organisation: its report or its answer.
    Owner(OrganisationId),
    /// The lead of the task.
    Lead,
    /// The commission.
    Commission,
}

/// The loop of a task and period, with the facts it is built from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loop {
    /// The period.
    pub period: Period,
    /// What is owed, by organisation.
    pub obligations: Vec<Obligation>,
    /// When it was evaluated, in milliseconds since 1970.
    pub evaluated_at: Option<i64>,
    /// The evaluation, for those who may see it.
    pub evaluation: Option<Evaluation>,
    /// Feedback, as far as the viewer may see it.
    pub feedbacks: Vec<Feedback>,
    /// Organisations with advice that is not answered.
    pub answers_owed: Vec<OrganisationId>,
    /// The ring.
    pub ring: Ring,
    /// The day it is judged on.
    pub today: Date,
}

impl Obligation {
    /// The organisation's name in a language.
    pub fn organisation(&self, lang: Lang) -> &str {
        lang.pick(&self.organisation_zh, &self.organisation_en)
    }

    /// The id its report's page has, begun or not.
    pub fn page_id(&self) -> &str {
        self.report_id.as_ref().map_or(self.id.as_str(), |report| report.as_str())
    }

    /// Whether the lead reviews its report first.
    pub fn lead_level(&self) -> LeadLevel {
        // The commission matters to the rule only where it is the lead itself.
        let commission = self.lead_id.clone().filter(|_| self.lead_kind == Some(OrganisationKind::Commission));
        let commission = commission.unwrap_or_else(|| OrganisationId::from(""));
        lead_level(self.lead_id.as_ref(), &self.organisation_id, &commission)
    }

    /// The deadline that is shown for it: that of the report, or of the review it waits for; none once it is accepted.
    pub fn due(&self, period: &Period) -> Option<Date> {
        match self.state {
            None | Some(ReportState::Draft | ReportState::Returned) => Some(period.report_due),
            Some(state) => waits_for(state, self.lead_level()).map(|level| match level {
                ReviewLevel::Lead => period.lead_review_due,
                ReviewLevel::Commission => period.commission_review_due,
            }),
        }
    }

    /// Since when it is where it is, in milliseconds since 1970.
    pub fn since(&self) -> i64 {
        self.state_since.unwrap_or(self.created_at)
    }
}

/// What the rules of the loop need of each obligation.
pub fn ring_obligations(obligations: &[Obligation]) -> Vec<RingObligation> {
    let fact = |owed: &Obligation| RingObligation {
        organisation: owed.organisation_id.clone(),
        state: owed.state,
        state_since: owed.since(),
        lead_level: owed.lead_level(),
    };
    obligations.iter().map(fact).collect()
}

/// Builds a loop from its facts.
pub fn assemble(period: &Period, obligations: Vec<Obligation>, evaluated_at: Option<i64>, feedbacks: Vec<Feedback>, today: Date) -> Loop {
    let given = |given: &Feedback| RingFeedback {
        organisation: given.organisation_id.clone(),
        kind: given.kind,
        given_at: given.given_at,
        closed_at: given.closed_at,
    };
    let ring = build_ring(&RingFacts {
        obligations: ring_obligations(&obligations),
        due: period.dues(),
        evaluation_at: evaluated_at,
        feedbacks: feedbacks.iter().map(given).collect(),
        opened_at: period.opened_at,
        today,
    });
    let open = feedbacks.iter().filter(|given| given.closed_at.is_none());
    let answers_owed = open.map(|given| given.organisation_id.clone()).collect();
    Loop { period: period.clone(), obligations, evaluated_at, evaluation: None, feedbacks, answers_owed, ring, today }
}

impl Loop {
    /// Who is waited for at a station; nobody where it does not wait.
    pub fn parties(&self, station: Station) -> Vec<Party> {
        let view = self.ring.stations.iter().find(|view| view.station == station);
        if !view.is_some_and(|view| matches!(view.status, StationStatus::Now | StationStatus::Late)) {
            return Vec::new();
        }
        let owners = |owed: Vec<OrganisationId>| owed.into_iter().map(Party::Owner).collect();
        match station {
            Station::Report => {
                let missing = self.obligations.iter().filter(|owed| !owed.state.is_some_and(ReportState::is_handed_in));
                owners(missing.map(|owed| owed.organisation_id.clone()).collect())
            }
            Station::Review => {
                let waits = |level: ReviewLevel| {
                    self.obligations.iter().any(|owed| owed.state.and_then(|state| waits_for(state, owed.lead_level())) == Some(level))
                };
                let lead = waits(ReviewLevel::Lead).then_some(Party::Lead);
                lead.into_iter().chain(waits(ReviewLevel::Commission).then_some(Party::Commission)).collect()
            }
            Station::Evaluation | Station::Feedback => vec![Party::Commission],
            Station::Answer => owners(self.answers_owed.clone()),
        }
    }

    /// The name of an organisation that owes in this loop.
    pub fn name_of(&self, organisation: &OrganisationId, lang: Lang) -> &str {
        let owed = self.obligations.iter().find(|owed| owed.organisation_id == *organisation);
        owed.map_or("", |owed| owed.organisation(lang))
    }

    /// Whether it may be evaluated today; the organisations without an accepted report.
    pub fn may_evaluate(&self) -> Result<Vec<OrganisationId>, NotYet> {
        may_evaluate(&ring_obligations(&self.obligations), &self.period.dues(), self.today)
    }

    /// Leaves out what a viewer may not see. The evaluation is for the organisations it concerns, their lead, staff and
    /// leaders; feedback for its own organisation and the same others.
    fn hide_from(&mut self, viewer: &Viewer, lead: Option<&OrganisationId>) {
        let concerned = self.obligations.iter().any(|owed| may_see_report(viewer, &owed.organisation_id, lead));
        if !concerned {
            self.evaluation = None;
        }
        self.feedbacks.retain(|given| may_see_report(viewer, &given.organisation_id, lead));
    }
}

/// Groups rows by their period and task.
pub(super) fn group_by_loop<Row>(rows: Vec<Row>, key_of: impl Fn(&Row) -> (&PeriodId, &TaskId)) -> HashMap<(PeriodId, TaskId), Vec<Row>> {
    group_by(rows, |row| {
        let (period, task) = key_of(row);
        (period.clone(), task.clone())
    })
}

fn group_by<Row, Key: Eq + Hash>(rows: Vec<Row>, key_of: impl Fn(&Row) -> Key) -> HashMap<Key, Vec<Row>> {
    let mut groups: HashMap<Key, Vec<Row>> = HashMap::new();
    for row in rows {
        groups.entry(key_of(&row)).or_default().push(row);
    }
    groups
}

/// Chinese and English name of the commission; empty where it was not set up.
pub type CommissionNames = (String, String);

/// One task with all its loops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskView {
    /// The task by both clocks.
    pub judged: JudgedTask,
    /// Its loops, the latest period first.
    pub loops: Vec<Loop>,
    /// The opened periods, the latest first.
    pub periods: Vec<Period>,
    /// The commission.
    pub commission: CommissionNames,
    /// Its reports of periods up to the day that were accepted later; see [`Clocks::since`].
    pub reports_since: i64,
}

/// Reads a task by both clocks, with its loops as they are today and a viewer may see them.
///
/// # Errors
/// `NotFound` for an unknown code, and for a task that was not known yet.
pub async fn read_task(
    db: &Db,
    plan: &PlanHead,
    code: &str,
    viewer: &Viewer,
    clocks: impl Into<Clocks>,
    today: Date,
) -> Result<TaskView, ServiceError> {
    let mut tx = db.read().await?;
    let clocks: Clocks = clocks.into();
    let judged = find_judged_task(&mut tx, plan, code, clocks, today).await?.ok_or(UserError::NotFound)?;
    let id = judged.task.id.clone();
    let reports_since = count_reports_of_task_since(&mut tx, &id, clocks.as_of, clocks.since(&plan.time_zone).0).await?;
    let opened = periods::list_periods(&mut tx, &plan.id).await?;
    let mut owed = group_by(periods::list_obligations_of_task(&mut tx, &id).await?, |owed| owed.period_id.clone());
    let mut given = group_by(evaluations::list_feedbacks_of_task(&mut tx, &id).await?, |given| given.period_id.clone());
    let mut evaluated = evaluations::list_evaluations_of_task(&mut tx, &id).await?;
    let commission = periods::find_commission_names(&mut tx).await?.unwrap_or_default();
    drop(tx);
    let lead = judged.parts.iter().find(|part| part.part == Part::Lead).map(|part| part.organisation_id.clone());
    let mut loops = Vec::new();
    for period in &opened {
        let Some(owed) = owed.remove(&period.id) else { continue };
        let given = given.remove(&period.id).unwrap_or_default();
        let evaluation = evaluated.iter().position(|evaluation| evaluation.period_id == period.id);
        let evaluation = evaluation.map(|position| evaluated.swap_remove(position));
        let evaluated_at = evaluation.as_ref().map(|evaluation| evaluation.evaluated_at);
        let mut found = assemble(period, owed, evaluated_at, given, today);
        found.evaluation = evaluation;
        found.hide_from(viewer, lead.as_ref());
        loops.push(found);
    }
    Ok(TaskView { judged, loops, periods: opened, commission, reports_since })
}

/// The tasks of a plan with the loops of one period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timetable {
    /// The tasks in their order, each with its loop of the period, where it has one.
    pub tasks: Vec<(JudgedTask, Option<Loop>)>,
    /// The last opened period that had begun.
    pub period: Option<Period>,
    /// The commission.
    pub commission: CommissionNames,
    /// Reports of periods up to the day that were accepted later; see [`Clocks::since`].
    pub reports_since: i64,
}

/// Reads the tasks of a plan by both clocks, with the loops of the period that ran on the day. Loops are as of today.
pub async fn read_timetable(db: &Db, plan: &PlanHead, clocks: impl Into<Clocks>, today: Date) -> Result<Timetable, ServiceError> {
    let clocks: Clocks = clocks.into();
    let as_of = clocks.as_of;
    let mut tx = db.read().await?;
    let judged = judge_tasks_known(&mut tx, &plan.id, as_of, today, clocks.known(&plan.time_zone)).await?;
    let opened = periods::list_periods(&mut tx, &plan.id).await?;
    let period = if as_of < today { opened.into_iter().find(|period| period.starts_on <= as_of) } else { opened.into_iter().next() };
    let mut loops = HashMap::new();
    if let Some(period) = &period {
        let owed = periods::list_obligations(&mut tx, &period.id).await?;
        let mut given = group_by(evaluations::list_feedbacks_of_period(&mut tx, &period.id).await?, |given| given.task_id.clone());
        let evaluated = evaluations::list_evaluation_instants(&mut tx, &plan.id).await?;
        let evaluated = evaluated.into_iter().filter(|(of, _, _)| *of == period.id);
        let evaluated: HashMap<TaskId, i64> = evaluated.map(|(_, task, at)| (task, at)).collect();
        for (task, owed) in group_by(owed, |owed| owed.task_id.clone()) {
            let given = given.remove(&task).unwrap_or_default();
            let mut found = assemble(period, owed, evaluated.get(&task).copied(), given, today);
            found.feedbacks.clear();
            loops.insert(task, found);
        }
    }
    let reports_since = count_reports_since(&mut tx, &plan.id, as_of, clocks.since(&plan.time_zone).0).await?;
    let commission = periods::find_commission_names(&mut tx).await?.unwrap_or_default();
    let tasks = judged.into_iter().map(|judged| (loops.remove(&judged.task.id), judged)).map(|(found, judged)| (judged, found)).collect();
    Ok(Timetable { tasks, period, commission, reports_since })
}

/// One opened period with everything that is owed in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodView {
    /// The period.
    pub period: Period,
    /// The tasks in their order, each with what is owed for it.
    pub tasks: Vec<(JudgedTask, Vec<Obligation>)>,
}

/// Reads a period with what is owed in it.
///
/// # Errors
/// `NotFound` for one that was not opened.
pub async fn read_period(db: &Db, plan: &PlanHead, id_or_code: &str, today: Date) -> Result<PeriodView, ServiceError> {
    let mut tx = db.read().await?;
    let period = periods::find_period(&mut tx, &plan.id, id_or_code).await?.ok_or(UserError::NotFound)?;
    let mut owed = group_by(periods::list_obligations(&mut tx, &period.id).await?, |owed| owed.task_id.clone());
    let judged = judge_tasks(&mut tx, &plan.id, today, today).await?;
    let tasks = judged.into_iter().filter_map(|judged| owed.remove(&judged.task.id).map(|owed| (judged, owed))).collect();
    Ok(PeriodView { period, tasks })
}
