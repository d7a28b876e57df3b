//! One unit of the roster: every recognition with its whole history, and the indicators that count it.

use leptos::prelude::*;

use super::{
    Page,
    components::{AsOf, proof_links},
    load_plan, path_parameter,
    roster::stage_badge,
};
use crate::{
    domain::{counting::CountReason, ids::UnitId, permissions::Permission, words::Stage},
    error::UserError,
    i18n::Text,
    services::{
        ServiceError,
        moment::Moment,
        roster_view::{RecognitionView, SpanMeasure, StepView, UnitBackground, UnitPage as Contents, read_unit, read_unit_background},
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
        let path = plan.path(&format!("/roster/{id}"));
        let contents = match read_unit(&visit.shared, &plan, &visit.viewer(), &id, as_of.clocks()).await {
            Err(ServiceError::Refused(UserError::NotFound)) if as_of.known_at.is_some() => {
                return as_of.not_known_page(text, path).ok_or(UserError::NotFound.into());
            }
            contents => contents?,
        };
        let background = read_unit_background(&visit.shared, &plan, &id, as_of.clocks()).await?;
        let manage = visit.may(Permission::ManagePlans).then(|| {
            view! { <a class="button no-print" href=plan.path(&format!("/manage/units?unit={id}"))>{text.unit_manage()}</a> }
        });
        let name = contents.unit.name(text.lang).to_owned();
        let panel = |recognition| recognition_panel(text, &plan, &as_of, recognition, &background);
        let recognitions = contents.recognitions.iter().map(panel).collect_view();
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
                <div class="actions">{manage} {as_of.form(text, path, &[])}</div>
                <p class="lead">{standing(text, &contents)}</p>
            </div>
            {as_of.note_with(text, contents.entries_since, as_of.known_at.map(|_| text.known_namesakes_left_out()))}
            <div class="cols">
                <div>{recognitions} {empty}</div>
                <aside>
                    {facts_panel(text, &contents)} {reasons_panel(text, &as_of, &background)}
                    {counting_panel(text, &as_of, &contents)} {namesakes_panel(text, &plan, &as_of, &background)}
                    {revisions_panel(text, &plan, &background)}
                </aside>
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

fn recognition_panel(text: Text, plan: &PlanHead, as_of: &AsOf, recognition: &RecognitionView, background: &UnitBackground) -> AnyView {
    let steps = recognition.steps.iter().map(|step| step_item(text, plan, as_of, step, background)).collect_view();
    view! {
        <section class="panel">
            <h2>{title(text, recognition)}</h2>
            <ol class="timeline">{steps}</ol>
        </section>
    }
    .into_any()
}

fn step_item(text: Text, plan: &PlanHead, as_of: &AsOf, step: &StepView, background: &UnitBackground) -> AnyView {
    let withdrawal = background.withdrawals.iter().find(|withdrawal| step.superseded && withdrawal.step_id == step.id);
    let class = match step.stage {
        _ if step.superseded => "",
        Stage::Recognised => "ok",
        Stage::NotApproved | Stage::Revoked => "bad",
        _ => "",
    };
    let said = match (withdrawal, step.superseded_at) {
        (Some(_), _) => text.step_withdrawn().to_owned(),
        (None, Some(at)) => text.step_superseded_on(&Moment(at).minute_in(&plan.time_zone)),
        (None, None) => String::new(),
    };
    let stage = if step.superseded {
        view! { <del>{text.stage(step.stage)}</del> " " <span class="badge grey">{said}</span> }.into_any()
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
    let withdrawn = withdrawal.map(|withdrawal| {
        let at = Moment(withdrawal.recorded_at).minute_in(&plan.time_zone);
        view! {
            <p>{text.unit_withdrawn(&withdrawal.officer, &at)} " · " {withdrawal.document.clone()}</p>
            <blockquote>{withdrawal.reason.clone()}</blockquote>
        }
    });
    let who = if step.by_report {
        text.step_verified_by(&step.verifier)
    } else {
        text.step_recorded_by(if step.verifier.is_empty() { text.step_imported() } else { &step.verifier })
    };
    let at = text.step_recorded_at(&Moment(step.recorded_at).minute_in(&plan.time_zone));
    let document = (!step.document.is_empty()).then(|| view! { <p>{text.step_document(&step.document)}</p> });
    let reason = (!step.reason.is_empty()).then(|| view! { <blockquote>{step.reason.clone()}</blockquote> });
    let has_proof = step.proof.report.is_some() || !step.proof.evidence.is_empty();
    view! {
        <li class=class>
            <time>{step.on.to_string()}</time>
            <span class="what">{stage} {merged}</span>
            {document}
            {has_proof.then(|| view! { <p>{text.listed_proof()} {text.manage_colon()} {proof_links(text, plan, &step.proof)}</p> })}
            {reason}
            <p class="note">{who} " · " {at}</p>
            {withdrawn}
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

fn counting_panel(text: Text, as_of: &AsOf, contents: &Contents) -> AnyView {
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
            let href = as_of.link_of(&row.plan_code, &format!("/indicators/{}", row.code));
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

/// Every indicator that looks at the unit, with the reason why it counts it on the day or why not.
fn reasons_panel(text: Text, as_of: &AsOf, background: &UnitBackground) -> AnyView {
    let items = background
        .reasons
        .iter()
        .map(|row| {
            let indicator = &row.indicator;
            let counts = matches!(row.reason, CountReason::Counts { .. });
            let badge = counts.then(|| view! { " " <span class="badge green">{text.roster_measure_counted()}</span> });
            let href = as_of.link_of(&indicator.plan_code, &format!("/indicators/{}", indicator.code));
            view! {
                <li>
                    <a href=href>{indicator.code.clone()} " " {text.lang.pick(&indicator.name_zh, &indicator.name_en).to_owned()}</a>
                    {badge}
                    <p class="meta">{text.count_reason(&row.reason)}</p>
                </li>
            }
        })
        .collect_view();
    let content = if background.reasons.is_empty() {
        view! { <p class="note">{text.unit_reasons_none()}</p> }.into_any()
    } else {
        view! { <ul class="queue">{items}</ul> }.into_any()
    };
    view! {
        <section class="panel">
            <h2>{text.unit_reasons()}</h2>
            {content}
        </section>
    }
    .into_any()
}

/// Other units of the same name or code, and by which decision both stand.
fn namesakes_panel(text: Text, plan: &PlanHead, as_of: &AsOf, background: &UnitBackground) -> Option<AnyView> {
    if background.namesakes.is_empty() {
        return None;
    }
    let items = background
        .namesakes
        .iter()
        .map(|namesake| {
            let decision = if namesake.officer.is_empty() {
                view! { <p class="note">{text.unit_namesake_plain()}</p> }.into_any()
            } else {
                let at = Moment(namesake.recorded_at).minute_in(&plan.time_zone);
                view! {
                    <p>{text.unit_namesake_admitted(&namesake.distinction)}</p>
                    <p>{text.step_document(&namesake.document)}</p>
                    <blockquote>{namesake.reason.clone()}</blockquote>
                    <p class="note">{text.names_by(&namesake.officer, &at)}</p>
                }
                .into_any()
            };
            view! {
                <li>
                    <a href=as_of
                        .link(plan, &format!("/roster/{}", namesake.unit_id))>{text.lang.pick(&namesake.name_zh, &namesake.name_en).to_owned()}</a>
                    <p class="meta">{text.lang.pick(&namesake.holder_zh, &namesake.holder_en).to_owned()}</p>
                    {decision}
                </li>
            }
        })
        .collect_view();
    Some(
        view! {
            <section class="panel">
                <h2>{text.unit_namesakes()}</h2>
                <ul class="queue">{items}</ul>
            </section>
        }
        .into_any(),
    )
}

/// What the unit was called, and who held it, before each change.
fn revisions_panel(text: Text, plan: &PlanHead, background: &UnitBackground) -> Option<AnyView> {
    if background.revisions.is_empty() {
        return None;
    }
    let items = background
        .revisions
        .iter()
        .map(|former| {
            let at = Moment(former.superseded_at).minute_in(&plan.time_zone);
            let holder = text.lang.pick(&former.holder_zh, &former.holder_en).to_owned();
            let facts = [former.name_en.clone(), former.code.clone(), holder, former.district.clone(), former.partners.clone()];
            let facts: Vec<String> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
            view! {
                <li>
                    <time>{text.unit_revision_until(&at)}</time>
                    <div class="what">
                        <b>{former.name_zh.clone()}</b>
                        <p class="note">{facts.join(" · ")}</p>
                        <p>{text.step_document(&former.document)}</p>
                        <blockquote>{former.reason.clone()}</blockquote>
                    </div>
                    <div class="who">{former.officer.clone()}</div>
                </li>
            }
        })
        .collect_view();
    Some(
        view! {
            <section class="panel">
                <h2>{text.unit_revisions()}</h2>
                <ol class="timeline">{items}</ol>
            </section>
        }
        .into_any(),
    )
}
