//! Two accepted reports of the demonstration that their owner corrects: one correction is in force, one waits. Invariant: the
//! corrections come last, after every act of the periods.

use jiff::civil::Date;

use super::{cast::at, data::PERIODS, quarter::Told};
use crate::{
    domain::{
        ids::{OrganisationId, ReportId},
        permissions::Permission,
        report::{Decision, LeadLevel, ReportState},
        words::Role,
    },
    services::{
        ServiceError,
        access::Actor,
        corrections::begin_correction_in,
        moment::Moment,
        reports::{DraftChange, save_draft_in, submit_in},
        reviews::{DecisionForm, decide_in},
        rollups::Counting,
    },
    store::{
        Tx,
        periods::{self, Obligation},
        reports::find_draft,
    },
};

/// Why, and what is said in addition.
const CORRECTED: [(&str, &str); 2] = [
    ("复核时发现完成百分比按年度口径填报，应按任务总量计算。", "（更正：完成百分比改按任务总量计算。）"),
    ("本期进展漏写一次校企对接会。", "（更正：本期另召开一次校企对接会。）"),
];

/// Tells the corrections of the period before the last.
pub async fn tell_corrections(tx: &mut Tx, told: &Told<'_>) -> Result<(), ServiceError> {
    let Some(code) = PERIODS.iter().rev().nth(1) else { return Ok(()) };
    let Some(period) = periods::find_period(tx, &told.plan.id, code).await? else { return Ok(()) };
    let owner = told.cast.actor("owner-a", Permission::Report)?;
    let owed = periods::list_obligations(tx, &period.id).await?;
    let accepted = owed.iter().filter(|owed| {
        Some(&owed.organisation_id) == owner.organisation() && owed.state == Some(ReportState::Accepted) && owed.percent.is_some()
    });
    for (number, (owed, words)) in accepted.zip(CORRECTED).enumerate() {
        let hour = if number == 0 { 18 } else { 19 };
        tell_correction(tx, told, &owner, owed, Telling { hour, words, is_decided: number == 0 }).await?;
    }
    Ok(())
}

/// How one correction is told.
#[derive(Clone, Copy)]
struct Telling {
    hour: i8,
    words: (&'static str, &'static str),
    is_decided: bool,
}

async fn tell_correction(tx: &mut Tx, told: &Told<'_>, owner: &Actor, owed: &Obligation, telling: Telling) -> Result<(), ServiceError> {
    let when = |minute: i8| at(Date::constant(2026, 10, 10), telling.hour, minute, told.plan);
    let (reason, addition) = telling.words;
    let id = begin_correction_in(tx, owner, when(5), told.plan, &ReportId::from(owed.page_id()), reason).await?;
    let (mut fields, ..) = find_draft(tx, &id).await?.ok_or_else(|| ServiceError::Unexpected("a correction without a draft".to_owned()))?;
    fields.narrative.push_str(addition);
    if telling.is_decided {
        let percent = owed.percent.unwrap_or_default();
        fields.percent_complete = (percent - percent.min(4)).to_string();
    }
    let change = DraftChange {
        plan: told.plan.clone(),
        report: id.clone(),
        version: 1,
        fields,
        attachments: Vec::new(),
        detached: None,
        removed_entry: None,
    };
    save_draft_in(tx, owner, when(15), &change).await?;
    submit_in(tx, owner, when(20), told.plan, &id, 2).await?;
    if !telling.is_decided {
        return Ok(());
    }
    let mut version = 3;
    if let (LeadLevel::Needed, Some(lead)) = (owed.lead_level(), &owed.lead_id) {
        accept(tx, told, &lead_reviewer(told, lead)?, when(30), &id, version).await?;
        version += 1;
    }
    let staff = told.cast.actor("staff", Permission::ReviewAsCommission)?;
    accept(tx, told, &staff, when(40), &id, version).await
}

fn lead_reviewer(told: &Told<'_>, lead: &OrganisationId) -> Result<Actor, ServiceError> {
    told.cast.actor_of(lead, Role::Lead, Permission::ReviewAsLead)
}

async fn accept(tx: &mut Tx, told: &Told<'_>, reviewer: &Actor, now: Moment, report: &ReportId, version: i64) -> Result<(), ServiceError> {
    let form = DecisionForm {
        plan: told.plan.clone(),
        report: report.clone(),
        version,
        decision: Decision::Accept,
        reason: String::new(),
        text: "情况属实，同意更正。".to_owned(),
    };
    decide_in(tx, reviewer, now, &form, Counting::Now).await?;
    Ok(())
}
