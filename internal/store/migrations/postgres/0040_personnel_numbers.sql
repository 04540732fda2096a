-- +goose Up
-- API-4: programs find people by the number their employer knows them by.
CREATE INDEX member_by_personnel_number ON member (account_key, personnel_number) WHERE personnel_number <> '' AND removed_at IS NULL;
