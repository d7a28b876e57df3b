//! Demonstration data: made-up organisations, accounts and progress. Invariant: it exists only where the mark is stored, and the banner follows the mark.
//!
//! What is told stands in `src/plans/demonstration.toml`. Everything goes through the services and their rules, dated as
//! if it had happened, in one transaction: a database holds all of it or nothing.

mod cast;
mod corrections;
mod data;
mod files;
mod pledges;
mod quarter;
mod reports;
mod timetable;
mod units;

use std::path::Path;

use jiff::civil::date;

use self::{
    cast::{assign_wave, at, create_cast, hash_demonstration_password, record_rulings, record_stock},
    corrections::tell_corrections,
    data::{Data, PERIODS},
    quarter::{Told, tell_quarter},
    timetable::TimetableData,
    units::{first_day, plan_units},
};
use super::{
    ServiceError,
    access::Author,
    evidence::Received,
    moment::Moment,
    plan_files::{BEIJING_2025, PlanFileError, SHIPPED, load_plan_file, load_plans_in},
    rollups::refresh_all_units,
    roster::list_recognition_kinds,
    trail::{Action, Change, NOTHING, record_change},
    visit::PlanHead,
};
use crate::{
    domain::words::Role,
    store::{
        Db, StoreError, Tx,
        accounts::count_accounts,
        organisations::list_organisations,
        plans::list_plan_summaries,
        settings::{DEMONSTRATION, find_setting, set_setting},
        with_tx,
    },
};

/// The password of every demonstration account; it is shown on the sign-in page.
pub const DEMONSTRATION_PASSWORD: &str = "bihuan-demo";
/// The plan that is demonstrated.
const PLAN: &str = "bj-2025";
/// When each wave of tasks is assigned.
const WAVES: [jiff::civil::Date; 3] = [date(2025, 1, 20), date(2025, 12, 3), date(2026, 3, 4)];

/// The demonstration accounts and the role of each.
pub const fn account_roles() -> &'static [(&'static str, Role)] {
    &[
        ("leader", Role::Leader),
        ("staff", Role::Staff),
        ("staff-2", Role::Staff),
        ("lead", Role::Lead),
        ("owner-a", Role::Owner),
        ("owner-b", Role::Owner),
        ("admin-sys", Role::SystemAdministrator),
        ("admin-sec", Role::SecurityAdministrator),
        ("admin-audit", Role::AuditAdministrator),
    ]
}

/// Why a database is not served as it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum DemonstrationError {
    /// Real data is never mixed with made-up data.
    #[error("--demo is refused: this database holds accounts or organisations that are no demonstration; use an empty one")]
    HoldsData,
    /// Made-up data is never served as real.
    #[error("this database holds demonstration data: serve it with --demo, or use another one")]
    Marked,
    /// The data file cannot be read.
    #[error("demonstration.toml: {0}")]
    Data(String),
    /// The plan file.
    #[error(transparent)]
    Plan(#[from] PlanFileError),
    /// Anything else.
    #[error("the demonstration could not be loaded: {0}")]
    Service(#[from] ServiceError),
}

impl From<StoreError> for DemonstrationError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

/// Checks that a database without demonstration data is served.
///
/// # Errors
/// `Marked` where the mark is set.
pub async fn refuse_demonstration(db: &Db) -> Result<(), DemonstrationError> {
    let mut tx = db.read().await?;
    if find_setting(&mut tx, DEMONSTRATION).await?.is_some() { Err(DemonstrationError::Marked) } else { Ok(()) }
}

/// Adds the demonstration to an empty database; `false` where it is there already.
///
/// # Errors
/// `HoldsData` where accounts or organisations (and so reports, which belong to organisations) are there without the mark.
pub async fn load_demonstration(db: &Db, data_dir: &Path) -> Result<bool, DemonstrationError> {
    let mut tx = db.read().await?;
    let is_there = is_marked(&mut tx).await?;
    drop(tx);
    if is_there {
        return Ok(false);
    }
    let data = Data::read()?;
    let hash = hash_demonstration_password().await?;
    let files = files::keep_files(data_dir, Moment(0)).await?;
    with_tx(db, move |tx| {
        Box::pin(async move {
            // Asked again by the one writer: of two servers that start at once only one tells the story.
            if is_marked(tx).await? {
                return Ok(false);
            }
            set_setting(tx, DEMONSTRATION, "1").await?;
            tell(tx, &data, &hash, &files).await?;
            Ok(true)
        })
    })
    .await
}

/// Whether the mark is set.
async fn is_marked(tx: &mut Tx) -> Result<bool, DemonstrationError> {
    if find_setting(tx, DEMONSTRATION).await?.is_some() {
        return Ok(true);
    }
    if count_accounts(tx).await? > 0 || !list_organisations(tx).await?.is_empty() {
        return Err(DemonstrationError::HoldsData);
    }
    Ok(false)
}

async fn tell(tx: &mut Tx, data: &Data, hash: &str, files: &[Received]) -> Result<(), DemonstrationError> {
    let plan = find_plan(tx).await?;
    let morning = |day| at(day, 9, 0, &plan);
    let units = plan_units(data);
    let timetable = TimetableData::read()?;
    let mut cast = create_cast(tx, data, morning(date(2025, 1, 6)), hash).await?;
    record_rulings(tx, data, &cast, &plan, morning(date(2025, 1, 10))).await?;
    record_stock(tx, data, &mut cast, &plan, &units, morning(date(2025, 1, 16))).await?;
    let pledges = pledges::Pledges::read()?;
    pledges::record(tx, &pledges.pledge, &cast, &plan, morning(date(2025, 1, 17))).await?;
    let kinds = list_recognition_kinds(tx).await?;
    let told = Told { data, cast: &cast, plan: &plan, units: &units, files, kinds: &kinds, timetable: &timetable };
    let mut assigned = 0;
    for period in 0..PERIODS.len() {
        let opens_before = first_day(period + 1);
        while let Some(day) = WAVES.get(assigned).filter(|day| **day < opens_before) {
            assigned += 1;
            assign_wave(tx, data, &cast, &plan, assigned, morning(*day)).await?;
            timetable.record_wave(tx, data, &cast, &plan, (assigned, at(*day, 15, 0, &plan))).await?;
        }
        tell_quarter(tx, &told, period).await?;
    }
    refresh_all_units(tx).await?;
    pledges::record(tx, &pledges.change, &cast, &plan, at(date(2026, 10, 10), 17, 45, &plan)).await?;
    // The other plans hold published figures only: nothing made up is told of them.
    load_plans_in(tx, &SHIPPED[1..], at(date(2026, 10, 10), 17, 50, &plan)).await?;
    tell_corrections(tx, &told).await?;
    let change = Change { action: Action::LoadDemonstration, object_kind: "plan", object_id: plan.id.as_str(), reason: "" };
    record_change(tx, &Author::command_line(), at(date(2026, 10, 10), 20, 0, &plan), change, NOTHING, NOTHING).await?;
    Ok(())
}

/// The plan, loaded as on its first working day where the database has none.
async fn find_plan(tx: &mut Tx) -> Result<PlanHead, DemonstrationError> {
    if !list_plan_summaries(tx).await?.iter().any(|plan| plan.code == PLAN) {
        let now = date(2025, 1, 3).at(9, 0, 0, 0).in_tz("Asia/Shanghai").map_or(0, |zoned| zoned.timestamp().as_millisecond());
        load_plan_file(tx, BEIJING_2025, Moment(now)).await?;
    }
    let plans = list_plan_summaries(tx).await?;
    let plan = plans.into_iter().find(|plan| plan.code == PLAN);
    let plan = plan.ok_or_else(|| DemonstrationError::Data(format!("there is no plan {PLAN}")))?;
    Ok(PlanHead {
        id: plan.id,
        code: plan.code,
        short_zh: plan.short_zh,
        short_en: plan.short_en,
        starts_on: plan.starts_on,
        ends_on: plan.ends_on,
        cadence: plan.cadence,
        time_zone: plan.time_zone,
        retired_at: plan.retired_at,
    })
}
