//! Rulings: recorded decisions on how an indicator counts. Invariant: a ruling is superseded, never changed, and the
//! rollups follow it in the same transaction.

mod set_up;
mod stock_takes;

use std::collections::HashMap;

use jiff::civil::Date;
use serde::Serialize;

pub use set_up::{SetUp, read_set_up};
pub(super) use stock_takes::take_stock_in;
pub use stock_takes::{StockTakeInput, count_on_eve, take_stock};

pub use crate::store::rulings::{Ruling, StockTake};

use super::{
    ServiceError,
    access::Actor,
    moment::{Moment, make_id},
    rollups::refresh_indicator,
    roster::{MAX_REASON, read_past_date},
    trail::{Action, Change, record_change},
    visit::PlanHead,
};
use crate::{
    domain::{
        calendar::{DateError, parse_date},
        fields::{FieldError, FieldProblem, read_required},
        ids::IndicatorId,
        number::{NumberError, QuantityKind, parse_quantity},
        report_form::MAX_SHORT_TEXT,
        roster::{Basis, CountedRecognition, RosterRule},
        target::TargetForm,
        words::{Level, Measure, Provenance, RulingKind, Stage},
    },
    error::UserError,
    store::{
        Db, Tx, plan_files,
        rulings::{self as store, NewRuling},
        with_tx,
    },
};

/// An indicator with everything that decides how it counts.
#[derive(Debug, Clone)]
pub struct RuledIndicator {
    /// The indicator.
    pub row: plan_files::IndicatorRow,
    /// The wording of its target today, in Chinese.
    pub wording_zh: String,
    /// The wording in English.
    pub wording_en: String,
    /// Its typed target today.
    pub target: TargetForm,
    /// What it counts.
    pub counts: Vec<CountedRecognition>,
    /// Every ruling, the newest first.
    pub rulings: Vec<Ruling>,
    /// Every stock-take, the newest first.
    pub stock_takes: Vec<StockTake>,
}

impl RuledIndicator {
    /// The ruling that holds.
    pub fn current(&self, kind: RulingKind) -> Option<&Ruling> {
        self.rulings.iter().find(|ruling| ruling.kind == kind && ruling.superseded_at.is_none())
    }

    /// The stock-take that holds.
    pub fn stock_take(&self) -> Option<&StockTake> {
        self.stock_takes.iter().find(|taken| taken.superseded_at.is_none())
    }

    /// What can be ruled on: a tolerance where the target says "about", national ones where a municipal level is counted.
    pub fn kinds(&self) -> Vec<RulingKind> {
        let is_roster = self.row.measure == Measure::Roster;
        let counts_municipal = self.counts.iter().any(|counted| counted.level == Some(Level::Municipal));
        let applies = |kind: &RulingKind| match kind {
            RulingKind::CountingStage | RulingKind::Basis => is_roster,
            RulingKind::Tolerance => matches!(self.target, TargetForm::About { .. }),
            RulingKind::IncludesNational => is_roster && counts_municipal,
        };
        RulingKind::ALL.iter().copied().filter(applies).collect()
    }

    /// Whether its light stays grey until the stage is ruled on.
    pub fn lacks_stage_ruling(&self) -> bool {
        self.row.needs_stage_ruling == 1
            && self.current(RulingKind::CountingStage).is_none_or(|ruling| ruling.provenance == Provenance::Derived)
    }

    /// Whether it counts all that exist, so that its baseline waits for a stock-take.
    pub fn needs_stock_take(&self) -> bool {
        self.row.measure == Measure::Roster && self.rule().basis == Basis::Stock
    }

    /// Whether that stock-take is missing.
    pub fn lacks_stock_take(&self) -> bool {
        self.needs_stock_take() && self.stock_take().is_none()
    }

    /// How it counts, by the rulings that hold.
    pub fn rule(&self) -> RosterRule {
        let value = |kind| self.current(kind).map(|ruling| ruling.value.as_str());
        RosterRule {
            counts: self.counts.clone(),
            counting_stage: value(RulingKind::CountingStage).and_then(|word| word.parse().ok()).unwrap_or(Stage::Recognised),
            basis: value(RulingKind::Basis).and_then(read_basis).unwrap_or(Basis::Stock),
            includes_national: value(RulingKind::IncludesNational) == Some("yes"),
        }
    }
}

/// A basis as a ruling's value carries it: `stock` or `new-since:2025-01-01`.
pub fn read_basis(value: &str) -> Option<Basis> {
    match value.strip_prefix("new-since:") {
        Some(date) => date.parse().ok().map(Basis::NewSince),
        None => (value == "stock").then_some(Basis::Stock),
    }
}

/// The indicators of a plan with their rulings and stock-takes; `today` picks the revision of each target.
pub async fn list_ruled_indicators(tx: &mut Tx, plan: &PlanHead, today: Date) -> Result<Vec<RuledIndicator>, ServiceError> {
    let mut rulings = group(store::list_rulings(tx, &plan.id).await?, |ruling| &ruling.indicator_id);
    let mut stock_takes = group(store::list_stock_takes(tx, &plan.id).await?, |taken| &taken.indicator_id);
    let mut counted = group(plan_files::list_counted(tx, &plan.id).await?, |counted| &counted.indicator_id);
    let mut targets = group(store::list_target_revisions(tx, &plan.id).await?, |target| &target.indicator_id);
    let indicators = plan_files::list_indicators(tx, &plan.id).await?;
    Ok(indicators
        .into_iter()
        .filter(|row| !row.is_retired())
        .map(|row| {
            let revisions = targets.remove(&row.id).unwrap_or_default();
            let current = revisions.iter().rfind(|revision| revision.effective_on <= today).or_else(|| revisions.first());
            let counts = counted.remove(&row.id).unwrap_or_default();
            RuledIndicator {
                wording_zh: current.map(|revision| revision.wording_zh.clone()).unwrap_or_default(),
                wording_en: current.map(|revision| revision.wording_en.clone()).unwrap_or_default(),
                target: current.map_or(TargetForm::Unquantified, |revision| revision.form.0),
                counts: counts.into_iter().map(|row| CountedRecognition { recognition: row.recognition, level: row.level }).collect(),
                rulings: rulings.remove(&row.id).unwrap_or_default(),
                stock_takes: stock_takes.remove(&row.id).unwrap_or_default(),
                row,
            }
        })
        .collect())
}

fn group<Row>(rows: Vec<Row>, indicator: fn(&Row) -> &IndicatorId) -> HashMap<IndicatorId, Vec<Row>> {
    rows.into_iter().fold(HashMap::new(), |mut groups: HashMap<IndicatorId, Vec<Row>>, row| {
        groups.entry(indicator(&row).clone()).or_default().push(row);
        groups
    })
}

/// The indicator with a code.
pub(super) async fn find_ruled(tx: &mut Tx, plan: &PlanHead, today: Date, code: &str) -> Result<RuledIndicator, ServiceError> {
    let found = list_ruled_indicators(tx, plan, today).await?.into_iter().find(|indicator| indicator.row.code == code);
    Ok(found.ok_or(UserError::NotFound)?)
}

/// A ruling as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RulingInput {
    /// Code of the indicator.
    pub indicator: String,
    /// What it decides.
    pub kind: String,
    /// Id of the ruling that held when the form was made; empty for none.
    pub former: String,
    /// A stage, a whole number, `stock` or `new-since`, `yes` or `no`, by kind.
    pub value: String,
    /// The day of `new-since`.
    pub since: String,
    /// Of which day the decision is.
    pub decided_on: String,
    /// The document.
    pub document: String,
    /// Why.
    pub reason: String,
}

/// What the audit chain keeps of a ruling.
#[derive(Serialize)]
struct Recorded<'a> {
    indicator: &'a str,
    kind: RulingKind,
    value: &'a str,
    provenance: Provenance,
    document: &'a str,
    decided_on: Date,
}

/// Records a ruling, which supersedes the one before it, and counts again by it.
///
/// # Errors
/// `Invalid` with every field that is not right; `Stale` when another ruling was recorded since the form was made;
/// `NotFound` without the indicator; `WrongState` for a kind that says nothing about it.
pub async fn record_ruling(db: &Db, actor: &Actor, now: Moment, plan: &PlanHead, input: RulingInput) -> Result<(), ServiceError> {
    let (actor, plan) = (actor.clone(), plan.clone());
    with_tx(db, move |tx| Box::pin(async move { record_ruling_in(tx, &actor, now, &plan, &input).await })).await
}

/// Records a ruling inside a transaction.
pub(super) async fn record_ruling_in(
    tx: &mut Tx,
    actor: &Actor,
    now: Moment,
    plan: &PlanHead,
    input: &RulingInput,
) -> Result<(), ServiceError> {
    let today = now.date_in(&plan.time_zone);
    let indicator = find_ruled(tx, plan, today, &input.indicator).await?;
    let kind: RulingKind = input.kind.parse().map_err(|_| UserError::WrongState)?;
    if !indicator.kinds().contains(&kind) {
        return Err(UserError::WrongState.into());
    }
    let former = indicator.current(kind);
    if former.map_or("", |former| former.id.as_str()) != input.former {
        return Err(UserError::Stale.into());
    }
    let mut errors = Vec::new();
    let value = read_value(kind, input, indicator.target, indicator.row.scale, &mut errors);
    let decided_on = read_past_date("decided_on", &input.decided_on, today, &mut errors);
    let document = read_required("document", &input.document, MAX_SHORT_TEXT, &mut errors);
    let reason = read_required("reason", &input.reason, MAX_REASON, &mut errors);
    let (Some(value), Some(decided_on), true) = (value, decided_on, errors.is_empty()) else {
        return Err(UserError::Invalid(errors).into());
    };
    let id: String = make_id(now)?;
    let new = NewRuling {
        id: &id,
        indicator_id: &indicator.row.id,
        kind,
        value: &value,
        reason: &reason,
        document: &document,
        decided_on,
        officer_id: actor.account(),
        recorded_at: now.0,
    };
    store::insert_ruling(tx, new).await?;
    refresh_indicator(tx, &indicator.row.id).await?;
    let code = indicator.row.code.as_str();
    let recorded = Recorded { indicator: code, kind, value: &value, provenance: Provenance::Commission, document: &document, decided_on };
    let before = former.map(|former| Recorded {
        indicator: code,
        kind,
        value: &former.value,
        provenance: former.provenance,
        document: &former.document,
        decided_on: former.decided_on,
    });
    let object_id = indicator.row.id.as_str();
    let change = Change { action: Action::RecordRuling, object_kind: "indicator", object_id, reason: &reason };
    record_change(tx, &actor.author(), now, change, before.as_ref(), Some(&recorded)).await
}

/// The decision as it is stored; none with an error at `value` or `since`.
fn read_value(kind: RulingKind, input: &RulingInput, target: TargetForm, scale: i64, errors: &mut Vec<FieldError>) -> Option<String> {
    let typed = input.value.trim();
    if typed.is_empty() {
        errors.push(FieldError::new("value", FieldProblem::Required));
        return None;
    }
    let (field, problem) = match (kind, typed) {
        (RulingKind::CountingStage, word) => match word.parse::<Stage>() {
            Ok(stage) if !stage.is_end() => return Some(stage.to_string()),
            _ => ("value", FieldProblem::UnknownChoice),
        },
        (RulingKind::IncludesNational, "yes" | "no") | (RulingKind::Basis, "stock") => return Some(typed.to_owned()),
        (RulingKind::Basis, "new-since") => match parse_date(&input.since) {
            Ok(date) => return Some(format!("new-since:{date}")),
            Err(DateError::Empty) => ("since", FieldProblem::Required),
            Err(error) => ("since", FieldProblem::Date(error)),
        },
        (RulingKind::IncludesNational | RulingKind::Basis, _) => ("value", FieldProblem::UnknownChoice),
        (RulingKind::Tolerance, _) => match read_tolerance(typed, target, scale) {
            Ok(raw) => return Some(raw.to_string()),
            Err(problem) => ("value", problem),
        },
    };
    errors.push(FieldError::new(field, problem));
    None
}

/// A tolerance in units of 10^-scale: at least 0 and less than the number it belongs to, or everything would be reached.
fn read_tolerance(typed: &str, target: TargetForm, scale: i64) -> Result<i64, FieldProblem> {
    let quantity = parse_quantity(typed, u8::try_from(scale).unwrap_or(0), QuantityKind::Count).map_err(FieldProblem::Number)?;
    if quantity.qualifier.is_some() {
        return Err(FieldProblem::NotExact);
    }
    match target {
        TargetForm::About { n, .. } if quantity.raw >= n => Err(FieldProblem::Number(NumberError::TooLarge)),
        _ => Ok(quantity.raw),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_fits_its_kind() {
        let about = TargetForm::About { n: 15, tolerance: 0 };
        for (kind, value, since, stored) in [
            (RulingKind::CountingStage, "approved", "", Some("approved")),
            (RulingKind::CountingStage, "revoked", "", None),
            (RulingKind::CountingStage, "立项", "", None),
            (RulingKind::Tolerance, "１", "", Some("1")),
            (RulingKind::Tolerance, "0", "", Some("0")),
            (RulingKind::Tolerance, "14", "", Some("14")),
            (RulingKind::Tolerance, "15", "", None),
            (RulingKind::Tolerance, "-1", "", None),
            (RulingKind::Tolerance, "1.5", "", None),
            (RulingKind::Tolerance, "近1", "", None),
            (RulingKind::Basis, "stock", "", Some("stock")),
            (RulingKind::Basis, "new-since", "2025年1月1日", Some("new-since:2025-01-01")),
            (RulingKind::Basis, "new-since", "", None),
            (RulingKind::Basis, "all", "", None),
            (RulingKind::IncludesNational, "yes", "", Some("yes")),
            (RulingKind::IncludesNational, "perhaps", "", None),
            (RulingKind::IncludesNational, " ", "", None),
        ] {
            let input = RulingInput { value: value.to_owned(), since: since.to_owned(), ..RulingInput::default() };
            let mut errors = Vec::new();
            assert_eq!(read_value(kind, &input, about, 0, &mut errors).as_deref(), stored, "{kind} {value}");
            assert_eq!(errors.is_empty(), stored.is_some(), "{kind} {value}");
        }
    }

    #[test]
    fn a_basis_is_read_as_it_is_written() {
        for (text, basis) in [
            ("stock", Some(Basis::Stock)),
            ("new-since:2025-01-01", Some(Basis::NewSince(jiff::civil::date(2025, 1, 1)))),
            ("new-since:", None),
            ("", None),
        ] {
            assert_eq!(read_basis(text), basis, "{text}");
        }
    }
}
