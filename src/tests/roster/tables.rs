//! The roster from tables: checked, taken in as a whole, taken in again, given out.

use bihuan::{
    commands,
    config::CommandLine,
    services::{
        imports::{ImportError, roster::import_roster},
        rollups::complete_rollups,
    },
    store::with_tx,
};

use clap::Parser;

use super::World;
use crate::{
    fixtures::usual_now,
    support::{Place, change, read_number, read_texts},
};

const GOOD: &str = "kind,code,name,holder,district,recognition,level,stage,date,document
course,KC-1,智能制造基础,松山职业学院,,quality-course,municipal,approved,2024-03-01,松教〔2024〕1号
course,KC-1,智能制造基础,松山职业学院,,quality-course,municipal,recognised,2024-11-01,松教〔2024〕9号
,,北湖联合体,北湖职业学院,北湖区,市域产教联合体,,认定,2025年6月1日,松教〔2025〕3号
学校,,松山职业学院,松山职业学院,,“双高”学校,市级,立项,2025/3/1,松教〔2025〕2号
";

/// The same in Chinese, as a spreadsheet copies it, in another order of columns.
const CHINESE: &str = "名称\t所属单位\t认定事项\t级别\t阶段\t日期\t文号
智能制造 基础\t松山职业学院\t精品课程\t市级\t立项\t2024-03-01\t松教〔2024〕1号
北湖联合体\t北湖职业学院\tcity-consortium\t\trecognised\t2025-06-01\t松教〔2025〕3号
";

async fn import(world: &World, text: &str, dry_run: bool) -> Result<String, Vec<String>> {
    match import_roster(&world.db, text.as_bytes().to_vec(), usual_now(), dry_run).await {
        Ok(done) => Ok(done.to_string()),
        Err(ImportError::Faulty(problems)) => Err(problems.iter().map(ToString::to_string).collect()),
        Err(ImportError::Service(error)) => panic!("{error}"),
    }
}

stories! {
    async fn a_table_comes_in_as_a_whole_and_again_without_a_trace(place: Place) {
        let world = World::begin(place).await;
        let tried = import(&world, GOOD, true).await.unwrap();
        assert!(tried.contains("line 2: new: course “智能制造基础”, 松山职业学院: quality-course municipal approved 2024-03-01;"), "{tried}");
        assert!(tried.ends_with("nothing is written: 3 new units, 4 new stages, 0 rows unchanged"), "{tried}");
        assert_eq!(read_number(&world.db, "SELECT COUNT(*) FROM units").await, 0);
        assert_eq!(import(&world, GOOD, false).await.unwrap(), "3 new units, 4 new stages, 0 rows unchanged");
        assert_eq!(read_texts(&world.db, "SELECT district FROM units WHERE name_zh = '北湖联合体'").await, ["北湖区"]);
        world.see(&world.cast.leader, &world.path("/indicators/T07")).await.assert_says("已计入 1").assert_says("智能制造基础");
        world.see(&world.cast.leader, &world.path("/indicators/T14")).await.assert_says("已计入 1");
        let unit = world.unit_named("智能制造基础").await;
        world.see(&world.cast.leader, &world.path(&format!("/roster/{unit}"))).await.assert_says("由表格导入").assert_says("松教〔2024〕9号");
        // A name that came in by a table is held as any other.
        world.report(&world.cast.owner_a, &world.cast.owning_a, "北湖 联合体").await.assert_says("同一单元只计一次");
        world.assert_sound().await;

        let rows = read_number(&world.db, "SELECT COUNT(*) FROM audit").await;
        for again in [GOOD, CHINESE] {
            let said = import(&world, again, false).await.unwrap();
            assert!(said.starts_with("0 new units, 0 new stages"), "{said}");
        }
        assert_eq!(read_number(&world.db, "SELECT COUNT(*) FROM audit").await, rows, "what changes nothing leaves no row");
        let more = "name,holder,recognition,level,stage,date,document\n“双高”学校甲,松山职业学院,double-high-school,national,applied,2026-01-01,x\n\
                    松山职业学院,松山职业学院,double-high-school,municipal,recognised,2026-02-01,松教〔2026〕2号\n";
        assert_eq!(import(&world, more, false).await.unwrap(), "1 new units, 2 new stages, 0 rows unchanged");
        world.see(&world.cast.leader, &world.path("/indicators/T05")).await.assert_says("已计入 1");
        world.assert_sound().await;
    }

    async fn every_faulty_row_is_named_and_nothing_comes_in(place: Place) {
        let world = World::begin(place).await;
        import(&world, GOOD, false).await.unwrap();
        let faulty = "kind,code,name,holder,district,recognition,level,stage,date,document
course,,一,没有这个单位,,quality-course,,recognised,2024-03-01,x
course,,二,松山职业学院,,quality-course,,认可,2024-13-01,
school,,三,松山职业学院,,quality-course,,recognised,2027-01-01,x
,,四,松山职业学院,,double-high-school,,recognised,2024-01-01,x
,,（——）,松山职业学院,,quality-course,,recognised,2024-01-01,x
,,五,松山职业学院,,quality-course,,merged,2024-01-01,x
,,六,松山职业学院
,,智能制造基础,松山职业学院,,quality-course,municipal,nurtured,2025-01-01,x
,,智能制造基础,松山职业学院,,quality-course,municipal,recognised,2024-11-01,别的文号
,KC-2,智能制造基础,松山职业学院,,quality-course,,applied,2025-01-01,x
,,北湖联合体,松山职业学院,,city-consortium,,recognised,2025-06-01,x
,kc－1,七,北湖职业学院,,quality-course,,recognised,2024-01-01,x
,,八,松山职业学院,甲区,quality-course,,approved,2024-01-01,x
,,八,松山职业学院,乙区,quality-course,,recognised,2024-02-01,x
,,八,松山职业学院,,quality-course,,approved,2024-01-01,x
";
        let problems = import(&world, faulty, false).await.unwrap_err();
        let expected = [
            "line 2, holder: no organisation has this name, or several have",
            "line 3, document: Fill this in",
            "line 3, stage: Choose one of the list",
            "line 3, date: There is no month 13",
            "line 4, date: The date cannot be later than today (2026-10-12)",
            "line 4, kind: This recognition is for things of the kind “Course”",
            "line 5, level: Fill this in",
            "line 6, name: The name holds no letter or character",
            "line 7, stage: a merger is recorded on the unit's page, where the other unit is chosen",
            "line 8: has 4 cells, and the first line names 10 columns",
            "line 9, stage: It has reached “Recognised” already; stages never go back",
            "line 10, document: the roster says “松教〔2024〕9号”; a table changes nothing that is recorded",
            "line 9, code: the roster says “KC-1”; a table changes nothing that is recorded",
            "line 12, name: the name or code is registered by 北湖职业学院",
            "line 13, code: the name or code is registered by 松山职业学院",
            "line 15, district: line 14 says “甲区”",
            "line 16: the same as line 14",
        ];
        for line in expected {
            assert!(problems.iter().any(|problem| problem.starts_with(line)), "{line}\n{}", problems.join("\n"));
        }
        assert_eq!(problems.len(), expected.len(), "{}", problems.join("\n"));
        assert_eq!(read_number(&world.db, "SELECT COUNT(*) FROM units").await, 3);
        for (text, problem) in [
            ("", "line 1: there is no row below the head"),
            ("name,nmae,name\n", "line 1, nmae: is none of the columns"),
            ("name,holder,recognition,stage,date\nx,y,z,a,b\n", "line 1, document: this column is missing"),
        ] {
            let problems = import(&world, text, true).await.unwrap_err();
            assert!(problems.contains(&problem.to_owned()), "{problems:?}");
        }
    }

    async fn faults_are_named_by_the_lines_a_spreadsheet_shows(place: Place) {
        let world = World::begin(place).await;
        let rows = [
            "name,holder,recognition,stage,date,document",
            "好课程,松山职业学院,quality-course,recognised,2024-03-01,x",
            "一,没有这个单位,quality-course,recognised,2024-03-01,x",
            "",
            "二,没有这个单位,quality-course,recognised,2024-03-01,\"松教\r\n〔2024〕1号\"",
            ",,,,,",
            "三,没有这个单位,quality-course,recognised,2024-03-01,x",
        ];
        for end in ["\n", "\r\n"] {
            let text = format!("\u{feff}{}{end}", rows.join(end).replace("\r\n", end));
            let lines: Vec<String> =
                import(&world, &text, true).await.unwrap_err().iter().map(|said| said.split(':').next().unwrap().to_owned()).collect();
            assert_eq!(lines, ["line 3, holder", "line 5, holder", "line 8, holder"], "lines end in {end:?}");
        }
        // Nothing but what is good: its line is told as well.
        let good = format!("{}\r\n\r\n{}\r\n", rows[0], rows[1]);
        let tried = import(&world, &good, true).await.unwrap();
        assert!(tried.starts_with("line 3: new: course “好课程”"), "{tried}");
    }

    async fn staff_paste_a_table_check_it_and_record_it(place: Place) {
        let world = World::begin(place).await;
        let staff = &world.cast.staff;
        let back = world.path("/manage/units?bulk=1");
        world.see(staff, &back).await.assert_says("成批登记").assert_says("达到的日期");
        let send = async |function: &str, rows: &str, reason: &str| {
            let fields = [("plan", world.plan.code.as_str()), ("rows", rows), ("reason", reason), ("back", back.as_str())];
            world.fill_in(staff, function, &fields).await
        };
        send("check_units", " ", "").await.assert_says("请填写");
        let bad = GOOD.replace("北湖职业学院,北湖区", "北湖学院,北湖区");
        let page = send("check_units", &bad, "存量").await;
        page.assert_says("有 1 处不对").assert_says("4 holder 没有这个单位");
        assert!(!page.body.contains("/fn/record_units"), "nothing to record");
        assert!(page.body.contains("智能制造基础,松山职业学院"), "what was pasted is kept");
        // Recording without a look writes nothing either.
        send("record_units", &bad, "存量").await.assert_says("有 1 处不对");
        let page = send("check_units", GOOD, "").await;
        page.assert_says("新增 3 个单元、4 个阶段").assert_says("全部登记").assert_says("智能制造基础 新增");
        assert_eq!(read_number(&world.db, "SELECT COUNT(*) FROM units").await, 0, "a check writes nothing");
        send("record_units", GOOD, "").await.assert_says("请填写");
        send("record_units", GOOD, "计划开始前的存量").await;
        assert_eq!(read_texts(&world.db, "SELECT DISTINCT reason FROM stage_steps").await, ["计划开始前的存量"]);
        assert_eq!(read_texts(&world.db, "SELECT reason FROM audit WHERE action = 'import-roster'").await, ["计划开始前的存量"]);
        send("check_units", GOOD, "再来").await.assert_says("没有新内容：4 行都已登记");
        world.see(staff, &world.path("/indicators/T07")).await.assert_says("已计入 1");
        world.assert_sound().await;
    }

    async fn a_large_file_is_kept_on_the_server_until_it_is_recorded(place: Place) {
        let world = World::begin(place).await;
        let staff = &world.cast.staff;
        let mut rows = String::from("\u{feff}name,holder,recognition,stage,date,document\n");
        for number in 0..2_000 {
            rows.push_str(&format!("课程{number},松山职业学院,quality-course,recognised,2024-05-01,松教〔2024〕{number}号\n"));
        }
        let upload = async |content: &[u8]| {
            let head = "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"rows.csv\"\r\nContent-Type: text/csv\r\n\r\n";
            let body = [head.as_bytes(), content, b"\r\n--edge--\r\n"].concat();
            let path = world.path("/manage/rows");
            let kind = Some("multipart/form-data; boundary=edge");
            let answer = world.request(staff, axum::http::Method::POST, &path, kind, body).await;
            world.see(staff, &answer.location).await
        };
        upload(b"\xB1\xB1\xBE\xA9").await.assert_says("不是 UTF-8 编码");
        // Without a file, what was pasted into the same form is checked.
        let pasted = "name,holder,recognition,stage,date,document\n课程甲,松山职业学院,quality-course,recognised,2024-05-01,松教〔2024〕1号";
        let part = |name: &str, content: &str| format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{content}\r\n");
        let body = format!("{}{}--edge--\r\n", part("rows", pasted), part("file", ""));
        let kind = Some("multipart/form-data; boundary=edge");
        let answer = world.request(staff, axum::http::Method::POST, &world.path("/manage/rows"), kind, body.into_bytes()).await;
        world.see(staff, &answer.location).await.assert_says("新增 1 个单元、1 个阶段").assert_lacks("请填写");
        let page = upload(rows.as_bytes()).await;
        page.assert_says("新增 2000 个单元、2000 个阶段").assert_says("已读入 2000 行");
        let (parked, back) = (page.value_of("parked"), world.path("/manage/units?bulk=1"));
        let fields =
            [("plan", world.plan.code.as_str()), ("parked", parked.as_str()), ("reason", "存量盘点"), ("back", back.as_str())];
        // What one officer uploaded is not another's to record.
        let body = serde_urlencoded::to_string(fields).unwrap().into_bytes();
        let kind = Some("application/x-www-form-urlencoded");
        world.request(&world.cast.staff_2, axum::http::Method::POST, "/fn/record_units", kind, body).await;
        assert_eq!(read_number(&world.db, "SELECT COUNT(*) FROM units").await, 0);
        world.fill_in(staff, "record_units", &fields).await;
        assert_eq!(read_number(&world.db, "SELECT COUNT(*) FROM units").await, 2_000);
        world.see(staff, &world.path("/indicators/T07")).await.assert_says("已计入 2000");
        world.assert_sound().await;
    }

    async fn lists_of_an_earlier_version_are_made_anew(place: Place) {
        let world = World::begin(place).await;
        import(&world, GOOD, false).await.unwrap();
        change(&world.db, "DELETE FROM standings; DELETE FROM step_days; DELETE FROM standing_counts; DELETE FROM standing_days; DELETE FROM name_shelves").await;
        let taken_in = with_tx(&world.db, |tx| Box::pin(async move { complete_rollups(tx).await })).await.unwrap();
        assert_eq!(taken_in, 3);
        world.assert_sound().await;
        let again = with_tx(&world.db, |tx| Box::pin(async move { complete_rollups(tx).await })).await.unwrap();
        assert_eq!(again, 0);
    }

    async fn the_command_answers_with_its_exit_code(place: Place) {
        let world = World::begin(place.clone()).await;
        let file = place.data_dir.join("roster.csv");
        let run = async |text: &str, dry: bool| {
            std::fs::write(&file, text).unwrap();
            let mut line = vec!["bihuan", "import", "roster", file.to_str().unwrap(), "--database-url", &place.url, "--data-dir"];
            line.push(place.data_dir.to_str().unwrap());
            line.extend(dry.then_some("--dry-run"));
            commands::run(CommandLine::parse_from(line)).await.unwrap()
        };
        assert_eq!(run(GOOD, true).await, 0);
        assert_eq!(read_number(&world.db, "SELECT COUNT(*) FROM units").await, 0, "a dry run writes nothing");
        assert_eq!(run("name,holder\n", false).await, 1);
        assert_eq!(read_number(&world.db, "SELECT COUNT(*) FROM units").await, 0, "all or nothing");
        assert_eq!(run(GOOD, false).await, 0);
        assert_eq!(read_number(&world.db, "SELECT COUNT(*) FROM units").await, 3);
    }
}
