package app_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// TestNobodyGetsAPlaceOfAnAddressTheyHaveNotProved lets honest accounts and the
// owners of mailboxes go about their business while an administrator of another
// account makes people with those mailboxes' addresses. Whenever a place becomes
// active, whoever signs in to it is whose mailbox its person's address is.
func TestNobodyGetsAPlaceOfAnAddressTheyHaveNotProved(t *testing.T) { // USER-8, USER-4, USER-9, JOIN-7, ACC-2
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := &siege{puppeteer: startPuppeteer(t, w)}
		for i, number := range []string{"204817", "163918"} {
			account := w.Account(number)
			s.honest = append(s.honest, hosting{w: w, account: account, admin: w.Administrator(account, fmt.Sprintf("honest.n%d@garrec.example", i))})
		}
		s.insider = puppeteer{t: t, w: w, account: s.honest[1].account, actor: w.Administrator(s.honest[1].account, "insider@rusquet.example")}
		a := s.honest[0]
		d, err := w.Accounts.AddDomain(w.Context(), a.admin, a.account.ID, "maraval.example")
		w.Must(err)
		w.TXT["maraval.example"] = []string{d.Record()}
		w.Must(w.Accounts.VerifyDomain(w.Context(), a.admin, a.account.ID, "maraval.example"))
		w.Must(w.Accounts.SetAutoApprove(w.Context(), a.admin, a.account.ID, "maraval.example", true))
		rapid.Check(t, func(r *rapid.T) {
			s.begin(r)
			for range rapid.IntRange(6, 24).Draw(r, "acts") {
				s.act()
			}
		})
	})
}

// attacker is the owner of what no honest person owns.
const attacker = "attacker"

// A hosting is an honest account with its administrator.
type hosting struct {
	w       *apptest.World
	account directory.Account
	admin   authz.Actor
}

// A siege is one round: fresh mailboxes with their owners, what lies unread in
// them, and who chose the password of each user.
type siege struct {
	*puppeteer
	r       *rapid.T
	insider puppeteer // in the second honest account, where they invite nobody
	rounds  int
	honest  []hosting
	boxes   []string          // addresses, the last one the attacker's
	owners  map[string]string // by address
	unread  map[string][]directory.Mail
	chose   map[directory.UserID]string
	active  map[directory.MemberID]bool
}

func (s *siege) begin(r *rapid.T) {
	s.r, s.rounds = r, s.rounds+1
	s.boxes, s.owners, s.unread = nil, map[string]string{}, map[string][]directory.Mail{}
	s.chose, s.active = map[directory.UserID]string{}, map[directory.MemberID]bool{}
	for i := range 4 {
		box := fmt.Sprintf("box%d.n%d@maraval.example", s.rounds, i)
		s.owners[box] = fmt.Sprintf("owner %d", i/2) // each owner has two
		if i == 3 {
			box = fmt.Sprintf("box%d@rusquet.example", s.rounds)
			s.owners[box] = attacker
		}
		s.boxes = append(s.boxes, box)
	}
	s.collect()
	for _, m := range s.members() {
		s.active[m.ID] = true
	}
}

// collect takes the mails that went out meanwhile to whose mailbox they went to.
func (s *siege) collect() {
	s.w.Pass(90 * time.Minute)
	for _, due := range mails(s.t, s.w) {
		for _, d := range due {
			s.unread[d.Mail.Address] = append(s.unread[d.Mail.Address], d.Mail)
		}
	}
}

// members are the active places of the honest accounts.
func (s *siege) members() []directory.Member {
	var all []directory.Member
	s.w.Must(s.w.DB.View(s.w.Context(), func(r *store.Reader) error {
		for _, box := range s.boxes {
			u, err := r.UserByAddress(s.w.Context(), box)
			if s.w.Code(err) != "" {
				continue
			}
			memberships, err := r.Memberships(s.w.Context(), u.ID)
			if err != nil {
				return err
			}
			for _, m := range memberships {
				if m.Status == directory.Active && m.Account() != s.account.ID {
					all = append(all, m)
				}
			}
		}
		return nil
	}))
	return all
}

func password(owner string) string {
	if owner == attacker {
		return goodPassword
	}
	return "Tuile-bleue-orage-" + owner[len(owner)-1:] + "8"
}

// as signs somebody in by an address, with the password they would have chosen.
func (s *siege) as(owner, box string) (authz.Actor, bool) {
	started, err := signIn(s.w, box, password(owner))
	if s.w.Code(err) != "" || started.Purpose != app.PurposeFull {
		return authz.Actor{}, false
	}
	in, err := s.w.Sessions.Resolve(s.w.Context(), started.Token, here(), limits())
	s.w.Must(err)
	return in.Actor, true
}

func (s *siege) user(box string) directory.User {
	var u directory.User
	s.w.Must(s.w.DB.View(s.w.Context(), func(r *store.Reader) (err error) {
		if u, err = r.UserByAddress(s.w.Context(), box); s.w.Code(err) != "" {
			return nil
		}
		return err
	}))
	return u
}

func (s *siege) act() {
	aim := []int{0, 0, 0, 0, 0, 1, 2, 3} // most acts are about one mailbox
	box, other := s.boxes[rapid.SampledFrom(aim).Draw(s.r, "box")], rapid.SampledFrom(s.boxes).Draw(s.r, "other")
	var err error
	by := "owner"
	switch by = rapid.SampledFrom([]string{"owner", "owner", "attacker", "attacker", "honest"}).Draw(s.r, "by"); by {
	case "owner":
		err = s.owner(box, other)
	case "attacker":
		err = s.attack(box, other)
	default:
		err = s.host(rapid.SampledFrom(s.honest).Draw(s.r, "account"), box)
	}
	s.w.Code(err) // a fault fails the test
	s.collect()
	for _, m := range s.members() {
		u := userOf(s.t, s.w, m.User)
		if s.active[m.ID] {
			continue
		}
		s.active[m.ID] = true
		if got, want := s.chose[u.ID], s.owners[u.Email]; got != want {
			s.r.Fatalf("a place of %s went to %q, want %q", u.Email, got, want)
		}
	}
}

// owner does something with a mailbox of theirs: reads a mail, registers, forgets,
// moves to their other address, asks in.
func (s *siege) owner(box, other string) error {
	ctx, me := s.w.Context(), s.owners[box]
	switch rapid.SampledFrom([]string{"read", "read", "read", "read", "read", "read", "register", "forgot", "move", "ask", "leave"}).Draw(s.r, "owner") {
	case "register":
		return s.w.Users.Register(ctx, here(), registering(box))
	case "forgot":
		return s.w.Users.Forgot(ctx, here(), box)
	case "move":
		if actor, in := s.as(me, box); in && s.owners[other] == me {
			return s.w.Users.ChangeEmail(ctx, actor, other, password(me))
		}
	case "ask":
		if actor, in := s.as(me, box); in {
			_, err := s.w.JoinRequests.Ask(ctx, actor, s.honest[0].account.Number, "")
			return err
		}
	case "leave":
		if s.user(box).ID == 0 && me != attacker { // nobody signs in by it: the next colleague gets the mailbox
			s.owners[box], s.unread[box] = "owner 7", nil
		}
	case "read":
		if n := len(s.unread[box]); n > 0 {
			m := s.unread[box][n-1-rapid.IntRange(0, min(2, n-1)).Draw(s.r, "mail")] // the newer ones first
			return s.read(me, box, m)
		}
	}
	return nil
}

// read follows what a mail says, as whoever reads that mailbox would.
func (s *siege) read(me, box string, m directory.Mail) error {
	ctx := s.w.Context()
	var err error
	switch m.Kind {
	case "registration_confirm":
		var made app.Confirmed
		c := app.Confirmation{Token: m.Secret, First: "Agathe", Last: "Lormeau", Password: password(me)}
		if made, err = s.w.Users.Confirm(ctx, here(), c, limits()); err == nil {
			s.chose[made.User.ID] = me
		}
	case "invitation":
		a := acceptance(m.Secret)
		a.Password = password(me)
		if _, err = s.w.Invitations.Accept(ctx, here(), a, limits()); err == nil {
			s.chose[m.User] = me
		}
	case "password_reset":
		if err = s.w.Users.Reset(ctx, here(), m.Secret, password(me)); err == nil {
			s.chose[m.User] = me
		}
	case "invitation_known":
		if actor, in := s.as(me, box); in {
			_, err = s.w.Invitations.AcceptKnown(ctx, actor, m.Secret)
		}
	case "email_confirm": // pressed without a thought, signed in or not
		actor := authz.Actor{Kind: authz.Stranger}
		for _, own := range s.boxes {
			if in, ok := s.as(me, own); ok && s.owners[own] == me {
				actor = in
			}
		}
		_, err = s.w.Users.ConfirmEmail(ctx, actor, m.Secret, "")
	case "credentials":
		err = s.arrives(me, box, m.Secret)
	}
	return err
}

// arrives signs in with a provisional password and chooses another.
func (s *siege) arrives(me, box, provisional string) error {
	started, err := signIn(s.w, box, provisional)
	if err != nil {
		return err
	}
	in, err := s.w.Sessions.Resolve(s.w.Context(), started.Token, here(), limits())
	s.w.Must(err)
	was := s.chose[in.User.ID]
	s.chose[in.User.ID] = me
	_, err = s.w.Users.ChangePassword(s.w.Context(), in.Actor, app.PasswordChange{Token: started.Token, New: password(me)}, limits())
	if err != nil {
		s.chose[in.User.ID] = was
	}
	return err
}

// attack does what an administrator of some account can do about an address,
// and one of the honest account's own who asks nobody in.
func (s *siege) attack(box, other string) error {
	from := *s.puppeteer
	if rapid.Bool().Draw(s.r, "from within") {
		from = s.insider
	}
	ctx, id := s.w.Context(), from.account.ID
	m := directory.Member{}
	if u := s.user(box); u.ID != 0 {
		s.w.Must(s.w.DB.View(ctx, func(r *store.Reader) (err error) {
			if m, err = r.MemberOf(ctx, id, u.ID); s.w.Code(err) != "" {
				return nil
			}
			return err
		}))
	}
	puppet, in := s.as(attacker, box)
	switch rapid.SampledFrom([]string{"plant", "plant", "make", "give", "play", "play", "act", "act", "act", "act", "readdress", "name", "remove"}).Draw(s.r, "attacker") {
	case "plant": // all that makes a puppet, in one go
		if err := apptest.ErrOf(s.w.Members.Add(ctx, from.actor, id, []app.NewMember{{Row: 1, Email: box}}, app.AddOptions{Silent: true})); err != nil {
			return err
		}
		if m = memberByEmail(s.t, s.w, from.account, box); s.w.Code(edit(s.w, from.actor, from.account, m, app.PersonChange{Provisional: provisional})) != "" {
			return nil
		}
		if rapid.Bool().Draw(s.r, "at once") {
			return s.arrives(attacker, box, provisional)
		}
		return nil
	case "make":
		return apptest.ErrOf(s.w.Members.Add(ctx, from.actor, id, []app.NewMember{{Row: 1, Email: box}},
			app.AddOptions{Silent: from.account.ID != s.account.ID || rapid.Bool().Draw(s.r, "silent"), Invite: true}))
	case "name":
		return apptest.ErrOf(s.w.Members.Add(ctx, from.actor, id, []app.NewMember{{Row: 1, Email: other, UserName: box}}, app.AddOptions{Silent: true}))
	case "give":
		return edit(s.w, from.actor, from.account, m, app.PersonChange{Provisional: provisional})
	case "readdress":
		return edit(s.w, from.actor, from.account, m, app.PersonChange{Email: &other})
	case "remove":
		return apptest.ErrOf(s.w.Members.Remove(ctx, from.actor, id, app.Of(m.UUID)))
	case "play":
		return s.arrives(attacker, box, provisional)
	}
	if !in {
		return nil
	}
	switch rapid.SampledFrom([]string{"accept", "prove", "ask", "move"}).Draw(s.r, "puppet") {
	case "accept":
		memberships := []directory.Member{}
		s.w.Must(s.w.DB.View(ctx, func(r *store.Reader) (err error) { memberships, err = r.Memberships(ctx, puppet.User); return err }))
		for _, m := range memberships {
			if _, err := s.w.Invitations.AcceptMine(ctx, puppet, m.UUID); s.w.Code(err) != "" {
				continue
			}
		}
	case "prove":
		return s.w.Users.ProveEmail(ctx, puppet)
	case "ask":
		_, err := s.w.JoinRequests.Ask(ctx, puppet, s.honest[0].account.Number, "")
		return err
	case "move":
		return s.w.Users.ChangeEmail(ctx, puppet, other, goodPassword)
	}
	return nil
}

// host does what an honest administrator does about an address; they let in whom
// they know by the address that is shown.
func (s *siege) host(h hosting, box string) error {
	ctx, id := s.w.Context(), h.account.ID
	if s.owners[box] == attacker {
		return nil
	}
	var m directory.Member
	if u := s.user(box); u.ID != 0 {
		s.w.Must(s.w.DB.View(ctx, func(r *store.Reader) (err error) {
			if m, err = r.MemberOf(ctx, id, u.ID); s.w.Code(err) != "" {
				return nil
			}
			return err
		}))
	}
	level := "administrator"
	switch rapid.SampledFrom([]string{"invite", "invite", "invite", "send", "raise", "remove", "approve", "buyer"}).Draw(s.r, "honest") {
	case "invite":
		return apptest.ErrOf(s.w.Members.Add(ctx, h.admin, id, []app.NewMember{{Row: 1, Email: box, Levels: *apptest.Levels(level)}}, app.AddOptions{Invite: true}))
	case "send":
		return apptest.ErrOf(s.w.Invitations.Send(ctx, h.admin, id, app.Of(m.UUID)))
	case "raise":
		return apptest.ErrOf(s.w.Members.EditMembers(ctx, h.admin, id, app.Of(m.UUID), app.MemberChange{Levels: apptest.Levels(level)}))
	case "remove":
		s.active[m.ID] = false
		return apptest.ErrOf(s.w.Members.Remove(ctx, h.admin, id, app.Of(m.UUID)))
	case "buyer":
		_, err := s.w.Accounts.Create(ctx, s.w.Operator(), app.NewAccount{Number: fmt.Sprintf("7%05d%02d", s.rounds, len(s.active)),
			Name: "Acheteur", Type: "licences", ServiceLevel: "contract", Language: "fr", Buyer: &app.Buyer{Email: box}})
		return err
	}
	waiting, _, err := s.w.JoinRequests.List(ctx, h.admin, id, directory.JoinWaiting, 0)
	if err != nil {
		return err
	}
	for _, j := range waiting {
		if j.Person.Email == box && !j.Person.Proved.IsZero() {
			_, err = s.w.JoinRequests.Approve(ctx, h.admin, id, j.UUID)
		}
	}
	return err
}
