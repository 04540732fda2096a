package api_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/directory"
)

// sold are the entries of the account's history about what it has bought.
func (s *stand) sold() int {
	s.t.Helper()
	kinds := []audit.Kind{audit.SubscriptionAdded, audit.SubscriptionChanged, audit.SubscriptionEnded}
	page, err := s.History.List(s.Context(), s.admin, s.account.ID, app.HistoryFilter{Kinds: kinds}, app.Window{})
	s.Must(err)
	return int(page.Total)
}

func TestSubscriptionsByAPI(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newStand(t, w)
		elsewhere := w.Account("117 402")
		office, err := w.Units.Add(w.Context(), s.admin, s.account.ID, app.NewUnit{Name: "Cholet", Level: "office", External: "B-2"})
		w.Must(err)
		shop := s.application("Boutique", []directory.ApplicationRight{directory.MayManageCustomers, directory.MayManageSubscriptions})
		s.token = shop
		s.ask("PUT", "/vendor/customers/ERP-1", `{"number":"204817"}`).is(200, "")
		s.ask("PUT", "/vendor/customers/ERP-2", `{"number":"117402"}`).is(200, "")
		const all, at = "/vendor/customers/ERP-1/subscriptions", "/vendor/customers/ERP-1/subscriptions/S%2F1"
		const whole = `{"product":"plans","quantity":5,"first_day":"2026-01-01","last_day":"2027-12-31","unit":"B-2","reference":"F-1","price_note":"Remise"}`
		var made reply
		t.Run("APP-4 a subscription is made by the vendor's own id, and sent again changes nothing", func(t *testing.T) {
			made = s.ask("PUT", at, whole).is(201, "")
			if made.text("external_id") != "S/1" || made.text("unit") != office.UUID || made.text("first_day") != "2026-01-01" || made.text("last_day") != "2027-12-31" ||
				made.header.Get("Location") != "/api/v1"+at {
				t.Fatalf("made %s at %q", made.body, made.header.Get("Location"))
			}
			entries := s.sold()
			again := s.ask("PUT", at, whole).is(200, "")
			s.ask("PUT", at, `{}`).is(200, "")
			s.ask("PUT", at, `{"unit":"`+office.UUID+`","first_day":""}`).is(200, "")
			if again.text("id") != made.text("id") || again.text("version") != made.text("version") || s.sold() != entries {
				t.Errorf("sent again: %s, %d entries, want %d", again.body, s.sold(), entries)
			}
		})
		t.Run("PLAN-4 a change that names a version makes nothing", func(t *testing.T) {
			s.ask("PUT", all+"/S-8", whole, "If-Match", `"1"`).is(412, "stale")
			s.ask("PUT", all+"/S-8", strings.Replace(whole, `{`, `{"version":"1",`, 1)).is(409, "stale")
			s.get(all+"/S-8").is(404, "subscription.not_found")
		})
		t.Run("APP-4 it is changed by it, and what is absent stays", func(t *testing.T) {
			entries := s.sold()
			changed := s.ask("PUT", at, `{"quantity":7,"last_day":""}`).is(200, "")
			if changed.text("quantity") != "7" || changed.text("last_day") != "" || changed.text("reference") != "F-1" || changed.text("price_note") != "Remise" || s.sold() != entries+1 {
				t.Errorf("changed: %s, %d entries more", changed.body, s.sold()-entries)
			}
			s.ask("PUT", at, `{"quantity":8}`, "If-Match", made.header.Get("ETag")).is(412, "stale").faster()
			s.ask("PUT", at, `{"quantity":8,"version":"`+made.text("version")+`"}`).is(409, "stale")
			s.ask("PUT", at, `{"quantity":5}`, "If-Match", changed.header.Get("ETag")).is(200, "")
		})
		t.Run("APP-4 product and unit of one there is are fixed", func(t *testing.T) {
			for field, body := range map[string]string{"product": `{"product":"model"}`, "unit": `{"unit":""}`} {
				if got := s.ask("PUT", at, body).is(409, "subscription.other_product"); got.text("field") != field {
					t.Errorf("%s: %s", field, got.body)
				}
			}
			s.ask("PUT", at, `{"unit":"nowhere"}`).is(422, "unit.not_found")
		})
		t.Run("APP-4 what is refused of a subscription names the field", func(t *testing.T) { s.subscriptionsRefused(t, all+"/S-7") })
		t.Run("APP-4 another customer's subscription is not there", func(t *testing.T) {
			for _, id := range []string{"S%2F1", made.text("id")} {
				s.get("/vendor/customers/ERP-2/subscriptions/"+id).is(404, "subscription.not_found")
				s.post("/vendor/customers/ERP-2/subscriptions/"+id+"/end", "").is(404, "subscription.not_found")
			}
			s.ask("PUT", "/vendor/customers/ERP-2/subscriptions/S%2F1", `{"product":"plans","quantity":1}`).is(201, "")
			if got := s.get(at).text("id"); got != made.text("id") {
				t.Errorf("the id leads to %s, want %s", got, made.text("id"))
			}
		})
		t.Run("APP-4 one made in the console goes by its public id", func(t *testing.T) {
			sold, err := w.Subscriptions.Add(w.Context(), w.Operator(), s.account.ID, app.NewSubscription{Offer: directory.Offer{Product: "model"}, Term: app.SubscriptionTerm{Quantity: 2}})
			w.Must(err)
			if got := s.ask("PUT", all+"/"+sold.UUID, `{"quantity":3}`).is(200, ""); got.text("id") != sold.UUID || got.text("external_id") != "" || got.text("quantity") != "3" {
				t.Errorf("%s", got.body)
			}
			s.post(all+"/"+sold.UUID+"/end", "").is(200, "")
		})
		t.Run("APP-4 listed with what is used, of one customer and of all in sight", func(t *testing.T) {
			if got := s.get(all).is(200, ""); got.text("items.0.external_id") != "S/1" || got.text("pools.0.bought") != "5" || got.text("pools.0.free") != "5" || got.text("items.1.state") != "over" {
				t.Errorf("%s", got.body)
			}
			first := s.get("/vendor/subscriptions?limit=1&product=plans").is(200, "")
			second := s.get("/vendor/subscriptions?limit=1&product=plans&cursor="+first.text("next")).is(200, "")
			if first.text("total") != "2" || first.text("items.0.customer") != "ERP-1" || second.text("items.0.customer") != "ERP-2" || second.text("next") != "" {
				t.Errorf("%s then %s", first.body, second.body)
			}
			s.get("/vendor/subscriptions?cursor=nowhere").is(422, "list.bad_cursor")
			s.token = s.application("Pilote", directory.ApplicationRights(), elsewhere.Number)
			if got := s.get("/vendor/subscriptions").is(200, ""); got.text("total") != "1" || got.text("items.0.customer") != "ERP-2" {
				t.Errorf("of a portfolio: %s", got.body)
			}
			s.ask("PUT", all+"/S-9", whole).is(404, "account.not_found")
			s.token = shop
		})
		t.Run("APP-4 ended once", func(t *testing.T) {
			if got := s.post(at+"/end", "").is(200, ""); got.text("state") != "over" {
				t.Errorf("%s", got.body)
			}
			s.post(at+"/end", "").is(409, "subscription.over")
		})
		t.Run("APP-1 no other right includes it", func(t *testing.T) { s.subscriptionsWithoutRight(all, at) })
	})
}

// subscriptionsRefused puts what is no subscription: the field is named, and nothing
// made.
func (s *stand) subscriptionsRefused(t *testing.T, path string) {
	t.Helper()
	for field, body := range map[string]string{
		"product": `{"quantity":1}`, "quantity": `{"product":"plans"}`, "unit": `{"product":"plans","quantity":1,"unit":"nowhere"}`,
		"first_day": `{"product":"plans","quantity":1,"first_day":"soon"}`, "last_day": `{"product":"plans","quantity":1,"first_day":"2026-02-01","last_day":"2026-01-01"}`,
		"reference": `{"product":"plans","quantity":1,"reference":"` + strings.Repeat("x", 600) + `"}`,
	} {
		if got := s.ask("PUT", path, body); got.status != 422 || got.text("field") != field {
			t.Errorf("%s: %d %s", field, got.status, got.body)
		}
	}
	s.get(path).is(404, "subscription.not_found")
}

// subscriptionsWithoutRight asks as an application with every right beside it.
func (s *stand) subscriptionsWithoutRight(all, at string) {
	s.t.Helper()
	s.token = s.application("Clés", []directory.ApplicationRight{directory.MayManageCustomers, directory.MayHandleKeys})
	s.get(at).is(403, "denied.application")
	s.get(all).is(403, "denied.application")
	s.get("/vendor/subscriptions").is(403, "denied.application")
	s.ask("PUT", at, `{"quantity":1}`).is(403, "denied.application")
	s.post(at+"/end", "").is(403, "denied.application")
}

// TestSubscriptionMadeTwiceAtOnce: of programs that make one subscription at the
// same moment, one makes it and the others find it.
func TestSubscriptionMadeTwiceAtOnce(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newStand(t, w)
		s.token = s.application("ERP", []directory.ApplicationRight{directory.MayManageCustomers, directory.MayManageSubscriptions})
		s.ask("PUT", "/vendor/customers/ERP-1", `{"number":"204817"}`).is(200, "")
		var all sync.WaitGroup
		statuses := make([]int, 8)
		for i := range statuses {
			all.Go(func() {
				statuses[i] = s.ask("PUT", "/vendor/customers/ERP-1/subscriptions/S-1", fmt.Sprintf(`{"product":"plans","quantity":%d}`, i+1)).status
			})
		}
		all.Wait()
		made := 0
		for _, status := range statuses {
			if status == 201 {
				made++
			} else if status != 200 {
				t.Errorf("APP-4 answered %d", status)
			}
		}
		contract, err := w.Subscriptions.Of(w.Context(), w.Operator(), s.account.ID)
		w.Must(err)
		if made != 1 || len(contract.Subscriptions) != 1 {
			t.Errorf("APP-4 made %d times: %v, %d are there", made, statuses, len(contract.Subscriptions))
		}
	})
}
