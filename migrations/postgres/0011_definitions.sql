-- Definitions that staff change: an area can be retired as indicators and tasks can, and what came in from an export of
-- another system keeps the name of the officer who recorded it there.

ALTER TABLE areas ADD COLUMN retired_at BIGINT;

ALTER TABLE targets ADD COLUMN officer_name TEXT NOT NULL DEFAULT '';
ALTER TABLE milestones ADD COLUMN officer_name TEXT NOT NULL DEFAULT '';
ALTER TABLE baselines ADD COLUMN officer_name TEXT NOT NULL DEFAULT '';
ALTER TABLE rulings ADD COLUMN officer_name TEXT NOT NULL DEFAULT '';
ALTER TABLE task_dates ADD COLUMN officer_name TEXT NOT NULL DEFAULT '';
ALTER TABLE timetable_dates ADD COLUMN officer_name TEXT NOT NULL DEFAULT '';
