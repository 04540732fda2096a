-- +goose Up
-- REP-2: a table that somebody asked for, from its first row on a job. Who asked, for what, how far it is, until when its file is kept.
CREATE TABLE export (
  key INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL CONSTRAINT export_uuid_unique UNIQUE,
  account_key BIGINT NOT NULL,
  user_key BIGINT NOT NULL, -- who asked; 0 for the command line
  asker TEXT NOT NULL, -- how they came: their rights are asked for again with each part that is read
  kind TEXT NOT NULL,
  format TEXT NOT NULL CONSTRAINT export_format_known CHECK (format IN ('csv', 'xlsx')),
  over_key BIGINT NOT NULL, -- the project whose members it has; 0: the account
  reach TEXT NOT NULL, -- the units in whose sight it was asked for; empty: all
  asked TEXT NOT NULL, -- filter and sort
  columns TEXT NOT NULL,
  language TEXT NOT NULL,
  zone TEXT NOT NULL,
  state TEXT NOT NULL CONSTRAINT export_state_known CHECK (state IN ('running', 'done', 'stopped', 'failed')),
  stopped TEXT NOT NULL, -- the refusal that ended it
  run BIGINT NOT NULL, -- how often it was begun
  done BIGINT NOT NULL,
  total BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  parts BIGINT NOT NULL,
  batch TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  ended_at BIGINT,
  expires_at BIGINT NOT NULL
);
CREATE INDEX export_by_account ON export (account_key, created_at);
CREATE INDEX export_by_end ON export (expires_at);

-- REP-2: its file in pieces, each written by a transaction of its own. Those of a run that was cut off are dropped.
CREATE TABLE export_part (
  export_key BIGINT NOT NULL REFERENCES export (key),
  run BIGINT NOT NULL,
  part BIGINT NOT NULL,
  content BLOB NOT NULL,
  CONSTRAINT export_part_once PRIMARY KEY (export_key, run, part)
);
