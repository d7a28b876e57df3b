//! What happened to an object, from the rows of the audit trail about it. Invariant: it is read, never written; each entry says
//! who, when, why, and field by field what was before and what is after.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Map, Value};

use crate::{
    services::ServiceError,
    store::{
        Db, Tx,
        audit::{AuditRow, list_audit_rows_of},
        organisations::list_organisations,
    },
};

/// One change of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// Who.
    pub who: String,
    /// The word of the action.
    pub action: String,
    /// Why; empty where none was asked for.
    pub reason: String,
    /// The document; empty without one.
    pub document: String,
    /// What changed.
    pub changes: Vec<FieldChange>,
    /// What organisations are called, which a change knows by their ids: Chinese, English.
    pub names: Arc<OrganisationNames>,
}

/// The Chinese and the English name of organisations, by id.
pub type OrganisationNames = BTreeMap<String, (String, String)>;

/// One field of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// The field's name in the state; for a change by file the object too: `task 4.5 title_zh`.
    pub field: String,
    /// What stood there; empty for nothing.
    pub before: String,
    /// What stands there now; empty for nothing.
    pub after: String,
}

/// The changes of one object, the newest first.
pub async fn read_history(db: &Db, object_kind: &str, object_id: &str) -> Result<Vec<HistoryEntry>, ServiceError> {
    let mut tx = db.read().await?;
    let rows = list_audit_rows_of(&mut tx, object_kind, object_id).await?;
    let names = read_names(&mut tx).await?;
    Ok(rows.iter().map(|row| read_entry(row, &names)).collect())
}

async fn read_names(tx: &mut Tx) -> Result<Arc<OrganisationNames>, ServiceError> {
    let organisations = list_organisations(tx).await?.into_iter();
    Ok(Arc::new(organisations.map(|one| (one.id.to_string(), (one.name_zh, one.name_en))).collect()))
}

/// The changes of one part of a plan, the newest first: its own, and those that plan files made to it. `label` is how files name
/// it: `task 4.5`.
pub async fn read_plan_history(db: &Db, plan_id: &str, part: (&str, &str), label: &str) -> Result<Vec<HistoryEntry>, ServiceError> {
    let mut tx = db.read().await?;
    let mut rows = list_audit_rows_of(&mut tx, part.0, part.1).await?;
    let names = read_names(&mut tx).await?;
    let prefix = format!("{label} ");
    let by_file = list_audit_rows_of(&mut tx, "plan", plan_id).await?;
    let touches = |row: &AuditRow| read_entry(row, &names).changes.iter().any(|change| change.field.starts_with(&prefix));
    rows.extend(by_file.into_iter().filter(touches));
    rows.sort_by_key(|row| std::cmp::Reverse(row.sequence));
    let entries = rows.iter().map(|row| {
        let mut entry = read_entry(row, &names);
        if row.object_kind == "plan" {
            entry.changes.retain(|change| change.field.starts_with(&prefix));
            for change in &mut entry.changes {
                change.field = change.field[prefix.len()..].to_owned();
            }
        }
        entry
    });
    Ok(entries.collect())
}

fn read_entry(row: &AuditRow, names: &Arc<OrganisationNames>) -> HistoryEntry {
    let read = |state: &Option<String>| state.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or(Value::Null);
    let (before, mut after) = (flatten(read(&row.before_state)), flatten(read(&row.after_state)));
    // The document belongs to the act; what the former act's was stands with that one.
    let document = after.remove("document").map(|value| show(&value)).unwrap_or_default();
    let mut before = before;
    before.remove("document");
    HistoryEntry {
        at: row.at,
        who: row.actor_name.clone(),
        action: row.action.clone(),
        reason: row.reason.clone(),
        document,
        changes: compare(&before, &after),
        names: names.clone(),
    }
}

/// A state as fields. What a plan file changed is a list of objects with fields.
fn flatten(state: Value) -> Map<String, Value> {
    match state {
        Value::Object(fields) => fields,
        Value::Array(entries) => entries
            .into_iter()
            .filter_map(|entry| {
                let text = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default();
                let name = format!("{} {}", text("object"), text("field"));
                Some((name.trim().to_owned(), entry.get("text")?.clone()))
            })
            .collect(),
        _ => Map::new(),
    }
}

/// The fields in which two states differ, as forms carry them.
pub fn compare_states(before: &str, after: &str) -> Vec<FieldChange> {
    let read = |text: &str| flatten(serde_json::from_str(text).unwrap_or(Value::Null));
    compare(&read(before), &read(after))
}

fn compare(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<FieldChange> {
    let gone = before.keys().filter(|key| !after.contains_key(*key));
    let fields = after.keys().chain(gone);
    let changes = fields.map(|field| {
        let side = |state: &Map<String, Value>| state.get(field).map(show).unwrap_or_default();
        FieldChange { field: field.clone(), before: side(before), after: side(after) }
    });
    // A new object begins with what it has; what stays empty is no news.
    changes.filter(|change| change.before != change.after).filter(|change| !is_default(before, change)).collect()
}

fn is_default(before: &Map<String, Value>, change: &FieldChange) -> bool {
    before.is_empty() && change.after == "false"
}

/// A value as text; the words of closed lists are worded by the page.
fn show(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(show).collect::<Vec<_>>().join("、"),
        Value::Object(fields) => fields.iter().map(|(name, value)| format!("{name}: {}", show(value))).collect::<Vec<_>>().join(", "),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_states_are_compared_field_by_field() {
        for (before, after, changes) in [
            (r#"{"a":"1","b":["x"],"c":true}"#, r#"{"a":"2","b":["x","y"],"c":true}"#, vec![("a", "1", "2"), ("b", "x", "x、y")]),
            ("", r#"{"a":"1","b":"","retired":false}"#, vec![("a", "", "1")]),
            (r#"{"retired":false}"#, r#"{"retired":true}"#, vec![("retired", "false", "true")]),
            (r#"{"a":"1"}"#, r#"{"a":"1"}"#, vec![]),
            (
                r#"[{"object":"task 1.1","field":"title_zh","text":"旧"}]"#,
                r#"[{"object":"task 1.1","field":"title_zh","text":"新"}]"#,
                vec![("task 1.1 title_zh", "旧", "新")],
            ),
        ] {
            let found = compare_states(before, after);
            let found: Vec<(&str, &str, &str)> =
                found.iter().map(|change| (change.field.as_str(), change.before.as_str(), change.after.as_str())).collect();
            assert_eq!(found, changes, "{before} {after}");
        }
    }
}
