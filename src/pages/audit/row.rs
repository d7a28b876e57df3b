//! One row of the audit trail: who did what to which object, field by field.

use leptos::prelude::*;

use super::filter::Address;
use crate::{
    domain::state_changes::StateChange,
    services::{
        audit_view::{AuditEntry, AuditPage as Contents, zone_of},
        moment::Moment,
        visit::Visit,
    },
    store::audit_lists::ListedAuditRow,
};

/// More fields than this stand behind a disclosure.
const OPEN_FIELDS: usize = 4;
/// Characters of a hash that are shown at once.
const SHORT_HASH: usize = 10;
/// Fields that hold an instant.
const INSTANTS: [&str; 2] = ["expires_at", "locked_until"];

/// The row.
pub(super) fn row_view(visit: &Visit, address: Address<'_>, contents: &Contents, entry: &AuditEntry) -> AnyView {
    let text = visit.text();
    let row = &entry.row;
    let reason = (!row.reason.is_empty()).then(|| view! { <p class="note">{text.audit_reason(&row.reason)}</p> });
    let organisation = text.lang.pick(&row.organisation_zh, &row.organisation_en).to_owned();
    let organisation = (!organisation.is_empty()).then(|| {
        view! {
            <br />
            <small class="soft">{organisation}</small>
        }
    });
    view! {
        <tr id=format!("row-{}", row.sequence)>
            <td class="num" data-label=text.audit_column_number()>
                {row.sequence}
            </td>
            <td class="nowrap" data-label=text.audit_column_when()>
                {Moment(row.at).minute_in(zone_of(visit))}
            </td>
            <td data-label=text.audit_column_who()>{actor_view(visit, address, row)} {organisation}</td>
            <td data-label=text.audit_column_what()>
                <b>{text.audit_action(&row.action).to_owned()}</b>
                <br />
                {object_view(visit, address, row)}
                {reason}
            </td>
            <td data-label=text.audit_column_changes()>{changes_view(visit, contents, &entry.changes)}</td>
            <td data-label=text.audit_column_hash()>
                <details>
                    <summary>
                        <code>{short(&row.hash).to_owned()}</code>
                    </summary>
                    <p class="note">{text.audit_this_hash()} " " <code class="hash">{row.hash.clone()}</code></p>
                    <p class="note">{text.audit_previous_hash()} " " <code class="hash">{row.previous_hash.clone()}</code></p>
                </details>
            </td>
        </tr>
    }
    .into_any()
}

fn short(hash: &str) -> &str {
    hash.get(..SHORT_HASH).unwrap_or(hash)
}

fn actor_view(visit: &Visit, address: Address<'_>, row: &ListedAuditRow) -> AnyView {
    let text = visit.text();
    match &row.actor_id {
        Some(id) => {
            let href = address.with("actor", id);
            let title = text.audit_actor_only(&row.actor_name);
            view! {
                <a href=href title=title>
                    {row.actor_name.clone()}
                </a>
            }
            .into_any()
        }
        None => view! { <span class="soft">{text.audit_command_line()}</span> }.into_any(),
    }
}

/// The object by its kind and name, linked to its page where the trail's reader has one, and to its own rows.
fn object_view(visit: &Visit, address: Address<'_>, row: &ListedAuditRow) -> AnyView {
    let text = visit.text();
    let name = text.lang.pick(&row.object_zh, &row.object_en);
    let period = if row.period_code.is_empty() { String::new() } else { text.period_name(&row.period_code) };
    let parts = [row.object_code.as_str(), name, period.as_str()];
    let label = parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" ");
    let label = if label.is_empty() { short(&row.object_id).to_owned() } else { label };
    let label = match page_of(visit, row) {
        Some(href) => view! { <a href=href>{label}</a> }.into_any(),
        None => label.into_any(),
    };
    let only = address.with("object", &row.object_id);
    view! {
        <span class="soft">{text.audit_object(&row.object_kind).to_owned()}</span>
        " "
        {label}
        " "
        <a class="no-print small" href=only>
            {text.audit_object_only()}
        </a>
    }
    .into_any()
}

/// The page of a row's object that whoever reads the trail may open. Reports are not among them: their numbers are for others.
fn page_of(visit: &Visit, row: &ListedAuditRow) -> Option<String> {
    let plan = || visit.plan(&row.plan_code).ok();
    match row.object_kind.as_str() {
        "plan" => plan().map(|plan| plan.path("/cockpit")),
        "indicator" if !row.object_code.is_empty() => plan().map(|plan| plan.path(&format!("/indicators/{}", row.object_code))),
        "unit" if !row.object_zh.is_empty() => visit.plans.first().map(|plan| plan.path(&format!("/roster/{}", row.object_id))),
        _ if !row.object_code.is_empty() => plan().map(|plan| plan.path(&format!("/tasks/{}", row.object_code))),
        _ => None,
    }
}

fn changes_view(visit: &Visit, contents: &Contents, changes: &[StateChange]) -> AnyView {
    let text = visit.text();
    if changes.is_empty() {
        return view! { <span class="soft">{text.audit_no_changes()}</span> }.into_any();
    }
    let items = changes.iter().map(|change| change_view(visit, contents, change)).collect_view();
    let list = view! { <ul class="changes">{items}</ul> };
    if changes.len() <= OPEN_FIELDS {
        return list.into_any();
    }
    view! {
        <details>
            <summary>{text.audit_changes_count(changes.len())}</summary>
            {list}
        </details>
    }
    .into_any()
}

fn change_view(visit: &Visit, contents: &Contents, change: &StateChange) -> AnyView {
    let text = visit.text();
    let show = |value: &str| show_value(visit, contents, &change.field, value);
    let before = change.before.as_deref().map(|value| {
        view! {
            <span class="visually-hidden">{text.audit_was()} " "</span>
            <del>{show(value)}</del>
            " → "
        }
    });
    let after = match change.after.as_deref() {
        Some(value) => view! {
            <span class="visually-hidden">{text.audit_became()} " "</span>
            <ins>{show(value)}</ins>
        }
        .into_any(),
        None => view! { <span class="soft">{text.audit_nothing()}</span> }.into_any(),
    };
    view! {
        <li>
            <span class="soft">{text.audit_field(&change.field).to_owned()}</span>
            " "
            {before}
            {after}
        </li>
    }
    .into_any()
}

/// A value as people read it: an id as the name it stands for, an instant as a time.
fn show_value(visit: &Visit, contents: &Contents, field: &str, value: &str) -> String {
    if value.is_empty() {
        return visit.text().audit_nothing().to_owned();
    }
    if INSTANTS.contains(&field)
        && let Ok(at) = value.parse()
    {
        return Moment(at).minute_in(zone_of(visit));
    }
    let organisation = contents.organisations.iter().find(|one| one.id.as_str() == value).map(|one| one.name(visit.lang).to_owned());
    let actor = || contents.actors.iter().find(|(id, ..)| id == value).map(|(_, name, _)| name.clone());
    organisation.or_else(actor).unwrap_or_else(|| value.to_owned())
}
