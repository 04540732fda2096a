package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// brought uploads a file of subscriptions, starts it and answers its rows.
func brought(w *apptest.World, actor authz.Actor, file string) (preview, done directory.Import, rows []app.ImportedRow) {
	w.T.Helper()
	i, err := w.Imports.UploadSubscriptions(w.Context(), actor, "abonnements.csv", strings.NewReader(file))
	w.Must(err)
	preview, err = w.Imports.Finish(w.Context(), actor, directory.Installation, i.UUID)
	w.Must(err)
	rows, err = w.Imports.Rows(w.Context(), actor, directory.Installation, i.UUID, app.ImportFilter{Limit: 100})
	w.Must(err)
	done, err = w.Imports.Start(w.Context(), actor, directory.Installation, i.UUID)
	w.Must(err)
	done, err = w.Imports.Finish(w.Context(), actor, directory.Installation, done.UUID)
	w.Must(err)
	return preview, done, rows
}

func TestImportSubscriptions(t *testing.T) { // VEND-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		sales := w.Staff("ventes@batisoft.example", authz.Sales)
		a, b := w.Account("600 001"), w.Account("600 002")
		office, err := w.Units.Add(w.Context(), w.Administrator(a, "admin@ferriere.example"), a.ID, app.NewUnit{Name: "Cholet", Level: "office", External: "B-2"})
		w.Must(err)
		const head = "N° client;Produit;Quantité;Début;Dernier jour;Entité;Référence;Note de prix;Identifiant externe\n"
		preview, done, rows := brought(w, sales, head+
			"600 001;Plans;12;01/03/2026;31/12/2026;;A-1;Remise;X-1\n"+
			"600001;plans;1 200;;;B-2;A-2;;X-2\n"+ // by id of unit, grouped digits, no end
			"600 001;Maquette;5;;31.12.2027;cholet;;;\n"+ // by name, without id
			"600 002;PLANS;3;;;;;;X-1\n"+ // the same id in another account
			"999 999;Plans;3;;;;;;X-9\n"+
			"600 001;Parc Complet;3;;;;;;X-19\n"+ // not for this type of account
			"600 001;Plans;0;;;;;;X-20\n"+
			"600 001;Plans;-4;;;;;;X-10\n"+
			"600 001;Plans;10000001;;;;;;X-11\n"+
			"600 001;Plans;douze;;;;;;X-12\n"+
			"600 001;Plans;3;31/12/2026;01/01/2026;;;;X-13\n"+
			"600 001;Plans;3;demain;;;;;X-14\n"+
			"600 001;Plans;3;;;Nulle part;;;X-15\n"+
			"600 001;Plans;3;;;;;;X-1\n"+ // stood on line 2
			"600 001;Plans;3;;;;;"+strings.Repeat("a", 600)+";X-16\n"+
			"600 001;;3;;;;;;X-17\n")
		if c := preview.Counts; c.Added != 4 || c.Faulty != 12 || c.Changed+c.Unchanged != 0 {
			t.Errorf("VEND-4 preview %+v", c)
		}
		codes := []string{"", "", "", "", "account.not_found", "field.unknown_choice", "seat.quantity", "seat.quantity", "seat.quantity", "seat.quantity",
			"subscription.ends_before_start", "import.bad_date", "unit.not_found", "import.subscription_double", "field.too_long", "field.required"}
		for n, row := range rows {
			code := ""
			if row.Refusal != nil {
				code = row.Refusal.Code
			}
			if code != codes[n] {
				t.Errorf("VEND-4 line %d: %q, want %q", row.Line, code, codes[n])
			}
		}
		if c := done.Counts; done.State != directory.ImportDone || c.Added != 4 || c.Faulty != 12 {
			t.Errorf("VEND-4 %s %+v", done.State, c)
		}
		contract, err := w.Subscriptions.Of(w.Context(), w.Operator(), a.ID)
		w.Must(err)
		held := map[string]string{}
		for _, s := range contract.Subscriptions {
			held[s.External] = fmt.Sprintf("%d %s %s", s.Quantity, s.Offer, s.Unit.Name)
		}
		if len(held) != 3 || held["X-2"] != "1200 plans "+office.Name || held[""] != "5 model "+office.Name {
			t.Errorf("VEND-4 held %v", held)
		}
		other, err := w.Subscriptions.Of(w.Context(), w.Operator(), b.ID)
		w.Must(err)
		if len(other.Subscriptions) != 1 {
			t.Errorf("VEND-4 the other customer has %+v", other.Subscriptions)
		}
		t.Run("VEND-4 again: changed by external id, the rest as it is", func(t *testing.T) {
			_, done, rows := brought(w, sales, "N° client;Produit;Quantité;Dernier jour;Entité;Identifiant externe\n"+
				"600 001;Plans;15;31/12/2026;;X-1\n"+
				"600 001;Plans;1200;;;X-2\n"+
				"600 001;Maquette;1200;;;X-2\n"+
				"600 001;Maquette;5;31/12/2027;Cholet;\n")
			if c := done.Counts; c.Changed != 1 || c.Unchanged != 2 || c.Faulty != 1 || c.Added != 0 {
				t.Errorf("%+v", c)
			}
			if len(rows[0].Changes) != 1 || rows[0].Changes[0].Field != "quantity" || rows[2].Refusal == nil {
				t.Errorf("%+v", rows)
			}
			contract, err := w.Subscriptions.Of(w.Context(), w.Operator(), a.ID)
			w.Must(err)
			for _, s := range contract.Subscriptions {
				if s.External == "X-1" && (s.Quantity != 15 || s.Reference != "A-1" || s.PriceNote != "Remise") {
					t.Errorf("what the file does not say stays: %+v", s)
				}
			}
		})
		t.Run("VEND-3 who may", func(t *testing.T) {
			for _, role := range []authz.StaffRole{authz.Support, authz.Auditor} {
				staff := w.Staff(string(role)+"@batisoft.example", role)
				if _, err := w.Imports.UploadSubscriptions(w.Context(), staff, "a.csv", strings.NewReader(head)); w.Code(err) != "denied.duty" {
					t.Errorf("%s: %v", role, err)
				}
			}
			sales.Portfolio = directory.Only(a.ID)
			if _, err := w.Imports.UploadSubscriptions(w.Context(), sales, "a.csv", strings.NewReader(head)); w.Code(err) != "denied.portfolio" {
				t.Errorf("with a portfolio: %v", err)
			}
		})
	})
}

// TestImportSubscriptionsAgain: the same file on another day brings nothing twice.
func TestImportSubscriptionsAgain(t *testing.T) { // VEND-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		sales := w.Staff("ventes@batisoft.example", authz.Sales)
		w.Account("600 002")
		const file = "N° client;Produit;Quantité;Début;Dernier jour;Entité;Référence\n" +
			"600 002;Maquette;7;;;;C-1\n" + // from today on, without end
			"600 002;Maquette;7;;31/12/2027;;C-1\n" +
			"600 002;Plans;7;;;;\n" +
			"600 002;Plans;7;01/12/2026;;;\n" // begins later: another one
		for day, want := range []int64{4, 0, 0} {
			_, done, _ := brought(w, sales, file)
			if c := done.Counts; c.Added != want || c.Unchanged != 4-want || c.Faulty != 0 {
				t.Errorf("day %d: %+v", day, c)
			}
			w.Pass(26 * time.Hour)
		}
	})
}
