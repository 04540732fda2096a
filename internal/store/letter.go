package store

import (
	"context"
	"fmt"

	"intendant/internal/directory"
)

// LetterAccounts lists the accounts that have letters waiting to be printed,
// those that wait longest first.
func (r *Reader) LetterAccounts(ctx context.Context, portfolio []directory.AccountID, limit int) ([]directory.AccountID, error) {
	var a args
	query := `SELECT l.account_key FROM letter l JOIN account a ON a.key = l.account_key
		WHERE l.keys_sealed IS NOT NULL AND a.state <> 'closed'` + within(r, "a.key", portfolio, &a) + `
		GROUP BY l.account_key ORDER BY min(l.made_at), l.account_key LIMIT ` + a.add(limit)
	accounts, err := collect(ctx, r, query, a, func(row scanner) (directory.AccountID, error) {
		var key directory.AccountID
		return key, row.Scan(&key)
	})
	if err != nil {
		return nil, fmt.Errorf("list waiting letters: %w", err)
	}
	return accounts, nil
}

// CountLetterAccounts is how many accounts have letters waiting to be printed.
func (r *Reader) CountLetterAccounts(ctx context.Context, portfolio []directory.AccountID) (int64, error) {
	var a args
	query := `SELECT count(DISTINCT l.account_key) FROM letter l JOIN account a ON a.key = l.account_key
		WHERE l.keys_sealed IS NOT NULL AND a.state <> 'closed'` + within(r, "a.key", portfolio, &a)
	n, err := one(ctx, r, query, a, scanInt64)
	if err != nil {
		return 0, fmt.Errorf("count waiting letters: %w", err)
	}
	return n, nil
}

// WipeLetters forgets the sealed keys of letters for good: they were printed or
// shown. A letter that somebody else read meanwhile makes the plan run again
// (KEY-6).
type WipeLetters struct {
	Letters []int64
	By      directory.UserID
}

func (c WipeLetters) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `UPDATE letter SET keys_sealed = NULL, printed_at = ` + a.add(tx.Now) + `, printed_by = ` + a.add(orNull(c.By)) +
		` WHERE keys_sealed IS NOT NULL AND key` + inKeys(tx.Reader, c.Letters, &a)
	n, err := exec(ctx, tx, query, a)
	if err != nil {
		return fmt.Errorf("wipe letters: %w", err)
	}
	if n != int64(len(c.Letters)) {
		return errLostRace
	}
	return nil
}
