package app_test

import (
	"fmt"
	"testing"

	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// TestKeyEntryByFormerNumber: entries count for the account, by whichever of its
// numbers it is named.
func TestKeyEntryByFormerNumber(t *testing.T) { // KEY-9, KEY-12, KEY-14, ACC-12
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204817")
		keys := w.Keys(account)
		askers := 0
		enter := func(name, number, key, want string) authz.Actor {
			t.Helper()
			askers++
			actor := w.Person(fmt.Sprintf("asker%d@else.example", askers))
			_, err := w.App.Keys.Enter(w.Context(), actor, number, key)
			if got := w.Code(err); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
			return actor
		}
		renumber := func(number string) {
			t.Helper()
			shown, err := w.Accounts.Show(w.Context(), w.Operator(), account.UUID)
			w.Must(err)
			c := change(shown.Account)
			c.Number = number
			account, err = w.Accounts.Change(w.Context(), w.Operator(), account.ID, c)
			w.Must(err)
		}
		const wrong = "AAAAAAAAAAAA"
		for range 2 {
			enter("before the change of number", "204817", wrong, "key.wrong")
		}
		enter("a number that nobody has yet", "300001", wrong, "key.wrong")
		renumber("300001")
		enter("KEY-9 by the number of today", "300 001", wrong, "key.wrong")
		enter("KEY-9 by the former one", "204 817", wrong, "key.wrong")
		fifth := enter("KEY-9 the fifth, by the former one", "204817", wrong, "key.locked")
		for _, number := range []string{"300001", "204817"} {
			asker := enter("KEY-9 a right key, locked", number, keys[0], "key.locked")
			locked, err := w.App.Keys.Locked(w.Context(), asker, number)
			if err != nil || !locked {
				t.Errorf("KEY-11 %s: locked %t, %v", number, locked, err)
			}
		}
		renumber("300002")
		enter("KEY-9 locked under the next number too", "300002", keys[0], "key.locked")
		numbers, err := w.App.Keys.LockedNumbers(w.Context(), w.Operator())
		w.Must(err)
		if len(numbers) != 1 || numbers[0].Account.ID != account.ID || numbers[0].LockedBy != fifth.User {
			t.Errorf("KEY-12 locked numbers %+v", numbers)
		}
		shown, err := w.Accounts.Show(w.Context(), w.Operator(), account.UUID)
		w.Must(err)
		if len(shown.Locks) != 1 || len(shown.Former) != 2 {
			t.Errorf("KEY-12 the customer shows %d locks and %d former numbers", len(shown.Locks), len(shown.Former))
		}
		w.Must(w.App.Keys.Unlock(w.Context(), w.Operator(), "204817", directory.ByLetter))
		for range 3 {
			enter("KEY-12 unlocked by a former number, from zero", "204817", wrong, "key.wrong")
		}
		enter("KEY-12 a right key by a former number", "300001", keys[0], "")

		// Numbers of nobody count each for itself, and never for an account.
		for n := range 4 {
			enter("KEY-14 a number of nobody", fmt.Sprintf("90000%d", n%2), wrong, "key.wrong")
		}
		// JOIN-4, KEY-13: one request a person and account, by whichever number.
		asker := w.Person("joris.vandamme@else.example")
		_, err = w.JoinRequests.Ask(w.Context(), asker, "204817", "")
		w.Must(err)
		if _, err := w.JoinRequests.Ask(w.Context(), asker, "300002", ""); w.Code(err) != "join.waiting_already" {
			t.Errorf("JOIN-4 by another number of the account: %v", err)
		}
		_, err = w.App.Keys.Request(w.Context(), asker, "204817", "")
		w.Must(err)
		if _, err := w.App.Keys.Request(w.Context(), asker, "300001", ""); w.Code(err) != "key_request.waiting_already" {
			t.Errorf("KEY-13 by another number of the account: %v", err)
		}
	})
}
