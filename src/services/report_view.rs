//! A report and the queues it stands in, as pages show them. Invariant: a report that one may not see is not found.

use super::{
    ServiceError,
    corrections::{CorrectionDiff, Versions, may_begin, plan_correction, read_versions, set_review_dues},
    reports::{lead_level_of, list_problems, present_files, read_context},
    reviews::{find_left_deciders, level_for},
    roster::{self, HeldUnit, RecognitionKind},
    task_loop::{WaitingLoop, list_open_feedback, list_waiting_evaluations},
    visit::{PlanHead, Visit},
};
use crate::{
    domain::{
        ids::ReportId,
        permissions::Permission,
        report::{Deciders, FieldError, LeadLevel, ReportContext, ReportFields, ReportState, ReviewLevel, validate_report, waits_for},
        sums::Sums,
        visibility::may_see_report,
        words::Level,
    },
    error::UserError,
    store::{
        Tx,
        evaluations::OpenFeedback,
        evidence::{Evidence, list_evidence},
        reports::{self, Owed, Review, Submission, TaskValue},
        timetable::{Item, list_items_of_task},
        units::list_counted_kinds,
    },
};

/// A report with everything its page needs.
#[derive(Debug, Clone)]
pub struct ReportView {
    /// The obligation and where its report stands.
    pub owed: Owed,
    /// Whether the lead reviews first.
    pub lead: LeadLevel,
    /// The state; a draft where nothing was begun.
    pub state: ReportState,
    /// The version a form is made from.
    pub version: i64,
    /// The newest content: the draft's, or what was submitted last.
    pub fields: ReportFields,
    /// When and by whom the draft was saved last.
    pub saved: Option<(i64, String)>,
    /// What is wrong with the draft as it stands.
    pub problems: Vec<FieldError>,
    /// The files in it.
    pub files: Vec<Evidence>,
    /// Everything that was submitted.
    pub submissions: Vec<Submission>,
    /// Everything that was decided.
    pub reviews: Vec<Review>,
    /// Units that can move on.
    pub units: Vec<HeldUnit>,
    /// Recognitions that can be reported, those that the task's indicators count first.
    pub offers: Vec<Offer>,
    /// What indicators sum: which of the offers a unit that exists can get.
    pub sums: Sums,
    /// What the plan's indicators count: code of the indicator, recognition, level.
    pub counted: Vec<(String, String, Option<Level>)>,
    /// Values that the task's indicators want.
    pub values: Vec<TaskValue>,
    /// The projects and milestones of the task, retired ones too.
    pub items: Vec<Item>,
    /// Whether who looks may change it.
    pub may_edit: bool,
    /// Whether "no change" may be said.
    pub may_say_no_change: bool,
    /// At which level who looks may decide now.
    pub decides: Option<ReviewLevel>,
    /// At which level it waits.
    pub waits: Option<ReviewLevel>,
    /// Why it is not decided on: whoever looks could, or nobody can, but for having entered it.
    pub held_up: Option<Deciders>,
    /// The report and its corrections.
    pub versions: Versions,
    /// Whether who looks may begin a correction of it now.
    pub may_correct: bool,
}

/// A recognition at a level, as the form's list offers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The recognition.
    pub kind: RecognitionKind,
    /// The level, where the plan counts one.
    pub level: Option<Level>,
    /// Whether an indicator of this task counts it.
    pub of_task: bool,
}

impl Offer {
    /// The value of the form's list: `double-high-school/national`.
    pub fn value(&self) -> String {
        format!("{}/{}", self.kind.code, self.level.map_or("", Level::as_str))
    }
}

/// Reads a report's page.
///
/// # Errors
/// `NotFound` where it does not exist or belongs to somebody else.
pub async fn read_report(visit: &Visit, plan: &PlanHead, id: &ReportId) -> Result<ReportView, ServiceError> {
    let identity = visit.identity()?;
    let mut tx = visit.shared.db.read().await?;
    let mut owed = reports::find_owed(&mut tx, id).await?.filter(|owed| owed.plan_id == plan.id).ok_or(UserError::NotFound)?;
    set_review_dues(&mut owed, &plan.time_zone);
    if !may_see_report(&visit.viewer(), &owed.organisation_id, owed.lead_id.as_ref()) {
        return Err(UserError::NotFound.into());
    }
    let own = identity.organisation() == Some(&owed.organisation_id) && identity.may(Permission::Report);
    let state = owed.state.unwrap_or(ReportState::Draft);
    // A draft is its owner's until it is submitted; others see what was submitted before, if anything.
    let submissions = reports::list_submissions(&mut tx, id).await?;
    let draft = if own { reports::find_draft(&mut tx, id).await? } else { None };
    let fields = match (&draft, submissions.last()) {
        (Some((fields, ..)), _) if owed.is_editable() => fields.clone(),
        (_, Some(last)) => last.fields.0.clone(),
        _ => ReportFields::default(),
    };
    let lead = lead_level_of(&mut tx, &owed).await?;
    let context = read_context(&mut tx, &owed, plan, &fields, visit.today(plan)).await?;
    let may_edit = own && owed.is_editable();
    let versions = read_versions(&mut tx, &owed, may_edit.then_some(&fields)).await?;
    let mut problems = list_problems(&fields, &context);
    if may_edit && problems.is_empty() {
        problems = list_broken_histories(&mut tx, &owed, &fields, &context).await?;
    }
    let waits = waits_for(state, lead);
    let level = level_for(&owed, lead, identity.organisation(), |permission| identity.may(permission));
    let deciders = match waits {
        Some(level) => Some(find_left_deciders(&mut tx, &owed, level, identity.account()).await?),
        None => None,
    };
    let view = ReportView {
        state,
        lead,
        version: owed.version.unwrap_or(0),
        problems,
        saved: draft.map(|(_, at, name)| (at, name)),
        files: present_files(&list_evidence(&mut tx, id).await?),
        submissions,
        reviews: reports::list_reviews(&mut tx, id).await?,
        units: roster::known_units_of(&mut tx, &owed.organisation_id).await?,
        offers: list_offers(&mut tx, plan, &owed).await?,
        sums: context.sums,
        counted: list_counted_kinds(&mut tx, &plan.id).await?,
        values: reports::list_task_values(&mut tx, &owed.task_id).await?,
        items: list_items_of_task(&mut tx, &owed.task_id).await?,
        may_edit,
        may_correct: own && may_begin(&owed, &versions),
        versions,
        may_say_no_change: context.has_accepted_predecessor,
        decides: level.filter(|_| deciders == Some(Deciders::Looker)),
        held_up: deciders.filter(|left| *left == Deciders::Nobody || (level.is_some() && *left == Deciders::Others)),
        waits,
        fields,
        owed,
    };
    Ok(view)
}

/// What a correction without another mistake in it would break.
async fn list_broken_histories(
    tx: &mut Tx,
    owed: &Owed,
    fields: &ReportFields,
    context: &ReportContext,
) -> Result<Vec<FieldError>, ServiceError> {
    let Ok(valid) = validate_report(fields, context) else { return Ok(Vec::new()) };
    match plan_correction(tx, owed, fields, &valid).await {
        Ok(_) => Ok(Vec::new()),
        Err(ServiceError::Refused(UserError::Invalid(errors))) => Ok(errors),
        Err(error) => Err(error),
    }
}

async fn list_offers(tx: &mut Tx, plan: &PlanHead, owed: &Owed) -> Result<Vec<Offer>, ServiceError> {
    let kinds = roster::list_recognition_kinds(tx).await?;
    let of_task = reports::list_task_recognitions(tx, &owed.task_id).await?;
    let levelled = reports::list_levelled_recognitions(tx, &plan.id).await?;
    let mut offers: Vec<Offer> = of_task
        .iter()
        .filter_map(|(code, level)| {
            Some(Offer { kind: kinds.iter().find(|kind| kind.code == *code)?.clone(), level: *level, of_task: true })
        })
        .collect();
    for kind in &kinds {
        let levels: &[Option<Level>] =
            if levelled.contains(&kind.code) { &[Some(Level::National), Some(Level::Municipal)] } else { &[None] };
        for level in levels {
            if !offers.iter().any(|offer| offer.kind.code == kind.code && offer.level == *level) {
                offers.push(Offer { kind: kind.clone(), level: *level, of_task: false });
            }
        }
    }
    Ok(offers)
}

/// What an organisation has to do in a plan.
#[derive(Debug, Clone)]
pub struct OwnerWork {
    /// What it owes and has reported, the latest period first.
    pub owed: Vec<Owed>,
    /// Its corrections that are neither accepted nor given up.
    pub corrections: Vec<Owed>,
    /// Advice that it has not answered.
    pub feedback: Vec<OpenFeedback>,
}

/// What the own organisation owes, has reported and has to answer.
pub async fn read_owner_work(visit: &Visit, plan: &PlanHead) -> Result<OwnerWork, ServiceError> {
    let organisation = visit.identity()?.organisation().cloned().ok_or(UserError::NotFound)?;
    let mut tx = visit.shared.db.read().await?;
    let owed = reports::list_owed_by(&mut tx, &plan.id, &organisation).await?;
    let corrections = reports::list_open_corrections(&mut tx, &plan.id, &organisation).await?;
    let mut feedback = list_open_feedback(&mut tx, &organisation).await?;
    feedback.retain(|feedback| feedback.plan_code == plan.code);
    Ok(OwnerWork { owed, corrections, feedback })
}

/// A report in a reviewer's queue.
#[derive(Debug, Clone)]
pub struct Queued {
    /// The report.
    pub owed: Owed,
    /// The level at which it waits here.
    pub level: ReviewLevel,
    /// Who is left to decide on it.
    pub deciders: Deciders,
    /// Whether it says "no change", so that several can be accepted at once.
    pub unchanged: bool,
    /// How many recognitions it reports.
    pub entries: usize,
    /// How a correction differs from what it corrects, and why it was begun.
    pub correction: Option<(CorrectionDiff, String)>,
}

/// What waits for a reviewer.
#[derive(Debug, Clone)]
pub struct ReviewerWork {
    /// Reports to decide on, the longest waiting first.
    pub reports: Vec<Queued>,
    /// Loops to evaluate or to answer; for staff only.
    pub loops: Vec<WaitingLoop>,
}

/// What waits for who looks.
pub async fn read_reviewer_work(visit: &Visit, plan: &PlanHead) -> Result<ReviewerWork, ServiceError> {
    let identity = visit.identity()?;
    let mut tx = visit.shared.db.read().await?;
    let mut queue = Vec::new();
    for mut owed in reports::list_waiting(&mut tx, &plan.id).await? {
        let lead = lead_level_of(&mut tx, &owed).await?;
        let Some(level) = level_for(&owed, lead, identity.organisation(), |permission| identity.may(permission)) else { continue };
        let last = reports::list_submissions(&mut tx, &owed.id()).await?.pop();
        let (no_change, entries) = last.map_or((false, 0), |last| (last.fields.0.no_change, last.fields.0.entries.len()));
        set_review_dues(&mut owed, &plan.time_zone);
        let correction = read_correction(&mut tx, &owed).await?;
        let deciders = find_left_deciders(&mut tx, &owed, level, identity.account()).await?;
        // A correction is looked at by itself, whatever it says.
        queue.push(Queued { level, deciders, unchanged: no_change && correction.is_none(), entries, correction, owed });
    }
    let loops =
        if identity.may(Permission::Evaluate) { list_waiting_evaluations(&mut tx, plan, visit.today(plan)).await? } else { Vec::new() };
    Ok(ReviewerWork { reports: queue, loops })
}

async fn read_correction(tx: &mut Tx, owed: &Owed) -> Result<Option<(CorrectionDiff, String)>, ServiceError> {
    if owed.correction == 0 {
        return Ok(None);
    }
    let versions = read_versions(tx, owed, None).await?;
    let difference = versions.difference_of(&owed.id()).cloned().unwrap_or_default();
    let reason = versions.find(&owed.id()).map(|version| version.reason.clone()).unwrap_or_default();
    Ok(Some((difference, reason)))
}
