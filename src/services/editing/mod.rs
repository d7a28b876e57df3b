//! Staff change a plan's definition: the plan, its areas, indicators and tasks. Invariant: every change carries a reason and a
//! document, was made from the state that is there, and writes its row of the audit trail with what was before and what is after;
//! nothing that has a history is deleted.

mod areas;
mod history;
mod indicators;
mod plan;
mod retiring;
mod tasks;

use serde::Serialize;
use serde_json::Value;

pub use areas::{AreaInput, AreaState, change_area, create_area};
pub use history::{FieldChange, HistoryEntry, OrganisationNames, compare_states, read_history, read_plan_history};
pub use indicators::{IndicatorInput, IndicatorState, TargetInput, change_indicator, create_indicator};
pub use plan::{PlanInput, PlanState, change_plan, create_plan};
pub use retiring::{PartInput, PartKind, set_part_retired};
pub use tasks::{TaskInput, TaskState, change_task, create_task};

use super::{
    ServiceError,
    organisations::read_line,
    roster::MAX_REASON,
    trail::{Action, Change, NOTHING, record_change},
    visit::PlanHead,
};
use crate::{
    domain::{
        definition::{DefinitionProblem, is_code},
        fields::{FieldError, FieldProblem, read_required, read_text},
        ids::{AreaId, IndicatorId, TaskId},
        report_form::MAX_SHORT_TEXT,
        words::Level,
    },
    error::UserError,
    services::{access::Author, moment::Moment},
    store::{
        Db, Tx, definitions,
        plan_files::{self as store, AreaRow, CountedRow, IndicatorRow, PlanRow, RecognitionKindRow, TaskRow},
    },
};

/// Most characters of a name or title.
const LONGEST_NAME: usize = 200;
/// Most characters of a deliverable or an effect.
const LONGEST_TEXT: usize = 2000;

/// Why something is changed, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grounds {
    /// Why.
    pub reason: String,
    /// The document that orders it.
    pub document: String,
}

impl Grounds {
    /// Reason and document; both are needed.
    pub(super) fn read(&self, errors: &mut Vec<FieldError>) -> (String, String) {
        let document = read_required("document", &self.document, MAX_SHORT_TEXT, errors);
        let reason = read_required("reason", &self.reason, MAX_REASON, errors);
        (reason, document)
    }

    /// Reason and document, where nothing else of a form can be wrong.
    ///
    /// # Errors
    /// `Invalid` without one of them.
    pub(super) fn demand(&self) -> Result<(String, String), UserError> {
        let mut errors = Vec::new();
        let read = self.read(&mut errors);
        if errors.is_empty() { Ok(read) } else { Err(UserError::Invalid(errors)) }
    }

    /// Reason and document; either may be empty.
    pub(super) fn read_optional(&self, errors: &mut Vec<FieldError>) -> (String, String) {
        let document = read_text("document", &self.document, MAX_SHORT_TEXT, errors);
        let reason = read_text("reason", &self.reason, MAX_REASON, errors);
        (reason, document)
    }
}

/// A plan with everything that can be edited about it; retired parts too.
#[derive(Debug, Clone)]
pub struct Definition {
    /// The plan.
    pub plan: PlanRow,
    /// Whether a period was opened.
    pub has_periods: bool,
    /// Its areas, in order.
    pub areas: Vec<AreaRow>,
    /// Its indicators, in order.
    pub indicators: Vec<IndicatorRow>,
    /// Its tasks, in order.
    pub tasks: Vec<TaskRow>,
    /// Which task works towards which indicator.
    pub links: Vec<(TaskId, IndicatorId)>,
    /// What its indicators count.
    pub counted: Vec<CountedRow>,
    /// Every kind of recognition.
    pub kinds: Vec<RecognitionKindRow>,
}

/// Reads what can be edited about a plan.
pub async fn read_definition(db: &Db, plan: &PlanHead) -> Result<Definition, ServiceError> {
    let mut tx = db.read().await?;
    Definition::read(&mut tx, plan).await
}

impl Definition {
    pub(super) async fn read(tx: &mut Tx, head: &PlanHead) -> Result<Self, ServiceError> {
        let plan = store::find_plan(tx, &head.code).await?.ok_or(UserError::NotFound)?;
        Ok(Self {
            has_periods: definitions::count_periods(tx, &plan.id).await? > 0,
            areas: store::list_areas(tx, &plan.id).await?,
            indicators: store::list_indicators(tx, &plan.id).await?,
            tasks: store::list_tasks(tx, &plan.id).await?,
            links: store::list_task_indicators(tx, &plan.id).await?,
            counted: store::list_counted(tx, &plan.id).await?,
            kinds: store::list_recognition_kinds(tx).await?,
            plan,
        })
    }

    /// The area with a code.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn area(&self, code: &str) -> Result<&AreaRow, UserError> {
        self.areas.iter().find(|area| area.code == code).ok_or(UserError::NotFound)
    }

    /// The indicator with a code.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn indicator(&self, code: &str) -> Result<&IndicatorRow, UserError> {
        self.indicators.iter().find(|indicator| indicator.code == code).ok_or(UserError::NotFound)
    }

    /// The task with a code.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn task(&self, code: &str) -> Result<&TaskRow, UserError> {
        self.tasks.iter().find(|task| task.code == code).ok_or(UserError::NotFound)
    }

    /// The code of an area; empty for one that does not exist.
    pub fn area_code(&self, id: &AreaId) -> &str {
        self.areas.iter().find(|area| area.id == *id).map_or("", |area| area.code.as_str())
    }

    /// Codes of the indicators that a task works towards, in the plan's order.
    pub fn indicators_of(&self, task: &TaskId) -> Vec<String> {
        let linked = |indicator: &&IndicatorRow| self.links.iter().any(|(one, other)| one == task && *other == indicator.id);
        self.indicators.iter().filter(linked).map(|indicator| indicator.code.clone()).collect()
    }

    /// Codes of the tasks that work towards an indicator, in the plan's order.
    pub fn tasks_of(&self, indicator: &IndicatorId) -> Vec<String> {
        let linked = |task: &&TaskRow| self.links.iter().any(|(one, other)| *one == task.id && other == indicator);
        self.tasks.iter().filter(linked).map(|task| task.code.clone()).collect()
    }

    /// What an indicator counts.
    pub fn counts_of(&self, indicator: &IndicatorId) -> Vec<(String, Option<Level>)> {
        let counted = self.counted.iter().filter(|row| row.indicator_id == *indicator);
        counted.map(|row| (row.recognition.clone(), row.level)).collect()
    }

    /// Codes of the indicators in use.
    fn indicators_in_use(&self) -> impl Iterator<Item = &str> {
        self.indicators.iter().filter(|indicator| !indicator.is_retired()).map(|indicator| indicator.code.as_str())
    }

    /// Pairs of task and indicator, by code, of the tasks in use.
    fn links_in_use(&self) -> Vec<(&str, &str)> {
        let code_of = |id: &IndicatorId| self.indicators.iter().find(|indicator| indicator.id == *id).map(|row| row.code.as_str());
        let links = self.links.iter().filter_map(|(task, indicator)| {
            let task = self.tasks.iter().find(|row| row.id == *task && row.retired_at.is_none())?;
            Some((task.code.as_str(), code_of(indicator)?))
        });
        links.collect()
    }
}

/// The state that a form shows, as the form carries it.
///
/// # Errors
/// A state that is no JSON, which none is.
pub fn write_seen(state: &impl Serialize) -> Result<String, ServiceError> {
    Ok(serde_json::to_string(state)?)
}

/// Refuses a form that was made from another state than the present one.
pub(super) fn check_present(seen: &str, present: &impl Serialize) -> Result<(), ServiceError> {
    let present = serde_json::to_value(present)?;
    let same = serde_json::from_str::<Value>(seen).is_ok_and(|seen| seen == present);
    if same { Ok(()) } else { Err(UserError::Stale.into()) }
}

/// What an audit row keeps of a change: the state, and the document that ordered it.
#[derive(Serialize)]
struct Documented<'s, State> {
    #[serde(flatten)]
    state: &'s State,
    document: &'s str,
}

/// Who changes what, when and why.
pub(super) struct Act<'a> {
    pub(super) author: Author,
    pub(super) now: Moment,
    pub(super) action: Action,
    pub(super) object_kind: &'static str,
    pub(super) object_id: &'a str,
    /// Reason and document.
    pub(super) grounds: (&'a str, &'a str),
}

impl Act<'_> {
    /// Writes the row of the audit trail.
    pub(super) async fn record<State: Serialize + Sync>(
        &self,
        tx: &mut Tx,
        before: Option<&State>,
        after: &State,
    ) -> Result<(), ServiceError> {
        let (reason, document) = self.grounds;
        let change = Change { action: self.action, object_kind: self.object_kind, object_id: self.object_id, reason };
        let after = Documented { state: after, document };
        match before {
            Some(before) => record_change(tx, &self.author, self.now, change, Some(before), Some(&after)).await,
            None => record_change(tx, &self.author, self.now, change, NOTHING, Some(&after)).await,
        }
    }
}

fn problem(field: &str, problem: DefinitionProblem) -> FieldError {
    FieldError::new(field, FieldProblem::Definition(problem))
}

/// A name: one line that is not empty.
fn read_name(field: &str, text: &str, errors: &mut Vec<FieldError>) -> String {
    let name = read_line(field, text, LONGEST_NAME, errors);
    if name.is_empty() {
        errors.push(FieldError::new(field, FieldProblem::Required));
    }
    name
}

/// A name that may stay empty.
fn read_optional_name(field: &str, text: &str, errors: &mut Vec<FieldError>) -> String {
    read_line(field, text, LONGEST_NAME, errors)
}

/// Several lines that are not empty.
fn read_lines(field: &str, text: &str, errors: &mut Vec<FieldError>) -> String {
    read_required(field, text, LONGEST_TEXT, errors)
}

/// Several lines that may stay empty.
fn read_optional_lines(field: &str, text: &str, errors: &mut Vec<FieldError>) -> String {
    read_text(field, text, LONGEST_TEXT, errors)
}

/// The code of something new.
fn read_code<'c>(text: &str, mut taken: impl Iterator<Item = &'c str>, errors: &mut Vec<FieldError>) -> String {
    let code = text.trim();
    if code.is_empty() {
        errors.push(FieldError::new("code", FieldProblem::Required));
    } else if !is_code(code) {
        errors.push(problem("code", DefinitionProblem::CodeForm));
    } else if taken.any(|other| other == code) {
        errors.push(problem("code", DefinitionProblem::CodeTaken));
    }
    code.to_owned()
}

/// The area that something belongs to: one in use, or the one it is in already.
fn read_area<'d>(definition: &'d Definition, code: &str, present: Option<&AreaId>, errors: &mut Vec<FieldError>) -> Option<&'d AreaRow> {
    let found = definition.areas.iter().find(|area| area.code == code);
    let error = match found {
        None if code.is_empty() => FieldError::new("area", FieldProblem::Required),
        None => FieldError::new("area", FieldProblem::UnknownChoice),
        Some(area) if area.retired_at.is_some() && present != Some(&area.id) => problem("area", DefinitionProblem::AreaRetired),
        Some(area) => return Some(area),
    };
    errors.push(error);
    None
}

/// A word of a closed list.
fn read_word<Word: std::str::FromStr>(field: &str, text: &str, errors: &mut Vec<FieldError>) -> Option<Word> {
    let word = text.parse().ok();
    if word.is_none() {
        let problem = if text.is_empty() { FieldProblem::Required } else { FieldProblem::UnknownChoice };
        errors.push(FieldError::new(field, problem));
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_made_from_the_state_that_is_there() {
        #[derive(Serialize)]
        struct State {
            name: &'static str,
            counts: Vec<&'static str>,
        }
        let state = State { name: "一", counts: vec!["a"] };
        let seen = write_seen(&state).unwrap();
        assert!(check_present(&seen, &state).is_ok());
        for (seen, state) in
            [(seen.as_str(), State { name: "二", counts: vec!["a"] }), (seen.as_str(), State { name: "一", counts: vec![] }), ("", state)]
        {
            assert!(matches!(check_present(seen, &state), Err(ServiceError::Refused(UserError::Stale))));
        }
    }

    #[test]
    fn a_code_is_new_and_fits_into_addresses() {
        for (text, wrong) in [(" T99 ", false), ("T01", true), ("", true), ("一", true)] {
            let mut errors = Vec::new();
            assert_eq!(read_code(text, ["T01", "T02"].into_iter(), &mut errors), text.trim());
            assert_eq!(!errors.is_empty(), wrong, "{text}");
        }
    }
}
