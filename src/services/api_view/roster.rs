//! The roster for machines. Invariant: it lists what the page lists, with the same filters and in the same order.

use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::Validity;
use crate::{
    domain::words::{Level, Stage, UnitKind},
    services::{
        ServiceError,
        clocks::Clocks,
        roster_view::{ListedUnit, RosterQuery, read_roster},
        visit::{PlanHead, Visit},
    },
};

/// Where a recognition of a unit stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublishedStanding {
    /// Chinese name of what it is recognised as.
    pub recognition_zh: String,
    /// English name.
    pub recognition_en: String,
    /// At which level.
    #[schema(value_type = Option<String>)]
    pub level: Option<Level>,
    /// The stage it has reached; also `not-approved`, `revoked`, `merged`.
    #[schema(value_type = String)]
    pub stage: Stage,
    /// Since when.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
}

/// A unit of the roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublishedRosterUnit {
    /// Its id.
    pub id: String,
    /// What kind of thing it is.
    #[schema(value_type = String)]
    pub kind: UnitKind,
    /// Its code; empty without one.
    pub code: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name; may be empty.
    pub name_en: String,
    /// Who holds it: the id by which `holder` filters.
    pub holder: String,
    /// Its Chinese name.
    pub holder_zh: String,
    /// Its English name; may be empty.
    pub holder_en: String,
    /// Who takes part beside the holder.
    pub partners: String,
    /// Where it is; empty where it has no district.
    pub district: String,
    /// Where its recognitions stand on the day.
    pub standings: Vec<PublishedStanding>,
}

/// A page of the roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublishedRoster {
    /// For what the answer holds.
    pub validity: Validity,
    /// How many units match; with words, or narrowed to what an indicator counts, at most 2,000.
    pub total: i64,
    /// Whether more match than that: only the first 2,000 can be turned to, and another filter narrows them.
    pub more: bool,
    /// The page, from 1.
    pub page: i64,
    /// How many pages there are, at least 1.
    pub pages: i64,
    /// The units of the page, by the pinyin of their names.
    pub units: Vec<PublishedRosterUnit>,
}

/// A page of the units that match the indicators of a plan.
pub async fn publish_roster(visit: &Visit, plan: &PlanHead, clocks: Clocks, query: &RosterQuery) -> Result<PublishedRoster, ServiceError> {
    let page = read_roster(&visit.shared, plan, clocks, query).await?;
    Ok(PublishedRoster {
        validity: Validity::of_view(visit, &page.view),
        total: page.total,
        more: page.more,
        page: page.page,
        pages: page.pages,
        units: page.units.iter().map(publish).collect(),
    })
}

fn publish(listed: &ListedUnit) -> PublishedRosterUnit {
    let unit = &listed.unit;
    PublishedRosterUnit {
        id: unit.id.to_string(),
        kind: unit.kind,
        code: unit.code.clone(),
        name_zh: unit.name_zh.clone(),
        name_en: unit.name_en.clone(),
        holder: unit.holder_id.to_string(),
        holder_zh: unit.holder_zh.clone(),
        holder_en: unit.holder_en.clone(),
        partners: unit.partners.clone(),
        district: unit.district.clone(),
        standings: listed
            .standings
            .iter()
            .map(|standing| PublishedStanding {
                recognition_zh: standing.name_zh.clone(),
                recognition_en: standing.name_en.clone(),
                level: standing.level,
                stage: standing.stage,
                on: standing.on_date,
            })
            .collect(),
    }
}
