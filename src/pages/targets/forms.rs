//! The forms that revise a target with its milestones, and a typed baseline. Invariant: a form shows what holds; what comes back shows
//! what was typed, and, where somebody was first, how that differs from what holds now.

use jiff::civil::Date;
use leptos::prelude::*;

use super::{scale_of, unit_of};
use crate::{
    domain::{
        calendar::{eve, parse_date},
        number::format_raw,
        target::TargetKind,
        target_revision::HeldTarget,
        value_entry::ValueRule,
    },
    error::UserError,
    i18n::Text,
    pages::components::{Choice, Field, Form, area_field, date_field, form::form_for, number_field, select_field, text_field},
    services::{
        targets::RevisableTarget,
        visit::{PlanHead, Visit},
    },
};

/// Lines for new milestones below those that hold.
const NEW_LINES: usize = 2;

/// Target and milestones in one form.
pub(super) fn target_form(visit: &Visit, plan: &PlanHead, target: &RevisableTarget) -> AnyView {
    let text = visit.text();
    let Some(held) = target.history.shown_on(visit.today(plan)) else {
        return view! { <p class="empty">{text.targets_none()}</p> }.into_any();
    };
    let (scale, rule) = (scale_of(target), target.rule());
    let form = form_for(visit, "revise_target", &target.indicator.row.code);
    let (kind, n, high) = held.form.to_parts();
    let number = |raw: Option<i64>| raw.map(|raw| format_raw(raw, scale)).unwrap_or_default();
    let (n, high, on) = (number(n), number(high), held.target_on.to_string());
    let kinds: Vec<Choice> = TargetKind::ALL.iter().map(|kind| Choice::new(kind.as_str(), text.target_kind(*kind))).collect();
    let unit = unit_of(text, target);
    let hint = if unit.is_empty() { String::new() } else { text.value_hint(unit) };
    let later = target.history.later_targets(effective_typed(&form).unwrap_or_else(|| visit.today(plan)));
    let content = view! {
        {hidden(plan, target)}
        {conflict(&form, &held, scale)}
        {text_field(&form, Field { name: "wording_zh", label: text.targets_wording_zh(), value: &held.wording_zh, ..Field::default() })}
        {text_field(
            &form,
            Field { name: "wording_en", label: text.targets_wording_en(), value: &held.wording_en, optional: true, ..Field::default() },
        )}
        {select_field(&form, Field { name: "kind", label: text.targets_kind(), value: kind.as_str(), ..Field::default() }, &kinds)}
        <div class="field-row">
            {number_field(&form, Field { name: "n", label: text.targets_n(), hint: &hint, value: &n, optional: true }, &rule)}
            {number_field(&form, Field { name: "high", label: text.targets_high(), value: &high, optional: true, ..Field::default() }, &rule)}
        </div>
        {date_field(&form, Field { name: "target_on", label: text.targets_on(), value: &on, ..Field::default() })}
        {milestones(&form, &held, &rule)}
        {act_fields(&form, text, "", &later)}
        <div class="buttons">
            <button type="submit" class="primary">
                {text.targets_save()}
            </button>
        </div>
    };
    form.view("", content).into_any()
}

/// The typed baseline.
pub(super) fn baseline_form(visit: &Visit, plan: &PlanHead, target: &RevisableTarget) -> AnyView {
    let text = visit.text();
    let scale = scale_of(target);
    let form = form_for(visit, "revise_baseline", &target.indicator.row.code);
    let held = target.history.baseline_on(visit.today(plan));
    let (value, on) = match held {
        Some(held) => (format_raw(held.value, scale), held.on_date),
        None => (String::new(), eve(plan.starts_on)),
    };
    let on = on.to_string();
    // The first baseline holds from the beginning; a later one from a day that staff name.
    let from = if held.is_none() { plan.starts_on.to_string() } else { String::new() };
    let later = target.history.later_baselines(effective_typed(&form).unwrap_or_else(|| visit.today(plan)));
    let unit = unit_of(text, target);
    let hint = if unit.is_empty() { String::new() } else { text.value_hint(unit) };
    let stale = (form.error() == Some(&UserError::Stale)).then(|| view! { <p class="notice warn">{text.targets_conflict()}</p> });
    let content = view! {
        {hidden(plan, target)}
        {stale}
        <div class="field-row">
            {number_field(
                &form,
                Field { name: "value", label: text.targets_baseline_value(), hint: &hint, value: &value, ..Field::default() },
                &target.rule(),
            )}
            {date_field(&form, Field { name: "on", label: text.targets_baseline_on(), value: &on, ..Field::default() })}
        </div>
        {act_fields(&form, text, &from, &later)}
        <div class="buttons">
            <button type="submit" class="primary">
                {text.targets_baseline_save()}
            </button>
        </div>
    };
    form.view("", content).into_any()
}

fn hidden(plan: &PlanHead, target: &RevisableTarget) -> AnyView {
    view! {
        <input type="hidden" name="plan" value=plan.code.clone() />
        <input type="hidden" name="indicator" value=target.indicator.row.code.clone() />
        <input type="hidden" name="version" value=target.history.version() />
    }
    .into_any()
}

fn effective_typed(form: &Form) -> Option<Date> {
    parse_date(&form.value("effective_on", "")).ok()
}

/// Effective date, document, reason; and what becomes of later revisions, where there are some.
fn act_fields(form: &Form, text: Text, effective_on: &str, later: &[Date]) -> AnyView {
    let choice = (!later.is_empty()).then(|| {
        let days: Vec<String> = later.iter().map(ToString::to_string).collect();
        let hint = text.targets_later_hint(&days.join(text.list_comma()));
        let choices = [Choice::new("keep", text.targets_later_keep()), Choice::new("replace", text.targets_later_replace())];
        select_field(form, Field { name: "later", label: text.targets_later(), hint: &hint, ..Field::default() }, &choices)
    });
    let effective = Field {
        name: "effective_on",
        label: text.targets_effective(),
        hint: text.targets_effective_hint(),
        value: effective_on,
        ..Field::default()
    };
    view! {
        {date_field(form, effective)}
        {choice}
        {text_field(form, Field { name: "document", label: text.document_number(), ..Field::default() })}
        {area_field(form, Field { name: "reason", label: text.reason(), ..Field::default() }, 3)}
        <p class="note">{text.targets_effect()}</p>
    }
    .into_any()
}

/// A line for each milestone that holds, and some for new ones.
fn milestones(form: &Form, held: &HeldTarget, rule: &ValueRule) -> AnyView {
    let text = form.text();
    let present = held.milestones.iter().map(|(on, value)| (on.to_string(), format_raw(*value, rule.scale)));
    let new = std::iter::repeat_n((String::new(), String::new()), NEW_LINES);
    let lines = present
        .chain(new)
        .enumerate()
        .map(|(place, (on, value))| {
            let key = format!("milestone.{}", place + 1);
            let name = |part: &str| format!("{key}.{part}");
            let (on_name, value_name, drop_name, was_name) = (name("on"), name("value"), name("drop"), name("was"));
            let (on_label, value_label) = (text.targets_milestone_on(place + 1), text.targets_milestone_value(place + 1));
            let is_new = on.is_empty();
            let drop = (!is_new).then(|| {
                let ticked = form.value(&drop_name, "") == "on";
                view! {
                    <label class="check" for=form.field_id(&drop_name)>
                        <input id=form.field_id(&drop_name) type="checkbox" name=drop_name.clone() value="on" checked=ticked />
                        <span>{text.targets_milestone_drop(&on)}</span>
                    </label>
                }
            });
            view! {
                <div class="milestone">
                    {is_new.then(|| view! { <p class="soft">{text.targets_milestone_new()}</p> })}
                    <input type="hidden" name=was_name value=on.clone() />
                    <div class="field-row">
                        {date_field(form, Field { name: &on_name, label: &on_label, value: &on, optional: is_new, ..Field::default() })}
                        {number_field(
                            form,
                            Field { name: &value_name, label: &value_label, value: &value, optional: is_new, ..Field::default() },
                            rule,
                        )}
                    </div>
                    {drop}
                </div>
            }
        })
        .collect_view();
    view! {
        <fieldset class="group">
            <legend>{text.targets_milestones()}</legend>
            <p class="hint">{text.targets_milestones_hint()}</p>
            {lines}
        </fieldset>
    }
    .into_any()
}

/// Where what was typed differs from what holds now, after somebody else was first.
fn conflict(form: &Form, held: &HeldTarget, scale: u8) -> Option<AnyView> {
    if form.error() != Some(&UserError::Stale) {
        return None;
    }
    let text = form.text();
    let (kind, n, high) = held.form.to_parts();
    let number = |raw: Option<i64>| raw.map(|raw| format_raw(raw, scale)).unwrap_or_default();
    let in_words = |word: &str| word.parse().map_or_else(|_| word.to_owned(), |kind: TargetKind| text.target_kind(kind).to_owned());
    let mut fields = vec![
        (text.targets_wording_zh().to_owned(), form.value("wording_zh", ""), held.wording_zh.clone()),
        (text.targets_wording_en().to_owned(), form.value("wording_en", ""), held.wording_en.clone()),
        (text.targets_kind().to_owned(), in_words(&form.value("kind", "")), in_words(kind.as_str())),
        (text.targets_n().to_owned(), form.value("n", ""), number(n)),
        (text.targets_high().to_owned(), form.value("high", ""), number(high)),
        (text.targets_on().to_owned(), form.value("target_on", ""), held.target_on.to_string()),
    ];
    for (place, (on, value)) in held.milestones.iter().enumerate() {
        let typed = |part: &str| form.value(&format!("milestone.{}.{part}", place + 1), "");
        let yours = format!("{} {}", typed("on"), typed("value"));
        fields.push((text.targets_milestone_on(place + 1), yours, format!("{on} {}", format_raw(*value, scale))));
    }
    let rows = fields
        .into_iter()
        .filter(|(_, yours, now)| yours.trim() != now.trim())
        .map(|(label, yours, now)| {
            let said = |value: String| if value.trim().is_empty() { "—".to_owned() } else { value };
            view! {
                <tr>
                    <th scope="row">{label}</th>
                    <td data-label=text.targets_conflict_yours()>{said(yours)}</td>
                    <td data-label=text.targets_conflict_now()>{said(now)}</td>
                </tr>
            }
        })
        .collect_view();
    let table = view! {
        <div class="notice warn">
            <p>{text.targets_conflict()}</p>
            <table class="data stack dense">
                <caption class="visually-hidden">{text.targets_conflict_now()}</caption>
                <thead>
                    <tr>
                        <th scope="col">{text.targets_conflict_field()}</th>
                        <th scope="col">{text.targets_conflict_yours()}</th>
                        <th scope="col">{text.targets_conflict_now()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    };
    Some(table.into_any())
}
