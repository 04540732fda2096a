package authzen_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/authzen"
	"intendant/internal/directory"
	"intendant/internal/httpserver"
	"intendant/internal/i18n"
)

// A shop is an account of fleets with a product that asks about it.
type shop struct {
	*apptest.World
	account     directory.Account
	admin       authz.Actor
	group, yard directory.Unit // a group, and a company below it
	robot       directory.Member
	token       string
	url         string
}

// open makes a shop in a world, and serves it.
func open(t testing.TB, w *apptest.World) *shop {
	t.Helper()
	s := &shop{World: w, url: serve(t, w)}
	s.account, s.admin = s.customer("204 817", "helene.castaing@maraval.example")
	s.group, s.yard = s.units(s.account, s.admin)
	s.robot, s.token = s.product(s.account, s.admin, "members.view", "access.check")
	return s
}

// serve starts a server of the world's questions, around it all that stands
// around it in the program.
func serve(t testing.TB, w *apptest.World) string {
	t.Helper()
	bundle, err := i18n.Load()
	w.Must(err)
	log := slog.New(slog.DiscardHandler)
	handler := authzen.New(authzen.Options{App: w.App, Bundle: bundle, Log: log, URL: func() string { return "https://clients.batisoft.example" }})
	server := httptest.NewServer(httpserver.Wrap(httpserver.Options{Logger: log, Now: w.Now, Handler: http.NotFoundHandler(),
		Lean: httpserver.Lean{Handler: handler, Serves: authzen.Serves}}))
	t.Cleanup(server.Close)
	return server.URL
}

// customer makes a claimed account of the fleet type.
func (s *shop) customer(number, administrator string) (directory.Account, authz.Actor) {
	account, err := s.Accounts.Create(s.Context(), s.Operator(), app.NewAccount{Number: number, Name: "Compte " + number, Type: "fleet",
		ServiceLevel: "contract", Language: "fr", Address: directory.PostalAddress{Street: "18 quai", PostalCode: "44000", City: "Nantes", Country: "FR"}})
	s.Must(err)
	return account, s.Administrator(account, administrator)
}

func (s *shop) units(account directory.Account, admin authz.Actor) (group, company directory.Unit) {
	group, err := s.Units.Add(s.Context(), admin, account.ID, app.NewUnit{Level: "group", Name: "Ouest", External: "G-44"})
	s.Must(err)
	company, err = s.Units.Add(s.Context(), admin, account.ID, app.NewUnit{Under: group.UUID, Level: "company", Name: "Maraval Nantes"})
	s.Must(err)
	return group, company
}

// product makes a technical user who holds permissions in the whole account,
// and its token.
func (s *shop) product(account directory.Account, admin authz.Actor, permissions ...string) (directory.Member, string) {
	s.T.Helper()
	robot, err := s.TechnicalUsers.Create(s.Context(), admin, account.ID, app.NewTechnicalUser{Name: "Planning", Purpose: "Demande qui peut quoi",
		Responsible: s.member(account, admin).UUID})
	s.Must(err)
	if len(permissions) > 0 {
		role, err := s.Roles.Create(s.Context(), admin, account.ID, app.NewRole{Kind: directory.RightsRole, Names: map[string]string{"": "Produit " + strings.Join(permissions, " ")},
			Permissions: permissions})
		s.Must(err)
		s.grant(account, admin, robot.UUID, role.UUID, "")
	}
	made, err := s.TechnicalUsers.MakeToken(s.Context(), admin, account.ID, robot.UUID, app.NewToken{Name: "planning", Expires: s.Now().AddDate(0, 0, 300)})
	s.Must(err)
	return robot, made.Secret
}

// member is the administrator's own place.
func (s *shop) member(account directory.Account, who authz.Actor) directory.Member {
	page, err := s.Members.List(s.Context(), s.Operator(), account.ID, app.MemberQuery{})
	s.Must(err)
	for _, row := range page.Rows {
		if row.User == who.User {
			return row.Member
		}
	}
	s.T.Fatal("no such member")
	return directory.Member{}
}

func (s *shop) grant(account directory.Account, admin authz.Actor, member, role, unit string) {
	s.T.Helper()
	verdicts, err := s.Grants.Give(s.Context(), admin, account.ID, s.giving(account, member, role, unit))
	s.Must(err)
	for _, v := range verdicts {
		if v.Refusal != nil {
			s.T.Fatalf("give %s: %v", role, v.Refusal)
		}
	}
}

func (s *shop) giving(account directory.Account, member, role, unit string) app.Giving {
	if unit == "" {
		list, err := s.Units.List(s.Context(), s.Operator(), account.ID, app.UnitQuery{})
		s.Must(err)
		unit = list.Root.UUID
	}
	return app.Giving{Who: app.Of(member), Role: role, Units: []string{unit}}
}

// A reply is what came back.
type reply struct {
	status int
	header http.Header
	body   string
}

// post asks at a path, with headers by pairs beside the usual ones.
func (s *shop) post(path, body string, headers ...string) reply {
	s.T.Helper()
	r, err := http.NewRequestWithContext(s.Context(), http.MethodPost, s.url+path, strings.NewReader(body))
	s.Must(err)
	r.Header.Set("Authorization", "Bearer "+s.token)
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		if r.Header.Del(headers[i]); headers[i+1] != "" {
			r.Header.Set(headers[i], headers[i+1])
		}
	}
	return s.do(r)
}

func (s *shop) do(r *http.Request) reply {
	s.T.Helper()
	answer, err := http.DefaultClient.Do(r)
	s.Must(err)
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	s.Must(err)
	return reply{answer.StatusCode, answer.Header, string(body)}
}

// A decision is what a question is answered with.
type decision struct {
	Decision *bool `json:"decision"`
	Context  struct {
		Reason  string                      `json:"reason"`
		Missing string                      `json:"missing"`
		User    map[string]string           `json:"reason_user"`
		Admin   map[string]string           `json:"reason_admin"`
		Givers  []struct{ ID, Name string } `json:"could_be_given_by"`
		Error   struct{ Status int }        `json:"error"`
	} `json:"context"`
	Evaluations []decision `json:"evaluations"`
}

// yes reports whether a decision is one and is true.
func (d decision) yes() bool { return d.Decision != nil && *d.Decision }

func (s *shop) decision(r reply) decision {
	s.T.Helper()
	var d decision
	if r.status != http.StatusOK || r.header.Get("Content-Type") != "application/json" {
		s.T.Fatalf("answer %d %s: %s", r.status, r.header.Get("Content-Type"), r.body)
	}
	if err := json.Unmarshal([]byte(r.body), &d); err != nil {
		s.T.Fatalf("%v: %s", err, r.body)
	}
	return d
}

func question(subject, action, kind, id string) string {
	return `{"subject":{"type":"user","id":"` + subject + `"},"action":{"name":"` + action + `"},"resource":{"type":"` + kind + `","id":"` + id + `"}}`
}

// ask asks one question.
func (s *shop) ask(subject, action, kind, id string) decision {
	s.T.Helper()
	return s.decision(s.post("/access/v1/evaluation", question(subject, action, kind, id)))
}
