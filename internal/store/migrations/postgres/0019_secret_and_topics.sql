-- +goose Up
-- SIGN-6, MAIL-3: by what the installation's secret is told from another; it opens nothing. One row, none before the first start.
CREATE TABLE secret_mark (
  one BIGINT PRIMARY KEY CONSTRAINT secret_mark_one CHECK (one = 1),
  mark BYTEA NOT NULL,
  at BIGINT NOT NULL
);

-- MAIL-5: of what state a mail tells, empty if of none; at most one of a topic waits for a reader.
ALTER TABLE mail ADD COLUMN topic TEXT NOT NULL DEFAULT '';
CREATE INDEX mail_waiting_about ON mail (topic, address) WHERE state = 'waiting' AND topic <> '';
