//! One period of the demonstration, from its opening to the last answer. Invariant: acts follow each other in time, and none lies after 10 October 2026.

use std::collections::HashMap;

use jiff::{ToSpan, civil::Date};

use super::{
    cast::{Cast, at},
    data::{Data, PERIODS, TaskData, mix, pick},
    reports::{Content, WAVE_PERIODS, write_report},
    timetable::TimetableData,
    units::{PlannedUnit, last_day},
};
use crate::{
    domain::{
        evaluation::EvaluationFields,
        ids::{ReportId, TaskId},
        permissions::Permission,
        report::{Decision, LeadLevel, ReportState},
        words::{FeedbackKind, Role, Stage},
    },
    services::{
        ServiceError,
        access::Actor,
        evidence::Received,
        moment::Moment,
        periods::{PeriodFields, open_period_in, propose_deadlines},
        reports::{DraftChange, save_draft_in, submit_in},
        reviews::{DecisionForm, decide_in},
        rollups::Counting,
        roster::{RecognitionKind, StepEntry, known_units_of, record_step_in},
        task_loop::{FeedbackFields, LoopKey, answer_feedback_in, evaluate_task_in, give_feedback_in},
        visit::PlanHead,
    },
    store::{
        Known, Tx, evaluations,
        periods::{self, Obligation, Period},
        tasks,
    },
};

/// Everything the story is told from.
#[derive(Clone, Copy)]
pub struct Told<'a> {
    pub data: &'a Data,
    pub cast: &'a Cast,
    pub plan: &'a PlanHead,
    pub units: &'a [PlannedUnit],
    pub files: &'a [Received],
    pub kinds: &'a [RecognitionKind],
    pub timetable: &'a TimetableData,
}

impl<'a> Told<'a> {
    /// The units an organisation reports for a task in a period, each with its step.
    pub fn moves(&self, task: &str, holder: &str, period: usize) -> Vec<(&'a PlannedUnit, usize, Stage)> {
        let of_it = self.units.iter().filter(|unit| unit.task == task && unit.holder == holder);
        of_it
            .flat_map(|unit| unit.steps.iter().filter(|(of, _)| *of == Some(period)).map(move |(_, stage)| (unit, period, *stage)))
            .collect()
    }

    /// Whether a unit, under whichever recognition, took a step before a period.
    pub fn is_known(&self, unit: &PlannedUnit, period: usize) -> bool {
        let same = self.units.iter().filter(|other| other.holder == unit.holder && other.name == unit.name);
        same.flat_map(|other| &other.steps).any(|(of, _)| of.is_none_or(|of| of < period))
    }
}

/// What becomes of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    NotBegun,
    Draft,
    Submitted,
    LeadReviewed,
    Returned,
    Accepted,
    /// Returned once, then accepted.
    AcceptedLater,
    /// Accepted without any change.
    Unchanged,
}

/// Something somebody does about a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Save,
    Submit,
    Lead(Decision),
    Commission(Decision),
    /// Handed in once more.
    SubmitAgain,
}

/// A report that is on its way.
struct Running<'a> {
    owed: &'a Obligation,
    task: &'a TaskData,
    key: String,
    fate: Fate,
    owner: Actor,
    version: i64,
}

/// Tells a period.
pub async fn tell_quarter(tx: &mut Tx, told: &Told<'_>, number: usize) -> Result<(), ServiceError> {
    let period = open(tx, told, number).await?;
    let codes: HashMap<TaskId, String> = tasks::list_tasks(tx, &told.plan.id).await?.into_iter().map(|task| (task.id, task.code)).collect();
    let owed = periods::list_obligations(tx, &period.id).await?;
    let mut running = plan_reports(told, &codes, &owed, number)?;
    let mut acts: Vec<(Moment, usize, Act)> = Vec::new();
    for (index, report) in running.iter().enumerate() {
        acts.extend(plan_acts(told, report, number).into_iter().map(|(moment, act)| (moment, index, act)));
    }
    acts.sort_by_key(|(moment, index, _)| (*moment, *index));
    for (now, index, act) in acts {
        carry_out(tx, told, &mut running[index], number, now, act).await.map_err(|error| {
            let report = &running[index];
            ServiceError::Unexpected(format!("{} {} {} {act:?}: {error:?}", PERIODS[number], report.task.code, report.key))
        })?;
    }
    revoke(tx, told, number).await?;
    let mut loops: Vec<(&str, Vec<&Running<'_>>)> = Vec::new();
    for task in &told.data.task {
        let of_it: Vec<&Running<'_>> = running.iter().filter(|report| report.task.code == task.code).collect();
        if !of_it.is_empty() {
            loops.push((&task.code, of_it));
        }
    }
    close_loops(tx, told, &period, number, &loops).await
}

async fn open(tx: &mut Tx, told: &Told<'_>, number: usize) -> Result<Period, ServiceError> {
    let staff = told.cast.actor("staff", Permission::ManagePlans)?;
    let end = last_day(number);
    let opened = at(later(end, -6), 9, 0, told.plan);
    let span = crate::domain::calendar::calendar_period(end, told.plan.cadence);
    let deadlines = if number + 1 == PERIODS.len() {
        // The holiday week of October moves everything on.
        ["2026-10-20", "2026-10-27", "2026-11-03", "2026-11-10", "2026-11-17", "2026-12-01"].map(str::to_owned)
    } else {
        propose_deadlines(&span).map(|day| day.to_string())
    };
    let fields = PeriodFields { period: PERIODS[number].to_owned(), deadlines, ..PeriodFields::default() };
    let code = open_period_in(tx, &staff, opened, told.plan, &fields).await?;
    let period = periods::find_period(tx, &told.plan.id, &code).await?;
    period.ok_or_else(|| ServiceError::Unexpected(format!("period {code} was not opened")))
}

/// Who reports what, and what becomes of it.
fn plan_reports<'a>(
    told: &Told<'a>,
    codes: &HashMap<TaskId, String>,
    owed: &'a [Obligation],
    number: usize,
) -> Result<Vec<Running<'a>>, ServiceError> {
    let mut running = Vec::with_capacity(owed.len());
    for owed in owed {
        let (Some(code), Some(key)) = (codes.get(&owed.task_id), told.cast.key_of(&owed.organisation_id)) else { continue };
        let Some(task) = told.data.task.iter().find(|task| task.code == *code) else { continue };
        let owner = told.cast.actor_of(&owed.organisation_id, Role::Owner, Permission::Report)?;
        let fate = fate_of(told, task, key, number, owed.lead_level());
        running.push(Running { owed, task, key: key.to_owned(), fate, owner, version: 0 });
    }
    Ok(running)
}

fn fate_of(told: &Told<'_>, task: &TaskData, key: &str, number: usize, lead: LeadLevel) -> Fate {
    let seed = mix(&[key, &task.code, PERIODS[number]]);
    let last = PERIODS.len() - 1;
    let stated = told.data.last.iter().find(|one| one.task == task.code && one.organisation == key);
    if number == last {
        let state = stated.map_or_else(
            || {
                use ReportState::{Accepted, Draft, LeadReviewed, Returned, Submitted};
                let states = [
                    Some(Accepted),
                    None,
                    Some(Submitted),
                    Some(LeadReviewed),
                    Some(Accepted),
                    None,
                    Some(Draft),
                    Some(Submitted),
                    Some(Accepted),
                    Some(Accepted),
                    Some(Returned),
                    Some(LeadReviewed),
                    Some(Accepted),
                ];
                states[seed % states.len()]
            },
            |one| one.state,
        );
        return match state {
            None => Fate::NotBegun,
            Some(ReportState::Draft) => Fate::Draft,
            Some(ReportState::LeadReviewed) if lead == LeadLevel::Needed => Fate::LeadReviewed,
            Some(ReportState::Submitted | ReportState::LeadReviewed) => Fate::Submitted,
            Some(ReportState::Returned) => Fate::Returned,
            Some(ReportState::Accepted) => Fate::Accepted,
        };
    }
    let is_first = number == WAVE_PERIODS[(task.wave - 1).min(2)];
    // Whatever a unit, a milestone or a completion hangs on has to be accepted.
    let states = told.timetable.states(&task.code, key, number);
    let may_fail = told.moves(&task.code, key, number).is_empty() && !states && task.done != PERIODS[number];
    if may_fail && number + 1 == last && seed % 37 == 3 {
        return Fate::NotBegun;
    }
    if may_fail && number + 1 == last && seed % 31 == 5 {
        return Fate::Returned;
    }
    match seed % 41 {
        0 if may_fail => Fate::NotBegun,
        1..=4 if may_fail && !is_first => Fate::Unchanged,
        5..=8 => Fate::AcceptedLater,
        _ => Fate::Accepted,
    }
}

fn plan_acts(told: &Told<'_>, report: &Running<'_>, number: usize) -> Vec<(Moment, Act)> {
    use Decision::{Accept, Return};
    let seed = mix(&["day", &report.key, &report.task.code, PERIODS[number]]);
    let minute = i8::try_from(seed % 60).unwrap_or(0);
    let is_last = number + 1 == PERIODS.len();
    let end = last_day(number);
    let handed_in = if is_last {
        // Before the holiday week.
        later(end, -2 + i64::try_from(seed % 3).unwrap_or(0))
    } else if seed.is_multiple_of(17) {
        on_working_day(later(end, 17))
    } else {
        on_working_day(later(end, 1 + i64::try_from(seed % 9).unwrap_or(0)))
    };
    let after =
        |days: i64| if is_last { later(Date::constant(2026, 10, 9), i64::from(days > 4)) } else { on_working_day(later(handed_in, days)) };
    let when = |day: Date, hour: i8| at(day, hour, minute, told.plan);
    let leads = report.owed.lead_level() == LeadLevel::Needed;
    let saved = (when(later(handed_in, -1), 15), Act::Save);
    let handed = (when(handed_in, 10), Act::Submit);
    let (lead, commission) = (when(after(2), 14), when(after(5), 16));
    let accept: Vec<(Moment, Act)> =
        leads.then_some((lead, Act::Lead(Accept))).into_iter().chain([(commission, Act::Commission(Accept))]).collect();
    match report.fate {
        Fate::NotBegun => Vec::new(),
        Fate::Draft => vec![saved],
        Fate::Submitted => vec![saved, handed],
        Fate::LeadReviewed => vec![saved, handed, (lead, Act::Lead(Accept))],
        Fate::Returned => vec![saved, handed, (lead, if leads { Act::Lead(Return) } else { Act::Commission(Return) })],
        Fate::Accepted | Fate::Unchanged => [vec![saved, handed], accept].concat(),
        Fate::AcceptedLater => {
            let back = (when(after(1), 14), if leads { Act::Lead(Return) } else { Act::Commission(Return) });
            let again = (when(after(4), 15), Act::SubmitAgain);
            let accept = accept.into_iter().map(|(_, act)| match act {
                Act::Lead(_) => (when(after(6), 16), act),
                _ => (when(after(9), 17), act),
            });
            [saved, handed, back, again].into_iter().chain(accept).collect()
        }
    }
}

async fn carry_out(
    tx: &mut Tx,
    told: &Told<'_>,
    report: &mut Running<'_>,
    number: usize,
    now: Moment,
    act: Act,
) -> Result<(), ServiceError> {
    let id = ReportId::from(report.owed.page_id());
    match act {
        Act::Save | Act::SubmitAgain => {
            let content = match report.fate {
                Fate::Unchanged => Content::Unchanged,
                Fate::Draft => Content::Begun,
                _ => Content::Whole,
            };
            let mut written = write_report(tx, told, report.task, &report.key, number, content).await?;
            if act == Act::SubmitAgain {
                written.attachments.clear();
                written.fields.narrative.push_str("（已按退回意见补充说明。）");
            }
            let change = DraftChange {
                plan: told.plan.clone(),
                report: id.clone(),
                version: report.version,
                fields: written.fields,
                attachments: written.attachments,
                detached: None,
                removed_entry: None,
            };
            save_draft_in(tx, &report.owner, now, &change).await?;
            report.version += 1;
            if act == Act::Save {
                return Ok(());
            }
            submit_in(tx, &report.owner, now, told.plan, &id, report.version).await?;
        }
        Act::Submit => submit_in(tx, &report.owner, now, told.plan, &id, report.version).await?,
        Act::Lead(decision) => {
            let lead = report.owed.lead_id.clone().ok_or_else(|| ServiceError::Unexpected("no lead decides".to_owned()))?;
            let reviewer = told.cast.actor_of(&lead, Role::Lead, Permission::ReviewAsLead)?;
            decide(tx, told, report, &reviewer, now, decision).await?;
        }
        Act::Commission(decision) => {
            let name = if mix(&[&report.key, &report.task.code]).is_multiple_of(2) { "staff" } else { "staff-2" };
            let reviewer = told.cast.actor(name, Permission::ReviewAsCommission)?;
            decide(tx, told, report, &reviewer, now, decision).await?;
        }
    }
    report.version += 1;
    Ok(())
}

async fn decide(
    tx: &mut Tx,
    told: &Told<'_>,
    report: &Running<'_>,
    reviewer: &Actor,
    now: Moment,
    decision: Decision,
) -> Result<(), ServiceError> {
    let seed = mix(&[&report.key, &report.task.code, "decision"]);
    let (reason, text) = match decision {
        Decision::Accept => (String::new(), pick(&told.data.words.comments, seed)),
        Decision::Return => {
            let back = &told.data.returns[seed % told.data.returns.len()];
            (back.reason.clone(), back.text.clone())
        }
    };
    let id = ReportId::from(report.owed.page_id());
    let form = DecisionForm { plan: told.plan.clone(), report: id, version: report.version, decision, reason, text };
    decide_in(tx, reviewer, now, &form, Counting::Later).await?;
    Ok(())
}

/// Takes recognitions back that ended in this period.
async fn revoke(tx: &mut Tx, told: &Told<'_>, number: usize) -> Result<(), ServiceError> {
    for revocation in &told.data.revocation {
        let Ok(on) = revocation.on.parse::<Date>() else { continue };
        if on < super::units::first_day(number) || on > last_day(number) {
            continue;
        }
        let staff = told.cast.actor("staff", Permission::ManagePlans)?;
        let held = known_units_of(tx, told.cast.organisation(&revocation.holder)?).await?;
        let Some(unit) = held.iter().find(|unit| unit.name_zh == revocation.name) else { continue };
        let entry = StepEntry {
            unit: unit.id.to_string(),
            recognition: revocation.recognition.clone(),
            level: String::new(),
            stage: Stage::Revoked.to_string(),
            stage_date: revocation.on.clone(),
            merged_into: String::new(),
            document: revocation.document.clone(),
            reason: revocation.reason.clone(),
        };
        record_step_in(tx, &staff, at(Date::constant(2026, 10, 10), 17, 0, told.plan), told.plan, &entry).await?;
    }
    Ok(())
}

/// Evaluates, gives feedback and answers advice.
async fn close_loops(
    tx: &mut Tx,
    told: &Told<'_>,
    period: &Period,
    number: usize,
    loops: &[(&str, Vec<&Running<'_>>)],
) -> Result<(), ServiceError> {
    let staff = told.cast.actor("staff", Permission::Evaluate)?;
    let end = last_day(number);
    let (is_last, is_recent) = (number + 1 == PERIODS.len(), number + 2 == PERIODS.len());
    let day = |days: i64| if is_last { Date::constant(2026, 10, 10) } else { on_working_day(later(end, days)) };
    let links: HashMap<TaskId, String> =
        tasks::list_linked_indicators(tx, &told.plan.id, Known::NOW).await?.into_iter().map(|link| (link.task_id, link.code)).collect();
    let mut evaluated = Vec::new();
    for (code, reports) in loops {
        let accepted = reports.iter().all(|report| matches!(report.fate, Fate::Accepted | Fate::AcceptedLater | Fate::Unchanged));
        let seed = mix(&["evaluation", code, &period.code]);
        if (is_last && (!accepted || seed % 3 == 1)) || (is_recent && seed % 6 == 1) {
            continue;
        }
        let grading = if accepted { &told.data.grading[seed % 4] } else { &told.data.grading[4] };
        let link = reports.first().and_then(|report| links.get(&report.owed.task_id).cloned());
        let [progress_grade, quality_grade, effect_grade, satisfaction_grade] = grading.grades.clone();
        let [progress_reason, quality_reason, effect_reason, satisfaction_reason] = grading.reasons.clone();
        let fields = EvaluationFields {
            progress_grade,
            progress_reason,
            quality_grade,
            quality_reason,
            effect_grade,
            effect_reason,
            effect_link: link.unwrap_or_else(|| "本期工作佐证材料".to_owned()),
            satisfaction_grade,
            satisfaction_reason,
        };
        let key = LoopKey { task: (*code).to_owned(), period: period.code.clone() };
        let now = minutes_after(at(day(34), if is_last { 17 } else { 9 }, 1, told.plan), evaluated.len());
        let evaluated_now = evaluate_task_in(tx, &staff, now, told.plan, &key, &fields).await;
        evaluated_now.map_err(|error| ServiceError::Unexpected(format!("evaluation {key:?}: {error:?}")))?;
        evaluated.push((key, reports));
    }
    let mut given = 0;
    for (key, reports) in evaluated {
        let seed = mix(&["feedback", &key.task, &key.period]);
        if (is_last || is_recent) && seed % 5 == 2 {
            continue;
        }
        for report in reports {
            let seed = mix(&["feedback", &key.task, &key.period, &report.key]);
            let accepted = matches!(report.fate, Fate::Accepted | Fate::AcceptedLater | Fate::Unchanged);
            let (kind, text) = if !accepted {
                (FeedbackKind::Advice, told.data.words.missing.clone())
            } else if seed % 10 < 3 {
                (FeedbackKind::Advice, told.data.advice[seed % told.data.advice.len()].text.clone())
            } else {
                (FeedbackKind::Acknowledged, String::new())
            };
            let fields = FeedbackFields { organisation: report.owed.organisation_id.to_string(), kind: kind.to_string(), text };
            let now = minutes_after(at(day(37), if is_last { 17 } else { 14 }, 30, told.plan), given);
            given += 1;
            let done = give_feedback_in(tx, &staff, now, told.plan, &key, &fields).await;
            done.map_err(|error| ServiceError::Unexpected(format!("feedback {key:?} {}: {error:?}", report.key)))?;
        }
    }
    if is_last {
        return Ok(());
    }
    let mut answers = Vec::new();
    for given in evaluations::list_feedbacks_of_period(tx, &period.id).await? {
        let Some(report) = loops
            .iter()
            .flat_map(|(_, reports)| reports)
            .find(|report| report.owed.organisation_id == given.organisation_id && report.owed.task_id == given.task_id)
        else {
            continue;
        };
        let seed = mix(&["answer", &report.key, &report.task.code, &period.code]);
        let stays_open = if is_recent { seed % 10 < 4 } else { seed.is_multiple_of(23) };
        if given.closed_at.is_some() || stays_open {
            continue;
        }
        let advice = told.data.advice.iter().find(|advice| advice.text == given.text);
        let answer = advice.map_or(&told.data.words.missing_answer, |advice| &advice.answer);
        let now = at(day(44 + i64::try_from(seed % 8).unwrap_or(0)), 11, i8::try_from(seed % 60).unwrap_or(0), told.plan);
        answers.push((now, given.id, &report.owner, answer));
    }
    answers.sort_by_key(|(now, ..)| *now);
    for (now, id, owner, answer) in answers {
        answer_feedback_in(tx, owner, now, &id, answer).await?;
    }
    Ok(())
}

/// So many minutes later: of acts that one person does in a row.
fn minutes_after(moment: Moment, minutes: usize) -> Moment {
    moment.plus(60_000 * i64::try_from(minutes).unwrap_or(0))
}

fn later(day: Date, days: i64) -> Date {
    day.saturating_add(days.days())
}

/// The day itself, or the Monday after a weekend.
fn on_working_day(day: Date) -> Date {
    match day.weekday() {
        jiff::civil::Weekday::Saturday => later(day, 2),
        jiff::civil::Weekday::Sunday => later(day, 1),
        _ => day,
    }
}
