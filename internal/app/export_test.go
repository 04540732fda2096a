package app

import (
	"context"

	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Index asks the resident index of an account.
func (a *App) Index(ctx context.Context, account directory.AccountID, ask func(*authz.Index) error) error {
	return a.Checks.index(ctx, account, ask)
}

// Rights are what somebody may do as the database says it.
func (a *App) Rights(ctx context.Context, actor authz.Actor, account directory.AccountID) (authz.Rights, error) {
	var rights authz.Rights
	err := a.Checks.db.View(ctx, func(r *store.Reader) (err error) {
		rights, err = a.Checks.rights(ctx, r, actor, account)
		return err
	})
	return rights, err
}
