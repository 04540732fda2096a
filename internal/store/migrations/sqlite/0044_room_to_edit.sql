-- +goose Up
-- SQLite changes a row where it stands, and the indexes of changed columns alone.
SELECT 1;
