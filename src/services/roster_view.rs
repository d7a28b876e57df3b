//! The roster as pages show it: a filtered list, and one unit with its whole history. Invariant: names, holders and stages are for
//! everybody; a report and its files are linked only for those who may see them.

use std::sync::Arc;

use jiff::civil::Date;

use super::{
    ServiceError,
    clocks::Clocks,
    plan_view::{PlanView, read_plan_view_in},
    rollups::{group_steps, load_rules_known, spans_of},
    visit::{PlanHead, Shared},
};
use crate::{
    domain::{
        ids::{EvidenceId, RecognitionId, ReportId, StepId, UnitId},
        names::fold_width,
        roster::matches,
        visibility::{Viewer, may_see_report},
        words::{Level, Stage, UnitKind},
    },
    error::UserError,
    i18n::Lang,
    store::{
        Day, Known, Tx,
        rollups::list_steps_of_unit,
        roster_lists::{self as lists, CountingRow, ProvenStepRow, RosterFilter, StandingRow, StepEvidenceRow, UnitRow, known_units},
    },
};

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

/// What a list of the roster is asked for. Nothing means everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RosterQuery {
    /// A kind of unit.
    pub kind: Option<UnitKind>,
    /// A level.
    pub level: Option<Level>,
    /// The stage a recognition stands at.
    pub stage: Option<Stage>,
    /// A district.
    pub district: Option<String>,
    /// The code of an indicator.
    pub indicator: Option<String>,
    /// A part of the name or code.
    pub words: String,
    /// The page, from 1.
    pub page: i64,
}

/// A page of the roster.
#[derive(Debug)]
pub struct RosterPage {
    /// The plan's view, for names of indicators.
    pub view: Arc<PlanView>,
    /// How many units match.
    pub total: i64,
    /// The page, from 1.
    pub page: i64,
    /// How many pages there are, at least 1.
    pub pages: i64,
    /// The units with where they stand.
    pub units: Vec<ListedUnit>,
    /// The kinds of unit the plan counts.
    pub kinds: Vec<UnitKind>,
    /// The districts in which units are.
    pub districts: Vec<String>,
}

/// A unit in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedUnit {
    /// The unit.
    pub unit: UnitRow,
    /// Where its recognitions stand.
    pub standings: Vec<StandingRow>,
}

/// A page of the units that match the indicators of a plan, by pinyin.
pub async fn read_roster(
    shared: &Shared,
    plan: &PlanHead,
    clocks: impl Into<Clocks>,
    query: &RosterQuery,
) -> Result<RosterPage, ServiceError> {
    let clocks: Clocks = clocks.into();
    let mut tx = shared.db.read().await?;
    let view = read_plan_view_in(&mut tx, &shared.views, plan, clocks).await?;
    let wanted = query.indicator.as_deref();
    let rules: Vec<_> = view
        .indicators
        .iter()
        .filter(|indicator| wanted.is_none_or(|code| indicator.code == code))
        .filter_map(|indicator| indicator.rule.as_ref())
        .collect();
    let mut recognitions = String::from("|");
    for (kind, level) in lists::list_held_recognitions(&mut tx).await? {
        if rules.iter().any(|rule| matches(rule, &kind, level)) {
            recognitions.push_str(&format!("{kind}:{}|", level.map_or("", Level::as_str)));
        }
    }
    let filter = RosterFilter {
        recognitions,
        kind: query.kind.map_or("", UnitKind::as_str).to_owned(),
        district: query.district.clone().unwrap_or_default(),
        pattern: make_pattern(&query.words),
        level: query.level.map_or("", Level::as_str).to_owned(),
        stage: query.stage.map_or("_%", Stage::as_str).to_owned(),
        as_of: clocks.as_of,
        known: clocks.known(&plan.time_zone),
    };
    let total = lists::count_roster(&mut tx, &filter).await?;
    let pages = page_count(total);
    let page = query.page.clamp(1, pages);
    let offset = (page - 1) * PAGE_SIZE;
    let rows = lists::list_roster(&mut tx, &filter, PAGE_SIZE, offset).await?;
    let standings = lists::list_roster_standings(&mut tx, &filter, PAGE_SIZE, offset).await?;
    let districts = lists::list_districts(&mut tx).await?;
    let mut kinds: Vec<UnitKind> = view.indicators.iter().flat_map(|indicator| &indicator.kinds).map(|kind| kind.unit_kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let units = rows
        .into_iter()
        .map(|unit| ListedUnit { standings: standings.iter().filter(|row| row.unit_id == unit.id).cloned().collect(), unit })
        .collect();
    Ok(RosterPage { view, total, page, pages, units, kinds, districts })
}

/// How many pages a list has; at least 1.
pub(super) fn page_count(total: i64) -> i64 {
    ((total + PAGE_SIZE - 1) / PAGE_SIZE).max(1)
}

/// A LIKE pattern for a part of a name: lower case, half width, its own signs taken literally. Empty for nothing.
fn make_pattern(words: &str) -> String {
    let words: String = words.trim().chars().map(fold_width).flat_map(char::to_lowercase).collect();
    if words.is_empty() {
        return words;
    }
    let literal = words.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{literal}%")
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
/// `NotFound` without such a unit.
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
    let unit = lists::find_unit(&mut tx, id).await?.ok_or(UserError::NotFound)?;
    let evidence = lists::list_unit_evidence(&mut tx, id).await?;
    let names = lists::list_recognition_names(&mut tx).await?;
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
        let step = StepView {
            id: row.step_id,
            stage: row.stage,
            on: row.on_date,
            document: row.document,
            merged_into: row.merged_into.map(|target| (target, row.merged_name)),
            verifier: row.verifier,
            reason: row.reason,
            by_report: row.report_id.is_some(),
            recorded_at: row.recorded_at,
            superseded: !known.holds(row.recorded_at, row.superseded_at),
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
    for row in known_units::list_indicator_names(tx).await? {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_a_search_are_taken_literally() {
        for (words, pattern) in [("", ""), ("　", ""), (" ＡＢ中心 ", "%ab中心%"), ("100%_\\", "%100\\%\\_\\\\%")] {
            assert_eq!(make_pattern(words), pattern, "{words}");
        }
        assert_eq!((page_count(0), page_count(50), page_count(51)), (1, 1, 2));
    }
}
