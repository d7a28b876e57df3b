//! The domain's examples of targets and lights, read off the pages.

use axum::http::StatusCode;
use bihuan::{
    domain::words::{Stage, UnitKind},
    services::plan_files::BEIJING_2025,
};
use jiff::civil::{Date, date};
use serde_json::Value;

use super::World;
use crate::{
    fixtures::{begin_session, usual_now},
    machines::Site,
    support::Place,
};

const RECOGNISED: fn(Date) -> [(Stage, Date); 1] = |on| [(Stage::Recognised, on)];

impl World {
    /// What the indicator's page and the cockpit's table say on a day.
    async fn says(&self, code: &str, as_of: &str, sentences: &[&str]) {
        let page = self.words(&self.cast.leader, &self.plan.path(&format!("/indicators/{code}?as_of={as_of}"))).await;
        let cockpit = self.words(&self.cast.leader, &self.plan.path(&format!("/cockpit?as_of={as_of}"))).await;
        for sentence in sentences {
            assert!(page.contains(sentence), "{code} on {as_of}: “{sentence}” is not in {page}");
            assert!(cockpit.contains(sentence), "{code} on {as_of}: “{sentence}” is not in the cockpit: {cockpit}");
        }
    }
}

stories! {
    async fn t07_is_red_on_its_way_and_missed_on_its_last_day(place: Place) {
        let world = World::begin(&place, BEIJING_2025).await;
        world.take_stock("T07").await;
        world.add_units(1, UnitKind::Course, ("quality-course", ""), &RECOGNISED(date(2025, 10, 8))).await;
        world.says("T07", "2025-12-31", &["滞后", "应达 100 门，完成序时的 1%，差 99 门"]).await;
        world.add_units(269, UnitKind::Course, ("quality-course", ""), &RECOGNISED(date(2027, 6, 1))).await;
        world.says("T07", "2027-12-31", &["未达到", "2027-12-31 到期，实有 270 门，差 30 门"]).await;
        let cockpit = world.words(&world.cast.leader, "/p/bj-2025/cockpit?as_of=2027-12-31").await;
        assert!(cockpit.contains("未达到 · 数据较旧 2027-12-31 到期，实有 270 门，差 30 门"), "missed, not slightly behind: {cockpit}");
    }

    async fn t12_is_due_when_its_path_reaches_a_whole_university(place: Place) {
        let world = World::begin(&place, BEIJING_2025).await;
        world.take_stock("T12").await;
        world.says("T12", "2026-12-31", &["尚未到期", "按序时尚无应达数，2027-12-31 起应有进展"]).await;
        world.says("T12", "2027-12-31", &["未达到", "2027-12-31 到期，实有 0 所，差 1 所"]).await;
        let university = ("overseas-vocational-university", "");
        world.add_units(1, UnitKind::OverseasUniversity, university, &RECOGNISED(date(2026, 5, 1))).await;
        world.says("T12", "2026-12-31", &["已达到", "已有 1 所，达到目标 1 所"]).await;
        world.add_units(2, UnitKind::OverseasUniversity, university, &RECOGNISED(date(2026, 5, 1))).await;
        world.says("T12", "2026-12-31", &["已达到", "已有 3 所，超出目标范围上限"]).await;
    }

    async fn t05_keeps_its_wording_beside_the_tolerance(place: Place) {
        let world = World::begin(&place, BEIJING_2025).await;
        world.take_stock("T05").await;
        world.rule("T05", "counting-stage", "recognised").await;
        world.add_units(14, UnitKind::School, ("double-high-school", "municipal"), &RECOGNISED(date(2026, 3, 1))).await;
        world.says("T05", "2027-12-31", &["未达到", "2027-12-31 到期，实有 14 所，差 1 所", "15所左右"]).await;
        world.rule("T05", "tolerance", "1").await;
        world.says("T05", "2027-12-31", &["已达到", "已有 14 所，达到目标 14 所", "15所左右"]).await;
        let page = world.words(&world.cast.leader, "/p/bj-2025/indicators/T05").await;
        assert!(page.contains("15所左右 原文"), "the wording with its provenance: {page}");
        assert!(page.contains("容差 1 教委确定") && page.contains("口径〔2026〕2 号，2026-02-01"), "the ruling beside it: {page}");
    }

    async fn t14_is_one_short_and_yellow(place: Place) {
        let world = World::begin(&place, BEIJING_2025).await;
        world.take_stock("T14").await;
        world.add_units(2, UnitKind::Consortium, ("city-consortium", ""), &RECOGNISED(date(2025, 5, 1))).await;
        world.says("T14", "2025-06-30", &["略滞后", "应达 3 个，差 1 个"]).await;
    }

    async fn what_was_revoked_in_september_counts_in_june_and_not_after(place: Place) {
        let world = World::begin(&place, BEIJING_2025).await;
        world.take_stock("T07").await;
        let steps = [(Stage::Recognised, date(2026, 3, 1)), (Stage::Revoked, date(2026, 9, 1))];
        world.add_units(1, UnitKind::Course, ("quality-course", ""), &steps).await;
        world.says("T07", "2026-06-30", &["应达 149 门", "差 148 门"]).await;
        world.says("T07", "2026-09-30", &["应达 174 门", "差 174 门"]).await;
        let site = Site::open(&place, usual_now());
        let leader = begin_session(&place.db, world.cast.leader.account(), usual_now()).await;
        for (as_of, counted) in [("2026-06-30", "1"), ("2026-08-31", "1"), ("2026-09-01", "0"), ("2026-09-30", "0")] {
            let reply = site.browse(&leader, &format!("/api/v1/plans/bj-2025/indicators/T07?as_of={as_of}")).await;
            assert_eq!(reply.status, StatusCode::OK, "{}", reply.body);
            let told: Value = serde_json::from_str(&reply.body).unwrap();
            assert_eq!(told["indicator"]["actual"], counted, "{as_of}");
            let units = site.browse(&leader, &format!("/api/v1/plans/bj-2025/indicators/T07/units?shown=counted&as_of={as_of}")).await;
            let units: Value = serde_json::from_str(&units.body).unwrap();
            assert_eq!(units["total"].to_string(), counted, "{as_of}");
        }
    }

    async fn no_data_is_grey_and_t03_names_its_ruling(place: Place) {
        let world = World::begin(&place, BEIJING_2025).await;
        world.says("T01", "2026-09-30", &["暂无数据", "尚无已采信的数据"]).await;
        world.says("T03", "2026-09-30", &["待认定口径", "尚未认定从哪个阶段起计入"]).await;
        let page = world.words(&world.cast.leader, "/p/bj-2025/indicators/T01").await;
        assert!(!page.contains("0%"), "no data is not 0 %: {page}");
        let page = world.words(&world.cast.leader, "/p/bj-2025/indicators/T03").await;
        assert!(page.contains("待教委认定"), "{page}");
    }
}
