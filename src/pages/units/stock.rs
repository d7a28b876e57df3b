//! Stock-takes: which indicators wait for one, and the form to record it.

use jiff::civil::Date;
use leptos::prelude::*;

use super::{Tab, head};
use crate::{
    domain::{calendar::eve, words::Measure},
    error::UserError,
    i18n::Lang,
    pages::{
        Page,
        components::{Field, area_field, date_field, form::form_for, text_field},
        rulings::crumbs,
    },
    services::{
        ServiceError,
        moment::Moment,
        rulings::{RuledIndicator, StockTake, count_on_eve, list_ruled_indicators},
        visit::{PlanHead, Visit},
    },
};

pub(super) async fn load_stock(visit: &Visit, plan: &PlanHead, code: &str) -> Result<Page, ServiceError> {
    let mut tx = visit.shared.db.read().await?;
    let mut indicators = list_ruled_indicators(&mut tx, plan, visit.today(plan)).await?;
    indicators.retain(|indicator| indicator.row.measure == Measure::Roster);
    let counts = count_on_eve(&mut tx, plan, &indicators).await?;
    drop(tx);
    let text = visit.text();
    let count = |indicator: &RuledIndicator| counts.get(&indicator.row.code).copied().unwrap_or(0);
    if code == "all" {
        let rows = indicators.iter().map(|indicator| row(visit, plan, indicator, count(indicator))).collect_view();
        let eve = eve(plan.starts_on).to_string();
        let body = view! {
            {head(text, plan, text.stock_title(), text.stock_lead(), Tab::Stock)}
            <section class="panel">
                <table class="data stack">
                    <caption class="visually-hidden">{text.stock_title()}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{text.stock_indicator()}</th>
                            <th scope="col" class="num">
                                {text.stock_eve(&eve)}
                            </th>
                            <th scope="col">{text.stock_state()}</th>
                            <th scope="col" class="no-print">
                            {text.manage_next()}
                        </th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </section>
        };
        return Ok(Page { title: text.stock_title().to_owned(), body: body.into_any() });
    }
    let indicator = indicators.iter().find(|indicator| indicator.row.code == code).ok_or(UserError::NotFound)?;
    let title = text.stock_of(visit.lang.pick(&indicator.row.name_zh, &indicator.row.name_en));
    Ok(Page { title, body: show_one(visit, plan, indicator, count(indicator)) })
}

fn row(visit: &Visit, plan: &PlanHead, indicator: &RuledIndicator, count: usize) -> AnyView {
    let (text, lang) = (visit.text(), visit.lang);
    let eve = eve(plan.starts_on).to_string();
    let href = plan.path(&format!("/manage/units?stock={}", indicator.row.code));
    let state = match indicator.stock_take() {
        _ if !indicator.needs_stock_take() => view! { <span class="soft">{text.stock_not_needed()}</span> }.into_any(),
        Some(taken) => view! { {text.stock_taken(&taken.taken_on.to_string(), &taken.document)} }.into_any(),
        None => view! { <span class="badge yellow">{text.stock_missing()}</span> }.into_any(),
    };
    let next = if indicator.needs_stock_take() {
        let label = if indicator.lacks_stock_take() { text.stock_take_link() } else { text.stock_again_link() };
        view! { <a href=href>{label}</a> }.into_any()
    } else {
        view! { <span class="soft">"—"</span> }.into_any()
    };
    view! {
        <tr>
            <th scope="row">
                {lang.pick(&indicator.row.name_zh, &indicator.row.name_en).to_owned()} " " <i>{indicator.row.code.clone()}</i>
            </th>
            <td class="num" data-label=text.stock_eve(&eve)>
                <b>{if indicator.needs_stock_take() { count.to_string() } else { "0".to_owned() }}</b>
                " "
                <small>{unit_word(lang, indicator, count)}</small>
            </td>
            <td data-label=text.stock_state()>{state}</td>
            <td class="no-print" data-label=text.manage_next()>{next}</td>
        </tr>
    }
    .into_any()
}

/// The word for what is counted. That of English is plural and would not fit 1.
fn unit_word(lang: Lang, indicator: &RuledIndicator, count: usize) -> Option<String> {
    (lang == Lang::Zh || count != 1).then(|| lang.pick(&indicator.row.unit_zh, &indicator.row.unit_en).to_owned())
}

fn show_one(visit: &Visit, plan: &PlanHead, indicator: &RuledIndicator, count: usize) -> AnyView {
    let (text, lang) = (visit.text(), visit.lang);
    let eve = eve(plan.starts_on).to_string();
    let stage = indicator.rule().counting_stage;
    let recognition = indicator.counts.first().map(|counted| counted.recognition.clone()).unwrap_or_default();
    let units_href = plan.path(&format!("/manage/units?recognition={recognition}"));
    let zero = (count == 0).then(|| view! { <p>{text.stock_zero_note()}</p> });
    let form_or_note = if indicator.needs_stock_take() {
        view! { <section class="panel no-print">{stock_form(visit, plan, indicator)}</section> }.into_any()
    } else {
        let note = view! { <p class="empty">{text.stock_not_needed()}</p> };
        view! { <section class="panel">{note}</section> }.into_any()
    };
    view! {
        <div class="page-head">
            {crumbs(text, plan, Some((plan.path("/manage/units?stock=all"), text.stock_title())))}
            <h1>
                {text.stock_of(lang.pick(&indicator.row.name_zh, &indicator.row.name_en))} " "
                <small>{indicator.row.code.clone()}</small>
            </h1>
            <p class="lead">{text.stock_lead()}</p>
        </div>
        <div class="cols">
            {form_or_note}
            <aside>
                <section class="panel">
                    <p class="count">
                        {count} " " <small>{unit_word(lang, indicator, count)}</small>
                    </p>
                    <p>{text.stock_count_now(&eve)}</p>
                    <p class="note">{text.stock_rule(text.stage(stage))}</p>
                    {zero}
                    <p class="no-print">
                        <a href=units_href>{text.stock_record_first()}</a>
                    </p>
                </section>
                {history(visit, plan, &indicator.stock_takes)}
            </aside>
        </div>
    }
    .into_any()
}

fn stock_form(visit: &Visit, plan: &PlanHead, indicator: &RuledIndicator) -> AnyView {
    let text = visit.text();
    let form = form_for(visit, "take_stock", &indicator.row.code);
    let former = indicator.stock_take().map(|taken| taken.id.clone()).unwrap_or_default();
    let supersedes = (!former.is_empty()).then(|| view! { <p class="note">{text.stock_supersedes()}</p> });
    let plain = |name: &'static str, label: &'static str| Field { name, label, ..Field::default() };
    let today: Date = visit.today(plan);
    let content = view! {
        <input type="hidden" name="plan" value=plan.code.clone() />
        <input type="hidden" name="indicator" value=indicator.row.code.clone() />
        <input type="hidden" name="former" value=former />
        {date_field(&form, Field { hint: text.date_hint(), value: &today.to_string(), ..plain("taken_on", text.stock_taken_on()) })}
        {text_field(&form, Field { hint: text.stock_document_hint(), ..plain("document", text.document_number()) })}
        {area_field(&form, Field { hint: text.stock_reason_hint(), ..plain("reason", text.reason()) }, 3)}
        {supersedes}
        <div class="buttons">
            <button type="submit" class="primary">{text.stock_save()}</button>
        </div>
    };
    form.view("", content).into_any()
}

fn history(visit: &Visit, plan: &PlanHead, taken: &[StockTake]) -> AnyView {
    let text = visit.text();
    let list = if taken.is_empty() {
        view! { <p class="soft">{text.stock_history_none()}</p> }.into_any()
    } else {
        let items = taken
            .iter()
            .map(|taken| {
                let superseded = taken.superseded_at.map(|at| {
                    let day = Moment(at).date_in(&plan.time_zone).to_string();
                    view! { <p class="note">{text.rulings_superseded(&day)}</p> }
                });
                view! {
                    <li>
                        <time>{taken.taken_on.to_string()}</time>
                        <div class="what">
                            <b>{taken.document.clone()}</b>
                            <p class="note">{taken.reason.clone()}</p>
                            {superseded}
                        </div>
                        <div class="who">{text.rulings_by(&taken.officer_name)}</div>
                    </li>
                }
            })
            .collect_view();
        view! { <ol class="timeline">{items}</ol> }.into_any()
    };
    view! {
        <section class="panel">
            <div class="panel-head">
                <h2>{text.stock_history()}</h2>
            </div>
            {list}
        </section>
    }
    .into_any()
}
