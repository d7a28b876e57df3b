//! Where recognitions stand now, how many stand where, and on which days steps were taken: the rollups of lists. Invariant: a standing
//! is the last step that holds of a recognition, with the days of all of them, under the present names of its unit; a recognition
//! without steps has none. The numbers follow from the standings, by what differs between those before a change and those after it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use pinyin::ToPinyin;

use super::ServiceError;
use crate::{
    domain::{
        ids::{RecognitionId, UnitId},
        names::normalise_name,
        roster::Span,
    },
    store::{
        Tx,
        rollups::StepRow,
        standing_counts::{StandingCount, StandingDay, StandingPlace, add_to_standing_counts, add_to_standing_days},
        standings::{self as store, StageDays, Standing, StepDay, UnitKeys, make_facet, write_recorded_day},
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
    let mut sums = Sums::default();
    for (standings, sign) in [(&before, -1), (&after, 1)] {
        for standing in standings {
            sums.add(standing, sign);
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
    sums.write(tx).await
}

/// By how much the numbers that follow from standings change.
#[derive(Default)]
pub(super) struct Sums {
    counts: BTreeMap<StandingPlace, i64>,
    days: BTreeMap<(Date, StandingPlace), i64>,
    /// Kind, level, day, quarter of an hour of the record.
    steps: BTreeMap<(String, String, Date, i64), i64>,
}

impl Sums {
    /// One standing more (`sign` 1) or less (−1).
    pub(super) fn add(&mut self, standing: &Standing, sign: i64) {
        let (kind, level) = standing.kind_and_level();
        for (day, recorded) in standing.recorded_days() {
            *self.steps.entry((kind.to_owned(), level.to_owned(), day, recorded)).or_default() += sign;
        }
        if standing.lone == 0 {
            return;
        }
        let place = |stage| StandingPlace {
            facet: standing.facet.clone(),
            stage,
            district: standing.district.clone(),
            holder_id: standing.holder_id.clone(),
        };
        *self.counts.entry(place(standing.stage)).or_default() += sign;
        for (stage, Span { from, until }) in standing.reached.stays(standing.stage) {
            *self.days.entry((from, place(stage))).or_default() += sign;
            if let Some(until) = until {
                *self.days.entry((until, place(stage))).or_default() -= sign;
            }
        }
    }

    /// What is left of the additions, as rows.
    pub(super) fn into_rows(self) -> (Vec<StandingCount>, Vec<StandingDay>, Vec<StepDay>) {
        let moved = |change: &i64| *change != 0;
        let counts = self.counts.into_iter().filter(|(_, units)| moved(units));
        let days = self.days.into_iter().filter(|(_, change)| moved(change));
        let steps = self.steps.into_iter().filter(|(_, steps)| moved(steps));
        (
            counts.map(|(place, units)| StandingCount { place, units }).collect(),
            days.map(|((on_date, place), change)| StandingDay { on_date, place, change }).collect(),
            steps.map(|((kind, level, on_date, recorded), steps)| StepDay { kind, level, on_date, recorded, steps }).collect(),
        )
    }

    async fn write(self, tx: &mut Tx) -> Result<(), ServiceError> {
        let (counts, days, steps) = self.into_rows();
        add_to_standing_counts(tx, &counts).await?;
        add_to_standing_days(tx, &days).await?;
        Ok(store::add_to_step_days(tx, &steps).await?)
    }
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
            days: write_days(&steps),
            reached,
        });
    }
    standings
}

/// The days of some steps in their order, those of one day in the order in which they were recorded.
fn write_days(steps: &[&StepRow]) -> String {
    let mut days: Vec<String> = steps.iter().map(|step| write_recorded_day(step.on_date, step.recorded_at)).collect();
    days.sort_unstable();
    days.join(" ")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::{
        domain::{
            ids::OrganisationId,
            words::{Level, Stage},
        },
        store::standings::slot_of,
    };

    #[test]
    fn numbers_follow_the_stays_of_standings() {
        let step = |unit: &str, recognition: &str, stage, on, recorded_at| StepRow {
            unit_id: UnitId::from(unit),
            recognition_id: RecognitionId::from(recognition),
            kind: "course".to_owned(),
            level: Some(Level::Municipal),
            stage,
            on_date: on,
            recorded_at,
        };
        let keys = ["one", "two"].map(|unit| UnitKeys {
            id: UnitId::from(unit),
            code: String::new(),
            name_zh: unit.to_owned(),
            name_en: String::new(),
            sort_key: unit.to_owned(),
            holder_id: OrganisationId::from("school"),
            district: "北区".to_owned(),
        });
        let (hour, early, late) = (3_600_000, date(2026, 3, 1), date(2026, 8, 1));
        let steps = [
            step("one", "a", Stage::Applied, early, hour),
            // Reached and left on one day: no day is spent there.
            step("one", "a", Stage::Approved, early, hour),
            step("one", "a", Stage::Recognised, late, 2 * hour),
            // Two recognitions: told apart, not counted here, but their steps are.
            step("two", "b", Stage::Recognised, early, hour),
            step("two", "c", Stage::Recognised, early, hour + 1),
        ];
        let mut sums = Sums::default();
        for standing in make_standings(&keys, &steps) {
            sums.add(&standing, 1);
        }
        let (counts, days, steps) = sums.into_rows();
        let counts: Vec<(Stage, i64)> = counts.into_iter().map(|row| (row.place.stage, row.units)).collect();
        assert_eq!(counts, [(Stage::Recognised, 1)]);
        let days: Vec<(Date, Stage, i64)> = days.into_iter().map(|row| (row.on_date, row.place.stage, row.change)).collect();
        assert_eq!(days, [(early, Stage::Approved, 1), (late, Stage::Approved, -1), (late, Stage::Recognised, 1)]);
        let steps: Vec<(Date, i64, i64)> = steps.into_iter().map(|row| (row.on_date, row.recorded, row.steps)).collect();
        assert_eq!(steps, [(early, 4, 4), (late, 8, 1)]);
        assert_eq!((slot_of(0), slot_of(899_999), slot_of(900_000), slot_of(-1)), (0, 0, 1, -1));
    }

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
