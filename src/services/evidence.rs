//! Files of evidence: received, recognised by their content, kept under their hash. Invariant: a file is on disk, synced, before its row is committed.

use std::{
    collections::BTreeSet,
    io,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};
use tokio::{
    fs::{self, File},
    io::AsyncWriteExt,
};

use super::{ServiceError, moment::Moment};
use crate::{
    domain::{
        ids::{EvidenceId, PlanId},
        uploads::{LARGEST_FILE, LARGEST_FILE_MB},
        visibility::{Viewer, may_see_report},
    },
    error::UserError,
    store::{
        Db,
        audit::hex,
        evidence::{GuardedEvidence, find_guarded_evidence, list_hashes},
    },
};

/// Bytes at the start of a file that tell its type.
const HEAD: usize = 16;

/// The folder of all files of evidence.
pub fn evidence_folder(data_dir: &Path) -> PathBuf {
    data_dir.join("evidence")
}

/// Where the file with a hash lies.
pub fn evidence_path(data_dir: &Path, sha256: &str) -> PathBuf {
    evidence_folder(data_dir).join(sha256.get(..2).unwrap_or("00")).join(sha256)
}

/// A file on its way in: written to disk and hashed piece by piece.
#[derive(Debug)]
pub struct Receiver {
    file: File,
    path: PathBuf,
    hasher: Sha256,
    size: u64,
    head: Vec<u8>,
}

/// A file that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// SHA-256 of the content.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
    /// What the content is.
    pub media_type: &'static str,
}

impl Receiver {
    /// Begins a file.
    pub async fn begin(data_dir: &Path, now: Moment) -> Result<Self, ServiceError> {
        let folder = evidence_folder(data_dir).join("incoming");
        fs::create_dir_all(&folder).await?;
        let name: String = super::moment::make_id(now)?;
        let path = folder.join(name);
        Ok(Self { file: File::create(&path).await?, path, hasher: Sha256::new(), size: 0, head: Vec::with_capacity(HEAD) })
    }

    /// Takes the next piece. `false` once the file is over the limit: nothing more is written then.
    pub async fn take(&mut self, piece: &[u8]) -> Result<bool, ServiceError> {
        self.size += piece.len() as u64;
        if self.size > LARGEST_FILE {
            return Ok(false);
        }
        let missing = HEAD.saturating_sub(self.head.len());
        self.head.extend(piece.iter().take(missing));
        self.hasher.update(piece);
        self.file.write_all(piece).await?;
        Ok(true)
    }

    /// Gives the file up: nothing of it is kept.
    pub async fn abandon(self) {
        if let Err(error) = fs::remove_file(&self.path).await {
            tracing::warn!(%error, "half a file could not be removed; the sweep will");
        }
    }

    /// Keeps the file under its hash.
    ///
    /// # Errors
    /// `TooLarge` over the limit, `FileType` when the content is none of the accepted types; nothing is kept then.
    pub async fn finish(mut self, data_dir: &Path, file_name: &str) -> Result<Received, ServiceError> {
        if self.size > LARGEST_FILE {
            fs::remove_file(&self.path).await?;
            return Err(UserError::TooLarge { megabytes: LARGEST_FILE_MB }.into());
        }
        self.file.flush().await?;
        self.file.sync_all().await?;
        let Some(media_type) = recognise(&self.head, &self.path, file_name).await? else {
            fs::remove_file(&self.path).await?;
            return Err(UserError::FileType.into());
        };
        let sha256 = hex(&self.hasher.finalize());
        let place = evidence_path(data_dir, &sha256);
        let folder = place.parent().map(Path::to_path_buf).unwrap_or_default();
        fs::create_dir_all(&folder).await?;
        fs::rename(&self.path, &place).await?;
        // The new name is only safe once its folder is on disk too.
        File::open(&folder).await?.sync_all().await?;
        Ok(Received { sha256, size: self.size, media_type })
    }
}

/// What a file is by its first bytes; a zip by the names in its directory, an OLE file by the ending of its name.
async fn recognise(head: &[u8], path: &Path, file_name: &str) -> Result<Option<&'static str>, ServiceError> {
    let by_bytes = match head {
        [b'%', b'P', b'D', b'F', b'-', ..] => Some("application/pdf"),
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        [_, _, _, _, b'f', b't', b'y', b'p', b'h', b'e', b'i' | b'v', ..] => Some("image/heic"),
        _ => None,
    };
    if by_bytes.is_some() {
        return Ok(by_bytes);
    }
    match head {
        [b'P', b'K', 3, 4, ..] => recognise_archive(path.to_path_buf()).await,
        [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ..] => Ok(recognise_ole(file_name)),
        _ => Ok(None),
    }
}

fn recognise_ole(file_name: &str) -> Option<&'static str> {
    let ending = file_name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    match ending.as_str() {
        "doc" => Some("application/msword"),
        "xls" => Some("application/vnd.ms-excel"),
        "ppt" => Some("application/vnd.ms-powerpoint"),
        "wps" | "et" | "dps" => Some("application/vnd.ms-works"),
        _ => None,
    }
}

async fn recognise_archive(path: PathBuf) -> Result<Option<&'static str>, ServiceError> {
    tokio::task::spawn_blocking(move || {
        let file = std::fs::File::open(path)?;
        // Reads the directory only; nothing is unpacked.
        let Ok(archive) = zip::ZipArchive::new(file) else { return Ok(None) };
        let has = |wanted: &str| archive.file_names().any(|name| name.is_ok_and(|name| name == wanted));
        Ok(if has("word/document.xml") {
            Some("application/vnd.openxmlformats-officedocument.wordprocessingml.document")
        } else if has("xl/workbook.xml") {
            Some("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
        } else if has("ppt/presentation.xml") {
            Some("application/vnd.openxmlformats-officedocument.presentationml.presentation")
        } else if has("OFD.xml") {
            Some("application/ofd")
        } else {
            None
        })
    })
    .await
    .map_err(|error| ServiceError::File(io::Error::other(error)))?
}

/// How long a file may lie without its row, in milliseconds: its form may still be on its way.
const ORPHAN_AFTER: i64 = 24 * 60 * 60 * 1000;

/// Removes files older than 24 hours that no row refers to, and uploads that broke off; gives how many. `now` is the instant by
/// the clock that dates the files.
pub async fn sweep_orphans(db: &Db, data_dir: &Path, now: Moment) -> Result<usize, ServiceError> {
    let mut tx = db.read().await?;
    let known: BTreeSet<String> = list_hashes(&mut tx).await?.into_iter().collect();
    drop(tx);
    let mut removed = 0;
    let Ok(mut folders) = fs::read_dir(evidence_folder(data_dir)).await else { return Ok(0) };
    while let Some(folder) = folders.next_entry().await? {
        let Ok(mut files) = fs::read_dir(folder.path()).await else { continue };
        while let Some(file) = files.next_entry().await? {
            let written = file.metadata().await?.modified()?;
            let age = written
                .duration_since(std::time::UNIX_EPOCH)
                .map_or(0, |since| now.0 - i64::try_from(since.as_millis()).unwrap_or(i64::MAX));
            let name = file.file_name().to_string_lossy().into_owned();
            if age > ORPHAN_AFTER && !known.contains(&name) {
                fs::remove_file(file.path()).await?;
                removed += 1;
            }
        }
    }
    Ok(removed)
}

/// Whether a browser may show the file in place: images and PDF only.
pub fn is_shown_inline(media_type: &str) -> bool {
    matches!(media_type, "application/pdf" | "image/png" | "image/jpeg" | "image/gif" | "image/webp")
}

/// A file that an account may see.
///
/// # Errors
/// `NotFound` where it does not exist or belongs to somebody else.
pub async fn find_visible_evidence(db: &Db, viewer: &Viewer, plan: &PlanId, id: &EvidenceId) -> Result<GuardedEvidence, ServiceError> {
    let mut tx = db.read().await?;
    let found = find_guarded_evidence(&mut tx, plan, id).await?.ok_or(UserError::NotFound)?;
    if may_see_report(viewer, &found.owner_id, found.lead_id.as_ref()) { Ok(found) } else { Err(UserError::NotFound.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn receive(content: &[u8], name: &str) -> Result<Received, ServiceError> {
        let folder = tempfile::tempdir().unwrap();
        let mut receiver = Receiver::begin(folder.path(), Moment(1_750_000_000_000)).await.unwrap();
        for piece in content.chunks(7) {
            receiver.take(piece).await.unwrap();
        }
        let received = receiver.finish(folder.path(), name).await;
        if let Ok(received) = &received {
            assert_eq!(std::fs::read(evidence_path(folder.path(), &received.sha256)).unwrap(), content);
        }
        assert_eq!(std::fs::read_dir(folder.path().join("evidence/incoming")).unwrap().count(), 0, "nothing is left behind");
        received
    }

    #[tokio::test]
    async fn a_file_is_what_its_content_says() {
        for (content, name, media_type) in [
            (&b"%PDF-1.7 text"[..], "a.exe", Some("application/pdf")),
            (b"\x89PNG\r\n\x1a\n0000", "a.pdf", Some("image/png")),
            (b"\xff\xd8\xff\xe0 0000", "a.jpg", Some("image/jpeg")),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 0000", "a.doc", Some("application/msword")),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 0000", "a.msi", None),
            (b"<script>alert(1)</script>", "a.pdf", None),
            (b"MZ\x90\x00 program", "a.pdf", None),
            (b"PK\x03\x04 broken archive", "a.docx", None),
            (b"", "a.pdf", None),
        ] {
            let received = receive(content, name).await;
            match media_type {
                Some(expected) => assert_eq!(received.unwrap().media_type, expected, "{name}"),
                None => assert!(matches!(received, Err(ServiceError::Refused(UserError::FileType))), "{name}"),
            }
        }
    }

    #[tokio::test]
    async fn only_old_files_without_a_row_are_swept() {
        let folder = tempfile::tempdir().unwrap();
        let db = crate::store::connect(&format!("sqlite://{}", folder.path().join("s.sqlite").display())).await.unwrap();
        db.migrate().await.unwrap();
        let mut receiver = Receiver::begin(folder.path(), Moment(0)).await.unwrap();
        receiver.take(b"%PDF-1.4 orphan").await.unwrap();
        let orphan = receiver.finish(folder.path(), "a.pdf").await.unwrap();
        let path = evidence_path(folder.path(), &orphan.sha256);
        let written = std::fs::metadata(&path).unwrap().modified().unwrap().duration_since(std::time::UNIX_EPOCH).unwrap();
        let now = Moment(i64::try_from(written.as_millis()).unwrap());
        assert_eq!(sweep_orphans(&db, folder.path(), now).await.unwrap(), 0);
        assert!(path.exists(), "its form may still be on its way");
        assert_eq!(sweep_orphans(&db, folder.path(), now.plus(ORPHAN_AFTER + 1)).await.unwrap(), 1);
        assert!(!path.exists());
    }

    #[tokio::test]
    async fn a_file_over_the_limit_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let mut receiver = Receiver::begin(folder.path(), Moment(1_750_000_000_000)).await.unwrap();
        let piece = vec![b'%'; 1024 * 1024];
        let mut taken = true;
        for _ in 0..21 {
            taken = receiver.take(&piece).await.unwrap();
        }
        assert!(!taken);
        let refused = receiver.finish(folder.path(), "a.pdf").await;
        assert!(matches!(refused, Err(ServiceError::Refused(UserError::TooLarge { megabytes: 20 }))));
        assert_eq!(std::fs::read_dir(folder.path().join("evidence/incoming")).unwrap().count(), 0);
    }
}
