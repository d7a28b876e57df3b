//! The page /p/{plan}/manage/rulings: how each indicator counts, who decided it, and the form to decide anew.

use leptos::prelude::*;

use super::{
    Page,
    components::{Choice, Field, area_field, date_field, form::form_for, select_field, text_field, unbroken_days},
    load_plan,
};
use crate::{
    domain::{
        number::format_raw,
        roster::Basis,
        target::TargetForm,
        words::{RulingKind, Stage},
    },
    error::UserError,
    i18n::Text,
    services::{
        rulings::{RuledIndicator, Ruling, list_ruled_indicators, read_basis},
        visit::{PlanHead, Visit},
    },
};

/// The page: all indicators, or one with its forms and history.
#[component]
pub fn RulingsPage() -> impl IntoView {
    load_plan(|visit, plan| async move {
        let mut tx = visit.shared.db.read().await?;
        let indicators = list_ruled_indicators(&mut tx, &plan, visit.today(&plan)).await?;
        let text = visit.text();
        let Some(code) = visit.query("indicator") else {
            return Ok(Page { title: text.rulings_title().to_owned(), body: show_all(&visit, &plan, &indicators) });
        };
        let indicator = indicators.iter().find(|indicator| indicator.row.code == code).ok_or(UserError::NotFound)?;
        let title = format!("{code} {}", text.rulings_title());
        Ok(Page { title, body: show_one(&visit, &plan, indicator) })
    })
}

/// A ruling's value in words.
pub(super) fn value_in_words(text: Text, ruling: &Ruling, scale: i64) -> String {
    match ruling.kind {
        RulingKind::CountingStage => {
            ruling.value.parse().map_or_else(|_| ruling.value.clone(), |stage| text.rulings_from_stage(text.stage(stage)))
        }
        RulingKind::Tolerance => {
            let number =
                ruling.value.parse().map_or_else(|_| ruling.value.clone(), |raw| format_raw(raw, u8::try_from(scale).unwrap_or(0)));
            text.rulings_tolerance_value(&number)
        }
        RulingKind::Basis => match read_basis(&ruling.value) {
            Some(Basis::Stock) => text.rulings_stock().to_owned(),
            Some(Basis::NewSince(date)) => text.rulings_new_since(&date.to_string()),
            None => ruling.value.clone(),
        },
        RulingKind::IncludesNational => if ruling.value == "yes" { text.yes() } else { text.no() }.to_owned(),
    }
}

fn default_in_words(text: Text, kind: RulingKind) -> &'static str {
    match kind {
        RulingKind::Tolerance => text.rulings_tolerance_default(),
        RulingKind::IncludesNational => text.rulings_includes_default(),
        RulingKind::CountingStage | RulingKind::Basis => text.rulings_not_ruled(),
    }
}

fn show_all(visit: &Visit, plan: &PlanHead, indicators: &[RuledIndicator]) -> AnyView {
    let text = visit.text();
    let missing = indicators.iter().filter(|indicator| indicator.lacks_stage_ruling()).count();
    let rows = indicators.iter().map(|indicator| row(visit, plan, indicator)).collect_view();
    let missing_note = (missing > 0).then(|| view! { <p class="lead"><em class="warn">{text.rulings_lead_missing(missing)}</em></p> });
    let table = if indicators.is_empty() {
        view! { <p class="empty">{text.rulings_none()}</p> }.into_any()
    } else {
        view! {
            <table class="data stack">
                <caption class="visually-hidden">{text.rulings_title()}</caption>
                <thead>
                    <tr>
                        <th scope="col">{text.stock_indicator()}</th>
                        <th scope="col">{text.rulings_target()}</th>
                        <th scope="col">{text.rulings_holds()}</th>
                        <th scope="col" class="no-print">
                            {text.manage_next()}
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        <div class="page-head">
            {crumbs(text, plan, None)}
            <h1>{text.rulings_title()}</h1>
            <p class="lead">{text.rulings_lead()}</p>
            {missing_note}
        </div>
        <section class="panel">{table}</section>
    }
    .into_any()
}

pub(super) fn crumbs(text: Text, plan: &PlanHead, between: Option<(String, &'static str)>) -> AnyView {
    view! {
        <nav class="crumbs" aria-label=text.manage_place()>
            <ol>
                <li>
                    <a href=plan.path("/manage")>{text.manage_title()}</a>
                </li>
                {between
                    .map(|(href, label)| {
                        view! {
                            <li>
                                <a href=href>{label}</a>
                            </li>
                        }
                    })}
            </ol>
        </nav>
    }
    .into_any()
}

fn row(visit: &Visit, plan: &PlanHead, indicator: &RuledIndicator) -> AnyView {
    let text = visit.text();
    let href = plan.path(&format!("/manage/rulings?indicator={}", indicator.row.code));
    let held = indicator
        .kinds()
        .into_iter()
        .map(|kind| view! { <p>{text.ruling_kind(kind)} {text.manage_colon()} {held_now(text, indicator, kind)}</p> })
        .collect_view();
    let needed = indicator.lacks_stage_ruling().then(|| {
        view! {
            " "
            <span class="badge yellow">{text.rulings_needed()}</span>
        }
    });
    view! {
        <tr>
            <th scope="row">
                <a href=href.clone()>{visit.lang.pick(&indicator.row.name_zh, &indicator.row.name_en).to_owned()}</a>
                " "
                <i>{indicator.row.code.clone()}</i>
                {needed}
            </th>
            <td data-label=text.rulings_target()>{visit.lang.pick(&indicator.wording_zh, &indicator.wording_en).to_owned()}</td>
            <td data-label=text.rulings_holds()>{held}</td>
            <td class="no-print" data-label=text.manage_next()>
                <a href=href>{text.rulings_edit()}</a>
            </td>
        </tr>
    }
    .into_any()
}

fn held_now(text: Text, indicator: &RuledIndicator, kind: RulingKind) -> AnyView {
    match indicator.current(kind) {
        Some(ruling) => view! {
            {unbroken_days(&value_in_words(text, ruling, indicator.row.scale))}
            " "
            <span class="prov">{text.provenance(ruling.provenance)}</span>
        }
        .into_any(),
        None => view! { {default_in_words(text, kind)} }.into_any(),
    }
}

fn show_one(visit: &Visit, plan: &PlanHead, indicator: &RuledIndicator) -> AnyView {
    let text = visit.text();
    let lang = visit.lang;
    let sections = indicator.kinds().into_iter().map(|kind| section(visit, plan, indicator, kind)).collect_view();
    let needed = indicator.lacks_stage_ruling().then(|| view! { <span class="badge yellow">{text.rulings_needed()}</span> });
    view! {
        <div class="page-head">
            {crumbs(text, plan, Some((plan.path("/manage/rulings"), text.rulings_title())))}
            <h1>
                {lang.pick(&indicator.row.name_zh, &indicator.row.name_en).to_owned()} " "
                <small>{indicator.row.code.clone()}</small> " " {needed}
            </h1>
            <p class="lead">
                {text.rulings_target()} {text.manage_colon()} {lang.pick(&indicator.wording_zh, &indicator.wording_en).to_owned()} " · "
                <a href=plan.path(&format!("/indicators/{}", indicator.row.code))>{text.targets_see()}</a>
            </p>
        </div>
        <div class="cols">
            <div class="stack-y">{sections}</div>
            <aside>{history(visit, plan, indicator)}</aside>
        </div>
    }
    .into_any()
}

fn section(visit: &Visit, plan: &PlanHead, indicator: &RuledIndicator, kind: RulingKind) -> AnyView {
    let text = visit.text();
    let proof = indicator.current(kind).map(|ruling| proof(visit, plan, ruling));
    let instance = format!("{}.{kind}", indicator.row.code);
    let form = form_for(visit, "record_ruling", &instance);
    // The form stands open where it is needed or has come back; elsewhere a click opens it.
    let open = form.came_back() || (kind == RulingKind::CountingStage && indicator.lacks_stage_ruling());
    let former = indicator.current(kind).map(|ruling| ruling.id.clone()).unwrap_or_default();
    let content = view! {
        <input type="hidden" name="plan" value=plan.code.clone() />
        <input type="hidden" name="indicator" value=indicator.row.code.clone() />
        <input type="hidden" name="kind" value=kind.as_str() />
        <input type="hidden" name="former" value=former />
        {value_fields(&form, indicator, kind)}
        {date_field(&form, Field { name: "decided_on", label: text.rulings_decided_on(), hint: text.date_hint(), ..Field::default() })}
        {text_field(&form, Field { name: "document", label: text.document_number(), ..Field::default() })}
        {area_field(&form, Field { name: "reason", label: text.reason(), ..Field::default() }, 3)}
        <p class="note">{text.rulings_effect()}</p>
        <div class="buttons">
            <button type="submit" class="primary">{text.rulings_save()}</button>
        </div>
    };
    view! {
        <section class="panel">
            <div class="panel-head">
                <h2>{text.ruling_kind(kind)}</h2>
            </div>
            <p>{text.rulings_holds()} {text.manage_colon()} {held_now(text, indicator, kind)}</p>
            {proof}
            <details open=open>
                <summary>{text.rulings_new(text.ruling_kind(kind))}</summary>
                {form.view("", content)}
            </details>
        </section>
    }
    .into_any()
}

fn value_fields(form: &super::components::Form, indicator: &RuledIndicator, kind: RulingKind) -> AnyView {
    let text = form.text();
    let present = indicator.current(kind).map(|ruling| ruling.value.clone()).unwrap_or_default();
    let field = Field { name: "value", label: text.rulings_value(), value: &present, ..Field::default() };
    match kind {
        RulingKind::CountingStage => {
            let stages = Stage::ALL.iter().filter(|stage| !stage.is_end());
            let choices: Vec<Choice> = stages.map(|stage| Choice::new(stage.as_str(), text.stage(*stage))).collect();
            select_field(form, field, &choices)
        }
        RulingKind::Tolerance => {
            let scale = u8::try_from(indicator.row.scale).unwrap_or(0);
            let bound = match indicator.target {
                TargetForm::About { n, .. } => format_raw(n, scale),
                _ => String::new(),
            };
            let shown = present.parse().map_or_else(|_| String::new(), |raw| format_raw(raw, scale));
            text_field(form, Field { value: &shown, hint: &text.rulings_tolerance_hint(&bound), ..field })
        }
        RulingKind::IncludesNational => {
            let choices = [Choice::new("yes", text.yes()), Choice::new("no", text.no())];
            select_field(form, field, &choices)
        }
        RulingKind::Basis => {
            let choices = [Choice::new("stock", text.rulings_stock()), Choice::new("new-since", text.rulings_new_since_choice())];
            let (word, since) = present.split_once(':').unwrap_or((&present, ""));
            let since = Field { name: "since", label: text.rulings_since(), hint: text.rulings_since_hint(), value: since, optional: true };
            view! {
                {select_field(form, Field { value: word, ..field }, &choices)}
                {date_field(form, since)}
            }
            .into_any()
        }
    }
}

/// Who decided, when, on what grounds.
fn proof(visit: &Visit, plan: &PlanHead, ruling: &Ruling) -> AnyView {
    let text = visit.text();
    let mut parts = Vec::new();
    if ruling.officer_name.is_empty() {
        parts.push(text.rulings_came_with_plan().to_owned());
    } else {
        parts.push(text.rulings_decided(&ruling.decided_on.to_string()));
        parts.push(text.rulings_by(&ruling.officer_name));
    }
    parts.extend([ruling.document.clone(), text.kept_reason(&ruling.reason)].into_iter().filter(|part| !part.is_empty()));
    if let Some(since) = ruling.superseded_at {
        let day = crate::services::moment::Moment(since).date_in(&plan.time_zone);
        parts.push(text.rulings_superseded(&day.to_string()));
    }
    view! { <p class="note">{unbroken_days(&parts.join(" · "))}</p> }.into_any()
}

fn history(visit: &Visit, plan: &PlanHead, indicator: &RuledIndicator) -> AnyView {
    let text = visit.text();
    let items = indicator
        .rulings
        .iter()
        .map(|ruling| {
            let at = crate::services::moment::Moment(ruling.recorded_at).minute_in(&plan.time_zone);
            view! {
                <li>
                    <time>{at}</time>
                    <div class="what">
                        {text.ruling_kind(ruling.kind)} {text.manage_colon()} {value_in_words(text, ruling, indicator.row.scale)} " "
                        <span class="prov">{text.provenance(ruling.provenance)}</span> {proof(visit, plan, ruling)}
                    </div>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="panel">
            <div class="panel-head">
                <h2>{text.rulings_history()}</h2>
            </div>
            <ol class="timeline">{items}</ol>
        </section>
    }
    .into_any()
}
