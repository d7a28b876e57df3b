//! How a correction differs from what it corrects. Invariant: every field and every file that differs is named, and none other.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    domain::{
        ids::{ReportId, UnitId},
        report::{EntryFields, ReportFields},
        report_diff::{Difference, compare_reports},
    },
    services::{ServiceError, roster},
    store::{
        Tx,
        evidence::{Evidence, list_evidence},
        units::RecognitionKind,
    },
};

/// A version to be compared.
#[derive(Debug, Clone, Copy)]
pub struct ComparedFields<'a> {
    /// The report whose files belong to it.
    pub report: &'a ReportId,
    /// What it says.
    pub fields: &'a ReportFields,
}

/// What differs, with the names that its codes and ids stand for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CorrectionDiff {
    /// Each field that differs: `saved` is what is corrected, `typed` what the correction says.
    pub rows: Vec<Difference>,
    /// Entry key → the name of its unit.
    pub entries: BTreeMap<String, String>,
    /// What recognitions are called.
    pub kinds: Vec<RecognitionKind>,
}

/// Compares a correction with what it corrects, field by field and file by file.
pub async fn compare_versions(tx: &mut Tx, before: ComparedFields<'_>, after: ComparedFields<'_>) -> Result<CorrectionDiff, ServiceError> {
    let (old_files, new_files) = (list_evidence(tx, before.report).await?, list_evidence(tx, after.report).await?);
    let mut rows = compare_reports(&before.fields.as_understood(), &after.fields.as_understood());
    rows.extend(compare_files(&old_files, &new_files));
    let mut entries = BTreeMap::new();
    for entry in before.fields.entries.iter().chain(&after.fields.entries) {
        let name = name_of(tx, entry).await?;
        entries.insert(entry.key.clone(), name);
    }
    for row in rows.iter_mut().filter(|row| row.field.ends_with(".unit_id")) {
        for id in [&mut row.saved, &mut row.typed] {
            if let Some(unit) = roster::known_unit(tx, &UnitId::from(id.as_str())).await? {
                *id = unit.name_zh;
            }
        }
    }
    Ok(CorrectionDiff { rows, entries, kinds: roster::list_recognition_kinds(tx).await? })
}

async fn name_of(tx: &mut Tx, entry: &EntryFields) -> Result<String, ServiceError> {
    if entry.unit_id.trim().is_empty() {
        return Ok(entry.name.clone());
    }
    let unit = roster::known_unit(tx, &UnitId::from(entry.unit_id.trim())).await?;
    Ok(unit.map_or_else(String::new, |unit| unit.name_zh))
}

/// The entries, and the report as a whole, whose present files differ in content.
pub fn compare_files(before: &[Evidence], after: &[Evidence]) -> Vec<Difference> {
    let present = |files: &[Evidence]| {
        let mut by_entry: BTreeMap<String, (BTreeSet<String>, Vec<String>)> = BTreeMap::new();
        for file in files.iter().filter(|file| file.removed_at.is_none()) {
            let (hashes, names) = by_entry.entry(file.entry_key.clone()).or_default();
            if hashes.insert(file.sha256.clone()) {
                names.push(file.file_name.clone());
            }
        }
        by_entry
    };
    let (before, after) = (present(before), present(after));
    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    keys.into_iter()
        .filter(|key| before.get(*key).map(|(hashes, _)| hashes) != after.get(*key).map(|(hashes, _)| hashes))
        .map(|key| {
            let names = |of: &BTreeMap<String, (BTreeSet<String>, Vec<String>)>| {
                of.get(key).map_or_else(String::new, |(_, names)| names.join("\n"))
            };
            let field = if key.is_empty() { "evidence".to_owned() } else { format!("entries.{key}.evidence") };
            Difference { field, saved: names(&before), typed: names(&after) }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::EvidenceId;

    fn file(entry_key: &str, sha256: &str, removed: bool) -> Evidence {
        Evidence {
            id: EvidenceId::from(sha256),
            entry_key: entry_key.to_owned(),
            file_name: format!("{sha256}.pdf"),
            media_type: "application/pdf".to_owned(),
            size: 1,
            sha256: sha256.to_owned(),
            uploaded_at: 0,
            removed_at: removed.then_some(1),
        }
    }

    #[test]
    fn files_are_compared_by_content_and_place() {
        let before = [file("", "a", false), file("k", "b", false), file("k", "gone", true)];
        assert_eq!(compare_files(&before, &before), []);
        let after = [file("", "a", false), file("", "a", false), file("k", "c", false)];
        let found = compare_files(&before, &after);
        assert_eq!(found, [Difference { field: "entries.k.evidence".to_owned(), saved: "b.pdf".to_owned(), typed: "c.pdf".to_owned() }]);
        let fields: Vec<String> = compare_files(&before, &[]).into_iter().map(|row| row.field).collect();
        assert_eq!(fields, ["evidence", "entries.k.evidence"]);
    }
}
