-- +goose Up
-- PROJ-1: what only projects have, beside the unit that each is. How many members it has is kept with each change; the name
-- and whether it is archived are the unit's, so that lists are sought and sorted in one table.
CREATE TABLE project (
  unit_key INTEGER PRIMARY KEY REFERENCES unit (key),
  account_key BIGINT NOT NULL REFERENCES account (key),
  name_folded TEXT NOT NULL,
  archived_at BIGINT,
  number TEXT NOT NULL,
  number_folded TEXT NOT NULL,
  type_key BIGINT,
  address TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  starts_day BIGINT,
  ends_day BIGINT,
  products TEXT NOT NULL,
  members BIGINT NOT NULL DEFAULT 0,
  version BIGINT NOT NULL
);
CREATE UNIQUE INDEX project_number_unique ON project (account_key, number_folded) WHERE number_folded <> '';
CREATE INDEX project_by_name ON project (account_key, name_folded, unit_key);

-- The account's own list of types of projects.
CREATE TABLE project_type (
  key INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL CONSTRAINT project_type_uuid_unique UNIQUE,
  account_key BIGINT NOT NULL REFERENCES account (key),
  name TEXT NOT NULL,
  name_folded TEXT NOT NULL,
  archived_at BIGINT,
  version BIGINT NOT NULL,
  CONSTRAINT project_type_name_unique UNIQUE (account_key, name_folded)
);

-- PROJ-9: what new projects can begin with: products, and members with their roles.
CREATE TABLE project_template (
  key INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL CONSTRAINT project_template_uuid_unique UNIQUE,
  account_key BIGINT NOT NULL REFERENCES account (key),
  name TEXT NOT NULL,
  name_folded TEXT NOT NULL,
  type_key BIGINT,
  products TEXT NOT NULL,
  archived_at BIGINT,
  version BIGINT NOT NULL,
  CONSTRAINT project_template_name_unique UNIQUE (account_key, name_folded)
);
CREATE TABLE template_place (
  template_key BIGINT NOT NULL REFERENCES project_template (key),
  member_key BIGINT NOT NULL REFERENCES member (key),
  company_key BIGINT,
  level_key BIGINT,
  functions TEXT NOT NULL,
  access TEXT NOT NULL,
  CONSTRAINT template_place_once PRIMARY KEY (template_key, member_key)
) WITHOUT ROWID;

-- A place is one row from and to (HIST-5); one is open per member and project.
CREATE TABLE place_kept (
  key INTEGER PRIMARY KEY,
  account_key BIGINT NOT NULL REFERENCES account (key),
  member_key BIGINT NOT NULL REFERENCES member (key),
  unit_key BIGINT NOT NULL REFERENCES unit (key),
  company_key BIGINT,
  level_key BIGINT,
  functions TEXT NOT NULL,
  access TEXT NOT NULL,
  valid_from BIGINT NOT NULL,
  valid_to BIGINT
);
INSERT INTO place_kept SELECT key, account_key, member_key, unit_key, company_key, level_key, functions, '{}', valid_from, valid_to
  FROM place p WHERE valid_to IS NOT NULL
    OR key = (SELECT min(o.key) FROM place o WHERE o.unit_key = p.unit_key AND o.member_key = p.member_key AND o.valid_to IS NULL);
DROP TABLE place;
ALTER TABLE place_kept RENAME TO place;
CREATE UNIQUE INDEX place_open ON place (unit_key, member_key) WHERE valid_to IS NULL;
-- PROJ-2: who works in a project for which company, counted and listed without the rows. (Two indexes, so that PostgreSQL,
-- before it has figures, looks no member up by either.)
CREATE INDEX place_in_company ON place (unit_key, company_key, member_key, valid_to) WHERE valid_to IS NULL AND company_key IS NOT NULL;
CREATE INDEX place_without_company ON place (unit_key, member_key, valid_to) WHERE valid_to IS NULL AND company_key IS NULL;
CREATE INDEX place_by_member ON place (member_key, valid_to, unit_key);
CREATE INDEX place_of_company ON place (company_key, key) WHERE company_key IS NOT NULL AND valid_to IS NULL;
-- ROLE-1: the roles that places give, each held in its project.
CREATE TABLE place_role (
  place_key BIGINT NOT NULL REFERENCES place (key),
  role_key BIGINT NOT NULL REFERENCES role (key),
  member_key BIGINT NOT NULL,
  unit_key BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  valid_to BIGINT,
  CONSTRAINT place_role_once PRIMARY KEY (place_key, role_key)
) WITHOUT ROWID;
-- One reading of an index (valid_to stands in it, since SQLite would read the rows for it) says what somebody in thousands of projects holds, another who holds a role in a project.
CREATE INDEX place_role_of_member ON place_role (member_key, role_key, unit_key, valid_from, valid_to) WHERE valid_to IS NULL;
CREATE INDEX place_role_there ON place_role (unit_key, role_key, member_key, valid_to) WHERE valid_to IS NULL;
CREATE INDEX place_role_holders ON place_role (role_key, member_key) WHERE valid_to IS NULL;
INSERT INTO place_role SELECT key, level_key, member_key, unit_key, valid_from, valid_to FROM place WHERE level_key IS NOT NULL;
INSERT INTO place_role SELECT DISTINCT p.key, o.key, p.member_key, p.unit_key, p.valid_from, p.valid_to
  FROM place p, json_each(p.functions) f JOIN role o ON o.key = f.value WHERE o.key IS NOT p.level_key;
INSERT INTO project (unit_key, account_key, name_folded, archived_at, number, number_folded, address, time_zone, products, members, version)
  SELECT u.key, u.account_key, u.name_folded, u.archived_at, '', '', '', coalesce(a.time_zone, 'UTC'), '[]',
    (SELECT count(*) FROM place p WHERE p.unit_key = u.key AND p.valid_to IS NULL), 1
  FROM unit u JOIN account a ON a.key = u.account_key WHERE EXISTS (SELECT 1 FROM place p WHERE p.unit_key = u.key);

-- NODE-5: the version before would write places otherwise.
UPDATE schema_bearing SET least = 33;
