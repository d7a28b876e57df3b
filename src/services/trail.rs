//! The audit trail as services write it. Invariant: every action is declared here, and its row is written in the transaction of the change, last.

use serde::Serialize;

use super::{ServiceError, access::Author, moment::Moment};
use crate::{
    domain::text_enum::text_enum,
    store::{
        Tx,
        audit::{NewAuditRow, append_audit_row},
    },
};

text_enum! {
    /// Everything that can change.
    pub enum Action {
        /// A plan came in from a file.
        ImportPlan = "import-plan",
        /// A new plan without content.
        CreatePlan = "create-plan",
        /// A plan is no longer used.
        RetirePlan = "retire-plan",
        /// A plan is used again.
        RevivePlan = "revive-plan",
        /// Other names, issuer or cadence of a plan.
        ChangePlan = "change-plan",
        /// A new area.
        CreateArea = "create-area",
        /// Other names or another place of an area.
        ChangeArea = "change-area",
        /// An area is no longer used.
        RetireArea = "retire-area",
        /// An area is used again.
        ReviveArea = "revive-area",
        /// A new indicator with its target.
        CreateIndicator = "create-indicator",
        /// Other names, unit words, area or measuring of an indicator.
        ChangeIndicator = "change-indicator",
        /// An indicator is no longer used.
        RetireIndicator = "retire-indicator",
        /// An indicator is used again.
        ReviveIndicator = "revive-indicator",
        /// A new task.
        CreateTask = "create-task",
        /// Other texts, another area or other indicators of a task.
        ChangeTask = "change-task",
        /// A task is no longer used.
        RetireTask = "retire-task",
        /// A task is used again.
        ReviveTask = "revive-task",
        /// The first administrators, from the command line.
        CreateAdministrator = "create-administrator",
        /// Values came in from a table.
        ImportValues = "import-values",
        /// Another target, other milestones.
        ReviseTarget = "revise-target",
        /// Another typed baseline.
        ReviseBaseline = "revise-baseline",
        /// A new organisation.
        CreateOrganisation = "create-organisation",
        /// Another name, kind, parent or district.
        ChangeOrganisation = "change-organisation",
        /// No longer used for anything new.
        RetireOrganisation = "retire-organisation",
        /// Used again.
        ReviveOrganisation = "revive-organisation",
        /// A new account, without roles.
        CreateAccount = "create-account",
        /// Another name or organisation.
        ChangeAccount = "change-account",
        /// May no longer sign in.
        DisableAccount = "disable-account",
        /// May sign in again.
        EnableAccount = "enable-account",
        /// Other roles.
        GrantRoles = "grant-roles",
        /// Open again before its time.
        UnlockAccount = "unlock-account",
        /// A one-time password link.
        IssuePasswordLink = "issue-password-link",
        /// Another password.
        ChangePassword = "change-password",
        /// Signed in.
        SignIn = "sign-in",
        /// Signed out.
        SignOut = "sign-out",
        /// Locked after failures.
        LockAccount = "lock-account",
        /// Organisations of a task.
        AssignOrganisation = "assign-organisation",
        /// An organisation has no part in a task any more.
        EndAssignment = "end-assignment",
        /// A project or milestone of a task.
        CreateTimetableItem = "create-timetable-item",
        /// Another name, deliverable or organisation of a project or milestone.
        ChangeTimetableItem = "change-timetable-item",
        /// A project or milestone is no longer part of the timetable.
        RetireTimetableItem = "retire-timetable-item",
        /// A project or milestone was taken back into use.
        ReviveTimetableItem = "revive-timetable-item",
        /// Other dates of a task, project or milestone.
        ReviseDates = "revise-dates",
        /// A unit that existed already.
        RecordUnit = "record-unit",
        /// Units and stages came in from a table.
        ImportRoster = "import-roster",
        /// Other names, another holder of a unit.
        ChangeUnit = "change-unit",
        /// A stage that was recorded by mistake.
        WithdrawStep = "withdraw-step",
        /// Two things of one name are different things.
        AdmitName = "admit-name",
        /// The units of an indicator are all recorded.
        TakeStock = "take-stock",
        /// How an indicator counts.
        RecordRuling = "record-ruling",
        /// A period is open for reports.
        OpenPeriod = "open-period",
        /// Other due dates.
        ChangePeriod = "change-period",
        /// A report went in.
        SubmitReport = "submit-report",
        /// A report was taken back before it was decided.
        WithdrawReport = "withdraw-report",
        /// The lead organisation or the commission let it pass.
        AcceptReport = "accept-report",
        /// It went back with a reason.
        ReturnReport = "return-report",
        /// The owner of an accepted report corrects it.
        BeginCorrection = "begin-correction",
        /// The owner does not go on with a correction.
        GiveUpCorrection = "give-up-correction",
        /// A name held by a returned report is free again.
        ReleaseName = "release-name",
        /// A task's period was evaluated.
        EvaluateTask = "evaluate-task",
        /// The commission answered.
        GiveFeedback = "give-feedback",
        /// The owner answered advice.
        AnswerFeedback = "answer-feedback",
        /// A personal token for a machine.
        CreateToken = "create-token",
        /// A personal token opens nothing any more.
        RevokeToken = "revoke-token",
        /// The chain was walked from its first row.
        VerifyChain = "verify-chain",
        /// What an organisation takes on.
        RecordPledge = "record-pledge",
        /// Made-up data for a demonstration.
        LoadDemonstration = "load-demonstration",
    }
}

/// What changed.
#[derive(Debug, Clone)]
pub struct Change<'a> {
    /// The declared action.
    pub action: Action,
    /// What kind of object: the aggregate's name.
    pub object_kind: &'static str,
    /// Which one.
    pub object_id: &'a str,
    /// Why; empty where the form asks for no reason.
    pub reason: &'a str,
}

/// Appends the change to the chain. `before` and `after` never hold secrets.
pub async fn record_change(
    tx: &mut Tx,
    author: &Author,
    now: Moment,
    change: Change<'_>,
    before: Option<&(impl Serialize + Sync)>,
    after: Option<&(impl Serialize + Sync)>,
) -> Result<(), ServiceError> {
    let row = NewAuditRow {
        at: now.0,
        actor_id: author.account.as_ref().map(ToString::to_string),
        actor_name: author.name.clone(),
        organisation_id: author.organisation.as_ref().map(ToString::to_string),
        action: change.action.as_str(),
        object_kind: change.object_kind,
        object_id: change.object_id.to_owned(),
        before: before.map(serde_json::to_string).transpose()?,
        after: after.map(serde_json::to_string).transpose()?,
        reason: change.reason.to_owned(),
    };
    Ok(append_audit_row(tx, row).await?)
}

/// No state before, or none after.
pub const NOTHING: Option<&()> = None;
