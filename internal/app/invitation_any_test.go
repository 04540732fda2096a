package app_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// TestInvitationsAnyOrder does anything in any order: at most one invitation of
// a member is ever open, and who has accepted never goes back to invited
// (INV-3, INV-9, LIST-2).
func TestInvitationsAnyOrder(t *testing.T) {
	w := apptest.New(t, "sqlite")
	s := startInviting(t, w)
	people := 0
	rapid.Check(t, func(rt *rapid.T) {
		people++
		agathe := fmt.Sprintf("agathe.lormeau%d@maraval.example", people)
		var tokens []string
		first, member := s.invite(s.helene, agathe, "")
		tokens = append(tokens, first)
		accepted := false
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			var err error
			act := rapid.SampledFrom([]string{"send", "withdraw", "again", "accept", "wait"}).Draw(rt, "act")
			switch act {
			case "send":
				_, err = w.Invitations.Send(w.Context(), s.helene, s.account.ID, app.Of(member))
			case "withdraw":
				_, err = w.Invitations.Withdraw(w.Context(), s.helene, s.account.ID, app.Of(member))
			case "again":
				err = w.Invitations.Again(w.Context(), here(), agathe)
			case "accept":
				token := rapid.SampledFrom(tokens).Draw(rt, "token")
				if _, err = w.Invitations.Accept(w.Context(), here(), acceptance(token), limits()); err == nil {
					accepted = true
				}
			case "wait":
				w.Pass(time.Duration(rapid.IntRange(1, 8).Draw(rt, "days")) * 24 * time.Hour)
			}
			w.Code(err) // a refusal, never a fault
			for _, d := range mails(t, w)["invitation"] {
				tokens = append(tokens, d.Mail.Secret)
			}
			open, status := openOf(w, s, agathe, tokens)
			if open > 1 || open == 1 && status != directory.Invited {
				rt.Fatalf("after %s: %d open invitations, status %v", act, open, status)
			}
			if accepted != (status == directory.Active) {
				rt.Fatalf("after %s: accepted %v, status %v", act, accepted, status)
			}
		}
	})
}

// openOf counts the tokens that stand for an open invitation, expired or not,
// and reads the member's status.
func openOf(w *apptest.World, s *inviting, email string, tokens []string) (open int, status directory.Status) {
	for _, token := range tokens {
		if state := s.state(token); state == directory.InvitationOpen || state == directory.InvitationExpired {
			open++
		}
	}
	w.Must(w.DB.View(w.Context(), func(r *store.Reader) error {
		u, err := r.UserBySignInName(w.Context(), email)
		if err != nil {
			return err
		}
		m, err := r.MemberOf(w.Context(), s.account.ID, u.ID)
		status = m.Status
		return err
	}))
	return open, status
}
