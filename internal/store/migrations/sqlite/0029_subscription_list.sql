-- +goose Up
-- VEND-1: all customers' subscriptions in the order of their ends, and what pools hand on.
CREATE INDEX subscription_by_last ON subscription (coalesce(ends_at, 9223372036854775807), key);
CREATE INDEX seat_pool_by_parent ON seat_pool (parent_key) WHERE parent_key IS NOT NULL;

-- SEAT-9, MAIL-1: those whose end is still to be told, by how far it is told: what is due is a range for each step.
CREATE INDEX subscription_to_tell ON subscription (noticed, ends_at) WHERE noticed >= 0 AND ends_at IS NOT NULL;
