package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"intendant/internal/apptest"
	"intendant/internal/directory"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

// TestTrips counts how often a program's request goes to the database, and with how many
// statements. The figures may only fall: whoever makes one fall writes it down here.
func TestTrips(t *testing.T) { // LIST-10
	want := map[string]map[string]string{ // trips, and the statements they carry
		"sqlite":   {"create": "23/23", "read": "7/7", "list": "9/9", "search again": "12/12", "edit": "16/16", "deactivate": "25/25"},
		"postgres": {"create": "14/23", "read": "9/9", "list": "11/11", "search again": "11/11", "edit": "17/18", "deactivate": "25/28"},
	}
	for _, kind := range storetest.Kinds(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			var heard trips
			s := newStand(t, apptest.OnWith(t, storetest.Address(t, kind), store.Options{Trips: heard.hear}))
			a := s.settle("300 001", 100)
			for name, ask := range s.single(a) {
				ask(0)() // what is remembered afterwards
				counted := ask(1)
				heard.forget()
				counted()
				if got := heard.counted(); got != want[kind][name] {
					t.Errorf("%s takes %s trips/statements, want %s:\n%s", name, got, want[kind][name], heard.told())
				}
			}
		})
	}
}

// single are what programs ask most, about one member; each is prepared first.
func (s *stand) single(a settled) map[string]func(n int) func() {
	path := "/accounts/" + directory.CleanNumber(a.account.Number) + "/members"
	ask := func(method, path, body string, header ...string) reply {
		s.t.Helper()
		got := s.ask(method, path, body, append(header, "Authorization", "Bearer "+a.token)...)
		if got.status >= http.StatusBadRequest {
			s.t.Fatalf("%s %s answered %d: %s", method, path, got.status, got.body)
		}
		return got
	}
	return map[string]func(n int) func(){
		"create": func(n int) func() {
			return func() { ask(http.MethodPost, path, fmt.Sprintf(`{"email":"n%d@maraval.example","invite":"all"}`, n)) }
		},
		"read": func(n int) func() { return func() { ask(http.MethodGet, path+"/"+a.members[n], "") } },
		"list": func(int) func() { return func() { ask(http.MethodGet, path+"?total=true", "") } },
		// what was counted once is known until the account changes
		"search again": func(int) func() { return func() { ask(http.MethodGet, path+"?total=true&search=maraval", "") } },
		"edit": func(n int) func() {
			version := ask(http.MethodGet, path+"/"+a.members[n], "").header.Get("ETag")
			return func() { ask(http.MethodPatch, path+"/"+a.members[n], `{"job_title":"Grutière"}`, "If-Match", version) }
		},
		"deactivate": func(n int) func() {
			return func() { ask(http.MethodPost, path+"/"+a.members[n]+"/deactivate", "") }
		},
	}
}

// trips are those heard of.
type trips struct {
	mu    sync.Mutex
	heard [][]string
}

func (h *trips) hear(statements ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.heard = append(h.heard, statements)
}

func (h *trips) forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.heard = nil
}

func (h *trips) counted() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	statements := 0
	for _, trip := range h.heard {
		statements += len(trip)
	}
	return fmt.Sprintf("%d/%d", len(h.heard), statements)
}

// told are the statements, each on a line of its own.
func (h *trips) told() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var b strings.Builder
	for i, trip := range h.heard {
		for _, statement := range trip {
			words := strings.Join(strings.Fields(statement), " ")
			fmt.Fprintf(&b, "%d %s\n", i+1, words[:min(len(words), 200)])
		}
	}
	return b.String()
}
