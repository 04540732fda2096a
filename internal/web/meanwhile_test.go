package web_test

import (
	"cmp"
	"net/http"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/web/webtest"
)

// A shared form is one that two people have open: what each changes in it, a field alone
// and one that both do, and what the second is told.
type shared struct {
	name, path, action  string // where it is sent to, if not to where it stands
	first, second, both []string
	says                []string
}

// saved lets the first save the form, then the second, and the second again.
func (f shared) saved(t *testing.T, a, b *webtest.Client) {
	t.Helper()
	one, other := a.Get(f.path), b.Get(f.path)
	action := cmp.Or(f.action, f.path)
	if p := one.Submit(action, append([]string{f.both[0], f.both[1]}, f.first...)...); p.Status != http.StatusSeeOther {
		t.Fatalf("the first: %d %.300s", p.Status, p.Text())
	}
	again := other.Submit(action, append([]string{f.both[0], f.both[2]}, f.second...)...)
	if again.Status != http.StatusConflict {
		t.Fatalf("the second: %d %.300s", again.Status, again.Text())
	}
	for _, text := range f.says {
		if !strings.Contains(again.Text(), text) {
			t.Errorf("it does not say %q: %.1200s", text, again.Text())
		}
	}
	if !again.Has("[name='" + f.both[0] + "'][aria-describedby]") {
		t.Errorf("nothing stands at %s", f.both[0])
	}
	if p := again.Submit(action); p.Status != http.StatusSeeOther {
		t.Fatalf("saved again: %d %.600s", p.Status, p.Text())
	}
	saved := b.Get(f.path)
	for _, want := range [][]string{{f.both[0], f.both[2]}, f.first, f.second} {
		if want != nil && !stands(again, want[0], want[1]) {
			t.Errorf("%s is not kept as %q", want[0], want[1])
		}
		if want != nil && !stands(saved, want[0], want[1]) {
			t.Errorf("%s is not %q", want[0], want[1])
		}
	}
}

// stands reports whether a page has a value in a field, or chosen, or ticked.
func stands(p *webtest.Page, name, value string) bool {
	for _, field := range p.All("[name='" + name + "']") {
		switch {
		case field.Tag() == "select" && field.Has("option[value='"+value+"'][selected]"), field.Tag() == "textarea" && field.Text() == value,
			field.Attr("value") == value && (field.Attr("type") != "checkbox" || field.HasAttr("checked")):
			return true
		}
	}
	return false
}

// TestChangedMeanwhile: of two people who have the same form open, the second is told
// which fields the first changed, what stands there now and who it was; what the second
// typed is kept, what they left alone is taken over, and saving again saves that.
func TestChangedMeanwhile(t *testing.T) { // PLAN-4
	w := apptest.New(t, "sqlite")
	site, account := webtest.New(t, w), w.AccountOf("204817", "licences")
	admin := w.Administrator(account, "helene.castaing@maraval.example")
	helene, karim := site.SignedIn(t, admin), site.SignedIn(t, w.Administrator(account, "karim.haddad@maraval.example"))
	_, member := w.Member(account, "manon.perrin@maraval.example")
	unit, err := w.Units.Add(w.Context(), admin, account.ID, app.NewUnit{Level: "entity", Name: "Nord"})
	w.Must(err)
	role, err := w.Roles.Create(w.Context(), admin, account.ID, app.NewRole{Kind: directory.RightsRole, Names: map[string]string{"": "Lecture"}})
	w.Must(err)
	at := "/accounts/204817"
	for _, form := range []shared{
		{"a member", at + "/members/" + member.UUID + "/edit", "", []string{"job_title", "Cheffe"}, []string{"personnel_number", "77"}, []string{"phone", "01", "02"},
			[]string{"helene castaing a modifié ces données à l’instant", "Poste : Était « Aucun », est maintenant « Cheffe », repris ici", "Téléphone : Était « Aucun », est maintenant « 01 ». Enregistrer"}},
		{"a unit", at + "/units/" + unit.UUID + "/edit", "", []string{"external", "N-1"}, nil, []string{"name", "Nord-Est", "Nord-Ouest"},
			[]string{"helene castaing a modifié ces données", "« N-1 », repris ici", "« Nord-Est ». Enregistrer"}},
		{"a role", at + "/roles/" + role.UUID, "", []string{"permissions", "members.view"}, []string{"name_en", "Reading"}, []string{"name", "Lire", "Lecteurs"},
			[]string{"helene castaing a modifié ces données", "Droits : Était « Aucun », est maintenant « Voir les membres », repris ici", "« Lire ». Enregistrer"}},
		{"the settings", at + "/settings", "", []string{"min_length", "14"}, nil, []string{"invitation_days", "12", "3"},
			[]string{"helene castaing a modifié ces données", "« 14 », repris ici", "« 12 ». Enregistrer"}},
	} {
		t.Run(form.name, func(t *testing.T) { form.saved(t, helene, karim) })
	}
	t.Run("what nobody else changed is no matter", func(t *testing.T) {
		path := at + "/members/" + member.UUID + "/edit"
		one, other := helene.Get(path), karim.Get(path)
		if p := one.Submit(path, "phone", "03"); p.Status != http.StatusSeeOther {
			t.Fatalf("the first: %d", p.Status)
		}
		again := other.Submit(path, "phone", "03")
		if again.Status != http.StatusConflict || !strings.Contains(again.Text(), "mais rien de ce que vous voyez ici") {
			t.Errorf("both typed the same: %d %.500s", again.Status, again.Text())
		}
	})
}

// TestMoreChangedMeanwhile is the same for what projects are made of, for what was sold,
// for programs, and for a person's own profile.
func TestMoreChangedMeanwhile(t *testing.T) { // PLAN-4
	w := apptest.New(t, "sqlite")
	site, account := webtest.New(t, w), w.AccountOf("204817", "construction")
	admin := w.Administrator(account, "helene.castaing@maraval.example")
	helene, karim := site.SignedIn(t, admin), site.SignedIn(t, w.Administrator(account, "karim.haddad@maraval.example"))
	at := "/accounts/204817"
	name := "Collège des Sablons"
	project, _, err := w.Projects.Create(w.Context(), admin, account.ID, app.NewProject{Change: app.ProjectChange{Name: &name}})
	w.Must(err)
	placed, err := w.Projects.Add(w.Context(), admin, app.ProjectAt{Account: account.ID, Project: project.UUID},
		[]app.NewPlace{{NewMember: app.NewMember{Row: 1, Email: "ana@maraval.example", Functions: []string{"site-manager"}}}}, app.PlaceOptions{})
	w.Must(apptest.ErrOf(placed, err))
	company, err := w.Companies.Create(w.Context(), admin, account.ID, "Kestner Bau")
	w.Must(err)
	kind, err := w.Library.CreateType(w.Context(), admin, account.ID, "École")
	w.Must(err)
	template, err := w.Library.CreateTemplate(w.Context(), admin, account.ID, app.NewProjectTemplate{Name: "Collèges"})
	w.Must(err)
	robot := helene.Post(at+"/technical-users/new", "name", "Paie", "purpose", "Reprend les salariés", "responsible", "helene.castaing@maraval.example").Location
	const byHelene = "helene castaing a modifié ces données à l’instant"
	for _, form := range []shared{
		{"a project", at + "/projects/" + project.UUID + "/settings", "", []string{"starts", "2026-12-01"}, []string{"product", "takeoff"}, []string{"number", "P-1", "P-2"},
			[]string{byHelene, "Début : Était « Aucun », est maintenant « 1er décembre 2026 », repris ici", "Numéro : Était « Aucun », est maintenant « P-1 ». Enregistrer"}},
		{"a place in a project", at + "/projects/" + project.UUID + "/members/" + placed[0].Member.UUID, "", []string{"access.takeoff", "member"},
			[]string{"access.plans", "administrator"}, []string{"company", "Maraval", "Kestner Bau"},
			[]string{byHelene, "Métré : Était « Aucun accès », est maintenant « Membre », repris ici", "Société : Était « Aucun », est maintenant « Maraval ». Enregistrer"}},
		{"a company", at + "/companies/" + company.UUID + "/edit", "", nil, nil, []string{"name", "Kestner AG", "Kestner SE"},
			[]string{byHelene, "Était « Kestner Bau », est maintenant « Kestner AG ». Enregistrer"}},
		{"a template", at + "/library/templates/" + template.UUID + "/edit", "", []string{"type", kind.UUID}, []string{"products", "takeoff"},
			[]string{"name", "Écoles", "Lycées"}, []string{byHelene, "Était « Aucun », est maintenant « École », repris ici", "« Écoles ». Enregistrer"}},
		{"a project type", at + "/library/types?ask=rename&type=" + kind.UUID, at + "/library/types/" + kind.UUID + "/rename", nil, nil,
			[]string{"name", "Lycée", "Université"}, []string{byHelene, "Était « École », est maintenant « Lycée ». Enregistrer"}},
		{"a technical user", robot, "", []string{"purpose", "Lit les salariés"}, nil, []string{"name", "Salaires", "Gages"},
			[]string{byHelene, "« Lit les salariés », repris ici", "Était « Paie », est maintenant « Salaires ». Enregistrer"}},
	} {
		t.Run(form.name, func(t *testing.T) { form.saved(t, helene, karim) })
	}
	sales, other := site.SignedIn(t, w.Staff("sales@batisoft.example", authz.Sales)), site.SignedIn(t, w.Staff("two@batisoft.example", authz.Sales))
	sold, err := w.Subscriptions.Add(w.Context(), w.Operator(), account.ID, app.NewSubscription{Offer: directory.Offer{Product: "plans"},
		Term: app.SubscriptionTerm{Quantity: 5, Last: directory.Day{Year: 2026, Month: 12, Day: 31}}})
	w.Must(err)
	customer := "/vendor/customers/" + account.UUID
	subscription := customer + "/subscriptions/" + sold.UUID
	for _, form := range []shared{
		{"a subscription", subscription + "/edit", "", []string{"last", "2027-12-31"}, []string{"reference", "F-2"}, []string{"quantity", "6", "9"},
			[]string{"Camille Assistance a modifié ces données à l’instant", "Était « 31 décembre 2026 », est maintenant « 31 décembre 2027 », repris ici", "Était « 5 », est maintenant « 6 ». Enregistrer"}},
		{"its quantity alone", customer + "?do=resize&subscription=" + sold.UUID, subscription + "/resize", nil, nil, []string{"quantity", "12", "15"},
			[]string{"Camille Assistance a modifié ces données", "Était « 9 », est maintenant « 12 ». Enregistrer"}},
	} {
		t.Run(form.name, func(t *testing.T) { form.saved(t, sales, other) })
	}
	person := w.Person("ludivine.garrec@garrec.example")
	form := shared{"one's own profile, in two windows", "/profile", "", []string{"first_name", "Ludivine"}, []string{"civility", "mrs"}, []string{"last_name", "Garrec", "Le Garrec"},
		[]string{"a modifié ces données à l’instant", "est maintenant « Ludivine », repris ici", "est maintenant « Garrec ». Enregistrer"}}
	t.Run(form.name, func(t *testing.T) { form.saved(t, site.SignedIn(t, person), site.SignedIn(t, person)) })
}
