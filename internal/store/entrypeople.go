package store

import (
	"context"
	"fmt"
	"strings"

	"intendant/internal/directory"
)

// PeopleCalled finds who a text may mean in an account's history: a user's
// UUID, a user name or address, a part of a member's name or address, past
// members too, or of a name of the vendor's staff. For the installation, which
// has no members, a user name or address may be cut short. It answers at most
// limit users, and an empty list, never nil, when it means nobody.
func (r *Reader) PeopleCalled(ctx context.Context, account directory.AccountID, text string, limit int) ([]directory.UserID, error) {
	folded := directory.Fold(text)
	if folded == "" {
		return []directory.UserID{}, nil
	}
	people, err := r.staffCalled(ctx, folded)
	if err != nil {
		return nil, err
	}
	upTo := folded
	if account == directory.Installation {
		upTo += "\U0010FFFF"
	}
	var a args
	query := `
		SELECT key FROM "user" WHERE uuid = ` + a.add(folded) + `
		UNION SELECT user_key FROM sign_in_name WHERE folded >= ` + a.add(folded) + ` AND folded <= ` + a.add(upTo)
	if account != directory.Installation {
		query += ` UNION SELECT user_key FROM member WHERE account_key = ` + a.add(account) +
			` AND search LIKE ` + a.add("%"+escapeLike(folded)+"%") + ` ESCAPE '\'`
	}
	found, err := collect(ctx, r, `SELECT key FROM (`+query+`) called ORDER BY key LIMIT `+a.add(limit), a,
		func(row scanner) (id directory.UserID, err error) { return id, row.Scan(&id) })
	if err != nil {
		return nil, fmt.Errorf("find people: %w", err)
	}
	return append(people, found...), nil
}

// staffCalled finds the vendor's staff and applications by a part of the name,
// ended ones too. They are few: the names are folded here.
func (r *Reader) staffCalled(ctx context.Context, folded string) ([]directory.UserID, error) {
	people := []directory.UserID{}
	err := each(ctx, r, `SELECT key, first_name, last_name FROM "user" WHERE staff <> '' OR key IN (SELECT user_key FROM application)`, nil, func(row scanner) error {
		var id directory.UserID
		var first, last string
		if err := row.Scan(&id, &first, &last); err != nil {
			return err
		}
		if strings.Contains(directory.Fold(first+" "+last+" "+first), folded) {
			people = append(people, id)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("find staff: %w", err)
	}
	return people, nil
}
