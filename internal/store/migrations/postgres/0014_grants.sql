-- +goose Up
-- ROLE-7: a member holds a role once at a unit; what was given twice counts once from now on.
UPDATE "grant" SET valid_to = valid_from WHERE valid_to IS NULL AND EXISTS (
  SELECT 1 FROM "grant" o
  WHERE o.member_key = "grant".member_key AND o.role_key = "grant".role_key AND o.unit_key = "grant".unit_key
    AND o.valid_to IS NULL AND o.key < "grant".key
);
CREATE UNIQUE INDEX grant_once ON "grant" (member_key, role_key, unit_key) WHERE valid_to IS NULL;
