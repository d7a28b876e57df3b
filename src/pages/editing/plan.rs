//! The page /p/{plan}/manage/plan: names, issuer and cadence, with the history of the plan, every other plan, and a new one (`?new=1`).

use leptos::prelude::*;

use super::parts::{
    Tab, buttons, grounds_fields, head, history_panel, line, list_panel, list_row, optional_line, retire_panel, seen_fields, state_badge,
};
use crate::{
    domain::words::Cadence,
    pages::{
        Page,
        components::{Choice, Field, Form, date_field, form, select_field, text_field, unbroken_days},
        load_plan,
    },
    services::{
        editing::{Definition, PartKind, PlanState, read_definition, read_history, write_seen},
        visit::{PlanHead, Visit},
    },
    store::plan_files::PlanRow,
};

/// The page.
#[component]
pub fn PlanPage() -> impl IntoView {
    load_plan(|visit, plan| async move {
        if visit.query("new").is_some() {
            return Ok(Page { title: visit.text().edit_new_plan().to_owned(), body: new_page(&visit, &plan) });
        }
        let definition = read_definition(&visit.shared.db, &plan).await?;
        let history = read_history(&visit.shared.db, "plan", plan.id.as_str()).await?;
        let seen = write_seen(&PlanState::from(&definition.plan))?;
        let text = visit.text();
        let retired = definition.plan.retired_at;
        let lead = view! {
            {text.edit_lead()}
            " "
            {state_badge(text, &plan, retired)}
        };
        let body = view! {
            {head(text, &plan, Tab::Plan, text.edit_title(), lead)}
            <div class="cols">
                <section class="panel no-print">
                    <div class="panel-head">
                        <h2>{text.edit_change_heading()}</h2>
                    </div>
                    {plan_form(&visit, &plan, &definition, &seen)}
                </section>
                <aside>
                    {retire_panel(&visit, &plan, PartKind::Plan, &plan.code, &seen, retired.is_some())}
                    {history_panel(text, &plan.time_zone, &history)}
                </aside>
            </div>
            {every_plan(&visit, &plan)}
        };
        Ok(Page { title: text.edit_title().to_owned(), body: body.into_any() })
    })
}

/// Every plan, retired ones too, and the way to a new one.
fn every_plan(visit: &Visit, plan: &PlanHead) -> AnyView {
    let text = visit.text();
    let rows = visit.plans.iter().map(|one| list_row(visit, one, Tab::Plan.href(one), &one.code, one.short(visit.lang), one.retired_at));
    let new = (format!("{}?new=1", Tab::Plan.href(plan)), text.edit_new_plan());
    list_panel(text, text.edit_plans(), new, rows.collect(), "")
}

/// The form of a new plan without content.
fn new_page(visit: &Visit, plan: &PlanHead) -> AnyView {
    let text = visit.text();
    let form = form(visit, "create_plan");
    let day =
        |name: &'static str, label: &'static str| date_field(&form, Field { name, label, hint: text.date_hint(), ..Field::default() });
    let content = view! {
        <input type="hidden" name="plan" value=plan.code.clone() />
        {text_field(&form, Field { name: "code", label: text.edit_code(), hint: text.edit_code_hint(), ..Field::default() })}
        {name_fields(&form, None)}
        {day("starts_on", text.edit_starts_on())}
        {day("ends_on", text.edit_ends_on())}
        {cadence_choice(&form, Cadence::Quarter)}
        <p class="note">{text.edit_days_fixed()}</p>
        {grounds_fields(&form)}
        {buttons(text, text.edit_create(), Tab::Plan.href(plan))}
    };
    view! {
        {head(text, plan, Tab::Plan, text.edit_new_plan(), text.edit_new_plan_lead())}
        <section class="panel no-print">{form.view("", content)}</section>
    }
    .into_any()
}

/// Names and issuer.
fn name_fields(form: &Form, row: Option<&PlanRow>) -> AnyView {
    let text = form.text();
    let value = |read: fn(&PlanRow) -> &str| row.map_or("", read);
    view! {
        {line(form, "name_zh", text.edit_name_zh(), value(|row| &row.name_zh))}
        {optional_line(form, "name_en", text.edit_name_en(), value(|row| &row.name_en))}
        {line(form, "short_zh", text.edit_short_zh(), value(|row| &row.short_zh))}
        {optional_line(form, "short_en", text.edit_short_en(), value(|row| &row.short_en))}
        {line(form, "issuer_zh", text.edit_issuer_zh(), value(|row| &row.issuer_zh))}
        {optional_line(form, "issuer_en", text.edit_issuer_en(), value(|row| &row.issuer_en))}
    }
    .into_any()
}

fn plan_form(visit: &Visit, plan: &PlanHead, definition: &Definition, seen: &str) -> AnyView {
    let text = visit.text();
    let row = &definition.plan;
    let form = form(visit, "change_plan");
    let content = view! {
        {seen_fields(&form, plan, &row.code, seen)}
        {name_fields(&form, Some(row))}
        {cadence_field(&form, definition)}
        <dl class="kv">
            <div>
                <dt>{text.edit_days()}</dt>
                <dd>{unbroken_days(&text.edit_days_value(&row.starts_on.to_string(), &row.ends_on.to_string()))}</dd>
            </div>
            <div>
                <dt>{text.edit_time_zone()}</dt>
                <dd>{row.time_zone.clone()}</dd>
            </div>
        </dl>
        <p class="note">{text.edit_days_fixed()}</p>
        {grounds_fields(&form)}
        {buttons(text, text.save(), plan.path("/manage"))}
    };
    form.view("", content).into_any()
}

/// A choice while no period was opened; then it is only said.
fn cadence_field(form: &Form, definition: &Definition) -> AnyView {
    let text = form.text();
    let present = definition.plan.cadence;
    if definition.has_periods {
        return view! {
            <dl class="kv">
                <div>
                    <dt>{text.edit_cadence()}</dt>
                    <dd>{text.cadence(present)}</dd>
                </div>
            </dl>
            <p class="note">{text.edit_cadence_fixed()}</p>
        }
        .into_any();
    }
    cadence_choice(form, present)
}

fn cadence_choice(form: &Form, present: Cadence) -> AnyView {
    let text = form.text();
    let choices: Vec<Choice> = Cadence::ALL.iter().map(|cadence| Choice::new(cadence.as_str(), text.cadence(*cadence))).collect();
    select_field(form, Field { name: "cadence", label: text.edit_cadence(), value: present.as_str(), ..Field::default() }, &choices)
}
