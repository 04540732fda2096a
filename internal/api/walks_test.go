package api_test

import (
	"net/http"
	"slices"
	"sync"
	"testing"

	"intendant/internal/apptest"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

// TestNoWalks: no question that a reading asks goes through a table from one end to the
// other, nor has SQLite make an index of its own for it.
func TestNoWalks(t *testing.T) { // LIST-10
	t.Parallel()
	address := storetest.Address(t, "sqlite")
	var mu sync.Mutex
	var asked []string
	q := newQuarter(t, apptest.OnWith(t, address, store.Options{Trips: func(statements ...string) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, statements...)
	}}))
	for _, e := range exchanges() {
		if e.method == http.MethodGet {
			q.answered(t, e)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	slices.Sort(asked)
	few := []string{"application", "portfolio", "key_request", // the vendor's own
		"subscription", // summed over: what is free, and what ends
	}
	for _, walk := range storetest.Walks(t, address, slices.Compact(asked), few...) {
		t.Error("LIST-10", walk)
	}
}
