//! Projects and milestones on the page of their task: planned and actual dates, how they stand, what proves them.

use leptos::prelude::*;

use super::{super::tasks::status_badge, Context};
use crate::{
    domain::permissions::Permission,
    pages::components::{proof_links, unbroken_days},
    services::{
        roster_view::{EvidenceLink, Proof},
        timetable::{JudgedItem, ProvedItems},
    },
    store::timetable::Item,
};

/// The panel; for whoever cannot set anything up, only where there is something.
pub fn items_panel(context: &Context<'_>, found: &ProvedItems) -> Option<AnyView> {
    let Context { visit, plan, .. } = context;
    let text = visit.text();
    let manages = visit.may(Permission::ManagePlans);
    if found.items.is_empty() && !manages {
        return None;
    }
    let manage = manages.then(|| {
        let href = plan.path(&format!("/manage/tasks/{}/projects", context.found.judged.task.code));
        view! {
            <p class="actions no-print">
                <a href=href>{text.projects_manage_link()}</a>
            </p>
        }
    });
    let none = found.items.is_empty().then(|| view! { <p class="soft">{text.items_none()}</p> });
    let mut milestones: Vec<(&JudgedItem, Option<&str>)> = found.items.milestones.iter().map(|one| (one, None)).collect();
    for project in &found.items.projects {
        milestones.extend(project.milestones.iter().map(|one| (one, Some(project.project.item.code.as_str()))));
    }
    milestones.sort_by_key(|(one, _)| one.item.current_due_on());
    Some(
        view! {
            <section class="panel" id="items">
                <h2>{text.items_panel()}</h2>
                {none}
                {projects_table(context, found)}
                {milestones_table(context, found, &milestones)}
                {manage}
            </section>
        }
        .into_any(),
    )
}

fn projects_table(context: &Context<'_>, found: &ProvedItems) -> Option<AnyView> {
    let text = context.visit.text();
    let lang = context.visit.lang;
    if found.items.projects.is_empty() {
        return None;
    }
    let rows = found
        .items
        .projects
        .iter()
        .map(|project| {
            let item = &project.project.item;
            let deliverable = item.deliverable(lang);
            let deliverable = (!deliverable.is_empty()).then(|| view! { <br /><small class="soft">{deliverable.to_owned()}</small> });
            view! {
                <tr>
                    <th scope="row">
                        {item.name(lang).to_owned()} <i>{item.code.clone()}</i> {deliverable}
                    </th>
                    <td data-label=text.item_organisation()>
                        {item.organisation(lang).unwrap_or(text.item_organisation_any()).to_owned()}
                    </td>
                    {dates_cells(context, &project.project)}
                    <td data-label=text.tasks_column_status()>{status_badge(text, project.project.judgement.status)}</td>
                    <td data-label=text.items_column_proof()>{proof(context, found, item)}</td>
                </tr>
            }
        })
        .collect_view();
    Some(table(context, text.items_projects_caption(), text.item_project(), text.item_organisation(), rows.into_any()))
}

fn milestones_table(context: &Context<'_>, found: &ProvedItems, milestones: &[(&JudgedItem, Option<&str>)]) -> Option<AnyView> {
    let text = context.visit.text();
    let lang = context.visit.lang;
    if milestones.is_empty() {
        return None;
    }
    let rows = milestones
        .iter()
        .map(|(judged, project)| {
            let item = &judged.item;
            let project = project.map(|code| view! { <i>{text.items_of_project(code)}</i> });
            view! {
                <tr>
                    <th scope="row">{item.name(lang).to_owned()} {project}</th>
                    <td data-label=text.item_organisation()>
                        {item.organisation(lang).unwrap_or(text.item_organisation_any()).to_owned()}
                    </td>
                    {dates_cells(context, judged)}
                    <td data-label=text.tasks_column_status()>{status_badge(text, judged.judgement.status)}</td>
                    <td data-label=text.items_column_proof()>{proof(context, found, item)}</td>
                </tr>
            }
        })
        .collect_view();
    Some(table(context, text.items_milestones_caption(), text.item_milestone(), text.item_organisation(), rows.into_any()))
}

fn table(context: &Context<'_>, caption: &'static str, first: &'static str, second: &'static str, rows: AnyView) -> AnyView {
    let text = context.visit.text();
    view! {
        <div class="scroll-x" tabindex="0" role="region" aria-label=caption>
            <table class="data stack">
                <caption>{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">{first}</th>
                        <th scope="col">{second}</th>
                        <th scope="col">{text.items_column_planned()}</th>
                        <th scope="col">{text.items_column_actual()}</th>
                        <th scope="col">{text.tasks_column_status()}</th>
                        <th scope="col">{text.items_column_proof()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn dates_cells(context: &Context<'_>, judged: &JudgedItem) -> AnyView {
    let (text, item) = (context.visit.text(), &judged.item);
    let planned = if item.starts_on == item.current_due_on() {
        item.current_due_on().to_string()
    } else {
        text.tasks_time(&item.starts_on.to_string(), &item.current_due_on().to_string())
    };
    let first = item.revised_due_on().map(|_| view! { <br /><small class="soft">{text.items_original(&item.due_on.to_string())}</small> });
    let actual = judged.judgement.completed_on.map_or("—".to_owned(), |day| day.to_string());
    view! {
        <td data-label=text.items_column_planned()>{unbroken_days(&planned)} {first}</td>
        <td data-label=text.items_column_actual()>
            <span class="nowrap">{actual}</span>
        </td>
    }
    .into_any()
}

/// Document, report and files; report and files only where the viewer may open them.
fn proof(context: &Context<'_>, found: &ProvedItems, item: &Item) -> AnyView {
    let text = context.visit.text();
    let files = found.proofs.iter().filter(|proof| proof.item_id == item.id);
    let evidence: Vec<EvidenceLink> =
        files.map(|file| EvidenceLink { id: file.evidence_id.clone(), file_name: file.file_name.clone(), size: file.size }).collect();
    let report = item.report_id.clone().filter(|_| found.open_reports.contains(&item.id));
    let document = item.reached_document.clone().filter(|document| !document.is_empty());
    if document.is_some() && report.is_none() {
        return document.into_any();
    }
    view! { {document} " " {proof_links(text, context.plan, &Proof { report, evidence })} }.into_any()
}
