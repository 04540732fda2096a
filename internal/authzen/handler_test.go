package authzen_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
)

func TestEvaluation(t *testing.T) { // CHECK-1, CHECK-3
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := open(t, w)
		karim, place := s.Member(s.account, "karim@maraval.example")
		_, _ = s.Member(s.account, "lea@maraval.example")
		s.grant(s.account, s.admin, place.UUID, "purchase-approver", s.group.UUID)
		user := s.user(karim.User)
		t.Run("ROLE-1 what is given at a unit holds there and below", func(t *testing.T) {
			for _, q := range []struct {
				subject, action, kind, id string
				want                      bool
			}{
				{user.UUID, "purchases.approve", "group", s.group.UUID, true},
				{place.UUID, "purchases.approve", "group", s.group.UUID, true},
				{"KARIM@maraval.example", "purchases.approve", "group", "G-44", true},
				{"karim@maraval.example", "purchases.approve", "company", s.yard.UUID, true},
				{"karim@maraval.example", "purchases.approve", "account", "204 817", false},
				{"karim@maraval.example", "purchases.approve", "account", s.account.UUID, false},
				{"karim@maraval.example", "planning.manage", "group", "G-44", false},
				{"karim@maraval.example", "purchases.approve", "company", "G-44", false},
				{"lea@maraval.example", "purchases.approve", "group", "G-44", false},
				{"helene.castaing@maraval.example", "planning.manage", "account", "204817", true},
			} {
				if got := s.ask(q.subject, q.action, q.kind, q.id); got.yes() != q.want {
					t.Errorf("%+v: %t (%s)", q, got.yes(), got.Context.Reason)
				}
			}
		})
		t.Run("an unknown entity is a no that says so", func(t *testing.T) {
			for reason, body := range map[string]string{
				"subject_unknown":  question("nobody@maraval.example", "purchases.approve", "group", "G-44"),
				"resource_unknown": question("karim@maraval.example", "purchases.approve", "spaceship", "G-44"),
				"action_unknown":   question("karim@maraval.example", "fly", "group", "G-44"),
			} {
				got := s.decision(s.post("/access/v1/evaluation", body))
				if got.yes() || got.Context.Reason != reason || got.Context.User["404"] == "" {
					t.Errorf("%s: %+v", reason, got)
				}
			}
			odd := strings.Replace(question("karim@maraval.example", "purchases.approve", "group", "G-44"), `"type":"user"`, `"type":"robot"`, 1)
			if got := s.decision(s.post("/access/v1/evaluation", odd)); got.yes() || got.Context.Reason != "subject_unknown" {
				t.Errorf("unknown type: %+v", got)
			}
			for _, id := range []string{"", "\\u0000", strings.Repeat("é", 70_000)} {
				if got := s.ask(id, "purchases.approve", "group", id); got.yes() {
					t.Errorf("%.10q may", id)
				}
			}
		})
		t.Run("CHECK-1 a no says what is missing and who could give it", func(t *testing.T) {
			got := s.decision(s.post("/access/v1/evaluation", question("lea@maraval.example", "purchases.approve", "group", "G-44"), "Accept-Language", "en"))
			if got.Context.Reason != "missing" || got.Context.Missing != "purchases.approve" || !strings.Contains(got.Context.User["403"], "Approve a purchase") {
				t.Errorf("%+v", got.Context)
			}
			admin := s.member(s.account, s.admin)
			if g := got.Context.Givers; len(g) != 1 || g[0].ID != admin.UUID || g[0].Name == "" {
				t.Errorf("who could give it: %+v, want %s by name", g, admin.UUID)
			}
			body := strings.Replace(question("lea@maraval.example", "purchases.approve", "group", "G-44"), "}}", `},"context":{"language":"de"}}`, 1)
			plain := question("lea@maraval.example", "purchases.approve", "group", "G-44")
			if got := s.decision(s.post("/access/v1/evaluation", plain)); !strings.Contains(got.Context.User["403"], "Valider un achat") {
				t.Errorf("in no language asked for, sentence and permission in two: %q", got.Context.User)
			}
			if got := s.decision(s.post("/access/v1/evaluation", body, "Accept-Language", "en")); !strings.Contains(got.Context.User["403"], "Einkauf freigeben") {
				t.Errorf("in German: %+v", got.Context.User)
			}
			_, s.token = s.product(s.account, s.admin, "access.check")
			got = s.ask("lea@maraval.example", "purchases.approve", "group", "G-44")
			if g := got.Context.Givers; len(g) != 1 || g[0].Name != "" {
				t.Errorf("whoever may not view members is told a name: %+v", g)
			}
		})
	})
}

func (s *shop) user(id directory.UserID) directory.User {
	list, err := s.Members.List(s.Context(), s.Operator(), s.account.ID, app.MemberQuery{})
	s.Must(err)
	for _, row := range list.Rows {
		if row.User == id {
			return row.Person
		}
	}
	s.T.Fatal("no such user")
	return directory.User{}
}

// TestFolding: every thing that decides is folded into the one answer, and acts
// at the next question.
func TestFolding(t *testing.T) { // CHECK-1, CHECK-2
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := open(t, w)
		karim, place := s.Member(s.account, "karim@maraval.example")
		s.grant(s.account, s.admin, place.UUID, "purchase-approver", s.group.UUID)
		staff := s.Operator()
		state := func(to directory.AccountState) {
			s.Must(s.Accounts.SetState(s.Context(), staff, s.account.ID, to, "impayé"))
		}
		expect := func(reason string) {
			t.Helper()
			got := s.ask("karim@maraval.example", "purchases.approve", "company", s.yard.UUID)
			if got.yes() != (reason == "") || got.Context.Reason != reason {
				t.Errorf("answer %t %q, want %q", got.yes(), got.Context.Reason, reason)
			}
		}
		expect("")
		_, err := s.Members.Deactivate(s.Context(), s.admin, s.account.ID, app.Of(place.UUID))
		s.Must(err)
		expect("not_active")
		_, err = s.Members.Reactivate(s.Context(), s.admin, s.account.ID, app.Of(place.UUID))
		s.Must(err)
		expect("")
		s.Must(s.Users.SwitchOff(s.Context(), staff, karim.User))
		expect("switched_off")
		s.Must(s.Users.SwitchOn(s.Context(), staff, karim.User))
		expect("")
		state(directory.AccountSuspended)
		expect("suspended")
		if got := s.ask("helene.castaing@maraval.example", "planning.manage", "account", "204817"); got.yes() {
			t.Error("ACC-12 an administrator uses a product in a suspended account")
		}
		state(directory.AccountOpen)
		expect("")
		state(directory.AccountClosed)
		expect("account_closed")
		state(directory.AccountOpen)
		s.Must(s.Units.Archive(s.Context(), s.admin, s.account.ID, s.group.UUID, s.group.Version))
		expect("unit_archived")
		s.Must(s.Units.Restore(s.Context(), s.admin, s.account.ID, s.group.UUID, s.group.Version+1))
		expect("")
		_, err = s.Grants.End(s.Context(), s.admin, s.account.ID, s.giving(s.account, place.UUID, "purchase-approver", s.group.UUID))
		s.Must(err)
		expect("missing")
		_, err = s.Members.Remove(s.Context(), s.admin, s.account.ID, app.Of(place.UUID))
		s.Must(err)
		expect("subject_unknown")
	})
}

func TestEvaluations(t *testing.T) { // CHECK-3, section 7
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := open(t, w)
		_, place := s.Member(s.account, "karim@maraval.example")
		s.grant(s.account, s.admin, place.UUID, "purchase-approver", s.group.UUID)
		top := `"subject":{"type":"user","id":"karim@maraval.example"},"action":{"name":"purchases.approve"}`
		group, root, company := `{"resource":{"type":"group","id":"G-44"}}`, `{"resource":{"type":"account","id":"204817"}}`, `{"resource":{"type":"company","id":"`+s.yard.UUID+`"}}`
		all := strings.Join([]string{group, root, `{}`, `7`, company}, ",")
		for _, test := range []struct{ name, semantic, list, want string }{
			{"by default all, in order", ``, all, "ynnny"},
			{"execute_all", `"execute_all"`, all, "ynnny"},
			{"deny_on_first_deny", `"deny_on_first_deny"`, all, "yn"},
			{"deny_on_first_deny, by an item that cannot be read", `"deny_on_first_deny"`, group + `,{},` + group, "yn"},
			{"permit_on_first_permit", `"permit_on_first_permit"`, root + `,` + group + `,` + company, "ny"},
			{"permit_on_first_permit of none", `"permit_on_first_permit"`, root + `,{}`, "nn"},
		} {
			options := ""
			if test.semantic != "" {
				options = `,"options":{"evaluations_semantic":` + test.semantic + `}`
			}
			got := s.decision(s.post("/access/v1/evaluations", `{`+top+options+`,"evaluations":[`+test.list+`]}`))
			said := ""
			for _, d := range got.Evaluations {
				said += map[bool]string{true: "y", false: "n"}[d.yes()]
			}
			if said != test.want || got.Decision != nil {
				t.Errorf("%s: %s, want %s", test.name, said, test.want)
			}
			if test.name == "execute_all" && (got.Evaluations[2].Context.Error.Status != 400 || got.Evaluations[1].Context.Reason != "missing") {
				t.Errorf("contexts: %+v", got.Evaluations)
			}
		}
		for _, list := range []string{``, `,"evaluations":[]`} {
			got := s.decision(s.post("/access/v1/evaluations", `{`+top+`,"resource":{"type":"group","id":"G-44"}`+list+`}`))
			if !got.yes() || got.Evaluations != nil {
				t.Errorf("without evaluations: %+v", got)
			}
		}
		if r := s.post("/access/v1/evaluations", `{`+top+`,"evaluations":[{}`+strings.Repeat(`,{}`, 1000)+`]}`); r.status != http.StatusBadRequest {
			t.Errorf("1,001 questions: %d", r.status)
		}
		got := s.decision(s.post("/access/v1/evaluations", `{`+top+`,"evaluations":[`+group+strings.Repeat(`,`+group, 999)+`]}`))
		if len(got.Evaluations) != 1000 || !got.Evaluations[999].yes() {
			t.Errorf("1,000 questions: %d answers", len(got.Evaluations))
		}
	})
}

func TestWalls(t *testing.T) { // CHECK-3, KEY-14, SIGN-5
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := open(t, w)
		other, chief := s.customer("300 100", "chief@other.example")
		_, foreign := s.product(other, chief, "access.check", "members.view")
		_, idle := s.product(s.account, s.admin)
		ask := question("helene.castaing@maraval.example", "planning.manage", "account", "204817")
		paths := []string{"/access/v1/evaluation", "/access/v1/evaluations", "/access/v1/search/subject", "/access/v1/search/resource", "/access/v1/search/action"}
		for _, path := range paths {
			for name, token := range map[string]string{"none": "", "nonsense": "Bearer x", "unknown": "Bearer int_" + strings.Repeat("a", 40), "another scheme": "Basic " + s.token,
				"very long": "Bearer int_" + strings.Repeat("a", 5000)} {
				for _, body := range []string{ask, `{`, ``} {
					r := s.post(path, body, "Authorization", token, "X-Request-ID", "r-1")
					if r.status != http.StatusUnauthorized || !strings.HasPrefix(r.header.Get("WWW-Authenticate"), "Bearer") || r.header.Get("X-Request-Id") != "r-1" {
						t.Errorf("%s by %s token, body %.5q: %d %v", path, name, body, r.status, r.header)
					}
				}
			}
			if r := s.post(path, ask, "Authorization", "Bearer "+idle); r.status != http.StatusForbidden {
				t.Errorf("%s without access.check: %d", path, r.status)
			}
		}
		r := s.post(paths[0], ask, "Authorization", "bearer "+foreign)
		if got := s.decision(r); got.yes() || got.Context.Reason != "resource_unknown" {
			t.Errorf("another account's product is answered %s", r.body)
		}
		for number, want := range map[string]int{"204817": 200, "204%20817": 200, "300100": 404, "999": 404, "%00": 404} {
			if r := s.post("/accounts/"+number+"/access/v1/evaluation", ask); r.status != want {
				t.Errorf("asked at the account %s: %d, want %d", number, r.status, want)
			}
		}
		_, narrow := s.product(s.account, s.admin, "access.check")
		search := `{"subject":{"type":"user"},"action":{"name":"planning.manage"},"resource":{"type":"account","id":"204817"}}`
		if r := s.post("/access/v1/search/subject", search, "Authorization", "Bearer "+narrow); r.status != http.StatusForbidden {
			t.Errorf("who is there, told to whoever may not view members: %d", r.status)
		}
	})
}

func TestTransport(t *testing.T) { // CHECK-3, section 10
	t.Parallel()
	s := open(t, apptest.New(t, "sqlite"))
	ask := question("helene.castaing@maraval.example", "planning.manage", "account", "204817")
	for _, test := range []struct {
		name, path, body string
		headers          []string
		want             int
	}{
		{"as it should be", "/access/v1/evaluation", ask, nil, 200},
		{"a charset", "/access/v1/evaluation", ask, []string{"Content-Type", "Application/JSON; charset=utf-8"}, 200},
		{"another type", "/access/v1/evaluation", ask, []string{"Content-Type", "text/plain"}, 400},
		{"no type", "/access/v1/evaluation", ask, []string{"Content-Type", ""}, 400},
		{"a broken type", "/access/v1/evaluation", ask, []string{"Content-Type", "application/json; ="}, 400},
		{"no JSON", "/access/v1/evaluation", "{", nil, 400},
		{"nothing", "/access/v1/evaluation", "", nil, 400},
		{"no action", "/access/v1/evaluation", `{"subject":{"type":"user","id":"a"},"resource":{"type":"account","id":"1"}}`, nil, 400},
		{"a megabyte and more", "/access/v1/evaluation", `{"x":"` + strings.Repeat("x", 1<<20) + `"}`, nil, 413},
		{"nothing there", "/access/v1/evaluate", ask, nil, 404},
		{"nothing at the base", "/access/v1/", ask, nil, 404},
		{"not ours", "/access/v2/evaluation", ask, nil, 404},
	} {
		r := s.post(test.path, test.body, append(test.headers, "X-Request-ID", "bfe9eb29")...)
		if r.status != test.want {
			t.Errorf("%s: %d, want %d: %s", test.name, r.status, test.want, r.body)
		}
		if got := r.header.Get("X-Request-Id"); got != "bfe9eb29" {
			t.Errorf("%s: X-Request-ID %q", test.name, got)
		}
		if r.header.Get("X-Content-Type-Options") != "nosniff" && test.path != "/access/v2/evaluation" {
			t.Errorf("%s: may be sniffed", test.name)
		}
	}
	t.Run("a body of unknown length", func(t *testing.T) {
		for body, want := range map[string]int{ask: 200, `{"x":"` + strings.Repeat("x", 1<<20) + `"}`: 413} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/access/v1/evaluation", struct{ *strings.Reader }{strings.NewReader(body)})
			s.Must(err)
			r.ContentLength = -1
			r.Header.Set("Authorization", "Bearer "+s.token)
			r.Header.Set("Content-Type", "application/json")
			if got := s.do(r); got.status != want {
				t.Errorf("%d bytes: %d, want %d", len(body), got.status, want)
			}
		}
	})
	t.Run("only POST", func(t *testing.T) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/access/v1/evaluation", nil)
		s.Must(err)
		if got := s.do(r); got.status != http.StatusMethodNotAllowed || got.header.Get("Allow") != "POST" {
			t.Errorf("GET: %d, Allow %q", got.status, got.header.Get("Allow"))
		}
	})
	t.Run("the same question has the same answer", func(t *testing.T) {
		for range 20 {
			if !s.decision(s.post("/access/v1/evaluation", ask)).yes() {
				t.Fatal("no")
			}
		}
	})
}

func TestMetadata(t *testing.T) { // CHECK-3, section 9
	t.Parallel()
	s := open(t, apptest.New(t, "sqlite"))
	for path, want := range map[string]struct {
		status int
		point  string
	}{
		"/.well-known/authzen-configuration":                       {200, ""},
		"/.well-known/authzen-configuration/":                      {200, ""},
		"/.well-known/authzen-configuration/accounts/204817":       {200, "/accounts/204817"},
		"/.well-known/authzen-configuration/accounts/999":          {200, "/accounts/999"}, // nobody learns which exist
		"/.well-known/authzen-configuration/accounts/20%204":       {200, "/accounts/20%204"},
		"/.well-known/authzen-configuration/accounts/":             {404, ""},
		"/.well-known/authzen-configuration/accounts/1/members":    {404, ""},
		"/.well-known/authzen-configuration/somewhere":             {404, ""},
		"/.well-known/authzen-configurations":                      {404, ""},
		"/.well-known/authzen-configuration/accounts/%22%3Cscript": {200, "/accounts/%22%3Cscript"},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, nil)
		s.Must(err)
		got := s.do(r)
		if got.status != want.status {
			t.Errorf("%s: %d, want %d", path, got.status, want.status)
			continue
		}
		if want.status != http.StatusOK {
			continue
		}
		var says map[string]string
		s.Must(json.Unmarshal([]byte(got.body), &says))
		point := "https://clients.batisoft.example" + want.point
		for name, value := range map[string]string{"policy_decision_point": point, "access_evaluation_endpoint": point + "/access/v1/evaluation",
			"access_evaluations_endpoint": point + "/access/v1/evaluations", "search_subject_endpoint": point + "/access/v1/search/subject",
			"search_resource_endpoint": point + "/access/v1/search/resource", "search_action_endpoint": point + "/access/v1/search/action"} {
			if says[name] != value {
				t.Errorf("%s: %s is %q, want %q", path, name, says[name], value)
			}
		}
	}
}
