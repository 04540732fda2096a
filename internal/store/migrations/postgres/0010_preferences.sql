-- +goose Up
-- PREF-1: what a member set for the vendor's products, or somebody set for them; a member's, since units are one account's.
CREATE TABLE preference (
  member_key BIGINT NOT NULL REFERENCES member (key),
  id TEXT NOT NULL,
  value TEXT NOT NULL,
  set_by BIGINT NOT NULL,
  set_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  CONSTRAINT preference_once PRIMARY KEY (member_key, id)
);
