-- +goose Up
-- USER-8, USER-9: since when an address is proved, who set a provisional password, one form of an address.
ALTER TABLE "user" ADD COLUMN proved_at BIGINT;
ALTER TABLE "user" ADD COLUMN password_by BIGINT NOT NULL DEFAULT 0;

-- An address counts as proved where a mailed link was followed: a registration or a changed address confirmed, or a password that only
-- a link can have set. The rest are asked once.
UPDATE "user" SET proved_at = COALESCE(password_set_at, created_at)
WHERE kind = 'person' AND email <> '' AND erased_at IS NULL AND password_state = 'own' AND (
  key IN (SELECT subject_key FROM entry WHERE kind IN ('user.registered', 'user.email_changed'))
  OR key NOT IN (SELECT subject_key FROM entry WHERE kind IN ('user.password_provisional', 'user.created') AND subject_key IS NOT NULL)
);

-- Plain addresses take their one form here. Those with other letters, and user names that read as another address, are settled by the
-- program once this has run; it empties the table.
CREATE TABLE address_unsettled (
  user_key BIGINT PRIMARY KEY REFERENCES "user" (key)
);
INSERT INTO address_unsettled
SELECT key FROM "user" WHERE kind = 'person' AND erased_at IS NULL AND (email ~ '[^ -~]' OR user_name ~ '[^ -~]' AND user_name LIKE '%@%'
  OR lower(email) LIKE '%xn--%' OR user_name LIKE '%@%' AND lower(user_name) <> lower(email) OR user_name LIKE '%＠%' OR user_name LIKE '%﹫%');
UPDATE "user" SET user_name = lower(email)
WHERE user_name LIKE '%@%' AND user_name <> lower(email) AND key NOT IN (SELECT user_key FROM address_unsettled);
UPDATE "user" SET email = lower(email), email_folded = lower(email)
WHERE email <> lower(email) AND key NOT IN (SELECT user_key FROM address_unsettled);
