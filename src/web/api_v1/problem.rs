//! Refusals as problem documents (RFC 9457). Invariant: a refusal says what was wrong with the request and nothing about what exists.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{calendar::DateError, fields::FieldProblem, scopes::Scope},
    error::UserError,
    i18n::{Lang, Text},
    services::ServiceError,
};

/// What is wrong with a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParameterProblem {
    /// It is no date.
    Date(DateError),
    /// The day lies after this one, today.
    Future(Date),
    /// It is none of these words.
    Choice(Vec<&'static str>),
    /// It is no page number.
    Page,
    /// There are fewer pages.
    PageBeyond(i64),
    /// There is no parameter of this name here.
    Unknown,
    /// It was given more than once.
    Twice,
}

impl ParameterProblem {
    const fn code(&self) -> &'static str {
        match self {
            Self::Date(_) => "date",
            Self::Future(_) => "future",
            Self::Choice(_) => "choice",
            Self::Page => "page",
            Self::PageBeyond(_) => "page-beyond-last",
            Self::Unknown => "unknown-parameter",
            Self::Twice => "given-twice",
        }
    }

    fn sentence(&self, text: Text) -> String {
        match self {
            Self::Date(error) => text.field_problem(&FieldProblem::Date(*error)),
            Self::Future(today) => text.field_problem(&FieldProblem::DateInFuture { today: *today }),
            Self::Choice(offered) => text.api_choice(&offered.join(text.list_comma())),
            Self::Page => text.api_page().to_owned(),
            Self::PageBeyond(pages) => text.api_page_beyond(*pages),
            Self::Unknown => text.api_unknown_parameter().to_owned(),
            Self::Twice => text.api_parameter_twice().to_owned(),
        }
    }
}

/// A parameter that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongParameter {
    /// Its name.
    pub name: String,
    /// What was sent.
    pub value: String,
    /// What is wrong with it.
    pub problem: ParameterProblem,
}

/// Why a machine gets no data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Parameters are wrong.
    Parameters(Vec<WrongParameter>),
    /// Neither a token nor a session came with the request.
    NoToken,
    /// The token opens nothing.
    DeadToken,
    /// The token was not made for this.
    Scope(Scope),
    /// There is no such thing, or the account may not see it.
    NotFound,
    /// The address is only read.
    Method,
    /// Something failed on our side.
    Internal,
}

impl From<UserError> for Refusal {
    fn from(error: UserError) -> Self {
        match error {
            UserError::SignedOut => Self::NoToken,
            UserError::NotFound => Self::NotFound,
            other => {
                tracing::error!(error = %other, "a reading use case was refused");
                Self::Internal
            }
        }
    }
}

impl From<ServiceError> for Refusal {
    fn from(error: ServiceError) -> Self {
        Self::from(UserError::from(error))
    }
}

/// A parameter that is wrong, in a problem document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProblemParameter {
    /// Its name.
    pub name: String,
    /// What was sent.
    pub value: String,
    /// A word: `date`, `choice`, `page`, `page-beyond-last`, `unknown-parameter`, `given-twice`, `future`.
    pub code: String,
    /// What is wrong, in the language asked for.
    pub detail: String,
}

/// A problem document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// The reason phrase of the status.
    pub title: String,
    /// The status.
    pub status: u16,
    /// A word: `bad-parameter`, `signed-out`, `invalid-token`, `insufficient-scope`, `not-found`, `method-not-allowed`, `internal`.
    pub code: String,
    /// What happened and what to do, in the language asked for.
    pub detail: String,
    /// The parameters that are wrong.
    pub parameters: Vec<ProblemParameter>,
}

impl Refusal {
    /// The refusal that fits a status which did not come from here.
    pub const fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::METHOD_NOT_ALLOWED => Self::Method,
            StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST => Self::NotFound,
            _ => Self::Internal,
        }
    }

    const fn status(&self) -> StatusCode {
        match self {
            Self::Parameters(_) => StatusCode::BAD_REQUEST,
            Self::NoToken | Self::DeadToken => StatusCode::UNAUTHORIZED,
            Self::Scope(_) => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    const fn code(&self) -> &'static str {
        match self {
            Self::Parameters(_) => "bad-parameter",
            Self::NoToken => "signed-out",
            Self::DeadToken => "invalid-token",
            Self::Scope(_) => "insufficient-scope",
            Self::NotFound => "not-found",
            Self::Method => "method-not-allowed",
            Self::Internal => "internal",
        }
    }

    fn detail(&self, text: Text) -> String {
        match self {
            Self::Parameters(_) => text.api_bad_parameter().to_owned(),
            Self::NoToken => text.api_no_token().to_owned(),
            Self::DeadToken => text.api_dead_token().to_owned(),
            Self::Scope(scope) => text.api_scope(scope.as_str()),
            Self::NotFound => text.api_not_found().to_owned(),
            Self::Method => text.api_method().to_owned(),
            Self::Internal => text.api_internal().to_owned(),
        }
    }

    /// The document in a language.
    pub fn document(&self, lang: Lang) -> Problem {
        let text = Text::new(lang);
        let wrong: &[WrongParameter] = match self {
            Self::Parameters(wrong) => wrong,
            _ => &[],
        };
        let status = self.status();
        Problem {
            title: status.canonical_reason().unwrap_or_default().to_owned(),
            status: status.as_u16(),
            code: self.code().to_owned(),
            detail: self.detail(text),
            parameters: wrong
                .iter()
                .map(|wrong| ProblemParameter {
                    name: wrong.name.clone(),
                    value: wrong.value.clone(),
                    code: wrong.problem.code().to_owned(),
                    detail: wrong.problem.sentence(text),
                })
                .collect(),
        }
    }

    /// The answer in a language.
    pub fn respond(&self, lang: Lang) -> Response {
        let body = serde_json::to_string(&self.document(lang)).unwrap_or_default();
        let mut response = (self.status(), body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(lang.tag()));
        let challenge = match self {
            Self::NoToken => Some("Bearer realm=\"bihuan\"".to_owned()),
            Self::DeadToken => Some("Bearer realm=\"bihuan\", error=\"invalid_token\"".to_owned()),
            Self::Scope(scope) => Some(format!("Bearer realm=\"bihuan\", error=\"insufficient_scope\", scope=\"{scope}\"")),
            _ => None,
        };
        if let Some(challenge) = challenge.and_then(|challenge| HeaderValue::from_str(&challenge).ok()) {
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        if *self == Self::Method {
            headers.insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        }
        response
    }
}
