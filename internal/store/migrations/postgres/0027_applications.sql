-- +goose Up
-- APP-1: an application is a program of the vendor's own. It acts as a user without name or address to sign in by, sees the
-- accounts of its portfolio, or all, and is a member of none.
CREATE TABLE application (
  user_key BIGINT PRIMARY KEY REFERENCES "user" (key),
  product TEXT NOT NULL,
  rights TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by BIGINT NOT NULL,
  ended_at BIGINT
);

-- APP-2: of its secrets only digests are kept.
CREATE TABLE credential (
  key BIGINT PRIMARY KEY,
  uuid TEXT NOT NULL CONSTRAINT credential_uuid_unique UNIQUE,
  user_key BIGINT NOT NULL REFERENCES application (user_key),
  digest BYTEA NOT NULL CONSTRAINT credential_digest_unique UNIQUE,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  revoked_at BIGINT,
  last_used_at BIGINT,
  last_refused_at BIGINT,
  CONSTRAINT credential_ends CHECK (expires_at > created_at)
);
CREATE INDEX credential_by_application ON credential (user_key);

-- APP-4: the vendor's programs call an account by an id of their own.
ALTER TABLE account ADD COLUMN external_id TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX account_external_once ON account (external_id) WHERE external_id <> '';

-- APP-1, VEND-3: whether vendor staff or an application see all accounts is said; those of a portfolio whose accounts are all
-- gone see none. An account that goes leaves the portfolios it is in.
ALTER TABLE "user" ADD COLUMN all_accounts BOOLEAN NOT NULL DEFAULT TRUE;
UPDATE "user" SET all_accounts = FALSE WHERE key IN (SELECT user_key FROM portfolio);
ALTER TABLE portfolio DROP CONSTRAINT portfolio_account_key_fkey;
ALTER TABLE portfolio ADD CONSTRAINT portfolio_account_key_fkey FOREIGN KEY (account_key) REFERENCES account (key) ON DELETE CASCADE;
