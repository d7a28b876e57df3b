//! The roles of accounts. Invariant: nobody grants a role to the own account, and the commission's staff have the commission's accounts.

use std::collections::BTreeSet;

use super::check_other;
use crate::{
    domain::{
        fields::{FieldError, FieldProblem, read_text},
        ids::AccountId,
        permissions::{Permission, check_roles},
        words::{OrganisationKind, Role},
    },
    error::UserError,
    services::{
        ServiceError,
        access::Actor,
        moment::Moment,
        organisations::LONGEST_REASON,
        seen::check_seen,
        trail::{Action, Change, record_change},
    },
    store::{Db, Tx, accounts, with_tx},
};

/// The roles that an account is to have, as the form sends them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RolesForm {
    /// The account.
    pub id: AccountId,
    /// The mark of the roles the form showed.
    pub seen: String,
    /// The words of those ticked.
    pub roles: Vec<String>,
    /// Why; may be empty.
    pub reason: String,
}

/// Grants exactly these roles; the others are taken away. They hold from the account's next request on.
///
/// # Errors
/// `OwnAccount`; `NotFound`; `Stale`; `Invalid` for an unknown role, two administrator roles, or one beside another role.
pub async fn grant_roles(db: &Db, actor: &Actor, now: Moment, form: RolesForm) -> Result<(), ServiceError> {
    let actor = actor.clone();
    with_tx(db, move |tx| Box::pin(async move { grant_roles_in(tx, &actor, now, &form).await })).await
}

/// Grants roles inside a transaction.
pub(in crate::services) async fn grant_roles_in(tx: &mut Tx, actor: &Actor, now: Moment, form: &RolesForm) -> Result<(), ServiceError> {
    let id = &form.id;
    actor.require(Permission::GrantRoles)?;
    check_other(actor, id)?;
    let account = accounts::find_account(tx, id).await?.ok_or(UserError::NotFound)?;
    let before: BTreeSet<Role> = accounts::list_roles(tx, id).await?.into_iter().collect();
    check_seen(&form.seen, &before)?;
    let mut errors = Vec::new();
    let reason = read_text("reason", &form.reason, LONGEST_REASON, &mut errors);
    let after: BTreeSet<Role> = match form.roles.iter().map(|word| word.parse()).collect() {
        Ok(roles) => roles,
        Err(_) => {
            errors.push(FieldError::new("role.", FieldProblem::UnknownChoice));
            BTreeSet::new()
        }
    };
    let roles: Vec<Role> = after.iter().copied().collect();
    if check_roles(&roles).is_err() {
        errors.push(FieldError::new("role.", FieldProblem::RolesTogether));
    // The commission is the organisation of the staff accounts (domain, "Periods, reports, review").
    } else if after.contains(&Role::Staff) && account.organisation_kind.is_some_and(|kind| kind != OrganisationKind::Commission) {
        errors.push(FieldError::new("role.", FieldProblem::StaffElsewhere));
    }
    if !errors.is_empty() {
        return Err(UserError::Invalid(errors).into());
    }
    if after == before {
        return Ok(());
    }
    accounts::replace_roles(tx, id, &roles, now.0).await?;
    let change = Change { action: Action::GrantRoles, object_kind: "account", object_id: id.as_str(), reason: &reason };
    record_change(tx, &actor.author(), now, change, Some(&before), Some(&after)).await
}
