//! One row of the audit trail: who did what to which object, field by field.

use leptos::prelude::*;

use super::{changes::changes_view, filter::Address};
use crate::{
    services::{
        audit_view::{AuditEntry, AuditPage as Contents, zone_of},
        moment::Moment,
        visit::Visit,
    },
    store::audit_lists::ListedAuditRow,
};

/// Characters of a hash that are shown at once.
const SHORT_HASH: usize = 10;

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
            <td data-label=text.audit_column_changes()>{changes_view(visit, contents, entry)}</td>
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
    // The chain is one thing, and a name is told by its fields; of the rest at least the beginning of the id or hash is shown.
    let is_plain = matches!(row.object_kind.as_str(), "audit" | "name");
    let label = if label.is_empty() && !is_plain { short(&row.object_id).to_owned() } else { label };
    let label = match page_of(visit, row) {
        Some(href) => view! { <a href=href>{label}</a> }.into_any(),
        None => label.into_any(),
    };
    let only = address.with("object", &row.object_id);
    view! {
        <span class="soft">{text.audit_object(&row.object_kind).to_owned()}</span>
        " "
        {label}
        <div class="only no-print">
            <a class="small" href=only>
                {text.audit_object_only()}
            </a>
        </div>
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
