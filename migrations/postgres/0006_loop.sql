-- Evaluation, feedback, answer: the second half of the loop of a task's period.

CREATE TABLE evaluations (
    id            TEXT PRIMARY KEY,
    period_id     TEXT NOT NULL REFERENCES periods (id),
    task_id       TEXT NOT NULL REFERENCES tasks (id),
    -- JSON: a grade or "not assessed", and a reason, for each of the four dimensions.
    grades        TEXT NOT NULL,
    effect_link   TEXT NOT NULL,
    -- JSON list: organisations whose report was missing when it was evaluated.
    missing       TEXT NOT NULL,
    evaluated_by  TEXT NOT NULL REFERENCES accounts (id),
    evaluated_at  BIGINT NOT NULL,
    superseded_at BIGINT
);
CREATE UNIQUE INDEX evaluations_current ON evaluations (period_id, task_id) WHERE superseded_at IS NULL;

CREATE TABLE feedbacks (
    id              TEXT PRIMARY KEY,
    period_id       TEXT NOT NULL REFERENCES periods (id),
    task_id         TEXT NOT NULL REFERENCES tasks (id),
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    kind            TEXT NOT NULL,
    text            TEXT NOT NULL,
    given_by        TEXT NOT NULL REFERENCES accounts (id),
    given_at        BIGINT NOT NULL,
    answer          TEXT,
    answered_by     TEXT REFERENCES accounts (id),
    answered_at     BIGINT,
    closed_at       BIGINT,
    UNIQUE (period_id, task_id, organisation_id)
);
CREATE INDEX feedbacks_by_organisation ON feedbacks (organisation_id, closed_at);
