//! What a row of the audit trail changed, in words. Invariant: nothing that differs is left out; ids and codes are shown as the names
//! they stand for.

use leptos::prelude::*;

use crate::{
    domain::{
        audit_chain::ChainVerdict,
        evaluation::Dimension,
        report::{ReportState, ReviewLevel},
        scopes::Scope,
        state_changes::StateChange,
        words::{FeedbackKind, Grade, Part, Role, UnitKind},
    },
    i18n::Text,
    services::{
        audit_view::{AuditEntry, AuditPage as Contents, zone_of},
        moment::Moment,
        trail::Action,
        visit::Visit,
    },
    store::audit_lists::ListedAuditRow,
};

/// More fields than this stand behind a disclosure.
const OPEN_FIELDS: usize = 4;
/// Fields that hold an instant.
const INSTANTS: [&str; 2] = ["expires_at", "locked_until"];
/// Fields that hold a list of words or of ids with names.
const LISTS: [&str; 4] = ["roles", "scopes", "missing", "deadlines"];
/// Fields that hold a list of ids without names: only their number says something.
const COUNTED: [&str; 4] = ["steps_superseded", "steps_recorded", "values_superseded", "values_recorded"];
/// What a correction takes the place of, where that is no original report.
const IN_FORCE: &str = "in-force";
/// The state of a correction that its owner does not go on with.
const GIVEN_UP: &str = "given-up";

/// The fields that differ, before and after.
pub(super) fn changes_view(visit: &Visit, contents: &Contents, entry: &AuditEntry) -> AnyView {
    let text = visit.text();
    let changes = name_changes(text, &entry.row, &entry.changes);
    if changes.is_empty() {
        return view! { <span class="soft">{text.audit_no_changes()}</span> }.into_any();
    }
    let count = changes.len();
    let items = changes.iter().map(|change| change_view(visit, contents, &entry.row, change)).collect_view();
    let list = view! { <ul class="changes">{items}</ul> };
    if count <= OPEN_FIELDS {
        return list.into_any();
    }
    view! {
        <details>
            <summary>{text.audit_changes_count(count)}</summary>
            {list}
        </details>
    }
    .into_any()
}

fn change_view(visit: &Visit, contents: &Contents, row: &ListedAuditRow, change: &StateChange) -> AnyView {
    let text = visit.text();
    let show = |value: &str| show_value(visit, contents, row, &change.field, value);
    let before = change.before.as_deref().map(|value| {
        view! {
            <span class="visually-hidden">{text.audit_was()} " "</span>
            <del>{show(value)}</del>
            " → "
        }
    });
    let after = match change.after.as_deref() {
        Some(value) => view! {
            <span class="visually-hidden">{text.audit_became()} " "</span>
            <ins>{show(value)}</ins>
        }
        .into_any(),
        None => view! { <span class="soft">{text.audit_nothing()}</span> }.into_any(),
    };
    view! {
        <li>
            <span class="soft">{field_label(text, &change.field)}</span>
            " "
            {before}
            {after}
        </li>
    }
    .into_any()
}

/// The changes with a name for each; faults of the chain as sentences.
fn name_changes(text: Text, row: &ListedAuditRow, changes: &[StateChange]) -> Vec<StateChange> {
    let action = row.action.parse().ok();
    let mut named = name_places(action, changes);
    let verdict = || serde_json::from_str::<ChainVerdict>(row.after_state.as_deref()?).ok();
    if let Some(verdict) = (action == Some(Action::VerifyChain)).then(verdict).flatten() {
        named.retain(|change| change.field.split('.').next() != Some("faults"));
        named.extend(verdict.faults.iter().map(|fault| StateChange {
            field: "faults".to_owned(),
            before: None,
            after: Some(text.chain_fault(fault)),
        }));
    }
    named
}

/// What the places of a state are that is a list of values; an empty name gives its own fields no prefix.
const fn places_of(action: Action) -> &'static [&'static str] {
    match action {
        Action::AcceptReport | Action::ReturnReport | Action::WithdrawReport => &["state", "review_level", ""],
        Action::SubmitReport => &["submission", ""],
        Action::CreateAdministrator => &["username", "roles"],
        Action::RecordUnit => &["recognition", "level", "stage", "on"],
        _ => &[],
    }
}

/// Gives names to what a state holds without any. What was nothing and is nothing is left out.
fn name_places(action: Option<Action>, changes: &[StateChange]) -> Vec<StateChange> {
    let places = action.map_or(&[][..], places_of);
    let mut named: Vec<StateChange> = Vec::with_capacity(changes.len());
    let mut add = |field: &str, before: Option<&str>, after: Option<&str>| match named.iter_mut().find(|one| one.field == field) {
        Some(one) => {
            one.before = before.map(str::to_owned).or_else(|| one.before.take());
            one.after = after.map(str::to_owned).or_else(|| one.after.take());
        }
        None => named.push(StateChange { field: field.to_owned(), before: before.map(str::to_owned), after: after.map(str::to_owned) }),
    };
    for change in changes {
        let (before, after) = (change.before.as_deref(), change.after.as_deref());
        match (action, change.field.as_str()) {
            (Some(Action::GrantRoles), "") => add("roles", before, after),
            (Some(Action::GiveUpCorrection), "") => add("state", before, Some(GIVEN_UP)),
            (Some(Action::BeginCorrection), "") => {
                let number = after.and_then(|after| after.rsplit(", ").next());
                add("version", Some(if number == Some("1") { "0" } else { IN_FORCE }), number);
            }
            (_, "") if !places.is_empty() => {
                let part = |state: Option<&'_ str>, place: usize| {
                    state.and_then(|state| state.split(", ").nth(place)).filter(|part| !matches!(*part, "" | "null")).map(str::to_owned)
                };
                for (place, name) in places.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
                    let (before, after) = (part(before, place), part(after, place));
                    if before.is_some() || after.is_some() {
                        add(name, before.as_deref(), after.as_deref());
                    }
                }
            }
            (_, field) => {
                let (first, rest) = field.split_once('.').unwrap_or((field, ""));
                let place = first.parse::<usize>().ok().and_then(|number| places.get(number.checked_sub(1)?));
                let name = match place.copied() {
                    None => field,
                    Some("") => rest,
                    Some(name) => name,
                };
                add(name, before, after);
            }
        }
    }
    let said = |side: &Option<String>| side.as_deref().filter(|value| !value.is_empty()).map(str::to_owned);
    for change in &mut named {
        change.before = said(&change.before);
    }
    named.retain(|change| change.before != said(&change.after));
    named
}

/// The name of a field; that of a part of a part stands after that of the whole.
fn field_label(text: Text, field: &str) -> String {
    let mut label = String::new();
    for (place, part) in field.split('.').filter(|part| *part != "evaluation").enumerate() {
        let is_number = !part.is_empty() && part.chars().all(|character| character.is_ascii_digit());
        match (place, is_number) {
            (0, _) => {}
            (_, true) => label.push(' '),
            (_, false) => label.push_str(" · "),
        }
        label.push_str(&if is_number { part.to_owned() } else { text.audit_part(part) });
    }
    label
}

/// A value as people read it: an id as the name it stands for, an instant as a time, a code as its word.
fn show_value(visit: &Visit, contents: &Contents, row: &ListedAuditRow, field: &str, value: &str) -> String {
    let text = visit.text();
    if matches!(value, "" | "{}" | "null") {
        return text.audit_nothing().to_owned();
    }
    let mut parts = field.rsplit('.').skip_while(|part| part.chars().all(|character| character.is_ascii_digit()));
    let last = parts.next().unwrap_or_default();
    if INSTANTS.contains(&last)
        && let Ok(at) = value.parse()
    {
        return Moment(at).minute_in(zone_of(visit));
    }
    let list = || value.split(", ");
    match last {
        counted if COUNTED.contains(&counted) => text.audit_entries_count(list().count()),
        // A unit that a correction describes anew: its id and its former name.
        "described" => value.split_once(", ").map_or(value, |(_, name)| name).to_owned(),
        several if LISTS.contains(&several) => {
            list().map(|one| show_one(visit, contents, row, several, one)).collect::<Vec<_>>().join(text.list_comma())
        }
        _ => show_one(visit, contents, row, last, value),
    }
}

fn show_one(visit: &Visit, contents: &Contents, row: &ListedAuditRow, field: &str, value: &str) -> String {
    let text = visit.text();
    let organisation = contents.organisations.iter().find(|one| one.id.as_str() == value).map(|one| one.name(visit.lang).to_owned());
    let actor = || contents.actors.iter().find(|(id, ..)| id == value).map(|(_, name, _)| name.clone());
    if let Some(name) = organisation.or_else(actor) {
        return name;
    }
    let is_id = value.len() == 36 && value.chars().filter(|character| *character == '-').count() == 4;
    let word = match (field, value) {
        ("state", GIVEN_UP) => Some(text.correction_given_up().to_owned()),
        ("state", word) => word.parse::<ReportState>().ok().map(|state| text.report_state(Some(state)).to_owned()),
        ("review_level", word) => word.parse::<ReviewLevel>().ok().map(|level| text.review_level(level).to_owned()),
        ("version", IN_FORCE) => Some(text.correction_in_force().to_owned()),
        ("version", number) => number.parse().ok().map(|number| text.version_name(number)),
        ("roles", word) => word.parse::<Role>().ok().map(|role| text.role(role).to_owned()),
        ("scopes", word) => word.parse::<Scope>().ok().map(|scope| text.scope(scope).to_owned()),
        ("part", word) => word.parse::<Part>().ok().map(|part| text.part(part).to_owned()),
        ("unit_kind", word) => word.parse::<UnitKind>().ok().map(|kind| text.unit_kind(kind).to_owned()),
        ("kind", word) if row.object_kind == "feedback" => {
            word.parse::<FeedbackKind>().ok().map(|kind| text.feedback_kind(kind).to_owned())
        }
        ("kind", word) if row.object_kind == "name" => word.parse::<UnitKind>().ok().map(|kind| text.unit_kind(kind).to_owned()),
        ("recognition", code) => {
            contents.kinds.iter().find(|kind| kind.code == code).map(|kind| text.lang.pick(&kind.name_zh, &kind.name_en).to_owned())
        }
        ("dimension", word) => word.parse::<Dimension>().ok().map(|dimension| text.dimension(dimension).to_owned()),
        ("grade", word) => word.parse::<Grade>().ok().map(|grade| text.grade(Some(grade)).to_owned()),
        ("period", code) => Some(text.period_name(code)),
        ("code", code) if row.object_kind == "period" => Some(text.period_name(code)),
        ("task", _) if is_id && !row.object_code.is_empty() => Some(row.object_code.clone()),
        (_, "true") => Some(text.yes().to_owned()),
        (_, "false") => Some(text.no().to_owned()),
        (named, _) if is_id => text.audit_one(named).map(str::to_owned),
        _ => None,
    };
    word.unwrap_or_else(|| text.definition_value(field, value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;

    fn changed(field: &str, before: &str, after: &str) -> StateChange {
        let side = |value: &str| (value != "–").then(|| value.to_owned());
        StateChange { field: field.to_owned(), before: side(before), after: side(after) }
    }

    #[test]
    fn places_of_lists_are_named_by_what_was_done() {
        for (action, changes, named) in [
            (
                Some(Action::AcceptReport),
                vec![changed("", "submitted", "accepted, commission")],
                vec!["state: submitted → accepted", "review_level: – → commission"],
            ),
            (
                Some(Action::AcceptReport),
                vec![
                    changed("", "submitted", "–"),
                    changed("1", "–", "accepted"),
                    changed("2", "–", "commission"),
                    changed("3.described", "–", ""),
                    changed("3.steps_recorded", "–", "a, b"),
                ],
                vec!["state: submitted → accepted", "review_level: – → commission", "steps_recorded: – → a, b"],
            ),
            (Some(Action::WithdrawReport), vec![changed("", "submitted", "draft")], vec!["state: submitted → draft"]),
            (
                Some(Action::SubmitReport),
                vec![changed("1", "–", "2"), changed("2.entries.1.name", "–", "甲")],
                vec!["submission: – → 2", "entries.1.name: – → 甲"],
            ),
            (Some(Action::BeginCorrection), vec![changed("", "a-b", "c-d, 1")], vec!["version: 0 → 1"]),
            (Some(Action::BeginCorrection), vec![changed("", "a-b", "c-d, 3")], vec!["version: in-force → 3"]),
            (Some(Action::GiveUpCorrection), vec![changed("", "draft", "1")], vec!["state: draft → given-up"]),
            (Some(Action::GrantRoles), vec![changed("", "owner", "lead, owner")], vec!["roles: owner → lead, owner"]),
            (
                Some(Action::CreateAdministrator),
                vec![changed("", "–", "xitong, system")],
                vec!["username: – → xitong", "roles: – → system"],
            ),
            (
                Some(Action::RecordUnit),
                vec![changed("", "city-consortium, null, recognised, 2025-05-30", "–"), changed("stage", "–", "revoked")],
                vec!["recognition: city-consortium → –", "stage: recognised → revoked", "on: 2025-05-30 → –"],
            ),
            (
                Some(Action::ChangeAccount),
                vec![changed("display_name", "a", "b"), changed("note", "–", ""), changed("district", "", "c")],
                vec!["display_name: a → b", "district: – → c"],
            ),
            (None, vec![changed("", "a", "b")], vec![": a → b"]),
        ] {
            let side = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
            let found: Vec<String> = name_places(action, &changes)
                .into_iter()
                .map(|change| format!("{}: {} → {}", change.field, side(change.before), side(change.after)))
                .collect();
            assert_eq!(found, named, "{changes:?}");
        }
    }

    #[test]
    fn parts_of_parts_are_named_from_the_whole() {
        let zh = Text::new(Lang::Zh);
        for (field, label) in [
            ("state", "状态"),
            ("faults", "问题"),
            ("by_year.2026", "按年认领 2026"),
            ("entries.2.stage_date", "认定事项 2 · 日期"),
            ("evaluation.assessments.1.grade", "评估 1 · 等级"),
            ("something_else", "something_else"),
        ] {
            assert_eq!(field_label(zh, field), label);
        }
        assert_ne!(field_label(Text::new(Lang::En), "faults"), field_label(Text::new(Lang::En), "fault_count"));
    }
}
