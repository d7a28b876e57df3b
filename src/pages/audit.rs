//! The audit trail: its head, whether it is unbroken, and its rows, newest first, by filter.

mod changes;
mod filter;
mod row;

use leptos::prelude::*;

use self::{
    filter::{Address, asked, filter_form},
    row::row_view,
};
use super::{
    Page,
    components::{Field, form, text_field},
    load, use_visit,
};
use crate::{
    domain::audit_chain::{ChainFault, ChainVerdict},
    services::{
        audit_view::{AuditPage as Contents, LastWalk, MOST_COUNTED, read_audit_page, read_audit_query, zone_of},
        visit::Visit,
    },
};

/// The address of the page.
const PAGE: &str = "/admin/audit";

/// The page.
#[component]
pub fn AuditPage() -> impl IntoView {
    let visit = use_visit();
    load(async move {
        let text = visit.text();
        let (query, errors) = read_audit_query(&visit);
        let contents = read_audit_page(&visit.shared.db, zone_of(&visit), &query).await?;
        let address = Address::new(&query);
        let lead = text.audit_size(contents.head.0, contents.matching, MOST_COUNTED);
        let body = view! {
            <div class="page-head">
                <h1>{text.audit_title()}</h1>
                <p class="lead">{lead}</p>
                {asked(&visit, address, &contents)}
            </div>
            <div class="cols">
                <div>{verdict_panel(&visit, contents.last_walk.as_ref())} {filter_form(&visit, address, &contents, &errors)}</div>
                <aside>{head_panel(&visit, &contents)} {verify_panel(&visit)}</aside>
            </div>
            {rows_panel(&visit, address, &contents)}
        };
        Ok(Page { title: text.audit_title().to_owned(), body: body.into_any() })
    })
}

fn head_panel(visit: &Visit, contents: &Contents) -> Option<AnyView> {
    let text = visit.text();
    let (sequence, hash) = contents.head.clone();
    let at = contents.head_at.map(|at| at.minute_in(zone_of(visit)));
    if sequence == 0 {
        return None;
    }
    let panel = view! {
        <section class="panel audit-head">
            <div class="panel-head">
                <h2>{text.audit_head()}</h2>
            </div>
            <dl class="kv">
                <dt>{text.audit_head_row()}</dt>
                <dd>{sequence} " " <small class="soft nowrap">{at}</small></dd>
                <dt>{text.audit_head_hash()}</dt>
                <dd>
                    <code class="hash">{hash}</code>
                </dd>
            </dl>
            <p class="note">{text.audit_head_lead()}</p>
        </section>
    };
    Some(panel.into_any())
}

fn verify_panel(visit: &Visit) -> AnyView {
    let text = visit.text();
    let form = form(visit, "verify_chain");
    let content = view! {
        {text_field(
            &form,
            Field {
                name: "head",
                label: text.audit_verify_printed(),
                hint: text.audit_verify_printed_hint(),
                optional: true,
                ..Field::default()
            },
        )}
        <div class="buttons">
            <button type="submit" class="primary">
                {text.audit_verify()}
            </button>
        </div>
    };
    view! {
        <section class="panel no-print">
            <div class="panel-head">
                <h2>{text.audit_verify_title()}</h2>
            </div>
            <p class="soft">{text.audit_verify_lead()}</p>
            {form.view("", content)}
        </section>
    }
    .into_any()
}

/// What the last walk along the chain found.
fn verdict_panel(visit: &Visit, walk: Option<&LastWalk>) -> AnyView {
    let text = visit.text();
    let Some(LastWalk { at, by, verdict }) = walk else {
        return view! { <p class="notice info">{text.audit_never_walked()}</p> }.into_any();
    };
    let walked = text.audit_walked(&at.minute_in(zone_of(visit)), by);
    let (class, title) = if verdict.is_unbroken() {
        ("notice ok", if verdict.rows == 1 { text.audit_unbroken_one().to_owned() } else { text.audit_unbroken(verdict.rows) })
    } else {
        ("notice bad", if verdict.fault_count == 1 { text.audit_broken_one().to_owned() } else { text.audit_broken(verdict.fault_count) })
    };
    let head = (!verdict.head.is_empty()).then(|| {
        view! {
            <p>
                {text.audit_walked_head()} " " <code class="hash">{verdict.head.clone()}</code>
            </p>
        }
    });
    view! {
        <section class=class role="status">
            <h2>{title}</h2>
            {faults_view(visit, verdict)}
            <p>{walked}</p>
            {head}
        </section>
    }
    .into_any()
}

fn faults_view(visit: &Visit, verdict: &ChainVerdict) -> Option<AnyView> {
    let text = visit.text();
    if verdict.is_unbroken() {
        return None;
    }
    let first = verdict.first_broken().map(|sequence| view! { <p>{text.audit_broken_at(sequence)}</p> });
    let faults = verdict
        .faults
        .iter()
        .map(|fault| {
            let sentence = text.chain_fault(fault);
            match fault.sequence().filter(|_| !matches!(fault, ChainFault::MissingRows { .. })) {
                Some(sequence) => {
                    let href = format!("{PAGE}?before={}#row-{sequence}", sequence + 1);
                    view! {
                        <li>
                            <a href=href>{sentence}</a>
                        </li>
                    }
                    .into_any()
                }
                None => view! { <li>{sentence}</li> }.into_any(),
            }
        })
        .collect_view();
    let more = verdict.fault_count - verdict.faults.len();
    let more = (more > 0).then(|| view! { <p>{text.audit_more_faults(more)}</p> });
    Some(view! { {first} <ul>{faults}</ul> {more} }.into_any())
}

fn rows_panel(visit: &Visit, address: Address<'_>, contents: &Contents) -> AnyView {
    let text = visit.text();
    if contents.entries.is_empty() {
        let clear = address.is_filtered().then(|| view! { <p class="actions"><a href=PAGE>{text.audit_filter_clear()}</a></p> });
        return view! {
            <section class="panel">
                <div class="empty">
                    <strong>{text.audit_none()}</strong>
                    <p>{text.audit_none_lead()}</p>
                    {clear}
                </div>
            </section>
        }
        .into_any();
    }
    let rows = contents.entries.iter().map(|entry| row_view(visit, address, contents, entry)).collect_view();
    let (newest, oldest) = (contents.entries.first(), contents.entries.last());
    let shown = newest
        .zip(oldest)
        .map(|(newest, oldest)| text.audit_range(address.is_filtered(), contents.entries.len(), oldest.row.sequence, newest.row.sequence));
    let back = address.begins_later().then(|| view! { <li><a href=address.without("before")>{text.audit_newest()}</a></li> });
    let older = contents.older.map(|before| {
        view! {
            <li>
                <a href=address.with("before", &before.to_string()) rel="next">
                    {text.audit_older()}
                </a>
            </li>
        }
    });
    view! {
        <section class="panel">
            <div class="scroll-x" tabindex="0" role="region" aria-label=text.audit_title()>
                <table class="data stack dense audit-rows">
                    <caption class="visually-hidden">{text.audit_title()}</caption>
                    <thead>
                        <tr>
                            <th scope="col" class="num">
                                {text.audit_column_number()}
                            </th>
                            <th scope="col">{text.audit_column_when()}</th>
                            <th scope="col">{text.audit_column_who()}</th>
                            <th scope="col">{text.audit_column_what()}</th>
                            <th scope="col">{text.audit_column_changes()}</th>
                            <th scope="col">{text.audit_column_hash()}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <nav class="pager" aria-label=text.pager_label()>
                <span>{shown}</span>
                <ul class="no-print">{back} {older}</ul>
            </nav>
        </section>
    }
    .into_any()
}
