//! The path of an indicator as a drawing and as a table. Invariant: both show the same numbers.

use jiff::civil::Date;
use leptos::prelude::*;

use super::components::{indicator_table::worded, light_with_word};
use crate::{
    charts::{PathChart, draw_path_chart, drawing},
    domain::{
        calendar::{PlanDates, calendar_period, eve, periods_of},
        number::format_raw,
        target::TargetForm,
    },
    i18n::Text,
    services::plan_view::{IndicatorView, PlanView},
};

/// The path with its data.
pub(super) fn path_panel(text: Text, view: &PlanView, indicator: &IndicatorView) -> AnyView {
    let plan = &view.plan;
    let periods = periods_of(PlanDates { starts_on: plan.starts_on, ends_on: plan.ends_on }, plan.cadence);
    let from = eve(plan.starts_on);
    let target_on = indicator.target.as_ref().map_or(plan.ends_on, |target| target.target_on);
    let form = indicator.target.as_ref().map_or(TargetForm::Unquantified, |target| target.form);
    let band = match form {
        TargetForm::Range { low, high } => Some((low, high)),
        TargetForm::About { n, tolerance } if tolerance > 0 => Some((n - tolerance, n + tolerance)),
        _ => None,
    };
    let to = target_on.max(plan.ends_on);
    let ends: Vec<(Date, String)> = periods.iter().map(|period| (period.ends_on, period.code.clone())).collect();
    let as_of = view.as_of.clamp(from, to);
    let name = indicator.name(text.lang);
    let title = text.path_title(name);
    let sentence = text.light_reason(&indicator.judgement.reason, worded(indicator, text.lang));
    let description = text.path_description(&sentence, &view.as_of.to_string());
    let label = text.path_as_of(&view.as_of.to_string());
    // A roster begins at nothing; values that are reported begin with their first.
    let beginning = indicator.rule.as_ref().map(|_| (from, indicator.values.value_on(from).unwrap_or(0)));
    let later = indicator.values.points().iter().filter(|(on, _)| beginning.is_none() || *on > from).copied();
    let actual: Vec<(Date, i64)> = beginning.into_iter().chain(later).collect();
    let expected = indicator.path.as_ref().map_or(&[][..], |path| path.points());
    let chart = PathChart {
        title: &title,
        description: &description,
        from,
        to,
        as_of,
        as_of_label: &label,
        actual: &actual,
        pipeline: indicator.pipeline_values.points(),
        expected,
        goal: form.least_reaching(indicator.direction),
        band,
        periods: &ends,
        scale: indicator.scale,
    };
    let has_pipeline = indicator.rule.is_some();
    let target_key = if band.is_some() { "key tgt band" } else { "key tgt" };
    let drawn = draw_path_chart(&chart).ok().map(|drawn| drawing(drawn, Some(title.clone())));
    let caption = match &indicator.path {
        None => text.path_none(),
        Some(path) if path.derived => text.path_derived(),
        Some(_) => text.path_with_milestones(),
    };
    view! {
        <section class="panel">
            <h2>{text.path_heading()}</h2>
            <figure class="chart">
                {drawn} <figcaption>{caption}</figcaption> <p class="legend">
                    <span>
                        <i class="key act"></i>
                        {text.legend_actual()}
                    </span>
                    {has_pipeline
                        .then(|| {
                            view! {
                                <span>
                                    <i class="key pipe"></i>
                                    {text.legend_pipeline()}
                                </span>
                            }
                        })}
                    <span>
                        <i class="key exp"></i>
                        {text.legend_expected()}
                    </span>
                    <span>
                        <i class=target_key></i>
                        {text.legend_target()}
                    </span>
                </p> {data(text, view, indicator, &ends)}
            </figure>
        </section>
    }
    .into_any()
}

/// The table behind the drawing: each period end, and the day that is shown.
fn data(text: Text, view: &PlanView, indicator: &IndicatorView, ends: &[(Date, String)]) -> AnyView {
    let show = |value: i64| format_raw(value, indicator.scale);
    // Only what counts units has some on their way.
    let has_pipeline = indicator.rule.is_some();
    let mut days: Vec<(Date, String)> = ends.to_vec();
    if !days.iter().any(|(on, _)| *on == view.as_of) {
        days.push((view.as_of, calendar_period(view.as_of, view.plan.cadence).code));
    }
    days.sort_by_key(|(on, _)| *on);
    let rows = days
        .into_iter()
        .map(|(on, code)| {
            let known = on <= view.as_of;
            let value_on = |series: &crate::services::plan_view::Series| {
                let value = series.value_on(on);
                if indicator.rule.is_some() { Some(value.unwrap_or(0)) } else { value }
            };
            let actual = value_on(&indicator.values).filter(|_| known).map_or_else(|| "—".to_owned(), show);
            let pipeline = value_on(&indicator.pipeline_values).filter(|_| known).map_or_else(|| "—".to_owned(), show);
            // What is over was expected by the target that held then, which is what its light was judged by; today's by the last period.
            let judged = indicator.history.iter().find(|end| end.on == on);
            let expected = match judged {
                _ if on == view.as_of => indicator.judgement.expected.map(|expected| expected.shown),
                Some(end) => end.expected,
                None => indicator.path.as_ref().map(|path| path.expected_on(on).shown),
            };
            let expected = expected.map_or_else(|| "—".to_owned(), show);
            let milestone = indicator.milestones.iter().find(|milestone| milestone.on == on).map(|milestone| {
                view! {
                    " "
                    <span class="tag">{text.path_column_milestone()} " " {show(milestone.value)}</span>
                    " "
                    <span class="prov">{text.provenance(milestone.provenance)}</span>
                }
            });
            let light = if on == view.as_of {
                indicator.judgement.light.map(|light| light_with_word(light, text.light_word(&indicator.judgement).to_owned()))
            } else {
                let light = judged.and_then(|end| end.light);
                light.map(|light| light_with_word(light, text.light_name(light).to_owned()))
            };
            view! {
                <tr>
                    <th scope="row">{on.to_string()} " " <i>{code}</i> {milestone}</th>
                    <td class="num">{expected}</td>
                    <td class="num">{actual}</td>
                    {has_pipeline.then(|| view! { <td class="num">{pipeline}</td> })}
                    <td>{light}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <details class="chart-data">
            <summary>{text.chart_data()}</summary>
            <div class="scroll-x wide" tabindex="0" role="region" aria-label=text.chart_data()>
                <table class="data dense">
                    <caption class="visually-hidden">{text.chart_data()}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{text.path_column_date()}</th>
                            <th scope="col" class="num">
                                {text.legend_expected()}
                            </th>
                            <th scope="col" class="num">
                                {text.legend_actual()}
                            </th>
                            {has_pipeline
                                .then(|| {
                                    view! {
                                        <th scope="col" class="num">
                                            {text.legend_pipeline()}
                                        </th>
                                    }
                                })}
                            <th scope="col">{text.path_light()}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
    .into_any()
}
