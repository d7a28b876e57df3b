//! What staff correct about one unit: its names, a stage recorded by mistake, the unit it merges into. Invariant: every form says what
//! stays to be read.

use leptos::prelude::*;

use super::proof_fields;
use crate::{
    error::UserError,
    i18n::Text,
    pages::components::{Choice, Field, area_field, form::form_for, select_field, text_field},
    services::{
        roster::{MOST_TARGETS, MergeSearch, StepDetail, UnitDetail},
        visit::{PlanHead, Visit},
    },
};

/// What the address says of a merger.
pub(super) fn read_merge_search(visit: &Visit) -> MergeSearch {
    MergeSearch { words: visit.query("find").unwrap_or_default(), chosen: visit.query("into").unwrap_or_default() }
}

/// Looks for the unit this one merges into; each one found is a link that chooses it.
pub(super) fn merge_panel(text: Text, plan: &PlanHead, detail: &UnitDetail, search: &MergeSearch) -> AnyView {
    let unit = detail.unit.id.to_string();
    let items = detail
        .targets
        .iter()
        .map(|target| {
            let name = text.lang.pick(&target.name_zh, &target.name_en);
            let href = plan.path(&format!("/manage/units?unit={unit}&into={}#step", target.id));
            view! {
                <li>
                    <a href=href>{text.merge_choose(name)}</a>
                    " "
                    <i>{target.code.clone()}</i>
                    <p class="meta">{text.lang.pick(&target.holder_zh, &target.holder_en).to_owned()}</p>
                </li>
            }
        })
        .collect_view();
    let found = match (search.words.trim().is_empty(), detail.targets.len()) {
        (true, _) => ().into_any(),
        (false, 0) => view! { <p class="note">{text.merge_none()}</p> }.into_any(),
        (false, count) => {
            let more = (i64::try_from(count).unwrap_or(0) >= MOST_TARGETS).then_some("…");
            view! { <ul class="queue">{items}</ul> {more} }.into_any()
        }
    };
    let chosen = detail.target.as_ref().map(|target| {
        let name = text.lang.pick(&target.name_zh, &target.name_en);
        view! { <p><b>{text.merge_chosen(name)}</b></p> }
    });
    view! {
        <section class="panel no-print">
            <h2>{text.merge_title()}</h2>
            <p class="note">{text.merge_lead()}</p>
            {chosen}
            <form method="get" action=plan.path("/manage/units") role="search" class="form">
                <input type="hidden" name="unit" value=unit />
                <div class="field">
                    <label for="merge-find">{text.merge_search()}</label>
                    <input id="merge-find" name="find" type="search" value=search.words.clone() autocomplete="off" />
                </div>
                <div class="buttons">
                    <button type="submit" class="secondary">
                        {text.roster_find()}
                    </button>
                </div>
            </form>
            {found}
        </section>
    }
    .into_any()
}

/// The form that takes a step of staff back; what came with a report is corrected there.
pub(super) fn withdraw_form(visit: &Visit, step: &StepDetail) -> AnyView {
    let text = visit.text();
    if step.report_id.is_some() {
        return view! { <p class="note">{text.withdraw_by_report()}</p> }.into_any();
    }
    let form = form_for(visit, "withdraw_step", step.id.as_str());
    let open = form.came_back();
    let error = form.error_at("step").map(|sentence| {
        view! {
            <p class="error-text" id=form.field_id("step")>
                {sentence}
            </p>
        }
    });
    let content = view! {
        <input type="hidden" name="step" value=step.id.to_string() />
        <p class="note">{text.withdraw_lead()}</p>
        {error}
        {proof_fields(&form)}
        <div class="buttons">
            <button type="submit" class="secondary">
                {text.withdraw_save()}
            </button>
        </div>
    };
    view! {
        <details open=open>
            <summary>{text.withdraw_title()}</summary>
            {form.view("", content)}
        </details>
    }
    .into_any()
}

/// A field with what stands in it now.
fn field<'a>(name: &'static str, label: &'static str, value: &'a str) -> Field<'a> {
    Field { name, label, value, ..Field::default() }
}

/// The same, for a field that may stay empty.
fn optional<'a>(name: &'static str, label: &'static str, value: &'a str) -> Field<'a> {
    Field { optional: true, ..field(name, label, value) }
}

/// The form for other names, another holder.
pub(super) fn change_panel(visit: &Visit, detail: &UnitDetail) -> AnyView {
    let text = visit.text();
    let unit = &detail.names;
    let form = form_for(visit, "change_unit", unit.id.as_str());
    let open = form.came_back();
    let mut holders: Vec<Choice> =
        detail.holders.iter().map(|holder| Choice::new(holder.id.as_str(), text.lang.pick(&holder.name_zh, &holder.name_en))).collect();
    if !detail.holders.iter().any(|holder| holder.id == unit.holder_id) {
        holders.insert(0, Choice::new(unit.holder_id.as_str(), text.lang.pick(&detail.holder.0, &detail.holder.1)));
    }
    // After a conflict the page shows what is there now, and the next try is made from that.
    let seen = if form.error() == Some(&UserError::Stale) { detail.seen.clone() } else { form.value("seen", &detail.seen) };
    let content = view! {
        <input type="hidden" name="unit" value=unit.id.to_string() />
        <input type="hidden" name="seen" value=seen />
        <p class="note">{text.change_unit_lead()}</p>
        {text_field(&form, field("name", text.units_name(), &unit.name_zh))}
        {text_field(&form, optional("name_en", text.units_name_en(), &unit.name_en))}
        {text_field(&form, optional("code", text.units_code(), &unit.code))}
        {select_field(&form, field("holder", text.units_holder(), unit.holder_id.as_str()), &holders)}
        {text_field(&form, optional("district", text.units_district(), &unit.district))}
        {text_field(&form, optional("partners", text.units_partners(), &unit.partners))}
        {text_field(&form, Field { hint: text.units_admitted_hint(), ..optional("admitted", text.units_admitted(), "") })}
        {proof_fields(&form)}
        <div class="buttons">
            <button type="submit" class="primary">{text.change_unit_save()}</button>
        </div>
    };
    view! {
        <section class="panel">
            <details open=open>
                <summary>{text.change_unit_title()}</summary>
                {form.view("", content)}
            </details>
        </section>
    }
    .into_any()
}

/// The form that releases the name of what turned out to be no unit.
pub(super) fn release_panel(visit: &Visit, detail: &UnitDetail) -> Option<AnyView> {
    if !detail.is_releasable {
        return None;
    }
    let text = visit.text();
    let form = form_for(visit, "release_unit", detail.unit.id.as_str());
    let content = view! {
        <input type="hidden" name="unit" value=detail.unit.id.to_string() />
        {area_field(&form, Field { name: "reason", label: text.names_release_reason(), ..Field::default() }, 2)}
        <div class="buttons">
            <button type="submit" class="secondary">
                {text.release_unit_save()}
            </button>
        </div>
    };
    Some(
        view! {
            <section class="panel no-print">
                <h2>{text.release_unit_title()}</h2>
                <p class="note">{text.release_unit_lead()}</p>
                {form.view("", content)}
            </section>
        }
        .into_any(),
    )
}
