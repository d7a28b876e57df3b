//! Organisations, accounts, roles, assignments. Invariant: two kinds of administrators need each other, and neither acts on itself.

use bihuan::{
    domain::{
        fields::{FieldError, FieldProblem},
        ids::{AccountId, AssignmentId, OrganisationId},
        permissions::Permission,
        words::{OrganisationKind, Part, Role},
    },
    error::UserError,
    services::{
        ServiceError,
        access::Identity,
        accounts::{self, AccountFields, RolesForm, Standing, read_account, read_accounts, take_password_link},
        assignments::{AssignmentFields, assign_organisation, change_contact, end_assignment, read_assignments},
        editing::Grounds,
        organisations::{
            OrganisationFields, change_organisation, create_organisation, read_organisations, retire_organisation, revive_organisation,
            write_organisation,
        },
        plans::list_plan_heads,
        sign_in::{Token, find_identity, set_password_by_link, sign_in},
        visit::PlanHead,
    },
    store::{
        Db,
        assignments::{find_lead, list_assignments_of_task},
        organisations::find_commission,
    },
};

use crate::{
    fixtures::{Cast, PASSWORD, add_account_with_password, at, identify, usual_now},
    support::{change, read_number, read_texts},
};

fn refusal<T: std::fmt::Debug>(result: Result<T, ServiceError>) -> UserError {
    match result.unwrap_err() {
        ServiceError::Refused(error) => error,
        other => panic!("{other}"),
    }
}

fn invalid(problems: &[(&str, FieldProblem)]) -> UserError {
    UserError::Invalid(problems.iter().map(|(field, problem)| FieldError::new(*field, problem.clone())).collect())
}

fn grounds(reason: &str) -> Grounds {
    Grounds { reason: reason.to_owned(), document: "松教〔2026〕9号".to_owned() }
}

fn school(name: &str) -> OrganisationFields {
    OrganisationFields { kind: "school".to_owned(), name_zh: name.to_owned(), ..OrganisationFields::default() }
}

async fn create(db: &Db, system: &Identity, typed: OrganisationFields) -> Result<OrganisationId, ServiceError> {
    create_organisation(db, &system.require(Permission::ManageAccounts).unwrap(), usual_now(), typed).await
}

async fn mark_of(db: &Db, id: &OrganisationId) -> String {
    let list = read_organisations(db).await.unwrap();
    write_organisation(list.organisations.iter().find(|one| one.id == *id).unwrap()).unwrap()
}

async fn add_clerk(db: &Db, cast: &Cast, username: &str) -> AccountId {
    let actor = cast.system.require(Permission::ManageAccounts).unwrap();
    let typed =
        AccountFields { username: username.to_owned(), display_name: "办事员".to_owned(), organisation: cast.owning_a.to_string() };
    accounts::create_account(db, &actor, usual_now(), typed).await.unwrap()
}

async fn grant(db: &Db, by: &Identity, id: &AccountId, roles: &[&str]) -> Result<(), ServiceError> {
    let seen = read_account(db, id).await.unwrap().0.mark_roles().unwrap();
    let roles = roles.iter().map(|role| (*role).to_owned()).collect();
    let form = RolesForm { id: id.clone(), seen, roles, reason: String::new() };
    accounts::grant_roles(db, &by.require(Permission::GrantRoles)?, usual_now(), form).await
}

async fn is_signed_in(db: &Db, token: &Token) -> bool {
    let mut tx = db.read().await.unwrap();
    find_identity(db, &mut tx, usual_now(), token).await.unwrap().is_some()
}

/// A plan with two areas: A1 holds the tasks 1.1 and 1.2, A2 the task 2.1.
async fn add_plan(db: &Db) -> PlanHead {
    let mut sql = "INSERT INTO plans (id, code, name_zh, name_en, short_zh, short_en, issuer_zh, issuer_en, starts_on, ends_on, cadence,
                   time_zone, imported_from, imported_at)
         VALUES ('p', 'songshan', '计划', 'Plan', '计划', 'Plan', '松山', 'Songshan', '2025-01-01', '2027-12-31', 'quarter',
                 'Asia/Shanghai', '', 0);"
        .to_owned();
    for (area, ordinal) in [("A1", 1), ("A2", 2)] {
        sql.push_str(&format!(
            "INSERT INTO areas (id, plan_id, code, ordinal, name_zh, name_en, short_zh, short_en, closing)
             VALUES ('{area}', 'p', '{area}', {ordinal}, '领域', 'Area', '领域', 'Area', 0);"
        ));
    }
    for (code, area, ordinal) in [("1.1", "A1", 1), ("1.2", "A1", 2), ("2.1", "A2", 3)] {
        sql.push_str(&format!(
            "INSERT INTO tasks (id, plan_id, area_id, code, ordinal, title_zh, title_en, deliverable_zh, deliverable_en, effect_zh,
                                effect_en, source_zh)
             VALUES ('t{code}', 'p', '{area}', '{code}', {ordinal}, '任务', 'Task', '', '', '', '', '');
             INSERT INTO task_dates (id, task_id, starts_on, due_on, provenance, effective_on, reason, document, recorded_at)
             VALUES ('d{code}', 't{code}', '2025-01-01', '2027-12-31', 'derived', '2025-01-01', '', '', 0);"
        ));
    }
    change(db, &sql).await;
    let mut tx = db.read().await.unwrap();
    list_plan_heads(&mut tx).await.unwrap().remove(0)
}

fn assignment(tasks: &[&str], organisation: &OrganisationId, part: Part) -> AssignmentFields {
    AssignmentFields {
        tasks: tasks.iter().map(|code| (*code).to_owned()).collect(),
        areas: Vec::new(),
        organisation: organisation.to_string(),
        part: part.to_string(),
        contact: "王老师 010-0000".to_owned(),
    }
}

async fn assign(db: &Db, cast: &Cast, plan: &PlanHead, typed: AssignmentFields) -> Result<usize, ServiceError> {
    assign_organisation(db, &cast.staff.require(Permission::ManagePlans).unwrap(), usual_now(), plan, typed).await
}

async fn assignment_id(db: &Db, task: &str, organisation: &OrganisationId, part: Part) -> AssignmentId {
    let mut tx = db.read().await.unwrap();
    let open = list_assignments_of_task(&mut tx, &task.into()).await.unwrap();
    open.into_iter().find(|one| one.organisation_id == *organisation && one.part == part).unwrap().id
}

stories! {
    async fn whoever_makes_accounts_cannot_grant_roles(db: Db) {
        let cast = Cast::assemble(&db).await;
        let id = add_clerk(&db, &cast, "clerk").await;
        let (made, _) = read_account(&db, &id).await.unwrap();
        assert!(made.roles.is_empty());
        assert_eq!(made.standing(usual_now()), Standing::WithoutPassword);
        // The system administrator gets no actor for it, and one made for another permission does not help.
        assert_eq!(refusal(grant(&db, &cast.system, &id, &["owner"]).await), UserError::NotFound);
        let wrong = cast.system.require(Permission::ManageAccounts).unwrap();
        let seen = made.mark_roles().unwrap();
        let form = RolesForm { id: id.clone(), seen, roles: vec!["owner".to_owned()], reason: String::new() };
        let tried = accounts::grant_roles(&db, &wrong, usual_now(), form).await;
        assert_eq!(refusal(tried), UserError::NotFound);
        assert_eq!(refusal(accounts::unlock_account(&db, &wrong, usual_now(), id.clone()).await), UserError::NotFound);
        assert_eq!(refusal(accounts::issue_password_link(&db, &wrong, usual_now(), id.clone()).await), UserError::NotFound);
        // And the security administrator makes and disables none.
        let wrong = cast.security.require(Permission::GrantRoles).unwrap();
        let typed = AccountFields { username: "other".to_owned(), display_name: "某".to_owned(), organisation: String::new() };
        assert_eq!(refusal(accounts::create_account(&db, &wrong, usual_now(), typed).await), UserError::NotFound);
        let tried = accounts::disable_account(&db, &wrong, usual_now(), id.clone(), "离职".to_owned()).await;
        assert_eq!(refusal(tried), UserError::NotFound);
        assert_eq!(refusal(create_organisation(&db, &wrong, usual_now(), school("新校")).await), UserError::NotFound);
        grant(&db, &cast.security, &id, &["owner", "lead"]).await.unwrap();
        let (granted, _) = read_account(&db, &id).await.unwrap();
        assert_eq!(granted.roles.into_iter().collect::<Vec<_>>(), [Role::Lead, Role::Owner]);
        assert!(identify(&db, &id).await.may(Permission::Report));
        let audited = read_texts(&db, "SELECT after_state FROM audit WHERE action = 'grant-roles'").await;
        assert_eq!(audited, ["[\"lead\",\"owner\"]"]);
    }

    async fn no_account_holds_two_administrator_roles_and_nobody_changes_the_own_ones(db: Db) {
        let cast = Cast::assemble(&db).await;
        let id = add_clerk(&db, &cast, "clerk").await;
        for roles in [&["system", "security"][..], &["audit", "staff"], &["system", "security", "audit"]] {
            assert_eq!(refusal(grant(&db, &cast.security, &id, roles).await), invalid(&[("role.", FieldProblem::RolesTogether)]));
        }
        // The clerk is of a school: the commission's staff have the commission's accounts.
        assert_eq!(refusal(grant(&db, &cast.security, &id, &["staff"]).await), invalid(&[("role.", FieldProblem::StaffElsewhere)]));
        assert_eq!(refusal(grant(&db, &cast.security, &id, &["king"]).await), invalid(&[("role.", FieldProblem::UnknownChoice)]));
        let own = cast.security.account().clone();
        assert_eq!(refusal(grant(&db, &cast.security, &own, &["system"]).await), UserError::OwnAccount);
        let actor = cast.security.require(Permission::GrantRoles).unwrap();
        assert_eq!(refusal(accounts::issue_password_link(&db, &actor, usual_now(), own).await), UserError::OwnAccount);
        assert_eq!(refusal(accounts::issue_password_link(&db, &actor, usual_now(), "nobody".into()).await), UserError::NotFound);
        // A form that was made before somebody else granted roles does not take them away again.
        let old = read_account(&db, &id).await.unwrap().0.mark_roles().unwrap();
        grant(&db, &cast.security, &id, &["owner"]).await.unwrap();
        let form = RolesForm { id, seen: old, roles: vec!["lead".to_owned()], reason: String::new() };
        let late = accounts::grant_roles(&db, &actor, usual_now(), form).await;
        assert_eq!(refusal(late), UserError::Stale);
    }

    async fn a_disabled_account_is_out_at_once(db: Db) {
        let cast = Cast::assemble(&db).await;
        let id = add_account_with_password(&db, "clerk", &[Role::Owner], Some(&cast.owning_a)).await;
        let token = sign_in(&db, usual_now(), "clerk", PASSWORD.to_owned()).await.unwrap();
        assert!(is_signed_in(&db, &token).await);
        let system = cast.system.require(Permission::ManageAccounts).unwrap();
        let own = cast.system.account().clone();
        assert_eq!(refusal(accounts::disable_account(&db, &system, usual_now(), own, "x".to_owned()).await), UserError::OwnAccount);
        let without_reason = accounts::disable_account(&db, &system, usual_now(), id.clone(), "  ".to_owned()).await;
        assert_eq!(refusal(without_reason), invalid(&[("reason", FieldProblem::Required)]));
        assert!(is_signed_in(&db, &token).await);
        accounts::disable_account(&db, &system, usual_now(), id.clone(), "已调离".to_owned()).await.unwrap();
        assert!(!is_signed_in(&db, &token).await);
        assert_eq!(refusal(sign_in(&db, usual_now(), "clerk", PASSWORD.to_owned()).await), UserError::SignInFailed);
        let again = accounts::disable_account(&db, &system, usual_now(), id.clone(), "再次".to_owned()).await;
        assert_eq!(refusal(again), UserError::WrongState);
        let security = cast.security.require(Permission::GrantRoles).unwrap();
        assert_eq!(refusal(accounts::issue_password_link(&db, &security, usual_now(), id.clone()).await), UserError::WrongState);
        accounts::enable_account(&db, &system, usual_now(), id.clone(), "调回".to_owned()).await.unwrap();
        assert!(!is_signed_in(&db, &token).await, "the old session does not come back");
        sign_in(&db, usual_now(), "clerk", PASSWORD.to_owned()).await.unwrap();
        let reasons = read_texts(&db, "SELECT reason FROM audit WHERE object_kind = 'account' AND reason <> '' ORDER BY sequence").await;
        assert_eq!(reasons, ["已调离", "调回"]);
    }

    async fn five_failures_lock_until_somebody_unlocks(db: Db) {
        let cast = Cast::assemble(&db).await;
        let id = add_account_with_password(&db, "clerk", &[], None).await;
        for attempt in 1..=5 {
            let refused = refusal(sign_in(&db, usual_now(), "clerk", "wrong password".to_owned()).await);
            let expected = if attempt < 5 { UserError::SignInFailed } else { UserError::Locked { minutes: 15 } };
            assert_eq!(refused, expected, "attempt {attempt}");
        }
        assert_eq!(refusal(sign_in(&db, usual_now(), "clerk", PASSWORD.to_owned()).await), UserError::Locked { minutes: 15 });
        let (locked, _) = read_account(&db, &id).await.unwrap();
        assert_eq!(locked.standing(usual_now()), Standing::Locked(at("2026-10-12 09:15")));
        assert_eq!(locked.standing(at("2026-10-12 09:15")), Standing::Open);
        let security = cast.security.require(Permission::GrantRoles).unwrap();
        accounts::unlock_account(&db, &security, usual_now(), id.clone()).await.unwrap();
        sign_in(&db, usual_now(), "clerk", PASSWORD.to_owned()).await.unwrap();
        assert_eq!(refusal(accounts::unlock_account(&db, &security, usual_now(), id).await), UserError::WrongState);
    }

    async fn a_password_link_is_shown_once_and_works_once(db: Db) {
        let cast = Cast::assemble(&db).await;
        let id = add_clerk(&db, &cast, "clerk").await;
        let security = cast.security.require(Permission::GrantRoles).unwrap();
        accounts::issue_password_link(&db, &security, usual_now(), id.clone()).await.unwrap();
        assert_eq!(take_password_link(&db, &cast.system, usual_now(), &id).await.unwrap(), None);
        let first = take_password_link(&db, &cast.security, usual_now(), &id).await.unwrap().unwrap();
        assert_eq!(take_password_link(&db, &cast.security, usual_now(), &id).await.unwrap(), None);
        // A second link makes the first useless.
        accounts::issue_password_link(&db, &security, usual_now(), id.clone()).await.unwrap();
        let second = take_password_link(&db, &cast.security, usual_now(), &id).await.unwrap().unwrap();
        let password = "a long new password";
        assert_eq!(refusal(set_password_by_link(&db, usual_now(), &first, password.to_owned()).await), UserError::LinkExpired);
        set_password_by_link(&db, usual_now(), &second, password.to_owned()).await.unwrap();
        assert_eq!(refusal(set_password_by_link(&db, usual_now(), &second, "another password".to_owned()).await), UserError::LinkExpired);
        sign_in(&db, usual_now(), "clerk", password.to_owned()).await.unwrap();
        // One that waited too long is not shown, and one too old does not open.
        accounts::issue_password_link(&db, &security, usual_now(), id.clone()).await.unwrap();
        assert_eq!(take_password_link(&db, &cast.security, at("2026-10-12 09:11"), &id).await.unwrap(), None);
        accounts::issue_password_link(&db, &security, usual_now(), id.clone()).await.unwrap();
        let third = take_password_link(&db, &cast.security, usual_now(), &id).await.unwrap().unwrap();
        let late = set_password_by_link(&db, at("2026-10-14 09:00"), &third, password.to_owned()).await;
        assert_eq!(refusal(late), UserError::LinkExpired);
        for secret in [&first, &second, &third] {
            let sql = format!("SELECT COUNT(*) FROM audit WHERE COALESCE(after_state, '') LIKE '%{}%'", secret.text());
            assert_eq!(read_number(&db, &sql).await, 0);
        }
        assert_eq!(read_number(&db, "SELECT COUNT(*) FROM parked_forms").await, 0);
    }

    async fn names_to_sign_in_with_are_plain_and_taken_once(db: Db) {
        let cast = Cast::assemble(&db).await;
        add_clerk(&db, &cast, "li.wei").await;
        let system = cast.system.require(Permission::ManageAccounts).unwrap();
        let try_to_create = async |username: &str, display_name: &str, organisation: &str| {
            let typed = AccountFields {
                username: username.to_owned(),
                display_name: display_name.to_owned(),
                organisation: organisation.to_owned(),
            };
            refusal(accounts::create_account(&db, &system, usual_now(), typed).await)
        };
        assert_eq!(try_to_create("Li.Wei", "李", "").await, invalid(&[("username", FieldProblem::NameTaken)]));
        assert_eq!(try_to_create("李伟", "李", "").await, invalid(&[("username", FieldProblem::UserNameForm)]));
        let all = [
            ("username", FieldProblem::Required),
            ("display_name", FieldProblem::Required),
            ("organisation", FieldProblem::UnknownChoice),
        ];
        assert_eq!(try_to_create(" ", " \t ", "nowhere").await, invalid(&all));
        assert_eq!(read_accounts(&db).await.unwrap().len(), 10);
    }

    async fn organisations_have_one_name_each_and_none_stands_above_itself(db: Db) {
        let cast = Cast::assemble(&db).await;
        let system = cast.system.require(Permission::ManageAccounts).unwrap();
        let top = create(&db, &cast.system, school("松山（集团）")).await.unwrap();
        let middle = create(&db, &cast.system, OrganisationFields { parent: top.to_string(), ..school("松山一校") }).await.unwrap();
        let low = create(&db, &cast.system, OrganisationFields { parent: middle.to_string(), ..school("松山一校分校") }).await.unwrap();
        assert_eq!(refusal(create(&db, &cast.system, school(" 松山 (集团)")).await), invalid(&[("name_zh", FieldProblem::NameTaken)]));
        assert_eq!(refusal(create(&db, &cast.system, school("（）")).await), invalid(&[("name_zh", FieldProblem::NoLetters)]));
        let second = OrganisationFields { kind: "commission".to_owned(), district: "月球".to_owned(), ..school("另一教委") };
        let both = [("kind", FieldProblem::SecondCommission), ("district", FieldProblem::UnknownChoice)];
        assert_eq!(refusal(create(&db, &cast.system, second).await), invalid(&both));
        for parent in [&low, &middle, &top] {
            let typed = OrganisationFields { parent: parent.to_string(), grounds: grounds("调整"), ..school("松山（集团）") };
            let seen = mark_of(&db, &top).await;
            let refused = refusal(change_organisation(&db, &system, usual_now(), top.clone(), seen, typed).await);
            assert_eq!(refused, invalid(&[("parent", FieldProblem::ParentBelow)]));
        }
        // Its own name is not taken by itself, and the pinyin follows the name.
        let seen = mark_of(&db, &low).await;
        let typed = OrganisationFields { district: "海淀区".to_owned(), grounds: grounds("更名"), ..school("北湖分校") };
        change_organisation(&db, &system, usual_now(), low.clone(), seen.clone(), typed.clone()).await.unwrap();
        assert_eq!(read_texts(&db, &format!("SELECT sort_key FROM organisations WHERE id = '{low}'")).await, ["bei hu fen xiao"]);
        let stale = change_organisation(&db, &system, usual_now(), low.clone(), seen, typed.clone()).await;
        assert_eq!(refusal(stale), UserError::Stale);
        // The same again changes nothing and leaves no trace.
        let rows = read_number(&db, "SELECT COUNT(*) FROM audit").await;
        let seen = mark_of(&db, &low).await;
        change_organisation(&db, &system, usual_now(), low, seen, typed).await.unwrap();
        assert_eq!(read_number(&db, "SELECT COUNT(*) FROM audit").await, rows);
        let mut tx = db.read().await.unwrap();
        assert_eq!(find_commission(&mut tx).await.unwrap(), Some(cast.commission));
    }

    async fn an_organisation_that_is_needed_is_not_retired(db: Db) {
        let cast = Cast::assemble(&db).await;
        let plan = add_plan(&db).await;
        let system = cast.system.require(Permission::ManageAccounts).unwrap();
        assign(&db, &cast, &plan, assignment(&["1.2"], &cast.owning_a, Part::Responsible)).await.unwrap();
        let retire = async |reason: &str| retire_organisation(&db, &system, usual_now(), cast.owning_a.clone(), grounds(reason)).await;
        let needed = UserError::InUse { tasks: vec!["1.2 任务".to_owned()], accounts: vec!["owner-a".to_owned()] };
        assert_eq!(refusal(retire("合并").await), needed);
        let staff = cast.staff.require(Permission::ManagePlans).unwrap();
        let id = assignment_id(&db, "t1.2", &cast.owning_a, Part::Responsible).await;
        end_assignment(&db, &staff, usual_now(), &plan, id, "调整".to_owned()).await.unwrap();
        let account = cast.owner_a.account().clone();
        accounts::disable_account(&db, &system, usual_now(), account.clone(), "合并".to_owned()).await.unwrap();
        assert_eq!(refusal(retire("").await), invalid(&[("reason", FieldProblem::Required)]));
        retire("合并").await.unwrap();
        assert_eq!(refusal(retire("合并").await), UserError::WrongState);
        // It gets no task, no account, nothing below it, and its account stays out.
        let tried = assign(&db, &cast, &plan, assignment(&["1.2"], &cast.owning_a, Part::Supporting)).await;
        assert_eq!(refusal(tried), invalid(&[("organisation", FieldProblem::Retired)]));
        let below = OrganisationFields { parent: cast.owning_a.to_string(), ..school("分校") };
        assert_eq!(refusal(create(&db, &cast.system, below).await), invalid(&[("parent", FieldProblem::Retired)]));
        let typed =
            AccountFields { username: "new".to_owned(), display_name: "新".to_owned(), organisation: cast.owning_a.to_string() };
        let tried = accounts::create_account(&db, &system, usual_now(), typed).await;
        assert_eq!(refusal(tried), invalid(&[("organisation", FieldProblem::Retired)]));
        let tried = accounts::enable_account(&db, &system, usual_now(), account.clone(), "误操作".to_owned()).await;
        assert_eq!(refusal(tried), invalid(&[("reason", FieldProblem::Retired)]));
        revive_organisation(&db, &system, usual_now(), cast.owning_a.clone(), grounds("恢复办学")).await.unwrap();
        accounts::enable_account(&db, &system, usual_now(), account, "恢复办学".to_owned()).await.unwrap();
    }

    async fn many_tasks_are_assigned_at_once_or_none(db: Db) {
        let cast = Cast::assemble(&db).await;
        let plan = add_plan(&db).await;
        let owner = cast.owner_a.require(Permission::Report).unwrap();
        let typed = assignment(&["1.1"], &cast.owning_a, Part::Responsible);
        assert_eq!(refusal(assign_organisation(&db, &owner, usual_now(), &plan, typed).await), UserError::NotFound);
        assert_eq!(assign(&db, &cast, &plan, assignment(&["1.1", "2.1"], &cast.owning_a, Part::Responsible)).await.unwrap(), 2);
        assert_eq!(read_number(&db, "SELECT COUNT(*) FROM audit WHERE action = 'assign-organisation'").await, 2);
        // All or none: 1.1 has it already, so 1.2 does not get it either.
        let twice = assign(&db, &cast, &plan, assignment(&["1.1", "1.2"], &cast.owning_a, Part::Responsible)).await;
        assert_eq!(refusal(twice), invalid(&[("task.", FieldProblem::AlreadyAssigned { tasks: vec!["1.1".to_owned()] })]));
        let unknown = assign(&db, &cast, &plan, assignment(&["9.9"], &cast.owning_a, Part::Supporting)).await;
        assert_eq!(refusal(unknown), invalid(&[("task.", FieldProblem::UnknownChoice)]));
        let nothing = assign(&db, &cast, &plan, AssignmentFields::default()).await;
        let all = [
            ("organisation", FieldProblem::Required),
            ("part", FieldProblem::Required),
            ("task.", FieldProblem::NothingTicked),
        ];
        assert_eq!(refusal(nothing), invalid(&all));
        assert_eq!(read_number(&db, "SELECT COUNT(*) FROM assignments").await, 2);
        // A whole area: only the task that lacks it gets it.
        let area = AssignmentFields { areas: vec!["A1".to_owned()], ..assignment(&[], &cast.owning_a, Part::Responsible) };
        assert_eq!(assign(&db, &cast, &plan, area.clone()).await.unwrap(), 1);
        let done = FieldProblem::AlreadyAssigned { tasks: vec!["1.1".to_owned(), "1.2".to_owned()] };
        assert_eq!(refusal(assign(&db, &cast, &plan, area).await), invalid(&[("task.", done)]));
        // The same organisation may have another part.
        assign(&db, &cast, &plan, assignment(&["1.1"], &cast.owning_a, Part::Lead)).await.unwrap();
        let list = read_assignments(&db, &plan).await.unwrap();
        assert!(list.tasks.iter().all(|task| !task.is_unassigned()));
        assert_eq!(list.tasks[0].assignments.iter().map(|one| one.part).collect::<Vec<_>>(), [Part::Lead, Part::Responsible]);
        let staff = cast.staff.require(Permission::ManagePlans).unwrap();
        let id = assignment_id(&db, "t1.1", &cast.owning_a, Part::Lead).await;
        change_contact(&db, &staff, usual_now(), &plan, id, " 李老师 ".to_owned()).await.unwrap();
        assert_eq!(read_texts(&db, "SELECT contact FROM assignments WHERE part = 'lead'").await, ["李老师"]);
    }

    async fn a_new_lead_takes_the_place_of_the_former_one(db: Db) {
        let cast = Cast::assemble(&db).await;
        let plan = add_plan(&db).await;
        assign(&db, &cast, &plan, assignment(&["1.1"], &cast.leading, Part::Lead)).await.unwrap();
        assign(&db, &cast, &plan, assignment(&["1.1", "1.2"], &cast.commission, Part::Lead)).await.unwrap();
        let mut tx = db.read().await.unwrap();
        assert_eq!(find_lead(&mut tx, &"t1.1".into()).await.unwrap(), Some(cast.commission.clone()));
        assert_eq!(find_lead(&mut tx, &"t2.1".into()).await.unwrap(), None);
        drop(tx);
        assert_eq!(read_number(&db, "SELECT COUNT(*) FROM assignments WHERE ended_at IS NOT NULL").await, 1);
        let ended = read_texts(&db, "SELECT after_state FROM audit WHERE action = 'end-assignment'").await;
        assert_eq!(ended, [format!("{{\"replaced_by\":\"{}\",\"no_longer_owed\":[]}}", cast.commission)]);
        // The former one may come back.
        assign(&db, &cast, &plan, assignment(&["1.1"], &cast.leading, Part::Lead)).await.unwrap();
    }

    async fn what_is_owed_in_open_periods_and_not_begun_ends_with_the_part(db: Db) {
        let cast = Cast::assemble(&db).await;
        let plan = add_plan(&db).await;
        assign(&db, &cast, &plan, assignment(&["1.1", "1.2"], &cast.owning_a, Part::Responsible)).await.unwrap();
        // 2026Q2 is over; 2026Q3 is open until this very day; for task 1.2 a draft was begun in it.
        let mut sql = String::new();
        for (period, starts, ends, due) in
            [("2026Q2", "2026-04-01", "2026-06-30", "2026-07-14"), ("2026Q3", "2026-07-01", "2026-09-30", "2026-10-12")]
        {
            sql.push_str(&format!(
                "INSERT INTO periods (id, plan_id, code, starts_on, ends_on, report_due, lead_review_due, commission_review_due,
                                      evaluation_due, feedback_due, answer_due, opened_at, opened_by)
                 VALUES ('{period}', 'p', '{period}', '{starts}', '{ends}', '{due}', '{due}', '{due}', '{due}', '{due}', '{due}', 0, 'x');"
            ));
            for task in ["1.1", "1.2"] {
                sql.push_str(&format!(
                    "INSERT INTO obligations (id, period_id, task_id, organisation_id, created_at)
                     VALUES ('{period}-{task}', '{period}', 't{task}', '{}', 0);",
                    cast.owning_a
                ));
            }
        }
        sql.push_str(
            "INSERT INTO reports (id, obligation_id, correction, state, version, submission, state_since, created_at)
             VALUES ('r', '2026Q3-1.2', 0, 'draft', 1, 0, 0, 0);",
        );
        change(&db, &sql).await;
        let staff = cast.staff.require(Permission::ManagePlans).unwrap();
        for task in ["t1.1", "t1.2"] {
            let id = assignment_id(&db, task, &cast.owning_a, Part::Responsible).await;
            let without_reason = end_assignment(&db, &staff, usual_now(), &plan, id.clone(), String::new()).await;
            assert_eq!(refusal(without_reason), invalid(&[("reason", FieldProblem::Required)]));
            end_assignment(&db, &staff, usual_now(), &plan, id.clone(), "职责调整".to_owned()).await.unwrap();
            let again = end_assignment(&db, &staff, usual_now(), &plan, id, "职责调整".to_owned()).await;
            assert_eq!(refusal(again), UserError::NotFound);
        }
        let left = read_texts(&db, "SELECT id FROM obligations ORDER BY id").await;
        assert_eq!(left, ["2026Q2-1.1", "2026Q2-1.2", "2026Q3-1.2"]);
        let ended = read_texts(&db, "SELECT after_state FROM audit WHERE action = 'end-assignment' ORDER BY sequence").await;
        assert_eq!(ended, ["{\"no_longer_owed\":[\"2026Q3\"]}", "{\"no_longer_owed\":[]}"]);
        // Given the part again, it can end again.
        assign(&db, &cast, &plan, assignment(&["1.1"], &cast.owning_a, Part::Responsible)).await.unwrap();
    }

    async fn two_forms_at_once_make_one_lead_and_one_name(db: Db) {
        let cast = Cast::assemble(&db).await;
        let plan = add_plan(&db).await;
        let (one, other) = tokio::join!(
            assign(&db, &cast, &plan, assignment(&["1.1"], &cast.leading, Part::Lead)),
            assign(&db, &cast, &plan, assignment(&["1.1"], &cast.owning_b, Part::Lead)),
        );
        assert!(one.is_ok() && other.is_ok());
        let open = "SELECT COUNT(*) FROM assignments WHERE part = 'lead' AND ended_at IS NULL";
        assert_eq!(read_number(&db, open).await, 1);
        let (one, other) = tokio::join!(create(&db, &cast.system, school("同名校")), create(&db, &cast.system, school("同名校")));
        assert_eq!([&one, &other].iter().filter(|result| result.is_ok()).count(), 1);
        let kinds = read_organisations(&db).await.unwrap().organisations.into_iter().map(|organisation| organisation.kind);
        assert_eq!(kinds.filter(|kind| *kind == OrganisationKind::School).count(), 3);
    }
}
