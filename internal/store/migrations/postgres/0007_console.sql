-- +goose Up
-- ACC-12: why an account is suspended or closed; its administrators see it.
ALTER TABLE account ADD COLUMN state_reason TEXT NOT NULL DEFAULT '';

-- VEND-1: what a customer is found by in the console: name, numbers and contact, folded.
ALTER TABLE account ADD COLUMN search TEXT NOT NULL DEFAULT '';
UPDATE account SET search = name_folded || ' ' || number_folded || ' ' || lower(contact_name) || ' ' || lower(contact_email);

-- The console counts and lists what waits or is in trouble over all accounts.
CREATE INDEX key_count_locked ON key_count (locked_at) WHERE locked_at IS NOT NULL;
CREATE INDEX key_request_by_user ON key_request (user_key, created_at);
CREATE INDEX key_request_by_account ON key_request (account_key, created_at);
CREATE INDEX account_former_number_of ON account_former_number (account_key);
CREATE INDEX user_staff ON "user" (key) WHERE staff <> '';
