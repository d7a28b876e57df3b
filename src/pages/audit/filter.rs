//! The filter of the audit trail. Invariant: it is the address, so that a list can be kept, printed, and exported as it is seen.

use leptos::prelude::*;

use super::PAGE;
use crate::{
    domain::fields::FieldError,
    i18n::Text,
    services::{
        audit_view::{AuditPage as Contents, AuditQuery, OBJECT_KINDS},
        trail::Action,
        visit::Visit,
    },
};

/// The address of the list with one of its filters changed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Address<'a> {
    query: &'a AuditQuery,
}

impl<'a> Address<'a> {
    /// The address of what was asked for.
    pub(super) const fn new(query: &'a AuditQuery) -> Self {
        Self { query }
    }

    fn pairs(self) -> Vec<(&'static str, String)> {
        let query = self.query;
        let pairs = [
            ("actor", query.actor.clone()),
            ("organisation", query.organisation.clone()),
            ("action", query.action.clone()),
            ("kind", query.object_kind.clone()),
            ("object", query.object_id.clone()),
            ("from", query.from.map(|day| day.to_string()).unwrap_or_default()),
            ("until", query.until.map(|day| day.to_string()).unwrap_or_default()),
            ("q", query.words.clone()),
            ("before", query.before.map(|before| before.to_string()).unwrap_or_default()),
        ];
        pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }

    /// The list with a filter set; it begins with its newest row, unless that is what is set.
    pub(super) fn with(self, name: &'static str, value: &str) -> String {
        let mut pairs = self.pairs();
        pairs.retain(|(key, _)| *key != name && *key != "before");
        if !value.is_empty() {
            pairs.push((name, value.to_owned()));
        }
        address_of(PAGE, &pairs)
    }

    /// The list without a filter.
    pub(super) fn without(self, name: &'static str) -> String {
        self.with(name, "")
    }

    /// The same rows as a file: all of them, not one page.
    fn export(self) -> String {
        let mut pairs = self.pairs();
        pairs.retain(|(key, _)| *key != "before");
        address_of("/admin/audit/rows.csv", &pairs)
    }

    /// Whether rows are left out for another reason than the page.
    pub(super) fn is_filtered(self) -> bool {
        self.pairs().iter().any(|(name, _)| *name != "before")
    }

    /// Whether another page than the newest is shown.
    pub(super) const fn begins_later(self) -> bool {
        self.query.before.is_some()
    }
}

/// The filter in words, for paper, on which its form does not stand.
pub(super) fn asked(visit: &Visit, address: Address<'_>, contents: &Contents) -> Option<AnyView> {
    let (text, query) = (visit.text(), address.query);
    let actor = contents.actors.iter().find(|(id, ..)| *id == query.actor).map(|(_, name, _)| name.as_str());
    let organisation = contents.organisations.iter().find(|one| one.id.as_str() == query.organisation).map(|one| one.name(visit.lang));
    let (from, until) = (query.from.map(|day| day.to_string()), query.until.map(|day| day.to_string()));
    let conditions: Vec<String> = [
        (text.audit_filter_actor(), actor.unwrap_or(&query.actor)),
        (text.audit_filter_organisation(), organisation.unwrap_or(&query.organisation)),
        (text.audit_filter_action(), text.audit_action(&query.action)),
        (text.audit_filter_kind(), text.audit_object(&query.object_kind)),
        (text.audit_filter_object(), &query.object_id),
        (text.audit_filter_from(), from.as_deref().unwrap_or_default()),
        (text.audit_filter_until(), until.as_deref().unwrap_or_default()),
        (text.audit_filter_words(), &query.words),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .map(|(label, value)| text.audit_asked_part(label, value))
    .collect();
    (!conditions.is_empty()).then(|| view! { <p class="audit-asked">{text.audit_asked(&conditions.join(text.semicolon()))}</p> }.into_any())
}

fn address_of(path: &str, pairs: &[(&'static str, String)]) -> String {
    let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// The form of the filter, a plain GET.
pub(super) fn filter_form(visit: &Visit, address: Address<'_>, contents: &Contents, errors: &[FieldError]) -> AnyView {
    let text = visit.text();
    let query = address.query;
    let actors = contents.actors.iter().map(|(id, name, username)| (id.clone(), format!("{name} ({username})"))).collect();
    let organisations = contents.organisations.iter().map(|one| (one.id.to_string(), one.name(visit.lang).to_owned())).collect();
    let actions = Action::ALL.iter().map(|action| (action.to_string(), text.audit_action(action.as_str()).to_owned())).collect();
    let kinds = OBJECT_KINDS.iter().map(|kind| ((*kind).to_owned(), text.audit_object(kind).to_owned())).collect();
    // A day that could not be read stands in its field as it was typed.
    let day = |name: &'static str, read: Option<jiff::civil::Date>| read.map(|day| day.to_string()).or_else(|| visit.query(name));
    let line = |name: &'static str, label: &'static str, value: String| field(text, errors, name, label, Input::Line(value));
    let date = |name: &'static str, label: &'static str, value: String| field(text, errors, name, label, Input::Day(value));
    let list = |name, label, chosen: &str, choices| field(text, errors, name, label, Input::List(chosen.to_owned(), choices));
    let clear = address.is_filtered().then(|| view! { <a href=PAGE>{text.audit_filter_clear()}</a> });
    view! {
        <form method="get" action=PAGE class="form audit-filter no-print">
            <div class="audit-fields">
                {list("actor", text.audit_filter_actor(), &query.actor, actors)}
                {list("organisation", text.audit_filter_organisation(), &query.organisation, organisations)}
                {list("action", text.audit_filter_action(), &query.action, actions)}
                {list("kind", text.audit_filter_kind(), &query.object_kind, kinds)}
                {line("object", text.audit_filter_object(), query.object_id.clone())}
                {date("from", text.audit_filter_from(), day("from", query.from).unwrap_or_default())}
                {date("until", text.audit_filter_until(), day("until", query.until).unwrap_or_default())}
                {line("q", text.audit_filter_words(), query.words.clone())}
            </div>
            <div class="buttons">
                <button type="submit" class="secondary">
                    {text.audit_filter_show()}
                </button>
                {clear}
                <a href=address.export() download="">
                    {text.audit_export()}
                </a>
            </div>
        </form>
    }
    .into_any()
}

/// What stands in a field: a line, a day, or one of some choices (value, label).
enum Input {
    Line(String),
    Day(String),
    List(String, Vec<(String, String)>),
}

fn field(text: Text, errors: &[FieldError], name: &'static str, label: &'static str, input: Input) -> AnyView {
    let id = format!("audit-{name}");
    let error = errors.iter().find(|error| error.field == name).map(|error| text.field_problem(&error.problem));
    let hint = matches!(input, Input::Day(_)).then(|| {
        view! {
            <p class="hint" id=format!("{id}-hint")>
                {text.date_hint()}
            </p>
        }
    });
    let described: Vec<String> = [("error", error.is_some()), ("hint", hint.is_some())]
        .iter()
        .filter(|(_, is)| *is)
        .map(|(part, _)| format!("{id}-{part}"))
        .collect();
    let described = (!described.is_empty()).then(|| described.join(" "));
    let invalid = error.is_some().then_some("true");
    let class = if error.is_some() { "field has-error" } else { "field" };
    let error = error.map(|sentence| view! { <p class="error-text" id=format!("{id}-error")>{sentence}</p> });
    let input = match input {
        Input::Line(value) | Input::Day(value) => view! {
            <input id=id.clone() name=name type="text" value=value autocomplete="off" aria-invalid=invalid aria-describedby=described />
        }
        .into_any(),
        Input::List(chosen, choices) => {
            let none = chosen.is_empty();
            let options = choices
                .into_iter()
                .map(|(value, label)| {
                    let selected = value == chosen;
                    view! {
                        <option value=value selected=selected>
                            {label}
                        </option>
                    }
                })
                .collect_view();
            view! {
                <select id=id.clone() name=name>
                    <option value="" selected=none>
                        {text.all()}
                    </option>
                    {options}
                </select>
            }
            .into_any()
        }
    };
    view! {
        <div class=class>
            <label for=id>{label}</label>
            {hint}
            {error}
            {input}
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_keeps_the_others_and_begins_anew() {
        let query = AuditQuery { actor: "a".to_owned(), before: Some(40), words: "会议".to_owned(), ..AuditQuery::default() };
        let address = Address::new(&query);
        for (made, expected) in [
            (address.with("action", "sign-in"), "/admin/audit?actor=a&q=%E4%BC%9A%E8%AE%AE&action=sign-in"),
            (address.with("before", "7"), "/admin/audit?actor=a&q=%E4%BC%9A%E8%AE%AE&before=7"),
            (address.without("actor"), "/admin/audit?q=%E4%BC%9A%E8%AE%AE"),
            (address.export(), "/admin/audit/rows.csv?actor=a&q=%E4%BC%9A%E8%AE%AE"),
        ] {
            assert_eq!(made, expected);
        }
        let empty = AuditQuery { before: Some(3), ..AuditQuery::default() };
        assert!(address.is_filtered() && !Address::new(&empty).is_filtered());
        assert_eq!(Address::new(&empty).export(), "/admin/audit/rows.csv");
    }
}
