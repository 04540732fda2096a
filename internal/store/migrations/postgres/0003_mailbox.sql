-- +goose Up
-- MAIL-3: what would have been sent, where no mail server is used. Links are whole here.
CREATE TABLE mailbox_message (
  mail_key BIGINT PRIMARY KEY,
  address TEXT NOT NULL,
  subject TEXT NOT NULL,
  html TEXT NOT NULL,
  text TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX mailbox_message_by_age ON mailbox_message (at, mail_key);

-- MAIL-2, MAIL-4: workers take single mails before those of acts on many, and count what went in the last hour.
CREATE INDEX mail_due_single ON mail (due_at, key) WHERE state = 'waiting' AND batch = '';
CREATE INDEX mail_leased ON mail (leased_until) WHERE state = 'waiting' AND leased_until IS NOT NULL;
CREATE INDEX mail_sent_for ON mail (account_key, sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX mail_sent_to ON mail (address, sent_at) WHERE sent_at IS NOT NULL;
-- The console lists mails newest first, all or of one state.
CREATE INDEX mail_by_age ON mail (created_at, key);
DROP INDEX mail_by_state;
CREATE INDEX mail_by_state ON mail (state, created_at, key);

-- A job that has begun no longer stands for what is asked after it: the next of its name waits behind it.
DROP INDEX job_one_waiting;
CREATE UNIQUE INDEX job_one_waiting ON job (unique_name) WHERE state = 'waiting' AND unique_name <> '' AND leased_until IS NULL;
CREATE INDEX job_begun ON job (unique_name) WHERE state = 'waiting' AND unique_name <> '' AND leased_until IS NOT NULL;
CREATE INDEX job_ended ON job (ended_at) WHERE ended_at IS NOT NULL;

-- HIST-2: the vendor reads the histories of all accounts as one, newest first.
CREATE INDEX entry_by_age ON entry (at, account_key, n);
