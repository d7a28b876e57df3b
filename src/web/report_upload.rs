//! A report's form on its way in. Invariant: whatever goes wrong with a form, the text that was read of it is handed on.

use std::{collections::BTreeMap, path::Path};

use axum::{
    extract::{
        Multipart,
        multipart::{Field, MultipartError},
    },
    http::StatusCode,
};

use crate::{
    domain::uploads::{LARGEST_TEXT_MB, LARGEST_UPLOAD, LARGEST_UPLOAD_MB},
    error::UserError,
    services::{ServiceError, evidence::Receiver, moment::Moment, reports::Attachment},
};

/// All text of a form together that becomes a draft is no longer than this, in bytes.
const LARGEST_TEXT: usize = LARGEST_TEXT_MB as usize * 1024 * 1024;
/// Text beyond this many bytes is not even brought back: nobody typed it.
const LONGEST_KEPT: usize = 4 * LARGEST_TEXT;
/// What is read of an upload before the connection is given up, in bytes: a browser that is cut off shows no answer at all.
pub const LARGEST_DRAINED: usize = 1024 * 1024 * 1024;

/// The field that marks a form of which not everything arrived.
const INCOMPLETE: &str = "incomplete";

/// A form as it came: its text and its files.
#[derive(Debug, Default)]
pub struct Incoming {
    /// Its text, by field.
    pub text: BTreeMap<String, String>,
    /// Its files that are kept.
    pub files: Vec<Attachment>,
    /// Why a file is not kept.
    pub refused: Option<UserError>,
    /// Why the text does not become a draft.
    pub unsaved: Option<UserError>,
}

/// Reads a form to its end, or as far as it comes.
pub async fn receive(data_dir: &Path, now: Moment, keeps_files: bool, mut multipart: Multipart) -> Incoming {
    let mut intake = Intake { data_dir, now, keeps_files, text_size: 0, upload_size: 0, incoming: Incoming::default() };
    if let Err(error) = intake.read_fields(&mut multipart).await {
        tracing::info!(%error, "an upload broke off");
        let too_large = error.status() == StatusCode::PAYLOAD_TOO_LARGE;
        let reason = if too_large { too_much() } else { UserError::UploadBrokenOff };
        intake.incoming.unsaved.get_or_insert(reason);
        intake.incoming.text.insert(INCOMPLETE.to_owned(), "1".to_owned());
    }
    intake.incoming
}

/// Whether the end of a form is missing, so that what it does not name was not emptied.
pub fn is_incomplete(text: &BTreeMap<String, String>) -> bool {
    text.contains_key(INCOMPLETE)
}

fn too_much() -> UserError {
    UserError::UploadTooLarge { megabytes: LARGEST_UPLOAD_MB }
}

struct Intake<'a> {
    data_dir: &'a Path,
    now: Moment,
    keeps_files: bool,
    text_size: usize,
    upload_size: u64,
    incoming: Incoming,
}

impl Intake<'_> {
    async fn read_fields(&mut self, multipart: &mut Multipart) -> Result<(), MultipartError> {
        while let Some(field) = multipart.next_field().await? {
            let name = field.name().unwrap_or_default().to_owned();
            match field.file_name().map(str::to_owned) {
                Some(file_name) => {
                    let entry_key = name.strip_prefix("file.").unwrap_or_default().to_owned();
                    if !file_name.is_empty() {
                        self.take_file(field, entry_key, clean_file_name(&file_name)).await?;
                    }
                }
                None => self.take_text(field, name).await?,
            }
        }
        Ok(())
    }

    async fn take_text(&mut self, mut field: Field<'_>, name: String) -> Result<(), MultipartError> {
        let mut bytes = Vec::new();
        while let Some(piece) = field.chunk().await? {
            self.text_size += piece.len();
            if self.text_size <= LONGEST_KEPT {
                bytes.extend_from_slice(&piece);
            }
        }
        if self.text_size > LARGEST_TEXT {
            self.incoming.unsaved = Some(UserError::TextTooLong { megabytes: LARGEST_TEXT_MB });
        }
        self.incoming.text.insert(name, String::from_utf8_lossy(&bytes).replace("\r\n", "\n"));
        Ok(())
    }

    /// Takes a file. One that is not kept is still read to its end, and so is what comes after it.
    async fn take_file(&mut self, mut field: Field<'_>, entry_key: String, file_name: String) -> Result<(), MultipartError> {
        let mut receiver = None;
        if self.keeps_files {
            match Receiver::begin(self.data_dir, self.now).await {
                Ok(begun) => receiver = Some(begun),
                Err(error) => self.refuse(error),
            }
        }
        loop {
            let piece = match field.chunk().await {
                Ok(Some(piece)) => piece,
                Ok(None) => break,
                Err(error) => {
                    abandon(receiver.take()).await;
                    return Err(error);
                }
            };
            self.upload_size += piece.len() as u64;
            if self.upload_size > LARGEST_UPLOAD {
                self.incoming.refused = Some(too_much());
                abandon(receiver.take()).await;
            }
            if let Some(open) = &mut receiver
                && let Err(error) = open.take(&piece).await
            {
                self.refuse(error);
                abandon(receiver.take()).await;
            }
        }
        let Some(receiver) = receiver else { return Ok(()) };
        match receiver.finish(self.data_dir, &file_name).await {
            Ok(received) => self.incoming.files.push(Attachment { entry_key, file_name, received }),
            Err(error) => self.refuse(error),
        }
        Ok(())
    }

    /// Notes why a file is not kept; the first reason is told.
    fn refuse(&mut self, error: ServiceError) {
        let reason = match UserError::from(error) {
            UserError::Internal => UserError::FileNotKept,
            reason => reason,
        };
        self.incoming.refused.get_or_insert(reason);
    }
}

async fn abandon(receiver: Option<Receiver>) {
    if let Some(receiver) = receiver {
        receiver.abandon().await;
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_keeps_its_last_part_and_its_ending() {
        assert_eq!(clean_file_name("C:\\文件\\证明.pdf"), "证明.pdf");
        assert_eq!(clean_file_name("../../etc/passwd"), "passwd");
        assert_eq!(clean_file_name("\u{7}"), "file");
        assert!(clean_file_name(&format!("{}.pdf", "长".repeat(300))).ends_with("长.pdf"));
    }
}
