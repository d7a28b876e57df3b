//! Tasks, their dates and indicators.
