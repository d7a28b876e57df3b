//! The roster as pages show it: a filtered list, and one unit with its whole history. Invariant: names, holders and stages are for
//! everybody; a report and its files are linked only for those who may see them.

mod listing;

use jiff::civil::Date;

use super::{
    ServiceError,
    clocks::Clocks,
    rollups::{group_steps, load_rules_known, spans_of},
    visit::{PlanHead, Shared},
};
use crate::{
    domain::{
        counting::{CountReason, explain_count},
        ids::{EvidenceId, RecognitionId, ReportId, StepId, UnitId},
        visibility::{Viewer, may_see_report},
        words::{Level, Stage},
    },
    error::UserError,
    i18n::Lang,
    store::{
        Day, Known, Tx,
        rollups::list_steps_of_unit,
        roster_changes::{self as changes, Revision, Withdrawal},
        roster_lists::{self as lists, CountingRow, ProvenStepRow, StepEvidenceRow, UnitRow, known_units},
        roster_names::{Namesake, list_namesakes},
    },
};

pub use listing::{ListedUnit, MOST_FOUND, RosterPage, RosterQuery, Standing, TableLine, read_roster, read_roster_table};
pub(super) use listing::{fold_words, page_count};

pub use crate::store::rollups::SpanMeasure;

/// Rows on a page of a list.
pub const PAGE_SIZE: i64 = 50;

/// A file that may be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceLink {
    /// The file.
    pub id: EvidenceId,
    /// Its name.
    pub file_name: String,
    /// Its size in bytes.
    pub size: i64,
}

/// What proves a step, as far as the viewer may see it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Proof {
    /// The report it came with.
    pub report: Option<ReportId>,
    /// Its files.
    pub evidence: Vec<EvidenceLink>,
}

/// What of a step's proof the viewer may see. Files that staff recorded belong to the organisation they are filed under.
pub(super) fn show_proof(viewer: &Viewer, step: &ProvenStepRow, evidence: &[StepEvidenceRow]) -> Proof {
    let sees_report = step.owner_id.as_ref().map(|owner| may_see_report(viewer, owner, step.lead_id.as_ref()));
    let sees = |file: &StepEvidenceRow| match (sees_report, &file.organisation_id) {
        (Some(sees), _) => sees,
        (None, Some(owner)) => may_see_report(viewer, owner, None),
        (None, None) => viewer.reads_all,
    };
    let of_step = evidence.iter().filter(|file| file.step_id == step.step_id && sees(file));
    Proof {
        report: step.report_id.clone().filter(|_| sees_report == Some(true)),
        evidence: of_step
            .map(|file| EvidenceLink { id: file.evidence_id.clone(), file_name: file.file_name.clone(), size: file.size })
            .collect(),
    }
}

/// One unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitPage {
    /// The unit.
    pub unit: UnitRow,
    /// Its recognitions, in the order in which they began.
    pub recognitions: Vec<RecognitionView>,
    /// Which indicators count it, of every plan.
    pub counting: Vec<CountingRow>,
    /// Its steps dated up to the day that were accepted later; see [`Clocks::since`].
    pub entries_since: i64,
}

/// A recognition with its history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecognitionView {
    /// The recognition.
    pub id: RecognitionId,
    /// Chinese name of what the unit is recognised as.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// At which level.
    pub level: Option<Level>,
    /// Its steps in order, also those a correction replaced.
    pub steps: Vec<StepView>,
}

/// A step with its proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepView {
    /// The step.
    pub id: StepId,
    /// The stage it reached.
    pub stage: Stage,
    /// When.
    pub on: Date,
    /// The document number; empty without one.
    pub document: String,
    /// The unit it was merged into, with its name.
    pub merged_into: Option<(UnitId, String)>,
    /// Who let it pass.
    pub verifier: String,
    /// Why staff recorded it; empty for a report.
    pub reason: String,
    /// Whether it came with a report.
    pub by_report: bool,
    /// When it was recorded, in milliseconds since 1970.
    pub recorded_at: i64,
    /// Whether a correction took its place.
    pub superseded: bool,
    /// When it did, in milliseconds since 1970.
    pub superseded_at: Option<i64>,
    /// What proves it, as far as the viewer may see it.
    pub proof: Proof,
}

impl RecognitionView {
    /// The name in a language.
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_zh, &self.name_en)
    }

    /// The step that was taken last and holds.
    pub fn current(&self) -> Option<&StepView> {
        self.steps.iter().rev().find(|step| !step.superseded)
    }
}

impl UnitRow {
    /// The name in a language.
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_zh, &self.name_en)
    }

    /// The holder's name in a language.
    pub fn holder(&self, lang: Lang) -> &str {
        lang.pick(&self.holder_zh, &self.holder_en)
    }
}

/// One unit with its history up to a day, as it was known.
///
/// # Errors
/// `NotFound` without such a unit, and where it was recorded only later.
pub async fn read_unit(
    shared: &Shared,
    plan: &PlanHead,
    viewer: &Viewer,
    id: &UnitId,
    clocks: impl Into<Clocks>,
) -> Result<UnitPage, ServiceError> {
    let clocks: Clocks = clocks.into();
    let known = clocks.known(&plan.time_zone);
    let since = clocks.since(&plan.time_zone).0;
    let mut entries_since = 0;
    let mut tx = shared.db.read().await?;
    let unit = known_units::find_unit(&mut tx, id, known).await?.ok_or(UserError::NotFound)?;
    let evidence = lists::list_unit_evidence(&mut tx, id).await?;
    let names = lists::list_recognition_names(&mut tx, known).await?;
    let mut recognitions: Vec<RecognitionView> = Vec::new();
    for row in lists::list_unit_steps(&mut tx, id).await? {
        if row.on_date > clocks.as_of {
            continue;
        }
        entries_since += i64::from(row.superseded_at.is_none() && row.recorded_at >= since);
        if !known.holds(row.recorded_at, None) {
            continue;
        }
        let proof = show_proof(viewer, &row, &evidence);
        let merged_into = match row.merged_into {
            Some(target) => {
                let name = known_units::find_unit(&mut tx, &target, known).await?.map_or(row.merged_name, |unit| unit.name_zh);
                Some((target, name))
            }
            None => None,
        };
        let step = StepView {
            id: row.step_id,
            stage: row.stage,
            on: row.on_date,
            document: row.document,
            merged_into,
            verifier: row.verifier,
            reason: row.reason,
            by_report: row.report_id.is_some(),
            recorded_at: row.recorded_at,
            superseded: !known.holds(row.recorded_at, row.superseded_at),
            superseded_at: row.superseded_at.filter(|at| known.holds(*at, None)),
            proof,
        };
        match recognitions.last_mut().filter(|last| last.id == row.recognition_id) {
            Some(last) => last.steps.push(step),
            None => {
                let (name_zh, name_en) = names
                    .iter()
                    .find(|(code, ..)| *code == row.kind)
                    .map_or_else(|| (row.kind.clone(), String::new()), |(_, zh, en)| (zh.clone(), en.clone()));
                recognitions.push(RecognitionView { id: row.recognition_id, name_zh, name_en, level: row.level, steps: vec![step] });
            }
        }
    }
    let mut counting = if clocks.looks_back() {
        count_unit_known(&mut tx, id, known).await?
    } else {
        lists::list_counting_indicators(&mut tx, id).await?
    };
    counting.retain(|row| row.from_date <= clocks.as_of);
    for row in &mut counting {
        // An end that lies after the day had not come yet.
        row.until_date = row.until_date.filter(|until| until.0 <= clocks.as_of);
    }
    Ok(UnitPage { unit, recognitions, counting, entries_since })
}

/// Where a unit counts or is on its way by the steps and rulings that were known, in every plan.
async fn count_unit_known(tx: &mut Tx, id: &UnitId, known: Known) -> Result<Vec<CountingRow>, ServiceError> {
    let histories = group_steps(list_steps_of_unit(tx, id, known).await?).remove(id).unwrap_or_default();
    let rules = load_rules_known(tx, known).await?;
    let mut counting = Vec::new();
    for row in known_units::list_indicator_names(tx, known).await? {
        let Some(rule) = rules.get(&row.id) else { continue };
        for (measure, spans) in spans_of(&histories, rule) {
            counting.extend(spans.into_iter().map(|span| CountingRow {
                plan_code: row.plan_code.clone(),
                code: row.code.clone(),
                name_zh: row.name_zh.clone(),
                name_en: row.name_en.clone(),
                measure,
                from_date: span.from,
                until_date: span.until.map(Day),
            }));
        }
    }
    Ok(counting)
}

/// Why an indicator counts a unit, or why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndicatorReason {
    /// The indicator.
    pub indicator: known_units::IndicatorNameRow,
    /// The reason.
    pub reason: CountReason,
}

/// What staff decided and corrected about a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitBackground {
    /// The indicators of every plan that look at it, with the reason why they count it on the day or why not.
    pub reasons: Vec<IndicatorReason>,
    /// Other units of its name or code; none as known on an earlier day.
    pub namesakes: Vec<Namesake>,
    /// What it was before each change, the last first.
    pub revisions: Vec<Revision>,
    /// Why steps were taken back.
    pub withdrawals: Vec<Withdrawal>,
}

/// What stands behind a unit by both clocks: why it counts, and its former names; its namesakes only as known now.
pub async fn read_unit_background(shared: &Shared, plan: &PlanHead, id: &UnitId, clocks: Clocks) -> Result<UnitBackground, ServiceError> {
    let mut tx = shared.db.read().await?;
    let known = clocks.known(&plan.time_zone);
    let histories = group_steps(list_steps_of_unit(&mut tx, id, known).await?).remove(id).unwrap_or_default();
    let rules = load_rules_known(&mut tx, known).await?;
    let reasons = known_units::list_indicator_names(&mut tx, known)
        .await?
        .into_iter()
        .filter_map(|indicator| {
            let reason = explain_count(&histories, rules.get(&indicator.id)?, clocks.as_of)?;
            Some(IndicatorReason { indicator, reason })
        })
        .collect();
    let mut revisions = changes::list_revisions(&mut tx, id).await?;
    revisions.retain(|revision| known.holds(revision.superseded_at, None));
    let mut withdrawals = changes::list_withdrawals(&mut tx, id).await?;
    withdrawals.retain(|withdrawal| known.holds(withdrawal.recorded_at, None));
    // Who holds a name is kept as of now only.
    let namesakes = if clocks.looks_back() { Vec::new() } else { list_namesakes(&mut tx, id).await? };
    Ok(UnitBackground { reasons, namesakes, revisions, withdrawals })
}
