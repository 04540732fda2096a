package store

import (
	"context"
	"fmt"
	"time"

	"intendant/internal/directory"
)

// settleAtOnce is how many people one transaction of settleAddresses takes.
const settleAtOnce = 200

// settleAddresses brings the addresses of a database made before into their one
// form, where SQL cannot, and lets user names that read as another address follow
// their person's (USER-9). What has no form, or has become somebody else's, stays
// as it is written and counts as unproved. It may run any number of times and
// goes on where it was stopped.
func (db *DB) settleAddresses(ctx context.Context) error {
	for settled := settleAtOnce; settled == settleAtOnce; {
		err := db.Write(ctx, func(tx *Tx) error {
			var a args
			query := `SELECT ` + userColumns + ` FROM address_unsettled s JOIN "user" u ON u.key = s.user_key ORDER BY s.user_key` + atMost(settleAtOnce)
			users, err := collect(ctx, tx.Reader, query, a, scanUser)
			if err != nil {
				return err
			}
			for _, u := range users {
				if err := tx.settleAddress(ctx, u); err != nil {
					return err
				}
			}
			settled = len(users)
			return nil
		})
		if err != nil {
			return fmt.Errorf("settle addresses: %w", err)
		}
	}
	return nil
}

func (tx *Tx) settleAddress(ctx context.Context, u directory.User) error {
	proved := u.Proved
	form, refusal := directory.CleanEmail("email", u.Email)
	if refusal != nil {
		form, proved = u.Email, time.Time{}
	}
	after := u
	after.Readdress(form)
	after.Proved = proved
	taken, err := tx.UsersByAddress(ctx, []string{form})
	if err != nil {
		return err
	}
	if other, found := taken[directory.FoldEmail(form)]; found && other.ID != u.ID {
		err = tx.yieldAddress(ctx, u)
	} else {
		err = (UpdateUser{after}).apply(ctx, tx)
	}
	if err != nil {
		return err
	}
	var a args
	if _, err := exec(ctx, tx, `DELETE FROM address_unsettled WHERE user_key = `+a.add(u.ID), a); err != nil {
		return fmt.Errorf("settle address: %w", err)
	}
	return nil
}

// yieldAddress leaves the address to who has it in its form already: the user
// signs in by a name that is no address, and has proved nothing.
func (tx *Tx) yieldAddress(ctx context.Context, u directory.User) error {
	if directory.ReadsAsAddress(u.UserName) {
		u.UserName = u.UUID
	}
	name := directory.FoldSignIn(u.UserName)
	var a args
	query := `UPDATE "user" SET user_name = ` + a.add(u.UserName) + `, proved_at = NULL, version = version + 1 WHERE key = ` + a.add(u.ID)
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("yield address: %w", err)
	}
	a = nil
	if _, err := exec(ctx, tx, `DELETE FROM sign_in_name WHERE user_key = `+a.add(u.ID), a); err != nil {
		return fmt.Errorf("yield address: %w", err)
	}
	return tx.takeNames(ctx, [][]any{{name, u.ID}})
}
