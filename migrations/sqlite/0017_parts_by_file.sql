-- Pledges and stock-takes that came in with a plan's file: they keep the name of the officer who recorded them elsewhere and have no
-- account here. SQLite cannot drop NOT NULL, so the tables are made anew; nothing refers to them.

CREATE TABLE stock_takes_anew (
    id            TEXT PRIMARY KEY,
    indicator_id  TEXT NOT NULL REFERENCES indicators (id),
    taken_on      TEXT NOT NULL,
    reason        TEXT NOT NULL,
    document      TEXT NOT NULL,
    -- NULL: recorded in another system, by whom `officer_name` says.
    officer_id    TEXT,
    recorded_at   BIGINT NOT NULL,
    superseded_at BIGINT,
    officer_name  TEXT NOT NULL DEFAULT ''
);
INSERT INTO stock_takes_anew (id, indicator_id, taken_on, reason, document, officer_id, recorded_at, superseded_at)
SELECT id, indicator_id, taken_on, reason, document, officer_id, recorded_at, superseded_at FROM stock_takes;
DROP TABLE stock_takes;
ALTER TABLE stock_takes_anew RENAME TO stock_takes;
CREATE INDEX stock_takes_by_indicator ON stock_takes (indicator_id, recorded_at);

CREATE TABLE pledges_anew (
    id              TEXT PRIMARY KEY,
    indicator_id    TEXT NOT NULL REFERENCES indicators (id),
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    year            BIGINT NOT NULL,
    quantity        BIGINT NOT NULL,
    note            TEXT NOT NULL,
    document        TEXT NOT NULL,
    reason          TEXT NOT NULL,
    -- NULL: recorded in another system, by whom `officer_name` says.
    account_id      TEXT REFERENCES accounts (id),
    recorded_at     BIGINT NOT NULL,
    superseded_at   BIGINT,
    officer_name    TEXT NOT NULL DEFAULT ''
);
INSERT INTO pledges_anew (id, indicator_id, organisation_id, year, quantity, note, document, reason, account_id, recorded_at,
                          superseded_at)
SELECT id, indicator_id, organisation_id, year, quantity, note, document, reason, account_id, recorded_at, superseded_at FROM pledges;
DROP TABLE pledges;
ALTER TABLE pledges_anew RENAME TO pledges;
CREATE INDEX pledges_by_indicator ON pledges (indicator_id, recorded_at);
CREATE INDEX pledges_by_organisation ON pledges (organisation_id, indicator_id);
CREATE UNIQUE INDEX pledges_in_force ON pledges (indicator_id, organisation_id, year) WHERE superseded_at IS NULL;
