//! Stories of staff who change a plan's definition: through the pages, as a browser without scripts sees them.

mod desk;
mod files;
mod parties;

use axum::http::StatusCode;
use bihuan::services::plan_files::{BEIJING_2025, XIONG_COUNTY_2017, import_plan_file};
use desk::{Desk, change_fields, read_form, words_of};

use crate::{
    fixtures::{Cast, add_small_plan, at, usual_now},
    support::{Place, change, read_number, read_texts},
};

const GROUNDS: [(&str, &str); 2] = [("reason", "按新文件调整"), ("document", "松教〔2026〕12号")];

/// Beijing's plan, the cast, and a desk of staff.
async fn begin(place: &Place) -> (Cast, Desk) {
    let cast = Cast::assemble(&place.db).await;
    import_plan_file(&place.db, BEIJING_2025, at("2025-01-02 09:00")).await.unwrap();
    let desk = Desk::sign_in(place, &cast.staff, "zh-CN").await;
    (cast, desk)
}

/// The fields of a change with its grounds.
fn with_grounds<'a>(fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    fields.iter().copied().chain(GROUNDS).collect()
}

/// The part of a page below its history's heading.
fn history(html: &str) -> String {
    words_of(html.split("id=\"history\"").nth(1).unwrap_or_else(|| panic!("no history in {html}")))
}

async fn count_audit(place: &Place) -> i64 {
    read_number(&place.db, "SELECT COUNT(*) FROM audit").await
}

stories! {
    async fn the_plan_gets_another_name_and_its_history_says_who_when_and_why(place: Place) {
        let (_, desk) = begin(&place).await;
        let page = "/p/bj-2025/manage/plan";
        assert!(history(&desk.open(page).await).contains("从文件导入"));
        let after = desk.fill(page, "change_plan", &with_grounds(&[("short_zh", "北京职教行动计划"), ("cadence", "half-year")])).await;
        assert!(after.contains("已保存"), "{after}");
        let told = history(&after);
        for words in ["修改 · staff", "2026-10-12 09:00", "理由：按新文件调整", "文号：松教〔2026〕12号", "北京职业教育三年行动计划 2025—2027", "北京职教行动计划", "每季度", "每半年"] {
            assert!(told.contains(words), "{words} in {told}");
        }
        assert!(!told.contains("发布单位"), "what did not change is not told: {told}");
        assert_eq!(read_texts(&place.db, "SELECT cadence FROM plans").await, ["half-year"]);
        let audit = read_texts(&place.db, "SELECT before_state || after_state FROM audit WHERE action = 'change-plan'").await.remove(0);
        assert!(audit.contains("\"short_zh\":\"北京职教行动计划\"") && audit.contains("\"document\":\"松教〔2026〕12号\""), "{audit}");
        // The same again is no change.
        let rows = count_audit(&place).await;
        desk.fill(page, "change_plan", &with_grounds(&[])).await;
        assert_eq!(count_audit(&place).await, rows);
    }

    async fn a_new_plan_is_filled_through_its_pages(place: Place) {
        let (cast, desk) = begin(&place).await;
        let page = "/p/bj-2025/manage/plan?new=1";
        let wrong = [("code", "bj-2025"), ("name_zh", "北京职业教育数字化行动"), ("starts_on", "2028-01-01"), ("ends_on", "2027-12-31")];
        let back = desk.fill(page, "create_plan", &wrong).await;
        for field in ["code", "short_zh", "issuer_zh", "ends_on", "document", "reason"] {
            assert!(back.contains(&format!("id=\"create_plan-{field}-error\"")), "{field}: {back}");
        }
        assert!(back.contains("value=\"北京职业教育数字化行动\""), "nothing typed is lost");
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM plans").await, 1);

        let right = [("code", "digital-2028"), ("name_zh", "北京职业教育数字化行动"), ("short_zh", "数字化行动 2028—2029"), ("issuer_zh", "北京市教育委员会"),
            ("starts_on", "2028年1月1日"), ("ends_on", "2029-12-31"), ("cadence", "half-year")];
        let made = desk.fill(page, "create_plan", &with_grounds(&right)).await;
        assert!(history(&made).contains("新增 · staff") && history(&made).contains("松教〔2026〕12号"), "{}", history(&made));
        let leader = Desk::sign_in(&place, &cast.leader, "zh-CN").await;
        assert!(leader.read("/p/bj-2025/cockpit").await.contains("数字化行动 2028—2029"), "the switcher leads to it");
        for empty in ["cockpit", "indicators", "tasks", "roster", "pledges"] {
            leader.open(&format!("/p/digital-2028/{empty}")).await;
        }

        let area = [("code", "1"), ("name_zh", "数字校园"), ("short_zh", "数字校园"), ("place", "1")];
        desk.fill("/p/digital-2028/manage/areas?new=1", "create_area", &with_grounds(&area)).await;
        let task = [("code", "1.1"), ("area", "1"), ("title_zh", "建设数字校园"), ("deliverable_zh", "数字校园"), ("effect_zh", "成效")];
        desk.fill("/p/digital-2028/manage/tasks?new=1", "create_task", &with_grounds(&task)).await;
        let indicator = [("code", "D01"), ("area", "1"), ("name_zh", "数字校园"), ("unit_zh", "个"), ("measure", "level"), ("direction", "rising"), ("scale", "0"),
            ("tasks.1.1", "on"), ("wording", "10个"), ("form", "at-least"), ("n", "10")];
        let made = desk.fill("/p/digital-2028/manage/indicators?new=1", "create_indicator", &with_grounds(&indicator)).await;
        assert!(history(&made).contains("新增 · staff"), "{made}");
        assert!(leader.read("/p/digital-2028/indicators").await.contains("数字校园"));
        let tasks = leader.read("/p/digital-2028/tasks").await;
        assert!(tasks.contains("建设数字校园") && tasks.contains("2028-01-01 至 2029-12-31"), "{tasks}");
    }

    async fn a_retired_plan_leaves_the_switcher_and_stays_readable(place: Place) {
        let (cast, desk) = begin(&place).await;
        import_plan_file(&place.db, XIONG_COUNTY_2017, usual_now()).await.unwrap();
        let leader = Desk::sign_in(&place, &cast.leader, "zh-CN").await;
        let offers = |page: String| page.split("class=\"menu plan-name\"").nth(1).is_some_and(|menu| menu.contains("/p/xiongxian-2017/"));
        let published = async || leader.get("/api/v1/plans").await.body().contains("xiongxian-2017");
        assert!(offers(leader.open("/p/bj-2025/cockpit").await) && published().await);
        let page = "/p/xiongxian-2017/manage/plan";
        let back = desk.fill(page, "retire_part", &[("reason", ""), ("document", "")]).await;
        assert!(back.contains("-reason-error\"") && back.contains("-document-error\""), "{back}");
        let retired = desk.fill(page, "retire_part", &GROUNDS).await;
        assert!(history(&retired).contains("停用 · staff") && words_of(&retired).contains("2026-10-12 停用"), "{}", words_of(&retired));
        assert!(!offers(leader.open("/p/bj-2025/cockpit").await) && !published().await);
        assert!(leader.open("/p/xiongxian-2017/indicators").await.contains("X01"), "its pages stay");
        assert!(leader.read("/p/xiongxian-2017/indicators").await.contains("雄县职教中心案例 2017—2024（已停用）"), "and say what they are of");
        let refused = desk.fill("/p/bj-2025/manage/plan", "retire_part", &GROUNDS).await;
        assert!(words_of(&refused).contains("在用的行动计划只有这一个"), "{refused}");
        let home = leader.get("/").await;
        assert_eq!(home.location(), "/p/bj-2025/cockpit", "nobody begins with a retired plan");
        assert!(desk.read("/p/bj-2025/manage/plan").await.contains("xiongxian-2017 2026-10-12 停用"));
        let kept = desk.fill(page, "change_plan", &with_grounds(&[("short_zh", "改一个停用的")])).await;
        assert!(words_of(&kept).contains("这个行动计划已停用，没有任何改动") && kept.contains("value=\"改一个停用的\""), "{}", words_of(&kept));
        let again = desk.fill(page, "revive_part", &GROUNDS).await;
        assert!(history(&again).contains("恢复使用 · staff"), "{}", history(&again));
        assert!(offers(leader.open("/p/bj-2025/cockpit").await) && published().await);
    }

    async fn a_refused_change_comes_back_with_everything_typed_and_its_errors(place: Place) {
        let (_, desk) = begin(&place).await;
        let rows = count_audit(&place).await;
        let typed = [("name_zh", ""), ("short_zh", "改了一半的名称"), ("cadence", "weekly"), ("reason", ""), ("document", "")];
        let back = desk.fill("/p/bj-2025/manage/plan", "change_plan", &typed).await;
        assert!(back.contains("value=\"改了一半的名称\""), "what was typed is there: {back}");
        for field in ["name_zh", "cadence", "document", "reason"] {
            assert!(back.contains(&format!("id=\"change_plan-{field}-error\"")), "an error at {field}: {back}");
        }
        assert!(!back.contains("id=\"change_plan-short_zh-error\""));
        assert_eq!(count_audit(&place).await, rows);
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM plans WHERE short_zh = '改了一半的名称'").await, 0);
    }

    async fn who_comes_second_sees_what_the_first_changed_and_keeps_what_was_typed(place: Place) {
        let (cast, desk) = begin(&place).await;
        let page = "/p/bj-2025/manage/tasks?edit=4.5";
        let opened = read_form(&desk.open(page).await, "change_task");
        let other = Desk::sign_in(&place, &cast.staff_2, "zh-CN").await;
        other.fill(page, "change_task", &with_grounds(&[("title_zh", "第一位改的标题")])).await;
        let mine = change_fields(opened, &with_grounds(&[("title_zh", "第二位改的标题"), ("effect_zh", "我写的成效")]));
        let back = desk.send_and_follow("change_task", &mine).await;
        let words = words_of(&back);
        assert!(words.contains("内容已被他人修改") && words.contains("您打开页面之后的改动"), "{words}");
        assert!(words.contains("第一位改的标题"), "what changed is shown: {words}");
        assert!(back.contains("value=\"第二位改的标题\"") && back.contains("我写的成效</textarea>"), "what was typed is kept");
        assert_eq!(read_texts(&place.db, "SELECT title_zh FROM tasks WHERE code = '4.5'").await, ["第一位改的标题"]);
        // The form that came back is made from what is there now.
        let again = read_form(&back, "change_task");
        desk.send_and_follow("change_task", &again).await;
        assert_eq!(read_texts(&place.db, "SELECT title_zh FROM tasks WHERE code = '4.5'").await, ["第二位改的标题"]);
    }

    async fn only_staff_find_these_pages(place: Place) {
        let (cast, _) = begin(&place).await;
        for who in [&cast.leader, &cast.lead, &cast.owner_a, &cast.system, &cast.security, &cast.audit] {
            let desk = Desk::sign_in(&place, who, "zh-CN").await;
            for page in ["plan", "areas", "indicators", "tasks", "tasks?edit=1.1", "files", "plan.toml", "plan.zip"] {
                assert_eq!(desk.get(&format!("/p/bj-2025/manage/{page}")).await.status, StatusCode::NOT_FOUND, "{} {page}", who.username());
            }
            let rows = count_audit(&place).await;
            let fields: Vec<(String, String)> = [("plan", "bj-2025"), ("short_zh", "x")].map(|(a, b)| (a.to_owned(), b.to_owned())).into();
            for action in ["change_plan", "create_area", "change_area", "create_indicator", "change_indicator", "create_task", "change_task", "retire_part", "revive_part"] {
                assert_eq!(desk.post(action, &fields).await.status, StatusCode::NOT_FOUND, "{} {action}", who.username());
            }
            assert_eq!(desk.upload("/p/bj-2025/manage/import", &GROUNDS, b"[plan]").await.status, StatusCode::NOT_FOUND, "{}", who.username());
            assert_eq!(count_audit(&place).await, rows);
        }
    }

    async fn the_cadence_stays_once_a_period_was_opened(place: Place) {
        let cast = Cast::assemble(&place.db).await;
        add_small_plan(&place.db, &cast).await;
        let desk = Desk::sign_in(&place, &cast.staff, "zh-CN").await;
        let page = desk.open("/p/songshan/manage/plan").await;
        assert!(words_of(&page).contains("已开放过填报期，填报频率不能再改") && !page.contains("name=\"cadence\""));
        let back = desk.fill("/p/songshan/manage/plan", "change_plan", &with_grounds(&[("cadence", "year")])).await;
        assert!(words_of(&back).contains("已经开放过填报期，填报频率不能再改"), "{back}");
        assert_eq!(read_texts(&place.db, "SELECT cadence FROM plans").await, ["quarter"]);
        let saved = desk.fill("/p/songshan/manage/plan", "change_plan", &with_grounds(&[("issuer_zh", "松山市教委")])).await;
        assert!(history(&saved).contains("松山市教委"));
    }

    async fn areas_are_made_moved_renamed_and_retired(place: Place) {
        let (_, desk) = begin(&place).await;
        let new = [("code", "9"), ("name_zh", "保障措施"), ("short_zh", "保障"), ("place", "2")];
        let bad = [("code", "1"), ("name_zh", "保障措施"), ("short_zh", ""), ("place", "2")];
        let back = desk.fill("/p/bj-2025/manage/areas?new=1", "create_area", &with_grounds(&bad)).await;
        assert!(words_of(&back).contains("这个代码已被使用") && back.contains("value=\"保障措施\""), "{back}");
        let made = desk.fill("/p/bj-2025/manage/areas?new=1", "create_area", &with_grounds(&new)).await;
        assert!(history(&made).contains("新增 · staff") && history(&made).contains("保障措施"), "{made}");
        let order = read_texts(&place.db, "SELECT code FROM areas ORDER BY ordinal").await;
        assert_eq!(order, ["1", "9", "2", "3", "4", "5", "6", "7", "8"]);
        assert_eq!(read_number(&place.db, "SELECT COUNT(DISTINCT ordinal) FROM areas").await, 9);

        let moved = desk.fill("/p/bj-2025/manage/areas?edit=9", "change_area", &with_grounds(&[("place", "9"), ("name_en", "Support")])).await;
        assert!(history(&moved).contains("位次 2 9") && history(&moved).contains("Support"), "{}", history(&moved));
        assert_eq!(read_texts(&place.db, "SELECT code FROM areas ORDER BY ordinal").await.last().unwrap(), "9");
        let offers = async || desk.open("/p/bj-2025/manage/tasks?new=1").await.contains("9 保障措施");
        assert!(offers().await, "new things can belong to it");

        // An area with indicators and tasks in use stays.
        let back = desk.fill("/p/bj-2025/manage/areas?edit=5", "retire_part", &GROUNDS).await;
        let words = words_of(&back);
        assert!(words.contains("还不能停用") && words.contains("T10、T11、T12、T13、5.1"), "{words}");
        assert!(back.contains("按新文件调整</textarea>"), "the reason is kept");
        let back = desk.fill("/p/bj-2025/manage/areas?edit=9", "retire_part", &[("reason", ""), ("document", "")]).await;
        assert!(back.contains("retire_part-area.9-reason-error") && back.contains("retire_part-area.9-document-error"), "{back}");
        let retired = desk.fill("/p/bj-2025/manage/areas?edit=9", "retire_part", &GROUNDS).await;
        assert!(history(&retired).contains("停用 · staff") && words_of(&retired).contains("2026-10-12 停用"), "{retired}");
        assert!(desk.read("/p/bj-2025/manage/areas").await.contains("保障措施"), "and stays in the list of staff");
        assert!(!offers().await, "nothing new belongs to it");
        let revived = desk.fill("/p/bj-2025/manage/areas?edit=9", "revive_part", &GROUNDS).await;
        assert!(history(&revived).contains("恢复使用 · staff"), "{revived}");
        assert!(offers().await);
    }

    async fn an_indicator_is_made_with_its_target_changed_and_retired(place: Place) {
        let (_, desk) = begin(&place).await;
        let page = "/p/bj-2025/manage/indicators?new=1";
        let wrong = [("code", "T 17"), ("area", "6"), ("name_zh", "产业学院"), ("unit_zh", "个"), ("measure", "roster"), ("direction", "rising"), ("scale", "1"),
            ("wording", "30个"), ("form", "range"), ("n", "30"), ("high", "20"), ("target_on", "2027-13-01")];
        let back = desk.fill(page, "create_indicator", &with_grounds(&wrong)).await;
        let words = words_of(&back);
        for words_at in ["代码最多 40 个字符", "小数位数为 0", "至少计入一种认定事项", "上限不能低于下限", "没有 13 月", "请至少勾选一项任务"] {
            assert!(words.contains(words_at), "{words_at} in {words}");
        }
        assert!(back.contains("value=\"产业学院\"") && back.contains("value=\"T 17\""), "what was typed is kept");
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM indicators").await, 16);

        let right = [("code", "T17"), ("area", "6"), ("name_zh", "产业学院"), ("unit_zh", "个"), ("measure", "roster"), ("direction", "rising"), ("scale", "0"),
            ("counts.industry-college", "on"), ("counts.craftsman-college", "on"), ("tasks.6.4", "on"),
            ("wording", "不少于30个"), ("form", "at-least"), ("n", "30"), ("high", ""), ("target_on", "")];
        let made = desk.fill(page, "create_indicator", &with_grounds(&right)).await;
        assert!(history(&made).contains("新增 · staff") && words_of(&made).contains("关联的任务：6.4"), "{made}");
        let listed = desk.read("/p/bj-2025/indicators").await;
        assert!(listed.contains("产业学院"), "{listed}");
        let shown = desk.read("/p/bj-2025/indicators/T17").await;
        assert!(shown.contains("不少于30个") && shown.contains("教委确定"), "{shown}");
        let origin = read_texts(&place.db, "SELECT t.provenance || t.date_provenance || t.target_on || t.document FROM targets t JOIN indicators i ON i.id = t.indicator_id WHERE i.code = 'T17'").await;
        assert_eq!(origin, ["commissionderived2027-12-31松教〔2026〕12号"]);
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM rulings r JOIN indicators i ON i.id = r.indicator_id WHERE i.code = 'T17' AND r.provenance = 'derived'").await, 2);

        let edit = "/p/bj-2025/manage/indicators?edit=T17";
        let changed = desk.fill(edit, "change_indicator", &with_grounds(&[("name_zh", "产业学院和工匠学院"), ("unit_zh", "所"), ("area", "4")])).await;
        let told = history(&changed);
        for words in ["中文名称 产业学院 产业学院和工匠学院", "计量单位 个 所", "所属主要任务 6 4"] {
            assert!(told.contains(words), "{words} in {told}");
        }
        let counts = desk.fill(edit, "change_indicator", &with_grounds(&[("-counts.craftsman-college", ""), ("needs_stage_ruling", "on")])).await;
        assert!(history(&counts).contains("industry-college、craftsman-college industry-college"), "{}", history(&counts));

        let retired = desk.fill(edit, "retire_part", &GROUNDS).await;
        assert!(history(&retired).contains("停用 · staff"), "{retired}");
        for page in ["/p/bj-2025/indicators", "/p/bj-2025/cockpit", "/p/bj-2025/tasks/6.4", "/p/bj-2025/manage/rulings"] {
            assert!(!desk.read(page).await.contains("产业学院和工匠学院"), "{page}");
        }
        assert!(desk.read("/p/bj-2025/manage/indicators").await.contains("产业学院和工匠学院"));
        let revived = desk.fill(edit, "revive_part", &GROUNDS).await;
        assert!(history(&revived).contains("恢复使用"), "{revived}");
        assert!(desk.read("/p/bj-2025/indicators").await.contains("产业学院和工匠学院"));
    }

    async fn how_an_indicator_is_measured_stays_once_numbers_were_recorded_by_it(place: Place) {
        let cast = Cast::assemble(&place.db).await;
        add_small_plan(&place.db, &cast).await;
        let desk = Desk::sign_in(&place, &cast.staff, "zh-CN").await;
        let edit = "/p/songshan/manage/indicators?edit=T01";
        // A target with a number is kept in units of the scale.
        let back = desk.fill(edit, "change_indicator", &with_grounds(&[("measure", "level"), ("scale", "1"), ("-counts.centre/municipal", "")])).await;
        assert!(back.contains("id=\"change_indicator-T01-scale-error\"") && !back.contains("id=\"change_indicator-T01-measure-error\""), "{back}");
        change(
            &place.db,
            &format!(
                "INSERT INTO stock_takes (id, indicator_id, taken_on, reason, document, officer_id, recorded_at)
                 VALUES ('st', 'indicator', '2026-01-01', '', '', '{}', 1)",
                cast.staff.account()
            ),
        )
        .await;
        let back = desk.fill(edit, "change_indicator", &with_grounds(&[("measure", "level"), ("direction", "falling"), ("unit_zh", "处"), ("name_zh", "新名称")])).await;
        let words = words_of(&back);
        assert!(words.contains("记录的数据，计量单位不能再改：不同单位的数不能混在一起"), "{words}");
        assert!(words.contains("已有按现在方式记录的数据，不能再改"), "{words}");
        for field in ["measure", "direction", "unit_zh"] {
            assert!(back.contains(&format!("id=\"change_indicator-T01-{field}-error\"")), "{field}: {back}");
        }
        assert!(back.contains("value=\"新名称\""));
        let saved = desk.fill(edit, "change_indicator", &with_grounds(&[("name_zh", "新名称")])).await;
        assert!(history(&saved).contains("实践中心 新名称"), "names can still change: {}", history(&saved));
    }

    async fn a_task_that_is_the_last_one_of_an_indicator_stays(place: Place) {
        let (_, desk) = begin(&place).await;
        // Beijing's plan links T12 to 5.3 as well, but T14 and T15 to 6.5 only.
        let saved = desk.fill("/p/bj-2025/manage/tasks?edit=5.1", "change_task", &with_grounds(&[("-indicators.T12", "")])).await;
        assert!(history(&saved).contains("T10、T11、T12、T13 T10、T11、T13"), "{}", history(&saved));
        let back = desk.fill("/p/bj-2025/manage/tasks?edit=6.5", "change_task", &with_grounds(&[("-indicators.T14", "")])).await;
        assert!(words_of(&back).contains("每项指标至少关联一项任务：T14 只关联了这一项"), "{back}");
        let back = desk.fill("/p/bj-2025/manage/tasks?edit=6.5", "retire_part", &GROUNDS).await;
        assert!(words_of(&back).contains("每项指标至少关联一项任务：T14、T15 只关联了这一项"), "{back}");
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM tasks WHERE retired_at IS NOT NULL").await, 0);

        // Another task takes the indicators over, then it can go.
        let new = [("code", "6.6"), ("area", "6"), ("title_zh", "新的产教融合任务"), ("deliverable_zh", "成果"), ("effect_zh", "成效")];
        let boxes: Vec<String> = ["T14", "T15"].iter().map(|code| format!("indicators.{code}")).collect();
        let ticked: Vec<(&str, &str)> = new.into_iter().chain(boxes.iter().map(|name| (name.as_str(), "on"))).collect();
        let made = desk.fill("/p/bj-2025/manage/tasks?new=1", "create_task", &with_grounds(&ticked)).await;
        assert!(history(&made).contains("T14、T15"), "{made}");
        assert!(desk.read("/p/bj-2025/tasks/6.6").await.contains("新的产教融合任务"));
        let retired = desk.fill("/p/bj-2025/manage/tasks?edit=6.5", "retire_part", &GROUNDS).await;
        assert!(history(&retired).contains("停用 · staff"), "{}", words_of(&retired));
        let title = read_texts(&place.db, "SELECT title_zh FROM tasks WHERE code = '6.5'").await.remove(0);
        assert!(!desk.read("/p/bj-2025/tasks").await.contains(&title), "it leaves the timetable");
        let kept = desk.read("/p/bj-2025/tasks/6.5").await;
        assert!(kept.contains(&title) && kept.contains("2026-10-12 停用"), "and stays reachable: {kept}");
        // Now the new one is the last.
        let back = desk.fill("/p/bj-2025/manage/tasks?edit=6.6", "retire_part", &GROUNDS).await;
        assert!(words_of(&back).contains("T14、T15 只关联了这一项"), "{}", words_of(&back));
        desk.fill("/p/bj-2025/manage/tasks?edit=6.5", "revive_part", &GROUNDS).await;
        assert!(desk.read("/p/bj-2025/tasks").await.contains(&title));
    }

    async fn a_task_with_an_open_loop_is_not_retired(place: Place) {
        let cast = Cast::assemble(&place.db).await;
        add_small_plan(&place.db, &cast).await;
        // A second task, so that the indicator is not left alone.
        change(
            &place.db,
            "INSERT INTO tasks (id, plan_id, area_id, code, ordinal, title_zh, title_en, deliverable_zh, deliverable_en, effect_zh, effect_en,
                                source_zh)
             VALUES ('task-2', 'plan', 'area', '1.2', 2, '另一项任务', '', '', '', '', '', '');
             INSERT INTO task_dates (id, task_id, starts_on, due_on, provenance, effective_on, reason, document, recorded_at)
             VALUES ('dates-2', 'task-2', '2025-01-01', '2027-12-31', 'text', '2025-01-01', '', '', 1);
             INSERT INTO task_indicators (task_id, indicator_id) VALUES ('task-2', 'indicator')",
        )
        .await;
        let desk = Desk::sign_in(&place, &cast.staff, "en").await;
        let edit = "/p/songshan/manage/tasks?edit=1.1";
        let back = desk.fill(edit, "retire_part", &GROUNDS).await;
        assert!(words_of(&back).contains("Its loops are still open in 2026Q3"), "{}", words_of(&back));
        for (id, organisation) in [("fa", &cast.owning_a), ("fb", &cast.owning_b)] {
            change(
                &place.db,
                &format!(
                    "INSERT INTO feedbacks (id, period_id, task_id, organisation_id, kind, text, given_by, given_at, closed_at)
                     VALUES ('{id}', 'period', 'task', '{organisation}', 'acknowledged', '', '{}', 1, 2)",
                    cast.staff.account()
                ),
            )
            .await;
        }
        let retired = desk.fill(edit, "retire_part", &GROUNDS).await;
        assert!(history(&retired).contains("Retired · staff"), "{}", words_of(&retired));
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM tasks WHERE retired_at IS NOT NULL").await, 1);
        // Sent again, the first form is answered as it was; a new one is told that it is so already.
        let again = change_fields(read_form(&desk.open(edit).await, "revive_part"), &GROUNDS);
        let back = desk.send_and_follow("retire_part", &again).await;
        assert!(words_of(&back).contains("1.1"), "{back}");
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM audit WHERE action = 'retire-task'").await, 1);
    }

    async fn what_a_file_changed_stands_in_the_history_of_its_object(place: Place) {
        let (_, desk) = begin(&place).await;
        let file = BEIJING_2025.replacen("short_zh = \"立德树人\"", "short_zh = \"德育\"", 1);
        import_plan_file(&place.db, file, usual_now()).await.unwrap();
        let told = history(&desk.open("/p/bj-2025/manage/areas?edit=1").await);
        assert!(told.contains("从文件导入 · 服务器命令行") && told.contains("中文简称 立德树人 德育"), "{told}");
        let other = history(&desk.open("/p/bj-2025/manage/areas?edit=2").await);
        assert!(other.contains("还没有修改记录"), "{other}");
    }

    async fn a_changed_organisation_has_reason_document_and_history(place: Place) {
        let cast = Cast::assemble(&place.db).await;
        let desk = Desk::sign_in(&place, &cast.system, "zh-CN").await;
        let edit = format!("/admin/organisations?edit={}", cast.owning_a);
        let back = desk.fill(&edit, "change_organisation", &[("name_zh", "松山职业大学"), ("reason", ""), ("document", "")]).await;
        assert!(back.contains("value=\"松山职业大学\""), "{back}");
        assert_eq!(back.matches("class=\"error-text\"").count(), 2, "reason and document are asked for: {back}");
        let opened = read_form(&desk.open(&edit).await, "change_organisation");
        let saved = desk.fill(&edit, "change_organisation", &with_grounds(&[("name_zh", "松山职业大学"), ("parent", cast.commission.as_str())])).await;
        let told = history(&saved);
        for words in ["修改 · admin-sys", "松山职业学院 松山职业大学", "上级单位 （空） 松山市教育委员会", "理由：按新文件调整", "文号：松教〔2026〕12号"] {
            assert!(told.contains(words), "{words} in {told}");
        }
        let stale = desk.send_and_follow("change_organisation", &change_fields(opened, &with_grounds(&[("district", "海淀区")]))).await;
        assert!(words_of(&stale).contains("您打开页面之后的改动") && words_of(&stale).contains("松山职业大学"), "{stale}");
        let back = desk.fill(&edit, "retire_organisation", &GROUNDS).await;
        assert!(words_of(&back).contains("还不能停用"), "{back}");
        change(&place.db, &format!("UPDATE accounts SET disabled_at = 1 WHERE organisation_id = '{}'", cast.owning_a)).await;
        let retired = desk.fill(&edit, "retire_organisation", &GROUNDS).await;
        assert!(history(&retired).contains("停用 · admin-sys"), "{}", words_of(&retired));
    }
}
