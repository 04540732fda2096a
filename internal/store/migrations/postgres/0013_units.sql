-- +goose Up
-- UNIT-2: products know a unit by an id of the account's own, which is one unit's at most.
ALTER TABLE unit ADD COLUMN external_id TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX unit_external_once ON unit (account_key, external_id) WHERE external_id <> '';

-- UNIT-2, UNIT-5: each unit has its own table of users; its first rows are read in their order, however many there are.
DROP INDEX member_by_unit;
CREATE INDEX member_by_unit ON member (account_key, unit_key, name_folded, key) WHERE removed_at IS NULL;
