-- +goose Up
-- ROLE-8: who holds a role is counted from the index alone, which SQLite can only when it has all columns that are asked about.
DROP INDEX member_role_holders;
CREATE INDEX member_role_holders ON member_role (role_key, member_key, valid_to) WHERE valid_to IS NULL;
DROP INDEX grant_by_role;
CREATE INDEX grant_by_role ON "grant" (role_key, member_key, unit_key, valid_to) WHERE valid_to IS NULL;
