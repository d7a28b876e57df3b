//! What the acceptance of a correction would change. Invariant: it is worked out in the same way when it is submitted and when it is
//! accepted, and a fact that the correction repeats is left alone.

use std::collections::{BTreeMap, BTreeSet};

use super::compare_files;
use crate::{
    domain::{
        correction::{Line, Refusal, place_steps},
        fields::{FieldError, FieldProblem},
        ids::{RecognitionId, StepId, UnitId},
        number::Qualifier,
        report::{EntryUnit, NewUnit, ReportFields, ValidEntry, ValidReport, ValidValue},
        report_diff::compare_reports,
        roster::{Step, StepError},
        words::Level,
    },
    error::UserError,
    services::ServiceError,
    store::{
        Tx,
        corrections::{self as store, HeldStep, SaidStep, SaidValue},
        evidence::list_evidence,
        reports::Owed,
        units,
    },
};

/// Where a step is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepPlace {
    /// In a recognition that has begun.
    Known(RecognitionId),
    /// In one that begins; steps with the same number share it.
    New(usize),
}

/// A step to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddedStep {
    /// The entry that says so.
    pub entry_key: String,
    /// The unit; none: the entry brings it.
    pub unit: Option<UnitId>,
    /// At which level.
    pub level: Option<Level>,
    /// In which recognition.
    pub place: StepPlace,
}

/// What the acceptance of a correction would change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CorrectionPlan {
    /// Steps that no longer hold.
    pub taken_back: Vec<SaidStep>,
    /// Steps to be recorded.
    pub added: Vec<AddedStep>,
    /// Units that an earlier version brought, by the entry that still stands for them.
    pub units: BTreeMap<String, UnitId>,
    /// Which of them are described anew, by entry.
    pub described: BTreeMap<String, NewUnit>,
    /// Values that no longer hold.
    pub values_back: Vec<SaidValue>,
    /// Values to be recorded.
    pub values_added: Vec<ValidValue>,
}

impl CorrectionPlan {
    /// Whether an entry brings something that an earlier version did not.
    pub fn changes(&self, entry_key: &str) -> bool {
        self.described.contains_key(entry_key) || self.added.iter().any(|added| added.entry_key == entry_key)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum UnitKey {
    Held(UnitId),
    New(String),
}

/// A unit with a kind and level of recognition: within it steps build on each other.
type Group = (UnitKey, String, Option<Level>);

struct Wanted<'a> {
    entry: &'a ValidEntry,
    group: Group,
    proofs: BTreeSet<String>,
}

/// Works out what a correction changes; `None` for a report that is none.
///
/// # Errors
/// `Invalid` with every entry that would leave a history that cannot be, and for a correction that changes nothing.
pub(in crate::services) async fn plan_correction(
    tx: &mut Tx,
    owed: &Owed,
    fields: &ReportFields,
    valid: &ValidReport,
) -> Result<Option<CorrectionPlan>, ServiceError> {
    if owed.correction == 0 {
        return Ok(None);
    }
    let versions = store::list_versions(tx, &owed.obligation_id).await?;
    // At its acceptance the correction itself stands accepted already, so what it corrects is looked up and not what is in force.
    let corrects = versions.iter().find(|version| version.report_id == owed.id()).and_then(|version| version.corrects_id.as_ref());
    let corrected = versions.iter().find(|version| Some(&version.report_id) == corrects).ok_or(UserError::WrongState)?;
    let before = corrected.fields().ok_or(UserError::WrongState)?;
    let files = list_evidence(tx, &owed.id()).await?;
    let same_files = compare_files(&list_evidence(tx, &corrected.report_id).await?, &files).is_empty();
    if same_files && compare_reports(before, fields).is_empty() {
        return Err(UserError::field("narrative", FieldProblem::NothingCorrected).into());
    }
    let mut plan = CorrectionPlan::default();
    let brought = store::list_entry_units(tx, &owed.obligation_id).await?;
    for entry in &valid.entries {
        let EntryUnit::New(unit) = &entry.unit else { continue };
        let Some((_, id)) = brought.iter().find(|(key, _)| *key == entry.key) else { continue };
        // A thing of another kind is another thing.
        if units::find_unit(tx, id).await?.is_none_or(|known| known.kind != entry.kind) {
            continue;
        }
        plan.units.insert(entry.key.clone(), id.clone());
        if is_described_anew(before, fields, &entry.key) {
            plan.described.insert(entry.key.clone(), unit.clone());
        }
    }
    let said = store::list_said_steps(tx, &owed.obligation_id).await?;
    let mut proofs: BTreeMap<StepId, BTreeSet<String>> = BTreeMap::new();
    for (step, sha256) in store::list_said_evidence(tx, &owed.obligation_id).await? {
        proofs.entry(step).or_default().insert(sha256);
    }
    let mut wanted: Vec<Wanted<'_>> = valid
        .entries
        .iter()
        .map(|entry| {
            let of_entry = files.iter().filter(|file| file.removed_at.is_none() && file.entry_key == entry.key);
            let proofs = of_entry.map(|file| file.sha256.clone()).collect();
            Wanted { entry, group: group_of(entry, fields, &plan, &said), proofs }
        })
        .collect();
    plan.taken_back = said;
    // What is repeated stays: the step with its row, and the entry without anything to do.
    let none = BTreeSet::new();
    wanted.retain(|wanted| {
        let kept = plan.taken_back.iter().position(|step| {
            group_of_said(step) == wanted.group
                && (step.stage, step.on_date) == (wanted.entry.step.stage, wanted.entry.step.on)
                && step.document == wanted.entry.document_number.as_deref().unwrap_or_default()
                && *proofs.get(&step.id).unwrap_or(&none) == wanted.proofs
        });
        kept.map(|index| plan.taken_back.remove(index)).is_none()
    });
    place(tx, &mut plan, &wanted, valid).await?;
    compare_values(&mut plan, store::list_said_values(tx, &owed.obligation_id).await?, &valid.values);
    Ok(Some(plan))
}

/// Whether the correction itself words the unit of an entry differently; what staff have changed since stays theirs.
fn is_described_anew(before: &ReportFields, after: &ReportFields, key: &str) -> bool {
    let find = |fields: &ReportFields| fields.entries.iter().find(|entry| entry.key == key).cloned().unwrap_or_default();
    let (before, after) = (find(before), find(after));
    [(&before.name, &after.name), (&before.code, &after.code), (&before.partners, &after.partners), (&before.district, &after.district)]
        .into_iter()
        .any(|(before, after)| before.trim() != after.trim())
}

fn group_of_said(step: &SaidStep) -> Group {
    (UnitKey::Held(step.unit_id.clone()), step.kind.clone(), step.level)
}

fn group_of(entry: &ValidEntry, fields: &ReportFields, plan: &CorrectionPlan, said: &[SaidStep]) -> Group {
    let unit = match &entry.unit {
        EntryUnit::Existing(id) => UnitKey::Held(id.clone()),
        EntryUnit::New(_) => plan.units.get(&entry.key).map_or_else(|| UnitKey::New(entry.key.clone()), |id| UnitKey::Held(id.clone())),
    };
    let is_typed = fields.entries.iter().any(|typed| typed.key == entry.key && !typed.level.trim().is_empty());
    // A level that was left to the open recognition stays the one it was accepted with, whatever has ended since.
    let levels: BTreeSet<Option<Level>> = said
        .iter()
        .filter(|step| UnitKey::Held(step.unit_id.clone()) == unit && step.kind == entry.recognition)
        .map(|step| step.level)
        .collect();
    let level = match (is_typed, levels.first()) {
        (false, Some(level)) if levels.len() == 1 => *level,
        _ => entry.level,
    };
    (unit, entry.recognition.clone(), level)
}

/// Finds the recognition of each step that is left, and refuses what later steps do not allow.
async fn place(tx: &mut Tx, plan: &mut CorrectionPlan, wanted: &[Wanted<'_>], valid: &ValidReport) -> Result<(), ServiceError> {
    let groups: BTreeSet<Group> =
        plan.taken_back.iter().map(group_of_said).chain(wanted.iter().map(|wanted| wanted.group.clone())).collect();
    let taken: BTreeSet<StepId> = plan.taken_back.iter().map(|step| step.id.clone()).collect();
    let (mut errors, mut begun) = (Vec::new(), 0);
    for group in groups {
        let of_group: Vec<&Wanted<'_>> = wanted.iter().filter(|wanted| wanted.group == group).collect();
        let (unit, kind, level) = group;
        let held = match &unit {
            UnitKey::Held(id) => store::list_held_steps(tx, id).await?,
            UnitKey::New(_) => Vec::new(),
        };
        let (recognitions, lines) = draw_lines(&held, &kind, level, &taken);
        let steps: Vec<Step> = of_group.iter().map(|wanted| wanted.entry.step).collect();
        let places = match place_steps(&lines, &steps) {
            Ok(places) => places,
            Err(refusal) => {
                errors.push(word_refusal(tx, plan, valid, &unit, &of_group, refusal).await?);
                continue;
            }
        };
        for (wanted, place) in of_group.iter().zip(&places) {
            let known = recognitions.get(*place).cloned();
            plan.added.push(AddedStep {
                entry_key: wanted.entry.key.clone(),
                unit: if let UnitKey::Held(id) = &unit { Some(id.clone()) } else { None },
                level,
                place: known.map_or_else(|| StepPlace::New(begun + place - recognitions.len()), StepPlace::Known),
            });
        }
        begun += places.iter().map(|place| (place + 1).saturating_sub(recognitions.len())).max().unwrap_or(0);
    }
    if errors.is_empty() { Ok(()) } else { Err(UserError::Invalid(errors).into()) }
}

fn draw_lines(held: &[HeldStep], kind: &str, level: Option<Level>, taken: &BTreeSet<StepId>) -> (Vec<RecognitionId>, Vec<Line>) {
    let (mut recognitions, mut lines): (Vec<RecognitionId>, Vec<Line>) = (Vec::new(), Vec::new());
    for row in held.iter().filter(|row| row.kind == kind && row.level == level) {
        if recognitions.last() != Some(&row.recognition_id) {
            recognitions.push(row.recognition_id.clone());
            lines.push(Line::default());
        }
        let Some(line) = lines.last_mut() else { continue };
        let step = Step { stage: row.stage, on: row.on_date };
        if taken.contains(&row.id) { line.taken_back.push(step) } else { line.stays.push(step) }
    }
    (recognitions, lines)
}

async fn word_refusal(
    tx: &mut Tx,
    plan: &CorrectionPlan,
    valid: &ValidReport,
    unit: &UnitKey,
    wanted: &[&Wanted<'_>],
    refusal: Refusal,
) -> Result<FieldError, ServiceError> {
    let key_of = |index: usize| wanted.get(index).map_or("", |wanted| wanted.entry.key.as_str());
    Ok(match refusal {
        Refusal::Step { wanted, problem } => {
            let field = if matches!(problem, StepError::DateBack(_)) { "stage_date" } else { "stage" };
            FieldError::new(format!("entries.{}.{field}", key_of(wanted)), FieldProblem::Step(problem))
        }
        Refusal::Later { wanted, later } => FieldError::new(format!("entries.{}.stage", key_of(wanted)), FieldProblem::LaterStep { later }),
        Refusal::Needed { taken, later } => {
            let UnitKey::Held(id) = unit else { return Err(ServiceError::Unexpected("a new unit has no later steps".to_owned())) };
            let name = units::find_unit(tx, id).await?.map(|unit| unit.name_zh).unwrap_or_default();
            // The entry may still be there and say something else; where it was dropped, the list of entries is at fault.
            let entry = valid.entries.iter().find(|entry| match &entry.unit {
                EntryUnit::Existing(unit) => unit == id,
                EntryUnit::New(_) => plan.units.get(&entry.key) == Some(id),
            });
            let field = entry.map_or_else(|| "entries".to_owned(), |entry| format!("entries.{}.recognition", entry.key));
            FieldError::new(field, FieldProblem::StepNeeded { name, taken, later })
        }
    })
}

fn compare_values(plan: &mut CorrectionPlan, mut said: Vec<SaidValue>, valid: &[ValidValue]) {
    for value in valid {
        let kept = said.iter().position(|said| is_same_value(said, value));
        if let Some(index) = kept {
            said.remove(index);
        } else {
            plan.values_added.push(value.clone());
        }
    }
    plan.values_back = said;
}

fn is_same_value(said: &SaidValue, value: &ValidValue) -> bool {
    said.indicator == value.indicator
        && said.value == value.raw
        && said.qualifier.as_deref() == value.qualifier.map(Qualifier::as_str)
        && said.numerator.zip(said.denominator) == value.parts
}
