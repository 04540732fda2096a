-- +goose Up
-- LIST-1: the members' table sorts by the last sign-in, those who never came first.
CREATE INDEX member_by_seen ON member (account_key, coalesce(last_seen_at, 0), key) WHERE removed_at IS NULL;
-- LIST-5, HIST-2: who sees a part of the tree finds its members without walking through the whole account.
CREATE INDEX member_by_unit ON member (account_key, unit_key) WHERE removed_at IS NULL;
