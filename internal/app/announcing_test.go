package app_test

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// announced are the addresses that a kind of mail went to, and its facts the last time.
func announced(w *apptest.World, kind directory.MailKind) (to []string, facts map[string]string) {
	w.T.Helper()
	w.Must(w.DB.View(w.Context(), func(r *store.Reader) error {
		mails, err := r.MailQueue(w.Context(), store.MailFilter{Kind: kind}, store.MailPlace{}, 100)
		for _, m := range mails {
			to = append(to, m.Address)
		}
		if len(mails) > 0 {
			facts = mails[0].Facts
		}
		return err
	}))
	slices.Sort(to)
	return to, facts
}

// TestNewAdministratorsAreAnnounced: by a key, by being named, many at once, and by an
// invitation, the others are told, each by one mail.
func TestNewAdministratorsAreAnnounced(t *testing.T) { // ACC-6, KEY-8, MAIL-1
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		ctx := w.Context()
		account, err := w.Accounts.Create(ctx, w.Operator(), app.NewAccount{Number: "204817", Name: "Maraval", Type: "company-network", ServiceLevel: "contract",
			Language: "fr", Contact: directory.Contact{Name: "Odette Marsan", Email: "contact@maraval.example"}})
		w.Must(err)
		check := func(when string, kind directory.MailKind, want ...string) map[string]string {
			t.Helper()
			got, facts := announced(w, kind)
			if !slices.Equal(got, want) {
				t.Errorf("%s: %s went to %q, want %q", when, kind, got, want)
			}
			return facts
		}
		helene := w.Administrator(account, "helene@maraval.example")
		check("KEY-8 the first by key, nobody administers yet", directory.MailAdministratorByKey, "contact@maraval.example")
		karim := w.Administrator(account, "karim@maraval.example")
		check("KEY-8 the second by key", directory.MailAdministratorByKey, "contact@maraval.example", "helene@maraval.example")
		check("KEY-8 by key", directory.MailAdministratorNew)

		_, one := w.Member(account, "albane@maraval.example")
		_, two := w.Member(account, "yves@maraval.example")
		levels := []string{directory.AdminLevel}
		verdicts, err := w.Members.EditMembers(ctx, karim, account.ID, app.Selection{Members: []string{one.UUID, two.UUID}}, app.MemberChange{Levels: &levels})
		w.Must(err)
		w.Must(verdicts.FirstRefusal())
		facts := check("ACC-6 two at once", directory.MailAdministratorNew, "helene@maraval.example")
		if facts[directory.FactCount] != "2" || facts[directory.FactActor] == "" {
			t.Errorf("ACC-6 two at once: %v", facts)
		}

		nadia := w.Person("nadia@maraval.example")
		verdicts, err = w.Members.Add(ctx, helene, account.ID, []app.NewMember{{Row: 1, Email: "nadia@maraval.example", Levels: levels}}, app.AddOptions{})
		w.Must(err)
		w.Must(verdicts.FirstRefusal())
		check("ACC-6 asked in", directory.MailAdministratorNew, "helene@maraval.example")
		waiting, err := w.App.Invitations.Pending(ctx, nadia)
		w.Must(err)
		_, err = w.App.Invitations.AcceptMine(ctx, nadia, waiting[0].Member)
		w.Must(err)
		facts = check("ACC-6 accepted", directory.MailAdministratorNew, "albane@maraval.example", "helene@maraval.example", "helene@maraval.example",
			"karim@maraval.example", "yves@maraval.example")
		if facts[directory.FactActor] != "helene" || facts[directory.FactPeople] != "nadia" {
			t.Errorf("ACC-6 accepted: %v", facts)
		}
	})
}

// TestAcceptingSaysWhatIsTrue: names are asked for where the account's type requires them
// and nowhere else, and who came in while signed in has been there.
func TestAcceptingSaysWhatIsTrue(t *testing.T) { // INV-7, ADD-11, LIST-1
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		for i, kind := range []string{"company-network", "licences"} {
			s := &inviting{t: t, w: w, account: accountOf(t, w, "20481"+string(rune('0'+i)), kind)}
			s.helene = w.Administrator(s.account, kind+"@maraval.example")
			token, _ := s.invite(s.helene, "neu@"+kind+".example", "")
			a := acceptance(token)
			a.First, a.Last = " ", ""
			_, err := w.Invitations.Accept(w.Context(), here(), a, limits())
			s.check("ADD-11 without names in "+kind, w.Code(err), map[string]string{"licences": "field.required"}[kind])
		}
		account := w.Account("300 000")
		karim := w.Person("karim@maraval.example")
		_, err := w.Members.Add(w.Context(), w.Administrator(account, "helene@maraval.example"), account.ID, []app.NewMember{{Row: 1, Email: "karim@maraval.example"}}, app.AddOptions{Invite: true})
		w.Must(err)
		waiting, err := w.App.Invitations.Pending(w.Context(), karim)
		w.Must(err)
		_, err = w.App.Invitations.AcceptMine(w.Context(), karim, waiting[0].Member)
		w.Must(err)
		claimant := w.Person("maud@maraval.example")
		_, err = w.App.Keys.Enter(w.Context(), claimant, account.Number, w.Keys(account)[2])
		w.Must(err)
		w.Must(w.DB.View(w.Context(), func(r *store.Reader) error {
			for _, who := range []directory.UserID{karim.User, claimant.User} {
				if m, err := r.MemberOf(w.Context(), account.ID, who); err != nil || m.LastSeen.IsZero() {
					t.Errorf("LIST-1 who came in was never there: %v %v", m.LastSeen, err)
				}
			}
			return nil
		}))
	})
}

// TestMailZone: a mail about no account tells its hours where its reader is.
func TestMailZone(t *testing.T) { // MAIL-1
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204817")
		w.Member(account, "karim@maraval.example")
		w.Person("nowhere@else.example")
		for _, address := range []string{"karim@maraval.example", "nowhere@else.example"} {
			w.Must(w.Users.Forgot(w.Context(), here(), address))
		}
		for _, d := range mails(t, w)[directory.MailPasswordReset] {
			want := ""
			if d.Mail.Address == "karim@maraval.example" {
				want = account.TimeZone
			}
			if d.TimeZone != want {
				t.Errorf("MAIL-1 to %s: zone %q, want %q", d.Mail.Address, d.TimeZone, want)
			}
		}
	})
}

// TestNewAdministratorsOfAnActAreAnnouncedOnce: however many chunks an act on many takes,
// who administered before it is told of all by one mail, and nobody whom it named.
func TestNewAdministratorsOfAnActAreAnnouncedOnce(t *testing.T) { // ACC-6, MAIL-5, HIST-6
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		const many = directory.BulkChunk + 20
		account := w.Account("204817")
		helene := w.Administrator(account, "helene@maraval.example")
		w.Administrator(account, "karim@maraval.example")
		w.Crowd(account, 4*many) // of every status by turns
		w.Pass(time.Minute)
		levels := []string{directory.AdminLevel}
		all := app.Selection{All: &app.MemberQuery{Statuses: []directory.Status{directory.Active}}, Count: many + 2, Wait: noWait}
		_, err := w.Members.EditMembers(w.Context(), helene, account.ID, all, app.MemberChange{Levels: &levels})
		var going *app.Unfinished
		if !errors.As(err, &going) {
			t.Fatalf("%v, want an act that goes on", err)
		}
		w.Must(w.Acts.Run(w.Context(), directory.Job{Subject: int64(going.Act.ID)}))
		var waiting []store.StoredMail
		w.Must(w.DB.View(w.Context(), func(r *store.Reader) (err error) {
			waiting, err = r.MailQueue(w.Context(), store.MailFilter{Kind: directory.MailAdministratorNew, State: directory.MailWaiting}, store.MailPlace{}, 100)
			return err
		}))
		if len(waiting) != 1 || waiting[0].Address != "karim@maraval.example" || waiting[0].Facts[directory.FactCount] != strconv.Itoa(many) {
			t.Errorf("ACC-6 %d mails, the first to %q of %q people", len(waiting), waiting[0].Address, waiting[0].Facts[directory.FactCount])
		}
		if named := strings.Split(waiting[0].Facts[directory.FactPeople], "\n"); len(named) != 31 || named[30] != "…" {
			t.Errorf("%d lines of names, the last %q", len(named), named[len(named)-1])
		}
	})
}
