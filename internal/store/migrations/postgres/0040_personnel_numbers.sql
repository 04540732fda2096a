-- +goose Up
-- API-4: programs find people by the number their employer knows them by.
CREATE INDEX member_by_personnel_number ON member (account_key, personnel_number) WHERE personnel_number <> '' AND removed_at IS NULL;

-- BULK-4: what somebody has under way is read with every page of the account.
CREATE INDEX export_running ON export (account_key, user_key) WHERE state = 'running';
