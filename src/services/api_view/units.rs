//! The named units behind a number, for machines. Invariant: a report or a file has an address here only where the account may see it.

use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::{PublishedFile, Validity, publish_proof};
use crate::{
    domain::words::{Level, Stage},
    services::{
        ServiceError,
        indicators::{IndicatorQuery, NamedUnit, UnitsShown, read_indicator},
        visit::{PlanHead, Visit},
    },
};

/// A unit behind a number, with the step by which it stands there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublishedUnit {
    /// Its id; none where it exists only in a submitted report.
    pub id: Option<String>,
    /// Its code; empty without one.
    pub code: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name; may be empty.
    pub name_en: String,
    /// Who holds it.
    pub holder_zh: String,
    /// The holder's English name; may be empty.
    pub holder_en: String,
    /// Code of what it is recognised as.
    pub recognition: String,
    /// At which level: `national`, `municipal`, `district`, `institutional`.
    #[schema(value_type = Option<String>)]
    pub level: Option<Level>,
    /// The stage it has reached: `nurtured`, `applied`, `approved`, `under-construction`, `recognised`.
    #[schema(value_type = String)]
    pub stage: Stage,
    /// When.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// The document number; empty without one.
    pub document: String,
    /// Where its report stands, of those that wait: `submitted` or `lead-reviewed`.
    pub report_state: Option<String>,
    /// Address of the report on this site, where the account may see it.
    pub report: Option<String>,
    /// Files that prove the step, where the account may see them.
    pub evidence: Vec<PublishedFile>,
}

/// A page of the units behind a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublishedUnits {
    /// For what the answer holds.
    pub validity: Validity,
    /// Code of the indicator.
    pub indicator: String,
    /// Which units: `counted`, `pipeline` or `awaiting`.
    #[schema(value_type = String)]
    pub shown: UnitsShown,
    /// How many there are.
    pub total: i64,
    /// The page, from 1.
    pub page: i64,
    /// How many pages there are, at least 1.
    pub pages: i64,
    /// The units of the page, by name.
    pub units: Vec<PublishedUnit>,
}

/// A page of the units behind a number.
///
/// # Errors
/// `NotFound` for an unknown code.
pub async fn publish_units(visit: &Visit, plan: &PlanHead, query: IndicatorQuery<'_>) -> Result<PublishedUnits, ServiceError> {
    let page = read_indicator(&visit.shared, plan, &visit.viewer(), query).await?;
    Ok(PublishedUnits {
        validity: Validity::of_view(visit, &page.view),
        indicator: page.indicator().code.clone(),
        shown: page.shown,
        total: page.total,
        page: page.page,
        pages: page.pages,
        units: page.units.iter().map(|unit| publish(plan, unit)).collect(),
    })
}

fn publish(plan: &PlanHead, unit: &NamedUnit) -> PublishedUnit {
    let (report, evidence) = publish_proof(plan, &unit.proof);
    PublishedUnit {
        id: unit.unit.as_ref().map(ToString::to_string),
        code: unit.code.clone(),
        name_zh: unit.name_zh.clone(),
        name_en: unit.name_en.clone(),
        holder_zh: unit.holder_zh.clone(),
        holder_en: unit.holder_en.clone(),
        recognition: unit.recognition.clone(),
        level: unit.level,
        stage: unit.stage,
        on: unit.on,
        document: unit.document.clone(),
        report_state: unit.state.map(|state| state.to_string()),
        report,
        evidence,
    }
}
