//! Pledges: organisations take on recognitions of an indicator by year. Invariant: a pledge is superseded with a reason, never
//! changed, and an account that reports enters those of its own organisation only.
//!
//! A pledge is no fact about units: it moves no number but the coverage. On a day those pledges stand that were recorded by its end.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    ServiceError,
    access::Actor,
    known_counts::count_known_held,
    moment::{Moment, make_id},
    plan_view::PlanView,
    roster::MAX_REASON,
    rulings::find_ruled,
    seen::{check_seen, mark_state},
    trail::{Action, Change, record_change},
    visit::PlanHead,
};
use crate::{
    domain::{
        fields::{FieldError, FieldProblem, read_required, read_text},
        ids::{IndicatorId, OrganisationId},
        number::{NumberError, QuantityKind, parse_quantity},
        permissions::Permission,
        pledges::{CoverCount, Coverage, MOST_PLEDGED, delivered, needed_for},
        report_form::MAX_SHORT_TEXT,
        words::Measure,
    },
    error::UserError,
    i18n::Lang,
    store::{
        Db, Tx, held,
        organisations::{Organisation, find_organisation, list_organisations, organisation_name},
        pledges::{self as store, NewPledge},
        with_tx,
    },
};

pub use store::PledgeRow;

/// What one organisation takes on for one indicator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pledger {
    /// The organisation.
    pub organisation: OrganisationId,
    name_zh: String,
    name_en: String,
    /// Its pledges that stand, by year.
    pub by_year: BTreeMap<i64, i64>,
    /// All years together.
    pub pledged: i64,
    /// Counted units it holds; 0 where deliveries are left out.
    pub held: i64,
    /// Those of them that its pledge covers.
    pub delivered: i64,
    /// What it says about its pledges, in the order of years.
    pub notes: Vec<String>,
}

impl Pledger {
    /// The organisation's name in a language.
    pub fn name(&self, lang: Lang) -> &str {
        organisation_name(lang, &self.name_zh, &self.name_en)
    }
}

/// The pledges of one indicator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndicatorPledges {
    /// Its place in the plan's view.
    pub place: usize,
    /// Against its target.
    pub coverage: Coverage,
    /// Who takes part, by name; also those that took everything back do not stand here.
    pub pledgers: Vec<Pledger>,
}

impl IndicatorPledges {
    /// What is taken on for a year.
    pub fn of_year(&self, year: i64) -> i64 {
        self.pledgers.iter().filter_map(|pledger| pledger.by_year.get(&year)).sum()
    }

    /// What all have delivered within their pledges.
    pub fn delivered(&self) -> i64 {
        self.pledgers.iter().map(|pledger| pledger.delivered).sum()
    }

    /// What one organisation takes on.
    pub fn of(&self, organisation: &OrganisationId) -> Option<&Pledger> {
        self.pledgers.iter().find(|pledger| pledger.organisation == *organisation)
    }
}

/// The pledges of a plan on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PledgeBook {
    /// The calendar years of the plan.
    pub years: Vec<i64>,
    /// The indicators that ask for a number of units, in the order of the plan.
    pub indicators: Vec<IndicatorPledges>,
    /// Whether it says what was delivered.
    pub has_deliveries: bool,
    /// How many pledges that hold now were recorded since.
    pub since: i64,
}

impl PledgeBook {
    /// The pledges of the indicator at a place of the plan's view.
    pub fn at(&self, place: usize) -> Option<&IndicatorPledges> {
        self.indicators.iter().find(|indicator| indicator.place == place)
    }

    /// The pledges of the indicator with an id.
    pub fn of(&self, view: &PlanView, id: &IndicatorId) -> Option<&IndicatorPledges> {
        self.indicators.iter().find(|indicator| view.indicators.get(indicator.place).is_some_and(|found| found.id == *id))
    }

    /// How many indicators at some places are covered.
    pub fn count(&self, places: &[usize]) -> CoverCount {
        CoverCount::count(self.indicators.iter().filter(|indicator| places.contains(&indicator.place)).map(|indicator| indicator.coverage))
    }

    /// How many indicators of the plan are covered.
    pub fn count_all(&self) -> CoverCount {
        CoverCount::count(self.indicators.iter().map(|indicator| indicator.coverage))
    }
}

/// The calendar years of a plan.
pub fn years_of(plan: &PlanHead) -> Vec<i64> {
    (i64::from(plan.starts_on.year())..=i64::from(plan.ends_on.year())).collect()
}

/// Of which indicators it is counted what was delivered: counting costs with the size of the roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deliveries<'a> {
    /// Of none.
    LeftOut,
    /// Of one.
    Of(&'a IndicatorId),
    /// Of all.
    OfAll,
}

/// What organisations take on, by the clocks of a view.
pub async fn read_pledges(tx: &mut Tx, view: &PlanView, deliveries: Deliveries<'_>) -> Result<PledgeBook, ServiceError> {
    let plan = &view.plan;
    // A pledge has no date but that of its record: on a day as known on another it stands by the earlier of the two.
    let day = view.known_at.map_or(view.as_of, |known_at| known_at.min(view.as_of));
    let before = Moment::end_of(day, &plan.time_zone);
    let mut rows: BTreeMap<IndicatorId, Vec<PledgeRow>> = BTreeMap::new();
    for row in store::list_pledges_before(tx, &plan.id, before.0).await? {
        rows.entry(row.indicator_id.clone()).or_default().push(row);
    }
    let held = if rows.is_empty() { BTreeMap::new() } else { count_deliveries(tx, view, deliveries).await? };
    let since = store::count_pledges_since(tx, &plan.id, before.0).await?;
    let mut indicators = Vec::new();
    for (place, indicator) in view.indicators.iter().enumerate() {
        let needed = indicator.target.as_ref().filter(|_| indicator.rule.is_some()).and_then(|target| needed_for(target.form));
        let Some(needed) = needed else { continue };
        let pledgers = group_pledges(rows.remove(&indicator.id).unwrap_or_default(), |holder| {
            held.get(&(indicator.id.clone(), holder.clone())).copied().unwrap_or(0)
        });
        let pledged = pledgers.iter().map(|pledger| pledger.pledged).sum();
        indicators.push(IndicatorPledges { place, coverage: Coverage { needed, pledged }, pledgers });
    }
    Ok(PledgeBook { years: years_of(plan), indicators, has_deliveries: deliveries != Deliveries::LeftOut, since })
}

/// How many units that counted on the day each organisation held, by the clocks of a view.
async fn count_deliveries(
    tx: &mut Tx,
    view: &PlanView,
    deliveries: Deliveries<'_>,
) -> Result<BTreeMap<(IndicatorId, OrganisationId), i64>, ServiceError> {
    if view.clocks().looks_back() {
        let is_asked = |id: &IndicatorId| match deliveries {
            Deliveries::LeftOut => false,
            Deliveries::Of(indicator) => id == indicator,
            Deliveries::OfAll => true,
        };
        let rules = view.indicators.iter().filter(|indicator| is_asked(&indicator.id));
        let rules: Vec<_> = rules.filter_map(|indicator| Some((&indicator.id, indicator.rule.as_ref()?))).collect();
        return count_known_held(tx, view, &rules).await;
    }
    let counted = match deliveries {
        Deliveries::LeftOut => Vec::new(),
        Deliveries::Of(indicator) => held::count_held_of(tx, indicator, view.as_of).await?,
        Deliveries::OfAll => held::count_held(tx, &view.plan.id, view.as_of).await?,
    };
    Ok(counted.into_iter().map(|(indicator, holder, count)| ((indicator, holder), count)).collect())
}

/// Rows of one indicator, sorted by organisation and year, as organisations; those that took everything back are left out.
fn group_pledges(rows: Vec<PledgeRow>, held_by: impl Fn(&OrganisationId) -> i64) -> Vec<Pledger> {
    let mut pledgers: Vec<Pledger> = Vec::new();
    for row in rows.into_iter().filter(|row| row.quantity > 0) {
        if pledgers.last().is_none_or(|last| last.organisation != row.organisation_id) {
            pledgers.push(Pledger {
                organisation: row.organisation_id,
                name_zh: row.organisation_zh,
                name_en: row.organisation_en,
                by_year: BTreeMap::new(),
                pledged: 0,
                held: 0,
                delivered: 0,
                notes: Vec::new(),
            });
        }
        if let Some(pledger) = pledgers.last_mut() {
            pledger.by_year.insert(row.year, row.quantity);
            pledger.pledged += row.quantity;
            if !row.note.is_empty() && !pledger.notes.contains(&row.note) {
                pledger.notes.push(row.note);
            }
        }
    }
    for pledger in &mut pledgers {
        pledger.held = held_by(&pledger.organisation);
        pledger.delivered = delivered(pledger.held, pledger.pledged);
    }
    pledgers
}

/// The organisations that may take something on: those in use.
pub async fn list_pledging_organisations(tx: &mut Tx) -> Result<Vec<Organisation>, ServiceError> {
    let mut organisations = list_organisations(tx).await?;
    organisations.retain(|organisation| !organisation.is_retired());
    Ok(organisations)
}

/// The pledges of one organisation for one indicator, as a form is made from them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PledgeForm {
    /// Code of the indicator.
    pub indicator: String,
    /// The organisation.
    pub organisation: Organisation,
    /// The years that can be pledged for, with what stands.
    pub years: Vec<(i64, i64)>,
    /// Whether anything was ever pledged: a change wants a reason then.
    pub changes: bool,
    /// The mark of what stands.
    pub seen: String,
    /// Every pledge, also those superseded, the newest first.
    pub history: Vec<PledgeRow>,
}

/// Reads what a form of pledges is made from.
///
/// # Errors
/// `NotFound` without the indicator or the organisation, or where nothing can be taken on for the indicator.
pub async fn read_pledge_form(
    tx: &mut Tx,
    plan: &PlanHead,
    now: Moment,
    code: &str,
    organisation: &OrganisationId,
) -> Result<PledgeForm, ServiceError> {
    let indicator = find_pledgeable(tx, plan, now, code).await?;
    let organisation = find_organisation(tx, organisation).await?.ok_or(UserError::NotFound)?;
    let history = store::list_pledges_of(tx, &indicator, &organisation.id).await?;
    let stands = standing(&history);
    let years = years_of(plan).into_iter().map(|year| (year, stands.get(&year).copied().unwrap_or(0))).collect();
    Ok(PledgeForm { indicator: code.to_owned(), organisation, years, changes: !history.is_empty(), seen: mark_state(&stands)?, history })
}

/// What stands of an organisation's pledges, by year.
fn standing(history: &[PledgeRow]) -> BTreeMap<i64, i64> {
    history.iter().filter(|row| row.superseded_at.is_none()).map(|row| (row.year, row.quantity)).collect()
}

/// The indicator with a code, if it counts units and its target asks for a number of them.
async fn find_pledgeable(tx: &mut Tx, plan: &PlanHead, now: Moment, code: &str) -> Result<IndicatorId, ServiceError> {
    let indicator = find_ruled(tx, plan, now.date_in(&plan.time_zone), code).await?;
    let asks = indicator.row.measure == Measure::Roster && needed_for(indicator.target).is_some();
    if asks { Ok(indicator.row.id) } else { Err(UserError::NotFound.into()) }
}

/// Pledges as they were typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PledgeInput {
    /// Code of the indicator.
    pub indicator: String,
    /// Id of the organisation; what an account that reports sends here is not looked at.
    pub organisation: String,
    /// The mark of what stood when the form was made.
    pub seen: String,
    /// What was typed for each year; empty and 0 are the same.
    pub quantities: BTreeMap<i64, String>,
    /// What the organisation says about it; may be empty.
    pub note: String,
    /// The document; may be empty.
    pub document: String,
    /// Why, where something is changed.
    pub reason: String,
}

impl PledgeInput {
    /// The fields of a form as it is drawn: one quantity for each year of the plan.
    pub fn from_fields(plan: &PlanHead, field: impl Fn(&str) -> String) -> Self {
        Self {
            indicator: field("indicator"),
            organisation: field("organisation"),
            seen: field("seen"),
            quantities: years_of(plan).into_iter().map(|year| (year, field(&year_field(year)))).collect(),
            note: field("note"),
            document: field("document"),
            reason: field("reason"),
        }
    }
}

/// The field of a year's quantity.
pub fn year_field(year: i64) -> String {
    format!("q{year}")
}

/// What the audit chain keeps.
#[derive(Serialize)]
struct Recorded<'a> {
    indicator: &'a str,
    organisation: &'a str,
    by_year: &'a BTreeMap<i64, i64>,
    note: &'a str,
    document: &'a str,
}

/// Records the pledges of one organisation for one indicator; each year that changes supersedes what stood. Nothing changes
/// where nothing differs.
///
/// # Errors
/// `Invalid` with every field that is not right; `Stale` when other pledges were recorded since the form was made; `NotFound`
/// without the indicator, the organisation or the right to speak for it.
pub async fn record_pledges(db: &Db, actor: &Actor, now: Moment, plan: &PlanHead, input: PledgeInput) -> Result<(), ServiceError> {
    let (actor, plan) = (actor.clone(), plan.clone());
    with_tx(db, move |tx| Box::pin(async move { record_pledges_in(tx, &actor, now, &plan, &input).await })).await
}

/// Records pledges inside a transaction.
pub(super) async fn record_pledges_in(
    tx: &mut Tx,
    actor: &Actor,
    now: Moment,
    plan: &PlanHead,
    input: &PledgeInput,
) -> Result<(), ServiceError> {
    let indicator = find_pledgeable(tx, plan, now, &input.indicator).await?;
    let organisation = speak_for(tx, actor, &input.organisation).await?;
    let history = store::list_pledges_of(tx, &indicator, &organisation.id).await?;
    let stands = standing(&history);
    check_seen(&input.seen, &stands)?;

    let mut errors = Vec::new();
    let typed = read_quantities(plan, input, &mut errors);
    let differs = |(year, quantity): &(&i64, &i64)| stands.get(*year).copied().unwrap_or(0) != **quantity;
    let changed: Vec<(i64, i64)> = typed.iter().filter(differs).map(|(year, quantity)| (*year, *quantity)).collect();
    if let (true, true, Some(first)) = (history.is_empty(), changed.is_empty() && errors.is_empty(), years_of(plan).first()) {
        errors.push(FieldError::new(year_field(*first), FieldProblem::Required));
    }
    let note = read_text("note", &input.note, MAX_SHORT_TEXT, &mut errors);
    let document = read_text("document", &input.document, MAX_SHORT_TEXT, &mut errors);
    let reason = if changed.iter().any(|(year, _)| stands.contains_key(year)) {
        read_required("reason", &input.reason, MAX_REASON, &mut errors)
    } else {
        read_text("reason", &input.reason, MAX_REASON, &mut errors)
    };
    if !errors.is_empty() {
        return Err(UserError::Invalid(errors).into());
    }
    if changed.is_empty() {
        return Ok(());
    }
    for (year, quantity) in changed {
        let id: String = make_id(now)?;
        let new = NewPledge {
            id: &id,
            indicator_id: &indicator,
            organisation_id: &organisation.id,
            year,
            quantity,
            note: &note,
            document: &document,
            reason: &reason,
            account_id: actor.account(),
            recorded_at: now.0,
        };
        store::insert_pledge(tx, new).await?;
    }
    let recorded = |by_year| Recorded {
        indicator: &input.indicator,
        organisation: organisation.id.as_str(),
        by_year,
        note: &note,
        document: &document,
    };
    let before = (!history.is_empty()).then_some(&stands);
    let change = Change { action: Action::RecordPledge, object_kind: "indicator", object_id: indicator.as_str(), reason: &reason };
    record_change(tx, &actor.author(), now, change, before, Some(&recorded(&typed))).await
}

/// The organisation an actor enters pledges for: staff any that is in use, whoever reports the own one.
async fn speak_for(tx: &mut Tx, actor: &Actor, chosen: &str) -> Result<Organisation, ServiceError> {
    let (id, is_chosen) = match actor.permission() {
        Permission::ManagePlans => (OrganisationId::from(chosen), true),
        Permission::Report => (actor.own_organisation()?.clone(), false),
        _ => return Err(UserError::NotFound.into()),
    };
    let refused = |problem| if is_chosen { UserError::field("organisation", problem) } else { UserError::NotFound };
    let organisation = find_organisation(tx, &id).await?.ok_or_else(|| refused(FieldProblem::UnknownChoice))?;
    if organisation.is_retired() { Err(refused(FieldProblem::Retired).into()) } else { Ok(organisation) }
}

/// The quantities of the plan's years; a wrong one leaves its error at the year's field.
fn read_quantities(plan: &PlanHead, input: &PledgeInput, errors: &mut Vec<FieldError>) -> BTreeMap<i64, i64> {
    let mut quantities = BTreeMap::new();
    for year in years_of(plan) {
        let typed = input.quantities.get(&year).map_or("", |typed| typed.trim());
        let problem = match parse_quantity(typed, 0, QuantityKind::Count) {
            Err(NumberError::Empty) => {
                quantities.insert(year, 0);
                continue;
            }
            Ok(quantity) if quantity.qualifier.is_some() => FieldProblem::NotExact,
            Ok(quantity) if quantity.raw > MOST_PLEDGED => FieldProblem::Number(NumberError::TooLarge),
            Ok(quantity) => {
                quantities.insert(year, quantity.raw);
                continue;
            }
            Err(problem) => FieldProblem::Number(problem),
        };
        errors.push(FieldError::new(year_field(year), problem));
    }
    quantities
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(organisation: &str, year: i64, quantity: i64, superseded_at: Option<i64>) -> PledgeRow {
        PledgeRow {
            id: format!("{organisation}{year}"),
            indicator_id: IndicatorId::from("i"),
            organisation_id: OrganisationId::from(organisation),
            organisation_zh: organisation.to_owned(),
            organisation_en: String::new(),
            year,
            quantity,
            note: String::new(),
            document: String::new(),
            reason: String::new(),
            officer: String::new(),
            recorded_at: 1,
            superseded_at,
        }
    }

    #[test]
    fn pledges_are_grouped_by_organisation_and_what_was_taken_back_is_gone() {
        let rows = vec![row("a", 2025, 20, None), row("a", 2026, 30, None), row("b", 2026, 0, None), row("c", 2027, 5, None)];
        let pledgers = group_pledges(rows, |organisation| if organisation.as_str() == "a" { 12 } else { 9 });
        let told: Vec<_> = pledgers.iter().map(|one| (one.name(Lang::Zh), one.pledged, one.held, one.delivered)).collect();
        assert_eq!(told, [("a", 50, 12, 12), ("c", 5, 9, 5)]);
    }

    #[test]
    fn what_was_superseded_no_longer_stands() {
        let history = [row("a", 2026, 30, None), row("a", 2026, 20, Some(5)), row("a", 2027, 1, None)];
        assert_eq!(standing(&history), BTreeMap::from([(2026, 30), (2027, 1)]));
    }
}
