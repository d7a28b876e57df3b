//! The measurable exit of an order (domain, "Orders: the five steps"). Invariant: an order is opened only while its exit is false, and is
//! closed only while it is true in the counted facts of that day; what somebody says decides neither.

use jiff::civil::Date;

use super::words::{Direction, Stage};

/// An exit with what the counted facts of the day say of it. What waits for review is no counted fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderExit {
    /// An indicator reaches a value; both in units of 10^-scale of the indicator.
    Value {
        /// Which way the indicator improves.
        direction: Direction,
        /// The value to reach.
        wanted: i64,
        /// The value counted on the day; none where nothing was accepted.
        counted: Option<i64>,
    },
    /// A recognition reaches a stage, which is one of the five that lead forward.
    Stage {
        /// The stage to reach.
        wanted: Stage,
        /// The stage at which it stands; none before its first accepted step.
        standing: Option<Stage>,
    },
    /// A milestone is done.
    Milestone {
        /// The accepted date of its completion.
        done_on: Option<Date>,
    },
    /// A named document is accepted.
    Document {
        /// The date of its acceptance.
        accepted_on: Option<Date>,
    },
}

impl OrderExit {
    /// Whether it holds on `today`. An ended recognition has lost its stage.
    pub fn holds(&self, today: Date) -> bool {
        let happened = |on: Option<Date>| on.is_some_and(|on| on <= today);
        match *self {
            Self::Value { direction, wanted, counted } => counted.is_some_and(|counted| match direction {
                Direction::Rising => counted >= wanted,
                Direction::Falling => counted <= wanted,
            }),
            Self::Stage { wanted, standing } => standing.is_some_and(|standing| !standing.is_end() && standing.rank() >= wanted.rank()),
            Self::Milestone { done_on } => happened(done_on),
            Self::Document { accepted_on } => happened(accepted_on),
        }
    }

    /// Whether an order with this exit may be opened on `today`.
    ///
    /// # Errors
    /// [`OpeningRefusal`] where the exit holds already: there would be nothing to put right.
    pub fn check_opening(&self, today: Date) -> Result<(), OpeningRefusal> {
        if self.holds(today) { Err(OpeningRefusal { holds: *self }) } else { Ok(()) }
    }

    /// Whether an order with this exit may be closed on `today`; `approved`: the commission says so.
    ///
    /// # Errors
    /// [`ClosingRefusal`] with what is missing; the exit is named before the verdict.
    pub fn check_closing(&self, today: Date, approved: bool) -> Result<(), ClosingRefusal> {
        if !self.holds(today) {
            return Err(ClosingRefusal::Missing(*self));
        }
        if approved { Ok(()) } else { Err(ClosingRefusal::NoVerdict) }
    }
}

/// Why an order is not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpeningRefusal {
    /// The exit that holds already.
    pub holds: OrderExit,
}

/// Why an order is not closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClosingRefusal {
    /// The exit does not hold; with what the facts say and what they would have to say.
    Missing(OrderExit),
    /// It holds, but the commission has not said that the order is closed.
    NoVerdict,
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2026, 10, 12);

    fn value(direction: Direction, wanted: i64, counted: Option<i64>) -> OrderExit {
        OrderExit::Value { direction, wanted, counted }
    }

    const fn stage(standing: Option<Stage>) -> OrderExit {
        OrderExit::Stage { wanted: Stage::Approved, standing }
    }

    #[test]
    fn an_order_is_closed_only_while_its_exit_holds_and_opened_only_while_it_does_not() {
        use Direction::{Falling, Rising};
        for (case, exit, holds) in [
            // T10 ≥ 2, the example of the domain.
            ("1 of 2", value(Rising, 2, Some(1)), false),
            ("2 of 2", value(Rising, 2, Some(2)), true),
            ("more than asked for", value(Rising, 2, Some(3)), true),
            ("nothing counted, not even 0", value(Rising, 0, None), false),
            ("0 of 0", value(Rising, 0, Some(0)), true),
            ("rank 61, to be 60", value(Falling, 60, Some(61)), false),
            ("rank 60, to be 60", value(Falling, 60, Some(60)), true),
            ("no step yet", stage(None), false),
            ("below the stage", stage(Some(Stage::Applied)), false),
            ("at the stage", stage(Some(Stage::Approved)), true),
            ("past the stage", stage(Some(Stage::Recognised)), true),
            ("revoked since", stage(Some(Stage::Revoked)), false),
            ("merged since", stage(Some(Stage::Merged)), false),
            ("not approved", stage(Some(Stage::NotApproved)), false),
            ("milestone open", OrderExit::Milestone { done_on: None }, false),
            ("milestone done today", OrderExit::Milestone { done_on: Some(TODAY) }, true),
            ("milestone said to be done tomorrow", OrderExit::Milestone { done_on: Some(date(2026, 10, 13)) }, false),
            ("no document", OrderExit::Document { accepted_on: None }, false),
            ("document accepted", OrderExit::Document { accepted_on: Some(date(2026, 10, 1)) }, true),
        ] {
            assert_eq!(exit.holds(TODAY), holds, "{case}");
            let (opening, closing) = (exit.check_opening(TODAY), exit.check_closing(TODAY, true));
            if holds {
                assert_eq!(opening, Err(OpeningRefusal { holds: exit }), "{case}");
                assert_eq!(closing, Ok(()), "{case}");
                assert_eq!(exit.check_closing(TODAY, false), Err(ClosingRefusal::NoVerdict), "{case}");
            } else {
                assert_eq!(opening, Ok(()), "{case}");
                assert_eq!(closing, Err(ClosingRefusal::Missing(exit)), "{case}");
                assert_eq!(exit.check_closing(TODAY, false), Err(ClosingRefusal::Missing(exit)), "{case}");
            }
        }
    }
}
