//! The values of a report: fields for what the task's indicators want, and what was understood of what stands in them. Invariant: a
//! number that was typed in another way than it is kept says how it was understood, beside its field and in the review.

use leptos::prelude::*;

use super::editor::{Shown, Typed, line};
use crate::{
    domain::{
        number::{QuantityKind, format_grouped, parse_quantity},
        report::{ReportFields, ValueFields, ValueRule},
        value_entry::{is_plain, read_stated, read_value},
    },
    i18n::Text,
    services::report_view::ReportView,
    store::reports::TaskValue,
};

/// Whether a field of the form belongs to a value.
pub fn is_value_field(field: &str) -> bool {
    ["values.", "numerators.", "denominators."].iter().any(|part| field.starts_with(part))
}

fn unit_of(text: Text, rule: &ValueRule) -> &str {
    text.lang.pick(&rule.unit_zh, &rule.unit_en)
}

/// What was understood of a value; none where nothing was typed, it is not right, or it stands there as it is kept.
fn understood(text: Text, typed: &ValueFields, rule: &ValueRule) -> Option<String> {
    let value = read_stated(typed, rule).ok().flatten()?;
    let said = text.stated_value(value.raw, rule.scale, value.qualifier, unit_of(text, rule));
    if let Some((numerator, denominator)) = value.parts {
        let parts = text.parts_of(&format_grouped(numerator, 0), &format_grouped(denominator, 0));
        return Some(text.understood(&format!("{parts} = {said}")));
    }
    let quantity = read_value(&typed.value, rule).ok()?;
    (!is_plain(&typed.value, quantity, rule)).then(|| text.understood(&said))
}

/// The same for the owner's statement of how far the task is.
pub fn understood_percent(text: Text, typed: &str) -> Option<impl IntoView + use<>> {
    let quantity = parse_quantity(typed, 0, QuantityKind::Percentage).ok().filter(|quantity| quantity.qualifier.is_none())?;
    let plain = typed.trim().trim_end_matches('%').trim_end() == quantity.raw.to_string();
    (!plain).then(|| note(text.understood(&format!("{}%", quantity.raw))))
}

fn note(said: String) -> impl IntoView + use<> {
    view! { <p class="hint understood">{said}</p> }
}

/// The fields of all values that the task's indicators want.
pub fn values(shown: &Shown<'_>) -> Option<impl IntoView + use<>> {
    if shown.view.values.is_empty() {
        return None;
    }
    let lines = shown.view.values.iter().map(|value| fields_of(shown, value)).collect_view();
    Some(view! {
        <fieldset class="group">
            <legend>{shown.text.flow_values()}</legend>
            {lines}
        </fieldset>
    })
}

fn fields_of(shown: &Shown<'_>, value: &TaskValue) -> impl IntoView + use<> {
    let text = shown.text;
    let rule = value.rule();
    let nothing = ValueFields::default();
    let typed = shown.fields.values.iter().find(|typed| typed.indicator == value.code).unwrap_or(&nothing);
    let name = text.lang.pick(&value.name_zh, &value.name_en);
    let at = |part: &str| format!("{part}.{}", value.code);
    let hint = match rule.kind {
        QuantityKind::Percentage => text.value_hint_percent().to_owned(),
        QuantityKind::Rank => text.value_hint_rank().to_owned(),
        QuantityKind::Count | QuantityKind::Amount => text.value_hint(unit_of(text, &rule)),
    };
    let said = understood(text, typed, &rule).map(note);
    if rule.fraction {
        // An error of the value as a whole stands at its first field.
        let whole = shown.error_at(&at("values")).map(|sentence| view! { <p class="error-text">{sentence}</p> });
        let part = |part: &'static str, word: &str, hint: &str, typed: &str| {
            line(shown, Typed::new(&at(part), &format!("{name} · {word}"), typed).hint(hint).optional(), "short")
        };
        return view! {
            <div class="value-parts" id=super::editor::id_of(&at("values"))>
                {part("numerators", text.value_numerator(), text.value_hint_parts(), &typed.numerator)}
                {part("denominators", text.value_denominator(), "", &typed.denominator)} {whole} {said}
            </div>
        }
        .into_any();
    }
    let unit = unit_of(text, &rule);
    let label = if unit.is_empty() { name.to_owned() } else { format!("{name}{}", text.bracketed(unit)) };
    view! {
        {line(shown, Typed::new(&at("values"), &label, &typed.value).hint(&hint).optional(), "short")}
        {said}
    }
    .into_any()
}

/// The values of a report as its readers see them: as typed, and as they count.
pub fn stated(text: Text, view: &ReportView, fields: &ReportFields) -> impl IntoView + use<> {
    let rows = fields.values.iter().filter(|typed| !typed.is_empty());
    rows.map(|typed| {
        let known = view.values.iter().find(|value| value.code == typed.indicator);
        let name = known.map_or(typed.indicator.as_str(), |value| text.lang.pick(&value.name_zh, &value.name_en)).to_owned();
        let shown = match known.map(TaskValue::rule) {
            Some(rule) => as_typed(text, typed, &rule),
            None => view! { {typed.value.clone()} }.into_any(),
        };
        view! {
            <dt>{name}</dt>
            <dd>{shown}</dd>
        }
    })
    .collect_view()
}

fn as_typed(text: Text, typed: &ValueFields, rule: &ValueRule) -> AnyView {
    let said = understood(text, typed, rule).map(note);
    if rule.fraction {
        let parts = text.parts_of(typed.numerator.trim(), typed.denominator.trim());
        return view! { {parts} {said} }.into_any();
    }
    // The unit word stands behind what was typed unless it was typed along.
    let unit = unit_of(text, rule);
    let unit = if typed.value.trim_end().ends_with(unit) { String::new() } else { format!(" {unit}") };
    view! { {typed.value.clone()} {unit} {said} }.into_any()
}
