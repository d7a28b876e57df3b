//! Milestones and projects in a report: the fields of its form, and what a submitted one says.

use leptos::prelude::*;

use super::{
    editor::{Shown, Typed, files, line},
    shown::file_list,
};
use crate::{
    domain::report::{MilestoneFields, ReportFields},
    i18n::Text,
    services::{milestones::is_offered, report_view::ReportView, visit::PlanHead},
    store::timetable::Item,
};

/// One group of fields for each milestone and project that is open.
pub fn milestone_fields(shown: &Shown<'_>) -> Option<impl IntoView + use<>> {
    let text = shown.text;
    let open: Vec<&Item> = shown.view.items.iter().filter(|item| is_offered(item, &shown.view.owed, &shown.fields)).collect();
    if open.is_empty() {
        return None;
    }
    let groups = open
        .into_iter()
        .map(|item| {
            let name = named(text, item);
            let at = |field: &str| format!("milestones.{}.{field}", item.id);
            let nothing = MilestoneFields::default();
            let typed = shown.fields.milestones.iter().find(|typed| typed.item == item.id.as_str()).unwrap_or(&nothing);
            let planned = text.milestones_planned(&item.current_due_on().to_string());
            view! {
                <fieldset class="group">
                    <legend>{text.item_kind(item.kind)} {text.manage_colon()} {name.clone()}</legend>
                    {line(
                        shown,
                        Typed::new(&at("reached_on"), &text.milestones_reached_on(&name), &typed.reached_on).hint(&planned).optional(),
                        "date",
                    )}
                    {line(shown, Typed::new(&at("document_number"), &text.milestones_document(&name), &typed.document_number).optional(), "")}
                    {files(shown, &MilestoneFields::evidence_key(item.id.as_str()), &text.milestones_files(&name), &at("files"))}
                </fieldset>
            }
        })
        .collect_view();
    Some(view! {
        <fieldset class="group">
            <legend>{text.milestones_legend()}</legend>
            <p class="hint">{text.milestones_hint()}</p>
            {groups}
        </fieldset>
    })
}

fn named(text: Text, item: &Item) -> String {
    [item.code.as_str(), item.name(text.lang)].join(" ").trim().to_owned()
}

/// What a report says was reached.
pub fn milestone_list(
    text: Text,
    plan: &PlanHead,
    view: &ReportView,
    fields: &ReportFields,
    with_files: bool,
) -> Option<impl IntoView + use<>> {
    if fields.milestones.is_empty() {
        return None;
    }
    let rows = fields
        .milestones
        .iter()
        .map(|typed| {
            let item = view.items.iter().find(|item| item.id.as_str() == typed.item);
            let name = item.map_or(text.milestones_unknown().to_owned(), |item| named(text, item));
            let planned = item.map(|item| item.current_due_on().to_string());
            let files = with_files.then(|| file_list(text, plan, view, &MilestoneFields::evidence_key(&typed.item)));
            view! {
                <tr>
                    <th scope="row">{name}</th>
                    <td data-label=text.item_planned()>{planned}</td>
                    <td data-label=text.item_reached()>{typed.reached_on.clone()}</td>
                    <td data-label=text.flow_document_number()>{typed.document_number.clone()}</td>
                    <td data-label=text.flow_files()>{files}</td>
                </tr>
            }
        })
        .collect_view();
    Some(view! {
        <div class="scroll-x" tabindex="0" role="region" aria-label=text.milestones_legend()>
            <table class="data stack">
                <caption>{text.milestones_legend()}</caption>
                <thead>
                    <tr>
                        <th scope="col">{text.item_milestone()}</th>
                        <th scope="col">{text.item_planned()}</th>
                        <th scope="col">{text.item_reached()}</th>
                        <th scope="col">{text.flow_document_number()}</th>
                        <th scope="col">{text.flow_files()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    })
}
