-- Values in parts, values that wait for review, and revisions of milestones and baselines. What is dropped is a row of its own:
-- before its effective date the milestone still holds.

-- 1 where values are kept as numerator and denominator, so that those of several bodies add up.
ALTER TABLE indicators ADD COLUMN fraction BIGINT NOT NULL DEFAULT 0;
-- 1 where the revision takes the milestone away.
ALTER TABLE milestones ADD COLUMN dropped BIGINT NOT NULL DEFAULT 0;
-- The first day on which a baseline holds; the default means from the beginning.
ALTER TABLE baselines ADD COLUMN effective_on TEXT NOT NULL DEFAULT '0001-01-01';

-- Values of a submitted report, for "awaiting review". Gone with its decision.
CREATE TABLE submitted_values (
    report_id    TEXT NOT NULL REFERENCES reports (id),
    indicator_id TEXT NOT NULL REFERENCES indicators (id),
    value        BIGINT NOT NULL,
    qualifier    TEXT,
    numerator    BIGINT,
    denominator  BIGINT,
    PRIMARY KEY (report_id, indicator_id)
);
CREATE INDEX submitted_values_by_indicator ON submitted_values (indicator_id);
CREATE INDEX accepted_values_by_report ON accepted_values (report_id);
