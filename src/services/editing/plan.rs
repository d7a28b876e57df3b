//! The plan itself: names, issuer, cadence. Invariant: the cadence stays once a period was opened by it; days and time zone stay
//! always, because targets, baselines and time limits rest on them.

use serde::Serialize;

use super::{Act, Definition, Grounds, check_present, problem, read_name, read_optional_name, read_word};
use crate::{
    domain::{definition::DefinitionProblem, words::Cadence},
    error::UserError,
    services::{ServiceError, access::Actor, moment::Moment, trail::Action, visit::PlanHead},
    store::{Db, definitions, plan_files::PlanRow, with_tx},
};

/// A plan as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlanInput {
    /// The state that the form showed.
    pub seen: String,
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
        }
    }
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
            let mut after = PlanRow {
                name_zh: read_name("name_zh", &input.name_zh, &mut errors),
                name_en: read_optional_name("name_en", &input.name_en, &mut errors),
                short_zh: read_name("short_zh", &input.short_zh, &mut errors),
                short_en: read_optional_name("short_en", &input.short_en, &mut errors),
                issuer_zh: read_name("issuer_zh", &input.issuer_zh, &mut errors),
                issuer_en: read_optional_name("issuer_en", &input.issuer_en, &mut errors),
                ..before.clone()
            };
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
            definitions::update_plan(tx, &after).await?;
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
