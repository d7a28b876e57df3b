//! Published figures: of one indicator, and of a plan that sets no numeric target. Invariant: every figure stands beside its document.

use leptos::prelude::*;

use super::{
    components::{AsOf, indicator_table::Frame},
    overview::figures_panel,
};
use crate::{
    i18n::Text,
    services::{
        plan_view::{IndicatorView, PlanView},
        published::{Published, PublishedByIndicator, SourcedFigure, is_unquantified},
        visit::{PlanHead, Visit},
    },
    store::published::TaskBodyRow,
};

fn units(indicator: &IndicatorView) -> (&str, &str) {
    (&indicator.unit_zh, &indicator.unit_en)
}

/// A figure in words: number, qualifier, unit.
pub(super) fn figure_words(text: Text, indicator: &IndicatorView, sourced: &SourcedFigure) -> String {
    text.figure_value(indicator.measure, sourced.figure.value, indicator.scale, sourced.figure.qualifier, units(indicator))
}

/// How the latest figure has moved: "improved by 47 places since 2017".
pub(super) fn moved_words(text: Text, indicator: &IndicatorView, published: &Published) -> Option<String> {
    let (from, movement) = published.moved(indicator.direction)?;
    Some(text.figure_moved(&from.figure, movement, indicator.scale, units(indicator)))
}

/// From where to where, and how that has moved.
fn moved_sentence(text: Text, indicator: &IndicatorView, published: &Published) -> Option<String> {
    let (from, _) = published.moved(indicator.direction)?;
    let ends = text.figure_from_to(&figure_words(text, indicator, from), &figure_words(text, indicator, published.latest()?));
    Some(format!("{ends}{}{}", text.comma(), moved_words(text, indicator, published)?))
}

/// What an indicator without a target says at its head.
pub(super) fn lead(text: Text, indicator: &IndicatorView, published: &Published) -> AnyView {
    let latest = published.latest().map(|latest| {
        let date = text.figure_date(&latest.figure);
        view! {
            <b>{figure_words(text, indicator, latest)}</b>
            {text.bracketed(&date)}
            {text.full_stop()}
        }
    });
    let moved = moved_sentence(text, indicator, published).map(|sentence| view! { {sentence} {text.full_stop()} });
    view! {
        {latest}
        {moved}
        <span class="soft">{text.light_unquantified()} {text.full_stop().trim_end()}</span>
    }
    .into_any()
}

fn source(sourced: &SourcedFigure) -> AnyView {
    let who = (!sourced.who.is_empty()).then(|| view! { <p class="note">{sourced.who.clone()}</p> });
    view! { {sourced.document.clone()} {who} }.into_any()
}

/// The published figures of one indicator; nothing where there are none.
pub(super) fn published_panel(text: Text, indicator: &IndicatorView, published: Option<&Published>) -> Option<AnyView> {
    let published = published?;
    let row = |sourced: &SourcedFigure, is_baseline: bool| {
        let parts = sourced.parts.map(|(numerator, denominator)| {
            view! {
                " "
                <small>{text.published_parts(numerator, denominator)}</small>
            }
        });
        let mark = is_baseline.then(|| {
            view! {
                " "
                <span class="prov">{text.published_baseline()}</span>
            }
        });
        view! {
            <tr>
                <th scope="row">{text.figure_date(&sourced.figure)} {mark}</th>
                <td class="num" data-label=text.published_value()>
                    <b>{figure_words(text, indicator, sourced)}</b>
                    {parts}
                </td>
                <td data-label=text.published_source()>{source(sourced)}</td>
            </tr>
        }
    };
    let baseline = published.baseline.as_ref().map(|baseline| row(baseline, true));
    let rows = published.values.iter().map(|value| row(value, false)).collect_view();
    // Without a number to reach the head of the page says it already.
    let is_said = is_unquantified(indicator.target.as_ref().map(|target| target.form));
    let moved = moved_sentence(text, indicator, published)
        .filter(|_| !is_said)
        .map(|sentence| view! { <p>{sentence} {text.full_stop().trim_end()}</p> });
    Some(
        view! {
            <section class="panel">
                <h2 id="published">{text.published_heading()}</h2>
                {moved}
                <table class="data stack">
                    <caption class="visually-hidden">{text.published_heading()}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{text.published_when()}</th>
                            <th scope="col" class="num">
                                {text.published_value()}
                            </th>
                            <th scope="col">{text.published_source()}</th>
                        </tr>
                    </thead>
                    <tbody>{baseline} {rows}</tbody>
                </table>
                <p class="note">{text.published_lead()}</p>
            </section>
        }
        .into_any(),
    )
}

/// The cockpit of a plan that sets no numeric target.
pub(super) fn overview_without_targets(
    visit: &Visit,
    plan: &PlanHead,
    as_of: &AsOf,
    view: &PlanView,
    published: &PublishedByIndicator,
) -> AnyView {
    let text = visit.text();
    let frame = Frame::new(visit, plan, as_of);
    view! {
        <div class="page-head">
            <h1>{text.published_no_targets(view.indicators.len())}</h1>
            <div class="actions">{as_of.form(text, plan.path("/cockpit"), &[])}</div>
            <p class="lead">{text.published_no_targets_lead()}</p>
        </div>
        {as_of.note(text, view.entries_since)}
        <div class="cols">
            <section class="panel">
                <h2>{text.published_heading()}</h2>
                {figures_table(&frame, view, published)}
            </section>
            <aside>{figures_panel(visit, &frame, view)}</aside>
        </div>
    }
    .into_any()
}

/// The indicator list of a plan that sets no numeric target.
pub(super) fn list_without_targets(
    visit: &Visit,
    plan: &PlanHead,
    as_of: &AsOf,
    view: &PlanView,
    published: &PublishedByIndicator,
) -> AnyView {
    let text = visit.text();
    let frame = Frame::new(visit, plan, as_of);
    view! {
        <div class="page-head">
            <h1>{text.indicators_title()}</h1>
            <div class="actions">{as_of.form(text, plan.path("/indicators"), &[])}</div>
            <p class="lead">{text.published_indicators_lead(view.indicators.len())}</p>
        </div>
        {as_of.note(text, view.entries_since)}
        <section class="panel">{figures_table(&frame, view, published)}</section>
    }
    .into_any()
}

/// Every indicator by area with its latest published figure.
fn figures_table(frame: &Frame<'_>, view: &PlanView, published: &PublishedByIndicator) -> AnyView {
    let text = frame.text;
    let bodies = view
        .areas
        .iter()
        .filter(|area| !area.indicators.is_empty())
        .map(|area| {
            let indicators = area.indicators.iter().filter_map(|place| view.indicators.get(*place));
            let rows = indicators.map(|indicator| figure_row(frame, indicator, published.get(&indicator.id))).collect_view();
            view! {
                <tbody>
                    <tr class="area">
                        <th colspan="4" scope="rowgroup">
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
    view! {
        <table class="data stack">
            <caption class="visually-hidden">{text.published_heading()}</caption>
            <thead>
                <tr>
                    <th scope="col">{text.col_indicator()}</th>
                    <th scope="col" class="num">
                        {text.published_col_value()}
                    </th>
                    <th scope="col">{text.published_col_moved()}</th>
                    <th scope="col">{text.published_source()}</th>
                </tr>
            </thead>
            {bodies}
        </table>
    }
    .into_any()
}

fn figure_row(frame: &Frame<'_>, indicator: &IndicatorView, published: Option<&Published>) -> AnyView {
    let text = frame.text;
    let latest = published.and_then(Published::latest);
    let value = latest.map_or_else(
        || view! { "—" }.into_any(),
        |latest| {
            view! {
                <b>{figure_words(text, indicator, latest)}</b>
                <br />
                <small>{text.figure_date(&latest.figure)}</small>
            }
            .into_any()
        },
    );
    let moved = published.and_then(|published| moved_words(text, indicator, published)).unwrap_or_else(|| "—".to_owned());
    let source = latest.map_or_else(|| text.published_none().into_any(), source);
    view! {
        <tr>
            {frame.row_head(indicator)}
            <td class="num" data-label=text.published_col_value()>
                {value}
            </td>
            <td data-label=text.published_col_moved()>{moved}</td>
            <td data-label=text.published_source()>{source}</td>
        </tr>
    }
    .into_any()
}

/// The bodies that the document names for a task; nothing where it names none.
pub(super) fn bodies_panel(text: Text, bodies: &[TaskBodyRow]) -> Option<AnyView> {
    let items = bodies.iter().map(|body| view! { <li>{text.lang.pick(&body.name_zh, &body.name_en).to_owned()}</li> }).collect_view();
    (!bodies.is_empty()).then(|| {
        view! {
            <section class="panel">
                <h2>{text.bodies_heading()}</h2>
                <ul>{items}</ul>
            </section>
        }
        .into_any()
    })
}
