-- Values that documents publish, pledges, and the bodies a document names for a task.

-- A published value belongs to no organisation here (NULL): `source` says whom the document says it of.
ALTER TABLE accepted_values ALTER COLUMN organisation_id DROP NOT NULL;
-- How exactly the document dates it: `day`, `year`, or `undated`, where `period_end` is the day of publication.
ALTER TABLE accepted_values ADD COLUMN dated TEXT NOT NULL DEFAULT 'day';
ALTER TABLE accepted_values ADD COLUMN source TEXT NOT NULL DEFAULT '';
CREATE INDEX IF NOT EXISTS accepted_values_by_report ON accepted_values (report_id);

ALTER TABLE baselines ADD COLUMN dated TEXT NOT NULL DEFAULT 'day';

-- Who a document says takes part in a task; organisations of the product are assigned to it apart from this.
CREATE TABLE task_bodies (
    task_id TEXT NOT NULL REFERENCES tasks (id),
    ordinal BIGINT NOT NULL,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    PRIMARY KEY (task_id, ordinal)
);

-- How many recognitions an organisation takes on for an indicator in a year. A later row supersedes an earlier one; 0 takes it back.
CREATE TABLE pledges (
    id              TEXT PRIMARY KEY,
    indicator_id    TEXT NOT NULL REFERENCES indicators (id),
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    year            BIGINT NOT NULL,
    quantity        BIGINT NOT NULL,
    note            TEXT NOT NULL,
    document        TEXT NOT NULL,
    reason          TEXT NOT NULL,
    account_id      TEXT NOT NULL REFERENCES accounts (id),
    recorded_at     BIGINT NOT NULL,
    superseded_at   BIGINT
);
CREATE INDEX pledges_by_indicator ON pledges (indicator_id, recorded_at);
CREATE INDEX pledges_by_organisation ON pledges (organisation_id, indicator_id);
CREATE UNIQUE INDEX pledges_in_force ON pledges (indicator_id, organisation_id, year) WHERE superseded_at IS NULL;
