package past_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/web/webtest"
)

const (
	at    = "/accounts/204817/past"
	first = "2026-03-02" // the day on which the world begins
	later = "2026-03-03"
)

// An office is an administrator's browser on an account on its second day.
type office struct {
	*webtest.Client
	*apptest.World
	site    *webtest.Site
	account directory.Account
	admin   authz.Actor
	karim   directory.Member
	acts    authz.Actor
	nord    directory.Unit
}

func open(t *testing.T) office {
	t.Helper()
	w := apptest.New(t, "sqlite")
	o := office{World: w, site: webtest.New(t, w), account: w.AccountOf("204817", "construction")}
	o.admin = w.Administrator(o.account, "helene.castaing@maraval.example")
	o.acts, o.karim = w.Member(o.account, "karim.haddad@maraval.example")
	var err error
	o.nord, err = w.Units.Add(t.Context(), o.admin, o.account.ID, app.NewUnit{Level: "division", Name: "Nord"})
	w.Must(err)
	_, err = w.Grants.Give(t.Context(), o.admin, o.account.ID, app.Giving{Who: app.Of(o.karim.UUID), Role: "manager", Units: []string{o.nord.UUID}})
	w.Must(err)
	w.Pass(24 * time.Hour)
	name := "Grand Nord"
	w.Must(w.Units.Change(t.Context(), o.admin, o.account.ID, o.nord.UUID, app.UnitChange{Name: &name, Version: o.nord.Version}))
	_, err = w.Grants.End(t.Context(), o.admin, o.account.ID, app.Giving{Who: app.Of(o.karim.UUID), Role: "manager", Units: []string{o.nord.UUID}})
	w.Must(err)
	w.Must(apptest.ErrOf(w.Members.Deactivate(t.Context(), o.admin, o.account.ID, app.Of(o.karim.UUID))))
	o.Client = o.site.SignedIn(t, o.admin)
	return o
}

func (o office) has(t *testing.T, path string, texts ...string) *webtest.Page {
	t.Helper()
	p := o.Client.Get(path)
	if p.Status != http.StatusOK {
		t.Errorf("%s: status %d: %.300s", path, p.Status, p.Text())
	}
	for _, text := range texts {
		if !strings.Contains(p.Text(), text) {
			t.Errorf("%s lacks %q: %s", path, text, p.Text())
		}
	}
	return p
}

// TestPages: each page shows the day that is asked for under a banner that says so and
// leads back, today's pages lead there, and nothing is posted from them.
func TestPages(t *testing.T) { // HIST-5, REP-3
	t.Parallel()
	o := open(t)
	o.has(t, at+"?on="+first, "Vous regardez le 2 mars 2026.", "Revenir à aujourd’hui", "karim.haddad", "Actif", "2 membres sur cette page")
	o.has(t, at+"?on="+later+"&status=inactive", "Vous regardez le 3 mars 2026.", "karim.haddad", "Inactif", "1 membre sur cette page")
	o.has(t, at+"?on="+first+"&q=nobody", "Aucun membre de ce jour ne correspond")
	o.has(t, at, "Vous regardez le 2 mars 2026.") // the newest day that is over
	person := at + "/members/" + o.karim.UUID
	o.has(t, person+"?on="+first, "Gestionnaire", "Nord", "helene castaing")
	o.has(t, person+"?on="+later, "Aucun rôle attribué ce jour-là", "Inactif")
	unit := at + "/units/" + o.nord.UUID
	before := o.has(t, unit+"?on="+first, "Gestionnaire", "Ici même", "Hérité de Compte 204817")
	if strings.Contains(before.Text(), "Grand Nord") {
		t.Error("the unit is called on its first day as it is today")
	}
	o.has(t, unit+"?on="+later, "Grand Nord")
	o.has(t, at+"/differences?from="+first+"&to="+later, "Statut", "Actif → Inactif", "Rôle retiré", "Renommée", "Nord → Grand Nord", "2 différences sur cette page")
	o.has(t, at+"/differences?from="+first+"&to="+later+"&member="+o.karim.UUID, "Actif → Inactif", "Différences de tout le compte")
	o.has(t, at+"/differences?from="+later+"&to="+later, "Rien n’a changé entre ces deux jours")
	why := "/accounts/204817/rights/why?person=" + o.karim.UUID + "&permission=members.manage&unit=" + o.nord.UUID
	yes := o.has(t, why+"&on="+first, "Oui", "Vous regardez le 2 mars 2026.")
	if no := o.has(t, why, "Non"); strings.Contains(no.Text(), "Vous regardez") || len(yes.All("form")) == 0 {
		t.Error("the question of today is taken for one of a past day")
	}
	o.has(t, "/accounts/204817/rights?person="+o.karim.UUID+"&on="+first, "1 attribution", "Vous regardez le 2 mars 2026.")
	for _, page := range []string{"/members", "/members/" + o.karim.UUID, "/units/" + o.nord.UUID, "/rights", "/rights/why", "/history"} {
		o.has(t, "/accounts/204817"+page, "À une date…")
	}
	o.has(t, "/accounts/204817/history", "L’état de ce jour")
	for _, page := range []string{at + "?on=" + first, person + "?on=" + first, unit + "?on=" + first, at + "/differences"} {
		for _, form := range o.Client.Get(page).All("form") {
			if form.Attr("method") == "post" && strings.HasPrefix(form.Attr("action"), "/accounts/") {
				t.Errorf("%s posts to %s", page, form.Attr("action"))
			}
		}
	}
}

// TestDaysThatAreNone: what is no day, or none that was, is said at the field, which
// keeps what was typed; today's pages say it and stay.
func TestDaysThatAreNone(t *testing.T) { // HIST-5
	t.Parallel()
	o := open(t)
	for path, text := range map[string]string{
		at + "?on=2026-13-01":                              "n’est pas une date",
		at + "?on=2025-01-01":                              "le premier jour possible est le 2 mars 2026",
		at + "?on=2030-01-01":                              "le dernier possible est le 3 mars 2026",
		at + "/members/" + o.karim.UUID + "?on=x":          "n’est pas une date",
		at + "/differences?from=" + later + "&to=" + first: "ne peut pas précéder",
		at + "/differences?from=2020-01-01&to=" + first:    "le premier jour possible",
	} {
		p := o.Client.Get(path)
		if p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.Text(), text) {
			t.Errorf("%s: status %d, want 422 and %q: %s", path, p.Status, text, p.Text())
		}
	}
	if p := o.Client.Get("/accounts/204817/rights?on=2030-01-01"); p.Status == http.StatusInternalServerError {
		t.Errorf("a day to come on the tree: %d", p.Status)
	}
	if p := o.Client.Get(at + "?on=" + first + "&after=x"); p.Status >= 400 {
		t.Errorf("an old address: %d", p.Status)
	}
	if p := o.Client.Get(at + "/members/nobody?on=" + first); p.Status != http.StatusNotFound {
		t.Errorf("nobody: %d", p.Status)
	}
}
