-- Rollup: what a search looks into, many units to a row: each shelf holds the search keys of its units and, line by line beside them,
-- the units. A word is looked for in some two thousand long texts instead of in a hundred thousand short ones. Filled when the server
-- or a command opens the database.
CREATE TABLE name_shelves (
    shelf BIGINT NOT NULL PRIMARY KEY,
    names TEXT NOT NULL,
    units TEXT NOT NULL
);
-- Kept as they are: a search reads them from end to end.
ALTER TABLE name_shelves ALTER COLUMN names SET STORAGE EXTERNAL;
ALTER TABLE name_shelves ALTER COLUMN units SET STORAGE EXTERNAL;

-- All that a search on a past day looks at as well.
DROP INDEX standings_by_name;
CREATE INDEX standings_by_name ON standings (sort_key, unit_id, facet, stage, district, holder_id, search_key, began_on);

-- Units of several recognitions are told apart, on any day, without a look at the table.
DROP INDEX standings_shared;
CREATE INDEX standings_shared ON standings (unit_id, facet, stage, district, holder_id, began_on, nurtured_on, applied_on, approved_on,
    construction_on, recognised_on, ended_on, lone) WHERE lone = 0;
