package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"intendant/internal/api"
	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/httpserver"
	"intendant/internal/i18n"
)

// A stand is the face under test, with one account, its administrator, and a
// technical user that holds the administrator's level.
type stand struct {
	*apptest.World
	t       testing.TB
	server  *httptest.Server
	router  routers.Router
	account directory.Account
	admin   authz.Actor
	robot   directory.Member
	token   string
}

func newStand(t *testing.T, w *apptest.World) *stand {
	return newStandWith(t, w, api.Options{PerMinute: 1_000_000})
}

func newStandWith(t *testing.T, w *apptest.World, o api.Options) *stand {
	t.Helper()
	return newStandOf(t, w, o, "company-network")
}

// newStandOf makes a stand whose account is of a type.
func newStandOf(t *testing.T, w *apptest.World, o api.Options, kind string) *stand {
	t.Helper()
	return newStandAt(t, w, o, w.AccountOf("204 817", kind), "helene.castaing@maraval.example")
}

// newStandAt makes a stand in an account that has nobody yet, of an administrator by address.
func newStandAt(t *testing.T, w *apptest.World, o api.Options, account directory.Account, admin string) *stand {
	t.Helper()
	bundle, err := i18n.Load()
	w.Must(err)
	bundle.Names(w.App.Catalogue.Naming)
	o.App, o.Bundle, o.Now, o.Language = w.App, bundle, w.Now, "fr"
	o.Log = slog.New(slog.NewTextHandler(failing{t}, &slog.HandlerOptions{Level: slog.LevelError}))
	s := &stand{World: w, t: t, account: account}
	s.admin = w.Administrator(s.account, admin)
	s.robot, _ = s.robotOf(s.account, s.admin)
	w.Must(w.Members.NameAdministrator(w.Context(), s.admin, s.account.ID, s.robot.UUID))
	s.token = s.tokenOf(s.account, s.admin, s.robot, 30*24*time.Hour).Secret
	face := api.New(o)
	s.server = httptest.NewServer(httpserver.Wrap(httpserver.Options{Handler: face, Logger: slog.New(slog.DiscardHandler), Now: w.Now, CrossOrigin: []string{"/api/"}}))
	t.Cleanup(s.server.Close)
	s.router = routed(t, s.get("/openapi.json").body)
	return s
}

// robotOf makes a technical user of an account, and a token.
func (s *stand) robotOf(account directory.Account, by authz.Actor) (directory.Member, string) {
	s.t.Helper()
	u, err := s.Users.Profile(s.Context(), by)
	s.Must(err)
	m, err := s.TechnicalUsers.Create(s.Context(), by, account.ID, app.NewTechnicalUser{Name: "Paie", Purpose: "Reprend les salariés", Responsible: u.Email})
	s.Must(err)
	return m, s.tokenOf(account, by, m, 30*24*time.Hour).Secret
}

func (s *stand) tokenOf(account directory.Account, by authz.Actor, m directory.Member, lasts time.Duration) app.MadeToken {
	s.t.Helper()
	made, err := s.TechnicalUsers.MakeToken(s.Context(), by, account.ID, m.UUID, app.NewToken{Name: "nightly", Expires: s.Now().Add(lasts)})
	s.Must(err)
	return made
}

// failing turns what is logged as an error into a failure of the test.
type failing struct{ t testing.TB }

func (f failing) Write(line []byte) (int, error) {
	f.t.Helper()
	f.t.Errorf("logged: %s", line)
	return len(line), nil
}

// routed reads the description and checks that it is one.
func routed(t testing.TB, text []byte) routers.Router {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatalf("read the description: %v", err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatalf("the description is none: %v", err)
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return router
}

// A reply is what was answered.
type reply struct {
	t      testing.TB
	status int
	header http.Header
	body   []byte
}

// text is a value of a JSON body, by the way to it: "items.0.id".
func (r reply) text(way string) string {
	r.t.Helper()
	var at any
	if err := json.Unmarshal(r.body, &at); err != nil {
		r.t.Fatalf("%d %s: %v", r.status, r.body, err)
	}
	for _, step := range strings.Split(way, ".") {
		switch in := at.(type) {
		case map[string]any:
			at = in[step]
		case []any:
			i := int(step[0] - '0')
			if i >= len(in) {
				return ""
			}
			at = in[i]
		}
	}
	switch value := at.(type) {
	case nil:
		return ""
	case string:
		return value
	}
	text, err := json.Marshal(at)
	if err != nil {
		r.t.Fatal(err)
	}
	return string(text)
}

// is fails the test unless the status, and for problems the code, are these.
func (r reply) is(status int, code string) reply {
	r.t.Helper()
	got := ""
	if r.status >= 400 {
		got = r.text("code")
	}
	if r.status != status || got != code {
		r.t.Errorf("%d %q, want %d %q: %s", r.status, got, status, code, r.body)
	}
	return r
}

// faster checks that a change that came too late is told who was faster, and when.
func (r reply) faster() {
	r.t.Helper()
	if _, err := time.Parse(time.RFC3339, r.text("args.at")); err != nil || r.text("args.name") == "" {
		r.t.Errorf("PLAN-4 who was faster, and when? %s", r.body)
	}
}

func (s *stand) path(rest string) string {
	return "/accounts/" + directory.CleanNumber(s.account.Number) + rest
}

func (s *stand) get(path string) reply { s.t.Helper(); return s.ask("GET", path, "") }

func (s *stand) post(path, body string) reply { s.t.Helper(); return s.ask("POST", path, body) }

// ask sends a request with the stand's token; pairs are header fields over that.
func (s *stand) ask(method, path, body string, pairs ...string) reply {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.Context(), method, s.server.URL+api.Base+path, strings.NewReader(body))
	s.Must(err)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Authorization", "Bearer "+s.token)
	r.Header.Set("Accept-Language", "fr")
	for i := 0; i+1 < len(pairs); i += 2 {
		r.Header.Set(pairs[i], pairs[i+1])
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	s.Must(err)
	defer func() { _ = answer.Body.Close() }() // read to its end below
	text, err := io.ReadAll(answer.Body)
	s.Must(err)
	got := reply{s.t, answer.StatusCode, answer.Header, text}
	s.fits(r, got)
	return got
}

// fits holds an answer against the description: every status and every body
// must be described.
func (s *stand) fits(r *http.Request, got reply) {
	s.t.Helper()
	if got.status >= 500 && got.status != http.StatusServiceUnavailable {
		s.t.Errorf("%s %s: %d %s", r.Method, r.URL.Path, got.status, got.body)
	}
	if got.status >= 400 && got.header.Get("Content-Type") != "application/problem+json" {
		s.t.Errorf("%s %s: %d as %s", r.Method, r.URL.Path, got.status, got.header.Get("Content-Type"))
	}
	if s.router == nil || !strings.HasPrefix(r.URL.Path, api.Base+"/accounts/") && !strings.HasPrefix(r.URL.Path, api.Base+"/vendor/") {
		return
	}
	described := r.Clone(r.Context())
	described.URL.Scheme, described.URL.Host, described.Host = "", "", ""
	route, params, err := s.router.FindRoute(described)
	if err != nil {
		return // no address of the description
	}
	if got.header.Get("Content-Type") == "application/x-ndjson" {
		s.fitsEach(route.Operation.Responses.Status(got.status).Value.Content["application/x-ndjson"].Schema.Value, got)
		return
	}
	input := &openapi3filter.ResponseValidationInput{Status: got.status, Header: got.header, Body: io.NopCloser(bytes.NewReader(got.body)),
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route},
		Options:                &openapi3filter.Options{IncludeResponseStatus: true}}
	if err := openapi3filter.ValidateResponse(r.Context(), input); err != nil {
		s.t.Errorf("%s %s: the answer is not as described: %v\n%s", r.Method, r.URL.Path, err, got.body)
	}
}

// fitsEach holds each line of an answer against the description.
func (s *stand) fitsEach(schema *openapi3.Schema, got reply) {
	s.t.Helper()
	for line := range strings.Lines(string(got.body)) {
		var value any
		s.Must(json.Unmarshal([]byte(line), &value))
		if err := schema.VisitJSON(value); err != nil {
			s.t.Errorf("the line is not as described: %v\n%s", err, line)
		}
	}
}

func TestMembersByAPI(t *testing.T) { // API-1
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newStand(t, w)
		s.get(s.path("")).is(200, "")
		made := s.post(s.path("/members"), `{"email":"karim.haddad@maraval.example","first_name":"Karim","last_name":"Haddad","invite":"none"}`).is(201, "")
		id := made.text("id")
		t.Log(string(made.body), made.header)
		list := s.get(s.path("/members?total=true&limit=1&sort=-name")).is(200, "")
		t.Log(string(list.body))
		s.get(s.path("/members/"+id)).is(200, "")
	})
}

// TestAllFaultsByAPI: a program is told of every field at fault at once, the first of
// them as the problem itself.
func TestAllFaultsByAPI(t *testing.T) { // API-3
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newStand(t, w)
		id := s.post(s.path("/members"), `{"email":"karim.haddad@maraval.example","invite":"none"}`).is(201, "").text("id")
		at := s.get(s.path("/members/" + id)).header.Get("ETag")
		long := strings.Repeat("é", 300)
		got := s.ask("PATCH", s.path("/members/"+id), `{"first_name":"`+long+`","job_title":"`+long+`","language":"tlh"}`, "If-Match", at).is(422, "field.too_long")
		var p api.Problem
		w.Must(json.Unmarshal(got.body, &p))
		fields := map[string]string{}
		for _, one := range p.Errors {
			if fields[one.Field] = one.Code; one.Title == "" {
				t.Errorf("API-3 nothing is said of %s", one.Field)
			}
		}
		want := map[string]string{"first_name": "field.too_long", "job_title": "field.too_long", "language": "field.unknown_choice"}
		if !maps.Equal(fields, want) || p.Errors[0].Field != p.Field {
			t.Errorf("API-3 %s and %v are at fault, want %v", p.Field, fields, want)
		}
	})
}

// TestMembersKnown: a program finds people by what it knows of them, and brings in or
// changes many in one request, each row with values of its own.
func TestMembersKnown(t *testing.T) { // API-4
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newStand(t, w)
		put := func(rows, more string) reply {
			t.Helper()
			return s.post(s.path("/members/batch"), `{"members":[`+rows+`],"invite":"none"`+more+`}`).is(200, "")
		}
		const lea, karim = `{"email":"lea.fontanel@maraval.example","user_name":"l.fontanel","personnel_number":"4711","job_title":"Métreuse"}`,
			`{"email":"karim.haddad@maraval.example","personnel_number":"4712","company":"Maraval Travaux"}`
		put(lea+","+karim, "")
		for query, want := range map[string]string{
			"email=LEA.Fontanel@maraval.example":                            "4711",
			"user_name=l.fontanel":                                          "4711",
			"user_name=karim.haddad@maraval.example":                        "4712",
			"user_name=lea.fontanel@maraval.example":                        "",
			"personnel_number=4712":                                         "4712",
			"personnel_number=4711,4712&email=lea.fontanel@maraval.example": "4711",
			"personnel_number=4711&user_name=karim.haddad@maraval.example":  "",
			"personnel_number=471":                                          "",
			"email=nobody@maraval.example":                                  "",
		} {
			var found struct {
				Items []struct{ Personnel_number string }
			}
			s.Must(json.Unmarshal(s.get(s.path("/members?"+query)).is(200, "").body, &found))
			var got []string
			for _, one := range found.Items {
				got = append(got, one.Personnel_number)
			}
			if strings.Join(got, " ") != want {
				t.Errorf("API-4 %s finds %q, want %q", query, got, want)
			}
		}
		changed := `{"email":"lea.fontanel@maraval.example","job_title":"Économiste"},{"email":"karim.haddad@maraval.example","company":"Kestner Bau"},{"email":"neu@maraval.example","job_title":"Neu"}`
		outcomes := func(r reply) string {
			var all struct{ Verdicts []struct{ Outcome string } }
			s.Must(json.Unmarshal(r.body, &all))
			var got []string
			for _, v := range all.Verdicts {
				got = append(got, v.Outcome)
			}
			return strings.Join(got, " ")
		}
		if got := outcomes(put(changed, `,"change":true,"preview":true`)); got != "changed changed added" {
			t.Errorf("API-4 the preview says %s", got)
		}
		if got := outcomes(put(changed, `,"change":true`)); got != "changed changed added" {
			t.Errorf("API-4 each row with its own values: %s", got)
		}
		if got := outcomes(put(changed, `,"change":true`)); got != "unchanged unchanged unchanged" {
			t.Errorf("API-4 sent again: %s", got)
		}
		lists := string(s.get(s.path("/members?personnel_number=4711,4712&sort=email")).is(200, "").body)
		for _, want := range []string{"Économiste", "Kestner Bau", "l.fontanel"} {
			if !strings.Contains(lists, want) {
				t.Errorf("API-4 after it %s is not there: %s", want, lists)
			}
		}
	})
}
