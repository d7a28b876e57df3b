//! The same numbers for machines: `/api/v1`. Invariant: it only reads, through the services the pages read through, and every refusal is
//! a problem document (RFC 9457).
//!
//! To add an address: a record in `services::api_view`, its rows in [`tables`], a handler below with its description, and a line in
//! `web::registry`; a test demands that the registry and the OpenAPI document name the same addresses.

pub mod admission;
pub mod asked;
pub mod document;
pub mod problem;
pub mod tables;

use axum::{extract::Path, response::Response};

use self::{
    asked::Asked,
    problem::{Problem, Refusal},
};
use crate::{
    domain::words::{Level, Stage, UnitKind},
    services::{
        api_view::{
            PublishedPlans,
            indicators::{PublishedIndicatorDetail, PublishedIndicators, publish_indicator, publish_indicators},
            publish_plans,
            roster::{PublishedRoster, publish_roster},
            tasks::{PublishedTasks, publish_tasks},
            units::{PublishedUnits, publish_units},
        },
        indicators::{IndicatorQuery, UnitsShown},
        roster_view::{RosterQuery, SpanMeasure},
    },
};

/// Every plan of the system.
#[utoipa::path(
    get,
    path = "/api/v1/plans",
    tag = "plans",
    params(("format" = Option<String>, Query, description = "`json` (default) or `csv`")),
    responses(
        (status = 200, description = "The plans", body = PublishedPlans),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or a dead one", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = []), ("session" = []))
)]
pub async fn list_plans(mut asked: Asked) -> Response {
    let found = async {
        asked.finish()?;
        Ok::<_, Refusal>(publish_plans(&asked.visit).await?)
    };
    let found = found.await;
    asked.answer(found).await
}

/// The indicators of a plan on a day, with values, lights and reasons.
#[utoipa::path(
    get,
    path = "/api/v1/plans/{plan}/indicators",
    tag = "numbers",
    params(
        ("plan" = String, Path, description = "Code of the plan"),
        ("as_of" = Option<String>, Query, description = "The day, `YYYY-MM-DD`; today without it"),
        ("known_at" = Option<String>, Query, description = "Only what was recorded by the end of this day; now without it"),
        ("format" = Option<String>, Query, description = "`json` (default) or `csv`"),
    ),
    responses(
        (status = 200, description = "The indicators", body = PublishedIndicators),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or a dead one", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `read-numbers`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such plan", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = ["read-numbers"]), ("session" = []))
)]
pub async fn list_indicators(Path(plan): Path<String>, mut asked: Asked) -> Response {
    let found = async {
        let plan = asked.visit.plan(&plan)?;
        let clocks = asked.clocks(&plan);
        asked.finish()?;
        Ok::<_, Refusal>(publish_indicators(&asked.visit, &plan, clocks).await?)
    };
    let found = found.await;
    asked.answer(found).await
}

/// One indicator on a day, with its milestones, rulings, tasks and lights.
#[utoipa::path(
    get,
    path = "/api/v1/plans/{plan}/indicators/{code}",
    tag = "numbers",
    params(
        ("plan" = String, Path, description = "Code of the plan"),
        ("code" = String, Path, description = "Code of the indicator, such as `T07`"),
        ("as_of" = Option<String>, Query, description = "The day, `YYYY-MM-DD`; today without it"),
        ("known_at" = Option<String>, Query, description = "Only what was recorded by the end of this day; now without it"),
        ("format" = Option<String>, Query, description = "`json` (default) or `csv`: the row of the list"),
    ),
    responses(
        (status = 200, description = "The indicator", body = PublishedIndicatorDetail),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or a dead one", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `read-numbers`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such plan or indicator", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = ["read-numbers"]), ("session" = []))
)]
pub async fn show_indicator(Path((plan, code)): Path<(String, String)>, mut asked: Asked) -> Response {
    let found = async {
        let plan = asked.visit.plan(&plan)?;
        let clocks = asked.clocks(&plan);
        asked.finish()?;
        Ok::<_, Refusal>(publish_indicator(&asked.visit, &plan, &code, clocks).await?)
    };
    let found = found.await;
    asked.answer(found).await
}

/// The named units behind a number of an indicator, 50 to a page.
#[utoipa::path(
    get,
    path = "/api/v1/plans/{plan}/indicators/{code}/units",
    tag = "roster",
    params(
        ("plan" = String, Path, description = "Code of the plan"),
        ("code" = String, Path, description = "Code of the indicator"),
        ("as_of" = Option<String>, Query, description = "The day, `YYYY-MM-DD`; today without it"),
        ("known_at" = Option<String>, Query, description = "Only what was recorded by the end of this day; now without it"),
        ("shown" = Option<String>, Query, description = "`counted` (default), `pipeline` or `awaiting`"),
        ("page" = Option<i64>, Query, description = "The page, from 1"),
        ("format" = Option<String>, Query, description = "`json` (default) or `csv`"),
    ),
    responses(
        (status = 200, description = "A page of units", body = PublishedUnits),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or a dead one", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `read-roster`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such plan or indicator", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = ["read-roster"]), ("session" = []))
)]
pub async fn list_units(Path((plan, code)): Path<(String, String)>, mut asked: Asked) -> Response {
    let found = async {
        let plan = asked.visit.plan(&plan)?;
        let clocks = asked.clocks(&plan);
        let shown = asked.choice("shown", UnitsShown::ALL, UnitsShown::as_str).unwrap_or(UnitsShown::Counted);
        let page = asked.page();
        asked.finish()?;
        let query = IndicatorQuery { code: &code, clocks, shown, page };
        let found = publish_units(&asked.visit, &plan, query).await?;
        asked.check_page(page, found.pages)?;
        Ok::<_, Refusal>(found)
    };
    let found = found.await;
    asked.answer(found).await
}

/// The tasks of a plan on a day, with time limits and status.
#[utoipa::path(
    get,
    path = "/api/v1/plans/{plan}/tasks",
    tag = "tasks",
    params(
        ("plan" = String, Path, description = "Code of the plan"),
        ("as_of" = Option<String>, Query, description = "The day, `YYYY-MM-DD`; today without it"),
        ("known_at" = Option<String>, Query, description = "Only what was recorded by the end of this day; now without it"),
        ("format" = Option<String>, Query, description = "`json` (default) or `csv`"),
    ),
    responses(
        (status = 200, description = "The tasks", body = PublishedTasks),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or a dead one", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `read-tasks`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such plan", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = ["read-tasks"]), ("session" = []))
)]
pub async fn list_tasks(Path(plan): Path<String>, mut asked: Asked) -> Response {
    let found = async {
        let plan = asked.visit.plan(&plan)?;
        let clocks = asked.clocks(&plan);
        asked.finish()?;
        Ok::<_, Refusal>(publish_tasks(&asked.visit, &plan, clocks).await?)
    };
    let found = found.await;
    asked.answer(found).await
}

/// The roster of a plan: named units by filter, 50 to a page.
#[utoipa::path(
    get,
    path = "/api/v1/plans/{plan}/roster",
    tag = "roster",
    params(
        ("plan" = String, Path, description = "Code of the plan"),
        ("as_of" = Option<String>, Query, description = "The day, `YYYY-MM-DD`; today without it"),
        ("known_at" = Option<String>, Query, description = "Only what was recorded by the end of this day; now without it"),
        ("kind" = Option<String>, Query, description = "A kind of unit, such as `course`"),
        ("recognition" = Option<String>, Query, description = "Code of what units are recognised as, such as `quality-course`"),
        ("level" = Option<String>, Query, description = "`national`, `municipal`, `district` or `institutional`"),
        ("stage" = Option<String>, Query, description = "The stage a recognition stands at"),
        ("district" = Option<String>, Query, description = "Chinese name of a district"),
        ("holder" = Option<String>, Query, description = "Id of an organisation that holds units"),
        ("indicator" = Option<String>, Query, description = "Code of an indicator"),
        ("measure" = Option<String>, Query, description = "Only units that count for the `indicator` (`counted`) or are on their way (`pipeline`); with `indicator` and without `known_at`"),
        ("q" = Option<String>, Query, description = "A part of the name or code"),
        ("page" = Option<i64>, Query, description = "The page, from 1"),
        ("format" = Option<String>, Query, description = "`json` (default) or `csv`: a row for each recognition of a unit"),
    ),
    responses(
        (status = 200, description = "A page of the roster", body = PublishedRoster),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or a dead one", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `read-roster`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such plan", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = ["read-roster"]), ("session" = []))
)]
pub async fn list_roster(Path(plan): Path<String>, mut asked: Asked) -> Response {
    let found = async {
        let plan = asked.visit.plan(&plan)?;
        let clocks = asked.clocks(&plan);
        let indicator = asked.text("indicator");
        let query = RosterQuery {
            kind: asked.choice("kind", UnitKind::ALL, UnitKind::as_str),
            recognition: asked.text("recognition"),
            level: asked.choice("level", Level::ALL, Level::as_str),
            stage: asked.choice("stage", Stage::ALL, Stage::as_str),
            district: asked.text("district"),
            holder: asked.text("holder"),
            // Left unread where it means nothing, and refused with everything that nobody reads.
            measure: if indicator.is_some() { asked.choice("measure", SpanMeasure::ALL, SpanMeasure::as_str) } else { None },
            indicator,
            words: asked.text("q").unwrap_or_default(),
            page: asked.page(),
        };
        asked.finish()?;
        let found = publish_roster(&asked.visit, &plan, clocks, &query).await?;
        asked.check_page(query.page, found.pages)?;
        Ok::<_, Refusal>(found)
    };
    let found = found.await;
    asked.answer(found).await
}
