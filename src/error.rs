//! What a user may be told: refusals and notices. Invariant: no variant carries text from a database, a library or another user's object.

use serde::{Deserialize, Serialize};

use crate::domain::{
    definition::RetireProblem,
    fields::{FieldError, FieldProblem},
    text_enum::text_enum,
};

/// Why a request was not carried out. The source of an internal error is logged; only the variant leaves the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum UserError {
    /// Nobody is signed in, or the session has ended.
    #[error("signed out")]
    SignedOut,
    /// Name or password is wrong; it is not said which.
    #[error("sign-in failed")]
    SignInFailed,
    /// Five failures: the account is locked for some minutes.
    #[error("locked for {minutes} minutes")]
    Locked {
        /// Whole minutes until it opens again.
        minutes: i64,
    },
    /// There is no such thing, or it is not this account's to see.
    #[error("not found")]
    NotFound,
    /// What was typed is not valid yet; everything typed is kept.
    #[error("{} fields are not valid", .0.len())]
    Invalid(Vec<FieldError>),
    /// Somebody changed it since the form was made.
    #[error("stale")]
    Stale,
    /// It has been decided already.
    #[error("already decided")]
    AlreadyDecided,
    /// Nobody reviews what they entered or released themselves.
    #[error("own work")]
    OwnWork,
    /// The state it is in does not allow this.
    #[error("not in this state")]
    WrongState,
    /// The plan is no longer used.
    #[error("plan retired")]
    PlanRetired,
    /// The report is being corrected already.
    #[error("correction open")]
    CorrectionOpen,
    /// The name or code is taken by another unit or an earlier submission.
    #[error("taken")]
    Taken {
        /// Field at which it was typed.
        field: String,
        /// The name as it is held.
        name: String,
        /// The unit that has it, when it is accepted already.
        unit: Option<String>,
        /// The organisation that holds it.
        holder: String,
        /// Whether it is kept for a report that was returned, which is on no list until it is submitted again.
        #[serde(default)]
        returned: bool,
    },
    /// The upload is over the limit.
    #[error("over {megabytes} MB")]
    TooLarge {
        /// The limit in megabytes.
        megabytes: u32,
    },
    /// The files of one form are over the limit together.
    #[error("over {megabytes} MB together")]
    UploadTooLarge {
        /// The limit in megabytes.
        megabytes: u32,
    },
    /// The text of one form is over the limit.
    #[error("over {megabytes} MB of text")]
    TextTooLong {
        /// The limit in megabytes.
        megabytes: u32,
    },
    /// A form without files is over the limit; nothing of it is kept.
    #[error("form over {megabytes} MB")]
    FormTooLong {
        /// The limit in megabytes.
        megabytes: u32,
    },
    /// The form did not arrive to its end.
    #[error("upload broken off")]
    UploadBrokenOff,
    /// The file could not be written on our side.
    #[error("file not kept")]
    FileNotKept,
    /// The content of the file is none of the accepted types.
    #[error("file type")]
    FileType,
    /// The organisation is still needed.
    #[error("in use by {} tasks and {} accounts", tasks.len(), accounts.len())]
    InUse {
        /// Tasks in which it has a part: code and title.
        tasks: Vec<String>,
        /// Accounts that act for it and may sign in: their shown names.
        accounts: Vec<String>,
    },
    /// An area, an indicator or a task is still needed, or cannot be used again yet.
    #[error("cannot be retired or used again: {0:?}")]
    NotRetirable(RetireProblem),
    /// An administrator cannot do this to the own account.
    #[error("own account")]
    OwnAccount,
    /// The link has been used or has expired.
    #[error("link expired")]
    LinkExpired,
    /// Something failed on our side; the request id finds it in the log.
    #[error("internal")]
    Internal,
}

impl UserError {
    /// The HTTP status that says the same to a machine.
    pub const fn status(&self) -> u16 {
        match self {
            Self::SignedOut | Self::SignInFailed => 401,
            Self::Locked { .. } => 429,
            Self::NotFound => 404,
            Self::Invalid(_) | Self::FileType => 422,
            Self::Stale
            | Self::AlreadyDecided
            | Self::OwnWork
            | Self::WrongState
            | Self::PlanRetired
            | Self::CorrectionOpen
            | Self::Taken { .. }
            | Self::InUse { .. }
            | Self::NotRetirable(_)
            | Self::OwnAccount => 409,
            Self::TooLarge { .. } | Self::UploadTooLarge { .. } | Self::TextTooLong { .. } | Self::FormTooLong { .. } => 413,
            Self::UploadBrokenOff => 400,
            Self::LinkExpired => 410,
            Self::Internal | Self::FileNotKept => 500,
        }
    }

    /// One field that is not valid.
    pub fn field(field: &str, problem: FieldProblem) -> Self {
        Self::Invalid(vec![FieldError { field: field.to_owned(), problem }])
    }
}

text_enum! {
    /// What a page says after something was done.
    pub enum Notice {
        /// Saved.
        Saved = "saved",
        /// Signed out.
        SignedOut = "signed-out",
        /// The session had ended; what was typed is kept.
        SessionEnded = "session-ended",
        /// The password is changed.
        PasswordChanged = "password-changed",
        /// The password is set.
        PasswordSet = "password-set",
        /// The draft is saved.
        DraftSaved = "draft-saved",
        /// The report went in.
        ReportSubmitted = "report-submitted",
        /// The report is a draft again.
        ReportWithdrawn = "report-withdrawn",
        /// The report was accepted at this level.
        ReportAccepted = "report-accepted",
        /// The report went back.
        ReportReturned = "report-returned",
        /// The correction is begun.
        CorrectionBegun = "correction-begun",
        /// The correction is given up.
        CorrectionGivenUp = "correction-given-up",
        /// The period is open.
        PeriodOpened = "period-opened",
        /// The evaluation is recorded.
        Evaluated = "evaluated",
        /// The feedback is given.
        FeedbackGiven = "feedback-given",
        /// The answer is given.
        Answered = "answered",
        /// The token opens nothing any more.
        TokenRevoked = "token-revoked",
    }
}
