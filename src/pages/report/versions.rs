//! The versions of a report: what is in force, what corrects it, and what differs.

use leptos::prelude::*;

use super::{editor::field_label, state_class, when};
use crate::{
    domain::{
        report::ReportState,
        report_diff::Difference,
        words::{Level, Stage},
    },
    i18n::Text,
    pages::components::{Field, area_field, form_for},
    services::{
        corrections::CorrectionDiff,
        report_view::ReportView,
        visit::{PlanHead, Visit},
    },
    store::corrections::Version,
};

fn path_of(plan: &PlanHead, version: &Version) -> String {
    plan.path(&format!("/reports/{}", version.report_id))
}

/// Where another version speaks for this one, or may do so soon.
pub fn standing(visit: &Visit, plan: &PlanHead, view: &ReportView) -> Option<impl IntoView + use<>> {
    let text = visit.text();
    let in_force = view.versions.in_force()?;
    let this = view.owed.id();
    let (class, sentence, version) = match view.versions.open() {
        _ if view.state == ReportState::Accepted && in_force.report_id != this => {
            ("notice warn", text.correction_replaced_notice(&text.version_name(in_force.correction)), in_force)
        }
        Some(open) if in_force.report_id == this => ("notice info", text.correction_open_notice(&text.version_name(open.correction)), open),
        _ => return None,
    };
    let href = path_of(plan, version);
    Some(view! {
        <p class=class>
            {sentence} " "
            <a href=href>{text.flow_open()}</a>
        </p>
    })
}

/// What a correction changes, for whoever writes or reviews it.
pub fn difference(visit: &Visit, view: &ReportView) -> Option<impl IntoView + use<>> {
    let text = visit.text();
    if view.owed.correction == 0 || (view.state == ReportState::Accepted && !view.may_edit) {
        return None;
    }
    let reason = view.versions.find(&view.owed.id()).map(|version| version.reason.clone());
    let difference = view.versions.difference_of(&view.owed.id())?;
    Some(view! {
        <section class="panel stack-y">
            <h2 id="difference">{text.correction_difference_title()}</h2>
            {reason.map(|reason| view! { <p>{text.correction_reason_of(&reason)}</p> })}
            {difference_table(text, difference)}
        </section>
    })
}

/// A table of what differs.
pub fn difference_table(text: Text, difference: &CorrectionDiff) -> AnyView {
    if difference.rows.is_empty() {
        return view! { <p class="soft">{text.correction_no_difference()}</p> }.into_any();
    }
    let rows = difference
        .rows
        .iter()
        .map(|row| {
            let shown = |value: &str| match value {
                "" => text.flow_nothing_filled().to_owned(),
                value => show_value(text, difference, &row.field, value),
            };
            view! {
                <tr>
                    <th scope="row">{label_of(text, difference, row)}</th>
                    <td class="as-typed" data-label=text.correction_before()>
                        <del>{shown(&row.saved)}</del>
                    </td>
                    <td class="as-typed" data-label=text.correction_after()>
                        <ins>{shown(&row.typed)}</ins>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="scroll-x" tabindex="0" role="region" aria-label=text.correction_difference_title()>
            <table class="data stack">
                <thead>
                    <tr>
                        <th scope="col">{text.flow_conflict_field()}</th>
                        <th scope="col">{text.correction_before()}</th>
                        <th scope="col">{text.correction_after()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// The field's label, with the name of its unit where it belongs to one.
fn label_of(text: Text, difference: &CorrectionDiff, row: &Difference) -> String {
    let label = match row.field.strip_prefix("values.") {
        Some(code) => format!("{} {code}", text.flow_values()),
        None => field_label(text, &row.field),
    };
    let key = row.field.strip_prefix("entries.").and_then(|rest| rest.split_once('.')).map(|(key, _)| key);
    match key.and_then(|key| difference.entries.get(key)).filter(|name| !name.is_empty()) {
        Some(name) => format!("{name} · {label}"),
        None => label,
    }
}

fn show_value(text: Text, difference: &CorrectionDiff, field: &str, value: &str) -> String {
    let worded = match field.rsplit('.').next().unwrap_or(field) {
        "stage" => value.parse::<Stage>().ok().map(|stage| text.stage(stage).to_owned()),
        "level" => value.parse::<Level>().ok().map(|level| text.level(level).to_owned()),
        "recognition" => {
            difference.kinds.iter().find(|kind| kind.code == value).map(|kind| text.lang.pick(&kind.name_zh, &kind.name_en).to_owned())
        }
        _ => None,
    };
    worded.unwrap_or_else(|| value.to_owned())
}

/// Every version with who, when and why, and what it changed; nothing where nothing was ever corrected.
pub fn versions(visit: &Visit, plan: &PlanHead, view: &ReportView) -> Option<impl IntoView + use<>> {
    let text = visit.text();
    if view.versions.list.len() < 2 {
        return None;
    }
    let items = view.versions.list.iter().map(|version| version_item(text, plan, view, version)).collect_view();
    Some(view! {
        <section class="panel stack-y" aria-labelledby="versions">
            <h2 id="versions">{text.correction_versions()}</h2>
            <ol class="timeline">{items}</ol>
        </section>
    })
}

fn version_item(text: Text, plan: &PlanHead, view: &ReportView, version: &Version) -> AnyView {
    let is_in_force = view.versions.in_force().is_some_and(|in_force| in_force.report_id == version.report_id);
    let (badge, standing) = if version.given_up_at.is_some() {
        ("badge grey", text.correction_given_up())
    } else if is_in_force {
        ("badge green", text.correction_in_force())
    } else if version.state == ReportState::Accepted {
        ("badge grey", text.correction_replaced())
    } else {
        (state_class(version.state), text.report_state(Some(version.state)))
    };
    let name = text.version_name(version.correction);
    let name = if version.report_id == view.owed.id() {
        view! { <b aria-current="page">{name}</b> }.into_any()
    } else {
        view! { <a href=path_of(plan, version)>{name}</a> }.into_any()
    };
    let begun = (version.correction > 0).then(|| text.correction_begun_by(&version.begun_name, &when(plan, version.created_at)));
    let submitted = (!version.submitted_name.is_empty()).then(|| text.correction_submitted_by(&version.submitted_name));
    let accepted = version.accepted_at.map(|at| text.correction_accepted_at(&when(plan, at)));
    let notes: Vec<String> = [begun, submitted, accepted].into_iter().flatten().collect();
    let reason = (!version.reason.is_empty()).then(|| view! { <blockquote>{version.reason.clone()}</blockquote> });
    let changed = view.versions.difference_of(&version.report_id).map(|difference| {
        view! {
            <details>
                <summary>{text.correction_differences(difference.rows.len())}</summary>
                {difference_table(text, difference)}
            </details>
        }
    });
    let at = version.accepted_at.or(version.submitted_at).unwrap_or(version.created_at);
    let class = if is_in_force { "ok" } else { "" };
    view! {
        <li class=class>
            <time>{when(plan, at)}</time>
            <span class="what">{name} " " <span class=badge>{standing}</span></span>
            {reason}
            <p class="note">{notes.join(" · ")}</p>
            {changed}
        </li>
    }
    .into_any()
}

/// The button that begins a correction, with its reason.
pub fn begin(visit: &Visit, plan: &PlanHead, view: &ReportView) -> Option<impl IntoView + use<>> {
    if !view.may_correct {
        return None;
    }
    let text = visit.text();
    let form = form_for(visit, "begin_correction", "");
    let open = form.came_back();
    let reason = Field { name: "reason", label: text.correction_reason(), hint: text.correction_reason_hint(), ..Field::default() };
    let content = view! {
        <input type="hidden" name="plan" value=plan.code.clone() />
        <input type="hidden" name="report" value=view.owed.id().to_string() />
        <p>{text.correction_begin_lead()}</p>
        {area_field(&form, reason, 3)}
        <div class="buttons">
            <button type="submit" class="primary">
                {text.correction_begin_button()}
            </button>
        </div>
    };
    Some(view! {
        <details class="panel no-print" open=open>
            <summary>{text.correction_begin()}</summary>
            {form.view("", content)}
        </details>
    })
}

/// The button that gives an open correction up.
pub fn give_up(visit: &Visit, plan: &PlanHead, view: &ReportView) -> Option<impl IntoView + use<>> {
    if !view.may_edit || view.owed.correction == 0 {
        return None;
    }
    let text = visit.text();
    let form = form_for(visit, "give_up_correction", "");
    let open = form.came_back();
    let content = view! {
        <input type="hidden" name="plan" value=plan.code.clone() />
        <input type="hidden" name="report" value=view.owed.id().to_string() />
        <input type="hidden" name="version" value=view.version.to_string() />
        <p class="hint">{text.correction_give_up_hint()}</p>
        <div class="buttons">
            <button type="submit" class="danger">
                {text.correction_give_up()}
            </button>
        </div>
    };
    Some(view! {
        <details class="panel no-print" open=open>
            <summary>{text.correction_give_up()}</summary>
            {form.view("", content)}
        </details>
    })
}
