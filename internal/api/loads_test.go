package api_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"intendant/internal/api"
	"intendant/internal/apptest"
	"intendant/internal/directory"
)

// A loadRow is one line of the answer to a load.
type loadRow struct {
	Line                             int
	Kind, ID, Code, Name, Email, Out string
	Outcome                          string
	Invited                          bool
	Problem                          struct{ Code, Field, Title, Detail string }
}

// A loadEnd is the last line of it.
type loadEnd struct {
	Through, Added, Changed, Unchanged, Refused int
	Preview                                     bool
	Act                                         string
	Problem                                     struct{ Code string }
}

// load sends lines and reads what became of them.
func (s *stand) load(query string, lines ...string) ([]loadRow, loadEnd) {
	s.t.Helper()
	return s.loaded(s.ask("POST", s.path("/loads"+query), strings.Join(lines, "\n"), "Content-Type", "application/x-ndjson", "Accept-Language", "en"))
}

func (s *stand) loaded(got reply) ([]loadRow, loadEnd) {
	s.t.Helper()
	if got.status != 200 || got.header.Get("Content-Type") != "application/x-ndjson" {
		s.t.Fatalf("%d %s", got.status, got.body)
	}
	texts := strings.Split(strings.TrimSuffix(string(got.body), "\n"), "\n")
	rows := make([]loadRow, len(texts)-1)
	for i := range rows {
		s.Must(json.Unmarshal([]byte(texts[i]), &rows[i]))
	}
	var end struct{ End *loadEnd }
	s.Must(json.Unmarshal([]byte(texts[len(rows)]), &end))
	if end.End == nil {
		s.t.Fatalf("the answer has no end: %s", got.body)
	}
	return rows, *end.End
}

// said is what became of the lines in few words.
func said(rows []loadRow) string {
	words := make([]string, len(rows))
	for i, row := range rows {
		words[i] = fmt.Sprintf("%d %s", row.Line, row.Outcome)
		if row.Invited {
			words[i] += " and invited"
		}
		if row.Problem.Code != "" {
			words[i] += " " + row.Problem.Code
		}
		if row.Problem.Field != "" {
			words[i] += "@" + row.Problem.Field
		}
	}
	return strings.Join(words, "\n")
}

// A world in lines: every kind of thing, and what is wrong with some of it.
func worldLines() []string {
	return []string{
		`{"unit":{"external_id":"N","level":"group","name":"Nord"}}`,
		`{"unit":{"external_id":"N1","parent":"N","level":"company","name":"Nord Un"}}`,
		``,
		`{"unit":{"external_id":"N2","parent":"N","level":"company","name":"NORD UN"}}`,
		`{"unit":{"external_id":"X","parent":"nowhere","level":"company","name":"Ix"}}`,
		`{"unit":{"external_id":"Y","parent":"Y","level":"company","name":"Ypsilon"}}`,
		`{"unit":{"external_id":"N1","name":"Nord Deux"}}`,
		`{"unit":{"external_id":"Z","level":"location","name":"Zède"}}`,
		`{"role":{"kind":"rights","names":{"":"Approbateur"},"permissions":["members.view"]}}`,
		`{"role":{"kind":"rights","names":{"":"Sorcier"},"permissions":["magic"]}}`,
		`{"member":{"email":"lea@maraval.example","last_name":"Fontanel","company":"Maraval","home_unit":"N1",` +
			`"grants":[{"role":"approbateur","unit":"N"},{"role":"fleet-manager","unit":"N1"},{"role":"Approbateur","unit":"N"}]}}`,
		`{"member":{"email":"no address"}}`,
		`{"member":{"email":"LEA@maraval.example","phone":"1"}}`,
		`{"member":{"email":"karim@maraval.example","home_unit":"X"}}`,
		`{"member":{"email":"zoe@maraval.example","grants":[{"role":"fleet-manager","unit":"N"},{"role":"nobody","unit":"N"}]}}`,
		`{"member":{"email":"max@maraval.example","height":3}}`,
		`{"member":{"email":"ida@maraval.example"},"unit":{"external_id":"I"}}`,
		`not JSON`,
		`{"member":{"email":"oto@maraval.example","access_levels":["administrator"]}}`,
	}
}

func TestLoad(t *testing.T) { // API-4, BULK-3
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newStandOf(t, w, api.Options{PerMinute: 1_000_000}, "fleet")
		want := []string{"1 added", "2 added", "4 refused unit.name_taken@name", "5 refused unit.not_found@parent", "6 refused unit.not_found@parent",
			"7 refused load.double", "8 refused unit.level_not_here@level", "9 added", "10 refused field.unknown_choice@permissions", "11 added",
			"12 refused email.no_at@email", "13 refused member.double_row@email", "14 refused unit.not_found@unit",
			"15 refused field.unknown_choice@grants.1.role", "16 refused request.invalid@height", "17 refused load.line@line",
			"18 refused request.unreadable@line", "19 added and invited"}
		before := s.state()
		rows, end := s.load("?preview=true", worldLines()...)
		if got := said(rows); got != strings.Join(want, "\n") || !end.Preview {
			t.Errorf("the preview says\n%s", got)
		}
		if after := s.state(); after != before {
			t.Errorf("a preview wrote:\n%s\nit was\n%s", after, before)
		}
		rows, end = s.load("", worldLines()...)
		if got := said(rows); got != strings.Join(want, "\n") || end.Added != 5 || end.Refused != 13 || end.Through != 19 || end.Preview {
			t.Errorf("%+v\n%s", end, got)
		}
		for i, want := range map[int]string{0: "unit Nord", 7: "role Approbateur", 9: "member Fontanel"} {
			if got := rows[i].Kind + " " + rows[i].Name; got != want || rows[i].ID == "" {
				t.Errorf("%+v, want %s", rows[i], want)
			}
		}
		if state := s.state(); !strings.Contains(state, "lea@maraval.example Maraval N1 not_invited  [] [Approbateur@N basic-user@ fleet-manager@N1] [] []") {
			t.Errorf("%s", state)
		}
		before = s.state()
		rows, end = s.load("", worldLines()...)
		if end.Added+end.Changed != 0 || end.Unchanged != 5 || end.Refused != 13 || s.state() != before {
			t.Errorf("sent again: %+v\n%s\n%s", end, said(rows), s.state())
		}
		rows, _ = s.load("", `{"unit":{"external_id":"N1","name":"Nord Trois"}}`, `{"unit":{"external_id":"S","level":"group","name":"Sud"}}`,
			`{"unit":{"external_id":"N1","parent":"S"}}`, `{"role":{"kind":"rights","names":{"":"Approbateur","en":"Approver"}}}`,
			`{"member":{"email":"lea@maraval.example","phone":"+33 2","grants":[{"role":"approver","unit":"S"}]}}`,
			`{"member":{"email":"oto@maraval.example"}}`)
		if got := said(rows); got != "1 changed\n2 added\n3 refused load.double\n4 changed\n5 changed\n6 unchanged" {
			t.Errorf("%s", got)
		}
		rows, _ = s.load("", `{"unit":{"external_id":"S1","parent":"S","level":"company","name":"Sud Un"}}`, `{"unit":{"external_id":"N1","parent":"S"}}`,
			`{"unit":{"external_id":"N","parent":"N1"}}`, `{"unit":{"external_id":"S1","level":"location"}}`)
		if got := said(rows); got != "1 added\n2 changed\n3 refused unit.level_not_here@level\n4 refused load.double" {
			t.Errorf("%s", got)
		}
	})
}

// state is what the account has, in words that are the same in another one.
func (s *stand) state() string {
	s.t.Helper()
	var units, members, roles, grants struct{ Items []map[string]any }
	for path, into := range map[string]any{"/units": &units, "/members": &members, "/roles": &roles, "/grants": &grants} {
		query := "?limit=200"
		if path == "/roles" {
			query = ""
		}
		s.Must(json.Unmarshal(s.get(s.path(path+query)).is(200, "").body, into))
	}
	known, lines := map[any]string{}, []string{}
	for _, u := range units.Items {
		known[u["id"]] = fmt.Sprint(u["external_id"])
		lines = append(lines, fmt.Sprintf("unit %v %v %v under %q", u["external_id"], u["level"], u["name"], known[u["parent"]]))
	}
	for _, o := range roles.Items {
		known[o["code"]] = fmt.Sprint(o["code"])
		if names, is := o["names"].(map[string]any); is && o["shipped"] == false {
			known[o["code"]] = fmt.Sprint(names[""])
			lines = append(lines, fmt.Sprintf("role %v %v", names, o["permissions"]))
		}
	}
	held := map[any][]string{}
	for _, g := range grants.Items {
		held[g["member"]] = append(held[g["member"]], known[g["role"]]+"@"+known[g["unit"]])
	}
	for _, m := range members.Items {
		slices.Sort(held[m["id"]])
		functions := fmt.Sprint(m["functions"])
		for code, name := range known {
			functions = strings.ReplaceAll(functions, fmt.Sprint(code), name)
		}
		lines = append(lines, fmt.Sprintf("member %v %v %v %v %v %v %v %v %v", m["email"], m["company"], known[m["home_unit"]], m["status"], m["phone"],
			m["access_levels"], held[m["id"]], functions, m["products"]))
	}
	lines = append(lines, s.placed()...)
	slices.Sort(lines)
	state := strings.ReplaceAll(strings.Join(lines, "\n"), directory.CleanNumber(s.account.Number), "")
	return strings.ReplaceAll(state, s.account.Name, "")
}

// placed is who is in the account's projects, in words.
func (s *stand) placed() []string {
	s.t.Helper()
	var projects, places struct{ Items []map[string]any }
	s.Must(json.Unmarshal(s.get(s.path("/projects?limit=200")).is(200, "").body, &projects))
	var lines []string
	for _, p := range projects.Items {
		places.Items = nil
		s.Must(json.Unmarshal(s.get(s.path(fmt.Sprintf("/projects/%v/members?limit=200", p["id"]))).is(200, "").body, &places))
		for _, m := range places.Items {
			lines = append(lines, fmt.Sprintf("place %v %v %v %v %v", p["name"], m["email"], m["company"], m["access_level"], m["access"]))
		}
	}
	return lines
}
