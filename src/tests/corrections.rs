//! Corrections of accepted reports. Invariant: what was accepted stays in force until its correction is accepted, and then
//! both are there to be seen.

mod office;

use bihuan::{
    domain::{
        fields::FieldProblem,
        ids::ReportId,
        known::Known,
        report::{Decision, EntryFields, ReportState, ValueFields},
        roster::{Step, StepError},
        words::Stage,
    },
    error::UserError,
    services::{
        clocks::Clocks,
        roster::{StepEntry, record_step},
    },
};
use jiff::civil::date;

use self::office::{IN_JULY, IN_OCTOBER, Office, branch, report_of, told};
use crate::{
    fixtures::{at, identify, usual_now},
    support::{Place, change, read_number, read_texts},
};

/// A report of the third quarter with two branches, accepted.
async fn two_branches(office: &Office) -> ReportId {
    office.report("2026Q3", IN_OCTOBER, report_of(vec![branch("k1", "星河丝路学堂"), branch("k2", "远山丝路学堂")])).await
}

/// Staff record that a branch was revoked.
async fn revoke(office: &Office, name: &str) {
    let unit = read_texts(office.db(), &format!("SELECT id FROM units WHERE name_zh = '{name}'")).await.remove(0);
    let actor = office.cast.staff.require(bihuan::domain::permissions::Permission::ManagePlans).unwrap();
    let entry = StepEntry {
        unit,
        recognition: "silk-road-branch".to_owned(),
        stage: "revoked".to_owned(),
        stage_date: "2026-10-01".to_owned(),
        document: "松教外〔2026〕9 号".to_owned(),
        reason: "停止办学".to_owned(),
        ..StepEntry::default()
    };
    told(record_step(office.db(), &actor, usual_now(), &office.plan, entry).await).unwrap();
}

stories! {
    async fn a_correction_changes_the_number_on_acceptance_and_only_then(place: Place) {
        let office = Office::open(&place).await;
        let report = two_branches(&office).await;
        assert_eq!(office.count().await, (2, 0));
        let before = read_texts(&place.db, "SELECT id FROM stage_steps WHERE superseded_at IS NULL ORDER BY id").await;
        let correction = office
            .correct(&report, |fields| {
                fields.entries.remove(1);
                fields.percent_complete = "35".to_owned();
            })
            .await
            .unwrap();
        assert_eq!(office.count().await, (2, 0), "what was accepted stays in force, and nothing new waits");
        office.decide(&office.cast.lead, &correction, usual_now(), Decision::Accept).await.unwrap();
        assert_eq!(office.count().await, (2, 0));
        assert_eq!(office.verify().await, Vec::<String>::new());
        office.decide(&office.cast.staff, &correction, usual_now(), Decision::Accept).await.unwrap();
        assert_eq!(office.count().await, (1, 0));
        // The entry that was repeated keeps its row; the other one's ended at the instant of acceptance.
        let (then, now) = (at(IN_OCTOBER).0, usual_now().0);
        let held = read_texts(&place.db, "SELECT id FROM stage_steps WHERE superseded_at IS NULL").await;
        assert!(held.len() == 1 && before.contains(&held[0]), "{held:?} of {before:?}");
        assert_eq!(read_number(&place.db, &format!("SELECT COUNT(*) FROM stage_steps WHERE recorded_at = {then}")).await, 2);
        assert_eq!(read_number(&place.db, &format!("SELECT COUNT(*) FROM stage_steps WHERE superseded_at = {now}")).await, 1);
        let known_before = format!("SELECT COUNT(*) FROM stage_steps WHERE recorded_at < {now} AND (superseded_at IS NULL OR superseded_at >= {now})");
        assert_eq!(read_number(&place.db, &known_before).await, 2, "what was known before is still known");
        let today = date(2026, 10, 12);
        assert_eq!(office.count_by(Clocks::known_at(today, date(2026, 10, 11), today)).await.0, 2, "as it was known the day before");
        assert_eq!(office.count_by(Clocks::known_at(today, date(2026, 10, 1), today)).await.0, 0, "before the report was accepted");
        assert_eq!(office.verify().await, Vec::<String>::new());
        // The unit stays on record, and its name is free for whoever has it.
        let unit = read_texts(&place.db, "SELECT id FROM units WHERE name_zh = '远山丝路学堂'").await.remove(0);
        let page = office.get(&office.cast.owner_b, &office.path(&format!("/roster/{unit}"))).await;
        page.shows(&["<del>认定</del>", "被更正", "2026-10-12 09:00"]);
        let other = office.owed(&office.cast.owning_b, "2026Q3").await;
        let files = vec![office.file("b1", "own").await];
        office.save(&office.cast.owner_b, &other, usual_now(), report_of(vec![branch("b1", "远山丝路学堂")]), files).await.unwrap();
        assert_eq!(office.submit(&office.cast.owner_b, &other, usual_now()).await, Ok(()));
        assert_eq!(office.count().await, (1, 1));
        // The owner is offered no further step of it.
        let next = office.begin(&office.cast.owner_a, &correction).await.unwrap();
        office.page(&office.cast.owner_a, &next).await.hides(&[&format!("<option value=\"{unit}\"")]);
    }

    async fn what_a_correction_adds_waits_and_then_counts(place: Place) {
        let office = Office::open(&place).await;
        let report = two_branches(&office).await;
        let correction = office.begin(&office.cast.owner_a, &report).await.unwrap();
        let mut fields = office.draft(&correction).await;
        fields.entries.push(branch("k3", "长桥丝路学堂"));
        fields.entries[0].document_number = "松教外〔2026〕4 号".to_owned();
        let files = vec![office.file("k3", "third").await];
        office.save(&office.cast.owner_a, &correction, usual_now(), fields, files).await.unwrap();
        office.submit(&office.cast.owner_a, &correction, usual_now()).await.unwrap();
        assert_eq!(office.count().await, (2, 1), "only what is new waits; what counts already is not listed twice");
        // The names of what is new are held while it waits, those of the version in force are its own.
        let other = office.owed(&office.cast.owning_b, "2026Q3").await;
        let files = vec![office.file("b1", "own").await];
        office.save(&office.cast.owner_b, &other, usual_now(), report_of(vec![branch("b1", "长桥丝路学堂")]), files).await.unwrap();
        assert!(matches!(office.submit(&office.cast.owner_b, &other, usual_now()).await, Err(UserError::Taken { .. })));
        office.accept(&correction, usual_now()).await.unwrap();
        assert_eq!(office.count().await, (3, 0));
        let now = usual_now().0;
        assert_eq!(read_number(&place.db, &format!("SELECT COUNT(*) FROM stage_steps WHERE recorded_at = {now}")).await, 2);
        assert_eq!(read_number(&place.db, &format!("SELECT COUNT(*) FROM stage_steps WHERE superseded_at = {now}")).await, 1);
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM units").await, 3, "the unit whose document changed is the same");
        let proven = "SELECT COUNT(*) FROM stage_steps s WHERE s.superseded_at IS NULL
                      AND EXISTS (SELECT 1 FROM step_evidence e WHERE e.step_id = s.id)";
        assert_eq!(read_number(&place.db, proven).await, 3, "every step that holds has its file");
        assert_eq!(office.verify().await, Vec::<String>::new());
    }

    async fn a_person_corrects_a_report_on_its_page(place: Place) {
        let office = Office::open(&place).await;
        let report = two_branches(&office).await;
        let (owner, other, lead, staff) = (&office.cast.owner_a, &office.cast.owner_b, &office.cast.lead, &office.cast.staff);
        office.page(owner, &report).await.shows(&["更正这份填报", "更正理由", "/fn/begin_correction"]);
        for who in [lead, staff, &office.cast.leader] {
            office.page(who, &report).await.hides(&["更正这份填报", "/fn/begin_correction"]);
        }
        assert_eq!(office.page(other, &report).await.status, 404);
        let place_of = office.path(&format!("/reports/{report}"));
        let form = |reason: &'static str| [("plan", "bj-2025"), ("back", place_of.as_str()), ("report", report.as_str()), ("reason", reason)];
        // Without a reason the form comes back; what is not one's own does not exist.
        let back = office.post(owner, "/fn/begin_correction", &form(" ")).await;
        office.get(owner, &back.location).await.shows(&["aria-invalid=\"true\"", "更正这份填报"]);
        office.post(other, "/fn/begin_correction", &form("核对")).await;
        office.post(staff, "/fn/begin_correction", &form("核对")).await;
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM corrections").await, 0);
        let begun = office.post(owner, "/fn/begin_correction", &form("统计口径有误")).await;
        let correction = ReportId::from(read_texts(&place.db, "SELECT report_id FROM corrections").await.remove(0));
        assert!(begun.location.starts_with(&office.path(&format!("/reports/{correction}?"))), "{}", begun.location);
        let page = office.get(owner, &begun.location).await;
        page.shows(&["更正已开始", "更正 1", "星河丝路学堂", "2026Q3-k1.pdf", "还没有不同", "放弃更正", "统计口径有误"]);
        office.page(owner, &report).await.shows(&["这份填报正在更正：更正 1"]);
        office.page(owner, &report).await.hides(&["/fn/begin_correction"]);
        office.get(owner, &office.path("/reports")).await.shows(&["未完成的更正", "更正 1"]);
        assert_eq!(office.page(other, &correction).await.status, 404);
        // As it is it cannot be submitted: it corrects nothing.
        let fields = |version: &'static str, intent: &'static str, percent: &'static str| {
            vec![
                ("version", version),
                ("intent", intent),
                ("entry_keys", "k1"),
                ("narrative", "分校揭牌，首批学员入学。"),
                ("percent_complete", percent),
                ("entries.k1.recognition", "silk-road-branch/"),
                ("entries.k1.name", "星河丝路学堂"),
                ("entries.k1.stage", "recognised"),
                ("entries.k1.stage_date", "2026-06-05"),
                ("entries.k1.document_number", "松教外〔2026〕3 号"),
            ]
        };
        let refused = office.submit(owner, &correction, usual_now()).await.unwrap_err();
        assert_eq!(refused, UserError::field("narrative", FieldProblem::NothingCorrected));
        let sent = office.post_report(owner, &correction, &fields("1", "submit", "38")).await;
        office.get(owner, &sent.location).await.shows(&["已提交", "更正 1", "等待松山市产业局审核"]);
        assert_eq!(office.count().await, (2, 0), "one entry is changed and one dropped, and nothing has happened yet");
        // The lead and the commission see what differs, in the queue and on the page.
        let queue = office.get(lead, &office.path("/reviews")).await;
        queue.shows(&["更正", "统计口径有误", "<del>40</del>", "<ins>38</ins>", "远山丝路学堂 · 名称", "<del>2026-06-02</del>", "<ins>2026-06-05</ins>"]);
        office.page(lead, &correction).await.shows(&["更正的内容", "<del>远山丝路学堂</del>", "<del>认定</del>", "审核决定"]);
        office.decide(lead, &correction, usual_now(), Decision::Accept).await.unwrap();
        office.page(staff, &correction).await.shows(&["通过后更正立即生效", "<ins>2026-06-05</ins>"]);
        office.decide(staff, &correction, usual_now(), Decision::Accept).await.unwrap();
        assert_eq!(office.count().await, (1, 0));
        let former = office.page(lead, &report).await;
        former.shows(&["这一版已被更正", "更正 1", "版本", "现行有效", "已被更正", "2026Q3-k2.pdf"]);
        office.page(owner, &correction).await.shows(&["现行有效", "统计口径有误", "owner-a 于 2026-10-12", "更正这份填报"]);
        office.get(owner, &office.path("/reports")).await.hides(&["未完成的更正"]);
        office.get(lead, &office.path("/reviews")).await.hides(&["统计口径有误"]);
        // The task says what is in force, and the ring is where it was.
        office.get(owner, &office.path("/tasks/5.2?period=2026Q3")).await.shows(&["38%"]);
        assert_eq!(office.verify().await, Vec::<String>::new());
    }

    async fn evidence_of_every_version_stays(place: Place) {
        let office = Office::open(&place).await;
        let report = two_branches(&office).await;
        let correction = office.begin(&office.cast.owner_a, &report).await.unwrap();
        let copies = format!("SELECT id FROM evidence WHERE report_id = '{correction}' ORDER BY entry_key");
        let copy = read_texts(&place.db, &copies).await;
        assert_eq!(copy.len(), 2);
        // The file of the second branch is taken out of the correction, and another one put in.
        let version = office.version(&correction).await.to_string();
        let detach = format!("detach:{}", copy[1]);
        let draft = office.draft(&correction).await;
        let mut typed: Vec<(String, String)> = vec![
            ("version".to_owned(), version),
            ("intent".to_owned(), detach),
            ("entry_keys".to_owned(), "k1,k2".to_owned()),
            ("narrative".to_owned(), draft.narrative.clone()),
            ("percent_complete".to_owned(), draft.percent_complete.clone()),
        ];
        for entry in &draft.entries {
            for (field, value) in [
                ("recognition", &entry.recognition),
                ("name", &entry.name),
                ("stage", &entry.stage),
                ("stage_date", &entry.stage_date),
                ("document_number", &entry.document_number),
            ] {
                typed.push((format!("entries.{}.{field}", entry.key), value.clone()));
            }
        }
        let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        office.post_report(&office.cast.owner_a, &correction, &typed).await;
        let fields = office.draft(&correction).await;
        let files = vec![office.file("k2", "better").await];
        office.save(&office.cast.owner_a, &correction, usual_now(), fields, files).await.unwrap();
        let page = office.page(&office.cast.owner_a, &correction).await;
        page.shows(&["远山丝路学堂 · 佐证材料", "<del>2026Q3-k2.pdf</del>", "<ins>better.pdf</ins>"]);
        office.submit(&office.cast.owner_a, &correction, usual_now()).await.unwrap();
        office.accept(&correction, usual_now()).await.unwrap();
        // Every file of either version is handed out to whoever may see the report, and to nobody else.
        let all = read_texts(&place.db, "SELECT id FROM evidence").await;
        assert_eq!(all.len(), 5);
        for id in &all {
            let path = office.path(&format!("/evidence/{id}"));
            assert_eq!(office.get(&office.cast.lead, &path).await.status, 200, "{id}");
            assert_eq!(office.get(&office.cast.owner_b, &path).await.status, 404, "{id}");
        }
        office.page(&office.cast.lead, &report).await.shows(&["2026Q3-k2.pdf"]);
        let proof = "SELECT e.file_name FROM stage_steps s JOIN step_evidence x ON x.step_id = s.id JOIN evidence e ON e.id = x.evidence_id
                     WHERE s.superseded_at IS NULL ORDER BY e.file_name";
        assert_eq!(read_texts(&place.db, proof).await, ["2026Q3-k1.pdf", "better.pdf"]);
        assert_eq!(office.count().await, (2, 0));
        assert_eq!(office.verify().await, Vec::<String>::new());
    }

    async fn of_two_corrections_at_once_one_wins(place: Place) {
        let office = Office::open(&place).await;
        let report = two_branches(&office).await;
        let owner = &office.cast.owner_a;
        let (first, second) = tokio::join!(office.begin(owner, &report), office.begin(owner, &report));
        let (won, lost) = if first.is_ok() { (first, second) } else { (second, first) };
        let correction = won.unwrap();
        assert_eq!(lost, Err(UserError::CorrectionOpen));
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM corrections").await, 1);
        let mut fields = office.draft(&correction).await;
        fields.entries.remove(0);
        office.save(owner, &correction, usual_now(), fields, Vec::new()).await.unwrap();
        office.submit(owner, &correction, usual_now()).await.unwrap();
        office.decide(&office.cast.lead, &correction, usual_now(), Decision::Accept).await.unwrap();
        let (one, two) = tokio::join!(
            office.decide(&office.cast.staff, &correction, usual_now(), Decision::Accept),
            office.decide(&office.cast.staff_2, &correction, usual_now(), Decision::Accept),
        );
        let mut outcomes = [one, two];
        outcomes.sort_by_key(Result::is_err);
        assert_eq!(outcomes, [Ok(ReportState::Accepted), Err(UserError::AlreadyDecided)]);
        assert_eq!(office.count().await, (1, 0));
        // The former version is no longer the one to be corrected; the new one is.
        assert_eq!(office.begin(owner, &report).await, Err(UserError::Stale));
        assert!(office.begin(owner, &correction).await.is_ok());
        assert_eq!(office.verify().await, Vec::<String>::new());
    }

    async fn a_correction_is_its_owners_and_reviewed_by_others(place: Place) {
        let office = Office::open(&place).await;
        let owed = office.owed(&office.cast.owning_a, "2026Q2").await;
        office.save(&office.cast.owner_a, &owed, at(IN_JULY), report_of(Vec::new()), Vec::new()).await.unwrap();
        assert_eq!(office.begin(&office.cast.owner_a, &owed).await, Err(UserError::WrongState), "a draft is changed, not corrected");
        let report = two_branches(&office).await;
        assert_eq!(office.begin(&office.cast.owner_b, &report).await, Err(UserError::NotFound));
        // An officer who also reports for the school.
        let staff = office.cast.staff.account();
        change(&place.db, &format!("INSERT INTO account_roles (account_id, role, granted_at) VALUES ('{staff}', 'owner', 0)")).await;
        change(&place.db, &format!("UPDATE accounts SET organisation_id = '{}' WHERE id = '{staff}'", office.cast.owning_a)).await;
        let both = identify(&place.db, staff).await;
        let correction = office.begin(&both, &report).await.unwrap();
        assert_eq!(office.give_up(&office.cast.owner_b, &correction).await, Err(UserError::NotFound));
        let mut fields = office.draft(&correction).await;
        fields.percent_complete = "41".to_owned();
        let foreign = office.save(&office.cast.owner_b, &correction, usual_now(), fields.clone(), Vec::new()).await;
        assert_eq!(foreign, Err(UserError::NotFound));
        office.save(&both, &correction, usual_now(), fields, Vec::new()).await.unwrap();
        office.submit(&both, &correction, usual_now()).await.unwrap();
        office.decide(&office.cast.lead, &correction, usual_now(), Decision::Accept).await.unwrap();
        assert_eq!(office.decide(&both, &correction, usual_now(), Decision::Accept).await, Err(UserError::OwnWork));
        assert_eq!(office.decide(&office.cast.staff_2, &correction, usual_now(), Decision::Return).await, Ok(ReportState::Returned));
        assert_eq!(office.count().await, (2, 0), "returned or not, the former version is in force");
        office.page(&office.cast.owner_a, &correction).await.shows(&["请补充说明。", "放弃更正", "重新提交"]);
        assert_eq!(office.verify().await, Vec::<String>::new());
    }

    async fn what_later_steps_build_on_cannot_be_corrected_away(place: Place) {
        let office = Office::open(&place).await;
        let report = two_branches(&office).await;
        let correction = office.correct(&report, |fields| drop(fields.entries.remove(1))).await.unwrap();
        office.decide(&office.cast.lead, &correction, usual_now(), Decision::Accept).await.unwrap();
        // While it waited staff revoked what it would say was never recognised.
        revoke(&office, "远山丝路学堂").await;
        let (taken, later) = (Step { stage: Stage::Recognised, on: date(2026, 6, 2) }, Step { stage: Stage::Revoked, on: date(2026, 10, 1) });
        let needed = FieldProblem::StepNeeded { name: "远山丝路学堂".to_owned(), taken, later };
        let refused = UserError::field("entries", needed.clone());
        assert_eq!(office.decide(&office.cast.staff, &correction, usual_now(), Decision::Accept).await, Err(refused.clone()));
        assert_eq!(office.decide(&office.cast.staff, &correction, usual_now(), Decision::Return).await, Ok(ReportState::Returned));
        assert_eq!(office.submit(&office.cast.owner_a, &correction, usual_now()).await, Err(refused));
        let page = office.get(&office.cast.owner_a, &office.path(&format!("/reports/{correction}?check=1"))).await;
        page.shows(&["“远山丝路学堂”的“认定”（2026-06-02）不能去掉：之后采信的“撤销”（2026-10-01）以它为前提。", "href=\"#f-entries\"", "id=\"f-entries\""]);
        // Put back with a date behind the revocation it is refused at the entry itself.
        let mut fields = office.draft(&correction).await;
        let mut second = branch("k2", "远山丝路学堂");
        second.stage_date = "2026-10-05".to_owned();
        fields.entries.push(second);
        let files = vec![office.file("k2", "again").await];
        office.save(&office.cast.owner_a, &correction, usual_now(), fields.clone(), files).await.unwrap();
        let problem = FieldProblem::Step(StepError::EndWithoutStart);
        let late = office.submit(&office.cast.owner_a, &correction, usual_now()).await.unwrap_err();
        assert!(matches!(&late, UserError::Invalid(errors) if errors.iter().all(|error| error.field.starts_with("entries.k2.") && error.problem != problem)), "{late:?}");
        fields.entries[1].stage_date = "2026-06-09".to_owned();
        office.save(&office.cast.owner_a, &correction, usual_now(), fields, Vec::new()).await.unwrap();
        office.submit(&office.cast.owner_a, &correction, usual_now()).await.unwrap();
        office.accept(&correction, usual_now()).await.unwrap();
        assert_eq!(office.count().await, (1, 0));
        assert_eq!(office.verify().await, Vec::<String>::new());
    }

    async fn an_early_step_is_corrected_below_a_later_report(place: Place) {
        let office = Office::open(&place).await;
        let approved = |on: &str| EntryFields { stage: "approved".to_owned(), stage_date: on.to_owned(), ..branch("k1", "星河丝路学堂") };
        let first = office.report("2026Q2", IN_JULY, report_of(vec![approved("2026-04-01")])).await;
        let unit = read_texts(&place.db, "SELECT id FROM units").await.remove(0);
        let moved = EntryFields { unit_id: unit, name: String::new(), stage_date: "2026-09-02".to_owned(), ..branch("m1", "") };
        office.report("2026Q3", IN_OCTOBER, report_of(vec![moved])).await;
        assert_eq!(office.count().await, (1, 0));
        let late = office.correct(&first, |fields| fields.entries[0].stage_date = "2026-09-20".to_owned()).await.unwrap_err();
        let problem = StepError::StageBack(Step { stage: Stage::Recognised, on: date(2026, 9, 2) });
        assert_eq!(late, UserError::field("entries.k1.stage", FieldProblem::Step(problem)));
        let correction = ReportId::from(read_texts(&place.db, "SELECT report_id FROM corrections").await.remove(0));
        let mut fields = office.draft(&correction).await;
        fields.entries[0].stage_date = "2026-05-06".to_owned();
        office.save(&office.cast.owner_a, &correction, usual_now(), fields, Vec::new()).await.unwrap();
        office.submit(&office.cast.owner_a, &correction, usual_now()).await.unwrap();
        office.accept(&correction, usual_now()).await.unwrap();
        assert_eq!(office.count().await, (1, 0));
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM recognitions").await, 1, "it is still one recognition");
        let held = "SELECT on_date FROM stage_steps WHERE superseded_at IS NULL ORDER BY on_date";
        assert_eq!(read_texts(&place.db, held).await, ["2026-05-06", "2026-09-02"]);
        assert_eq!(office.verify().await, Vec::<String>::new());
        // And taken back altogether: the later step stands by itself.
        let second = office.correct(&correction, |fields| fields.entries.clear()).await.unwrap();
        office.accept(&second, usual_now()).await.unwrap();
        assert_eq!(office.count().await, (1, 0));
        assert_eq!(office.verify().await, Vec::<String>::new());
    }

    async fn another_name_describes_the_same_unit(place: Place) {
        let office = Office::open(&place).await;
        let report = two_branches(&office).await;
        let taken = office.correct(&report, |fields| fields.entries[0].name = "远山丝路学堂".to_owned()).await.unwrap_err();
        assert!(matches!(taken, UserError::Invalid(_) | UserError::Taken { .. }), "{taken:?}");
        let correction = ReportId::from(read_texts(&place.db, "SELECT report_id FROM corrections").await.remove(0));
        let mut fields = office.draft(&correction).await;
        fields.entries[0].name = "星汉丝路学堂".to_owned();
        office.save(&office.cast.owner_a, &correction, usual_now(), fields, Vec::new()).await.unwrap();
        office.submit(&office.cast.owner_a, &correction, usual_now()).await.unwrap();
        let other = office.owed(&office.cast.owning_b, "2026Q3").await;
        for (name, free) in [("星汉丝路学堂", false), ("星河丝路学堂", false)] {
            let files = vec![office.file("b1", name).await];
            office.save(&office.cast.owner_b, &other, usual_now(), report_of(vec![branch("b1", name)]), files).await.unwrap();
            assert_eq!(office.submit(&office.cast.owner_b, &other, usual_now()).await.is_ok(), free, "{name}");
        }
        office.accept(&correction, usual_now()).await.unwrap();
        assert_eq!(read_texts(&place.db, "SELECT name_zh FROM units ORDER BY name_zh").await.len(), 2);
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM units WHERE name_zh = '星汉丝路学堂'").await, 1);
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM stage_steps").await, 2, "its steps are the same");
        assert_eq!(office.submit(&office.cast.owner_b, &other, usual_now()).await, Ok(()), "the former name is free");
        assert_eq!(office.count().await, (2, 1));
        // A second correction still knows which unit is which.
        let second = office.correct(&correction, |fields| fields.entries[0].stage_date = "2026-06-03".to_owned()).await.unwrap();
        office.accept(&second, usual_now()).await.unwrap();
        assert_eq!((office.count().await, read_number(&place.db, "SELECT COUNT(*) FROM units").await), ((2, 1), 2));
        assert_eq!(office.verify().await, Vec::<String>::new());
    }

    async fn a_correction_that_is_given_up_is_kept(place: Place) {
        let office = Office::open(&place).await;
        let report = two_branches(&office).await;
        let correction = office.correct(&report, |fields| fields.entries[0].name = "星汉丝路学堂".to_owned()).await.unwrap();
        assert_eq!(office.give_up(&office.cast.owner_a, &correction).await, Err(UserError::WrongState), "a reviewer has it");
        office.decide(&office.cast.lead, &correction, usual_now(), Decision::Return).await.unwrap();
        let version = office.version(&correction).await.to_string();
        let back = office.path(&format!("/reports/{correction}"));
        let form = [("plan", "bj-2025"), ("back", back.as_str()), ("report", correction.as_str()), ("version", version.as_str())];
        let answer = office.post(&office.cast.owner_a, "/fn/give_up_correction", &form).await;
        let page = office.get(&office.cast.owner_a, &answer.location).await;
        page.shows(&["已放弃这份更正", "已放弃", "现行有效"]);
        page.hides(&["report-form", "/fn/give_up_correction"]);
        assert_eq!(office.submit(&office.cast.owner_a, &correction, usual_now()).await, Err(UserError::WrongState));
        let stays = office.save(&office.cast.owner_a, &correction, usual_now(), report_of(Vec::new()), Vec::new()).await;
        assert_eq!(stays, Err(UserError::WrongState));
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM name_holds WHERE unit_id IS NULL").await, 0, "it holds no name any more");
        let next = office.correct(&report, |fields| drop(fields.entries.remove(1))).await.unwrap();
        assert_eq!(read_number(&place.db, &format!("SELECT correction FROM reports WHERE id = '{next}'")).await, 2);
        office.accept(&next, usual_now()).await.unwrap();
        office.page(&office.cast.lead, &next).await.shows(&["更正 2", "已放弃"]);
        assert_eq!(office.count().await, (1, 0));
        assert_eq!(office.verify().await, Vec::<String>::new());
    }

    async fn values_and_a_completion_follow_the_version_in_force(place: Place) {
        let office = Office::open(&place).await;
        let sql = format!(
            "INSERT INTO indicators (id, plan_id, area_id, code, ordinal, name_zh, name_en, unit_zh, unit_en, measure, direction, scale,
                                     source_zh, needs_stage_ruling)
             SELECT 'v-' || n.code, i.plan_id, i.area_id, n.code, 90, '培训人次', 'Trained', '人次', '', 'flow', 'rising', 0, '', 0
             FROM indicators i, (SELECT 'V1' AS code UNION SELECT 'V2' UNION SELECT 'V3') n WHERE i.code = 'T10';
             INSERT INTO task_indicators (task_id, indicator_id)
             SELECT t.id, i.id FROM tasks t, indicators i WHERE t.plan_id = '{plan}' AND t.code = '5.2' AND i.code IN ('V1', 'V2', 'V3');",
            plan = office.plan.id
        );
        change(&place.db, &sql).await;
        let value = |code: &str, value: &str| ValueFields { indicator: code.to_owned(), value: value.to_owned(), ..ValueFields::default() };
        let report = office.owed(&office.cast.owning_a, "2026Q3").await;
        let mut fields = report_of(Vec::new());
        fields.values = vec![value("V1", "120"), value("V2", "80"), value("V3", "")];
        fields.completed_on = "2026-09-28".to_owned();
        let files = vec![office.file("", "deliverable").await];
        office.save(&office.cast.owner_a, &report, at(IN_OCTOBER), fields, files).await.unwrap();
        office.submit(&office.cast.owner_a, &report, at(IN_OCTOBER)).await.unwrap();
        office.accept(&report, at(IN_OCTOBER)).await.unwrap();
        let correction = office
            .correct(&report, |fields| {
                fields.values = vec![value("V1", "120"), value("V2", ""), value("V3", "7")];
                fields.completed_on = String::new();
            })
            .await
            .unwrap();
        let sum = "SELECT CAST(COALESCE(SUM(value), 0) AS BIGINT) FROM accepted_values WHERE superseded_at IS NULL";
        assert_eq!(read_number(&place.db, sum).await, 200);
        office.accept(&correction, usual_now()).await.unwrap();
        assert_eq!(read_number(&place.db, sum).await, 127);
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM accepted_values").await, 3, "what is repeated keeps its row");
        let mut tx = place.db.read().await.unwrap();
        let progress = bihuan::store::tasks::list_progress(&mut tx, &office.plan.id, None, Known::NOW).await.unwrap();
        assert_eq!(progress.iter().map(bihuan::store::tasks::AcceptedProgress::completed_on).collect::<Vec<_>>(), [None]);
        drop(tx);
        assert_eq!(office.verify().await, Vec::<String>::new());
    }

    async fn verify_finds_versions_that_cannot_be(place: Place) {
        let office = Office::open(&place).await;
        let report = two_branches(&office).await;
        let correction = office.correct(&report, |fields| drop(fields.entries.remove(1))).await.unwrap();
        office.accept(&correction, usual_now()).await.unwrap();
        assert_eq!(office.verify().await, Vec::<String>::new());
        change(&place.db, "UPDATE stage_steps SET superseded_at = NULL").await;
        let found = office.verify().await;
        let expected = format!("report {correction} is in force with 1 recognitions and 0 values, yet 2 and 0 hold");
        assert!(found.contains(&expected), "{found:?}");
        change(&place.db, &format!("UPDATE corrections SET corrects_id = '{correction}'")).await;
        let found = office.verify().await;
        assert!(found.contains(&format!("report {correction}: it corrects a version that was not in force")), "{found:?}");
    }
}
