package contracts

import (
	"context"
	"time"

	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A SubscriptionLine is one subscription as a contract's page shows it.
type SubscriptionLine struct {
	Unit       directory.Unit // that holds it
	Offer      directory.Offer
	Quantity   int64
	Start, End time.Time // the end is zero where it goes on
	Over       bool      // it has ended
	Reference  string    // the vendor's
}

// Subscriptions reads the subscriptions that units hold, for who looks after
// their contracts.
type Subscriptions func(ctx context.Context, r *store.Reader, account directory.AccountID, units []directory.UnitID) ([]SubscriptionLine, error)

// A Page is the contract as its referents and deputies see it (SEAT-8).
type Page struct {
	Account       directory.Account
	Units         []UnitContract // those the reader is named for, in tree order
	Subscriptions []SubscriptionLine
	Documents     Documents
}

// Page shows somebody the contracts they look after: those of the units they are
// referent or deputy of, and of the units below these. Skip is how many documents
// come before those of the page. It refuses with denied.contract whoever looks
// after none, administrators too (ACC-9), and with account.not_found whoever does
// not belong to the account.
func (s *Contracts) Page(ctx context.Context, actor authz.Actor, account directory.AccountID, skip int) (Page, error) {
	var page Page
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		h, err := holdOf(ctx, r, actor, rights, account)
		if err != nil {
			return err
		}
		if len(h.parts) == 0 {
			return directory.Refuse(directory.Denied, "denied.contract")
		}
		if page.Account, err = r.Account(ctx, account); err != nil {
			return err
		}
		var under []directory.UnitID
		var named []directory.Unit
		t := rights.Tree()
		for _, u := range t.Units() {
			if !h.looksAfter(u.ID) {
				continue
			}
			under = append(under, u.ID)
			if h.isNamed(u.ID) {
				named = append(named, u)
			}
		}
		if page.Units, err = h.contractsOf(ctx, r, named); err != nil {
			return err
		}
		if s.subscriptions != nil {
			if page.Subscriptions, err = s.subscriptions(ctx, r, account, under); err != nil {
				return err
			}
		}
		page.Documents, err = documents(ctx, r, t, store.DocumentList{Account: account, Units: under, All: h.looksAfter(t.Root())}, DocumentWindow{Skip: skip})
		return err
	})
	return page, err
}
