//! The roster: who holds which name, and what stage a unit has reached. Invariant: a thing is counted once, and a step
//! follows the steps before it.
//!
//! These functions work inside the caller's transaction; the caller checks permissions and writes the audit row.

mod changes;
mod entries;
mod kinds;
mod lists;
mod names;

use jiff::civil::Date;
use pinyin::ToPinyin;

use super::{
    ServiceError,
    moment::{Moment, make_id},
    rollups::{Counting, refresh_units},
};
use crate::{
    domain::{
        fields::FieldProblem,
        ids::{AccountId, EvidenceId, OrganisationId, RecognitionId, ReportId, StepId, UnitId},
        names::{NameScope, name_scope, normalise_code, normalise_name},
        report::ReportState,
        roster::{RecognitionHistory, Step, StepError, check_next_step},
        words::{Level, Stage, UnitKind},
    },
    error::UserError,
    store::{
        Tx,
        roster_names::find_free_admission,
        units::{self, Hold, Holder, Mark, StepOfUnit, StepRow, Unit, UnitRow},
    },
};

pub use changes::{UnitChange, change_unit, release_unit, seen_of, withdraw_step};
pub use entries::{MAX_REASON, StepEntry, UnitEntry, record_step, record_unit};
pub(super) use entries::{record_step_in, record_unit_in};
pub use kinds::read_sums;
pub use lists::{
    ListedUnit, MOST_TARGETS, MergeSearch, PAGE_LENGTH, UnitDetail, UnitList, UnitOptions, read_unit_detail, read_unit_list,
    read_unit_options,
};
pub use names::{AdmissionEntry, HeldName, NamesPage, admit_name, read_names, release_name};
pub(super) use names::{forget_refusals, note_refusal};
pub use units::{RecognitionKind, StepDetail};

pub(crate) use entries::read_past_date;

/// A name, and a code where there is one, to be held.
#[derive(Debug, Clone, Copy)]
pub struct NewHold<'a> {
    /// The kind of unit.
    pub kind: UnitKind,
    /// The organisation that holds the unit.
    pub holder: &'a OrganisationId,
    /// The name as typed.
    pub name: &'a str,
    /// The code as typed; empty for none.
    pub code: &'a str,
    /// The unit, for an entry of staff.
    pub unit_id: Option<&'a UnitId>,
    /// The report, for a submitted entry.
    pub report_id: Option<&'a ReportId>,
    /// The entry of that report; empty otherwise.
    pub entry_key: &'a str,
    /// Empty, or what tells it from its namesake, admitted by an officer with a reason.
    pub admitted: &'a str,
}

/// Holds a name and its code. What the same report's entry or the same unit held before is replaced by it.
///
/// Names are unique in the city, or per holding organisation for courses, textbooks, teams and programme groups; codes
/// are unique in the city for every kind (domain, "The roster"). Kinds that an indicator sums are one kind in this.
///
/// # Errors
/// `Taken` at `name` or `code` with whoever was first; `NoLetters` for a name of signs only.
pub async fn hold_names(tx: &mut Tx, new: NewHold<'_>, now: Moment) -> Result<(), ServiceError> {
    let (name, code) = (normalise_name(new.name), normalise_code(new.code));
    if name.is_empty() {
        return Err(UserError::field("name", FieldProblem::NoLetters).into());
    }
    if let Some(report) = new.report_id {
        units::delete_holds_of_entry(tx, report, new.entry_key).await?;
    }
    hold_mark(tx, &new, name_mark(new.kind, new.holder, &name), now).await?;
    if !code.is_empty() {
        hold_mark(tx, &new, code_mark(new.kind, &code), now).await?;
    }
    Ok(())
}

/// As [`hold_names`], for a unit on the roster that a correction describes anew: what the unit bears already stays its own.
///
/// # Errors
/// As [`hold_names`].
pub async fn hold_names_of_unit(tx: &mut Tx, new: NewHold<'_>, unit: &UnitId, now: Moment) -> Result<(), ServiceError> {
    let (name, code) = (normalise_name(new.name), normalise_code(new.code));
    if name.is_empty() {
        return Err(UserError::field("name", FieldProblem::NoLetters).into());
    }
    for mark in [name_mark(new.kind, new.holder, &name), code_mark(new.kind, &code)] {
        let is_borne = units::list_holds(tx, mark).await?.iter().any(|hold| hold.unit_id.as_ref() == Some(unit));
        if !mark.text.is_empty() && !is_borne {
            hold_mark(tx, &new, mark, now).await?;
        }
    }
    Ok(())
}

/// Where a folded name stands: in the city, or within its holder for what a school makes.
fn name_mark<'a>(kind: UnitKind, holder: &'a OrganisationId, name: &'a str) -> Mark<'a> {
    let scope = match name_scope(kind) {
        NameScope::PerHolder => holder.as_str(),
        NameScope::CityWide => "",
    };
    Mark { kind, scope, mark_kind: "name", text: name }
}

/// Where a folded code stands: in the city.
const fn code_mark(kind: UnitKind, code: &str) -> Mark<'_> {
    Mark { kind, scope: "", mark_kind: "code", text: code }
}

async fn hold_mark(tx: &mut Tx, new: &NewHold<'_>, mark: Mark<'_>, now: Moment) -> Result<(), ServiceError> {
    if units::list_holds(tx, mark).await?.iter().any(|hold| is_own(hold, new)) {
        return Ok(());
    }
    let holds = kinds::list_rivals(tx, mark, new.holder).await?;
    // An officer may have found that the holder's is another thing.
    let admitted = match new.admitted {
        "" if !holds.is_empty() => find_free_admission(tx, mark, new.holder).await?.unwrap_or_default(),
        typed => typed.to_owned(),
    };
    // An admitted namesake stands beside the others; one that nobody admitted gives way to whoever was first.
    let rival = holds.into_iter().find(|hold| admitted.is_empty() || hold.admitted == admitted);
    if let Some(rival) = rival {
        return Err(taken(mark, new, Some(rival)).into());
    }
    let holder = Holder {
        admitted: &admitted,
        unit_id: new.unit_id,
        report_id: new.report_id,
        entry_key: new.entry_key,
        name: if mark.mark_kind == "code" { new.code } else { new.name },
        held_at: now.0,
    };
    if units::insert_hold(tx, mark, holder).await? {
        return Ok(());
    }
    let first = units::list_holds(tx, mark).await?.into_iter().next();
    Err(taken(mark, new, first).into())
}

fn is_own(hold: &Hold, new: &NewHold<'_>) -> bool {
    let same_unit = new.unit_id.is_some() && hold.unit_id.as_ref() == new.unit_id;
    let same_entry = new.report_id.is_some() && hold.report_id.as_ref() == new.report_id && hold.entry_key == new.entry_key;
    same_unit || same_entry
}

fn taken(mark: Mark<'_>, new: &NewHold<'_>, first: Option<Hold>) -> UserError {
    let (name, unit, holder, state) =
        first.map_or_else(Default::default, |hold| (hold.name_zh, hold.unit_id, hold.holder_name_zh, hold.report_state));
    let returned = unit.is_none() && state.is_some_and(ReportState::is_editable);
    UserError::Taken {
        field: mark.mark_kind.to_owned(),
        name: if name.is_empty() { new.name.to_owned() } else { name },
        unit: unit.map(|unit| unit.to_string()),
        holder,
        returned,
    }
}

/// Frees every name a report holds and no unit has taken over: at withdrawal, or when staff release it.
pub async fn release_holds_of_report(tx: &mut Tx, report: &ReportId) -> Result<(), ServiceError> {
    units::delete_holds_of_report(tx, report).await?;
    Ok(())
}

/// At acceptance: the new unit takes over what the report's entry held.
pub async fn pass_hold_to_unit(tx: &mut Tx, report: &ReportId, entry_key: &str, unit: &UnitId) -> Result<(), ServiceError> {
    units::pass_holds(tx, report, entry_key, unit).await?;
    Ok(())
}

/// A unit to be added to the roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUnit {
    /// Its kind.
    pub kind: UnitKind,
    /// Its code, or empty.
    pub code: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name, or empty.
    pub name_en: String,
    /// The organisation that holds it.
    pub holder: OrganisationId,
    /// Partners, or empty.
    pub partners: String,
    /// District, or empty.
    pub district: String,
}

/// Adds a unit. Its names are held apart: by [`hold_names`], or taken over by [`pass_hold_to_unit`].
pub async fn create_unit(tx: &mut Tx, now: Moment, new: NewUnit) -> Result<UnitId, ServiceError> {
    let id: UnitId = make_id(now)?;
    let sort_key = make_sort_key(&new.name_zh);
    let row = UnitRow {
        id: &id,
        kind: new.kind,
        code: &new.code,
        name_zh: &new.name_zh,
        name_en: &new.name_en,
        sort_key: &sort_key,
        holder_id: &new.holder,
        partners: &new.partners,
        district: &new.district,
        created_at: now.0,
    };
    units::insert_unit(tx, row).await?;
    Ok(id)
}

/// Pinyin with its tones as digits, and everything else folded: lower-case letters and digits sort alike in both databases.
pub fn make_sort_key(name: &str) -> String {
    normalise_name(name).chars().fold(String::new(), |mut key, character| {
        match character.to_pinyin() {
            Some(pinyin) => key.push_str(pinyin.with_tone_num_end()),
            None => key.push(character),
        }
        key
    })
}

/// A stage step to be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewStep {
    /// The unit.
    pub unit: UnitId,
    /// Code of what it is recognised as.
    pub recognition: String,
    /// Level of the recognition.
    pub level: Option<Level>,
    /// The stage that was reached.
    pub stage: Stage,
    /// On which day.
    pub on: Date,
    /// Document number, or empty.
    pub document: String,
    /// The report it comes from; none: an entry of staff.
    pub report: Option<ReportId>,
    /// Who verified it.
    pub verifier: AccountId,
    /// Why, where it is an entry of staff.
    pub reason: String,
    /// Files that prove it.
    pub evidence: Vec<EvidenceId>,
}

/// Takes a step in the open recognition of its kind and level, or begins one, and brings the rollups up to date.
///
/// # Errors
/// `Invalid` at `recognition` (unknown, or for a kind of unit that no indicator sums with its own), `stage` or `stage_date` (what cannot follow);
/// `NotFound` without the unit.
pub async fn add_step(tx: &mut Tx, now: Moment, new: NewStep) -> Result<StepId, ServiceError> {
    add_step_counting(tx, now, new, Counting::Now).await
}

/// As [`add_step`], with the rollups brought up to date at once or left to the caller.
pub(super) async fn add_step_counting(tx: &mut Tx, now: Moment, new: NewStep, counting: Counting) -> Result<StepId, ServiceError> {
    take_step(tx, now, new, None, counting).await
}

/// As [`add_step`] with the stage `Merged`, naming the unit it became part of.
///
/// # Errors
/// As [`add_step`]; `Invalid` at `merged_into` when that is the unit itself or does not exist.
pub async fn merge_unit(tx: &mut Tx, now: Moment, new: NewStep, into: &UnitId) -> Result<StepId, ServiceError> {
    if *into == new.unit || units::find_unit(tx, into).await?.is_none() {
        return Err(UserError::field("merged_into", FieldProblem::UnknownChoice).into());
    }
    take_step(tx, now, new, Some(into), Counting::Now).await
}

async fn take_step(
    tx: &mut Tx,
    now: Moment,
    new: NewStep,
    merged_into: Option<&UnitId>,
    counting: Counting,
) -> Result<StepId, ServiceError> {
    let unit = units::find_unit(tx, &new.unit).await?.ok_or(UserError::NotFound)?;
    let kind = units::find_recognition_kind(tx, &new.recognition)
        .await?
        .ok_or_else(|| UserError::field("recognition", FieldProblem::UnknownChoice))?;
    if kind.unit_kind != unit.kind && !read_sums(tx).await?.admits(unit.kind, &kind.code, kind.unit_kind) {
        return Err(UserError::field("recognition", FieldProblem::KindMismatch { expected: kind.unit_kind }).into());
    }
    let histories = group_histories(units::list_steps_of_unit(tx, &new.unit).await?);
    if histories.is_empty() {
        take_names_again(tx, &unit, now).await?;
    }
    let step = Step { stage: new.stage, on: new.on };
    let recognition = match find_place(&histories, &new.recognition, new.level, step)? {
        Some(open) => open.clone(),
        None => {
            let id: RecognitionId = make_id(now)?;
            units::insert_recognition(tx, &id, &new.unit, &new.recognition, new.level, now.0).await?;
            id
        }
    };
    let id: StepId = make_id(now)?;
    let row = StepRow {
        id: &id,
        recognition_id: &recognition,
        stage: new.stage,
        on: new.on,
        document: &new.document,
        merged_into,
        report_id: new.report.as_ref(),
        verifier_id: &new.verifier,
        reason: &new.reason,
        recorded_at: now.0,
    };
    units::insert_step(tx, row).await?;
    for evidence in &new.evidence {
        units::insert_step_evidence(tx, &id, evidence).await?;
    }
    if counting == Counting::Now {
        refresh_units(tx, std::slice::from_ref(&new.unit)).await?;
    }
    Ok(id)
}

/// A unit whose last step was taken back let go of its names: it bears them again before it counts again. One that comes onto
/// the roster holds them already.
async fn take_names_again(tx: &mut Tx, unit: &Unit, now: Moment) -> Result<(), ServiceError> {
    let hold = NewHold {
        kind: unit.kind,
        holder: &unit.holder_id,
        name: &unit.name_zh,
        code: &unit.code,
        unit_id: Some(&unit.id),
        report_id: None,
        entry_key: "",
        admitted: "",
    };
    hold_names(tx, hold, now).await
}

/// The open recognition that takes the step; none where a new one begins with it.
fn find_place<'h>(
    histories: &'h [(RecognitionId, RecognitionHistory)],
    recognition: &str,
    level: Option<Level>,
    step: Step,
) -> Result<Option<&'h RecognitionId>, UserError> {
    place_step(histories, recognition, level, step).map_err(|error| {
        let field = if matches!(error, StepError::DateBack(_)) { "stage_date" } else { "stage" };
        UserError::field(field, FieldProblem::Step(error))
    })
}

/// The open recognition of a unit that takes a step; none where a new one begins with it.
///
/// # Errors
/// What cannot follow.
pub(super) fn place_step<'h>(
    histories: &'h [(RecognitionId, RecognitionHistory)],
    recognition: &str,
    level: Option<Level>,
    step: Step,
) -> Result<Option<&'h RecognitionId>, StepError> {
    let of_kind = || histories.iter().filter(|(_, history)| history.kind == recognition && history.level == level);
    if let Some((id, history)) = of_kind().find(|(_, history)| history.is_open()) {
        return check_next_step(&history.steps, step).map(|()| Some(id));
    }
    let ended = of_kind().filter_map(|(_, history)| history.steps.last().copied()).max_by_key(|last| last.on);
    match ended {
        Some(last) if step.stage.is_end() => Err(StepError::AfterEnd(last)),
        // At most one is open at a time, so a new one begins when the former has ended.
        Some(last) if step.on < last.on => Err(StepError::DateBack(last)),
        _ => check_next_step(&[], step).map(|()| None),
    }
}

/// A unit with its recognitions and their accepted steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldUnit {
    /// Its id.
    pub id: UnitId,
    /// Its kind.
    pub kind: UnitKind,
    /// Its code; empty without one.
    pub code: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name; may be empty.
    pub name_en: String,
    /// The organisation that holds it.
    pub holder: OrganisationId,
    /// What it is recognised as, in the order in which it began.
    pub recognitions: Vec<RecognitionHistory>,
}

/// The units an organisation holds, by name.
pub async fn known_units_of(tx: &mut Tx, holder: &OrganisationId) -> Result<Vec<HeldUnit>, ServiceError> {
    let held = units::list_units_of_holder(tx, holder).await?;
    let steps = units::list_steps_of_holder(tx, holder).await?;
    let mut by_unit: std::collections::HashMap<UnitId, Vec<StepOfUnit>> = std::collections::HashMap::new();
    for step in steps {
        by_unit.entry(step.unit_id.clone()).or_default().push(step);
    }
    Ok(held
        .into_iter()
        .map(|unit| {
            let steps = by_unit.remove(&unit.id).unwrap_or_default();
            hold_unit(unit, steps)
        })
        .collect())
}

/// One unit with its recognitions.
pub async fn known_unit(tx: &mut Tx, id: &UnitId) -> Result<Option<HeldUnit>, ServiceError> {
    let Some(unit) = units::find_unit(tx, id).await? else { return Ok(None) };
    let steps = units::list_steps_of_unit(tx, id).await?;
    Ok(Some(hold_unit(unit, steps)))
}

fn hold_unit(unit: Unit, steps: Vec<StepOfUnit>) -> HeldUnit {
    HeldUnit {
        id: unit.id,
        kind: unit.kind,
        code: unit.code,
        name_zh: unit.name_zh,
        name_en: unit.name_en,
        holder: unit.holder_id,
        recognitions: group_histories(steps).into_iter().map(|(_, history)| history).collect(),
    }
}

/// Rows ordered by recognition, as one history each with its steps in the order in which they were taken.
pub(crate) fn group_histories(rows: Vec<StepOfUnit>) -> Vec<(RecognitionId, RecognitionHistory)> {
    let mut histories: Vec<(RecognitionId, RecognitionHistory)> = Vec::new();
    for row in rows {
        let step = Step { stage: row.stage, on: row.on_date };
        match histories.last_mut() {
            Some((id, history)) if *id == row.recognition_id => history.steps.push(step),
            _ => histories.push((row.recognition_id, RecognitionHistory { kind: row.kind, level: row.level, steps: vec![step] })),
        }
    }
    for (_, history) in &mut histories {
        // Steps of one day that were recorded at one instant: forward stages in their order, an end last.
        history.steps.sort_by_key(|step| (step.on, step.stage.rank().unwrap_or(u8::MAX)));
    }
    histories
}

/// Everything a unit can be recognised as.
pub async fn list_recognition_kinds(tx: &mut Tx) -> Result<Vec<RecognitionKind>, ServiceError> {
    Ok(units::list_recognition_kinds(tx).await?)
}
