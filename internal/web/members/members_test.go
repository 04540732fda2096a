package members_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/web/webtest"
)

// A desk is an administrator's browser on an account with members.
type desk struct {
	*webtest.Client
	site    *webtest.Site
	account directory.Account
	admin   authz.Actor
}

const at = "/accounts/204817"

func sit(t *testing.T, members int) desk {
	t.Helper()
	return sitIn(t, "company-network", members)
}

// sitIn is sit in an account of another type.
func sitIn(t *testing.T, kind string, members int) desk {
	t.Helper()
	w := apptest.New(t, "sqlite")
	d := desk{site: webtest.New(t, w), account: w.AccountOf("204817", kind)}
	d.admin = w.Administrator(d.account, "helene.castaing@maraval.example")
	var rows []app.NewMember
	for i := range members {
		rows = append(rows, app.NewMember{Row: i + 1, Email: fmt.Sprintf("m%03d@maraval.example", i), First: "Karim", Last: fmt.Sprintf("Haddad %03d", i),
			Company: "Maraval Location", Functions: []string{"engineer"}})
	}
	if members > 0 {
		if _, err := w.Members.Add(t.Context(), d.admin, d.account.ID, rows, app.AddOptions{Silent: true}); err != nil {
			t.Fatal(err)
		}
	}
	d.Client = d.site.SignedIn(t, d.admin)
	return d
}

// uuid is the public id of the one whom a search finds.
func (d desk) uuid(t *testing.T, search string) string {
	t.Helper()
	page, err := d.site.App.Members.List(t.Context(), d.admin, d.account.ID, app.MemberQuery{Search: search})
	if err != nil || len(page.Rows) != 1 {
		t.Fatalf("%q finds %d: %v", search, len(page.Rows), err)
	}
	return page.Rows[0].UUID
}

func has(t *testing.T, p *webtest.Page, texts ...string) {
	t.Helper()
	if p.Status != http.StatusOK {
		t.Errorf("status %d: %.300s", p.Status, p.Text())
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
		if strings.Contains(p.Text(), text) {
			t.Errorf("page has %q", text)
		}
	}
}

func TestOverview(t *testing.T) {
	d := sit(t, 3)
	t.Run("ACC-4 figures and people, ACC-6 a single administrator", func(t *testing.T) {
		has(t, d.Get(at), "Compte 204817", "Un seul administrateur.", "Demandes de connexion", "Non invités", "helene.castaing@maraval.example", "Derniers changements")
	})
	t.Run("JOIN-2 a request is approved from here", func(t *testing.T) {
		w := d.site.World
		if _, err := w.JoinRequests.Ask(t.Context(), w.Person("ludivine@maraval.example"), "204817", "Je remplace Paul Sénac."); err != nil {
			t.Fatal(err)
		}
		p := d.Get(at)
		has(t, p, "ludivine@maraval.example", "Je remplace Paul Sénac.")
		for _, form := range p.All("form") {
			if action := form.Attr("action"); strings.HasSuffix(action, "/approve") {
				if to := p.Submit(action).Location; to != at {
					t.Errorf("leads to %q", to)
				}
				lacks(t, d.Get(at), "Je remplace Paul Sénac.")
				return
			}
		}
		t.Error("no form approves")
	})
	t.Run("LIST-8 a plain member sees the account, not its members", func(t *testing.T) {
		member, _ := d.site.World.Member(d.account, "camille@maraval.example")
		p := d.site.SignedIn(t, member).Get(at)
		has(t, p, "Administrateurs")
		lacks(t, p, "Un seul administrateur", "Non invités", "Derniers changements", "Ajouter des membres")
	})
	t.Run("USER-5 nobody else finds it", func(t *testing.T) {
		stranger := d.site.World.Person("ophelie@atelier.example")
		if got := d.site.SignedIn(t, stranger).Get(at).Status; got != http.StatusNotFound {
			t.Errorf("status %d, want 404", got)
		}
	})
}

func TestList(t *testing.T) {
	d := sit(t, 120)
	t.Run("LIST-1 columns, LIST-9 the exact number", func(t *testing.T) {
		p := d.Get(at + "/members?q=haddad")
		has(t, p, "Nom", "E-mail", "Statut", "Société", "Rôle", "Niveau", "Produits", "Ajouté", "120 sur 121", "1–50", "Haddad 000 Karim", "Ingénieur")
		lacks(t, p, "Haddad 050")
		has(t, d.Get(at+"/members?column=seen"), "Connexion")
	})
	t.Run("LIST-3 a head sorts both ways", func(t *testing.T) {
		p := d.Get(at + "/members?q=haddad&sort=name&order=desc")
		if first, later := strings.Index(p.Body, "Haddad 119"), strings.Index(p.Body, "Haddad 118"); first < 0 || first > later {
			t.Errorf("descending: 119 at %d, 118 at %d", first, later)
		}
		has(t, p, `aria-sort="descending"`)
	})
	t.Run("LIST-6 filter, sort and page live in the address", func(t *testing.T) {
		p := d.Get(at + "/members?q=haddad&status=not_invited&sort=email")
		next := ""
		for _, a := range p.All("a") {
			if strings.Contains(a.Attr("href"), "after=") {
				next = a.Attr("href")
			}
		}
		for _, kept := range []string{"q=haddad", "status=not_invited", "sort=email"} {
			if !strings.Contains(next, kept) {
				t.Errorf("next page %q lacks %q", next, kept)
			}
		}
		has(t, d.Get(next), "51–100", "Haddad 050")
	})
	t.Run("LIST-6 an address of no page leads to the start", func(t *testing.T) {
		p := d.Get(at + "/members?q=haddad&after=nowhere")
		if p.Status != http.StatusSeeOther || p.Location != at+"/members?q=haddad" {
			t.Errorf("status %d, location %q", p.Status, p.Location)
		}
	})
	t.Run("LIST-4 nobody found says what to do", func(t *testing.T) {
		has(t, d.Get(at+"/members?q=corvaiser"), "Aucun membre ne correspond à « corvaiser »", "Tout effacer", "0 sur 121")
		has(t, d.Get(at+"/members?status=inactive"), "Aucun membre ne passe ces filtres")
	})
	t.Run("LIST-8 a plain member is told what is missing", func(t *testing.T) {
		member, _ := d.site.World.Member(d.account, "camille@maraval.example")
		p := d.site.SignedIn(t, member).Get(at + "/members")
		if p.Status != http.StatusForbidden || strings.Contains(p.Text(), "members.view") {
			t.Errorf("status %d: %s", p.Status, p.Text())
		}
	})
}

func TestPanel(t *testing.T) {
	d := sit(t, 3)
	one := at + "/members/" + d.uuid(t, "haddad 001")
	t.Run("LIST-7 the profile beside the table", func(t *testing.T) {
		p := d.Get(one + "?q=haddad")
		has(t, p, "Membre 2 sur 3", "Karim Haddad 001", "m001@maraval.example", "Maraval Location", "Licences", "Projets", "Derniers changements", `rel="prev"`, `rel="next"`)
	})
	t.Run("INV-8 invite from the panel, INV-3 again, then it says until when", func(t *testing.T) {
		p := d.Get(one).Submit(one + "/invite")
		if p.Status != http.StatusSeeOther {
			t.Fatalf("status %d: %s", p.Status, p.Text())
		}
		has(t, p.Follow(), "reçoit une invitation", "valable jusqu’au", "Relancer")
		has(t, d.Get(one).Submit(one+"/invite").Follow(), "reçoit une invitation")
	})
	t.Run("USER-2 deactivating asks, names the person and the loss", func(t *testing.T) {
		p := d.Get(one + "?ask=deactivate")
		has(t, p, "Désactiver Karim Haddad 001", "L’accès à", "Le lien de l’invitation")
		after := p.Submit(one + "/deactivate").Follow()
		has(t, after, "est désactivé", "Réactiver", "Inactif")
		has(t, after.Submit(one+"/reactivate").Follow(), "est réactivé")
	})
	t.Run("PROJ-6 removing leads back to the list", func(t *testing.T) {
		p := d.Get(one + "?ask=remove&q=haddad").Submit(one + "/remove")
		if p.Location != at+"/members?q=haddad" {
			t.Errorf("leads to %q", p.Location)
		}
		lacks(t, p.Follow(), "m001@maraval.example")
		if got := d.Get(one).Status; got != http.StatusNotFound {
			t.Errorf("the panel afterwards: %d", got)
		}
	})
	t.Run("ACC-5 the last administrator stays", func(t *testing.T) {
		last := at + "/members/" + d.uuid(t, "helene")
		p := d.Get(last + "?ask=exclude").Submit(last + "/exclude")
		if p.Status != http.StatusConflict || !strings.Contains(p.Text(), "au moins un administrateur") {
			t.Errorf("status %d: %s", p.Status, p.Text())
		}
	})
}

func TestEdit(t *testing.T) {
	d := sit(t, 2)
	one := at + "/members/" + d.uuid(t, "haddad 001")
	form := one + "/edit"
	t.Run("ADD-11 the full form, saved", func(t *testing.T) {
		p := d.Get(form)
		has(t, p, "Modifier Karim Haddad 001", "Civilité", "Prénom", "E-mail", "Langue", "Société", "Niveau d’accès", "Mot de passe provisoire")
		has(t, p.Submit(form, "job_title", "Gestionnaire", "company", "Kestner Bau").Follow(), "est enregistré", "Gestionnaire", "Kestner Bau")
	})
	t.Run("a refused form keeps what was typed", func(t *testing.T) {
		p := d.Get(form).Submit(form, "email", "no address", "phone", "01 99")
		if p.Status != http.StatusUnprocessableEntity {
			t.Fatalf("status %d", p.Status)
		}
		if !strings.Contains(p.Body, `value="01 99"`) || !strings.Contains(p.Body, `aria-invalid`) {
			t.Error("the form lost its text or does not mark the field")
		}
	})
	t.Run("PLAN-4 an older version is told", func(t *testing.T) {
		p := d.Get(form)
		p.Submit(form, "phone", "02")
		if got := p.Submit(form, "phone", "03"); got.Status != http.StatusConflict {
			t.Errorf("status %d", got.Status)
		}
	})
	t.Run("SIGN-1 a proposed password", func(t *testing.T) {
		p := d.Get(form + "?password=new")
		for _, field := range p.All("input") {
			if field.Attr("name") == "password" && len(field.Attr("value")) < 10 {
				t.Errorf("proposal %q", field.Attr("value"))
			}
		}
	})
}

func TestBulk(t *testing.T) {
	d := sit(t, 60)
	bulk := at + "/members/bulk"
	t.Run("BULK-1 all that match, edited", func(t *testing.T) {
		p := d.Get(bulk + "?act=edit&all=1&q=haddad")
		has(t, p, "60 membres choisis", "Aucun : retirer tous les niveaux d’accès")
		done := p.Submit(bulk, "company_set", "Kestner Bau")
		has(t, done.Follow(), "60 membres modifiés")
		has(t, d.Get(at+"/members?q=haddad"), "Kestner Bau")
	})
	t.Run("BULK-3 the refused are named with the reason", func(t *testing.T) {
		p := d.Get(bulk + "?act=deactivate&member=" + d.uuid(t, "helene") + "&member=" + d.uuid(t, "haddad 001")).Submit(bulk)
		has(t, p, "Résultat", "1 refusé", "helene.castaing@maraval.example", "au moins un administrateur")
	})
	t.Run("BULK-2 several are invited, switched off, switched on and removed", func(t *testing.T) {
		two := "&member=" + d.uuid(t, "haddad 010") + "&member=" + d.uuid(t, "haddad 011")
		for _, act := range []struct{ name, done string }{
			{"invite", "2 membres"}, {"deactivate", "2 membres"}, {"reactivate", "2 membres"}, {"remove", "2 membres"},
		} {
			p := d.Get(bulk + "?act=" + act.name + two).Submit(bulk)
			if p.Status != http.StatusSeeOther {
				t.Fatalf("%s: status %d: %.300s", act.name, p.Status, p.Text())
			}
			has(t, p.Follow(), act.done)
		}
	})
	t.Run("PLAN-4 the set that was confirmed", func(t *testing.T) {
		p := d.Get(bulk + "?act=remove&all=1&q=haddad")
		d.Post(bulk, "act", "remove", "member", d.uuid(t, "haddad 002"))
		if got := p.Submit(bulk); got.Status != http.StatusConflict || !strings.Contains(got.Text(), "La liste a changé") {
			t.Errorf("status %d: %.200s", got.Status, got.Text())
		}
	})
	t.Run("nobody ticked leads back", func(t *testing.T) {
		if p := d.Get(bulk + "?act=remove"); p.Location != at+"/members" {
			t.Errorf("status %d, location %q", p.Status, p.Location)
		}
		if p := d.Get(bulk + "?act=explode&all=1"); p.Status != http.StatusNotFound {
			t.Errorf("an unknown act: %d", p.Status)
		}
	})
}

// TestPanelProjects: the profile names each project with company, role, level and
// products there, leads to the place for whoever may change it, and says how many
// projects are out of sight (LIST-7, PROJ-11).
func TestPanelProjects(t *testing.T) {
	w := apptest.New(t, "sqlite")
	site, account := webtest.New(t, w), w.AccountOf("204817", "construction")
	admin := w.Administrator(account, "helene.castaing@maraval.example")
	begin := func(name string) app.ProjectAt {
		made, _, err := w.Projects.Create(t.Context(), admin, account.ID, app.NewProject{Change: app.ProjectChange{Name: &name}})
		w.Must(err)
		return app.ProjectAt{Account: account.ID, Project: made.UUID}
	}
	var member string
	join := func(at app.ProjectAt, functions ...string) {
		verdicts, err := w.Projects.Add(t.Context(), admin, at, []app.NewPlace{{NewMember: app.NewMember{Row: 1, Email: "ana@maraval.example",
			Company: "Kestner Bau", Functions: functions}}}, app.PlaceOptions{})
		w.Must(apptest.ErrOf(verdicts, err))
		member = verdicts[0].Member.UUID
	}
	college, quai := begin("Collège des Sablons"), begin("Rénovation Quai Sud")
	join(college, "architect")
	join(quai)
	panel := site.SignedIn(t, admin).Get("/accounts/204817/members/" + member)
	has(t, panel, "Collège des Sablons", "Architecte, Kestner Bau, Membre du projet", "Maquette", "/accounts/204817/projects/"+college.Project+"/members/"+member, "Rénovation Quai Sud")
	lacks(t, panel, "hors de votre vue")
	watcher, watching := w.Member(account, "odile@maraval.example")
	role, err := w.Roles.Create(t.Context(), admin, account.ID, app.NewRole{Kind: directory.RightsRole, Names: map[string]string{directory.EveryLanguage: "Accueil"},
		Permissions: []string{string(authz.ViewAccount), string(authz.ViewMembers)}})
	w.Must(err)
	given, err := w.Grants.Give(t.Context(), admin, account.ID, app.Giving{Who: app.Of(watching.UUID), Role: role.UUID, Units: []string{rootOf(t, site, admin, account)}})
	w.Must(err)
	if len(given) != 1 || given[0].Refusal != nil {
		t.Fatalf("the role is not given: %+v", given)
	}
	outside := site.SignedIn(t, watcher).Get("/accounts/204817/members/" + member)
	has(t, outside, "et 2 autres hors de votre vue")
	lacks(t, outside, "Collège des Sablons")
}

func rootOf(t *testing.T, site *webtest.Site, admin authz.Actor, account directory.Account) string {
	t.Helper()
	units, err := site.App.Units.List(t.Context(), admin, account.ID, app.UnitQuery{})
	if err != nil {
		t.Fatal(err)
	}
	return units.Root.UUID
}
