//! The page /p/{plan}/manage/tasks/{code}/projects: dates, projects and milestones of one task, as staff set them.

mod retired;

use leptos::prelude::*;

use super::{
    Page,
    components::{
        Choice, Field, Form, area_field, date_field, form_for, refusal_without_form, ring::days_until, select_field, text_field,
        unbroken_days,
    },
    editing::{grounds_fields, history_list},
    load_plan, path_parameter,
    rulings::crumbs,
};
use crate::{
    domain::{ids::TimetableItemId, timetable::ItemKind},
    i18n::Text,
    services::{
        editing::HistoryEntry,
        moment::Moment,
        projects::{ManagedTask, newest_setting, read_item_histories, read_managed_task, state_of},
        seen::mark_state,
        visit::{PlanHead, Visit},
    },
    store::timetable::{DatesRow, Item},
};

/// Everything the parts of the page need.
struct Context<'a> {
    visit: &'a Visit,
    plan: &'a PlanHead,
    managed: &'a ManagedTask,
    /// What happened to each project and milestone.
    histories: &'a [(TimetableItemId, Vec<HistoryEntry>)],
}

impl Context<'_> {
    fn text(&self) -> Text {
        self.visit.text()
    }

    fn items(&self, wanted: impl Fn(&&Item) -> bool) -> Vec<&Item> {
        self.managed.items.iter().filter(|item| item.retired_at.is_none()).filter(wanted).collect()
    }
}

/// The page.
#[component]
pub fn TaskProjectsPage() -> impl IntoView {
    let code = path_parameter("code");
    load_plan(|visit, plan| async move {
        let managed = read_managed_task(&visit.shared.db, &plan, &code).await?;
        let histories = read_item_histories(&visit.shared.db, &managed.items).await?;
        let context = Context { visit: &visit, plan: &plan, managed: &managed, histories: &histories };
        let title = format!("{} {}", managed.task.code, visit.text().projects_title());
        Ok(Page { title, body: show(&context) })
    })
}

/// The forms of the page by name and instance; new things can always be set up.
fn shown_forms(context: &Context<'_>) -> Vec<String> {
    let of_item = |item: &Item| -> Vec<String> {
        let forms: &[&str] = match item.retired_at {
            Some(_) => &["revive_timetable_item"],
            None => &["change_timetable_item", "retire_timetable_item", "revise_dates"],
        };
        forms.iter().map(|form| format!("{form}:{}", item.id)).collect()
    };
    let new = context.visit.parked.iter().map(|parked| parked.form.clone()).filter(|form| form.starts_with("create_timetable_item"));
    context.managed.items.iter().flat_map(of_item).chain(new).chain(["revise_dates:task".to_owned()]).collect()
}

fn show(context: &Context<'_>) -> AnyView {
    let Context { visit, plan, managed, .. } = context;
    let (text, task) = (visit.text(), &managed.task);
    let task_path = plan.path(&format!("/tasks/{}", task.code));
    let projects = context.items(|item| item.kind == ItemKind::Project);
    let none = projects.is_empty().then(|| view! { <p class="empty">{text.projects_none()}</p> });
    let panels = projects.into_iter().map(|project| project_panel(context, project)).collect_view();
    view! {
        <div class="page-head">
            {crumbs(text, plan, Some((task_path, text.projects_see_task())))}
            <h1>{task.title(visit.lang).to_owned()} <small>{task.code.clone()}</small> " " {text.projects_title()}</h1>
            <p class="lead">{text.projects_lead()}</p>
        </div>
        {refusal_without_form(visit, &shown_forms(context))}
        {task_dates(context)}
        <section class="panel" aria-labelledby="projects">
            <h2 id="projects">{text.projects_list()}</h2>
            {none}
            {panels}
            {new_project(context)}
        </section>
        <section class="panel" aria-labelledby="milestones">
            <h2 id="milestones">{text.projects_milestones_of_task()}</h2>
            {milestones(context, None)}
        </section>
        {retired::retired(context)}
    }
    .into_any()
}

fn task_dates(context: &Context<'_>) -> AnyView {
    let (text, task) = (context.text(), &context.managed.task);
    let revised = task.revised_due_on().map(|_| {
        let first = text.items_original(&task.due_on.to_string());
        view! { <span class="soft">" " {first}</span> }
    });
    let name = text.projects_task_dates();
    view! {
        <section class="panel" aria-labelledby="task-dates">
            <h2 id="task-dates">{name}</h2>
            <p>
                {text.projects_dates_now()} {text.manage_colon()}
                {unbroken_days(&text.tasks_time(&task.starts_on.to_string(), &task.current_due_on().to_string()))} " "
                <span class="prov">{text.provenance(task.date_provenance)}</span> {revised}
            </p>
            {revise_form(context, None, name)}
            {history(context, context.managed.dates.iter().collect(), name)}
        </section>
    }
    .into_any()
}

fn project_panel(context: &Context<'_>, project: &Item) -> AnyView {
    let text = context.text();
    let name = format!("{} {}", project.code, project.name(context.visit.lang));
    let deliverable = project.deliverable(context.visit.lang);
    let deliverable =
        (!deliverable.is_empty()).then(|| view! { <p>{text.task_deliverable()} {text.manage_colon()} {deliverable.to_owned()}</p> });
    view! {
        <article>
            <h3>{name.clone()}</h3>
            {deliverable}
            {standing(context, project)}
            {change_form(context, project)}
            {revise_form(context, Some(project), &name)}
            {history_of(context, project, &name)}
            <h4>{text.projects_milestones()}</h4>
            {milestones(context, Some(project))}
            {retire_form(context, project)}
        </article>
    }
    .into_any()
}

/// Dates, organisation and what was reached of a project or milestone.
fn standing(context: &Context<'_>, item: &Item) -> AnyView {
    let (text, lang) = (context.text(), context.visit.lang);
    let dates = match item.kind {
        ItemKind::Project => text.tasks_time(&item.starts_on.to_string(), &item.current_due_on().to_string()),
        ItemKind::Milestone => text.milestones_planned(&item.current_due_on().to_string()),
    };
    let first = item.revised_due_on().map(|_| text.items_original(&item.due_on.to_string()));
    let organisation = item.organisation(lang).unwrap_or(text.item_organisation_any()).to_owned();
    let reached = item.reached_on().map_or(text.item_not_reached().to_owned(), |day| text.export_reached(&day.to_string()));
    let parts: Vec<String> = [Some(dates), first, Some(organisation), Some(reached)].into_iter().flatten().collect();
    let today = context.visit.today(context.plan);
    let late = item.reached_on().is_none() && item.current_due_on() < today;
    let late = late.then(|| view! { <span class="due late">" · " {days_until(text, item.current_due_on(), today)}</span> });
    view! { <p class="note">{unbroken_days(&parts.join(" · "))} {late}</p> }.into_any()
}

fn milestones(context: &Context<'_>, project: Option<&Item>) -> AnyView {
    let text = context.text();
    let of = project.map(|project| project.id.clone());
    let listed = context.items(|item| item.kind == ItemKind::Milestone && item.project_id == of);
    let none = listed.is_empty().then(|| view! { <p class="soft">{text.projects_milestones_none()}</p> });
    let items = listed
        .into_iter()
        .map(|item| {
            let name = item.name(context.visit.lang).to_owned();
            view! {
                <li>
                    <b>{name.clone()}</b>
                    {standing(context, item)}
                    {change_form(context, item)}
                    {revise_form(context, Some(item), &name)}
                    {history_of(context, item, &name)}
                    {retire_form(context, item)}
                </li>
            }
        })
        .collect_view();
    view! {
        {none}
        <ul class="item-list">{items}</ul>
        {new_milestone(context, project)}
    }
    .into_any()
}

fn hidden(context: &Context<'_>) -> AnyView {
    view! {
        <input type="hidden" name="plan" value=context.plan.code.clone() />
        <input type="hidden" name="task" value=context.managed.task.code.clone() />
    }
    .into_any()
}

fn organisation_field(context: &Context<'_>, form: &Form, present: Option<&Item>) -> AnyView {
    let (text, lang) = (context.text(), context.visit.lang);
    let mut choices: Vec<Choice> =
        context.managed.responsible().map(|part| Choice::new(part.organisation_id.as_str(), part.name(lang))).collect();
    let value = present.and_then(|item| item.organisation_id.as_ref()).map_or("", |id| id.as_str());
    // An organisation that lost its part in the task stays chosen until somebody chooses another.
    if let (Some(item), false) = (present, value.is_empty() || choices.iter().any(|choice| choice.value == value)) {
        choices.push(Choice::new(value, item.organisation(lang).unwrap_or_default()));
    }
    let field = Field { name: "organisation", label: text.item_organisation(), hint: text.item_organisation_hint(), value, optional: true };
    select_field(form, field, &choices)
}

/// Names, and of a project the deliverable and the organisation.
fn text_fields(context: &Context<'_>, form: &Form, kind: ItemKind, present: Option<&Item>) -> AnyView {
    let text = context.text();
    let stands = |pick: fn(&Item) -> &str| present.map_or("", pick);
    let name = Field { name: "name_zh", label: text.item_name(), value: stands(|item| &item.name_zh), ..Field::default() };
    let name_en =
        Field { name: "name_en", label: text.item_name_en(), value: stands(|item| &item.name_en), optional: true, ..Field::default() };
    let deliverable = Field {
        name: "deliverable_zh",
        label: text.item_deliverable(),
        value: stands(|item| &item.deliverable_zh),
        optional: true,
        ..Field::default()
    };
    let deliverable_en = Field {
        name: "deliverable_en",
        label: text.item_deliverable_en(),
        value: stands(|item| &item.deliverable_en),
        optional: true,
        ..Field::default()
    };
    let deliverables = (kind == ItemKind::Project).then(|| {
        view! {
            {area_field(form, deliverable, 2)}
            {area_field(form, deliverable_en, 2)}
        }
    });
    view! {
        {text_field(form, name)}
        {text_field(form, name_en)}
        {deliverables}
        {organisation_field(context, form, present)}
    }
    .into_any()
}

fn new_project(context: &Context<'_>) -> AnyView {
    let text = context.text();
    let form = form_for(context.visit, "create_timetable_item", "project");
    let open = form.came_back() || context.items(|item| item.kind == ItemKind::Project).is_empty();
    let code = Field { name: "code", label: text.item_code(), hint: text.item_code_hint(), ..Field::default() };
    let starts = Field { name: "starts_on", label: text.item_starts(), hint: text.date_hint(), ..Field::default() };
    let content = view! {
        {hidden(context)}
        <input type="hidden" name="kind" value=ItemKind::Project.as_str() />
        {text_field(&form, code)}
        {text_fields(context, &form, ItemKind::Project, None)}
        {date_field(&form, starts)}
        {date_field(&form, Field { name: "due_on", label: text.item_due(), hint: text.date_hint(), ..Field::default() })}
        {grounds_fields(&form)}
        <div class="buttons">
            <button type="submit" class="primary">{text.projects_create()}</button>
        </div>
    };
    view! {
        <details open=open>
            <summary>{text.projects_new()}</summary>
            {form.view("", content)}
        </details>
    }
    .into_any()
}

fn new_milestone(context: &Context<'_>, project: Option<&Item>) -> AnyView {
    let text = context.text();
    let instance = project.map_or("milestone", |project| project.id.as_str());
    let form = form_for(context.visit, "create_timetable_item", instance);
    let open = form.came_back();
    let name = match project {
        Some(project) => format!("{} {}", project.code, project.name(context.visit.lang)),
        None => context.managed.task.code.clone(),
    };
    let due = Field { name: "due_on", label: text.item_planned(), hint: text.date_hint(), ..Field::default() };
    let content = view! {
        {hidden(context)}
        <input type="hidden" name="kind" value=ItemKind::Milestone.as_str() />
        <input type="hidden" name="project" value=project.map(|project| project.id.to_string()).unwrap_or_default() />
        {text_fields(context, &form, ItemKind::Milestone, None)}
        {date_field(&form, due)}
        {grounds_fields(&form)}
        <div class="buttons">
            <button type="submit" class="primary">{text.projects_milestone_create()}</button>
        </div>
    };
    view! {
        <details open=open>
            <summary>{text.projects_milestone_new(&name)}</summary>
            {form.view("", content)}
        </details>
    }
    .into_any()
}

fn change_form(context: &Context<'_>, item: &Item) -> AnyView {
    let text = context.text();
    let form = form_for(context.visit, "change_timetable_item", item.id.as_str());
    let open = form.came_back();
    let seen = form.value("seen", &mark_state(&state_of(item)).unwrap_or_default());
    let content = view! {
        {hidden(context)}
        <input type="hidden" name="seen" value=seen />
        {text_fields(context, &form, item.kind, Some(item))}
        {grounds_fields(&form)}
        <div class="buttons">
            <button type="submit" class="primary">{text.projects_change_save()}</button>
        </div>
    };
    view! {
        <details open=open>
            <summary>{text.projects_change(item.name(context.visit.lang))}</summary>
            {form.view("", content)}
        </details>
    }
    .into_any()
}

fn retire_form(context: &Context<'_>, item: &Item) -> AnyView {
    let text = context.text();
    let form = form_for(context.visit, "retire_timetable_item", item.id.as_str());
    let open = form.came_back();
    let content = view! {
        {hidden(context)}
        <p class="hint">{text.projects_retire_hint()}</p>
        {grounds_fields(&form)}
        <div class="buttons">
            <button type="submit" class="secondary">{text.projects_retire_save()}</button>
        </div>
    };
    view! {
        <details open=open>
            <summary>{text.projects_retire(item.name(context.visit.lang))}</summary>
            {form.view("", content)}
        </details>
    }
    .into_any()
}

/// The form that revises the dates of the task or of one of its projects and milestones.
fn revise_form(context: &Context<'_>, item: Option<&Item>, name: &str) -> AnyView {
    let (text, task) = (context.text(), &context.managed.task);
    let form = form_for(context.visit, "revise_dates", item.map_or("task", |item| item.id.as_str()));
    let open = form.came_back();
    let newest = match item {
        Some(item) => newest_setting(context.managed.dates_of(&item.id)),
        None => newest_setting(context.managed.dates.iter()),
    };
    let former = form.value("former", newest.map_or("", |row| &row.id));
    let (starts, due) = item.map_or((task.starts_on, task.current_due_on()), |item| (item.starts_on, item.current_due_on()));
    let (starts, due) = (starts.to_string(), due.to_string());
    let is_milestone = item.is_some_and(|item| item.kind == ItemKind::Milestone);
    let due_label = if is_milestone { text.item_planned() } else { text.item_due() };
    let starts = Field { name: "starts_on", label: text.item_starts(), hint: text.date_hint(), value: &starts, ..Field::default() };
    let due = Field { name: "due_on", label: due_label, hint: text.date_hint(), value: &due, ..Field::default() };
    let effective =
        Field { name: "effective_on", label: text.projects_effective_on(), hint: text.projects_effective_hint(), ..Field::default() };
    let document =
        Field { name: "document", label: text.document_number(), hint: text.projects_revise_document_hint(), ..Field::default() };
    let content = view! {
        {hidden(context)}
        <input type="hidden" name="item" value=item.map(|item| item.id.to_string()).unwrap_or_default() />
        <input type="hidden" name="former" value=former />
        {(!is_milestone).then(|| date_field(&form, starts))}
        {date_field(&form, due)}
        {date_field(&form, effective)}
        {text_field(&form, document)}
        {area_field(&form, Field { name: "reason", label: text.reason(), ..Field::default() }, 3)}
        <p class="note">{text.projects_revise_note()}</p>
        <div class="buttons">
            <button type="submit" class="primary">{text.projects_revise_save()}</button>
        </div>
    };
    view! {
        <details open=open>
            <summary>{text.projects_revise_of(name)}</summary>
            {form.view("", content)}
        </details>
    }
    .into_any()
}

/// Every setting of a project's or milestone's dates, and every change of it.
fn history_of(context: &Context<'_>, item: &Item, name: &str) -> AnyView {
    let text = context.text();
    let entries = context.histories.iter().find(|(id, _)| *id == item.id).map_or(&[][..], |(_, entries)| entries);
    view! {
        {history(context, context.managed.dates_of(&item.id).collect(), name)}
        <details>
            <summary>{text.projects_changes_of(name)}</summary>
            {history_list(text, &context.plan.time_zone, entries)}
        </details>
    }
    .into_any()
}

/// Every setting of dates, in the order in which they take effect.
fn history(context: &Context<'_>, rows: Vec<&DatesRow>, name: &str) -> AnyView {
    let (text, plan) = (context.text(), context.plan);
    let items = rows
        .iter()
        .enumerate()
        .map(|(place, row)| {
            let at = Moment(row.recorded_at).minute_in(&plan.time_zone);
            let dates = if row.starts_on == row.due_on {
                row.due_on.to_string()
            } else {
                text.tasks_time(&row.starts_on.to_string(), &row.due_on.to_string())
            };
            let first = (place == 0).then(|| text.projects_history_first());
            let officer = row.officer.as_ref().map_or(text.projects_history_plan_file().to_owned(), |name| text.projects_history_by(name));
            let parts: Vec<String> = [
                first.map(str::to_owned),
                Some(text.projects_history_effective(&row.effective_on.to_string())),
                Some(officer),
                (!row.document.is_empty()).then(|| row.document.clone()),
                (!row.reason.is_empty()).then(|| text.kept_reason(&row.reason)),
            ]
            .into_iter()
            .flatten()
            .collect();
            view! {
                <li>
                    <time>{at}</time>
                    <div class="what">
                        {dates} " " <span class="prov">{text.provenance(row.provenance)}</span>
                        <p class="note">{parts.join(" · ")}</p>
                    </div>
                </li>
            }
        })
        .collect_view();
    view! {
        <details>
            <summary>{text.projects_history_of(name)}</summary>
            <ol class="timeline">{items}</ol>
        </details>
    }
    .into_any()
}
