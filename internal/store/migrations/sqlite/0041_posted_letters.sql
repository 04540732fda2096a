-- +goose Up
-- KEY-6: what was printed can be printed again until somebody says that the letter was posted.
ALTER TABLE letter ADD COLUMN posted_at BIGINT;
ALTER TABLE letter ADD COLUMN posted_by BIGINT;
