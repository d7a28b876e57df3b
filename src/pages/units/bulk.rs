//! Units from a table: pasted or uploaded, checked, then recorded as a whole. Invariant: what is recorded is what the check showed.

use leptos::prelude::*;

use super::{Tab, head};
use crate::{
    domain::roster_rows::Column,
    i18n::{Lang, Text},
    pages::{
        Page,
        components::{Field, Form, area_field, form, text_field},
    },
    services::{
        ServiceError,
        imports::roster::{AddedUnit, RosterCheck, check_roster},
        visit::{PlanHead, Visit},
    },
};

/// Faults, and units, that are listed; of more only the number is said.
const LISTED: usize = 200;
/// A table up to this length, in bytes, comes back into its field; a larger one stays on the server.
const MOST_IN_FIELD: usize = 100_000;

pub(super) async fn load_bulk(visit: &Visit, plan: &PlanHead) -> Result<Page, ServiceError> {
    let text = visit.text();
    let form = form(visit, "check_units");
    let rows = form.value("rows", "");
    let check = if form.came_back() && !rows.trim().is_empty() {
        let mut tx = visit.shared.db.read().await?;
        Some(check_roster(&mut tx, rows.as_bytes(), visit.today(plan), visit.now).await?)
    } else {
        None
    };
    let is_large = rows.len() > MOST_IN_FIELD;
    let result = check.as_ref().map(|check| result_panel(text, check));
    let body = view! {
        {head(text, plan, text.bulk_title(), text.bulk_lead(), Tab::Bulk)}
        {result}
        <div class="cols">
            <section class="panel no-print">{rows_form(visit, plan, form, check.as_ref(), is_large)}</section>
            <aside>{columns_panel(text)}</aside>
        </div>
    };
    Ok(Page { title: text.bulk_title().to_owned(), body: body.into_any() })
}

fn rows_form(visit: &Visit, plan: &PlanHead, form: Form, check: Option<&RosterCheck>, is_large: bool) -> AnyView {
    let text = visit.text();
    let can_be_recorded = check.is_some_and(RosterCheck::can_be_recorded);
    let rows = if is_large {
        let parked = visit.query("form").unwrap_or_default();
        let count = check.map_or(0, |check| check.rows);
        view! {
            <input type="hidden" name="parked" value=parked />
            <p class="note">{text.bulk_kept(count)}</p>
        }
        .into_any()
    } else {
        area_field(&form, Field { name: "rows", label: text.bulk_rows(), hint: text.bulk_rows_hint(), ..Field::default() }, 14)
    };
    let reason = Field { name: "reason", label: text.bulk_reason(), hint: text.bulk_reason_hint(), ..Field::default() };
    let check_class = if can_be_recorded { "secondary" } else { "primary" };
    let record = can_be_recorded.then(|| {
        view! {
            <button type="submit" class="primary" formaction="/fn/record_units">
                {text.bulk_record()}
            </button>
        }
    });
    let check_again = (!is_large).then(|| {
        view! {
            <button type="submit" class=check_class>
                {text.bulk_check()}
            </button>
        }
    });
    let upload = view! {
        <button type="submit" class="secondary" formaction=plan.path("/manage/rows") formenctype="multipart/form-data">
            {text.bulk_upload()}
        </button>
    };
    let content = view! {
        <input type="hidden" name="plan" value=plan.code.clone() />
        {rows}
        {file_field(&form)}
        {text_field(&form, reason)}
        <div class="buttons">{record} {check_again} {upload}</div>
    };
    form.view("", content).into_any()
}

/// A file in place of what is pasted: in the same form, so that neither loses the other.
fn file_field(form: &Form) -> AnyView {
    let text = form.text();
    let error = form.error_at("file");
    let class = if error.is_some() { "field has-error" } else { "field" };
    let invalid = error.is_some().then_some("true");
    view! {
        <div class=class>
            <label for="check_units-file">{text.bulk_file_field()}</label>
            <p class="hint" id="bulk-file-hint">
                {text.bulk_file_hint()}
            </p>
            <input id="check_units-file" name="file" type="file" accept=".csv,text/csv" aria-describedby="bulk-file-hint" aria-invalid=invalid />
            {error.map(|sentence| view! { <p class="error-text">{sentence}</p> })}
        </div>
    }
    .into_any()
}

fn columns_panel(text: Text) -> AnyView {
    let items = Column::ALL
        .iter()
        .map(|column| {
            // Both are understood; an English page has no use for the Chinese one.
            let head = (text.lang == Lang::Zh).then(|| column.head_zh());
            view! {
                <div>
                    <dt>
                        {head.map(|head| view! { <code>{head}</code> " " })} <code>{column.as_str()}</code>
                    </dt>
                    <dd>{text.row_column(*column)}</dd>
                </div>
            }
        })
        .collect_view();
    view! {
        <section class="panel">
            <h2>{text.bulk_columns()}</h2>
            <dl class="kv">{items}</dl>
        </section>
    }
    .into_any()
}

fn result_panel(text: Text, check: &RosterCheck) -> AnyView {
    let content = if check.faults.is_empty() {
        let said = if check.new_steps == 0 {
            text.bulk_result_nothing(check.unchanged)
        } else {
            text.bulk_result_good(check.new_units, check.new_steps, check.unchanged)
        };
        view! {
            <p class="notice info">{said}</p>
            {added_table(text, check)}
        }
        .into_any()
    } else {
        view! {
            <p class="notice warn">{text.bulk_result_bad(check.faults.len())}</p>
            {faults_table(text, check)}
        }
        .into_any()
    };
    view! {
        <section class="panel" aria-labelledby="bulk-result">
            <h2 id="bulk-result">{text.bulk_result()}</h2>
            {content}
        </section>
    }
    .into_any()
}

fn faults_table(text: Text, check: &RosterCheck) -> AnyView {
    let rows = check
        .faults
        .iter()
        .take(LISTED)
        .map(|fault| {
            view! {
                <tr>
                    <th scope="row" class="num">
                        {fault.line}
                    </th>
                    <td data-label=text.bulk_fault_column()>{fault.column.clone()}</td>
                    <td data-label=text.bulk_fault()>{text.row_fault(&fault.fault)}</td>
                </tr>
            }
        })
        .collect_view();
    let more = check.faults.len().saturating_sub(LISTED);
    view! {
        <table class="data stack dense">
            <caption class="visually-hidden">{text.bulk_result()}</caption>
            <thead>
                <tr>
                    <th scope="col">{text.bulk_line()}</th>
                    <th scope="col">{text.bulk_fault_column()}</th>
                    <th scope="col">{text.bulk_fault()}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
        {(more > 0).then(|| view! { <p class="note">{text.bulk_more(more)}</p> })}
    }
    .into_any()
}

fn added_table(text: Text, check: &RosterCheck) -> Option<AnyView> {
    if check.added.is_empty() {
        return None;
    }
    let rows = check.added.iter().take(LISTED).map(|unit| added_row(text, check, unit)).collect_view();
    let more = check.added.len().saturating_sub(LISTED);
    Some(
        view! {
            <table class="data stack dense">
                <caption class="visually-hidden">{text.bulk_added()}</caption>
                <thead>
                    <tr>
                        <th scope="col">{text.bulk_line()}</th>
                        <th scope="col">{text.units_unit()}</th>
                        <th scope="col">{text.units_holder()}</th>
                        <th scope="col">{text.units_recognitions()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            {(more > 0).then(|| view! { <p class="note">{text.bulk_more_units(more)}</p> })}
        }
        .into_any(),
    )
}

fn added_row(text: Text, check: &RosterCheck, unit: &AddedUnit) -> AnyView {
    let steps = unit
        .steps
        .iter()
        .map(|(place, level, step)| {
            let kind = check.kinds.get(*place).map_or("", |kind| text.lang.pick(&kind.name_zh, &kind.name_en)).to_owned();
            let level = level.map_or("", |level| text.level(level));
            view! { <p>{level} " " {kind} " " <b>{text.stage(step.stage)}</b> " " <small class="soft">{step.on.to_string()}</small></p> }
        })
        .collect_view();
    let state = if unit.is_new { text.bulk_new_unit() } else { text.bulk_moves_on() };
    view! {
        <tr>
            <td class="num" data-label=text.bulk_line()>
                {unit.line}
            </td>
            <th scope="row">{unit.name.clone()} " " <span class="badge blue">{state}</span> <p class="soft">{text.unit_kind(unit.kind)}</p></th>
            <td data-label=text.units_holder()>{unit.holder.clone()}</td>
            <td data-label=text.units_recognitions()>{steps}</td>
        </tr>
    }
    .into_any()
}
