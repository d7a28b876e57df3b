//! The timetable: every task with its organisations, time limit, status and loop.

mod filters;
mod gantt;

use leptos::prelude::*;

use super::{
    Page,
    components::{
        AsOf, light_with_word,
        ring::{Names, loop_badge},
        unbroken_days,
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
        timetable::{FILTERS, TimetableFilter, read_plan_items},
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

/// How the timetable is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// Drawing and table; on a phone the table only.
    Both,
    /// The drawing, with the table behind a disclosure.
    Gantt,
    /// The table.
    Table,
}

impl Layout {
    fn read(visit: &Visit) -> Self {
        match visit.query("view").as_deref() {
            Some("gantt") => Self::Gantt,
            Some("table") => Self::Table,
            _ => Self::Both,
        }
    }
}

/// Whether the page is the timetable with its drawing.
pub fn is_drawn(visit: &Visit) -> bool {
    visit.path().starts_with("/p/") && visit.path().ends_with("/tasks") && Layout::read(visit) != Layout::Table
}

/// The page.
#[component]
pub fn TasksPage() -> impl IntoView {
    load_plan(|visit, plan| async move {
        let as_of = AsOf::read(&visit, &plan);
        let timetable = read_timetable(&visit.shared.db, &plan, as_of.clocks(), as_of.today).await?;
        let numbers = read_plan_view(&visit.shared, &plan, as_of.clocks()).await?;
        let text = visit.text();
        let kept =
            FILTERS.into_iter().chain(["view", "open"]).map(|name| (name, visit.query(name).unwrap_or_default())).collect::<Vec<_>>();
        let shows = Layout::read(&visit);
        let filter = TimetableFilter::read(|name| visit.query(name));
        let all = timetable.tasks.len();
        let shown = timetable.tasks.iter().filter(|(judged, _)| filter.shows(&plan, judged, as_of.date)).count();
        let drawing = if shows == Layout::Table || shown == 0 {
            None
        } else {
            let items = read_plan_items(&visit.shared.db, &plan, as_of.clocks(), as_of.today).await?;
            Some(gantt::gantt_panel(&visit, &plan, &as_of, &timetable, &items, shows))
        };
        let body = view! {
            <div class="page-head">
                <h1>{text.tasks_title()}</h1>
                <div class="actions">{as_of.form(text, plan.path("/tasks"), &kept)}</div>
                <p class="lead">{summary(text, &timetable)}</p>
            </div>
            {as_of.note_with(text, timetable.reports_since, Some(text.loops_stay_now()))}
            {(all > 0).then(|| filters::filters(&visit, &plan, &as_of, &timetable, shows))}
            {filter.is_set().then(|| view! { <p class="soft" role="status">{text.timetable_shown(shown, all)}</p> })}
            {drawing}
            {table(&visit, &plan, &as_of, timetable, &numbers, (&filter, shows))}
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
        (TaskStatus::Unassigned, ""),
    ];
    let parts = order
        .into_iter()
        .map(|(status, class)| (count(timetable, status), status, class))
        .filter(|(count, _, _)| *count > 0)
        .enumerate()
        .map(|(place, (count, status, class))| {
            let words = text.tasks_count(status, count);
            let before = if place == 0 { text.manage_colon() } else { text.comma() };
            view! {
                {before}
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

fn table(
    visit: &Visit,
    plan: &PlanHead,
    as_of: &AsOf,
    timetable: Timetable,
    numbers: &PlanView,
    (filter, shows): (&TimetableFilter, Layout),
) -> AnyView {
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
    let wanted = |judged: &JudgedTask| filter.shows(plan, judged, as_of.date);
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
    let table = view! {
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
    };
    // Where the drawing was asked for, its data stands behind a disclosure.
    if shows == Layout::Gantt {
        return view! {
            <details class="panel chart-data">
                <summary>{text.gantt_data()}</summary>
                {table}
            </details>
        }
        .into_any();
    }
    view! { <section class="panel">{table}</section> }.into_any()
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
                {unbroken_days(&time)}
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
