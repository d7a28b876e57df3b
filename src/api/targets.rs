//! Revisions of targets, milestones and baselines.

use leptos::prelude::*;

use super::Fields;

/// Revises a target with its milestones.
#[server(prefix = "/fn", endpoint = "revise_target")]
pub async fn revise_target(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::{
            permissions::Permission,
            target_revision::{TypedMilestone, TypedTarget},
        },
        services::targets::{self, RevisionInput},
        web::forms::{Done, submit},
    };
    submit(form, "revise_target", |visit, form| async move {
        let actor = visit.require(Permission::ManagePlans)?;
        let plan = visit.plan_in_use(form.get("plan"))?;
        let text = |name: &str| form.get(name).to_owned();
        let lines = form.ticked("milestone.").into_iter().filter_map(|name| name.strip_suffix(".was"));
        let milestones = lines.map(|key| {
            let part = |part: &str| text(&format!("milestone.{key}.{part}"));
            let drop = form.is_on(&format!("milestone.{key}.drop"));
            (key.to_owned(), TypedMilestone { was: part("was"), on: part("on"), value: part("value"), drop })
        });
        let input = RevisionInput {
            indicator: text("indicator"),
            version: text("version"),
            target: TypedTarget {
                wording_zh: text("wording_zh"),
                wording_en: text("wording_en"),
                kind: text("kind"),
                n: text("n"),
                high: text("high"),
                target_on: text("target_on"),
                effective_on: text("effective_on"),
                milestones: milestones.collect(),
            },
            later: text("later"),
            document: text("document"),
            reason: text("reason"),
        };
        targets::revise_target(&visit.shared.db, &actor, visit.now, &plan, input).await?;
        Ok(Done::back(&form))
    })
    .await
}

/// Revises the typed baseline of a flow, level or rank.
#[server(prefix = "/fn", endpoint = "revise_baseline")]
pub async fn revise_baseline(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        services::targets::{self, BaselineInput},
        web::forms::{Done, submit},
    };
    submit(form, "revise_baseline", |visit, form| async move {
        let actor = visit.require(Permission::ManagePlans)?;
        let plan = visit.plan_in_use(form.get("plan"))?;
        let text = |name: &str| form.get(name).to_owned();
        let input = BaselineInput {
            indicator: text("indicator"),
            version: text("version"),
            value: text("value"),
            on: text("on"),
            effective_on: text("effective_on"),
            later: text("later"),
            document: text("document"),
            reason: text("reason"),
        };
        targets::revise_baseline(&visit.shared.db, &actor, visit.now, &plan, input).await?;
        Ok(Done::back(&form))
    })
    .await
}
