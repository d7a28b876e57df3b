//! The start page. Invariant: it leads each role to what waits for it, in the plan it looked at last.

use axum::{Extension, response::Response};

use super::render::see_other;
use crate::{domain::permissions::Permission, services::visit::Visit};

/// Owners to what they owe, leads and staff to what waits for them, leaders to the cockpit, administrators to their pages.
pub async fn lead_home(Extension(visit): Extension<Visit>) -> Response {
    if visit.may(Permission::ManageAccounts) {
        return see_other("/admin/organisations");
    }
    if visit.may(Permission::GrantRoles) {
        return see_other("/admin/accounts");
    }
    if visit.may(Permission::ReadAudit) {
        return see_other("/admin/audit");
    }
    let last = visit.identity.as_ref().and_then(|identity| identity.last_plan());
    let Some(plan) = visit.plans_in_use().find(|plan| Some(plan.code.as_str()) == last).or_else(|| visit.plans_in_use().next()) else {
        return see_other("/password");
    };
    let page = if visit.may(Permission::Report) {
        "/reports"
    } else if visit.may(Permission::ReviewAsCommission) || visit.may(Permission::ReviewAsLead) {
        "/reviews"
    } else {
        "/cockpit"
    };
    see_other(&plan.path(page))
}
