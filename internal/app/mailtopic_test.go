package app_test

import (
	"fmt"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// TestMailsOfAState: whatever flips while mails wait, one of its mails waits at
// most, and none that is no longer true, or tells what its reader knows.
func TestMailsOfAState(t *testing.T) { // MAIL-5
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		ctx, id := w.Context(), h.account.ID
		_, err := w.Members.Seed(ctx, id, []app.SeedMember{{Status: directory.Active,
			User: directory.User{Email: "karim@maraval.example", UserName: "karim@maraval.example", First: "Karim", Last: "Haddad"}}})
		w.Must(err)
		karim := h.find("karim").UUID
		sendAll := func() {
			t.Helper()
			w.Pass(directory.UndoWindow)
			for _, d := range next(t, w, 500) {
				w.Must(w.Mails.Sent(ctx, d, "id"))
			}
		}
		waiting := func(kinds ...directory.MailKind) (n int) {
			t.Helper()
			page, err := w.Mails.Queue(ctx, w.Operator(), app.MailFilter{State: directory.MailWaiting}, app.Window{Size: 200})
			w.Must(err)
			for _, m := range page.Mails {
				for _, kind := range kinds {
					if m.Kind == kind {
						n++
					}
				}
			}
			return n
		}
		check := func(name string, got, want int) {
			t.Helper()
			if got != want {
				t.Errorf("MAIL-5 %s: %d mails wait, want %d", name, got, want)
			}
		}
		name := func() { t.Helper(); w.Must(w.Members.NameAdministrator(ctx, h.admin, id, karim)) }
		exclude := func() { t.Helper(); w.Must(w.Members.ExcludeAdministrator(ctx, h.admin, id, karim)) }
		sendAll()
		const named, excluded = "administrator_named", "administrator_excluded"
		for range 10 {
			name()
			check("named", waiting(named, excluded), 1)
			exclude()
			check("named and excluded", waiting(named, excluded), 0)
		}
		name()
		sendAll()
		exclude()
		check("excluded after the other was sent", waiting(excluded), 1)
		name()
		check("named again before that was sent", waiting(named, excluded), 0)
		exclude()
		sendAll()
		for range 10 {
			w.Must(apptest.ErrOf(w.Members.Deactivate(ctx, h.admin, id, app.Of(karim))))
			check("switched off", waiting("member_deactivated"), 1)
			w.Must(apptest.ErrOf(w.Members.Reactivate(ctx, h.admin, id, app.Of(karim))))
			check("switched on again", waiting("member_deactivated"), 0)
		}
		name()
		w.Must(apptest.ErrOf(w.Members.Remove(ctx, h.admin, id, app.Of(karim))))
		check("named and removed", waiting(named), 0)
		check("removed", waiting("member_removed"), 1)
		h.add(app.NewMember{Email: "karim@maraval.example"})
		check("removed and back", waiting("member_removed"), 0)
	})
}

// TestMailsOfRequests: administrators are not written to about a request that is
// over, nor reminded of none.
func TestMailsOfRequests(t *testing.T) { // MAIL-5, JOIN-6
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		startInviting(t, w)
		asker := w.Person("ludivine.garrec@maraval.example")
		waiting := func(kind directory.MailKind) (n int) {
			t.Helper()
			w.Must(w.DB.View(w.Context(), func(r *store.Reader) error {
				found, err := r.MailQueue(w.Context(), store.MailFilter{State: directory.MailWaiting, Kind: kind}, store.MailPlace{}, 100)
				n = len(found)
				return err
			}))
			return n
		}
		for range 5 {
			j, err := w.JoinRequests.Ask(w.Context(), asker, "204817", "")
			w.Must(err)
			if got := waiting("join_received"); got != 1 {
				t.Fatalf("%d mails about one request", got)
			}
			w.Must(w.JoinRequests.Withdraw(w.Context(), asker, j.UUID))
			if got := waiting("join_received"); got != 0 {
				t.Fatalf("%d mails about a request that was withdrawn", got)
			}
		}
	})
}

// TestMailsOfLocks: support is not written to about a lock that is gone.
func TestMailsOfLocks(t *testing.T) { // MAIL-5, KEY-14
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		w.Account("204 817")
		waiting := func() (n int) {
			t.Helper()
			w.Must(w.DB.View(w.Context(), func(r *store.Reader) error {
				found, err := r.MailQueue(w.Context(), store.MailFilter{State: directory.MailWaiting, Kind: "key_locked"}, store.MailPlace{}, 100)
				n = len(found)
				return err
			}))
			return n
		}
		for round := range 3 {
			for try := range 5 {
				who := w.Person(fmt.Sprintf("p%d.%d@maraval.example", round, try))
				_, _ = w.App.Keys.Enter(w.Context(), who, "204817", "AAAA-AAAA-AAAA")
			}
			if got := waiting(); got != 1 {
				t.Fatalf("round %d: %d mails about one lock", round, got)
			}
			w.Must(w.App.Keys.Unlock(w.Context(), w.Operator(), "204817", directory.ByLetter))
			if got := waiting(); got != 0 {
				t.Fatalf("round %d: %d mails about a lock that is gone", round, got)
			}
			w.Pass(25 * time.Hour)
		}
	})
}
