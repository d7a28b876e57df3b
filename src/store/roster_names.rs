//! Names and codes beyond the plain hold: namesakes an officer admitted, entries that were refused, what reports hold. Invariant: an
//! admission is only added to, and its mark with its discriminator stands once.

use super::{StoreError, Tx, execute, fetch_all, fetch_one, fetch_optional, units::Mark};
use crate::domain::{
    ids::{AccountId, OrganisationId, PlanId, ReportId, UnitId},
    report::ReportState,
    words::UnitKind,
};

/// An admission to be added.
#[derive(Debug, Clone, Copy)]
pub struct NewAdmission<'a> {
    /// Its id.
    pub id: &'a str,
    /// The name or code.
    pub mark: Mark<'a>,
    /// What tells it from its namesakes, folded.
    pub admitted: &'a str,
    /// Who may hold it.
    pub holder: &'a OrganisationId,
    /// The name or code as it was typed.
    pub name: &'a str,
    /// What tells it from its namesakes, as it was typed.
    pub distinction: &'a str,
    /// The unit that was first.
    pub first_unit: Option<&'a UnitId>,
    /// The report that was first, where no unit was.
    pub first_report: Option<&'a ReportId>,
    /// Why the two differ.
    pub reason: &'a str,
    /// By which document.
    pub document: &'a str,
    /// Who decided.
    pub officer: &'a AccountId,
    /// Milliseconds since 1970.
    pub recorded_at: i64,
}

/// Adds an admission; `false` when this discriminator is taken for the mark.
pub async fn insert_admission(tx: &mut Tx, new: NewAdmission<'_>) -> Result<bool, StoreError> {
    let rows = execute!(
        tx,
        "INSERT INTO name_admissions (id, kind, scope, mark_kind, mark, admitted, holder_id, name, distinction, first_unit_id,
                                      first_report_id, reason, document, officer_id, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT DO NOTHING",
        new.id,
        new.mark.kind,
        new.mark.scope,
        new.mark.mark_kind,
        new.mark.text,
        new.admitted,
        new.holder,
        new.name,
        new.distinction,
        new.first_unit,
        new.first_report,
        new.reason,
        new.document,
        new.officer,
        new.recorded_at,
    )?;
    Ok(rows == 1)
}

/// The discriminator under which an organisation may hold a mark that nobody holds under it yet; the one admitted last.
pub async fn find_free_admission(tx: &mut Tx, mark: Mark<'_>, holder: &OrganisationId) -> Result<Option<String>, StoreError> {
    let row = fetch_optional!(
        tx,
        (String,),
        "SELECT admitted FROM name_admissions
         WHERE kind = $1 AND scope = $2 AND mark_kind = $3 AND mark = $4 AND holder_id = $5
           AND NOT EXISTS (SELECT 1 FROM name_holds WHERE name_holds.kind = $1 AND name_holds.scope = $2 AND name_holds.mark_kind = $3
                             AND name_holds.mark = $4 AND name_holds.admitted = name_admissions.admitted)
         ORDER BY recorded_at DESC, id DESC LIMIT 1",
        mark.kind,
        mark.scope,
        mark.mark_kind,
        mark.text,
        holder
    )?;
    Ok(row.map(|(admitted,)| admitted))
}

/// Whether a mark is held or admitted under a discriminator.
pub async fn is_discriminator_used(tx: &mut Tx, mark: Mark<'_>, admitted: &str) -> Result<bool, StoreError> {
    let (count,) = fetch_one!(
        tx,
        (i64,),
        "SELECT (SELECT COUNT(*) FROM name_holds WHERE kind = $1 AND scope = $2 AND mark_kind = $3 AND mark = $4 AND admitted = $5)
              + (SELECT COUNT(*) FROM name_admissions WHERE kind = $1 AND scope = $2 AND mark_kind = $3 AND mark = $4 AND admitted = $5)",
        mark.kind,
        mark.scope,
        mark.mark_kind,
        mark.text,
        admitted
    )?;
    Ok(count > 0)
}

/// An officer's finding that two things of one name differ.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Admission {
    /// The kind of unit.
    pub kind: UnitKind,
    /// `name` or `code`.
    pub mark_kind: String,
    /// The name or code as it was typed.
    pub name: String,
    /// What tells it from its namesakes.
    pub distinction: String,
    /// Chinese name of the organisation that may hold it.
    pub holder_zh: String,
    /// Its English name.
    pub holder_en: String,
    /// Why.
    pub reason: String,
    /// By which document.
    pub document: String,
    /// Who decided.
    pub officer: String,
    /// Milliseconds since 1970.
    pub recorded_at: i64,
    /// The unit that holds the name by it, if any does.
    pub unit_id: Option<UnitId>,
}

/// The admissions recorded last.
pub async fn list_admissions(tx: &mut Tx, limit: i64) -> Result<Vec<Admission>, StoreError> {
    fetch_all!(
        tx,
        Admission,
        "SELECT a.kind, a.mark_kind, a.name, a.distinction, o.name_zh AS holder_zh, o.name_en AS holder_en, a.reason, a.document,
                c.display_name AS officer, a.recorded_at, h.unit_id
         FROM name_admissions a
         JOIN organisations o ON o.id = a.holder_id
         JOIN accounts c ON c.id = a.officer_id
         LEFT JOIN name_holds h ON h.kind = a.kind AND h.scope = a.scope AND h.mark_kind = a.mark_kind AND h.mark = a.mark
              AND h.admitted = a.admitted
         ORDER BY a.recorded_at DESC, a.id DESC LIMIT $1",
        limit
    )
}

/// Another unit of the same name or code, and why both stand.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Namesake {
    /// The other unit.
    pub unit_id: UnitId,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
    /// Who holds it.
    pub holder_zh: String,
    /// The holder's English name.
    pub holder_en: String,
    /// `name` or `code`.
    pub mark_kind: String,
    /// What tells the later one from the earlier.
    pub distinction: String,
    /// Why they differ.
    pub reason: String,
    /// By which document.
    pub document: String,
    /// Who decided; empty where nobody had to.
    pub officer: String,
    /// When, in milliseconds since 1970; 0 where nobody had to.
    pub recorded_at: i64,
}

/// The other units that hold a name or code of a unit, each with the admission of the later of the two.
pub async fn list_namesakes(tx: &mut Tx, unit: &UnitId) -> Result<Vec<Namesake>, StoreError> {
    let mut namesakes = fetch_all!(
        tx,
        Namesake,
        "SELECT u.id AS unit_id, u.name_zh, u.name_en, o.name_zh AS holder_zh, o.name_en AS holder_en, mine.mark_kind,
                COALESCE(a.distinction, '') AS distinction, COALESCE(a.reason, '') AS reason, COALESCE(a.document, '') AS document,
                COALESCE(c.display_name, '') AS officer, COALESCE(a.recorded_at, 0) AS recorded_at
         FROM name_holds mine
         JOIN name_holds other ON other.kind = mine.kind AND other.scope = mine.scope AND other.mark_kind = mine.mark_kind
              AND other.mark = mine.mark AND other.unit_id <> mine.unit_id
         JOIN units u ON u.id = other.unit_id
         JOIN organisations o ON o.id = u.holder_id
         LEFT JOIN name_admissions a ON a.kind = mine.kind AND a.scope = mine.scope AND a.mark_kind = mine.mark_kind
              AND a.mark = mine.mark AND a.admitted = CASE WHEN mine.admitted = '' THEN other.admitted ELSE mine.admitted END
         LEFT JOIN accounts c ON c.id = a.officer_id
         WHERE mine.unit_id = $1 ORDER BY u.sort_key, u.id, mine.mark_kind DESC",
        unit
    )?;
    namesakes.extend(list_namesakes_of_other_kinds(tx, unit).await?);
    Ok(namesakes)
}

/// Of kinds that an indicator sums with the unit's own: whoever was first when it was admitted, or was admitted beside it.
async fn list_namesakes_of_other_kinds(tx: &mut Tx, unit: &UnitId) -> Result<Vec<Namesake>, StoreError> {
    fetch_all!(
        tx,
        Namesake,
        "SELECT u.id AS unit_id, u.name_zh, u.name_en, o.name_zh AS holder_zh, o.name_en AS holder_en, a.mark_kind, a.distinction, a.reason,
                a.document, c.display_name AS officer, a.recorded_at
         FROM name_admissions a
         JOIN name_holds h ON h.kind = a.kind AND h.scope = a.scope AND h.mark_kind = a.mark_kind AND h.mark = a.mark
              AND h.admitted = a.admitted
         JOIN units later ON later.id = h.unit_id
         JOIN units earlier ON earlier.id = a.first_unit_id AND earlier.kind <> later.kind
         JOIN units u ON u.id = CASE WHEN later.id = $1 THEN earlier.id ELSE later.id END
         JOIN organisations o ON o.id = u.holder_id
         JOIN accounts c ON c.id = a.officer_id
         WHERE later.id = $1 OR earlier.id = $1 ORDER BY u.sort_key, u.id, a.mark_kind DESC",
        unit
    )
}

/// An entry that is refused.
#[derive(Debug, Clone, Copy)]
pub struct NewRefusal<'a> {
    /// Its report.
    pub report: &'a ReportId,
    /// The entry.
    pub entry_key: &'a str,
    /// `name` or `code`.
    pub mark_kind: &'a str,
    /// The kind of unit.
    pub kind: UnitKind,
    /// Who wanted to hold it.
    pub holder: &'a OrganisationId,
    /// The name or code as it was typed.
    pub name: &'a str,
    /// Milliseconds since 1970.
    pub refused_at: i64,
}

/// Notes that an entry was refused because somebody was first.
pub async fn insert_refusal(tx: &mut Tx, new: NewRefusal<'_>) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO refused_names (report_id, entry_key, mark_kind, kind, holder_id, name, refused_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (report_id, entry_key, mark_kind)
         DO UPDATE SET kind = excluded.kind, holder_id = excluded.holder_id, name = excluded.name, refused_at = excluded.refused_at",
        new.report,
        new.entry_key,
        new.mark_kind,
        new.kind,
        new.holder,
        new.name,
        new.refused_at
    )?;
    Ok(())
}

/// Forgets what was refused of a report.
pub async fn delete_refusals(tx: &mut Tx, report: &ReportId) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM refused_names WHERE report_id = $1", report)?;
    Ok(())
}

/// An entry that was refused and has not gone in since.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Refusal {
    /// Its report.
    pub report_id: ReportId,
    /// The entry.
    pub entry_key: String,
    /// `name` or `code`.
    pub mark_kind: String,
    /// The kind of unit.
    pub kind: UnitKind,
    /// The name or code as it was typed.
    pub name: String,
    /// Who wanted to hold it.
    pub holder_id: OrganisationId,
    /// Its Chinese name.
    pub holder_zh: String,
    /// Its English name.
    pub holder_en: String,
    /// When, in milliseconds since 1970.
    pub refused_at: i64,
}

/// The entries of a plan's reports that were refused, the last first.
pub async fn list_refusals(tx: &mut Tx, plan: &PlanId) -> Result<Vec<Refusal>, StoreError> {
    fetch_all!(
        tx,
        Refusal,
        "SELECT n.report_id, n.entry_key, n.mark_kind, n.kind, n.name, n.holder_id, g.name_zh AS holder_zh, g.name_en AS holder_en,
                n.refused_at
         FROM refused_names n
         JOIN reports r ON r.id = n.report_id
         JOIN obligations o ON o.id = r.obligation_id
         JOIN periods p ON p.id = o.period_id
         JOIN organisations g ON g.id = n.holder_id
         WHERE p.plan_id = $1 ORDER BY n.refused_at DESC, n.report_id, n.entry_key, n.mark_kind",
        plan
    )
}

/// A name or code that a report holds.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ReportHold {
    /// The report.
    pub report_id: ReportId,
    /// The entry.
    pub entry_key: String,
    /// The kind of unit.
    pub kind: UnitKind,
    /// `name` or `code`.
    pub mark_kind: String,
    /// Its folded form.
    pub mark: String,
    /// As it was typed; empty where that was not kept.
    pub name: String,
    /// What tells it from its namesakes; empty without one.
    pub admitted: String,
    /// Since when, in milliseconds since 1970.
    pub held_at: i64,
    /// Where the report stands.
    pub state: ReportState,
    /// Whose report it is.
    pub owner_zh: String,
    /// The owner's English name.
    pub owner_en: String,
    /// Code of the task.
    pub task_code: String,
    /// Code of the period.
    pub period_code: String,
}

macro_rules! select_report_holds {
    ($rest:literal) => {
        concat!(
            "SELECT h.report_id, h.entry_key, h.kind, h.mark_kind, h.mark, h.name, h.admitted, h.held_at, r.state,
                    g.name_zh AS owner_zh, g.name_en AS owner_en, t.code AS task_code, p.code AS period_code
             FROM name_holds h
             JOIN reports r ON r.id = h.report_id
             JOIN obligations o ON o.id = r.obligation_id
             JOIN periods p ON p.id = o.period_id
             JOIN tasks t ON t.id = o.task_id
             JOIN organisations g ON g.id = o.organisation_id
             WHERE h.unit_id IS NULL AND p.plan_id = $1 ",
            $rest
        )
    };
}

/// What the reports of a plan hold and no unit has taken over, the longest held first.
pub async fn list_report_holds(tx: &mut Tx, plan: &PlanId) -> Result<Vec<ReportHold>, StoreError> {
    fetch_all!(tx, ReportHold, select_report_holds!("ORDER BY h.held_at, h.report_id, h.entry_key, h.mark_kind DESC"), plan)
}

/// What one entry of a report of a plan holds.
pub async fn list_holds_of_entry(tx: &mut Tx, plan: &PlanId, report: &ReportId, entry: &str) -> Result<Vec<ReportHold>, StoreError> {
    fetch_all!(
        tx,
        ReportHold,
        select_report_holds!("AND h.report_id = $2 AND h.entry_key = $3 ORDER BY h.mark_kind DESC"),
        plan,
        report,
        entry
    )
}

/// A name that staff released, as the trail has it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Release {
    /// What was released, as JSON.
    pub released: String,
    /// Why.
    pub reason: String,
    /// Who did it.
    pub officer: String,
    /// When, in milliseconds since 1970.
    pub at: i64,
}

/// The names released last.
pub async fn list_releases(tx: &mut Tx, limit: i64) -> Result<Vec<Release>, StoreError> {
    fetch_all!(
        tx,
        Release,
        "SELECT COALESCE(before_state, '') AS released, reason, actor_name AS officer, at
         FROM audit WHERE action = 'release-name' ORDER BY sequence DESC LIMIT $1",
        limit
    )
}
