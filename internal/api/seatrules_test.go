package api_test

import (
	"fmt"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
)

func TestSeatRulesByAPI(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newStand(t, w)
		_, err := w.Subscriptions.Add(w.Context(), w.Operator(), s.account.ID, app.NewSubscription{Offer: directory.Offer{Product: "plans"}, Term: app.SubscriptionTerm{Quantity: 1}})
		w.Must(err)
		unit := s.post(s.path("/units"), fmt.Sprintf(`{"level":%q,"name":"Nord"}`, s.levelUnderRoot())).is(201, "").text("id")
		var ids []string
		for i := range 2 {
			made := s.post(s.path("/members"), fmt.Sprintf(`{"email":"p%d@maraval.example","home_unit":%q,"invite":"none"}`, i, unit)).is(201, "")
			ids = append(ids, made.text("id"))
		}
		rules := s.path("/seat-rules")
		body := fmt.Sprintf(`{"product":"plans","unit":%q}`, unit)
		var rule string
		t.Run("SEAT-11 made once, followed as far as there are seats, and ended", func(t *testing.T) {
			made := s.post(rules, body).is(200, "")
			if made.text("items.0.unit") != unit || made.text("items.0.product") != "plans" || made.text("items.0.without_seat") != "2" {
				t.Fatalf("%s", made.body)
			}
			rule = made.text("items.0.id")
			s.post(rules, body).is(409, "rule.exists")
			s.post(rules, `{"product":"plans"}`).is(422, "rule.of_one")
			s.post(rules, `{"product":"moon","unit":"`+unit+`"}`).is(422, "field.unknown_choice")
			s.post(rules, `{"product":"plans","unit":"nowhere"}`).is(422, "unit.not_found")
			got := s.post(rules+"/"+rule+"/follow", "").is(200, "")
			if got.text("done") != "1" || got.text("refused") != "1" {
				t.Errorf("%s", got.body)
			}
			if got := s.get(rules).is(200, ""); got.text("items.0.without_seat") != "1" {
				t.Errorf("%s", got.body)
			}
		})
		t.Run("SEAT-11 another account's rule is not there", func(t *testing.T) {
			elsewhere := w.Account("117 402")
			admin := w.Administrator(elsewhere, "blanche@ardoises.example")
			robot, _ := s.robotOf(elsewhere, admin)
			w.Must(w.Members.NameAdministrator(w.Context(), admin, elsewhere.ID, robot.UUID))
			mine := s.token
			s.token = s.tokenOf(elsewhere, admin, robot, 1e15).Secret
			s.ask("DELETE", "/accounts/117402/seat-rules/"+rule, "").is(404, "rule.not_found")
			s.post("/accounts/117402/seat-rules/"+rule+"/follow", "").is(404, "rule.not_found")
			s.token = mine
			s.ask("DELETE", rules+"/"+rule, "").is(204, "")
			s.ask("DELETE", rules+"/"+rule, "").is(404, "rule.not_found")
		})
		t.Run("EXT-1 a member brings a subscription along, until a day", func(t *testing.T) {
			at := s.path("/members/" + ids[1] + "/externals")
			s.post(at, `{"product":"plans"}`).is(422, "external.needs_end")
			if got := s.post(at, `{"product":"plans","last_day":"2001-01-01"}`).is(422, "member.end_past"); got.text("field") != "last_day" {
				t.Errorf("%s", got.body)
			}
			s.post(at, `{"product":"plans","last_day":"soon"}`).is(422, "field.bad_date")
			last := w.Now().AddDate(0, 1, 0).Format("2006-01-02")
			if got := s.post(at, `{"product":"plans","last_day":"`+last+`"}`).is(200, ""); got.text("external_products.0") != "plans" {
				t.Errorf("%s", got.body)
			}
			s.post(at, `{"product":"plans","last_day":"`+last+`"}`).is(422, "external.exists")
			s.ask("DELETE", at+"/plans", "").is(204, "")
			s.ask("DELETE", at+"/plans", "").is(404, "external.not_found")
			s.post(s.path("/members/nobody/externals"), `{"product":"plans","last_day":"`+last+`"}`).is(404, "member.not_found")
		})
		t.Run("EXT-3 by an application for subscriptions it is the vendor's word, by no other", func(t *testing.T) {
			at := s.path("/members/" + ids[1] + "/externals")
			s.token = s.application("Annuaire", []directory.ApplicationRight{directory.MayReadDirectory, directory.MayManageCustomers})
			s.post(at, `{"product":"plans"}`).is(403, "denied.permission")
			s.token = s.application("ERP", []directory.ApplicationRight{directory.MayReadDirectory, directory.MayManageSubscriptions})
			s.post(at, `{"product":"plans"}`).is(200, "")
			s.ask("DELETE", at+"/plans", "").is(204, "")
			s.post(rules, body).is(403, "denied.permission")
		})
	})
}
