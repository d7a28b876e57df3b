//! A plan, its areas, indicators and tasks are retired and used again. Invariant: what is retired keeps its history and its code, and nothing
//! in use depends on it.

use serde::Serialize;

use super::{Act, AreaState, Definition, Grounds, PlanState, check_present};
use crate::{
    domain::{
        definition::{RetireProblem, check_retire_area, check_retire_plan, check_retire_task, list_left_alone},
        text_enum::text_enum,
    },
    error::UserError,
    services::{ServiceError, access::Actor, moment::Moment, obligations::create_missing_obligations, trail::Action, visit::PlanHead},
    store::{
        Db, Tx, definitions,
        plan_files::{AreaRow, IndicatorRow, PlanRow, TaskRow},
        plans::list_plan_summaries,
        with_tx,
    },
};

text_enum! {
    /// A plan or a part of it that can be retired.
    pub enum PartKind {
        /// The plan itself.
        Plan = "plan",
        /// An area.
        Area = "area",
        /// An indicator.
        Indicator = "indicator",
        /// A task.
        Task = "task",
    }
}

/// What is retired or used again, as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartInput {
    /// What it is.
    pub kind: PartKind,
    /// Its code.
    pub code: String,
    /// The state that the form showed.
    pub seen: String,
    /// Why.
    pub grounds: Grounds,
}

/// Retires a part of a plan, or uses it again.
///
/// # Errors
/// `NotFound`; `Stale`; `WrongState` where it is so already; `NotRetirable` with what stands in the way; `Invalid` without a
/// reason or a document.
pub async fn set_part_retired(
    db: &Db,
    actor: &Actor,
    now: Moment,
    head: &PlanHead,
    input: PartInput,
    retire: bool,
) -> Result<(), ServiceError> {
    let (actor, head) = (actor.clone(), head.clone());
    with_tx(db, move |tx| {
        Box::pin(async move {
            let definition = Definition::read(tx, &head).await?;
            let setting = Setting { actor: &actor, now, head: &head, definition: &definition, input: &input, retire };
            match input.kind {
                PartKind::Plan => setting.set_plan(tx).await,
                PartKind::Area => setting.set_area(tx).await,
                PartKind::Indicator => setting.set_indicator(tx).await,
                PartKind::Task => setting.set_task(tx).await,
            }
        })
    })
    .await
}

struct Setting<'a> {
    actor: &'a Actor,
    now: Moment,
    head: &'a PlanHead,
    definition: &'a Definition,
    input: &'a PartInput,
    retire: bool,
}

impl Setting<'_> {
    /// Checks what every part asks for; gives when it is retired from now on.
    fn begin(&self, state: &impl Serialize, retired_at: Option<i64>) -> Result<(Option<i64>, String, String), ServiceError> {
        check_present(&self.input.seen, state)?;
        if retired_at.is_some() == self.retire {
            return Err(UserError::WrongState.into());
        }
        let mut errors = Vec::new();
        let (reason, document) = self.input.grounds.read(&mut errors);
        if !errors.is_empty() {
            return Err(UserError::Invalid(errors).into());
        }
        Ok((self.retire.then_some(self.now.0), reason, document))
    }

    fn act<'a>(&self, actions: (Action, Action), object_id: &'a str, grounds: (&'a str, &'a str)) -> Act<'a> {
        Act {
            author: self.actor.author(),
            now: self.now,
            action: if self.retire { actions.0 } else { actions.1 },
            object_kind: self.input.kind.as_str(),
            object_id,
            grounds,
        }
    }

    /// What belongs to a retired area cannot be used.
    fn check_area_in_use(&self, area: &crate::domain::ids::AreaId) -> Result<(), ServiceError> {
        match self.definition.areas.iter().find(|row| row.id == *area && row.retired_at.is_some()) {
            Some(area) if !self.retire => Err(refuse(RetireProblem::AreaRetired { area: area.code.clone() })),
            _ => Ok(()),
        }
    }

    async fn set_plan(&self, tx: &mut Tx) -> Result<(), ServiceError> {
        let before = &self.definition.plan;
        let (retired_at, reason, document) = self.begin(&PlanState::from(before), before.retired_at)?;
        if self.retire {
            let plans = list_plan_summaries(tx).await?;
            let others = plans.iter().filter(|plan| plan.id != before.id && plan.retired_at.is_none()).count();
            check_retire_plan(others, definitions::list_open_periods(tx, &before.id).await?).map_err(refuse)?;
        }
        let after = PlanRow { retired_at, ..before.clone() };
        definitions::update_plan(tx, &after, self.now.0).await?;
        let act = self.act((Action::RetirePlan, Action::RevivePlan), after.id.as_str(), (&reason, &document));
        act.record(tx, Some(&PlanState::from(before)), &PlanState::from(&after)).await
    }

    async fn set_area(&self, tx: &mut Tx) -> Result<(), ServiceError> {
        let before = self.definition.area(&self.input.code)?;
        let (retired_at, reason, document) = self.begin(&AreaState::from(before), before.retired_at)?;
        if self.retire {
            let indicators = self.definition.indicators.iter().filter(|row| row.area_id == before.id && !row.is_retired());
            let tasks = self.definition.tasks.iter().filter(|row| row.area_id == before.id && row.retired_at.is_none());
            check_retire_area(indicators.map(|row| row.code.clone()).collect(), tasks.map(|row| row.code.clone()).collect())
                .map_err(refuse)?;
        }
        let after = AreaRow { retired_at, ..before.clone() };
        definitions::update_area(tx, &after, self.now.0).await?;
        let act = self.act((Action::RetireArea, Action::ReviveArea), after.id.as_str(), (&reason, &document));
        act.record(tx, Some(&AreaState::from(before)), &AreaState::from(&after)).await
    }

    async fn set_indicator(&self, tx: &mut Tx) -> Result<(), ServiceError> {
        let before = self.definition.indicator(&self.input.code)?;
        let state = self.definition.indicator_state(before);
        let (retired_at, reason, document) = self.begin(&state, before.retired_at)?;
        self.check_area_in_use(&before.area_id)?;
        if !self.retire && !list_left_alone([before.code.as_str()], self.definition.links_in_use()).is_empty() {
            return Err(refuse(RetireProblem::WithoutTask));
        }
        let after = IndicatorRow { retired_at, ..before.clone() };
        definitions::update_indicator(tx, &after, self.now.0).await?;
        let act = self.act((Action::RetireIndicator, Action::ReviveIndicator), after.id.as_str(), (&reason, &document));
        act.record(tx, Some(&state), &self.definition.indicator_state(&after)).await
    }

    async fn set_task(&self, tx: &mut Tx) -> Result<(), ServiceError> {
        let before = self.definition.task(&self.input.code)?;
        let state = self.definition.task_state(before);
        let (retired_at, reason, document) = self.begin(&state, before.retired_at)?;
        self.check_area_in_use(&before.area_id)?;
        if self.retire {
            let links = self.definition.links_in_use();
            let others = links.into_iter().filter(|(task, _)| *task != before.code);
            let left_alone = list_left_alone(self.definition.indicators_in_use(), others);
            let own = self.definition.indicators_of(&before.id);
            let left_alone = left_alone.into_iter().filter(|code| own.contains(code)).collect();
            check_retire_task(definitions::list_open_loops(tx, &before.id).await?, left_alone).map_err(refuse)?;
        }
        let after = TaskRow { retired_at, ..before.clone() };
        definitions::update_task(tx, &after, self.now.0).await?;
        if !self.retire {
            // A task that is used again owes its reports in the periods that are open.
            create_missing_obligations(tx, &self.head.id, self.now).await?;
        }
        let act = self.act((Action::RetireTask, Action::ReviveTask), after.id.as_str(), (&reason, &document));
        act.record(tx, Some(&state), &self.definition.task_state(&after)).await
    }
}

fn refuse(problem: RetireProblem) -> ServiceError {
    UserError::NotRetirable(problem).into()
}
