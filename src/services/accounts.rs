//! Accounts and roles.
