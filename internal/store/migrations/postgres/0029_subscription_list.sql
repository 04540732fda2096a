-- +goose Up
-- VEND-1: all customers' subscriptions in the order of their ends, and what pools hand on.
CREATE INDEX subscription_by_last ON subscription (coalesce(ends_at, 9223372036854775807), key);
CREATE INDEX seat_pool_by_parent ON seat_pool (parent_key) WHERE parent_key IS NOT NULL;

-- SEAT-9: those whose end is still to be announced, or to be told once it is past.
CREATE INDEX subscription_to_tell ON subscription (ends_at) WHERE ends_at IS NOT NULL AND noticed >= 0;
