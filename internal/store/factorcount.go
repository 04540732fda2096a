package store

import (
	"context"
	"fmt"

	"intendant/internal/directory"
)

// WithoutFactor is how many of an account's active people have no second factor.
type WithoutFactor struct{ Administrators, People int64 }

// WithoutFactor counts an account's active people who have no second factor;
// technical users need none (SIGN-6). Members are counted already (LIST-12), and
// those with a factor or a token are looked up from there: they are fewer.
func (r *Reader) WithoutFactor(ctx context.Context, account directory.AccountID) (WithoutFactor, error) {
	counts, err := r.Counts(ctx, account)
	if err != nil {
		return WithoutFactor{}, err
	}
	var a args
	at, active := a.add(account), a.add(directory.Active)
	place := `m.account_key = ` + at + ` AND m.status = ` + active + ` AND m.removed_at IS NULL`
	query := `SELECT
		(SELECT count(*) FROM technical_user t CROSS JOIN member m WHERE m.user_key = t.user_key AND ` + place + ` AND t.account_key = ` + at + `)
		+ (SELECT count(*) FROM one_time_secret s CROSS JOIN member m WHERE m.user_key = s.user_key AND ` + place + ` AND s.confirmed_at IS NOT NULL),
		(SELECT count(*) FROM role o JOIN member_role h ON h.role_key = o.key AND h.valid_to IS NULL JOIN member m ON m.key = h.member_key AND ` + place + `
			JOIN "user" u ON u.key = m.user_key AND u.kind = 'person'
			WHERE o.account_key = ` + at + ` AND o.kind = 'level' AND o.code = ` + a.add(directory.AdminLevel) + `
			AND NOT EXISTS (SELECT 1 FROM one_time_secret s WHERE s.user_key = m.user_key AND s.confirmed_at IS NOT NULL))`
	found, err := one(ctx, r, query, a, func(row scanner) (WithoutFactor, error) {
		var w WithoutFactor
		var need int64 // none
		err := row.Scan(&need, &w.Administrators)
		w.People = counts.ByStatus[directory.Active] - need
		return w, err
	})
	if err != nil {
		return found, fmt.Errorf("count who has no second factor: %w", err)
	}
	return found, nil
}
