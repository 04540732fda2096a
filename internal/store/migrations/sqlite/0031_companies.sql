-- +goose Up
-- LIST-5: members by their company itself, whatever it is called today and while its name still follows in what they sort by.
CREATE INDEX member_of_company ON member (account_key, coalesce(company_key, 0), key) WHERE removed_at IS NULL;

-- COMP-1: how many members a company has, kept with each change. COMP-4: a double that was merged keeps its row and its name,
-- under which what is typed finds the company it went into.
CREATE TABLE company_kept (
  key INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL CONSTRAINT company_uuid_unique UNIQUE,
  account_key BIGINT NOT NULL REFERENCES account (key),
  name TEXT NOT NULL,
  name_folded TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  members BIGINT NOT NULL DEFAULT 0,
  merged_into BIGINT,
  merged_at BIGINT
);
INSERT INTO company_kept (key, uuid, account_key, name, name_folded, created_at, version)
  SELECT key, uuid, account_key, name, name_folded, created_at, version FROM company;
DROP TABLE company;
ALTER TABLE company_kept RENAME TO company;
UPDATE company SET members =
  (SELECT count(*) FROM member m WHERE m.account_key = company.account_key AND coalesce(m.company_key, 0) = company.key AND m.removed_at IS NULL);
CREATE UNIQUE INDEX company_name_unique ON company (account_key, name_folded) WHERE merged_into IS NULL;
CREATE INDEX company_by_name ON company (account_key, name_folded, key);
CREATE INDEX company_by_members ON company (account_key, members, name_folded, key) WHERE merged_into IS NULL;
CREATE INDEX company_merged ON company (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX place_of_company ON place (company_key, key) WHERE company_key IS NOT NULL AND valid_to IS NULL;

-- NODE-5: the version before would write members and not count them at their companies.
UPDATE schema_bearing SET least = 31;
