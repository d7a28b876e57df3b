//! One indicator with the rows that make its numbers up. Invariant: rows and numbers are of one snapshot.

use std::sync::Arc;

use jiff::civil::Date;

use super::{
    ServiceError,
    clocks::Clocks,
    indicator_values::{NamedValues, read_named_values},
    known_counts::find_known_standing,
    plan_view::{IndicatorView, PlanView, read_plan_view_in},
    roster_view::{EvidenceLink, PAGE_SIZE, Proof, page_count, show_proof},
    targets::TargetHistory,
    visit::{PlanHead, Shared},
};
use crate::{
    domain::{
        ids::UnitId,
        report::ReportState,
        roster::{RosterRule, Step, counts_on, in_pipeline_on, matches},
        text_enum::text_enum,
        visibility::{Viewer, may_see_report},
        words::{Level, Stage},
    },
    error::UserError,
    i18n::Lang,
    store::{
        Known, Tx,
        indicators::{LinkedTaskRow, RulingRow, list_linked_tasks, list_rulings_of},
        rollups::SpanMeasure,
        roster_lists::{self as lists, ProvenStepRow, SpanPage},
        roster_search::list_units as list_units_by_id,
    },
};

text_enum! {
    /// Which units behind a number are listed.
    pub enum UnitsShown {
        /// Those that count.
        Counted = "counted",
        /// Those on their way.
        Pipeline = "pipeline",
        /// Those that wait for review.
        Awaiting = "awaiting",
    }
}

/// One indicator on a day.
#[derive(Debug)]
pub struct IndicatorPage {
    /// The plan's view.
    pub view: Arc<PlanView>,
    /// The place of the indicator in it.
    place: usize,
    /// Which units are listed.
    pub shown: UnitsShown,
    /// How many there are.
    pub total: i64,
    /// The page, from 1.
    pub page: i64,
    /// How many pages there are, at least 1.
    pub pages: i64,
    /// The units of the page.
    pub units: Vec<NamedUnit>,
    /// The tasks that feed it.
    pub tasks: Vec<LinkedTaskRow>,
    /// Its rulings, also those that no longer hold, newest first.
    pub rulings: Vec<RulingRow>,
    /// The revisions of its target, milestones and baseline.
    pub history: TargetHistory,
    /// The values behind its number, where it does not count units.
    pub values: Option<NamedValues>,
}

impl IndicatorPage {
    /// The indicator.
    pub fn indicator(&self) -> &IndicatorView {
        &self.view.indicators[self.place]
    }
}

/// A unit behind a number, with the step by which it stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedUnit {
    /// The unit; none where it exists only in a submitted report.
    pub unit: Option<UnitId>,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Its code; empty without one.
    pub code: String,
    /// Who holds it.
    pub holder_zh: String,
    /// The holder's English name.
    pub holder_en: String,
    /// Code of what it is recognised as.
    pub recognition: String,
    /// At which level.
    pub level: Option<Level>,
    /// The stage it has reached.
    pub stage: Stage,
    /// When.
    pub on: Date,
    /// The document number; empty without one.
    pub document: String,
    /// Where its report stands, of those that wait.
    pub state: Option<ReportState>,
    /// What proves it, as far as the viewer may see it.
    pub proof: Proof,
}

impl NamedUnit {
    /// The name in a language.
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_zh, &self.name_en)
    }

    /// The holder's name in a language.
    pub fn holder(&self, lang: Lang) -> &str {
        lang.pick(&self.holder_zh, &self.holder_en)
    }
}

/// What an indicator's page is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndicatorQuery<'a> {
    /// The indicator's code.
    pub code: &'a str,
    /// The day, and what was known of it when.
    pub clocks: Clocks,
    /// Which units are listed.
    pub shown: UnitsShown,
    /// The page of the list, from 1.
    pub page: i64,
}

/// One indicator with a page of the units behind its numbers.
///
/// # Errors
/// `NotFound` for an unknown code.
pub async fn read_indicator(
    shared: &Shared,
    plan: &PlanHead,
    viewer: &Viewer,
    query: IndicatorQuery<'_>,
) -> Result<IndicatorPage, ServiceError> {
    let mut tx = shared.db.read().await?;
    let view = read_plan_view_in(&mut tx, &shared.views, plan, query.clocks).await?;
    let known = query.clocks.known(&plan.time_zone);
    let place = view.indicators.iter().position(|indicator| indicator.code == query.code).ok_or(UserError::NotFound)?;
    let indicator = &view.indicators[place];
    let total = match query.shown {
        UnitsShown::Counted if indicator.rule.is_some() => indicator.actual.unwrap_or(0),
        UnitsShown::Counted => 0,
        UnitsShown::Pipeline => indicator.pipeline,
        UnitsShown::Awaiting => i64::try_from(indicator.awaiting.len()).unwrap_or(i64::MAX),
    };
    let pages = page_count(total);
    let page = query.page.clamp(1, pages);
    let offset = (page - 1) * PAGE_SIZE;
    let units = match query.shown {
        UnitsShown::Counted => list_units(&mut tx, viewer, (&view, indicator), SpanMeasure::Counted, offset).await?,
        UnitsShown::Pipeline => list_units(&mut tx, viewer, (&view, indicator), SpanMeasure::Pipeline, offset).await?,
        UnitsShown::Awaiting => list_awaiting(&mut tx, viewer, indicator, known, offset).await?,
    };
    let tasks = list_linked_tasks(&mut tx, &indicator.id, known).await?;
    let mut rulings = list_rulings_of(&mut tx, &indicator.id).await?;
    // A ruling that was replaced later held when it was known.
    rulings.retain(|ruling| known.holds(ruling.recorded_at, None));
    for ruling in &mut rulings {
        ruling.superseded_at = ruling.superseded_at.filter(|at| known.holds(*at, None));
    }
    let mut history = TargetHistory::read_all(&mut tx, &plan.id).await?.remove(&indicator.id).unwrap_or_default();
    history.keep_known(known);
    let values = read_named_values(&mut tx, viewer, indicator, (query.clocks, known), query.page).await?;
    Ok(IndicatorPage { view, place, shown: query.shown, total, page, pages, units, tasks, rulings, history, values })
}

async fn list_units(
    tx: &mut Tx,
    viewer: &Viewer,
    (view, indicator): (&PlanView, &IndicatorView),
    measure: SpanMeasure,
    offset: i64,
) -> Result<Vec<NamedUnit>, ServiceError> {
    let (as_of, known) = (view.as_of, view.clocks().known(&view.plan.time_zone));
    let Some(rule) = &indicator.rule else {
        return Ok(Vec::new());
    };
    let page = SpanPage { indicator: &indicator.id, measure, as_of, limit: PAGE_SIZE, offset };
    let looks_back = known != Known::NOW;
    let ids = if looks_back {
        let standing = find_known_standing(tx, view, (&indicator.id, rule), measure).await?;
        let touched = view.touched.as_deref().filter(|_| standing.by_rollups);
        lists::find_known_span_units(tx, page, known, touched, &standing.units).await?
    } else {
        lists::find_span_units(tx, page).await?
    };
    let rows = list_units_by_id(tx, looks_back.then_some(known), &ids).await?;
    let steps = lists::list_steps_of(tx, &ids, known).await?;
    let evidence = lists::list_evidence_of(tx, &ids).await?;
    let named = rows.into_iter().filter_map(|row| {
        let step = find_step(&steps, &row.id, rule, measure, as_of)?;
        Some(NamedUnit {
            unit: Some(row.id),
            name_zh: row.name_zh,
            name_en: row.name_en,
            code: row.code,
            holder_zh: row.holder_zh,
            holder_en: row.holder_en,
            recognition: step.kind.clone(),
            level: step.level,
            stage: step.stage,
            on: step.on_date,
            document: step.document.clone(),
            state: None,
            proof: show_proof(viewer, step, &evidence),
        })
    });
    Ok(named.collect())
}

/// The step by which a unit stands where it does: of the recognitions that put it there, the first at or beyond the counting stage,
/// or the last on the way to it.
fn find_step<'step>(
    steps: &'step [ProvenStepRow],
    unit: &UnitId,
    rule: &RosterRule,
    measure: SpanMeasure,
    as_of: Date,
) -> Option<&'step ProvenStepRow> {
    let of_unit = steps.iter().filter(|row| row.unit_id == *unit && matches(rule, &row.kind, row.level));
    let puts_it_there = |row: &ProvenStepRow| {
        let recognition = steps.iter().filter(|other| other.recognition_id == row.recognition_id);
        let history: Vec<Step> = recognition.map(|other| Step { stage: other.stage, on: other.on_date }).collect();
        match measure {
            SpanMeasure::Counted => counts_on(&history, rule.counting_stage, rule.basis, as_of),
            SpanMeasure::Pipeline => in_pipeline_on(&history, rule.counting_stage, as_of),
        }
    };
    let needed = rule.counting_stage.rank();
    let rows = of_unit.filter(|row| row.on_date <= as_of && !row.stage.is_end() && puts_it_there(row));
    match measure {
        SpanMeasure::Counted => rows.filter(|row| row.stage.rank() >= needed).min_by_key(|row| row.on_date),
        SpanMeasure::Pipeline => rows.max_by_key(|row| (row.on_date, row.stage.rank())),
    }
}

async fn list_awaiting(
    tx: &mut Tx,
    viewer: &Viewer,
    indicator: &IndicatorView,
    known: Known,
    offset: i64,
) -> Result<Vec<NamedUnit>, ServiceError> {
    let files = lists::list_awaiting_evidence(tx, &indicator.id, known).await?;
    let skip = usize::try_from(offset).unwrap_or(0);
    let take = usize::try_from(PAGE_SIZE).unwrap_or(usize::MAX);
    let named = indicator.awaiting.iter().skip(skip).take(take).map(|unit| {
        let sees = may_see_report(viewer, &unit.owner, unit.lead.as_ref());
        let of_entry = files.iter().filter(|file| sees && file.report_id == unit.report && file.entry_key == unit.entry_key);
        NamedUnit {
            unit: unit.unit.clone(),
            name_zh: unit.name_zh.clone(),
            name_en: String::new(),
            code: String::new(),
            holder_zh: unit.holder_zh.clone(),
            holder_en: unit.holder_en.clone(),
            recognition: unit.recognition.clone(),
            level: unit.level,
            stage: unit.stage,
            on: unit.on,
            document: String::new(),
            state: Some(unit.state),
            proof: Proof {
                report: sees.then(|| unit.report.clone()),
                evidence: of_entry
                    .map(|file| EvidenceLink { id: file.evidence_id.clone(), file_name: file.file_name.clone(), size: file.size })
                    .collect(),
            },
        }
    });
    Ok(named.collect())
}
