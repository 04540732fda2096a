package api_test

import (
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
)

// TestProductsByAPI: programs bring people in with seats, and read at which field a
// row failed.
func TestProductsByAPI(t *testing.T) { // ADD-3, BULK-3, API-1
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newStand(t, w)
		fleet, err := w.Accounts.Create(w.Context(), w.Operator(), app.NewAccount{Number: "300 500", Name: "Groupe Ferrand", Type: "fleet",
			ServiceLevel: "contract", Language: "fr", Address: directory.PostalAddress{Street: "1 quai", PostalCode: "44000", City: "Nantes", Country: "FR"}})
		w.Must(err)
		admin := w.Administrator(fleet, "odile.ferrand@ferrand.example")
		_, err = w.Subscriptions.Add(w.Context(), w.Operator(), fleet.ID, app.NewSubscription{Offer: directory.Offer{Product: "plans"}, Term: app.SubscriptionTerm{Quantity: 2}})
		w.Must(err)
		robot, _ := s.robotOf(fleet, admin)
		w.Must(w.Members.NameAdministrator(w.Context(), admin, fleet.ID, robot.UUID))
		s.token = s.tokenOf(fleet, admin, robot, 24*time.Hour).Secret
		const members = "/accounts/300500/members"

		made := s.post(members, `{"email":"a@ferrand.example","products":["plans"],"invite":"none"}`).is(201, "")
		if got := made.text("products"); got != `["plans"]` {
			t.Errorf("ADD-3 the one added has %s", got)
		}
		batch := s.post(members+"/batch", `{"members":[{"email":"b@ferrand.example","products":["plans"]},{"email":"c@ferrand.example","products":["plans"]},
			{"email":"d@ferrand.example","products":["no-such"]},{"email":"e@ferrand.example","products":["fleet/complete"]},{"email":"f@ferrand.example","products":[]}],"invite":"none"}`).is(200, "")
		for at, want := range map[string]string{"0.outcome": "added", "1.outcome": "refused", "1.problem.code": "seat.none_free", "1.problem.field": "product",
			"2.problem.code": "field.unknown_choice", "2.problem.field": "product", "3.problem.code": "seat.no_subscription", "4.outcome": "added"} {
			if got := batch.text("verdicts." + at); got != want {
				t.Errorf("BULK-3 %s is %q, want %q: %s", at, got, want, batch.body)
			}
		}
		refused := s.post(members, `{"email":"c@ferrand.example","products":["plans"],"invite":"none"}`).is(409, "seat.none_free")
		if got := refused.text("field"); got != "product" {
			t.Errorf("SEAT-4 refused at %q", got)
		}
	})
}
