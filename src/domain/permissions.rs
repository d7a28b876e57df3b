//! Who may do what. Invariant: a permission that no role names is granted to nobody.

use super::{text_enum::text_enum, words::Role};

text_enum! {
    /// Something that an account may be allowed to do. Whether it may do it to a given object is decided beside the object.
    pub enum Permission {
        /// Read plans, indicators, tasks and the roster.
        ReadPlans = "read-plans",
        /// Create, rename and retire organisations; create and disable accounts.
        ManageAccounts = "manage-accounts",
        /// Grant roles, unlock, issue one-time password links.
        GrantRoles = "grant-roles",
        /// Read the audit trail.
        ReadAudit = "read-audit",
        /// Assign organisations, open periods, take stock, rule.
        ManagePlans = "manage-plans",
        /// Report for the own organisation.
        Report = "report",
        /// Review at the level of the lead organisation.
        ReviewAsLead = "review-as-lead",
        /// Review at the level of the commission.
        ReviewAsCommission = "review-as-commission",
        /// Evaluate a task's period and write feedback.
        Evaluate = "evaluate",
        /// See every report, whoever wrote it.
        ReadAllReports = "read-all-reports",
    }
}

impl Role {
    /// What the role may do. Source: "Who administers what" and "Who sees what" of the specification.
    pub const fn permissions(self) -> &'static [Permission] {
        use Permission as P;
        match self {
            Self::Leader => &[P::ReadPlans, P::ReadAllReports],
            Self::Staff => &[P::ReadPlans, P::ReadAllReports, P::ManagePlans, P::ReviewAsCommission, P::Evaluate],
            Self::Lead => &[P::ReadPlans, P::ReviewAsLead],
            Self::Owner => &[P::ReadPlans, P::Report],
            Self::SystemAdministrator => &[P::ReadPlans, P::ManageAccounts],
            Self::SecurityAdministrator => &[P::ReadPlans, P::GrantRoles],
            Self::AuditAdministrator => &[P::ReadPlans, P::ReadAudit],
        }
    }

    /// Whether the role grants a permission.
    pub fn grants(self, permission: Permission) -> bool {
        self.permissions().contains(&permission)
    }
}

/// Two administrator roles on one account: refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an account cannot hold both {0} and {1}")]
pub struct TwoAdministrators(pub Role, pub Role);

/// Checks a set of roles for one account: no two administrator roles, and none together with a role that works on plans
/// in the commission's name.
pub fn check_roles(roles: &[Role]) -> Result<(), TwoAdministrators> {
    let mut administrators = roles.iter().copied().filter(|role| role.is_administrator());
    match (administrators.next(), administrators.next()) {
        (Some(first), Some(second)) => Err(TwoAdministrators(first, second)),
        (Some(administrator), None) => match roles.iter().copied().find(|role| !role.is_administrator()) {
            Some(other) => Err(TwoAdministrators(administrator, other)),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_administrator_holds_a_second_role() {
        for (roles, allowed) in [
            (vec![], true),
            (vec![Role::Staff, Role::Lead, Role::Owner], true),
            (vec![Role::SystemAdministrator], true),
            (vec![Role::SystemAdministrator, Role::SecurityAdministrator], false),
            (vec![Role::AuditAdministrator, Role::SystemAdministrator], false),
            (vec![Role::SecurityAdministrator, Role::Staff], false),
        ] {
            assert_eq!(check_roles(&roles).is_ok(), allowed, "{roles:?}");
        }
    }

    #[test]
    fn only_security_administrators_grant_roles_and_only_system_administrators_make_accounts() {
        for role in Role::ALL {
            assert_eq!(role.grants(Permission::GrantRoles), *role == Role::SecurityAdministrator, "{role}");
            assert_eq!(role.grants(Permission::ManageAccounts), *role == Role::SystemAdministrator, "{role}");
            assert!(role.grants(Permission::ReadPlans), "{role}");
        }
    }
}
