-- SEAT-7, HIST-5: who looks after the contract of a unit: one referent, and deputies. Rows keep from and to.
-- +goose Up
CREATE TABLE referent (
  key INTEGER PRIMARY KEY,
  account_key BIGINT NOT NULL REFERENCES account (key),
  unit_key BIGINT NOT NULL REFERENCES unit (key),
  member_key BIGINT NOT NULL REFERENCES member (key),
  part TEXT NOT NULL CONSTRAINT referent_part_known CHECK (part IN ('referent', 'deputy')),
  named_by BIGINT NOT NULL, -- 0: nobody, as before this table, or the command line
  valid_from BIGINT NOT NULL,
  valid_to BIGINT
);
CREATE UNIQUE INDEX referent_one ON referent (unit_key) WHERE part = 'referent' AND valid_to IS NULL;
CREATE UNIQUE INDEX referent_once ON referent (unit_key, member_key) WHERE valid_to IS NULL;
CREATE INDEX referent_of_member ON referent (member_key) WHERE valid_to IS NULL;

-- ACC-2: whoever was an account's referent is the referent of its root. Every account gives a number for the row, so
-- that nobody takes the same one meanwhile.
UPDATE ledger SET next_number = next_number + 1 WHERE account_key <> 0;
INSERT INTO referent (key, account_key, unit_key, member_key, part, named_by, valid_from, valid_to)
  SELECT a.key * 4294967296 + l.next_number - 1, a.key, a.root_key, m.key, 'referent', 0,
    CASE WHEN m.added_at > a.created_at THEN m.added_at ELSE a.created_at END, NULL
  FROM account a
  JOIN ledger l ON l.account_key = a.key
  JOIN member m ON m.account_key = a.key AND m.user_key = a.referent_key AND m.removed_at IS NULL;
UPDATE account SET referent_key = NULL WHERE referent_key IS NOT NULL; -- kept empty: the table above says it

-- SEAT-8: invoices, which the vendor puts there. What is withdrawn keeps its row and loses its content.
CREATE TABLE contract_document (
  key INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL CONSTRAINT contract_document_uuid_unique UNIQUE,
  account_key BIGINT NOT NULL REFERENCES account (key),
  unit_key BIGINT NOT NULL REFERENCES unit (key),
  number TEXT NOT NULL,
  issued_on TEXT NOT NULL, -- a day, as 2026-03-02
  amount TEXT NOT NULL,
  file_name TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  added_by BIGINT NOT NULL,
  added_at BIGINT NOT NULL,
  withdrawn_by BIGINT,
  withdrawn_at BIGINT
);
CREATE INDEX contract_document_newest ON contract_document (account_key, issued_on, key) WHERE withdrawn_at IS NULL;
CREATE UNIQUE INDEX contract_document_number_once ON contract_document (account_key, number) WHERE withdrawn_at IS NULL;

-- A document's content in parts, read one after the other: no more of it is held than is being sent.
CREATE TABLE contract_document_part (
  document_key BIGINT NOT NULL REFERENCES contract_document (key),
  part BIGINT NOT NULL,
  content BLOB NOT NULL,
  CONSTRAINT contract_document_part_once PRIMARY KEY (document_key, part)
);

-- NODE-5: the version before reads and writes who is referent elsewhere.
UPDATE schema_bearing SET least = 28;
