//! Reports: drafts, submission, withdrawal.
