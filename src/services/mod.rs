//! Use cases. Invariant: each reads as permission, validity, write, audit row, in one transaction.

pub mod access;
pub mod accounts;
pub mod administrators;
pub mod api_view;
pub mod assignments;
pub mod audit_view;
pub mod child;
pub mod clocks;
pub mod corrections;
pub mod demonstration;
pub mod editing;
pub mod evidence;
pub mod imports;
pub mod indicator_values;
pub mod indicators;
mod known_counts;
pub mod loops;
pub mod milestones;
pub mod moment;
mod name_shelves;
pub mod obligations;
pub mod organisations;
pub mod originals;
pub mod periods;
mod plan_building;
mod plan_facts;
pub mod plan_files;
pub mod plan_view;
pub mod plans;
pub mod pledges;
pub mod projects;
pub mod published;
pub mod report_view;
pub mod reports;
pub mod reviews;
pub mod rollups;
pub mod roster;
pub mod roster_view;
pub mod rulings;
pub mod seen;
pub mod sign_in;
pub mod standings;
pub mod targets;
pub mod task_loop;
pub mod tasks;
pub mod timetable;
pub mod tokens;
pub mod trail;
pub mod verify;
pub mod visit;

use crate::{error::UserError, store::StoreError};

/// What a use case answers when it is not carried out.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// Something the user is told.
    #[error(transparent)]
    Refused(#[from] UserError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A state that could not be written as JSON.
    #[error("json: {0}")]
    Json(#[from] serde_json::Error),
    /// Files of evidence.
    #[error("file: {0}")]
    File(#[from] std::io::Error),
    /// No randomness.
    #[error("randomness: {0}")]
    Randomness(#[from] getrandom::Error),
    /// Anything else that should not happen.
    #[error("{0}")]
    Unexpected(String),
}

impl From<ServiceError> for UserError {
    /// Logs what happened and keeps only what a user may be told.
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Refused(refusal) => refusal,
            other => {
                tracing::error!(error = %other, "a use case failed");
                Self::Internal
            }
        }
    }
}
