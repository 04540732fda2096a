package members_test

import (
	"strings"
	"testing"

	"intendant/internal/apptest"
	"intendant/internal/web/webtest"
)

// TestAdministratorSign: who administers carries one sign in the table, on the
// account's first page and among the contacts; nobody else does.
func TestAdministratorSign(t *testing.T) { // ACC-3
	t.Parallel()
	w := apptest.New(t, "sqlite")
	account := w.Account("204817")
	admin := w.Administrator(account, "helene.castaing@maraval.example")
	w.Member(account, "karim.haddad@maraval.example")
	c := webtest.New(t, w).SignedIn(t, admin)
	for _, test := range []struct {
		path, row string
		want      int
	}{{at + "/members", "tbody tr", 1}, {at, ".in-list li", 1}, {at + "/contacts", "tbody tr", 1}} {
		signs := 0
		for _, row := range c.Get(test.path).All(test.row) {
			if !row.Has(".in-admin") {
				continue
			}
			signs++
			if text := row.Text(); !strings.Contains(text, "Administrateur") || strings.Contains(text, "karim") {
				t.Errorf("%s: the sign stands at %q", test.path, text)
			}
		}
		if signs != test.want {
			t.Errorf("%s: %d signs, want %d", test.path, signs, test.want)
		}
	}
}
