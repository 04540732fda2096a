-- +goose Up
-- HIST-6: an act on many is one line of the history; its entries share a batch.
CREATE TABLE act (
  account_key BIGINT NOT NULL REFERENCES ledger (account_key),
  batch TEXT NOT NULL,
  first_n BIGINT NOT NULL,
  last_n BIGINT NOT NULL,
  first_at BIGINT NOT NULL,
  entries BIGINT NOT NULL,
  subject_key BIGINT, -- the person, when it is about one only
  CONSTRAINT act_once PRIMARY KEY (account_key, batch)
);
CREATE UNIQUE INDEX act_in_order ON act (account_key, first_n);
CREATE INDEX act_by_age ON act (first_at, account_key, first_n);
CREATE INDEX act_by_batch ON act (batch, first_at, account_key);

-- HIST-6: how many of each kind an act has.
CREATE TABLE act_kind (
  account_key BIGINT NOT NULL,
  batch TEXT NOT NULL,
  kind TEXT NOT NULL,
  entries BIGINT NOT NULL,
  CONSTRAINT act_kind_once PRIMARY KEY (account_key, batch, kind),
  CONSTRAINT act_kind_of_act FOREIGN KEY (account_key, batch) REFERENCES act (account_key, batch)
);
CREATE INDEX act_kind_by_batch ON act_kind (batch, kind);

-- HIST-6: what was done outside an act on many, in the order of the chain and of time.
CREATE INDEX entry_alone ON entry (account_key, n) WHERE batch = '';
CREATE INDEX entry_alone_by_age ON entry (at, account_key, n) WHERE batch = '';

-- The acts of the entries written until now.
INSERT INTO act (account_key, batch, first_n, last_n, first_at, entries, subject_key)
SELECT account_key, batch, min(n), max(n), min(at), count(*),
  CASE WHEN min(subject_key) = max(subject_key) THEN min(subject_key) END
FROM entry
WHERE batch <> ''
GROUP BY account_key, batch;
INSERT INTO act_kind (account_key, batch, kind, entries)
SELECT account_key, batch, kind, count(*) FROM entry WHERE batch <> '' GROUP BY account_key, batch, kind;
