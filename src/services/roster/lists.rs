//! What the page of units shows. Invariant: everything on a page is read from one snapshot.

use super::{HeldUnit, RecognitionKind, group_histories, known_unit, read_sums, seen_of};
use crate::{
    domain::{
        ids::UnitId,
        roster::RecognitionHistory,
        words::{Level, UnitKind},
    },
    error::UserError,
    services::{ServiceError, roster_view::fold_words, visit::PlanHead},
    store::{
        Tx,
        roster_changes::{MergeTarget, count_holds_and_steps, find_merge_targets},
        units::{self, HolderChoice, StepDetail, StepOfUnit, Unit},
    },
};

/// Units on one page of the list.
pub const PAGE_LENGTH: i64 = 50;

/// What a form for units offers.
#[derive(Debug, Clone)]
pub struct UnitOptions {
    /// Each recognition with the codes of the plan's indicators that count it: counted ones first.
    pub recognitions: Vec<(RecognitionKind, Vec<String>)>,
    /// Organisations that can hold a unit.
    pub holders: Vec<HolderChoice>,
}

/// Reads what a form for units offers.
pub async fn read_unit_options(tx: &mut Tx, plan: &PlanHead) -> Result<UnitOptions, ServiceError> {
    let counted = units::list_counted_kinds(tx, &plan.id).await?;
    let mut recognitions: Vec<(RecognitionKind, Vec<String>)> = Vec::new();
    for kind in units::list_recognition_kinds(tx).await? {
        let mut codes: Vec<String> =
            counted.iter().filter(|(_, recognition, _)| *recognition == kind.code).map(|(code, ..)| code.clone()).collect();
        codes.dedup();
        recognitions.push((kind, codes));
    }
    recognitions.sort_by_key(|(_, codes)| codes.is_empty());
    Ok(UnitOptions { recognitions, holders: units::list_holder_choices(tx).await? })
}

/// A unit of the list with what it is recognised as.
#[derive(Debug, Clone)]
pub struct ListedUnit {
    /// The unit.
    pub unit: units::ListedUnit,
    /// Its recognitions.
    pub recognitions: Vec<RecognitionHistory>,
}

/// One page of the list.
#[derive(Debug, Clone)]
pub struct UnitList {
    /// Units, those recorded last first.
    pub units: Vec<ListedUnit>,
    /// How many there are by recognition.
    pub by_recognition: Vec<(String, i64)>,
    /// How many there are.
    pub total: i64,
    /// How many match the filter.
    pub matching: i64,
}

/// Reads page `page` (from 1) of the units, those recorded last first; `recognition` empty: all.
pub async fn read_unit_list(tx: &mut Tx, recognition: &str, page: i64) -> Result<UnitList, ServiceError> {
    let offset = (page.max(1) - 1).saturating_mul(PAGE_LENGTH);
    let listed = units::list_newest_units(tx, recognition, PAGE_LENGTH, offset).await?;
    let mut steps: std::collections::HashMap<UnitId, Vec<StepOfUnit>> = std::collections::HashMap::new();
    for step in units::list_steps_of_newest(tx, recognition, PAGE_LENGTH, offset).await? {
        steps.entry(step.unit_id.clone()).or_default().push(step);
    }
    let by_recognition = units::count_units_by_recognition(tx).await?;
    let total = units::count_units(tx).await?;
    let matching = match recognition {
        "" => total,
        code => by_recognition.iter().find(|(kind, _)| kind == code).map_or(0, |(_, count)| *count),
    };
    let with_history = |unit: units::ListedUnit| {
        let steps = steps.remove(&unit.id).unwrap_or_default();
        ListedUnit { recognitions: group_histories(steps).into_iter().map(|(_, history)| history).collect(), unit }
    };
    Ok(UnitList { units: listed.into_iter().map(with_history).collect(), by_recognition, total, matching })
}

/// One unit with its history and what a further step can name.
#[derive(Debug, Clone)]
pub struct UnitDetail {
    /// The unit.
    pub unit: HeldUnit,
    /// The holder's name in both languages.
    pub holder: (String, String),
    /// Every accepted step with its proof, oldest first.
    pub steps: Vec<StepDetail>,
    /// Recognitions that it can get: those for things of its kind, and what an indicator sums with them.
    pub recognitions: Vec<RecognitionKind>,
    /// The unit as its form of change shows it.
    pub names: Unit,
    /// The mark of that state.
    pub seen: String,
    /// Whether its name is held although none of its steps holds.
    pub is_releasable: bool,
    /// Units of its kind that were searched for, into which it may merge; at most [`MOST_TARGETS`].
    pub targets: Vec<MergeTarget>,
    /// The unit chosen among them.
    pub target: Option<Unit>,
    /// Organisations that can hold it.
    pub holders: Vec<HolderChoice>,
}

/// How many units a search for one to merge into shows.
pub const MOST_TARGETS: i64 = 20;

impl UnitDetail {
    /// The open recognition a step is likely about: the one that moved last.
    pub fn open_recognition(&self) -> Option<(&str, Option<Level>)> {
        let open = self.unit.recognitions.iter().filter(|history| history.is_open());
        let latest = open.max_by_key(|history| history.steps.last().map(|step| step.on))?;
        Some((latest.kind.as_str(), latest.level))
    }

    /// Its kind.
    pub fn kind(&self) -> UnitKind {
        self.unit.kind
    }
}

/// Which unit another merges into: what was searched for, and what was chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MergeSearch {
    /// Parts of a name or code; empty: nothing was searched for.
    pub words: String,
    /// Id of the unit that was chosen, or empty.
    pub chosen: String,
}

/// Reads one unit.
///
/// # Errors
/// `NotFound` without it.
pub async fn read_unit_detail(tx: &mut Tx, id: &UnitId, search: &MergeSearch) -> Result<UnitDetail, ServiceError> {
    let names = units::find_unit(tx, id).await?.ok_or(UserError::NotFound)?;
    let unit = known_unit(tx, id).await?.ok_or(UserError::NotFound)?;
    let holder = units::find_holder_names(tx, &unit.holder).await?;
    let sums = read_sums(tx).await?;
    let mut recognitions = units::list_recognition_kinds(tx).await?;
    recognitions.retain(|kind| sums.admits(unit.kind, &kind.code, kind.unit_kind));
    let targets = match fold_words(&search.words) {
        Some(words) if !words.is_empty() => find_merge_targets(tx, &names, &format!("%{}%", words.join("%")), MOST_TARGETS).await?,
        _ => Vec::new(),
    };
    let chosen = units::find_unit(tx, &UnitId::from(search.chosen.as_str())).await?;
    let (holds, steps) = count_holds_and_steps(tx, id).await?;
    Ok(UnitDetail {
        steps: units::list_step_details(tx, id).await?,
        target: chosen.filter(|target| target.kind == unit.kind && target.id != unit.id),
        seen: seen_of(&names)?,
        is_releasable: holds > 0 && steps == 0,
        holders: units::list_holder_choices(tx).await?,
        names,
        targets,
        recognitions,
        holder,
        unit,
    })
}
