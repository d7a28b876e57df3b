-- What was replaced without a trace keeps its rows: links of tasks with indicators, what waits for review, and where a unit stood in
-- lists under its former names. A row counts as known from `recorded_at` until `superseded_at`.

-- Where the former names stood in lists and how they were searched. Empty for changes made before: today's place is kept then.
ALTER TABLE unit_revisions ADD COLUMN sort_key TEXT NOT NULL DEFAULT '';
ALTER TABLE unit_revisions ADD COLUMN search_key TEXT NOT NULL DEFAULT '';

ALTER TABLE task_indicators ADD COLUMN recorded_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE task_indicators ADD COLUMN superseded_at BIGINT;
UPDATE task_indicators SET recorded_at = COALESCE((SELECT p.imported_at FROM plans p JOIN tasks t ON t.plan_id = p.id WHERE t.id = task_indicators.task_id), 0);
ALTER TABLE task_indicators DROP CONSTRAINT task_indicators_pkey;
ALTER TABLE task_indicators ADD PRIMARY KEY (task_id, indicator_id, recorded_at);
CREATE UNIQUE INDEX task_indicators_in_force ON task_indicators (task_id, indicator_id) WHERE superseded_at IS NULL;

ALTER TABLE submitted_entries ADD COLUMN recorded_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE submitted_entries ADD COLUMN superseded_at BIGINT;
UPDATE submitted_entries SET recorded_at = COALESCE((SELECT submitted_at FROM reports WHERE reports.id = submitted_entries.report_id), 0);
ALTER TABLE submitted_entries DROP CONSTRAINT submitted_entries_pkey;
ALTER TABLE submitted_entries ADD PRIMARY KEY (report_id, entry_key, recorded_at);

ALTER TABLE submitted_values ADD COLUMN recorded_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE submitted_values ADD COLUMN superseded_at BIGINT;
UPDATE submitted_values SET recorded_at = COALESCE((SELECT submitted_at FROM reports WHERE reports.id = submitted_values.report_id), 0);
ALTER TABLE submitted_values DROP CONSTRAINT submitted_values_pkey;
ALTER TABLE submitted_values ADD PRIMARY KEY (report_id, indicator_id, recorded_at);
