package store_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

// recordInTurns writes entries of acts whose chunks lie among one another, and
// others by themselves, into the chains of two accounts; it returns them in the
// order they were written.
func recordInTurns(t *testing.T, db *store.DB) []audit.Entry {
	t.Helper()
	random := rand.New(rand.NewPCG(3, 4))
	kinds := []audit.Kind{audit.MemberAdded, audit.InvitationSent, audit.GrantGiven}
	var all []audit.Entry
	err := db.Update(t.Context(), []directory.AccountID{directory.Installation}, func(tx *store.Tx) error {
		return tx.OpenLedger(t.Context(), 1)
	})
	if err != nil {
		t.Fatal(err)
	}
	for turn := range 40 {
		account := directory.AccountID(turn % 2)
		err := db.Update(t.Context(), slices.Compact([]directory.AccountID{directory.Installation, account}), func(tx *store.Tx) error {
			n, head, err := tx.Chain(account)
			if err != nil {
				return err
			}
			batch := ""
			if turn%3 > 0 {
				batch = fmt.Sprintf("act-%d", random.IntN(5))
			}
			var entries []audit.Entry
			for range 1 + random.IntN(30) {
				n++
				e := audit.Entry{Account: account, N: n, At: tx.Now.Add(time.Duration(turn) * time.Minute), ActorKind: authz.System, Door: authz.DoorJob,
					Batch: batch, Kind: kinds[random.IntN(len(kinds))], Unit: directory.UnitID(1 + random.IntN(12)), Subject: directory.UserID(1 + random.IntN(3))}
				if batch == "act-0" {
					e.Subject, e.Unit = 2, 99
				}
				e.Chain(head)
				head = e.Hash
				entries = append(entries, e)
			}
			all = append(all, entries...)
			if err := tx.SetChain(account, n, head); err != nil {
				return err
			}
			return tx.Apply(t.Context(), store.Write{Entries: entries})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// linesOf is what a page of history says, found without a database.
func linesOf(all []audit.Entry, accounts []directory.AccountID, chosen func(audit.Entry) bool) []string {
	type line struct {
		place audit.Entry
		head  audit.Entry
		n     int
		kinds map[audit.Kind]int
		who   map[directory.UserID]bool
	}
	firsts, found := map[string]audit.Entry{}, map[string]*line{}
	var lines []*line
	for _, e := range all {
		if !slices.Contains(accounts, e.Account) {
			continue
		}
		key := e.Batch
		if e.Batch == "" {
			key = fmt.Sprint(e.Account, " ", e.N)
		}
		if _, known := firsts[key]; !known {
			firsts[key] = e
		}
		if !chosen(e) {
			continue
		}
		if found[key] == nil {
			found[key] = &line{place: firsts[key], head: e, kinds: map[audit.Kind]int{}, who: map[directory.UserID]bool{}}
			lines = append(lines, found[key])
		}
		found[key].n++
		found[key].kinds[e.Kind]++
		found[key].who[e.Subject] = true
	}
	slices.SortFunc(lines, func(a, b *line) int {
		byTime := a.place.At.Compare(b.place.At)
		if len(accounts) == 1 {
			byTime = 0
		}
		return -cmp.Or(byTime, cmp.Compare(a.place.Account, b.place.Account), cmp.Compare(a.place.N, b.place.N))
	})
	var texts []string
	for _, l := range lines {
		text := fmt.Sprint(l.head.Account, " ", l.head.N)
		if l.head.Batch != "" {
			one := directory.UserID(0)
			if len(l.who) == 1 {
				one = l.head.Subject
			}
			text += fmt.Sprint(" ", l.head.Batch, " ", l.n, " ", l.kinds, " ", one)
		}
		texts = append(texts, text)
	}
	return texts
}

func said(l store.Line) string {
	text := fmt.Sprint(l.Entry.Account, " ", l.Entry.N)
	if l.Act != nil {
		kinds := map[audit.Kind]int{}
		for _, k := range l.Act.Kinds {
			kinds[k.Kind] = int(k.Entries)
		}
		text += fmt.Sprint(" ", l.Act.Batch, " ", l.Act.Entries, " ", kinds, " ", l.Act.Subject)
	}
	return text
}

func TestLines(t *testing.T) { // HIST-6
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		all := recordInTurns(t, db)
		noon := all[0].At
		one, both := []directory.AccountID{1}, []directory.AccountID{0, 1}
		every := func(audit.Entry) bool { return true }
		for _, test := range []struct {
			name     string
			filter   store.EntryFilter
			accounts []directory.AccountID
			chosen   func(audit.Entry) bool
		}{
			{"HIST-6 one account", store.EntryFilter{Accounts: one}, one, every},
			{"HIST-6 two accounts", store.EntryFilter{Accounts: both}, both, every},
			{"HIST-6 all accounts", store.EntryFilter{}, both, every},
			{"HIST-6 a kind", store.EntryFilter{Accounts: one, Kinds: []audit.Kind{audit.GrantGiven}}, one,
				func(e audit.Entry) bool { return e.Kind == audit.GrantGiven }},
			{"HIST-6 a unit", store.EntryFilter{Accounts: one, InUnits: true, Units: []directory.UnitID{3, 99}}, one,
				func(e audit.Entry) bool { return e.Unit == 3 || e.Unit == 99 }},
			{"HIST-6 no unit", store.EntryFilter{Accounts: one, InUnits: true}, one, func(audit.Entry) bool { return false }},
			{"HIST-6 days", store.EntryFilter{From: noon.Add(10 * time.Minute), To: noon.Add(30 * time.Minute)}, both,
				func(e audit.Entry) bool {
					return !e.At.Before(noon.Add(10*time.Minute)) && e.At.Before(noon.Add(30*time.Minute))
				}},
		} {
			t.Run(test.name, func(t *testing.T) {
				want := linesOf(all, test.accounts, test.chosen)
				err := db.View(t.Context(), func(r *store.Reader) error {
					var got []string
					for place := (store.EntryPlace{}); ; {
						lines, err := r.Lines(t.Context(), test.filter, place, 3)
						if err != nil {
							return err
						}
						for _, l := range lines {
							got, place = append(got, said(l)), l.Place
						}
						if len(lines) < 3 {
							break
						}
					}
					if !slices.Equal(got, want) {
						t.Errorf("lines\n%q, want\n%q", got, want)
					}
					total, err := r.CountLines(t.Context(), test.filter)
					if total != int64(len(want)) {
						t.Errorf("counted %d lines, want %d", total, len(want))
					}
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
			})
		}
		t.Run("HIST-6 who asks for an act or a person gets its entries", func(t *testing.T) {
			for _, f := range []store.EntryFilter{{Accounts: one, Batch: "act-1"}, {Accounts: one, Subject: 2}, {Accounts: one, Subjects: []directory.UserID{2}}} {
				err := db.View(t.Context(), func(r *store.Reader) error {
					lines, err := r.Lines(t.Context(), f, store.EntryPlace{}, 1000)
					if err != nil {
						return err
					}
					total, err := r.CountLines(t.Context(), f)
					entries, _ := r.CountEntries(t.Context(), f)
					if int(total) != len(lines) || total != entries || total == 0 || lines[0].Act != nil {
						t.Errorf("%v: %d lines, counted %d, want the %d entries", f, len(lines), total, entries)
					}
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		})
	})
}

// BenchmarkLines reads the first page of a history whose newest act is of
// 100,000 entries (HIST-6).
func BenchmarkLines(b *testing.B) {
	db := storetest.Open(b, "sqlite")
	one := []directory.AccountID{directory.Installation}
	for chunk := range 201 {
		err := db.Update(b.Context(), one, func(tx *store.Tx) error {
			n, head, err := tx.Chain(directory.Installation)
			if err != nil {
				return err
			}
			entries := make([]audit.Entry, 500)
			for i := range entries {
				n++
				entries[i] = audit.Entry{N: n, At: tx.Now, ActorKind: authz.System, Door: authz.DoorJob, Kind: audit.MemberChanged,
					Subject: directory.UserID(n), Unit: directory.UnitID(n % 100)}
				if chunk > 0 {
					entries[i].Batch = "many"
				}
				entries[i].Chain(head)
				head = entries[i].Hash
			}
			if err := tx.SetChain(directory.Installation, n, head); err != nil {
				return err
			}
			return tx.Apply(b.Context(), store.Write{Entries: entries})
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	for name, f := range map[string]store.EntryFilter{"all": {Accounts: one}, "kind": {Accounts: one, Kinds: []audit.Kind{audit.MemberChanged}},
		"unit": {Accounts: one, InUnits: true, Units: []directory.UnitID{7}}, "act": {Accounts: one, Batch: "many"}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				err := db.View(b.Context(), func(r *store.Reader) error {
					if _, err := r.Lines(b.Context(), f, store.EntryPlace{}, 51); err != nil {
						return err
					}
					_, err := r.CountLines(b.Context(), f)
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
