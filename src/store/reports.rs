//! Reports, drafts, submissions, reviews.
