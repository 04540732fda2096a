-- +goose Up
-- BULK-3: an act also keeps who was found as they should be, so that its result tells of everybody.
ALTER TABLE bulk_refusal ADD COLUMN outcome TEXT NOT NULL DEFAULT 'refused' CONSTRAINT bulk_refusal_outcome_known CHECK (outcome IN ('refused', 'unchanged'));

-- BULK-4: what somebody has under way is read with every page of the account; there is little of it at any time.
CREATE INDEX bulk_act_running ON bulk_act (account_key, user_key) WHERE state = 'running';
CREATE INDEX import_running ON import (account_key, user_key) WHERE state = 'running';
