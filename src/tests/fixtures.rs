//! Who and what stories begin with. Invariant: everybody here signs in as the product lets them, but without the cost of
//! hashing a password.

use bihuan::{
    domain::{
        ids::{AccountId, OrganisationId},
        permissions::Permission,
        words::{OrganisationKind, Role},
    },
    services::{
        ServiceError,
        access::{Actor, Identity},
        moment::{Moment, make_id},
        sign_in::{Token, find_identity, hash_password},
    },
    store::{
        Db,
        accounts::{self, NewAccount},
        sessions, with_tx,
    },
};
use tokio::sync::OnceCell;

use crate::support::change;

/// The password of whoever was added with one.
pub const PASSWORD: &str = "correct horse battery";

/// An instant in Beijing: `at("2026-10-12 09:00")`.
pub fn at(text: &str) -> Moment {
    let zoned = text.parse::<jiff::civil::DateTime>().unwrap().in_tz("Asia/Shanghai").unwrap();
    Moment(zoned.timestamp().as_millisecond())
}

/// The usual now of a story.
pub fn usual_now() -> Moment {
    at("2026-10-12 09:00")
}

/// Adds an organisation.
pub async fn add_organisation(db: &Db, kind: OrganisationKind, name: &str) -> OrganisationId {
    let id: OrganisationId = make_id(usual_now()).unwrap();
    let sql = format!(
        "INSERT INTO organisations (id, kind, name_zh, name_en, sort_key, district, created_at)
         VALUES ('{id}', '{kind}', '{name}', '{name}', '{name}', '', {})",
        usual_now().0
    );
    change(db, &sql).await;
    id
}

/// Adds an account that has no password yet.
pub async fn add_account(db: &Db, username: &str, roles: &[Role], organisation: Option<&OrganisationId>) -> AccountId {
    insert_account(db, username, roles, organisation, None).await
}

/// Adds an account that signs in with [`PASSWORD`].
pub async fn add_account_with_password(db: &Db, username: &str, roles: &[Role], organisation: Option<&OrganisationId>) -> AccountId {
    // Hashing is slow on purpose; one hash serves the whole process.
    static HASH: OnceCell<String> = OnceCell::const_new();
    let hash = HASH.get_or_init(|| async { hash_password(PASSWORD.to_owned()).await.unwrap() }).await;
    insert_account(db, username, roles, organisation, Some(hash.clone())).await
}

async fn insert_account(db: &Db, username: &str, roles: &[Role], organisation: Option<&OrganisationId>, hash: Option<String>) -> AccountId {
    let now = usual_now();
    let id: AccountId = make_id(now).unwrap();
    let (username, roles, organisation, kept) = (username.to_owned(), roles.to_vec(), organisation.cloned(), id.clone());
    with_tx(db, move |tx| {
        Box::pin(async move {
            let new = NewAccount {
                id: &kept,
                username: &username,
                display_name: &username,
                organisation_id: organisation.as_ref(),
                password_hash: hash.as_deref(),
                created_at: now.0,
            };
            accounts::insert_account(tx, new).await?;
            accounts::replace_roles(tx, &kept, &roles, now.0).await?;
            Ok::<_, ServiceError>(())
        })
    })
    .await
    .unwrap();
    id
}

/// Begins a session at an instant, as if the password had been given.
pub async fn begin_session(db: &Db, account: &AccountId, now: Moment) -> Token {
    let token = Token::make().unwrap();
    let (hash, account) = (token.hash(), account.clone());
    with_tx(db, move |tx| Box::pin(async move { Ok::<_, ServiceError>(sessions::insert_session(tx, &hash, &account, now.0).await?) }))
        .await
        .unwrap();
    token
}

/// Who an account is, through a session of its own.
pub async fn identify(db: &Db, account: &AccountId) -> Identity {
    let now = usual_now();
    let token = begin_session(db, account, now).await;
    let mut tx = db.read().await.unwrap();
    find_identity(db, &mut tx, now, &token).await.unwrap().expect("the session has just begun")
}

/// A new account with one role, as an actor.
pub async fn add_actor(db: &Db, username: &str, role: Role, organisation: Option<&OrganisationId>, permission: Permission) -> Actor {
    let account = add_account(db, username, &[role], organisation).await;
    identify(db, &account).await.require(permission).unwrap()
}

/// One organisation of each part, and everybody who works there.
#[derive(Debug)]
pub struct Cast {
    /// The commission.
    pub commission: OrganisationId,
    /// The organisation that leads.
    pub leading: OrganisationId,
    /// The first responsible organisation.
    pub owning_a: OrganisationId,
    /// The second responsible organisation.
    pub owning_b: OrganisationId,
    /// A leader of the commission.
    pub leader: Identity,
    /// Staff of the commission.
    pub staff: Identity,
    /// Other staff of the commission.
    pub staff_2: Identity,
    /// Reviews for the leading organisation.
    pub lead: Identity,
    /// Reports for the first responsible organisation.
    pub owner_a: Identity,
    /// Reports for the second responsible organisation.
    pub owner_b: Identity,
    /// Makes accounts.
    pub system: Identity,
    /// Grants roles.
    pub security: Identity,
    /// Reads the audit trail.
    pub audit: Identity,
}

impl Cast {
    /// Adds them all to an empty database.
    pub async fn assemble(db: &Db) -> Self {
        let commission = add_organisation(db, OrganisationKind::Commission, "松山市教育委员会").await;
        let leading = add_organisation(db, OrganisationKind::Government, "松山市产业局").await;
        let owning_a = add_organisation(db, OrganisationKind::School, "松山职业学院").await;
        let owning_b = add_organisation(db, OrganisationKind::School, "北湖职业学院").await;
        let mut added = Vec::new();
        for (username, role, organisation) in [
            ("leader", Role::Leader, Some(&commission)),
            ("staff", Role::Staff, Some(&commission)),
            ("staff-2", Role::Staff, Some(&commission)),
            ("lead", Role::Lead, Some(&leading)),
            ("owner-a", Role::Owner, Some(&owning_a)),
            ("owner-b", Role::Owner, Some(&owning_b)),
            ("admin-sys", Role::SystemAdministrator, None),
            ("admin-sec", Role::SecurityAdministrator, None),
            ("admin-audit", Role::AuditAdministrator, None),
        ] {
            let account = add_account(db, username, &[role], organisation).await;
            added.push(identify(db, &account).await);
        }
        let [leader, staff, staff_2, lead, owner_a, owner_b, system, security, audit] = added.try_into().unwrap();
        Self { commission, leading, owning_a, owning_b, leader, staff, staff_2, lead, owner_a, owner_b, system, security, audit }
    }
}

stories! {
    async fn everybody_in_the_cast_may_do_their_own_work_only(db: Db) {
        use Permission as P;
        let cast = Cast::assemble(&db).await;
        assert!(cast.staff.is_of_commission() && cast.leader.is_of_commission());
        assert_eq!(cast.lead.organisation(), Some(&cast.leading));
        assert_eq!(cast.owner_a.organisation(), Some(&cast.owning_a));
        assert_eq!(cast.owner_b.organisation(), Some(&cast.owning_b));
        assert_eq!(cast.staff_2.organisation(), Some(&cast.commission));
        for (who, own, foreign) in [
            (&cast.leader, P::ReadAllReports, P::ManagePlans),
            (&cast.staff, P::ReviewAsCommission, P::Report),
            (&cast.staff_2, P::ManagePlans, P::ReviewAsLead),
            (&cast.lead, P::ReviewAsLead, P::ReviewAsCommission),
            (&cast.owner_a, P::Report, P::ReadAllReports),
            (&cast.owner_b, P::Report, P::Evaluate),
            (&cast.system, P::ManageAccounts, P::GrantRoles),
            (&cast.security, P::GrantRoles, P::ManageAccounts),
            (&cast.audit, P::ReadAudit, P::ManageAccounts),
        ] {
            assert_eq!(who.require(own).unwrap().permission(), own);
            assert!(who.require(foreign).is_err(), "{}", who.username());
        }
    }

    async fn an_account_with_a_password_signs_in_with_it(db: Db) {
        use bihuan::services::sign_in::sign_in;
        add_account_with_password(&db, "reader", &[Role::Leader], None).await;
        let token = sign_in(&db, usual_now(), "reader", PASSWORD.to_owned()).await.unwrap();
        let mut tx = db.read().await.unwrap();
        assert_eq!(find_identity(&db, &mut tx, usual_now(), &token).await.unwrap().unwrap().username(), "reader");
        drop(tx);
        let actor = add_actor(&db, "clerk", Role::Staff, None, Permission::ManagePlans).await;
        assert_eq!(actor.username(), "clerk");
    }
}
