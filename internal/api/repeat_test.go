package api_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"intendant/internal/api"
	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
	"intendant/internal/store"
)

const onePerson = `{"email":"karim@maraval.example","last_name":"Haddad","invite":"none"}`

func TestRepeatedRequests(t *testing.T) { // PLAN-3
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newStand(t, w)
		members := s.path("/members")
		first := s.ask("POST", members, onePerson, "Idempotency-Key", "a").is(201, "")
		t.Run("PLAN-3 the same request is answered as it was", func(t *testing.T) {
			again := s.ask("POST", members, onePerson, "Idempotency-Key", `"a"`).is(201, "")
			if string(again.body) != string(first.body) || again.header.Get("Location") != first.header.Get("Location") ||
				again.header.Get("ETag") != first.header.Get("ETag") || again.header.Get("Idempotency-Replayed") != "true" {
				t.Errorf("again: %v %s", again.header, again.body)
			}
			s.ask("POST", members, onePerson).is(409, "member.already")
		})
		t.Run("PLAN-3 another body, address or person is another request", func(t *testing.T) {
			s.ask("POST", members, strings.Replace(onePerson, "karim", "lea", 1), "Idempotency-Key", "a").is(409, "idempotency.other_request")
			s.ask("POST", members+"/batch", onePerson, "Idempotency-Key", "a").is(409, "idempotency.other_request")
			_, other := s.robotOf(s.account, s.admin)
			s.ask("POST", members, onePerson, "Idempotency-Key", "a", "Authorization", "Bearer "+other).is(403, "denied.permission")
		})
		t.Run("a refused request gives its key back", func(t *testing.T) {
			s.ask("POST", members, onePerson, "Idempotency-Key", "b").is(409, "member.already")
			s.ask("POST", members, strings.Replace(onePerson, "karim", "zoe", 1), "Idempotency-Key", "b").is(201, "")
		})
		t.Run("an answer is kept for a day", func(t *testing.T) {
			w.Pass(24*time.Hour - time.Second)
			s.ask("POST", members, onePerson, "Idempotency-Key", "a").is(201, "")
			w.Pass(time.Second)
			s.ask("POST", members, onePerson, "Idempotency-Key", "a").is(409, "member.already")
		})
		t.Run("USER-7 an erased person leaves the kept answers", func(t *testing.T) {
			s.ask("POST", members, strings.Replace(onePerson, "karim", "nora", 1), "Idempotency-Key", "c").is(201, "")
			w.Must(w.Users.Erase(w.Context(), w.Operator(), w.Actor("nora@maraval.example").User))
			s.ask("POST", members, strings.Replace(onePerson, "karim", "nora", 1), "Idempotency-Key", "c").is(409, "idempotency.unfinished")
		})
		t.Run("PLAN-3 the rights are asked for again", func(t *testing.T) {
			s.ask("POST", members, strings.Replace(onePerson, "karim", "max", 1), "Idempotency-Key", "d").is(201, "")
			w.Must(w.Members.ExcludeAdministrator(w.Context(), s.admin, s.account.ID, s.robot.UUID))
			s.ask("POST", members, strings.Replace(onePerson, "karim", "max", 1), "Idempotency-Key", "d").is(403, "denied.permission")
		})
		t.Run("a key that is none", func(t *testing.T) {
			s.ask("POST", members, onePerson, "Idempotency-Key", strings.Repeat("k", 256)).is(422, "field.too_long")
			s.ask("POST", members, onePerson, "Idempotency-Key", `""`).is(422, "field.too_long")
		})
	})
}

// TestRepeatedAtOnce sends one request many times at the same moment.
func TestRepeatedAtOnce(t *testing.T) { // PLAN-3
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newStand(t, w)
		for round := range 5 {
			body := strings.Replace(onePerson, "karim", fmt.Sprint("karim", round), 1)
			var wait sync.WaitGroup
			replies := make([]reply, 8)
			for i := range replies {
				wait.Go(func() {
					replies[i] = s.ask("POST", s.path("/members"), body, "Idempotency-Key", fmt.Sprint("at once ", round))
				})
			}
			wait.Wait()
			made := 0
			for _, got := range replies {
				switch {
				case got.status == 201:
					made++
				case got.status != 409 || got.text("code") != "idempotency.in_progress":
					t.Errorf("%d %s", got.status, got.body)
				}
			}
			if made == 0 {
				t.Error("nobody got through")
			}
		}
		if got := s.get(s.path("/members?total=true&search=karim")).text("total"); got != "5" {
			t.Errorf("%s members were made, want 5", got)
		}
	})
}

// TestRepeatedAfterItsEnd takes the place of a process that ended in the middle.
func TestRepeatedAfterItsEnd(t *testing.T) { // PLAN-3
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newStand(t, w)
		bearing, err := w.TechnicalUsers.Resolve(w.Context(), s.token, app.Client{})
		w.Must(err)
		claim := func(key string) (app.Claim, error) {
			return w.TechnicalUsers.Claim(w.Context(), bearing, app.Repeatable{Key: key, Route: "POST /x", Digest: []byte(key)})
		}
		t.Run("before it changed anything: another takes it over, and the first can change nothing more", func(t *testing.T) {
			first, err := claim("a")
			w.Must(err)
			if _, err := claim("a"); w.Code(err) != "idempotency.in_progress" {
				t.Errorf("at once: %v", err)
			}
			w.Pass(2 * time.Minute)
			second, err := claim("a")
			w.Must(err)
			if _, err := add(w, s.account, first, "late@maraval.example"); w.Code(err) != "idempotency.in_progress" {
				t.Errorf("the first comes late: %v", err)
			}
			if _, err := add(w, s.account, second, "second@maraval.example"); err != nil {
				t.Error(err)
			}
		})
		t.Run("after it changed something: nobody does it again", func(t *testing.T) {
			first, err := claim("b")
			w.Must(err)
			_, err = add(w, s.account, first, "once@maraval.example")
			w.Must(err)
			if _, err := claim("b"); w.Code(err) != "idempotency.in_progress" {
				t.Errorf("at once: %v", err)
			}
			w.Pass(2 * time.Minute)
			if _, err := claim("b"); w.Code(err) != "idempotency.unfinished" {
				t.Errorf("later: %v", err)
			}
		})
		t.Run("kept answers are forgotten after a day", func(t *testing.T) {
			w.Pass(25 * time.Hour)
			w.Must(w.Users.Purge(w.Context()))
			w.Must(w.DB.View(w.Context(), func(r *store.Reader) error {
				if _, err := r.Repeat(w.Context(), bearing.Actor.User, "b"); w.Code(err) != "not_found" {
					t.Errorf("still there: %v", err)
				}
				return nil
			}))
		})
	})
}

func add(w *apptest.World, account directory.Account, claim app.Claim, email string) (app.Verdicts, error) {
	return w.Members.Add(w.Context(), claim.Actor, account.ID, []app.NewMember{{Row: 1, Email: email}}, app.AddOptions{Silent: true})
}

func TestRateOfRequests(t *testing.T) { // API-1
	t.Parallel()
	w := apptest.New(t, "sqlite")
	s := newStandWith(t, w, api.Options{PerMinute: 3})
	_, other := s.robotOf(s.account, s.admin)
	for left := 2; left >= 0; left-- {
		got := s.get(s.path("")).is(200, "")
		if want := fmt.Sprintf(`"token";r=%d;t=60`, left); got.header.Get("RateLimit") != want || got.header.Get("RateLimit-Policy") != `"token";q=3;w=60` {
			t.Errorf("RateLimit %q, want %q; policy %q", got.header.Get("RateLimit"), want, got.header.Get("RateLimit-Policy"))
		}
	}
	w.Pass(20 * time.Second)
	got := s.get(s.path("")).is(429, "request.too_many")
	if got.header.Get("Retry-After") != "40" {
		t.Errorf("Retry-After %q, want 40", got.header.Get("Retry-After"))
	}
	s.ask("GET", s.path(""), "", "Authorization", "Bearer "+other).is(200, "")
	w.Pass(40 * time.Second)
	s.get(s.path("")).is(200, "")
}
