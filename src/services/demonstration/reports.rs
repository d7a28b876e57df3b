//! What the reports of the demonstration say. Invariant: the same report says the same each time.

use super::{
    data::{PERIODS, TaskData, mix, pick},
    quarter::Told,
    units::{PlannedUnit, last_day},
};
use crate::{
    domain::{
        names::{NameScope, name_scope, normalise_name},
        report::{EntryFields, ReportFields},
        words::Stage,
    },
    services::{ServiceError, reports::Attachment},
    store::{
        Tx,
        units::{Mark, list_holds},
    },
};

/// The first period of each wave of tasks.
pub const WAVE_PERIODS: [usize; 3] = [0, 3, 4];

/// How much of a report is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Everything.
    Whole,
    /// As whole, but nothing has changed.
    Unchanged,
    /// A draft that somebody has begun, with mistakes that are still in it.
    Begun,
}

/// A report with its files.
#[derive(Debug, Clone, Default)]
pub struct Written {
    /// What is typed.
    pub fields: ReportFields,
    /// What proves it.
    pub attachments: Vec<Attachment>,
}

/// Writes the report of an organisation on a task.
pub async fn write_report(
    tx: &mut Tx,
    told: &Told<'_>,
    task: &TaskData,
    key: &str,
    period: usize,
    content: Content,
) -> Result<Written, ServiceError> {
    if content == Content::Unchanged {
        let fields = ReportFields { narrative: told.data.words.no_change.clone(), no_change: true, ..ReportFields::default() };
        return Ok(Written { fields, attachments: Vec::new() });
    }
    let seed = mix(&[&task.code, key, PERIODS[period]]);
    let words = &told.data.words;
    let is_done = task.done == PERIODS[period];
    let mut written = Written::default();
    let moves = told.moves(&task.code, key, period);
    add_entries(tx, told, key, &moves, &mut written).await?;
    written.fields.milestones = told.timetable.write_reached(tx, told.plan, &task.code, key, period).await?;
    let count = |wanted: fn(Stage) -> bool| moves.iter().filter(|(_, _, stage)| wanted(*stage)).count();
    let (recognised, others) = (count(|stage| stage == Stage::Recognised), count(|stage| stage != Stage::Recognised));
    let moved = match (recognised, others) {
        (0, 0) => String::new(),
        (recognised, 0) => format!("本期通过认定{recognised}项，明细见下。"),
        (0, others) => format!("本期推进{others}项，明细见下。"),
        (recognised, others) => format!("本期通过认定{recognised}项，另有{others}项在申报或建设中，明细见下。"),
    };
    let step = &task.steps[step_of(task, period)];
    written.fields.narrative = format!("{}{step}。{moved}{}", pick(&words.openings, seed / 3), pick(&words.closings, seed / 7));
    written.fields.percent_complete = if is_done { 100 } else { percent_of(task, key, period) }.to_string();
    if seed.is_multiple_of(4) {
        written.fields.problems = pick(&words.problems, seed / 4);
    }
    if seed.is_multiple_of(11) {
        written.fields.coordination = pick(&words.coordination, seed / 11);
    }
    if is_done {
        let day = last_day(period).yesterday().unwrap_or_default();
        written.fields.completed_on = day.to_string();
    }
    if is_done || seed.is_multiple_of(6) {
        let received = told.files[2 + seed % 4].clone();
        written.attachments.push(Attachment { entry_key: String::new(), file_name: "本期工作佐证材料.pdf".to_owned(), received });
    }
    if content == Content::Begun {
        written.fields.percent_complete.clear();
        if let Some(entry) = written.fields.entries.first_mut() {
            entry.stage_date = "2026-13-02".to_owned();
        }
    }
    Ok(written)
}

/// How far the story of a task is: 0, 1, 2.
fn step_of(task: &TaskData, period: usize) -> usize {
    let first = WAVE_PERIODS[(task.wave - 1).min(2)];
    let done = PERIODS.iter().position(|code| *code == task.done);
    let length = done.map_or(PERIODS.len(), |done| done + 1) - first;
    (period.saturating_sub(first) * 3 / length).min(2)
}

/// The owner's own statement: grows from period to period and stays below 100.
fn percent_of(task: &TaskData, key: &str, period: usize) -> usize {
    let first = WAVE_PERIODS[(task.wave - 1).min(2)];
    let pace = [9, 13, 17][(task.wave - 1).min(2)];
    let own = mix(&[&task.code, key]) % 5;
    (8 + own + (period.saturating_sub(first)) * (pace + own % 3)).min(90)
}

/// The units that move in a report, each with its step.
async fn add_entries(
    tx: &mut Tx,
    told: &Told<'_>,
    key: &str,
    moves: &[(&PlannedUnit, usize, Stage)],
    written: &mut Written,
) -> Result<(), ServiceError> {
    if moves.is_empty() {
        return Ok(());
    }
    for (number, (unit, period, stage)) in moves.iter().enumerate() {
        let day = unit.day(Some(*period));
        let entry_key = format!("{}", number + 1);
        let mut entry = EntryFields {
            key: entry_key.clone(),
            recognition: unit.recognition.clone(),
            level: unit.level.map(|level| level.to_string()).unwrap_or_default(),
            stage: stage.to_string(),
            stage_date: day.to_string(),
            ..EntryFields::default()
        };
        if told.is_known(unit, *period) {
            entry.unit_id = find_unit(tx, told, key, unit).await?;
        } else {
            entry.name.clone_from(&unit.name);
            entry.partners = partners_of(told, unit);
        }
        if *stage != Stage::Applied {
            entry.document_number = unit.document_of(day);
        }
        if *stage == Stage::Recognised {
            let received = told.files[number % 2].clone();
            let file_name = format!("认定文件（{}）.pdf", entry.document_number);
            written.attachments.push(Attachment { entry_key, file_name, received });
        }
        written.fields.entries.push(entry);
    }
    Ok(())
}

/// The id of a unit that is on the roster, by the name it holds.
async fn find_unit(tx: &mut Tx, told: &Told<'_>, key: &str, unit: &PlannedUnit) -> Result<String, ServiceError> {
    let kind = told.kinds.iter().find(|kind| kind.code == unit.recognition).map(|kind| kind.unit_kind);
    let kind = kind.ok_or_else(|| ServiceError::Unexpected(format!("no recognition {}", unit.recognition)))?;
    let scope = match name_scope(kind) {
        NameScope::PerHolder => told.cast.organisation(key)?.as_str(),
        NameScope::CityWide => "",
    };
    let mark = Mark { kind, scope, mark_kind: "name", text: &normalise_name(&unit.name) };
    let held = list_holds(tx, mark).await?.into_iter().find_map(|hold| hold.unit_id);
    let id = held.ok_or_else(|| ServiceError::Unexpected(format!("{} is not on the roster yet", unit.name)))?;
    Ok(id.to_string())
}

/// Who builds a unit together with its holder, where that is the point of it.
fn partners_of(told: &Told<'_>, unit: &PlannedUnit) -> String {
    let shared = ["city-consortium", "industry-community", "open-practice-centre", "common-technology-platform"];
    if !shared.contains(&unit.recognition.as_str()) {
        return String::new();
    }
    let others: Vec<&str> = told
        .data
        .organisation
        .iter()
        .filter(|organisation| organisation.key != unit.holder && !organisation.clusters.is_empty())
        .map(|organisation| organisation.name_zh.as_str())
        .collect();
    let seed = mix(&[&unit.name]);
    let mut chosen = vec![pick(&others, seed), pick(&others, seed / 5 + 1)];
    chosen.dedup();
    chosen.join("、")
}
