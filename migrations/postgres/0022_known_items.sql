-- What projects and milestones, and the names of what units are recognised as, were before each change: a row holds what stood until
-- `superseded_at`. Changes made before this keep no such row: today's texts are shown for the days before them.
CREATE TABLE timetable_item_revisions (
    timetable_item_id TEXT NOT NULL REFERENCES timetable_items (id),
    superseded_at     BIGINT NOT NULL,
    name_zh           TEXT NOT NULL,
    name_en           TEXT NOT NULL,
    deliverable_zh    TEXT NOT NULL,
    deliverable_en    TEXT NOT NULL,
    organisation_id   TEXT REFERENCES organisations (id),
    retired_at        BIGINT,
    PRIMARY KEY (timetable_item_id, superseded_at)
);

CREATE TABLE recognition_kind_revisions (
    code          TEXT NOT NULL REFERENCES recognition_kinds (code),
    superseded_at BIGINT NOT NULL,
    name_zh       TEXT NOT NULL,
    name_en       TEXT NOT NULL,
    PRIMARY KEY (code, superseded_at)
);

-- What changed since an instant is found without a look at what did not.
CREATE INDEX stage_steps_by_end ON stage_steps (superseded_at) WHERE superseded_at IS NOT NULL;
CREATE INDEX unit_revisions_by_end ON unit_revisions (superseded_at);
