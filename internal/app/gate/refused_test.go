package gate_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// TestRefusedAttempts: refusals wait together for being written, with the time
// they were made at, and are in the log for whoever reads it.
func TestRefusedAttempts(t *testing.T) { // HIST-1
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204817")
		member, _ := w.Member(account, "karim@maraval.example")
		began := w.Now()
		const attempts = 300 // more than are written at once
		for i := range attempts {
			row := app.NewMember{Row: 1, Email: fmt.Sprintf("personne%d@maraval.example", i)}
			_, err := w.Members.Add(w.Context(), member, account.ID, []app.NewMember{row}, app.AddOptions{})
			if got := w.Code(err); got != "denied.permission" {
				t.Fatalf("attempt %d: %s", i, got)
			}
			w.Pass(time.Second)
		}
		written := func() (n int) {
			w.Must(w.DB.View(w.Context(), func(r *store.Reader) error {
				_, total, err := r.AccessLog(w.Context(), store.AccessFilter{Account: account.ID, Outcome: "denied.permission"}, 0, 1)
				n = int(total)
				return err
			}))
			return n
		}
		if got := written(); got == 0 || got == attempts {
			t.Errorf("HIST-1 %d of %d attempts are written so far, want some together", got, attempts)
		}
		page, err := w.History.AccessLog(w.Context(), w.Operator(), app.AccessFilter{Account: account.ID, Outcome: "denied.permission"}, app.Window{})
		w.Must(err)
		if page.Total != attempts || written() != attempts {
			t.Errorf("HIST-1 the log has %d attempts, want %d", page.Total, attempts)
		}
		if got, want := page.Lines[0].At, began.Add((attempts-1)*time.Second); !got.Equal(want) {
			t.Errorf("HIST-1 the last attempt was at %s, want %s", got, want)
		}
	})
}

// TestWaking: workers are woken by changes that left mails or jobs, and by no
// other.
func TestWaking(t *testing.T) { // MAIL-2
	w := apptest.New(t, "sqlite")
	account := w.Account("204817")
	woken := func() bool {
		select {
		case <-w.Woken():
			return true
		default:
			return false
		}
	}
	woken()
	add := func(address string, invite bool) {
		t.Helper()
		_, err := w.Members.Add(w.Context(), w.Operator(), account.ID, []app.NewMember{{Row: 1, Email: address}}, app.AddOptions{Invite: invite})
		w.Must(err)
	}
	add("a@maraval.example", false)
	if woken() {
		t.Error("MAIL-2 a change without mail woke the workers")
	}
	add("b@maraval.example", true)
	if !woken() {
		t.Error("MAIL-2 a mail that waits woke nobody")
	}
	_, err := w.Members.Add(w.Context(), authz.Actor{Kind: authz.Stranger}, account.ID, []app.NewMember{{Row: 1, Email: "c@maraval.example"}}, app.AddOptions{Invite: true})
	var refusal *directory.Error
	if !errors.As(err, &refusal) || woken() {
		t.Error("MAIL-2 a refusal woke the workers")
	}
}
