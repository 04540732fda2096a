-- +goose Up
-- ACC-13: how many members of each status an account had at the end of a day (UTC, as days since 1970) on which that changed.
CREATE TABLE account_day (
  account_key BIGINT NOT NULL REFERENCES account (key),
  day BIGINT NOT NULL,
  members_active BIGINT NOT NULL,
  members_invited BIGINT NOT NULL,
  members_not_invited BIGINT NOT NULL,
  members_inactive BIGINT NOT NULL,
  CONSTRAINT account_day_once PRIMARY KEY (account_key, day)
);
INSERT INTO account_day SELECT account_key, CAST(extract(epoch FROM now()) AS BIGINT) / 86400, members_active, members_invited, members_not_invited, members_inactive
FROM ledger WHERE members_active + members_invited + members_not_invited + members_inactive > 0;

-- NODE-5: the version before would move members and not keep what there were of them that day.
UPDATE schema_bearing SET least = 32;
