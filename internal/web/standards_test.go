package web_test

import (
	"net/http"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/web/webtest"
)

// TestOnlyTheLibraryOpens asks for every page of an account as somebody who manages its
// library and holds nothing else: they meet what every member meets, and the library.
func TestOnlyTheLibraryOpens(t *testing.T) { // ACC-13
	t.Parallel()
	w := apptest.New(t, "sqlite")
	f := newFortressOn(t, w)
	account := f.account
	actor, m := w.Member(account, "nora.belkacem@maraval.example")
	w.Must(apptest.ErrOf(w.Members.EditMembers(w.Context(), w.Operator(), account.ID, app.Of(m.UUID), app.MemberChange{Levels: apptest.Levels("standards-administrator")})))
	standards, member := f.site.SignedIn(t, actor), f.clients["member"]
	opened := 0
	for _, route := range f.site.Routes() {
		if !strings.Contains(route.Pattern, "/accounts/{account}") {
			continue
		}
		method, path := f.at(t, route)
		ask := func(c *webtest.Client) *webtest.Page {
			if method == http.MethodPost {
				return c.Post(path, "act", "invite", "member", f.values["member"], "addresses", "new@maraval.example")
			}
			return c.Get(path)
		}
		got, others := ask(standards), ask(member)
		switch {
		case strings.HasPrefix(path, "/accounts/204817/library"):
			if got.Status == http.StatusForbidden || others.Status != http.StatusForbidden {
				t.Errorf("%s: %d, and %d to others", route.Pattern, got.Status, others.Status)
			}
			opened++
		case path == "/accounts/204817", route.Pattern == "GET /accounts/{account}/roles":
			if got.Status != http.StatusSeeOther || got.Location != "/accounts/204817/library" {
				t.Errorf("%s leads to %d %s", route.Pattern, got.Status, got.Location)
			}
		case strings.HasPrefix(path, "/accounts/204817/roles"): // functions are the library's; the fortress names a role of rights
			if got.Status < http.StatusBadRequest || got.Status >= http.StatusInternalServerError {
				t.Errorf("%s: %d", route.Pattern, got.Status)
			}
		case letter(got) != letter(others), got.Status == http.StatusOK && others.Status != http.StatusOK:
			t.Errorf("%s: %d, where every member meets %d", route.Pattern, got.Status, others.Status)
		}
	}
	if opened < 10 {
		t.Errorf("only %d pages of the library", opened)
	}
}
