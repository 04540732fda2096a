-- +goose Up
-- CHECK-2: how often an account's units, roles or state were changed: what was derived from them is right as long as this is.
ALTER TABLE ledger ADD COLUMN structure BIGINT NOT NULL DEFAULT 0;

-- Who holds a role at units, and which grants a role has.
CREATE INDEX grant_by_role ON "grant" (role_key) WHERE valid_to IS NULL;
