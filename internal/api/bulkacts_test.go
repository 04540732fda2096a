package api_test

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"intendant/internal/api"
	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
)

// crowd brings n people in whom nobody invited, and answers their public ids.
func (s *stand) crowd(n int) []string {
	s.t.Helper()
	rows := make([]app.NewMember, n)
	for i, email := range apptest.Addresses(n, "ardoises.example") {
		rows[i] = app.NewMember{Row: i + 1, Email: email}
	}
	verdicts, err := s.Members.Add(s.Context(), s.admin, s.account.ID, rows, app.AddOptions{Silent: true})
	s.Must(err)
	ids := make([]string, n)
	for i, v := range verdicts {
		ids[i] = v.Public()
	}
	return ids
}

// onMany is the body of an act on many.
func (s *stand) onMany(act string, ids ...string) string {
	s.t.Helper()
	body, err := json.Marshal(map[string]any{"act": act, "members": ids})
	s.Must(err)
	return string(body)
}

// worked lets a worker end the act that an answer leads to.
func (s *stand) worked(got reply) reply {
	s.t.Helper()
	act, err := s.Acts.Find(s.Context(), s.Operator(), s.account.ID, got.text("id"))
	s.Must(err)
	s.Must(s.Acts.Run(s.Context(), directory.Job{Subject: int64(act.ID)}))
	return s.at(got)
}

// at asks where an answer leads to.
func (s *stand) at(got reply) reply {
	s.t.Helper()
	return s.get(strings.TrimPrefix(got.header.Get("Location"), api.Base))
}

func TestActsByAPI(t *testing.T) { // BULK-3, BULK-4, PLAN-3
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newStandWith(t, w, api.Options{PerMinute: 1_000_000, Wait: time.Nanosecond})
		ids := s.crowd(999)
		many := append([]string{"nobody"}, ids...)
		path := s.path("/members/acts")
		t.Run("BULK-4 what takes longer is accepted, and found where Location says", func(t *testing.T) {
			got := s.ask("POST", path, s.onMany("deactivate", many...), "Idempotency-Key", "off").is(202, "")
			if got.text("state") != "running" || got.text("total") != "1000" || got.text("handled") != "500" || got.text("act") != "deactivate" {
				t.Errorf("%s", got.body)
			}
			if now := s.at(got).is(200, ""); now.text("handled") != "500" {
				t.Errorf("%s", now.body)
			}
			if again := s.ask("POST", path, s.onMany("deactivate", many...), "Idempotency-Key", "off").is(202, ""); string(again.body) != string(got.body) ||
				again.header.Get("Location") != got.header.Get("Location") {
				t.Errorf("PLAN-3 with its key: %s", again.body)
			}
			done := s.worked(got).is(200, "")
			if done.text("state") != "done" || done.text("done") != "999" || done.text("refused") != "1" || done.text("ended_at") == "" {
				t.Errorf("%s", done.body)
			}
			refused := s.get(strings.TrimPrefix(got.header.Get("Location"), api.Base)+"/refused").is(200, "")
			if refused.text("items.0.problem.code") != "member.not_found" || refused.text("items.1") != "" || refused.text("next") != "" {
				t.Errorf("BULK-3 %s", refused.body)
			}
			if list := s.get(s.path("/acts")).is(200, ""); list.text("items.0.id") != got.text("id") {
				t.Errorf("%s", list.body)
			}
		})
		t.Run("PLAN-3 of a process that ended before it answered the same key finds the same act", func(t *testing.T) {
			body := s.onMany("reactivate", ids...)
			sum := sha256.New()
			fmt.Fprintf(sum, "\n\napplication/json\n%s", body)
			bearing, err := w.TechnicalUsers.Resolve(w.Context(), s.token, app.Client{})
			w.Must(err)
			claim, err := w.TechnicalUsers.Claim(w.Context(), bearing, app.Repeatable{Key: "on", Route: "POST " + api.Base + path, Digest: sum.Sum(nil)})
			w.Must(err)
			_, err = w.Members.Reactivate(w.Context(), claim.Actor, s.account.ID, app.Selection{Members: ids, Wait: time.Nanosecond})
			var going *app.Unfinished
			if !errors.As(err, &going) {
				t.Fatal(err)
			}
			w.Pass(10 * time.Minute)
			got := s.ask("POST", path, body, "Idempotency-Key", "on").is(202, "")
			if got.text("id") != going.Act.UUID || got.header.Get("Idempotency-Replayed") != "true" {
				t.Errorf("%s", got.body)
			}
			if done := s.worked(got); done.text("done") != "999" {
				t.Errorf("%s", done.body)
			}
			s.ask("POST", path, body, "Idempotency-Key", "on").is(202, "")
			if list := s.get(s.path("/acts")).is(200, ""); list.text("items.2") != "" && list.text("items.2.act") != "add" {
				t.Errorf("acts: %s", list.body)
			}
		})
		t.Run("BULK-4 roles at units, stopped", func(t *testing.T) {
			unit := s.get(s.path("/units")).text("items.0.id")
			body, err := json.Marshal(map[string]any{"role": "manager", "members": ids, "units": []string{unit}})
			w.Must(err)
			got := s.post(s.path("/grants"), string(body)).is(202, "")
			stop := strings.TrimPrefix(got.header.Get("Location"), api.Base) + "/stop"
			if stopped := s.post(stop, "").is(200, ""); stopped.text("state") != "stopped" || stopped.text("handled") != "500" {
				t.Errorf("%s", stopped.body)
			}
			s.post(stop, "").is(409, "act.ended")
		})
		t.Run("API-3 a cursor that is none, and an act that is none", func(t *testing.T) {
			list := s.get(s.path("/acts"))
			s.get(s.path("/acts/"+list.text("items.0.id")+"/refused?cursor=x")).is(422, "list.bad_cursor")
			s.get(s.path("/acts/0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e")).is(404, "act.not_found")
		})
	})
}

// TestActInTime: who asks for more than one transaction takes has the verdicts when
// they come in time.
func TestActInTime(t *testing.T) { // BULK-3, BULK-4
	t.Parallel()
	s := newStandWith(t, apptest.New(t, "sqlite"), api.Options{PerMinute: 1_000_000, Wait: time.Hour})
	ids := s.crowd(700)
	got := s.post(s.path("/members/acts"), s.onMany("deactivate", append(ids, "nobody")...)).is(200, "")
	if got.text("done") != "700" || got.text("refused") != "1" || got.text("verdicts.0.problem.code") != "member.not_found" {
		t.Errorf("done %s, refused %s", got.text("done"), got.text("refused"))
	}
}
