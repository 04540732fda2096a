-- +goose Up
-- LIST-3, SEAT-4: what members sort by in the column of products changes with every
-- seat. It stands beside their rows, in one of its own by the same key for each who is
-- not removed, so that seats leave the rows of members and their indexes alone. Keys and
-- index are made once it is filled, all at once, and it is looked at, since lists are
-- planned by that.
CREATE TABLE member_products (
  key BIGINT NOT NULL,
  account_key BIGINT NOT NULL,
  products_folded TEXT NOT NULL COLLATE "C",
  name_folded TEXT NOT NULL COLLATE "C"
);
INSERT INTO member_products (key, account_key, products_folded, name_folded)
SELECT key, account_key, products_folded, name_folded FROM member WHERE removed_at IS NULL ORDER BY key;
ALTER TABLE member_products ADD PRIMARY KEY (key), ADD FOREIGN KEY (key) REFERENCES member (key);
CREATE INDEX member_products_in_order ON member_products (account_key, products_folded, name_folded, key);
DROP INDEX member_by_products;
ALTER TABLE member DROP COLUMN products_folded;

-- NODE-5: the version before writes the column that is gone.
UPDATE schema_bearing SET least = 45;
ANALYZE member_products;
