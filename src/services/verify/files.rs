//! Files of evidence against their rows. Invariant: a file is read once, however many rows share its hash.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use sha2::{Digest, Sha256};

use super::{Finding, Inspection};
use crate::{
    services::{ServiceError, moment::Moment},
    store::{
        Tx,
        audit::hex,
        verify::{FileMark, list_file_marks},
    },
};

/// A file without a row is left alone for this long, in milliseconds: its row may be on the way.
const GRACE: i64 = 24 * 60 * 60 * 1000;
/// Bytes read at a time.
const PIECE: usize = 64 * 1024;

/// Checks that every file is there and is the one that was handed in, and that no other lies about.
pub async fn check_files(tx: &mut Tx, inspection: Inspection<'_>, findings: &mut Vec<Finding>) -> Result<(), ServiceError> {
    let mut marks: BTreeMap<String, Vec<FileMark>> = BTreeMap::new();
    for mark in list_file_marks(tx).await? {
        marks.entry(mark.sha256.clone()).or_default().push(mark);
    }
    let (folder, now) = (inspection.data_dir.join("evidence"), inspection.now);
    let found = tokio::task::spawn_blocking(move || look_at_folder(&folder, &marks, now))
        .await
        .map_err(|error| ServiceError::Unexpected(error.to_string()))??;
    findings.extend(found);
    Ok(())
}

fn look_at_folder(folder: &Path, marks: &BTreeMap<String, Vec<FileMark>>, now: Moment) -> io::Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let mut known = BTreeSet::new();
    for (sha256, marks) in marks {
        let path = folder.join(sha256.get(..2).unwrap_or("00")).join(sha256);
        let content = match read_content(&path) {
            Ok(content) => Some(content),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        for mark in marks {
            let (id, file_name) = (mark.id.to_string(), mark.file_name.clone());
            match &content {
                None if mark.needed == 0 => {}
                None => findings.push(Finding::MissingFile { id, file_name }),
                Some((size, hash)) if *size == mark.size && hash == sha256 => {}
                Some(_) => findings.push(Finding::ChangedFile { id, file_name }),
            }
        }
        known.insert(path);
    }
    let mut paths = Vec::new();
    list_files(folder, &mut paths)?;
    for path in paths {
        if !known.contains(&path) && age_of(&path, now)? > GRACE {
            let shown = folder.parent().and_then(|parent| path.strip_prefix(parent).ok()).unwrap_or(&path);
            findings.push(Finding::OrphanFile { path: shown.display().to_string() });
        }
    }
    Ok(findings)
}

/// Size and SHA-256.
fn read_content(path: &Path) -> io::Result<(i64, String)> {
    let mut file = File::open(path)?;
    let (mut hasher, mut size) = (Sha256::new(), 0);
    let mut piece = vec![0; PIECE];
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok((size, hex(&hasher.finalize())));
        }
        hasher.update(&piece[..read]);
        size += i64::try_from(read).unwrap_or(0);
    }
}

/// Every file below a folder, sorted; none where there is no folder yet.
fn list_files(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let mut entries = entries.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::path);
    for entry in entries {
        if entry.file_type()?.is_dir() {
            list_files(&entry.path(), files)?;
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}

/// Milliseconds since it was last written; 0 for one that has gone meanwhile.
fn age_of(path: &Path, now: Moment) -> io::Result<i64> {
    let written = match fs::metadata(path) {
        Ok(metadata) => metadata.modified()?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    let since = written.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
    Ok(now.0 - i64::try_from(since).unwrap_or(i64::MAX))
}
