-- +goose Up
-- HIST-5: what somebody held on a past day and has no more is found by whose it was.
CREATE INDEX place_role_ended_of_member ON place_role (member_key) WHERE valid_to IS NOT NULL;
CREATE INDEX place_role_ended_there ON place_role (unit_key) WHERE valid_to IS NOT NULL;
CREATE INDEX external_ended_of_member ON external_subscription (member_key) WHERE valid_to IS NOT NULL;
