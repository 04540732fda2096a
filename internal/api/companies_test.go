package api_test

import (
	"fmt"
	"testing"

	"intendant/internal/apptest"
)

func TestCompaniesByAPI(t *testing.T) { // API-1
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newStand(t, w)
		companies := s.path("/companies")
		for i, name := range []string{"Maraval", "Maraval SA", "Kestner Bau"} {
			s.post(s.path("/members"), fmt.Sprintf(`{"email":"p%d@maraval.example","company":%q,"invite":"none"}`, i, name)).is(201, "")
		}
		t.Run("COMP-1 listed with their members, page by page", func(t *testing.T) {
			page := s.get(companies+"?limit=2&total=true").is(200, "")
			if page.text("total") != "3" || page.text("items.0.name") != "Kestner Bau" || page.text("items.0.members") != "1" {
				t.Errorf("%s", page.body)
			}
			if next := s.get(companies+"?limit=2&cursor="+page.text("next")).is(200, ""); next.text("items.0.name") != "Maraval SA" || next.text("next") != "" {
				t.Errorf("%s", next.body)
			}
			if found := s.get(companies+"?search=KEST&sort=-members").is(200, ""); found.text("items.0.name") != "Kestner Bau" {
				t.Errorf("%s", found.body)
			}
			s.get(companies+"?cursor=nothing").is(422, "list.bad_cursor")
			s.get(companies+"?sort=age").is(422, "request.invalid")
		})
		id := func(name string) string { return s.get(companies+"?search="+name).is(200, "").text("items.0.id") }
		kestner := id("Kestner")
		t.Run("COMP-2 created once", func(t *testing.T) {
			made := s.post(companies, `{"name":"Ardoises Ferrière"}`).is(201, "")
			if made.text("members") != "0" || made.text("version") != "1" {
				t.Errorf("%s", made.body)
			}
			if taken := s.post(companies, `{"name":"ardoises  FERRIERE"}`).is(409, "company.name_taken"); taken.text("args.company") != made.text("id") {
				t.Errorf("%s", taken.body)
			}
			s.post(companies, `{"name":" "}`).is(422, "field.required")
		})
		t.Run("COMP-3 renamed on its version", func(t *testing.T) {
			at := companies + "/" + kestner
			s.ask("PATCH", at, `{"name":"Kestner GmbH"}`).is(428, "version.required")
			if after := s.ask("PATCH", at, `{"name":"Kestner GmbH","version":"1"}`).is(200, ""); after.text("name") != "Kestner GmbH" || after.text("version") != "2" {
				t.Errorf("%s", after.body)
			}
			s.ask("PATCH", at, `{"name":"Kestner AG","version":"1"}`).is(409, "stale").faster()
			s.ask("PATCH", at, `{"name":"maraval","version":"2"}`).is(409, "company.name_taken")
			s.ask("PATCH", companies+"/nowhere", `{"name":"X","version":"2"}`).is(404, "company.not_found")
			if got := s.get(at).is(200, ""); got.text("name") != "Kestner GmbH" {
				t.Errorf("%s", got.body)
			}
		})
		t.Run("COMP-4 merged, and told where it went", func(t *testing.T) {
			page := s.get(companies+"?search=maraval").is(200, "")
			into, double := page.text("items.0.id"), page.text("items.1.id")
			at := companies + "/" + into + "/merge"
			s.post(at, `{"version":"1","doubles":[]}`).is(422, "company.merge_none")
			s.post(at, fmt.Sprintf(`{"version":"1","doubles":[{"id":%q,"version":"7"}]}`, double)).is(409, "stale")
			body := fmt.Sprintf(`{"version":"1","doubles":[{"id":%q,"version":"1"}]}`, double)
			if after := s.post(at, body).is(200, ""); after.text("members") != "2" {
				t.Errorf("%s", after.body)
			}
			s.post(at, body).is(409, "company.merged")
			if gone := s.get(companies+"/"+double).is(409, "company.merged"); gone.text("args.company") != into {
				t.Errorf("%s", gone.body)
			}
			if members := s.get(s.path("/members?total=true&company="+double)).is(200, ""); members.text("total") != "2" {
				t.Errorf("%s", members.body)
			}
		})
	})
}
