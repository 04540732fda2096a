package seats_test

import (
	"slices"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// TestExternal: a subscription that somebody brings along is not counted; by whom
// it is stated decides whether it opens use.
func TestExternal(t *testing.T) { // EXT-1, EXT-2, EXT-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(w)
		f.buys(plans, 1, directory.Day{})
		ctx, id := w.Context(), f.account.ID
		people := f.people(3)
		last := directory.DayOf(w.Now().AddDate(0, 0, 10), time.UTC)
		claim := func(member string) app.ExternalClaim {
			return app.ExternalClaim{Member: member, Product: "plans", Last: last}
		}
		w.Must(w.Seats.StateExternal(ctx, f.admin, id, claim(people[0])))
		if l := f.line(plans); l.Free != 1 || l.Assigned != 0 {
			t.Errorf("EXT-1 counted: %+v", l)
		}
		if got := w.Code(w.Seats.StateExternal(ctx, f.admin, id, claim(people[0]))); got != "external.exists" {
			t.Errorf("twice: %q", got)
		}
		if got := w.Code(w.Seats.StateExternal(ctx, f.admin, id, app.ExternalClaim{Member: people[1], Product: "plans"})); got != "external.needs_end" {
			t.Errorf("EXT-3 a claim without an end: %q", got)
		}
		ask := f.asker()
		if a := ask(people[0]); a.Allowed || a.Reason != app.ExternalUnproved {
			t.Errorf("EXT-3 a claim opens nothing where the catalogue does not allow claims: %+v", a)
		}
		w.Must(f.assign(people[0], plans))
		if l := f.line(plans); l.Assigned != 1 {
			t.Errorf("EXT-1 ours on top is counted: %+v", l)
		}
		c, err := w.Seats.Choices(ctx, f.admin, id, people[0])
		w.Must(err)
		if len(c.Held) != 1 || !c.Held[0].Own || !c.Held[0].External {
			t.Errorf("EXT-2 own and external are told apart: %+v", c.Held)
		}
		w.Must(w.Seats.StateExternal(ctx, w.Operator(), id, claim(people[1])))
		if a := ask(people[1]); !a.Allowed {
			t.Errorf("EXT-3 the vendor's word: %+v", a)
		}
		w.Pass(11 * 24 * time.Hour)
		if a := ask(people[1]); a.Allowed || a.Reason != app.ExternalOver {
			t.Errorf("EXT-2 over: %+v", a)
		}
		if a := ask(people[0]); !a.Allowed {
			t.Errorf("EXT-2 use goes on by ours: %+v", a)
		}
		for range 2 {
			w.Must(w.Seats.EndExternals(ctx))
		}
		if one, both := f.mailed(directory.MailExternalEnded), f.mailed(directory.MailExternalsEnded); one != 0 || both != 1 {
			t.Errorf("EXT-2 the administrator has %d mails of one end and %d of several, want one of both", one, both)
		}
	})
}

// TestExternalElsewhere: the person's own word is proved by the seat they hold in
// another account, as long as they do.
func TestExternalElsewhere(t *testing.T) { // EXT-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(w)
		karim, m := w.Member(f.account, "karim@maraval.example")
		ctx := w.Context()
		other := firm{World: w}
		var err error
		other.account, err = w.Accounts.Create(ctx, w.Operator(), app.NewAccount{Number: "300 001", Name: "Ardoises", Type: "fleet", ServiceLevel: "contract",
			Language: "fr", Address: f.account.Address})
		w.Must(err)
		other.admin = w.Administrator(other.account, "blanche@ardoises.example")
		other.buys(plans, 1, directory.Day{})
		mine := app.ExternalClaim{Member: m.UUID, Product: "plans"}
		if got := w.Code(w.Seats.StateExternal(ctx, karim, f.account.ID, mine)); got != "external.not_proved" {
			t.Errorf("without a seat elsewhere: %q", got)
		}
		verdicts, err := w.Members.Add(ctx, other.admin, other.account.ID, []app.NewMember{{Row: 1, Email: "karim@maraval.example", Products: []string{"plans"}}}, app.AddOptions{Invite: true})
		w.Must(apptest.ErrOf(verdicts, err))
		if got := w.Code(w.Seats.StateExternal(ctx, karim, f.account.ID, mine)); got != "external.not_proved" {
			t.Errorf("a reserved seat: %q", got)
		}
		_, err = w.Invitations.AcceptMine(ctx, karim, verdicts[0].Public())
		w.Must(err)
		w.Must(w.Seats.StateExternal(ctx, karim, f.account.ID, mine))
		token := f.token()
		ask := f.askerBy(token)
		if a := ask(m.UUID); !a.Allowed {
			t.Errorf("proved: %+v", a)
		}
		finds := func() bool {
			t.Helper()
			found, err := w.Checks.SearchSubjects(ctx, app.Caller{Token: token, From: func() app.Client { return app.Client{} }},
				app.Question{Subject: app.Entity{Type: "user"}, Action: "use", Resource: app.Entity{Type: "product", ID: "plans"}}, app.Paging{Limit: -1})
			w.Must(err)
			return slices.ContainsFunc(found.Entities, func(e app.Entity) bool { return e.ID == m.UUID })
		}
		if !finds() {
			t.Error("EXT-3 a search finds who is proved elsewhere")
		}
		taken, err := w.Seats.Withdraw(ctx, other.admin, other.account.ID, app.Of(verdicts[0].Public()), plans)
		w.Must(apptest.ErrOf(taken, err))
		if a := ask(m.UUID); a.Allowed || a.Reason != app.ExternalOver {
			t.Errorf("EXT-3 withdrawn elsewhere: %+v", a)
		}
		if finds() {
			t.Error("EXT-3 a search finds who holds none elsewhere")
		}
		w.Must(w.Seats.EndExternals(ctx))
		if got := w.Code(w.Seats.EndExternal(ctx, f.admin, f.account.ID, mine)); got != "external.not_found" {
			t.Errorf("ended by itself: %q", got)
		}
	})
}

// token makes a technical user that may ask, and answers its token.
func (f firm) token() string {
	f.T.Helper()
	_, lea := f.Member(f.account, "lea.fontanel@maraval.example")
	robot, err := f.TechnicalUsers.Create(f.Context(), f.admin, f.account.ID, app.NewTechnicalUser{Name: "Plans", Purpose: "Asks", Responsible: lea.UUID})
	f.Must(err)
	for _, who := range []string{lea.UUID, robot.UUID} {
		_, err := f.Grants.Give(f.Context(), f.admin, f.account.ID, app.Giving{Who: app.Of(who), Role: "fleet-manager", Units: []string{f.root()}})
		f.Must(err)
	}
	token, err := f.TechnicalUsers.MakeToken(f.Context(), f.admin, f.account.ID, robot.UUID, app.NewToken{Name: "ask", Expires: f.Now().AddDate(0, 11, 0)})
	f.Must(err)
	return token.Secret
}

// asker is a product that asks whether somebody may use Plans.
func (f firm) asker() func(member string) app.Answer {
	f.T.Helper()
	return f.askerBy(f.token())
}

func (f firm) askerBy(token string) func(member string) app.Answer {
	return func(member string) app.Answer {
		f.T.Helper()
		answer, err := f.Checks.Evaluate(f.Context(), app.Caller{Token: token, From: func() app.Client { return app.Client{} }},
			app.Question{Subject: app.Entity{Type: "user", ID: member}, Action: "use", Resource: app.Entity{Type: "product", ID: "plans"}})
		f.Must(err)
		return answer
	}
}

// mailed counts the mails of a kind.
func (f firm) mailed(kind directory.MailKind) int {
	f.T.Helper()
	n := 0
	f.Must(f.DB.View(f.Context(), func(r *store.Reader) error {
		queued, err := r.MailQueue(f.Context(), store.MailFilter{}, store.MailPlace{}, 1000)
		for _, m := range queued {
			if m.Kind == kind {
				n++
			}
		}
		return err
	}))
	return n
}

// TestUses: each yes is a use, to the day; a no is none (APP-5).
func TestUses(t *testing.T) { // APP-5
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(w)
		f.buys(plans, 1, directory.Day{})
		people := f.people(2)
		w.Must(f.assign(people[0], plans))
		ask := f.asker()
		for range 3 {
			ask(people[0])
			ask(people[1])
		}
		w.Must(w.Checks.WriteUses(w.Context()))
		used := func(i int) directory.Day {
			var m directory.Member
			w.Must(w.DB.View(w.Context(), func(r *store.Reader) (err error) {
				m, err = r.MemberByUUID(w.Context(), f.account.ID, people[i])
				return err
			}))
			return w.Used(m, "plans")
		}
		today := func() directory.Day { return directory.DayOf(w.Now(), time.UTC) }
		if used(0) != today() || used(1) != (directory.Day{}) {
			t.Errorf("used on %v and %v", used(0), used(1))
		}
		w.Pass(48 * time.Hour)
		ask(people[0])
		w.Must(w.Checks.WriteUses(w.Context()))
		if used(0) != today() {
			t.Errorf("two days later: used on %v", used(0))
		}
	})
}
