-- What areas, indicators, tasks, organisations and plans were before each change: a row holds what stood until `superseded_at`. Changes made
-- before this keep no such row: today's texts are shown for the days before them.

-- When an area was added; those that came before this hold for every day.
ALTER TABLE areas ADD COLUMN recorded_at BIGINT NOT NULL DEFAULT 0;

CREATE TABLE area_revisions (
    area_id       TEXT NOT NULL REFERENCES areas (id),
    superseded_at BIGINT NOT NULL,
    ordinal       BIGINT NOT NULL,
    name_zh       TEXT NOT NULL,
    name_en       TEXT NOT NULL,
    short_zh      TEXT NOT NULL,
    short_en      TEXT NOT NULL,
    closing       BIGINT NOT NULL,
    retired_at    BIGINT,
    PRIMARY KEY (area_id, superseded_at)
);

CREATE TABLE indicator_revisions (
    indicator_id       TEXT NOT NULL REFERENCES indicators (id),
    superseded_at      BIGINT NOT NULL,
    area_id            TEXT NOT NULL REFERENCES areas (id),
    ordinal            BIGINT NOT NULL,
    name_zh            TEXT NOT NULL,
    name_en            TEXT NOT NULL,
    unit_zh            TEXT NOT NULL,
    unit_en            TEXT NOT NULL,
    measure            TEXT NOT NULL,
    direction          TEXT NOT NULL,
    scale              BIGINT NOT NULL,
    source_zh          TEXT NOT NULL,
    needs_stage_ruling BIGINT NOT NULL,
    fraction           BIGINT NOT NULL,
    retired_at         BIGINT,
    PRIMARY KEY (indicator_id, superseded_at)
);

-- What an indicator counted until then: kept whole with each of its revisions, so that none means that it counted nothing.
CREATE TABLE indicator_recognition_revisions (
    indicator_id  TEXT NOT NULL,
    superseded_at BIGINT NOT NULL,
    ordinal       BIGINT NOT NULL,
    recognition   TEXT NOT NULL REFERENCES recognition_kinds (code),
    level         TEXT,
    PRIMARY KEY (indicator_id, superseded_at, ordinal),
    FOREIGN KEY (indicator_id, superseded_at) REFERENCES indicator_revisions (indicator_id, superseded_at)
);

CREATE TABLE task_revisions (
    task_id        TEXT NOT NULL REFERENCES tasks (id),
    superseded_at  BIGINT NOT NULL,
    area_id        TEXT NOT NULL REFERENCES areas (id),
    ordinal        BIGINT NOT NULL,
    title_zh       TEXT NOT NULL,
    title_en       TEXT NOT NULL,
    deliverable_zh TEXT NOT NULL,
    deliverable_en TEXT NOT NULL,
    effect_zh      TEXT NOT NULL,
    effect_en      TEXT NOT NULL,
    source_zh      TEXT NOT NULL,
    retired_at     BIGINT,
    PRIMARY KEY (task_id, superseded_at)
);

CREATE TABLE organisation_revisions (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    superseded_at   BIGINT NOT NULL,
    kind            TEXT NOT NULL,
    name_zh         TEXT NOT NULL,
    name_en         TEXT NOT NULL,
    sort_key        TEXT NOT NULL,
    district        TEXT NOT NULL,
    retired_at      BIGINT,
    PRIMARY KEY (organisation_id, superseded_at)
);

CREATE TABLE plan_revisions (
    plan_id       TEXT NOT NULL REFERENCES plans (id),
    superseded_at BIGINT NOT NULL,
    name_zh       TEXT NOT NULL,
    name_en       TEXT NOT NULL,
    short_zh      TEXT NOT NULL,
    short_en      TEXT NOT NULL,
    issuer_zh     TEXT NOT NULL,
    issuer_en     TEXT NOT NULL,
    cadence       TEXT NOT NULL,
    retired_at    BIGINT,
    PRIMARY KEY (plan_id, superseded_at)
);
