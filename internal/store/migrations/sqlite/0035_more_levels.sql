-- +goose Up
-- ADD-8: a member may hold several access levels at once; level_key is the first, these are the others.
ALTER TABLE member ADD COLUMN more_levels TEXT NOT NULL DEFAULT '[]';

-- NODE-5: the version before would lose them when it writes a member.
UPDATE schema_bearing SET least = 35;
