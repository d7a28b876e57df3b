-- Corrections of accepted reports. A correction is a report of its own with the next number; here stands what it corrects, why it
-- was begun, and whether its owner gave it up. A version is corrected once at most: whoever comes second finds it open.

CREATE TABLE corrections (
    report_id   TEXT PRIMARY KEY REFERENCES reports (id),
    corrects_id TEXT NOT NULL REFERENCES reports (id),
    reason      TEXT NOT NULL,
    begun_by    TEXT NOT NULL REFERENCES accounts (id),
    begun_at    BIGINT NOT NULL,
    given_up_by TEXT REFERENCES accounts (id),
    given_up_at BIGINT
);
CREATE UNIQUE INDEX corrections_of_version ON corrections (corrects_id) WHERE given_up_at IS NULL;
