//! The page /p/{plan}/pledges: who takes on what by year, what is delivered of it, and what stays ownerless.

use leptos::prelude::*;

use super::{
    Page,
    components::{
        AsOf,
        indicator_table::{Frame, worded},
    },
    load_plan,
    pledge_form::{history_panel, pledge_form},
};
use crate::{
    domain::{number::format_raw, permissions::Permission, pledges::Coverage},
    error::UserError,
    i18n::Text,
    services::{
        plan_view::{IndicatorView, PlanView, read_plan_view_in},
        pledges::{Deliveries, IndicatorPledges, PledgeBook, Pledger, read_pledge_form, read_pledges},
        visit::{PlanHead, Visit},
    },
};

/// The page: the whole book, and for whoever reports the form of one indicator for the own organisation.
#[component]
pub fn PledgesPage() -> impl IntoView {
    load_plan(|visit, plan| async move {
        let text = visit.text();
        let as_of = AsOf::read(&visit, &plan);
        let mut tx = visit.shared.db.read().await?;
        let view = read_plan_view_in(&mut tx, &visit.shared.views, &plan, as_of.clocks()).await?;
        let book = read_pledges(&mut tx, &view, Deliveries::OfAll).await?;
        let own = match (visit.query("indicator"), may_pledge(&visit)) {
            (Some(code), true) => {
                let identity = visit.identity()?;
                let organisation = identity.organisation().ok_or(UserError::NotFound)?;
                Some(read_pledge_form(&mut tx, &plan, visit.now, &code, organisation).await?)
            }
            _ => None,
        };
        let form = own.as_ref().map(|own| {
            let indicator = view.indicator(&own.indicator);
            view! {
                <div class="cols">
                    {pledge_form(&visit, &plan, "take_on_pledge", indicator, own)}
                    <aside>{history_panel(&visit, &plan, own)}</aside>
                </div>
            }
        });
        let frame = Frame::new(&visit, &plan, &as_of);
        let body = view! {
            <div class="page-head">
                <h1>{headline(text, &book)}</h1>
                <div class="actions">{as_of.form(text, plan.path("/pledges"), &[])}</div>
                <p class="lead">{text.pledges_lead()} " " {manage_link(&visit, &plan)}</p>
            </div>
            {as_of.note(text, view.entries_since + book.since)}
            {form}
            <section class="panel">{table(&visit, &frame, &view, &book)}</section>
        };
        Ok(Page { title: text.pledges_title().to_owned(), body: body.into_any() })
    })
}

/// Whether the viewer enters pledges for an organisation of its own.
fn may_pledge(visit: &Visit) -> bool {
    visit.may(Permission::Report) && visit.identity.as_ref().is_some_and(|identity| identity.organisation().is_some())
}

fn manage_link(visit: &Visit, plan: &PlanHead) -> Option<AnyView> {
    let manages = visit.may(Permission::ManagePlans);
    manages.then(|| view! { <a class="no-print" href=plan.path("/manage/pledges")>{visit.text().pledges_go_manage()}</a> }.into_any())
}

fn headline(text: Text, book: &PledgeBook) -> String {
    if book.indicators.is_empty() { text.pledges_title().to_owned() } else { text.cover_count(book.count_all()) }
}

fn table(visit: &Visit, frame: &Frame<'_>, view: &PlanView, book: &PledgeBook) -> AnyView {
    let text = frame.text;
    if book.indicators.is_empty() {
        return view! {
            <div class="empty">
                <strong>{text.pledges_empty()}</strong>
                <p>{text.pledges_empty_lead()}</p>
            </div>
        }
        .into_any();
    }
    let years = book.years.iter().map(|year| {
        let label = text.pledges_year(*year);
        view! {
            <th scope="col" class="num">
                {label}
            </th>
        }
    });
    let columns = book.years.len() + if book.has_deliveries { 6 } else { 5 };
    let areas = view.areas.iter().filter_map(|area| {
        let count = book.count(&area.indicators);
        (count.asked > 0).then(|| {
            let of_area = area.indicators.iter().filter_map(|place| Some((view.indicators.get(*place)?, book.at(*place)?)));
            let bodies = of_area.map(|(indicator, pledges)| body_of(visit, frame, book, indicator, pledges)).collect_view();
            view! {
                <tbody>
                    <tr class="area">
                        <th colspan=columns.to_string() scope="rowgroup">
                            {area.code.clone()}
                            " · "
                            {area.short(text.lang).to_owned()}
                            {text.manage_colon()}
                            <small>{text.cover_count(count)}</small>
                        </th>
                    </tr>
                </tbody>
                {bodies}
            }
        })
    });
    let delivered_head = book.has_deliveries.then(|| view! { <th scope="col" class="num">{text.pledges_delivered()}</th> });
    view! {
        <div class="scroll-x" tabindex="0" role="region" aria-label=text.pledges_title()>
            <table class="data stack dense pledges">
                <caption class="visually-hidden">{text.pledges_title()}</caption>
                <thead>
                    <tr>
                        <th scope="col">{text.pledges_by_whom()}</th>
                        <th scope="col">{text.pledges_needed()}</th>
                        {years.collect_view()}
                        <th scope="col" class="num">
                            {text.pledges_total()}
                        </th>
                        <th scope="col" class="num">
                            {text.pledges_coverage()}
                        </th>
                        {delivered_head}
                        <th scope="col" class="num ownerless">
                            {text.pledges_ownerless()}
                        </th>
                    </tr>
                </thead>
                {areas.collect_view()}
            </table>
        </div>
    }
    .into_any()
}

/// The rows of one indicator: itself, and who takes part.
fn body_of(visit: &Visit, frame: &Frame<'_>, book: &PledgeBook, indicator: &IndicatorView, pledges: &IndicatorPledges) -> AnyView {
    let text = frame.text;
    let coverage = pledges.coverage;
    let wording = indicator.target.as_ref().map(|target| target.wording(text.lang).to_owned());
    let years = year_cells(text, book, |year| pledges.of_year(year));
    let delivered = book.has_deliveries.then(|| view! { <td class="num" data-label=text.pledges_delivered()>{pledges.delivered()}</td> });
    let rows = pledges.pledgers.iter().map(|pledger| pledger_row(text, book, pledger)).collect_view();
    view! {
        <tbody>
            <tr>
                <th scope="row">
                    <a href=frame.indicator(indicator)>{indicator.name(text.lang).to_owned()}</a>
                    " "
                    <i>{indicator.code.clone()}</i>
                    {own_link(visit, frame.plan, indicator, pledges)}
                </th>
                <td data-label=text.pledges_needed()>{wording}</td>
                {years}
                <td class="num" data-label=text.pledges_total()>
                    <b>{coverage.pledged}</b>
                </td>
                <td class="num" data-label=text.pledges_coverage()>
                    {coverage.percent()}
                    "%"
                </td>
                {delivered}
                <td class="num ownerless" data-label=text.pledges_ownerless()>
                    {ownerless(text, coverage)}
                </td>
            </tr>
            {rows}
        </tbody>
    }
    .into_any()
}

fn year_cells(text: Text, book: &PledgeBook, of_year: impl Fn(i64) -> i64) -> AnyView {
    let cells = book.years.iter().map(|year| {
        let label = text.pledges_year(*year);
        let quantity = match of_year(*year) {
            0 => "—".to_owned(),
            quantity => quantity.to_string(),
        };
        view! {
            <td class="num" data-label=label>
                {quantity}
            </td>
        }
    });
    cells.collect_view().into_any()
}

/// The rest that nobody has taken on, or what is too much.
fn ownerless(text: Text, coverage: Coverage) -> AnyView {
    if coverage.over() > 0 {
        return view! { <span class="badge blue">{text.pledges_over(coverage.over())}</span> }.into_any();
    }
    match coverage.ownerless() {
        0 => view! { "0" }.into_any(),
        rest => view! { <b class="warn">{rest}</b> }.into_any(),
    }
}

fn pledger_row(text: Text, book: &PledgeBook, pledger: &Pledger) -> AnyView {
    let notes = (!pledger.notes.is_empty()).then(|| {
        view! {
            <br />
            <small class="soft">{pledger.notes.join(text.list_comma())}</small>
        }
    });
    let delivered = book.has_deliveries.then(|| {
        let holds =
            (pledger.held != pledger.delivered).then(|| view! { <small>{text.bracketed(&text.pledges_holds(pledger.held))}</small> });
        view! {
            <td class="num" data-label=text.pledges_delivered()>
                {pledger.delivered}
                " "
                {holds}
            </td>
        }
    });
    view! {
        <tr class="sub">
            <th scope="row">{pledger.name(text.lang).to_owned()} {notes}</th>
            <td></td>
            {year_cells(text, book, |year| pledger.by_year.get(&year).copied().unwrap_or(0))}
            <td class="num" data-label=text.pledges_total()>
                {pledger.pledged}
            </td>
            <td></td>
            {delivered}
            <td class="ownerless"></td>
        </tr>
    }
    .into_any()
}

/// The way to the own form.
fn own_link(visit: &Visit, plan: &PlanHead, indicator: &IndicatorView, pledges: &IndicatorPledges) -> Option<AnyView> {
    let organisation = visit.identity.as_ref().filter(|_| may_pledge(visit))?.organisation()?;
    let text = visit.text();
    let words = if pledges.of(organisation).is_some() { text.pledges_change_own() } else { text.pledges_go_own() };
    let href = plan.path(&format!("/pledges?indicator={}", indicator.code));
    Some(view! { " " <a class="no-print do" href=href>{words}</a> }.into_any())
}

/// "300 courses: 240 pledged, 60 ownerless", with who takes part, on an indicator's page.
pub(super) fn indicator_panel(
    visit: &Visit,
    frame: &Frame<'_>,
    view: &PlanView,
    book: &PledgeBook,
    indicator: &IndicatorView,
) -> Option<AnyView> {
    let text = frame.text;
    let pledges = book.of(view, &indicator.id)?;
    let needed = match text.lang {
        crate::i18n::Lang::Zh => worded(indicator, text.lang).value(pledges.coverage.needed),
        // The unit words of English are plural.
        crate::i18n::Lang::En if pledges.coverage.needed == 1 => format_raw(1, 0),
        crate::i18n::Lang::En => format!("{} {}", format_raw(pledges.coverage.needed, 0), indicator.unit_en),
    };
    let items = pledges
        .pledgers
        .iter()
        .map(|pledger| {
            let delivered = book.has_deliveries.then(|| view! { " · " {text.pledges_delivered()} " " {pledger.delivered} });
            let years: Vec<String> = pledger.by_year.iter().map(|(year, quantity)| text.pledges_entry(*year, *quantity)).collect();
            view! {
                <li>
                    {pledger.name(text.lang).to_owned()} <p class="meta">
                        {text.pledges_total()} " " {pledger.pledged} {text.bracketed(&years.join(text.list_comma()))} {delivered}
                    </p>
                </li>
            }
        })
        .collect_view();
    let list = if pledges.pledgers.is_empty() {
        view! { <p class="note">{text.pledges_none_for_indicator()}</p> }.into_any()
    } else {
        view! { <ul class="queue">{items}</ul> }.into_any()
    };
    let class = if pledges.coverage.ownerless() > 0 { "warn" } else { "ok" };
    Some(
        view! {
            <section class="panel">
                <h2>{text.pledges_title()}</h2>
                <p>
                    <em class=class>{text.coverage_sentence(pledges.coverage, &needed)}</em>
                </p>
                {list}
                                <p>
                    <a href=frame.as_of.link(frame.plan, "/pledges")>{text.pledges_all()}</a>
                    {own_link(visit, frame.plan, indicator, pledges)}
                </p>
            </section>
        }
        .into_any(),
    )
}

/// The line below a target in the list of indicators.
pub(super) fn coverage_line(text: Text, book: &PledgeBook, view: &PlanView, indicator: &IndicatorView) -> Option<AnyView> {
    let pledges = book.of(view, &indicator.id)?;
    Some(
        view! {
            <br />
            <small class="soft">{text.coverage_brief(pledges.coverage)}</small>
        }
        .into_any(),
    )
}
