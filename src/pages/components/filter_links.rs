//! Filters of a list as links, so that they work without a script and can be shared. Invariant: choosing one keeps the others.

use leptos::prelude::*;

use crate::{i18n::Text, services::visit::Visit};

/// One choice of a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterChoice {
    /// The value in the address.
    pub value: String,
    /// Its words.
    pub label: String,
    /// How many rows it has, where that is known.
    pub count: Option<usize>,
}

/// The address of this page with one parameter set, or taken out; what a form left in it goes.
pub fn address_with(visit: &Visit, name: &str, value: Option<&str>) -> String {
    let query = visit.address.split_once('?').map_or("", |(_, query)| query);
    let mut pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
    pairs.retain(|(key, value)| key != name && key != "done" && key != "form" && !value.is_empty());
    if let Some(value) = value {
        pairs.push((name.to_owned(), value.to_owned()));
    }
    let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
    if query.is_empty() { visit.path().to_owned() } else { format!("{}?{query}", visit.path()) }
}

/// A row of links for one parameter of the address, "all" first.
pub fn filter_links(visit: &Visit, text: Text, label: &'static str, name: &str, choices: Vec<FilterChoice>) -> impl IntoView + use<> {
    let chosen = visit.query(name);
    link_row(visit, label, name, chosen.as_deref(), Some(text.all()), choices)
}

/// A row of links that choose what is looked at; `chosen` is looked at now, whether the address names it or not.
pub fn switch_links(
    visit: &Visit,
    label: &'static str,
    name: &str,
    chosen: Option<&str>,
    choices: Vec<FilterChoice>,
) -> impl IntoView + use<> {
    link_row(visit, label, name, chosen, None, choices)
}

fn link_row(
    visit: &Visit,
    label: &'static str,
    name: &str,
    chosen: Option<&str>,
    all: Option<&'static str>,
    choices: Vec<FilterChoice>,
) -> impl IntoView + use<> {
    let all = all.map(|words| {
        let href = address_with(visit, name, None);
        let current = chosen.is_none().then_some("true");
        view! {
            <a href=href aria-current=current>
                {words}
            </a>
        }
    });
    let links = choices
        .into_iter()
        .map(|choice| {
            let href = address_with(visit, name, Some(&choice.value));
            let current = (chosen == Some(choice.value.as_str())).then_some("true");
            let count = choice.count.map(|count| view! { <small>{count}</small> });
            view! {
                <a href=href aria-current=current>
                    {choice.label}
                    {count}
                </a>
            }
        })
        .collect_view();
    view! {
        <nav class="filters" aria-label=label>
            <span>{label}</span>
            {all}
            {links}
        </nav>
    }
}
