package app

import (
	"context"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A CountCheck is what counting an account anew found (LIST-12).
type CountCheck struct {
	Account       directory.AccountID
	Wrong         bool
	Kept, Counted int64 // members
	Units         int   // whose members were kept otherwise
}

// CheckCounts counts the members and waiting requests of the accounts named, or
// of all, and reports how that compares with what is kept (LIST-12). With mend
// what is counted takes the place of what was kept, under the account's lock; no
// history tells of it, since nothing of a customer's directory changes. It is for
// the operator and for staff who read all history.
func (s *Accounts) CheckCounts(ctx context.Context, actor authz.Actor, accounts []directory.AccountID, mend bool, report func(CountCheck) error) error {
	if err := gate.RequireDuty(actor, authz.ReadAllHistory); err != nil {
		s.gate.NoteRefusal(ctx, actor, directory.Installation, err)
		return err
	}
	if len(accounts) == 0 {
		accounts = slices.Clone(actor.Portfolio.Accounts)
	}
	for _, account := range accounts {
		if err := gate.InPortfolio(actor, account); err != nil {
			return err
		}
	}
	if len(accounts) == 0 && !actor.Limited() {
		if err := s.gate.Read(ctx, func(r *store.Reader) (err error) {
			accounts, err = r.LedgerAccounts(ctx)
			return err
		}); err != nil {
			return err
		}
	}
	for _, account := range accounts {
		m, err := s.recount(ctx, account, mend)
		if err != nil {
			return err
		}
		check := CountCheck{Account: account, Wrong: m.Wrong(), Kept: m.Kept.Members(), Counted: m.Counted.Members(), Units: len(m.Homes)}
		if err := report(check); err != nil {
			return err
		}
	}
	return nil
}

// recount counts on a reader first: the lock is taken only where there is
// something to mend.
func (s *Accounts) recount(ctx context.Context, account directory.AccountID, mend bool) (store.Miscount, error) {
	var m store.Miscount
	err := s.gate.Read(ctx, func(r *store.Reader) (err error) {
		m, err = r.Recounted(ctx, account)
		return err
	})
	if err != nil || !mend || !m.Wrong() {
		return m, err
	}
	err = s.gate.Mend(ctx, account, func(tx *store.Tx) (err error) {
		m, err = tx.Recount(ctx, account)
		return err
	})
	return m, err
}
