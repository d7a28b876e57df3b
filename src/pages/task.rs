//! One task: its loop ring with who holds it now, its organisations and their reports, evaluation, feedback, history.

mod items;
mod second_half;

use leptos::prelude::*;

use super::{
    Page,
    components::{
        AsOf, FilterChoice,
        ring::{Names, loop_sentence, ring_picture, station_class, station_list},
        schedule_light, switch_links, unbroken_days,
    },
    load_plan, path_parameter,
    period::{due_cell, nothing, state_badge},
    published::bodies_panel,
    tasks::status_badge,
};
use crate::{
    domain::{
        permissions::Permission,
        report::ReportState,
        ring::StationStatus,
        visibility::{Viewer, may_see_report},
        words::Part,
    },
    error::UserError,
    services::{
        ServiceError,
        loops::{Loop, TaskView, read_task},
        moment::Moment,
        plan_view::{PlanView, read_plan_view},
        published::read_task_bodies,
        timetable::read_task_items,
        visit::{PlanHead, Visit},
    },
    store::{periods::Obligation, tasks::TaskPart},
};

/// Everything the parts of the page need.
struct Context<'a> {
    visit: &'a Visit,
    plan: &'a PlanHead,
    as_of: &'a AsOf,
    found: &'a TaskView,
    numbers: &'a PlanView,
    names: Names,
    viewer: Viewer,
}

impl Context<'_> {
    fn day(&self, at: i64) -> String {
        Moment(at).date_in(&self.plan.time_zone).to_string()
    }

    /// Whether the viewer may see what an organisation reported on this task.
    fn may_see(&self, owed: &Obligation) -> bool {
        let lead = self.found.judged.lead().map(|lead| &lead.organisation_id);
        may_see_report(&self.viewer, &owed.organisation_id, lead)
    }

    /// Whether the viewer reports for an organisation.
    fn reports_for(&self, owed: &Obligation) -> bool {
        self.visit.may(Permission::Report) && self.viewer.organisation.as_ref() == Some(&owed.organisation_id)
    }
}

/// The page.
#[component]
pub fn TaskPage() -> impl IntoView {
    let code = path_parameter("code");
    load_plan(|visit, plan| async move {
        let (viewer, text, as_of) = (visit.viewer(), visit.text(), AsOf::read(&visit, &plan));
        let found = match read_task(&visit.shared.db, &plan, &code, &viewer, as_of.clocks(), as_of.today).await {
            Err(ServiceError::Refused(UserError::NotFound)) if as_of.known_at.is_some() => {
                return as_of.not_known_page(text, plan.path(&format!("/tasks/{code}"))).ok_or(UserError::NotFound.into());
            }
            found => found?,
        };
        let bodies = read_task_bodies(&visit.shared.db, &found.judged.task.id).await?;
        let below = read_task_items(&visit.shared.db, &plan, &found.judged, &viewer, (as_of.clocks(), as_of.today)).await?;
        let numbers = read_plan_view(&visit.shared, &plan, as_of.clocks()).await?;
        let lead = found.judged.lead().map(|lead| lead.name(visit.lang).to_owned());
        let names = Names::new(text, lead.as_deref(), &found.commission);
        let context = Context { visit: &visit, plan: &plan, as_of: &as_of, found: &found, numbers: &numbers, names, viewer };
        let wanted = visit.query("period");
        let shown = match &wanted {
            Some(code) => found.loops.iter().find(|one| one.period.code == *code),
            None => found.loops.first(),
        };
        let body = view! {
            {head(&context, shown)}
            {as_of.note_with(text, found.reports_since, Some(text.loops_stay_now()))}
            <div class="cols">
                <div>
                    {loop_panel(&context, shown, wanted.as_deref())}
                    {shown
                        .map(|shown| {
                            view! {
                                {reports_panel(&context, shown)}
                                {second_half::evaluation_panel(&context, shown)}
                                {second_half::feedback_panel(&context, shown)}
                            }
                        })}
                    {items::items_panel(&context, &below)}
                    {(found.loops.len() > 1).then(|| history_panel(&context))}
                </div>
                <aside>
                    {content_panel(&context)}
                    {time_panel(&context)}
                    {organisations_panel(&context)}
                    {bodies_panel(text, &bodies)}
                    {indicators_panel(&context)}
                </aside>
            </div>
        };
        let title = format!("{} {}", found.judged.task.code, found.judged.task.title(visit.lang));
        Ok(Page { title, body: body.into_any() })
    })
}

fn head(context: &Context<'_>, shown: Option<&Loop>) -> impl IntoView + use<> {
    let Context { visit, plan, as_of, found, names, .. } = context;
    let (text, task) = (visit.text(), &found.judged.task);
    let sentence = shown.map(|shown| {
        let class = if shown.ring.overdue_by_days > 0 { "bad" } else { "" };
        view! {
            <p class="lead">
                <em class=class>{unbroken_days(&loop_sentence(text, names, shown, &plan.time_zone))}</em>
            </p>
        }
    });
    let kept = [("period", visit.query("period").unwrap_or_default())];
    let area = as_of.link(plan, &format!("/tasks?area={}", task.area_code));
    let retired = task.retired_at.map(|at| {
        let date = Moment(at).date_in(&plan.time_zone).to_string();
        view! { <span class="badge grey">{text.edit_retired_on(&date)}</span> }
    });
    view! {
        <div class="page-head">
            <nav class="crumbs" aria-label=text.tasks_title()>
                <ol>
                    <li>
                        <a href=as_of.link(plan, "/tasks")>{text.tasks_title()}</a>
                    </li>
                    <li>
                        <a href=area>{task.area_short(visit.lang).to_owned()}</a>
                    </li>
                </ol>
            </nav>
            <h1>
                {task.title(visit.lang).to_owned()} <small>{task.code.clone()}</small>
                {status_badge(text, found.judged.judgement.status)} {retired}
            </h1>
            <div class="actions">{as_of.form(text, plan.path(&format!("/tasks/{}", task.code)), &kept)}</div>
            {sentence}
        </div>
    }
}

fn loop_panel(context: &Context<'_>, shown: Option<&Loop>, wanted: Option<&str>) -> AnyView {
    let Context { visit, plan, found, names, .. } = context;
    let text = visit.text();
    let choices: Vec<FilterChoice> = found
        .loops
        .iter()
        .map(|one| FilterChoice { value: one.period.code.clone(), label: text.period_name(&one.period.code), count: None })
        .collect();
    let chosen = shown.map(|one| one.period.code.as_str());
    let switcher = (choices.len() > 1 || (shown.is_none() && !choices.is_empty()))
        .then(|| switch_links(visit, text.task_choose_period(), "period", chosen, choices));
    let content = match shown {
        Some(shown) => view! {
            <h3>{text.period_name(&shown.period.code)}</h3>
            <div class="grid-2">
                {ring_picture(text, names, shown, &plan.time_zone)}
                {station_list(text, names, shown, &plan.time_zone)}
            </div>
        }
        .into_any(),
        None => empty_loop(context, wanted),
    };
    view! {
        <section class="panel">
            <h2>{text.task_panel_loop()}</h2>
            {switcher}
            {content}
        </section>
    }
    .into_any()
}

/// Why there is no loop, and what to do about it.
fn empty_loop(context: &Context<'_>, wanted: Option<&str>) -> AnyView {
    let Context { visit, plan, found, .. } = context;
    let text = visit.text();
    let (lead, action) = match wanted {
        Some(code) if found.periods.iter().any(|period| period.code == *code) => (text.task_loop_empty_this(&text.period_name(code)), None),
        _ if found.judged.responsible().next().is_none() => {
            (text.task_loop_empty_parts().to_owned(), Some((plan.path("/manage/assignments"), text.task_assign())))
        }
        _ => (text.task_loop_empty_period().to_owned(), Some((plan.path("/periods"), text.task_open_period()))),
    };
    let action = action.filter(|_| visit.may(Permission::ManagePlans));
    view! {
        <div class="empty">
            <strong>{text.task_loop_empty()}</strong>
            <p>{lead}</p>
            {action
                .map(|(href, label)| {
                    view! {
                        <p class="actions">
                            <a href=href>{label}</a>
                        </p>
                    }
                })}
        </div>
    }
    .into_any()
}

fn reports_panel(context: &Context<'_>, shown: &Loop) -> impl IntoView + use<> {
    let text = context.visit.text();
    let caption = text.task_reports_caption(&text.period_name(&shown.period.code));
    let rows: Vec<AnyView> = shown.obligations.iter().map(|owed| report_row(context, shown, owed)).collect();
    view! {
        <section class="panel">
            <h2>{text.task_panel_reports()}</h2>
            <div class="scroll-x" tabindex="0" role="region" aria-label=caption.clone()>
                <table class="data stack">
                    <caption class="visually-hidden">{caption.clone()}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{text.task_column_organisation()}</th>
                            <th scope="col">{text.task_column_state()}</th>
                            <th scope="col">{text.task_column_since()}</th>
                            <th scope="col">{text.task_column_due()}</th>
                            <th scope="col" class="num">
                                {text.task_column_percent()}
                            </th>
                            <th scope="col" class="no-print">
                                {text.task_column_report()}
                            </th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
}

fn report_row(context: &Context<'_>, shown: &Loop, owed: &Obligation) -> AnyView {
    let Context { visit, plan, .. } = context;
    let text = visit.text();
    let name = owed.organisation(visit.lang).to_owned();
    let href = plan.path(&format!("/reports/{}", owed.page_id()));
    let own_to_write = context.reports_for(owed) && owed.state.is_none_or(ReportState::is_editable);
    let link = if own_to_write {
        Some((text.task_write_report().to_owned(), None))
    } else {
        (owed.report_id.is_some() && context.may_see(owed))
            .then(|| (text.task_read_report().to_owned(), Some(text.task_read_report_of(&name))))
    };
    let link = link.map(|(words, label)| {
        view! {
            <a href=href aria-label=label>
                {words}
            </a>
        }
        .into_any()
    });
    let link = link.unwrap_or_else(nothing);
    // The percentage is part of the report.
    let percent = owed.percent.filter(|_| context.may_see(owed)).map_or("—".to_owned(), |percent| text.task_percent(percent));
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td data-label=text.task_column_state()>{state_badge(text, owed.state)}</td>
            <td data-label=text.task_column_since()>
                <span class="nowrap">{context.day(owed.since())}</span>
            </td>
            <td data-label=text.task_column_due()>{due_cell(text, owed, &shown.period, shown.today)}</td>
            <td class="num" data-label=text.task_column_percent()>
                {percent}
            </td>
            <td class="no-print" data-label=text.task_column_report()>
                {link}
            </td>
        </tr>
    }
    .into_any()
}

fn history_panel(context: &Context<'_>) -> impl IntoView + use<> {
    let text = context.visit.text();
    let rows: Vec<AnyView> = context.found.loops.iter().map(|one| history_row(context, one)).collect();
    let stations = context.found.loops.first().map(|one| one.ring.stations.map(|view| view.station)).into_iter().flatten();
    let heads = stations.map(|station| view! { <th scope="col">{text.station(station)}</th> }).collect_view();
    view! {
        <section class="panel">
            <h2>{text.task_panel_history()}</h2>
            <div class="scroll-x" tabindex="0" role="region" aria-label=text.task_history_caption()>
                <table class="data stack">
                    <caption class="visually-hidden">{text.task_history_caption()}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{text.task_column_period()}</th>
                            {heads}
                            <th scope="col">{text.task_column_result()}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
}

fn history_row(context: &Context<'_>, one: &Loop) -> AnyView {
    let Context { visit, plan, as_of, found, .. } = context;
    let text = visit.text();
    let href = as_of.link(plan, &format!("/tasks/{}?period={}", found.judged.task.code, one.period.code));
    let cells = one
        .ring
        .stations
        .iter()
        .map(|view| {
            let class = match station_class(view.status) {
                "done" => "badge green",
                "late" => "badge red",
                "now" => "badge blue",
                _ => "badge grey",
            };
            let shown = (view.of > 0 && view.status != StationStatus::Skipped).then(|| text.loop_progress(view.done, view.of));
            view! {
                <td data-label=text.station(view.station)>
                    <span class=class>{text.station_status(view.status)}</span>
                    " "
                    <small class="soft">{shown}</small>
                </td>
            }
        })
        .collect_view();
    let over = i64::from(one.ring.overdue_by_days);
    let result = match one.ring.closed_at {
        Some(at) => view! { <span>{text.task_closed_on(&context.day(at))}</span> }.into_any(),
        None if over > 0 => view! { <span class="due late">{text.loop_days_over(over)}</span> }.into_any(),
        None => view! { <span class="soft">{text.task_open()}</span> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row">
                <a href=href>{text.period_name(&one.period.code)}</a>
            </th>
            {cells}
            <td data-label=text.task_column_result()>{result}</td>
        </tr>
    }
    .into_any()
}

fn content_panel(context: &Context<'_>) -> impl IntoView + use<> {
    let (text, lang, task) = (context.visit.text(), context.visit.lang, &context.found.judged.task);
    let rows: Vec<AnyView> = [
        (text.task_deliverable(), lang.pick(&task.deliverable_zh, &task.deliverable_en).to_owned()),
        (text.task_effect(), lang.pick(&task.effect_zh, &task.effect_en).to_owned()),
        (text.task_area(), format!("{} {}", task.area_code, task.area_name(lang))),
        (text.task_source(), text.task_source_section(&task.source_zh)),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .map(|(key, value)| pair(key, value).into_any())
    .collect();
    view! {
        <section class="panel">
            <h2>{text.task_panel_content()}</h2>
            <dl class="kv">{rows}</dl>
        </section>
    }
}

fn pair(key: &'static str, value: impl IntoView + 'static) -> impl IntoView {
    view! {
        <div>
            <dt>{key}</dt>
            <dd>{value}</dd>
        </div>
    }
}

fn time_panel(context: &Context<'_>) -> impl IntoView + use<> {
    let (text, judged) = (context.visit.text(), &context.found.judged);
    let task = &judged.task;
    let prov = || view! { <span class="prov">{text.provenance(task.date_provenance)}</span> };
    let due = match task.revised_due_on() {
        Some(revised) => view! {
            {pair(text.task_due_original(), task.due_on.to_string())}
            {pair(text.task_due_revised(), view! { {revised.to_string()} " " {prov()} })}
        }
        .into_any(),
        None => pair(text.task_due(), view! { {task.due_on.to_string()} " " {prov()} }).into_any(),
    };
    let completed = judged.judgement.completed_on.map(|day| pair(text.task_completed(), day.to_string()));
    view! {
        <section class="panel">
            <h2>{text.task_panel_time()}</h2>
            <dl class="kv">
                {pair(text.task_starts(), task.starts_on.to_string())} {due} {completed}
                {pair(text.tasks_column_status(), status_badge(text, judged.judgement.status))}
            </dl>
        </section>
    }
}

fn organisations_panel(context: &Context<'_>) -> impl IntoView + use<> {
    let Context { visit, plan, found, .. } = context;
    let text = visit.text();
    let group = |part: Part| {
        let items: Vec<AnyView> = found.judged.parts.iter().filter(|one| one.part == part).map(|one| part_item(context, one)).collect();
        (!items.is_empty()).then(|| {
            view! {
                <h3>{text.part(part)}</h3>
                <ul>{items}</ul>
            }
        })
    };
    let groups = [Part::Lead, Part::Responsible, Part::Supporting].map(group);
    let none = found.judged.parts.is_empty().then(|| {
        let link = visit.may(Permission::ManagePlans).then(|| {
            view! {
                " "
                <a class="no-print" href=plan.path("/manage/assignments")>{text.task_assign()}</a>
            }
        });
        view! { <p class="soft">{text.task_no_parts()} {link}</p> }
    });
    view! {
        <section class="panel">
            <h2>{text.task_panel_organisations()}</h2>
            {groups.into_iter().collect_view()}
            {none}
        </section>
    }
}

fn part_item(context: &Context<'_>, part: &TaskPart) -> AnyView {
    let text = context.visit.text();
    let contact = if part.contact.is_empty() { text.task_no_contact().to_owned() } else { text.task_contact(&part.contact) };
    view! {
        <li>
            {part.name(context.visit.lang).to_owned()} <br />
            <small class="soft">{contact}</small>
        </li>
    }
    .into_any()
}

fn indicators_panel(context: &Context<'_>) -> impl IntoView + use<> {
    let Context { visit, plan, as_of, found, numbers, .. } = context;
    let text = visit.text();
    let items: Vec<AnyView> = found
        .judged
        .indicators
        .iter()
        .map(|indicator| {
            let href = as_of.link(plan, &format!("/indicators/{}", indicator.code));
            let view = numbers.indicators.iter().find(|view| view.id == indicator.indicator_id);
            let light = view.map(|view| schedule_light(text, &view.judgement));
            view! {
                <li>
                    <a href=href>{indicator.name(visit.lang).to_owned()}</a>
                    " "
                    <small class="soft">{indicator.code.clone()}</small>
                    <br />
                    {light}
                </li>
            }
            .into_any()
        })
        .collect();
    let none = items.is_empty().then(|| view! { <p class="soft">{text.task_no_indicators()}</p> });
    view! {
        <section class="panel">
            <h2>{text.task_panel_indicators()}</h2>
            <ul>{items}</ul>
            {none}
        </section>
    }
}
