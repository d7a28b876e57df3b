//! Values of flow, level and rank: typed, understood, reviewed, counted, named.

use bihuan::{
    domain::report::ReportState,
    services::verify::{Inspection, verify},
};

use super::{TRAINING, World};
use crate::{
    fixtures::usual_now,
    machines::Site,
    support::{Place, read_number, read_texts},
};

const FILLED: [(&str, &str); 3] = [("narrative", "组织培训。"), ("percent_complete", "４０"), ("entry_keys", "")];

fn form<'f>(version: &'f str, intent: &'f str, values: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    FILLED.into_iter().chain([("version", version), ("intent", intent)]).chain(values.iter().copied()).collect()
}

stories! {
    async fn the_form_says_what_it_understood_and_refuses_what_it_cannot_be(place: Place) {
        let world = World::begin(&place, TRAINING).await;
        world.open("1.1").await;
        world.open_period().await;
        let owner = &world.cast.owner_a;
        let report = world.report_of(&world.cast.owning_a, "1.1").await;
        let page = format!("/p/training/reports/{report}");
        let values = [("values.F1", "23.0919万"), ("values.P1", "１，２００人"), ("numerators.Q1", "179"), ("denominators.Q1", "200")];
        world.post_report(owner, &report, &form("0", "save", &values)).await;
        let words = world.words(owner, &page).await;
        for said in ["识别为 230,919 人次", "识别为 1,200 人", "识别为 179 ÷ 200 = 89.5%", "识别为 40%"] {
            assert!(words.contains(said), "“{said}” is not in {words}");
        }
        assert!(world.english(owner, &page).await.contains("understood as 230,919 person-times"));
        // Plain numbers need no echo.
        world.post_report(owner, &report, &form("1", "save", &[("values.F1", "230,919人次"), ("values.L1", "89.5")])).await;
        assert!(!world.words(owner, &page).await.contains("识别为 230,919"));

        let wrong = [("values.F1", "230,919人"), ("values.P1", "230,919人次"), ("values.L1", "101"), ("values.R1", "0"), ("numerators.Q1", "201"), ("denominators.Q1", "200")];
        let location = world.post_report(owner, &report, &form("2", "submit", &wrong)).await;
        assert!(location.contains("check=1"), "{location}");
        let words = world.words(owner, &location).await;
        for said in [
            "这项指标的单位是“人次”，不能填“人”",
            "这项指标的单位是“人”，不能填“人次”",
            "百分比应在 0 到 100 之间",
            "位次从 1 开始",
            "分子不能大于分母",
        ] {
            assert!(words.contains(said), "“{said}” is not in {words}");
        }
        let html = world.html(owner, &location).await;
        assert!(html.contains("value=\"230,919人次\"") && html.contains("value=\"101\""), "what was typed is kept");
        assert_eq!(read_number(&world.db, "SELECT COUNT(*) FROM submissions").await, 0);
        assert_eq!(read_number(&world.db, "SELECT COUNT(*) FROM accepted_values").await, 0);
    }

    async fn a_value_waits_is_reviewed_and_counts_and_its_source_is_named(place: Place) {
        let world = World::begin(&place, TRAINING).await;
        world.open("1.1").await;
        world.open_period().await;
        let (owner, staff) = (&world.cast.owner_a, &world.cast.staff);
        let report = world.report_of(&world.cast.owning_a, "1.1").await;
        let values = [("values.F1", "20余万"), ("values.L1", "70.5%"), ("numerators.Q1", "179"), ("denominators.Q1", "200")];
        world.post_report(owner, &report, &form("0", "submit", &values)).await;
        let flow = "/p/training/indicators/F1?as_of=2026-10-12";
        let words = world.words(owner, flow).await;
        assert!(words.contains("待审的数值 1") && words.contains("200,000余人次 已提交"), "{words}");
        assert!(words.contains("截至这一天没有采信的数值") && words.contains("尚无已采信的数据"), "what waits does not count: {words}");
        assert!(world.words(&world.cast.leader, "/p/training/cockpit").await.contains("待审 1"));
        let told = Site::open(&place, usual_now()).told(world.cast.leader.account(), "/api/v1/plans/training/indicators/F1?as_of=2026-10-12").await;
        assert_eq!(told["indicator"]["awaiting_review"], 1, "a value that waits is told as the page tells it");
        // The reviewer reads what was typed and what it means.
        let words = world.words(staff, &format!("/p/training/reports/{report}")).await;
        assert!(words.contains("20余万 人次 识别为 200,000余人次") && words.contains("179 ÷ 200"), "{words}");
        world.accept(staff, &report).await;
        assert_eq!(read_number(&world.db, "SELECT COUNT(*) FROM submitted_values WHERE superseded_at IS NULL").await, 0);
        let words = world.words(owner, flow).await;
        // 120万 × 638 ÷ 1,095 is due on 2026-09-30.
        assert!(words.contains("应达 699178 人次，完成序时的 29%，差 499178 人次"), "{words}");
        assert!(words.contains("松山职业学院 2026-09-30 200,000余人次 计入 — 填报"), "{words}");
        let html = world.html(owner, flow).await;
        assert!(html.contains(&format!("/p/training/reports/{report}")), "its report is linked");
        assert!(html.contains("class=\"chart\"") || html.contains("<figure"), "beside its path");
        let html = world.html(&world.cast.owner_b, flow).await;
        assert!(html.contains("200,000余") && !html.contains(&format!("/p/training/reports/{report}")), "others see the value, not the report");
        // Level: 62.0 to 89.0, due 78.… on 2026-09-30.
        let words = world.words(owner, "/p/training/indicators/L1").await;
        assert!(words.contains("实际 70.5 %") && words.contains("滞后"), "{words}");
        let inspection = Inspection { data_dir: &place.data_dir, now: usual_now(), head: None };
        assert_eq!(verify(&world.db, inspection).await.unwrap().findings.len(), 0);
    }

    async fn rates_of_two_bodies_are_put_together_and_never_averaged(place: Place) {
        let world = World::begin(&place, TRAINING).await;
        world.open("1.1").await;
        world.open_period().await;
        let (a, b, staff) = (&world.cast.owner_a, &world.cast.owner_b, &world.cast.staff);
        let (of_a, of_b) = (world.report_of(&world.cast.owning_a, "1.1").await, world.report_of(&world.cast.owning_b, "1.1").await);
        world.post_report(a, &of_a, &form("0", "submit", &[("values.L1", "80"), ("numerators.Q1", "179"), ("denominators.Q1", "200")])).await;
        // A rate that is not kept in parts has one body, already while the first one waits for review.
        let location = world.post_report(b, &of_b, &form("0", "submit", &[("values.L1", "70")])).await;
        let words = world.words(b, &location).await;
        assert!(words.contains("这一期的数值已由 松山职业学院 1.1 填报，不能重复计入"), "{words}");
        world.post_report(b, &of_b, &form("1", "submit", &[("numerators.Q1", "1"), ("denominators.Q1", "100")])).await;
        world.accept(staff, &of_a).await;
        world.accept(staff, &of_b).await;
        let words = world.words(a, "/p/training/indicators/Q1").await;
        assert!(words.contains("实际 60.0 %"), "180 of 300, not the mean of 89.5 and 1.0: {words}");
        assert!(words.contains("89.5%（179 ÷ 200） 计入") && words.contains("1.0%（1 ÷ 100） 计入"), "{words}");
        assert!(words.contains("待确定基数"), "{words}");
    }

    async fn a_flow_counts_each_bodys_value_once(place: Place) {
        let world = World::begin(&place, TRAINING).await;
        world.open("1.1").await;
        world.open("1.2").await;
        world.open_period().await;
        let (a, b, staff) = (&world.cast.owner_a, &world.cast.owner_b, &world.cast.staff);
        let first = world.report_of(&world.cast.owning_a, "1.1").await;
        let second = world.report_of(&world.cast.owning_a, "1.2").await;
        let other = world.report_of(&world.cast.owning_b, "1.1").await;
        world.post_report(a, &first, &form("0", "submit", &[("values.F1", "100")])).await;
        let location = world.post_report(a, &second, &form("0", "submit", &[("values.F1", "100")])).await;
        assert!(world.words(a, &location).await.contains("已由 松山职业学院 1.1 填报"), "the same people for another task");
        world.post_report(b, &other, &form("0", "submit", &[("values.F1", "1千")])).await;
        world.post_report(b, &other, &form("1", "submit", &[("values.F1", "1,000")])).await;
        world.accept(staff, &first).await;
        world.accept(staff, &other).await;
        let words = world.words(a, "/p/training/indicators/F1").await;
        assert!(words.contains("实际 1100 人次"), "{words}");
        assert_eq!(read_texts(&world.db, "SELECT state FROM reports ORDER BY state").await, ["accepted", "accepted", ReportState::Draft.as_str()]);
    }
}
