//! Periods and obligations.
