package console_test

import (
	"bytes"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/web/webtest"
)

// parts are addresses of a customer's subscriptions.
func parts(a directory.Account) (customer, fresh string) {
	customer = "/vendor/customers/" + a.UUID
	return customer, customer + "/subscriptions/new"
}

// sold adds a subscription, with so many people holding seats of it.
func sold(w *apptest.World, a directory.Account, n int64, holders ...string) directory.Subscription {
	s, err := w.Subscriptions.Add(w.Context(), w.Operator(), a.ID, app.NewSubscription{Offer: directory.Offer{Product: "plans"},
		Term: app.SubscriptionTerm{Quantity: n, Last: directory.Day{Year: 2026, Month: 12, Day: 31}, Reference: "F-2026-0118"}})
	w.Must(err)
	if len(holders) == 0 {
		return s
	}
	admin := w.Administrator(a, "admin@maraval.example")
	for _, email := range holders {
		_, m := w.Member(a, email)
		verdicts, err := w.Seats.Assign(w.Context(), admin, a.ID, app.Of(m.UUID), directory.Offer{Product: "plans"})
		w.Must(apptest.ErrOf(verdicts, err))
	}
	return s
}

func TestSubscriptionsOnPages(t *testing.T) { // VEND-1, SEAT-9
	_, a, as := world(t, "sqlite")
	customer, fresh := parts(a)
	sales := as[authz.Sales]
	t.Run("VEND-1 added and seen", func(t *testing.T) {
		page := sales.Get(fresh)
		page.Submit(fresh, "product", "plans", "quantity", "20", "last", "31/12/2026", "reference", "F-2026-0118", "price_note", "Remise de 10 %").Follow()
		text := sales.Get(customer).Text()
		for _, want := range []string{"Plans", "20 libres", "31 déc. 2026", "F-2026-0118", "Remise de 10 %", "En cours"} {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in %s", want, text)
			}
		}
	})
	t.Run("VEND-1 bad input stands under its field and is kept", func(t *testing.T) {
		for _, bad := range []struct{ field, value, says string }{
			{"quantity", "0", "La quantité va de"}, {"quantity", "-3", "La quantité va de"}, {"quantity", "10000001", "La quantité va de"},
			{"quantity", "douze", "La quantité va de"}, {"last", "2020-01-01", "précède le premier"}, {"last", "demain", "demain"},
			{"product", "no-such", "no-such"}, {"unit", "8b8f3a52-1111-4c5e-9c6e-000000000000", "n’existe"}, {"price_note", strings.Repeat("a", 70_000), "500"},
		} {
			given := map[string]string{"product": "plans", "quantity": "5", "first": "2026-03-02", "last": "2026-12-31", "reference": "Gardée"}
			given[bad.field] = bad.value
			var pairs []string
			for k, v := range given {
				pairs = append(pairs, k, v)
			}
			again := sales.Post(fresh, pairs...)
			if again.Status != 422 || !strings.Contains(again.Body, "Gardée") || !strings.Contains(again.Text(), bad.says) ||
				!strings.Contains(again.Body, `id="f-`+bad.field+`-error"`) {
				t.Errorf("%s %.20q: %d %.400s", bad.field, bad.value, again.Status, again.Text())
			}
		}
	})
	t.Run("VEND-3 who only looks is offered nothing", func(t *testing.T) {
		for _, role := range []authz.StaffRole{authz.Support, authz.Auditor} {
			page := as[role].Get(customer)
			if !strings.Contains(page.Text(), "F-2026-0118") || strings.Contains(page.Body, "subscriptions/") || strings.Contains(page.Body, "do=end") {
				t.Errorf("%s: %s", role, page.Text())
			}
			if refused := as[role].Post(fresh, "product", "plans", "quantity", "5"); refused.Status != 403 {
				t.Errorf("%s adds: %d, want 403", role, refused.Status)
			}
		}
	})
}

func TestSubscriptionActsOnPages(t *testing.T) { // SEAT-9, PLAN-4
	w := apptest.New(t, "sqlite")
	site := webtest.New(t, w)
	a := w.Account("204 817")
	sales := site.SignedIn(t, w.Staff("sales@batisoft.example", authz.Sales))
	sub := sold(w, a, 5, "a@maraval.example", "b@maraval.example", "c@maraval.example")
	customer, _ := parts(a)
	path := customer + "/subscriptions/" + sub.UUID
	t.Run("PLAN-4 the version is carried", func(t *testing.T) {
		stale := sales.Get(path + "/edit")
		sales.Get(path+"/edit").Submit(path+"/edit", "quantity", "6").Follow()
		again := stale.Submit(path+"/edit", "quantity", "9", "reference", "Gardée")
		if again.Status != 409 || !strings.Contains(again.Body, "Gardée") {
			t.Errorf("stale: %d %s", again.Status, again.Text())
		}
	})
	t.Run("SEAT-9 reduced below what is held", func(t *testing.T) {
		dialog := sales.Get(customer + "?do=resize&subscription=" + sub.UUID)
		if refused := dialog.Submit(path+"/resize", "quantity", "0"); refused.Status != 422 || !strings.Contains(refused.Text(), "La quantité va de") {
			t.Errorf("to nothing: %d %s", refused.Status, refused.Text())
		}
		done := dialog.Submit(path+"/resize", "quantity", "1").Follow()
		if !strings.Contains(done.Text(), "2 de trop") {
			t.Errorf("reduced: %s", done.Text())
		}
	})
	t.Run("SEAT-9 extended, the same and by another", func(t *testing.T) {
		dialog := sales.Get(customer + "?do=extend&subscription=" + sub.UUID)
		if !strings.Contains(dialog.Body, `value="2027-12-31"`) {
			t.Error("the next year is proposed")
		}
		if refused := dialog.Submit(path+"/extend", "last", "2026-11-30"); refused.Status != 422 {
			t.Errorf("shorter: %d", refused.Status)
		}
		next := dialog.Submit(path+"/extend", "way", "anew").Follow()
		if !strings.Contains(next.Text(), "À venir") || !strings.Contains(next.Text(), "1er janv. 2027") {
			t.Errorf("another follows: %s", next.Text())
		}
		if again := dialog.Submit(path+"/extend", "way", "anew"); again.Status != 409 {
			t.Errorf("PLAN-4 twice from one page: %d", again.Status)
		}
		dialog = sales.Get(customer + "?do=extend&subscription=" + sub.UUID)
		longer := dialog.Submit(path+"/extend", "last", "31/01/2027").Follow()
		if !strings.Contains(longer.Text(), "31 janv. 2027") {
			t.Errorf("longer: %s", longer.Text())
		}
	})
	t.Run("SEAT-9 the dialog names the loss", func(t *testing.T) {
		dialog := sales.Get(customer + "?do=end&subscription=" + sub.UUID)
		if !strings.Contains(dialog.Text(), "Les licences de 3 personnes échoient aujourd’hui") {
			t.Errorf("dialog: %s", dialog.Text())
		}
		done := dialog.Submit(path + "/end").Follow()
		if !strings.Contains(done.Text(), "Échu") || !strings.Contains(done.Text(), "Terminé") {
			t.Errorf("ended: %s", done.Text())
		}
		if again := sales.Post(path + "/end"); again.Status != 409 {
			t.Errorf("twice: %d", again.Status)
		}
	})
	other := w.Account("300 100")
	if page := sales.Get("/vendor/customers/" + other.UUID + "/subscriptions/" + sub.UUID + "/edit"); page.Status != 404 {
		t.Errorf("USER-5 under another customer: %d, want 404", page.Status)
	}
}

func TestSubscriptionsListPage(t *testing.T) { // VEND-1, VEND-3
	w := apptest.New(t, "sqlite")
	site := webtest.New(t, w)
	a, other := w.Account("204 817"), w.Account("300 100")
	sub := sold(w, a, 2, "a@maraval.example", "b@maraval.example")
	w.Must(w.Subscriptions.Change(w.Context(), w.Operator(), a.ID, sub.UUID, app.SubscriptionChange{Term: app.SubscriptionTerm{Quantity: 1,
		Last: directory.Day{Year: 2026, Month: 3, Day: 20}}}))
	sold(w, other, 7)
	auditor := site.SignedIn(t, w.Staff("auditor@batisoft.example", authz.Auditor))
	text := func(query string) string { return auditor.Get("/vendor/subscriptions" + query).Text() }
	all := text("")
	for _, want := range []string{"2 abonnements", "204 817", "300 100", "1 de trop", "20 mars 2026", "Sur-utilisés 1", "Échéance proche 1"} {
		if !strings.Contains(all, want) {
			t.Errorf("VEND-1 no %q in %s", want, all)
		}
	}
	for query, want := range map[string][2]string{
		"?view=over_used": {"204 817", "300 100"}, "?within=30": {"204 817", "300 100"}, "?q=300": {"300 100", "204 817"},
		"?state=coming": {"Aucun abonnement ne correspond", "204 817"}, "?product=plans&q=204": {"204 817", "300 100"},
		"?product=site": {"Aucun abonnement ne correspond", "300 100"},
	} {
		if got := text(query); !strings.Contains(got, want[0]) || strings.Contains(got, want[1]) {
			t.Errorf("VEND-1 %s: %s", query, got)
		}
	}
	if page := auditor.Get("/vendor/subscriptions?after=nonsense"); page.Status != 422 {
		t.Errorf("a bad cursor: %d, want 422", page.Status)
	}
	if admin := site.SignedIn(t, w.Administrator(other, "x@maraval.example")).Get("/vendor/subscriptions"); admin.Status != 404 {
		t.Errorf("VEND-3 a customer's administrator: %d, want 404", admin.Status)
	}
}

func TestImportSubscriptionsOnPages(t *testing.T) { // VEND-4
	_, _, as := world(t, "sqlite")
	sales := as[authz.Sales]
	if !strings.Contains(sales.Get("/vendor/subscriptions").Body, "/vendor/subscriptions/import") {
		t.Error("the list does not lead to the import")
	}
	if page := as[authz.Auditor].Get("/vendor/subscriptions/import"); page.Status != 403 {
		t.Errorf("VEND-3 an auditor: %d, want 403", page.Status)
	}
	file := "N° client;Produit;Licences;Fin\r\n204 817;Plans;12;31/12/2026\r\n204 817;Gruyère;12;\r\n"
	sent := sales.Send("/vendor/subscriptions/import", "multipart/form-data; boundary=x",
		"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"abonnements.csv\"\r\n\r\n"+file+"\r\n--x--\r\n")
	preview := sent.Follow()
	for _, want := range []string{"Importer des abonnements", "12 × Plans", "Gruyère", "Écrire 1 abonnement"} {
		if !strings.Contains(preview.Text(), want) {
			t.Errorf("VEND-4 no %q in %s", want, preview.Text())
		}
	}
	if strange := as[authz.Operator].Get(sent.Location); strange.Status != 404 {
		t.Errorf("somebody else's draft: %d, want 404", strange.Status)
	}
	done := preview.Submit(sent.Location).Follow()
	if !strings.Contains(done.Text(), "Les abonnements sont écrits") {
		t.Errorf("VEND-4 done: %s", done.Text())
	}
	result := sales.Get(sent.Location + "/result.csv")
	if !strings.Contains(result.Body, "Ajouté") || !strings.Contains(result.Body, "Refusé") || strings.Count(result.Body, "\n") != 3 {
		t.Errorf("VEND-4 result: %s", result.Body)
	}
}

// TestImportOfCustomersOnPages: the page asks what becomes of hidden rows before anything
// is created, tells all faults of a row, and hands the rows left out over as files that
// come in again.
func TestImportOfCustomersOnPages(t *testing.T) { // VEND-4
	_, _, as := world(t, "sqlite")
	sales := as[authz.Sales]
	upload := func(name, content string) *webtest.Page {
		return sales.Send("/vendor/customers/import", "multipart/form-data; boundary=x-x",
			"--x-x\r\nContent-Disposition: form-data; name=\"file\"; filename=\""+name+"\"\r\n\r\n"+content+"\r\n--x-x--\r\n")
	}
	book := excelize.NewFile()
	for n, row := range [][]any{{"Numéro de client", "Raison sociale", "Pays", "Téléphone"}, {"700 001", "Un", "Allemagne", "+33 1"}, {"700 002", "", "Syldavie", "+33 2"}, {"700 003", "Trois", "", ""}} {
		if err := book.SetSheetRow("Sheet1", "A"+strconv.Itoa(n+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	if err := book.SetRowVisible("Sheet1", 4, false); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := book.Write(&file); err != nil {
		t.Fatal(err)
	}
	sent := upload("clients.xlsx", file.String())
	draft := sent.Follow()
	for _, want := range []string{"1 ligne de la feuille est masquée", "Dites d’abord", "Nom du compte : Ce champ est obligatoire.", "Pays : « Syldavie »", "La ligne écartée (XLSX)"} {
		if !strings.Contains(draft.Text(), want) {
			t.Errorf("VEND-4 no %q in %s", want, draft.Text())
		}
	}
	if strings.Contains(draft.Text(), "Créer 1 ") {
		t.Error("VEND-4 an import with hidden rows unsaid can be started")
	}
	said := draft.Submit(sent.Location+"/mend", "hidden", "take").Follow()
	if !strings.Contains(said.Text(), "Créer 2 ") || strings.Contains(said.Text(), "Dites d’abord") {
		t.Errorf("VEND-4 after the answer: %s", said.Text())
	}
	for _, form := range []string{"csv", "xlsx"} {
		left := sales.Get(sent.Location + "/result." + form + "?outcome=refused").Body
		again := upload("encore."+form, left).Follow()
		if text := again.Text(); !strings.Contains(text, "700 002") || strings.Contains(text, "700 001") || !strings.Contains(text, "Syldavie") {
			t.Errorf("VEND-4 the rows left out as %s come again as %s", form, text)
		}
	}
}
