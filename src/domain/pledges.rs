//! What organisations take on, against what a target asks for. Invariant: what is ownerless is never negative, and what one
//! indicator has too much of never covers what another lacks.
//!
//! Rule, with its defaults: coverage is pledged ÷ needed, and needed is the number of the text: n of "at least" and of "about"
//! (a tolerance forgives a miss, it does not lower what must be taken on), the low end of a range (the least that reaches it).
//! A target without a number, or one that is reached from above, asks for nothing to be taken on.

use serde::{Deserialize, Serialize};

use super::{shown::shown_percent, target::TargetForm};

/// The most that one organisation may take on for one year: far above any target, and far below what sums could overflow at.
pub const MOST_PLEDGED: i64 = 1_000_000;

/// How many recognitions a target asks for; none where it asks for no number of them.
pub const fn needed_for(form: TargetForm) -> Option<i64> {
    match form {
        TargetForm::AtLeast(n) | TargetForm::About { n, .. } => Some(n),
        TargetForm::Range { low, .. } => Some(low),
        TargetForm::AtMost(_) | TargetForm::Unquantified => None,
    }
}

/// Pledges of one indicator against its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// What the target asks for, 0 or more.
    pub needed: i64,
    /// What organisations have taken on, 0 or more.
    pub pledged: i64,
}

/// Where an indicator stands with its pledges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Cover {
    /// Nobody has taken anything on.
    None,
    /// A rest is ownerless.
    Partly,
    /// Exactly what is needed.
    Full,
    /// More than is needed.
    Over,
}

impl Coverage {
    /// The rest that nobody has taken on.
    pub const fn ownerless(self) -> i64 {
        let rest = self.needed.saturating_sub(self.pledged);
        if rest > 0 { rest } else { 0 }
    }

    /// What is taken on beyond what is needed.
    pub const fn over(self) -> i64 {
        let over = self.pledged.saturating_sub(self.needed);
        if over > 0 { over } else { 0 }
    }

    /// Where it stands.
    pub const fn cover(self) -> Cover {
        if self.pledged == 0 && self.needed > 0 {
            Cover::None
        } else if self.pledged < self.needed {
            Cover::Partly
        } else if self.pledged == self.needed {
            Cover::Full
        } else {
            Cover::Over
        }
    }

    /// Pledged ÷ needed in percent, without the sign; "—" where nothing is needed.
    pub fn percent(self) -> String {
        shown_percent(i128::from(self.pledged), i128::from(self.needed), 0)
    }
}

/// What an organisation has delivered of its pledge: the counted units it holds, as far as the pledge goes.
pub const fn delivered(held: i64, pledged: i64) -> i64 {
    let delivered = if held < pledged { held } else { pledged };
    if delivered > 0 { delivered } else { 0 }
}

/// How the indicators of an area or a plan are covered. Indicators are counted, never the things they count: courses and
/// schools do not add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CoverCount {
    /// Indicators that ask for a number.
    pub asked: usize,
    /// Those that are taken on in full, or beyond.
    pub covered: usize,
    /// Those with an ownerless rest of which something is taken on.
    pub partly: usize,
    /// Those of which nothing is taken on.
    pub none: usize,
    /// Of those covered: those taken on beyond what is needed.
    pub over: usize,
}

impl CoverCount {
    /// Counts indicators.
    pub fn count(coverages: impl IntoIterator<Item = Coverage>) -> Self {
        let mut count = Self::default();
        for coverage in coverages {
            count.asked += 1;
            match coverage.cover() {
                Cover::None => count.none += 1,
                Cover::Partly => count.partly += 1,
                Cover::Full => count.covered += 1,
                Cover::Over => {
                    count.covered += 1;
                    count.over += 1;
                }
            }
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_asks_for_the_number_of_its_text() {
        for (form, needed) in [
            (TargetForm::AtLeast(300), Some(300)),
            (TargetForm::About { n: 15, tolerance: 0 }, Some(15)),
            (TargetForm::About { n: 15, tolerance: 2 }, Some(15)),
            (TargetForm::Range { low: 1, high: 2 }, Some(1)),
            (TargetForm::AtMost(60), None),
            (TargetForm::Unquantified, None),
        ] {
            assert_eq!(needed_for(form), needed, "{form:?}");
        }
    }

    #[test]
    fn the_rest_is_ownerless_and_never_negative() {
        for (needed, pledged, ownerless, over, cover, percent) in [
            (300, 240, 60, 0, Cover::Partly, "80"),
            (300, 0, 300, 0, Cover::None, "0"),
            (300, 300, 0, 0, Cover::Full, "100"),
            (300, 320, 0, 20, Cover::Over, "107"),
            (300, 299, 1, 0, Cover::Partly, "99.7"),
            (1, 2, 0, 1, Cover::Over, "200"),
            (0, 0, 0, 0, Cover::Full, "—"),
            (0, 3, 0, 3, Cover::Over, "—"),
            (i64::MAX, 0, i64::MAX, 0, Cover::None, "0"),
        ] {
            let coverage = Coverage { needed, pledged };
            assert_eq!((coverage.ownerless(), coverage.over(), coverage.cover()), (ownerless, over, cover), "{needed} {pledged}");
            assert_eq!(coverage.percent(), percent, "{needed} {pledged}");
        }
    }

    #[test]
    fn delivered_is_what_is_held_within_the_pledge() {
        for (held, pledged, expected) in [(0, 10, 0), (7, 10, 7), (10, 10, 10), (14, 10, 10), (3, 0, 0), (-1, 5, 0)] {
            assert_eq!(delivered(held, pledged), expected, "{held} {pledged}");
        }
    }

    #[test]
    fn what_is_over_in_one_indicator_covers_no_other() {
        let coverages = [(300, 500), (600, 400), (10, 0), (5, 5)].map(|(needed, pledged)| Coverage { needed, pledged });
        assert_eq!(CoverCount::count(coverages), CoverCount { asked: 4, covered: 2, partly: 1, none: 1, over: 1 });
        assert_eq!(CoverCount::count([]), CoverCount::default());
    }
}
