package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
)

// A settled account is one with people and a program that comes with a token.
type settled struct {
	account directory.Account
	token   string
	members []string
	last    string // who stands last in the list
}

// TestFlat does in an account of 100,000 what it does in one of a tenth, by turns, and
// compares the quickest of many times: what a create, an act, a profile and a frame cost
// does not grow with the account. Each reading comes straight after a change. The smaller
// account is large enough that what is counted up to a bound reaches it in both.
func TestFlat(t *testing.T) { // LIST-12
	if testing.Short() {
		t.Skip("makes 100,000 members")
	}
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newStand(t, w)
		s.router = nil // holding answers against the description would take longer than they
		accounts := []settled{s.settle("300 001", 10_000), s.settle("300 002", 100_000)}
		const rounds = 60
		best := map[string][]time.Duration{}
		for round := range rounds {
			for i, a := range accounts {
				for name, act := range s.acts(a, round) {
					began := time.Now()
					act()
					took := time.Since(began)
					if best[name] == nil {
						best[name] = slices.Repeat([]time.Duration{time.Hour}, len(accounts))
					}
					best[name][i] = min(best[name][i], took)
				}
			}
		}
		for name, times := range best {
			t.Logf("%s: %v with 10,000 members, %v with 100,000", name, times[0], times[1])
			if times[1] > 3*times[0]+time.Millisecond {
				t.Errorf("%s takes %v with 10,000 members and %v with 100,000", name, times[0], times[1])
			}
		}
	})
}

// acts are what is measured, in no order.
func (s *stand) acts(a settled, round int) map[string]func() {
	path := "/accounts/" + directory.CleanNumber(a.account.Number) + "/members"
	bearing := func(method, path, body string, want int) {
		s.t.Helper()
		if got := s.ask(method, path, body, "Authorization", "Bearer "+a.token); got.status != want {
			s.t.Fatalf("%s %s answered %d: %s", method, path, got.status, got.body)
		}
	}
	return map[string]func(){
		"create": func() {
			bearing(http.MethodPost, path, fmt.Sprintf(`{"email":"n%d@maraval.example","invite":"all"}`, round), http.StatusCreated)
		},
		"profile": func() { bearing(http.MethodGet, path+"/"+a.members[round%len(a.members)], "", http.StatusOK) },
		"list":    func() { bearing(http.MethodGet, path+"?total=true", "", http.StatusOK) },
		"panel": func() {
			_, err := s.Members.Profile(s.Context(), s.Operator(), a.account.ID, a.last, app.MemberQuery{})
			s.Must(err)
		},
		"act": func() {
			bearing(http.MethodPost, path+"/"+a.members[round%len(a.members)]+"/deactivate", "", http.StatusOK)
		},
		"frame": func() {
			_, err := s.Accounts.Open(s.Context(), s.Operator(), a.account.Number)
			s.Must(err)
		},
	}
}

// settle makes an account with n people and a program that administers it.
func (s *stand) settle(number string, n int) settled {
	s.t.Helper()
	a := settled{account: s.Account(number)}
	admin := s.Administrator(a.account, strings.ReplaceAll(number, " ", "")+"@maraval.example")
	robot, _ := s.robotOf(a.account, admin)
	s.Must(s.Members.NameAdministrator(s.Context(), admin, a.account.ID, robot.UUID))
	a.token = s.tokenOf(a.account, admin, robot, 24*time.Hour).Secret
	s.Crowd(a.account, n)
	page, err := s.Members.List(s.Context(), admin, a.account.ID, app.MemberQuery{Levels: []string{app.None}, Size: 200})
	s.Must(err)
	for _, m := range page.Rows {
		a.members = append(a.members, m.UUID)
	}
	page, err = s.Members.List(s.Context(), admin, a.account.ID, app.MemberQuery{Last: true})
	s.Must(err)
	a.last = page.Rows[len(page.Rows)-1].UUID
	return a
}
