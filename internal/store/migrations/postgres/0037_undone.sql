-- +goose Up
-- PLAN-2: which entries of history were undone, and by which: the first entry that the undo wrote about it.
CREATE TABLE undone (
  account_key BIGINT NOT NULL REFERENCES ledger (account_key),
  n BIGINT NOT NULL,
  by_n BIGINT NOT NULL,
  batch TEXT NOT NULL, -- of the entry that was undone
  CONSTRAINT undone_once PRIMARY KEY (account_key, n)
);
CREATE INDEX undone_by ON undone (account_key, by_n);
CREATE INDEX undone_of_act ON undone (account_key, batch, by_n) WHERE batch <> '';
