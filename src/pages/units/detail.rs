//! One unit: its stages so far, and the form for a further one.

use leptos::prelude::*;

use super::{
    corrections::{change_panel, merge_panel, read_merge_search, release_panel, withdraw_form},
    history_line, level_choices, proof_fields, recognition_name, stage_choices,
};
use crate::{
    domain::{ids::UnitId, words::Stage},
    pages::{
        Page,
        components::{Choice, Field, date_field, form::form_for, refusal_without_form, select_field},
        rulings::crumbs,
    },
    services::{
        ServiceError,
        moment::Moment,
        roster::{MergeSearch, StepDetail, UnitDetail, read_unit_detail},
        visit::{PlanHead, Visit},
    },
};

pub(super) async fn load_unit(visit: &Visit, plan: &PlanHead, id: &str) -> Result<Page, ServiceError> {
    let mut tx = visit.shared.db.read().await?;
    let search = read_merge_search(visit);
    let detail = read_unit_detail(&mut tx, &UnitId::from(id), &search).await?;
    drop(tx);
    let title = visit.lang.pick(&detail.unit.name_zh, &detail.unit.name_en).to_owned();
    Ok(Page { title, body: show(visit, plan, &detail, &search) })
}

fn show(visit: &Visit, plan: &PlanHead, detail: &UnitDetail, search: &MergeSearch) -> AnyView {
    let (text, lang) = (visit.text(), visit.lang);
    let unit = &detail.unit;
    let recognitions =
        unit.recognitions.iter().map(|history| view! { <dd>{history_line(text, lang, &detail.recognitions, history)}</dd> }).collect_view();
    let steps = detail.steps.iter().rev().map(|step| step_item(visit, plan, detail, step)).collect_view();
    let code = (!unit.code.is_empty()).then(|| view! { <small>{unit.code.clone()}</small> });
    let refusal = refusal_without_form(visit, &shown_forms(detail));
    view! {
        <div class="page-head">
            {crumbs(text, plan, Some((plan.path("/manage/units"), text.units_title())))}
            <h1>{lang.pick(&unit.name_zh, &unit.name_en).to_owned()} " " {code}</h1>
            <div class="actions">
                <a class="button" href=plan.path(&format!("/roster/{}", unit.id))>{text.units_on_roster()}</a>
            </div>
        </div>
        {refusal}
        <div class="cols">
            <div>
                <section class="panel no-print">
                    <div class="panel-head">
                        <h2 id="step">{text.units_step_new()}</h2>
                    </div>
                    <p class="soft">{text.units_step_lead()}</p>
                    {step_form(visit, plan, detail)}
                </section>
                {merge_panel(text, plan, detail, search)}
                {change_panel(visit, detail)}
                {release_panel(visit, detail)}
            </div>
            <aside>
                <section class="panel">
                    <dl class="kv">
                        <div>
                            <dt>{text.units_kind()}</dt>
                            <dd>{text.unit_kind(detail.kind())}</dd>
                        </div>
                        <div>
                            <dt>{text.units_holder()}</dt>
                            <dd>{lang.pick(&detail.holder.0, &detail.holder.1).to_owned()}</dd>
                        </div>
                        <div>
                            <dt>{text.units_recognitions()}</dt>
                            {recognitions}
                        </div>
                    </dl>
                </section>
                <section class="panel">
                    <div class="panel-head">
                        <h2>{text.units_history()}</h2>
                    </div>
                    <ol class="timeline">{steps}</ol>
                </section>
            </aside>
        </div>
    }
    .into_any()
}

/// The forms of the page by name and instance.
fn shown_forms(detail: &UnitDetail) -> Vec<String> {
    let unit = &detail.unit.id;
    let steps = detail
        .steps
        .iter()
        .filter(|step| step.report_id.is_none() && step.superseded_at.is_none())
        .map(|step| format!("withdraw_step:{}", step.id));
    let release = detail.is_releasable.then(|| format!("release_unit:{unit}"));
    steps.chain(release).chain([format!("record_step:{unit}"), format!("change_unit:{unit}")]).collect()
}

fn step_item(visit: &Visit, plan: &PlanHead, detail: &UnitDetail, step: &StepDetail) -> AnyView {
    let text = visit.text();
    let name = recognition_name(visit.lang, &detail.recognitions, &step.kind);
    let level = step.level.map(|level| format!(" · {}", text.level(level))).unwrap_or_default();
    let merged = (!step.merged_zh.is_empty()).then(|| text.units_merged_into(&step.merged_zh));
    let recorded = Moment(step.recorded_at).date_in(&plan.time_zone).to_string();
    let mut proof: Vec<String> =
        [merged.unwrap_or_default(), step.document.clone(), step.reason.clone()].into_iter().filter(|part| !part.is_empty()).collect();
    if step.report_id.is_some() {
        proof.push(text.units_history_report().to_owned());
    }
    let stage = match step.superseded_at {
        None => view! { <b>{text.stage(step.stage)}</b> }.into_any(),
        Some(at) => {
            let said = if step.withdrawn != 0 {
                text.step_withdrawn().to_owned()
            } else {
                text.step_superseded_on(&Moment(at).minute_in(&plan.time_zone))
            };
            view! { <del>{text.stage(step.stage)}</del> " " <span class="badge grey">{said}</span> }.into_any()
        }
    };
    view! {
        <li>
            <time>{step.on_date.to_string()}</time>
            <div class="what">
                {stage}
                " "
                {format!("{name}{level}")}
                <p class="note">{proof.join(" · ")}</p>
            </div>
            <div class="who">{text.units_history_by(&step.verifier_name, &recorded)}</div>
            {step.superseded_at.is_none().then(|| withdraw_form(visit, step))}
        </li>
    }
    .into_any()
}

fn step_form(visit: &Visit, plan: &PlanHead, detail: &UnitDetail) -> AnyView {
    let (text, lang) = (visit.text(), visit.lang);
    let form = form_for(visit, "record_step", detail.unit.id.as_str());
    let (kind, level) = detail.open_recognition().unwrap_or_default();
    let recognitions: Vec<Choice> =
        detail.recognitions.iter().map(|kind| Choice::new(kind.code.clone(), lang.pick(&kind.name_zh, &kind.name_en))).collect();
    let kind = if kind.is_empty() && recognitions.len() == 1 { recognitions.first().map_or("", |only| only.value.as_str()) } else { kind };
    let plain = |name: &'static str, label: &'static str| Field { name, label, ..Field::default() };
    let level_field = Field {
        hint: text.units_level_hint(),
        value: level.map_or("", crate::domain::words::Level::as_str),
        optional: true,
        ..plain("level", text.units_level())
    };
    let target = detail.target.as_ref();
    let targets: Vec<Choice> = target.iter().map(|unit| Choice::new(unit.id.as_str(), lang.pick(&unit.name_zh, &unit.name_en))).collect();
    let merged = Field {
        hint: text.units_merged_hint(),
        optional: true,
        value: target.map_or("", |unit| unit.id.as_str()),
        ..plain("merged_into", text.units_merged_field())
    };
    // A merger has a unit on the other side, which is looked for first: looking for it would lose what is typed here.
    let (stage, hint) = if target.is_some() { (Stage::Merged.as_str(), "") } else { ("", text.units_stage_merge_hint()) };
    let mut stages = stage_choices(text, true);
    stages.retain(|choice| target.is_some() || choice.value != Stage::Merged.as_str());
    let stage_field = Field { value: stage, hint, ..plain("stage", text.units_step_stage()) };
    let content = view! {
        <input type="hidden" name="plan" value=plan.code.clone() />
        <input type="hidden" name="unit" value=detail.unit.id.to_string() />
        <div class="field-row">
            {select_field(&form, Field { value: kind, ..plain("recognition", text.units_recognition()) }, &recognitions)}
            {select_field(&form, level_field, &level_choices(text))}
        </div>
        <div class="field-row">
            {select_field(&form, stage_field, &stages)}
            {date_field(&form, Field { hint: text.date_hint(), ..plain("stage_date", text.units_stage_date()) })}
        </div>
        {target.is_some().then(|| select_field(&form, merged, &targets))}
        {proof_fields(&form)}
        <div class="buttons">
            <button type="submit" class="primary">{text.units_step_save()}</button>
        </div>
    };
    form.view("", content).into_any()
}
