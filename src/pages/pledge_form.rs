//! The form of pledges, and the page /p/{plan}/manage/pledges where staff enter them for any organisation.

use leptos::prelude::*;

use super::{
    Page,
    components::{Choice, Field, area_field, form_for, text_field},
    load_plan,
    rulings::crumbs,
};
use crate::{
    domain::ids::OrganisationId,
    i18n::Text,
    services::{
        moment::Moment,
        plan_view::{IndicatorView, PlanView, read_plan_view_in},
        pledges::{Deliveries, PledgeBook, PledgeForm, list_pledging_organisations, read_pledge_form, read_pledges, year_field},
        visit::{PlanHead, Visit},
    },
    store::organisations::Organisation,
};

/// The page: organisation and indicator are chosen by address, then the years are filled in.
#[component]
pub fn ManagePledgesPage() -> impl IntoView {
    load_plan(|visit, plan| async move {
        let text = visit.text();
        let mut tx = visit.shared.db.read().await?;
        let view = read_plan_view_in(&mut tx, &visit.shared.views, &plan, visit.today(&plan)).await?;
        let book = read_pledges(&mut tx, &view, Deliveries::LeftOut).await?;
        let organisations = list_pledging_organisations(&mut tx).await?;
        let chosen = match (visit.query("indicator"), visit.query("organisation")) {
            (Some(code), Some(organisation)) => {
                Some(read_pledge_form(&mut tx, &plan, visit.now, &code, &OrganisationId::from(organisation)).await?)
            }
            _ => None,
        };
        let form = chosen.as_ref().map(|chosen| {
            view! {
                <div class="cols">
                    {pledge_form(&visit, &plan, "record_pledge", view.indicator(&chosen.indicator), chosen)}
                    <aside>{history_panel(&visit, &plan, chosen)}</aside>
                </div>
            }
        });
        let body = view! {
            <div class="page-head">
                {crumbs(text, &plan, None)} <h1>{text.pledges_manage_title()}</h1>
                <p class="lead">{text.pledges_manage_lead()} " " <a href=plan.path("/pledges")>{text.pledges_all()}</a></p>
            </div>
            {choose_panel(&visit, &plan, &view, &book, &organisations)}
            {form}
        };
        Ok(Page { title: text.pledges_manage_title().to_owned(), body: body.into_any() })
    })
}

/// Chooses organisation and indicator with a plain GET form.
fn choose_panel(visit: &Visit, plan: &PlanHead, view: &PlanView, book: &PledgeBook, organisations: &[Organisation]) -> AnyView {
    let text = visit.text();
    if book.indicators.is_empty() {
        return view! {
            <section class="panel">
                <div class="empty">
                    <strong>{text.pledges_empty()}</strong>
                    <p>{text.pledges_empty_lead()}</p>
                </div>
            </section>
        }
        .into_any();
    }
    let organisations = organisations.iter().map(|one| Choice::new(one.id.to_string(), one.name(visit.lang))).collect();
    let indicators = book.indicators.iter().filter_map(|pledges| view.indicators.get(pledges.place));
    let indicators = indicators.map(|one| Choice::new(one.code.clone(), format!("{} {}", one.code, one.name(visit.lang)))).collect();
    view! {
        <section class="panel">
            <h2>{text.pledges_choose()}</h2>
            <form method="get" action=plan.path("/manage/pledges") class="form inline">
                {choice(visit, text, "organisation", text.pledges_organisation(), organisations)}
                {choice(visit, text, "indicator", text.pledges_indicator(), indicators)}
                <div class="buttons">
                    <button type="submit" class="secondary">
                        {text.show_as_of()}
                    </button>
                </div>
            </form>
        </section>
    }
    .into_any()
}

fn choice(visit: &Visit, text: Text, name: &'static str, label: &'static str, choices: Vec<Choice>) -> AnyView {
    let chosen = visit.query(name).unwrap_or_default();
    let id = format!("choose-{name}");
    let options = choices
        .into_iter()
        .map(|choice| view! { <option value=choice.value.clone() selected=choice.value == chosen>{choice.label}</option> })
        .collect_view();
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select id=id name=name>
                <option value="" selected=chosen.is_empty()>
                    {text.choose()}
                </option>
                {options}
            </select>
        </div>
    }
    .into_any()
}

/// The form of one organisation's pledges for one indicator: a field a year.
pub(super) fn pledge_form(
    visit: &Visit,
    plan: &PlanHead,
    action: &'static str,
    indicator: Option<&IndicatorView>,
    pledges: &PledgeForm,
) -> AnyView {
    let text = visit.text();
    let form = form_for(visit, action, &format!("{}-{}", pledges.indicator, pledges.organisation.id));
    let name = indicator.map_or(pledges.indicator.as_str(), |indicator| indicator.name(visit.lang));
    let unit = indicator.map_or("", |indicator| indicator.unit(visit.lang));
    let title = text.pledges_form_title(name, pledges.organisation.name(visit.lang));
    let hint = text.pledges_year_hint(unit);
    let years = pledges
        .years
        .iter()
        .enumerate()
        .map(|(place, (year, quantity))| {
            let (field, label) = (year_field(*year), text.pledges_year(*year));
            let value = if *quantity == 0 { String::new() } else { quantity.to_string() };
            let hint = if place == 0 { hint.as_str() } else { "" };
            text_field(&form, Field { name: &field, label: &label, hint, value: &value, optional: true })
        })
        .collect_view();
    let reason = pledges.changes.then(|| {
        let field = Field { name: "reason", label: text.reason(), hint: text.pledges_reason_hint(), optional: true, ..Field::default() };
        area_field(&form, field, 2)
    });
    // The organisation is chosen by staff only; for everybody else the service takes the own one.
    let organisation = pledges.organisation.id.to_string();
    let content = view! {
        <input type="hidden" name="plan" value=plan.code.clone() />
        <input type="hidden" name="indicator" value=pledges.indicator.clone() />
        <input type="hidden" name="organisation" value=organisation />
        <input type="hidden" name="seen" value=pledges.seen.clone() />
        {years}
        {text_field(&form, Field { name: "note", label: text.pledges_note(), hint: text.pledges_note_hint(), optional: true, ..Field::default() })}
        {text_field(
            &form,
            Field { name: "document", label: text.document_number(), hint: text.pledges_document_hint(), optional: true, ..Field::default() },
        )}
        {reason}
        <div class="buttons">
            <button type="submit" class="primary">
                {text.pledges_save()}
            </button>
        </div>
    };
    view! {
        <section class="panel">
            <h2 id="pledge-form">{title}</h2>
            {form.view("", content)}
        </section>
    }
    .into_any()
}

/// Every pledge of one organisation for one indicator, also those that were replaced.
pub(super) fn history_panel(visit: &Visit, plan: &PlanHead, pledges: &PledgeForm) -> AnyView {
    let text = visit.text();
    let items = pledges
        .history
        .iter()
        .map(|row| {
            let said = if row.quantity == 0 { text.pledges_taken_back(row.year) } else { text.pledges_entry(row.year, row.quantity) };
            let replaced = row.superseded_at.map(|_| view! { " " <span class="badge grey">{text.pledges_replaced()}</span> });
            let beside: Vec<&str> = [row.officer.as_str(), &row.document, &row.note].into_iter().filter(|part| !part.is_empty()).collect();
            let reason = (!row.reason.is_empty()).then(|| view! { <blockquote>{row.reason.clone()}</blockquote> });
            view! {
                <li>
                    <time>{Moment(row.recorded_at).minute_in(&plan.time_zone)}</time>
                    <span class="what">{said} {replaced}</span>
                    {reason}
                    <p class="note">{beside.join(" · ")}</p>
                </li>
            }
        })
        .collect_view();
    let content = if pledges.history.is_empty() {
        view! { <p class="note">{text.pledges_history_none()}</p> }.into_any()
    } else {
        view! { <ol class="timeline">{items}</ol> }.into_any()
    };
    view! {
        <section class="panel">
            <h2>{text.pledges_history()}</h2>
            {content}
        </section>
    }
    .into_any()
}
