//! Form fields: label, hint, input, error, tied together.

use leptos::prelude::*;

use super::{form::Form, text_area::TextArea};
use crate::{
    domain::value_entry::{ValueRule, is_plain, read_value},
    i18n::Text,
};

/// How a field looks and what stands in it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Field<'a> {
    /// Its name in the form.
    pub name: &'a str,
    /// Its label.
    pub label: &'a str,
    /// A sentence below the label; empty for none.
    pub hint: &'a str,
    /// What stands in it when the form has not come back.
    pub value: &'a str,
    /// Whether it may stay empty.
    pub optional: bool,
}

/// One of the choices of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The value sent.
    pub value: String,
    /// The label shown.
    pub label: String,
}

impl Choice {
    /// A choice.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

struct Parts {
    id: String,
    class: &'static str,
    label: AnyView,
    hint: AnyView,
    error: AnyView,
    described_by: Option<String>,
    invalid: bool,
}

/// A label, with what says that its field may stay empty.
pub fn label_words(text: Text, label: &str, optional: bool) -> AnyView {
    match (optional, label.ends_with(['）', ')'])) {
        (false, _) => label.to_owned().into_any(),
        (true, true) => text.label_with(label, text.optional_mark()).into_any(),
        (true, false) => view! { {label.to_owned()} <small>{text.bracketed(text.optional_mark())}</small> }.into_any(),
    }
}

fn parts(form: &Form, field: &Field<'_>) -> Parts {
    let id = form.field_id(field.name);
    let error = form.error_at(field.name);
    let mut described: Vec<String> = Vec::new();
    let hint = (!field.hint.is_empty()).then(|| {
        let hint_id = format!("{id}-hint");
        described.push(hint_id.clone());
        view! { <p class="hint" id=hint_id>{field.hint.to_owned()}</p> }
    });
    let invalid = error.is_some();
    let error = error.map(|sentence| {
        let error_id = format!("{id}-error");
        described.push(error_id.clone());
        view! { <p class="error-text" id=error_id>{sentence}</p> }
    });
    let label = view! { <label for=id.clone()>{label_words(form.text(), field.label, field.optional)}</label> };
    Parts {
        class: if invalid { "field has-error" } else { "field" },
        label: label.into_any(),
        hint: hint.into_any(),
        error: error.into_any(),
        described_by: (!described.is_empty()).then(|| described.join(" ")),
        invalid,
        id,
    }
}

fn input(form: &Form, field: &Field<'_>, kind: &'static str, class: &'static str, autocomplete: &'static str, value: String) -> AnyView {
    let Parts { id, class: outer, label, hint, error, described_by, invalid } = parts(form, field);
    view! {
        <div class=outer>
            {label} {hint}
            <input
                id=id
                name=field.name.to_owned()
                type=kind
                class=class
                value=value
                autocomplete=autocomplete
                aria-describedby=described_by
                aria-invalid=invalid.then_some("true")
                aria-required=(!field.optional).then_some("true")
            /> {error}
        </div>
    }
    .into_any()
}

/// A line of text.
pub fn text_field(form: &Form, field: Field<'_>) -> AnyView {
    let value = form.value(field.name, field.value);
    input(form, &field, "text", "", "off", value)
}

/// A number in an indicator's unit. Once it came back it says how it was understood, where that is not how it was typed.
pub fn number_field(form: &Form, field: Field<'_>, rule: &ValueRule) -> AnyView {
    let text = form.text();
    let typed = form.value(field.name, field.value);
    let quantity = read_value(&typed, rule).ok().filter(|quantity| form.came_back() && !is_plain(&typed, *quantity, rule));
    let hint = quantity.map_or_else(
        || field.hint.to_owned(),
        |quantity| {
            let unit = text.lang.pick(&rule.unit_zh, &rule.unit_en);
            let said = text.understood(&text.stated_value(quantity.raw, rule.scale, quantity.qualifier, unit));
            if field.hint.is_empty() { said } else { format!("{}{}{said}", field.hint, text.semicolon()) }
        },
    );
    text_field(form, Field { hint: &hint, ..field })
}

/// A date, typed: the browser's own picker understands neither full-width digits nor 年月日.
pub fn date_field(form: &Form, field: Field<'_>) -> AnyView {
    let value = form.value(field.name, field.value);
    input(form, &field, "text", "date", "off", value)
}

/// A password; it never comes back.
pub fn password_field(form: &Form, field: Field<'_>, autocomplete: &'static str) -> AnyView {
    input(form, &field, "password", "", autocomplete, String::new())
}

/// The user name of the sign-in form.
pub fn username_field(form: &Form, field: Field<'_>) -> AnyView {
    let value = form.value(field.name, field.value);
    input(form, &field, "text", "", "username", value)
}

/// Several lines of text.
pub fn area_field(form: &Form, field: Field<'_>, rows: u32) -> AnyView {
    let value = form.value(field.name, field.value);
    let Parts { id, class, label, hint, error, described_by, invalid } = parts(form, &field);
    view! {
        <div class=class>
            {label} {hint}
            <TextArea
                id=id
                name=field.name.to_owned()
                value=value
                rows=rows
                described_by=described_by.unwrap_or_default()
                invalid=invalid
                required=!field.optional
            /> {error}
        </div>
    }
    .into_any()
}

/// One choice of a list. The first line asks to choose, unless `field.value` is one of the choices.
pub fn select_field(form: &Form, field: Field<'_>, choices: &[Choice]) -> AnyView {
    let value = form.value(field.name, field.value);
    let Parts { id, class, label, hint, error, described_by, invalid } = parts(form, &field);
    let options = choices
        .iter()
        .map(|choice| view! { <option value=choice.value.clone() selected=choice.value == value>{choice.label.clone()}</option> })
        .collect_view();
    let first = if field.optional { form.text().none() } else { form.text().choose() };
    let chosen = choices.iter().any(|choice| choice.value == value);
    view! {
        <div class=class>
            {label} {hint}
            <select
                id=id
                name=field.name.to_owned()
                aria-describedby=described_by
                aria-invalid=invalid.then_some("true")
                aria-required=(!field.optional).then_some("true")
            >
                <option value="" selected=!chosen>{first}</option>
                {options}
            </select> {error}
        </div>
    }
    .into_any()
}

/// Boxes to tick. The name of each is `field.name` + the choice's value, so that no name is sent twice.
pub fn checks_field(form: &Form, field: Field<'_>, choices: &[Choice], ticked: &[&str]) -> AnyView {
    let id = form.field_id(field.name);
    let error = form.error_at(field.name);
    let boxes = choices
        .iter()
        .map(|choice| {
            let name = format!("{}{}", field.name, choice.value);
            let on = if form.came_back() { form.value(&name, "") == "on" } else { ticked.contains(&choice.value.as_str()) };
            view! {
                <li>
                    <label>
                        <input type="checkbox" name=name value="on" checked=on />
                        <span>{choice.label.clone()}</span>
                    </label>
                </li>
            }
        })
        .collect_view();
    let class = if error.is_some() { "group field has-error" } else { "group" };
    view! {
        <fieldset class=class id=id>
            <legend>{field.label.to_owned()}</legend>
            {(!field.hint.is_empty()).then(|| view! { <p class="hint">{field.hint.to_owned()}</p> })}
            <ul class="checks">{boxes}</ul>
            {error.map(|sentence| view! { <p class="error-text">{sentence}</p> })}
        </fieldset>
    }
    .into_any()
}
