package app_test

import (
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
	"intendant/internal/store"
)

func TestJoinReminder(t *testing.T) { // JOIN-8
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := startInviting(t, w)
		_, err := w.JoinRequests.Ask(w.Context(), w.Person("ludivine.garrec@maraval.example"), "204817", "")
		w.Must(err)
		reminders := func() int {
			t.Helper()
			w.Must(w.JoinRequests.Remind(w.Context()))
			return len(mails(t, w)["join_reminder"])
		}
		check := func(name string, got, want int) {
			t.Helper()
			if got != want {
				t.Errorf("%s: %d reminders, want %d", name, got, want)
			}
		}
		check("before a day", reminders(), 0)
		w.Pass(25 * time.Hour)
		check("after a day", reminders(), 1)
		check("at most one a day", reminders(), 0)
		w.Pass(25 * time.Hour)
		check("the next day", reminders(), 1)
		view, err := w.Accounts.Settings(w.Context(), s.helene, s.account.ID)
		w.Must(err)
		view.Reminders = false
		w.Must(w.Accounts.ChangeSettings(w.Context(), s.helene, s.account.ID, view.AccountSettings))
		w.Pass(25 * time.Hour)
		check("switched off", reminders(), 0)
	})
}

func TestJoinRequestsLapse(t *testing.T) { // JOIN-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		startInviting(t, w)
		ludivine := w.Person("ludivine.garrec@maraval.example")
		for _, number := range []string{"204817", "999999"} {
			_, err := w.JoinRequests.Ask(w.Context(), ludivine, number, "")
			w.Must(err)
		}
		w.Pass(59 * 24 * time.Hour)
		n, err := w.JoinRequests.Lapse(w.Context())
		w.Must(err)
		if n != 0 {
			t.Errorf("%d lapse after 59 days, want none", n)
		}
		w.Pass(2 * 24 * time.Hour)
		n, err = w.JoinRequests.Lapse(w.Context())
		w.Must(err)
		if n != 2 {
			t.Errorf("%d lapse after 61 days, want 2", n)
		}
		asked, err := w.JoinRequests.Asked(w.Context(), ludivine)
		w.Must(err)
		for _, j := range asked {
			if j.State != "lapsed" {
				t.Errorf("number %s: %s, want lapsed, known or not", j.Number, j.State)
			}
		}
	})
}

func TestKeyClaimClosesInvitation(t *testing.T) { // KEY-7
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := startInviting(t, w)
		karim := w.Person("karim.haddad@maraval.example")
		token, _ := s.invite(s.helene, "karim.haddad@maraval.example", "")
		for _, key := range w.Keys(s.account) {
			if _, err := w.App.Keys.Enter(w.Context(), karim, "204817", key); err == nil {
				break
			}
		}
		s.check("the invitation is over", string(s.state(token)), "accepted")
		_, err := w.Invitations.Send(w.Context(), s.helene, s.account.ID, app.Of(memberOf(w, s, karim.User)))
		w.Must(err)
		s.check("who is active is not invited", string(s.state(token)), "accepted")
	})
}

// memberOf is the public id of a user's place in the account.
func memberOf(w *apptest.World, s *inviting, user directory.UserID) string {
	var id string
	w.Must(w.DB.View(w.Context(), func(r *store.Reader) error {
		m, err := r.MemberOf(w.Context(), s.account.ID, user)
		id = m.UUID
		return err
	}))
	return id
}
