//! [`Known`] as SQL. Invariant: the condition says what [`Known::holds`] says.

pub use crate::domain::known::Known;

/// The condition on a table's rows: `known!("stage_steps", "$2")`, with the instant of a [`Known`] bound.
macro_rules! known {
    ($table:literal, $instant:literal) => {
        concat!(
            $table,
            ".recorded_at < ",
            $instant,
            " AND (",
            $table,
            ".superseded_at IS NULL OR ",
            $table,
            ".superseded_at >= ",
            $instant,
            ")"
        )
    };
}
pub(crate) use known;
