package app_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// faultsOf are the faults of each row of an import, as "line field code, …".
func faultsOf(w *apptest.World, actor authz.Actor, id string) []string {
	w.T.Helper()
	rows, err := w.Imports.Rows(w.Context(), actor, directory.Installation, id, app.ImportFilter{Outcome: app.Refused, Limit: 100})
	w.Must(err)
	var said []string
	for _, row := range rows {
		var all []string
		for _, fault := range row.Faults() {
			all = append(all, fault.Field+" "+fault.Code)
		}
		said = append(said, strings.Join(all, ", "))
	}
	return said
}

// TestImportOfCustomersTellsAll: all that is wrong with a row of a customer or of what
// one has bought is told at once, each at its column.
func TestImportOfCustomersTellsAll(t *testing.T) { // VEND-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		sales := w.Staff("ventes@batisoft.example", authz.Sales)
		w.Account("500 000")
		file := "Numéro de client;Raison sociale;Type de compte;Niveau de service;Ville;Pays;Langue;Fuseau horaire;E-mail de l’acheteur;Échéance\n" +
			"600 001;;mystère;or;" + strings.Repeat("a", 400) + ";Syldavie;klingon;Mars/Olympe;personne;31/02/2027\n" +
			"600 002;Un;licences;licence;;Deutschland;;;;\n" +
			"600 002;;licences;licence;;;;;;\n" +
			"500 000;PrÃ©vost;licences;or;Ã‰pernay;;;;;\n"
		i, err := w.Imports.Upload(w.Context(), sales, directory.Installation, "clients.csv", strings.NewReader(file))
		w.Must(err)
		want := []string{
			"country field.unknown_choice, language field.unknown_choice, contract_ends import.bad_date, city field.too_long, account_name field.required, " +
				"account_type field.unknown_choice, service_level field.unknown_choice, time_zone field.unknown_choice, buyer_email email.no_at",
			"customer_number import.number_double, account_name field.required",
			"account_name text.twice, city text.twice, service_level field.unknown_choice"}
		if got := faultsOf(w, sales, i.UUID); !slices.Equal(got, want) {
			t.Errorf("VEND-4 customers:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		sold := "N° client;Produit;Quantité;Début;Dernier jour;Entité;Référence;Identifiant externe\n" +
			"500 000;Gruyère;douze;demain;hier;Nulle part;" + strings.Repeat("r", 300) + ";\n" +
			"999 999;Gruyère;0;01/02/2027;01/01/2027;Nulle part;;\n" +
			"500 000;Plans;3;01/02/2027;01/01/2027;;;X-1\n" +
			"500 000;Plans;douze;;;;;X-1\n"
		i, err = w.Imports.UploadSubscriptions(w.Context(), sales, "abonnements.csv", strings.NewReader(sold))
		w.Must(err)
		want = []string{
			"product field.unknown_choice, quantity seat.quantity, first import.bad_date, last import.bad_date, unit unit.not_found, reference field.too_long",
			"customer_number account.not_found, quantity seat.quantity, last subscription.ends_before_start",
			"last subscription.ends_before_start",
			"external_id import.subscription_double, quantity seat.quantity"}
		if got := faultsOf(w, sales, i.UUID); !slices.Equal(got, want) {
			t.Errorf("VEND-4 subscriptions:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	})
}

// TestImportOfCustomersHidden: rows that a sheet hides come in only where somebody said
// so, and nothing comes in before; a country is understood in words.
func TestImportOfCustomersHidden(t *testing.T) { // VEND-4, ADD-13
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		sales := w.Staff("ventes@batisoft.example", authz.Sales)
		book := excelize.NewFile()
		for n, row := range [][]any{{"Numéro de client", "Raison sociale", "Pays"}, {"600 001", "Un", "Deutschland"}, {"600 002", "Deux", "pays bas"}, {"600 003", "Trois", "fr"}} {
			cell, err := excelize.CoordinatesToCellName(1, n+1)
			w.Must(err)
			w.Must(book.SetSheetRow("Sheet1", cell, &row))
		}
		w.Must(book.SetRowVisible("Sheet1", 3, false))
		var file bytes.Buffer
		w.Must(book.Write(&file))
		i, err := w.Imports.Upload(w.Context(), sales, directory.Installation, "clients.xlsx", bytes.NewReader(file.Bytes()))
		w.Must(err)
		if i.Choices.Found.Hidden != 1 || i.Counts.Added != 2 {
			t.Errorf("VEND-4 %d hidden, %+v", i.Choices.Found.Hidden, i.Counts)
		}
		if _, err := w.Imports.Start(w.Context(), sales, directory.Installation, i.UUID); w.Code(err) != "import.hidden" {
			t.Errorf("ADD-13 started with hidden rows unsaid: %v", err)
		}
		i, err = w.Imports.Mend(w.Context(), sales, directory.Installation, i.UUID, app.ImportMending{Hidden: directory.HiddenTaken})
		w.Must(err)
		if i.Counts.Added != 3 {
			t.Errorf("ADD-13 hidden rows taken: %+v", i.Counts)
		}
		if _, err := w.Imports.Mend(w.Context(), w.Staff("aide@batisoft.example", authz.Support), directory.Installation, i.UUID, app.ImportMending{Hidden: directory.HiddenLeft}); err == nil {
			t.Error("VEND-3 support mends an import of customers")
		}
		i, err = w.Imports.Mend(w.Context(), sales, directory.Installation, i.UUID, app.ImportMending{Hidden: directory.HiddenLeft})
		w.Must(err)
		i, err = w.Imports.Start(w.Context(), sales, directory.Installation, i.UUID)
		w.Must(err)
		list, err := w.Accounts.List(w.Context(), w.Operator(), app.CustomerQuery{})
		w.Must(err)
		countries := map[string]string{}
		for _, line := range list.Lines {
			countries[line.Number] = line.Address.Country
		}
		if i.Counts.Added != 2 || len(countries) != 2 || countries["600 001"] != "DE" || countries["600 003"] != "FR" {
			t.Errorf("VEND-4 created %+v %v", i.Counts, countries)
		}
	})
}
