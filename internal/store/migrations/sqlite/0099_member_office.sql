-- +goose Up
-- USER-6: where a member is found.
ALTER TABLE member ADD COLUMN office TEXT NOT NULL DEFAULT '';
