//! The values behind an indicator that does not count units. Invariant: what is listed as counting adds up to the number, or is what
//! stands as it.

use jiff::civil::Date;

use super::{
    ServiceError,
    clocks::Clocks,
    plan_view::IndicatorView,
    roster_view::{PAGE_SIZE, page_count},
};
use crate::{
    domain::{
        ids::ReportId,
        number::Qualifier,
        report::ReportState,
        visibility::{Viewer, may_see_report},
        words::Measure,
    },
    i18n::Lang,
    store::{
        Known, Tx,
        values::{NamedValueRow, ValuePage, count_named_values, list_awaiting_values, list_named_values},
    },
};

/// How a value stands to the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// It is part of the number.
    Counts,
    /// A later period stands.
    Earlier,
    /// It is of the time before the baseline.
    BeforeBaseline,
    /// It waits for review.
    Awaiting,
}

/// A value with what stands behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedValue {
    /// Whether a document publishes it, so that it is nobody's statement here.
    pub published: bool,
    /// Whose value, or whom the document says it of; Chinese name.
    pub organisation_zh: String,
    /// The organisation's English name.
    pub organisation_en: String,
    /// End of the period it is for.
    pub period_end: Date,
    /// Units of 10^-scale.
    pub value: i64,
    /// Softening word.
    pub qualifier: Option<Qualifier>,
    /// Of a rate that is kept in parts: numerator and denominator.
    pub parts: Option<(i64, i64)>,
    /// The document of an import; empty otherwise.
    pub document: String,
    /// Whether it came with a report.
    pub by_report: bool,
    /// Its report, where the viewer may see it.
    pub report: Option<ReportId>,
    /// Where its report stands, of those that wait.
    pub state: Option<ReportState>,
    /// How it stands to the number.
    pub weight: Weight,
}

impl NamedValue {
    /// The organisation's name in a language.
    pub fn organisation(&self, lang: Lang) -> &str {
        lang.pick(&self.organisation_zh, &self.organisation_en)
    }
}

/// One page of an indicator's values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedValues {
    /// The accepted ones, the latest period first.
    pub accepted: Vec<NamedValue>,
    /// Those that wait for review.
    pub awaiting: Vec<NamedValue>,
    /// How many are accepted.
    pub total: i64,
    /// The page of the accepted ones, from 1.
    pub page: i64,
    /// How many pages there are, at least 1.
    pub pages: i64,
}

impl NamedValues {
    /// Whether anybody stated a value, beside what documents publish.
    pub fn has_statements(&self) -> bool {
        !self.awaiting.is_empty() || self.accepted.iter().any(|value| !value.published)
    }
}

/// The values of an indicator on a day; none for one that counts units.
pub(super) async fn read_named_values(
    tx: &mut Tx,
    viewer: &Viewer,
    indicator: &IndicatorView,
    (clocks, known): (Clocks, Known),
    page: i64,
) -> Result<Option<NamedValues>, ServiceError> {
    if indicator.rule.is_some() {
        return Ok(None);
    }
    let mut wanted = ValuePage { indicator: &indicator.id, as_of: clocks.as_of, known, limit: PAGE_SIZE, offset: 0 };
    let (total, last) = count_named_values(tx, wanted).await?;
    let pages = page_count(total);
    let page = page.clamp(1, pages);
    wanted.offset = (page - 1) * PAGE_SIZE;
    let baseline_on = indicator.baseline.as_ref().map(|baseline| baseline.on);
    let weigh = |period_end: Date| match indicator.measure {
        Measure::Flow if baseline_on.is_some_and(|on| period_end <= on) => Weight::BeforeBaseline,
        Measure::Flow => Weight::Counts,
        _ if Some(period_end) == last => Weight::Counts,
        _ => Weight::Earlier,
    };
    let rows = list_named_values(tx, wanted).await?;
    let accepted = rows.into_iter().map(|row| name_value(viewer, weigh(row.period_end), row)).collect();
    let waiting = list_awaiting_values(tx, &indicator.id, clocks.as_of, known).await?;
    let awaiting = waiting.into_iter().map(|row| name_value(viewer, Weight::Awaiting, row)).collect();
    Ok(Some(NamedValues { accepted, awaiting, total, page, pages }))
}

fn name_value(viewer: &Viewer, weight: Weight, row: NamedValueRow) -> NamedValue {
    let sees = row.owner_id.as_ref().is_some_and(|owner| may_see_report(viewer, owner, row.lead_id.as_ref()));
    NamedValue {
        published: row.organisation_id.is_none(),
        organisation_zh: row.organisation_zh,
        organisation_en: row.organisation_en,
        period_end: row.period_end,
        value: row.value,
        qualifier: row.qualifier.as_deref().and_then(|word| word.parse().ok()),
        parts: row.numerator.zip(row.denominator),
        document: row.document,
        by_report: row.report_id.is_some(),
        report: row.report_id.filter(|_| sees),
        state: row.state,
        weight,
    }
}
