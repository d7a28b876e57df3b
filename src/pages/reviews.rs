//! What waits for a reviewer's decision, the longest waiting first; for staff also what waits for evaluation or feedback.

use leptos::prelude::*;

use super::{
    Page, load_plan,
    report::{difference_table, due_badge, when},
};
use crate::{
    domain::report::{Deciders, ReviewLevel},
    pages::components::{form, unbroken_days},
    services::{
        report_view::{Queued, ReviewerWork, read_reviewer_work},
        task_loop::WaitingLoop,
        visit::{PlanHead, Visit},
    },
};

/// The reviewer's queue.
#[component]
pub fn ReviewsPage() -> impl IntoView {
    load_plan(|visit, plan| async move {
        let text = visit.text();
        let ReviewerWork { reports: queue, loops } = read_reviewer_work(&visit, &plan).await?;
        let own = queue.iter().filter(|queued| queued.deciders == Deciders::Looker).count();
        let lead = (own > 0).then(|| view! { <p class="lead">{text.flow_reviews_lead(own)}</p> });
        let body = view! {
            <div class="page-head">
                <h1>{text.flow_reviews_title()}</h1>
                {lead}
            </div>
            {unchanged(&visit, &plan, &queue)}
            {queue_panel(&visit, &plan, &queue)}
            {evaluations(&visit, &plan, &loops)}
        };
        Ok(Page { title: text.flow_reviews_title().to_owned(), body: body.into_any() })
    })
}

fn queue_panel(visit: &Visit, plan: &PlanHead, queue: &[Queued]) -> impl IntoView + use<> {
    let text = visit.text();
    if queue.is_empty() {
        return view! {
            <section class="panel empty">
                <strong>{text.flow_reviews_empty_title()}</strong>
                <p>{text.flow_reviews_empty_lead()}</p>
            </section>
        }
        .into_any();
    }
    let items = queue
        .iter()
        .map(|queued| {
            let owed = &queued.owed;
            let href = plan.path(&format!("/reports/{}", owed.id()));
            let title = text.lang.pick(&owed.task_title_zh, &owed.task_title_en).to_owned();
            let due = match queued.level {
                ReviewLevel::Lead => owed.lead_review_due,
                ReviewLevel::Commission => owed.commission_review_due,
            };
            let organisation = text.lang.pick(&owed.organisation_zh, &owed.organisation_en).to_owned();
            let entries = (queued.entries > 0).then(|| view! { <span class="badge blue">{text.flow_entries_count(queued.entries)}</span> });
            let unchanged = queued.unchanged.then(|| view! { <span class="badge grey">{text.flow_no_change()}</span> });
            let badge = queued.correction.is_some().then(|| view! { <span class="badge yellow">{text.correction_badge()}</span> });
            let correction = queued.correction.as_ref().map(|(difference, reason)| {
                view! {
                    <span class="meta">{text.correction_reason_of(reason)}</span>
                    <details>
                        <summary>{text.correction_differences(difference.rows.len())}</summary>
                        {difference_table(text, difference)}
                    </details>
                }
            });
            let held_up = text.held_up(queued.deciders).map(|sentence| view! { <span class="meta">{sentence}</span> });
            view! {
                <li>
                    <a href=href>{organisation} " · " {owed.task_code.clone()} " " {title}</a>
                    " "
                    {badge}
                    {entries}
                    {unchanged}
                    {due_badge(text, due, visit.today(plan))}
                    <span class="meta">
                        {text.review_level(queued.level)} " · " {text.period_name(&owed.period_code)} " · "
                        <span class="nowrap">{when(plan, owed.state_since.unwrap_or_default())}</span>
                    </span>
                    {held_up}
                    {correction}
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="panel">
            <ol class="queue">{items}</ol>
        </section>
    }
    .into_any()
}

/// Reports that say "no change" can be accepted together.
fn unchanged(visit: &Visit, plan: &PlanHead, queue: &[Queued]) -> Option<impl IntoView + use<>> {
    let text = visit.text();
    let same: Vec<&Queued> = queue.iter().filter(|queued| queued.unchanged && queued.deciders == Deciders::Looker).collect();
    if same.len() < 2 {
        return None;
    }
    let form = form(visit, "accept_unchanged");
    let boxes = same
        .into_iter()
        .map(|queued| {
            let label = format!(
                "{} · {} {}",
                text.lang.pick(&queued.owed.organisation_zh, &queued.owed.organisation_en),
                queued.owed.task_code,
                text.lang.pick(&queued.owed.task_title_zh, &queued.owed.task_title_en)
            );
            view! {
                <li>
                    <label>
                        <input type="checkbox" name=format!("report.{}", queued.owed.id()) value="on" />
                        <span>{label}</span>
                    </label>
                </li>
            }
        })
        .collect_view();
    let content = view! {
        <input type="hidden" name="plan" value=plan.code.clone() />
        <ul class="checks">{boxes}</ul>
        <div class="buttons">
            <button type="submit" class="primary">
                {text.flow_bulk_accept()}
            </button>
        </div>
    };
    Some(view! {
        <details class="panel">
            <summary>{text.flow_bulk_title()}</summary>
            {form.view("", content)}
        </details>
    })
}

fn evaluations(visit: &Visit, plan: &PlanHead, waiting: &[WaitingLoop]) -> Option<impl IntoView + use<>> {
    if waiting.is_empty() {
        return None;
    }
    let (text, today) = (visit.text(), visit.today(plan));
    let items = waiting
        .iter()
        .map(|waiting| {
            let href = plan.path(&format!("/tasks/{}?period={}", waiting.task.code, waiting.period.code));
            let title = text.lang.pick(&waiting.task.title_zh, &waiting.task.title_en).to_owned();
            view! {
                <li>
                    <a href=href>{waiting.task.code.clone()} " " {title}</a>
                    {due_badge(text, waiting.due, today)}
                    <span class="meta">
                        {text.station(waiting.station)} " · " {text.period_name(&waiting.period.code)} " · "
                        {unbroken_days(&text.flow_due(&waiting.due.to_string()))}
                    </span>
                </li>
            }
        })
        .collect_view();
    Some(view! {
        <section class="panel stack-y" aria-labelledby="evaluations">
            <h2 id="evaluations">{text.flow_evaluations_waiting()}</h2>
            <ul class="queue">{items}</ul>
        </section>
    })
}
