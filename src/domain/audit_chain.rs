//! What can be wrong with the audit chain. Invariant: a fault names the row at which it is seen, so that somebody can go and look.

use serde::{Deserialize, Serialize};

/// A fault of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChainFault {
    /// A row was changed after it was written.
    ChangedRow {
        /// Its number.
        sequence: i64,
    },
    /// A row does not follow the one before it.
    BrokenLink {
        /// Its number.
        sequence: i64,
    },
    /// Rows are gone.
    MissingRows {
        /// The first that is missing.
        first: i64,
        /// The last that is missing.
        last: i64,
    },
    /// The head row is not about the newest row.
    WrongHead {
        /// The number in the head.
        says: i64,
        /// The number of the newest row.
        newest: i64,
    },
    /// The chain that a head was printed from is not this one.
    UnknownHead {
        /// The hash that was given.
        head: String,
    },
}

impl ChainFault {
    /// The row at which it is seen; none where it is not seen at one.
    pub const fn sequence(&self) -> Option<i64> {
        match self {
            Self::ChangedRow { sequence } | Self::BrokenLink { sequence } => Some(*sequence),
            Self::MissingRows { first, .. } => Some(*first),
            Self::WrongHead { .. } | Self::UnknownHead { .. } => None,
        }
    }
}

/// What a walk along the chain found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainVerdict {
    /// Rows in the chain.
    pub rows: i64,
    /// The hash of the newest row; empty for an empty chain.
    pub head: String,
    /// The first faults, in the order of the chain.
    pub faults: Vec<ChainFault>,
    /// How many faults there are.
    pub fault_count: usize,
}

/// How many faults of a verdict are kept.
pub const KEPT_FAULTS: usize = 20;

impl ChainVerdict {
    /// A verdict with the first of the faults.
    pub fn new(rows: i64, head: String, mut faults: Vec<ChainFault>) -> Self {
        let fault_count = faults.len();
        faults.truncate(KEPT_FAULTS);
        Self { rows, head, faults, fault_count }
    }

    /// Whether nothing is wrong.
    pub const fn is_unbroken(&self) -> bool {
        self.fault_count == 0
    }

    /// The number of the first row at which a fault is seen.
    pub fn first_broken(&self) -> Option<i64> {
        self.faults.iter().filter_map(ChainFault::sequence).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_broken_row_is_the_lowest_that_a_fault_names() {
        let verdict = |faults| ChainVerdict::new(9, "h".to_owned(), faults);
        for (faults, unbroken, first) in [
            (vec![], true, None),
            (vec![ChainFault::ChangedRow { sequence: 3 }, ChainFault::BrokenLink { sequence: 4 }], false, Some(3)),
            (vec![ChainFault::MissingRows { first: 2, last: 5 }], false, Some(2)),
            (vec![ChainFault::WrongHead { says: 9, newest: 8 }], false, None),
            (vec![ChainFault::UnknownHead { head: "x".to_owned() }, ChainFault::ChangedRow { sequence: 7 }], false, Some(7)),
        ] {
            let verdict = verdict(faults);
            assert_eq!((verdict.is_unbroken(), verdict.first_broken()), (unbroken, first), "{verdict:?}");
        }
        let many = (1..=30).map(|sequence| ChainFault::ChangedRow { sequence }).collect();
        let many = verdict(many);
        assert_eq!((many.faults.len(), many.fault_count), (KEPT_FAULTS, 30));
    }
}
