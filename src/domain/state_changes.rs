//! What an audit row changed, field by field. Invariant: a field appears exactly when its value differs; nothing of either state is left out.

use std::collections::BTreeMap;

use serde_json::Value;

/// One field that is another after the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateChange {
    /// Its name; parts of parts are joined by dots. Empty where the state is a single value.
    pub field: String,
    /// What it was; none where it was not there.
    pub before: Option<String>,
    /// What it is; none where it is gone.
    pub after: Option<String>,
}

/// The fields that differ between two states, by name. A missing state has no fields.
pub fn list_state_changes(before: Option<&Value>, after: Option<&Value>) -> Vec<StateChange> {
    let (before, mut after) = (flatten(before), flatten(after));
    let mut changes: BTreeMap<String, StateChange> = BTreeMap::new();
    for (field, value) in before {
        let now = after.remove(&field);
        if now.as_ref() != Some(&value) {
            changes.insert(field.clone(), StateChange { field, before: Some(value), after: now });
        }
    }
    for (field, value) in after {
        changes.insert(field.clone(), StateChange { field, before: None, after: Some(value) });
    }
    changes.into_values().collect()
}

fn flatten(state: Option<&Value>) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    if let Some(state) = state {
        add_fields("", state, &mut fields);
    }
    fields
}

fn add_fields(name: &str, value: &Value, fields: &mut BTreeMap<String, String>) {
    let inside = |key: &str| if name.is_empty() { key.to_owned() } else { format!("{name}.{key}") };
    match value {
        // Nothing and a missing field say the same.
        Value::Null => {}
        Value::Object(members) if !members.is_empty() => {
            for (key, member) in members {
                add_fields(&inside(key), member, fields);
            }
        }
        Value::Array(members) if members.iter().any(|member| member.is_object() || member.is_array()) => {
            for (place, member) in members.iter().enumerate() {
                add_fields(&inside(&(place + 1).to_string()), member, fields);
            }
        }
        Value::Array(members) => {
            fields.insert(name.to_owned(), members.iter().map(show_value).collect::<Vec<_>>().join(", "));
        }
        plain => {
            fields.insert(name.to_owned(), show_value(plain));
        }
    }
}

fn show_value(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_differs_is_listed() {
        for (before, after, listed) in [
            (json!(null), json!(null), vec![]),
            (json!({"name": "a"}), json!({"name": "a"}), vec![]),
            (json!({"name": "a", "kind": "x"}), json!({"name": "b", "kind": "x"}), vec!["name: a → b"]),
            (json!(null), json!({"name": "a", "empty": null}), vec!["name: – → a"]),
            (json!({"name": "a"}), json!(null), vec!["name: a → –"]),
            (json!({"on": false}), json!({"on": true}), vec!["on: false → true"]),
            (json!(["owner"]), json!(["lead", "owner"]), vec![": owner → lead, owner"]),
            (json!({"dates": {"due": 1, "start": 2}}), json!({"dates": {"due": 3, "start": 2}}), vec!["dates.due: 1 → 3"]),
            (json!({"steps": [{"stage": "a"}]}), json!({"steps": [{"stage": "a"}, {"stage": "b"}]}), vec!["steps.2.stage: – → b"]),
            (json!({"list": []}), json!({"list": ["a"]}), vec!["list:  → a"]),
            (json!({"form": {}}), json!({"form": {"n": 1}}), vec!["form: {} → –", "form.n: – → 1"]),
        ] {
            let state = |value: &Value| (!value.is_null()).then(|| value.clone());
            let found: Vec<String> = list_state_changes(state(&before).as_ref(), state(&after).as_ref())
                .into_iter()
                .map(|change| {
                    let side = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
                    format!("{}: {} → {}", change.field, side(change.before), side(change.after))
                })
                .collect();
            assert_eq!(found, listed, "{before} {after}");
        }
    }
}
