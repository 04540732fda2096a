-- +goose Up
-- ADD-13: where a run goes on after a crash, and when the file was checked. ADD-1: pasted addresses while they wait.
ALTER TABLE import ADD COLUMN last_line BIGINT NOT NULL DEFAULT 0;
ALTER TABLE import ADD COLUMN invited BIGINT NOT NULL DEFAULT 0;
ALTER TABLE import ADD COLUMN checked_at BIGINT;
CREATE INDEX import_by_age ON import (created_at);
CREATE INDEX import_row_by_outcome ON import_row (import_key, outcome, line);

CREATE TABLE draft_row (
  import_key BIGINT NOT NULL REFERENCES import (key),
  line BIGINT NOT NULL,
  email TEXT NOT NULL,
  email_folded TEXT NOT NULL COLLATE "C",
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  company TEXT NOT NULL,
  function TEXT NOT NULL,
  level TEXT NOT NULL,
  level_own BOOLEAN NOT NULL,
  member_key BIGINT,
  CONSTRAINT draft_row_line PRIMARY KEY (import_key, line),
  CONSTRAINT draft_row_address_once UNIQUE (import_key, email_folded)
);
