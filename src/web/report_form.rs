//! The report form: one multipart form to one handler. Invariant: the draft is stored first, whatever it holds; then the rest of the intent is tried.

use std::collections::{BTreeMap, HashMap};

use axum::{
    Extension,
    extract::{Multipart, Path, State, multipart::Field},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Json, Response},
};
use serde_json::json;

use super::{
    AppState,
    forms::{park, run_once, with_parameter},
    render::see_other,
};
use crate::{
    api::Fields,
    domain::{
        ids::{EvidenceId, ReportId},
        permissions::Permission,
        report::{EntryFields, MilestoneFields, ReportFields, ValueFields},
    },
    error::{Notice, UserError},
    services::{
        ServiceError,
        evidence::{LARGEST_FILE_MB, Receiver},
        moment::make_id,
        reports::{Attachment, DraftChange, Saved, save_draft, submit_report},
        visit::{PlanHead, Visit},
    },
};

/// All text of a form together is no longer than this, in bytes.
const LARGEST_TEXT: usize = 1024 * 1024;
/// What is read of an upload before the connection is given up, in bytes; up to here it is drained so that the answer arrives.
pub const LARGEST_UPLOAD: usize = 64 * 1024 * 1024;

/// A form as it came: its text and its files.
#[derive(Debug, Default)]
struct Incoming {
    text: BTreeMap<String, String>,
    files: Vec<Attachment>,
    /// The first file that was refused.
    refused: Option<UserError>,
}

/// Takes the form.
pub async fn take_report_form(
    State(state): State<AppState>,
    Extension(visit): Extension<Visit>,
    Path((plan, report)): Path<(String, String)>,
    headers: HeaderMap,
    multipart: Multipart,
) -> Response {
    let wants_json =
        headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|accept| accept.contains("application/json"));
    let report = ReportId::from(report);
    let keeps_files = visit.may(Permission::Report);
    let incoming = match receive(&state, &visit, multipart, keeps_files).await {
        Ok(incoming) => incoming,
        Err(error) => return answer_error(&UserError::from(error), wants_json),
    };
    let form = Fields(incoming.text.clone());
    let place = format!("/p/{plan}/reports/{report}");
    let key = if wants_json { "" } else { form.get("form_key") };
    let mut finished = None;
    let outcome = run_once(&visit, key, "report_form", async {
        let done = carry_out(&visit, &plan, &report, incoming, &place).await?;
        let address = done.address.clone();
        finished = Some(done);
        Ok(address)
    })
    .await;
    match outcome {
        // A repeat of the form gets the address that the first one got.
        Ok(address) if !wants_json => see_other(&address),
        Ok(_) => answer_saved(&visit, finished),
        Err(error) => {
            let error = UserError::from(error);
            if wants_json {
                return answer_error(&error, true);
            }
            if error == UserError::SignedOut {
                return lead_to_sign_in(&visit, &form, &report, &place).await;
            }
            match park_report(&visit, &form, &report, &error, &place).await {
                Ok(address) => see_other(&address),
                Err(error) => answer_error(&UserError::from(error), false),
            }
        }
    }
}

fn answer_saved(visit: &Visit, finished: Option<Finished>) -> Response {
    let Some(done) = finished else { return answer_error(&UserError::Internal, true) };
    let problem = done.refused.as_ref().map(|error| visit.text().user_error(error));
    Json(json!({ "version": done.version, "problem": problem })).into_response()
}

fn answer_error(error: &UserError, wants_json: bool) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if wants_json {
        (status, Json(json!({ "error": error.to_string() }))).into_response()
    } else {
        (status, error.to_string()).into_response()
    }
}

/// The name under which a report's form is parked.
pub fn parked_name(report: &ReportId) -> String {
    format!("report:{report}")
}

async fn park_report(visit: &Visit, form: &Fields, report: &ReportId, error: &UserError, place: &str) -> Result<String, ServiceError> {
    let mut kept = form.clone();
    kept.0.insert("back".to_owned(), place.to_owned());
    park(visit, &kept, &parked_name(report), error).await
}

async fn lead_to_sign_in(visit: &Visit, form: &Fields, report: &ReportId, place: &str) -> Response {
    let next = park_report(visit, form, report, &UserError::SignedOut, place).await.unwrap_or_else(|_| place.to_owned());
    let query = serde_urlencoded::to_string([("next", next.as_str()), ("done", Notice::SessionEnded.as_str())]).unwrap_or_default();
    see_other(&format!("/sign-in?{query}"))
}

async fn receive(state: &AppState, visit: &Visit, mut multipart: Multipart, keeps_files: bool) -> Result<Incoming, ServiceError> {
    let mut incoming = Incoming::default();
    let mut text_size = 0;
    while let Some(field) = multipart.next_field().await.map_err(refuse_upload)? {
        let name = field.name().unwrap_or_default().to_owned();
        match field.file_name().map(str::to_owned) {
            Some(file_name) => {
                let entry_key = name.strip_prefix("file.").unwrap_or_default().to_owned();
                if !file_name.is_empty() {
                    take_file(state, visit, &mut incoming, field, entry_key, file_name, keeps_files).await?;
                }
            }
            None => {
                let text = field.text().await.map_err(refuse_upload)?;
                text_size += text.len();
                if text_size > LARGEST_TEXT {
                    return Err(UserError::TooLarge { megabytes: 1 }.into());
                }
                incoming.text.insert(name, text.replace("\r\n", "\n"));
            }
        }
    }
    Ok(incoming)
}

fn refuse_upload(error: axum::extract::multipart::MultipartError) -> ServiceError {
    tracing::info!(%error, "an upload broke off");
    UserError::TooLarge { megabytes: LARGEST_FILE_MB }.into()
}

async fn take_file(
    state: &AppState,
    visit: &Visit,
    incoming: &mut Incoming,
    mut field: Field<'_>,
    entry_key: String,
    file_name: String,
    keeps_files: bool,
) -> Result<(), ServiceError> {
    let mut receiver = if keeps_files { Some(Receiver::begin(&state.shared.data_dir, visit.now).await?) } else { None };
    // A file over the limit is still read to its end: a browser that is cut off shows no answer at all.
    while let Some(piece) = field.chunk().await.map_err(refuse_upload)? {
        if let Some(receiver) = &mut receiver {
            receiver.take(&piece).await?;
        }
    }
    let Some(receiver) = receiver else { return Ok(()) };
    let file_name = clean_file_name(&file_name);
    match receiver.finish(&state.shared.data_dir, &file_name).await {
        Ok(received) => incoming.files.push(Attachment { entry_key, file_name, received }),
        Err(ServiceError::Refused(error)) => {
            incoming.refused.get_or_insert(error);
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

/// The last part of a file's name, without control characters, at most 120 characters.
fn clean_file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().filter(|character| !character.is_control()).collect();
    let length = kept.chars().count();
    // The ending tells people what it is, so a long name loses its beginning.
    let kept: String = kept.chars().skip(length.saturating_sub(120)).collect();
    if kept.trim().is_empty() { "file".to_owned() } else { kept }
}

struct Finished {
    address: String,
    version: i64,
    refused: Option<UserError>,
}

async fn carry_out(visit: &Visit, plan: &str, report: &ReportId, incoming: Incoming, place: &str) -> Result<Finished, ServiceError> {
    let actor = visit.require(Permission::Report)?;
    let plan = visit.plan(plan)?;
    let intent = Intent::read(incoming.text.get("intent").map_or("save", String::as_str));
    let mut fields = read_fields(&incoming.text);
    let mut removed_entry = None;
    match &intent {
        Intent::Add { unit } => {
            let (key, unit_id) = (new_key(visit)?, unit_to_add(*unit, &incoming.text));
            fields.entries.push(EntryFields { key, unit_id, ..EntryFields::default() });
        }
        Intent::Remove(key) => {
            fields.entries.retain(|entry| entry.key != *key);
            removed_entry = Some(key.clone());
        }
        Intent::NoChange => fields.no_change = true,
        _ => {}
    }
    let change = DraftChange {
        plan: plan.clone(),
        report: report.clone(),
        version: incoming.text.get("version").and_then(|text| text.parse().ok()).unwrap_or(0),
        fields,
        attachments: incoming.files,
        detached: if let Intent::Detach(id) = &intent { Some(EvidenceId::from(id.as_str())) } else { None },
        removed_entry,
    };
    let version = match save_draft(&visit.shared.db, &actor, visit.now, change).await? {
        Saved::At(version) => version,
        Saved::Stale => return Err(UserError::Stale.into()),
    };
    if let Some(refused) = incoming.refused {
        let form = Fields(BTreeMap::from([("back".to_owned(), place.to_owned())]));
        let address = park(visit, &form, &parked_name(report), &refused).await?;
        return Ok(Finished { address, version, refused: Some(refused) });
    }
    let address = match &intent {
        Intent::Submit | Intent::NoChange => return try_submit(visit, &actor, &plan, report, version, place).await,
        Intent::Add { .. } => format!("{place}#entries-end"),
        Intent::Remove(_) | Intent::Detach(_) => place.to_owned(),
        Intent::Save => with_parameter(place, "done", Notice::DraftSaved.as_str()),
    };
    Ok(Finished { address, version, refused: None })
}

async fn try_submit(
    visit: &Visit,
    actor: &crate::services::access::Actor,
    plan: &PlanHead,
    report: &ReportId,
    version: i64,
    place: &str,
) -> Result<Finished, ServiceError> {
    match submit_report(&visit.shared.db, actor, visit.now, plan, report, version).await {
        Ok(()) => Ok(Finished { address: with_parameter(place, "done", Notice::ReportSubmitted.as_str()), version, refused: None }),
        // The draft is saved and its page lists what is wrong with it.
        Err(ServiceError::Refused(UserError::Invalid(_))) => Ok(Finished { address: format!("{place}?check=1"), version, refused: None }),
        Err(ServiceError::Refused(error)) => {
            let form = Fields(BTreeMap::from([("back".to_owned(), format!("{place}?check=1"))]));
            let address = park(visit, &form, &parked_name(report), &error).await?;
            Ok(Finished { address, version, refused: Some(error) })
        }
        Err(error) => Err(error),
    }
}

/// What a button of the form asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Intent {
    Save,
    Submit,
    NoChange,
    Add { unit: bool },
    Remove(String),
    Detach(String),
}

impl Intent {
    fn read(text: &str) -> Self {
        match text.split_once(':') {
            Some(("remove", key)) => Self::Remove(key.to_owned()),
            Some(("detach", id)) => Self::Detach(id.to_owned()),
            _ => match text {
                "submit" => Self::Submit,
                "no-change" => Self::NoChange,
                "add" => Self::Add { unit: false },
                "add-unit" => Self::Add { unit: true },
                _ => Self::Save,
            },
        }
    }
}

fn unit_to_add(existing: bool, text: &BTreeMap<String, String>) -> String {
    if existing { text.get("next_unit").cloned().unwrap_or_default() } else { String::new() }
}

/// A key for a new entry: short, and never used before in this draft.
fn new_key(visit: &Visit) -> Result<String, ServiceError> {
    let id: String = make_id(visit.now)?;
    Ok(id.chars().filter(char::is_ascii_alphanumeric).rev().take(10).collect())
}

/// Reads the report's fields out of a flat form; `entries.KEY.FIELD` and `values.CODE` in the order of the keys' first fields.
pub fn read_fields(text: &BTreeMap<String, String>) -> ReportFields {
    let get = |name: &str| text.get(name).cloned().unwrap_or_default();
    let mut entries: HashMap<String, EntryFields> = HashMap::new();
    for (name, value) in text {
        let Some((key, field)) = name.strip_prefix("entries.").and_then(|rest| rest.split_once('.')) else { continue };
        let entry = entries.entry(key.to_owned()).or_insert_with(|| EntryFields { key: key.to_owned(), ..EntryFields::default() });
        let value = value.clone();
        match field {
            "unit_id" => entry.unit_id = value,
            // One list offers recognition and level together: `double-high-school/national`.
            "recognition" => {
                let (recognition, level) = value.split_once('/').unwrap_or((&value, ""));
                recognition.clone_into(&mut entry.recognition);
                if !level.is_empty() {
                    level.clone_into(&mut entry.level);
                }
            }
            "code" => entry.code = value,
            "name" => entry.name = value,
            "partners" => entry.partners = value,
            "district" => entry.district = value,
            "stage" => entry.stage = value,
            "stage_date" => entry.stage_date = value,
            "document_number" => entry.document_number = value,
            _ => {}
        }
    }
    let order = get("entry_keys");
    let in_order = order.split(',').filter_map(|key| entries.remove(key)).collect::<Vec<_>>();
    let values = read_values(text);
    let milestones = read_milestone_fields(text);
    ReportFields {
        narrative: get("narrative"),
        percent_complete: get("percent_complete"),
        problems: get("problems"),
        coordination: get("coordination"),
        completed_on: get("completed_on"),
        no_change: text.contains_key("no_change"),
        entries: in_order,
        values,
        milestones,
    }
}

/// What was typed for indicators: `values.CODE`, or `numerators.CODE` and `denominators.CODE`.
fn read_values(text: &BTreeMap<String, String>) -> Vec<ValueFields> {
    let mut values: BTreeMap<&str, ValueFields> = BTreeMap::new();
    for (name, typed) in text {
        let Some((part, code)) = name.split_once('.') else { continue };
        if !matches!(part, "values" | "numerators" | "denominators") {
            continue;
        }
        let fields = values.entry(code).or_insert_with(|| ValueFields { indicator: code.to_owned(), ..ValueFields::default() });
        match part {
            "values" => typed.clone_into(&mut fields.value),
            "numerators" => typed.clone_into(&mut fields.numerator),
            _ => typed.clone_into(&mut fields.denominator),
        }
    }
    values.into_values().collect()
}

/// `milestones.ID.FIELD` of a flat form; what is left empty is no milestone.
fn read_milestone_fields(text: &BTreeMap<String, String>) -> Vec<MilestoneFields> {
    let mut found: BTreeMap<&str, MilestoneFields> = BTreeMap::new();
    for (name, value) in text {
        let Some((id, field)) = name.strip_prefix("milestones.").and_then(|rest| rest.split_once('.')) else { continue };
        let typed = found.entry(id).or_insert_with(|| MilestoneFields { item: id.to_owned(), ..MilestoneFields::default() });
        match field {
            "reached_on" => typed.reached_on = value.clone(),
            "document_number" => typed.document_number = value.clone(),
            _ => {}
        }
    }
    found.into_values().filter(MilestoneFields::is_filled).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flat_form_becomes_fields_in_the_order_of_its_keys() {
        let text: BTreeMap<String, String> = [
            ("narrative", "x"),
            ("entry_keys", "b,a"),
            ("entries.a.name", "甲"),
            ("entries.b.name", "乙"),
            ("entries.b.recognition", "double-high-school/national"),
            ("entries.gone.name", "not in the list"),
            ("values.V1", "12"),
            ("numerators.R.1", "3"),
            ("denominators.R.1", "4"),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
        let fields = read_fields(&text);
        let keys: Vec<&str> = fields.entries.iter().map(|entry| entry.key.as_str()).collect();
        assert_eq!(keys, ["b", "a"]);
        assert_eq!((fields.entries[0].recognition.as_str(), fields.entries[0].level.as_str()), ("double-high-school", "national"));
        let rate = ValueFields { indicator: "R.1".into(), numerator: "3".into(), denominator: "4".into(), ..ValueFields::default() };
        assert_eq!(fields.values, [rate, ValueFields { indicator: "V1".into(), value: "12".into(), ..ValueFields::default() }]);
        assert!(!fields.no_change);
    }

    #[test]
    fn a_file_name_keeps_its_last_part_and_its_ending() {
        assert_eq!(clean_file_name("C:\\文件\\证明.pdf"), "证明.pdf");
        assert_eq!(clean_file_name("../../etc/passwd"), "passwd");
        assert_eq!(clean_file_name("\u{7}"), "file");
        assert!(clean_file_name(&format!("{}.pdf", "长".repeat(300))).ends_with("长.pdf"));
    }

    #[test]
    fn a_button_says_what_it_wants() {
        assert_eq!(Intent::read("remove:k1"), Intent::Remove("k1".to_owned()));
        assert_eq!(Intent::read("submit"), Intent::Submit);
        assert_eq!(Intent::read(""), Intent::Save);
    }
}
