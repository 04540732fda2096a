package api_test

import (
	"fmt"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
)

func TestSeatsByAPI(t *testing.T) { // API-3
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newStand(t, w)
		plans := directory.Offer{Product: "plans"}
		_, err := w.Subscriptions.Add(w.Context(), w.Operator(), s.account.ID, app.NewSubscription{Offer: plans, Term: app.SubscriptionTerm{Quantity: 2}})
		w.Must(err)
		var ids []string
		for i := range 3 {
			_, m := w.Member(s.account, fmt.Sprintf("p%d@maraval.example", i))
			ids = append(ids, m.UUID)
		}
		at := func(i int) string { return s.path("/members/" + ids[i] + "/seats") }
		const body = `{"product":"plans"}`
		t.Run("SEAT-5 assigned, and told", func(t *testing.T) {
			got := s.post(at(0), body).is(200, "")
			if got.text("products.0") != "plans" {
				t.Errorf("%s", got.body)
			}
			s.post(at(0), body).is(200, "") // twice
			got = s.get(s.path("/products")).is(200, "")
			if got.text("items.0.assigned") != "1" || got.text("items.0.free") != "1" || got.text("free") != "1" || got.text("may_assign") != "true" {
				t.Errorf("%s", got.body)
			}
		})
		t.Run("SEAT-4 none is left: 409, in bulk a verdict each", func(t *testing.T) {
			got := s.post(s.path("/members/acts"), fmt.Sprintf(`{"act":"assign-seat","product":"plans","members":[%q,%q]}`, ids[1], ids[2])).is(200, "")
			if got.text("done") != "1" || got.text("refused") != "1" || got.text("verdicts.1.problem.code") != "seat.none_free" {
				t.Errorf("%s", got.body)
			}
			s.post(at(2), body).is(409, "seat.none_free")
			s.post(at(2), `{"product":"moon"}`).is(422, "field.unknown_choice")
			s.post(at(2), `{"product":""}`).is(422, "field.required")
		})
		t.Run("SEAT-6 handed over, and taken back", func(t *testing.T) {
			s.post(at(0)+"/hand-over", fmt.Sprintf(`{"product":"plans","to":%q}`, ids[2])).is(200, "")
			s.post(at(0)+"/hand-over", fmt.Sprintf(`{"product":"plans","to":%q}`, ids[2])).is(409, "seat.not_held")
			s.ask("DELETE", at(2)+"/plans", "").is(204, "")
			s.ask("DELETE", at(2)+"/plans", "").is(204, "")
			if got := s.get(s.path("/members?held=own&product=plans&total=true")).is(200, ""); got.text("total") != "1" {
				t.Errorf("%s", got.body)
			}
		})
		t.Run("SEAT-10 allotted", func(t *testing.T) {
			unit := s.post(s.path("/units"), fmt.Sprintf(`{"level":%q,"name":"Nord"}`, s.levelUnderRoot())).is(201, "").text("id")
			change := func(n int, version string) reply {
				return s.post(s.path("/allotments"), fmt.Sprintf(`{"product":"plans","unit":%q,"quantity":%d,"version":%q}`, unit, n, version))
			}
			change(9, "0").is(409, "allotment.too_many")
			made := change(1, "0").is(200, "")
			if got := s.get(s.path("/allotments?product=plans&unit="+unit)).is(200, ""); got.text("items.0.quantity") != "1" || got.text("items.0.version") != made.text("version") {
				t.Errorf("%s", got.body)
			}
			change(0, "0").is(409, "stale")
			change(0, "").is(428, "version.required")
			change(0, made.text("version")).is(200, "")
		})
	})
}
