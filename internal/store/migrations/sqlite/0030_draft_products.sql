-- +goose Up
-- ADD-3, ADD-4: products chosen for pasted addresses, as offers separated by commas, and whether by hand.
ALTER TABLE draft_row ADD COLUMN products TEXT NOT NULL DEFAULT '';
ALTER TABLE draft_row ADD COLUMN products_own BOOLEAN NOT NULL DEFAULT FALSE;
