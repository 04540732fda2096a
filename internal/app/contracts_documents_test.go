package app_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// pdf begins as one and has so many bytes, each unlike its neighbours.
func pdf(n int) []byte {
	content := make([]byte, n)
	for i := range content {
		content[i] = byte(i * 31)
	}
	copy(content, "%PDF-1.7\n")
	return content
}

func invoice(unit, number string) app.ContractNewDocument {
	return app.ContractNewDocument{Unit: unit, Number: number, Amount: "1 248,00 €", File: number + ".pdf",
		Day: directory.Day{Year: 2026, Month: 2, Day: 27}, Content: pdf(600_000)}
}

func TestContractPage(t *testing.T) { // SEAT-8, ACC-9
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newPark(w)
		deputy, m := p.housed("suppleante@maraval.example", "Maraval Location")
		admin := w.Administrator(p.account, "karim.haddad@maraval.example")
		if got := p.name(p.admin, directory.DeputyPart, "Maraval Location", m.UUID); got != "" {
			t.Fatal(got)
		}
		sales := w.Staff("solene@batisoft.example", authz.Sales)
		ids := map[string]string{}
		for unit, number := range map[string]string{"": "F-1", "Maraval Location": "F-2", p.uuid("Nacelles"): "F-3", "Maraval Conseil": "F-4"} {
			d, err := w.Contracts.AddDocument(w.Context(), sales, p.account.ID, invoice(unit, number))
			w.Must(err)
			ids[number] = d.UUID
		}
		numbers := func(actor authz.Actor) ([]string, int64, string) {
			page, err := w.Contracts.Page(w.Context(), actor, p.account.ID, 0)
			var found []string
			for _, d := range page.Documents.Rows {
				found = append(found, d.Number)
			}
			slices.Sort(found)
			return found, page.Documents.Total, w.Code(err)
		}
		for _, test := range []struct {
			name  string
			actor authz.Actor
			want  string
			sees  []string
		}{
			{"SEAT-8 the root's referent sees all", p.admin, "", []string{"F-1", "F-2", "F-3", "F-4"}},
			{"SEAT-8 a unit's deputy sees the unit and those below", deputy, "", []string{"F-2", "F-3"}},
			{"ACC-9 an administrator who is not referent sees none", admin, "denied.contract", nil},
			{"API-3 somebody else", w.Person("dehors@atelier.example"), "account.not_found", nil},
		} {
			found, total, code := numbers(test.actor)
			if code != test.want || !slices.Equal(found, test.sees) || total != int64(len(test.sees)) {
				t.Errorf("%s: %v of %d, %q; want %v, %q", test.name, found, total, code, test.sees, test.want)
			}
			for number, id := range ids {
				d, err := w.Contracts.Download(w.Context(), test.actor, p.account.ID, id)
				want := "document.not_found"
				if slices.Contains(test.sees, number) {
					want = ""
				} else if test.want == "account.not_found" {
					want = test.want
				}
				if got := w.Code(err); got != want {
					t.Errorf("%s: download of %s: %q, want %q", test.name, number, got, want)
				} else if got == "" && !bytes.Equal(whole(w, d), pdf(600_000)) {
					t.Errorf("%s: %s is not what was added", test.name, number)
				}
			}
		}
		page, err := w.Contracts.Page(w.Context(), deputy, p.account.ID, 0)
		if w.Must(err); len(page.Units) != 1 || page.Units[0].Unit.Name != "Maraval Location" || page.Units[0].MayName || page.Units[0].MayNameDeputy {
			t.Errorf("SEAT-8 the deputy's units: %+v", page.Units)
		}
		for name, led := range map[string]struct {
			actor authz.Actor
			want  bool
		}{"ACC-9 an administrator": {admin, false}, "SEAT-8 the referent": {p.admin, true}, "SEAT-8 a deputy": {deputy, true}} {
			frame, err := w.Accounts.Open(w.Context(), led.actor, p.account.Number)
			if w.Must(err); frame.Contract != led.want {
				t.Errorf("%s is led to the contract: %t", name, frame.Contract)
			}
		}
		seen, err := w.History.List(w.Context(), admin, p.account.ID, app.HistoryFilter{Kinds: []audit.Kind{audit.DocumentAdded}}, app.Window{})
		w.Must(err)
		for _, e := range seen.Entries {
			if len(e.Entry.Facts) != 1 || e.Entry.Facts[0].Field != "document_number" || len(e.Entry.Personal) != 0 {
				t.Errorf("ACC-9 the history of others says %v %v", e.Entry.Facts, e.Entry.Personal)
			}
		}
		if seen.Total != 4 || len(seen.Entries) != 4 {
			t.Errorf("HIST-1 %d invoices are recorded, %d shown, want 4", seen.Total, len(seen.Entries))
		}
		history, err := w.History.ListAll(w.Context(), w.Operator(), app.HistoryFilter{Kinds: []audit.Kind{audit.DocumentDownloaded}}, app.Window{})
		if w.Must(err); history.Total != 6 {
			t.Errorf("HIST-4 %d downloads are recorded, want 6", history.Total)
		}
	})
}

// whole reads a document to its end.
func whole(w *apptest.World, d *app.ContractDownload) []byte {
	var content []byte
	for {
		part, err := d.Part(w.Context())
		w.Must(err)
		if len(part) == 0 {
			return content
		}
		content = append(content, part...)
	}
}

func TestDocuments(t *testing.T) { // SEAT-8, DOOR-6
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newPark(w)
		other := w.Account("117 402")
		sales := w.Staff("solene@batisoft.example", authz.Sales)
		for _, test := range []struct {
			name        string
			change      func(n *app.ContractNewDocument)
			code, field string
		}{
			{"SEAT-8 an empty file", func(n *app.ContractNewDocument) { n.Content = nil }, "document.empty", "file"},
			{"SEAT-8 eleven megabytes", func(n *app.ContractNewDocument) { n.Content = pdf(11 << 20) }, "document.too_large", "file"},
			{"SEAT-8 HTML that is called a PDF", func(n *app.ContractNewDocument) { n.Content = []byte("<html><script>alert(1)</script>") }, "document.not_pdf", "file"},
			{"SEAT-8 a PDF further on", func(n *app.ContractNewDocument) { n.Content = append([]byte("\n"), pdf(100)...) }, "document.not_pdf", "file"},
			{"SEAT-8 UTF-16 is no PDF", func(n *app.ContractNewDocument) { n.Content = []byte("\xff\xfe%\x00P\x00D\x00F\x00-\x00") }, "document.not_pdf", "file"},
			{"SEAT-8 no number", func(n *app.ContractNewDocument) { n.Number = " " }, "field.required", "document_number"},
			{"DOOR-6 a long number", func(n *app.ContractNewDocument) { n.Number = strings.Repeat("9", 70_000) }, "field.too_long", "document_number"},
			{"DOOR-6 a broken amount", func(n *app.ContractNewDocument) { n.Amount = "1\x00" }, "text.broken", "amount"},
			{"DOOR-6 a long amount", func(n *app.ContractNewDocument) { n.Amount = strings.Repeat("9", 61) }, "field.too_long", "amount"},
			{"SEAT-8 no day", func(n *app.ContractNewDocument) { n.Day = directory.Day{} }, "field.required", "document_day"},
			{"SEAT-8 no unit of the account", func(n *app.ContractNewDocument) { n.Unit = "Atelier" }, "unit.not_found", "unit"},
		} {
			n := invoice("", "F-1")
			test.change(&n)
			_, err := w.Contracts.AddDocument(w.Context(), sales, p.account.ID, n)
			if got := w.Code(err); got != test.code || fieldOf(err) != test.field {
				t.Errorf("%s: %q at %q, want %q at %q", test.name, got, fieldOf(err), test.code, test.field)
			}
		}
		for _, test := range []struct{ file, want string }{
			{"facture mars.PDF", "facture mars.pdf"}, {"../../etc/passwd", "passwd.pdf"}, {`C:\Temp\a.pdf`, "a.pdf"}, {"..", "F-1.pdf"}, {"", "F-1.pdf"},
			{"\xfe\xff\x00f\x00a.pdf", "F-1.pdf"}, {"a\r\nSet-Cookie: x.pdf", "a Set-Cookie- x.pdf"}, {`a"; filename="b.html`, "a-; filename=-b.html.pdf"},
			{strings.Repeat("x", 70_000), strings.Repeat("x", 115) + "….pdf"}, {"zürich – été.pdf", "zürich – été.pdf"},
		} {
			n := invoice("", "F-1")
			n.File = test.file
			d, err := w.Contracts.AddDocument(w.Context(), sales, p.account.ID, n)
			if w.Must(err); d.File != test.want {
				t.Errorf("SEAT-8 %.40q is stored as %q, want %q", test.file, d.File, test.want)
			}
			_, err = w.Contracts.WithdrawDocument(w.Context(), sales, p.account.ID, d.UUID)
			w.Must(err)
		}
		d, err := w.Contracts.AddDocument(w.Context(), sales, p.account.ID, invoice("", "F-2"))
		w.Must(err)
		half, err := w.Contracts.Download(w.Context(), p.admin, p.account.ID, d.UUID)
		w.Must(err)
		if part, err := half.Part(w.Context()); err != nil || len(part) == 0 || int64(len(part)) >= half.Bytes {
			t.Fatalf("NODE-7 the first part has %d bytes of %d: %v", len(part), half.Bytes, err)
		}
		if _, err := w.Contracts.WithdrawDocument(w.Context(), sales, other.ID, d.UUID); w.Code(err) != "document.not_found" {
			t.Errorf("USER-5 by another account's address: %v", err)
		}
		_, err = w.Contracts.WithdrawDocument(w.Context(), sales, p.account.ID, d.UUID)
		w.Must(err)
		_, gone := w.Contracts.Download(w.Context(), p.admin, p.account.ID, d.UUID)
		_, never := w.Contracts.Download(w.Context(), p.admin, p.account.ID, "unknown")
		_, theirs := w.Contracts.DownloadForVendor(w.Context(), sales, other.ID, d.UUID)
		for name, err := range map[string]error{"withdrawn": gone, "never there": never, "another account's": theirs} {
			if w.Code(err) != "document.not_found" {
				t.Errorf("SEAT-8 %s: %v", name, err)
			}
		}
		if content := whole(w, half); len(content) != 0 {
			t.Errorf("SEAT-8 %d bytes of what is withdrawn", len(content))
		}
	})
}

// TestInvoiceOnce: whoever sends an invoice twice, one after the other or at the
// same moment, puts it there once.
func TestInvoiceOnce(t *testing.T) { // SEAT-8
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newPark(w)
		other := w.Account("117 402")
		sales := w.Staff("solene@batisoft.example", authz.Sales)
		add := func(account directory.AccountID, unit, number string) (directory.Document, error) {
			return w.Contracts.AddDocument(w.Context(), sales, account, invoice(unit, number))
		}
		first, err := add(p.account.ID, "", "F-1")
		w.Must(err)
		for _, test := range []struct {
			name    string
			account directory.AccountID
			unit    string
			number  string
			want    string
		}{
			{"the same again", p.account.ID, "", "F-1", "document.number_taken"},
			{"with a space around it", p.account.ID, "", " F-1 ", "document.number_taken"},
			{"for another unit", p.account.ID, "Maraval Location", "F-1", "document.number_taken"},
			{"another number", p.account.ID, "", "F-11", ""},
			{"another account's", other.ID, "", "F-1", ""},
		} {
			_, err := add(test.account, test.unit, test.number)
			if got := w.Code(err); got != test.want || got != "" && fieldOf(err) != "document_number" {
				t.Errorf("SEAT-8 %s: %q at %q, want %q", test.name, got, fieldOf(err), test.want)
			}
		}
		_, err = w.Contracts.WithdrawDocument(w.Context(), sales, p.account.ID, first.UUID)
		w.Must(err)
		if _, err := add(p.account.ID, "", "F-1"); err != nil {
			t.Errorf("SEAT-8 after the first is withdrawn: %v", err)
		}
		for round := range 5 {
			var codes [2]string
			var both sync.WaitGroup
			for i := range codes {
				both.Go(func() {
					_, err := add(p.account.ID, "", fmt.Sprintf("G-%d", round))
					codes[i] = w.Code(err)
				})
			}
			both.Wait()
			slices.Sort(codes[:])
			if codes != [2]string{"", "document.number_taken"} {
				t.Errorf("SEAT-8 two at once: %q", codes)
			}
		}
		found, err := w.Contracts.CustomerDocuments(w.Context(), sales, p.account.ID, app.DocumentWindow{})
		if w.Must(err); found.Total != 7 {
			t.Errorf("SEAT-8 %d invoices are there, want 7", found.Total)
		}
		history, err := w.History.ListAll(w.Context(), w.Operator(), app.HistoryFilter{Kinds: []audit.Kind{audit.DocumentAdded}}, app.Window{})
		if w.Must(err); history.Total != 9 {
			t.Errorf("HIST-1 %d are recorded, want 9", history.Total)
		}
	})
}

// TestContractSubscriptions: a unit's referent sees the subscriptions that the unit
// and those below it hold, and no other.
func TestContractSubscriptions(t *testing.T) { // SEAT-8, SEAT-13
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newPark(w)
		referent, m := p.housed("referente@maraval.example", "Maraval Location")
		deputy, second := p.housed("suppleant@maraval.example", "Nacelles")
		plain, _ := p.housed("membre@maraval.example", "Maraval Location")
		both, third := p.housed("deux@maraval.example", "Gand")
		for _, named := range []struct {
			part         directory.Part
			unit, member string
		}{
			{directory.ReferentPart, "Maraval Location", m.UUID}, {directory.DeputyPart, "Nacelles", second.UUID},
			{directory.DeputyPart, "Maraval Benelux", third.UUID}, {directory.ReferentPart, "Gand", third.UUID},
		} {
			if got := p.name(p.admin, named.part, named.unit, named.member); got != "" {
				t.Fatal(got)
			}
		}
		for i, unit := range []string{"Groupe Maraval", "Maraval Location", "Nacelles", "Maraval Conseil", "Gand"} {
			_, err := w.Subscriptions.Add(w.Context(), w.Operator(), p.account.ID, app.NewSubscription{Offer: directory.Offer{Product: "plans"}, Unit: p.uuid(unit),
				Term: app.SubscriptionTerm{Quantity: int64(i + 1), Reference: "C-" + unit, First: directory.Day{Year: 2026, Month: 1, Day: 1}}})
			w.Must(err)
		}
		_, err := w.Subscriptions.Add(w.Context(), w.Operator(), w.Account("117 402").ID,
			app.NewSubscription{Offer: directory.Offer{Product: "plans"}, Term: app.SubscriptionTerm{Quantity: 9}})
		w.Must(err)
		for _, test := range []struct {
			name  string
			actor authz.Actor
			code  string
			sees  []string
		}{
			{"the root's referent", p.admin, "", []string{"Gand 5", "Groupe Maraval 1", "Maraval Conseil 4", "Maraval Location 2", "Nacelles 3"}},
			{"a unit's referent", referent, "", []string{"Maraval Location 2", "Nacelles 3"}},
			{"a deputy further below", deputy, "", []string{"Nacelles 3"}},
			{"who is named twice on one way", both, "", []string{"Gand 5"}},
			{"nobody", plain, "denied.contract", nil},
		} {
			page, err := w.Contracts.Page(w.Context(), test.actor, p.account.ID, 0)
			var sees []string
			for _, line := range page.Subscriptions {
				if line.Reference != "C-"+line.Unit.Name || line.Offer.Product != "plans" || line.Start.IsZero() || !line.End.IsZero() {
					t.Errorf("SEAT-8 %s: %+v", test.name, line)
				}
				sees = append(sees, fmt.Sprint(line.Unit.Name, " ", line.Quantity))
			}
			slices.Sort(sees)
			if code := w.Code(err); code != test.code || !slices.Equal(sees, test.sees) {
				t.Errorf("SEAT-8 %s sees %q, %q; want %q, %q", test.name, sees, code, test.sees, test.code)
			}
		}
	})
}
