-- Plans: areas, indicators with targets, tasks. Facts about a target are never updated: a later row supersedes an earlier one.

CREATE TABLE plans (
    id        TEXT PRIMARY KEY,
    code      TEXT NOT NULL UNIQUE,
    name_zh   TEXT NOT NULL,
    name_en   TEXT NOT NULL,
    short_zh  TEXT NOT NULL,
    short_en  TEXT NOT NULL,
    issuer_zh TEXT NOT NULL,
    issuer_en TEXT NOT NULL,
    starts_on TEXT NOT NULL,
    ends_on   TEXT NOT NULL,
    cadence   TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    -- SHA-256 of the file it was imported from.
    imported_from TEXT NOT NULL,
    imported_at   BIGINT NOT NULL
);

CREATE TABLE recognition_kinds (
    code      TEXT PRIMARY KEY,
    unit_kind TEXT NOT NULL,
    name_zh   TEXT NOT NULL,
    name_en   TEXT NOT NULL,
    ordinal   BIGINT NOT NULL
);

CREATE TABLE areas (
    id       TEXT PRIMARY KEY,
    plan_id  TEXT NOT NULL REFERENCES plans (id),
    code     TEXT NOT NULL,
    ordinal  BIGINT NOT NULL,
    name_zh  TEXT NOT NULL,
    name_en  TEXT NOT NULL,
    short_zh TEXT NOT NULL,
    short_en TEXT NOT NULL,
    -- 1 for the closing section.
    closing  BIGINT NOT NULL,
    UNIQUE (plan_id, code)
);

CREATE TABLE indicators (
    id         TEXT PRIMARY KEY,
    plan_id    TEXT NOT NULL REFERENCES plans (id),
    area_id    TEXT NOT NULL REFERENCES areas (id),
    code       TEXT NOT NULL,
    ordinal    BIGINT NOT NULL,
    name_zh    TEXT NOT NULL,
    name_en    TEXT NOT NULL,
    unit_zh    TEXT NOT NULL,
    unit_en    TEXT NOT NULL,
    measure    TEXT NOT NULL,
    direction  TEXT NOT NULL,
    -- Values are stored as integers in units of 10^-scale.
    scale      BIGINT NOT NULL,
    source_zh  TEXT NOT NULL,
    -- 1 where the light stays grey until the counting stage is ruled on.
    needs_stage_ruling BIGINT NOT NULL,
    retired_at BIGINT,
    UNIQUE (plan_id, code)
);

-- Which recognitions an indicator counts.
CREATE TABLE indicator_recognitions (
    indicator_id TEXT NOT NULL REFERENCES indicators (id),
    ordinal      BIGINT NOT NULL,
    recognition  TEXT NOT NULL REFERENCES recognition_kinds (code),
    level        TEXT,
    PRIMARY KEY (indicator_id, ordinal)
);
CREATE INDEX indicator_recognitions_by_kind ON indicator_recognitions (recognition);

-- Revisions of the target. `form` is JSON of the typed target.
CREATE TABLE targets (
    id            TEXT PRIMARY KEY,
    indicator_id  TEXT NOT NULL REFERENCES indicators (id),
    wording_zh    TEXT NOT NULL,
    wording_en    TEXT NOT NULL,
    form          TEXT NOT NULL,
    target_on     TEXT NOT NULL,
    provenance    TEXT NOT NULL,
    date_provenance TEXT NOT NULL,
    effective_on  TEXT NOT NULL,
    reason        TEXT NOT NULL,
    document      TEXT NOT NULL,
    officer_id    TEXT,
    recorded_at   BIGINT NOT NULL,
    superseded_at BIGINT
);
CREATE INDEX targets_by_indicator ON targets (indicator_id, recorded_at);

CREATE TABLE milestones (
    id            TEXT PRIMARY KEY,
    indicator_id  TEXT NOT NULL REFERENCES indicators (id),
    on_date       TEXT NOT NULL,
    value         BIGINT NOT NULL,
    provenance    TEXT NOT NULL,
    effective_on  TEXT NOT NULL,
    reason        TEXT NOT NULL,
    document      TEXT NOT NULL,
    officer_id    TEXT,
    recorded_at   BIGINT NOT NULL,
    superseded_at BIGINT
);
CREATE INDEX milestones_by_indicator ON milestones (indicator_id, on_date);

-- Typed baselines (flow, level, rank). The baseline of a stock is never typed: see stock_takes.
CREATE TABLE baselines (
    id            TEXT PRIMARY KEY,
    indicator_id  TEXT NOT NULL REFERENCES indicators (id),
    on_date       TEXT NOT NULL,
    value         BIGINT NOT NULL,
    qualifier     TEXT,
    provenance    TEXT NOT NULL,
    reason        TEXT NOT NULL,
    document      TEXT NOT NULL,
    officer_id    TEXT,
    recorded_at   BIGINT NOT NULL,
    superseded_at BIGINT
);
CREATE INDEX baselines_by_indicator ON baselines (indicator_id, recorded_at);

-- A recorded decision on how something counts. `kind` and `value` are words of closed lists.
CREATE TABLE rulings (
    id            TEXT PRIMARY KEY,
    indicator_id  TEXT NOT NULL REFERENCES indicators (id),
    kind          TEXT NOT NULL,
    value         TEXT NOT NULL,
    provenance    TEXT NOT NULL,
    reason        TEXT NOT NULL,
    document      TEXT NOT NULL,
    decided_on    TEXT NOT NULL,
    officer_id    TEXT,
    recorded_at   BIGINT NOT NULL,
    superseded_at BIGINT
);
CREATE INDEX rulings_by_indicator ON rulings (indicator_id, kind, recorded_at);

-- Staff state that the units existing on the eve of the plan are all recorded, even if there are none.
CREATE TABLE stock_takes (
    id            TEXT PRIMARY KEY,
    indicator_id  TEXT NOT NULL REFERENCES indicators (id),
    taken_on      TEXT NOT NULL,
    reason        TEXT NOT NULL,
    document      TEXT NOT NULL,
    officer_id    TEXT NOT NULL,
    recorded_at   BIGINT NOT NULL,
    superseded_at BIGINT
);
CREATE INDEX stock_takes_by_indicator ON stock_takes (indicator_id, recorded_at);

CREATE TABLE tasks (
    id             TEXT PRIMARY KEY,
    plan_id        TEXT NOT NULL REFERENCES plans (id),
    area_id        TEXT NOT NULL REFERENCES areas (id),
    code           TEXT NOT NULL,
    ordinal        BIGINT NOT NULL,
    title_zh       TEXT NOT NULL,
    title_en       TEXT NOT NULL,
    deliverable_zh TEXT NOT NULL,
    deliverable_en TEXT NOT NULL,
    effect_zh      TEXT NOT NULL,
    effect_en      TEXT NOT NULL,
    source_zh      TEXT NOT NULL,
    retired_at     BIGINT,
    UNIQUE (plan_id, code)
);

-- Revisions of a task's time limit.
CREATE TABLE task_dates (
    id            TEXT PRIMARY KEY,
    task_id       TEXT NOT NULL REFERENCES tasks (id),
    starts_on     TEXT NOT NULL,
    due_on        TEXT NOT NULL,
    provenance    TEXT NOT NULL,
    effective_on  TEXT NOT NULL,
    reason        TEXT NOT NULL,
    document      TEXT NOT NULL,
    officer_id    TEXT,
    recorded_at   BIGINT NOT NULL,
    superseded_at BIGINT
);
CREATE INDEX task_dates_by_task ON task_dates (task_id, recorded_at);

CREATE TABLE task_indicators (
    task_id      TEXT NOT NULL REFERENCES tasks (id),
    indicator_id TEXT NOT NULL REFERENCES indicators (id),
    PRIMARY KEY (task_id, indicator_id)
);
CREATE INDEX task_indicators_by_indicator ON task_indicators (indicator_id);

CREATE TABLE assignments (
    id              TEXT PRIMARY KEY,
    task_id         TEXT NOT NULL REFERENCES tasks (id),
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    part            TEXT NOT NULL,
    contact         TEXT NOT NULL,
    assigned_at     BIGINT NOT NULL,
    ended_at        BIGINT
);
CREATE INDEX assignments_by_task ON assignments (task_id, part);
CREATE INDEX assignments_by_organisation ON assignments (organisation_id, part);
CREATE UNIQUE INDEX assignments_open ON assignments (task_id, organisation_id, part) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX assignments_one_lead ON assignments (task_id) WHERE part = 'lead' AND ended_at IS NULL;
