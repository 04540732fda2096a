package web_test

import (
	"net/http"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
	"intendant/internal/web/webtest"
)

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
	for _, test := range []struct {
		name, path          string
		first, second, both []string // what the first and the second change: a field each, and one both do
		says                []string
	}{
		{"a member", at + "/members/" + member.UUID + "/edit", []string{"job_title", "Cheffe"}, []string{"personnel_number", "77"}, []string{"phone", "01", "02"},
			[]string{"helene castaing a modifié ces données", "Poste : C’est maintenant « Cheffe », repris ici", "Téléphone : C’est maintenant « 01 »"}},
		{"a unit", at + "/units/" + unit.UUID + "/edit", []string{"external", "N-1"}, nil, []string{"name", "Nord-Est", "Nord-Ouest"},
			[]string{"helene castaing a modifié ces données", "« N-1 », repris ici", "« Nord-Est ». Enregistrer"}},
		{"a role", at + "/roles/" + role.UUID, []string{"permissions", "members.view"}, []string{"name_en", "Reading"}, []string{"name", "Lire", "Lecteurs"},
			[]string{"helene castaing a modifié ces données", "Droits : C’est maintenant « Voir les membres », repris ici", "« Lire ». Enregistrer"}},
		{"the settings", at + "/settings", []string{"min_length", "14"}, nil, []string{"invitation_days", "12", "3"},
			[]string{"helene castaing a modifié ces données", "« 14 », repris ici", "« 12 ». Enregistrer"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			one, other := helene.Get(test.path), karim.Get(test.path)
			first := append([]string{test.both[0], test.both[1]}, test.first...)
			action := strings.TrimSuffix(test.path, "?")
			if p := one.Submit(action, first...); p.Status != http.StatusSeeOther {
				t.Fatalf("the first: %d %.300s", p.Status, p.Text())
			}
			again := other.Submit(action, append([]string{test.both[0], test.both[2]}, test.second...)...)
			if again.Status != http.StatusConflict {
				t.Fatalf("the second: %d %.300s", again.Status, again.Text())
			}
			for _, text := range test.says {
				if !strings.Contains(again.Text(), text) {
					t.Errorf("it does not say %q: %.900s", text, again.Text())
				}
			}
			if kept := again.All("[name=" + test.both[0] + "]")[0]; kept.Attr("value") != test.both[2] || kept.Attr("aria-describedby") == "" {
				t.Errorf("%s is %q, described by %q", test.both[0], kept.Attr("value"), kept.Attr("aria-describedby"))
			}
			if p := again.Submit(action); p.Status != http.StatusSeeOther {
				t.Fatalf("saved again: %d %.600s", p.Status, p.Text())
			}
			saved := karim.Get(test.path)
			for _, want := range [][]string{{test.both[0], test.both[2]}, test.first, test.second} {
				if want != nil && !saved.Has(`[name=`+want[0]+`][value="`+want[1]+`"]`) {
					t.Errorf("%s is not %q", want[0], want[1])
				}
			}
		})
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
