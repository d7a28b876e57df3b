//! What an organisation owes and by when, what came back, and what it has handed in.

use std::collections::BTreeSet;

use jiff::civil::Date;
use leptos::prelude::*;

use super::{
    Page, load_plan,
    report::{due_badge, state_class, when},
};
use crate::{
    domain::report::ReportState,
    i18n::Text,
    services::{
        moment::make_id,
        report_view::{OwnerWork, read_owner_work},
        visit::{PlanHead, Visit},
    },
    store::{evaluations::OpenFeedback, reports::Owed},
};

/// The owner's list.
#[component]
pub fn ReportsPage() -> impl IntoView {
    load_plan(|visit, plan| async move {
        let text = visit.text();
        let OwnerWork { owed, corrections, feedback } = read_owner_work(&visit, &plan).await?;
        let today = visit.today(&plan);
        let (open, done): (Vec<Owed>, Vec<Owed>) = owed.into_iter().partition(|owed| owed.state.is_none_or(ReportState::is_editable));
        let body = view! {
            <div class="page-head">
                <h1>{text.flow_reports_title()}</h1>
                <p class="lead">{lead(text, &open, &done, today)}</p>
            </div>
            {open_feedback(text, &plan, &feedback, today)}
            {to_do(&visit, &plan, open, &done)}
            {open_corrections(text, &plan, &corrections)}
            {handed_in(&visit, &plan, &done)}
        };
        Ok(Page { title: text.flow_reports_title().to_owned(), body: body.into_any() })
    })
}

fn lead(text: Text, open: &[Owed], done: &[Owed], today: Date) -> String {
    match (open.len(), done.len()) {
        (0, 0) => String::new(),
        (0, _) => text.flow_reports_done().to_owned(),
        (count, _) => text.flow_reports_lead(count, open.iter().filter(|owed| owed.report_due < today).count()),
    }
}

fn open_feedback(text: Text, plan: &PlanHead, feedback: &[OpenFeedback], today: Date) -> Option<impl IntoView + use<>> {
    if feedback.is_empty() {
        return None;
    }
    let items = feedback
        .iter()
        .map(|feedback| {
            let href = plan.path(&format!("/tasks/{}?period={}#feedback", feedback.task_code, feedback.period_code));
            let title = text.lang.pick(&feedback.task_title_zh, &feedback.task_title_en).to_owned();
            view! {
                <li>
                    <a href=href>{feedback.task_code.clone()} " " {title}</a>
                    {due_badge(text, feedback.answer_due, today)}
                    <span class="meta">{text.flow_due(&feedback.answer_due.to_string())} " · " {feedback.text.clone()}</span>
                </li>
            }
        })
        .collect_view();
    Some(view! {
        <section class="panel stack-y" aria-labelledby="feedback">
            <h2 id="feedback">{text.flow_feedback_open()}</h2>
            <ul class="queue">{items}</ul>
        </section>
    })
}

fn to_do(visit: &Visit, plan: &PlanHead, mut open: Vec<Owed>, done: &[Owed]) -> impl IntoView + use<> {
    let text = visit.text();
    if open.is_empty() {
        return done
            .is_empty()
            .then(|| {
                view! {
                    <section class="panel empty">
                        <strong>{text.flow_reports_empty_title()}</strong>
                        <p>{text.flow_reports_empty_lead()}</p>
                    </section>
                }
            })
            .into_any();
    }
    open.sort_by_key(|owed| owed.report_due);
    let items = open.iter().map(|owed| owed_item(visit, plan, owed, may_say_no_change(owed, done))).collect_view();
    view! {
        <section class="panel stack-y" aria-labelledby="to-do">
            <h2 id="to-do">{text.flow_to_do()}</h2>
            <ul class="queue">{items}</ul>
        </section>
    }
    .into_any()
}

/// Corrections that are not accepted yet: to go on with, or before a reviewer.
fn open_corrections(text: Text, plan: &PlanHead, corrections: &[Owed]) -> Option<impl IntoView + use<>> {
    if corrections.is_empty() {
        return None;
    }
    let items = corrections
        .iter()
        .map(|owed| {
            let href = plan.path(&format!("/reports/{}", owed.id()));
            let title = text.lang.pick(&owed.task_title_zh, &owed.task_title_en).to_owned();
            let state = owed.state.unwrap_or(ReportState::Draft);
            view! {
                <li>
                    <a href=href>{owed.task_code.clone()} " " {title} " · " {text.version_name(owed.correction)}</a>
                    " "
                    <span class=state_class(state)>{text.report_state(owed.state)}</span>
                    <span class="meta">
                        {text.period_name(&owed.period_code)} " · " {when(plan, owed.state_since.unwrap_or_default())} " · " {text.correction_stays()}
                    </span>
                </li>
            }
        })
        .collect_view();
    Some(view! {
        <section class="panel stack-y" aria-labelledby="corrections">
            <h2 id="corrections">{text.correction_to_do()}</h2>
            <ul class="queue">{items}</ul>
        </section>
    })
}

/// "No change" needs an accepted report of an earlier period.
fn may_say_no_change(owed: &Owed, done: &[Owed]) -> bool {
    let is_before = |earlier: &Owed| earlier.task_id == owed.task_id && earlier.period_ends_on < owed.period_ends_on;
    owed.state.is_none() && done.iter().any(|earlier| is_before(earlier) && earlier.state == Some(ReportState::Accepted))
}

fn owed_item(visit: &Visit, plan: &PlanHead, owed: &Owed, may_say_no_change: bool) -> impl IntoView + use<> {
    let text = visit.text();
    let href = plan.path(&format!("/reports/{}", owed.id()));
    let title = text.lang.pick(&owed.task_title_zh, &owed.task_title_en).to_owned();
    let action = match owed.state {
        None => text.flow_fill_in(),
        Some(ReportState::Returned) => text.flow_correct(),
        Some(_) => text.flow_continue(),
    };
    let state = owed.state.unwrap_or(ReportState::Draft);
    let unchanged = may_say_no_change.then(|| no_change_form(visit, plan, owed));
    view! {
        <li>
            <a href=href.clone()>{owed.task_code.clone()} " " {title}</a>
            " "
            <span class=state_class(state)>{text.report_state(owed.state)}</span>
            {due_badge(text, owed.report_due, visit.today(plan))}
            <span class="meta">{text.period_name(&owed.period_code)} " · " {text.flow_due(&owed.report_due.to_string())}</span>
            <div class="buttons">
                <a class="button small" href=href>
                    {action}
                </a>
                {unchanged}
            </div>
        </li>
    }
}

fn no_change_form(visit: &Visit, plan: &PlanHead, owed: &Owed) -> impl IntoView + use<> {
    let text = visit.text();
    let action = plan.path(&format!("/reports/{}/form", owed.id()));
    let key: String = make_id(visit.now).unwrap_or_default();
    view! {
        <form method="post" action=action enctype="multipart/form-data" data-guard="">
            <input type="hidden" name="form_key" value=key />
            <input type="hidden" name="version" value=owed.version.unwrap_or(0).to_string() />
            <button type="submit" name="intent" value="no-change" class="secondary small">
                {text.flow_no_change_button()}
            </button>
        </form>
    }
}

/// What was handed in: the latest period at once, earlier ones behind a line each.
fn handed_in(visit: &Visit, plan: &PlanHead, done: &[Owed]) -> Option<impl IntoView + use<>> {
    let text = visit.text();
    let latest = done.first()?.period_code.clone();
    let earlier: BTreeSet<&str> = done.iter().map(|owed| owed.period_code.as_str()).filter(|code| *code != latest).collect();
    let earlier = earlier
        .into_iter()
        .rev()
        .map(|code| {
            view! {
                <details>
                    <summary>{text.period_name(code)}</summary>
                    {table(text, plan, done, code)}
                </details>
            }
        })
        .collect_view();
    Some(view! {
        <section class="panel stack-y" aria-labelledby="handed-in">
            <h2 id="handed-in">{text.flow_handed_in()} " · " {text.period_name(&latest)}</h2>
            {table(text, plan, done, &latest)}
            {earlier}
        </section>
    })
}

fn table(text: Text, plan: &PlanHead, done: &[Owed], period: &str) -> impl IntoView + use<> {
    let rows = done
        .iter()
        .filter(|owed| owed.period_code == period)
        .map(|owed| {
            let href = plan.path(&format!("/reports/{}", owed.id()));
            let title = text.lang.pick(&owed.task_title_zh, &owed.task_title_en).to_owned();
            let state = owed.state.unwrap_or(ReportState::Draft);
            view! {
                <tr>
                    <th scope="row">
                        <a href=href>{title}</a>
                        <i>{owed.task_code.clone()}</i>
                    </th>
                    <td data-label=text.flow_state()>
                        <span class=state_class(state)>{text.report_state(owed.state)}</span>
                    </td>
                    <td data-label=text.flow_since()>{when(plan, owed.state_since.unwrap_or_default())}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="scroll-x" tabindex="0" role="region" aria-label=text.period_name(period)>
            <table class="data stack">
                <thead>
                    <tr>
                        <th scope="col">{text.flow_task()}</th>
                        <th scope="col">{text.flow_state()}</th>
                        <th scope="col">{text.flow_since()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}
