//! One period: who has reported, who has not, since when, and the deadlines.

use leptos::prelude::*;

use super::{
    Page,
    components::{Field, FilterChoice, area_field, filter_links, form_for, ring::days_until, unbroken_days},
    load_plan, path_parameter,
    periods::{due_fields, due_labels},
};
use crate::{
    domain::report::ReportState,
    i18n::Text,
    services::{
        loops::{PeriodView, read_period},
        moment::Moment,
        tasks::JudgedTask,
        visit::{PlanHead, Visit},
    },
    store::periods::{Obligation, Period},
};

/// The value of the filter for what was not begun.
const NOT_BEGUN: &str = "none";
/// The value of the filter for what is overdue.
const OVERDUE: &str = "overdue";

/// The page.
#[component]
pub fn PeriodPage() -> impl IntoView {
    let id = path_parameter("id");
    load_plan(|visit, plan| async move {
        let today = visit.today(&plan);
        let found = read_period(&visit.shared.db, &plan, &id, today).await?;
        let text = visit.text();
        let name = text.period_name(&found.period.code);
        let body = view! {
            <div class="page-head">
                <nav class="crumbs" aria-label=text.crumbs_label()>
                    <ol>
                        <li>
                            <a href=plan.path("/periods")>{text.periods_title()}</a>
                        </li>
                    </ol>
                </nav>
                <h1>{name.clone()}</h1>
                <p class="lead">{summary(text, &found, today)}</p>
            </div>
            {filters(&visit, &found, today)}
            <div class="cols">
                <section class="panel">
                    <h2>{text.period_obligations()}</h2>
                    {table(&visit, &plan, &found, today)}
                </section>
                <aside>{deadlines(&visit, &found.period, today)}</aside>
            </div>
            {change_form(&visit, &plan, &found.period)}
        };
        Ok(Page { title: name, body: body.into_any() })
    })
}

fn is_overdue(owed: &Obligation, period: &Period, today: jiff::civil::Date) -> bool {
    owed.due(period).is_some_and(|due| due < today)
}

fn owed_in(found: &PeriodView) -> impl Iterator<Item = &Obligation> {
    found.tasks.iter().flat_map(|(_, owed)| owed)
}

fn summary(text: Text, found: &PeriodView, today: jiff::civil::Date) -> impl IntoView + use<> {
    let all = owed_in(found).count();
    let reported = owed_in(found).filter(|owed| owed.state.is_some_and(ReportState::is_handed_in)).count();
    let accepted = owed_in(found).filter(|owed| owed.state == Some(ReportState::Accepted)).count();
    let late = owed_in(found).filter(|owed| is_overdue(owed, &found.period, today)).count();
    let (class, words) = if late > 0 { ("bad", text.period_overdue(late)) } else { ("ok", text.period_nothing_overdue().to_owned()) };
    view! {
        {text.period_reported(reported, all)}
        {text.comma()}
        {text.period_accepted_count(accepted)}
        {text.comma()}
        <em class=class>{words}</em>
        {text.full_stop()}
    }
}

fn state_value(state: Option<ReportState>) -> &'static str {
    state.map_or(NOT_BEGUN, ReportState::as_str)
}

fn filters(visit: &Visit, found: &PeriodView, today: jiff::civil::Date) -> impl IntoView + use<> {
    let text = visit.text();
    let states = std::iter::once(None).chain(ReportState::ALL.iter().copied().map(Some));
    let mut choices: Vec<FilterChoice> = states
        .map(|state| FilterChoice {
            value: state_value(state).to_owned(),
            label: format!("{} ", text.report_state(state)),
            count: Some(owed_in(found).filter(|owed| owed.state == state).count()),
        })
        .collect();
    choices.push(FilterChoice {
        value: OVERDUE.to_owned(),
        label: format!("{} ", text.period_filter_overdue()),
        count: Some(owed_in(found).filter(|owed| is_overdue(owed, &found.period, today)).count()),
    });
    choices.retain(|choice| choice.count != Some(0));
    let mut organisations: Vec<FilterChoice> = Vec::new();
    for owed in owed_in(found) {
        match organisations.iter_mut().find(|choice| choice.value == owed.organisation_id.as_str()) {
            Some(choice) => choice.count = choice.count.map(|count| count + 1),
            None => organisations.push(FilterChoice {
                value: owed.organisation_id.to_string(),
                label: format!("{} ", owed.organisation(visit.lang)),
                count: Some(1),
            }),
        }
    }
    let chosen = visit.query("organisation").and_then(|id| organisations.iter().find(|choice| choice.value == id));
    let chosen = chosen.map_or(text.all().to_owned(), |choice| choice.label.clone());
    (!choices.is_empty()).then(|| {
        view! {
            {filter_links(visit, text, text.period_filter_state(), "state", choices)}
            <details class="no-print">
                <summary>{text.period_filter_organisation()} " · " {chosen}</summary>
                {filter_links(visit, text, text.period_filter_organisation(), "organisation", organisations)}
            </details>
        }
    })
}

fn table(visit: &Visit, plan: &PlanHead, found: &PeriodView, today: jiff::civil::Date) -> AnyView {
    let text = visit.text();
    if found.tasks.is_empty() {
        return view! {
            <div class="empty">
                <strong>{text.period_empty()}</strong>
                <p>{text.period_empty_lead()}</p>
                <p class="actions no-print">
                    <a href=plan.path("/manage/assignments")>{text.task_assign()}</a>
                </p>
            </div>
        }
        .into_any();
    }
    let (state, organisation) = (visit.query("state"), visit.query("organisation"));
    let wanted = |owed: &&Obligation| {
        let by_state = match state.as_deref() {
            None => true,
            Some(OVERDUE) => is_overdue(owed, &found.period, today),
            Some(state) => state_value(owed.state) == state,
        };
        by_state && organisation.as_ref().is_none_or(|id| owed.organisation_id.as_str() == id)
    };
    let bodies: Vec<AnyView> = found
        .tasks
        .iter()
        .filter_map(|(judged, owed)| {
            let rows: Vec<AnyView> = owed.iter().filter(wanted).map(|owed| row(visit, plan, &found.period, owed, today)).collect();
            (!rows.is_empty()).then(|| group(visit, plan, &found.period, judged, rows))
        })
        .collect();
    if bodies.is_empty() {
        return view! {
            <div class="empty">
                <strong>{text.period_empty_filter()}</strong>
                <p class="actions">
                    <a href=visit.path().to_owned()>{text.period_show_all()}</a>
                </p>
            </div>
        }
        .into_any();
    }
    view! {
        <div class="scroll-x" tabindex="0" role="region" aria-label=text.period_caption()>
            <table class="data stack dense">
                <caption class="visually-hidden">{text.period_caption()}</caption>
                <thead>
                    <tr>
                        <th scope="col">{text.task_column_organisation()}</th>
                        <th scope="col">{text.task_column_state()}</th>
                        <th scope="col">{text.task_column_since()}</th>
                        <th scope="col">{text.task_column_due()}</th>
                        <th scope="col" class="no-print">
                            {text.task_column_report()}
                        </th>
                    </tr>
                </thead>
                {bodies}
            </table>
        </div>
    }
    .into_any()
}

fn group(visit: &Visit, plan: &PlanHead, period: &Period, judged: &JudgedTask, rows: Vec<AnyView>) -> AnyView {
    let task = &judged.task;
    let href = plan.path(&format!("/tasks/{}?period={}", task.code, period.code));
    view! {
        <tbody>
            <tr class="area">
                <th colspan="5" scope="rowgroup">
                    {task.area_short(visit.lang).to_owned()}
                    " · "
                    <a href=href>{format!("{} {}", task.code, task.title(visit.lang))}</a>
                </th>
            </tr>
            {rows}
        </tbody>
    }
    .into_any()
}

/// The colour beside the state's word.
pub(super) fn state_badge(text: Text, state: Option<ReportState>) -> impl IntoView + use<> {
    let class = match state {
        None | Some(ReportState::Draft) => "badge grey",
        Some(ReportState::Submitted | ReportState::LeadReviewed) => "badge blue",
        Some(ReportState::Accepted) => "badge green",
        Some(ReportState::Returned) => "badge yellow",
    };
    view! { <span class=class>{text.report_state(state)}</span> }
}

/// What stands in a cell without a value.
pub(super) fn nothing() -> AnyView {
    view! { <span class="soft">"—"</span> }.into_any()
}

/// The deadline of what is owed, and how far it is over.
pub(super) fn due_cell(text: Text, owed: &Obligation, period: &Period, today: jiff::civil::Date) -> AnyView {
    let Some(due) = owed.due(period) else { return nothing() };
    let late = (due < today).then(|| view! { <span class="due late">{days_until(text, due, today)}</span> });
    view! {
        <span class="nowrap">{due.to_string()}</span>
        " "
        {late}
    }
    .into_any()
}

fn row(visit: &Visit, plan: &PlanHead, period: &Period, owed: &Obligation, today: jiff::civil::Date) -> AnyView {
    let text = visit.text();
    let since = Moment(owed.since()).date_in(&plan.time_zone).to_string();
    let name = owed.organisation(visit.lang).to_owned();
    let report = owed.report_id.as_ref().map(|_| {
        let href = plan.path(&format!("/reports/{}", owed.page_id()));
        let label = text.task_read_report_of(&name);
        view! {
            <a href=href aria-label=label>
                {text.task_read_report()}
            </a>
        }
        .into_any()
    });
    let report = report.unwrap_or_else(nothing);
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td data-label=text.task_column_state()>{state_badge(text, owed.state)}</td>
            <td data-label=text.task_column_since()>
                <span class="nowrap">{since}</span>
            </td>
            <td data-label=text.task_column_due()>{due_cell(text, owed, period, today)}</td>
            <td class="no-print" data-label=text.task_column_report()>
                {report}
            </td>
        </tr>
    }
    .into_any()
}

fn deadlines(visit: &Visit, period: &Period, today: jiff::civil::Date) -> impl IntoView + use<> {
    let text = visit.text();
    let rows = due_labels(text)
        .into_iter()
        .zip(period.deadlines())
        .map(|(label, due)| {
            let class = if due < today { "soft nowrap" } else { "nowrap" };
            view! {
                <div>
                    <dt>{label}</dt>
                    <dd class=class>{due.to_string()}</dd>
                </div>
            }
        })
        .collect_view();
    let span = text.tasks_time(&period.starts_on.to_string(), &period.ends_on.to_string());
    view! {
        <section class="panel">
            <h2>{text.period_deadlines()}</h2>
            <dl class="kv">
                <div>
                    <dt>{text.periods_column_span()}</dt>
                    <dd>{unbroken_days(&span)}</dd>
                </div>
                {rows}
            </dl>
        </section>
    }
}

fn change_form(visit: &Visit, plan: &PlanHead, period: &Period) -> impl IntoView + use<> {
    let text = visit.text();
    let form = form_for(visit, "change_period", &period.code);
    let open = form.came_back();
    let content = view! {
        <input type="hidden" name="plan" value=plan.code.clone() />
        <input type="hidden" name="period" value=period.code.clone() />
        <input type="hidden" name="was" value=period.fingerprint() />
        <p class="hint">{text.periods_due_hint(&period.starts_on.to_string())}</p>
        {due_fields(&form, period.deadlines())}
        {area_field(&form, Field { name: "reason", label: text.reason(), hint: text.period_change_hint(), ..Field::default() }, 2)}
        <div class="buttons">
            <button type="submit" class="primary">
                {text.period_change_submit()}
            </button>
        </div>
    };
    view! {
        <details class="panel no-print" open=open>
            <summary>{text.period_change_title()}</summary>
            {form.view("", content)}
        </details>
    }
}
