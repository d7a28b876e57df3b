//! The same records as rows of CSV. Invariant: a row holds the values of its record unchanged; the head of a column does not change
//! with the language.

use crate::{
    documents::csv_table::Cell,
    services::api_view::{
        PublishedPlans, Validity,
        indicators::{PublishedIndicator, PublishedIndicatorDetail, PublishedIndicators},
        roster::PublishedRoster,
        tasks::PublishedTasks,
        units::PublishedUnits,
    },
};

/// Something that can be written as rows.
pub trait Table {
    /// The heads of the columns.
    const COLUMNS: &'static [&'static str];

    /// The rows, each with a cell for every column.
    fn rows(&self) -> Vec<Vec<Cell>>;

    /// The page and how many there are, of what is paged.
    fn pages(&self) -> Option<(i64, i64)> {
        None
    }
}

/// The last cells of every row: for what it holds.
fn validity_cells(validity: &Validity) -> [Cell; 5] {
    [
        Cell::text(&validity.plan),
        Cell::exact(validity.as_of),
        Cell::exact(&validity.known_at),
        Cell::exact(validity.data_version),
        Cell::exact(validity.demonstration),
    ]
}

impl Table for PublishedPlans {
    const COLUMNS: &'static [&'static str] =
        &["code", "name_zh", "name_en", "starts_on", "ends_on", "cadence", "time_zone", "data_version", "demonstration"];

    fn rows(&self) -> Vec<Vec<Cell>> {
        let row = |plan: &crate::services::api_view::PublishedPlan| {
            vec![
                Cell::text(&plan.code),
                Cell::text(&plan.name_zh),
                Cell::text(&plan.name_en),
                Cell::exact(plan.starts_on),
                Cell::exact(plan.ends_on),
                Cell::exact(plan.cadence),
                Cell::text(&plan.time_zone),
                Cell::exact(self.data_version),
                Cell::exact(self.demonstration),
            ]
        };
        self.plans.iter().map(row).collect()
    }
}

const INDICATOR_COLUMNS: &[&str] = &[
    "code",
    "name_zh",
    "name_en",
    "area",
    "measure",
    "direction",
    "scale",
    "unit_zh",
    "unit_en",
    "target_wording_zh",
    "target_wording_en",
    "target_form",
    "target_n",
    "target_low",
    "target_high",
    "target_tolerance",
    "target_reached_from",
    "target_on",
    "target_provenance",
    "target_date_provenance",
    "target_document",
    "baseline",
    "baseline_qualifier",
    "baseline_dated",
    "baseline_on",
    "baseline_year",
    "baseline_provenance",
    "baseline_document",
    "expected",
    "expected_on",
    "actual",
    "published",
    "published_qualifier",
    "published_said_zh",
    "published_said_en",
    "published_dated",
    "published_on",
    "published_year",
    "published_who",
    "published_document",
    "pipeline",
    "awaiting_review",
    "light",
    "stale",
    "path_derived",
    "reason_code",
    "reason_zh",
    "reason_en",
    "last_fact_on",
    "entries_since",
    "plan",
    "as_of",
    "known_at",
    "data_version",
    "demonstration",
];

fn indicator_row(indicator: &PublishedIndicator, validity: &Validity) -> Vec<Cell> {
    let (target, baseline, published) = (indicator.target.as_ref(), indicator.baseline.as_ref(), indicator.published.as_ref());
    let mut row = vec![
        Cell::text(&indicator.code),
        Cell::text(&indicator.name_zh),
        Cell::text(&indicator.name_en),
        Cell::text(&indicator.area),
        Cell::exact(indicator.measure),
        Cell::exact(indicator.direction),
        Cell::exact(indicator.scale),
        Cell::text(&indicator.unit_zh),
        Cell::text(&indicator.unit_en),
        Cell::text(target.map(|target| target.wording_zh.as_str()).unwrap_or_default()),
        Cell::text(target.map(|target| target.wording_en.as_str()).unwrap_or_default()),
        Cell::optional(target.map(|target| &target.form)),
        Cell::optional(target.and_then(|target| target.n.as_ref())),
        Cell::optional(target.and_then(|target| target.low.as_ref())),
        Cell::optional(target.and_then(|target| target.high.as_ref())),
        Cell::optional(target.and_then(|target| target.tolerance.as_ref())),
        Cell::optional(target.and_then(|target| target.reached_from.as_ref())),
        Cell::optional(target.map(|target| target.target_on)),
        Cell::optional(target.map(|target| target.provenance)),
        Cell::optional(target.map(|target| target.date_provenance)),
        Cell::text(target.map(|target| target.document.as_str()).unwrap_or_default()),
        Cell::optional(baseline.map(|baseline| &baseline.value)),
        Cell::optional(baseline.and_then(|baseline| baseline.qualifier)),
        Cell::optional(baseline.map(|baseline| baseline.dated)),
        Cell::optional(baseline.and_then(|baseline| baseline.on)),
        Cell::optional(baseline.and_then(|baseline| baseline.year)),
        Cell::optional(baseline.map(|baseline| baseline.provenance)),
        Cell::text(baseline.map(|baseline| baseline.document.as_str()).unwrap_or_default()),
        Cell::optional(indicator.expected.as_ref()),
        Cell::optional(indicator.expected_on),
        Cell::optional(indicator.actual.as_ref()),
        Cell::optional(published.map(|published| &published.value)),
        Cell::optional(published.and_then(|published| published.qualifier)),
        Cell::text(published.map(|published| published.said_zh.as_str()).unwrap_or_default()),
        Cell::text(published.map(|published| published.said_en.as_str()).unwrap_or_default()),
        Cell::optional(published.map(|published| published.dated)),
        Cell::optional(published.and_then(|published| published.on)),
        Cell::optional(published.and_then(|published| published.year)),
        Cell::text(published.map(|published| published.who.as_str()).unwrap_or_default()),
        Cell::text(published.map(|published| published.document.as_str()).unwrap_or_default()),
        Cell::exact(indicator.pipeline),
        Cell::exact(indicator.awaiting_review),
        Cell::optional(indicator.light),
        Cell::exact(indicator.stale),
        Cell::exact(indicator.path_derived),
        Cell::exact(&indicator.reason.code),
        Cell::text(&indicator.reason.zh),
        Cell::text(&indicator.reason.en),
        Cell::optional(indicator.last_fact_on),
        Cell::exact(indicator.entries_since),
    ];
    row.extend(validity_cells(validity));
    row
}

impl Table for PublishedIndicators {
    const COLUMNS: &'static [&'static str] = INDICATOR_COLUMNS;

    fn rows(&self) -> Vec<Vec<Cell>> {
        self.indicators.iter().map(|indicator| indicator_row(indicator, &self.validity)).collect()
    }
}

impl Table for PublishedIndicatorDetail {
    const COLUMNS: &'static [&'static str] = INDICATOR_COLUMNS;

    fn rows(&self) -> Vec<Vec<Cell>> {
        vec![indicator_row(&self.indicator, &self.validity)]
    }
}

impl Table for PublishedUnits {
    const COLUMNS: &'static [&'static str] = &[
        "indicator",
        "shown",
        "id",
        "code",
        "name_zh",
        "name_en",
        "holder_zh",
        "holder_en",
        "recognition",
        "level",
        "stage",
        "on",
        "document",
        "report_state",
        "report",
        "evidence",
        "plan",
        "as_of",
        "known_at",
        "data_version",
        "demonstration",
    ];

    fn rows(&self) -> Vec<Vec<Cell>> {
        let row = |unit: &crate::services::api_view::units::PublishedUnit| {
            let files: Vec<&str> = unit.evidence.iter().map(|file| file.path.as_str()).collect();
            let mut row = vec![
                Cell::text(&self.indicator),
                Cell::exact(self.shown),
                Cell::optional(unit.id.as_ref()),
                Cell::text(&unit.code),
                Cell::text(&unit.name_zh),
                Cell::text(&unit.name_en),
                Cell::text(&unit.holder_zh),
                Cell::text(&unit.holder_en),
                Cell::text(&unit.recognition),
                Cell::optional(unit.level),
                Cell::exact(unit.stage),
                Cell::exact(unit.on),
                Cell::text(&unit.document),
                Cell::optional(unit.report_state.as_ref()),
                Cell::optional(unit.report.as_ref()),
                Cell::text(files.join(" ")),
            ];
            row.extend(validity_cells(&self.validity));
            row
        };
        self.units.iter().map(row).collect()
    }

    fn pages(&self) -> Option<(i64, i64)> {
        Some((self.page, self.pages))
    }
}

impl Table for PublishedTasks {
    const COLUMNS: &'static [&'static str] = &[
        "code",
        "area",
        "title_zh",
        "title_en",
        "deliverable_zh",
        "deliverable_en",
        "effect_zh",
        "effect_en",
        "starts_on",
        "due_on",
        "revised_due_on",
        "date_provenance",
        "status",
        "completed_on",
        "days_to_original",
        "days_to_revised",
        "lead_zh",
        "responsible_zh",
        "supporting_zh",
        "indicators",
        "plan",
        "as_of",
        "known_at",
        "data_version",
        "demonstration",
    ];

    fn rows(&self) -> Vec<Vec<Cell>> {
        use crate::domain::words::Part;
        let row = |task: &crate::services::api_view::tasks::PublishedTask| {
            let with_part = |part: Part| {
                let names: Vec<&str> = task.organisations.iter().filter(|one| one.part == part).map(|one| one.name_zh.as_str()).collect();
                Cell::text(names.join("、"))
            };
            let mut row = vec![
                Cell::text(&task.code),
                Cell::text(&task.area),
                Cell::text(&task.title_zh),
                Cell::text(&task.title_en),
                Cell::text(&task.deliverable_zh),
                Cell::text(&task.deliverable_en),
                Cell::text(&task.effect_zh),
                Cell::text(&task.effect_en),
                Cell::exact(task.starts_on),
                Cell::exact(task.due_on),
                Cell::optional(task.revised_due_on),
                Cell::exact(task.date_provenance),
                Cell::exact(task.status),
                Cell::optional(task.completed_on),
                Cell::exact(task.days_to_original),
                Cell::optional(task.days_to_revised),
                with_part(Part::Lead),
                with_part(Part::Responsible),
                with_part(Part::Supporting),
                Cell::text(task.indicators.join(" ")),
            ];
            row.extend(validity_cells(&self.validity));
            row
        };
        self.tasks.iter().map(row).collect()
    }
}

impl Table for PublishedRoster {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "kind",
        "code",
        "name_zh",
        "name_en",
        "holder",
        "holder_zh",
        "holder_en",
        "partners",
        "district",
        "recognition_zh",
        "recognition_en",
        "level",
        "stage",
        "on",
        "plan",
        "as_of",
        "known_at",
        "data_version",
        "demonstration",
    ];

    /// A row for each recognition; a unit that has none on the day has one row with empty cells.
    fn rows(&self) -> Vec<Vec<Cell>> {
        let mut rows = Vec::new();
        for unit in &self.units {
            let standings: Vec<_> = if unit.standings.is_empty() { vec![None] } else { unit.standings.iter().map(Some).collect() };
            for standing in standings {
                let mut row = vec![
                    Cell::exact(&unit.id),
                    Cell::exact(unit.kind),
                    Cell::text(&unit.code),
                    Cell::text(&unit.name_zh),
                    Cell::text(&unit.name_en),
                    Cell::exact(&unit.holder),
                    Cell::text(&unit.holder_zh),
                    Cell::text(&unit.holder_en),
                    Cell::text(&unit.partners),
                    Cell::text(&unit.district),
                    Cell::text(standing.map(|one| one.recognition_zh.as_str()).unwrap_or_default()),
                    Cell::text(standing.map(|one| one.recognition_en.as_str()).unwrap_or_default()),
                    Cell::optional(standing.and_then(|one| one.level)),
                    Cell::optional(standing.map(|one| one.stage)),
                    Cell::optional(standing.map(|one| one.on)),
                ];
                row.extend(validity_cells(&self.validity));
                rows.push(row);
            }
        }
        rows
    }

    fn pages(&self) -> Option<(i64, i64)> {
        Some((self.page, self.pages))
    }
}
