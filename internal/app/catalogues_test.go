package app_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// standard is the shipped catalogue with texts replaced, old and new in turn.
func standard(t *testing.T, replace ...string) string {
	t.Helper()
	text, ok := catalogue.BuiltinFile("standard")
	if !ok {
		t.Fatal("no standard catalogue")
	}
	for i := 0; i < len(replace); i += 2 {
		if !strings.Contains(string(text), replace[i]) {
			t.Fatalf("the standard catalogue has no %q", replace[i])
		}
	}
	return strings.NewReplacer(replace...).Replace(string(text))
}

// rolesOf reads an account's roles by code.
func rolesOf(w *apptest.World, a directory.Account) map[string]directory.Role {
	roles := map[string]directory.Role{}
	w.Must(w.DB.View(w.Context(), func(r *store.Reader) error {
		list, err := r.Roles(w.Context(), a.ID)
		for _, o := range list {
			roles[o.Code] = o
		}
		return err
	}))
	return roles
}

// put writes one role of an account as its administrators would.
func put(w *apptest.World, o directory.Role) {
	w.Must(w.DB.Update(w.Context(), []directory.AccountID{o.ID.Account()}, func(tx *store.Tx) error {
		return tx.Apply(w.Context(), store.Write{Changes: []store.Change{store.PutRoles{Account: o.ID.Account(), Roles: []directory.Role{o}}}})
	}))
}

// withProjects makes an account of the type that has executives.
func withProjects(w *apptest.World, number string) directory.Account {
	a, err := w.Accounts.Create(w.Context(), w.Operator(), app.NewAccount{Number: number, Name: "Compte " + number, Type: "construction",
		ServiceLevel: "contract", Language: "fr"})
	w.Must(err)
	return a
}

func TestApplyCatalogue(t *testing.T) { // ROLE-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		operator := w.Staff("exploitation@batisoft.example", authz.Operator)
		a, b := withProjects(w, "100"), withProjects(w, "101")
		own := rolesOf(w, a)["executive"]
		own.Changed, own.Names = true, map[string]string{"": "Direction générale"}
		put(w, own)
		text := standard(t, "fr: Exécutif,", "fr: Pilotage du compte,")
		draft, err := w.App.Catalogue.Draft(w.Context(), operator, text)
		w.Must(err)
		if len(draft.Faults) > 0 || len(draft.Changes) != 1 || draft.Changes[0].New != "Pilotage du compte" {
			t.Fatalf("draft: %v %+v, want the one change", draft.Faults, draft.Changes)
		}
		if got := w.App.Catalogue.InForce(); got.Roles[0].ID == "" {
			t.Fatal("no catalogue")
		}
		w.Must(w.App.Catalogue.Apply(w.Context(), operator, text, draft.Version))
		if err := w.App.Catalogue.Apply(w.Context(), operator, text, draft.Version); w.Code(err) != "stale" {
			t.Errorf("apply over another: %v, want stale", err)
		}
		changed, err := w.App.Catalogue.UpdateRoles(w.Context())
		w.Must(err)
		t.Run("ROLE-3 what the account changed itself stays", func(t *testing.T) {
			if got := rolesOf(w, a)["executive"].Name("fr"); got != "Direction générale" {
				t.Errorf("changed role is called %q", got)
			}
			if got := rolesOf(w, b)["executive"].Name("fr"); got != "Pilotage du compte" || changed != 1 {
				t.Errorf("shipped role is called %q, %d accounts changed", got, changed)
			}
		})
		t.Run("a second time changes nothing", func(t *testing.T) {
			if n, err := w.App.Catalogue.UpdateRoles(w.Context()); err != nil || n != 0 {
				t.Errorf("update again: %d %v", n, err)
			}
		})
		t.Run("another node follows", func(t *testing.T) {
			other := app.New(app.Options{DB: w.DB, Box: w.Box, Catalogue: &catalogue.Catalogue{}, Now: w.Now})
			w.Must(other.Catalogue.Follow(context.WithoutCancel(w.Context())))
			i := slices.IndexFunc(other.Catalogue.InForce().Roles, func(r catalogue.Role) bool { return r.ID == "executive" })
			if i < 0 || other.Catalogue.InForce().Roles[i].Label["fr"] != "Pilotage du compte" {
				t.Error("the other node has not the catalogue that was applied")
			}
		})
		t.Run("faults have line and column, and nothing is applied", func(t *testing.T) {
			d, err := w.App.Catalogue.Draft(w.Context(), operator, "format: 1\nname: [")
			w.Must(err)
			if len(d.Faults) == 0 || d.Faults[0].Line == 0 || d.Faults[0].Column == 0 {
				t.Errorf("faults %+v", d.Faults)
			}
			if err := w.App.Catalogue.Apply(w.Context(), operator, "format: 1\nname: [", 1); w.Code(err) != "catalogue.faulty" {
				t.Errorf("apply: %v, want catalogue.faulty", err)
			}
		})
		t.Run("a type that accounts have cannot go", func(t *testing.T) {
			text, _ := catalogue.BuiltinFile("fleet")
			if _, err := w.App.Catalogue.Draft(w.Context(), operator, string(text)); w.Code(err) != "catalogue.type_in_use" {
				t.Errorf("draft: %v, want catalogue.type_in_use", err)
			}
		})
	})
}

func TestCatalogueArchivesRoles(t *testing.T) { // ROLE-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		a := withProjects(w, "100")
		gone := rolesOf(w, a)["executive"]
		gone.Code, gone.ID, gone.UUID = "former", gone.ID+500, "00000000-0000-4000-8000-000000000001"
		put(w, gone)
		n, err := w.App.Catalogue.UpdateRoles(w.Context())
		w.Must(err)
		if n != 1 || rolesOf(w, a)["former"].Archived.IsZero() {
			t.Errorf("%d accounts changed, former role %+v; want it archived", n, rolesOf(w, a)["former"])
		}
	})
}

func TestImportCustomers(t *testing.T) { // VEND-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		sales := w.Staff("ventes@batisoft.example", authz.Sales)
		w.Account("500 000")
		file := "Numéro de client;Raison sociale;Type de compte;Niveau de service;Rue;Code postal;Ville;Pays;E-mail de l’acheteur;Échéance\n" +
			"600 001;Ardoises Ferrière;licences;licence;1 rue Haute;49000;Angers;FR;achats@ferriere.example;31/12/2027\n" +
			"600 002;Ferrière Sud;licences;contract;;;;;achats@ferriere.example;\n" +
			"600001;Encore une fois;licences;licence;;;;;;\n" +
			"500000;Déjà là;licences;licence;;;;;;\n" +
			"600 003;;licences;licence;;;;;;\n" +
			"600 004;Mauvais niveau;licences;or;;;;;;\n"
		i, err := w.Imports.Upload(w.Context(), sales, directory.Installation, "clients.csv", strings.NewReader(file))
		w.Must(err)
		i, err = w.Imports.Find(w.Context(), sales, directory.Installation, i.UUID)
		w.Must(err)
		if c := i.Counts; c.Added != 2 || c.Unchanged != 1 || c.Faulty != 3 {
			t.Errorf("preview %+v, want 2 new, 1 there, 3 faulty", c)
		}
		if _, err := w.Accounts.List(w.Context(), sales, app.CustomerQuery{}); err != nil {
			t.Fatal(err)
		}
		i, err = w.Imports.Start(w.Context(), sales, directory.Installation, i.UUID)
		w.Must(err)
		if i.State != directory.ImportDone || i.Counts.Added != 2 {
			t.Fatalf("import %s %+v", i.State, i.Counts)
		}
		list, err := w.Accounts.List(w.Context(), sales, app.CustomerQuery{Filter: app.CustomerFilter{Search: "achats@ferriere.example"}})
		w.Must(err)
		if list.Found != 2 || list.Lines[0].Letters != 1 || list.Lines[0].KeysLive != 3 {
			t.Errorf("the buyer of both is in %d accounts, the first with %+v", list.Found, list.Lines)
		}
		support := w.Staff("soutien@batisoft.example", authz.Support)
		printed, err := w.App.Keys.PrintLetters(w.Context(), support, lettersOf(w, support), func([]app.KeyLetter) error { return nil })
		if w.Must(err); printed != 3 {
			t.Errorf("printed %d letters, want 3", printed)
		}
		if _, err := w.Imports.Upload(w.Context(), support, directory.Installation, "clients.csv", strings.NewReader(file)); w.Code(err) != "denied.duty" {
			t.Errorf("support imports customers: %v, want denied.duty", err)
		}
	})
}
