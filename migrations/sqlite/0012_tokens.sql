-- Personal tokens for machines, and the indexes by which the audit page finds its rows.

CREATE TABLE tokens (
    id           TEXT PRIMARY KEY,
    account_id   TEXT NOT NULL REFERENCES accounts (id),
    name         TEXT NOT NULL,
    -- SHA-256 of the token; the token itself is shown once and kept nowhere.
    token_hash   TEXT NOT NULL,
    -- Words of a closed list, as JSON.
    scopes       TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at   BIGINT
);
CREATE UNIQUE INDEX tokens_by_hash ON tokens (token_hash);
CREATE INDEX tokens_by_account ON tokens (account_id, created_at);

-- Each ends in the sequence, so that the newest rows of a filter are read from the end of its index.
CREATE INDEX audit_by_actor ON audit (actor_id, sequence);
CREATE INDEX audit_by_organisation ON audit (organisation_id, sequence);
CREATE INDEX audit_by_action ON audit (action, sequence);
CREATE INDEX audit_by_instant ON audit (at, sequence);
CREATE INDEX audit_by_object_kind ON audit (object_kind, sequence);
CREATE INDEX audit_by_object_id ON audit (object_id, sequence);
