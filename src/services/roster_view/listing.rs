//! The roster by filter and search. Invariant: a filter is a set of facets and a few conditions on standings, so that one pass answers it
//! however many units there are.

use std::sync::Arc;

use jiff::civil::Date;

use super::PAGE_SIZE;
use crate::{
    domain::{
        ids::{OrganisationId, UnitId},
        names::normalise_name,
        roster::{RosterRule, matches},
        words::{Level, Stage, UnitKind},
    },
    services::{
        ServiceError,
        clocks::Clocks,
        known_counts::{KnownStanding, find_known_standing},
        plan_view::{PlanView, read_plan_view_in},
        visit::{PlanHead, Shared, Visit},
    },
    store::{
        Tx,
        name_shelves::find_named_units,
        rollups::{SpanMeasure, read_counts},
        roster_lists::{UnitRow, known_units},
        roster_search::{self as search, RosterFilter, Window},
        standings::make_facet,
        units::{RecognitionKind, list_known_recognition_kinds},
    },
};

/// What a list of the roster is asked for. Nothing means everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RosterQuery {
    /// A kind of unit.
    pub kind: Option<UnitKind>,
    /// Code of what units are recognised as.
    pub recognition: Option<String>,
    /// A level.
    pub level: Option<Level>,
    /// The stage a recognition stands at.
    pub stage: Option<Stage>,
    /// A district.
    pub district: Option<String>,
    /// Id of an organisation that holds units.
    pub holder: Option<String>,
    /// The code of an indicator.
    pub indicator: Option<String>,
    /// Only units that count for that indicator, or are on their way.
    pub measure: Option<SpanMeasure>,
    /// Parts of the name or code, or initials of its pinyin.
    pub words: String,
    /// The page, from 1.
    pub page: i64,
}

impl RosterQuery {
    /// Reads what an address asks for; words that mean nothing ask for nothing.
    pub fn read(visit: &Visit) -> Self {
        Self {
            kind: visit.query("kind").and_then(|word| word.parse().ok()),
            recognition: visit.query("recognition"),
            level: visit.query("level").and_then(|word| word.parse().ok()),
            stage: visit.query("stage").and_then(|word| word.parse().ok()),
            district: visit.query("district"),
            holder: visit.query("holder"),
            indicator: visit.query("indicator"),
            measure: visit.query("measure").and_then(|word| word.parse().ok()),
            words: visit.query("q").unwrap_or_default(),
            page: visit.query("page").and_then(|number| number.parse().ok()).unwrap_or(1),
        }
    }

    /// Whether nothing but the indicator narrows what is listed.
    fn asks_only_for_the_indicator(&self) -> bool {
        Self { indicator: self.indicator.clone(), measure: self.measure, page: self.page, ..Self::default() } == *self
    }

    /// The filters as parameters of an address, without the page.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let word = |word: Option<&'static str>| word.unwrap_or_default().to_owned();
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let pairs = [
            ("kind", word(self.kind.map(UnitKind::as_str))),
            ("recognition", text(&self.recognition)),
            ("level", word(self.level.map(Level::as_str))),
            ("stage", word(self.stage.map(Stage::as_str))),
            ("district", text(&self.district)),
            ("holder", text(&self.holder)),
            ("indicator", text(&self.indicator)),
            ("measure", word(self.measure.map(SpanMeasure::as_str))),
            ("q", self.words.clone()),
        ];
        pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }
}

/// A page of the roster.
#[derive(Debug)]
pub struct RosterPage {
    /// The plan's view, for names of indicators.
    pub view: Arc<PlanView>,
    /// How many units match; of a list that no rollup counts at most [`MOST_FOUND`].
    pub total: i64,
    /// Whether more match than that.
    pub more: bool,
    /// The page, from 1.
    pub page: i64,
    /// How many pages there are, at least 1.
    pub pages: i64,
    /// The units with where they stand.
    pub units: Vec<ListedUnit>,
    /// The kinds of unit the plan counts.
    pub kinds: Vec<UnitKind>,
    /// What the plan's units are recognised as: code, kind of unit, Chinese name, English name.
    pub recognitions: Vec<RecognitionKind>,
    /// The districts in which units are.
    pub districts: Vec<String>,
    /// Names of the organisation that is filtered by.
    pub holder: Option<(String, String)>,
}

/// A unit in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedUnit {
    /// The unit.
    pub unit: UnitRow,
    /// Where its recognitions stand.
    pub standings: Vec<Standing>,
}

/// Where a recognition stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Chinese name of what the unit is recognised as.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// At which level.
    pub level: Option<Level>,
    /// The stage it has reached.
    pub stage: Stage,
    /// Since when.
    pub on_date: Date,
}

/// The recognitions that a plan's indicators look at, and those of them that a query leaves.
struct Facets {
    kinds: Vec<RecognitionKind>,
    shown: Vec<String>,
    wanted: Vec<String>,
}

impl Facets {
    fn choose(kinds: Vec<RecognitionKind>, view: &PlanView, query: &RosterQuery) -> Self {
        let rules = |wanted: Option<&str>| -> Vec<&RosterRule> {
            let of_query = view.indicators.iter().filter(|indicator| wanted.is_none_or(|code| indicator.code == code));
            of_query.filter_map(|indicator| indicator.rule.as_ref()).collect()
        };
        let (all, asked) = (rules(None), rules(query.indicator.as_deref()));
        let levels = || std::iter::once(None).chain(Level::ALL.iter().copied().map(Some));
        let looks_at = |rules: &[&RosterRule], kind: &str, level| rules.iter().any(|rule| matches(rule, kind, level));
        let mut facets = Self { kinds: Vec::new(), shown: Vec::new(), wanted: Vec::new() };
        for kind in kinds {
            let shown: Vec<Option<Level>> = levels().filter(|level| looks_at(&all, &kind.code, *level)).collect();
            if shown.is_empty() {
                continue;
            }
            facets.shown.extend(shown.iter().map(|level| make_facet(&kind.code, *level)));
            let is_asked = query.kind.is_none_or(|asked| asked == kind.unit_kind)
                && query.recognition.as_ref().is_none_or(|asked| *asked == kind.code);
            if is_asked {
                let left = levels().filter(|level| looks_at(&asked, &kind.code, *level));
                let left = left.filter(|level| query.level.is_none() || query.level == *level);
                facets.wanted.extend(left.map(|level| make_facet(&kind.code, level)));
            }
            facets.kinds.push(kind);
        }
        facets
    }
}

async fn make_filter(
    tx: &mut Tx,
    view: &PlanView,
    clocks: Clocks,
    query: &RosterQuery,
    facets: &Facets,
) -> Result<RosterFilter, ServiceError> {
    let as_of = clocks.as_of;
    let words = fold_words(&query.words);
    let known = clocks.looks_back().then(|| clocks.known(&view.plan.time_zone));
    let asked = query.indicator.as_deref().and_then(|code| view.indicator(code));
    let measured = asked.and_then(|indicator| Some((indicator, indicator.rule.as_ref()?, query.measure?)));
    let then = match measured {
        Some((indicator, rule, measure)) if known.is_some() => find_known_standing(tx, view, (&indicator.id, rule), measure).await?,
        _ => KnownStanding { by_rollups: true, units: Vec::new() },
    };
    let named = match &words {
        Some(words) if !words.is_empty() => find_named_units(tx, words).await?,
        _ => None,
    };
    Ok(RosterFilter {
        // Words that hold nothing but signs find nothing.
        facets: if words.is_some() { facets.wanted.clone() } else { Vec::new() },
        stage: query.stage,
        district: query.district.clone().unwrap_or_default(),
        holder: query.holder.clone().unwrap_or_default(),
        words: words.unwrap_or_default(),
        named,
        touched: view.touched.clone().filter(|_| then.by_rollups),
        measure: measured.map(|(indicator, _, measure)| (indicator.id.clone(), measure)),
        standing: then.units,
        as_of,
        known,
        is_past: search::find_last_step_day(tx).await?.is_some_and(|last| last > as_of),
    })
}

/// A page of the units that match the indicators of a plan, by pinyin.
pub async fn read_roster(
    shared: &Shared,
    plan: &PlanHead,
    clocks: impl Into<Clocks>,
    query: &RosterQuery,
) -> Result<RosterPage, ServiceError> {
    let clocks: Clocks = clocks.into();
    let mut tx = shared.db.read().await?;
    let view = read_plan_view_in(&mut tx, &shared.views, plan, clocks).await?;
    let facets = Facets::choose(list_known_recognition_kinds(&mut tx, clocks.known(&plan.time_zone)).await?, &view, query);
    let filter = make_filter(&mut tx, &view, clocks, query, &facets).await?;
    let Sheet { total, more, page, ids } = find_sheet(&mut tx, &filter, query).await?;
    let pages = page_count(total);
    let rows = search::list_units(&mut tx, filter.known, &ids).await?;
    let standings = search::list_roster_standings(&mut tx, &filter, &ids, &facets.shown).await?;
    let districts = match filter.known {
        Some(known) => known_units::list_districts(&mut tx, known).await?,
        None => search::list_districts(&mut tx).await?,
    };
    let holder = match &query.holder {
        Some(id) => search::find_holder(&mut tx, &OrganisationId::from(id.as_str()), clocks.known(&plan.time_zone)).await?,
        None => None,
    };
    let mut kinds: Vec<UnitKind> = facets.kinds.iter().map(|kind| kind.unit_kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let units = rows
        .into_iter()
        .map(|unit| {
            let own = standings.iter().filter(|row| row.unit_id == unit.id);
            ListedUnit { standings: own.map(|row| name_standing(&facets.kinds, row)).collect(), unit }
        })
        .collect();
    Ok(RosterPage { view, total, more, page, pages, units, kinds, recognitions: facets.kinds, districts, holder })
}

/// One page of a list, before its units are read.
struct Sheet {
    total: i64,
    more: bool,
    page: i64,
    ids: Vec<UnitId>,
}

/// So many units of a list that no rollup counts are found by one pass and can be turned to; whoever finds more is asked for another
/// word. The table holds all.
pub const MOST_FOUND: i64 = 2_000;

/// Finds the units of the page that is asked for, or of the last one, and how many there are.
async fn find_sheet(tx: &mut Tx, filter: &RosterFilter, query: &RosterQuery) -> Result<Sheet, ServiceError> {
    let counted = match &filter.measure {
        _ if filter.is_rolled_up() => Some(search::count_roster(tx, filter).await?),
        // What an indicator counts is rolled up already.
        Some((indicator, measure)) if filter.known.is_none() && query.asks_only_for_the_indicator() => {
            let (counted, pipeline) = read_counts(tx, indicator, filter.as_of).await?;
            Some(if *measure == SpanMeasure::Counted { counted } else { pipeline })
        }
        _ => None,
    };
    let Some(total) = counted else {
        let found = search::find_units(tx, filter, Window { limit: MOST_FOUND + 1, offset: 0, from_end: false }).await?;
        let count = i64::try_from(found.len()).unwrap_or(i64::MAX);
        let (total, more) = (count.min(MOST_FOUND), count > MOST_FOUND);
        let page = query.page.clamp(1, page_count(total));
        let shown = (page - 1) * PAGE_SIZE..(page * PAGE_SIZE).min(total);
        let ids = (0..).zip(found).filter(|(place, _)| shown.contains(place)).map(|(_, id)| id).collect();
        return Ok(Sheet { total, more, page, ids });
    };
    let page = query.page.clamp(1, page_count(total));
    let window = Window::of_page((page - 1) * PAGE_SIZE, PAGE_SIZE, total);
    // What is not there is not looked for.
    let ids = if total == 0 { Vec::new() } else { search::find_units(tx, filter, window).await? };
    Ok(Sheet { total, more: false, page, ids })
}

/// Kind and level of a facet.
fn split_facet(facet: &str) -> (&str, Option<Level>) {
    let (kind, level) = facet.split_once(':').unwrap_or((facet, ""));
    (kind, level.parse().ok())
}

fn name_standing(kinds: &[RecognitionKind], row: &search::StandingRow) -> Standing {
    let (code, level) = split_facet(&row.facet);
    let kind = kinds.iter().find(|kind| kind.code == code);
    let (name_zh, name_en) = kind.map_or_else(|| (code.to_owned(), String::new()), |kind| (kind.name_zh.clone(), kind.name_en.clone()));
    Standing { name_zh, name_en, level, stage: row.stage, on_date: row.on_date }
}

/// A line of the roster as a table: a unit with one of its recognitions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableLine {
    /// The unit.
    pub line: search::RosterLine,
    /// Where the recognition stands.
    pub standing: Standing,
}

/// Every unit of a filtered list with its recognitions, as lines of a table.
pub async fn read_roster_table(
    shared: &Shared,
    plan: &PlanHead,
    clocks: Clocks,
    query: &RosterQuery,
) -> Result<Vec<TableLine>, ServiceError> {
    let mut tx = shared.db.read().await?;
    let view = read_plan_view_in(&mut tx, &shared.views, plan, clocks).await?;
    let facets = Facets::choose(list_known_recognition_kinds(&mut tx, clocks.known(&plan.time_zone)).await?, &view, query);
    let filter = make_filter(&mut tx, &view, clocks, query, &facets).await?;
    let lines = search::list_roster_lines(&mut tx, &filter).await?;
    let named = |line: search::RosterLine| {
        let row = search::StandingRow { unit_id: UnitId::from(""), facet: line.facet.clone(), stage: line.stage, on_date: line.on_date };
        TableLine { standing: name_standing(&facets.kinds, &row), line }
    };
    Ok(lines.into_iter().map(named).collect())
}

/// How many pages a list has; at least 1.
pub(in crate::services) fn page_count(total: i64) -> i64 {
    ((total + PAGE_SIZE - 1) / PAGE_SIZE).max(1)
}

/// Parts of a name, each folded as search keys are; no sign is left in them that LIKE would read. At most four parts count. None where
/// something was typed that no name can hold.
pub(in crate::services) fn fold_words(words: &str) -> Option<Vec<String>> {
    let typed = words.split_whitespace().count();
    let parts: Vec<String> = words.split_whitespace().map(normalise_name).filter(|part| !part.is_empty()).take(4).collect();
    (typed == 0 || !parts.is_empty()).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_each_part_is_looked_for() {
        for (words, expected) in [
            ("", Some(vec![])),
            ("　", Some(vec![])),
            (" ＡＢ中心 ", Some(vec!["ab中心"])),
            ("海淀　联合体（示范）", Some(vec!["海淀", "联合体示范"])),
            ("100%_\\", Some(vec!["100"])),
            ("%", None),
        ] {
            let expected: Option<Vec<String>> = expected.map(|parts| parts.into_iter().map(str::to_owned).collect());
            assert_eq!(fold_words(words), expected, "{words}");
        }
        assert_eq!((page_count(0), page_count(50), page_count(51)), (1, 1, 2));
    }
}
