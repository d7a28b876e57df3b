//! The page /p/{plan}/manage/files: the plan's way out and in, with the head of the audit chain beside the export.

use leptos::prelude::*;

use super::parts::{Tab, grounds_fields, head};
use crate::{
    i18n::{Lang, Text},
    pages::{
        Page,
        components::{Form, form},
        load_plan,
    },
    services::{
        plan_files::{FileProblem, read_audit_head},
        visit::{PlanHead, Visit},
    },
    web::plan_files::IMPORT_FORM,
};

/// The page.
#[component]
pub fn FilesPage() -> impl IntoView {
    load_plan(|visit, plan| async move {
        let (rows, hash) = read_audit_head(&visit.shared.db).await?;
        let text = visit.text();
        let body = view! {
            {head(text, &plan, Tab::Files, text.edit_tab_files(), text.files_lead())}
            {result(&visit)}
            <div class="cols">
                <section class="panel no-print">
                    <div class="panel-head">
                        <h2>{text.files_import()}</h2>
                    </div>
                    <p class="soft">{text.files_import_lead()}</p>
                    {upload(&visit, &plan)}
                </section>
                <aside>
                    <section class="panel">
                        <div class="panel-head">
                            <h2>{text.files_export()}</h2>
                        </div>
                        <p>
                            <a class="button" href=plan.path("/manage/plan.toml") download="">{text.files_toml()}</a>
                        </p>
                        <p>
                            <a class="button" href=plan.path("/manage/plan.zip") download="">{text.files_zip()}</a>
                        </p>
                        <p class="note">{text.files_csv_note()}</p>
                        <dl class="kv">
                            <div>
                                <dt>{text.files_head()}</dt>
                                <dd>{text.files_head_value(rows, &hash)}</dd>
                            </div>
                        </dl>
                        <p class="note">{text.files_head_note()}</p>
                    </section>
                </aside>
            </div>
        };
        Ok(Page { title: text.edit_tab_files().to_owned(), body: body.into_any() })
    })
}

/// What the import that led here did.
fn result(visit: &Visit) -> Option<AnyView> {
    let text = visit.text();
    // Only a plan that is there is spoken of, whatever the address says.
    let plan = visit.plan(&visit.query("imported")?).ok()?;
    let number = |name: &str| visit.query(name).and_then(|text| text.parse::<usize>().ok());
    let sentence = match (number("changes"), number("areas")) {
        (Some(0), _) => text.files_unchanged(&plan.code),
        (Some(count), _) => text.files_changed(&plan.code, count),
        (None, areas) => {
            text.files_created(&plan.code, areas.unwrap_or(0), number("indicators").unwrap_or(0), number("tasks").unwrap_or(0))
        }
    };
    Some(
        view! {
            <section class="panel">
                <div class="panel-head">
                    <h2>{text.files_taken_in()}</h2>
                </div>
                <p>{sentence}</p>
                <p>
                    <a href=plan.path("/manage/plan")>{text.files_open_plan()}</a>
                </p>
            </section>
        }
        .into_any(),
    )
}

fn upload(visit: &Visit, plan: &PlanHead) -> AnyView {
    let text = visit.text();
    let form = form(visit, IMPORT_FORM);
    let faults: Vec<FileProblem> = serde_json::from_str(&form.value("faults", "")).unwrap_or_default();
    let content = view! {
        {(!faults.is_empty()).then(|| fault_list(text, &faults))}
        {file_field(&form)}
        {grounds_fields(&form)}
        <div class="buttons">
            <button type="submit" class="primary">{text.files_upload()}</button>
        </div>
    };
    form.view_with_file(plan.path("/manage/import"), content).into_any()
}

/// Every fault of a file that was refused.
fn fault_list(text: Text, faults: &[FileProblem]) -> AnyView {
    let rows = faults
        .iter()
        .map(|fault| {
            let reason = if text.lang == Lang::Zh { &fault.reason_zh } else { &fault.reason };
            view! {
                <tr>
                    <th scope="row">
                        <code>{fault.key.clone()}</code>
                    </th>
                    <td data-label=text.files_fault_code()>{fault.code.clone()}</td>
                    <td data-label=text.files_fault_reason()>{reason.clone()}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="notice bad" role="status">
            <h3>{text.files_faults(faults.len())}</h3>
            <table class="data stack">
                <thead>
                    <tr>
                        <th scope="col">{text.files_fault_place()}</th>
                        <th scope="col">{text.files_fault_code()}</th>
                        <th scope="col">{text.files_fault_reason()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            <p>{text.files_choose_again()}</p>
        </div>
    }
    .into_any()
}

fn file_field(form: &Form) -> AnyView {
    let text = form.text();
    let id = form.field_id("file");
    let (hint, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let error = form.error_at("file");
    let described_by = if error.is_some() { format!("{hint} {error_id}") } else { hint.clone() };
    let class = if error.is_some() { "field has-error" } else { "field" };
    let invalid = error.is_some().then_some("true");
    view! {
        <div class=class>
            <label for=id.clone()>{text.files_file()}</label>
            <p class="hint" id=hint>{text.files_file_hint()}</p>
            <input id=id name="file" type="file" accept=".toml,.zip" aria-describedby=described_by aria-invalid=invalid aria-required="true" />
            {error.map(|sentence| view! { <p class="error-text" id=error_id>{sentence}</p> })}
        </div>
    }
    .into_any()
}
