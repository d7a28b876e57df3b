//! The plans that ship: their counts, their figures with their documents, and how one goes from one plan to another.
//! Invariant: a figure stands on a page as its document has it, and what a document does not say is not shown.

use axum::http::StatusCode;
use bihuan::{
    i18n::{Lang, Text},
    services::plan_files::{
        BEIJING_2025, BEIJING_TIANJIN_HEBEI_2023, FileProblem, Loaded, PlanFileError, SHIPPED, XIONG_COUNTY_2017, import_plan_file,
        load_shipped_plans,
    },
    store::Db,
};

use crate::{
    fixtures::{Cast, usual_now},
    reader::Reader,
    support::{Place, read_number, read_texts},
};

/// Plan, indicator, its figure in Chinese and in English as the page words it, and where it is published.
const FIGURES: &[(&str, &str, &str, &str, &str)] = &[
    ("jjj-2023", "J01", "202 所", "202 schools", "慧聪教育网，2023-10-10"),
    ("jjj-2023", "J02", "273 所", "273 schools", "慧聪教育网，2023-10-10"),
    ("jjj-2023", "J03", "15 所", "15 colleges", "慧聪教育网，2023-10-10"),
    ("jjj-2023", "J04", "16 个", "16 alliances", "慧聪教育网，2023-10-10"),
    ("jjj-2023", "J05", "10 所", "10 schools", "慧聪教育网，2023-10-10"),
    ("xiongxian-2017", "X01", "第 60 位", "60th", "中国教育在线，2025-09-24"),
    ("xiongxian-2017", "X02", "89%", "89%", "中国教育在线，2025-09-24"),
    ("xiongxian-2017", "X03", "40%", "40%", "中国教育在线，2025-09-24"),
    ("xiongxian-2017", "X04", "62 场", "62 lessons", "中国教育在线，2025-09-24"),
    ("xiongxian-2017", "X05", "25 门", "25 courses", "中国教育在线，2025-09-24"),
    ("xiongxian-2017", "X06", "132 项", "132 resources", "中国教育在线，2025-09-24"),
    ("xiongxian-2017", "X07", "210 人次", "210 person-times", "中国教育在线，2025-09-24"),
    ("xiongxian-2017", "X08", "3,500余人次", "more than 3,500 person-times", "中国教育在线，2025-09-24"),
    ("training-2020", "B01", "937 项", "937 programmes", "中国网，2025-07-08"),
    ("training-2020", "B02", "98 个", "98 programmes", "中国网，2025-07-08"),
    ("training-2020", "B03", "230,919 人次", "230,919 person-times", "中国网，2025-07-08"),
    ("training-2020", "B04", "18 个", "18 bases", "中国网，2025-07-08"),
    ("training-2020", "B05", "20余个", "more than 20 provinces", "中国网，2025-07-08"),
];

async fn faults(db: &Db, text: String) -> Vec<FileProblem> {
    match import_plan_file(db, text, usual_now()).await {
        Err(PlanFileError::Faulty(problems)) => problems,
        other => panic!("{other:?}"),
    }
}

fn changed(file: &str, from: &str, to: &str) -> String {
    assert!(file.contains(from), "{from}");
    file.replacen(from, to, 1)
}

stories! {
    async fn an_empty_database_starts_with_every_plan_that_ships(db: Db) {
        let loaded: Vec<String> = load_shipped_plans(&db, usual_now()).await.unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(
            loaded,
            [
                "plan bj-2025 is loaded: 8 areas, 16 indicators, 55 tasks",
                "plan jjj-2023 is loaded: 5 areas, 5 indicators, 17 tasks",
                "plan xiongxian-2017 is loaded: 5 areas, 8 indicators, 7 tasks",
                "plan training-2020 is loaded: 4 areas, 5 indicators, 10 tasks",
            ]
        );
        let measures = "SELECT DISTINCT measure FROM indicators ORDER BY measure";
        assert_eq!(read_texts(&db, measures).await, ["flow", "level", "rank", "roster"], "all four measures are in use");
        let unquantified = "SELECT DISTINCT t.form FROM targets t JOIN indicators i ON i.id = t.indicator_id WHERE i.measure <> 'roster'";
        assert_eq!(read_texts(&db, unquantified).await, ["\"unquantified\""]);
        for file in SHIPPED {
            let again = import_plan_file(&db, file.to_owned(), usual_now()).await.unwrap();
            assert!(matches!(again, Loaded::Unchanged { .. }), "{again:?}");
        }
        assert!(load_shipped_plans(&db, usual_now()).await.unwrap().is_empty());
        assert_eq!(read_number(&db, "SELECT COUNT(*) FROM audit").await, 4);
    }

    async fn the_default_rules_of_plans_are_said_in_english_too(db: Db) {
        load_shipped_plans(&db, usual_now()).await.unwrap();
        let kept = "SELECT reason FROM targets UNION SELECT reason FROM rulings UNION SELECT reason FROM task_dates ORDER BY reason";
        let rules = read_texts(&db, kept).await.into_iter().filter(|reason| reason.starts_with("默认规则")).collect::<Vec<_>>();
        assert_eq!(rules.len(), 4, "{rules:?}");
        for rule in rules {
            assert!(Text::new(Lang::En).kept_reason(&rule).starts_with("Default rule: "), "{rule}");
            assert_eq!(Text::new(Lang::Zh).kept_reason(&rule), rule);
        }
    }

    async fn every_figure_stands_on_its_page_with_its_document(place: Place) {
        load_shipped_plans(&place.db, usual_now()).await.unwrap();
        let cast = Cast::assemble(&place.db).await;
        let (zh, en) = (Reader::sign_in(&place, &cast.leader, "zh-CN").await, Reader::sign_in(&place, &cast.leader, "en").await);
        for (plan, code, in_chinese, in_english, document) in FIGURES {
            for (reader, figure) in [(&zh, in_chinese), (&en, in_english)] {
                let page = reader.read(&format!("/p/{plan}/indicators/{code}")).await;
                assert!(page.contains(figure) && page.contains(document), "{plan} {code} {figure}: {page}");
            }
        }
        for plan in ["jjj-2023", "xiongxian-2017", "training-2020"] {
            for (reader, column) in [(&zh, 2), (&en, 3)] {
                let (cockpit, list) = (reader.open(&format!("/p/{plan}/cockpit")).await, reader.open(&format!("/p/{plan}/indicators")).await);
                for page in [&cockpit, &list] {
                    assert!(!page.contains("class=\"light") && !page.contains("class=\"bullet"), "nothing has a light: {page}");
                    let words = crate::reader::words_of(page);
                    for figure in FIGURES.iter().filter(|figure| figure.0 == plan) {
                        let figure = if column == 2 { figure.2 } else { figure.3 };
                        assert!(words.contains(figure), "{plan} {figure}: {words}");
                    }
                }
            }
            assert!(zh.read(&format!("/p/{plan}/cockpit")).await.contains("均无数量目标"), "{plan}");
            assert!(zh.read(&format!("/p/{plan}/pledges")).await.contains("没有可认领的指标"), "{plan}");
        }
    }

    async fn nobody_is_late_where_nobody_is_responsible(place: Place) {
        load_shipped_plans(&place.db, usual_now()).await.unwrap();
        let cast = Cast::assemble(&place.db).await;
        let (zh, en) = (Reader::sign_in(&place, &cast.leader, "zh-CN").await, Reader::sign_in(&place, &cast.leader, "en").await);
        for plan in ["bj-2025", "jjj-2023", "xiongxian-2017", "training-2020"] {
            let tasks = read_number(&place.db, &format!("SELECT COUNT(*) FROM tasks t JOIN plans p ON p.id = t.plan_id WHERE p.code = '{plan}'")).await;
            for (reader, word) in [(&zh, "未落实责任单位"), (&en, "Nobody responsible")] {
                for as_of in ["", "&as_of=2030-01-01"] {
                    let page = reader.open(&format!("/p/{plan}/tasks?status=unassigned{as_of}")).await.replace("<!>", "");
                    let badges = page.matches(&format!("<span class=\"badge grey\">{word}</span>")).count();
                    assert_eq!(i64::try_from(badges).unwrap(), tasks, "{plan}: {page}");
                    assert!(!page.contains("bar overdue\"") && page.contains("bar unassigned\""), "{plan}: {page}");
                }
            }
        }
    }

    async fn a_falling_rank_is_an_improvement_and_what_is_not_dated_says_so(place: Place) {
        load_shipped_plans(&place.db, usual_now()).await.unwrap();
        let cast = Cast::assemble(&place.db).await;
        let (zh, en) = (Reader::sign_in(&place, &cast.leader, "zh-CN").await, Reader::sign_in(&place, &cast.leader, "en").await);
        for (reader, page, said) in [
            (&zh, "X01", "（2024 年）。从第 107 位到第 60 位，比 2017 年改善 47 位。"),
            (&en, "X01", "60th (2024). From 107th to 60th, improved by 47 places since 2017"),
            (&zh, "X02", "从 62% 到 89%，改善 27 个百分点（原文未注明日期）"),
            (&en, "X02", "improved by 27 percentage points (the document gives no dates)"),
            (&zh, "X02", "未注明日期（2025-09-24 公布）"),
            (&zh, "X01", "无量化目标"),
        ] {
            let words = reader.read(&format!("/p/xiongxian-2017/indicators/{page}")).await;
            assert!(words.contains(said), "{said}: {words}");
        }
        let rank = zh.open("/p/xiongxian-2017/indicators/X01").await;
        assert_eq!(crate::reader::words_of(&rank).matches("从第 107 位到第 60 位").count(), 1, "said once");
        assert!(!rank.contains("class=\"light") && !rank.contains("2017-12-31"), "no light, and no day that the text does not give");
        let before = zh.read("/p/xiongxian-2017/indicators/X01?as_of=2024-12-30").await;
        assert!(!before.contains("改善 47 位"), "{before}");
    }

    async fn a_task_names_the_bodies_of_all_three_regions(place: Place) {
        load_shipped_plans(&place.db, usual_now()).await.unwrap();
        let cast = Cast::assemble(&place.db).await;
        let zh = Reader::sign_in(&place, &cast.leader, "zh-CN").await;
        let shared = zh.read("/p/jjj-2023/tasks/2.1").await;
        assert!(["北京市教委", "天津市教委", "河北省教育厅"].iter().all(|body| shared.contains(body)), "{shared}");
        assert!(!zh.read("/p/bj-2025/tasks/4.5").await.contains("文件列出的单位"), "Beijing's plan names none");
    }

    async fn the_switcher_leads_to_the_same_page_and_the_plan_is_remembered(place: Place) {
        load_shipped_plans(&place.db, usual_now()).await.unwrap();
        let cast = Cast::assemble(&place.db).await;
        let zh = Reader::sign_in(&place, &cast.leader, "zh-CN").await;
        let start = zh.try_open("/").await;
        assert_eq!((start.status, start.location.as_str()), (StatusCode::SEE_OTHER, "/p/bj-2025/cockpit"), "Beijing's is the first");
        for (page, links) in [
            ("/p/bj-2025/cockpit", ["/p/jjj-2023/cockpit", "/p/xiongxian-2017/cockpit"]),
            ("/p/bj-2025/indicators/T07", ["/p/jjj-2023/indicators", "/p/training-2020/indicators"]),
            ("/p/bj-2025/tasks/4.5", ["/p/jjj-2023/tasks", "/p/xiongxian-2017/tasks"]),
        ] {
            let html = zh.open(page).await;
            for link in links {
                assert!(html.contains(&format!("href=\"{link}\"")), "{page} leads to {link}");
            }
            assert!(crate::reader::words_of(&html).contains("雄县职教中心案例 2017—2024"), "{page}");
        }
        zh.open("/p/xiongxian-2017/tasks").await;
        let last = format!("SELECT last_plan_code FROM accounts WHERE id = '{}'", cast.leader.account());
        assert_eq!(read_texts(&place.db, &last).await, ["xiongxian-2017"]);
        assert_eq!(zh.try_open("/").await.location, "/p/xiongxian-2017/cockpit");
    }

    async fn a_file_adds_values_and_never_changes_one(db: Db) {
        load_shipped_plans(&db, usual_now()).await.unwrap();
        let added = changed(
            XIONG_COUNTY_2017,
            "[[indicator]]\ncode = \"X02\"",
            "[[indicator.value]]\non = \"2023-12-31\"\ndated = \"year\"\nvalue = 66\ndocument = \"某报\"\n\n[[indicator]]\ncode = \"X02\"",
        );
        let Loaded::Changed { changes, .. } = import_plan_file(&db, added.clone(), usual_now()).await.unwrap() else { panic!("nothing changed") };
        assert_eq!(changes[0].to_string(), "indicator X01 value of 2023-12-31 added: 66 (某报)");
        assert!(matches!(import_plan_file(&db, added.clone(), usual_now()).await.unwrap(), Loaded::Unchanged { .. }));
        assert_eq!(read_number(&db, "SELECT COUNT(*) FROM accepted_values").await, 19);
        let missing = faults(&db, XIONG_COUNTY_2017.to_owned()).await;
        assert_eq!(missing[0].to_string(), "indicator[1].value (X01): that of 2023-12-31 is missing in the file; nothing is deleted by file");
        for (from, to, key) in [
            ("value = 60\n", "value = 59\n", "indicator[1].value[1]"),
            ("dated = \"year\", value = 107", "dated = \"year\", value = 108", "indicator[1].baseline"),
            ("dated = \"undated\", value = 62", "dated = \"day\", value = 62", "indicator[2].baseline"),
        ] {
            let found = faults(&db, changed(&added, from, to)).await;
            assert!(found.iter().any(|problem| problem.key == key), "{key}: {found:?}");
        }
    }

    async fn a_file_cannot_turn_person_times_into_persons(db: Db) {
        load_shipped_plans(&db, usual_now()).await.unwrap();
        let found = faults(&db, changed(XIONG_COUNTY_2017, "unit_zh = \"人次\"", "unit_zh = \"人\"")).await;
        let said: Vec<String> = found.iter().map(ToString::to_string).collect();
        let unit = "indicator[7].unit_zh (X07): is “人次” in the database, and numbers were recorded in it; the unit cannot be changed any more";
        assert_eq!(said, [unit]);
        // Of Beijing's courses no number was recorded yet.
        let text = changed(BEIJING_2025, "unit_zh = \"门\"", "unit_zh = \"个\"");
        let Loaded::Changed { changes, .. } = import_plan_file(&db, text, usual_now()).await.unwrap() else { panic!("nothing changed") };
        assert_eq!(changes[0].to_string(), "indicator T07 unit_zh: 门 -> 个");
    }

    async fn every_fault_of_a_value_is_named(db: Db) {
        let text = changed(BEIJING_TIANJIN_HEBEI_2023, "value = 202", "value = \"many\"")
            .replacen("value = 273\ndocument", "value = 273\ndated = \"soon\"\nqualifier = \"about\"\nnumerator = 3\ndocument", 1)
            .replacen("value = 15\ndocument = \"《合作办学迈入新阶段 京津冀签署教育协同发展行动计划》，慧聪教育网，2023-10-10\"\n", "value = -1\n", 1)
            .replacen("name_zh = \"天津市教委\", name_en", "name = \"天津市教委\", name_en", 1);
        let named: Vec<String> = faults(&db, text).await.iter().map(ToString::to_string).collect();
        for expected in [
            "indicator[1].value[1].value (J01): `many`: not a number",
            "indicator[2].value[1].dated (J02): `soon` is none of day, year, undated",
            "indicator[2].value[1].qualifier (J02): `about` is none of more-than, nearly, over",
            "indicator[2].value[1].denominator (J02): is missing",
            "indicator[2].value[1].denominator (J02): is not above 0",
            "indicator[3].value[1].document (J03): is missing",
            "task[8].bodies[2].name_zh (2.1): is missing",
            "task[8].bodies[2].name (2.1): is an unknown key",
        ] {
            assert!(named.iter().any(|line| line == expected), "{expected} in {named:#?}");
        }
        assert_eq!(named.len(), 8, "{named:#?}");
        assert_eq!(read_number(&db, "SELECT COUNT(*) FROM plans").await, 0);
    }
}
