//! Indicators for machines. Invariant: every value and every reason is that of the indicator's page on the same day.

use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Decimal, Validity,
    figures::{PublishedBaseline, PublishedValue, publish_baseline, publish_value},
};
use crate::{
    domain::{
        light::{Light, Missing, ScheduleJudgement, ScheduleReason},
        target::TargetForm,
        words::{Direction, Level, Measure, Provenance, RulingKind, UnitKind},
    },
    i18n::{Lang, Text, Worded},
    services::{
        ServiceError,
        clocks::Clocks,
        indicators::{IndicatorPage, IndicatorQuery, UnitsShown, read_indicator},
        plan_view::{IndicatorView, MilestoneView, RulingView, TargetView, read_plan_view_in},
        published::{Published, read_published},
        visit::{PlanHead, Visit},
    },
};

/// Why a light is what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublishedReason {
    /// A word that does not change with the interface, such as `short-by` or `stage-ruling-missing`.
    pub code: String,
    /// The sentence in Chinese.
    pub zh: String,
    /// The sentence in English.
    pub en: String,
}

/// A target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublishedTarget {
    /// As the text words it.
    pub wording_zh: String,
    /// In English.
    pub wording_en: String,
    /// `at-least`, `at-most`, `about`, `range` or `unquantified`.
    pub form: String,
    /// The number of the text; none for a range and where there is no number.
    pub n: Option<Decimal>,
    /// Lower end of a range.
    pub low: Option<Decimal>,
    /// Upper end of a range.
    pub high: Option<Decimal>,
    /// How far from an "about" still counts, as a ruling has it; 0 without one.
    pub tolerance: Option<Decimal>,
    /// The least value that counts as reached.
    pub reached_from: Option<Decimal>,
    /// The day by which it must be reached.
    #[schema(value_type = String, format = Date)]
    pub target_on: Date,
    /// Where the number comes from: `text`, `commission` or `derived`.
    #[schema(value_type = String)]
    pub provenance: Provenance,
    /// Where the date comes from.
    #[schema(value_type = String)]
    pub date_provenance: Provenance,
    /// The first day on which it holds.
    #[schema(value_type = String, format = Date)]
    pub effective_on: Date,
    /// The document of the revision; empty for the text itself.
    pub document: String,
}

/// An indicator on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublishedIndicator {
    /// Its code, unique in the plan.
    pub code: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Code of its area.
    pub area: String,
    /// `roster`, `flow`, `level` or `rank`.
    #[schema(value_type = String)]
    pub measure: Measure,
    /// Which way it improves: `rising` or `falling`.
    #[schema(value_type = String)]
    pub direction: Direction,
    /// Decimal places of its values.
    pub scale: u8,
    /// Chinese unit word.
    pub unit_zh: String,
    /// English unit word.
    pub unit_en: String,
    /// The target that holds on the day.
    pub target: Option<PublishedTarget>,
    /// The value on the eve of the plan; none until it is known.
    pub baseline: Option<PublishedBaseline>,
    /// The value that was due at the last period end; none where there is no path or nothing is due yet.
    pub expected: Option<Decimal>,
    /// The day for which that holds.
    #[schema(value_type = Option<String>, format = Date)]
    pub expected_on: Option<Date>,
    /// The value on the day; none where nothing was accepted of a level or rank.
    pub actual: Option<Decimal>,
    /// The latest value that a document publishes up to the day, as it words it; none where none is published, and of what counts units.
    pub published: Option<PublishedValue>,
    /// Units on their way, never part of the value.
    pub pipeline: i64,
    /// Units and values that wait for review, or waited at `known_at`; never part of the value.
    pub awaiting_review: i64,
    /// `green`, `yellow`, `red` or `grey`; none where the target has no number.
    #[schema(value_type = Option<String>)]
    pub light: Option<Light>,
    /// Whether the last accepted fact is older than the period before the current one.
    pub stale: bool,
    /// Whether the expected path is the default straight line.
    pub path_derived: bool,
    /// Why the light is what it is.
    pub reason: PublishedReason,
    /// The day of the last accepted fact.
    #[schema(value_type = Option<String>, format = Date)]
    pub last_fact_on: Option<Date>,
    /// Entries dated on or before the day that were accepted later: after `known_at` where it was given, else after the day.
    pub entries_since: i64,
}

/// The indicators of a plan on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublishedIndicators {
    /// For what the answer holds.
    pub validity: Validity,
    /// The indicators, in the order of the plan.
    pub indicators: Vec<PublishedIndicator>,
}

/// One kind of recognition that an indicator counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublishedKind {
    /// Code of the recognition.
    pub recognition: String,
    /// The level it needs: `national`, `municipal`, `district`, `institutional`; none: any.
    #[schema(value_type = Option<String>)]
    pub level: Option<Level>,
    /// What kind of thing can hold it.
    #[schema(value_type = String)]
    pub unit_kind: UnitKind,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Units that count by it; a unit of two kinds stands in both and counts once.
    pub counted: i64,
}

/// A value expected on the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublishedMilestone {
    /// When.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// The value.
    pub value: Decimal,
    /// `text`, `commission` or `derived`.
    #[schema(value_type = String)]
    pub provenance: Provenance,
}

/// A ruling that holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublishedRuling {
    /// `counting-stage`, `tolerance`, `basis` or `includes-national`.
    #[schema(value_type = String)]
    pub kind: RulingKind,
    /// The decision.
    pub value: String,
    /// `text`, `commission` or `derived`.
    #[schema(value_type = String)]
    pub provenance: Provenance,
    /// Why.
    pub reason: String,
    /// The document.
    pub document: String,
    /// When it was decided.
    #[schema(value_type = String, format = Date)]
    pub decided_on: Date,
}

/// The target of the text, judged beside a revised one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublishedOriginal {
    /// The target.
    pub target: PublishedTarget,
    /// The light it would have.
    #[schema(value_type = Option<String>)]
    pub light: Option<Light>,
    /// Why.
    pub reason: PublishedReason,
}

/// The light at the end of a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublishedLight {
    /// The last day of the period.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// The light.
    #[schema(value_type = Option<String>)]
    pub light: Option<Light>,
}

/// One indicator on a day, with what stands behind its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublishedIndicatorDetail {
    /// For what the answer holds.
    pub validity: Validity,
    /// The indicator.
    pub indicator: PublishedIndicator,
    /// The section of the text it comes from.
    pub source_zh: String,
    /// What it counts.
    pub kinds: Vec<PublishedKind>,
    /// Units of more than one kind: counted once, and named.
    pub overlaps: Vec<String>,
    /// Values expected on the way.
    pub milestones: Vec<PublishedMilestone>,
    /// Every value that documents publish up to the day, the earliest first.
    pub published: Vec<PublishedValue>,
    /// The rulings that hold.
    pub rulings: Vec<PublishedRuling>,
    /// The target of the text, where it was revised.
    pub original: Option<PublishedOriginal>,
    /// The light at the end of each period that is over.
    pub history: Vec<PublishedLight>,
    /// Codes of the tasks that work towards it.
    pub tasks: Vec<String>,
}

impl IndicatorView {
    /// The words of its values in a language.
    pub fn worded(&self, lang: Lang) -> Worded<'_> {
        let unit = match lang {
            Lang::Zh => self.unit_zh.as_str(),
            Lang::En => "",
        };
        Worded { unit, scale: self.scale }
    }

    fn decimal(&self, raw: i64) -> Decimal {
        Decimal::new(raw, self.scale)
    }
}

/// The indicators of a plan on a day.
pub async fn publish_indicators(visit: &Visit, plan: &PlanHead, clocks: Clocks) -> Result<PublishedIndicators, ServiceError> {
    let mut tx = visit.shared.db.read().await?;
    let view = read_plan_view_in(&mut tx, &visit.shared.views, plan, clocks).await?;
    let published = read_published(&mut tx, &view).await?;
    let indicators = view.indicators.iter().map(|indicator| publish(indicator, published.get(&indicator.id))).collect();
    Ok(PublishedIndicators { validity: Validity::of_view(visit, &view), indicators })
}

/// One indicator on a day.
///
/// # Errors
/// `NotFound` for an unknown code.
pub async fn publish_indicator(
    visit: &Visit,
    plan: &PlanHead,
    code: &str,
    clocks: Clocks,
) -> Result<PublishedIndicatorDetail, ServiceError> {
    let query = IndicatorQuery { code, clocks, shown: UnitsShown::Counted, page: 1 };
    let page: IndicatorPage = read_indicator(&visit.shared, plan, &visit.viewer(), query).await?;
    let view = page.indicator();
    let published = read_published(&mut visit.shared.db.read().await?, &page.view).await?.remove(&view.id);
    let original = view.original.as_ref().map(|(target, judgement)| PublishedOriginal {
        target: publish_target(view, target),
        light: judgement.light,
        reason: publish_reason(view, judgement),
    });
    Ok(PublishedIndicatorDetail {
        validity: Validity::of_view(visit, &page.view),
        indicator: publish(view, published.as_ref()),
        source_zh: view.source_zh.clone(),
        kinds: view
            .kinds
            .iter()
            .map(|kind| PublishedKind {
                recognition: kind.recognition.clone(),
                level: kind.level,
                unit_kind: kind.unit_kind,
                name_zh: kind.name_zh.clone(),
                name_en: kind.name_en.clone(),
                counted: kind.counted,
            })
            .collect(),
        overlaps: view.overlaps.clone(),
        milestones: view.milestones.iter().map(|milestone| publish_milestone(view, milestone)).collect(),
        published: published.iter().flat_map(|published| &published.values).map(|value| publish_value(view, value)).collect(),
        rulings: view.rulings.iter().map(publish_ruling).collect(),
        original,
        history: view.history.iter().map(|end| PublishedLight { on: end.on, light: end.light }).collect(),
        tasks: page.tasks.iter().map(|task| task.code.clone()).collect(),
    })
}

fn publish(view: &IndicatorView, published: Option<&Published>) -> PublishedIndicator {
    let judgement = &view.judgement;
    PublishedIndicator {
        code: view.code.clone(),
        name_zh: view.name_zh.clone(),
        name_en: view.name_en.clone(),
        area: view.area_code.clone(),
        measure: view.measure,
        direction: view.direction,
        scale: view.scale,
        unit_zh: view.unit_zh.clone(),
        unit_en: view.unit_en.clone(),
        target: view.target.as_ref().map(|target| publish_target(view, target)),
        baseline: view.baseline.as_ref().map(|baseline| publish_baseline(view, baseline)),
        expected: judgement.expected.map(|expected| view.decimal(expected.shown)),
        expected_on: judgement.expected_on,
        actual: view.actual.map(|actual| view.decimal(actual)),
        published: published.and_then(Published::latest).map(|latest| publish_value(view, latest)),
        pipeline: view.pipeline,
        awaiting_review: view.waiting(),
        light: judgement.light,
        stale: judgement.stale,
        path_derived: judgement.path_derived,
        reason: publish_reason(view, judgement),
        last_fact_on: view.last_fact_on,
        entries_since: view.entries_since,
    }
}

fn publish_target(view: &IndicatorView, target: &TargetView) -> PublishedTarget {
    let decimal = |raw| Some(view.decimal(raw));
    let (n, low, high, tolerance) = match target.form {
        TargetForm::AtLeast(n) | TargetForm::AtMost(n) => (decimal(n), None, None, None),
        TargetForm::About { n, tolerance } => (decimal(n), None, None, decimal(tolerance)),
        TargetForm::Range { low, high } => (None, decimal(low), decimal(high), None),
        TargetForm::Unquantified => (None, None, None, None),
    };
    PublishedTarget {
        wording_zh: target.wording_zh.clone(),
        wording_en: target.wording_en.clone(),
        form: target.form.kind().to_string(),
        n,
        low,
        high,
        tolerance,
        reached_from: target.form.least_reaching(view.direction).map(|least| view.decimal(least)),
        target_on: target.target_on,
        provenance: target.provenance,
        date_provenance: target.date_provenance,
        effective_on: target.effective_on,
        document: target.document.clone(),
    }
}

fn publish_milestone(view: &IndicatorView, milestone: &MilestoneView) -> PublishedMilestone {
    PublishedMilestone { on: milestone.on, value: view.decimal(milestone.value), provenance: milestone.provenance }
}

fn publish_ruling(ruling: &RulingView) -> PublishedRuling {
    PublishedRuling {
        kind: ruling.kind,
        value: ruling.value.clone(),
        provenance: ruling.provenance,
        reason: ruling.reason.clone(),
        document: ruling.document.clone(),
        decided_on: ruling.decided_on,
    }
}

fn publish_reason(view: &IndicatorView, judgement: &ScheduleJudgement) -> PublishedReason {
    let say = |lang| Text::new(lang).light_reason(&judgement.reason, view.worded(lang));
    PublishedReason { code: reason_code(&judgement.reason).to_owned(), zh: say(Lang::Zh), en: say(Lang::En) }
}

/// The word of a reason; it is part of what machines rely on.
const fn reason_code(reason: &ScheduleReason) -> &'static str {
    match reason {
        ScheduleReason::Unquantified => "unquantified",
        ScheduleReason::BeforeStart { .. } => "before-start",
        ScheduleReason::Missing(Missing::StageRuling) => "stage-ruling-missing",
        ScheduleReason::Missing(Missing::StockTake) => "stock-take-missing",
        ScheduleReason::Missing(Missing::Baseline) => "baseline-missing",
        ScheduleReason::NoData => "no-data",
        ScheduleReason::Reached { beyond_range: true, .. } => "beyond-range",
        ScheduleReason::Reached { .. } => "reached",
        ScheduleReason::Missed { .. } => "missed",
        ScheduleReason::NothingDueYet { .. } => "nothing-due-yet",
        ScheduleReason::AheadOfNothingDue { .. } => "ahead-of-nothing-due",
        ScheduleReason::BehindBaseline { .. } => "behind-baseline",
        ScheduleReason::OnSchedule { .. } => "on-schedule",
        ScheduleReason::ShortBy { .. } => "short-by",
        ScheduleReason::Ratio { .. } => "ratio",
    }
}
