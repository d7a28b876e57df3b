//! The values behind an indicator that does not count units, and those that wait for review.

use leptos::prelude::*;

use super::components::{indicator_table::Frame, pager};
use crate::{
    domain::{number::format_grouped, words::Measure},
    i18n::Text,
    services::{
        indicator_values::{NamedValue, NamedValues, Weight},
        plan_view::IndicatorView,
        visit::PlanHead,
    },
};

/// The panel.
pub(super) fn values_panel(frame: &Frame<'_>, indicator: &IndicatorView, values: &NamedValues) -> AnyView {
    let text = frame.text;
    let lead = match indicator.measure {
        Measure::Flow => text.values_lead_flow(),
        _ if values.accepted.iter().any(|value| value.parts.is_some()) => text.values_lead_parts(),
        _ => text.values_lead_level(),
    };
    let accepted = if values.accepted.is_empty() {
        view! {
            <div class="empty">
                <strong>{text.values_none()}</strong>
                <p>{text.values_none_lead()}</p>
            </div>
        }
        .into_any()
    } else {
        table(text, frame.plan, indicator, text.values_heading(), &values.accepted)
    };
    let awaiting = (!values.awaiting.is_empty()).then(|| {
        view! {
            <h3>{text.values_awaiting()} " " <small>{values.awaiting.len()}</small></h3>
            <p class="note">{text.values_awaiting_lead()}</p>
            {table(text, frame.plan, indicator, text.values_awaiting(), &values.awaiting)}
        }
    });
    let link = |page: i64| frame.as_of.link(frame.plan, &format!("/indicators/{}?page={page}#units", indicator.code));
    view! {
        <section class="panel stack-y">
            <h2 id="units">{text.values_heading()} " " <small>{values.total}</small></h2>
            <p class="note">{lead}</p>
            {accepted}
            {pager(text, values.page, values.pages, values.total, link)}
            {awaiting}
        </section>
    }
    .into_any()
}

fn table(text: Text, plan: &PlanHead, indicator: &IndicatorView, caption: &'static str, values: &[NamedValue]) -> AnyView {
    let rows = values.iter().map(|value| row(text, plan, indicator, value)).collect_view();
    view! {
        <div class="scroll-x" tabindex="0" role="region" aria-label=caption>
            <table class="data stack dense">
                <caption class="visually-hidden">{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">{text.values_organisation()}</th>
                        <th scope="col">{text.values_period()}</th>
                        <th scope="col" class="num">
                            {text.values_value()}
                        </th>
                        <th scope="col">{text.values_document()}</th>
                        <th scope="col">{text.values_report()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(text: Text, plan: &PlanHead, indicator: &IndicatorView, value: &NamedValue) -> AnyView {
    let said = text.stated_value(value.value, indicator.scale, value.qualifier, indicator.unit(text.lang));
    let said = match value.parts {
        Some((numerator, denominator)) => {
            text.values_share(&said, &text.parts_of(&format_grouped(numerator, 0), &format_grouped(denominator, 0)))
        }
        None => said,
    };
    let badge = match (value.weight, value.state) {
        (Weight::Counts, _) => view! { " " <span class="badge green">{text.values_counts()}</span> }.into_any(),
        (Weight::Earlier, _) => view! { " " <span class="badge grey">{text.values_earlier()}</span> }.into_any(),
        (Weight::BeforeBaseline, _) => view! { " " <span class="badge grey">{text.values_before_baseline()}</span> }.into_any(),
        (Weight::Awaiting, Some(state)) => view! { " " <span class="badge blue">{text.report_state_word(state)}</span> }.into_any(),
        (Weight::Awaiting, None) => ().into_any(),
    };
    let source = match &value.report {
        Some(report) => view! { <a href=plan.path(&format!("/reports/{report}"))>{text.see_report()}</a> }.into_any(),
        None if value.by_report => view! { "—" }.into_any(),
        None if value.published => view! { {text.values_published()} }.into_any(),
        None => view! { {text.values_imported()} }.into_any(),
    };
    let document = if value.document.is_empty() { "—".to_owned() } else { value.document.clone() };
    view! {
        <tr>
            <th scope="row">{value.organisation(text.lang).to_owned()}</th>
            <td class="nowrap" data-label=text.values_period()>
                {value.period_end.to_string()}
            </td>
            <td class="num" data-label=text.values_value()>
                {said}
                {badge}
            </td>
            <td data-label=text.values_document()>{document}</td>
            <td data-label=text.values_report()>{source}</td>
        </tr>
    }
    .into_any()
}
