package projects_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/web/webtest"
)

// crew brings a foreman, an architect and a project administrator into the project,
// and answers their public ids by the beginnings of their addresses.
func (d desk) crew(t *testing.T) map[string]string {
	t.Helper()
	ids := map[string]string{}
	for _, row := range []app.NewMember{
		{Email: "ana@maraval.example", First: "Ana", Last: "Duval", Functions: []string{"site-manager"}, Company: "Maraval"},
		{Email: "bo@kestner.example", First: "Bo", Last: "Kestner", Functions: []string{"architect"}, Company: "Kestner Bau"},
		{Email: "cid@maraval.example", First: "Cid", Last: "Morel", Functions: []string{"project-manager"}, Company: "Maraval"},
	} {
		before, _, _ := strings.Cut(row.Email, "@")
		ids[before] = d.joins(t, d.project, row)
	}
	return ids
}

// switches are the switches of a row of the table: on, off, or "disabled".
func switches(p *webtest.Page, member string) string {
	var state []string
	for _, cell := range p.All("#m-" + member + " .c-sw") {
		switch {
		case cell.Has("input[disabled]"):
			state = append(state, "fixed")
		case cell.Has("button[aria-checked=true]"):
			state = append(state, "on")
		case cell.Has("button[aria-checked=false]"):
			state = append(state, "off")
		default:
			state = append(state, "plain")
		}
	}
	return strings.Join(state, " ")
}

func TestMembers(t *testing.T) { // PROJ-2, PROJ-4, LIST-5, LIST-9
	d := sit(t)
	ids := d.crew(t)
	p := d.Get(d.at)
	has(t, p, http.StatusOK, "Collège des Sablons", "Actif", "P-2026-018", "Membres 3", "Sociétés 2", "Produits 6", "Réglages", "1–3 sur 3 membres",
		"Duval Ana", "ana@maraval.example", "Invité", "Conducteur de travaux", "Kestner Bau", "Membre du projet", "Administrateur de projet",
		"Plans base", "Un administrateur de projet a tous les produits", "Accès donné, licence manquante", d.at+"/add", d.at+"/add/quick", d.at+"/copy")
	lacks(t, p, "Non invité") // LIST-2
	for who, want := range map[string]string{"ana": "on on on off off on", "bo": "on off off off on on", "cid": "on fixed fixed fixed fixed fixed"} {
		if got := switches(p, ids[who]); got != want {
			t.Errorf("PROJ-4 %s: %s, want %s", who, got, want)
		}
	}
	for query, want := range map[string]string{"q=KESTNER": "Kestner Bo", "level=project-administrator": "Morel Cid", "role=architect": "Kestner Bo", "role=architect&level=project-administrator": "",
		"role=architect&role=project-manager&level=project-administrator": "Morel Cid"} {
		found := d.Get(d.at + "?" + query)
		n := len(found.All("tbody tr"))
		has(t, found, http.StatusOK, fmt.Sprintf("%d sur 3", n), want)
		if want != "" && n != 1 || want == "" && n != 0 {
			t.Errorf("LIST-5 %s finds %d", query, n)
		}
	}
	has(t, d.Get(d.at+"?status=active"), http.StatusOK, "Aucun membre ne passe ces filtres", "Voir tous les membres")
	body := d.Get(d.at + "?sort=name&order=desc").Body
	if strings.Index(body, "Morel Cid") > strings.Index(body, "Duval Ana") {
		t.Error("PROJ-2 sorted by name descending")
	}
	for _, sort := range []string{"name", "email", "status", "company", "level"} {
		has(t, d.Get(d.at+"?sort="+sort), http.StatusOK, "1–3 sur 3 membres")
	}
	has(t, d.Get(d.at+"?sort=shoe").Follow(), http.StatusOK, "1–3 sur 3 membres")
	has(t, d.Get(d.at+"?company=nowhere").Follow(), http.StatusOK, "Un filtre de cette adresse n’existe plus", "1–3 sur 3 membres")
	has(t, d.Get(d.at+"?after=nothing").Follow(), http.StatusOK, "1–3 sur 3 membres")
}

func TestResend(t *testing.T) { // INV-3
	d := sit(t)
	ids := d.crew(t)
	invite := d.at + "/members/" + ids["ana"] + "/invite"
	has(t, d.Get(d.at), http.StatusOK, `action="`+invite+`"`)
	has(t, d.Get(d.at).Submit(invite).Follow(), http.StatusOK, "reçoit une invitation", "1–3 sur 3 membres")
	chief := d.chief(t)
	lacks(t, chief.Get(d.at), "Profil dans le compte")
	has(t, chief.Get(d.at), http.StatusOK, "Ouvrir le profil", "Retirer du projet")
	has(t, chief.Get(d.at).Submit(invite).Follow(), http.StatusOK, "reçoit une invitation", "sur 4 membres") // in no sight of the account
}

func TestProductTools(t *testing.T) { // LIST-11
	d := sit(t)
	d.crew(t)
	has(t, d.Get(d.at), http.StatusOK, d.at+"/products/plans", d.at+"/products/model")
	lacks(t, d.Get(d.at), d.at+"/products/analytics")
	model := d.Get(d.at + "/products/model?sort=email")
	has(t, model, http.StatusOK, "Kestner Bo", "Morel Cid", "2 sur 3", "membres de Maquette")
	lacks(t, model, "Duval Ana")
	for _, product := range []string{"analytics", "fleet", "nothing"} { // declared without a tool, of another kind of account, none
		has(t, d.Get(d.at+"/products/"+product), http.StatusNotFound)
	}
	has(t, d.Get(d.at+"/settings").Submit(d.at+"/settings", "product", "site").Follow(), http.StatusOK)
	has(t, d.Get(d.at+"/products/model"), http.StatusNotFound) // it is switched off in the project
	has(t, d.Get(d.at+"/products/site"), http.StatusOK, "Duval Ana")
}

func TestPlainMember(t *testing.T) { // LIST-8
	d := sit(t)
	_, _ = d.site.World.Member(d.account, "camille.aubrac@maraval.example")
	ids := d.crew(t)
	d.joins(t, d.project, app.NewMember{Email: "camille.aubrac@maraval.example"})
	plain := d.site.SignedIn(t, d.site.World.Actor("camille.aubrac@maraval.example"))
	p := plain.Get(d.at)
	has(t, p, http.StatusOK, "Duval Ana", "ana@maraval.example", "Conducteur de travaux", "Kestner Bau", "1–4 sur 4 membres")
	if !p.Has("#m-" + ids["ana"] + " .c-sw svg") {
		t.Error("LIST-8 a plain member is not told who has which product")
	}
	if p.Has("#m-"+ids["ana"]+" a") || p.Has("#m-"+ids["ana"]+" button") || p.Has("#m-"+ids["ana"]+" input") || p.Has(".in-selbar") {
		t.Error("LIST-8 a plain member is offered something to open or to press")
	}
	lacks(t, p, "licence manquante", "/members/"+ids["ana"], "/add", "Réglages")
	has(t, plain.Get(d.at+"/products/site"), http.StatusOK, "Duval Ana")
	has(t, plain.Get(d.at+"/members/"+ids["ana"]), http.StatusForbidden)
	has(t, plain.Get(d.at+"/members/bulk?act=edit&member="+ids["ana"]), http.StatusForbidden)
	for _, rest := range []string{"", "/access", "/remove"} {
		has(t, plain.Post(d.at+"/members/"+ids["ana"]+rest, "switch", "budget", "to", "member", "version", "1"), http.StatusForbidden)
	}
	has(t, plain.Post(d.at+"/members/bulk", "act", "remove", "member", ids["ana"]), http.StatusForbidden)
	has(t, d.Get(d.at), http.StatusOK, "1–4 sur 4 membres")
}

func TestSwitch(t *testing.T) { // PROJ-4
	d := sit(t)
	ids := d.crew(t)
	access := d.at + "/members/" + ids["ana"] + "/access"
	d.pass(time.Minute)
	done := d.Post(access, "switch", "takeoff", "to", "member", "return", d.at).Follow()
	has(t, done, http.StatusOK, "Ana Duval a accès à Métré", "Annuler")
	if got := switches(done, ids["ana"]); got != "on on on on off on" {
		t.Errorf("PROJ-4 %s", got)
	}
	back := d.Get(done.All("a.in-toast__undo")[0].Attr("href")).Submit("/accounts/204817/history/undo")
	if back.Location != d.at {
		t.Errorf("back to %q, want %q", back.Location, d.at)
	}
	taken := back.Follow()
	has(t, taken, http.StatusOK, "Annulé : 1 rétabli")
	if got := switches(taken, ids["ana"]); got != "on on on off off on" {
		t.Errorf("PROJ-4 taken back: %s", got)
	}
	has(t, d.Post(d.at+"/members/"+ids["cid"]+"/access", "switch", "site", "to", "none"), http.StatusConflict, "administre le projet")
	has(t, d.Post(access, "switch", "fleet", "to", "member"), http.StatusUnprocessableEntity)
	has(t, d.Post(access, "switch", "site", "to", "everything"), http.StatusUnprocessableEntity)
	has(t, d.Post(d.at+"/members/nobody/access", "switch", "site", "to", "none"), http.StatusNotFound)
	if to := d.Post(access, "switch", "site", "to", "none", "return", "https://evil.example/").Location; to != d.at {
		t.Errorf("SIGN-7 leads to %q", to)
	}
	here := d.Get(d.at + "/products/plans?q=duval")
	for _, form := range here.All("#m-" + ids["ana"] + " form") {
		if form.Has("input[value=site]") {
			has(t, here.Submit(form.Attr("action")).Follow(), http.StatusOK, "1 sur 3")
			return
		}
	}
	t.Error("no switch of a product's tool keeps its view")
}

func TestBaseProduct(t *testing.T) { // PROJ-5, PROJ-6
	d := sit(t)
	ids := d.crew(t)
	access := d.at + "/members/" + ids["ana"] + "/access"
	ask := d.Post(access, "switch", "plans", "to", "none", "return", d.at+"?q=duval").Follow()
	has(t, ask, http.StatusOK, "Retirer Ana Duval du projet", "Plans est le produit de base", "L’accès à Plans, Chantier, Budget et Analyses dans Collège des Sablons",
		"Le rôle dans ce projet", "La place dans le compte et les licences restent", "Garder Plans", "Retirer du projet", "1 sur 3")
	keep, err := ask.One("dialog a[autofocus]")
	if err != nil || keep.Attr("href") != d.at+"?q=duval" {
		t.Errorf("PROJ-5 the safe way has no focus, or leads to %q", keep.Attr("href"))
	}
	has(t, d.Get(d.at), http.StatusOK, "1–3 sur 3 membres")
	for _, form := range ask.All("dialog form") {
		has(t, ask.Submit(form.Attr("action"), "leave", "on").Follow(), http.StatusOK, "Ana Duval n’est plus dans le projet")
		break
	}
	gone := d.Get(d.at)
	has(t, gone, http.StatusOK, "1–2 sur 2 membres")
	lacks(t, gone, "Duval Ana")
	has(t, d.Get("/accounts/204817/members/"+ids["ana"]), http.StatusOK, "Dans aucun projet") // PROJ-6
	remove := d.Get(d.at + "?ask=remove&who=" + ids["bo"])
	has(t, remove, http.StatusOK, "Retirer Bo Kestner du projet", "Annuler")
	has(t, remove.Submit(d.at+"/members/"+ids["bo"]+"/remove").Follow(), http.StatusOK, "Bo Kestner n’est plus dans le projet")
	has(t, d.Post(d.at+"/members/"+ids["bo"]+"/remove"), http.StatusNotFound)
}

func TestLeavingOneself(t *testing.T) { // PROJ-7
	d := sit(t)
	chief := d.chief(t)
	page, err := d.site.App.Projects.Members(t.Context(), d.admin, d.project, app.ProjectMemberQuery{})
	if err != nil {
		t.Fatal(err)
	}
	own := page.Rows[0].Member.UUID
	gone := chief.Post(d.at + "/members/" + own + "/remove")
	if gone.Location != base {
		t.Errorf("who took themselves out is led to %q", gone.Location)
	}
	has(t, gone.Follow(), http.StatusOK, "n’est plus dans le projet")
}

func TestProfile(t *testing.T) { // PROJ-3, PROJ-12, LIST-7
	d := sit(t)
	ids := d.crew(t)
	at := d.at + "/members/" + ids["ana"]
	p := d.Get(at)
	has(t, p, http.StatusOK, "Membre 1 sur 3", "Ana Duval", `value="Maraval"`, "Conducteur de travaux", "Outils de Plans", "Fichiers", "Comme d’habitude (Consulter)",
		"https://espace.batisoft.example/plans/visas", "Retirer du projet", "Profil dans le compte")
	lacks(t, p, "Outils de Métré")
	saved := p.Submit(at, "company", "Kestner Bau", "tool.plans.files", "edit", "access.takeoff", "administrator").Follow()
	has(t, saved, http.StatusOK, "La place d’Ana Duval est enregistrée", `value="Kestner Bau"`)
	if !saved.Has("select[name='tool.plans.files'] option[value=edit][selected]") || !saved.Has("select[name='access.takeoff'] option[value=administrator][selected]") {
		t.Error("PROJ-12 level of a tool or access is not kept")
	}
	has(t, d.Get("/accounts/204817/members/"+ids["ana"]), http.StatusOK, "Maraval") // PROJ-3: the account's stays
	has(t, saved.Submit(at).Follow(), http.StatusOK, "Rien n’a changé")
	has(t, d.Get(d.at+"/members/"+ids["ana"]+"?q=kestner"), http.StatusOK, "Hors de cette recherche")
	has(t, d.Get(d.at+"/members/"+ids["ana"]+"?role=nothing").Follow(), http.StatusOK, "Un filtre de cette adresse n’existe plus")
	has(t, d.Get(d.at+"/members/"+ids["ana"]+"?after=nothing").Follow(), http.StatusOK, "1–3 sur 3 membres")
	administrator := d.Get(d.at + "/members/" + ids["cid"])
	has(t, administrator, http.StatusOK, "Un administrateur de projet a tous les produits")
	if administrator.Has("select[name='access.site']:not([disabled])") || len(administrator.All("select[name='access.site'][disabled]")) != 1 {
		t.Error("PROJ-4 products of a project administrator can be set")
	}
	_, outside := d.site.World.Member(d.account, "camille.aubrac@maraval.example")
	has(t, d.Get(d.at+"/members/"+outside.UUID), http.StatusNotFound)
}

func TestRoleBringsItsProducts(t *testing.T) { // ADD-4
	d := sit(t)
	ids := d.crew(t)
	at := d.at + "/members/" + ids["ana"]
	p := d.Get(at).Submit(at, "function", "project-manager").Follow()
	has(t, p, http.StatusOK, "Cheffe de projet")
	if !p.Has("select[name=access_level] option[value=project-administrator][selected]") {
		t.Error("ADD-4 the role chosen alone does not set the level")
	}
	p = p.Submit(at, "function", "architect", "access_level", "project-member", "access.budget", "administrator").Follow()
	if !p.Has("select[name=access_level] option[value=project-member][selected]") || !p.Has("select[name='access.budget'] option[value=administrator][selected]") {
		t.Error("ADD-4 what was said beside the role does not stand")
	}
}

func TestStaleProfile(t *testing.T) { // PLAN-4
	d := sit(t)
	ids := d.crew(t)
	at := d.at + "/members/" + ids["ana"]
	first, second := d.Get(at), d.Get(at)
	has(t, first.Submit(at, "company", "Kestner Bau").Follow(), http.StatusOK)
	stale := second.Submit(at, "company", "Atelier Ferrand")
	has(t, stale, http.StatusConflict, "helene castaing a modifié ces données", "Était « Maraval », est maintenant « Kestner Bau »", `value="Atelier Ferrand"`)
	has(t, d.Post(at, "company", "Autre"), http.StatusConflict)
	leave := d.Get(at).Submit(at, "access.plans", "none").Follow()
	has(t, leave, http.StatusOK, "Retirer Ana Duval du projet", "Garder Plans")
}

func TestBulk(t *testing.T) { // BULK-1, BULK-3, PLAN-4
	d := sit(t)
	ids := d.crew(t)
	bulk := d.at + "/members/bulk"
	edit := d.Get(bulk + "?act=edit&member=" + ids["ana"] + "&member=" + ids["bo"])
	has(t, edit, http.StatusOK, "Modifier 2 membres du projet", "Ana Duval", "Bo Kestner", "Ne rien changer")
	has(t, edit.Submit(bulk, "company_set", "Atelier Ferrand", "access.takeoff", "member").Follow(), http.StatusOK, "2 membres modifiés", "Atelier Ferrand")
	if got := switches(d.Get(d.at), ids["bo"]); got != "on off off on on on" {
		t.Errorf("BULK-1 %s", got)
	}
	all := d.Get(bulk + "?act=edit&all=1")
	has(t, all, http.StatusOK, "Modifier 3 membres du projet")
	result := all.Submit(bulk, "access.takeoff", "none")
	has(t, result, http.StatusOK, "Ceux qui n’ont pas changé", "Cid Morel", "administre le projet", "2 membres modifiés")
	confirmed := d.Get(bulk + "?act=remove&all=1")
	has(t, confirmed, http.StatusOK, "Retirer 3 membres du projet", "Chacun garde sa place dans le compte")
	d.joins(t, d.project, app.NewMember{Email: "dina@maraval.example"})
	changed := confirmed.Submit(bulk)
	has(t, changed, http.StatusConflict, "3 membres confirmés, 4 trouvés")
	has(t, changed.Submit(bulk).Follow(), http.StatusOK, "4 membres retirés du projet", "Il n’y a encore personne dans ce projet")
	has(t, d.Get(bulk+"?act=edit").Follow(), http.StatusOK, "Personne n’est coché")
	has(t, d.Post(bulk, "act", "remove").Follow(), http.StatusOK, "Personne n’est coché")
	has(t, d.Get(bulk+"?act=dance&member="+ids["ana"]), http.StatusNotFound)
	has(t, d.Get(d.at+"?all=1"), http.StatusOK)
}

func TestPanelFarDown(t *testing.T) { // LIST-6, LIST-7
	d := sit(t)
	var rows []app.NewPlace
	for i := range 70 {
		rows = append(rows, app.NewPlace{NewMember: app.NewMember{Row: i + 1, Email: fmt.Sprintf("m%02d@maraval.example", i), First: "Ana", Last: fmt.Sprintf("Duval %02d", i)}})
	}
	verdicts, err := d.site.App.Projects.Add(t.Context(), d.admin, d.project, rows, app.PlaceOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p := d.Get(d.at + "/members/" + verdicts[59].Member.UUID)
	has(t, p, http.StatusOK, "Membre 60 sur 70", "60–70 sur 70 membres", "sur cette page")
	next, err := p.One(".in-panel a[rel=next]")
	if err != nil {
		t.Fatal(err)
	}
	has(t, d.Get(next.Attr("href")), http.StatusOK, "Membre 61 sur 70", "Ana Duval 60")
}
