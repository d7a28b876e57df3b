//! The cockpit: one sentence that answers how the plan stands, and every target with its light and the reason.

use std::sync::Arc;

use leptos::prelude::*;

use super::{
    Page,
    components::{
        AsOf, bullet, bullet_legend, hatch_pattern,
        indicator_table::{Frame, against_original, against_switch, areas_with, chosen_light, no_indicators, worded},
        schedule_light,
    },
    load_plan,
    overview::{figures_panel, latest_panel, overview_panel},
    published::overview_without_targets,
};
use crate::{
    domain::{
        light::{Light, Missing, ScheduleReason},
        number::format_raw,
    },
    i18n::Text,
    services::{
        plan_view::{IndicatorView, PlanView, read_plan_view},
        published::{is_unquantified, is_without_targets, read_published},
    },
};

/// Indicators named in the lead sentence.
const NAMED: usize = 3;

/// The page.
#[component]
pub fn CockpitPage() -> impl IntoView {
    load_plan(|visit, plan| async move {
        let text = visit.text();
        let as_of = AsOf::read(&visit, &plan);
        let view = read_plan_view(&visit.shared, &plan, as_of.clocks()).await?;
        if is_without_targets(&view) {
            let published = read_published(&mut visit.shared.db.read().await?, &view).await?;
            let body = overview_without_targets(&visit, &plan, &as_of, &view, &published);
            return Ok(Page { title: text.cockpit_title().to_owned(), body });
        }
        let revised = view.has_revisions();
        let view = if against_original(&visit) { Arc::new(view.against_originals()) } else { view };
        let frame = Frame::new(&visit, &plan, &as_of);
        let chosen = chosen_light(&visit);
        let against = if frame.against { "original" } else { "" };
        let kept = [("light", chosen.map(|light| light.to_string()).unwrap_or_default()), ("against", against.to_owned())];
        let body = view! {
            <div class="page-head">
                <h1>{headline(text, &view)}</h1>
                <div class="actions">{as_of.form(text, plan.path("/cockpit"), &kept)}</div>
                <p class="lead">{lead(&frame, &view)}</p>
            </div>
            {as_of.note(text, view.entries_since)}
            {hatch_pattern()}
            <div class="cols">
                <section class="panel">
                    <div class="panel-head">
                        <h2>{text.cockpit_progress()}</h2>
                        {bullet_legend(text, &view.indicators)}
                    </div>
                    {revised.then(|| against_switch(&visit))}
                    {frame.light_filter("/cockpit", &view, chosen)}
                    {table(&frame, &view, chosen)}
                    <p class="note">{expected_note(text, &view)}</p>
                </section>
                <aside>
                    {overview_panel(&frame, &view)}
                    {figures_panel(&visit, &frame, &view)}
                    {latest_panel(&visit, &frame, &view)}
                </aside>
            </div>
        };
        Ok(Page { title: text.cockpit_title().to_owned(), body: body.into_any() })
    })
}

/// "16 indicators: 9 on schedule or reached, 4 slightly behind, 3 behind".
fn headline(text: Text, view: &PlanView) -> AnyView {
    let lights = view.lights();
    let parts = [
        (lights.green, "ok", text.cockpit_green(lights.green)),
        (lights.yellow, "warn", text.cockpit_yellow(lights.yellow)),
        (lights.red, "bad", text.cockpit_red(lights.red)),
        (lights.grey, "", text.cockpit_grey(lights.grey)),
    ];
    let parts: Vec<AnyView> = parts
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .enumerate()
        .map(|(place, (_, class, words))| {
            let comma = if place == 0 { "" } else { text.comma() };
            view! {
                {comma}
                <em class=class>{words}</em>
            }
            .into_any()
        })
        .collect();
    view! {
        {text.cockpit_indicators(view.indicators.len())}
        {parts}
        {text.full_stop().trim_end()}
    }
    .into_any()
}

/// How badly an indicator needs a leader: red before yellow, then by the share of what is missing.
fn urgency(indicator: &IndicatorView) -> Option<(u8, i64)> {
    let rank = match indicator.judgement.light? {
        Light::Red => 0,
        Light::Yellow => 1,
        Light::Green | Light::Grey => return None,
    };
    let expected = indicator.judgement.expected.map_or(0, |expected| expected.shown);
    let baseline = indicator.baseline.as_ref().map_or(0, |baseline| baseline.value);
    let due = (expected - baseline).abs().max(1);
    let gained = (indicator.actual.unwrap_or(baseline) - baseline) * if expected < baseline { -1 } else { 1 };
    Some((rank, gained.saturating_mul(1_000) / due))
}

/// What needs attention first, and what moved since the last period.
fn lead(frame: &Frame<'_>, view: &PlanView) -> AnyView {
    let text = frame.text;
    let mut urgent: Vec<(_, &IndicatorView)> = view.indicators.iter().filter_map(|row| Some((urgency(row)?, row))).collect();
    urgent.sort_by_key(|(urgency, _)| *urgency);
    let named: Vec<AnyView> = urgent
        .iter()
        .take(NAMED)
        .enumerate()
        .map(|(place, (_, indicator))| {
            let comma = if place == 0 { "" } else { text.list_comma() };
            let brief = text.light_brief(&indicator.judgement.reason, worded(indicator, text.lang));
            view! {
                {comma}
                <a href=frame.indicator(indicator)>{indicator.name(text.lang).to_owned()}</a>
                {text.bracketed(&brief)}
            }
            .into_any()
        })
        .collect();
    let lights = view.lights();
    let attention = if !named.is_empty() {
        view! { {text.cockpit_attention()} {named} {text.full_stop()} }.into_any()
    } else if lights.green > 0 {
        view! { {text.cockpit_all_well()} }.into_any()
    } else {
        ().into_any()
    };
    let because = |test: &dyn Fn(&ScheduleReason) -> bool| view.indicators.iter().filter(|row| test(&row.judgement.reason)).count();
    let to_settle =
        because(&|reason| matches!(reason, ScheduleReason::Missing(Missing::StageRuling | Missing::StockTake | Missing::Baseline)));
    let to_report = because(&|reason| matches!(reason, ScheduleReason::NoData));
    let grey = frame.as_of.link(frame.plan, "/cockpit?light=grey");
    let open = [(to_settle, text.cockpit_to_settle(to_settle)), (to_report, text.cockpit_to_report(to_report))]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(_, words)| view! { <a href=grey.clone()>{words}</a> {text.full_stop()} })
        .collect_view();
    let (gained, lost) = view.indicators.iter().fold((0, 0), |sum, row| (sum.0 + row.gained, sum.1 + row.lost));
    let movement = (gained + lost > 0).then(|| text.cockpit_movement(&view.compared_to.to_string(), gained, lost));
    view! { {attention} {open} {movement} }.into_any()
}

fn expected_note(text: Text, view: &PlanView) -> String {
    view.expected_on.map_or_else(|| text.cockpit_expected_none().to_owned(), |on| text.cockpit_expected_on(&on.to_string()))
}

fn table(frame: &Frame<'_>, view: &PlanView, chosen: Option<Light>) -> AnyView {
    let text = frame.text;
    if view.indicators.is_empty() {
        return no_indicators(frame);
    }
    let groups = areas_with(view, chosen);
    if groups.is_empty() {
        return view! {
            <div class="empty">
                <strong>{text.cockpit_no_match()}</strong>
            </div>
        }
        .into_any();
    }
    let bodies = groups
        .into_iter()
        .map(|(place, indicators)| {
            let area = &view.areas[place];
            let rows = indicators.into_iter().map(|indicator| row(frame, indicator)).collect_view();
            view! {
                <tbody>
                    <tr class="area">
                        <th colspan="5" scope="rowgroup">
                            {area.code.clone()}
                            " · "
                            {area.short(text.lang).to_owned()}
                        </th>
                    </tr>
                    {rows}
                </tbody>
            }
        })
        .collect_view();
    view! {
        <div class="scroll-x" tabindex="0" role="region" aria-label=text.cockpit_progress()>
            <table class="data stack dense">
                <caption class="visually-hidden">{text.cockpit_progress()}</caption>
                <thead>
                    <tr>
                        <th scope="col">{text.col_indicator()}</th>
                        <th scope="col" class="num">
                            {text.col_actual_target()}
                        </th>
                        <th scope="col">{text.col_progress()}</th>
                        <th scope="col">{text.col_schedule()}</th>
                        <th scope="col">{text.col_why()}</th>
                    </tr>
                </thead>
                {bodies}
            </table>
        </div>
    }
    .into_any()
}

fn row(frame: &Frame<'_>, indicator: &IndicatorView) -> AnyView {
    let text = frame.text;
    let actual = indicator.actual.map_or_else(|| "—".to_owned(), |actual| format_raw(actual, indicator.scale));
    let target = indicator.target.as_ref().map(|target| target.wording(text.lang).to_owned()).unwrap_or_default();
    let has_number = !is_unquantified(indicator.target.as_ref().map(|target| target.form));
    view! {
        <tr>
            {frame.row_head(indicator)}
            <td class="num" data-label=text.col_actual_target()>
                <b>
                    <a href=frame.units(indicator, "counted")>{actual}</a>
                </b>
                " "
                <small>"/ " {target}</small>
            </td>
            <td data-label=text.col_progress()>{has_number.then(|| bullet(text, indicator))}</td>
            <td data-label=text.col_schedule()>{schedule_light(text, &indicator.judgement)}</td>
            <td class="why" data-label=text.col_why()>
                {frame.why(indicator)}
            </td>
        </tr>
    }
    .into_any()
}
