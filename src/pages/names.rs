//! The page /p/{plan}/manage/names: names that were refused, that an officer admits, that returned reports hold.

use leptos::prelude::*;

use super::{
    Page,
    components::{Choice, Field, area_field, form, form_for, refusal_without_form, select_field, text_field},
    load_plan,
    rulings::crumbs,
};
use crate::{
    domain::words::UnitKind,
    i18n::Text,
    services::{
        moment::Moment,
        roster::{HeldName, NamesPage as Contents, read_names},
        visit::{PlanHead, Visit},
    },
    store::roster_names::{Admission, Refusal},
};

/// The page.
#[component]
pub fn NamesPage() -> impl IntoView {
    load_plan(|visit, plan| async move {
        let mut tx = visit.shared.db.read().await?;
        let contents = read_names(&mut tx, &plan).await?;
        drop(tx);
        let text = visit.text();
        let releasable = contents.held.iter().filter(|held| held.is_releasable);
        let mut shown: Vec<String> = releasable.map(|held| format!("release_name:{}", instance_of(held))).collect();
        shown.push("admit_name".to_owned());
        let body = view! {
            <div class="page-head">
                {crumbs(text, &plan, None)} <h1>{text.names_title()}</h1> <p class="lead">{text.names_lead()}</p>
            </div>
            {refusal_without_form(&visit, &shown)}
            <div class="cols">
                <div>{refused_panel(&visit, &plan, &contents)} {held_panel(&visit, &plan, &contents)}</div>
                <aside>{admit_panel(&visit, &contents)} {admissions_panel(text, &plan, &contents)} {releases_panel(text, &plan, &contents)}</aside>
            </div>
        };
        Ok(Page { title: text.names_title().to_owned(), body: body.into_any() })
    })
}

fn when(plan: &PlanHead, at: i64) -> String {
    Moment(at).minute_in(&plan.time_zone)
}

fn refused_panel(visit: &Visit, plan: &PlanHead, contents: &Contents) -> AnyView {
    let text = visit.text();
    let items = contents.refusals.iter().map(|refusal| refused_item(text, plan, refusal)).collect_view();
    let list = if contents.refusals.is_empty() {
        view! { <p class="empty">{text.names_refused_none()}</p> }.into_any()
    } else {
        view! { <ul class="queue">{items}</ul> }.into_any()
    };
    view! {
        <section class="panel">
            <h2>{text.names_refused()}</h2>
            <p class="note">{text.names_refused_note()}</p>
            {list}
        </section>
    }
    .into_any()
}

fn refused_item(text: Text, plan: &PlanHead, refusal: &Refusal) -> AnyView {
    let query = serde_urlencoded::to_string([
        ("kind", refusal.kind.as_str()),
        ("mark", &refusal.mark_kind),
        ("name", &refusal.name),
        ("holder", refusal.holder_id.as_str()),
    ])
    .unwrap_or_default();
    view! {
        <li>
            <b>{refusal.name.clone()}</b>
            " "
            <span class="badge grey">{text.unit_kind(refusal.kind)}</span>
            <p class="meta">
                {text.lang.pick(&refusal.holder_zh, &refusal.holder_en).to_owned()} " · "
                {text.names_refused_at(&when(plan, refusal.refused_at))} " · "
                <a href=plan.path(&format!("/reports/{}", refusal.report_id))>{text.names_report()}</a>
            </p>
            <p>
                <a href=plan.path(&format!("/manage/names?{query}#admit"))>{text.names_admit()}</a>
            </p>
        </li>
    }
    .into_any()
}

fn admit_panel(visit: &Visit, contents: &Contents) -> AnyView {
    let text = visit.text();
    let form = form(visit, "admit_name");
    let given = |name: &str| visit.query(name).unwrap_or_default();
    let plain = |name: &'static str, label: &'static str| Field { name, label, ..Field::default() };
    let kinds: Vec<Choice> = UnitKind::ALL.iter().map(|kind| Choice::new(kind.as_str(), text.unit_kind(*kind))).collect();
    let marks = [Choice::new("name", text.names_mark_name()), Choice::new("code", text.names_mark_code())];
    let holders: Vec<Choice> =
        contents.holders.iter().map(|holder| Choice::new(holder.id.as_str(), text.lang.pick(&holder.name_zh, &holder.name_en))).collect();
    let (kind, name, holder) = (given("kind"), given("name"), given("holder"));
    let mark = if given("mark") == "code" { "code" } else { "name" };
    let content = view! {
        <div class="field-row">
            {select_field(&form, Field { value: &kind, ..plain("kind", text.names_kind()) }, &kinds)}
            {select_field(&form, Field { value: mark, ..plain("mark_kind", text.names_mark()) }, &marks)}
        </div>
        {text_field(&form, Field { value: &name, hint: text.names_name_hint(), ..plain("name", text.names_name()) })}
        {select_field(&form, Field { value: &holder, ..plain("holder", text.names_holder()) }, &holders)}
        {text_field(&form, Field { hint: text.names_distinction_hint(), ..plain("distinction", text.names_distinction()) })}
        {text_field(&form, Field { hint: text.names_document_hint(), ..plain("document", text.document_number()) })}
        {area_field(&form, Field { hint: text.names_reason_hint(), ..plain("reason", text.reason()) }, 3)}
        <div class="buttons">
            <button type="submit" class="primary">{text.names_admit_save()}</button>
        </div>
    };
    view! {
        <section class="panel">
            <h2 id="admit">{text.names_admit()}</h2>
            <p class="note">{text.names_admit_lead()}</p>
            {form.view("", content)}
        </section>
    }
    .into_any()
}

fn held_panel(visit: &Visit, plan: &PlanHead, contents: &Contents) -> AnyView {
    let text = visit.text();
    let table = if contents.held.is_empty() {
        view! { <p class="empty">{text.names_held_none()}</p> }.into_any()
    } else {
        let rows = contents.held.iter().map(|held| held_row(visit, plan, held)).collect_view();
        view! {
            <table class="data stack">
                <caption class="visually-hidden">{text.names_held()}</caption>
                <thead>
                    <tr>
                        <th scope="col">{text.names_name()}</th>
                        <th scope="col">{text.names_owner()}</th>
                        <th scope="col">{text.names_task()}</th>
                        <th scope="col">{text.names_state()}</th>
                        <th scope="col">{text.names_release()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        <section class="panel">
            <h2>{text.names_held()}</h2>
            <p class="note">{text.names_held_note()}</p>
            {table}
        </section>
    }
    .into_any()
}

fn held_row(visit: &Visit, plan: &PlanHead, held: &HeldName) -> AnyView {
    let text = visit.text();
    let hold = &held.hold;
    let code = (!held.code.is_empty()).then(|| view! { " " <i>{held.code.clone()}</i> });
    let release = if held.is_releasable {
        release_form(visit, plan, held)
    } else {
        view! { <span class="soft">{text.names_release_wait()}</span> }.into_any()
    };
    view! {
        <tr>
            <th scope="row">
                <a href=plan.path(&format!("/reports/{}", hold.report_id))>{hold.typed().to_owned()}</a>
                {code}
                <p class="soft">{text.unit_kind(hold.kind)} " · " {text.names_held_since(&when(plan, hold.held_at))}</p>
            </th>
            <td data-label=text.names_owner()>{text.lang.pick(&hold.owner_zh, &hold.owner_en).to_owned()}</td>
            <td data-label=text.names_task()><span class="nowrap">{hold.task_code.clone()} " · " {hold.period_code.clone()}</span></td>
            <td data-label=text.names_state()>{text.report_state_word(hold.state)}</td>
            <td data-label=text.names_release()>{release}</td>
        </tr>
    }
    .into_any()
}

/// Tells the forms of the page apart.
fn instance_of(held: &HeldName) -> String {
    format!("{}-{}", held.hold.report_id, held.hold.entry_key)
}

fn release_form(visit: &Visit, plan: &PlanHead, held: &HeldName) -> AnyView {
    let text = visit.text();
    let hold = &held.hold;
    let form = form_for(visit, "release_name", &instance_of(held));
    let open = form.came_back();
    let label = text.names_release_of(hold.typed());
    let content = view! {
        <input type="hidden" name="plan" value=plan.code.clone() />
        <input type="hidden" name="report" value=hold.report_id.to_string() />
        <input type="hidden" name="entry" value=hold.entry_key.clone() />
        {text_field(&form, Field { name: "reason", label: text.names_release_reason(), ..Field::default() })}
        <div class="buttons">
            <button type="submit" class="secondary" aria-label=label>
                {text.names_release()}
            </button>
        </div>
    };
    view! {
        <details open=open>
            <summary>{text.names_release()}</summary>
            {form.view("", content)}
        </details>
    }
    .into_any()
}

fn admissions_panel(text: Text, plan: &PlanHead, contents: &Contents) -> AnyView {
    let items = contents.admissions.iter().map(|admission| admission_item(text, plan, admission)).collect_view();
    let list = if contents.admissions.is_empty() {
        view! { <p class="soft">{text.names_admissions_none()}</p> }.into_any()
    } else {
        view! { <ol class="timeline">{items}</ol> }.into_any()
    };
    view! {
        <section class="panel">
            <h2>{text.names_admissions()}</h2>
            {list}
        </section>
    }
    .into_any()
}

fn admission_item(text: Text, plan: &PlanHead, admission: &Admission) -> AnyView {
    let holder = text.lang.pick(&admission.holder_zh, &admission.holder_en);
    let line = text.names_admission_line(&admission.name, &admission.distinction, holder);
    let unit = match &admission.unit_id {
        Some(unit) => view! { <a href=plan.path(&format!("/roster/{unit}"))>{line}</a> }.into_any(),
        None => view! { {line} " " <span class="badge grey">{text.names_admission_free()}</span> }.into_any(),
    };
    view! {
        <li>
            <div class="what">
                {unit} <p class="note">{admission.document.clone()}</p> <blockquote>{admission.reason.clone()}</blockquote>
            </div>
            <div class="who">{text.names_by(&admission.officer, &when(plan, admission.recorded_at))}</div>
        </li>
    }
    .into_any()
}

fn releases_panel(text: Text, plan: &PlanHead, contents: &Contents) -> Option<AnyView> {
    if contents.releases.is_empty() {
        return None;
    }
    let items = contents
        .releases
        .iter()
        .map(|release| {
            view! {
                <li>
                    <div class="what">
                        <b>{release.names().join(text.list_comma())}</b>
                        <blockquote>{release.reason.clone()}</blockquote>
                    </div>
                    <div class="who">{text.names_by(&release.officer, &when(plan, release.at))}</div>
                </li>
            }
        })
        .collect_view();
    Some(
        view! {
            <section class="panel">
                <h2>{text.names_releases()}</h2>
                <ol class="timeline">{items}</ol>
            </section>
        }
        .into_any(),
    )
}
