package jobs_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/jobs"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

// TestTwoProcessesApplyCatalogues lets two processes put catalogues in force in
// turn on one database while the second one's workers run and neither follows
// the other by itself. In every round the roles of all accounts, one that comes
// into being meanwhile and one that is reset among them, end as the catalogue
// of that round has them, and none was ever written back.
func TestTwoProcessesApplyCatalogues(t *testing.T) { // ROLE-3
	shipped, _ := catalogue.BuiltinFile("standard")
	const before = "fr: Exécutif,"
	if !strings.Contains(string(shipped), before) {
		t.Fatalf("the standard catalogue has no %q", before)
	}
	for _, kind := range storetest.Kinds(t) {
		t.Run(kind, func(t *testing.T) {
			address := storetest.Address(t, kind)
			nodes := []*apptest.World{apptest.On(t, address), apptest.On(t, address)}
			a := construction(nodes[0], "100")
			worked := make(chan error, 100)
			work := func(ctx context.Context, job directory.Job) error {
				err := nodes[1].App.Catalogue.RunUpdate(ctx, job)
				worked <- err
				return err
			}
			stop := start(t, &jobs.Runner{App: nodes[1].App, Now: nodes[1].Now, Handlers: map[string]jobs.Handler{app.JobRoles: work}})
			defer stop()
			const rounds = 20
			for round := range rounds {
				w, other := nodes[round%2], nodes[(round+1)%2]
				name := fmt.Sprintf("Pilotage %d", round+1)
				text := strings.Replace(string(shipped), before, "fr: "+name+",", 1)
				w.Must(w.App.Catalogue.Apply(t.Context(), w.Operator(), text, int64(round)))
				made := construction(other, fmt.Sprint(200+round))
				_, err := w.App.Catalogue.UpdateRoles(t.Context())
				w.Must(err)
				w.Must(<-worked)
				for _, account := range []directory.Account{a, made} {
					if got := executive(t, w, account).Name("fr"); got != name {
						t.Fatalf("round %d: the role of account %s is called %q, want %q", round+1, account.Number, got, name)
					}
				}
			}
			if n := renamings(t, nodes[0], a); n != rounds {
				t.Errorf("the role was changed %d times in %d rounds", n, rounds)
			}
			resetsAsApplied(t, nodes, a, string(shipped))
			w := nodes[0]
			w.Must(<-worked)
		})
	}
}

// resetsAsApplied resets a role on a node that has not heard of the catalogue
// that another one has just put in force.
func resetsAsApplied(t *testing.T, nodes []*apptest.World, a directory.Account, shipped string) {
	t.Helper()
	w, late := nodes[0], nodes[1]
	role := executive(t, w, a)
	role.Changed, role.Names = true, map[string]string{"": "La direction"}
	w.Must(w.DB.Update(t.Context(), []directory.AccountID{a.ID}, func(tx *store.Tx) error {
		if err := tx.Bump(t.Context(), a.ID); err != nil {
			return err
		}
		return tx.Apply(t.Context(), store.Write{Changes: []store.Change{store.PutRoles{Account: a.ID, Roles: []directory.Role{role}}}})
	}))
	draft, err := w.App.Catalogue.Draft(t.Context(), w.Operator(), shipped)
	w.Must(err)
	w.Must(w.App.Catalogue.Apply(t.Context(), w.Operator(), shipped, draft.Version))
	w.Must(late.Roles.Reset(t.Context(), app.SystemActor(), a.ID, role.UUID, executive(t, w, a).Version))
	if got := executive(t, w, a).Name("fr"); got != "Exécutif" {
		t.Errorf("reset under an older catalogue: the role is called %q", got)
	}
}

// construction makes an account of the type that has executives.
func construction(w *apptest.World, number string) directory.Account {
	a, err := w.Accounts.Create(w.Context(), w.Operator(), app.NewAccount{Number: number, Name: "Compte " + number, Type: "construction",
		ServiceLevel: "contract", Language: "fr"})
	w.Must(err)
	return a
}

// executive reads an account's role of that code.
func executive(t *testing.T, w *apptest.World, a directory.Account) directory.Role {
	t.Helper()
	var found directory.Role
	w.Must(w.DB.View(t.Context(), func(r *store.Reader) error {
		roles, err := r.Roles(t.Context(), a.ID)
		for _, o := range roles {
			if o.Code == "executive" {
				found = o
			}
		}
		return err
	}))
	return found
}

// renamings counts how often roles of an account were changed.
func renamings(t *testing.T, w *apptest.World, a directory.Account) (n int) {
	t.Helper()
	w.Must(w.DB.View(t.Context(), func(r *store.Reader) error {
		return r.EachEntry(t.Context(), a.ID, func(e audit.Entry) error {
			if e.Kind == audit.RoleChanged {
				n++
			}
			return nil
		})
	}))
	return n
}
