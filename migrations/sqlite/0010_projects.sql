-- The timetable below a task: projects and milestones, with revisions of their dates and what was reached.

CREATE TABLE timetable_items (
    id              TEXT PRIMARY KEY,
    task_id         TEXT NOT NULL REFERENCES tasks (id),
    -- The project a milestone belongs to; none for a project and for a milestone of the task itself.
    project_id      TEXT REFERENCES timetable_items (id),
    -- `project` or `milestone`.
    kind            TEXT NOT NULL,
    -- Code of a project, unique in its task; empty for a milestone.
    code            TEXT NOT NULL,
    name_zh         TEXT NOT NULL,
    name_en         TEXT NOT NULL,
    deliverable_zh  TEXT NOT NULL,
    deliverable_en  TEXT NOT NULL,
    -- Who states it as reached; none: any responsible organisation of the task.
    organisation_id TEXT REFERENCES organisations (id),
    created_at      BIGINT NOT NULL,
    retired_at      BIGINT
);
CREATE INDEX timetable_items_by_task ON timetable_items (task_id, created_at);
CREATE UNIQUE INDEX timetable_items_code ON timetable_items (task_id, code) WHERE kind = 'project';

-- Revisions of the dates. A milestone starts and is due on the same day.
CREATE TABLE timetable_dates (
    id            TEXT PRIMARY KEY,
    item_id       TEXT NOT NULL REFERENCES timetable_items (id),
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
CREATE INDEX timetable_dates_by_item ON timetable_dates (item_id, recorded_at);

-- On which day an item was reached, as an accepted report says.
CREATE TABLE timetable_completions (
    id            TEXT PRIMARY KEY,
    item_id       TEXT NOT NULL REFERENCES timetable_items (id),
    reached_on    TEXT NOT NULL,
    document      TEXT NOT NULL,
    report_id     TEXT NOT NULL REFERENCES reports (id),
    officer_id    TEXT NOT NULL,
    recorded_at   BIGINT NOT NULL,
    superseded_at BIGINT
);
CREATE INDEX timetable_completions_by_item ON timetable_completions (item_id, recorded_at);
CREATE INDEX timetable_completions_by_report ON timetable_completions (report_id);
CREATE UNIQUE INDEX timetable_completions_open ON timetable_completions (item_id) WHERE superseded_at IS NULL;
