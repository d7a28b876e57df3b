//! The sheets of a plan and their columns. Invariant: every key that an export writes has a column, with the same name.

/// How a cell stands in TOML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell {
    /// A text, also an empty one.
    Text,
    /// A text; an empty cell is none.
    Optional,
    /// A whole number.
    Whole,
    /// `true` or `false`; an empty cell is none.
    Flag,
    /// A number at its indicator's scale: whole, or a text such as "99.5"; an empty cell is none.
    Number,
}

/// One CSV file.
pub(super) struct Sheet {
    /// Its name without `.csv`.
    pub(super) name: &'static str,
    /// The list of tables it holds, and the list below each of them.
    pub(super) list: (&'static str, Option<&'static str>),
    /// Its columns after the code of what it lies below.
    pub(super) columns: &'static [(&'static str, Cell)],
}

/// Where a fact comes from, without its provenance and the day it holds from.
const ORIGIN: [(&str, Cell); 5] = [
    ("reason", Cell::Text),
    ("document", Cell::Text),
    ("officer", Cell::Text),
    ("recorded_at", Cell::Optional),
    ("superseded_at", Cell::Optional),
];

/// Every sheet of a plan; what lies below something comes after it.
pub(super) const SHEETS: &[Sheet] = &[
    Sheet {
        name: "plan",
        list: ("plan", None),
        columns: &[
            ("code", Cell::Text),
            ("name_zh", Cell::Text),
            ("name_en", Cell::Text),
            ("short_zh", Cell::Text),
            ("short_en", Cell::Text),
            ("issuer_zh", Cell::Text),
            ("issuer_en", Cell::Text),
            ("starts_on", Cell::Text),
            ("ends_on", Cell::Text),
            ("cadence", Cell::Text),
            ("time_zone", Cell::Text),
            ("retired_at", Cell::Optional),
        ],
    },
    Sheet {
        name: "recognitions",
        list: ("recognition", None),
        columns: &[("code", Cell::Text), ("unit", Cell::Text), ("name_zh", Cell::Text), ("name_en", Cell::Text)],
    },
    Sheet {
        name: "areas",
        list: ("area", None),
        columns: &[
            ("code", Cell::Text),
            ("name_zh", Cell::Text),
            ("name_en", Cell::Text),
            ("short_zh", Cell::Text),
            ("short_en", Cell::Text),
            ("closing", Cell::Flag),
            ("retired_at", Cell::Optional),
        ],
    },
    Sheet {
        name: "indicators",
        list: ("indicator", None),
        columns: &[
            ("code", Cell::Text),
            ("area", Cell::Text),
            ("name_zh", Cell::Text),
            ("name_en", Cell::Text),
            ("unit_zh", Cell::Text),
            ("unit_en", Cell::Text),
            ("source_zh", Cell::Text),
            ("measure", Cell::Text),
            ("direction", Cell::Text),
            ("scale", Cell::Whole),
            ("fraction", Cell::Flag),
            ("needs_stage_ruling", Cell::Flag),
            ("retired_at", Cell::Optional),
        ],
    },
    Sheet { name: "counts", list: ("indicator", Some("counts")), columns: &[("recognition", Cell::Text), ("level", Cell::Optional)] },
    Sheet {
        name: "targets",
        list: ("indicator", Some("target_revision")),
        columns: &[
            ("wording", Cell::Text),
            ("wording_en", Cell::Text),
            ("target.form", Cell::Text),
            ("target.n", Cell::Number),
            ("target.low", Cell::Number),
            ("target.high", Cell::Number),
            ("target.tolerance", Cell::Number),
            ("target_on", Cell::Text),
            ("target_on_provenance", Cell::Text),
            ("provenance", Cell::Text),
            ("effective_on", Cell::Text),
            ORIGIN[0],
            ORIGIN[1],
            ORIGIN[2],
            ORIGIN[3],
            ORIGIN[4],
        ],
    },
    Sheet {
        name: "rulings",
        list: ("indicator", Some("ruling")),
        columns: &[
            ("kind", Cell::Text),
            ("value", Cell::Text),
            ("provenance", Cell::Text),
            ("decided_on", Cell::Text),
            ORIGIN[0],
            ORIGIN[1],
            ORIGIN[2],
            ORIGIN[3],
            ORIGIN[4],
        ],
    },
    Sheet {
        name: "milestones",
        list: ("indicator", Some("milestone")),
        columns: &[
            ("on", Cell::Text),
            ("value", Cell::Number),
            ("dropped", Cell::Flag),
            ("provenance", Cell::Text),
            ("effective_on", Cell::Text),
            ORIGIN[0],
            ORIGIN[1],
            ORIGIN[2],
            ORIGIN[3],
            ORIGIN[4],
        ],
    },
    Sheet {
        name: "baselines",
        list: ("indicator", Some("baseline_revision")),
        columns: &[
            ("on", Cell::Text),
            ("dated", Cell::Text),
            ("value", Cell::Number),
            ("qualifier", Cell::Optional),
            ("provenance", Cell::Text),
            ("effective_on", Cell::Text),
            ORIGIN[0],
            ORIGIN[1],
            ORIGIN[2],
            ORIGIN[3],
            ORIGIN[4],
        ],
    },
    Sheet {
        name: "values",
        list: ("indicator", Some("value")),
        columns: &[
            ("on", Cell::Text),
            ("dated", Cell::Text),
            ("value", Cell::Number),
            ("qualifier", Cell::Optional),
            ("numerator", Cell::Number),
            ("denominator", Cell::Number),
            ("document", Cell::Text),
            ("who", Cell::Text),
            ORIGIN[3],
            ORIGIN[4],
        ],
    },
    Sheet {
        name: "tasks",
        list: ("task", None),
        columns: &[
            ("code", Cell::Text),
            ("area", Cell::Text),
            ("title_zh", Cell::Text),
            ("title_en", Cell::Text),
            ("deliverable_zh", Cell::Text),
            ("deliverable_en", Cell::Text),
            ("effect_zh", Cell::Text),
            ("effect_en", Cell::Text),
            ("source_zh", Cell::Text),
            ("retired_at", Cell::Optional),
        ],
    },
    Sheet { name: "links", list: ("task", Some("indicators")), columns: &[("indicator", Cell::Text)] },
    Sheet {
        name: "time_limits",
        list: ("task", Some("time_limit")),
        columns: &[
            ("starts_on", Cell::Text),
            ("due_on", Cell::Text),
            ("provenance", Cell::Text),
            ("effective_on", Cell::Text),
            ORIGIN[0],
            ORIGIN[1],
            ORIGIN[2],
            ORIGIN[3],
            ORIGIN[4],
        ],
    },
    Sheet { name: "bodies", list: ("task", Some("bodies")), columns: &[("name_zh", Cell::Text), ("name_en", Cell::Text)] },
    Sheet {
        name: "items",
        list: ("task", Some("item")),
        columns: &[
            ("number", Cell::Whole),
            ("kind", Cell::Text),
            ("code", Cell::Text),
            ("project", Cell::Text),
            ("name_zh", Cell::Text),
            ("name_en", Cell::Text),
            ("deliverable_zh", Cell::Text),
            ("deliverable_en", Cell::Text),
            ("organisation", Cell::Optional),
            ("created_at", Cell::Optional),
            ("retired_at", Cell::Optional),
        ],
    },
    Sheet {
        name: "item_dates",
        list: ("task", Some("item_date")),
        columns: &[
            ("item", Cell::Whole),
            ("starts_on", Cell::Text),
            ("due_on", Cell::Text),
            ("provenance", Cell::Text),
            ("effective_on", Cell::Text),
            ORIGIN[0],
            ORIGIN[1],
            ORIGIN[2],
            ORIGIN[3],
            ORIGIN[4],
        ],
    },
    Sheet {
        name: "organisations",
        list: ("organisation", None),
        columns: &[
            ("name_zh", Cell::Text),
            ("name_en", Cell::Text),
            ("kind", Cell::Text),
            ("parent", Cell::Text),
            ("district", Cell::Text),
            ("retired_at", Cell::Optional),
        ],
    },
    Sheet {
        name: "assignments",
        list: ("assignment", None),
        columns: &[
            ("task", Cell::Text),
            ("organisation", Cell::Text),
            ("part", Cell::Text),
            ("contact", Cell::Text),
            ("assigned_at", Cell::Optional),
            ("ended_at", Cell::Optional),
        ],
    },
    Sheet {
        name: "pledges",
        list: ("pledge", None),
        columns: &[
            ("indicator", Cell::Text),
            ("organisation", Cell::Text),
            ("year", Cell::Whole),
            ("quantity", Cell::Whole),
            ("note", Cell::Text),
            ORIGIN[0],
            ORIGIN[1],
            ORIGIN[2],
            ORIGIN[3],
            ORIGIN[4],
        ],
    },
    Sheet {
        name: "stock_takes",
        list: ("stock_take", None),
        columns: &[("indicator", Cell::Text), ("taken_on", Cell::Text), ORIGIN[0], ORIGIN[1], ORIGIN[2], ORIGIN[3], ORIGIN[4]],
    },
];
