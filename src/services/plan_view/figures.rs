//! A plan in numbers on a day: its areas, lights over time, what was accepted lately, where the loops stand. Invariant: plain values; `plan_building` fills them.

use jiff::civil::Date;

use super::IndicatorView;
use crate::{
    domain::{
        ids::{OrganisationId, ReportId, UnitId},
        light::Light,
        words::Stage,
    },
    i18n::Lang,
    services::{clocks::Clocks, visit::PlanHead},
};

/// A plan by both clocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanView {
    /// The plan.
    pub plan: PlanHead,
    /// The day that is shown.
    pub as_of: Date,
    /// The earlier day at whose end everything shown was known; none: now.
    pub known_at: Option<Date>,
    /// The data version it was built from.
    pub version: i64,
    /// The areas, in order; also those without an indicator.
    pub areas: Vec<AreaView>,
    /// The indicators, in the order of the plan.
    pub indicators: Vec<IndicatorView>,
    /// How many indicators had which light at the end of each period that is over.
    pub history: Vec<LightCount>,
    /// The steps accepted last.
    pub latest: Vec<LatestStep>,
    /// Tasks, reports and loops.
    pub loops: LoopFigures,
    /// Steps and values of dates up to the day that were accepted later: after the day of [`PlanView::known_at`], or, as known now, after
    /// the day itself.
    pub entries_since: i64,
    /// The last day before the current period: what movements are compared with.
    pub compared_to: Date,
    /// The day for which expected values hold; none before the end of the first period.
    pub expected_on: Option<Date>,
    /// As known earlier the units that were touched since, where they are few: all others stood where the rollups have them.
    pub touched: Option<Vec<UnitId>>,
}

/// An area of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaView {
    /// Its code.
    pub code: String,
    /// Full Chinese name.
    pub name_zh: String,
    /// Full English name.
    pub name_en: String,
    /// Short Chinese name.
    pub short_zh: String,
    /// Short English name.
    pub short_en: String,
    /// Whether it is the closing section.
    pub closing: bool,
    /// Places of its indicators in [`PlanView::indicators`].
    pub indicators: Vec<usize>,
}

/// A step accepted lately.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LatestStep {
    /// The unit.
    pub unit: UnitId,
    /// Its Chinese name.
    pub unit_zh: String,
    /// Its English name.
    pub unit_en: String,
    /// The stage it reached.
    pub stage: Stage,
    /// When.
    pub on: Date,
    /// Who holds it.
    pub holder_zh: String,
    /// The holder's English name.
    pub holder_en: String,
    /// Codes of the indicators that look at it.
    pub indicators: Vec<String>,
    /// The report it came with.
    pub report: Option<ReportId>,
    /// Whose report it was.
    pub owner: Option<OrganisationId>,
    /// Who leads that report's task now.
    pub lead: Option<OrganisationId>,
    /// When it was accepted, in milliseconds since 1970.
    pub recorded_at: i64,
}

/// How many indicators have which light.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LightCount {
    /// The day.
    pub on: Date,
    /// On schedule or reached.
    pub green: usize,
    /// A little behind.
    pub yellow: usize,
    /// Behind or missed.
    pub red: usize,
    /// Cannot be judged.
    pub grey: usize,
}

impl LightCount {
    /// Counts lights; what has no light is left out.
    pub fn count(on: Date, lights: impl IntoIterator<Item = Option<Light>>) -> Self {
        let mut count = Self { on, green: 0, yellow: 0, red: 0, grey: 0 };
        for light in lights.into_iter().flatten() {
            match light {
                Light::Green => count.green += 1,
                Light::Yellow => count.yellow += 1,
                Light::Red => count.red += 1,
                Light::Grey => count.grey += 1,
            }
        }
        count
    }
}

/// Tasks, and reports and loops of the latest open period as they stand now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LoopFigures {
    /// Tasks of the plan.
    pub tasks: i64,
    /// The latest period that was opened; none where none was, and none with an earlier [`PlanView::known_at`]: how reports stood then is not
    /// kept.
    pub period: Option<PeriodFigures>,
}

/// A period in numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodFigures {
    /// Its code.
    pub code: String,
    /// Until when reports are due.
    pub report_due: Date,
    /// Until when answers are due.
    pub answer_due: Date,
    /// Reports owed.
    pub owed: i64,
    /// Reports handed in.
    pub handed_in: i64,
    /// Reports accepted.
    pub accepted: i64,
    /// Tasks with a loop in this period.
    pub loops: i64,
    /// Loops that are closed.
    pub closed: i64,
}

impl PlanView {
    /// The pair of clocks it shows.
    pub const fn clocks(&self) -> Clocks {
        Clocks { as_of: self.as_of, known_at: self.known_at }
    }

    /// The indicator with a code.
    pub fn indicator(&self, code: &str) -> Option<&IndicatorView> {
        self.indicators.iter().find(|indicator| indicator.code == code)
    }

    /// How many indicators have which light on the day.
    pub fn lights(&self) -> LightCount {
        LightCount::count(self.as_of, self.indicators.iter().map(|indicator| indicator.judgement.light))
    }
}

impl AreaView {
    /// The short name in a language.
    pub fn short(&self, lang: Lang) -> &str {
        lang.pick(&self.short_zh, &self.short_en)
    }

    /// The full name in a language.
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_zh, &self.name_en)
    }
}
