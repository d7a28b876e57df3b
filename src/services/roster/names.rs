//! Names that several want: what was refused, what an officer admitted, what returned reports hold. Invariant: a name stands beside
//! another only by an officer's reason and document, and a released name leaves its row in the trail.

use serde::Serialize;

use super::{code_mark, kinds::list_rivals, name_mark};
use crate::{
    domain::{
        fields::{FieldError, FieldProblem, read_required},
        ids::{OrganisationId, ReportId},
        names::{normalise_code, normalise_name},
        report::ReportState,
        report_form::MAX_SHORT_TEXT,
        words::UnitKind,
    },
    error::UserError,
    services::{
        ServiceError,
        access::Actor,
        moment::{Moment, make_id},
        roster::MAX_REASON,
        trail::{Action, Change, NOTHING, record_change},
        visit::PlanHead,
    },
    store::{
        Db, Tx, reports,
        roster_names::{self as store, Admission, NewAdmission, Refusal, Release, ReportHold},
        units::{self, HolderChoice},
        with_tx,
    },
};

/// How many admissions and releases the page shows.
const SHOWN: i64 = 50;

/// A finding that two things of one name differ, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AdmissionEntry {
    /// The kind of unit.
    pub kind: String,
    /// `name` or `code`.
    pub mark_kind: String,
    /// The name or code that is taken.
    pub name: String,
    /// Id of the organisation that may hold it too.
    pub holder: String,
    /// What tells it from its namesake.
    pub distinction: String,
    /// By which document.
    pub document: String,
    /// Why they differ.
    pub reason: String,
}

/// What the audit chain keeps of an admission.
#[derive(Serialize)]
struct Recorded<'a> {
    kind: UnitKind,
    mark_kind: &'a str,
    name: &'a str,
    holder: &'a OrganisationId,
    distinction: &'a str,
    document: &'a str,
    beside: &'a str,
}

/// Admits that a name or code may stand twice: the organisation's next entry by it goes in.
///
/// # Errors
/// `Invalid` with every field that is not right; at `name` where nobody holds it, at `distinction` where it tells nothing apart.
pub async fn admit_name(db: &Db, actor: &Actor, now: Moment, entry: AdmissionEntry) -> Result<(), ServiceError> {
    let actor = actor.clone();
    with_tx(db, move |tx| Box::pin(async move { admit_name_in(tx, &actor, now, &entry).await })).await
}

async fn admit_name_in(tx: &mut Tx, actor: &Actor, now: Moment, entry: &AdmissionEntry) -> Result<(), ServiceError> {
    let mut errors = Vec::new();
    let name = read_required("name", &entry.name, MAX_SHORT_TEXT, &mut errors);
    let distinction = read_required("distinction", &entry.distinction, MAX_SHORT_TEXT, &mut errors);
    let document = read_required("document", &entry.document, MAX_SHORT_TEXT, &mut errors);
    let reason = read_required("reason", &entry.reason, MAX_REASON, &mut errors);
    let chosen = |field: &str, value: &str| {
        let problem = if value.is_empty() { FieldProblem::Required } else { FieldProblem::UnknownChoice };
        FieldError::new(field, problem)
    };
    let kind: Option<UnitKind> = entry.kind.parse().ok();
    if kind.is_none() {
        errors.push(chosen("kind", &entry.kind));
    }
    let is_code = match entry.mark_kind.as_str() {
        "name" => false,
        "code" => true,
        other => {
            errors.push(chosen("mark_kind", other));
            false
        }
    };
    let holder = units::list_holder_choices(tx).await?.into_iter().find(|holder| holder.id.as_str() == entry.holder);
    if holder.is_none() {
        errors.push(chosen("holder", &entry.holder));
    }
    let admitted = normalise_name(&distinction);
    if admitted.is_empty() && !distinction.is_empty() {
        errors.push(FieldError::new("distinction", FieldProblem::NoLetters));
    }
    let (Some(kind), Some(holder), true) = (kind, holder, errors.is_empty()) else {
        return Err(UserError::Invalid(errors).into());
    };
    let text = if is_code { normalise_code(&name) } else { normalise_name(&name) };
    let mark = if is_code { code_mark(kind, &text) } else { name_mark(kind, &holder.id, &text) };
    let Some(first) = list_rivals(tx, mark, &holder.id).await?.into_iter().next() else {
        return Err(UserError::field("name", FieldProblem::NameFree).into());
    };
    if store::is_discriminator_used(tx, mark, &admitted).await? {
        return Err(UserError::field("distinction", FieldProblem::NameTaken).into());
    }
    let id: String = make_id(now)?;
    let new = NewAdmission {
        id: &id,
        mark,
        admitted: &admitted,
        holder: &holder.id,
        name: &name,
        distinction: &distinction,
        first_unit: first.unit_id.as_ref(),
        first_report: first.report_id.as_ref().filter(|_| first.unit_id.is_none()),
        reason: &reason,
        document: &document,
        officer: actor.account(),
        recorded_at: now.0,
    };
    store::insert_admission(tx, new).await?;
    let recorded = Recorded {
        kind,
        mark_kind: mark.mark_kind,
        name: &name,
        holder: &holder.id,
        distinction: &distinction,
        document: &document,
        beside: first.unit_id.as_ref().map_or_else(|| first.report_id.as_ref().map_or("", ReportId::as_str), |unit| unit.as_str()),
    };
    let change = Change { action: Action::AdmitName, object_kind: "name", object_id: &id, reason: &reason };
    record_change(tx, &actor.author(), now, change, NOTHING, Some(&recorded)).await
}

/// What staff typed beside a unit of their own that has a namesake.
#[derive(Debug, Clone, Copy)]
pub(super) struct OwnAdmission<'a> {
    /// What tells it from its namesake.
    pub(super) distinction: &'a str,
    /// By which document.
    pub(super) document: &'a str,
    /// Why.
    pub(super) reason: &'a str,
}

/// Notes why a unit that staff recorded stands beside its namesakes, for each of its marks that has one.
pub(super) async fn note_own_admission(
    tx: &mut Tx,
    actor: &Actor,
    now: Moment,
    unit: &super::NewUnit,
    own: OwnAdmission<'_>,
) -> Result<(), ServiceError> {
    let admitted = normalise_name(own.distinction);
    let (name, code) = (normalise_name(&unit.name_zh), normalise_code(&unit.code));
    let marks = [(name_mark(unit.kind, &unit.holder, &name), &unit.name_zh), (code_mark(unit.kind, &code), &unit.code)];
    for (mark, typed) in marks.into_iter().filter(|(mark, _)| !mark.text.is_empty()) {
        let rivals = list_rivals(tx, mark, &unit.holder).await?;
        let Some(first) = rivals.into_iter().find(|hold| hold.admitted != admitted) else { continue };
        let id: String = make_id(now)?;
        let new = NewAdmission {
            id: &id,
            mark,
            admitted: &admitted,
            holder: &unit.holder,
            name: typed,
            distinction: own.distinction,
            first_unit: first.unit_id.as_ref(),
            first_report: first.report_id.as_ref().filter(|_| first.unit_id.is_none()),
            reason: own.reason,
            document: own.document,
            officer: actor.account(),
            recorded_at: now.0,
        };
        store::insert_admission(tx, new).await?;
    }
    Ok(())
}

/// Notes for staff that an entry of a report was refused at `field`, such as `entries.k1.name`.
pub(in crate::services) async fn note_refusal(db: &Db, now: Moment, report: &ReportId, field: &str) -> Result<(), ServiceError> {
    let Some((key, mark_kind)) = field.strip_prefix("entries.").and_then(|rest| rest.rsplit_once('.')) else { return Ok(()) };
    let (report, key, mark_kind) = (report.clone(), key.to_owned(), mark_kind.to_owned());
    with_tx(db, move |tx| {
        Box::pin(async move {
            let Some(owed) = reports::find_owed(tx, &report).await? else { return Ok(()) };
            let Some((fields, ..)) = reports::find_draft(tx, &report).await? else { return Ok(()) };
            let Some(entry) = fields.entries.iter().find(|entry| entry.key == key) else { return Ok(()) };
            let Some(kind) = units::find_recognition_kind(tx, entry.recognition.trim()).await? else { return Ok(()) };
            let typed = if mark_kind == "code" { entry.code.trim() } else { entry.name.trim() };
            let new = store::NewRefusal {
                report: &report,
                entry_key: &key,
                mark_kind: mark_kind.as_str(),
                kind: kind.unit_kind,
                holder: &owed.organisation_id,
                name: typed,
                refused_at: now.0,
            };
            Ok::<_, ServiceError>(store::insert_refusal(tx, new).await?)
        })
    })
    .await
}

/// A report went in: nothing of it is refused any more.
pub(in crate::services) async fn forget_refusals(tx: &mut Tx, report: &ReportId) -> Result<(), ServiceError> {
    Ok(store::delete_refusals(tx, report).await?)
}

/// Releases the names that an entry of a returned report holds, so that others may have them.
///
/// # Errors
/// `NotFound` where the entry holds nothing, `WrongState` while the report waits for a decision, `Invalid` without a reason.
pub async fn release_name(
    db: &Db,
    actor: &Actor,
    now: Moment,
    plan: &PlanHead,
    entry: (&str, &str),
    reason: &str,
) -> Result<(), ServiceError> {
    let (actor, plan) = (actor.clone(), plan.clone());
    let (report, key, reason) = (ReportId::from(entry.0), entry.1.to_owned(), reason.to_owned());
    with_tx(db, move |tx| {
        Box::pin(async move {
            let holds = store::list_holds_of_entry(tx, &plan.id, &report, &key).await?;
            let Some(first) = holds.first() else { return Err(UserError::NotFound.into()) };
            if !may_be_released(first.state) {
                return Err(UserError::WrongState.into());
            }
            let mut errors = Vec::new();
            let reason = read_required("reason", &reason, MAX_REASON, &mut errors);
            if !errors.is_empty() {
                return Err(UserError::Invalid(errors).into());
            }
            units::delete_holds_of_entry(tx, &report, &key).await?;
            let released: Vec<&str> = holds.iter().map(ReportHold::typed).collect();
            let change = Change { action: Action::ReleaseName, object_kind: "name", object_id: report.as_str(), reason: &reason };
            record_change(tx, &actor.author(), now, change, Some(&released), NOTHING).await
        })
    })
    .await
}

/// A report that waits for a decision keeps its names until it is decided.
const fn may_be_released(state: ReportState) -> bool {
    matches!(state, ReportState::Returned | ReportState::Draft)
}

/// What one entry of a report holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldName {
    /// The hold of the name, or of the code where only that is held.
    pub hold: ReportHold,
    /// The code that is held beside the name; empty without one.
    pub code: String,
    /// Whether staff may release it now.
    pub is_releasable: bool,
}

/// What the page of names shows.
#[derive(Debug, Clone)]
pub struct NamesPage {
    /// Entries that were refused and not submitted since.
    pub refusals: Vec<Refusal>,
    /// What reports hold, the longest held first.
    pub held: Vec<HeldName>,
    /// The findings recorded last.
    pub admissions: Vec<Admission>,
    /// The names released last.
    pub releases: Vec<Release>,
    /// Organisations that can hold a unit.
    pub holders: Vec<HolderChoice>,
}

/// Reads the page of names.
pub async fn read_names(tx: &mut Tx, plan: &PlanHead) -> Result<NamesPage, ServiceError> {
    let mut held: Vec<HeldName> = Vec::new();
    for hold in store::list_report_holds(tx, &plan.id).await? {
        let same = held.iter_mut().find(|other| other.hold.report_id == hold.report_id && other.hold.entry_key == hold.entry_key);
        match same {
            Some(other) => other.code = hold.typed().to_owned(),
            None => held.push(HeldName { is_releasable: may_be_released(hold.state), hold, code: String::new() }),
        }
    }
    Ok(NamesPage {
        refusals: store::list_refusals(tx, &plan.id).await?,
        held,
        admissions: store::list_admissions(tx, SHOWN).await?,
        releases: store::list_releases(tx, SHOWN).await?,
        holders: units::list_holder_choices(tx).await?,
    })
}

impl ReportHold {
    /// The name or code as it was typed, else its folded form.
    pub fn typed(&self) -> &str {
        if self.name.is_empty() { &self.mark } else { &self.name }
    }
}

impl Release {
    /// What was released.
    pub fn names(&self) -> Vec<String> {
        serde_json::from_str(&self.released).unwrap_or_default()
    }
}
