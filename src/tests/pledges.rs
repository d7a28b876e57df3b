//! Pledges: who takes on what, what is delivered of it, and what stays ownerless. Invariant: a pledge moves no number but the
//! coverage, is never changed, and is entered by whoever may speak for its organisation.

use axum::http::StatusCode;
use bihuan::{
    domain::{
        ids::{AccountId, UnitId},
        permissions::Permission,
    },
    services::{
        access::Identity,
        demonstration::load_demonstration,
        plan_files::load_first_plan,
        roster::{UnitChange, change_unit, seen_of},
        verify::{Inspection, verify},
    },
    store::units::find_unit,
};

use crate::{
    fixtures::{Cast, at, identify, usual_now},
    reader::{Reader, hidden_field, words_of},
    support::{Place, change, read_number, read_texts},
};

const FORMS: &str = "SELECT COUNT(*) FROM audit WHERE action = 'record-pledge'";

/// Beijing's plan, everybody, and a reader of the leader's.
async fn begin(place: &Place) -> (Cast, Reader) {
    load_first_plan(&place.db, at("2025-01-02 09:00")).await.unwrap();
    let cast = Cast::assemble(&place.db).await;
    let leader = Reader::sign_in(place, &cast.leader, "zh-CN").await;
    (cast, leader)
}

/// Opens the form at an address and sends it with what is typed; gives where it leads.
async fn pledge(reader: &Reader, page: &str, action: &str, typed: &[(&str, &str)]) -> String {
    let html = reader.open(page).await;
    let hidden: Vec<(&str, String)> = ["plan", "indicator", "organisation", "seen", "back", "form_key", "instance"]
        .map(|name| (name, hidden_field(&html, name)))
        .to_vec();
    let mut fields: Vec<(&str, &str)> = hidden.iter().map(|(name, value)| (*name, value.as_str())).collect();
    for (name, value) in typed {
        fields.retain(|(known, _)| known != name);
        fields.push((name, value));
    }
    let sent = reader.send(action, &fields).await;
    assert!(sent.status.is_redirection(), "{sent:?}");
    sent.location
}

/// Staff record that a unit has another holder.
async fn hand_over(place: &Place, staff: &Identity, unit: &UnitId, holder: &str) {
    let mut tx = place.db.read().await.unwrap();
    let before = find_unit(&mut tx, unit).await.unwrap().unwrap();
    drop(tx);
    let entry = UnitChange {
        unit: unit.to_string(),
        seen: seen_of(&before).unwrap(),
        name_zh: before.name_zh,
        name_en: before.name_en,
        code: before.code,
        holder: holder.to_owned(),
        district: before.district,
        partners: before.partners,
        admitted: String::new(),
        document: "示教〔2026〕40号".to_owned(),
        reason: "课程移交".to_owned(),
    };
    change_unit(&place.db, &staff.require(Permission::ManagePlans).unwrap(), usual_now(), entry).await.unwrap();
}

stories! {
    async fn three_hundred_courses_two_hundred_and_forty_pledged_sixty_ownerless(place: Place) {
        let (cast, leader) = begin(&place).await;
        let staff = Reader::sign_in(&place, &cast.staff, "zh-CN").await;
        let owner = Reader::sign_in(&place, &cast.owner_a, "zh-CN").await;
        let before = leader.read("/p/bj-2025/indicators/T07").await;
        assert!(before.contains("共需 300 门：已认领 0，300 无人认领"), "{before}");

        let page = format!("/p/bj-2025/manage/pledges?indicator=T07&organisation={}", cast.owning_b);
        let led = pledge(&staff, &page, "/fn/record_pledge", &[("q2025", "50"), ("q2026", "５０"), ("q2027", "")]).await;
        assert!(led.contains("done=saved"), "{led}");
        let led = pledge(&owner, "/p/bj-2025/pledges?indicator=T07", "/fn/take_on_pledge", &[("q2026", "60"), ("q2027", "80"), ("note", "教务处统筹")]).await;
        assert!(led.contains("done=saved"), "{led}");

        let english = Reader::sign_in(&place, &cast.leader, "en").await;
        assert!(leader.read("/p/bj-2025/indicators/T07").await.contains("共需 300 门：已认领 240，60 无人认领"));
        assert!(english.read("/p/bj-2025/indicators/T07").await.contains("300 courses: 240 pledged, 60 ownerless"));
        assert!(leader.read("/p/bj-2025/indicators").await.contains("认领 240，无人认领 60"));
        let book = leader.read("/p/bj-2025/pledges").await;
        for said in ["0 项已全部认领，1 项部分认领，15 项无人认领", "精品课程 T07 300门 50 110 80 240 80% 0 60", "松山职业学院 教务处统筹 — 60 80 140 0", "北湖职业学院 50 50 — 100 0"] {
            assert!(book.contains(said), "{said}: {book}");
        }
        let area = "4 · 专业布局： 7 项有数量要求的指标中，0 项已全部认领，1 项部分认领，6 项无人认领";
        assert!(book.contains(area), "an area says what is covered, in part, and not at all: {book}");
        let area = "Of 7 indicators that ask for a number, 0 are taken on in full, 1 in part, 6 not at all";
        assert!(english.read("/p/bj-2025/pledges").await.contains(area), "{area}");
        let earlier = leader.read("/p/bj-2025/pledges?as_of=2026-10-11").await;
        assert!(earlier.contains("16 项无人认领"), "what was recorded later does not stand on an earlier day: {earlier}");
        assert_eq!(read_number(&place.db, FORMS).await, 2, "each form is one change");
    }

    async fn a_change_wants_a_reason_and_keeps_what_stood(place: Place) {
        let (cast, leader) = begin(&place).await;
        let owner = Reader::sign_in(&place, &cast.owner_a, "zh-CN").await;
        let page = "/p/bj-2025/pledges?indicator=T07";
        pledge(&owner, page, "/fn/take_on_pledge", &[("q2026", "60")]).await;

        let refused = pledge(&owner, page, "/fn/take_on_pledge", &[("q2026", "40"), ("q2027", "1余"), ("note", "改了主意")]).await;
        assert!(refused.contains("form="), "{refused}");
        let html = owner.open(&refused).await;
        let words = words_of(&html);
        assert!(words.contains("请填写。") && words.contains("这里需要准确的数"), "{words}");
        assert!(html.contains("value=\"40\"") && html.contains("value=\"1余\"") && html.contains("value=\"改了主意\""), "nothing typed is lost");
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM pledges").await, 1);

        let taken = pledge(&owner, page, "/fn/take_on_pledge", &[("q2026", "40"), ("q2027", "10"), ("reason", "教师不足")]).await;
        assert!(taken.contains("done=saved"), "{taken}");
        let rows = "SELECT year || ' ' || quantity || ' ' || CASE WHEN superseded_at IS NULL THEN 'stands' ELSE 'replaced' END
                    FROM pledges ORDER BY year, quantity DESC";
        assert_eq!(read_texts(&place.db, rows).await, ["2026 60 replaced", "2026 40 stands", "2027 10 stands"]);
        let history = owner.read(page).await;
        assert!(history.contains("2026 年 60 已被取代") && history.contains("教师不足"), "{history}");
        assert!(leader.read("/p/bj-2025/indicators/T07").await.contains("已认领 50，250 无人认领"));

        let gone = pledge(&owner, page, "/fn/take_on_pledge", &[("q2026", ""), ("q2027", "0"), ("reason", "不再承担")]).await;
        assert!(gone.contains("done=saved"), "{gone}");
        let book = leader.read("/p/bj-2025/pledges").await;
        assert!(book.contains("16 项无人认领") && !book.contains("松山职业学院"), "{book}");
        let same = pledge(&owner, page, "/fn/take_on_pledge", &[("q2026", ""), ("q2027", "")]).await;
        assert!(same.contains("done=saved"), "{same}");
        assert_eq!(read_number(&place.db, FORMS).await, 3, "nothing that differs, nothing that changes");
        let verdict = verify(&place.db, Inspection { data_dir: &place.data_dir, now: usual_now(), head: None }).await.unwrap();
        assert_eq!(verdict.findings.iter().map(ToString::to_string).collect::<Vec<_>>(), Vec::<String>::new());
    }

    async fn what_was_taken_on_is_shown_as_it_was_known(place: Place) {
        let (cast, leader) = begin(&place).await;
        let owner = Reader::sign_in(&place, &cast.owner_a, "zh-CN").await;
        let sql = format!(
            "INSERT INTO pledges (id, indicator_id, organisation_id, year, quantity, note, document, reason, account_id, recorded_at)
             SELECT 'early', id, '{}', 2026, 60, '', '', '', '{}', {} FROM indicators WHERE code = 'T07'",
            cast.owning_a,
            cast.staff.account(),
            at("2026-05-02 09:00").0
        );
        change(&place.db, &sql).await;
        let (book, indicator) = ("/p/bj-2025/pledges?known_at=2026-10-11", "/p/bj-2025/indicators/T07?known_at=2026-10-11");
        let before = (leader.read(book).await, leader.read(indicator).await);
        pledge(&owner, "/p/bj-2025/pledges?indicator=T07", "/fn/take_on_pledge", &[("q2026", "40"), ("reason", "教师不足")]).await;
        let then = (leader.read(book).await, leader.read(indicator).await);
        let settled = |words: &str| words.replace("此后又采信 1 条。", "");
        assert!(then.0.contains("此后又采信 1 条。"), "{}", then.0);
        assert_eq!((before.0, before.1), (settled(&then.0), then.1.clone()), "what is recorded later changes nothing of an earlier day");
        assert!(then.0.contains("按 2026-10-11 结束时已知的数据计算") && then.0.contains("— 60 — 60"), "{}", then.0);
        assert!(then.0.contains("覆盖率 已交付 无人认领"), "{}", then.0);
        assert!(then.1.contains("已认领 60，240 无人认领") && then.1.contains("· 已交付 0"), "{}", then.1);
        let now = (leader.read("/p/bj-2025/pledges").await, leader.read("/p/bj-2025/indicators/T07").await);
        assert!(now.0.contains("— 40 — 40") && now.0.contains("覆盖率 已交付 无人认领"), "{}", now.0);
        assert!(now.1.contains("已认领 40，260 无人认领") && now.1.contains("· 已交付 0"), "{}", now.1);
    }

    async fn who_reports_speaks_for_the_own_organisation_only(place: Place) {
        let (cast, leader) = begin(&place).await;
        let owner = Reader::sign_in(&place, &cast.owner_a, "zh-CN").await;
        let other = cast.owning_b.to_string();
        pledge(&owner, "/p/bj-2025/pledges?indicator=T09", "/fn/take_on_pledge", &[("q2026", "5"), ("organisation", &other)]).await;
        let whose = read_texts(&place.db, "SELECT organisation_id FROM pledges").await;
        assert_eq!(whose, [cast.owning_a.to_string()], "what the form says is not asked");
        for (reader, action) in [(&owner, "/fn/record_pledge"), (&leader, "/fn/record_pledge"), (&leader, "/fn/take_on_pledge")] {
            let fields = [("plan", "bj-2025"), ("indicator", "T09"), ("organisation", other.as_str()), ("q2026", "9"), ("back", "/p/bj-2025/pledges")];
            let refused = reader.send(action, &fields).await;
            assert!(!refused.location.contains("done="), "{refused:?}");
        }
        assert_eq!(owner.try_open("/p/bj-2025/manage/pledges").await.status, StatusCode::NOT_FOUND);
        assert!(!leader.open("/p/bj-2025/pledges").await.contains("?indicator="), "a leader reads and enters nothing");
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM pledges").await, 1);
    }

    async fn a_form_made_from_what_no_longer_stands_changes_nothing(place: Place) {
        let (cast, _) = begin(&place).await;
        let (staff, owner) = (Reader::sign_in(&place, &cast.staff, "zh-CN").await, Reader::sign_in(&place, &cast.owner_a, "zh-CN").await);
        let page = "/p/bj-2025/pledges?indicator=T10";
        let stale = hidden_field(&owner.open(page).await, "seen");
        let managed = format!("/p/bj-2025/manage/pledges?indicator=T10&organisation={}", cast.owning_a);
        pledge(&staff, &managed, "/fn/record_pledge", &[("q2026", "2")]).await;
        let refused = pledge(&owner, page, "/fn/take_on_pledge", &[("seen", &stale), ("q2026", "4"), ("reason", "多承担")]).await;
        assert!(refused.contains("form=") && owner.read(&refused).await.contains("已被他人修改"), "{refused}");
        assert_eq!(read_texts(&place.db, "SELECT CAST(quantity AS TEXT) FROM pledges").await, ["2"]);
    }

    async fn what_is_taken_on_beyond_the_target_is_shown_as_such(place: Place) {
        let (cast, leader) = begin(&place).await;
        let owner = Reader::sign_in(&place, &cast.owner_a, "zh-CN").await;
        for (code, quantity, said) in [
            ("T12", "1", "共需 1 所，已全部认领"),
            ("T10", "7", "共需 5 个：已认领 7，超额 2"),
            ("T14", "20", "共需 20 个，已全部认领"),
        ] {
            pledge(&owner, &format!("/p/bj-2025/pledges?indicator={code}"), "/fn/take_on_pledge", &[("q2027", quantity)]).await;
            let page = leader.read(&format!("/p/bj-2025/indicators/{code}")).await;
            assert!(page.contains(said), "{said}: {page}");
        }
        let book = leader.read("/p/bj-2025/pledges").await;
        assert!(book.contains("3 项已全部认领（含 1 项超额）") && book.contains("超额 2"), "{book}");
        let missing = owner.try_open("/p/bj-2025/pledges?indicator=T99").await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND);
    }

    async fn the_demonstration_leaves_some_targets_ownerless(place: Place) {
        assert!(load_demonstration(&place.db, &place.data_dir).await.unwrap());
        let cast = read_texts(&place.db, "SELECT id FROM accounts WHERE username = 'leader'").await;
        let leader = identify(&place.db, &AccountId::from(cast[0].as_str())).await;
        let reader = Reader::sign_in(&place, &leader, "zh-CN").await;
        let t07 = reader.read("/p/bj-2025/indicators/T07").await;
        assert!(t07.contains("共需 300 门：已认领 240，60 无人认领"), "{t07}");
        let held = "SELECT COUNT(*) FROM counted_spans s JOIN units u ON u.id = s.unit_id JOIN organisations o ON o.id = u.holder_id
                    JOIN indicators i ON i.id = s.indicator_id
                    WHERE i.code = 'T07' AND s.measure = 'counted' AND s.until_date IS NULL AND o.name_zh = '松山职业技术学院'";
        let delivered = read_number(&place.db, held).await.min(75);
        assert!(delivered > 0);
        let book = reader.read("/p/bj-2025/pledges").await;
        assert!(book.contains(&format!("松山职业技术学院 由教务处统筹 25 30 20 75 {delivered}")), "{delivered}: {book}");
        assert!(book.contains("超额 2"), "{book}");
        // The history of the indicator names organisations and fields as people do, not as the database does.
        let staff = read_texts(&place.db, "SELECT id FROM accounts WHERE username = 'staff'").await;
        let staff = identify(&place.db, &AccountId::from(staff[0].as_str())).await;
        let history = Reader::sign_in(&place, &staff, "zh-CN").await.read("/p/bj-2025/manage/indicators?edit=T10").await;
        assert!(history.contains("单位 （空） 海澜国际教育合作中心") && history.contains("按年认领 （空） 2025: "), "{history}");
        // What an organisation hands over is delivered by the other from then on.
        let moved = "SELECT s.unit_id FROM counted_spans s JOIN units u ON u.id = s.unit_id JOIN organisations o ON o.id = u.holder_id
                     JOIN indicators i ON i.id = s.indicator_id
                     WHERE i.code = 'T07' AND s.measure = 'counted' AND s.until_date IS NULL AND o.name_zh = '松山职业技术学院' ORDER BY s.unit_id";
        let unit = UnitId::from(read_texts(&place.db, moved).await[0].as_str());
        let other = read_texts(&place.db, "SELECT id FROM organisations WHERE name_zh = '星澜财贸职业学校'").await;
        hand_over(&place, &staff, &unit, &other[0]).await;
        let book = reader.read("/p/bj-2025/pledges").await;
        assert!(book.contains(&format!("松山职业技术学院 由教务处统筹 25 30 20 75 {}", delivered - 1)), "{delivered}: {book}");
        let verdict = verify(&place.db, Inspection { data_dir: &place.data_dir, now: usual_now(), head: None }).await.unwrap();
        assert_eq!(verdict.findings.iter().map(ToString::to_string).collect::<Vec<_>>(), Vec::<String>::new());
        for plan in ["jjj-2023", "xiongxian-2017", "training-2020"] {
            let cockpit = reader.read(&format!("/p/{plan}/cockpit")).await;
            assert!(cockpit.contains("演示数据：单位与进展均为虚构") && cockpit.contains("均无数量目标"), "{plan}: {cockpit}");
        }
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM periods p JOIN plans l ON l.id = p.plan_id WHERE l.code <> 'bj-2025'").await, 0);
    }
}
