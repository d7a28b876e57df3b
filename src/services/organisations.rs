//! Organisations: create, change, retire, revive. Invariant: names are unique, there is one commission, no organisation stands above itself,
//! and one that is still needed is not retired.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{
    ServiceError,
    access::Actor,
    editing::{Act, Grounds, check_present, write_seen},
    moment::{Moment, make_id},
    trail::Action,
};
use crate::{
    domain::{
        districts::find_district,
        fields::{FieldError, FieldProblem, read_required, read_text},
        ids::OrganisationId,
        names::normalise_name,
        permissions::Permission,
        words::OrganisationKind,
    },
    error::UserError,
    store::{
        Db, Tx, accounts, assignments,
        organisations::{self, Organisation, insert_organisation, list_organisations, make_sort_key, update_organisation},
        with_tx,
    },
};

/// Most characters of a name.
const LONGEST_NAME: usize = 100;
/// Most characters of a reason.
pub const LONGEST_REASON: usize = 1000;

/// An organisation as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrganisationFields {
    /// The word of its kind.
    pub kind: String,
    /// The id of the organisation above it; empty for none.
    pub parent: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name; may be empty.
    pub name_en: String,
    /// Chinese name of its district; empty for none.
    pub district: String,
    /// Why; a new organisation need not say.
    pub grounds: Grounds,
}

/// What the audit trail keeps of an organisation.
#[derive(Debug, Serialize)]
struct OrganisationState<'a> {
    kind: OrganisationKind,
    parent: Option<&'a OrganisationId>,
    name_zh: &'a str,
    name_en: &'a str,
    district: &'a str,
    retired: bool,
}

const fn state_of(organisation: &Organisation) -> OrganisationState<'_> {
    OrganisationState {
        kind: organisation.kind,
        parent: organisation.parent_id.as_ref(),
        name_zh: organisation.name_zh.as_str(),
        name_en: organisation.name_en.as_str(),
        district: organisation.district.as_str(),
        retired: organisation.is_retired(),
    }
}

/// The state that a form about an organisation shows, as the form carries it.
pub fn write_organisation(organisation: &Organisation) -> Result<String, ServiceError> {
    write_seen(&state_of(organisation))
}

/// Every organisation with how much hangs on each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrganisationList {
    /// All of them, in the order of their pinyin.
    pub organisations: Vec<Organisation>,
    /// Open accounts by organisation; none stands for 0.
    pub accounts: BTreeMap<OrganisationId, i64>,
    /// Tasks with an open part by organisation; none stands for 0.
    pub tasks: BTreeMap<OrganisationId, i64>,
}

/// What hangs on one organisation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ties {
    /// Tasks in which it has a part: code, Chinese and English title.
    pub tasks: Vec<(String, String, String)>,
    /// Its accounts that are not disabled.
    pub accounts: Vec<accounts::Account>,
}

/// The list of organisations.
pub async fn read_organisations(db: &Db) -> Result<OrganisationList, ServiceError> {
    let mut tx = db.read().await?;
    Ok(OrganisationList {
        organisations: list_organisations(&mut tx).await?,
        accounts: accounts::count_open_accounts_by_organisation(&mut tx).await?.into_iter().collect(),
        tasks: assignments::count_tasks_by_organisation(&mut tx).await?.into_iter().collect(),
    })
}

/// What hangs on an organisation.
pub async fn read_ties(db: &Db, id: &OrganisationId) -> Result<Ties, ServiceError> {
    let mut tx = db.read().await?;
    Ok(Ties {
        tasks: assignments::list_tasks_of_organisation(&mut tx, id).await?,
        accounts: accounts::list_open_accounts_of(&mut tx, id).await?,
    })
}

/// Organisations as a tree, read from the top: each with how deep it stands. Those whose parent is not in the list stand at the top.
pub fn order_as_tree(organisations: &[Organisation]) -> Vec<(usize, &Organisation)> {
    fn add<'o>(
        children: &BTreeMap<Option<&'o OrganisationId>, Vec<&'o Organisation>>,
        above: Option<&'o OrganisationId>,
        depth: usize,
        ordered: &mut Vec<(usize, &'o Organisation)>,
    ) {
        for child in children.get(&above).into_iter().flatten() {
            ordered.push((depth, child));
            add(children, Some(&child.id), depth + 1, ordered);
        }
    }
    let known: BTreeSet<&OrganisationId> = organisations.iter().map(|organisation| &organisation.id).collect();
    let mut children: BTreeMap<Option<&OrganisationId>, Vec<&Organisation>> = BTreeMap::new();
    for organisation in organisations {
        let above = organisation.parent_id.as_ref().filter(|parent| known.contains(parent));
        children.entry(above).or_default().push(organisation);
    }
    let mut ordered = Vec::with_capacity(organisations.len());
    add(&children, None, 0, &mut ordered);
    ordered
}

/// An organisation's id and those of all below it.
pub fn list_below(organisations: &[Organisation], top: &OrganisationId) -> BTreeSet<OrganisationId> {
    let mut below = BTreeSet::from([top.clone()]);
    loop {
        let found: Vec<OrganisationId> = organisations
            .iter()
            .filter(|organisation| organisation.parent_id.as_ref().is_some_and(|parent| below.contains(parent)))
            .filter(|organisation| !below.contains(&organisation.id))
            .map(|organisation| organisation.id.clone())
            .collect();
        if found.is_empty() {
            return below;
        }
        below.extend(found);
    }
}

/// A line of text: cleaned, with single spaces.
pub(super) fn read_line(field: &str, text: &str, max: usize, errors: &mut Vec<FieldError>) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    read_text(field, &line, max, errors)
}

/// Creates an organisation.
///
/// # Errors
/// `Invalid`: the name is empty or taken, there is a commission already, kind, parent or district is not offered.
pub async fn create_organisation(db: &Db, actor: &Actor, now: Moment, typed: OrganisationFields) -> Result<OrganisationId, ServiceError> {
    let actor = actor.clone();
    with_tx(db, move |tx| Box::pin(async move { create_organisation_in(tx, &actor, now, &typed).await })).await
}

/// Creates an organisation inside a transaction.
pub(super) async fn create_organisation_in(
    tx: &mut Tx,
    actor: &Actor,
    now: Moment,
    typed: &OrganisationFields,
) -> Result<OrganisationId, ServiceError> {
    actor.require(Permission::ManageAccounts)?;
    let others = list_organisations(tx).await?;
    let blank = Organisation {
        id: make_id(now)?,
        parent_id: None,
        kind: OrganisationKind::Other,
        name_zh: String::new(),
        name_en: String::new(),
        sort_key: String::new(),
        district: String::new(),
        created_at: now.0,
        retired_at: None,
    };
    let mut errors = Vec::new();
    let (reason, document) = typed.grounds.read_optional(&mut errors);
    let new = check_fields(typed, blank, &others, errors)?;
    insert_organisation(tx, &new).await?;
    let act = act(actor, now, Action::CreateOrganisation, &new.id, (&reason, &document));
    act.record(tx, None, &state_of(&new)).await?;
    Ok(new.id)
}

fn act<'a>(actor: &Actor, now: Moment, action: Action, id: &'a OrganisationId, grounds: (&'a str, &'a str)) -> Act<'a> {
    Act { author: actor.author(), now, action, object_kind: "organisation", object_id: id.as_str(), grounds }
}

/// Changes kind, parent, names or district. `seen` is the state that the form showed.
///
/// # Errors
/// `NotFound`; `Stale`; `Invalid` as for a new one, where the parent lies below, and without a reason or a document.
pub async fn change_organisation(
    db: &Db,
    actor: &Actor,
    now: Moment,
    id: OrganisationId,
    seen: String,
    typed: OrganisationFields,
) -> Result<(), ServiceError> {
    actor.require(Permission::ManageAccounts)?;
    let actor = actor.clone();
    with_tx(db, move |tx| {
        Box::pin(async move {
            let others = list_organisations(tx).await?;
            let before = others.iter().find(|organisation| organisation.id == id).cloned().ok_or(UserError::NotFound)?;
            check_present(&seen, &state_of(&before))?;
            let mut errors = Vec::new();
            let (reason, document) = typed.grounds.read(&mut errors);
            let after = check_fields(&typed, before.clone(), &others, errors)?;
            if after == before {
                return Ok(());
            }
            update_organisation(tx, &after, now.0).await?;
            let act = act(&actor, now, Action::ChangeOrganisation, &id, (&reason, &document));
            act.record(tx, Some(&state_of(&before)), &state_of(&after)).await
        })
    })
    .await
}

/// Retires an organisation: it can get no new accounts, parts or children.
///
/// # Errors
/// `NotFound`; `WrongState` when it is retired already; `InUse` while it has parts in tasks or accounts that can sign in;
/// `Invalid` without a reason or a document.
pub async fn retire_organisation(db: &Db, actor: &Actor, now: Moment, id: OrganisationId, grounds: Grounds) -> Result<(), ServiceError> {
    set_retired(db, actor, now, id, grounds, Some(now.0)).await
}

/// Uses a retired organisation again.
///
/// # Errors
/// `NotFound`; `WrongState` when it is not retired; `Invalid` without a reason or a document.
pub async fn revive_organisation(db: &Db, actor: &Actor, now: Moment, id: OrganisationId, grounds: Grounds) -> Result<(), ServiceError> {
    set_retired(db, actor, now, id, grounds, None).await
}

async fn set_retired(
    db: &Db,
    actor: &Actor,
    now: Moment,
    id: OrganisationId,
    grounds: Grounds,
    retired_at: Option<i64>,
) -> Result<(), ServiceError> {
    actor.require(Permission::ManageAccounts)?;
    let actor = actor.clone();
    with_tx(db, move |tx| {
        Box::pin(async move {
            let before = organisations::find_organisation(tx, &id).await?.ok_or(UserError::NotFound)?;
            if before.is_retired() == retired_at.is_some() {
                return Err(UserError::WrongState.into());
            }
            let mut errors = Vec::new();
            let (reason, document) = grounds.read(&mut errors);
            if !errors.is_empty() {
                return Err(UserError::Invalid(errors).into());
            }
            let action = if retired_at.is_some() {
                check_unused(tx, &id).await?;
                Action::RetireOrganisation
            } else {
                Action::ReviveOrganisation
            };
            let after = Organisation { retired_at, ..before.clone() };
            update_organisation(tx, &after, now.0).await?;
            let act = act(&actor, now, action, &id, (&reason, &document));
            act.record(tx, Some(&state_of(&before)), &state_of(&after)).await
        })
    })
    .await
}

/// The reason of an act that needs one.
pub(super) fn require_reason(reason: &str) -> Result<String, UserError> {
    let mut errors = Vec::new();
    let reason = read_required("reason", reason, LONGEST_REASON, &mut errors);
    if errors.is_empty() { Ok(reason) } else { Err(UserError::Invalid(errors)) }
}

async fn check_unused(tx: &mut Tx, id: &OrganisationId) -> Result<(), ServiceError> {
    let tasks = assignments::list_tasks_of_organisation(tx, id).await?;
    let accounts = accounts::list_open_accounts_of(tx, id).await?;
    if tasks.is_empty() && accounts.is_empty() {
        return Ok(());
    }
    Err(UserError::InUse {
        tasks: tasks.into_iter().map(|(code, title, _)| format!("{code} {title}")).collect(),
        accounts: accounts.into_iter().map(|account| account.display_name).collect(),
    }
    .into())
}

/// Reads what was typed into `present` and says everything that is wrong with it.
fn check_fields(
    typed: &OrganisationFields,
    present: Organisation,
    all: &[Organisation],
    grounds: Vec<FieldError>,
) -> Result<Organisation, UserError> {
    let mut errors = Vec::new();
    let name_zh = read_line("name_zh", &typed.name_zh, LONGEST_NAME, &mut errors);
    let name_en = read_line("name_en", &typed.name_en, LONGEST_NAME, &mut errors);
    let others = || all.iter().filter(|other| other.id != present.id);
    let folded = normalise_name(&name_zh);
    if name_zh.is_empty() {
        errors.push(FieldError::new("name_zh", FieldProblem::Required));
    } else if folded.is_empty() {
        errors.push(FieldError::new("name_zh", FieldProblem::NoLetters));
    } else if others().any(|other| normalise_name(&other.name_zh) == folded) {
        errors.push(FieldError::new("name_zh", FieldProblem::NameTaken));
    }
    let folded_en = normalise_name(&name_en);
    if !name_en.is_empty() && folded_en.is_empty() {
        errors.push(FieldError::new("name_en", FieldProblem::NoLetters));
    } else if !folded_en.is_empty() && others().any(|other| normalise_name(&other.name_en) == folded_en) {
        errors.push(FieldError::new("name_en", FieldProblem::NameTaken));
    }
    let kind = match typed.kind.parse::<OrganisationKind>() {
        Ok(kind) => {
            if kind == OrganisationKind::Commission && others().any(|other| other.kind == OrganisationKind::Commission) {
                errors.push(FieldError::new("kind", FieldProblem::SecondCommission));
            }
            kind
        }
        Err(_) => {
            let problem = if typed.kind.is_empty() { FieldProblem::Required } else { FieldProblem::UnknownChoice };
            errors.push(FieldError::new("kind", problem));
            present.kind
        }
    };
    let parent_id = read_parent(&typed.parent, &present, all, &mut errors);
    if !typed.district.is_empty() && find_district(&typed.district).is_none() {
        errors.push(FieldError::new("district", FieldProblem::UnknownChoice));
    }
    errors.extend(grounds);
    if !errors.is_empty() {
        return Err(UserError::Invalid(errors));
    }
    let sort_key = make_sort_key(&name_zh);
    Ok(Organisation { parent_id, kind, name_zh, name_en, sort_key, district: typed.district.clone(), ..present })
}

fn read_parent(typed: &str, present: &Organisation, all: &[Organisation], errors: &mut Vec<FieldError>) -> Option<OrganisationId> {
    if typed.is_empty() {
        return None;
    }
    let problem = match all.iter().find(|organisation| organisation.id.as_str() == typed) {
        None => FieldProblem::UnknownChoice,
        Some(parent) if list_below(all, &present.id).contains(&parent.id) => FieldProblem::ParentBelow,
        Some(parent) if parent.is_retired() && present.parent_id.as_ref() != Some(&parent.id) => FieldProblem::Retired,
        Some(parent) => return Some(parent.id.clone()),
    };
    errors.push(FieldError::new("parent", problem));
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn organisation(id: &str, parent: Option<&str>) -> Organisation {
        Organisation {
            id: id.into(),
            parent_id: parent.map(OrganisationId::from),
            kind: OrganisationKind::School,
            name_zh: id.to_owned(),
            name_en: String::new(),
            sort_key: id.to_owned(),
            district: String::new(),
            created_at: 0,
            retired_at: None,
        }
    }

    #[test]
    fn a_tree_is_read_from_the_top() {
        let all = [organisation("b", None), organisation("c", Some("b")), organisation("d", Some("c")), organisation("a", Some("gone"))];
        let ordered: Vec<(usize, &str)> = order_as_tree(&all).into_iter().map(|(depth, one)| (depth, one.id.as_str())).collect();
        assert_eq!(ordered, [(0, "b"), (1, "c"), (2, "d"), (0, "a")]);
        let below: Vec<String> = list_below(&all, &"c".into()).iter().map(ToString::to_string).collect();
        assert_eq!(below, ["c", "d"]);
    }
}
