-- +goose Up
-- ADD-3, PROJ-8: whom of the account a pasted address is of, where people are brought into a project.
ALTER TABLE draft_row ADD COLUMN known_key BIGINT;

-- NODE-5: the version before would stop a run that brings people into a project.
UPDATE schema_bearing SET least = 34;
