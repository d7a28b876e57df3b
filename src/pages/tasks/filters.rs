//! Which tasks of the timetable are shown, and how. Invariant: every choice is a link that keeps the others, and every filter that is
//! set can be taken out by itself.

use leptos::prelude::*;

use super::{Layout, count};
use crate::{
    domain::task_status::TaskStatus,
    pages::components::{AsOf, FilterChoice, address_with, filter_links, switch_links},
    services::{
        loops::Timetable,
        timetable::{FILTERS, NO_LEAD, is_active, quarters},
        visit::{PlanHead, Visit},
    },
};

/// Layout switch, export, filters, and the filters that are set.
pub fn filters(visit: &Visit, plan: &PlanHead, as_of: &AsOf, timetable: &Timetable, shows: Layout) -> impl IntoView + use<> {
    let text = visit.text();
    let choice = |value: &str, label: &str| FilterChoice { value: value.to_owned(), label: label.to_owned(), count: None };
    let views = vec![
        choice("both", text.timetable_view_both()),
        choice("gantt", text.timetable_view_gantt()),
        choice("table", text.timetable_view_table()),
    ];
    let chosen = match shows {
        Layout::Both => "both",
        Layout::Gantt => "gantt",
        Layout::Table => "table",
    };
    let (areas, leads) = (area_choices(visit, timetable), lead_choices(visit, timetable));
    let quarters = quarter_choices(visit, plan, as_of, timetable);
    let statuses: Vec<FilterChoice> = TaskStatus::ALL
        .iter()
        .map(|status| FilterChoice {
            value: status.to_string(),
            label: format!("{} ", text.task_status(*status)),
            count: Some(count(timetable, *status)),
        })
        .filter(|choice| choice.count != Some(0))
        .collect();
    let set = active_filters(visit, &[("area", &areas), ("status", &statuses), ("lead", &leads), ("quarter", &quarters)]);
    let open = visit.query("lead").is_some() || visit.query("quarter").is_some();
    // The spreadsheet holds what is known now; beside an earlier day it would show other numbers than the page.
    let export = as_of.known_at.is_none().then(|| view! { <a href=export_address(visit, plan)>{text.timetable_export()}</a> });
    // On a phone the drawing comes only when it is chosen: what is shown there is the table.
    let class = if shows == Layout::Both { "panel-head view-choice both no-print" } else { "panel-head view-choice no-print" };
    view! {
        <div class=class>
            {switch_links(visit, text.timetable_view_label(), "view", Some(chosen), views)}
            <p class="actions">
                {export}
            </p>
        </div>
        <div class="stack-y no-print">
            {filter_links(visit, text, text.tasks_filter_area(), "area", areas)}
            {filter_links(visit, text, text.tasks_filter_status(), "status", statuses)}
            <details open=open>
                <summary>{text.timetable_more_filters()}</summary>
                {filter_links(visit, text, text.timetable_filter_lead(), "lead", leads)}
                {filter_links(visit, text, text.timetable_filter_quarter(), "quarter", quarters)}
            </details>
            {set}
        </div>
    }
}

/// The address of the export with the same filters and the same day.
fn export_address(visit: &Visit, plan: &PlanHead) -> String {
    let kept: Vec<(&str, String)> =
        FILTERS.into_iter().chain(["as_of", "known_at"]).filter_map(|name| visit.query(name).map(|value| (name, value))).collect();
    let query = serde_urlencoded::to_string(kept).unwrap_or_default();
    let path = plan.path("/tasks.xlsx");
    if query.is_empty() { path } else { format!("{path}?{query}") }
}

fn area_choices(visit: &Visit, timetable: &Timetable) -> Vec<FilterChoice> {
    let mut areas: Vec<FilterChoice> = Vec::new();
    for (judged, _) in &timetable.tasks {
        let label = || format!("{} {} ", judged.task.area_code, judged.task.area_short(visit.lang));
        add_choice(&mut areas, &judged.task.area_code, label);
    }
    areas
}

fn lead_choices(visit: &Visit, timetable: &Timetable) -> Vec<FilterChoice> {
    let text = visit.text();
    let mut leads: Vec<FilterChoice> = Vec::new();
    for (judged, _) in &timetable.tasks {
        match judged.lead() {
            Some(lead) => add_choice(&mut leads, lead.organisation_id.as_str(), || format!("{} ", lead.name(visit.lang))),
            None => add_choice(&mut leads, NO_LEAD, || format!("{} ", text.tasks_no_lead())),
        }
    }
    leads
}

fn add_choice(choices: &mut Vec<FilterChoice>, value: &str, label: impl FnOnce() -> String) {
    match choices.iter_mut().find(|choice| choice.value == value) {
        Some(choice) => choice.count = choice.count.map(|count| count + 1),
        None => choices.push(FilterChoice { value: value.to_owned(), label: label(), count: Some(1) }),
    }
}

fn quarter_choices(visit: &Visit, plan: &PlanHead, as_of: &AsOf, timetable: &Timetable) -> Vec<FilterChoice> {
    let text = visit.text();
    quarters(plan)
        .into_iter()
        .map(|quarter| FilterChoice {
            label: format!("{} ", text.period_name(&quarter.code)),
            count: Some(timetable.tasks.iter().filter(|(judged, _)| is_active(judged, &quarter, as_of.date)).count()),
            value: quarter.code,
        })
        .collect()
}

/// The filters that are set, each with the link that takes it out.
fn active_filters(visit: &Visit, choices: &[(&'static str, &Vec<FilterChoice>)]) -> Option<AnyView> {
    let text = visit.text();
    let set: Vec<AnyView> = choices
        .iter()
        .filter_map(|(name, choices)| {
            let value = visit.query(name)?;
            let known = choices.iter().find(|choice| choice.value == value);
            let label = known.map_or_else(|| value.clone(), |choice| choice.label.trim().to_owned());
            let label = if *name == "quarter" { text.timetable_in_quarter(&label) } else { label };
            let remove = text.timetable_remove_filter(&label);
            let link = view! {
                <a href=address_with(visit, name, None) title=remove>
                    {label}
                    " ×"
                </a>
            };
            Some(link.into_any())
        })
        .collect();
    if set.is_empty() {
        return None;
    }
    let query: Vec<(&str, String)> =
        ["as_of", "known_at", "view", "open"].into_iter().filter_map(|name| visit.query(name).map(|value| (name, value))).collect();
    let query = serde_urlencoded::to_string(query).unwrap_or_default();
    let cleared = if query.is_empty() { visit.path().to_owned() } else { format!("{}?{query}", visit.path()) };
    Some(
        view! {
            <nav class="filters" aria-label=text.timetable_active_filters()>
                <span>{text.timetable_active_filters()}</span>
                {set}
                <a href=cleared>{text.timetable_clear_filters()}</a>
            </nav>
        }
        .into_any(),
    )
}
