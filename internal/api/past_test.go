package api_test

import (
	"strings"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
)

// TestPastByAPI: a program reads past days as pages do, by cursor, and reading on is
// recorded once an hour.
func TestPastByAPI(t *testing.T) { // API-4, HIST-4, HIST-5
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newStand(t, w)
		karim := s.post(s.path("/members"), `{"email":"karim@maraval.example","last_name":"Haddad","job_title":"Chef","invite":"none"}`).is(201, "")
		first := w.Now().Format(time.DateOnly)
		w.Pass(24 * time.Hour)
		later := w.Now().Format(time.DateOnly)
		title := "Directeur"
		c := app.MemberChange{}
		c.JobTitle = &title
		w.Must(apptest.ErrOf(w.Members.EditMembers(w.Context(), s.admin, s.account.ID, app.Of(karim.text("id")), c)))
		found := s.get(s.path("/past/members?on="+first+"&search=karim")).is(200, "")
		if found.text("items.0.job_title") != "Chef" || found.text("items.0.id") != karim.text("id") {
			t.Errorf("the day before: %s", found.body)
		}
		seen := 0
		for cursor := ""; ; {
			page := s.get(s.path("/past/members?limit=1&on="+first+"&cursor="+cursor)).is(200, "")
			seen++
			if cursor = page.text("next"); cursor == "" {
				break
			}
		}
		if seen < 2 {
			t.Errorf("%d pages of one", seen)
		}
		d := s.get(s.path("/past/differences?from="+first+"&to="+later+"&member="+karim.text("id"))).is(200, "")
		if d.text("items.0.what") != "job_title" || d.text("items.0.before.text") != "Chef" || d.text("items.0.after.text") != "Directeur" {
			t.Errorf("differences: %s", d.body)
		}
		r := s.get(s.path("/past/rights?on="+first+"&member="+karim.text("id"))).is(200, "")
		if !strings.Contains(string(r.body), `"items":`) {
			t.Errorf("rights: %s", r.body)
		}
		s.get(s.path("/past/rights?on="+first)).is(422, "field.required")
		s.get(s.path("/past/members?on=2020-01-01")).is(422, "past.before_account")
		s.get(s.path("/past/members?on=2099-01-01")).is(422, "past.not_yet")
		s.get(s.path("/past/members?on=12.3.2026")).is(422, "field.bad_date")
		s.get(s.path("/past/differences?from="+later+"&to="+first)).is(422, "past.order")
		history, err := w.History.List(w.Context(), s.admin, s.account.ID, app.HistoryFilter{Kinds: nil}, app.Window{})
		w.Must(err)
		reads := 0
		for _, e := range history.Entries {
			if e.Entry.Kind == "export.run" {
				reads++
			}
		}
		if reads != 1 {
			t.Errorf("reading on is recorded %d times, want once", reads)
		}
	})
}
