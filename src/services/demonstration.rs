//! Demonstration data: made-up organisations, accounts and progress. Invariant: it exists only where the mark is stored, and the banner follows the mark.

use crate::domain::words::Role;

/// The password of every demonstration account; it is shown on the sign-in page.
pub const DEMONSTRATION_PASSWORD: &str = "bihuan-demo";

/// The demonstration accounts and the role of each.
pub const fn account_roles() -> &'static [(&'static str, Role)] {
    &[
        ("leader", Role::Leader),
        ("staff", Role::Staff),
        ("staff-2", Role::Staff),
        ("lead", Role::Lead),
        ("owner-a", Role::Owner),
        ("owner-b", Role::Owner),
        ("admin-sys", Role::SystemAdministrator),
        ("admin-sec", Role::SecurityAdministrator),
        ("admin-audit", Role::AuditAdministrator),
    ]
}
