//! Beijing's plan with somebody who holds units and somebody who records, each record at an instant of its own.

use std::sync::Arc;

use bihuan::{
    domain::{
        ids::{AccountId, IndicatorId, OrganisationId, ReportId, StepId, TaskId, UnitId},
        permissions::Permission,
        target_revision::TypedTarget,
        words::{Level, OrganisationKind, Role, Stage, UnitKind},
    },
    error::UserError,
    services::{
        ServiceError,
        access::Actor,
        clocks::Clocks,
        moment::Moment,
        plan_files::{BEIJING_2025, import_plan_file},
        plan_view::{LoopFigures, PlanView, PlanViews, read_plan_view_in},
        plans::list_plan_heads,
        roster::{NewStep, NewUnit, UnitChange, add_step, change_unit, create_unit, merge_unit, seen_of, withdraw_step},
        rulings::{RulingInput, record_ruling},
        targets::{RevisionInput, find_revisable, revise_target},
        visit::{PlanHead, Shared},
    },
    store::{Db, definitions::replace_task_indicators, reports::end_waiting, units::find_unit, with_tx},
};
use jiff::civil::Date;

use crate::{
    fixtures::{add_account, add_actor, add_organisation, identify},
    support::read_texts,
};

pub struct World {
    pub db: Db,
    pub plan: PlanHead,
    pub school: OrganisationId,
    pub officer: AccountId,
    pub actor: Actor,
}

/// What a step is recorded with.
#[derive(Debug, Clone, Copy)]
pub struct Reached<'a> {
    pub recognition: &'a str,
    pub level: Option<Level>,
    pub stage: Stage,
    pub on: Date,
}

impl World {
    /// The plan was recorded at an instant.
    pub async fn begin(db: Db, recorded: Moment) -> Self {
        import_plan_file(&db, BEIJING_2025.to_owned(), recorded).await.unwrap();
        let school = add_organisation(&db, OrganisationKind::School, "松山职业学院").await;
        let officer = add_account(&db, "officer", &[Role::Staff], None).await;
        let actor = identify(&db, &officer).await.require(Permission::ManagePlans).unwrap();
        let mut tx = db.read().await.unwrap();
        let plan = list_plan_heads(&mut tx).await.unwrap().remove(0);
        drop(tx);
        Self { db, plan, school, officer, actor }
    }

    pub fn shared(&self) -> Shared {
        Shared {
            db: self.db.clone(),
            public_url: None,
            data_dir: Arc::default(),
            site: Arc::default(),
            secure: false,
            views: Arc::default(),
            reader: Arc::default(),
        }
    }

    pub async fn view(&self, clocks: impl Into<Clocks>) -> PlanView {
        let mut tx = self.db.read().await.unwrap();
        let view = read_plan_view_in(&mut tx, &PlanViews::default(), &self.plan, clocks).await.unwrap();
        Arc::into_inner(view).expect("nothing keeps the view but its cache, which is gone")
    }

    pub async fn indicator(&self, code: &str) -> IndicatorId {
        IndicatorId::from(read_texts(&self.db, &format!("SELECT id FROM indicators WHERE code = '{code}'")).await[0].as_str())
    }

    pub async fn add_unit(&self, now: Moment, kind: UnitKind, name: &str) -> UnitId {
        let new = NewUnit {
            kind,
            code: String::new(),
            name_zh: name.to_owned(),
            name_en: String::new(),
            holder: self.school.clone(),
            partners: String::new(),
            district: String::new(),
        };
        with_tx(&self.db, move |tx| Box::pin(async move { create_unit(tx, now, new).await })).await.unwrap()
    }

    fn new_step(&self, unit: &UnitId, reached: Reached<'_>) -> NewStep {
        NewStep {
            unit: unit.clone(),
            recognition: reached.recognition.to_owned(),
            level: reached.level,
            stage: reached.stage,
            on: reached.on,
            document: "文〔2026〕1 号".to_owned(),
            report: None,
            verifier: self.officer.clone(),
            reason: String::new(),
            evidence: Vec::new(),
        }
    }

    pub async fn add_step(&self, now: Moment, unit: &UnitId, reached: Reached<'_>) -> Result<StepId, ServiceError> {
        let new = self.new_step(unit, reached);
        with_tx(&self.db, move |tx| Box::pin(async move { add_step(tx, now, new).await })).await
    }

    pub async fn merge(&self, now: Moment, unit: &UnitId, into: &UnitId, reached: Reached<'_>) -> Result<StepId, ServiceError> {
        let (new, into) = (self.new_step(unit, reached), into.clone());
        with_tx(&self.db, move |tx| Box::pin(async move { merge_unit(tx, now, new, &into).await })).await
    }

    /// A step of the same recognition as one that was taken back.
    pub async fn add_instead(&self, now: Moment, taken: &StepId, stage: Stage, on: Date) -> Result<StepId, ServiceError> {
        let sql = |column: &str| {
            format!(
                "SELECT {column} FROM recognitions JOIN stage_steps ON stage_steps.recognition_id = recognitions.id
                 WHERE stage_steps.id = '{taken}'"
            )
        };
        let told = read_texts(&self.db, &sql("unit_id || ' ' || kind || ' ' || COALESCE(level, '')")).await;
        let [unit, recognition, level] = told[0].split(' ').collect::<Vec<_>>()[..] else { panic!("{told:?}") };
        let reached = Reached { recognition, level: level.parse().ok(), stage, on };
        self.add_step(now, &UnitId::from(unit), reached).await
    }

    /// A step that staff recorded is taken back; whether it could be.
    pub async fn withdraw(&self, now: Moment, step: &StepId) -> bool {
        match withdraw_step(&self.db, &self.actor, now, step.as_str(), "更正〔2026〕1 号", "误录").await {
            Ok(()) => true,
            Err(ServiceError::Refused(_)) => false,
            Err(error) => panic!("{error}"),
        }
    }

    /// A ruling in place of the one that held; one that says nothing about the indicator is refused, and nothing happens.
    pub async fn rule(&self, now: Moment, code: &str, kind: &str, value: &str) {
        let indicator = self.indicator(code).await;
        let held = format!("SELECT id FROM rulings WHERE indicator_id = '{indicator}' AND kind = '{kind}' AND superseded_at IS NULL");
        let (value, since) = value.split_once(':').unwrap_or((value, ""));
        let input = RulingInput {
            indicator: code.to_owned(),
            kind: kind.to_owned(),
            former: read_texts(&self.db, &held).await.pop().unwrap_or_default(),
            value: value.to_owned(),
            since: since.to_owned(),
            decided_on: now.date_in(&self.plan.time_zone).to_string(),
            document: "口径〔2026〕2 号".to_owned(),
            reason: "会议议定".to_owned(),
        };
        match record_ruling(&self.db, &self.actor, now, &self.plan, input).await {
            Ok(()) | Err(ServiceError::Refused(UserError::WrongState)) => {}
            Err(error) => panic!("{code} {kind} {value}: {error}"),
        }
    }

    /// Another name, another holder and another place of a unit.
    pub async fn rename(&self, now: Moment, unit: &UnitId, name: &str) {
        let other = add_organisation(&self.db, OrganisationKind::School, "北湖职业学院").await;
        let actor = add_actor(&self.db, "namer", Role::Staff, None, Permission::ManagePlans).await;
        let mut tx = self.db.read().await.unwrap();
        let before = find_unit(&mut tx, unit).await.unwrap().unwrap();
        drop(tx);
        let entry = UnitChange {
            unit: unit.to_string(),
            seen: seen_of(&before).unwrap(),
            name_zh: name.to_owned(),
            holder: other.to_string(),
            district: "海淀区".to_owned(),
            document: "更名〔2026〕1 号".to_owned(),
            reason: "更名".to_owned(),
            ..UnitChange::default()
        };
        change_unit(&self.db, &actor, now, entry).await.unwrap();
    }

    /// Links a task with these indicators only.
    pub async fn link(&self, now: Moment, task: &str, codes: &[&str]) {
        let mut indicators = Vec::new();
        for code in codes {
            indicators.push(self.indicator(code).await);
        }
        let task = read_texts(&self.db, &format!("SELECT id FROM tasks WHERE code = '{task}'")).await;
        let task = TaskId::from(task[0].as_str());
        with_tx(&self.db, move |tx| Box::pin(async move { replace_task_indicators(tx, &task, &indicators, now.0).await })).await.unwrap();
    }

    /// A report no longer waits for review.
    pub async fn end_waiting(&self, now: Moment, report: &str) {
        let report = ReportId::from(report);
        with_tx(&self.db, move |tx| Box::pin(async move { end_waiting(tx, &report, now.0).await })).await.unwrap();
    }

    /// A further revision of a target; one that cannot stand is refused, and nothing happens.
    pub async fn revise(&self, now: Moment, code: &str, least: i64, effective: Date) {
        let mut tx = self.db.read().await.unwrap();
        let held = find_revisable(&mut tx, &self.plan, now.date_in(&self.plan.time_zone), code).await.unwrap();
        drop(tx);
        let input = RevisionInput {
            indicator: code.to_owned(),
            version: held.history.version(),
            target: TypedTarget {
                wording_zh: format!("{least}个"),
                wording_en: least.to_string(),
                kind: "at-least".to_owned(),
                n: least.to_string(),
                target_on: "2027-12-31".to_owned(),
                effective_on: effective.to_string(),
                ..TypedTarget::default()
            },
            later: "keep".to_owned(),
            document: "调整〔2026〕1 号".to_owned(),
            reason: "调整".to_owned(),
        };
        match revise_target(&self.db, &self.actor, now, &self.plan, input).await {
            Ok(()) | Err(ServiceError::Refused(UserError::Invalid(_))) => {}
            Err(error) => panic!("{code} {least} from {effective}: {error}"),
        }
    }
}

/// A view without what is of now by its nature: when it was asked for, what was accepted since, how reports stand.
pub fn settled(mut view: PlanView) -> PlanView {
    view.known_at = None;
    view.version = 0;
    view.entries_since = 0;
    view.touched = None;
    view.loops = LoopFigures { tasks: view.loops.tasks, period: None };
    for indicator in &mut view.indicators {
        indicator.entries_since = 0;
    }
    view
}
