//! What is owed, with the report or the correction that stands for it. Invariant: a list gives each obligation with the report itself,
//! unless it is a list of what waits or of corrections.

use jiff::civil::Date;

use crate::{
    domain::{
        ids::{ObligationId, OrganisationId, PeriodId, PlanId, ReportId, TaskId},
        report::ReportState,
    },
    store::{Day, StoreError, Tx, fetch_all, fetch_optional},
};

/// What is owed or was reported: an obligation with its report, if one was begun.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Owed {
    /// The obligation; its report carries the same id, a correction one of its own.
    pub obligation_id: ObligationId,
    /// The plan.
    pub plan_id: PlanId,
    /// The period.
    pub period_id: PeriodId,
    /// Its code, such as `2026Q3`.
    pub period_code: String,
    /// Its last day.
    #[sqlx(try_from = "Day")]
    pub period_ends_on: Date,
    /// When the report is due.
    #[sqlx(try_from = "Day")]
    pub report_due: Date,
    /// When the lead's review is due.
    #[sqlx(try_from = "Day")]
    pub lead_review_due: Date,
    /// When the commission's review is due.
    #[sqlx(try_from = "Day")]
    pub commission_review_due: Date,
    /// The task.
    pub task_id: TaskId,
    /// Its code.
    pub task_code: String,
    /// Its Chinese title.
    pub task_title_zh: String,
    /// Its English title.
    pub task_title_en: String,
    /// Who owes.
    pub organisation_id: OrganisationId,
    /// Its Chinese name.
    pub organisation_zh: String,
    /// Its English name.
    pub organisation_en: String,
    /// The task's lead now.
    pub lead_id: Option<OrganisationId>,
    /// The lead's Chinese name.
    pub lead_zh: Option<String>,
    /// The lead's English name; empty without one.
    pub lead_en: String,
    /// The report or one of its corrections, if it was begun.
    pub report_id: Option<ReportId>,
    /// 0 for the report itself; the number of a correction.
    pub correction: i64,
    /// When the owner gave the correction up.
    pub given_up_at: Option<i64>,
    /// Where it stands.
    pub state: Option<ReportState>,
    /// Its version.
    pub version: Option<i64>,
    /// How often it was submitted.
    pub submission: Option<i64>,
    /// Since when it is where it stands.
    pub state_since: Option<i64>,
    /// Percent complete as accepted.
    pub percent: Option<i64>,
}

impl Owed {
    /// The id its page and its report have.
    pub fn id(&self) -> ReportId {
        self.report_id.clone().unwrap_or_else(|| ReportId::from(self.obligation_id.as_str()))
    }

    /// Whether its owner may change it: a correction that was given up stays as it is.
    pub fn is_editable(&self) -> bool {
        self.state.unwrap_or(ReportState::Draft).is_editable() && self.given_up_at.is_none()
    }
}

// `$version` says which version of the report stands beside what is owed.
macro_rules! select_owed {
    ($version:literal, $rest:literal) => {
        concat!(
            "SELECT o.id AS obligation_id, p.plan_id, o.period_id, p.code AS period_code, p.ends_on AS period_ends_on,
                    p.report_due, p.lead_review_due, p.commission_review_due,
                    o.task_id, t.code AS task_code, t.title_zh AS task_title_zh, t.title_en AS task_title_en,
                    o.organisation_id, g.name_zh AS organisation_zh, g.name_en AS organisation_en,
                    a.organisation_id AS lead_id, l.name_zh AS lead_zh, COALESCE(l.name_en, '') AS lead_en,
                    r.id AS report_id, COALESCE(r.correction, 0) AS correction, c.given_up_at, r.state, r.version, r.submission,
                    r.state_since, r.percent
             FROM obligations o
             JOIN periods p ON p.id = o.period_id
             JOIN tasks t ON t.id = o.task_id
             JOIN organisations g ON g.id = o.organisation_id
             LEFT JOIN assignments a ON a.task_id = o.task_id AND a.part = 'lead' AND a.ended_at IS NULL
             LEFT JOIN organisations l ON l.id = a.organisation_id
             LEFT JOIN reports r ON r.obligation_id = o.id AND ",
            $version,
            " LEFT JOIN corrections c ON c.report_id = r.id ",
            $rest
        )
    };
}

/// The obligation with an id, which is also its report's, or the one with a correction of that id.
pub async fn find_owed(tx: &mut Tx, id: &ReportId) -> Result<Option<Owed>, StoreError> {
    fetch_optional!(
        tx,
        Owed,
        select_owed!(
            "(r.id = $1 OR (r.correction = 0 AND o.id = $1))",
            "WHERE o.id = COALESCE((SELECT obligation_id FROM reports WHERE id = $1), $1)"
        ),
        id
    )
}

/// Everything an organisation owes or has reported in a plan, the latest period first, in the order of the tasks.
pub async fn list_owed_by(tx: &mut Tx, plan: &PlanId, organisation: &OrganisationId) -> Result<Vec<Owed>, StoreError> {
    fetch_all!(
        tx,
        Owed,
        select_owed!("r.correction = 0", "WHERE p.plan_id = $1 AND o.organisation_id = $2 ORDER BY p.ends_on DESC, t.ordinal"),
        plan,
        organisation
    )
}

/// The corrections of an organisation in a plan that are neither accepted nor given up, the one begun first first.
pub async fn list_open_corrections(tx: &mut Tx, plan: &PlanId, organisation: &OrganisationId) -> Result<Vec<Owed>, StoreError> {
    fetch_all!(
        tx,
        Owed,
        select_owed!(
            "r.correction > 0 AND r.state <> 'accepted'",
            "WHERE p.plan_id = $1 AND o.organisation_id = $2 AND r.id IS NOT NULL AND c.given_up_at IS NULL ORDER BY r.created_at, r.id"
        ),
        plan,
        organisation
    )
}

/// Every report of a plan that waits for a decision, the one that waits longest first.
pub async fn list_waiting(tx: &mut Tx, plan: &PlanId) -> Result<Vec<Owed>, StoreError> {
    fetch_all!(
        tx,
        Owed,
        select_owed!(
            "r.state IN ('submitted', 'lead-reviewed')",
            "WHERE p.plan_id = $1 AND r.id IS NOT NULL ORDER BY r.state_since, t.ordinal"
        ),
        plan
    )
}
