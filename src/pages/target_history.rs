//! The history of an indicator's target, milestones, baseline and rulings as a table. Invariant: every row says what it set, from when
//! on, why, by which document, and who recorded it when.

use jiff::civil::Date;
use leptos::prelude::*;

use super::components::unbroken_days;
use crate::{
    domain::{
        number::{Qualifier, format_grouped},
        published::Dated,
        target::TargetForm,
        words::{Measure, Provenance},
    },
    i18n::Text,
    services::{moment::Moment, targets::TargetHistory, visit::PlanHead},
    store::{
        indicators::RulingRow,
        target_revisions::{BaselineFact, MilestoneFact, TargetFact},
    },
};

/// What the table is drawn with.
#[derive(Debug, Clone, Copy)]
pub(super) struct HistoryFrame<'a> {
    /// The catalogue.
    pub(super) text: Text,
    /// The plan.
    pub(super) plan: &'a PlanHead,
    /// The day that is shown.
    pub(super) as_of: Date,
    /// Decimal places of the indicator.
    pub(super) scale: u8,
    /// Its unit word.
    pub(super) unit: &'a str,
    /// How it is measured.
    pub(super) measure: Measure,
}

/// One row, whatever it is about.
struct Entry {
    what: String,
    value: String,
    provenance: Provenance,
    /// None where it holds from the beginning.
    effective_on: Option<Date>,
    reason: String,
    document: String,
    officer: String,
    recorded_at: i64,
    superseded_at: Option<i64>,
}

/// All rows, the newest first.
pub(super) fn history_table(frame: HistoryFrame<'_>, history: &TargetHistory, rulings: &[RulingRow]) -> AnyView {
    let text = frame.text;
    let mut entries: Vec<Entry> = history.targets.iter().map(|row| target_entry(text, row)).collect();
    entries.extend(history.milestones.iter().map(|row| milestone_entry(frame, row)));
    entries.extend(history.baselines.iter().map(|row| baseline_entry(frame, row)));
    entries.extend(rulings.iter().map(|row| ruling_entry(text, row)));
    entries.sort_by_key(|entry| (std::cmp::Reverse(entry.recorded_at), std::cmp::Reverse(entry.effective_on)));
    let rows = entries.into_iter().map(|entry| show(frame, entry)).collect_view();
    view! {
        <div class="scroll-x" tabindex="0" role="region" aria-label=text.revision_heading()>
            <table class="data stack dense">
                <caption class="visually-hidden">{text.revision_heading()}</caption>
                <thead>
                    <tr>
                        <th scope="col">{text.history_what()}</th>
                        <th scope="col">{text.history_value()}</th>
                        <th scope="col">{text.history_effective()}</th>
                        <th scope="col">{text.history_reason()}</th>
                        <th scope="col">{text.history_officer()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn value_of(frame: HistoryFrame<'_>, raw: i64) -> String {
    stated(frame, raw, None)
}

/// A value with its unit word; a rank as a position.
fn stated(frame: HistoryFrame<'_>, raw: i64, qualifier: Option<Qualifier>) -> String {
    match frame.measure {
        Measure::Rank => frame.text.figure_value(frame.measure, raw, frame.scale, qualifier, (frame.unit, frame.unit)),
        _ => frame.text.stated_value(raw, frame.scale, qualifier, frame.unit),
    }
}

fn target_entry(text: Text, row: &TargetFact) -> Entry {
    Entry {
        what: text.history_target().to_owned(),
        value: match (text.lang.pick(&row.wording_zh, &row.wording_en), row.form.0) {
            // What sets no number sets no day for it either.
            (wording, TargetForm::Unquantified) => wording.to_owned(),
            (wording, _) => format!("{wording}{}{}", text.comma(), row.target_on),
        },
        provenance: row.provenance,
        effective_on: Some(row.effective_on),
        reason: row.reason.clone(),
        document: row.document.clone(),
        officer: row.officer.clone(),
        recorded_at: row.recorded_at,
        superseded_at: row.superseded_at,
    }
}

fn milestone_entry(frame: HistoryFrame<'_>, row: &MilestoneFact) -> Entry {
    Entry {
        what: frame.text.history_milestone(&row.on_date.to_string()),
        value: if row.dropped == 1 { frame.text.history_dropped().to_owned() } else { value_of(frame, row.value) },
        provenance: row.provenance,
        effective_on: Some(row.effective_on),
        reason: row.reason.clone(),
        document: row.document.clone(),
        officer: row.officer.clone(),
        recorded_at: row.recorded_at,
        superseded_at: row.superseded_at,
    }
}

fn baseline_entry(frame: HistoryFrame<'_>, row: &BaselineFact) -> Entry {
    let qualifier = row.qualifier.as_deref().and_then(|word| word.parse().ok());
    // A day that the document does not give is not shown.
    let day = match row.dated.parse() {
        Ok(Dated::Year) => frame.text.published_year(row.on_date.year()),
        Ok(Dated::Undated) => frame.text.published_undated().to_owned(),
        _ => row.on_date.to_string(),
    };
    Entry {
        what: frame.text.history_baseline(&day),
        value: stated(frame, row.value, qualifier),
        provenance: row.provenance,
        // Rows from before baselines had an effective date hold from the beginning.
        effective_on: Some(row.effective_on).filter(|on| on.year() > 1),
        reason: row.reason.clone(),
        document: row.document.clone(),
        officer: row.officer.clone(),
        recorded_at: row.recorded_at,
        superseded_at: row.superseded_at,
    }
}

fn ruling_entry(text: Text, row: &RulingRow) -> Entry {
    Entry {
        what: text.ruling_kind(row.kind).to_owned(),
        value: text.ruling_value(row.kind, &row.value),
        provenance: row.provenance,
        effective_on: None,
        reason: row.reason.clone(),
        document: row.document.clone(),
        officer: row.officer.clone(),
        recorded_at: row.recorded_at,
        superseded_at: row.superseded_at,
    }
}

fn show(frame: HistoryFrame<'_>, entry: Entry) -> AnyView {
    let text = frame.text;
    let state = match (entry.superseded_at, entry.effective_on) {
        (Some(at), _) => {
            let day = Moment(at).date_in(&frame.plan.time_zone).to_string();
            Some(view! { " " <span class="badge grey">{text.history_replaced(&day)}</span> }.into_any())
        }
        (None, Some(on)) if on > frame.as_of => Some(view! { " " <span class="badge blue">{text.history_not_yet()}</span> }.into_any()),
        _ => None,
    };
    let effective = entry.effective_on.map_or_else(|| text.history_always().to_owned(), |on| on.to_string());
    let officer = if entry.officer.is_empty() { text.from_plan_file().to_owned() } else { text.by_officer(&entry.officer) };
    let document = (!entry.document.is_empty()).then(|| view! { <p class="note">{entry.document}</p> });
    let recorded = Moment(entry.recorded_at).minute_in(&frame.plan.time_zone);
    view! {
        <tr>
            <th scope="row">{entry.what}</th>
            <td data-label=text.history_value()>
                {unbroken_days(&entry.value)} " " <span class="prov">{text.provenance(entry.provenance)}</span> {state}
            </td>
            <td class="nowrap" data-label=text.history_effective()>
                {effective}
            </td>
            <td data-label=text.history_reason()>
                {text.kept_reason(&entry.reason)}
                {document}
            </td>
            <td data-label=text.history_officer()>
                {officer} <p class="note">{recorded}</p>
            </td>
        </tr>
    }
    .into_any()
}

/// A number with its unit, for lists of milestones.
pub(super) fn number_with_unit(text: Text, raw: i64, scale: u8, unit: &str) -> String {
    if unit.is_empty() { format_grouped(raw, scale) } else { text.stated_value(raw, scale, None, unit) }
}
