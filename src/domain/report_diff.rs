//! How two versions of a report differ. Invariant: every field that differs is named, and none other.

use super::report::{EntryFields, ReportFields};

/// A field that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The field's name in the form.
    pub field: String,
    /// What is saved.
    pub saved: String,
    /// What was typed.
    pub typed: String,
}

/// The fields in which what was typed differs from what is saved, in the order of the form.
pub fn compare_reports(saved: &ReportFields, typed: &ReportFields) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut compare = |field: &str, saved: &str, typed: &str| {
        if saved.trim() != typed.trim() {
            found.push(Difference { field: field.to_owned(), saved: saved.trim().to_owned(), typed: typed.trim().to_owned() });
        }
    };
    compare("narrative", &saved.narrative, &typed.narrative);
    compare("percent_complete", &saved.percent_complete, &typed.percent_complete);
    for value in &typed.values {
        let before = saved.values.iter().find(|before| before.indicator == value.indicator).map_or("", |before| before.value.as_str());
        compare(&format!("values.{}", value.indicator), before, &value.value);
        let before = saved.values.iter().find(|before| before.indicator == value.indicator);
        let parts = before.map_or(("", ""), |before| (before.numerator.as_str(), before.denominator.as_str()));
        compare(&format!("numerators.{}", value.indicator), parts.0, &value.numerator);
        compare(&format!("denominators.{}", value.indicator), parts.1, &value.denominator);
    }
    for before in saved.values.iter().filter(|before| !typed.values.iter().any(|value| value.indicator == before.indicator)) {
        compare(&format!("values.{}", before.indicator), &before.value, "");
    }
    let nothing = EntryFields::default();
    for entry in &typed.entries {
        let before = saved.entries.iter().find(|before| before.key == entry.key).unwrap_or(&nothing);
        compare_entry(before, entry, &entry.key, &mut compare);
    }
    for before in saved.entries.iter().filter(|before| !typed.entries.iter().any(|entry| entry.key == before.key)) {
        compare_entry(before, &nothing, &before.key, &mut compare);
    }
    let taken_out = saved.milestones.iter().filter(|before| !typed.milestones.iter().any(|now| now.item == before.item));
    for item in typed.milestones.iter().chain(taken_out).map(|milestone| &milestone.item) {
        let find = |fields: &ReportFields| fields.milestones.iter().find(|one| one.item == *item).cloned().unwrap_or_default();
        let (before, now) = (find(saved), find(typed));
        compare(&format!("milestones.{item}.reached_on"), &before.reached_on, &now.reached_on);
        compare(&format!("milestones.{item}.document_number"), &before.document_number, &now.document_number);
    }
    compare("problems", &saved.problems, &typed.problems);
    compare("coordination", &saved.coordination, &typed.coordination);
    compare("completed_on", &saved.completed_on, &typed.completed_on);
    compare("no_change", if saved.no_change { "✓" } else { "" }, if typed.no_change { "✓" } else { "" });
    found
}

fn compare_entry(saved: &EntryFields, typed: &EntryFields, key: &str, compare: &mut impl FnMut(&str, &str, &str)) {
    for (name, before, now) in [
        ("unit_id", &saved.unit_id, &typed.unit_id),
        ("name", &saved.name, &typed.name),
        ("recognition", &saved.recognition, &typed.recognition),
        ("level", &saved.level, &typed.level),
        ("code", &saved.code, &typed.code),
        ("partners", &saved.partners, &typed.partners),
        ("district", &saved.district, &typed.district),
        ("stage", &saved.stage, &typed.stage),
        ("stage_date", &saved.stage_date, &typed.stage_date),
        ("document_number", &saved.document_number, &typed.document_number),
    ] {
        compare(&format!("entries.{key}.{name}"), before, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::report::MilestoneFields;

    #[test]
    fn only_what_differs_is_named() {
        let entry = EntryFields { key: "k".to_owned(), name: "甲".to_owned(), ..EntryFields::default() };
        let saved = ReportFields { narrative: "一".to_owned(), entries: vec![entry.clone()], ..ReportFields::default() };
        assert_eq!(compare_reports(&saved, &saved), []);
        let typed =
            ReportFields { narrative: "二".to_owned(), percent_complete: "5".to_owned(), no_change: true, ..ReportFields::default() };
        let fields: Vec<String> = compare_reports(&saved, &typed).into_iter().map(|difference| difference.field).collect();
        assert_eq!(fields, ["narrative", "percent_complete", "entries.k.name", "no_change"]);
    }

    #[test]
    fn a_milestone_that_is_added_moved_or_taken_out_is_named() {
        let milestone =
            |item: &str, day: &str| MilestoneFields { item: item.to_owned(), reached_on: day.to_owned(), ..MilestoneFields::default() };
        let report = |milestones: Vec<MilestoneFields>| ReportFields { milestones, ..ReportFields::default() };
        let saved = report(vec![milestone("kept", "2026-09-01"), milestone("moved", "2026-09-01"), milestone("gone", "2026-09-01")]);
        let typed = report(vec![milestone("kept", "2026-09-01"), milestone("moved", "2026-09-02"), milestone("new", "2026-09-03")]);
        let found: Vec<(String, String)> =
            compare_reports(&saved, &typed).into_iter().map(|difference| (difference.field, difference.typed)).collect();
        let expected = [("moved", "2026-09-02"), ("new", "2026-09-03"), ("gone", "")];
        assert_eq!(found, expected.map(|(item, day)| (format!("milestones.{item}.reached_on"), day.to_owned())));
    }
}
