package profile_test

import (
	"net/http"
	"strings"
	"testing"

	"intendant/internal/apptest"
	"intendant/internal/web/webtest"
)

func TestErasingOfTheLastAdministratorIsExplainedBefore(t *testing.T) { // ACC-5
	w := apptest.New(t, "sqlite")
	site := webtest.New(t, w)
	account := w.AccountOf("204817", "company-network")
	c := site.SignedIn(t, w.Administrator(account, "helene.castaing@maraval.example"))
	p := c.Get("/profile/erase")
	if !strings.Contains(p.Text(), "Nommez d’abord quelqu’un d’autre") || !p.Has("dialog[open] a[href='/accounts/204817/members?status=active']") ||
		p.Has("dialog[open] input[name=proof]") {
		t.Errorf("not told before: %s", p.Text())
	}
	if sent := p.Submit("/profile/erase", "proof", apptest.Password); sent.Status != http.StatusConflict {
		t.Errorf("sent all the same: %d", sent.Status)
	}
	w.Administrator(account, "paul.second@maraval.example")
	if p := c.Get("/profile/erase"); !p.Has("dialog[open] input[name=proof]") {
		t.Errorf("with a second administrator: %s", p.Text())
	}
	if gone := c.Get("/profile/erase").Submit("/profile/erase", "proof", apptest.Password); gone.Location != "/sign-in" {
		t.Errorf("status %d to %q", gone.Status, gone.Location)
	}
}

func TestAllFaultsOfAFormAtOnce(t *testing.T) { // API-3
	w := apptest.New(t, "sqlite")
	c := webtest.New(t, w).SignedIn(t, w.Person("ludivine.garrec@garrec.example"))
	long := strings.Repeat("a", 5000)
	p := c.Get("/profile").Submit("/profile", "first_name", long, "last_name", "Garrec", "language", "xx")
	if p.Status != http.StatusUnprocessableEntity || !p.Has("input[name=first_name].is-invalid") || !p.Has("select[name=language].is-invalid") ||
		!strings.Contains(p.Text(), "2 choses sont à corriger") || !p.Has("input[name=last_name][value=Garrec]") {
		t.Fatalf("status %d: %s", p.Status, p.Text())
	}
	for field, label := range map[string]string{"first_name": "Prénom", "language": "Langue"} {
		if found := p.All(".in-errors a[href='#f-" + field + "']"); len(found) != 1 || !strings.HasPrefix(found[0].Text(), label) {
			t.Errorf("the summary does not lead to %s by its name: %s", field, p.All(".in-errors")[0].Text())
		}
	}
}
