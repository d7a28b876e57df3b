//! `bihuan import values`: values of flow, level and rank indicators from a table. Invariant: all rows come in or none, each with its
//! document; a value that differs supersedes the one that held.

use std::{collections::BTreeMap, fmt};

use jiff::civil::Date;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{
    ImportError, OrganisationNames, RowProblem,
    table::{Row, read_table},
};
use crate::{
    domain::{
        calendar::{calendar_period, parse_date},
        fields::{FieldProblem, clean_text},
        ids::{IndicatorId, OrganisationId},
        number::{Qualifier, format_grouped},
        report::ValidValue,
        report_form::MAX_SHORT_TEXT,
        value_entry::{ValueRule, read_cell},
        words::Measure,
    },
    i18n::{Lang, Text},
    services::{
        ServiceError,
        access::Author,
        moment::{Moment, make_id},
        plans::list_plan_heads,
        trail::{Action, Change, NOTHING, record_change},
        visit::PlanHead,
    },
    store::{
        Db, Tx,
        audit::hex,
        plan_files::{IndicatorRow, list_indicators},
        values::{HeldValue, ImportedValue, insert_imported_value, list_held_values},
        with_tx,
    },
};

/// The columns of the file.
pub const COLUMNS: [&str; 6] = ["plan", "indicator", "org", "period_end", "value", "document"];

/// How a row stands to what holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Difference {
    /// Nothing held.
    New,
    /// The same value by the same document holds.
    Unchanged,
    /// Another one held, which this one supersedes.
    Changed {
        /// What held, in words.
        before: String,
    },
}

/// One row as it would come in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ValueChange {
    /// Line of the file.
    pub line: u64,
    /// Code of the plan.
    pub plan: String,
    /// Code of the indicator.
    pub indicator: String,
    /// Chinese name of the organisation.
    pub organisation: String,
    /// End of the period.
    pub period_end: Date,
    /// The value in words.
    pub value: String,
    /// The document.
    pub document: String,
    /// How it differs.
    pub difference: Difference,
}

impl fmt::Display for ValueChange {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { plan, indicator, organisation, period_end, value, .. } = self;
        match &self.difference {
            Difference::New => write!(out, "new: {plan} {indicator}, {organisation}, {period_end}: {value}"),
            Difference::Unchanged => write!(out, "unchanged: {plan} {indicator}, {organisation}, {period_end}: {value}"),
            Difference::Changed { before } => {
                write!(out, "changed: {plan} {indicator}, {organisation}, {period_end}: {before} -> {value}")
            }
        }
    }
}

/// What a file brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedValues {
    /// Every row.
    pub rows: Vec<ValueChange>,
    /// Whether it was only tried.
    pub dry_run: bool,
}

impl ImportedValues {
    /// How many rows are new, changed and unchanged.
    pub fn counts(&self) -> (usize, usize, usize) {
        self.rows.iter().fold((0, 0, 0), |(new, changed, unchanged), row| match row.difference {
            Difference::New => (new + 1, changed, unchanged),
            Difference::Changed { .. } => (new, changed + 1, unchanged),
            Difference::Unchanged => (new, changed, unchanged + 1),
        })
    }
}

impl fmt::Display for ImportedValues {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in self.rows.iter().filter(|row| row.difference != Difference::Unchanged) {
            writeln!(out, "{row}")?;
        }
        let (new, changed, unchanged) = self.counts();
        let done = if self.dry_run { "nothing is written: " } else { "" };
        write!(out, "{done}{new} new, {changed} changed, {unchanged} unchanged")
    }
}

/// A row that can come in.
struct ReadyRow {
    indicator: IndicatorId,
    organisation: OrganisationId,
    value: ValidValue,
    change: ValueChange,
}

/// Takes a file of values in; with `dry_run` it only says what it would do.
///
/// # Errors
/// Every faulty row with line, column and reason; nothing is written then.
pub async fn import_values(db: &Db, bytes: Vec<u8>, now: Moment, dry_run: bool) -> Result<ImportedValues, ImportError> {
    let rows = read_table(&bytes, &COLUMNS, &[])?;
    if dry_run {
        let mut tx = db.read().await?;
        let ready = check_rows(&mut tx, &rows, now).await?;
        return Ok(ImportedValues { rows: ready.into_iter().map(|row| row.change).collect(), dry_run });
    }
    let sha256 = hex(&Sha256::digest(&bytes));
    with_tx(db, move |tx| Box::pin(async move { write_rows(tx, &rows, &sha256, now).await })).await
}

async fn write_rows(tx: &mut Tx, rows: &[Row], sha256: &str, now: Moment) -> Result<ImportedValues, ImportError> {
    let ready = check_rows(tx, rows, now).await?;
    for row in ready.iter().filter(|row| row.change.difference != Difference::Unchanged) {
        let id: String = make_id(now)?;
        let new = ImportedValue {
            id: &id,
            indicator: &row.indicator,
            organisation: &row.organisation,
            period_end: row.change.period_end,
            value: &row.value,
            document: &row.change.document,
            recorded_at: now.0,
        };
        insert_imported_value(tx, new).await?;
    }
    let imported = ImportedValues { rows: ready.into_iter().map(|row| row.change).collect(), dry_run: false };
    let written: Vec<&ValueChange> = imported.rows.iter().filter(|row| row.difference != Difference::Unchanged).collect();
    if !written.is_empty() {
        let change = Change { action: Action::ImportValues, object_kind: "values", object_id: sha256, reason: "" };
        record_change(tx, &Author::command_line(), now, change, NOTHING, Some(&written)).await?;
    }
    Ok(imported)
}

/// A plan with its indicators and the values that hold.
struct KnownPlan {
    head: PlanHead,
    today: Date,
    indicators: BTreeMap<String, (IndicatorRow, ValueRule)>,
    held: Vec<HeldValue>,
}

async fn read_plans(tx: &mut Tx, rows: &[Row], now: Moment) -> Result<BTreeMap<String, KnownPlan>, ServiceError> {
    let mut plans = BTreeMap::new();
    for head in list_plan_heads(tx).await? {
        if !rows.iter().any(|row| row.get("plan") == head.code) {
            continue;
        }
        let indicators = list_indicators(tx, &head.id).await?;
        let with_rule = |row: IndicatorRow| {
            let rule = ValueRule::new(row.measure, row.scale, (&row.unit_zh, &row.unit_en), row.fraction == 1);
            (row.code.clone(), (row, rule))
        };
        let known = KnownPlan {
            today: now.date_in(&head.time_zone),
            indicators: indicators.into_iter().map(with_rule).collect(),
            held: list_held_values(tx, &head.id).await?,
            head,
        };
        plans.insert(known.head.code.clone(), known);
    }
    Ok(plans)
}

async fn check_rows(tx: &mut Tx, rows: &[Row], now: Moment) -> Result<Vec<ReadyRow>, ImportError> {
    let plans = read_plans(tx, rows, now).await?;
    let organisations = OrganisationNames::read(tx).await?;
    let (mut ready, mut problems): (Vec<ReadyRow>, Vec<RowProblem>) = (Vec::new(), Vec::new());
    for row in rows {
        let before = problems.len();
        let read = read_row(row, &plans, &organisations, &mut problems);
        let Some((read, one_body_only)) = read.filter(|_| problems.len() == before) else { continue };
        check_beside(row, &read, one_body_only, &ready, &plans, &mut problems);
        ready.push(read);
    }
    if problems.is_empty() { Ok(ready) } else { Err(ImportError::Faulty(problems)) }
}

/// One row within itself, and whether only one body may state its value.
fn read_row(
    row: &Row,
    plans: &BTreeMap<String, KnownPlan>,
    organisations: &OrganisationNames,
    problems: &mut Vec<RowProblem>,
) -> Option<(ReadyRow, bool)> {
    let plan = plans.get(row.get("plan"));
    if plan.is_none() {
        problems.push(row.problem("plan", format!("there is no plan “{}”", row.get("plan"))));
    }
    let organisation = organisations.find(row.get("org")).map_err(|reason| problems.push(row.problem("org", reason))).ok();
    let document = clean_text(row.get("document"));
    if document.is_empty() {
        problems.push(row.problem("document", "names no document"));
    } else if document.chars().count() > MAX_SHORT_TEXT {
        problems.push(row.problem("document", format!("is longer than {MAX_SHORT_TEXT} characters")));
    }
    let plan = plan?;
    let period_end = read_period_end(row, plan, problems);
    let code = row.get("indicator");
    let Some((indicator, rule)) = plan.indicators.get(code) else {
        problems.push(row.problem("indicator", format!("plan {} has no indicator “{code}”", plan.head.code)));
        return None;
    };
    if indicator.measure == Measure::Roster {
        problems.push(row.problem("indicator", format!("{code} counts named units; its values follow from the roster")));
        return None;
    }
    let value = read_cell(code, row.get("value"), rule).map_err(|problem| problems.push(row.problem("value", say(&problem)))).ok();
    let (organisation, period_end, value) = (organisation?, period_end?, value?);
    let held = plan.held.iter().rfind(|held| held.is_for(&indicator.id, &organisation.id, period_end));
    let difference = match held {
        None => Difference::New,
        Some(held) if held.says(&value) && held.document == document => Difference::Unchanged,
        Some(held) => Difference::Changed { before: held.in_words(rule) },
    };
    let change = ValueChange {
        line: row.line,
        plan: plan.head.code.clone(),
        indicator: code.to_owned(),
        organisation: organisation.name_zh.clone(),
        period_end,
        value: in_words(value.raw, value.qualifier, value.parts, rule),
        document,
        difference,
    };
    let one_body_only = matches!(indicator.measure, Measure::Level | Measure::Rank) && !rule.fraction;
    Some((ReadyRow { indicator: indicator.id.clone(), organisation: organisation.id.clone(), value, change }, one_body_only))
}

fn say(problem: &FieldProblem) -> String {
    let sentence = Text::new(Lang::En).field_problem(problem);
    sentence.trim_end_matches('.').to_owned()
}

fn read_period_end(row: &Row, plan: &KnownPlan, problems: &mut Vec<RowProblem>) -> Option<Date> {
    let typed = row.get("period_end");
    let date = match parse_date(typed) {
        Ok(date) => date,
        Err(error) => {
            problems.push(row.problem("period_end", format!("`{typed}` is no date: {error}")));
            return None;
        }
    };
    let end = calendar_period(date, plan.head.cadence).ends_on;
    if date > plan.today {
        problems.push(row.problem("period_end", format!("{date} has not come yet")));
    } else if date != end && date != plan.head.ends_on {
        problems.push(row.problem("period_end", format!("{date} is not the end of a {}, which would be {end}", plan.head.cadence)));
    } else {
        return Some(date);
    }
    None
}

/// One row beside the others and beside what holds: no value stands twice, and a rate or rank has one body.
fn check_beside(
    row: &Row,
    read: &ReadyRow,
    one_body_only: bool,
    ready: &[ReadyRow],
    plans: &BTreeMap<String, KnownPlan>,
    problems: &mut Vec<RowProblem>,
) {
    let same_period = |other: &&ReadyRow| other.indicator == read.indicator && other.change.period_end == read.change.period_end;
    if let Some(first) = ready.iter().filter(same_period).find(|other| other.organisation == read.organisation) {
        problems.push(row.problem("value", format!("line {} states this value already", first.change.line)));
    } else if one_body_only {
        let other = ready.iter().find(same_period).map(|other| format!("line {}", other.change.line)).or_else(|| {
            let held = &plans.get(&read.change.plan)?.held;
            let of_period = |held: &&HeldValue| held.indicator_id == read.indicator && held.period_end == read.change.period_end;
            held.iter()
                .filter(of_period)
                .any(|held| held.organisation_id.as_ref() != Some(&read.organisation))
                .then(|| "a value that holds".to_owned())
        });
        if let Some(other) = other {
            problems
                .push(row.problem("org", format!("{other} is of another organisation; such values of several bodies are never averaged")));
        }
    }
}

fn in_words(raw: i64, qualifier: Option<Qualifier>, parts: Option<(i64, i64)>, rule: &ValueRule) -> String {
    let unit = if rule.unit_en.is_empty() { &rule.unit_zh } else { &rule.unit_en };
    let said = Text::new(Lang::En).stated_value(raw, rule.scale, qualifier, unit);
    match parts {
        Some((numerator, denominator)) => format!("{said} ({} of {})", format_grouped(numerator, 0), format_grouped(denominator, 0)),
        None => said,
    }
}

impl HeldValue {
    fn is_for(&self, indicator: &IndicatorId, organisation: &OrganisationId, period_end: Date) -> bool {
        self.indicator_id == *indicator && self.organisation_id.as_ref() == Some(organisation) && self.period_end == period_end
    }

    fn says(&self, value: &ValidValue) -> bool {
        self.value == value.raw
            && self.qualifier.as_deref() == value.qualifier.map(Qualifier::as_str)
            && self.numerator.zip(self.denominator) == value.parts
    }

    fn in_words(&self, rule: &ValueRule) -> String {
        let qualifier = self.qualifier.as_deref().and_then(|word| word.parse().ok());
        in_words(self.value, qualifier, self.numerator.zip(self.denominator), rule)
    }
}
