-- +goose Up
-- HIST-5: a past day is today folded back by the history: what was done to units, roles, companies
-- and the account since then is found at once, and so is who has gone or held a role that has ended.
CREATE INDEX entry_of_structure ON entry (account_key, kind, at) WHERE subject_key IS NULL OR kind = 'technical.answered';
CREATE INDEX member_gone_by_name ON member (account_key, name_folded, key) WHERE removed_at IS NOT NULL;
CREATE INDEX grant_ended_by_unit ON "grant" (unit_key) WHERE valid_to IS NOT NULL;
CREATE INDEX place_ended_by_unit ON place (unit_key, member_key) WHERE valid_to IS NOT NULL;
CREATE INDEX member_role_ended ON member_role (role_key, member_key) WHERE valid_to IS NOT NULL;
