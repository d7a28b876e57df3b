//! How an indicator counts: target, date, baseline and rulings, each with where it comes from, and their history.

use leptos::prelude::*;

use super::components::indicator_table::{Frame, worded};
use crate::{
    domain::{
        light::{Missing, ScheduleReason},
        target::TargetForm,
        words::{Provenance, RulingKind},
    },
    i18n::Text,
    services::{
        plan_view::{IndicatorView, RulingView},
        published::is_unquantified,
    },
};

fn label(text: Text, provenance: Provenance) -> AnyView {
    view! { " " <span class="prov">{text.provenance(provenance)}</span> }.into_any()
}

/// The facts with their provenance.
pub(super) fn facts_panel(frame: &Frame<'_>, indicator: &IndicatorView) -> AnyView {
    let text = frame.text;
    let mut rows: Vec<(&'static str, AnyView)> = Vec::new();
    if let Some(target) = &indicator.target {
        rows.push((
            text.fact_target(),
            view! {
                <b>{target.wording(text.lang).to_owned()}</b>
                {label(text, target.provenance)}
            }
            .into_any(),
        ));
        if let (Some(least), true) =
            (target.form.least_reaching(indicator.direction), target.form != target.stated || is_range(target.form))
        {
            let least = worded(indicator, text.lang).value(least);
            rows.push((text.fact_reached_from(), text.reached_from(target.form.sense(indicator.direction), &least).into_any()));
        }
        if !is_unquantified(Some(target.form)) {
            rows.push((
                text.fact_target_on(),
                view! {
                    {target.target_on.to_string()}
                    {label(text, target.date_provenance)}
                }
                .into_any(),
            ));
        }
    }
    // Without a number to reach nothing is measured from a baseline; what was published stands beside its source.
    if indicator.rule.is_some() || !is_unquantified(indicator.target.as_ref().map(|target| target.form)) {
        rows.push((text.fact_baseline(), baseline(frame, indicator)));
    }
    if let Some((original, _)) = &indicator.original {
        rows.push((
            text.fact_original_target(),
            view! {
                {original.wording(text.lang).to_owned()}
                {label(text, original.provenance)}
            }
            .into_any(),
        ));
    }
    if !indicator.milestones.is_empty() {
        rows.push((text.fact_milestones(), milestones(text, indicator)));
    }
    if let Some(rule) = &indicator.rule {
        let waits = indicator.judgement.reason == ScheduleReason::Missing(Missing::StageRuling);
        let stage = text.stage(rule.counting_stage).to_owned();
        rows.push((text.fact_stage(), ruled(frame, indicator, RulingKind::CountingStage, stage, waits)));
        rows.push((text.fact_basis(), ruled(frame, indicator, RulingKind::Basis, text.basis(rule.basis), false)));
        if indicator.ruling(RulingKind::IncludesNational).is_some() {
            let said = if rule.includes_national { text.yes() } else { text.no() };
            rows.push((text.fact_includes_national(), ruled(frame, indicator, RulingKind::IncludesNational, said.to_owned(), false)));
        }
        rows.push((text.fact_counts(), kinds(text, indicator)));
    }
    if let Some(ruling) = indicator.ruling(RulingKind::Tolerance) {
        rows.push((text.fact_tolerance(), ruled(frame, indicator, RulingKind::Tolerance, ruling.value.clone(), false)));
    }
    rows.push((text.fact_measure(), text.measure(indicator.measure).into_any()));
    rows.push((text.fact_source(), indicator.source_zh.clone().into_any()));
    let rows = rows.into_iter().map(|(name, value)| view! { <dt>{name}</dt> <dd>{value}</dd> }).collect_view();
    view! {
        <section class="panel">
            <h2>{text.indicator_facts()}</h2>
            <dl class="kv">{rows}</dl>
        </section>
    }
    .into_any()
}

const fn is_range(form: TargetForm) -> bool {
    matches!(form, TargetForm::Range { .. })
}

fn baseline(frame: &Frame<'_>, indicator: &IndicatorView) -> AnyView {
    let text = frame.text;
    let Some(baseline) = &indicator.baseline else {
        let (path, words) = match indicator.rule {
            Some(_) => ("/manage/units".to_owned(), text.go_and_take_stock()),
            None => (format!("/manage/targets/{}", indicator.code), text.go_and_set_baseline()),
        };
        let remedy = frame.manages.then(|| view! { " " <a class="no-print" href=frame.plan.path(&path)>{words}</a> });
        return view! { {text.fact_missing()} {remedy} }.into_any();
    };
    let document = (!baseline.document.is_empty()).then(|| view! { <p class="note">{baseline.document.clone()}</p> });
    let value = match baseline.qualifier {
        Some(_) => text.stated_value(baseline.value, indicator.scale, baseline.qualifier, indicator.unit(text.lang)),
        None => worded(indicator, text.lang).value(baseline.value),
    };
    let value = if indicator.rule.is_some() {
        let path = format!("/indicators/{}?units=counted#units", indicator.code);
        view! { <a href=frame.as_of.link_on(frame.plan, &path, baseline.on)>{value}</a> }.into_any()
    } else {
        value.into_any()
    };
    view! {
        {value}
        {label(text, baseline.provenance)}
        <p class="note">{text.fact_baseline_on(&baseline.on.to_string())}</p>
        {document}
    }
    .into_any()
}

/// The values expected on the way, each with where it comes from.
fn milestones(text: Text, indicator: &IndicatorView) -> AnyView {
    let words = worded(indicator, text.lang);
    let list = indicator.milestones.iter().map(|milestone| {
        view! { <p>{text.fact_milestone(&milestone.on.to_string(), &words.value(milestone.value))} {label(text, milestone.provenance)}</p> }
    });
    list.collect_view().into_any()
}

/// A value set by a ruling, with the ruling's provenance and document.
fn ruled(frame: &Frame<'_>, indicator: &IndicatorView, kind: RulingKind, said: String, waits: bool) -> AnyView {
    let text = frame.text;
    let ruling = indicator.ruling(kind);
    let provenance = ruling.map_or(Provenance::Derived, |ruling| ruling.provenance);
    let document = ruling.filter(|ruling| !ruling.document.is_empty()).map(|RulingView { document, decided_on, .. }| {
        view! { <p class="note">{text.fact_ruled(document, &decided_on.to_string())}</p> }
    });
    let waiting = waits.then(|| {
        let remedy =
            frame.manages.then(|| view! { " " <a class="no-print" href=frame.plan.path("/manage/rulings")>{text.go_and_rule()}</a> });
        view! { <p class="note">{text.fact_awaiting_ruling()} {remedy}</p> }
    });
    view! { {said} {label(text, provenance)} {document} {waiting} }.into_any()
}

fn kinds(text: Text, indicator: &IndicatorView) -> AnyView {
    let sums = indicator.kinds.len() > 1;
    let kinds = indicator
        .kinds
        .iter()
        .map(|kind| {
            let level = kind.level.map(|level| text.bracketed(text.level(level)));
            let count = sums.then(|| view! { " " <b>{kind.counted}</b> });
            view! { <p>{text.lang.pick(&kind.name_zh, &kind.name_en).to_owned()} {level} {count}</p> }
        })
        .collect_view();
    let overlap = (!indicator.overlaps.is_empty()).then(|| {
        let names = indicator.overlaps.join(text.list_comma());
        view! { <p class="note">{text.extra_overlap(&names)}</p> }
    });
    view! { {kinds} {overlap} }.into_any()
}
