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

func TestJoinRequests(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204817")
		odette, karim := w.Administrator(account, "odette.marsan@maraval.example"), w.Administrator(account, "karim.haddad@maraval.example")
		ask := func(who authz.Actor, number string) (directory.JoinRequest, string) {
			t.Helper()
			j, err := w.JoinRequests.Ask(w.Context(), who, number, "Je remplace Paul Sénac.")
			return j, w.Code(err)
		}
		check := func(name, got, want string) {
			t.Helper()
			if got != want {
				t.Errorf("%s: code %q, want %q", name, got, want)
			}
		}
		ludivine, joris := w.Person("ludivine.garrec@maraval.example"), w.Person("joris.vandamme@else.example")
		j, code := ask(ludivine, "204 817")
		check("JOIN-1 ask", code, "")
		_, err := w.Accounts.Open(w.Context(), ludivine, "204817")
		check("JOIN-1 not a member before approval", w.Code(err), "account.not_found")
		_, code = ask(ludivine, "204817")
		check("JOIN-4 one open per account", code, "join.waiting_already")
		waiting, total, err := w.JoinRequests.List(w.Context(), karim, account.ID, directory.JoinWaiting, 0)
		w.Must(err)
		if total != 1 || waiting[0].Person.Email != "ludivine.garrec@maraval.example" || waiting[0].Message == "" {
			t.Errorf("JOIN-2: %d waiting, %+v", total, waiting)
		}
		_, err = w.JoinRequests.Approve(w.Context(), odette, account.ID, j.UUID)
		check("JOIN-5 approve", w.Code(err), "")
		_, err = w.JoinRequests.Reject(w.Context(), karim, account.ID, j.UUID, app.Rejection{})
		check("JOIN-6 the second is told by whom", w.Code(err), "join.decided")
		frame, err := w.Accounts.Open(w.Context(), ludivine, "204817")
		w.Must(err)
		if frame.Member.Status != directory.Active {
			t.Errorf("JOIN-5: status %v after approval, want active", frame.Member.Status)
		}
		refused, _ := ask(joris, "204817")
		_, err = w.JoinRequests.Reject(w.Context(), karim, account.ID, refused.UUID, app.Rejection{Reason: "Inconnu ici."})
		w.Must(err)
		told := mail(t, w, "join_rejected")
		if told.Mail.User != joris.User || told.Mail.Facts["Message"] != "Inconnu ici." || told.AccountName != "" {
			t.Errorf("JOIN-5 rejected: %+v, want a mail to the person with the reason, without the account's name", told)
		}
		_, code = ask(joris, "204817")
		check("JOIN-4 a pause after rejection", code, "join.paused")
		w.Pass(31 * 24 * time.Hour)
		old, code := ask(joris, "204817")
		check("JOIN-4 the pause is over", code, "")
		w.Must(w.JoinRequests.Withdraw(w.Context(), joris, old.UUID))
		_, err = w.JoinRequests.Approve(w.Context(), odette, account.ID, old.UUID)
		check("JOIN-3 withdrawn", w.Code(err), "join.gone")
		again, _ := ask(joris, "204817")
		w.Pass(61 * 24 * time.Hour)
		lapsed, err := w.JoinRequests.Lapse(w.Context())
		w.Must(err)
		now, err := w.JoinRequests.Mine(w.Context(), joris, again.UUID)
		w.Must(err)
		if lapsed != 1 || now.State != directory.JoinLapsed {
			t.Errorf("JOIN-4: %d lapsed, state %s", lapsed, now.State)
		}
	})
}

func TestJoinRequestsBlocked(t *testing.T) { // JOIN-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204817")
		odette, joris := w.Administrator(account, "odette.marsan@maraval.example"), w.Person("joris.vandamme@else.example")
		j, err := w.JoinRequests.Ask(w.Context(), joris, "204817", "")
		w.Must(err)
		_, err = w.JoinRequests.Reject(w.Context(), odette, account.ID, j.UUID, app.Rejection{Block: true})
		w.Must(err)
		ask := func(want string) {
			t.Helper()
			_, err := w.JoinRequests.Ask(w.Context(), joris, "204817", "")
			if got := w.Code(err); got != want {
				t.Errorf("code %q, want %q", got, want)
			}
		}
		w.Pass(31 * 24 * time.Hour) // the pause is over
		ask("join.blocked")
		w.Must(w.JoinRequests.Unblock(w.Context(), odette, account.ID, j.UUID))
		ask("")
	})
}

func TestJoinRequestUnknownNumberIsAnsweredAlike(t *testing.T) { // KEY-14
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		w.Account("204817")
		person := w.Person("a.b@else.example")
		for _, number := range []string{"204817", "999999", "888888"} {
			j, err := w.JoinRequests.Ask(w.Context(), person, number, "")
			if w.Code(err) != "" || j.State != directory.JoinWaiting {
				t.Errorf("number %s: code %q, state %s", number, w.Code(err), j.State)
			}
		}
		_, err := w.JoinRequests.Ask(w.Context(), person, "777777", "")
		if got := w.Code(err); got != "join.too_many_open" {
			t.Errorf("JOIN-4 fourth open request: code %q", got)
		}
	})
}

func TestJoinRequestDecisionRace(t *testing.T) { // JOIN-6
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204817")
		odette, karim := w.Administrator(account, "odette.marsan@maraval.example"), w.Administrator(account, "karim.haddad@maraval.example")
		for i := range 5 {
			j, err := w.JoinRequests.Ask(w.Context(), w.Person(fmt.Sprintf("p%d.n@else.example", i)), "204817", "")
			w.Must(err)
			codes := atOnce(t, 20, func(n int) error {
				if n%2 == 0 {
					_, err := w.JoinRequests.Approve(w.Context(), odette, account.ID, j.UUID)
					return err
				}
				_, err := w.JoinRequests.Reject(w.Context(), karim, account.ID, j.UUID, app.Rejection{})
				return err
			})
			if codes[""] != 1 || codes["join.decided"] != 19 {
				t.Errorf("20 decisions at once: %v, want one and 19 told by whom", codes)
			}
		}
	})
}
