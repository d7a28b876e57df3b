//! A plan's way out and in through the browser. Invariant: an upload is read whole or refused, and a refused one brings reason,
//! document and every fault back to its form.

use std::collections::BTreeMap;

use axum::{
    Extension,
    body::Body,
    extract::{Multipart, Path, Request, multipart::MultipartError},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    forms::{inside_path, park, run_once, with_parameter},
    render::{render_error, see_other},
};
use crate::{
    api::Fields,
    domain::{
        definition::DefinitionProblem,
        fields::{FieldError, FieldProblem},
        permissions::Permission,
    },
    error::{Notice, UserError},
    services::{
        ServiceError,
        editing::Grounds,
        plan_files::{ExportedPlan, FileProblem, LARGEST_PLAN_FILE, Loaded, PlanFileError, export_plan, upload_plan_file},
        visit::Visit,
    },
};

/// What is read of an upload before the connection is given up, in bytes; up to here it is drained so that the answer arrives.
pub const LARGEST_UPLOAD: usize = 64 * 1024 * 1024;
/// The name under which the upload form is parked.
pub const IMPORT_FORM: &str = "import_plan_file";
/// The head of the audit chain at the instant of an export: rows, a colon, the hash of the last.
const AUDIT_HEAD: HeaderName = HeaderName::from_static("x-audit-head");

/// The plan as TOML.
pub async fn hand_out_toml(Extension(visit): Extension<Visit>, Path(plan): Path<String>, request: Request) -> Response {
    let exported = export_plan(&visit.shared.db, &plan).await;
    let file = exported.map(|plan| (plan.toml.clone().into_bytes(), plan));
    answer_file(visit, file, ("toml", "application/toml; charset=utf-8"), request).await
}

/// The plan as a zip of CSV files.
pub async fn hand_out_zip(Extension(visit): Extension<Visit>, Path(plan): Path<String>, request: Request) -> Response {
    let exported = export_plan(&visit.shared.db, &plan).await;
    let file = exported.and_then(|plan| Ok((plan.write_zip()?, plan)));
    answer_file(visit, file, ("zip", "application/zip"), request).await
}

async fn answer_file(
    visit: Visit,
    file: Result<(Vec<u8>, ExportedPlan), ServiceError>,
    (ending, media_type): (&str, &'static str),
    request: Request,
) -> Response {
    let (content, plan) = match file {
        Ok(file) => file,
        Err(error) => return render_error(visit, UserError::from(error), request).await,
    };
    let length = content.len();
    let mut response = Body::from(content).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    // A plan's code is letters, digits, points and dashes.
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"{}.{ending}\"", plan.code)) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    if let Ok(head) = HeaderValue::from_str(&format!("{}:{}", plan.head.0, plan.head.1)) {
        headers.insert(AUDIT_HEAD, head);
    }
    response
}

/// Takes a plan file in.
pub async fn take_plan_file(Extension(visit): Extension<Visit>, Path(plan): Path<String>, multipart: Multipart) -> Response {
    let place = format!("/p/{plan}/manage/files");
    let (mut form, content) = match receive(multipart).await {
        Ok(received) => received,
        Err(error) => return (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    };
    form.0.insert("back".to_owned(), place.clone());
    let key = form.get("form_key").to_owned();
    let mut faults = Vec::new();
    let outcome = run_once(&visit, &key, IMPORT_FORM, async {
        let actor = visit.require(Permission::ManagePlans)?;
        visit.plan_in_use(&plan)?;
        let content = content?;
        let grounds = Grounds { reason: form.get("reason").to_owned(), document: form.get("document").to_owned() };
        match upload_plan_file(&visit.shared, &actor, visit.now, content, grounds).await {
            Ok(loaded) => Ok(with_parameter(&address_of(&place, &loaded), "done", Notice::Saved.as_str())),
            Err(PlanFileError::Faulty(found)) => {
                let problem = FieldProblem::Definition(DefinitionProblem::FaultyFile { faults: found.len() });
                faults = found;
                Err(UserError::Invalid(vec![FieldError::new("file", problem)]).into())
            }
            Err(PlanFileError::Service(error)) => Err(error),
        }
    })
    .await;
    match outcome {
        Ok(address) => see_other(&address),
        Err(error) => lead_back(&visit, form, &faults, &UserError::from(error), &place).await,
    }
}

/// Where the page says what the import did.
fn address_of(place: &str, loaded: &Loaded) -> String {
    let pairs: Vec<(&str, String)> = match loaded {
        Loaded::Created { code, areas, indicators, tasks } => vec![
            ("imported", code.clone()),
            ("areas", areas.to_string()),
            ("indicators", indicators.to_string()),
            ("tasks", tasks.to_string()),
        ],
        Loaded::Changed { code, changes } => vec![("imported", code.clone()), ("changes", changes.len().to_string())],
        Loaded::Unchanged { code } => vec![("imported", code.clone()), ("changes", "0".to_owned())],
    };
    format!("{place}?{}", serde_urlencoded::to_string(pairs).unwrap_or_default())
}

async fn lead_back(visit: &Visit, mut form: Fields, faults: &[FileProblem], error: &UserError, place: &str) -> Response {
    if !faults.is_empty() {
        form.0.insert("faults".to_owned(), serde_json::to_string(faults).unwrap_or_default());
    }
    let back = park(visit, &form, IMPORT_FORM, error).await.unwrap_or_else(|_| inside_path(place).to_owned());
    if *error != UserError::SignedOut {
        return see_other(&back);
    }
    let query = serde_urlencoded::to_string([("next", back.as_str()), ("done", Notice::SessionEnded.as_str())]).unwrap_or_default();
    see_other(&format!("/sign-in?{query}"))
}

/// The form's text, and its file unless it is too large.
async fn receive(mut multipart: Multipart) -> Result<(Fields, Result<Vec<u8>, UserError>), MultipartError> {
    let (mut text, mut content) = (BTreeMap::new(), Ok(Vec::new()));
    while let Some(mut field) = multipart.next_field().await? {
        let name = field.name().unwrap_or_default().to_owned();
        if field.file_name().is_none() {
            let typed = field.text().await?;
            if typed.len() <= LARGEST_PLAN_FILE {
                text.insert(name, typed.replace("\r\n", "\n"));
            }
            continue;
        }
        // A file over the limit is still read to its end: a browser that is cut off shows no answer at all.
        while let Some(piece) = field.chunk().await? {
            if let Ok(bytes) = &mut content {
                if bytes.len() + piece.len() > LARGEST_PLAN_FILE {
                    content = Err(UserError::TooLarge { megabytes: 8 });
                } else {
                    bytes.extend_from_slice(&piece);
                }
            }
        }
    }
    Ok((Fields(text), content))
}
