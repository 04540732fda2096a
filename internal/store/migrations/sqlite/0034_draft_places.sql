-- +goose Up
-- ADD-3, PROJ-8: whom of the account a pasted address is of, where people are brought into a project.
ALTER TABLE draft_row ADD COLUMN known_key BIGINT;

-- NODE-5: the version before would bring those who are to come into a project into the account alone.
UPDATE schema_bearing SET least = 34;
