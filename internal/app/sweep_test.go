package app_test

import (
	"fmt"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// TestSweepsGoOn: what time alone decides goes on past accounts in which nothing
// may or can be done.
func TestSweepsGoOn(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		operator := w.Staff("exploitation@batisoft.example", authz.Operator)
		closed, open := w.Account("100"), w.Account("200")
		ends := w.Now().Add(24 * time.Hour)
		people := func(account directory.Account, n int) {
			t.Helper()
			rows := make([]app.SeedMember, n)
			for i := range rows {
				email := fmt.Sprintf("p%d@a%s.example", i, account.Number)
				rows[i] = app.SeedMember{User: directory.User{Email: email, UserName: email}, Status: directory.Active}
			}
			_, err := w.Members.Seed(w.Context(), account.ID, rows)
			w.Must(err)
			w.Must(apptest.ErrOf(w.Members.EditMembers(w.Context(), w.Operator(), account.ID,
				app.Selection{All: &app.MemberQuery{}, Count: int64(n)}, app.MemberChange{Ends: &directory.End{Moment: ends}})))
		}
		people(closed, 1100) // two pages and a piece
		people(open, 3)
		w.Must(w.Accounts.SetState(w.Context(), operator, closed.ID, directory.AccountClosed, "La société a fermé ses portes."))
		w.Pass(25 * time.Hour)
		t.Run("USER-6 places end beside a closed account with more of them than a page", func(t *testing.T) {
			if n, err := w.Members.EndPlaces(w.Context()); n != 3 || err != nil {
				t.Errorf("%d places ended, %v, want 3", n, err)
			}
			if n := headcount(t, w, closed); n != 1100 {
				t.Errorf("%d people are left in the closed account, want 1100 (ACC-12)", n)
			}
		})
		t.Run("USER-6 and follow when it opens again", func(t *testing.T) {
			w.Must(w.Accounts.SetState(w.Context(), operator, closed.ID, directory.AccountOpen, "Elle a rouvert sous un autre nom."))
			if n, err := w.Members.EndPlaces(w.Context()); n != 1100 || err != nil {
				t.Errorf("%d places ended, %v, want 1100", n, err)
			}
		})
	})
}
