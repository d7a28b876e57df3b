//! What a report says, and what happened to it.

use std::collections::BTreeMap;

use leptos::prelude::*;

use super::{milestones, reviewer, values, when};
use crate::{
    domain::{
        permissions::Permission,
        report::{Decision, LeadLevel, ReportFields, ReportState},
        words::{Level, Stage},
    },
    i18n::Text,
    pages::components::form_for,
    services::{
        report_view::ReportView,
        visit::{PlanHead, Visit},
    },
    store::reports::{Review, Submission},
};

/// The content as it was submitted last.
pub fn content(visit: &Visit, plan: &PlanHead, view: &ReportView) -> impl IntoView + use<> {
    let text = visit.text();
    if view.submissions.is_empty() {
        return view! {
            <section class="panel empty">
                <p>{text.flow_not_submitted_yet()}</p>
            </section>
        }
        .into_any();
    }
    view! {
        <section class="panel stack-y" aria-labelledby="content">
            <h2 id="content">{text.flow_content()}</h2>
            {fields(text, plan, view, &view.fields, true)}
            {withdraw(visit, plan, view)}
        </section>
    }
    .into_any()
}

fn fields(text: Text, plan: &PlanHead, view: &ReportView, fields: &ReportFields, with_files: bool) -> impl IntoView + use<> {
    let fields = &fields.as_understood();
    let mut rows: Vec<(&'static str, String)> = Vec::new();
    if fields.no_change {
        rows.push((text.flow_no_change(), text.yes().to_owned()));
    }
    rows.push((text.flow_narrative(), fields.narrative.clone()));
    if !fields.percent_complete.trim().is_empty() {
        rows.push((text.flow_percent(), text.flow_percent_value(fields.percent_complete.trim_end_matches(['%', '％']))));
    }
    for (label, value) in [
        (text.flow_problems(), &fields.problems),
        (text.flow_coordination(), &fields.coordination),
        (text.flow_completed_on(), &fields.completed_on),
    ] {
        if !value.trim().is_empty() {
            rows.push((label, value.clone()));
        }
    }
    let list = rows
        .into_iter()
        .map(|(label, value)| {
            let value = if value.trim().is_empty() { text.flow_nothing_filled().to_owned() } else { value };
            view! {
                <dt>{label}</dt>
                <dd class="as-typed">{value}</dd>
            }
        })
        .collect_view();
    let values = values::stated(text, view, fields);
    view! {
        <dl class="kv">{list} {values}</dl>
        {(!fields.entries.is_empty()).then(|| entries(text, plan, view, fields, with_files))}
        {milestones::milestone_list(text, plan, view, fields, with_files)}
        {with_files.then(|| general_files(text, plan, view))}
    }
}

fn entries(text: Text, plan: &PlanHead, view: &ReportView, fields: &ReportFields, with_files: bool) -> impl IntoView + use<> {
    let names: BTreeMap<&str, String> = view
        .offers
        .iter()
        .map(|offer| (offer.kind.code.as_str(), text.lang.pick(&offer.kind.name_zh, &offer.kind.name_en).to_owned()))
        .collect();
    let rows = fields
        .entries
        .iter()
        .map(|entry| {
            let level = entry.level.parse::<Level>().map_or("", |level| text.level(level));
            let recognition = format!("{level}{}", names.get(entry.recognition.as_str()).cloned().unwrap_or_default());
            let stage = entry.stage.parse::<Stage>().map_or("", |stage| text.stage(stage));
            let held = view.units.iter().find(|unit| unit.id.as_str() == entry.unit_id);
            let name = held.map_or(entry.name.clone(), |unit| unit.name_zh.clone());
            let unit = held.map(|unit| plan.path(&format!("/roster/{}", unit.id)));
            let name = match unit {
                Some(href) => view! { <a href=href>{name}</a> }.into_any(),
                None => name.into_any(),
            };
            let files = match with_files.then(|| file_list(text, plan, view, &entry.key)).flatten() {
                Some(files) => files.into_any(),
                None => view! { "—" }.into_any(),
            };
            view! {
                <tr>
                    <th scope="row">{name}</th>
                    <td data-label=text.flow_recognition()>{recognition}</td>
                    <td data-label=text.flow_stage()>{stage}</td>
                    <td data-label=text.flow_stage_date()>{entry.stage_date.clone()}</td>
                    <td data-label=text.flow_document_number()>{entry.document_number.clone()}</td>
                    <td data-label=text.flow_files()>{files}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="scroll-x" tabindex="0" role="region" aria-label=text.flow_entries()>
            <table class="data stack">
                <caption>{text.flow_entries()}</caption>
                <thead>
                    <tr>
                        <th scope="col">{text.flow_name()}</th>
                        <th scope="col">{text.flow_recognition()}</th>
                        <th scope="col">{text.flow_stage()}</th>
                        <th scope="col">{text.flow_stage_date()}</th>
                        <th scope="col">{text.flow_document_number()}</th>
                        <th scope="col">{text.flow_files()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// The evidence of the report as a whole, with its name, since it stands below the entries and their evidence.
fn general_files(text: Text, plan: &PlanHead, view: &ReportView) -> Option<impl IntoView + use<>> {
    let files = file_list(text, plan, view, "")?;
    Some(view! {
        <h3>{text.flow_report_files()}</h3>
        {files}
    })
}

pub(super) fn file_list(text: Text, plan: &PlanHead, view: &ReportView, entry_key: &str) -> Option<impl IntoView + use<>> {
    let files: Vec<_> = view.files.iter().filter(|file| file.entry_key == entry_key).collect();
    if files.is_empty() {
        return None;
    }
    let items = files
        .into_iter()
        .map(|file| {
            let href = plan.path(&format!("/evidence/{}", file.id));
            view! {
                <li class="file">
                    <a href=href>{file.file_name.clone()}</a>
                    <span class="meta">{text.flow_size_kb((file.size + 1023) / 1024)}</span>
                </li>
            }
        })
        .collect_view();
    Some(view! { <ul class="evidence-list">{items}</ul> })
}

fn withdraw(visit: &Visit, plan: &PlanHead, view: &ReportView) -> Option<impl IntoView + use<>> {
    let text = visit.text();
    let own = visit.identity.as_ref().is_some_and(|identity| identity.organisation() == Some(&view.owed.organisation_id));
    if !own || !visit.may(Permission::Report) || view.state != ReportState::Submitted {
        return None;
    }
    let form = form_for(visit, "withdraw_report", view.owed.id().as_str());
    let content = view! {
        <input type="hidden" name="plan" value=plan.code.clone() />
        <input type="hidden" name="report" value=view.owed.id().to_string() />
        <input type="hidden" name="version" value=view.version.to_string() />
        <p class="hint">{text.flow_withdraw_hint()}</p>
        <div class="buttons">
            <button type="submit" class="secondary">
                {text.flow_withdraw()}
            </button>
        </div>
    };
    Some(form.view("no-print", content))
}

/// Every submission and every decision, in order, with what was submitted then.
pub fn history(visit: &Visit, plan: &PlanHead, view: &ReportView) -> Option<impl IntoView + use<>> {
    if view.submissions.is_empty() {
        return None;
    }
    let text = visit.text();
    let note = match view.lead {
        LeadLevel::Needed => None,
        LeadLevel::FallsAway(reason) => Some(view! { <p class="soft">{text.lead_falls_away(reason)}</p> }),
    };
    let mut events: Vec<(i64, AnyView)> = Vec::new();
    let last = view.submissions.len();
    for (index, submission) in view.submissions.iter().enumerate() {
        events.push((submission.submitted_at, submitted(text, plan, view, submission, index + 1 < last).into_any()));
    }
    for review in &view.reviews {
        events.push((review.at, decided(text, plan, view, review).into_any()));
    }
    events.sort_by_key(|(at, _)| *at);
    let events = events.into_iter().map(|(_, event)| event).collect_view();
    Some(view! {
        <section class="panel stack-y" aria-labelledby="history">
            <h2 id="history">{text.flow_history()}</h2>
            {note}
            <ol class="timeline">{events}</ol>
        </section>
    })
}

fn submitted(text: Text, plan: &PlanHead, view: &ReportView, submission: &Submission, superseded: bool) -> impl IntoView + use<> {
    let earlier = superseded.then(|| {
        view! {
            <details>
                <summary>{text.flow_earlier_content()}</summary>
                {fields(text, plan, view, &submission.fields.0, false)}
            </details>
        }
    });
    view! {
        <li>
            <time>{when(plan, submission.submitted_at)}</time>
            <span class="who">{text.flow_submitted_by(&submission.name, submission.submission)}</span>
            {earlier}
        </li>
    }
}

fn decided(text: Text, plan: &PlanHead, view: &ReportView, review: &Review) -> impl IntoView + use<> {
    let name = reviewer(text, view, review);
    let (class, sentence) = match review.decision {
        Decision::Accept => ("ok", text.flow_accepted_by(&name)),
        Decision::Return => ("bad", text.flow_returned_reason(&name, review.reason_code.map_or("", |reason| text.return_reason(reason)))),
    };
    let words = (!review.text.is_empty()).then(|| view! { <blockquote>{review.text.clone()}</blockquote> });
    view! {
        <li class=class>
            <time>{when(plan, review.at)}</time>
            <span class="who">{text.review_level(review.level)}</span>
            <span class="what">{sentence} {words}</span>
        </li>
    }
}
