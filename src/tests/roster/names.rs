//! Names: refused, admitted, held, released; what staff correct about a unit.

use bihuan::{
    domain::words::{Level, Stage},
    services::{
        imports::roster::import_roster,
        plan_files::{BEIJING_2025, import_plan_file},
    },
};

use super::World;
use crate::{
    fixtures::usual_now,
    support::{Place, read_number, read_texts},
};

const NAME: &str = "北湖（生物医药）产教联合体";

stories! {
    async fn two_districts_submit_the_same_consortium_at_once_and_it_counts_once(place: Place) {
        let world = World::begin(place).await;
        let cast = &world.cast;
        let (a, b) = tokio::join!(
            world.report(&cast.owner_a, &cast.owning_a, NAME),
            world.report(&cast.owner_b, &cast.owning_b, "北湖(生物医药) 产教联合体"),
        );
        let won = read_texts(&world.db, "SELECT o.organisation_id FROM reports r JOIN obligations o ON o.id = r.obligation_id WHERE r.state = 'submitted'").await;
        assert_eq!(won.len(), 1);
        let (winner, loser, loser_who, refused) = if won[0] == cast.owning_a.as_str() {
            (&cast.owning_a, &cast.owning_b, &cast.owner_b, b)
        } else {
            (&cast.owning_b, &cast.owning_a, &cast.owner_a, a)
        };
        refused.assert_says("同一单元只计一次").assert_says("教委的“名称”页").assert_says("查看 T14 待审核的单元");
        // Whoever was first is no unit yet: the link leads to the list on which everybody sees its entry.
        let waiting = world.path("/indicators/T14?units=awaiting#units");
        assert!(refused.body.contains(&format!("href=\"{waiting}\"")), "{}", refused.body);
        let list = world.see(loser_who, waiting.trim_end_matches("#units")).await;
        assert!(list.body.contains("id=\"units\"") && list.text().replace(['（', '）', '(', ')', ' '], "").contains("北湖生物医药产教联合体"), "{}", list.text());
        // Once the first is accepted, the refusal links to it and the count is 1.
        world.decide(winner, "accept").await;
        let unit = read_texts(&world.db, "SELECT id FROM units").await.remove(0);
        let again = world.report(loser_who, loser, NAME).await;
        assert!(again.body.contains(&format!("/roster/{unit}\"")), "{}", again.text());
        let page = world.see(&cast.leader, &world.path("/indicators/T14")).await;
        page.assert_says("已计入 1");
        assert_eq!(page.body.matches(&format!("/roster/{unit}\"")).count(), 1);
        world.assert_sound().await;
    }

    async fn an_officer_admits_a_namesake_and_its_report_goes_in(place: Place) {
        let world = World::begin(place).await;
        let cast = &world.cast;
        let first = world.record("city-consortium", "", NAME, Stage::Recognised, "2024-06-01").await;
        world.report(&cast.owner_b, &cast.owning_b, NAME).await.assert_says("同一单元只计一次");
        world.see(&cast.staff, &world.path("/manage")).await.assert_says("1 个名称被拒待认定");
        let names = world.see(&cast.staff, &world.path("/manage/names")).await;
        names.assert_says(NAME).assert_says("北湖职业学院");
        let back = world.path("/manage/names");
        let mut fields = vec![
            ("kind", "consortium"),
            ("mark_kind", "name"),
            ("name", "北湖生物医药产教联合体"),
            ("holder", cast.owning_b.as_str()),
            ("distinction", ""),
            ("document", "松教函〔2026〕11号"),
            ("reason", "两家牵头企业、成员和园区都不同。"),
            ("back", &back),
        ];
        world.fill_in(&cast.staff, "admit_name", &fields).await.assert_says("请填写");
        assert_eq!(read_number(&world.db, "SELECT COUNT(*) FROM name_admissions").await, 0);
        fields[4].1 = "北区";
        world.fill_in(&cast.staff, "admit_name", &fields).await.assert_says("（北区），北湖职业学院");
        // The same distinction again would tell nothing apart.
        world.fill_in(&cast.staff_2, "admit_name", &fields).await.assert_says("这个名称已被使用");
        fields[2].1 = "无人登记的联合体";
        world.fill_in(&cast.staff, "admit_name", &fields).await.assert_says("还没有人登记这个名称");
        let chain = "SELECT reason FROM audit WHERE action = 'admit-name'";
        assert_eq!(read_texts(&world.db, chain).await, ["两家牵头企业、成员和园区都不同。"]);

        world.report(&cast.owner_b, &cast.owning_b, NAME).await.assert_lacks("同一单元只计一次");
        world.see(&cast.staff, &world.path("/manage/names")).await.assert_says("没有被拒的名称");
        world.decide(&cast.owning_b, "accept").await;
        world.see(&cast.leader, &world.path("/indicators/T14")).await.assert_says("已计入 2");
        let second = read_texts(&world.db, &format!("SELECT id FROM units WHERE id <> '{first}'")).await.remove(0);
        for (unit, other) in [(first.as_str(), second.as_str()), (second.as_str(), first.as_str())] {
            let page = world.see(&cast.leader, &world.path(&format!("/roster/{unit}"))).await;
            page.assert_says("已认定为不同单元：北区").assert_says("松教函〔2026〕11号").assert_says("两家牵头企业");
            assert!(page.body.contains(&format!("/roster/{other}\"")));
            let then = world.see(&cast.leader, &world.path(&format!("/roster/{unit}?as_of=2026-09-30&known_at=2026-10-12"))).await;
            assert!(then.body.contains(&format!("/roster/{other}?as_of=2026-09-30")), "the day stays: {}", then.body);
        }
        // The admission is used up: a third one is a duplicate again.
        world.report(&cast.owner_a, &cast.owning_a, NAME).await.assert_says("同一单元只计一次");
        world.assert_sound().await;
    }

    async fn staff_admit_a_namesake_of_their_own_entry(place: Place) {
        let world = World::begin(place).await;
        let first = world.record("city-consortium", "", NAME, Stage::Recognised, "2024-06-01").await;
        let back = world.path("/manage/units");
        let mut fields = vec![
            ("plan", world.plan.code.as_str()),
            ("recognition", "city-consortium"),
            ("name", NAME),
            ("holder", world.cast.owning_b.as_str()),
            ("stage", "recognised"),
            ("stage_date", "2024-07-01"),
            ("document", "松教〔2024〕8号"),
            ("reason", "不同园区的另一个联合体"),
            ("admitted", ""),
            ("back", &back),
        ];
        let refused = world.fill_in(&world.cast.staff, "record_unit", &fields).await;
        assert!(refused.body.contains(&format!("unit={first}\"")), "a link to the first");
        fields[8].1 = "南区";
        world.fill_in(&world.cast.staff, "record_unit", &fields).await;
        assert_eq!(read_number(&world.db, "SELECT COUNT(*) FROM units").await, 2);
        world
            .see(&world.cast.leader, &world.path(&format!("/roster/{first}")))
            .await
            .assert_says("已认定为不同单元：南区")
            .assert_says("不同园区的另一个联合体")
            .assert_says("松教〔2024〕8号");
    }

    async fn a_returned_report_holds_its_name_until_staff_release_it(place: Place) {
        let world = World::begin(place).await;
        let cast = &world.cast;
        world.report(&cast.owner_a, &cast.owning_a, NAME).await;
        let report = world.report_of(&cast.owning_a).await;
        let back = world.path("/manage/names");
        let instance = format!("{report}-k1");
        let release = |reason| {
            [("instance", instance.as_str()), ("plan", world.plan.code.as_str()), ("report", report.as_str()), ("entry", "k1"), ("reason", reason), ("back", back.as_str())]
        };
        world.see(&cast.staff, &back).await.assert_says("等待审核，暂不能释放");
        world.fill_in(&cast.staff, "release_name", &release("想释放")).await.assert_says("现在的状态不允许这样做");
        world.decide(&cast.owning_a, "return").await;
        world.report(&cast.owner_b, &cast.owning_b, NAME).await.assert_says("同一单元只计一次");
        world.see(&cast.staff, &world.path("/manage")).await.assert_says("1 个被退回的填报占用");
        world.fill_in(&cast.staff, "release_name", &release(" ")).await;
        assert_eq!(read_number(&world.db, "SELECT COUNT(*) FROM name_holds").await, 1, "no reason, no release");
        let page = world.fill_in(&cast.staff, "release_name", &release("长期未重报")).await;
        page.assert_says("没有填报占用名称").assert_says("已释放的名称").assert_says("长期未重报");
        assert_eq!(read_texts(&world.db, "SELECT reason FROM audit WHERE action = 'release-name'").await, ["长期未重报"]);
        world.report(&cast.owner_b, &cast.owning_b, NAME).await.assert_lacks("同一单元只计一次");
        // Whoever was released is the later one now.
        world.report(&cast.owner_a, &cast.owning_a, NAME).await.assert_says("同一单元只计一次");
        world.decide(&cast.owning_b, "accept").await;
        world.see(&cast.leader, &world.path("/indicators/T14")).await.assert_says("已计入 1");
        world.assert_sound().await;
    }

    async fn a_step_recorded_by_mistake_is_taken_back_and_stays_to_be_read(place: Place) {
        let world = World::begin(place).await;
        let staff = &world.cast.staff;
        let unit = world.record("city-consortium", "", NAME, Stage::Approved, "2024-06-01").await;
        world.step(&unit, "city-consortium", None, Stage::Recognised, "2025-06-01").await;
        world.step(&unit, "city-consortium", None, Stage::Revoked, "2026-06-01").await;
        world.see(staff, &world.path("/indicators/T14")).await.assert_says("已计入 0");
        let step = async |stage: Stage| read_texts(&world.db, &format!("SELECT id FROM stage_steps WHERE stage = '{stage}' AND superseded_at IS NULL")).await;
        let back = world.path(&format!("/manage/units?unit={unit}"));
        let revoked = step(Stage::Revoked).await.remove(0);
        let withdraw = |step: &str, reason: &str| {
            [("instance", step), ("step", step), ("document", "更正单 1 号"), ("reason", reason), ("back", back.as_str())].map(|(name, value)| (name, value.to_owned()))
        };
        let send = async |fields: [(&str, String); 5]| {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            world.fill_in(staff, "withdraw_step", &fields).await
        };
        send(withdraw(&revoked, "")).await.assert_says("请填写");
        send(withdraw(&revoked, "录错了单元")).await;
        world.see(staff, &world.path("/indicators/T14")).await.assert_says("已计入 1");
        let page = world.see(&world.cast.leader, &world.path(&format!("/roster/{unit}"))).await;
        page.assert_says("已撤回").assert_says("录错了单元").assert_says("更正单 1 号");
        assert_eq!(read_number(&world.db, "SELECT COUNT(*) FROM stage_steps").await, 3, "nothing is deleted");
        assert_eq!(read_texts(&world.db, "SELECT reason FROM audit WHERE action = 'withdraw-step'").await, ["录错了单元"]);
        // Taken back once is enough.
        let path = "/fn/withdraw_step";
        let fields = withdraw(&revoked, "再次");
        let body = serde_urlencoded::to_string(fields).unwrap().into_bytes();
        let kind = Some("application/x-www-form-urlencoded");
        let twice = world.request(staff, axum::http::Method::POST, path, kind, body).await;
        world.see(staff, &twice.location).await.assert_says("找不到这项内容");
        // An end that leads nowhere else is fine; a beginning that later steps need is too: stages may skip. But an end needs a beginning.
        world.step(&unit, "city-consortium", None, Stage::Revoked, "2026-06-02").await;
        for stage in [Stage::Approved, Stage::Recognised] {
            let id = step(stage).await.remove(0);
            let answer = send(withdraw(&id, "整理")).await;
            if stage == Stage::Recognised {
                answer.assert_says("还没有开始，不能结束");
            }
        }
        // A recognition cannot open again beside the one that came after it.
        world.step(&unit, "city-consortium", None, Stage::Applied, "2026-07-01").await;
        let id = step(Stage::Revoked).await.remove(0);
        send(withdraw(&id, "整理")).await.assert_says("同一事项已于 2026-07-01 重新开始");
        world.assert_sound().await;
    }

    async fn what_was_no_unit_gives_its_name_back(place: Place) {
        let world = World::begin(place).await;
        let staff = &world.cast.staff;
        let unit = world.record("city-consortium", "", NAME, Stage::Recognised, "2024-06-01").await;
        let back = world.path(&format!("/manage/units?unit={unit}"));
        let release = [("instance", unit.as_str()), ("unit", unit.as_str()), ("reason", "重复登记"), ("back", back.as_str())];
        world.fill_in(staff, "release_unit", &release).await.assert_says("现在的状态不允许这样做");
        let step = read_texts(&world.db, "SELECT id FROM stage_steps").await.remove(0);
        let fields = [("step", step.as_str()), ("document", "更正单"), ("reason", "重复登记"), ("back", back.as_str())];
        // It stays to be read, and can be taken back no more.
        let page = world.fill_in(staff, "withdraw_step", &fields).await;
        page.assert_says("释放名称").assert_says("已撤回");
        assert!(!page.body.contains("action=\"/fn/withdraw_step\""), "{}", page.body);
        world.see(staff, &world.path("/roster")).await.assert_lacks(NAME);
        world.fill_in(staff, "release_unit", &release).await;
        world.report(&world.cast.owner_b, &world.cast.owning_b, NAME).await.assert_lacks("同一单元只计一次");
        world.assert_sound().await;
    }

    async fn a_unit_gets_another_name_and_holder_and_its_past_is_shown(place: Place) {
        let world = World::begin(place).await;
        let staff = &world.cast.staff;
        let unit = world.record("city-consortium", "", NAME, Stage::Recognised, "2024-06-01").await;
        world.record("city-consortium", "", "东山联合体", Stage::Recognised, "2024-06-01").await;
        let back = world.path(&format!("/manage/units?unit={unit}"));
        let seen = world.see(staff, &back).await.value_of("seen");
        let change = |name: &str, seen: &str| {
            [
                ("instance", unit.as_str()),
                ("unit", unit.as_str()),
                ("seen", seen),
                ("name", name),
                ("code", "LHT-7"),
                ("holder", world.cast.owning_b.as_str()),
                ("district", "北湖区"),
                ("document", "松教〔2026〕20号"),
                ("reason", "更名并移交"),
                ("back", back.as_str()),
            ]
            .map(|(name, value)| (name, value.to_owned()))
        };
        let send = async |fields: [(&str, String); 10]| {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            world.fill_in(staff, "change_unit", &fields).await
        };
        send(change("东山 联合体", &seen)).await.assert_says("同一单元只计一次");
        send(change("西岭联合体", "another")).await.assert_says("内容已被他人修改");
        send(change("西岭联合体", &seen)).await;
        let page = world.see(&world.cast.leader, &world.path(&format!("/roster/{unit}"))).await;
        page.assert_says("西岭联合体 LHT-7").assert_says("北湖职业学院").assert_says("名称和归属的变更").assert_says(NAME).assert_says("更名并移交");
        for (words, found) in [("西岭", true), ("xllht", true), ("lht-7", true), ("生物医药", false)] {
            let list = world.see(staff, &world.path(&format!("/roster?{}", serde_urlencoded::to_string([("q", words)]).unwrap()))).await;
            assert_eq!(list.body.contains(unit.as_str()), found, "{words}");
        }
        let before = read_texts(&world.db, "SELECT before_state FROM audit WHERE action = 'change-unit'").await;
        assert!(before[0].contains("生物医药"), "{before:?}");
        // The former name is free again, the new one is held.
        world.report(&world.cast.owner_a, &world.cast.owning_a, "西岭联合体").await.assert_says("同一单元只计一次");
        world.report(&world.cast.owner_a, &world.cast.owning_a, NAME).await.assert_lacks("同一单元只计一次");
        world.assert_sound().await;
    }

    async fn a_unit_merges_into_one_that_was_searched_for(place: Place) {
        let world = World::begin(place).await;
        let staff = &world.cast.staff;
        let one = world.record("double-high-school", "municipal", "松山职业学院", Stage::Recognised, "2025-06-01").await;
        let other = world.record("double-high-school", "municipal", "北湖职业学院", Stage::Recognised, "2025-06-01").await;
        world.record("city-consortium", "", "北湖联合体", Stage::Recognised, "2025-06-01").await;
        let found = world.see(staff, &world.path(&format!("/manage/units?unit={one}&find=bhzyxy"))).await;
        found.assert_says("并入“北湖职业学院”").assert_lacks("北湖联合体");
        let chosen = world.path(&format!("/manage/units?unit={one}&into={other}"));
        let page = world.see(staff, &chosen).await;
        page.assert_says("并入：北湖职业学院");
        let fields = [
            ("plan", world.plan.code.as_str()),
            ("unit", one.as_str()),
            ("recognition", "double-high-school"),
            ("level", "municipal"),
            ("stage", "merged"),
            ("stage_date", "2026-08-01"),
            ("merged_into", other.as_str()),
            ("document", "松教〔2026〕30号"),
            ("reason", "两校合并"),
            ("back", &chosen),
        ];
        world.fill_in(staff, "record_step", &fields).await;
        let page = world.see(&world.cast.leader, &world.path(&format!("/roster/{one}"))).await;
        page.assert_says("不计入：2026-08-01 并入").assert_says("并入：");
        assert!(page.body.contains(&format!("/roster/{other}\"")));
        world.assert_sound().await;
    }

    async fn a_unit_page_says_for_which_indicators_it_counts_and_why_not(place: Place) {
        let world = World::begin(place).await;
        let unit = world.record("double-high-school", "municipal", "松山职业学院", Stage::Recognised, "2025-06-01").await;
        world.step(&unit, "double-high-school", Some(Level::National), Stage::Applied, "2026-03-01").await;
        world.step(&unit, "vocational-university", None, Stage::Recognised, "2024-06-01").await;
        let page = world.see(&world.cast.leader, &world.path(&format!("/roster/{unit}"))).await;
        page.assert_says("T05 北京市“双高”学校 已计入 2025-06-01 起计入")
            .assert_says("T03 国家“双高”学校 不计入：现为“申报”，达到“认定”起计入")
            .assert_says("T01 新建职业本科大学 不计入：2024-06-01 已达到计入阶段，只计 2025-01-01 起新增的");
        let early = world.see(&world.cast.leader, &world.path(&format!("/roster/{unit}?as_of=2025-01-31"))).await;
        early.assert_lacks("2025-06-01 起计入 T03");
        assert!(!early.text().contains("已计入 2025-06-01 起计入"), "{}", early.text());
    }

    async fn a_sum_shows_its_two_kinds_apart_and_names_the_overlap(place: Place) {
        let world = World::begin(place).await;
        let staff = &world.cast.staff;
        let both = world.record("open-practice-centre", "", "星河实践中心", Stage::Recognised, "2025-06-01").await;
        // The other kind of the sum under the same name is the same thing, whoever enters it.
        let back = world.path("/manage/units");
        let twice = [
            ("plan", world.plan.code.as_str()),
            ("recognition", "common-technology-platform"),
            ("name", "星河 实践中心"),
            ("holder", world.cast.owning_b.as_str()),
            ("stage", "recognised"),
            ("stage_date", "2025-09-01"),
            ("document", "松教〔2025〕8号"),
            ("reason", "存量"),
            ("back", &back),
        ];
        let refused = world.fill_in(staff, "record_unit", &twice).await;
        refused.assert_says("“星河实践中心”已由 松山职业学院 登记，同一单元只计一次");
        assert!(refused.body.contains(&format!("unit={both}\"")), "a link to the first");
        // So the unit itself gets the other recognition, which its form offers, and no other kind's.
        let back = world.path(&format!("/manage/units?unit={both}"));
        let form = world.see(staff, &back).await;
        assert!(form.body.contains("value=\"common-technology-platform\"") && !form.body.contains("value=\"quality-course\""));
        let step = |recognition| {
            [
                ("instance", both.as_str()),
                ("plan", world.plan.code.as_str()),
                ("unit", both.as_str()),
                ("recognition", recognition),
                ("stage", "recognised"),
                ("stage_date", "2025-09-01"),
                ("document", "松教〔2025〕8号"),
                ("reason", "按文件登记"),
                ("back", back.as_str()),
            ]
        };
        world.fill_in(staff, "record_step", &step("quality-course")).await.assert_says("这一认定事项");
        world.fill_in(staff, "record_step", &step("common-technology-platform")).await;
        let page = world.see(&world.cast.leader, &world.path("/indicators/T16")).await;
        page.assert_says("已计入 1")
            .assert_says("开放性区域产教融合实践中心 1")
            .assert_says("共性技术服务平台 1")
            .assert_says("同时属于两类、只计一次：星河实践中心");
        world.record("common-technology-platform", "", "西岭服务平台", Stage::Recognised, "2025-08-01").await;
        // A table that names one thing under both kinds brings one unit.
        let rows = "name,holder,recognition,stage,date,document\n\
                    东山实践中心,松山职业学院,open-practice-centre,applied,2025-07-01,x\n\
                    东山实践中心,松山职业学院,common-technology-platform,applied,2025-07-01,x\n\
                    东山实践中心,松山职业学院,open-practice-centre,recognised,2025-07-01,x\n\
                    西岭服务平台,松山职业学院,open-practice-centre,applied,2025-08-02,x\n";
        let done = import_roster(&world.db, rows.as_bytes().to_vec(), usual_now(), false).await.unwrap();
        assert_eq!(done.to_string(), "1 new units, 4 new stages, 0 rows unchanged");
        let page = world.see(&world.cast.leader, &world.path("/indicators/T16")).await;
        page.assert_says("已计入 3")
            .assert_says("开放性区域产教融合实践中心 2")
            .assert_says("共性技术服务平台 2")
            .assert_says("同时属于两类、只计一次：星河实践中心");
        world.see(&world.cast.leader, &world.path("/indicators/T16?as_of=2025-08-31")).await.assert_lacks("同时属于两类");
        world.assert_sound().await;
    }

    async fn an_officer_admits_a_namesake_of_another_kind_of_a_sum(place: Place) {
        let world = World::begin(place).await;
        let cast = &world.cast;
        world.record("open-practice-centre", "", "星河中心", Stage::Recognised, "2025-06-01").await;
        let back = world.path("/manage/names");
        let mut fields = vec![
            ("kind", "service-platform"),
            ("mark_kind", "name"),
            ("name", "星河中心"),
            ("holder", cast.owning_b.as_str()),
            ("distinction", "平台"),
            ("document", "松教函〔2026〕12号"),
            ("reason", "两处场地，两套设备。"),
            ("back", &back),
        ];
        world.fill_in(&cast.staff, "admit_name", &fields).await.assert_says("（平台），北湖职业学院");
        // A kind that no indicator sums with it has the name free anyway.
        fields[0].1 = "community";
        world.fill_in(&cast.staff, "admit_name", &fields).await.assert_says("还没有人登记这个名称");
        let entry = [
            ("plan", world.plan.code.as_str()),
            ("recognition", "common-technology-platform"),
            ("name", "星河中心"),
            ("holder", cast.owning_b.as_str()),
            ("stage", "recognised"),
            ("stage_date", "2025-09-01"),
            ("document", "松教〔2025〕8号"),
            ("reason", "存量"),
            ("back", &back),
        ];
        world.fill_in(&cast.staff, "record_unit", &entry).await;
        world.see(&cast.leader, &world.path("/indicators/T16")).await.assert_says("已计入 2").assert_lacks("同时属于两类");
        let units = read_texts(&world.db, "SELECT id FROM units ORDER BY kind").await;
        for (unit, other) in [(&units[0], &units[1]), (&units[1], &units[0])] {
            let page = world.see(&cast.leader, &world.path(&format!("/roster/{unit}"))).await;
            page.assert_says("已认定为不同单元：平台").assert_says("两处场地，两套设备。");
            assert!(page.body.contains(&format!("/roster/{other}\"")), "{}", page.body);
        }
        world.assert_sound().await;
    }

    async fn one_unit_counts_once_in_each_of_two_plans(place: Place) {
        let world = World::begin(place).await;
        let second = BEIJING_2025.replacen("code = \"bj-2025\"", "code = \"bj-again\"", 1);
        import_plan_file(&world.db, second, usual_now()).await.unwrap();
        let unit = world.record("city-consortium", "", NAME, Stage::Recognised, "2025-06-01").await;
        let unit_page = world.see(&world.cast.leader, &world.path(&format!("/roster/{unit}"))).await;
        for plan in ["bj-2025", "bj-again"] {
            let page = world.see(&world.cast.leader, &format!("/p/{plan}/indicators/T14")).await;
            page.assert_says("已计入 1").assert_says(NAME);
            assert_eq!(page.body.matches(&format!("/roster/{unit}\"")).count(), 1, "{plan}");
            assert!(unit_page.body.contains(&format!("href=\"/p/{plan}/indicators/T14\"")), "{plan} in {}", unit_page.body);
        }
        assert_eq!(read_number(&world.db, "SELECT COUNT(*) FROM units").await, 1);
        world.assert_sound().await;
    }
}
