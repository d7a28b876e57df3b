-- What was replaced without a trace keeps its rows: links of tasks with indicators, what waits for review, and where a unit stood in
-- lists under its former names. A row counts as known from `recorded_at` until `superseded_at`.

-- Where the former names stood in lists and how they were searched. Empty for changes made before: today's place is kept then.
ALTER TABLE unit_revisions ADD COLUMN sort_key TEXT NOT NULL DEFAULT '';
ALTER TABLE unit_revisions ADD COLUMN search_key TEXT NOT NULL DEFAULT '';

-- SQLite cannot change a primary key, so the tables are made anew; nothing refers to them.
CREATE TABLE task_indicators_anew (
    task_id       TEXT NOT NULL REFERENCES tasks (id),
    indicator_id  TEXT NOT NULL REFERENCES indicators (id),
    recorded_at   BIGINT NOT NULL DEFAULT 0,
    superseded_at BIGINT,
    PRIMARY KEY (task_id, indicator_id, recorded_at)
);
INSERT INTO task_indicators_anew (task_id, indicator_id, recorded_at)
SELECT task_id, indicator_id, COALESCE((SELECT p.imported_at FROM plans p JOIN tasks t ON t.plan_id = p.id WHERE t.id = task_id), 0)
FROM task_indicators;
DROP TABLE task_indicators;
ALTER TABLE task_indicators_anew RENAME TO task_indicators;
CREATE INDEX task_indicators_by_indicator ON task_indicators (indicator_id);
CREATE UNIQUE INDEX task_indicators_in_force ON task_indicators (task_id, indicator_id) WHERE superseded_at IS NULL;

CREATE TABLE submitted_entries_anew (
    report_id     TEXT NOT NULL REFERENCES reports (id),
    entry_key     TEXT NOT NULL,
    unit_id       TEXT,
    unit_kind     TEXT NOT NULL,
    recognition   TEXT NOT NULL,
    level         TEXT,
    name_zh       TEXT NOT NULL,
    stage         TEXT NOT NULL,
    on_date       TEXT NOT NULL,
    holder_id     TEXT NOT NULL REFERENCES organisations (id),
    recorded_at   BIGINT NOT NULL DEFAULT 0,
    superseded_at BIGINT,
    PRIMARY KEY (report_id, entry_key, recorded_at)
);
INSERT INTO submitted_entries_anew (report_id, entry_key, unit_id, unit_kind, recognition, level, name_zh, stage, on_date, holder_id,
                                    recorded_at)
SELECT report_id, entry_key, unit_id, unit_kind, recognition, level, name_zh, stage, on_date, holder_id,
       COALESCE((SELECT submitted_at FROM reports WHERE reports.id = report_id), 0)
FROM submitted_entries;
DROP TABLE submitted_entries;
ALTER TABLE submitted_entries_anew RENAME TO submitted_entries;
CREATE INDEX submitted_entries_by_recognition ON submitted_entries (recognition, level);
CREATE INDEX submitted_entries_by_unit ON submitted_entries (unit_id);

CREATE TABLE submitted_values_anew (
    report_id     TEXT NOT NULL REFERENCES reports (id),
    indicator_id  TEXT NOT NULL REFERENCES indicators (id),
    value         BIGINT NOT NULL,
    qualifier     TEXT,
    numerator     BIGINT,
    denominator   BIGINT,
    recorded_at   BIGINT NOT NULL DEFAULT 0,
    superseded_at BIGINT,
    PRIMARY KEY (report_id, indicator_id, recorded_at)
);
INSERT INTO submitted_values_anew (report_id, indicator_id, value, qualifier, numerator, denominator, recorded_at)
SELECT report_id, indicator_id, value, qualifier, numerator, denominator,
       COALESCE((SELECT submitted_at FROM reports WHERE reports.id = report_id), 0)
FROM submitted_values;
DROP TABLE submitted_values;
ALTER TABLE submitted_values_anew RENAME TO submitted_values;
CREATE INDEX submitted_values_by_indicator ON submitted_values (indicator_id);
