//! Revisions by staff, through the forms of the pages.

use std::collections::BTreeMap;

use bihuan::{
    domain::words::{Stage, UnitKind},
    services::plan_files::{BEIJING_2025, Loaded, import_plan_file},
};
use jiff::civil::date;

use super::{TRAINING, World, fields_of, words_of};
use crate::{
    fixtures::usual_now,
    support::{Place, read_number, read_texts},
};

impl World {
    fn target_page(&self, code: &str) -> String {
        self.plan.path(&format!("/manage/targets/{code}"))
    }

    /// The form as staff find it.
    async fn form(&self, code: &str, action: &str) -> BTreeMap<String, String> {
        let mut fields = fields_of(&self.html(&self.cast.staff, &self.target_page(code)).await, action);
        // These stand in text areas and empty fields.
        fields.insert("document".into(), "松政办〔2026〕8 号".into());
        fields.insert("reason".into(), "中期调整".into());
        fields.remove("form_key");
        fields
    }

    /// Sends it with some fields changed; gives where it leads.
    async fn revise(&self, action: &str, form: &BTreeMap<String, String>, changed: &[(&str, &str)]) -> String {
        let mut fields = form.clone();
        fields.extend(changed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.post(&self.cast.staff, action, &pairs).await
    }

    async fn add_centres(&self, count: usize) {
        self.add_units(count, UnitKind::PracticeCentre, ("open-practice-centre", ""), &[(Stage::Recognised, date(2026, 5, 1))]).await;
    }
}

const TARGET: &str = "/fn/revise_target";
const BASELINE: &str = "/fn/revise_baseline";

stories! {
    async fn a_hundred_revised_to_eighty_is_judged_both_ways(place: Place) {
        let world = World::begin(&place, BEIJING_2025).await;
        world.take_stock("T16").await;
        world.add_centres(42).await;
        let form = world.form("T16", TARGET).await;
        let rows = read_number(&world.db, "SELECT sequence FROM audit_head").await;
        // What comes back says how its numbers were understood.
        let back = world.revise(TARGET, &form, &[("n", "０．１万"), ("high", "80"), ("document", "")]).await;
        let page = world.words(&world.cast.staff, &back).await;
        assert_eq!(page.matches("识别为").count(), 1, "{page}");
        assert!(page.contains("识别为 1,000 个"), "{page}");
        let done = world.revise(TARGET, &form, &[("wording_zh", "80个"), ("wording_en", "80"), ("n", "８０"), ("effective_on", "2026-01-01")]).await;
        assert!(done.contains("done=saved"), "{done}");
        assert_eq!(read_number(&world.db, "SELECT sequence FROM audit_head").await, rows + 1, "one act, one row");
        let audit = read_texts(&world.db, "SELECT reason || after_state FROM audit WHERE action = 'revise-target'").await;
        assert!(audit[0].contains("中期调整") && audit[0].contains("80个"), "{audit:?}");

        let leader = &world.cast.leader;
        let page = world.words(leader, "/p/bj-2025/indicators/T16?as_of=2026-06-30").await;
        assert!(page.contains("应达 39 个，超前 3 个"), "current: {page}");
        assert!(page.contains("原定目标 100个") && page.contains("应达 49 个，完成序时的 86%，差 7 个"), "original: {page}");
        for said in ["目标 80个， 2027-12-31 教委确定", "2026-01-01", "中期调整 松政办〔2026〕8 号", "由 staff 记录 2026-10-12 09:00"] {
            assert!(page.contains(said), "the history says “{said}”: {page}");
        }
        assert!(page.contains("目标 100个， 2027-12-31 原文"), "what held stays: {page}");
        // The table behind the drawing says what was expected by the target of each day, as the lights were judged.
        let page = world.words(leader, "/p/bj-2025/indicators/T16?as_of=2026-06-30").await;
        assert!(page.contains("2025-12-31 2025Q4 33 0") && page.contains("2026-06-30 2026Q2 39 42"), "{page}");
        let original = world.words(leader, "/p/bj-2025/indicators/T16?as_of=2026-06-30&against=original").await;
        assert!(original.contains("实际 42 个，应达 49 个，完成序时的 86%，差 7 个"), "{original}");
        assert!(!original.contains("应达 39 个"), "{original}");
        let cockpit = world.words(leader, "/p/bj-2025/cockpit?as_of=2026-06-30").await;
        assert!(cockpit.contains("42 / 80个") && cockpit.contains("原定目标") && cockpit.contains("应达 39 个，超前 3 个"), "{cockpit}");
        let cockpit = world.words(leader, "/p/bj-2025/cockpit?as_of=2026-06-30&against=original").await;
        assert!(cockpit.contains("42 / 100个") && cockpit.contains("应达 49 个，完成序时的 86%，差 7 个"), "{cockpit}");
        let html = world.html(leader, "/p/bj-2025/cockpit?as_of=2026-06-30&against=original").await;
        assert!(html.contains("/indicators/T16?against=original"), "the choice stays on the way to the indicator");
        // Before it took effect the hundred was all there was.
        let page = world.words(leader, "/p/bj-2025/indicators/T16?as_of=2025-12-31").await;
        assert!(page.contains("应达 33 个") && !page.contains("对照的目标"), "{page}");
        // The plan's file still says what it said.
        let again = import_plan_file(&world.db, BEIJING_2025.to_owned(), usual_now()).await.unwrap();
        assert_eq!(again, Loaded::Unchanged { code: "bj-2025".to_owned() });
    }

    async fn a_target_below_the_stock_is_reached(place: Place) {
        let world = World::begin(&place, BEIJING_2025).await;
        world.add_units(20, UnitKind::Course, ("quality-course", ""), &[(Stage::Recognised, date(2024, 5, 1))]).await;
        world.take_stock("T07").await;
        let form = world.form("T07", TARGET).await;
        let done = world.revise(TARGET, &form, &[("wording_zh", "15门"), ("n", "15"), ("effective_on", "2025-01-01")]).await;
        assert!(done.contains("done=saved"), "{done}");
        let page = world.words(&world.cast.leader, "/p/bj-2025/indicators/T07").await;
        assert!(page.contains("已达到") && page.contains("已有 20 门，达到目标 15 门"), "{page}");
        let staff = world.words(&world.cast.staff, &world.target_page("T07")).await;
        assert!(staff.contains("由存量盘点得出，不能填写"), "a stock's baseline is never typed: {staff}");
        let fields = [("plan", "bj-2025"), ("indicator", "T07"), ("version", "2-0"), ("value", "3"), ("back", "/p/bj-2025/manage")];
        world.post(&world.cast.staff, BASELINE, &fields).await;
        assert_eq!(read_number(&world.db, "SELECT COUNT(*) FROM baselines").await, 0);
        let new = world.words(&world.cast.staff, &world.target_page("T01")).await;
        assert!(new.contains("这项指标只计新增，基数为 0"), "{new}");
    }

    async fn milestones_beyond_a_new_target_go_with_it(place: Place) {
        let world = World::begin(&place, BEIJING_2025).await;
        world.take_stock("T16").await;
        world.add_centres(42).await;
        let form = world.form("T16", TARGET).await;
        let lines = [("milestone.1.on", "2025-12-31"), ("milestone.1.value", "30"), ("milestone.2.on", "2026年12月31日"), ("milestone.2.value", "90")];
        let changed: Vec<_> = lines.into_iter().chain([("effective_on", "2025-06-01")]).collect();
        assert!(world.revise(TARGET, &form, &changed).await.contains("done=saved"));
        let page = world.words(&world.cast.leader, "/p/bj-2025/indicators/T16?as_of=2026-06-30").await;
        assert!(page.contains("年度节点 2025-12-31：30 个 教委确定 2026-12-31：90 个 教委确定"), "{page}");
        // 30 + 60 × 181 ÷ 365 on 2026-06-30.
        assert!(page.contains("应达 59 个"), "{page}");

        let form = world.form("T16", TARGET).await;
        assert_eq!(form["milestone.2.was"], "2026-12-31");
        let lower = [("wording_zh", "80个"), ("n", "80"), ("effective_on", "2026-01-01")];
        let back = world.revise(TARGET, &form, &lower).await;
        let html = world.html(&world.cast.staff, &back).await;
        let words = words_of(&html);
        assert!(words.contains("超出了目标（80）"), "{words}");
        assert!(html.contains("value=\"80个\"") && html.contains("value=\"90\""), "what was typed comes back");
        assert_eq!(read_number(&world.db, "SELECT COUNT(*) FROM targets WHERE officer_id IS NOT NULL").await, 0);
        let given: Vec<_> = lower.into_iter().chain([("milestone.2.value", "70")]).collect();
        assert!(world.revise(TARGET, &form, &given).await.contains("done=saved"));
        assert_eq!(read_number(&world.db, "SELECT COUNT(*) FROM audit WHERE action = 'revise-target'").await, 2);
        let page = world.words(&world.cast.leader, "/p/bj-2025/indicators/T16?as_of=2026-06-30").await;
        // 30 + 40 × 181 ÷ 365 for the current target; the original keeps its own path.
        assert!(page.contains("应达 49 个，完成序时的 86%，差 7 个"), "{page}");
        assert!(page.contains("应达 59 个，完成序时的 71%，差 17 个"), "{page}");

        let form = world.form("T16", TARGET).await;
        let drop = [("milestone.2.drop", "on"), ("effective_on", "2026-03-01"), ("reason", "不再分年")];
        assert!(world.revise(TARGET, &form, &drop).await.contains("done=saved"));
        let page = world.words(&world.cast.leader, "/p/bj-2025/indicators/T16?as_of=2026-06-30").await;
        assert!(page.contains("2026-12-31 年度节点 取消 教委确定") && page.contains("不再分年"), "{page}");
        // 30 + 50 × 181 ÷ 730.
        assert!(page.contains("应达 42 个，与序时持平"), "{page}");
        let before = world.words(&world.cast.leader, "/p/bj-2025/indicators/T16?as_of=2026-02-28").await;
        assert!(before.contains("2026-12-31：70 个 教委确定"), "it held until it was dropped: {before}");
    }

    async fn of_two_who_revise_at_once_the_second_is_shown_what_changed(place: Place) {
        let world = World::begin(&place, BEIJING_2025).await;
        let form = world.form("T16", TARGET).await;
        let first = [("wording_zh", "80个"), ("n", "80"), ("effective_on", "2026-01-01")];
        let second = [("wording_zh", "90个"), ("n", "90"), ("effective_on", "2026-01-01"), ("reason", "另一次调整")];
        let (one, two) = tokio::join!(world.revise(TARGET, &form, &first), world.revise(TARGET, &form, &second));
        let (saved, refused): (Vec<String>, Vec<String>) = [one, two].into_iter().partition(|location| location.contains("done=saved"));
        assert_eq!((saved.len(), refused.len()), (1, 1));
        assert_eq!(read_number(&world.db, "SELECT COUNT(*) FROM targets WHERE officer_id IS NOT NULL").await, 1);
        let html = world.html(&world.cast.staff, &refused[0]).await;
        let words = words_of(&html);
        assert!(words.contains("已有人记录了另一次修订") && words.contains("您填写的 现在的"), "{words}");
        assert!(words.contains("目标原文（中文） 90个 80个") || words.contains("目标原文（中文） 80个 90个"), "both are named: {words}");
        // What came back carries the new version, so that it can be sent again after a look.
        let again = fields_of(&html, TARGET);
        let sent: BTreeMap<String, String> = again.into_iter().filter(|(name, _)| name != "form_key").collect();
        let done = world.revise(TARGET, &sent, &[("document", "文 9"), ("reason", "再次调整")]).await;
        assert!(done.contains("done=saved"), "{done}");
        assert_eq!(read_number(&world.db, "SELECT COUNT(*) FROM targets WHERE officer_id IS NOT NULL").await, 2);
    }

    async fn what_takes_effect_later_is_kept_or_withdrawn_by_choice(place: Place) {
        let world = World::begin(&place, BEIJING_2025).await;
        let form = world.form("T16", TARGET).await;
        assert!(world.revise(TARGET, &form, &[("wording_zh", "120个"), ("n", "120"), ("effective_on", "2027-01-01")]).await.contains("done=saved"));
        let target = async |as_of: &str| {
            let page = world.words(&world.cast.leader, &format!("/p/bj-2025/indicators?as_of={as_of}")).await;
            page.split("T16 ").nth(1).unwrap().split(' ').next().unwrap().to_owned()
        };
        assert_eq!((target("2026-10-12").await, target("2027-01-01").await), ("100个".into(), "120个".into()));
        let page = world.words(&world.cast.leader, "/p/bj-2025/indicators/T16").await;
        assert!(page.contains("尚未生效"), "{page}");

        let form = world.form("T16", TARGET).await;
        let earlier = [("wording_zh", "80个"), ("n", "80"), ("effective_on", "2026-07-01")];
        let back = world.revise(TARGET, &form, &earlier).await;
        let html = world.html(&world.cast.staff, &back).await;
        assert!(words_of(&html).contains("已有在此之后生效的修订：2027-01-01"), "{}", words_of(&html));
        let keep: Vec<_> = earlier.into_iter().chain([("later", "keep")]).collect();
        assert!(world.revise(TARGET, &form, &keep).await.contains("done=saved"));
        assert_eq!((target("2026-10-12").await, target("2027-01-01").await), ("80个".into(), "120个".into()));

        let form = world.form("T16", TARGET).await;
        let replace = [("effective_on", "2026-08-01"), ("later", "replace"), ("reason", "撤销后一次修订")];
        assert!(world.revise(TARGET, &form, &replace).await.contains("done=saved"));
        assert_eq!((target("2026-10-12").await, target("2027-01-01").await), ("80个".into(), "80个".into()));
        let page = world.words(&world.cast.leader, "/p/bj-2025/indicators/T16").await;
        assert!(page.contains("120个") && page.contains("2026-10-12 被取代") && page.contains("撤销后一次修订"), "withdrawn, not gone: {page}");
    }

    async fn every_fault_of_a_revision_stands_at_its_field(place: Place) {
        let world = World::begin(&place, BEIJING_2025).await;
        let form = world.form("T16", TARGET).await;
        let faults = [
            ("kind", "range"),
            ("n", "近80"),
            ("high", "七十"),
            ("target_on", "2027-02-30"),
            ("effective_on", "2024-01-01"),
            ("document", ""),
            ("reason", " "),
            ("milestone.1.on", "2026-12-31"),
        ];
        let back = world.revise(TARGET, &form, &faults).await;
        let words = world.words(&world.cast.staff, &back).await;
        for said in [
            "这里需要准确的数",
            "请填写数字",
            "2027 年 2 月没有 30 日",
            "日期不能早于 2025-01-01",
            "请填写。",
        ] {
            assert!(words.contains(said), "“{said}” is not in {words}");
        }
        let same = world.revise(TARGET, &form, &[("effective_on", "2026-01-01")]).await;
        assert!(world.words(&world.cast.staff, &same).await.contains("与现在的内容相同"));
        assert_eq!(read_number(&world.db, "SELECT COUNT(*) FROM audit WHERE action = 'revise-target'").await, 0);
        // Nobody else revises.
        let pairs: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(world.try_post(&world.cast.leader, TARGET, &pairs).await.status.as_u16(), 404);
        assert_eq!(read_number(&world.db, "SELECT COUNT(*) FROM targets WHERE officer_id IS NOT NULL").await, 0);
    }

    async fn a_typed_baseline_is_recorded_and_revised(place: Place) {
        let world = World::begin(&place, TRAINING).await;
        let rows = "plan,indicator,org,period_end,value,document\ntraining,Q1,松山职业学院,2026-06-30,160/200,文 1\n";
        bihuan::services::imports::values::import_values(&world.db, rows.into(), usual_now(), false).await.unwrap();
        let leader = &world.cast.leader;
        assert!(world.words(leader, "/p/training/indicators/Q1").await.contains("待确定基数"));
        assert!(world.words(&world.cast.staff, "/p/training/indicators/Q1").await.contains("去填写"));
        let form = world.form("Q1", BASELINE).await;
        assert_eq!((form["on"].as_str(), form["effective_on"].as_str()), ("2024-12-31", "2025-01-01"));
        let back = world.revise(BASELINE, &form, &[("value", "101")]).await;
        assert!(world.words(&world.cast.staff, &back).await.contains("百分比应在 0 到 100 之间"));
        assert!(world.revise(BASELINE, &form, &[("value", "近70%")]).await.contains("done=saved"));
        let page = world.words(leader, "/p/training/indicators/Q1").await;
        assert!(page.contains("基数 近 70.0% 教委确定 截至 2024-12-31 松政办〔2026〕8 号"), "{page}");
        // 70 + 20 × 638 ÷ 1,095 = 81.6… on 2026-09-30.
        assert!(page.contains("应达 81.6 %，完成序时的 86%，差 1.6 %"), "{page}");
        let form = world.form("Q1", BASELINE).await;
        assert!(world.revise(BASELINE, &form, &[("value", "60"), ("effective_on", "2026-07-01"), ("reason", "口径调整")]).await.contains("done=saved"));
        let page = world.words(leader, "/p/training/indicators/Q1").await;
        assert!(page.contains("基数 60.0 % 教委确定") && page.contains("口径调整"), "{page}");
        let before = world.words(leader, "/p/training/indicators/Q1?as_of=2026-06-30").await;
        assert!(before.contains("基数 近 70.0%"), "it held until then: {before}");
        assert_eq!(read_number(&world.db, "SELECT COUNT(*) FROM baselines WHERE superseded_at IS NULL").await, 7);
        assert_eq!(read_number(&world.db, "SELECT COUNT(*) FROM audit WHERE action = 'revise-baseline'").await, 2);
        let stale = world.revise(BASELINE, &form, &[("value", "50"), ("effective_on", "2026-08-01")]).await;
        assert!(world.words(&world.cast.staff, &stale).await.contains("已有人记录了另一次修订"));
        // F1, P1, L1, R1, R2 and the two of Q1.
        let list = world.words(&world.cast.staff, "/p/training/manage/targets").await;
        assert!(list.contains("Q1 已修订 2 次") && list.contains("60.0% 教委确定") && list.contains("无，按直线推算"), "{list}");
    }
}
