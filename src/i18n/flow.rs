//! Words of reports, reviews, evidence.

messages! {}
