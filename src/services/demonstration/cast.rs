//! Who is there before anything is reported: organisations, accounts, decisions, what existed, who has which part.
//! Invariant: everything goes through the services, by accounts that may do it.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;

use super::{
    DEMONSTRATION_PASSWORD, account_roles,
    data::{Data, mix, pick},
    units::PlannedUnit,
};
use crate::{
    domain::{
        ids::{AccountId, OrganisationId, UnitId},
        permissions::Permission,
        words::{Part, Role},
    },
    error::UserError,
    services::{
        ServiceError,
        access::{Actor, Identity},
        accounts::{AccountFields, RolesForm, create_account_in, grant_roles_in},
        administrators::{NewAdministrator, create_administrator_in},
        assignments::{AssignmentFields, assign_organisation_in},
        editing::Grounds,
        moment::Moment,
        organisations::{OrganisationFields, create_organisation_in},
        rollups::Counting,
        roster::{StepEntry, UnitEntry, record_step_in, record_unit_in},
        rulings::{RulingInput, StockTakeInput, record_ruling_in, take_stock_in},
        seen::mark_state,
        sign_in::{hash_password, identify, set_password_in},
        visit::PlanHead,
    },
    store::{Tx, accounts},
};

/// Everybody, by the keys and names of the data file.
#[derive(Debug, Default)]
pub struct Cast {
    organisations: BTreeMap<String, OrganisationId>,
    identities: HashMap<String, Identity>,
    /// Units of before the plan by holder and name.
    units: HashMap<(String, String), UnitId>,
}

impl Cast {
    /// The organisation with a key.
    pub fn organisation(&self, key: &str) -> Result<&OrganisationId, ServiceError> {
        self.organisations.get(key).ok_or_else(|| ServiceError::Unexpected(format!("no organisation {key}")))
    }

    /// The key of an organisation.
    pub fn key_of(&self, id: &OrganisationId) -> Option<&str> {
        self.organisations.iter().find(|(_, known)| *known == id).map(|(key, _)| key.as_str())
    }

    /// An account as an actor.
    pub fn actor(&self, username: &str, permission: Permission) -> Result<Actor, ServiceError> {
        let identity = self.identities.get(username).ok_or_else(|| ServiceError::Unexpected(format!("no account {username}")))?;
        Ok(identity.require(permission)?)
    }

    /// Whoever has a role in an organisation, as an actor.
    pub fn actor_of(&self, organisation: &OrganisationId, role: Role, permission: Permission) -> Result<Actor, ServiceError> {
        let mut of_it = self.identities.values().filter(|one| one.organisation() == Some(organisation) && one.roles().contains(&role));
        let identity = of_it.next().ok_or_else(|| ServiceError::Unexpected(format!("nobody is {role} of {organisation}")))?;
        Ok(identity.require(permission)?)
    }
}

/// The hash of the password of every demonstration account.
pub async fn hash_demonstration_password() -> Result<String, ServiceError> {
    hash_password(DEMONSTRATION_PASSWORD.to_owned()).await
}

/// Creates organisations and accounts: the administrators from the command line, everybody else by them.
pub async fn create_cast(tx: &mut Tx, data: &Data, now: Moment, hash: &str) -> Result<Cast, ServiceError> {
    let mut cast = Cast::default();
    for (username, role) in account_roles().iter().filter(|(_, role)| role.is_administrator()) {
        let display_name = match role {
            Role::SystemAdministrator => "演示系统管理员",
            Role::SecurityAdministrator => "演示安全管理员",
            _ => "演示审计管理员",
        };
        let new = NewAdministrator { username, display_name, role: *role, password_hash: Some(hash), link_hash: None };
        let id = create_administrator_in(tx, now, new).await?;
        cast.identities.insert((*username).to_owned(), identify(tx, &id).await?);
    }
    let system = cast.actor("admin-sys", Permission::ManageAccounts)?;
    let security = cast.actor("admin-sec", Permission::GrantRoles)?;
    for organisation in &data.organisation {
        let parent = if organisation.parent.is_empty() { String::new() } else { cast.organisation(&organisation.parent)?.to_string() };
        let typed = OrganisationFields {
            grounds: Grounds::default(),
            kind: organisation.kind.to_string(),
            parent,
            name_zh: organisation.name_zh.clone(),
            name_en: organisation.name_en.clone(),
            district: String::new(),
        };
        let id = create_organisation_in(tx, &system, now, &typed).await?;
        cast.organisations.insert(organisation.key.clone(), id);
    }
    let no_roles = mark_state(&std::collections::BTreeSet::<Role>::new())?;
    for account in &data.account {
        let typed = AccountFields {
            username: account.username.clone(),
            display_name: account.name.clone(),
            organisation: cast.organisation(&account.organisation)?.to_string(),
        };
        let id: AccountId = create_account_in(tx, &system, now, &typed).await?;
        let roles = RolesForm { id: id.clone(), seen: no_roles.clone(), roles: vec![account.role.to_string()], reason: String::new() };
        grant_roles_in(tx, &security, now, &roles).await?;
        if account_roles().iter().any(|(username, _)| *username == account.username) {
            let row = accounts::find_account(tx, &id).await?.ok_or(UserError::NotFound)?;
            set_password_in(tx, now, &row, hash, "").await?;
        }
        cast.identities.insert(account.username.clone(), identify(tx, &id).await?);
    }
    Ok(cast)
}

/// Records how indicators count.
pub async fn record_rulings(tx: &mut Tx, data: &Data, cast: &Cast, plan: &PlanHead, now: Moment) -> Result<(), ServiceError> {
    let staff = cast.actor("staff", Permission::ManagePlans)?;
    let rules = crate::services::rulings::list_ruled_indicators(tx, plan, now.date_in(&plan.time_zone)).await?;
    for ruling in &data.ruling {
        let former = rules.iter().find(|rule| rule.row.code == ruling.indicator).and_then(|rule| {
            let kind = ruling.kind.parse().ok()?;
            rule.current(kind).map(|former| former.id.clone())
        });
        let input = RulingInput {
            indicator: ruling.indicator.clone(),
            kind: ruling.kind.clone(),
            former: former.unwrap_or_default(),
            value: ruling.value.clone(),
            since: String::new(),
            decided_on: now.date_in(&plan.time_zone).to_string(),
            document: ruling.document.clone(),
            reason: ruling.reason.clone(),
        };
        let recorded = record_ruling_in(tx, &staff, now, plan, &input).await;
        recorded.map_err(|error| ServiceError::Unexpected(format!("ruling {} {}: {error:?}", ruling.indicator, ruling.kind)))?;
    }
    Ok(())
}

/// Records the units of before the plan, and the stock-takes.
pub async fn record_stock(
    tx: &mut Tx,
    data: &Data,
    cast: &mut Cast,
    plan: &PlanHead,
    units: &[PlannedUnit],
    now: Moment,
) -> Result<(), ServiceError> {
    let staff = cast.actor("staff-2", Permission::ManagePlans)?;
    for unit in units {
        for (_, stage) in unit.steps.iter().filter(|(period, _)| period.is_none()) {
            let day = unit.day(None);
            let place = (unit.holder.clone(), unit.name.clone());
            let level = unit.level.map(|level| level.to_string()).unwrap_or_default();
            if let Some(id) = cast.units.get(&place) {
                let entry = StepEntry {
                    unit: id.to_string(),
                    recognition: unit.recognition.clone(),
                    level,
                    stage: stage.to_string(),
                    stage_date: day.to_string(),
                    merged_into: String::new(),
                    document: unit.document_of(day),
                    reason: data.stock_take.reason.clone(),
                };
                let recorded = record_step_in(tx, &staff, now, plan, &entry).await;
                recorded.map_err(|error| ServiceError::Unexpected(format!("step {place:?}: {error:?}")))?;
                continue;
            }
            let entry = UnitEntry {
                recognition: unit.recognition.clone(),
                level,
                name_zh: unit.name.clone(),
                holder: cast.organisation(&unit.holder)?.to_string(),
                stage: stage.to_string(),
                stage_date: day.to_string(),
                document: unit.document_of(day),
                reason: data.stock_take.reason.clone(),
                ..UnitEntry::default()
            };
            let recorded = record_unit_in(tx, &staff, now, plan, &entry, Counting::Later).await;
            let id = recorded.map_err(|error| ServiceError::Unexpected(format!("unit {place:?}: {error:?}")))?;
            cast.units.insert(place, id);
        }
    }
    for indicator in &data.stock_take.indicators {
        let input = StockTakeInput {
            indicator: indicator.clone(),
            former: String::new(),
            taken_on: now.date_in(&plan.time_zone).to_string(),
            document: data.stock_take.document.clone(),
            reason: data.stock_take.reason.clone(),
        };
        let taken = take_stock_in(tx, &staff, now, plan, &input).await;
        taken.map_err(|error| ServiceError::Unexpected(format!("stock-take {indicator}: {error:?}")))?;
    }
    Ok(())
}

/// Gives organisations their parts in the tasks of one wave.
pub async fn assign_wave(tx: &mut Tx, data: &Data, cast: &Cast, plan: &PlanHead, wave: usize, now: Moment) -> Result<(), ServiceError> {
    let staff = cast.actor("staff", Permission::ManagePlans)?;
    let mut parts: BTreeMap<(&str, Part), Vec<String>> = BTreeMap::new();
    for task in data.task.iter().filter(|task| task.wave == wave) {
        let lead = (!task.lead.is_empty()).then_some((task.lead.as_str(), Part::Lead));
        let responsible = task.responsible.iter().map(|key| (key.as_str(), Part::Responsible));
        let supporting = task.supporting.iter().map(|key| (key.as_str(), Part::Supporting));
        for place in lead.into_iter().chain(responsible).chain(supporting) {
            parts.entry(place).or_default().push(task.code.clone());
        }
    }
    for ((key, part), tasks) in parts {
        let typed = AssignmentFields {
            tasks,
            areas: Vec::new(),
            organisation: cast.organisation(key)?.to_string(),
            part: part.to_string(),
            contact: pick(&data.words.contacts, mix(&[key, part.as_str()])),
        };
        let assigned = assign_organisation_in(tx, &staff, now, plan, &typed).await;
        assigned.map_err(|error| ServiceError::Unexpected(format!("assignment {key} {part}: {error:?}")))?;
    }
    Ok(())
}

/// An instant on a day in the plan's time zone.
pub fn at(day: Date, hour: i8, minute: i8, plan: &PlanHead) -> Moment {
    let instant = day.at(hour, minute, 0, 0).in_tz(&plan.time_zone).map(|zoned| zoned.timestamp().as_millisecond());
    // A plan whose zone is not known is read as UTC everywhere.
    Moment(instant.unwrap_or_else(|_| Moment::end_of(day, "UTC").0))
}
