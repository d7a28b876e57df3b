//! The report form. Everything in it works without scripts: each button sends the whole form, and the draft is stored first.

use std::{collections::BTreeMap, sync::Arc};

use leptos::prelude::*;

use super::{entry, milestones, reviewer, values, when};
use crate::{
    domain::{
        report::{FieldError, ReportFields, ReportState},
        report_diff::{Difference, compare_reports},
        uploads::{LARGEST_FILE, LARGEST_FILE_MB, LARGEST_UPLOAD, LARGEST_UPLOAD_MB},
        words::Level,
    },
    error::UserError,
    i18n::Text,
    islands::{draft::DraftKeeper, uploads::UploadGuard},
    pages::components::{label_words, text_area::TextArea},
    services::{
        moment::make_id,
        report_view::ReportView,
        visit::{Parked, PlanHead, Visit},
    },
    store::evidence::Evidence,
    web::report_form::{parked_name, read_broken_fields},
};

/// What the form shows: the draft, or what was typed into a form that came back.
pub struct Shown<'a> {
    /// The catalogue.
    pub text: Text,
    /// The plan.
    pub plan: &'a PlanHead,
    /// The report.
    pub view: &'a ReportView,
    /// What stands in the fields.
    pub fields: ReportFields,
    /// What is wrong with them.
    pub errors: Vec<FieldError>,
    /// A refusal that concerns one field, such as a name that is taken.
    pub refusal: Option<UserError>,
}

impl Shown<'_> {
    /// The sentence at a field.
    pub fn error_at(&self, field: &str) -> Option<String> {
        let invalid = self.errors.iter().find(|error| error.field == field).map(|error| self.text.field_problem(&error.problem));
        invalid.or_else(|| self.refusal.as_ref().and_then(|refusal| self.text.error_at(refusal, field)))
    }
}

/// The form with what came back to it.
pub fn editor(visit: &Visit, plan: &PlanHead, view: &ReportView) -> impl IntoView + use<> {
    let text = visit.text();
    let parked = visit.parked(&parked_name(&view.owed.id()));
    let typed = parked.as_ref().and_then(|parked| typed_fields(parked, &view.fields));
    let checked = visit.query("check").is_some();
    let shown = Shown {
        text,
        plan,
        view,
        fields: typed.clone().unwrap_or_else(|| view.fields.clone()),
        errors: if checked { view.problems.clone() } else { Vec::new() },
        refusal: parked.as_ref().map(|parked| parked.error.clone()),
    };
    let action = plan.path(&format!("/reports/{}/form", view.owed.id()));
    let key: String = make_id(visit.now).unwrap_or_default();
    let keys: Vec<&str> = shown.fields.entries.iter().map(|entry| entry.key.as_str()).collect();
    view! {
        {returned_notice(&shown)}
        {parked_notice(visit, &shown, parked.as_ref(), typed.as_ref())}
        {checked.then(|| error_summary(&shown))}
        <form id="report-form" method="post" action=action enctype="multipart/form-data" class="form panel" data-guard="">
            // Enter in a line of text presses the first button of a form: it saves and never submits.
            <button type="submit" name="intent" value="save" class="visually-hidden" tabindex="-1" aria-hidden="true">
                {text.flow_save_draft()}
            </button>
            <input type="hidden" name="form_key" value=key />
            <input type="hidden" name="version" value=view.version.to_string() />
            <input type="hidden" name="entry_keys" value=keys.join(",") />
            {area(&shown, Typed::new("narrative", text.flow_narrative(), &shown.fields.narrative).hint(text.flow_narrative_hint()), 7)}
            {line(&shown, Typed::new("percent_complete", text.flow_percent(), &shown.fields.percent_complete).hint(text.flow_percent_hint()), "short")}
            {values::understood_percent(text, &shown.fields.percent_complete)}
            {values::values(&shown)}
            {entry::entries(&shown)}
            {milestones::milestone_fields(&shown)}
            {area(&shown, Typed::new("problems", text.flow_problems(), &shown.fields.problems).optional(), 3)}
            {area(&shown, Typed::new("coordination", text.flow_coordination(), &shown.fields.coordination).hint(text.flow_coordination_hint()).optional(), 3)}
            <fieldset class="group">
                <legend>{text.flow_completion()}</legend>
                {line(&shown, Typed::new("completed_on", text.flow_completed_on(), &shown.fields.completed_on).hint(text.flow_completed_hint()).optional(), "date")}
                {files(&shown, "", text.flow_report_files(), "evidence")}
            </fieldset>
            {no_change(&shown)}
            {state_of_draft(&shown)}
            <div class="buttons">
                <button type="submit" name="intent" value="submit" class="primary">
                    {if view.state == ReportState::Returned { text.flow_submit_again() } else { text.flow_submit() }}
                </button>
                <button type="submit" name="intent" value="save" class="secondary">
                    {text.flow_save_draft()}
                </button>
            </div>
            <DraftKeeper
                form="report-form".to_owned()
                saving=text.flow_saving().to_owned()
                saved=text.flow_autosaved().to_owned()
                failed=text.flow_autosave_failed().to_owned()
            />
            <UploadGuard
                form="report-form".to_owned()
                largest_file=LARGEST_FILE
                largest_upload=LARGEST_UPLOAD
                file_too_large=text.flow_file_too_large(LARGEST_FILE_MB)
                upload_too_large=text.flow_upload_too_large(LARGEST_UPLOAD_MB)
            />
        </form>
    }
}

fn typed_fields(parked: &Parked, saved: &ReportFields) -> Option<ReportFields> {
    let map: BTreeMap<String, String> = serde_json::from_value(parked.fields.clone()).ok()?;
    // A refusal that came after the draft was saved brings nothing typed with it.
    map.contains_key("version").then(|| read_broken_fields(&map, saved))
}

fn returned_notice(shown: &Shown<'_>) -> Option<impl IntoView + use<>> {
    let text = shown.text;
    let last = (shown.view.state == ReportState::Returned).then(|| shown.view.reviews.last())??;
    let reason = last.reason_code.map_or("", |reason| text.return_reason(reason));
    Some(view! {
        <section class="notice warn" aria-labelledby="returned">
            <h2 id="returned">{text.flow_returned_title()}</h2>
            <p>
                <b>{reason}</b>
                {text.manage_colon()}
                {last.text.clone()}
            </p>
            <p class="soft">{text.flow_returned_by(&reviewer(text, shown.view, last), &when(shown.plan, last.at))}</p>
        </section>
    })
}

fn parked_notice(
    visit: &Visit,
    shown: &Shown<'_>,
    parked: Option<&Arc<Parked>>,
    typed: Option<&ReportFields>,
) -> Option<impl IntoView + use<>> {
    let text = shown.text;
    let content = match &parked?.error {
        UserError::SignedOut => view! { <p>{text.flow_restored()}</p> }.into_any(),
        UserError::Stale => conflict(visit, shown, typed?).into_any(),
        UserError::Taken { field, unit, returned, .. } => {
            let link = match unit {
                Some(unit) => {
                    let href = shown.plan.path(&format!("/roster/{unit}"));
                    view! { <a href=href>{text.flow_view_unit()}</a> }.into_any()
                }
                // What was returned is on no list.
                None if *returned => ().into_any(),
                None => waiting_links(shown, field),
            };
            view! {
                <p>{text.user_error(&parked?.error)} " " {link}</p>
                <p>{text.taken_ask()}</p>
            }
            .into_any()
        }
        error => view! { <p>{text.user_error(error)}</p> }.into_any(),
    };
    Some(view! {
        <div class="error-summary" role="alert">
            {content}
        </div>
    })
}

/// Where a name is held by a report that waits: the lists, open to everybody, on which the entry of whoever was first stands.
fn waiting_links(shown: &Shown<'_>, field: &str) -> AnyView {
    let key = field.strip_prefix("entries.").and_then(|rest| rest.split('.').next()).unwrap_or_default();
    let entry = shown.fields.entries.iter().find(|entry| entry.key == key);
    let counts = |recognition: &str, level: Option<Level>| {
        entry.is_some_and(|entry| entry.recognition == recognition && level.is_none_or(|level| entry.level == level.as_str()))
    };
    let mut codes: Vec<&String> =
        shown.view.counted.iter().filter(|(_, recognition, level)| counts(recognition, *level)).map(|(code, ..)| code).collect();
    codes.dedup();
    let links = codes
        .into_iter()
        .map(|code| {
            let href = shown.plan.path(&format!("/indicators/{code}?units=awaiting#units"));
            view! { <a href=href>{shown.text.taken_see_waiting(code)}</a> " " }
        })
        .collect_view();
    links.into_any()
}

/// Where what was typed differs from what somebody else saved.
fn conflict(visit: &Visit, shown: &Shown<'_>, typed: &ReportFields) -> impl IntoView + use<> {
    let text = shown.text;
    let (at, name) = shown.view.saved.clone().unwrap_or((visit.now.0, String::new()));
    let rows = compare_reports(&shown.view.fields, typed)
        .into_iter()
        .map(|Difference { field, saved, typed: yours }| {
            let empty = |value: String| if value.is_empty() { text.flow_nothing_filled().to_owned() } else { value };
            view! {
                <tr>
                    <th scope="row">{field_label(text, &field)}</th>
                    <td data-label=text.flow_conflict_yours()>{empty(yours)}</td>
                    <td data-label=text.flow_conflict_saved()>{empty(saved)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <h2>{text.flow_conflict_title()}</h2>
        <p>{text.flow_conflict_lead(&when(shown.plan, at), &name)}</p>
        <div class="scroll-x">
            <table class="data stack">
                <thead>
                    <tr>
                        <th scope="col">{text.flow_conflict_field()}</th>
                        <th scope="col">{text.flow_conflict_yours()}</th>
                        <th scope="col">{text.flow_conflict_saved()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// The label of a field by its name.
pub fn field_label(text: Text, field: &str) -> String {
    let last = field.rsplit('.').next().unwrap_or(field);
    let label = match last {
        "narrative" => text.flow_narrative(),
        "percent_complete" => text.flow_percent(),
        "problems" => text.flow_problems(),
        "coordination" => text.flow_coordination(),
        "completed_on" => text.flow_completed_on(),
        "no_change" => text.flow_field_no_change(),
        "evidence" => text.flow_files(),
        "recognition" | "level" => text.flow_recognition(),
        "name" | "unit_id" | "unit_kind" => text.flow_name(),
        "code" => text.flow_code(),
        "partners" => text.flow_partners(),
        "district" => text.flow_district(),
        "stage" => text.flow_stage(),
        "stage_date" => text.flow_stage_date(),
        "document_number" => text.flow_document_number(),
        _ if values::is_value_field(field) => text.flow_values(),
        "reached_on" => text.item_reached(),
        _ => text.flow_entries(),
    };
    label.to_owned()
}

/// The id of a field's element.
pub fn id_of(field: &str) -> String {
    let anchor = match field.rsplit_once('.') {
        Some((rest, "level")) => format!("{rest}.recognition"),
        Some((rest, "unit_id" | "unit_kind")) => format!("{rest}.name"),
        _ => field.to_owned(),
    };
    format!("f-{}", anchor.replace('.', "-"))
}

fn error_summary(shown: &Shown<'_>) -> Option<impl IntoView + use<>> {
    let text = shown.text;
    if shown.errors.is_empty() {
        return None;
    }
    let items = shown
        .errors
        .iter()
        .map(|error| {
            let href = format!("#{}", id_of(&error.field));
            let label = text.manage_pair(&field_label(text, &error.field), &text.field_problem(&error.problem));
            view! {
                <li>
                    <a href=href>{label}</a>
                </li>
            }
        })
        .collect_view();
    Some(view! {
        <div class="error-summary" role="alert">
            <h2>{text.problem_title()}</h2>
            <p>{text.invalid()}</p>
            <ul>{items}</ul>
        </div>
    })
}

/// Hint and error of a field, with the ids that tie them to it.
fn around(shown: &Shown<'_>, field: &str, hint: &str) -> (String, Option<String>, AnyView, AnyView, &'static str) {
    let id = id_of(field);
    let error = shown.error_at(field);
    let mut described = Vec::new();
    let hint = (!hint.is_empty()).then(|| {
        let hint_id = format!("{id}-hint");
        described.push(hint_id.clone());
        view! { <p class="hint" id=hint_id>{hint.to_owned()}</p> }
    });
    let class = if error.is_some() { "field has-error" } else { "field" };
    let error = error.map(|sentence| {
        let error_id = format!("{id}-error");
        described.push(error_id.clone());
        view! { <p class="error-text" id=error_id>{sentence}</p> }
    });
    let described = (!described.is_empty()).then(|| described.join(" "));
    (id, described, hint.into_any(), error.into_any(), class)
}

fn label_of(shown: &Shown<'_>, id: &str, label: &str, optional: bool) -> impl IntoView + use<> {
    view! { <label for=id.to_owned()>{label_words(shown.text, label, optional)}</label> }
}

/// A field that is typed into.
#[derive(Debug, Clone, Copy)]
pub struct Typed<'a> {
    field: &'a str,
    label: &'a str,
    hint: &'a str,
    value: &'a str,
    optional: bool,
}

impl<'a> Typed<'a> {
    /// A field with its label and what stands in it.
    pub fn new(field: &'a str, label: &'a str, value: &'a str) -> Self {
        Self { field, label, hint: "", value, optional: false }
    }

    /// With a hint.
    pub fn hint(self, hint: &'a str) -> Self {
        Self { hint, ..self }
    }

    /// It may stay empty.
    pub fn optional(self) -> Self {
        Self { optional: true, ..self }
    }
}

/// A line of text.
pub fn line(shown: &Shown<'_>, typed: Typed<'_>, class: &'static str) -> AnyView {
    let Typed { field, label, hint, value, optional } = typed;
    let (id, described, hint, error, outer) = around(shown, field, hint);
    let invalid = (outer == "field has-error").then_some("true");
    view! {
        <div class=outer>
            {label_of(shown, &id, label, optional)} {hint}
            <input
                id=id
                name=field.to_owned()
                type="text"
                class=class
                value=value.to_owned()
                autocomplete="off"
                aria-describedby=described
                aria-invalid=invalid
            /> {error}
        </div>
    }
    .into_any()
}

/// A list to choose from.
pub fn choice(shown: &Shown<'_>, field: &str, label: &str, hint: &str, options: AnyView) -> AnyView {
    let (id, described, hint, error, outer) = around(shown, field, hint);
    let invalid = (outer == "field has-error").then_some("true");
    view! {
        <div class=outer>
            {label_of(shown, &id, label, false)} {hint}
            <select id=id name=field.to_owned() aria-describedby=described aria-invalid=invalid>
                {options}
            </select> {error}
        </div>
    }
    .into_any()
}

fn area(shown: &Shown<'_>, typed: Typed<'_>, rows: u32) -> AnyView {
    let Typed { field, label, hint, value, optional } = typed;
    let (id, described, hint, error, outer) = around(shown, field, hint);
    view! {
        <div class=outer>
            {label_of(shown, &id, label, optional)} {hint}
            <TextArea
                id=id
                name=field.to_owned()
                value=value.to_owned()
                rows=rows
                described_by=described.unwrap_or_default()
                invalid=outer == "field has-error"
            /> {error}
        </div>
    }
    .into_any()
}

/// The files of the report or of one entry, with the field that adds more.
pub fn files(shown: &Shown<'_>, entry_key: &str, label: &str, error_field: &str) -> AnyView {
    let text = shown.text;
    let field = format!("file.{entry_key}");
    let (id, described, hint, error, outer) = around(shown, error_field, &text.flow_files_hint(LARGEST_FILE_MB, LARGEST_UPLOAD_MB));
    let list: Vec<&Evidence> = shown.view.files.iter().filter(|file| file.entry_key == entry_key).collect();
    let items = list
        .iter()
        .map(|file| {
            let href = shown.plan.path(&format!("/evidence/{}", file.id));
            let remove = format!("detach:{}", file.id);
            view! {
                <li class="file">
                    <a href=href>{file.file_name.clone()}</a>
                    <span class="meta">{text.flow_size_kb((file.size + 1023) / 1024)}</span>
                    <button type="submit" name="intent" value=remove class="link" aria-label=text.flow_detach_name(&file.file_name)>
                        {text.flow_detach()}
                    </button>
                </li>
            }
        })
        .collect_view();
    view! {
        <div class=outer>
            <label for=id.clone()>{label.to_owned()}</label>
            {hint}
            {(!list.is_empty()).then(|| view! { <ul class="evidence-list">{items}</ul> })}
            <input id=id name=field type="file" multiple="" aria-describedby=described />
            <button type="submit" name="intent" value="save" class="secondary small">
                {text.flow_upload()}
            </button>
            {error}
        </div>
    }
    .into_any()
}

fn no_change(shown: &Shown<'_>) -> Option<impl IntoView + use<>> {
    let text = shown.text;
    // Offered where it means something; kept visible where it was ticked, so that it can be unticked.
    if !shown.view.may_say_no_change && !shown.fields.no_change {
        return None;
    }
    let error = shown.error_at("no_change");
    let class = if error.is_some() { "field has-error" } else { "field" };
    Some(view! {
        <div class=class>
            <label class="check" for="f-no_change">
                <input id="f-no_change" type="checkbox" name="no_change" value="on" checked=shown.fields.no_change />
                <span>
                    {text.flow_no_change()} <span class="hint">{text.flow_no_change_hint()}</span>
                </span>
            </label>
            {error.map(|sentence| view! { <p class="error-text">{sentence}</p> })}
        </div>
    })
}

fn state_of_draft(shown: &Shown<'_>) -> impl IntoView + use<> {
    let text = shown.text;
    let saved = match &shown.view.saved {
        Some((at, name)) => text.flow_saved_at(&when(shown.plan, *at), name),
        None => text.flow_not_saved().to_owned(),
    };
    let left = shown.view.problems.len();
    let items = shown
        .view
        .problems
        .iter()
        .map(|error| {
            let label = text.manage_pair(&field_label(text, &error.field), &text.field_problem(&error.problem));
            view! {
                <li>
                    <a href=format!("#{}", id_of(&error.field))>{label}</a>
                </li>
            }
        })
        .collect_view();
    let list = if left == 0 {
        view! { <p class="soft">{text.flow_ready()}</p> }.into_any()
    } else {
        view! {
            <details>
                <summary>{text.flow_left_to_do(left)}</summary>
                <ul>{items}</ul>
            </details>
        }
        .into_any()
    };
    view! {
        <p class="save-state" aria-live="polite">
            {saved}
        </p>
        {shown.view.saved.is_some().then_some(list)}
    }
}
