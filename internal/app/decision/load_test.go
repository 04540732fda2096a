package decision_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/storetest"
)

// TestLoadBesideChanges loads the index over and over, from two connections where they
// see one state, while others change: it holds what was confirmed before, of everybody.
func TestLoadBesideChanges(t *testing.T) { // CHECK-2
	for _, kind := range storetest.Kinds(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			address := storetest.Address(t, kind)
			here, there := apptest.On(t, address), apptest.On(t, address)
			account := here.Account("204 817")
			here.Administrator(account, "helene@maraval.example")
			people := make([]directory.Member, 3)
			for i := range people {
				_, people[i] = here.Member(account, fmt.Sprintf("p%d@maraval.example", i))
			}
			flip := func(m directory.Member, i int) error {
				act := here.Members.Deactivate
				if i%2 == 1 {
					act = here.Members.Reactivate
				}
				return apptest.ErrOf(act(here.Context(), here.Operator(), account.ID, app.Of(m.UUID)))
			}
			var over atomic.Bool
			others := make(chan error, 1)
			go func() {
				var err error
				for i := 0; err == nil && (!over.Load() || i%2 == 1); i++ {
					err = flip(people[1], i)
				}
				others <- err
			}()
			for i := range 40 {
				here.Must(flip(people[0], i))
				there.Checks.Forget(account.ID)
				here.Must(there.Checks.Index(there.Context(), account.ID, func(x *authz.Index) error {
					for n, want := range map[int]bool{0: i%2 == 1, 2: true} {
						at, found := x.OfMember(people[n].ID)
						if got := found && x.Rights(at, there.Now()).Member(); got != want {
							t.Errorf("load %d: person %d belongs to the account %t, want %t", i, n, got, want)
						}
					}
					return nil
				}))
			}
			over.Store(true)
			here.Must(<-others)
		})
	}
}
