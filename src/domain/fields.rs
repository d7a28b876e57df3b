//! What may be wrong with a typed field. Invariant: an error names its field by the form's own name and its problem as a type, which the interface words.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::calendar::DateError;
use super::definition::DefinitionProblem;
use super::number::NumberError;
use super::passwords::PasswordProblem;
use super::roster::{Step, StepError};
use super::words::UnitKind;

/// One field and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// Name of the form field, such as `narrative` or `entries.k1.stage_date`.
    pub field: String,
    /// What is wrong.
    pub problem: FieldProblem,
}

impl FieldError {
    /// An error at a field.
    pub fn new(field: impl Into<String>, problem: FieldProblem) -> Self {
        Self { field: field.into(), problem }
    }
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FieldProblem {
    /// Nothing was typed or chosen.
    Required,
    /// No date.
    Date(DateError),
    /// The day has not come yet.
    DateInFuture {
        /// The day on which it was typed.
        today: Date,
    },
    /// The day lies before the plan's first one.
    DateBeforePlan {
        /// The first day of the plan.
        starts_on: Date,
    },
    /// The day lies before one that has to come first.
    DateBefore {
        /// The earliest day that will do.
        earliest: Date,
    },
    /// No such number.
    Number(NumberError),
    /// A softened number (余, 近, 超) where an exact one is wanted.
    NotExact,
    /// The number is in another unit than the indicator's.
    WrongUnit {
        /// The unit word that was typed.
        typed: String,
        /// The indicator's Chinese unit word.
        unit_zh: String,
        /// The indicator's English unit word.
        unit_en: String,
    },
    /// A share cannot be of nothing.
    ZeroDenominator,
    /// A part is larger than the whole.
    AboveDenominator,
    /// A bare rate where numerator and denominator are kept.
    PartsWanted,
    /// The indicator has a value for this period already: one body's rate, or the same body's count.
    ValueStated {
        /// Who stated it, and where.
        by: String,
    },
    /// The range is upside down.
    RangeUpsideDown,
    /// Nothing differs from what holds.
    NothingChanged,
    /// The value lies beyond what the target asks for.
    BeyondTarget {
        /// The least value that reaches the target, as text.
        goal: String,
    },
    /// The day is not before another.
    DateNotBefore {
        /// The day it has to come before.
        latest: Date,
    },
    /// Another line has the same day.
    SameDayTwice,
    /// Too many characters.
    TooLong {
        /// Characters that fit.
        max: usize,
        /// Characters that were typed.
        actual: usize,
    },
    /// The choice is none of those offered.
    UnknownChoice,
    /// The recognition is for things of another kind.
    KindMismatch {
        /// The kind it is for.
        expected: UnitKind,
    },
    /// The name holds no letter, digit or character.
    NoLetters,
    /// The step cannot follow the steps that were taken: back in stage or date, or after an end.
    Step(StepError),
    /// Another recognition of the kind began since, so that this one cannot open again.
    BeganAgain {
        /// When it began.
        on: Date,
    },
    /// A file whose text is not UTF-8.
    NotUtf8,
    /// Nobody holds this name, so there is nothing to tell it from.
    NameFree,
    /// A step that was accepted later cannot follow this one.
    LaterStep {
        /// The step that was accepted later.
        later: Step,
    },
    /// A step that was accepted later builds on one that a correction takes back.
    StepNeeded {
        /// The unit.
        name: String,
        /// The step that would be gone.
        taken: Step,
        /// The step that was accepted later.
        later: Step,
    },
    /// A correction that says what the version in force says.
    NothingCorrected,
    /// From "approved" on a document number or a file is needed.
    DocumentOrEvidence,
    /// A file is needed.
    EvidenceRequired,
    /// Another entry of the same report is the same thing.
    SameNameTwice {
        /// Key of the first of the two.
        other_key: String,
    },
    /// "No change" needs an accepted report before it.
    NoPredecessor,
    /// "No change" stands beside entries, values or a completion.
    ChangesBesideNoChange,
    /// A grade of the effect names what it is seen by.
    EffectLinkRequired,
    /// Something else has this name already.
    NameTaken,
    /// A name to sign in with holds other characters than letters, digits, `.`, `-`, `_`, or is too short or too long.
    UserNameForm,
    /// The organisation above lies below, or is the organisation itself.
    ParentBelow,
    /// There is a commission already.
    SecondCommission,
    /// The organisation is no longer used.
    Retired,
    /// The organisation has this part already.
    AlreadyAssigned {
        /// Codes of the tasks in which it has it.
        tasks: Vec<String>,
    },
    /// No task is ticked.
    NothingTicked,
    /// The present password is another one.
    WrongPassword,
    /// The new password breaks a rule.
    Password(PasswordProblem),
    /// Two administrator roles, or an administrator role beside another one.
    RolesTogether,
    /// A role of the commission's staff, for an account of another organisation.
    StaffElsewhere,
    /// A printed head of the audit chain has 64 hexadecimal digits.
    NotAHead,
    /// Something about the definition of a plan, an area, an indicator or a task.
    Definition(DefinitionProblem),
}

/// Text as it is kept: line ends as `\n`, no other control characters, no space at the ends.
pub fn clean_text(text: &str) -> String {
    let unified = text.replace("\r\n", "\n").replace('\r', "\n");
    let kept: String = unified.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    kept.trim().to_owned()
}

/// Cleans a text and checks its length in characters; records an error under `field` when it is too long.
pub fn read_text(field: &str, text: &str, max: usize, errors: &mut Vec<FieldError>) -> String {
    let text = clean_text(text);
    let actual = text.chars().count();
    if actual > max {
        errors.push(FieldError::new(field, FieldProblem::TooLong { max, actual }));
    }
    text
}

/// As [`read_text`], and an empty text is an error.
pub fn read_required(field: &str, text: &str, max: usize, errors: &mut Vec<FieldError>) -> String {
    let text = read_text(field, text, max, errors);
    if text.is_empty() {
        errors.push(FieldError::new(field, FieldProblem::Required));
    }
    text
}

/// The text, or nothing where it is empty.
pub fn or_none(text: String) -> Option<String> {
    if text.is_empty() { None } else { Some(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cleaned_and_measured_in_characters() {
        for (text, clean) in [(" a\r\nb\rc ", "a\nb\nc"), ("x\0y\u{7}", "xy"), ("　职教　", "职教"), ("\u{85}", "")] {
            assert_eq!(clean_text(text), clean);
        }
        let mut errors = Vec::new();
        assert_eq!(read_text("a", "职业教育", 4, &mut errors), "职业教育");
        assert!(errors.is_empty());
        read_text("a", "职业教育！", 4, &mut errors);
        read_required("b", "  ", 4, &mut errors);
        assert_eq!(
            errors,
            [FieldError::new("a", FieldProblem::TooLong { max: 4, actual: 5 }), FieldError::new("b", FieldProblem::Required),]
        );
    }
}
