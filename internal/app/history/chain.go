package history

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Break says what is wrong with a chain of history.
type Break string

// Message is the key of the break's sentence, which takes N.
func (b Break) Message() string { return "history.break." + string(b) }

// An entry was changed, or does not follow from the one before; an entry is
// missing; the last ones are.
const (
	Whole        Break = ""
	EntryChanged Break = "changed"
	EntryMissing Break = "missing"
	EndMissing   Break = "end"
)

// A ChainCheck is what verifying one account's history found. N is the first
// entry that is not as it was written.
type ChainCheck struct {
	Account directory.AccountID
	Entries int64
	Break   Break
	N       int64
}

// errBroken ends the reading of a chain at its first break.
var errBroken = errors.New("chain is broken")

// Verify follows the chains of the accounts named, or of all and the
// installation, and reports each of them (HIST-3). It keeps one entry in memory
// at a time. It is for the operator and for staff who read all history.
func (h *History) Verify(ctx context.Context, actor authz.Actor, accounts []directory.AccountID, report func(ChainCheck) error) error {
	if err := gate.RequireDuty(actor, authz.ReadAllHistory); err != nil {
		h.gate.NoteRefusal(ctx, actor, directory.Installation, err)
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
		err := h.gate.Read(ctx, func(r *store.Reader) (err error) {
			accounts, err = r.LedgerAccounts(ctx)
			return err
		})
		if err != nil {
			return err
		}
	}
	for _, account := range accounts {
		check, err := h.verify(ctx, account)
		if err != nil {
			return err
		}
		if err := report(check); err != nil {
			return err
		}
	}
	return nil
}

func (h *History) verify(ctx context.Context, account directory.AccountID) (ChainCheck, error) {
	check := ChainCheck{Account: account}
	err := h.gate.Read(ctx, func(r *store.Reader) error {
		ledgers, err := r.Ledgers(ctx, []directory.AccountID{account})
		if err != nil {
			return err
		}
		var before []byte
		err = r.EachEntry(ctx, account, func(e audit.Entry) error {
			switch {
			case e.N != check.Entries+1:
				check.Break, check.N = EntryMissing, check.Entries+1
				return errBroken
			case !e.Verify(before):
				check.Break, check.N = EntryChanged, e.N
				return errBroken
			}
			check.Entries, before = e.N, e.Hash
			return nil
		})
		if errors.Is(err, errBroken) {
			return nil
		}
		if ledger := ledgers[account]; err == nil && (check.Entries != ledger.Entries || !bytes.Equal(before, ledger.Head)) {
			check.Break, check.N = EndMissing, check.Entries+1
		}
		return err
	})
	return check, err
}
