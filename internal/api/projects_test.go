package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"intendant/internal/api"
	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// projectExchanges are those of the exchanges that are about projects.
func projectExchanges() map[string]exchange {
	return map[string]exchange{
		"list-projects":         {"GET", "/projects?total=true&sort=-first_day&archived=only", "", 200, true},
		"get-project":           {"GET", "/projects/[project]", "", 200, false},
		"create-project":        {"POST", "/projects", `{"name":"Tour Est","number":"T-1","from_project":"[project]","with_members":true}`, 201, false},
		"edit-project":          {"PATCH", "/projects/[project]", `{"version":"[project version]","name":"Tour","number":"T","type":"[project type]","address":"1 quai","time_zone":"Europe/Paris","first_day":"2026-01-01","last_day":"2027-01-01","external_id":"P","products":["plans"]}`, 200, false},
		"put-project":           {"PUT", "/external/projects/P-77", `{"name":"Tour Nord","number":"T-77"}`, 201, false},
		"archive-project":       {"POST", "/projects/[project]/archive", `{"version":"[project version]"}`, 200, false},
		"restore-project":       {"POST", "/projects/[project]/restore", `{"version":"[project version]"}`, 200, false},
		"list-project-members":  {"GET", "/projects/[project]/members?total=true&sort=-level&status=active&function=architect&product=plans", "", 200, false},
		"add-project-members":   {"POST", "/projects/[project]/members", `{"members":[{"email":"karim@maraval.example","company":"Kestner","access":{"plans":"administrator"}}],"change":true}`, 200, false},
		"copy-project-members":  {"POST", "/projects/[other project]/members/copy", `{"from":"[project]","only":["[builder]","nobody"]}`, 200, false},
		"get-project-member":    {"GET", "/projects/[project]/members/[builder]", "", 200, false},
		"edit-project-member":   {"PATCH", "/projects/[project]/members/[builder]", `{"version":"[place version]","company":"Kestner","functions":["architect"],"access_level":"project-member","access":{"plans":"member"},"tools":{"plans":{"files":"edit"}}}`, 200, false},
		"remove-project-member": {"DELETE", "/projects/[project]/members/[builder]", "", 204, false},
	}
}

// newSite is a stand whose account has projects.
func newSite(t *testing.T, w *apptest.World) *stand {
	t.Helper()
	return newStandOf(t, w, api.Options{PerMinute: 1_000_000}, "construction")
}

// TestPutProject: by the id that it knows a program makes a project in one call, and
// changes it by the same.
func TestPutProject(t *testing.T) { // API-4, PROJ-1
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newSite(t, w)
		at := s.path("/external/projects/ERP-1")
		put := func(path, body string) reply { return s.ask("PUT", path, body) }
		made := put(at, `{"name":"Îlot","number":"2026-041","products":["plans","site"]}`).is(201, "")
		if made.text("external_id") != "ERP-1" || !strings.HasSuffix(made.header.Get("Location"), "/projects/"+made.text("id")) {
			t.Errorf("API-4 made: %s, at %s", made.body, made.header.Get("Location"))
		}
		again := put(at, `{"name":"Îlot","number":"2026-041","products":["plans","site"]}`).is(200, "")
		if again.text("id") != made.text("id") || again.text("version") != made.text("version") {
			t.Errorf("API-4 sent again: %s", again.body)
		}
		changed := put(at, `{"name":"Îlot Kestner","external_id":"ERP-1"}`).is(200, "")
		if changed.text("name") != "Îlot Kestner" || changed.text("number") != "2026-041" || changed.text("version") == made.text("version") {
			t.Errorf("API-4 changed: %s", changed.body)
		}
		put(at, fmt.Sprintf(`{"name":"Tour","version":%q}`, made.text("version"))).is(409, "stale")
		put(s.path("/external/projects/ERP-2"), `{"name":"Tour","version":"1"}`).is(409, "stale")
		put(s.path("/external/projects/ERP-2"), `{}`).is(422, "field.required")
		put(s.path("/external/projects/ERP-2"), `{"name":"Tour","external_id":"ERP-3"}`).is(422, "project.external_differs")
		put(s.path("/external/projects/ERP-2"), `{"name":"Tour","number":"2026 -041"}`).is(422, "project.number_taken")
		if total := s.get(s.path("/projects?total=true")).is(200, "").text("total"); total != "1" {
			t.Errorf("API-4 %s projects, want one", total)
		}
	})
}

// TestProjectReadingIsRecorded: a program that reads the members of a project beyond a
// first page reads in bulk, once an hour.
func TestProjectReadingIsRecorded(t *testing.T) { // HIST-4
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newSite(t, w)
		at := s.project(`{"name":"Îlot"}`)
		s.post(at+"/members", `{"members":[{"email":"ana@kestner.example"},{"email":"bo@kestner.example"},{"email":"cid@kestner.example"}]}`).is(200, "")
		for range 2 {
			next := s.get(at+"/members?limit=1").is(200, "").text("next")
			s.get(at+"/members?limit=1&cursor="+next).is(200, "")
		}
		page, err := w.History.List(w.Context(), s.admin, s.account.ID, app.HistoryFilter{Kinds: []audit.Kind{audit.ExportRun}, Door: authz.DoorAPI}, app.Window{})
		w.Must(err)
		if len(page.Entries) != 1 {
			t.Errorf("HIST-4 %d entries, want 1", len(page.Entries))
		}
	})
}

// project makes a project by REST, and answers its address.
func (s *stand) project(body string) string {
	s.t.Helper()
	return s.path("/projects/" + s.post(s.path("/projects"), body).is(201, "").text("id"))
}

func TestProjectsByAPI(t *testing.T) { // API-1, API-4, PROJ-1
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newSite(t, w)
		projects := s.path("/projects")
		kind := s.post(s.path("/project-types"), `{"name":"Logement neuf"}`).is(201, "").text("id")
		division := s.post(s.path("/units"), `{"level":"division","name":"Nord"}`).is(201, "").text("id")
		made := s.post(projects, fmt.Sprintf(`{"name":"Îlot","number":"2026-041","external_id":"P-1","type":%q,"parent":%q,"address":"12 rue des Carmes",
			"first_day":"2026-03-01","last_day":"2027-09-30","products":["plans","site"]}`, kind, division)).is(201, "")
		at := projects + "/" + made.text("id")
		t.Run("PROJ-1 what was said is there, and the rest is the account's", func(t *testing.T) {
			for way, want := range map[string]string{"name": "Îlot", "number": "2026-041", "external_id": "P-1", "type": kind, "type_name": "Logement neuf", "parent": division,
				"address": "12 rue des Carmes", "first_day": "2026-03-01", "last_day": "2027-09-30", "products": `["plans","site"]`, "base_product": "plans",
				"time_zone": "Europe/Paris", "members": "0", "mine": "false", "live": "true", "archived_at": ""} {
				if got := s.get(at).is(200, ""); got.text(way) != want {
					t.Errorf("%s: %s, want %s", way, got.text(way), want)
				}
			}
		})
		t.Run("API-4 a program finds it by what it knows, or makes it", func(t *testing.T) {
			for _, query := range []string{"external_id=P-1", "number=2026-041", "number=2026%20-%20041", "type=" + kind, "search=ilot"} {
				if got := s.get(projects+"?total=true&"+query).is(200, ""); got.text("total") != "1" || got.text("items.0.id") != made.text("id") || got.text("items.0.type") != kind {
					t.Errorf("%s: %s", query, got.body)
				}
			}
			for _, query := range []string{"external_id=P", "number=2026", "mine=true", "archived=only"} {
				if got := s.get(projects+"?total=true&"+query).is(200, ""); got.text("total") != "0" {
					t.Errorf("%s: %s", query, got.body)
				}
			}
			s.get(projects+"?type=nowhere").is(422, "field.unknown_choice")
		})
		t.Run("API-3 what is at fault is called as the request calls it", func(t *testing.T) {
			for body, want := range map[string]string{
				`{"name":"X","number":"2026 - 041"}`:                                  "number project.number_taken",
				`{"name":"X","parent":"nowhere"}`:                                     "parent unit.not_found",
				`{"name":"X","from_project":"nowhere"}`:                               "from_project project.not_found",
				`{"name":"X","template":"nowhere"}`:                                   "template template.not_found",
				`{"name":"X","first_day":"2026-02-02","last_day":"2026-02-01"}`:       "last_day project.ends_before",
				`{"name":"X","first_day":"yesterday"}`:                                "first_day field.bad_date",
				`{"name":"X","products":["site"]}`:                                    "products project.base_product",
				`{"name":"X","time_zone":"Mars"}`:                                     "time_zone field.unknown_choice",
				`{"name":" "}`:                                                        "name field.required",
				fmt.Sprintf(`{"name":"X","external_id":"P-1","parent":%q}`, division): "external_id unit.external_taken",
			} {
				field, code, _ := strings.Cut(want, " ")
				if got := s.post(projects, body); got.text("code") != code || got.text("field") != field {
					t.Errorf("%s: %d %s", body, got.status, got.body)
				}
			}
		})
		t.Run("PLAN-4 changed on its version", func(t *testing.T) {
			s.ask("PATCH", at, `{"name":"Îlot Kestner"}`).is(428, "version.required")
			version := s.get(at).header.Get("ETag")
			after := s.ask("PATCH", at, `{"name":"Îlot Kestner","last_day":"","type":"","products":["plans"]}`, "If-Match", version).is(200, "")
			if after.text("name") != "Îlot Kestner" || after.text("last_day") != "" || after.text("type") != "" || after.text("first_day") != "2026-03-01" || after.text("products") != `["plans"]` {
				t.Errorf("%s", after.body)
			}
			s.ask("PATCH", at, `{"name":"Autre"}`, "If-Match", version).is(412, "stale").faster()
			s.ask("PATCH", at, fmt.Sprintf(`{"name":"Autre","version":%s}`, version)).is(409, "stale")
			if got := s.ask("PATCH", at, `{"last_day":"2026-01-01"}`, "If-Match", after.header.Get("ETag")).is(422, "project.ends_before"); got.text("field") != "last_day" {
				t.Errorf("%s", got.body)
			}
		})
		t.Run("PROJ-1 archived, found all the same by what it is known by, and brought back", func(t *testing.T) {
			s.post(at+"/archive", "").is(428, "version.required")
			s.post(at+"/archive", `{"version":"1"}`).is(409, "stale")
			archived := s.ask("POST", at+"/archive", "", "If-Match", s.get(at).header.Get("ETag")).is(200, "")
			if archived.text("archived_at") == "" || archived.text("live") != "false" {
				t.Errorf("%s", archived.body)
			}
			for query, want := range map[string]string{"": "0", "archived=true": "1", "archived=only": "1", "number=2026-041": "1", "external_id=P-1": "1"} {
				if got := s.get(projects+"?total=true&"+query).is(200, ""); got.text("total") != want {
					t.Errorf("%q: %s", query, got.body)
				}
			}
			s.ask("PATCH", at, fmt.Sprintf(`{"name":"Autre","version":%q}`, archived.text("version"))).is(409, "project.archived")
			s.post(at+"/members", `{"members":[{"email":"a@maraval.example"}]}`).is(409, "project.archived")
			if back := s.post(at+"/restore", fmt.Sprintf(`{"version":%q}`, archived.text("version"))).is(200, ""); back.text("archived_at") != "" || back.text("live") != "true" {
				t.Errorf("%s", back.body)
			}
		})
		t.Run("LIST-6 page by page", func(t *testing.T) {
			for i := range 3 {
				s.project(fmt.Sprintf(`{"name":"Tour %d","first_day":"2026-0%d-01"}`, i, 9-i))
			}
			first := s.get(projects+"?limit=3&total=true&sort=-first_day").is(200, "")
			if first.text("total") != "4" || first.text("items.0.name") != "Tour 0" || first.text("items.2.name") != "Tour 2" {
				t.Errorf("%s", first.body)
			}
			if next := s.get(projects+"?limit=3&sort=-first_day&cursor="+first.text("next")).is(200, ""); next.text("items.0.name") != "Îlot Kestner" || next.text("next") != "" {
				t.Errorf("%s", next.body)
			}
			s.get(projects+"?cursor=nothing").is(422, "list.bad_cursor")
		})
	})
}

func TestProjectMembersByAPI(t *testing.T) { // API-1, API-4, PROJ-2
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newSite(t, w)
		at := s.project(`{"name":"Îlot","products":["plans","site"]}`)
		members := at + "/members"
		for name, company := range map[string]string{"karim": "Maraval", "zoe": ""} {
			s.post(s.path("/members"), fmt.Sprintf(`{"email":"%s@maraval.example","last_name":%q,"company":%q,"invite":"none"}`, name, name, company)).is(201, "")
		}
		rows := `[{"email":"karim@maraval.example","company":"Kestner","functions":["architect"],"access":{"site":"administrator"}},
			{"email":"no address"},
			{"email":"lea@ardoises.example","last_name":"Fontanel","company":"Ardoises","access_level":"project-administrator"},
			{"email":"zoe@maraval.example","access":{"site":"moon"}},
			{"email":"karim@maraval.example"}]`
		t.Run("PROJ-3 rows with values of their own, a verdict for each in order", func(t *testing.T) {
			if seen := s.post(members, `{"preview":true,"members":`+rows+`}`).is(200, ""); seen.text("done") != "2" || s.get(members+"?total=true").text("total") != "0" {
				t.Errorf("preview: %s", seen.body)
			}
			done := s.post(members, `{"members":`+rows+`}`).is(200, "")
			for i, want := range []string{"added ", "refused email", "added ", "refused access", "refused email"} {
				outcome, field, _ := strings.Cut(want, " ")
				one := fmt.Sprintf("verdicts.%d.", i)
				if done.text(one+"row") != fmt.Sprint(i+1) || done.text(one+"outcome") != outcome || done.text(one+"problem.field") != field {
					t.Errorf("row %d: %s", i+1, done.body)
				}
			}
		})
		find := func(who string) reply {
			found := s.get(members+"?total=true&search="+who).is(200, "")
			if found.text("total") != "1" {
				t.Fatalf("%s: %s", who, found.body)
			}
			return s.get(members+"/"+found.text("items.0.member")).is(200, "")
		}
		is := func(rule string, got reply, want map[string]string) {
			t.Helper()
			for way, value := range want {
				if got.text(way) != value {
					t.Errorf("%s %s: %s, want %s", rule, way, got.text(way), value)
				}
			}
		}
		is("PROJ-4", find("karim"), map[string]string{"name": "karim", "email": "karim@maraval.example", "company": "Kestner", "functions": `["architect"]`, "status": "invited",
			"access_level": "project-member", "administrator": "false", "access.plans": "member", "access.site": "administrator", "products_without_seat": `["plans","site"]`,
			"tools.plans.files": "view", "tools.site.issues": "manage", "left": ""})
		is("PROJ-4", find("lea"), map[string]string{"company": "Ardoises", "access_level": "project-administrator", "administrator": "true", "access.plans": "administrator",
			"access.site": "administrator", "tools.plans.files": "publish"})
		t.Run("API-4 sent again with change, what differs is changed and nothing else", func(t *testing.T) {
			again := s.post(members, `{"members":[{"email":"karim@maraval.example","company":"Autre"}]}`).is(200, "")
			if again.text("verdicts.0.outcome") != "unchanged" || find("karim").text("company") != "Kestner" {
				t.Errorf("%s", again.body)
			}
			again = s.post(members, `{"change":true,"members":[{"email":"karim@maraval.example","company":"Maraval Travaux"},{"email":"lea@ardoises.example","company":"Ardoises"},{"email":"zoe@maraval.example"}]}`).is(200, "")
			for i, want := range []string{"changed", "unchanged", "added"} {
				if got := again.text(fmt.Sprintf("verdicts.%d.outcome", i)); got != want {
					t.Errorf("row %d: %s, want %s", i+1, got, want)
				}
			}
			is("API-4", find("karim"), map[string]string{"company": "Maraval Travaux", "functions": `["architect"]`, "access.site": "administrator"})
		})
		t.Run("LIST-8 found by what they are there", func(t *testing.T) {
			kestner := s.get(at).is(200, "")
			if kestner.text("members") != "3" || kestner.text("companies.0.members") == "" {
				t.Errorf("%s", kestner.body)
			}
			for query, want := range map[string]string{"": "3", "access_level=project-administrator": "1", "function=architect": "1", "company=none": "1", "product=site": "2",
				"status=active": "0", "status=invited,active": "3", "search=ardoises": "1", "limit=1&sort=-level": "3"} {
				if got := s.get(members+"?total=true&"+query).is(200, ""); got.text("total") != want {
					t.Errorf("%s: %s", query, got.body)
				}
			}
			first := s.get(members+"?limit=2&sort=-email").is(200, "")
			if next := s.get(members+"?limit=2&sort=-email&cursor="+first.text("next")).is(200, ""); next.text("items.0.email") != "karim@maraval.example" || next.text("next") != "" {
				t.Errorf("%s", next.body)
			}
			s.get(members+"?product=moon").is(422, "field.unknown_choice")
			s.get(members+"?sort=height").is(422, "request.invalid")
		})
		s.placeChanges(t, at, find("karim"))
	})
}

// placeChanges changes the place of a member in every way, and takes it.
func (s *stand) placeChanges(t *testing.T, project string, place reply) {
	t.Helper()
	at, version := project+"/members/"+place.text("member"), place.header.Get("ETag")
	s.ask("PATCH", at, `{"company":"X"}`).is(428, "version.required")
	after := s.ask("PATCH", at, `{"company":"","functions":[],"access":{"site":"member"},"tools":{"site":{"issues":"none","forms":"edit"}}}`, "If-Match", version).is(200, "")
	if after.text("company") != "" || after.text("functions") != "[]" || after.text("access.site") != "member" || after.text("tools.site") != `{"forms":"edit","issues":"none"}` || after.header.Get("ETag") == version {
		t.Errorf("PROJ-12 %s", after.body)
	}
	for _, old := range []string{version, `"0"`, `"-1"`, `"x"`} {
		s.ask("PATCH", at, `{"company":"X"}`, "If-Match", old).is(412, "stale")
	}
	s.ask("PATCH", at, `{"company":"X"}`, "If-Match", version).is(412, "stale").faster()
	s.ask("PATCH", at, `{"company":"X","version":"0"}`).is(409, "stale")
	version = after.header.Get("ETag")
	for body, want := range map[string]string{
		`{"access":{"plans":"none"}}`:                               "409 place.base_off",
		`{"access":{"plans":"all"}}`:                                "422 field.unknown_choice",
		`{"access":{"moon":"member"}}`:                              "422 field.unknown_choice",
		`{"access":{"site":"none"},"tools":{"site":{"forms":"x"}}}`: "422 place.no_product",
		`{"tools":{"site":{"forms":"x"}}}`:                          "422 field.unknown_choice",
		`{"access_level":"executive"}`:                              "422 field.unknown_choice",
		`{"functions":["moon"]}`:                                    "422 field.unknown_choice",
	} {
		if got := s.ask("PATCH", at, body, "If-Match", version); fmt.Sprint(got.status, " ", got.text("code")) != want {
			t.Errorf("PROJ-4 %s: %d %s, want %s", body, got.status, got.body, want)
		}
	}
	led := s.ask("PATCH", at, `{"access_level":"project-administrator"}`, "If-Match", version).is(200, "")
	if led.text("administrator") != "true" || led.text("access.site") != "administrator" {
		t.Errorf("PROJ-4 %s", led.body)
	}
	s.ask("PATCH", at, `{"access":{"site":"none"}}`, "If-Match", led.header.Get("ETag")).is(409, "place.administrator_has_all")
	gone := s.ask("PATCH", at, `{"access":{"plans":"none"},"leave":true}`, "If-Match", led.header.Get("ETag")).is(200, "")
	if gone.text("left") != "true" || gone.text("access") != "{}" {
		t.Errorf("PROJ-5 %s", gone.body)
	}
	s.get(at).is(404, "place.not_found")
	s.ask("PATCH", at, `{"company":"X"}`, "If-Match", version).is(404, "place.not_found")
	s.get(s.path("/members/"+place.text("member"))).is(200, "") // PROJ-6
	s.post(project+"/members", `{"members":[{"email":"karim@maraval.example"}]}`).is(200, "")
	s.ask("DELETE", at, "").is(204, "")
	s.ask("DELETE", at, "").is(404, "place.not_found")
	s.get(s.path("/members/"+place.text("member"))).is(200, "")
}

func TestProjectCopiesByAPI(t *testing.T) { // PROJ-9
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newSite(t, w)
		from := s.project(`{"name":"Îlot","products":["plans","site"]}`)
		added := s.post(from+"/members", `{"members":[{"email":"karim@maraval.example","company":"Kestner","functions":["architect"],"access":{"site":"administrator"}},{"email":"lea@ardoises.example"}]}`).is(200, "")
		karim, lea := added.text("verdicts.0.member"), added.text("verdicts.1.member")
		id := from[strings.LastIndex(from, "/")+1:]
		into := s.project(`{"name":"Tour"}`)
		body := fmt.Sprintf(`{"from":%q,"only":["nobody",%q]`, id, karim)
		if seen := s.post(into+"/members/copy", body+`,"preview":true}`).is(200, ""); seen.text("done") != "1" || s.get(into).text("members") != "0" {
			t.Errorf("preview: %s", seen.body)
		}
		done := s.post(into+"/members/copy", body+`}`).is(200, "")
		if done.text("verdicts.0.row") != "1" || done.text("verdicts.0.problem.code") != "place.not_found" || done.text("verdicts.1.row") != "2" || done.text("verdicts.1.member") != karim {
			t.Errorf("%s", done.body)
		}
		if got := s.get(into+"/members/"+karim).is(200, ""); got.text("company") != "Kestner" || got.text("access.site") != "administrator" {
			t.Errorf("%s", got.body)
		}
		all := s.post(into+"/members/copy", fmt.Sprintf(`{"from":%q}`, id)).is(200, "")
		if all.text("done") != "1" || s.get(into).text("members") != "2" {
			t.Errorf("%s", all.body)
		}
		if got := s.post(into+"/members/copy", `{"from":"nowhere"}`).is(422, "project.not_found"); got.text("field") != "from" {
			t.Errorf("%s", got.body)
		}
		s.post(s.path("/members/"+lea+"/deactivate"), "").is(200, "")
		whole := s.post(s.path("/projects"), fmt.Sprintf(`{"name":"Tour bis","from_project":%q,"with_members":true}`, id)).is(201, "")
		if whole.text("products") != `["plans","site"]` || whole.text("members") != "1" {
			t.Errorf("%s", whole.body)
		}
		template := s.post(s.path("/project-templates/from-project"), fmt.Sprintf(`{"name":"Type","project":%q,"members":true}`, id)).is(201, "").text("id")
		for with, members := range map[string]string{"true": "1", "false": "0"} {
			if got := s.post(s.path("/projects"), fmt.Sprintf(`{"name":"Tour %s","template":%q,"with_members":%s}`, with, template, with)).is(201, ""); got.text("members") != members {
				t.Errorf("with members %s: %s", with, got.body)
			}
		}
	})
}

// TestProjectReachByAPI asks with tokens that reach less: of a technical user that
// administers one project, and of one that has a plain place there.
func TestProjectReachByAPI(t *testing.T) { // PROJ-7, PROJ-11, API-3
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newSite(t, w)
		elsewhere := w.AccountOf("117 402", "construction")
		theirs := w.Project(elsewhere, directory.Project{Unit: directory.Unit{Name: "Ardoisières"}})
		other := s.project(`{"name":"Tour"}`)
		s.post(other+"/members", `{"members":[{"email":"zoe@maraval.example"}]}`).is(200, "")
		zoe := s.get(other + "/members").text("items.0.member")
		leads, _ := s.robotOf(s.account, s.admin)
		plain, _ := s.robotOf(s.account, s.admin)
		level := func(code string) directory.RoleID { return w.Role(s.account, directory.Level, code).ID }
		own := s.path("/projects/" + w.Project(s.account, directory.Project{Unit: directory.Unit{Name: "Îlot"}, Products: []string{"plans"}},
			directory.Place{Member: leads.ID, Level: level("project-administrator")}, directory.Place{Member: plain.ID, Level: level("project-member")}).UUID)
		for _, path := range []string{"", "/members", "/members/" + zoe} {
			s.get(s.path("/projects/"+theirs.UUID+path)).is(404, "project.not_found")
		}
		s.get(own+"/members/"+zoe).is(404, "place.not_found")
		s.ask("DELETE", own+"/members/"+zoe, "").is(404, "place.not_found")
		s.post(own+"/members/copy", fmt.Sprintf(`{"from":%q}`, theirs.UUID)).is(422, "project.not_found")
		leading := s.tokenOf(s.account, s.admin, leads, time.Hour).Secret // a token opens what was given when it was made
		plainly := s.tokenOf(s.account, s.admin, plain, time.Hour).Secret
		s.token = leading
		if got := s.get(s.path("/projects?total=true&mine=true")).is(200, ""); got.text("total") != "1" || got.text("items.0.mine") != "true" {
			t.Errorf("PROJ-7 %s", got.body)
		}
		for _, path := range []string{"", "/members"} {
			s.get(other+path).is(404, "project.not_found")
		}
		s.get(s.path("/members")).is(403, "denied.permission")
		if got := s.post(own+"/members", `{"members":[{"email":"zoe@maraval.example","company":"Kestner"}]}`).is(200, ""); got.text("verdicts.0.outcome") != "added" {
			t.Errorf("PROJ-7 %s", got.body)
		}
		s.post(own+"/members/copy", fmt.Sprintf(`{"from":%q}`, other[strings.LastIndex(other, "/")+1:])).is(422, "project.not_found")
		s.ask("DELETE", own+"/members/"+zoe, "").is(204, "")
		s.post(s.path("/projects"), `{"name":"X","from_project":"nowhere"}`).is(422, "project.not_found") // ACC-8: it may create
		founded := s.post(s.path("/projects"), `{"name":"Halle"}`).is(201, "")
		if founded.text("name") != "Halle" || founded.text("mine") != "true" || founded.text("time_zone") != "Europe/Paris" {
			t.Errorf("PROJ-7 %s", founded.body)
		}
		halle := s.path("/projects/" + founded.text("id"))
		s.get(halle).is(404, "project.not_found")
		s.token = s.tokenOf(s.account, s.admin, leads, time.Hour).Secret
		if got := s.get(halle+"/members/"+leads.UUID).is(200, ""); got.text("administrator") != "true" || got.text("email") != "" {
			t.Errorf("PROJ-7 %s", got.body)
		}
		s.token = plainly
		s.get(own+"/members").is(200, "")
		s.get(own+"/members/"+leads.UUID).is(403, "denied.permission")
		s.post(own+"/members", `{"members":[{"email":"zoe@maraval.example"}]}`).is(403, "denied.permission")
		s.ask("DELETE", own+"/members/"+leads.UUID, "").is(403, "denied.permission")
		s.ask("PATCH", own, `{"name":"X","version":"1"}`).is(403, "denied.permission")
		s.post(s.path("/projects"), `{"name":"X"}`).is(403, "denied.permission")
		s.token = leading
		place := s.get(own+"/members/"+leads.UUID).is(200, "")
		if gone := s.ask("PATCH", own+"/members/"+leads.UUID, `{"access":{"plans":"none"},"leave":true}`, "If-Match", place.header.Get("ETag")).is(200, ""); gone.text("left") != "true" {
			t.Errorf("PROJ-5 %s", gone.body)
		}
		s.get(own).is(404, "project.not_found")
	})
}
