-- +goose Up
-- SIGN-6: what a person's authenticator shares with the installation, sealed for this row; pending is one being set up.
CREATE TABLE one_time_secret (
  user_key INTEGER PRIMARY KEY REFERENCES "user" (key),
  secret_sealed BLOB,
  confirmed_at BIGINT,
  last_step BIGINT NOT NULL,
  pending_sealed BLOB,
  begun_at BIGINT,
  created_at BIGINT NOT NULL
);

-- SIGN-6: codes on paper for who has lost the authenticator, each good once.
CREATE TABLE recovery_code (
  user_key BIGINT NOT NULL REFERENCES "user" (key),
  digest BLOB NOT NULL,
  used_at BIGINT,
  PRIMARY KEY (user_key, digest)
) WITHOUT ROWID;

-- VEND-3: the accounts a member of the vendor's staff looks after; none means all.
CREATE TABLE portfolio (
  user_key BIGINT NOT NULL REFERENCES "user" (key),
  account_key BIGINT NOT NULL REFERENCES account (key),
  PRIMARY KEY (user_key, account_key)
) WITHOUT ROWID;
CREATE INDEX portfolio_by_account ON portfolio (account_key);

-- A session may open nothing but the second page of the sign-in, or the set-up of the second factor.
CREATE TABLE session_next (
  digest BLOB PRIMARY KEY,
  uuid TEXT NOT NULL CONSTRAINT session_uuid_unique UNIQUE,
  user_key BIGINT NOT NULL REFERENCES "user" (key),
  purpose TEXT NOT NULL CONSTRAINT session_purpose_known CHECK (purpose IN ('full', 'password', 'factor', 'enrol')),
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  agent TEXT NOT NULL,
  address TEXT NOT NULL,
  entry_key BIGINT
);
INSERT INTO session_next (digest, uuid, user_key, purpose, created_at, seen_at, expires_at, agent, address, entry_key)
  SELECT digest, uuid, user_key, purpose, created_at, seen_at, expires_at, agent, address, entry_key FROM session;
DROP TABLE session;
ALTER TABLE session_next RENAME TO session;
CREATE INDEX session_by_user ON session (user_key);
CREATE INDEX session_by_end ON session (expires_at);
