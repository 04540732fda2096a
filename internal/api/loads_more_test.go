package api_test

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"intendant/internal/api"
	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
)

// drawnLines are lines of a world in some order, with what is wrong, said twice, and
// said before what it needs.
func drawnLines(random *rand.Rand, n int) []string {
	name := func(of string, most int) string { return fmt.Sprintf("%s%d", of, random.IntN(most)) }
	lines := make([]string, n)
	for i := range lines {
		switch random.IntN(8) {
		case 7:
			lines[i] = fmt.Sprintf(`{"place":{"project":%q,"email":"%s@maraval.example"%s}}`, []string{"prj", "prj2", "none"}[random.IntN(3)], name("p", 70),
				[]string{"", `,"access_level":"project-administrator"`, `,"functions":["Rôle 1"]`, `,"company":"Autre"`}[random.IntN(4)])
		case 0, 1:
			lines[i] = fmt.Sprintf(`{"unit":{"external_id":%q,"level":"division","name":"Direction %d"%s}}`, name("u", 20), random.IntN(40),
				[]string{"", fmt.Sprintf(`,"parent":%q`, name("u", 6))}[random.IntN(2)])
		case 2:
			lines[i] = fmt.Sprintf(`{"role":{"kind":%q,"names":{"":%q},"permissions":[%q]}}`, []string{"rights", "function"}[random.IntN(2)], name("Rôle ", 4),
				[]string{"members.view", "members.manage", "magic"}[random.IntN(3)])
		case 3:
			lines[i] = []string{"", "nothing", "{}", `{"unit":{"name":1}}`, `{"member":{"email":"x"}}`}[random.IntN(5)]
		default:
			lines[i] = fmt.Sprintf(`{"member":{"email":"%s@maraval.example","last_name":%q,"company":%q,"products":[%s],"functions":[%s],"home_unit":%q,"grants":[{"role":%q,"unit":%q}]}}`,
				name("p", 70), name("Nom", 3), name("Société ", 5), []string{"", `"plans"`}[random.IntN(2)], []string{"", "", `"Rôle 1"`, `"director"`}[random.IntN(4)],
				[]string{"", name("u", 5)}[random.IntN(2)], []string{"manager", "manager", "manager", "Rôle 2"}[random.IntN(4)], name("u", 5))
		}
	}
	return append([]string{`{"member":{"email":"p0@maraval.example","functions":["director"],"company":"Première"}}`, `{"place":{"project":"prj","email":"p0@maraval.example"}}`,
		`{"place":{"project":"prj2","email":"p0@maraval.example"}}`, `{"place":{"project":"prj2","email":"neu@maraval.example","first_name":"Neu"}}`, `{"unit":{"external_id":"u0","level":"division","name":"Tête"}}`,
		`{"unit":{"external_id":"u1","parent":"u0","level":"division","name":"Un"}}`, `{"unit":{"external_id":"u2","parent":"u1","level":"division","name":"Deux"}}`,
		`{"unit":{"external_id":"u3","level":"division","name":"Trois"}}`}, lines...)
}

// TestLoadAgrees: what a preview says is what then happens; sent again, nothing changes;
// and what is broken off and sent again ends as if it had come at once.
func TestLoadAgrees(t *testing.T) { // API-4, PLAN-1
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		for seed := range uint64(3) {
			random := rand.New(rand.NewPCG(seed, 7))
			lines := drawnLines(random, 90)
			whole, parts := newDrawn(t, w, fmt.Sprint("204 82", seed)), newDrawn(t, w, fmt.Sprint("204 83", seed))
			before := whole.state()
			foreseen, _ := whole.load("?preview=true", lines...)
			if whole.state() != before {
				t.Fatalf("seed %d: a preview wrote", seed)
			}
			done, _ := whole.load("", lines...)
			if got, want := said(foreseen), said(done); got != want {
				t.Fatalf("seed %d: foreseen\n%s\ndone\n%s\nof\n%s", seed, got, want, strings.Join(lines, "\n"))
			}
			state := whole.state()
			again, end := whole.load("", lines...)
			if end.Added+end.Changed != 0 && noneLater(done, again) {
				t.Errorf("seed %d: sent again, %d added and %d changed:\n%s", seed, end.Added, end.Changed, said(again))
			}
			if noneLater(done, again) && whole.state() != state {
				t.Errorf("seed %d: sent again, it is\n%s\nand was\n%s", seed, whole.state(), state)
			}
			if !noneLater(done, again) { // what was refused for what came later is done now: to its end
				whole.load("", lines...)
				whole.load("", lines...)
			}
			parts.load("", lines[:1+random.IntN(len(lines)-1)]...)
			for range 4 {
				parts.load("", lines...)
			}
			if got, want := parts.state(), whole.state(); got != want {
				t.Errorf("seed %d: broken off and sent again it is\n%s\nat once\n%s", seed, got, want)
			}
		}
	})
}

// noneLater reports whether no line was refused at first that is not any more.
func noneLater(first, again []loadRow) bool {
	for i, row := range first {
		if row.Outcome == "refused" && again[i].Outcome != "refused" {
			return false
		}
	}
	return true
}

// newDrawn is a stand for drawn lines: a few seats, for which they compete.
func newDrawn(t *testing.T, w *apptest.World, number string) *stand {
	t.Helper()
	s := newStandAt(t, w, api.Options{PerMinute: 1_000_000}, w.AccountOf(number, "construction"), "admin."+directory.CleanNumber(number)+"@maraval.example")
	_, err := w.Subscriptions.Add(w.Context(), w.Operator(), s.account.ID, app.NewSubscription{Offer: directory.Offer{Product: "plans"}, Term: app.SubscriptionTerm{Quantity: 7}})
	w.Must(err)
	for _, id := range []string{"prj", "prj2"} {
		_, _, err := w.Projects.Create(w.Context(), s.admin, s.account.ID, app.NewProject{Change: app.ProjectChange{Name: &id, External: &id}})
		w.Must(err)
	}
	return s
}

func TestLoadByRights(t *testing.T) { // API-3, ROLE-5, ROLE-6, UNIT-5
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newStandOf(t, w, api.Options{PerMinute: 1_000_000}, "construction")
		s.load("", `{"unit":{"external_id":"N","level":"division","name":"Nord"}}`, `{"unit":{"external_id":"N1","parent":"N","level":"division","name":"Nord Un"}}`,
			`{"unit":{"external_id":"S","level":"division","name":"Sud"}}`,
			`{"role":{"kind":"rights","names":{"":"Gérant"},"permissions":["members.view","members.manage","units.manage"]}}`,
			`{"role":{"kind":"rights","names":{"":"Riche"},"permissions":["members.view","export.run","roles.manage"]}}`,
			`{"member":{"email":"sud@maraval.example","home_unit":"S","company":"Maraval"}}`)
		robot, token := s.robotOf(s.account, s.admin)
		north := ""
		for _, u := range s.units() {
			if u.External == "N" {
				north = u.UUID
			}
		}
		_, err := w.Grants.Give(w.Context(), s.admin, s.account.ID, app.Giving{Role: s.roleCalled("Gérant"), Units: []string{north}, Who: app.Of(robot.UUID)})
		w.Must(err)
		token = s.tokenOf(s.account, s.admin, robot, time.Hour).Secret
		ask := func(lines ...string) string {
			rows, _ := s.loaded(s.ask("POST", s.path("/loads"), strings.Join(lines, "\n"), "Authorization", "Bearer "+token))
			return said(rows)
		}
		before := s.state()
		got := ask(`{"unit":{"external_id":"A","level":"division","name":"A"}}`, `{"unit":{"external_id":"S","name":"Autre"}}`,
			`{"unit":{"external_id":"S1","parent":"S","level":"division","name":"S1"}}`,
			`{"role":{"kind":"rights","names":{"":"Sien"},"permissions":["members.view"]}}`, `{"role":{"kind":"rights","names":{"":"Gérant"},"permissions":[]}}`,
			`{"member":{"email":"sud@maraval.example","phone":"1"}}`, `{"member":{"email":"neu@maraval.example","home_unit":"S"}}`,
			`{"member":{"email":"neu2@maraval.example","home_unit":"N","grants":[{"role":"Gérant","unit":"S"}]}}`,
			`{"member":{"email":"neu3@maraval.example","home_unit":"N","grants":[{"role":"Gérant","unit":"N"},{"role":"Riche","unit":"N1"}]}}`,
			`{"member":{"email":"neu4@maraval.example","home_unit":"N","access_levels":["administrator"]}}`)
		want := "1 refused denied.permission\n2 refused unit.external_taken@external_id\n3 refused unit.not_found@parent\n4 refused denied.permission\n" +
			"5 refused denied.permission\n6 refused member.out_of_reach\n7 refused unit.not_found@unit\n8 refused unit.not_found@grants.0.unit\n" +
			"9 refused role.not_held@grants.1.unit\n10 refused role.not_held@access_level"
		if got != want || s.state() != before {
			t.Errorf("%s\n%s", got, s.state())
		}
		if got := ask(`{"unit":{"external_id":"N2","parent":"N1","level":"division","name":"Nord Deux"}}`, `{"unit":{"external_id":"N2","parent":"N2"}}`,
			`{"member":{"email":"neu@maraval.example","home_unit":"N2","grants":[{"role":"Gérant","unit":"N2"}]}}`); got != "1 added\n2 refused load.double\n3 added" {
			t.Errorf("%s", got)
		}
		t.Run("another account's", func(t *testing.T) {
			elsewhere := w.Account("117 402")
			_, foreign := s.robotOf(elsewhere, w.Administrator(elsewhere, "blanche.ferriere@ardoises.example"))
			s.ask("POST", s.path("/loads"), `{"member":{"email":"a@b.example"}}`, "Authorization", "Bearer "+foreign).is(404, "account.not_found")
			rows, _ := s.load("", fmt.Sprintf(`{"member":{"email":"a@b.example","home_unit":%q}}`, elsewhere.UUID), fmt.Sprintf(`{"unit":{"external_id":"F","parent":%q,"level":"division","name":"F"}}`, elsewhere.UUID))
			if got := said(rows); got != "1 refused unit.not_found@unit\n2 refused unit.not_found@parent" {
				t.Errorf("%s", got)
			}
		})
	})
}

func (s *stand) units() []directory.Unit {
	s.t.Helper()
	found, err := s.Units.Records(s.Context(), s.admin, s.account.ID, app.UnitRecordQuery{Size: 200})
	s.Must(err)
	units := make([]directory.Unit, len(found.Rows))
	for i, u := range found.Rows {
		units[i] = u.Unit
	}
	return units
}

func (s *stand) roleCalled(name string) string {
	s.t.Helper()
	found, err := s.Roles.List(s.Context(), s.admin, s.account.ID)
	s.Must(err)
	i := slices.IndexFunc(found.Roles, func(r app.ShownRole) bool { return r.Name("fr") == name })
	return found.Roles[i].UUID
}

func TestLoadOfAnything(t *testing.T) { // API-3
	t.Parallel()
	w := apptest.New(t, "sqlite")
	s := newStandWith(t, w, api.Options{PerMinute: 1_000_000, LoadLines: 40})
	send := func(body string) reply { return s.ask("POST", s.path("/loads"), body, "Accept-Language", "en") }
	for body, want := range map[string]string{"": "422 load.empty", "\n \r\n\n": "422 load.empty", "[1]": "422 load.line", "a;b\nc;d": "400 request.unreadable", "null": "422 load.line",
		"{\n\"member\":{}}": "400 request.unreadable", "\xff\xfe{\x00}\x00": "422 text.broken", `{"member":{"email":"a\u0000@b.example"}}`: "422 text.broken",
		`{"member":{"email":"a@b.example","email":"c@d.example"}}`: "422 request.member_twice", strings.Repeat("x", 300<<10): "413 request.too_large"} {
		if got := send(body); fmt.Sprint(got.status, " ", got.text("code")) != want {
			t.Errorf("%.40q: %d %s, want %s", body, got.status, got.body, want)
		}
	}
	long, most := strings.Repeat("é", 70_000), strings.Repeat("x", 300<<10)
	rows, end := s.loaded(send("\ufeff" + strings.Join([]string{`{"member":{"email":"a@b.example"}}`, `{"member":{"email":"c@b.example","last_name":"` + long + `"}}`,
		`{"unit":{"external_id":"` + long + `","level":"group","name":"L"}}`, `{"role":{"kind":"rights","names":{"":"` + long + `"}}}`, most, "\xff\xfe", `{"member":null}`,
		`{"member":{"email":"` + long + `"}}`, `{"Member":{"email":"e@b.example"}}`, `[]`, "{\"member\":{\"email\":\"d@b.example\"}}\r"}, "\n")))
	want := "1 added\n2 refused field.too_long@last_name\n3 refused field.too_long@external_id\n4 refused field.too_long@name\n5 refused load.line_long@line\n" +
		"6 refused text.broken@line\n7 refused load.line@line\n8 refused request.invalid@email\n9 refused request.member_unknown@Member\n10 refused load.line@line\n11 added"
	if got := said(rows); got != want || end.Added != 2 || end.Through != 11 {
		t.Errorf("%+v\n%s", end, got)
	}
	var many []string
	for i := range 50 {
		many = append(many, fmt.Sprintf(`{"member":{"email":"many%d@b.example"}}`, i))
	}
	if rows, end = s.load("?invite=none", many...); len(rows) != 40 || end.Through != 40 || end.Problem.Code != "load.too_many" {
		t.Errorf("%d rows, %+v", len(rows), end)
	}
	if rows, end = s.load("?invite=none", many[40:]...); end.Added != 10 || end.Problem.Code != "" {
		t.Errorf("%d rows, %+v", len(rows), end)
	}
}

// TestLoadIsAStream: answers come while lines are still sent; whoever goes away leaves
// nothing half done, and whoever sends nothing any more is told how far it came.
func TestLoadIsAStream(t *testing.T) { // API-4
	t.Parallel()
	w := apptest.New(t, "sqlite")
	s := newStandWith(t, w, api.Options{PerMinute: 1_000_000, LineWait: 2 * time.Second})
	person := func(name string, n int) string {
		return fmt.Sprintf("{\"member\":{\"email\":\"%s%d@b.example\",\"grants\":[{\"role\":\"manager\",\"unit\":\"%s\"}]}}\n", name, n, s.units()[0].UUID)
	}
	many := func(name string, n int) string {
		one, b := person(name, 0), strings.Builder{}
		for i := range n {
			b.WriteString(strings.Replace(one, name+"0@", fmt.Sprintf("%s%d@", name, i), 1))
		}
		return b.String()
	}
	dial := func(length int) net.Conn {
		c, err := net.Dial("tcp", s.server.Listener.Addr().String())
		w.Must(err)
		_, err = fmt.Fprintf(c, "POST %s%s?invite=none HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/x-ndjson\r\nContent-Length: %d\r\n\r\n",
			api.Base, s.path("/loads"), s.token, length)
		w.Must(err)
		return c
	}
	answered := func(first, rest string) (net.Conn, *bufio.Scanner) { // 500 lines, before the rest is sent
		c := dial(len(first) + len(rest))
		_, err := io.WriteString(c, first)
		w.Must(err)
		answer, err := http.ReadResponse(bufio.NewReader(c), nil)
		w.Must(err)
		lines := bufio.NewScanner(answer.Body)
		for range 500 {
			if !lines.Scan() {
				t.Fatal(lines.Err())
			}
		}
		return c, lines
	}
	t.Run("answers come before the end", func(t *testing.T) {
		first, rest := many("early", 500), person("late", 1)
		c, lines := answered(first, rest)
		defer func() { _ = c.Close() }()
		_, err := io.WriteString(c, rest)
		w.Must(err)
		last := ""
		for lines.Scan() {
			last = lines.Text()
		}
		if !strings.Contains(last, `"through":501,"added":501`) || lines.Err() != nil {
			t.Errorf("%s %v", last, lines.Err())
		}
	})
	t.Run("CHECK-2 whose token is revoked meanwhile", func(t *testing.T) {
		usual, made := s.token, s.tokenOf(s.account, s.admin, s.robot, time.Hour)
		s.token = made.Secret
		first, rest := many("before", 500), person("after", 1)
		c, lines := answered(first, rest)
		defer func() { _ = c.Close() }()
		w.Must(s.TechnicalUsers.RevokeToken(w.Context(), s.admin, s.account.ID, s.robot.UUID, made.UUID))
		_, err := io.WriteString(c, rest)
		w.Must(err)
		last := ""
		for lines.Scan() {
			last = lines.Text()
		}
		if !strings.Contains(last, `"through":500,"added":500`) || !strings.Contains(last, `"code":"token.refused"`) || lines.Err() != nil {
			t.Errorf("%s %v", last, lines.Err())
		}
		s.token = usual
		if got := s.get(s.path("/members?total=true&search=after1@b.example")).text("total"); got != "0" {
			t.Errorf("a line was taken after the token was revoked: %s", got)
		}
	})
	t.Run("who goes away", func(t *testing.T) {
		text := many("gone", 700)
		c := dial(len(text) + 100)
		_, err := io.WriteString(c, text+`{"member":{"email":"half@b.example"`)
		w.Must(err)
		w.Must(c.Close())
		whole, _ := s.load("?invite=none", strings.Split(strings.TrimSpace(text), "\n")...)
		for _, row := range whole {
			if row.Outcome != "added" && row.Outcome != "unchanged" {
				t.Fatalf("%+v", row)
			}
		}
		if got := s.get(s.path("/members?total=true&search=half@b.example")).text("total"); got != "0" {
			t.Errorf("half a line was taken: %s", got)
		}
	})
	t.Run("who stops sending", func(t *testing.T) {
		c := dial(1000)
		defer func() { _ = c.Close() }()
		_, err := io.WriteString(c, person("slow", 1)+`{"member":`)
		w.Must(err)
		answer, err := http.ReadResponse(bufio.NewReader(c), nil)
		w.Must(err)
		text, err := io.ReadAll(answer.Body)
		if answer.StatusCode != 200 || !strings.Contains(string(text), `"through":1,"added":1`) || !strings.Contains(string(text), "load.too_slow") {
			t.Errorf("%d %s %v", answer.StatusCode, text, err)
		}
	})
}

// TestLoadUndone: all that one load has done is taken back at once.
func TestLoadUndone(t *testing.T) { // API-4, PLAN-2
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newStandOf(t, w, api.Options{PerMinute: 1_000_000}, "construction")
		s.load("?invite=none", `{"unit":{"external_id":"A","level":"division","name":"A"}}`, `{"member":{"email":"a@b.example","home_unit":"A"}}`)
		before := s.state()
		_, end := s.load("?invite=none", `{"unit":{"external_id":"A","name":"Autre"}}`, `{"member":{"email":"a@b.example","phone":"12","grants":[{"role":"manager","unit":"A"}]}}`,
			`{"member":{"email":"c@d.example","home_unit":"A"}}`)
		if end.Act == "" || s.state() == before {
			t.Fatalf("%+v\n%s", end, s.state())
		}
		s.post(s.path("/undo"), fmt.Sprintf(`{"act":%q}`, end.Act)).is(200, "")
		if after := s.state(); after != before {
			t.Errorf("%s\nit was\n%s", after, before)
		}
		if _, end = s.load("", `{"unit":{"external_id":"A","name":"A"}}`); end.Unchanged != 1 || end.Act != "" {
			t.Errorf("%+v", end)
		}
	})
}
