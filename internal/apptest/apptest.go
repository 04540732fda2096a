// Package apptest starts the operations on a test database, with a clock that
// tests move, and makes the people and accounts their stories begin with.
package apptest

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/export"
	"intendant/internal/i18n"
	"intendant/internal/secret"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

// A World is one installation under test.
type World struct {
	declared *catalogue.Catalogue // at the start
	*app.App
	T     testing.TB
	DB    *store.DB
	Box   *secret.Box
	clock atomic.Int64
	TXT   map[string][]string // what LookupTXT answers
	Wait  func(time.Duration) // told of answers that are kept back; nil: nobody is
}

// Noon is when a world's clock starts.
func Noon() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }

// Each runs a test in a world of its own on every database.
func Each(t *testing.T, test func(t *testing.T, w *World)) {
	t.Helper()
	for _, kind := range storetest.Kinds(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			test(t, New(t, kind))
		})
	}
}

// New makes a world on the database of that kind: "sqlite" or "postgres".
func New(t testing.TB, kind string) *World {
	t.Helper()
	return with(t, func(o store.Options) *store.DB { return storetest.OpenWith(t, kind, o) })
}

// On makes a world on the database at an address, which other processes may
// have open.
func On(t testing.TB, address string) *World {
	t.Helper()
	return OnWith(t, address, store.Options{})
}

// OnWith is On with a database that has other deadlines or a logger.
func OnWith(t testing.TB, address string, given store.Options) *World {
	t.Helper()
	return with(t, func(o store.Options) *store.DB {
		o.Deadlines, o.Logger, o.Trips = given.Deadlines, given.Logger, given.Trips
		if o.Deadlines == (store.Deadlines{}) {
			o.Deadlines = storetest.Patient()
		}
		db, err := store.Open(t.Context(), address, o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
		return db
	})
}

func with(t testing.TB, open func(o store.Options) *store.DB) *World {
	t.Helper()
	w := &World{T: t, TXT: map[string][]string{}}
	w.clock.Store(Noon().UnixMicro())
	w.DB = open(store.Options{Now: w.Now})
	t.Cleanup(w.checkHistory)
	t.Cleanup(w.checkCounts)
	box, err := secret.NewBox(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	w.Box = box
	text, ok := catalogue.BuiltinFile("standard")
	if !ok {
		t.Fatal("no standard catalogue")
	}
	c, faults := catalogue.Read("standard.yaml", bytes.NewReader(text))
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	w.declared = c
	w.App = app.New(app.Options{DB: w.DB, Box: box, Passwords: Passwords(2), Catalogue: c, Now: w.Now,
		Log: slog.New(slog.DiscardHandler), Mailbox: app.MailboxStaff, Words: importWords(), Exports: export.Words(bundle()),
		LookupTXT: func(_ context.Context, domain string) ([]string, error) { return w.TXT[domain], nil },
		Wait: func(_ context.Context, d time.Duration) {
			if w.Wait != nil {
				w.Wait(d)
			}
		}})
	return w
}

// bundle is the program's own messages, read once.
var bundle = sync.OnceValue(func() *i18n.Bundle {
	bundle, err := i18n.Load()
	if err != nil {
		panic(err)
	}
	return bundle
})

// importWords are those that files may be written with.
func importWords() app.ImportWords {
	return app.ImportWords{Of: bundle().ImportWords, Languages: bundle().LanguageNames(), Countries: bundle().CountryNames}
}

// mostChecked is how many entries of a world are held against the tables.
const mostChecked = 2000

// checkHistory holds what a test recorded against the rows of its kinds: what
// stands in an entry, its sentence and its opposite are made from (HIST-6).
func (w *World) checkHistory() {
	var entries []audit.Entry
	err := w.DB.View(context.Background(), func(r *store.Reader) (err error) {
		entries, err = r.Entries(context.Background(), store.EntryFilter{}, store.EntryPlace{}, mostChecked)
		return err
	})
	if err != nil {
		return // the test has broken its database
	}
	told := map[string]bool{}
	for _, e := range entries {
		row := e.Kind.Row()
		for _, c := range slices.Concat(e.Facts, e.Personal, []audit.Change{{}}) {
			if name := string(e.Kind) + " " + c.Field; !told[name] && (row.Kind == "" || c.Field != "" && !row.May(c.Field)) {
				told[name] = true
				w.T.Errorf("HIST-6 an entry %q is in no row of audit.Rows, or its field %q not in it", e.Kind, c.Field)
			}
		}
		for ref := range e.Refs() {
			if (ref.Noun == audit.User || ref.Noun == audit.Member) && ref.Name != "" {
				w.T.Errorf("USER-7 an entry %s keeps the name of somebody in an open value", e.Kind)
			}
		}
		if name := string(e.Kind); !told[name] && e.Subject != 0 && !row.Person {
			told[name] = true
			w.T.Errorf("HIST-6 an entry %s is about user %d, and audit.Rows says otherwise", e.Kind, e.Subject)
		}
	}
}

// Now is the world's clock.
func (w *World) Now() time.Time { return time.UnixMicro(w.clock.Load()).UTC() }

// Pass lets time go by.
func (w *World) Pass(d time.Duration) { w.clock.Add(d.Microseconds()) }

// Operator acts from the command line and may do everything the vendor may.
func (w *World) Operator() authz.Actor {
	return authz.Actor{Kind: authz.OperatorCLI, Door: authz.DoorCommand}
}

// Account makes an unclaimed account of the company-network type.
func (w *World) Account(number string) directory.Account {
	w.T.Helper()
	return w.AccountOf(number, "company-network")
}

// AccountOf makes an open account of a type of the catalogue in force.
func (w *World) AccountOf(number, kind string) directory.Account {
	w.T.Helper()
	account, err := w.Accounts.Create(w.Context(), w.Operator(), app.NewAccount{
		Number: number, Name: "Compte " + number, Type: kind, ServiceLevel: "contract", Language: "fr",
		Address: directory.PostalAddress{Street: "18 quai des Tanneurs", PostalCode: "44000", City: "Nantes", Country: "FR"},
	})
	if err != nil {
		w.T.Fatalf("create account %s: %v", number, err)
	}
	return account
}

// Context is the test's.
func (w *World) Context() context.Context { return w.T.Context() }

// Code is the code of a refusal, "" for none, and fails the test for a fault.
func (w *World) Code(err error) string {
	w.T.Helper()
	if err == nil {
		return ""
	}
	var refusal *directory.Error
	if !asRefusal(err, &refusal) {
		w.T.Fatalf("fault instead of a refusal: %v", err)
	}
	return refusal.Code
}

func asRefusal(err error, into **directory.Error) bool {
	for err != nil {
		if r, ok := err.(*directory.Error); ok {
			*into = r
			return true
		}
		u, ok := err.(interface{ Unwrap() error })
		if !ok {
			return false
		}
		err = u.Unwrap()
	}
	return false
}

// Must fails the test on any error.
func (w *World) Must(err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(fmt.Errorf("unexpected: %w", err))
	}
}
