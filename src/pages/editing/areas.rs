//! The page /p/{plan}/manage/areas: the list, a new area (`?new=1`), one area with its history (`?edit=CODE`).

use leptos::prelude::*;

use super::parts::{
    Tab, buttons, grounds_fields, head, history_panel, line, list_panel, list_row, optional_line, retire_panel, seen_fields, state_badge,
};
use crate::{
    pages::{
        Page,
        components::{Choice, Field, Form, checks_field, form, form::form_for, select_field, text_field},
        load_plan,
    },
    services::{
        ServiceError,
        editing::{AreaState, Definition, PartKind, read_definition, read_plan_history, write_seen},
        visit::{PlanHead, Visit},
    },
    store::plan_files::AreaRow,
};

/// The page.
#[component]
pub fn AreasPage() -> impl IntoView {
    load_plan(|visit, plan| async move {
        let definition = read_definition(&visit.shared.db, &plan).await?;
        if let Some(code) = visit.query("edit") {
            return edit_page(&visit, &plan, &definition, &code).await;
        }
        let text = visit.text();
        if visit.query("new").is_some() {
            return Ok(Page { title: text.edit_new_area().to_owned(), body: new_page(&visit, &plan, &definition) });
        }
        let rows = definition.areas.iter().map(|area| {
            let href = format!("{}?edit={}", Tab::Areas.href(&plan), area.code);
            list_row(&visit, &plan, href, &area.code, visit.lang.pick(&area.name_zh, &area.name_en), area.retired_at)
        });
        let rows: Vec<AnyView> = rows.collect();
        let retired = definition.areas.iter().filter(|area| area.retired_at.is_some()).count();
        let new = (format!("{}?new=1", Tab::Areas.href(&plan)), text.edit_new_area());
        let body = view! {
            {head(text, &plan, Tab::Areas, text.edit_tab_areas(), text.edit_count(rows.len(), retired))}
            {list_panel(text, text.edit_tab_areas(), new, rows, text.edit_empty_areas())}
        };
        Ok(Page { title: text.edit_tab_areas().to_owned(), body: body.into_any() })
    })
}

fn fields(form: &Form, area: Option<&AreaRow>, places: usize) -> AnyView {
    let text = form.text();
    let value = |read: fn(&AreaRow) -> &str| area.map_or("", read);
    let last = places.to_string();
    let place = area.map_or(last, |area| area.ordinal.to_string());
    let choices: Vec<Choice> = (1_i64..).take(places).map(|place| Choice::new(place.to_string(), text.edit_place_value(place))).collect();
    let closing = area.is_some_and(|area| area.closing == 1);
    let ticked: &[&str] = if closing { &[""] } else { &[] };
    view! {
        {line(form, "name_zh", text.edit_name_zh(), value(|area| &area.name_zh))}
        {optional_line(form, "name_en", text.edit_name_en(), value(|area| &area.name_en))}
        {line(form, "short_zh", text.edit_short_zh(), value(|area| &area.short_zh))}
        {optional_line(form, "short_en", text.edit_short_en(), value(|area| &area.short_en))}
        {select_field(form, Field { name: "place", label: text.edit_place(), value: &place, ..Field::default() }, &choices)}
        {checks_field(
            form,
            Field { name: "closing", label: text.edit_closing_label(), ..Field::default() },
            &[Choice::new("", text.edit_closing())],
            ticked,
        )}
    }
    .into_any()
}

fn new_page(visit: &Visit, plan: &PlanHead, definition: &Definition) -> AnyView {
    let text = visit.text();
    let form = form(visit, "create_area");
    let content = view! {
        <input type="hidden" name="plan" value=plan.code.clone() />
        {text_field(&form, Field { name: "code", label: text.edit_code(), hint: text.edit_code_hint(), ..Field::default() })}
        {fields(&form, None, definition.areas.len() + 1)}
        {grounds_fields(&form)}
        {buttons(text, text.edit_create(), Tab::Areas.href(plan))}
    };
    view! {
        {head(text, plan, Tab::Areas, text.edit_new_area(), text.edit_new_lead())}
        <section class="panel no-print">{form.view("", content)}</section>
    }
    .into_any()
}

async fn edit_page(visit: &Visit, plan: &PlanHead, definition: &Definition, code: &str) -> Result<Page, ServiceError> {
    let text = visit.text();
    let area = definition.area(code)?;
    let seen = write_seen(&AreaState::from(area))?;
    let part = ("area", area.id.as_str());
    let history = read_plan_history(&visit.shared.db, plan.id.as_str(), part, &format!("area {code}")).await?;
    let form = form_for(visit, "change_area", code);
    let content = view! {
        {seen_fields(&form, plan, code, &seen)}
        {fields(&form, Some(area), definition.areas.len())}
        {grounds_fields(&form)}
        {buttons(text, text.save(), Tab::Areas.href(plan))}
    };
    let title = format!("{code} {}", visit.lang.pick(&area.name_zh, &area.name_en));
    let body = view! {
        {head(text, plan, Tab::Areas, title.clone(), state_badge(text, plan, area.retired_at))}
        <div class="cols">
            <section class="panel no-print">
                <div class="panel-head">
                    <h2>{text.edit_change_heading()}</h2>
                </div>
                {form.view("", content)}
            </section>
            <aside>
                {retire_panel(visit, plan, PartKind::Area, code, &seen, area.retired_at.is_some())}
                {history_panel(text, &plan.time_zone, &history)}
            </aside>
        </div>
    };
    Ok(Page { title, body: body.into_any() })
}
