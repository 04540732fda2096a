-- +goose Up
-- BULK-4: an act on many is a job from its first row. Who asked for it, what is done, how far it is: it goes on from here.
CREATE TABLE bulk_act (
  key INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL CONSTRAINT bulk_act_uuid_unique UNIQUE,
  account_key BIGINT NOT NULL,
  user_key BIGINT NOT NULL, -- who asked; 0 for the command line
  asker TEXT NOT NULL, -- how they came: their rights are asked for again with each chunk
  kind TEXT NOT NULL,
  change TEXT NOT NULL, -- what is set; empty once it is over
  state TEXT NOT NULL CONSTRAINT bulk_act_state_known CHECK (state IN ('running', 'done', 'stopped', 'failed')),
  stopped TEXT NOT NULL, -- the refusal that ended it
  total BIGINT NOT NULL,
  done BIGINT NOT NULL,
  changed BIGINT NOT NULL,
  unchanged BIGINT NOT NULL,
  refused BIGINT NOT NULL,
  invited BIGINT NOT NULL,
  batch TEXT NOT NULL,
  request TEXT NOT NULL, -- the claim of the request behind it (PLAN-3)
  created_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE INDEX bulk_act_by_account ON bulk_act (account_key, created_at);
CREATE INDEX bulk_act_by_age ON bulk_act (created_at);
CREATE UNIQUE INDEX bulk_act_of_request ON bulk_act (request) WHERE request <> '';

-- BULK-4: what is yet to be done, in the pieces that one transaction takes; a piece goes with the transaction that does it.
CREATE TABLE bulk_part (
  act_key BIGINT NOT NULL REFERENCES bulk_act (key),
  part BIGINT NOT NULL,
  items TEXT NOT NULL,
  CONSTRAINT bulk_part_once PRIMARY KEY (act_key, part)
);

-- BULK-3: who was refused, and why.
CREATE TABLE bulk_refusal (
  act_key BIGINT NOT NULL REFERENCES bulk_act (key),
  line BIGINT NOT NULL,
  facts TEXT NOT NULL,
  CONSTRAINT bulk_refusal_line PRIMARY KEY (act_key, line)
);
