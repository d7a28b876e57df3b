//! The timetable as a drawing: per area a list of lines with links, and beside it the bars. Invariant: nothing is in the drawing only:
//! name, date and status of each row stand in its line, everything else in the table below and on the task's page.

use std::collections::HashMap;

use jiff::civil::Date;
use leptos::prelude::*;

use super::Layout;
use crate::{
    charts::{Gantt, GanttBar, GanttMilestone, GanttRow, draw_gantt, drawing},
    domain::{
        ids::TaskId,
        task_status::{TaskJudgement, TaskStatus},
    },
    i18n::Text,
    pages::components::{AsOf, address_with, light_with_word},
    services::{
        loops::Timetable,
        tasks::JudgedTask,
        timetable::{JudgedItem, JudgedProject, TaskItems, TimetableFilter},
        visit::{PlanHead, Visit},
    },
};

/// The value of `open` for the projects of every task.
const EVERY_TASK: &str = "all";

/// Everything the parts of the drawing need.
struct Context<'a> {
    visit: &'a Visit,
    plan: &'a PlanHead,
    as_of: &'a AsOf,
    /// Codes of the tasks whose projects are shown; or `EVERY_TASK`.
    open: Vec<String>,
    span: (Date, Date),
}

impl Context<'_> {
    fn all_open(&self) -> bool {
        self.open.iter().any(|open| open == EVERY_TASK)
    }

    fn is_open(&self, code: &str) -> bool {
        self.all_open() || self.open.iter().any(|open| open == code)
    }
}

/// The drawing of the tasks that the filter shows.
pub fn gantt_panel(
    visit: &Visit,
    plan: &PlanHead,
    as_of: &AsOf,
    timetable: &Timetable,
    items: &HashMap<TaskId, TaskItems>,
    shows: Layout,
) -> AnyView {
    let text = visit.text();
    let filter = TimetableFilter::read(|name| visit.query(name));
    let tasks: Vec<&JudgedTask> =
        timetable.tasks.iter().map(|(judged, _)| judged).filter(|judged| filter.shows(plan, judged, as_of.date)).collect();
    let nothing = TaskItems::default();
    let open = visit.query("open").map(|open| open.split(',').map(str::to_owned).collect()).unwrap_or_default();
    let context = Context { visit, plan, as_of, open, span: span_of(plan, &tasks, items) };
    let mut areas: Vec<(&str, Vec<(&JudgedTask, &TaskItems)>)> = Vec::new();
    for task in tasks {
        let with_items = (task, items.get(&task.task.id).unwrap_or(&nothing));
        match areas.last_mut().filter(|(code, _)| *code == task.task.area_code) {
            Some((_, of_area)) => of_area.push(with_items),
            None => areas.push((&task.task.area_code, vec![with_items])),
        }
    }
    let has_projects = areas.iter().flat_map(|(_, tasks)| tasks).any(|(_, below)| !below.projects.is_empty());
    let blocks = areas.iter().map(|(code, tasks)| area_block(&context, code, tasks)).collect_view();
    let class = if shows == Layout::Both { "panel gantt-panel wide-only" } else { "panel gantt-panel" };
    view! {
        <section class=class aria-labelledby="gantt">
            <div class="panel-head">
                <h2 id="gantt">{text.gantt_title()}</h2>
                {has_projects.then(|| expand_all(&context))}
            </div>
            <div class="gantt-box" tabindex="0" role="region" aria-label=text.gantt_scroll()>
                {blocks}
            </div>
            {legend(text)}
        </section>
    }
    .into_any()
}

/// First and last day of the drawing: the plan's, and what lies outside of it.
fn span_of(plan: &PlanHead, tasks: &[&JudgedTask], items: &HashMap<TaskId, TaskItems>) -> (Date, Date) {
    let (mut from, mut to) = (plan.starts_on, plan.ends_on);
    for judged in tasks {
        let task = &judged.task;
        from = from.min(task.starts_on);
        to = to.max(task.due_on).max(task.current_due_on()).max(judged.judgement.completed_on.unwrap_or(to));
        for project in items.get(&task.id).into_iter().flat_map(|below| &below.projects) {
            from = from.min(project.project.item.starts_on);
            to = to.max(project.project.item.current_due_on());
        }
    }
    (from.first_of_month(), to.last_of_month())
}

fn area_block(context: &Context<'_>, code: &str, tasks: &[(&JudgedTask, &TaskItems)]) -> AnyView {
    let (visit, text) = (context.visit, context.visit.text());
    let name = tasks.first().map(|(judged, _)| judged.task.area_name(visit.lang)).unwrap_or_default();
    let head = format!("{code} · {name}");
    let mut rows = Vec::new();
    let mut lines: Vec<AnyView> = Vec::new();
    for (judged, below) in tasks {
        let is_open = context.is_open(&judged.task.code);
        lines.push(task_line(context, judged, below, is_open));
        rows.push(task_row(text, visit, judged, below, is_open));
        if is_open {
            for project in &below.projects {
                lines.push(project_line(context, judged, project));
                rows.push(project_row(text, visit, project));
            }
        }
    }
    let day = context.as_of.date.to_string();
    let label = if context.as_of.is_another_day() { day.clone() } else { text.gantt_today().to_owned() };
    let (from, to) = context.span;
    let description = text.gantt_description(tasks.len(), &from.to_string(), &to.to_string(), &day);
    // Codes are the plan's own and may hold anything; an id takes letters and digits only.
    let id = format!("gantt-{}", code.chars().filter(char::is_ascii_alphanumeric).collect::<String>());
    let drawn = draw_gantt(&Gantt {
        id: &id,
        title: &head,
        description: &description,
        from,
        to,
        as_of: context.as_of.date,
        as_of_label: &label,
        rows: &rows,
    });
    view! {
        <div class="gantt-area">
            <div class="gantt-labels">
                <h3 title=head.clone()>{head.clone()}</h3>
                {lines}
            </div>
            {drawing(drawn, None)}
        </div>
    }
    .into_any()
}

fn status_words(text: Text, judgement: &TaskJudgement, due: Date) -> (AnyView, String) {
    let light = light_with_word(judgement.status.light(), text.task_status(judgement.status).to_owned());
    let day = match judgement.completed_on {
        Some(day) => text.gantt_completed(&day.to_string()),
        None => text.gantt_due(&due.to_string()),
    };
    (light, day)
}

fn task_line(context: &Context<'_>, judged: &JudgedTask, below: &TaskItems, is_open: bool) -> AnyView {
    let (visit, text, task) = (context.visit, context.visit.text(), &judged.task);
    let title = format!("{} {}", task.code, task.title(visit.lang));
    let (light, day) = status_words(text, &judged.judgement, task.current_due_on());
    let row_id = format!("row-{}", task.code);
    let expand =
        (!below.projects.is_empty() && !context.all_open()).then(|| expand_link(context, &task.code, below.projects.len(), is_open));
    view! {
        <div class="gantt-row" id=row_id>
            <a class="gantt-name" href=context.as_of.link(context.plan, &format!("/tasks/{}", task.code)) title=title.clone()>
                {title.clone()}
            </a>
            <span>{light} " " <small>{day}</small> " " {expand}</span>
        </div>
    }
    .into_any()
}

/// Shows or hides the projects of one task; leads back to its row.
fn expand_link(context: &Context<'_>, code: &str, count: usize, is_open: bool) -> AnyView {
    let text = context.visit.text();
    let mut open: Vec<&str> = context.open.iter().map(String::as_str).filter(|open| *open != code).collect();
    if !is_open {
        open.push(code);
    }
    let open = open.join(",");
    let href = address_with(context.visit, "open", (!open.is_empty()).then_some(open.as_str()));
    let (words, label) = if is_open {
        (text.timetable_collapse_short().to_owned(), text.timetable_collapse_of(code))
    } else {
        (text.timetable_expand_short(count), text.timetable_expand_of(count, code))
    };
    // What is seen stands in the name, so that it can be spoken.
    let label = format!("{words} {label}");
    view! {
        <a class="no-print" href=format!("{href}#row-{code}") aria-label=label>
            <small>{words}</small>
        </a>
    }
    .into_any()
}

fn expand_all(context: &Context<'_>) -> AnyView {
    let text = context.visit.text();
    let (href, words) = if context.all_open() {
        (address_with(context.visit, "open", None), text.timetable_collapse_all())
    } else {
        (address_with(context.visit, "open", Some(EVERY_TASK)), text.timetable_expand_all())
    };
    view! {
        <p class="actions no-print">
            <a href=href>{words}</a>
        </p>
    }
    .into_any()
}

fn project_line(context: &Context<'_>, judged: &JudgedTask, project: &JudgedProject) -> AnyView {
    let (visit, text, item) = (context.visit, context.visit.text(), &project.project.item);
    let name = format!("{} {}", item.code, item.name(visit.lang));
    let (light, day) = status_words(text, &project.project.judgement, item.current_due_on());
    let href = context.as_of.link(context.plan, &format!("/tasks/{}#items", judged.task.code));
    view! {
        <div class="gantt-row project">
            <a class="gantt-name" href=href title=name.clone()>
                {name.clone()}
            </a>
            <span>{light} " " <small>{day}</small></span>
        </div>
    }
    .into_any()
}

fn said(text: Text, name: &str, dates: &str, status: TaskStatus) -> String {
    text.export_item(name, dates, text.task_status(status))
}

fn task_row(text: Text, visit: &Visit, judged: &JudgedTask, below: &TaskItems, is_open: bool) -> GanttRow {
    let task = &judged.task;
    let dates = text.tasks_time(&task.starts_on.to_string(), &task.current_due_on().to_string());
    // Milestones of projects stand in the rows of these where they are shown.
    let milestones: Vec<&JudgedItem> = if is_open { below.milestones.iter().collect() } else { below.all_milestones().collect() };
    GanttRow {
        bar: GanttBar {
            label: said(text, &format!("{} {}", task.code, task.title(visit.lang)), &dates, judged.judgement.status),
            status: judged.judgement.status,
            starts_on: task.starts_on,
            due_on: task.due_on,
            revised_due_on: task.revised_due_on(),
            completed_on: judged.judgement.completed_on,
        },
        is_project: false,
        milestones: milestones.into_iter().map(|one| milestone(text, visit, one)).collect(),
    }
}

fn project_row(text: Text, visit: &Visit, project: &JudgedProject) -> GanttRow {
    let JudgedItem { item, judgement } = &project.project;
    let dates = text.tasks_time(&item.starts_on.to_string(), &item.current_due_on().to_string());
    GanttRow {
        bar: GanttBar {
            label: said(text, &format!("{} {}", item.code, item.name(visit.lang)), &dates, judgement.status),
            status: judgement.status,
            starts_on: item.starts_on,
            due_on: item.due_on,
            revised_due_on: item.revised_due_on(),
            completed_on: judgement.completed_on,
        },
        is_project: true,
        milestones: project.milestones.iter().map(|one| milestone(text, visit, one)).collect(),
    }
}

fn milestone(text: Text, visit: &Visit, judged: &JudgedItem) -> GanttMilestone {
    let on = judged.judgement.completed_on.unwrap_or(judged.item.current_due_on());
    GanttMilestone {
        label: said(text, judged.item.name(visit.lang), &on.to_string(), judged.judgement.status),
        status: judged.judgement.status,
        on,
    }
}

fn legend(text: Text) -> AnyView {
    let statuses = TaskStatus::ALL.iter().map(|status| (status.as_str(), text.task_status(*status)));
    let marks = [
        ("over", text.gantt_key_late()),
        ("original", text.gantt_key_original()),
        ("thin", text.gantt_key_project()),
        ("planned", text.gantt_key_milestone()),
        ("reached", text.gantt_key_reached()),
        ("missed", text.gantt_key_missed()),
        ("reached-late", text.gantt_key_reached_late()),
    ];
    let keys = statuses
        .chain(marks)
        .map(|(form, words)| {
            let class = format!("gantt-key {form}");
            view! {
                <span>
                    <i class=class aria-hidden="true"></i>
                    {words}
                </span>
            }
        })
        .collect_view();
    view! {
        <p class="legend" role="group" aria-label=text.gantt_legend()>
            {keys}
        </p>
    }
    .into_any()
}
