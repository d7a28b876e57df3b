//! Every address of the product with its access. Invariant: the router is built from this list and from nothing else; a
//! test demands that it equals what Leptos and the server functions list.

use axum::{
    extract::DefaultBodyLimit,
    routing::{MethodRouter, get, post},
};

use super::{
    AppState, api_v1, audit_export, evidence, health, language, plan_files, report_form, report_upload, roster_table, timetable_export,
};
use crate::domain::{permissions::Permission, scopes::Scope};

/// Who may come in. What an object shows to whom is decided again beside the object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Anyone,
    /// Whoever is signed in.
    SignedIn,
    /// Whoever has the permission.
    Needs(Permission),
    /// Whoever has one of them.
    NeedsAny(&'static [Permission]),
}

/// What answers.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// A page of the Leptos router; whether it is kept while nothing changes, for all who may see the same.
    Page {
        /// See [`super::kept_pages`].
        kept: bool,
    },
    /// A server function.
    ServerFunction,
    /// A handler that gets the `Visit` as an extension.
    Handler(fn() -> MethodRouter<AppState>),
    /// A handler of `/api/v1`: it gets the `Visit` as an extension, and a token must have the scope.
    Machine(Option<Scope>, fn() -> MethodRouter<AppState>),
    /// A handler that needs no visit and no database.
    Bare(fn() -> MethodRouter<AppState>),
}

/// One address.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The path, with parameters in braces.
    pub path: &'static str,
    /// Who may come in.
    pub access: Access,
    /// What answers.
    pub kind: Kind,
}

const fn page(path: &'static str, access: Access) -> Entry {
    Entry { path, access, kind: Kind::Page { kept: false } }
}

/// A page that holds nothing personal but the account's name in its frame.
const fn kept_page(path: &'static str, access: Access) -> Entry {
    Entry { path, access, kind: Kind::Page { kept: true } }
}

const fn function(path: &'static str, access: Access) -> Entry {
    Entry { path, access, kind: Kind::ServerFunction }
}

const fn handler(path: &'static str, access: Access, make: fn() -> MethodRouter<AppState>) -> Entry {
    Entry { path, access, kind: Kind::Handler(make) }
}

const fn machine(path: &'static str, scope: Option<Scope>, make: fn() -> MethodRouter<AppState>) -> Entry {
    Entry { path, access: Needs(P::ReadPlans), kind: Kind::Machine(scope, make) }
}

const fn bare(path: &'static str, make: fn() -> MethodRouter<AppState>) -> Entry {
    Entry { path, access: Anyone, kind: Kind::Bare(make) }
}

use Access::{Anyone, Needs, NeedsAny, SignedIn};
use Permission as P;

/// What stands before and around the plans.
const FRAME: &[Entry] = &[
    bare("/healthz", || get(health::answer_health)),
    bare("/readyz", || get(health::answer_ready)),
    bare("/language", || get(language::switch_language)),
    handler("/", SignedIn, || get(super::home::lead_home)),
    page("/sign-in", Anyone),
    page("/set-password/{link}", Anyone),
    page("/password", SignedIn),
    function("/fn/sign_in", Anyone),
    function("/fn/sign_out", SignedIn),
    function("/fn/change_password", SignedIn),
    function("/fn/set_password", Anyone),
];

/// Organisations, accounts, roles.
const ADMINISTRATION: &[Entry] = &[
    page("/admin/organisations", NeedsAny(&[P::ManageAccounts, P::ManagePlans])),
    page("/admin/accounts", NeedsAny(&[P::ManageAccounts, P::GrantRoles])),
    page("/admin/accounts/{id}", NeedsAny(&[P::ManageAccounts, P::GrantRoles])),
    function("/fn/create_organisation", Needs(P::ManageAccounts)),
    function("/fn/change_organisation", Needs(P::ManageAccounts)),
    function("/fn/retire_organisation", Needs(P::ManageAccounts)),
    function("/fn/revive_organisation", Needs(P::ManageAccounts)),
    function("/fn/create_account", Needs(P::ManageAccounts)),
    function("/fn/change_account", Needs(P::ManageAccounts)),
    function("/fn/disable_account", Needs(P::ManageAccounts)),
    function("/fn/enable_account", Needs(P::ManageAccounts)),
    function("/fn/grant_roles", Needs(P::GrantRoles)),
    function("/fn/unlock_account", Needs(P::GrantRoles)),
    function("/fn/issue_password_link", Needs(P::GrantRoles)),
];

/// Which organisation has which part in a task.
const ASSIGNMENTS: &[Entry] = &[
    page("/p/{plan}/manage/assignments", Needs(P::ManagePlans)),
    function("/fn/assign_organisation", Needs(P::ManagePlans)),
    function("/fn/change_contact", Needs(P::ManagePlans)),
    function("/fn/end_assignment", Needs(P::ManagePlans)),
];

/// The numbers: cockpit, indicators, roster, tasks.
const NUMBERS: &[Entry] = &[
    kept_page("/p/{plan}/cockpit", Needs(P::ReadPlans)),
    kept_page("/p/{plan}/indicators", Needs(P::ReadPlans)),
    kept_page("/p/{plan}/indicators/{code}", Needs(P::ReadPlans)),
    kept_page("/p/{plan}/roster", Needs(P::ReadPlans)),
    page("/p/{plan}/roster/{id}", Needs(P::ReadPlans)),
    kept_page("/p/{plan}/tasks", Needs(P::ReadPlans)),
    page("/p/{plan}/tasks/{code}", Needs(P::ReadPlans)),
];

/// Periods, evaluation, feedback.
const LOOP: &[Entry] = &[
    page("/p/{plan}/periods", Needs(P::ManagePlans)),
    page("/p/{plan}/periods/{id}", Needs(P::ManagePlans)),
    function("/fn/open_period", Needs(P::ManagePlans)),
    function("/fn/change_period", Needs(P::ManagePlans)),
    function("/fn/evaluate_task", Needs(P::Evaluate)),
    function("/fn/give_feedback", Needs(P::Evaluate)),
    function("/fn/answer_feedback", Needs(P::Report)),
];

/// Reports, reviews, evidence.
const FLOW: &[Entry] = &[
    page("/p/{plan}/reports", Needs(P::Report)),
    page("/p/{plan}/reports/{id}", Needs(P::ReadPlans)),
    page("/p/{plan}/reviews", NeedsAny(&[P::ReviewAsLead, P::ReviewAsCommission])),
    handler("/p/{plan}/reports/{id}/form", Needs(P::Report), || {
        post(report_form::take_report_form).layer(DefaultBodyLimit::max(report_upload::LARGEST_DRAINED))
    }),
    handler("/p/{plan}/evidence/{id}", Needs(P::ReadPlans), || get(evidence::hand_out_evidence)),
    function("/fn/withdraw_report", Needs(P::Report)),
    function("/fn/decide_report", NeedsAny(&[P::ReviewAsLead, P::ReviewAsCommission])),
    function("/fn/accept_unchanged", NeedsAny(&[P::ReviewAsLead, P::ReviewAsCommission])),
];

/// Corrections of accepted reports; their content goes through the report's form.
const CORRECTIONS: &[Entry] = &[function("/fn/begin_correction", Needs(P::Report)), function("/fn/give_up_correction", Needs(P::Report))];

/// What staff set up.
const MANAGEMENT: &[Entry] = &[
    page("/p/{plan}/manage", Needs(P::ManagePlans)),
    page("/p/{plan}/manage/units", Needs(P::ManagePlans)),
    page("/p/{plan}/manage/rulings", Needs(P::ManagePlans)),
    function("/fn/record_unit", Needs(P::ManagePlans)),
    function("/fn/record_step", Needs(P::ManagePlans)),
    function("/fn/take_stock", Needs(P::ManagePlans)),
    function("/fn/record_ruling", Needs(P::ManagePlans)),
];

/// What staff change about a plan's definition, and its way out and in.
const EDITING: &[Entry] = &[
    page("/p/{plan}/manage/plan", Needs(P::ManagePlans)),
    page("/p/{plan}/manage/areas", Needs(P::ManagePlans)),
    page("/p/{plan}/manage/indicators", Needs(P::ManagePlans)),
    page("/p/{plan}/manage/tasks", Needs(P::ManagePlans)),
    page("/p/{plan}/manage/files", Needs(P::ManagePlans)),
    handler("/p/{plan}/manage/plan.toml", Needs(P::ManagePlans), || get(plan_files::hand_out_toml)),
    handler("/p/{plan}/manage/plan.zip", Needs(P::ManagePlans), || get(plan_files::hand_out_zip)),
    handler("/p/{plan}/manage/import", Needs(P::ManagePlans), || {
        post(plan_files::take_plan_file).layer(DefaultBodyLimit::max(plan_files::LARGEST_UPLOAD))
    }),
    function("/fn/create_plan", Needs(P::ManagePlans)),
    function("/fn/change_plan", Needs(P::ManagePlans)),
    function("/fn/create_area", Needs(P::ManagePlans)),
    function("/fn/change_area", Needs(P::ManagePlans)),
    function("/fn/create_indicator", Needs(P::ManagePlans)),
    function("/fn/change_indicator", Needs(P::ManagePlans)),
    function("/fn/create_task", Needs(P::ManagePlans)),
    function("/fn/change_task", Needs(P::ManagePlans)),
    function("/fn/retire_part", Needs(P::ManagePlans)),
    function("/fn/revive_part", Needs(P::ManagePlans)),
];

/// Revisions of targets, milestones and baselines.
const TARGETS: &[Entry] = &[
    page("/p/{plan}/manage/targets", Needs(P::ManagePlans)),
    page("/p/{plan}/manage/targets/{code}", Needs(P::ManagePlans)),
    function("/fn/revise_target", Needs(P::ManagePlans)),
    function("/fn/revise_baseline", Needs(P::ManagePlans)),
];

/// The roster beyond its pages: names, corrections, tables.
const ROSTER: &[Entry] = &[
    handler("/p/{plan}/roster.csv", Needs(P::ReadPlans), || get(roster_table::download_roster)),
    page("/p/{plan}/manage/names", Needs(P::ManagePlans)),
    handler("/p/{plan}/manage/rows", Needs(P::ManagePlans), || {
        post(roster_table::take_rows).layer(DefaultBodyLimit::max(roster_table::LARGEST_TABLE))
    }),
    function("/fn/admit_name", Needs(P::ManagePlans)),
    function("/fn/release_name", Needs(P::ManagePlans)),
    function("/fn/change_unit", Needs(P::ManagePlans)),
    function("/fn/withdraw_step", Needs(P::ManagePlans)),
    function("/fn/release_unit", Needs(P::ManagePlans)),
    function("/fn/check_units", Needs(P::ManagePlans)),
    function("/fn/record_units", Needs(P::ManagePlans)),
];

/// The same numbers for machines, and the tokens by which they read.
const MACHINES: &[Entry] = &[
    machine("/api/v1/plans", None, || get(api_v1::list_plans)),
    machine("/api/v1/plans/{plan}/indicators", Some(Scope::ReadNumbers), || get(api_v1::list_indicators)),
    machine("/api/v1/plans/{plan}/indicators/{code}", Some(Scope::ReadNumbers), || get(api_v1::show_indicator)),
    machine("/api/v1/plans/{plan}/indicators/{code}/units", Some(Scope::ReadRoster), || get(api_v1::list_units)),
    machine("/api/v1/plans/{plan}/tasks", Some(Scope::ReadTasks), || get(api_v1::list_tasks)),
    machine("/api/v1/plans/{plan}/roster", Some(Scope::ReadRoster), || get(api_v1::list_roster)),
    bare("/openapi.json", || get(api_v1::document::answer_document)),
    page("/tokens", Needs(P::ReadPlans)),
    function("/fn/create_token", Needs(P::ReadPlans)),
    function("/fn/revoke_token", Needs(P::ReadPlans)),
];

/// The audit trail.
const AUDIT: &[Entry] = &[
    page("/admin/audit", Needs(P::ReadAudit)),
    handler("/admin/audit/rows.csv", Needs(P::ReadAudit), || get(audit_export::export_rows)),
    function("/fn/verify_chain", Needs(P::ReadAudit)),
];

/// What organisations take on.
const PLEDGES: &[Entry] = &[
    page("/p/{plan}/pledges", Needs(P::ReadPlans)),
    page("/p/{plan}/manage/pledges", Needs(P::ManagePlans)),
    function("/fn/take_on_pledge", Needs(P::Report)),
    function("/fn/record_pledge", Needs(P::ManagePlans)),
];

/// Projects, milestones and dates of tasks.
const TIMETABLE: &[Entry] = &[
    page("/p/{plan}/manage/tasks/{code}/projects", Needs(P::ManagePlans)),
    handler("/p/{plan}/tasks.xlsx", Needs(P::ReadPlans), || get(timetable_export::hand_out_timetable)),
    function("/fn/create_timetable_item", Needs(P::ManagePlans)),
    function("/fn/change_timetable_item", Needs(P::ManagePlans)),
    function("/fn/retire_timetable_item", Needs(P::ManagePlans)),
    function("/fn/revive_timetable_item", Needs(P::ManagePlans)),
    function("/fn/revise_dates", Needs(P::ManagePlans)),
];

/// Every address.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    [
        FRAME,
        ADMINISTRATION,
        ASSIGNMENTS,
        NUMBERS,
        LOOP,
        FLOW,
        CORRECTIONS,
        MANAGEMENT,
        EDITING,
        TARGETS,
        ROSTER,
        MACHINES,
        AUDIT,
        PLEDGES,
        TIMETABLE,
    ]
    .into_iter()
    .flatten()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_registry_equals_what_leptos_and_the_server_functions_list() {
        let pages: BTreeSet<String> =
            entries().filter(|entry| matches!(entry.kind, Kind::Page { .. })).map(|entry| entry.path.to_owned()).collect();
        let listed: BTreeSet<String> =
            leptos_axum::generate_route_list(crate::pages::App).iter().map(|listing| listing.path().to_owned()).collect();
        assert_eq!(pages, listed, "pages");
        let functions: BTreeSet<String> =
            entries().filter(|entry| matches!(entry.kind, Kind::ServerFunction)).map(|entry| entry.path.to_owned()).collect();
        let listed: BTreeSet<String> = server_fn::axum::server_fn_paths().map(|(path, _)| path.to_owned()).collect();
        assert_eq!(functions, listed, "server functions");
    }

    #[test]
    fn no_address_stands_twice_and_only_the_frame_is_open_to_everybody() {
        let mut seen = BTreeSet::new();
        for entry in entries() {
            assert!(seen.insert(entry.path), "{} stands twice", entry.path);
        }
        let open: Vec<&str> = entries().filter(|entry| entry.access == Anyone).map(|entry| entry.path).collect();
        assert_eq!(
            open,
            ["/healthz", "/readyz", "/language", "/sign-in", "/set-password/{link}", "/fn/sign_in", "/fn/set_password", "/openapi.json"]
        );
    }
}
