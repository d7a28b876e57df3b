-- A plan is retired and used again as its areas, indicators and tasks are.
ALTER TABLE plans ADD COLUMN retired_at BIGINT;
