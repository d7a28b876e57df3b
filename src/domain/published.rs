//! Figures as documents publish them. Invariant: a day that the document does not give is never made up; what is not dated says so.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{number::Qualifier, text_enum::text_enum, words::Direction};

text_enum! {
    /// How exactly a document dates a figure.
    pub enum Dated {
        /// To the day.
        Day = "day",
        /// To the year; the day kept is the year's last one.
        Year = "year",
        /// Not at all; the day kept is that of publication, by which it held.
        Undated = "undated",
    }
}

/// A figure of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedFigure {
    /// The day it is kept under.
    pub on: Date,
    /// How exactly the document dates it.
    pub dated: Dated,
    /// Units of 10^-scale.
    pub value: i64,
    /// The softening word of the document, which is shown.
    pub qualifier: Option<Qualifier>,
}

/// How a figure has moved, seen from the direction in which it improves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Movement {
    /// Better by so much, above 0.
    Better(i64),
    /// Worse by so much, above 0.
    Worse(i64),
    /// No difference.
    Same,
}

/// How a figure has moved: a rank that falls from 107 to 60 has improved by 47 places.
pub const fn movement(direction: Direction, from: i64, to: i64) -> Movement {
    let gained = match direction {
        Direction::Rising => to.saturating_sub(from),
        Direction::Falling => from.saturating_sub(to),
    };
    match gained {
        0 => Movement::Same,
        1.. => Movement::Better(gained),
        _ => Movement::Worse(gained.saturating_abs()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lower_rank_is_an_improvement() {
        for (direction, from, to, expected) in [
            (Direction::Falling, 107, 60, Movement::Better(47)),
            (Direction::Falling, 60, 107, Movement::Worse(47)),
            (Direction::Rising, 62, 89, Movement::Better(27)),
            (Direction::Rising, 89, 62, Movement::Worse(27)),
            (Direction::Rising, 5, 5, Movement::Same),
            (Direction::Falling, i64::MAX, i64::MIN, Movement::Better(i64::MAX)),
        ] {
            assert_eq!(movement(direction, from, to), expected, "{direction} {from} {to}");
        }
    }
}
