//! One report: the form for its owner, its content and history for whoever may see it, the decision for its reviewer.

mod decision;
mod editor;
mod entry;
mod milestones;
mod shown;
mod values;
mod versions;

use leptos::prelude::*;

pub use versions::difference_table;

use super::{Page, components::unbroken_days, load_plan, path_parameter};
use crate::{
    domain::{
        ids::ReportId,
        report::{ReportState, ReviewLevel},
    },
    i18n::{Lang, Text},
    services::{
        moment::Moment,
        report_view::{ReportView, read_report},
        visit::{PlanHead, Visit},
    },
    store::reports::Review,
    web::forms::parked_value,
};

/// The page of a report; also of one that is owed and not begun.
#[component]
pub fn ReportPage() -> impl IntoView {
    let id = ReportId::from(path_parameter("id"));
    load_plan(|visit, plan| async move {
        let view = read_report(&visit, &plan, &id).await?;
        let text = visit.text();
        let title = text
            .flow_report_of(visit.lang.pick(&view.owed.task_title_zh, &view.owed.task_title_en), &text.period_name(&view.owed.period_code));
        let content =
            if view.may_edit { editor::editor(&visit, &plan, &view).into_any() } else { shown::content(&visit, &plan, &view).into_any() };
        let decision = view.decides.map(|level| decision::decision(&visit, &plan, &view, level));
        let history = shown::history(&visit, &plan, &view);
        let body = view! {
            {head(&visit, &plan, &view)}
            {too_late(&visit, &view)}
            {held_up(text, &view)}
            {versions::standing(&visit, &plan, &view)}
            {versions::difference(&visit, &view)}
            {decision}
            {content}
            {versions::begin(&visit, &plan, &view)}
            {versions::give_up(&visit, &plan, &view)}
            {versions::versions(&visit, &plan, &view)}
            {history}
        };
        Ok(Page { title, body: body.into_any() })
    })
}

fn head(visit: &Visit, plan: &PlanHead, view: &ReportView) -> impl IntoView + use<> {
    let text = visit.text();
    let owed = &view.owed;
    let task = plan.path(&format!("/tasks/{}?period={}", owed.task_code, owed.period_code));
    let is_given_up = owed.given_up_at.is_some();
    let (class, state) =
        if is_given_up { ("badge grey", text.correction_given_up()) } else { (state_class(view.state), text.report_state(owed.state)) };
    let version = (owed.correction > 0).then(|| view! { <span class="badge yellow">{text.version_name(owed.correction)}</span> " " });
    view! {
        <div class="page-head">
            <nav class="crumbs no-print" aria-label=text.flow_reports_title()>
                <ol>
                    {view
                        .may_edit
                        .then(|| {
                            view! {
                                <li>
                                    <a href=plan.path("/reports")>{text.flow_reports_title()}</a>
                                </li>
                            }
                        })}
                    <li>
                        <a href=task>{text.flow_task()} " " {owed.task_code.clone()}</a>
                    </li>
                </ol>
            </nav>
            <h1>
                {visit.lang.pick(&owed.task_title_zh, &owed.task_title_en).to_owned()} " " <small>{text.period_name(&owed.period_code)}</small> " "
                {version} <span class=class>{state}</span>
            </h1>
            <p class="lead">{visit.lang.pick(&owed.organisation_zh, &owed.organisation_en).to_owned()} " · " {unbroken_days(&where_it_waits(text, view))} {due_note(visit, plan, view)}</p>
        </div>
    }
}

/// Why nobody, or not whoever looks, decides on a report that waits.
fn held_up(text: Text, view: &ReportView) -> Option<impl IntoView + use<>> {
    let sentence = text.held_up(view.held_up?)?;
    Some(view! {
        <p class="notice warn no-print">{sentence}</p>
    })
}

/// A decision or a withdrawal that came after somebody else's: its own form is not on the page any more.
fn too_late(visit: &Visit, view: &ReportView) -> Option<impl IntoView + use<>> {
    let parked = visit.parked.clone()?;
    let has_form = match parked.form.split(':').next()? {
        "decide_report" => view.decides.is_some(),
        "withdraw_report" => view.state == ReportState::Submitted,
        "begin_correction" => view.may_correct,
        "give_up_correction" => view.may_edit && view.owed.correction > 0,
        _ => true,
    };
    if has_form {
        return None;
    }
    let typed = parked_value(&parked, "text").filter(|text| !text.trim().is_empty());
    Some(view! {
        <div class="error-summary" role="alert">
            <p>{visit.text().user_error(&parked.error)}</p>
            {typed.map(|typed| view! { <blockquote>{typed}</blockquote> })}
        </div>
    })
}

/// The badge of a state.
pub fn state_class(state: ReportState) -> &'static str {
    match state {
        ReportState::Draft => "badge grey",
        ReportState::Submitted | ReportState::LeadReviewed => "badge blue",
        ReportState::Accepted => "badge green",
        ReportState::Returned => "badge yellow",
    }
}

fn where_it_waits(text: Text, view: &ReportView) -> String {
    match view.waits {
        Some(ReviewLevel::Lead) => {
            format!(
                "{} · {}",
                text.flow_waits_lead(text.lang.pick(view.owed.lead_zh.as_deref().unwrap_or_default(), &view.owed.lead_en)),
                text.flow_review_by(&view.owed.lead_review_due.to_string())
            )
        }
        Some(ReviewLevel::Commission) => {
            format!("{} · {}", text.flow_waits_commission(), text.flow_review_by(&view.owed.commission_review_due.to_string()))
        }
        None if view.owed.correction > 0 && view.owed.is_editable() => text.correction_stays().to_owned(),
        None if view.owed.given_up_at.is_some() => text.correction_given_up().to_owned(),
        None if view.state.is_editable() => text.flow_due(&view.owed.report_due.to_string()),
        None => text.report_state(view.owed.state).to_owned(),
    }
}

fn due_note(visit: &Visit, plan: &PlanHead, view: &ReportView) -> Option<impl IntoView + use<>> {
    let today = visit.today(plan);
    let due = match view.waits {
        // A decision that is late is said; one that is not has its day in the sentence before.
        Some(ReviewLevel::Lead) => Some(view.owed.lead_review_due).filter(|due| *due < today),
        Some(ReviewLevel::Commission) => Some(view.owed.commission_review_due).filter(|due| *due < today),
        // A report is owed by a day; a correction is not.
        None => Some(view.owed.report_due).filter(|_| view.state.is_editable() && view.owed.correction == 0),
    };
    due.map(|due| due_badge(visit.text(), due, today))
}

/// How many days are left until a date, or how many it is overdue.
pub fn due_badge(text: Text, due: jiff::civil::Date, today: jiff::civil::Date) -> impl IntoView + use<> {
    let days = crate::domain::calendar::days_between(today, due);
    let (class, sentence) = match days {
        ..0 => ("due late", text.flow_late_days(-days)),
        0 => ("due soon", text.flow_due_today().to_owned()),
        1..=7 => ("due soon", text.flow_due_days(days)),
        _ => ("due", text.flow_due_days(days)),
    };
    view! {
        " "
        <span class=class>{sentence}</span>
    }
}

/// Who decided, with the organisation in the language of the page. Reviews keep its Chinese name; the lead's other one is the report's.
fn reviewer(text: Text, view: &ReportView, review: &Review) -> String {
    let lead = view.owed.lead_zh.as_deref() == Some(review.organisation.as_str());
    let organisation = match (review.level, text.lang) {
        (ReviewLevel::Lead, _) if lead => text.lang.pick(&review.organisation, &view.owed.lead_en),
        (ReviewLevel::Commission, Lang::En) => text.commission_staff(),
        _ => &review.organisation,
    };
    format!("{organisation} {}", review.name)
}

/// Day and time in the plan's zone.
pub fn when(plan: &PlanHead, at: i64) -> String {
    Moment(at).minute_in(&plan.time_zone)
}
