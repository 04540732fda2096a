package app_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// anApplication is an application with every right that there is, for the accounts
// of the numbers, or all.
func anApplication(w *apptest.World, name string, numbers ...string) directory.Application {
	w.T.Helper()
	a, err := w.Applications.Register(w.Context(), w.Operator(), app.ApplicationRegistration{Name: name, Rights: directory.ApplicationRights(),
		All: len(numbers) == 0, Numbers: numbers})
	w.Must(err)
	return a
}

// credential makes a credential good for a year.
func credential(w *apptest.World, a directory.Application, name string) app.MadeCredential {
	w.T.Helper()
	made, err := w.Applications.MakeCredential(w.Context(), w.Operator(), a.UUID, app.NewCredential{Name: name, Expires: w.Now().AddDate(1, 0, 0)})
	w.Must(err)
	return made
}

func TestRegisterApplication(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		first, second := w.Account("204 817"), w.Account("117 402")
		operator := w.Staff("maelle@batisoft.example", authz.Operator)
		n := app.ApplicationRegistration{Name: "  Boutique ", Product: "plans", Numbers: []string{"204817", " 117402", "204 817"},
			Rights: []directory.ApplicationRight{directory.MayManageCustomers, directory.MayAsk, directory.MayAsk}}
		a, err := w.Applications.Register(w.Context(), operator, n)
		w.Must(err)
		t.Run("APP-1 name, product, accounts and rights", func(t *testing.T) {
			shown, err := w.Applications.Show(t.Context(), operator, a.UUID)
			w.Must(err)
			if shown.Name != "Boutique" || shown.Product != "plans" || len(shown.Rights) != 2 || !shown.May(directory.MayAsk) || !shown.May(directory.MayManageCustomers) {
				t.Errorf("registered %+v", shown.Application)
			}
			if len(shown.Accounts) != 2 || shown.Accounts[0].ID != second.ID || shown.Accounts[1].ID != first.ID {
				t.Errorf("it sees %+v", shown.Accounts)
			}
		})
		t.Run("APP-1 what is refused names the field", func(t *testing.T) {
			ok := func() app.ApplicationRegistration {
				return app.ApplicationRegistration{Name: "ERP", All: true, Rights: []directory.ApplicationRight{directory.MayAsk}}
			}
			for name, test := range map[string]struct {
				change      func(n *app.ApplicationRegistration)
				field, code string
			}{
				"no name":       {func(n *app.ApplicationRegistration) { n.Name = " \u200b" }, "name", "text.broken"},
				"blank":         {func(n *app.ApplicationRegistration) { n.Name = "  " }, "name", "field.required"},
				"long":          {func(n *app.ApplicationRegistration) { n.Name = strings.Repeat("é", 101) }, "name", "field.too_long"},
				"NUL":           {func(n *app.ApplicationRegistration) { n.Name = "a\x00b" }, "name", "text.broken"},
				"right":         {func(n *app.ApplicationRegistration) { n.Rights = append(n.Rights, "all") }, "rights", "field.unknown_choice"},
				"no right":      {func(n *app.ApplicationRegistration) { n.Rights = nil }, "rights", "application.no_right"},
				"product":       {func(n *app.ApplicationRegistration) { n.Product = "'; DROP" }, "product", "field.unknown_choice"},
				"no account":    {func(n *app.ApplicationRegistration) { n.All = false }, "accounts", "staff.portfolio_empty"},
				"other account": {func(n *app.ApplicationRegistration) { n.All, n.Numbers = false, []string{"204817", "999"} }, "accounts", "staff.account_unknown"},
			} {
				n := ok()
				test.change(&n)
				_, err := w.Applications.Register(t.Context(), operator, n)
				var refusal *directory.Error
				if w.Code(err) != test.code || !errorsAs(err, &refusal) || refusal.Field != test.field {
					t.Errorf("%s: %v, want %s at %s", name, err, test.code, test.field)
				}
			}
		})
		t.Run("APP-1 a change over a newer version", func(t *testing.T) {
			n.Version, n.Name = a.Version, "Boutique 2"
			w.Must(w.Applications.Change(t.Context(), operator, a.UUID, n))
			if err := w.Applications.Change(t.Context(), operator, a.UUID, n); w.Code(err) != "stale" {
				t.Errorf("again: %v, want stale", err)
			}
			w.Must(w.Users.SwitchOff(t.Context(), operator, w.Person("autre@batisoft.example").User)) // something else moves on
			n.Version++
			w.Must(w.Applications.Change(t.Context(), operator, a.UUID, n)) // the same: nothing to write
			if entries := historyOf(w, audit.ApplicationChanged); len(entries) != 1 {
				t.Errorf("%d changes in the history, want 1", len(entries))
			}
		})
		t.Run("APP-1 from some accounts to all, and history tells both", func(t *testing.T) {
			n.Version, n.All = a.Version+1, true
			w.Must(w.Applications.Change(t.Context(), operator, a.UUID, n))
			shown, err := w.Applications.Show(t.Context(), operator, a.UUID)
			w.Must(err)
			if shown.Portfolio.Limited || len(shown.Accounts) != 0 {
				t.Errorf("it sees %+v", shown.Portfolio)
			}
			told := map[string]string{}
			for _, c := range historyOf(w, audit.ApplicationChanged)[0].Facts {
				told[c.Field] = c.Before.String() + " → " + c.After.String()
			}
			if len(told) != 2 || !strings.HasSuffix(told["all_accounts"], "→ true") || strings.Count(told["portfolio"], "Compte") != 2 {
				t.Errorf("history tells %v", told)
			}
		})
		t.Run("APP-1 ended for good", func(t *testing.T) {
			made := credential(w, a, "Production")
			w.Must(w.Applications.End(t.Context(), operator, a.UUID))
			for name, err := range map[string]error{
				"end":    w.Applications.End(t.Context(), operator, a.UUID),
				"change": w.Applications.Change(t.Context(), operator, a.UUID, n),
				"revoke": w.Applications.RevokeCredential(t.Context(), operator, a.UUID, made.UUID),
			} {
				if w.Code(err) != "application.not_found" {
					t.Errorf("%s: %v", name, err)
				}
			}
			list, err := w.Applications.List(t.Context(), operator)
			if err != nil || len(list) != 0 {
				t.Errorf("still listed: %v %v", list, err)
			}
		})
	})
}

func errorsAs(err error, into **directory.Error) bool {
	refusal, ok := err.(*directory.Error)
	*into = refusal
	return ok
}

// historyOf are the entries of a kind, of whatever account, the newest first.
func historyOf(w *apptest.World, kind audit.Kind) []audit.Entry {
	w.T.Helper()
	var entries []audit.Entry
	w.Must(w.DB.View(w.Context(), func(r *store.Reader) (err error) {
		entries, err = r.Entries(w.Context(), store.EntryFilter{Kinds: []audit.Kind{kind}}, store.EntryPlace{}, 100)
		return err
	}))
	return entries
}

// named is the credential of an application by its name.
func named(w *apptest.World, a directory.Application, name string) directory.Credential {
	w.T.Helper()
	shown, err := w.Applications.Show(w.Context(), w.Operator(), a.UUID)
	w.Must(err)
	i := slices.IndexFunc(shown.Credentials, func(c directory.Credential) bool { return c.Name == name })
	if i < 0 {
		w.T.Fatalf("no credential %q in %+v", name, shown.Credentials)
	}
	return shown.Credentials[i]
}

func TestCredentials(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		operator := w.Staff("maelle@batisoft.example", authz.Operator)
		a, other := anApplication(w, "Boutique"), anApplication(w, "ERP")
		first := credential(w, a, "Production")
		t.Run("APP-2 a recognisable prefix and 256 bits", func(t *testing.T) {
			if !strings.HasPrefix(first.Secret, directory.CredentialPrefix) || len(first.Secret) < len(directory.CredentialPrefix)+43 {
				t.Errorf("secret %q", first.Secret)
			}
		})
		t.Run("APP-2 two are valid at a time, a third is refused", func(t *testing.T) {
			second := credential(w, a, "Relève")
			next := app.NewCredential{Name: "Troisième", Expires: w.Now().AddDate(0, 1, 0)}
			if _, err := w.Applications.MakeCredential(t.Context(), operator, a.UUID, next); w.Code(err) != "credential.too_many" {
				t.Errorf("a third: %v", err)
			}
			w.Must(w.Applications.RevokeCredential(t.Context(), operator, a.UUID, second.UUID))
			if err := w.Applications.RevokeCredential(t.Context(), operator, a.UUID, second.UUID); w.Code(err) != "credential.not_found" {
				t.Errorf("revoke it again: %v", err)
			}
			_, err := w.Applications.MakeCredential(t.Context(), operator, a.UUID, next)
			w.Must(err)
			w.Pass(40 * 24 * time.Hour) // it has expired by itself and counts no more
			credential(w, a, "Quatrième")
		})
		t.Run("APP-2 two at once: never three", func(t *testing.T) {
			var all sync.WaitGroup
			var said [6]error
			for i := range said {
				all.Go(func() {
					_, said[i] = w.Applications.MakeCredential(w.Context(), operator, other.UUID, app.NewCredential{Name: "Course", Expires: w.Now().AddDate(1, 0, 0)})
				})
			}
			all.Wait()
			codes := map[string]int{}
			for _, err := range said {
				codes[w.Code(err)]++
			}
			if codes[""] != directory.MostCredentials || codes["credential.too_many"] != len(said)-directory.MostCredentials {
				t.Errorf("answered %v", codes)
			}
			shown, err := w.Applications.Show(t.Context(), operator, other.UUID)
			if err != nil || len(shown.Live(w.Now())) != directory.MostCredentials {
				t.Errorf("%d are valid: %v", len(shown.Live(w.Now())), err)
			}
		})
		t.Run("APP-2 another's credential is not there", func(t *testing.T) {
			if err := w.Applications.RevokeCredential(t.Context(), operator, other.UUID, first.UUID); w.Code(err) != "credential.not_found" {
				t.Errorf("revoke another's: %v", err)
			}
		})
		t.Run("APP-2 what is refused names the field", func(t *testing.T) {
			w.Must(w.Applications.RevokeCredential(t.Context(), operator, a.UUID, first.UUID))
			for name, test := range map[string]struct {
				n           app.NewCredential
				field, code string
			}{
				"no end":  {app.NewCredential{Name: "X"}, "expires", "field.required"},
				"over":    {app.NewCredential{Name: "X", Expires: w.Now()}, "expires", "credential.expiry_past"},
				"too far": {app.NewCredential{Name: "X", Expires: w.Now().AddDate(4, 0, 0)}, "expires", "credential.expiry_far"},
				"no name": {app.NewCredential{Expires: w.Now().AddDate(1, 0, 0)}, "credential_name", "field.required"},
				"hostile": {app.NewCredential{Name: "\xff", Expires: w.Now().AddDate(1, 0, 0)}, "credential_name", "text.broken"},
			} {
				_, err := w.Applications.MakeCredential(t.Context(), operator, a.UUID, test.n)
				var refusal *directory.Error
				if w.Code(err) != test.code || !errorsAs(err, &refusal) || refusal.Field != test.field {
					t.Errorf("%s: %v at %v, want %s at %s", name, err, refusal, test.code, test.field)
				}
			}
		})
		t.Run("APP-2 the secret is nowhere afterwards", func(t *testing.T) {
			made := historyOf(w, audit.CredentialMade)
			if len(made) == 0 || made[0].Subject == 0 {
				t.Fatalf("history %+v", made)
			}
			for _, e := range made {
				for _, c := range append(e.Facts, e.Personal...) {
					if strings.Contains(c.Before.String()+c.After.String(), directory.CredentialPrefix) {
						t.Errorf("an entry holds a secret: %+v", c)
					}
				}
			}
		})
	})
}

func TestCredentialsThatAreOver(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		operator := w.Staff("maelle@batisoft.example", authz.Operator)
		a := anApplication(w, "Boutique")
		for _, name := range []string{"Production", "Relève"} {
			w.Must(w.Applications.RevokeCredential(t.Context(), operator, a.UUID, credential(w, a, name).UUID))
		}
		_, err := w.Applications.MakeCredential(t.Context(), operator, a.UUID, app.NewCredential{Name: "Troisième", Expires: w.Now().AddDate(0, 1, 0)})
		w.Must(err)
		w.Pass(40 * 24 * time.Hour)
		credential(w, a, "Quatrième")
		t.Run("APP-2 one whose day is past is ended for good, once, and no other", func(t *testing.T) {
			third := named(w, a, "Troisième")
			if third.Live(w.Now()) || !third.Revoked.IsZero() {
				t.Fatalf("before: %+v", third)
			}
			w.Must(w.Applications.RevokeCredential(t.Context(), operator, a.UUID, third.UUID))
			if ended := named(w, a, "Troisième"); !ended.Revoked.Equal(w.Now().UTC().Truncate(time.Microsecond)) || ended.CutShort() {
				t.Errorf("afterwards: %+v", ended)
			}
			if err := w.Applications.RevokeCredential(t.Context(), operator, a.UUID, third.UUID); w.Code(err) != "credential.not_found" {
				t.Errorf("again: %v", err)
			}
			if second := named(w, a, "Relève"); !second.CutShort() || !named(w, a, "Quatrième").Live(w.Now()) {
				t.Errorf("the others: %+v", second)
			}
		})
		t.Run("APP-2 what is over goes after its retention, and no other", func(t *testing.T) {
			names := func() string {
				shown, err := w.Applications.Show(t.Context(), operator, a.UUID)
				w.Must(err)
				var all []string
				for _, c := range shown.Credentials {
					all = append(all, c.Name)
				}
				return strings.Join(all, " ")
			}
			long := credential(w, a, "Longue")
			w.Must(w.Users.Purge(t.Context()))
			if got := names(); got != "Longue Quatrième Troisième Relève Production" {
				t.Errorf("too early: %s", got)
			}
			w.Pass(100 * 24 * time.Hour)
			w.Must(w.Applications.RevokeCredential(t.Context(), operator, a.UUID, long.UUID))
			w.Must(w.Users.Purge(t.Context()))
			if got := names(); got != "Longue Quatrième" {
				t.Errorf("left are %s", got)
			}
		})
	})
}
