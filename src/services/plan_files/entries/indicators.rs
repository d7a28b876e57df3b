//! The indicators of a plan file, in both forms. Invariant: a target's wording stands beside its type, and every number is
//! exact at the indicator's scale.

use super::{IndicatorEntry, PlanEntry, origin_by_hand, read_origin, read_provenance};
use crate::{
    domain::{
        number::{MAX_SCALE, Qualifier, QuantityKind},
        target::{TargetForm, TargetKind},
        words::{Direction, Level, Measure, Provenance, RulingKind, Stage},
    },
    services::{
        moment::Moment,
        plan_files::{
            reading::{NO_DATE, Reader},
            values::{kind_of, read_dated, read_figure, read_values},
        },
        rulings::read_basis,
    },
    store::{
        Encoded,
        plan_files::{BaselineRow, MilestoneRow, RulingRow, TargetRow},
    },
};

pub(super) fn read_indicator(mut entry: Reader<'_>, plan: &PlanEntry, now: Moment) -> IndicatorEntry {
    let measure = entry.word("measure", Measure::ALL, Measure::as_str).unwrap_or(Measure::Roster);
    let places = read_scale(&mut entry, measure);
    let by_hand = !entry.has("target_revision");
    let mut indicator = IndicatorEntry {
        code: entry.code("code"),
        area: entry.text("area"),
        name_zh: entry.text("name_zh"),
        name_en: entry.text_or_empty("name_en"),
        unit_zh: entry.text("unit_zh"),
        unit_en: entry.text_or_empty("unit_en"),
        source_zh: entry.text_or_empty("source_zh"),
        measure,
        direction: entry.word("direction", Direction::ALL, Direction::as_str).unwrap_or(Direction::Rising),
        scale: i64::from(places),
        fraction: entry.has("fraction") && entry.flag("fraction"),
        needs_stage_ruling: false,
        counts: Vec::new(),
        retired_at: entry.instant("retired_at", now),
        by_hand,
        targets: Vec::new(),
        rulings: Vec::new(),
        milestones: Vec::new(),
        baselines: Vec::new(),
        values: Vec::new(),
    };
    if indicator.fraction && measure != Measure::Level {
        entry.note("fraction", |text| text.file_fault_fraction().to_owned());
    }
    if measure == Measure::Rank && indicator.direction != Direction::Falling {
        entry.note("direction", |text| text.file_fault_rank().to_owned());
    }
    if by_hand {
        read_by_hand(&mut entry, &mut indicator, plan, places);
    } else {
        read_revisions(&mut entry, &mut indicator, plan, places, now);
    }
    if measure == Measure::Roster {
        indicator.counts = read_counts(&mut entry);
    } else {
        indicator.values = read_values(&mut entry, places, kind_of(measure, &indicator.unit_zh), now);
    }
    entry.finish();
    indicator
}

fn read_scale(entry: &mut Reader<'_>, measure: Measure) -> u8 {
    let scale = entry.whole("scale");
    let places = u8::try_from(scale).ok().filter(|places| *places <= MAX_SCALE);
    if places.is_none() {
        entry.note("scale", |text| text.file_fault_scale(scale, MAX_SCALE));
    }
    let places = places.unwrap_or(0);
    if measure == Measure::Roster && places != 0 {
        entry.note("scale", |text| text.file_fault_whole_units().to_owned());
    }
    places
}

/// What the text sets first.
fn read_by_hand(entry: &mut Reader<'_>, indicator: &mut IndicatorEntry, plan: &PlanEntry, places: u8) {
    let section = indicator.source_zh.clone();
    let mut target = read_target_fields(entry, plan, (places, kind_of(indicator.measure, &indicator.unit_zh)));
    target.origin = origin_by_hand(plan, Provenance::Text, &section, "");
    let reason = match (target.date_provenance, target.form.0) {
        (_, TargetForm::Unquantified) => "文本没有数量目标，只记方向",
        (Provenance::Derived, _) => "默认规则：文本只写年份的，以该年最后一日为期",
        _ => "",
    };
    reason.clone_into(&mut target.origin.reason);
    indicator.targets.push(target);
    if indicator.measure == Measure::Roster {
        read_counting_by_hand(entry, indicator, plan);
    } else if entry.has("baseline")
        && let Some(mut inner) = entry.inner("baseline")
    {
        let figure = read_figure(&mut inner, places, kind_of(indicator.measure, &indicator.unit_zh));
        let mut origin = origin_by_hand(plan, Provenance::Text, &section, "");
        let document = inner.optional_text("document");
        if !document.is_empty() {
            origin.document = document;
        }
        indicator.baselines.push(BaselineRow {
            owner: String::new(),
            on_date: figure.on,
            dated: figure.dated.to_string(),
            value: figure.value,
            qualifier: figure.qualifier.map(|qualifier| qualifier.to_string()),
            origin,
        });
        inner.finish();
    }
}

fn read_counting_by_hand(entry: &mut Reader<'_>, indicator: &mut IndicatorEntry, plan: &PlanEntry) {
    let section = indicator.source_zh.clone();
    let (basis, basis_provenance) = entry.inner("basis").map_or_else(|| (String::new(), Provenance::Derived), read_basis_by_hand);
    let (mut stage, mut stage_provenance) = (Stage::Recognised, Provenance::Derived);
    if let Some(mut inner) = entry.inner("stage") {
        stage = inner.word("stage", Stage::ALL, Stage::as_str).unwrap_or(stage);
        if stage.is_end() {
            inner.note("stage", |text| text.file_fault_end_stage(stage.as_str()));
        }
        stage_provenance = read_provenance(&mut inner, "provenance");
        indicator.needs_stage_ruling = inner.flag("needs_ruling");
        inner.finish();
    }
    for (kind, value, provenance, rule) in [
        (RulingKind::CountingStage, stage.to_string(), stage_provenance, STAGE_RULE),
        (RulingKind::Basis, basis, basis_provenance, BASIS_RULE),
    ] {
        let origin = origin_by_hand(plan, provenance, &section, rule);
        indicator.rulings.push(RulingRow { owner: String::new(), kind, value, origin });
    }
}

/// The name of the rule by which a recognition counts from the stage “recognised” on.
pub const STAGE_RULE: &str = "默认规则：文本未写明时，达到认定阶段起计入";
/// The name of the rule by which all that exist are counted.
pub const BASIS_RULE: &str = "默认规则：文本未写“新”字时，按现有总数计";

fn read_basis_by_hand(mut entry: Reader<'_>) -> (String, Provenance) {
    let kind = entry.text("kind");
    let basis = match kind.as_str() {
        "stock" => kind,
        "new-since" => format!("new-since:{}", entry.date("date")),
        _ => {
            if !kind.is_empty() {
                entry.note("kind", |text| text.file_fault_none_of(&kind, "stock, new-since"));
            }
            String::new()
        }
    };
    let provenance = read_provenance(&mut entry, "provenance");
    entry.finish();
    (basis, provenance)
}

/// Every revision with its origin.
fn read_revisions(entry: &mut Reader<'_>, indicator: &mut IndicatorEntry, plan: &PlanEntry, places: u8, now: Moment) {
    let numbers = kind_of(indicator.measure, &indicator.unit_zh);
    for mut inner in entry.tables("target_revision", true) {
        let mut target = read_target_fields(&mut inner, plan, (places, numbers));
        target.origin = read_origin(&mut inner, "effective_on", now);
        inner.finish();
        indicator.targets.push(target);
    }
    if indicator.targets.is_empty() {
        entry.note("target_revision", |text| text.file_fault_empty().to_owned());
    }
    if indicator.measure == Measure::Roster {
        indicator.needs_stage_ruling = entry.flag("needs_stage_ruling");
    }
    for mut inner in entry.tables("ruling", false) {
        if let Some(ruling) = read_ruling(&mut inner, now) {
            indicator.rulings.push(ruling);
        }
        inner.finish();
    }
    for mut inner in entry.tables("milestone", false) {
        let (on_date, value) = (inner.date("on"), inner.quantity("value", places, numbers).raw);
        let dropped = i64::from(inner.has("dropped") && inner.flag("dropped"));
        indicator.milestones.push(MilestoneRow {
            owner: String::new(),
            on_date,
            value,
            dropped,
            origin: read_origin(&mut inner, "effective_on", now),
        });
        inner.finish();
    }
    for mut inner in entry.tables("baseline_revision", false) {
        let (value, dated) = (inner.quantity("value", places, numbers).raw, read_dated(&mut inner));
        let qualifier = if inner.has("qualifier") { inner.word("qualifier", Qualifier::ALL, Qualifier::as_str) } else { None };
        indicator.baselines.push(BaselineRow {
            owner: String::new(),
            on_date: inner.date("on"),
            dated: dated.to_string(),
            value,
            qualifier: qualifier.map(|qualifier| qualifier.to_string()),
            origin: read_origin(&mut inner, "effective_on", now),
        });
        inner.finish();
    }
}

fn read_ruling(entry: &mut Reader<'_>, now: Moment) -> Option<RulingRow> {
    let kind = entry.word("kind", RulingKind::ALL, RulingKind::as_str);
    let value = entry.text("value");
    let origin = read_origin(entry, "decided_on", now);
    let kind = kind?;
    let fits = match kind {
        RulingKind::CountingStage => value.parse::<Stage>().is_ok_and(|stage| !stage.is_end()),
        RulingKind::Tolerance => value.parse::<i64>().is_ok_and(|tolerance| tolerance >= 0),
        RulingKind::Basis => read_basis(&value).is_some(),
        RulingKind::IncludesNational => matches!(value.as_str(), "yes" | "no"),
    };
    if !fits && !value.is_empty() {
        entry.note("value", |text| text.file_fault_ruling(&value, kind.as_str()));
    }
    Some(RulingRow { owner: String::new(), kind, value, origin })
}

/// A target without its origin.
fn read_target_fields(entry: &mut Reader<'_>, plan: &PlanEntry, numbers: (u8, QuantityKind)) -> TargetRow {
    let form = entry.inner("target").and_then(|target| read_target(target, numbers)).unwrap_or(TargetForm::Unquantified);
    // What sets no number sets no day for it either.
    let is_dated = form != TargetForm::Unquantified || entry.has("target_on");
    let target_on = if is_dated { entry.date("target_on") } else { plan.ends_on };
    let date_provenance = if is_dated { read_provenance(entry, "target_on_provenance") } else { Provenance::Derived };
    if target_on != NO_DATE && target_on < plan.starts_on {
        entry.note("target_on", |text| text.file_fault_before_plan(&target_on.to_string(), &plan.starts_on.to_string()));
    }
    TargetRow {
        owner: String::new(),
        wording_zh: entry.text("wording"),
        wording_en: entry.text_or_empty("wording_en"),
        form: Encoded(form),
        target_on,
        date_provenance,
        origin: origin_by_hand(plan, Provenance::Text, "", ""),
    }
}

fn read_target(mut entry: Reader<'_>, (scale, numbers): (u8, QuantityKind)) -> Option<TargetForm> {
    let kind = entry.word("form", TargetKind::ALL, TargetKind::as_str)?;
    let (n, high) = match kind {
        TargetKind::AtLeast | TargetKind::AtMost | TargetKind::About => (Some(entry.quantity("n", scale, numbers).raw), None),
        TargetKind::Range => (Some(entry.quantity("low", scale, numbers).raw), Some(entry.quantity("high", scale, numbers).raw)),
        TargetKind::Unquantified => (None, None),
    };
    let tolerance =
        if kind == TargetKind::About && entry.has("tolerance") { entry.quantity("tolerance", scale, QuantityKind::Count).raw } else { 0 };
    let target = TargetForm::from_parts(kind, n, high, tolerance);
    if target.is_none() {
        entry.note("high", |text| text.file_fault_range().to_owned());
    }
    entry.finish();
    target
}

fn read_counts(entry: &mut Reader<'_>) -> Vec<(String, Option<Level>)> {
    let mut counts = Vec::new();
    for mut counted in entry.tables("counts", true) {
        let recognition = counted.text("recognition");
        let level = if counted.has("level") { counted.word("level", Level::ALL, Level::as_str) } else { None };
        counted.finish();
        counts.push((recognition, level));
    }
    if counts.is_empty() {
        entry.note("counts", |text| text.file_fault_counts_nothing().to_owned());
    }
    counts
}
