//! The timetable as a spreadsheet to take away. Invariant: it holds what the page with the same address shows to the same viewer.

use axum::{
    Extension,
    body::Body,
    extract::{Path, Request},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

use super::{evidence::encode_name, render::render_error};
use crate::{
    documents::{ItemLine, TaskLine, TimetableDocument, write_timetable},
    domain::{task_status::TaskStatus, words::Part},
    error::UserError,
    pages::components::AsOf,
    services::{
        ServiceError,
        tasks::JudgedTask,
        timetable::{ExportedTimetable, JudgedItem, NO_LEAD, TaskItems, TimetableFilter, read_export},
        visit::{PlanHead, Visit},
    },
};

/// The kind of the file.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The spreadsheet, or the page that says why there is none.
pub async fn hand_out_timetable(Extension(visit): Extension<Visit>, Path(plan): Path<String>, request: Request) -> Response {
    match make(&visit, &plan).await {
        Ok(response) => response,
        Err(error) => render_error(visit, UserError::from(error), request).await,
    }
}

async fn make(visit: &Visit, plan: &str) -> Result<Response, ServiceError> {
    let plan = visit.plan(plan)?;
    let as_of = AsOf::read(visit, &plan);
    let filter = TimetableFilter::read(|name| visit.query(name));
    let found = read_export(&visit.shared.db, &plan, &visit.viewer(), (as_of.clocks(), as_of.today), &filter).await?;
    let name = format!("{}-{}-{}.xlsx", visit.text().export_file(), plan.code, as_of.date);
    let document = assemble(visit, &plan, &as_of, &filter, found);
    let written = tokio::task::spawn_blocking(move || write_timetable(&document)).await;
    let bytes = written.map_err(|error| ServiceError::Unexpected(error.to_string()))?;
    let bytes = bytes.map_err(|error| ServiceError::Unexpected(error.to_string()))?;
    let mut response = Body::from(bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(XLSX));
    if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{}", encode_name(&name))) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}

fn assemble(visit: &Visit, plan: &PlanHead, as_of: &AsOf, filter: &TimetableFilter, found: ExportedTimetable) -> TimetableDocument {
    let filters = filter_words(visit, filter, &found);
    let (mut from, mut to) = (plan.starts_on, plan.ends_on);
    for (judged, _) in &found.tasks {
        from = from.min(judged.task.starts_on);
        to = to.max(judged.task.due_on).max(judged.task.current_due_on());
    }
    let ExportedTimetable { tasks, mut percents, head } = found;
    let tasks = tasks
        .into_iter()
        .map(|(judged, below)| {
            let stated = percents.remove(&judged.task.id).unwrap_or_default();
            let named = |id| judged.parts.iter().find(|part| part.organisation_id == id).map(|part| part.name(visit.lang).to_owned());
            let percents = stated.into_iter().filter_map(|(id, percent)| Some((named(id)?, percent))).collect();
            task_line(visit, &judged, &below, percents)
        })
        .collect();
    TimetableDocument {
        text: visit.text(),
        plan: plan.short(visit.lang).to_owned(),
        from,
        to,
        as_of: as_of.date,
        known_at: as_of.known_at,
        filters,
        demonstration: visit.demonstration,
        head,
        tasks,
    }
}

/// The filters as a reader understands them.
fn filter_words(visit: &Visit, filter: &TimetableFilter, found: &ExportedTimetable) -> String {
    let text = visit.text();
    let first = found.tasks.first().map(|(judged, _)| judged);
    // Whatever is shown has the area and the lead that were asked for.
    let area = filter.area.as_ref().map(|code| first.map_or(code.clone(), |judged| judged.task.area_name(visit.lang).to_owned()));
    let lead = filter.lead.as_ref().map(|id| match first.and_then(JudgedTask::lead) {
        Some(lead) => lead.name(visit.lang).to_owned(),
        None if id == NO_LEAD => text.tasks_no_lead().to_owned(),
        None => id.clone(),
    });
    let status = filter.status.as_ref().map(|word| match word.parse::<TaskStatus>() {
        Ok(status) => text.task_status(status).to_owned(),
        Err(_) => word.clone(),
    });
    let quarter = filter.quarter.as_ref().map(|code| text.timetable_in_quarter(&text.period_name(code)));
    [area, lead, status, quarter].into_iter().flatten().collect::<Vec<_>>().join(text.export_separator())
}

fn task_line(visit: &Visit, judged: &JudgedTask, below: &TaskItems, percents: Vec<(String, i64)>) -> TaskLine {
    let (lang, task) = (visit.lang, &judged.task);
    let named =
        |wanted: Part| judged.parts.iter().filter(|part| part.part == wanted).map(|part| part.name(lang).to_owned()).collect::<Vec<_>>();
    let mut items = Vec::new();
    for project in &below.projects {
        items.push(item_line(visit, &project.project));
        items.extend(project.milestones.iter().map(|milestone| item_line(visit, milestone)));
    }
    items.extend(below.milestones.iter().map(|milestone| item_line(visit, milestone)));
    TaskLine {
        area: format!("{} {}", task.area_code, task.area_name(lang)),
        code: task.code.clone(),
        title: task.title(lang).to_owned(),
        deliverable: lang.pick(&task.deliverable_zh, &task.deliverable_en).to_owned(),
        effect: lang.pick(&task.effect_zh, &task.effect_en).to_owned(),
        lead: named(Part::Lead).join("\n"),
        responsible: named(Part::Responsible),
        supporting: named(Part::Supporting),
        starts_on: task.starts_on,
        due_on: task.due_on,
        revised_due_on: task.revised_due_on(),
        completed_on: judged.judgement.completed_on,
        status: judged.judgement.status,
        percents,
        items,
    }
}

fn item_line(visit: &Visit, judged: &JudgedItem) -> ItemLine {
    let item = &judged.item;
    ItemLine {
        kind: item.kind,
        name: [item.code.as_str(), item.name(visit.lang)].join(" ").trim().to_owned(),
        starts_on: item.starts_on,
        due_on: item.due_on,
        revised_due_on: item.revised_due_on(),
        reached_on: judged.judgement.completed_on,
        status: judged.judgement.status,
    }
}
