//! The plan itself: create it without content, change names, issuer, cadence. Invariant: the cadence stays once a period was
//! opened by it; days and time zone stay always, because targets, baselines and time limits rest on them.

use jiff::civil::Date;
use serde::Serialize;

use super::{Act, Definition, Grounds, check_present, problem, read_code, read_name, read_optional_name, read_word};
use crate::{
    domain::{
        calendar::{DateError, parse_date},
        definition::DefinitionProblem,
        fields::{FieldError, FieldProblem},
        words::Cadence,
    },
    error::UserError,
    services::{
        ServiceError,
        access::Actor,
        moment::{Moment, make_id},
        trail::Action,
        visit::PlanHead,
    },
    store::{Db, definitions, plan_files::PlanRow, plans::list_plan_summaries, with_tx},
};

/// A plan as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlanInput {
    /// The state that the form showed.
    pub seen: String,
    /// Of a new one: its code.
    pub code: String,
    /// Of a new one: its first day.
    pub starts_on: String,
    /// Of a new one: its last day.
    pub ends_on: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Short Chinese name.
    pub short_zh: String,
    /// Short English name.
    pub short_en: String,
    /// Chinese name of the issuer.
    pub issuer_zh: String,
    /// English name of the issuer.
    pub issuer_en: String,
    /// How often progress is reported; empty where it cannot be changed any more.
    pub cadence: String,
    /// Why.
    pub grounds: Grounds,
}

/// What the audit trail keeps of a plan.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct PlanState<'a> {
    name_zh: &'a str,
    name_en: &'a str,
    short_zh: &'a str,
    short_en: &'a str,
    issuer_zh: &'a str,
    issuer_en: &'a str,
    cadence: Cadence,
    retired: bool,
}

impl<'a> From<&'a PlanRow> for PlanState<'a> {
    fn from(row: &'a PlanRow) -> Self {
        Self {
            name_zh: &row.name_zh,
            name_en: &row.name_en,
            short_zh: &row.short_zh,
            short_en: &row.short_en,
            issuer_zh: &row.issuer_zh,
            issuer_en: &row.issuer_en,
            cadence: row.cadence,
            retired: row.retired_at.is_some(),
        }
    }
}

/// What the audit trail keeps of a new plan.
#[derive(Serialize)]
struct Created<'a> {
    code: &'a str,
    #[serde(flatten)]
    plan: PlanState<'a>,
    starts_on: Date,
    ends_on: Date,
}

/// Creates a plan without content, in a time zone.
///
/// # Errors
/// `Invalid` with every field that is not right.
pub async fn create_plan(db: &Db, actor: &Actor, now: Moment, time_zone: &str, input: PlanInput) -> Result<(), ServiceError> {
    let (actor, time_zone) = (actor.clone(), time_zone.to_owned());
    with_tx(db, move |tx| {
        Box::pin(async move {
            let taken = list_plan_summaries(tx).await?;
            let mut errors = Vec::new();
            let code = read_code(&input.code, taken.iter().map(|plan| plan.code.as_str()), &mut errors);
            let starts_on = read_day("starts_on", &input.starts_on, &mut errors);
            let ends_on = read_day("ends_on", &input.ends_on, &mut errors);
            if let (Some(starts_on), Some(ends_on)) = (starts_on, ends_on)
                && ends_on < starts_on
            {
                errors.push(FieldError::new("ends_on", FieldProblem::DateBefore { earliest: starts_on }));
            }
            let cadence = read_word("cadence", &input.cadence, &mut errors);
            let names = read_names(&input, &mut errors);
            let (reason, document) = input.grounds.read(&mut errors);
            let (Some(starts_on), Some(ends_on), Some(cadence), true) = (starts_on, ends_on, cadence, errors.is_empty()) else {
                return Err(UserError::Invalid(errors).into());
            };
            let [name_zh, name_en, short_zh, short_en, issuer_zh, issuer_en] = names;
            let (id, retired_at) = (make_id(now)?, None);
            let row = PlanRow {
                id,
                code,
                name_zh,
                name_en,
                short_zh,
                short_en,
                issuer_zh,
                issuer_en,
                starts_on,
                ends_on,
                cadence,
                time_zone,
                retired_at,
            };
            definitions::insert_plan(tx, &row, now.0).await?;
            let grounds = (reason.as_str(), document.as_str());
            let (author, object_id) = (actor.author(), row.id.as_str());
            let act = Act { author, now, action: Action::CreatePlan, object_kind: "plan", object_id, grounds };
            act.record(tx, None, &Created { code: &row.code, plan: PlanState::from(&row), starts_on, ends_on }).await
        })
    })
    .await
}

fn read_day(field: &str, text: &str, errors: &mut Vec<FieldError>) -> Option<Date> {
    let problem = match parse_date(text) {
        Ok(date) => return Some(date),
        Err(DateError::Empty) => FieldProblem::Required,
        Err(error) => FieldProblem::Date(error),
    };
    errors.push(FieldError::new(field, problem));
    None
}

/// Name, short name and issuer, each in Chinese and in English.
fn read_names(input: &PlanInput, errors: &mut Vec<FieldError>) -> [String; 6] {
    [
        read_name("name_zh", &input.name_zh, errors),
        read_optional_name("name_en", &input.name_en, errors),
        read_name("short_zh", &input.short_zh, errors),
        read_optional_name("short_en", &input.short_en, errors),
        read_name("issuer_zh", &input.issuer_zh, errors),
        read_optional_name("issuer_en", &input.issuer_en, errors),
    ]
}

/// Changes names, issuer and cadence.
///
/// # Errors
/// `Stale`; `Invalid` with every field that is not right.
pub async fn change_plan(db: &Db, actor: &Actor, now: Moment, head: &PlanHead, input: PlanInput) -> Result<(), ServiceError> {
    let (actor, head) = (actor.clone(), head.clone());
    with_tx(db, move |tx| {
        Box::pin(async move {
            let definition = Definition::read(tx, &head).await?;
            let before = &definition.plan;
            check_present(&input.seen, &PlanState::from(before))?;
            let mut errors = Vec::new();
            let [name_zh, name_en, short_zh, short_en, issuer_zh, issuer_en] = read_names(&input, &mut errors);
            let mut after = PlanRow { name_zh, name_en, short_zh, short_en, issuer_zh, issuer_en, ..before.clone() };
            let untouched = definition.has_periods && input.cadence.is_empty();
            if let Some(cadence) = (!untouched).then(|| read_word("cadence", &input.cadence, &mut errors)).flatten() {
                if definition.has_periods && cadence != before.cadence {
                    errors.push(problem("cadence", DefinitionProblem::FixedByPeriods));
                }
                after.cadence = cadence;
            }
            let (reason, document) = input.grounds.read(&mut errors);
            if !errors.is_empty() {
                return Err(UserError::Invalid(errors).into());
            }
            if after == *before {
                return Ok(());
            }
            definitions::update_plan(tx, &after, now.0).await?;
            let act = Act {
                author: actor.author(),
                now,
                action: Action::ChangePlan,
                object_kind: "plan",
                object_id: after.id.as_str(),
                grounds: (&reason, &document),
            };
            act.record(tx, Some(&PlanState::from(before)), &PlanState::from(&after)).await
        })
    })
    .await
}
