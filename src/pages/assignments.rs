//! Assignments: every task with who leads, reports and supports; many at once, or one task (`?task=CODE`).

use leptos::prelude::*;

use super::{
    Page,
    components::{Choice, Field, Form, area_field, form, form::form_for, select_field, text_field},
    load_plan,
    organisations::organisation_choices,
};
use crate::{
    domain::words::Part,
    error::UserError,
    i18n::Text,
    services::{
        assignments::{AssignedTask, AssignmentList, read_assignments},
        moment::Moment,
        visit::{PlanHead, Visit},
    },
    store::assignments::{AssignableTask, Assignment},
};

/// The table with its form, or one task.
#[component]
pub fn AssignmentsPage() -> impl IntoView {
    load_plan(|visit, plan| async move {
        let list = read_assignments(&visit.shared.db, &plan).await?;
        match visit.query("task") {
            Some(code) => {
                let task = list.tasks.iter().find(|task| task.task.code == code).ok_or(UserError::NotFound)?;
                Ok(task_page(&visit, &plan, &list, task))
            }
            None => Ok(list_page(&visit, &plan, &list)),
        }
    })
}

fn address(plan: &PlanHead) -> String {
    plan.path("/manage/assignments")
}

fn crumbs(text: Text, plan: &PlanHead, inner: bool) -> impl IntoView + use<> {
    let back = inner.then(|| {
        view! {
            <li>
                <a href=address(plan)>{text.asg_title()}</a>
            </li>
        }
    });
    view! {
        <nav class="crumbs">
            <ol>
                <li>
                    <a href=plan.path("/manage")>{text.nav_manage()}</a>
                </li>
                {back}
            </ol>
        </nav>
    }
}

/// Which tasks are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Shown {
    All,
    Unassigned,
    WithoutLead,
    Area(String),
}

impl Shown {
    fn read(visit: &Visit) -> Self {
        match visit.query("show").as_deref() {
            Some("unassigned") => Self::Unassigned,
            Some("no-lead") => Self::WithoutLead,
            _ => visit.query("area").map_or(Self::All, Self::Area),
        }
    }

    fn holds(&self, task: &AssignedTask) -> bool {
        match self {
            Self::All => true,
            Self::Unassigned => task.is_unassigned(),
            Self::WithoutLead => task.with_part(Part::Lead).next().is_none(),
            Self::Area(code) => task.task.area_code == *code,
        }
    }

    fn address(&self, plan: &PlanHead) -> String {
        let query = match self {
            Self::All => return address(plan),
            Self::Unassigned => serde_urlencoded::to_string([("show", "unassigned")]),
            Self::WithoutLead => serde_urlencoded::to_string([("show", "no-lead")]),
            Self::Area(code) => serde_urlencoded::to_string([("area", code)]),
        };
        format!("{}?{}", address(plan), query.unwrap_or_default())
    }
}

fn area_name<'t>(visit: &Visit, task: &'t AssignableTask) -> &'t str {
    visit.lang.pick(&task.area_zh, &task.area_en)
}

fn list_page(visit: &Visit, plan: &PlanHead, list: &AssignmentList) -> Page {
    let text = visit.text();
    let unassigned = list.tasks.iter().filter(|task| task.is_unassigned()).count();
    let lead = if unassigned == 0 && !list.tasks.is_empty() {
        text.asg_lead_done(list.tasks.len())
    } else {
        text.asg_lead(list.tasks.len(), unassigned)
    };
    let head = view! {
        <div class="page-head">
            {crumbs(text, plan, false)}
            <h1>{text.asg_title()}</h1>
            <p class="lead">{lead}</p>
            <p>{text.asg_rules()}</p>
        </div>
    };
    let content = if list.tasks.is_empty() {
        view! {
            <div class="empty">
                <strong>{text.asg_no_tasks_title()}</strong>
                <p>{text.asg_no_tasks_lead()}</p>
            </div>
        }
        .into_any()
    } else {
        let shown = Shown::read(visit);
        view! {
            {filters(visit, plan, list, &shown)}
            {shown_tasks(visit, plan, list, &shown)}
        }
        .into_any()
    };
    let body = view! {
        {head}
        {content}
    };
    Page { title: text.asg_title().to_owned(), body: body.into_any() }
}

fn filters(visit: &Visit, plan: &PlanHead, list: &AssignmentList, shown: &Shown) -> impl IntoView + use<> {
    let text = visit.text();
    let mut offered = vec![
        (Shown::All, text.all().to_owned()),
        (Shown::Unassigned, text.asg_unassigned_only().to_owned()),
        (Shown::WithoutLead, text.asg_no_lead_only().to_owned()),
    ];
    for task in &list.tasks {
        let area = Shown::Area(task.task.area_code.clone());
        if offered.last().is_none_or(|(last, _)| *last != area) {
            offered.push((area, area_name(visit, &task.task).to_owned()));
        }
    }
    let links = offered
        .into_iter()
        .map(|(one, label)| {
            let count = list.tasks.iter().filter(|task| one.holds(task)).count();
            let current = (one == *shown).then_some("true");
            view! {
                <a href=one.address(plan) aria-current=current>
                    {label}
                    <small>{count}</small>
                </a>
            }
        })
        .collect_view();
    view! {
        <nav class="filters" aria-label=text.asg_filter()>
            {links}
        </nav>
    }
}

fn shown_tasks(visit: &Visit, plan: &PlanHead, list: &AssignmentList, shown: &Shown) -> impl IntoView + use<> {
    let text = visit.text();
    let tasks: Vec<&AssignedTask> = list.tasks.iter().filter(|task| shown.holds(task)).collect();
    if tasks.is_empty() {
        return view! {
            <div class="empty">
                <strong>{text.asg_empty_title()}</strong>
                <p>{text.asg_empty_lead()}</p>
                <p>
                    <a href=address(plan)>{text.asg_show_all()}</a>
                </p>
            </div>
        }
        .into_any();
    }
    let form = form(visit, "assign_organisation");
    let content = view! {
        <input type="hidden" name="plan" value=plan.code.clone() />
        <div class="cols">
            <section class="panel">{table(visit, plan, &form, &tasks)}</section>
            <aside class="no-print">
                <section class="panel">
                    <div class="panel-head">
                        <h2>{text.asg_bulk()}</h2>
                    </div>
                    {bulk_fields(visit, &form, list)}
                </section>
            </aside>
        </div>
    };
    form.view("", content).into_any()
}

fn table(visit: &Visit, plan: &PlanHead, form: &Form, tasks: &[&AssignedTask]) -> impl IntoView + use<> {
    let text = visit.text();
    let mut rows: Vec<AnyView> = Vec::with_capacity(tasks.len() + 12);
    let mut area = "";
    for task in tasks {
        if task.task.area_code != area {
            area = &task.task.area_code;
            rows.push(area_row(visit, form, &task.task).into_any());
        }
        rows.push(task_row(visit, plan, form, task).into_any());
    }
    let error = form.error_at("task.").map(|sentence| view! { <p class="error-text">{sentence}</p> });
    view! {
        <div class="scroll-x" id=form.field_id("task.") tabindex="0" role="region" aria-label=text.asg_table_caption()>
            {error}
            <table class="data stack">
                <caption class="visually-hidden">{text.asg_table_caption()}</caption>
                <thead>
                    <tr>
                        <th scope="col">{text.asg_task()}</th>
                        <th scope="col">{text.part_lead()}</th>
                        <th scope="col">{text.part_responsible()}</th>
                        <th scope="col">{text.part_supporting()}</th>
                        <th scope="col" class="no-print">
                            {text.org_actions()}
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn is_ticked(form: &Form, name: &str) -> bool {
    form.value(name, "") == "on"
}

fn area_row(visit: &Visit, form: &Form, task: &AssignableTask) -> impl IntoView + use<> {
    let name = format!("area.{}", task.area_code);
    let label = visit.text().asg_tick_area(area_name(visit, task));
    let ticked = is_ticked(form, &name);
    view! {
        <tr class="area">
            <th colspan="5" scope="rowgroup">
                <label class="check">
                    <input type="checkbox" name=name value="on" checked=ticked />
                    <span>{label}</span>
                </label>
            </th>
        </tr>
    }
}

fn task_row(visit: &Visit, plan: &PlanHead, form: &Form, task: &AssignedTask) -> impl IntoView + use<> {
    let text = visit.text();
    let code = task.task.code.clone();
    let name = format!("task.{code}");
    let ticked = is_ticked(form, &name);
    let title = visit.lang.pick(&task.task.title_zh, &task.task.title_en).to_owned();
    let query = serde_urlencoded::to_string([("task", &code)]).unwrap_or_default();
    view! {
        <tr>
            <th scope="row">
                <label class="check">
                    <input type="checkbox" name=name value="on" checked=ticked />
                    <span>{title} <i>{code.clone()}</i></span>
                </label>
            </th>
            <td data-label=text.part_lead()>{names(visit, task, Part::Lead)}</td>
            <td data-label=text.part_responsible()>{names(visit, task, Part::Responsible)}</td>
            <td data-label=text.part_supporting()>{names(visit, task, Part::Supporting)}</td>
            <td class="no-print" data-label="">
                <a href=format!("{}?{query}", address(plan)) aria-label=text.asg_adjust_of(&code)>
                    {text.asg_adjust()}
                </a>
            </td>
        </tr>
    }
}

fn names(visit: &Visit, task: &AssignedTask, part: Part) -> impl IntoView + use<> {
    let text = visit.text();
    let names: Vec<String> = task.with_part(part).map(|one| one.organisation_name(visit.lang).to_owned()).collect();
    match (names.is_empty(), part) {
        (true, Part::Lead) => view! { <span class="soft">{text.asg_none_lead()}</span> }.into_any(),
        (true, Part::Responsible) => view! { <span class="badge yellow">{text.asg_none_responsible()}</span> }.into_any(),
        (true, Part::Supporting) => view! { <span class="soft">"—"</span> }.into_any(),
        (false, _) => names.into_iter().map(|name| view! { <div>{name}</div> }).collect_view().into_any(),
    }
}

fn part_choices(text: Text) -> Vec<Choice> {
    Part::ALL.iter().map(|part| Choice::new(part.as_str(), text.part(*part))).collect()
}

fn assignment_fields(visit: &Visit, form: &Form, list: &AssignmentList) -> impl IntoView + use<> {
    let text = visit.text();
    view! {
        {select_field(
            form,
            Field { name: "organisation", label: text.asg_organisation(), ..Field::default() },
            &organisation_choices(visit.lang, &list.organisations),
        )}
        {select_field(
            form,
            Field {
                name: "part",
                label: text.asg_part(),
                hint: text.asg_part_hint(),
                value: Part::Responsible.as_str(),
                ..Field::default()
            },
            &part_choices(text),
        )}
        {text_field(
            form,
            Field { name: "contact", label: text.asg_contact(), hint: text.asg_contact_hint(), optional: true, ..Field::default() },
        )}
    }
}

fn bulk_fields(visit: &Visit, form: &Form, list: &AssignmentList) -> impl IntoView + use<> {
    let text = visit.text();
    if list.organisations.is_empty() {
        return view! { <p>{text.asg_no_organisations()}</p> }.into_any();
    }
    view! {
        <div class="form">
            <p class="soft">{text.asg_bulk_lead()}</p>
            {assignment_fields(visit, form, list)}
            <div class="buttons">
                <button type="submit" class="primary">
                    {text.asg_assign_many()}
                </button>
            </div>
        </div>
    }
    .into_any()
}

fn task_page(visit: &Visit, plan: &PlanHead, list: &AssignmentList, task: &AssignedTask) -> Page {
    let text = visit.text();
    let title = visit.lang.pick(&task.task.title_zh, &task.task.title_en).to_owned();
    let form = form_for(visit, "assign_organisation", &task.task.code);
    let add = if list.organisations.is_empty() {
        view! { <p>{text.asg_no_organisations()}</p> }.into_any()
    } else {
        let error = form.error_at("task.").map(|sentence| view! { <p class="error-text">{sentence}</p> });
        let content = view! {
            <input type="hidden" name="plan" value=plan.code.clone() />
            <input type="hidden" name=format!("task.{}", task.task.code) value="on" />
            <div id=form.field_id("task.")>{error}</div>
            {assignment_fields(visit, &form, list)}
            <div class="buttons">
                <button type="submit" class="primary">
                    {text.asg_assign_one()}
                </button>
            </div>
        };
        form.view("", content).into_any()
    };
    let present = if task.assignments.is_empty() {
        view! {
            <section class="panel">
                <div class="empty">
                    <p>{text.asg_present_none()}</p>
                </div>
            </section>
        }
        .into_any()
    } else {
        task.assignments.iter().map(|assignment| assignment_panel(visit, plan, assignment)).collect_view().into_any()
    };
    let body = view! {
        <div class="page-head">
            {crumbs(text, plan, true)}
            <h1>{title.clone()} " " <small>{task.task.code.clone()}</small></h1>
            <p>{area_name(visit, &task.task).to_owned()}</p>
        </div>
        <div class="cols">
            <div>
                <h2>{text.asg_present()}</h2>
                {present}
            </div>
            <aside>
                <section class="panel">
                    <div class="panel-head">
                        <h2>{text.asg_add()}</h2>
                    </div>
                    {add}
                </section>
            </aside>
        </div>
        <p>
            <a href=address(plan)>{text.asg_back()}</a>
        </p>
    };
    Page { title, body: body.into_any() }
}

fn assignment_panel(visit: &Visit, plan: &PlanHead, assignment: &Assignment) -> impl IntoView + use<> {
    let text = visit.text();
    let since = Moment(assignment.assigned_at).date_in(&plan.time_zone).to_string();
    let contact = if assignment.contact.is_empty() { text.asg_no_contact().to_owned() } else { text.asg_contact_of(&assignment.contact) };
    view! {
        <section class="panel">
            <div class="panel-head">
                <h3>
                    {assignment.organisation_name(visit.lang).to_owned()} " "
                    <span class="badge blue">{text.part(assignment.part)}</span>
                </h3>
            </div>
            <p class="soft">{contact} " · " {text.asg_since(&since)}</p>
            {contact_form(visit, plan, assignment)}
            {end_form(visit, plan, assignment)}
        </section>
    }
}

fn contact_form(visit: &Visit, plan: &PlanHead, assignment: &Assignment) -> impl IntoView + use<> {
    let text = visit.text();
    let form = form_for(visit, "change_contact", assignment.id.as_str());
    let open = form.came_back();
    let content = view! {
        <input type="hidden" name="plan" value=plan.code.clone() />
        {text_field(
            &form,
            Field {
                name: "contact",
                label: text.asg_contact(),
                hint: text.asg_contact_hint(),
                value: &assignment.contact,
                optional: true,
            },
        )}
        <div class="buttons">
            <button type="submit" class="secondary">
                {text.save()}
            </button>
        </div>
    };
    view! {
        <details open=open>
            <summary>{text.asg_change_contact()}</summary>
            {form.view("", content)}
        </details>
    }
}

fn end_form(visit: &Visit, plan: &PlanHead, assignment: &Assignment) -> impl IntoView + use<> {
    let text = visit.text();
    let form = form_for(visit, "end_assignment", assignment.id.as_str());
    let open = form.came_back();
    let lead = if assignment.part == Part::Responsible { text.asg_end_lead_responsible() } else { text.asg_end_lead() };
    let content = view! {
        <input type="hidden" name="plan" value=plan.code.clone() />
        {area_field(&form, Field { name: "reason", label: text.reason(), hint: text.org_reason_hint(), ..Field::default() }, 2)}
        <div class="buttons">
            <button type="submit" class="danger">
                {text.asg_end_confirm()}
            </button>
        </div>
    };
    view! {
        <details open=open>
            <summary>{text.asg_end()}</summary>
            <p class="soft">{lead}</p>
            {form.view("", content)}
        </details>
    }
}
