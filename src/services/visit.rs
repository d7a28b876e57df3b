//! One request as pages and server functions see it. Invariant: everything personal or dated about a page comes from here.

use std::{path::PathBuf, sync::Arc};

use jiff::civil::Date;
use serde_json::Value;

use super::{
    access::{Actor, Identity},
    moment::Moment,
    sign_in::Token,
};
use crate::{
    domain::{ids::AccountId, permissions::Permission, visibility::Viewer},
    error::UserError,
    i18n::{Lang, Text},
    store::Db,
};

/// What the whole server shares.
#[derive(Debug, Clone)]
pub struct Shared {
    /// The database.
    pub db: Db,
    /// The address users see, such as `https://bihuan.example`, where the settings name it.
    pub public_url: Option<Arc<str>>,
    /// Evidence and, with SQLite, the database file.
    pub data_dir: Arc<PathBuf>,
    /// Paths of the built style sheet, script and browser program.
    pub site: Arc<SiteFiles>,
    /// Whether users come over TLS.
    pub secure: bool,
    /// The views of plans that were built already.
    pub views: Arc<super::plan_view::PlanViews>,
    /// Reads what browsers bring.
    pub reader: Arc<super::child::ChildReader>,
}

/// Where the built files are served.
#[derive(Debug, Clone, Default, serde::Deserialize)]
pub struct SiteFiles {
    /// The script that loads the program.
    pub js: String,
    /// The program.
    pub wasm: String,
    /// The style sheet.
    pub css: String,
}

/// The plan of the page, as the header shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanHead {
    /// Its id.
    pub id: crate::domain::ids::PlanId,
    /// Its code in URLs.
    pub code: String,
    /// Short Chinese name.
    pub short_zh: String,
    /// Short English name.
    pub short_en: String,
    /// First day.
    pub starts_on: Date,
    /// Last day.
    pub ends_on: Date,
    /// How often progress is reported.
    pub cadence: crate::domain::words::Cadence,
    /// Its time zone.
    pub time_zone: String,
    /// When it was retired, in milliseconds since 1970.
    pub retired_at: Option<i64>,
}

/// A refused form that came back to its page.
#[derive(Debug, Clone, PartialEq)]
pub struct Parked {
    /// Which form.
    pub form: String,
    /// What was typed, by field.
    pub fields: Value,
    /// Why it was refused.
    pub error: UserError,
}

/// One request.
#[derive(Debug, Clone)]
pub struct Visit {
    /// What the server shares.
    pub shared: Shared,
    /// The instant of the request.
    pub now: Moment,
    /// The language of the answer.
    pub lang: Lang,
    /// Who asks.
    pub identity: Option<Identity>,
    /// The session's token.
    pub token: Option<Token>,
    /// Whose session the token belonged to, when it has ended: what was typed is kept for this account.
    pub ended_account: Option<AccountId>,
    /// The number by which the request is found in the log.
    pub request_id: String,
    /// The hash of a random cookie of browsers that are not signed in, so that their forms can come back to them.
    pub visitor: Option<String>,
    /// Path and query as asked for.
    pub address: String,
    /// Every plan, retired ones too.
    pub plans: Arc<Vec<PlanHead>>,
    /// Whether the database holds demonstration data.
    pub demonstration: bool,
    /// The version of the data when the request came; pages are kept by it.
    pub data_version: i64,
    /// The form that came back.
    pub parked: Option<Arc<Parked>>,
}

impl Visit {
    /// The catalogue in the language of the answer.
    pub fn text(&self) -> Text {
        Text::new(self.lang)
    }

    /// Who asks.
    ///
    /// # Errors
    /// `SignedOut` when nobody is signed in.
    pub fn identity(&self) -> Result<&Identity, UserError> {
        self.identity.as_ref().ok_or(UserError::SignedOut)
    }

    /// An actor with a permission.
    ///
    /// # Errors
    /// `SignedOut`, or `NotFound` without the permission.
    pub fn require(&self, permission: Permission) -> Result<Actor, UserError> {
        self.identity()?.require(permission)
    }

    /// Whether who asks has a permission.
    pub fn may(&self, permission: Permission) -> bool {
        self.identity.as_ref().is_some_and(|identity| identity.may(permission))
    }

    /// Whoever looks, for `domain::visibility`.
    pub fn viewer(&self) -> Viewer {
        Viewer {
            organisation: self.identity.as_ref().and_then(|identity| identity.organisation().cloned()),
            reads_all: self.may(Permission::ReadAllReports),
        }
    }

    /// The plan with a code.
    ///
    /// # Errors
    /// `NotFound` for an unknown code.
    pub fn plan(&self, code: &str) -> Result<PlanHead, UserError> {
        self.plans.iter().find(|plan| plan.code == code).cloned().ok_or(UserError::NotFound)
    }

    /// The plan with a code, for whoever changes something about it.
    ///
    /// # Errors
    /// `NotFound` for an unknown code; `PlanRetired` for a plan that is no longer used.
    pub fn plan_in_use(&self, code: &str) -> Result<PlanHead, UserError> {
        self.plan(code).and_then(|plan| if plan.retired_at.is_none() { Ok(plan) } else { Err(UserError::PlanRetired) })
    }

    /// The plans in use, for whoever chooses one.
    pub fn plans_in_use(&self) -> impl Iterator<Item = &PlanHead> {
        self.plans.iter().filter(|plan| plan.retired_at.is_none())
    }

    /// The path without its query.
    pub fn path(&self) -> &str {
        self.address.split('?').next().unwrap_or_default()
    }

    /// A parameter of the query; empty is as good as none.
    pub fn query(&self, name: &str) -> Option<String> {
        let query = self.address.split_once('?')?.1;
        serde_urlencoded::from_str::<Vec<(String, String)>>(query)
            .ok()?
            .into_iter()
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value)
    }

    /// What was typed into the form that came back, if it is this one.
    pub fn parked(&self, form: &str) -> Option<Arc<Parked>> {
        self.parked.clone().filter(|parked| parked.form == form)
    }

    /// Today in a plan's time zone.
    pub fn today(&self, plan: &PlanHead) -> Date {
        self.now.date_in(&plan.time_zone)
    }
}

impl PlanHead {
    /// The short name in a language.
    pub fn short(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.short_zh,
            Lang::En => &self.short_en,
        }
    }

    /// A path inside the plan: `plan.path("/tasks")`.
    pub fn path(&self, rest: &str) -> String {
        format!("/p/{}{rest}", self.code)
    }
}
