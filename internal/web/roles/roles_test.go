package roles_test

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

const at = "/accounts/204817/roles"

// An office is an account with its administrator's browser.
type office struct {
	t       *testing.T
	w       *apptest.World
	site    *webtest.Site
	account directory.Account
	admin   authz.Actor
	helene  *webtest.Client
}

func enter(t *testing.T) office {
	t.Helper()
	w := apptest.New(t, "sqlite")
	o := office{t: t, w: w, site: webtest.New(t, w), account: w.Account("204817")}
	o.admin = w.Administrator(o.account, "helene.castaing@maraval.example")
	o.helene = o.site.SignedIn(t, o.admin)
	return o
}

func (o office) says(p *webtest.Page, status int, texts ...string) {
	o.t.Helper()
	if p.Status != status {
		o.t.Errorf("status %d, want %d: %.300s", p.Status, status, p.Text())
	}
	for _, text := range texts {
		if !strings.Contains(p.Text(), text) {
			o.t.Errorf("page does not say %q: %.700s", text, p.Text())
		}
	}
}

func (o office) role(n app.NewRole) directory.Role {
	o.t.Helper()
	made, err := o.w.Roles.Create(o.w.Context(), o.admin, o.account.ID, n)
	o.w.Must(err)
	return made
}

func named(kind directory.RoleKind, name string, permissions ...string) app.NewRole {
	return app.NewRole{Kind: kind, Names: map[string]string{"": name}, Permissions: permissions}
}

func ticked(p *webtest.Page, value string) bool {
	for _, box := range p.All("input") {
		if box.Attr("value") == value {
			return box.HasAttr("checked")
		}
	}
	return false
}

func (o office) shipped(code string) directory.Role {
	o.t.Helper()
	list, err := o.w.Roles.List(o.w.Context(), o.admin, o.account.ID)
	o.w.Must(err)
	for _, one := range list.Roles {
		if one.Code == code {
			return one.Role
		}
	}
	o.t.Fatalf("no role %s", code)
	return directory.Role{}
}

func TestMakeAndChangeARole(t *testing.T) { // ROLE-4, ROLE-8
	o := enter(t)
	o.says(o.helene.Get(at), http.StatusOK, "Rôles", "Utilisateur de base", "Nouveau rôle de droits")
	p := o.helene.Get(at + "/new?kind=function")
	o.says(p, http.StatusOK, "Nouvelle fonction", "Ce que la fonction propose", "Gérer les utilisateurs")
	o.says(p.Submit(at, "name", "", "permissions", "history.view"), http.StatusUnprocessableEntity, "Ce champ est obligatoire")
	again := p.Submit(at, "name", strings.Repeat("x", 70_000), "permissions", "history.view")
	o.says(again, http.StatusUnprocessableEntity, "80 caractères au plus")
	if !ticked(again, "history.view") {
		t.Error("what was ticked is lost")
	}
	o.says(p.Submit(at, "name", "Chef\x00"), http.StatusUnprocessableEntity, "illisibles")
	o.says(p.Submit(at, "name", "Espion", "permissions", "everything.steal"), http.StatusUnprocessableEntity)
	o.says(p.Submit(at, "name", "Responsable sécurité", "permissions", "history.view", "default_level", "administrator").Follow(), http.StatusOK,
		"Responsable sécurité est créé", "1 droit", "0 membre", "Propre au compte")
	o.says(p.Submit(at, "name", "responsable securite"), http.StatusConflict, "s’appelle déjà")
}

func TestRoleForm(t *testing.T) { // ROLE-3, ROLE-8, ROLE-10
	o := enter(t)
	basic := o.shipped(directory.BasicUser)
	path := at + "/" + basic.UUID
	p := o.helene.Get(path)
	o.says(p, http.StatusOK, "Utilisateur de base", "Rôle de droits", "Ne compte que si le rôle est attribué au compte entier")
	old := p
	o.says(p.Submit(path, "permissions", "members.view").Follow(), http.StatusOK, "Le changement vaut aussitôt", "Catalogue, modifié par le compte",
		"1 rôle que le compte a modifié diffère du catalogue")
	o.says(old.Submit(path, "permissions", "members.view"), http.StatusConflict, "rien de ce que vous voyez ici") // PLAN-4
	o.says(o.helene.Post(path, "name", "X"), http.StatusConflict, "ces données")
	d := o.helene.Get(at + "/differences")
	o.says(d, http.StatusOK, "Utilisateur de base", "Droits en plus", "Voir les membres")
	d = o.helene.Get(at + "/differences?reset=" + basic.UUID)
	o.says(d, http.StatusOK, "Remettre « Utilisateur de base » comme au catalogue")
	o.says(d.Submit(path+"/reset").Follow(), http.StatusOK, "Utilisateur de base suit de nouveau le catalogue")
	o.says(o.helene.Get(at+"/differences"), http.StatusOK, "Aucun écart")
	o.says(o.helene.Get(at+"/unknown"), http.StatusNotFound)
	o.says(o.helene.Get(at+"/new?kind=king"), http.StatusUnprocessableEntity)
}

func TestAdministratorIsShownAndFixed(t *testing.T) { // ROLE-6
	o := enter(t)
	level := o.shipped(directory.AdminLevel)
	p := o.helene.Get(at + "/" + level.UUID)
	o.says(p, http.StatusOK, "Administrateur", "ne se modifie pas")
	if strings.Contains(p.Text(), "Enregistrer") {
		t.Error("the form offers to save")
	}
	for _, act := range []string{"", "/archive", "/restore", "/reset"} {
		o.says(o.helene.Post(at+"/"+level.UUID+act, "name", "Personne", "version", "1"), http.StatusForbidden, "ne se modifie pas")
	}
	o.says(o.helene.Post(at+"/"+level.UUID+"/rename", "name", "Personne"), http.StatusNotFound)
}

func TestRenameAndArchive(t *testing.T) { // ROLE-8
	o := enter(t)
	made := o.role(named(directory.Function, "Secrétaire"))
	_, m := o.w.Member(o.account, "camille.aubrac@maraval.example")
	functions := []string{made.Code}
	_, err := o.w.Members.EditMembers(o.w.Context(), o.admin, o.account.ID, app.Of(m.UUID), app.MemberChange{Functions: &functions})
	o.w.Must(err)
	p := o.helene.Get(at + "?kind=function&rename=" + made.UUID)
	o.says(p, http.StatusOK, "Renommer « Secrétaire »")
	o.says(p.Submit(at+"/"+made.UUID+"/rename", "name", ""), http.StatusUnprocessableEntity, "Renommer « Secrétaire »", "Ce champ est obligatoire")
	o.says(p.Submit(at+"/"+made.UUID+"/rename", "name", "Assistante").Follow(), http.StatusOK, "Le rôle s’appelle désormais Assistante")
	o.says(o.helene.Get("/accounts/204817/members"), http.StatusOK, "Assistante")
	p = o.helene.Get(at + "?kind=function&archive=" + made.UUID)
	o.says(p, http.StatusOK, "Archiver « Assistante »", "1 membre qui l’a le garde")
	o.says(p.Submit(at+"/"+made.UUID+"/archive").Follow(), http.StatusOK, "Assistante est archivé", "Archivés 1")
	o.says(o.helene.Get("/accounts/204817/members"), http.StatusOK, "Assistante")
	p = o.helene.Get(at + "?kind=archived")
	o.says(p, http.StatusOK, "Qui en a un le garde", "Assistante")
	o.says(p.Submit(at+"/"+made.UUID+"/restore").Follow(), http.StatusOK, "Assistante est rétabli")
}

func TestMatrixPage(t *testing.T) { // REP-1, REP-4
	o := enter(t)
	o.role(named(directory.RightsRole, "=cmd|'/c calc'!A1", "members.view", "members.manage"))
	o.role(named(directory.RightsRole, "Vide"))
	p := o.helene.Get(at + "/matrix")
	o.says(p, http.StatusOK, "Droits par rôle", "Voir les membres", "Administrateur", "=cmd|", "À toute unité", "Imprimer")
	if strings.Contains(p.All("table")[0].Text(), "Vide") {
		t.Error("a role without permissions takes a column unasked")
	}
	basic := o.shipped(directory.BasicUser)
	p = o.helene.Get(at + "/matrix?role=" + basic.UUID + "&q=consulter+le+compte")
	if rows := p.All("tbody tr"); len(rows) != 2 || len(p.All("thead th")) != 2 {
		t.Errorf("%d rows and %d columns of one permission and one role", len(rows), len(p.All("thead th")))
	}
	o.says(o.helene.Get(at+"/matrix?q=zzz"), http.StatusOK, "Aucun droit ne correspond")
	csv := o.helene.Get(at + "/matrix.csv?q=voir+les+membres")
	if csv.Status != http.StatusOK || !strings.HasPrefix(csv.Header.Get("Content-Type"), "text/csv") || strings.Count(csv.Body, "\r\n") != 2 {
		t.Errorf("csv %d %s: %q", csv.Status, csv.Header.Get("Content-Type"), csv.Body)
	}
	if strings.Contains(csv.Body, ";=cmd") || strings.Contains(csv.Body, `;"=cmd`) || !strings.Contains(csv.Body, "'=cmd") {
		t.Errorf("a cell that would run: %q", csv.Body)
	}
	if xlsx := o.helene.Get(at + "/matrix.xlsx"); xlsx.Status != http.StatusOK || !strings.HasPrefix(xlsx.Body, "PK") {
		t.Errorf("xlsx %d: %.20q", xlsx.Status, xlsx.Body)
	}
	o.says(o.helene.Get("/accounts/204817/history"), http.StatusOK, "Droits par rôle") // HIST-4
}

func TestRolesAreForManagers(t *testing.T) { // REP-1, API-3
	o := enter(t)
	camille, _ := o.w.Member(o.account, "camille.aubrac@maraval.example")
	plain := o.site.SignedIn(t, camille)
	manon, m := o.w.Member(o.account, "manon.perrin@maraval.example")
	clerk := o.role(named(directory.Function, "Secrétaire", "members.view", "members.manage"))
	functions := []string{clerk.Code}
	_, err := o.w.Members.EditMembers(o.w.Context(), o.admin, o.account.ID, app.Of(m.UUID), app.MemberChange{Functions: &functions})
	o.w.Must(err)
	manager := o.site.SignedIn(t, manon)
	for _, path := range []string{"", "/matrix", "/matrix.csv", "/new", "/differences", "/" + clerk.UUID} {
		o.says(plain.Get(at+path), http.StatusForbidden)
	}
	p := manager.Get(at)
	o.says(p, http.StatusOK, "Utilisateur de base")
	if strings.Contains(p.Text(), "Nouveau rôle") {
		t.Error("who may read only is offered to make roles")
	}
	o.says(manager.Get(at+"/matrix"), http.StatusOK, "Secrétaire")
	for _, path := range []string{"/new", "/differences", "/" + clerk.UUID} {
		o.says(manager.Get(at+path), http.StatusForbidden, "Gérer les rôles")
	}
	o.says(manager.Post(at, "kind", "rights", "name", "À moi"), http.StatusForbidden)
	o.says(manager.Post(at+"/"+clerk.UUID, "version", "1", "name", "À moi"), http.StatusForbidden)
}

func TestEditorSeesWhatTheyCannotAdd(t *testing.T) { // ROLE-6
	o := enter(t)
	manon, m := o.w.Member(o.account, "manon.perrin@maraval.example")
	keeper := o.role(named(directory.Function, "Gardienne des rôles", "roles.manage"))
	functions := []string{keeper.Code}
	_, err := o.w.Members.EditMembers(o.w.Context(), o.admin, o.account.ID, app.Of(m.UUID), app.MemberChange{Functions: &functions})
	o.w.Must(err)
	editor := o.site.SignedIn(t, manon)
	p := editor.Get(at + "/new?kind=rights")
	o.says(p, http.StatusOK, "vous ne pouvez pas l’ajouter")
	o.says(p.Submit(at, "name", "À moi", "permissions", "members.manage"), http.StatusForbidden,
		"Vous ne pouvez ni ajouter ni retirer « Gérer les utilisateurs »", "Compte 204817")
	o.says(p.Submit(at, "name", "À nous", "permissions", "roles.manage").Follow(), http.StatusOK, "À nous est créé")
}
