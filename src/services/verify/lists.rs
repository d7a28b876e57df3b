//! The rollups of lists and sums against a recount. Invariant: as in `rollups`, the recount shares only the rules of the domain with
//! what keeps them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::Finding;
use crate::{
    domain::{
        counting::spans_by_kind,
        ids::{IndicatorId, RecognitionId, UnitId},
        roster::{RecognitionHistory, RosterRule, Span},
        words::{Level, Stage},
    },
    services::ServiceError,
    store::{
        Tx,
        name_shelves::{list_all_shelves, shelf_of},
        standing_counts::{StandingPlace, list_standing_counts, list_standing_days},
        standings as store, verify,
    },
};

/// Units with their histories, and what each indicator counts.
pub(super) struct Recounted<'a> {
    pub(super) units: &'a BTreeMap<UnitId, Vec<RecognitionHistory>>,
    pub(super) rules: &'a BTreeMap<IndicatorId, RosterRule>,
    /// The spans on which units count, by indicator and unit.
    pub(super) counted: Vec<(IndicatorId, Vec<Span>)>,
}

/// Checks standings, days of steps, movements and spans by kind.
pub(super) async fn check_lists(tx: &mut Tx, recounted: Recounted<'_>, findings: &mut Vec<Finding>) -> Result<(), ServiceError> {
    check_standings(tx, findings).await?;
    check_standing_counts(tx, findings).await?;
    check_shelves(tx, findings).await?;
    check_moves(tx, &recounted, findings).await?;
    check_kinds(tx, &recounted, findings).await
}

/// Names every key at which two maps differ.
pub(super) fn compare<Key: Ord>(
    list: &'static str,
    stored: &BTreeMap<Key, String>,
    recounted: &BTreeMap<Key, String>,
    name: impl Fn(&Key) -> String,
    findings: &mut Vec<Finding>,
) {
    let none = || "none".to_owned();
    for key in stored.keys().chain(recounted.keys()).collect::<BTreeSet<_>>() {
        let (is, should_be) = (stored.get(key), recounted.get(key));
        if is != should_be {
            findings.push(Finding::WrongList {
                list,
                of: name(key),
                stored: is.cloned().unwrap_or_else(none),
                recounted: should_be.cloned().unwrap_or_else(none),
            });
        }
    }
}

/// A recognition while its standing is recounted.
struct Place {
    unit: UnitId,
    kind: String,
    level: Option<Level>,
    steps: Vec<(Date, u8, Stage)>,
    days: Vec<String>,
}

async fn check_standings(tx: &mut Tx, findings: &mut Vec<Finding>) -> Result<(), ServiceError> {
    let mut places: BTreeMap<RecognitionId, Place> = BTreeMap::new();
    let mut steps: BTreeMap<(String, String, Date, i64), i64> = BTreeMap::new();
    for row in verify::list_held_steps(tx).await? {
        let level = row.level.map_or("", Level::as_str).to_owned();
        *steps.entry((row.kind.clone(), level, row.on_date, store::slot_of(row.recorded_at))).or_default() += 1;
        let (unit, kind, level) = (row.unit_id, row.kind, row.level);
        let place = places.entry(row.recognition_id).or_insert_with(|| Place { unit, kind, level, steps: Vec::new(), days: Vec::new() });
        place.steps.push((row.on_date, row.stage.rank().unwrap_or(u8::MAX), row.stage));
        place.days.push(store::write_recorded_day(row.on_date, row.recorded_at));
    }
    let mut per_unit: BTreeMap<UnitId, usize> = BTreeMap::new();
    for place in places.values_mut() {
        place.steps.sort_unstable();
        place.days.sort_unstable();
        *per_unit.entry(place.unit.clone()).or_default() += 1;
    }
    let keys: BTreeMap<UnitId, verify::UnitPlace> =
        verify::list_unit_places(tx).await?.into_iter().map(|unit| (unit.id.clone(), unit)).collect();
    let mut recounted = BTreeMap::new();
    for (recognition, place) in &places {
        let (Some(unit), Some((on, _, stage))) = (keys.get(&place.unit), place.steps.last()) else { continue };
        let word = |stage: &Stage| if stage.is_end() { "ended" } else { stage.as_str() };
        let reached = say_days(place.steps.first().map(|(on, ..)| *on), place.steps.iter().map(|(on, _, stage)| (word(stage), *on)));
        let facet = store::make_facet(&place.kind, place.level);
        let lone = u8::from(per_unit.get(&place.unit) == Some(&1));
        let said = format!(
            "{facet} {stage} {on} [{}] {} {} {} {lone} {reached}",
            place.days.join(" "),
            unit.sort_key,
            unit.district,
            unit.holder_id.as_str()
        );
        recounted.insert(recognition.clone(), said);
    }
    let mut stored = BTreeMap::new();
    for row in store::list_all_standings(tx).await? {
        let said = format!(
            "{} {} {} [{}] {} {} {} {} {}",
            row.facet,
            row.stage,
            row.on_date,
            row.days,
            row.sort_key,
            row.district,
            row.holder_id.as_str(),
            row.lone,
            say_days(Some(row.reached.began_on.0), row.reached.list())
        );
        stored.insert(row.recognition_id, said);
    }
    compare("standing of recognition", &stored, &recounted, ToString::to_string, findings);
    let recounted: BTreeMap<_, String> = steps.into_iter().map(|(key, steps)| (key, steps.to_string())).collect();
    let rows = store::list_step_days(tx).await?.into_iter();
    let stored = rows.map(|row| ((row.kind, row.level, row.on_date, row.recorded), row.steps.to_string())).collect();
    let name = |(kind, level, on, recorded): &(String, String, Date, i64)| format!("{kind} {level} on {on}, recorded in slot {recorded}");
    compare("steps of", &stored, &recounted, name, findings);
    Ok(())
}

/// Numbers and their changes are compared with the standings, which were compared with the steps.
async fn check_standing_counts(tx: &mut Tx, findings: &mut Vec<Finding>) -> Result<(), ServiceError> {
    let (mut counts, mut days): (BTreeMap<_, i64>, BTreeMap<_, i64>) = (BTreeMap::new(), BTreeMap::new());
    for row in store::list_all_standings(tx).await?.into_iter().filter(|row| row.lone == 1) {
        let place = |stage: Stage| format!("{} {stage} {} {}", row.facet, row.district, row.holder_id.as_str());
        *counts.entry(place(row.stage)).or_default() += 1;
        for (stage, span) in row.reached.stays(row.stage) {
            *days.entry(format!("{} on {}", place(stage), span.from)).or_default() += 1;
            if let Some(until) = span.until {
                *days.entry(format!("{} on {until}", place(stage))).or_default() -= 1;
            }
        }
    }
    days.retain(|_, change| *change != 0);
    let place = |place: &StandingPlace| format!("{} {} {} {}", place.facet, place.stage, place.district, place.holder_id.as_str());
    let say = |sums: BTreeMap<String, i64>| sums.into_iter().map(|(key, sum)| (key, sum.to_string())).collect::<BTreeMap<_, _>>();
    let stored = list_standing_counts(tx).await?.into_iter().map(|row| (place(&row.place), row.units)).collect();
    compare("units that stand at", &say(stored), &say(counts), ToString::to_string, findings);
    let rows = list_standing_days(tx).await?.into_iter();
    let stored = rows.map(|row| (format!("{} on {}", place(&row.place), row.on_date), row.change)).collect();
    compare("change of units that stand at", &say(stored), &say(days), ToString::to_string, findings);
    Ok(())
}

/// The shelves of names are compared with the standings, which were compared with the steps.
async fn check_shelves(tx: &mut Tx, findings: &mut Vec<Finding>) -> Result<(), ServiceError> {
    let standings = store::list_all_standings(tx).await?.into_iter();
    let names = standings.map(|row| ((shelf_of(&row.unit_id), row.unit_id.to_string()), row.search_key)).collect();
    let mut stored: BTreeMap<(i64, String), String> = BTreeMap::new();
    for shelf in list_all_shelves(tx).await? {
        for (unit, name) in shelf.lines() {
            // A unit that lies there twice is seen by what it says.
            let said = stored.entry((shelf.shelf, unit.to_owned())).or_default();
            *said = if said.is_empty() { name.to_owned() } else { format!("{said}, {name}") };
        }
    }
    compare("name on", &stored, &names, |(shelf, unit)| format!("shelf {shelf} of unit {unit}"), findings);
    Ok(())
}

/// On which day a recognition began, and reached which stage.
fn say_days(began: Option<Date>, reached: impl IntoIterator<Item = (&'static str, Date)>) -> String {
    let began = began.map_or_else(|| "never".to_owned(), |on| on.to_string());
    reached.into_iter().fold(format!("from {began}:"), |said, (stage, on)| format!("{said} {stage} {on}"))
}

async fn check_moves(tx: &mut Tx, recounted: &Recounted<'_>, findings: &mut Vec<Finding>) -> Result<(), ServiceError> {
    let mut moves: BTreeMap<(IndicatorId, Date), (i64, i64)> = BTreeMap::new();
    for (indicator, spans) in &recounted.counted {
        for span in spans {
            moves.entry((indicator.clone(), span.from)).or_default().0 += 1;
            if let Some(until) = span.until {
                moves.entry((indicator.clone(), until)).or_default().1 += 1;
            }
        }
    }
    let say = |(gained, lost): (i64, i64)| format!("{gained} gained, {lost} lost");
    let recounted: BTreeMap<_, String> = moves.into_iter().map(|(key, moved)| (key, say(moved))).collect();
    let stored: BTreeMap<_, String> =
        store::list_all_moves(tx).await?.into_iter().map(|(id, on, gained, lost)| ((id, on), say((gained, lost)))).collect();
    compare("movements of", &stored, &recounted, |(indicator, on)| format!("{indicator} on {on}"), findings);
    Ok(())
}

async fn check_kinds(tx: &mut Tx, recounted: &Recounted<'_>, findings: &mut Vec<Finding>) -> Result<(), ServiceError> {
    let mut spans: BTreeMap<(IndicatorId, String, UnitId, Date), String> = BTreeMap::new();
    let mut days: BTreeMap<(IndicatorId, String, Date), i64> = BTreeMap::new();
    let say = |until: Option<Date>| until.map_or_else(|| "on".to_owned(), |until| format!("until {until}"));
    for (indicator, rule) in recounted.rules {
        for (unit, histories) in recounted.units {
            for (kind, of_kind) in spans_by_kind(histories, rule) {
                for span in of_kind {
                    *days.entry((indicator.clone(), kind.clone(), span.from)).or_default() += 1;
                    if let Some(until) = span.until {
                        *days.entry((indicator.clone(), kind.clone(), until)).or_default() -= 1;
                    }
                    spans.insert((indicator.clone(), kind.clone(), unit.clone(), span.from), say(span.until));
                }
            }
        }
    }
    let mut stored = BTreeMap::new();
    for row in store::list_all_kind_spans(tx).await? {
        let until = row.span().until;
        stored.insert((row.indicator_id, row.kind, row.unit_id, row.from_date), say(until));
    }
    let name = |(indicator, kind, unit, from): &(IndicatorId, String, UnitId, Date)| format!("{indicator} “{kind}” {unit} from {from}");
    compare("days by kind of", &stored, &spans, name, findings);
    days.retain(|_, change| *change != 0);
    let recounted: BTreeMap<_, String> = days.into_iter().map(|(key, change)| (key, change.to_string())).collect();
    let stored: BTreeMap<_, String> =
        store::list_all_kind_days(tx).await?.into_iter().map(|(id, kind, on, change)| ((id, kind, on), change.to_string())).collect();
    compare("count by kind of", &stored, &recounted, |(indicator, kind, on)| format!("{indicator} “{kind}” on {on}"), findings);
    Ok(())
}
