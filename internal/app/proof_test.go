package app_test

import (
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

const provisional = "Duvaki-negezu-bipaha-47"

// puppeteer is an administrator somewhere who makes people with addresses that
// are not theirs.
type puppeteer struct {
	t       *testing.T
	w       *apptest.World
	account directory.Account
	actor   authz.Actor
}

func startPuppeteer(t *testing.T, w *apptest.World) *puppeteer {
	account := w.Account("666013")
	return &puppeteer{t: t, w: w, account: account, actor: w.Administrator(account, "malo.rusquet@rusquet.example")}
}

// makes brings an address into the puppeteer's account with a provisional
// password that only the puppeteer knows, and asks nobody in.
func (p *puppeteer) makes(email string) directory.Member {
	p.t.Helper()
	verdicts, err := p.w.Members.Add(p.w.Context(), p.actor, p.account.ID, []app.NewMember{{Row: 1, Email: email}}, app.AddOptions{Silent: true})
	p.w.Must(err)
	p.w.Must(verdicts.FirstRefusal())
	m := memberByEmail(p.t, p.w, p.account, email)
	p.w.Must(edit(p.w, p.actor, p.account, m, app.PersonChange{Provisional: provisional}))
	mails(p.t, p.w)
	return m
}

// plays signs in as who was made and takes a password of their own.
func (p *puppeteer) plays(email string) (authz.Actor, string) {
	p.t.Helper()
	started, err := signIn(p.w, email, provisional)
	p.w.Must(err)
	in, err := p.w.Sessions.Resolve(p.w.Context(), started.Token, here(), limits())
	p.w.Must(err)
	own, err := p.w.Users.ChangePassword(p.w.Context(), in.Actor, app.PasswordChange{Token: started.Token, New: goodPassword}, limits())
	p.w.Must(err)
	in, err = p.w.Sessions.Resolve(p.w.Context(), own.Token, here(), limits())
	p.w.Must(err)
	return in.Actor, own.Token
}

const aimed = "agathe.lormeau@maraval.example"

// mailedTo is the secret of the one mail of a kind that is due to an address.
func mailedTo(t *testing.T, w *apptest.World, kind directory.MailKind, email string) string {
	t.Helper()
	d := mail(t, w, kind)
	if d.Mail.Address != email {
		t.Fatalf("%s goes to %s, want %s", kind, d.Mail.Address, email)
	}
	return d.Mail.Secret
}

func TestPuppetGetsNoPlaceOfItsAddress(t *testing.T) { // USER-8, USER-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p, s := startPuppeteer(t, w), startInviting(t, w)
		p.makes(aimed)
		puppet, session := p.plays(aimed)
		mails(t, w)
		_, member := s.invite(s.helene, aimed, "administrator")
		waiting, err := w.Invitations.Pending(w.Context(), puppet)
		if err != nil || len(waiting) != 0 {
			t.Errorf("USER-8 the puppet is told of %v, %v", waiting, err)
		}
		_, err = w.Invitations.AcceptMine(w.Context(), puppet, member)
		s.check("USER-8 accepting without the link", w.Code(err), "address.unproved")

		// The link that proves goes to the mailbox, and only its person may use it.
		w.Must(w.Users.ProveEmail(w.Context(), puppet))
		link := mailedTo(t, w, "email_confirm", aimed)
		_, err = w.Users.ConfirmEmail(w.Context(), s.helene, link, "")
		s.check("USER-8 somebody else's link", w.Code(err), "link.dead")
		_, err = w.Users.ConfirmEmail(w.Context(), authz.Actor{Kind: authz.Stranger}, link, "")
		s.check("USER-8 the button of who is not signed in", w.Code(err), "sign_in.required")

		// Whose mailbox it is signs up as if nobody had the address.
		w.Must(w.Users.Register(w.Context(), here(), registering(aimed)))
		made, err := w.Users.Confirm(w.Context(), here(), app.Confirmation{Token: mailedTo(t, w, "registration_confirm", aimed),
			First: "Agathe", Last: "Lormeau", Password: "Tuile-bleue-orage-58"}, limits())
		w.Must(err)
		if _, err := w.Sessions.Resolve(w.Context(), session, here(), limits()); w.Code(err) != "sign_in.required" {
			t.Errorf("USER-8 the puppet is still signed in: %v", err)
		}
		_, err = signIn(w, aimed, goodPassword)
		s.check("USER-8 the puppet's password", w.Code(err), "sign_in.wrong")
		waiting, err = w.Invitations.Pending(w.Context(), person(made.User))
		w.Must(err)
		if len(waiting) != 1 || waiting[0].Member != member {
			t.Fatalf("USER-8 who proved the address waits for %v", waiting)
		}
		_, err = w.Invitations.AcceptMine(w.Context(), person(made.User), member)
		s.check("USER-8 who proved it accepts without the link", w.Code(err), "")
	})
}

func TestProvisionalPasswordEndsByOthers(t *testing.T) { // USER-8, ROLE-6, SIGN-1
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p, s := startPuppeteer(t, w), startInviting(t, w)
		signsIn := func(email string) string { _, err := signIn(w, email, provisional); return w.Code(err) }
		t.Run("USER-8 an invitation of another account", func(t *testing.T) {
			p.makes(aimed)
			s.check("before", signsIn(aimed), "")
			token, _ := s.invite(s.helene, aimed, "administrator")
			s.check("after", signsIn(aimed), "sign_in.wrong")
			s.check("by its link", s.accept(token), "")
		})
		t.Run("USER-8 being named buyer", func(t *testing.T) {
			const email = "p.domange@domaines.example"
			p.makes(email)
			_, err := w.Accounts.Create(w.Context(), w.Operator(), app.NewAccount{Number: "163918", Name: "Domaines",
				Type: "licences", ServiceLevel: "contract", Language: "fr", Buyer: &app.Buyer{Email: email}})
			w.Must(err)
			s.check("after", signsIn(email), "sign_in.wrong")
			s.check("by its link", s.accept(mailedTo(t, w, "invitation", email)), "")
		})
		t.Run("ROLE-6 a raise by another administrator of the account", func(t *testing.T) {
			const email = "soizic@rusquet.example"
			other := w.Administrator(p.account, "second@rusquet.example")
			m := p.makes(email)
			level := "administrator"
			w.Must(apptest.ErrOf(w.Members.EditMembers(w.Context(), p.actor, p.account.ID, app.Of(m.UUID), app.MemberChange{PlaceTexts: directory.PlaceTexts[*string]{JobTitle: &level}})))
			s.check("a change that raises nobody", signsIn(email), "")
			w.Must(apptest.ErrOf(w.Members.EditMembers(w.Context(), other, p.account.ID, app.Of(m.UUID), app.MemberChange{Levels: apptest.Levels(level)})))
			s.check("after the raise", signsIn(email), "sign_in.wrong")
		})
		t.Run("SIGN-1 an invitation by whoever set it ends nothing", func(t *testing.T) {
			const email = "yann@rusquet.example"
			m := p.makes(email)
			w.Must(apptest.ErrOf(w.Invitations.Send(w.Context(), p.actor, p.account.ID, app.Of(m.UUID))))
			s.check("after", signsIn(email), "")
			p.plays(email)
			if got := memberByEmail(t, w, p.account, email).Status; got != directory.Active {
				t.Errorf("SIGN-1 %s after using it, want active", got)
			}
		})
		t.Run("USER-8 one set after somebody else invited accepts nothing", func(t *testing.T) {
			const email = "gwenn@rusquet.example"
			other := w.Administrator(p.account, "third@rusquet.example")
			m := invite(t, w, other, p.account, email)
			w.Must(edit(w, p.actor, p.account, m, app.PersonChange{Provisional: provisional}))
			p.plays(email)
			if got := memberByEmail(t, w, p.account, email).Status; got != directory.Invited {
				t.Errorf("%s by a password that the inviter did not set, want invited", got)
			}
		})
	})
}

func TestUnprovedAddressIsNotLetIn(t *testing.T) { // USER-8, JOIN-7
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p, s := startPuppeteer(t, w), startInviting(t, w)
		d, err := w.Accounts.AddDomain(w.Context(), s.helene, s.account.ID, "maraval.example")
		w.Must(err)
		w.TXT["maraval.example"] = []string{d.Record()}
		w.Must(w.Accounts.VerifyDomain(w.Context(), s.helene, s.account.ID, "maraval.example"))
		w.Must(w.Accounts.SetAutoApprove(w.Context(), s.helene, s.account.ID, "maraval.example", true))
		p.makes(aimed)
		puppet, _ := p.plays(aimed)
		mails(t, w)
		_, err = w.JoinRequests.Ask(w.Context(), puppet, s.account.Number, "")
		s.check("USER-8 somebody shown by an address nobody proved", w.Code(err), "address.unproved")
		w.Must(w.Users.UpdateProfile(w.Context(), puppet, app.ProfileChange{First: "Malo", Last: "Rusquet", Language: "fr"}))
		j, err := w.JoinRequests.Ask(w.Context(), puppet, s.account.Number, "")
		w.Must(err)
		if got := mail(t, w, "join_received").Mail.Facts["Address"]; got != "" {
			t.Errorf("USER-8 who decides is shown %q, which nobody proved", got)
		}
		_, err = w.Accounts.Open(w.Context(), puppet, s.account.Number)
		s.check("JOIN-7 an address nobody proved", w.Code(err), "account.not_found")

		// A place that waits for the address is not given by approval either.
		s.invite(s.helene, aimed, "administrator")
		_, err = w.JoinRequests.Approve(w.Context(), s.helene, s.account.ID, j.UUID)
		s.check("USER-8 approval into an invited place", w.Code(err), "join.unproved")
	})
}

func TestAddressIsProvedByLinks(t *testing.T) { // USER-8, USER-9
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := startPuppeteer(t, w)
		proved := func(name string, u directory.UserID, want bool) {
			t.Helper()
			if got := !userOf(t, w, u).Proved.IsZero(); got != want {
				t.Errorf("%s: proved %v, want %v", name, got, want)
			}
		}
		u := registered(t, w, "l.garrec@garrec.example")
		proved("USER-8 a confirmed registration", u.ID, true)
		m := p.makes(aimed)
		puppet, _ := p.plays(aimed)
		proved("USER-8 a provisional password", m.User, false)
		w.Must(w.Users.Forgot(w.Context(), here(), aimed))
		w.Must(w.Users.Reset(w.Context(), here(), mailedTo(t, w, "password_reset", aimed), "Tuile-bleue-orage-58"))
		proved("USER-8 a password reset by mail", m.User, true)
		mails(t, w)
		w.Must(w.Users.ChangeEmail(w.Context(), puppet, "Agathe@Lormeau.example", "Tuile-bleue-orage-58"))
		_, err := w.Users.ConfirmEmail(w.Context(), puppet, mailedTo(t, w, "email_confirm", "agathe@lormeau.example"), "")
		w.Must(err)
		now := userOf(t, w, m.User)
		if now.Email != "agathe@lormeau.example" || now.UserName != now.Email || now.Proved.IsZero() {
			t.Errorf("USER-9 after the change: address %q, user name %q, proved %v", now.Email, now.UserName, now.Proved)
		}
		// The old address is free, for whoever has that mailbox now.
		again := registered(t, w, aimed)
		if again.ID == m.User {
			t.Error("USER-9 the former address still signs in as who left it")
		}
		fresh := p.makes("typo@maraval.example")
		email := "right@maraval.example"
		w.Must(edit(w, p.actor, p.account, fresh, app.PersonChange{Email: &email}))
		proved("USER-8 an address that an administrator wrote", fresh.User, false)
		if got := userOf(t, w, fresh.User).UserName; got != email {
			t.Errorf("USER-9 the user name stays %q", got)
		}
		w.Must(w.Users.ProveEmail(w.Context(), puppet))
		if due := mails(t, w)["email_confirm"]; len(due) != 0 {
			t.Errorf("USER-8 who has proved their address is sent %d links", len(due))
		}
	})
}
