//! The list of indicators by area: what each counts, from where to where, and its light.

use std::sync::Arc;

use leptos::prelude::*;

use super::{
    Page,
    components::{
        AsOf,
        indicator_table::{Frame, against_original, against_switch, areas_with, chosen_light, no_indicators},
        schedule_light,
    },
    load_plan,
    pledges::coverage_line,
    published::list_without_targets,
};
use crate::{
    domain::number::format_raw,
    services::{
        plan_view::{IndicatorView, read_plan_view},
        pledges::{Deliveries, read_pledges},
        published::{is_without_targets, read_published},
    },
};

/// The page.
#[component]
pub fn IndicatorsPage() -> impl IntoView {
    load_plan(|visit, plan| async move {
        let text = visit.text();
        let as_of = AsOf::read(&visit, &plan);
        let view = read_plan_view(&visit.shared, &plan, as_of.clocks()).await?;
        let mut tx = visit.shared.db.read().await?;
        if is_without_targets(&view) {
            let published = read_published(&mut tx, &view).await?;
            let body = list_without_targets(&visit, &plan, &as_of, &view, &published);
            return Ok(Page { title: text.indicators_title().to_owned(), body });
        }
        let book = read_pledges(&mut tx, &view, Deliveries::LeftOut).await?;
        let revised = view.has_revisions();
        let view = if against_original(&visit) { Arc::new(view.against_originals()) } else { view };
        let frame = Frame::new(&visit, &plan, &as_of);
        let chosen = chosen_light(&visit);
        let against = if frame.against { "original" } else { "" };
        let kept = [("light", chosen.map(|light| light.to_string()).unwrap_or_default()), ("against", against.to_owned())];
        let bodies = areas_with(&view, chosen)
            .into_iter()
            .map(|(place, indicators)| {
                let area = &view.areas[place];
                let rows = indicators
                    .into_iter()
                    .map(|indicator| row(&frame, indicator, coverage_line(text, &book, &view, indicator)))
                    .collect_view();
                view! {
                    <tbody>
                        <tr class="area">
                            <th colspan="7" scope="rowgroup">
                                {area.code.clone()}
                                " · "
                                {area.name(text.lang).to_owned()}
                            </th>
                        </tr>
                        {rows}
                    </tbody>
                }
            })
            .collect_view();
        let empty = view.indicators.is_empty().then(|| no_indicators(&frame));
        let body = view! {
            <div class="page-head">
                <h1>{text.indicators_title()}</h1>
                <div class="actions">{as_of.form(text, plan.path("/indicators"), &kept)}</div>
                <p class="lead">
                    {text.indicators_lead(view.indicators.len())} " "
                    <a class="no-print" href=as_of.link(&plan, "/pledges")>{text.pledges_all()}</a>
                </p>
            </div>
            {as_of.note(text, view.entries_since)}
            {revised.then(|| against_switch(&visit))}
            {frame.light_filter("/indicators", &view, chosen)}
            <section class="panel">
                <div class="scroll-x" tabindex="0" role="region" aria-label=text.indicators_title()>
                    <table class="data stack dense">
                        <caption class="visually-hidden">{text.indicators_title()}</caption>
                        <thead>
                            <tr>
                                <th scope="col">{text.col_indicator()}</th>
                                <th scope="col">{text.col_target()}</th>
                                <th scope="col">{text.col_due()}</th>
                                <th scope="col" class="num">
                                    {text.col_baseline()}
                                </th>
                                <th scope="col" class="num">
                                    {text.col_actual()}
                                </th>
                                <th scope="col" class="num">
                                    {text.col_expected()}
                                </th>
                                <th scope="col">{text.col_schedule()}</th>
                            </tr>
                        </thead>
                        {bodies}
                    </table>
                </div>
                {empty}
            </section>
        };
        Ok(Page { title: text.indicators_title().to_owned(), body: body.into_any() })
    })
}

fn row(frame: &Frame<'_>, indicator: &IndicatorView, coverage: Option<AnyView>) -> AnyView {
    let text = frame.text;
    let show = |value: Option<i64>| value.map_or_else(|| "—".to_owned(), |value| format_raw(value, indicator.scale));
    let target = indicator.target.as_ref().map(|target| {
        view! {
            {target.wording(text.lang).to_owned()}
            " "
            <span class="prov">{text.provenance(target.provenance)}</span>
        }
    });
    let due = indicator.target.as_ref().map(|target| target.target_on.to_string());
    let expected = indicator.judgement.expected.map(|expected| expected.shown);
    view! {
        <tr>
            {frame.row_head(indicator)}
            <td data-label=text.col_target()>{target} {coverage}</td>
            <td class="nowrap" data-label=text.col_due()>
                {due}
            </td>
            <td class="num" data-label=text.col_baseline()>
                {show(indicator.baseline.as_ref().map(|baseline| baseline.value))}
            </td>
            <td class="num" data-label=text.col_actual()>
                <b>
                    <a href=frame.units(indicator, "counted")>{show(indicator.actual)}</a>
                </b>
                " "
                <small>{indicator.unit(text.lang).to_owned()}</small>
            </td>
            <td class="num" data-label=text.col_expected()>
                {show(expected)}
            </td>
            <td data-label=text.col_schedule()>{schedule_light(text, &indicator.judgement)}</td>
        </tr>
    }
    .into_any()
}
