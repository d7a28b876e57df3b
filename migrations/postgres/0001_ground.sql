-- What every other table stands on: the version that pages are cached by, and the audit chain.
-- Both databases read the same text: BIGINT for integers and for instants (milliseconds since 1970),
-- TEXT for ids, for words of a closed list, for JSON, and for calendar dates (YYYY-MM-DD).

CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- Rises with every committed change that a page shows.
CREATE TABLE data_version (
    one     BIGINT PRIMARY KEY CHECK (one = 1),
    version BIGINT NOT NULL
);
INSERT INTO data_version (one, version) VALUES (1, 1);

-- One locked row orders the audit chain.
CREATE TABLE audit_head (
    one      BIGINT PRIMARY KEY CHECK (one = 1),
    sequence BIGINT NOT NULL,
    hash     TEXT NOT NULL
);
INSERT INTO audit_head (one, sequence, hash) VALUES (1, 0, '');

CREATE TABLE audit (
    sequence        BIGINT PRIMARY KEY,
    at              BIGINT NOT NULL,
    actor_id        TEXT,
    actor_name      TEXT NOT NULL,
    organisation_id TEXT,
    action          TEXT NOT NULL,
    object_kind     TEXT NOT NULL,
    object_id       TEXT NOT NULL,
    before_state    TEXT,
    after_state     TEXT,
    reason          TEXT NOT NULL,
    previous_hash   TEXT NOT NULL,
    hash            TEXT NOT NULL UNIQUE
);
CREATE INDEX audit_by_object ON audit (object_kind, object_id, sequence);
