//! The page /p/{plan}/manage: what is set up, what is missing, what to do next.

use leptos::prelude::*;

use super::{Page, load_plan};
use crate::{
    i18n::Text,
    services::{
        rulings::{SetUp, read_set_up},
        visit::{PlanHead, Visit},
    },
};

/// The page.
#[component]
pub fn ManagePage() -> impl IntoView {
    load_plan(|visit, plan| async move {
        let set_up = read_set_up(&visit.shared.db, &plan, visit.today(&plan)).await?;
        let text = visit.text();
        Ok(Page { title: text.manage_title().to_owned(), body: show(&visit, &plan, &set_up) })
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    Done,
    Could,
    ToDo,
}

/// One step of the set-up.
struct Step {
    name: &'static str,
    progress: Progress,
    state: AnyView,
    href: String,
    next: &'static str,
}

fn show(visit: &Visit, plan: &PlanHead, set_up: &SetUp) -> AnyView {
    let text = visit.text();
    let steps = [
        organisations(text, set_up),
        assignments(text, plan, set_up),
        rulings(text, plan, set_up),
        units(text, plan, set_up),
        stock(text, plan, set_up),
        names(text, plan, set_up),
        periods(text, plan, set_up, visit),
    ];
    let open = steps.iter().filter(|step| step.progress == Progress::ToDo).count();
    let (class, summary, lead) = match open {
        0 => ("ok", text.manage_all_done().to_owned(), text.manage_lead_done()),
        open => ("warn", text.manage_open_count(open), text.manage_lead()),
    };
    let rows = steps.into_iter().map(|step| row(text, step)).collect_view();
    view! {
        <div class="page-head">
            <h1>{text.manage_title()} {text.manage_colon()} <em class=class>{summary}</em></h1>
            <p class="lead">{lead}</p>
        </div>
        <div class="cols">
            <section class="panel">
                <div class="panel-head">
                    <h2>{text.manage_steps()}</h2>
                </div>
                <table class="data stack">
                    <caption class="visually-hidden">{text.manage_steps()}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{text.manage_step()}</th>
                            <th scope="col">{text.manage_state()}</th>
                            <th scope="col" class="no-print">
                                {text.manage_next()}
                            </th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </section>
            <aside>
                {content_panel(text, plan)} {opened_periods(text, plan, set_up)} {revisions(text, plan)} <section class="panel">
                    <h2>{text.pledges_title()}</h2>
                    <ul class="queue">
                        <li>
                            <a href=plan.path("/manage/pledges")>{text.pledges_go_manage()}</a>
                        </li>
                    </ul>
                </section>
            </aside>
        </div>
    }
    .into_any()
}

/// The way to the plan's content: its areas, indicators and tasks, and the plan as a file.
fn content_panel(text: Text, plan: &PlanHead) -> AnyView {
    let links = [
        ("/manage/plan", text.edit_tab_plan()),
        ("/manage/areas", text.edit_tab_areas()),
        ("/manage/indicators", text.edit_tab_indicators()),
        ("/manage/tasks", text.edit_tab_tasks()),
        ("/manage/files", text.edit_tab_files()),
    ];
    let items = links
        .into_iter()
        .map(|(path, label)| {
            view! {
                <li>
                    <a href=plan.path(path)>{label}</a>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="panel">
            <div class="panel-head">
                <h2>{text.edit_title()}</h2>
            </div>
            <p class="soft">{text.edit_manage_lead()}</p>
            <ul class="queue">{items}</ul>
        </section>
    }
    .into_any()
}

fn row(text: Text, step: Step) -> AnyView {
    let (class, word) = match step.progress {
        Progress::Done => ("badge green", text.manage_done()),
        Progress::Could => ("badge grey", text.manage_could_do()),
        Progress::ToDo => ("badge yellow", text.manage_to_do()),
    };
    view! {
        <tr>
            <th scope="row">
                <a href=step.href.clone()>{step.name}</a>
                " "
                <span class=class>{word}</span>
            </th>
            <td data-label=text.manage_state()>{step.state}</td>
            <td class="no-print" data-label=text.manage_next()>
                <a href=step.href>{step.next}</a>
            </td>
        </tr>
    }
    .into_any()
}

fn sentence(sentence: impl Into<String>) -> AnyView {
    view! { <p>{sentence.into()}</p> }.into_any()
}

/// A sentence followed by the codes it is about, each a link.
fn sentence_of_codes(sentence: impl Into<String>, codes: &[String], href: impl Fn(&str) -> String) -> AnyView {
    let links = codes
        .iter()
        .map(|code| {
            view! {
                " "
                <a class="nowrap" href=href(code)>{code.clone()}</a>
            }
        })
        .collect_view();
    view! { <p>{sentence.into()} {links}</p> }.into_any()
}

fn organisations(text: Text, set_up: &SetUp) -> Step {
    // The commission alone is no one to report.
    let missing = set_up.counts.organisations < 2;
    Step {
        name: text.manage_organisations(),
        progress: if missing { Progress::ToDo } else { Progress::Done },
        state: if missing {
            sentence(text.manage_organisations_missing())
        } else {
            sentence(text.manage_organisations_state(set_up.counts.organisations))
        },
        href: "/admin/organisations".to_owned(),
        next: text.manage_organisations_next(),
    }
}

fn assignments(text: Text, plan: &PlanHead, set_up: &SetUp) -> Step {
    let counts = set_up.counts;
    let mut sentences = Vec::new();
    if counts.tasks_without_responsible > 0 {
        sentences.push(sentence(text.manage_assignments_owners(counts.tasks_without_responsible, counts.tasks)));
    }
    if counts.tasks_without_lead > 0 {
        sentences.push(sentence(text.manage_assignments_leads(counts.tasks_without_lead)));
    }
    if sentences.is_empty() {
        sentences.push(sentence(text.manage_assignments_all(counts.tasks)));
    }
    Step {
        name: text.manage_assignments(),
        progress: match (counts.tasks_without_responsible, counts.tasks_without_lead) {
            (0, 0) => Progress::Done,
            (0, _) => Progress::Could,
            _ => Progress::ToDo,
        },
        state: sentences.collect_view().into_any(),
        href: plan.path("/manage/assignments"),
        next: text.manage_assignments_next(),
    }
}

fn rulings(text: Text, plan: &PlanHead, set_up: &SetUp) -> Step {
    let href = |code: &str| plan.path(&format!("/manage/rulings?indicator={code}"));
    let mut sentences = Vec::new();
    if set_up.without_stage_ruling.is_empty() {
        sentences.push(sentence(text.manage_rulings_all()));
    } else {
        sentences.push(sentence_of_codes(text.manage_rulings_stage(), &set_up.without_stage_ruling, href));
    }
    if !set_up.without_tolerance.is_empty() {
        sentences.push(sentence_of_codes(text.manage_rulings_tolerance(), &set_up.without_tolerance, href));
    }
    Step {
        name: text.manage_rulings(),
        progress: match (set_up.without_stage_ruling.is_empty(), set_up.without_tolerance.is_empty()) {
            (true, true) => Progress::Done,
            (true, false) => Progress::Could,
            _ => Progress::ToDo,
        },
        state: sentences.collect_view().into_any(),
        href: plan.path("/manage/rulings"),
        next: text.manage_rulings_next(),
    }
}

fn units(text: Text, plan: &PlanHead, set_up: &SetUp) -> Step {
    let none = set_up.counts.units == 0;
    Step {
        name: text.manage_units(),
        progress: match (none, set_up.without_stock_take.is_empty()) {
            (false, _) => Progress::Done,
            // Stock was taken and there was none.
            (true, true) => Progress::Could,
            (true, false) => Progress::ToDo,
        },
        state: if none { sentence(text.manage_units_none()) } else { sentence(text.manage_units_state(set_up.counts.units)) },
        href: plan.path("/manage/units"),
        next: text.manage_units_next(),
    }
}

fn stock(text: Text, plan: &PlanHead, set_up: &SetUp) -> Step {
    let missing = &set_up.without_stock_take;
    let href = |code: &str| plan.path(&format!("/manage/units?stock={code}"));
    Step {
        name: text.manage_stock(),
        progress: if missing.is_empty() { Progress::Done } else { Progress::ToDo },
        state: if missing.is_empty() {
            sentence(text.manage_stock_all())
        } else {
            sentence_of_codes(text.manage_stock_missing(missing.len(), set_up.with_stock), missing, href)
        },
        href: plan.path("/manage/units?stock=all"),
        next: text.manage_stock_next(),
    }
}

fn names(text: Text, plan: &PlanHead, set_up: &SetUp) -> Step {
    let counts = set_up.counts;
    let (refused, held) = (usize::try_from(counts.refused_names).unwrap_or(0), usize::try_from(counts.held_by_returned).unwrap_or(0));
    let nothing = refused == 0 && held == 0;
    Step {
        name: text.names_manage(),
        progress: if refused > 0 {
            Progress::ToDo
        } else if held > 0 {
            Progress::Could
        } else {
            Progress::Done
        },
        state: if nothing { sentence(text.names_manage_none()) } else { sentence(text.names_manage_state(refused, held)) },
        href: plan.path("/manage/names"),
        next: text.names_manage_next(),
    }
}

fn periods(text: Text, plan: &PlanHead, set_up: &SetUp, visit: &Visit) -> Step {
    let state = match (&set_up.to_open, set_up.opened.first()) {
        (Some(span), _) => text.manage_periods_to_open(&text.period_name(&span.code)),
        (None, Some(period)) => text.manage_periods_open(&text.period_name(&period.code), &period.report_due.to_string()),
        (None, None) => text.manage_periods_not_begun().to_owned(),
    };
    let begun = visit.today(plan) >= plan.starts_on;
    Step {
        name: text.manage_periods(),
        progress: if set_up.to_open.is_some() {
            Progress::ToDo
        } else if begun {
            Progress::Done
        } else {
            Progress::Could
        },
        state: sentence(state),
        href: plan.path("/periods"),
        next: text.manage_periods_next(),
    }
}

/// What is no step of the set-up: the targets are there, and are revised when the commission decides so.
fn revisions(text: Text, plan: &PlanHead) -> AnyView {
    view! {
        <section class="panel">
            <div class="panel-head">
                <h2>{text.targets_title()}</h2>
            </div>
            <p>{text.targets_lead()}</p>
            <p class="no-print">
                <a href=plan.path("/manage/targets")>{text.targets_revise()}</a>
            </p>
        </section>
    }
    .into_any()
}

fn opened_periods(text: Text, plan: &PlanHead, set_up: &SetUp) -> AnyView {
    let list = if set_up.opened.is_empty() {
        view! { <p class="soft">{text.manage_opened_none()}</p> }.into_any()
    } else {
        let items = set_up
            .opened
            .iter()
            .take(4)
            .map(|period| {
                view! {
                    <li>
                        <a href=plan.path("/periods")>{text.period_name(&period.code)}</a>
                        " "
                        <span class="meta">{text.manage_due(&period.report_due.to_string())}</span>
                    </li>
                }
            })
            .collect_view();
        view! { <ul class="queue">{items}</ul> }.into_any()
    };
    view! {
        <section class="panel">
            <div class="panel-head">
                <h2>{text.manage_opened_periods()}</h2>
            </div>
            {list}
        </section>
    }
    .into_any()
}
