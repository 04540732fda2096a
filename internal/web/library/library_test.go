package library_test

import (
	"net/http"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/web/webtest"
)

const base = "/accounts/204817/library"

// A desk is the browser of who administers the standards of a builder's account, and
// that of its administrator.
type desk struct {
	*webtest.Client
	site             *webtest.Site
	chief            *webtest.Client
	account          directory.Account
	admin, standards authz.Actor
}

func sit(t *testing.T) desk {
	t.Helper()
	w := apptest.New(t, "sqlite")
	d := desk{site: webtest.New(t, w), account: w.AccountOf("204817", "construction")}
	d.admin = w.Administrator(d.account, "helene.castaing@maraval.example")
	actor, m := w.Member(d.account, "nora.belkacem@maraval.example")
	level := "standards-administrator"
	w.Must(apptest.ErrOf(w.Members.EditMembers(t.Context(), d.admin, d.account.ID, app.Of(m.UUID), app.MemberChange{Levels: apptest.Levels(level)})))
	d.standards = actor
	d.Client, d.chief = d.site.SignedIn(t, actor), d.site.SignedIn(t, d.admin)
	return d
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

// TestArrivalOfBoth: who is executive and administers the standards is offered dashboard
// and library, and nothing else.
func TestArrivalOfBoth(t *testing.T) { // ACC-13, ADD-8
	d := sit(t)
	w := d.site.World
	actor, m := w.Member(d.account, "soraya.benhamou@maraval.example")
	give := func(levels ...string) {
		t.Helper()
		w.Must(apptest.ErrOf(w.Members.EditMembers(t.Context(), d.admin, d.account.ID, app.Of(m.UUID), app.MemberChange{Levels: &levels})))
	}
	give("executive", "standards-administrator")
	both := d.site.SignedIn(t, actor)
	if p := both.Get("/accounts/204817"); p.Location != "/accounts/204817/dashboard" {
		t.Errorf("arrives at %q", p.Location)
	}
	for _, at := range []string{"/accounts/204817/dashboard", base} {
		p := both.Get(at)
		has(t, p, http.StatusOK, `href="`+base+`"`, `href="/accounts/204817/dashboard"`)
		for _, no := range []string{"members", "contacts", "companies", "units", "rights", "history", "roles\""} {
			lacks(t, p, `href="/accounts/204817/`+no)
		}
	}
	has(t, both.Get("/accounts/204817/members"), http.StatusForbidden)
	has(t, both.Get("/accounts"), http.StatusOK, "Exécutif et Normes")
	give("executive", "standards-administrator", "administrator")
	if p := both.Get("/accounts/204817"); p.Status != http.StatusOK || !strings.Contains(p.Body, `href="/accounts/204817/members`) {
		t.Errorf("an administrator who is both: %d %s", p.Status, p.Location)
	}
}

func TestArrival(t *testing.T) { // ACC-13
	d := sit(t)
	for from, to := range map[string]string{"/accounts/204817/start": "/accounts/204817", "/accounts/204817": base, "/accounts/204817/roles": base} {
		if p := d.Get(from); p.Location != to {
			t.Errorf("%s leads to %s, want %s", from, p.Location, to)
		}
	}
	p := d.Get(base)
	has(t, p, http.StatusOK, "Bibliothèque", "Rôles", "Modèles", "Listes", "Architecte", "Cheffe de projet", "Nouvelle fonction", "Niveaux d’accès")
	for _, no := range []string{"members", "contacts", "companies", "units", "rights", "history", "roles\""} {
		lacks(t, p, `href="/accounts/204817/`+no)
	}
	chief := d.chief.Get("/accounts/204817")
	has(t, chief, http.StatusOK, `href="`+base+`"`)
	plain, _ := d.site.World.Member(d.account, "camille@maraval.example")
	member := d.site.SignedIn(t, plain)
	has(t, member.Get(base), http.StatusForbidden)
	lacks(t, member.Get("/accounts/204817"), `href="`+base+`"`)
}

func TestWithoutProjects(t *testing.T) { // ACC-13
	w := apptest.New(t, "sqlite")
	site := webtest.New(t, w)
	account := w.Account("204817") // has no projects
	admin := w.Administrator(account, "helene.castaing@maraval.example")
	c := site.SignedIn(t, admin)
	lacks(t, c.Get("/accounts/204817"), `href="`+base+`"`)
	if p := c.Get(base + "/templates"); p.Location != base {
		t.Errorf("templates lead to %q", p.Location)
	}
	p := c.Get(base)
	has(t, p, http.StatusOK, "Nouvelle fonction")
	lacks(t, p, "Modèles", "Listes")
}

func TestTypesPage(t *testing.T) { // ACC-13, PLAN-4
	d := sit(t)
	lists := d.Get(base + "/types")
	has(t, lists, http.StatusOK, "Pas encore de type de projet", "Nouveau type")
	made := lists.Submit(base+"/types", "name", "Logement <neuf>").Follow()
	has(t, made, http.StatusOK, "Le type « Logement <neuf> » est créé.", "Logement &lt;neuf&gt;")
	taken := made.Submit(base+"/types", "name", "logement  <NEUF>")
	has(t, taken, http.StatusConflict, "existe déjà", `value="logement  &lt;NEUF&gt;"`)
	id := between(t, made.Body, base+"/types/", "/archive")
	dialog := d.Get(base + "/types?ask=rename&type=" + id)
	has(t, dialog, http.StatusOK, "Renommer « Logement")
	has(t, dialog.Submit(base+"/types/"+id+"/rename", "name", " "), http.StatusUnprocessableEntity, "Renommer « Logement")
	has(t, dialog.Submit(base+"/types/"+id+"/rename", "name", "Logement").Follow(), http.StatusOK, "s’appelle maintenant « Logement »")
	has(t, dialog.Submit(base+"/types/"+id+"/rename", "name", "Maison"), http.StatusConflict)
	archived := d.Post(base + "/types/" + id + "/archive").Follow()
	has(t, archived, http.StatusOK, "« Logement » est archivé.", base+"/types/"+id+"/restore", "Archivé")
	has(t, archived.Submit(base+"/types", "name", "Logement"), http.StatusConflict, "Un type archivé")
	has(t, d.Post(base+"/types/"+id+"/restore").Follow(), http.StatusOK, "« Logement » est rétabli.")
	has(t, d.Post(base+"/types/nowhere/archive"), http.StatusNotFound)
}

// between is the text that stands after a text and before another.
func between(t *testing.T, body, after, before string) string {
	t.Helper()
	_, rest, found := strings.Cut(body, after)
	id, _, ends := strings.Cut(rest, before)
	if !found || !ends || len(id) > 64 {
		t.Fatalf("nothing between %q and %q", after, before)
	}
	return id
}

func TestTemplatePages(t *testing.T) { // PROJ-9, PROJ-5
	d := sit(t)
	has(t, d.Get(base+"/templates"), http.StatusOK, "Pas encore de modèle", base+"/templates/new")
	form := d.Get(base + "/templates/new")
	has(t, form, http.StatusOK, "Nouveau modèle", "Produit de base", "Analyses")
	has(t, form.Submit(base+"/templates/new", "name", " ", "products", "budget"), http.StatusUnprocessableEntity, `value="budget" checked`)
	made := form.Submit(base+"/templates/new", "name", "Pont", "products", "budget")
	shown := made.Follow()
	has(t, shown, http.StatusOK, "Le modèle « Pont » est créé.", "Plans", "Budget", "Ce modèle ne reprend personne", "Sert de départ aux nouveaux projets")
	path := made.Location
	edit := d.Get(path + "/edit")
	has(t, edit.Submit(path+"/edit", "name", "Viaduc", "products", "site").Follow(), http.StatusOK, "Le modèle « Viaduc » est enregistré.", "Chantier")
	has(t, edit.Submit(path+"/edit", "name", "Tunnel"), http.StatusConflict, `value="Tunnel"`)
	has(t, d.Get(base+"/templates"), http.StatusOK, "Viaduc")
	has(t, d.Post(path+"/archive").Follow(), http.StatusOK, "« Viaduc » est archivé.", path+"/restore")
	has(t, d.Get(path), http.StatusOK, "Archivé", "Rétablir")
	has(t, d.Post(path+"/restore").Follow(), http.StatusOK, "« Viaduc » est rétabli.")
	has(t, d.Get(base+"/templates/nowhere"), http.StatusNotFound)
	has(t, d.Get(base+"/templates/from"), http.StatusOK, "Seuls les projets que vous administrez")
}

func TestTemplateFromProject(t *testing.T) { // PROJ-9
	d := sit(t)
	w := d.site.World
	_, karim := w.Member(d.account, "karim@maraval.example")
	_, zoe := w.Member(d.account, "zoe@maraval.example")
	project := w.Project(d.account, directory.Project{Unit: directory.Unit{Name: "Îlot des Tanneurs"}, ProjectFacts: directory.ProjectFacts{Number: "24-117"}, Products: []string{"plans", "site"}},
		directory.Place{Member: karim.ID, Level: w.Role(d.account, directory.Level, "project-member").ID,
			Functions: []directory.RoleID{w.Role(d.account, directory.Function, "architect").ID}, Access: directory.Access{"plans": {}}},
		directory.Place{Member: zoe.ID})
	from := base + "/templates/new?project=" + project.UUID
	has(t, d.chief.Get(base+"/templates"), http.StatusOK, base+"/templates/from")
	lacks(t, d.Get(base+"/templates"), base+"/templates/from")
	has(t, d.chief.Get(base+"/templates/from?q=24-11"), http.StatusOK, "Îlot des Tanneurs", "24-117 · 2 membres", from)
	has(t, d.Get(from), http.StatusNotFound)
	form := d.chief.Get(from)
	has(t, form, http.StatusOK, "Îlot des Tanneurs", "Reprendre aussi les membres", "2 membres")
	made := form.Submit(base+"/templates/new", "name", "Logement type", "members", "1")
	path := made.Location
	has(t, made.Follow(), http.StatusOK, "karim", "zoe", "Architecte", "Membre du projet", "Chantier")
	w.Must(apptest.ErrOf(w.Members.Deactivate(t.Context(), d.admin, d.account.ID, app.Of(zoe.UUID))))
	has(t, d.Get(path), http.StatusOK, "Désactivé : n’est pas repris")
	gone := d.Post(path+"/remove", "member", karim.UUID).Follow()
	has(t, gone, http.StatusOK, "n’est plus dans le modèle")
	lacks(t, gone, "karim")
	has(t, d.Post(path+"/remove", "member", karim.UUID), http.StatusNotFound)
}

// TestFunctionsFromTheLibrary: who administers standards makes and archives a function
// on the form that all roles have, without its permissions, and comes back here.
func TestFunctionsFromTheLibrary(t *testing.T) { // ACC-13, ROLE-6, ADD-4
	d := sit(t)
	form := d.Get("/accounts/204817/roles/new?kind=function")
	has(t, form, http.StatusOK, "Nouvelle fonction", "Produits par défaut", `aria-current="page"`)
	lacks(t, form, `name="permissions"`)
	made := form.Submit("/accounts/204817/roles", "name", "Pilote", "products", "site").Follow().Follow()
	has(t, made, http.StatusOK, "Pilote est créé.", "Bibliothèque", "Chantier")
	path := "/accounts/204817/roles/" + between(t, made.Body[strings.Index(made.Body, ">Pilote<")-80:], "/accounts/204817/roles/", `"`)
	edit := d.Get(path)
	has(t, edit, http.StatusOK, `value="Pilote"`)
	forged := edit.Submit(path, "name", "Pilote", "permissions", "members.manage")
	has(t, forged, http.StatusForbidden)
	has(t, edit.Submit(path, "name", "Pilote de chantier", "products", "plans").Follow().Follow(), http.StatusOK, "Pilote de chantier est enregistré")
	has(t, d.Get(path+"?ask=archive"), http.StatusOK, "Archiver « Pilote de chantier »")
	has(t, d.Post(path+"/archive").Follow().Follow(), http.StatusOK, "est archivé", "Archivé")
	has(t, d.Get("/accounts/204817/roles/new?kind=level"), http.StatusForbidden)
	has(t, d.Get("/accounts/204817/roles/"+d.site.World.Role(d.account, directory.RightsRole, "manager").UUID), http.StatusForbidden)
	mighty, err := d.site.App.Roles.Create(t.Context(), d.admin, d.account.ID, app.NewRole{Kind: directory.Function,
		Names: map[string]string{directory.EveryLanguage: "Puissant"}, Permissions: []string{"history.view"}})
	d.site.World.Must(err)
	read := d.Get("/accounts/204817/roles/" + mighty.UUID)
	has(t, read, http.StatusOK, "seul qui gère les rôles la modifie")
	lacks(t, read, ">Enregistrer<")
	has(t, d.Get(base), http.StatusOK, "Puissant", "1 droit")
}
