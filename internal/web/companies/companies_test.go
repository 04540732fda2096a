package companies_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/web/webtest"
)

const base = "/accounts/204817/companies"

// A desk is an administrator's browser on an account.
type desk struct {
	*webtest.Client
	site    *webtest.Site
	account directory.Account
	admin   authz.Actor
}

func sit(t *testing.T) desk {
	t.Helper()
	w := apptest.New(t, "sqlite")
	d := desk{site: webtest.New(t, w), account: w.Account("204817")}
	d.admin = w.Administrator(d.account, "helene.castaing@maraval.example")
	d.Client = d.site.SignedIn(t, d.admin)
	return d
}

// hires adds n people to a company.
func (d desk) hires(t *testing.T, company string, n int) {
	t.Helper()
	var rows []app.NewMember
	for i, address := range apptest.Addresses(n, strings.ReplaceAll(directory.Fold(company), " ", "-")+".example") {
		rows = append(rows, app.NewMember{Row: i + 1, Email: address, Company: company})
	}
	verdicts, err := d.site.App.Members.Add(t.Context(), d.admin, d.account.ID, rows, app.AddOptions{Silent: true})
	if err := apptest.ErrOf(verdicts, err); err != nil {
		t.Fatal(err)
	}
}

// id is the public id of a company.
func (d desk) id(t *testing.T, name string) string {
	t.Helper()
	page, err := d.site.App.Companies.List(t.Context(), d.admin, d.account.ID, app.CompanyQuery{Search: name})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range page.Rows {
		if c.Name == name {
			return c.UUID
		}
	}
	t.Fatalf("no company %s", name)
	return ""
}

func has(t *testing.T, p *webtest.Page, status int, texts ...string) {
	t.Helper()
	if p.Status != status {
		t.Errorf("status %d, want %d: %.300s", p.Status, status, p.Text())
	}
	for _, text := range texts {
		if !strings.Contains(p.Text(), text) && !strings.Contains(p.Body, text) {
			t.Errorf("page lacks %q", text)
		}
	}
}

func lacks(t *testing.T, p *webtest.Page, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(p.Text(), text) || strings.Contains(p.Body, text) {
			t.Errorf("page has %q", text)
		}
	}
}

func TestList(t *testing.T) { // COMP-1
	d := sit(t)
	has(t, d.Get(base), http.StatusOK, "Pas encore de société", base+"/new")
	d.hires(t, "Kestner Bau", 2)
	d.hires(t, "Ardoises Ferrière", 3)
	list := d.Get(base)
	has(t, list, http.StatusOK, "Kestner Bau", "Ardoises Ferrière", "2 sociétés", "/accounts/204817/members?company="+d.id(t, "Kestner Bau")+"&amp;unit=all")
	has(t, d.Get("/accounts/204817/members?company="+d.id(t, "Kestner Bau")+"&unit=all"), http.StatusOK, "2 sur 6")
	has(t, d.Get(base+"?q=FERRIERE"), http.StatusOK, "1 sur 2", "Ardoises Ferrière")
	lacks(t, d.Get(base+"?q=FERRIERE"), "Kestner Bau")
	has(t, d.Get(base+"?q=zzz"), http.StatusOK, "zzz", base+"/new?name=zzz")
	sorted := d.Get(base + "?sort=members&order=desc").Body
	if strings.Index(sorted, "Ardoises Ferrière</a>") > strings.Index(sorted, "Kestner Bau</a>") {
		t.Error("COMP-1 the largest does not come first")
	}
	has(t, d.Get(base+"?after=nothing").Follow(), http.StatusOK, "Kestner Bau")
	plain, _ := d.site.World.Member(d.account, "camille.aubrac@maraval.example")
	member := d.site.SignedIn(t, plain)
	has(t, member.Get(base), http.StatusForbidden)
	lacks(t, member.Get("/accounts/204817"), `href="`+base+`"`)
	has(t, d.Get("/accounts/204817"), http.StatusOK, `href="`+base+`"`)
}

func TestCreate(t *testing.T) { // COMP-2
	d := sit(t)
	d.hires(t, "Maraval Travaux", 1)
	form := d.Get(base + "/new")
	has(t, form, http.StatusOK, "Créer une société")
	taken := form.Submit(base+"/new", "name", "maraval  TRAVAUX")
	has(t, taken, http.StatusConflict, "existe déjà", "company="+d.id(t, "Maraval Travaux"))
	near := form.Submit(base+"/new", "name", "Maraval Travaux SA")
	has(t, near, http.StatusOK, "Des sociétés portent un nom proche", "1 membre", "Créer quand même")
	has(t, near.Submit(base+"/new", "name", "Maraval Travau"), http.StatusOK, "Créer quand même") // another name is seen anew
	has(t, near.Submit(base+"/new", "name", "Maraval Travaux SA").Follow(), http.StatusOK, "est créée", "2 sociétés")
	has(t, d.Get(base+"/new?name="+url.QueryEscape("Maraval Travaux")), http.StatusOK, "Des sociétés portent un nom proche")
	has(t, form.Submit(base+"/new", "name", " "), http.StatusUnprocessableEntity)
}

func TestRename(t *testing.T) { // COMP-3
	d := sit(t)
	d.hires(t, "Kestner Bau", 1)
	d.hires(t, "Ardoises Ferrière", 1)
	at := base + "/" + d.id(t, "Kestner Bau") + "/edit"
	form := d.Get(at)
	has(t, form.Submit(at, "name", "Ardoises ferriere"), http.StatusConflict, "fusionnez les deux",
		base+"/merge?company="+d.id(t, "Kestner Bau")+"&amp;company="+d.id(t, "Ardoises Ferrière"))
	has(t, form.Submit(at, "name", "Kestner GmbH").Follow(), http.StatusOK, "Kestner GmbH")
	has(t, form.Submit(at, "name", "Kestner AG"), http.StatusConflict)
	has(t, d.Get("/accounts/204817/members"), http.StatusOK, "Kestner GmbH")
	has(t, d.Get(base+"/nowhere/edit"), http.StatusNotFound)
}

func TestMerge(t *testing.T) { // COMP-4
	d := sit(t)
	d.hires(t, "Maraval", 2)
	d.hires(t, "Maraval SA", 3)
	d.hires(t, "Kestner Bau", 1)
	into, double := d.id(t, "Maraval"), d.id(t, "Maraval SA")
	has(t, d.Get(base+"/merge?company="+double), http.StatusOK, "Avec quelles sociétés", "Maraval", "2 membres")
	lacks(t, d.Get(base+"/merge?company="+double), "Kestner Bau")
	has(t, d.Get(base+"/merge?find=1&q=kest&company="+double), http.StatusOK, "Kestner Bau")
	has(t, d.Get(base+"/merge?company="+double+"&company="+into), http.StatusOK, "Quelle société reste")
	check := d.Get(base + "/merge?company=" + double + "&company=" + into + "&into=" + into)
	has(t, check, http.StatusOK, "aura 5 membres", "disparaît de la liste")
	again := d.Get(base + "/merge?company=" + double + "&company=" + into + "&into=" + into)
	if _, err := d.site.App.Companies.Rename(t.Context(), d.admin, d.account.ID, double, app.CompanyNaming{Name: "Maraval S.A.", Version: 1}); err != nil {
		t.Fatal(err)
	}
	stale := check.Submit(base + "/merge")
	has(t, stale, http.StatusConflict, "Maraval S.A.")
	has(t, stale.Submit(base+"/merge").Follow(), http.StatusOK, "1 société fusionnée", "2 sociétés")
	has(t, again.Submit(base+"/merge").Follow(), http.StatusOK, "a été fusionnée avec")
	has(t, d.Get(base+"/merge?company="+double), http.StatusConflict, "a été fusionnée avec")
	has(t, d.Get("/accounts/204817/members?unit=all&company="+double), http.StatusOK, "5 sur 7")
	has(t, d.Get("/accounts/204817/history"), http.StatusOK, "1 société fusionnée")
	has(t, d.Post(base+"/merge", "into", into, "pick", into+" 1"), http.StatusUnprocessableEntity)
	has(t, d.Post(base+"/merge", "pick", "x"), http.StatusNotFound)
}
