-- +goose Up
-- The directory: accounts and their people, what lets people in, mail, jobs and history.
-- Times are microseconds UTC. Keys are account << 32 | number. Columns *_folded serve search and sort.

CREATE TABLE "user" (
  key BIGINT PRIMARY KEY,
  uuid TEXT NOT NULL CONSTRAINT user_uuid_unique UNIQUE,
  kind TEXT NOT NULL CONSTRAINT user_kind_known CHECK (kind IN ('person', 'technical')),
  user_name TEXT NOT NULL,
  email TEXT NOT NULL,
  email_folded TEXT NOT NULL COLLATE "C",
  civility TEXT NOT NULL,
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  language TEXT NOT NULL,
  phone TEXT NOT NULL,
  staff TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  password_state TEXT NOT NULL CONSTRAINT user_password_state_known CHECK (password_state IN ('none', 'provisional', 'own')),
  password_set_at BIGINT,
  renewal_told_at BIGINT,
  switched_off_at BIGINT,
  erased_at BIGINT,
  last_sign_in_at BIGINT,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);

-- USER-3: one namespace for user names and addresses.
CREATE TABLE sign_in_name (
  folded TEXT COLLATE "C" PRIMARY KEY,
  user_key BIGINT NOT NULL REFERENCES "user" (key)
);
CREATE INDEX sign_in_name_user ON sign_in_name (user_key);

CREATE TABLE picture (
  user_key BIGINT NOT NULL,
  account_key BIGINT NOT NULL,
  purpose TEXT NOT NULL CONSTRAINT picture_purpose_known CHECK (purpose IN ('signature', 'logo')),
  png BYTEA NOT NULL,
  set_at BIGINT NOT NULL,
  CONSTRAINT picture_one PRIMARY KEY (user_key, account_key, purpose)
);

CREATE TABLE account (
  key BIGINT PRIMARY KEY REFERENCES ledger (account_key),
  uuid TEXT NOT NULL CONSTRAINT account_uuid_unique UNIQUE,
  number TEXT NOT NULL,
  number_folded TEXT NOT NULL COLLATE "C" CONSTRAINT account_number_unique UNIQUE,
  name TEXT NOT NULL,
  name_folded TEXT NOT NULL COLLATE "C",
  type TEXT NOT NULL,
  service_level TEXT NOT NULL,
  state TEXT NOT NULL CONSTRAINT account_state_known CHECK (state IN ('open', 'suspended', 'closed')),
  street TEXT NOT NULL,
  postal_code TEXT NOT NULL,
  city TEXT NOT NULL,
  country TEXT NOT NULL,
  contact_name TEXT NOT NULL,
  contact_email TEXT NOT NULL,
  language TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  root_key BIGINT NOT NULL,
  referent_key BIGINT REFERENCES "user" (key),
  contract_ends_at BIGINT,
  claimed_at BIGINT,
  settings TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX account_name ON account (name_folded, key);

-- ACC-12: a number that was changed is remembered and never given to another account.
CREATE TABLE account_former_number (
  number_folded TEXT COLLATE "C" PRIMARY KEY,
  account_key BIGINT NOT NULL REFERENCES account (key),
  until_at BIGINT NOT NULL
);

CREATE TABLE unit (
  key BIGINT PRIMARY KEY,
  uuid TEXT NOT NULL CONSTRAINT unit_uuid_unique UNIQUE,
  account_key BIGINT NOT NULL REFERENCES account (key),
  parent_key BIGINT REFERENCES unit (key),
  level TEXT NOT NULL,
  name TEXT NOT NULL,
  name_folded TEXT NOT NULL COLLATE "C",
  archived_at BIGINT,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX unit_parent ON unit (parent_key);
CREATE INDEX unit_account ON unit (account_key, name_folded, key);

CREATE TABLE company (
  key BIGINT PRIMARY KEY,
  uuid TEXT NOT NULL CONSTRAINT company_uuid_unique UNIQUE,
  account_key BIGINT NOT NULL REFERENCES account (key),
  name TEXT NOT NULL,
  name_folded TEXT NOT NULL COLLATE "C",
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  CONSTRAINT company_name_unique UNIQUE (account_key, name_folded)
);

CREATE TABLE role (
  key BIGINT PRIMARY KEY,
  uuid TEXT NOT NULL CONSTRAINT role_uuid_unique UNIQUE,
  account_key BIGINT NOT NULL REFERENCES account (key),
  kind TEXT NOT NULL CONSTRAINT role_kind_known CHECK (kind IN ('function', 'level', 'rights')),
  code TEXT NOT NULL,
  place TEXT NOT NULL CONSTRAINT role_place_known CHECK (place IN ('account', 'project', 'both')),
  names TEXT NOT NULL,
  sort_folded TEXT NOT NULL COLLATE "C",
  permissions TEXT NOT NULL,
  default_level TEXT NOT NULL,
  default_products TEXT NOT NULL,
  proposed BOOLEAN NOT NULL,
  shipped BOOLEAN NOT NULL,
  changed_by_account BOOLEAN NOT NULL,
  archived_at BIGINT,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  CONSTRAINT role_code_unique UNIQUE (account_key, kind, code)
);

CREATE TABLE member (
  key BIGINT PRIMARY KEY,
  uuid TEXT NOT NULL CONSTRAINT member_uuid_unique UNIQUE,
  account_key BIGINT NOT NULL REFERENCES account (key),
  user_key BIGINT NOT NULL REFERENCES "user" (key),
  unit_key BIGINT NOT NULL,
  status SMALLINT NOT NULL CONSTRAINT member_status_known CHECK (status BETWEEN 1 AND 4),
  resumes SMALLINT NOT NULL,
  company_key BIGINT,
  level_key BIGINT,
  functions TEXT NOT NULL,
  phone TEXT NOT NULL,
  job_title TEXT NOT NULL,
  personnel_number TEXT NOT NULL,
  suggested_first_name TEXT NOT NULL,
  suggested_last_name TEXT NOT NULL,
  name_folded TEXT NOT NULL COLLATE "C",
  first_folded TEXT NOT NULL COLLATE "C",
  user_name_folded TEXT NOT NULL COLLATE "C",
  email_folded TEXT NOT NULL COLLATE "C",
  company_folded TEXT NOT NULL COLLATE "C",
  functions_folded TEXT NOT NULL COLLATE "C",
  level_folded TEXT NOT NULL COLLATE "C",
  products_folded TEXT NOT NULL COLLATE "C",
  search TEXT NOT NULL COLLATE "C",
  added_at BIGINT NOT NULL,
  last_seen_at BIGINT,
  ends_at BIGINT,
  removed_at BIGINT,
  version BIGINT NOT NULL,
  CONSTRAINT member_once_per_account UNIQUE (user_key, account_key)
);
CREATE INDEX member_by_name ON member (account_key, name_folded, key) WHERE removed_at IS NULL;
CREATE INDEX member_by_email ON member (account_key, email_folded, key) WHERE removed_at IS NULL;
CREATE INDEX member_by_status ON member (account_key, status, name_folded, key) WHERE removed_at IS NULL;
CREATE INDEX member_by_company ON member (account_key, company_folded, name_folded, key) WHERE removed_at IS NULL;
CREATE INDEX member_by_functions ON member (account_key, functions_folded, name_folded, key) WHERE removed_at IS NULL;
CREATE INDEX member_by_level ON member (account_key, level_folded, name_folded, key) WHERE removed_at IS NULL;
CREATE INDEX member_by_products ON member (account_key, products_folded, name_folded, key) WHERE removed_at IS NULL;
CREATE INDEX member_by_added ON member (account_key, added_at, key) WHERE removed_at IS NULL;
CREATE INDEX member_by_end ON member (ends_at) WHERE ends_at IS NOT NULL AND removed_at IS NULL;

-- HIST-5: which functions and level a member held in the account, from and to.
CREATE TABLE member_role (
  member_key BIGINT NOT NULL REFERENCES member (key),
  role_key BIGINT NOT NULL REFERENCES role (key),
  valid_from BIGINT NOT NULL,
  valid_to BIGINT,
  CONSTRAINT member_role_once PRIMARY KEY (member_key, role_key, valid_from)
);
CREATE INDEX member_role_holders ON member_role (role_key, member_key) WHERE valid_to IS NULL;

CREATE TABLE place (
  key BIGINT PRIMARY KEY,
  account_key BIGINT NOT NULL REFERENCES account (key),
  member_key BIGINT NOT NULL REFERENCES member (key),
  unit_key BIGINT NOT NULL REFERENCES unit (key),
  company_key BIGINT,
  level_key BIGINT,
  functions TEXT NOT NULL,
  products TEXT NOT NULL,
  status SMALLINT NOT NULL,
  valid_from BIGINT NOT NULL,
  valid_to BIGINT
);
CREATE INDEX place_by_unit ON place (unit_key, member_key);
CREATE INDEX place_by_member ON place (member_key);

CREATE TABLE "grant" (
  key BIGINT PRIMARY KEY,
  account_key BIGINT NOT NULL REFERENCES account (key),
  member_key BIGINT NOT NULL REFERENCES member (key),
  role_key BIGINT NOT NULL REFERENCES role (key),
  unit_key BIGINT NOT NULL REFERENCES unit (key),
  given_by BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  valid_to BIGINT
);
CREATE INDEX grant_by_member ON "grant" (member_key);
CREATE INDEX grant_by_unit ON "grant" (unit_key) WHERE valid_to IS NULL;

CREATE TABLE subscription (
  key BIGINT PRIMARY KEY,
  account_key BIGINT NOT NULL REFERENCES account (key),
  unit_key BIGINT NOT NULL,
  product TEXT NOT NULL,
  bought BIGINT NOT NULL,
  taken BIGINT NOT NULL,
  starts_at BIGINT NOT NULL,
  ends_at BIGINT,
  version BIGINT NOT NULL,
  CONSTRAINT subscription_ends_after_start CHECK (ends_at IS NULL OR ends_at > starts_at)
);
CREATE INDEX subscription_by_account ON subscription (account_key);

CREATE TABLE seat (
  key BIGINT PRIMARY KEY,
  account_key BIGINT NOT NULL REFERENCES account (key),
  subscription_key BIGINT NOT NULL REFERENCES subscription (key),
  member_key BIGINT NOT NULL REFERENCES member (key),
  product TEXT NOT NULL,
  valid_from BIGINT NOT NULL,
  valid_to BIGINT
);
CREATE INDEX seat_by_member ON seat (member_key);
CREATE INDEX seat_by_subscription ON seat (subscription_key) WHERE valid_to IS NULL;

-- KEY-6: digests only.
CREATE TABLE admin_key (
  key BIGINT PRIMARY KEY,
  uuid TEXT NOT NULL CONSTRAINT admin_key_uuid_unique UNIQUE,
  account_key BIGINT NOT NULL REFERENCES account (key),
  ordinal BIGINT NOT NULL,
  digest BYTEA NOT NULL,
  state TEXT NOT NULL CONSTRAINT admin_key_state_known CHECK (state IN ('unused', 'used', 'revoked')),
  made_at BIGINT NOT NULL,
  made_by BIGINT NOT NULL,
  ended_at BIGINT,
  ended_by BIGINT,
  reason TEXT NOT NULL,
  CONSTRAINT admin_key_digest_unique UNIQUE (account_key, digest)
);

-- The keys of a letter that was not printed yet, sealed; wiped when it is read once.
CREATE TABLE letter (
  key BIGINT PRIMARY KEY,
  account_key BIGINT NOT NULL REFERENCES account (key),
  keys_sealed BYTEA,
  keys_count BIGINT NOT NULL,
  made_at BIGINT NOT NULL,
  made_by BIGINT NOT NULL,
  printed_at BIGINT,
  printed_by BIGINT
);
CREATE INDEX letter_by_account ON letter (account_key);
CREATE INDEX letter_waiting ON letter (made_at) WHERE keys_sealed IS NOT NULL;

-- KEY-9, KEY-14: tries count per customer number, whether it exists or not.
CREATE TABLE key_count (
  number_folded TEXT COLLATE "C" PRIMARY KEY,
  tries BIGINT NOT NULL,
  locked_at BIGINT,
  locked_by BIGINT
);
CREATE TABLE key_try (
  key BIGINT PRIMARY KEY,
  number_folded TEXT NOT NULL COLLATE "C",
  user_key BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX key_try_by_number ON key_try (number_folded, at);
CREATE INDEX key_try_by_user ON key_try (user_key, at);

CREATE TABLE key_request (
  key BIGINT PRIMARY KEY,
  uuid TEXT NOT NULL CONSTRAINT key_request_uuid_unique UNIQUE,
  account_key BIGINT,
  number TEXT NOT NULL,
  number_folded TEXT NOT NULL COLLATE "C",
  user_key BIGINT NOT NULL,
  message TEXT NOT NULL,
  state TEXT NOT NULL CONSTRAINT key_request_state_known CHECK (state IN ('waiting', 'answered', 'refused')),
  created_at BIGINT NOT NULL,
  decided_at BIGINT,
  decided_by BIGINT,
  answer TEXT NOT NULL
);
CREATE INDEX key_request_waiting ON key_request (created_at) WHERE state = 'waiting';

-- JOIN-1; account_key stays empty for a number nobody has (KEY-14).
CREATE TABLE join_request (
  key BIGINT PRIMARY KEY,
  uuid TEXT NOT NULL CONSTRAINT join_request_uuid_unique UNIQUE,
  account_key BIGINT,
  number TEXT NOT NULL,
  number_folded TEXT NOT NULL COLLATE "C",
  user_key BIGINT NOT NULL REFERENCES "user" (key),
  message TEXT NOT NULL,
  state TEXT NOT NULL CONSTRAINT join_request_state_known CHECK (state IN ('waiting', 'approved', 'rejected', 'withdrawn', 'lapsed', 'closed')),
  reason TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  decided_at BIGINT,
  decided_by BIGINT
);
CREATE UNIQUE INDEX join_request_one_open ON join_request (user_key, number_folded) WHERE state = 'waiting';
CREATE INDEX join_request_by_account ON join_request (account_key, state, created_at);
CREATE INDEX join_request_by_user ON join_request (user_key, created_at);
CREATE INDEX join_request_by_age ON join_request (created_at) WHERE state = 'waiting';

CREATE TABLE join_block (
  account_key BIGINT NOT NULL REFERENCES account (key),
  user_key BIGINT NOT NULL REFERENCES "user" (key),
  at BIGINT NOT NULL,
  blocked_by BIGINT NOT NULL,
  CONSTRAINT join_block_once PRIMARY KEY (account_key, user_key)
);

-- JOIN-7, USER-1: a mail domain is an account's only once it is verified.
CREATE TABLE domain (
  account_key BIGINT NOT NULL REFERENCES account (key),
  name TEXT NOT NULL COLLATE "C",
  token TEXT NOT NULL,
  auto_approve BOOLEAN NOT NULL,
  added_at BIGINT NOT NULL,
  verified_at BIGINT,
  CONSTRAINT domain_once PRIMARY KEY (account_key, name)
);
CREATE UNIQUE INDEX domain_verified_once ON domain (name) WHERE verified_at IS NOT NULL;

CREATE TABLE invitation (
  key BIGINT PRIMARY KEY,
  account_key BIGINT NOT NULL REFERENCES account (key),
  member_key BIGINT NOT NULL REFERENCES member (key),
  user_key BIGINT NOT NULL,
  digest BYTEA NOT NULL CONSTRAINT invitation_digest_unique UNIQUE,
  state TEXT NOT NULL CONSTRAINT invitation_state_known CHECK (state IN ('open', 'accepted', 'withdrawn', 'replaced')),
  created_at BIGINT NOT NULL,
  created_by BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE UNIQUE INDEX invitation_one_open ON invitation (member_key) WHERE state = 'open';
CREATE INDEX invitation_by_user ON invitation (user_key);

-- A self-registration until its address is confirmed (SIGN-4); only then a user exists.
CREATE TABLE registration (
  digest BYTEA PRIMARY KEY,
  email TEXT NOT NULL,
  email_folded TEXT NOT NULL COLLATE "C",
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  language TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  number TEXT NOT NULL,
  message TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX registration_by_email ON registration (email_folded);
CREATE INDEX registration_by_end ON registration (expires_at);

-- Mailed single-use links other than invitations: password reset, new address.
CREATE TABLE mailed_link (
  digest BYTEA PRIMARY KEY,
  purpose TEXT NOT NULL CONSTRAINT mailed_link_purpose_known CHECK (purpose IN ('password', 'email')),
  user_key BIGINT NOT NULL REFERENCES "user" (key),
  email TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX mailed_link_by_user ON mailed_link (user_key);

CREATE TABLE session (
  digest BYTEA PRIMARY KEY,
  uuid TEXT NOT NULL CONSTRAINT session_uuid_unique UNIQUE,
  user_key BIGINT NOT NULL REFERENCES "user" (key),
  purpose TEXT NOT NULL CONSTRAINT session_purpose_known CHECK (purpose IN ('full', 'password')),
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  agent TEXT NOT NULL,
  address TEXT NOT NULL,
  entry_key BIGINT
);
CREATE INDEX session_by_user ON session (user_key);
CREATE INDEX session_by_end ON session (expires_at);

-- VEND-2: a member of the vendor's staff inside an account, with the reason, for 60 minutes.
CREATE TABLE staff_entry (
  key BIGINT PRIMARY KEY,
  account_key BIGINT NOT NULL REFERENCES account (key),
  user_key BIGINT NOT NULL REFERENCES "user" (key),
  reason TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  left_at BIGINT
);
CREATE INDEX staff_entry_by_account ON staff_entry (account_key, created_at);

-- How often something was asked since a moment: sign-in, key entry, mails (SIGN-6, KEY-14, MAIL-4).
CREATE TABLE throttle (
  scope TEXT NOT NULL,
  subject TEXT NOT NULL COLLATE "C",
  since BIGINT NOT NULL,
  count BIGINT NOT NULL,
  CONSTRAINT throttle_once PRIMARY KEY (scope, subject)
);
CREATE INDEX throttle_by_age ON throttle (since);

-- HIST-1: sign-ins and refused attempts, apart from the history.
CREATE TABLE access_log (
  key BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_key BIGINT,
  account_key BIGINT,
  name TEXT NOT NULL,
  outcome TEXT NOT NULL,
  address TEXT NOT NULL,
  agent TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX access_log_by_user ON access_log (user_key, at);
CREATE INDEX access_log_by_age ON access_log (at);

-- MAIL-2: a mail is a row of the transaction that causes it.
CREATE TABLE mail (
  key BIGINT PRIMARY KEY,
  account_key BIGINT,
  user_key BIGINT,
  address TEXT NOT NULL,
  kind TEXT NOT NULL,
  language TEXT NOT NULL,
  facts TEXT NOT NULL,
  path TEXT NOT NULL,
  secret_sealed BYTEA,
  batch TEXT NOT NULL,
  state TEXT NOT NULL CONSTRAINT mail_state_known CHECK (state IN ('waiting', 'sent', 'bounced', 'dead', 'withdrawn')),
  tries BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  leased_until BIGINT,
  last_error TEXT NOT NULL,
  message_id TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  sent_at BIGINT
);
CREATE INDEX mail_due ON mail (due_at, key) WHERE state = 'waiting';
CREATE INDEX mail_by_state ON mail (state, key);
CREATE INDEX mail_by_account ON mail (account_key, key);
CREATE INDEX mail_by_user ON mail (user_key, key);
CREATE INDEX mail_by_address ON mail (address, created_at);

CREATE TABLE job (
  key BIGINT PRIMARY KEY,
  account_key BIGINT,
  kind TEXT NOT NULL,
  subject BIGINT NOT NULL,
  facts TEXT NOT NULL,
  unique_name TEXT NOT NULL,
  state TEXT NOT NULL CONSTRAINT job_state_known CHECK (state IN ('waiting', 'done', 'dead')),
  tries BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  leased_until BIGINT,
  last_error TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE INDEX job_due ON job (due_at, key) WHERE state = 'waiting';
CREATE UNIQUE INDEX job_one_waiting ON job (unique_name) WHERE state = 'waiting' AND unique_name <> '';

-- ADD-13: an import from file to result; rows are counted in the transaction that writes them.
CREATE TABLE import (
  key BIGINT PRIMARY KEY,
  uuid TEXT NOT NULL CONSTRAINT import_uuid_unique UNIQUE,
  account_key BIGINT NOT NULL,
  user_key BIGINT NOT NULL,
  noun TEXT NOT NULL CONSTRAINT import_noun_known CHECK (noun IN ('members', 'accounts')),
  file_name TEXT NOT NULL,
  format TEXT NOT NULL,
  choices TEXT NOT NULL,
  state TEXT NOT NULL CONSTRAINT import_state_known CHECK (state IN ('draft', 'running', 'done', 'stopped')),
  total BIGINT NOT NULL,
  done BIGINT NOT NULL,
  added BIGINT NOT NULL,
  changed BIGINT NOT NULL,
  faulty BIGINT NOT NULL,
  unchanged BIGINT NOT NULL,
  batch TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  started_at BIGINT,
  ended_at BIGINT
);
CREATE INDEX import_by_account ON import (account_key, created_at);
CREATE TABLE import_file (
  import_key BIGINT NOT NULL REFERENCES import (key),
  part BIGINT NOT NULL,
  bytes BYTEA NOT NULL,
  CONSTRAINT import_file_part PRIMARY KEY (import_key, part)
);
CREATE TABLE import_row (
  import_key BIGINT NOT NULL REFERENCES import (key),
  line BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  subject BIGINT,
  facts TEXT NOT NULL,
  CONSTRAINT import_row_line PRIMARY KEY (import_key, line)
);

-- The catalogues that were applied, newest last.
CREATE TABLE catalogue (
  version BIGINT PRIMARY KEY,
  text TEXT NOT NULL,
  applied_at BIGINT NOT NULL,
  applied_by BIGINT NOT NULL
);

-- HIST-3: entries form a chain over ids, kinds and salted digests; personal values and their salt can be erased.
CREATE TABLE entry (
  account_key BIGINT NOT NULL REFERENCES ledger (account_key),
  n BIGINT NOT NULL,
  at BIGINT NOT NULL,
  batch TEXT NOT NULL,
  actor_key BIGINT,
  actor_kind TEXT NOT NULL,
  staff_entry_key BIGINT,
  door TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject_key BIGINT,
  unit_key BIGINT,
  object_key BIGINT,
  facts TEXT NOT NULL,
  salt BYTEA,
  personal TEXT,
  digest BYTEA NOT NULL,
  hash BYTEA NOT NULL,
  CONSTRAINT entry_in_order PRIMARY KEY (account_key, n)
);
CREATE INDEX entry_by_subject ON entry (subject_key, account_key, n);
CREATE INDEX entry_by_actor ON entry (actor_key, account_key, n);
CREATE INDEX entry_by_batch ON entry (batch) WHERE batch <> '';
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;
-- LIST-4: the trigram index of the members' search text, within one account.
CREATE INDEX member_search ON member USING gin (account_key, search gin_trgm_ops) WHERE removed_at IS NULL;
-- HIST-3: no entry is changed or removed from within; only personal values can be erased.
-- +goose StatementBegin
CREATE FUNCTION entry_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.personal IS NULL AND NEW.salt IS NULL
     AND (NEW.account_key, NEW.n, NEW.at, NEW.batch, NEW.actor_kind, NEW.door, NEW.kind, NEW.facts, NEW.digest, NEW.hash)
       = (OLD.account_key, OLD.n, OLD.at, OLD.batch, OLD.actor_kind, OLD.door, OLD.kind, OLD.facts, OLD.digest, OLD.hash)
     AND (NEW.actor_key, NEW.staff_entry_key, NEW.subject_key, NEW.unit_key, NEW.object_key)
       IS NOT DISTINCT FROM (OLD.actor_key, OLD.staff_entry_key, OLD.subject_key, OLD.unit_key, OLD.object_key) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'history entries are kept' USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_kept';
END $$;
-- +goose StatementEnd
CREATE TRIGGER entry_keeps BEFORE UPDATE OR DELETE ON entry FOR EACH ROW EXECUTE FUNCTION entry_keeps();
