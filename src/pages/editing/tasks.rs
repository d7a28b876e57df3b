//! The page /p/{plan}/manage/tasks: the list, a new task (`?new=1`), one task with its history (`?edit=CODE`).

use leptos::prelude::*;

use super::parts::{
    Tab, area_choices, buttons, grounds_fields, head, history_panel, line, list_panel, list_row, optional_line, retire_panel, seen_fields,
    state_badge,
};
use crate::{
    pages::{
        Page,
        components::{Choice, Field, Form, area_field, checks_field, form, form::form_for, select_field, text_field},
        load_plan,
    },
    services::{
        ServiceError,
        editing::{Definition, PartKind, read_definition, read_plan_history, write_seen},
        visit::{PlanHead, Visit},
    },
    store::plan_files::TaskRow,
};

/// The page.
#[component]
pub fn TasksPage() -> impl IntoView {
    load_plan(|visit, plan| async move {
        let definition = read_definition(&visit.shared.db, &plan).await?;
        if let Some(code) = visit.query("edit") {
            return edit_page(&visit, &plan, &definition, &code).await;
        }
        let text = visit.text();
        if visit.query("new").is_some() {
            return Ok(Page { title: text.edit_new_task().to_owned(), body: new_page(&visit, &plan, &definition) });
        }
        let rows = definition.tasks.iter().map(|task| {
            let href = format!("{}?edit={}", Tab::Tasks.href(&plan), task.code);
            list_row(&visit, &plan, href, &task.code, visit.lang.pick(&task.title_zh, &task.title_en), task.retired_at)
        });
        let rows: Vec<AnyView> = rows.collect();
        let retired = definition.tasks.iter().filter(|task| task.retired_at.is_some()).count();
        let new = (format!("{}?new=1", Tab::Tasks.href(&plan)), text.edit_new_task());
        let body = view! {
            {head(text, &plan, Tab::Tasks, text.edit_tab_tasks(), text.edit_count(rows.len(), retired))}
            {list_panel(text, text.edit_tab_tasks(), new, rows, text.edit_empty_tasks())}
        };
        Ok(Page { title: text.edit_tab_tasks().to_owned(), body: body.into_any() })
    })
}

fn fields(visit: &Visit, form: &Form, definition: &Definition, task: Option<&TaskRow>) -> AnyView {
    let text = visit.text();
    let value = |read: fn(&TaskRow) -> &str| task.map_or("", read);
    let area = task.map_or("", |task| definition.area_code(&task.area_id));
    let linked = task.map(|task| definition.indicators_of(&task.id)).unwrap_or_default();
    let linked: Vec<&str> = linked.iter().map(String::as_str).collect();
    let indicators = definition.indicators.iter().filter(|indicator| !indicator.is_retired());
    let indicators: Vec<Choice> = indicators
        .map(|row| Choice::new(row.code.as_str(), format!("{} {}", row.code, visit.lang.pick(&row.name_zh, &row.name_en))))
        .collect();
    let lines = |name: &'static str, label: &'static str, value: &str, optional: bool| {
        area_field(form, Field { name, label, value, optional, ..Field::default() }, 3)
    };
    view! {
        {select_field(
            form,
            Field { name: "area", label: text.edit_area(), value: area, ..Field::default() },
            &area_choices(visit, definition, area),
        )}
        {line(form, "title_zh", text.edit_title_zh(), value(|task| &task.title_zh))}
        {optional_line(form, "title_en", text.edit_title_en(), value(|task| &task.title_en))}
        {lines("deliverable_zh", text.edit_deliverable_zh(), value(|task| &task.deliverable_zh), false)}
        {lines("deliverable_en", text.edit_deliverable_en(), value(|task| &task.deliverable_en), true)}
        {lines("effect_zh", text.edit_effect_zh(), value(|task| &task.effect_zh), false)}
        {lines("effect_en", text.edit_effect_en(), value(|task| &task.effect_en), true)}
        {optional_line(form, "source_zh", text.edit_source(), value(|task| &task.source_zh))}
        {checks_field(
            form,
            Field { name: "indicators.", label: text.edit_indicators(), hint: text.edit_indicators_hint(), ..Field::default() },
            &indicators,
            &linked,
        )}
    }
    .into_any()
}

fn new_page(visit: &Visit, plan: &PlanHead, definition: &Definition) -> AnyView {
    let text = visit.text();
    let form = form(visit, "create_task");
    let content = view! {
        <input type="hidden" name="plan" value=plan.code.clone() />
        {text_field(&form, Field { name: "code", label: text.edit_code(), hint: text.edit_code_hint(), ..Field::default() })}
        {fields(visit, &form, definition, None)}
        <p class="note">{text.edit_new_task_days()}</p>
        {grounds_fields(&form)}
        {buttons(text, text.edit_create(), Tab::Tasks.href(plan))}
    };
    view! {
        {head(text, plan, Tab::Tasks, text.edit_new_task(), text.edit_new_lead())}
        <section class="panel no-print">{form.view("", content)}</section>
    }
    .into_any()
}

async fn edit_page(visit: &Visit, plan: &PlanHead, definition: &Definition, code: &str) -> Result<Page, ServiceError> {
    let text = visit.text();
    let task = definition.task(code)?;
    let seen = write_seen(&definition.task_state(task))?;
    let part = ("task", task.id.as_str());
    let history = read_plan_history(&visit.shared.db, plan.id.as_str(), part, &format!("task {code}")).await?;
    let form = form_for(visit, "change_task", code);
    let content = view! {
        {seen_fields(&form, plan, code, &seen)}
        {fields(visit, &form, definition, Some(task))}
        {grounds_fields(&form)}
        {buttons(text, text.save(), Tab::Tasks.href(plan))}
    };
    let title = format!("{code} {}", visit.lang.pick(&task.title_zh, &task.title_en));
    let lead = view! {
        {state_badge(text, plan, task.retired_at)}
        " "
        <a href=plan.path(&format!("/tasks/{code}"))>{text.edit_see_task()}</a>
    };
    let body = view! {
        {head(text, plan, Tab::Tasks, title.clone(), lead)}
        <div class="cols">
            <section class="panel no-print">
                <div class="panel-head">
                    <h2>{text.edit_change_heading()}</h2>
                </div>
                {form.view("", content)}
            </section>
            <aside>
                {retire_panel(visit, plan, PartKind::Task, code, &seen, task.retired_at.is_some())}
                {history_panel(text, &plan.time_zone, &history)}
            </aside>
        </div>
    };
    Ok(Page { title, body: body.into_any() })
}
