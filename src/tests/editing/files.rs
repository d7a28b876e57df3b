//! Stories of a plan's way out and in: what is exported, taken in by an empty system and exported there again is the same.

use std::time::Duration;

use axum::http::StatusCode;
use bihuan::{
    commands,
    config::CommandLine,
    domain::permissions::Permission,
    services::{
        child::ChildReader,
        editing::{
            AreaInput, AreaState, Grounds, PartInput, PartKind, TaskInput, change_task, create_area, create_task, read_definition,
            set_part_retired, write_seen,
        },
        plan_files::{BEIJING_2025, Loaded, SHIPPED, export_plan, import_plan_file, load_shipped_plans},
        plans::list_plan_heads,
        rulings::{RulingInput, list_ruled_indicators, record_ruling},
        verify::{Inspection, verify},
        visit::PlanHead,
    },
    store::{Db, connect},
};
use clap::Parser;

use super::desk::{Desk, words_of};
use crate::{
    fixtures::{Cast, at, usual_now},
    support::{Place, change, read_number, read_texts},
};

/// A further, empty system beside the story's.
pub(super) async fn open_other(place: &Place, name: &str) -> Db {
    let db = connect(&format!("sqlite://{}", place.data_dir.join(name).display())).await.unwrap();
    db.migrate().await.unwrap();
    db
}

async fn head_of(db: &Db) -> PlanHead {
    list_plan_heads(&mut db.read().await.unwrap()).await.unwrap().remove(0)
}

fn grounds() -> Grounds {
    Grounds { reason: "含引号 \"与\" 反斜杠 \\ 的理由".to_owned(), document: "=SUM(A1)".to_owned() }
}

/// Beijing's plan after two years of work: rulings, revisions, milestones, baselines, retired parts, odd characters.
async fn live_two_years(db: &Db) {
    let cast = Cast::assemble(db).await;
    import_plan_file(db, BEIJING_2025, at("2025-01-02 09:00")).await.unwrap();
    let (head, actor) = (head_of(db).await, cast.staff.require(Permission::ManagePlans).unwrap());
    let ruled = list_ruled_indicators(&mut db.read().await.unwrap(), &head, usual_now().date_in("Asia/Shanghai")).await.unwrap();
    let t05 = ruled.iter().find(|indicator| indicator.row.code == "T05").unwrap();
    for (kind, value) in [("counting-stage", "approved"), ("tolerance", "1")] {
        let former = t05.rulings.iter().find(|ruling| ruling.kind.as_str() == kind).map(|ruling| ruling.id.clone()).unwrap_or_default();
        let input = RulingInput {
            indicator: "T05".to_owned(),
            kind: kind.to_owned(),
            former,
            value: value.to_owned(),
            decided_on: "2026-03-01".to_owned(),
            document: "松教〔2026〕8号".to_owned(),
            reason: "第一行\n第二行\t制表".to_owned(),
            ..RulingInput::default()
        };
        record_ruling(db, &actor, at("2026-03-02 10:11"), &head, input).await.unwrap();
    }
    let area = AreaInput {
        code: "9".to_owned(),
        name_zh: "'撇号开头，\u{200b}零宽 🎓".to_owned(),
        short_zh: "@保障".to_owned(),
        grounds: grounds(),
        ..AreaInput::default()
    };
    create_area(db, &actor, at("2026-04-01 09:00"), &head, area).await.unwrap();
    let task = TaskInput {
        code: "9.1".to_owned(),
        area: "9".to_owned(),
        title_zh: "-5 以“减号”开头".to_owned(),
        deliverable_zh: "第一行\n\"第二行\", 逗号；\n# 不是注释".to_owned(),
        effect_zh: "+成效".to_owned(),
        indicators: vec!["T07".to_owned(), "T16".to_owned()],
        grounds: grounds(),
        ..TaskInput::default()
    };
    create_task(db, &actor, at("2026-04-02 09:00"), &head, task).await.unwrap();
    let definition = read_definition(db, &head).await.unwrap();
    let task = definition.task("9.1").unwrap();
    let changed = TaskInput {
        seen: write_seen(&definition.task_state(task)).unwrap(),
        code: "9.1".to_owned(),
        area: "9".to_owned(),
        title_zh: task.title_zh.clone(),
        deliverable_zh: task.deliverable_zh.clone(),
        effect_zh: task.effect_zh.clone(),
        grounds: grounds(),
        ..TaskInput::default()
    };
    change_task(db, &actor, at("2026-04-03 09:00"), &head, changed).await.unwrap();
    for (kind, code) in [(PartKind::Task, "9.1"), (PartKind::Area, "9"), (PartKind::Indicator, "T13")] {
        let definition = read_definition(db, &head).await.unwrap();
        let seen = match kind {
            PartKind::Plan => unreachable!("not in the list"),
            PartKind::Area => write_seen(&AreaState::from(definition.area(code).unwrap())),
            PartKind::Indicator => write_seen(&definition.indicator_state(definition.indicator(code).unwrap())),
            PartKind::Task => write_seen(&definition.task_state(definition.task(code).unwrap())),
        };
        let input = PartInput { kind, code: code.to_owned(), seen: seen.unwrap(), grounds: grounds() };
        set_part_retired(db, &actor, at("2026-05-01 09:00"), &head, input, true).await.unwrap();
    }
    // What other pages record: a revised target, milestones, a time limit, and an indicator of decimals with its baselines.
    let officer = cast.staff.account();
    let t07 = read_texts(db, "SELECT id FROM indicators WHERE code = 'T07'").await.remove(0);
    let t14 = read_texts(db, "SELECT id FROM indicators WHERE code = 'T14'").await.remove(0);
    let (plan, area) = (head.id.as_str(), read_texts(db, "SELECT id FROM areas WHERE code = '2'").await.remove(0));
    let task = read_texts(db, "SELECT id FROM tasks WHERE code = '2.1'").await.remove(0);
    let sql = format!(
        "UPDATE targets SET superseded_at = 1772000000123 WHERE indicator_id = '{t14}';
         INSERT INTO targets (id, indicator_id, wording_zh, wording_en, form, target_on, provenance, date_provenance, effective_on, reason,
                              document, officer_id, recorded_at)
         VALUES ('t14-b', '{t14}', '25个左右', '', '{{\"about\":{{\"n\":25,\"tolerance\":0}}}}', '2027-06-30', 'commission', 'commission',
                 '2026-01-01', '调整', '文', '{officer}', 1772000000123);
         INSERT INTO milestones (id, indicator_id, on_date, value, provenance, effective_on, reason, document, officer_id, recorded_at,
                                 superseded_at)
         VALUES ('m1', '{t07}', '2025-12-31', 90, 'commission', '2025-01-01', '', '文', '{officer}', 1750000000001, 1760000000002),
                ('m2', '{t07}', '2025-12-31', 100, 'commission', '2025-06-01', '', '文', '{officer}', 1760000000002, NULL),
                ('m3', '{t07}', '2026-12-31', 200, 'commission', '2025-06-01', '', '文', '{officer}', 1760000000002, NULL);
         INSERT INTO indicators (id, plan_id, area_id, code, ordinal, name_zh, name_en, unit_zh, unit_en, measure, direction, scale,
                                 source_zh, needs_stage_ruling)
         VALUES ('rate', '{plan}', '{area}', 'S01', 99, '满意度', 'Satisfaction', '%', '', 'level', 'rising', 2, '', 0);
         INSERT INTO targets (id, indicator_id, wording_zh, wording_en, form, target_on, provenance, date_provenance, effective_on, reason,
                              document, recorded_at)
         VALUES ('rate-t', 'rate', '提升到 89%', '', '{{\"at-least\":8900}}', '2027-12-31', 'text', 'derived', '2025-01-01', '', '', 5);
         INSERT INTO baselines (id, indicator_id, on_date, dated, value, qualifier, provenance, reason, document, recorded_at)
         VALUES ('rate-b', 'rate', '2024-12-31', 'year', 6250, 'nearly', 'text', '', '文', 5);
         INSERT INTO accepted_values (id, indicator_id, period_end, dated, value, numerator, denominator, source, document, recorded_at,
                                      superseded_at)
         VALUES ('v1', 'rate', '2025-12-31', 'year', 7000, NULL, NULL, '某校', '某报 2026', 1760000000001, 1770000000001),
                ('v2', 'rate', '2025-12-31', 'year', 7100, 71, 100, '某校', '某报 2026 更正', 1770000000001, NULL);
         INSERT INTO task_bodies (task_id, ordinal, name_zh, name_en) VALUES ('{task}', 1, '某市教委', ''), ('{task}', 2, '=某局', 'A bureau');
         INSERT INTO timetable_items (id, task_id, project_id, kind, code, name_zh, name_en, deliverable_zh, deliverable_en, created_at,
                                      retired_at)
         VALUES ('p1', '{task}', NULL, 'project', '项目1', '校舍改造', '', '新校舍', '', 1760000000001, NULL),
                ('p2', '{task}', 'p1', 'milestone', '', '开工', 'Begun', '', '', 1760000000001, NULL),
                ('p3', '{task}', NULL, 'milestone', '', '挂牌', '', '', '', 1760000000001, 1770000000001);
         INSERT INTO timetable_dates (id, item_id, starts_on, due_on, provenance, effective_on, reason, document, officer_id, recorded_at,
                                      superseded_at)
         VALUES ('pd1', 'p1', '2025-03-01', '2026-11-30', 'commission', '2025-03-01', '', '文', '{officer}', 1760000000001, NULL),
                ('pd2', 'p1', '2025-03-01', '2027-01-31', 'commission', '2026-01-01', '延期', '文', '{officer}', 1770000000001, NULL),
                ('pd3', 'p2', '2025-06-01', '2025-06-01', 'commission', '2025-03-01', '', '文', '{officer}', 1760000000001, NULL),
                ('pd4', 'p3', '2026-06-01', '2026-06-01', 'text', '2025-03-01', '', '文', NULL, 1760000000001, NULL);
         INSERT INTO task_indicators (task_id, indicator_id) VALUES ('{task}', 'rate');
         INSERT INTO task_dates (id, task_id, starts_on, due_on, provenance, effective_on, reason, document, officer_id, recorded_at)
         VALUES ('d2', '{task}', '2025-03-01', '2026-12-31', 'commission', '2026-02-01', '提前', '文', '{officer}', 1770000000000)",
    );
    change(db, &sql).await;
}

/// Exports, takes both forms in by empty systems, exports there: the files are the same, byte by byte.
async fn travel(place: &Place, from: &Db, empty: [(&str, &Db); 2]) {
    let first = export_plan(from, "bj-2025").await.unwrap();
    let zip = first.write_zip().unwrap();
    assert_eq!(zip, export_plan(from, "bj-2025").await.unwrap().write_zip().unwrap(), "an export is the same whenever it is made");
    for ((name, db), content) in empty.into_iter().zip([first.toml.clone().into_bytes(), zip]) {
        let loaded = import_plan_file(db, content.clone(), usual_now()).await;
        assert!(matches!(loaded, Ok(Loaded::Created { .. })), "{name}: {loaded:?}\n{}", first.toml);
        let second = export_plan(db, "bj-2025").await.unwrap();
        assert_eq!(second.toml, first.toml, "{name}");
        assert_ne!(second.head.1, first.head.1, "the chains are different ones");
        let again = import_plan_file(db, content, usual_now()).await.unwrap();
        assert!(matches!(again, Loaded::Unchanged { .. }), "{name}: {again:?}");
        let verdict = verify(db, Inspection { data_dir: &place.data_dir, now: usual_now(), head: Some(&second.head.1) }).await.unwrap();
        assert!(verdict.findings.is_empty(), "{name}: {:?}", verdict.findings);
    }
}

stories! {
    async fn beijings_plan_travels_through_files_unchanged(place: Place) {
        let other = open_other(&place, "other.sqlite").await;
        let third = open_other(&place, "third.sqlite").await;
        import_plan_file(&third, BEIJING_2025, at("2025-01-02 09:00")).await.unwrap();
        travel(&place, &third, [("this", &place.db), ("other", &other)]).await;
        let toml = export_plan(&place.db, "bj-2025").await.unwrap().toml;
        assert_eq!(toml.matches("\n[[task]]\n").count(), 55);
        assert_eq!(toml.matches("\n[[recognition]]\n").count(), 20);
        // The file that ships still says nothing else than its export.
        assert!(matches!(import_plan_file(&place.db, BEIJING_2025, usual_now()).await.unwrap(), Loaded::Unchanged { .. }));
    }

    async fn every_plan_that_ships_travels_from_the_system_that_holds_them_all(place: Place) {
        load_shipped_plans(&place.db, at("2025-01-02 09:00")).await.unwrap();
        // One is no longer used: it arrives as such.
        change(&place.db, "UPDATE plans SET retired_at = 1770000000123 WHERE code = 'xiongxian-2017'").await;
        let (other, third) = (open_other(&place, "other.sqlite").await, open_other(&place, "third.sqlite").await);
        let codes = read_texts(&place.db, "SELECT code FROM plans ORDER BY imported_at").await;
        assert_eq!(codes.len(), SHIPPED.len());
        let mut exports = Vec::new();
        for code in &codes {
            let first = export_plan(&place.db, code).await.unwrap();
            let zip = first.write_zip().unwrap();
            for (db, content) in [(&other, first.toml.clone().into_bytes()), (&third, zip.clone())] {
                let loaded = import_plan_file(db, content, usual_now()).await;
                assert!(matches!(loaded, Ok(Loaded::Created { .. })), "{code}: {loaded:?}");
            }
            exports.push((code, first.toml, zip));
        }
        // Compared when all are there: what one brings must not change what another is.
        for (code, toml, zip) in exports {
            for db in [&other, &third] {
                let there = export_plan(db, code).await.unwrap();
                assert_eq!(there.toml, toml, "{code}");
                assert!(there.write_zip().unwrap() == zip, "{code}");
                assert!(matches!(import_plan_file(db, toml.clone(), usual_now()).await.unwrap(), Loaded::Unchanged { .. }), "{code}");
            }
        }
        for db in [&other, &third] {
            assert_eq!(read_texts(db, "SELECT code FROM plans WHERE retired_at = 1770000000123").await, ["xiongxian-2017"]);
        }
    }

    async fn a_plan_after_two_years_leaves_with_everything(place: Place) {
        live_two_years(&place.db).await;
        let (other, third) = (open_other(&place, "other.sqlite").await, open_other(&place, "third.sqlite").await);
        travel(&place, &place.db, [("other", &other), ("third", &third)]).await;
        let toml = export_plan(&place.db, "bj-2025").await.unwrap().toml;
        for line in [
            "title_zh = \"-5 以“减号”开头\"",
            "deliverable_zh = \"第一行\\n\\\"第二行\\\", 逗号；\\n# 不是注释\"",
            "name_zh = \"'撇号开头，\\u200B零宽 🎓\"",
            "target = { form = \"at-least\", n = \"89.00\" }",
            "qualifier = \"nearly\"",
            "officer = \"staff\"",
            "dated = \"year\"",
            "bodies = [{ name_zh = \"某市教委\", name_en = \"\" }, { name_zh = \"=某局\", name_en = \"A bureau\" }]",
            "code = \"项目1\"",
            "project = \"项目1\"",
            "numerator = 71",
            "superseded_at = \"2026-02-25T06:13:20.123Z\"",
            "retired_at = \"2026-05-01T01:00:00.000Z\"",
        ] {
            assert!(toml.contains(line), "{line} in {toml}");
        }
        // Beijing's own file lacks what staff added, and nothing is deleted by file.
        assert!(import_plan_file(&place.db, BEIJING_2025, usual_now()).await.is_err());
    }

    async fn a_plan_after_two_years_is_taken_in_with_everything(place: Place) {
        let (other, third) = (open_other(&place, "other.sqlite").await, open_other(&place, "third.sqlite").await);
        live_two_years(&other).await;
        travel(&place, &other, [("this", &place.db), ("third", &third)]).await;
        let count = async |table: &str, db: &Db| read_number(db, &format!("SELECT COUNT(*) FROM {table}")).await;
        for table in [
            "targets",
            "milestones",
            "baselines",
            "rulings",
            "task_dates",
            "task_indicators WHERE superseded_at IS NULL",
            "areas",
            "indicators",
            "tasks",
            "accepted_values",
            "task_bodies",
            "timetable_items",
            "timetable_dates",
        ] {
            assert_eq!(count(table, &place.db).await, count(table, &other).await, "{table}");
        }
        assert_eq!(read_texts(&place.db, "SELECT DISTINCT officer_name FROM rulings WHERE provenance = 'commission'").await, ["staff"]);
        // What a number rests on is not changed by a changed export.
        let toml = export_plan(&place.db, "bj-2025").await.unwrap().toml;
        for (from, to, key) in [
            ("n = 25 }", "n = 24 }", "target_revision"),
            ("value = \"62.50\"", "value = \"62.60\"", "baseline_revision"),
            ("value = 100\n", "value = 101\n", "milestone"),
            ("due_on = \"2026-12-31\"", "due_on = \"2026-12-30\"", "time_limit"),
            ("value = \"71.00\"", "value = \"71.01\"", "value[2]"),
            ("name_zh = \"挂牌\"", "name_zh = \"揭牌\"", "item[2]"),
            ("value = \"approved\"", "value = \"applied\"", "ruling"),
            ("retired_at = \"2026-05-01T01:00:00.000Z\"", "retired_at = \"2026-05-01T01:00:00.001Z\"", "retired_at"),
        ] {
            assert!(toml.contains(from), "{from}");
            let refused = import_plan_file(&place.db, toml.replacen(from, to, 1), usual_now()).await.unwrap_err().to_string();
            assert!(refused.contains(&format!(".{key} (")), "{key}: {refused}");
        }
    }

    async fn a_plan_comes_in_through_the_browser_or_says_every_fault(place: Place) {
        let cast = Cast::assemble(&place.db).await;
        import_plan_file(&place.db, BEIJING_2025, at("2025-01-02 09:00")).await.unwrap();
        let desk = Desk::sign_in(&place, &cast.staff, "zh-CN").await;
        let address = "/p/bj-2025/manage/import";
        let grounds = [("reason", "新方案印发"), ("document", "松教〔2026〕20号")];
        let faulty = BEIJING_2025.replacen("code = \"bj-2025\"", "code = \"bj-2028\"", 1).replacen("cadence = \"quarter\"", "cadence = \"weekly\"", 1).replacen(
            "indicators = [\"T09\"]",
            "indicators = [\"T99\"]",
            1,
        );
        let answer = desk.upload(address, &grounds, faulty.as_bytes()).await;
        let back = desk.open(answer.location()).await;
        let words = words_of(&back);
        for expected in ["文件有 3 处错误", "plan.cadence", "“weekly”不在 month, quarter, half-year, year 之列", "没有指标 T99", "没有任务与它关联"] {
            assert!(words.contains(expected), "{expected} in {words}");
        }
        assert!(back.contains("新方案印发</textarea>") && back.contains("value=\"松教〔2026〕20号\""), "what was typed is kept");
        let english = Desk::sign_in(&place, &cast.staff, "en").await;
        assert!(words_of(&english.open(answer.location()).await).contains("`weekly` is none of month, quarter, half-year, year"));
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM plans").await, 1);

        // Reason, document and a file are needed.
        let answer = desk.upload(address, &[("reason", ""), ("document", "")], b"").await;
        let back = desk.open(answer.location()).await;
        assert_eq!(back.matches("class=\"error-text\"").count(), 3, "{back}");
        let answer = desk.upload(address, &grounds, &vec![b'#'; 9 * 1024 * 1024]).await;
        assert!(words_of(&desk.open(answer.location()).await).contains("文件超过 8 MB"));

        let other = open_other(&place, "other.sqlite").await;
        import_plan_file(&other, BEIJING_2025.replacen("code = \"bj-2025\"", "code = \"bj-2028\"", 1), usual_now()).await.unwrap();
        let zip = export_plan(&other, "bj-2028").await.unwrap().write_zip().unwrap();
        let answer = desk.upload(address, &grounds, &zip).await;
        let done = words_of(&desk.open(answer.location()).await);
        assert!(done.contains("已建立方案 bj-2028：8 个主要任务、16 项指标、55 项任务"), "{done}");
        let history = words_of(&desk.open("/p/bj-2028/manage/plan").await);
        assert!(history.contains("从文件导入 · staff") && history.contains("理由：新方案印发 · 文号：松教〔2026〕20号"), "{history}");
        let answer = desk.upload(address, &grounds, BEIJING_2025.as_bytes()).await;
        assert!(words_of(&desk.open(answer.location()).await).contains("方案 bj-2025 与文件一致，没有改动"));
        let changed = BEIJING_2025.replacen("short_zh = \"立德树人\"", "short_zh = \"德育\"", 1);
        let answer = desk.upload(address, &grounds, changed.as_bytes()).await;
        assert!(words_of(&desk.open(answer.location()).await).contains("方案 bj-2025 有 1 处改动"));
    }

    async fn a_file_that_asks_for_too_much_is_refused_at_its_field_and_the_server_goes_on(place: Place) {
        let cast = Cast::assemble(&place.db).await;
        import_plan_file(&place.db, BEIJING_2025, at("2025-01-02 09:00")).await.unwrap();
        let address = "/p/bj-2025/manage/import";
        let grounds = [("reason", "新方案印发"), ("document", "松教〔2026〕20号")];
        let usual = || ChildReader::of(env!("CARGO_BIN_EXE_bihuan"));
        let good = BEIJING_2025.replacen("short_zh = \"立德树人\"", "short_zh = \"德育\"", 1);
        // Millions of tables in a few megabytes of text, with the usual limits and with time as the only one; and a good file with next to
        // no limits.
        let bomb = format!("plan = [{}]", "{},".repeat(2_600_000));
        let short_time = ChildReader { memory_mb: 8 * 1024, cpu_seconds: 1, ..usual() };
        let no_memory = ChildReader { memory_mb: 1, ..usual() };
        let no_time = ChildReader { patience: Duration::ZERO, ..usual() };
        for (reader, content) in [(usual(), &bomb), (short_time, &bomb), (no_memory, &good), (no_time, &good)] {
            let desk = Desk::sign_in_with(&place, &cast.staff, "zh-CN", usual_now(), reader).await;
            let answer = desk.upload(address, &grounds, content.as_bytes()).await;
            let back = desk.open(answer.location()).await;
            let error = back.split("id=\"import_plan_file-file-error\"").nth(1).unwrap_or_else(|| panic!("no error at the file in {back}"));
            assert!(words_of(&format!("<p {error}")).contains("所需的内存或时间超出了限度"), "{error}");
            assert!(back.contains("新方案印发</textarea>") && back.contains("value=\"松教〔2026〕20号\""), "what was typed is kept");
            let english = Desk::sign_in(&place, &cast.staff, "en").await;
            assert!(words_of(&english.open(answer.location()).await).contains("asks for more memory or time than may be spent on it"));
        }
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM areas WHERE short_zh = '德育'").await, 0);
        let desk = Desk::sign_in(&place, &cast.staff, "zh-CN").await;
        let answer = desk.upload(address, &grounds, good.as_bytes()).await;
        assert!(words_of(&desk.open(answer.location()).await).contains("方案 bj-2025 有 1 处改动"));
    }

    async fn an_export_carries_the_head_of_the_chain_beside_it(place: Place) {
        let cast = Cast::assemble(&place.db).await;
        import_plan_file(&place.db, BEIJING_2025, at("2025-01-02 09:00")).await.unwrap();
        let desk = Desk::sign_in(&place, &cast.staff, "zh-CN").await;
        let head = read_texts(&place.db, "SELECT hash FROM audit_head").await.remove(0);
        let exported = export_plan(&place.db, "bj-2025").await.unwrap();
        for (ending, content) in [("toml", exported.toml.clone().into_bytes()), ("zip", exported.write_zip().unwrap())] {
            let answer = desk.get(&format!("/p/bj-2025/manage/plan.{ending}")).await;
            assert_eq!(answer.status, StatusCode::OK);
            assert_eq!(answer.headers["x-audit-head"].to_str().unwrap(), format!("1:{head}"));
            assert_eq!(answer.headers["content-disposition"].to_str().unwrap(), format!("attachment; filename=\"bj-2025.{ending}\""));
            assert!(answer.bytes == content, "{ending}");
        }
        assert!(!exported.toml.contains(&head), "it is not in the file");
        assert!(desk.read("/p/bj-2025/manage/files").await.contains(&format!("1 条，末条校验值 {head}")));
        assert_eq!(desk.get("/p/nothing/manage/plan.toml").await.status, StatusCode::NOT_FOUND);
    }

    async fn the_command_line_takes_a_plan_out_and_in(place: Place) {
        import_plan_file(&place.db, BEIJING_2025, at("2025-01-02 09:00")).await.unwrap();
        let expected = export_plan(&place.db, "bj-2025").await.unwrap();
        let data_dir = place.data_dir.to_str().unwrap().to_owned();
        let run = async |line: &[&str], url: &str| {
            let line = ["bihuan"].iter().chain(line).copied().chain(["--database-url", url, "--data-dir", &data_dir]);
            commands::run(CommandLine::try_parse_from(line).unwrap()).await
        };
        let other = format!("sqlite://{data_dir}/other.sqlite");
        for (ending, content) in [("toml", expected.toml.clone().into_bytes()), ("zip", expected.write_zip().unwrap())] {
            let file = format!("{data_dir}/plan.{ending}");
            assert_eq!(run(&["export", "plan", "bj-2025", &file], &place.url).await.unwrap(), 0);
            assert!(std::fs::read(&file).unwrap() == content, "{ending}");
            assert!(run(&["export", "plan", "bj-2025", &file], &place.url).await.is_err(), "a file that is there is not written over");
            assert_eq!(run(&["import-plan", &file], &other).await.unwrap(), 0);
        }
        assert!(run(&["export", "plan", "nothing", &format!("{data_dir}/x.toml")], &place.url).await.is_err());
        let there = connect(&other).await.unwrap();
        assert_eq!(export_plan(&there, "bj-2025").await.unwrap().toml, expected.toml);
        assert_eq!(read_number(&there, "SELECT COUNT(*) FROM audit").await, 1, "the second form of the same plan changed nothing");
    }
}
