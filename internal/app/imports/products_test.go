package imports_test

import (
	"fmt"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// A firm is an account with an administrator, and what it has bought.
type firm struct {
	*apptest.World
	account directory.Account
	admin   authz.Actor
}

var (
	plans    = directory.Offer{Product: "plans"}
	complete = directory.Offer{Product: "fleet", Edition: "complete"}
	light    = directory.Offer{Product: "fleet", Edition: "light"}
)

func newFirm(w *apptest.World) firm {
	account, err := w.Accounts.Create(w.Context(), w.Operator(), app.NewAccount{Number: "204 817", Name: "Groupe Maraval", Type: "fleet",
		ServiceLevel: "contract", Language: "fr", Address: directory.PostalAddress{Street: "18 quai des Tanneurs", PostalCode: "44000", City: "Nantes", Country: "FR"}})
	w.Must(err)
	return firm{w, account, w.Administrator(account, "helene.castaing@maraval.example")}
}

// buys adds a subscription from today on.
func (f firm) buys(offer directory.Offer, n int64) {
	f.T.Helper()
	_, err := f.Subscriptions.Add(f.Context(), f.Operator(), f.account.ID, app.NewSubscription{Offer: offer, Term: app.SubscriptionTerm{Quantity: n}})
	f.Must(err)
}

// line is the pool of the account for an offer.
func (f firm) line(offer directory.Offer) app.SeatLine {
	f.T.Helper()
	panel, err := f.Seats.Panel(f.Context(), f.admin, f.account.ID, "")
	f.Must(err)
	for _, l := range panel.Lines {
		if l.Pool.Offer == offer {
			return l
		}
	}
	return app.SeatLine{}
}

// check takes a file in and makes its preview.
func (f firm) check(text string, change bool) directory.Import {
	f.T.Helper()
	i, err := f.Imports.Upload(f.Context(), f.admin, f.account.ID, "effectif.csv", strings.NewReader(text))
	f.Must(err)
	if change {
		i, err = f.Imports.Settings(f.Context(), f.admin, f.account.ID, i.UUID, app.ImportSetting{Columns: i.Choices.Columns, Change: true, Invite: directory.InviteNobody})
		f.Must(err)
	}
	i, err = f.Imports.Finish(f.Context(), f.admin, f.account.ID, i.UUID)
	f.Must(err)
	return i
}

// run confirms an import and brings it to its end.
func (f firm) run(i directory.Import) directory.Import {
	f.T.Helper()
	_, err := f.Imports.Start(f.Context(), f.admin, f.account.ID, i.UUID)
	f.Must(err)
	i, err = f.Imports.Finish(f.Context(), f.admin, f.account.ID, i.UUID)
	f.Must(err)
	return i
}

// rows are the outcomes of an import by line, with the refusals.
func (f firm) rows(i directory.Import) []string {
	f.T.Helper()
	rows, err := f.Imports.Rows(f.Context(), f.admin, f.account.ID, i.UUID, app.ImportFilter{Limit: 1000})
	f.Must(err)
	lines := make([]string, len(rows))
	for n, row := range rows {
		lines[n] = fmt.Sprintf("%d %s", row.Line, row.Outcome)
		if row.Refusal != nil {
			lines[n] += " " + row.Refusal.Field + " " + row.Refusal.Code
		}
	}
	return lines
}

// counted counts the outcomes of an import.
func (f firm) counted(i directory.Import) map[string]int {
	n := map[string]int{}
	for _, line := range f.rows(i) {
		_, outcome, _ := strings.Cut(line, " ")
		n[outcome]++
	}
	return n
}

// TestImportOfSeats: more people come than there are seats, in more than one
// chunk; who gets none is named, before and after, and comes with the result file
// when more were bought.
func TestImportOfSeats(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(w)
		f.buys(plans, 300)
		var text strings.Builder
		text.WriteString("E-mail;Produits\n")
		for n := range 820 {
			product := ""
			if n < 160 || n >= 660 { // in both chunks
				product = "Plans"
			}
			fmt.Fprintf(&text, "p%d@maraval.example;%s\n", n, product)
		}
		i := f.check(text.String(), false)
		previewed := f.counted(i)
		if previewed["added"] != 800 || previewed["refused product seat.none_free"] != 20 || len(previewed) != 2 {
			t.Errorf("SEAT-4 ADD-13 the preview of 320 people and 300 seats is %v", previewed)
		}
		before := f.rows(i)
		if l := f.line(plans); l.Free != 300 {
			t.Errorf("PLAN-1 after the preview %+v", l)
		}
		i = f.run(i)
		after := f.rows(i)
		for n := range before {
			if before[n] != after[n] {
				t.Errorf("SEAT-4 ADD-13 the preview said %q, the run %q", before[n], after[n])
			}
		}
		if l := f.line(plans); l.Reserved != 300 || l.Free != 0 || l.Over != 0 {
			t.Errorf("SEAT-4 ADD-13 after the run %+v", l)
		}
		f.buys(plans, 5)
		var again strings.Builder
		again.WriteString("Ligne;E-mail;Produits;Détail\n")
		w.Must(f.Imports.Result(w.Context(), f.admin, f.account.ID, i.UUID, func(row app.ResultRow) error {
			if row.Outcome == app.Refused {
				fmt.Fprintf(&again, "%d;%s;%s;%s\n", row.Line, row.Cells[0], row.Cells[1], row.Refusal.Code)
			}
			return nil
		}))
		i = f.run(f.check(again.String(), false))
		if n := f.counted(i); n["added"] != 5 || n["refused product seat.none_free"] != 15 {
			t.Errorf("SEAT-4 ADD-13 the result file after five more were bought is %v", n)
		}
		if l := f.line(plans); l.Reserved != 305 || l.Free != 0 {
			t.Errorf("SEAT-4 ADD-13 after the second run %+v", l)
		}
	})
}

// TestImportOfProducts: products are read by any of their names.
func TestImportOfProducts(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(w)
		f.buys(plans, 10)
		f.buys(complete, 4)
		f.buys(light, 1)
		i := f.run(f.check(`E-mail;Produits
a@maraval.example;PLANS, Parc
b@maraval.example;"fleet/complete; plans"
c@maraval.example;fleet/light
d@maraval.example;aucun
e@maraval.example;Plan
f@maraval.example;Traitement de texte
g@maraval.example;chantier
h@maraval.example;fleet
i@maraval.example;fleet,Parc Complet
j@maraval.example;Parc léger
`, false))
		want := []string{"2 added", "3 added", "4 added", "5 added",
			"6 refused product import.unknown_product_near", "7 refused product import.unknown_product",
			"8 refused product seat.no_subscription", "9 added", "10 refused product seat.already_held", "11 refused product seat.none_free"}
		got := f.rows(i)
		for n := range want {
			if n >= len(got) || got[n] != want[n] {
				t.Errorf("ADD-13 products: %v, want %v", got, want)
				break
			}
		}
	})
}

// TestImportOfProductsForMembers: who is there gets what they lack and keeps what
// they have.
func TestImportOfProductsForMembers(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(w)
		f.buys(plans, 10)
		f.buys(complete, 10)
		f.run(f.check("E-mail;Produits\na@maraval.example;plans\nb@maraval.example;\n", false))
		if n := f.counted(f.run(f.check("E-mail;Produits\na@maraval.example;fleet\n", false))); n["unchanged"] != 1 {
			t.Errorf("ADD-5 somebody who is there, without asking for changes: %v", n)
		}
		i := f.check("E-mail;Produits\na@maraval.example;fleet\nb@maraval.example;plans\n", true)
		rows, err := f.Imports.Rows(w.Context(), f.admin, f.account.ID, i.UUID, app.ImportFilter{Limit: 10})
		w.Must(err)
		if c := rows[0].Changes; len(c) != 1 || c[0].Field != "product" || c[0].After.Text() != "fleet/complete" {
			t.Errorf("ADD-13 the preview says %+v", c)
		}
		i = f.run(i)
		if got := f.rows(i); got[0] != "2 changed" || got[1] != "3 changed" {
			t.Errorf("ADD-13 products they lack: %v", got)
		}
		if p, c := f.line(plans), f.line(complete); p.Reserved != 2 || c.Reserved != 1 {
			t.Errorf("ADD-13 they keep what they have: %+v %+v", p, c)
		}
		if n := f.counted(f.run(f.check("E-mail;Produits\na@maraval.example;plans\nb@maraval.example;\n", true))); n["unchanged"] != 2 {
			t.Errorf("ADD-13 nothing is withdrawn by a file: %v", n)
		}
	})
}

// TestImportOfMoves: who moves to another home unit and names a product whose seat
// has lapsed gets one of the new unit's, once, and nothing is counted twice.
func TestImportOfMoves(t *testing.T) { // SEAT-9, SEAT-10, ADD-13
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(w)
		unit, err := w.Units.Add(w.Context(), f.admin, f.account.ID, app.NewUnit{Name: "Nord", Level: "group"})
		w.Must(err)
		old, err := w.Subscriptions.Add(w.Context(), f.Operator(), f.account.ID, app.NewSubscription{Offer: plans, Term: app.SubscriptionTerm{Quantity: 2}})
		w.Must(err)
		f.run(f.check("E-mail;Produits\na@maraval.example;plans\n", false))
		w.Must(w.Subscriptions.End(w.Context(), f.Operator(), f.account.ID, old.UUID, old.Version))
		_, err = w.Subscriptions.Add(w.Context(), f.Operator(), f.account.ID, app.NewSubscription{Offer: plans, Unit: unit.UUID, Term: app.SubscriptionTerm{Quantity: 1}})
		w.Must(err)
		i := f.run(f.check("E-mail;Produits;Unité\na@maraval.example;plans;Nord\n", true))
		if got := f.rows(i); got[0] != "2 changed" {
			t.Errorf("ADD-13 moved: %v", got)
		}
		panel, err := w.Seats.Panel(w.Context(), f.admin, f.account.ID, unit.UUID)
		w.Must(err)
		if len(panel.Lines) != 1 || panel.Lines[0].Reserved != 1 || panel.Lines[0].Free != 0 {
			t.Errorf("SEAT-10 at the new unit: %+v", panel.Lines)
		}
		if l := f.line(plans); l.Pool.Held != 0 {
			t.Errorf("SEAT-9 the lapsed seat: %+v", l)
		}
	})
}
