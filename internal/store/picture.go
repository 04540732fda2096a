package store

import (
	"context"
	"fmt"

	"intendant/internal/directory"
)

// A PictureKey names a picture: a person's signature, or an account's logo.
type PictureKey struct {
	User    directory.UserID
	Account directory.AccountID
	Purpose string // "signature" or "logo"
}

// Picture reads a picture as PNG; it refuses with picture.not_found.
func (r *Reader) Picture(ctx context.Context, of PictureKey) ([]byte, error) {
	var a args
	query := `SELECT png FROM picture WHERE user_key = ` + a.add(of.User) + ` AND account_key = ` + a.add(of.Account) +
		` AND purpose = ` + a.add(of.Purpose)
	png, err := one(ctx, r, query, a, func(row scanner) (png []byte, err error) { return png, row.Scan(&png) })
	if isNoRows(err) {
		return nil, directory.Refuse(directory.NotFound, "picture.not_found")
	}
	if err != nil {
		return nil, fmt.Errorf("read picture: %w", err)
	}
	return png, nil
}

// PutPicture writes a picture over the one before; without PNG it removes it.
type PutPicture struct {
	PictureKey
	PNG []byte
}

func (c PutPicture) apply(ctx context.Context, tx *Tx) error {
	if len(c.PNG) == 0 {
		var a args
		query := `DELETE FROM picture WHERE user_key = ` + a.add(c.User) + ` AND account_key = ` + a.add(c.Account) +
			` AND purpose = ` + a.add(c.Purpose)
		if _, err := exec(ctx, tx, query, a); err != nil {
			return fmt.Errorf("remove picture: %w", err)
		}
		return nil
	}
	columns := []string{"user_key", "account_key", "purpose", "png", "set_at"}
	row := []any{c.User, c.Account, c.Purpose, c.PNG, tx.Now}
	over := `ON CONFLICT (user_key, account_key, purpose) DO UPDATE SET png = excluded.png, set_at = excluded.set_at`
	if _, err := tx.bulkInsert(ctx, "picture", columns, [][]any{row}, over); err != nil {
		return fmt.Errorf("write picture: %w", err)
	}
	return nil
}
