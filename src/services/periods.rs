//! Opening periods and changing their deadlines. Invariant: the deadlines of a period never go back from one station to
//! the next, and opening creates what is owed in the same transaction.

use jiff::civil::Date;

use super::{
    ServiceError,
    access::Actor,
    moment::{Moment, make_id},
    obligations::{create_missing_obligations, create_obligations_of},
    trail::{Action, Change, NOTHING, record_change},
    visit::PlanHead,
};
use crate::{
    domain::{
        calendar::{PeriodSpan, PlanDates, WorkingCalendar, parse_date, periods_of},
        evaluation::MAX_REASON,
        fields::{FieldError, FieldProblem, read_required},
    },
    error::UserError,
    store::{
        Db, Tx,
        periods::{self, Period, PeriodCount},
        with_tx,
    },
};

/// The form's fields of the six deadlines, in their order.
pub const DUE_FIELDS: [&str; 6] =
    ["report_due", "lead_review_due", "commission_review_due", "evaluation_due", "feedback_due", "answer_due"];
/// Working days after a period's end that are proposed for each deadline (a default; the text of the plan has none).
const PROPOSED_DAYS: [u32; 6] = [10, 15, 20, 25, 30, 40];

/// The form of a period as it was typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PeriodFields {
    /// The period's code.
    pub period: String,
    /// The six deadlines in the order of [`DUE_FIELDS`].
    pub deadlines: [String; 6],
    /// What the form was made from: [`Period::fingerprint`]. Not used at the opening.
    pub was: String,
    /// Why the deadlines change; not used at the opening.
    pub reason: String,
}

/// A period of the plan, opened or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodLine {
    /// From when to when.
    pub span: PeriodSpan,
    /// The opened period.
    pub opened: Option<Period>,
    /// How much of it is reported.
    pub count: PeriodCount,
}

/// The periods of a plan, and the one that comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodList {
    /// Every period, the first one first.
    pub lines: Vec<PeriodLine>,
    /// Code of the period to be opened next, if any is left.
    pub next: Option<String>,
}

impl Period {
    /// The six deadlines in the order of [`DUE_FIELDS`].
    pub fn deadlines(&self) -> [Date; 6] {
        [self.report_due, self.lead_review_due, self.commission_review_due, self.evaluation_due, self.feedback_due, self.answer_due]
    }

    /// The deadlines as one text, by which a form knows what it was made from.
    pub fn fingerprint(&self) -> String {
        self.deadlines().map(|day| day.to_string()).join(" ")
    }

    fn set_deadlines(&mut self, deadlines: [Date; 6]) {
        [self.report_due, self.lead_review_due, self.commission_review_due, self.evaluation_due, self.feedback_due, self.answer_due] =
            deadlines;
    }
}

/// The deadlines that are proposed for a period.
pub fn propose_deadlines(span: &PeriodSpan) -> [Date; 6] {
    let calendar = WorkingCalendar::default();
    PROPOSED_DAYS.map(|days| calendar.working_day_after(span.ends_on, days))
}

fn spans_of(plan: &PlanHead) -> Vec<PeriodSpan> {
    periods_of(PlanDates { starts_on: plan.starts_on, ends_on: plan.ends_on }, plan.cadence)
}

/// The periods of a plan. Next is the one after the last that was opened; before any was, the one that ended last.
pub async fn read_periods(db: &Db, plan: &PlanHead, today: Date) -> Result<PeriodList, ServiceError> {
    let mut tx = db.read().await?;
    let opened = periods::list_periods(&mut tx, &plan.id).await?;
    let counts = periods::count_reports(&mut tx, &plan.id).await?;
    drop(tx);
    let lines: Vec<PeriodLine> = spans_of(plan)
        .into_iter()
        .map(|span| {
            let opened = opened.iter().find(|period| period.code == span.code).cloned();
            let count = opened.as_ref().and_then(|period| counts.iter().find(|count| count.period_id == period.id)).cloned();
            let count = count.unwrap_or_else(|| PeriodCount { period_id: span.code.as_str().into(), owed: 0, handed_in: 0, accepted: 0 });
            PeriodLine { span, opened, count }
        })
        .collect();
    let first = match lines.iter().rposition(|line| line.opened.is_some()) {
        Some(last) => last + 1,
        None => lines.iter().rposition(|line| line.span.ends_on <= today).unwrap_or(0),
    };
    let after = lines.iter().skip(first).chain(lines.iter()).find(|line| line.opened.is_none());
    let next = after.map(|line| line.span.code.clone());
    Ok(PeriodList { lines, next })
}

/// Reads the six deadlines; every one that is wrong is named.
fn read_deadlines(typed: &[String; 6], starts_on: Date, errors: &mut Vec<FieldError>) -> Option<[Date; 6]> {
    let mut earliest = starts_on;
    let mut days = [starts_on; 6];
    let known = errors.len();
    for ((field, text), kept) in DUE_FIELDS.into_iter().zip(typed).zip(&mut days) {
        match parse_date(text) {
            Ok(day) if day < earliest => errors.push(FieldError::new(field, FieldProblem::DateBefore { earliest })),
            Ok(day) => (earliest, *kept) = (day, day),
            Err(problem) => errors.push(FieldError::new(field, FieldProblem::Date(problem))),
        }
    }
    (errors.len() == known).then_some(days)
}

/// Opens a period of the plan and creates what is owed in it. Gives its code.
///
/// # Errors
/// `AlreadyDecided` when it is open; field errors for the deadlines.
pub async fn open_period(db: &Db, actor: &Actor, now: Moment, plan: &PlanHead, fields: &PeriodFields) -> Result<String, ServiceError> {
    let (actor, plan, fields) = (actor.clone(), plan.clone(), fields.clone());
    with_tx(db, move |tx| Box::pin(async move { open_period_in(tx, &actor, now, &plan, &fields).await })).await
}

/// Opens a period inside a transaction.
pub(super) async fn open_period_in(
    tx: &mut Tx,
    actor: &Actor,
    now: Moment,
    plan: &PlanHead,
    fields: &PeriodFields,
) -> Result<String, ServiceError> {
    let span = spans_of(plan).into_iter().find(|span| span.code == fields.period).ok_or(UserError::NotFound)?;
    let mut errors = Vec::new();
    let Some([report_due, lead_review_due, commission_review_due, evaluation_due, feedback_due, answer_due]) =
        read_deadlines(&fields.deadlines, span.starts_on, &mut errors)
    else {
        return Err(UserError::Invalid(errors).into());
    };
    let period = Period {
        id: make_id(now)?,
        plan_id: plan.id.clone(),
        code: span.code.clone(),
        starts_on: span.starts_on,
        ends_on: span.ends_on,
        report_due,
        lead_review_due,
        commission_review_due,
        evaluation_due,
        feedback_due,
        answer_due,
        opened_at: now.0,
    };
    if periods::find_period(tx, &plan.id, &period.code).await?.is_some() {
        return Err(UserError::AlreadyDecided.into());
    }
    periods::insert_period(tx, &period, actor.account()).await?;
    let owed = create_obligations_of(tx, &period, &plan.time_zone, now).await?;
    let change = Change { action: Action::OpenPeriod, object_kind: "period", object_id: period.id.as_str(), reason: "" };
    let after = serde_json::json!({ "code": &period.code, "deadlines": period.deadlines(), "reports_owed": owed });
    record_change(tx, &actor.author(), now, change, NOTHING, Some(&after)).await?;
    Ok(span.code)
}

/// Changes the deadlines of an open period, with a reason.
///
/// # Errors
/// `Stale` when they were changed meanwhile; field errors, also for a missing reason.
pub async fn change_period(db: &Db, actor: &Actor, now: Moment, plan: &PlanHead, fields: &PeriodFields) -> Result<(), ServiceError> {
    let (fields, actor, plan) = (fields.clone(), actor.clone(), plan.id.clone());
    with_tx(db, move |tx| {
        Box::pin(async move {
            let before = periods::find_period(tx, &plan, &fields.period).await?.ok_or(UserError::NotFound)?;
            let mut errors = Vec::new();
            let deadlines = read_deadlines(&fields.deadlines, before.starts_on, &mut errors);
            let reason = read_required("reason", &fields.reason, MAX_REASON, &mut errors);
            let (Some(deadlines), true) = (deadlines, errors.is_empty()) else { return Err(UserError::Invalid(errors).into()) };
            if before.fingerprint() != fields.was {
                return Err(UserError::Stale.into());
            }
            let mut after = before.clone();
            after.set_deadlines(deadlines);
            if after == before {
                return Ok(());
            }
            periods::update_dues(tx, &after).await?;
            // A later end may open the period again to organisations that were assigned meanwhile.
            create_missing_obligations(tx, &plan, now).await?;
            let change = Change { action: Action::ChangePeriod, object_kind: "period", object_id: after.id.as_str(), reason: &reason };
            record_change(tx, &actor.author(), now, change, Some(&before.deadlines()), Some(&after.deadlines())).await
        })
    })
    .await
}
