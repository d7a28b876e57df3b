//! The demonstration: complete, marked, and nowhere else. Invariant: what is made up never stands beside what is real.

use std::sync::Arc;

use bihuan::{
    charts::bar_colour,
    domain::{ids::AccountId, light::Light, words::OrganisationKind},
    services::{
        demonstration::{DEMONSTRATION_PASSWORD, DemonstrationError, account_roles, load_demonstration, refuse_demonstration},
        plan_files::load_shipped_plans,
        plan_view::{PlanView, read_plan_view_in},
        sign_in::sign_in,
        verify::{Inspection, verify},
        visit::PlanHead,
    },
    store::{Db, plans::list_plan_summaries},
};
use jiff::civil::date;

use crate::{
    fixtures::{add_organisation, identify, usual_now},
    reader::{Reader, words_of},
    support::{Place, read_number, read_texts},
};

/// The plan's numbers as of the end of the last period that is told.
async fn view(db: &Db) -> Arc<PlanView> {
    let mut tx = db.read().await.unwrap();
    let plan = list_plan_summaries(&mut tx).await.unwrap().remove(0);
    let head = PlanHead {
        id: plan.id,
        code: plan.code,
        short_zh: plan.short_zh,
        short_en: plan.short_en,
        starts_on: plan.starts_on,
        ends_on: plan.ends_on,
        cadence: plan.cadence,
        time_zone: plan.time_zone,
        retired_at: plan.retired_at,
    };
    read_plan_view_in(&mut tx, &Arc::default(), &head, date(2026, 9, 30)).await.unwrap()
}

stories! {
    async fn the_demonstration_shows_everything_the_product_knows(place: Place) {
        let db = &place.db;
        assert!(load_demonstration(db, &place.data_dir).await.unwrap());
        let states = "SELECT DISTINCT r.state FROM reports r JOIN obligations o ON o.id = r.obligation_id
                      JOIN periods p ON p.id = o.period_id WHERE p.code = '2026Q3' ORDER BY r.state";
        assert_eq!(read_texts(db, states).await, ["accepted", "draft", "lead-reviewed", "returned", "submitted"]);
        let not_begun = "SELECT COUNT(*) FROM obligations o JOIN periods p ON p.id = o.period_id
                         LEFT JOIN reports r ON r.obligation_id = o.id WHERE p.code = '2026Q3' AND r.id IS NULL";
        assert!(read_number(db, not_begun).await > 0);
        assert_eq!(read_number(db, "SELECT COUNT(*) FROM periods").await, 7);
        assert!(read_number(db, "SELECT COUNT(*) FROM feedbacks WHERE closed_at IS NULL").await > 0, "advice waits for its answer");
        assert!(read_number(db, "SELECT COUNT(*) FROM stage_steps WHERE stage = 'revoked'").await > 0);
        let corrections = "SELECT state FROM reports WHERE correction > 0 ORDER BY state";
        let corrections = read_texts(db, corrections).await;
        assert!(corrections.len() == 2 && corrections[0] == "accepted", "one is in force, one waits: {corrections:?}");
        let backwards = "SELECT COUNT(*) FROM audit a JOIN audit b ON b.sequence = a.sequence + 1 WHERE b.at < a.at";
        assert_eq!(read_number(db, backwards).await, 0, "what is told later happened later");
        let view = view(db).await;
        let lights = view.lights();
        assert!(lights.green > 0 && lights.yellow > 0 && lights.red > 0 && lights.grey > 0, "{lights:?}");
        let verdict = verify(db, Inspection { data_dir: &place.data_dir, now: usual_now(), head: None }).await.unwrap();
        assert_eq!(verdict.findings.iter().map(ToString::to_string).collect::<Vec<_>>(), Vec::<String>::new());
    }

    async fn the_cockpit_a_correction_and_an_account_read_in_words(place: Place) {
        let db = &place.db;
        assert!(load_demonstration(db, &place.data_dir).await.unwrap());
        let sign_in = async |username: &str| {
            let id = read_texts(db, &format!("SELECT id FROM accounts WHERE username = '{username}'")).await;
            (identify(db, &AccountId::from(id[0].as_str())).await, id[0].clone())
        };
        let (staff, _) = sign_in("staff").await;
        let page = Reader::sign_in(&place, &staff, "zh-CN").await;
        let cockpit = page.open("/p/bj-2025/cockpit").await;
        let words = words_of(&cockpit);
        assert!(words.contains("目标范围") && words.contains("尚未核定 ； 去核定"), "{words}");
        assert!(words.contains("最近采信") && words.contains(" 采信 · 2026-"), "the day by which the list is sorted: {words}");
        for light in Light::ALL {
            assert!(cockpit.contains(&format!("fill=\"{}\"", bar_colour(*light))), "the legend has the colours of the bars: {light}");
        }
        assert!(!cockpit.contains("class=\"as-of-row\"><button"), "the button stands beside the one field that is open");
        let known = page.open("/p/bj-2025/cockpit?as_of=2026-06-30&known_at=2026-07-01").await;
        let (field, button) = (known.find("id=\"known-at\"").unwrap(), known.find("as-of-row\"><button").expect("after both fields"));
        assert!(field < button);
        let waiting = read_texts(db, "SELECT id FROM reports WHERE correction > 0 AND state <> 'accepted'").await.remove(0);
        let correction = page.read(&format!("/p/bj-2025/reports/{waiting}")).await;
        for said in ["2026 年第 2 季度", "更正理由：本期进展漏写一次校企对接会。"] {
            assert!(correction.contains(said), "{said}: {correction}");
        }
        let of_the_whole = "SELECT r.id FROM reports r JOIN evidence e ON e.report_id = r.id
                            WHERE e.entry_key = '' AND e.removed_at IS NULL AND r.state = 'accepted' ORDER BY r.id LIMIT 1";
        let with_files = page.read(&format!("/p/bj-2025/reports/{}", read_texts(db, of_the_whole).await[0])).await;
        assert!(with_files.contains("成果的佐证材料 本期工作佐证材料.pdf"), "what belongs to no entry is named: {with_files}");
        let english = Reader::sign_in(&place, &staff, "en").await.read(&format!("/p/bj-2025/reports/{waiting}")).await;
        assert!(english.contains("Why it is corrected: ") && english.contains("Differs in 1 place from") && !english.contains(" %"), "{english}");
        let (security, _) = sign_in("admin-sec").await;
        let page = Reader::sign_in(&place, &security, "zh-CN").await;
        let (_, audit) = sign_in("admin-audit").await;
        let account = page.read(&format!("/admin/accounts/{audit}")).await;
        assert!(account.contains("无单位") && !account.contains("没有所属单位"), "an administrator needs none: {account}");
    }

    async fn a_second_start_changes_nothing_and_everybody_signs_in(place: Place) {
        let db = &place.db;
        assert!(load_demonstration(db, &place.data_dir).await.unwrap());
        let before = read_texts(db, "SELECT hash FROM audit_head").await;
        assert!(!load_demonstration(db, &place.data_dir).await.unwrap());
        assert_eq!(read_texts(db, "SELECT hash FROM audit_head").await, before);
        for (username, role) in account_roles() {
            sign_in(db, usual_now(), username, DEMONSTRATION_PASSWORD.to_owned()).await.unwrap();
            let roles = format!("SELECT role FROM account_roles r JOIN accounts a ON a.id = r.account_id WHERE a.username = '{username}'");
            assert_eq!(read_texts(db, &roles).await, [role.to_string()], "{username}");
        }
        let signs_in = "SELECT COUNT(*) FROM accounts WHERE password_hash IS NOT NULL";
        assert_eq!(usize::try_from(read_number(db, signs_in).await).unwrap(), account_roles().len(), "nobody else has a password");
        let refused = refuse_demonstration(db).await;
        assert!(matches!(refused, Err(DemonstrationError::Marked)), "{refused:?}");
    }

    async fn a_database_in_use_takes_no_demonstration(place: Place) {
        add_organisation(&place.db, OrganisationKind::School, "松山职业学院").await;
        let refused = load_demonstration(&place.db, &place.data_dir).await;
        assert!(matches!(refused, Err(DemonstrationError::HoldsData)), "{refused:?}");
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM settings").await, 0);
        refuse_demonstration(&place.db).await.unwrap();
    }

    async fn without_it_no_made_up_figure_exists(place: Place) {
        refuse_demonstration(&place.db).await.unwrap();
        load_shipped_plans(&place.db, usual_now()).await.unwrap();
        for table in ["organisations", "accounts", "units", "periods", "obligations", "reports", "stage_steps", "stock_takes", "pledges", "settings"] {
            assert_eq!(read_number(&place.db, &format!("SELECT COUNT(*) FROM {table}")).await, 0, "{table}");
        }
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM indicators").await, 16 + 5 + 8 + 5);
        let unsourced = "SELECT COUNT(*) FROM accepted_values WHERE document = '' OR organisation_id IS NOT NULL";
        assert_eq!(read_number(&place.db, unsourced).await, 0, "every figure is a document's");
    }
}
