-- Lists say how many units they hold without reading them, on any day, and a past day says how many steps were recorded since.

-- Rollup: how many units of one recognition only stand at a stage now, by all that lists are filtered by.
CREATE TABLE standing_counts (
    facet     TEXT NOT NULL,
    stage     TEXT NOT NULL,
    district  TEXT NOT NULL,
    holder_id TEXT NOT NULL,
    units     BIGINT NOT NULL,
    PRIMARY KEY (facet, stage, district, holder_id)
);
INSERT INTO standing_counts (facet, stage, district, holder_id, units)
SELECT facet, stage, district, holder_id, COUNT(*) FROM standings WHERE lone = 1 GROUP BY facet, stage, district, holder_id;

-- Rollup: by how much those numbers changed on a day. What they were is what they are without the changes since.
CREATE TABLE standing_days (
    on_date   TEXT NOT NULL,
    facet     TEXT NOT NULL,
    stage     TEXT NOT NULL,
    district  TEXT NOT NULL,
    holder_id TEXT NOT NULL,
    change    BIGINT NOT NULL,
    PRIMARY KEY (on_date, facet, stage, district, holder_id)
);
INSERT INTO standing_days (on_date, facet, stage, district, holder_id, change)
SELECT on_date, facet, stage, district, holder_id, CAST(SUM(change) AS BIGINT)
FROM (SELECT nurtured_on AS on_date, facet, 'nurtured' AS stage, district, holder_id, 1 AS change FROM standings WHERE lone = 1 AND nurtured_on IS NOT NULL
      UNION ALL
      SELECT COALESCE(applied_on, approved_on, construction_on, recognised_on, ended_on), facet, 'nurtured', district, holder_id, -1 FROM standings WHERE lone = 1 AND nurtured_on IS NOT NULL AND COALESCE(applied_on, approved_on, construction_on, recognised_on, ended_on) IS NOT NULL
      UNION ALL
      SELECT applied_on AS on_date, facet, 'applied' AS stage, district, holder_id, 1 AS change FROM standings WHERE lone = 1 AND applied_on IS NOT NULL
      UNION ALL
      SELECT COALESCE(approved_on, construction_on, recognised_on, ended_on), facet, 'applied', district, holder_id, -1 FROM standings WHERE lone = 1 AND applied_on IS NOT NULL AND COALESCE(approved_on, construction_on, recognised_on, ended_on) IS NOT NULL
      UNION ALL
      SELECT approved_on AS on_date, facet, 'approved' AS stage, district, holder_id, 1 AS change FROM standings WHERE lone = 1 AND approved_on IS NOT NULL
      UNION ALL
      SELECT COALESCE(construction_on, recognised_on, ended_on), facet, 'approved', district, holder_id, -1 FROM standings WHERE lone = 1 AND approved_on IS NOT NULL AND COALESCE(construction_on, recognised_on, ended_on) IS NOT NULL
      UNION ALL
      SELECT construction_on AS on_date, facet, 'under-construction' AS stage, district, holder_id, 1 AS change FROM standings WHERE lone = 1 AND construction_on IS NOT NULL
      UNION ALL
      SELECT COALESCE(recognised_on, ended_on), facet, 'under-construction', district, holder_id, -1 FROM standings WHERE lone = 1 AND construction_on IS NOT NULL AND COALESCE(recognised_on, ended_on) IS NOT NULL
      UNION ALL
      SELECT recognised_on AS on_date, facet, 'recognised' AS stage, district, holder_id, 1 AS change FROM standings WHERE lone = 1 AND recognised_on IS NOT NULL
      UNION ALL
      SELECT ended_on, facet, 'recognised', district, holder_id, -1 FROM standings WHERE lone = 1 AND recognised_on IS NOT NULL AND ended_on IS NOT NULL
      UNION ALL
      SELECT ended_on AS on_date, facet, stage AS stage, district, holder_id, 1 AS change FROM standings WHERE lone = 1 AND ended_on IS NOT NULL) stays
GROUP BY on_date, facet, stage, district, holder_id
HAVING SUM(change) <> 0;

-- Units of several recognitions have to be told apart: few, found without a look at the others.
CREATE INDEX standings_shared ON standings (unit_id) WHERE lone = 0;

-- All that a search looks at, in the order of lists: rows a third as wide as the table's.
CREATE INDEX standings_by_name ON standings (sort_key, unit_id, facet, stage, district, holder_id, search_key);

-- Each day of a standing's steps says in which quarter of an hour since 1970 the step was recorded.
UPDATE standings SET days = COALESCE((SELECT string_agg(stage_steps.on_date || '@' || CAST(stage_steps.recorded_at / 900000 AS TEXT), ' ' ORDER BY stage_steps.on_date, stage_steps.recorded_at / 900000)
    FROM stage_steps WHERE stage_steps.recognition_id = standings.recognition_id AND stage_steps.superseded_at IS NULL), days);

-- Rollup: how many steps that hold were taken on a day, by what they are of and by when they were recorded.
CREATE TABLE step_days_anew (
    kind     TEXT NOT NULL,
    level    TEXT NOT NULL,
    on_date  TEXT NOT NULL,
    -- The quarter of an hour since 1970.
    recorded BIGINT NOT NULL,
    steps    BIGINT NOT NULL,
    PRIMARY KEY (kind, level, on_date, recorded)
);
INSERT INTO step_days_anew (kind, level, on_date, recorded, steps)
SELECT recognitions.kind, COALESCE(recognitions.level, ''), stage_steps.on_date, stage_steps.recorded_at / 900000, COUNT(*)
FROM stage_steps JOIN recognitions ON recognitions.id = stage_steps.recognition_id
WHERE stage_steps.superseded_at IS NULL
GROUP BY recognitions.kind, COALESCE(recognitions.level, ''), stage_steps.on_date, stage_steps.recorded_at / 900000;
DROP TABLE step_days;
ALTER TABLE step_days_anew RENAME TO step_days;
