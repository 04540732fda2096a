package members_test

import (
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/web/webtest"
)

// TestLacksRoleFilter: where the account requires roles, the table marks and finds
// who lacks one, in each reader's language, and acts on all of them.
func TestLacksRoleFilter(t *testing.T) { // ROLE-3, LIST-5, LIST-6
	t.Parallel()
	w := apptest.New(t, "sqlite")
	account, err := w.Accounts.Create(w.Context(), w.Operator(), app.NewAccount{Number: "204 817", Name: "Groupe Maraval", Type: "fleet",
		ServiceLevel: "contract", Language: "fr", Address: directory.PostalAddress{Street: "18 quai des Tanneurs", PostalCode: "44000", City: "Nantes", Country: "FR"}})
	w.Must(err)
	site := webtest.New(t, w)
	admin := w.Administrator(account, "helene.castaing@maraval.example")
	_, err = w.Accounts.SeedUnits(w.Context(), account.ID, []app.SeedUnit{{Name: "Nord", Level: "group"}})
	w.Must(err)
	people := map[string]directory.UserID{}
	for _, name := range []string{"karim.haddad", "lea.fontanel"} {
		users, err := w.Members.Seed(w.Context(), account.ID, []app.SeedMember{{Status: directory.Active,
			User: directory.User{Email: name + "@maraval.example", UserName: name, Language: "en", Last: name, Password: directory.PasswordOwn}, Levels: []string{"administrator"}}})
		w.Must(err)
		people[name] = users[0].ID
	}
	units, err := w.Grants.Of(w.Context(), admin, account.ID, "", app.GrantView{})
	w.Must(err)
	for _, u := range units.Units {
		w.Must(w.Members.SeedGrants(w.Context(), account.ID, 0, []app.SeedGrant{{User: people["lea.fontanel"], Role: "basic-user", Unit: u.Unit.ID}}))
	}
	french := site.SignedIn(t, admin)
	english := site.SignedIn(t, authz.Actor{Kind: authz.Person, User: people["karim.haddad"], Door: authz.DoorPage})
	for _, test := range []struct {
		name           string
		c              *webtest.Client
		group, choice  string
		mark, anywhere string
	}{
		{"in French", french, "Rôles obligatoires", "Un rôle manque", "Il manque un rôle : Groupe Maraval et ", "2 sur 3"},
		{"in English", english, "Required roles", "A role is missing", "Lacks a role at: Groupe Maraval and ", "2 of 3"},
	} {
		t.Run("ROLE-3 the filter and the mark "+test.name, func(t *testing.T) {
			has(t, test.c.Get(at+"/members"), test.group, test.choice, test.mark, "lea.fontanel")
			found := test.c.Get(at + "/members?lacks=role")
			has(t, found, test.group, test.choice, test.mark, "karim.haddad", "helene.castaing", test.anywhere)
			lacks(t, found, "lea.fontanel")
			if !strings.Contains(found.Body, "all=1&amp;lacks=role") && !strings.Contains(found.Body, "lacks=role&amp;") {
				t.Error("what leads on forgets the filter")
			}
		})
	}
	t.Run("ROLE-3 the profile says it", func(t *testing.T) {
		page, err := w.Members.List(w.Context(), admin, account.ID, app.MemberQuery{Search: "karim.haddad"})
		w.Must(err)
		has(t, french.Get(at+"/members/"+page.Rows[0].UUID), "Il manque un rôle : Groupe Maraval")
	})
	t.Run("BULK-1 all that are found are given a role in one act", func(t *testing.T) {
		bulk := french.Get(at + "/members/bulk?act=grant&all=1&lacks=role")
		has(t, bulk, "2")
		lacks(t, bulk, "lea.fontanel")
		done := bulk.Submit(at+"/members/bulk", "grant_role", "basic-user", "grant_unit", units.Units[1].Unit.UUID)
		if done.Status != 303 {
			t.Fatalf("%d: %s", done.Status, done.Text())
		}
		has(t, done.Follow(), "2 membres modifiés et 2 sans rôle obligatoire")
		has(t, french.Get(at+"/members?lacks=role"), "Il manque un rôle : Groupe Maraval.")
	})
	t.Run("ROLE-3 the last one is taken back on the unit's page, and said", func(t *testing.T) {
		p := french.Get(at + "/units/" + units.Units[1].Unit.UUID + "/rights")
		back := p.Submit(at + "/units/" + units.Units[1].Unit.UUID + "/rights/end")
		has(t, back.Follow(), "Il manque un rôle : ")
	})
	t.Run("ROLE-3 where no role is required nothing is offered", func(t *testing.T) {
		d := sit(t, 1)
		lacks(t, d.Get(at+"/members"), "Rôles obligatoires")
		lacks(t, d.Get(at+"/members?lacks=role"), "Haddad")
	})
}
