package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/authz"
)

func TestAddressesOfTheFace(t *testing.T) { // API-1
	t.Parallel()
	w := apptest.New(t, "sqlite")
	s := newStand(t, w)
	t.Run("the description is open to everybody", func(t *testing.T) {
		for path, want := range map[string]string{"/openapi.json": "application/openapi+json", "/openapi.yaml": "application/openapi+yaml"} {
			got := s.ask("GET", path, "", "Authorization", "")
			if got.status != 200 || got.header.Get("Content-Type") != want || strings.Contains(string(got.body), "$schema") {
				t.Errorf("%s: %d %s", path, got.status, got.header.Get("Content-Type"))
			}
		}
	})
	t.Run("an address there is none is a problem, after the token", func(t *testing.T) {
		s.ask("GET", "/nowhere", "", "Authorization", "").is(401, "token.refused")
		s.get("/nowhere").is(404, "not_found")
		s.get("/docs").is(404, "not_found")
		s.get("/schemas/Member.json").is(404, "not_found")
	})
	t.Run("a method there is none names those there are", func(t *testing.T) {
		got := s.ask("PUT", s.path("/members"), "{}").is(405, "request.wrong_method")
		if got.header.Get("Allow") != "GET, HEAD, POST" {
			t.Errorf("Allow %q", got.header.Get("Allow"))
		}
	})
	t.Run("a problem speaks the language that was asked for", func(t *testing.T) {
		for language, want := range map[string]string{"fr": "Ce jeton", "en-GB, fr;q=0.5": "This token", "de": "Dieses Token", "nl": "Dit token", "ja": "Ce jeton"} {
			got := s.ask("GET", s.path(""), "", "Authorization", "", "Accept-Language", language).is(401, "token.refused")
			if !strings.HasPrefix(got.text("title"), want) {
				t.Errorf("%s: %s", language, got.text("title"))
			}
		}
	})
	t.Run("a missing right is called by its name", func(t *testing.T) {
		_, powerless := s.robotOf(s.account, s.admin)
		got := s.ask("GET", s.path("/members"), "", "Authorization", "Bearer "+powerless, "Accept-Language", "en").is(403, "denied.permission")
		if got.text("args.permission") != "members.view" || strings.Contains(got.text("title"), "members.view") {
			t.Errorf("%s", got.body)
		}
	})
	t.Run("API-3 a field at fault is named", func(t *testing.T) {
		for query, field := range map[string]string{"limit=0": "limit", "limit=201": "limit", "limit=x": "limit", "sort=height": "sort", "status=tall": "status.0", "cursor=x": "cursor", "unknown=1": "unknown"} {
			got := s.get(s.path("/members?" + query))
			if got.status != 422 || !strings.HasPrefix(got.text("field"), strings.Split(field, ".")[0]) {
				t.Errorf("%s: %d, field %q", query, got.status, got.text("field"))
			}
		}
		if got := s.post(s.path("/members"), `{"email":"no address"}`); got.status != 422 || got.text("field") != "email" {
			t.Errorf("%d %s", got.status, got.body)
		}
		s.post(s.path("/members"), `{"email":"a@maraval.example","ends_at":"tomorrow"}`).is(422, "field.bad_date")
		s.post(s.path("/members"), `{"email":"a@maraval.example","height":3}`).is(422, "request.invalid")
		s.post(s.path("/members"), `{"email"`).is(400, "request.unreadable")
	})
}

func TestVersionsByAPI(t *testing.T) { // PLAN-4
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newStand(t, w)
		made := s.post(s.path("/members"), `{"email":"karim@maraval.example"}`).is(201, "")
		path, version := s.path("/members/"+made.text("id")), made.header.Get("ETag")
		s.ask("PATCH", path, `{"job_title":"Chef"}`).is(428, "version.required")
		changed := s.ask("PATCH", path, `{"job_title":"Chef","company":"Maraval Travaux","ends_at":"2027-06-30"}`, "If-Match", version).is(200, "")
		if changed.text("job_title") != "Chef" || changed.text("company") != "Maraval Travaux" || !strings.HasPrefix(changed.text("ends_at"), "2027-06-30") {
			t.Errorf("%s", changed.body)
		}
		s.ask("PATCH", path, `{"job_title":"Autre"}`, "If-Match", version).is(412, "stale").faster()
		s.ask("PATCH", path, `{"job_title":"Autre","version":`+version+`}`).is(409, "stale")
		back := s.ask("PATCH", path, `{"job_title":"","company":"","ends_at":"","version":"`+changed.text("version")+`"}`).is(200, "")
		if back.text("job_title")+back.text("company")+back.text("ends_at") != "" {
			t.Errorf("%s", back.body)
		}
		for _, bad := range []string{`"x"`, `W/"99"`, `"99999999999999999999"`} {
			s.ask("PATCH", path, `{"job_title":"Autre"}`, "If-Match", bad).is(412, "stale")
		}
	})
}

func TestListsByAPI(t *testing.T) { // API-1, HIST-4, LIST-9
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newStand(t, w)
		var rows []string
		for i := range 25 {
			rows = append(rows, fmt.Sprintf(`{"email":"person%02d@maraval.example","last_name":"Nom%02d"}`, i, i))
		}
		many := s.post(s.path("/members/batch"), `{"members":[`+strings.Join(rows, ",")+`],"invite":"none"}`).is(200, "")
		if many.text("done") != "25" || many.text("verdicts.0.member") == "" {
			t.Errorf("%s", many.body)
		}
		var seen []string
		cursor, pages := "", 0
		for pages = 1; pages < 10; pages++ {
			got := s.get(s.path("/members?limit=10&total=true&cursor="+cursor)).is(200, "")
			if got.text("total") != "27" {
				t.Fatalf("total %s, want 27", got.text("total"))
			}
			for i := range 10 {
				if id := got.text(fmt.Sprintf("items.%d.id", i)); id != "" {
					seen = append(seen, id)
				}
			}
			if cursor = got.text("next"); cursor == "" {
				break
			}
		}
		if pages != 3 || len(seen) != 27 {
			t.Errorf("%d members on %d pages, want 27 on 3", len(seen), pages)
		}
		t.Run("HIST-4 reading in bulk is recorded, once an hour, through the door of the API", func(t *testing.T) {
			page, err := w.History.List(w.Context(), s.admin, s.account.ID, app.HistoryFilter{Kinds: []audit.Kind{audit.ExportRun}, Door: authz.DoorAPI}, app.Window{})
			w.Must(err)
			if len(page.Entries) != 1 {
				t.Errorf("%d entries, want 1", len(page.Entries))
			}
			w.Pass(time.Hour)
			s.get(s.path("/members?limit=10&cursor="+s.get(s.path("/members?limit=10")).text("next"))).is(200, "")
			page, err = w.History.List(w.Context(), s.admin, s.account.ID, app.HistoryFilter{Kinds: []audit.Kind{audit.ExportRun}, Door: authz.DoorAPI}, app.Window{})
			w.Must(err)
			if len(page.Entries) != 2 {
				t.Errorf("%d entries an hour later, want 2", len(page.Entries))
			}
		})
		t.Run("a filter and its opposite", func(t *testing.T) {
			if got := s.get(s.path("/members?total=true&status=not_invited")).text("total"); got != "25" {
				t.Errorf("not invited: %s", got)
			}
			if got := s.get(s.path("/members?total=true&access_level=administrator")).text("total"); got != "2" {
				t.Errorf("administrators: %s", got)
			}
		})
	})
}
