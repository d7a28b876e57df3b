//! One indicator: where it stands and why, its path, how it counts, and the named units behind every number.

use std::sync::Arc;

use leptos::prelude::*;

use super::{
    Page,
    components::{
        AsOf,
        indicator_table::{Frame, against_original, against_switch, worded},
        pager, proof_links, schedule_light,
    },
    indicator_facts::facts_panel,
    indicator_path::path_panel,
    indicator_values::values_panel,
    load_plan, path_parameter,
    pledges::indicator_panel,
    published::{self, published_panel},
    target_history::{HistoryFrame, history_table},
};
use crate::{
    error::UserError,
    i18n::Text,
    services::{
        ServiceError,
        indicators::{IndicatorPage as Contents, IndicatorQuery, NamedUnit, UnitsShown, read_indicator},
        plan_view::IndicatorView,
        pledges::{Deliveries, read_pledges},
        published::{is_unquantified, read_published},
        visit::PlanHead,
    },
};

/// The page.
#[component]
pub fn IndicatorPage() -> impl IntoView {
    let code = path_parameter("code");
    load_plan(|visit, plan| async move {
        let text = visit.text();
        let as_of = AsOf::read(&visit, &plan);
        let shown = visit.query("units").and_then(|word| word.parse().ok()).unwrap_or(UnitsShown::Counted);
        let page = visit.query("page").and_then(|number| number.parse().ok()).unwrap_or(1);
        let query = IndicatorQuery { code: &code, clocks: as_of.clocks(), shown, page };
        let path = format!("/indicators/{code}");
        let mut contents = match read_indicator(&visit.shared, &plan, &visit.viewer(), query).await {
            Err(ServiceError::Refused(UserError::NotFound)) if as_of.known_at.is_some() => {
                return as_of.not_known_page(text, plan.path(&path)).ok_or(UserError::NotFound.into());
            }
            contents => contents?,
        };
        let against = against_original(&visit);
        if against {
            contents.view = Arc::new(contents.view.against_originals());
        }
        let indicator = contents.indicator();
        let revised = against || indicator.original.is_some();
        let mut tx = visit.shared.db.read().await?;
        let book = read_pledges(&mut tx, &contents.view, Deliveries::Of(&indicator.id)).await?;
        let published = read_published(&mut tx, &contents.view).await?.remove(&indicator.id);
        let unquantified = is_unquantified(indicator.target.as_ref().map(|target| target.form));
        // What documents published stands in for path and light where no number is to be reached.
        let stated = published.as_ref().filter(|_| unquantified);
        let frame = Frame::new(&visit, &plan, &as_of);
        let kept = [("against", if against { "original" } else { "" }.to_owned())];
        let name = indicator.name(text.lang).to_owned();
        let area = contents.view.areas.iter().find(|area| area.code == indicator.area_code);
        let body = view! {
            <div class="page-head">
                <nav class="crumbs" aria-label=text.crumbs_label()>
                    <ol>
                        <li>
                            <a href=as_of.link(&plan, "/cockpit")>{text.nav_cockpit()}</a>
                        </li>
                        <li>
                            <a href=as_of.link(&plan, "/indicators")>{text.nav_indicators()}</a>
                        </li>
                        {area.map(|area| view! { <li>{area.code.clone()} " · " {area.short(text.lang).to_owned()}</li> })}
                        <li>{indicator.code.clone()}</li>
                    </ol>
                </nav>
                <h1>{name.clone()} <small>{indicator.code.clone()}</small></h1>
                <div class="actions">{as_of.form(text, plan.path(&path), &kept)}</div>
                <p class="lead">{stated.map_or_else(|| lead(&frame, indicator), |published| published::lead(text, indicator, published))}</p>
                {stated.is_none().then(|| frame.kinds(indicator))}
            </div>
            {as_of.note(text, indicator.entries_since)}
            {revised.then(|| against_switch(&visit))}
            <div class="cols">
                <div>
                    {published_panel(text, indicator, published.as_ref())}
                    {stated.is_none().then(|| path_panel(text, &contents.view, indicator))}
                    {behind_the_number(&frame, &contents, stated.is_some())}
                    {history_panel(&frame, &contents)}
                </div>
                <aside>
                    {facts_panel(&frame, indicator)}
                    {indicator_panel(&visit, &frame, &contents.view, &book, indicator)} {tasks_panel(&frame, &contents)}
                </aside>
            </div>
        };
        Ok(Page { title: format!("{name} {code}"), body: body.into_any() })
    })
}

/// The light and the sentence behind it.
fn lead(frame: &Frame<'_>, indicator: &IndicatorView) -> AnyView {
    let text = frame.text;
    let actual = indicator.actual.map(|actual| {
        let value = worded(indicator, text.lang).value(actual);
        view! { {text.indicator_lead_reached(&value)} }
    });
    let original = indicator.original.as_ref().map(|(target, judgement)| {
        let sentence = text.light_reason(&judgement.reason, worded(indicator, text.lang));
        view! {
            " "
            <span class="soft">
                {text.revision_original(target.wording(text.lang))} " " {schedule_light(text, judgement)} " " {sentence} {text.full_stop()}
            </span>
        }
    });
    view! {
        {schedule_light(text, &indicator.judgement)}
        " "
        {actual}
        {frame.reason(indicator)}
        {text.full_stop().trim_end()}
        {original}
    }
    .into_any()
}

/// The rows behind the number: units, or values. Where published figures stand in for a number to reach, only what was stated beside
/// them.
fn behind_the_number(frame: &Frame<'_>, contents: &Contents, published_stand_in: bool) -> Option<AnyView> {
    match &contents.values {
        None => Some(units_panel(frame, contents)),
        Some(values) if published_stand_in && !values.has_statements() => None,
        Some(values) => Some(values_panel(frame, contents.indicator(), values)),
    }
}

/// Every revision and ruling, with the way to revise for whoever may.
fn history_panel(frame: &Frame<'_>, contents: &Contents) -> AnyView {
    let (text, indicator) = (frame.text, contents.indicator());
    let history = HistoryFrame {
        text,
        plan: frame.plan,
        as_of: frame.as_of.date,
        scale: indicator.scale,
        unit: indicator.unit(text.lang),
        measure: indicator.measure,
    };
    let revise = frame.manages.then(|| {
        let href = frame.plan.path(&format!("/manage/targets/{}", indicator.code));
        view! { <a class="no-print" href=href>{text.targets_revise()}</a> }
    });
    view! {
        <section class="panel">
            <div class="panel-head">
                <h2 id="revisions">{text.revision_heading()}</h2>
                {revise}
            </div>
            {history_table(history, &contents.history, &contents.rulings)}
        </section>
    }
    .into_any()
}

fn tasks_panel(frame: &Frame<'_>, contents: &Contents) -> AnyView {
    let text = frame.text;
    let items = contents
        .tasks
        .iter()
        .map(|task| {
            let lead = text.lang.pick(&task.lead_zh, &task.lead_en);
            let lead = if lead.is_empty() { text.linked_no_lead().to_owned() } else { text.linked_lead(lead) };
            view! {
                <li>
                    <a href=frame.as_of.link(frame.plan, &format!("/tasks/{}", task.code))>
                        {task.code.clone()} " " {text.lang.pick(&task.title_zh, &task.title_en).to_owned()}
                    </a>
                    <p class="meta">{lead}</p>
                </li>
            }
        })
        .collect_view();
    let content = if contents.tasks.is_empty() {
        view! { <p class="note">{text.linked_none()}</p> }.into_any()
    } else {
        view! { <ul class="queue">{items}</ul> }.into_any()
    };
    view! {
        <section class="panel">
            <h2>{text.linked_heading()}</h2>
            {content}
        </section>
    }
    .into_any()
}

/// The named units behind the numbers, one page of one of the three lists.
fn units_panel(frame: &Frame<'_>, contents: &Contents) -> AnyView {
    let text = frame.text;
    let indicator = contents.indicator();
    let waiting = i64::try_from(indicator.awaiting.len()).unwrap_or(i64::MAX);
    let counted = indicator.rule.as_ref().and(indicator.actual).unwrap_or(0);
    let tabs = [
        (UnitsShown::Counted, text.listed_counted(), counted),
        (UnitsShown::Pipeline, text.listed_pipeline(), indicator.pipeline),
        (UnitsShown::Awaiting, text.listed_awaiting(), waiting),
    ]
    .into_iter()
    .map(|(which, words, count)| {
        let current = (which == contents.shown).then_some("true");
        view! {
            <a href=frame.units(indicator, which.as_str()) aria-current=current>
                {words}
                " "
                <small>{count}</small>
            </a>
        }
    })
    .collect_view();
    let shown = contents.shown;
    let link = |page: i64| frame.as_of.link(frame.plan, &format!("/indicators/{}?units={shown}&page={page}#units", indicator.code));
    view! {
        <section class="panel">
            <h2 id="units">{text.listed_heading()}</h2>
            <nav class="tabs no-print" aria-label=text.listed_heading()>
                {tabs}
            </nav>
            {units_table(text, frame.plan, frame.as_of, contents)}
            {pager(text, contents.page, contents.pages, contents.total, link)}
        </section>
    }
    .into_any()
}

fn units_table(text: Text, plan: &PlanHead, as_of: &AsOf, contents: &Contents) -> AnyView {
    let indicator = contents.indicator();
    if contents.units.is_empty() {
        let (title, lead) = match contents.shown {
            UnitsShown::Counted => (text.listed_none_counted(), text.listed_none_counted_lead()),
            UnitsShown::Pipeline => (text.listed_none_pipeline(), text.listed_none_pipeline_lead()),
            UnitsShown::Awaiting => (text.listed_none_awaiting(), text.listed_none_awaiting_lead()),
        };
        return view! {
            <div class="empty">
                <strong>{title}</strong>
                <p>{lead}</p>
            </div>
        }
        .into_any();
    }
    let rows = contents.units.iter().map(|unit| unit_row(text, plan, as_of, indicator, unit)).collect_view();
    view! {
        <div class="scroll-x" tabindex="0" role="region" aria-label=text.listed_heading()>
            <table class="data stack dense">
                <caption class="visually-hidden">{text.listed_heading()}</caption>
                <thead>
                    <tr>
                        <th scope="col">{text.listed_name()}</th>
                        <th scope="col">{text.listed_holder()}</th>
                        <th scope="col">{text.listed_stage()}</th>
                        <th scope="col">{text.listed_date()}</th>
                        <th scope="col">{text.listed_document()}</th>
                        <th scope="col">{text.listed_proof()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn unit_row(text: Text, plan: &PlanHead, as_of: &AsOf, indicator: &IndicatorView, unit: &NamedUnit) -> AnyView {
    let name = unit.name(text.lang).to_owned();
    let head = match &unit.unit {
        Some(id) => view! { <a href=as_of.link(plan, &format!("/roster/{id}"))>{name}</a> }.into_any(),
        None => view! { <b>{name}</b> }.into_any(),
    };
    let level = unit.level.map(|level| text.level(level));
    let kind = indicator
        .kinds
        .iter()
        .find(|kind| indicator.kinds.len() > 1 && kind.recognition == unit.recognition)
        .map(|kind| text.lang.pick(&kind.name_zh, &kind.name_en).to_owned());
    let said = [level.map(str::to_owned), kind].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let state = unit.state.map(|state| view! { " " <span class="badge blue">{text.report_state_word(state)}</span> });
    let document = if unit.document.is_empty() { "—".to_owned() } else { unit.document.clone() };
    view! {
        <tr>
            <th scope="row">
                {head} <i>{unit.code.clone()}</i> {(!said.is_empty()).then(|| view! { <br /> <small class="soft">{said}</small> })}
            </th>
            <td data-label=text.listed_holder()>{unit.holder(text.lang).to_owned()}</td>
            <td data-label=text.listed_stage()>{text.stage(unit.stage)} {state}</td>
            <td class="nowrap" data-label=text.listed_date()>
                {unit.on.to_string()}
            </td>
            <td data-label=text.listed_document()>{document}</td>
            <td data-label=text.listed_proof()>{proof_links(text, plan, &unit.proof)}</td>
        </tr>
    }
    .into_any()
}
