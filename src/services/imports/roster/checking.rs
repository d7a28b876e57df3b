//! Rows of a table beside the roster: what is new, what is there already, what cannot be. Invariant: what comes out of a check
//! without faults can be written as it is.

use std::collections::{BTreeMap, BTreeSet};

use super::reading::{ReadTable, RowStep, RowUnit, UnitMark, Vocabulary, marks_beside};
use crate::{
    domain::{
        fields::FieldProblem,
        ids::{RecognitionId, StepId, UnitId},
        names::normalise_code,
        roster::{RecognitionHistory, Step},
        roster_rows::{Column, LineFault, RowFault},
        words::{Level, UnitKind},
    },
    services::{
        ServiceError,
        moment::{Moment, make_id},
        roster::{make_sort_key, place_step},
    },
    store::{
        Tx,
        roster_import::{
            HeldMark, KnownStep, KnownUnit, NewHold, NewRecognition, NewStep, NewUnit, list_held_codes, list_held_names, list_known_steps,
            list_known_units,
        },
    },
};

/// What a table would add.
#[derive(Debug, Default)]
pub(super) struct Additions {
    pub(super) units: Vec<NewUnit>,
    pub(super) holds: Vec<NewHold>,
    pub(super) recognitions: Vec<NewRecognition>,
    pub(super) steps: Vec<NewStep>,
    /// Every unit that takes a step.
    pub(super) moved: Vec<UnitId>,
    /// Rows that say what the roster says.
    pub(super) unchanged: usize,
    /// In words, unit by unit in the order of the table.
    pub(super) lines: Vec<AddedUnit>,
}

/// A unit that a table adds or moves on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddedUnit {
    /// The first line that names it.
    pub line: u64,
    /// Its kind.
    pub kind: UnitKind,
    /// Its name.
    pub name: String,
    /// Chinese name of the organisation that holds it.
    pub holder: String,
    /// Whether it is not on the roster yet.
    pub is_new: bool,
    /// Its new steps: place of the recognition in the list of kinds, level, step.
    pub steps: Vec<(usize, Option<Level>, Step)>,
}

/// What the roster holds of the units that a table names.
struct Known {
    names: BTreeMap<UnitMark, Vec<HeldMark>>,
    codes: BTreeMap<(UnitKind, String), Vec<HeldMark>>,
    units: BTreeMap<UnitId, KnownUnit>,
    steps: BTreeMap<UnitId, Vec<KnownStep>>,
    holders: BTreeMap<UnitId, String>,
}

impl Known {
    async fn read(tx: &mut Tx, table: &ReadTable) -> Result<Self, ServiceError> {
        let marks: Vec<&str> = table.units.keys().map(|(_, _, mark)| mark.as_str()).collect::<BTreeSet<_>>().into_iter().collect();
        let codes: Vec<String> = table.units.values().map(|unit| normalise_code(&unit.code)).filter(|code| !code.is_empty()).collect();
        let codes: Vec<&str> = codes.iter().map(String::as_str).collect::<BTreeSet<_>>().into_iter().collect();
        let mut names: BTreeMap<UnitMark, Vec<HeldMark>> = BTreeMap::new();
        for held in list_held_names(tx, &marks).await? {
            names.entry((held.kind, held.scope.clone(), held.mark.clone())).or_default().push(held);
        }
        let mut by_code: BTreeMap<(UnitKind, String), Vec<HeldMark>> = BTreeMap::new();
        for held in list_held_codes(tx, &codes).await? {
            by_code.entry((held.kind, held.mark.clone())).or_default().push(held);
        }
        let named: BTreeSet<UnitId> = names.values().chain(by_code.values()).flatten().filter_map(|held| held.unit_id.clone()).collect();
        let named: Vec<&UnitId> = named.iter().collect();
        let units: BTreeMap<UnitId, KnownUnit> =
            list_known_units(tx, &named).await?.into_iter().map(|unit| (unit.id.clone(), unit)).collect();
        let mut steps: BTreeMap<UnitId, Vec<KnownStep>> = BTreeMap::new();
        for step in list_known_steps(tx, &named).await? {
            steps.entry(step.unit_id.clone()).or_default().push(step);
        }
        let organisations: BTreeMap<_, _> =
            crate::store::organisations::list_organisations(tx).await?.into_iter().map(|found| (found.id, found.name_zh)).collect();
        let holders =
            units.values().map(|unit| (unit.id.clone(), organisations.get(&unit.holder_id).cloned().unwrap_or_default())).collect();
        Ok(Self { names, codes: by_code, units, steps, holders })
    }

    fn holder_of(&self, held: &HeldMark) -> RowFault {
        match &held.unit_id {
            Some(unit) => RowFault::TakenBy { holder: self.holders.get(unit).cloned().unwrap_or_default() },
            None => RowFault::HeldByReport,
        }
    }

    /// The unit that a row is about; none where it is a new one.
    fn find_unit(&self, mark: &UnitMark, row: &RowUnit, words: &Vocabulary) -> Result<Option<&KnownUnit>, RowFault> {
        let beside = marks_beside(words, mark, &row.holder);
        let holds: Vec<&HeldMark> = std::iter::once(mark).chain(&beside).filter_map(|mark| self.names.get(mark)).flatten().collect();
        // One thing under two kinds that are summed is the unit that stands there already, as far as it can be recognised so.
        let mut units = holds.iter().filter(|held| words.admits(held.kind, row)).filter_map(|held| self.units.get(held.unit_id.as_ref()?));
        let of_holder = units.find(|unit| unit.holder_id == row.holder);
        match (of_holder, holds.first()) {
            (Some(unit), _) => Ok(Some(unit)),
            (None, Some(first)) => Err(self.holder_of(first)),
            (None, None) => Ok(None),
        }
    }
}

/// Checks a table against the roster; faults are added to those it has.
pub(super) async fn check_table(tx: &mut Tx, table: &mut ReadTable, words: &Vocabulary, now: Moment) -> Result<Additions, ServiceError> {
    let known = Known::read(tx, table).await?;
    let mut additions = Additions::default();
    let mut codes: BTreeMap<(UnitKind, String), u64> = BTreeMap::new();
    let mut faults = std::mem::take(&mut table.faults);
    let mut units: Vec<(&UnitMark, &RowUnit)> = table.units.iter().collect();
    units.sort_by_key(|(_, unit)| unit.line);
    for (mark, row) in units {
        let code = normalise_code(&row.code);
        if !code.is_empty()
            && let Some(line) = codes.insert((row.kind, code.clone()), row.line)
        {
            faults.push(LineFault::new(row.line, Column::Code, RowFault::SameAs { line }));
        }
        match known.find_unit(mark, row, words) {
            Err(fault) => faults.push(LineFault::new(row.line, Column::Name, fault)),
            Ok(unit) => UnitCheck { known: &known, words, now, row, faults: &mut faults }.take(mark, unit, &code, &mut additions)?,
        }
    }
    faults.sort_by_key(|fault| fault.line);
    table.faults = faults;
    additions.lines.sort_by_key(|unit| unit.line);
    Ok(additions)
}

/// One unit of the table beside what the roster says of it.
struct UnitCheck<'a> {
    known: &'a Known,
    words: &'a Vocabulary,
    now: Moment,
    row: &'a RowUnit,
    faults: &'a mut Vec<LineFault>,
}

impl UnitCheck<'_> {
    fn take(mut self, mark: &UnitMark, unit: Option<&KnownUnit>, code: &str, additions: &mut Additions) -> Result<(), ServiceError> {
        self.check_details(unit, code);
        let id = match unit {
            Some(unit) => unit.id.clone(),
            None => make_id(self.now)?,
        };
        let steps = self.add_steps(unit, &id, additions)?;
        if steps.is_empty() {
            return Ok(());
        }
        if unit.is_none() {
            self.add_unit(mark, &id, code, additions);
        }
        additions.lines.push(AddedUnit {
            line: self.row.line,
            kind: self.row.kind,
            name: self.row.name.clone(),
            holder: self.row.holder_name.clone(),
            is_new: unit.is_none(),
            steps,
        });
        additions.moved.push(id);
        Ok(())
    }

    /// A table adds units and steps; it changes nothing that the roster says of a unit.
    fn check_details(&mut self, unit: Option<&KnownUnit>, code: &str) {
        let row = self.row;
        if let Some(unit) = unit {
            if !code.is_empty() && normalise_code(&unit.code) != code {
                self.faults.push(LineFault::new(row.line, Column::Code, RowFault::RosterSays { recorded: unit.code.clone() }));
            }
            if !row.district.is_empty() && unit.district != row.district {
                self.faults.push(LineFault::new(row.line, Column::District, RowFault::RosterSays { recorded: unit.district.clone() }));
            }
        } else if let Some(held) = self.find_code(code) {
            self.faults.push(LineFault::new(row.line, Column::Code, self.known.holder_of(held)));
        }
    }

    /// Who holds the code, under the row's kind or one that is summed with it.
    fn find_code(&self, code: &str) -> Option<&HeldMark> {
        let beside = self.words.sums.kinds_beside(self.row.kind);
        let mut kinds = std::iter::once(self.row.kind).chain(beside);
        kinds.find_map(|kind| self.known.codes.get(&(kind, code.to_owned()))?.first())
    }

    fn add_unit(&self, mark: &UnitMark, id: &UnitId, code: &str, additions: &mut Additions) {
        let row = self.row;
        let (kind, scope, name) = mark;
        let hold = |mark_kind, scope: &str, mark: &str, typed: &str| NewHold {
            kind: *kind,
            scope: scope.to_owned(),
            mark_kind,
            mark: mark.to_owned(),
            name: typed.to_owned(),
            unit: id.clone(),
        };
        additions.holds.push(hold("name", scope, name, &row.name));
        if !code.is_empty() {
            additions.holds.push(hold("code", "", code, &row.code));
        }
        additions.units.push(NewUnit {
            id: id.clone(),
            kind: row.kind,
            code: row.code.clone(),
            name_zh: row.name.clone(),
            sort_key: make_sort_key(&row.name),
            holder: row.holder.clone(),
            district: if row.district.is_empty() { row.holder_district.clone() } else { row.district.clone() },
        });
    }

    /// Takes the rows as steps, in the order of their days; gives those that are new.
    fn add_steps(
        &mut self,
        unit: Option<&KnownUnit>,
        id: &UnitId,
        additions: &mut Additions,
    ) -> Result<Vec<(usize, Option<Level>, Step)>, ServiceError> {
        let held = unit.and_then(|unit| self.known.steps.get(&unit.id)).map_or(&[][..], Vec::as_slice);
        let mut histories = group_known(held);
        let mut rows: Vec<&RowStep> = self.row.steps.iter().collect();
        rows.sort_by_key(|row| (row.on, row.stage.rank().unwrap_or(u8::MAX), row.line));
        let mut taken: Vec<(usize, Option<Level>, Step)> = Vec::new();
        let mut seen: BTreeMap<(usize, Option<Level>, &'static str, jiff::civil::Date), u64> = BTreeMap::new();
        let mut begun: BTreeMap<RecognitionId, Vec<(Step, String)>> = BTreeMap::new();
        for row in rows {
            let Some(kind) = self.words.kinds.get(row.recognition) else { continue };
            if let Some(line) = seen.insert((row.recognition, row.level, row.stage.as_str(), row.on), row.line) {
                self.faults.push(LineFault::of_line(row.line.max(line), RowFault::SameAs { line: line.min(row.line) }));
                continue;
            }
            let step = Step { stage: row.stage, on: row.on };
            let same = held
                .iter()
                .find(|held| held.kind == kind.code && held.level == row.level && held.stage == row.stage && held.on_date == row.on);
            if let Some(same) = same {
                if same.document == row.document {
                    additions.unchanged += 1;
                } else {
                    let recorded = same.document.clone();
                    self.faults.push(LineFault::new(row.line, Column::Document, RowFault::RosterSays { recorded }));
                }
                continue;
            }
            let place = match place_step(&histories, &kind.code, row.level, step) {
                Ok(place) => place.cloned(),
                Err(error) => {
                    let column = if matches!(error, crate::domain::roster::StepError::DateBack(_)) { Column::Date } else { Column::Stage };
                    self.faults.push(LineFault::new(row.line, column, RowFault::Field(FieldProblem::Step(error))));
                    continue;
                }
            };
            let recognition = match place {
                Some(open) => open,
                None => {
                    let new: RecognitionId = make_id(self.now)?;
                    additions.recognitions.push(NewRecognition {
                        id: new.clone(),
                        unit: id.clone(),
                        kind: kind.code.clone(),
                        level: row.level,
                    });
                    histories.push((new.clone(), RecognitionHistory { kind: kind.code.clone(), level: row.level, steps: Vec::new() }));
                    new
                }
            };
            if let Some((_, history)) = histories.iter_mut().find(|(known, _)| *known == recognition) {
                history.steps.push(step);
            }
            begun.entry(recognition).or_default().push((step, row.document.clone()));
            taken.push((row.recognition, row.level, step));
        }
        for (recognition, steps) in begun {
            // All are recorded at one instant: their ids keep the order in which they were taken.
            let mut ids = steps.iter().map(|_| make_id::<StepId>(self.now)).collect::<Result<Vec<_>, _>>()?;
            ids.sort();
            additions.steps.extend(ids.into_iter().zip(steps).map(|(id, (step, document))| NewStep {
                id,
                recognition: recognition.clone(),
                stage: step.stage,
                on: step.on,
                document,
            }));
        }
        Ok(taken)
    }
}

/// Steps that are ordered by recognition, as histories.
fn group_known(steps: &[KnownStep]) -> Vec<(RecognitionId, RecognitionHistory)> {
    let mut histories: Vec<(RecognitionId, RecognitionHistory)> = Vec::new();
    for row in steps {
        let step = Step { stage: row.stage, on: row.on_date };
        match histories.last_mut() {
            Some((id, history)) if *id == row.recognition_id => history.steps.push(step),
            _ => {
                let history = RecognitionHistory { kind: row.kind.clone(), level: row.level, steps: vec![step] };
                histories.push((row.recognition_id.clone(), history));
            }
        }
    }
    histories
}
