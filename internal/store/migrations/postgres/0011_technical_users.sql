-- +goose Up
-- SIGN-5: technical users use the API only, by tokens of which only a digest is kept, and have a person who answers for them.
CREATE TABLE technical_user (
  user_key BIGINT PRIMARY KEY REFERENCES "user" (key),
  account_key BIGINT NOT NULL REFERENCES account (key),
  purpose TEXT NOT NULL,
  responsible_key BIGINT NOT NULL REFERENCES "user" (key),
  responsible_since BIGINT NOT NULL
);
CREATE INDEX technical_user_by_account ON technical_user (account_key);
CREATE INDEX technical_user_by_responsible ON technical_user (responsible_key);

CREATE TABLE api_token (
  key BIGINT PRIMARY KEY,
  uuid TEXT NOT NULL CONSTRAINT api_token_uuid_unique UNIQUE,
  account_key BIGINT NOT NULL REFERENCES account (key),
  user_key BIGINT NOT NULL REFERENCES technical_user (user_key),
  digest BYTEA NOT NULL CONSTRAINT api_token_digest_unique UNIQUE,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  revoked_at BIGINT,
  last_used_at BIGINT,
  last_refused_at BIGINT,
  CONSTRAINT api_token_ends CHECK (expires_at > created_at)
);
CREATE INDEX api_token_by_user ON api_token (user_key);

-- PLAN-3: a request with the same key does nothing twice. What was answered is kept for a day.
CREATE TABLE repeatable (
  user_key BIGINT NOT NULL REFERENCES "user" (key),
  name TEXT NOT NULL,
  account_key BIGINT NOT NULL,
  route TEXT NOT NULL,
  digest BYTEA NOT NULL,
  holder TEXT NOT NULL CONSTRAINT repeatable_holder_unique UNIQUE,
  state TEXT NOT NULL CONSTRAINT repeatable_state_known CHECK (state IN ('begun', 'applied', 'answered')),
  asked TEXT NOT NULL,
  status BIGINT NOT NULL,
  answer TEXT NOT NULL,
  begun_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  CONSTRAINT repeatable_once PRIMARY KEY (user_key, name)
);
CREATE INDEX repeatable_by_age ON repeatable (expires_at);
