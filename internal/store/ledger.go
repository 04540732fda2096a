package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"intendant/internal/directory"
)

// lastNumber is the greatest row number of an account: the lower half of a key.
const lastNumber = 1<<32 - 1

// A ledger is the locked row of an account. Changes gather here and are saved
// once, when the function of the Tx has returned.
type ledger struct {
	next     int64 // the number of the next row
	sequence int64 // how many changes were committed
	entries  int64 // how many entries the history chain has
	head     []byte
	bumped   bool
	changed  bool

	structure    int64 // how often units, projects, roles or state were changed
	restructured bool  // by this Tx

	counts Counts                     // as this Tx leaves them
	was    Counts                     // as it found them
	homes  map[directory.UnitID]int64 // how many more members units have by this Tx, or fewer

	companies map[directory.CompanyID]int64 // as homes
}

// lock takes the ledger rows of accounts in the order of their numbers, which
// is what keeps two changes of the same accounts from waiting for each other.
func (tx *Tx) lock(ctx context.Context, accounts []directory.AccountID) error {
	wanted := slices.Compact(slices.Sorted(slices.Values(accounts)))
	var a args
	query := `
		SELECT account_key, next_number, sequence, entries, head, structure, ` + countColumns + `
		FROM ledger
		WHERE account_key` + inKeys(tx.Reader, wanted, &a) + `
		ORDER BY account_key` + tx.dialect.forUpdate()
	err := each(ctx, tx.Reader, query, a, func(row scanner) error {
		var account directory.AccountID
		var l ledger
		into := append([]any{&account, &l.next, &l.sequence, &l.entries, &l.head, &l.structure}, l.counts.columns()...)
		if err := row.Scan(into...); err != nil {
			return fmt.Errorf("scan ledger: %w", err)
		}
		if l.head == nil {
			l.head = []byte{} // SQLite answers an empty value as none
		}
		l.was = l.counts
		tx.ledgers[account] = &l
		return nil
	})
	if err != nil {
		return fmt.Errorf("lock accounts: %w", err)
	}
	if len(tx.ledgers) < len(wanted) {
		return directory.Refuse(directory.NotFound, "account.not_found")
	}
	return nil
}

// held returns the ledger of an account this Tx has locked; any other is a
// fault of the caller.
func (tx *Tx) held(account directory.AccountID) (*ledger, error) {
	l, found := tx.ledgers[account]
	if !found {
		return nil, fmt.Errorf("account %d is not locked by this change", account)
	}
	return l, nil
}

// OpenLedger gives a new account its ledger, held by this Tx from now on. The
// account's number is one of the installation's, which must be held too. It
// refuses with account.exists.
func (tx *Tx) OpenLedger(ctx context.Context, account directory.AccountID) error {
	if _, err := tx.held(directory.Installation); err != nil {
		return fmt.Errorf("open ledger: %w", err)
	}
	l := &ledger{next: 1, head: []byte{}}
	var a args
	query := `INSERT INTO ledger (account_key, next_number, sequence, entries, head)
		VALUES (` + a.add(account) + `, ` + a.add(l.next) + `, 0, 0, ` + a.add(l.head) + `)`
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("open ledger of account %d: %w", account, err)
	}
	tx.ledgers[account] = l
	return nil
}

// NextKeys takes n row numbers of account and returns the key of the first; the
// others follow it without a gap. It refuses with account.full when the
// account has no more numbers.
func (tx *Tx) NextKeys(_ context.Context, account directory.AccountID, n int) (int64, error) {
	l, err := tx.held(account)
	if err != nil {
		return 0, fmt.Errorf("take keys: %w", err)
	}
	if n < 0 {
		return 0, fmt.Errorf("take keys: %d of them", n)
	}
	if l.next+int64(n)-1 > lastNumber {
		return 0, directory.Refuse(directory.Conflict, "account.full")
	}
	first := directory.NewKey(account, l.next)
	l.next += int64(n)
	l.changed = l.changed || n > 0
	return first, nil
}

// Bump tells every node that account has changed: its sequence grows by one,
// once for each Tx, however often it is called.
func (tx *Tx) Bump(_ context.Context, account directory.AccountID) error {
	l, err := tx.held(account)
	if err != nil {
		return fmt.Errorf("bump sequence: %w", err)
	}
	if !l.bumped {
		l.sequence++
		l.bumped, l.changed = true, true
	}
	return nil
}

// Restructure says that units, projects, roles or the state of account change: what others
// derived from them is no longer right once this Tx is committed.
func (tx *Tx) Restructure(account directory.AccountID) error {
	l, err := tx.held(account)
	if err != nil {
		return fmt.Errorf("count change of structure: %w", err)
	}
	if !l.restructured {
		l.structure++
		l.restructured, l.changed = true, true
	}
	return nil
}

// Sequence returns the sequence account will have when this Tx is committed.
func (tx *Tx) Sequence(_ context.Context, account directory.AccountID) (int64, error) {
	l, err := tx.held(account)
	if err != nil {
		return 0, fmt.Errorf("read sequence: %w", err)
	}
	return l.sequence, nil
}

// Chain returns how many entries the history of account has and the hash of the
// last one, empty before the first.
func (tx *Tx) Chain(account directory.AccountID) (entries int64, head []byte, err error) {
	l, err := tx.held(account)
	if err != nil {
		return 0, nil, fmt.Errorf("read history chain: %w", err)
	}
	return l.entries, l.head, nil
}

// SetChain records that the history of account now has entries entries and ends
// with head.
func (tx *Tx) SetChain(account directory.AccountID, entries int64, head []byte) error {
	l, err := tx.held(account)
	if err != nil {
		return fmt.Errorf("extend history chain: %w", err)
	}
	l.entries, l.head, l.changed = entries, head, true
	return nil
}

// saveLedgers writes the changed ledger rows.
func (tx *Tx) saveLedgers(ctx context.Context) error {
	for _, account := range slices.Sorted(maps.Keys(tx.ledgers)) {
		l := tx.ledgers[account]
		if !l.changed {
			continue
		}
		if err := tx.saveHomes(ctx, account, l.homes); err != nil {
			return err
		}
		if err := tx.saveCompanies(ctx, l.companies); err != nil {
			return err
		}
		if err := tx.keepAccountDay(ctx, account, l); err != nil {
			return err
		}
		var a args
		query := `UPDATE ledger SET next_number = ` + a.add(l.next) + `, sequence = ` + a.add(l.sequence) +
			`, entries = ` + a.add(l.entries) + `, head = ` + a.add(l.head) + `, structure = ` + a.add(l.structure) +
			l.counts.set(&a) + ` WHERE account_key = ` + a.add(account)
		if err := tx.unwaited(ctx, query, a); err != nil {
			return fmt.Errorf("save ledger of account %d: %w", account, err)
		}
	}
	return nil
}
