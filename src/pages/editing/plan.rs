//! The page /p/{plan}/manage/plan: names, issuer and cadence, with the history of the plan.

use leptos::prelude::*;

use super::parts::{Tab, buttons, grounds_fields, head, history_panel, line, optional_line, seen_fields};
use crate::{
    domain::words::Cadence,
    pages::{
        Page,
        components::{Choice, Field, Form, form, select_field},
        load_plan,
    },
    services::{
        editing::{Definition, PlanState, read_definition, read_history, write_seen},
        visit::{PlanHead, Visit},
    },
};

/// The page.
#[component]
pub fn PlanPage() -> impl IntoView {
    load_plan(|visit, plan| async move {
        let definition = read_definition(&visit.shared.db, &plan).await?;
        let history = read_history(&visit.shared.db, "plan", plan.id.as_str()).await?;
        let seen = write_seen(&PlanState::from(&definition.plan))?;
        let text = visit.text();
        let body = view! {
            {head(text, &plan, Tab::Plan, text.edit_title(), text.edit_lead())}
            <div class="cols">
                <section class="panel">
                    <div class="panel-head">
                        <h2>{text.edit_change_heading()}</h2>
                    </div>
                    {plan_form(&visit, &plan, &definition, &seen)}
                </section>
                <aside>{history_panel(text, &plan.time_zone, &history)}</aside>
            </div>
        };
        Ok(Page { title: text.edit_title().to_owned(), body: body.into_any() })
    })
}

fn plan_form(visit: &Visit, plan: &PlanHead, definition: &Definition, seen: &str) -> AnyView {
    let text = visit.text();
    let row = &definition.plan;
    let form = form(visit, "change_plan");
    let content = view! {
        {seen_fields(&form, plan, &row.code, seen)}
        {line(&form, "name_zh", text.edit_name_zh(), &row.name_zh)}
        {optional_line(&form, "name_en", text.edit_name_en(), &row.name_en)}
        {line(&form, "short_zh", text.edit_short_zh(), &row.short_zh)}
        {optional_line(&form, "short_en", text.edit_short_en(), &row.short_en)}
        {line(&form, "issuer_zh", text.edit_issuer_zh(), &row.issuer_zh)}
        {optional_line(&form, "issuer_en", text.edit_issuer_en(), &row.issuer_en)}
        {cadence_field(&form, definition)}
        <dl class="kv">
            <div>
                <dt>{text.edit_days()}</dt>
                <dd>{text.edit_days_value(&row.starts_on.to_string(), &row.ends_on.to_string())}</dd>
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
    let choices: Vec<Choice> = Cadence::ALL.iter().map(|cadence| Choice::new(cadence.as_str(), text.cadence(*cadence))).collect();
    select_field(form, Field { name: "cadence", label: text.edit_cadence(), value: present.as_str(), ..Field::default() }, &choices)
}
