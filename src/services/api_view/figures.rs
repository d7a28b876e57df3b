//! Figures with their sources, for machines. Invariant: a day that a document does not give is never told, and a softened number keeps
//! the word that softens it.

use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::Decimal;
use crate::{
    domain::{
        number::Qualifier,
        published::{Dated, PublishedFigure},
        words::Provenance,
    },
    i18n::{Lang, Text},
    services::{
        plan_view::{BaselineView, IndicatorView},
        published::SourcedFigure,
    },
};

/// The value on the eve of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublishedBaseline {
    /// The value.
    pub value: Decimal,
    /// The word that softens it: `more-than` (余), `nearly` (近) or `over` (超); none for a plain number.
    #[schema(value_type = Option<String>)]
    pub qualifier: Option<Qualifier>,
    /// The value with that word and the unit, in Chinese.
    pub said_zh: String,
    /// The same in English.
    pub said_en: String,
    /// How exactly the document dates it: `day`, `year` or `undated`.
    #[schema(value_type = String)]
    pub dated: Dated,
    /// The day for which it holds; none where the document does not give the day.
    #[schema(value_type = Option<String>, format = Date)]
    pub on: Option<Date>,
    /// The year for which it holds; none where the document does not date it.
    pub year: Option<i16>,
    /// `text`, `commission` or `derived`.
    #[schema(value_type = String)]
    pub provenance: Provenance,
    /// The document; empty for a default.
    pub document: String,
}

/// A value as a document publishes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublishedValue {
    /// The value.
    pub value: Decimal,
    /// The word that softens it: `more-than` (余), `nearly` (近) or `over` (超); none for a plain number.
    #[schema(value_type = Option<String>)]
    pub qualifier: Option<Qualifier>,
    /// The value with that word and the unit, in Chinese.
    pub said_zh: String,
    /// The same in English.
    pub said_en: String,
    /// Of a rate: what is counted.
    pub numerator: Option<i64>,
    /// Of a rate: out of what.
    pub denominator: Option<i64>,
    /// How exactly the document dates it: `day`, `year` or `undated`.
    #[schema(value_type = String)]
    pub dated: Dated,
    /// The day for which it holds; none where the document does not give the day.
    #[schema(value_type = Option<String>, format = Date)]
    pub on: Option<Date>,
    /// The year for which it holds; none where the document does not date it.
    pub year: Option<i16>,
    /// Whom the document says it of; empty where that is plain.
    pub who: String,
    /// The document.
    pub document: String,
}

/// The day and the year of a figure, as far as its document gives them.
fn when(figure: &PublishedFigure) -> (Option<Date>, Option<i16>) {
    let year = Some(figure.on.year());
    match figure.dated {
        Dated::Day => (Some(figure.on), year),
        Dated::Year => (None, year),
        Dated::Undated => (None, None),
    }
}

fn say(view: &IndicatorView, figure: &PublishedFigure, lang: Lang) -> String {
    Text::new(lang).qualified_number(figure.value, view.scale, figure.qualifier, (&view.unit_zh, &view.unit_en))
}

/// The baseline of an indicator.
pub(super) fn publish_baseline(view: &IndicatorView, baseline: &BaselineView) -> PublishedBaseline {
    let figure = PublishedFigure { on: baseline.on, dated: baseline.dated, value: baseline.value, qualifier: baseline.qualifier };
    let (on, year) = when(&figure);
    PublishedBaseline {
        value: Decimal::new(figure.value, view.scale),
        qualifier: figure.qualifier,
        said_zh: say(view, &figure, Lang::Zh),
        said_en: say(view, &figure, Lang::En),
        dated: figure.dated,
        on,
        year,
        provenance: baseline.provenance,
        document: baseline.document.clone(),
    }
}

/// A value of a document.
pub(super) fn publish_value(view: &IndicatorView, sourced: &SourcedFigure) -> PublishedValue {
    let figure = &sourced.figure;
    let (on, year) = when(figure);
    PublishedValue {
        value: Decimal::new(figure.value, view.scale),
        qualifier: figure.qualifier,
        said_zh: say(view, figure, Lang::Zh),
        said_en: say(view, figure, Lang::En),
        numerator: sourced.parts.map(|(numerator, _)| numerator),
        denominator: sourced.parts.map(|(_, denominator)| denominator),
        dated: figure.dated,
        on,
        year,
        who: sourced.who.clone(),
        document: sourced.document.clone(),
    }
}
