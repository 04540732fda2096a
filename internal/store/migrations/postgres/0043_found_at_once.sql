-- +goose Up
-- HIST-1: what was typed to sign in is found in the log without reading all of it; MAIL-3: and at a start the newest second factors, to try the secret on.
CREATE INDEX access_log_by_name ON access_log (lower(name), key) WHERE name <> '';
CREATE INDEX one_time_secret_newest ON one_time_secret (created_at) WHERE secret_sealed IS NOT NULL;
