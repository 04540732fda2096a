package api_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"intendant/internal/api"
	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
)

// An exchange is one request that its operation takes, on a fresh stand.
type exchange struct {
	method, path, body string
	status             int  // of who may
	open               bool // to a technical user without any right
}

// exchanges has every operation of the description. The words in brackets stand
// for ids of the stand.
func exchanges() map[string]exchange {
	all := map[string]exchange{
		"get-account":              {"GET", "", "", 200, true},
		"get-settings":             {"GET", "/settings", "", 200, false},
		"edit-settings":            {"PATCH", "/settings", `{"version":"[account version]","invitation_days":12}`, 200, false},
		"list-members":             {"GET", "/members?total=true&sort=-name", "", 200, false},
		"get-member":               {"GET", "/members/[karim]", "", 200, false},
		"create-member":            {"POST", "/members", `{"email":"lea@maraval.example","last_name":"Fontanel"}`, 201, false},
		"create-members":           {"POST", "/members/batch", `{"members":[{"email":"a@maraval.example"},{"email":"b"}],"preview":true}`, 200, false},
		"edit-member":              {"PATCH", "/members/[karim]", `{"version":"[version]","job_title":"Chef","ends_at":"2027-01-01"}`, 200, false},
		"deactivate-member":        {"POST", "/members/[karim]/deactivate", "", 200, false},
		"reactivate-member":        {"POST", "/members/[karim]/reactivate", "", 200, false},
		"invite-member":            {"POST", "/members/[karim]/invite", "", 200, false},
		"withdraw-invitation":      {"POST", "/members/[zoe]/withdraw-invitation", "", 200, false},
		"remove-member":            {"DELETE", "/members/[karim]", "", 204, false},
		"move-member":              {"POST", "/members/[karim]/move", `{"home_unit":"[unit]"}`, 200, false},
		"act-on-members":           {"POST", "/members/acts", `{"act":"deactivate","members":["[karim]","nobody"]}`, 200, false},
		"report-account-uses":      {"POST", "/uses", `{"uses":[{"subject":{"type":"user","id":"[karim]"},"product":"plans"}]}`, 200, false},
		"list-products":            {"GET", "/products?unit=[unit]", "", 200, false},
		"assign-seat":              {"POST", "/members/[karim]/seats", `{"product":"plans"}`, 200, false},
		"withdraw-seat":            {"DELETE", "/members/[zoe]/seats/plans", "", 204, false},
		"hand-over-seat":           {"POST", "/members/[zoe]/seats/hand-over", `{"product":"plans","to":"[karim]"}`, 200, false},
		"list-allotments":          {"GET", "/allotments?product=plans&search=no", "", 200, false},
		"allot-seats":              {"POST", "/allotments", `{"product":"plans","unit":"[unit]","quantity":1,"version":"0"}`, 200, false},
		"list-seat-rules":          {"GET", "/seat-rules", "", 200, false},
		"make-seat-rule":           {"POST", "/seat-rules", `{"product":"plans","unit":"[deep]"}`, 200, false},
		"end-seat-rule":            {"DELETE", "/seat-rules/[rule]", "", 204, false},
		"follow-seat-rule":         {"POST", "/seat-rules/[rule]/follow", "", 200, false},
		"state-external":           {"POST", "/members/[karim]/externals", `{"product":"plans","last_day":"2030-12-31"}`, 200, false},
		"end-external":             {"DELETE", "/members/[zoe]/externals/plans", "", 204, false},
		"list-acts":                {"GET", "/acts", "", 200, false},
		"get-act":                  {"GET", "/acts/[act]", "", 200, false},
		"list-refused":             {"GET", "/acts/[act]/refused?limit=2", "", 200, false},
		"list-units":               {"GET", "/units?total=true&archived=true", "", 200, false},
		"get-unit":                 {"GET", "/units/[unit]", "", 200, false},
		"create-unit":              {"POST", "/units", `{"parent":"[root]","level":"[level]","name":"Sud","external_id":"S"}`, 201, false},
		"edit-unit":                {"PATCH", "/units/[unit]", `{"version":"1","name":"Nord-Est"}`, 200, false},
		"archive-unit":             {"POST", "/units/[unit]/archive", `{"version":"1"}`, 200, false},
		"restore-unit":             {"POST", "/units/[unit]/restore", `{"version":"1"}`, 200, false},
		"list-companies":           {"GET", "/companies?total=true&search=mar", "", 200, false},
		"get-company":              {"GET", "/companies/[company]", "", 200, false},
		"create-company":           {"POST", "/companies", `{"name":"Ardoises Ferrière"}`, 201, false},
		"rename-company":           {"PATCH", "/companies/[company]", `{"version":"1","name":"Maraval France"}`, 200, false},
		"merge-companies":          {"POST", "/companies/[company]/merge", `{"version":"1","doubles":[{"id":"[double]","version":"1"}]}`, 200, false},
		"preview-unit-move":        {"GET", "/units/[deep]/move?to=[root]", "", 200, false},
		"move-unit":                {"POST", "/units/[deep]/move", `{"version":"1","to":"[root]"}`, 200, false},
		"list-referents":           {"GET", "/units/[root]/referents", "", 200, false},
		"name-referent":            {"POST", "/units/[root]/referents", `{"member":"[karim]","part":"referent"}`, 200, false},
		"end-referent":             {"POST", "/units/[root]/referents/end", `{"member":"[zoe]","part":"deputy"}`, 200, false},
		"list-roles":               {"GET", "/roles?archived=true", "", 200, false},
		"get-role":                 {"GET", "/roles/[role]", "", 200, false},
		"create-role":              {"POST", "/roles", `{"kind":"rights","names":{"":"Lecteur"},"permissions":["members.view"]}`, 201, false},
		"edit-role":                {"PATCH", "/roles/[role]", `{"version":"[role version]","names":{"":"Autre"}}`, 200, false},
		"archive-role":             {"POST", "/roles/[role]/archive", "", 200, false},
		"restore-role":             {"POST", "/roles/[role]/restore", "", 200, false},
		"list-project-types":       {"GET", "/project-types?archived=true", "", 200, false},
		"get-project-type":         {"GET", "/project-types/[project type]", "", 200, false},
		"create-project-type":      {"POST", "/project-types", `{"name":"Pont"}`, 201, false},
		"rename-project-type":      {"PATCH", "/project-types/[project type]", `{"version":"1","name":"Logement"}`, 200, false},
		"archive-project-type":     {"POST", "/project-types/[project type]/archive", "", 200, false},
		"restore-project-type":     {"POST", "/project-types/[project type]/restore", "", 200, false},
		"list-project-templates":   {"GET", "/project-templates?archived=true", "", 200, false},
		"get-project-template":     {"GET", "/project-templates/[template]", "", 200, false},
		"create-project-template":  {"POST", "/project-templates", `{"name":"Pont","type":"[project type]","products":["plans"]}`, 201, false},
		"save-project-template":    {"POST", "/project-templates/from-project", `{"name":"Pont","project":"[project]","members":true}`, 201, false},
		"edit-project-template":    {"PATCH", "/project-templates/[template]", `{"version":"1","name":"Logement","type":"[project type]","products":["plans"]}`, 200, false},
		"archive-project-template": {"POST", "/project-templates/[template]/archive", "", 200, false},
		"restore-project-template": {"POST", "/project-templates/[template]/restore", "", 200, false},
		"remove-template-member":   {"DELETE", "/project-templates/[template]/members/[builder]", "", 204, false},
		"list-grants":              {"GET", "/grants?total=true&unit=[unit]", "", 200, false},
		"give-grants":              {"POST", "/grants", `{"role":"manager","members":["[karim]"],"units":["[unit]"]}`, 200, false},
		"end-grants":               {"POST", "/grants/end", `{"role":"manager","members":["[karim]"],"units":["[unit]"]}`, 200, false},
		"explain":                  {"GET", "/members/[karim]/why?permission=members.manage&unit=[unit]", "", 200, false},
		"get-rights":               {"GET", "/members/[karim]/rights", "", 200, false},

		"list-customers":              {"GET", "/vendor/customers?limit=1", "", 200, false},
		"get-customer":                {"GET", "/vendor/customers/ERP-1", "", 200, false},
		"put-customer":                {"PUT", "/vendor/customers/ERP-1", `{"name":"Maraval","number":"204 817","contact":{"email":"contact@maraval.example"}}`, 200, false},
		"set-referent":                {"POST", "/vendor/customers/ERP-1/referent", `{"person":"helene.castaing@maraval.example"}`, 200, false},
		"suspend-customer":            {"POST", "/vendor/customers/ERP-1/suspend", `{"reason":"Impayé"}`, 200, false},
		"close-customer":              {"POST", "/vendor/customers/ERP-1/close", `{"reason":"Résilié"}`, 200, false},
		"reopen-customer":             {"POST", "/vendor/customers/ERP-3/reopen", "", 200, false},
		"report-uses":                 {"POST", "/vendor/uses", `{"uses":[{"account":"204817","subject":{"type":"user","id":"[karim]"},"product":"plans"}]}`, 200, false},
		"list-subscriptions":          {"GET", "/vendor/subscriptions?limit=1&state=running", "", 200, false},
		"list-customer-subscriptions": {"GET", "/vendor/customers/ERP-1/subscriptions", "", 200, false},
		"get-subscription":            {"GET", "/vendor/customers/ERP-1/subscriptions/S-1", "", 200, false},
		"put-subscription":            {"PUT", "/vendor/customers/ERP-1/subscriptions/S-2", `{"product":"plans","quantity":2,"last_day":"2030-12-31"}`, 201, false},
		"end-subscription":            {"POST", "/vendor/customers/ERP-1/subscriptions/S-1/end", `{"version":"1"}`, 200, false},
		"list-keys":                   {"GET", "/vendor/customers/ERP-1/keys", "", 200, false},
		"make-keys":                   {"POST", "/vendor/customers/ERP-1/keys", `{"count":2}`, 200, false},
		"revoke-key":                  {"POST", "/vendor/customers/ERP-1/keys/[key]/revoke", `{"reason":"Perdue"}`, 200, false},
		"unlock-customer":             {"POST", "/vendor/customers/ERP-1/unlock", `{"delivery":"letter"}`, 200, false},
		"list-key-requests":           {"GET", "/vendor/key-requests", "", 200, false},
		"answer-key-request":          {"POST", "/vendor/key-requests/[request]/answer", `{"delivery":"letter"}`, 204, false},
		"refuse-key-request":          {"POST", "/vendor/key-requests/[request]/refuse", `{"reason":"Pas des leurs"}`, 204, false},
	}
	maps.Copy(all, projectExchanges())
	maps.Copy(all, actExchanges())
	return all
}

// actExchanges are those about the results of acts on many.
func actExchanges() map[string]exchange {
	return map[string]exchange{
		"list-results": {"GET", "/acts/[act]/results?outcome=refused&limit=2", "", 200, false},
		"repeat-act":   {"POST", "/acts/[act]/again", "", 409, false},
		"stop-act":     {"POST", "/acts/[act]/stop", "", 200, false},
	}
}

// vendor reports whether an operation is for applications of the vendor's.
func (e exchange) vendor() bool { return strings.HasPrefix(e.path, "/vendor/") }

// A quarter is a stand with people, units and tokens of all sorts.
type quarter struct {
	*stand
	ids    map[string]string
	tokens map[string]string
}

func newQuarter(t *testing.T, w *apptest.World) *quarter {
	t.Helper()
	q := &quarter{stand: newStandOf(t, w, api.Options{PerMinute: 1_000_000}, "construction"), ids: map[string]string{}, tokens: map[string]string{}}
	karim := q.post(q.path("/members"), `{"email":"karim@maraval.example","last_name":"Haddad","invite":"none"}`).is(201, "")
	zoe := q.post(q.path("/members"), `{"email":"zoe@maraval.example","last_name":"Perrin","invite":"all"}`).is(201, "")
	q.ids["karim"], q.ids["version"], q.ids["zoe"] = karim.text("id"), karim.text("version"), zoe.text("id")
	_, err := w.Subscriptions.Add(w.Context(), w.Operator(), q.account.ID, app.NewSubscription{Offer: directory.Offer{Product: "plans"}, Term: app.SubscriptionTerm{Quantity: 3}})
	w.Must(err)
	q.post(q.path("/members/"+zoe.text("id")+"/seats"), `{"product":"plans"}`).is(200, "")
	q.ids["account version"] = q.get(q.path("/settings")).text("version")
	q.ids["root"], q.ids["level"] = q.get(q.path("/units")).text("items.0.id"), q.levelUnderRoot()
	q.ids["unit"] = q.post(q.path("/units"), fmt.Sprintf(`{"level":%q,"name":"Nord"}`, q.ids["level"])).is(201, "").text("id")
	q.ids["company"] = q.post(q.path("/companies"), `{"name":"Maraval"}`).is(201, "").text("id")
	q.ids["double"] = q.post(q.path("/companies"), `{"name":"Maraval SA"}`).is(201, "").text("id")
	q.ids["project type"] = q.post(q.path("/project-types"), `{"name":"Logement neuf"}`).is(201, "").text("id")
	_, builder := w.Member(q.account, "builder@maraval.example")
	q.ids["builder"], q.ids["project"] = builder.UUID, w.Project(q.account, directory.Project{Unit: directory.Unit{Name: "Îlot"}}, directory.Place{Member: builder.ID}).UUID
	q.ids["project version"] = q.get(q.path("/projects/"+q.ids["project"])).is(200, "").text("version")
	q.ids["place version"] = q.get(q.path("/projects/"+q.ids["project"]+"/members")).is(200, "").text("items.0.version")
	q.ids["other project"] = q.post(q.path("/projects"), `{"name":"Tour Ouest"}`).is(201, "").text("id")
	q.ids["template"] = q.post(q.path("/project-templates/from-project"), fmt.Sprintf(`{"name":"Logement type","project":%q,"members":true}`, q.ids["project"])).is(201, "").text("id")
	q.ids["deep"] = q.post(q.path("/units"), fmt.Sprintf(`{"level":%q,"name":"Est"}`, q.ids["level"])).is(201, "").text("id")
	q.post(q.path("/units/"+q.ids["root"]+"/referents"), fmt.Sprintf(`{"member":%q,"part":"deputy"}`, q.ids["zoe"])).is(200, "")
	q.ids["rule"] = q.post(q.path("/seat-rules"), fmt.Sprintf(`{"product":"plans","unit":%q}`, q.ids["unit"])).is(200, "").text("items.0.id")
	q.post(q.path("/members/"+q.ids["zoe"]+"/externals"), `{"product":"plans","last_day":"2030-12-31"}`).is(200, "")
	role := q.post(q.path("/roles"), `{"kind":"rights","names":{"":"Approbateur"},"permissions":["members.view"]}`).is(201, "")
	q.ids["role"], q.ids["role version"] = role.text("id"), role.text("version")

	elsewhere := w.Account("117 402")
	_, q.tokens["other"] = q.robotOf(elsewhere, w.Administrator(elsewhere, "blanche.ferriere@ardoises.example"))
	powerless, token := q.robotOf(q.account, q.admin)
	q.tokens["powerless"] = token
	q.tokens["wrong"] = "int_" + strings.Repeat("x", 43)
	revoked := q.tokenOf(q.account, q.admin, powerless, time.Hour)
	w.Must(w.TechnicalUsers.RevokeToken(w.Context(), q.admin, q.account.ID, powerless.UUID, revoked.UUID))
	q.tokens["revoked"] = revoked.Secret
	q.tokens["expired"] = q.tokenOf(q.account, q.admin, powerless, time.Minute).Secret
	w.Pass(time.Minute)
	q.openShop(elsewhere)
	return q
}

// path is the address of an operation: in the account, but for the vendor's.
func (q *quarter) path(rest string) string {
	if strings.HasPrefix(rest, "/vendor/") {
		return rest
	}
	return q.stand.path(rest)
}

// levelUnderRoot is a level that the account's catalogue puts under the root.
func (s *stand) levelUnderRoot() string {
	s.t.Helper()
	list, err := s.Units.List(s.Context(), s.admin, s.account.ID, app.UnitQuery{})
	s.Must(err)
	page, err := s.Units.Unit(s.Context(), s.admin, s.account.ID, list.Root.UUID, app.UnitView{})
	s.Must(err)
	if len(page.Levels) == 0 {
		s.t.Fatal("nothing stands under the root of this account")
	}
	return page.Levels[0].ID
}

func (q *quarter) named(text string) string {
	if strings.Contains(text, "[act]") && q.ids["act"] == "" {
		q.ids["act"] = q.actOnNobody()
	}
	for name, id := range q.ids {
		text = strings.ReplaceAll(text, "["+name+"]", id)
	}
	return text
}

// actOnNobody begins an act on many of whom there is none, and answers its id.
func (q *quarter) actOnNobody() string {
	q.t.Helper()
	var many []string
	for i := range directory.BulkChunk + 1 {
		many = append(many, fmt.Sprint("nobody ", i))
	}
	_, err := q.Grants.Give(q.Context(), q.admin, q.account.ID, app.Giving{Role: "manager", Units: []string{q.ids["unit"]},
		Who: app.Selection{Members: many, Wait: time.Nanosecond}})
	var going *app.Unfinished
	if !errors.As(err, &going) {
		q.t.Fatal(err)
	}
	return going.Act.UUID
}

// A described operation is where it is and what its query may say.
type described struct {
	method, path string
	query        []string
}

// operations are those of the description, by id.
func (s *stand) operations() map[string]described {
	s.t.Helper()
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID, Summary string
			Tags                 []string
			Parameters           []struct{ Name, In string }
		}
	}
	s.Must(json.Unmarshal(s.get("/openapi.json").body, &doc))
	all := map[string]described{}
	for path, methods := range doc.Paths {
		for method, one := range methods {
			if one.OperationID == "" || one.Summary == "" || len(one.Tags) == 0 {
				s.t.Errorf("%s %s has no id, summary or tag", method, path)
			}
			d := described{method: strings.ToUpper(method), path: path, query: []string{"unknown"}}
			for _, parameter := range one.Parameters {
				if parameter.In == "query" {
					d.query = append(d.query, parameter.Name)
				}
			}
			all[one.OperationID] = d
		}
	}
	return all
}

func TestEveryOperationHasAWall(t *testing.T) { // API-1, API-3, SIGN-5
	t.Parallel()
	w := apptest.New(t, "sqlite")
	q := newQuarter(t, w)
	table := exchanges()
	for id := range q.operations() {
		if _, ok := table[id]; !ok {
			t.Errorf("%s is in no wall", id)
		}
	}
	for id, e := range table {
		if _, ok := q.operations()[id]; !ok {
			t.Errorf("there is no operation %s", id)
			continue
		}
		t.Run(id, func(t *testing.T) {
			if e.vendor() {
				q.shopWalled(t, e)
				return
			}
			q.walled(t, e)
		})
	}
}

// walled asks as everybody: only whoever may gets through, and a number that
// exists is told from one that does not by nobody else (KEY-14).
func (q *quarter) walled(t *testing.T, e exchange) {
	path, body := q.named(q.path(e.path)), q.named(e.body)
	for _, who := range []string{"", "wrong", "revoked", "expired"} {
		got := q.ask(e.method, path, body, "Authorization", authorization(q.tokens[who])).is(401, "token.refused")
		challenge := got.header.Get("WWW-Authenticate")
		if !strings.HasPrefix(challenge, "Bearer ") || strings.Contains(challenge, "invalid_token") == (who == "") {
			t.Errorf("%s: WWW-Authenticate %q", who, challenge)
		}
	}
	there := q.ask(e.method, path, body, "Authorization", authorization(q.tokens["other"])).is(404, "account.not_found")
	nowhere := q.ask(e.method, strings.Replace(path, "/204817", "/999999", 1), body, "Authorization", authorization(q.tokens["other"]))
	if string(there.body) != string(nowhere.body) {
		t.Errorf("an account that exists answers %s, another %s", there.body, nowhere.body)
	}
	q.ask(e.method, strings.Replace(path, "/204817", "/117402", 1), body).is(404, "account.not_found")
	reader := q.ask(e.method, path, body, "Authorization", authorization(q.tokens["reader"])) // an application: it reads, and writes nothing (APP-1)
	if e.method != http.MethodGet && reader.status != http.StatusForbidden && reader.status != http.StatusNotFound {
		t.Errorf("an application that reads the directory: %d %s", reader.status, reader.body)
	}
	got := q.ask(e.method, path, body, "Authorization", authorization(q.tokens["powerless"]))
	if e.open != (got.status < 300) || !e.open && got.status != 403 && got.status != 404 {
		t.Errorf("without rights: %d %s", got.status, got.body)
	}
}

func authorization(token string) string {
	if token == "" {
		return ""
	}
	return "Bearer " + token
}

// TestEveryOperationAnswers asks every operation as somebody who may: those that
// write on a stand of their own, those that read on one of each database.
func TestEveryOperationAnswers(t *testing.T) { // API-1
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		q := newQuarter(t, w)
		for id, e := range exchanges() {
			if e.method == http.MethodGet {
				t.Run(id, func(t *testing.T) { q.answered(t, e) })
			}
		}
	})
	for id, e := range exchanges() {
		if e.method != http.MethodGet {
			t.Run(id, func(t *testing.T) {
				t.Parallel()
				newQuarter(t, apptest.New(t, "sqlite")).answered(t, e)
			})
		}
	}
}

func (q *quarter) answered(t *testing.T, e exchange) {
	t.Helper()
	q.comeAs(e)
	got := q.ask(e.method, q.named(q.path(e.path)), q.named(e.body))
	if got.status != e.status {
		t.Errorf("%d, want %d: %s", got.status, e.status, got.body)
	}
	if got.header.Get("RateLimit") == "" || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("header: %v", got.header)
	}
	if e.status != http.StatusCreated {
		return
	}
	path := strings.TrimPrefix(got.header.Get("Location"), "/api/v1")
	if made := q.get(path).is(200, ""); made.header.Get("ETag") != got.header.Get("ETag") || got.header.Get("ETag") == "" {
		t.Errorf("made at %s: %v", path, got.header)
	}
}

// hostile are values that no operation should stumble over.
func hostile() []string {
	return []string{"", "\x00", "a\x00b", strings.Repeat("é", 35_000), "\xff\xfe", "-1", "99999999999999999999", "null", "[]", "{}", "true",
		"'; DROP TABLE member; --", "../../etc/passwd", "%", "{{.Name}}", "\u202eabc", "2026-13-45", "9999-12-31T23:59:59Z"}
}

// TestHostileRequests sends every operation values that fit no parameter and no
// field: none may break the face.
func TestHostileRequests(t *testing.T) { // API-3
	t.Parallel()
	w := apptest.New(t, "postgres")
	q := newQuarter(t, w)
	for id, of := range q.operations() {
		e := exchanges()[id]
		t.Run(id, func(t *testing.T) {
			q.router = nil // what is sent fits no description
			q.comeAs(e)
			for _, value := range hostile() {
				q.hostilePath(of, value)
				if e.body != "" {
					q.hostileBody(e, value)
				}
			}
			if e.body != "" {
				path := q.named(q.path(e.path))
				q.ask(e.method, path, q.named(e.body), "Content-Type", "text/xml").is(415, "request.not_json")
				q.ask(e.method, path, `{"name":"`+strings.Repeat("a", 2<<20)+`"}`).is(413, "request.too_large")
			}
		})
	}
}

func (q *quarter) hostilePath(of described, value string) {
	q.t.Helper()
	ids := map[string]string{"{account}": "204817", "{member}": q.ids["karim"], "{unit}": q.ids["unit"], "{role}": q.ids["role"],
		"{external_id}": "ERP-1", "{key}": q.ids["key"], "{request}": q.ids["request"],
		"{subscription}": "S-1", "{rule}": q.ids["rule"], "{product}": "plans", "{project}": q.ids["project"]}
	at := func(instead, by string) string {
		path := of.path
		if instead != "" {
			path = strings.ReplaceAll(path, instead, by)
		}
		for name, id := range ids {
			path = strings.ReplaceAll(path, name, id)
		}
		return path
	}
	for name := range ids {
		if strings.Contains(of.path, name) && value != "" {
			q.spared(q.ask(of.method, at(name, url.PathEscape(value)), "{}", "Idempotency-Key", "k", "If-Match", "x"))
		}
	}
	for _, name := range of.query {
		q.spared(q.ask(http.MethodGet, at("", "")+"?"+name+"="+url.QueryEscape(value), ""))
	}
}

// spared fails the test when the request reached what it should not have.
func (q *quarter) spared(got reply) {
	q.t.Helper()
	if len(got.body) > 100_000 {
		q.t.Errorf("%d bytes come back", len(got.body))
	}
}

// hostileBody puts the value in place of every field, as text and as it is.
func (q *quarter) hostileBody(e exchange, value string) {
	q.t.Helper()
	path := q.named(q.path(e.path))
	var sample map[string]any
	q.Must(json.Unmarshal([]byte(q.named(e.body)), &sample))
	for _, field := range slices.Sorted(keysOf(sample)) {
		was := sample[field]
		others := []any{value, []any{value}}
		if value == "" {
			others = append(others, map[string]any{value: value}, 1e300, nil, false)
		}
		for _, instead := range others {
			sample[field] = instead
			text, err := json.Marshal(sample)
			q.Must(err)
			if q.ask(e.method, path, string(text)); strings.Contains(string(text), `\u0000`) {
				q.ask(e.method, path, string(text)).is(422, "text.broken")
			}
		}
		sample[field] = was
	}
	for _, raw := range []string{value, `{"`, `[`, strings.Repeat("[", 10_000), `{"a":` + value + `}`, `"` + value + `"`} {
		nothing := raw == "{}" && e.method == http.MethodPut // says nothing, and so changes nothing
		if got := q.ask(e.method, path, raw); got.status < 400 && !nothing {
			q.t.Errorf("%s %s takes %.60q: %d", e.method, path, raw, got.status)
		}
	}
}

func keysOf(m map[string]any) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for key := range m {
			if !yield(key) {
				return
			}
		}
	}
}
