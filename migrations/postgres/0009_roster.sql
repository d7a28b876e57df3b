-- The roster in full: namesakes that an officer admitted, what staff corrected, and the rollups that lists are read from.

-- An officer found that two things of one name or code differ: the holder's entry may stand beside the first.
CREATE TABLE name_admissions (
    id              TEXT PRIMARY KEY,
    kind            TEXT NOT NULL,
    scope           TEXT NOT NULL,
    mark_kind       TEXT NOT NULL,
    mark            TEXT NOT NULL,
    -- What tells it from its namesakes; with the mark it stands in name_holds.
    admitted        TEXT NOT NULL,
    holder_id       TEXT NOT NULL REFERENCES organisations (id),
    -- As it was typed.
    name            TEXT NOT NULL,
    distinction     TEXT NOT NULL,
    -- Whoever was first when it was admitted.
    first_unit_id   TEXT REFERENCES units (id),
    first_report_id TEXT REFERENCES reports (id),
    reason          TEXT NOT NULL,
    document        TEXT NOT NULL,
    officer_id      TEXT NOT NULL REFERENCES accounts (id),
    recorded_at     BIGINT NOT NULL,
    UNIQUE (kind, scope, mark_kind, mark, admitted)
);
CREATE INDEX name_admissions_by_record ON name_admissions (recorded_at);

-- The name as it was typed: a returned report's is found nowhere else.
ALTER TABLE name_holds ADD COLUMN name TEXT NOT NULL DEFAULT '';

-- Entries that were refused at submit because somebody was first: what staff look at. Gone once the report goes in.
CREATE TABLE refused_names (
    report_id  TEXT NOT NULL REFERENCES reports (id),
    entry_key  TEXT NOT NULL,
    mark_kind  TEXT NOT NULL,
    kind       TEXT NOT NULL,
    holder_id  TEXT NOT NULL REFERENCES organisations (id),
    name       TEXT NOT NULL,
    refused_at BIGINT NOT NULL,
    PRIMARY KEY (report_id, entry_key, mark_kind)
);

-- What a unit was called, and who held it, before staff changed it.
CREATE TABLE unit_revisions (
    id            TEXT PRIMARY KEY,
    unit_id       TEXT NOT NULL REFERENCES units (id),
    code          TEXT NOT NULL,
    name_zh       TEXT NOT NULL,
    name_en       TEXT NOT NULL,
    holder_id     TEXT NOT NULL REFERENCES organisations (id),
    partners      TEXT NOT NULL,
    district      TEXT NOT NULL,
    recorded_at   BIGINT NOT NULL,
    superseded_at BIGINT NOT NULL,
    -- Why it was changed, by which document, by whom.
    reason        TEXT NOT NULL,
    document      TEXT NOT NULL,
    officer_id    TEXT NOT NULL REFERENCES accounts (id)
);
CREATE INDEX unit_revisions_by_unit ON unit_revisions (unit_id, superseded_at);

-- A step that staff recorded by mistake and took back; the step itself stays, superseded.
CREATE TABLE step_withdrawals (
    step_id     TEXT PRIMARY KEY REFERENCES stage_steps (id),
    reason      TEXT NOT NULL,
    document    TEXT NOT NULL,
    officer_id  TEXT NOT NULL REFERENCES accounts (id),
    recorded_at BIGINT NOT NULL
);

-- Rollup: where each recognition stands now, with all that lists filter, search and sort by. Kept in the order of lists.
CREATE TABLE standings (
    sort_key       TEXT NOT NULL,
    unit_id        TEXT NOT NULL,
    recognition_id TEXT NOT NULL,
    -- `kind:level`, without a level `kind:`.
    facet          TEXT NOT NULL,
    stage          TEXT NOT NULL,
    on_date        TEXT NOT NULL,
    district       TEXT NOT NULL,
    holder_id      TEXT NOT NULL,
    -- Folded names and code, and the initials of their pinyin.
    search_key     TEXT NOT NULL,
    -- 1 where the unit has one recognition only, so that units are counted without sorting.
    lone           BIGINT NOT NULL,
    -- The days of its steps, by which step_days follow.
    days           TEXT NOT NULL,
    PRIMARY KEY (sort_key, unit_id, recognition_id)
);
CREATE INDEX standings_by_unit ON standings (unit_id);

-- Rollup: how many steps that hold were taken on a day, by what they are of.
CREATE TABLE step_days (
    kind    TEXT NOT NULL,
    level   TEXT NOT NULL,
    on_date TEXT NOT NULL,
    steps   BIGINT NOT NULL,
    PRIMARY KEY (kind, level, on_date)
);

-- Rollup for indicators that sum several kinds: from when until when a unit counts by each of them; the kind is empty for
-- the days on which it counts by more than one.
CREATE TABLE kind_spans (
    indicator_id TEXT NOT NULL REFERENCES indicators (id),
    kind         TEXT NOT NULL,
    unit_id      TEXT NOT NULL REFERENCES units (id),
    from_date    TEXT NOT NULL,
    until_date   TEXT,
    PRIMARY KEY (indicator_id, kind, unit_id, from_date)
);
CREATE INDEX kind_spans_by_unit ON kind_spans (unit_id);

-- Rollup: by how much the count by one kind changes on a day.
CREATE TABLE kind_days (
    indicator_id TEXT NOT NULL REFERENCES indicators (id),
    kind         TEXT NOT NULL,
    on_date      TEXT NOT NULL,
    change       BIGINT NOT NULL,
    PRIMARY KEY (indicator_id, kind, on_date)
);

-- Rollup: how many units began and ceased to count on a day.
CREATE TABLE indicator_moves (
    indicator_id TEXT NOT NULL REFERENCES indicators (id),
    on_date      TEXT NOT NULL,
    gained       BIGINT NOT NULL,
    lost         BIGINT NOT NULL,
    PRIMARY KEY (indicator_id, on_date)
);
INSERT INTO indicator_moves (indicator_id, on_date, gained, lost)
SELECT indicator_id, on_date, SUM(gained), SUM(lost)
FROM (SELECT indicator_id, from_date AS on_date, 1 AS gained, 0 AS lost FROM counted_spans WHERE measure = 'counted'
      UNION ALL
      SELECT indicator_id, until_date, 0, 1 FROM counted_spans WHERE measure = 'counted' AND until_date IS NOT NULL) moves
GROUP BY indicator_id, on_date;

-- The units behind a number are listed by name: in the order of this index, without sorting them all.
ALTER TABLE counted_spans ADD COLUMN sort_key TEXT NOT NULL DEFAULT '';
UPDATE counted_spans SET sort_key = (SELECT units.sort_key FROM units WHERE units.id = counted_spans.unit_id);
CREATE INDEX counted_spans_by_name ON counted_spans (indicator_id, measure, sort_key, unit_id, from_date, until_date);

-- What was recorded last, also where an import recorded much at one instant.
DROP INDEX stage_steps_by_record;
CREATE INDEX stage_steps_by_record ON stage_steps (recorded_at, id);
CREATE INDEX units_by_record ON units (created_at, id);
CREATE INDEX units_by_district ON units (district);
