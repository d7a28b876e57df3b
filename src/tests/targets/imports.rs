//! `bihuan import values`: all rows or none, and every faulty one named.

use bihuan::{
    commands,
    config::CommandLine,
    services::{
        imports::{
            ImportError,
            values::{Difference, ImportedValues, import_values},
        },
        verify::{Inspection, verify},
    },
};
use clap::Parser;

use super::{TRAINING, World};
use crate::{
    fixtures::usual_now,
    support::{Place, read_number, read_texts},
};

const HEAD: &str = "plan,indicator,org,period_end,value,document\n";

async fn import(world: &World, rows: &str, dry_run: bool) -> Result<ImportedValues, Vec<String>> {
    match import_values(&world.db, format!("{HEAD}{rows}").into_bytes(), usual_now(), dry_run).await {
        Ok(imported) => Ok(imported),
        Err(ImportError::Faulty(problems)) => Err(problems.iter().map(ToString::to_string).collect()),
        Err(other) => panic!("{other}"),
    }
}

stories! {
    async fn a_rank_of_earlier_years_is_shown_as_places_won(place: Place) {
        let world = World::begin(&place, TRAINING).await;
        let rows = "training,R1,松山职业学院,2024-12-31,60,松统〔2025〕2 号\ntraining,R2,松山职业学院,2026-06-30,60,松统〔2026〕2 号\n";
        assert_eq!(import(&world, rows, false).await.unwrap().counts(), (2, 0, 0));
        let leader = &world.cast.leader;
        let words = world.words(leader, "/p/training/indicators/R1").await;
        assert!(words.contains("无量化目标 实际 60 位") && words.contains("比 2017-12-31 的 107 进步 47 位"), "{words}");
        assert!(words.contains("松统〔2025〕2 号 导入"), "{words}");
        let cockpit = world.words(leader, "/p/training/cockpit").await;
        assert!(cockpit.contains("无量化目标") && cockpit.contains("进步 47 位"), "{cockpit}");
        assert!(world.english(leader, "/p/training/indicators/R1").await.contains("an improvement of 47 places on 107 (2017-12-31)"));
        let words = world.words(leader, "/p/training/indicators/R2").await;
        assert!(words.contains("已达到") && words.contains("已有 60 位，达到目标 60 位"), "{words}");
        let inspection = Inspection { data_dir: &place.data_dir, now: usual_now(), head: None };
        assert_eq!(verify(&world.db, inspection).await.unwrap().findings.len(), 0);
    }

    async fn every_faulty_row_is_named_and_nothing_is_written(place: Place) {
        let world = World::begin(&place, TRAINING).await;
        let rows = "training,F1,松山职业学院,2026-03-31,1.5万人次,文 1\n\
                    training,F1,没有的单位,2026-03-31,1,文 1\n\
                    other,F1,松山职业学院,2026-03-31,1,文 1\n\
                    training,F9,松山职业学院,2026-03-31,1,\n\
                    training,P1,松山职业学院,2026-03-31,5人次,文 1\n\
                    training,L1,松山职业学院,2026-03-31,101,文 1\n\
                    training,F1,北湖职业学院,2026-03-30,1,文 1\n\
                    training,F1,北湖职业学院,2026-13-01,1,文 1\n\
                    training,F1,北湖职业学院,2026-12-31,1,文 1\n\
                    training,F1,松山职业学院,2026-03-31,2,文 1\n\
                    training,Q1,松山职业学院,2026-03-31,89.5,文 1\n\
                    training,L1,松山职业学院,2026-06-30,80,文 1\n\
                    training,L1,北湖职业学院,2026-06-30,70,文 1\n";
        let faults = import(&world, rows, false).await.unwrap_err();
        assert_eq!(
            faults,
            [
                "line 3, org: there is no organisation “没有的单位”",
                "line 4, plan: there is no plan “other”",
                "line 5, document: names no document",
                "line 5, indicator: plan training has no indicator “F9”",
                "line 6, value: This indicator is measured in “persons”, not in “人次”; the two units are not the same",
                "line 7, value: A percentage lies between 0 and 100",
                "line 8, period_end: 2026-03-30 is not the end of a quarter, which would be 2026-03-31",
                "line 9, period_end: `2026-13-01` is no date: there is no month 13",
                "line 10, period_end: 2026-12-31 has not come yet",
                "line 11, value: line 2 states this value already",
                "line 12, value: This indicator is kept as numerator and denominator, such as 179/200",
                "line 14, org: line 13 is of another organisation; such values of several bodies are never averaged",
            ]
        );
        assert_eq!(read_number(&world.db, "SELECT COUNT(*) FROM accepted_values").await, 0);
        assert_eq!(read_number(&world.db, "SELECT COUNT(*) FROM audit WHERE action = 'import-values'").await, 0);
    }

    async fn a_file_shows_its_differences_and_supersedes_what_held(place: Place) {
        let world = World::begin(&place, TRAINING).await;
        let first = "training,F1,松山职业学院,2026-03-31,1.5万,文 1\ntraining,Q1,松山职业学院,2026-03-31,179/200,文 1\n";
        let version = "SELECT version FROM data_version";
        let before = read_number(&world.db, version).await;
        let tried = import(&world, first, true).await.unwrap();
        assert_eq!((tried.counts(), read_number(&world.db, "SELECT COUNT(*) FROM accepted_values").await), ((2, 0, 0), 0));
        assert!(tried.to_string().ends_with("nothing is written: 2 new, 0 changed, 0 unchanged"), "{tried}");
        assert_eq!(read_number(&world.db, version).await, before);
        import(&world, first, false).await.unwrap();
        assert!(read_number(&world.db, version).await > before, "pages are built anew");
        let second = "training,F1,松山职业学院,2026-03-31,近2万,文 2\ntraining,Q1,松山职业学院,2026-03-31,179/200,文 1\n\
                      training,F1,北湖职业学院,2026-03-31,500,文 2\n";
        let changed = import(&world, second, true).await.unwrap();
        assert_eq!(changed.counts(), (1, 1, 1));
        assert_eq!(changed.rows[0].difference, Difference::Changed { before: "15,000 person-times".into() });
        assert!(changed.to_string().contains("changed: training F1, 松山职业学院, 2026-03-31: 15,000 person-times -> nearly 20,000 person-times"), "{changed}");
        import(&world, second, false).await.unwrap();
        assert_eq!(read_number(&world.db, "SELECT COUNT(*) FROM accepted_values WHERE superseded_at IS NOT NULL").await, 1, "what held is kept");
        let words = world.words(&world.cast.leader, "/p/training/indicators/F1").await;
        assert!(words.contains("实际 20500 人次") && words.contains("近 20,000 人次 计入 文 2 导入"), "{words}");
        let audit = read_texts(&world.db, "SELECT after_state FROM audit WHERE action = 'import-values' ORDER BY sequence").await;
        assert_eq!(audit.len(), 2);
        assert!(audit[1].contains("15,000 person-times") && !audit[1].contains("179"), "only what changed: {}", audit[1]);
        assert_eq!(import(&world, second, false).await.unwrap().counts(), (0, 0, 3), "the same file twice changes nothing");
        assert_eq!(read_number(&world.db, "SELECT COUNT(*) FROM audit WHERE action = 'import-values'").await, 2);
    }

    async fn the_command_answers_with_its_exit_code(place: Place) {
        let world = World::begin(&place, TRAINING).await;
        let file = place.data_dir.join("values.csv");
        let run = async |text: &str, dry: bool| {
            std::fs::write(&file, text).unwrap();
            let mut line = vec!["bihuan", "import", "values", file.to_str().unwrap(), "--database-url", &place.url, "--data-dir"];
            line.push(place.data_dir.to_str().unwrap());
            line.extend(dry.then_some("--dry-run"));
            commands::run(CommandLine::parse_from(line)).await.unwrap()
        };
        let good = format!("\u{feff}{HEAD}training,F1,松山职业学院,2025-03-31,100,文 1\n");
        assert_eq!(run(&good, true).await, 0);
        assert_eq!(read_number(&world.db, "SELECT COUNT(*) FROM accepted_values").await, 0);
        assert_eq!(run(&good, false).await, 0);
        assert_eq!(read_number(&world.db, "SELECT COUNT(*) FROM accepted_values").await, 1);
        assert_eq!(run("plan,indicator\n", false).await, 1);
    }
}
