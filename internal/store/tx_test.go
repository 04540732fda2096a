package store_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"intendant/internal/directory"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

// openAccounts gives db the accounts 1 to n.
func openAccounts(t *testing.T, db *store.DB, n int) {
	t.Helper()
	err := db.Update(t.Context(), []directory.AccountID{directory.Installation}, func(tx *store.Tx) error {
		for account := 1; account <= n; account++ {
			if err := tx.OpenLedger(t.Context(), directory.AccountID(account)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// code returns the code of the refusal err is, or the empty string.
func code(err error) string {
	var refused *directory.Error
	if errors.As(err, &refused) {
		return refused.Code
	}
	return ""
}

// together runs each of n calls in a goroutine of its own and waits for them.
func together(t *testing.T, n int, call func(i int) error) {
	t.Helper()
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			if err := call(i); err != nil {
				t.Errorf("call %d: %v", i, err)
			}
		})
	}
	group.Wait()
}

func TestUpdateOrderUnderRace(t *testing.T) {
	t.Parallel()
	const updates, accounts = 50, 3
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		openAccounts(t, db, accounts)
		var mu sync.Mutex
		var taken []int64
		together(t, updates, func(i int) error {
			both := []directory.AccountID{2, 1}
			if i%2 == 0 {
				both = []directory.AccountID{1, 2, 1} // another order, and one twice
			}
			return db.Update(t.Context(), both, func(tx *store.Tx) error {
				first, err := tx.NextKeys(t.Context(), 1, 3)
				if err != nil {
					return err
				}
				mu.Lock()
				taken = append(taken, first, first+1, first+2)
				mu.Unlock()
				entries, head, err := tx.Chain(2)
				if err != nil {
					return err
				}
				if err := tx.SetChain(2, entries+1, append(slices.Clone(head), byte(entries))); err != nil {
					return err
				}
				return errors.Join(tx.Bump(t.Context(), 1), tx.Bump(t.Context(), 1), tx.Bump(t.Context(), 2))
			})
		})
		slices.Sort(taken)
		for i, key := range taken {
			if want := directory.NewKey(1, int64(i+1)); key != want {
				t.Fatalf("key %d is %d, want %d: numbers must be unique and without a gap", i, key, want)
			}
		}
		if got, want := len(taken), 3*updates; got != want {
			t.Errorf("took %d keys, want %d", got, want)
		}
		for account, want := range []int64{0, updates, updates, 0} {
			if got := sequence(t, db, directory.AccountID(account)); got != want {
				t.Errorf("sequence of account %d is %d, want %d", account, got, want)
			}
		}
		err := db.Update(t.Context(), []directory.AccountID{2}, func(tx *store.Tx) error {
			entries, head, err := tx.Chain(2)
			if entries != updates || len(head) != updates || head[updates-1] != updates-1 {
				t.Errorf("chain has %d entries and head %v, want %d in order", entries, head, updates)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// sequence returns the committed sequence of account.
func sequence(t *testing.T, db *store.DB, account directory.AccountID) (n int64) {
	t.Helper()
	err := db.Peek(func(r *store.Reader) (err error) {
		n, err = r.Sequence(t.Context(), account)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestUpdateRefusesAndUndoes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		openAccounts(t, db, 1)
		nothing := func(*store.Tx) error { return nil }
		if got := code(db.Update(t.Context(), []directory.AccountID{1, 7}, nothing)); got != "account.not_found" {
			t.Errorf("Update of an unknown account: code %q, want account.not_found", got)
		}
		err := db.Update(t.Context(), []directory.AccountID{0}, func(tx *store.Tx) error {
			return tx.OpenLedger(t.Context(), 1)
		})
		if got := code(err); got != "account.exists" {
			t.Errorf("OpenLedger twice: %v, want account.exists", err)
		}
		err = db.Update(t.Context(), []directory.AccountID{0}, func(tx *store.Tx) error {
			_, err := tx.NextKeys(t.Context(), 1, 1)
			return err
		})
		if err == nil || code(err) != "" {
			t.Errorf("NextKeys of an account not locked: %v, want a fault", err)
		}
		err = db.Update(t.Context(), []directory.AccountID{1}, func(tx *store.Tx) error {
			_, err := tx.NextKeys(t.Context(), 1, 1<<32)
			return err
		})
		if got := code(err); got != "account.full" {
			t.Errorf("NextKeys beyond the last: %v, want account.full", err)
		}
		broken := errors.New("broken")
		err = db.Update(t.Context(), []directory.AccountID{1}, func(tx *store.Tx) error {
			return errors.Join(tx.Bump(t.Context(), 1), broken)
		})
		if !errors.Is(err, broken) {
			t.Errorf("Update = %v, want the error of its function", err)
		}
		if got := sequence(t, db, 1); got != 0 {
			t.Errorf("sequence after a failed Update is %d, want 0", got)
		}
	})
}

func TestViewSeesASnapshot(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		openAccounts(t, db, 1)
		err := db.View(t.Context(), func(r *store.Reader) error {
			before, err := r.Sequence(t.Context(), 1)
			if err != nil {
				return err
			}
			err = db.Update(t.Context(), []directory.AccountID{1}, func(tx *store.Tx) error {
				return tx.Bump(t.Context(), 1)
			})
			if err != nil {
				return err
			}
			after, err := r.Sequence(t.Context(), 1)
			if before != 0 || after != 0 {
				t.Errorf("sequence before and after another's change is %d, %d, want 0, 0", before, after)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := sequence(t, db, 1); got != 1 {
			t.Errorf("sequence seen later is %d, want 1", got)
		}
	})
}

func TestWriteBesideUpdate(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, "postgres")
	openAccounts(t, db, 1)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	err := db.Update(ctx, []directory.AccountID{1}, func(*store.Tx) error {
		return db.Write(ctx, func(*store.Tx) error { return nil })
	})
	if err != nil {
		t.Errorf("Write while an account is locked: %v, want no wait", err)
	}
}

func TestNowIsMicroseconds(t *testing.T) {
	t.Parallel()
	for _, kind := range storetest.Kinds(t) {
		zone := time.FixedZone("somewhere", 3600)
		db := storetest.OpenWith(t, kind, store.Options{Now: func() time.Time {
			return time.Date(2026, 3, 1, 13, 0, 0, 123_456_789, zone)
		}})
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			want := time.Date(2026, 3, 1, 12, 0, 0, 123_456_000, time.UTC)
			if tx.Now != want {
				t.Errorf("%s: Now = %v, want %v", kind, tx.Now, want)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

func TestMigrateTwiceAndTogether(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		together(t, 4, func(int) error { return db.Migrate(t.Context()) })
	})
}

func TestOpenRefusesAddress(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"", "sqlite:", "sqlite::memory:", "mysql://x", "sqlite:/no/such/folder/x.db", "postgres://127.0.0.1:1/x"} {
		db, err := store.Open(t.Context(), address, store.Options{Now: func() time.Time { return storetest.Noon }})
		if err == nil {
			t.Errorf("Open(%q) gave %v, want an error", address, db)
		}
	}
}
