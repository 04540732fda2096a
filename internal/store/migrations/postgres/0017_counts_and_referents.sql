-- KEY-9: tries count for the account where a number typed, of today or before, leads to one; counts kept under former numbers move.
-- +goose Up
INSERT INTO key_count (number_folded, tries, locked_at, locked_by)
  SELECT a.number_folded, max(k.tries), min(k.locked_at), max(k.locked_by)
  FROM key_count k
  JOIN account_former_number f ON f.number_folded = k.number_folded
  JOIN account a ON a.key = f.account_key
  WHERE k.tries > 0 OR k.locked_at IS NOT NULL
  GROUP BY a.number_folded
  ON CONFLICT (number_folded) DO UPDATE SET
    tries = CASE WHEN excluded.tries > key_count.tries THEN excluded.tries ELSE key_count.tries END,
    locked_at = coalesce(key_count.locked_at, excluded.locked_at),
    locked_by = coalesce(key_count.locked_by, excluded.locked_by);
DELETE FROM key_count WHERE number_folded IN (SELECT number_folded FROM account_former_number);

-- ACC-9: whoever has no place in the account is not its referent any more.
UPDATE account SET referent_key = NULL
  WHERE referent_key IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM member m WHERE m.account_key = account.key AND m.user_key = account.referent_key AND m.removed_at IS NULL);
