//! Plans come from their files: as a whole or not at all, and every fault is named.

use bihuan::{
    services::plan_files::{BEIJING_2025, FileProblem, Loaded, PlanFileError, import_plan_file, load_first_plan},
    store::Db,
};

use super::load_beijing;
use crate::{
    fixtures::usual_now,
    support::{read_number, read_texts},
};

async fn faults(db: &Db, text: String) -> Vec<FileProblem> {
    match import_plan_file(db, text, usual_now()).await {
        Err(PlanFileError::Faulty(problems)) => problems,
        other => panic!("the file was not refused: {other:?}"),
    }
}

/// Beijing's file with one place changed.
fn changed(from: &str, to: &str) -> String {
    assert!(BEIJING_2025.contains(from), "{from}");
    BEIJING_2025.replacen(from, to, 1)
}

stories! {
    async fn beijings_plan_comes_from_its_file_and_a_second_time_changes_nothing(db: Db) {
        let loaded = load_first_plan(&db, usual_now()).await.unwrap();
        assert_eq!(loaded, Some(Loaded::Created { code: "bj-2025".to_owned(), areas: 8, indicators: 16, tasks: 55 }));
        for (area, tasks) in (1..).zip([9, 12, 6, 7, 5, 5, 5, 6]) {
            let sql = format!("SELECT COUNT(*) FROM tasks JOIN areas ON areas.id = tasks.area_id WHERE areas.code = '{area}'");
            assert_eq!(read_number(&db, &sql).await, tasks, "area {area}");
        }
        let unlinked = "SELECT COUNT(*) FROM indicators WHERE id NOT IN (SELECT indicator_id FROM task_indicators)";
        assert_eq!(read_number(&db, unlinked).await, 0);
        assert_eq!(read_number(&db, "SELECT COUNT(*) FROM indicators WHERE needs_stage_ruling = 1").await, 4);
        assert_eq!(read_number(&db, "SELECT COUNT(*) FROM task_dates WHERE provenance = 'derived' AND due_on = '2027-12-31'").await, 55);
        assert_eq!(read_texts(&db, "SELECT value FROM rulings WHERE kind = 'basis' AND provenance = 'text'").await, ["new-since:2025-01-01"; 2]);
        assert_eq!(read_texts(&db, "SELECT form FROM targets WHERE wording_zh LIKE '1%2%'").await, ["{\"range\":{\"low\":1,\"high\":2}}"]);
        assert_eq!(read_number(&db, "SELECT COUNT(*) FROM audit").await, 1);

        let again = import_plan_file(&db, BEIJING_2025.to_owned(), usual_now()).await.unwrap();
        assert_eq!(again, Loaded::Unchanged { code: "bj-2025".to_owned() });
        assert_eq!(again.to_string(), "plan bj-2025: nothing changed");
        assert_eq!(load_first_plan(&db, usual_now()).await.unwrap(), None);
        assert_eq!(read_number(&db, "SELECT COUNT(*) FROM audit").await, 1);
        assert_eq!(read_number(&db, "SELECT COUNT(*) FROM tasks").await, 55);
    }

    async fn a_changed_file_changes_texts_and_adds_tasks(db: Db) {
        load_beijing(&db).await;
        let task = "\n[[task]]\ncode = \"8.7\"\narea = \"8\"\ntitle_zh = \"新任务\"\ntitle_en = \"New\"\ndeliverable_zh = \"成果\"\n\
                    deliverable_en = \"\"\neffect_zh = \"成效\"\neffect_en = \"\"\nsource_zh = \"\"\nindicators = [\"T16\"]\n";
        let text = changed("short_zh = \"立德树人\"", "short_zh = \"德育\"") + task;
        let Loaded::Changed { changes, .. } = import_plan_file(&db, text.clone(), usual_now()).await.unwrap() else { panic!("nothing changed") };
        let named: Vec<String> = changes.iter().map(ToString::to_string).collect();
        assert_eq!(named, ["area 1 short_zh: 立德树人 -> 德育", "task 8.7 added: 新任务"]);
        assert_eq!(read_texts(&db, "SELECT short_zh FROM areas WHERE code = '1'").await, ["德育"]);
        assert_eq!(read_number(&db, "SELECT COUNT(*) FROM tasks").await, 56);
        let audit = read_texts(&db, "SELECT before_state FROM audit WHERE sequence = 2").await;
        assert!(audit[0].contains("立德树人"), "{audit:?}");
        assert!(matches!(import_plan_file(&db, text, usual_now()).await.unwrap(), Loaded::Unchanged { .. }));
        // Beijing's own file lacks the task now, and what stands in the database is never deleted.
        let missing = faults(&db, BEIJING_2025.to_owned()).await;
        assert_eq!(missing[0].to_string(), "task (8.7): is missing in the file; nothing is deleted by file");
    }

    async fn a_file_cannot_change_what_a_number_rests_on(db: Db) {
        load_beijing(&db).await;
        for (from, to, key, code) in [
            ("target = { form = \"at-least\", n = 300 }", "target = { form = \"at-least\", n = 200 }", "indicator[7].target", "T07"),
            ("wording = \"300门\"", "wording = \"200门\"", "indicator[7].wording", "T07"),
            ("date = \"2025-01-01\", provenance", "date = \"2024-01-01\", provenance", "indicator[1].basis", "T01"),
            ("level = \"national\" } ]", "level = \"municipal\" } ]", "indicator[3].counts", "T03"),
            ("ends_on = \"2027-12-31\"", "ends_on = \"2028-12-31\"", "plan.ends_on", "bj-2025"),
            ("indicators = [\"T09\"]", "indicators = [\"T09\", \"T08\"]\ndue_on = \"2026-12-31\"", "task[34].due_on", "4.7"),
            ("indicators = [\"T10\", \"T11\", \"T12\", \"T13\"]", "indicators = [\"T10\", \"T11\", \"T12\"]", "task[35].indicators", "5.1"),
            ("unit = \"course\"", "unit = \"textbook\"", "recognition[5].unit", "quality-course"),
        ] {
            let found = faults(&db, changed(from, to)).await;
            assert!(found.iter().any(|problem| problem.key == key && problem.code == code), "{key}: {found:?}");
        }
        assert_eq!(read_number(&db, "SELECT COUNT(*) FROM audit").await, 1);
    }

    async fn every_fault_of_a_file_is_named_and_nothing_is_written(db: Db) {
        let text = changed("starts_on = \"2025-01-01\"", "starts_on = \"2025-02-30\"")
            .replacen("code = \"T16\"\narea = \"6\"", "code = \"T16\"\narea = \"66\"\ncolour = 1", 1)
            .replacen("code = \"1.2\"", "code = \"1.1\"", 1)
            .replacen("indicators = [\"T09\"]", "indicators = [\"T99\"]", 1)
            .replacen("closing = false", "closing = \"no\"", 1)
            .replacen("cadence = \"quarter\"", "cadence = \"weekly\"", 1)
            .replacen("title_zh = \"校企党支部联建机制创新\"\n", "", 1);
        let named: Vec<String> = faults(&db, text).await.iter().map(ToString::to_string).collect();
        for expected in [
            "plan.starts_on (bj-2025): `2025-02-30` is no date: 2025-02 has no day 30",
            "plan.cadence (bj-2025): `weekly` is none of month, quarter, half-year, year",
            "area[1].closing (1): is no true or false but a value of type string",
            "indicator[16].colour (T16): is an unknown key",
            "indicator[16].area (T16): there is no area 66",
            "task[2].code (1.1): stands twice",
            "task[2].title_zh (1.1): is missing",
            "task[34].indicators (4.7): there is no indicator T99",
            "indicator[9].code (T09): no task is linked to it",
        ] {
            assert!(named.iter().any(|line| line == expected), "{expected} in {named:#?}");
        }
        assert_eq!(named.len(), 9, "{named:#?}");
        let broken = faults(&db, "[plan\n".to_owned()).await;
        assert_eq!((broken.len(), broken[0].key.as_str()), (1, "file"));
        assert_eq!(read_number(&db, "SELECT COUNT(*) FROM plans").await, 0);
        assert_eq!(read_number(&db, "SELECT COUNT(*) FROM audit").await, 0);
    }
}
