//! Changes of a plan's definition and of organisations, made as staff make them. Invariant: none of them reaches what was known before.

use axum::http::StatusCode;
use bihuan::{
    domain::words::{Stage, UnitKind},
    services::{
        editing::{
            AreaInput, AreaState, Grounds, IndicatorInput, PartInput, PartKind, PlanInput, PlanState, TaskInput, change_area,
            change_indicator, change_plan, change_task, create_area, read_definition, set_part_retired, write_seen,
        },
        moment::Moment,
        projects::{ItemInput, change_item, create_item, read_managed_task, retire_item, revive_item, state_of},
        seen::mark_state,
    },
    store::{
        former,
        organisations::{Organisation, find_organisation, make_sort_key, update_organisation},
        plan_files::{list_recognition_kinds, save_recognition_kind},
        with_tx,
    },
};
use jiff::civil::date;

use super::{
    PAIR, Reader,
    world::{Reached, World},
};
use crate::{
    fixtures::at,
    reader::words_of,
    support::{Place, change, read_number},
};

fn grounds() -> Grounds {
    Grounds { reason: "调整".to_owned(), document: "调整〔2026〕3 号".to_owned() }
}

impl World {
    /// Changes texts, places, what is counted and names, and adds an area; a textbook is counted by the new kinds.
    pub async fn edit_definition(&self, now: Moment) {
        self.rename_plan(now).await;
        self.edit_areas(now).await;
        self.count_textbooks_too(now).await;
        self.edit_task(now).await;
        self.rename_school(now).await;
        self.rename_items(now).await;
        self.rename_recognition(now).await;
        let textbook = self.add_unit(now, UnitKind::Textbook, "活页教材").await;
        let reached = Reached { recognition: "new-form-textbook", level: None, stage: Stage::Recognised, on: date(2025, 9, 1) };
        self.add_step(now, &textbook, reached).await.unwrap();
    }

    async fn rename_plan(&self, now: Moment) {
        let plan = read_definition(&self.db, &self.plan).await.unwrap().plan;
        let input = PlanInput {
            seen: write_seen(&PlanState::from(&plan)).unwrap(),
            name_zh: plan.name_zh,
            name_en: plan.name_en,
            short_zh: "改名的计划".to_owned(),
            short_en: plan.short_en,
            issuer_zh: plan.issuer_zh,
            issuer_en: plan.issuer_en,
            cadence: String::new(),
            grounds: grounds(),
            ..PlanInput::default()
        };
        change_plan(&self.db, &self.actor, now, &self.plan, input).await.unwrap();
    }

    async fn edit_areas(&self, now: Moment) {
        let new = AreaInput {
            code: "new".to_owned(),
            place: "2".to_owned(),
            name_zh: "新增的主要任务".to_owned(),
            short_zh: "新增".to_owned(),
            grounds: grounds(),
            ..AreaInput::default()
        };
        create_area(&self.db, &self.actor, now, &self.plan, new).await.unwrap();
        let definition = read_definition(&self.db, &self.plan).await.unwrap();
        // The area of T01.
        let present = definition.area("2").unwrap();
        let input = AreaInput {
            seen: write_seen(&AreaState::from(present)).unwrap(),
            code: present.code.clone(),
            place: "4".to_owned(),
            name_zh: "改名的任务全称".to_owned(),
            short_zh: "改名的任务".to_owned(),
            grounds: grounds(),
            ..AreaInput::default()
        };
        change_area(&self.db, &self.actor, now, &self.plan, input).await.unwrap();
    }

    async fn count_textbooks_too(&self, now: Moment) {
        let definition = read_definition(&self.db, &self.plan).await.unwrap();
        let row = definition.indicator("T07").unwrap();
        let input = IndicatorInput {
            seen: write_seen(&definition.indicator_state(row)).unwrap(),
            code: row.code.clone(),
            area: definition.areas[0].code.clone(),
            name_zh: "精品课程与教材".to_owned(),
            name_en: row.name_en.clone(),
            unit_zh: row.unit_zh.clone(),
            unit_en: row.unit_en.clone(),
            source_zh: "改过的出处".to_owned(),
            measure: row.measure.to_string(),
            direction: row.direction.to_string(),
            scale: row.scale.to_string(),
            counts: vec!["quality-course".to_owned(), "new-form-textbook".to_owned()],
            grounds: grounds(),
            ..IndicatorInput::default()
        };
        change_indicator(&self.db, &self.actor, now, &self.plan, input).await.unwrap();
    }

    async fn edit_task(&self, now: Moment) {
        let definition = read_definition(&self.db, &self.plan).await.unwrap();
        let row = definition.task("4.5").unwrap();
        let input = TaskInput {
            seen: write_seen(&definition.task_state(row)).unwrap(),
            code: row.code.clone(),
            area: definition.areas[0].code.clone(),
            title_zh: "改过的建设任务".to_owned(),
            deliverable_zh: "改过的成果".to_owned(),
            effect_zh: "改过的成效".to_owned(),
            indicators: definition.indicators_of(&row.id),
            grounds: grounds(),
            ..TaskInput::default()
        };
        change_task(&self.db, &self.actor, now, &self.plan, input).await.unwrap();
    }

    /// Sets up a project that only the school of this world states as reached, and a milestone of it.
    pub async fn add_project(&self, now: Moment) {
        let project = ItemInput {
            task: "4.5".to_owned(),
            kind: "project".to_owned(),
            code: "P1".to_owned(),
            name_zh: "课程首批建设".to_owned(),
            deliverable_zh: "首批课程清单".to_owned(),
            organisation: self.school.to_string(),
            starts_on: "2025-03-01".to_owned(),
            due_on: "2025-11-30".to_owned(),
            grounds: grounds(),
            ..ItemInput::default()
        };
        create_item(&self.db, &self.actor, now, &self.plan, project).await.unwrap();
        let managed = read_managed_task(&self.db, &self.plan, "4.5").await.unwrap();
        let milestone = ItemInput {
            task: "4.5".to_owned(),
            kind: "milestone".to_owned(),
            project: managed.items[0].id.to_string(),
            name_zh: "评审会召开".to_owned(),
            due_on: "2025-09-30".to_owned(),
            grounds: grounds(),
            ..ItemInput::default()
        };
        create_item(&self.db, &self.actor, now, &self.plan, milestone).await.unwrap();
    }

    /// Every project and milestone under another name; whoever reports on the task may state it.
    async fn rename_items(&self, now: Moment) {
        for item in read_managed_task(&self.db, &self.plan, "4.5").await.unwrap().items {
            let seen = (item.id.clone(), mark_state(&state_of(&item)).unwrap());
            let input = ItemInput {
                task: "4.5".to_owned(),
                kind: item.kind.to_string(),
                code: item.code,
                name_zh: format!("改过的{}", item.name_zh),
                deliverable_zh: if item.deliverable_zh.is_empty() { String::new() } else { "改过的清单".to_owned() },
                grounds: grounds(),
                ..ItemInput::default()
            };
            change_item(&self.db, &self.actor, now, &self.plan, seen, input).await.unwrap();
        }
    }

    /// As a plan's file names it anew.
    async fn rename_recognition(&self, now: Moment) {
        with_tx(&self.db, move |tx| {
            Box::pin(async move {
                let mut kinds = list_recognition_kinds(tx).await?.into_iter();
                let mut course = kinds.find(|kind| kind.code == "quality-course").expect("the plan counts courses");
                course.name_zh = "改名的精品课".to_owned();
                former::keep_recognition_kind(tx, &course.code, now.0).await?;
                save_recognition_kind(tx, &course).await
            })
        })
        .await
        .unwrap();
    }

    async fn rename_school(&self, now: Moment) {
        let id = self.school.clone();
        with_tx(&self.db, move |tx| {
            Box::pin(async move {
                let before = find_organisation(tx, &id).await?.expect("the world has it");
                let name_zh = "青松职业大学".to_owned();
                let after = Organisation { sort_key: make_sort_key(&name_zh), name_zh, name_en: "Qingsong".to_owned(), ..before };
                update_organisation(tx, &after, now.0).await
            })
        })
        .await
        .unwrap();
    }

    async fn set_retired(&self, now: Moment, kind: PartKind, code: &str, retire: bool) {
        let definition = read_definition(&self.db, &self.plan).await.unwrap();
        let seen = match kind {
            PartKind::Task => write_seen(&definition.task_state(definition.task(code).unwrap())),
            _ => write_seen(&definition.indicator_state(definition.indicator(code).unwrap())),
        };
        let input = PartInput { kind, code: code.to_owned(), seen: seen.unwrap(), grounds: grounds() };
        set_part_retired(&self.db, &self.actor, now, &self.plan, input, retire).await.unwrap();
    }
}

/// After [`World::edit_definition`]: the former texts under the pair, the new ones now.
pub(super) async fn assert_texts(reader: &Reader) {
    for (path, words) in [
        ("/cockpit?", &["改名的任务", "精品课程与教材"][..]),
        ("/indicators?", &["精品课程与教材"]),
        ("/indicators/T07?", &["精品课程与教材", "活页教材", "青松职业大学"]),
        ("/tasks?", &["改过的建设任务"]),
        ("/tasks/4.5?", &["改过的建设任务", "改过的成果", "改过的课程首批建设", "改过的评审会召开", "改过的清单"]),
        ("/roster?", &["青松职业大学", "改名的精品课"]),
        ("/pledges?", &["青松职业大学"]),
    ] {
        let (then, now) = (reader.words(&format!("{path}{PAIR}")).await, reader.words(path).await);
        for word in words {
            assert!(now.contains(word), "{path} {word} now: {now}");
            assert!(!then.contains(word), "{path} {word} then: {then}");
        }
    }
}

stories! {
    async fn what_was_retired_for_a_while_is_missing_on_the_days_of_that_while_only(place: Place) {
        let world = World::begin(place.db.clone(), at("2025-01-02 09:00")).await;
        let reader = Reader::arrive(&place).await;
        for (kind, code) in [(PartKind::Indicator, "T02"), (PartKind::Task, "5.3")] {
            world.set_retired(at("2026-08-03 09:00"), kind, code, true).await;
            world.set_retired(at("2026-08-10 09:00"), kind, code, false).await;
        }
        let assigned = format!(
            "INSERT INTO assignments (id, task_id, organisation_id, part, contact, assigned_at)
             SELECT 'part', id, '{}', 'responsible', '', 1 FROM tasks WHERE code = '4.5'",
            world.school
        );
        change(&world.db, &assigned).await;
        world.add_project(at("2025-01-02 10:00")).await;
        let project = read_managed_task(&world.db, &world.plan, "4.5").await.unwrap().items.into_iter().find(|item| !item.code.is_empty());
        let project = project.unwrap().id;
        retire_item(&world.db, &world.actor, at("2026-08-03 09:00"), &world.plan, project.clone(), grounds()).await.unwrap();
        revive_item(&world.db, &world.actor, at("2026-08-10 09:00"), &world.plan, project, grounds()).await.unwrap();
        for (known_at, is_in_use) in [("2026-08-02", true), ("2026-08-03", false), ("2026-08-09", false), ("2026-08-10", true), ("", true)] {
            let clocks = format!("?as_of=2026-06-30&known_at={known_at}");
            for path in ["/cockpit", "/indicators"] {
                assert_eq!(reader.page("zh-CN", &format!("{path}{clocks}")).await.contains("/indicators/T02?"), is_in_use, "{path} {known_at}");
            }
            assert_eq!(reader.page("zh-CN", &format!("/tasks{clocks}")).await.contains("/tasks/5.3?"), is_in_use, "{known_at}");
            let task = reader.words(&format!("/tasks/4.5{clocks}")).await;
            assert_eq!((task.contains("课程首批建设"), task.contains("评审会召开")), (is_in_use, is_in_use), "{known_at}: {task}");
            let words = reader.words(&format!("/indicators/T02{clocks}")).await;
            assert_eq!(!words.contains("当时还没有这项记录"), is_in_use, "{known_at}: {words}");
        }
    }

    async fn a_unit_that_was_recorded_later_is_missing_on_the_days_before(place: Place) {
        let world = World::begin(place.db.clone(), at("2025-01-02 09:00")).await;
        let unit = world.add_unit(at("2026-07-10 10:00"), UnitKind::Course, "数控编程").await;
        let reader = Reader::arrive(&place).await;
        for (known_at, is_there) in [("2026-07-09", false), ("2026-07-10", true)] {
            let (status, html) = reader.read("zh-CN", &format!("/roster/{unit}?as_of=2026-06-30&known_at={known_at}")).await;
            assert_eq!(status, StatusCode::OK);
            let words = words_of(&html);
            assert_eq!((words.contains("数控编程"), words.contains("当时还没有这项记录")), (is_there, !is_there), "{known_at}: {words}");
            // As one that was never there.
            let other = words_of(&reader.read("zh-CN", &format!("/roster/nobody?as_of=2026-06-30&known_at={known_at}")).await.1);
            assert!(other.contains("当时还没有这项记录"), "{other}");
        }
        assert_eq!(reader.read("zh-CN", "/roster/nobody").await.0, StatusCode::NOT_FOUND);
    }

    async fn what_begins_and_ends_at_one_instant_is_not_kept(place: Place) {
        let world = World::begin(place.db.clone(), at("2025-01-02 09:00")).await;
        let now = at("2026-08-03 09:00");
        world.set_retired(now, PartKind::Indicator, "T02", true).await;
        world.set_retired(now, PartKind::Indicator, "T02", false).await;
        let kept = "SELECT COUNT(*) FROM indicator_revisions WHERE retired_at IS NULL";
        assert_eq!(read_number(&world.db, kept).await, 1);
        assert_eq!(read_number(&world.db, "SELECT COUNT(*) FROM indicator_revisions").await, 1);
        let counted = "SELECT COUNT(*) FROM indicator_recognition_revisions";
        let present = "SELECT COUNT(*) FROM indicator_recognitions c JOIN indicators i ON i.id = c.indicator_id WHERE i.code = 'T02'";
        assert_eq!(read_number(&world.db, counted).await, read_number(&world.db, present).await);
    }
}
