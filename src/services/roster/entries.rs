//! What staff record of units that exist already. Invariant: an entry names its document and its reason, and counts at
//! once.

use jiff::civil::Date;
use serde::Serialize;

use super::{
    NewHold, NewStep, NewUnit, add_step, add_step_counting, create_unit, hold_names, merge_unit,
    names::{OwnAdmission, note_own_admission},
};
use crate::{
    domain::{
        calendar::{DateError, parse_date},
        fields::{FieldError, FieldProblem, read_required, read_text},
        ids::{OrganisationId, UnitId},
        names::normalise_name,
        report_form::{MAX_PARTNERS, MAX_SHORT_TEXT},
        words::{Level, Stage},
    },
    error::UserError,
    services::{
        ServiceError,
        access::Actor,
        moment::Moment,
        rollups::Counting,
        trail::{Action, Change, NOTHING, record_change},
        visit::PlanHead,
    },
    store::{Db, Tx, units, with_tx},
};

/// Longest reason, in characters.
pub const MAX_REASON: usize = 1_000;

/// A unit that exists already, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnitEntry {
    /// Code of what it is recognised as.
    pub recognition: String,
    /// Level of the recognition, or empty.
    pub level: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name, or empty.
    pub name_en: String,
    /// Code, or empty.
    pub code: String,
    /// Id of the organisation that holds it.
    pub holder: String,
    /// District; empty: the holder's.
    pub district: String,
    /// Partners, or empty.
    pub partners: String,
    /// The stage it has reached.
    pub stage: String,
    /// On which day.
    pub stage_date: String,
    /// Document number.
    pub document: String,
    /// Why it is entered, or what it rests on.
    pub reason: String,
    /// What tells it from a namesake; empty where it has none.
    pub admitted: String,
}

/// A further step of a unit, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StepEntry {
    /// Id of the unit.
    pub unit: String,
    /// Code of what it is recognised as.
    pub recognition: String,
    /// Level of the recognition, or empty.
    pub level: String,
    /// The stage it has reached.
    pub stage: String,
    /// On which day.
    pub stage_date: String,
    /// Id of the unit it was merged into; only with the stage `merged`.
    pub merged_into: String,
    /// Document number.
    pub document: String,
    /// Why it is entered, or what it rests on.
    pub reason: String,
}

/// What the audit chain keeps of an entry.
#[derive(Serialize)]
struct Recorded<'a> {
    name: &'a str,
    code: &'a str,
    holder: &'a OrganisationId,
    recognition: &'a str,
    level: Option<Level>,
    stage: Stage,
    on: Date,
    document: &'a str,
    merged_into: &'a str,
    admitted: &'a str,
}

/// Records a unit that exists already, with the stage it has reached.
///
/// # Errors
/// `Invalid` with every field that is not right; `Taken` where the unit is on the roster or submitted already.
pub async fn record_unit(db: &Db, actor: &Actor, now: Moment, plan: &PlanHead, entry: UnitEntry) -> Result<UnitId, ServiceError> {
    let (actor, plan) = (actor.clone(), plan.clone());
    with_tx(db, move |tx| Box::pin(async move { record_unit_in(tx, &actor, now, &plan, &entry, Counting::Now).await })).await
}

/// Records a unit inside a transaction.
pub(in crate::services) async fn record_unit_in(
    tx: &mut Tx,
    actor: &Actor,
    now: Moment,
    plan: &PlanHead,
    entry: &UnitEntry,
    counting: Counting,
) -> Result<UnitId, ServiceError> {
    let today = now.date_in(&plan.time_zone);
    let mut errors = Vec::new();
    let name_zh = read_required("name", &entry.name_zh, MAX_SHORT_TEXT, &mut errors);
    if !name_zh.is_empty() && normalise_name(&name_zh).is_empty() {
        errors.push(FieldError::new("name", FieldProblem::NoLetters));
    }
    let name_en = read_text("name_en", &entry.name_en, MAX_SHORT_TEXT, &mut errors);
    let code = read_text("code", &entry.code, MAX_SHORT_TEXT, &mut errors);
    let partners = read_text("partners", &entry.partners, MAX_PARTNERS, &mut errors);
    let district = read_text("district", &entry.district, MAX_SHORT_TEXT, &mut errors);
    let admitted = read_text("admitted", &entry.admitted, MAX_SHORT_TEXT, &mut errors);
    let kind = find_kind(tx, &entry.recognition, &mut errors).await?;
    let holder = find_holder(tx, &entry.holder, &mut errors).await?;
    let facts = read_facts(tx, typed_facts(entry), today, &mut errors).await?;
    let (Some(kind), Some(holder), Some(facts), true) = (kind, holder, facts, errors.is_empty()) else {
        return Err(UserError::Invalid(errors).into());
    };
    let district = if district.is_empty() { holder.district.clone() } else { district };
    let new = NewUnit { kind: kind.unit_kind, code, name_zh, name_en, holder: holder.id.clone(), partners, district };
    let id = create_unit(tx, now, new.clone()).await?;
    let hold = NewHold {
        kind: new.kind,
        holder: &holder.id,
        name: &new.name_zh,
        code: &new.code,
        unit_id: Some(&id),
        report_id: None,
        entry_key: "",
        admitted: &normalise_name(&admitted),
    };
    hold_names(tx, hold, now).await?;
    let step = facts.into_step(id.clone(), actor);
    let recorded = Recorded {
        name: &new.name_zh,
        code: &new.code,
        holder: &holder.id,
        recognition: &step.recognition,
        level: step.level,
        stage: step.stage,
        on: step.on,
        document: &step.document,
        merged_into: "",
        admitted: &admitted,
    };
    if !admitted.is_empty() {
        let own = OwnAdmission { distinction: &admitted, document: &step.document, reason: &step.reason };
        note_own_admission(tx, actor, now, &new, own).await?;
    }
    let change = Change { action: Action::RecordUnit, object_kind: "unit", object_id: id.as_str(), reason: &step.reason };
    add_step_counting(tx, now, step.clone(), counting).await?;
    record_change(tx, &actor.author(), now, change, NOTHING, Some(&recorded)).await?;
    Ok(id)
}

/// Records a further step of a unit, also one of its ends, or the beginning of another recognition.
///
/// # Errors
/// `Invalid` with every field that is not right, and what cannot follow; `NotFound` without the unit.
pub async fn record_step(db: &Db, actor: &Actor, now: Moment, plan: &PlanHead, entry: StepEntry) -> Result<(), ServiceError> {
    let (actor, plan) = (actor.clone(), plan.clone());
    with_tx(db, move |tx| Box::pin(async move { record_step_in(tx, &actor, now, &plan, &entry).await })).await
}

/// Records a further step inside a transaction.
pub(in crate::services) async fn record_step_in(
    tx: &mut Tx,
    actor: &Actor,
    now: Moment,
    plan: &PlanHead,
    entry: &StepEntry,
) -> Result<(), ServiceError> {
    let today = now.date_in(&plan.time_zone);
    let id = UnitId::from(entry.unit.as_str());
    let unit = units::find_unit(tx, &id).await?.ok_or(UserError::NotFound)?;
    let before = units::list_steps_of_unit(tx, &id).await?;
    let mut errors = Vec::new();
    find_kind(tx, &entry.recognition, &mut errors).await?;
    let typed = TypedFacts {
        recognition: &entry.recognition,
        level: &entry.level,
        stage: &entry.stage,
        stage_date: &entry.stage_date,
        document: &entry.document,
        reason: &entry.reason,
    };
    let facts = read_facts(tx, typed, today, &mut errors).await?;
    let merged = facts.as_ref().is_some_and(|facts| facts.stage == Stage::Merged);
    if merged && entry.merged_into.is_empty() {
        errors.push(FieldError::new("merged_into", FieldProblem::Required));
    }
    if !merged && !entry.merged_into.is_empty() {
        // Named without need: the stage is what was meant or the unit is, so somebody has to look again.
        errors.push(FieldError::new("stage", FieldProblem::UnknownChoice));
    }
    let (Some(facts), true) = (facts, errors.is_empty()) else {
        return Err(UserError::Invalid(errors).into());
    };
    // A unit whose name was released with its last step wants it back.
    let hold = NewHold {
        kind: unit.kind,
        holder: &unit.holder_id,
        name: &unit.name_zh,
        code: &unit.code,
        unit_id: Some(&id),
        report_id: None,
        entry_key: "",
        admitted: "",
    };
    hold_names(tx, hold, now).await?;
    let step = facts.into_step(id.clone(), actor);
    if merged {
        let into = UnitId::from(entry.merged_into.as_str());
        if units::find_unit(tx, &into).await?.is_none_or(|other| other.kind != unit.kind) {
            return Err(UserError::field("merged_into", FieldProblem::UnknownChoice).into());
        }
        merge_unit(tx, now, step.clone(), &into).await?;
    } else {
        add_step(tx, now, step.clone()).await?;
    }
    let recorded = Recorded {
        name: &unit.name_zh,
        code: &unit.code,
        holder: &unit.holder_id,
        recognition: &step.recognition,
        level: step.level,
        stage: step.stage,
        on: step.on,
        document: &step.document,
        merged_into: &entry.merged_into,
        admitted: "",
    };
    let last = before.iter().rfind(|known| known.kind == step.recognition && known.level == step.level);
    let before = last.map(|known| (known.kind.as_str(), known.level, known.stage, known.on_date));
    let change = Change { action: Action::RecordUnit, object_kind: "unit", object_id: id.as_str(), reason: &step.reason };
    record_change(tx, &actor.author(), now, change, before.as_ref(), Some(&recorded)).await
}

async fn find_kind(tx: &mut Tx, code: &str, errors: &mut Vec<FieldError>) -> Result<Option<units::RecognitionKind>, ServiceError> {
    let kind = units::find_recognition_kind(tx, code).await?;
    if kind.is_none() {
        let problem = if code.is_empty() { FieldProblem::Required } else { FieldProblem::UnknownChoice };
        errors.push(FieldError::new("recognition", problem));
    }
    Ok(kind)
}

async fn find_holder(tx: &mut Tx, id: &str, errors: &mut Vec<FieldError>) -> Result<Option<units::HolderChoice>, ServiceError> {
    let holder = units::list_holder_choices(tx).await?.into_iter().find(|holder| holder.id.as_str() == id);
    if holder.is_none() {
        let problem = if id.is_empty() { FieldProblem::Required } else { FieldProblem::UnknownChoice };
        errors.push(FieldError::new("holder", problem));
    }
    Ok(holder)
}

/// What a step says, as it was typed.
#[derive(Clone, Copy)]
struct TypedFacts<'a> {
    recognition: &'a str,
    level: &'a str,
    stage: &'a str,
    stage_date: &'a str,
    document: &'a str,
    reason: &'a str,
}

fn typed_facts(entry: &UnitEntry) -> TypedFacts<'_> {
    TypedFacts {
        recognition: &entry.recognition,
        level: &entry.level,
        stage: &entry.stage,
        stage_date: &entry.stage_date,
        document: &entry.document,
        reason: &entry.reason,
    }
}

/// What a step says.
struct StepFacts {
    recognition: String,
    level: Option<Level>,
    stage: Stage,
    on: Date,
    document: String,
    reason: String,
}

impl StepFacts {
    fn into_step(self, unit: UnitId, actor: &Actor) -> NewStep {
        NewStep {
            unit,
            recognition: self.recognition,
            level: self.level,
            stage: self.stage,
            on: self.on,
            document: self.document,
            report: None,
            verifier: actor.account().clone(),
            reason: self.reason,
            evidence: Vec::new(),
        }
    }
}

async fn read_facts(
    tx: &mut Tx,
    typed: TypedFacts<'_>,
    today: Date,
    errors: &mut Vec<FieldError>,
) -> Result<Option<StepFacts>, ServiceError> {
    let level = match typed.level {
        "" => {
            if units::is_counted_by_level(tx, typed.recognition).await? {
                errors.push(FieldError::new("level", FieldProblem::Required));
            }
            None
        }
        word => {
            let level = word.parse().ok();
            if level.is_none() {
                errors.push(FieldError::new("level", FieldProblem::UnknownChoice));
            }
            level
        }
    };
    let stage: Option<Stage> = typed.stage.parse().ok();
    if stage.is_none() {
        let problem = if typed.stage.is_empty() { FieldProblem::Required } else { FieldProblem::UnknownChoice };
        errors.push(FieldError::new("stage", problem));
    }
    let on = read_past_date("stage_date", typed.stage_date, today, errors);
    let document = read_required("document", typed.document, MAX_SHORT_TEXT, errors);
    let reason = read_required("reason", typed.reason, MAX_REASON, errors);
    let (Some(stage), Some(on)) = (stage, on) else { return Ok(None) };
    Ok(Some(StepFacts { recognition: typed.recognition.to_owned(), level, stage, on, document, reason }))
}

/// A typed day that has come already; anything else is an error at the field.
pub(crate) fn read_past_date(field: &str, text: &str, today: Date, errors: &mut Vec<FieldError>) -> Option<Date> {
    let problem = match parse_date(text) {
        Ok(date) if date > today => FieldProblem::DateInFuture { today },
        Ok(date) => return Some(date),
        Err(DateError::Empty) => FieldProblem::Required,
        Err(error) => FieldProblem::Date(error),
    };
    errors.push(FieldError::new(field, problem));
    None
}
