//! Stories of who takes part in a plan and travels with its file: organisations, their parts, pledges, stock-takes.

use bihuan::{
    domain::words::Role,
    services::{
        demonstration::load_demonstration,
        plan_files::{BEIJING_2025, Loaded, export_plan, import_plan_file},
        verify::{Inspection, verify},
    },
    store::Db,
};

use super::{
    desk::{Desk, words_of},
    files::open_other,
};
use crate::{
    fixtures::{add_account, identify, usual_now},
    support::{Place, read_number, read_texts},
};

const PLAN: &str = "bj-2025";

/// The rows of a page's tables in words, without the cells of some labels.
fn rows_of(html: &str, left_out: &str) -> Vec<String> {
    let tables = html.split("<table").skip(1).map(|table| table.split("</table>").next().unwrap());
    let rows = tables.flat_map(|table| table.split("<tr").skip(1));
    let label = format!("data-label=\"{left_out}\"");
    rows.map(|row| {
        let cells: Vec<&str> = row.split("<td").filter(|cell| !cell.contains(&label)).collect();
        words_of(&format!("<tr{}", cells.join("<td")))
    })
    .collect()
}

/// A small part of a plan's file: two organisations, their parts, a pledge, a stock-take.
const PARTIES: &str = r#"
[[organisation]]
name_zh = "松山校"
name_en = "Songshan School"
kind = "school"
parent = "松山局"
district = "通州区"

[[organisation]]
name_zh = "松山局"
kind = "government"

[[assignment]]
task = "2.1"
organisation = "松山校"
part = "responsible"
contact = "张某"
assigned_at = "2026-01-05T01:00:00.000Z"

[[assignment]]
task = "2.1"
organisation = "松山局"
part = "lead"
assigned_at = "2026-01-05T01:00:00.000Z"

[[pledge]]
indicator = "T07"
organisation = "松山校"
year = 2026
quantity = 30
officer = "王某"
recorded_at = "2026-01-06T01:00:00.000Z"

[[stock_take]]
indicator = "T05"
taken_on = "2026-01-06"
document = "松教〔2026〕1号"
officer = "王某"
recorded_at = "2026-01-06T01:00:00.000Z"
"#;

fn with_parties() -> String {
    format!("{BEIJING_2025}\n{PARTIES}")
}

async fn faults(db: &Db, file: String) -> String {
    import_plan_file(db, file, usual_now()).await.unwrap_err().to_string()
}

stories! {
    async fn the_demonstrations_plan_travels_with_who_takes_part(place: Place) {
        load_demonstration(&place.db, &place.data_dir).await.unwrap();
        let first = export_plan(&place.db, PLAN).await.unwrap();
        let zip = first.write_zip().unwrap();
        for list in ["organisation", "assignment", "pledge", "stock_take", "task.item"] {
            assert!(first.toml.contains(&format!("\n[[{list}]]\n")), "{list}");
        }
        let reader = identify(&place.db, &add_account(&place.db, "reader", &[Role::Staff], None).await).await;
        let here = Desk::sign_in(&place, &reader, "zh-CN").await;
        let pages = [("/p/bj-2025/manage/assignments", ""), ("/p/bj-2025/pledges", "已交付")];
        let mut shown = Vec::new();
        for (page, left_out) in pages {
            shown.push(rows_of(&here.open(page).await, left_out));
        }
        assert!(shown[0].iter().any(|row| row.contains("松山")) && shown[1].len() > 20, "{shown:?}");
        for (name, content) in [("other.sqlite", first.toml.clone().into_bytes()), ("third.sqlite", zip.clone())] {
            let other = open_other(&place, name).await;
            let loaded = import_plan_file(&other, content.clone(), usual_now()).await;
            assert!(matches!(loaded, Ok(Loaded::Created { .. })), "{name}: {loaded:?}");
            let there = export_plan(&other, PLAN).await.unwrap();
            assert_eq!(there.toml, first.toml, "{name}");
            assert!(there.write_zip().unwrap() == zip, "{name}");
            assert!(matches!(import_plan_file(&other, content, usual_now()).await.unwrap(), Loaded::Unchanged { .. }), "{name}");
            let verdict = verify(&other, Inspection { data_dir: &place.data_dir, now: usual_now(), head: None }).await.unwrap();
            assert!(verdict.findings.is_empty(), "{name}: {:?}", verdict.findings);
            let audit = read_texts(&other, "SELECT after_state FROM audit").await;
            let made = read_texts(&other, "SELECT name_zh FROM organisations ORDER BY id").await;
            assert!(audit.len() == 1 && made.iter().all(|name| audit[0].contains(name.as_str())), "{audit:?}");
            let reader = identify(&other, &add_account(&other, "reader", &[Role::Staff], None).await).await;
            let url = format!("sqlite://{}", place.data_dir.join(name).display());
            let there = Desk::sign_in(&Place { db: other, url, data_dir: place.data_dir.clone() }, &reader, "zh-CN").await;
            for ((page, left_out), rows) in pages.iter().zip(&shown) {
                assert_eq!(rows_of(&there.open(page).await, left_out), *rows, "{name} {page}");
            }
        }
    }

    async fn a_file_adds_who_is_missing_and_changes_nobody(db: Db) {
        import_plan_file(&db, BEIJING_2025, usual_now()).await.unwrap();
        let Loaded::Changed { changes, .. } = import_plan_file(&db, with_parties(), usual_now()).await.unwrap() else { panic!("unchanged") };
        let named: Vec<String> = changes.iter().map(ToString::to_string).collect();
        for expected in [
            "organisation 松山局 added: 松山局",
            "organisation 松山校 added: 松山校",
            "task 2.1 responsible added: 松山校",
            "task 2.1 lead added: 松山局",
            "indicator T07 pledge added: 松山校 2026: 30",
            "indicator T05 stock-take added: 2026-01-06 (松教〔2026〕1号)",
        ] {
            assert!(named.iter().any(|line| line == expected), "{expected} in {named:?}");
        }
        assert_eq!(named.len(), 6, "{named:?}");
        let above = "SELECT above.name_zh FROM organisations o JOIN organisations above ON above.id = o.parent_id";
        assert_eq!(read_texts(&db, above).await, ["松山局"]);
        assert_eq!(read_number(&db, "SELECT COUNT(*) FROM pledges WHERE account_id IS NULL AND officer_name = '王某'").await, 1);
        assert!(matches!(import_plan_file(&db, with_parties(), usual_now()).await.unwrap(), Loaded::Unchanged { .. }));
        // A file without them takes nobody away, and the same name is the same organisation.
        assert!(matches!(import_plan_file(&db, BEIJING_2025, usual_now()).await.unwrap(), Loaded::Unchanged { .. }));
        let spaced = with_parties().replace("organisation = \"松山校\"", "organisation = \"松山 校\"");
        assert!(matches!(import_plan_file(&db, spaced, usual_now()).await.unwrap(), Loaded::Unchanged { .. }));
        for (from, to, said) in [
            ("contact = \"张某\"", "contact = \"李某\"", "assignment[1] (2.1): differs from the database"),
            ("quantity = 30", "quantity = 31", "pledge[1] (T07): differs from the database"),
            ("taken_on = \"2026-01-06\"", "taken_on = \"2026-01-05\"", "stock_take[1] (T05): differs from the database"),
            ("kind = \"school\"", "kind = \"other\"", "organisation[1].kind (松山校): the organisation of this name is school"),
        ] {
            let refused = faults(&db, with_parties().replacen(from, to, 1)).await;
            assert!(refused.contains(said) && refused.lines().count() == 1, "{said}: {refused}");
        }
        assert_eq!(read_number(&db, "SELECT COUNT(*) FROM audit").await, 2, "a refused file leaves nothing");
    }

    async fn every_fault_of_who_takes_part_is_named(db: Db) {
        let file = with_parties()
            .replacen("district = \"通州区\"", "district = \"无名区\"", 1)
            .replacen("name_zh = \"松山局\"", "name_zh = \"松山局\"\nparent = \"松山校\"", 1)
            .replacen("task = \"2.1\"", "task = \"2.99\"", 1)
            .replacen("quantity = 30", "quantity = -1", 1)
            .replacen("year = 2026", "year = 2031", 1)
            .replacen("indicator = \"T05\"", "indicator = \"T99\"", 1);
        let refused = faults(&db, file).await;
        for expected in [
            "organisation[1].district: `无名区` is no district",
            "organisation[1].parent (松山校): organisations stand above each other in a circle",
            "assignment[1].task (2.99): there is no task 2.99",
            "pledge[1].year: 2031 is no year of the plan",
            "pledge[1].quantity: -1 does not lie within 0 to 1000000",
            "stock_take[1].indicator (T99): there is no indicator T99",
        ] {
            assert!(refused.lines().any(|line| line == expected), "{expected} in {refused}");
        }
        let nobody = faults(&db, with_parties().replacen("organisation = \"松山局\"", "organisation = \"无名局\"", 1)).await;
        assert_eq!(nobody, "assignment[2].organisation (2.1): neither the file nor the system has the organisation `无名局`");
        let led = "\n[[assignment]]\ntask = \"2.1\"\norganisation = \"松山校\"\npart = \"lead\"\n";
        let twice = faults(&db, format!("{}{led}", with_parties())).await;
        assert_eq!(twice, "assignment[3].part (2.1): the task has a lead already");
        assert_eq!(read_number(&db, "SELECT COUNT(*) FROM plans").await, 0);
    }
}
