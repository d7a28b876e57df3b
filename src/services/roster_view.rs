//! The roster as pages show it: a filtered list, and one unit with its whole history. Invariant: names, holders and stages are for
//! everybody; a report and its files are linked only for those who may see them.

use std::sync::Arc;

use jiff::civil::Date;

use super::{
    ServiceError,
    clocks::Clocks,
    plan_view::{PlanView, read_plan_view_in},
    rollups::{group_steps, load_rules_known, spans_of},
    visit::{PlanHead, Shared, Visit},
};
use crate::{
    domain::{
        counting::{CountReason, explain_count},
        ids::{EvidenceId, OrganisationId, RecognitionId, ReportId, StepId, UnitId},
        names::normalise_name,
        roster::{RosterRule, matches},
        visibility::{Viewer, may_see_report},
        words::{Level, Stage, UnitKind},
    },
    error::UserError,
    i18n::Lang,
    store::{
        Day, Known, Tx,
        rollups::list_steps_of_unit,
        roster_changes::{self as changes, Revision, Withdrawal},
        roster_lists::{self as lists, CountingRow, ProvenStepRow, StepEvidenceRow, UnitRow, known_units},
        roster_names::{Namesake, list_namesakes},
        roster_search::{self as search, RosterFilter},
        standings::make_facet,
        units::{RecognitionKind, list_recognition_kinds},
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
    /// Code of what units are recognised as.
    pub recognition: Option<String>,
    /// A level.
    pub level: Option<Level>,
    /// The stage a recognition stands at.
    pub stage: Option<Stage>,
    /// A district.
    pub district: Option<String>,
    /// Id of an organisation that holds units.
    pub holder: Option<String>,
    /// The code of an indicator.
    pub indicator: Option<String>,
    /// Only units that count for that indicator, or are on their way.
    pub measure: Option<SpanMeasure>,
    /// Parts of the name or code, or initials of its pinyin.
    pub words: String,
    /// The page, from 1.
    pub page: i64,
}

impl RosterQuery {
    /// Reads what an address asks for; words that mean nothing ask for nothing.
    pub fn read(visit: &Visit) -> Self {
        Self {
            kind: visit.query("kind").and_then(|word| word.parse().ok()),
            recognition: visit.query("recognition"),
            level: visit.query("level").and_then(|word| word.parse().ok()),
            stage: visit.query("stage").and_then(|word| word.parse().ok()),
            district: visit.query("district"),
            holder: visit.query("holder"),
            indicator: visit.query("indicator"),
            // What counted as known earlier is not listed: rollups know only now.
            measure: visit.query("measure").filter(|_| visit.query("known_at").is_none()).and_then(|word| word.parse().ok()),
            words: visit.query("q").unwrap_or_default(),
            page: visit.query("page").and_then(|number| number.parse().ok()).unwrap_or(1),
        }
    }

    /// The filters as parameters of an address, without the page.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let word = |word: Option<&'static str>| word.unwrap_or_default().to_owned();
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let pairs = [
            ("kind", word(self.kind.map(UnitKind::as_str))),
            ("recognition", text(&self.recognition)),
            ("level", word(self.level.map(Level::as_str))),
            ("stage", word(self.stage.map(Stage::as_str))),
            ("district", text(&self.district)),
            ("holder", text(&self.holder)),
            ("indicator", text(&self.indicator)),
            ("measure", word(self.measure.map(SpanMeasure::as_str))),
            ("q", self.words.clone()),
        ];
        pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }
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
    /// What the plan's units are recognised as: code, kind of unit, Chinese name, English name.
    pub recognitions: Vec<RecognitionKind>,
    /// The districts in which units are.
    pub districts: Vec<String>,
    /// Names of the organisation that is filtered by.
    pub holder: Option<(String, String)>,
}

/// A unit in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedUnit {
    /// The unit.
    pub unit: UnitRow,
    /// Where its recognitions stand.
    pub standings: Vec<Standing>,
}

/// Where a recognition stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Chinese name of what the unit is recognised as.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// At which level.
    pub level: Option<Level>,
    /// The stage it has reached.
    pub stage: Stage,
    /// Since when.
    pub on_date: Date,
}

/// The recognitions that a plan's indicators look at, and those of them that a query leaves.
struct Facets {
    kinds: Vec<RecognitionKind>,
    shown: Vec<String>,
    wanted: Vec<String>,
}

impl Facets {
    fn choose(kinds: Vec<RecognitionKind>, view: &PlanView, query: &RosterQuery) -> Self {
        let rules = |wanted: Option<&str>| -> Vec<&RosterRule> {
            let of_query = view.indicators.iter().filter(|indicator| wanted.is_none_or(|code| indicator.code == code));
            of_query.filter_map(|indicator| indicator.rule.as_ref()).collect()
        };
        let (all, asked) = (rules(None), rules(query.indicator.as_deref()));
        let levels = || std::iter::once(None).chain(Level::ALL.iter().copied().map(Some));
        let looks_at = |rules: &[&RosterRule], kind: &str, level| rules.iter().any(|rule| matches(rule, kind, level));
        let mut facets = Self { kinds: Vec::new(), shown: Vec::new(), wanted: Vec::new() };
        for kind in kinds {
            let shown: Vec<Option<Level>> = levels().filter(|level| looks_at(&all, &kind.code, *level)).collect();
            if shown.is_empty() {
                continue;
            }
            facets.shown.extend(shown.iter().map(|level| make_facet(&kind.code, *level)));
            let is_asked = query.kind.is_none_or(|asked| asked == kind.unit_kind)
                && query.recognition.as_ref().is_none_or(|asked| *asked == kind.code);
            if is_asked {
                let left = levels().filter(|level| looks_at(&asked, &kind.code, *level));
                let left = left.filter(|level| query.level.is_none() || query.level == *level);
                facets.wanted.extend(left.map(|level| make_facet(&kind.code, level)));
            }
            facets.kinds.push(kind);
        }
        facets
    }
}

async fn make_filter(
    tx: &mut Tx,
    view: &PlanView,
    clocks: Clocks,
    query: &RosterQuery,
    facets: &Facets,
) -> Result<RosterFilter, ServiceError> {
    let as_of = clocks.as_of;
    let patterns = make_patterns(&query.words);
    let asked = query.indicator.as_deref().and_then(|code| view.indicator(code));
    Ok(RosterFilter {
        // Words that hold nothing but signs find nothing.
        facets: if patterns.is_some() { facets.wanted.clone() } else { Vec::new() },
        stage: query.stage,
        district: query.district.clone().unwrap_or_default(),
        holder: query.holder.clone().unwrap_or_default(),
        patterns: patterns.unwrap_or_default(),
        measure: query.measure.and_then(|measure| asked.map(|indicator| (indicator.id.clone(), measure))),
        as_of,
        known: clocks.looks_back().then(|| clocks.known(&view.plan.time_zone)),
        is_past: search::find_last_step_day(tx).await?.is_some_and(|last| last > as_of),
    })
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
    let facets = Facets::choose(list_recognition_kinds(&mut tx).await?, &view, query);
    let filter = make_filter(&mut tx, &view, clocks, query, &facets).await?;
    let total = search::count_roster(&mut tx, &filter).await?;
    let pages = page_count(total);
    let page = query.page.clamp(1, pages);
    let rows = search::list_roster(&mut tx, &filter, PAGE_SIZE, (page - 1) * PAGE_SIZE).await?;
    let ids: Vec<UnitId> = rows.iter().map(|row| row.id.clone()).collect();
    let standings = search::list_roster_standings(&mut tx, &filter, &ids, &facets.shown).await?;
    let districts = search::list_districts(&mut tx).await?;
    let holder = match &query.holder {
        Some(id) => search::find_holder(&mut tx, &OrganisationId::from(id.as_str())).await?,
        None => None,
    };
    let mut kinds: Vec<UnitKind> = facets.kinds.iter().map(|kind| kind.unit_kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let units = rows
        .into_iter()
        .map(|unit| {
            let own = standings.iter().filter(|row| row.unit_id == unit.id);
            ListedUnit { standings: own.map(|row| name_standing(&facets.kinds, row)).collect(), unit }
        })
        .collect();
    Ok(RosterPage { view, total, page, pages, units, kinds, recognitions: facets.kinds, districts, holder })
}

/// Kind and level of a facet.
fn split_facet(facet: &str) -> (&str, Option<Level>) {
    let (kind, level) = facet.split_once(':').unwrap_or((facet, ""));
    (kind, level.parse().ok())
}

fn name_standing(kinds: &[RecognitionKind], row: &search::StandingRow) -> Standing {
    let (code, level) = split_facet(&row.facet);
    let kind = kinds.iter().find(|kind| kind.code == code);
    let (name_zh, name_en) = kind.map_or_else(|| (code.to_owned(), String::new()), |kind| (kind.name_zh.clone(), kind.name_en.clone()));
    Standing { name_zh, name_en, level, stage: row.stage, on_date: row.on_date }
}

/// A line of the roster as a table: a unit with one of its recognitions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableLine {
    /// The unit.
    pub line: search::RosterLine,
    /// Where the recognition stands.
    pub standing: Standing,
}

/// Every unit of a filtered list with its recognitions, as lines of a table.
pub async fn read_roster_table(
    shared: &Shared,
    plan: &PlanHead,
    clocks: Clocks,
    query: &RosterQuery,
) -> Result<Vec<TableLine>, ServiceError> {
    let mut tx = shared.db.read().await?;
    let view = read_plan_view_in(&mut tx, &shared.views, plan, clocks).await?;
    let facets = Facets::choose(list_recognition_kinds(&mut tx).await?, &view, query);
    let filter = make_filter(&mut tx, &view, clocks, query, &facets).await?;
    let lines = search::list_roster_lines(&mut tx, &filter).await?;
    let named = |line: search::RosterLine| {
        let row = search::StandingRow { unit_id: UnitId::from(""), facet: line.facet.clone(), stage: line.stage, on_date: line.on_date };
        TableLine { standing: name_standing(&facets.kinds, &row), line }
    };
    Ok(lines.into_iter().map(named).collect())
}

/// How many pages a list has; at least 1.
pub(super) fn page_count(total: i64) -> i64 {
    ((total + PAGE_SIZE - 1) / PAGE_SIZE).max(1)
}

/// LIKE patterns for parts of a name, each folded as search keys are; no sign is left in them that LIKE would read. At most four
/// parts count. None where something was typed that no name can hold.
pub(super) fn make_patterns(words: &str) -> Option<Vec<String>> {
    let typed = words.split_whitespace().count();
    let patterns: Vec<String> =
        words.split_whitespace().map(normalise_name).filter(|part| !part.is_empty()).take(4).map(|part| format!("%{part}%")).collect();
    (typed == 0 || !patterns.is_empty()).then_some(patterns)
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
            superseded_at: row.superseded_at,
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
    /// Other units of its name or code.
    pub namesakes: Vec<Namesake>,
    /// What it was before each change, the last first.
    pub revisions: Vec<Revision>,
    /// Why steps were taken back.
    pub withdrawals: Vec<Withdrawal>,
}

/// What stands behind a unit by both clocks: why it counts; and, as it is now, its namesakes and its former names.
pub async fn read_unit_background(shared: &Shared, plan: &PlanHead, id: &UnitId, clocks: Clocks) -> Result<UnitBackground, ServiceError> {
    let mut tx = shared.db.read().await?;
    let known = clocks.known(&plan.time_zone);
    let histories = group_steps(list_steps_of_unit(&mut tx, id, known).await?).remove(id).unwrap_or_default();
    let rules = load_rules_known(&mut tx, known).await?;
    let reasons = known_units::list_indicator_names(&mut tx)
        .await?
        .into_iter()
        .filter_map(|indicator| {
            let reason = explain_count(&histories, rules.get(&indicator.id)?, clocks.as_of)?;
            Some(IndicatorReason { indicator, reason })
        })
        .collect();
    Ok(UnitBackground {
        reasons,
        namesakes: list_namesakes(&mut tx, id).await?,
        revisions: changes::list_revisions(&mut tx, id).await?,
        withdrawals: changes::list_withdrawals(&mut tx, id).await?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_each_part_is_looked_for() {
        let patterns = |words: &str| make_patterns(words);
        for (words, expected) in [
            ("", Some(vec![])),
            ("　", Some(vec![])),
            (" ＡＢ中心 ", Some(vec!["%ab中心%"])),
            ("海淀　联合体（示范）", Some(vec!["%海淀%", "%联合体示范%"])),
            ("100%_\\", Some(vec!["%100%"])),
            ("%", None),
        ] {
            let expected: Option<Vec<String>> = expected.map(|parts| parts.into_iter().map(str::to_owned).collect());
            assert_eq!(patterns(words), expected, "{words}");
        }
        assert_eq!((page_count(0), page_count(50), page_count(51)), (1, 1, 2));
    }
}
