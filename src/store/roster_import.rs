//! What an import of the roster looks up and adds, in batches. Invariant: it adds rows and changes none; holds that somebody took
//! in between make it fail as a whole.

use jiff::civil::Date;

use super::{
    Day, StoreError, Tx,
    batches::{insert_rows, select_among},
};
use crate::domain::{
    ids::{AccountId, OrganisationId, RecognitionId, ReportId, StepId, UnitId},
    words::{Level, Stage, UnitKind},
};

/// Who holds a name or code.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct HeldMark {
    /// The kind of unit.
    pub kind: UnitKind,
    /// The holding organisation, or empty where it is unique in the city.
    pub scope: String,
    /// Folded text.
    pub mark: String,
    /// A discriminator, or empty.
    pub admitted: String,
    /// The unit; none: a report.
    pub unit_id: Option<UnitId>,
    /// The report.
    pub report_id: Option<ReportId>,
}

/// Who holds some names.
pub async fn list_held_names(tx: &mut Tx, marks: &[&str]) -> Result<Vec<HeldMark>, StoreError> {
    select_among!(
        tx,
        HeldMark,
        "SELECT kind, scope, mark, admitted, unit_id, report_id FROM name_holds WHERE mark_kind = 'name' AND mark IN (",
        marks,
        ") ORDER BY held_at, admitted"
    )
}

/// Who holds some codes.
pub async fn list_held_codes(tx: &mut Tx, marks: &[&str]) -> Result<Vec<HeldMark>, StoreError> {
    select_among!(
        tx,
        HeldMark,
        "SELECT kind, scope, mark, admitted, unit_id, report_id FROM name_holds WHERE mark_kind = 'code' AND mark IN (",
        marks,
        ") ORDER BY held_at, admitted"
    )
}

/// A unit that exists already.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct KnownUnit {
    /// The unit.
    pub id: UnitId,
    /// Its code; empty without one.
    pub code: String,
    /// Who holds it.
    pub holder_id: OrganisationId,
    /// Its district, or empty.
    pub district: String,
}

/// Some units.
pub async fn list_known_units(tx: &mut Tx, units: &[&UnitId]) -> Result<Vec<KnownUnit>, StoreError> {
    select_among!(tx, KnownUnit, "SELECT id, code, holder_id, district FROM units WHERE id IN (", units, ") ORDER BY id")
}

/// A step that holds.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct KnownStep {
    /// The unit.
    pub unit_id: UnitId,
    /// The recognition.
    pub recognition_id: RecognitionId,
    /// Code of what it is recognised as.
    pub kind: String,
    /// Its level.
    pub level: Option<Level>,
    /// The stage.
    pub stage: Stage,
    /// When it was reached.
    #[sqlx(try_from = "Day")]
    pub on_date: Date,
    /// The document, or empty.
    pub document: String,
}

/// The steps of some units, by unit, recognition and date.
pub async fn list_known_steps(tx: &mut Tx, units: &[&UnitId]) -> Result<Vec<KnownStep>, StoreError> {
    select_among!(
        tx,
        KnownStep,
        "SELECT r.unit_id, r.id AS recognition_id, r.kind, r.level, s.stage, s.on_date, s.document
         FROM recognitions r JOIN stage_steps s ON s.recognition_id = r.id AND s.superseded_at IS NULL WHERE r.unit_id IN (",
        units,
        ") ORDER BY r.unit_id, r.created_at, r.id, s.on_date, s.recorded_at, s.id"
    )
}

/// A unit to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUnit {
    /// Its id.
    pub id: UnitId,
    /// Its kind.
    pub kind: UnitKind,
    /// Its code; empty without one.
    pub code: String,
    /// Chinese name.
    pub name_zh: String,
    /// Pinyin.
    pub sort_key: String,
    /// Who holds it.
    pub holder: OrganisationId,
    /// District, or empty.
    pub district: String,
}

/// Adds units.
pub async fn insert_units(tx: &mut Tx, rows: &[NewUnit], now: i64) -> Result<(), StoreError> {
    insert_rows!(
        tx,
        "INSERT INTO units (id, kind, code, name_zh, name_en, sort_key, holder_id, partners, district, created_at) ",
        rows,
        |to, row| {
            to.push_bind(&row.id)
                .push_bind(row.kind)
                .push_bind(&row.code)
                .push_bind(&row.name_zh)
                .push_bind("")
                .push_bind(&row.sort_key)
                .push_bind(&row.holder)
                .push_bind("")
                .push_bind(&row.district)
                .push_bind(now);
        }
    );
    Ok(())
}

/// A name or code to be held by a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewHold {
    /// The kind of unit.
    pub kind: UnitKind,
    /// The holding organisation, or empty.
    pub scope: String,
    /// `name` or `code`.
    pub mark_kind: &'static str,
    /// Folded text.
    pub mark: String,
    /// As it was typed.
    pub name: String,
    /// The unit.
    pub unit: UnitId,
}

/// Holds names and codes.
pub async fn insert_holds(tx: &mut Tx, rows: &[NewHold], now: i64) -> Result<(), StoreError> {
    insert_rows!(
        tx,
        "INSERT INTO name_holds (kind, scope, mark_kind, mark, admitted, unit_id, report_id, entry_key, held_at, name) ",
        rows,
        |to, row| {
            to.push_bind(row.kind)
                .push_bind(&row.scope)
                .push_bind(row.mark_kind)
                .push_bind(&row.mark)
                .push_bind("")
                .push_bind(&row.unit)
                .push("NULL")
                .push_bind("")
                .push_bind(now)
                .push_bind(&row.name);
        }
    );
    Ok(())
}

/// A recognition to be begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecognition {
    /// Its id.
    pub id: RecognitionId,
    /// The unit.
    pub unit: UnitId,
    /// Code of what it is recognised as.
    pub kind: String,
    /// Its level.
    pub level: Option<Level>,
}

/// Begins recognitions.
pub async fn insert_recognitions(tx: &mut Tx, rows: &[NewRecognition], now: i64) -> Result<(), StoreError> {
    insert_rows!(tx, "INSERT INTO recognitions (id, unit_id, kind, level, created_at) ", rows, |to, row| {
        to.push_bind(&row.id).push_bind(&row.unit).push_bind(&row.kind).push_bind(row.level).push_bind(now);
    });
    Ok(())
}

/// A step to be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewStep {
    /// Its id.
    pub id: StepId,
    /// The recognition.
    pub recognition: RecognitionId,
    /// The stage.
    pub stage: Stage,
    /// When it was reached.
    pub on: Date,
    /// The document.
    pub document: String,
}

/// Takes steps, all for one reason and let pass by one account.
pub async fn insert_steps(tx: &mut Tx, rows: &[NewStep], verifier: &AccountId, reason: &str, now: i64) -> Result<(), StoreError> {
    insert_rows!(
        tx,
        "INSERT INTO stage_steps (id, recognition_id, stage, on_date, document, verifier_id, reason, recorded_at) ",
        rows,
        |to, row| {
            to.push_bind(&row.id)
                .push_bind(&row.recognition)
                .push_bind(row.stage)
                .push_bind(Day(row.on))
                .push_bind(&row.document)
                .push_bind(verifier)
                .push_bind(reason)
                .push_bind(now);
        }
    );
    Ok(())
}
