package contract_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/web/webtest"
)

// An office is an account with its referent, a plain member and the vendor's sales.
type office struct {
	*webtest.Site
	account                 directory.Account
	referent, member, sales *webtest.Client
	memberID                string
	vendor                  authz.Actor // sales
}

func open(t *testing.T) office {
	t.Helper()
	w := apptest.New(t, "sqlite")
	o := office{Site: webtest.New(t, w), account: w.Account("204 817")}
	o.referent = o.SignedIn(t, w.Administrator(o.account, "helene.castaing@maraval.example"))
	member, m := w.Member(o.account, "camille.aubrac@maraval.example")
	o.member, o.memberID = o.SignedIn(t, member), m.UUID
	o.vendor = w.Staff("solene@batisoft.example", authz.Sales)
	o.sales = o.SignedIn(t, o.vendor)
	return o
}

// upload sends the form of an invoice with a file.
func (o office) upload(t *testing.T, number, name string, content []byte) *webtest.Page {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for field, value := range map[string]string{"document_number": number, "document_day": "2026-02-27", "amount": "1 248,00 €"} {
		if err := form.WriteField(field, value); err != nil {
			t.Fatal(err)
		}
	}
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write(content)
	_ = form.Close()
	return o.sales.Send("/vendor/customers/"+o.account.UUID+"/documents", form.FormDataContentType(), b.String())
}

const at = "/accounts/204817"

func TestInvoices(t *testing.T) { // SEAT-8, ACC-9
	t.Parallel()
	o := open(t)
	if page := o.member.Get(at + "/contract"); page.Status != http.StatusForbidden || o.member.Get(at).Has("nav a[href='"+at+"/contract']") {
		t.Errorf("SEAT-8 a plain member: %d, or the navigation leads there", page.Status)
	}
	if !o.referent.Get(at).Has("nav a[href='" + at + "/contract']") {
		t.Error("SEAT-8 the navigation leads no referent there")
	}
	empty := o.referent.Get(at + "/contract")
	if empty.Status != http.StatusOK || !strings.Contains(empty.Text(), "Aucune facture") || !strings.Contains(empty.Text(), "Aucun abonnement") {
		t.Errorf("SEAT-8 without documents: %d %s", empty.Status, empty.Text())
	}
	if strings.Contains(empty.Text(), "Suivants") {
		t.Error("SEAT-8 a list without documents leads to a next page")
	}
	content := []byte("%PDF-1.7\n<script>alert(1)</script>")
	if page := o.upload(t, "F-2026-1", `..\..\été "2026".html`, content); page.Status != http.StatusSeeOther {
		t.Fatalf("SEAT-8 upload: %d %s", page.Status, page.Text())
	}
	for name, test := range map[string]struct {
		content []byte
		says    string
		status  int
	}{
		"empty":                  {nil, "Le fichier est vide", http.StatusUnprocessableEntity},
		"HTML called a PDF":      {[]byte("<html>"), "pas un PDF", http.StatusUnprocessableEntity},
		"ten megabytes and more": {append([]byte("%PDF-"), make([]byte, directory.DocumentMost)...), "dépasse 10 Mo", http.StatusUnprocessableEntity},
		"eleven megabytes":       {append([]byte("%PDF-"), make([]byte, 11<<20)...), "Le formulaire dépasse", http.StatusRequestEntityTooLarge},
	} {
		if page := o.upload(t, "F-2026-2", "a.pdf", test.content); page.Status != test.status || !strings.Contains(page.Text(), test.says) {
			t.Errorf("SEAT-8 %s: %d %.300s", name, page.Status, page.Text())
		} else if page.Status == http.StatusUnprocessableEntity && !page.Has("input[name=document_number][value='F-2026-2']") {
			t.Errorf("SEAT-8 %s: what was typed is gone", name)
		}
	}
	page := o.referent.Get(at + "/contract")
	if !strings.Contains(page.Text(), "F-2026-1") || !strings.Contains(page.Text(), "1 facture") {
		t.Fatalf("SEAT-8 the referent's page: %s", page.Text())
	}
	_, rest, _ := strings.Cut(page.Body, at+"/contract/documents/")
	id, _, _ := strings.Cut(rest, `"`)
	got := o.referent.Get(at + "/contract/documents/" + id)
	for name, want := range map[string]string{
		"Content-Type": "application/pdf", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox",
		"Content-Disposition": `attachment; filename*=utf-8''%C3%A9t%C3%A9%20-2026-.html.pdf`, "Cache-Control": "no-store",
	} {
		if is := got.Header.Get(name); is != want {
			t.Errorf("SEAT-8 %s is %q, want %q", name, is, want)
		}
	}
	if got.Status != http.StatusOK || got.Body != string(content) {
		t.Errorf("SEAT-8 download: %d, %d bytes", got.Status, len(got.Body))
	}
	theirs, nobodys := o.member.Get(at+"/contract/documents/"+id), o.member.Get(at+"/contract/documents/unknown")
	if theirs.Status != http.StatusNotFound || theirs.Text() != nobodys.Text() {
		t.Errorf("SEAT-8 a plain member: %d %q, of none %q", theirs.Status, theirs.Text(), nobodys.Text())
	}
	list := "/vendor/customers/" + o.account.UUID + "/documents"
	if done := o.sales.Get(list + "?withdraw=" + id).Submit(list + "/" + id + "/withdraw"); done.Status != http.StatusSeeOther {
		t.Errorf("SEAT-8 withdraw: %d %s", done.Status, done.Text())
	}
	if got := o.referent.Get(at + "/contract/documents/" + id); got.Status != http.StatusNotFound {
		t.Errorf("SEAT-8 withdrawn: %d", got.Status)
	}
}

// TestWithdrawFromAnyPage withdraws what stands on the second page of invoices:
// every step stays there, as long as there is one.
func TestWithdrawFromAnyPage(t *testing.T) { // SEAT-8, LIST-6
	t.Parallel()
	o := open(t)
	list := "/vendor/customers/" + o.account.UUID + "/documents"
	for i := range app.DocumentsPerPage + 2 {
		_, err := o.World.Contracts.AddDocument(t.Context(), o.vendor, o.account.ID, app.ContractNewDocument{Number: fmt.Sprintf("F-%02d", i), File: "f.pdf",
			Day: directory.Day{Year: 2026, Month: 2, Day: 1}, Content: []byte("%PDF-1.7")})
		if err != nil {
			t.Fatal(err)
		}
	}
	if all := o.referent.Get(at + "/contract?skip=50").Text(); !strings.Contains(all, "F-01") || strings.Contains(all, "F-02") {
		t.Fatalf("SEAT-8 the referent's second page: %s", all)
	}
	second := list + "?skip=50"
	for i, number := range []string{"F-01", "F-00"} {
		_, rest, found := strings.Cut(o.sales.Get(second).Body, list+"?skip=50&amp;withdraw=")
		id, _, _ := strings.Cut(rest, `"`)
		if !found {
			t.Fatalf("SEAT-8 the second page offers nothing to withdraw")
		}
		asked := o.sales.Get(second + "&withdraw=" + id)
		if !strings.Contains(asked.Text(), "Retirer la facture "+number) || !asked.Has("dialog a[href='"+second+"']") {
			t.Fatalf("SEAT-8 it does not ask about %s, or closing it leads elsewhere: %s", number, asked.Text())
		}
		done := asked.Submit(list + "/" + id + "/withdraw")
		if done.Location != second {
			t.Errorf("LIST-6 withdrawn, it leads to %q", done.Location)
		}
		after := done.Follow().Text()
		if strings.Contains(after, "F-02") != (i == 1) || !strings.Contains(after, fmt.Sprintf("%d factures", 51-i)) {
			t.Errorf("LIST-6 after %s: %s", number, after)
		}
		if gone := o.sales.Get(second + "&withdraw=" + id); gone.Status != http.StatusOK || gone.Has("dialog") {
			t.Errorf("SEAT-8 asked about what is gone: %d", gone.Status)
		}
	}
	if far := o.sales.Post(list+"/unknown/withdraw", "return", "//evil.example/"); far.Status != http.StatusNotFound {
		t.Errorf("SEAT-8 withdraw of nothing: %d", far.Status)
	}
}

// TestEndedSubscriptions: what has ended is said and stands back.
func TestEndedSubscriptions(t *testing.T) { // SEAT-8, SEAT-9
	t.Parallel()
	o := open(t)
	first := directory.Day{Year: 2026, Month: 1, Day: 1}
	for reference, last := range map[string]directory.Day{"C-ended": {Year: 2026, Month: 1, Day: 31}, "C-goes-on": {}} {
		_, err := o.World.Subscriptions.Add(t.Context(), o.World.Operator(), o.account.ID, app.NewSubscription{Offer: directory.Offer{Product: "plans"},
			Term: app.SubscriptionTerm{Quantity: 3, First: first, Last: last, Reference: reference}})
		if err != nil {
			t.Fatal(err)
		}
	}
	page := o.referent.Get(at + "/contract")
	faint := page.All("tr.is-faint")
	if len(faint) != 1 || !strings.Contains(faint[0].Text(), "C-ended") || !strings.Contains(faint[0].Text(), "Terminé") {
		t.Fatalf("SEAT-8 %d stand back: %s", len(faint), page.Text())
	}
	if text := page.Text(); !strings.Contains(text, "C-goes-on") || strings.Count(text, "Terminé") != 1 {
		t.Errorf("SEAT-8 %s", text)
	}
}

func TestNamingOnPages(t *testing.T) { // SEAT-7
	t.Parallel()
	o := open(t)
	root, err := o.World.Contracts.AtUnit(t.Context(), o.World.Actor("helene.castaing@maraval.example"), o.account.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	unit := root.Unit.UUID
	name := at + "/contract/units/" + unit + "/name"
	form := o.referent.Get(name + "?part=deputy&q=camille&return=" + at + "/units/" + unit)
	if form.Status != http.StatusOK || !form.Has("input[name=member][value='"+o.memberID+"']") {
		t.Fatalf("SEAT-7 the form: %d %s", form.Status, form.Text())
	}
	done := form.Submit(name, "member", o.memberID)
	if done.Location != at+"/units/"+unit || !strings.Contains(done.Follow().Text(), "Suppléant nommé pour le contrat de") {
		t.Errorf("SEAT-7 named: %d to %q", done.Status, done.Location)
	}
	block := o.referent.Get(at + "/units/" + unit)
	if !strings.Contains(block.Text(), "Suppléant depuis le") {
		t.Errorf("SEAT-7 the unit's page: %s", block.Text())
	}
	if page := o.member.Get(at + "/contract"); page.Status != http.StatusOK || strings.Contains(page.Body, "/name?") || strings.Contains(page.Body, "/end") {
		t.Errorf("SEAT-8 the deputy's page: %d, or it offers to name", page.Status)
	}
	const own, others = "Votre rôle de référent du contrat : Compte 204 817", "suppléant pour un contrat : Compte 204 817"
	if page := o.member.Get("/profile/erase").Text(); !strings.Contains(page, others) || strings.Contains(page, own) {
		t.Errorf("SEAT-7 what a deputy is told who erases themselves: %s", page)
	}
	if page := o.referent.Get("/profile/erase").Text(); !strings.Contains(page, own) || strings.Contains(page, others) {
		t.Errorf("ACC-9 what the referent is told who erases themselves: %s", page)
	}
	if contacts := o.member.Get(at + "/contacts"); !strings.Contains(contacts.Text(), "Suppléant du référent") {
		t.Errorf("ACC-10 contacts: %s", contacts.Text())
	}
	lyon, err := o.World.Units.Add(t.Context(), o.World.Actor("helene.castaing@maraval.example"), o.account.ID, app.NewUnit{Name: "Lyon", Level: "office"})
	if err != nil {
		t.Fatal(err)
	}
	refused := o.referent.Post(at+"/contract/units/"+lyon.UUID+"/name", "part", "deputy", "member", o.memberID)
	if refused.Status != http.StatusConflict || !strings.Contains(refused.Text(), "camille aubrac n’est rattaché ni à Lyon ni à une unité en dessous") {
		t.Errorf("SEAT-7 somebody of another unit: %d %s", refused.Status, refused.Text())
	}
	if again := o.referent.Post(name, "part", "deputy", "member", o.memberID, "member", o.memberID, "return", at+"/contract"); again.Location != at+"/contract" ||
		strings.Count(again.Follow().Text(), "Suppléant depuis le") != 1 {
		t.Errorf("SEAT-7 the same deputy twice in a form: %d to %q", again.Status, again.Location)
	}
	outside := o.referent.Post(at+"/contract/units/"+unit+"/end", "part", "deputy", "member", o.memberID, "return", "//evil.example/")
	if outside.Location != at+"/contract" {
		t.Errorf("SIGN-7 it leads to %q", outside.Location)
	}
	if page := o.member.Get(at + "/contract"); page.Status != http.StatusForbidden {
		t.Errorf("SEAT-8 who was deputy: %d", page.Status)
	}
	if long := o.referent.Post(name, "part", "deputy", "member", strings.Repeat("x", 70_000)); long.Status != http.StatusNotFound {
		t.Errorf("DOOR-6 a long id: %d", long.Status)
	}
	if odd := o.referent.Get(name + "?part=owner"); odd.Status != http.StatusUnprocessableEntity {
		t.Errorf("SEAT-7 no part: %d", odd.Status)
	}
}
