//! The timetable: every task with its organisations, time limit, status and loop.

use leptos::prelude::*;

use super::{
    Page,
    components::{
        AsOf, FilterChoice, filter_links, light_with_word,
        ring::{Names, loop_badge},
    },
    load_plan,
};
use crate::{
    domain::{light::Light, task_status::TaskStatus},
    i18n::Text,
    services::{
        loops::{Loop, Timetable, read_timetable},
        plan_view::{PlanView, read_plan_view},
        tasks::JudgedTask,
        visit::{PlanHead, Visit},
    },
};

/// The badge of a status, with its word.
pub(super) fn status_badge(text: Text, status: TaskStatus) -> impl IntoView + use<> {
    let class = match status.light() {
        Light::Green => "badge green",
        Light::Yellow => "badge yellow",
        Light::Red => "badge red",
        Light::Grey => "badge grey",
    };
    view! { <span class=class>{text.task_status(status)}</span> }
}

/// The page.
#[component]
pub fn TasksPage() -> impl IntoView {
    load_plan(|visit, plan| async move {
        let as_of = AsOf::read(&visit, &plan);
        let timetable = read_timetable(&visit.shared.db, &plan, as_of.clocks(), as_of.today).await?;
        let numbers = read_plan_view(&visit.shared, &plan, as_of.clocks()).await?;
        let text = visit.text();
        let kept = ["area", "status"].map(|name| (name, visit.query(name).unwrap_or_default()));
        let body = view! {
            <div class="page-head">
                <h1>{text.tasks_title()}</h1>
                <div class="actions">{as_of.form(text, plan.path("/tasks"), &kept)}</div>
                <p class="lead">{summary(text, &timetable)}</p>
            </div>
            {as_of.note_with(text, timetable.reports_since, Some(text.loops_stay_now()))}
            {(!timetable.tasks.is_empty()).then(|| filters(&visit, &timetable))}
            {table(&visit, &plan, &as_of, timetable, &numbers)}
        };
        Ok(Page { title: text.tasks_title().to_owned(), body: body.into_any() })
    })
}

fn count(timetable: &Timetable, status: TaskStatus) -> usize {
    timetable.tasks.iter().filter(|(judged, _)| judged.judgement.status == status).count()
}

/// How many tasks stand how; what is late or about to be first.
fn summary(text: Text, timetable: &Timetable) -> impl IntoView + use<> {
    let order = [
        (TaskStatus::Overdue, "bad"),
        (TaskStatus::DueSoon, "warn"),
        (TaskStatus::OnSchedule, "ok"),
        (TaskStatus::Done, "ok"),
        (TaskStatus::DoneLate, "warn"),
        (TaskStatus::NotStarted, ""),
    ];
    let parts = order
        .into_iter()
        .map(|(status, class)| (count(timetable, status), status, class))
        .filter(|(count, _, _)| *count > 0)
        .map(|(count, status, class)| {
            let words = text.tasks_count(text.task_status(status), count);
            view! {
                {text.comma()}
                <em class=class>{words}</em>
            }
        })
        .collect_view();
    view! {
        {text.tasks_lead(timetable.tasks.len())}
        {parts}
        {text.full_stop()}
    }
}

fn filters(visit: &Visit, timetable: &Timetable) -> impl IntoView + use<> {
    let text = visit.text();
    let mut areas: Vec<FilterChoice> = Vec::new();
    for (judged, _) in &timetable.tasks {
        match areas.iter_mut().find(|area| area.value == judged.task.area_code) {
            Some(area) => area.count = area.count.map(|count| count + 1),
            None => areas.push(FilterChoice {
                value: judged.task.area_code.clone(),
                label: format!("{} {} ", judged.task.area_code, judged.task.area_short(visit.lang)),
                count: Some(1),
            }),
        }
    }
    let statuses = TaskStatus::ALL
        .iter()
        .map(|status| FilterChoice {
            value: status.to_string(),
            label: format!("{} ", text.task_status(*status)),
            count: Some(count(timetable, *status)),
        })
        .filter(|choice| choice.count != Some(0))
        .collect();
    view! {
        {filter_links(visit, text, text.tasks_filter_area(), "area", areas)}
        {filter_links(visit, text, text.tasks_filter_status(), "status", statuses)}
    }
}

fn table(visit: &Visit, plan: &PlanHead, as_of: &AsOf, timetable: Timetable, numbers: &PlanView) -> AnyView {
    let text = visit.text();
    if timetable.tasks.is_empty() {
        let (title, lead) = (text.tasks_empty(), text.tasks_empty_lead());
        return view! {
            <div class="empty">
                <strong>{title}</strong>
                <p>{lead}</p>
            </div>
        }
        .into_any();
    }
    let (area, status) = (visit.query("area"), visit.query("status"));
    let wanted = |judged: &JudgedTask| {
        area.as_ref().is_none_or(|area| judged.task.area_code == *area)
            && status.as_ref().is_none_or(|status| judged.judgement.status.as_str() == status)
    };
    let Timetable { tasks, period, commission, .. } = timetable;
    let mut groups: Vec<(String, Vec<AnyView>)> = Vec::new();
    for (judged, found) in tasks.into_iter().filter(|(judged, _)| wanted(judged)) {
        let head = format!("{} · {}", judged.task.area_code, judged.task.area_name(visit.lang));
        let lead = judged.lead().map(|lead| lead.name(visit.lang).to_owned());
        let names = Names::new(text, lead.as_deref(), &commission);
        let row = row(visit, &judged, found.as_ref(), &names, (plan, as_of, numbers));
        match groups.last_mut().filter(|(last, _)| *last == head) {
            Some((_, rows)) => rows.push(row),
            None => groups.push((head, vec![row])),
        }
    }
    if groups.is_empty() {
        return view! {
            <div class="empty">
                <strong>{text.tasks_empty_filter()}</strong>
                <p>{text.tasks_empty_filter_lead()}</p>
                <p class="actions">
                    <a href=as_of.link(plan, "/tasks")>{text.tasks_show_all()}</a>
                </p>
            </div>
        }
        .into_any();
    }
    let bodies = groups
        .into_iter()
        .map(|(head, rows)| {
            view! {
                <tbody>
                    <tr class="area">
                        <th colspan="6" scope="rowgroup">
                            {head}
                        </th>
                    </tr>
                    {rows}
                </tbody>
            }
        })
        .collect_view();
    let loop_head = match &period {
        Some(period) => text.tasks_column_loop(&text.period_name(&period.code)),
        None => text.tasks_column_loop_none().to_owned(),
    };
    view! {
        <section class="panel">
            <div class="scroll-x" tabindex="0" role="region" aria-label=text.tasks_caption()>
                <table class="data stack">
                    <caption class="visually-hidden">{text.tasks_caption()}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{text.tasks_column_task()}</th>
                            <th scope="col">{text.tasks_column_organisations()}</th>
                            <th scope="col">{text.tasks_column_time()}</th>
                            <th scope="col">{text.tasks_column_status()}</th>
                            <th scope="col">{text.tasks_column_indicators()}</th>
                            <th scope="col">{loop_head}</th>
                        </tr>
                    </thead>
                    {bodies}
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn row(
    visit: &Visit,
    judged: &JudgedTask,
    found: Option<&Loop>,
    names: &Names,
    (plan, as_of, numbers): (&PlanHead, &AsOf, &PlanView),
) -> AnyView {
    let (text, lang, task) = (visit.text(), visit.lang, &judged.task);
    let href = as_of.link(plan, &format!("/tasks/{}", task.code));
    let lead = judged.lead().map_or(text.tasks_no_lead(), |lead| lead.name(lang)).to_owned();
    let responsible = match judged.responsible().count() {
        0 => text.tasks_no_responsible().to_owned(),
        count => text.tasks_responsible_count(count),
    };
    let revised = task.revised_due_on().map(|_| text.tasks_revised(&task.due_on.to_string()));
    let time = text.tasks_time(&task.starts_on.to_string(), &task.current_due_on().to_string());
    let indicators = judged
        .indicators
        .iter()
        .map(|indicator| {
            let href = as_of.link(plan, &format!("/indicators/{}", indicator.code));
            let judgement = numbers.indicators.iter().find(|view| view.id == indicator.indicator_id).map(|view| &view.judgement);
            let word = judgement.map(|judgement| text.light_word(judgement));
            let title = [Some(indicator.name(lang)), word].into_iter().flatten().collect::<Vec<_>>().join(" · ");
            let code = match judgement.and_then(|judgement| judgement.light) {
                Some(light) => light_with_word(light, indicator.code.clone()),
                None => indicator.code.clone().into_any(),
            };
            view! {
                <a class="tag" href=href title=title>
                    {code}
                    <span class="visually-hidden">" " {word}</span>
                </a>
                " "
            }
        })
        .collect_view();
    let no_indicator = judged.indicators.is_empty().then(|| view! { <span class="soft">{text.tasks_no_indicator()}</span> });
    let loop_cell = match found {
        Some(found) => loop_badge(text, names, found).into_any(),
        None => view! { <span class="soft">{text.tasks_loop_none()}</span> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row">
                <a href=href>{task.title(lang).to_owned()}</a>
                <i>{task.code.clone()}</i>
            </th>
            <td data-label=text.tasks_column_organisations()>
                {lead}
                <br />
                <small class="soft">{responsible}</small>
            </td>
            <td data-label=text.tasks_column_time()>
                <span class="nowrap">{time}</span>
                " "
                <span class="prov">{text.provenance(task.date_provenance)}</span>
                {revised
                    .map(|revised| {
                        view! {
                            <br />
                            <small class="soft">{revised}</small>
                        }
                    })}
            </td>
            <td data-label=text.tasks_column_status()>{status_badge(text, judged.judgement.status)}</td>
            <td data-label=text.tasks_column_indicators()>{indicators} {no_indicator}</td>
            <td data-label=text.tasks_column_loop_none()>{loop_cell}</td>
        </tr>
    }
    .into_any()
}
