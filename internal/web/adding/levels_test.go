package adding_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/web/webtest"
)

// levels are the codes of the access levels of whoever has an address, sorted.
func (d desk) levels(t *testing.T, email string) []string {
	t.Helper()
	page, err := d.w.Members.List(d.w.Context(), d.w.Operator(), d.account.ID, app.MemberQuery{Search: email})
	if err != nil || len(page.Rows) != 1 {
		t.Fatalf("%s finds %d: %v", email, len(page.Rows), err)
	}
	var codes []string
	for _, level := range page.Rows[0].Levels {
		codes = append(codes, level.Code)
	}
	slices.Sort(codes)
	return codes
}

func TestDraftLevels(t *testing.T) { // ADD-3, ADD-8
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		d := newShop(t, w)
		function, err := w.Roles.Create(w.Context(), w.Operator(), d.account.ID, app.NewRole{Kind: directory.Function,
			Names: map[string]string{directory.EveryLanguage: "Directrice"}, DefaultLevel: "executive"})
		w.Must(err)
		page := d.Post(d.base+"/members/add", "addresses", "a@maraval.example b@maraval.example c@maraval.example d@maraval.example").Follow()
		action := formOf(t, page, "/drafts/")
		t.Run("ADD-8 several levels of a row, ADD-4 which stand against a role", func(t *testing.T) {
			page = page.Submit(action, "act", "save", "level.1", "standards-administrator", "level.1", "administrator").Follow()
			says(t, page, "Administrateur et Normes", "1 invitation partira")
			page = page.Submit(action, "act", "save", "function.1", function.Code, "function.2", function.Code).Follow()
			says(t, page, "Administrateur et Normes", "2 invitations partiront")
		})
		t.Run("ADD-7 the panel sets exactly these, and says what it replaces", func(t *testing.T) {
			set := []string{"act", "apply", "tick", "2", "tick", "3", "set_level", "executive", "set_level", "standards-administrator"}
			warned := page.Submit(action, set...)
			if warned.Status != http.StatusUnprocessableEntity {
				t.Errorf("status %d", warned.Status)
			}
			says(t, warned, "Remplacera sur ces lignes : 1 niveau d’accès.")
			page = warned.Submit(action, set...).Follow()
			says(t, page, "3 invitations partiront")
			page = page.Submit(action, "act", "apply", "tick", "1", "set_company", "Maraval Conseil").Follow()
			says(t, page, "Administrateur et Normes")
		})
		t.Run("ADD-7 the panel takes them away", func(t *testing.T) {
			page = page.Submit(action, "act", "apply", "tick", "3", "clear_levels", "1", "told_levels", "1").Follow()
			says(t, page, "2 invitations partiront")
		})
		t.Run("PLAN-1 the preview names them", func(t *testing.T) {
			says(t, page.Submit(action, "act", "check").Follow(), "Administrateur et Normes", "Exécutif et Normes")
		})
		page.Submit(action, "act", "send").Follow()
		for email, want := range map[string][]string{"a@maraval.example": {"administrator", "standards-administrator"},
			"b@maraval.example": {"executive", "standards-administrator"}, "c@maraval.example": nil, "d@maraval.example": nil} {
			if got := d.levels(t, email); !slices.Equal(got, want) {
				t.Errorf("%s holds %q, want %q", email, got, want)
			}
		}
	})
}

func TestFormsWithLevels(t *testing.T) { // ADD-8
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		d := newShop(t, w)
		t.Run("ADD-10 one set of levels for all addresses", func(t *testing.T) {
			path := d.base + "/members/add/quick"
			done := d.Get(path).Submit(path, "addresses", "a@maraval.example, b@maraval.example", "access_level", "executive", "access_level", "administrator")
			says(t, done, "2 personnes ajoutées.")
			for _, email := range []string{"a@maraval.example", "b@maraval.example"} {
				if got := d.levels(t, email); !slices.Equal(got, []string{"administrator", "executive"}) {
					t.Errorf("%s holds %q", email, got)
				}
			}
		})
		t.Run("ADD-8 each box says what it opens, that of an own level too", func(t *testing.T) {
			_, err := w.Roles.Create(w.Context(), w.Operator(), d.account.ID, app.NewRole{Kind: directory.Level, Place: catalogue.AccountPlace,
				Names: map[string]string{directory.EveryLanguage: "Suivi"}, Permissions: []string{"members.view"}})
			w.Must(err)
			draft := d.Post(d.base+"/members/add", "addresses", "c@maraval.example").Follow()
			for _, p := range []*webtest.Page{draft, d.Get(d.base + "/members/add/quick"), d.Get(d.base + "/members/new")} {
				says(t, p, "Ouvre le tableau de bord du compte.", "Ouvre la bibliothèque et les modèles de projet.", "Donne : Voir les membres.")
				if strings.Contains(p.Text(), "rien d’autre") {
					t.Error("a box says that its level excludes the others")
				}
			}
		})
		t.Run("ADD-11 the full form gives several", func(t *testing.T) {
			path := d.base + "/members/new"
			person := []string{"act", "save", "email", "k.haddad@maraval.example", "user_name", "k.haddad", "access_level", "executive"}
			refused := d.Get(path).Submit(path, append(person, "access_level", "no-such")...)
			if refused.Status != http.StatusUnprocessableEntity {
				t.Errorf("status %d", refused.Status)
			}
			saved := refused.Submit(path, append(person, "access_level", "standards-administrator")...).Follow()
			says(t, saved, "Exécutif et Normes")
			if got := d.levels(t, "k.haddad@maraval.example"); !slices.Equal(got, []string{"executive", "standards-administrator"}) {
				t.Errorf("holds %q", got)
			}
		})
	})
}
