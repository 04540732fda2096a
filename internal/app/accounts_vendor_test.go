package app_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// change is an account's present values as a form sends them.
func change(a directory.Account) app.AccountChange {
	return app.AccountChange{Name: a.Name, Number: a.Number, ServiceLevel: a.ServiceLevel, Address: a.Address, Contact: a.Contact,
		Language: a.Language, TimeZone: a.TimeZone, ContractEnds: a.ContractEnds, Version: a.Version}
}

func TestAccountStates(t *testing.T) { // ACC-12
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		sales := w.Staff("ventes@batisoft.example", authz.Sales)
		a := w.Account("204817")
		admin := w.Administrator(a, "admin@maraval.example")
		member, _ := w.Member(a, "membre@maraval.example")
		if err := w.Accounts.SetState(w.Context(), sales, a.ID, directory.AccountSuspended, ""); w.Code(err) != "field.required" {
			t.Errorf("suspend without reason: %v", err)
		}
		w.Must(w.Accounts.SetState(w.Context(), sales, a.ID, directory.AccountSuspended, "Factures impayées."))
		t.Run("ACC-12 suspended: administrators see why, others do not get in", func(t *testing.T) {
			f, err := w.Accounts.Open(w.Context(), admin, a.Number)
			w.Must(err)
			if f.Account.StateReason != "Factures impayées." {
				t.Errorf("reason %q", f.Account.StateReason)
			}
			if _, err := w.Accounts.Open(w.Context(), member, a.Number); w.Code(err) != "account.suspended" {
				t.Errorf("a member: %v, want account.suspended", err)
			}
		})
		w.Must(w.Accounts.SetState(w.Context(), sales, a.ID, directory.AccountClosed, "Contrat résilié."))
		t.Run("ACC-12 closed: read-only for everybody but the vendor's reopening", func(t *testing.T) {
			if _, err := w.Accounts.Open(w.Context(), member, a.Number); err != nil {
				t.Errorf("read a closed account: %v", err)
			}
			_, err := w.Members.Add(w.Context(), admin, a.ID, []app.NewMember{{Row: 1, Email: "neuf@maraval.example"}}, app.AddOptions{Silent: true})
			if w.Code(err) != "account.closed" {
				t.Errorf("add a member: %v, want account.closed", err)
			}
			if err := w.App.Keys.Make(w.Context(), w.Operator(), a.ID, 1); w.Code(err) != "account.closed" {
				t.Errorf("make a key: %v, want account.closed", err)
			}
			if _, err := w.Accounts.Change(w.Context(), sales, a.ID, app.AccountChange{Name: "Autre", Number: a.Number, ServiceLevel: "licence",
				Language: "fr"}); w.Code(err) != "account.closed" {
				t.Errorf("change it: %v, want account.closed", err)
			}
		})
		t.Run("KEY-14 a stranger learns nothing of the closing", func(t *testing.T) {
			stranger := w.Person("etranger@ailleurs.example")
			if _, err := w.App.Keys.Enter(w.Context(), stranger, a.Number, "222-222-222-222"); w.Code(err) != "key.wrong" {
				t.Errorf("wrong key: %v, want key.wrong", err)
			}
			if _, err := w.App.Keys.Request(w.Context(), stranger, a.Number, ""); err != nil {
				t.Errorf("request a key: %v", err)
			}
			if _, err := w.JoinRequests.Ask(w.Context(), stranger, a.Number, ""); err != nil {
				t.Errorf("ask to join: %v", err)
			}
		})
		w.Must(w.Accounts.SetState(w.Context(), sales, a.ID, directory.AccountOpen, ""))
		if _, err := w.Members.Add(w.Context(), admin, a.ID, []app.NewMember{{Row: 1, Email: "neuf@maraval.example"}}, app.AddOptions{Silent: true}); err != nil {
			t.Errorf("add a member after reopening: %v", err)
		}
	})
}

func TestAccountChange(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		a, b := w.Account("204817"), w.Account("163918")
		c := change(a)
		c.Number, c.Name, c.ServiceLevel, c.ContractEnds = "300 001", "Groupe Maraval", "licence", time.Date(2027, 3, 31, 0, 0, 0, 0, time.UTC)
		after, err := w.Accounts.Change(w.Context(), w.Operator(), a.ID, c)
		w.Must(err)
		t.Run("ACC-3 another service level", func(t *testing.T) {
			if after.ServiceLevel != "licence" {
				t.Errorf("level %q", after.ServiceLevel)
			}
		})
		t.Run("ACC-12 the old number still leads there, and to nobody else", func(t *testing.T) {
			shown, err := w.Accounts.Show(w.Context(), w.Operator(), a.UUID)
			w.Must(err)
			if len(shown.Former) != 1 || shown.Former[0].Number != "204817" {
				t.Errorf("former numbers %+v", shown.Former)
			}
			taken := change(b)
			taken.Number = "204 817"
			if _, err := w.Accounts.Change(w.Context(), w.Operator(), b.ID, taken); w.Code(err) != "account.number_taken" {
				t.Errorf("take a former number: %v", err)
			}
		})
		t.Run("PLAN-4 a form made on an older version", func(t *testing.T) {
			if _, err := w.Accounts.Change(w.Context(), w.Operator(), a.ID, c); w.Code(err) != "stale" {
				t.Errorf("change over a newer version: %v, want stale", err)
			}
		})
		t.Run("ACC-9 the buyer is referent and administrator; neither gives the other", func(t *testing.T) {
			bought, err := w.Accounts.Create(w.Context(), w.Operator(), app.NewAccount{Number: "500", Name: "Achat", Type: "licences",
				ServiceLevel: "contract", Language: "fr", Buyer: &app.Buyer{Email: "acheteur@achat.example", Last: "Acheteur"}})
			w.Must(err)
			second := w.Administrator(bought, "second@achat.example")
			shown, err := w.Accounts.Show(w.Context(), w.Operator(), bought.UUID)
			w.Must(err)
			if shown.Referent.ID == second.User || shown.Referent.Email != "acheteur@achat.example" {
				t.Errorf("referent %q", shown.Referent.Email)
			}
		})
	})
}

// TestAccountList holds the list and its totals against a naive count over
// random filters (VEND-1, LIST-9).
func TestAccountList(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		random := rand.New(rand.NewPCG(1, 2))
		levels, types := []string{"contract", "licence", "prospect"}, []string{"company-network", "licences"}
		type known struct {
			directory.Account
			admin, locked, claimed bool
		}
		var all []known
		for i := range 40 {
			a, err := w.Accounts.Create(w.Context(), w.Operator(), app.NewAccount{Number: fmt.Sprintf("1%03d", i), Name: fmt.Sprintf("Société Éclair %d", i%7),
				Type: types[random.IntN(2)], ServiceLevel: levels[random.IntN(3)], Language: "fr", Contact: directory.Contact{Name: "Zoé Ämter"}})
			w.Must(err)
			k := known{Account: a}
			if random.IntN(2) == 0 {
				w.Administrator(a, fmt.Sprintf("admin%d@maraval.example", i))
				k.admin, k.claimed = true, true
			}
			if random.IntN(8) == 0 {
				w.Pass(25 * time.Hour)
				lock(t, w, a.Number)
				k.locked = true
			}
			all = append(all, k)
		}
		for range 60 {
			f := app.CustomerFilter{}
			if random.IntN(2) == 0 {
				f.Levels = levels[:1+random.IntN(2)]
			}
			if random.IntN(3) == 0 {
				f.Types = types[:1]
			}
			if random.IntN(3) == 0 {
				f.Search = []string{"éclair 3", "ECLAIR", "10 05", "ämter", "%", "admin3@mar"}[random.IntN(6)]
			}
			f.View = append(app.CustomerViews(), "")[random.IntN(5)]
			want := 0
			for i, k := range all {
				text := directory.Fold(k.Name+" "+k.Number+" "+k.Contact.Name) + fmt.Sprintf(" admin%d@maraval.example", i)
				found := strings.Contains(text, directory.Fold(f.Search)) || (f.Search == "10 05" && strings.Contains(k.Number, "1005"))
				if f.Search == "admin3@mar" && !(i == 3 && k.admin) {
					found = false
				}
				switch f.View {
				case store.WithoutAdministrator:
					found = found && !k.admin
				case store.KeysLocked:
					found = found && k.locked
				case store.Unclaimed:
					found = found && !k.claimed
				case store.KeyRequested:
					found = false
				}
				if len(f.Levels) > 0 && !strings.Contains(strings.Join(f.Levels, " "), k.ServiceLevel) || len(f.Types) > 0 && k.Type != f.Types[0] {
					found = false
				}
				if found {
					want++
				}
			}
			sort := append(app.CustomerSorts(), "")[random.IntN(8)]
			got, err := w.Accounts.List(w.Context(), w.Operator(), app.CustomerQuery{Filter: f, Sort: sort, Descending: random.IntN(2) == 0})
			w.Must(err)
			if got.Found != int64(want) || len(got.Lines) != min(want, app.CustomerPage) {
				t.Errorf("%+v sorted by %s: found %d, %d lines, want %d", f, sort, got.Found, len(got.Lines), want)
			}
			for _, line := range got.Lines {
				k := all[(line.Number[1]-'0')*100+(line.Number[2]-'0')*10+(line.Number[3]-'0')]
				if (line.Administrators > 0) != k.admin || line.Locked != k.locked {
					t.Errorf("%s: %d administrators, locked %t; want %t, %t", line.Number, line.Administrators, line.Locked, k.admin, k.locked)
				}
			}
		}
	})
}
