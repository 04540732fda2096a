package app_test

import (
	"sync"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// invite adds somebody by address, with an access level or none, and answers
// the token of the mail and the public id of the member.
func (s *inviting) invite(by authz.Actor, email, level string) (token, member string) {
	t, w := s.t, s.w
	t.Helper()
	verdicts, err := w.Members.Add(w.Context(), by, s.account.ID, []app.NewMember{{Row: 1, Email: email, First: "Agathe", Last: "Lormeau", Levels: *apptest.Levels(level)}}, app.AddOptions{Invite: true})
	w.Must(err)
	w.Must(verdicts.FirstRefusal())
	due := mails(t, w)
	for _, d := range append(due["invitation"], due["invitation_known"]...) {
		if d.Mail.Address == email {
			look, err := w.Invitations.Look(w.Context(), d.Mail.Secret)
			w.Must(err)
			return d.Mail.Secret, look.Member()
		}
	}
	t.Fatalf("no invitation for %s", email)
	return "", ""
}

func acceptance(token string) app.Acceptance {
	return app.Acceptance{Token: token, First: "Agathe", Last: "Lormeau", Language: "fr", Password: goodPassword}
}

func (s *inviting) accept(token string) string {
	_, err := s.w.Invitations.Accept(s.w.Context(), here(), acceptance(token), limits())
	return s.w.Code(err)
}

func (s *inviting) state(token string) directory.InvitationState {
	s.t.Helper()
	look, err := s.w.Invitations.Look(s.w.Context(), token)
	s.w.Must(err)
	return look.State
}

// inviting is one account with an administrator who invites.
type inviting struct {
	t       *testing.T
	w       *apptest.World
	account directory.Account
	helene  authz.Actor
}

func startInviting(t *testing.T, w *apptest.World) *inviting {
	account := w.Account("204817")
	s := &inviting{t: t, w: w, account: account, helene: w.Administrator(account, "helene.castaing@maraval.example")}
	mails(t, w)
	return s
}

func (s *inviting) check(name, got, want string) {
	s.t.Helper()
	if got != want {
		s.t.Errorf("%s: %q, want %q", name, got, want)
	}
}

func TestAcceptAsSomebodyNew(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := startInviting(t, w)
		token, _ := s.invite(s.helene, "agathe.lormeau@maraval.example", "administrator")
		look, err := w.Invitations.Look(w.Context(), token)
		w.Must(err)
		s.check("INV-6 inviter", look.By, "helene castaing")
		s.check("INV-10 looking changes nothing", string(s.state(token)), "open")
		s.check("ADD-3 names are suggested", look.Suggested.First+" "+look.Suggested.Last, "Agathe Lormeau")
		weak := acceptance(token)
		weak.Password = "court"
		_, err = w.Invitations.Accept(w.Context(), here(), weak, limits())
		s.check("INV-7 password policy", w.Code(err), "password.too_short")
		joined, err := w.Invitations.Accept(w.Context(), here(), acceptance(token), limits())
		w.Must(err)
		in, err := w.Sessions.Resolve(w.Context(), joined.Started.Token, here(), limits())
		w.Must(err)
		frame, err := w.Accounts.Open(w.Context(), in.Actor, "204817")
		w.Must(err)
		if frame.Member.Status != directory.Active || !frame.Rights.May(authz.ManageAdministrators, 0) {
			t.Errorf("INV-7: %v after acceptance, want an active administrator", frame.Member.Status)
		}
		s.check("INV-7 own names", in.User.Name(), "Agathe Lormeau")
		s.check("INV-1 works once", s.accept(token), "invitation.accepted")
		_, err = w.Sessions.SignIn(w.Context(), here(), app.Credentials{Name: "agathe.lormeau@maraval.example", Password: goodPassword}, limits())
		s.check("INV-7 the password is theirs", w.Code(err), "")
	})
}

func TestAcceptAsSomebodyKnown(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := startInviting(t, w)
		karim, other := w.Person("karim.haddad@maraval.example"), w.Person("autre@maraval.example")
		token, _ := s.invite(s.helene, "karim.haddad@maraval.example", "")
		s.check("USER-4 an invitation never sets an existing password", s.accept(token), "invitation.sign_in")
		_, err := w.Invitations.AcceptKnown(w.Context(), other, token)
		s.check("USER-4 nobody accepts for another", w.Code(err), "invitation.not_yours")
		_, err = w.Invitations.AcceptKnown(w.Context(), authz.Actor{Kind: authz.Stranger, Door: authz.DoorPage}, token)
		s.check("USER-4 strangers sign in first", w.Code(err), "sign_in.required")
		w.Pass(400 * 24 * time.Hour)
		s.check("INV-2 never expired for who has signed in", string(s.state(token)), "open")
		waiting, err := w.Invitations.Pending(w.Context(), karim)
		w.Must(err)
		if len(waiting) != 1 || waiting[0].Account.ID != s.account.ID {
			t.Fatalf("INV-2: %d invitations wait, want one", len(waiting))
		}
		_, err = w.Invitations.AcceptMine(w.Context(), other, waiting[0].Member)
		s.check("INV-7 another's invitation is unknown", w.Code(err), "invitation.unknown")
		_, err = w.Invitations.AcceptMine(w.Context(), karim, waiting[0].Member)
		w.Must(err)
		frame, err := w.Accounts.Open(w.Context(), karim, "204817")
		w.Must(err)
		s.check("INV-7 active", frame.Member.Status.String(), "active")
		waiting, err = w.Invitations.Pending(w.Context(), karim)
		w.Must(err)
		if len(waiting) != 0 {
			t.Errorf("INV-7: %d invitations wait after acceptance, want none", len(waiting))
		}
	})
}

func TestInvitationEnds(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := startInviting(t, w)
		const agathe = "agathe.lormeau@maraval.example"
		first, _ := s.invite(s.helene, agathe, "")
		s.check("INV-1 unknown token", string(s.state("nothing")), "unknown")
		w.Pass(7 * 24 * time.Hour)
		s.check("INV-1 valid seven days", string(s.state(first)), "expired")
		s.check("INV-1 expired is refused", s.accept(first), "invitation.expired")
		unknown := w.Invitations.Again(w.Context(), here(), "personne@maraval.example")
		if unknown != nil || len(mails(t, w)) != 0 {
			t.Errorf("INV-4 unknown address: %v and mails, want the same silence", unknown)
		}
		w.Must(w.Invitations.Again(w.Context(), here(), agathe))
		again := mail(t, w, "invitation")
		s.check("INV-4 same address", again.Mail.Address, agathe)
		s.check("INV-4 in the inviter's name", again.Mail.Facts["Actor"], "helene castaing")
		s.check("INV-3 the old link dies", string(s.state(first)), "replaced")
		w.Must(w.Invitations.AgainFor(w.Context(), here(), first))
		third := mail(t, w, "invitation").Mail.Secret
		s.check("INV-4 from an old link's page", string(s.state(again.Mail.Secret)), "replaced")
		w.Must(w.Invitations.Again(w.Context(), here(), agathe))
		w.Must(w.Invitations.Again(w.Context(), here(), agathe))
		s.check("INV-4 rationed", w.Code(w.Invitations.Again(w.Context(), here(), agathe)), "limit.hourly")
		last := mails(t, w)["invitation"][1].Mail.Secret
		s.check("INV-3 replaced", string(s.state(third)), "replaced")
		s.check("INV-4 the new one is good", s.accept(last), "")
		w.Pass(2 * time.Hour)
		w.Must(w.Invitations.AgainFor(w.Context(), here(), last))
		if due := mails(t, w); len(due) != 0 {
			t.Errorf("INV-4: %v is mailed to who has accepted, want nothing", due)
		}
	})
}

func TestInvitationGiverLostTheRight(t *testing.T) { // ROLE-6 again on acceptance
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := startInviting(t, w)
		karim := w.Administrator(s.account, "karim.haddad@maraval.example")
		token, _ := s.invite(karim, "agathe.lormeau@maraval.example", "administrator")
		frame, err := w.Accounts.Open(w.Context(), karim, "204817")
		w.Must(err)
		w.Must(w.Members.ExcludeAdministrator(w.Context(), s.helene, s.account.ID, frame.Member.UUID))
		joined, err := w.Invitations.Accept(w.Context(), here(), acceptance(token), limits())
		w.Must(err)
		in, err := w.Sessions.Resolve(w.Context(), joined.Started.Token, here(), limits())
		w.Must(err)
		frame, err = w.Accounts.Open(w.Context(), in.Actor, "204817")
		w.Must(err)
		if frame.Member.Level != 0 || frame.Member.Status != directory.Active {
			t.Errorf("level %d, status %v; want an active member without level", frame.Member.Level, frame.Member.Status)
		}
	})
}

func TestAcceptedWhileWithdrawn(t *testing.T) { // INV-9
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := startInviting(t, w)
		for range 4 {
			const agathe = "agathe.lormeau@maraval.example"
			token, member := s.invite(s.helene, agathe, "")
			var all sync.WaitGroup
			var accepted, withdrawn string
			all.Go(func() {
				_, err := w.Invitations.Accept(w.Context(), here(), acceptance(token), limits())
				accepted = w.Code(err)
			})
			all.Go(func() {
				verdicts, err := w.Invitations.Withdraw(w.Context(), s.helene, s.account.ID, app.Of(member))
				if err == nil {
					err = verdicts.FirstRefusal()
				}
				withdrawn = w.Code(err)
			})
			all.Wait()
			if (accepted == "") == (withdrawn == "") {
				t.Errorf("accepted %q and withdrawn %q, want exactly one done", accepted, withdrawn)
			}
			if accepted != "" {
				s.check("INV-9 says so", accepted, "invitation.withdrawn")
			}
			_, err := w.Members.Remove(w.Context(), s.helene, s.account.ID, app.Of(member))
			w.Must(err)
			if accepted == "" {
				return
			}
		}
	})
}
