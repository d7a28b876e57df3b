//! Who is asking. Invariant: an [`Actor`] exists only where a permission was checked, so a service that takes one cannot be reached without.

use std::collections::BTreeSet;

use crate::{
    domain::{
        ids::{AccountId, OrganisationId},
        permissions::Permission,
        words::Role,
    },
    error::UserError,
};

/// An account that is signed in. Read from its session at every request, so a change of roles holds at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub(super) account: AccountId,
    pub(super) username: String,
    pub(super) name: String,
    pub(super) organisation: Option<OrganisationId>,
    pub(super) organisation_name: String,
    pub(super) of_commission: bool,
    pub(super) roles: BTreeSet<Role>,
    pub(super) last_plan: Option<String>,
}

impl Identity {
    /// The account.
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// The name to sign in with.
    pub fn username(&self) -> &str {
        &self.username
    }

    /// The name shown.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The organisation it acts for.
    pub fn organisation(&self) -> Option<&OrganisationId> {
        self.organisation.as_ref()
    }

    /// The organisation's Chinese name; empty without one.
    pub fn organisation_name(&self) -> &str {
        &self.organisation_name
    }

    /// Whether its organisation is the commission.
    pub fn is_of_commission(&self) -> bool {
        self.of_commission
    }

    /// Its roles.
    pub fn roles(&self) -> &BTreeSet<Role> {
        &self.roles
    }

    /// The code of the plan it looked at last.
    pub fn last_plan(&self) -> Option<&str> {
        self.last_plan.as_deref()
    }

    /// Whether one of its roles grants a permission.
    pub fn may(&self, permission: Permission) -> bool {
        self.roles.iter().any(|role| role.grants(permission))
    }

    /// Turns the identity into an actor.
    ///
    /// # Errors
    /// `NotFound` without the permission: what one may not do looks as if it did not exist.
    pub fn require(&self, permission: Permission) -> Result<Actor, UserError> {
        if self.may(permission) { Ok(Actor { identity: self.clone(), permission }) } else { Err(UserError::NotFound) }
    }
}

/// An identity whose permission has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    identity: Identity,
    permission: Permission,
}

impl Actor {
    /// The permission it was made for.
    pub fn permission(&self) -> Permission {
        self.permission
    }

    /// Who signs in the audit chain.
    pub fn author(&self) -> Author {
        Author {
            account: Some(self.identity.account.clone()),
            name: self.identity.name.clone(),
            organisation: self.identity.organisation.clone(),
        }
    }

    /// The organisation, which reporting and reviewing need.
    ///
    /// # Errors
    /// `NotFound` for an account without one.
    pub fn own_organisation(&self) -> Result<&OrganisationId, UserError> {
        self.identity.organisation.as_ref().ok_or(UserError::NotFound)
    }
}

impl std::ops::Deref for Actor {
    type Target = Identity;

    fn deref(&self) -> &Identity {
        &self.identity
    }
}

/// Who made a change: an actor, or the command line of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// `None` for the command line.
    pub account: Option<AccountId>,
    /// The name as it was then.
    pub name: String,
    /// The organisation, where there is one.
    pub organisation: Option<OrganisationId>,
}

impl Author {
    /// Whoever has a shell on the server.
    pub fn command_line() -> Self {
        Self { account: None, name: "command line".to_owned(), organisation: None }
    }
}
