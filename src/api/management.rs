//! Units, stock-takes, rulings.

use leptos::prelude::*;

use super::Fields;

/// Records a unit that exists already.
#[server(prefix = "/fn", endpoint = "record_unit")]
pub async fn record_unit(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        services::roster::{self, UnitEntry},
        web::forms::{Done, submit},
    };
    submit(form, "record_unit", |visit, form| async move {
        let actor = visit.require(Permission::ManagePlans)?;
        let plan = visit.plan_in_use(form.get("plan"))?;
        let text = |name: &str| form.get(name).to_owned();
        let entry = UnitEntry {
            recognition: text("recognition"),
            level: text("level"),
            name_zh: text("name"),
            name_en: text("name_en"),
            code: text("code"),
            holder: text("holder"),
            district: text("district"),
            partners: text("partners"),
            stage: text("stage"),
            stage_date: text("stage_date"),
            document: text("document"),
            reason: text("reason"),
            admitted: text("admitted"),
        };
        roster::record_unit(&visit.shared.db, &actor, visit.now, &plan, entry).await?;
        Ok(Done::back(&form))
    })
    .await
}

/// Records a further stage of a unit.
#[server(prefix = "/fn", endpoint = "record_step")]
pub async fn record_step(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        services::roster::{self, StepEntry},
        web::forms::{Done, submit},
    };
    submit(form, "record_step", |visit, form| async move {
        let actor = visit.require(Permission::ManagePlans)?;
        let plan = visit.plan_in_use(form.get("plan"))?;
        let text = |name: &str| form.get(name).to_owned();
        let entry = StepEntry {
            unit: text("unit"),
            recognition: text("recognition"),
            level: text("level"),
            stage: text("stage"),
            stage_date: text("stage_date"),
            merged_into: text("merged_into"),
            document: text("document"),
            reason: text("reason"),
        };
        roster::record_step(&visit.shared.db, &actor, visit.now, &plan, entry).await?;
        Ok(Done::back(&form))
    })
    .await
}

/// Records that the units existing on the plan's eve are all there.
#[server(prefix = "/fn", endpoint = "take_stock")]
pub async fn take_stock(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        services::rulings::{self, StockTakeInput},
        web::forms::{Done, submit},
    };
    submit(form, "take_stock", |visit, form| async move {
        let actor = visit.require(Permission::ManagePlans)?;
        let plan = visit.plan_in_use(form.get("plan"))?;
        let text = |name: &str| form.get(name).to_owned();
        let input = StockTakeInput {
            indicator: text("indicator"),
            former: text("former"),
            taken_on: text("taken_on"),
            document: text("document"),
            reason: text("reason"),
        };
        rulings::take_stock(&visit.shared.db, &actor, visit.now, &plan, input).await?;
        Ok(Done::back(&form))
    })
    .await
}

/// Records a ruling.
#[server(prefix = "/fn", endpoint = "record_ruling")]
pub async fn record_ruling(#[server(flatten)] form: Fields) -> Result<(), ServerFnError> {
    use crate::{
        domain::permissions::Permission,
        services::rulings::{self, RulingInput},
        web::forms::{Done, submit},
    };
    submit(form, "record_ruling", |visit, form| async move {
        let actor = visit.require(Permission::ManagePlans)?;
        let plan = visit.plan_in_use(form.get("plan"))?;
        let text = |name: &str| form.get(name).to_owned();
        let input = RulingInput {
            indicator: text("indicator"),
            kind: text("kind"),
            former: text("former"),
            value: text("value"),
            since: text("since"),
            decided_on: text("decided_on"),
            document: text("document"),
            reason: text("reason"),
        };
        rulings::record_ruling(&visit.shared.db, &actor, visit.now, &plan, input).await?;
        Ok(Done::back(&form))
    })
    .await
}
