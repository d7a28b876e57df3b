//! A plan as a file: everything that defines it, with every revision, and who takes part in it. Invariant: what is exported,
//! imported into an empty system and exported there again is the same, byte by byte; so nothing of the system it stands in is in it,
//! no id and no head of the audit chain, which is printed beside it.

use jiff::Timestamp;

use super::{
    comparing::{Stored, StoredPlan},
    sheets::write_sheets,
    timetable::ItemEntry,
};
use crate::{
    domain::{
        ids::IndicatorId,
        number::format_raw,
        target::{TargetForm, TargetKind},
        words::Measure,
    },
    error::UserError,
    services::ServiceError,
    store::{
        Db, Tx,
        audit::read_head,
        plan_files::{self as store, IndicatorRow, Origin, TaskRow, TimeLimitRow},
    },
};

/// A plan as it was exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedPlan {
    /// Its code.
    pub code: String,
    /// The file.
    pub toml: String,
    /// How many areas, indicators and tasks it has, retired ones too.
    pub counts: (usize, usize, usize),
    /// Rows of the audit chain, and the hash of the last one, at the same instant.
    pub head: (i64, String),
}

impl ExportedPlan {
    /// The same as a zip of CSV files.
    ///
    /// # Errors
    /// Only where the memory is not enough.
    pub fn write_zip(&self) -> Result<Vec<u8>, ServiceError> {
        write_sheets(&self.toml)
    }
}

/// Exports a plan.
///
/// # Errors
/// `NotFound` for an unknown code.
pub async fn export_plan(db: &Db, code: &str) -> Result<ExportedPlan, ServiceError> {
    let mut tx = db.read().await?;
    export_plan_in(&mut tx, code).await
}

/// The head of the audit chain, which is printed beside every export: rows, and the hash of the last.
pub async fn read_audit_head(db: &Db) -> Result<(i64, String), ServiceError> {
    let mut tx = db.read().await?;
    Ok(read_head(&mut tx).await?)
}

/// Exports a plan as a snapshot sees it.
pub(super) async fn export_plan_in(tx: &mut Tx, code: &str) -> Result<ExportedPlan, ServiceError> {
    let kinds = store::list_recognition_kinds(tx).await?;
    let foreign = store::list_foreign_recognitions(tx, code).await?;
    let stored = Stored::read(tx, code, kinds).await?;
    let Some(plan) = &stored.plan else { return Err(UserError::NotFound.into()) };
    let head = read_head(tx).await?;
    let mut out = Out::default();
    out.comment(
        "An action plan: what defines it, with every revision, and who takes part. Instants are UTC. It is read by `bihuan import-plan`.",
    );
    write_plan(&mut out, &stored, plan, &foreign)?;
    let counts = (plan.areas.len(), plan.indicators.len(), plan.tasks.len());
    Ok(ExportedPlan { code: code.to_owned(), toml: out.text, counts, head })
}

/// An instant as files carry it: UTC, with milliseconds.
pub(super) fn instant_text(milliseconds: i64) -> String {
    let instant = Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH);
    instant.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// Writes TOML line by line.
#[derive(Default)]
pub(super) struct Out {
    text: String,
}

impl Out {
    fn comment(&mut self, comment: &str) {
        self.text.push_str(&format!("# {comment}\n"));
    }

    /// Begins a table, or an entry of a list of tables.
    pub(super) fn begin(&mut self, header: &str) {
        self.text.push_str(&format!("\n{header}\n"));
    }

    pub(super) fn raw(&mut self, key: &str, value: &str) {
        self.text.push_str(&format!("{key} = {value}\n"));
    }

    pub(super) fn line(&mut self, key: &str, text: &str) {
        self.raw(key, &quote(text));
    }

    pub(super) fn date(&mut self, key: &str, date: jiff::civil::Date) {
        self.line(key, &date.to_string());
    }

    pub(super) fn instant(&mut self, key: &str, instant: Option<i64>) {
        if let Some(instant) = instant {
            self.line(key, &instant_text(instant));
        }
    }

    /// Where a fact comes from; `effective` is the key of the day from which on it holds.
    fn origin(&mut self, origin: &Origin, effective: &str) {
        self.line("provenance", origin.provenance.as_str());
        self.date(effective, origin.effective_on);
        self.line("reason", &origin.reason);
        self.line("document", &origin.document);
        self.line("officer", &origin.officer);
        self.instant("recorded_at", origin.recorded_at);
        self.instant("superseded_at", origin.superseded_at);
    }
}

/// A text as TOML's basic string, in one line.
fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            // What one cannot see is written as its number, so that a file can be read by eye.
            control if control.is_control() || matches!(control, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{feff}') => {
                quoted.push_str(&format!("\\u{:04X}", u32::from(control)));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

fn number(raw: i64, scale: i64) -> String {
    match u8::try_from(scale) {
        Ok(0) | Err(_) => raw.to_string(),
        Ok(scale) => quote(&format_raw(raw, scale)),
    }
}

fn write_plan(out: &mut Out, stored: &Stored, plan: &StoredPlan, foreign: &[String]) -> Result<(), ServiceError> {
    let row = &plan.row;
    out.begin("[plan]");
    for (key, text) in [
        ("code", &row.code),
        ("name_zh", &row.name_zh),
        ("name_en", &row.name_en),
        ("short_zh", &row.short_zh),
        ("short_en", &row.short_en),
        ("issuer_zh", &row.issuer_zh),
        ("issuer_en", &row.issuer_en),
    ] {
        out.line(key, text);
    }
    out.date("starts_on", row.starts_on);
    out.date("ends_on", row.ends_on);
    out.line("cadence", row.cadence.as_str());
    out.line("time_zone", &row.time_zone);
    out.instant("retired_at", row.retired_at);

    let mut kinds: Vec<_> = stored.kinds.values().filter(|kind| !foreign.contains(&kind.code)).collect();
    kinds.sort_by_key(|kind| (kind.ordinal, kind.code.clone()));
    for kind in kinds {
        out.begin("[[recognition]]");
        out.line("code", &kind.code);
        out.line("unit", kind.unit_kind.as_str());
        out.line("name_zh", &kind.name_zh);
        out.line("name_en", &kind.name_en);
    }

    let mut areas: Vec<_> = plan.areas.values().collect();
    areas.sort_by_key(|area| (area.ordinal, area.code.clone()));
    for area in &areas {
        out.begin("[[area]]");
        out.line("code", &area.code);
        out.line("name_zh", &area.name_zh);
        out.line("name_en", &area.name_en);
        out.line("short_zh", &area.short_zh);
        out.line("short_en", &area.short_en);
        out.raw("closing", if area.closing == 1 { "true" } else { "false" });
        out.instant("retired_at", area.retired_at);
    }
    let area_code = |id: &crate::domain::ids::AreaId| {
        let area = areas.iter().find(|area| area.id == *id).map(|area| area.code.as_str());
        area.ok_or_else(|| ServiceError::Unexpected(format!("plan {} has no area {id}", row.code)))
    };

    let mut indicators: Vec<_> = plan.indicators.values().collect();
    indicators.sort_by_key(|indicator| (indicator.ordinal, indicator.code.clone()));
    for indicator in &indicators {
        write_indicator(out, plan, indicator, area_code(&indicator.area_id)?);
    }

    let mut tasks: Vec<_> = plan.tasks.values().collect();
    tasks.sort_by_key(|task| (task.ordinal, task.code.clone()));
    for task in &tasks {
        let linked = indicators.iter().filter(|indicator| plan.links.contains(&(task.id.clone(), indicator.id.clone())));
        let linked: Vec<String> = linked.map(|indicator| quote(&indicator.code)).collect();
        write_task(out, plan, task, area_code(&task.area_id)?, &linked);
    }
    let tasks: Vec<&str> = tasks.iter().map(|task| task.code.as_str()).collect();
    let indicators: Vec<&str> = indicators.iter().map(|indicator| indicator.code.as_str()).collect();
    plan.parties.write(out, &tasks, &indicators);
    Ok(())
}

fn write_indicator(out: &mut Out, plan: &StoredPlan, row: &IndicatorRow, area: &str) {
    let scale = row.scale;
    out.begin("[[indicator]]");
    out.line("code", &row.code);
    out.line("area", area);
    for (key, text) in [
        ("name_zh", &row.name_zh),
        ("name_en", &row.name_en),
        ("unit_zh", &row.unit_zh),
        ("unit_en", &row.unit_en),
        ("source_zh", &row.source_zh),
    ] {
        out.line(key, text);
    }
    out.line("measure", row.measure.as_str());
    out.line("direction", row.direction.as_str());
    out.raw("scale", &scale.to_string());
    if row.fraction == 1 {
        out.raw("fraction", "true");
    }
    if row.measure == Measure::Roster {
        out.raw("needs_stage_ruling", if row.needs_stage_ruling == 1 { "true" } else { "false" });
        out.raw("counts", &counts_text(plan, &row.id));
    }
    out.instant("retired_at", row.retired_at);
    let facts = plan.facts_of(row.id.as_str());
    for target in &facts.targets {
        out.begin("[[indicator.target_revision]]");
        out.line("wording", &target.wording_zh);
        out.line("wording_en", &target.wording_en);
        out.raw("target", &target_text(target.form.0, scale));
        out.date("target_on", target.target_on);
        out.line("target_on_provenance", target.date_provenance.as_str());
        out.origin(&target.origin, "effective_on");
    }
    for ruling in &facts.rulings {
        out.begin("[[indicator.ruling]]");
        out.line("kind", ruling.kind.as_str());
        out.line("value", &ruling.value);
        out.origin(&ruling.origin, "decided_on");
    }
    for milestone in &facts.milestones {
        out.begin("[[indicator.milestone]]");
        out.date("on", milestone.on_date);
        out.raw("value", &number(milestone.value, scale));
        if milestone.dropped == 1 {
            out.raw("dropped", "true");
        }
        out.origin(&milestone.origin, "effective_on");
    }
    for baseline in &facts.baselines {
        out.begin("[[indicator.baseline_revision]]");
        out.date("on", baseline.on_date);
        out.line("dated", &baseline.dated);
        out.raw("value", &number(baseline.value, scale));
        if let Some(qualifier) = &baseline.qualifier {
            out.line("qualifier", qualifier);
        }
        out.origin(&baseline.origin, "effective_on");
    }
    for value in plan.published.of(row.id.as_str()) {
        out.begin("[[indicator.value]]");
        out.date("on", value.on_date);
        out.line("dated", &value.dated);
        out.raw("value", &number(value.value, scale));
        if let Some(qualifier) = &value.qualifier {
            out.line("qualifier", qualifier);
        }
        for (key, part) in [("numerator", value.numerator), ("denominator", value.denominator)] {
            if let Some(part) = part {
                out.raw(key, &part.to_string());
            }
        }
        out.line("document", &value.document);
        out.line("who", &value.source);
        out.instant("recorded_at", value.recorded_at);
        out.instant("superseded_at", value.superseded_at);
    }
}

fn counts_text(plan: &StoredPlan, indicator: &IndicatorId) -> String {
    let counted = plan.counted.iter().filter(|row| row.indicator_id == *indicator).map(|row| match row.level {
        Some(level) => format!("{{ recognition = {}, level = {} }}", quote(&row.recognition), quote(level.as_str())),
        None => format!("{{ recognition = {} }}", quote(&row.recognition)),
    });
    format!("[{}]", counted.collect::<Vec<_>>().join(", "))
}

fn target_text(form: TargetForm, scale: i64) -> String {
    let (kind, n, high) = form.to_parts();
    let mut parts = vec![format!("form = {}", quote(kind.as_str()))];
    let key = if kind == TargetKind::Range { "low" } else { "n" };
    parts.extend(n.map(|n| format!("{key} = {}", number(n, scale))));
    parts.extend(high.map(|high| format!("high = {}", number(high, scale))));
    if let TargetForm::About { tolerance, .. } = form
        && tolerance != 0
    {
        parts.push(format!("tolerance = {}", number(tolerance, scale)));
    }
    format!("{{ {} }}", parts.join(", "))
}

fn write_task(out: &mut Out, plan: &StoredPlan, row: &TaskRow, area: &str, linked: &[String]) {
    out.begin("[[task]]");
    out.line("code", &row.code);
    out.line("area", area);
    for (key, text) in [
        ("title_zh", &row.title_zh),
        ("title_en", &row.title_en),
        ("deliverable_zh", &row.deliverable_zh),
        ("deliverable_en", &row.deliverable_en),
        ("effect_zh", &row.effect_zh),
        ("effect_en", &row.effect_en),
        ("source_zh", &row.source_zh),
    ] {
        out.line(key, text);
    }
    out.raw("indicators", &format!("[{}]", linked.join(", ")));
    let bodies = plan.published.bodies_of(row.id.as_str());
    if !bodies.is_empty() {
        let named = bodies.iter().map(|body| format!("{{ name_zh = {}, name_en = {} }}", quote(&body.name_zh), quote(&body.name_en)));
        out.raw("bodies", &format!("[{}]", named.collect::<Vec<_>>().join(", ")));
    }
    out.instant("retired_at", row.retired_at);
    for limit in plan.time_limits_of(row.id.as_str()) {
        out.begin("[[task.time_limit]]");
        write_time_limit(out, limit);
    }
    write_items(out, plan.items_of(row.id.as_str()));
}

fn write_time_limit(out: &mut Out, limit: &TimeLimitRow) {
    out.date("starts_on", limit.starts_on);
    out.date("due_on", limit.due_on);
    out.origin(&limit.origin, "effective_on");
}

/// Projects and milestones, numbered in their order; their dates refer to the numbers.
fn write_items(out: &mut Out, items: &[ItemEntry]) {
    for (item, number) in items.iter().zip(1..) {
        out.begin("[[task.item]]");
        out.raw("number", &format!("{number}"));
        out.line("kind", item.kind.as_str());
        for (key, text) in [
            ("code", &item.code),
            ("project", &item.project),
            ("name_zh", &item.name_zh),
            ("name_en", &item.name_en),
            ("deliverable_zh", &item.deliverable_zh),
            ("deliverable_en", &item.deliverable_en),
        ] {
            out.line(key, text);
        }
        if let Some(organisation) = &item.organisation {
            out.line("organisation", organisation);
        }
        out.instant("created_at", item.created_at);
        out.instant("retired_at", item.retired_at);
    }
    for (item, number) in items.iter().zip(1..) {
        for dates in &item.dates {
            out.begin("[[task.item_date]]");
            out.raw("item", &format!("{number}"));
            write_time_limit(out, dates);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_comes_back_from_toml() {
        for text in
            ["", "“双高”学校", "a \"b\" \\ c", "一\n二\t三", "=1+1", "'quoted'", "\u{feff}x\u{200b}", "emoji 🎓", "# no comment", "\u{7f}"]
        {
            let table: toml::Table = format!("text = {}\n", quote(text)).parse().unwrap();
            assert_eq!(table["text"].as_str(), Some(text), "{text:?}");
        }
    }

    #[test]
    fn instants_carry_their_milliseconds() {
        for (milliseconds, text) in [(0, "1970-01-01T00:00:00.000Z"), (1_791_766_800_120, "2026-10-12T01:00:00.120Z")] {
            assert_eq!(instant_text(milliseconds), text);
            assert_eq!(text.parse::<Timestamp>().unwrap().as_millisecond(), milliseconds);
        }
    }

    #[test]
    fn targets_are_written_at_their_scale() {
        for (form, scale, text) in [
            (TargetForm::AtLeast(300), 0, "{ form = \"at-least\", n = 300 }"),
            (TargetForm::AtMost(6050), 2, "{ form = \"at-most\", n = \"60.50\" }"),
            (TargetForm::About { n: 15, tolerance: 0 }, 0, "{ form = \"about\", n = 15 }"),
            (TargetForm::About { n: 15, tolerance: 1 }, 0, "{ form = \"about\", n = 15, tolerance = 1 }"),
            (TargetForm::Range { low: 1, high: 2 }, 0, "{ form = \"range\", low = 1, high = 2 }"),
            (TargetForm::Unquantified, 1, "{ form = \"unquantified\" }"),
        ] {
            assert_eq!(target_text(form, scale), text);
        }
    }
}
