package adding_test

import (
	"net/http"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
	"intendant/internal/web/webtest"
)

func TestProjectQuick(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		y := newYard(t, w)
		path := y.at + "/add/quick"
		form := y.Get(path)
		says(t, form, "Projet Tour Lafayette", "200 au plus", "Donné à tous les membres du projet.")
		t.Run("ADD-10 201 addresses are refused whole, with the count and the text kept", func(t *testing.T) {
			refused := form.Submit(path, "addresses", strings.Join(apptest.Addresses(201, "sault.example"), "\n"))
			says(t, refused, "Vous avez collé 201 adresses ; le formulaire rapide en accepte 200 au plus. Aucune n’est ajoutée.")
			if refused.Status != http.StatusUnprocessableEntity || !strings.Contains(refused.Body, "prenom200.nom200@") {
				t.Errorf("status %d", refused.Status)
			}
		})
		t.Run("ADD-10 PROJ-3 what is left empty is what each is in the account", func(t *testing.T) {
			done := form.Submit(path, "addresses", lea+", "+yves, "access.budget", "administrator")
			if done.Location != y.at {
				t.Fatalf("it leads to %q: %s", done.Location, done.Text())
			}
			for email, want := range map[string]string{
				lea:  "Maraval Conseil project-member architect analytics:member budget:administrator model:member plans:member",
				yves: "Menuiserie Sault project-member analytics:member budget:administrator plans:member",
			} {
				if got := roleOf(y.who(y.project, email)); got != want {
					t.Errorf("%s is\n%s, want\n%s", email, got, want)
				}
			}
		})
		t.Run("ADD-9 what is said is for all, BULK-3 row by row", func(t *testing.T) {
			done := form.Submit(path, "addresses", nora+" "+lea+" off@maraval.example x@", "company", "Kestner Bau", "function", "subcontractor", "access_level", "project-administrator")
			says(t, done, "1 personne ajoutée, 1 déjà là, 2 refusées.", "Invitation en route", "L’accès d’off au compte est désactivé")
			want := "Kestner Bau project-administrator subcontractor analytics:member plans:member site:member"
			if got := roleOf(y.who(y.project, nora)); got != want {
				t.Errorf("%s is\n%s, want\n%s", nora, got, want)
			}
		})
		t.Run("ADD-10 200 addresses come in", func(t *testing.T) {
			if done := form.Submit(path, "addresses", strings.Join(apptest.Addresses(200, "kestner.example"), "\n")); done.Location != y.at {
				t.Errorf("status %d: %s", done.Status, done.Text())
			}
		})
	})
}

// TestProjectQuickNamesTheInvited: the page that follows says whom a mail went to.
func TestProjectQuickNamesTheInvited(t *testing.T) { // INV-8
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		y := newYard(t, w)
		path := y.at + "/add/quick"
		form := y.Get(path)
		form.Submit(path, "addresses", lea+" "+yves+" a@sault.example b@sault.example c@sault.example")
		says(t, y.Get(y.base+"/contacts"), "5 personnes ajoutées", "Invitations en route : "+yves+", a@sault.example, b@sault.example et 1 autre.")
		y.settle(directory.SettingsChange{"project_people": []byte("false")})
		closed := form.Submit(path, "addresses", nora)
		says(t, closed, "0", nora+" n’est pas dans le compte")
	})
}

// copyForm is the page of a copy from a project.
func (y yard) copyForm(from directory.Project) *webtest.Page {
	return y.Get(y.at + "/copy?from=" + from.UUID)
}

func TestProjectCopy(t *testing.T) { // PROJ-9
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		y := newYard(t, w)
		other, hidden := y.build("Gare du Nord"), y.build("Secret")
		y.places(hidden, app.NewPlace{NewMember: app.NewMember{Row: 1, Email: "paul.boss@maraval.example"}})
		y.places(other, app.NewPlace{NewMember: app.NewMember{Row: 1, Email: "paul.boss@maraval.example"}, Level: "project-administrator"},
			app.NewPlace{NewMember: app.NewMember{Row: 2, Email: lea, Company: "Kestner Bau", Functions: []string{"site-manager"}}, Access: map[string]string{"budget": "administrator"}},
			app.NewPlace{NewMember: app.NewMember{Row: 3, Email: yves}}, app.NewPlace{NewMember: app.NewMember{Row: 4, Email: nora, Company: "Sault et fils"}})
		path := y.at + "/copy"
		t.Run("only projects whose members one manages are offered", func(t *testing.T) {
			sources := y.Get(path)
			says(t, sources, "1 projet", "Gare du Nord", "4 membres")
			if strings.Contains(sources.Text(), "Secret") || strings.Contains(sources.Body, other.UUID) == false {
				t.Error(sources.Text())
			}
			says(t, y.Get(path+"?q=zzz"), "0 projet")
			if got := y.copyForm(hidden); got.Status != http.StatusForbidden {
				t.Errorf("where they are a plain member: %d", got.Status)
			}
		})
		form := y.copyForm(other)
		says(t, form, "lea fontanel", "Kestner Bau", "Conducteur de travaux", "Budget (administrateur)", "Déjà dans le projet", "Tous : 4 membres")
		if refused := form.Submit(path); refused.Status != http.StatusUnprocessableEntity {
			t.Errorf("nobody ticked: status %d", refused.Status)
		}
		t.Run("those who are ticked come as they are there", func(t *testing.T) {
			done := form.Submit(path, "member", y.who(other, lea).Member.UUID)
			if done.Location != y.at {
				t.Fatalf("it leads to %q: %s", done.Location, done.Text())
			}
			if got, want := roleOf(y.who(y.project, lea)), roleOf(y.who(other, lea)); got != want {
				t.Errorf("%s is\n%s, want\n%s", lea, got, want)
			}
		})
		t.Run("ticks outlive a search", func(t *testing.T) {
			sought := form.Submit(path, "act", "search", "q", "nora", "member", y.who(other, yves).Member.UUID)
			says(t, sought, "1 membre")
			done := sought.Submit(path, "act", "copy")
			if done.Location != y.at {
				t.Fatalf("it leads to %q: %s", done.Location, done.Text())
			}
			y.who(y.project, yves)
		})
		t.Run("BULK-3 all of them, row by row", func(t *testing.T) {
			done := form.Submit(path, "who", "all")
			says(t, done, "1 personne ajoutée, 3 déjà là.", nora)
		})
		t.Run("an id that is nobody there", func(t *testing.T) {
			says(t, form.Submit(path, "member", "nonsense", "member", y.member("far@maraval.example").UUID), "Cette personne n’est plus dans le projet")
			for _, from := range []string{"nonsense", y.project.UUID} {
				if got := y.Post(path, "from", from, "who", "all"); got.Status != http.StatusUnprocessableEntity && got.Status != http.StatusNotFound {
					t.Errorf("from %s: %d", from, got.Status)
				}
			}
		})
	})
}
