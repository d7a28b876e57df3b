//! The page /p/{plan}/manage/units: units that exist already, their further stages, and stock-takes.

mod bulk;
mod corrections;
mod detail;
mod stock;

use leptos::prelude::*;

use super::{
    Page,
    components::{Choice, Field, Form, area_field, date_field, form, select_field, text_field, unbroken_days},
    load_plan,
    rulings::crumbs,
};
use crate::{
    domain::{
        roster::RecognitionHistory,
        words::{Level, Stage},
    },
    error::UserError,
    i18n::{Lang, Text},
    services::{
        moment::Moment,
        roster::{ListedUnit, PAGE_LENGTH, RecognitionKind, UnitList, UnitOptions, read_unit_list, read_unit_options},
        visit::{PlanHead, Visit},
    },
};

/// The page: the form and the list, one unit, or the stock-takes.
#[component]
pub fn UnitsPage() -> impl IntoView {
    load_plan(|visit, plan| async move {
        if let Some(unit) = visit.query("unit") {
            return detail::load_unit(&visit, &plan, &unit).await;
        }
        if let Some(code) = visit.query("stock") {
            return stock::load_stock(&visit, &plan, &code).await;
        }
        if visit.query("bulk").is_some() {
            return bulk::load_bulk(&visit, &plan).await;
        }
        let mut tx = visit.shared.db.read().await?;
        let options = read_unit_options(&mut tx, &plan).await?;
        let filter = visit.query("recognition").unwrap_or_default();
        let page = visit.query("page").and_then(|page| page.parse().ok()).unwrap_or(1).clamp(1, 1_000_000);
        let list = read_unit_list(&mut tx, &filter, page).await?;
        drop(tx);
        let text = visit.text();
        let body = view! {
            {head(text, &plan, text.units_title(), text.units_lead(), Tab::Record)}
            {entry_panel(&visit, &plan, &options, &filter)}
            {list_panel(&visit, &plan, &options, &list, &filter, page)}
        };
        Ok(Page { title: text.units_title().to_owned(), body: body.into_any() })
    })
}

/// A view of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tab {
    Record,
    Bulk,
    Stock,
}

/// The head that all views of the page share.
fn head(text: Text, plan: &PlanHead, title: &'static str, lead: &'static str, tab: Tab) -> AnyView {
    let current = |own: Tab| (tab == own).then_some("page");
    view! {
        <div class="page-head">
            {crumbs(text, plan, None)} <h1>{title}</h1> <p class="lead">{lead}</p>
            <nav class="tabs" aria-label=text.manage_view_label()>
                <a href=plan.path("/manage/units") aria-current=current(Tab::Record)>{text.units_tab_record()}</a>
                <a href=plan.path("/manage/units?bulk=1") aria-current=current(Tab::Bulk)>{text.units_tab_bulk()}</a>
                <a href=plan.path("/manage/units?stock=all") aria-current=current(Tab::Stock)>{text.units_tab_stock()}</a>
            </nav>
        </div>
    }
    .into_any()
}

/// A recognition's name in a language.
fn recognition_name(lang: Lang, kinds: &[RecognitionKind], code: &str) -> String {
    kinds.iter().find(|kind| kind.code == code).map_or_else(|| code.to_owned(), |kind| lang.pick(&kind.name_zh, &kind.name_en).to_owned())
}

/// The choices of stages, with or without the ends.
fn stage_choices(text: Text, ends: bool) -> Vec<Choice> {
    Stage::ALL.iter().filter(|stage| ends || !stage.is_end()).map(|stage| Choice::new(stage.as_str(), text.stage(*stage))).collect()
}

fn level_choices(text: Text) -> Vec<Choice> {
    Level::ALL.iter().map(|level| Choice::new(level.as_str(), text.level(*level))).collect()
}

/// Document and reason, which every entry of staff names.
fn proof_fields(form: &Form) -> AnyView {
    let text = form.text();
    let document = Field { name: "document", label: text.document_number(), hint: text.units_document_hint(), ..Field::default() };
    let reason = Field { name: "reason", label: text.reason(), hint: text.units_reason_hint(), ..Field::default() };
    view! {
        {text_field(form, document)}
        {area_field(form, reason, 2)}
    }
    .into_any()
}

/// Where the name is taken: a link to whoever was first.
fn first_unit(form: &Form, plan: &PlanHead) -> Option<AnyView> {
    let Some(UserError::Taken { unit: Some(unit), .. }) = form.error() else { return None };
    let href = plan.path(&format!("/manage/units?unit={unit}"));
    let text = form.text();
    Some(
        view! {
            <p>
                <a href=href>{text.units_see_first()}</a>
            </p>
        }
        .into_any(),
    )
}

fn entry_panel(visit: &Visit, plan: &PlanHead, options: &UnitOptions, filter: &str) -> AnyView {
    let text = visit.text();
    if options.holders.is_empty() {
        return view! {
            <section class="panel">
                <div class="empty">
                    <strong>{text.units_new()}</strong>
                    <p>{text.units_no_holders()}</p>
                    <p class="actions">
                        <a class="button" href="/admin/organisations">{text.manage_organisations_next()}</a>
                    </p>
                </div>
            </section>
        }
        .into_any();
    }
    let form = form(visit, "record_unit");
    let content = entry_fields(visit, plan, options, filter, &form);
    view! {
        <section class="panel no-print">
            <div class="panel-head">
                <h2>{text.units_new()}</h2>
            </div>
            {form.view("", content)}
        </section>
    }
    .into_any()
}

fn entry_fields(visit: &Visit, plan: &PlanHead, options: &UnitOptions, filter: &str, form: &Form) -> AnyView {
    let (text, lang) = (visit.text(), visit.lang);
    let recognitions: Vec<Choice> = options
        .recognitions
        .iter()
        .map(|(kind, codes)| {
            let name = lang.pick(&kind.name_zh, &kind.name_en);
            let label =
                if codes.is_empty() { name.to_owned() } else { text.manage_in_brackets(name, &codes.join(text.manage_separator())) };
            Choice::new(kind.code.clone(), label)
        })
        .collect();
    let holders: Vec<Choice> =
        options.holders.iter().map(|holder| Choice::new(holder.id.as_str(), lang.pick(&holder.name_zh, &holder.name_en))).collect();
    let plain = |name: &'static str, label: &'static str| Field { name, label, ..Field::default() };
    let optional = |name: &'static str, label: &'static str| Field { name, label, optional: true, ..Field::default() };
    let recognition = Field { hint: text.units_recognition_hint(), value: filter, ..plain("recognition", text.units_recognition()) };
    let extra = ["name_en", "code", "district", "partners", "admitted"];
    let show_extra = form.error().is_some_and(|error| matches!(error, UserError::Taken { .. }))
        || extra.iter().any(|name| form.error_at(name).is_some() || !form.value(name, "").is_empty());
    view! {
        <input type="hidden" name="plan" value=plan.code.clone() />
        {first_unit(form, plan)}
        <div class="field-row">
            {select_field(form, recognition, &recognitions)}
            {select_field(form, Field { hint: text.units_level_hint(), ..optional("level", text.units_level()) }, &level_choices(text))}
        </div>
        {text_field(form, Field { hint: text.units_name_hint(), ..plain("name", text.units_name()) })}
        {select_field(form, plain("holder", text.units_holder()), &holders)}
        <div class="field-row">
            {select_field(form, plain("stage", text.units_stage()), &stage_choices(text, false))}
            {date_field(form, Field { hint: text.date_hint(), ..plain("stage_date", text.units_stage_date()) })}
        </div>
        {proof_fields(form)}
        <details open=show_extra>
            <summary>{text.units_optional_fields()}</summary>
            <div class="stack-y">
                {text_field(form, optional("name_en", text.units_name_en()))} {text_field(form, optional("code", text.units_code()))}
                {text_field(form, Field { hint: text.units_district_hint(), ..optional("district", text.units_district()) })}
                {text_field(form, optional("partners", text.units_partners()))}
                {text_field(form, Field { hint: text.units_admitted_hint(), ..optional("admitted", text.units_admitted()) })}
            </div>
        </details>
        <div class="buttons">
            <button type="submit" class="primary">{text.units_save()}</button>
        </div>
    }
    .into_any()
}

fn list_panel(visit: &Visit, plan: &PlanHead, options: &UnitOptions, list: &UnitList, filter: &str, page: i64) -> AnyView {
    let text = visit.text();
    let kinds: Vec<RecognitionKind> = options.recognitions.iter().map(|(kind, _)| kind.clone()).collect();
    let table = if list.units.is_empty() {
        view! {
            <div class="empty">
                <strong>{text.units_empty()}</strong>
                <p>{text.units_empty_note()}</p>
            </div>
        }
        .into_any()
    } else {
        let rows = list.units.iter().map(|listed| list_row(visit, plan, &kinds, listed)).collect_view();
        view! {
            <table class="data stack">
                <caption class="visually-hidden">{text.units_list()}</caption>
                <thead>
                    <tr>
                        <th scope="col">{text.units_unit()}</th>
                        <th scope="col">{text.units_holder()}</th>
                        <th scope="col">{text.units_recognitions()}</th>
                        <th scope="col">{text.units_recorded()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            {pager(text, plan, list, filter, page)}
        }
        .into_any()
    };
    view! {
        <section class="panel">
            <div class="panel-head">
                <h2>{text.units_list()}</h2>
                <span class="soft">{text.units_list_note(list.units.len(), list.matching)}</span>
            </div>
            {filters(visit, plan, &kinds, list, filter)}
            {table}
        </section>
    }
    .into_any()
}

fn filters(visit: &Visit, plan: &PlanHead, kinds: &[RecognitionKind], list: &UnitList, filter: &str) -> AnyView {
    let (text, lang) = (visit.text(), visit.lang);
    let links = kinds
        .iter()
        .filter_map(|kind| {
            let (_, count) = list.by_recognition.iter().find(|(code, _)| *code == kind.code)?;
            let href = plan.path(&format!("/manage/units?recognition={}", kind.code));
            let current = (kind.code == filter).then_some("true");
            Some(view! {
                <a href=href aria-current=current>
                    {lang.pick(&kind.name_zh, &kind.name_en).to_owned()}
                    " "
                    <small>{*count}</small>
                </a>
            })
        })
        .collect_view();
    view! {
        <nav class="filters" aria-label=text.units_filter()>
            <span>{text.units_filter()}</span>
            <a href=plan.path("/manage/units") aria-current=filter.is_empty().then_some("true")>
                {text.all()} " " <small>{list.total}</small>
            </a>
            {links}
        </nav>
    }
    .into_any()
}

fn list_row(visit: &Visit, plan: &PlanHead, kinds: &[RecognitionKind], listed: &ListedUnit) -> AnyView {
    let (text, lang) = (visit.text(), visit.lang);
    let unit = &listed.unit;
    let href = plan.path(&format!("/manage/units?unit={}", unit.id));
    let code = (!unit.code.is_empty()).then(|| {
        view! {
            " "
            <i>{unit.code.clone()}</i>
        }
    });
    let recognitions = listed
        .recognitions
        .iter()
        .map(|history| view! { <p>{unbroken_days(&history_line(text, lang, kinds, history))}</p> })
        .collect_view();
    view! {
        <tr>
            <th scope="row">
                <a href=href>{lang.pick(&unit.name_zh, &unit.name_en).to_owned()}</a>
                {code}
                <p class="soft">{text.unit_kind(unit.kind)}</p>
            </th>
            <td data-label=text.units_holder()>{lang.pick(&unit.holder_zh, &unit.holder_en).to_owned()}</td>
            <td data-label=text.units_recognitions()>{recognitions}</td>
            <td data-label=text.units_recorded() class="nowrap">
                {Moment(unit.created_at).minute_in(&plan.time_zone)}
            </td>
        </tr>
    }
    .into_any()
}

/// One recognition in a line: name, level, last stage and its day.
fn history_line(text: Text, lang: Lang, kinds: &[RecognitionKind], history: &RecognitionHistory) -> String {
    let name = recognition_name(lang, kinds, &history.kind);
    let level = history.level.map(|level| format!(" · {}", text.level(level))).unwrap_or_default();
    match history.steps.last() {
        Some(step) => text.manage_pair(&format!("{name}{level}"), &format!("{} {}", text.stage(step.stage), step.on)),
        None => text.manage_pair(&format!("{name}{level}"), text.units_none_yet()),
    }
}

fn pager(text: Text, plan: &PlanHead, list: &UnitList, filter: &str, page: i64) -> Option<AnyView> {
    let last = (list.matching + PAGE_LENGTH - 1) / PAGE_LENGTH;
    if last <= 1 {
        return None;
    }
    let href = |number: i64| {
        let filter = if filter.is_empty() { String::new() } else { format!("recognition={filter}&") };
        plan.path(&format!("/manage/units?{filter}page={number}"))
    };
    let link = |number: i64, label: &'static str| {
        view! {
            <li>
                <a href=href(number)>{label}</a>
            </li>
        }
    };
    let previous = (page > 1).then(|| link(page - 1, text.units_page_previous()));
    let next = (page < last).then(|| link(page + 1, text.units_page_next()));
    Some(
        view! {
            <nav class="pager" aria-label=text.units_pages()>
                <span>{page} " / " {last}</span>
                <ul>{previous} {next}</ul>
            </nav>
        }
        .into_any(),
    )
}
