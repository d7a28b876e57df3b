//! The report form: one multipart form to one handler. Invariant: the draft is stored first, whatever it holds; then the rest of the intent is tried.

use std::collections::{BTreeMap, HashMap};

use axum::{
    Extension,
    extract::{Multipart, Path, State},
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Json, Response},
};
use serde_json::json;

use super::{
    AppState,
    forms::{park, run_once, with_parameter},
    render::see_other,
    report_upload::{Incoming, is_incomplete, receive},
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
        moment::make_id,
        reports::{DraftChange, Saved, save_draft, submit_report},
        visit::{PlanHead, Visit},
    },
};

/// Takes the form.
pub async fn take_report_form(
    State(state): State<AppState>,
    Extension(visit): Extension<Visit>,
    Path((plan, report)): Path<(String, String)>,
    headers: HeaderMap,
    multipart: Multipart,
) -> Response {
    let wants_json = wants_json(&headers);
    let report = ReportId::from(report);
    let keeps_files = visit.may(Permission::Report);
    let incoming = receive(&state.shared.data_dir, visit.now, keeps_files, multipart).await;
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

/// Whether a page saves the draft while somebody types: the one who asks a report's form for JSON.
pub fn is_autosave(headers: &HeaderMap, uri: &Uri) -> bool {
    let parts: Vec<&str> = uri.path().split('/').collect();
    matches!(parts.as_slice(), ["", "p", _, "reports", _, "form"]) && wants_json(headers)
}

fn wants_json(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|accept| accept.contains("application/json"))
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

struct Finished {
    address: String,
    version: i64,
    refused: Option<UserError>,
}

async fn carry_out(visit: &Visit, plan: &str, report: &ReportId, incoming: Incoming, place: &str) -> Result<Finished, ServiceError> {
    let actor = visit.require(Permission::Report)?;
    let plan = visit.plan(plan)?;
    if let Some(error) = incoming.unsaved {
        return Err(error.into());
    }
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

/// The fields of a form that broke off: what did not arrive stands as it was saved.
pub fn read_broken_fields(text: &BTreeMap<String, String>, saved: &ReportFields) -> ReportFields {
    let mut fields = read_fields(text);
    if !is_incomplete(text) {
        return fields;
    }
    for (name, field, saved) in [
        ("narrative", &mut fields.narrative, &saved.narrative),
        ("percent_complete", &mut fields.percent_complete, &saved.percent_complete),
        ("problems", &mut fields.problems, &saved.problems),
        ("coordination", &mut fields.coordination, &saved.coordination),
        ("completed_on", &mut fields.completed_on, &saved.completed_on),
    ] {
        if !text.contains_key(name) {
            saved.clone_into(field);
        }
    }
    // The field that follows says whether the end of the form, where it can be ticked, was reached.
    fields.no_change |= saved.no_change && !text.contains_key("completed_on");
    let missing: Vec<EntryFields> =
        saved.entries.iter().filter(|entry| !fields.entries.iter().any(|typed| typed.key == entry.key)).cloned().collect();
    let kept = text.get("entry_keys").map(|keys| keys.split(',').collect::<Vec<_>>());
    fields.entries.extend(missing.into_iter().filter(|entry| kept.as_ref().is_none_or(|kept| kept.contains(&entry.key.as_str()))));
    for value in &saved.values {
        if !fields.values.iter().any(|typed| typed.indicator == value.indicator) {
            fields.values.push(value.clone());
        }
    }
    for milestone in &saved.milestones {
        if !text.contains_key(&format!("milestones.{}.reached_on", milestone.item)) {
            fields.milestones.push(milestone.clone());
        }
    }
    fields
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
    fn what_did_not_arrive_of_a_form_stands_as_it_was_saved() {
        let entry = |key: &str, name: &str| EntryFields { key: key.into(), name: name.into(), ..EntryFields::default() };
        let milestone = |on: &str| MilestoneFields { item: "m".into(), reached_on: on.into(), ..MilestoneFields::default() };
        let saved = ReportFields {
            narrative: "saved".into(),
            problems: "saved".into(),
            no_change: true,
            entries: vec![entry("a", "甲"), entry("b", "乙"), entry("gone", "丙")],
            milestones: vec![milestone("2026-09-01")],
            ..ReportFields::default()
        };
        let arrived = [("narrative", "typed"), ("entry_keys", "a,b"), ("entries.a.name", "甲二"), ("incomplete", "1")];
        let mut text: BTreeMap<String, String> = arrived.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let shown = read_broken_fields(&text, &saved);
        assert_eq!((shown.narrative.as_str(), shown.problems.as_str(), shown.no_change), ("typed", "saved", true));
        assert_eq!(shown.entries, [entry("a", "甲二"), entry("b", "乙")]);
        assert_eq!(shown.milestones, [milestone("2026-09-01")]);
        text.remove("incomplete");
        assert_eq!(read_broken_fields(&text, &saved).problems, "", "of a whole form nothing is added to what was emptied");
    }

    #[test]
    fn a_button_says_what_it_wants() {
        assert_eq!(Intent::read("remove:k1"), Intent::Remove("k1".to_owned()));
        assert_eq!(Intent::read("submit"), Intent::Submit);
        assert_eq!(Intent::read(""), Intent::Save);
    }
}
