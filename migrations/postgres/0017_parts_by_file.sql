-- Pledges and stock-takes that came in with a plan's file: they keep the name of the officer who recorded them elsewhere and have no
-- account here (NULL).

ALTER TABLE stock_takes ALTER COLUMN officer_id DROP NOT NULL;
ALTER TABLE stock_takes ADD COLUMN officer_name TEXT NOT NULL DEFAULT '';

ALTER TABLE pledges ALTER COLUMN account_id DROP NOT NULL;
ALTER TABLE pledges ADD COLUMN officer_name TEXT NOT NULL DEFAULT '';
