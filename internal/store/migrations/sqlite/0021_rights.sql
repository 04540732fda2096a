-- +goose Up
-- SIGN-5: what a token may open at most, as its maker granted it. Of tokens made before it is not known: they are limited by
-- who answers for them only.
ALTER TABLE api_token ADD COLUMN scope TEXT;
