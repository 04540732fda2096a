package authzen_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
)

// A found page of a search.
type found struct {
	Page struct {
		Next  string `json:"next_token"`
		Count int    `json:"count"`
		Total int    `json:"total"`
	} `json:"page"`
	Results []struct{ Type, ID, Name string } `json:"results"`
}

// ids are what was found, sorted.
func (f found) ids() []string {
	var ids []string
	for _, r := range f.Results {
		ids = append(ids, r.ID+r.Name)
	}
	slices.Sort(ids)
	return ids
}

func (s *shop) search(what, body string) found {
	s.T.Helper()
	r := s.post("/access/v1/search/"+what, body)
	if r.status != http.StatusOK {
		s.T.Fatalf("search %s: %d %s", what, r.status, r.body)
	}
	var f found
	s.Must(json.Unmarshal([]byte(r.body), &f))
	if f.Results == nil || f.Page.Count != len(f.Results) {
		s.T.Errorf("search %s: %s", what, r.body)
	}
	return f
}

// walk follows a search from page to page.
func (s *shop) walk(what, body string, limit int) []string {
	s.T.Helper()
	var ids []string
	page := fmt.Sprintf(`{"limit":%d}`, limit)
	for range 100 {
		f := s.search(what, strings.TrimSuffix(body, "}")+`,"page":`+page+`}`)
		if len(f.Results) > limit {
			s.T.Errorf("%d results on a page of %d", len(f.Results), limit)
		}
		ids = append(ids, f.ids()...)
		if f.Page.Next == "" {
			slices.Sort(ids)
			return ids
		}
		page = fmt.Sprintf(`{"token":%q}`, f.Page.Next)
	}
	s.T.Fatal("a search without an end")
	return nil
}

// approvers makes five who may approve purchases: four at the group, the last at
// two companies below it.
func (s *shop) approvers() []string {
	var approvers []string
	for i := range 5 {
		_, place := s.Member(s.account, fmt.Sprintf("approver.%d@maraval.example", i))
		unit := s.group.UUID
		if i == 4 {
			unit = s.yard.UUID
			second, err := s.Units.Add(s.Context(), s.admin, s.account.ID, app.NewUnit{Under: s.group.UUID, Level: "company", Name: "Maraval Angers", External: "C-49"})
			s.Must(err)
			s.grant(s.account, s.admin, place.UUID, "purchase-approver", second.UUID)
		}
		s.grant(s.account, s.admin, place.UUID, "purchase-approver", unit)
		approvers = append(approvers, place.UUID)
	}
	return approvers
}

// subjects is a search for whoever may do something.
func subjects(action, kind, id string) string {
	return fmt.Sprintf(`{"subject":{"type":"user"},"action":{"name":%q},"resource":{"type":%q,"id":%q}}`, action, kind, id)
}

func TestSearch(t *testing.T) { // CHECK-3, section 8
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := open(t, w)
		approvers := s.approvers()
		all := append(slices.Clone(approvers), s.member(s.account, s.admin).UUID)
		slices.Sort(all)
		t.Run("subjects", func(t *testing.T) {
			body := subjects("purchases.approve", "company", s.yard.UUID)
			if got := s.search("subject", body); !slices.Equal(got.ids(), all) || got.Page.Total != len(all) || got.Page.Next != "" {
				t.Errorf("%v of %d, want %v", got.ids(), got.Page.Total, all)
			}
			if got := s.search("subject", strings.Replace(body, `"type":"user"`, `"type":"user","id":"`+approvers[0]+`"`, 1)); len(got.Results) != len(all) {
				t.Errorf("an id of what is searched counts: %v", got.ids())
			}
			if got := s.search("subject", subjects("purchases.approve", "group", "G-44")); len(got.Results) != len(all)-1 {
				t.Errorf("at the unit above: %v", got.ids())
			}
			for limit := 1; limit <= 7; limit++ {
				if got := s.walk("subject", body, limit); !slices.Equal(got, all) {
					t.Errorf("by pages of %d: %v", limit, got)
				}
			}
			for _, r := range s.search("subject", body).Results {
				if !s.ask(r.ID, "purchases.approve", "company", s.yard.UUID).yes() {
					t.Errorf("%s is found and may not", r.ID)
				}
			}
		})
		t.Run("resources", func(t *testing.T) {
			body := func(who, kind string) string {
				return fmt.Sprintf(`{"subject":{"type":"user","id":%q},"action":{"name":"purchases.approve"},"resource":{"type":%q}}`, who, kind)
			}
			if got := s.search("resource", body(approvers[4], "company")); len(got.Results) != 2 || !slices.Contains(got.ids(), s.yard.UUID) {
				t.Errorf("companies of one at both: %v", got.ids())
			}
			if got := s.search("resource", body(approvers[0], "group")); !slices.Equal(got.ids(), []string{s.group.UUID}) {
				t.Errorf("groups: %v", got.ids())
			}
			if got := s.search("resource", body(approvers[0], "account")); len(got.Results) != 0 {
				t.Errorf("the account: %v", got.ids())
			}
			if got := s.search("resource", body("helene.castaing@maraval.example", "account")); !slices.Equal(got.ids(), []string{s.account.UUID}) {
				t.Errorf("the administrator's account: %v", got.ids())
			}
			if got := s.walk("resource", body(approvers[0], "company"), 1); len(got) != 2 {
				t.Errorf("by pages of one: %v", got)
			}
		})
		t.Run("actions", func(t *testing.T) {
			body := fmt.Sprintf(`{"subject":{"type":"user","id":%q},"resource":{"type":"group","id":"G-44"}}`, approvers[0])
			want := []string{"account.view", "purchases.approve"}
			if got := s.search("action", body); !slices.Equal(got.ids(), want) {
				t.Errorf("%v, want %v", got.ids(), want)
			}
			if got := s.walk("action", body, 1); !slices.Equal(got, want) {
				t.Errorf("by pages of one: %v", got)
			}
		})
	})
}

func TestSearchEdges(t *testing.T) { // CHECK-3, HIST-4
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := open(t, w)
		approvers := s.approvers()
		all := append(slices.Clone(approvers), s.member(s.account, s.admin).UUID)
		t.Run("what is unknown finds nothing", func(t *testing.T) {
			for what, bodies := range map[string][]string{
				"subject":  {subjects("fly", "group", "G-44"), subjects("purchases.approve", "spaceship", "G-44"), strings.Replace(subjects("purchases.approve", "group", "G-44"), `"user"`, `"spaceship"`, 1)},
				"resource": {`{"subject":{"type":"user","id":"nobody"},"action":{"name":"purchases.approve"},"resource":{"type":"group"}}`, `{"subject":{"type":"user","id":"` + approvers[0] + `"},"action":{"name":"purchases.approve"},"resource":{"type":"spaceship"}}`},
				"action":   {`{"subject":{"type":"user","id":"nobody"},"resource":{"type":"group","id":"G-44"}}`, `{"subject":{"type":"user","id":"` + approvers[0] + `"},"resource":{"type":"group","id":"none"}}`},
			} {
				for _, body := range bodies {
					if got := s.search(what, body); len(got.Results) != 0 || got.Page.Next != "" {
						t.Errorf("%s %s: %v", what, body, got.ids())
					}
				}
			}
		})
		t.Run("a token goes with its request only", func(t *testing.T) {
			body := strings.TrimSuffix(subjects("purchases.approve", "company", s.yard.UUID), "}")
			next := s.search("subject", body+`,"page":{"limit":2}}`).Page.Next
			for name, changed := range map[string]string{
				"another resource": strings.TrimSuffix(subjects("purchases.approve", "group", "G-44"), "}") + `,"page":{"token":"` + next + `"}}`,
				"another limit":    body + `,"page":{"limit":3,"token":"` + next + `"}}`,
				"a context":        body + `,"context":{"time":"now"},"page":{"token":"` + next + `"}}`,
				"a changed token":  body + `,"page":{"token":"A` + next + `"}}`,
				"no token of ours": body + `,"page":{"token":"hello"}}`,
			} {
				if r := s.post("/access/v1/search/subject", changed); r.status != http.StatusBadRequest {
					t.Errorf("%s: %d %s", name, r.status, r.body)
				}
			}
			if got := s.search("subject", body+`,"page":{"limit":2,"token":"`+next+`"}}`); len(got.Results) != 2 {
				t.Errorf("the same limit again: %v", got.ids())
			}
			if got := s.search("subject", body+`,"page":{"limit":0}}`); len(got.Results) != 0 || got.Page.Next == "" || got.Page.Total != len(all) {
				t.Errorf("a page of none: %+v", got)
			}
		})
		t.Run("HIST-4 searching is recorded once a day for each token", func(t *testing.T) {
			recorded := func() int64 {
				page, err := s.History.List(s.Context(), s.Operator(), s.account.ID, app.HistoryFilter{Kinds: []audit.Kind{audit.AccessSearched}}, app.Window{})
				s.Must(err)
				return page.Total
			}
			before := recorded()
			if before != 1 {
				t.Errorf("after many searches %d entries", before)
			}
			s.Pass(24 * 3600 * 1e9)
			s.search("subject", subjects("purchases.approve", "group", "G-44"))
			s.search("subject", subjects("purchases.approve", "group", "G-44"))
			if got := recorded(); got != 2 {
				t.Errorf("the next day: %d entries, want 2", got)
			}
		})
	})
}
