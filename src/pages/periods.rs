//! The periods of a plan: which are open, and opening the next.

use leptos::prelude::*;

use super::{
    Page,
    components::{Field, Form, address_with, date_field, form_for, unbroken_days},
    load_plan,
};
use crate::{
    domain::calendar::PeriodSpan,
    error::UserError,
    i18n::Text,
    services::{
        periods::{DUE_FIELDS, PeriodLine, PeriodList, propose_deadlines, read_periods},
        visit::{PlanHead, Visit},
    },
};

/// The labels of the six deadlines, in the order of [`DUE_FIELDS`].
pub(super) fn due_labels(text: Text) -> [&'static str; 6] {
    [text.due_report(), text.due_lead_review(), text.due_commission_review(), text.due_evaluation(), text.due_feedback(), text.due_answer()]
}

/// The six date fields of a period's form.
pub(super) fn due_fields(form: &Form, values: [jiff::civil::Date; 6]) -> impl IntoView + use<> {
    let fields: Vec<AnyView> = DUE_FIELDS
        .into_iter()
        .zip(due_labels(form.text()))
        .zip(values)
        .map(|((name, label), value)| date_field(form, Field { name, label, value: &value.to_string(), ..Field::default() }))
        .collect();
    view! { <div class="grid-3">{fields}</div> }
}

/// The page.
#[component]
pub fn PeriodsPage() -> impl IntoView {
    load_plan(|visit, plan| async move {
        let text = visit.text();
        let list = read_periods(&visit.shared.db, &plan, visit.today(&plan)).await?;
        let opened = list.lines.iter().filter(|line| line.opened.is_some()).count();
        let lead = text.periods_lead(text.cadence(plan.cadence), list.lines.len(), opened) + text.full_stop();
        let chosen = visit.query("open").filter(|code| list.lines.iter().any(|line| line.span.code == *code && line.opened.is_none()));
        let chosen = chosen.or_else(|| list.next.clone());
        let span = list.lines.iter().find(|line| Some(&line.span.code) == chosen.as_ref()).map(|line| line.span.clone());
        let body = view! {
            <div class="page-head">
                <h1>{text.periods_title()}</h1>
                <p class="lead">{lead}</p>
            </div>
            {refused_elsewhere(&visit, &list)}
            {table(&visit, &plan, &list)}
            {match span {
                Some(span) => open_form(&visit, &plan, &span),
                None => {
                    view! {
                        <div class="empty">
                            <strong>{text.periods_all_open()}</strong>
                            <p>{text.periods_all_open_lead()}</p>
                        </div>
                    }
                        .into_any()
                }
            }}
        };
        Ok(Page { title: text.periods_title().to_owned(), body: body.into_any() })
    })
}

/// A form that came back because somebody else had opened the period: its fields are gone, so the page says it here.
fn refused_elsewhere(visit: &Visit, list: &PeriodList) -> Option<impl IntoView + use<>> {
    let text = visit.text();
    let lost = list.lines.iter().find(|line| {
        let parked = line.opened.as_ref().and_then(|_| visit.parked(&format!("open_period:{}", line.span.code)));
        parked.is_some_and(|parked| parked.error == UserError::AlreadyDecided)
    })?;
    let sentence = text.periods_opened_by_other(&text.period_name(&lost.span.code));
    Some(view! {
        <div class="notice warn" role="alert">
            <p>
                <b>{text.superseded_title()}</b>
                " "
                {sentence}
            </p>
        </div>
    })
}

fn table(visit: &Visit, plan: &PlanHead, list: &PeriodList) -> impl IntoView + use<> {
    let text = visit.text();
    let rows: Vec<AnyView> = list.lines.iter().map(|line| row(visit, plan, line)).collect();
    view! {
        <section class="panel">
            <div class="scroll-x" tabindex="0" role="region" aria-label=text.periods_caption()>
                <table class="data stack">
                    <caption class="visually-hidden">{text.periods_caption()}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{text.task_column_period()}</th>
                            <th scope="col">{text.periods_column_span()}</th>
                            <th scope="col">{text.periods_column_state()}</th>
                            <th scope="col">{text.periods_column_report_due()}</th>
                            <th scope="col" class="num">
                                {text.periods_column_count()}
                            </th>
                            <th scope="col" class="num">
                                {text.periods_column_accepted()}
                            </th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
}

fn row(visit: &Visit, plan: &PlanHead, line: &PeriodLine) -> AnyView {
    let text = visit.text();
    let (name, code) = (text.period_name(&line.span.code), line.span.code.clone());
    let span = text.tasks_time(&line.span.starts_on.to_string(), &line.span.ends_on.to_string());
    let Some(period) = &line.opened else {
        let href = format!("{}#open", address_with(visit, "open", Some(&code)));
        let label = text.periods_open_title(&name);
        return view! {
            <tr>
                <th scope="row">{name}</th>
                <td data-label=text.periods_column_span()>{unbroken_days(&span)}</td>
                <td data-label=text.periods_column_state()>
                    <span class="badge grey">{text.periods_not_opened()}</span>
                    " "
                    <a class="no-print" href=href aria-label=label>
                        {text.periods_open_action()}
                    </a>
                </td>
                <td data-label=text.periods_column_report_due()>"—"</td>
                <td class="num" data-label=text.periods_column_count()>
                    "—"
                </td>
                <td class="num" data-label=text.periods_column_accepted()>
                    "—"
                </td>
            </tr>
        }
        .into_any();
    };
    let href = plan.path(&format!("/periods/{code}"));
    let count = line.count.clone();
    view! {
        <tr>
            <th scope="row">
                <a href=href>{name}</a>
            </th>
            <td data-label=text.periods_column_span()>{unbroken_days(&span)}</td>
            <td data-label=text.periods_column_state()>
                <span class="badge green">{text.periods_opened()}</span>
            </td>
            <td class="nowrap" data-label=text.periods_column_report_due()>
                {period.report_due.to_string()}
            </td>
            <td class="num" data-label=text.periods_column_count()>
                <b>{count.handed_in}</b>
                <small>" / " {count.owed}</small>
            </td>
            <td class="num" data-label=text.periods_column_accepted()>
                {count.accepted}
            </td>
        </tr>
    }
    .into_any()
}

fn open_form(visit: &Visit, plan: &PlanHead, span: &PeriodSpan) -> AnyView {
    let text = visit.text();
    let name = text.period_name(&span.code);
    let form = form_for(visit, "open_period", &span.code);
    let content = view! {
        <input type="hidden" name="plan" value=plan.code.clone() />
        <input type="hidden" name="period" value=span.code.clone() />
        <p class="hint">{text.periods_due_hint(&span.starts_on.to_string())}</p>
        {due_fields(&form, propose_deadlines(span))}
        <div class="buttons">
            <button type="submit" class="primary">
                {text.periods_open_title(&name)}
            </button>
        </div>
    };
    view! {
        <section class="panel no-print" id="open" aria-labelledby="open-title">
            <h2 id="open-title">{text.periods_open_title(&name)}</h2>
            <p class="soft">{text.periods_open_lead()}</p>
            {form.view("", content)}
        </section>
    }
    .into_any()
}
