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
