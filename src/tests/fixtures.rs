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

/// A plan of one area, one indicator that counts recognised practice centres, one task and one period, with what the two
/// responsible organisations owe: obligations `owed-a` and `owed-b`.
pub async fn add_small_plan(db: &Db, cast: &Cast) {
    let (now, a, b, lead) = (usual_now().0, &cast.owning_a, &cast.owning_b, &cast.leading);
    let sql = format!(
        "INSERT INTO plans (id, code, name_zh, name_en, short_zh, short_en, issuer_zh, issuer_en, starts_on, ends_on, cadence, time_zone,
                            imported_from, imported_at)
         VALUES ('plan', 'songshan', '松山行动方案', 'Songshan plan', '松山', 'Songshan', '松山市', 'Songshan', '2025-01-01', '2027-12-31',
                 'quarter', 'Asia/Shanghai', '', {now});
         INSERT INTO recognition_kinds (code, unit_kind, name_zh, name_en, ordinal)
         VALUES ('centre', 'practice-centre', '实践中心', 'Practice centre', 1);
         INSERT INTO areas (id, plan_id, code, ordinal, name_zh, name_en, short_zh, short_en, closing)
         VALUES ('area', 'plan', 'A1', 1, '产教融合', 'Integration', '融合', 'Integration', 0);
         INSERT INTO indicators (id, plan_id, area_id, code, ordinal, name_zh, name_en, unit_zh, unit_en, measure, direction, scale,
                                 source_zh, needs_stage_ruling)
         VALUES ('indicator', 'plan', 'area', 'T01', 1, '实践中心', 'Practice centres', '个', '', 'roster', 'rising', 0, '', 0);
         INSERT INTO indicator_recognitions (indicator_id, ordinal, recognition, level) VALUES ('indicator', 1, 'centre', 'municipal');
         INSERT INTO targets (id, indicator_id, wording_zh, wording_en, form, target_on, provenance, date_provenance, effective_on,
                              reason, document, recorded_at)
         VALUES ('target', 'indicator', '10 个', '10', '{{\"at-least\":10}}', '2027-12-31', 'text', 'text', '2025-01-01', '', '', {now});
         INSERT INTO tasks (id, plan_id, area_id, code, ordinal, title_zh, title_en, deliverable_zh, deliverable_en, effect_zh, effect_en,
                            source_zh)
         VALUES ('task', 'plan', 'area', '1.1', 1, '建设实践中心', 'Build practice centres', '', '', '', '', '');
         INSERT INTO task_dates (id, task_id, starts_on, due_on, provenance, effective_on, reason, document, recorded_at)
         VALUES ('dates', 'task', '2025-01-01', '2027-12-31', 'text', '2025-01-01', '', '', {now});
         INSERT INTO task_indicators (task_id, indicator_id) VALUES ('task', 'indicator');
         INSERT INTO assignments (id, task_id, organisation_id, part, contact, assigned_at)
         VALUES ('lead', 'task', '{lead}', 'lead', '', {now}), ('a', 'task', '{a}', 'responsible', '', {now}),
                ('b', 'task', '{b}', 'responsible', '', {now});
         INSERT INTO periods (id, plan_id, code, starts_on, ends_on, report_due, lead_review_due, commission_review_due, evaluation_due,
                              feedback_due, answer_due, opened_at, opened_by)
         VALUES ('period', 'plan', '2026Q3', '2026-07-01', '2026-09-30', '2026-10-15', '2026-10-20', '2026-10-25', '2026-10-30',
                 '2026-11-05', '2026-11-15', {now}, '{staff}');
         INSERT INTO obligations (id, period_id, task_id, organisation_id, created_at)
         VALUES ('owed-a', 'period', 'task', '{a}', {now}), ('owed-b', 'period', 'task', '{b}', {now});",
        staff = cast.staff.account(),
    );
    change(db, &sql).await;
}
