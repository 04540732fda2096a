package projects_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/web/webtest"
)

const base = "/accounts/204817/projects"

// A desk is an administrator's browser on an account with projects.
type desk struct {
	*webtest.Client
	site    *webtest.Site
	account directory.Account
	admin   authz.Actor
	project app.ProjectAt
	at      string // its address
	pass    func(time.Duration)
}

func sit(t *testing.T) desk {
	t.Helper()
	w := apptest.New(t, "sqlite")
	d := desk{site: webtest.New(t, w), account: w.AccountOf("204817", "construction"), pass: w.Pass}
	d.admin = w.Administrator(d.account, "helene.castaing@maraval.example")
	d.Client = d.site.SignedIn(t, d.admin)
	d.project = d.begin(t, "Collège des Sablons", "P-2026-018")
	d.at = base + "/" + d.project.Project
	return d
}

// begin makes another project.
func (d desk) begin(t *testing.T, name, number string) app.ProjectAt {
	t.Helper()
	n := app.NewProject{Change: app.ProjectChange{Name: &name, Number: &number}}
	made, _, err := d.site.App.Projects.Create(t.Context(), d.admin, d.account.ID, n)
	if err != nil {
		t.Fatal(err)
	}
	return app.ProjectAt{Account: d.account.ID, Project: made.UUID}
}

// joins brings somebody into a project, and answers their public id.
func (d desk) joins(t *testing.T, at app.ProjectAt, row app.NewMember) string {
	t.Helper()
	row.Row = 1
	verdicts, err := d.site.App.Projects.Add(t.Context(), d.admin, at, []app.NewPlace{{NewMember: row}}, app.PlaceOptions{})
	if err := apptest.ErrOf(verdicts, err); err != nil {
		t.Fatal(err)
	}
	return verdicts[0].Member.UUID
}

// chief is the browser of an administrator of the project who is nothing else in the
// account.
func (d desk) chief(t *testing.T) *webtest.Client {
	t.Helper()
	chief, _ := d.site.World.Member(d.account, "fatou.diarra@maraval.example")
	d.joins(t, d.project, app.NewMember{Email: "fatou.diarra@maraval.example", Functions: []string{"project-manager"}})
	return d.site.SignedIn(t, chief)
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

func TestList(t *testing.T) { // PROJ-1, LIST-6, LIST-9
	d := sit(t)
	quai := d.begin(t, "Rénovation Quai Sud", "P-2025-002")
	old := d.begin(t, "Médiathèque", "M 7")
	if err := d.site.App.Projects.Archive(t.Context(), d.admin, old, 1); err != nil {
		t.Fatal(err)
	}
	d.joins(t, d.project, app.NewMember{Email: "ana@maraval.example"})
	d.joins(t, d.project, app.NewMember{Email: "bo@maraval.example"})
	d.joins(t, quai, app.NewMember{Email: "helene.castaing@maraval.example"})
	list := d.Get(base)
	has(t, list, http.StatusOK, "En cours 2", "Les miens 1", "Archivés 1", "P-2026-018", "1–2 sur 2 projets", base+"/new", `href="`+d.at+`"`, "Vous êtes dans ce projet")
	lacks(t, list, "Médiathèque")
	has(t, d.Get(base+"?view=archived"), http.StatusOK, "Médiathèque", "1–1 sur 1 projet")
	mine := d.Get(base + "?view=mine")
	has(t, mine, http.StatusOK, "Rénovation Quai Sud")
	lacks(t, mine, "Collège")
	has(t, d.Get(base+"?q=RENOVATION"), http.StatusOK, "Rénovation Quai Sud", "1 sur 2")
	has(t, d.Get(base+"?q=2026-01"), http.StatusOK, "Collège des Sablons", "1 sur 2")
	has(t, d.Get(base+"?view=archived&q=m7"), http.StatusOK, "Médiathèque")
	has(t, d.Get(base+"?q=zzz"), http.StatusOK, "Aucun projet ne correspond à", "Tout effacer")
	for _, order := range []string{"sort=members&order=desc", "sort=number&order=desc", "sort=starts", ""} {
		body := d.Get(base + "?" + order).Body
		if first := strings.Index(body, "Collège") < strings.Index(body, "Rénovation"); !first {
			t.Errorf("PROJ-1 sorted by %q the wrong one comes first", order)
		}
	}
	has(t, d.Get(base+"?after=nothing").Follow(), http.StatusOK, "Collège")
	has(t, d.Get(base+"?type=nothing").Follow(), http.StatusOK, "Collège")
}

func TestListPages(t *testing.T) { // LIST-6, LIST-9
	d := sit(t)
	for i := range 60 {
		d.begin(t, fmt.Sprintf("Lot %02d", i), "")
	}
	first := d.Get(base + "?q=lot")
	has(t, first, http.StatusOK, "1–50 sur 60 projets", "60 sur 61", "Lot 49")
	lacks(t, first, "Lot 50")
	for _, link := range first.All(".in-pager a") {
		if href := link.Attr("href"); href != "" {
			has(t, d.Get(href), http.StatusOK, "51–60 sur 60 projets", "Lot 50")
		}
	}
}

func TestSight(t *testing.T) { // PROJ-7, PROJ-11, LIST-8
	d := sit(t)
	other := base + "/" + d.begin(t, "Entrepôt Liège 2", "").Project
	member := d.joins(t, d.project, app.NewMember{Email: "ana@maraval.example"})
	chief := d.chief(t)
	has(t, chief.Get(base), http.StatusOK, "Collège des Sablons", "1–1 sur 1 projet")
	lacks(t, chief.Get(base), "Entrepôt")
	for _, path := range []string{d.at, d.at + "/companies", d.at + "/products", d.at + "/settings", d.at + "/products/plans", d.at + "/members/" + member} {
		has(t, chief.Get(path), http.StatusOK, "Collège des Sablons")
	}
	for _, path := range []string{other, other + "/companies", other + "/products", other + "/settings", other + "/products/plans", other + "/members/" + member,
		other + "/members/bulk?act=edit&member=" + member} {
		has(t, chief.Get(path), http.StatusNotFound)
	}
	for _, path := range []string{"/archive", "/settings", "/members/" + member, "/members/" + member + "/access", "/members/" + member + "/remove"} {
		has(t, chief.Post(other+path, "version", "1", "switch", "site", "to", "member"), http.StatusNotFound)
	}
	nobody, _ := d.site.World.Member(d.account, "camille.aubrac@maraval.example")
	outside := d.site.SignedIn(t, nobody)
	has(t, outside.Get(base), http.StatusOK, "Pas encore de projet")
	has(t, outside.Get(d.at), http.StatusNotFound)
	lacks(t, outside.Get("/accounts/204817"), `href="`+base+`"`)
	elsewhere := d.site.World.AccountOf("117402", "construction")
	theirs := d.site.SignedIn(t, d.site.World.Administrator(elsewhere, "blanche.ferriere@ardoises.example"))
	has(t, theirs.Get(d.at), http.StatusNotFound)
	has(t, theirs.Get("/accounts/117402/projects/"+d.project.Project), http.StatusNotFound) // USER-5: the id of another account
	has(t, theirs.Get("/accounts/117402/projects/new?from="+d.project.Project), http.StatusOK)
	lacks(t, theirs.Get("/accounts/117402/projects/new?from="+d.project.Project), "Collège")
	has(t, d.Get("/accounts/204817/projects/nowhere"), http.StatusNotFound)
	d.site.World.Administrator(d.site.World.Account("118000"), "ines@licences.example")
	has(t, d.site.SignedIn(t, d.site.World.Actor("ines@licences.example")).Get("/accounts/118000/projects"), http.StatusNotFound)
}

func TestCreate(t *testing.T) { // PROJ-1, PROJ-9
	d := sit(t)
	d.joins(t, d.project, app.NewMember{Email: "ana@maraval.example", Company: "Maraval", Functions: []string{"site-manager"}})
	form := d.Get(base + "/new")
	has(t, form, http.StatusOK, "Nouveau projet", "Fuseau horaire", "Un projet vide", "Collège des Sablons (P-2026-018)")
	if !form.Has("input[name=product][value=plans][checked][disabled]") || !form.Has("input[name=starts][type=date]") || !form.Has("option[value='Europe/Paris'][selected]") {
		t.Error("PROJ-1 the form lacks the base product, a day or the account's time zone")
	}
	refused := form.Submit(base+"/new", "name", "", "number", "P-9", "address", "3 rue des Forges")
	has(t, refused, http.StatusUnprocessableEntity, "obligatoire", `value="P-9"`, "3 rue des Forges")
	if !refused.Has("input[name=name].is-invalid") {
		t.Error("PROJ-1 the error does not stand at its field")
	}
	for field, value := range map[string]string{"number": " p-2026 -018", "ends": "2020-01-01", "starts": "demain", "time_zone": "Mars/Olympus", "name": "collège des SABLONS"} {
		pairs := []string{field, value}
		if field != "name" {
			pairs = append(pairs, "name", "Autre")
		}
		if field == "ends" {
			pairs = append(pairs, "starts", "2026-01-01")
		}
		refused := form.Submit(base+"/new", pairs...)
		if refused.Status != http.StatusUnprocessableEntity || !refused.Has("input[name="+field+"].is-invalid") && !refused.Has("select[name="+field+"].is-invalid") {
			t.Errorf("PROJ-1 %s %q: %d", field, value, refused.Status)
		}
	}
	has(t, form.Submit(base+"/new", "name", "Entrepôt", "product", "site", "starts", "2026-03-02", "ends", "2028-06-30").Follow(), http.StatusOK,
		"Le projet Entrepôt est créé", "2 mars 2026 – 30 juin 2028", "Il n’y a encore personne dans ce projet", "Produits 2")
	like := d.Get(base + "/new?from=" + d.project.Project)
	made := like.Submit(base+"/new", "name", "Collège bis").Follow()
	has(t, made, http.StatusOK, "ana@maraval.example", "Conducteur de travaux", "Maraval", "Produits 6")
	has(t, like.Submit(base+"/new", "name", "Collège ter", "start", "project:nowhere"), http.StatusUnprocessableEntity, "f-start")
}

func TestCreateFromTakesProducts(t *testing.T) { // PROJ-9
	d := sit(t)
	form := d.Get(d.at + "/settings")
	has(t, form.Submit(d.at+"/settings", "product", "site").Follow(), http.StatusOK, "est enregistré")
	like := d.Get(base + "/new?from=" + d.project.Project)
	has(t, like.Submit(base+"/new", "name", "Collège bis").Follow(), http.StatusOK, "Produits 2")
	has(t, like.Submit(base+"/new", "name", "Collège ter", "product", "budget").Follow(), http.StatusOK, "Produits 2", "Budget")
}

func TestCreateFromTemplate(t *testing.T) { // PROJ-9
	d := sit(t)
	d.joins(t, d.project, app.NewMember{Email: "ana@maraval.example", Functions: []string{"site-manager"}})
	like, err := d.site.App.Library.SaveTemplate(t.Context(), d.admin, d.project.Account, app.ProjectSaving{Project: d.project.Project, Name: "Collèges", Members: true})
	if err != nil {
		t.Fatal(err)
	}
	form := d.Get(base + "/new")
	has(t, form, http.StatusOK, "Modèle : Collèges")
	made := form.Submit(base+"/new", "name", "Collège bis", "start", "template:"+like.UUID, "start_members", "on").Follow()
	has(t, made, http.StatusOK, "ana@maraval.example", "Conducteur de travaux")
	has(t, form.Submit(base+"/new", "name", "Collège ter", "start", "template:nowhere"), http.StatusUnprocessableEntity, "f-start")
	if _, err := d.site.App.Library.ArchiveTemplate(t.Context(), d.admin, d.project.Account, like.UUID); err != nil {
		t.Fatal(err)
	}
	has(t, form.Submit(base+"/new", "name", "Collège ter", "start", "template:"+like.UUID), http.StatusUnprocessableEntity, "f-start", "Collèges")
}

func TestCreateByProjectAdministrators(t *testing.T) { // ACC-8, PROJ-7
	d := sit(t)
	chief := d.chief(t)
	made := chief.Get(base+"/new").Submit(base+"/new", "name", "Annexe").Follow()
	has(t, made, http.StatusOK, "Le projet Annexe est créé", "fatou.diarra@maraval.example", "Administrateur de projet")
	settings, err := d.site.App.Accounts.Settings(t.Context(), d.admin, d.account.ID)
	if err != nil {
		t.Fatal(err)
	}
	settings.AccountSettings.CreateProjects = false
	if err := d.site.App.Accounts.ChangeSettings(t.Context(), d.admin, d.account.ID, settings.AccountSettings); err != nil {
		t.Fatal(err)
	}
	lacks(t, chief.Get(base), base+"/new")
	has(t, chief.Get(base+"/new"), http.StatusForbidden, "seuls les administrateurs du compte")
	has(t, chief.Post(base+"/new", "name", "Encore"), http.StatusForbidden)
	has(t, d.Get(base+"/new"), http.StatusOK)
}

func TestSettings(t *testing.T) { // PROJ-1, PLAN-4
	d := sit(t)
	settings := d.at + "/settings"
	form, again := d.Get(settings), d.Get(settings)
	has(t, form, http.StatusOK, `value="P-2026-018"`)
	has(t, form.Submit(settings, "name", "Collège Jules-Verne", "address", "12 rue du Port").Follow(), http.StatusOK, "Collège Jules-Verne", "12 rue du Port")
	stale := again.Submit(settings, "name", "Collège perdu")
	has(t, stale, http.StatusConflict, "helene castaing a modifié ces données", "Était « Collège des Sablons », est maintenant « Collège Jules-Verne »", "Collège perdu")
	has(t, stale.Submit(settings).Follow(), http.StatusOK, "Collège perdu")
	has(t, d.Get(settings).Submit(settings, "ends", "1999-12-31", "starts", "2000-01-01"), http.StatusUnprocessableEntity, "La fin vient avant le début")
	has(t, d.Get(settings+"?ask=archive"), http.StatusOK, "Archiver Collège perdu", "Vous pouvez le rouvrir")
	old := d.Get(settings + "?ask=archive")
	has(t, d.Get(settings).Submit(settings, "number", "").Follow(), http.StatusOK)
	has(t, old.Submit(d.at+"/archive"), http.StatusConflict)
	has(t, d.Get(settings+"?ask=archive").Submit(d.at+"/archive").Follow(), http.StatusOK, "est archivé", "Archivé")
	archived := d.Get(settings)
	has(t, archived, http.StatusOK, "rien n’y change plus")
	if archived.Has("input[name=name]") {
		t.Error("PROJ-1 an archived project has a form")
	}
	has(t, d.Post(settings, "version", "9", "name", "Autre"), http.StatusConflict)
	has(t, archived.Submit(d.at+"/restore").Follow(), http.StatusOK, "est rouvert", "Actif")
	ana, _ := d.site.World.Member(d.account, "ana@maraval.example")
	d.joins(t, d.project, app.NewMember{Email: "ana@maraval.example"})
	plain := d.site.SignedIn(t, ana)
	has(t, plain.Get(settings), http.StatusForbidden)
	lacks(t, plain.Get(d.at), "Réglages")
}

func TestCompaniesAndProducts(t *testing.T) { // PROJ-2, PROJ-4
	d := sit(t)
	d.joins(t, d.project, app.NewMember{Email: "ana@maraval.example", Company: "Maraval", Functions: []string{"architect"}})
	d.joins(t, d.project, app.NewMember{Email: "bo@maraval.example", Company: "Maraval"})
	d.joins(t, d.project, app.NewMember{Email: "cid@nowhere.example"})
	companies := d.Get(d.at + "/companies")
	has(t, companies, http.StatusOK, "Sociétés 1", "Maraval", "Sans société")
	for _, link := range companies.All("tbody a") {
		shown := d.Get(link.Attr("href"))
		want := map[string]string{"Maraval": "2 sur 3", "Sans société": "1 sur 3"}[strings.TrimSpace(link.Text())]
		has(t, shown, http.StatusOK, want)
	}
	products := d.Get(d.at + "/products")
	has(t, products, http.StatusOK, "Produit de base", d.at+"/products/model", "Donné de lui-même")
	lacks(t, products, d.at+"/products/analytics") // LIST-11
	has(t, d.Get(d.at+"/products/model"), http.StatusOK, "ana@maraval.example", "1 sur 3")
}

func TestHostileTexts(t *testing.T) { // DOOR-6
	d := sit(t)
	name := `"><script>alert(1)</script>` + "’ & <b>"
	hostile := d.begin(t, name, `<i>1</i>`)
	member := d.joins(t, hostile, app.NewMember{Email: "ana@maraval.example", First: "<b>Ana", Last: `O"Brien & Söhne`, Company: `<u>Kestner</u> "Bau"`})
	at := base + "/" + hostile.Project
	for _, path := range []string{base, at, at + "/companies", at + "/products", at + "/settings", at + "/settings?ask=archive", at + "/members/" + member,
		at + "?ask=remove&who=" + member, at + "?ask=leave&who=" + member, at + "/members/bulk?act=edit&member=" + member, base + "/new?from=" + hostile.Project,
		at + "?q=" + url.QueryEscape(name)} {
		p := d.Get(path)
		has(t, p, http.StatusOK)
		if p.Has("script:not([src])") || p.Has("th b") || p.Has("td u") || p.Has("small i") {
			t.Errorf("%s writes markup of somebody", path)
		}
	}
	long := strings.Repeat("a", 70_000)
	for _, field := range []string{"name", "number", "address", "external", "time_zone", "type", "starts", "product"} {
		if got := d.Get(at+"/settings").Submit(at+"/settings", field, long); got.Status != http.StatusUnprocessableEntity || len(got.Text()) > 20_000 && field != "address" {
			t.Errorf("DOOR-6 %s of 70,000 letters: %d", field, got.Status)
		}
	}
	for _, field := range []string{"company", "access_level", "function", "access.site", "tool.plans.files", "version"} {
		got := d.Get(at+"/members/"+member).Submit(at+"/members/"+member, field, long)
		if got.Status != http.StatusUnprocessableEntity && got.Status != http.StatusConflict {
			t.Errorf("DOOR-6 %s of 70,000 letters: %d", field, got.Status)
		}
	}
	has(t, d.Get(at+"?q="+strings.Repeat("b", 50_000)), http.StatusOK, "0 sur 1")
	has(t, d.Get(base+"?q="+strings.Repeat("b", 50_000)), http.StatusOK, "0 sur 2")
}
