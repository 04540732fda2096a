-- +goose Up
-- Subscriptions and seats were in the schema before anything wrote them.
DROP TABLE seat;
DROP TABLE subscription;

-- SEAT-1, SEAT-10, SEAT-13: the seats of one product, in one edition, that a unit assigns from: bought by subscriptions and
-- allotted from the pool above. What is held of them is counted with each change.
CREATE TABLE seat_pool (
  key BIGINT PRIMARY KEY,
  uuid TEXT NOT NULL CONSTRAINT seat_pool_uuid_unique UNIQUE,
  account_key BIGINT NOT NULL REFERENCES account (key),
  unit_key BIGINT NOT NULL REFERENCES unit (key),
  product TEXT NOT NULL,
  edition TEXT NOT NULL,
  parent_key BIGINT REFERENCES seat_pool (key),
  allotted BIGINT NOT NULL,
  held BIGINT NOT NULL,
  reserved BIGINT NOT NULL, -- of those held: by who has not accepted their place yet
  version BIGINT NOT NULL,
  CONSTRAINT seat_pool_once UNIQUE (unit_key, product, edition),
  CONSTRAINT seat_pool_counts CHECK (allotted >= 0 AND reserved >= 0 AND held >= reserved)
);
CREATE INDEX seat_pool_by_account ON seat_pool (account_key);

-- SEAT-9, SEAT-13: what fills a pool, for a time.
CREATE TABLE subscription (
  key BIGINT PRIMARY KEY,
  uuid TEXT NOT NULL CONSTRAINT subscription_uuid_unique UNIQUE,
  account_key BIGINT NOT NULL REFERENCES account (key),
  pool_key BIGINT NOT NULL REFERENCES seat_pool (key),
  quantity BIGINT NOT NULL CONSTRAINT subscription_of_some CHECK (quantity > 0),
  starts_at BIGINT NOT NULL,
  ends_at BIGINT,
  reference TEXT NOT NULL,
  price_note TEXT NOT NULL,
  external_id TEXT NOT NULL,
  noticed BIGINT NOT NULL, -- days before its end of the last notice; 0: none
  version BIGINT NOT NULL,
  CONSTRAINT subscription_ends_after_start CHECK (ends_at IS NULL OR ends_at > starts_at)
);
CREATE INDEX subscription_by_account ON subscription (account_key);
CREATE INDEX subscription_by_pool ON subscription (pool_key);
CREATE INDEX subscription_by_end ON subscription (ends_at) WHERE ends_at IS NOT NULL;
CREATE UNIQUE INDEX subscription_external_once ON subscription (account_key, external_id) WHERE external_id <> '';

-- HIST-5: what a subscription said from when to when, so that a past day is a query.
CREATE TABLE subscription_term (
  key BIGINT PRIMARY KEY,
  subscription_key BIGINT NOT NULL REFERENCES subscription (key),
  account_key BIGINT NOT NULL,
  pool_key BIGINT NOT NULL,
  quantity BIGINT NOT NULL,
  starts_at BIGINT NOT NULL,
  ends_at BIGINT,
  valid_from BIGINT NOT NULL,
  valid_to BIGINT
);
CREATE INDEX subscription_term_by_account ON subscription_term (account_key);
CREATE INDEX subscription_term_by_subscription ON subscription_term (subscription_key);

-- SEAT-4: one place of a pool, held by one member; nobody holds two of a product.
CREATE TABLE seat (
  key BIGINT PRIMARY KEY,
  account_key BIGINT NOT NULL REFERENCES account (key),
  pool_key BIGINT NOT NULL REFERENCES seat_pool (key),
  member_key BIGINT NOT NULL REFERENCES member (key),
  product TEXT NOT NULL,
  reserved BIGINT NOT NULL,
  given_by BIGINT NOT NULL,
  used_on BIGINT NOT NULL, -- APP-5: the last day its holder used the product, as days since 1970; 0: never
  valid_from BIGINT NOT NULL,
  valid_to BIGINT
);
CREATE INDEX seat_by_member ON seat (member_key);
-- REP-3: what nobody uses is counted in the index alone, for which it holds what it is limited to as well.
CREATE INDEX seat_by_pool ON seat (pool_key, used_on, valid_from, valid_to) WHERE valid_to IS NULL;
CREATE UNIQUE INDEX seat_once ON seat (member_key, product) WHERE valid_to IS NULL;

-- EXT-1, EXT-3: that somebody brings their own, as who says so. It opens use until it ends.
CREATE TABLE external_subscription (
  key BIGINT PRIMARY KEY,
  account_key BIGINT NOT NULL REFERENCES account (key),
  member_key BIGINT NOT NULL REFERENCES member (key),
  product TEXT NOT NULL,
  proof TEXT NOT NULL CONSTRAINT external_proof_known CHECK (proof IN ('claim', 'vendor', 'seat')),
  given_by BIGINT NOT NULL,
  ends_at BIGINT,
  used_on BIGINT NOT NULL, -- as of a seat
  valid_from BIGINT NOT NULL,
  valid_to BIGINT
);
CREATE INDEX external_by_account ON external_subscription (account_key, product) WHERE valid_to IS NULL;
CREATE INDEX external_by_end ON external_subscription (ends_at) WHERE valid_to IS NULL AND ends_at IS NOT NULL;
CREATE INDEX external_by_proof ON external_subscription (proof, key) WHERE valid_to IS NULL;
CREATE UNIQUE INDEX external_once ON external_subscription (member_key, product) WHERE valid_to IS NULL;

-- SEAT-11: whoever has the function, or belongs to the unit or one below it, gets a seat while there are any.
CREATE TABLE seat_rule (
  key BIGINT PRIMARY KEY,
  uuid TEXT NOT NULL CONSTRAINT seat_rule_uuid_unique UNIQUE,
  account_key BIGINT NOT NULL REFERENCES account (key),
  product TEXT NOT NULL,
  edition TEXT NOT NULL,
  role_key BIGINT REFERENCES role (key),
  unit_key BIGINT REFERENCES unit (key),
  made_by BIGINT NOT NULL,
  valid_from BIGINT NOT NULL,
  valid_to BIGINT,
  CONSTRAINT seat_rule_of_one CHECK ((role_key IS NULL) <> (unit_key IS NULL))
);
CREATE INDEX seat_rule_by_account ON seat_rule (account_key) WHERE valid_to IS NULL;

-- SEAT-1, REP-3: how many seats of a pool were held at the end of a day (UTC, as days since 1970) on which that changed.
CREATE TABLE seat_day (
  pool_key BIGINT NOT NULL REFERENCES seat_pool (key),
  day BIGINT NOT NULL,
  held BIGINT NOT NULL,
  CONSTRAINT seat_day_once PRIMARY KEY (pool_key, day)
);

-- NODE-5: the version before would end places and not count what they held.
UPDATE schema_bearing SET least = 26;
