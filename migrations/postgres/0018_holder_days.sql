-- Rollup: by how much the number of counted units that an organisation holds changes on a day, for what was delivered of pledges.
CREATE TABLE holder_days (
    indicator_id TEXT NOT NULL REFERENCES indicators (id),
    holder_id    TEXT NOT NULL REFERENCES organisations (id),
    on_date      TEXT NOT NULL,
    change       BIGINT NOT NULL,
    PRIMARY KEY (indicator_id, holder_id, on_date)
);
INSERT INTO holder_days (indicator_id, holder_id, on_date, change)
SELECT moves.indicator_id, units.holder_id, moves.on_date, CAST(SUM(moves.change) AS BIGINT)
FROM (SELECT indicator_id, unit_id, from_date AS on_date, 1 AS change FROM counted_spans WHERE measure = 'counted'
      UNION ALL
      SELECT indicator_id, unit_id, until_date, -1 FROM counted_spans WHERE measure = 'counted' AND until_date IS NOT NULL) moves
JOIN units ON units.id = moves.unit_id
GROUP BY moves.indicator_id, units.holder_id, moves.on_date
HAVING SUM(moves.change) <> 0;
