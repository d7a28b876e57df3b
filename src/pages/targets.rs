//! The pages /p/{plan}/manage/targets and …/targets/{code}: every target with its milestones and baseline, and the forms that revise
//! them.

mod forms;

use jiff::civil::Date;
use leptos::prelude::*;

use super::{
    Page, load_plan, path_parameter,
    rulings::crumbs,
    target_history::{HistoryFrame, history_table, number_with_unit},
};
use crate::{
    i18n::Text,
    services::{
        targets::{BaselineKind, RevisableTarget, find_revisable, list_revisable},
        visit::{PlanHead, Visit},
    },
};

/// The list.
#[component]
pub fn TargetsPage() -> impl IntoView {
    load_plan(|visit, plan| async move {
        let today = visit.today(&plan);
        let mut tx = visit.shared.db.read().await?;
        let targets = list_revisable(&mut tx, &plan, today).await?;
        let text = visit.text();
        let rows = targets.iter().map(|target| row(text, &plan, target, today)).collect_view();
        let table = if targets.is_empty() {
            view! { <p class="empty">{text.targets_none()}</p> }.into_any()
        } else {
            view! {
                <table class="data stack">
                    <caption class="visually-hidden">{text.targets_title()}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{text.stock_indicator()}</th>
                            <th scope="col">{text.targets_target()}</th>
                            <th scope="col">{text.targets_due()}</th>
                            <th scope="col">{text.targets_milestones()}</th>
                            <th scope="col">{text.targets_baseline()}</th>
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
        let body = view! {
            <div class="page-head">
                {crumbs(text, &plan, None)}
                <h1>{text.targets_title()}</h1>
                <p class="lead">{text.targets_lead()}</p>
            </div>
            <section class="panel">{table}</section>
        };
        Ok(Page { title: text.targets_title().to_owned(), body: body.into_any() })
    })
}

fn unit_of(text: Text, target: &RevisableTarget) -> &str {
    text.lang.pick(&target.indicator.row.unit_zh, &target.indicator.row.unit_en)
}

fn scale_of(target: &RevisableTarget) -> u8 {
    u8::try_from(target.indicator.row.scale).unwrap_or(0)
}

fn row(text: Text, plan: &PlanHead, target: &RevisableTarget, today: Date) -> AnyView {
    let row = &target.indicator.row;
    let href = plan.path(&format!("/manage/targets/{}", row.code));
    let held = target.history.target_on(today);
    let wording = held.map(|held| {
        view! {
            {text.lang.pick(&held.wording_zh, &held.wording_en).to_owned()}
            " "
            <span class="prov">{text.provenance(held.provenance)}</span>
        }
    });
    let due = held.map(|held| {
        view! {
            {held.target_on.to_string()}
            " "
            <span class="prov">{text.provenance(held.date_provenance)}</span>
        }
    });
    let milestones = target.history.milestones();
    let milestones = if milestones.is_empty() {
        view! { <span class="soft">{text.targets_none_milestones()}</span> }.into_any()
    } else {
        let (scale, unit) = (scale_of(target), unit_of(text, target));
        milestones
            .into_iter()
            .map(|(on, value)| view! { <p>{text.fact_milestone(&on.to_string(), &number_with_unit(text, value, scale, unit))}</p> })
            .collect_view()
            .into_any()
    };
    let revised = match target.history.acts() {
        0 => None,
        1 => Some(text.targets_revised_once().to_owned()),
        count => Some(text.targets_revised(count)),
    };
    view! {
        <tr>
            <th scope="row">
                <a href=href.clone()>{text.lang.pick(&row.name_zh, &row.name_en).to_owned()}</a>
                " "
                <i>{row.code.clone()}</i>
                {revised.map(|said| view! { " " <span class="badge blue">{said}</span> })}
            </th>
            <td data-label=text.targets_target()>{wording}</td>
            <td data-label=text.targets_due()>{due}</td>
            <td data-label=text.targets_milestones()>{milestones}</td>
            <td data-label=text.targets_baseline()>{baseline(text, target, today)}</td>
            <td class="no-print" data-label=text.manage_next()>
                <a href=href>{text.targets_revise()}</a>
            </td>
        </tr>
    }
    .into_any()
}

fn baseline(text: Text, target: &RevisableTarget, today: Date) -> AnyView {
    match target.baseline_kind() {
        BaselineKind::New => {
            view! { "0 " <span class="prov">{text.provenance(crate::domain::words::Provenance::Derived)}</span> }.into_any()
        }
        BaselineKind::Stock => view! { <span class="soft">{text.manage_stock()}</span> }.into_any(),
        BaselineKind::Typed => match target.history.baseline_on(today) {
            Some(held) => {
                let qualifier = held.qualifier.as_deref().and_then(|word| word.parse().ok());
                view! {
                    {text.stated_value(held.value, scale_of(target), qualifier, unit_of(text, target))}
                    " "
                    <span class="prov">{text.provenance(held.provenance)}</span>
                }
                .into_any()
            }
            None => view! { {text.fact_missing()} }.into_any(),
        },
    }
}

/// One target with its forms and its history.
#[component]
pub fn TargetPage() -> impl IntoView {
    let code = path_parameter("code");
    load_plan(|visit, plan| async move {
        let mut tx = visit.shared.db.read().await?;
        let target = find_revisable(&mut tx, &plan, visit.today(&plan), &code).await?;
        drop(tx);
        let title = format!("{code} {}", visit.text().targets_title());
        Ok(Page { title, body: show_one(&visit, &plan, &target) })
    })
}

fn show_one(visit: &Visit, plan: &PlanHead, target: &RevisableTarget) -> AnyView {
    let text = visit.text();
    let row = &target.indicator.row;
    let today = visit.today(plan);
    let frame = HistoryFrame { text, plan, as_of: today, scale: scale_of(target), unit: unit_of(text, target), measure: row.measure };
    let held = target.history.target_on(today).map(|held| text.lang.pick(&held.wording_zh, &held.wording_en).to_owned());
    let baseline_class = if target.baseline_kind() == BaselineKind::Typed { "panel no-print" } else { "panel" };
    let typed = match target.baseline_kind() {
        BaselineKind::Typed => forms::baseline_form(visit, plan, target).into_any(),
        BaselineKind::Stock => view! { <p>{text.targets_baseline_stock()}</p> }.into_any(),
        BaselineKind::New => view! { <p>{text.targets_baseline_new()}</p> }.into_any(),
    };
    view! {
        <div class="page-head">
            {crumbs(text, plan, Some((plan.path("/manage/targets"), text.targets_title())))}
            <h1>{text.lang.pick(&row.name_zh, &row.name_en).to_owned()} " " <small>{row.code.clone()}</small></h1>
            <p class="lead">
                {text.targets_target()} {text.manage_colon()} {held} " · "
                <a href=plan.path(&format!("/indicators/{}", row.code))>{text.targets_see()}</a>
            </p>
        </div>
        <div class="stack-y">
            <section class="panel no-print" aria-labelledby="revise-target">
                <h2 id="revise-target">{text.targets_target_section()}</h2>
                {forms::target_form(visit, plan, target)}
            </section>
            <section class=baseline_class aria-labelledby="revise-baseline">
                <h2 id="revise-baseline">{text.targets_baseline_section()}</h2>
                {typed}
            </section>
            <section class="panel">
                <h2 id="revisions">{text.revision_heading()}</h2>
                {history_table(frame, &target.history, &[])}
            </section>
        </div>
    }
    .into_any()
}
