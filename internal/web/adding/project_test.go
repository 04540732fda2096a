package adding_test

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

// A yard is an account with a project: its administrator, who comes to no table, a
// project administrator and a plain member of it.
type yard struct {
	desk
	admin, boss, hand authz.Actor
	project           directory.Project
	at                string // address of the project
}

const lea, yves, nora = "lea.fontanel@maraval.example", "yves.bertin@maraval.example", "nora.new@sault.example"

func newYard(t *testing.T, w *apptest.World) yard {
	t.Helper()
	account := w.AccountOf("204817", "construction")
	y := yard{admin: w.Administrator(account, "claire.maraval@maraval.example")}
	y.desk = desk{nil, w, webtest.New(t, w), account, "/accounts/204817"}
	y.project = y.build("Tour Lafayette")
	y.at = y.base + "/projects/" + y.project.UUID
	company, functions := "Maraval Conseil", []string{"architect"}
	w.Must(apptest.ErrOf(w.Members.EditMembers(w.Context(), y.admin, account.ID, app.Of(y.member(lea).UUID), app.MemberChange{Company: &company, Functions: &functions})))
	w.Must(apptest.ErrOf(w.Members.Add(w.Context(), y.admin, account.ID, []app.NewMember{
		{Row: 2, Email: yves, First: "Yves", Last: "Bertin", Company: "Menuiserie Sault"}}, app.AddOptions{})))
	w.Must(apptest.ErrOf(w.Members.Deactivate(w.Context(), y.admin, account.ID, app.Of(y.member("off@maraval.example").UUID))))
	y.boss, _ = w.Member(account, "paul.boss@maraval.example")
	y.hand, _ = w.Member(account, "camille.hand@maraval.example")
	y.places(y.project, app.NewPlace{NewMember: app.NewMember{Row: 1, Email: "paul.boss@maraval.example"}, Level: "project-administrator"},
		app.NewPlace{NewMember: app.NewMember{Row: 2, Email: "camille.hand@maraval.example", Company: "Kestner Bau", Functions: []string{"subcontractor"}}})
	y.Client = y.site.SignedIn(t, y.boss)
	return y
}

func (y yard) member(email string) directory.Member {
	_, m := y.w.Member(y.account, email)
	return m
}

func (y yard) build(name string) directory.Project {
	p, _, err := y.w.Projects.Create(y.w.Context(), y.admin, y.account.ID, app.NewProject{Change: app.ProjectChange{Name: &name}})
	y.w.Must(err)
	return p
}

func (y yard) places(p directory.Project, rows ...app.NewPlace) {
	y.w.Must(apptest.ErrOf(y.w.Projects.Add(y.w.Context(), y.admin, app.ProjectAt{Account: y.account.ID, Project: p.UUID}, rows, app.PlaceOptions{})))
}

// who is who somebody is in a project; the test fails where they are not there.
func (y yard) who(p directory.Project, email string) app.ProjectMember {
	y.w.T.Helper()
	page, err := y.w.Projects.Members(y.w.Context(), y.admin, app.ProjectAt{Account: y.account.ID, Project: p.UUID}, app.ProjectMemberQuery{Search: email})
	y.w.Must(err)
	if len(page.Rows) != 1 {
		y.w.T.Fatalf("%d people are %s in %s", len(page.Rows), email, p.Name)
	}
	return page.Rows[0]
}

// settle changes settings of the account.
func (y yard) settle(change directory.SettingsChange) {
	said, err := y.w.Accounts.Settings(y.w.Context(), y.admin, y.account.ID)
	y.w.Must(err)
	y.w.Must(y.w.Accounts.EditSettings(y.w.Context(), y.admin, y.account.ID, said.Version, change))
}

// roleOf are the codes of what a member of a project is there.
func roleOf(m app.ProjectMember) string {
	parts := []string{m.Company.Name, m.Level.Code}
	for _, f := range m.Functions {
		parts = append(parts, f.Code)
	}
	for _, product := range m.Given.Products() {
		parts = append(parts, product+":"+m.Given.Of(product))
	}
	return strings.Join(parts, " ")
}

// draft pastes addresses into the project's form.
func (y yard) draft(t *testing.T, text string) (page *webtest.Page, action string) {
	t.Helper()
	page = y.Post(y.at+"/add", "addresses", text).Follow()
	return page, formOf(t, page, "/drafts/")
}

func TestProjectPaste(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		y := newYard(t, w)
		empty := y.Get(y.at + "/add")
		says(t, empty, "Projet Tour Lafayette", "Formulaire rapide", "Copier d’un projet")
		page, action := y.draft(t, lea+", "+yves+"\t"+nora+"; camille.hand@maraval.example off@maraval.example nora@ NORA.new@sault.example")
		t.Run("ADD-1 PROJ-8 the table says who each is before anything is sent", func(t *testing.T) {
			says(t, page, "7 adresses lues, 1 doublon fusionné", "1 personne est déjà dans le projet", "1 invalide", lea+" Membre du compte", yves+" Du compte, invitation à l’envoi",
				nora+" Nouveau, invitation à l’envoi", "off@maraval.example Membre désactivé", "3 personnes seront ajoutées au projet", "2 invitations partiront, 1 membre désactivé,",
				"1 déjà dans le projet, 1 adresse invalide.")
		})
		t.Run("PROJ-3 people of the account come with what they are there, and keep their names", func(t *testing.T) {
			if got := valueOf(t, page, "company.1"); got != "Maraval Conseil" {
				t.Errorf("company %q", got)
			}
			if strings.Contains(page.Body, `name="first.1"`) || !strings.Contains(page.Body, `name="first.3"`) {
				t.Error("names are typed for new people only")
			}
			says(t, page, "Prénom lea Nom fontanel")
		})
		t.Run("ADD-4 a role sets the level and products, ADD-9 of a project", func(t *testing.T) {
			page = page.Submit(action, "act", "save", "function.2", "project-manager", "function.3", "subcontractor", "access.3.budget", "administrator").Follow()
			page = page.Submit(action, "act", "save", "function.3", "quantity-surveyor", "company.3", "Sault et fils").Follow()
			says(t, page, "Qui administre le projet y a tous les produits", "Budget (administrateur)", "À créer")
		})
		result := page.Submit(action, "act", "send").Follow()
		t.Run("BULK-3 INV-8 the result says row by row who came and who is invited", func(t *testing.T) {
			says(t, result, "Résultat", "Ajoutés 3", "Écartés 1", "Invitations 2", "L’accès d’off au compte est désactivé", "Invitation en route", "Adresse invalide")
		})
		for email, want := range map[string]string{
			lea:  "Maraval Conseil project-member architect analytics:member model:member plans:member",
			yves: "Menuiserie Sault project-administrator project-manager analytics:member budget:member plans:member site:member takeoff:member",
			nora: "Sault et fils project-member quantity-surveyor analytics:member budget:administrator plans:member",
		} {
			if got := roleOf(y.who(y.project, email)); got != want {
				t.Errorf("PROJ-3 PROJ-4 ADD-4 %s is\n%s, want\n%s", email, got, want)
			}
		}
		if m := y.who(y.project, yves).Member; m.Status != directory.Invited {
			t.Errorf("INV-8 %s is %s", yves, m.Status)
		}
		t.Run("what was refused stands in the form again, with why at its field", func(t *testing.T) {
			again := result.Submit(formOf(t, result, "/again")).Follow()
			says(t, again, "1 ligne est à corriger", "L’accès d’off au compte est désactivé", "1 invalide", "0 personne sera ajoutée", "1 membre désactivé")
		})
	})
}

func TestProjectPanel(t *testing.T) { // ADD-7
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		y := newYard(t, w)
		page, action := y.draft(t, lea+" "+yves+" "+nora)
		set := []string{"act", "apply", "tick", "1", "tick", "2", "tick", "3", "set_company", "Kestner Bau", "set_level", "project-administrator",
			"set_access.budget", "administrator", "set_access.analytics", "none"}
		warned := page.Submit(action, set...)
		if warned.Status != http.StatusUnprocessableEntity {
			t.Errorf("status %d", warned.Status)
		}
		// What everybody begins with was not chosen: the level, and the products of who has no role.
		says(t, warned, "Remplacera sur ces lignes : 2 sociétés et les produits de 1 personne.")
		page = warned.Submit(action, set...).Follow()
		if n := strings.Count(page.Body, `value="Kestner Bau"`); n != 4 { // three rows, and the companies that are proposed
			t.Errorf("%d rows have the company, want 3", n-1)
		}
		page = page.Submit(action, "act", "apply", "tick", "2", "set_function", "architect").Follow()
		t.Run("ADD-4 what was set by hand stands", func(t *testing.T) {
			result := page.Submit(action, "act", "send")
			if result.Location != y.at {
				t.Errorf("it leads to %s", result.Location)
			}
			want := "Kestner Bau project-administrator architect budget:administrator plans:member"
			if got := roleOf(y.who(y.project, yves)); got != want {
				t.Errorf("%s is\n%s, want\n%s", yves, got, want)
			}
			want = "Kestner Bau project-administrator architect budget:administrator model:member plans:member"
			if got := roleOf(y.who(y.project, lea)); got != want {
				t.Errorf("%s is\n%s, want\n%s", lea, got, want)
			}
		})
	})
}

// TestProjectPasteOfTable: a table copied from a sheet keeps its columns.
func TestProjectPasteOfTable(t *testing.T) { // ADD-1, ADD-3, ADD-14
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		y := newYard(t, w)
		page, action := y.draft(t, "Nom\tPrénom\tE-mail\tSociété\tRôle\nVasseur\tNora\t"+nora+"\tSault et fils\tMétreur\nFontanel\tEve\t"+lea+"\t\t\n")
		for field, want := range map[string]string{"first.1": "Nora", "last.1": "Vasseur", "company.1": "Sault et fils", "company.2": "Maraval Conseil"} {
			if got := valueOf(t, page, field); got != want {
				t.Errorf("%s is %q, want %q", field, got, want)
			}
		}
		page.Submit(action, "act", "send")
		if got, want := roleOf(y.who(y.project, nora)), "Sault et fils project-member quantity-surveyor analytics:member plans:member site:member takeoff:member"; got != want {
			t.Errorf("%s is\n%s, want\n%s", nora, got, want)
		}
		if m := y.who(y.project, lea); m.Name() != "lea fontanel" {
			t.Errorf("PROJ-8 the name of %s", m.Name())
		}
	})
}

// TestProjectClosed: what the account's settings keep for its administrators is said
// before it is sent, and refused all the same.
func TestProjectClosed(t *testing.T) { // ACC-8, PROJ-8
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		y := newYard(t, w)
		y.settle(directory.SettingsChange{"project_people": []byte("false"), "project_companies": []byte("false")})
		page, action := y.draft(t, lea+" "+nora)
		says(t, page, "Hors du compte, ajout impossible", "1 personne sera ajoutée au projet", "1 personne hors du compte, que vous ne pouvez pas ajouter")
		page = page.Submit(action, "act", "save", "company.1", "Inconnue et fils").Follow()
		says(t, page, "N’existe pas")
		result := page.Submit(action, "act", "send").Follow()
		says(t, result, "Écartés 2", "La société « Inconnue et fils » n’existe pas", nora+" n’est pas dans le compte")
		again := result.Submit(formOf(t, result, "/again")).Follow()
		says(t, again, "2 lignes sont à corriger", "La société « Inconnue et fils » n’existe pas")
		action = formOf(t, again, "/drafts/")
		mended := again.Submit(action, "act", "save", "company.1", "Maraval Conseil").Follow()
		says(t, mended, "1 ligne est à corriger")
		if strings.Contains(mended.Text(), "Inconnue") {
			t.Error("the refusal of a row that was changed is still said")
		}
		mended.Submit(action, "act", "send")
		y.who(y.project, lea)
		t.Run("an administrator of the account may", func(t *testing.T) {
			y.Client = y.site.SignedIn(t, y.admin)
			page, action := y.draft(t, nora)
			says(t, page, "Nouveau, invitation")
			page.Submit(action, "act", "send", "company.1", "Sault et fils")
			if got := y.who(y.project, nora).Company.Name; got != "Sault et fils" {
				t.Errorf("company %q", got)
			}
		})
	})
}

// TestProjectWalls: who does not manage a project's members reaches none of its forms,
// and nobody what is no project of the account.
func TestProjectWalls(t *testing.T) { // API-3, PROJ-7, USER-5
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		y := newYard(t, w)
		page, action := y.draft(t, nora)
		elsewhere := yard{desk: desk{w: w, site: y.site, account: w.AccountOf("300100", "construction"), base: "/accounts/300100"}}
		elsewhere.admin = w.Administrator(elsewhere.account, "odette.marsan@autre.example")
		foreign := elsewhere.build("Ailleurs")
		outsider, _ := w.Member(y.account, "outsider@maraval.example")
		old := y.build("Ancien")
		w.Must(w.Projects.Archive(w.Context(), y.admin, app.ProjectAt{Account: y.account.ID, Project: old.UUID}, old.Revision))
		for _, test := range []struct {
			name   string
			by     authz.Actor
			at     string
			status int
		}{
			{"a plain member of the project", y.hand, y.at, http.StatusForbidden},
			{"a member of the account who is not in it", outsider, y.at, http.StatusNotFound},
			{"the administrator of another account", elsewhere.admin, y.at, http.StatusNotFound},
			{"another account's project", y.admin, y.base + "/projects/" + foreign.UUID, http.StatusNotFound},
			{"a project there is not", y.admin, y.base + "/projects/nonsense", http.StatusNotFound},
			{"a unit that is no project", y.admin, y.base + "/projects/" + y.account.UUID, http.StatusNotFound},
			{"an archived project", y.admin, y.base + "/projects/" + old.UUID, http.StatusConflict},
		} {
			c := y.site.SignedIn(t, test.by)
			for _, form := range []string{"/add", "/add/quick", "/copy"} {
				if got := c.Get(test.at + form); got.Status != test.status {
					t.Errorf("%s: GET %s is %d, want %d", test.name, form, got.Status, test.status)
				}
				if got := c.Post(test.at+form, "addresses", nora, "from", y.project.UUID, "who", "all"); got.Status != test.status {
					t.Errorf("%s: POST %s is %d, want %d: %s", test.name, form, got.Status, test.status, got.Location)
				}
			}
		}
		t.Run("a draft is its maker's, as long as they manage the project", func(t *testing.T) {
			for name, by := range map[string]authz.Actor{"plain": y.hand, "administrator": y.admin, "elsewhere": elsewhere.admin} {
				if got := y.site.SignedIn(t, by).Get(action); got.Status != http.StatusNotFound && got.Status != http.StatusForbidden {
					t.Errorf("%s: %d", name, got.Status)
				}
			}
			w.Must(apptest.ErrOf(w.Projects.RemovePlaces(w.Context(), y.admin, app.ProjectAt{Account: y.account.ID, Project: y.project.UUID},
				app.ProjectSelection{Members: []string{y.who(y.project, "paul.boss@maraval.example").Member.UUID}})))
			if got := page.Submit(action, "act", "send"); got.Status != http.StatusNotFound {
				t.Errorf("whoever is no longer there sends: %d", got.Status)
			}
		})
	})
}

func TestProjectPasteHostile(t *testing.T) { // ADD-2, ADD-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		y := newYard(t, w)
		page, action := y.draft(t, nora+" \xff\xfe@x <script>@x.example")
		says(t, page, "3 invalides")
		for name, fields := range map[string][]string{
			"a product there is not": {"access.1.nothing", "member"}, "a word there is not": {"access.1.budget", "owner"}, "the base product off": {"access.1.plans", "none"},
			"a list in one": {"access.1.budget", "member,site/administrator"}, "markup": {"access.1.<script>", "member"}, "huge": {"access.1.budget", strings.Repeat("x", 20_000)},
		} {
			want := http.StatusUnprocessableEntity
			got := y.Post(action, append([]string{"act", "save", "line", "1"}, fields...)...)
			if name == "the base product off" { // what says none is not said
				want = http.StatusSeeOther
			}
			if got.Status != want {
				t.Errorf("%s: status %d", name, got.Status)
			}
			panel := strings.Replace(fields[0], "access.1.", "set_access.", 1)
			if got := y.Post(action, "act", "apply", "tick", "1", panel, fields[1]); got.Status != http.StatusUnprocessableEntity {
				t.Errorf("%s over rows: status %d", name, got.Status)
			}
		}
		broken := y.Post(action, "act", "save", "line", "1", "company.1", "a\x00b")
		if broken.Status != http.StatusUnprocessableEntity {
			t.Errorf("broken text: status %d", broken.Status)
		}
		forced := y.Post(action, "act", "save", "line", "1", "function.1", "executive", "level.1", "administrator").Follow()
		result := forced.Submit(action, "act", "send").Follow()
		says(t, result, "Ajoutés 0", "Écartés 1")
		if got := y.Post(y.at+"/add", "addresses", ""); got.Status != http.StatusUnprocessableEntity {
			t.Errorf("an empty paste: status %d", got.Status)
		}
	})
}

// TestProjectPasteWhole: where everybody came in, the project is shown again, with who
// was invited by it.
func TestProjectPasteWhole(t *testing.T) { // INV-8, ADD-5
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		y := newYard(t, w)
		page, action := y.draft(t, lea+" "+yves)
		done := page.Submit(action, "act", "send")
		if done.Location != y.at {
			t.Fatalf("it leads to %q", done.Location)
		}
		says(t, y.Get(y.base+"/contacts"), "2 personnes ajoutées, 1 invitation en route. Invitation en route : "+yves+".")
		t.Run("ADD-5 who is there already is not changed", func(t *testing.T) {
			before := roleOf(y.who(y.project, lea))
			page, action := y.draft(t, lea)
			says(t, page, "Déjà dans le projet", "0 personne sera ajoutée")
			result := page.Submit(action, "act", "send", "line", "1", "company.1", "Kestner Bau", "level.1", "project-administrator").Follow()
			says(t, result, "Inchangé")
			if got := roleOf(y.who(y.project, lea)); got != before {
				t.Errorf("%s is %s, was %s", lea, got, before)
			}
		})
		t.Run("nothing is left to mend, and a draft is not over", func(t *testing.T) {
			page, action := y.draft(t, nora)
			draft := strings.TrimPrefix(action, y.base+"/drafts/")
			if got := y.Post(y.base + "/imports/" + draft + "/again"); got.Status != http.StatusConflict {
				t.Errorf("a draft again: %d", got.Status)
			}
			page.Submit(action, "act", "send")
			if got := y.Post(y.base + "/imports/" + draft + "/again"); got.Status != http.StatusConflict {
				t.Errorf("nothing left: %d", got.Status)
			}
		})
	})
}
