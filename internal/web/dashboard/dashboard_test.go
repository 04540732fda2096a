package dashboard_test

import (
	"net/http"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
	"intendant/internal/web/webtest"
)

const path = "/accounts/204817/dashboard"

func TestDashboard(t *testing.T) { // ACC-13
	w := apptest.New(t, "sqlite")
	account, err := w.Accounts.Create(t.Context(), w.Operator(), app.NewAccount{Number: "204 817", Name: "Groupe Maraval", Type: "fleet", ServiceLevel: "contract",
		Language: "fr", Address: directory.PostalAddress{Street: "18 quai des Tanneurs", PostalCode: "44000", City: "Nantes", Country: "FR"}})
	w.Must(err)
	admin := w.Administrator(account, "helene.castaing@maraval.example")
	executive, m := w.Member(account, "s.benhamou@maraval.example")
	level := "executive"
	w.Must(apptest.ErrOf(w.Members.EditMembers(t.Context(), admin, account.ID, app.Of(m.UUID), app.MemberChange{Levels: apptest.Levels(level)})))
	offer := directory.Offer{Product: "plans"}
	_, err = w.Subscriptions.Add(t.Context(), w.Operator(), account.ID, app.NewSubscription{Offer: offer, Term: app.SubscriptionTerm{Quantity: 5}})
	w.Must(err)
	w.Must(apptest.ErrOf(w.Seats.Assign(t.Context(), admin, account.ID, app.Of(m.UUID), offer)))
	site := webtest.New(t, w)
	t.Run("ACC-13 an executive arrives at the dashboard and is offered nothing else", func(t *testing.T) {
		c := site.SignedIn(t, executive)
		for from, to := range map[string]string{"/accounts/204817/start": "/accounts/204817", "/accounts/204817": path} {
			if p := c.Get(from); p.Location != to {
				t.Errorf("%s leads to %s", from, p.Location)
			}
		}
		p := c.Get(path)
		for _, want := range []string{"Tableau de bord", "2 membres", "Plans", "Sur douze mois", "Fin de journée"} {
			if !strings.Contains(p.Text(), want) {
				t.Errorf("the dashboard lacks %q: %.600s", want, p.Text())
			}
		}
		for _, no := range []string{`href="/accounts/204817/members`, `href="/accounts/204817/contacts`, "Benhamou Soraya"} {
			if strings.Contains(p.Body, no) {
				t.Errorf("the dashboard has %q", no)
			}
		}
		if p := c.Get("/accounts/204817/members"); p.Status != http.StatusForbidden {
			t.Errorf("members: %d", p.Status)
		}
	})
	t.Run("ACC-13 an administrator has it beside everything else, with the way to the members", func(t *testing.T) {
		c := site.SignedIn(t, admin)
		if p := c.Get("/accounts/204817"); p.Status != http.StatusOK || !strings.Contains(p.Body, path) {
			t.Errorf("the overview: %d", p.Status)
		}
		if p := c.Get(path); !strings.Contains(p.Body, "/accounts/204817/members?status=active") {
			t.Errorf("no way to the members: %.600s", p.Text())
		}
	})
	t.Run("ACC-13 nobody else", func(t *testing.T) {
		plain, _ := w.Member(account, "camille@maraval.example")
		if p := site.SignedIn(t, plain).Get(path); p.Status != http.StatusForbidden {
			t.Errorf("a plain member: %d", p.Status)
		}
		stranger, _ := w.Member(w.Account("117 402"), "stranger@ardoises.example")
		if p := site.SignedIn(t, stranger).Get(path); p.Status != http.StatusNotFound {
			t.Errorf("a stranger: %d", p.Status)
		}
	})
}
