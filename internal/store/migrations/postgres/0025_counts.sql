-- +goose Up
-- LIST-12: how many members of each status an account has, and how many requests wait, kept with each change.
ALTER TABLE ledger ADD COLUMN members_active BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ledger ADD COLUMN members_invited BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ledger ADD COLUMN members_not_invited BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ledger ADD COLUMN members_inactive BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ledger ADD COLUMN requests_waiting BIGINT NOT NULL DEFAULT 0;
UPDATE ledger SET
  members_active = (SELECT count(*) FROM member m WHERE m.account_key = ledger.account_key AND m.status = 1 AND m.removed_at IS NULL),
  members_invited = (SELECT count(*) FROM member m WHERE m.account_key = ledger.account_key AND m.status = 2 AND m.removed_at IS NULL),
  members_not_invited = (SELECT count(*) FROM member m WHERE m.account_key = ledger.account_key AND m.status = 3 AND m.removed_at IS NULL),
  members_inactive = (SELECT count(*) FROM member m WHERE m.account_key = ledger.account_key AND m.status = 4 AND m.removed_at IS NULL),
  requests_waiting = (SELECT count(*) FROM join_request j WHERE j.account_key = ledger.account_key AND j.state = 'waiting');

-- LIST-12: how many members each home unit has, without those below.
CREATE TABLE home_count (
  account_key BIGINT NOT NULL REFERENCES ledger (account_key),
  unit_key BIGINT NOT NULL REFERENCES unit (key),
  members BIGINT NOT NULL,
  CONSTRAINT home_count_once PRIMARY KEY (account_key, unit_key)
);
INSERT INTO home_count (account_key, unit_key, members)
SELECT account_key, unit_key, count(*) FROM member WHERE removed_at IS NULL GROUP BY account_key, unit_key;

-- NODE-5: the version before would write members and not count them.
UPDATE schema_bearing SET least = 25;
