//! Indicators and what their pages count from.
