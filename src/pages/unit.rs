//! One unit of the roster: every recognition with its whole history, and the indicators that count it.

use leptos::prelude::*;

use super::{
    Page,
    components::{AsOf, proof_links},
    load_plan, path_parameter,
    roster::stage_badge,
};
use crate::{
    domain::{ids::UnitId, words::Stage},
    i18n::Text,
    services::{
        moment::Moment,
        roster_view::{RecognitionView, SpanMeasure, StepView, UnitPage as Contents, read_unit},
        visit::PlanHead,
    },
};

/// The page.
#[component]
pub fn UnitPage() -> impl IntoView {
    let id = UnitId::from(path_parameter("id"));
    load_plan(|visit, plan| async move {
        let text = visit.text();
        let as_of = AsOf::read(&visit, &plan);
        let contents = read_unit(&visit.shared, &plan, &visit.viewer(), &id, as_of.clocks()).await?;
        let name = contents.unit.name(text.lang).to_owned();
        let recognitions =
            contents.recognitions.iter().map(|recognition| recognition_panel(text, &plan, &as_of, recognition)).collect_view();
        let empty = contents.recognitions.is_empty().then(|| view! { <p class="empty">{text.unit_no_steps()}</p> });
        let body = view! {
            <div class="page-head">
                <nav class="crumbs" aria-label=text.crumbs_label()>
                    <ol>
                        <li>
                            <a href=as_of.link(&plan, "/roster")>{text.nav_roster()}</a>
                        </li>
                        <li>
                            <a href=as_of
                                .link(
                                    &plan,
                                    &format!("/roster?kind={}", contents.unit.kind),
                                )>{text.unit_kind(contents.unit.kind)}</a>
                        </li>
                    </ol>
                </nav>
                <h1>{name.clone()} <small>{contents.unit.code.clone()}</small></h1>
                <div class="actions">{as_of.form(text, plan.path(&format!("/roster/{id}")), &[])}</div>
                <p class="lead">{standing(text, &contents)}</p>
            </div>
            {as_of.note(text, contents.entries_since)}
            <div class="cols">
                <div>{recognitions} {empty}</div>
                <aside>{facts_panel(text, &contents)} {counting_panel(text, &plan, &as_of, &contents)}</aside>
            </div>
        };
        Ok(Page { title: name, body: body.into_any() })
    })
}

/// Where its recognitions stand on the day.
fn standing(text: Text, contents: &Contents) -> AnyView {
    let parts = contents.recognitions.iter().filter_map(|recognition| {
        let step = recognition.current()?;
        Some(view! {
            {title(text, recognition)}
            " "
            <span class=stage_badge(step.stage)>{text.stage(step.stage)}</span>
            " "
            <small class="soft nowrap">{step.on.to_string()}</small>
            " "
        })
    });
    view! { {contents.unit.holder(text.lang).to_owned()} " · " {parts.collect_view()} }.into_any()
}

fn title(text: Text, recognition: &RecognitionView) -> String {
    let level = recognition.level.map_or("", |level| text.level(level));
    let gap = if text.lang == crate::i18n::Lang::En && !level.is_empty() { " " } else { "" };
    format!("{level}{gap}{}", recognition.name(text.lang))
}

fn recognition_panel(text: Text, plan: &PlanHead, as_of: &AsOf, recognition: &RecognitionView) -> AnyView {
    let steps = recognition.steps.iter().map(|step| step_item(text, plan, as_of, step)).collect_view();
    view! {
        <section class="panel">
            <h2>{title(text, recognition)}</h2>
            <ol class="timeline">{steps}</ol>
        </section>
    }
    .into_any()
}

fn step_item(text: Text, plan: &PlanHead, as_of: &AsOf, step: &StepView) -> AnyView {
    let class = match step.stage {
        _ if step.superseded => "",
        Stage::Recognised => "ok",
        Stage::NotApproved | Stage::Revoked => "bad",
        _ => "",
    };
    let stage = if step.superseded {
        view! { <del>{text.stage(step.stage)}</del> " " <span class="badge grey">{text.step_superseded()}</span> }.into_any()
    } else {
        view! { <b>{text.stage(step.stage)}</b> }.into_any()
    };
    let merged = step.merged_into.as_ref().map(|(target, name)| {
        view! {
            " "
            {text.step_merged_into()}
            <a href=as_of.link(plan, &format!("/roster/{target}"))>{name.clone()}</a>
        }
    });
    let who = if step.by_report { text.step_verified_by(&step.verifier) } else { text.step_recorded_by(&step.verifier) };
    let at = text.step_recorded_at(&Moment(step.recorded_at).minute_in(&plan.time_zone));
    let document = (!step.document.is_empty()).then(|| view! { <p>{text.step_document(&step.document)}</p> });
    let reason = (!step.reason.is_empty()).then(|| view! { <blockquote>{step.reason.clone()}</blockquote> });
    let has_proof = step.proof.report.is_some() || !step.proof.evidence.is_empty();
    view! {
        <li class=class>
            <time>{step.on.to_string()}</time>
            <span class="what">{stage} {merged}</span>
            {document}
            {has_proof.then(|| view! { <p>{text.listed_proof()} ": " {proof_links(text, plan, &step.proof)}</p> })}
            {reason}
            <p class="note">{who} " · " {at}</p>
        </li>
    }
    .into_any()
}

fn facts_panel(text: Text, contents: &Contents) -> AnyView {
    let unit = &contents.unit;
    let rows = [
        (text.roster_kind(), text.unit_kind(unit.kind).to_owned()),
        (text.unit_code(), unit.code.clone()),
        (text.listed_holder(), unit.holder(text.lang).to_owned()),
        (text.unit_partners(), unit.partners.clone()),
        (text.roster_district(), unit.district.clone()),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .map(|(name, value)| view! { <dt>{name}</dt> <dd>{value}</dd> })
    .collect_view();
    view! {
        <section class="panel">
            <h2>{text.unit_facts()}</h2>
            <dl class="kv">{rows}</dl>
        </section>
    }
    .into_any()
}

fn counting_panel(text: Text, plan: &PlanHead, as_of: &AsOf, contents: &Contents) -> AnyView {
    let items = contents
        .counting
        .iter()
        .map(|row| {
            let from = row.from_date.to_string();
            let said = match (row.measure, row.until()) {
                (SpanMeasure::Counted, None) => text.unit_counts_from(&from),
                (SpanMeasure::Counted, Some(until)) => text.unit_counts_span(&from, &until.to_string()),
                (SpanMeasure::Pipeline, None) => text.unit_way_from(&from),
                (SpanMeasure::Pipeline, Some(until)) => text.unit_way_span(&from, &until.to_string()),
            };
            let of_plan = PlanHead { code: row.plan_code.clone(), ..plan.clone() };
            let href = as_of.link(&of_plan, &format!("/indicators/{}", row.code));
            view! {
                <li>
                    <a href=href>{row.code.clone()} " " {text.lang.pick(&row.name_zh, &row.name_en).to_owned()}</a>
                    <p class="meta">{said}</p>
                </li>
            }
        })
        .collect_view();
    let content = if contents.counting.is_empty() {
        view! { <p class="note">{text.unit_counting_none()}</p> }.into_any()
    } else {
        view! { <ul class="queue">{items}</ul> }.into_any()
    };
    view! {
        <section class="panel">
            <h2>{text.unit_counting()}</h2>
            {content}
        </section>
    }
    .into_any()
}
