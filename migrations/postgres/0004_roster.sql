-- The roster: units, what they are recognised as, every stage step, and the rollups that counts are read from.

CREATE TABLE units (
    id         TEXT PRIMARY KEY,
    kind       TEXT NOT NULL,
    code       TEXT NOT NULL,
    name_zh    TEXT NOT NULL,
    name_en    TEXT NOT NULL,
    sort_key   TEXT NOT NULL,
    holder_id  TEXT NOT NULL REFERENCES organisations (id),
    partners   TEXT NOT NULL,
    district   TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX units_by_kind ON units (kind, sort_key);
CREATE INDEX units_by_holder ON units (holder_id);

-- Who has taken a name or a code: the reason a thing is counted once. `mark` is the normalised name or code,
-- `scope` the holding organisation where names need only be unique there, else empty. A submitted report holds
-- its names until it is withdrawn or staff release them; on acceptance the unit takes them over.
CREATE TABLE name_holds (
    kind      TEXT NOT NULL,
    scope     TEXT NOT NULL,
    mark_kind TEXT NOT NULL,
    mark      TEXT NOT NULL,
    -- Empty, or a discriminator admitted by an officer with a reason.
    admitted  TEXT NOT NULL,
    unit_id   TEXT REFERENCES units (id),
    report_id TEXT,
    entry_key TEXT NOT NULL,
    held_at   BIGINT NOT NULL,
    PRIMARY KEY (kind, scope, mark_kind, mark, admitted)
);
CREATE INDEX name_holds_by_report ON name_holds (report_id);
CREATE INDEX name_holds_by_unit ON name_holds (unit_id);

CREATE TABLE recognitions (
    id         TEXT PRIMARY KEY,
    unit_id    TEXT NOT NULL REFERENCES units (id),
    kind       TEXT NOT NULL REFERENCES recognition_kinds (code),
    level      TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX recognitions_by_unit ON recognitions (unit_id);
CREATE INDEX recognitions_by_kind ON recognitions (kind, level);

CREATE TABLE stage_steps (
    id             TEXT PRIMARY KEY,
    recognition_id TEXT NOT NULL REFERENCES recognitions (id),
    stage          TEXT NOT NULL,
    on_date        TEXT NOT NULL,
    document       TEXT NOT NULL,
    merged_into    TEXT REFERENCES units (id),
    -- Where the step comes from: a report, or an entry of staff (stock-take, import) when NULL.
    report_id      TEXT,
    verifier_id    TEXT NOT NULL,
    reason         TEXT NOT NULL,
    recorded_at    BIGINT NOT NULL,
    superseded_at  BIGINT
);
CREATE INDEX stage_steps_by_recognition ON stage_steps (recognition_id, on_date);
CREATE INDEX stage_steps_by_report ON stage_steps (report_id);
CREATE INDEX stage_steps_by_record ON stage_steps (recorded_at);

-- Rollup: from when until when a unit counts (measure `counted`) or stands in the pipeline (measure `pipeline`).
CREATE TABLE counted_spans (
    indicator_id TEXT NOT NULL REFERENCES indicators (id),
    unit_id      TEXT NOT NULL REFERENCES units (id),
    measure      TEXT NOT NULL,
    from_date    TEXT NOT NULL,
    until_date   TEXT,
    PRIMARY KEY (indicator_id, unit_id, measure, from_date)
);
CREATE INDEX counted_spans_by_unit ON counted_spans (unit_id);

-- Rollup: by how much a measure changes on a day. A count on a date is the sum up to it.
CREATE TABLE indicator_days (
    indicator_id TEXT NOT NULL REFERENCES indicators (id),
    measure      TEXT NOT NULL,
    on_date      TEXT NOT NULL,
    change       BIGINT NOT NULL,
    PRIMARY KEY (indicator_id, measure, on_date)
);
