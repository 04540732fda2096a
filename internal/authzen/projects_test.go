package authzen_test

import (
	"encoding/json"
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

// within is a question whether somebody may use a product, by properties of the
// resource: pairs of names and texts.
func within(subject, product string, properties ...string) string {
	said := map[string]string{}
	for i := 0; i+1 < len(properties); i += 2 {
		said[properties[i]] = properties[i+1]
	}
	text, _ := json.Marshal(said) // texts always can be
	return fmt.Sprintf(`{"subject":{"type":"user","id":%q},"action":{"name":"use"},"resource":{"type":"product","id":%q,"properties":%s}}`, subject, product, text)
}

// A levelled decision has the level of a tool in its context.
type levelled struct {
	Decision bool `json:"decision"`
	Context  struct {
		Level string `json:"level"`
		Error struct {
			Message string `json:"message"`
		} `json:"error"`
	} `json:"context"`
}

// TestProjectByHTTP is how the product Plans asks about one project: who may use it,
// with which tool at which level, why not and who could help.
func TestProjectByHTTP(t *testing.T) { // SEAT-12, PROJ-12, CHECK-1, CHECK-3, APP-5
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := open(t, w)
		people := map[string]directory.Member{}
		_, err := w.Subscriptions.Add(w.Context(), w.Operator(), s.account.ID, app.NewSubscription{Offer: directory.Offer{Product: "plans"}, Term: app.SubscriptionTerm{Quantity: 9}})
		w.Must(err)
		for _, name := range []string{"karim", "lea", "chief", "noor"} {
			_, people[name] = w.Member(s.account, name+"@maraval.example")
			if name != "lea" {
				w.Must(apptest.ErrOf(w.Seats.Assign(w.Context(), s.admin, s.account.ID, app.Of(people[name].UUID), directory.Offer{Product: "plans"})))
			}
		}
		site := w.Site(s.account, s.yard.ID, "P-1", "plans", "analytics")
		member, administrator := w.Role(s.account, directory.Level, "project-member").ID, w.Role(s.account, directory.Level, "project-administrator").ID
		edits := directory.Access{"plans": {Tools: map[string]string{"files": "edit"}}}
		site.Put(people["karim"], directory.Place{Level: member, Access: edits})
		site.Put(people["lea"], directory.Place{Level: member, Access: edits})
		site.Put(people["noor"], directory.Place{Level: member})
		site.Put(people["chief"], directory.Place{Level: administrator})
		ask := func(question string, headers ...string) decision {
			t.Helper()
			return s.decision(s.post(evaluation, question, headers...))
		}
		for who, reason := range map[string]string{"karim": "", "lea": "seat_missing", "noor": "no_access", "chief": "", "helene.castaing": "not_in_project", "nobody": "subject_unknown"} {
			for _, project := range []string{site.UUID, "X-P-1", "p-1"} {
				if got := ask(within(who+"@maraval.example", "plans", "project", project)); got.Context.Reason != reason || got.yes() != (reason == "") {
					t.Errorf("%s in %s: %+v, want %q", who, project, got, reason)
				}
			}
		}
		if got := ask(within("noor@maraval.example", "plans", "project", "P-1"), "Accept-Language", "fr"); len(got.Context.Givers) == 0 || got.Context.Givers[0].ID != people["chief"].UUID ||
			!strings.Contains(got.Context.User["403"], "accès à ce produit dans ce projet") {
			t.Errorf("who could give access: %+v", got.Context)
		}
		s.askOfTools(t)
		s.searchIn(t, people)
		w.Must(w.Checks.WriteUses(w.Context()))
		today := directory.DayOf(w.Now(), time.UTC)
		if karim, noor := w.Used(people["karim"], "plans"), w.Used(people["noor"], "plans"); karim != today || noor != (directory.Day{}) {
			t.Errorf("APP-5 used on %v and %v", karim, noor)
		}
		site.Archive(true)
		if got := ask(within("karim@maraval.example", "plans", "project", "P-1")); got.Context.Reason != "unit_archived" {
			t.Errorf("archived: %+v", got)
		}
	})
}

// askOfTools asks about the tool files, which Karim edits and the project's
// administrator publishes with.
func (s *shop) askOfTools(t *testing.T) {
	t.Helper()
	for _, test := range []struct {
		question, level string
		yes             bool
	}{
		{within("karim@maraval.example", "plans", "project", "P-1", "tool", "files"), "edit", true},
		{within("karim@maraval.example", "plans", "project", "P-1", "tool", "files", "level", "edit"), "edit", true},
		{within("karim@maraval.example", "plans", "project", "P-1", "tool", "files", "level", "publish"), "edit", false},
		{within("chief@maraval.example", "plans", "project", "P-1", "tool", "files", "level", "publish"), "publish", true},
		{within("lea@maraval.example", "plans", "project", "P-1", "tool", "files"), "", false},
	} {
		r := s.post(evaluation, test.question)
		var got levelled
		s.Must(json.Unmarshal([]byte(r.body), &got))
		if r.status != http.StatusOK || got.Decision != test.yes || got.Context.Level != test.level {
			t.Errorf("%s: %s", test.question, r.body)
		}
	}
	for question, property := range map[string]string{
		within("karim@maraval.example", "plans", "tool", "files"): "“project”", within("karim@maraval.example", "plans", "project", ""): "“project”",
		within("karim@maraval.example", "plans", "project", "P-1", "level", "edit"): "“tool”",
	} {
		r := s.post(evaluation, question, "Accept-Language", "en")
		var got levelled
		s.Must(json.Unmarshal([]byte(r.body), &got))
		if r.status != http.StatusOK || got.Decision || !strings.Contains(got.Context.Error.Message, property) {
			t.Errorf("%s: %s", question, r.body)
		}
		if r := s.post("/access/v1/search/subject", question); r.status != http.StatusBadRequest {
			t.Errorf("a search by %s: %d %s", question, r.status, r.body)
		}
	}
	odd := strings.Replace(question("karim@maraval.example", "members.view", "group", "G-44"), `"id":"G-44"`, `"id":"G-44","properties":{"level":3,"project":[]}`, 1)
	if got := s.decision(s.post(evaluation, odd)); got.Context.Reason != "missing" {
		t.Errorf("what others mean by these names: %+v", got)
	}
}

// searchIn searches in the project by the three searches.
func (s *shop) searchIn(t *testing.T, people map[string]directory.Member) {
	t.Helper()
	users := []string{people["karim"].UUID, people["chief"].UUID}
	slices.Sort(users)
	if got := s.search("subject", within("", "plans", "project", "P-1")); !slices.Equal(got.ids(), users) {
		t.Errorf("who may use Plans in P-1: %v", got.ids())
	}
	if got := s.search("subject", within("", "plans", "project", "P-1", "tool", "files", "level", "publish")); !slices.Equal(got.ids(), []string{people["chief"].UUID}) {
		t.Errorf("who publishes there: %v", got.ids())
	}
	for who, products := range map[string][]string{"karim": {"plans"}, "chief": {"analytics", "plans"}, "noor": nil, "lea": nil} {
		if got := s.search("resource", within(who+"@maraval.example", "", "project", "P-1")); !slices.Equal(got.ids(), products) {
			t.Errorf("what %s may use in P-1: %v", who, got.ids())
		}
	}
	if got := s.search("action", within("karim@maraval.example", "plans", "project", "P-1")); !slices.Equal(got.ids(), []string{"use"}) {
		t.Errorf("what Karim may do: %v", got.ids())
	}
	if got := s.search("action", within("noor@maraval.example", "plans", "project", "P-1")); len(got.ids()) != 0 {
		t.Errorf("what Noor may do: %v", got.ids())
	}
}
