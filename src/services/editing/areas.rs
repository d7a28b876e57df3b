//! The areas of a plan: create, rename, move. Invariant: their places are 1, 2, 3 … without gaps.

use serde::Serialize;

use super::{Act, Definition, Grounds, check_present, read_code, read_name, read_optional_name};
use crate::{
    domain::{
        fields::{FieldError, FieldProblem},
        ids::AreaId,
    },
    error::UserError,
    services::{
        ServiceError,
        access::Actor,
        moment::{Moment, make_id},
        trail::Action,
        visit::PlanHead,
    },
    store::{
        Db, Tx, definitions,
        plan_files::{self as store, AreaRow},
        with_tx,
    },
};

/// An area as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AreaInput {
    /// The state that the form showed; empty for a new one.
    pub seen: String,
    /// Its code.
    pub code: String,
    /// Its place, from 1; of a new one empty for the last.
    pub place: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Short Chinese name.
    pub short_zh: String,
    /// Short English name.
    pub short_en: String,
    /// Whether it is the closing section.
    pub closing: bool,
    /// Why.
    pub grounds: Grounds,
}

/// What the audit trail keeps of an area.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct AreaState<'a> {
    code: &'a str,
    place: i64,
    name_zh: &'a str,
    name_en: &'a str,
    short_zh: &'a str,
    short_en: &'a str,
    closing: bool,
    retired: bool,
}

impl<'a> From<&'a AreaRow> for AreaState<'a> {
    fn from(row: &'a AreaRow) -> Self {
        Self {
            code: &row.code,
            place: row.ordinal,
            name_zh: &row.name_zh,
            name_en: &row.name_en,
            short_zh: &row.short_zh,
            short_en: &row.short_en,
            closing: row.closing == 1,
            retired: row.retired_at.is_some(),
        }
    }
}

/// Creates an area.
///
/// # Errors
/// `Invalid` with every field that is not right.
pub async fn create_area(db: &Db, actor: &Actor, now: Moment, head: &PlanHead, input: AreaInput) -> Result<(), ServiceError> {
    let (actor, head) = (actor.clone(), head.clone());
    with_tx(db, move |tx| {
        Box::pin(async move {
            let definition = Definition::read(tx, &head).await?;
            let mut errors = Vec::new();
            let blank = AreaRow {
                id: make_id(now)?,
                code: read_code(&input.code, definition.areas.iter().map(|area| area.code.as_str()), &mut errors),
                ordinal: last_place(&definition) + 1,
                name_zh: String::new(),
                name_en: String::new(),
                short_zh: String::new(),
                short_en: String::new(),
                closing: 0,
                retired_at: None,
            };
            let after = read_fields(&input, blank, last_place(&definition) + 1, &mut errors);
            let (reason, document) = input.grounds.read(&mut errors);
            if !errors.is_empty() {
                return Err(UserError::Invalid(errors).into());
            }
            store::save_area(tx, &head.id, &after, now.0).await?;
            put_in_place(tx, &definition, &after, now).await?;
            let object_id = after.id.as_str();
            let (author, grounds) = (actor.author(), (reason.as_str(), document.as_str()));
            let act = Act { author, now, action: Action::CreateArea, object_kind: "area", object_id, grounds };
            act.record(tx, None, &AreaState::from(&after)).await
        })
    })
    .await
}

/// Changes names and place of an area.
///
/// # Errors
/// `NotFound`; `Stale`; `Invalid` with every field that is not right.
pub async fn change_area(db: &Db, actor: &Actor, now: Moment, head: &PlanHead, input: AreaInput) -> Result<(), ServiceError> {
    let (actor, head) = (actor.clone(), head.clone());
    with_tx(db, move |tx| {
        Box::pin(async move {
            let definition = Definition::read(tx, &head).await?;
            let before = definition.area(&input.code)?;
            check_present(&input.seen, &AreaState::from(before))?;
            let mut errors = Vec::new();
            let after = read_fields(&input, before.clone(), last_place(&definition), &mut errors);
            let (reason, document) = input.grounds.read(&mut errors);
            if !errors.is_empty() {
                return Err(UserError::Invalid(errors).into());
            }
            if after == *before {
                return Ok(());
            }
            definitions::update_area(tx, &after, now.0).await?;
            put_in_place(tx, &definition, &after, now).await?;
            let object_id = after.id.as_str();
            let (author, grounds) = (actor.author(), (reason.as_str(), document.as_str()));
            let act = Act { author, now, action: Action::ChangeArea, object_kind: "area", object_id, grounds };
            act.record(tx, Some(&AreaState::from(before)), &AreaState::from(&after)).await
        })
    })
    .await
}

fn last_place(definition: &Definition) -> i64 {
    i64::try_from(definition.areas.len()).unwrap_or(i64::MAX)
}

fn read_fields(input: &AreaInput, present: AreaRow, last: i64, errors: &mut Vec<FieldError>) -> AreaRow {
    let ordinal = match input.place.as_str() {
        "" => present.ordinal,
        typed => match typed.parse() {
            Ok(place) if (1..=last).contains(&place) => place,
            _ => {
                errors.push(FieldError::new("place", FieldProblem::UnknownChoice));
                present.ordinal
            }
        },
    };
    AreaRow {
        ordinal,
        name_zh: read_name("name_zh", &input.name_zh, errors),
        name_en: read_optional_name("name_en", &input.name_en, errors),
        short_zh: read_name("short_zh", &input.short_zh, errors),
        short_en: read_optional_name("short_en", &input.short_en, errors),
        closing: i64::from(input.closing),
        ..present
    }
}

/// Counts the places anew, with the area at its own.
async fn put_in_place(tx: &mut Tx, definition: &Definition, area: &AreaRow, now: Moment) -> Result<(), ServiceError> {
    for (id, ordinal) in places(definition.areas.iter().map(|other| &other.id), &area.id, area.ordinal) {
        if definition.areas.iter().any(|other| other.id == *id && other.ordinal != ordinal) {
            definitions::move_area(tx, id, ordinal, now.0).await?;
        }
    }
    Ok(())
}

/// Every area with its place, when `moved` stands at `place`.
fn places<'a>(areas: impl Iterator<Item = &'a AreaId>, moved: &'a AreaId, place: i64) -> Vec<(&'a AreaId, i64)> {
    let mut order: Vec<&AreaId> = areas.filter(|area| *area != moved).collect();
    let index = usize::try_from(place - 1).unwrap_or(0).min(order.len());
    order.insert(index, moved);
    order.into_iter().zip(1..).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_moves_and_the_others_close_the_gap() {
        let areas: Vec<AreaId> = ["a", "b", "c"].into_iter().map(AreaId::from).collect();
        let new = AreaId::from("new");
        for (moved, place, order) in [
            (&areas[0], 3, vec!["b", "c", "a"]),
            (&areas[2], 1, vec!["c", "a", "b"]),
            (&areas[1], 2, vec!["a", "b", "c"]),
            (&new, 2, vec!["a", "new", "b", "c"]),
            (&new, 9, vec!["a", "b", "c", "new"]),
        ] {
            let placed = places(areas.iter(), moved, place);
            assert_eq!(placed.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), order);
            assert!(placed.iter().map(|(_, place)| *place).eq(1..=i64::try_from(order.len()).unwrap()));
        }
    }
}
