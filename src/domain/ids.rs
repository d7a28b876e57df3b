//! Identifiers. Invariant: an id of one kind cannot stand where another kind is wanted.

use serde::{Deserialize, Serialize};

macro_rules! define_ids {
    ($($(#[$meta:meta])* $Name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "ssr", derive(sqlx::Type), sqlx(transparent))]
        #[serde(transparent)]
        pub struct $Name(String);

        impl $Name {
            /// The id as text, as it stands in the database and in URLs.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<String> for $Name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<&str> for $Name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl std::fmt::Display for $Name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(&self.0)
            }
        }
    )+};
}

define_ids! {
    /// A plan.
    PlanId,
    /// An area of a plan.
    AreaId,
    /// An indicator of a plan.
    IndicatorId,
    /// A task of a plan.
    TaskId,
    /// A project or a milestone of a task.
    TimetableItemId,
    /// The part of an organisation in a task.
    AssignmentId,
    /// An organisation.
    OrganisationId,
    /// An account.
    AccountId,
    /// A reporting period of a plan.
    PeriodId,
    /// What one organisation owes for one task in one period.
    ObligationId,
    /// A report.
    ReportId,
    /// A unit of the roster.
    UnitId,
    /// A recognition of a unit.
    RecognitionId,
    /// A stage step of a recognition.
    StepId,
    /// A file of evidence.
    EvidenceId,
    /// An evaluation of a task's period.
    EvaluationId,
    /// What the commission answered to one organisation.
    FeedbackId,
    /// A personal token.
    TokenId,
}
