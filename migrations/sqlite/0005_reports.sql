-- Periods, obligations, reports, reviews, evidence.

CREATE TABLE periods (
    id        TEXT PRIMARY KEY,
    plan_id   TEXT NOT NULL REFERENCES plans (id),
    code      TEXT NOT NULL,
    starts_on TEXT NOT NULL,
    ends_on   TEXT NOT NULL,
    report_due            TEXT NOT NULL,
    lead_review_due       TEXT NOT NULL,
    commission_review_due TEXT NOT NULL,
    evaluation_due        TEXT NOT NULL,
    feedback_due          TEXT NOT NULL,
    answer_due            TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    opened_by TEXT NOT NULL,
    UNIQUE (plan_id, code)
);

CREATE TABLE obligations (
    id              TEXT PRIMARY KEY,
    period_id       TEXT NOT NULL REFERENCES periods (id),
    task_id         TEXT NOT NULL REFERENCES tasks (id),
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    created_at      BIGINT NOT NULL,
    UNIQUE (period_id, task_id, organisation_id)
);
CREATE INDEX obligations_by_organisation ON obligations (organisation_id, period_id);
CREATE INDEX obligations_by_task ON obligations (task_id, period_id);

CREATE TABLE reports (
    id              TEXT PRIMARY KEY,
    obligation_id   TEXT NOT NULL REFERENCES obligations (id),
    -- 0 for the report itself; a correction of an accepted report is the next number.
    correction      BIGINT NOT NULL,
    state           TEXT NOT NULL,
    -- Rises with every change; a form carries the version it was made from.
    version         BIGINT NOT NULL,
    submission      BIGINT NOT NULL,
    state_since     BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    submitted_at    BIGINT,
    accepted_at     BIGINT,
    -- From the accepted content, for lists and status.
    percent         BIGINT,
    completed_on    TEXT,
    UNIQUE (obligation_id, correction)
);
CREATE INDEX reports_by_state ON reports (state, state_since);
CREATE INDEX reports_by_acceptance ON reports (accepted_at);

-- Everything that was typed, valid or not, version by version. `fields` is JSON.
CREATE TABLE report_drafts (
    report_id TEXT NOT NULL REFERENCES reports (id),
    version   BIGINT NOT NULL,
    fields    TEXT NOT NULL,
    saved_at  BIGINT NOT NULL,
    saved_by  TEXT NOT NULL REFERENCES accounts (id),
    PRIMARY KEY (report_id, version)
);

-- What was submitted, kept as it was.
CREATE TABLE submissions (
    report_id    TEXT NOT NULL REFERENCES reports (id),
    submission   BIGINT NOT NULL,
    fields       TEXT NOT NULL,
    submitted_at BIGINT NOT NULL,
    submitted_by TEXT NOT NULL REFERENCES accounts (id),
    PRIMARY KEY (report_id, submission)
);

-- Rows of a submitted report's recognitions, for "awaiting review" and for lists.
CREATE TABLE submitted_entries (
    report_id   TEXT NOT NULL REFERENCES reports (id),
    entry_key   TEXT NOT NULL,
    unit_id     TEXT,
    unit_kind   TEXT NOT NULL,
    recognition TEXT NOT NULL,
    level       TEXT,
    name_zh     TEXT NOT NULL,
    stage       TEXT NOT NULL,
    on_date     TEXT NOT NULL,
    holder_id   TEXT NOT NULL REFERENCES organisations (id),
    PRIMARY KEY (report_id, entry_key)
);
CREATE INDEX submitted_entries_by_recognition ON submitted_entries (recognition, level);
CREATE INDEX submitted_entries_by_unit ON submitted_entries (unit_id);

CREATE TABLE reviews (
    id          TEXT PRIMARY KEY,
    report_id   TEXT NOT NULL REFERENCES reports (id),
    submission  BIGINT NOT NULL,
    level       TEXT NOT NULL,
    decision    TEXT NOT NULL,
    reason_code TEXT,
    text        TEXT NOT NULL,
    reviewer_id TEXT NOT NULL REFERENCES accounts (id),
    at          BIGINT NOT NULL,
    UNIQUE (report_id, submission, level)
);
CREATE INDEX reviews_by_report ON reviews (report_id, at);

CREATE TABLE evidence (
    id              TEXT PRIMARY KEY,
    organisation_id TEXT REFERENCES organisations (id),
    report_id       TEXT REFERENCES reports (id),
    -- Empty: belongs to the report as a whole; else the entry it proves.
    entry_key       TEXT NOT NULL,
    file_name       TEXT NOT NULL,
    media_type      TEXT NOT NULL,
    size            BIGINT NOT NULL,
    sha256          TEXT NOT NULL,
    uploaded_by     TEXT NOT NULL REFERENCES accounts (id),
    uploaded_at     BIGINT NOT NULL,
    -- Taken out of the draft again; the file stays while anything submitted refers to it.
    removed_at      BIGINT
);
CREATE INDEX evidence_by_report ON evidence (report_id, entry_key);
CREATE INDEX evidence_by_hash ON evidence (sha256);

CREATE TABLE step_evidence (
    step_id     TEXT NOT NULL REFERENCES stage_steps (id),
    evidence_id TEXT NOT NULL REFERENCES evidence (id),
    PRIMARY KEY (step_id, evidence_id)
);
CREATE INDEX step_evidence_by_evidence ON step_evidence (evidence_id);

-- Accepted values of flow, level and rank indicators.
CREATE TABLE accepted_values (
    id              TEXT PRIMARY KEY,
    indicator_id    TEXT NOT NULL REFERENCES indicators (id),
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    period_end      TEXT NOT NULL,
    value           BIGINT NOT NULL,
    qualifier       TEXT,
    numerator       BIGINT,
    denominator     BIGINT,
    document        TEXT NOT NULL,
    report_id       TEXT REFERENCES reports (id),
    recorded_at     BIGINT NOT NULL,
    superseded_at   BIGINT
);
CREATE INDEX accepted_values_by_indicator ON accepted_values (indicator_id, period_end);
