//! The side of the cockpit: lights over time, tasks and reports, what was accepted lately.

use leptos::prelude::*;

use super::components::indicator_table::Frame;
use crate::{
    charts::{LightBar, OverviewChart, bar_colour, draw_overview, drawing},
    domain::{
        calendar::{PlanDates, calendar_period, periods_of},
        light::Light,
        permissions::Permission,
        visibility::may_see_report,
    },
    services::{
        moment::Moment,
        plan_view::{LightCount, PlanView},
        visit::Visit,
    },
};

/// How the lights stood at the end of each period.
pub(super) fn overview_panel(frame: &Frame<'_>, view: &PlanView) -> AnyView {
    let text = frame.text;
    let content = match (view.history.first(), view.history.last()) {
        (Some(first), Some(last)) => overview_figure(frame, view, *first, *last),
        _ => view! { <p class="note">{text.overview_none()}</p> }.into_any(),
    };
    view! {
        <section class="panel">
            <h2>{text.overview_title()}</h2>
            {content}
        </section>
    }
    .into_any()
}

fn overview_figure(frame: &Frame<'_>, view: &PlanView, first: LightCount, last: LightCount) -> AnyView {
    let (text, plan) = (frame.text, &view.plan);
    let periods = periods_of(PlanDates { starts_on: plan.starts_on, ends_on: plan.ends_on }, plan.cadence);
    let mut year = None;
    let bars: Vec<LightBar> = periods
        .iter()
        .enumerate()
        .map(|(place, period)| {
            let label = if year == Some(period.ends_on.year()) { String::new() } else { period.ends_on.year().to_string() };
            year = Some(period.ends_on.year());
            let lights = view.history.get(place).map(|count| [count.green, count.yellow, count.red, count.grey]);
            LightBar { label, lights }
        })
        .collect();
    let description = text.overview_description(&first.on.to_string(), &last.on.to_string());
    let chart = OverviewChart { title: text.overview_title(), description: &description, bars: &bars };
    let drawn = draw_overview(chart).ok().map(|drawn| drawing(drawn, None));
    let legend = Light::ALL
        .iter()
        .map(|light| {
            view! {
                <span class="light">
                    <svg viewBox="0 0 14 14" aria-hidden="true">
                        <rect width="14" height="14" fill=bar_colour(*light) />
                    </svg>
                    {text.light_name(*light)}
                </span>
            }
        })
        .collect_view();
    let heads = Light::ALL
        .iter()
        .map(|light| {
            view! {
                <th scope="col" class="num">
                    {text.light_name(*light)}
                </th>
            }
        })
        .collect_view();
    let rows = view
        .history
        .iter()
        .map(|count| {
            let code = calendar_period(count.on, plan.cadence).code;
            let href = frame.as_of.link_on(plan, "/cockpit", count.on);
            view! {
                <tr>
                    <th scope="row">
                        <a href=href>{code}</a>
                    </th>
                    <td class="num">{count.green}</td>
                    <td class="num">{count.yellow}</td>
                    <td class="num">{count.red}</td>
                    <td class="num">{count.grey}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <figure class="chart">
            {drawn} <p class="legend">{legend}</p> <details class="chart-data">
                <summary>{text.chart_data()}</summary>
                <div class="scroll-x wide" tabindex="0" role="region" aria-label=text.overview_title()>
                    <table class="data dense">
                        <caption class="visually-hidden">{text.overview_title()}</caption>
                        <thead>
                            <tr>
                                <th scope="col">{text.overview_period()}</th>
                                {heads}
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </details>
        </figure>
    }
    .into_any()
}

/// Tasks, and the reports and loops of the latest open period.
pub(super) fn figures_panel(visit: &Visit, frame: &Frame<'_>, view: &PlanView) -> AnyView {
    let (text, plan) = (frame.text, frame.plan);
    let period = view.loops.period.as_ref().map_or_else(
        || {
            let sentence = if view.known_at.is_some() { text.known_loops_left_out() } else { text.loops_none() };
            view! { <p class="note">{sentence}</p> }.into_any()
        },
        |period| {
            let late = (period.owed - period.handed_in).max(0);
            let late = (visit.today(plan) > period.report_due && late > 0).then(|| {
                view! {
                    <p>
                        <span class="due late">{text.loops_late(late)}</span>
                    </p>
                }
            });
            let code = if visit.may(Permission::ManagePlans) {
                view! { <a href=plan.path("/periods")>{text.loops_period(&text.period_name(&period.code))}</a> }.into_any()
            } else {
                text.loops_period(&text.period_name(&period.code)).into_any()
            };
            view! {
                <h3>{code}</h3>
                <dl class="kv">
                    <dt>{text.loops_reports()}</dt>
                    <dd>{period.handed_in} " / " {period.owed}</dd>
                    <dt>{text.loops_accepted()}</dt>
                    <dd>{period.accepted}</dd>
                    <dt>{text.loops_closed()}</dt>
                    <dd>{period.closed} " / " {period.loops}</dd>
                </dl>
                {late}
                <p class="note">{text.loops_now()}</p>
            }
            .into_any()
        },
    );
    view! {
        <section class="panel">
            <h2>{text.loops_title()}</h2>
            <p>
                <a href=frame.as_of.link(plan, "/tasks")>{text.loops_tasks(view.loops.tasks)}</a>
            </p>
            {period}
        </section>
    }
    .into_any()
}

/// The steps accepted last.
pub(super) fn latest_panel(visit: &Visit, frame: &Frame<'_>, view: &PlanView) -> AnyView {
    let text = visit.text();
    let viewer = visit.viewer();
    // The order is that of acceptance, so its day stands first.
    let accepted = |at: i64| text.latest_accepted(&Moment(at).date_in(&frame.plan.time_zone).to_string());
    let items = view
        .latest
        .iter()
        .map(|step| {
            let codes = step
                .indicators
                .iter()
                .map(|code| {
                    let href = frame.as_of.link(frame.plan, &format!("/indicators/{code}"));
                    view! { <a href=href>{code.clone()}</a> " " }
                })
                .collect_view();
            let sees = step.owner.as_ref().is_some_and(|owner| may_see_report(&viewer, owner, step.lead.as_ref()));
            let report = step.report.as_ref().filter(|_| sees).map(|report| {
                view! {
                    " · "
                    <a href=frame.plan.path(&format!("/reports/{report}"))>{text.see_report()}</a>
                }
            });
            view! {
                <li>
                    <a href=frame.as_of.link(frame.plan, &format!("/roster/{}", step.unit))>
                        {text.lang.pick(&step.unit_zh, &step.unit_en).to_owned()}
                    </a>
                    <p class="meta">
                        {accepted(step.recorded_at)} " · " {text.latest_to(text.stage(step.stage), &step.on.to_string())} " · "
                        {text.lang.pick(&step.holder_zh, &step.holder_en).to_owned()} " · " {codes} {report}
                    </p>
                </li>
            }
        })
        .collect_view();
    let content = if view.latest.is_empty() {
        view! { <p class="note">{text.latest_none()}</p> }.into_any()
    } else {
        view! { <ol class="queue">{items}</ol> }.into_any()
    };
    view! {
        <section class="panel">
            <h2>{text.latest_title()}</h2>
            {content}
        </section>
    }
    .into_any()
}
