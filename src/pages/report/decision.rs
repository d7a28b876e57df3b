//! The decision on a report, for whoever it waits for.

use leptos::prelude::*;

use crate::{
    domain::{report::ReviewLevel, words::ReturnReason},
    pages::components::{Choice, Field, area_field, form_for, select_field},
    services::{
        report_view::ReportView,
        visit::{PlanHead, Visit},
    },
};

/// Accept, or return with a reason.
pub fn decision(visit: &Visit, plan: &PlanHead, view: &ReportView, level: ReviewLevel) -> impl IntoView + use<> {
    let text = visit.text();
    let effect = match level {
        ReviewLevel::Lead => text.flow_accept_lead().to_owned(),
        ReviewLevel::Commission if view.owed.correction > 0 => text.correction_accept_effect().to_owned(),
        ReviewLevel::Commission if view.fields.entries.is_empty() => String::new(),
        ReviewLevel::Commission => text.flow_accept_counts(view.fields.entries.len()),
    };
    view! {
        <section class="panel stack-y no-print" aria-labelledby="decide">
            <h2 id="decide">{text.flow_decide()} " · " {text.review_level(level)}</h2>
            <div class="grid-2">{accept(visit, plan, view, &effect)} {send_back(visit, plan, view)}</div>
        </section>
    }
}

fn hidden(plan: &PlanHead, view: &ReportView, decision: &'static str) -> impl IntoView + use<> {
    view! {
        <input type="hidden" name="plan" value=plan.code.clone() />
        <input type="hidden" name="report" value=view.owed.id().to_string() />
        <input type="hidden" name="version" value=view.version.to_string() />
        <input type="hidden" name="decision" value=decision />
    }
}

fn accept(visit: &Visit, plan: &PlanHead, view: &ReportView, effect: &str) -> impl IntoView + use<> {
    let text = visit.text();
    let form = form_for(visit, "decide_report", "accept");
    let content = view! {
        {hidden(plan, view, "accept")}
        {area_field(&form, Field { name: "text", label: text.flow_comment(), optional: true, ..Field::default() }, 2)}
        {(!effect.is_empty()).then(|| view! { <p class="hint">{effect.to_owned()}</p> })}
        <div class="buttons">
            <button type="submit" class="primary">
                {text.flow_accept()}
            </button>
        </div>
    };
    form.view("", content)
}

fn send_back(visit: &Visit, plan: &PlanHead, view: &ReportView) -> impl IntoView + use<> {
    let text = visit.text();
    let form = form_for(visit, "decide_report", "return");
    let open = form.came_back();
    let reasons: Vec<Choice> = ReturnReason::ALL.iter().map(|reason| Choice::new(reason.as_str(), text.return_reason(*reason))).collect();
    let content = view! {
        {hidden(plan, view, "return")}
        {select_field(&form, Field { name: "reason", label: text.flow_return_reason(), ..Field::default() }, &reasons)}
        {area_field(&form, Field { name: "text", label: text.flow_return_text(), hint: text.flow_return_text_hint(), ..Field::default() }, 3)}
        <div class="buttons">
            <button type="submit" class="danger">
                {text.flow_return()}
            </button>
        </div>
    };
    view! {
        <details open=open>
            <summary>{text.flow_return_open()}</summary>
            {form.view("", content)}
        </details>
    }
}
