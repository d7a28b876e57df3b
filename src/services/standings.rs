//! Where recognitions stand now, and on which days steps were taken: the rollups of lists. Invariant: a standing is the last step
//! that holds of a recognition, with the days of all of them, under the present names of its unit; a recognition without steps has none.

use std::collections::BTreeMap;

use jiff::civil::Date;
use pinyin::ToPinyin;

use super::ServiceError;
use crate::{
    domain::{
        ids::{RecognitionId, UnitId},
        names::normalise_name,
    },
    store::{
        Tx,
        rollups::StepRow,
        standings::{self as store, StageDays, Standing, UnitKeys, make_facet},
    },
};

/// What a search looks into: folded names and code, and the initials of the Chinese name's pinyin, parted by a sign that none of
/// them holds.
pub fn make_search_key(name_zh: &str, name_en: &str, code: &str) -> String {
    let name = normalise_name(name_zh);
    let initials: String =
        name.chars().map(|character| character.to_pinyin().and_then(|pinyin| pinyin.plain().chars().next()).unwrap_or(character)).collect();
    let parts = [normalise_name(name_en), normalise_name(code), if initials == name { String::new() } else { initials }];
    parts.into_iter().filter(|part| !part.is_empty()).fold(name, |key, part| format!("{key}|{part}"))
}

/// Brings the standings of some units up to date, and the days of steps with them. `steps` are all their steps that hold.
pub(super) async fn refresh_standings(tx: &mut Tx, units: &[&UnitId], steps: &[StepRow]) -> Result<(), ServiceError> {
    let keys = store::list_unit_keys(tx, units).await?;
    let before = store::list_standings_of(tx, units).await?;
    let after = make_standings(&keys, steps);
    if before == after {
        return Ok(());
    }
    let mut days: BTreeMap<(String, String, Date), i64> = BTreeMap::new();
    for (standings, sign) in [(&before, -1), (&after, 1)] {
        for standing in standings {
            let (kind, level) = standing.kind_and_level();
            for day in standing.days.split(' ').filter_map(|day| day.parse().ok()) {
                *days.entry((kind.to_owned(), level.to_owned(), day)).or_default() += sign;
            }
        }
    }
    // Only what differs is written again: most units of a batch have not moved.
    let mut held: BTreeMap<&UnitId, Vec<&Standing>> = BTreeMap::new();
    for standing in &before {
        held.entry(&standing.unit_id).or_default().push(standing);
    }
    let mut wanted: BTreeMap<&UnitId, Vec<&Standing>> = BTreeMap::new();
    for standing in &after {
        wanted.entry(&standing.unit_id).or_default().push(standing);
    }
    let moved: Vec<&UnitId> = units.iter().copied().filter(|unit| held.get(unit) != wanted.get(unit)).collect();
    let gone: Vec<&UnitId> = moved.iter().copied().filter(|unit| held.contains_key(unit)).collect();
    store::delete_standings_of(tx, &gone).await?;
    let rows: Vec<Standing> = moved.iter().filter_map(|unit| wanted.get(unit)).flatten().map(|row| (*row).clone()).collect();
    store::insert_standings(tx, &rows).await?;
    let days = days.into_iter().filter(|(_, change)| *change != 0);
    let days: Vec<(String, String, Date, i64)> = days.map(|((kind, level, on), change)| (kind, level, on, change)).collect();
    Ok(store::add_to_step_days(tx, &days).await?)
}

/// The standings that steps give, by unit and recognition.
pub(super) fn make_standings(keys: &[UnitKeys], steps: &[StepRow]) -> Vec<Standing> {
    let mut recognitions: BTreeMap<(&UnitId, &RecognitionId), Vec<&StepRow>> = BTreeMap::new();
    for step in steps {
        recognitions.entry((&step.unit_id, &step.recognition_id)).or_default().push(step);
    }
    let mut count: BTreeMap<&UnitId, usize> = BTreeMap::new();
    for (unit, _) in recognitions.keys() {
        *count.entry(unit).or_default() += 1;
    }
    let keys: BTreeMap<&UnitId, (&UnitKeys, String)> =
        keys.iter().map(|unit| (&unit.id, (unit, make_search_key(&unit.name_zh, &unit.name_en, &unit.code)))).collect();
    let mut standings = Vec::with_capacity(recognitions.len());
    for ((unit, recognition), mut steps) in recognitions {
        // Steps of one day that were recorded at one instant: forward stages in their order, an end last.
        steps.sort_by_key(|step| (step.on_date, step.stage.rank().unwrap_or(u8::MAX)));
        let (Some((key, search_key)), Some(first), Some(last)) = (keys.get(unit), steps.first(), steps.last()) else { continue };
        let mut reached = StageDays::begin(first.on_date);
        for step in &steps {
            reached.enter(step.stage, step.on_date);
        }
        standings.push(Standing {
            sort_key: key.sort_key.clone(),
            unit_id: unit.clone(),
            recognition_id: recognition.clone(),
            facet: make_facet(&last.kind, last.level),
            stage: last.stage,
            on_date: last.on_date,
            district: key.district.clone(),
            holder_id: key.holder_id.clone(),
            search_key: search_key.clone(),
            lone: i64::from(count.get(unit) == Some(&1)),
            days: steps.iter().map(|step| step.on_date.to_string()).collect::<Vec<_>>().join(" "),
            reached,
        });
    }
    standings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_finds_parts_codes_and_initials() {
        for (zh, en, code, key) in [
            ("北湖（生物医药）联合体", "", "", "北湖生物医药联合体|bhswyylht"),
            ("ＡＩ 应用", "AI in use", "KC-001", "ai应用|aiinuse|kc001|aiyy"),
            ("C++", "", "", "c++"),
        ] {
            assert_eq!(make_search_key(zh, en, code), key);
        }
    }
}
