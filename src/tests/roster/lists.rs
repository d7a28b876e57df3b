//! The roster by filter and search, on the page and as a table.

use bihuan::{
    domain::words::{Level, Stage},
    services::imports::roster::import_roster,
    store::{
        name_shelves::find_named_units,
        roster_search::{RosterFilter, Window, find_units},
    },
};
use jiff::civil::date;

use super::{Answer, World};
use crate::{fixtures::usual_now, support::Place};

/// The units in the order of the page, by their links: a holder may bear the name of a unit.
fn names(page: &Answer, known: &[&str]) -> Vec<String> {
    let links = page.body.split("/roster/").skip(1).filter_map(|rest| rest.split_once('>')?.1.split_once("</a>"));
    links.map(|(said, _)| said.replace("<!>", "")).filter(|name| known.contains(&name.as_str())).collect()
}

/// A list that fits on one page says that it found what it shows.
fn assert_counts_what_it_lists(page: &Answer, query: &str) {
    let listed = names(page, &KNOWN).len() + usize::from(page.body.contains("=1+1课程"));
    assert!(page.text().contains(&format!("找到 {listed} 个单元")), "{query}: {}", page.text());
}

const KNOWN: [&str; 6] = ["北湖联合体", "松山职业学院", "东山联合体", "南湖联合体", "智能制造基础", "阿尔法课程"];

async fn fill(world: &World) {
    world.record("city-consortium", "", "北湖联合体", Stage::Recognised, "2025-06-01").await;
    world.record("city-consortium", "", "东山联合体", Stage::Approved, "2025-06-01").await;
    let school = world.record("double-high-school", "municipal", "松山职业学院", Stage::Recognised, "2025-06-01").await;
    world.step(&school, "double-high-school", Some(Level::National), Stage::Applied, "2026-03-01").await;
    let rows = "code,name,holder,district,recognition,stage,date,document\n\
                KC-1,智能制造基础,北湖职业学院,北湖区,quality-course,recognised,2024-05-01,x\n\
                ,阿尔法课程,北湖职业学院,北湖区,quality-course,approved,2024-05-01,x\n\
                ,阿尔法课程,北湖职业学院,北湖区,quality-course,recognised,2026-02-01,x\n\
                ,=1+1课程,北湖职业学院,北湖区,quality-course,approved,2026-01-01,x\n";
    import_roster(&world.db, rows.as_bytes().to_vec(), usual_now(), false).await.unwrap();
}

stories! {
    async fn filters_and_words_find_units_and_each_filter_can_be_taken_away(place: Place) {
        let world = World::begin(place).await;
        fill(&world).await;
        let b = world.cast.owning_b.to_string();
        let see = async |query: &[(&str, &str)]| {
            let query = serde_urlencoded::to_string(query).unwrap();
            world.see(&world.cast.leader, &world.path(&format!("/roster?{query}"))).await
        };
        // By pinyin: a, bei, dong, song, zhi.
        let all = see(&[]).await;
        assert_eq!(names(&all, &KNOWN), ["阿尔法课程", "北湖联合体", "东山联合体", "松山职业学院", "智能制造基础"]);
        all.assert_says("找到 6 个单元").assert_lacks("当前条件");
        for (query, found) in [
            (vec![("kind", "consortium")], vec!["北湖联合体", "东山联合体"]),
            (vec![("recognition", "city-consortium"), ("stage", "recognised")], vec!["北湖联合体"]),
            (vec![("level", "national")], vec!["松山职业学院"]),
            (vec![("level", "national"), ("stage", "recognised")], vec![]),
            (vec![("district", "北湖区")], vec!["阿尔法课程", "智能制造基础"]),
            (vec![("holder", b.as_str())], vec!["阿尔法课程", "智能制造基础"]),
            (vec![("indicator", "T14")], vec!["北湖联合体", "东山联合体"]),
            (vec![("indicator", "T14"), ("measure", "counted")], vec!["北湖联合体"]),
            (vec![("indicator", "T14"), ("measure", "pipeline")], vec!["东山联合体"]),
            (vec![("q", "联合")], vec!["北湖联合体", "东山联合体"]),
            (vec![("q", "东山　联合体")], vec!["东山联合体"]),
            (vec![("q", "ＫＣ－1")], vec!["智能制造基础"]),
            (vec![("q", "bhlht")], vec!["北湖联合体"]),
            (vec![("q", "%")], vec![]),
            (vec![("q", "没有")], vec![]),
            // As it stood on a day: the course was approved only, the school had not applied yet.
            (vec![("stage", "approved"), ("kind", "course"), ("as_of", "2026-01-31")], vec!["阿尔法课程"]),
            (vec![("level", "national"), ("as_of", "2026-01-31")], vec![]),
        ] {
            let page = see(&query).await;
            assert_eq!(names(&page, &KNOWN), found, "{query:?}");
            assert_counts_what_it_lists(&page, &format!("{query:?}"));
            if found.is_empty() {
                page.assert_says("没有符合条件的单元").assert_says("清除条件");
            }
        }
        // On the day before nothing of this was known.
        let then = see(&[("indicator", "T14"), ("measure", "counted"), ("known_at", "2026-10-11")]).await;
        assert_eq!(names(&then, &KNOWN), Vec::<String>::new());
        let page = see(&[("kind", "course"), ("district", "北湖区"), ("q", "kc")]).await;
        let said = page.text().replace(' ', "");
        assert!(said.contains("当前条件类别：课程×区：北湖区×查找：kc×"), "{said}");
        assert!(page.body.contains("/roster?district=%E5%8C%97%E6%B9%96%E5%8C%BA&amp;q=kc\""), "{}", page.body);
        page.assert_says("下载 CSV");
    }

    async fn a_search_by_shelves_finds_what_a_walk_along_the_list_finds(place: Place) {
        let world = World::begin(place).await;
        fill(&world).await;
        let mut tx = world.db.read().await.unwrap();
        let by_walking = |words: &[String], as_of| RosterFilter {
            facets: ["city-consortium:", "double-high-school:municipal", "quality-course:"].map(str::to_owned).to_vec(),
            stage: None,
            district: String::new(),
            holder: String::new(),
            words: words.to_vec(),
            named: None,
            touched: None,
            measure: None,
            standing: Vec::new(),
            as_of,
            known: None,
            is_past: true,
        };
        let window = Window { limit: 10, offset: 0, from_end: false };
        let mut found = Vec::new();
        for typed in ["联合", "程", "kc", "东 体", "=", "松山职业学院", "|", "没有", "a"] {
            let words: Vec<String> = typed.split(' ').map(str::to_owned).collect();
            for as_of in [date(2024, 6, 1), date(2026, 1, 31)] {
                let walk = by_walking(&words, as_of);
                let named = find_named_units(&mut tx, &words).await.unwrap();
                assert!(named.is_some(), "few shelves hold a name");
                let units = find_units(&mut tx, &RosterFilter { named, ..walk.clone() }, window).await.unwrap();
                assert_eq!(units, find_units(&mut tx, &walk, window).await.unwrap(), "{typed} on {as_of}");
                found.push(units.len());
            }
        }
        assert_eq!(found, [0, 2, 1, 2, 2, 3, 0, 1, 0, 0, 0, 1, 2, 6, 0, 0, 1, 1]);
    }

    async fn each_day_of_a_recognition_shows_the_stage_of_that_day(place: Place) {
        let world = World::begin(place).await;
        let unit = world.record("city-consortium", "", "北湖联合体", Stage::Nurtured, "2024-02-01").await;
        for (stage, on) in [
            (Stage::Applied, "2024-04-01"),
            (Stage::Approved, "2024-06-01"),
            // Two stages on one day: the later one is where it stands.
            (Stage::UnderConstruction, "2024-08-01"),
            (Stage::Recognised, "2024-08-01"),
            (Stage::Revoked, "2026-02-01"),
        ] {
            world.step(&unit, "city-consortium", None, stage, on).await;
        }
        world.step(&unit, "city-consortium", None, Stage::Applied, "2026-05-01").await;
        for (on, standing) in [
            ("2024-01-31", vec![]),
            ("2024-02-01", vec!["培育,2024-02-01"]),
            ("2024-05-31", vec!["申报,2024-04-01"]),
            ("2024-07-31", vec!["立项,2024-06-01"]),
            ("2024-08-01", vec!["认定,2024-08-01"]),
            ("2026-01-31", vec!["认定,2024-08-01"]),
            ("2026-02-01", vec!["撤销,2026-02-01"]),
            ("2026-05-01", vec!["撤销,2026-02-01", "申报,2026-05-01"]),
        ] {
            let table = world.see(&world.cast.leader, &world.path(&format!("/roster.csv?as_of={on}"))).await;
            let mut lines: Vec<&str> = table.body.lines().skip(1).filter_map(|line| line.split_once("市域产教联合体,,").map(|(_, rest)| rest)).collect();
            lines.sort_unstable_by_key(|line| line.split(',').next_back());
            assert_eq!(lines, standing, "{on}");
        }
        // Filtered by the stage of that day, and by one that came later.
        // With one recognition the numbers come from the rollups, with a second the unit is told apart.
        world.record("city-consortium", "", "东山联合体", Stage::Applied, "2024-06-01").await;
        let beside = world.record("city-consortium", "", "南湖联合体", Stage::Recognised, "2024-08-01").await;
        world.step(&beside, "city-consortium", None, Stage::Revoked, "2026-02-01").await;
        for (query, found) in [
            ("as_of=2024-03-31", 1),
            ("as_of=2024-06-01", 2),
            ("stage=applied&as_of=2024-06-01", 1),
            ("stage=applied", 2),
            ("stage=recognised&as_of=2025-06-01", 2),
            ("stage=revoked&as_of=2026-03-01&district=", 2),
            ("stage=approved&as_of=2024-07-31", 1),
            ("stage=recognised&as_of=2024-07-31", 0),
            ("stage=under-construction&as_of=2024-08-01", 0),
            ("q=bhlht&as_of=2024-01-31", 0),
        ] {
            let page = world.see(&world.cast.leader, &world.path(&format!("/roster?{query}"))).await;
            assert_eq!(names(&page, &KNOWN).len(), found, "{query}");
            assert_counts_what_it_lists(&page, query);
        }
        world.assert_sound().await;
    }

    async fn the_filtered_list_is_given_out_as_a_table_that_runs_nothing(place: Place) {
        let world = World::begin(place).await;
        fill(&world).await;
        let all = world.see(&world.cast.leader, &world.path("/roster.csv?kind=course")).await;
        let lines: Vec<&str> = all.body.trim_start_matches('\u{feff}').lines().collect();
        assert_eq!(
            lines,
            [
                "kind,code,name,holder,district,recognition,level,stage,date",
                "课程,,'=1+1课程,北湖职业学院,北湖区,精品课程,,立项,2026-01-01",
                "课程,,阿尔法课程,北湖职业学院,北湖区,精品课程,,认定,2026-02-01",
                "课程,KC-1,智能制造基础,北湖职业学院,北湖区,精品课程,,认定,2024-05-01",
            ]
        );
        let then = world.see(&world.cast.leader, &world.path("/roster.csv?kind=course&as_of=2025-12-31")).await;
        assert!(then.body.contains("阿尔法课程,北湖职业学院,北湖区,精品课程,,立项,2024-05-01"), "{}", then.body);
        let school = world.see(&world.cast.leader, &world.path("/roster.csv?kind=school")).await;
        assert_eq!(school.body.lines().count(), 3, "a line for each recognition: {}", school.body);
    }

    async fn a_long_list_goes_page_by_page_and_ends(place: Place) {
        let world = World::begin(place).await;
        let mut rows = String::from("name,holder,recognition,stage,date,document\n");
        for number in 100..221 {
            rows.push_str(&format!("课程{number},松山职业学院,quality-course,recognised,2024-05-01,x\n"));
        }
        import_roster(&world.db, rows.into_bytes(), usual_now(), false).await.unwrap();
        for (page, first, last) in [(1, "课程100", "课程149"), (3, "课程200", "课程220"), (9, "课程200", "课程220")] {
            let seen = world.see(&world.cast.leader, &world.path(&format!("/roster?page={page}"))).await;
            seen.assert_says("找到 121 个单元").assert_says(first).assert_says(last);
        }
        let behind = world.see(&world.cast.leader, &world.path("/indicators/T07?page=3")).await;
        behind.assert_says("课程200").assert_lacks("课程199");
    }

    async fn of_what_many_units_match_the_first_are_listed_and_the_table_holds_all(place: Place) {
        let world = World::begin(place).await;
        let mut rows = String::from("name,holder,recognition,stage,date,document\n");
        for number in 0..2_060 {
            rows.push_str(&format!("课程{number:04},松山职业学院,quality-course,recognised,2024-05-01,x\n"));
        }
        import_roster(&world.db, rows.into_bytes(), usual_now(), false).await.unwrap();
        let see = async |query: &str| world.see(&world.cast.leader, &world.path(&format!("/roster{query}"))).await;
        let limit = "这里只列出前 2000 个";
        // Without words the rollups know every number.
        see("?page=999").await.assert_says("找到 2060 个单元").assert_says("课程2059").assert_lacks(limit);
        see("?q=课程").await.assert_says("找到 2000 多个单元").assert_says(limit).assert_says("课程0049").assert_lacks("课程0050");
        see("?q=课程&page=999").await.assert_says("40 / 40").assert_says("课程1999").assert_lacks("课程2000");
        see("?q=课程0").await.assert_says("找到 1000 个单元").assert_lacks(limit);
        see("?q=课程0&page=20").await.assert_says("课程0950").assert_says("课程0999");
        see("?q=课程00&page=2").await.assert_says("找到 100 个单元").assert_says("课程0099").assert_lacks("课程0049");
        see("?indicator=T07&measure=counted&page=42").await.assert_says("找到 2060 个单元").assert_says("课程2059");
        let table = see(".csv?q=课程").await;
        assert_eq!(table.body.lines().count(), 2_061);
    }
}
