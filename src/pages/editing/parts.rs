//! What the pages of editing share: head, grounds, conflict, history, retiring. Invariant: what changed is shown field by field,
//! before beside after.

use leptos::prelude::*;

use crate::{
    error::UserError,
    i18n::Text,
    pages::components::{Choice, Field, Form, area_field, form::form_for, text_field},
    services::{
        access::Author,
        editing::{Definition, FieldChange, HistoryEntry, OrganisationNames, PartKind, compare_states},
        moment::Moment,
        visit::{PlanHead, Visit},
    },
};

/// A part of the plan's content, each with a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    Plan,
    Areas,
    Indicators,
    Tasks,
    Files,
}

impl Tab {
    const ALL: [Self; 5] = [Self::Plan, Self::Areas, Self::Indicators, Self::Tasks, Self::Files];

    /// Its address.
    pub(super) fn href(self, plan: &PlanHead) -> String {
        plan.path(match self {
            Self::Plan => "/manage/plan",
            Self::Areas => "/manage/areas",
            Self::Indicators => "/manage/indicators",
            Self::Tasks => "/manage/tasks",
            Self::Files => "/manage/files",
        })
    }

    const fn label(self, text: Text) -> &'static str {
        match self {
            Self::Plan => text.edit_tab_plan(),
            Self::Areas => text.edit_tab_areas(),
            Self::Indicators => text.edit_tab_indicators(),
            Self::Tasks => text.edit_tab_tasks(),
            Self::Files => text.edit_tab_files(),
        }
    }
}

/// The head that all pages of editing share.
pub(super) fn head(text: Text, plan: &PlanHead, tab: Tab, title: impl IntoView + 'static, lead: impl IntoView + 'static) -> AnyView {
    let tabs = Tab::ALL
        .into_iter()
        .map(|one| {
            let current = (one == tab).then_some("page");
            view! { <a href=one.href(plan) aria-current=current>{one.label(text)}</a> }
        })
        .collect_view();
    view! {
        <div class="page-head">
            {crate::pages::rulings::crumbs(text, plan, Some((Tab::Plan.href(plan), text.edit_title())))}
            <h1>{title.into_any()}</h1>
            <p class="lead">{lead.into_any()}</p>
            <nav class="tabs" aria-label=text.edit_tabs()>
                {tabs}
            </nav>
        </div>
    }
    .into_any()
}

/// The list of a kind of part, or what it says without any.
pub(super) fn list_panel(text: Text, label: &'static str, new: (String, &'static str), rows: Vec<AnyView>, empty: &'static str) -> AnyView {
    let table = if rows.is_empty() {
        view! { <p class="empty">{empty}</p> }.into_any()
    } else {
        view! {
            <table class="data stack">
                <caption class="visually-hidden">{label}</caption>
                <thead>
                    <tr>
                        <th scope="col">{label}</th>
                        <th scope="col">{text.edit_code()}</th>
                        <th scope="col">{text.edit_state()}</th>
                        <th scope="col" class="no-print">
                            {text.manage_next()}
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        <section class="panel">
            <div class="panel-head">
                <h2>{label}</h2>
                <a class="button primary" href=new.0>{new.1}</a>
            </div>
            {table}
        </section>
    }
    .into_any()
}

/// A row of a list of parts.
pub(super) fn list_row(visit: &Visit, plan: &PlanHead, href: String, code: &str, name: &str, retired_at: Option<i64>) -> AnyView {
    let text = visit.text();
    view! {
        <tr>
            <th scope="row">
                <a href=href.clone()>{name.to_owned()}</a>
            </th>
            <td data-label=text.edit_code()>{code.to_owned()}</td>
            <td data-label=text.edit_state()>{state_badge(text, plan, retired_at)}</td>
            <td class="no-print" data-label=text.manage_next()>
                <a href=href aria-label=text.edit_open_of(name)>{text.edit_open()}</a>
            </td>
        </tr>
    }
    .into_any()
}

/// In use, or since when retired.
pub(super) fn state_badge(text: Text, plan: &PlanHead, retired_at: Option<i64>) -> AnyView {
    match retired_at {
        Some(at) => {
            let date = Moment(at).date_in(&plan.time_zone).to_string();
            view! { <span class="badge grey">{text.edit_retired_on(&date)}</span> }.into_any()
        }
        None => view! { <span class="badge green">{text.edit_in_use()}</span> }.into_any(),
    }
}

/// The hidden fields of a form about a part, and what changed since it was opened where it came back stale.
pub(super) fn seen_fields(form: &Form, plan: &PlanHead, code: &str, seen: &str) -> AnyView {
    view! {
        <input type="hidden" name="plan" value=plan.code.clone() />
        <input type="hidden" name="code" value=code.to_owned() />
        <input type="hidden" name="seen" value=seen.to_owned() />
        {conflict(form, seen)}
    }
    .into_any()
}

/// What was changed since a stale form was opened.
pub(in crate::pages) fn conflict(form: &Form, present: &str) -> Option<AnyView> {
    if form.error() != Some(&UserError::Stale) {
        return None;
    }
    let text = form.text();
    let changes = compare_states(&form.value("seen", ""), present);
    Some(
        view! {
            <div class="notice warn" role="status">
                <h3>{text.edit_conflict()}</h3>
                <p>{text.edit_conflict_lead()}</p>
                {changes_table(text, &changes, &OrganisationNames::new(), (text.history_opened(), text.history_now()))}
            </div>
        }
        .into_any(),
    )
}

/// What changed, field by field.
fn changes_table(text: Text, changes: &[FieldChange], names: &OrganisationNames, (before, after): (&'static str, &'static str)) -> AnyView {
    let worded = |field: &str, value: &str| match names.get(value) {
        Some((zh, en)) => text.lang.pick(zh, en).to_owned(),
        None => text.definition_value(field, value),
    };
    let rows = changes
        .iter()
        .map(|change| {
            view! {
                <tr>
                    <th scope="row">{text.definition_field(&change.field)}</th>
                    <td data-label=before>{worded(&change.field, &change.before)}</td>
                    <td data-label=after>{worded(&change.field, &change.after)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="data stack">
            <thead>
                <tr>
                    <th scope="col">{text.history_field()}</th>
                    <th scope="col">{before}</th>
                    <th scope="col">{after}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

/// Why it is changed: document and reason.
pub(in crate::pages) fn grounds_fields(form: &Form) -> AnyView {
    grounds(form, false)
}

/// As [`grounds_fields`], for what needs neither.
pub(in crate::pages) fn optional_grounds_fields(form: &Form) -> AnyView {
    grounds(form, true)
}

fn grounds(form: &Form, optional: bool) -> AnyView {
    let text = form.text();
    view! {
        <fieldset class="group">
            <legend>{text.edit_why()}</legend>
            {text_field(
                form,
                Field { name: "document", label: text.document_number(), hint: text.edit_document_hint(), optional, ..Field::default() },
            )}
            {area_field(form, Field { name: "reason", label: text.reason(), hint: text.edit_why_hint(), optional, ..Field::default() }, 3)}
        </fieldset>
    }
    .into_any()
}

/// The choices of areas: those in use, and the one that is chosen already.
pub(super) fn area_choices(visit: &Visit, definition: &Definition, present: &str) -> Vec<Choice> {
    let offered = definition.areas.iter().filter(|area| area.retired_at.is_none() || area.code == present);
    let named =
        offered.map(|area| Choice::new(area.code.as_str(), format!("{} {}", area.code, visit.lang.pick(&area.name_zh, &area.name_en))));
    named.collect()
}

/// The changes of an object, the newest first.
pub(in crate::pages) fn history_list(text: Text, time_zone: &str, entries: &[HistoryEntry]) -> AnyView {
    let by_hand = Author::command_line().name;
    let items = entries
        .iter()
        .map(|entry| {
            let grounds = [
                (!entry.reason.is_empty()).then(|| text.history_why(&text.kept_reason(&entry.reason))),
                (!entry.document.is_empty()).then(|| text.history_document(&entry.document)),
            ];
            let grounds: Vec<String> = grounds.into_iter().flatten().collect();
            let changes = if entry.changes.is_empty() {
                view! { <p class="note">{text.history_no_fields()}</p> }.into_any()
            } else {
                changes_table(text, &entry.changes, &entry.names, (text.history_before(), text.history_after()))
            };
            view! {
                <li>
                    <time>{Moment(entry.at).minute_in(time_zone)}</time>
                    <div class="what">
                        <b>{text.history_action(&entry.action)}</b>
                        " · "
                        {if entry.who == by_hand { text.audit_command_line().to_owned() } else { entry.who.clone() }}
                        {(!grounds.is_empty()).then(|| view! { <p class="note">{grounds.join(" · ")}</p> })}
                        {changes}
                    </div>
                </li>
            }
        })
        .collect_view();
    if entries.is_empty() {
        view! { <p class="soft">{text.history_none()}</p> }.into_any()
    } else {
        view! { <ol class="timeline">{items}</ol> }.into_any()
    }
}

/// The history of an object on its page.
pub(in crate::pages) fn history_panel(text: Text, time_zone: &str, entries: &[HistoryEntry]) -> AnyView {
    view! {
        <section class="panel" id="history">
            <div class="panel-head">
                <h2>{text.history_title()}</h2>
            </div>
            {history_list(text, time_zone, entries)}
        </section>
    }
    .into_any()
}

/// Retires a part, or uses it again.
pub(super) fn retire_panel(visit: &Visit, plan: &PlanHead, kind: PartKind, code: &str, seen: &str, retired: bool) -> AnyView {
    let text = visit.text();
    let (action, title, lead, button, class) = if retired {
        ("revive_part", text.edit_revive(), text.edit_revive_lead(), text.edit_revive(), "primary")
    } else {
        ("retire_part", text.edit_retire(), text.edit_retire_lead(), text.edit_retire_confirm(), "danger")
    };
    let form = form_for(visit, action, &format!("{kind}.{code}"));
    let open = form.came_back();
    let content = view! {
        <input type="hidden" name="kind" value=kind.as_str() />
        {seen_fields(&form, plan, code, seen)}
        {grounds_fields(&form)}
        <div class="buttons">
            <button type="submit" class=class>
                {button}
            </button>
        </div>
    };
    view! {
        <section class="panel no-print">
            <details open=open>
                <summary>{title}</summary>
                <p class="soft">{lead}</p>
                {form.view("", content)}
            </details>
        </section>
    }
    .into_any()
}

/// A form's buttons, with the way back.
pub(super) fn buttons(text: Text, label: &'static str, back: String) -> AnyView {
    view! {
        <div class="buttons">
            <button type="submit" class="primary">{label}</button>
            <a class="button" href=back>{text.cancel()}</a>
        </div>
    }
    .into_any()
}

/// A line of text about a part.
pub(super) fn line(form: &Form, name: &'static str, label: &'static str, value: &str) -> AnyView {
    text_field(form, Field { name, label, value, ..Field::default() })
}

/// A line of text that may stay empty.
pub(super) fn optional_line(form: &Form, name: &'static str, label: &'static str, value: &str) -> AnyView {
    text_field(form, Field { name, label, value, optional: true, ..Field::default() })
}
