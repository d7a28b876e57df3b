//! The audit trail as its administrator reads it. Invariant: whoever reads it finds every change with its field, and a row that was
//! changed behind the product's back is named.

use std::{collections::BTreeSet, fs, path::Path};

use axum::http::StatusCode;
use bihuan::{
    domain::permissions::Permission,
    i18n::{Lang, Text},
    services::{
        accounts::{AccountFields, change_account, read_account},
        audit_view::OBJECT_KINDS,
        demonstration::load_demonstration,
        editing::Grounds,
        moment::Moment,
        organisations::retire_organisation,
        trail::Action,
    },
    store::audit::hex,
};
use sha2::{Digest, Sha256};

use crate::{
    fixtures::{Cast, add_organisation, add_small_plan, at, begin_session, usual_now},
    machines::{Site, strip_tags},
    support::{Place, change, read_number, read_texts},
};

const PAGE: &str = "/admin/audit";

fn grounds(reason: &str) -> Grounds {
    Grounds { reason: reason.to_owned(), document: "松教〔2026〕9号".to_owned() }
}

/// The rows of the page as a person reads them, newest first.
fn rows_of(page: &str) -> Vec<String> {
    page.split("<tr id=\"row-").skip(1).map(|row| strip_tags(&format!("<tr id=\"row-{}", row.split("</tr>").next().unwrap()))).collect()
}

/// Adds rows to the chain as the product would, without doing anything: `count` sign-ins of one account.
async fn add_rows(place: &Place, cast: &Cast, count: usize) {
    use bihuan::services::{
        ServiceError,
        access::Author,
        trail::{Change, NOTHING, record_change},
    };
    let who = &cast.owner_a;
    let author = Author { account: Some(who.account().clone()), name: who.name().to_owned(), organisation: who.organisation().cloned() };
    bihuan::store::with_tx(&place.db, move |tx| {
        Box::pin(async move {
            for number in 0..count {
                let change = Change { action: Action::SignIn, object_kind: "account", object_id: "nobody", reason: "" };
                let at = Moment(usual_now().0 + i64::try_from(number).unwrap());
                record_change(tx, &author, at, change, NOTHING, NOTHING).await?;
            }
            Ok::<_, ServiceError>(())
        })
    })
    .await
    .unwrap();
}

stories! {
    async fn only_audit_administrators_find_the_page(place: Place) {
        let cast = Cast::assemble(&place.db).await;
        add_small_plan(&place.db, &cast).await;
        add_rows(&place, &cast, 2).await;
        let site = Site::open(&place, usual_now());
        for who in [&cast.leader, &cast.staff, &cast.lead, &cast.owner_a, &cast.system, &cast.security] {
            let session = begin_session(&place.db, who.account(), usual_now()).await;
            for path in [PAGE, "/admin/audit/rows.csv"] {
                let answer = site.browse(&session, path).await;
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{} {path}", who.username());
                assert!(!answer.body.contains("owner-a 登录"));
            }
            site.post(&session, "/fn/verify_chain", &[("back", PAGE)]).await;
            assert!(!site.browse(&session, "/tokens").await.body.contains("href=\"/admin/audit\""), "{}", who.username());
        }
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM audit WHERE action = 'verify-chain'").await, 0);
        let session = begin_session(&place.db, cast.audit.account(), usual_now()).await;
        let page = site.browse(&session, PAGE).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("href=\"/admin/audit\"") && page.text().contains("共 2 条"), "{}", page.text());
        assert_eq!(site.browse(&session, "/").await.header("location"), PAGE, "it is where the work begins");
    }

    async fn a_change_is_read_field_by_field(place: Place) {
        let cast = Cast::assemble(&place.db).await;
        let other = add_organisation(&place.db, bihuan::domain::words::OrganisationKind::School, "松山技师学院").await;
        let site = Site::open(&place, usual_now());
        let system = cast.system.require(Permission::ManageAccounts).unwrap();
        let id = cast.owner_a.account().clone();
        let (account, _) = read_account(&place.db, &id).await.unwrap();
        let typed = AccountFields { display_name: "张三".to_owned(), organisation: other.to_string(), ..AccountFields::default() };
        change_account(&place.db, &system, at("2026-10-12 08:30"), id, account.mark_account().unwrap(), typed).await.unwrap();
        retire_organisation(&place.db, &system, usual_now(), cast.owning_a.clone(), grounds("并入<松山技师学院>")).await.unwrap();
        let session = begin_session(&place.db, cast.audit.account(), usual_now()).await;
        let page = site.browse(&session, PAGE).await;
        let rows = rows_of(&page.body);
        assert_eq!(rows.len(), 2);
        let changed = &rows[1];
        assert!(changed.contains("2026-10-12 08:30") && changed.contains("admin-sys") && changed.contains("修改账号"), "{changed}");
        assert!(changed.contains("姓名 原为 owner-a → 改为 张三"), "{changed}");
        assert!(changed.contains("单位 原为 松山职业学院 → 改为 松山技师学院"), "ids are shown as names: {changed}");
        assert!(!changed.contains("用户名"), "what stays is not listed: {changed}");
        assert!(rows[0].contains("停用单位") && rows[0].contains("理由：并入<松山技师学院>"), "{}", rows[0]);
        assert!(page.body.contains("并入&lt;松山技师学院&gt;"), "what was typed is escaped");
        let english = site.browse(&session, "/language?to=en&back=/").await;
        assert_eq!(english.status, StatusCode::SEE_OTHER);
        for hash in read_texts(&place.db, "SELECT hash FROM audit").await {
            assert!(page.body.contains(&hash));
        }
    }

    async fn rows_are_found_by_filter_and_turned_over_by_number(place: Place) {
        let cast = Cast::assemble(&place.db).await;
        add_small_plan(&place.db, &cast).await;
        let site = Site::open(&place, usual_now());
        let system = cast.system.require(Permission::ManageAccounts).unwrap();
        let unused = add_organisation(&place.db, bihuan::domain::words::OrganisationKind::Other, "松山协会").await;
        retire_organisation(&place.db, &system, at("2026-10-01 23:30"), unused.clone(), grounds("100%撤销_")).await.unwrap();
        let session = begin_session(&place.db, cast.audit.account(), usual_now()).await;
        let alone = site.browse(&session, PAGE).await.text();
        assert!(alone.contains("最新一条 1 2026-10-01 23:30"), "the time of the row, not of the page: {alone}");
        add_rows(&place, &cast, 120).await;
        let show = async |query: &str| rows_of(&site.browse(&session, &format!("{PAGE}{query}")).await.body);
        let first = site.browse(&session, PAGE).await;
        let numbers = |rows: &[String]| -> Vec<i64> { rows.iter().map(|row| row.split(' ').next().unwrap().parse().unwrap()).collect() };
        assert_eq!(numbers(&rows_of(&first.body)), (72..=121).rev().collect::<Vec<_>>());
        assert!(first.body.contains("/admin/audit?before=72"), "the next page is linked");
        assert_eq!(numbers(&show("?before=72").await), (22..=71).rev().collect::<Vec<_>>());
        let last = site.browse(&session, &format!("{PAGE}?before=22")).await;
        assert_eq!(numbers(&rows_of(&last.body)), (1..=21).rev().collect::<Vec<_>>());
        assert!(!last.text().contains("更早的记录") && last.text().contains("回到最新"));
        let (owner, boss) = (cast.owner_a.account(), cast.system.account());
        for (query, found) in [
            (format!("?actor={boss}"), vec![1]),
            ("?action=retire-organisation".to_owned(), vec![1]),
            ("?kind=organisation".to_owned(), vec![1]),
            (format!("?object={unused}"), vec![1]),
            ("?from=2026-10-01&until=2026-10-01".to_owned(), vec![1]),
            ("?until=2026-09-30".to_owned(), vec![]),
            ("?q=100%25".to_owned(), vec![1]),
            ("?q=%E6%92%A4%E9%94%80_".to_owned(), vec![1]),
            ("?q=100_".to_owned(), vec![]),
            (format!("?actor={owner}&action=retire-organisation"), vec![]),
            (format!("?actor={owner}&before=4"), vec![3, 2]),
            (format!("?organisation={}&before=3", cast.owning_a), vec![2]),
            ("?from=2026-10-12&before=5".to_owned(), vec![4, 3, 2]),
        ] {
            assert_eq!(numbers(&show(&query).await), found, "{query}");
        }
        let filtered = site.browse(&session, &format!("{PAGE}?actor={owner}&before=4")).await.text();
        assert!(filtered.contains("符合条件 120 条，全部 121 条。") && filtered.contains("本页 2 条，序号在 2 与 3 之间"), "{filtered}");
        assert!(filtered.contains("筛选条件：人员 owner-a"), "paper says what was asked for: {filtered}");
        let none = site.browse(&session, &format!("{PAGE}?q=100_")).await.text();
        assert!(none.contains("符合条件 0 条，全部 121 条。"), "{none}");
        let all = first.text();
        assert!(all.contains("共 121 条") && all.contains("第 72 至 121 条") && !all.contains("符合条件") && !all.contains("筛选条件"), "{all}");
        let wrong = site.browse(&session, &format!("{PAGE}?from=2026-13-40&q=x")).await;
        assert!(wrong.body.contains("value=\"2026-13-40\"") && wrong.text().contains("没有 13 月"), "{}", wrong.text());
        assert_eq!(site.browse(&session, "/admin/audit/rows.csv?from=2026-13-40").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let all = site.browse(&session, "/admin/audit/rows.csv").await;
        assert!(all.body.starts_with('\u{feff}'), "a spreadsheet sees that it is UTF-8");
        assert_eq!(all.header("bihuan-audit-head"), read_texts(&place.db, "SELECT hash FROM audit_head").await[0]);
        let rows = all.rows();
        assert_eq!(rows.iter().map(|row| row["sequence"].parse::<i64>().unwrap()).collect::<Vec<_>>(), (1..=121).rev().collect::<Vec<_>>());
        assert_eq!((rows[120]["object"].as_str(), rows[120]["action_words"].as_str()), ("松山协会", "停用单位"));
        let some = site.browse(&session, "/admin/audit/rows.csv?action=retire-organisation").await.rows();
        assert_eq!(some.len(), 1);
    }

    async fn the_file_holds_more_than_one_chunk(place: Place) {
        let cast = Cast::assemble(&place.db).await;
        add_rows(&place, &cast, 2_300).await;
        let site = Site::open(&place, usual_now());
        let session = begin_session(&place.db, cast.audit.account(), usual_now()).await;
        let rows = site.browse(&session, "/admin/audit/rows.csv").await.rows();
        let numbers: Vec<i64> = rows.iter().map(|row| row["sequence"].parse().unwrap()).collect();
        assert_eq!(numbers, (1..=2_300).rev().collect::<Vec<_>>(), "each row once, newest first");
    }

    async fn a_row_changed_in_the_database_is_named(place: Place) {
        let cast = Cast::assemble(&place.db).await;
        add_rows(&place, &cast, 30).await;
        let site = Site::open(&place, usual_now());
        let session = begin_session(&place.db, cast.audit.account(), usual_now()).await;
        let printed = read_texts(&place.db, "SELECT hash FROM audit_head").await.remove(0);
        let page = site.browse(&session, PAGE).await;
        assert!(page.text().contains("还没有核验过") && page.text().contains(&printed), "{}", page.text());
        let verify = async |head: &str| {
            let back = site.post(&session, "/fn/verify_chain", &[("back", PAGE), ("head", head)]).await;
            site.browse(&session, back.header("location")).await
        };
        let page = verify("").await;
        assert!(page.text().contains("30 条，链完整") && page.text().contains("2026-10-12 09:00 由 admin-audit 核验"), "{}", page.text());
        assert!(page.body.contains("notice ok"));
        let page = verify(&printed.to_uppercase()).await;
        assert!(page.text().contains("31 条，链完整"), "a head that was printed is found, and the walk is a row: {}", page.text());

        change(&place.db, "UPDATE audit SET reason = '改过' WHERE sequence = 17").await;
        let page = verify("").await;
        assert!(page.text().contains("链已断开：发现 1 处问题") && page.text().contains("第一处在第 17 条"), "{}", page.text());
        assert!(page.body.contains("notice bad") && page.body.contains("/admin/audit?before=18#row-17"));
        change(&place.db, "DELETE FROM audit WHERE sequence = 5").await;
        let page = verify("").await;
        assert!(page.text().contains("第一处在第 5 条") && page.text().contains("第 5 至 5 条缺失"), "{}", page.text());
        let remembered = site.browse(&session, PAGE).await;
        assert!(remembered.text().contains("第一处在第 5 条"), "what was found stays on the page");
    }

    async fn a_chain_rewritten_as_a_whole_is_told_by_a_printed_head(place: Place) {
        let cast = Cast::assemble(&place.db).await;
        add_rows(&place, &cast, 3).await;
        let site = Site::open(&place, usual_now());
        let session = begin_session(&place.db, cast.audit.account(), usual_now()).await;
        let other = hex(&Sha256::digest(b"another chain"));
        let back = site.post(&session, "/fn/verify_chain", &[("back", PAGE), ("head", &other)]).await;
        let page = site.browse(&session, back.header("location")).await;
        assert!(page.text().contains(&other) && page.text().contains("链已被重写"), "{}", page.text());
        let long = "a".repeat(65);
        // Part of a head is refused at its field: it says nothing about the chain.
        let walks = read_number(&place.db, "SELECT COUNT(*) FROM audit").await;
        for part in ["abc", &other[..10], &format!("{}g", &other[..63])] {
            let back = site.post(&session, "/fn/verify_chain", &[("back", PAGE), ("head", part)]).await;
            let page = site.browse(&session, back.header("location")).await;
            assert!(page.text().contains("请粘贴完整的链首"), "{part}: {}", page.text());
        }
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM audit").await, walks, "nothing was walked");
        let back = site.post(&session, "/fn/verify_chain", &[("back", PAGE), ("head", &long)]).await;
        let page = site.browse(&session, back.header("location")).await;
        assert!(page.body.contains(&format!("value=\"{long}\"")) && page.text().contains("最多 64 个字"), "{}", page.text());
    }

    async fn the_trail_of_the_demonstration_reads_in_words(place: Place) {
        load_demonstration(&place.db, &place.data_dir).await.unwrap();
        let site = Site::open(&place, usual_now());
        let audit = read_texts(&place.db, "SELECT id FROM accounts WHERE username = 'admin-audit'").await.remove(0);
        let session = begin_session(&place.db, &audit.as_str().into(), usual_now()).await;
        let back = site.post(&session, "/fn/verify_chain", &[("back", PAGE)]).await;
        assert!(site.browse(&session, back.header("location")).await.text().contains("链完整"));
        let rows = async |action: &str| rows_of(&site.browse(&session, &format!("{PAGE}?action={action}")).await.body);
        for (action, words) in [
            ("accept-report", "状态 原为 已提交 → 改为 已通过"),
            ("accept-report", "审核层级 改为 教委审核"),
            ("begin-correction", "版本 原为 原填报 → 改为 更正 1"),
            ("grant-roles", "角色 改为 教委工作人员"),
            ("give-feedback", "类别 改为 建议"),
            ("verify-chain", "问题数 改为 0"),
        ] {
            let rows = rows(action).await;
            assert!(rows.iter().any(|row| row.contains(words)), "{words}: {rows:?}");
        }
        for action in ["accept-report", "begin-correction", "verify-chain", "grant-roles", "submit-report"] {
            for row in rows(action).await {
                let said = CODES.iter().find(|word| row.split([' ', ',', '，', '、', '：']).any(|part| part == **word));
                assert!(said.is_none() && !row.contains("019ef7"), "{action}: {said:?} in {row}");
            }
        }
        for action in read_texts(&place.db, "SELECT DISTINCT action FROM audit").await {
            let page = site.browse(&session, &format!("{PAGE}?action={action}")).await;
            let rows = rows_of(&page.body);
            let word = Text::new(Lang::Zh).audit_action(&action).to_owned();
            assert!(!rows.is_empty() && rows.iter().all(|row| row.contains(&word)), "{action}: {rows:?}");
        }
        let indicator = site.browse(&session, &format!("{PAGE}?action=record-ruling")).await;
        let link = indicator.body.split("href=\"").find(|link| link.contains("/indicators/T")).expect("a ruling links to its indicator");
        let path = link.split('"').next().unwrap();
        assert_eq!(site.browse(&session, path).await.status, StatusCode::OK, "{path}");
    }
}

/// Words that only the program uses.
const CODES: [&str; 10] =
    ["submitted", "lead-reviewed", "accepted", "commission", "faults", "chain", "staff", "owner", "under-construction", "municipal"];

#[test]
fn every_action_and_every_kind_of_object_has_a_word_in_both_languages() {
    for lang in [Lang::Zh, Lang::En] {
        let text = Text::new(lang);
        let mut words = BTreeSet::new();
        for action in Action::ALL {
            let word = text.audit_action(action.as_str());
            assert!(word != action.as_str() && words.insert(word), "{action} in {lang:?}: {word}");
        }
        for kind in OBJECT_KINDS {
            let word = text.audit_object(kind);
            assert!(lang == Lang::En || word != *kind, "{kind} in {lang:?}");
        }
    }
    assert_eq!(Text::new(Lang::Zh).audit_action("something-else"), "something-else");
}

#[test]
fn every_kind_of_object_that_is_recorded_is_known() {
    fn collect(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let source = fs::read_to_string(&path).unwrap();
                found.extend(source.split("object_kind: \"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()));
            }
        }
    }
    let mut found = BTreeSet::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/services"), &mut found);
    assert!(found.contains("report"));
    let known: BTreeSet<String> = OBJECT_KINDS.iter().map(|kind| (*kind).to_owned()).collect();
    assert_eq!(found.difference(&known).collect::<Vec<_>>(), Vec::<&String>::new());
}
