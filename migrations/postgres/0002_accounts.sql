-- Organisations, accounts, sessions.

CREATE TABLE organisations (
    id         TEXT PRIMARY KEY,
    parent_id  TEXT REFERENCES organisations (id),
    kind       TEXT NOT NULL,
    name_zh    TEXT NOT NULL,
    name_en    TEXT NOT NULL,
    -- Pinyin, so that both databases sort Chinese names alike.
    sort_key   TEXT NOT NULL,
    district   TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    retired_at BIGINT
);
CREATE UNIQUE INDEX organisations_by_name ON organisations (name_zh);

CREATE TABLE accounts (
    id                  TEXT PRIMARY KEY,
    username            TEXT NOT NULL UNIQUE,
    display_name        TEXT NOT NULL,
    organisation_id     TEXT REFERENCES organisations (id),
    -- NULL until a one-time link has set the first password.
    password_hash       TEXT,
    password_changed_at BIGINT,
    failed_attempts     BIGINT NOT NULL,
    locked_until        BIGINT,
    disabled_at         BIGINT,
    last_plan_code      TEXT,
    created_at          BIGINT NOT NULL
);
CREATE INDEX accounts_by_organisation ON accounts (organisation_id);

CREATE TABLE account_roles (
    account_id TEXT NOT NULL REFERENCES accounts (id),
    role       TEXT NOT NULL,
    granted_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, role)
);

CREATE TABLE sessions (
    -- SHA-256 of the token; the token itself lives in the cookie only.
    token_hash   TEXT PRIMARY KEY,
    account_id   TEXT NOT NULL REFERENCES accounts (id),
    created_at   BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_account ON sessions (account_id);

CREATE TABLE password_links (
    token_hash TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT
);

-- What somebody typed into a form that was refused, kept for 24 hours.
CREATE TABLE parked_forms (
    id         TEXT PRIMARY KEY,
    account_id TEXT,
    -- Where nobody is signed in: the hash of a cookie of the form's own.
    visitor    TEXT,
    form       TEXT NOT NULL,
    fields     TEXT NOT NULL,
    problems   TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX parked_forms_by_age ON parked_forms (created_at);

-- A repeated form gets the first result.
CREATE TABLE idempotency_keys (
    account_id TEXT NOT NULL,
    form_key   TEXT NOT NULL,
    action     TEXT NOT NULL,
    result     TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, form_key)
);
