-- One row for each account, locked by whoever changes the account: its next
-- row number, its change sequence and the head of its history chain.
-- +goose Up
CREATE TABLE ledger (
  account_key BIGINT NOT NULL PRIMARY KEY,
  next_number BIGINT NOT NULL CONSTRAINT ledger_number_fits CHECK (next_number BETWEEN 1 AND 4294967296),
  sequence    BIGINT NOT NULL,
  entries     BIGINT NOT NULL,
  head        BYTEA  NOT NULL,
  CONSTRAINT ledger_account_fits CHECK (account_key BETWEEN 0 AND 2147483647)
) WITH (fillfactor = 50);
INSERT INTO ledger (account_key, next_number, sequence, entries, head) VALUES (0, 1, 0, 0, '');
