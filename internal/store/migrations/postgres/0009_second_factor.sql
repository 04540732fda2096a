-- +goose Up
-- SIGN-6: what a person's authenticator shares with the installation, sealed for this row; pending is one being set up.
CREATE TABLE one_time_secret (
  user_key BIGINT PRIMARY KEY REFERENCES "user" (key),
  secret_sealed BYTEA,
  confirmed_at BIGINT,
  last_step BIGINT NOT NULL,
  pending_sealed BYTEA,
  begun_at BIGINT,
  created_at BIGINT NOT NULL
);

-- SIGN-6: codes on paper for who has lost the authenticator, each good once.
CREATE TABLE recovery_code (
  user_key BIGINT NOT NULL REFERENCES "user" (key),
  digest BYTEA NOT NULL,
  used_at BIGINT,
  PRIMARY KEY (user_key, digest)
);

-- VEND-3: the accounts a member of the vendor's staff looks after; none means all.
CREATE TABLE portfolio (
  user_key BIGINT NOT NULL REFERENCES "user" (key),
  account_key BIGINT NOT NULL REFERENCES account (key),
  PRIMARY KEY (user_key, account_key)
);
CREATE INDEX portfolio_by_account ON portfolio (account_key);

-- A session may open nothing but the second page of the sign-in, or the set-up of the second factor.
ALTER TABLE session DROP CONSTRAINT session_purpose_known;
ALTER TABLE session ADD CONSTRAINT session_purpose_known CHECK (purpose IN ('full', 'password', 'factor', 'enrol'));
