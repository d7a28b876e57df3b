//! `verify` finds what cannot have come about by using the product. Invariant: every kind of fault below is made behind the
//! product's back, found, and named; a database that was only used is clean.

use std::{fs, path::Path};

use bihuan::{
    domain::ids::UnitId,
    services::{
        ServiceError,
        access::{Author, Identity},
        moment::Moment,
        trail::{Action, Change, NOTHING, record_change},
        verify::{Finding, Inspection, Verdict, verify},
    },
    store::{Db, audit::hex, name_shelves::shelf_of, with_tx},
};
use sha2::{Digest, Sha256};

use crate::{
    fixtures::{Cast, add_small_plan, usual_now},
    support::{Place, change},
};

/// What the one file of evidence holds.
const CONTENT: &[u8] = b"%PDF-1.7 recognised";

async fn check(place: &Place, head: Option<&str>) -> Verdict {
    verify(&place.db, Inspection { data_dir: &place.data_dir, now: usual_now(), head }).await.unwrap()
}

/// The findings as a person reads them.
async fn find(place: &Place) -> Vec<String> {
    check(place, None).await.findings.iter().map(ToString::to_string).collect()
}

async fn record(db: &Db, who: &Identity, action: Action, kind: &'static str, object: &str) {
    let object = object.to_owned();
    let author = Author { account: Some(who.account().clone()), name: who.name().to_owned(), organisation: who.organisation().cloned() };
    with_tx(db, move |tx| {
        Box::pin(async move {
            let change = Change { action, object_kind: kind, object_id: &object, reason: "" };
            record_change(tx, &author, usual_now(), change, NOTHING, NOTHING).await?;
            Ok::<_, ServiceError>(())
        })
    })
    .await
    .unwrap();
}

fn write_evidence(data_dir: &Path, sha256: &str, content: &[u8]) {
    let folder = data_dir.join("evidence").join(&sha256[..2]);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(sha256), content).unwrap();
}

/// A plan with one accepted report: submitted, returned, submitted again, accepted by the lead and by the commission; it
/// made one unit count. A second report was taken back once and waits.
async fn live_through_a_period(place: &Place) -> Cast {
    let db = &place.db;
    let cast = Cast::assemble(db).await;
    add_small_plan(db, &cast).await;
    let (owner, other, lead, staff) = (cast.owner_a.account(), cast.owner_b.account(), cast.lead.account(), cast.staff.account());
    let sha256 = hex(&Sha256::digest(CONTENT));
    write_evidence(&place.data_dir, &sha256, CONTENT);
    let sql = format!(
        "INSERT INTO reports (id, obligation_id, correction, state, version, submission, state_since, created_at, submitted_at, accepted_at)
         VALUES ('report-a', 'owed-a', 0, 'accepted', 6, 2, 50, 10, 30, 50), ('report-b', 'owed-b', 0, 'submitted', 3, 2, 40, 10, 40, NULL);
         INSERT INTO report_drafts (report_id, version, fields, saved_at, saved_by)
         VALUES ('report-a', 1, '{{}}', 10, '{owner}'), ('report-b', 1, '{{}}', 10, '{other}');
         INSERT INTO submissions (report_id, submission, fields, submitted_at, submitted_by)
         VALUES ('report-a', 1, '{{}}', 10, '{owner}'), ('report-a', 2, '{{}}', 30, '{owner}'),
                ('report-b', 1, '{{}}', 10, '{other}'), ('report-b', 2, '{{}}', 40, '{other}');
         INSERT INTO reviews (id, report_id, submission, level, decision, reason_code, text, reviewer_id, at)
         VALUES ('v1', 'report-a', 1, 'lead', 'return', 'evidence', 'x', '{lead}', 20),
                ('v2', 'report-a', 2, 'lead', 'accept', NULL, '', '{lead}', 40),
                ('v3', 'report-a', 2, 'commission', 'accept', NULL, '', '{staff}', 50);
         INSERT INTO evidence (id, organisation_id, report_id, entry_key, file_name, media_type, size, sha256, uploaded_by, uploaded_at)
         VALUES ('file', '{organisation}', 'report-a', 'e1', '认定文件.pdf', 'application/pdf', {size}, '{sha256}', '{owner}', 10);
         INSERT INTO units (id, kind, code, name_zh, name_en, sort_key, holder_id, partners, district, created_at)
         VALUES ('unit', 'practice-centre', '', '松山实践中心', '', 's', '{organisation}', '', '', 50);
         INSERT INTO recognitions (id, unit_id, kind, level, created_at) VALUES ('recognition', 'unit', 'centre', 'municipal', 50);
         INSERT INTO stage_steps (id, recognition_id, stage, on_date, document, report_id, verifier_id, reason, recorded_at)
         VALUES ('step-1', 'recognition', 'approved', '2026-03-01', '', NULL, '{staff}', 'stock', 49),
                ('step-2', 'recognition', 'recognised', '2026-08-01', '', 'report-a', '{staff}', '', 50);
         INSERT INTO step_evidence (step_id, evidence_id) VALUES ('step-2', 'file');
         INSERT INTO counted_spans (indicator_id, unit_id, measure, from_date, until_date)
         VALUES ('indicator', 'unit', 'pipeline', '2026-03-01', '2026-08-01'), ('indicator', 'unit', 'counted', '2026-08-01', NULL);
         INSERT INTO indicator_days (indicator_id, measure, on_date, change)
         VALUES ('indicator', 'pipeline', '2026-03-01', 1), ('indicator', 'pipeline', '2026-08-01', -1),
                ('indicator', 'counted', '2026-08-01', 1);
         INSERT INTO indicator_moves (indicator_id, on_date, gained, lost) VALUES ('indicator', '2026-08-01', 1, 0);
         INSERT INTO holder_days (indicator_id, holder_id, on_date, change) VALUES ('indicator', '{organisation}', '2026-08-01', 1);
         INSERT INTO step_days (kind, level, on_date, recorded, steps)
         VALUES ('centre', 'municipal', '2026-03-01', 0, 1), ('centre', 'municipal', '2026-08-01', 0, 1);
         INSERT INTO standing_counts (facet, stage, district, holder_id, units)
         VALUES ('centre:municipal', 'recognised', '', '{organisation}', 1);
         INSERT INTO standing_days (on_date, facet, stage, district, holder_id, change)
         VALUES ('2026-03-01', 'centre:municipal', 'approved', '', '{organisation}', 1),
                ('2026-08-01', 'centre:municipal', 'approved', '', '{organisation}', -1),
                ('2026-08-01', 'centre:municipal', 'recognised', '', '{organisation}', 1);
         INSERT INTO standings (sort_key, unit_id, recognition_id, facet, stage, on_date, district, holder_id, search_key, lone, days, began_on,
                                approved_on, recognised_on)
         VALUES ('s', 'unit', 'recognition', 'centre:municipal', 'recognised', '2026-08-01', '', '{organisation}', '松山实践中心', 1,
                 '2026-03-01@0 2026-08-01@0', '2026-03-01', '2026-03-01', '2026-08-01');
         INSERT INTO name_shelves (shelf, names, units) VALUES ({shelf}, '松山实践中心', 'unit');",
        shelf = shelf_of(&UnitId::from("unit")),
        organisation = cast.owning_a,
        size = CONTENT.len(),
    );
    change(db, &sql).await;
    for (who, action, report) in [
        (&cast.owner_a, Action::SubmitReport, "report-a"),
        (&cast.lead, Action::ReturnReport, "report-a"),
        (&cast.owner_b, Action::SubmitReport, "report-b"),
        (&cast.owner_b, Action::WithdrawReport, "report-b"),
        (&cast.owner_a, Action::SubmitReport, "report-a"),
        (&cast.lead, Action::AcceptReport, "report-a"),
        (&cast.staff, Action::AcceptReport, "report-a"),
        (&cast.owner_b, Action::SubmitReport, "report-b"),
    ] {
        record(db, who, action, "report", report).await;
    }
    cast
}

stories! {
    async fn a_database_that_was_only_used_is_clean(place: Place) {
        assert_eq!(check(&place, None).await, Verdict { rows: 0, head: String::new(), findings: Vec::new() });
        live_through_a_period(&place).await;
        let verdict = check(&place, None).await;
        assert_eq!(verdict.findings, Vec::<Finding>::new());
        assert_eq!(verdict.rows, 8);
        assert_eq!(verdict.head.len(), 64);
    }

    async fn a_head_that_was_printed_earlier_stays_in_the_chain(place: Place) {
        let cast = live_through_a_period(&place).await;
        let printed = check(&place, None).await.head;
        record(&place.db, &cast.system, Action::SignIn, "account", "x").await;
        assert_eq!(check(&place, Some(&printed)).await.findings, Vec::<Finding>::new());
        let other = "0".repeat(64);
        assert_eq!(check(&place, Some(&other)).await.findings, [Finding::UnknownHead { head: other }]);
    }

    async fn the_last_rows_cut_off_with_their_head_are_told_by_the_printed_head(place: Place) {
        live_through_a_period(&place).await;
        let printed = check(&place, None).await.head;
        change(
            &place.db,
            "DELETE FROM audit WHERE sequence = 8;
             UPDATE audit_head SET sequence = 7, hash = (SELECT hash FROM audit WHERE sequence = 7);",
        )
        .await;
        let found = check(&place, Some(&printed)).await.findings;
        assert!(found.contains(&Finding::UnknownHead { head: printed }), "{found:?}");
    }

    async fn a_changed_row_of_the_chain_is_found(place: Place) {
        live_through_a_period(&place).await;
        change(&place.db, "UPDATE audit SET reason = 'another' WHERE sequence = 3").await;
        assert_eq!(check(&place, None).await.findings, [Finding::ChangedRow { sequence: 3 }]);
        // Whoever also mends the row's hash breaks the link to the next row.
        change(&place.db, "UPDATE audit SET hash = 'mended' WHERE sequence = 3").await;
        let found = check(&place, None).await.findings;
        assert_eq!(found, [Finding::ChangedRow { sequence: 3 }, Finding::BrokenLink { sequence: 4 }]);
    }

    async fn a_deleted_row_of_the_chain_is_found(place: Place) {
        live_through_a_period(&place).await;
        change(&place.db, "DELETE FROM audit WHERE sequence IN (2, 8)").await;
        let found = check(&place, None).await.findings;
        assert!(found.contains(&Finding::MissingRows { first: 2, last: 2 }), "{found:?}");
        assert!(found.contains(&Finding::WrongHead { says: 8, newest: 7 }), "{found:?}");
        assert!(found.iter().any(|finding| matches!(finding, Finding::Acknowledged { action: "return-report", .. })), "{found:?}");
    }

    async fn a_lost_submission_is_found(place: Place) {
        live_through_a_period(&place).await;
        change(&place.db, "DELETE FROM submissions WHERE report_id = 'report-b' AND submission = 2").await;
        let found = find(&place).await;
        assert!(found.contains(&"report report-b says it was submitted 2 times, 1 submissions are kept".to_owned()), "{found:?}");
        assert!(found.iter().any(|line| line.contains("has 2 rows “submit-report”")), "{found:?}");
    }

    async fn a_report_pushed_through_is_found(place: Place) {
        live_through_a_period(&place).await;
        change(&place.db, "UPDATE reports SET state = 'accepted', accepted_at = 60 WHERE id = 'report-b'").await;
        let expected = "report report-b stands at “accepted”, its history leads to “submitted”";
        assert_eq!(find(&place).await, [expected]);
    }

    async fn facts_of_a_report_that_is_not_accepted_are_found(place: Place) {
        live_through_a_period(&place).await;
        change(&place.db, "UPDATE stage_steps SET report_id = 'report-b' WHERE id = 'step-2'").await;
        assert_eq!(find(&place).await, ["report report-b is not accepted, yet 1 of its facts count"]);
    }

    async fn an_own_review_is_found(place: Place) {
        let cast = live_through_a_period(&place).await;
        change(&place.db, &format!("UPDATE reviews SET reviewer_id = '{}' WHERE id = 'v3'", cast.owner_a.account())).await;
        let expected = Finding::OwnReview { report: "report-a".to_owned(), submission: 2, reviewer: "owner-a".to_owned() };
        assert_eq!(check(&place, None).await.findings, [expected]);
    }

    async fn a_day_counted_twice_is_found(place: Place) {
        live_through_a_period(&place).await;
        change(&place.db, "UPDATE indicator_days SET change = 2 WHERE measure = 'counted'").await;
        assert_eq!(find(&place).await, ["indicator songshan T01: “counted” changes by 2 on 2026-08-01, a recount gives 1"]);
    }

    async fn a_span_that_the_steps_do_not_give_is_found(place: Place) {
        live_through_a_period(&place).await;
        change(&place.db, "UPDATE counted_spans SET from_date = '2026-07-01' WHERE measure = 'counted'").await;
        let expected = "indicator songshan T01, unit 松山实践中心: the days “counted” are stored as since 2026-07-01, \
                        a recount gives since 2026-08-01";
        assert_eq!(find(&place).await, [expected]);
    }

    async fn rows_of_lists_that_the_steps_do_not_give_are_found(place: Place) {
        live_through_a_period(&place).await;
        for (fault, mend, told) in [
            (
                "UPDATE standings SET stage = 'approved'",
                "UPDATE standings SET stage = 'recognised'",
                "standing of recognition recognition: stored is centre:municipal approved",
            ),
            (
                "UPDATE standings SET approved_on = '2026-04-01'",
                "UPDATE standings SET approved_on = '2026-03-01'",
                "standing of recognition recognition: stored is centre:municipal recognised",
            ),
            (
                "UPDATE step_days SET steps = 2",
                "UPDATE step_days SET steps = 1",
                "steps of centre municipal on 2026-03-01, recorded in slot 0: stored is 2",
            ),
            (
                "UPDATE standing_counts SET units = 2",
                "UPDATE standing_counts SET units = 1",
                "units that stand at centre:municipal recognised",
            ),
            (
                "UPDATE standing_days SET change = 2 WHERE stage = 'recognised'",
                "UPDATE standing_days SET change = 1 WHERE stage = 'recognised'",
                "change of units that stand at centre:municipal recognised",
            ),
            (
                "UPDATE name_shelves SET names = '松山中心'",
                "UPDATE name_shelves SET names = '松山实践中心'",
                "name on shelf 388 of unit unit: stored is 松山中心",
            ),
            (
                "UPDATE name_shelves SET shelf = shelf + 1",
                "UPDATE name_shelves SET shelf = shelf - 1",
                "name on shelf 388 of unit unit: stored is none",
            ),
            (
                "UPDATE indicator_moves SET lost = 1",
                "UPDATE indicator_moves SET lost = 0",
                "movements of indicator on 2026-08-01: stored is 1 gained, 1 lost",
            ),
            (
                "UPDATE holder_days SET change = 3",
                "UPDATE holder_days SET change = 1",
                "units of holder",
            ),
            (
                "INSERT INTO kind_days (indicator_id, kind, on_date, change) VALUES ('indicator', 'centre', '2026-08-01', 1)",
                "DELETE FROM kind_days",
                "count by kind of indicator “centre” on 2026-08-01: stored is 1, a recount gives none",
            ),
        ] {
            change(&place.db, fault).await;
            let found = find(&place).await;
            assert!(found.iter().any(|line| line.starts_with(told)), "{told} in {found:?}");
            change(&place.db, mend).await;
            assert_eq!(find(&place).await, Vec::<String>::new(), "{mend}");
        }
    }

    async fn a_ruling_that_the_rollups_do_not_follow_is_found(place: Place) {
        live_through_a_period(&place).await;
        change(
            &place.db,
            "INSERT INTO rulings (id, indicator_id, kind, value, provenance, reason, document, decided_on, recorded_at)
             VALUES ('ruling', 'indicator', 'counting-stage', 'approved', 'commission', 'x', 'x', '2026-01-01', 60)",
        )
        .await;
        let found = find(&place).await;
        assert!(found.iter().any(|line| line.ends_with("a recount gives since 2026-03-01")), "{found:?}");
        change(&place.db, "UPDATE rulings SET superseded_at = 61").await;
        assert_eq!(find(&place).await, Vec::<String>::new());
    }

    async fn a_step_that_cannot_follow_is_found(place: Place) {
        live_through_a_period(&place).await;
        change(&place.db, "UPDATE stage_steps SET on_date = '2026-09-01' WHERE id = 'step-1'").await;
        let found = find(&place).await;
        assert!(found.iter().any(|line| line.starts_with("unit 松山实践中心: the step to “approved” on 2026-09-01")), "{found:?}");
    }

    async fn missing_changed_and_stray_files_are_found(place: Place) {
        live_through_a_period(&place).await;
        let sha256 = hex(&Sha256::digest(CONTENT));
        write_evidence(&place.data_dir, &sha256, b"%PDF-1.7 something else");
        let changed = Finding::ChangedFile { id: "file".to_owned(), file_name: "认定文件.pdf".to_owned() };
        assert_eq!(check(&place, None).await.findings, [changed]);
        fs::remove_file(place.data_dir.join("evidence").join(&sha256[..2]).join(&sha256)).unwrap();
        let missing = Finding::MissingFile { id: "file".to_owned(), file_name: "认定文件.pdf".to_owned() };
        assert_eq!(check(&place, None).await.findings, [missing]);
        write_evidence(&place.data_dir, &sha256, CONTENT);
        write_evidence(&place.data_dir, "ffstray", b"left behind");
        let stray = place.data_dir.join("evidence/ff/ffstray");
        let written = fs::metadata(&stray).unwrap().modified().unwrap();
        let at = |hours: i64| {
            let since = written.duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
            Moment(i64::try_from(since).unwrap() + hours * 3_600_000)
        };
        for (hours, expected) in [(23, vec![]), (25, vec![Finding::OrphanFile { path: "evidence/ff/ffstray".to_owned() }])] {
            let inspection = Inspection { data_dir: &place.data_dir, now: at(hours), head: None };
            assert_eq!(verify(&place.db, inspection).await.unwrap().findings, expected, "after {hours} hours");
        }
    }
}
